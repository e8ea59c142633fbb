//! Bytes to text: UTF-8, UTF-16 with or without a mark, else Windows-1252, which gives every byte a character.

/// A decoded text. Positions everywhere are bytes of `text`.
#[derive(Debug)]
pub struct Text {
    /// UTF-8, without byte order mark.
    pub text: String,
}

/// Bytes looked at to tell text from binary.
const SAMPLE: usize = 8192;

/// The text in some bytes, or nothing when they hold none.
pub fn decode(bytes: &[u8]) -> Option<Text> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(bytes.get(mark..)?);
        return Some(Text { text: text.into_owned() });
    }
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    if sample.contains(&0) {
        let text = utf16(sample)?.decode_without_bom_handling(bytes).0.into_owned();
        return Some(Text { text });
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(Text { text: text.to_owned() }),
        Err(_) => {
            let odd = sample.iter().filter(|b| b.is_ascii_control() && !b.is_ascii_whitespace() && **b != 0x1b).count();
            // a text has hardly any control characters; compressed data has one in nine
            if odd * 50 > sample.len() {
                return None;
            }
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
            Some(Text { text: text.into_owned() })
        }
    }
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

/// Line starts of a text.
#[derive(Debug)]
pub struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// The lines of a text.
    pub fn new(text: &str) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|i| i + 1)).collect();
        Self { starts }
    }

    /// Line (from 1) and column (bytes, from 1) of a byte.
    pub fn position(&self, at: usize) -> (u32, u32) {
        let line = self.starts.partition_point(|s| *s <= at).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        (line as u32, (at - start) as u32 + 1)
    }

    /// First byte of a line (from 1).
    pub fn start(&self, line: u32) -> usize {
        self.starts.get(line.saturating_sub(1) as usize).copied().unwrap_or(0)
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
        assert_eq!(decode(b"caf\xe9 latin").map(|t| t.text).as_deref(), Some("café latin"));
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
