//! Emergency passwords that lie behind the sign-in they are meant to rescue: the vault that keeps them is opened with that sign-in.
//!
//! Two sentences say it, which mostly stand apart: where the emergency password is kept, and how one signs in there.

use super::population::is_whole;
use crate::artifact::{Clean, Quote};
use crate::fact::{Basis, Claim, Duty, Facts, Field, Kind, List, Sealed, Stated, Value, act, assurance_gap, channel, procedure, sign_in};
use crate::rule::Lexicon;
use aho_corasick::{AhoCorasick, MatchKind};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Findings of one estate.
const MOST: usize = 64;
/// Words with which a sentence says that it is not so, or not this way.
const OTHERWISE: [&str; 13] = [
    "not",
    "never",
    "without",
    "independent",
    "independently",
    "outside",
    "instead",
    "local",
    "separate",
    "offline",
    "don't",
    "no",
    "isn't",
];

/// What a phrase stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Word<'l> {
    /// A vault, by its name; several say only that it is one.
    Vault(&'l str),
    /// A directory, by its product.
    Directory(&'l str),
    /// Whatever directory there is.
    Sso,
    SigningIn,
}

/// The phrases of the lexicon as one automaton.
struct Phrases<'l> {
    automaton: AhoCorasick,
    words: Vec<Word<'l>>,
}

impl<'l> Phrases<'l> {
    fn of(lexicon: &'l Lexicon) -> Option<Self> {
        let mut all: Vec<(&str, Word<'_>)> = Vec::new();
        let vault = channel::VAULT.as_str();
        for concept in lexicon.concepts.iter().filter(|c| c.slot == "channel" && c.word == vault) {
            all.extend(concept.phrases.iter().map(|p| (p.as_str(), Word::Vault(p))));
        }
        for product in lexicon.products.iter().filter(|p| lexicon.directories.contains(&p.product)) {
            all.extend(product.names.iter().map(|n| (n.as_str(), Word::Directory(&product.product))));
        }
        all.extend(lexicon.single_sign_on.iter().map(|p| (p.as_str(), Word::Sso)));
        all.extend(lexicon.signing_in.iter().map(|p| (p.as_str(), Word::SigningIn)));
        let builder =
            AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).ascii_case_insensitive(true).build(all.iter().map(|p| p.0));
        Some(Self { automaton: builder.ok()?, words: all.into_iter().map(|p| p.1).collect() })
    }

    /// What a text speaks of, as whole words.
    fn words(&self, text: &str) -> Vec<Word<'l>> {
        let found = self.automaton.find_iter(text).filter(|m| is_whole(text, m.start(), m.end()));
        found.filter_map(|m| self.words.get(m.pattern().as_usize()).copied()).collect()
    }
}

/// A sentence that says how one signs in at a vault.
struct Door<'f, 'l> {
    by: Word<'l>,
    quote: &'f Arc<Quote>,
}

/// Circles of a vault and the sign-in that its emergency passwords are for.
pub(super) fn derive(facts: &Facts, lexicon: &Lexicon) -> Vec<Sealed> {
    let emergencies: Vec<&Sealed> =
        facts.of(Kind::Procedure).filter(|f| f.fields.word(procedure::ABOUT) == Some(act::BREAK_GLASS.as_str())).collect();
    let Some(phrases) = (!emergencies.is_empty()).then(|| Phrases::of(lexicon)).flatten() else { return Vec::new() };
    let mut doors: BTreeMap<&str, Door<'_, '_>> = BTreeMap::new();
    for fact in facts.facts.iter().filter(|f| matches!(f.kind, Kind::Procedure | Kind::Control)) {
        for quote in quotes(fact) {
            if let Some((vault, by)) = door(&phrases, quote) {
                doors.entry(vault).or_insert(Door { by, quote });
            }
        }
    }
    for fact in facts.of(Kind::SignIn) {
        let vault = phrases.words(fact.name.as_str()).into_iter().find_map(|w| if let Word::Vault(v) = w { Some(v) } else { None });
        let via = || fact.fields.texts(sign_in::VIA).find_map(|v| lexicon.directories.iter().find(|d| d.as_str() == v.as_str()));
        if let Some((vault, by)) = vault.and_then(|vault| Some((vault, via()?))) {
            doors.entry(vault).or_insert(Door { by: Word::Directory(by), quote: &fact.at });
        }
    }
    let mut out: Vec<Sealed> = Vec::new();
    for fact in emergencies {
        let rescued = rescued(&phrases, fact);
        for quote in claims(fact, procedure::CUSTODY) {
            let text = quote.text.as_str();
            let vaults = phrases.words(text).into_iter().filter_map(|w| if let Word::Vault(v) = w { Some(v) } else { None });
            let met = vaults.filter_map(|v| Some((v, doors.get(v)?))).find_map(|(v, d)| Some((v, d, meet(&rescued, d.by)?)));
            if let Some((vault, door, what)) = met.filter(|_| out.len() < MOST) {
                out.push(circle(fact, vault, what, quote, door));
                break;
            }
        }
    }
    out
}

