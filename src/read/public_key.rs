//! Public halves and ids of keys: no secrets, but what tells that one key is used in several places.
//!
//! An OpenSSH key is known by its fingerprint, wherever its public half stands; the private file holds that half as well. A service
//! account's key is known by its id.

use super::{Doc, Drafts, secrets};
use crate::artifact::Spot;
use crate::fact::{Draft, Kind, key_use};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest, Sha256};
use std::ops::Range;

/// Keys of one file that are told. More is a dump.
const MOST: usize = 500;
/// Characters of a key, more than any real one has.
const LONGEST: usize = 24 * 1024;
/// Characters of a comment that name a key.
const COMMENT: usize = 60;

const PRIVATE: &str = "-----BEGIN OPENSSH PRIVATE KEY-----";
const ID: &str = "private_key_id";
/// What every public key begins with in base64: the high bytes of a length.
const BODY: &str = "AAAA";
const TYPES: [&str; 7] = [
    "ssh-ed25519",
    "ssh-rsa",
    "ssh-dss",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
];

/// A key that is used somewhere.
struct Use {
    key: String,
    name: String,
    span: Range<usize>,
    secret: bool,
}

/// Finds the keys that a text trusts or names.
pub(super) fn read(doc: &Doc<'_>, out: &mut Drafts) {
    let text = doc.text;
    let at = |needle: &'static str| memchr::memmem::find_iter(text.as_bytes(), needle);
    let public = at(BODY).filter_map(|i| public(text, i));
    let private = at(PRIVATE).filter_map(|i| private(text, i));
    let ids = at(ID).filter_map(|i| id(text, i));
    let uses: Vec<Use> = public.chain(private).chain(ids).take(MOST).collect();
    if uses.is_empty() {
        return;
    }
    let context = secrets::context_of(doc, out.kind);
    out.facts.extend(uses.into_iter().map(|u| {
        Draft::new(Kind::KeyUse, u.name, u.key.clone(), Spot::at(u.span.start, u.span.end))
            .saying(key_use::KEY, u.key)
            .saying(key_use::OWNER, doc.home)
            .saying(key_use::CONTEXT, context)
            .saying(key_use::SECRET, u.secret)
    }));
}

/// The public key whose base64 begins at a byte, unless it is a machine's: everybody who knows the machine has it.
fn public(text: &str, at: usize) -> Option<Use> {
    let before = text.get(..at)?.strip_suffix(' ')?;
    let line = before.get(before.rfind('\n').map_or(0, |i| i + 1)..)?;
    let name = line.rsplit(|c: char| c.is_whitespace() || "\"'`=:,".contains(c)).next()?;
    let kind = TYPES.iter().find(|t| **t == name)?;
    let lead = line.strip_suffix(*kind)?;
    // `known_hosts` puts the machine before the key
    let host = |word: &str| word.starts_with('|') || word.starts_with('[') || word.contains('.') && !word.contains(['"', '/', '=']);
    if lead.split_whitespace().next_back().is_some_and(host) || lead.to_ascii_lowercase().contains("host") {
        return None;
    }
    let rest = text.get(at..)?;
    let body: &str = rest.get(..rest.bytes().take(LONGEST).take_while(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b)).count())?;
    let blob = STANDARD_NO_PAD.decode(body.trim_end_matches('=')).ok()?;
    let (named, numbers) = string(&blob)?;
    // a shortened key in a guide ends in the middle of a number
    if named != kind.as_bytes() || !whole(numbers) {
        return None;
    }
    let after = rest.get(body.len()..)?.lines().next().unwrap_or_default();
    let comment = after.strip_prefix(' ').and_then(|c| c.split(|c: char| c.is_whitespace() || "\"'`\\,<".contains(c)).next());
    let comment: String = comment.unwrap_or_default().chars().take(COMMENT).collect();
    let key = fingerprint(&blob);
    let name = if comment.is_empty() { format!("SSH key {key}") } else { format!("SSH key {comment}") };
    Some(Use { key, name, span: at..at + body.len(), secret: false })
}

/// The public half that an OpenSSH private key, encrypted or not, holds in the clear.
fn private(text: &str, at: usize) -> Option<Use> {
    let start = at + PRIVATE.len();
    let rest = text.get(start..)?;
    let end = memchr::memchr(b'-', rest.as_bytes().get(..rest.len().min(LONGEST))?)?;
    let body = rest.get(..end)?.replace("\\n", "").replace("\\r", "");
    let body: String = body.chars().filter(|c| c.is_ascii_alphanumeric() || "+/=".contains(*c)).collect();
    let blob = STANDARD.decode(body).ok()?;
    let mut rest = blob.strip_prefix(b"openssh-key-v1\0")?;
    for _ in ["cipher", "derivation", "its options"] {
        rest = string(rest)?.1;
    }
    let (public, _) = string(rest.get(4..)?)?;
    let key = fingerprint(public);
    Some(Use { name: format!("SSH key {key}"), key, span: at..at + PRIVATE.len(), secret: true })
}

