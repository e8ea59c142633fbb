//! JSON in parts: one document whose lists are long, or many documents one after the other.

use super::{LONGEST, Names, Part, Step, Stop, TARGET, more, newlines};
use std::collections::BTreeMap;
use std::io::Read;

/// Levels in which a text is cut. Answers of GraphQL keep their records in the sixth.
const DEEPEST: usize = 8;
/// A member of an object that is no longer is told again in every part; of a longer one only that it is there.
const SHORT: usize = 1024;
/// The members of one object that are told again, and those of all, in bytes.
const RETOLD: usize = 16 * 1024;
const RETOLD_ALL: usize = 256 * 1024;

/// The short members of the objects around the lists, by the keys on the way down.
pub(super) type Around = BTreeMap<Vec<String>, Vec<u8>>;

/// An open object or list.
#[derive(Debug, Default)]
struct Level {
    list: bool,
    /// In an object: the raw key of the current member with its quotes. In a list: nothing.
    key: Vec<u8>,
    /// Items that ended.
    items: usize,
    /// Where the current member or item begins; nothing if that is in an earlier part.
    from: Option<usize>,
    /// What its value opens, if it opens anything.
    opens: u8,
    /// The members that ended, as far as they are told again.
    past: Vec<u8>,
    wants_key: bool,
}

/// What is open where a part begins or ends.
#[derive(Debug, Default, Clone)]
struct Open {
    list: bool,
    key: Vec<u8>,
    items: usize,
    past: Vec<u8>,
}

/// A place between two records: just before the comma, where the next record may begin, and what is open there.
#[derive(Debug, Clone)]
struct Boundary {
    end: usize,
    next: usize,
    documents: usize,
    open: Vec<Open>,
}

/// Walks a text and knows where it may be cut.
#[derive(Debug, Default)]
struct Walk {
    levels: Vec<Level>,
    /// Brackets that are open below the deepest level that is looked at.
    deep: Vec<u8>,
    quoted: bool,
    escaped: bool,
    string_from: Option<usize>,
    /// Documents that ended.
    documents: usize,
    too_deep: bool,
    /// The last place to cut, by the number of levels that are open there, and how many those may be.
    cuts: Vec<Option<Boundary>>,
    deepest: usize,
    /// Objects outside every list, when all of the text is looked at first.
    around: Option<Around>,
    told: usize,
}

impl Walk {
    /// Looks at a byte outside strings. False where the syntax breaks.
    fn step(&mut self, buffer: &[u8], i: usize) -> bool {
        let Some(b) = buffer.get(i).copied() else { return true };
        match b {
            b'"' => {
                self.quoted = true;
                self.string_from = Some(i);
            }
            b'{' | b'[' if self.levels.len() >= DEEPEST => {
                self.deep.push(b);
                self.too_deep = self.deep.len() + DEEPEST > crate::tree::MAX_DEPTH;
                return !self.too_deep;
            }
            b'{' | b'[' => {
                if let Some(level) = self.levels.last_mut() {
                    level.opens = b;
                }
                self.levels.push(Level { list: b == b'[', from: Some(i + 1), wants_key: b == b'{', ..Level::default() });
            }
            b'}' | b']' => {
                if let Some(open) = self.deep.pop() {
                    return (open == b'{') == (b == b'}');
                }
                self.ended(buffer, i);
                let Some(level) = self.levels.pop().filter(|l| l.list == (b == b']')) else { return false };
                self.close(level);
                if self.levels.is_empty() {
                    self.documents += 1;
                    self.cut(i + 1, i + 1);
                }
            }
            b',' if self.deep.is_empty() => {
                self.ended(buffer, i);
                let Some(level) = self.levels.last_mut() else { return false };
                (level.from, level.opens, level.wants_key) = (Some(i + 1), 0, !level.list);
                level.key.clear();
                self.cut(i, i + 1);
            }
            _ => {}
        }
        true
    }

    /// A string ended.
    fn string(&mut self, buffer: &[u8], i: usize) {
        if let Some(level) = self.levels.last_mut().filter(|l| self.deep.is_empty() && l.wants_key) {
            level.key = self.string_from.and_then(|from| buffer.get(from..=i)).unwrap_or_default().to_vec();
            level.wants_key = false;
        }
    }

