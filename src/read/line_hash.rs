//! The hash by which GitHub code scanning follows a line (`primaryLocationLineHash`).
//!
//! A rolling hash over the hundred UTF-16 units from a line's first character on, spaces and tabs left out, line ends folded to LF,
//! with a count of how often the same hash came before. The input is redacted text: a hash of a short secret could be guessed.

use std::collections::HashMap;

const WINDOW: usize = 100;
const MOD: u64 = 37;

/// The hash of every line, `hash:count`.
pub(super) fn line_hashes(text: &str) -> Vec<String> {
    let mut rolling = Rolling::new();
    for unit in text.encode_utf16() {
        rolling.unit(unit);
    }
    rolling.unit(u16::MAX);
    rolling.finish()
}

struct Rolling {
    window: [u64; WINDOW],
    /// Which line started where in the window.
    started: [Option<usize>; WINDOW],
    /// `MOD` to the power of `WINDOW`.
    leaving: u64,
    hash: u64,
    at: usize,
    at_line_start: bool,
    after_cr: bool,
    seen: HashMap<u64, u32>,
    lines: Vec<String>,
}

impl Rolling {
    fn new() -> Self {
        Self {
            window: [0; WINDOW],
            started: [None; WINDOW],
            leaving: (0..WINDOW).fold(1u64, |power, _| power.wrapping_mul(MOD)),
            hash: 0,
            at: 0,
            at_line_start: true,
            after_cr: false,
            seen: HashMap::new(),
            lines: Vec::new(),
        }
    }

    fn unit(&mut self, unit: u16) {
        let (space, tab, lf, cr) = (32, 9, 10, 13);
        if unit == space || unit == tab || (self.after_cr && unit == lf) {
            self.after_cr = false;
            return;
        }
        self.after_cr = unit == cr;
        let unit = if unit == cr { lf } else { unit };
        self.emit();
        if self.at_line_start {
            self.at_line_start = false;
            if let Some(slot) = self.started.get_mut(self.at) {
                *slot = Some(self.lines.len());
            }
            self.lines.push(String::new());
        }
        self.at_line_start = unit == lf;
        self.push(u64::from(unit));
    }

    fn push(&mut self, unit: u64) {
        if let Some(slot) = self.window.get_mut(self.at) {
            let gone = std::mem::replace(slot, unit);
            self.hash = self.hash.wrapping_mul(MOD).wrapping_add(unit).wrapping_sub(self.leaving.wrapping_mul(gone));
        }
        self.at = (self.at + 1) % WINDOW;
    }

    /// The line whose first character is about to leave the window has its hash.
    fn emit(&mut self) {
        let Some(line) = self.started.get_mut(self.at).and_then(Option::take) else { return };
        let count = self.seen.entry(self.hash).or_default();
        *count += 1;
        if let Some(slot) = self.lines.get_mut(line) {
            *slot = format!("{:x}:{count}", self.hash);
        }
    }

    fn finish(mut self) -> Vec<String> {
        for _ in 0..WINDOW {
            self.emit();
            self.push(0);
        }
        self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::line_hashes;

    /// The vectors that GitHub's own action tests itself with.
    #[test]
    fn published_vectors() {
        assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            line_hashes(" a\nb\n  \t\tc\n d"),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
        let crlf = " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n";
        let wanted = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        assert_eq!(line_hashes(crlf), wanted);
        let repeated = line_hashes("x = 2\nx = 1\nprint(x)\nx = 3\nprint(x)\nx = 4\nprint(x)\n");
        assert_eq!(repeated[3], "5c482a0f8b35ea28:1");
        assert_eq!(line_hashes(&"Lorem ipsum dolor sit amet.\n".repeat(10))[1], "a7f2ff13bc495cf2:2");
    }
}
