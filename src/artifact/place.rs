//! Where something stands: raw while reading, clean afterwards.

use super::Clean;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where a reader saw something: bytes of the artifact's decoded text, and a pointer where the format has names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// JSON pointer by position (`/Users/3/AccessKeys/0`), row of a table (`row 4`), raw.
    pub pointer: Option<Arc<str>>,
}

impl Spot {
    /// A spot in plain text.
    pub fn at(start: usize, end: usize) -> Self {
        Self { start, end, pointer: None }
    }

    /// A spot with a pointer.
    pub fn pointing(start: usize, end: usize, pointer: &str) -> Self {
        Self { start, end, pointer: Some(pointer.into()) }
    }
}

/// Where something stands, for reports. Bytes and lines count in the text as decoded to UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Path relative to its root; of a member of a container the whole way (`backup.zip!/conf/app.env`).
    pub path: Clean,
    /// First line, from 1.
    pub line: u32,
    /// Column of the first character in bytes, from 1.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Bytes `[start, end)` of the decoded text.
    pub span: (u64, u64),
    /// JSON pointer or row, where the format has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<Clean>,
    /// Commit that holds it, when it is not in the work tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<Clean>,
    /// GitHub's hash of the first line, redacted, where the artifact was read whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_hash: Option<Clean>,
}

impl Place {
    /// The place of a fact that stands nowhere.
    pub fn nowhere() -> Self {
        Self { path: Clean::default(), line: 1, column: 1, end_line: 1, span: (0, 0), pointer: None, commit: None, line_hash: None }
    }
}

/// A redacted window on the text: at most three lines and 400 characters. Whoever judges or reports has no bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Quote {
    /// Where it stands.
    pub place: Place,
    /// What it says, redacted.
    pub text: Clean,
}
