//! From what was found to facts: what a reviewer calls it, what finds it again, and nothing of the secret itself.

use super::example::Examples;
use super::found::{Found, Span, What, Worth};
use super::key;
use super::key::Class;
use super::scene::Scene;
use super::strength::{bits, is_common, looks_random};
use super::surroundings::qualified;
use super::token::Claims;
use crate::artifact::Spot;
use crate::fact::{Draft, Kind, Word, context, credential_type, life, sighting};
use crate::read::{Doc, Knowledge};
use crate::rule::Validate;

/// A file with more secrets than this is a dump: all are hidden, the first are reported.
const MOST: usize = 5_000;

/// Bytes of the line that are kept on either side of the secret, to find it again.
const AROUND: usize = 80;

/// A value with fewer estimated bits can be guessed from a hash of it.
const ENOUGH_BITS: f64 = 64.0;

pub(super) fn push(doc: &Doc<'_>, scene: &Scene, found: &[Found<'_>], knowing: &Knowledge, facts: &mut Vec<Draft>) {
    let cuts: Vec<Span> = found.iter().filter(|f| f.worth != Worth::Nothing).map(|f| f.span).collect();
    if found.iter().all(|f| f.worth != Worth::Sighting) {
        return;
    }
    let examples = Examples::of(doc, scene);
    facts.extend(found.iter().filter(|f| f.worth == Worth::Sighting).take(MOST).map(|f| draft(doc, scene, &examples, f, &cuts, knowing)));
}

fn draft(doc: &Doc<'_>, scene: &Scene, examples: &Examples<'_>, found: &Found<'_>, cuts: &[Span], knowing: &Knowledge) -> Draft {
    let (id, kind, life_word, guess) = match found.what {
        What::Pattern(p) => {
            let raw = doc.text.get(found.span.0..found.span.1).unwrap_or("");
            (
                p.id.as_str(),
                Word::named(&p.kind).unwrap_or(credential_type::API_TOKEN),
                Word::named(p.life.of(raw)).unwrap_or(life::UNKNOWN),
                p.is_guess(),
            )
        }
        What::Guess(id, class) => (id, kind_of(class, found.name.unwrap_or("")), life::LONG, true),
    };
    let user_info = id.starts_with("database.");
    let name = match (found.what, found.key_id, found.name) {
        // a bare number names nothing to a reviewer
        (What::Pattern(p), Some(key_id), _) if !user_info && key_id.bytes().all(|b| b.is_ascii_digit()) => format!("{} {key_id}", p.name),
        (_, Some(key_id), _) if !user_info => key_id.to_owned(),
        (_, _, Some(name)) => qualified(doc.text, found.span.0, name, scene),
        (What::Pattern(p), _, None) => p.name.clone(),
        (What::Guess(..), _, None) => "password on a command line".to_owned(),
    };
    let anchor = format!("{} {}", if found.name.is_some() { name.as_str() } else { id }, line_without(doc.text, found.span, cuts));
    let chosen = kind == credential_type::PASSWORD && !looks_random(&found.value) || user_info && !looks_random(&found.value);
    let value = normalised(&found.value);
    let identity = match found.key_id.filter(|_| !user_info) {
        Some(key_id) => Some(key_id.to_owned()),
        // twelve bits tell two values apart and give nothing away
        None if !chosen && bits(&value) >= ENOUGH_BITS => blake3::hash(value.as_bytes()).to_hex().get(..3).map(str::to_owned),
        None => None,
    };
    let claims = match found.what {
        What::Pattern(p) if p.validate == Some(Validate::Jwt) => Claims::of(&found.value),
        _ => None,
    };
    let life_word = claims.as_ref().map_or(life_word, Claims::life);
    // in a page or a configuration, "test" names a system that runs
    let made_up = scene.context == context::CODE && key::is_made_up(lead(doc.text, found.span.0), kind == credential_type::PRIVATE_KEY);
    let context = if found.span.0 >= scene.tests_from || made_up { context::TEST } else { scene.context };
    let digest = knowing.digest(&value);
    // an identifier is there to be named, and what many people choose proves nothing
    if kind != credential_type::ACCESS_KEY_ID && !is_common(&found.value) {
        knowing.remembered.remember(&value, &digest);
    }
    let of_client = kind == credential_type::CLIENT_SECRET || id.contains("client-secret");
    let client = of_client.then(|| super::client::beside(doc.text, found.span.0)).flatten();
    let draft = Draft::new(Kind::Sighting, name, anchor, Spot::at(found.span.0, found.span.1))
        .saying(sighting::TYPE, kind)
        .saying(sighting::PATTERN, id)
        .saying_some(sighting::KEY_ID, found.key_id.filter(|_| !user_info))
        .saying_some(sighting::CLIENT, client)
        .saying_some(sighting::TENANT, found.key_id.and_then(super::account::account_of))
        .saying_some(sighting::IDENTITY, identity)
        .saying(sighting::DIGEST, digest)
        .saying(sighting::LIFE, life_word)
        .saying(sighting::CONTEXT, context)
        .saying(sighting::ENCRYPTED, found.encrypted)
        .saying(sighting::CHOSEN, chosen)
        .saying(sighting::OWNER, doc.home)
        .saying(sighting::GUESS, guess)
        .saying(sighting::WEAK, is_common(&found.value))
        .saying(sighting::IN_HISTORY, false)
        .saying(sighting::EXAMPLE, !is_unmistakable(found) && (scene.vendored || examples.hold(found.span.0)));
    match claims {
        Some(claims) => claims.told(draft),
        None => draft,
    }
}

