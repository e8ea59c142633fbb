//! Who stays in for good, and how people come in, against what a text says of both.

use super::promised::{Said, Scene, mentions, refute, text};
use crate::artifact::Clean;
use crate::fact::{Facts, Kind, Sealed, access_rule, binding, control, principal, principal_type, promise, purpose, setting};
use crate::rule::class;
use std::collections::BTreeSet;

/// Things that one promise is held against at most.
const MOST: usize = 512;

/// What standing roles and weak doors refute.
pub(super) fn derive(facts: &Facts, said: &[Said<'_>], scene: &Scene<'_>) -> Vec<Sealed> {
    [standing(facts, said), doors(facts, said, scene)].concat()
}

/// A role that nobody holds for good, and that somebody does: not by turns, without an end, and not for emergencies.
fn standing(facts: &Facts, said: &[Said<'_>]) -> Vec<Sealed> {
    let said: Vec<&Said<'_>> = said.iter().filter(|s| s.is(promise::STANDING)).collect();
    if said.is_empty() {
        return Vec::new();
    }
    let glass = |p: &&Sealed| p.fields.word(principal::PURPOSE) == Some(purpose::BREAK_GLASS.as_str());
    let emergency: BTreeSet<&str> = facts.of(Kind::Principal).filter(glass).map(|p| p.name.as_str()).collect();
    let spoken: Vec<&Sealed> =
        facts.of(Kind::Control).filter(|c| c.fields.word(control::PROMISES) == Some(promise::EMERGENCY.as_str())).collect();
    let for_emergencies = |name: &str| {
        let lower = name.to_lowercase();
        emergency.contains(name) || spoken.iter().any(|c| mentions(&super::promised::said(c).to_lowercase(), &lower))
    };
    let held: Vec<&Sealed> = facts
        .of(Kind::Binding)
        .filter(|b| b.fields.flag(binding::ELIGIBLE) != Some(true) && b.fields.time(binding::UNTIL).is_none())
        .filter(|b| b.fields.word(binding::PRINCIPAL_TYPE) == Some(principal_type::USER.as_str()))
        .collect();
    let labels: BTreeSet<&str> = held.iter().map(|b| text(b, binding::ROLE)).collect();
    let mut out = Vec::new();
    for said in said {
        for b in held.iter().take(MOST) {
            let (name, role) = (text(b, binding::PRINCIPAL), text(b, binding::ROLE));
            let Some(tie) = said.names_of(role, &labels, " role").filter(|_| !for_emergencies(name)) else { continue };
            let shown = Clean::compose([name, " holds ", role, " with no end"]);
            out.push(refute("standing", said, &tie, b, Clean::compose([name]), shown));
        }
    }
    out
}

/// A sign-in that is for strong factors alone, and a rule that lets other ones in.
fn doors(facts: &Facts, said: &[Said<'_>], scene: &Scene<'_>) -> Vec<Sealed> {
    let of: BTreeSet<&str> = facts.of(Kind::AccessRule).map(|r| text(r, access_rule::PRODUCT)).collect();
    let administrators = scene.lexicon.promised(class::ADMINISTRATORS);
    let mut out = Vec::new();
    for said in said.iter().filter(|s| s.is(promise::STRONG_ONLY)) {
        let admins = said.says(&administrators).is_some();
        let lets_in = |r: &&Sealed| {
            let on = r.fields.flag(access_rule::ENABLED) == Some(true) && r.fields.flag(access_rule::BLOCKS) != Some(true);
            on && r.fields.flag(access_rule::RESISTANT) == Some(false) && r.fields.number(access_rule::FACTOR_COUNT).is_some()
        };
        // a rule for everybody stands beside one for administrators: it opens nothing to them
        let own = |r: &Sealed| r.fields.flag(access_rule::PRIVILEGED) == Some(true) || names_administrators(r, &administrators);
        let strict = |r: &Sealed| r.fields.flag(access_rule::RESISTANT) == Some(true);
        if admins && facts.of(Kind::AccessRule).any(|r| own(r) && strict(r)) {
            continue;
        }
        for r in facts.of(Kind::AccessRule).filter(lets_in).filter(|r| !admins || own(r)).take(MOST) {
            let product = text(r, access_rule::PRODUCT);
            let Some(tie) = said.names_near(product).or_else(|| scene.sole(said, product, &of)) else { continue };
            let shown = match r.fields.number(access_rule::FACTOR_COUNT) {
                Some(1) => " lets in with one factor of any kind",
                _ => " lets in with factors of any kind",
            };
            let shown = Clean::compose([r.name.as_str(), shown]);
            out.push(refute("weak_door", said, &tie, r, r.name.clone(), shown));
        }
        for s in facts.of(Kind::Setting).filter(|_| !admins).take(MOST) {
            let entry = scene.lexicon.setting(text(s, setting::KEY)).filter(|e| e.keeps == "factors");
            let Some(entry) = entry.filter(|e| e.words.iter().any(|w| w == text(s, setting::VALUE))) else { continue };
            let product = text(s, setting::PRODUCT);
            let Some(tie) = said.names_near(product).or_else(|| scene.sole(said, product, &BTreeSet::from([product]))) else { continue };
            let shown = Clean::compose([s.name.as_str(), " is ", entry.words.first().map_or("", String::as_str)]);
            out.push(refute("weak_door", said, &tie, s, s.name.clone(), shown));
        }
    }
    out
}

/// Whether a rule is called after administrators.
fn names_administrators(r: &Sealed, words: &[&str]) -> bool {
    let lower = r.name.as_str().to_lowercase();
    words.iter().any(|w| mentions(&lower, w))
}
