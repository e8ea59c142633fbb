//! Facts as NDJSON: what `collect` writes and `judge` reads. A version line first, then a line for each thing that was read.

use super::Run;
use crate::artifact::{ArtifactRow, Clean, Unread};
use crate::fact::{Allowance, Facts, Sealed};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Write};

const SCHEMA: &str = "sidedoor/facts/1";

#[derive(Serialize, Deserialize)]
struct Head {
    schema: String,
    #[serde(flatten)]
    run: Run,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    Fact(Sealed),
    Allowance(Allowance<Clean>),
    Artifact(ArtifactRow),
    Unread(Unread),
}

/// Why a facts file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FactsFileError {
    /// The system refused.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It does not begin with a version line of this version.
    #[error("not a facts file of this version: its first line must say \"schema\":\"{SCHEMA}\"")]
    Version,
    /// A line is no fact.
    #[error("line {0} is broken, or of a newer version")]
    Line(usize),
}

/// Writes a run and its facts.
///
/// # Errors
/// Those of the writer.
pub fn write_facts(out: &mut dyn Write, run: &Run, facts: &Facts) -> io::Result<()> {
    line(out, &Head { schema: SCHEMA.to_owned(), run: run.clone() })?;
    let all = facts.facts.iter().cloned().map(Line::Fact);
    let all = all.chain(facts.allowances.iter().cloned().map(Line::Allowance));
    let all = all.chain(facts.artifacts.iter().cloned().map(Line::Artifact));
    all.chain(facts.unread.iter().cloned().map(Line::Unread)).try_for_each(|l| line(out, &l))
}

fn line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// Reads what [`write_facts`] wrote. Blank lines are passed over.
///
/// # Errors
/// A line that is no fact, by its number; nothing of it is quoted.
pub fn read_facts(input: impl BufRead) -> Result<(Run, Facts), FactsFileError> {
    let mut facts = Facts::default();
    let mut run = None;
    for (i, line) in input.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        if run.is_none() {
            let head: Head = serde_json::from_str(&line).map_err(|_| FactsFileError::Version)?;
            if head.schema != SCHEMA {
                return Err(FactsFileError::Version);
            }
            run = Some(head.run);
            continue;
        }
        match serde_json::from_str(&line).map_err(|_| FactsFileError::Line(i + 1))? {
            Line::Fact(fact) => facts.facts.push(fact),
            Line::Allowance(allowance) => facts.allowances.push(allowance),
            Line::Artifact(artifact) => facts.artifacts.push(artifact),
            Line::Unread(unread) => facts.unread.push(unread),
        }
    }
    facts.sort();
    Ok((run.ok_or(FactsFileError::Version)?, facts))
}
