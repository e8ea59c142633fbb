//! Secrets in any text.
//!
//! Two kinds of evidence: the pattern of a vendor, and a name that announces a secret (`DB_PASSWORD=…`, "the password is …").
//! Redact liberally, report conservatively: whatever looks like a secret is marked, only what is hardly anything else is a
//! sighting. Placeholders are neither.

mod account;
mod assignment;
mod client;
mod columns;
mod command;
mod disk;
mod encoded;
mod example;
mod expression;
mod form;
mod found;
mod headed;
mod key;
mod login;
mod marks;
mod matcher;
mod placeholder;
mod probe;
mod prose;
mod scene;
mod sighting;
mod strength;
mod surroundings;
mod token;
mod validate;
mod value;
mod vicinity;

pub use matcher::Matcher;
pub(super) use probe::{announced, is_store, may_hold, may_hold_encoded, told_by_name};

use super::{Doc, Drafts, Knowledge, Mark};
use crate::artifact::{Limit, Why};
use crate::fact::Word;
use found::{Found, What, Worth, settle};
use marks::Marks;
use matcher::Hits;
use scene::Scene;

/// Finds the secrets of a text: marks for all, sightings for those that are no placeholder.
pub(super) fn read(doc: &Doc<'_>, knowing: &Knowledge, out: &mut Drafts) {
    read_at(doc, &knowing.secrets.scan(doc.text), knowing, out);
}

/// The same of a text that was looked through before.
pub(super) fn read_at(doc: &Doc<'_>, hits: &Hits, knowing: &Knowledge, out: &mut Drafts) {
    let scene = Scene::of(doc, out.kind);
    let (decoded, whole) = encoded::texts(doc.text);
    if !whole {
        out.unread.push(Why::Limit { of: Limit::Decoded });
    }
    let mut found = seek(doc.text, hits, &scene, &knowing.secrets, &mut Marks::new(doc.text, &mut out.marks));
    encoded::find(&decoded, &scene, &knowing.secrets, &mut out.marks, &mut found);
    login::whole(doc, &mut found);
    headed::find(doc, &knowing.secrets, &mut found);
    // of a text that gives no fact nothing is quoted, so there is nothing to hide in it
    let quoted = !out.facts.is_empty() || out.kind.is_some() || found.iter().any(|f| f.worth == Worth::Sighting);
    let quoted = quoted || memchr::memmem::find(doc.text.as_bytes(), super::ALLOW.as_bytes()).is_some();
    let mut marks = Marks::new(doc.text, &mut out.marks);
    if quoted && scene.names {
        vicinity::find(doc.text, &scene, &mut marks, &mut found);
    }
    found.iter().for_each(|f| marks.add(f));
    sighting::push(doc, &scene, &settle(found), knowing, &mut out.facts);
}

/// Finds what must be redacted in a short string.
pub(super) fn marks(text: &str, knowing: &Knowledge, out: &mut Vec<Mark>) {
    let mut marks = Marks::new(text, out);
    let mut found = search(text, &Scene::SHORT, &knowing.secrets, &mut marks);
    vicinity::find_noise(text, &mut found);
    found.iter().for_each(|f| marks.add(f));
}

/// Where what stands in a text stands: in code, in a configuration, in a test.
pub(super) fn context_of(doc: &Doc<'_>, kind: Option<&'static str>) -> Word {
    Scene::of(doc, kind).context
}

/// How often one pattern finds a secret in a text, all its tests applied.
pub(super) fn hits(text: &str, pattern: &str, knowing: &Knowledge) -> usize {
    let hits = knowing.secrets.scan(text);
    let mut found = Vec::new();
    knowing.secrets.search(text, &hits, &mut found);
    found.iter().filter(|f| f.worth == Worth::Sighting && matches!(f.what, What::Pattern(p) if p.id == pattern)).count()
}

/// Names are read so many at a time.
const BATCH: usize = 10_000;

/// Everything that is a secret or looks like one.
fn search<'a>(text: &'a str, scene: &Scene, matcher: &'a Matcher, marks: &mut Marks<'_>) -> Vec<Found<'a>> {
    let mut found = seek(text, &matcher.scan(text), scene, matcher, marks);
    if scene.names {
        vicinity::find(text, scene, marks, &mut found);
    }
    found
}

/// What may be reported.
fn seek<'a>(text: &'a str, hits: &Hits, scene: &Scene, matcher: &'a Matcher, marks: &mut Marks<'_>) -> Vec<Found<'a>> {
    let mut found = Vec::new();
    matcher.search(text, hits, &mut found);
    if scene.bundles {
        let shape = |f: &&mut Found<'_>| matches!(f.what, What::Pattern(p) if matches!(p.kind.as_str(), "password" | "connection_string"));
        found.iter_mut().filter(shape).filter(|f| assignment::is_bundled(text, f.span.0)).for_each(|f| f.worth = f.worth.min(Worth::Mark));
    }
    disk::find(text, &mut found);
    if scene.store {
        // what looks like a placeholder elsewhere may be the password here
        let doubted = |f: &Found<'_>| f.worth == Worth::Mark && matches!(f.what, What::Pattern(p) if p.kind == "password");
        found.retain(|f| f.worth != Worth::Nothing && !doubted(f));
    }
    if !scene.names {
        return found;
    }
    for names in hits.names.chunks(BATCH) {
        found.extend(names.iter().filter_map(|name| assignment::find(text, name, scene)));
        marks.spill(&mut found);
    }
    columns::find(text, &hits.names, scene, &mut found);
    login::lists(text, scene, &mut found);
    marks.spill(&mut found);
    command::find(text, &hits.commands, &mut found);
    marks.spill(&mut found);
    found
}

#[cfg(test)]
mod tests;
