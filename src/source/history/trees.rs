//! Where the few blobs that matter lie, in every tree of a history at once.
//!
//! Trees are read in one pass like blobs, and only their folders and wanted files are kept (`edges.rs`). A tree is then known by its signature: the
//! wanted files below it. Trees that differ in anything else have the same signature, so a commit that touches none of them costs one
//! comparison.

use super::edges::Edges;
use super::store::{Kind, Number, Store};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Mutex;

/// Folders in each other. Git itself has no limit; the file systems of people do.
const DEPTH: usize = 512;
/// Objects that are named as missing; all are counted.
const NAMED: usize = 200;

/// A folder or wanted file in a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Entry {
    name: u32,
    /// The number of a blob or tree; in a signature, of a blob or signature.
    child: u32,
    is_tree: bool,
}

/// The name of a signature; [`EMPTY`] holds nothing that is wanted.
pub(super) type Signature = u32;

/// The signature of a tree without wanted files.
pub(super) const EMPTY: Signature = 0;
const UNKNOWN: Signature = u32::MAX;

/// Folders and wanted files of all trees.
pub(super) struct Forest {
    edges: Edges,
    memo: Vec<Signature>,
    signatures: Vec<Box<[Entry]>>,
    known: HashMap<Box<[Entry]>, Signature, ahash::RandomState>,
    /// Objects that trees name and the store does not have: hexadecimal ids, the first of them.
    pub(super) missing: BTreeSet<String>,
    /// Trees that could not be read.
    pub(super) lost: Vec<Number>,
}

impl Forest {
    /// Reads every tree of a store. Files that are `named` are wanted whatever is in them.
    pub(super) fn grow(store: &Store, wanted: &[Number], named: &(dyn Fn(&str) -> bool + Sync)) -> Self {
        let mut bits = vec![false; store.len()];
        for number in wanted {
            if let Some(bit) = bits.get_mut(*number as usize) {
                *bit = true;
            }
        }
        let mut edges = Edges::new(store.len());
        let missing = Mutex::new(BTreeSet::new());
        let lost = store.each(Kind::Tree, &|number, bytes| {
            let mut tree = edges.tree(number);
            for (mode, name, id) in items(bytes) {
                let is_tree = mode == b"40000";
                // the commit of another repository
                if mode == b"160000" {
                    continue;
                }
                match store.find(id) {
                    Some(child) if is_tree || bits.get(child as usize) == Some(&true) || edges.asks(name, named) => {
                        if store.id(child).as_bytes() == id {
                            tree.add(name, child, is_tree);
                        }
                    }
                    Some(_) => {}
                    None => {
                        if let Ok(mut missing) = missing.lock()
                            && missing.len() < NAMED
                        {
                            missing.extend(git2::Oid::from_bytes(id).map(|id| id.to_string()));
                        }
                    }
                }
            }
            tree.keep();
        });
        edges.number();
        Self {
            edges,
            memo: vec![UNKNOWN; store.len()],
            signatures: vec![Box::default()],
            known: HashMap::from_iter([(Box::default(), EMPTY)]),
            missing: missing.into_inner().unwrap_or_default(),
            lost,
        }
    }

    /// The signature of a tree.
    pub(super) fn signature(&mut self, tree: Number) -> Signature {
        self.below(tree, 0)
    }

    fn below(&mut self, tree: Number, depth: usize) -> Signature {
        match self.memo.get(tree as usize) {
            Some(known) if *known != UNKNOWN => return *known,
            Some(_) if depth < DEPTH => {}
            _ => return EMPTY,
        }
        let entries: Vec<Entry> = self.edges.of(tree).map(|(name, child, is_tree)| Entry { name, child, is_tree }).collect();
        let mut kept = Vec::new();
        for entry in entries {
            let child = if entry.is_tree { self.below(entry.child, depth + 1) } else { entry.child };
            if !entry.is_tree || child != EMPTY {
                kept.push(Entry { child, ..entry });
            }
        }
        // one name in one order, whatever the tree said
        kept.sort_unstable();
        let kept = kept.into_boxed_slice();
        let signature = match self.known.get(&kept) {
            Some(signature) => *signature,
            None => {
                let signature = self.signatures.len() as Signature;
                self.signatures.push(kept.clone());
                self.known.insert(kept, signature);
                signature
            }
        };
        if let Some(slot) = self.memo.get_mut(tree as usize) {
            *slot = signature;
        }
        signature
    }

    /// Every path at which two signatures differ, with the blob that one and the other has there.
    pub(super) fn differences(&self, before: Signature, after: Signature) -> Vec<(String, Option<Number>, Option<Number>)> {
        let mut found = Vec::new();
        self.compare(before, after, "", &mut found);
        found
    }

    /// The blob at a path, where it is a wanted one.
    pub(super) fn blob(&self, signature: Signature, path: &str) -> Option<Number> {
        let (name, rest) = path.split_once('/').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let mut entries = self.signatures.get(signature as usize)?.iter();
        let is = |e: &&Entry| e.is_tree == rest.is_some() && self.edges.name(e.name) == name.as_bytes();
        let entry = entries.find(is)?;
        rest.map_or(Some(entry.child), |rest| self.blob(entry.child, rest))
    }

    fn compare(&self, before: Signature, after: Signature, at: &str, found: &mut Vec<(String, Option<Number>, Option<Number>)>) {
        let entries = |signature: Signature| self.signatures.get(signature as usize).map(|s| &**s).unwrap_or_default();
        let mut sides: BTreeMap<(u32, bool), (Option<u32>, Option<u32>)> = BTreeMap::new();
        for entry in entries(before) {
            sides.entry((entry.name, entry.is_tree)).or_default().0 = Some(entry.child);
        }
        for entry in entries(after) {
            sides.entry((entry.name, entry.is_tree)).or_default().1 = Some(entry.child);
        }
        for ((name, is_tree), (old, new)) in sides {
            if old == new {
                continue;
            }
            let name = String::from_utf8_lossy(self.edges.name(name));
            let path = if at.is_empty() { name.into_owned() } else { format!("{at}/{name}") };
            if is_tree {
                self.compare(old.unwrap_or(EMPTY), new.unwrap_or(EMPTY), &path, found);
            } else {
                found.push((path, old, new));
            }
        }
    }
}

/// The entries of a tree: mode, name, id. Stops where it is broken.
fn items(mut bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8], &[u8; 20])> {
    std::iter::from_fn(move || {
        let zero = memchr::memchr(0, bytes)?;
        let head = bytes.get(..zero)?;
        let space = memchr::memchr(b' ', head)?;
        let id = bytes.get(zero + 1..zero + 21)?.first_chunk()?;
        bytes = bytes.get(zero + 21..)?;
        Some((head.get(..space)?, head.get(space + 1..)?, id))
    })
}
