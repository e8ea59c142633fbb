//! Secrets in encoded text: base64, hex, percent, `\u` and `\x` escapes, one in another to a small depth.
//!
//! What decodes to printable text is searched like any text, and what is found stands at the encoded bytes, so that those are hidden.
//! A quick look at the first bytes turns almost everything away: hashes, images, certificates and identifiers decode to noise.

use super::found::{Found, What, Worth};
use super::marks::Marks;
use super::matcher::Matcher;
use super::scene::{Bare, Scene};
use super::search;
use crate::read::Mark;

/// Encodings in encodings.
const DEPTH: usize = 3;
/// Shortest runs: a shorter one holds hardly more than a word. Of hex every hash of 16 bytes is as long, and decodes to noise.
const BASE64: usize = 24;
const HEX: usize = 32;
/// Decoded bytes of a text that are searched: more is data, not settings.
const MOST: usize = 8 * 1024 * 1024;
/// Bytes at the start of a run that must be printable: of noise one run in a hundred thousand has such a start.
const SAMPLE: usize = 12;
/// Escapes that make a text worth decoding.
const ESCAPES: usize = 2;

/// Source bytes `[from, to)` that hold a decoded byte; neighbours may share one.
type Held = (u32, u32);

/// A decoded text, and where each of its bytes stands in the source.
#[derive(Debug)]
pub(super) struct Decoded {
    text: String,
    held: Vec<Held>,
}

impl Decoded {
    /// The source bytes of a range.
    fn source(&self, (start, end): (usize, usize)) -> (usize, usize) {
        let at = |i: usize| self.held.get(i).copied().unwrap_or_default();
        let from = at(start).0 as usize;
        (from, (at(end.saturating_sub(1)).1 as usize).max(from))
    }
}

/// Everything in a text that decodes to text, and whether that is all of it.
pub(super) fn texts(text: &str) -> (Vec<Decoded>, bool) {
    let mut all = Vec::new();
    let mut room = Room { left: MOST, short: false };
    decode_into(text, &mut room, &mut all);
    let mut level = 0..all.len();
    for _ in 1..DEPTH {
        for i in level.clone() {
            let mut inner = Vec::new();
            let Some(outer) = all.get(i) else { continue };
            decode_into(&outer.text, &mut room, &mut inner);
            for decoded in &mut inner {
                for held in &mut decoded.held {
                    let (from, to) = outer.source((held.0 as usize, held.1 as usize));
                    *held = (from as u32, to as u32);
                }
            }
            all.extend(inner);
        }
        level = level.end..all.len();
    }
    (all, !room.short)
}

impl AsRef<str> for Decoded {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// How much may still be decoded.
struct Room {
    left: usize,
    /// Whether there was too little.
    short: bool,
}

impl Room {
    fn has(&mut self, length: usize) -> bool {
        let enough = length <= self.left;
        self.short |= !enough;
        enough
    }
}

/// Searches decoded texts. What a pattern has found in the same bytes as they stand is hidden only.
pub(super) fn find<'a>(decoded: &'a [Decoded], scene: &Scene, matcher: &'a Matcher, out: &mut Vec<Mark>, found: &mut Vec<Found<'a>>) {
    if decoded.is_empty() {
        return;
    }
    let mut taken: Vec<(usize, usize)> =
        found.iter().filter(|f| f.worth == Worth::Sighting && matches!(f.what, What::Pattern(_))).map(|f| f.span).collect();
    taken.sort_unstable();
    // the furthest end so far: spans may lie in one another
    let mut reach = 0;
    for span in &mut taken {
        reach = reach.max(span.1);
        span.1 = reach;
    }
    for decoded in decoded {
        let scene = Scene { bare: bare(&decoded.text), encoded: false, separator: None, tests_from: usize::MAX, ..*scene };
        // a recorded request holds what somebody typed into a test: hidden, and no setting of anything
        let recorded = memchr::memmem::find(decoded.text.as_bytes(), b" HTTP/1.").is_some();
        let mut marks = Vec::new();
        let inner = search(&decoded.text, &scene, matcher, &mut Marks::new(&decoded.text, &mut marks));
        // positions in the decoded text are none in the source
        out.extend(marks.into_iter().map(|m| Mark { start: 0, end: 0, ..m }));
        found.extend(inner.into_iter().filter(|f| f.worth != Worth::Nothing).map(|f| {
            let span = decoded.source(f.span);
            let before = taken.partition_point(|t| t.0 < span.1);
            let known = before.checked_sub(1).and_then(|i| taken.get(i)).is_some_and(|t| t.1 > span.0);
            let worth = if known || (recorded && matches!(f.what, What::Guess(..))) { f.worth.min(Worth::Mark) } else { f.worth };
            Found { span, whole: decoded.source(f.whole), worth, ..f }
        }));
    }
}

