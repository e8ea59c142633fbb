//! What trees hold, in little more than four bytes for each folder or file: a history has tens of millions of these.
//!
//! A blob or tree has the same name nearly wherever it stands, so its name is kept once, with it, and an entry is its number. Only
//! where the name is another one is it written out.

use super::store::Number;
use ahash::RandomState;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Shards of what is collected: threads meet in one of them seldom.
const SHARDS: usize = 64;
/// Words in a chunk. Chunks are never moved: a growing list would need its room twice.
const CHUNK: usize = 1 << 12;
/// Answers that are remembered.
const ASKED: usize = 1 << 15;

/// Entries of many trees.
pub(super) struct Edges {
    /// Keyed: a crafted collision must not give a file another's name.
    key: RandomState,
    shards: Vec<Mutex<Vec<Vec<u32>>>>,
    /// By tree: where its words begin in its shard, and how many there are.
    spans: Vec<AtomicU64>,
    /// By blob or tree: the hash of its name; zero is none yet.
    names: Vec<AtomicU64>,
    known: Vec<Mutex<HashMap<u64, Vec<u8>>>>,
    /// Hashes of names whose answer is known; the last bit is the answer.
    asked: Vec<AtomicU64>,
    /// Once all is collected: names in a list, and their place in it by hash.
    list: Vec<Vec<u8>>,
    places: HashMap<u64, u32>,
}

/// A tree that is being read.
pub(super) struct Growing<'e> {
    edges: &'e Edges,
    number: Number,
    words: Vec<u32>,
}

impl Edges {
    /// Room for so many objects.
    pub(super) fn new(objects: usize) -> Self {
        let zeros = |n: usize| (0..n).map(|_| AtomicU64::new(0)).collect();
        Self {
            key: RandomState::new(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            spans: zeros(objects),
            names: zeros(objects),
            known: (0..SHARDS).map(|_| Mutex::default()).collect(),
            asked: zeros(ASKED),
            list: Vec::new(),
            places: HashMap::new(),
        }
    }

    fn hash(&self, name: &[u8]) -> u64 {
        let mut hasher = self.key.build_hasher();
        hasher.write(name);
        // the last bit is for answers, and zero for nothing
        hasher.finish() | 3
    }

    /// Whether files of a name are wanted. Each name is asked about once or a few times: there are few, in millions of trees.
    pub(super) fn asks(&self, name: &[u8], named: &dyn Fn(&str) -> bool) -> bool {
        let hash = self.hash(name) & !1;
        let Some(slot) = self.asked.get((hash >> 32) as usize % ASKED) else { return false };
        let known = slot.load(Ordering::Relaxed);
        if known & !1 == hash {
            return known & 1 == 1;
        }
        let answer = named(&String::from_utf8_lossy(name));
        slot.store(hash | u64::from(answer), Ordering::Relaxed);
        answer
    }

    /// Begins a tree.
    pub(super) fn tree(&self, number: Number) -> Growing<'_> {
        Growing { edges: self, number, words: Vec::new() }
    }

    fn learn(&self, hash: u64, name: &[u8]) {
        if let Some(Ok(mut known)) = self.known.get((hash >> 32) as usize % SHARDS).map(Mutex::lock) {
            known.entry(hash).or_insert_with(|| name.to_vec());
        }
    }

    /// Gives the names their numbers: to be called when every tree is kept.
    pub(super) fn number(&mut self) {
        for shard in &mut self.known {
            let mut known: Vec<(u64, Vec<u8>)> = std::mem::take(shard).into_inner().unwrap_or_default().into_iter().collect();
            known.sort_unstable();
            for (hash, name) in known {
                self.places.insert(hash, self.list.len() as u32);
                self.list.push(name);
            }
        }
    }

