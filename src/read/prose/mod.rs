//! Runbooks.

use super::{Doc, Drafts, Knowledge};
use crate::rule::Pack;

/// The lexicon, made ready.
#[derive(Debug)]
pub struct Grammar;

impl Grammar {
    pub(super) fn new(_packs: &[&Pack]) -> Self {
        Self
    }
}

/// Reads a text as prose, if it is some.
pub(super) fn read(_doc: &Doc<'_>, _knowing: &Knowledge, _out: &mut Drafts) {}
