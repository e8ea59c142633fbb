//! Exports that contradict each other: an older and a newer one of the same tenant, or those of two tenants that are called the same.
//!
//! Two statements are of the same thing when their tenant, kind and anchor agree. Where they differ, the one that was changed later counts,
//! by the dates that stand in the exports and never by a file's. Without dates, exports in different folders are of two tenants, and are
//! told apart by folder; in one folder both count, and it is said that they disagree.

use crate::artifact::{Clean, Quote, Unread, Why};
use crate::fact::{
    Basis, Claim, Duty, Facts, Field, Fields, Kind, Sealed, Stated, Time, Value, access_rule, authenticator, edition, principal, recovery,
    setting, sign_in, tenant,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The product, tenant and date of facts that can contradict each other.
fn key(fact: &Sealed) -> Option<(Field, Field, Field)> {
    Some(match fact.kind {
        Kind::Setting => (setting::PRODUCT, setting::TENANT, setting::CHANGED),
        Kind::AccessRule => (access_rule::PRODUCT, access_rule::TENANT, access_rule::CHANGED),
        Kind::SignIn => (sign_in::PRODUCT, sign_in::TENANT, sign_in::CHANGED),
        Kind::Recovery => (recovery::PRODUCT, recovery::TENANT, recovery::CHANGED),
        _ => return None,
    })
}

/// One tenant of one product, by the names that its exports give.
type Home = (Clean, Clean);

/// Drops what a newer export contradicts, tells tenants of one name apart, and says both.
pub(crate) fn settle(facts: &mut Facts) {
    replaced(facts);
    let mut same: BTreeMap<(Home, Kind, Clean), Vec<usize>> = BTreeMap::new();
    for (i, fact) in facts.facts.iter().enumerate() {
        let Some((product, tenant, _)) = key(fact) else { continue };
        let (Some(product), Some(tenant)) = (fact.fields.text(product), fact.fields.text(tenant)) else { continue };
        same.entry(((product.clone(), tenant.clone()), fact.kind, fact.anchor.clone())).or_default().push(i);
    }
    let mut dropped: BTreeSet<usize> = BTreeSet::new();
    let mut notes: BTreeMap<(Clean, bool), BTreeSet<usize>> = BTreeMap::new();
    let mut split: BTreeMap<Home, BTreeSet<Clean>> = BTreeMap::new();
    for ((home, ..), group) in same.iter().filter(|(_, group)| group.len() > 1) {
        let at = |i: &usize| facts.facts.get(*i);
        let Some(first) = group.first().and_then(at) else { continue };
        let others: Vec<&Sealed> = group.iter().filter_map(at).collect();
        let apart = others.iter().any(|f| f.at.place.path != first.at.place.path);
        if !apart || others.iter().all(|f| agree(first, f)) {
            continue;
        }
        let dates: Vec<Option<Time>> = others.iter().map(|f| key(f).and_then(|(_, _, changed)| f.fields.time(changed))).collect();
        let newest = dates.iter().flatten().max().copied();
        // exports that name no tenant may be of two: none of them makes the other void
        if home.0 != home.1 && dates.iter().all(Option::is_some) && dates.iter().any(|d| *d != newest) {
            for ((i, fact), _) in group.iter().zip(&others).zip(&dates).filter(|(_, date)| **date != newest) {
                dropped.insert(*i);
                notes.entry((fact.at.place.path.clone(), true)).or_default().insert(*i);
            }
            continue;
        }
        let folders: BTreeSet<Clean> = others.iter().map(|f| folder(&f.at.place.path)).collect();
        if folders.len() > 1 {
            split.entry(home.clone()).or_default().extend(folders);
        } else {
            for (i, fact) in group.iter().zip(&others) {
                notes.entry((fact.at.place.path.clone(), false)).or_default().insert(*i);
            }
        }
    }
    for ((path, newer), which) in notes {
        let count = u32::try_from(which.len()).unwrap_or(u32::MAX);
        facts.unread.push(Unread { path, why: if newer { Why::Superseded { count } } else { Why::Disagrees { count } } });
    }
    for (home, folders) in &split {
        tell_apart(facts, home, folders);
    }
    let mut i = 0;
    facts.facts.retain(|_| {
        i += 1;
        !dropped.contains(&(i - 1))
    });
}

/// Drops what is said by a record of which another export holds a later edition.
fn replaced(facts: &mut Facts) {
    let mut newest: BTreeMap<(Clean, Clean), Time> = BTreeMap::new();
    let told = |f: &Sealed| Some(((f.fields.text(edition::FORMAT)?.clone(), f.name.clone()), f.fields.time(edition::CHANGED)?));
    for (record, time) in facts.of(Kind::Edition).filter_map(told) {
        let latest = newest.entry(record).or_insert(time);
        *latest = time.max(*latest);
    }
    let mut old: BTreeMap<Clean, Vec<(u64, u64)>> = BTreeMap::new();
    for fact in facts.of(Kind::Edition) {
        if told(fact).is_some_and(|(record, time)| newest.get(&record).is_some_and(|latest| *latest > time)) {
            old.entry(fact.at.place.path.clone()).or_default().push(fact.at.place.span);
        }
    }
    if old.is_empty() {
        return;
    }
    old.values_mut().for_each(|spans| spans.sort_unstable());
    let mut counts: BTreeMap<Clean, u32> = BTreeMap::new();
    facts.facts.retain(|fact| {
        let (from, to) = fact.at.place.span;
        // records lie one after the other
        let within = |spans: &Vec<(u64, u64)>| {
            let next = spans.partition_point(|(start, _)| *start <= from);
            next.checked_sub(1).and_then(|i| spans.get(i)).is_some_and(|(_, end)| to <= *end)
        };
        let gone = key(fact).is_some() || fact.kind == Kind::Authenticator;
        let gone = gone && old.get(&fact.at.place.path).is_some_and(within);
        if gone {
            *counts.entry(fact.at.place.path.clone()).or_default() += 1;
        }
        !gone
    });
    facts.unread.extend(counts.into_iter().map(|(path, count)| Unread { path, why: Why::Superseded { count } }));
}

/// Calls the tenants of one name by their folders as well: every fact below one of them, or beside it.
fn tell_apart(facts: &mut Facts, (product, tenant): &Home, folders: &BTreeSet<Clean>) {
    let mut named: BTreeMap<Clean, Clean> = BTreeMap::new();
    for fact in &mut facts.facts {
        let (of, home) = match fact.kind {
            Kind::Tenant => (tenant::PRODUCT, None),
            Kind::Principal => (principal::PRODUCT, Some(principal::TENANT)),
            Kind::Authenticator => (authenticator::PRODUCT, Some(authenticator::TENANT)),
            _ => match key(fact) {
                Some((product, tenant, _)) => (product, Some(tenant)),
                None => continue,
            },
        };
        let called = match home {
            Some(home) => fact.fields.text(home).map_or(fact.kind == Kind::Principal, |t| t == tenant),
            None => fact.name == *tenant,
        };
        if !called || fact.fields.text(of) != Some(product) {
            continue;
        }
        let Some(folder) = nearest(&fact.at.place.path, folders) else { continue };
        let label = Clean::compose([tenant.as_str(), " in ", if folder.as_str().is_empty() { "." } else { folder.as_str() }]);
        named.entry(folder.clone()).or_insert_with(|| fact.at.place.path.clone());
        match home {
            Some(home) => {
                fact.fields.set(home, Stated::Unsaid);
                let quote = fact.at.clone();
                fact.fields.claim(home, Claim { value: Value::Text(label), quote, basis: Basis::Inferred, duty: Duty::Must });
            }
            None => fact.name = label,
        }
    }
    // a line for each of them: its first file stands for all
    facts.unread.extend(named.into_values().map(|path| Unread { path, why: Why::SameName }));
}

/// The folder of a path.
fn folder(path: &Clean) -> Clean {
    Clean::compose([path.as_str().rsplit_once('/').map_or("", |(folder, _)| folder)])
}

/// The deepest of these folders that a file lies below.
fn nearest<'f>(path: &Clean, folders: &'f BTreeSet<Clean>) -> Option<&'f Clean> {
    let below = |folder: &&Clean| {
        folder.as_str().is_empty() || path.as_str().strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
    };
    folders.iter().filter(below).max_by_key(|f| f.as_str().len())
}

