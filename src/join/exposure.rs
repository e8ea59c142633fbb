//! A key in a text, and the export that knows it: whether it works, whose it is, how old.
//!
//! One export names keys (`AccessKeyId`), another knows when they were rotated and used, by holder: they are put together here.

use crate::artifact::{Clean, Place, Quote};
use crate::fact::{
    Basis, Claim, Duty, Fact, Facts, Field, Fields, Kind, Sealed, Stated, Value, Word, context, credential, credential_type, exposure,
    grant, key_use, power, principal, sighting, status,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

type Said = Fields<Clean, Arc<Quote>>;

/// What the exports know of credentials.
struct Known<'a> {
    /// Those that are named by their public id.
    by_id: BTreeMap<&'a Clean, Vec<&'a Sealed>>,
    /// Those of exports that give no ids, by holder.
    by_holder: BTreeMap<&'a str, Vec<&'a Sealed>>,
    /// The access keys among these that work, by account. A repository can name thousands of keys, and an export hundreds of thousands.
    by_account: BTreeMap<&'a Clean, Vec<&'a Sealed>>,
    principals: BTreeMap<&'a Clean, &'a Sealed>,
}

/// An exposure for each key in a text that an export knows: one for each key and path.
pub(crate) fn derive(facts: &Facts, powers: &[Sealed]) -> Vec<Sealed> {
    let mut known = Known { by_id: BTreeMap::new(), by_holder: BTreeMap::new(), by_account: BTreeMap::new(), principals: BTreeMap::new() };
    for fact in facts.of(Kind::Credential) {
        match fact.fields.text(credential::KEY_ID) {
            Some(id) => known.by_id.entry(id).or_default().push(fact),
            None => {
                let account = fact.fields.text(credential::TENANT).filter(|_| works(fact));
                for holder in fact.fields.texts(credential::HOLDER) {
                    known.by_holder.entry(holder.as_str()).or_default().push(fact);
                    account.into_iter().for_each(|a| known.by_account.entry(a).or_default().push(fact));
                }
            }
        }
    }
    known.principals = facts.of(Kind::Principal).map(|p| (&p.name, p)).collect();
    let id_alone = |s: &&Sealed| s.fields.word(sighting::TYPE) == Some(credential_type::ACCESS_KEY_ID.as_str());
    let (ids, secrets): (Vec<&Sealed>, Vec<&Sealed>) = facts.of(Kind::Sighting).partition(id_alone);
    // an export lists ids as a matter of course
    let ids = ids.into_iter().filter(|s| s.fields.word(sighting::CONTEXT) != Some(context::EXPORT.as_str()));
    let mut seen = BTreeSet::new();
    let mut exposed = Vec::new();
    for (sighting, beside) in secrets.into_iter().map(|s| (s, true)).chain(ids.map(|s| (s, false))) {
        let Some(id) = sighting.fields.text(sighting::KEY_ID) else { continue };
        let named = known.by_id.get(id).into_iter().flatten().map(|c| (*c, Basis::Explicit));
        let guessed = known.guess(sighting).map(|c| (c, Basis::Inferred));
        for (credential, basis) in named.chain(guessed) {
            if credential.at.place.path != sighting.at.place.path && seen.insert((&sighting.at.place.path, id)) {
                exposed.push(exposure(sighting, credential, &known, beside, basis));
            }
        }
    }
    exposed.extend(by_value(facts, &known));
    exposed.extend(by_holder(facts, powers));
    exposed.extend(by_pair(facts, &known));
    exposed.extend(by_client(facts, &known));
    exposed
}

