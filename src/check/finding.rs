//! From proofs to findings: grouping, severity, wording, controls, identity.

use super::engine::Engine;
use super::proof::{Distinct, Proof, Truth};
use super::wording;
use crate::artifact::{Clean, Place, Quote, is_trial};
use crate::fact::{Basis, Field, Kind, Sealed, Time, sighting};
use crate::finding::{Confidence, ControlRef, Finding, FirstSeen, Related, State};
use crate::rule::{Check, Pack, Weakness};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Quotes kept on one finding.
const QUOTES: usize = 24;
/// Said of what lies in a test or an example.
const TRIAL: &str = " (in a test or example: one step lower)";
/// Subjects named by one finding.
const SUBJECTS: usize = 1000;

/// A fact and why the check holds of it.
type Proved<'f> = (&'f Sealed, Proof);

/// The findings of one check.
pub(super) fn findings<'f>(check: &Check, rules: &Pack, engine: &Engine<'_>, proved: Vec<Proved<'f>>) -> Vec<Finding> {
    let Some(weakness) = rules.weakness(&check.weakness) else { return Vec::new() };
    let mut groups: BTreeMap<(Vec<Clean>, usize), Vec<Proved<'f>>> = BTreeMap::new();
    // one secret on many lines of a file is one thing to do, and so is one under many names of a file that is gone
    let mut same: BTreeMap<(bool, Option<&Clean>, &Clean, &Clean), usize> = BTreeMap::new();
    for (i, (fact, proof)) in proved.into_iter().enumerate() {
        let key: Vec<Clean> = check.per.iter().flat_map(|field| value_of(fact, *field, engine)).collect();
        let ordinal = match fact.fields.text(sighting::DIGEST) {
            _ if !check.per.is_empty() => 0,
            Some(digest) => {
                let place = &fact.at.place;
                let gone = place.commit.is_some();
                let file = if gone { fact.fields.text(sighting::OWNER) } else { Some(&place.path) };
                *same.entry((gone, file, &fact.name, digest)).or_insert(i)
            }
            None => i,
        };
        groups.entry((key, ordinal)).or_default().push((fact, proof));
    }
    // of a secret in the history the first place speaks: later copies do not rename the finding
    for members in groups.values_mut().filter(|m| m.iter().all(|(fact, _)| fact.at.place.commit.is_some())) {
        members.sort_by_key(|(fact, _)| fact.fields.time(sighting::FIRST_SEEN).map(|t| t.0));
    }
    groups.into_iter().map(|((key, _), members)| finding(check, weakness, rules, engine, &key, &members)).collect()
}

fn value_of(fact: &Sealed, field: Field, engine: &Engine<'_>) -> Vec<Clean> {
    // the export that shows a fact is where the fact stands: no reader has to say it
    if field.name() == "export" {
        return vec![fact.at.place.path.clone()];
    }
    fact.fields.values(field).map(|v| wording::value(v, engine.as_of)).collect()
}

