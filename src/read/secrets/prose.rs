//! Secrets in sentences: "the password is …", "set the password to …", "… as the admin password", `user / password`.
//!
//! Most words after "password" are no password. One counts as a secret only if it looks like one and the sentence hands it over.

use super::expression::is_code;
use super::found::{Span, Worth};
use super::key::Class;
use super::matcher::Name;
use super::placeholder::is_placeholder;
use super::strength::{Mix, is_uuid, looks_random, pieces, wordiness};
use super::value::{LONGEST, is_address, is_passphrase, is_path};

/// How many words of a sentence are looked at.
const WORDS: usize = 14;

/// Words that hand over a value.
const LINKS: [&str; 24] = [
    "is", "was", "are", "to", "be", "=", ":", "->", "=>", "→", "/", "|", "–", "-", "remains", "stays", "named", "reads", "called", "ist",
    "lautet", "est", "es", "with",
];

/// The secret that a sentence hands over after a name, and what it is worth.
pub(super) fn find(text: &str, name: &Name, rest: Span) -> Option<(Span, Worth)> {
    forward(text, name, rest).or_else(|| backward(text, name))
}

/// Whether a name is the second of `username/password`: its value is the second as well.
fn is_second(text: &str, name: &Name) -> bool {
    const FIRST: [&str; 5] = ["user", "username", "login", "account", "name"];
    let lead = text.get(name.start.saturating_sub(16)..name.start).unwrap_or("").trim_end();
    let word = lead.strip_suffix(['/', ':']).map(str::trim_end);
    word.and_then(|w| w.rsplit(|c: char| !c.is_ascii_alphanumeric()).next())
        .is_some_and(|w| FIRST.iter().any(|f| w.eq_ignore_ascii_case(f)))
}

fn forward(text: &str, name: &Name, (from, to): Span) -> Option<(Span, Worth)> {
    let class = name.class;
    let line = text.get(from..to)?;
    let mut linked = false;
    // the very next word may be the password: "user ops-admin, password Xk3…"
    let mut near = true;
    let mut in_tag = false;
    for (mut start, mut token) in tokens(line).take(WORDS) {
        // the attributes of a tag are no words of the sentence
        in_tag |= token.starts_with('<') && token.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic) && !token.contains('>');
        if in_tag {
            let Some((tag, text)) = token.split_once('>') else { continue };
            in_tag = false;
            start += tag.len() + 1;
            token = text;
        }
        // what a program prints, in a comment behind the call
        if token == "#" {
            return None;
        }
        // the text of a link
        if token.starts_with('[') {
            near = false;
            continue;
        }
        // the next setting of a line of them
        if start > 0 && is_setting(token) {
            (linked, near) = (false, false);
            continue;
        }
        let trimmed = token.trim_start_matches(['*', '_', ')', '"', '\'', '`', ']']);
        if trimmed.is_empty() || LINKS.contains(&token.to_lowercase().as_str()) || matches!(trimmed, ":" | "=" | "->" | "is:" | "=>") {
            (linked, near) = (linked || !trimmed.is_empty(), near || !trimmed.is_empty());
            continue;
        }
        // ":Xk3…" and "=Xk3…" without a space
        let glued =
            if start == 0 { token.len() - token.trim_start_matches(['*', '_', ')', '"', '\'', '`', ']', ':', '=']).len() } else { 0 };
        linked |= token.get(..glued).is_some_and(|g| g.contains([':', '=']));
        let at = from + start + glued;
        let quoted = text.get(at..to).and_then(quoted);
        let span = match quoted {
            Some((open, close)) => (at + open, at + close),
            None => inside(text, (at, from + start + token.len())),
        };
        let raw = text.get(span.0..span.1)?;
        let strong = near && (linked || quoted.is_some());
        // ops@host:password
        if linked && let Some((user, password)) = raw.split_once(':').filter(|(u, _)| u.contains('@') && is_user(u)) {
            let found = worth(password, Class::Password, true);
            if found != Worth::Nothing && class != Class::Token {
                return Some(((span.0 + user.len() + 1, span.1), found));
            }
        }
        let found = if near || linked { worth(raw, class, strong) } else { Worth::Nothing };
        let found = if near && !linked && quoted.is_none() && found == Worth::Sighting && !is_strong(raw) { Worth::Mark } else { found };
        if found != Worth::Nothing {
            return Some((span, found));
        }
        // user/password pairs
        if linked
            && let Some((user, password)) =
                raw.split_once(['/', ':']).filter(|(u, _)| is_user(u) && !is_placeholder(raw) && (!is_path(raw) || is_second(text, name)))
        {
            let found = worth(password, Class::Password, true);
            if found != Worth::Nothing && class != Class::Token {
                return Some(((span.0 + user.len() + 1, span.1), found));
            }
        }
        near = token.ends_with(':') || token.ends_with('=');
        linked |= near;
        if near && is_label_of_other(token) {
            (linked, near) = (false, false);
        }
        if token.ends_with(['.', '?']) && !near {
            return None;
        }
    }
    None
}

