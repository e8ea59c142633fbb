//! Where artifacts come from. A source knows what lies where, and never what it means.
//!
//! It hands out [`Lead`]s: names with a promise to open them, so that the threads that read are the ones that open.

mod diff;
mod history;
mod root;
mod tree;

pub use crate::artifact::Lost;
pub use diff::{Added, AtBase, Changes, DiffError, Since};
pub use history::{Departure, Follow, Gap, History, Note, Traces, Version};
pub use root::{Repo, Root, RootError, owning, repositories, roots, sources};

use crate::artifact::{Artifact, Body, Open, Provenance, WHOLE_LIMIT, Why};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Something that was found.
#[derive(Debug)]
pub struct Lead {
    /// Path in reports, raw.
    pub path: String,
    /// The repository or folder that owns it, raw.
    pub home: String,
    /// The lines that count, when a change is looked at; nothing means all.
    pub added: Option<Added>,
    from: From,
}

#[derive(Debug)]
enum From {
    File(PathBuf),
    Held(Vec<u8>, Provenance),
}

/// What was passed over on purpose, for one line in the report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Passed {
    /// Files and whole folders that ignore rules leave out.
    pub ignored: u64,
    /// Symbolic links that were not followed.
    pub links: u64,
}

/// A place to find artifacts.
pub trait Source {
    /// Everything there is, in a fixed order.
    fn leads(&self) -> Box<dyn Iterator<Item = Result<Lead, Lost>> + Send + '_>;

    /// What the walk passed over; complete once `leads` is exhausted.
    fn passed(&self) -> Passed {
        Passed::default()
    }

    /// Whether it is an answer that there is nothing in it: a change may add nothing.
    fn may_be_empty(&self) -> bool {
        false
    }
}

impl Lead {
    /// A lead to a file.
    pub fn file(path: String, home: String, file: PathBuf) -> Self {
        Self { path, home, added: None, from: From::File(file) }
    }

    /// A lead to bytes that are held already: standard input, the demo, a test.
    pub fn held(path: String, home: String, bytes: Vec<u8>, provenance: Provenance) -> Self {
        Self { path, home, added: None, from: From::Held(bytes, provenance) }
    }

    /// Opens it.
    ///
    /// # Errors
    /// The reason, when the system refuses.
    pub fn open(self) -> Result<Artifact, Lost> {
        let (path, home) = (self.path, self.home);
        match self.from {
            From::Held(bytes, provenance) => Ok(Artifact { path, home, provenance, body: Body::Whole(bytes) }),
            From::File(file) => match body(&file) {
                Ok(body) => Ok(Artifact { path, home, provenance: Provenance::File, body }),
                Err(error) => Err(Lost { path, why: Why::of(&error) }),
            },
        }
    }
}

/// The bytes of a file, whole or in windows. The length of the open file decides, and no more than that is read into memory.
#[allow(clippy::disallowed_methods)] // this is the room where files are opened
fn body(file: &Path) -> io::Result<Body> {
    let handle = File::open(file)?;
    let len = handle.metadata()?.len();
    if len > WHOLE_LIMIT {
        let file = file.to_owned();
        let open: Open = Arc::new(move || File::open(&file).map(|f| Box::new(f) as Box<dyn Read + Send>));
        return Ok(Body::Large { open, len });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or(0));
    handle.take(WHOLE_LIMIT).read_to_end(&mut bytes)?;
    Ok(Body::Whole(bytes))
}

/// Files that are held already: the demo's estate, a rule's example, standard input.
#[derive(Debug)]
pub struct Given(pub Vec<(String, Vec<u8>)>, pub Provenance);

impl Source for Given {
    fn leads(&self) -> Box<dyn Iterator<Item = Result<Lead, Lost>> + Send + '_> {
        Box::new(self.0.iter().map(|(path, bytes)| {
            let home = crate::artifact::home_of(path, None);
            Ok(Lead::held(path.clone(), home, bytes.clone(), self.1.clone()))
        }))
    }
}

/// Several sources, one after the other.
#[derive(Default)]
pub struct Sources(pub Vec<Box<dyn Source + Send + Sync>>);

impl Source for Sources {
    fn leads(&self) -> Box<dyn Iterator<Item = Result<Lead, Lost>> + Send + '_> {
        Box::new(self.0.iter().flat_map(|s| s.leads()))
    }

    fn passed(&self) -> Passed {
        self.0
            .iter()
            .map(|s| s.passed())
            .fold(Passed::default(), |a, b| Passed { ignored: a.ignored + b.ignored, links: a.links + b.links })
    }
}
