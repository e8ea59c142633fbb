//! A name that announces a secret, and the value it is given: in code, configuration, markup and calls.

use super::found::{Found, Span, What, Worth};
use super::key::Class;
use super::matcher::Name;
use super::scene::{Bare, Documented, Scene};
use super::strength::{Mix, is_common, looks_random};
use super::value::{LONGEST, judge};
use super::{login, prose, validate};
use std::borrow::Cow;

/// How much of a line is looked at after a name.
const LINE: usize = 1024;
/// So far into a file documentation strings are followed.
const DOCUMENTED: usize = 64 * 1024;
/// No word of a sentence is longer, in bytes.
const WORD: usize = 256;
/// So far from its name the value of a pair may stand.
const PAIR: usize = 160;
/// A line that is longer than this in front or behind was written by a program.
const SCREENFUL: usize = 1000;

/// The secret that a name is given, if it is given one.
pub(super) fn find<'a>(text: &'a str, name: &Name, scene: &Scene) -> Option<Found<'a>> {
    let reader = Reader { text, bytes: text.as_bytes(), name: *name, scene };
    let mut found = reader.find()?;
    if scene.bundles && found.worth == Worth::Sighting && is_bundled(text, name.start) {
        found.worth = Worth::Mark;
    }
    Some(found)
}

/// Whether a program wrote the line: it is longer than a screenful on either side.
pub(super) fn is_bundled(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let before = bytes.get(at.saturating_sub(SCREENFUL)..at).unwrap_or_default();
    let after = bytes.get(at..(at + SCREENFUL).min(bytes.len())).unwrap_or_default();
    [before, after].iter().any(|side| side.len() == SCREENFUL && !side.contains(&b'\n'))
}

struct Reader<'a, 's> {
    text: &'a str,
    bytes: &'a [u8],
    name: Name,
    scene: &'s Scene,
}

