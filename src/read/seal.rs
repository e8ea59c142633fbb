//! The last act of reading: spots become places and quotes, raw strings become clean ones.

use super::parts::Part;
use super::{Allowed, Doc, Drafts, Knowledge, Lines, Mark, Reading, path_marks, redactor};
use crate::artifact::{Clean, Place, Quote, Redactor, Spot, mask};
use crate::fact::Allowance;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A quote shows at most so many lines and bytes.
const QUOTE_LINES: u32 = 3;
const QUOTE_BYTES: usize = 400;

/// The hashes of a longer text are left to whoever needs them: each line costs far more memory than its bytes.
const HASHED: usize = 8 * 1024 * 1024;

/// What the text of a sealer is to the artifact.
#[derive(Debug, Clone, Copy)]
pub(super) enum Base<'a> {
    /// All of it.
    Whole,
    /// A window: so many bytes and lines stand before it.
    Window(usize, u32),
    /// A part of an export.
    Part(&'a Part),
}

pub(super) struct Sealer<'a> {
    text: &'a str,
    lines: Lines,
    /// Spans to cut, merged, with what stands in their place.
    cuts: Vec<(usize, usize, String)>,
    redactor: Redactor,
    path: Clean,
    base: Base<'a>,
    /// The commit that holds the text, if it is not in the work tree.
    pub(super) commit: Option<Clean>,
    /// GitHub's hashes of the redacted lines, made when the first quote is cut.
    line_hashes: OnceCell<Vec<String>>,
}

impl<'a> Sealer<'a> {
    pub(super) fn new(doc: &Doc<'a>, marks: &[Mark], knowing: &Knowledge, base: Base<'a>) -> Self {
        let marks: Vec<Mark> = marks.iter().cloned().chain(path_marks(doc.path, knowing)).chain(path_marks(doc.home, knowing)).collect();
        let redactor = redactor(doc.text, &marks);
        let mut spans: Vec<_> =
            marks.iter().filter(|m| m.end > m.start).map(|m| (m.start, m.end, mask(&m.value, m.public_prefix))).collect();
        spans.sort();
        let mut cuts: Vec<(usize, usize, String)> = Vec::new();
        for (start, end, instead) in spans {
            match cuts.last_mut() {
                Some(last) if start < last.1 => last.1 = last.1.max(end),
                _ => cuts.push((start, end, instead)),
            }
        }
        let path = redactor.clean(doc.path);
        Self { text: doc.text, lines: Lines::new(doc.text), cuts, redactor, path, base, commit: None, line_hashes: OnceCell::new() }
    }

    pub(super) fn path(&self) -> Clean {
        self.path.clone()
    }

    pub(super) fn seal(&self, drafts: Drafts, allowances: &[Allowed]) -> Reading {
        let mut quotes: BTreeMap<Spot, Arc<Quote>> = BTreeMap::new();
        let mut clean = |raw: &str| self.redactor.clean(raw);
        let mut quote = |spot: &Spot| quotes.entry(spot.clone()).or_insert_with(|| Arc::new(self.quote(spot))).clone();
        let facts = drafts
            .facts
            .into_iter()
            .map(|draft| {
                // an export that is read in parts has a million facts: each is quoted once
                let at = matches!(self.base, Base::Part(_)).then(|| quote(&draft.at));
                draft.seal(&mut clean, &mut |spot| at.clone().unwrap_or_else(|| quote(spot)))
            })
            .collect();
        let allowances = allowances
            .iter()
            .map(|allowed| Allowance {
                path: self.path.clone(),
                line: self.lines_before() + self.lines.position(allowed.at).0,
                until: self.lines_before() + self.lines.position(allowed.until).0,
                rule: self.redactor.clean(&allowed.rule),
                because: self.redactor.clean(&allowed.because),
            })
            .collect();
        Reading { facts, allowances, ..Reading::default() }
    }

