//! Which files are prose, told by name first and by a cheap look at the text.

use super::document::{Document, Shape};
use super::format;
use crate::read::Doc;

/// How a text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Markdown.
    Markdown,
    /// HTML, or the storage format of Confluence.
    Html,
    /// AsciiDoc.
    AsciiDoc,
    /// reStructuredText.
    Rest,
    /// Org.
    Org,
    /// A mail whose transfer encoding is undone.
    Mail,
    /// A space that Confluence exported.
    Space,
    /// The markup of MediaWiki, or its XML dump.
    MediaWiki,
    /// The markup of Jira and the older Confluence.
    WikiMarkup,
    /// Tickets, one a row.
    TicketsCsv,
    /// Tickets as a program was given them.
    TicketsJson,
    /// Anything with lines and blank lines.
    Plain,
}

/// Endings that say nothing of the layout below them.
const WRAPPERS: [&str; 10] = [".tmpl", ".template", ".tpl", ".j2", ".jinja", ".jinja2", ".erb", ".mustache", ".hbs", ".liquid"];
/// Names without an ending that people write for people.
const NAMES: [&str; 9] = ["readme", "runbook", "playbook", "security", "contributing", "operations", "procedures", "howto", "instructions"];
/// Text files that are lists for machines, or terms of a licence.
const NO_PROSE: [&str; 12] = [
    "requirements",
    "robots",
    "license",
    "licence",
    "copying",
    "notice",
    "constraints",
    "cmakelists",
    "changelog",
    "changes",
    "history",
    "third",
];
/// Folders of texts that tell and weigh instead of asking.
const TOLD: [&str; 12] = [
    "adr",
    "adrs",
    "decisions",
    "architecture-decision-record",
    "architecture-decision-records",
    "architecture_decision_records",
    "architecture_decision_record",
    "rfcs",
    "blog",
    "_posts",
    "node_modules",
    "testdata",
];
/// A document larger than this is generated.
const LARGEST: usize = 4 * 1024 * 1024;
/// Exports of tickets grow with the years.
const LARGEST_EXPORT: usize = 32 * 1024 * 1024;

impl Layout {
    /// Whether a text of this layout is too large to have been written by people.
    pub(super) fn is_too_large(self, text: &str) -> bool {
        let largest =
            if matches!(self, Self::TicketsCsv | Self::TicketsJson | Self::MediaWiki | Self::Space) { LARGEST_EXPORT } else { LARGEST };
        text.len() > largest
    }
}

/// The layout of a text, if it is prose.
pub(super) fn layout(doc: &Doc<'_>) -> Option<Layout> {
    let mut name = doc.file_name();
    let wrapped = WRAPPERS.iter().find_map(|w| name.strip_suffix(w)).map(str::to_owned);
    let is_template = wrapped.is_some();
    name = wrapped.unwrap_or(name);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name.as_str(), ""));
    let told = doc.path.to_lowercase().split('/').rev().skip(1).any(|folder| TOLD.contains(&folder));
    if told || NO_PROSE.iter().any(|n| stem.starts_with(n)) {
        return None;
    }
    match extension {
        // what is unpacked of an office document is Markdown
        "md" | "markdown" | "mdx" | "mdown" | "qmd" | "rmd" | "docx" | "docm" | "odt" | "pptx" | "odp" => Some(Layout::Markdown),
        "txt" | "text" | "pdf" => sentences(doc.text).then_some(Layout::Plain),
        "rst" | "rest" => sentences(doc.text).then_some(Layout::Rest),
        "adoc" | "asciidoc" | "asc" => sentences(doc.text).then_some(Layout::AsciiDoc),
        "eml" => Some(Layout::Mail),
        // a page with gaps is filled by a program for its users
        "html" | "htm" | "xhtml" if !is_template => Some(Layout::Html),
        "xml" if is_stored_page(doc.text) => Some(Layout::Html),
        "xml" if starts(doc.text, "<hibernate-generic") => Some(Layout::Space),
        "xml" if starts(doc.text, "<mediawiki") => Some(Layout::MediaWiki),
        "wiki" | "mediawiki" | "mw" => sentences(doc.text).then_some(Layout::MediaWiki),
        "jira" | "confluence" => sentences(doc.text).then_some(Layout::WikiMarkup),
        "csv" | "tsv" => format::is_ticket_table(doc.text).then_some(Layout::TicketsCsv),
        "json" | "jsonl" | "ndjson" => format::may_hold_tickets(doc.text).then_some(Layout::TicketsJson),
        "org" => sentences(doc.text).then_some(Layout::Org),
        // standard input has no name: a page piped in is most likely Markdown, and what is not reads as lines all the same
        "" if stem == "stdin" => sentences(doc.text).then_some(Layout::Markdown),
        "" if NAMES.contains(&stem) => sentences(doc.text).then_some(Layout::Plain),
        _ => None,
    }
}

