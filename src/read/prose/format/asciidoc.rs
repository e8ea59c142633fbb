//! AsciiDoc to a [`Document`].

use super::builder::{BOLD, Builder, NOTES};
use super::lines::{Line, Lists, Marks, between, checkbox, inline, lines, marker, rule};
use super::{Document, front};
use std::collections::HashMap;

const MARKS: Marks = Marks { bold: &["**", "*"], other: &["``", "`", "__", "_", "##", "#", "+"], link };

/// Reads AsciiDoc.
pub(super) fn read(text: &str) -> Document {
    let lines = lines(text);
    // a block that is never closed is no block
    let last: HashMap<&str, usize> =
        lines.iter().enumerate().filter(|(_, l)| delimiter(l.text).is_some()).map(|(i, l)| (l.text, i)).collect();
    let mut reader = Reader::default();
    let mut i = 0;
    while let Some(line) = lines.get(i) {
        i += 1;
        if let Some(table) = lines.get(i - 1..).filter(|_| line.text == "|===" || line.text == ",===") {
            i += reader.table(table);
            continue;
        }
        let mark = if line.text.starts_with("```") { "```" } else { line.text };
        let closes = last.get(mark).is_some_and(|l| *l >= i) || reader.blocks.contains(&line.text);
        match delimiter(line.text).filter(|_| closes) {
            Some(Kind::Mute) => i = reader.mute(&lines, i),
            Some(Kind::Open) if reader.style == Style::Mute => i = reader.mute(&lines, i),
            Some(kind) => reader.block(line.text, kind),
            None => reader.line(line),
        }
    }
    reader.lists.end(&mut reader.build);
    reader.build.finish()
}

/// What a delimited block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Code, a comment, raw output.
    Mute,
    /// Text like any.
    Open,
    Quote,
}

fn delimiter(text: &str) -> Option<Kind> {
    if text == "--" {
        return Some(Kind::Open);
    }
    if text.starts_with("```") && text.len() < 40 {
        return Some(Kind::Mute);
    }
    match rule(text, "-./+=*_").filter(|_| text.len() >= 4)? {
        '=' | '*' => Some(Kind::Open),
        '_' => Some(Kind::Quote),
        _ => Some(Kind::Mute),
    }
}

/// What the attributes above a block make of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Style {
    #[default]
    Plain,
    Mute,
    Quote,
}