impl<'a> Reader<'a, '_> {
    fn at(&self, i: usize) -> u8 {
        self.bytes.get(i).copied().unwrap_or(b'\n')
    }

    fn before(&self, i: usize) -> u8 {
        i.checked_sub(1).map_or(b'\n', |i| self.at(i))
    }

    fn blank(&self, from: usize) -> usize {
        from + self.bytes.get(from..).unwrap_or_default().iter().take(60).take_while(|b| matches!(b, b' ' | b'\t')).count()
    }

    fn line_end(&self, from: usize) -> usize {
        let rest = self.bytes.get(from..(from + LINE).min(self.bytes.len())).unwrap_or_default();
        from + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
    }

    fn name_text(&self) -> &'a str {
        self.text.get(self.name.start..self.name.end).unwrap_or("")
    }

    /// The line up to the name.
    fn lead(&self) -> &'a str {
        let from = self.name.start.saturating_sub(200);
        let from = (from..self.name.start).find(|i| self.text.is_char_boundary(*i)).unwrap_or(self.name.start);
        let lead = self.text.get(from..self.name.start).unwrap_or("");
        memchr::memrchr2(b'\n', b'\r', lead.as_bytes()).and_then(|i| lead.get(i + 1..)).unwrap_or(lead)
    }

    fn find(&self) -> Option<Found<'a>> {
        let quoted_name = matches!(self.before(self.name.start), b'"' | b'\'' | b'`');
        let mut j = self.name.end;
        let closers = if self.scene.bare == Bare::Prose { "\"'`]\\*_)" } else { "\"'`]\\*?" };
        j += self.bytes.get(j..).unwrap_or_default().iter().take(4).take_while(|b| closers.as_bytes().contains(b)).count();
        let direct = j == self.name.end;
        let k = self.blank(j);
        if self.is_working_directory() {
            return None;
        }
        if self.lead().ends_with("#{") {
            return None;
        }
        if self.lead().ends_with("${") {
            // ${NAME:-default}
            let end = self.line_end(k);
            let default = matches!((self.at(k), self.at(k + 1)), (b':', b'-' | b'='));
            return default.then(|| self.give((k + 2, self.word(k + 2, end)), "generic.assignment", false)).flatten();
        }
        // "$pass" = …: a variable that is compared
        if self.before(self.name.start) == b'$' && !direct {
            return None;
        }
        // …?token=… in a URL, …;password=… in a connection string
        if direct && matches!(self.before(self.name.start), b'?' | b'&' | b';') && self.at(k) == b'=' && k == j {
            // a link to a meeting carries its passcode so that whoever has the link can follow it
            let meeting = ["zoom.us/", "webex.com/", "whereby.com/"].iter().any(|host| self.lead().contains(host));
            return if meeting { None } else { self.give((k + 1, self.word(k + 1, self.line_end(k))), "generic.parameter", false) };
        }
        match (self.at(k), self.at(k + 1)) {
            (b'=', b'=' | b'~') | (b':', b':') | (b'!', b'=') => None,
            (b'=', b'>') | (b':', b'=') | (b'?', b'=') | (b'-', b'>') => self.value(k + 2),
            (b'=' | b':', _) => self.value(k + 1).or_else(|| self.typed(k + 1)),
            (b'(', _) if direct && !quoted_name => self.argument(k + 1),
            (b',', _) if quoted_name => self.second_argument(k + 1).or_else(|| self.pair(j)),
            (b'>', _) if self.before(self.name.start) == b'<' => self.element(k + 1),
            (b'<', b'/') if direct && k == j => self.sibling(k + 2),
            (b'{', _) if quoted_name => self.default(k + 1),
            (b'|', _) if self.lead().contains('|') => self.cell(k + 1),
            _ if k > j && self.before(self.name.start) == b'<' => {
                let close = self.bytes.get(k..(k + 120).min(self.bytes.len()))?.iter().position(|b| matches!(b, b'>' | b'\n'))?;
                self.element(k + close + 1)
            }
            _ => self.pair(j).or_else(|| if k > j { self.spaced(k, direct) } else { None }).or_else(|| self.sentence(self.name.end)),
        }
    }

    /// `$(pwd)`, `${PWD}`, `$PWD/…`: where a shell is.
    fn is_working_directory(&self) -> bool {
        let name = self.name_text();
        let after = self.at(self.name.end);
        ["pwd", "oldpwd"].iter().any(|n| name.eq_ignore_ascii_case(n))
            && match self.before(self.name.start) {
                b'(' | b'{' | b'`' => matches!(after, b')' | b'}' | b'`' | b':' | b'%' | b'#') && !self.value_follows(self.name.end + 1),
                b'$' => !self.value_follows(self.name.end),
                _ => matches!(after, b')' | b'}'),
            }
    }

    fn value_follows(&self, from: usize) -> bool {
        self.at(self.blank(from)) == b'=' || (self.at(from) == b' ' && self.before(from) == b':')
    }

    /// The value after a separator.
    fn value(&self, from: usize) -> Option<Found<'a>> {
        let mut j = self.blank(from);
        // !!binary …: YAML says what kind of value it is
        if self.scene.bare == Bare::Line && (self.at(j), self.at(j + 1)) == (b'!', b'!') {
            j = self.blank(self.bytes.get(j..)?.iter().take(20).position(u8::is_ascii_whitespace).map_or(j, |tag| j + tag));
        }
        if let Some((span, partial)) = self.quoted(j) {
            return self.literal(span, partial);
        }
        if let Some(found) = self.below(j).and_then(|span| self.give_below(span)) {
            return Some(found);
        }
        if let Some(found) = self.scheme(j) {
            return Some(found);
        }
        let end = self.line_end(j);
        match self.scene.bare {
            // echo "PASS: …" in a step of a workflow
            Bare::Line if self.before(from) == b':' && j > from && self.is_inside_words() => self.said(self.name.end),
            Bare::Line => self.give((j, self.cut(j, end)), "generic.assignment", false),
            Bare::Word => self.give((j, self.word(j, end)), "generic.assignment", false),
            Bare::Prose => self.sentence(self.name.end).or_else(|| {
                // NAME=value in a page is what somebody is to type
                let shouting = self.name_text().bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
                (shouting && self.before(from) == b'=').then(|| self.give((j, self.word(j, end)), "generic.assignment", false)).flatten()
            }),
            Bare::Never if self.in_comment() => self.sentence(self.name.end),
            Bare::Never => self.fallback(j, end),
        }
    }

    /// The span between quotes that open here, and whether more is added to it.
    fn quoted(&self, from: usize) -> Option<(Span, bool)> {
        let mut j = from;
        // r"", b"", f"", u8"", @"", $"", L""
        while j < from + 2 && matches!(self.at(j), b'r' | b'b' | b'f' | b'u' | b'R' | b'B' | b'F' | b'L' | b'@' | b'$') {
            j += 1;
        }
        let j = if matches!(self.at(j), b'"' | b'\'' | b'`' | b'\\') { j } else { from };
        let escaped = usize::from(self.at(j) == b'\\');
        let quote = self.at(j + escaped);
        if !matches!(quote, b'"' | b'\'' | b'`') {
            return None;
        }
        let mut open = j + escaped + 1;
        if escaped == 0 && self.at(open) == quote && self.at(open + 1) == quote {
            open += 2;
        }
        let mut end = open;
        loop {
            match self.at(end) {
                b'\n' | b'\r' => return None,
                _ if end - open > LONGEST => return None,
                b'\\' if escaped == 1 && self.at(end + 1) == quote => break,
                b'\\' if escaped == 0 => end += 2,
                b if b == quote => break,
                _ => end += 1,
            }
        }
        let after = self.blank(end + 1 + escaped);
        let partial = matches!(self.at(after), b'+')
            || (self.at(after) == b'.' && self.scene.bare == Bare::Never)
            || (self.at(after) == b'%' && self.at(after + 1) == b' ');
        Some(((open, end), partial))
    }

    fn literal(&self, span: Span, partial: bool) -> Option<Found<'a>> {
        if let Some(found) = self.scheme(span.0) {
            return Some(found);
        }
        self.give(span, "generic.assignment", partial)
    }

    /// `Bearer …`, `Basic …`, `token …` in a header.
    fn scheme(&self, from: usize) -> Option<Found<'a>> {
        if self.name.class != Class::Auth {
            return None;
        }
        let rest = self.text.get(from..self.line_end(from))?;
        let scheme = ["Bearer ", "Basic ", "token ", "Token ", "bearer ", "basic "].iter().find(|s| rest.starts_with(**s))?;
        let start = from + scheme.len();
        let end = start
            + rest.get(scheme.len()..)?.find(|c: char| c.is_whitespace() || "\"'`\\,;)<>".contains(c)).unwrap_or(rest.len() - scheme.len());
        let raw = self.text.get(start..end)?;
        if scheme.eq_ignore_ascii_case("basic ") {
            let plain = validate::base64_text(raw)?;
            let (_, password) = plain.split_once(':')?;
            let worth = judge(password, Class::Password, "");
            let worth = if is_common(password) { worth.min(Worth::Mark) } else { worth };
            return Some(self.found((start, end), "generic.basic-auth", worth));
        }
        Some(self.found((start, end), "generic.bearer", judge(raw, Class::Token, "")))
    }

    /// `password: String = "…"`.
    fn typed(&self, from: usize) -> Option<Found<'a>> {
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
    fn argument(&self, from: usize) -> Option<Found<'a>> {
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
    fn second_argument(&self, from: usize) -> Option<Found<'a>> {
        let lead = self.lead().trim_end_matches(['"', '\'', '`']).trim_end();
        let (span, partial) = self.quoted(self.blank(from))?;
        // ('password', 'token') is a list of names
        let called = lead.strip_suffix('(').is_some_and(|f| f.ends_with(|c: char| c.is_alphanumeric() || c == '_'));
        called.then(|| self.literal(span, partial)).flatten()
    }

    /// `<password>…</password>`.
    fn element(&self, from: usize) -> Option<Found<'a>> {
        let rest = self.text.get(from..self.line_end(from))?;
        let end = rest.find('<').filter(|e| *e <= LONGEST && rest.get(*e..).is_some_and(|r| r.starts_with("</") || r.starts_with("<!")))?;
        let raw = rest.get(..end)?;
        let start = from + raw.len() - raw.trim_start().len();
        self.give((start, start + raw.trim().len()), "generic.assignment", false)
    }

    /// `name="password" value="…"`, `- name: DB_PASSWORD` and on the next line `value: …`, `ParameterKey=…,ParameterValue=…`.
    fn pair(&self, from: usize) -> Option<Found<'a>> {
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
    fn sibling(&self, from: usize) -> Option<Found<'a>> {
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

    /// Where the value stands if its own line has none.
    fn below(&self, from: usize) -> Option<Span> {
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
    fn give_below(&self, span: Span) -> Option<Found<'a>> {
        if self.scene.bare != Bare::Prose {
            return self.give(span, "generic.assignment", false);
        }
        let span = prose::inside(self.text, span);
        let worth = prose::worth(self.text.get(span.0..span.1)?, self.name.class, true);
        (worth != Worth::Nothing && self.name.class != Class::Auth).then(|| self.found(span, "generic.prose", worth))
    }

    /// `variable "db_password" { … default = "…" }`.
    fn default(&self, from: usize) -> Option<Found<'a>> {
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

    /// `process.env.X || "…"`, `ENV["X"] ?? '…'`, `os.environ.get("X") or "…"`.
    fn fallback(&self, from: usize, end: usize) -> Option<Found<'a>> {
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
    fn spaced(&self, from: usize, direct: bool) -> Option<Found<'a>> {
        let flag = self.before(self.name.start) == b'-';
        let lead = self.lead().trim_start();
        let directive = lead.is_empty() && matches!(self.name_text(), "requirepass" | "masterauth");
        let docker = matches!(lead.trim_end(), "ENV" | "ARG") && self.scene.bare == Bare::Word;
        let quoted = lead.is_empty() && self.scene.bare == Bare::Line && matches!(self.at(from), b'"' | b'\'');
        if !direct || !(flag || self.scene.spaced || directive || docker || quoted) {
            return None;
        }
        let span = match (self.quoted(from), self.at(from)) {
            (Some((span, _)), _) => span,
            (None, b'\\') => self.below(from)?,
            (None, _) => (from, self.word(from, self.line_end(from))),
        };
        self.give(span, "generic.argument", false)
    }

    /// A row of a table: `| Password | … |`.
    fn cell(&self, from: usize) -> Option<Found<'a>> {
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

    fn sentence(&self, from: usize) -> Option<Found<'a>> {
        (self.scene.bare == Bare::Prose || self.in_comment()).then(|| self.said(from)).flatten()
    }

    /// What the words after a name hand over.
    fn said(&self, from: usize) -> Option<Found<'a>> {
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
    fn is_shown(&self, value: &str) -> bool {
        let code = self.lead().trim_start().trim_start_matches(['#', '/', '*', '!']).starts_with("  ");
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

    fn in_comment(&self) -> bool {
        let lead = self.lead();
        let start = lead.trim_start();
        ["#", "//", "*", "/*", "--", ";", "<!--", "\"\"\"", "'''"].iter().any(|m| start.starts_with(m))
            || lead.contains(" # ")
            || lead.contains(" // ")
    }

    /// Whether a line has words before the name, and is no flow mapping.
    fn is_inside_words(&self) -> bool {
        let lead = self.lead().trim_start_matches(['-', ' ', '\t', '#']);
        !lead.contains(['{', ',']) && lead.split_whitespace().count() > 1
    }

    /// The end of a value that runs to the end of its line: without a comment, and in a flow mapping to the next comma.
    fn cut(&self, from: usize, end: usize) -> usize {
        // in the middle of a command or a sentence a value is one word
        if self.lead().trim_start_matches(['-', ' ', '\t']).split_whitespace().count() > 1 {
            return self.word(from, end);
        }
        let raw = self.text.get(from..end).unwrap_or("");
        let raw = [" #", "\t#", " ;"].iter().filter_map(|m| raw.find(m)).min().and_then(|i| raw.get(..i)).unwrap_or(raw);
        // - 'NAME=value'
        let quote = self.before(self.name.start);
        let raw = if matches!(quote, b'"' | b'\'') { raw.trim_end().trim_end_matches(char::from(quote)) } else { raw };
        let raw = if self.lead().contains('{') { raw.split([',', '}']).next().unwrap_or(raw) } else { raw };
        from + raw.trim_end().trim_end_matches([',', ';']).len()
    }

    /// The end of a value that runs to the next space or operator.
    fn word(&self, from: usize, end: usize) -> usize {
        let raw = self.text.get(from..end).unwrap_or("");
        let word = raw.split(|c: char| c.is_whitespace() || ";&|)\"'<>`}".contains(c)).next().unwrap_or(raw);
        from + word.trim_end_matches(',').len()
    }

    fn give(&self, span: Span, id: &'static str, partial: bool) -> Option<Found<'a>> {
        let raw = self.text.get(span.0..span.1).filter(|r| !r.is_empty())?;
        let decoded = if self.scene.encoded { validate::base64_text(raw) } else { None };
        let value = decoded.map_or_else(|| unescaped(raw), Cow::Owned);
        let judge = if self.scene.store { login::worth } else { judge };
        let worth = judge(&value, self.name.class, self.name_text());
        // half of a value that is put together elsewhere
        // documentation in comments shows how a function is called
        let shown = self.scene.bare == Bare::Never && worth == Worth::Sighting && self.is_shown(&value);
        let worth = if shown { Worth::Mark } else { worth };
        let worth = if partial { worth.min(if Mix::of(raw).digit > 0 { Worth::Mark } else { Worth::Nothing }) } else { worth };
        (worth != Worth::Nothing).then(|| Found { value, ..self.found(span, id, worth) })
    }

    fn found(&self, span: Span, id: &'static str, worth: Worth) -> Found<'a> {
        Found {
            span,
            whole: (self.name.start, span.1),
            what: What::Guess(id, self.name.class),
            name: Some(self.name_text()),
            key_id: None,
            value: self.text.get(span.0..span.1).unwrap_or("").into(),
            encrypted: false,
            worth,
        }
    }
}

/// The words of a text and where they start.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).map(|w| (w.as_ptr() as usize - text.as_ptr() as usize, w))
}

/// A literal as the program sees it: `\"`, `\\` and `\/` without their backslash.
fn unescaped(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return raw.into();
    }
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('"' | '\'' | '\\' | '/' | '$')) => out.extend(chars.next()),
            _ => out.push(c),
        }
    }
    out.into()
}
