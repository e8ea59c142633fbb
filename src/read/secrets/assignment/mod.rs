//! A name that announces a secret, and the value it is given: in code, configuration, markup and calls.

mod below;
mod called;
mod paired;
mod told;

use super::found::{Found, Span, What, Worth};
use super::key::Class;
use super::matcher::Name;
use super::scene::{Bare, Documented, Scene};
use super::strength::{Mix, is_common, is_digest};
use super::value::{LONGEST, judge};
use super::{login, validate};
use std::borrow::Cow;

/// How much of a line is looked at after a name.
const LINE: usize = 1024;
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
        // [name](target): the target of a link is no value
        if self.before(j) == b']' && self.at(j) == b'(' {
            let rest = self.text.get(j..self.line_end(j))?;
            return self.sentence(j + rest.find(')')? + 1);
        }
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
        // sed 's/^DB_PASSWORD=.*/…/': an expression that looks for it
        if self.before(self.name.start) == b'^' {
            return None;
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
        // {{ $password := include … }}: the name belongs to the template's own program
        let lead = self.lead();
        if lead.rfind("{{").is_some_and(|open| lead.rfind("}}").is_none_or(|close| close < open)) {
            return None;
        }
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

    /// The end of a value that runs to the end of its line: without a comment, and in a flow mapping to the next comma.
    fn cut(&self, from: usize, end: usize) -> usize {
        // in the middle of a command or a sentence a value is one word
        if self.lead().trim_start_matches(['-', ' ', '\t']).split_whitespace().count() > 1 {
            let end = self.word(from, end);
            // addr=:6379,password=…,db=0
            let listed = self.before(self.name.start) == b',';
            let raw = self.text.get(from..end).filter(|_| listed).and_then(|raw| raw.find(','));
            return raw.map_or(end, |comma| from + comma);
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
        // a table of users holds hashes of passwords, whatever the column is called
        let stored = self.scene.rows || self.lead().contains("<column ");
        let worth = if stored && is_digest(&value) { worth.min(Worth::Mark) } else { worth };
        // documentation in comments shows how a function is called
        let shown = self.scene.bare == Bare::Never && worth == Worth::Sighting && self.is_shown(&value);
        let worth = if shown { Worth::Mark } else { worth };
        // half of a value that is put together elsewhere
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
