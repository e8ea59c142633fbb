//! A folder or file of the file system, walked in order of name, with git's ignore rules.
//!
//! A file that git tracks is never ignored, whatever `.gitignore` says: a committed `.env` is the very thing to find.

use super::{Lead, Lost, Passed, Source};
use crate::artifact::Why;
use git2::Repository;
use globset::GlobSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use walkdir::{DirEntry, WalkDir};

/// A named folder or file.
#[derive(Debug)]
pub(super) struct Tree {
    /// What was named, canonical.
    pub(super) named: PathBuf,
    /// What paths are relative to.
    pub(super) base: PathBuf,
    /// Put before every path, when there are several roots.
    pub(super) prefix: String,
    /// What reports call this root.
    pub(super) label: String,
    /// Whether the base is the top of a repository.
    pub(super) in_repository: bool,
    pub(super) no_ignore: bool,
    pub(super) exclude: GlobSet,
    pub(super) ignored: AtomicU64,
    pub(super) links: AtomicU64,
}

impl Tree {
    /// The path that reports print: relative to the base, forward slashes, undecodable bytes replaced.
    fn shown(&self, path: &Path) -> String {
        let relative = path.strip_prefix(&self.base).unwrap_or(path);
        let parts: Vec<_> = relative.components().map(|c| c.as_os_str().to_string_lossy()).collect();
        format!("{}{}", self.prefix, parts.join("/"))
    }
}

/// A repository on the way down, with what it tracks.
struct Repo {
    top: PathBuf,
    /// The folder it owns, as reports print it.
    home: String,
    git: Repository,
    /// Tracked paths, sorted.
    tracked: Vec<Vec<u8>>,
}

impl Repo {
    fn open(top: &Path, home: String) -> Option<Self> {
        let git = Repository::open(top).ok()?;
        let index = git.index().ok()?;
        let tracked = index.iter().map(|e| e.path).collect();
        drop(index);
        Some(Self { top: top.to_path_buf(), home, git, tracked })
    }

    fn ignores(&self, path: &Path, is_dir: bool) -> bool {
        let Ok(relative) = path.strip_prefix(&self.top) else { return false };
        // a trailing slash tells git that a pattern for folders applies
        let asked = if is_dir { relative.join("") } else { relative.to_path_buf() };
        self.git.is_path_ignored(&asked).unwrap_or(false) && !self.tracks(relative, is_dir)
    }

    fn tracks(&self, relative: &Path, is_dir: bool) -> bool {
        let mut name = relative.to_string_lossy().replace('\\', "/").into_bytes();
        if is_dir {
            name.push(b'/');
        }
        let at = self.tracked.partition_point(|t| t.as_slice() < name.as_slice());
        self.tracked.get(at).is_some_and(|t| if is_dir { t.starts_with(&name) } else { *t == name })
    }
}

impl Source for Tree {
    fn leads(&self) -> Box<dyn Iterator<Item = Result<Lead, Lost>> + Send + '_> {
        let mut repositories: Vec<Repo> = Vec::new();
        if self.in_repository {
            repositories.extend(Repo::open(&self.base, self.label.clone()));
        }
        // whoever names an ignored folder wants to see what is in it
        let no_ignore =
            self.no_ignore || repositories.last().is_some_and(|r| self.named != r.top && r.ignores(&self.named, self.named.is_dir()));
        let mut walk = WalkDir::new(&self.named).sort_by_file_name().into_iter();
        Box::new(std::iter::from_fn(move || {
            loop {
                let entry = match walk.next()? {
                    Ok(entry) => entry,
                    Err(error) => {
                        let path = error.path().map_or_else(|| self.label.clone(), |p| self.shown(p));
                        let why = if error.loop_ancestor().is_some() { Why::Loop } else { error.io_error().map_or(Why::Io, Why::of) };
                        return Some(Err(Lost { path, why }));
                    }
                };
                repositories.retain(|r| entry.path().starts_with(&r.top));
                match self.step(&entry, &mut repositories, no_ignore) {
                    Step::Skip => {}
                    Step::Prune => walk.skip_current_dir(),
                    Step::Give(lead) => return Some(Ok(lead)),
                    Step::Lose(lost) => return Some(Err(lost)),
                }
            }
        }))
    }

    fn passed(&self) -> Passed {
        Passed { ignored: self.ignored.load(Ordering::Relaxed), links: self.links.load(Ordering::Relaxed) }
    }
}

enum Step {
    Skip,
    Prune,
    Give(Lead),
    Lose(Lost),
}

impl Tree {
    fn step(&self, entry: &DirEntry, repositories: &mut Vec<Repo>, no_ignore: bool) -> Step {
        let (path, kind) = (entry.path(), entry.file_type());
        let is_dir = kind.is_dir();
        let is_named = entry.depth() == 0;
        let pass = |step| {
            self.ignored.fetch_add(1, Ordering::Relaxed);
            step
        };
        if !is_named && entry.file_name() == ".git" {
            return if is_dir { Step::Prune } else { Step::Skip };
        }
        // ignore rules never apply to a path that was named
        if !is_named {
            if self.exclude.is_match(self.shown(path)) {
                return pass(if is_dir { Step::Prune } else { Step::Skip });
            }
            if !no_ignore && repositories.last().is_some_and(|r| r.ignores(path, is_dir)) {
                return pass(if is_dir { Step::Prune } else { Step::Skip });
            }
        }
        if is_dir {
            if !is_named && path.join(".git").exists() {
                repositories.extend(Repo::open(path, self.shown(path)));
            }
            return Step::Skip;
        }
        let shown = self.shown(path);
        if kind.is_symlink() {
            self.links.fetch_add(1, Ordering::Relaxed);
            return match path.metadata() {
                // a link to something that is there: what it leads to is scanned where it lies, if it lies below a named path
                Ok(_) => Step::Skip,
                Err(error) if error.raw_os_error() == Some(40) => Step::Lose(Lost { path: shown, why: Why::Loop }),
                Err(error) => Step::Lose(Lost { path: shown, why: Why::of(&error) }),
            };
        }
        if !kind.is_file() {
            return Step::Lose(Lost { path: shown, why: Why::Special });
        }
        let home = crate::artifact::home_of(&shown, repositories.last().map(|r| r.home.as_str()));
        Step::Give(Lead::file(shown, home, path.to_path_buf()))
    }
}
