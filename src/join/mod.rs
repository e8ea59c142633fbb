//! Adds derived facts: what no single artifact says. Each analysis is one file with one function; nothing is edited.

pub mod assurance;
mod exposure;
mod powers;
mod sharing;
mod teams;

use crate::fact::Facts;
use crate::rule::Pack;

/// Adds what the joins derive, and puts everything in order again.
pub fn join(facts: &mut Facts, rules: &Pack) {
    let derived = [sharing::derive(facts), exposure::derive(facts), powers::derive(facts, &rules.lexicon)];
    facts.facts.extend(derived.into_iter().flatten());
    let gaps = assurance::derive(facts, &rules.lexicon);
    facts.facts.extend(gaps);
    facts.sort();
}
