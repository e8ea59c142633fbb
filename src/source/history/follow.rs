//! Since when a file has held something: a few looks back along the first parents, farther each time, then halving.
//!
//! What was taken out and put back within a gap between two looks counts as having stood there.

use super::Note;
use git2::{Oid, Repository};
use std::collections::BTreeMap;
use std::path::Path;

/// Commits that are followed back at most.
const FARTHEST: usize = 200_000;
/// Merges that are looked into, one in the other.
const MERGES: usize = 4;

/// A repository whose files are followed back from what is checked out.
pub struct Follow {
    repository: Repository,
    main: Line,
}

/// First parents, newest first, as far as somebody asked.
struct Line {
    commits: Vec<Oid>,
    /// There is nothing before the last of them.
    ended: bool,
}

/// Whether a blob holds what is looked for.
type Holds<'h> = &'h mut dyn FnMut(&str, &[u8]) -> bool;

impl Follow {
    /// Opens the repository whose work tree this is; nothing if it has no commit, or git refuses it.
    pub fn open(path: &Path) -> Option<Self> {
        let repository = Repository::open(path).ok()?;
        let head = repository.head().ok()?.peel_to_commit().ok()?.id();
        Some(Self { repository, main: Line { commits: vec![head], ended: false } })
    }

    /// The first commit with which a file holds something that it holds in the commit that is checked out, and whether it may be older:
    /// the history ends there. `holds` is asked with the id and the bytes of a blob.
    pub fn first(&mut self, file: &str, holds: Holds<'_>) -> Option<(Note, bool)> {
        let mut known = BTreeMap::new();
        let (mut commit, mut older) = first(&self.repository, &mut self.main, file, &mut known, holds)?;
        for _ in 0..MERGES {
            let parents: Vec<Oid> = self.repository.find_commit(commit).ok()?.parent_ids().skip(1).collect();
            let with = parents.into_iter().find(|p| has(&self.repository, *p, file, &mut known, holds));
            let Some(with) = with else { break };
            let mut side = Line { commits: vec![with], ended: false };
            (commit, older) = first(&self.repository, &mut side, file, &mut known, holds)?;
        }
        Some((super::note(&self.repository, commit)?, older))
    }
}

impl Line {
    /// The commit so many steps back, or the last one there is, and whether it is the last.
    fn back(&mut self, repository: &Repository, steps: usize) -> usize {
        while self.commits.len() <= steps && !self.ended {
            let parent = self.commits.last().and_then(|c| repository.find_commit(*c).ok()).and_then(|c| c.parent_id(0).ok());
            match parent.filter(|p| self.commits.len() < FARTHEST && repository.find_commit(*p).is_ok()) {
                Some(parent) => self.commits.push(parent),
                None => self.ended = true,
            }
        }
        steps.min(self.commits.len().saturating_sub(1))
    }
}

fn first(repository: &Repository, line: &mut Line, file: &str, known: &mut BTreeMap<Oid, bool>, holds: Holds<'_>) -> Option<(Oid, bool)> {
    let mut has = |line: &Line, at: usize| line.commits.get(at).is_some_and(|c| has(repository, *c, file, known, holds));
    if !has(line, 0) {
        return None;
    }
    let (mut with, mut ahead) = (0, 1);
    let mut without = loop {
        let at = line.back(repository, ahead);
        if at == with {
            // no commit is left, and the last one has it
            let last = *line.commits.get(with)?;
            return Some((last, repository.is_shallow() || line.commits.len() >= FARTHEST));
        }
        if !has(line, at) {
            break at;
        }
        with = at;
        ahead = at * 4;
    };
    while without - with > 1 {
        let middle = with + (without - with) / 2;
        if has(line, middle) { with = middle } else { without = middle }
    }
    line.commits.get(with).map(|c| (*c, false))
}

fn has(repository: &Repository, commit: Oid, file: &str, known: &mut BTreeMap<Oid, bool>, holds: Holds<'_>) -> bool {
    let tree = repository.find_commit(commit).and_then(|c| c.tree());
    let Some(blob) = tree.ok().and_then(|t| t.get_path(Path::new(file)).ok()).map(|e| e.id()) else { return false };
    *known.entry(blob).or_insert_with(|| repository.find_blob(blob).is_ok_and(|b| holds(&blob.to_string(), b.content())))
}
