//! A text that is too large to hold, as parts that are each a small text of the same form.
//!
//! What vendors print grows in one direction: a list of records, a line or a row each. Such a text is cut between two records, and
//! what stands around the list is put around every part, so that the reader of the whole reads the part. Nobody else need know: a
//! [`Part`] tells which of its bytes are the text's own, where they stand there, and what its pointers are called in the whole.

mod json;
mod lines;

use std::io::{self, Read};

/// A part ends at the first fitting place after so many bytes; a tree takes twenty times as much.
const TARGET: usize = 2 * 1024 * 1024;
/// A record beyond this is cut inside; where even that is not possible, the text cannot be read in parts.
const LONGEST: usize = 8 * 1024 * 1024;
/// Bytes read at a time.
const PIECE: usize = 256 * 1024;

/// A part of a large text.
#[derive(Debug)]
pub(super) struct Part {
    /// A text of the form of the whole.
    pub(super) text: String,
    /// The bytes of it that are the whole's own; what stands around them stands elsewhere in it.
    pub(super) own: std::ops::Range<usize>,
    /// The first of them in the whole, and the lines before it.
    pub(super) base: (usize, u32),
    /// It is the last.
    pub(super) last: bool,
    /// What pointers begin with here, and how many items of each list on the way came before.
    names: Names,
}

impl Part {
    /// What is the whole's own, between what is told again; nothing, if it is blank. `base`: the first byte and the lines before it.
    fn between(lead: &str, own: &str, tail: &str, base: (usize, u32), names: Names) -> Option<Self> {
        let base = (base.0, base.1.saturating_sub(newlines(lead.as_bytes())));
        let range = lead.len()..lead.len() + own.len();
        (!own.trim().is_empty()).then(|| Self { text: [lead, own, tail].concat(), own: range, base, last: false, names })
    }
}

/// How the pointers of a part become those of the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Names {
    /// Steps from the top: a key, or a list with the number of its items in earlier parts.
    Steps(Vec<Step>),
    /// Rows, so many of which came before.
    Rows(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Items(usize),
}

/// Why a text cannot be read in parts, or not to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// It has no records that it could be cut between.
    Whole,
    /// It ends in the middle of a value, in this line.
    Truncated(u32),
    /// Its syntax is broken in this line.
    Malformed(u32),
    /// It is nested too deeply in this line.
    TooDeep(u32),
    /// The system refused.
    Io(io::ErrorKind),
}

impl Part {
    /// Where a byte stands in the whole: what is not the whole's own is told by where the part begins.
    pub(super) fn offset(&self, at: usize) -> usize {
        self.base.0 + at.clamp(self.own.start, self.own.end) - self.own.start
    }

    /// A pointer as it is in the whole.
    pub(super) fn pointer(&self, pointer: &str) -> String {
        let steps = match &self.names {
            Names::Rows(before) => {
                let row = pointer.strip_prefix("row ").and_then(|n| n.parse::<usize>().ok());
                return row.map_or_else(|| pointer.to_owned(), |n| format!("row {}", n + before));
            }
            Names::Steps(steps) => steps,
        };
        let mut out = String::with_capacity(pointer.len() + 8);
        let mut rest = pointer;
        for step in steps {
            let Some(tail) = rest.strip_prefix('/') else { break };
            let (segment, after) = tail.find('/').map_or((tail, ""), |i| tail.split_at(i));
            match step {
                Step::Key(key) if key == segment => out.extend(["/", segment]),
                Step::Items(before) => {
                    let Ok(index) = segment.parse::<usize>() else { break };
                    out.push_str(&format!("/{}", index + before));
                    if index > 0 {
                        // what follows is in an item that began in this part
                        rest = after;
                        break;
                    }
                }
                Step::Key(_) => break,
            }
            rest = after;
        }
        out + rest
    }
}

/// Takes parts one behind the other, so that the last is known to be the last.
struct Giver<'e> {
    each: &'e mut dyn FnMut(Part) -> bool,
    held: Option<Part>,
    /// Nobody wants more.
    stopped: bool,
}

impl Giver<'_> {
    fn part(&mut self, part: Option<Part>) {
        if let (Some(part), false) = (part, self.stopped)
            && let Some(held) = self.held.replace(part)
        {
            self.stopped = !(self.each)(held);
        }
    }
}

/// Calls `each` with the parts of a text, in order, until it says stop. `open` is asked more than
/// once, for what follows a list may say what it is; `stream` is left with the one that was read.
///
/// # Errors
/// Why not all of the text was given.
pub(super) fn each<R: Read>(
    open: &dyn Fn() -> io::Result<R>,
    stream: &mut Option<R>,
    extension: &str,
    each: &mut dyn FnMut(Part) -> bool,
) -> Result<(), Stop> {
    let anew = || open().map_err(|e| Stop::Io(e.kind()));
    let mut head = Vec::new();
    anew()?.take(64 * 1024).read_to_end(&mut head).map_err(|e| Stop::Io(e.kind()))?;
    let mut give = Giver { each, held: None, stopped: false };
    let main = stream.insert(anew()?);
    let done = match head.iter().find(|b| !b.is_ascii_whitespace()) {
        None => Err(Stop::Whole),
        Some(b'{' | b'[') => json::around(anew()?).and_then(|around| json::each(main, &around, &mut give)),
        _ if matches!(extension, "yaml" | "yml") => lines::around(anew()?).and_then(|around| lines::documents(main, &around, &mut give)),
        _ if matches!(extension, "csv" | "tsv" | "txt" | "") => lines::rows(main, &mut give),
        _ => Err(Stop::Whole),
    };
    if let Some(held) = give.held.take().filter(|_| !give.stopped) {
        each(Part { last: done.is_ok(), ..held });
    }
    done
}

/// Adds the next piece of a stream; whether there was one.
fn more(stream: &mut impl Read, buffer: &mut Vec<u8>) -> Result<bool, Stop> {
    let read = stream.take(PIECE as u64).read_to_end(buffer).map_err(|e| Stop::Io(e.kind()))?;
    Ok(read > 0)
}

fn newlines(bytes: &[u8]) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', bytes).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