/// What of the emergency is the door's own directory: a name for a report.
fn meet<'l>(rescued: &[Word<'l>], door: Word<'l>) -> Option<&'l str> {
    let named = |w: &Word<'l>| if let Word::Directory(d) = w { Some(*d) } else { None };
    match door {
        Word::Directory(product) if rescued.contains(&door) => Some(product),
        Word::Directory(product) => rescued.contains(&Word::Sso).then_some(product).filter(|_| !rescued.iter().any(|w| named(w).is_some())),
        _ => rescued.iter().find_map(named).or_else(|| rescued.contains(&Word::Sso).then_some("single sign-on")),
    }
}

/// A vault that is signed in to with a directory, where a sentence says so.
fn door<'l>(phrases: &Phrases<'l>, quote: &Quote) -> Option<(&'l str, Word<'l>)> {
    let text = quote.text.as_str();
    let words = phrases.words(text);
    let vault = words.iter().find_map(|w| if let Word::Vault(v) = w { Some(*v) } else { None })?;
    let by = words.iter().copied().filter(|w| matches!(w, Word::Directory(_) | Word::Sso)).min()?;
    let says = words.contains(&Word::SigningIn);
    let otherwise = text.split(|c: char| !c.is_alphanumeric() && c != '\'').any(|w| OTHERWISE.contains(&w.to_lowercase().as_str()));
    (says && !otherwise).then_some((vault, by))
}

/// What an emergency procedure is the way back into: what its name and its condition speak of.
fn rescued<'l>(phrases: &Phrases<'l>, fact: &Sealed) -> Vec<Word<'l>> {
    let texts = claims(fact, procedure::CONDITION).map(|q| &q.text).chain([&fact.name, &fact.anchor]);
    texts.flat_map(|t| phrases.words(t.as_str())).filter(|w| matches!(w, Word::Directory(_) | Word::Sso)).collect()
}

fn circle(fact: &Sealed, vault: &str, what: &str, kept: &Arc<Quote>, door: &Door<'_, '_>) -> Sealed {
    let name = Clean::compose(["emergency access to ", what, " and ", vault]);
    let anchor = Clean::compose(["paths/rescue/", fact.anchor.as_str(), "/", vault]);
    let mut out = Sealed::new(Kind::AssuranceGap, name, anchor, kept.clone());
    let mut say = |field: Field, value: Value<Clean, Arc<Quote>>, quote: &Arc<Quote>| {
        out.fields.claim(field, Claim { value, quote: quote.clone(), basis: Basis::Inferred, duty: Duty::Must });
    };
    say(assurance_gap::CYCLE, Value::Text(Clean::compose(["the emergency access to ", what])), kept);
    say(assurance_gap::CYCLE, Value::Text(Clean::compose([vault])), door.quote);
    say(assurance_gap::ASKS, Value::Text(Clean::compose(["its password is kept in ", vault])), kept);
    say(assurance_gap::ASKS, Value::Text(Clean::compose([vault, " is opened with ", what])), door.quote);
    say(assurance_gap::ANCHORED, Value::Flag(false), kept);
    out
}

/// The quotes of one field.
fn claims(fact: &Sealed, field: Field) -> impl Iterator<Item = &Arc<Quote>> {
    let claims = match fact.fields.get(field) {
        Some(Stated::Said(claims)) => claims.as_slice(),
        _ => &[],
    };
    claims.iter().filter(|c| c.duty != Duty::MustNot).map(|c| &c.quote)
}

/// Every quote of a fact: the sentences that were understood.
fn quotes(fact: &Sealed) -> Vec<&Arc<Quote>> {
    let mut out: Vec<&Arc<Quote>> = Vec::new();
    for (_, stated) in fact.fields.iter() {
        let Stated::Said(claims) = stated else { continue };
        for claim in claims.iter().filter(|c| c.duty != Duty::MustNot) {
            out.push(&claim.quote);
            if let Value::List(List { items, .. }) = &claim.value {
                for (_, stated) in items.iter().flat_map(|item| item.iter()) {
                    if let Stated::Said(claims) = stated {
                        out.extend(claims.iter().filter(|c| c.duty != Duty::MustNot).map(|c| &c.quote));
                    }
                }
            }
        }
    }
    out.sort_by(|a, b| a.place.cmp(&b.place));
    out.dedup_by(|a, b| a.place == b.place);
    out
}
