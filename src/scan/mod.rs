//! The whole job, top to bottom as in the diagram: `collect` (source, unpack, read), then `judge` (join, check, triage).
//!
//! Each half stands alone: a sweep over many machines collects in many places and judges in one.

mod added;
mod dating;
mod examples;
mod facts_file;
mod history;
mod life;

pub use added::Excuse;
pub use dating::settle;
pub use examples::{Failure, test_rules};
pub use facts_file::{FactsFileError, read_facts, write_facts};

use crate::artifact::{ArtifactRow, Clean, Unread};
use crate::check::{self, Undecided};
use crate::fact::{Facts, Sealed, Time, exemption, exemption_form};
use crate::finding::{Finding, Severity};
use crate::join;
use crate::read::{self, Knowledge, Reading};
use crate::rule::Pack;
use crate::source::{Added, Passed, Source};
use crate::triage::{self, Triage};
use crate::unpack::{self, Piece};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a run is about: written at the head of a facts file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The one clock, midnight UTC of a date.
    pub as_of: Time,
    /// What reports call the roots.
    pub roots: Vec<Clean>,
    /// Names the rules that were used to read.
    pub rules: String,
    /// Names the salt of the digests, without telling it.
    pub salt: String,
    /// Files and folders left out by ignore rules.
    pub ignored: u64,
    /// Symbolic links that were not followed.
    pub links: u64,
}

/// What a run found.
#[derive(Debug)]
pub struct Outcome {
    /// What it was about.
    pub run: Run,
    /// Findings in order of path, line, pointer, rule, subject, fingerprint.
    pub findings: Vec<Finding>,
    /// What was recognised.
    pub artifacts: Vec<ArtifactRow>,
    /// What was not, or not wholly, read.
    pub unread: Vec<Unread>,
    /// Checks that met facts they could not decide.
    pub undecided: BTreeMap<String, Undecided>,
    /// Comments that allow what is not found: path, line and rule.
    pub idle: Vec<(Clean, u32, Clean)>,
    /// How many facts were read and derived.
    pub facts: usize,
}

/// Reading PDF: which program the child process is, and what that child does.
#[cfg(all(feature = "pdf", unix))]
pub use crate::unpack::pdf;

/// The map: everything a source gives, read in parallel, in an order that does not depend on threads.
pub fn collect(source: &dyn Source, knowing: &Knowledge, on_read: &(dyn Fn() + Sync)) -> (Facts, Passed) {
    let readings: Vec<Reading> = source
        .leads()
        .par_bridge()
        .flat_map_iter(|lead| {
            let added = lead.as_ref().ok().and_then(|l| l.added.clone().map(|added| (l.path.clone(), added)));
            let mut readings = Vec::new();
            match lead.and_then(crate::source::Lead::open) {
                Ok(artifact) => unpack::each(artifact, &mut |piece| {
                    let mut reading = read_piece(&piece, knowing);
                    // lines of a member of a container are not those that git counts: all of it is new
                    match (&added, &piece) {
                        (Some((path, added)), Piece::Artifact(whole)) if whole.path == *path => added::keep(&mut reading, added),
                        (Some((_, added)), _) => added::keep(&mut reading, &Added::whole(added.trusted)),
                        _ => {}
                    }
                    readings.push(reading);
                }),
                Err(lost) => readings.push(read::not_read(&lost, knowing)),
            }
            on_read();
            readings
        })
        .collect();
    let mut facts = Facts::default();
    for reading in readings {
        facts.facts.extend(reading.facts);
        facts.allowances.extend(reading.allowances);
        facts.artifacts.extend(reading.artifacts);
        facts.unread.extend(reading.unread);
    }
    read::scrub(&mut facts, knowing);
    facts.sort();
    (facts, source.passed())
}

/// Who owns the secrets that were found: repositories, and folders that are none.
pub fn owners(facts: &Facts) -> impl Iterator<Item = &str> {
    facts.of(crate::fact::Kind::Sighting).flat_map(|f| f.fields.texts(crate::fact::sighting::OWNER)).map(Clean::as_str)
}

/// Dates the secrets that stand in the tree, from the repositories that own them.
pub fn date(repositories: &[crate::source::Repo], knowing: &Knowledge, facts: &mut Facts) {
    for repo in repositories {
        dating::date(repo, knowing, facts);
    }
}

fn read_piece(piece: &Piece, knowing: &Knowledge) -> Reading {
    match piece {
        Piece::Artifact(artifact) => read::read(artifact, knowing),
        Piece::Lost(lost) => read::not_read(lost, knowing),
        Piece::Opened(path, kind, why) => read::opened(path, kind, *why, knowing),
    }
}

/// Adds what the histories of some repositories tell of secrets.
pub fn collect_history(repositories: &[crate::source::Repo], unreachable: bool, knowing: &Knowledge, facts: &mut Facts) {
    for repo in repositories {
        history::collect(repo, unreachable, knowing, facts);
    }
    if !repositories.is_empty() {
        read::scrub(facts, knowing);
        facts.sort();
    }
}

/// The reduce: facts in, outcome out. `severity` are the user's overrides; nothing means off.
pub fn judge(run: Run, mut facts: Facts, rules: &Pack, known: &Triage, severity: &[(String, Option<Severity>)]) -> Outcome {
    // a comment that names no rule allows nothing: a page about such comments has them
    let named = |id: &str| rules.checks.iter().any(|c| c.id == id) || rules.weakness(id).is_some();
    let idle = |f: &Sealed| f.fields.word(exemption::FORM) == Some(exemption_form::COMMENT.as_str()) && !named(f.name.as_str());
    facts.facts.retain(|f| !idle(f));
    join::join(&mut facts, rules);
    let mut judged = check::check(&facts, rules, run.as_of);
    judged.findings.retain_mut(|finding| {
        let said = |id: &str| severity.iter().find(|(name, _)| name == id).map(|(_, s)| *s);
        match said(&finding.rule).or_else(|| said(&finding.weakness)) {
            Some(Some(severity)) => finding.severity = severity,
            Some(None) => return false,
            None => {}
        }
        true
    });
    let idle = triage::triage(&mut judged.findings, &facts.allowances, known, run.as_of);
    triage::gather(&mut judged.findings);
    Outcome {
        run,
        findings: judged.findings,
        artifacts: facts.artifacts,
        unread: facts.unread,
        undecided: judged.undecided,
        idle: idle.into_iter().map(|a| (a.path.clone(), a.line, a.rule.clone())).collect(),
        facts: facts.facts.len(),
    }
}

impl Outcome {
    /// Whether everything that could be read was.
    pub fn complete(&self) -> bool {
        self.unread.iter().all(|u| !u.why.is_loss())
    }
}