    fn quote(&self, spot: &Spot) -> Quote {
        let start = spot.start.min(self.text.len());
        let end = spot.end.clamp(start, self.text.len());
        let (line, column) = self.lines.position(start);
        let (end_line, _) = self.lines.position(if end > start { end - 1 } else { end });
        // what is said of an export as a whole stands at its top, whichever part says it
        let of_all = spot.end == 0;
        let before = if of_all { 0 } else { self.lines_before() };
        let offset = |at| if of_all { 0 } else { self.offset(at) as u64 };
        let place = Place {
            path: self.path.clone(),
            line: before + line,
            column,
            end_line: before + end_line,
            span: (offset(start), offset(end)),
            pointer: spot.pointer.as_deref().map(|p| match self.base {
                Base::Part(part) => self.redactor.clean(&part.pointer(p)),
                _ => self.redactor.clean(p),
            }),
            commit: self.commit.clone(),
            line_hash: self.line_hash(line),
        };
        let from = self.lines.start(line);
        let last = end_line.min(line + QUOTE_LINES - 1);
        let to = match self.lines.start(last + 1) {
            0 => self.text.len(),
            next => next,
        };
        // on a very long line the window lies around the spot, not at the line's start
        let from = if start - from > QUOTE_BYTES / 2 { start - QUOTE_BYTES / 4 } else { from };
        let (from, to) = match self.base {
            Base::Part(part) => (from.max(part.own.start.min(start)), to.min(part.own.end.max(end))),
            _ => (from, to),
        };
        let text = self.cut(from, to.max(from));
        Quote { place, text: self.redactor.clean(text.trim_end().trim_start_matches(['\n', '\r'])) }
    }

    fn lines_before(&self) -> u32 {
        match self.base {
            Base::Whole => 0,
            Base::Window(_, lines) => lines,
            Base::Part(part) => part.base.1,
        }
    }

    fn offset(&self, at: usize) -> usize {
        match self.base {
            Base::Whole => at,
            Base::Window(before, _) => before + at,
            Base::Part(part) => part.offset(at),
        }
    }

    /// Nothing for a window: the count in the hash needs the whole text.
    fn line_hash(&self, line: u32) -> Option<Clean> {
        if !matches!(self.base, Base::Whole) || self.text.len() > HASHED {
            return None;
        }
        let hashes = self.line_hashes.get_or_init(|| super::line_hash::line_hashes(&self.redacted()));
        hashes.get(line as usize - 1).map(|h| Clean::ours(h))
    }

    /// The whole text without its secrets, line for line.
    fn redacted(&self) -> Cow<'a, str> {
        if self.cuts.is_empty() {
            return Cow::Borrowed(self.text);
        }
        let mut out = String::with_capacity(self.text.len());
        let mut at = 0;
        for (start, end, instead) in &self.cuts {
            out.push_str(self.slice(at, (*start).max(at)));
            out.push_str(instead);
            out.extend(self.slice(*start, *end).matches('\n'));
            at = *end;
        }
        out.push_str(self.slice(at, self.text.len()));
        Cow::Owned(out)
    }

    /// The text between two bytes with its secrets taken out, at most [`QUOTE_BYTES`] of it.
    fn cut(&self, from: usize, to: usize) -> String {
        let mut out = String::new();
        let mut at = from;
        let first = self.cuts.partition_point(|c| c.1 <= from);
        for (start, end, instead) in self.cuts.iter().skip(first).take_while(|c| c.0 < to) {
            push_until(&mut out, self.slice(at, (*start).max(at)));
            if out.len() >= QUOTE_BYTES {
                return out + "…";
            }
            out.push_str(instead);
            at = *end;
        }
        if at < to {
            push_until(&mut out, self.slice(at, to));
            if out.len() >= QUOTE_BYTES {
                out.push('…');
            }
        }
        out
    }

    /// A slice widened to character boundaries inwards.
    fn slice(&self, from: usize, to: usize) -> &str {
        let from = (from..=to).find(|i| self.text.is_char_boundary(*i)).unwrap_or(to);
        let to = (from..=to).rev().find(|i| self.text.is_char_boundary(*i)).unwrap_or(from);
        self.text.get(from..to).unwrap_or("")
    }
}

fn push_until(out: &mut String, part: &str) {
    let room = QUOTE_BYTES.saturating_sub(out.len());
    let end = (0..=room.min(part.len())).rev().find(|i| part.is_char_boundary(*i)).unwrap_or(0);
    out.push_str(part.get(..end).unwrap_or(""));
}
