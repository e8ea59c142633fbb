//! Tables: CSV with every quirk of spreadsheets and shells. Columns are found by name, never by position.

use crate::tree::{Entry, Node, Tree};
use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

/// A table whose header has been read.
#[derive(Debug)]
pub(super) struct Table<'a> {
    text: Cow<'a, str>,
    /// Where the table's rows stand in the document.
    origin: Origin,
    delimiter: u8,
    /// First byte of the header row.
    start: usize,
    columns: Vec<String>,
}

/// Where the text of a table stands in the document.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// It is the document.
    Document,
    /// It stands in a string of the document, where a row can be looked for by its words.
    Inside(Range<usize>),
}

/// Header rows longer than this are no header.
const LONGEST_HEADER: usize = 16 * 1024;

impl<'a> Table<'a> {
    /// The table in a text, if its first row could be a header.
    pub(super) fn open(text: Cow<'a, str>, origin: Origin) -> Option<Self> {
        let mut start = 0;
        let mut told = None;
        // `sep=;` is for spreadsheets, `#TYPE …` is by Export-Csv of Windows PowerShell
        let header = loop {
            let rest = text.get(start..)?;
            if rest.is_empty() {
                return None;
            }
            let line = rest.split('\n').next().unwrap_or_default();
            let bare = line.trim().trim_matches('"');
            if let Some(separator) = bare.strip_prefix("sep=") {
                told = separator.bytes().next();
            } else if !(bare.is_empty() || bare.starts_with("#TYPE")) {
                break line;
            }
            start += line.len() + 1;
        };
        if header.len() > LONGEST_HEADER {
            return None;
        }
        let delimiter = told.unwrap_or_else(|| delimiter(header));
        let mut table = Self { text, origin, delimiter, start, columns: Vec::new() };
        let mut row = csv::StringRecord::new();
        if !table.reader().read_record(&mut row).ok()? || row.len() < 2 {
            return None;
        }
        table.columns = row.iter().map(|c| c.trim().trim_start_matches('\u{feff}').to_lowercase()).collect();
        Some(table)
    }

    /// Whether a name is missing between others, or stands there twice: what the cells below mean is not known then.
    pub(super) fn is_damaged(&self) -> bool {
        let named = self.columns.iter().rposition(|c| !c.is_empty()).unwrap_or_default();
        let mut seen = HashSet::new();
        self.columns.iter().take(named + 1).any(|c| c.is_empty() || !seen.insert(c.as_str()))
    }

    /// The text of the header row.
    pub(super) fn header(&self) -> &str {
        self.text.get(self.start..).and_then(|t| t.lines().next()).unwrap_or_default()
    }

    /// A record with the table's columns and no values.
    pub(super) fn head(&self) -> Tree {
        let entry = |c: &String| Entry { key: c.as_str().into(), value: Tree { node: Node::Null, span: 0..0 }, at: 0 };
        Tree { node: Node::Map(self.columns.iter().map(entry).collect()), span: 0..0 }
    }

    fn reader(&self) -> csv::Reader<&[u8]> {
        csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter)
            .from_reader(self.text.get(self.start..).unwrap_or_default().as_bytes())
    }

    /// Calls `each` with every row that has the right number of cells and its number, the header being row 1.
    /// Returns how many rows had not.
    pub(super) fn rows(&self, doc: &str, mut each: impl FnMut(usize, &Tree)) -> u32 {
        let mut reader = self.reader();
        let mut row = csv::StringRecord::new();
        let (mut number, mut bad) = (0usize, 0u32);
        let mut searched = match &self.origin {
            Origin::Inside(range) => range.start,
            Origin::Document => 0,
        };
        loop {
            match reader.read_record(&mut row) {
                Ok(false) => return bad,
                Ok(true) => {}
                // the text is UTF-8 and rows may have any length, so this is out of reach; a reader that failed must not be asked for ever
                Err(_) => return bad.saturating_add(1),
            }
            number += 1;
            if number == 1 || row.iter().all(|c| c.trim().is_empty()) {
                continue;
            }
            let extra_is_empty = row.iter().skip(self.columns.len()).all(|c| c.trim().is_empty());
            if row.len() < self.columns.len() || !extra_is_empty {
                bad = bad.saturating_add(1);
                continue;
            }
            let at = self.start + row.position().map_or(0, |p| p.byte() as usize);
            let end = self.start + reader.position().byte() as usize;
            let span = self.place(doc, at..end, &mut searched);
            each(number, &self.record(&row, span));
        }
    }

    fn record(&self, row: &csv::StringRecord, span: Range<usize>) -> Tree {
        let entries = self.columns.iter().zip(row.iter()).map(|(column, cell)| Entry {
            key: column.as_str().into(),
            value: Tree { node: Node::Text(cell.trim().into()), span: span.clone() },
            at: span.start,
        });
        Tree { node: Node::Map(entries.collect()), span: span.clone() }
    }

    /// Where a row stands in the document.
    fn place(&self, doc: &str, row: Range<usize>, searched: &mut usize) -> Range<usize> {
        let raw = self.text.get(row.clone()).unwrap_or_default();
        let lead = raw.len() - raw.trim_start_matches(['\r', '\n']).len();
        let line = raw.trim_matches(['\r', '\n']);
        match &self.origin {
            Origin::Document => row.start + lead..row.start + lead + line.len(),
            Origin::Inside(whole) => {
                // in order, so that each search goes on where the last one ended
                match doc.get(*searched..whole.end).and_then(|t| t.find(line)) {
                    Some(i) if !line.is_empty() => {
                        let start = *searched + i;
                        *searched = start + line.len();
                        start..*searched
                    }
                    // base64: not found once is never found
                    _ => {
                        *searched = whole.end;
                        whole.clone()
                    }
                }
            }
        }
    }
}

