//! The text of a document on its way to Markdown.

use super::Document;
use super::styles::Styles;
use crate::unpack::xml::{Attributes, Step};
use std::collections::BTreeSet;
use std::fmt::Write;

/// A bold line longer than this is emphasis, not a heading.
const HEADING_BYTES: usize = 90;
/// Lists in lists.
const DEEPEST: usize = 9;

/// What a paragraph is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Lead {
    #[default]
    Nothing,
    Heading(usize),
    Item {
        level: usize,
        ordered: bool,
    },
}

/// A text on its way. The names of elements are those of OOXML (`p`, `t`, `tr`, `tc`) and of OpenDocument.
pub(super) struct Page {
    pub(super) out: String,
    document: Document,
    styles: Styles,
    paragraph: String,
    /// Bytes of the paragraph that are bold, and whether what follows is.
    bold_bytes: usize,
    bold: usize,
    lead: Lead,
    /// Whether the paragraph names a numbering, and at which level.
    numbering: (Option<String>, usize),
    /// Paragraphs and runs around.
    inside: usize,
    /// Lists of OpenDocument that are open, with their styles.
    lists: Vec<String>,
    /// Only the first paragraph of an item has a mark.
    marked: bool,
    /// The level of the last item, if a list goes on.
    last: Option<usize>,
    /// What is deleted, or stands for a number: passed over.
    mute: usize,
    /// A placeholder of a slide.
    title: bool,
    body: bool,
    /// The style that is being told, and those that are bold.
    telling: String,
    strong: BTreeSet<String>,
    spans: Vec<bool>,
    /// Cells of the row, and how many tables and rows are around and before.
    cells: Option<Vec<String>>,
    tables: usize,
    rows: usize,
}

impl Page {
    pub(super) fn new(document: Document, styles: Styles) -> Self {
        Self {
            out: String::new(),
            document,
            styles,
            paragraph: String::new(),
            bold_bytes: 0,
            bold: 0,
            lead: Lead::Nothing,
            numbering: (None, 0),
            inside: 0,
            lists: Vec::new(),
            marked: false,
            last: None,
            mute: 0,
            title: false,
            body: false,
            telling: String::new(),
            strong: BTreeSet::new(),
            spans: Vec::new(),
            cells: None,
            tables: 0,
            rows: 0,
        }
    }

    /// A step through a part.
    pub(super) fn step(&mut self, step: Step<'_>) {
        if self.is_passed(&step) {
            return;
        }
        match (self.document, step) {
            (_, Step::Text(text)) if self.inside > 0 => {
                self.bold_bytes += if self.bold > 0 || self.spans.contains(&true) { text.len() } else { 0 };
                self.paragraph.push_str(text);
            }
            (_, Step::Text(_)) => {}
            (Document::Open, step) => self.open_document(step),
            (_, step) => self.ooxml(step),
        }
    }

    /// Text that was deleted and is still kept, and fields of slides that are no text.
    fn is_passed(&mut self, step: &Step<'_>) -> bool {
        const MUTE: [&str; 4] = ["tracked-changes", "moveFrom", "fld", "annotation"];
        match step {
            Step::Open(name, _) if MUTE.contains(name) => self.mute += 1,
            Step::Close(name) if MUTE.contains(name) => self.mute = self.mute.saturating_sub(1),
            _ => return self.mute > 0,
        }
        true
    }

    fn ooxml(&mut self, step: Step<'_>) {
        match step {
            Step::Open("pStyle", a) => {
                let id = a.get("val").unwrap_or_default();
                let known = self.styles.of(&id).cloned().unwrap_or_default();
                // without a part of styles, the usual ids tell
                let lower = id.to_lowercase();
                let named = lower.strip_prefix("heading").map(|l| l.trim().parse().unwrap_or(1)).or((lower == "title").then_some(1));
                if let Some(level) = known.heading.or(named) {
                    self.lead = Lead::Heading(level);
                }
                self.numbering = (known.numbering, known.level);
            }
            Step::Open("outlineLvl", a) => {
                if let Some(level) = a.get("val").and_then(|l| l.parse::<usize>().ok()).filter(|l| *l < 9) {
                    self.lead = Lead::Heading(level + 1);
                }
            }
            Step::Open("numPr", _) => self.numbering = (self.numbering.0.take().or_else(|| Some(String::new())), self.numbering.1),
            Step::Open("ilvl", a) => self.numbering.1 = a.get("val").and_then(|l| l.parse().ok()).unwrap_or(0),
            // 0 takes a paragraph out of its list
            Step::Open("numId", a) => self.numbering.0 = a.get("val").filter(|id| id != "0"),
            Step::Open("ph", a) => {
                let kind = a.get("type").unwrap_or_default();
                self.title = matches!(&*kind, "title" | "ctrTitle");
                self.body = matches!(&*kind, "" | "body" | "obj");
            }
            Step::Close("sp") => (self.title, self.body) = (false, false),
            // the paragraphs of a slide
            Step::Open("pPr", a) if self.document == Document::Slides => {
                self.numbering.1 = a.get("lvl").and_then(|l| l.parse().ok()).unwrap_or(0);
            }
            Step::Open("buAutoNum", _) => self.numbering.0 = Some("counted".to_owned()),
            Step::Open("buChar", _) => self.numbering.0 = Some(String::new()),
            Step::Open("buNone", _) => self.body = false,
            Step::Open("b", a) => self.bold = usize::from(is_on(&a, "val")),
            Step::Open("rPr", a) => self.bold = usize::from(a.get("b").as_deref() == Some("1")),
            Step::Close("r") => self.bold = 0,
            Step::Open("t", _) => self.inside += 1,
            Step::Close("t") => self.inside = self.inside.saturating_sub(1),
            Step::Open("tab", _) => self.paragraph.push(' '),
            Step::Close("p") => {
                let (list, level) = std::mem::take(&mut self.numbering);
                if self.title {
                    self.lead = Lead::Heading(2);
                } else if self.lead == Lead::Nothing && self.document == Document::Slides && (self.body || list.is_some()) {
                    self.lead = Lead::Item { level, ordered: list.as_deref() == Some("counted") };
                } else if let Some(list) = list.filter(|_| self.lead == Lead::Nothing) {
                    self.lead = Lead::Item { level, ordered: self.styles.counts(&list, level) };
                }
                self.end_paragraph();
            }
            step => self.shared(step),
        }
    }

