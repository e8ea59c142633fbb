//! The JSON report, version 1.

use super::Sheet;
use crate::artifact::{ArtifactRow, Quote, Read};
use crate::finding::{Copied, Finding, FirstSeen, Severity};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    tool: Tool<'a>,
    run: Run<'a>,
    findings: Vec<Item<'a>>,
    artifacts: Vec<Artifact<'a>>,
    populations: [(); 0],
    controls: Vec<ControlState<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'static str,
    version: &'static str,
    rules: &'a str,
}

#[derive(Serialize)]
struct Run<'a> {
    as_of: &'a str,
    roots: &'a [crate::artifact::Clean],
    complete: bool,
}

#[derive(Serialize)]
struct Item<'a> {
    fingerprint: &'a str,
    moved_fingerprint: &'a str,
    rule: &'a str,
    weakness: &'a str,
    severity: &'static str,
    confidence: &'static str,
    title: &'a str,
    message: &'a str,
    subject: &'a str,
    subjects: Vec<&'a str>,
    location: Location<'a>,
    evidence: Vec<Evidence<'a>>,
    missing: &'a [String],
    related: Vec<Related<'a>>,
    controls: Vec<Control<'a>>,
    fix: &'a str,
    state: &'static str,
    first_seen: Option<&'a FirstSeen>,
    #[serde(skip_serializing_if = "<[Copied]>::is_empty")]
    copies: &'a [Copied],
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    line: u32,
    end_line: u32,
    pointer: Option<&'a str>,
    commit: Option<&'a str>,
}

#[derive(Serialize)]
struct Evidence<'a> {
    path: &'a str,
    line: u32,
    end_line: u32,
    commit: Option<&'a str>,
    text: &'a str,
}

#[derive(Serialize)]
struct Related<'a> {
    path: &'a str,
    line: u32,
    why: &'a str,
}

#[derive(Serialize)]
struct Control<'a> {
    framework: &'a str,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
}

#[derive(Serialize)]
struct Artifact<'a> {
    path: &'a str,
    kind: Option<&'a str>,
    read: Read,
    why: Option<String>,
    sha256: Option<&'a str>,
}

#[derive(Serialize)]
struct ControlState<'a> {
    framework: &'a str,
    id: &'a str,
    state: &'static str,
    findings: usize,
}

#[derive(Serialize)]
struct Summary {
    open: usize,
    waived: usize,
    baselined: usize,
    allowed: usize,
    lapsed: usize,
    by_severity: BTreeMap<&'static str, usize>,
    unread: usize,
    ignored: u64,
    links_not_followed: u64,
    undecided_checks: usize,
}

pub(super) fn write(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let state = |word: &str| sheet.shown.iter().filter(|f| f.state.word() == word).count();
    let report = Report {
        schema: "sidedoor/report/1",
        tool: Tool { name: "sidedoor", version: env!("CARGO_PKG_VERSION"), rules: sheet.digest },
        run: Run { as_of: sheet.as_of, roots: sheet.roots, complete: sheet.losses() == 0 },
        findings: sheet.shown.iter().map(|f| item(f)).collect(),
        artifacts: sheet.artifacts.iter().map(artifact).collect(),
        populations: [],
        controls: controls(sheet),
        summary: Summary {
            open: state("open"),
            waived: state("waived"),
            baselined: state("baselined"),
            allowed: state("allowed"),
            lapsed: state("lapsed"),
            by_severity: Severity::ALL.iter().map(|s| (s.word(), sheet.open(*s))).collect(),
            unread: sheet.losses(),
            ignored: sheet.ignored,
            links_not_followed: sheet.links,
            undecided_checks: sheet.undecided.len(),
        },
    };
    serde_json::to_writer_pretty(&mut *out, &report).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

fn item(f: &Finding) -> Item<'_> {
    Item {
        fingerprint: &f.fingerprint,
        moved_fingerprint: &f.moved_fingerprint,
        rule: &f.rule,
        weakness: &f.weakness,
        severity: f.severity.word(),
        confidence: f.confidence.word(),
        title: &f.title,
        message: f.message.as_str(),
        subject: f.subject.as_str(),
        subjects: f.subjects.iter().map(crate::artifact::Clean::as_str).collect(),
        location: Location {
            path: f.place.path.as_str(),
            line: f.place.line,
            end_line: f.place.end_line,
            pointer: f.place.pointer.as_ref().map(crate::artifact::Clean::as_str),
            commit: f.place.commit.as_ref().map(crate::artifact::Clean::as_str),
        },
        evidence: f.evidence.iter().map(|q| evidence(q)).collect(),
        missing: &f.missing,
        related: f.related.iter().map(|r| Related { path: r.place.path.as_str(), line: r.place.line, why: r.why.as_str() }).collect(),
        controls: f.controls.iter().map(|c| Control { framework: &c.framework, id: &c.id, label: c.label.as_deref() }).collect(),
        fix: f.fix.as_str(),
        state: f.state.word(),
        first_seen: f.first_seen.as_ref(),
        copies: &f.copies,
    }
}

fn evidence(q: &Quote) -> Evidence<'_> {
    Evidence {
        path: q.place.path.as_str(),
        line: q.place.line,
        end_line: q.place.end_line,
        commit: q.place.commit.as_ref().map(crate::artifact::Clean::as_str),
        text: q.text.as_str(),
    }
}

fn artifact(row: &ArtifactRow) -> Artifact<'_> {
    Artifact {
        path: row.path.as_str(),
        kind: row.kind.as_ref().map(crate::artifact::Clean::as_str),
        read: row.read,
        why: row.why.map(crate::artifact::Why::words),
        sha256: row.sha256.as_ref().map(crate::artifact::Clean::as_str),
    }
}

/// The controls that findings touch. A control without a finding is not listed: nothing here says that it is met.
fn controls<'a>(sheet: &Sheet<'a>) -> Vec<ControlState<'a>> {
    let mut states: BTreeMap<(&str, &str), (usize, bool)> = BTreeMap::new();
    for finding in sheet.shown {
        for control in &finding.controls {
            let entry = states.entry((&control.framework, &control.id)).or_default();
            entry.0 += 1;
            entry.1 |= finding.state.counts();
        }
    }
    let state = |open: bool| if open { "fail" } else { "waived" };
    states.into_iter().map(|((framework, id), (findings, open))| ControlState { framework, id, state: state(open), findings }).collect()
}
