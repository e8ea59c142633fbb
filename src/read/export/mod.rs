//! What vendors print.

use super::{Doc, Drafts};

/// Reads a text as an export, if it is one that is known.
pub(super) fn read(_doc: &Doc<'_>, _out: &mut Drafts) -> bool {
    false
}