fn starts(text: &str, with: &str) -> bool {
    text.trim_start().starts_with(with) || text.get(..512).is_some_and(|head| head.contains(with))
}

/// Whether an XML file is a page as Confluence stores it.
fn is_stored_page(text: &str) -> bool {
    text.contains("<ac:") && !starts(text, "<hibernate-generic")
}

/// What only the pages of programs hold: fields to fill in, and the marks of those who build them.
const CONTROLS: [&str; 16] = [
    "<input",
    "<select",
    "<textarea",
    "<button",
    " v-if=",
    " v-for=",
    " v-model=",
    "*ngif=",
    "*ngfor=",
    " ng-",
    "[(ngmodel)]",
    "{{",
    "{%",
    "<%",
    "th:text",
    " formcontrolname",
];
/// Words of a sentence at least.
const SENTENCE: usize = 5;

/// Whether a page of HTML reads like sentences that people wrote for people: no form, no list of links, no generated index.
pub(super) fn is_page(document: &Document, text: &str) -> bool {
    let (mut sentences, mut bytes, mut all) = (0usize, 0, 0);
    for block in document.blocks.iter().filter(|b| !matches!(b.shape, Shape::Heading(_))) {
        let said = block.text.text.trim();
        all += said.len();
        // "Approved by: e-mail" in a cell is said as well
        let ends = said.ends_with(['.', ':', '!', '?', '。'])
            || said.contains(". ")
            || matches!(block.shape, Shape::Item { ordered: true } | Shape::Row);
        if said.split_whitespace().take(SENTENCE).count() == SENTENCE && ends {
            sentences += 1;
            bytes += said.len();
        }
    }
    let lower = text.to_ascii_lowercase();
    let controls: usize = CONTROLS.iter().map(|c| memchr::memmem::find_iter(lower.as_bytes(), c).count()).sum();
    sentences >= 2 && bytes * 2 >= all && controls * 3 <= sentences.max(3)
}

/// Whether the head of a text holds sentences: a word list, a log or a lock file does not.
fn sentences(text: &str) -> bool {
    let head = text.get(..text.len().min(16_384)).unwrap_or_else(|| {
        let end = (0..16_384).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        text.get(..end).unwrap_or_default()
    });
    let (mut lines, mut wordy, mut points) = (0usize, 0usize, 0usize);
    for line in head.lines().filter(|l| !l.trim().is_empty()) {
        lines += 1;
        let words = line.split(' ').filter(|w| w.chars().filter(|c| c.is_alphabetic()).count() * 2 > w.len()).count();
        wordy += usize::from(words >= 4);
        points += usize::from(line.contains(". ") || line.trim_end().ends_with(['.', ':', '?']));
    }
    wordy >= 2 && points >= 1 && wordy * 4 >= lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str, text: &str) -> Option<Layout> {
        layout(&Doc { path, home: "", text })
    }

    #[test]
    fn prose_is_told_from_lists_and_code() {
        assert_eq!(at("a/README.md", "x"), Some(Layout::Markdown));
        assert_eq!(at("a/access.md.tmpl", "x"), Some(Layout::Markdown));
        assert_eq!(at("reset.txt", "Call the desk first.\nThey will ask you who you are.\n"), Some(Layout::Plain));
        assert_eq!(at("README", "Call the desk first.\nThey will ask you who you are.\n"), Some(Layout::Plain));
        assert_eq!(at("stdin", "# Reset\n\nCall the desk first. They will ask.\nThen they reset it for you.\n"), Some(Layout::Markdown));
        // a page is told by what was read of it
        assert_eq!(at("index.html", "x"), Some(Layout::Html));
        let page = |text: &str| is_page(&format::read(Layout::Html, text).0, text);
        let weak = "<p>Call the desk first, they will ask you who you are.</p>";
        assert!(page(&weak.repeat(3)));
        assert!(!page(weak) && !page(&format!("{}<input><input><button>", weak.repeat(3))));
        assert_eq!(at("words.txt", "alpha\nbeta\ngamma\n"), None);
        assert_eq!(at("requirements.txt", "The password is sent by mail. It is so."), None);
        for path in ["main.rs", "app.yaml", "package-lock.json", "index.html.erb", "LICENSE", "users.csv"] {
            assert_eq!(at(path, "Call the desk first.\nThey will ask you who you are.\n"), None, "{path}");
        }
    }
}
