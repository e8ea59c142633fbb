//! What stands near a word such as "password" in a text that people read, and looks like a secret.
//!
//! There are more ways to hand over a password in a sentence than rules for sentences. What stands here is hidden and not reported:
//! a hidden word too many costs a reader little, a password in a quote costs its owner the account.

use super::found::{Found, Span, What, Worth};
use super::key::Class;
use super::marks::Marks;
use super::placeholder::is_placeholder;
use super::prose::{self, is_ordinary};
use super::scene::{Bare, Scene};
use super::strength::{Mix, entropy, is_hash_or_cipher, is_uuid, looks_random, wordiness};
use super::value::is_address;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::sync::LazyLock;

/// A longer line is looked at piece by piece, in bytes.
const PIECE: usize = 1024;
/// Longest and shortest secret that a person types, in bytes.
const LONGEST: usize = 64;
const SHORTEST: usize = 8;

/// A line, or a piece of one.
#[derive(Clone, Copy, Default)]
struct Line<'a> {
    text: &'a str,
    /// Whether it holds a telling word.
    tells: bool,
}

/// Hides what looks like a secret on a line with a telling word, and on the lines before and after it.
pub(super) fn find<'a>(text: &'a str, scene: &Scene, marks: &mut Marks<'_>, found: &mut Vec<Found<'a>>) {
    let mut lines =
        lines(text).filter(|line| scene.bare == Bare::Prose || is_comment(line)).map(|text| Line { text, tells: tells(text) }).peekable();
    let mut before = false;
    while let Some(line) = lines.next() {
        // an empty line ends a paragraph, and tells nothing
        if line.tells || before || lines.peek().is_some_and(|next| next.tells) {
            hide(text, line, found);
            marks.spill(found);
        }
        before = line.tells;
    }
}

/// A name of a file or folder that is nothing but noise in all kinds of letters: no person named it.
pub(super) fn find_noise<'a>(text: &'a str, found: &mut Vec<Found<'a>>) {
    const NAME: usize = 255;
    const NOISE: usize = 32;
    if text.len() > NAME {
        return;
    }
    for raw in text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '_'))) {
        let mix = Mix::of(raw);
        if raw.len() >= NOISE
            && mix.lower > 3
            && mix.upper > 3
            && mix.digit > 1
            && mix.turns > 2
            && entropy(raw) >= 4.0
            && wordiness(raw) < 0.5
        {
            let start = raw.as_ptr() as usize - text.as_ptr() as usize;
            found.extend(give(text, (start, start + raw.len())));
        }
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r']).flat_map(|line| {
        let mut rest = Some(line);
        std::iter::from_fn(move || {
            let line = rest?;
            let from = (PIECE..line.len()).find(|i| line.is_char_boundary(*i));
            let cut = from.and_then(|from| line.get(from..)?.find(char::is_whitespace).map(|i| from + i));
            rest = cut.and_then(|cut| line.get(cut..));
            line.get(..cut.unwrap_or(line.len()))
        })
    })
}

fn is_comment(line: &str) -> bool {
    let start = line.trim_start();
    ["#", "//", "*", "/*", "--", ";", "<!--", "REM ", "rem "].iter().any(|m| start.starts_with(m)) || line.is_empty()
}

/// A part of every word or pair of words that tells: most lines have none, and need no closer look.
static HINTS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let parts = ["pass", "pw", "pin", "key", "log", "psk", "otp", "mdp", "secret", "token", "credential", "kennwort", "break", "sign"];
    AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(parts).ok()
});

/// Whether a line speaks of secrets.
fn tells(line: &str) -> bool {
    const WHOLE: [&str; 12] = ["pass", "pwd", "pw", "pin", "pins", "key", "keys", "login", "logins", "psk", "otp", "mdp"];
    const PARTS: [&str; 9] = ["passw", "passphrase", "passcode", "secret", "token", "credential", "kennwort", "breakglass", "apikey"];
    // log in, break-glass
    const PAIRS: [(&str, &str); 5] = [("log", "in"), ("logs", "in"), ("sign", "in"), ("break", "glass"), ("log", "on")];
    if !HINTS.as_ref().is_none_or(|hints| hints.is_match(line)) {
        return false;
    }
    let mut before = "";
    line.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 1).any(|word| {
        let is = |w: &&str| word.eq_ignore_ascii_case(w);
        let pair = PAIRS.iter().any(|(a, b)| before.eq_ignore_ascii_case(a) && word.eq_ignore_ascii_case(b));
        before = word;
        pair || WHOLE.iter().any(is) || (word.len() > 4 && has_part(word, &PARTS))
    })
}

fn has_part(word: &str, parts: &[&str]) -> bool {
    let bytes = word.as_bytes();
    (0..bytes.len()).any(|at| {
        let first = bytes.get(at).map(u8::to_ascii_lowercase);
        parts.iter().any(|p| {
            p.as_bytes().first().copied() == first && bytes.get(at..at + p.len()).is_some_and(|b| b.eq_ignore_ascii_case(p.as_bytes()))
        })
    })
}

