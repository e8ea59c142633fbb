//! A key in a text, and the export that knows it: whether it works, whose it is, how old.
//!
//! One export names keys (`AccessKeyId`), another knows when they were rotated and used, by holder: they are put together here.

use crate::artifact::{Clean, Quote};
use crate::fact::{
    Fact, Facts, Field, Fields, Kind, Sealed, Stated, Value, Word, credential, credential_type, exposure, principal, sighting, status,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An exposure for each secret in a text whose public id an export lists: one for each key and path.
pub(crate) fn derive(facts: &Facts) -> Vec<Sealed> {
    let mut by_id: BTreeMap<&Clean, Vec<&Sealed>> = BTreeMap::new();
    let mut by_holder: BTreeMap<&Clean, Vec<&Sealed>> = BTreeMap::new();
    for fact in facts.of(Kind::Credential) {
        match fact.fields.text(credential::KEY_ID) {
            Some(id) => by_id.entry(id).or_default().push(fact),
            None => fact.fields.texts(credential::HOLDER).for_each(|h| by_holder.entry(h).or_default().push(fact)),
        }
    }
    let principals: BTreeMap<&Clean, &Sealed> = facts.of(Kind::Principal).map(|p| (&p.name, p)).collect();
    let mut seen = BTreeSet::new();
    let mut exposed = Vec::new();
    for sighting in facts.of(Kind::Sighting).filter(|s| s.fields.word(sighting::TYPE) != Some(credential_type::ACCESS_KEY_ID.as_str())) {
        let Some(id) = sighting.fields.text(sighting::KEY_ID) else { continue };
        for credential in by_id.get(id).into_iter().flatten() {
            if credential.at.place.path != sighting.at.place.path && seen.insert((&sighting.at.place.path, id)) {
                exposed.push(exposure(sighting, credential, &by_holder, &principals));
            }
        }
    }
    exposed
}

fn exposure(
    sighting: &Sealed,
    named: &Sealed,
    by_holder: &BTreeMap<&Clean, Vec<&Sealed>>,
    principals: &BTreeMap<&Clean, &Sealed>,
) -> Sealed {
    let holder = named.fields.text(credential::HOLDER);
    let known = holder.and_then(|h| companion(named, by_holder.get(h).map(Vec::as_slice).unwrap_or_default()));
    let owner = holder.and_then(|h| principals.get(h));
    let mut fact = Fact::new(Kind::Exposure, sighting.name.clone(), sighting.anchor.clone(), sighting.at.clone());
    let mut take = |field: Field, sources: &[(Option<&Fields<Clean, Arc<Quote>>>, Field)]| {
        let said = sources.iter().filter_map(|(fields, name)| fields.and_then(|f| f.get(*name))).find(|s| matches!(s, Stated::Said(_)));
        if let Some(stated) = said {
            fact.fields.set(field, stated.clone());
        }
    };
    let (this, that, who) = (Some(&named.fields), known.map(|k| &k.fields), owner.map(|o| &o.fields));
    take(exposure::KEY_ID, &[(Some(&sighting.fields), sighting::KEY_ID)]);
    take(exposure::HOLDER, &[(this, credential::HOLDER)]);
    take(exposure::STATUS, &[(this, credential::STATUS), (that, credential::STATUS)]);
    take(
        exposure::SINCE,
        &[(this, credential::ROTATED), (that, credential::ROTATED), (this, credential::CREATED), (that, credential::CREATED)],
    );
    take(exposure::LAST_USED, &[(this, credential::LAST_USED), (that, credential::LAST_USED)]);
    take(exposure::PRIVILEGED, &[(this, credential::PRIVILEGED), (that, credential::PRIVILEGED), (who, principal::PRIVILEGED)]);
    fact
}

/// The line of a report without key ids that means this key: of the same holder, with the key's own date as its rotation; else the
/// only access key there is.
fn companion<'a>(named: &Sealed, of_holder: &[&'a Sealed]) -> Option<&'a Sealed> {
    let same_tenant = |other: &Sealed| match (named.fields.text(credential::TENANT), other.fields.text(credential::TENANT)) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    let is_key = |other: &Sealed| other.fields.values(credential::TYPE).any(|v| *v == Value::Word(credential_type::ACCESS_KEY));
    let keys: Vec<&Sealed> = of_holder.iter().copied().filter(|o| is_key(o) && same_tenant(o)).collect();
    let created = named.fields.time(credential::CREATED);
    let dated = keys.iter().find(|k| created.is_some() && k.fields.time(credential::ROTATED) == created);
    let active: Vec<&&Sealed> = keys.iter().filter(|k| word(k, credential::STATUS) == Some(status::ACTIVE)).collect();
    match (dated, active.as_slice(), keys.as_slice()) {
        (Some(key), ..) => Some(key),
        (None, _, [only]) => Some(only),
        (None, [only], _) if word(named, credential::STATUS) == Some(status::ACTIVE) => Some(only),
        _ => None,
    }
}