#[derive(Default)]
struct Reader<'a> {
    build: Builder,
    lists: Lists,
    /// Markers of the open lists: their number is the depth.
    markers: Vec<String>,
    blocks: Vec<&'a str>,
    style: Style,
    /// Columns and header that the attributes above a table tell.
    columns: usize,
    header: bool,
    /// Nothing is open: the next line begins a block.
    apart: bool,
    /// A `+` ties the next block to the item above it.
    tied: bool,
    /// A paragraph that is passed over until a line is empty.
    passing: bool,
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: &Line<'a>) {
        let text = line.text;
        if text.is_empty() {
            self.build.flush();
            (self.apart, self.passing) = (true, false);
            return;
        }
        let starts = std::mem::take(&mut self.apart) || self.build.is_idle();
        if self.passing || text.starts_with("//") && !text.starts_with("///") {
            return;
        }
        if text == "+" {
            self.build.flush();
            self.tied = true;
            return;
        }
        if let Some((key, value)) = text.strip_prefix(':').and_then(|t| t.split_once(':')).filter(|(k, _)| starts && !k.contains(' ')) {
            front::say(key, value, (line.at, line.end()), &mut self.build.document);
            self.apart = true;
            return;
        }
        if let Some(attributes) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).filter(|_| starts) {
            self.attributes(attributes);
            self.apart = true;
            return;
        }
        if is_macro(text) {
            return;
        }
        let level = text.bytes().take_while(|b| *b == b'=').count().max(text.bytes().take_while(|b| *b == b'#').count());
        if (1..=6).contains(&level) && text.as_bytes().get(level) == Some(&b' ') && line.indent == 0 && starts {
            self.end_lists();
            self.build.heading(level as u8, Some((line.at, line.end())));
            inline(&mut self.build, &line.skip(level), &MARKS);
            self.build.flush();
            self.apart = true;
            return;
        }
        // the title of a block
        if text.starts_with('.') && text.as_bytes().get(1).is_some_and(|b| b.is_ascii_alphanumeric()) && starts && line.indent == 0 {
            self.end_lists();
            self.build.heading(BOLD, None);
            inline(&mut self.build, &line.skip(1), &MARKS);
            self.build.flush();
            self.apart = true;
            return;
        }
        if self.style == Style::Mute {
            (self.style, self.passing) = (Style::Plain, true);
            return;
        }
        if let Some((mark, ordered, skip)) = item(text) {
            self.item(mark, ordered);
            inline(&mut self.build, &line.skip(skip), &MARKS);
            return;
        }
        if let Some((term, definition)) =
            text.split_once("::").filter(|(t, d)| starts && t.len() < 90 && (d.is_empty() || d.starts_with(' ')))
        {
            self.end_lists();
            self.build.paragraph(Some((line.at, line.end())));
            inline(&mut self.build, &Line { text: term, ..*line }, &MARKS);
            self.build.text(": ", line.at + term.len(), line.at + term.len() + 1);
            inline(&mut self.build, &line.skip(text.len() - definition.len()), &MARKS);
            return;
        }
        if starts {
            if !std::mem::take(&mut self.tied) && line.indent == 0 {
                self.end_lists();
            }
            // an indented paragraph is shown as it stands: code
            if line.indent > 0 && !self.lists.is_open() {
                self.passing = true;
                return;
            }
            let label = NOTES.iter().find(|n| {
                text.get(..n.len()).is_some_and(|w| w == n.to_uppercase()) && text.get(n.len()..).is_some_and(|r| r.starts_with(": "))
            });
            let quotes = std::mem::take(&mut self.style) == Style::Quote;
            if quotes {
                self.build.open_quote();
            }
            self.build.paragraph(None);
            inline(&mut self.build, &line.skip(label.map_or(0, |n| n.len() + 2)), &MARKS);
            if quotes {
                self.build.flush();
                self.build.close_quote();
                self.passing = true;
            }
            return;
        }
        self.build.space();
        // " +" at the end of a line keeps the break
        let kept = text.strip_suffix(" +");
        inline(&mut self.build, &Line { text: kept.unwrap_or(text), ..*line }, &MARKS);
        if kept.is_some() {
            self.build.line();
        }
    }

    fn item(&mut self, mark: &str, ordered: bool) {
        let depth = match self.markers.iter().position(|m| m == mark) {
            Some(depth) => depth,
            None => {
                self.markers.push(mark.to_owned());
                self.markers.len() - 1
            }
        };
        self.markers.truncate(depth + 1);
        self.lists.item(&mut self.build, depth, ordered);
    }

    fn end_lists(&mut self) {
        self.lists.end(&mut self.build);
        self.markers.clear();
    }

    fn attributes(&mut self, text: &str) {
        let first = text.split([',', '%', '#', '.']).next().unwrap_or_default().trim().to_lowercase();
        self.style = match &*first {
            "source" | "listing" | "literal" | "stem" | "pass" | "comment" | "verse" | "plantuml" | "mermaid" => Style::Mute,
            "quote" => Style::Quote,
            _ => self.style,
        };
        self.header |= text.contains("header");
        if let Some(columns) = text.split("cols=").nth(1) {
            let columns = columns.trim_start_matches('"').split('"').next().unwrap_or_default();
            let times = columns.split('*').next().and_then(|n| n.trim().parse::<usize>().ok()).filter(|_| columns.contains('*'));
            self.columns = times.unwrap_or_else(|| columns.split([',', ';']).count()).min(100);
        }
    }

    fn block(&mut self, mark: &'a str, kind: Kind) {
        self.build.flush();
        self.apart = true;
        if !std::mem::take(&mut self.tied) {
            self.end_lists();
        }
        if self.blocks.last() == Some(&mark) {
            self.blocks.pop();
            if kind == Kind::Quote {
                self.build.close_quote();
            }
            return;
        }
        self.blocks.push(mark);
        if kind == Kind::Quote {
            self.build.open_quote();
        }
        self.style = Style::Plain;
    }

    /// Passes over a block to the line that closes it.
    fn mute(&mut self, lines: &[Line<'_>], from: usize) -> usize {
        self.build.flush();
        (self.apart, self.tied, self.style) = (true, false, Style::Plain);
        let Some(open) = from.checked_sub(1).and_then(|i| lines.get(i)) else { return from };
        // "////" opens a remark
        if !open.text.starts_with("////") {
            self.build.code("");
        }
        let mark = if open.text.starts_with("```") { "```" } else { open.text };
        lines.iter().skip(from).position(|l| l.text == mark).map_or(from, |n| from + n + 1)
    }

    /// A table from its first line on; gives the number of lines behind the first.
    fn table(&mut self, lines: &[Line<'_>]) -> usize {
        let Some(mark) = lines.first().map(|l| l.text) else { return 0 };
        let Some(len) = lines.iter().skip(1).position(|l| l.text == mark) else { return 0 };
        let rows = lines.get(1..=len).unwrap_or_default();
        self.build.open_table();
        let (mut columns, mut header) = (std::mem::take(&mut self.columns), std::mem::take(&mut self.header));
        let first = rows.iter().position(|l| !l.text.is_empty()).unwrap_or(0);
        if let Some(line) = rows.get(first) {
            header |= rows.get(first + 1).is_some_and(|l| l.text.is_empty()) && rows.len() > first + 2 && cells(line).len() > 1;
            if columns == 0 {
                columns = cells(line).len().max(1);
            }
        }
        let (mut filled, mut open) = (0, false);
        for line in rows.iter().filter(|l| !l.text.is_empty() && !l.text.starts_with("//")) {
            let parts = cells(line);
            for (n, part) in parts.iter().enumerate() {
                let continues = n == 0 && !starts_cell(line.text);
                if continues && open {
                    self.build.line();
                    inline(&mut self.build, part, &MARKS);
                    continue;
                }
                if continues && part.text.is_empty() {
                    continue;
                }
                if std::mem::take(&mut open) {
                    filled = self.close_cell(filled, columns, &mut header, part.at);
                }
                if filled == 0 {
                    self.build.open_row(part.at, part.end());
                }
                self.build.open_cell();
                inline(&mut self.build, part, &MARKS);
                open = true;
            }
        }
        let end = rows.last().map_or(0, Line::end);
        if open {
            filled = self.close_cell(filled, columns, &mut header, end);
        }
        if filled > 0 {
            self.build.close_row(end);
        }
        self.build.close_table();
        (self.apart, self.tied) = (true, false);
        len + 1
    }

    fn close_cell(&mut self, filled: usize, columns: usize, header: &mut bool, end: usize) -> usize {
        self.build.close_cell();
        if filled + 1 < columns {
            return filled + 1;
        }
        if std::mem::take(header) {
            self.build.close_head()
        } else {
            self.build.close_row(end)
        }
        0
    }
}

/// The marker of an item, whether it counts, and its length with the space.
fn item(text: &str) -> Option<(&str, bool, usize)> {
    for c in ['*', '.', '-'] {
        let count = text.chars().take_while(|t| *t == c).count();
        if (1..=6).contains(&count) && text.get(count..).is_some_and(|r| r.starts_with(' ')) {
            let skip = count + 1 + checkbox(text.get(count + 1..)?);
            return Some((text.get(..count)?, c == '.', skip));
        }
    }
    marker(text)
        .filter(|(ordered, _)| *ordered)
        .map(|(ordered, skip)| (if text.starts_with(|c: char| c.is_ascii_digit()) { "1" } else { "a" }, ordered, skip))
}

/// `image::x[]`, `include::y[]`, `ifdef::z[]`: a line for the machine.
fn is_macro(text: &str) -> bool {
    let name = text.split("::").next().unwrap_or_default();
    name.len() < text.len() && text.ends_with(']') && !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase())
}

