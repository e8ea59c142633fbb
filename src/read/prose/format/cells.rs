//! Values of CSV and JSON as text that knows its source: escapes are read, and every byte is still found.

use super::Joined;
use crate::tree::{Node, Tree};

/// A string of JSON, by the bytes of its literal.
pub(super) fn json(source: &str, value: &Tree) -> Joined {
    let mut out = Joined::default();
    let (start, end) = (value.span.start, value.span.end);
    let Some(raw) = source.get(start..end) else { return out };
    if !matches!(value.node, Node::Text(_)) {
        out.piece(value.scalar().unwrap_or_default(), start, end);
        return out;
    }
    let inner = raw.strip_prefix('"').and_then(|r| r.strip_suffix('"')).unwrap_or(raw);
    let base = start + usize::from(raw.len() > inner.len());
    let (mut from, mut at) = (0, 0);
    while let Some(i) = memchr::memchr(b'\\', inner.as_bytes().get(at..).unwrap_or_default()).map(|i| i + at) {
        out.piece(inner.get(from..i).unwrap_or_default(), base + from, base + i);
        let (c, len) = escaped(inner.get(i..).unwrap_or_default());
        out.piece(c.encode_utf8(&mut [0; 4]), base + i, base + i + len);
        at = i + len;
        from = at;
    }
    out.piece(inner.get(from..).unwrap_or_default(), base + from, base + inner.len());
    out
}

/// The character that an escape stands for, and its length.
fn escaped(text: &str) -> (char, usize) {
    let unit = |at: usize| text.get(at..at + 4).and_then(|h| u32::from_str_radix(h, 16).ok());
    match text.as_bytes().get(1) {
        Some(b'n') => ('\n', 2),
        Some(b'r' | b't' | b'b' | b'f') => (' ', 2),
        Some(b'u') => match unit(2) {
            // a character beyond the first plane is written as two
            Some(high @ 0xd800..=0xdbff) => match unit(8).filter(|low| text.get(6..8) == Some("\\u") && (0xdc00..=0xdfff).contains(low)) {
                Some(low) => (char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)).unwrap_or(' '), 12),
                None => (' ', 6),
            },
            Some(code) => (char::from_u32(code).unwrap_or(' '), 6),
            None => (' ', 2),
        },
        Some(c) if c.is_ascii() => (char::from(*c), 2),
        _ => ('\\', 1),
    }
}

/// The rows of a CSV file, each cell with its text; `see` says whether to go on.
pub(super) fn csv(source: &str, separator: u8, see: &mut dyn FnMut(Vec<Joined>, (usize, usize)) -> bool) {
    let bytes = source.as_bytes();
    let (mut at, mut row, mut start) = (0, Vec::new(), 0);
    while at < bytes.len() {
        let mut cell = Joined::default();
        if bytes.get(at) == Some(&b'"') {
            at += 1;
            // a quotation mark in a value is written twice
            while let Some(i) = memchr::memchr(b'"', bytes.get(at..).unwrap_or_default()).map(|i| i + at) {
                let twice = bytes.get(i + 1) == Some(&b'"');
                let end = i + usize::from(twice);
                cell.piece(source.get(at..end).unwrap_or_default(), at, end);
                at = i + 1 + usize::from(twice);
                if !twice {
                    break;
                }
            }
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let end = at + memchr::memchr2(separator, b'\n', rest).unwrap_or(rest.len());
        cell.piece(source.get(at..end).unwrap_or_default().trim_end_matches('\r'), at, end);
        row.push(cell);
        at = end + 1;
        if bytes.get(end) != Some(&separator) {
            if !see(std::mem::take(&mut row), (start, end.min(bytes.len()))) {
                return;
            }
            start = at;
        }
    }
    if !row.is_empty() {
        see(row, (start, bytes.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_found() {
        let source = r#"{"a": "say \"no\"\nto \u00fc\ud83d\ude00."}"#;
        let tree = crate::tree::json(source).expect("JSON");
        let text = json(source, tree.get("a").expect("a"));
        assert_eq!(text.text, "say \"no\"\nto ü😀.");
        let at = text.text.find("no").expect("no");
        let (from, to) = text.source(at, at + 2);
        assert_eq!(source.get(from..to), Some("no"));

        let source = "a;\"b \"\"x\"\"\ny\";c\r\n1;2;3";
        let mut rows = Vec::new();
        csv(source, b';', &mut |row, span| {
            rows.push((row.iter().map(|c| c.text.clone()).collect::<Vec<_>>(), span));
            true
        });
        assert_eq!(
            rows,
            [(vec!["a".into(), "b \"x\"\ny".into(), "c".into()], (0, 16)), (vec!["1".into(), "2".into(), "3".into()], (17, 22))]
        );
        // a quotation that never ends
        let mut count = 0;
        csv("\"a,b\nc", b',', &mut |_, _| {
            count += 1;
            true
        });
        assert!(count >= 1);
    }
}
