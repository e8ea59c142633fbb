//! The name of a file is the heading of what it holds: `github-recovery-codes.txt` is a bare list, and nothing in it says of what.

use super::Matcher;
use super::found::{Found, What, Worth};
use crate::read::Doc;

/// A list that is a file of its own fits in so many bytes.
const MOST: usize = 4 * 1024;
/// A longer name is a sentence.
const NAME: usize = 80;

/// What the patterns find under the file's name and not without it.
pub(super) fn find<'a>(doc: &Doc<'a>, matcher: &'a Matcher, found: &mut Vec<Found<'a>>) {
    let name = doc.file_name();
    if doc.text.len() > MOST || !is_telling(&name) {
        return;
    }
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    let heading = stem.replace(['-', '_', '.'], " ") + "\n";
    let text = format!("{heading}{}", doc.text);
    let mut under = Vec::new();
    matcher.search(&text, &matcher.scan(&text), &mut under);
    for f in under.iter().filter(|f| f.worth == Worth::Sighting) {
        let What::Pattern(under) = f.what else { continue };
        let (Some(start), Some(end)) = (f.span.0.checked_sub(heading.len()), f.span.1.checked_sub(heading.len())) else { continue };
        let known = found.iter().any(|g| g.worth == Worth::Sighting && g.span.0 < end && start < g.span.1);
        let (Some(pattern), Some(value), false) = (matcher.pattern(&under.id), doc.text.get(start..end), known) else { continue };
        found.push(Found {
            span: (start, end),
            whole: (start, end),
            what: What::Pattern(pattern),
            name: None,
            key_id: None,
            value: value.into(),
            encrypted: f.encrypted,
            worth: f.worth,
        });
    }
}

/// Whether a file's name, in lower case, may be the heading of a list of recovery material.
pub(super) fn is_telling(name: &str) -> bool {
    const TELLING: [&str; 8] = ["code", "seed", "phrase", "mnemonic", "recovery", "unseal", "bitlocker", "filevault"];
    name.len() <= NAME && TELLING.iter().any(|w| name.contains(w))
}

#[cfg(test)]
mod tests {
    use crate::read::secrets::tests::patterns;

    #[test]
    fn bare_lists() {
        let codes = "c0cdd-166b3\na7573-74463\nb1f61-93c85\n69b34-fbc37\n1de36-5d469\nc82a8-7602e\nefbe2-be5fd\n36abc-437c5\n";
        assert_eq!(patterns("ops/github-recovery-codes.txt", codes).len(), 1);
        assert_eq!(patterns("ops/fragments.txt", codes).len(), 0);
        assert_eq!(patterns("ops/country-codes.txt", "49-30\n44-20\n33-1\n39-6\n").len(), 0);
    }
}