/// "… credentials from the role: …", "… token, region: …": what follows is no secret.
fn is_label_of_other(token: &str) -> bool {
    const OTHERS: [&str; 20] = [
        "role", "user", "username", "id", "name", "host", "hostname", "server", "url", "uri", "region", "profile", "email", "file", "path",
        "version", "status", "error", "type", "message",
    ];
    let word = token.trim_end_matches([':', '=', '*', '_', '`']).trim_start_matches(['*', '_', '`', '(']);
    OTHERS.iter().any(|o| word.eq_ignore_ascii_case(o))
}

/// `length=15`, `encrypt=sha256`: a name that is given a value of its own.
fn is_setting(token: &str) -> bool {
    token.split_once('=').is_some_and(|(name, value)| {
        name.len() > 2 && value.len() > 1 && !value.starts_with('=') && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    })
}

pub(super) fn is_user(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '\\'))
}

/// "… as the admin password".
fn backward(text: &str, name: &Name) -> Option<(Span, Worth)> {
    let from = name.start.saturating_sub(80);
    let from = (from..=name.start).find(|i| text.is_char_boundary(*i))?;
    let lead = text.get(from..name.start)?;
    let line = lead.rsplit('\n').next()?;
    let offset = name.start - line.len();
    let words: Vec<(usize, &str)> = tokens(line).collect();
    let after = words.iter().rposition(|(_, w)| w.eq_ignore_ascii_case("as"))?;
    if words.len() - after > 4 {
        return None;
    }
    let (start, token) = after.checked_sub(1).and_then(|i| words.get(i)).copied()?;
    let span = inside(text, (offset + start, offset + start + token.len()));
    let raw = text.get(span.0..span.1)?;
    let found = worth(raw, name.class, token.starts_with(['`', '"', '\'', '“']));
    (found != Worth::Nothing).then_some((span, found))
}

/// Words and where they start.
fn tokens(line: &str) -> impl Iterator<Item = (usize, &str)> {
    line.split_whitespace().map(|word| (word.as_ptr() as usize - line.as_ptr() as usize, word))
}

/// What stands in the quotes that a text opens with: bytes after its start.
fn quoted(text: &str) -> Option<Span> {
    let open = text.chars().next()?;
    let close = match open {
        '`' => '`',
        '"' => '"',
        '\'' => '\'',
        '“' | '„' => '”',
        _ => return None,
    };
    let mut from = open.len_utf8();
    from += text.get(from..)?.len() - text.get(from..)?.trim_start_matches('`').len();
    let length = text.get(from..)?.find(|c| c == close || c == '\n' || (open == '„' && c == '“'))?;
    (length > 0).then_some((from, from + length))
}

