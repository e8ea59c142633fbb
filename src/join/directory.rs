//! A directory as a whole: which policy governs which role, how many hold the highest one, and who can reset whom although the one has
//! more power elsewhere than the other.

use super::promised::text;
use crate::artifact::{Clean, Quote};
use crate::fact::{Facts, Kind, Sealed, Stated, Value, Word, binding, grant, power, principal, role};
use crate::rule::{DirectoryEntry, Lexicon, ResetEntry};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Roles that an export lists before it is taken to list every holder of the highest.
const ROLES_LISTED: usize = 3;
/// People that one finding names.
const NAMED: usize = 64;

/// Derived grants, and roles with the name that another file gave them.
pub(crate) fn derive(facts: &Facts, powers: &[Sealed], lexicon: &Lexicon) -> Vec<Sealed> {
    let mut out = named(facts);
    for directory in &lexicon.directory {
        out.extend(of_one(facts, powers, lexicon, directory));
    }
    out
}

fn of_one(facts: &Facts, powers: &[Sealed], lexicon: &Lexicon, directory: &DirectoryEntry) -> Vec<Sealed> {
    let mut out = Vec::new();
    let held: Vec<&Sealed> = facts.of(Kind::Binding).filter(|b| text(b, binding::PRODUCT) == directory.vendor).collect();
    if held.is_empty() {
        return out;
    }
    highest(&held, directory, &mut out);
    let mut roles: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for b in &held {
        for who in [text(b, binding::PRINCIPAL_ID), text(b, binding::PRINCIPAL)] {
            roles.entry(who).or_default().insert(text(b, binding::ROLE));
        }
    }
    let strong = strong(facts, powers, &directory.platform);
    for b in held.iter().filter(|b| text(b, binding::SCOPE) == "/") {
        let entry = lexicon.resets.iter().find(|e| e.vendor == directory.vendor && e.id.eq_ignore_ascii_case(text(b, binding::ROLE_ID)));
        let Some(entry) = entry else { continue };
        let own = [text(b, binding::PRINCIPAL_ID), text(b, binding::PRINCIPAL)];
        let reached: Vec<&Strong<'_>> = strong
            .iter()
            .filter(|s| !own.contains(&s.id) && !own.contains(&s.name.as_str()))
            .filter(|s| resets(entry, roles.get(s.id).or_else(|| roles.get(s.name.as_str()))))
            .collect();
        if !reached.is_empty() {
            out.push(reset(b, entry, &reached));
        }
    }
    out
}

/// Whether a role resets somebody who holds these roles.
fn resets(entry: &ResetEntry, held: Option<&BTreeSet<&str>>) -> bool {
    let has = |name: &str| entry.passwords.iter().any(|p| p == name);
    match held {
        None => has("none"),
        Some(held) => has("any") || held.iter().all(|role| has(role)),
    }
}

/// Somebody who has power elsewhere.
struct Strong<'a> {
    id: &'a str,
    name: &'a Clean,
    why: Clean,
    at: Arc<Quote>,
}

/// People with power over subscriptions or vaults, and owners of applications that reset people.
fn strong<'a>(facts: &'a Facts, powers: &'a [Sealed], platform: &str) -> Vec<Strong<'a>> {
    let mut ids: BTreeMap<&str, &str> = BTreeMap::new();
    for b in facts.of(Kind::Binding).filter(|b| text(b, binding::PRODUCT) == platform) {
        ids.entry(text(b, binding::PRINCIPAL)).or_insert(text(b, binding::PRINCIPAL_ID));
    }
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    for g in powers.iter().filter(|g| text(g, grant::PRODUCT) == platform && g.fields.word(grant::PRINCIPAL_TYPE) == Some("user")) {
        if !matches!(g.fields.word(grant::POWER), Some("admin" | "grant_self")) {
            continue;
        }
        let Some(name) = g.fields.text(grant::PRINCIPAL).filter(|name| seen.insert(*name)) else { continue };
        let why = Clean::compose([name.as_str(), ", ", text(g, grant::VIA), " on ", text(g, grant::SCOPE)]);
        let id = ids.get(name.as_str()).copied().unwrap_or("");
        out.push(Strong { id, name, why, at: g.at.clone() });
    }
    for app in facts.of(Kind::Principal).filter(|p| p.fields.texts(principal::RIGHTS).next().is_some()) {
        for owner in app.fields.texts(principal::OWNER) {
            let why = Clean::compose([owner.as_str(), ", owner of the application ", app.name.as_str()]);
            out.push(Strong { id: "", name: owner, why, at: app.at.clone() });
        }
    }
    out
}