/// The id of a service account's key: forty hexadecimal digits.
fn id(text: &str, at: usize) -> Option<Use> {
    let rest = text.get(at + ID.len()..)?;
    let skipped = rest.bytes().take(8).take_while(|b| b" \t\"'\\:=".contains(b)).count();
    let id = rest.get(skipped..skipped + 40)?;
    let ends = rest.as_bytes().get(skipped + 40).is_none_or(|b| !b.is_ascii_alphanumeric());
    let mut digits: Vec<u8> = id.bytes().collect();
    digits.sort_unstable();
    digits.dedup();
    let real = skipped > 0 && ends && digits.len() >= 8 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let start = at + ID.len() + skipped;
    real.then(|| Use { key: id.to_owned(), name: id.to_owned(), span: start..start + 40, secret: false })
}

/// A string with its length before it, and what follows.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_be_bytes(*length) as usize)
}

/// Whether bytes are strings with their lengths, to the end, and long enough for a key.
fn whole(mut bytes: &[u8]) -> bool {
    let length = bytes.len();
    while !bytes.is_empty() {
        let Some((_, rest)) = string(bytes) else { return false };
        bytes = rest;
    }
    length >= 32
}

fn fingerprint(blob: &[u8]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(blob)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::key_use;

    const PUBLIC: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICQuYaMa25fV+7551uw6cP1ULx/nY1ZsRHVyxa8XclFC";
    /// Made for the tests of this program; it opens nothing.
    const SECRET: &str = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\nQyNTUxOQAAACAkLmGjGtuX1fu+edbsOnD9VC8f52NWbER1csWvF3JRQgAAAJAVz4xGFc+M\nRgAAAAtzc2gtZWQyNTUxOQAAACAkLmGjGtuX1fu+edbsOnD9VC8f52NWbER1csWvF3JRQg\nAAAEAy0zHcau5VK9xiWZTrcc/mwxppgHEeSL9J8TF64AReHiQuYaMa25fV+7551uw6cP1U\nLx/nY1ZsRHVyxa8XclFCAAAAB2NpQGFjbWUBAgMEBQY=\n-----END OPENSSH PRIVATE KEY-----\n";

    fn keys(text: &str) -> Vec<(String, String)> {
        let mut out = Drafts::default();
        read(&Doc { path: "a/keys.tf", home: "a", text }, &mut out);
        let key = |f: &Draft| f.fields.text(key_use::KEY).cloned().unwrap_or_default();
        out.facts.iter().map(|f| (f.name.clone(), key(f))).collect()
    }

    #[test]
    fn both_halves_have_one_fingerprint() {
        let public = keys(&format!("resource x {{\n  public_key = \"{PUBLIC} ci@acme\"\n}}\n"));
        let secret = keys(SECRET);
        assert_eq!(public.len(), 1);
        assert_eq!(public[0].0, "SSH key ci@acme");
        assert_eq!(public[0].1, secret[0].1);
        assert_eq!(keys(&SECRET.replace('\n', "\\n"))[0].1, secret[0].1);
        assert_eq!(keys(&format!("from=\"10.0.0.0/8\",no-pty {PUBLIC}\n")).len(), 1);
    }

    #[test]
    fn machines_and_shortened_keys_are_left_out() {
        for text in [
            format!("git.acme.example {PUBLIC}\n"),
            format!("[10.0.0.1]:2222 {PUBLIC}\n"),
            format!("|1|abc=|def= {PUBLIC}\n"),
            format!("git_host_key: {PUBLIC}\n"),
            format!("key: {}\n", &PUBLIC[..60]),
            "key: ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC...\n".to_owned(),
            "see AAAA in the text".to_owned(),
        ] {
            assert_eq!(keys(&text), [], "{text}");
        }
    }

    #[test]
    fn ids_of_service_accounts() {
        let id = "4f1c0a9be27d53686a1f0b9c8d7e6f5a4b3c2d1e";
        assert_eq!(keys(&format!("{{\"private_key_id\": \"{id}\"}}")).len(), 1);
        assert_eq!(keys(&format!("private_key_id = \"{id}\"")).len(), 1);
        assert!(keys("\"private_key_id\": \"0000000000000000000000000000000000000000\"").is_empty());
        assert!(keys("\"private_key_id\": \"your-key-id\"").is_empty());
    }
}
