//! HTML, and what Confluence stores, to a [`Document`]: tolerant of everything, in one pass.
//!
//! Scripts, styles, navigation, forms' choices and code are left out. A macro of Confluence that holds rich text is the author's own voice;
//! its title is a heading.

use super::Document;
use super::builder::{BOLD, Builder, is_admonition};
use super::entity;

/// Elements that say nothing to the reader of a procedure, with all that is in them.
const MUTE: [&str; 22] = [
    "script",
    "style",
    "nav",
    "template",
    "svg",
    "noscript",
    "iframe",
    "object",
    "select",
    "button",
    "textarea",
    "footer",
    "pre",
    "math",
    "canvas",
    "audio",
    "video",
    "ac:plain-text-body",
    "ac:task-id",
    "ac:task-status",
    "ac:placeholder",
    "ac:parameter",
];
/// Macros of Confluence that hold rich text which people read. All others are lists of pages, charts, code.
const VOICES: [&str; 12] = ["info", "note", "tip", "warning", "panel", "expand", "section", "column", "excerpt", "details", "div", "span"];
/// Elements that begin on a line of their own.
const BLOCKS: [&str; 20] = [
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "aside",
    "figure",
    "figcaption",
    "address",
    "dl",
    "dt",
    "dd",
    "hr",
    "form",
    "label",
    "fieldset",
    "body",
    "caption",
    "center",
];

/// What is open across the pieces of HTML in one text: a Markdown document may close an element far below.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The element that is passed over, and how often it is open.
    mute: Option<(String, usize)>,
    /// Open quotations, and whether they are quotations.
    quotes: Vec<bool>,
    /// Tables in tables.
    tables: usize,
    /// Whether all cells of the open row are headers.
    heads: Option<bool>,
    in_cell: bool,
    in_row: bool,
    /// The title of the page is read.
    title: bool,
    /// Lists that this HTML opened.
    lists: usize,
    struck: usize,
    /// A quotation mark of an attribute, or a tag, that never ends: from there on, what looks like it is not looked for.
    no_quotes: bool,
}

impl State {
    /// Closes what was left open: a heading of Markdown stands in no element of HTML.
    pub(super) fn abandon(&mut self, build: &mut Builder) {
        if std::mem::take(&mut self.in_cell) {
            build.close_cell();
        }
        if std::mem::take(&mut self.in_row) {
            build.close_row(0);
        }
        (0..std::mem::take(&mut self.lists)).for_each(|_| build.close_list());
        self.quotes.drain(..).filter(|q| *q).for_each(|_| build.close_quote());
        *self = Self { no_quotes: self.no_quotes, ..Self::default() };
    }
}

/// Reads a page.
pub(super) fn read(text: &str) -> Document {
    let mut build = Builder::default();
    read_into(text, 0, &mut State::default(), &mut build);
    build.finish()
}

/// Reads a piece of HTML that begins at this byte of the source.
pub(super) fn read_into(text: &str, base: usize, state: &mut State, build: &mut Builder) {
    let mut page = Page { text, base, state, build };
    let mut at = 0;
    while let Some(open) = memchr::memchr(b'<', text.as_bytes().get(at..).unwrap_or_default()).map(|i| i + at) {
        page.words(at, open);
        at = page.markup(open);
    }
    page.words(at, text.len());
    page.build.flush();
}

struct Page<'t> {
    text: &'t str,
    base: usize,
    state: &'t mut State,
    build: &'t mut Builder,
}

