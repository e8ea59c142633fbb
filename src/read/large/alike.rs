//! A million records that say the same: so many of them are kept, and the others are counted.
//!
//! A text that is read in parts may be larger than memory, and a fact takes more room than its record. Facts are told apart by what
//! rules ask for: kind, flags, words, numbers, how long ago something was, and texts that many share (a role, a product). Of each sort
//! the first are kept. So what is rare is seen wherever it stands, and what is common is seen without the last of its subjects.

use crate::fact::{Draft, Field, Fields, Kind, Stated, Time, Value};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Facts that are kept of one sort, and of all. A hundred thousand take about 200 MiB.
const OF_A_SORT: u32 = 500;
const OF_ALL: usize = 80_000;
/// Texts of a field that are told apart; a field that has more names things.
const TEXTS: usize = 300;
/// How long ago something may have been, in days.
const AGES: [i64; 7] = [7, 30, 90, 180, 365, 730, 1825];

/// What was kept of an artifact so far.
#[derive(Debug)]
pub(super) struct Alike {
    of_a_sort: u32,
    sorts: HashMap<u64, u32>,
    texts: HashMap<(Kind, Field), HashSet<u64>>,
    /// The latest time that any record told: there is no other clock.
    latest: Option<Time>,
    kept: usize,
    /// Facts that were not kept.
    pub(super) left_out: u32,
}

impl Default for Alike {
    fn default() -> Self {
        Self::keeping(OF_A_SORT)
    }
}

impl Alike {
    /// Keeps so many of a sort.
    pub(super) fn keeping(of_a_sort: u32) -> Self {
        Self { of_a_sort, sorts: HashMap::new(), texts: HashMap::new(), latest: None, kept: 0, left_out: 0 }
    }

    /// Keeps what is not yet known often enough.
    pub(super) fn keep(&mut self, facts: &mut Vec<Draft>) {
        let times = facts.iter().flat_map(|f| f.fields.iter().flat_map(|(field, _)| f.fields.time(field)));
        self.latest = self.latest.max(times.max());
        facts.retain(|fact| {
            let keep = self.is_wanted(fact);
            self.kept += usize::from(keep);
            self.left_out = self.left_out.saturating_add(u32::from(!keep));
            keep
        });
        facts.shrink_to_fit();
    }

    fn is_wanted(&mut self, fact: &Draft) -> bool {
        // a secret is never left out
        if matches!(fact.kind, Kind::Sighting | Kind::KeyUse) {
            return true;
        }
        if self.kept >= OF_ALL {
            return false;
        }
        let mut hash = DefaultHasher::new();
        fact.kind.hash(&mut hash);
        self.hash(fact.kind, &fact.fields, &mut hash);
        match self.sorts.entry(hash.finish()) {
            Entry::Occupied(mut known) if *known.get() < self.of_a_sort => {
                *known.get_mut() += 1;
                true
            }
            Entry::Occupied(_) => false,
            Entry::Vacant(new) => {
                new.insert(1);
                true
            }
        }
    }

    fn hash<Q>(&mut self, kind: Kind, fields: &Fields<String, Q>, hash: &mut DefaultHasher) {
        for (field, stated) in fields.iter() {
            field.hash(hash);
            std::mem::discriminant(stated).hash(hash);
            let Stated::Said(claims) = stated else { continue };
            for claim in claims {
                std::mem::discriminant(&claim.value).hash(hash);
                match &claim.value {
                    Value::Flag(on) => on.hash(hash),
                    Value::Number(n) => n.hash(hash),
                    Value::Word(word) => word.as_str().hash(hash),
                    Value::Duration(length) => length.hash(hash),
                    Value::Time(time) => self.age(*time).hash(hash),
                    Value::Text(text) => self.text(kind, field, text).hash(hash),
                    Value::List(list) => list.items.iter().for_each(|item| self.hash(kind, item, hash)),
                    Value::Never => {}
                }
            }
        }
    }

    /// How long before the latest time something was, in steps that rules care about.
    fn age(&self, time: Time) -> Option<usize> {
        let days = (self.latest?.0.checked_sub(time.0)?) / 86_400;
        Some(AGES.iter().take_while(|age| days > **age).count())
    }

    /// What tells a text apart, if its field has few.
    fn text(&mut self, kind: Kind, field: Field, text: &str) -> Option<u64> {
        let mut hash = DefaultHasher::new();
        text.hash(&mut hash);
        let hash = hash.finish();
        let known = self.texts.entry((kind, field)).or_default();
        if known.len() < TEXTS {
            known.insert(hash);
        }
        known.contains(&hash).then_some(hash).filter(|_| known.len() < TEXTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::Spot;
    use crate::fact::{credential, day, setting, status};

    fn key(i: usize, rotated: &str, product: &str) -> Draft {
        let mut fact = Draft::new(Kind::Credential, format!("k{i}"), format!("/k{i}"), Spot::at(i, i + 1))
            .saying(credential::PRODUCT, product)
            .saying(credential::HOLDER, format!("user {i}"))
            .saying(credential::STATUS, status::ACTIVE);
        if let Some(time) = day(rotated) {
            fact.say(credential::ROTATED, time);
        }
        fact
    }

    #[test]
    fn what_is_common_is_counted_and_what_is_rare_is_kept() {
        let mut alike = Alike::default();
        let mut kept = Vec::new();
        for n in 0..100 {
            let mut facts: Vec<Draft> = (0..1000).map(|i| key(n * 1000 + i, "2026-11-01", "aws")).collect();
            if n == 99 {
                facts.push(key(100_000, "2021-05-05", "aws"));
                facts.push(key(100_001, "2026-11-01", "gcp"));
            }
            alike.keep(&mut facts);
            kept.extend(facts);
        }
        let names: Vec<&str> = kept.iter().map(|f| f.name.as_str()).collect();
        assert!(names.contains(&"k0") && names.contains(&"k100000") && names.contains(&"k100001"));
        // the first hundreds of users had names that might have been shared
        assert!(kept.len() < 2000 && kept.len() >= OF_A_SORT as usize, "{}", kept.len());
        assert_eq!(alike.left_out as usize + kept.len(), 100_002);
    }

    #[test]
    fn there_is_an_end() {
        let mut alike = Alike::default();
        let mut kept = 0;
        for i in 0..200_000 {
            let mut one = vec![key(i, "2026-11-01", "aws")];
            one[0].say(setting::NUMBER, i64::try_from(i).unwrap_or(0));
            alike.keep(&mut one);
            kept += one.len();
        }
        assert_eq!(kept, OF_ALL);
    }
}
