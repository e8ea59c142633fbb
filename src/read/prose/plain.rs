//! Plain text to a [`Document`]: headings by underline, capitals, numbers or marks, items by their marker.

use super::document::{Document, Joined, Shape};

/// A heading is not longer than this.
const HEADING_BYTES: usize = 90;

struct Line<'a> {
    /// First byte in the source.
    at: usize,
    indent: usize,
    text: &'a str,
}

/// Reads plain text, reStructuredText, AsciiDoc or Org.
pub(super) fn read(text: &str) -> Document {
    let mut at = 0;
    let lines: Vec<Line<'_>> = text
        .split_inclusive('\n')
        .map(|raw| {
            let body = raw.trim();
            let indent = raw.len() - raw.trim_start().len();
            let line = Line { at: at + if body.is_empty() { 0 } else { indent }, indent, text: body };
            at += raw.len();
            line
        })
        .collect();
    let mut reader = Reader::default();
    let mut i = 0;
    while let Some(line) = lines.get(i) {
        let (before, next) = (i.checked_sub(1).and_then(|b| lines.get(b)), lines.get(i + 1));
        i += 1;
        let apart = before.is_none_or(|l| l.text.is_empty() || underline(l.text));
        if let Some(fence) =
            ["----", "....", "```", "~~~"].into_iter().find(|f| line.text.starts_with(f)).filter(|_| apart || line.text.starts_with("```"))
        {
            // a listing of AsciiDoc or a fence runs to the same mark; a lone rule does not
            if let Some(close) =
                lines.iter().skip(i).take(200).position(|l| l.text == line.text || l.text == fence).filter(|_| line.text.len() < 12)
            {
                reader.flush();
                i += close + 1;
                continue;
            }
        }
        if line.text.is_empty() || underline(line.text) || line.text.starts_with("..") && !line.text.starts_with("...") {
            reader.flush();
            continue;
        }
        let item = marker(line.text);
        let underlined = next.is_some_and(|l| underline(l.text) && l.text.len() + 2 >= line.text.chars().count().min(4));
        let closes = next.is_none_or(|l| l.text.is_empty() || underline(l.text));
        if underlined && line.text.len() <= HEADING_BYTES && line.indent == 0 {
            reader.underlined(line, next.and_then(|l| l.text.chars().next()).unwrap_or('='));
        } else if let Some((level, skip)) = marked(line.text).filter(|_| line.indent == 0) {
            reader.heading(line, level, skip);
        } else if apart && closes && line.indent < 4 && heading(line.text, item.map(|m| m.0)) {
            // a heading by its look only is above no marked one
            let numbered = line.text.split(' ').next().map_or(0, |n| n.trim_end_matches('.').matches('.').count()) as u8;
            reader.heading(line, 3 + numbered.min(3), 0);
        } else if let Some((ordered, skip)) = item {
            reader.open(line, Shape::Item { ordered }, skip);
        } else {
            reader.go_on(line, apart);
        }
    }
    reader.flush();
    reader.document
}

#[derive(Default)]
struct Reader {
    document: Document,
    /// Underline characters in the order they appeared: the first is the highest level.
    marks: Vec<char>,
    text: Joined,
    span: Option<(usize, usize)>,
    shape: Option<Shape>,
    indent: usize,
    last: Option<usize>,
    intro: Option<usize>,
}

impl Reader {
    fn underlined(&mut self, line: &Line<'_>, mark: char) {
        let level = match self.marks.iter().position(|m| *m == mark) {
            Some(level) => level,
            None => {
                self.marks.push(mark);
                self.marks.len() - 1
            }
        };
        self.heading(line, 1 + level.min(5) as u8, 0);
    }

    fn heading(&mut self, line: &Line<'_>, level: u8, skip: usize) {
        self.flush();
        let end = line.at + line.text.len();
        let mut text = Joined::default();
        text.piece(line.text.get(skip..).unwrap_or_default(), line.at + skip, end);
        self.last = self.document.push(Shape::Heading(level), text, (line.at, end), None);
        self.intro = None;
    }

    fn open(&mut self, line: &Line<'_>, shape: Shape, skip: usize) {
        self.flush();
        self.shape = Some(shape);
        self.indent = line.indent;
        self.add(line, skip);
    }

