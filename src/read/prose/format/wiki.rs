//! Markup of wikis to a [`Document`]: that of MediaWiki, also in its XML dumps, and that of Jira and the older Confluence.

use super::builder::{BOLD, Builder, HEADING_BYTES};
use super::lines::{Line, Lists, Marks, between, inline, lines};
use super::{Document, Joined, entity};

/// Which wiki.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flavour {
    Media,
    Jira,
}

const MEDIA: Marks = Marks { bold: &["'''''", "'''"], other: &["''"], link: media_link };
const JIRA: Marks = Marks { bold: &["*"], other: &["{{", "}}", "_", "+"], link: jira_link };

/// Reads the markup of MediaWiki.
pub(super) fn read(text: &str) -> Document {
    read_as(text, Flavour::Media)
}

/// Reads the markup of Jira and the older Confluence.
pub(super) fn read_jira(text: &str) -> Document {
    read_as(text, Flavour::Jira)
}

/// Whether a text is the XML that MediaWiki exports.
pub(super) fn is_dump(text: &str) -> bool {
    text.trim_start().starts_with("<mediawiki")
}

/// Reads an XML dump of MediaWiki: a page is a section of the first level.
pub(super) fn read_dump(text: &str) -> Document {
    let mut build = Builder::default();
    let mut at = 0;
    while let Some((title, from, end)) = element(text, at, "title") {
        at = end;
        let next = text.get(at..).and_then(|r| r.find("<title>")).map_or(text.len(), |i| i + at);
        build.heading(1, Some((from, end)));
        build.joined(&title);
        build.flush();
        // the last revision of a page is the one that is read today
        let (mut body, mut look) = (None, at);
        while let Some((found, _, end)) = element(text.get(..next).unwrap_or_default(), look, "text") {
            (body, look) = (Some(found), end);
        }
        if let Some(body) = body {
            let mut inner = read(&body.text);
            inner.through(&body);
            build.take_over(inner);
        }
        at = next;
    }
    build.finish()
}

/// The text of the next element of a name, with its bytes.
fn element(text: &str, from: usize, name: &str) -> Option<(Joined, usize, usize)> {
    let mut at = from;
    loop {
        at += memchr::memmem::find(text.as_bytes().get(at..)?, format!("<{name}").as_bytes())?;
        let after = at + 1 + name.len();
        match text.as_bytes().get(after) {
            Some(b'>' | b' ') => {}
            _ => {
                at = after;
                continue;
            }
        }
        let start = after + text.get(after..)?.find('>')? + 1;
        if text.as_bytes().get(start.checked_sub(2)?) == Some(&b'/') {
            at = start;
            continue;
        }
        let end = start + text.get(start..)?.find(&format!("</{name}>"))?;
        return Some((unescaped(text, start, end), start, end));
    }
}

/// A part of XML as the text that it stands for.
fn unescaped(text: &str, start: usize, end: usize) -> Joined {
    let mut out = Joined::default();
    let mut at = start;
    while let Some(i) = memchr::memchr(b'&', text.as_bytes().get(at..end).unwrap_or_default()).map(|i| i + at) {
        out.piece(text.get(at..i).unwrap_or_default(), at, i);
        let (word, len) = entity::at(text.get(i..end).unwrap_or_default());
        out.piece(&word, i, i + len);
        at = i + len;
    }
    out.piece(text.get(at..end).unwrap_or_default(), at, end);
    out
}

fn read_as(text: &str, flavour: Flavour) -> Document {
    let mut reader = Reader {
        flavour,
        marks: if flavour == Flavour::Media { MEDIA } else { JIRA },
        build: Builder::default(),
        lists: Lists::default(),
        mute: None,
        table: Table::None,
        apart: true,
    };
    for line in lines(text) {
        reader.line(&line);
    }
    reader.end_table(text.len());
    reader.lists.end(&mut reader.build);
    reader.build.finish()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    None,
    /// A table, and whether a row and a cell of it are open.
    Open {
        row: bool,
        cell: bool,
        head: bool,
    },
}

struct Reader {
    flavour: Flavour,
    marks: Marks,
    build: Builder,
    lists: Lists,
    /// What ends the passage that is passed over.
    mute: Option<&'static str>,
    table: Table,
    apart: bool,
}

