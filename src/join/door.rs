//! Who stays in for good, and how people come in, against what a text says of both.

use super::promised::{Said, Scene, mentions, refute, text};
use crate::artifact::Clean;
use crate::fact::{
    Basis, Claim, Duty, Facts, Kind, Sealed, Value, Word, access_rule, binding, control, population, principal, principal_type, promise,
    proof, purpose, recovery, setting, sign_in,
};
use crate::rule::class;
use std::collections::BTreeSet;

/// Things that one promise is held against at most.
const MOST: usize = 512;

/// What standing roles and weak doors refute.
pub(super) fn derive(facts: &Facts, said: &[Said<'_>], scene: &Scene<'_>) -> Vec<Sealed> {
    [standing(facts, said), doors(facts, said, scene)].concat()
}

/// How people sign in by a text, where an export shows how they get back in and none how they come in.
pub(super) fn told(facts: &Facts, said: &[Said<'_>], scene: &Scene<'_>) -> Vec<Sealed> {
    let said: Vec<&Said<'_>> = said.iter().filter(|s| s.is(promise::SIGNS_IN) || s.is(promise::STRONG_ONLY)).collect();
    let shown: BTreeSet<(&str, &str)> = facts
        .of(Kind::SignIn)
        .flat_map(|s| s.fields.texts(sign_in::POPULATION).map(move |p| (text(s, sign_in::TENANT), p.as_str())))
        .collect();
    let mut made = BTreeSet::new();
    let mut out = Vec::new();
    for r in facts.of(Kind::Recovery).filter(|_| !said.is_empty()).take(MOST) {
        let (product, tenant) = (text(r, recovery::PRODUCT), text(r, recovery::TENANT));
        for whom in r.fields.texts(recovery::POPULATION).filter(|p| !shown.contains(&(tenant, p.as_str()))) {
            let class = super::assurance::class(whom.as_str(), scene.lexicon);
            let meant = |s: &&&Said<'_>| of(s, scene) == class && s.names_near(product).is_some();
            let Some(s) = said.iter().find(meant).filter(|_| made.insert((tenant, whom.as_str()))) else { continue };
            let name = Clean::compose([s.sentence()]);
            let mut fact = Sealed::new(Kind::SignIn, name, Clean::compose([product, "/said/", whom.as_str()]), s.place().clone());
            let mut say = |field, value| {
                let claim = Claim { value, quote: s.place().clone(), basis: Basis::Inferred, duty: Duty::Must };
                fact.fields.claim(field, claim);
            };
            say(sign_in::POPULATION, Value::Text(whom.clone()));
            say(sign_in::PRODUCT, Value::Text(Clean::compose([product])));
            say(sign_in::TENANT, Value::Text(Clean::compose([tenant])));
            factors(s, scene).into_iter().for_each(|f| say(sign_in::FACTORS, Value::Word(f)));
            out.push(fact);
        }
    }
    out
}

/// Whom a sentence about signing in is for, in the words of the model.
fn of(said: &Said<'_>, scene: &Scene<'_>) -> &'static str {
    let says = |class| said.says(&scene.lexicon.promised(class)).is_some();
    let word = match (says(class::ADMINISTRATORS), says(class::CUSTOMERS)) {
        (true, _) => population::PRIVILEGED,
        (false, true) => population::CUSTOMER,
        (false, false) => population::USER,
    };
    word.as_str()
}

/// The factors that a sentence names.
fn factors(said: &Said<'_>, scene: &Scene<'_>) -> Vec<Word> {
    let says = |class| said.says(&scene.lexicon.promised(class)).is_some();
    let second =
        [(class::STRONG, proof::PASSKEY), (class::APP_CODE, proof::TOTP), (class::PUSHED, proof::PUSH), (class::SMS, proof::SMS_CODE)];
    let second = second.into_iter().find(|(c, _)| says(*c)).map_or(proof::ANY_FACTOR, |(_, f)| f);
    let password = second != proof::PASSKEY || said.says(&["password"]).is_some();
    password.then_some(proof::PASSWORD).into_iter().chain([second]).collect()
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