/// Private keys whose public half an export lists as one that lets in.
fn by_pair(facts: &Facts, known: &Known<'_>) -> Vec<Sealed> {
    let mut private: BTreeMap<&Clean, Vec<&Sealed>> = BTreeMap::new();
    let mut listed: BTreeMap<&Clean, Vec<&Sealed>> = BTreeMap::new();
    for k in facts.of(Kind::KeyUse) {
        let Some(key) = k.fields.text(key_use::KEY) else { continue };
        let export = k.fields.word(key_use::CONTEXT) == Some(context::EXPORT.as_str());
        match k.fields.flag(key_use::SECRET) {
            Some(true) if !export => private.entry(key).or_default().push(k),
            Some(false) if export => listed.entry(key).or_default().push(k),
            _ => {}
        }
    }
    listed.retain(|key, _| private.contains_key(key));
    if listed.is_empty() {
        return Vec::new();
    }
    let on = |place: &Place, of: &Place| place.path == of.path && (of.line..=of.end_line).contains(&place.line);
    let mut out = Vec::new();
    for (key, public) in listed {
        let lets_in = facts.of(Kind::Credential).filter(|c| word(c, credential::STATUS) == Some(status::ACTIVE));
        let Some(c) = lets_in.into_iter().find(|c| public.iter().any(|k| on(&k.at.place, &c.at.place))) else { continue };
        for k in private.get(key).into_iter().flatten() {
            let seen = facts.of(Kind::Sighting).find(|s| on(&s.at.place, &k.at.place) || on(&k.at.place, &s.at.place));
            let mut fact = exposure(seen.unwrap_or(k), c, known, true, Basis::Explicit);
            if !matches!(fact.fields.get(exposure::HOLDER), Some(Stated::Said(_))) {
                fact.fields.tell(exposure::HOLDER, Value::Text(c.name.clone()), &c.at);
            }
            out.push(fact);
        }
    }
    out
}

/// Secrets beside the id of their client, where an export shows that this client has one secret that works.
fn by_client(facts: &Facts, known: &Known<'_>) -> Vec<Sealed> {
    let mut of_client: BTreeMap<&Clean, Vec<&Sealed>> = BTreeMap::new();
    let secret = |c: &&Sealed| word(c, credential::TYPE) == Some(credential_type::CLIENT_SECRET);
    for c in facts.of(Kind::Credential).filter(secret).filter(|c| word(c, credential::STATUS) == Some(status::ACTIVE)) {
        if let Some(client) = c.fields.text(credential::OWNER) {
            of_client.entry(client).or_default().push(c);
        }
    }
    let met = facts.of(Kind::Sighting).filter_map(|s| match of_client.get(s.fields.text(sighting::CLIENT)?).map(Vec::as_slice) {
        Some([only]) if only.at.place.path != s.at.place.path => Some((s, *only)),
        _ => None,
    });
    let mut seen = BTreeSet::new();
    let once = met.filter(|(s, c)| seen.insert((&s.at.place.path, &c.anchor)));
    once.map(|(s, c)| exposure(s, c, known, true, Basis::Inferred)).collect()
}

/// Secrets without an id that an export holds as well, beside what it says of them.
fn by_value(facts: &Facts, known: &Known<'_>) -> Vec<Sealed> {
    let mut described: BTreeMap<&Clean, Vec<&Sealed>> = BTreeMap::new();
    for c in facts.of(Kind::Credential).filter(|c| word(c, credential::STATUS) == Some(status::ACTIVE)) {
        described.entry(&c.at.place.path).or_default().push(c);
    }
    let in_export = |s: &&Sealed| s.fields.word(sighting::CONTEXT) == Some(context::EXPORT.as_str());
    let mut by_digest: BTreeMap<&Clean, &Sealed> = BTreeMap::new();
    for s in facts.of(Kind::Sighting).filter(in_export) {
        let (place, Some(digest)) = (&s.at.place, s.fields.text(sighting::DIGEST)) else { continue };
        let beside = |c: &&&Sealed| (c.at.place.line..=c.at.place.end_line).contains(&place.line);
        if let Some(c) = described.get(&place.path).and_then(|all| all.iter().find(beside)) {
            by_digest.entry(digest).or_insert(c);
        }
    }
    // an id is joined by what it says, and a page may name it
    let id_alone = |s: &&Sealed| s.fields.word(sighting::TYPE) == Some(credential_type::ACCESS_KEY_ID.as_str());
    let elsewhere = facts.of(Kind::Sighting).filter(|s| !in_export(s) && !id_alone(s)).filter_map(|s| {
        let credential = by_digest.get(s.fields.text(sighting::DIGEST)?)?;
        (credential.at.place.path != s.at.place.path).then_some((s, *credential))
    });
    let mut seen = BTreeSet::new();
    let once = elsewhere.filter(|(s, c)| seen.insert((&s.at.place.path, &c.anchor)));
    once.map(|(s, c)| exposure(s, c, known, true, Basis::Explicit)).collect()
}

