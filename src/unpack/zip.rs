//! Zip, over bytes that are held. The directory at the end is the truth; where it is missing, the members are followed one by one.

use crate::artifact::Why;
use flate2::read::DeflateDecoder;
use std::borrow::Cow;
use std::io::Read;

/// A comment of the archive is at most so long, and the record that ends it stands before.
const TAIL: usize = 65_557;
const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";

pub(super) struct Zip<'b> {
    bytes: &'b [u8],
    /// Where the directory begins, if there is one.
    directory: Option<usize>,
}

#[derive(Debug)]
pub(super) struct Entry<'b> {
    pub(super) name: Cow<'b, str>,
    pub(super) packed: u64,
    method: u16,
    encrypted: bool,
    /// A folder, or a link, which holds a path.
    empty: bool,
    /// Where the member's bytes begin.
    data: usize,
}

impl<'b> Zip<'b> {
    pub(super) fn open(bytes: &'b [u8]) -> Self {
        let tail = bytes.len().saturating_sub(TAIL);
        let end = memchr::memmem::rfind(bytes.get(tail..).unwrap_or_default(), b"PK\x05\x06").map(|i| tail + i);
        let directory = end.and_then(|end| {
            let told = u32_at(bytes, end + 16)? as usize;
            let size = u32_at(bytes, end + 12)? as usize;
            // a large archive says it elsewhere: the directory ends where the first of its end records begins
            let wide = memchr::memmem::rfind(bytes.get(tail..end)?, b"PK\x06\x06").map(|i| tail + i);
            let start = match wide {
                Some(wide) => usize::try_from(u64_at(bytes, wide + 48)?).ok()?,
                None => told,
            };
            let empty = size == 0 && told == end;
            (empty || bytes.get(start..)?.starts_with(CENTRAL)).then_some(start)
        });
        Self { bytes, directory }
    }

    /// Whether the directory is missing: the end was cut off, or overwritten.
    pub(super) fn is_broken(&self) -> bool {
        self.directory.is_none()
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'b>> + '_ {
        let mut at = self.directory.unwrap_or(0);
        std::iter::from_fn(move || {
            let (entry, next) = if self.directory.is_some() { self.listed(at)? } else { self.local(at)? };
            at = next;
            Some(entry)
        })
    }

    /// An entry of the directory, and where the next one begins.
    fn listed(&self, at: usize) -> Option<(Entry<'b>, usize)> {
        let b = self.bytes;
        if !b.get(at..)?.starts_with(CENTRAL) {
            return None;
        }
        let (name, extra, comment) = (usize::from(u16_at(b, at + 28)?), usize::from(u16_at(b, at + 30)?), usize::from(u16_at(b, at + 32)?));
        let (mut packed, mut local) = (u64::from(u32_at(b, at + 20)?), u64::from(u32_at(b, at + 42)?));
        let unpacked = u32_at(b, at + 24)?;
        if let Some(wide) = wide(b.get(at + 46 + name..at + 46 + name + extra).unwrap_or_default()) {
            // present in this order, each only where the narrow field is full
            let mut field = usize::from(unpacked == u32::MAX) * 8;
            for value in [&mut packed, &mut local].into_iter().filter(|v| **v == u64::from(u32::MAX)) {
                *value = u64_at(wide, field)?;
                field += 8;
            }
        }
        let mode = u32_at(b, at + 38)? >> 16;
        let local = usize::try_from(local).ok()?;
        let data = if b.get(local..).is_some_and(|l| l.starts_with(LOCAL)) {
            local + 30 + usize::from(u16_at(b, local + 26)?) + usize::from(u16_at(b, local + 28)?)
        } else {
            usize::MAX
        };
        let link = mode & 0o170_000 == 0o120_000;
        let entry = self.entry(b.get(at + 46..at + 46 + name)?, u16_at(b, at + 10)?, u16_at(b, at + 8)?, packed, data, link);
        Some((entry, at + 46 + name + extra + comment))
    }

    /// A member by its own header, and where the next one begins.
    fn local(&self, at: usize) -> Option<(Entry<'b>, usize)> {
        let b = self.bytes;
        let at = at + memchr::memmem::find(b.get(at..)?, LOCAL)?;
        let (flags, method) = (u16_at(b, at + 6)?, u16_at(b, at + 8)?);
        let name = usize::from(u16_at(b, at + 26)?);
        let data = at + 30 + name + usize::from(u16_at(b, at + 28)?);
        let mut packed = u64::from(u32_at(b, at + 18)?);
        if flags & 8 != 0 && packed == 0 {
            // the length stands behind the bytes: up to the next member
            let rest = b.get(data..)?;
            packed = memchr::memmem::find(rest, LOCAL).unwrap_or(rest.len()) as u64;
        }
        let next = data.saturating_add(usize::try_from(packed).ok()?);
        Some((self.entry(b.get(at + 30..at + 30 + name)?, method, flags, packed, data, false), next))
    }

    fn entry(&self, name: &'b [u8], method: u16, flags: u16, packed: u64, data: usize, link: bool) -> Entry<'b> {
        let empty = link || name.ends_with(b"/") || name.ends_with(b"\\");
        Entry { name: String::from_utf8_lossy(name), packed, method, encrypted: flags & 1 != 0 || method == 99, empty, data }
    }

    /// The bytes of a member, unpacked as they are read; nothing for a folder or link.
    pub(super) fn data(&self, entry: &Entry<'_>) -> Result<Option<Box<dyn Read + 'b>>, Why> {
        if entry.empty {
            return Ok(None);
        }
        if entry.encrypted {
            return Err(Why::Encrypted);
        }
        let rest = self.bytes.get(entry.data..).ok_or(Why::BrokenContainer)?;
        let length = usize::try_from(entry.packed).unwrap_or(usize::MAX);
        match (entry.method, rest.get(..length)) {
            (0, Some(data)) => Ok(Some(Box::new(data))),
            // what is there of a member that is cut is read; a stream that ends too early says so itself
            (8, data) => Ok(Some(Box::new(DeflateDecoder::new(data.unwrap_or(rest))))),
            (0, None) => Err(Why::BrokenContainer),
            _ => Err(Why::Packing),
        }
    }
}

/// The extra field with 64-bit numbers.
fn wide(mut extra: &[u8]) -> Option<&[u8]> {
    loop {
        let (id, length) = (u16_at(extra, 0)?, usize::from(u16_at(extra, 2)?));
        if id == 1 {
            return extra.get(4..4 + length);
        }
        extra = extra.get(4 + length..)?;
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_le_bytes)
}