impl Reader {
    fn line(&mut self, line: &Line<'_>) {
        let text = line.text;
        if let Some(end) = self.mute {
            if text.contains(end) {
                self.mute = None;
            }
            return;
        }
        if text.is_empty() {
            self.build.flush();
            self.apart = true;
            if self.flavour == Flavour::Jira {
                self.end_table(line.at);
            }
            return;
        }
        let done = match self.flavour {
            Flavour::Media => self.media(line),
            Flavour::Jira => self.jira(line),
        };
        if done {
            return;
        }
        let kinds = text.bytes().take_while(|b| b"*#-:;".contains(b)).count();
        let item = (1..=10).contains(&kinds)
            && (self.flavour == Flavour::Media || text.as_bytes().get(kinds) == Some(&b' '))
            && !text.starts_with([':', ';']);
        if item {
            let ordered = text.as_bytes().get(kinds - 1) == Some(&b'#');
            self.lists.item(&mut self.build, kinds, ordered);
            self.apart = false;
            inline(&mut self.build, &line.skip(kinds), &self.marks.clone());
            return;
        }
        if std::mem::take(&mut self.apart) || self.lists.is_open() || self.build.is_idle() {
            if !matches!(self.table, Table::Open { cell: true, .. }) {
                self.lists.end(&mut self.build);
            }
            self.build.paragraph(None);
        } else {
            self.build.space();
        }
        inline(&mut self.build, &line.skip(if kinds > 0 && text.starts_with([':', ';']) { kinds } else { 0 }), &self.marks.clone());
    }

    fn heading(&mut self, line: &Line<'_>, level: u8) {
        self.lists.end(&mut self.build);
        self.build.heading(level, Some((line.at, line.end())));
        inline(&mut self.build, line, &self.marks.clone());
        self.build.flush();
        self.apart = true;
    }

    fn media(&mut self, line: &Line<'_>) -> bool {
        let text = line.text;
        for (open, close) in [
            ("<pre", "</pre>"),
            ("<syntaxhighlight", "</syntaxhighlight>"),
            ("<source", "</source>"),
            ("<!--", "-->"),
            ("<nowiki>", "</nowiki>"),
        ] {
            if text.starts_with(open) {
                self.mute = (!text.contains(close)).then_some(close);
                self.build.flush();
                return true;
            }
        }
        let level = text.bytes().take_while(|b| *b == b'=').count();
        if (1..=6).contains(&level) && text.len() > 2 * level && text.ends_with('=') {
            let inner = line.skip(level);
            self.heading(&Line { text: inner.text.trim_end_matches('=').trim_end(), ..inner }, level as u8);
            return true;
        }
        if text.starts_with("{|") {
            self.lists.end(&mut self.build);
            self.build.open_table();
            self.table = Table::Open { row: false, cell: false, head: false };
            return true;
        }
        if let Table::Open { .. } = self.table {
            if text.starts_with("|}") {
                self.end_table(line.end());
                self.apart = true;
                return true;
            }
            if text.starts_with("|-") {
                self.end_row(line.at);
                return true;
            }
            if text.starts_with("|+") {
                return true;
            }
            if text.starts_with(['|', '!']) {
                let head = text.starts_with('!');
                let mut at = 1;
                for part in text.get(1..).unwrap_or_default().split(if head { "!!" } else { "||" }) {
                    // `| style="x" | text`
                    let style = part
                        .find('|')
                        .filter(|i| part.get(..*i).is_some_and(|s| s.contains('=') && !s.contains("[[")))
                        .map_or(0, |i| i + 1);
                    self.cell(&Line { at: line.at + at + style, indent: 0, text: part.get(style..).unwrap_or_default() }.skip(0), head);
                    at += part.len() + 2;
                }
                return true;
            }
        }
        text.starts_with("{{") && text.ends_with("}}") || text.starts_with("__") && text.ends_with("__") || text.starts_with("[[Category:")
    }

