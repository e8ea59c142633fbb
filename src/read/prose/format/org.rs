//! Org to a [`Document`].

use super::builder::{BOLD, Builder};
use super::lines::{Line, Lists, Marks, between, checkbox, inline, lines, marker};
use super::rest::columns;
use super::{Document, front};

const MARKS: Marks = Marks { bold: &["*"], other: &["/", "_", "=", "~"], link };
/// States that stand before the words of a heading.
const STATES: [&str; 9] = ["TODO", "DONE", "NEXT", "WAITING", "WAIT", "HOLD", "CANCELLED", "CANCELED", "STARTED"];

/// Reads Org.
pub(super) fn read(text: &str) -> Document {
    let lines = lines(text);
    let mut reader = Reader::default();
    for (i, line) in lines.iter().enumerate() {
        reader.line(line, lines.get(i + 1));
    }
    reader.end_table();
    reader.lists.end(&mut reader.build);
    reader.build.finish()
}

#[derive(Default)]
struct Reader {
    build: Builder,
    lists: Lists,
    /// What ends the passage that is passed over.
    mute: Option<&'static str>,
    in_table: bool,
    apart: bool,
}

impl Reader {
    fn line(&mut self, line: &Line<'_>, next: Option<&Line<'_>>) {
        let text = line.text;
        let lower = text.get(..text.len().min(20)).unwrap_or_default().to_ascii_lowercase();
        if let Some(end) = self.mute {
            if lower.starts_with(end) {
                self.mute = None;
            }
            return;
        }
        if !text.starts_with('|') {
            self.end_table();
        }
        if text.is_empty() {
            self.build.flush();
            self.apart = true;
            return;
        }
        let apart = std::mem::take(&mut self.apart);
        if let Some(rest) = lower.strip_prefix("#+") {
            self.keyword(line, rest);
            return;
        }
        if text.starts_with("# ")
            || text.starts_with(": ")
            || lower.starts_with("scheduled:")
            || lower.starts_with("deadline:")
            || lower.starts_with("closed:")
        {
            return;
        }
        if lower == ":properties:" || lower == ":logbook:" {
            self.build.flush();
            self.mute = Some(":end:");
            return;
        }
        let stars = text.bytes().take_while(|b| *b == b'*').count();
        if stars > 0 && line.indent == 0 && text.as_bytes().get(stars) == Some(&b' ') {
            return self.heading(line, stars);
        }
        if text.starts_with('|') {
            return self.row(line, next);
        }
        if let Some((ordered, skip)) = marker(text) {
            self.lists.item(&mut self.build, line.indent, ordered);
            let rest = line.skip(skip);
            // `term :: what it means`
            match rest.text.split_once(" :: ") {
                Some((term, _)) => {
                    inline(&mut self.build, &Line { text: term, ..rest }, &MARKS);
                    self.build.text(": ", rest.at + term.len(), rest.at + term.len() + 2);
                    inline(&mut self.build, &rest.skip(term.len() + 4), &MARKS);
                }
                None => inline(&mut self.build, &rest, &MARKS),
            }
            return;
        }
        if apart || self.build.is_idle() {
            self.lists.outside(&mut self.build, line.indent);
            self.build.paragraph(None);
        } else {
            self.build.space();
        }
        inline(&mut self.build, line, &MARKS);
    }

    fn keyword(&mut self, line: &Line<'_>, rest: &str) {
        self.build.flush();
        self.apart = true;
        self.mute = match rest {
            r if r.starts_with("begin_src") => Some("#+end_src"),
            r if r.starts_with("begin_example") => Some("#+end_example"),
            r if r.starts_with("begin_export") => Some("#+end_export"),
            r if r.starts_with("begin_comment") => Some("#+end_comment"),
            _ => None,
        };
        if rest.starts_with("begin_quote") {
            self.build.open_quote();
        } else if rest.starts_with("end_quote") {
            self.build.close_quote();
        } else if let Some((key, value)) = line.text.trim_start_matches("#+").split_once(':') {
            front::say(key, value, (line.at, line.end()), &mut self.build.document);
            if key.eq_ignore_ascii_case("caption") {
                self.build.heading(BOLD, None);
                inline(&mut self.build, &line.skip(line.text.len() - value.len()), &MARKS);
                self.build.flush();
            }
        }
    }

    fn heading(&mut self, line: &Line<'_>, stars: usize) {
        self.lists.end(&mut self.build);
        let mut rest = line.skip(stars);
        let state = rest.text.split(' ').next().unwrap_or_default();
        if STATES.contains(&state) {
            rest = rest.skip(state.len());
        }
        if rest.text.starts_with("[#") {
            rest = rest.skip(4);
        }
        rest = rest.skip(checkbox(rest.text));
        // tags at the end: `:ops:help:`
        let tags = rest.text.rsplit_once(char::is_whitespace).filter(|(_, t)| t.len() > 2 && t.starts_with(':') && t.ends_with(':'));
        let text = tags.map_or(rest.text, |t| t.0.trim_end());
        self.build.heading(stars.min(6) as u8, Some((line.at, line.end())));
        inline(&mut self.build, &Line { text, ..rest }, &MARKS);
        self.build.flush();
        self.apart = true;
    }

    fn row(&mut self, line: &Line<'_>, next: Option<&Line<'_>>) {
        if line.text.starts_with("|-") {
            return;
        }
        let first = !std::mem::replace(&mut self.in_table, true);
        if first {
            self.lists.outside(&mut self.build, line.indent);
            self.build.open_table();
        }
        self.build.open_row(line.at, line.end());
        for cell in columns(line) {
            self.build.open_cell();
            inline(&mut self.build, &cell, &MARKS);
            self.build.close_cell();
        }
        let head = first && next.is_some_and(|n| n.text.starts_with("|-"));
        if head { self.build.close_head() } else { self.build.close_row(line.end()) }
    }

    fn end_table(&mut self) {
        if std::mem::take(&mut self.in_table) {
            self.build.close_table();
            self.apart = true;
        }
    }
}

/// `[[address][text]]`, `[[address]]`.
fn link(text: &str) -> Option<(std::ops::Range<usize>, usize)> {
    let (whole, len) = between(text, "[[", "]]", &[])?;
    let label = text.get(whole.clone())?.find("][").map_or(whole.start, |i| whole.start + i + 2);
    Some((label..whole.end, len))
}