fn word(fact: &Sealed, field: Field) -> Option<Word> {
    fact.fields.values(field).find_map(|v| if let Value::Word(w) = v { Some(*w) } else { None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{Place, Quote};
    use crate::fact::{Basis, Claim, Duty, day};

    fn fact(kind: Kind, name: &str, path: &str, fields: Vec<(Field, Value<Clean, Arc<Quote>>)>) -> Sealed {
        let place = Place { path: Clean::ours(path), ..Place::nowhere() };
        let at = Arc::new(Quote { place, text: Clean::ours(name) });
        let mut fact = Fact::new(kind, Clean::ours(name), Clean::ours(name), at.clone());
        for (field, value) in fields {
            fact.fields.claim(field, Claim { value, quote: at.clone(), basis: Basis::Explicit, duty: Duty::Must });
        }
        fact
    }

    fn text(t: &str) -> Value<Clean, Arc<Quote>> {
        Value::Text(Clean::ours(t))
    }

    #[test]
    fn two_exports_make_one_answer() {
        let key = Value::Word(credential_type::ACCESS_KEY);
        let since = Value::Time(day("2024-03-11").expect("date"));
        let mut facts = Facts {
            facts: vec![
                fact(
                    Kind::Sighting,
                    "AKIA1",
                    "run.sh",
                    vec![(sighting::TYPE, Value::Word(credential_type::API_TOKEN)), (sighting::KEY_ID, text("AKIA1"))],
                ),
                fact(
                    Kind::Sighting,
                    "AKIA1",
                    "run.sh",
                    vec![(sighting::TYPE, Value::Word(credential_type::ACCESS_KEY_ID)), (sighting::KEY_ID, text("AKIA1"))],
                ),
                fact(
                    Kind::Credential,
                    "AKIA1",
                    "keys.json",
                    vec![
                        (credential::TYPE, key.clone()),
                        (credential::KEY_ID, text("AKIA1")),
                        (credential::HOLDER, text("ci")),
                        (credential::STATUS, Value::Word(status::ACTIVE)),
                        (credential::CREATED, since.clone()),
                    ],
                ),
                fact(
                    Kind::Credential,
                    "ci key 1",
                    "report.csv",
                    vec![
                        (credential::TYPE, key.clone()),
                        (credential::HOLDER, text("ci")),
                        (credential::ROTATED, since.clone()),
                        (credential::LAST_USED, Value::Time(day("2026-11-19").expect("date"))),
                    ],
                ),
                fact(Kind::Principal, "ci", "report.csv", vec![(principal::PRIVILEGED, Value::Flag(true))]),
            ],
            ..Facts::default()
        };
        facts.sort();
        let exposed = derive(&facts);
        assert_eq!(exposed.len(), 1);
        let fields = &exposed.first().expect("one").fields;
        assert_eq!(fields.word(exposure::STATUS), Some("active"));
        assert_eq!(fields.time(exposure::SINCE), day("2024-03-11"));
        assert_eq!(fields.time(exposure::LAST_USED), day("2026-11-19"));
        assert_eq!(fields.flag(exposure::PRIVILEGED), Some(true));
        assert_eq!(fields.text(exposure::HOLDER).map(Clean::as_str), Some("ci"));
    }
}
