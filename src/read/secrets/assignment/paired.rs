//! A name and a value that stand side by side as two parts of one thing: attributes, elements, entries of a list.

use super::{Bare, Reader};
use crate::read::secrets::found::Found;
use crate::read::secrets::value::LONGEST;

/// So far from its name the value of a pair may stand.
const PAIR: usize = 160;

impl<'a> Reader<'a, '_> {
    /// `<password>…</password>`.
    pub(super) fn element(&self, from: usize) -> Option<Found<'a>> {
        let rest = self.text.get(from..self.line_end(from))?;
        let end = rest.find('<').filter(|e| *e <= LONGEST && rest.get(*e..).is_some_and(|r| r.starts_with("</") || r.starts_with("<!")))?;
        let raw = rest.get(..end)?;
        let start = from + raw.len() - raw.trim_start().len();
        self.give((start, start + raw.trim().len()), "generic.assignment", false)
    }

    /// `name="password" value="…"`, `- name: DB_PASSWORD` and on the next line `value: …`, `ParameterKey=…,ParameterValue=…`.
    pub(super) fn pair(&self, from: usize) -> Option<Found<'a>> {
        const NAMES: [&str; 5] = ["name", "key", "id", "parameterkey", "variable"];
        const VALUES: [&str; 3] = ["value", "parametervalue", "val"];
        let marks = |c: char| matches!(c, '"' | '\'' | '`');
        let lead = self.lead().trim_end_matches(marks).trim_end().strip_suffix(['=', ':'])?.trim_end().trim_end_matches(marks);
        let named = lead.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
        if !NAMES.iter().any(|n| named.eq_ignore_ascii_case(n)) {
            return None;
        }
        // what belongs to the same object
        let to = (from..=(from + PAIR).min(self.text.len())).rev().find(|i| self.text.is_char_boundary(*i))?;
        let rest = self.text.get(from..to)?;
        let rest = rest.split(['}', '{', '>']).next().unwrap_or(rest);
        let at =
            words(rest).find(|(_, w)| VALUES.iter().any(|v| w.eq_ignore_ascii_case(v)) || NAMES.iter().any(|n| w.eq_ignore_ascii_case(n)));
        let (at, word) = at.filter(|(at, w)| *at > 0 && VALUES.iter().any(|v| w.eq_ignore_ascii_case(v)))?;
        let mut j = from + at + word.len();
        j += self.bytes.get(j..)?.iter().take(2).take_while(|b| matches!(b, b'"' | b'\'')).count();
        j = self.blank(j);
        if !matches!(self.at(j), b'=' | b':') {
            return None;
        }
        let j = self.blank(j + 1);
        match self.quoted(j) {
            Some((span, partial)) => self.literal(span, partial),
            None if self.scene.bare != Bare::Line => None,
            None => match self.below(j) {
                Some(span) => self.give_below(span),
                None => self.give((j, self.cut(j, self.line_end(j))), "generic.assignment", false),
            },
        }
    }

    /// `<key>Password</key>` and then `<string>…</string>`; `<name>…</name>` and then `<value>…</value>`.
    pub(super) fn sibling(&self, from: usize) -> Option<Found<'a>> {
        const NAMES: [&str; 4] = ["key", "name", "param-name", "id"];
        const VALUES: [&str; 4] = ["string", "value", "param-value", "val"];
        let rest = self.text.get(from..)?;
        let (close, _) = rest.get(..20.min(rest.len())).unwrap_or(rest).split_once('>')?;
        let opened = self.lead().strip_suffix('>').is_some_and(|l| l.ends_with(close));
        if !opened || !NAMES.iter().any(|n| close.eq_ignore_ascii_case(n)) {
            return None;
        }
        let next = rest.get(close.len() + 1..)?;
        let gap = next.bytes().take(PAIR).take_while(u8::is_ascii_whitespace).count();
        let (tag, _) = next.get(gap..)?.strip_prefix('<')?.split_once('>').filter(|(tag, _)| tag.len() <= 20)?;
        VALUES.iter().any(|v| tag.eq_ignore_ascii_case(v)).then(|| self.element(from + close.len() + 1 + gap + tag.len() + 2)).flatten()
    }

    /// `variable "db_password" { … default = "…" }`.
    pub(super) fn default(&self, from: usize) -> Option<Found<'a>> {
        if !self.lead().trim_end_matches('"').trim_end().ends_with("variable") {
            return None;
        }
        let rest = self.bytes.get(from..(from + 400).min(self.bytes.len()))?;
        let block = rest.iter().position(|b| *b == b'}').map_or(rest, |end| rest.get(..end).unwrap_or(rest));
        let at = memchr::memmem::find(block, b"default")? + b"default".len();
        let equals = self.blank(from + at);
        let (span, partial) = (self.at(equals) == b'=').then(|| self.quoted(self.blank(equals + 1))).flatten()?;
        self.literal(span, partial)
    }
}

/// The words of a text and where they start.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).map(|w| (w.as_ptr() as usize - text.as_ptr() as usize, w))
}
