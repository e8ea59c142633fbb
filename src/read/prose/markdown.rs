//! Markdown to a [`Document`].

use super::document::{Document, Joined, Shape};
use pulldown_cmark::{Event, HeadingLevel, MetadataBlockKind, Options, Parser, Tag, TagEnd};

/// Level of a line of bold text that stands as a heading: below every real one.
const BOLD: u8 = 7;
/// A bold line longer than this is emphasis, not a heading.
const HEADING_BYTES: usize = 90;

/// Words of a line in a list without marks.
const FEW_WORDS: usize = 4;

/// Reads Markdown.
pub(super) fn read(text: &str) -> Document {
    let mut reader = Reader { text, ..Reader::default() };
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS | Options::ENABLE_FOOTNOTES;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        reader.event(event, range.start, range.end);
    }
    reader.flush();
    reader.document
}

#[derive(Default)]
struct Reader<'a> {
    text: &'a str,
    document: Document,
    open: Joined,
    span: Option<(usize, usize)>,
    shape: Option<Shape>,
    lists: Vec<(bool, Option<usize>)>,
    quotes: usize,
    code: bool,
    front: bool,
    bold: usize,
    /// Bytes of the open block that are bold.
    bold_bytes: usize,
    /// The last paragraph or heading: it introduces the next list if it ends in a colon.
    last: Option<usize>,
    /// The introduction of a list without marks that is being read.
    listed: Option<usize>,
    headers: Vec<String>,
    cells: Vec<Joined>,
    in_head: bool,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, start: usize, end: usize) {
        match event {
            Event::Start(tag) => self.start(&tag, start, end),
            Event::End(tag) => self.end(tag, end),
            Event::Text(text) if self.front => self.front_matter(&text, start),
            Event::Text(text) if !self.code => {
                if self.bold > 0 {
                    self.bold_bytes += text.len();
                }
                self.add(&text, start, end);
            }
            Event::Code(text) if !self.code => {
                let at = self.text.get(start..end).and_then(|raw| raw.find(text.as_ref())).unwrap_or(0);
                if self.bold > 0 {
                    self.bold_bytes += text.len();
                }
                self.add(&text, start + at, end);
            }
            Event::SoftBreak => self.open.gap(' '),
            Event::HardBreak => self.open.gap('\n'),
            Event::InlineHtml(html) if html.starts_with("<br") => self.open.gap('\n'),
            _ => {}
        }
    }

    fn add(&mut self, text: &str, start: usize, end: usize) {
        // text directly inside an item, without a paragraph
        if self.shape.is_none() {
            self.shape = Some(self.shape_here());
        }
        let span = self.span.get_or_insert((start, end));
        span.1 = span.1.max(end);
        self.open.piece(text, start, end);
    }

    fn shape_here(&self) -> Shape {
        match self.lists.last() {
            _ if self.quotes > 0 => Shape::Quote,
            Some((ordered, _)) => Shape::Item { ordered: *ordered },
            None => Shape::Paragraph,
        }
    }

    fn start(&mut self, tag: &Tag<'_>, start: usize, end: usize) {
        match tag {
            Tag::MetadataBlock(MetadataBlockKind::YamlStyle) => self.front = true,
            Tag::Heading { level, .. } => {
                self.flush();
                self.shape = Some(Shape::Heading(level_of(*level)));
                self.span = Some((start, end));
            }
            Tag::Paragraph => {
                self.flush();
                self.shape = Some(self.shape_here());
                self.span = Some((start, end));
            }
            Tag::List(first) => {
                self.flush();
                let intro = self.last.filter(|i| self.document.blocks.get(*i).is_some_and(|b| introduces(&b.text.text)));
                // a list inside an item is governed by what governs the item, unless the item introduces it
                let intro = intro.or_else(|| self.lists.last().and_then(|l| l.1));
                self.lists.push((first.is_some(), intro));
            }
            Tag::Item => self.flush(),
            Tag::BlockQuote(kind) => {
                self.flush();
                // an admonition is the author's own voice, and so is a quotation that opens with a bold word
                let raw = self.text.get(start..end).unwrap_or_default().trim_start_matches(['>', ' ', '\t']);
                if kind.is_none() && !raw.starts_with("**") && !raw.starts_with("__") && !raw.starts_with(['⚠', 'ℹ']) && !note(raw)
                    || self.quotes > 0
                {
                    self.quotes += 1;
                }
            }
            Tag::CodeBlock(_) => {
                self.flush();
                self.document.code.push(self.document.blocks.len());
                self.code = true;
            }
            Tag::Link { dest_url, .. } => self.document.links.push(((start, end), dest_url.to_string())),
            Tag::Strong => self.bold += 1,
            Tag::Table(_) => {
                self.flush();
                self.headers.clear();
            }
            Tag::TableHead => self.in_head = true,
            Tag::TableRow => self.span = Some((start, end)),
            Tag::TableCell => self.shape = Some(Shape::Row),
            Tag::HtmlBlock => self.flush(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, end: usize) {
        match tag {
            TagEnd::MetadataBlock(_) => self.front = false,
            TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::Item => self.flush(),
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
                if self.lists.is_empty() {
                    self.last = None;
                }
            }
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::CodeBlock => self.code = false,
            TagEnd::Strong => self.bold = self.bold.saturating_sub(1),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.open);
                self.shape = None;
                if self.in_head { self.headers.push(cell.text.trim().to_owned()) } else { self.cells.push(cell) }
            }
            TagEnd::TableHead => {
                self.in_head = false;
                self.span = None;
            }
            TagEnd::TableRow => self.row(end),
            TagEnd::Table => {
                self.headers.clear();
                self.span = None;
                self.last = None;
            }
            _ => {}
        }
        self.bold_bytes = if self.open.text.is_empty() { 0 } else { self.bold_bytes };
    }

    fn row(&mut self, end: usize) {
        let cells = std::mem::take(&mut self.cells);
        let span = self.span.take().unwrap_or((end, end));
        let text = row_text(&self.headers, &cells);
        self.document.push(Shape::Row, text, span, None);
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.open);
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
            Shape::Item { .. } => self.lists.last().and_then(|l| l.1),
            // short lines behind "Choose one:" are a list without marks
            Shape::Paragraph if said.split_whitespace().count() <= FEW_WORDS && !said.ends_with(['.', ':', '!', '?', ',', ';']) => {
                let intro = self.last.filter(|i| self.document.blocks.get(*i).is_some_and(|b| introduces(&b.text.text)));
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

    fn front_matter(&mut self, text: &str, start: usize) {
        let mut at = start;
        for line in text.split_inclusive('\n') {
            let span = (at, at + line.trim_end().len());
            at += line.len();
            let Some((key, value)) = line.split_once(':') else { continue };
            let value = value.trim().trim_matches(['"', '\'']).to_owned();
            match key.trim().to_lowercase().as_str() {
                "title" if !value.is_empty() => self.document.title = Some((value, span)),
                "owner" | "owners" | "maintainer" if !value.is_empty() => self.document.owner = Some((value, span)),
                _ => {}
            }
        }
    }
}