/// A span without the quotes, emphasis and punctuation around it.
pub(super) fn inside(text: &str, (start, end): Span) -> Span {
    let raw = text.get(start..end).unwrap_or("");
    let left = raw.trim_start_matches(|c: char| c.is_whitespace() || "\"'`“„‘*_([<".contains(c) && !raw.starts_with("<"));
    let start = end - left.len();
    let wrapped = raw.len() > left.len();
    let left = left.find(['`', '"']).and_then(|i| left.get(..i)).unwrap_or(left);
    // a tag ends the text before it
    let left = left.split_once("<br").map(|(text, _)| text).filter(|t| !t.is_empty()).unwrap_or(left);
    let left = left.split_once("</").map(|(text, _)| text).filter(|t| !t.is_empty() && !t.contains(['<', '>'])).unwrap_or(left);
    let mut right = left.trim_end_matches(|c: char| c.is_whitespace() || "\"'`”“’.,;:)]…|>".contains(c));
    if wrapped || right.ends_with("**") {
        right = right.trim_end_matches(['*', '_']);
    }
    // the end of an emphasis that opens before
    let plain = right.trim_end_matches('*');
    if plain.bytes().all(|b| b.is_ascii_alphabetic()) {
        right = plain;
    }
    if !right.contains('{') {
        right = right.trim_end_matches('}');
    }
    // dots say that there is more of it
    let dots = left.get(right.len()..).filter(|cut| cut.starts_with("...") || cut.starts_with('…')).map_or(0, |_| '…'.len_utf8());
    // a sentence may end in "!", a password too: it stays
    (start, start + right.len() + dots)
}

/// What a word is worth as a secret. `strong`: the text names it as the value, by quotes or right after a colon.
pub(super) fn worth(raw: &str, class: Class, strong: bool) -> Worth {
    if raw.len() > LONGEST {
        return Worth::Nothing;
    }
    let mix = Mix::of(raw);
    // most words are just words
    if !mix.unlike_a_word() && mix.joint == 0 {
        return Worth::Nothing;
    }
    let length = raw.chars().count();
    if is_placeholder(raw) || length > 128 || is_ordinary(raw) {
        return Worth::Nothing;
    }
    if is_uuid(raw) {
        return if strong { Worth::Mark } else { Worth::Nothing };
    }
    if raw.contains(char::is_whitespace) {
        return if strong && class == Class::Passphrase && is_passphrase(raw) { Worth::Sighting } else { Worth::Nothing };
    }
    if class == Class::Token {
        return match () {
            () if length >= 16 && looks_random(raw) => Worth::Sighting,
            () if strong && length >= 8 && mix.digit > 0 && mix.letters() > 0 && wordiness(raw) < 0.6 => Worth::Mark,
            () => Worth::Nothing,
        };
    }
    let kinds = usize::from(mix.lower > 0) + usize::from(mix.upper > 0) + usize::from(mix.digit > 0) + usize::from(mix.symbol > 0);
    let mixed = mix.letters() > 0 && (mix.digit > 0 || mix.symbol > 0);
    match () {
        () if length < 4 => Worth::Nothing,
        () if class == Class::Auth && mix.digit == 0 => Worth::Nothing,
        () if mixed && strong && length >= 6 => Worth::Sighting,
        // S2A, EC2Config: one digit in a name
        () if mixed && kinds >= 3 && length >= 8 && is_strong(raw) && (mix.digit > 1 || mix.symbol > 0) => Worth::Sighting,
        () if strong && mix.turns > 0 && length >= 8 && wordiness(raw) < 0.5 => Worth::Sighting,
        () if strong && (mixed || (mix.digit >= 6 && mix.letters() == 0)) => Worth::Mark,
        () => Worth::Nothing,
    }
}

/// Digits and letters, and symbols or both cases: hardly a word of the language.
fn is_strong(raw: &str) -> bool {
    let mix = Mix::of(raw);
    mix.digit > 0 && mix.letters() > 1 && (mix.symbol > 0 || (mix.upper > 0 && mix.lower > 0)) && raw.len() >= 7
}