/// Logins that stand in a file as they are, and whose holder may do everything by another export.
fn by_holder(facts: &Facts, powers: &[Sealed]) -> Vec<Sealed> {
    let mut admins: BTreeMap<&str, &Sealed> = BTreeMap::new();
    for g in powers.iter().filter(|g| g.fields.word(grant::POWER) == Some(power::ADMIN.as_str())) {
        // a service account is written with its namespace where rights are given
        let name = g.fields.text(grant::PRINCIPAL).map_or("", Clean::as_str);
        admins.entry(name.rsplit(['/', ':']).next().unwrap_or(name)).or_insert(g);
    }
    let plain = facts.of(Kind::Credential).filter(|c| c.fields.flag(credential::PLAIN) == Some(true));
    let held = plain.filter_map(|c| Some((c, c.fields.text(credential::HOLDER)?)));
    let powerful = held.filter_map(|(c, holder)| {
        let g = admins.get(holder.as_str()).filter(|g| g.fields.text(grant::PRODUCT) == c.fields.text(credential::PRODUCT))?;
        (g.at.place.path != c.at.place.path).then_some((c, holder, *g))
    });
    let told = powerful.map(|(c, holder, g)| {
        let name = Clean::compose(["the login of ", holder.as_str()]);
        let mut fact = Fact::new(Kind::Exposure, name, c.anchor.clone(), c.at.clone());
        for (from, to) in
            [(credential::HOLDER, exposure::HOLDER), (credential::STATUS, exposure::STATUS), (credential::ROTATED, exposure::SINCE)]
        {
            if let Some(stated @ Stated::Said(_)) = c.fields.get(from) {
                fact.fields.set(to, stated.clone());
            }
        }
        let said = |value, quote: &Arc<Quote>| Claim { value, quote: quote.clone(), basis: Basis::Inferred, duty: Duty::Must };
        fact.fields.claim(exposure::PRIVILEGED, said(Value::Flag(true), &g.at));
        fact.fields.claim(exposure::SECRET_BESIDE, said(Value::Flag(true), &c.at));
        fact
    });
    told.collect()
}

impl<'a> Known<'a> {
    /// The key that is meant where no export names ids: of the holder that the text names beside it, else the only one that works in
    /// the account that the id itself tells.
    fn guess(&self, sighting: &Sealed) -> Option<&'a Sealed> {
        let one = |keys: Vec<&'a Sealed>| match keys.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        // the characters of an IAM user name, less those that end a sentence
        let words = sighting.at.text.as_str().split(|c: char| !c.is_alphanumeric() && !"-_.@+=,".contains(c));
        let words: BTreeSet<&str> = words.map(|w| w.trim_matches(['.', ',', '='])).collect();
        let named = words.iter().filter(|w| w.len() >= 4).filter_map(|w| self.by_holder.get(w)).flatten().copied();
        one(named.filter(|c| works(c)).collect()).or_else(|| {
            let account = sighting.fields.text(sighting::TENANT)?;
            self.by_account.get(account).and_then(|keys| if let [only] = keys.as_slice() { Some(*only) } else { None })
        })
    }
}

