//! What stands before a document: title and owner, as YAML, TOML or attributes say it.

use super::Document;

/// Reads front matter line by line: a broken one costs the broken lines only.
pub(super) fn read(text: &str, start: usize, toml: bool, document: &mut Document) {
    let mut at = start;
    // a key without a value has a list of values below it
    let mut above = "";
    for line in text.split_inclusive('\n') {
        let here = at;
        at += line.len();
        if let Some(item) = line.trim().strip_prefix("- ").filter(|_| !above.is_empty()) {
            say(above, item, span(text, here - start, item, start), document);
            above = "";
            continue;
        }
        let Some((key, value)) = line.split_once(if toml { '=' } else { ':' }) else { continue };
        if line.starts_with([' ', '\t']) {
            continue;
        }
        above = if value.trim().is_empty() { key.trim() } else { "" };
        say(key.trim(), value, span(text, here - start, value, start), document);
    }
}

/// Where a part of a line stands in the source.
fn span(text: &str, line: usize, part: &str, start: usize) -> (usize, usize) {
    let trimmed = part.trim();
    let at = text.get(line..).and_then(|rest| rest.find(trimmed)).unwrap_or(0) + line + start;
    (at, at + trimmed.len())
}

/// One entry.
pub(super) fn say(key: &str, value: &str, span: (usize, usize), document: &mut Document) {
    let value = value.trim().trim_matches(['"', '\'', '[', ']']).trim();
    if value.is_empty() {
        return;
    }
    let key = key.to_lowercase().replace(['-', ' '], "_");
    let slot = match key.trim_start_matches("page_").trim_start_matches("document_") {
        "title" => &mut document.title,
        "owner" | "owners" | "maintainer" | "maintainers" | "owned_by" | "owner_team" | "process_owner" => &mut document.owner,
        _ => return,
    };
    slot.get_or_insert_with(|| (value.to_owned(), span));
}
