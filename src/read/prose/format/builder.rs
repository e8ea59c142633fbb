//! What every reader of a format builds a [`Document`] with: headings, paragraphs, lists, tables and quotations as they open and close.
//!
//! What a heading, an introduction or a row means is decided here, once, so that one text reads alike in every format.

use crate::read::prose::document::{Document, Joined, Shape};

/// Level of a line of bold text that stands as a heading: below every real one.
pub(super) const BOLD: u8 = 7;
/// A line longer than this is no heading.
pub(super) const HEADING_BYTES: usize = 90;
/// Words of a line in a list without marks.
const FEW_WORDS: usize = 4;
/// Words of a line that names the steps below it.
const NAME_WORDS: usize = 9;
/// Lists in lists that are counted. Deeper ones are read all the same.
const DEEPEST: usize = 64;

/// A list that is open: whether it counts, and the block that introduces it.
#[derive(Debug, Clone, Copy)]
struct List {
    ordered: bool,
    intro: Option<usize>,
}

/// A document in the making.
#[derive(Debug, Default)]
pub(super) struct Builder {
    pub(super) document: Document,
    open: Joined,
    span: Option<(usize, usize)>,
    shape: Option<Shape>,
    lists: Vec<List>,
    /// Lists that are open and not kept, for there are too many.
    beyond: usize,
    quotes: usize,
    bold: usize,
    /// Bytes of the open block that are bold.
    bold_bytes: usize,
    /// The last paragraph or heading: it introduces the next list if it ends in a colon.
    last: Option<usize>,
    /// The introduction of a list without marks that is being read.
    listed: Option<usize>,
    headers: Vec<String>,
    cells: Vec<Joined>,
    /// A cell is open.
    cell: bool,
}

/// Languages of programs and of what they say to each other, as blocks of code name them; scripts of operators are none.
const PROGRAMS: [&str; 24] = [
    "html",
    "css",
    "js",
    "javascript",
    "jsx",
    "ts",
    "typescript",
    "tsx",
    "vue",
    "svelte",
    "java",
    "kotlin",
    "swift",
    "go",
    "php",
    "csharp",
    "cs",
    "cpp",
    "rust",
    "dart",
    "http",
    "graphql",
    "scala",
    "erb",
];

impl Builder {
    /// Ends what is open and gives the document.
    pub(super) fn finish(mut self) -> Document {
        self.flush();
        self.document
    }

    /// A heading begins; without bytes, with its first word.
    pub(super) fn heading(&mut self, level: u8, at: Option<(usize, usize)>) {
        match self.quotes {
            _ if self.cell => self.line(),
            0 => self.begin(Shape::Heading(level.clamp(1, BOLD)), at),
            _ => self.begin(Shape::Quote, at),
        }
    }

    /// A paragraph begins; in a list it is one of its items, in a quotation a quotation.
    pub(super) fn paragraph(&mut self, at: Option<(usize, usize)>) {
        match self.cell {
            true => self.line(),
            false => self.begin(self.shape_here(), at),
        }
    }

    fn begin(&mut self, shape: Shape, at: Option<(usize, usize)>) {
        self.flush();
        self.shape = Some(shape);
        self.span = at;
    }

    /// Text that stands at these bytes.
    pub(super) fn text(&mut self, text: &str, from: usize, to: usize) {
        // text directly inside an item, without a paragraph
        if self.shape.is_none() {
            self.shape = Some(self.shape_here());
        }
        let span = self.span.get_or_insert((from, to));
        span.1 = span.1.max(to);
        if self.bold > 0 {
            self.bold_bytes += text.len();
        }
        self.open.piece(text, from, to);
    }

    /// Text that was joined before.
    pub(super) fn joined(&mut self, text: &Joined) {
        let span = self.span.get_or_insert(text.source(0, text.text.len()));
        span.1 = span.1.max(text.source(0, text.text.len()).1);
        self.open.join(text);
    }

    /// A break between words.
    pub(super) fn space(&mut self) {
        self.open.gap(' ');
    }

    /// A break between lines that stays one.
    pub(super) fn line(&mut self) {
        self.open.gap('\n');
    }

    /// Whether no block is open.
    pub(super) fn is_idle(&self) -> bool {
        self.shape.is_none()
    }

    /// Bold text begins or ends.
    pub(super) fn bold(&mut self, on: bool) {
        self.bold = if on { self.bold + 1 } else { self.bold.saturating_sub(1) };
    }

    /// A block of commands: what it holds is not read, but it is a step. A piece of a program tells who the page is written for.
    pub(super) fn code(&mut self, language: &str) {
        self.flush();
        let language = language.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
        self.document.programs += usize::from(PROGRAMS.contains(&language.as_str()));
        self.document.code.push(self.document.blocks.len());
    }

