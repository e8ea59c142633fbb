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

pub use grammar::Grammar;

use super::{Doc, Drafts, Knowledge};
use recognise::Layout;

/// Reads a text as prose, if it is some.
pub(super) fn read(doc: &Doc<'_>, knowing: &Knowledge, out: &mut Drafts) {
    read_with(doc, &knowing.prose, out);
}

fn read_with(doc: &Doc<'_>, grammar: &Grammar, out: &mut Drafts) {
    let Some(layout) = recognise::layout(doc) else { return };
    if !grammar.is_interesting(doc.text) {
        return;
    }
    let (document, kind) = match layout {
        Layout::Markdown => (markdown::read(doc.text), "runbook.markdown"),
        Layout::Plain => (plain::read(doc.text), "runbook.text"),
    };
    let sections = section::sections(&document, grammar, doc.text.len());
    let before = out.facts.len();
    procedure::procedures(&document, &sections, &doc.file_name(), &mut out.facts);
    if out.facts.len() > before {
        out.kind = Some(kind);
    }
}

#[cfg(test)]
#[cfg(test)]
mod tests;
