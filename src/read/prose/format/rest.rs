//! reStructuredText to a [`Document`].

use super::builder::{BOLD, Builder};
use super::lines::{Line, Lists, Marks, between, inline, lines, marker, rule};
use super::{Document, front};

const MARKS: Marks = Marks { bold: &["**"], other: &["``", "*", "`", "|"], link };
/// What can underline a title.
const RULES: &str = "=-~^*+#\"'`_:.<>!$%&,;?@/\\|";
/// Directives whose text is for a machine, or no text.
const MUTE: [&str; 30] = [
    "code",
    "code-block",
    "sourcecode",
    "literalinclude",
    "parsed-literal",
    "highlight",
    "image",
    "figure",
    "toctree",
    "raw",
    "math",
    "contents",
    "include",
    "index",
    "meta",
    "graphviz",
    "uml",
    "mermaid",
    "plantuml",
    "prompt",
    "program-output",
    "click",
    "jinja",
    "default-role",
    "role",
    "sectnum",
    "autoclass",
    "automodule",
    "autofunction",
    "testcode",
];

/// Reads reStructuredText.
pub(super) fn read(text: &str) -> Document {
    let lines = lines(text);
    let mut reader = Reader::default();
    let mut i = 0;
    while let Some(line) = lines.get(i) {
        i += reader.step(&lines, i, line).max(1);
    }
    reader.lists.end(&mut reader.build);
    reader.build.finish()
}

#[derive(Default)]
struct Reader {
    build: Builder,
    lists: Lists,
    /// Underline characters in the order they appeared, each with or without a line above.
    marks: Vec<(char, bool)>,
    /// Indent of the paragraph that ended in `::`: what is deeper is shown as it stands.
    literal: Option<usize>,
    apart: bool,
    indent: usize,
}

