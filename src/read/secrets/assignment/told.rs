//! What the words after a name hand over: in pages, in tables of pages and in comments.

use super::{Bare, Documented, Reader};
use crate::read::secrets::found::{Found, Worth};
use crate::read::secrets::key::Class;
use crate::read::secrets::prose;
use crate::read::secrets::strength::looks_random;

/// No word of a sentence is longer, in bytes.
const WORD: usize = 256;
/// So far into a file documentation strings are followed.
const DOCUMENTED: usize = 64 * 1024;

impl<'a> Reader<'a, '_> {
    /// A row of a table: `| Password | … |`.
    pub(super) fn cell(&self, from: usize) -> Option<Found<'a>> {
        // A|B|C in a program joins flags
        if self.scene.bare != Bare::Prose && !self.lead().trim_start_matches(|c: char| "#/*; \t".contains(c)).starts_with('|') {
            return None;
        }
        let rest = self.text.get(from..self.line_end(from))?;
        let (cell, _) = rest.split_once('|')?;
        let span = prose::inside(self.text, (from, from + cell.len()));
        let raw = self.text.get(span.0..span.1)?;
        let worth = prose::worth(raw, self.name.class, true);
        (worth != Worth::Nothing).then(|| self.found(span, "generic.prose", worth))
    }

    pub(super) fn sentence(&self, from: usize) -> Option<Found<'a>> {
        (self.scene.bare == Bare::Prose || self.in_comment()).then(|| self.said(from)).flatten()
    }

    /// What the words after a name hand over.
    pub(super) fn said(&self, from: usize) -> Option<Found<'a>> {
        // a word of no language: each of its names would read it to its end again
        let rest = self.bytes.get(from..(from + WORD).min(self.bytes.len()))?;
        if rest.len() == WORD && !rest.iter().any(u8::is_ascii_whitespace) {
            return None;
        }
        // "pass" is a verb, and "pw" and "auth" stand in too many sentences
        let short = self.name_text().rsplit(['-', '_']).next().unwrap_or("").len() < 5;
        let rest = self.text.get(from..self.line_end(from))?.trim_start_matches(['*', '_', '"', '\'', '`', ')', ' ']);
        if self.name.class == Class::Auth && !self.name_text().to_ascii_lowercase().contains("cred") {
            return None;
        }
        // the last part of a path
        let lead = self.lead();
        let word = lead.rsplit(|c: char| c.is_whitespace() || "\"'`(<>".contains(c)).next().unwrap_or("");
        if word.ends_with('/') && (word.len() == 1 || word.matches('/').count() > 1) {
            return None;
        }
        // {{ … }}, and an attribute in a tag
        if lead.rfind("{{").is_some_and(|open| lead.get(open..).is_some_and(|inside| !inside.contains("}}"))) {
            return None;
        }
        if lead.rfind('<').is_some_and(|open| lead.get(open..).is_some_and(|tag| !tag.contains('>') && tag.contains('='))) {
            return None;
        }
        if short && !rest.starts_with([':', '=']) {
            return None;
        }
        let (span, worth) = prose::find(self.text, &self.name, (from, self.line_end(from)))?;
        // what a comment of a program gives a name is how it is written
        let given = self.scene.bare == Bare::Never && (rest.starts_with([':', '=']) || self.name.class == Class::Auth);
        let worth = if given && !self.text.get(span.0..span.1).is_some_and(looks_random) { worth.min(Worth::Mark) } else { worth };
        Some(self.found(span, "generic.prose", worth))
    }

    /// Whether a comment or a documentation string shows how something is called. What is indented there is code.
    pub(super) fn is_shown(&self, value: &str) -> bool {
        let body = self.lead().trim_start().trim_start_matches(['#', '/', '*', '!']);
        let code = body.starts_with("  ") || body.starts_with('\t');
        if self.in_comment() {
            return code || !looks_random(value);
        }
        !looks_random(value) && self.scene.documented == Documented::Strings && self.in_docstring()
    }

    /// Inside a string with three quotes, in a file of a size that people write.
    fn in_docstring(&self) -> bool {
        let before = self.bytes.get(..self.name.start.min(DOCUMENTED)).unwrap_or_default();
        let odd = |quotes: &[u8]| memchr::memmem::find_iter(before, quotes).count() % 2 == 1;
        self.name.start < DOCUMENTED && (odd(b"\"\"\"") || odd(b"'''"))
    }

    pub(super) fn in_comment(&self) -> bool {
        let lead = self.lead();
        let start = lead.trim_start();
        ["#", "//", "*", "/*", "--", ";", "<!--", "\"\"\"", "'''"].iter().any(|m| start.starts_with(m))
            || lead.contains(" # ")
            || lead.contains(" // ")
    }

    /// Whether a line has words before the name, and is no flow mapping.
    pub(super) fn is_inside_words(&self) -> bool {
        let lead = self.lead().trim_start_matches(['-', ' ', '\t', '#']);
        !lead.contains(['{', ',']) && lead.split_whitespace().count() > 1
    }
}
