//! Bytes to text: UTF-8, UTF-16 with or without a mark, else Windows-1252, which gives every byte a character.

use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::io::Read;

/// A decoded text. Positions everywhere are bytes of `text`.
#[derive(Debug)]
pub struct Text<'b> {
    /// UTF-8, without byte order mark: the bytes themselves, where they are that already.
    pub text: Cow<'b, str>,
}

/// Bytes looked at to tell text from binary.
const SAMPLE: usize = 8192;

/// The text in some bytes, or nothing when they hold none.
pub fn decode(bytes: &[u8]) -> Option<Text<'_>> {
    // before UTF-16, whose little-endian mark begins like this one
    for (mark, read) in [([0xff, 0xfe, 0, 0], u32::from_le_bytes as fn([u8; 4]) -> u32), ([0, 0, 0xfe, 0xff], u32::from_be_bytes)] {
        if let Some(rest) = bytes.strip_prefix(&mark) {
            let units = rest.chunks_exact(4).filter_map(|c| c.try_into().ok().map(read));
            return Some(Text { text: units.map(|u| char::from_u32(u).unwrap_or('\u{fffd}')).collect() });
        }
    }
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(bytes.get(mark..)?);
        return Some(Text { text });
    }
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    if sample.contains(&0) {
        return match utf16(sample) {
            Some(encoding) => Some(Text { text: encoding.decode_without_bom_handling(bytes).0 }),
            None => separated(bytes).map(|text| Text { text: text.into() }),
        };
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(Text { text: text.into() }),
        Err(_) => {
            let odd = sample.iter().filter(|b| b.is_ascii_control() && !b.is_ascii_whitespace() && **b != 0x1b).count();
            // a text has hardly any control characters; compressed data has one in nine
            if odd * 50 > sample.len() {
                return None;
            }
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
            Some(Text { text })
        }
    }
}