    fn open_document(&mut self, step: Step<'_>) {
        match step {
            Step::Open("style" | "list-style", a) => self.telling = a.get("name").unwrap_or_default(),
            Step::Open("list-level-style-number", a) => {
                let level = a.get("level").and_then(|l| l.parse::<usize>().ok()).unwrap_or(1);
                self.styles.count(&self.telling, level.saturating_sub(1));
            }
            Step::Open("text-properties", a) if a.get("font-weight").as_deref() == Some("bold") && self.strong.len() < 10_000 => {
                self.strong.insert(self.telling.clone());
            }
            Step::Open("p" | "h", a) => {
                if let Some(level) = a.get("outline-level").and_then(|l| l.parse().ok()) {
                    self.lead = Lead::Heading(level);
                }
                let bold = self.lead == Lead::Nothing && a.get("style-name").is_some_and(|s| self.strong.contains(&s));
                self.bold = usize::from(bold);
                self.inside += 1;
            }
            Step::Close("p" | "h") => {
                self.inside = self.inside.saturating_sub(1);
                if self.lead == Lead::Nothing && !self.lists.is_empty() && self.marked {
                    let level = self.lists.len() - 1;
                    let style = self.lists.last().cloned().unwrap_or_default();
                    self.lead = Lead::Item { level, ordered: self.styles.counts(&style, level) };
                }
                self.end_paragraph();
            }
            Step::Open("span", a) => self.spans.push(a.get("style-name").is_some_and(|s| self.strong.contains(&s))),
            Step::Close("span") => drop(self.spans.pop()),
            Step::Open("list", a) => {
                let style = a.get("style-name").or_else(|| self.lists.last().cloned()).unwrap_or_default();
                self.lists.push(style);
            }
            Step::Close("list") => {
                self.lists.pop();
                self.marked = false;
            }
            Step::Open("list-item", _) => self.marked = true,
            Step::Open("tab" | "s", _) => self.paragraph.push(' '),
            step => self.shared(step),
        }
    }

    fn shared(&mut self, step: Step<'_>) {
        match step {
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
            Step::Close("tbl" | "table") => {
                self.tables = self.tables.saturating_sub(1);
                self.out.push('\n');
            }
            Step::Close("tr" | "table-row") if self.tables < 2 => self.end_row(),
            _ => {}
        }
    }

    /// A part ends, and with it what is open.
    pub(super) fn end_part(&mut self) {
        self.end_paragraph();
        (self.inside, self.mute, self.cells, self.tables) = (0, 0, None, 0);
        self.lists.clear();
    }

    fn end_paragraph(&mut self) {
        let text = std::mem::take(&mut self.paragraph);
        let mut lead = std::mem::take(&mut self.lead);
        let bold = std::mem::take(&mut self.bold_bytes);
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        if let Some(cell) = self.cells.as_mut().and_then(|cells| cells.last_mut()) {
            cell.push_str(if cell.is_empty() { "" } else { " " });
            cell.push_str(&text.replace('\n', " "));
            return;
        }
        // what goes on in an item is part of it
        if lead == Lead::Nothing && !self.lists.is_empty() {
            lead = Lead::Item { level: self.lists.len() - 1, ordered: false };
        }
        if let Lead::Item { level, ordered } = lead {
            // a level that is left out would look like code
            let level = level.min(self.last.map_or(0, |l| l + 1)).min(DEEPEST);
            (self.last, self.marked) = (Some(level), false);
            let _ = writeln!(self.out, "{}{}{}", "   ".repeat(level), if ordered { "1. " } else { "- " }, text.replace('\n', " "));
            return;
        }
        // an item ends with one line, and what follows a list begins with another
        if self.last.take().is_some() || self.out.ends_with('\n') && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
        match lead {
            Lead::Heading(level) => {
                let _ = write!(self.out, "{} {}\n\n", "#".repeat(level.clamp(1, 6)), text.replace('\n', " "));
            }
            _ if bold >= text.len() && text.len() <= HEADING_BYTES && !text.contains(['\n', '*']) => {
                let _ = write!(self.out, "**{text}**\n\n");
            }
            _ => {
                let _ = write!(self.out, "{text}\n\n");
            }
        }
    }

    fn end_row(&mut self) {
        let Some(cells) = self.cells.take() else { return };
        if self.rows == 0 && !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
        self.last = None;
        let _ = writeln!(self.out, "| {} |", cells.join(" | "));
        if self.rows == 0 {
            let _ = writeln!(self.out, "|{}", " --- |".repeat(cells.len()));
        }
        self.rows += 1;
    }
}

/// Whether a property of a run is switched on.
fn is_on(attributes: &Attributes<'_>, name: &str) -> bool {
    !matches!(attributes.get(name).as_deref(), Some("0" | "false" | "off" | "none"))
}
