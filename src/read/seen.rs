//! Text already seen is not matched again: of the bytes of a history about one in a hundred stands on a line that no earlier blob had.
//!
//! Text is known by a keyed 64-bit hash, so that a crafted collision cannot hide a secret. The unit is a line that announces a secret
//! with its neighbours; blocks of lines, and chunks of blocks, are known too, so that most of a blob costs one comparison for each chunk. Whether a unit
//! holds something depends on its own bytes and on nothing else: the answer is the same whichever blob came first.

use super::{Knowledge, secrets};
use ahash::RandomState;
use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher};
use std::sync::Mutex;

/// Shards of the sets: threads meet in one of them seldom.
const SHARDS: usize = 256;
/// A block ends with a line of such a length, one in eight, or after so many lines: where it ends depends on the text alone, so an
/// inserted line changes one block.
const ENDS: usize = 8;
const BLOCK: usize = 64;
/// The same for chunks: one block in eight ends one.
const CHUNK: usize = 32;
/// Lines before and after that belong to a unit.
const BEFORE: usize = 1;
const AFTER: usize = 2;
/// The same for a line that opens a key or a table.
const LONG: usize = 200;
/// Bytes of a binary file's first part.
const SAMPLE: usize = 8192;

/// Text of a history that was looked at.
pub struct Seen {
    key: RandomState,
    quiet: Vec<Mutex<HashSet<u64, Plain>>>,
    telling: Vec<Mutex<HashSet<u64, Plain>>>,
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seen")
    }
}

/// The keys are hashes already.
#[derive(Default, Clone)]
struct Plain;
struct PlainHasher(u64);

impl BuildHasher for Plain {
    type Hasher = PlainHasher;
    fn build_hasher(&self) -> PlainHasher {
        PlainHasher(0)
    }
}

impl Hasher for PlainHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|b| self.0 = self.0.rotate_left(8) ^ u64::from(*b));
    }
    fn write_u64(&mut self, v: u64) {
        self.0 = v;
    }
}

impl Default for Seen {
    fn default() -> Self {
        let shards = || (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { key: RandomState::new(), quiet: shards(), telling: shards() }
    }
}

impl Seen {
    /// What stands for a text.
    pub fn hash(&self, text: &[u8]) -> u64 {
        let mut hasher = self.key.build_hasher();
        hasher.write(text);
        hasher.finish()
    }

    fn knows(sets: &[Mutex<HashSet<u64, Plain>>], hash: u64) -> bool {
        sets.get((hash >> 56) as usize).and_then(|s| s.lock().ok()).is_some_and(|s| s.contains(&hash))
    }

    fn remember(&self, hash: u64, tells: bool) {
        let sets = if tells { &self.telling } else { &self.quiet };
        if let Some(mut set) = sets.get((hash >> 56) as usize).and_then(|s| s.lock().ok()) {
            set.insert(hash);
        }
    }

    /// What is known of a text, else what `look` sees in it, which is remembered.
    fn tells(&self, text: &[u8], look: impl FnOnce() -> bool) -> bool {
        let hash = self.hash(text);
        if Self::knows(&self.quiet, hash) {
            return false;
        }
        if Self::knows(&self.telling, hash) {
            return true;
        }
        let tells = look();
        self.remember(hash, tells);
        tells
    }

    /// Whether a blob may hold a secret, and is worth reading whole: if so, what stands for all that may be one. Versions of a file for
    /// which that is equal hold the same secrets.
    pub fn telling(&self, bytes: &[u8], knowing: &Knowledge) -> Option<u64> {
        if bytes.get(..SAMPLE).unwrap_or(bytes).contains(&0) {
            let text = super::decode(bytes)?;
            return secrets::may_hold(&text.text, knowing).then(|| self.hash(bytes));
        }
        if is_table(bytes, knowing) || secrets::is_store(bytes) {
            return Some(self.hash(bytes));
        }
        let mut all = None;
        let mut chunk: Vec<Block> = Vec::new();
        for block in (Blocks { bytes, at: 0 }) {
            chunk.push(block);
            if !block.closes && chunk.len() < CHUNK {
                continue;
            }
            let whole = self.hash(around(bytes, chunk.first().map_or(0, |b| b.start), block.end));
            if !Self::knows(&self.quiet, whole) {
                match self.told(bytes, &chunk, knowing) {
                    None => self.remember(whole, false),
                    Some(part) => all = Some(self.key.hash_one((all, part))),
                }
            }
            chunk.clear();
        }
        all
    }

    /// What stands for the blocks of a chunk that hold something.
    fn told(&self, bytes: &[u8], chunk: &[Block], knowing: &Knowledge) -> Option<u64> {
        let mut all = None;
        for block in chunk {
            let whole = around(bytes, block.start, block.end);
            let mut looked = None;
            if self.tells(whole, || {
                looked = self.look(bytes, block, knowing);
                looked.is_some()
            }) && let Some(part) = looked.or_else(|| self.look(bytes, block, knowing))
            {
                all = Some(self.key.hash_one((all, part)));
            }
        }
        all
    }

