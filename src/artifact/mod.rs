//! The ground floor: the words everyone points with.
//!
//! An [`Artifact`] is something that was found and can be read. A [`Spot`] is where a reader saw something in it, still raw;
//! a [`Place`] and a [`Quote`] are what remains of a spot once every secret of the artifact is known and redacted.
//! [`Clean`] is the only kind of string that may leave a reader.

mod clean;
mod place;
mod trial;
mod unread;

pub use clean::{Clean, Redactor, mask};
pub use place::{Place, Quote, Spot};
pub use trial::is_trial;
pub use unread::{ArtifactRow, Limit, Lost, Read, Unread, Why};

use std::fmt;
use std::io::{self, Read as IoRead};
use std::sync::Arc;

/// Bytes of an artifact are held whole up to this size; a larger one is read in windows.
pub const WHOLE_LIMIT: u64 = 64 * 1024 * 1024;

/// Something that was found and can be read.
#[derive(Debug)]
pub struct Artifact {
    /// Where it lies, relative to its root, with forward slashes. Raw: a name may hold a secret.
    pub path: String,
    /// The repository or folder that owns it: whoever holds a secret in two homes shares it. Raw.
    pub home: String,
    /// How it came to us.
    pub provenance: Provenance,
    /// Its bytes.
    pub body: Body,
}

/// How an artifact came to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Provenance {
    /// A file of the tree.
    File,
    /// Standard input.
    Stdin,
    /// A version of a file in a history: the id of the first commit with it, or nothing.
    Commit(String),
    /// Built into the program, or given by a test.
    Given,
}

/// Opens the bytes of a large artifact anew.
pub type Open = Arc<dyn Fn() -> io::Result<Box<dyn IoRead + Send>> + Send + Sync>;

/// The bytes of an artifact.
pub enum Body {
    /// All of them, up to [`WHOLE_LIMIT`].
    Whole(Vec<u8>),
    /// Too large to hold: opened by whoever reads it, in windows.
    Large {
        /// Opens it from the start.
        open: Open,
        /// Its length in bytes when it was found.
        len: u64,
    },
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Large { len, .. } => write!(f, "{len} bytes, in windows"),
        }
    }
}

impl Artifact {
    /// An artifact that is given, not found: the demo's and the tests'.
    pub fn given(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        let path = path.into();
        let home = home_of(&path, None);
        Self { path, home, provenance: Provenance::Given, body: Body::Whole(bytes.into()) }
    }
}

/// The home of a path: its repository, else the folder it lies in, first two levels.
pub fn home_of(path: &str, repository: Option<&str>) -> String {
    if let Some(repository) = repository {
        return repository.to_owned();
    }
    let mut folders: Vec<&str> = path.split('/').collect();
    folders.pop();
    folders.truncate(2);
    folders.join("/")
}