impl Page<'_> {
    /// What begins with `<`; gives the byte behind it.
    fn markup(&mut self, open: usize) -> usize {
        let rest = self.text.get(open..).unwrap_or_default();
        let end = self.text.len();
        let until = |mark: &str| rest.find(mark).map_or(end, |i| open + i + mark.len());
        if rest.starts_with("<!--") {
            return until("-->");
        }
        if let Some(data) = rest.strip_prefix("<![CDATA[") {
            let close = data.find("]]>").unwrap_or(data.len());
            self.words(open + 9, open + 9 + close);
            return (open + 9 + close + 3).min(end);
        }
        if rest.starts_with("<%") {
            return until("%>");
        }
        let after = rest.as_bytes().get(1).copied().unwrap_or(b' ');
        if after == b'!' || after == b'?' {
            return until(">");
        }
        if !after.is_ascii_alphabetic() && after != b'/' {
            // "a < b"
            self.words(open, open + 1);
            return open + 1;
        }
        let Some(close) = self.close(rest).map(|i| open + i) else { return end };
        let tag = self.text.get(open + 1..close).unwrap_or_default();
        let (closes, tag) = tag.strip_prefix('/').map_or((false, tag), |t| (true, t));
        let name_end = tag.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(name_end);
        if name.len() > 40 {
            return close + 1;
        }
        let name = name.to_ascii_lowercase();
        let empty = attributes.ends_with('/');
        if closes {
            self.end(&name);
        } else {
            self.start(&name, attributes, empty, close + 1);
        }
        // scripts are no markup: a `<` in them opens nothing
        if !closes && !empty && matches!(&*name, "script" | "style") {
            return self.behind_script(close + 1, &name);
        }
        close + 1
    }

    /// The end of a tag: the first `>` that is not in a quoted value.
    fn close(&mut self, rest: &str) -> Option<usize> {
        let bytes = rest.as_bytes();
        let mut at = 1;
        while !self.state.no_quotes {
            let next = memchr::memchr3(b'>', b'"', b'\'', bytes.get(at..)?)? + at;
            let mark = *bytes.get(next)?;
            // an apostrophe that opens no value is a letter of a broken page
            if mark == b'>' || bytes.get(next - 1) != Some(&b'=') && bytes.get(next.saturating_sub(2)) != Some(&b'=') {
                if mark == b'>' {
                    return Some(next);
                }
                at = next + 1;
                continue;
            }
            match memchr::memchr(mark, bytes.get(next + 1..)?) {
                Some(close) => at = next + 1 + close + 1,
                None => self.state.no_quotes = true,
            }
        }
        memchr::memchr(b'>', bytes)
    }

    fn behind_script(&mut self, from: usize, name: &str) -> usize {
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        let mut at = 0;
        while let Some(i) = memchr::memmem::find(rest.get(at..).unwrap_or_default(), b"</").map(|i| i + at) {
            if rest.get(i + 2..i + 2 + name.len()).is_some_and(|w| w.eq_ignore_ascii_case(name.as_bytes())) {
                return from + i;
            }
            at = i + 2;
        }
        self.text.len()
    }

    fn start(&mut self, name: &str, attributes: &str, empty: bool, behind: usize) {
        if let Some((mute, times)) = &mut self.state.mute {
            *times += usize::from(mute == name && !empty);
            return;
        }
        if name == "ac:parameter" && attribute(attributes, "ac:name") == Some("title") && !empty {
            self.build.heading(BOLD, None);
            return;
        }
        let muted = match name {
            "ac:structured-macro" | "ac:macro" => !attribute(attributes, "ac:name").is_some_and(|m| VOICES.contains(&m)),
            "input" | "img" | "br" | "hr" | "meta" | "link" => false,
            _ => MUTE.contains(&name) || is_hidden(attributes),
        };
        if muted {
            self.state.mute = (!empty).then(|| (name.to_owned(), 1));
            return;
        }
        match name {
            "title" => self.state.title = true,
            "br" => self.build.line(),
            "b" | "strong" => self.build.bold(true),
            "s" | "del" | "strike" => self.state.struck += 1,
            "ul" | "menu" | "ac:task-list" => self.list(false),
            "ol" => self.list(true),
            "li" | "ac:task" => self.build.paragraph(None),
            "blockquote" => {
                let quotes = self.build.is_quoting() || !is_note(self.text.get(behind..).unwrap_or_default(), attributes);
                if quotes {
                    self.build.open_quote();
                }
                self.state.quotes.push(quotes);
            }
            "summary" => self.build.heading(BOLD, None),
            "table" => {
                self.state.tables += 1;
                if self.state.tables == 1 {
                    self.build.open_table();
                }
            }
            "tr" if self.state.tables == 1 => {
                self.end_row(behind);
                self.build.open_row(self.base + behind, self.base + behind);
                (self.state.in_row, self.state.heads) = (true, None);
            }
            "td" | "th" if self.state.tables == 1 && self.state.in_row => {
                self.end_cell();
                let head = name == "th";
                self.state.heads = Some(head && self.state.heads.unwrap_or(true));
                self.build.open_cell();
                self.state.in_cell = true;
            }
            _ => match heading(name) {
                Some(level) => self.build.heading(level, None),
                None if is_block(name) => self.build.paragraph(None),
                None => {}
            },
        }
    }

    fn end(&mut self, name: &str) {
        if let Some((mute, times)) = &mut self.state.mute {
            *times -= usize::from(mute == name);
            if *times == 0 {
                self.state.mute = None;
            }
            return;
        }
        match name {
            "title" => self.state.title = false,
            "b" | "strong" => self.build.bold(false),
            "s" | "del" | "strike" => self.state.struck = self.state.struck.saturating_sub(1),
            "ul" | "ol" | "menu" | "ac:task-list" if self.state.lists > 0 && !self.state.in_cell => {
                self.state.lists -= 1;
                self.build.close_list();
            }
            "li" | "ac:task" | "summary" | "ac:parameter" => self.build.flush(),
            "blockquote" => {
                if self.state.quotes.pop() == Some(true) {
                    self.build.close_quote();
                }
                self.build.flush();
            }
            "table" => {
                if self.state.tables == 1 {
                    self.end_row(0);
                    self.build.close_table();
                }
                self.state.tables = self.state.tables.saturating_sub(1);
            }
            "td" | "th" if self.state.tables == 1 => self.end_cell(),
            "tr" if self.state.tables == 1 => self.end_row(0),
            _ if heading(name).is_some() || is_block(name) => self.build.flush(),
            _ => {}
        }
    }

    fn list(&mut self, ordered: bool) {
        if !self.state.in_cell {
            self.state.lists += 1;
            self.build.open_list(ordered);
        }
    }

    fn end_cell(&mut self) {
        if std::mem::take(&mut self.state.in_cell) {
            self.build.close_cell();
        }
    }

    fn end_row(&mut self, behind: usize) {
        self.end_cell();
        if std::mem::take(&mut self.state.in_row) {
            match self.state.heads.take() {
                Some(true) => self.build.close_head(),
                _ => self.build.close_row(self.base + behind),
            }
        }
    }

    /// Text between tags: entities are read, white space is one space.
    fn words(&mut self, from: usize, to: usize) {
        if self.state.mute.is_some() || self.state.struck > 0 {
            return;
        }
        let Some(text) = self.text.get(from..to).filter(|t| !t.is_empty()) else { return };
        let base = self.base + from;
        if self.state.title {
            let title = entity::plain(text.trim());
            self.build.document.title.get_or_insert_with(|| (title, (base, base + text.len())));
            return;
        }
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let run = at;
            // a run of words that are one space apart
            while let Some(b) = bytes.get(at) {
                let single = *b == b' ' && bytes.get(at + 1).is_some_and(|n| !n.is_ascii_whitespace()) && at > run;
                if *b == b'&' || b.is_ascii_whitespace() && !single {
                    break;
                }
                at += 1;
            }
            if at > run {
                self.build.text(text.get(run..at).unwrap_or_default(), base + run, base + at);
            }
            match bytes.get(at) {
                Some(b'&') => {
                    let (word, len) = entity::at(text.get(at..).unwrap_or_default());
                    if word == "\u{a0}" || word == " " {
                        self.build.space();
                    } else {
                        self.build.text(&word, base + at, base + at + len);
                    }
                    at += len;
                }
                Some(_) => {
                    self.build.space();
                    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
                        at += 1;
                    }
                }
                None => {}
            }
        }
    }
}

