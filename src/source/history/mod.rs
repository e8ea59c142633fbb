//! The history of a repository: every blob once, and where the few that matter came from.

mod commits;
mod edges;
mod follow;
mod store;
mod trees;

pub use commits::{Departure, Traces, Version};
pub use follow::Follow;

use crate::artifact::Why;
use commits::Commits;
use git2::{ErrorCode, Repository};
use std::path::Path;
use std::sync::Mutex;
use store::{Kind, Store};
use trees::Forest;

/// The history of one repository.
pub struct History {
    repository: Mutex<Repository>,
    store: Store,
    commits: Commits,
    shallow: bool,
    partial: bool,
}

/// A commit, for a report. Raw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its id, hexadecimal.
    pub id: String,
    /// When it was written, seconds since 1970.
    pub time: i64,
    /// Who wrote it, by name.
    pub author: String,
}

/// Something of a history that could not be read: its name, and why.
pub type Gap = (String, Why);

impl History {
    /// Opens the history of the repository whose work tree or git folder this is, and reads its commits.
    ///
    /// # Errors
    /// Why git refuses.
    pub fn open(path: &Path, unreachable: bool) -> Result<Self, Why> {
        let repository = Repository::open(path).map_err(|error| match error.code() {
            ErrorCode::Owner => Why::Owner,
            ErrorCode::NotFound => Why::Missing,
            _ => Why::Io,
        })?;
        let git_dir = repository.commondir().to_path_buf();
        let partial = repository.config().and_then(|c| c.get_string("extensions.partialclone")).is_ok();
        let store = Store::open(&git_dir);
        let commits = Commits::read(&store, &git_dir, unreachable);
        Ok(Self { shallow: repository.is_shallow(), repository: Mutex::new(repository), store, commits, partial })
    }

    /// Calls `visit` with every blob, in no fixed order and on several threads.
    pub fn blobs(&self, visit: &(dyn Fn(u32, &[u8]) + Sync)) -> Vec<Gap> {
        let lost = self.store.each(Kind::Blob, visit);
        let mut gaps: Vec<Gap> = lost.into_iter().map(|n| (self.name(n), Why::Malformed { line: 1 })).collect();
        gaps.extend(self.store.large().map(|n| (self.name(n), Why::HugeObject)));
        gaps
    }

    fn name(&self, number: u32) -> String {
        format!("object {}", self.store.id(number))
    }

    /// Where these blobs, and those in files that are `named`, stood, when they came and when they left; and what of the history is not
    /// there.
    pub fn trace(&self, wanted: &[u32], named: &(dyn Fn(&str) -> bool + Sync)) -> (Traces, Vec<Gap>) {
        let mut forest = Forest::grow(&self.store, wanted, named);
        let traces = self.commits.trace(&mut forest);
        let mut gaps: Vec<Gap> = Vec::new();
        if self.shallow {
            gaps.push(("history".into(), Why::Shallow));
        }
        if self.partial {
            gaps.push(("history".into(), Why::PartialClone));
        } else {
            gaps.extend(forest.missing.iter().map(|id| (format!("object {id}"), Why::Missing)));
        }
        if self.commits.broken && !self.shallow {
            gaps.push(("commits".into(), Why::Missing));
        }
        let lost = forest.lost.iter().chain(&self.commits.lost);
        gaps.extend(lost.map(|n| (self.name(*n), Why::Malformed { line: 1 })));
        if self.store.broken > 0 {
            gaps.push(("packs".into(), Why::BrokenPacks { count: self.store.broken }));
        }
        (traces, gaps)
    }

    /// The bytes of some blobs, one after the other.
    pub fn read(&self, blobs: &[u32], visit: &mut dyn FnMut(u32, &[u8])) {
        self.store.read(blobs, visit);
    }

    /// The id of a blob.
    pub fn blob_id(&self, blob: u32) -> String {
        self.store.id(blob).to_string()
    }

    /// Whether older commits are elsewhere.
    pub fn is_shallow(&self) -> bool {
        self.shallow
    }

    /// The id of the commit at a place in the order.
    pub fn commit_id(&self, place: u32) -> String {
        self.commits.at(place).map(|n| self.store.id(n).to_string()).unwrap_or_default()
    }

    /// The commit at a place in the order.
    pub fn commit(&self, place: u32) -> Option<Note> {
        let repository = self.repository.lock().ok()?;
        note(&repository, self.store.id(self.commits.at(place)?))
    }
}

fn note(repository: &Repository, id: git2::Oid) -> Option<Note> {
    let commit = repository.find_commit(id).ok()?;
    let author = commit.author();
    // nobody writes a commit after it was committed
    let time = author.when().seconds().min(commit.time().seconds());
    let name = String::from_utf8_lossy(author.name_bytes()).trim().to_owned();
    Some(Note { id: commit.id().to_string(), time, author: name })
}