    /// A list begins.
    pub(super) fn open_list(&mut self, ordered: bool) {
        self.flush();
        if self.lists.len() >= DEEPEST {
            self.beyond += 1;
            return;
        }
        if ordered && self.lists.is_empty() {
            self.name_steps();
        }
        let intro = self.last.filter(|i| self.introduces(*i));
        // a list inside an item is governed by what governs the item, unless the item introduces it
        let intro = intro.or_else(|| self.lists.last().and_then(|l| l.intro));
        self.lists.push(List { ordered, intro });
    }

    /// "To reset a password:" above counted steps is their heading.
    fn name_steps(&mut self) {
        let Some(block) = self.last.and_then(|i| self.document.blocks.get_mut(i)) else { return };
        let said = block.text.text.trim();
        let names = said.starts_with("To ") && said.ends_with(':') && said.split_whitespace().count() <= NAME_WORDS;
        if names && block.shape == Shape::Paragraph && !said.contains(['.', ',']) {
            block.shape = Shape::Heading(BOLD);
        }
    }

    /// A list ends.
    pub(super) fn close_list(&mut self) {
        self.flush();
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        self.lists.pop();
        // "1. Ask for one of these:" may introduce a list that stands beside it
        if self.lists.is_empty() && !self.last.is_some_and(|i| self.introduces(i)) {
            self.last = None;
        }
    }

    /// A new page begins: nothing of the one before it is open.
    pub(super) fn end_page(&mut self) {
        self.flush();
        (self.lists, self.beyond, self.quotes, self.bold) = (Vec::new(), 0, 0, 0);
        (self.cells, self.cell, self.last) = (Vec::new(), false, None);
    }

    /// A quotation begins that is nobody's instruction.
    pub(super) fn open_quote(&mut self) {
        self.flush();
        self.quotes += 1;
    }

    /// A quotation ends.
    pub(super) fn close_quote(&mut self) {
        self.flush();
        self.quotes = self.quotes.saturating_sub(1);
    }

    /// Whether a quotation is open.
    pub(super) fn is_quoting(&self) -> bool {
        self.quotes > 0
    }

    /// A table begins.
    pub(super) fn open_table(&mut self) {
        self.flush();
        self.headers.clear();
    }

    /// A table ends.
    pub(super) fn close_table(&mut self) {
        self.headers.clear();
        self.span = None;
        self.last = None;
    }

    /// A row begins at these bytes.
    pub(super) fn open_row(&mut self, start: usize, end: usize) {
        self.flush();
        self.span = Some((start, end));
    }

    /// A cell begins.
    pub(super) fn open_cell(&mut self) {
        self.shape = Some(Shape::Row);
        self.cell = true;
    }

    /// A cell ends.
    pub(super) fn close_cell(&mut self) {
        let mut cell = std::mem::take(&mut self.open);
        without_tags(&mut cell);
        cell.trim_end();
        (self.shape, self.cell, self.bold_bytes) = (None, false, 0);
        self.cells.push(cell);
    }

    /// A row ends that names the columns of the others.
    pub(super) fn close_head(&mut self) {
        self.headers = std::mem::take(&mut self.cells).into_iter().map(|c| c.text.trim().to_owned()).collect();
        self.span = None;
    }

    /// A row ends.
    pub(super) fn close_row(&mut self, end: usize) {
        let cells = std::mem::take(&mut self.cells);
        let span = self.span.take().unwrap_or((end, end));
        self.document.push(Shape::Row, row_text(&self.headers, &cells), (span.0, span.1.max(end)), None);
    }

    /// Takes over what another reader made of a part of the text; `last` lets what it ended with introduce a list.
    pub(super) fn take_over(&mut self, inner: Document) {
        self.flush();
        let (base, depth, quoting) = (self.document.blocks.len(), self.lists.len(), self.is_quoting());
        for mut block in inner.blocks {
            block.intro = block.intro.map(|i| i + base);
            block.depth += depth;
            if quoting && block.shape != Shape::Row {
                block.shape = Shape::Quote;
            }
            self.last = matches!(block.shape, Shape::Paragraph | Shape::Heading(_)).then_some(self.document.blocks.len());
            self.document.blocks.push(block);
        }
    }

