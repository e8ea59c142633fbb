//! Tests that tell a real secret from one that only looks like it: checksums, structure, plausibility.

use super::placeholder::{is_placeholder, is_published_payload};
use crate::rule::Validate;
use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::URL_SAFE, LENIENT);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT);

/// Whether a secret passes its pattern's test. `user` is what the pattern captured as key id.
pub(super) fn passes(test: Validate, secret: &str, user: Option<&str>) -> bool {
    match test {
        Validate::GithubCrc32 | Validate::NpmCrc32 => checksum(secret),
        Validate::Jwt => jwt(secret),
        Validate::Pem => pem(secret),
        Validate::Base64Json => secret.find("eyJ").and_then(|at| secret.get(at..)).is_some_and(|part| json_object(part).is_some()),
        Validate::UrlUserinfo => userinfo(&percent_decoded(secret), user.map(percent_decoded).as_deref()),
        Validate::Luhn => luhn(secret),
        Validate::Eleven => elevens(secret),
    }
}

/// A prefix that ends in an underscore, letters and digits, and six of base 62 that are the CRC-32 of these.
fn checksum(secret: &str) -> bool {
    let body = secret.rsplit_once('_').and_then(|(_, rest)| rest.split_at_checked(rest.len().checked_sub(6)?));
    body.is_some_and(|(body, sum)| sum == base62(crc32(body.as_bytes())))
}

/// CRC-32 as zlib computes it.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, b| (0..8).fold(crc ^ u32::from(*b), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xEDB8_8320 } else { c >> 1 }))
}

/// Six digits of base 62, zeros in front.
fn base62(mut n: u32) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut out = [b'0'; 6];
    for place in out.iter_mut().rev() {
        *place = DIGITS.get((n % 62) as usize).copied().unwrap_or(b'0');
        n /= 62;
    }
    out.iter().map(|b| char::from(*b)).collect()
}

fn jwt(secret: &str) -> bool {
    let Some(token) = secret.find("eyJ").and_then(|at| secret.get(at..)) else { return false };
    let mut parts = token.split('.');
    let (Some(header), Some(payload), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let Some(payload) = json_object(payload) else { return false };
    // a key that every page of an application shows
    let public = payload.contains("\"supabase\"") && payload.contains("\"anon\"");
    json_object(header).is_some() && signature.len() >= 20 && !is_published_payload(&payload) && !public
}

/// The JSON object that some base64, of either alphabet, decodes to.
pub(super) fn json_object(part: &str) -> Option<String> {
    let bytes = URL_SAFE.decode(part).or_else(|_| STANDARD.decode(part)).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let value: serde_json::Value = serde_json::from_str(&text).ok()?;
    value.is_object().then_some(text)
}

/// The plain text in some base64, if it holds printable text.
pub(super) fn base64_text(part: &str) -> Option<String> {
    let bytes = general_purpose::STANDARD.decode(part).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    (!text.is_empty() && text.chars().all(|c| !c.is_control() || c == '\n')).then(|| text.trim_end().to_owned())
}

/// The armour closes as it opened, and its body begins as a key does.
fn pem(secret: &str) -> bool {
    let label = |marker: &str| {
        let (_, rest) = secret.split_once(marker)?;
        rest.split_once("-----").map(|(label, _)| label)
    };
    let (Some(begin), Some(end)) = (label("-----BEGIN "), label("-----END ")) else { return false };
    if begin != end {
        return false;
    }
    // an encrypted body in the old style is noise from its first byte
    if secret.contains("Proc-Type:") {
        return true;
    }
    let body = secret.split_once("PRIVATE KEY").and_then(|(_, rest)| rest.split_once("-----")).map_or("", |(_, body)| body);
    let body = body.split_once("-----END").map_or(body, |(body, _)| body);
    let Some(first) = first_base64(body) else { return false };
    let Ok(bytes) = STANDARD.decode(first) else { return false };
    match begin {
        "OPENSSH PRIVATE KEY" => bytes.starts_with(b"openssh-key"),
        "PGP PRIVATE KEY BLOCK" => bytes.first().is_some_and(|b| b & 0x80 != 0),
        _ => bytes.first() == Some(&0x30),
    }
}

/// The first sixteen characters of the first line that is base64, header lines and the decoration of source code left out.
fn first_base64(body: &str) -> Option<String> {
    body.split(['\n', '\r']).flat_map(|l| l.split("\\n")).filter(|line| !line.contains(": ")).find_map(|line| {
        let run = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '#' | '*' | '>' | '|' | '+' | '\\'));
        let run = run.strip_prefix("r\\").unwrap_or(run);
        let good = run.len() >= 16 && run.bytes().take(16).all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
        good.then(|| run.chars().take(16).collect())
    })
}

