//! Runbooks: prose to procedures, including what they leave out.
//!
//! A text becomes a [`document`] of blocks, blocks become sentences, sentences [`clause`]s with a deed, object, channel and proof,
//! sections [`procedure`]s. Negation, duty and the reach of headings are resolved here, so that a rule only asks what is so.

mod clause;
mod document;
mod grammar;
mod inflect;
mod markdown;
mod plain;
mod procedure;
mod recognise;
mod section;
mod stance;
mod token;
mod tongue;
mod vocabulary;

pub use tongue::Tongues;

use super::{Doc, Drafts, Knowledge};
use crate::artifact::Why;
use recognise::Layout;
use tongue::Tongue;

/// Reads a text as prose, if it is some.
pub(super) fn read(doc: &Doc<'_>, knowing: &Knowledge, out: &mut Drafts) {
    read_with(doc, &knowing.prose, out);
}

fn read_with(doc: &Doc<'_>, tongues: &Tongues, out: &mut Drafts) {
    let Some(layout) = recognise::layout(doc) else { return };
    if !tongues.is_interesting(doc.text) {
        return;
    }
    let (document, kind) = match layout {
        Layout::Markdown => (markdown::read(doc.text), "runbook.markdown"),
        Layout::Plain => (plain::read(doc.text), "runbook.text"),
    };
    let tongue = tongues.tongue(document.blocks.iter().map(|b| b.text.text.as_str()));
    if tongue == Tongue::Unknown {
        out.unread.push(Why::Language);
        return;
    }
    let sections = section::sections(&document, tongues, tongue, doc.text.len());
    let before = out.facts.len();
    procedure::procedures(&document, &sections, &doc.file_name(), &mut out.facts);
    if out.facts.len() > before {
        out.kind = Some(kind);
    }
}

#[cfg(test)]
mod tests;
