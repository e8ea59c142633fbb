//! From the answer to facts, so that checks can speak of it: one for each population that has a way in besides the front door.

use crate::artifact::{Clean, Quote};
use crate::fact::{Basis, Claim, Duty, Facts, Field, Kind, Sealed, Value, Word, assurance_gap};
use crate::paths::{Fallback, Gap, Map, Population, Proof};
use crate::rule::Lexicon;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The gaps of an estate.
pub(crate) fn derive(facts: &Facts, lexicon: &Lexicon) -> Vec<Sealed> {
    let map = super::map(facts, lexicon, &super::Change::default());
    let collapses = map.populations.iter().flat_map(|p| p.fallbacks.iter().filter_map(move |f| collapse(p, f)));
    let rescues = super::rescue::derive(facts, lexicon);
    map.populations.iter().filter_map(gap).chain(collapses).chain(cycles(&map)).chain(rescues).collect()
}

/// A way back in that names more people than it takes.
fn collapse(population: &Population, fallback: &Fallback) -> Option<Sealed> {
    if fallback.named <= fallback.people || fallback.people == 0 {
        return None;
    }
    let anchor = Clean::compose(["paths/people/", population.name.as_str(), "/", fallback.title.as_str()]);
    let mut fact = Sealed::new(Kind::AssuranceGap, fallback.title.clone(), anchor, fallback.at.clone());
    let mut say = |field: Field, value: Value<Clean, Arc<Quote>>, quote: &Arc<Quote>| {
        fact.fields.claim(field, Claim { value, quote: quote.clone(), basis: Basis::Explicit, duty: Duty::Must });
    };
    let at = &fallback.at;
    say(assurance_gap::POPULATION, Value::Text(population.name.clone()), at);
    say(assurance_gap::PRIVILEGED, Value::Flag(population.privileged), at);
    say(assurance_gap::VIA, Value::Text(fallback.title.clone()), at);
    say(assurance_gap::NAMED, Value::Number(i64::from(fallback.named)), at);
    say(assurance_gap::PEOPLE, Value::Number(i64::from(fallback.people)), at);
    let mut leaves = Vec::new();
    fallback.proof.leaves(&mut leaves);
    for leaf in leaves {
        say(assurance_gap::ASKS, Value::Text(leaf.says.clone()), leaf.quote.as_ref().unwrap_or(at));
    }
    Some(fact)
}