/// What the words before a word say of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    /// Nothing.
    None,
    /// It stands where a password stands.
    Given,
    /// It stands where a number that opens something stands.
    Pin,
}

fn hide<'a>(text: &'a str, line: Line<'a>, found: &mut Vec<Found<'a>>) {
    let mut lead = Lead::None;
    let mut user = false;
    for word in line.text.split_whitespace() {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        let span = prose::inside(text, (start, start + word.len()));
        let raw = text.get(span.0..span.1).unwrap_or("");
        let hidden = if word.len() > 4 * LONGEST { None } else { secret(text, span, lead) };
        if let Some(span) = hidden {
            found.extend(give(text, span));
            lead = Lead::None;
            continue;
        }
        lead = match () {
            () if is_pin(raw) => Lead::Pin,
            () if is_password(raw) => Lead::Given,
            () if is_link(word) => lead,
            // breakglass / …
            () if user && word == "/" => Lead::Given,
            () => Lead::None,
        };
        user = prose::is_user(raw);
    }
}

fn is_pin(word: &str) -> bool {
    ["pin", "passcode", "pincode"].iter().any(|w| word.eq_ignore_ascii_case(w))
}

fn is_password(word: &str) -> bool {
    ["password", "passphrase", "pass", "pwd", "pw", "answer", "passwd", "passwort", "kennwort"].iter().any(|w| word.eq_ignore_ascii_case(w))
}

fn is_link(word: &str) -> bool {
    ["is", "=", ":", "->", "→", "–", "-", "code", "was", "ist", "lautet", "to", "of"].iter().any(|w| word.eq_ignore_ascii_case(w))
}

/// The part of a word that is to be hidden.
fn secret(text: &str, span: Span, lead: Lead) -> Option<Span> {
    let raw = text.get(span.0..span.1)?;
    let digits = || raw.bytes().all(|b| b.is_ascii_digit());
    match lead {
        Lead::Pin if digits() => {
            let year = raw.len() == 4 && (raw.starts_with("19") || raw.starts_with("20"));
            return ((4..=10).contains(&raw.len()) && !year).then_some(span);
        }
        Lead::Given | Lead::Pin if prose::worth(raw, Class::Password, true) != Worth::Nothing => return Some(span),
        _ => {}
    }
    // user:password, NAME=value: the value alone
    let after = [':', '=', '/'].iter().filter_map(|c| Some((raw.find(*c)?, *c))).min();
    if let Some((at, _)) = after.filter(|(at, _)| raw.get(..*at).is_some_and(is_name)) {
        let value = (span.0 + at + 1, span.1);
        let raw = text.get(value.0..value.1)?;
        if !raw.is_empty() && raw.bytes().any(|b| b != b'=') {
            return looks_secret(raw).then_some(value);
        }
    }
    if looks_secret(raw) {
        return Some(span);
    }
    // a tag, an arrow or a hash sign in front
    let parts = || raw.split(['<', '>', '→', '|', ',', ';', '"', '(', ')']).filter(|p| !p.ends_with('@'));
    let wrapped = !raw.contains("://") && !raw.contains("](") && raw.chars().any(|c| "<>→|,;\"()#@$".contains(c));
    let part =
        parts().filter(|_| wrapped).map(|p| p.trim_start_matches(['#', '@', '$'])).find(|p| p.len() < raw.len() && looks_secret(p))?;
    let start = part.as_ptr() as usize - text.as_ptr() as usize;
    let marked = text.get(..start).map_or(0, |t| t.len() - t.trim_end_matches(['#', '@', '$']).len());
    Some((start.saturating_sub(marked).max(span.0), start + part.len()))
}

/// A word that names an account or a setting.
fn is_name(word: &str) -> bool {
    prose::is_user(word) && (wordiness(word) > 0.5 || word.len() < 4)
}

/// Whether a person or a machine made a word to be hard to guess.
fn looks_secret(raw: &str) -> bool {
    if !(SHORTEST..=LONGEST).contains(&raw.len()) {
        return false;
    }
    let mix = Mix::of(raw);
    if mix.digit == 0 || mix.letters() == 0 {
        return false;
    }
    // numbers, templates, parts to be filled in, and accounts of databases
    let filled = raw.starts_with("0x")
        || raw.contains("{%")
        || raw.contains("%}")
        || raw.contains("'@'")
        || (raw.contains('<') && raw.contains('>'));
    let known =
        filled || is_ordinary(raw) || is_address(&raw.to_lowercase()) || is_uuid(raw) || is_hash_or_cipher(raw) || is_placeholder(raw);
    !known && (with_symbol(raw, mix) || mixed(raw, mix) || noise(raw, mix))
}