/// `header: cell` sentences. A header that only says "value" gives way to the row's first cell.
pub(super) fn row_text(headers: &[String], cells: &[Joined]) -> Joined {
    let mut out = Joined::default();
    let first = cells.first().map(|c| c.text.trim().to_owned()).unwrap_or_default();
    for (i, cell) in cells.iter().enumerate() {
        if cell.text.trim().is_empty() {
            continue;
        }
        let header = headers.get(i).map(String::as_str).unwrap_or_default();
        let plain = matches!(
            header.to_lowercase().as_str(),
            "" | "value"
                | "details"
                | "detail"
                | "description"
                | "notes"
                | "note"
                | "setting"
                | "how"
                | "what"
                | "method"
                | "action"
                | "answer"
                | "process"
                | "comment"
                | "requirement"
        );
        let label = if i > 0 && plain { first.as_str() } else { header };
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

fn introduces(text: &str) -> bool {
    text.trim_end().ends_with(':')
}

fn note(raw: &str) -> bool {
    let head = raw.get(..12).unwrap_or(raw).to_lowercase();
    ["note", "warning", "important", "caution", "tip", "hint", "attention", "_note", "*note", "_**"].iter().any(|w| head.starts_with(w))
}

fn level_of(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_every_shape() {
        let text = "---\ntitle: \"Reset\"\nowner: Desk\n---\n\n# One\n\nSoft\nwrapped `code` line.\n\n**Do not:**\n\n- send it\n  - on `#ops`\n\n| Who | Ask for |\n|---|---|\n| Staff | a badge |\n\n```\nskip me\n```\n";
        let document = read(text);
        assert_eq!(document.title.as_ref().map(|t| t.0.as_str()), Some("Reset"));
        assert_eq!(document.owner.as_ref().map(|t| t.0.as_str()), Some("Desk"));
        let shapes: Vec<_> = document.blocks.iter().map(|b| (b.shape, b.text.text.trim().to_owned())).collect();
        assert_eq!(
            shapes,
            [
                (Shape::Heading(1), "One".to_owned()),
                (Shape::Paragraph, "Soft wrapped code line.".to_owned()),
                (Shape::Heading(7), "Do not:".to_owned()),
                (Shape::Item { ordered: false }, "send it".to_owned()),
                (Shape::Item { ordered: false }, "on #ops".to_owned()),
                (Shape::Row, "Staff\nAsk for: a badge".to_owned()),
            ]
        );
        assert_eq!(document.blocks[3].intro, Some(2));
        let (from, to) = document.blocks[1].text.source(13, 17);
        assert_eq!(text.get(from..to), Some("code"));
    }
}
