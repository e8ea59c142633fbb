//! The value that stands in the line below its name.

use super::{Bare, Reader};
use crate::read::secrets::found::{Found, Span, Worth};
use crate::read::secrets::key::Class;
use crate::read::secrets::prose;

impl<'a> Reader<'a, '_> {
    /// Where the value stands if its own line has none.
    pub(super) fn below(&self, from: usize) -> Option<Span> {
        let end = self.line_end(from);
        let mark = self.text.get(from..end)?.trim_end();
        let (block, goes_on) = (mark.starts_with(['|', '>']) && mark.len() <= 3, mark == "\\");
        (mark.is_empty() || block || goes_on).then(|| self.under(end, block, goes_on)).flatten()
    }

    /// The one line below the end of the name's line that is its value.
    fn under(&self, end: usize, block: bool, goes_on: bool) -> Option<Span> {
        let next = end + 1 + usize::from(self.at(end) == b'\r' && self.at(end + 1) == b'\n');
        let indent = |from: usize| self.blank(from) - from;
        let own = self.lead().len() - self.lead().trim_start().len();
        let (start, stop) = (self.blank(next), self.line_end(next));
        if goes_on {
            let word = || Some((start, self.word(start, stop))).filter(|s| s.0 < s.1 && self.at(start) != b'-');
            return self.quoted(start).map(|(span, _)| span).or_else(word);
        }
        let deeper = indent(next) > own;
        if start == stop || !(deeper || self.scene.bare == Bare::Prose) {
            return None;
        }
        if let Some((span, _)) = self.quoted(start) {
            return Some(span);
        }
        let line = self.text.get(start..stop)?.trim_end();
        // the next key, an item, a text of several lines
        let key = line.ends_with(':') || line.contains(": ") || line.starts_with("- ");
        let after = stop + 1 + usize::from(self.at(stop) == b'\r');
        let ends = self.blank(after) == self.line_end(after) || indent(after) < indent(next);
        let scalar = matches!(self.scene.bare, Bare::Line | Bare::Prose) && !key && ends;
        (scalar && (block || !line.contains(char::is_whitespace))).then_some((start, start + line.len()))
    }

    /// What stands below its name; in a page it must look like a secret, for most lines below a title do not.
    pub(super) fn give_below(&self, span: Span) -> Option<Found<'a>> {
        if self.scene.bare != Bare::Prose {
            return self.give(span, "generic.assignment", false);
        }
        let span = prose::inside(self.text, span);
        let worth = prose::worth(self.text.get(span.0..span.1)?, self.name.class, true);
        (worth != Worth::Nothing && self.name.class != Class::Auth).then(|| self.found(span, "generic.prose", worth))
    }
}