    fn jira(&mut self, line: &Line<'_>) -> bool {
        let text = line.text;
        for name in ["{code", "{noformat"] {
            if text.starts_with(name) {
                let close = if name == "{code" { "{code}" } else { "{noformat}" };
                let rest = text.get(name.len() + 1..).unwrap_or_default();
                self.mute = (!rest.contains(close)).then_some(close);
                self.build.flush();
                return true;
            }
        }
        if let Some(name) = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')).filter(|n| !n.contains(['{', '}'])) {
            self.build.flush();
            self.apart = true;
            match name.split(':').next().unwrap_or_default() {
                "quote" if self.build.is_quoting() => self.build.close_quote(),
                "quote" => self.build.open_quote(),
                _ => {
                    if let Some(at) = text.find("title=").map(|i| i + 6) {
                        let title = text.get(at..).unwrap_or_default().split(['|', '}']).next().unwrap_or_default();
                        self.build.heading(BOLD, None);
                        self.build.text(title, line.at + at, line.at + at + title.len());
                        self.build.flush();
                    }
                }
            }
            return true;
        }
        let level =
            text.strip_prefix('h').and_then(|t| t.bytes().next()).filter(|b| (b'1'..=b'6').contains(b) && text.get(2..4) == Some(". "));
        if let Some(level) = level.filter(|_| text.len() <= HEADING_BYTES * 2) {
            self.heading(&line.skip(3), level - b'0');
            return true;
        }
        if text.starts_with("bq. ") {
            self.build.open_quote();
            self.build.paragraph(None);
            inline(&mut self.build, &line.skip(3), &JIRA);
            self.build.close_quote();
            return true;
        }
        if text.starts_with('|') {
            if self.table == Table::None {
                self.lists.end(&mut self.build);
                self.build.open_table();
                self.table = Table::Open { row: false, cell: false, head: false };
            }
            let head = text.starts_with("||");
            let mark = if head { "||" } else { "|" };
            let inner = text.get(mark.len()..).unwrap_or_default();
            for (at, part) in cells(inner.strip_suffix(mark).unwrap_or(inner), mark) {
                self.cell(&Line { at: line.at + mark.len() + at, indent: 0, text: part }.skip(0), head);
            }
            self.end_row(line.end());
            return true;
        }
        if self.table != Table::None {
            self.end_table(line.at);
            self.apart = true;
        }
        false
    }

    fn cell(&mut self, line: &Line<'_>, is_head: bool) {
        let Table::Open { row, cell, head } = self.table else { return };
        if cell {
            self.build.close_cell();
        }
        if !row {
            self.build.open_row(line.at, line.end());
        }
        self.build.open_cell();
        inline(&mut self.build, &Line { text: line.text.trim_end(), ..*line }, &self.marks.clone());
        self.table = Table::Open { row: true, cell: true, head: is_head && (head || !row) };
        self.apart = false;
    }

    fn end_row(&mut self, end: usize) {
        let Table::Open { row, cell, head } = self.table else { return };
        if cell {
            self.build.close_cell();
        }
        if row {
            if head { self.build.close_head() } else { self.build.close_row(end) }
        }
        self.table = Table::Open { row: false, cell: false, head: false };
    }

    fn end_table(&mut self, end: usize) {
        if self.table != Table::None {
            self.end_row(end);
            self.build.close_table();
            self.table = Table::None;
        }
    }
}

/// The cells of a row, with their place in it: a mark in a link divides nothing.
fn cells<'t>(row: &'t str, mark: &str) -> Vec<(usize, &'t str)> {
    let (mut out, mut from, mut seen, mut links) = (Vec::new(), 0, 0, 0usize);
    for (at, _) in row.match_indices(mark) {
        for b in row.as_bytes().get(seen..at).unwrap_or_default() {
            links = if *b == b'[' { links + 1 } else { links.saturating_sub(usize::from(*b == b']')) };
        }
        seen = at;
        if links == 0 {
            out.push((from, row.get(from..at).unwrap_or_default()));
            from = at + mark.len();
        }
    }
    out.push((from, row.get(from..).unwrap_or_default()));
    out
}

/// `[[page|text]]`, `[https://x text]`, and references.
fn media_link(text: &str) -> Option<(std::ops::Range<usize>, usize)> {
    if text.starts_with("[[") {
        return between(text, "[[", "]]", &['|']);
    }
    if text.starts_with("<ref") {
        let (label, len) = between(text, "<ref", "</ref>", &[])?;
        return Some((label.start..label.start, len));
    }
    if text.starts_with("[http") {
        return between(text, "[", "]", &[' ']);
    }
    None
}

/// `[text|address]`, `[~user]`, `{color:red}`.
fn jira_link(text: &str) -> Option<(std::ops::Range<usize>, usize)> {
    if text.starts_with("{color") {
        let (label, len) = between(text, "{", "}", &[])?;
        return Some((label.start..label.start, len));
    }
    if !text.starts_with('[') || text.starts_with("[[") {
        return None;
    }
    let (label, len) = between(text, "[", "]", &[])?;
    let body = text.get(label.clone())?;
    let end = body.find('|').filter(|_| ["http", "mailto:", "#", "^"].iter().any(|p| body.contains(p)));
    end.map(|end| (label.start..label.start + end, len))
}
