//! Languages: which one a text is written in, and its grammar, made when the first such text is met.

use super::grammar::{Grammar, Quick};
use super::promise::Classes;
use crate::rule::{Lexicon, Pack};
use aho_corasick::AhoCorasick;
use std::collections::HashMap;
use std::sync::OnceLock;

/// A text without any of these is not about access.
const INTERESTING: [&str; 26] = [
    "verif",
    "reset",
    "admin",
    "authenticat",
    "bypass",
    "emergenc",
    "password",
    "credential",
    "passphrase",
    "token",
    "mfa",
    "factor",
    "2fa",
    "otp",
    "glass",
    "secret",
    " key",
    "unlock",
    "root",
    "account",
    "login",
    "log in",
    "sign in",
    "access",
    "identit",
    "approv",
];

/// With the words above: without any of these, a block says nothing by itself that matters.
const TELLING: [&str; 34] = [
    " pin",
    "passcode",
    "birth",
    "social security",
    "employee n",
    "staff n",
    "badge",
    "vouch",
    "voice",
    "shared",
    "owner",
    "session",
    "rotat",
    "expir",
    "desk",
    "confirm",
    "prove",
    "question",
    "caller",
    "consent",
    "thumb",
    "sign off",
    "authori",
    "unseal",
    "certificate",
    "same ",
    "everybody",
    "everyone",
    "leave",
    "left ",
    "ticket",
    "spare",
    "signoff",
    "key",
];

/// The languages that can be read.
#[derive(Debug)]
pub struct Tongues {
    lexicon: Lexicon,
    promised: OnceLock<Classes>,
    english: OnceLock<Grammar>,
    others: Vec<OnceLock<Grammar>>,
    /// Small words, and a bit for each language that has them.
    stops: HashMap<String, u64, Quick>,
    /// Finds out cheaply that a text has nothing to do with recovery.
    interesting: Option<AhoCorasick>,
    /// Finds out that a block can say nothing by itself.
    telling: Option<AhoCorasick>,
}

/// What a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    /// Too short or too terse to tell.
    Unclear,
    /// Not to be read.
    Unknown,
    English,
    /// One of the others.
    Other(usize),
}

/// Bytes of a text that are looked at.
const LOOK: usize = 6000;
/// Words it takes to tell.
const ENOUGH: usize = 12;
/// A text in a language has one small word in so many.
const SMALL: usize = 10;
/// Languages that are told from each other.
const MOST: usize = 64;

impl Tongues {
    pub(in crate::read) fn new(packs: &[&Pack]) -> Self {
        let mut lexicon = Lexicon::default();
        for pack in packs {
            lexicon.concepts.extend(pack.lexicon.concepts.iter().cloned());
            lexicon.sayings.extend(pack.lexicon.sayings.iter().cloned());
            lexicon.terms.extend(pack.lexicon.terms.iter().cloned());
            lexicon.promises.extend(pack.lexicon.promises.iter().cloned());
            lexicon.languages.extend(pack.lexicon.languages.iter().cloned());
        }
        lexicon.languages.truncate(MOST);
        let mut stops: HashMap<String, u64, Quick> = HashMap::default();
        for (index, language) in lexicon.languages.iter().enumerate() {
            for word in &language.stop {
                *stops.entry(word.clone()).or_default() |= 1 << index;
            }
        }
        let hints = INTERESTING.iter().copied().chain(lexicon.languages.iter().flat_map(|l| l.hints.iter().map(String::as_str)));
        let finder = |words: Vec<&str>| AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok();
        let interesting = finder(hints.clone().collect());
        let telling = finder(hints.chain(TELLING).collect());
        let others = lexicon.languages.iter().map(|_| OnceLock::new()).collect();
        Self { promised: OnceLock::new(), english: OnceLock::new(), others, stops, interesting, telling, lexicon }
    }

    /// Whether a text could be about access at all.
    pub(super) fn is_interesting(&self, text: &str) -> bool {
        self.interesting.as_ref().is_none_or(|i| i.is_match(text))
    }

    /// Whether a block could say something by itself, in a document that has no procedure it could belong to.
    pub(super) fn is_telling(&self, text: &str) -> bool {
        self.telling.as_ref().is_none_or(|i| i.is_match(text))
    }

    /// The words of sentences that promise something.
    pub(super) fn promised(&self) -> &Classes {
        self.promised.get_or_init(|| Classes::new(&self.lexicon.promises))
    }

    /// The grammar of a block: its own language's, where its letters tell of one, and that of the document otherwise.
    pub(super) fn grammar_of(&self, block: &str, document: Tongue) -> &Grammar {
        let own =
            if block.is_ascii() && !matches!(document, Tongue::Other(_)) { Tongue::Unclear } else { self.tongue(std::iter::once(block)) };
        self.grammar(if matches!(own, Tongue::Unclear | Tongue::Unknown) { document } else { own })
    }

    /// The grammar of a language.
    pub(super) fn grammar(&self, tongue: Tongue) -> &Grammar {
        let other = match tongue {
            Tongue::Other(index) => self.others.get(index).zip(self.lexicon.languages.get(index)),
            _ => None,
        };
        // a run that meets no prose pays for no grammar
        match other {
            Some((cell, language)) => cell.get_or_init(|| Grammar::speaking(&[&self.lexicon], Some(language))),
            None => self.english.get_or_init(|| Grammar::speaking(&[&self.lexicon], None)),
        }
    }

    /// What texts are written in: the language that has most of their small words.
    pub(super) fn tongue<'t>(&self, texts: impl Iterator<Item = &'t str>) -> Tongue {
        let mut counts = vec![0usize; self.lexicon.languages.len()];
        let (mut words, mut foreign, mut seen) = (0usize, 0usize, 0usize);
        let mut lower = String::new();
        for text in texts {
            for word in text.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()) {
                if seen > LOOK {
                    break;
                }
                seen += word.len() + 1;
                words += 1;
                foreign += usize::from(!word.is_ascii());
                lower.clear();
                lower.extend(word.chars().flat_map(char::to_lowercase).take(24));
                let Some(bits) = self.stops.get(&lower) else { continue };
                for (index, count) in counts.iter_mut().enumerate() {
                    *count += usize::from(bits & (1 << index) != 0);
                }
            }
        }
        if words < ENOUGH {
            return Tongue::Unclear;
        }
        match counts.iter().enumerate().max_by_key(|(index, count)| (**count, std::cmp::Reverse(*index))) {
            Some((index, count)) if count * SMALL >= words => match self.lexicon.languages.get(index) {
                Some(l) if l.code == "en" => Tongue::English,
                Some(l) if l.words.is_empty() => Tongue::Unknown,
                _ => Tongue::Other(index),
            },
            // few small words: a list in English, unless its letters are those of another language
            _ if foreign * 8 >= words => Tongue::Unknown,
            _ => Tongue::Unclear,
        }
    }
}
