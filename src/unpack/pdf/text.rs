//! The text layer of a PDF as lines, by where its glyphs stand. Larger type is a heading, a gap ends a paragraph.

use crate::artifact::Why;
use lopdf::content::Content;
use lopdf::{Dictionary, Document, Encoding, Object, ObjectId};
use std::collections::BTreeMap;

/// Bytes that a stream may unpack to.
const STREAM: usize = 64 * 1024 * 1024;
/// Type so much larger than most of the text is a heading.
const LARGER: f32 = 1.15;
/// A heading is not longer than this.
const HEADING_BYTES: usize = 120;

/// A run of glyphs on a line.
struct Line {
    y: f32,
    /// Where it ends.
    end: f32,
    size: f32,
    text: String,
}

/// The text of a PDF, and whether all of its pages could be read.
pub(super) fn of(bytes: &[u8]) -> Result<(String, bool), Why> {
    let document = Document::load_mem(bytes).map_err(|_| Why::BrokenContainer)?;
    if document.is_encrypted() {
        return Err(Why::Encrypted);
    }
    let numbered = document.get_pages();
    let count = numbered.len();
    let pages: Vec<Vec<Line>> = numbered.into_values().filter_map(|page| lines(&document, page)).collect();
    if pages.is_empty() {
        return Err(Why::BrokenContainer);
    }
    let whole = pages.len() == count;
    // the size of most of the text
    let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
    for line in pages.iter().flatten() {
        *sizes.entry((line.size * 10.0) as u32).or_default() += line.text.len();
    }
    let usual = sizes.iter().max_by_key(|s| s.1).map_or(0.0, |s| *s.0 as f32 / 10.0);
    let mut larger: Vec<u32> = sizes.into_keys().filter(|s| *s as f32 / 10.0 > usual * LARGER).collect();
    larger.reverse();
    let mut out = String::new();
    for page in pages {
        let mut above: Option<f32> = None;
        // a heading of two lines is one
        let mut heading: Option<(usize, f32)> = None;
        for line in page.iter().filter(|l| !l.text.trim().is_empty()) {
            let level = larger.iter().position(|s| *s == (line.size * 10.0) as u32).filter(|_| line.text.len() <= HEADING_BYTES);
            let gap = above.is_none_or(|y| (y - line.y).abs() > line.size * 1.7);
            let goes_on = heading.is_some_and(|(l, y)| level == Some(l) && y > line.y && y - line.y < line.size * 1.5);
            heading = level.map(|l| (l, line.y));
            if goes_on {
                out.truncate(out.trim_end().len());
                out.push(' ');
                out.push_str(line.text.trim());
                out.push('\n');
                continue;
            }
            if level.is_some() || gap {
                out.push('\n');
            }
            match level {
                Some(level) => {
                    out.push_str(&"#".repeat(level.min(5) + 1));
                    out.push(' ');
                    out.push_str(line.text.trim());
                    out.push('\n');
                    above = None;
                    continue;
                }
                None => out.push_str(line.text.trim_end()),
            }
            out.push('\n');
            above = Some(line.y);
        }
    }
    Ok((out, whole))
}

/// A font: how its bytes read, and how wide its glyphs are.
struct Font<'a> {
    encoding: Option<Encoding<'a>>,
    widths: BTreeMap<u32, f32>,
    usual: f32,
    wide: bool,
}

impl Font<'_> {
    fn text(&self, bytes: &[u8]) -> String {
        let read = self.encoding.as_ref().and_then(|e| Document::decode_text(e, bytes).ok());
        // in the fonts of symbols, a character of private use is the mark of an item
        let shown = |c: char| if ('\u{f000}'..='\u{f0ff}').contains(&c) { '•' } else { c };
        read.unwrap_or_default().chars().filter(|c| !c.is_control()).map(shown).collect()
    }

    /// In thousandths of the size of the type.
    fn width(&self, bytes: &[u8]) -> f32 {
        let width = |code: u32| self.widths.get(&code).copied().unwrap_or(self.usual);
        match self.wide {
            true => bytes.chunks(2).map(|c| width(c.iter().fold(0, |n, b| n << 8 | u32::from(*b)))).sum(),
            false => bytes.iter().map(|b| width(u32::from(*b))).sum(),
        }
    }
}

fn number(object: &Object) -> f32 {
    object.as_float().or_else(|_| object.as_i64().map(|n| n as f32)).unwrap_or(0.0)
}