/// Words with digits or symbols that every text about passwords holds: names of techniques, dates, numbers with units, references.
pub(super) fn is_ordinary(raw: &str) -> bool {
    const TRADE: [&str; 39] = [
        "sha", "md5", "aes", "rsa", "base64", "base32", "oauth", "fido", "utf", "http", "tls", "ssl", "ipv", "x509", "x.509", "ed25519",
        "bcrypt", "argon2", "pbkdf", "hmac", "totp", "u2f", "m365", "o365", "office", "windows", "win", "rfc", "iso", "nist", "cve-",
        "p256", "scram", "saml", "ntlm", "kerberos", "mfa", "2fa", "pkcs",
    ];
    let lower = raw.to_lowercase();
    let mix = Mix::of(raw);
    let first = raw.chars().next().unwrap_or(' ');
    TRADE.iter().any(|t| lower.starts_with(t) && (mix.symbol == 0 || mix.joint > 0) && lower.len() <= t.len() + 8)
        || matches!(first, '/' | '-' | '<' | '&' | '.' | '[' | '(' | '{' | '#')
        || (first == '@' && (mix.digit == 0 || raw.contains('.') || (mix.symbol == 1 && mix.digit < 3)))
        || (first == '$' && mix.digit == 0)
        || raw.contains("://")
        || is_code(raw)
        || raw.contains("](")
        || raw.contains("]]")
        || raw.contains('|')
        || raw.contains("::")
        || raw.contains("->")
        || raw.contains("\\n")
        || is_path(raw)
        || is_address(raw)
        || raw.contains('’')
        || (raw.contains(['—', '–']) && mix.digit == 0)
        || is_control(raw)
        || (raw.contains("&#") && raw.contains(';'))
        || (raw.contains('\'') && mix.digit == 0)
        || (raw.contains('=') && !raw.ends_with('=') && mix.digit < 2)
        || (raw.contains(['/', '+', '&', '?', '!', ',', ';', '(', ')', ':', '|', '%', '"', '<', '>']) && mix.digit == 0 && is_words(raw))
        || is_measure(raw, mix)
        || is_hyphenated(raw, mix)
        || is_acronym(raw, mix)
        || is_class_name(raw, mix)
        || is_qualified(raw, mix)
        || raw.contains("{@")
}

/// `PR.AC-1`, `IA-5(1)`, `CC6.1`, `A.9.4.3`: a control of a standard.
fn is_control(raw: &str) -> bool {
    let mut parts = raw.split(|c: char| !c.is_ascii_alphanumeric()).filter(|p| !p.is_empty());
    let family = parts.next().is_some_and(|p| p.len() <= 4 && p.starts_with(|c: char| c.is_ascii_uppercase()) && !p.contains(is_small));
    let number = |p: &str| p.len() <= 3 && p.bytes().all(|b| b.is_ascii_digit());
    let rest: Vec<&str> = parts.collect();
    family
        && rest.last().is_some_and(|p| number(p))
        && rest.iter().all(|p| number(p) || p.len() <= 3 && p.bytes().all(|b| b.is_ascii_uppercase()))
}

