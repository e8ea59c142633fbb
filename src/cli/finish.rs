//! The end of a command: what is shown, where it is written, and the exit code.

use super::options::{Colour, Common, Reading};
use super::{BUG, FINDINGS, OK, UNREAD, WAIVER, quietly};
use crate::artifact::Why;
use crate::finding::{Confidence, Finding, Severity};
use crate::report::{self, Format, Sheet, Style};
use crate::rule::Pack;
use crate::scan::Outcome;
use anyhow::{Result, anyhow};
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

/// How a report looks on standard output.
pub(super) fn style(reading: &Reading, verbose: bool) -> Style {
    let stdout_is_terminal = io::stdout().is_terminal();
    let colour = match reading.color {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => stdout_is_terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
    };
    let width = terminal_size::terminal_size().filter(|_| stdout_is_terminal).map_or(80, |(w, _)| usize::from(w.0).clamp(60, 110));
    Style { colour, width, verbose }
}

/// Reports, and the exit code that the findings demand.
pub(super) fn finish(outcome: &Outcome, rules: &Pack, common: &Common) -> Result<u8> {
    let named =
        |f: &Finding, only: &str| only == f.rule || only == f.weakness || f.controls.iter().any(|c| c.label.as_deref() == Some(only));
    let passes = |f: &&Finding| {
        f.severity >= common.min_severity.map_or(Severity::Info, |s| s.0)
            && f.confidence >= common.min_confidence.map_or(Confidence::Low, |c| c.0)
            && (common.only.is_empty() || common.only.iter().any(|o| named(f, o)))
    };
    let shown: Vec<&Finding> = outcome.findings.iter().filter(passes).collect();
    let style = style(&common.reading, common.verbose > 0);
    let as_of = outcome.run.as_of.date();
    let needs = |u: &crate::check::Undecided| {
        let fields = u.needs.iter().map(|n| n.replace('_', " ")).collect::<Vec<_>>().join(", ");
        let keys: Vec<String> = u.conditions.iter().map(|(key, n)| format!("{key} in {n}")).collect();
        if keys.is_empty() { fields } else { format!("{fields}; conditions that are not known: {}", keys.join(", ")) }
    };
    let undecided: Vec<(String, usize, String)> = outcome.undecided.iter().map(|(rule, u)| (rule.clone(), u.facts, needs(u))).collect();
    let sheet = Sheet {
        as_of: &as_of,
        roots: &outcome.run.roots,
        artifacts: &outcome.artifacts,
        unread: &outcome.unread,
        facts: outcome.facts,
        undecided: &undecided,
        idle: &outcome.idle,
        ignored: outcome.run.ignored,
        links: outcome.run.links,
        digest: &rules.digest,
        rules,
        shown: &shown,
        style,
    };
    let mut files = Vec::new();
    for target in &common.output {
        let (format, path) = target.split_once('=').ok_or_else(|| anyhow!("--output {target}: write FORMAT=PATH"))?;
        let format = <Format as clap::ValueEnum>::from_str(format, true).map_err(|_| anyhow!("--output {target}: no such format"))?;
        files.push((format, PathBuf::from(path)));
    }
    for (format, path) in files {
        let plain = Sheet { style: Style { colour: false, ..style }, ..sheet };
        let mut bytes = Vec::new();
        report::write(format, &plain, &mut bytes)?;
        std::fs::write(&path, bytes).map_err(|_| anyhow!("{}: it cannot be written", path.display()))?;
    }
    if !common.reading.quiet || common.format != Format::Table {
        let mut out = io::BufWriter::new(io::stdout().lock());
        quietly(report::write(common.format, &sheet, &mut out).and_then(|()| out.flush()))?;
    }
    Ok(bug_or(exit_code(outcome, &shown, common), &outcome.unread))
}

pub(super) fn exit_code(outcome: &Outcome, shown: &[&Finding], common: &Common) -> u8 {
    let fail_on = common.fail_on.0;
    let findings = shown.iter().any(|f| f.state.counts() && f.severity >= fail_on && f.confidence >= Confidence::Medium);
    let lapsed = outcome.findings.iter().any(|f| matches!(f.state, crate::finding::State::Lapsed { .. }));
    if common.strict && !outcome.complete() {
        UNREAD
    } else if common.strict && lapsed && !common.exit_zero {
        WAIVER
    } else if findings && !common.exit_zero {
        FINDINGS
    } else {
        OK
    }
}

/// A reader that failed is a bug, whatever else was found.
pub(super) fn bug_or(code: u8, unread: &[crate::artifact::Unread]) -> u8 {
    if unread.iter().any(|u| u.why == Why::Bug) { BUG } else { code }
}
