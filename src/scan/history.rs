//! Secrets in a repository's history: every blob once, then the few that hold something are read whole, at each of their paths, and
//! each secret gets its life.

use super::life::Life;
use crate::artifact::{Artifact, ArtifactRow, Body, Clean, Provenance, Read, Unread, Why};
use crate::fact::{Facts, Kind, Sealed, Time, sighting};
use crate::read::{self, Knowledge, Reading, Seen};
use crate::source::{History, Repo, Traces, Version};
use crate::unpack::{self, Piece};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// A secret at a path: what stands for its value, and the path.
type Key = (Clean, Clean);

/// Versions of one file that hold the same secrets, as far as a glance can tell; the first of them was read.
struct Versions<'v> {
    path: &'v str,
    first: u32,
    at_head: bool,
    at_ref: bool,
    blobs: BTreeSet<u32>,
}

/// A secret in some versions of a file.
struct Sight<'v> {
    versions: Arc<Versions<'v>>,
    fact: Sealed,
}

/// Adds what the history of a repository tells: of secrets that stand in the tree their lives, and the secrets that do not.
pub(super) fn collect(repo: &Repo, unreachable: bool, knowing: &Knowledge, facts: &mut Facts) {
    let name = |what: &str| read::clean_path(&format!("{}{what}", repo.prefix), knowing);
    let mut gaps = Vec::new();
    match History::open(&repo.path, unreachable) {
        Ok(history) => gaps = add(&history, repo, unreachable, knowing, facts),
        Err(why) => gaps.push(("history".to_owned(), why)),
    }
    for (what, why) in gaps {
        let path = name(&what);
        facts.artifacts.push(ArtifactRow { path: path.clone(), kind: None, read: Read::None, why: Some(why), sha256: None });
        facts.unread.push(Unread { path, why });
    }
    facts.sort();
}

fn add(history: &History, repo: &Repo, unreachable: bool, knowing: &Knowledge, facts: &mut Facts) -> Vec<(String, Why)> {
    let seen = Seen::default();
    let wanted = Mutex::new(BTreeMap::new());
    let mut gaps = history.blobs(&|blob, bytes| {
        // what is in a container is seen when it is opened
        let telling = if unpack::is_container(bytes) { Some(seen.hash(bytes)) } else { seen.telling(bytes, knowing) };
        if let Some(telling) = telling
            && let Ok(mut wanted) = wanted.lock()
        {
            wanted.insert(blob, telling);
        }
    });
    drop(seen);
    let telling: BTreeMap<u32, u64> = wanted.into_inner().unwrap_or_default();
    let wanted: Vec<u32> = telling.keys().copied().collect();
    let (mut traces, more) = history.trace(&wanted, &read::told_by_name);
    gaps.extend(more);
    traces.versions.retain(|v| repo.holds(&v.path));
    let (sights, lost) = read_versions(history, repo, &traces.versions, &telling, knowing);
    // of what stands in the tree as well it is said already
    let said: BTreeSet<Unread> = facts.unread.iter().cloned().collect();
    for unread in lost.into_iter().filter(|l| !said.contains(l)) {
        let why = Some(unread.why);
        facts.artifacts.push(ArtifactRow { path: unread.path.clone(), kind: None, read: Read::Partial, why, sha256: None });
        facts.unread.push(unread);
    }
    let lives = Lives { history, traces: &traces, knowing, sights: &sights };
    let mut groups: BTreeMap<Key, Vec<&Sight<'_>>> = BTreeMap::new();
    for sight in &sights {
        if let Some(digest) = sight.fact.fields.text(sighting::DIGEST) {
            groups.entry((sight.fact.at.place.path.clone(), digest.clone())).or_default().push(sight);
        }
    }
    let mut standing: BTreeSet<Key> = BTreeSet::new();
    for fact in facts.facts.iter_mut().filter(|f| f.kind == Kind::Sighting) {
        let Some(digest) = fact.fields.text(sighting::DIGEST) else { continue };
        let key = (fact.at.place.path.clone(), digest.clone());
        if let Some(life) = groups.get(&key).and_then(|group| lives.of(group, false)) {
            life.tell(fact);
            standing.insert(key);
        }
    }
    for (key, group) in &groups {
        if standing.contains(key) {
            continue;
        }
        let first = group.iter().min_by_key(|s| s.versions.first);
        let (Some(life), Some(first)) = (lives.of(group, true), first) else { continue };
        let mut fact = first.fact.clone();
        life.tell(&mut fact);
        facts.facts.push(fact);
    }
    if unreachable {
        loose_ends(history, repo, &wanted, &traces.versions, knowing, facts);
    }
    gaps
}

