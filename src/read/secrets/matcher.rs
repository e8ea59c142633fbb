//! Patterns, made ready: one pass over the text finds the literals of all of them, then only the candidates run, each in a
//! window around its literal.

use super::found::{Found, Span, What, Worth};
use super::key::KEYS;
use super::key::{self, Class};
use super::{placeholder, strength, surroundings, validate};
use crate::read::needles::{Announces, Needles};
use crate::rule::{Pack, Pattern, Validate};
use regex::bytes::{Regex, RegexBuilder};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Patterns, made ready.
#[derive(Debug)]
pub struct Matcher {
    ready: Vec<Ready>,
    /// Literals of the patterns, and what else is looked for in the same pass.
    needles: Needles,
    /// Whom a needle is for.
    owners: Vec<Vec<Owner>>,
    /// What announces a secret, and nothing else: for histories.
    own: OnceLock<Needles>,
}

#[derive(Debug)]
struct Ready {
    pattern: Pattern,
    /// How far a match can reach before and after its literal.
    reach: Span,
    /// Compiled when it is first a candidate: most never are.
    regex: OnceLock<Option<Regex>>,
    encrypted: OnceLock<Option<Regex>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Pattern(usize),
    Name,
    Command,
    Other(Announces),
}

/// A match of a pattern without a greatest length is looked for so far before and after its literal.
const UNBOUNDED: Span = (16 * 1024, 32 * 1024);

/// Parts of names that announce a secret. `key` alone is too common: it comes with the word before it.
const NAMES: [&str; 17] = [
    "pass",
    "pwd",
    "pswd",
    "secret",
    "token",
    "auth",
    "cred",
    "kennwort",
    "mdp",
    "contrasena",
    "senha",
    "wachtwoord",
    "_pw",
    "-pw",
    "pw:",
    "pw=",
    " pw ",
];
/// Programs that take a password as an argument.
const COMMANDS: [&str; 13] = [
    "sshpass",
    "curl ",
    "wget ",
    "mysql",
    "docker login",
    "redis-cli",
    "az login",
    "smbclient",
    "ldapsearch",
    "net user",
    "htpasswd",
    "convertto-securestring",
    "chpasswd",
];

/// A name in the text that announces a secret.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) class: Class,
}

/// Where things may be.
#[derive(Debug, Default)]
pub(in crate::read) struct Hits {
    /// By pattern, in their order. Most texts announce few of them, and most texts are short.
    windows: BTreeMap<usize, Vec<Span>>,
    pub(super) names: Vec<Name>,
    pub(super) commands: Vec<usize>,
    /// What the needles of others say.
    pub(in crate::read) announces: Option<Announces>,
}

impl Matcher {
    /// `others` are needles that are no business of this reader: one pass over a text finds them too.
    pub(in crate::read) fn new(packs: &[&Pack], others: &[(String, Announces)]) -> Self {
        let patterns = packs.iter().flat_map(|p| &p.patterns);
        let ready: Vec<Ready> = patterns
            .map(|p| Ready {
                reach: (p.before.or(p.longest).unwrap_or(UNBOUNDED.0), p.longest.unwrap_or(UNBOUNDED.1)),
                pattern: p.clone(),
                regex: OnceLock::new(),
                encrypted: OnceLock::new(),
            })
            .collect();
        let mut owners: BTreeMap<Vec<u8>, Vec<Owner>> = BTreeMap::new();
        let mut own = |needle: &[u8], owner: Owner| owners.entry(needle.to_vec()).or_default().push(owner);
        for (i, r) in ready.iter().enumerate() {
            r.pattern.literals.iter().for_each(|l| own(l, Owner::Pattern(i)));
        }
        NAMES.iter().for_each(|n| own(n.as_bytes(), Owner::Name));
        for k in KEYS {
            ["key", "_key", "-key", ".key", " key"].iter().for_each(|key| own(format!("{k}{key}").as_bytes(), Owner::Name));
        }
        COMMANDS.iter().for_each(|n| own(n.as_bytes(), Owner::Command));
        others.iter().for_each(|(n, a)| own(n.as_bytes(), Owner::Other(*a)));
        let (needles, owners): (Vec<_>, Vec<_>) = owners.into_iter().unzip();
        Self { ready, needles: Needles::new(needles), owners, own: OnceLock::new() }
    }

