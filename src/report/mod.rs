//! Reports. Each format is a file that owns its wire structs; a [`Sheet`] is all that any of them sees.

mod json;
mod paths;
mod sarif;
mod style;
mod table;

pub use paths::{PathFormat, PathSheet, write as write_paths};
pub use style::Style;

use crate::artifact::{ArtifactRow, Clean, Unread};
use crate::finding::{Finding, Severity};
use crate::rule::Pack;
use std::io::{self, Write};

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For a reviewer at a terminal.
    Table,
    /// Version 1 of the report for programs.
    Json,
    /// SARIF 2.1.0 for code scanning.
    Sarif,
}

/// What a report may know.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// The date that ages were measured from.
    pub as_of: &'a str,
    /// What the roots are called.
    pub roots: &'a [Clean],
    /// What was recognised.
    pub artifacts: &'a [ArtifactRow],
    /// What was not, or not wholly, read.
    pub unread: &'a [Unread],
    /// How many facts were read and derived.
    pub facts: usize,
    /// Checks that met facts they could not decide: id, how many facts, and what is not said of them.
    pub undecided: &'a [(String, usize, String)],
    /// Comments that allow what is not found: path, line and rule.
    pub idle: &'a [(Clean, u32, Clean)],
    /// Files and folders that ignore rules left out.
    pub ignored: u64,
    /// Symbolic links that were not followed.
    pub links: u64,
    /// Names the rules that were used.
    pub digest: &'a str,
    /// Texts and controls.
    pub rules: &'a Pack,
    /// The findings to show: those that pass `--min-severity`, `--min-confidence` and `--only`.
    pub shown: &'a [&'a Finding],
    /// How a terminal report looks.
    pub style: Style,
}

impl Sheet<'_> {
    /// Findings of a severity that count: open or lapsed.
    pub fn open(&self, severity: Severity) -> usize {
        self.shown.iter().filter(|f| f.state.counts() && f.severity == severity).count()
    }

    /// Things that could have been read and were not.
    pub fn losses(&self) -> usize {
        self.unread.iter().filter(|u| u.why.is_loss()).count()
    }
}

/// Writes a report.
///
/// # Errors
/// Those of the writer.
pub fn write(format: Format, sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table => table::write(sheet, out),
        Format::Json => json::write(sheet, out),
        Format::Sarif => sarif::write(sheet, out),
    }
}
