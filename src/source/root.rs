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
    let top = top_level(&real);
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
}

/// The sources of some roots.
pub fn sources(roots: &[Root], no_ignore: bool, exclude: &globset::GlobSet) -> Sources {
    let mut sources = Sources::default();
    // paths of one repository need no label to be told apart, wherever in it they were named
    let together = roots.iter().all(|r| r.in_repository() && roots.first().is_some_and(|first| first.base == r.base));
    for root in roots {
        match &root.what {
            What::Stdin(bytes) => sources.0.push(Box::new(Given(vec![("stdin".to_owned(), bytes.clone())], Provenance::Stdin))),
            What::Path { real, in_repository } => {
                let prefix = match roots.len() {
                    1 => String::new(),
                    _ if together => String::new(),
                    // a file is its own label
                    _ if real.is_file() && !in_repository => String::new(),
                    _ => format!("{}/", root.label),
                };
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

fn unique(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut label = name.to_owned();
    let mut n = 2;
    while !taken.insert(label.clone()) {
        label = format!("{name}-{n}");
        n += 1;
    }
    label
}

/// The top of the work tree that contains a path.
fn top_level(path: &Path) -> Option<PathBuf> {
    let repository = Repository::discover(path).ok()?;
    let top = repository.workdir()?.canonicalize().ok()?;
    path.starts_with(&top).then_some(top)
}
