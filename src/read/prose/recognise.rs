//! Which files are prose, told by name first and by a cheap look at the text.

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
    /// Anything with lines and blank lines.
    Plain,
}

/// Endings that say nothing of the layout below them.
const WRAPPERS: [&str; 4] = [".tmpl", ".template", ".j2", ".erb"];
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

/// The layout of a text, if it is prose.
pub(super) fn layout(doc: &Doc<'_>) -> Option<Layout> {
    if doc.text.len() > LARGEST {
        return None;
    }
    let mut name = doc.file_name();
    for wrapper in WRAPPERS {
        if let Some(inner) = name.strip_suffix(wrapper) {
            name = inner.to_owned();
        }
    }
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name.as_str(), ""));
    let told = doc.path.to_lowercase().split('/').rev().skip(1).any(|folder| TOLD.contains(&folder));
    if told || NO_PROSE.iter().any(|n| stem.starts_with(n)) {
        return None;
    }
    match extension {
        // what is unpacked of an office document is Markdown
        "md" | "markdown" | "mdx" | "mdown" | "qmd" | "rmd" | "docx" | "docm" | "odt" | "pptx" | "odp" => Some(Layout::Markdown),
        "txt" | "text" => sentences(doc.text).then_some(Layout::Plain),
        "rst" | "rest" => sentences(doc.text).then_some(Layout::Rest),
        "adoc" | "asciidoc" | "asc" => sentences(doc.text).then_some(Layout::AsciiDoc),
        "org" => sentences(doc.text).then_some(Layout::Org),
        // standard input has no name: a page piped in is most likely Markdown, and what is not reads as lines all the same
        "" if stem == "stdin" => sentences(doc.text).then_some(Layout::Markdown),
        "" if NAMES.contains(&stem) => sentences(doc.text).then_some(Layout::Plain),
        _ => None,
    }
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
        assert_eq!(at("words.txt", "alpha\nbeta\ngamma\n"), None);
        assert_eq!(at("requirements.txt", "The password is sent by mail. It is so."), None);
        for path in ["main.rs", "app.yaml", "package-lock.json", "index.html", "LICENSE", "users.csv"] {
            assert_eq!(at(path, "Call the desk first.\nThey will ask you who you are.\n"), None, "{path}");
        }
    }
}