/// What a population's weakest way in amounts to. Where no export shows the people, there is nothing to be weaker than: several texts that
/// speak of "users" may speak of different ones.
fn gap(population: &Population) -> Option<Sealed> {
    let weakest = population.weakest.as_ref().filter(|_| population.tenant.is_some())?;
    let name = population.name.clone();
    let anchor = Clean::compose(["paths/", name.as_str()]);
    let mut fact = Sealed::new(Kind::AssuranceGap, name.clone(), anchor, weakest.at.clone());
    let mut leaves = Vec::new();
    weakest.proof.leaves(&mut leaves);
    let defaults = leaves.iter().any(|l| l.basis == "the product's default");
    // a text that tells how people sign in is no export of it
    let mut doors = Vec::new();
    population.front.proof.leaves(&mut doors);
    let inferred = leaves.iter().chain(&doors).any(|l| l.basis == "inferred");
    let basis = match (defaults, weakest.matched) {
        (true, _) => Basis::Default,
        (false, super::population::NOBODY) => Basis::Inferred,
        (false, _) if inferred || population.front.assumed => Basis::Inferred,
        _ => Basis::Explicit,
    };
    let front = population.front.proof.quote.clone().unwrap_or_else(|| weakest.at.clone());
    let mut say = |field: Field, value: Value<Clean, Arc<Quote>>, quote: &Arc<Quote>, basis: Basis| {
        fact.fields.claim(field, Claim { value, quote: quote.clone(), basis, duty: Duty::Must });
    };
    let number = |n: u32| Value::Number(i64::from(n));
    let at = &weakest.at;
    say(assurance_gap::POPULATION, Value::Text(name), &front, Basis::Explicit);
    if let Some(tenant) = &population.tenant {
        say(assurance_gap::TENANT, Value::Text(tenant.clone()), &front, Basis::Explicit);
    }
    say(assurance_gap::PRIVILEGED, Value::Flag(population.privileged), &front, Basis::Explicit);
    say(assurance_gap::FRONT, number(population.front.level.aal.into()), &front, Basis::Explicit);
    for factor in &population.front.factors {
        say(assurance_gap::FRONT_FACTORS, Value::Text(factor.clone()), &front, Basis::Explicit);
    }
    say(assurance_gap::FALLBACK, number(weakest.level.best.into()), at, basis);
    for route in routes(population, weakest) {
        say(assurance_gap::VIA, Value::Text(route.title.clone()), &route.at, Basis::Explicit);
    }
    for leaf in &leaves {
        let quote = leaf.quote.as_ref().unwrap_or(at);
        say(assurance_gap::ASKS, Value::Text(leaf.says.clone()), quote, Basis::Explicit);
    }
    let files: BTreeSet<&Clean> = leaves.iter().filter_map(|l| l.quote.as_ref()).chain([&front, at]).map(|q| &q.place.path).collect();
    say(assurance_gap::JOINED, Value::Number(i64::try_from(files.len()).unwrap_or(i64::MAX)), at, Basis::Explicit);
    say(assurance_gap::PEOPLE, number(weakest.people), at, Basis::Explicit);
    match weakest.gap {
        Gap::Weaker(levels) => say(assurance_gap::GAP, number(levels.into()), at, basis),
        Gap::Softer | Gap::Equal => say(assurance_gap::GAP, number(0), at, basis),
        // nothing is said, so that no check decides
        Gap::Undecided => {}
    }
    let softer = |front: bool, way: bool| Value::Flag(front && !way);
    say(assurance_gap::PHISHABLE, softer(population.front.level.resistant, weakest.level.resistant), at, basis);
    say(assurance_gap::RESTRICTED, softer(weakest.level.restricted, population.front.level.restricted), at, basis);
    if let Some(word) = Word::named(weakest.verdict.word()) {
        say(assurance_gap::VERDICT, Value::Word(word), at, basis);
    }
    for section in &weakest.sections {
        say(assurance_gap::SECTIONS, Value::Text(Clean::ours(section)), at, basis);
    }
    Some(fact)
}

fn routes<'a>(population: &'a Population, weakest: &'a Fallback) -> impl Iterator<Item = &'a Fallback> {
    weakest.routes.iter().filter_map(|i| population.fallbacks.get(*i))
}

/// Accounts that recover each other.
fn cycles(map: &Map) -> Vec<Sealed> {
    let of = |cycle: &crate::paths::Cycle| {
        let first = cycle.evidence.first()?;
        let names: Vec<&str> = cycle.members.iter().map(Clean::as_str).collect();
        let name = Clean::compose([names.join(" and ").as_str()]);
        let mut fact = Sealed::new(Kind::AssuranceGap, name.clone(), Clean::compose(["paths/cycle/", name.as_str()]), first.clone());
        let mut say = |field: Field, value: Value<Clean, Arc<Quote>>, quote: &Arc<Quote>| {
            fact.fields.claim(field, Claim { value, quote: quote.clone(), basis: Basis::Inferred, duty: Duty::Must });
        };
        cycle.members.iter().for_each(|member| say(assurance_gap::CYCLE, Value::Text(member.clone()), first));
        for (step, quote) in cycle.steps.iter().zip(&cycle.evidence) {
            say(assurance_gap::ASKS, Value::Text(step.clone()), quote);
        }
        cycle.entries.iter().for_each(|entry| say(assurance_gap::VIA, Value::Text(entry.clone()), first));
        say(assurance_gap::ANCHORED, Value::Flag(!cycle.entries.is_empty()), first);
        Some(fact)
    };
    map.cycles.iter().filter_map(of).collect()
}

impl Proof {
    /// What a proof rests on in the end, in order, once each.
    fn leaves<'a>(&'a self, out: &mut Vec<&'a Self>) {
        if self.parts.is_empty() && !out.iter().any(|l| l.says == self.says) {
            out.push(self);
        }
        self.parts.iter().for_each(|part| part.leaves(out));
    }
}