impl Reader {
    /// Reads what begins at a line; gives the number of lines it took.
    fn step(&mut self, lines: &[Line<'_>], i: usize, line: &Line<'_>) -> usize {
        if line.text.is_empty() {
            self.build.flush();
            self.apart = true;
            return 1;
        }
        let apart = std::mem::take(&mut self.apart) || i == 0;
        if let Some(indent) = self.literal.filter(|_| apart) {
            if line.indent > indent {
                self.apart = true;
                return 1 + body(lines, i + 1, indent);
            }
            self.literal = None;
        }
        if let Some(n) = self.title(lines, i, line) {
            return n;
        }
        if apart && (line.text.starts_with("+-") || line.text.starts_with("+=")) {
            return self.grid(lines.get(i..).unwrap_or_default());
        }
        if apart && is_simple(line.text) {
            return self.simple(lines.get(i..).unwrap_or_default());
        }
        if rule(line.text, RULES).is_some() && apart {
            self.build.flush();
            return 1;
        }
        if line.text == ".." || line.text.starts_with(".. ") {
            return self.directive(lines, i, line);
        }
        if let Some((key, value)) = line.text.strip_prefix(':').and_then(|t| t.split_once(": ")).filter(|(k, _)| apart && !k.contains('`'))
        {
            self.field(line, key, value);
            self.apart = true;
            return 1;
        }
        if let Some((ordered, skip)) = marker(line.text).filter(|_| apart || self.lists.is_open()) {
            self.lists.item(&mut self.build, line.indent, ordered);
            self.words(&line.skip(skip));
            self.indent = line.indent + skip;
            return 1;
        }
        if apart {
            self.lists.outside(&mut self.build, line.indent);
            self.build.paragraph(None);
            self.indent = line.indent;
        } else if line.indent > self.indent && self.build.is_idle() {
            self.build.paragraph(None);
        } else if line.indent < self.indent && !self.lists.is_open() {
            // the term above its definition
            self.build.paragraph(None);
            self.indent = line.indent;
        } else {
            self.build.space();
        }
        self.words(line);
        1
    }

    /// Words of a paragraph; `::` at its end announces what is shown as it stands.
    fn words(&mut self, line: &Line<'_>) {
        let literal = line.text.ends_with("::");
        self.literal = literal.then_some(line.indent);
        let text = if literal { line.text.get(..line.text.len() - 1).unwrap_or_default() } else { line.text };
        inline(&mut self.build, &Line { text: if literal && text == ":" { "" } else { text }, ..*line }, &MARKS);
    }

    fn title(&mut self, lines: &[Line<'_>], i: usize, line: &Line<'_>) -> Option<usize> {
        let next = lines.get(i + 1)?;
        let over = rule(line.text, RULES).filter(|_| line.indent == 0);
        let (text, under, n) = match over {
            Some(over) => (next, lines.get(i + 2).filter(|l| !next.text.is_empty() && rule(l.text, RULES) == Some(over))?, 3),
            None => (line, next, 2),
        };
        let mark = rule(under.text, RULES)?;
        let short = under.text.len() + 1 < text.text.chars().count() && under.text.len() < 4;
        if under.indent > 0 || short || over.is_none() && line.indent > 0 {
            return None;
        }
        self.lists.end(&mut self.build);
        let key = (mark, over.is_some());
        let level = match self.marks.iter().position(|m| *m == key) {
            Some(level) => level,
            None => {
                self.marks.push(key);
                self.marks.len() - 1
            }
        };
        self.build.heading(1 + level.min(5) as u8, Some((text.at, text.end())));
        inline(&mut self.build, text, &MARKS);
        self.build.flush();
        self.apart = true;
        Some(n)
    }

    fn directive(&mut self, lines: &[Line<'_>], i: usize, line: &Line<'_>) -> usize {
        self.build.flush();
        self.lists.outside(&mut self.build, line.indent);
        self.apart = true;
        let rest = line.skip(2);
        let Some((name, _)) = rest
            .text
            .split_once("::")
            .filter(|(n, _)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_:".contains(&b)))
        else {
            // a comment, a target, a substitution
            return 1 + body(lines, i + 1, line.indent);
        };
        let (name, argument) = (name.to_lowercase(), rest.skip(name.len() + 2));
        if MUTE.contains(&&*name) || name.starts_with("auto") || name.starts_with("py:") {
            if matches!(&*name, "code" | "code-block" | "sourcecode" | "parsed-literal") {
                self.build.code(argument.text.trim());
            }
            return 1 + body(lines, i + 1, line.indent);
        }
        let options = lines.iter().skip(i + 1).take_while(|l| l.indent > line.indent && l.text.starts_with(':')).count();
        let rows = lines.get(i + 1 + options..i + 1 + body(lines, i + 1, line.indent).max(options)).unwrap_or_default();
        let option = |name: &str| {
            let all = lines.get(i + 1..i + 1 + options).unwrap_or_default();
            all.iter()
                .find_map(|l| l.text.strip_prefix(':')?.strip_prefix(name)?.strip_prefix(':').map(|v| (v.trim(), l.skip(name.len() + 2))))
        };
        let headers = option("header-rows").and_then(|(n, _)| n.parse::<usize>().ok()).unwrap_or(0);
        match &*name {
            "list-table" => {
                self.list_table(rows, headers);
                return 1 + options + rows.len();
            }
            "csv-table" => {
                self.csv_table(rows, option("header").map(|h| h.1), headers);
                return 1 + options + rows.len();
            }
            "admonition" | "topic" | "sidebar" | "rubric" | "dropdown" | "tab" | "group-tab" | "tab-item" | "card"
                if !argument.text.is_empty() =>
            {
                self.build.heading(BOLD, None);
                inline(&mut self.build, &argument, &MARKS);
                self.build.flush();
            }
            // the first words of a note may follow its name
            "note" | "warning" | "important" | "caution" | "tip" | "hint" | "attention" | "danger" | "error" | "seealso"
                if !argument.text.is_empty() =>
            {
                self.build.paragraph(None);
                inline(&mut self.build, &argument, &MARKS);
                (self.apart, self.indent) = (false, line.indent + 1);
            }
            _ => {}
        }
        1 + options
    }

    fn field(&mut self, line: &Line<'_>, key: &str, value: &str) {
        if self.build.document.blocks.len() < 4 {
            front::say(key, value, (line.at, line.end()), &mut self.build.document);
        }
        self.build.paragraph(None);
        self.build.text(key, line.at + 1, line.at + 1 + key.len());
        self.build.text(": ", line.at + 1 + key.len(), line.at + 3 + key.len());
        inline(&mut self.build, &line.skip(key.len() + 3), &MARKS);
    }

    /// Rows as items of items: `* - cell`, `  - cell`.
    fn list_table(&mut self, rows: &[Line<'_>], headers: usize) {
        self.build.open_table();
        let (mut row, mut cell, mut depth) = (0usize, false, usize::MAX);
        for line in rows.iter().filter(|l| !l.text.is_empty()) {
            let opens = line.text.starts_with("* -") || line.text.starts_with("- -");
            let next = !opens && row > 0 && line.indent <= depth.saturating_add(2) && (line.text.starts_with("- ") || line.text == "-");
            if opens || next {
                if std::mem::take(&mut cell) {
                    self.build.close_cell();
                }
                if opens {
                    self.end_row(row, headers, line.at);
                    (row, depth) = (row + 1, line.indent);
                    self.build.open_row(line.at, line.end());
                }
                self.build.open_cell();
                cell = true;
                inline(&mut self.build, &line.skip(if opens { 3 } else { 1 }), &MARKS);
            } else if cell {
                self.build.space();
                inline(&mut self.build, line, &MARKS);
            }
        }
        if cell {
            self.build.close_cell();
        }
        self.end_row(row, headers, rows.last().map_or(0, Line::end));
        self.build.close_table();
    }

    fn end_row(&mut self, row: usize, headers: usize, end: usize) {
        match row {
            0 => {}
            1 if headers > 0 => self.build.close_head(),
            _ => self.build.close_row(end),
        }
    }

    fn csv_table(&mut self, rows: &[Line<'_>], header: Option<Line<'_>>, headers: usize) {
        self.build.open_table();
        let head = header.is_some();
        let rows = header.iter().chain(rows).filter(|l| !l.text.is_empty());
        for (n, line) in rows.enumerate() {
            self.build.open_row(line.at, line.end());
            for (from, to) in super::csv_cells(line.text) {
                self.build.open_cell();
                inline(&mut self.build, &Line { at: line.at + from, indent: 0, text: line.text.get(from..to).unwrap_or_default() }, &MARKS);
                self.build.close_cell();
            }
            if n == 0 && (head || headers > 0) { self.build.close_head() } else { self.build.close_row(line.end()) }
        }
        self.build.close_table();
    }

    /// A table drawn with lines: `| cell | cell |` between `+---+---+`.
    fn grid(&mut self, lines: &[Line<'_>]) -> usize {
        let len = lines.iter().take_while(|l| l.text.starts_with(['+', '|'])).count();
        let rows = lines.get(..len).unwrap_or_default();
        let headed = rows.iter().any(|l| l.text.starts_with("+="));
        self.build.open_table();
        let mut first = true;
        for row in rows.split(|l| l.text.starts_with('+')).filter(|r| !r.is_empty()) {
            let parts: Vec<Vec<Line<'_>>> = row.iter().map(|l| columns(l)).collect();
            let width = parts.iter().map(Vec::len).max().unwrap_or(0).min(100);
            let end = row.last().map_or(0, Line::end);
            self.build.open_row(row.first().map_or(0, |l| l.at), end);
            for column in 0..width {
                self.build.open_cell();
                for part in parts.iter().filter_map(|p| p.get(column)).filter(|p| !p.text.is_empty()) {
                    self.build.space();
                    inline(&mut self.build, part, &MARKS);
                }
                self.build.close_cell();
            }
            if std::mem::take(&mut first) && headed { self.build.close_head() } else { self.build.close_row(end) }
        }
        self.build.close_table();
        len.max(1)
    }

    /// A table whose columns stand below rules: `=====  =====`.
    fn simple(&mut self, lines: &[Line<'_>]) -> usize {
        let Some(rule) = lines.first() else { return 1 };
        let mut bounds: Vec<(usize, usize)> = Vec::new();
        for (at, _) in rule.text.match_indices('=').filter(|(at, _)| *at == 0 || rule.text.as_bytes().get(at - 1) == Some(&b' ')).take(100)
        {
            if let Some(last) = bounds.last_mut() {
                last.1 = at;
            }
            bounds.push((at, usize::MAX));
        }
        let rules: Vec<usize> = lines
            .iter()
            .enumerate()
            .take_while(|(n, l)| *n == 0 || !l.text.is_empty())
            .filter(|(_, l)| is_simple(l.text))
            .map(|l| l.0)
            .take(10)
            .collect();
        let Some(last) = rules.last().copied().filter(|l| *l > 0) else { return 1 };
        self.build.open_table();
        for (n, line) in lines.iter().enumerate().take(last).skip(1).filter(|(n, _)| !rules.contains(n)) {
            self.build.open_row(line.at, line.end());
            for (from, to) in &bounds {
                let (from, to) = (floor(line.text, *from), floor(line.text, *to));
                self.build.open_cell();
                let text = line.text.get(from..to).unwrap_or_default();
                let part = Line { at: line.at + from, indent: 0, text }.skip(0);
                inline(&mut self.build, &Line { text: part.text.trim_end(), ..part }, &MARKS);
                self.build.close_cell();
            }
            let head = rules.len() > 2 && rules.get(1).is_some_and(|r| n < *r);
            if head { self.build.close_head() } else { self.build.close_row(line.end()) }
        }
        self.build.close_table();
        last + 1
    }
}

/// Lines from one on that are deeper than an indent, or empty between such.
fn body(lines: &[Line<'_>], from: usize, indent: usize) -> usize {
    let rest = lines.get(from..).unwrap_or_default();
    rest.iter().position(|l| !l.text.is_empty() && l.indent <= indent).unwrap_or(rest.len())
}

fn is_simple(text: &str) -> bool {
    text.contains("= ") && text.bytes().all(|b| b == b'=' || b == b' ')
}

/// The nearest character's beginning at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..4).filter_map(|n| at.checked_sub(n)).find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

/// The cells of `| a | b |`.
pub(super) fn columns<'a>(line: &Line<'a>) -> Vec<Line<'a>> {
    let inner = line.text.strip_prefix('|').unwrap_or(line.text);
    let mut at = line.at + line.text.len() - inner.len();
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let mut out = Vec::new();
    for part in inner.split('|') {
        let text = part.trim();
        out.push(Line { at: at + part.len() - part.trim_start().len(), indent: 0, text });
        at += part.len() + 1;
    }
    out
}

/// `` `text <address>`_ ``, `` :role:`text` ``, `[1]_`.
fn link(text: &str) -> Option<(std::ops::Range<usize>, usize)> {
    if let Some(rest) = text.strip_prefix(':') {
        let role = rest.bytes().take(30).position(|b| b == b':').filter(|n| *n > 0)?;
        let inner =
            rest.get(..role).filter(|r| r.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))).and(rest.get(role + 1..))?;
        let skip = role + 2;
        let (label, len) = between(inner, "`", "`", &[])?;
        return Some((skip + label.start..skip + named(inner, &label), skip + len));
    }
    if !text.starts_with('`') || text.starts_with("``") {
        return None;
    }
    let (label, len) = between(text, "`", "`", &[])?;
    let tail = text.get(len..).map_or(0, |t| t.bytes().take(2).take_while(|b| *b == b'_').count());
    Some((label.start..named(text, &label), len + tail))
}

/// The end of a label without the address behind it.
fn named(text: &str, label: &std::ops::Range<usize>) -> usize {
    let body = text.get(label.clone()).unwrap_or_default();
    body.find(" <").filter(|_| body.ends_with('>')).map_or(label.end, |i| label.start + i)
}