    /// A member or item ended before `end`.
    fn ended(&mut self, buffer: &[u8], end: usize) {
        let Some(level) = self.levels.last_mut() else { return };
        if level.list {
            level.items += 1;
            return;
        }
        if level.key.is_empty() {
            return;
        }
        let short = match level.from.and_then(|from| buffer.get(from..end)).filter(|raw| raw.len() <= SHORT) {
            Some(raw) => raw.trim_ascii().to_vec(),
            None => {
                let empty: &[u8] = match level.opens {
                    b'{' => b":{}",
                    b'[' => b":[]",
                    _ => b":\"\"",
                };
                [level.key.as_slice(), empty].concat()
            }
        };
        if level.past.len() + short.len() <= RETOLD {
            if !level.past.is_empty() {
                level.past.push(b',');
            }
            level.past.extend(short);
        }
    }

    fn close(&mut self, level: Level) {
        let Some(around) = self.around.as_mut() else { return };
        let outside = !level.list && self.levels.iter().all(|l| !l.list);
        if outside && self.told + level.past.len() <= RETOLD_ALL {
            self.told += level.past.len();
            around.insert(self.levels.iter().map(|l| String::from_utf8_lossy(&l.key).into_owned()).collect(), level.past);
        }
    }

    fn cut(&mut self, end: usize, next: usize) {
        let depth = self.levels.len();
        if depth > self.deepest {
            return;
        }
        self.cuts.resize_with((depth + 1).max(self.cuts.len()), || None);
        let opened = |l: &Level| Open { list: l.list, key: l.key.clone(), items: l.items, past: l.past.clone() };
        let boundary = Boundary { end, next, documents: self.documents, open: self.levels.iter().map(opened).collect() };
        if let Some(slot) = self.cuts.get_mut(depth) {
            *slot = Some(boundary);
        }
    }

    /// Walks on to the end of the buffer.
    ///
    /// # Errors
    /// Where the syntax breaks.
    fn walk(&mut self, buffer: &[u8], mut i: usize) -> Result<(), usize> {
        while i < buffer.len() {
            if self.escaped {
                self.escaped = false;
            } else if self.quoted {
                match memchr::memchr2(b'"', b'\\', buffer.get(i..).unwrap_or_default()) {
                    None => return Ok(()),
                    Some(n) => i += n,
                }
                if buffer.get(i) == Some(&b'"') {
                    self.quoted = false;
                    self.string(buffer, i);
                } else {
                    self.escaped = true;
                }
            } else if !self.step(buffer, i) {
                return Err(i);
            }
            i += 1;
        }
        Ok(())
    }

    /// Forgets the first bytes of the buffer.
    fn drop_front(&mut self, by: usize) {
        self.string_from = self.string_from.and_then(|at| at.checked_sub(by));
        for level in &mut self.levels {
            level.from = level.from.and_then(|at| at.checked_sub(by));
        }
        self.cuts.clear();
    }
}

/// What stands around the lists of a text, before and after them.
pub(super) fn around(mut stream: impl Read) -> Result<Around, Stop> {
    let mut walk = Walk { around: Some(Around::new()), ..Walk::default() };
    let (mut buffer, mut at) = (Vec::new(), 0);
    // a broken text is told of when it is read
    while more(&mut stream, &mut buffer)? && walk.walk(&buffer, at).is_ok() {
        let past = buffer.len().saturating_sub(4 * SHORT);
        buffer.drain(..past);
        walk.drop_front(past);
        at = buffer.len();
        if walk.documents > 0 && !walk.levels.is_empty() {
            // nothing is around many documents
            return Ok(Around::new());
        }
    }
    Ok(if walk.documents > 1 { Around::new() } else { walk.around.unwrap_or_default() })
}

