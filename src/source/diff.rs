//! What a change adds: the index over HEAD, or a branch over the commit where it parted from another.
//!
//! Contents come from git's objects and never from the work tree, which may hold something else than what is committed.

use super::{Lead, Lost, Passed, Root, Source};
use crate::artifact::{Provenance, WHOLE_LIMIT, Why};
use git2::{
    Commit, Delta, Diff, DiffFindOptions, DiffOptions, ErrorCode, FileMode, Index, Oid, Patch, Repository, TreeWalkMode, TreeWalkResult,
};
use globset::GlobSet;
use std::path::{Component, Path, PathBuf};

/// What to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// What the index adds to HEAD.
    Staged,
    /// What a commit adds since it parted from another.
    Base {
        /// The commit that is trusted, as it was typed.
        base: String,
        /// The commit to look at, as it was typed.
        head: String,
    },
}

/// Lines that a change adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// First and last, in order.
    lines: Vec<(u32, u32)>,
    /// Whether what the change says of itself counts.
    pub trusted: bool,
}

impl Added {
    /// All of a file.
    pub fn whole(trusted: bool) -> Self {
        Self { lines: vec![(1, u32::MAX)], trusted }
    }

    /// Whether one of these lines was added.
    pub fn touches(&self, line: u32, end_line: u32) -> bool {
        let first = self.lines.partition_point(|(_, last)| *last < line);
        self.lines.get(first).is_some_and(|(start, _)| *start <= end_line)
    }
}

/// A change that cannot be looked at: one line and a hint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DiffError(String);

/// What a change adds to one repository.
pub struct Changes {
    git_dir: PathBuf,
    top: Option<PathBuf>,
    home: String,
    /// The commit whose configuration holds.
    base: Option<Oid>,
    /// The commit where the change parted, and its last.
    ends: Option<(Oid, Oid)>,
    files: Vec<Changed>,
    lost: Vec<Lost>,
    links: u64,
}

struct Changed {
    path: String,
    blob: Oid,
    added: Added,
}

/// A file that the user named, as the trusted commit holds it.
pub enum AtBase {
    /// No commit is trusted over the disk, or the file lies outside the repository.
    Disk,
    /// The commit has no such file.
    Absent,
    /// Its bytes.
    Bytes(Vec<u8>),
}

impl Changes {
    /// Finds what changed below the named paths, which must lie in one repository.
    ///
    /// # Errors
    /// No repository, no such commit, or no common ancestor.
    pub fn of(roots: &[Root], since: &Since) -> Result<Self, DiffError> {
        let flag = if *since == Since::Staged { "--staged" } else { "--diff" };
        let fail = |text: String| DiffError(format!("{flag}: {text}"));
        let mut named = roots.iter().map(|r| r.path().ok_or_else(|| fail("standard input has no history: name a folder".into())));
        let first = named.next().unwrap_or_else(|| Err(fail("nothing was named".into())))?;
        let repository = discover(first).map_err(|why| fail(why.unwrap_or("not in a git repository").into()))?;
        let top = repository.workdir().and_then(|w| w.canonicalize().ok());
        let mut options = DiffOptions::new();
        options.context_lines(0).include_typechange(true).ignore_submodules(true).disable_pathspec_match(true);
        options.max_size(i64::try_from(WHOLE_LIMIT).unwrap_or(i64::MAX));
        let mut within = Vec::new();
        for path in std::iter::once(Ok(first)).chain(named) {
            let path = path?;
            if discover(path).map(|r| r.path().to_path_buf()).ok().as_deref() != Some(repository.path()) {
                return Err(fail("the named paths lie in different repositories: name those of one".into()));
            }
            within.push(top.as_deref().and_then(|top| path.strip_prefix(top).ok()).unwrap_or(Path::new("")));
        }
        if within.iter().all(|w| !w.as_os_str().is_empty()) {
            within.iter().for_each(|w| {
                options.pathspec(w);
            });
        }
        let internal = |_| fail("git could not compare the two: is the repository damaged?".into());
        let (mut diff, base, ends) = match since {
            Since::Staged => (staged(&repository, &mut options).map_err(fail)?, None, None),
            Since::Base { base, head } => {
                let base = commit(&repository, base).map_err(fail)?;
                let head = commit(&repository, head).map_err(fail)?;
                let parted = repository.merge_base(base.id(), head.id()).map_err(|_| {
                    fail(match repository.is_shallow() {
                        true => "the commit where the two parted is not in this shallow clone: git fetch --unshallow".into(),
                        false => "the two commits have no common ancestor".into(),
                    })
                })?;
                let old = repository.find_commit(parted).and_then(|c| c.tree()).map_err(internal)?;
                let new = head.tree().map_err(internal)?;
                let diff = repository.diff_tree_to_tree(Some(&old), Some(&new), Some(&mut options)).map_err(internal)?;
                (diff, Some(base.id()), Some((parted, head.id())))
            }
        };
        diff.find_similar(Some(DiffFindOptions::new().renames(true))).map_err(internal)?;
        let mut changes = Self {
            git_dir: repository.path().to_path_buf(),
            top,
            home: roots.first().map(|r| r.label.clone()).unwrap_or_default(),
            base,
            ends,
            files: Vec::new(),
            lost: Vec::new(),
            links: 0,
        };
        changes.fill(&diff);
        Ok(changes)
    }

