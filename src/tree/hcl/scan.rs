//! The smallest parts of HCL: blanks, names, strings, numbers, heredocs, and expressions that are passed over.

use super::Parser;
use crate::tree::{Fault, Node, Tree};
use std::ops::Range;

impl Parser<'_> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn ahead(&self, by: usize) -> Option<u8> {
        self.bytes.get(self.at + by).copied()
    }

    pub(super) fn fault<T>(&self) -> Result<T, Fault> {
        Err(if self.at >= self.bytes.len() { Fault::Truncated(self.bytes.len()) } else { Fault::Malformed(self.at) })
    }

    /// Skips blanks and comments; line ends too, where they end nothing.
    pub(super) fn blank(&mut self, lines: bool) {
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' if !lines => return,
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'#' => self.line(),
                b'/' if self.ahead(1) == Some(b'/') => self.line(),
                b'/' if self.ahead(1) == Some(b'*') => {
                    let rest = self.text.get(self.at + 2..).unwrap_or_default();
                    self.at = rest.find("*/").map_or(self.bytes.len(), |end| self.at + 2 + end + 2);
                }
                0xef if self.at == 0 => self.at += 3, // byte order mark
                _ => return,
            }
        }
    }

    pub(super) fn line(&mut self) {
        while self.peek().is_some_and(|b| b != b'\n') {
            self.at += 1;
        }
    }

    pub(super) fn identifier(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-') || b >= 0x80) {
            self.at += 1;
        }
        (self.at > start).then_some(start..self.at)
    }

    /// To the end of an expression: a line end, a comma or a closing bracket that is not inside of anything.
    pub(super) fn expression(&mut self) -> Result<(), Fault> {
        let mut open = 0usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'#' => {
                    self.line();
                    continue;
                }
                b'(' | b'[' | b'{' => open += 1,
                b')' | b']' | b'}' if open == 0 => return Ok(()),
                b')' | b']' | b'}' => open -= 1,
                b'\n' | b',' if open == 0 => return Ok(()),
                _ => {}
            }
            self.at += 1;
        }
        if open > 0 { self.fault() } else { Ok(()) }
    }

    pub(super) fn string(&mut self) -> Result<String, Fault> {
        self.at += 1;
        let mut out = String::new();
        let mut inside = 0usize; // of `${ … }`, where quotes are quotes of its own
        let mut quoted = false;
        loop {
            let Some(c) = self.text.get(self.at..).and_then(|t| t.chars().next()) else { return self.fault() };
            match c {
                '\n' if inside == 0 => return self.fault(),
                '"' if inside == 0 => {
                    self.at += 1;
                    return Ok(out);
                }
                '"' => quoted = !quoted,
                '}' if inside > 0 && !quoted => inside -= 1,
                '{' if inside > 0 && !quoted => inside += 1,
                '$' | '%' if self.ahead(1) == Some(b'{') && inside == 0 => {
                    inside = 1;
                    out.push(c);
                    self.at += 1;
                    out.push('{');
                    self.at += 1;
                    continue;
                }
                '\\' => {
                    let next = self.text.get(self.at + 1..).and_then(|t| t.chars().next());
                    let Some(next) = next else { return self.fault() };
                    if inside == 0 {
                        out.push(match next {
                            'n' => '\n',
                            't' => '\t',
                            'r' => '\r',
                            other => other,
                        });
                    } else {
                        out.extend(['\\', next]);
                    }
                    self.at += 1 + next.len_utf8();
                    continue;
                }
                _ => {}
            }
            out.push(c);
            self.at += c.len_utf8();
        }
    }

    pub(super) fn heredoc(&mut self) -> Result<Tree, Fault> {
        let start = self.at;
        self.at += 2;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let Some(name) = self.identifier() else { return self.fault() };
        let mark = self.text.get(name).unwrap_or_default();
        self.line();
        self.at = (self.at + 1).min(self.bytes.len());
        let content = self.at;
        let mut at = content;
        for line in self.text.get(content..).unwrap_or_default().split_inclusive('\n') {
            if line.trim() == mark {
                let text = self.text.get(content..at).unwrap_or_default();
                self.at = at + line.trim_end_matches(['\r', '\n']).len();
                return Ok(Tree { node: Node::Text(text.into()), span: start..self.at });
            }
            at += line.len();
        }
        self.at = self.bytes.len();
        self.fault()
    }

    pub(super) fn number(&mut self) -> Option<Node> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+')) {
            self.at += 1;
        }
        let raw = self.text.get(start..self.at)?;
        raw.parse::<f64>().is_ok_and(f64::is_finite).then(|| Node::Number(raw.into()))
    }
}