fn userinfo(password: &str, user: Option<&str>) -> bool {
    let mut distinct: Vec<char> = password.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    distinct.len() >= 3 && !user.is_some_and(|u| u.eq_ignore_ascii_case(password)) && !is_placeholder(password)
}

/// `mypass`, `dbpassword`: what documentation writes for a password, letters and nothing else.
pub(super) fn is_documentary(password: &str) -> bool {
    let lower = password.to_ascii_lowercase();
    lower.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_'))
        && ["pass", "pwd", "secret", "token", "key", "pw"].iter().any(|w| lower.contains(w))
}

/// A machine of its own, as providers number them (`ds048537.mongolab.com`): documentation writes `db` and `host.example.com`.
pub(super) fn is_one_host(after: &str) -> bool {
    let host: &str = after.split(|c: char| c.is_whitespace() || "/:?\"',".contains(c)).next().unwrap_or("");
    let first = host.split('.').next().unwrap_or("");
    let digits = first.bytes().filter(u8::is_ascii_digit).count();
    host.matches('.').count() >= 2 && digits >= 3 && first.bytes().any(|b| b.is_ascii_alphabetic()) && !host.contains("example")
}

/// Whether a URL goes on with a host that is kept for examples (RFC 2606).
pub(super) fn is_reserved_host(after: &str) -> bool {
    let host = after.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))).next().unwrap_or("").to_ascii_lowercase();
    let mut labels = host.rsplit('.');
    let (top, second) = (labels.next().unwrap_or(""), labels.next().unwrap_or(""));
    matches!(top, "example" | "test" | "invalid") || (second == "example" && matches!(top, "com" | "org" | "net"))
}

/// `%21` is `!`: a password is compared and hidden as it is typed.
pub(super) fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(b) = bytes.get(at) {
        let hex = (*b == b'%').then(|| text.get(at + 1..at + 3)).flatten().and_then(|h| u8::from_str_radix(h, 16).ok());
        out.push(hex.unwrap_or(*b));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// Eight groups that hold sixteen bits each, times eleven.
fn elevens(secret: &str) -> bool {
    let mut groups = secret.split('-').map(|g| g.parse::<u32>().ok().filter(|n| n % 11 == 0 && n / 11 <= 0xFFFF));
    let eight = groups.by_ref().take(8).filter(Option::is_some).count() == 8;
    eight && groups.next().is_none()
}

fn luhn(secret: &str) -> bool {
    let digits: Vec<u32> = secret.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits.iter().rev().enumerate().map(|(i, d)| if i % 2 == 1 { (d * 2) / 10 + (d * 2) % 10 } else { *d }).sum();
    digits.len() >= 8 && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(base62(0), "000000");
        assert_eq!(base62(61), "00000z");
        assert!(passes(Validate::GithubCrc32, "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", None));
        assert!(!passes(Validate::GithubCrc32, "ghp_rrj8tMUOsKZjreOzxy99fbA4uQ9cSY4Q4ctR", None));
        assert!(
            elevens("533159-551210-330209-634568-565015-358446-536184-369578")
                && !elevens("533158-551210-330209-634568-565015-358446-536184-369578")
        );
        assert!(luhn("4539578763621486"));
        assert!(!luhn("4539578763621487"));
    }

    #[test]
    fn passwords_of_urls() {
        let test = |p: &str, u: &str| passes(Validate::UrlUserinfo, p, Some(u));
        assert!(test("LktSLVjSFiBXqp%21", "svc"));
        assert!(!test("svc", "svc"));
        assert!(!test("password", "svc"));
        assert_eq!(percent_decoded("a%21%zz%"), "a!%zz%");
    }
}