/// Whether the first cell of a line begins on it: `| a`, `2+| b`, `h| c`.
fn starts_cell(text: &str) -> bool {
    text.find('|')
        .is_some_and(|at| at <= 6 && text.get(..at).is_some_and(|s| s.bytes().all(|b| b.is_ascii_alphanumeric() || b"+.<>^".contains(&b))))
}

/// The cells of a line of a table; the first part is what stands before the first mark, if it is not its style.
fn cells<'a>(line: &Line<'a>) -> Vec<Line<'a>> {
    let mut out = Vec::new();
    let mut at = 0;
    for (n, part) in line.text.split('|').enumerate() {
        let trimmed = part.trim();
        let begin = line.at + at + part.len() - part.trim_start().len();
        if n > 0 || !starts_cell(line.text) {
            out.push(Line { at: begin, indent: 0, text: trimmed });
        }
        at += part.len() + 1;
    }
    out
}

fn link(text: &str) -> Option<(std::ops::Range<usize>, usize)> {
    if text.starts_with("<<") {
        return between(text, "<<", ">>", &[',']);
    }
    let target = ["http://", "https://", "link:", "xref:", "mailto:", "kbd:", "btn:"].iter().any(|p| text.starts_with(p));
    let open = text.char_indices().take(super::lines::LINK).take_while(|c| !c.1.is_whitespace()).find(|c| c.1 == '[').filter(|_| target)?.0;
    let close = open + text.get(open..)?.char_indices().take(super::lines::LINK).find(|c| c.1 == ']')?.0;
    // a bare address is its own text
    let label = if close == open + 1 { 0..open } else { open + 1..close };
    Some((label, close + 1))
}
