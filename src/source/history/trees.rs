//! Where the few blobs that matter lie, in every tree of a history at once.
//!
//! Trees are read in one pass like blobs, and only their folders and wanted files are kept. A tree is then known by its signature: the
//! wanted files below it. Trees that differ in anything else have the same signature, so a commit that touches none of them costs one
//! comparison.

use super::store::{Kind, Number, Store};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, RwLock};

/// Shards of what is collected: threads meet in one of them seldom.
const SHARDS: usize = 64;
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

impl Entry {
    /// In eight bytes: there are tens of millions of them.
    fn packed(self) -> (u32, u32) {
        (self.name, self.child << 1 | u32::from(self.is_tree))
    }

    fn unpacked((name, child): (u32, u32)) -> Self {
        Self { name, child: child >> 1, is_tree: child & 1 == 1 }
    }
}

/// The name of a signature; [`EMPTY`] holds nothing that is wanted.
pub(super) type Signature = u32;

/// The signature of a tree without wanted files.
pub(super) const EMPTY: Signature = 0;
const UNKNOWN: Signature = u32::MAX;

/// Folders and wanted files of all trees.
pub(super) struct Forest {
    /// Entries, by shard.
    kept: Vec<Vec<(u32, u32)>>,
    /// Where the entries of a tree begin in its shard, and how many there are; by number.
    spans: Vec<(u32, u32)>,
    names: Vec<Vec<u8>>,
    memo: Vec<Signature>,
    signatures: Vec<Box<[Entry]>>,
    known: HashMap<Box<[Entry]>, Signature>,
    /// Objects that trees name and the store does not have: hexadecimal ids, the first of them.
    pub(super) missing: BTreeSet<String>,
    /// Trees that could not be read.
    pub(super) lost: Vec<Number>,
}

/// What is kept of some trees: entries, and for each tree where its own are. A box for each tree would cost as much again.
#[derive(Default)]
struct Grown {
    entries: Vec<(u32, u32)>,
    spans: Vec<(Number, u32, u32)>,
}

#[derive(Default)]
struct Names {
    known: HashMap<Vec<u8>, u32>,
    list: Vec<Vec<u8>>,
}

impl Names {
    fn intern(&mut self, name: &[u8]) -> u32 {
        if let Some(id) = self.known.get(name) {
            return *id;
        }
        let id = self.list.len() as u32;
        self.list.push(name.to_vec());
        self.known.insert(name.to_vec(), id);
        id
    }
}

/// Files whose names alone make them wanted. Each name is asked once: there are few, in millions of trees.
#[derive(Default)]
struct Told(RwLock<HashMap<Vec<u8>, bool, ahash::RandomState>>);

impl Told {
    fn asks(&self, name: &[u8], named: &dyn Fn(&str) -> bool) -> bool {
        if let Some(known) = self.0.read().ok().and_then(|known| known.get(name).copied()) {
            return known;
        }
        let is = named(&String::from_utf8_lossy(name));
        if let Ok(mut known) = self.0.write() {
            known.insert(name.to_vec(), is);
        }
        is
    }
}

impl Forest {
    /// Reads every tree of a store.
    pub(super) fn grow(store: &Store, wanted: &[Number], named: &(dyn Fn(&str) -> bool + Sync)) -> Self {
        let mut bits = vec![false; store.len()];
        for number in wanted {
            if let Some(bit) = bits.get_mut(*number as usize) {
                *bit = true;
            }
        }
        let shards: Vec<Mutex<Grown>> = (0..SHARDS).map(|_| Mutex::default()).collect();
        let names = Mutex::new(Names::default());
        let missing = Mutex::new(BTreeSet::new());
        let told = Told::default();
        let lost = store.each(Kind::Tree, &|number, bytes| {
            let mut entries = Vec::new();
            for (mode, name, id) in items(bytes) {
                let is_tree = mode == b"40000";
                // the commit of another repository
                if mode == b"160000" {
                    continue;
                }
                match store.find(id) {
                    Some(child) if is_tree || bits.get(child as usize) == Some(&true) || told.asks(name, named) => {
                        if store.id(child).as_bytes() == id
                            && let Ok(mut names) = names.lock()
                        {
                            entries.push(Entry { name: names.intern(name), child, is_tree }.packed());
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
            if !entries.is_empty()
                && let Some(Ok(mut shard)) = shards.get(number as usize % SHARDS).map(Mutex::lock)
            {
                let start = shard.entries.len() as u32;
                shard.spans.push((number, start, entries.len() as u32));
                shard.entries.append(&mut entries);
            }
        });
        let mut spans = vec![(0, 0); store.len()];
        let mut kept = Vec::with_capacity(SHARDS);
        for shard in shards {
            let shard = shard.into_inner().unwrap_or_default();
            for (number, start, len) in shard.spans {
                if let Some(slot) = spans.get_mut(number as usize) {
                    *slot = (start, len);
                }
            }
            kept.push(shard.entries);
        }
        Self {
            kept,
            spans,
            names: names.into_inner().unwrap_or_default().list,
            memo: vec![UNKNOWN; store.len()],
            signatures: vec![Box::default()],
            known: HashMap::from([(Box::default(), EMPTY)]),
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
        let (start, len) = self.spans.get(tree as usize).copied().unwrap_or_default();
        let shard = self.kept.get(tree as usize % SHARDS).map(Vec::as_slice).unwrap_or_default();
        let entries = shard.get(start as usize..(start + len) as usize).unwrap_or_default().to_vec();
        let mut kept = Vec::new();
        for entry in entries.into_iter().map(Entry::unpacked) {
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
        let is =
            |e: &&Entry| e.is_tree == rest.is_some() && self.names.get(e.name as usize).is_some_and(|n| String::from_utf8_lossy(n) == name);
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
            let name = self.names.get(name as usize).map(|n| String::from_utf8_lossy(n)).unwrap_or_default();
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
