//! What trees hold, in little more than four bytes for each folder or file: a history has tens of millions of these.
//!
//! A blob or tree has the same name nearly wherever it stands, so its name is kept once, with it, and an entry is its number. Only
//! where the name is another one is it written out.
//!
//! The versions of a large folder differ in one entry of hundreds: it is cut into runs where its own entries say so, and a run that
//! another version has as well is kept once.

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
/// A tree of fewer words is kept as it is.
const SMALL: usize = 32;
/// A run ends behind an entry whose number is a multiple of this; numbers are as good as random, for they go by id.
const RUN: u32 = 16;
/// No run is longer, in words.
const LONGEST: usize = 1 << 10;
/// Set in the length of a tree that is kept in runs.
const IN_RUNS: u64 = 1 << 31;
/// Answers that are remembered.
const ASKED: usize = 1 << 15;

/// Words in chunks.
#[derive(Default)]
struct Words(Vec<Vec<u32>>);

impl Words {
    /// Keeps some words in one chunk; gives their place.
    fn keep(&mut self, words: &[u32]) -> Option<usize> {
        if self.0.last().is_none_or(|chunk| chunk.len() + words.len() > CHUNK) {
            // what is larger than a chunk has one of its own
            self.0.push(Vec::with_capacity(CHUNK.max(words.len())));
        }
        let chunk = self.0.len() - 1;
        let last = self.0.last_mut()?;
        let at = chunk * CHUNK + last.len();
        last.extend_from_slice(words);
        Some(at)
    }

    /// The words from a place to the end of their chunk.
    fn from(&self, at: usize) -> &[u32] {
        self.0.get(at / CHUNK).and_then(|chunk| chunk.get(at % CHUNK..)).unwrap_or_default()
    }
}

/// Runs, and their places by the hash of what they hold.
type Runs = (Words, HashMap<u64, u32, RandomState>);

/// Entries of many trees.
pub(super) struct Edges {
    /// Keyed: a crafted collision must not give a file another's name.
    key: RandomState,
    shards: Vec<Mutex<Words>>,
    /// Runs of entries, each behind its length, by the hash of what they hold.
    runs: Vec<Mutex<Runs>>,
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
    /// Where runs end.
    ends: Vec<usize>,
}

impl Edges {
    /// Room for so many objects.
    pub(super) fn new(objects: usize) -> Self {
        let zeros = |n: usize| (0..n).map(|_| AtomicU64::new(0)).collect();
        Self {
            key: RandomState::new(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            runs: (0..SHARDS).map(|_| Mutex::default()).collect(),
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
        Growing { edges: self, number, words: Vec::new(), ends: Vec::new() }
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

    /// The words of a tree.
    fn words(&mut self, tree: Number) -> Vec<u32> {
        let span = self.spans.get(tree as usize).map_or(0, |s| s.load(Ordering::Relaxed));
        let (at, length) = ((span >> 32) as usize, (span & (IN_RUNS - 1)) as usize);
        let shard = self.shards.get_mut(tree as usize % SHARDS).and_then(|s| s.get_mut().ok());
        let own = shard.and_then(|s| s.from(at).get(..length).map(<[u32]>::to_vec)).unwrap_or_default();
        if span & IN_RUNS == 0 {
            return own;
        }
        let mut words = Vec::new();
        for run in own {
            let shard = self.runs.get_mut(run as usize % SHARDS).and_then(|s| s.get_mut().ok());
            let Some([length, rest @ ..]) = shard.map(|s| s.0.from(run as usize / SHARDS)) else { continue };
            words.extend_from_slice(rest.get(..*length as usize).unwrap_or_default());
        }
        words
    }

    /// The entries of a tree: number of the name, the blob or tree, and whether it is a tree.
    pub(super) fn of(&mut self, tree: Number) -> impl Iterator<Item = (u32, Number, bool)> {
        let mut words = self.words(tree).into_iter();
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

    /// Keeps a run, or finds it; gives its place among all shards.
    fn run(&self, run: &[u32]) -> Option<u32> {
        let hash = self.key.hash_one(run);
        let shard = hash as usize % SHARDS;
        let mut kept = self.runs.get(shard)?.lock().ok()?;
        let (words, known) = &mut *kept;
        let held = |at: u32| matches!(words.from(at as usize), [length, rest @ ..] if rest.get(..*length as usize) == Some(run));
        let at = match known.get(&hash).copied().filter(|at| held(*at)) {
            Some(at) => at,
            None => {
                let at = u32::try_from(words.keep(&[&[run.len() as u32], run].concat())?).ok()?;
                known.insert(hash, at);
                at
            }
        };
        at.checked_mul(SHARDS as u32)?.checked_add(shard as u32)
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
                self.end(child);
                return;
            }
        }
        self.words.push(word);
        self.end(child);
    }

    /// Ends a run behind an entry, if it is one that ends runs.
    fn end(&mut self, child: Number) {
        let began = self.ends.last().copied().unwrap_or(0);
        if child.is_multiple_of(RUN) || self.words.len() - began >= LONGEST {
            self.ends.push(self.words.len());
        }
    }

    /// The runs of a tree that is worth it; `None` if there is no room for them.
    fn runs(&mut self) -> Option<Vec<u32>> {
        if self.ends.last() != Some(&self.words.len()) {
            self.ends.push(self.words.len());
        }
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(from, to)| self.edges.run(self.words.get(from..*to)?)).collect()
    }

    /// Keeps what was added.
    pub(super) fn keep(mut self) {
        if self.words.is_empty() {
            return;
        }
        let runs = if self.words.len() < SMALL { None } else { self.runs() };
        let (words, mark) = runs.as_ref().map_or((&self.words, 0), |runs| (runs, IN_RUNS));
        let shard = self.edges.shards.get(self.number as usize % SHARDS).and_then(|s| s.lock().ok());
        let (Some(mut shard), Some(span)) = (shard, self.edges.spans.get(self.number as usize)) else { return };
        if let Some(at) = shard.keep(words) {
            span.store((at as u64) << 32 | mark | words.len() as u64, Ordering::Relaxed);
        }
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
    fn versions_of_a_large_folder_share_what_they_share() {
        let mut edges = Edges::new(4000);
        let name = |n: u32| format!("folder{n}").into_bytes();
        for version in 0..50 {
            let mut tree = edges.tree(3900 + version);
            (0..1000).for_each(|n| tree.add(&name(n), if n == version { 2000 + n } else { n }, true));
            tree.keep();
        }
        let words: usize = edges.shards.iter().chain([]).map(|s| s.lock().map_or(0, |s| s.0.iter().map(Vec::len).sum())).sum();
        let runs: usize = edges.runs.iter().map(|s| s.lock().map_or(0, |s| s.0.0.iter().map(Vec::len).sum())).sum();
        assert!(words + runs < 10_000, "{words} and {runs} for 50,000 entries");
        edges.number();
        for version in [0, 7, 49] {
            let children: Vec<u32> = edges.of(3900 + version).map(|(_, child, _)| child).collect();
            let wanted: Vec<u32> = (0..1000).map(|n| if n == version { 2000 + n } else { n }).collect();
            assert_eq!(children, wanted);
        }
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