    fn fill(&mut self, diff: &Diff<'_>) {
        for (number, delta) in diff.deltas().enumerate() {
            let (old, new) = (delta.old_file(), delta.new_file());
            // of a conflict only one side may be there
            let raw = new.path_bytes().or_else(|| old.path_bytes()).unwrap_or_default();
            let path = String::from_utf8_lossy(raw).into_owned();
            match (delta.status(), new.mode()) {
                (Delta::Conflicted, _) => self.lost.push(Lost { path, why: Why::Conflict }),
                (Delta::Deleted, _) => {}
                (_, FileMode::Link) => self.links += 1,
                (_, FileMode::Blob | FileMode::BlobExecutable | FileMode::BlobGroupWritable) if new.id() != old.id() => {
                    let lines = match delta.status() {
                        Delta::Modified | Delta::Renamed | Delta::Copied => lines(diff, number),
                        _ => None,
                    };
                    // git gives no lines of what it takes for binary (UTF-16 is): then all of it counts
                    let lines = lines.unwrap_or_else(|| vec![(1, u32::MAX)]);
                    if !lines.is_empty() {
                        self.files.push(Changed { path, blob: new.id(), added: Added { lines, trusted: self.base.is_none() } });
                    }
                }
                _ => {}
            }
        }
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        self.lost.sort();
        self.lost.dedup();
    }

    /// Leaves out what the configuration does.
    pub fn exclude(&mut self, globs: &GlobSet) {
        // a pattern may name a folder
        let out = |path: &str| Path::new(path).ancestors().any(|p| globs.is_match(p));
        self.files.retain(|f| !out(&f.path));
        self.lost.retain(|l| !out(&l.path));
    }

    /// A file of the user, which a change must not be able to write for itself. A relative `file` is one of the repository's top.
    pub fn at_base(&self, file: &Path) -> AtBase {
        let Some(base) = self.base else { return AtBase::Disk };
        let Some(inside) = self.inside(file) else { return AtBase::Disk };
        self.read(base, &inside).map_or(AtBase::Absent, AtBase::Bytes)
    }

    /// A file of the user before the change and after it, where the change is of it, with its path in the repository.
    pub fn changed(&self, file: &Path) -> Option<(String, [Option<Vec<u8>>; 2])> {
        let (before, after) = self.ends?;
        let inside = self.inside(file)?;
        let (before, after) = (self.read(before, &inside), self.read(after, &inside));
        (before != after).then(|| (inside.to_string_lossy().replace('\\', "/"), [before, after]))
    }

    fn read(&self, commit: Oid, inside: &Path) -> Option<Vec<u8>> {
        let repository = Repository::open(&self.git_dir).ok()?;
        let tree = repository.find_commit(commit).ok()?.tree().ok()?;
        let entry = tree.get_path(inside).ok()?;
        repository.find_blob(entry.id()).ok().map(|b| b.content().to_vec())
    }

    /// The files below a folder of the user as the trusted commit holds them, by their paths in it; nothing if the disk is to be read.
    pub fn folder_at_base(&self, folder: &Path) -> Option<Vec<(String, Vec<u8>)>> {
        let base = self.base?;
        let inside = self.inside(folder)?;
        let mut files = Vec::new();
        let repository = Repository::open(&self.git_dir).ok()?;
        let top = repository.find_commit(base).and_then(|c| c.tree()).ok()?;
        let tree = if inside.as_os_str().is_empty() {
            Some(top)
        } else {
            top.get_path(&inside).ok().and_then(|e| repository.find_tree(e.id()).ok())
        };
        if let Some(tree) = tree {
            let walked = tree.walk(TreeWalkMode::PreOrder, |root, entry| {
                if entry.filemode() != i32::from(FileMode::Link)
                    && let (Ok(name), Ok(blob)) = (std::str::from_utf8(entry.name_bytes()), repository.find_blob(entry.id()))
                {
                    files.push((format!("{root}{name}"), blob.content().to_vec()));
                }
                TreeWalkResult::Ok
            });
            walked.ok()?;
        }
        Some(files)
    }