/// A text that zeros end or part, as in the environment of a process: nothing else in it is unlike text. Each zero becomes a white
/// space, so that every byte keeps its place.
fn separated(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().rposition(|b| *b != 0)? + 1;
    let text = bytes.get(..end)?;
    let sample = text.get(..SAMPLE).unwrap_or(text);
    let zeros = sample.iter().filter(|b| **b == 0).count();
    if zeros * 8 > sample.len() || sample.iter().any(|b| *b != 0 && b.is_ascii_control() && !b.is_ascii_whitespace() && *b != 0x1b) {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    Some(text.replace('\0', if sample.contains(&b'\n') { " " } else { "\n" }))
}

/// UTF-16 without a mark: nearly every other byte of western text is zero.
fn utf16(sample: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let half = sample.len() / 2;
    let zeros = |offset: usize| sample.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    match half {
        0 => None,
        _ if odd * 10 > half * 7 && even * 10 < half => Some(encoding_rs::UTF_16LE),
        _ if even * 10 > half * 7 && odd * 10 < half => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

/// Bytes read at a time from a large artifact.
const CHUNK: usize = 256 * 1024;

/// A large artifact as a stream of UTF-8, whatever its encoding, that hashes what it reads.
pub(super) struct Utf8 {
    inner: Box<dyn Read + Send>,
    decoder: Option<encoding_rs::Decoder>,
    /// Decoded and not yet given.
    ready: String,
    given: usize,
    hash: Sha256,
    ended: bool,
}

impl Utf8 {
    pub(super) fn new(inner: Box<dyn Read + Send>) -> Self {
        Self { inner, decoder: None, ready: String::new(), given: 0, hash: Sha256::new(), ended: false }
    }

    /// The hash of everything that was read.
    pub(super) fn sha256(self) -> Vec<u8> {
        self.hash.finalize().to_vec()
    }

    fn fill(&mut self) -> std::io::Result<()> {
        let mut chunk = vec![0; CHUNK];
        let mut filled = 0;
        while let Some(room) = chunk.get_mut(filled..).filter(|r| !r.is_empty()) {
            match self.inner.read(room)? {
                0 => break,
                n => filled += n,
            }
        }
        chunk.truncate(filled);
        self.hash.update(&chunk);
        let decoder = self.decoder.get_or_insert_with(|| encoding_of(&chunk).new_decoder_with_bom_removal());
        self.ready.clear();
        self.given = 0;
        self.ended = filled < CHUNK;
        self.ready.reserve(decoder.max_utf8_buffer_length(filled).unwrap_or(filled * 3));
        let _ = decoder.decode_to_string(&chunk, &mut self.ready, self.ended);
        Ok(())
    }
}

impl Read for Utf8 {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        // a decoder that has seen the end must not be asked again
        while self.given >= self.ready.len() && !self.ended {
            self.fill()?;
        }
        let rest = self.ready.as_bytes().get(self.given..).unwrap_or_default();
        let n = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        self.given += n;
        Ok(n)
    }
}

/// The encoding that the first bytes of a text tell.
fn encoding_of(sample: &[u8]) -> &'static encoding_rs::Encoding {
    let whole = sample.get(..SAMPLE).unwrap_or(sample);
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(whole) {
        return encoding;
    }
    if let Some(encoding) = whole.contains(&0).then(|| utf16(whole)).flatten() {
        return encoding;
    }
    match std::str::from_utf8(sample) {
        // the last character may be cut
        Err(e) if e.error_len().is_some() => encoding_rs::WINDOWS_1252,
        _ => encoding_rs::UTF_8,
    }
}

/// Line starts of a text.
#[derive(Debug)]
pub struct Lines {
    /// In four bytes each: a text is held whole up to 64 MiB, and no encoding makes it 64 times as long.
    starts: Vec<u32>,
}

impl Lines {
    /// The lines of a text.
    pub fn new(text: &str) -> Self {
        let next = memchr::memchr_iter(b'\n', text.as_bytes()).map(|i| u32::try_from(i + 1).unwrap_or(u32::MAX));
        let starts = std::iter::once(0).chain(next).collect();
        Self { starts }
    }

    /// Line (from 1) and column (bytes, from 1) of a byte.
    pub fn position(&self, at: usize) -> (u32, u32) {
        let line = self.starts.partition_point(|s| *s as usize <= at).max(1);
        let start = self.start(line as u32);
        (line as u32, (at - start) as u32 + 1)
    }

    /// First byte of a line (from 1).
    pub fn start(&self, line: u32) -> usize {
        self.starts.get(line.saturating_sub(1) as usize).map_or(0, |s| *s as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        let word = "Zugang: pässword\r\n";
        let le: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = word.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in
            [word.as_bytes().to_vec(), [b"\xEF\xBB\xBF", word.as_bytes()].concat(), le.clone(), [b"\xFF\xFE".to_vec(), le].concat(), be]
        {
            assert_eq!(decode(&bytes).map(|t| t.text).as_deref(), Some(word));
        }
        let wide: Vec<u8> = "\u{feff}DB=x".chars().flat_map(|c| (c as u32).to_le_bytes()).collect();
        assert_eq!(decode(&wide).map(|t| t.text).as_deref(), Some("DB=x"));
        assert_eq!(decode(b"caf\xe9 latin").map(|t| t.text).as_deref(), Some("café latin"));
        assert_eq!(decode(b"DB=x\n\0").map(|t| t.text).as_deref(), Some("DB=x\n"));
        assert_eq!(decode(b"HOME=/root\0DB_PASSWORD=x\0").map(|t| t.text).as_deref(), Some("HOME=/root\nDB_PASSWORD=x"));
        assert_eq!(decode(b"A=1 of many\0\nB=2\n").map(|t| t.text).as_deref(), Some("A=1 of many \nB=2\n"));
        assert!(decode(b"PACKED by us\0\x01\x02 and so on").is_none() && decode(&[0; 40]).is_none());
        assert!(decode(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0").is_none());
    }

    #[test]
    fn positions() {
        let lines = Lines::new("ab\ncd\n");
        assert_eq!(lines.position(0), (1, 1));
        assert_eq!(lines.position(2), (1, 3));
        assert_eq!(lines.position(3), (2, 1));
        assert_eq!(lines.position(6), (3, 1));
    }
}
