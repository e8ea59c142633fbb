//! Rules meet facts. The one room where findings are born.
//!
//! A clause is judged three-valued: proved (with the quotes that prove it), refuted, or undecided. Only a proof fires; what could
//! not be decided is counted, so that silence is never mistaken for a pass.

mod engine;
mod finding;
mod proof;
mod wording;

pub use engine::judge_clause;
pub use proof::{Proof, Truth};

use crate::artifact::Clean;
use crate::fact::{Facts, Time, condition, grant};
use crate::finding::Finding;
use crate::rule::Pack;
use engine::Engine;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What the checks say of the facts.
#[derive(Debug, Default)]
pub struct Judged {
    /// In order of path, line, pointer, rule, subject, fingerprint.
    pub findings: Vec<Finding>,
    /// Checks that met facts they could not decide.
    pub undecided: BTreeMap<String, Undecided>,
}

/// How often a check could not decide, and for want of what.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// How many facts.
    pub facts: usize,
    /// The fields that no source speaks of.
    pub needs: BTreeSet<&'static str>,
    /// Keys of conditions that nobody knows how to read, and in how many of the facts each stands.
    pub conditions: BTreeMap<Clean, usize>,
}

/// Judges every check over the facts. Pure: the same facts, rules and date give the same findings in the same order.
pub fn check(facts: &Facts, rules: &Pack, as_of: Time) -> Judged {
    let engine = Engine::new(facts, as_of);
    let results: Vec<(Vec<Finding>, Undecided)> = rules
        .checks
        .par_iter()
        .map(|check| {
            let mut undecided = Undecided::default();
            let mut proved = Vec::new();
            if check.removed {
                return (Vec::new(), undecided);
            }
            for fact in engine.facts_of(check.about) {
                match engine.judge(&check.when, fact) {
                    Truth::Proved(proof) => proved.push((fact, proof)),
                    Truth::Refuted(_) => {}
                    Truth::Unknown(needs) => {
                        undecided.facts += 1;
                        undecided.needs.extend(needs);
                        let keys: BTreeSet<&Clean> = fact.fields.items(grant::CONDITIONS).flat_map(|c| c.texts(condition::KEY)).collect();
                        for key in keys {
                            *undecided.conditions.entry(key.clone()).or_default() += 1;
                        }
                    }
                }
            }
            (finding::findings(check, rules, &engine, proved), undecided)
        })
        .collect();
    let mut judged = Judged::default();
    for (check, (findings, undecided)) in rules.checks.iter().zip(results) {
        judged.findings.extend(findings);
        if undecided.facts > 0 {
            judged.undecided.insert(check.id.clone(), undecided);
        }
    }
    finding::number(&mut judged.findings);
    judged
}