    fn go_on(&mut self, line: &Line<'_>, apart: bool) {
        let outdented = matches!(self.shape, Some(Shape::Item { .. })) && line.indent <= self.indent && apart;
        if self.shape.is_none() || outdented {
            self.flush();
            self.shape = Some(Shape::Paragraph);
            self.indent = line.indent;
        }
        self.text.gap(' ');
        self.add(line, 0);
    }

    fn add(&mut self, line: &Line<'_>, skip: usize) {
        let end = line.at + line.text.len();
        self.text.piece(line.text.get(skip..).unwrap_or_default(), line.at + skip, end);
        self.span.get_or_insert((line.at, end)).1 = end;
    }

    fn flush(&mut self) {
        let (text, span, shape) = (std::mem::take(&mut self.text), self.span.take(), self.shape.take());
        let (Some(span), Some(shape)) = (span, shape) else { return };
        let item = matches!(shape, Shape::Item { .. });
        if item && self.intro.is_none() {
            self.intro = self.last.filter(|i| self.document.blocks.get(*i).is_some_and(|b| b.text.text.ends_with(':')));
        } else if !item {
            self.intro = None;
        }
        let intro = if item { self.intro } else { None };
        if let Some(added) = self.document.push(shape, text, span, intro).filter(|_| !item) {
            self.last = Some(added);
        }
    }
}

/// A line of one repeated mark.
fn underline(text: &str) -> bool {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return false };
    "=-~^*+#\"'`_".contains(first) && text.len() >= 3 && chars.all(|c| c == first)
}

/// The level and the length of the mark of `== Title`, `** Title` or `# Title`.
fn marked(text: &str) -> Option<(u8, usize)> {
    let first = text.chars().next().filter(|c| "=*#".contains(*c))?;
    let count = text.chars().take_while(|c| *c == first).count();
    // one star is an item everywhere but in Org
    (text.get(count..)?.starts_with(' ') && count <= 6 && (first != '*' || count > 1)).then_some((count as u8, count + 1))
}

/// Whether an item counts, and the length of its marker.
fn marker(text: &str) -> Option<(bool, usize)> {
    for mark in ["- [ ] ", "- [x] ", "- ", "* ", "+ ", "• ", "o "] {
        if text.starts_with(mark) {
            return Some((false, mark.len()));
        }
    }
    let word = text.split(' ').next()?;
    let body = word.trim_start_matches('(').strip_suffix(['.', ')'])?;
    let counts = body == "#"
        || !body.is_empty() && body.len() <= 6 && body.chars().all(|c| c.is_ascii_digit() || c == '.')
        || body.len() == 1 && body.chars().all(|c| c.is_ascii_alphabetic());
    (counts && text.len() > word.len()).then_some((true, word.len() + 1))
}

/// Whether a line that stands alone looks like a heading.
fn heading(text: &str, item: Option<bool>) -> bool {
    let words = text.split_whitespace().count();
    if words > 10 || text.len() > HEADING_BYTES || item == Some(false) || text.ends_with(['.', ',', ';', '!']) {
        return false;
    }
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = letters >= 4 && text.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    capitals || text.ends_with(':') && words <= 6 || item == Some(true) && words <= 8 && text.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_items_and_wrapped_lines() {
        let text = "NIGHT SHIFT\n===========\n\nOne sentence\nover two lines.\n\n1. NEW TOKEN\n------------\n\na) Send it\n   on Slack.\nb) Wait.\n\nDo not:\n\n- share it\n\nRESET\n\nAsk first.\n";
        let document = read(text);
        let blocks: Vec<_> = document.blocks.iter().map(|b| (b.shape, b.text.text.as_str(), b.intro)).collect();
        assert_eq!(
            blocks,
            [
                (Shape::Heading(1), "NIGHT SHIFT", None),
                (Shape::Paragraph, "One sentence over two lines.", None),
                (Shape::Heading(2), "1. NEW TOKEN", None),
                (Shape::Item { ordered: true }, "Send it on Slack.", None),
                (Shape::Item { ordered: true }, "Wait.", None),
                (Shape::Heading(3), "Do not:", None),
                (Shape::Item { ordered: false }, "share it", Some(5)),
                (Shape::Heading(3), "RESET", None),
                (Shape::Paragraph, "Ask first.", None),
            ]
        );
        assert_eq!(text.get(document.blocks[3].span.0..document.blocks[3].span.1), Some("a) Send it\n   on Slack."));
    }
}
