//! Whether a few lines may hold a secret, whatever file they stand in. Of a history most lines are looked at by nothing else.
//!
//! The answer depends on the given bytes alone, so that it does not matter which blob came first.

use super::found::{Found, Worth};
use super::scene::{Bare, Scene};
use super::{Hits, assignment, columns, command, encoded, headed, login};
use crate::fact::context;
use crate::read::{Doc, Knowledge};

/// How a value may be written, in any kind of file.
const WAYS: [Bare; 3] = [Bare::Line, Bare::Word, Bare::Prose];

/// First bytes of everything in a text that announces a secret, one at least for each line that has any.
pub(in crate::read) fn announced<'t>(text: &'t [u8], knowing: &'t Knowledge) -> impl Iterator<Item = usize> + 't {
    knowing.secrets.announced(text)
}

/// Whether a few lines hold what some reader would report.
pub(in crate::read) fn may_hold(text: &str, knowing: &Knowledge) -> bool {
    let matcher = &knowing.secrets;
    let hits: Hits = matcher.scan(text);
    let mut found: Vec<Found<'_>> = Vec::new();
    let reports = |found: &[Found<'_>]| found.iter().any(|f| f.worth == Worth::Sighting);
    matcher.search(text, &hits, &mut found);
    command::find(text, &hits.commands, &mut found);
    reports(&found)
        || WAYS.iter().any(|bare| {
            let scene = Scene { bare: *bare, ..Scene::SHORT };
            found.extend(hits.names.iter().filter_map(|name| assignment::find(text, name, &scene)));
            columns::find(text, &hits.names, &scene, &mut found);
            reports(&found)
        })
}

/// The same of what is encoded in a few lines.
pub(in crate::read) fn may_hold_encoded(text: &str, knowing: &Knowledge) -> bool {
    encoded::texts(text).0.iter().any(|decoded| may_hold(decoded.as_ref(), knowing))
}

/// Whether a file of this name is to be read whole whatever a glance at its lines sees: the name says what is in it.
pub(in crate::read) fn told_by_name(name: &str) -> bool {
    let name = name.to_lowercase();
    let doc = Doc { path: &name, home: "", text: "" };
    login::is_named(&name) || headed::is_telling(&name) && Scene::of(&doc, None).context != context::CODE
}

/// Whether a text is to be read whole whatever a glance at its lines sees: a program keeps its logins in such files.
pub(in crate::read) fn is_store(bytes: &[u8]) -> bool {
    login::opens_store(bytes)
}
