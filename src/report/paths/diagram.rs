//! For Graphviz and Mermaid: populations, their front doors, and every way back in.

use super::{gap, line, list, people};
use crate::paths::{Fallback, Gap, Map, Population};
use std::io::{self, Write};

pub(super) fn dot(map: &Map, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "digraph sidedoor {{\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];")?;
    for (p, population) in map.populations.iter().enumerate() {
        writeln!(
            out,
            "  p{p} [label={}, style=\"rounded,bold\", tooltip={}];",
            dotted(population.name.as_str()),
            dotted(&line(population))
        )?;
        writeln!(out, "  p{p}f [label={}];\n  p{p}f -> p{p} [label=\"front door\"];", dotted(&front(population)))?;
        for (f, fallback) in population.fallbacks.iter().enumerate() {
            let style = if matches!(fallback.gap, Gap::Weaker(_)) { ", color=red, style=dashed" } else { "" };
            writeln!(out, "  p{p}r{f} [label={}];", dotted(&way(fallback)))?;
            writeln!(out, "  p{p}r{f} -> p{p} [label={}{style}];", dotted(&gap(fallback.gap)))?;
        }
    }
    writeln!(out, "}}")
}

pub(super) fn mermaid(map: &Map, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "flowchart LR")?;
    for (p, population) in map.populations.iter().enumerate() {
        writeln!(out, "  p{p}[\"{}\"]", quoted(population.name.as_str()))?;
        writeln!(out, "  p{p}f([\"{}\"]) -->|front door| p{p}", quoted(&front(population)))?;
        for (f, fallback) in population.fallbacks.iter().enumerate() {
            let arrow = if matches!(fallback.gap, Gap::Weaker(_)) { "-.->" } else { "-->" };
            writeln!(out, "  p{p}r{f}([\"{}\"]) {arrow}|\"{}\"| p{p}", quoted(&way(fallback)), gap(fallback.gap))?;
        }
    }
    Ok(())
}

fn front(population: &Population) -> String {
    format!("{}: {}", population.front.level.words(), list(&population.front.factors))
}

fn way(fallback: &Fallback) -> String {
    format!("{} via {}: {}, {}", fallback.level.words(), fallback.title, list(&fallback.asks), people(fallback))
}

/// A quoted string of Graphviz.
fn dotted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace(['\n', '\r'], " "))
}

/// Text in a quoted label of Mermaid, which knows entities only.
fn quoted(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;").replace(['\n', '\r'], " ")
}
