//! From spanned YAML to typed rules, with every mistake named by file, line and nearest name.

use super::nearest;
use crate::tree::{Node, Tree};
use std::fmt;

/// A mistake in a rule file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleError {
    /// The file, relative to the rules folder.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in bytes, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to write instead, if that can be guessed.
    pub hint: Option<String>,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for RuleError {}

/// Collects the mistakes of one file.
pub(crate) struct Decoder<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
    pub(crate) errors: Vec<RuleError>,
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, errors: Vec::new() }
    }

    pub(crate) fn error_at(&mut self, at: usize, message: impl Into<String>, hint: Option<String>) {
        let before = self.text.get(..at.min(self.text.len())).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.len() - before.rfind('\n').map_or(0, |i| i + 1) + 1;
        self.errors.push(RuleError { file: self.file.into(), line, column, message: message.into(), hint });
    }

    /// The line of a byte, from 1.
    pub(crate) fn line_of(&self, at: usize) -> usize {
        self.text.get(..at).map_or(0, |t| t.matches('\n').count()) + 1
    }

    /// A name that is none of those allowed.
    pub(crate) fn unknown<'b>(&mut self, at: usize, what: &str, name: &str, allowed: impl IntoIterator<Item = &'b str>) {
        let allowed: Vec<&str> = allowed.into_iter().collect();
        let hint = match nearest(name, allowed.iter().copied()) {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None if !allowed.is_empty() && allowed.len() <= 16 => Some(format!("one of: {}", allowed.join(", "))),
            None => None,
        };
        self.error_at(at, format!("unknown {what} `{name}`"), hint);
    }

    pub(crate) fn text_of(&mut self, tree: &Tree, what: &str) -> Option<String> {
        let text = tree.scalar().map(str::to_owned);
        if text.is_none() {
            self.error_at(tree.span.start, format!("{what} must be text"), None);
        }
        text
    }

    pub(crate) fn texts_of(&mut self, tree: &Tree, what: &str) -> Vec<String> {
        match &tree.node {
            Node::List(items) => items.iter().filter_map(|i| self.text_of(i, what)).collect(),
            Node::Null => Vec::new(),
            _ => self.text_of(tree, what).into_iter().collect(),
        }
    }

    pub(crate) fn items_of<'t>(&mut self, tree: &'t Tree, what: &str) -> &'t [Tree] {
        match &tree.node {
            Node::List(items) => items,
            Node::Null => &[],
            _ => {
                self.error_at(tree.span.start, format!("{what} must be a list"), None);
                &[]
            }
        }
    }

    pub(crate) fn number_of(&mut self, tree: &Tree, what: &str) -> Option<i64> {
        let number = tree.number();
        if number.is_none() {
            self.error_at(tree.span.start, format!("{what} must be a whole number"), None);
        }
        number
    }

    pub(crate) fn one_of<T>(&mut self, tree: &Tree, what: &str, named: impl Fn(&str) -> Option<T>, allowed: &[&str]) -> Option<T> {
        let text = self.text_of(tree, what)?;
        let value = named(&text);
        if value.is_none() {
            self.unknown(tree.span.start, what, &text, allowed.iter().copied());
        }
        value
    }

    /// Opens a mapping whose keys will be asked for one by one.
    pub(crate) fn map<'t>(&mut self, tree: &'t Tree, what: &'static str) -> Option<Keys<'t>> {
        if matches!(tree.node, Node::Map(_)) {
            Some(Keys { tree, what, asked: Vec::new() })
        } else {
            self.error_at(tree.span.start, format!("{what} must be a mapping"), None);
            None
        }
    }
}

/// A mapping: remembers which keys were asked for, so that the others are refused.
pub(crate) struct Keys<'t> {
    pub(crate) tree: &'t Tree,
    what: &'static str,
    asked: Vec<&'static str>,
}

impl<'t> Keys<'t> {
    pub(crate) fn take(&mut self, key: &'static str) -> Option<&'t Tree> {
        self.asked.push(key);
        self.tree.entries().iter().find(|e| *e.key == *key).map(|e| &e.value)
    }

    pub(crate) fn need(&mut self, d: &mut Decoder<'_>, key: &'static str) -> Option<&'t Tree> {
        let value = self.take(key);
        if value.is_none() {
            d.error_at(self.tree.span.start, format!("{} needs `{key}`", self.what), None);
        }
        value
    }

    pub(crate) fn text(&mut self, d: &mut Decoder<'_>, key: &'static str) -> Option<String> {
        self.take(key).and_then(|t| d.text_of(t, key)).map(trimmed)
    }

    pub(crate) fn need_text(&mut self, d: &mut Decoder<'_>, key: &'static str) -> Option<String> {
        self.need(d, key).and_then(|t| d.text_of(t, key)).map(trimmed)
    }

    /// Refuses every key that was not asked for.
    pub(crate) fn finish(self, d: &mut Decoder<'_>) {
        for entry in self.tree.entries() {
            if !self.asked.contains(&&*entry.key) {
                // a misspelt key is one mistake, not two
                if let Some(meant) = nearest(&entry.key, self.asked.iter().copied()) {
                    let missing = format!("{} needs `{meant}`", self.what);
                    d.errors.retain(|e| e.message != missing);
                }
                d.unknown(entry.at, &format!("field of {}", self.what), &entry.key, self.asked.iter().copied());
            }
        }
    }
}

fn trimmed(text: String) -> String {
    text.trim_end().to_owned()
}
