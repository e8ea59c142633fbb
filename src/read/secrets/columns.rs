//! Tables with a column of passwords: what a password manager exports, and what people write into wikis.

use super::found::{Found, Span, What, Worth};
use super::matcher::Name;
use super::prose;
use super::scene::{Bare, Scene};
use super::value::judge;

/// A table is followed for so many rows.
const ROWS: usize = 20_000;

/// The secrets below every header that names a column of secrets.
pub(super) fn find<'a>(text: &'a str, names: &[Name], scene: &Scene, found: &mut Vec<Found<'a>>) {
    if scene.separator.is_none() && scene.bare != Bare::Prose {
        return;
    }
    let mut done = 0;
    for name in names {
        // a table ends, and so does a line that is no header: what they hold is not read twice
        if name.start < done {
            continue;
        }
        let header = line_around(text, name.start);
        done = header.1;
        let separator = match scene.separator {
            Some(separator) if header.0 == 0 => separator,
            None if scene.bare == Bare::Prose && text.get(header.0..header.1).is_some_and(|l| l.contains('|')) => '|',
            _ => continue,
        };
        let columns: Vec<(usize, Name)> = cells(text, header, separator)
            .enumerate()
            .filter_map(|(i, cell)| names_in(names, cell).find(|n| is_whole(text, n, cell)).map(|n| (i, n)))
            .collect();
        if columns.is_empty() {
            continue;
        }
        let mut at = header.1 + 1;
        for row in 0..ROWS {
            let span = line(text, at);
            let Some(raw) = text.get(span.0..span.1).filter(|_| at < text.len()) else { break };
            // the rule below the header decides whether it is one
            if separator == '|' && (!raw.contains('|') || (row == 0 && !raw.contains("--"))) {
                break;
            }
            let mut telling = columns.iter().peekable();
            for (i, cell) in cells(text, span, separator).enumerate() {
                let Some((column, name)) = telling.peek() else { break };
                if *column == i {
                    telling.next();
                    found.extend(give(text, cell, name, separator));
                }
            }
            at = span.1 + 1;
        }
        done = done.max(at);
    }
}

fn give<'a>(text: &'a str, cell: Span, name: &Name, separator: char) -> Option<Found<'a>> {
    let span = if separator == '|' { prose::inside(text, cell) } else { unquoted(text, cell) };
    let raw = text.get(span.0..span.1).filter(|r| !r.is_empty())?;
    let title = text.get(name.start..name.end)?;
    let worth = if separator == '|' { prose::worth(raw, name.class, true) } else { judge(raw, name.class, title) };
    let what = What::Guess("generic.column", name.class);
    (worth != Worth::Nothing).then(|| Found {
        span,
        whole: span,
        what,
        name: Some(title),
        key_id: None,
        value: raw.into(),
        encrypted: false,
        worth,
    })
}

fn names_in<'n>(names: &'n [Name], cell: Span) -> impl Iterator<Item = Name> + 'n {
    let from = names.partition_point(|n| n.start < cell.0);
    names.iter().skip(from).take_while(move |n| n.end <= cell.1).copied()
}

/// Whether the cell is the name and nothing else.
fn is_whole(text: &str, name: &Name, cell: Span) -> bool {
    let trim = |s: Option<&str>| s.is_some_and(|s| s.chars().all(|c| c.is_whitespace() || "\"'*_`".contains(c)));
    trim(text.get(cell.0..name.start)) && trim(text.get(name.end..cell.1))
}

/// The line around a byte.
fn line_around(text: &str, at: usize) -> Span {
    let start = text.as_bytes().get(..at).and_then(|b| memchr::memrchr(b'\n', b)).map_or(0, |i| i + 1);
    (start, line(text, at).1)
}

/// The line that begins at a byte.
fn line(text: &str, start: usize) -> Span {
    let start = start.min(text.len());
    let end = text.as_bytes().get(start..).and_then(|b| memchr::memchr(b'\n', b)).map_or(text.len(), |i| start + i);
    (start, end)
}

/// The cells of a row; a quoted cell of a CSV may hold the separator.
fn cells(text: &str, (start, end): Span, separator: char) -> impl Iterator<Item = Span> {
    let line = text.get(start..end).unwrap_or("").trim_end_matches('\r');
    let mut from = Some(0);
    std::iter::from_fn(move || {
        let at = from?;
        let rest = line.get(at..)?;
        let mut quoted = false;
        let length = rest.find(|c: char| {
            quoted ^= c == '"' && separator != '|';
            c == separator && !quoted
        });
        from = length.map(|n| at + n + separator.len_utf8());
        Some((start + at, start + at + length.unwrap_or(rest.len())))
    })
}

fn unquoted(text: &str, (start, end): Span) -> Span {
    let raw = text.get(start..end).unwrap_or("");
    let left = raw.trim_start().trim_start_matches('"');
    (end - left.len(), end - left.len() + left.trim_end().trim_end_matches('"').len())
}
