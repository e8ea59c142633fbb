//! Secrets in any text.

use super::{Doc, Drafts, Knowledge, Mark};
use crate::rule::Pack;

/// Patterns, made ready.
#[derive(Debug)]
pub struct Matcher;

impl Matcher {
    pub(super) fn new(_packs: &[&Pack]) -> Self {
        Self
    }
}

/// Finds the secrets of a text: marks for all, sightings for those that are no placeholder.
pub(super) fn read(_doc: &Doc<'_>, _knowing: &Knowledge, _out: &mut Drafts) {}

/// Finds what must be redacted in a short string.
pub(super) fn marks(_text: &str, _knowing: &Knowledge, _out: &mut Vec<Mark>) {}

/// How often one pattern finds a secret in a text, all its tests applied.
pub(super) fn hits(_text: &str, _pattern: &str, _knowing: &Knowledge) -> usize {
    0
}