/// Reads what is to be read of each file, in parallel, and keeps the sightings, in order of path and commit.
fn read_versions<'v>(
    history: &History,
    repo: &Repo,
    versions: &'v [Version],
    telling: &BTreeMap<u32, u64>,
    knowing: &Knowledge,
) -> (Vec<Sight<'v>>, BTreeSet<Unread>) {
    // what is told by its name has shown nothing to the glance, and each version is read
    let mut alike: BTreeMap<(&str, Result<u64, u32>), Vec<&Version>> = BTreeMap::new();
    versions.iter().for_each(|v| alike.entry((&v.path, telling.get(&v.blob).copied().ok_or(v.blob))).or_default().push(v));
    let mut by_blob: BTreeMap<u32, Vec<Arc<Versions<'v>>>> = BTreeMap::new();
    for ((path, _), alike) in alike {
        let Some(read) = alike.iter().min_by_key(|v| (v.first, v.blob)) else { continue };
        let at_head = alike.iter().any(|v| v.at_head);
        let at_ref = alike.iter().any(|v| v.at_ref);
        let versions = Versions { path, first: read.first, at_head, at_ref, blobs: alike.iter().map(|v| v.blob).collect() };
        by_blob.entry(read.blob).or_default().push(Arc::new(versions));
    }
    let blobs: Vec<u32> = by_blob.keys().copied().collect();
    let part = blobs.len().div_ceil(rayon::current_num_threads() * 4).max(1);
    let read: Vec<(Vec<Sight<'v>>, BTreeSet<Unread>)> = blobs
        .par_chunks(part)
        .map(|blobs| {
            let (mut sights, mut lost) = (Vec::new(), BTreeSet::new());
            history.read(blobs, &mut |blob, bytes| {
                for versions in by_blob.get(&blob).into_iter().flatten() {
                    let commit = history.commit_id(versions.first);
                    let reading = secrets(repo, versions.path, bytes, &commit, knowing);
                    sights.extend(reading.facts.into_iter().map(|fact| Sight { versions: versions.clone(), fact }));
                    // it is said once of each path, and not of each version
                    lost.extend(reading.unread);
                }
            });
            (sights, lost)
        })
        .collect();
    let (mut sights, mut lost) = (Vec::new(), BTreeSet::new());
    for (some, unread) in read {
        sights.extend(some);
        lost.extend(unread);
    }
    sights.sort_by(|a, b| (a.versions.path, a.versions.first, &a.fact.at).cmp(&(b.versions.path, b.versions.first, &b.fact.at)));
    (sights, lost)
}

/// The sightings in one version of a file, or in what it contains.
pub(super) fn sightings(repo: &Repo, path: &str, bytes: &[u8], commit: &str, knowing: &Knowledge) -> Vec<Sealed> {
    secrets(repo, path, bytes, commit, knowing).facts
}

/// The same, and what of it was not read.
fn secrets(repo: &Repo, path: &str, bytes: &[u8], commit: &str, knowing: &Knowledge) -> Reading {
    let artifact = Artifact {
        path: format!("{}{path}", repo.prefix),
        home: repo.home.clone(),
        provenance: Provenance::Commit(commit.to_owned()),
        body: Body::Whole(bytes.to_vec()),
    };
    let mut all = Reading::default();
    unpack::each(artifact, &mut |piece| {
        let part = match piece {
            Piece::Artifact(artifact) => read::read_secrets(&artifact, knowing),
            Piece::Lost(lost) => read::not_read(&lost, knowing),
            Piece::Opened(path, kind, why) => read::opened(&path, kind, why, knowing),
        };
        all.facts.extend(part.facts);
        // pictures in documents have no text to lose
        all.unread.extend(part.unread.into_iter().filter(|u| u.why.is_loss()));
    });
    all
}

/// What it takes to write the life of a secret.
struct Lives<'a> {
    history: &'a History,
    traces: &'a Traces,
    knowing: &'a Knowledge,
    sights: &'a [Sight<'a>],
}