/// How values without quotes read in a decoded text, which has no name to tell.
fn bare(text: &str) -> Bare {
    let start = text.trim_start();
    let code = text.contains(['{', ';']) && text.contains('(');
    if code || start.starts_with(['{', '[', '<']) { Bare::Never } else { Bare::Line }
}

fn decode_into(text: &str, room: &mut Room, out: &mut Vec<Decoded>) {
    let bytes = text.as_bytes();
    let mut keep = |decoded: Option<Decoded>, room: &mut Room| {
        if let Some(decoded) = decoded.filter(|d| room.has(d.text.len())) {
            room.left -= decoded.text.len();
            out.push(decoded);
        }
    };
    let mut at = 0;
    while let Some((start, end)) = run(bytes, at) {
        let raw = bytes.get(start..end).unwrap_or_default();
        at = end;
        if raw.len() >= HEX && raw.len().is_multiple_of(2) && raw.iter().all(u8::is_ascii_hexdigit) {
            keep(hex(bytes, start, end, room), room);
        } else if let Some(wide) = promises(raw) {
            let lines = lines(bytes, start, end);
            at = lines.last().map_or(end, |l| l.1);
            keep(base64(bytes, &lines, wide, room), room);
        }
    }
    escapes(bytes, b"%", |b| b.is_ascii_whitespace() || b"\"'`<>".contains(&b), &mut |decoded| keep(decoded, room));
    for mark in [b"\\u00".as_slice(), b"\\x"] {
        escapes(bytes, mark, |b| b"\"'`\n".contains(&b), &mut |decoded| keep(decoded, room));
    }
}

/// What each byte is worth in base64 of either alphabet; 255 for what is none.
const VALUES: [u8; 256] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut values = [255; 256];
    let mut i = 0;
    while i < 64 {
        values[alphabet[i] as usize] = i as u8;
        i += 1;
    }
    values[b'-' as usize] = 62;
    values[b'_' as usize] = 63;
    values
};

fn value(byte: u8) -> Option<u8> {
    VALUES.get(byte as usize).copied().filter(|v| *v != 255)
}

/// The next run of base64 characters that is long enough. Most bytes are stepped over: a run must hold every 24th.
fn run(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    loop {
        let window = bytes.get(at..at + BASE64)?;
        match window.iter().rposition(|b| value(*b).is_none()) {
            Some(gap) => at += gap + 1,
            None => {
                let more = bytes.get(at + BASE64..)?.iter().take_while(|b| value(**b).is_some()).count();
                return Some((at, at + BASE64 + more));
            }
        }
    }
}

/// Whether a run decodes to text, by its first bytes, and whether that is UTF-16.
fn promises(raw: &[u8]) -> Option<bool> {
    let sample: Vec<u8> = quads(raw).flatten().take(SAMPLE).collect();
    if sample.iter().all(|b| printable(*b)) {
        return Some(false);
    }
    sample.chunks_exact(2).all(|pair| matches!(pair, [a, 0] if printable(*a))).then_some(true)
}

/// A run and, if it is broken into lines, the lines behind it.
fn lines(bytes: &[u8], start: usize, end: usize) -> Vec<(usize, usize)> {
    let (mut end, width) = (end, end - start);
    let mut lines = vec![(start, end)];
    // a line that is cut has room for whole groups, and the next one is no longer
    while width >= 48 && width.is_multiple_of(4) {
        let rest = bytes.get(end..).unwrap_or_default();
        let gap = rest.iter().take(80).take_while(|b| b.is_ascii_whitespace()).count();
        let next = rest.get(gap..).unwrap_or_default().iter().take(width + 1).take_while(|b| value(**b).is_some()).count();
        let cut = rest.get(..gap).is_some_and(|g| g.iter().filter(|b| **b == b'\n').count() == 1);
        if !cut || next == 0 || next > width {
            break;
        }
        lines.push((end + gap, end + gap + next));
        end += gap + next;
        if next < width {
            break;
        }
    }
    lines
}

fn base64(bytes: &[u8], lines: &[(usize, usize)], wide: bool, room: &mut Room) -> Option<Decoded> {
    let (first, last) = (lines.first()?, lines.last()?);
    if !room.has((last.1 - first.0) / 4 * 3) {
        return None;
    }
    let (mut out, mut held) = (Vec::new(), Vec::new());
    for (start, end) in lines {
        for (i, group) in quads(bytes.get(*start..*end)?).enumerate() {
            for (j, byte) in group.enumerate() {
                out.push(byte);
                let at = (start + i * 4 + j) as u32;
                held.push((at, at + 2));
            }
        }
    }
    if wide { utf16(&out, &held) } else { plain(out, held) }
}