    /// First bytes of literals in a text, one at least for each line that has any.
    pub(super) fn announced<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = usize> + 't {
        let own = self.own.get_or_init(|| {
            let ours = |owners: &Vec<Owner>| owners.iter().any(|o| !matches!(o, Owner::Other(_)));
            let literals = self.needles.literals().iter().zip(&self.owners);
            Needles::new(literals.filter(|(_, owners)| ours(owners)).map(|(l, _)| l.clone()).collect())
        });
        own.of(text.len()).into_iter().flat_map(move |n| n.find_iter(text)).map(|m| m.start())
    }

    /// The one pass over the text.
    pub(in crate::read) fn scan(&self, text: &str) -> Hits {
        let mut hits = Hits::default();
        let Some(needles) = self.needles.of(text.len()) else { return hits };
        let mut covered = 0;
        for m in needles.find_overlapping_iter(text) {
            for owner in self.owners.get(m.pattern().as_usize()).into_iter().flatten() {
                match owner {
                    Owner::Pattern(i) => {
                        if let Some(ready) = self.ready.get(*i) {
                            let windows = hits.windows.entry(*i).or_default();
                            let window = (m.start().saturating_sub(ready.reach.0), (m.start() + ready.reach.1 + 4).min(text.len()));
                            match windows.last_mut() {
                                Some(last) if window.0 <= last.1 => last.1 = last.1.max(window.1),
                                _ => windows.push(window),
                            }
                        }
                    }
                    Owner::Name if m.start() >= covered => hits.names.extend(name(text, m.start(), m.end(), &mut covered)),
                    Owner::Name => {}
                    Owner::Command => hits.commands.push(m.start()),
                    Owner::Other(announces) => hits.announces = hits.announces.max(Some(*announces)),
                }
            }
        }
        hits
    }

    /// The pattern of that id.
    pub(super) fn pattern(&self, id: &str) -> Option<&Pattern> {
        self.ready.iter().map(|r| &r.pattern).find(|p| p.id == id)
    }

    /// What the patterns find in their windows.
    pub(super) fn search<'a>(&'a self, text: &'a str, hits: &Hits, found: &mut Vec<Found<'a>>) {
        for (pattern, windows) in &hits.windows {
            let Some(ready) = self.ready.get(*pattern) else { continue };
            let Some(regex) = ready.regex.get_or_init(|| compile(&ready.pattern.pattern)) else { continue };
            for (from, to) in windows {
                ready.search(regex, text, *from, *to, found);
            }
        }
    }
}

/// Bytes decide: the letters of secrets are ASCII, and a boundary that knows Unicode costs ten times as much.
fn compile(pattern: &str) -> Option<Regex> {
    let build = |unicode: bool| RegexBuilder::new(pattern).unicode(unicode).size_limit(1 << 20).build();
    build(false).or_else(|_| build(true)).ok()
}