fn font<'a>(document: &'a Document, dictionary: &'a Dictionary) -> Font<'a> {
    let encoding = dictionary.get_font_encoding_with_limit(document, STREAM).ok();
    let mut font = Font { encoding, widths: BTreeMap::new(), usual: 500.0, wide: false };
    let list = |dictionary: &'a Dictionary, key: &[u8]| dictionary.get_deref(key, document).and_then(Object::as_array).ok();
    if let Some(widths) = list(dictionary, b"Widths") {
        let first = dictionary.get_deref(b"FirstChar", document).and_then(Object::as_i64).unwrap_or(0).max(0) as u32;
        font.widths = (first..).zip(widths.iter().take(65_536).map(number)).collect();
    }
    let inner = list(dictionary, b"DescendantFonts").and_then(|d| d.first());
    let inner = inner.and_then(|d| document.dereference(d).ok()).and_then(|d| d.1.as_dict().ok());
    if let Some(inner) = inner {
        font.wide = true;
        font.usual = inner.get_deref(b"DW", document).map(number).unwrap_or(1000.0);
        let mut parts = list(inner, b"W").into_iter().flatten();
        // `first [w w w]` or `first last w`
        while let (Some(first), Some(next)) = (parts.next(), parts.next()) {
            let first = number(first).max(0.0) as u32;
            match document.dereference(next).map(|n| n.1) {
                Ok(Object::Array(widths)) => font.widths.extend((first..).zip(widths.iter().take(65_536).map(number))),
                _ => {
                    let (last, width) = (number(next).max(0.0) as u32, parts.next().map_or(0.0, number));
                    font.widths.extend((first..=last.min(first.saturating_add(65_535))).map(|c| (c, width)));
                }
            }
        }
    }
    font
}

/// What is being written, and where.
struct Pen {
    /// Scale and place of the page, of the text, and of the line.
    page: [f32; 6],
    text: [f32; 6],
    line: [f32; 6],
    size: f32,
    leading: f32,
    lines: Vec<Line>,
}

fn times(a: [f32; 6], b: [f32; 6]) -> [f32; 6] {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

const STILL: [f32; 6] = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

impl Pen {
    fn down(&mut self, x: f32, y: f32) {
        self.line = times([1.0, 0.0, 0.0, 1.0, x, y], self.line);
        self.text = self.line;
    }

    fn show(&mut self, bytes: &[u8], font: &Font<'_>) {
        let at = times(self.text, self.page);
        let size = self.size * (at[2].hypot(at[3])).abs();
        let text = font.text(bytes);
        let wide = font.width(bytes) / 1000.0 * self.size;
        self.text = times([1.0, 0.0, 0.0, 1.0, wide, 0.0], self.text);
        let end = times(self.text, self.page)[4];
        if text.is_empty() {
            return;
        }
        match self.lines.last_mut().filter(|l| (l.y - at[5]).abs() < size * 0.3 && at[4] > l.end - size * 2.0) {
            Some(line) => {
                if at[4] - line.end > size * 0.18 && !line.text.ends_with(' ') && !text.starts_with(' ') {
                    line.text.push(' ');
                }
                line.text.push_str(&text);
                line.end = end;
                line.size = line.size.max(size);
            }
            None => self.lines.push(Line { y: at[5], end, size, text }),
        }
    }
}

/// The lines of a page, in the order of its content.
fn lines(document: &Document, page: ObjectId) -> Option<Vec<Line>> {
    let fonts = document.get_page_fonts(page).unwrap_or_default();
    let fonts: BTreeMap<Vec<u8>, Font<'_>> = fonts.into_iter().map(|(name, dictionary)| (name, font(document, dictionary))).collect();
    let content = Content::decode(&document.get_page_content_with_limit(page, STREAM).ok()?).ok()?;
    let mut pen = Pen { page: STILL, text: STILL, line: STILL, size: 1.0, leading: 0.0, lines: Vec::new() };
    let mut saved = Vec::new();
    let mut current = None;
    for operation in &content.operations {
        let operand = |i: usize| operation.operands.get(i).map_or(0.0, number);
        let matrix = || std::array::from_fn(operand);
        match operation.operator.as_str() {
            "q" if saved.len() < 1000 => saved.push(pen.page),
            "Q" => pen.page = saved.pop().unwrap_or(pen.page),
            "cm" => pen.page = times(matrix(), pen.page),
            "BT" => (pen.text, pen.line) = (STILL, STILL),
            "Tm" => {
                pen.line = matrix();
                pen.text = pen.line;
            }
            "TL" => pen.leading = operand(0),
            "Td" => pen.down(operand(0), operand(1)),
            "TD" => {
                pen.leading = -operand(1);
                pen.down(operand(0), operand(1));
            }
            "T*" => pen.down(0.0, -pen.leading),
            "Tf" => {
                current = operation.operands.first().and_then(|f| f.as_name().ok()).and_then(|name| fonts.get(name));
                pen.size = operand(1);
            }
            "Tj" | "'" | "\"" | "TJ" => {
                if matches!(operation.operator.as_str(), "'" | "\"") {
                    pen.down(0.0, -pen.leading);
                }
                let Some(font) = current else { continue };
                for part in operation.operands.iter().flat_map(|o| o.as_array().map_or(std::slice::from_ref(o), Vec::as_slice)) {
                    match part {
                        Object::String(bytes, _) => pen.show(bytes, font),
                        Object::Integer(_) | Object::Real(_) if operation.operator == "TJ" => {
                            pen.text = times([1.0, 0.0, 0.0, 1.0, -number(part) / 1000.0 * pen.size, 0.0], pen.text);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Some(pen.lines)
}