/// Groups of up to three bytes.
fn quads(raw: &[u8]) -> impl Iterator<Item = impl Iterator<Item = u8>> {
    raw.chunks(4).map(|quad| {
        let bits = quad.iter().fold(0u32, |bits, b| bits << 6 | u32::from(value(*b).unwrap_or(0)));
        let bits = bits << (6 * (4 - quad.len()));
        let [_, a, b, c] = bits.to_be_bytes();
        [a, b, c].into_iter().take(quad.len().saturating_sub(1))
    })
}

fn hex(bytes: &[u8], start: usize, end: usize, room: &mut Room) -> Option<Decoded> {
    let digit = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
    let byte = |at: usize| Some((digit(at)? << 4 | digit(at + 1)?) as u8);
    let pairs = || (start..end).step_by(2);
    if !pairs().take(SAMPLE).all(|at| byte(at).is_some_and(printable)) || !room.has((end - start) / 2) {
        return None;
    }
    plain(pairs().filter_map(byte).collect(), pairs().map(|at| (at as u32, at as u32 + 2)).collect())
}

/// Texts with escapes that begin with `mark`, between two bytes that end a text.
fn escapes(bytes: &[u8], mark: &[u8], ends: impl Fn(u8) -> bool, keep: &mut impl FnMut(Option<Decoded>)) {
    let mut floor = 0;
    for hit in memchr::memmem::find_iter(bytes, mark) {
        if hit < floor || escaped(bytes, hit).is_none() {
            continue;
        }
        let start = hit - bytes.get(floor..hit).unwrap_or_default().iter().rev().take_while(|b| !ends(**b)).count();
        let end = hit + bytes.get(hit..).unwrap_or_default().iter().take_while(|b| !ends(**b)).count();
        floor = end;
        let (mut out, mut held, mut count, mut at) = (Vec::new(), Vec::new(), 0, start);
        while at < end {
            let (byte, length) = match escaped(bytes, at) {
                Some((byte, length)) => {
                    count += 1;
                    (byte, length)
                }
                None => (bytes.get(at).copied().unwrap_or(b' '), 1),
            };
            if byte < 0x80 && !printable(byte) {
                break;
            }
            // `\u00e9` is a character, all else is bytes
            let wide = byte >= 0x80 && length == "\\u00e9".len();
            let mut utf8 = [0; 2];
            let encoded = if wide { char::from(byte).encode_utf8(&mut utf8).as_bytes() } else { &[byte] };
            out.extend(encoded);
            held.extend(encoded.iter().map(|_| (at as u32, (at + length) as u32)));
            at += length;
        }
        if count >= ESCAPES && at >= end {
            keep(plain(out, held));
        }
    }
}

/// The byte that an escape stands for, and the length of the escape.
fn escaped(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let rest = bytes.get(at..)?;
    let skip = match rest {
        [b'%', ..] => 1,
        [b'\\', b'x', ..] => 2,
        [b'\\', b'u', b'0', b'0', ..] => 4,
        _ => return None,
    };
    let digits = std::str::from_utf8(rest.get(skip..skip + 2)?).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    Some((u8::from_str_radix(digits, 16).ok()?, skip + 2))
}

fn printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

fn plain(bytes: Vec<u8>, held: Vec<Held>) -> Option<Decoded> {
    let text = String::from_utf8(bytes).ok()?;
    text.bytes().all(|b| b >= 0x80 || printable(b)).then_some(Decoded { text, held })
}

/// UTF-16 as PowerShell takes it, if all of it is.
fn utf16(bytes: &[u8], held: &[Held]) -> Option<Decoded> {
    let units = bytes.chunks_exact(2).filter_map(|pair| pair.first_chunk().copied()).map(u16::from_le_bytes);
    let (mut text, mut places, mut at) = (String::new(), Vec::new(), 0);
    for c in char::decode_utf16(units) {
        let c = c.ok().filter(|c| !c.is_control() || c.is_ascii_whitespace())?;
        text.push(c);
        let after = at + c.len_utf16() * 2;
        places.extend(std::iter::repeat_n((held.get(at)?.0, held.get(after - 1)?.1), c.len_utf8()));
        at = after;
    }
    Some(Decoded { text, held: places })
}

#[cfg(test)]
mod tests;