/// A token of a vendor is no less one in an example; passwords, keys, URLs and signed tokens look the same whoever made them up, and so
/// does what only its name tells.
fn is_unmistakable(found: &Found<'_>) -> bool {
    const ANYBODYS: [&str; 5] = ["password", "password_hash", "connection_string", "private_key", "signing_key"];
    let What::Pattern(p) = found.what else { return false };
    match p.kind.as_str() {
        // seeds of one-time passwords are printed by every library that reads them
        "recovery_seed" => !p.id.starts_with("recovery.ot"),
        _ if p.is_guess() || p.validate == Some(Validate::Jwt) => false,
        kind => !ANYBODYS.contains(&kind) && (p.public_prefix > 0 || found.key_id.is_some()),
    }
}

/// What stands before a secret on its line; before a block that begins on a line of its own, the line above.
fn lead(text: &str, at: usize) -> &str {
    let from = (at.saturating_sub(AROUND)..=at).find(|i| text.is_char_boundary(*i)).unwrap_or(at);
    let before = text.get(from..at).unwrap_or("");
    let before = before.strip_suffix('\n').unwrap_or(before);
    before.rsplit('\n').next().unwrap_or(before)
}

/// The same key in one line with `\n` and in thirty lines is the same key.
fn normalised(value: &str) -> String {
    if !value.contains("-----BEGIN") {
        return value.to_owned();
    }
    let body = value.replace("\\n", "").replace("\\r", "");
    body.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/')).collect()
}

fn kind_of(class: Class, name: &str) -> Word {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let has = |words: &[&str]| words.iter().any(|w| name.contains(w));
    match class {
        Class::Password | Class::Passphrase => credential_type::PASSWORD,
        _ if has(&["clientsecret"]) => credential_type::CLIENT_SECRET,
        _ if has(&["privatekey"]) => credential_type::PRIVATE_KEY,
        _ if has(&["signing", "secretkey", "hmac", "jwt", "encryption", "masterkey", "signature", "keybase"]) => {
            credential_type::SIGNING_KEY
        }
        _ if has(&["session"]) => credential_type::SESSION_TOKEN,
        _ => credential_type::API_TOKEN,
    }
}

/// The line of a secret with every secret of it taken out and its spaces made one, so that indentation does not matter.
fn line_without(text: &str, (start, end): Span, cuts: &[Span]) -> String {
    let boundary = |range: std::ops::RangeInclusive<usize>| range.into_iter().find(|i| text.is_char_boundary(*i));
    let from = boundary(start.saturating_sub(AROUND)..=start).unwrap_or(start);
    let to = boundary((end + AROUND).min(text.len())..=text.len()).unwrap_or(end);
    let before = text.get(from..start).unwrap_or("");
    let from = start - before.rsplit('\n').next().unwrap_or(before).len();
    let after = text.get(end..to).unwrap_or("");
    let to = end + after.split('\n').next().unwrap_or(after).len();
    let mut out = String::new();
    let mut at = from;
    // the cut before may reach into the line
    let first = cuts.partition_point(|c| c.1 <= from);
    for cut in cuts.iter().skip(first).take_while(|c| c.0 < to) {
        out.push_str(text.get(at..cut.0.max(at)).unwrap_or(""));
        out.push('…');
        at = cut.1.max(at);
    }
    out.push_str(text.get(at.min(to)..to).unwrap_or(""));
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
