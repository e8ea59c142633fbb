//! Formats: a text to a [`Document`], whatever marks it uses. Each reader knows its marks, the [`builder`] what they mean.

mod asciidoc;
mod builder;
mod cells;
mod entity;
mod front;
mod html;
mod lines;
mod mail;
mod markdown;
mod org;
mod plain;
mod rest;
mod space;
mod tickets;
mod wiki;

use super::document::{Document, Joined};
use super::recognise::Layout;

/// Reads a text of a layout; with the name of the artifact's kind in reports.
pub(super) fn read(layout: Layout, text: &str) -> (Document, &'static str) {
    match layout {
        Layout::Markdown => (markdown::read(text), "runbook.markdown"),
        Layout::Html => (html::read(text), "runbook.html"),
        Layout::AsciiDoc => (asciidoc::read(text), "runbook.asciidoc"),
        Layout::Rest => (rest::read(text), "runbook.rst"),
        Layout::Org => (org::read(text), "runbook.org"),
        Layout::Mail => (mail::read(text), "runbook.mail"),
        Layout::Space => (space::read(text), "runbook.confluence"),
        Layout::MediaWiki if wiki::is_dump(text) => (wiki::read_dump(text), "runbook.mediawiki"),
        Layout::MediaWiki => (wiki::read(text), "runbook.mediawiki"),
        Layout::WikiMarkup => (wiki::read_jira(text), "runbook.wiki"),
        Layout::TicketsCsv => (tickets::read_csv(text), "tickets.csv"),
        Layout::TicketsJson => (tickets::read_json(text), "tickets.json"),
        Layout::Plain => (plain::read(text), "runbook.text"),
    }
}

/// Whether a CSV file is an export of tickets.
pub(super) fn is_ticket_table(text: &str) -> bool {
    tickets::separator(text).is_some()
}

/// Whether a JSON file may be an export of tickets.
pub(super) fn may_hold_tickets(text: &str) -> bool {
    tickets::may_hold(text)
}

/// The cells of a line of CSV, without their quotation marks.
fn csv_cells(line: &str) -> Vec<(usize, usize)> {
    let bytes = line.as_bytes();
    let (mut out, mut from, mut quoted) = (Vec::new(), 0, false);
    for at in 0..=bytes.len() {
        match bytes.get(at) {
            Some(b'"') => quoted = !quoted,
            Some(b',') | None if !quoted || at == bytes.len() => {
                let raw = line.get(from..at).unwrap_or_default();
                let cell = raw.trim().trim_matches('"');
                let begin = from + raw.find(cell).unwrap_or(0);
                out.push((begin, begin + cell.len()));
                from = at + 1;
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests;
