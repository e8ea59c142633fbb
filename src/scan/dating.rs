//! How long the secrets of the tree have stood there: each file is followed back, and nothing else of the history is read.

use super::history::sightings;
use super::life::Life;
use crate::artifact::Clean;
use crate::fact::{Facts, Kind, Sealed, Time, context, credential_type, sighting};
use crate::read::{self, Knowledge};
use crate::source::{Follow, Repo};
use std::collections::{BTreeMap, BTreeSet};

/// Files that are followed in one repository. One with more is a dump, and `--history` reads it faster.
const FILES: usize = 200;

/// Dates the secrets of one repository.
pub(super) fn date(repo: &Repo, knowing: &Knowledge, facts: &mut Facts) {
    let prefix = read::clean_path(&repo.prefix, knowing);
    // of what is in a container, the container is followed
    let file = |fact: &Sealed| {
        let path = fact.at.place.path.as_str().strip_prefix(prefix.as_str())?;
        Some(path.split_once("!/").map_or(path, |(container, _)| container).to_owned())
    };
    let mut wanted: BTreeMap<String, BTreeSet<Clean>> = BTreeMap::new();
    for fact in facts.facts.iter().filter(|f| counts(f)) {
        if let (Some(file), Some(digest)) = (file(fact), fact.fields.text(sighting::DIGEST)) {
            wanted.entry(file).or_default().insert(digest.clone());
        }
    }
    if wanted.is_empty() {
        return;
    }
    let Some(mut follow) = Follow::open(&repo.path) else { return };
    let mut lives: BTreeMap<(String, Clean), Life> = BTreeMap::new();
    for (file, digests) in wanted.into_iter().take(FILES) {
        // a version that was read for one secret answers for the others
        let mut versions: BTreeMap<String, BTreeSet<Clean>> = BTreeMap::new();
        for digest in digests {
            let first = follow.first(&file, &mut |blob, bytes| {
                let held = versions.entry(blob.to_owned()).or_insert_with(|| digests_of(repo, &file, bytes, knowing));
                held.contains(&digest)
            });
            let Some((note, at_least)) = first else { continue };
            let life = Life {
                first: Time(note.time),
                commit: Clean::ours(&note.id),
                author: read::clean_path(&note.author, knowing),
                at_head: true,
                removed: None,
                replaced: false,
                in_history: false,
                at_least,
            };
            lives.insert((file.clone(), digest), life);
        }
    }
    for fact in facts.facts.iter_mut().filter(|f| counts(f)) {
        let key = file(fact).zip(fact.fields.text(sighting::DIGEST).cloned());
        if let Some(life) = key.and_then(|key| lives.get(&key)) {
            life.tell(fact);
        }
    }
}

/// Says of secrets outside every repository that no history tells their age: there is none, so nobody need be asked for it.
pub fn settle(repositories: &[Repo], facts: &mut Facts) {
    let homes: BTreeSet<&str> = repositories.iter().map(|r| r.home.as_str()).collect();
    for fact in facts.facts.iter_mut().filter(|f| f.kind == Kind::Sighting) {
        if !fact.fields.texts(sighting::OWNER).any(|owner| homes.contains(owner.as_str())) {
            fact.fields.could_say(&[sighting::FIRST_SEEN, sighting::AT_HEAD]);
        }
    }
}

/// Whether the age of a sighting matters to anybody.
fn counts(fact: &Sealed) -> bool {
    fact.kind == Kind::Sighting
        && fact.fields.word(sighting::TYPE) != Some(credential_type::ACCESS_KEY_ID.as_str())
        && fact.fields.word(sighting::CONTEXT) != Some(context::TEST.as_str())
        && fact.fields.flag(sighting::EXAMPLE) != Some(true)
        && fact.fields.get(sighting::FIRST_SEEN).is_none()
}

fn digests_of(repo: &Repo, file: &str, bytes: &[u8], knowing: &Knowledge) -> BTreeSet<Clean> {
    let facts = sightings(repo, file, bytes, "", knowing);
    facts.iter().filter_map(|f| f.fields.text(sighting::DIGEST).cloned()).collect()
}
