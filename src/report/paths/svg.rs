//! A picture: a column for each population, a ladder of assurance, the front door as a bar, each way back in as a numbered mark.
//!
//! The layout follows from the answer alone, so that the same input gives the same bytes. What the picture shows stands in words in
//! its description.

use super::{gap, is_weak, line};
use crate::paths::{Fallback, Gap, Map, Population};
use std::io::{self, Write};

/// Width of a column, height of a level, and the margins, in pixels.
const COLUMN: usize = 210;
const LEVEL: usize = 84;
const LEFT: usize = 96;
const TOP: usize = 64;
/// Columns in one row of the picture.
const ROW: usize = 5;
/// Height of a line of names below a column.
const NAME: usize = 16;

pub(super) fn write(map: &Map, out: &mut dyn Write) -> io::Result<()> {
    let columns = map.populations.len().clamp(1, ROW);
    let heights: Vec<usize> = map.populations.chunks(ROW).map(height).collect();
    let (width, total) = (LEFT + columns * COLUMN + 16, heights.iter().sum::<usize>() + 24);
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {total}\" width=\"{width}\" height=\"{total}\" role=\"img\" \
         aria-labelledby=\"t d\" font-family=\"system-ui, sans-serif\" font-size=\"12\">"
    )?;
    writeln!(out, "<title id=\"t\">Assurance of sign-in and recovery</title>")?;
    let told: Vec<String> = map.populations.iter().map(line).collect();
    writeln!(out, "<desc id=\"d\">{}</desc>", text(&told.join(". ")))?;
    writeln!(out, "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>")?;
    let mut top = 0;
    for (populations, height) in map.populations.chunks(ROW).zip(heights) {
        for aal in 0..=3u8 {
            let y = y_of(top, aal);
            let name = if aal == 0 { "below AAL1".to_owned() } else { format!("AAL{aal}") };
            writeln!(out, "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{y}\" y2=\"{y}\" stroke=\"#d9d9e0\"/>", LEFT + populations.len() * COLUMN)?;
            writeln!(out, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#5c5c66\">{name}</text>", LEFT - 10, y + 4)?;
        }
        for (column, population) in populations.iter().enumerate() {
            draw(out, population, LEFT + column * COLUMN, top)?;
        }
        top += height;
    }
    writeln!(out, "</svg>")
}

/// Height of a row: the ladder, and the names of its longest column.
fn height(populations: &[Population]) -> usize {
    TOP + 3 * LEVEL + 56 + NAME * populations.iter().map(|p| p.fallbacks.len() + 1).max().unwrap_or(0)
}

fn y_of(top: usize, aal: u8) -> usize {
    top + TOP + usize::from(3 - aal.min(3)) * LEVEL
}

/// Where a way back in stands: on its level, or under the bar of a front door of the same level.
fn y_mark(top: usize, population: &Population, fallback: &Fallback) -> usize {
    y_of(top, fallback.level.aal) + if fallback.level.aal == population.front.level.aal { 26 } else { 0 }
}

fn draw(out: &mut dyn Write, population: &Population, left: usize, top: usize) -> io::Result<()> {
    let middle = left + COLUMN / 2;
    let weight = if is_weak(population) { "700" } else { "500" };
    writeln!(
        out,
        "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\" font-size=\"13\" font-weight=\"{weight}\" fill=\"#1c1c22\">{}</text>",
        top + 28,
        text(&short(population.name.as_str(), 28))
    )?;
    let y = y_of(top, population.front.level.aal);
    let marks = population.fallbacks.iter().chain(population.weakest.iter().filter(|w| w.routes.len() > 1));
    let count = marks.clone().count();
    for (i, fallback) in marks.clone().enumerate().filter(|(_, f)| matches!(f.gap, Gap::Weaker(_))) {
        let (x, to, colour) = (mark_at(left, i, count), y_mark(top, population, fallback), colour(population, fallback));
        writeln!(
            out,
            "<line x1=\"{x}\" x2=\"{x}\" y1=\"{}\" y2=\"{to}\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"5 4\"/>",
            y + 11
        )?;
    }
    // what is inferred is drawn as a guess
    let (stroke, more) = if population.front.assumed { (" stroke-dasharray=\"4 3\"", " or more") } else { ("", "") };
    writeln!(
        out,
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"22\" rx=\"5\" fill=\"#cfe3f8\" stroke=\"#1d5b93\"{stroke}/>",
        left + 12,
        y - 11,
        COLUMN - 24
    )?;
    let door = format!("front door · AAL{}{more}", population.front.level.aal);
    writeln!(out, "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\" fill=\"#10304f\">{door}</text>", y + 4)?;
    let names = y_of(top, 0) + 44;
    for (i, fallback) in marks.enumerate() {
        let alone = i < population.fallbacks.len();
        let label = if alone { (i + 1).to_string() } else { "+".to_owned() };
        mark(out, population, fallback, &label, (mark_at(left, i, count), y_mark(top, population, fallback)))?;
        let name = if alone { fallback.title.to_string() } else { numbers(fallback) };
        let name = text(&short(&format!("{label}  {name}"), 34));
        writeln!(out, "<text x=\"{}\" y=\"{}\" font-size=\"11\" fill=\"#1c1c22\">{name}</text>", left + 14, names + i * NAME)?;
    }
    Ok(())
}

/// The ways back in that are the weakest together.
fn numbers(fallback: &Fallback) -> String {
    let numbers: Vec<String> = fallback.routes.iter().map(|r| (r + 1).to_string()).collect();
    format!("{} together", numbers.join(" and "))
}

/// Marks stand side by side in a column, also when there are many.
fn mark_at(left: usize, index: usize, count: usize) -> usize {
    left + 24 + (COLUMN - 48) * (2 * index + 1) / (2 * count.max(1))
}

fn mark(out: &mut dyn Write, population: &Population, fallback: &Fallback, label: &str, (x, y): (usize, usize)) -> io::Result<()> {
    let colour = colour(population, fallback);
    writeln!(out, "<g><title>{}</title>", text(&format!("{}: {}", fallback.title, fallback.verdict.words())))?;
    // shape tells as much as colour: a square is the worst
    if matches!(fallback.gap, Gap::Weaker(2..)) {
        writeln!(out, "<rect x=\"{}\" y=\"{}\" width=\"20\" height=\"20\" fill=\"{colour}\"/>", x - 10, y - 10)?;
    } else {
        writeln!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"11\" fill=\"{colour}\"/>")?;
    }
    writeln!(out, "<text x=\"{x}\" y=\"{}\" text-anchor=\"middle\" fill=\"#ffffff\" font-weight=\"700\">{label}</text>", y + 4)?;
    writeln!(out, "<text x=\"{}\" y=\"{}\" fill=\"#5c5c66\">{}</text></g>", x + 14, y + 4, text(&gap(fallback.gap)))
}

fn colour(population: &Population, fallback: &Fallback) -> &'static str {
    match fallback.gap {
        Gap::Weaker(2..) if population.privileged => "#7a0c2e",
        Gap::Weaker(_) => "#b3261e",
        Gap::Softer => "#8a6100",
        Gap::Undecided => "#5c5c66",
        Gap::Equal => "#1b6e3c",
    }
}

fn short(name: &str, most: usize) -> String {
    if name.chars().count() <= most { name.to_owned() } else { name.chars().take(most - 1).chain(['…']).collect() }
}

/// Text of XML.
fn text(raw: &str) -> String {
    raw.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
