//! What a program gives a name: arguments, defaults, what stands behind a type.

use super::{Bare, Reader};
use crate::read::secrets::found::{Found, Worth};

impl<'a> Reader<'a, '_> {
    /// `password: String = "…"`.
    pub(super) fn typed(&self, from: usize) -> Option<Found<'a>> {
        if self.scene.bare != Bare::Never {
            return None;
        }
        let rest = self.text.get(from..self.line_end(from))?;
        let (ty, _) = rest.split_once('=')?;
        let good = ty.len() <= 60 && !ty.trim().is_empty() && ty.chars().all(|c| c.is_alphanumeric() || " _<>[]&|?.,:'\"".contains(c));
        let (span, partial) = good.then(|| self.quoted(self.blank(from + ty.len() + 1))).flatten()?;
        self.literal(span, partial)
    }

    /// `setPassword("…")`, `.password('…')`.
    pub(super) fn argument(&self, from: usize) -> Option<Found<'a>> {
        let (span, partial) = self.quoted(self.blank(from))?;
        let close = self.blank(span.1 + 1);
        let called = self.name_text().rsplit('.').next().unwrap_or("");
        // reading functions take the name of a secret, not a secret
        const READS: [&str; 9] = ["get", "read", "find", "load", "fetch", "lookup", "env", "ask", "prompt"];
        if self.at(close) != b')' || called == "pass" || READS.iter().any(|r| called.to_ascii_lowercase().starts_with(r)) {
            return None;
        }
        self.literal(span, partial).map(|f| Found { worth: if self.is_setter() { f.worth } else { f.worth.min(Worth::Mark) }, ..f })
    }

    fn is_setter(&self) -> bool {
        let called = self.name_text().rsplit('.').next().unwrap_or("").to_ascii_lowercase();
        called.starts_with("set")
            || called.starts_with("with")
            || matches!(called.as_str(), "password" | "passwd" | "secret" | "token" | "apikey" | "api_key")
    }

    /// `define('DB_PASSWORD', '…')`, `getenv("DB_PASSWORD", "…")`.
    pub(super) fn second_argument(&self, from: usize) -> Option<Found<'a>> {
        let lead = self.lead().trim_end_matches(['"', '\'', '`']).trim_end();
        let (span, partial) = self.quoted(self.blank(from))?;
        // ('password', 'token') is a list of names
        let called = lead.strip_suffix('(').is_some_and(|f| f.ends_with(|c: char| c.is_alphanumeric() || c == '_'));
        (called || self.scene.rows).then(|| self.literal(span, partial)).flatten()
    }

    /// `process.env.X || "…"`, `ENV["X"] ?? '…'`, `os.environ.get("X") or "…"`.
    pub(super) fn fallback(&self, from: usize, end: usize) -> Option<Found<'a>> {
        let rest = self.text.get(from..end)?;
        let at = ["|| ", "?? ", " or ", "?: "].iter().filter_map(|m| rest.find(m).map(|i| i + m.len())).min();
        let asks = ["env", "ENV", "config", "getOption"].iter().any(|m| rest.contains(m));
        if let Some((span, partial)) = at.filter(|_| asks).and_then(|at| self.quoted(from + at)) {
            return self.literal(span, partial);
        }
        // getenv("X", "…")
        let comma = rest
            .find("\", ")
            .or_else(|| rest.find("', "))
            .filter(|_| ["getenv", "environ.get", "env("].iter().any(|m| rest.contains(m)))?;
        let (span, partial) = self.quoted(self.blank(from + comma + 2))?;
        self.literal(span, partial)
    }

    /// `--password …`, `password …` in a .netrc, `ENV DB_PASSWORD …`, `requirepass …`.
    pub(super) fn spaced(&self, from: usize, direct: bool) -> Option<Found<'a>> {
        let flag = self.before(self.name.start) == b'-';
        let lead = self.lead().trim_start();
        let directive = lead.is_empty() && matches!(self.name_text(), "requirepass" | "masterauth");
        let docker = matches!(lead.trim_end(), "ENV" | "ARG") && self.scene.bare == Bare::Word;
        let quoted = lead.is_empty() && self.scene.bare == Bare::Line && matches!(self.at(from), b'"' | b'\'');
        // --password        password of the mail server: what a program prints of its flags
        let gap = from - self.name.end;
        let printed = flag && gap > 2 && !matches!(self.at(from), b'"' | b'\'' | b'\\');
        if !direct || printed || !(flag || self.scene.spaced || directive || docker || quoted) {
            return None;
        }
        let span = match (self.quoted(from), self.at(from)) {
            (Some((span, _)), _) => span,
            (None, b'\\') => self.below(from)?,
            (None, _) => (from, self.word(from, self.line_end(from))),
        };
        self.give(span, "generic.argument", false)
    }
}
