//! Office documents: what a person reads in them, as Markdown, and tables as CSV, so that the readers of runbooks and exports see it.
//!
//! The text of a document stands under the document's own path: nobody who opens it in a word processor knows of `word/document.xml`.
//! A sheet of a workbook is `users.xlsx!/Accounts.csv`, and its lines are the rows of the sheet.

use super::budget::MEMBER;
use super::xml::{self, Step};
use super::zip::Zip;
use crate::artifact::{Limit, Why};
use std::collections::BTreeMap;
use std::fmt::Write;

/// More parts are not put together, and read as they are.
pub(super) const PARTS: usize = 2000;
/// Rows and columns that a sheet can have.
const ROWS: usize = 1_048_576;
const COLUMNS: usize = 16_384;

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Document {
    Word,
    Slides,
    Sheets,
    /// The formats of OpenDocument, which have one part of content.
    Open,
}

/// Name of the member (empty for the document itself), text, and what went wrong.
type Text = (String, String, Option<Why>);

impl Document {
    /// What a zip archive is, by the parts that it must have.
    pub(super) fn of(archive: &Zip<'_>) -> Option<Self> {
        let mut types = false;
        let mut main = None;
        for entry in archive.entries().take(PARTS) {
            match &*entry.name {
                "[Content_Types].xml" => types = true,
                "word/document.xml" => main = Some(Self::Word),
                "ppt/presentation.xml" => main = Some(Self::Slides),
                "xl/workbook.xml" => main = Some(Self::Sheets),
                "content.xml" => main = main.or(Some(Self::Open)),
                "mimetype" | "META-INF/manifest.xml" => types = true,
                _ => {}
            }
        }
        main.filter(|_| types)
    }

    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Word | Self::Slides | Self::Open => "document.office",
            Self::Sheets => "document.sheets",
        }
    }

    /// Whether a part holds text that people read. All others are members like any.
    pub(super) fn wants(self, name: &str) -> bool {
        let below = |folder: &str, starts: &[&str]| {
            name.strip_prefix(folder).is_some_and(|n| n.ends_with(".xml") && starts.iter().any(|s| n.starts_with(s)))
        };
        match self {
            Self::Word => below("word/", &["document", "footnotes", "endnotes", "comments", "header", "footer"]),
            Self::Slides => below("ppt/", &["slides/slide", "notesSlides/", "comments/"]),
            Self::Sheets => below("xl/", &["sharedStrings", "workbook", "worksheets/"]) || name == "xl/_rels/workbook.xml.rels",
            Self::Open => name == "content.xml",
        }
    }

    /// The texts of the parts.
    pub(super) fn texts(self, parts: &mut Vec<(String, Vec<u8>)>) -> Vec<Text> {
        // slide10 comes after slide2
        parts.sort_by(|a, b| (a.0.len(), &a.0).cmp(&(b.0.len(), &b.0)));
        // the document itself comes before its notes and margins
        parts.sort_by_key(|(name, _)| !name.starts_with("word/document"));
        let parts = parts.drain(..).map(|(name, bytes)| (name, decoded(bytes)));
        if self == Self::Sheets {
            return sheets(&parts.collect());
        }
        let mut page = Page { open: self == Self::Open, ..Page::default() };
        let mut whole = true;
        for (_, text) in parts {
            whole &= xml::walk(&text, |step| page.step(step));
            page.end_paragraph();
        }
        vec![(String::new(), page.out, (!whole).then_some(Why::BrokenContainer))]
    }
}

/// The parts of a document are UTF-8, or UTF-16 with a mark.
fn decoded(bytes: Vec<u8>) -> String {
    match encoding_rs::Encoding::for_bom(&bytes) {
        Some((encoding, _)) => encoding.decode(&bytes).0.into_owned(),
        None => String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()),
    }
}