impl Ready {
    fn search<'a>(&'a self, regex: &Regex, text: &'a str, from: usize, to: usize, found: &mut Vec<Found<'a>>) {
        let Some(window) = text.as_bytes().get(..to) else { return };
        let mut at = from;
        while let Some(captures) = (at < to).then(|| regex.captures_at(window, at)).flatten() {
            let (Some(whole), Some(secret)) = (captures.get(0), captures.name("secret")) else { return };
            at = secret.end().max(whole.start() + 1).max(at + 1);
            // the window's end is no end of the text
            if whole.end() == to && to < text.len() && secret.end() == to {
                continue;
            }
            let span = (secret.start(), secret.end());
            let key_id = captures.name("key_id").and_then(|k| text.get(k.start()..k.end()));
            let Some(raw) = text.get(span.0..span.1) else { continue };
            let worth = self.judge(raw, key_id, text.get(span.1 + 1..).unwrap_or(""));
            let value = match self.pattern.validate {
                Some(Validate::UrlUserinfo) => validate::percent_decoded(raw).into(),
                _ => Cow::Borrowed(raw),
            };
            // comments show what a hash looks like
            let shown = self.pattern.kind == "password_hash" && surroundings::in_comment(text, span.0);
            // what every installation starts with, on the machine itself
            let local = || {
                memchr::memmem::find(whole.as_bytes(), b"localhost").is_some()
                    || memchr::memmem::find(whole.as_bytes(), b"127.0.0.1").is_some()
            };
            let default = self.pattern.kind == "connection_string" && strength::is_common(raw) && local();
            let worth = if shown || default { worth.min(Worth::Mark) } else { worth };
            let encrypted = self.pattern.encrypted.as_deref().is_some_and(|expression| {
                self.encrypted.get_or_init(|| compile(expression)).as_ref().is_some_and(|r| r.is_match(raw.as_bytes()))
            });
            found.push(Found {
                span,
                whole: (whole.start(), whole.end()),
                what: What::Pattern(&self.pattern),
                name: None,
                key_id,
                value,
                encrypted,
                worth,
            });
        }
    }

    /// A secret that fails its test is hidden all the same: a typo in a real one fails it too.
    fn judge(&self, raw: &str, key_id: Option<&str>, after: &str) -> Worth {
        let p = &self.pattern;
        let armoured = raw.contains("-----BEGIN") || raw.contains(' ');
        if p.entropy.is_some_and(|least| strength::entropy(raw) < least)
            || placeholder::is_published(raw)
            || key_id.is_some_and(|id| id.contains("123456789"))
            || (!armoured && placeholder::in_token(raw))
            // "+ password +": a program puts it together
            || (raw.starts_with(['"', '\'']) && raw.get(1..).is_some_and(|r| r.trim_start().starts_with('+')))
            || (matches!(p.kind.as_str(), "connection_string" | "password") && placeholder::is_placeholder(raw))
            || (p.kind == "password"
                && validate::base64_text(raw).and_then(|t| Some(placeholder::is_placeholder(t.split_once(':')?.1))) == Some(true))
        {
            return Worth::Nothing;
        }
        match p.validate {
            Some(test) if !validate::passes(test, raw, key_id) => match test {
                Validate::UrlUserinfo => Worth::Nothing,
                _ => Worth::Mark,
            },
            Some(Validate::UrlUserinfo)
                if validate::is_reserved_host(after) || (validate::is_documentary(raw) && !validate::is_one_host(after)) =>
            {
                Worth::Mark
            }
            // DiskEncryptionKey: Encrypts …
            None if p.kind == "recovery_seed" && !strength::Mix::of(raw).unlike_a_word() && strength::wordiness(raw) > 0.9 => Worth::Mark,
            None if p.kind == "password" && !p.is_guess() && !raw.contains(['-', '_']) && validate::is_documentary(raw) => Worth::Mark,
            _ => Worth::Sighting,
        }
    }
}

/// The identifier around a needle, if it names a secret.
fn name(text: &str, from: usize, to: usize, covered: &mut usize) -> Option<Name> {
    let bytes = text.as_bytes();
    let part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.') || *b >= 0x80;
    // a needle that ends in a space or a colon ends the name
    let reach = |edge: Option<&u8>| if edge.is_some_and(part) { key::LONGEST } else { 0 };
    let before = bytes.get(..from)?.iter().rev().take(reach(bytes.get(from))).take_while(|b| part(b)).count();
    let after = bytes.get(to..)?.iter().take(reach(bytes.get(to - 1))).take_while(|b| part(b)).count();
    *covered = to + after;
    if before == key::LONGEST || after == key::LONGEST {
        return None;
    }
    let raw = text.get(from - before..to + after)?;
    let trimmed = raw.trim_start_matches(['-', '.', ' ']).trim_end_matches(['-', '.', ':', '=', ' ']);
    let start = to + after - raw.trim_start_matches(['-', '.', ' ']).len();
    let class = key::class_of(trimmed)?;
    Some(Name { start, end: start + trimmed.len(), class })
}