    /// A name by its number.
    pub(super) fn name(&self, number: u32) -> &[u8] {
        self.list.get(number as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// The entries of a tree: number of the name, the blob or tree, and whether it is a tree.
    pub(super) fn of(&mut self, tree: Number) -> impl Iterator<Item = (u32, Number, bool)> {
        let span = self.spans.get(tree as usize).map_or(0, |s| s.load(Ordering::Relaxed));
        let (at, length) = ((span >> 32) as usize, span as u32 as usize);
        let shard = self.shards.get_mut(tree as usize % SHARDS).and_then(|s| s.get_mut().ok());
        let chunk = shard.and_then(|s| s.get(at / CHUNK)).map(Vec::as_slice).unwrap_or_default();
        let mut words = chunk.get(at % CHUNK..at % CHUNK + length).unwrap_or_default().iter().copied();
        let (names, places) = (&self.names, &self.places);
        std::iter::from_fn(move || {
            let word = words.next()?;
            let child = word >> 2;
            let hash = if word & 2 == 2 {
                u64::from(words.next()?) << 32 | u64::from(words.next()?)
            } else {
                names.get(child as usize)?.load(Ordering::Relaxed)
            };
            Some((*places.get(&hash)?, child, word & 1 == 1))
        })
    }
}

impl Growing<'_> {
    /// Adds an entry.
    pub(super) fn add(&mut self, name: &[u8], child: Number, is_tree: bool) {
        let hash = self.edges.hash(name);
        let Some(slot) = self.edges.names.get(child as usize) else { return };
        let word = child << 2 | u32::from(is_tree);
        match slot.compare_exchange(0, hash, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => self.edges.learn(hash, name),
            Err(known) if known == hash => {}
            Err(_) => {
                self.edges.learn(hash, name);
                self.words.extend([word | 2, (hash >> 32) as u32, hash as u32]);
                return;
            }
        }
        self.words.push(word);
    }

    /// Keeps what was added.
    pub(super) fn keep(self) {
        if self.words.is_empty() {
            return;
        }
        let shard = self.edges.shards.get(self.number as usize % SHARDS).and_then(|s| s.lock().ok());
        let (Some(mut shard), Some(span)) = (shard, self.edges.spans.get(self.number as usize)) else { return };
        let room = |chunk: &Vec<u32>| chunk.len() + self.words.len() <= CHUNK;
        if !shard.last().is_some_and(room) {
            // a tree that is larger than a chunk has one of its own
            shard.push(Vec::with_capacity(CHUNK.max(self.words.len())));
        }
        let chunk = shard.len() - 1;
        let Some(last) = shard.last_mut() else { return };
        let at = chunk * CHUNK + last.len();
        last.extend_from_slice(&self.words);
        span.store((at as u64) << 32 | self.words.len() as u64, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_with_their_names() {
        let mut edges = Edges::new(9000);
        let mut tree = edges.tree(1);
        tree.add(b"src", 2, true);
        tree.add(b"a.env", 3, false);
        tree.keep();
        let mut tree = edges.tree(65);
        // the same blob under another name, and more entries than a chunk holds
        tree.add(b"b.env", 3, false);
        (0..5000).for_each(|n| tree.add(format!("f{n}").as_bytes(), 100 + n, false));
        tree.add(b"src", 2, true);
        tree.keep();
        edges.number();
        let mut told = |tree| {
            let all: Vec<(u32, u32, bool)> = edges.of(tree).collect();
            all.into_iter().map(|(name, child, is)| (String::from_utf8_lossy(edges.name(name)).into_owned(), child, is)).collect::<Vec<_>>()
        };
        assert_eq!(told(1), [("src".to_owned(), 2, true), ("a.env".to_owned(), 3, false)]);
        let large = told(65);
        assert_eq!(large.len(), 5002);
        assert_eq!(large.first(), Some(&("b.env".to_owned(), 3, false)));
        assert_eq!(large.get(4001), Some(&("f4000".to_owned(), 4100, false)));
        assert_eq!(large.last(), Some(&("src".to_owned(), 2, true)));
        assert_eq!(told(2), []);
    }

    #[test]
    fn names_are_asked_about_once() {
        let edges = Edges::new(1);
        let count = AtomicU64::new(0);
        let named = |name: &str| {
            count.fetch_add(1, Ordering::Relaxed);
            name == "master.key"
        };
        for _ in 0..3 {
            assert!(edges.asks(b"master.key", &named));
            assert!(!edges.asks(b"main.rs", &named));
        }
        assert!(count.load(Ordering::Relaxed) <= 6);
    }
}