/// The level of `h1` to `h6`.
fn heading(name: &str) -> Option<u8> {
    let level = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}

/// Whether an element begins on a line of its own.
fn is_block(name: &str) -> bool {
    BLOCKS.contains(&name) || name.starts_with("ac:layout") || matches!(name, "ac:rich-text-body" | "ac:task-body")
}

/// Whether people do not see it.
fn is_hidden(attributes: &str) -> bool {
    let style = attribute(attributes, "style").unwrap_or_default();
    style.contains("display:none") || style.contains("display: none") || attribute(attributes, "aria-hidden") == Some("true")
}

/// The value of an attribute, as it is written.
fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut from = 0;
    while let Some(at) = attributes.get(from..)?.find(name).map(|i| i + from) {
        let fresh = attributes.get(..at).is_some_and(|b| b.ends_with(|c: char| c.is_ascii_whitespace()));
        let rest = attributes.get(at + name.len()..)?.trim_start();
        if let Some(value) = rest.strip_prefix('=').map(str::trim_start).filter(|_| fresh) {
            let mark = value.chars().next().filter(|c| matches!(c, '"' | '\''));
            return match mark {
                Some(mark) => value.get(1..)?.split(mark).next(),
                None => value.split(|c: char| c.is_ascii_whitespace() || c == '>').next(),
            };
        }
        from = at + name.len();
    }
    None
}

/// Whether a quotation is an admonition, by its class or by its first words.
fn is_note(rest: &str, attributes: &str) -> bool {
    let class = attribute(attributes, "class").unwrap_or_default();
    if super::builder::NOTES.iter().any(|n| class.contains(n)) {
        return true;
    }
    let mut text = rest.trim_start();
    for _ in 0..4 {
        if text.starts_with("<b>") || text.starts_with("<strong") {
            return true;
        }
        let Some(inner) = text.strip_prefix('<').and_then(|t| t.get(..200.min(t.len()))?.find('>').and_then(|i| t.get(i + 1..))) else {
            break;
        };
        text = inner.trim_start();
    }
    is_admonition(text)
}