fn is_small(c: char) -> bool {
    !(c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// `SOCKS5`, `CRAM-MD5`, `HTTP+NTLM`: capitals, and a version behind them.
fn is_acronym(raw: &str, mix: Mix) -> bool {
    mix.lower == 0
        && mix.upper >= mix.digit
        && mix.digit <= 2
        && raw
            .split(['-', '+', '/', '_'])
            .all(|part| part.len() <= 8 && part.trim_end_matches(|c: char| c.is_ascii_digit()).bytes().all(|b| b.is_ascii_uppercase()))
}

/// `OAuth2ClientAuthenticationToken`: words of the trade, joined as programs join them.
fn is_class_name(raw: &str, mix: Mix) -> bool {
    const TRADE: [&str; 21] = [
        "token",
        "request",
        "response",
        "credential",
        "credentials",
        "provider",
        "manager",
        "service",
        "client",
        "server",
        "config",
        "handler",
        "factory",
        "exception",
        "helper",
        "context",
        "session",
        "header",
        "authentication",
        "converter",
        "authenticator",
    ];
    // a person who is told to choose one takes a digit
    const SECRETS: [&str; 4] = ["secret", "password", "key", "passphrase"];
    let ends = |p: &str, words: &[&str]| words.iter().any(|t| p.to_ascii_lowercase().ends_with(t));
    mix.symbol == 0
        && mix.joint == 0
        && mix.digit <= 2
        && mix.turns > 0
        && (wordiness(raw) > 0.4 && pieces(raw).any(|p| ends(p, &TRADE))
            || mix.digit == 0 && wordiness(raw) > 0.3 && pieces(raw).any(|p| ends(p, &SECRETS)))
}

/// `crypt32.OpenCertStore`: a name in a module.
fn is_qualified(raw: &str, mix: Mix) -> bool {
    mix.symbol == 0
        && mix.digit < 4
        && wordiness(raw) > 0.5
        && raw.split_once('.').is_some_and(|(module, name)| {
            let identifier =
                |s: &str| s.starts_with(|c: char| c.is_ascii_alphabetic()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            identifier(module) && identifier(name)
        })
}

/// Every part is a word: `username/password`, `first+last`.
fn is_words(raw: &str) -> bool {
    mix_free(raw).all(|part| part.len() < 3 || wordiness(part) > 0.9)
}

fn mix_free(raw: &str) -> impl Iterator<Item = &str> {
    raw.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty())
}

/// Dates, times, versions, amounts, phone numbers, tickets (`OPS-1234`), ordinals.
fn is_measure(raw: &str, mix: Mix) -> bool {
    let letters = mix.letters();
    let ticket = raw.split_once('-').is_some_and(|(a, b)| {
        (1..=6).contains(&a.len()) && a.bytes().all(|c| c.is_ascii_uppercase()) && !b.is_empty() && b.bytes().all(|c| c.is_ascii_digit())
    });
    let joined = raw
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'/' | b':' | b'.' | b'+' | b'%' | b',' | b'(' | b')' | b'T' | b'Z' | b'x'));
    let unit = mix.symbol == 0 && letters <= 3 && mix.digit > 0 && raw.starts_with(|c: char| c.is_ascii_digit()) && raw.len() <= 6;
    let version = raw.trim_start_matches(['v', 'V']).bytes().all(|b| b.is_ascii_digit() || b == b'.') && mix.digit > 0;
    ticket || (joined && letters <= 2) || unit || version
}

/// `two-factor`, `8-character`, `tier-2`, `rack_4`: words and short numbers, joined.
fn is_hyphenated(raw: &str, mix: Mix) -> bool {
    let parts: Vec<&str> = raw.split(['-', '_', '.', '/']).collect();
    mix.symbol <= raw.matches('/').count()
        && parts.len() > 1
        && mix.upper <= parts.len()
        && parts.iter().all(|p| {
            p.is_empty()
                || p.bytes().all(|b| b.is_ascii_alphabetic()) && (p.len() < 3 || pieces(p).all(|w| wordiness(w) > 0.9))
                || (p.len() <= 3 && p.bytes().all(|b| b.is_ascii_digit()))
        })
        && parts.len() <= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_no_passwords() {
        for raw in [
            "kept",
            "8-character",
            "2026-01-31",
            "12:30",
            "OPS-1234",
            "v2.1",
            "OAuth2",
            "SHA-256",
            "vault/ops",
            "don't",
            "90d",
            "username/password",
            "two-factor",
            "ops@acme.io",
            "https://x.io",
            "`",
            "step-2",
            "24h",
            "M365",
            "/run/secrets",
            "--password",
            "pg.acme.io",
            "PR.AC-1",
            "IA-5(1)",
            "PR.AC-7)*",
            "A.9.4.3",
            "recovered—only",
            "OIDCClientSecret",
        ] {
            assert_eq!(worth(raw, Class::Password, true), Worth::Nothing, "{raw}");
        }
        for raw in ["hunter2", "Summer2026!", "Xk3!pq9Z", "GJXtbglN99U3pur4v7p7nV", "tiger$lamp", "Winter-2026!", "s3cr3t!"] {
            assert_eq!(worth(raw, Class::Password, true), Worth::Sighting, "{raw}");
        }
    }
}
