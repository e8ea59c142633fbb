//! Runbooks: prose to procedures, including what they leave out.
//!
//! A text becomes a [`document`] of blocks, blocks become sentences, sentences [`clause`]s with a deed, object, channel and proof,
//! sections [`procedure`]s. Negation, duty and the reach of headings are resolved here, so that a rule only asks what is so.

mod address;
mod answers;
mod clause;
mod document;
mod format;
mod grammar;
mod heading;
mod inflect;
mod note;
mod people;
mod policy;
mod procedure;
mod promise;
mod recognise;
mod section;
mod stance;
mod terms;
mod token;
mod tongue;
mod unit;
mod vocabulary;
mod voice;

pub use tongue::Tongues;

use super::{Doc, Drafts, Knowledge};
use crate::artifact::Why;
use crate::fact::Kind;
use recognise::Layout;
use tongue::Tongue;

/// Reads a text as prose, if it is some.
pub(super) fn read(doc: &Doc<'_>, knowing: &Knowledge, out: &mut Drafts) {
    read_with(doc, &knowing.prose, out);
}

/// Reads what a ticket tells of itself, where its columns are known already.
pub(super) fn read_told(doc: &Doc<'_>, knowing: &Knowledge, out: &mut Drafts) {
    let mut told = Drafts::default();
    read_with(doc, &knowing.prose, &mut told);
    out.facts.extend(told.facts.into_iter().filter(|f| f.kind == Kind::Procedure));
}

fn read_with(doc: &Doc<'_>, tongues: &Tongues, out: &mut Drafts) {
    let Some(layout) = recognise::layout(doc) else { return };
    let interesting = tongues.is_interesting(doc.text);
    if !interesting && !tongues.promised().may_page(doc.text) {
        return;
    }
    if layout.is_too_large(doc.text) {
        if interesting {
            out.unread.push(Why::TooLarge { bytes: doc.text.len() as u64 });
        }
        return;
    }
    let (mut document, kind) = format::read(layout, doc.text);
    if layout == Layout::Html && !recognise::is_page(&document, doc.text) {
        return;
    }
    let tongue = tongues.tongue(document.blocks.iter().map(|b| b.text.text.as_str()));
    if matches!(tongue, Tongue::English | Tongue::Unclear) {
        promise::promises(&document, doc.text, tongues.promised(), &mut out.facts);
    }
    if !interesting {
        return;
    }
    if tongue == Tongue::Unknown {
        out.unread.push(Why::Language);
        return;
    }
    let sections = section::sections(&document, tongues, tongue, doc.text.len());
    let before = out.facts.len();
    if !procedure::procedures(&document, &sections, doc.path, &doc.file_name(), &mut out.facts) {
        out.unread.push(Why::Record);
    }
    people::everybody(&mut out.facts, before);
    if out.facts.len() > before {
        out.kind = Some(kind);
    }
    // of the tickets, those are kept that are about a way in
    let mut told = out.facts.iter().skip(before).map(|f| f.at.start).collect::<Vec<_>>();
    told.sort_unstable();
    let about = |span: (usize, usize)| told.get(told.partition_point(|at| *at < span.0)).is_some_and(|at| *at < span.1);
    out.facts.extend(document.events.drain(..).filter(|e| about(e.0)).map(|e| e.1));
    policy::controls(&sections, &doc.file_name(), &mut out.facts);
}

#[cfg(test)]
mod tests;