fn finding(check: &Check, weakness: &Weakness, rules: &Pack, engine: &Engine<'_>, key: &[Clean], members: &[Proved<'_>]) -> Finding {
    let facts: Vec<&Sealed> = members.iter().map(|(fact, _)| *fact).collect();
    let mut proof = Proof::default();
    for (_, p) in members {
        proof.merge(p);
    }
    let mut severity = check.severity.unwrap_or(weakness.severity);
    let mut worse = Vec::new();
    for step in &check.raise {
        for fact in &facts {
            if let Truth::Proved(p) = engine.judge(&step.when, fact) {
                severity = step.to.map_or(severity.raised(), |to| severity.max(to));
                worse.push(p);
                break;
            }
        }
    }
    for step in &check.lower {
        if facts.iter().all(|fact| matches!(engine.judge(&step.when, fact), Truth::Proved(_))) {
            severity = step.to.map_or(severity.lowered(), |to| severity.min(to));
        }
    }
    // weaknesses.md: one step lower when the control is referenced elsewhere, and when the value is a product's default
    if proof.referenced {
        severity = severity.lowered();
    }
    if proof.basis == Basis::Default {
        severity = severity.lowered();
    }
    // what lies among tests and examples opens nothing yet, and is copied; checks of secrets know of it themselves
    let mut places = facts.iter().map(|f| &f.at.place).chain(proof.quotes.iter().map(|q| &q.place));
    let trial = check.about != Kind::Sighting && places.all(|p| is_trial(p.path.as_str()));
    if trial {
        severity = severity.lowered();
    }
    let confidence = if proof.basis == Basis::Explicit { check.confidence } else { check.confidence.min(Confidence::Medium) };
    let mut message = wording::fill(&check.say, &facts, &proof, engine.as_of);
    if trial {
        message = Clean::compose([message.as_str(), TRIAL]);
    }
    // what makes it worse is evidence, and not where it stands
    let place = place(&facts, &proof);
    for p in &worse {
        for quote in p.quotes.iter() {
            proof.quote(quote);
        }
    }
    let named = |fact: &&Sealed| {
        let said = check.subject.map(|field| value_of(fact, field, engine)).filter(|v| !v.is_empty());
        said.unwrap_or_else(|| vec![fact.name.clone()])
    };
    let subjects: Distinct<Clean> = facts.iter().flat_map(named).collect();
    let subjects: Vec<Clean> = subjects.iter().take(SUBJECTS).cloned().collect();
    let subject = subjects.first().cloned().unwrap_or_default();
    let mut evidence = proof.quotes.to_vec();
    if evidence.is_empty() {
        evidence.extend(facts.first().map(|f| f.at.clone()));
    }
    // evidence from the finding's own artifact first, each in reading order
    evidence.sort_by(|a, b| (a.place.path != place.path, &a.place).cmp(&(b.place.path != place.path, &b.place)));
    evidence.dedup_by(|later, first| {
        let (a, b) = (&first.place, &later.place);
        a.path == b.path && a.line == b.line && a.pointer == b.pointer && first.text == later.text
    });
    let evidence = fewer(evidence);
    let why = check
        .also
        .as_ref()
        .map_or_else(|| Clean::ours("more evidence of the same"), |also| wording::fill(also, &facts, &proof, engine.as_of));
    let mut related: Vec<Related> = Vec::new();
    for quote in evidence.iter().filter(|q| q.place.path != place.path) {
        if !related.iter().any(|r| r.place.path == quote.place.path && (r.place.line..=r.place.end_line + 3).contains(&quote.place.line)) {
            related.push(Related { place: quote.place.clone(), why: why.clone() });
        }
    }
    let anchor = match facts.first() {
        Some(fact) if check.per.is_empty() => {
            Clean::compose([fact.anchor.as_str(), "\u{1f}", fact.fields.text(sighting::IDENTITY).map_or("", Clean::as_str)])
        }
        _ => Clean::compose(key.iter().flat_map(|k| [k.as_str(), "\u{1f}"])),
    };
    let cases = cases(check, engine, &facts);
    Finding {
        rule: check.id.clone(),
        weakness: weakness.id.clone(),
        severity,
        confidence,
        title: check.title.clone(),
        message,
        fingerprint: identity(&[check.id.as_str(), place.path.as_str(), anchor.as_str(), subject.as_str()]),
        moved_fingerprint: identity(&[check.id.as_str(), anchor.as_str(), subject.as_str()]),
        subject,
        subjects,
        place,
        evidence,
        missing: proof.missing.iter().map(|m| (*m).to_owned()).collect(),
        related,
        controls: controls(weakness, rules, &cases),
        fix: check.fix.as_ref().map_or_else(|| Clean::ours(&weakness.fix), |fix| wording::fill(fix, &facts, &proof, engine.as_of)),
        first_seen: facts.iter().filter_map(|f| first_seen(f)).min_by(|a, b| (&a.date, &a.commit).cmp(&(&b.date, &b.commit))),
        state: State::Open,
        secret: secret(check, &facts),
        copies: Vec::new(),
    }
}

/// The one secret that a finding is about.
fn secret(check: &Check, facts: &[&Sealed]) -> Option<(Clean, Clean)> {
    let fact = facts.first().filter(|f| check.per.is_empty() && f.kind == Kind::Sighting)?;
    Some((fact.fields.text(sighting::OWNER)?.clone(), fact.fields.text(sighting::DIGEST)?.clone()))
}