/// Cuts a text into parts.
pub(super) fn each(mut stream: impl Read, around: &Around, give: &mut super::Giver<'_>) -> Result<(), Stop> {
    let mut walk = Walk { deepest: DEEPEST, ..Walk::default() };
    let (mut buffer, mut at, mut base, mut documents) = (Vec::new(), 0, (0usize, 0u32), 0);
    let mut open: Vec<Open> = Vec::new();
    loop {
        let ended = !more(&mut stream, &mut buffer)?;
        let line = |end: usize| base.1 + newlines(buffer.get(..end).unwrap_or_default()) + 1;
        let stop = match walk.walk(&buffer, at) {
            Err(end) if walk.too_deep => Some(Stop::TooDeep(line(end))),
            Err(end) => Some(Stop::Malformed(line(end))),
            Ok(()) if ended && (walk.quoted || !walk.levels.is_empty()) => Some(Stop::Truncated(line(buffer.len()))),
            Ok(()) => None,
        };
        at = buffer.len();
        if ended && stop.is_none() {
            give.part(part(&buffer, &open, &[], around, base, documents));
            return Ok(());
        }
        if stop.is_none() && buffer.len() < TARGET {
            continue;
        }
        // between the largest things; of a text that breaks off, all that is whole
        let mut cuts = walk.cuts.iter_mut().filter_map(Option::take);
        let cut = if stop.is_some() { cuts.max_by_key(|c| c.end) } else { cuts.next() };
        let Some(cut) = cut else {
            match stop {
                Some(stop) => return Err(stop),
                None if buffer.len() >= LONGEST => return Err(Stop::Whole),
                None if buffer.len() >= LONGEST / 2 => walk.deepest = DEEPEST,
                None => {}
            }
            continue;
        };
        give.part(part(buffer.get(..cut.end).unwrap_or_default(), &open, &cut.open, around, base, documents));
        match stop {
            Some(stop) => return Err(stop),
            None if give.stopped => return Ok(()),
            None => {}
        }
        base = (base.0 + cut.next, base.1 + newlines(buffer.get(..cut.next).unwrap_or_default()));
        buffer.drain(..cut.next);
        at = buffer.len();
        walk.drop_front(cut.next);
        // records are at the level of the deepest cut so far: pages are deeper than the list of them
        walk.deepest = if base.0 == cut.next { cut.open.len() } else { walk.deepest.max(cut.open.len()) };
        (open, documents) = (cut.open, cut.documents);
    }
}

/// A part: what was open where it began, its own bytes, and what closes what is open at its end.
fn part(own: &[u8], open: &[Open], at_end: &[Open], around: &Around, base: (usize, u32), documents: usize) -> Option<Part> {
    if own.trim_ascii().is_empty() {
        return None;
    }
    let mut bytes = Vec::with_capacity(own.len() + 1024);
    let mut steps = Vec::new();
    if documents > 0 {
        steps.push(Step::Items(documents));
    }
    for (n, level) in open.iter().enumerate() {
        let innermost = n + 1 == open.len();
        if level.list {
            bytes.push(b'[');
            steps.push(Step::Items(level.items));
            continue;
        }
        bytes.push(b'{');
        bytes.extend(flat(&level.past));
        if !level.past.is_empty() {
            bytes.push(b',');
        }
        if !innermost {
            bytes.extend(flat(&level.key));
            bytes.push(b':');
            steps.push(Step::Key(String::from_utf8_lossy(&level.key).trim_matches('"').replace('~', "~0").replace('/', "~1")));
        }
    }
    let start = bytes.len();
    bytes.extend(own);
    let until = bytes.len();
    for (n, level) in at_end.iter().enumerate().rev() {
        if level.list {
            bytes.push(b']');
            continue;
        }
        let way = at_end.iter().take(n);
        let outside = way.clone().all(|l| !l.list);
        let keys: Vec<String> = way.map(|l| String::from_utf8_lossy(&l.key).into_owned()).collect();
        if let Some(after) = around.get(&keys).filter(|after| outside && !after.is_empty()) {
            bytes.push(b',');
            bytes.extend(flat(after));
        }
        bytes.push(b'}');
    }
    let text = String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
    Some(Part { text, own: start..until, base, last: false, names: Names::Steps(steps) })
}

/// On one line: what is told again must not count as lines.
fn flat(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|b| if matches!(b, b'\n' | b'\r') { b' ' } else { *b }).collect()
}