    /// Ends the open block.
    pub(super) fn flush(&mut self) {
        if self.cell {
            self.open.gap('\n');
            return;
        }
        let mut text = std::mem::take(&mut self.open);
        without_tags(&mut text);
        let span = self.span.take();
        let mut shape = self.shape.take().unwrap_or(Shape::Paragraph);
        let bold = std::mem::take(&mut self.bold_bytes);
        let Some(span) = span else { return };
        let said = text.text.trim();
        let all_bold = bold > 0 && bold + 2 >= said.len() && said.len() <= HEADING_BYTES;
        if shape == Shape::Paragraph && all_bold && !said.ends_with(['.', '!', ',']) {
            shape = Shape::Heading(BOLD);
        }
        let listed = std::mem::take(&mut self.listed);
        let intro = match shape {
            Shape::Item { .. } => self.lists.last().and_then(|l| l.intro),
            // short lines behind "Choose one:" are a list without marks
            Shape::Paragraph if said.split_whitespace().count() <= FEW_WORDS && !said.ends_with(['.', ':', '!', '?', ',', ';']) => {
                let intro = self.last.filter(|i| self.introduces(*i));
                self.listed = intro.or(listed);
                self.listed
            }
            _ => None,
        };
        if shape == Shape::Paragraph && intro.is_some() {
            shape = Shape::Item { ordered: false };
        }
        let added = self.document.push(shape, text, span, intro);
        if let Some(block) = added.and_then(|i| self.document.blocks.get_mut(i)) {
            block.depth = self.lists.len();
            self.last = added;
        }
    }

    fn shape_here(&self) -> Shape {
        match self.lists.last() {
            _ if self.quotes > 0 => Shape::Quote,
            Some(list) => Shape::Item { ordered: list.ordered },
            None => Shape::Paragraph,
        }
    }

    fn introduces(&self, block: usize) -> bool {
        self.document.blocks.get(block).is_some_and(|b| b.text.text.trim_end().ends_with(':'))
    }
}

/// Headers that say nothing of what stands below them.
const PLAIN_HEADERS: [&str; 16] = [
    "",
    "value",
    "details",
    "detail",
    "description",
    "notes",
    "note",
    "setting",
    "how",
    "what",
    "method",
    "action",
    "answer",
    "process",
    "comment",
    "requirement",
];

/// `header: cell` sentences. A header that only says "value" gives way to the row's first cell.
fn row_text(headers: &[String], cells: &[Joined]) -> Joined {
    let mut out = Joined::default();
    let first = cells.first().map(|c| c.text.trim()).unwrap_or_default();
    for (i, cell) in cells.iter().enumerate() {
        if cell.text.trim().is_empty() {
            continue;
        }
        let header = headers.get(i).map(String::as_str).unwrap_or_default();
        let plain = PLAIN_HEADERS.iter().any(|p| p.eq_ignore_ascii_case(header));
        let label = if i > 0 && plain { first } else { header };
        let (from, _) = cell.source(0, 1);
        if i > 0 && !label.is_empty() {
            out.piece(label, from, from);
            out.piece(": ", from, from);
        }
        out.join(cell);
        out.piece("\n", from, from);
    }
    out
}

/// Takes out what a template engine acts upon: `{% if x %}`, `{{#each}}`, `{{/each}}`, `<% end %>`. A `{{ name }}` stands for a word.
fn without_tags(text: &mut Joined) {
    let bytes = text.text.as_bytes();
    if memchr::memchr2(b'{', b'<', bytes).is_none() {
        return;
    }
    let mut gone = Vec::new();
    let mut at = 0;
    while let Some(open) = memchr::memchr2_iter(b'{', b'<', bytes.get(at..).unwrap_or_default()).next().map(|i| i + at) {
        let rest = text.text.get(open..).unwrap_or_default();
        let close = match rest.get(..3).or_else(|| rest.get(..2)).unwrap_or_default() {
            r if r.starts_with("{%") => "%}",
            r if r.starts_with("<%") => "%>",
            "{{#" | "{{/" | "{{!" | "{{<" | "{{%" | "{{^" | "{{>" | "{{-" => "}}",
            _ => {
                at = open + 1;
                continue;
            }
        };
        // a tag that does not end is no tag, and none behind it is
        let Some(end) = rest.find(close) else { break };
        gone.push((open, open + end + close.len()));
        at = open + end + close.len();
    }
    if !gone.is_empty() {
        text.cut(&gone);
    }
}

/// Whether a quotation is an admonition: the author's own voice, and so is one that opens with a bold word.
pub(super) fn is_admonition(raw: &str) -> bool {
    let raw = raw.trim_start_matches(['>', ' ', '\t']);
    if raw.starts_with("**") || raw.starts_with("__") || raw.starts_with(['⚠', 'ℹ']) {
        return true;
    }
    let word = raw.trim_start_matches(['[', '!', '_', '*']);
    NOTES.iter().any(|n| word.get(..n.len()).is_some_and(|w| w.eq_ignore_ascii_case(n)))
}

/// The names of admonitions.
pub(super) const NOTES: [&str; 9] = ["note", "warning", "important", "caution", "tip", "hint", "attention", "danger", "info"];