/// When a secret came in, where a history was read.
fn first_seen(fact: &Sealed) -> Option<FirstSeen> {
    let time = |field| fact.fields.time(field).map(Time::date);
    Some(FirstSeen {
        commit: fact.fields.text(sighting::COMMIT)?.clone(),
        date: time(sighting::FIRST_SEEN)?,
        author: fact.fields.text(sighting::AUTHOR)?.clone(),
        at_head: fact.fields.flag(sighting::AT_HEAD)?,
        removed: time(sighting::REMOVED),
    })
}

/// At most [`QUOTES`] quotes, and of every file at least the first.
fn fewer(quotes: Vec<Arc<Quote>>) -> Vec<Arc<Quote>> {
    let mut files = BTreeSet::new();
    let firsts: Vec<bool> = quotes.iter().map(|q| files.insert(q.place.path.clone())).collect();
    let mut room = QUOTES.saturating_sub(files.len());
    let mut kept = Vec::new();
    for (quote, first) in quotes.into_iter().zip(firsts) {
        if first && kept.len() < QUOTES * 2 {
            kept.push(quote);
        } else if room > 0 {
            room -= 1;
            kept.push(quote);
        }
    }
    kept
}

/// What is said stands at its first quote; what is missing is missing from the whole fact.
fn place(facts: &[&Sealed], proof: &Proof) -> Place {
    let Some(first) = facts.first() else { return Place::nowhere() };
    if !proof.missing.is_empty() || first.kind != Kind::Procedure {
        return first.at.place.clone();
    }
    let own = proof.quotes.iter().filter(|q| q.place.path == first.at.place.path).map(|q| &q.place);
    own.min().unwrap_or(&first.at.place).clone()
}

fn cases(check: &Check, engine: &Engine<'_>, facts: &[&Sealed]) -> BTreeSet<String> {
    let holds = |case: &crate::rule::Case| match &case.when {
        None => true,
        Some(when) => facts.iter().any(|fact| matches!(engine.judge(when, fact), Truth::Proved(_))),
    };
    check.cases.iter().filter(|case| holds(case)).map(|case| case.id.clone()).collect()
}

/// The controls of a weakness whose case, if they have one, is read here; a loose reading is left to the control's own page.
fn controls(weakness: &Weakness, rules: &Pack, cases: &BTreeSet<String>) -> Vec<ControlRef> {
    let read = |case: &Option<String>| case.as_ref().is_none_or(|c| cases.contains(c));
    let label = |framework: &str, id: &str| {
        weakness.labels.iter().filter(|l| read(&l.case)).find_map(|l| {
            let label = rules.labels.iter().find(|x| x.label == l.label)?;
            label.controls.iter().any(|(f, i)| f == framework && i == id).then(|| label.label.clone())
        })
    };
    let mapped = weakness.controls.iter().filter(|m| read(&m.case) && m.confidence != "low");
    mapped
        .map(|m| ControlRef { framework: m.framework.clone(), id: m.id.clone(), label: label(&m.framework, &m.id), primary: m.primary })
        .collect()
}

/// BLAKE3 over a version tag and length-prefixed fields, 128 bits as hex.
fn identity(fields: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for field in ["sidedoor/1"].iter().chain(fields) {
        hasher.update(&(field.len() as u64).to_le_bytes());
        hasher.update(field.as_bytes());
    }
    hasher.finalize().to_hex().chars().take(32).collect()
}

/// Puts findings in order and tells equal ones apart by an ordinal; of one rule on one line with one subject, one remains.
pub(super) fn number(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| order(a).cmp(&order(b)));
    findings.dedup_by(|a, b| {
        a.rule == b.rule
            && a.subject == b.subject
            && a.place.path == b.place.path
            && a.place.line == b.place.line
            && a.place.pointer == b.place.pointer
            && a.fingerprint == b.fingerprint
    });
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    // what stands in the tree is counted first: reading the history as well must not rename it
    let (tree, history): (Vec<_>, Vec<_>) = findings.iter_mut().partition(|f| f.place.commit.is_none());
    for finding in tree.into_iter().chain(history) {
        for print in [&mut finding.fingerprint, &mut finding.moved_fingerprint] {
            let count = seen.entry(print.clone()).or_default();
            if *count > 0 {
                *print = identity(&[print.as_str(), &count.to_string()]);
            }
            *count += 1;
        }
    }
}

fn order(f: &Finding) -> (&Clean, u32, &Option<Clean>, &str, &Clean, &str) {
    (&f.place.path, f.place.line, &f.place.pointer, &f.rule, &f.subject, &f.fingerprint)
}