/// A text on its way to Markdown. The names of elements are those of OOXML (`p`, `t`, `tr`, `tc`) and of OpenDocument.
#[derive(Default)]
struct Page {
    out: String,
    /// Whether all text in a paragraph counts (OpenDocument), or only that in `t`.
    open: bool,
    paragraph: String,
    /// What stands before the paragraph: `# `, `- `.
    lead: String,
    /// Paragraphs and runs around.
    inside: usize,
    lists: usize,
    /// Cells of the row, and how many tables and rows are around and before.
    cells: Option<Vec<String>>,
    tables: usize,
    rows: usize,
}

impl Page {
    fn step(&mut self, step: Step<'_>) {
        match step {
            Step::Open("p" | "h", attributes) => {
                let level = attributes.get("outline-level").and_then(|l| l.parse().ok());
                self.heading(level);
                self.inside += usize::from(self.open);
            }
            Step::Open("pStyle", attributes) => {
                let style = attributes.get("val").unwrap_or_default().to_lowercase();
                let level = style.strip_prefix("heading").map(|l| l.trim().parse().unwrap_or(1));
                self.heading(level.or((style == "title").then_some(1)));
            }
            Step::Open("numPr", _) if self.lead.is_empty() => self.lead = "- ".to_owned(),
            Step::Open("list-item", _) => self.lists += 1,
            Step::Open("t", _) if !self.open => self.inside += 1,
            Step::Open("tab" | "s", _) if self.open => self.paragraph.push(' '),
            Step::Open("tab", _) => self.paragraph.push(' '),
            Step::Open("br" | "line-break" | "cr", _) => self.paragraph.push('\n'),
            Step::Open("tbl" | "table", _) => {
                self.tables += 1;
                self.rows = 0;
            }
            Step::Open("tr" | "table-row", _) if self.tables < 2 => self.cells = Some(Vec::new()),
            Step::Open("tc" | "table-cell", _) if self.tables < 2 => {
                if let Some(cells) = &mut self.cells {
                    cells.push(String::new());
                }
            }
            Step::Open(..) => {}
            Step::Close("p" | "h") => {
                self.inside = self.inside.saturating_sub(usize::from(self.open));
                self.end_paragraph();
            }
            Step::Close("list-item") => {
                self.lists = self.lists.saturating_sub(1);
                if self.lists == 0 {
                    self.out.push('\n');
                }
            }
            Step::Close("t") if !self.open => self.inside = self.inside.saturating_sub(1),
            Step::Close("tbl" | "table") => {
                self.tables = self.tables.saturating_sub(1);
                self.out.push('\n');
            }
            Step::Close("tr" | "table-row") if self.tables < 2 => self.end_row(),
            Step::Close(_) => {}
            Step::Text(text) if self.inside > 0 => self.paragraph.push_str(text),
            Step::Text(_) => {}
        }
    }

    fn heading(&mut self, level: Option<usize>) {
        if let Some(level) = level {
            self.lead = format!("{} ", "#".repeat(level.clamp(1, 6)));
        }
    }

    fn end_paragraph(&mut self) {
        let text = std::mem::take(&mut self.paragraph);
        let lead = std::mem::take(&mut self.lead);
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        if let Some(cell) = self.cells.as_mut().and_then(|cells| cells.last_mut()) {
            cell.push_str(if cell.is_empty() { "" } else { " " });
            cell.push_str(&text.replace('\n', " "));
            return;
        }
        let lead = if self.lists > 0 && lead.is_empty() { "- " } else { &lead };
        let gap = if lead == "- " { "\n" } else { "\n\n" };
        // an item ends with one line, and what follows a list begins with another
        if lead != "- " && self.out.ends_with('\n') && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
        self.out.push_str(lead);
        self.out.push_str(text);
        self.out.push_str(gap);
    }

    fn end_row(&mut self) {
        let Some(cells) = self.cells.take() else { return };
        if self.rows == 0 && !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
        let _ = writeln!(self.out, "| {} |", cells.join(" | "));
        if self.rows == 0 {
            let _ = writeln!(self.out, "|{}", " --- |".repeat(cells.len()));
        }
        self.rows += 1;
    }
}

/// Every sheet of a workbook as CSV.
fn sheets(parts: &BTreeMap<String, String>) -> Vec<Text> {
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
