//! Secrets in any text.
//!
//! Two kinds of evidence: the pattern of a vendor, and a name that announces a secret (`DB_PASSWORD=…`, "the password is …").
//! Redact liberally, report conservatively: whatever looks like a secret is marked, only what is hardly anything else is a
//! sighting. Placeholders are neither.

mod assignment;
mod columns;
mod command;
mod found;
mod key;
mod matcher;
mod placeholder;
mod prose;
mod scene;
mod sighting;
mod strength;
mod surroundings;
mod validate;
mod value;
mod vicinity;

pub use matcher::Matcher;

use super::{Doc, Drafts, Knowledge, Mark};
use found::{Found, What, Worth, settle};
use scene::Scene;

/// Finds the secrets of a text: marks for all, sightings for those that are no placeholder.
pub(super) fn read(doc: &Doc<'_>, knowing: &Knowledge, out: &mut Drafts) {
    let scene = Scene::of(doc, out.kind);
    let found = search(doc.text, &scene, &knowing.secrets);
    out.marks.extend(found.iter().filter_map(mark));
    sighting::push(doc, &scene, &settle(found), knowing, &mut out.facts);
}

/// Finds what must be redacted in a short string.
pub(super) fn marks(text: &str, knowing: &Knowledge, out: &mut Vec<Mark>) {
    let mut found = search(text, &Scene::SHORT, &knowing.secrets);
    vicinity::find_noise(text, &mut found);
    out.extend(found.iter().filter_map(mark));
}

/// How often one pattern finds a secret in a text, all its tests applied.
pub(super) fn hits(text: &str, pattern: &str, knowing: &Knowledge) -> usize {
    let hits = knowing.secrets.scan(text);
    let mut found = Vec::new();
    knowing.secrets.search(text, &hits, &mut found);
    found.iter().filter(|f| f.worth == Worth::Sighting && matches!(f.what, What::Pattern(p) if p.id == pattern)).count()
}

fn search<'a>(text: &'a str, scene: &Scene, matcher: &'a Matcher) -> Vec<Found<'a>> {
    let hits = matcher.scan(text);
    let mut found = Vec::new();
    matcher.search(text, &hits, &mut found);
    if scene.names {
        found.extend(hits.names.iter().filter_map(|name| assignment::find(text, name, scene)));
        columns::find(text, &hits.names, scene, &mut found);
        if scene.pgpass {
            columns::pgpass(text, &mut found);
        }
        command::find(text, &hits.commands, &mut found);
        vicinity::find(text, scene, &mut found);
    }
    found
}

fn mark(found: &Found<'_>) -> Option<Mark> {
    // the id of a key is public: exports know the key by it
    if found.worth == Worth::Nothing || found.is_key_id() {
        return None;
    }
    let public_prefix = match found.what {
        What::Pattern(p) => p.public_prefix,
        What::Guess(..) => 0,
    };
    Some(Mark { start: found.span.0, end: found.span.1, value: found.value.clone().into_owned(), public_prefix })
}

#[cfg(test)]
mod tests;
