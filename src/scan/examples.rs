//! Runs the examples that stand in the rule files: what fires, and what must stay quiet.

use super::life::Life;
use super::{Run, collect, judge};
use crate::artifact::{Clean, Lost, Provenance};
use crate::fact::{Kind, Time, day};
use crate::finding::Finding;
use crate::read::{Knowledge, secret_spans};
use crate::rule::{Check, Example, Pack, Verdict};
use crate::source::{Added, Given, Lead, Source};
use crate::triage::Triage;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The date of every example, so that ages in them stay what they were.
const AS_OF: &str = "2026-11-20";

/// An example that does not do what it says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure {
    /// Id of the rule or pattern.
    pub rule: String,
    /// Line of its file.
    pub line: usize,
    /// What went wrong.
    pub message: String,
}

/// Runs every example of every check and pattern that `chosen` names; gives the number of examples and the failures.
pub fn test_rules(rules: &Pack, chosen: &(dyn Fn(&str) -> bool + Sync)) -> (usize, Vec<Failure>) {
    let knowing = Knowledge::new(&[rules], [0; 32]);
    let mut failures: Vec<Failure> = rules
        .checks
        .par_iter()
        .filter(|c| chosen(&c.id) && !c.removed)
        .flat_map_iter(|check| check.examples.iter().filter_map(|example| run(check, example, rules, &knowing)).collect::<Vec<_>>())
        .collect();
    let mut count: usize = rules.checks.iter().filter(|c| chosen(&c.id)).map(|c| c.examples.len()).sum();
    for pattern in rules.patterns.iter().filter(|p| chosen(&p.id)) {
        count += pattern.hits.len() + pattern.misses.len();
        let found = |text: &str| secret_spans(text, &pattern.id, &knowing);
        let fail = |message: String| Failure { rule: pattern.id.clone(), line: pattern.at.1, message };
        failures.extend(
            pattern
                .hits
                .iter()
                .enumerate()
                .filter(|(_, t)| found(t) == 0)
                .map(|(i, _)| fail(format!("hit example {} is not found", i + 1))),
        );
        failures.extend(
            pattern.misses.iter().enumerate().filter(|(_, t)| found(t) > 0).map(|(i, _)| fail(format!("miss example {} is found", i + 1))),
        );
    }
    failures.sort();
    (count, failures)
}

fn run(check: &Check, example: &Example, rules: &Pack, knowing: &Knowledge) -> Option<Failure> {
    let findings = findings(example, rules, knowing);
    let fail = |message: String| Some(Failure { rule: check.id.clone(), line: example.line, message });
    let group = check.id.split('/').next().unwrap_or_default();
    match example.verdict {
        Verdict::Bad if !findings.iter().any(|f| f.rule == check.id) => fail("the bad example is not found".into()),
        Verdict::Good => match findings.iter().find(|f| f.rule == check.id || f.rule.starts_with(&format!("{group}/"))) {
            Some(f) => fail(format!("the good example is reported by {}: {}", f.rule, f.message)),
            None => None,
        },
        Verdict::Bad => None,
    }
}

/// Files that a change adds.
struct Change(Given);

impl Source for Change {
    fn leads(&self) -> Box<dyn Iterator<Item = Result<Lead, Lost>> + Send + '_> {
        Box::new(self.0.leads().map(|lead| {
            lead.map(|mut lead| {
                lead.added = Some(Added::whole(false));
                lead
            })
        }))
    }
}

fn findings(example: &Example, rules: &Pack, knowing: &Knowledge) -> Vec<Finding> {
    let files = example.files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect();
    let given = Given(files, Provenance::Given);
    let (mut facts, _) = if example.change { collect(&Change(given), knowing, &|| {}) } else { collect(&given, knowing, &|| {}) };
    if let Some(told) = &example.life {
        let removed = told.removed.as_deref().and_then(day);
        let life = Life {
            first: day(&told.first_seen).unwrap_or(Time(0)),
            commit: Clean::ours("0f3c1d8"),
            author: Clean::ours("Mara Lind"),
            at_head: removed.is_none(),
            removed,
            replaced: told.replaced,
            in_history: removed.is_some(),
            at_least: false,
        };
        let authors = example.files.iter().map(|(path, _)| path.as_str()).zip(&told.authors);
        let authors: BTreeMap<&str, Clean> = authors.map(|(path, author)| (path, Clean::ours(author))).collect();
        for fact in facts.facts.iter_mut().filter(|f| f.kind == Kind::Sighting) {
            let author = authors.get(fact.at.place.path.as_str()).unwrap_or(&life.author).clone();
            Life { author, ..life.clone() }.tell(fact);
        }
    }
    let run =
        Run { as_of: day(AS_OF).unwrap_or(Time(0)), roots: Vec::new(), rules: String::new(), salt: String::new(), ignored: 0, links: 0 };
    judge(run, facts, rules, &Triage::default(), &[]).findings
}
