//! `Clean`: a string with no secret in it, by construction.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// A string that holds no whole secret and no control character, so that it may be written anywhere.
///
/// It has two makers: a [`Redactor`], which knows every secret of the artifact the string came from, and the decoder of a
/// facts file (serde), whose strings were clean when they were written. [`Clean::ours`] wraps text of the program and its rules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Clean(Arc<str>);

/// A facts file may be forged: what it holds may be anything but a control character.
impl From<String> for Clean {
    fn from(text: String) -> Self {
        Self(visible(&text).into())
    }
}

impl From<Clean> for String {
    fn from(clean: Clean) -> Self {
        clean.as_str().to_owned()
    }
}

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
///
/// A dump holds a million secrets and as many strings: the work for a string depends on its length, not on their number.
#[derive(Debug, Default)]
pub struct Redactor {
    /// Raw value and what stands in its place.
    instead: HashMap<String, String>,
    /// The lengths of the values that begin with these bytes, longest first.
    lengths: HashMap<[u8; HEAD], Vec<usize>>,
}

/// Bytes by which a value is looked up.
const HEAD: usize = 4;

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
    pub fn new(mut secrets: Vec<(String, String)>) -> Self {
        secrets.retain(|(value, _)| hunted(value));
        // of two that stand for one value the first in order, whoever came first
        secrets.sort_by(|a, b| b.cmp(a));
        let mut lengths: HashMap<[u8; HEAD], Vec<usize>> = HashMap::new();
        for (value, _) in &secrets {
            if let Some(head) = value.as_bytes().first_chunk() {
                let known = lengths.entry(*head).or_default();
                if let Err(at) = known.binary_search_by(|n| value.len().cmp(n)) {
                    known.insert(at, value.len());
                }
            }
        }
        Self { instead: secrets.into_iter().collect(), lengths }
    }

    /// Everything in `raw` but its secrets; control characters become visible.
    pub fn clean(&self, raw: &str) -> Clean {
        if self.lengths.is_empty() {
            return Clean(visible(raw).into());
        }
        let mut out = String::with_capacity(raw.len());
        let (mut kept, mut at) = (0, 0);
        while at + HEAD <= raw.len() {
            match self.secret_at(raw, at) {
                Some((end, instead)) => {
                    out.push_str(raw.get(kept..at).unwrap_or(""));
                    out.push_str(instead);
                    (kept, at) = (end, end);
                }
                None => at += 1,
            }
        }
        out.push_str(raw.get(kept..).unwrap_or(""));
        Clean(visible(&out).into())
    }

    /// The longest secret that begins here: where it ends and what stands in its place.
    fn secret_at(&self, raw: &str, at: usize) -> Option<(usize, &str)> {
        let head: &[u8; HEAD] = raw.as_bytes().get(at..)?.first_chunk()?;
        self.lengths.get(head)?.iter().find_map(|length| {
            let instead = self.instead.get(raw.get(at..at + length)?)?;
            (*length >= WORD || stands_alone(raw, at, at + length)).then_some((at + length, instead.as_str()))
        })
    }
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let (before, after) = (text.get(..start).unwrap_or(""), text.get(end..).unwrap_or(""));
    !before.chars().next_back().is_some_and(char::is_alphanumeric) && !after.chars().next().is_some_and(char::is_alphanumeric)
}

/// What a report shows of a secret: a public prefix where the format has one, and the length. Never more than four characters.
pub fn mask(value: &str, public_prefix: usize) -> String {
    let shown: String = value.chars().take(public_prefix.min(4)).collect();
    let length = value.chars().count();
    if shown.is_empty() { format!("[{length} characters]") } else { format!("{shown}…[{length} characters]") }
}

/// Control and direction-changing characters can rewrite a terminal line or hide text: they are shown as escapes.
fn visible(text: &str) -> String {
    let odd = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
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
    fn many_secrets_cost_no_more_than_few() {
        let redactor = Redactor::new((0..200_000).map(|i| (format!("pass-{i}"), "[x]".to_owned())).collect());
        let long = "pass-12 and pass-199999, pass-200000x pass-1 ".repeat(1000);
        assert!(redactor.clean(&long).as_str().starts_with("[x] and [x], [x]0x [x]"));
    }

    #[test]
    fn a_mask_shows_four_characters_at_most() {
        assert_eq!(mask("ghp_abcdefgh", 40), "ghp_…[12 characters]");
        assert_eq!(mask("hunter2", 0), "[7 characters]");
    }
}