/// A letter, a digit and a symbol that is no grammar.
fn with_symbol(raw: &str, mix: Mix) -> bool {
    let inner = raw.get(raw.chars().next().map_or(0, char::len_utf8)..).unwrap_or("");
    let strong = inner.contains(['!', '@', '#', '$', '^', '?']);
    let weak = inner.contains(['%', '&', '*', '+', '=', '~']);
    // HS256+RS256, a=b2: short parts that people join
    let joined = || {
        raw.split(['%', '&', '*', '+', '=', '~', '-', '_', '.', ',']).all(|part| {
            let mix = Mix::of(part);
            wordiness(part) > 0.9 || (mix.symbol == 0 && mix.digit <= 4 && (mix.lower == 0 || mix.letters() < 3))
        })
    };
    // issues: team#1234
    let issue = raw.split_once('#').is_some_and(|(a, b)| Mix::of(a).digit == 0 && b.bytes().all(|b| b.is_ascii_digit()) && mix.upper == 0);
    (strong && !issue) || (weak && !joined())
}

/// Both cases and digits, and no word with a number behind it.
fn mixed(raw: &str, mix: Mix) -> bool {
    if mix.lower == 0 || mix.upper == 0 || mix.digit < 2 || mix.symbol > 0 {
        return false;
    }
    let noisy = |part: &str| {
        let mix = Mix::of(part);
        part.len() > 5 && mix.digit > 1 && mix.letters() > 1 && wordiness(part) < 0.5
    };
    let groups = raw.split(|c: char| !c.is_ascii_digit()).filter(|g| !g.is_empty()).count();
    let head = raw.trim_end_matches(|c: char| c.is_ascii_digit());
    match mix.joint {
        _ if raw.contains('.') => false,
        0 if groups == 1 && head.len() < raw.len() => wordiness(head) < 0.6,
        0 => wordiness(raw) < 0.5 || mix.digit > 2,
        // not Standard_D4s_v3, not 800-90Ar1
        _ => raw.split(['-', '_']).any(noisy),
    }
}

/// Lower case and digits, as machines make tokens; hashes, by their length, and ids of PGP keys are left alone.
fn noise(raw: &str, mix: Mix) -> bool {
    let hash = (matches!(raw.len(), 32 | 40 | 56 | 64) || mix.lower == 0) && raw.bytes().all(|b| b.is_ascii_hexdigit());
    raw.len() >= 16 && mix.digit > 3 && mix.symbol == 0 && mix.joint == 0 && !hash && looks_random(raw)
}

fn give(text: &str, span: Span) -> Option<Found<'_>> {
    let value = text.get(span.0..span.1)?;
    let what = What::Guess("generic.vicinity", Class::Password);
    let worth = Worth::Mark;
    Some(Found { span, whole: span, what, name: None, key_id: None, value: value.into(), encrypted: false, worth })
}

#[cfg(test)]
mod tests {
    use super::*;
    fn hidden(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        find(text, &Scene::SHORT, &mut Marks::new(text, &mut Vec::new()), &mut found);
        found.iter().filter_map(|f| text.get(f.span.0..f.span.1)).collect()
    }

    #[test]
    fn handed_over_in_any_words() {
        for text in [
            "Log in as emergency / Falcon#58kq! and ring the desk.",
            "Log in with emergency:Falcon#58kq! there.",
            "The break-glass password (Falcon#58kq!) is in the safe.",
            "The default password, Falcon#58kq!, is used.",
            "user emergency, pass Falcon#58kq!",
            "PIN Falcon#58kq!",
            "The secret answer is Falcon#58kq!.",
            "# Break glass token Falcon#58kq!",
            "We log in\nwith Falcon#58kq! as ever",
            "<td>Password</td><td>Falcon#58kq!</td>",
            "login with <Falcon#58kq!>",
            "Initial password→Falcon#58kq!",
        ] {
            let found = hidden(text);
            assert!(found.iter().any(|f| f.trim_end_matches('.').ends_with("Falcon#58kq!")), "{text}: {found:?}");
        }
        assert_eq!(hidden("The PIN is 4821."), ["4821"]);
        assert_eq!(hidden("Login: Xk9mQ2vvTz81"), ["Xk9mQ2vvTz81"]);
        assert_eq!(hidden("echo #Falcon5819! | passwd --stdin root"), ["#Falcon5819!"]);
        assert_eq!(hidden("pass hunter2"), ["hunter2"]);
        assert_eq!(hidden("Our motto\n\nFalcon#58kq! is a bird"), [""; 0]);
    }

    #[test]
    fn words_of_the_trade() {
        for text in [
            "Rotate the access key in eu-central-1 on Standard_D4s_v3, WindowsServer2022, by 2026-01-31T10:00:00Z.",
            "The token is signed with HS256+RS256; see RFC7519, issue#1234 and CVE-2024-12345.",
            "Log in to bastion01.acme.io:8443 as ops@acme.io and open https://acme.io/a?b=C3d4&x=12.",
            "The key's digest is d41d8cd98f00b204e9800998ecf8427e, id 2ad8251e-1cbf-4210-b0f1-e208b3a7c87d.",
            "Set PASSWORD_LENGTH=16 and --token-ttl=90d, then sign in at step-12 (EventID4625).",
            "Secrets are in /etc/vault/v2/Prod01 and in Runbook-2026.md.",
        ] {
            assert_eq!(hidden(text), [""; 0], "{text}");
        }
    }
}