    /// The path of a file within the repository. As it is named and not as it resolves: a change can add links.
    fn inside(&self, file: &Path) -> Option<PathBuf> {
        if file.is_relative() {
            return Some(file.to_path_buf());
        }
        let top = self.top.as_deref()?;
        let plain = |p: &Path| p.components().all(|c| !matches!(c, Component::ParentDir));
        if let Some(inside) = file.strip_prefix(top).ok().filter(|p| plain(p)) {
            return Some(inside.to_path_buf());
        }
        let real = file.parent()?.canonicalize().ok()?.join(file.file_name()?);
        real.strip_prefix(top).ok().map(Path::to_path_buf)
    }
}

impl Source for Changes {
    fn leads(&self) -> Box<dyn Iterator<Item = Result<Lead, Lost>> + Send + '_> {
        let repository = Repository::open(&self.git_dir).ok();
        let files = self.files.iter().map(move |file| {
            let lost = |why| Lost { path: file.path.clone(), why };
            let repository = repository.as_ref().ok_or_else(|| lost(Why::Io))?;
            let (len, _) = repository.odb().and_then(|o| o.read_header(file.blob)).map_err(|_| lost(Why::Missing))?;
            if len as u64 > WHOLE_LIMIT {
                return Err(lost(Why::HugeObject));
            }
            let blob = repository.find_blob(file.blob).map_err(|_| lost(Why::Io))?;
            let mut lead = Lead::held(file.path.clone(), self.home.clone(), blob.content().to_vec(), Provenance::File);
            lead.added = Some(file.added.clone());
            Ok(lead)
        });
        Box::new(self.lost.iter().cloned().map(Err).chain(files))
    }

    fn passed(&self) -> Passed {
        Passed { ignored: 0, links: self.links }
    }

    fn may_be_empty(&self) -> bool {
        true
    }
}

fn discover(path: &Path) -> Result<Repository, Option<&'static str>> {
    Repository::discover(path).map_err(|error| match error.code() {
        ErrorCode::Owner => Some("the repository belongs to another user: git reads it once it is named in safe.directory"),
        _ => None,
    })
}

fn staged<'r>(repository: &'r Repository, options: &mut DiffOptions) -> Result<Diff<'r>, String> {
    if repository.is_bare() {
        return Err("a bare repository has no index".into());
    }
    let broken = |_| "the index or HEAD cannot be read: is the repository damaged?".to_owned();
    let tree = match repository.head() {
        Ok(head) => Some(head.peel_to_tree().map_err(broken)?),
        Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => None,
        Err(error) => return Err(broken(error)),
    };
    // while `git commit FILE` runs its hooks, what will be committed stands in an index of its own
    let other = std::env::var_os("GIT_INDEX_FILE").map(PathBuf::from).and_then(|file| file.canonicalize().ok());
    let ours = repository.path().canonicalize().ok();
    let index = match (other, ours) {
        (Some(file), Some(ours)) if file.starts_with(&ours) => Index::open(&file).map_err(broken)?,
        _ => repository.index().map_err(broken)?,
    };
    repository.diff_tree_to_index(tree.as_ref(), Some(&index), Some(options)).map_err(broken)
}

fn commit<'r>(repository: &'r Repository, named: &str) -> Result<Commit<'r>, String> {
    let found = repository.revparse_single(named).and_then(|o| o.peel_to_commit());
    found.map_err(|_| {
        let hint = if repository.is_shallow() { " (this is a shallow clone: git fetch --unshallow)" } else { "" };
        format!("`{named}` is no commit of this repository{hint}")
    })
}

/// The lines that one file of a comparison adds; nothing if git does not take it for text.
fn lines(diff: &Diff<'_>, number: usize) -> Option<Vec<(u32, u32)>> {
    let patch = Patch::from_diff(diff, number).ok()??;
    if patch.delta().flags().is_binary() {
        return None;
    }
    let hunks = (0..patch.num_hunks()).map(|n| patch.hunk(n).map(|(h, _)| (h.new_start(), h.new_lines())));
    let all: Vec<(u32, u32)> = hunks.collect::<Result<_, _>>().ok()?;
    Some(all.into_iter().filter(|(_, count)| *count > 0).map(|(start, count)| (start, start.saturating_add(count - 1))).collect())
}
