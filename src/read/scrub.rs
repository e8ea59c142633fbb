//! A secret that only another artifact tells: a password that stands in a configuration is hidden in the page that repeats it, too.
//!
//! While an artifact is read nobody knows what the others hold. So every secret leaves its keyed digest and its length behind, and when all
//! is read the words of those lengths are compared. The secrets themselves are not kept.

use super::Knowledge;
use crate::artifact::{Clean, Quote, mask};
use crate::fact::Facts;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Shorter words are said for other reasons.
const SHORTEST: usize = 9;
/// Longer secrets are files, and nobody repeats them in a sentence.
const LONGEST: usize = 200;

/// Digests of secrets by their length in bytes.
#[derive(Debug, Default)]
pub(super) struct Remembered(Mutex<BTreeMap<usize, BTreeSet<String>>>);

impl Remembered {
    /// Remembers a secret, if it is one that no sentence holds by chance.
    pub(super) fn remember(&self, value: &str, digest: &str) {
        let mixed = value.bytes().any(|b| !b.is_ascii_lowercase()) && !value.contains(char::is_whitespace);
        if mixed && (SHORTEST..=LONGEST).contains(&value.len()) {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.entry(value.len()).or_default().insert(digest.to_owned());
        }
    }
}

/// Takes the secrets of every artifact out of what every other one says. Names may change by it, so the order is to be made after.
pub fn scrub(facts: &mut Facts, knowing: &Knowledge) {
    let known = knowing.remembered.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if known.is_empty() {
        return;
    }
    let scrubber = Scrubber { known, knowing };
    // the old quote is kept beside the new one, so that no other takes its address meanwhile
    let mut quotes: BTreeMap<*const Quote, (Arc<Quote>, Arc<Quote>)> = BTreeMap::new();
    let all = std::mem::take(&mut facts.facts);
    facts.facts = all
        .into_iter()
        .map(|fact| {
            fact.rewritten(&mut |text| scrubber.clean(text), &mut |quote| {
                quotes.entry(Arc::as_ptr(quote)).or_insert_with(|| (quote.clone(), scrubber.quote(quote))).1.clone()
            })
        })
        .collect();
}

struct Scrubber<'a> {
    known: BTreeMap<usize, BTreeSet<String>>,
    knowing: &'a Knowledge,
}

impl Scrubber<'_> {
    fn quote(&self, quote: &Arc<Quote>) -> Arc<Quote> {
        match self.without(quote.text.as_str()) {
            Some(text) => Arc::new(Quote { place: quote.place.clone(), text }),
            None => quote.clone(),
        }
    }

    fn clean(&self, text: &Clean) -> Clean {
        self.without(text.as_str()).unwrap_or_else(|| text.clone())
    }

    /// A text without the secrets that stand in it as words; nothing, when there is none.
    fn without(&self, text: &str) -> Option<Clean> {
        let mut out = String::new();
        let mut done = 0;
        for word in text.split_whitespace() {
            let bare = word.trim_matches(|c: char| {
                matches!(c, '"' | '\'' | '`' | ',' | '.' | ';' | ':' | '(' | ')' | '[' | ']' | '<' | '>' | '*' | '|')
            });
            for candidate in [word, bare] {
                let hidden = self.known.get(&candidate.len()).is_some_and(|all| all.contains(&self.knowing.digest(candidate)));
                let start = (candidate.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
                if let (true, Some(before)) = (hidden, text.get(done..start)) {
                    out.push_str(before);
                    out.push_str(&mask(candidate, 0));
                    done = start + candidate.len();
                    break;
                }
            }
        }
        (done > 0).then(|| Clean::compose([out.as_str(), text.get(done..).unwrap_or_default()]))
    }
}
