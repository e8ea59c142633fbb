//! What is to be hidden, kept small: a dump of millions of secrets must not cost many times its size.

use super::found::{Found, What, Worth};
use crate::read::Mark;
use std::collections::HashSet;

/// So many finds are weighed for a report; of the others only what to hide is kept.
const WEIGHED: usize = 50_000;
/// A longer text, in bytes, with more marks than this is a dump. There a value that is hidden already is not marked again: it is
/// hidden wherever it stands.
const DUMP: usize = 8 * 1024 * 1024;
const MARKS: usize = 100_000;
/// The redaction hides a shorter value only where it stands as a word.
const ANYWHERE: usize = 8;

/// Marks of a text.
pub(super) struct Marks<'m> {
    text: &'m str,
    out: &'m mut Vec<Mark>,
    /// Digests of the values that are hidden, if it may be a dump.
    seen: HashSet<[u8; 16]>,
}

impl<'m> Marks<'m> {
    pub(super) fn new(text: &'m str, out: &'m mut Vec<Mark>) -> Self {
        Self { text, out, seen: HashSet::new() }
    }

    /// Keeps the first finds, and of the others the marks.
    pub(super) fn spill(&mut self, found: &mut Vec<Found<'_>>) {
        if found.len() > WEIGHED {
            found.drain(WEIGHED..).for_each(|f| self.add(&f));
        }
    }

    /// Marks what was found.
    pub(super) fn add(&mut self, found: &Found<'_>) {
        // the id of a key is public: exports know the key by it
        // under whatever name it is assigned
        let id = found.is_key_id() || super::account::account_of(&found.value).is_some();
        if found.worth == Worth::Nothing || id {
            return;
        }
        let value: &str = &found.value;
        let plain = value.len() >= ANYWHERE
            && value.bytes().any(|b| !b.is_ascii_alphabetic())
            && self.text.get(found.span.0..found.span.1) == Some(value);
        if self.text.len() > DUMP && plain {
            let digest = blake3::hash(value.as_bytes()).as_bytes().first_chunk().copied().unwrap_or_default();
            let new = self.seen.insert(digest);
            if !new && self.out.len() >= MARKS {
                return;
            }
        }
        let public_prefix = match found.what {
            What::Pattern(p) => p.public_prefix,
            What::Guess(..) => 0,
        };
        self.out.push(Mark { start: found.span.0, end: found.span.1, value: value.to_owned(), public_prefix });
    }
}
