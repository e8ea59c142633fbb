//! What the formats of lines share: lines with their indent, marks of items, lists by indent, and marks inside a line.

use super::builder::Builder;

/// A line without its indent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// First byte in the source.
    pub(super) at: usize,
    /// Columns before it.
    pub(super) indent: usize,
    pub(super) text: &'a str,
}

impl<'a> Line<'a> {
    /// One past its last byte in the source.
    pub(super) fn end(&self) -> usize {
        self.at + self.text.len()
    }

    /// The line from a byte on, without the space before it.
    pub(super) fn skip(&self, bytes: usize) -> Self {
        let rest = self.text.get(bytes..).unwrap_or_default();
        let text = rest.trim_start();
        Self { at: self.at + self.text.len() - text.len(), indent: self.indent, text }
    }
}

/// The lines of a text that begins at a byte of the source.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut at = 0;
    let line = |raw: &'_ str| {
        let body = raw.trim_start();
        let before = raw.len() - body.len();
        let indent = raw.bytes().take(before).map(|b| if b == b'\t' { 4 } else { usize::from(b == b' ') }).sum();
        (before, indent)
    };
    text.split_inclusive('\n')
        .map(|raw| {
            let (before, indent) = line(raw);
            let text = raw.trim();
            let line = Line { at: at + if text.is_empty() { 0 } else { before }, indent, text };
            at += raw.len();
            line
        })
        .collect()
}

/// A line of one repeated mark.
pub(super) fn rule(text: &str, marks: &str) -> Option<char> {
    let first = text.chars().next().filter(|c| marks.contains(*c))?;
    (text.len() >= 3 && text.chars().all(|c| c == first)).then_some(first)
}

/// Whether an item counts, and the length of its marker.
pub(super) fn marker(text: &str) -> Option<(bool, usize)> {
    for mark in ["- ", "* ", "+ ", "• ", "o ", "– ", "· ", "▪ "] {
        if let Some(rest) = text.strip_prefix(mark) {
            return Some((false, mark.len() + checkbox(rest)));
        }
    }
    let word = text.split(' ').next()?;
    let body = word.trim_start_matches('(').strip_suffix(['.', ')'])?;
    let counts = body == "#"
        || !body.is_empty() && body.len() <= 6 && body.bytes().all(|c| c.is_ascii_digit() || c == b'.')
        || body.len() == 1 && body.bytes().all(|c| c.is_ascii_alphabetic())
        || matches!(body, "ii" | "iii" | "iv" | "vi" | "vii" | "viii" | "ix");
    (counts && text.len() > word.len()).then(|| (true, word.len() + 1))
}

/// The length of `[ ] ` of a task.
pub(super) fn checkbox(text: &str) -> usize {
    let boxed = ["[ ] ", "[x] ", "[X] ", "[-] ", "[*] "].iter().any(|b| text.starts_with(b));
    if boxed { 4 } else { 0 }
}

/// Lists that are open, each with the indent of its items.
#[derive(Debug, Default)]
pub(super) struct Lists {
    open: Vec<(usize, bool)>,
}

impl Lists {
    /// An item at this indent begins.
    pub(super) fn item(&mut self, build: &mut Builder, indent: usize, ordered: bool) {
        while self.open.last().is_some_and(|l| l.0 > indent || l.0 == indent && l.1 != ordered) {
            self.close(build);
        }
        if self.open.last().is_none_or(|l| l.0 < indent) {
            build.open_list(ordered);
            self.open.push((indent, ordered));
        }
        build.paragraph(None);
    }

    /// Text at this indent begins: what it is not inside of ends.
    pub(super) fn outside(&mut self, build: &mut Builder, indent: usize) {
        while self.open.last().is_some_and(|l| l.0 >= indent) {
            self.close(build);
        }
    }

    /// Whether a list is open.
    pub(super) fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// All of them end.
    pub(super) fn end(&mut self, build: &mut Builder) {
        while !self.open.is_empty() {
            self.close(build);
        }
    }

    fn close(&mut self, build: &mut Builder) {
        self.open.pop();
        build.close_list();
    }
}

/// The label of a link, and the length of the link, if a text begins with one.
pub(super) type Link = fn(&str) -> Option<(std::ops::Range<usize>, usize)>;

/// The marks inside a line of a format.
#[derive(Clone, Copy)]
pub(super) struct Marks {
    /// They make bold. The longest first.
    pub(super) bold: &'static [&'static str],
    /// They make anything else that reads the same.
    pub(super) other: &'static [&'static str],
    pub(super) link: Link,
}

/// Links and labels are no longer.
pub(super) const LINK: usize = 400;

/// The text of a link between two marks, or behind a separator in it: `[[page|text]]`.
pub(super) fn between(text: &str, open: &str, close: &str, separators: &[char]) -> Option<(std::ops::Range<usize>, usize)> {
    let inner = text.strip_prefix(open)?;
    let end = inner.char_indices().take(LINK).find(|(i, _)| inner.get(*i..).is_some_and(|r| r.starts_with(close)))?.0;
    let body = inner.get(..end)?;
    let from = body.find(|c| separators.contains(&c)).map_or(0, |i| i + 1);
    Some((open.len() + from..open.len() + end, open.len() + end + close.len()))
}

/// Adds a line to the open block: marks are left out, of links their text remains.
pub(super) fn inline(build: &mut Builder, line: &Line<'_>, marks: &Marks) {
    let text = line.text;
    let mut bold = false;
    let (mut from, mut at) = (0, 0);
    while let Some(rest) = text.get(at..).filter(|r| !r.is_empty()) {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let c = rest.chars().next().unwrap_or(' ');
        let fresh = before.is_none_or(|b| !b.is_alphanumeric());
        if fresh && let Some((label, len)) = (marks.link)(rest) {
            build.text(text.get(from..at).unwrap_or_default(), line.at + from, line.at + at);
            let label = at + label.start..at + label.end;
            build.text(text.get(label.clone()).unwrap_or_default(), line.at + label.start, line.at + label.end);
            at += len.max(1);
            from = at;
            continue;
        }
        if !c.is_alphanumeric() && c != ' ' {
            let all = marks.bold.iter().map(|m| (m, true)).chain(marks.other.iter().map(|m| (m, false)));
            if let Some((mark, is_bold)) = all.into_iter().find(|(m, _)| rest.starts_with(**m)) {
                let after = rest.get(mark.len()..).and_then(|r| r.chars().next());
                let opens = fresh && after.is_some_and(|a| !a.is_whitespace());
                let closes = before.is_some_and(|b| !b.is_whitespace()) && after.is_none_or(|a| !a.is_alphanumeric());
                if opens || closes {
                    build.text(text.get(from..at).unwrap_or_default(), line.at + from, line.at + at);
                    if is_bold && bold == closes {
                        bold = !bold;
                        build.bold(bold);
                    }
                    at += mark.len();
                    from = at;
                    continue;
                }
            }
        }
        at += c.len_utf8();
    }
    build.text(text.get(from..).unwrap_or_default(), line.at + from, line.end());
    if bold {
        build.bold(false);
    }
}