fn exposure(sighting: &Sealed, named: &Sealed, exports: &Known<'_>, beside: bool, basis: Basis) -> Sealed {
    let holder = named.fields.text(credential::HOLDER);
    let of_holder = holder.and_then(|h| exports.by_holder.get(h.as_str())).map(Vec::as_slice).unwrap_or_default();
    let known = companion(named, of_holder);
    let owner = holder.and_then(|h| exports.principals.get(h));
    let mut fact = Fact::new(Kind::Exposure, sighting.name.clone(), sighting.anchor.clone(), sighting.at.clone());
    let mut take = |field: Field, sources: &[(Option<&Said>, Field)]| {
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
    let duty = Duty::Must;
    fact.fields.claim(exposure::SECRET_BESIDE, Claim { value: Value::Flag(beside), quote: sighting.at.clone(), basis, duty });
    fact
}

/// The line of a report without key ids that means this key: of the same holder, with the key's own date as its rotation; else the
/// only access key there is.
fn companion<'a>(named: &Sealed, of_holder: &[&'a Sealed]) -> Option<&'a Sealed> {
    let same_tenant = |other: &Sealed| match (named.fields.text(credential::TENANT), other.fields.text(credential::TENANT)) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    let keys: Vec<&Sealed> = of_holder.iter().copied().filter(|o| is_access_key(o) && same_tenant(o)).collect();
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

/// Whether it is an access key that is switched on.
fn works(credential: &Sealed) -> bool {
    word(credential, credential::STATUS) == Some(status::ACTIVE) && is_access_key(credential)
}

fn is_access_key(credential: &Sealed) -> bool {
    word(credential, credential::TYPE) == Some(credential_type::ACCESS_KEY)
}

fn word(fact: &Sealed, field: Field) -> Option<Word> {
    fact.fields.values(field).find_map(|v| if let Value::Word(w) = v { Some(*w) } else { None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::day;

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
        let exposed = derive(&facts, &[]);
        assert_eq!(exposed.len(), 1);
        let fields = &exposed.first().expect("one").fields;
        assert_eq!(fields.word(exposure::STATUS), Some("active"));
        assert_eq!(fields.time(exposure::SINCE), day("2024-03-11"));
        assert_eq!(fields.time(exposure::LAST_USED), day("2026-11-19"));
        assert_eq!(fields.flag(exposure::PRIVILEGED), Some(true));
        assert_eq!(fields.text(exposure::HOLDER).map(Clean::as_str), Some("ci"));
    }

    /// A credential report gives no ids: the holder named beside the key, or the only key of the account, is meant.
    #[test]
    fn a_report_without_ids_is_enough_where_one_key_is_meant() {
        let seen = |words: &str| {
            let mut s = fact(
                Kind::Sighting,
                "AKIAWCY2ITVIWWXVGDR6",
                "run.md",
                vec![(sighting::KEY_ID, text("AKIAWCY2ITVIWWXVGDR6")), (sighting::TENANT, text("418277530961"))],
            );
            s.fields.claim(
                sighting::TYPE,
                Claim { value: Value::Word(credential_type::ACCESS_KEY_ID), quote: s.at.clone(), basis: Basis::Explicit, duty: Duty::Must },
            );
            s.at = Arc::new(Quote { place: s.at.place.clone(), text: Clean::ours(words) });
            s
        };
        let key = |holder: &str, account: &str| {
            let fields = vec![
                (credential::TYPE, Value::Word(credential_type::ACCESS_KEY)),
                (credential::HOLDER, text(holder)),
                (credential::STATUS, Value::Word(status::ACTIVE)),
                (credential::TENANT, text(account)),
            ];
            fact(Kind::Credential, &format!("{holder} key 1"), "report.csv", fields)
        };
        let holder = |facts: Vec<Sealed>| {
            let exposed = derive(&Facts { facts, ..Facts::default() }, &[]);
            exposed.first().and_then(|e| e.fields.text(exposure::HOLDER).map(ToString::to_string))
        };
        let (this, other) = ("418277530961", "111111111111");
        assert_eq!(
            holder(vec![seen("the key of ci-deploy is"), key("ci-deploy", other), key("mara", other)]).as_deref(),
            Some("ci-deploy")
        );
        assert_eq!(holder(vec![seen("the key is"), key("ci-deploy", this), key("mara", other)]).as_deref(), Some("ci-deploy"));
        assert_eq!(holder(vec![seen("the key is"), key("ci-deploy", this), key("mara", this)]), None);
    }
}
