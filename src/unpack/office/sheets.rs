//! Workbooks: every sheet as CSV, so that a line is a row.

use super::Text;
use crate::artifact::{Limit, Why};
use crate::unpack::budget::MEMBER;
use crate::unpack::xml::{self, Step};
use std::collections::BTreeMap;

/// Rows and columns that a sheet can have.
const ROWS: usize = 1_048_576;
const COLUMNS: usize = 16_384;

/// Every sheet of a workbook as CSV.
pub(super) fn read(parts: &BTreeMap<String, String>) -> Vec<Text> {
    let shared = parts.get("xl/sharedStrings.xml").map(|xml| strings(xml)).unwrap_or_default();
    let names = sheet_names(parts);
    let sheets = parts.iter().filter(|(path, _)| path.starts_with("xl/worksheets/"));
    sheets
        .map(|(path, xml)| {
            let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".xml");
            let name = names.get(path).map_or(stem, String::as_str).replace(['/', '\\'], "_");
            let (text, why) = sheet(xml, &shared);
            (format!("{name}.csv"), text, why)
        })
        .collect()
}

/// Path of a sheet to its name.
fn sheet_names(parts: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut targets = BTreeMap::new();
    let mut names = BTreeMap::new();
    if let Some(relations) = parts.get("xl/_rels/workbook.xml.rels") {
        xml::walk(relations, |step| {
            if let Step::Open("Relationship", a) = step {
                targets.extend(a.get("Id").zip(a.get("Target")));
            }
        });
    }
    if let Some(workbook) = parts.get("xl/workbook.xml") {
        xml::walk(workbook, |step| {
            if let Step::Open("sheet", a) = step
                && let Some(target) = a.get("id").and_then(|id| targets.get(&id))
            {
                let target = target.trim_start_matches("/xl/");
                names.extend(a.get("name").map(|name| (format!("xl/{target}"), name)));
            }
        });
    }
    names
}

/// The strings that cells refer to. How they are pronounced is left out.
fn strings(xml: &str) -> Vec<String> {
    let mut all = Vec::new();
    let (mut text, mut within, mut spoken) = (String::new(), false, false);
    xml::walk(xml, |step| match step {
        Step::Open("t", _) => within = true,
        Step::Close("t") => within = false,
        Step::Open("rPh", _) => spoken = true,
        Step::Close("rPh") => spoken = false,
        Step::Close("si") => all.push(std::mem::take(&mut text)),
        Step::Text(piece) if within && !spoken => text.push_str(piece),
        _ => {}
    });
    all
}

fn sheet(xml: &str, shared: &[String]) -> (String, Option<Why>) {
    let mut out = String::new();
    let (mut row, mut column, mut value) = (0usize, 0usize, None::<String>);
    let (mut written, mut by_index) = (0usize, false);
    let whole = xml::walk(xml, |step| match step {
        _ if out.len() > MEMBER => {}
        Step::Open("row", a) => {
            let told = a.get("r").and_then(|r| r.parse().ok()).filter(|r| (row + 1..=ROWS).contains(r));
            let next = told.unwrap_or(row + 1);
            // rows that are left out are empty lines
            out.extend(std::iter::repeat_n('\n', next.saturating_sub(row.max(1))));
            (row, written) = (next, 0);
        }
        Step::Open("c", a) => {
            let reference = a.get("r").unwrap_or_default();
            column = column_of(&reference).unwrap_or(written);
            by_index = a.get("t").as_deref() == Some("s");
        }
        Step::Open("v" | "t", _) => value = Some(value.take().unwrap_or_default()),
        Step::Text(text) => {
            if let Some(value) = &mut value {
                value.push_str(text);
            }
        }
        Step::Close("c") => {
            let raw = value.take().unwrap_or_default();
            let text = match raw.trim().parse::<usize>() {
                Ok(index) if by_index => shared.get(index).map_or("", String::as_str),
                _ => &raw,
            };
            out.extend(std::iter::repeat_n(',', column.saturating_sub(written)));
            written = column.max(written);
            let text = text.replace(['\n', '\r'], " ");
            match text.contains(['"', ',']) {
                true => out.push_str(&format!("\"{}\"", text.replace('"', "\"\""))),
                false => out.push_str(&text),
            }
        }
        _ => {}
    });
    let why = match () {
        () if out.len() > MEMBER => Some(Why::Limit { of: Limit::Member }),
        () => (!whole).then_some(Why::BrokenContainer),
    };
    (out, why)
}

/// The column of a reference: `C7` is 2.
fn column_of(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic).take(4);
    let column = letters.fold(0usize, |n, b| n * 26 + usize::from(b.to_ascii_uppercase() - b'A') + 1);
    column.checked_sub(1).filter(|c| *c < COLUMNS)
}
