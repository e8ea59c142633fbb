//! A directory as a whole: which policy governs which role, how many hold the highest one, and who can reset whom although the one has
//! more power elsewhere than the other.

use crate::artifact::{Clean, Quote};
use crate::fact::{Basis, Claim, Duty, Facts, Field, Kind, Sealed, Stated, Value, Word, binding, grant, power, principal, role};
use crate::rule::{Lexicon, ResetEntry};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The product whose directory this is.
const PRODUCT: &str = "entra";
/// The highest role.
const HIGHEST: &str = "62e90394-69f5-4237-9190-012177145e10";
/// Roles that an export lists before it is taken to list every holder of the highest.
const ROLES_LISTED: usize = 3;
/// People that one finding names.
const NAMED: usize = 64;

/// Derived grants, and roles with the name that another file gave them.
pub(crate) fn derive(facts: &Facts, powers: &[Sealed], lexicon: &Lexicon) -> Vec<Sealed> {
    let mut out = named(facts);
    let held: Vec<&Sealed> = facts.of(Kind::Binding).filter(|b| text(b, binding::PRODUCT) == PRODUCT).collect();
    if held.is_empty() {
        return out;
    }
    highest(&held, &mut out);
    let mut roles: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for b in &held {
        for who in [text(b, binding::PRINCIPAL_ID), text(b, binding::PRINCIPAL)] {
            roles.entry(who).or_default().insert(text(b, binding::ROLE));
        }
    }
    let strong = strong(facts, powers);
    for b in held.iter().filter(|b| text(b, binding::SCOPE) == "/") {
        let entry = lexicon.resets.iter().find(|e| e.vendor == PRODUCT && e.id.eq_ignore_ascii_case(text(b, binding::ROLE_ID)));
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

fn text(fact: &Sealed, field: Field) -> &str {
    fact.fields.text(field).map_or("", Clean::as_str)
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
fn strong<'a>(facts: &'a Facts, powers: &'a [Sealed]) -> Vec<Strong<'a>> {
    let mut ids: BTreeMap<&str, &str> = BTreeMap::new();
    for b in facts.of(Kind::Binding).filter(|b| text(b, binding::PRODUCT) == "azure") {
        ids.entry(text(b, binding::PRINCIPAL)).or_insert(text(b, binding::PRINCIPAL_ID));
    }
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    for g in powers.iter().filter(|g| text(g, grant::PRODUCT) == "azure" && g.fields.word(grant::PRINCIPAL_TYPE) == Some("user")) {
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

fn claim(out: &mut Sealed, field: Field, value: Value<Clean, Arc<Quote>>, quote: &Arc<Quote>) {
    out.fields.claim(field, Claim { value, quote: quote.clone(), basis: Basis::Explicit, duty: Duty::Must });
}

/// What is common to the grants of one holder of a role.
fn base(held: &Sealed, power: Word, over: &str) -> Sealed {
    let name = Clean::compose([text(held, binding::PRINCIPAL), " (", text(held, binding::ROLE), ")"]);
    let anchor = Clean::compose([held.anchor.as_str(), "/", power.as_str()]);
    let mut out = Sealed::new(Kind::Grant, name, anchor, held.at.clone());
    let say = |out: &mut Sealed, field, text: &str| claim(out, field, Value::Text(Clean::compose([text])), &held.at);
    say(&mut out, grant::PRODUCT, PRODUCT);
    say(&mut out, grant::PRINCIPAL, text(held, binding::PRINCIPAL));
    say(&mut out, grant::VIA, text(held, binding::ROLE));
    say(&mut out, grant::SCOPE, text(held, binding::SCOPE));
    say(&mut out, grant::OVER, over);
    claim(&mut out, grant::POWER, Value::Word(power), &held.at);
    if let Some(stated) = held.fields.get(binding::PRINCIPAL_TYPE) {
        out.fields.set(grant::PRINCIPAL_TYPE, stated.clone());
    }
    out
}

fn reset(held: &Sealed, entry: &ResetEntry, reached: &[&Strong<'_>]) -> Sealed {
    let power = if entry.factors { power::TAKE_OVER } else { power::RESET_PASSWORD };
    let mut out = base(held, power, "people with power elsewhere");
    for strong in reached.iter().take(NAMED) {
        claim(&mut out, grant::TARGET, Value::Text(strong.why.clone()), &strong.at);
    }
    claim(&mut out, grant::TARGETS, Value::Number(i64::try_from(reached.len()).unwrap_or(i64::MAX)), &held.at);
    out
}

/// Says of each holder of the highest role how many hold it in that export.
fn highest(held: &[&Sealed], out: &mut Vec<Sealed>) {
    let mut by_export: BTreeMap<&Clean, Vec<&Sealed>> = BTreeMap::new();
    for b in held.iter().filter(|b| text(b, binding::ROLE_ID).eq_ignore_ascii_case(HIGHEST)) {
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
                claim(&mut one, grant::TARGETS, Value::Number(1), &b.at);
            }
            claim(&mut one, grant::HOLDERS, Value::Number(i64::try_from(people.len()).unwrap_or(i64::MAX)), &b.at);
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
