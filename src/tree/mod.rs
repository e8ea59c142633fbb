//! Structured text as a tree that remembers where everything stood.
//!
//! JSON and YAML (of rules, of configuration, of exports) become one [`Tree`]: values with the bytes they came from, so that
//! a rule error names its line and a finding names its pointer. Nothing here knows what a document means.
//! Errors are a closed enum with a position, never a library's message: those quote the input.

mod hcl;
mod json;
mod toml;
mod yaml;

pub use hcl::{LABELS, hcl};
pub use json::{json, json_lenient, leaves_open};
pub use toml::toml;
pub use yaml::{yaml, yaml_lenient};

use std::ops::Range;

/// Nesting beyond this many levels is refused: no export needs it, and recursion must end. (serde_json's own limit is 128.)
pub const MAX_DEPTH: usize = 128;

/// A document of more values than this is refused: a tree takes many times the memory of its text.
pub const MAX_NODES: usize = 4_000_000;

/// A value and the bytes it was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    /// What the value is.
    pub node: Node,
    /// Byte range in the source text.
    pub span: Range<usize>,
}

/// The kinds of value that JSON and YAML share.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it was written.
    Number(Box<str>),
    /// A string, unescaped.
    Text(Box<str>),
    /// A sequence.
    List(Vec<Tree>),
    /// A mapping, in source order; duplicate keys are kept in JSON and refused in YAML.
    Map(Vec<Entry>),
}

/// One entry of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key, unescaped.
    pub key: Box<str>,
    /// The value.
    pub value: Tree,
    /// Where the key starts.
    pub at: usize,
}

/// Why a text is no tree. Positions are byte offsets into the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The text ends in the middle of a value.
    Truncated(usize),
    /// The text breaks the grammar here.
    Malformed(usize),
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep(usize),
    /// The same key twice in one mapping.
    DuplicateKey(usize),
    /// More nodes, anchors or aliases than a document may have.
    TooLarge(usize),
}

impl Fault {
    /// The byte offset of the fault.
    pub fn at(self) -> usize {
        match self {
            Self::Truncated(at) | Self::Malformed(at) | Self::TooDeep(at) | Self::DuplicateKey(at) | Self::TooLarge(at) => at,
        }
    }

    /// The fault in words that quote nothing.
    pub fn words(self) -> &'static str {
        match self {
            Self::Truncated(_) => "the text ends in the middle of a value",
            Self::Malformed(_) => "the syntax is broken",
            Self::TooDeep(_) => "it is nested too deeply",
            Self::DuplicateKey(_) => "a key stands twice in one mapping",
            Self::TooLarge(_) => "it has too many nodes or aliases",
        }
    }
}

impl Tree {
    /// The value under `key`: first an exact match, else one that differs in case only (PowerShell and Graph disagree on case).
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Node::Map(entries) = &self.node else { return None };
        entries.iter().find(|e| *e.key == *key).or_else(|| entries.iter().find(|e| e.key.eq_ignore_ascii_case(key))).map(|e| &e.value)
    }

    /// The value at a path of keys.
    pub fn path(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |tree, key| tree.get(key))
    }

    /// The string, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.node {
            Node::Text(s) => Some(s),
            _ => None,
        }
    }

    /// A string, number or boolean as it was written.
    pub fn scalar(&self) -> Option<&str> {
        match &self.node {
            Node::Text(s) | Node::Number(s) => Some(s),
            Node::Bool(true) => Some("true"),
            Node::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// A boolean, also as the strings that spreadsheets and shells make of one.
    pub fn flag(&self) -> Option<bool> {
        match &self.node {
            Node::Bool(b) => Some(*b),
            Node::Text(s) if s.eq_ignore_ascii_case("true") => Some(true),
            Node::Text(s) if s.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// A whole number, also when it stands in a string.
    pub fn number(&self) -> Option<i64> {
        match &self.node {
            Node::Number(s) | Node::Text(s) => {
                s.parse::<i64>().ok().or_else(|| s.parse::<f64>().ok().filter(|f| f.is_finite()).map(|f| f as i64))
            }
            _ => None,
        }
    }

    /// The items of a sequence; a single value counts as a sequence of one (AWS writes either); `null` is empty.
    pub fn items(&self) -> &[Self] {
        match &self.node {
            Node::List(items) => items,
            Node::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The entries of a mapping, else nothing.
    pub fn entries(&self) -> &[Entry] {
        match &self.node {
            Node::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        self.node == Node::Null
    }
}
