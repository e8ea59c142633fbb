//! "Per the Access Policy": where that document is in the scan, what it demands counts for the procedure that refers to it.
//!
//! A control that the other document does not ask for, or that stands in a document which nobody scanned, stays referenced.

use crate::artifact::{Clean, Quote};
use crate::fact::{Basis, Claim, Duty, Facts, Field, Fields, Kind, List, REFERABLE, Sealed, Stated, Value, control, procedure};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The controls of a document: the field of a procedure that each answers, and the words that ask for it.
type Controls = BTreeMap<Field, Arc<Quote>>;

/// The documents of a scan that demand something.
#[derive(Default)]
struct Shelf {
    by_path: BTreeMap<String, Controls>,
    /// The paths above, by the name of the file without its endings.
    by_file: BTreeMap<String, Vec<String>>,
    /// Title in lower case, and the paths of the documents that have it.
    by_title: BTreeMap<String, Vec<String>>,
    /// Titles by each of their words.
    by_word: BTreeMap<String, Vec<String>>,
}

/// Fills the referenced fields of every procedure from the documents that it refers to.
pub(crate) fn resolve(facts: &mut Facts) {
    let refers = |f: &Sealed| f.kind == Kind::Procedure && f.fields.iter().any(|(_, s)| matches!(s, Stated::Referenced(..)));
    if !facts.facts.iter().any(refers) {
        return;
    }
    let shelf = Shelf::new(facts);
    for fact in facts.facts.iter_mut().filter(|f| refers(f)) {
        let path = fact.at.place.path.as_str().to_owned();
        let targets: Vec<String> = fact.fields.texts(procedure::REFERS).map(|t| t.as_str().to_owned()).collect();
        let documents: Vec<&Controls> = targets.iter().filter_map(|t| shelf.document(t, &path)).collect();
        for field in REFERABLE {
            if !matches!(fact.fields.get(field), Some(Stated::Referenced(..))) {
                continue;
            }
            if let Some(quote) = documents.iter().find_map(|d| d.get(&field)) {
                let value = if field == procedure::APPROVALS {
                    Value::List(List { items: vec![Fields::default()], complete: false })
                } else {
                    Value::Flag(true)
                };
                let claim = Claim { value, quote: quote.clone(), basis: Basis::Inferred, duty: Duty::Must };
                fact.fields.set(field, Stated::Said(vec![claim]));
            }
        }
    }
}

impl Shelf {
    fn new(facts: &Facts) -> Self {
        let mut shelf = Self::default();
        for fact in facts.of(Kind::Control) {
            let Some(about) = fact.fields.text(control::ABOUT) else { continue };
            let Some(field) = REFERABLE.into_iter().find(|f| f.name() == about.as_str()) else { continue };
            let path = fact.at.place.path.as_str().to_owned();
            let titles = shelf.by_title.entry(words(fact.name.as_str())).or_default();
            if !titles.contains(&path) {
                titles.push(path.clone());
            }
            shelf.by_path.entry(path).or_default().entry(field).or_insert_with(|| fact.at.clone());
        }
        // a procedure that is referred to answers for itself
        for fact in facts.of(Kind::Procedure) {
            for field in REFERABLE {
                let Some(Stated::Said(claims)) = fact.fields.get(field) else { continue };
                let denied = |c: &&Claim<Clean, Arc<Quote>>| c.duty == Duty::MustNot || matches!(c.value, Value::Flag(false));
                if let Some(claim) = claims.iter().find(|c| !denied(c)) {
                    let path = fact.at.place.path.as_str().to_owned();
                    shelf.by_path.entry(path).or_default().entry(field).or_insert_with(|| claim.quote.clone());
                }
            }
        }
        shelf.index();
        shelf
    }

    /// Documents by the words they are called by: thousands of pages can each refer to one, and none of them should look at all.
    fn index(&mut self) {
        for path in self.by_path.keys() {
            self.by_file.entry(last(stem(path)).to_owned()).or_default().push(path.clone());
        }
        for title in self.by_title.keys() {
            for word in title.split(' ').collect::<BTreeSet<_>>() {
                self.by_word.entry(word.to_owned()).or_default().push(title.clone());
            }
        }
    }

