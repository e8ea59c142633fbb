//! What the user named, and what reports call it.

use super::tree::Tree;
use super::{Given, Sources};
use crate::artifact::{Provenance, Why};
use git2::Repository;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;

/// A named path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// What reports call it: the last part of its name, made unique. Never what was typed.
    pub label: String,
    /// The folder that paths are relative to: the top of the repository that contains it, else the folder itself.
    pub base: PathBuf,
    what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    Stdin(Vec<u8>),
    Path { real: PathBuf, in_repository: bool },
}

/// A named path that cannot be scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootError {
    /// As it was typed: the user's own words.
    pub named: String,
    /// Why.
    pub why: Why,
}

/// Resolves what was named; `-` is standard input, which is read here.
///
/// # Errors
/// The first path that does not exist or cannot be read.
pub fn roots(named: &[PathBuf]) -> Result<Vec<Root>, RootError> {
    let mut labels = BTreeSet::new();
    named.iter().map(|path| root(path, &mut labels).map_err(|why| RootError { named: path.display().to_string(), why })).collect()
}

#[allow(clippy::disallowed_methods)] // this is the room where files are opened
fn root(path: &Path, labels: &mut BTreeSet<String>) -> Result<Root, Why> {
    let fail = |error: std::io::Error| Why::of(&error);
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(fail)?;
        return Ok(Root { label: unique("stdin", labels), base: PathBuf::new(), what: What::Stdin(bytes) });
    }
    let real = path.canonicalize().map_err(fail)?;
    let kind = std::fs::metadata(&real).map_err(fail)?;
    if kind.is_dir() {
        std::fs::read_dir(&real).map_err(fail)?;
    } else if kind.is_file() {
        std::fs::File::open(&real).map_err(fail)?;
    } else {
        return Err(Why::Special);
    }
    // git takes the folder above for the work tree of a bare repository that does not say it is one
    let top = if is_bare(&real) { None } else { top_level(&real) };
    let in_repository = top.is_some();
    let base = match top {
        Some(top) => top,
        None if kind.is_dir() => real.clone(),
        None => real.parent().map(Path::to_path_buf).unwrap_or_default(),
    };
    let name = real.file_name().map_or_else(|| "root".to_owned(), |n| n.to_string_lossy().into_owned());
    Ok(Root { label: unique(&name, labels), base, what: What::Path { real, in_repository } })
}

impl Root {
    fn in_repository(&self) -> bool {
        matches!(self.what, What::Path { in_repository: true, .. })
    }

    /// Its real path, unless it is standard input.
    pub(super) fn path(&self) -> Option<&Path> {
        match &self.what {
            What::Stdin(_) => None,
            What::Path { real, .. } => Some(real),
        }
    }

    /// Put before every path, among these roots.
    fn prefix(&self, roots: &[Self]) -> String {
        // paths of one repository need no label to be told apart, wherever in it they were named
        let together = roots.iter().all(|r| r.in_repository() && roots.first().is_some_and(|first| first.base == r.base));
        match &self.what {
            _ if roots.len() == 1 || together => String::new(),
            // a file is its own label
            What::Path { real, in_repository: false } if real.is_file() => String::new(),
            _ => format!("{}/", self.label),
        }
    }
}

/// The sources of some roots.
pub fn sources(roots: &[Root], no_ignore: bool, exclude: &globset::GlobSet) -> Sources {
    let mut sources = Sources::default();
    for root in roots {
        match &root.what {
            What::Stdin(bytes) => sources.0.push(Box::new(Given(vec![("stdin".to_owned(), bytes.clone())], Provenance::Stdin))),
            // a folder of git's own files: its history can be read, and nothing else
            What::Path { real, in_repository: false } if is_bare(real) => {}
            What::Path { real, in_repository } => {
                let prefix = root.prefix(roots);
                sources.0.push(Box::new(Tree {
                    named: real.clone(),
                    base: root.base.clone(),
                    prefix,
                    label: root.label.clone(),
                    in_repository: *in_repository,
                    no_ignore,
                    exclude: exclude.clone(),
                    ignored: AtomicU64::default(),
                    links: AtomicU64::default(),
                }));
            }
        }
    }
    sources
}

/// A repository whose history can be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Repo {
    /// Its work tree or git folder.
    pub path: PathBuf,
    /// Put before every path of it in reports. Raw.
    pub prefix: String,
    /// What reports call it as an owner of secrets. Raw.
    pub home: String,
    /// Paths begin with this: the folder or file that was named.
    pub within: String,
}

