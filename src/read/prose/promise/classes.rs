//! The words of a sentence and their classes: one look a word, whatever the number of classes.

use crate::read::prose::grammar::Quick;
use crate::rule::{PromiseEntry, class};
use aho_corasick::AhoCorasick;
use std::collections::{BTreeMap, HashMap};

/// The classes of the lexicon, ready to be asked. A class is a bit.
#[derive(Debug, Default)]
pub(in crate::read::prose) struct Classes {
    words: HashMap<String, u128, Quick>,
    /// By their first byte.
    stems: BTreeMap<u8, Vec<(String, u128)>>,
    phrases: Option<AhoCorasick>,
    of_phrase: Vec<u128>,
    /// Finds out cheaply that a block promises nothing.
    telling: Option<AhoCorasick>,
    /// The command that puts an older version of a policy in force.
    pub(super) rollback: String,
    /// Finds out that a page without a procedure may promise something.
    page: Option<AhoCorasick>,
}

/// Classes of which every promise has a word.
const TELLING: u128 = class::EMERGENCY
    | class::GONE
    | class::SHUT
    | class::AGREE
    | class::FACTOR
    | class::SECRET
    | class::ACCESS
    | class::RECORDED
    | class::ROOT
    | class::HANDED
    | class::COVERS_ADMINS
    | class::LIMITED
    | class::ONLY
    | class::LINK
    | class::PASSWORD
    | class::SHARE
    | class::SHUT_OFF
    | class::NOTICE
    | class::STANDING
    | class::STRONG
    | class::SOFT;

impl Classes {
    pub(in crate::read::prose) fn new(entries: &[PromiseEntry]) -> Self {
        let mut out = Self::default();
        for entry in entries {
            for word in &entry.words {
                *out.words.entry(word.clone()).or_default() |= entry.class;
            }
            for stem in &entry.stems {
                let first = stem.bytes().next().unwrap_or_default();
                out.stems.entry(first).or_default().push((stem.clone(), entry.class));
            }
        }
        let rollback = entries.iter().find(|e| e.class == class::ROLL_BACK).and_then(|e| e.phrases.first());
        out.rollback = rollback.cloned().unwrap_or_default();
        let telling = entries.iter().filter(|e| e.class & TELLING != 0).flat_map(|e| e.words.iter().chain(&e.stems).chain(&e.phrases));
        out.telling = AhoCorasick::builder().ascii_case_insensitive(true).build(telling).ok();
        let (page, phrases): (Vec<_>, Vec<_>) = entries.iter().partition(|e| e.class == class::PAGE);
        let finder = |phrases: Vec<&String>| AhoCorasick::builder().ascii_case_insensitive(true).build(phrases).ok();
        out.page = finder(page.iter().flat_map(|e| &e.phrases).collect());
        out.phrases = finder(phrases.iter().flat_map(|e| &e.phrases).collect());
        out.of_phrase = phrases.iter().flat_map(|e| e.phrases.iter().map(|_| e.class)).collect();
        out
    }

    /// Whether a block could promise something.
    pub(super) fn may(&self, block: &str) -> bool {
        self.telling.as_ref().is_none_or(|t| t.is_match(block))
    }

    /// Whether a page without a procedure could promise something.
    pub(in crate::read::prose) fn may_page(&self, text: &str) -> bool {
        self.page.as_ref().is_none_or(|t| t.is_match(text))
    }

    fn of_word(&self, word: &str) -> u128 {
        let stems = word.bytes().next().and_then(|first| self.stems.get(&first)).map_or(&[] as &[_], Vec::as_slice);
        let begun = stems.iter().filter(|(stem, _)| word.starts_with(stem.as_str())).fold(0, |all, (_, class)| all | class);
        // `DB_PASSWORD` names a password
        let named = if word.contains('_') { word.split('_').fold(0, |all, part| all | self.of_word(part)) & class::HANDED } else { 0 };
        self.words.get(word).copied().unwrap_or_default() | begun | named
    }

    /// The classes of the phrases in a text of lower case.
    pub(super) fn of_phrases(&self, lower: &str) -> u128 {
        let found = self.phrases.iter().flat_map(|p| p.find_overlapping_iter(lower));
        found.fold(0, |all, m| all | self.of_phrase.get(m.pattern().as_usize()).copied().unwrap_or_default())
    }

    /// The words of a sentence of lower case.
    pub(super) fn words<'t>(&self, lower: &'t str) -> Words<'t> {
        let words = lower.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '\'' | '?'))).filter(|w| !w.is_empty());
        let each: Vec<(&str, u128)> = words.map(|w| (w, self.of_word(w))).collect();
        let mut all = each.iter().fold(self.of_phrases(lower), |all, (_, class)| all | class);
        // the last part of `desk@quay.example` makes no example of it
        let whole = |w: &str| self.of_word(w.trim_matches(|c: char| !(c.is_alphanumeric() || c == '?'))) & class::OPEN != 0;
        if all & class::OPEN != 0 && !lower.split_whitespace().any(whole) {
            all &= !class::OPEN;
        }
        Words { each, all }
    }
}

/// The words of a sentence, each with its classes.
pub(super) struct Words<'t> {
    pub(super) each: Vec<(&'t str, u128)>,
    all: u128,
}

impl Words<'_> {
    /// Whether there is a word or phrase of a class.
    pub(super) fn has(&self, class: u128) -> bool {
        self.all & class != 0
    }
}