    /// The document that a procedure in `from` means by a link or a name; none where several could be meant.
    fn document(&self, target: &str, from: &str) -> Option<&Controls> {
        let target = target.split(['#', '?']).next().unwrap_or_default();
        if target.contains('/')
            || target.rsplit_once('.').is_some_and(|(_, e)| matches!(e, "md" | "markdown" | "html" | "rst" | "adoc" | "txt"))
        {
            return self.linked(target, from);
        }
        let name = words(target);
        if name.split(' ').count() < 2 {
            return None;
        }
        let exact = self.by_title.get(&name).map(Vec::as_slice).unwrap_or_default();
        if let [only] = exact {
            return self.by_path.get(only).filter(|_| only != from);
        }
        let padded = format!(" {name} ");
        // a title that holds the name holds its rarest word
        let titles = name.split(' ').map(|w| self.by_word.get(w).map(Vec::as_slice).unwrap_or_default()).min_by_key(|t| t.len())?;
        let holds = titles.iter().filter(|title| format!(" {title} ").contains(&padded));
        let mut holding = holds.filter_map(|title| self.by_title.get(title)).flatten();
        let only = holding.next().filter(|_| holding.next().is_none())?;
        self.by_path.get(only).filter(|_| only != from)
    }

    /// A link: relative to the page, or the tail of a path, whatever the site generator made of its ending.
    fn linked(&self, target: &str, from: &str) -> Option<&Controls> {
        let folder = from.rsplit_once('/').map_or("", |f| f.0);
        let mut parts: Vec<&str> = if target.starts_with('/') || target.contains("://") { Vec::new() } else { folder.split('/').collect() };
        let site = target.split_once("://").map_or(target, |t| t.1.split_once('/').map_or("", |p| p.1));
        for part in site.split('/').filter(|p| !matches!(*p, "" | ".")) {
            if part == ".." {
                parts.pop();
            } else {
                parts.push(part);
            }
        }
        let wanted = parts.join("/");
        let wanted = stem(wanted.trim_start_matches('/'));
        if wanted.is_empty() {
            return None;
        }
        let tail = format!("/{wanted}");
        let alike = self.by_file.get(last(wanted)).map(Vec::as_slice).unwrap_or_default();
        let mut found = alike.iter().filter(|path| *path != from && (stem(path) == wanted || stem(path).ends_with(&tail)));
        let only = found.next()?;
        found.next().is_none().then(|| self.by_path.get(only)).flatten()
    }
}

/// The last part of a path.
fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A path without the endings of its file.
fn stem(path: &str) -> &str {
    let file = path.rfind('/').map_or(0, |i| i + 1);
    let name = path.get(file..).unwrap_or_default();
    let end = name.find('.').map_or(path.len(), |i| file + i);
    path.get(..end).unwrap_or(path)
}

/// The words of a name in lower case.
fn words(name: &str) -> String {
    let lower = name.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf(documents: &[(&str, &str)]) -> Shelf {
        let mut shelf = Shelf::default();
        for (path, title) in documents {
            shelf.by_path.insert((*path).to_owned(), Controls::new());
            shelf.by_title.entry(words(title)).or_default().push((*path).to_owned());
        }
        shelf.index();
        shelf
    }

    #[test]
    fn a_document_is_found_by_name_or_link_where_one_is_meant() {
        let s = shelf(&[
            ("policies/access.md", "Access Control Policy"),
            ("ops/recovery.html.md", "Account recovery"),
            ("b/access.md", "Badges"),
        ]);
        for target in
            ["Access Control Policy", "access control policy", "../policies/access.md#two", "https://wiki.example/policies/access/"]
        {
            assert!(s.document(target, "ops/reset.md").is_some(), "{target}");
        }
        assert!(s.document("/ops/recovery.html", "x/y.md").is_some());
        assert!(s.document("recovery", "ops/reset.md").is_none(), "one word is no name");
        assert!(s.document("access.md", "c/d.md").is_none(), "no such file beside it");
        assert!(s.document("/access", "c/d.md").is_none(), "two could be meant");
        assert!(s.document("Access Control Policy", "policies/access.md").is_none(), "itself");
    }
}
