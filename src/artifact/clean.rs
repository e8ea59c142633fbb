//! `Clean`: a string with no secret in it, by construction.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// A string that holds no whole secret and no control character, so that it may be written anywhere.
///
/// It has two makers: a [`Redactor`], which knows every secret of the artifact the string came from, and the decoder of a
/// facts file (serde), whose strings were clean when they were written. [`Clean::ours`] wraps text of the program and its rules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Clean(Arc<str>);

impl Clean {
    /// Text of this program or of its rules, never of an input.
    pub fn ours(text: &str) -> Self {
        Self(text.into())
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Text that is made of clean parts and our own words.
    pub fn compose<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        Self(parts.into_iter().collect::<String>().into())
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Default for Clean {
    fn default() -> Self {
        Self::ours("")
    }
}

/// Knows the secrets of one artifact and takes them out of strings.
#[derive(Debug, Default)]
pub struct Redactor {
    /// Raw value and what stands in its place, by the first bytes of the value, longest value first.
    secrets: HashMap<[u8; PREFIX], Vec<(String, String)>>,
}

/// Values are found by so many first bytes: an export can hold a hundred thousand, and every string is searched for all of them.
const PREFIX: usize = 4;

/// A value shorter than this is replaced only where it stands as a word of its own.
const WORD: usize = 8;

/// Whether a value is hunted for in other strings. An ordinary word (`alice`, `password`) is not: it would blot out names and
/// prose, and it is cut where it stands as a secret anyway.
fn hunted(value: &str) -> bool {
    let ordinary = value.chars().count() <= 12
        && value.chars().all(char::is_alphabetic)
        && (value.chars().skip(1).all(char::is_lowercase) || value.chars().all(char::is_uppercase));
    value.len() >= 4 && !ordinary
}

impl Redactor {
    /// A redactor for these raw values, each with what stands in its place.
    pub fn new(secrets: Vec<(String, String)>) -> Self {
        let mut by_prefix: HashMap<[u8; PREFIX], Vec<(String, String)>> = HashMap::new();
        for (value, instead) in secrets.into_iter().filter(|(value, _)| hunted(value)) {
            if let Some(prefix) = value.as_bytes().first_chunk() {
                by_prefix.entry(*prefix).or_default().push((value, instead));
            }
        }
        #[allow(clippy::iter_over_hash_type)] // each list is put in order on its own
        for values in by_prefix.values_mut() {
            values.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
            values.dedup_by(|a, b| a.0 == b.0);
        }
        Self { secrets: by_prefix }
    }

    /// Everything in `raw` but its secrets; control characters become visible.
    pub fn clean(&self, raw: &str) -> Clean {
        Clean(visible(&self.redacted(raw)).into())
    }

    fn redacted<'a>(&self, raw: &'a str) -> Cow<'a, str> {
        if self.secrets.is_empty() {
            return Cow::Borrowed(raw);
        }
        let (mut out, mut done, mut at) = (String::new(), 0, 0);
        while let Some(prefix) = raw.as_bytes().get(at..).and_then(<[u8]>::first_chunk::<PREFIX>) {
            let rest = raw.get(at..).unwrap_or("");
            let found = self.secrets.get(prefix).and_then(|values| values.iter().find(|(value, _)| rest.starts_with(value.as_str())));
            match found.filter(|(value, _)| value.len() >= WORD || stands_alone(raw, at, at + value.len())) {
                Some((value, instead)) => {
                    out.push_str(raw.get(done..at).unwrap_or(""));
                    out.push_str(instead);
                    at += value.len();
                    done = at;
                }
                None => at += 1,
            }
        }
        if done == 0 {
            return Cow::Borrowed(raw);
        }
        out.push_str(raw.get(done..).unwrap_or(""));
        Cow::Owned(out)
    }
}

/// Whether no letter or digit touches a range.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let touches = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let (before, after) = (text.get(..start).unwrap_or(""), text.get(end..).unwrap_or(""));
    !touches(before.chars().next_back()) && !touches(after.chars().next())
}

/// What a report shows of a secret: a public prefix where the format has one, and the length. Never more than four characters.
pub fn mask(value: &str, public_prefix: usize) -> String {
    let shown: String = value.chars().take(public_prefix.min(4)).collect();
    let length = value.chars().count();
    if shown.is_empty() { format!("[{length} characters]") } else { format!("{shown}…[{length} characters]") }
}

/// Control and direction-changing characters can rewrite a terminal line or hide text: they are shown as escapes.
fn visible(text: &str) -> String {
    let odd = |c: char| (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !text.chars().any(odd) {
        return text.to_owned();
    }
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '\r' => {}
            c if odd(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_secret_goes_first_and_escapes_become_visible() {
        let redactor =
            Redactor::new(vec![("hunter2".into(), "[7]".into()), ("hunter2extra".into(), "[12]".into()), ("abc".into(), "!".into())]);
        assert_eq!(redactor.clean("x=hunter2extra y=hunter2 abc\u{1b}[31m").as_str(), "x=[12] y=[7] abc\\u{1b}[31m");
    }

    #[test]
    fn an_ordinary_word_is_not_hunted_and_a_short_value_only_as_a_word() {
        let redactor =
            Redactor::new(vec![("alice".into(), "[5]".into()), ("password".into(), "[8]".into()), ("t3st".into(), "[4]".into())]);
        assert_eq!(redactor.clean("alice has the password t3st on t3stbed").as_str(), "alice has the password [4] on t3stbed");
    }

    #[test]
    fn a_mask_shows_four_characters_at_most() {
        assert_eq!(mask("ghp_abcdefgh", 40), "ghp_…[12 characters]");
        assert_eq!(mask("hunter2", 0), "[7 characters]");
    }
}