impl Repo {
    /// Whether a path of it lies below what was named.
    pub fn holds(&self, path: &str) -> bool {
        let rest = path.strip_prefix(self.within.as_str());
        rest.is_some_and(|r| self.within.is_empty() || r.is_empty() || r.starts_with('/'))
    }
}

/// The repositories of some roots: those that contain what was named, and those found below it.
pub fn repositories(roots: &[Root]) -> Vec<Repo> {
    let mut found = Vec::new();
    for root in roots {
        let What::Path { real, in_repository } = &root.what else { continue };
        let prefix = root.prefix(roots);
        if *in_repository {
            let within = real.strip_prefix(&root.base).map(|p| p.to_string_lossy().replace('\\', "/")).unwrap_or_default();
            found.push(Repo { path: root.base.clone(), home: root.label.clone(), prefix: prefix.clone(), within });
        } else if is_bare(real) {
            found.push(Repo { path: real.clone(), home: root.label.clone(), prefix: prefix.clone(), within: String::new() });
            continue;
        } else if let Some(path) = refused(real) {
            // it is named as not read, and what lies below it may be read all the same
            found.push(Repo { path, home: root.label.clone(), prefix: prefix.clone(), within: String::new() });
        }
        let mut walk = walkdir::WalkDir::new(real).min_depth(1).sort_by_file_name().into_iter();
        while let Some(entry) = walk.next() {
            let Ok(entry) = entry else { continue };
            if !entry.file_type().is_dir() {
                continue;
            }
            if entry.file_name() == ".git" {
                walk.skip_current_dir();
                continue;
            }
            let bare = is_bare(entry.path());
            if bare || entry.path().join(".git").exists() {
                let relative = entry.path().strip_prefix(&root.base).unwrap_or(entry.path()).to_string_lossy().replace('\\', "/");
                let home = format!("{prefix}{relative}");
                found.push(Repo { path: entry.path().to_path_buf(), prefix: format!("{home}/"), home, within: String::new() });
            }
            if bare {
                walk.skip_current_dir();
            }
        }
    }
    // what two names lead to is read once
    found.sort();
    found.dedup_by(|a, b| a.path == b.path && a.within.starts_with(&b.within));
    found
}

/// The repositories that own what was found: the one that contains a root, and those below it that `owners` name.
pub fn owning<'o>(roots: &[Root], owners: impl Iterator<Item = &'o str> + Clone) -> Vec<Repo> {
    let mut found = Vec::new();
    for root in roots {
        let What::Path { in_repository, .. } = &root.what else { continue };
        let prefix = root.prefix(roots);
        if *in_repository {
            found.push(Repo { path: root.base.clone(), prefix: prefix.clone(), home: root.label.clone(), within: String::new() });
        }
        for owner in owners.clone() {
            let Some(relative) = owner.strip_prefix(&prefix).filter(|r| !r.is_empty() && !r.contains("..")) else { continue };
            let path = root.base.join(relative);
            if path.join(".git").exists() {
                found.push(Repo { path, prefix: format!("{owner}/"), home: owner.to_owned(), within: String::new() });
            }
        }
    }
    found.sort();
    found.dedup_by(|a, b| a.path == b.path && a.prefix == b.prefix);
    found
}

/// Whether a folder is a repository without a work tree.
fn is_bare(folder: &Path) -> bool {
    folder.join("HEAD").is_file() && folder.join("objects").is_dir() && folder.join("refs").is_dir()
}

fn unique(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut label = name.to_owned();
    let mut n = 2;
    while !taken.insert(label.clone()) {
        label = format!("{name}-{n}");
        n += 1;
    }
    label
}

/// The repository that contains a path, where git refuses it because it belongs to another user.
fn refused(path: &Path) -> Option<PathBuf> {
    let refused = Repository::discover(path).err().is_some_and(|error| error.code() == git2::ErrorCode::Owner);
    let top = path.ancestors().find(|folder| folder.join(".git").exists());
    top.filter(|_| refused).map(Path::to_path_buf)
}

/// The top of the work tree that contains a path.
fn top_level(path: &Path) -> Option<PathBuf> {
    let repository = Repository::discover(path).ok()?;
    let top = repository.workdir()?.canonicalize().ok()?;
    path.starts_with(&top).then_some(top)
}
