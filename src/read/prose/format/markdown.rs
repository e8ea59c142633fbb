//! Markdown to a [`Document`](super::Document), with what people add to it: front matter, admonitions of several kinds, HTML, templates.

use super::builder::{BOLD, Builder, is_admonition};
use super::{Document, Joined, front, html};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, MetadataBlockKind, Options, Parser, Tag, TagEnd};

/// Bytes in which a quotation says what it is.
const FIRST_WORDS: usize = 64;
/// Admonitions in admonitions, each a text of its own.
const DEEPEST: usize = 4;

/// Reads Markdown.
pub(super) fn read(text: &str) -> Document {
    nested(text, DEEPEST)
}

fn nested(text: &str, depth: usize) -> Document {
    let mut reader = Reader { text, depth, html: html::State::default(), ..Reader::default() };
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_WIKILINKS
        | Options::ENABLE_GFM;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        reader.event(event, range.start, range.end);
    }
    reader.build.finish()
}

#[derive(Default)]
struct Reader<'a> {
    text: &'a str,
    depth: usize,
    build: Builder,
    html: html::State,
    /// What is in the front matter, between its marks.
    front: Option<MetadataBlockKind>,
    code: bool,
    /// Struck out: it is said no more.
    struck: usize,
    /// Which of the open quotations are quotations, and not admonitions.
    quotes: Vec<bool>,
    /// The last paragraph opened an admonition whose text is indented (`!!! note`), which looks like code.
    indented: bool,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, start: usize, end: usize) {
        match event {
            Event::Start(tag) => self.start(&tag, start, end),
            Event::End(tag) => self.end(tag, end),
            Event::Text(text) => match self.front {
                Some(kind) => front::read(&text, start, kind == MetadataBlockKind::PlusesStyle, &mut self.build.document),
                None if self.code || self.struck > 0 => {}
                None => self.build.text(&text, start, end),
            },
            Event::Code(text) if !self.code && self.struck == 0 => {
                let at = self.text.get(start..end).and_then(|raw| raw.find(text.as_ref())).unwrap_or(0);
                self.build.text(&text, start + at, end);
            }
            Event::SoftBreak => self.build.space(),
            Event::HardBreak => self.build.line(),
            Event::InlineHtml(tag) if tag.starts_with("<br") => self.build.line(),
            Event::InlineHtml(tag) if matches!(&*tag, "<del>" | "<s>" | "<strike>") => self.struck += 1,
            Event::InlineHtml(tag) if matches!(&*tag, "</del>" | "</s>" | "</strike>") => self.struck = self.struck.saturating_sub(1),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, start: usize, end: usize) {
        match tag {
            Tag::MetadataBlock(kind) => self.front = Some(*kind),
            Tag::Heading { level, .. } => {
                self.html.abandon(&mut self.build);
                self.build.heading(level_of(*level), Some((start, end)));
            }
            Tag::Paragraph => {
                let raw = self.text.get(start..end).unwrap_or_default();
                self.build.paragraph(Some((start, end)));
                self.indented = raw.starts_with("!!!") || raw.starts_with("???") || raw.starts_with("===");
                // the code of MDX and the fences of Docusaurus are no sentences; neither is the mark of an admonition
                self.code = is_code(raw);
                if self.indented || raw.starts_with(":::") {
                    self.code = true;
                    self.admonition(raw, start);
                }
            }
            Tag::List(first) => self.build.open_list(first.is_some()),
            Tag::Item => self.build.flush(),
            Tag::BlockQuote(kind) => {
                // quotations in quotations are told by their first words, or the innermost of many would be read many times
                let raw = self.text.as_bytes().get(start..end.min(start + FIRST_WORDS)).unwrap_or_default();
                let quotes = self.build.is_quoting() || kind.is_none() && !is_admonition(&String::from_utf8_lossy(raw));
                if quotes {
                    self.build.open_quote();
                }
                self.build.flush();
                self.quotes.push(quotes);
            }
            Tag::CodeBlock(kind) => {
                self.build.flush();
                let fence = self.text.get(start..end).and_then(|raw| steps_in(kind, raw));
                if self.indented && matches!(kind, CodeBlockKind::Indented) {
                    self.inner(start, end);
                } else if let Some((from, to)) = fence {
                    // steps in a fence are steps all the same
                    self.inner(start + from, start + to);
                } else {
                    let language = if let CodeBlockKind::Fenced(info) = kind { info.as_ref() } else { "" };
                    self.build.code(language);
                }
                self.code = true;
            }
            Tag::Link { dest_url, .. } => self.build.document.links.push(((start, end), dest_url.to_string())),
            Tag::Strikethrough => self.struck += 1,
            Tag::Strong => self.build.bold(true),
            Tag::Table(_) => self.build.open_table(),
            Tag::TableRow => self.build.open_row(start, end),
            Tag::TableCell => self.build.open_cell(),
            Tag::HtmlBlock => {
                let raw = self.text.get(start..end).unwrap_or_default();
                html::read_into(raw, start, &mut self.html, &mut self.build);
            }
            _ => {}
        }
        self.indented &= matches!(tag, Tag::Paragraph);
    }

    fn end(&mut self, tag: TagEnd, end: usize) {
        match tag {
            TagEnd::MetadataBlock(_) => self.front = None,
            TagEnd::Heading(_) | TagEnd::Item => self.build.flush(),
            TagEnd::Paragraph => {
                self.build.flush();
                self.code = false;
            }
            TagEnd::List(_) => self.build.close_list(),
            TagEnd::BlockQuote(_) => match self.quotes.pop() {
                Some(true) => self.build.close_quote(),
                _ => self.build.flush(),
            },
            TagEnd::CodeBlock => self.code = false,
            TagEnd::Strikethrough => self.struck = self.struck.saturating_sub(1),
            TagEnd::Strong => self.build.bold(false),
            TagEnd::TableCell => self.build.close_cell(),
            TagEnd::TableHead => self.build.close_head(),
            TagEnd::TableRow => self.build.close_row(end),
            TagEnd::Table => self.build.close_table(),
            _ => {}
        }
    }

    /// The text of an admonition that directly follows its mark: `!!! warning "Never"`, `:::note`, one line or more.
    fn admonition(&mut self, raw: &str, start: usize) {
        let mark = raw.lines().next().unwrap_or_default();
        if let Some((from, to)) = mark.find('"').and_then(|a| Some((a + 1, a + 1 + mark.get(a + 1..)?.find('"')?))) {
            self.build.heading(BOLD, Some((start + from, start + to)));
            self.build.text(mark.get(from..to).unwrap_or_default(), start + from, start + to);
        }
        self.build.flush();
        let mut text = Joined::default();
        let mut at = start + mark.len();
        for line in raw.get(mark.len()..).unwrap_or_default().split_inclusive('\n').filter(|_| self.depth > 0) {
            let body = line.trim_start_matches([' ', '\t']);
            if !body.starts_with(":::") {
                text.piece(body, at + line.len() - body.len(), at + line.len());
            }
            at += line.len();
        }
        self.take(&text);
    }

    /// An indented block that is the text of an admonition.
    fn inner(&mut self, start: usize, end: usize) {
        let mut text = Joined::default();
        let mut at = start;
        for line in self.text.get(start..end).unwrap_or_default().split_inclusive('\n') {
            // the range of a block begins behind its first indent
            let indent = if at == start { 0 } else { line.len() - line.trim_start_matches([' ', '\t']).len() };
            let cut = indent.min(4);
            text.piece(line.get(cut..).unwrap_or_default(), at + cut, at + line.len());
            at += line.len();
        }
        self.take(&text);
    }

    fn take(&mut self, text: &Joined) {
        if self.depth > 0 && !text.text.trim().is_empty() {
            let mut inner = nested(&text.text, self.depth - 1);
            inner.through(text);
            self.build.take_over(inner);
        }
    }
}

/// Numbered steps without which a fence holds code.
const STEPS: usize = 3;

/// The bytes of a fence that holds numbered steps and no code: its lines open with a number and a capital letter.
fn steps_in(kind: &CodeBlockKind<'_>, raw: &str) -> Option<(usize, usize)> {
    let plain = matches!(kind, CodeBlockKind::Fenced(info) if matches!(&**info, "" | "text" | "txt"));
    let from = raw.find('\n').filter(|_| plain)? + 1;
    let to = raw.trim_end().rfind('\n').filter(|to| *to > from)?;
    let step = |line: &&str| {
        let rest = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
        rest.len() < line.trim_start().len() && rest.strip_prefix(". ").is_some_and(|r| r.starts_with(char::is_uppercase))
    };
    (raw.get(from..to)?.lines().filter(step).count() >= STEPS).then_some((from, to))
}

/// Whether a paragraph is the code of MDX.
fn is_code(raw: &str) -> bool {
    let ends = |marks: &[char]| raw.trim_end().ends_with(marks);
    raw.starts_with("import ") && raw.contains(" from ") && ends(&[';', '\'', '"'])
        || raw.starts_with("export ") && raw.contains(['=', '{'])
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
