//! Many literals, looked for in one pass: those of all patterns, and those of all readers of exports.
//!
//! Two automata find the same: one is made in a moment, and is all that a hook before a commit needs; the other takes longer to make than
//! such a hook has, and is worth it once some megabytes were read.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Bytes after which the faster automaton has paid for itself.
const ENOUGH: usize = 4 * 1024 * 1024;

/// What a needle of the readers of exports says of a text; the greatest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Announces {
    /// A word of error messages.
    Fault,
    /// An export, or something else.
    Common,
    /// An export, which would be missed if it could not be parsed.
    Export,
}

/// Literals, ASCII case ignored.
#[derive(Debug)]
pub(super) struct Needles {
    literals: Vec<Vec<u8>>,
    first: Option<AhoCorasick>,
    fast: OnceLock<Option<AhoCorasick>>,
    making: AtomicBool,
    seen: AtomicUsize,
}

impl Needles {
    /// Makes the first automaton.
    pub(super) fn new(literals: Vec<Vec<u8>>) -> Self {
        let first = build(&literals, AhoCorasickKind::ContiguousNFA);
        Self { literals, first, fast: OnceLock::new(), making: AtomicBool::new(false), seen: AtomicUsize::new(0) }
    }

    /// The literals, in the order of their numbers.
    pub(super) fn literals(&self) -> &[Vec<u8>] {
        &self.literals
    }

    /// The automaton for a text of so many bytes.
    pub(super) fn of(&self, bytes: usize) -> Option<&AhoCorasick> {
        if let Some(fast) = self.fast.get() {
            return fast.as_ref();
        }
        let seen = self.seen.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        // one thread makes it, and the others go on meanwhile
        if seen < ENOUGH || self.making.swap(true, Ordering::Relaxed) {
            return self.first.as_ref();
        }
        self.fast.get_or_init(|| build(&self.literals, AhoCorasickKind::DFA)).as_ref()
    }
}

/// A set of short literals always builds; without it nothing would be found, and the tests would say so.
fn build(literals: &[Vec<u8>], kind: AhoCorasickKind) -> Option<AhoCorasick> {
    AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::Standard).kind(Some(kind)).build(literals).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_find_the_same() {
        let needles = Needles::new(vec![b"akia".to_vec(), b"key".to_vec(), b"_key".to_vec()]);
        let text = "AKIA my_KEY key".repeat(10);
        let found = |of: Option<&AhoCorasick>| -> Vec<(usize, usize)> {
            of.into_iter().flat_map(|a| a.find_overlapping_iter(&text)).map(|m| (m.start(), m.end())).collect()
        };
        let first = found(needles.of(text.len()));
        let fast = found(needles.of(ENOUGH));
        assert!(needles.fast.get().is_some());
        assert_eq!(first.len(), 40);
        assert_eq!(first, fast);
    }
}
