//! Broken JSON: whether what can still be read of it is an export that is known.
//!
//! A text that cannot be parsed is complained of only if it is ours. Words are poor witnesses of that, for most stand in other texts as
//! well; the records that are still whole are good ones.

use super::ExportReader;
use super::input::{Body, Input};
use crate::tree::{Tree, json, json_lenient};
use serde_json::value::RawValue;

/// Objects that are tried, and bytes of each.
const TRIED: usize = 64;
const LONGEST: usize = 64 * 1024;

/// Whether what stands before the fault, or one of the first objects that are whole, is an export of one of these readers.
pub(super) fn is_known(text: &str, readers: &[&dyn ExportReader]) -> bool {
    let known = |tree: Tree| {
        let bodies = Input::of(tree).bodies;
        bodies.iter().map(Body::head).any(|head| readers.iter().any(|reader| reader.recognises(&head).is_some()))
    };
    let before = json(text).err().and_then(|fault| start(text, 0, fault.at().min(LONGEST * 16)));
    if before.and_then(|before| json_lenient(before).ok()).is_some_and(|(tree, _)| known(tree)) {
        return true;
    }
    text.match_indices('{').take(TRIED).any(|(at, _)| {
        let first = start(text, at, LONGEST)
            .and_then(|rest| serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>().next())
            .and_then(Result::ok);
        first.and_then(|raw| json(raw.get()).ok()).is_some_and(known)
    })
}

/// So many bytes from a place on, less where they end inside a character.
fn start(text: &str, from: usize, bytes: usize) -> Option<&str> {
    let rest = text.get(from..)?;
    let end = (0..=bytes.min(rest.len())).rev().find(|i| rest.is_char_boundary(*i))?;
    rest.get(..end)
}