/// What is common to the grants of one holder of a role.
fn base(held: &Sealed, power: Word, over: &str) -> Sealed {
    let name = Clean::compose([text(held, binding::PRINCIPAL), " (", text(held, binding::ROLE), ")"]);
    let anchor = Clean::compose([held.anchor.as_str(), "/", power.as_str()]);
    let mut out = Sealed::new(Kind::Grant, name, anchor, held.at.clone());
    let say = |out: &mut Sealed, field, text: &str| out.fields.tell(field, Value::Text(Clean::compose([text])), &held.at);
    say(&mut out, grant::PRODUCT, text(held, binding::PRODUCT));
    say(&mut out, grant::PRINCIPAL, text(held, binding::PRINCIPAL));
    say(&mut out, grant::VIA, text(held, binding::ROLE));
    say(&mut out, grant::SCOPE, text(held, binding::SCOPE));
    say(&mut out, grant::OVER, over);
    out.fields.tell(grant::POWER, Value::Word(power), &held.at);
    if let Some(stated) = held.fields.get(binding::PRINCIPAL_TYPE) {
        out.fields.set(grant::PRINCIPAL_TYPE, stated.clone());
    }
    out
}

fn reset(held: &Sealed, entry: &ResetEntry, reached: &[&Strong<'_>]) -> Sealed {
    let power = if entry.factors { power::TAKE_OVER } else { power::RESET_PASSWORD };
    let mut out = base(held, power, "people with power elsewhere");
    for strong in reached.iter().take(NAMED) {
        out.fields.tell(grant::TARGET, Value::Text(strong.why.clone()), &strong.at);
    }
    out.fields.tell(grant::TARGETS, Value::Number(i64::try_from(reached.len()).unwrap_or(i64::MAX)), &held.at);
    out
}

/// Says of each holder of the highest role how many hold it in that export.
fn highest(held: &[&Sealed], directory: &DirectoryEntry, out: &mut Vec<Sealed>) {
    let mut by_export: BTreeMap<&Clean, Vec<&Sealed>> = BTreeMap::new();
    for b in held.iter().filter(|b| text(b, binding::ROLE_ID).eq_ignore_ascii_case(&directory.highest)) {
        by_export.entry(&b.at.place.path).or_default().push(b);
    }
    for holders in by_export.values() {
        let people: BTreeSet<&str> = holders.iter().map(|b| text(b, binding::PRINCIPAL_ID)).collect();
        // a group holds more than one; one of three assignments says nothing of the rest
        let alone = people.len() == 1 && holders.iter().all(|b| b.fields.word(binding::PRINCIPAL_TYPE) == Some("user"));
        let listed: BTreeSet<&str> = held
            .iter()
            .filter(|b| holders.first().is_some_and(|h| h.at.place.path == b.at.place.path))
            .map(|b| text(b, binding::ROLE_ID))
            .collect();
        for b in holders {
            let mut one = base(b, power::ADMIN, "the whole directory");
            if alone && listed.len() >= ROLES_LISTED {
                one.fields.tell(grant::TARGETS, Value::Number(1), &b.at);
            }
            one.fields.tell(grant::HOLDERS, Value::Number(i64::try_from(people.len()).unwrap_or(i64::MAX)), &b.at);
            out.push(one);
        }
    }
}

/// Policies of activation under the name of the role that another file says they govern.
fn named(facts: &Facts) -> Vec<Sealed> {
    let governs = |f: &&Sealed| f.fields.text(role::GOVERNED_BY).is_some();
    let bare = |f: &&Sealed| {
        f.fields.get(role::APPROVAL_REQUIRED).is_none() && f.fields.get(role::STEP_UP).is_none() && f.fields.get(role::PERMANENT).is_none()
    };
    let mut names: BTreeMap<&str, &Sealed> = BTreeMap::new();
    for f in facts.of(Kind::Role).filter(governs).filter(bare) {
        names.insert(text(f, role::GOVERNED_BY), f);
    }
    let mut out = Vec::new();
    for policy in facts.of(Kind::Role).filter(governs).filter(|f| !bare(f)) {
        let Some(assigned) = names.get(text(policy, role::GOVERNED_BY)) else { continue };
        let mut one = policy.clone();
        one.name = assigned.name.clone();
        one.anchor = Clean::compose([policy.anchor.as_str(), "/", assigned.name.as_str()]);
        if let Some(Stated::Said(claims)) = assigned.fields.get(role::LABEL) {
            one.fields.set(role::LABEL, Stated::Said(claims.clone()));
        }
        out.push(one);
    }
    out
}
