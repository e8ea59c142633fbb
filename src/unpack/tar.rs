//! Tar, as a stream: ustar, GNU and pax names. Sizes may lie, so nothing is reserved for them and every byte is really read.

use super::budget;
use crate::artifact::Why;
use std::io::{self, Read};

const BLOCK: usize = 512;
/// Bytes of an extension header that are kept: room for any path.
const EXTENSION: usize = 64 * 1024;

/// An archive that is being read; reading from it reads the current member.
pub(super) struct Tar<'r> {
    stream: &'r mut dyn Read,
    /// Bytes of the current member that were not read, and of its padding.
    left: u64,
    padding: u64,
}

pub(super) struct Entry {
    pub(super) name: String,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A file with content.
    File,
    /// A file with holes, kept in a way that is not read.
    Sparse,
    /// A folder, a link, a device: nothing to read.
    Empty,
}

/// Whether a block is the head of an archive: its checksum is right.
pub(super) fn is_tar(head: &[u8]) -> bool {
    let Some(block) = head.get(..BLOCK) else { return false };
    let Some(told) = block.get(148..156).and_then(number) else { return false };
    let sum: u64 = block.iter().enumerate().map(|(i, b)| if (148..156).contains(&i) { 32 } else { u64::from(*b) }).sum();
    told == sum && block.first().is_some_and(|b| *b != 0)
}

impl<'r> Tar<'r> {
    pub(super) fn new(stream: &'r mut dyn Read) -> Self {
        Self { stream, left: 0, padding: 0 }
    }

    /// The next member, or nothing at the end.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, Why> {
        let mut name = None;
        let mut size = None;
        loop {
            self.skip()?;
            let mut block = [0; BLOCK];
            match fill(self.stream, &mut block).map_err(|e| budget::fault(&e))? {
                // some programs leave out the zeros at the end
                0 => return Ok(None),
                BLOCK if block.iter().all(|b| *b == 0) => return Ok(None),
                BLOCK if is_tar(&block) => {}
                _ => return Err(Why::BrokenContainer),
            }
            let kind = block.get(156).copied().unwrap_or(0);
            let told = block.get(124..136).and_then(number).ok_or(Why::BrokenContainer)?;
            self.left = size.filter(|_| !matches!(kind, b'L' | b'K' | b'x' | b'g')).unwrap_or(told);
            self.padding = self.left.wrapping_neg() % BLOCK as u64;
            match kind {
                b'L' => name = Some(text(&self.extension()?)),
                b'x' => {
                    let records = self.extension()?;
                    name = record(&records, b"path").map(text).or(name);
                    size = record(&records, b"size").and_then(|v| std::str::from_utf8(v).ok()?.parse().ok()).or(size);
                }
                b'K' | b'g' => {}
                _ => {
                    let name = name.unwrap_or_else(|| header_name(&block));
                    let kind = match kind {
                        b'0' | b'7' | 0 if name.ends_with('/') => Kind::Empty,
                        b'0' | b'7' | 0 => Kind::File,
                        b'S' => Kind::Sparse,
                        _ => Kind::Empty,
                    };
                    return Ok(Some(Entry { name, kind }));
                }
            }
        }
    }

    fn extension(&mut self) -> Result<Vec<u8>, Why> {
        let mut out = Vec::new();
        self.by_ref().take(EXTENSION as u64).read_to_end(&mut out).map_err(|e| budget::fault(&e))?;
        Ok(out)
    }

    /// Reads over what is left of the current member.
    fn skip(&mut self) -> Result<(), Why> {
        let rest = self.left.saturating_add(std::mem::take(&mut self.padding));
        self.left = 0;
        let skipped = io::copy(&mut (&mut *self.stream).take(rest), &mut io::sink()).map_err(|e| budget::fault(&e))?;
        if skipped < rest { Err(Why::BrokenContainer) } else { Ok(()) }
    }
}

impl Read for Tar<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(out.len());
        let Some(room) = out.get_mut(..most).filter(|r| !r.is_empty()) else { return Ok(0) };
        let n = self.stream.read(room)?;
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= n as u64;
        Ok(n)
    }
}

fn fill(stream: &mut dyn Read, block: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = block.get_mut(filled..).filter(|r| !r.is_empty()) {
        match stream.read(room)? {
            0 => break,
            n => filled += n,
        }
    }
    Ok(filled)
}

/// Octal digits, or big-endian bytes behind a set high bit.
fn number(field: &[u8]) -> Option<u64> {
    if let Some((first, rest)) = field.split_first().filter(|(first, _)| **first & 0x80 != 0) {
        let start = u64::from(first & 0x3f);
        return rest.iter().try_fold(start, |n, b| n.checked_mul(256)?.checked_add(u64::from(*b)));
    }
    let digits = text(field);
    u64::from_str_radix(digits.trim(), 8).ok().or_else(|| digits.trim().is_empty().then_some(0))
}

fn header_name(block: &[u8]) -> String {
    let name = text(block.get(..100).unwrap_or_default());
    let prefix = text(block.get(345..500).unwrap_or_default());
    // GNU keeps times where ustar keeps the start of a long name
    let ustar = block.get(257..263) == Some(b"ustar\0");
    if ustar && !prefix.is_empty() { format!("{prefix}/{name}") } else { name }
}

/// Text up to the first zero.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

/// A value of pax records, `LENGTH KEY=VALUE\n` each.
fn record<'b>(mut records: &'b [u8], key: &[u8]) -> Option<&'b [u8]> {
    loop {
        let space = records.iter().position(|b| *b == b' ')?;
        let length: usize = std::str::from_utf8(records.get(..space)?).ok()?.parse().ok()?;
        let body = records.get(space + 1..length.checked_sub(1)?)?;
        if let Some(value) = body.strip_prefix(key).and_then(|rest| rest.strip_prefix(b"=")) {
            return Some(value);
        }
        records = records.get(length..)?;
    }
}