/// Whether two facts say the same, wherever they stand.
fn agree(a: &Sealed, b: &Sealed) -> bool {
    let dates = [setting::CHANGED, access_rule::CHANGED, sign_in::CHANGED, recovery::CHANGED];
    same_fields(&a.fields, &b.fields, &dates)
}

fn same_fields(a: &Fields<Clean, Arc<Quote>>, b: &Fields<Clean, Arc<Quote>>, but: &[Field]) -> bool {
    let of = |fields: &'_ Fields<Clean, Arc<Quote>>| -> Vec<Field> {
        fields.iter().filter(|(f, s)| !but.contains(f) && matches!(s, Stated::Said(_))).map(|(f, _)| f).collect()
    };
    of(a) == of(b)
        && of(a).into_iter().all(|field| {
            let (a, b): (Vec<_>, Vec<_>) = (a.values(field).collect(), b.values(field).collect());
            a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| same_value(a, b))
        })
}

fn same_value(a: &Value<Clean, Arc<Quote>>, b: &Value<Clean, Arc<Quote>>) -> bool {
    match (a, b) {
        (Value::List(a), Value::List(b)) => {
            a.items.len() == b.items.len() && a.items.iter().zip(&b.items).all(|(a, b)| same_fields(a, b, &[]))
        }
        _ => a == b,
    }
}
