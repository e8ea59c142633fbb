//! Plain text to a [`Document`]: headings by underline, capitals, numbers or marks, items by their marker.

use super::Document;
use super::builder::{Builder, HEADING_BYTES};
use super::lines::{Line, Lists, lines, marker, rule};

/// What can underline a title.
const RULES: &str = "=-~^*+#\"'`_";
/// A fence that is not closed within so many lines is none.
const FENCED: usize = 200;

/// Reads plain text.
pub(super) fn read(text: &str) -> Document {
    let mut build = Builder::default();
    read_into(&lines(text), &mut build);
    build.finish()
}

/// Reads lines of plain text.
pub(super) fn read_into(lines: &[Line<'_>], build: &mut Builder) {
    let mut reader = Reader { build, lists: Lists::default(), marks: Vec::new(), indent: 0, quoting: false };
    let mut i = 0;
    while let Some(line) = lines.get(i) {
        let (before, next) = (i.checked_sub(1).and_then(|b| lines.get(b)), lines.get(i + 1));
        i += 1;
        let apart = before.is_none_or(|l| l.text.is_empty() || is_rule(l.text));
        if line.text.starts_with("```") || line.text.starts_with("~~~") {
            // what is fenced is shown as it stands
            let mark = line.text.get(..3).unwrap_or_default();
            if let Some(close) = lines.iter().skip(i).take(FENCED).position(|l| l.text == mark) {
                reader.build.flush();
                i += close + 1;
                continue;
            }
        }
        let quoted = line.text.starts_with('>');
        if quoted != reader.quoting {
            reader.quote(quoted);
        }
        if quoted || line.text.is_empty() || is_rule(line.text) {
            reader.build.flush();
            if quoted {
                let text = line.skip(1);
                reader.build.text(text.text, text.at, text.end());
            }
            continue;
        }
        let item = marker(line.text);
        let underlined = next.is_some_and(|l| is_rule(l.text) && l.text.len() + 2 >= line.text.chars().count().min(4));
        let closes = next.is_none_or(|l| l.text.is_empty() || is_rule(l.text));
        if underlined && line.text.len() <= HEADING_BYTES && line.indent == 0 {
            reader.underlined(line, next.and_then(|l| l.text.chars().next()).unwrap_or('='));
        } else if let Some((level, skip)) = marked(line.text).filter(|_| line.indent == 0) {
            reader.heading(line, level, skip);
        } else if apart && (closes || before.is_none() && capitals(line.text)) && line.indent < 4 && heading(line.text, item.map(|m| m.0)) {
            // a heading by its look only is above no marked one
            let numbered = line.text.split(' ').next().map_or(0, |n| n.trim_end_matches('.').matches('.').count()) as u8;
            reader.heading(line, 3 + numbered.min(3), 0);
        } else if let Some((ordered, skip)) = item {
            reader.lists.item(reader.build, line.indent, ordered);
            reader.words(&line.skip(skip));
            reader.indent = line.indent;
        } else {
            reader.go_on(line, apart);
        }
    }
    reader.quote(false);
    reader.lists.end(reader.build);
}

struct Reader<'b> {
    build: &'b mut Builder,
    lists: Lists,
    /// Underline characters in the order they appeared: the first is the highest level.
    marks: Vec<char>,
    indent: usize,
    quoting: bool,
}

impl Reader<'_> {
    fn quote(&mut self, on: bool) {
        match (self.quoting, on) {
            (false, true) => {
                self.lists.end(self.build);
                self.build.open_quote();
            }
            (true, false) => self.build.close_quote(),
            _ => {}
        }
        self.quoting = on;
    }

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
        self.lists.end(self.build);
        self.build.heading(level, Some((line.at, line.end())));
        self.words(&line.skip(skip));
        self.build.flush();
    }

    /// A line without a mark: it begins a paragraph, or goes on with what is open.
    fn go_on(&mut self, line: &Line<'_>, apart: bool) {
        let outdented = self.lists.is_open() && line.indent <= self.indent;
        if apart || outdented || self.build.is_idle() {
            self.build.flush();
            self.lists.outside(self.build, line.indent);
            self.build.paragraph(None);
        }
        self.build.space();
        self.words(line);
    }

    fn words(&mut self, line: &Line<'_>) {
        self.build.text(line.text, line.at, line.end());
    }
}

fn is_rule(text: &str) -> bool {
    rule(text, RULES).is_some()
}

/// The level and the length of the mark of `== Title`, `** Title` or `# Title`.
fn marked(text: &str) -> Option<(u8, usize)> {
    let first = text.chars().next().filter(|c| "=*#".contains(*c))?;
    let count = text.chars().take_while(|c| *c == first).count();
    // one star is an item everywhere but in Org
    (text.get(count..)?.starts_with(' ') && count <= 6 && (first != '*' || count > 1)).then_some((count as u8, count + 1))
}

/// Whether a line that stands alone looks like a heading.
fn heading(text: &str, item: Option<bool>) -> bool {
    let words = text.split_whitespace().count();
    if words > 10 || text.len() > HEADING_BYTES || item == Some(false) || text.ends_with(['.', ',', ';', '!']) {
        return false;
    }
    capitals(text)
        || text.ends_with(':') && words <= 6
        || item == Some(true) && words <= 8 && text.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether every letter is a capital: at the top of a text that is its title, whatever follows.
fn capitals(text: &str) -> bool {
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    letters().count() >= 4 && letters().all(char::is_uppercase)
}
