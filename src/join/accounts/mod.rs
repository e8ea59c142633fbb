//! Powers in accounts whose policies hang on users, groups and roles: every policy that reaches somebody is asked together, and what
//! they leave is told power by power, with what stands between.

mod books;
mod grants;
mod people;

use crate::artifact::{Clean, Quote, Unread, Why};
use crate::fact::{
    Basis, Claim, Duty, Facts, Field, Fields, Kind, Sealed, Value, Word, binding, grant, power, principal, role, trust, trusted,
};
use crate::rule::Lexicon;
use books::{Books, Way};
use grants::sealed;
use people::{Somebody, everybody};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Resources told of one grant, and administrators that a power is tried on: the rest says nothing more.
const NAMED: usize = 16;

/// What a set of policies and limits comes to, for whoever holds it.
type Cache<'a> = BTreeMap<(Vec<usize>, Vec<usize>), Arc<Vec<Way<'a>>>>;

/// The grants that policies of identities amount to.
pub(crate) fn derive(facts: &Facts, lexicon: &Lexicon) -> Vec<Sealed> {
    lexicon.together.iter().flat_map(|vendor| of_vendor(facts, lexicon, vendor)).collect()
}

/// Attached policies whose document no file holds and the lexicon does not know: nothing is claimed of them, and that is told.
pub(crate) fn unresolved(facts: &Facts, lexicon: &Lexicon) -> Vec<Unread> {
    let text = |f: &'_ Sealed, field: Field| f.fields.text(field).cloned().unwrap_or_default();
    let mut out = Vec::new();
    for vendor in &lexicon.together {
        let given: BTreeSet<Clean> = facts.of(Kind::Role).map(|r| text(r, role::ROLE_ID)).collect();
        let mut missing: BTreeMap<&Clean, BTreeSet<Clean>> = BTreeMap::new();
        for b in facts.of(Kind::Binding).filter(|b| text(b, binding::PRODUCT).as_str() == vendor) {
            let id = text(b, binding::ROLE_ID);
            // a permission set has no document of its own
            if id.as_str().contains(":policy/") && !given.contains(&id) && lexicon.role(vendor, id.as_str(), None).is_none() {
                missing.entry(&b.at.place.path).or_default().insert(id);
            }
        }
        out.extend(missing.into_iter().map(|(path, ids)| Unread {
            path: path.clone(),
            why: Why::Unresolved { count: u32::try_from(ids.len()).unwrap_or(u32::MAX) },
        }));
    }
    out
}

fn of_vendor(facts: &Facts, lexicon: &Lexicon, vendor: &str) -> Vec<Sealed> {
    let everybody = everybody(facts, vendor);
    if everybody.is_empty() {
        return Vec::new();
    }
    let books = Books::of(facts, lexicon, vendor);
    let mut cache: Cache<'_> = BTreeMap::new();
    let mut found: Vec<(&Somebody<'_>, Arc<Vec<Way<'_>>>)> = Vec::new();
    for somebody in &everybody {
        let (given, limits) = books.of_somebody(somebody);
        let personal = given.iter().chain(&limits).filter_map(|i| books.policies.get(*i)).any(|p| p.policy.is_personal());
        if !given.iter().filter_map(|i| books.policies.get(*i)).any(|p| !p.touches.is_empty()) {
            continue;
        }
        let ways = if personal {
            Arc::new(books.ways(somebody.holder(&lexicon.own), &given, &limits))
        } else {
            let key = (given, limits);
            cache
                .entry(key)
                .or_insert_with_key(|(given, limits)| Arc::new(books.ways(somebody.holder(&lexicon.own), given, limits)))
                .clone()
        };
        if !ways.is_empty() {
            found.push((somebody, ways));
        }
    }
    let is_admin = |ways: &[Way<'_>]| ways.iter().any(|w| w.power == power::ADMIN && w.entry.is_some_and(|e| !e.with.is_empty()));
    let admins: Vec<&Somebody<'_>> = found
        .iter()
        .filter(|(s, ways)| is_admin(ways) && s.first.fields.word(binding::PRINCIPAL_TYPE) == Some("user"))
        .map(|(s, _)| *s)
        .collect();
    let mut out = Vec::new();
    for (somebody, ways) in &found {
        let (given, _) = books.of_somebody(somebody);
        for way in ways.iter() {
            let over_admins = is_recovery(way.power)
                && admins.iter().take(NAMED).any(|admin| {
                    admin.first.fields.text(binding::PRINCIPAL_ID) != somebody.first.fields.text(binding::PRINCIPAL_ID)
                        && books.reach(somebody, &given, way, admin)
                });
            let mut grant = sealed(vendor, somebody, way, &books, over_admins);
            if way.power == power::REPLACE_FACTOR {
                gates(&mut grant, facts);
            }
            out.push(grant);
        }
    }
    out
}

/// Says which roles ask for a second factor of those in their own account: whoever can give somebody a factor opens them.
fn gates(grant: &mut Sealed, facts: &Facts) {
    let within = [Some(trusted::ACCOUNT.as_str()), Some(trusted::PRINCIPAL.as_str())];
    let asks = |fields: &Fields<Clean, Arc<Quote>>| {
        fields.flag(trust::MFA) == Some(true) && fields.flag(trust::OWN) == Some(true) && within.contains(&fields.word(trust::SORT))
    };
    let roles = facts.of(Kind::Principal).filter(|role| role.at.place.path == grant.at.place.path);
    for role in roles.filter(|role| role.fields.items(principal::TRUSTS).any(asks)).take(NAMED) {
        let claim = Claim { value: Value::Text(role.name.clone()), quote: role.at.clone(), basis: Basis::Explicit, duty: Duty::Must };
        grant.fields.claim(grant::GATES, claim);
    }
}

fn is_recovery(power: Word) -> bool {
    [power::RESET_PASSWORD, power::REPLACE_FACTOR, power::MINT_CREDENTIAL, power::TAKE_OVER].contains(&power)
}