impl Lives<'_> {
    /// The life of one secret at one path, from the versions of the file that hold it.
    fn of(&self, group: &[&Sight<'_>], in_history: bool) -> Option<Life> {
        let first = group.iter().map(|s| s.versions.first).min()?;
        let path = group.first()?.versions.path;
        let blobs: BTreeSet<u32> = group.iter().flat_map(|s| s.versions.blobs.iter().copied()).collect();
        let at_head = group.iter().any(|s| s.versions.at_head);
        let left = self.traces.departures.get(path).into_iter().flatten();
        let left: Vec<_> = left.filter(|d| blobs.contains(&d.blob) && d.instead.is_none_or(|new| !blobs.contains(&new))).collect();
        // what a pull request takes away leaves no branch; where no branch had it, the refs that did decide
        let branches = left.iter().filter(|d| d.on_branch).max_by_key(|d| d.commit);
        let stands = group.iter().any(|s| s.versions.at_ref);
        let gone = branches.or_else(|| left.iter().filter(|_| !stands).max_by_key(|d| d.commit)).filter(|_| !at_head);
        let removed = gone.and_then(|d| self.history.commit(d.commit)).map(|note| Time(note.time));
        let replaced = left.iter().filter_map(|d| d.instead).any(|new| self.names_another(path, new, group))
            || gone.is_some_and(|d| self.came_elsewhere(d.commit, path, group));
        let note = self.history.commit(first)?;
        Some(Life {
            first: Time(note.time),
            commit: Clean::ours(&note.id),
            author: read::clean_path(&note.author, self.knowing),
            at_head,
            removed,
            replaced,
            in_history,
            at_least: self.history.is_shallow(),
        })
    }

    /// Whether the commit that took a secret away brought another value under the same name in another file, or in this one under
    /// its new path. A name of one common word tells that only of the file that was moved.
    fn came_elsewhere(&self, commit: u32, path: &str, group: &[&Sight<'_>]) -> bool {
        let digest = |s: &Sight<'_>| s.fact.fields.text(sighting::DIGEST).cloned();
        let own: BTreeSet<Option<Clean>> = group.iter().map(|s| digest(s)).collect();
        let last = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
        let came = self.sights.iter().filter(|s| s.versions.first == commit && s.versions.path != path && !own.contains(&digest(s)));
        { came }.any(|new| {
            let moved = last(new.versions.path) == last(path);
            let same = |old: &&Sight<'_>| {
                old.fact.name == new.fact.name && (moved && old.fact.anchor == new.fact.anchor || tells_apart(old.fact.name.as_str()))
            };
            group.iter().any(same)
        })
    }

    /// Whether the blob that took the place has another value under the same name.
    fn names_another(&self, path: &str, blob: u32, group: &[&Sight<'_>]) -> bool {
        let from = self.sights.partition_point(|s| s.versions.path < path);
        let same = self.sights.iter().skip(from).take_while(|s| s.versions.path == path).filter(|s| s.versions.blobs.contains(&blob));
        let digest = |s: &Sight<'_>| s.fact.fields.text(sighting::DIGEST).cloned();
        let own = group.first().and_then(|s| digest(s));
        same.into_iter().any(|other| digest(other) != own && group.iter().any(|s| s.fact.anchor == other.fact.anchor))
    }
}

/// Whether a name tells one secret from the others: two words at least, such as `REPORT_DB_PASSWORD`.
fn tells_apart(name: &str) -> bool {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() >= 2).count();
    words >= 3 || (words == 2 && name.len() >= 12) || name.contains('.')
}

/// Blobs that no commit has: what was added and never committed, or thrown away.
fn loose_ends(history: &History, repo: &Repo, wanted: &[u32], versions: &[Version], knowing: &Knowledge, facts: &mut Facts) {
    let placed: BTreeSet<u32> = versions.iter().map(|v| v.blob).collect();
    let loose: Vec<u32> = wanted.iter().copied().filter(|b| !placed.contains(b)).collect();
    history.read(&loose, &mut |blob, bytes| {
        let path = format!("unreachable/{}", history.blob_id(blob));
        for mut fact in sightings(repo, &path, bytes, "", knowing) {
            let say = |value| crate::fact::Claim { value, quote: fact.at.clone(), basis: Default::default(), duty: Default::default() };
            let claim = say(crate::fact::Value::Flag(true));
            fact.fields.set(sighting::IN_HISTORY, crate::fact::Stated::Said(vec![claim]));
            facts.facts.push(fact);
        }
    });
}
