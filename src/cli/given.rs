//! What the user gives besides the artifacts: rules, configuration, the day, the key of the digests.

use super::options::{Common, Reading};
use super::{NOTHING, USAGE, coded};
use crate::artifact::Why;
use crate::config::Config;
use crate::fact::{Time, day};
use crate::rule::{self, Origin, Pack};
use anyhow::{Context, Result, anyhow, bail};
use std::io;
use std::path::{Path, PathBuf};

#[allow(clippy::disallowed_methods)] // a file the user names as configuration, not an artifact
pub(super) fn named_file(path: &Path, what: &str) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => anyhow!("{what} {} is not UTF-8 text", path.display()),
        _ => anyhow!("{what} {} cannot be read: {}", path.display(), Why::of(&error).words()),
    })
}

/// Built-in rules and those of `--rules`.
pub(super) fn pack(folders: &[PathBuf]) -> Result<Pack> {
    added(crate::rules().clone(), folders)
}

/// A pack with a user's folders added.
pub(super) fn added(pack: Pack, folders: &[PathBuf]) -> Result<Pack> {
    added_from(pack, folders, &rule_files)
}

/// The files of a folder: paths in it, and texts.
pub(super) type RuleFiles = Vec<(String, String)>;

pub(super) fn added_from(mut pack: Pack, folders: &[PathBuf], files: &dyn Fn(&Path) -> Result<RuleFiles>) -> Result<Pack> {
    for folder in folders {
        let name = folder.canonicalize().ok().and_then(|p| p.file_name().map(|n| n.to_string_lossy().into_owned()));
        let name = name.ok_or_else(|| anyhow!("--rules {}: no such folder", folder.display()))?;
        let files = files(folder)?;
        if files.is_empty() {
            bail!("--rules {}: no .yaml file in it", folder.display());
        }
        pack.add(
            rule::load(&files, Origin::Added { prefix: &name, base: &pack })
                .map_err(|errors| rule_errors(&folder.display().to_string(), &errors))?,
        );
    }
    Ok(pack)
}

/// Several mistakes in rules or configuration: a line each.
#[derive(Debug, thiserror::Error)]
#[error("{} mistakes", .0.len())]
pub(super) struct Mistakes(pub(super) Vec<String>);

pub(super) fn rule_errors(prefix: &str, errors: &[rule::RuleError]) -> anyhow::Error {
    Mistakes(errors.iter().map(|e| if prefix.is_empty() { e.to_string() } else { format!("{prefix}/{e}") }).collect()).into()
}

pub(super) fn rule_files(folder: &Path) -> Result<RuleFiles> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name().max_depth(8) {
        let entry = entry.map_err(|_| anyhow!("--rules {}: it cannot be read", folder.display()))?;
        if entry.file_type().is_file() && entry.path().extension().is_some_and(|e| e == "yaml") {
            let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let name: Vec<_> = relative.components().map(|c| c.as_os_str().to_string_lossy()).collect();
            files.push((name.join("/"), named_file(entry.path(), "rule file")?));
        }
    }
    Ok(files)
}

/// The configuration: the one that is named, else `sidedoor.yaml` at the base of the first root, else the one in the folder where the
/// user stands, if what is scanned lies below it.
pub(super) fn config(named: Option<&PathBuf>, base: Option<&Path>, rules: &Pack) -> Result<Config> {
    let file = match (named, base) {
        (Some(file), _) => file.clone(),
        (None, Some(base)) if base.join("sidedoor.yaml").is_file() => base.join("sidedoor.yaml"),
        (None, Some(base)) if Path::new("sidedoor.yaml").is_file() && std::env::current_dir().is_ok_and(|here| base.starts_with(here)) => {
            PathBuf::from("sidedoor.yaml")
        }
        _ => return Ok(Config::default()),
    };
    let text = named_file(&file, "configuration")?;
    let shown = if named.is_some() { file.display().to_string() } else { "sidedoor.yaml".to_owned() };
    Config::parse(&shown, &text, rules).map_err(|errors| rule_errors("", &errors))
}

pub(super) fn as_of(reading: &Reading) -> Result<Time> {
    match &reading.as_of {
        Some(date) => day(date).ok_or_else(|| coded(USAGE, format!("--as-of {date}: no date; write YYYY-MM-DD"))),
        None => {
            let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
            day(&today).context("the system's clock is beyond the calendar")
        }
    }
}

/// The key of the digests: from a file for a sweep, else new for each run. Nothing in a report depends on it.
pub(super) fn salt(file: Option<&PathBuf>) -> Result<[u8; 32]> {
    if let Some(file) = file {
        return Ok(blake3::derive_key("sidedoor salt file v1", named_file(file, "salt")?.as_bytes()));
    }
    use std::hash::{BuildHasher, Hasher};
    let mut salt = [0; 32];
    for chunk in salt.chunks_mut(8) {
        // each RandomState is keyed by the operating system's randomness
        chunk.copy_from_slice(&std::collections::hash_map::RandomState::new().build_hasher().finish().to_le_bytes());
    }
    Ok(salt)
}

pub(super) fn salt_id(salt: &[u8; 32]) -> String {
    blake3::keyed_hash(salt, b"sidedoor salt id").to_hex().chars().take(16).collect()
}

#[allow(clippy::disallowed_methods)] // a file the user names, not an artifact
pub(super) fn facts_file(file: &Path) -> Result<std::fs::File> {
    std::fs::File::open(file).map_err(|e| coded(NOTHING, format!("{}: {}", file.display(), Why::of(&e).words())))
}

/// Refuses an `--only` that names nothing, before anything is read.
pub(super) fn check_only(common: &Common, rules: &Pack) -> Result<()> {
    for only in &common.only {
        let ids = || rules.checks.iter().map(|c| c.id.as_str()).chain(rules.weaknesses.iter().map(|w| w.id.as_str()));
        let ids = || ids().chain(rules.labels.iter().map(|l| l.label.as_str()));
        if !ids().any(|id| id == only) {
            let hint = rule::nearest(only, ids()).map(|n| format!(": did you mean `{n}`?")).unwrap_or_default();
            return Err(coded(USAGE, format!("--only {only}: no such weakness, rule or label{hint}")));
        }
    }
    Ok(())
}