    /// What stands for the units of a block that hold something.
    fn look(&self, bytes: &[u8], block: &Block, knowing: &Knowledge) -> Option<u64> {
        let (start, end) = (block.start, block.end);
        let text = bytes.get(start..end).unwrap_or_default();
        let mut done = 0;
        let mut all = None;
        let near = around(bytes, start, end);
        if secrets::may_hold_encoded(&String::from_utf8_lossy(near), knowing) {
            all = Some(self.hash(near));
        }
        for at in secrets::announced(text, knowing) {
            if at < done {
                continue;
            }
            let line = start + memchr::memrchr(b'\n', text.get(..at).unwrap_or_default()).map_or(0, |i| i + 1);
            let line_end = lines_after(bytes, line, 1);
            done = line_end - start;
            let opens = opens(bytes.get(line..line_end).unwrap_or_default(), bytes.get(line_end..).unwrap_or_default());
            let after = if opens { LONG } else { AFTER };
            let unit = bytes.get(lines_before(bytes, line, BEFORE)..lines_after(bytes, line_end, after)).unwrap_or_default();
            if self.tells(unit, || opens || secrets::may_hold(&String::from_utf8_lossy(unit), knowing)) {
                all = Some(self.key.hash_one((all, unit)));
            }
        }
        all
    }
}

/// A few lines, as bytes.
#[derive(Debug, Clone, Copy)]
struct Block {
    start: usize,
    end: usize,
    /// Whether a chunk ends with it.
    closes: bool,
}

/// Blocks of lines.
struct Blocks<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Iterator for Blocks<'_> {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        let start = self.at;
        let rest = self.bytes.get(start..).filter(|r| !r.is_empty())?;
        let mut line = 0;
        for (n, end) in memchr::memchr_iter(b'\n', rest).enumerate() {
            if (end - line) % ENDS == 3 || n + 1 == BLOCK {
                self.at = start + end + 1;
                let closes = (end - line) % (ENDS * ENDS) == 3 || self.at == self.bytes.len();
                return Some(Block { start, end: self.at, closes });
            }
            line = end + 1;
        }
        self.at = self.bytes.len();
        Some(Block { start, end: self.at, closes: true })
    }
}

/// Lines with the neighbours that belong to their units.
fn around(bytes: &[u8], start: usize, end: usize) -> &[u8] {
    bytes.get(lines_before(bytes, start, BEFORE)..lines_after(bytes, end, AFTER)).unwrap_or_default()
}

/// Where the line begins that stands so many lines before.
fn lines_before(bytes: &[u8], mut at: usize, lines: usize) -> usize {
    for _ in 0..lines {
        let Some(before) = at.checked_sub(1).and_then(|end| bytes.get(..end)) else { return 0 };
        at = memchr::memrchr(b'\n', before).map_or(0, |i| i + 1);
    }
    at
}

/// Where the line ends that stands so many lines after.
fn lines_after(bytes: &[u8], mut at: usize, lines: usize) -> usize {
    for _ in 0..lines {
        let rest = bytes.get(at..).unwrap_or_default();
        at += memchr::memchr(b'\n', rest).map_or(rest.len(), |i| i + 1);
    }
    at
}

/// Whether a line opens what runs over many lines: a key, or a table whose head names a secret.
fn opens(line: &[u8], rest: &[u8]) -> bool {
    let row = |l: &[u8]| l.trim_ascii_start().first() == Some(&b'|');
    memchr::memmem::find(line, b"PRIVATE KEY").is_some()
        || (row(line) && row(rest) && rest.iter().take_while(|b| **b != b'\n').all(|b| b"|-: +=\r\t".contains(b)))
}

/// Whether a blob is a table of cells whose head names a secret, or whose cells have the shape of `.pgpass`.
fn is_table(bytes: &[u8], knowing: &Knowledge) -> bool {
    let head = bytes.get(..lines_after(bytes, 0, 1).min(SAMPLE)).unwrap_or_default();
    let count = |cell: u8| memchr::memchr_iter(cell, head).count();
    let separated = [b',', b';', b'\t'].into_iter().any(|c| count(c) >= 2);
    let pgpass = count(b':') == 4 && count(b' ') == 0;
    pgpass || (separated && secrets::announced(head, knowing).next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_remembered_and_context_decides() {
        let knowing = Knowledge::new(&[crate::rules()], [1; 32]);
        let seen = Seen::default();
        let quiet: String = (0..40).map(|i| format!("line {i} of a text that says nothing, {}\n", "x".repeat(i))).collect();
        assert!(seen.telling(quiet.as_bytes(), &knowing).is_none());
        let loud = quiet.replace("line 20 of", "password: \"Zk7#qLw29vTr\"\nline 20 of");
        for _ in 0..2 {
            assert!(seen.telling(loud.as_bytes(), &knowing).is_some());
            assert!(seen.telling(quiet.as_bytes(), &knowing).is_none());
        }
        // the line with the value was seen, quietly, before its name came to it
        let apart = "| host | label |\n| --- | --- |\n| a | Zk7#qLw29vTr |\n";
        assert!(seen.telling(apart.as_bytes(), &knowing).is_none());
        assert!(seen.telling(apart.replace("label", "password").as_bytes(), &knowing).is_some());
        let key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n";
        assert!(seen.telling(key.as_bytes(), &knowing).is_some());
    }

    #[test]
    fn an_inserted_line_changes_one_block() {
        let text: String = (0..200).map(|i| format!("{}\n", "y".repeat(i * 7 % 31))).collect();
        let with = text.replacen("yyyyyyyyyyyyyy\n", "yyyyyyyyyyyyyy\nnew\n", 1);
        let blocks = |text: &str| -> HashSet<String> {
            Blocks { bytes: text.as_bytes(), at: 0 }.filter_map(|b| text.get(b.start..b.end).map(str::to_owned)).collect()
        };
        assert!(blocks(&with).difference(&blocks(&text)).count() <= 2);
    }
}
