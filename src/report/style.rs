//! How a terminal report looks: colours, or none, and a width.

use crate::finding::Severity;
use anstyle::{AnsiColor, Style as Ansi};

/// Colours and width.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether to colour.
    pub colour: bool,
    /// Characters in a line.
    pub width: usize,
    /// Whether to show every card, however mild.
    pub verbose: bool,
}

impl Style {
    /// Text in an ANSI style, if colours are on.
    pub(super) fn paint(self, style: Ansi, text: &str) -> String {
        if self.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.paint(Ansi::new().bold(), text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.paint(Ansi::new().dimmed(), text)
    }

    pub(super) fn severity(self, severity: Severity, text: &str) -> String {
        let colour = match severity {
            Severity::Critical => AnsiColor::BrightRed,
            Severity::High => AnsiColor::Red,
            Severity::Medium => AnsiColor::Yellow,
            Severity::Low => AnsiColor::Blue,
            Severity::Info => AnsiColor::BrightBlack,
        };
        self.paint(Ansi::new().bold().fg_color(Some(colour.into())), text)
    }
}

/// A text in lines of at most `width` characters, broken at spaces; a longer word is cut.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(20);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let mut word = word;
            loop {
                let used = line.chars().count();
                let length = word.chars().count();
                if used > 0 && used + 1 + length <= width {
                    line.push(' ');
                    line.push_str(word);
                    break;
                }
                if used > 0 {
                    lines.push(std::mem::take(&mut line));
                    continue;
                }
                if length <= width {
                    line.push_str(word);
                    break;
                }
                let cut = word.char_indices().nth(width).map_or(word.len(), |(i, _)| i);
                let (head, tail) = word.split_at(cut);
                lines.push(head.to_owned());
                word = tail;
            }
        }
        if !line.is_empty() || paragraph.trim().is_empty() {
            lines.push(line);
        }
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_width() {
        let lines = wrap("one two three four five six seven eight nine ten eleven", 20);
        assert!(lines.iter().all(|l| l.chars().count() <= 20), "{lines:?}");
        assert_eq!(lines.join(" "), "one two three four five six seven eight nine ten eleven");
        assert!(wrap(&"x".repeat(95), 30).iter().all(|l| l.len() <= 30));
    }
}
