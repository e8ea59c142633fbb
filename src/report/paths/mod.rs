//! Reports of the assurance graph. Each format is a file; a [`PathSheet`] is all that any of them sees.

mod diagram;
mod json;
mod svg;
mod table;

use super::Style;
use crate::artifact::{Clean, Unread};
use crate::paths::{Fallback, Gap, Map, Population};
use std::io::{self, Write};

/// The formats of the assurance graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum PathFormat {
    /// For a reviewer at a terminal.
    Table,
    /// For programs.
    Json,
    /// For Graphviz.
    Dot,
    /// For Markdown that draws Mermaid.
    Mermaid,
    /// A picture.
    Svg,
}

/// What a report of the graph may know.
#[derive(Debug, Clone, Copy)]
pub struct PathSheet<'a> {
    /// The answer.
    pub map: &'a Map,
    /// The answer before a change that is asked about.
    pub before: Option<&'a Map>,
    /// What would have to change, where that was asked: a line each, and whether it is the smallest set.
    pub fixes: Option<(&'a [Clean], bool)>,
    /// What the roots are called.
    pub roots: &'a [Clean],
    /// The date of the run.
    pub as_of: &'a str,
    /// What was not read: a missing export never makes a population look safe.
    pub unread: &'a [Unread],
    /// How a terminal report looks.
    pub style: Style,
}

/// Writes a report.
///
/// # Errors
/// Those of the writer.
pub fn write(format: PathFormat, sheet: &PathSheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    match format {
        PathFormat::Table => table::write(sheet, out),
        PathFormat::Json => json::write(sheet, out),
        PathFormat::Dot => diagram::dot(sheet.map, out),
        PathFormat::Mermaid => diagram::mermaid(sheet.map, out),
        PathFormat::Svg => svg::write(sheet.map, out),
    }
}

/// The line of a population: front, weakest, people, verdict.
fn line(population: &Population) -> String {
    let front = &population.front;
    let inferred = if front.assumed { ", inferred" } else { "" };
    let mut out = format!("{}: front {} ({}{inferred})", population.name, front.level.words(), list(&front.factors));
    match &population.weakest {
        Some(weakest) => {
            let via: Vec<String> = weakest
                .routes
                .iter()
                .filter_map(|i| population.fallbacks.get(*i))
                .map(|f| format!("\"{}\" in {}", f.title, f.at.place.path))
                .collect();
            out.push_str(&format!(
                " | weakest {} via {} ({}) | {} | {}",
                weakest.level.words(),
                via.join(" and "),
                list(&weakest.asks),
                people(weakest),
                weakest.verdict.words()
            ));
        }
        None if population.fallbacks.is_empty() => out.push_str(" | no way back in is shown"),
        None => out.push_str(" | no way back in is easier"),
    }
    out
}

fn list(words: &[Clean]) -> String {
    if words.is_empty() { "nothing".to_owned() } else { words.iter().map(Clean::as_str).collect::<Vec<_>>().join(" + ") }
}

fn people(fallback: &Fallback) -> String {
    match fallback.people {
        0 => "nobody has to act".to_owned(),
        1 => "1 person".to_owned(),
        n => format!("{n} people"),
    }
}

fn gap(gap: Gap) -> String {
    match gap {
        Gap::Weaker(n) => format!("-{n}"),
        Gap::Softer => "softer".to_owned(),
        Gap::Equal => "=".to_owned(),
        Gap::Undecided => "?".to_owned(),
    }
}

/// Whether the weakest way into these accounts is weaker than their front door.
fn is_weak(population: &Population) -> bool {
    population.weakest.as_ref().is_some_and(|w| matches!(w.gap, Gap::Weaker(_)))
}