/// The delimiter of a header row: the likely character that occurs most often outside quotes.
fn delimiter(header: &str) -> u8 {
    let mut counts = [(b',', 0usize), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut quoted = false;
    for b in header.bytes() {
        quoted ^= b == b'"';
        if let Some(count) = counts.iter_mut().find(|c| c.0 == b && !quoted) {
            count.1 += 1;
        }
    }
    counts.iter().rev().max_by_key(|c| c.1).map_or(b',', |c| c.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<(usize, String, String)>, u32) {
        let table = Table::open(text.into(), Origin::Document).expect("a table");
        let mut rows = Vec::new();
        let bad = table.rows(text, |n, row| {
            let cell = |k: &str| row.get(k).and_then(Tree::text).unwrap_or("?").to_owned();
            assert!(text[row.span.clone()].contains(&cell("user")[..1]), "{:?}", &text[row.span.clone()]);
            rows.push((n, cell("user"), cell("MFA")));
        });
        (rows, bad)
    }

    #[test]
    fn quirks_of_spreadsheets_and_shells() {
        let want = vec![(2, "ann".to_owned(), "TRUE".to_owned()), (3, "bob, jr".to_owned(), "false".to_owned())];
        for text in [
            "user,mfa,x\nann,TRUE,1\n\"bob, jr\",false,2\n",
            "\"USER\",\"Mfa\",\"x\"\r\n\"ann\",\"TRUE\",\"1\"\r\n\"bob, jr\",\"false\",\"2\"",
            "user;mfa;x\nann;TRUE;1\nbob, jr;false;2\n",
            "sep=;\r\nuser;mfa;x\r\nann;TRUE;1\r\nbob, jr;false;2;\r\n;;\r\n",
            "user\tmfa\tx\nann\tTRUE\t1\nbob, jr\tfalse\t2\n",
            "#TYPE System.Management.Automation.PSCustomObject\n\"mfa\",\"user\",\"x\"\n\"TRUE\",\"ann\",\"1\"\n\"false\",\"bob, jr\",\"2\"\n",
        ] {
            assert_eq!(read(text), (want.clone(), 0), "{text}");
        }
    }

    #[test]
    fn rows_of_the_wrong_length_are_counted_and_skipped() {
        let (rows, bad) = read("user,mfa,x\nann,true\nbob,true,1,2\ncy,true,1\ndi,tr");
        assert_eq!((rows.len(), bad), (1, 3));
        assert_eq!(rows.first().map(|r| r.0), Some(4));
    }

    #[test]
    fn rows_inside_a_string_are_found_there() {
        let doc = r#"{"Content": "user,mfa\nann,true\nbob,false"}"#;
        let table = Table::open("user,mfa\nann,true\nbob,false".into(), Origin::Inside(12..doc.len() - 1)).expect("a table");
        let mut rows = Vec::new();
        table.rows(doc, |_, row| rows.push(doc[row.span.clone()].to_owned()));
        assert_eq!(rows, ["ann,true", "bob,false"]);
    }

    #[test]
    fn what_is_no_table() {
        assert!(Table::open("".into(), Origin::Document).is_none());
        assert!(Table::open("one line of words".into(), Origin::Document).is_none());
        assert!(Table::open("sep=,".into(), Origin::Document).is_none());
    }
}
