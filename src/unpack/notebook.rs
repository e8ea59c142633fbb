//! Notebooks: cells as the files that they would be, `analysis.ipynb!/cell-3.py`, so that code reads as code and prose as prose.
//!
//! What a cell printed is a text of its own. The rest of the file (metadata, attachments) is read under the notebook's own path, with
//! the cells blanked and the lines kept.

use crate::tree::{Tree, json};
use std::ops::Range;

/// A larger notebook is read as the JSON that it is: its tree would take many times its bytes.
const LARGEST: usize = 16 * 1024 * 1024;

/// Names (empty for the notebook itself) and texts, if it is a notebook.
pub(super) fn read(path: &str, bytes: &[u8]) -> Option<Vec<(String, String)>> {
    if bytes.len() > LARGEST || !path.get(path.len().checked_sub(6)?..)?.eq_ignore_ascii_case(".ipynb") {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let tree = json(text).ok()?;
    // before version 4 the cells stood in worksheets
    let cells: Vec<&Tree> = match tree.get("cells") {
        Some(cells) => cells.items().iter().collect(),
        None => tree.get("worksheets")?.items().iter().filter_map(|w| w.get("cells")).flat_map(Tree::items).collect(),
    };
    let extension = extension(&tree);
    let (mut out, mut gone) = (Vec::new(), Vec::new());
    for (number, cell) in (1..).zip(cells) {
        let kind = cell.get("cell_type").and_then(Tree::text).unwrap_or_default();
        let extension = match kind {
            "code" => extension.as_str(),
            "markdown" | "heading" => "md",
            _ => "txt",
        };
        if let Some(source) = cell.get("source").or_else(|| cell.get("input")) {
            out.push((format!("cell-{number}.{extension}"), lines(source)));
            gone.push(source.span.clone());
        }
        if let Some(outputs) = cell.get("outputs") {
            out.push((format!("cell-{number}-output.txt"), outputs.items().iter().map(printed).collect()));
            gone.push(outputs.span.clone());
        }
    }
    out.retain(|(_, text)| !text.trim().is_empty());
    out.push((String::new(), without(text, &gone)));
    Some(out)
}

/// What files in the notebook's language end in.
fn extension(tree: &Tree) -> String {
    let told = tree.path(&["metadata", "language_info", "file_extension"]).and_then(Tree::text).unwrap_or_default();
    let told = told.trim_start_matches('.');
    let sane = (1..=8).contains(&told.len()) && told.bytes().all(|b| b.is_ascii_alphanumeric());
    if sane { told.to_ascii_lowercase() } else { "py".to_owned() }
}

/// A text that is kept as one string, or as one a line.
fn lines(tree: &Tree) -> String {
    tree.items().iter().filter_map(Tree::text).collect()
}

/// What an output shows as text. Other forms of the same data are left out where there is plain text; pictures hold none.
fn printed(output: &Tree) -> String {
    let mut out = String::new();
    let data = output.get("data").unwrap_or(output);
    let plain = ["text/plain", "text"].iter().find_map(|k| data.get(k));
    match plain {
        Some(text) => out.push_str(&lines(text)),
        None => data.entries().iter().filter(|e| !e.key.starts_with("image/")).for_each(|e| out.push_str(&strings(&e.value))),
    }
    for key in ["ename", "evalue", "traceback"] {
        if let Some(text) = output.get(key).filter(|_| plain.is_some() || output.get("data").is_some()) {
            out.push_str(&strings(text));
        }
    }
    out.push('\n');
    uncoloured(&out)
}

/// Every string in a value, one a line. The tree is no deeper than trees may be.
fn strings(tree: &Tree) -> String {
    match tree.scalar() {
        Some(text) => format!("{text}\n"),
        None if tree.entries().is_empty() => match &tree.node {
            crate::tree::Node::List(items) => items.iter().map(strings).collect(),
            _ => String::new(),
        },
        None => tree.entries().iter().map(|e| format!("{}: {}", e.key, strings(&e.value))).collect(),
    }
}

/// Without the colours of a terminal, which stand in the middle of words.
fn uncoloured(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut out, part| {
        out.push_str(part.find(|c: char| c.is_ascii_alphabetic()).and_then(|end| part.get(end + 1..)).unwrap_or(part));
        out
    })
}

/// A text with some ranges blanked and all its lines kept.
fn without(text: &str, gone: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in gone {
        out.push_str(text.get(at..range.start.max(at)).unwrap_or_default());
        out.push_str("\"\"");
        out.extend(text.get(range.clone()).unwrap_or_default().matches('\n'));
        at = range.end.max(at);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}
