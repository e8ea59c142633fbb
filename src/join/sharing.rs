//! One secret in several places that belong to different owners.
//!
//! Secrets are compared by their keyed digests and by nothing else; no order and no output depends on a digest.

use crate::artifact::{Clean, Quote};
use crate::fact::{Basis, Claim, Duty, Fact, Facts, Field, Fields, Kind, Sealed, Value, Word, context, sharing, sighting};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Places that are quoted for one secret; all of them are counted.
const QUOTED: usize = 50;

/// A sharing for each secret that stands with two owners or more.
pub(crate) fn derive(facts: &Facts) -> Vec<Sealed> {
    let mut groups: BTreeMap<&Clean, Vec<&Sealed>> = BTreeMap::new();
    for sighting in facts.of(Kind::Sighting).filter(|f| counts(f)) {
        if let Some(digest) = sighting.fields.text(sighting::DIGEST) {
            groups.entry(digest).or_default().push(sighting);
        }
    }
    let mut shared: Vec<Sealed> = groups.into_values().filter_map(|places| sharing(&places)).collect();
    shared.sort_by(|a, b| (&a.at.place, &a.name, &a.anchor).cmp(&(&b.at.place, &b.name, &b.anchor)));
    shared
}

/// The id of a key is no secret, and a value that many people choose proves nothing when it stands twice.
fn counts(fact: &Sealed) -> bool {
    fact.fields.word(sighting::TYPE) != Some("access_key_id") && fact.fields.flag(sighting::WEAK) != Some(true)
}

fn sharing(places: &[&Sealed]) -> Option<Sealed> {
    let owners: BTreeSet<&Clean> = places.iter().flat_map(|p| p.fields.texts(sighting::OWNER)).collect();
    // fixtures copy each other
    let real = places.iter().find(|p| p.fields.word(sighting::CONTEXT) != Some(context::TEST.as_str()))?;
    if owners.len() < 2 {
        return None;
    }
    let first = places.first()?;
    // `REPORT_DB_PASSWORD` says more than `password`
    let name = places.iter().map(|p| &p.name).max_by_key(|n| (!n.as_str().contains(' '), n.as_str().len(), std::cmp::Reverse(*n)))?;
    let mut fact = Fact::new(Kind::Sharing, name.clone(), first.anchor.clone(), first.at.clone());
    if let Some(Value::Word(word)) = real.fields.values(sighting::TYPE).next() {
        claim(&mut fact.fields, sharing::TYPE, Value::Word(*word), &real.at);
    }
    let mut contexts: BTreeSet<Word> = BTreeSet::new();
    for place in places.iter().take(QUOTED) {
        for owner in place.fields.texts(sighting::OWNER) {
            claim(&mut fact.fields, sharing::OWNERS, Value::Text(owner.clone()), &place.at);
        }
        for value in place.fields.values(sighting::CONTEXT) {
            if let Value::Word(word) = value
                && contexts.insert(*word)
            {
                claim(&mut fact.fields, sharing::CONTEXTS, Value::Word(*word), &place.at);
            }
        }
    }
    claim(&mut fact.fields, sharing::PLACES, Value::Number(places.len() as i64), &first.at);
    Some(fact)
}

fn claim(fields: &mut Fields<Clean, Arc<Quote>>, field: Field, value: Value<Clean, Arc<Quote>>, quote: &Arc<Quote>) {
    fields.claim(field, Claim { value, quote: quote.clone(), basis: Basis::Explicit, duty: Duty::Must });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::Artifact;
    use crate::read::{Knowledge, read};

    fn facts(files: &[(&str, &str)]) -> Facts {
        let knowing = Knowledge::new(&[crate::rules()], [3; 32]);
        let mut facts = Facts::default();
        for (path, text) in files {
            facts.facts.extend(read(&Artifact::given(*path, *text), &knowing).facts);
        }
        facts.sort();
        facts
    }

    #[test]
    fn two_owners_share_and_one_does_not() {
        let env = "REPORT_DB_PASSWORD=Zk7#qLw29vTr\n";
        let shared = derive(&facts(&[
            ("repos/a/config/p.env", env),
            ("repos/b/worker.yaml", "password: \"Zk7#qLw29vTr\"\n"),
            ("books/x.md", "Password: Zk7#qLw29vTr\n"),
        ]));
        assert_eq!(shared.len(), 1);
        let fact = shared.first().expect("one");
        assert_eq!(fact.fields.texts(sharing::OWNERS).count(), 3);
        assert_eq!(fact.at.place.path.as_str(), "books/x.md");
        assert!(derive(&facts(&[("repos/a/p.env", env), ("repos/a/q.env", env)])).is_empty());
        assert!(derive(&facts(&[("repos/a/tests/p.env", env), ("repos/b/tests/q.env", env)])).is_empty());
        let weak = "ADMIN_PASSWORD=admin123\n";
        assert!(derive(&facts(&[("repos/a/p.env", weak), ("repos/b/q.env", weak)])).is_empty());
    }
}
