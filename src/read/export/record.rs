//! One record of an export, with its place.

use crate::artifact::Spot;
use crate::tree::{Node, Tree};

/// One record: an item of a list, a row of a table, a whole document.
#[derive(Debug)]
pub(super) struct Record<'a> {
    /// The text of the document.
    pub(super) text: &'a str,
    /// The file's name without its extension: what a document that names nothing may be called.
    pub(super) stem: &'a str,
    /// What it holds.
    pub(super) tree: &'a Tree,
    /// Pointer by position, or the row.
    pointer: String,
    /// A row has no pointers below it.
    is_row: bool,
}

/// How much of a document was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent<'a> {
    /// Whether all of it was read, and the facts at hand are all there are.
    pub(super) whole: bool,
    /// Whether all of it was read by now: only then does it show all there is. Facts of earlier parts may be elsewhere.
    pub(super) complete: bool,
    /// The document's path: some exports do not say what they are of.
    pub(super) path: &'a str,
}

impl<'a> Record<'a> {
    /// A row of a table.
    pub(super) fn row((text, stem): (&'a str, &'a str), tree: &'a Tree, number: usize) -> Self {
        Self { text, stem, tree, pointer: format!("row {number}"), is_row: true }
    }

    /// Calls `visit` with the records at a path below a body. The step `*` goes down into every list that stands there.
    pub(super) fn each((text, stem): (&'a str, &'a str), body: &'a Tree, pointer: &str, path: &[&str], visit: &mut dyn FnMut(&Record<'_>)) {
        let (mut tree, mut at) = (body, pointer.to_owned());
        for (n, key) in path.iter().enumerate() {
            if *key == "*" {
                for entry in tree.entries().iter().filter(|e| matches!(e.value.node, Node::List(_))) {
                    let below = path.get(n + 1..).unwrap_or_default();
                    Self::each((text, stem), &entry.value, &format!("{at}{}", segment(&entry.key)), below, visit);
                }
                return;
            }
            let Some(next) = tree.get(key) else { return };
            at.push_str(&segment(key));
            tree = next;
        }
        match &tree.node {
            Node::List(items) => {
                for (i, item) in items.iter().enumerate() {
                    visit(&Record { text, stem, tree: item, pointer: format!("{at}/{i}"), is_row: false });
                }
            }
            _ => visit(&Record { text, stem, tree, pointer: at, is_row: false }),
        }
    }

    /// A record inside this one, at a pointer below it.
    pub(super) fn inner(&self, tree: &'a Tree, pointer: &str) -> Self {
        Self { text: self.text, stem: self.stem, tree, pointer: format!("{}{pointer}", self.pointer), is_row: self.is_row }
    }

    /// The records at a path of keys: the items of a list, or the one value that stands there.
    pub(super) fn items(&self, path: &[&str]) -> Vec<Self> {
        let Some((tree, at)) = self.find(path) else { return Vec::new() };
        let below = at.pointer.as_deref().and_then(|p| p.strip_prefix(self.pointer.as_str())).unwrap_or_default().to_owned();
        match &tree.node {
            Node::List(items) => items.iter().enumerate().map(|(i, item)| self.inner(item, &format!("{below}/{i}"))).collect(),
            Node::Null => Vec::new(),
            _ => vec![self.inner(tree, &below)],
        }
    }

    /// The record itself.
    pub(super) fn spot(&self) -> Spot {
        Spot::pointing(self.tree.span.start, self.tree.span.end, &self.pointer)
    }

    /// The value at a path of keys, and its place: from the key to the value's end.
    pub(super) fn find(&self, path: &[&str]) -> Option<(&'a Tree, Spot)> {
        let (mut tree, mut at, mut start) = (self.tree, self.pointer.clone(), self.tree.span.start);
        for key in path {
            let entry = entry(tree, key)?;
            (tree, start) = (&entry.value, entry.at);
            if !self.is_row {
                at.push_str(&segment(&entry.key));
            }
        }
        Some((tree, Spot::pointing(start.min(tree.span.start), tree.span.end, &at)))
    }

    /// The place of a value somewhere below the record.
    pub(super) fn below(&self, tree: &Tree, pointer: &str) -> Spot {
        Spot::pointing(tree.span.start, tree.span.end, &format!("{}{pointer}", self.pointer))
    }

    /// A place with a pointer of its own.
    pub(super) fn placed(&self, tree: &Tree, pointer: &str) -> Spot {
        Spot::pointing(tree.span.start, tree.span.end, pointer)
    }

    /// A string that is not empty, at a path of keys.
    pub(super) fn text_at(&self, path: &[&str]) -> Option<&'a str> {
        self.tree.path(path).and_then(Tree::scalar).map(str::trim).filter(|t| !t.is_empty())
    }
}

fn entry<'t>(tree: &'t Tree, key: &str) -> Option<&'t crate::tree::Entry> {
    let entries = tree.entries();
    entries.iter().find(|e| *e.key == *key).or_else(|| entries.iter().find(|e| e.key.eq_ignore_ascii_case(key)))
}

/// A key as a part of a JSON pointer.
pub(super) fn segment(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}
