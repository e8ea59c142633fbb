//! What policies leave somebody who holds them, with boundaries and denials: told action by action, with what stands between.

use super::condition::Demand;
use super::statement::{EVERYTHING, Statement};
use super::{Plane, Policy, glob};
use crate::fact::{Time, Word, guard};
use crate::rule::PowerEntry;

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holder<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Its address, the longest name it has.
    pub(crate) address: &'a str,
    /// What stands for whoever asks in the name of a resource.
    pub(crate) own: &'a [String],
}

/// How one action is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Permit<'a> {
    /// What stands between; nothing when a condition is not known.
    pub(crate) guard: Option<Word>,
    /// On what.
    pub(crate) resources: Vec<&'a str>,
    /// By which of the policies, by position.
    pub(crate) by: Vec<usize>,
    /// It works before this time.
    pub(crate) until: Option<Time>,
    /// Keys of conditions that are not known.
    pub(crate) unknown: Vec<&'a str>,
}

/// Guards from the weakest on.
const GUARDS: [Word; 6] = [guard::OPEN, guard::IF_PRESENT, guard::SOURCE, guard::OWN_TAG, guard::TAG, guard::MFA];

/// The rank of a guard: the weakest is the way that will be taken, and a way that nobody understands is counted last.
fn rank(guard: Option<Word>) -> usize {
    guard.and_then(|g| GUARDS.iter().position(|w| *w == g)).unwrap_or(GUARDS.len())
}

/// Which statements speak of an action: actions of which the same ones do fare alike.
pub(crate) fn spoken(policies: &[&Policy<'_>], action: &str) -> Vec<bool> {
    policies.iter().flat_map(|p| &p.statements).map(|s| s.names(action, Plane::Control)).collect()
}

/// Whether a resource is one that a power may be over: not only the holder's own, and of the right sort.
fn counts(entry: &PowerEntry, resource: &str, holder: Holder<'_>) -> bool {
    let lower = resource.to_ascii_lowercase();
    if holder.own.iter().any(|own| lower.contains(own.as_str())) || resource == holder.address {
        return false;
    }
    if entry.on.is_empty() {
        return resource.bytes().all(|b| b == b'*');
    }
    entry.on.iter().any(|on| glob::address_overlap(resource, on)) && !entry.but.iter().any(|but| glob::matches(but, resource))
}

/// What somebody who holds policies may do with an action that a power names: the least guarded way, if there is any.
pub(crate) fn permit<'a>(
    policies: &[&Policy<'a>],
    limits: &[&Policy<'a>],
    holder: Holder<'_>,
    entry: &PowerEntry,
    action: &str,
) -> Option<Permit<'a>> {
    let given = allowed(policies, holder, entry, action)?;
    if limits.is_empty() {
        return Some(given);
    }
    let limit = allowed(limits, holder, entry, action)?;
    let stricter = if rank(limit.guard) > rank(given.guard) { limit.guard } else { given.guard };
    let until = [given.until, limit.until].into_iter().flatten().min();
    Some(Permit { guard: stricter, until, unknown: [given.unknown, limit.unknown].concat(), ..given })
}

fn allowed<'a>(policies: &[&Policy<'a>], holder: Holder<'_>, entry: &PowerEntry, action: &str) -> Option<Permit<'a>> {
    let mut best: Option<Permit<'a>> = None;
    for (n, policy) in policies.iter().enumerate() {
        for s in policy.statements.iter().filter(|s| !s.denies && s.names(action, Plane::Control)) {
            if s.demand.bound || !s.demand.concerns(holder.name, holder.address) {
                continue;
            }
            let mut resources: Vec<&'a str> = s.resources.iter().copied().filter(|r| counts(entry, r, holder)).collect();
            if s.resources.is_empty() && !s.not_resources.is_empty() && !all_left_out(entry, &s.not_resources) {
                resources.push(EVERYTHING);
            }
            let mut way =
                Permit { guard: guard_of(&s.demand), resources, by: vec![n], until: s.demand.until, unknown: s.demand.unknown.clone() };
            for deny in policies.iter().flat_map(|p| &p.statements).filter(|d| d.denies && d.names(action, Plane::Control)) {
                denied(&mut way, deny, holder, entry);
            }
            if way.resources.is_empty() {
                continue;
            }
            match &mut best {
                Some(b) if rank(b.guard) < rank(way.guard) => {}
                Some(b) if rank(b.guard) == rank(way.guard) => {
                    b.by.extend(way.by.into_iter().filter(|n| !b.by.contains(n)).collect::<Vec<_>>());
                    b.resources.extend(way.resources.into_iter().filter(|r| !b.resources.contains(r)).collect::<Vec<_>>());
                    // two ways: together they work whenever one of them does
                    b.until = b.until.zip(way.until).map(|(a, b)| a.max(b));
                    b.unknown.extend(way.unknown);
                }
                _ => best = Some(way),
            }
        }
    }
    best
}

fn all_left_out(entry: &PowerEntry, not_resources: &[&str]) -> bool {
    let covered = |on: &str| not_resources.iter().any(|n| glob::matches(n, on));
    entry.on.is_empty() || entry.on.iter().all(|on| covered(on))
}

/// What the conditions of an allowing statement put between.
fn guard_of(demand: &Demand<'_>) -> Option<Word> {
    if !demand.unknown.is_empty() {
        return None;
    }
    Some(match demand {
        d if d.mfa => guard::MFA,
        d if d.tag.is_some() => guard::TAG,
        d if d.source => guard::SOURCE,
        d if d.mfa_if_present => guard::IF_PRESENT,
        _ => guard::OPEN,
    })
}

/// Takes from a way what a denying statement forbids, or puts between what the denial is bound to.
fn denied<'a>(way: &mut Permit<'a>, deny: &Statement<'a>, holder: Holder<'_>, entry: &PowerEntry) {
    let demand = &deny.demand;
    if !demand.concerns(holder.name, holder.address) {
        return;
    }
    let covers = |r: &str| {
        if deny.resources.is_empty() {
            !deny.not_resources.iter().any(|n| glob::overlap(n, r))
        } else {
            deny.resources.iter().any(|d| glob::matches(d, r))
        }
    };
    // what is denied but for a few things leaves the few things
    let left_over = |r: &str| -> Vec<&'a str> {
        let few = deny.not_resources.iter().copied().filter(|_| deny.resources.is_empty());
        few.filter(|n| glob::overlap(n, r) && !glob::matches(n, r) && counts(entry, n, holder)).collect()
    };
    let keeps = |r: &str| deny.resources.is_empty() && deny.not_resources.iter().any(|n| glob::matches(n, r));
    if demand.is_empty() {
        let before = std::mem::take(&mut way.resources);
        for r in before {
            let few = left_over(r);
            if keeps(r) || (few.is_empty() && !covers(r) && !deny.resources.is_empty()) {
                way.resources.push(r);
            } else {
                way.resources.extend(few);
            }
        }
        return;
    }
    // a conditional denial of a part leaves the rest as it was
    if !way.resources.iter().all(|r| covers(r)) {
        return;
    }
    if !demand.unknown.is_empty() {
        way.guard = None;
        way.unknown.extend(&demand.unknown);
        return;
    }
    if demand.bound || demand.mfa {
        return;
    }
    let between = match (demand.without_mfa, demand.tag, demand.source) {
        (Some(true), ..) => Some(guard::MFA),
        (Some(false), ..) => Some(guard::IF_PRESENT),
        // what carries another tag is denied; what carries a named tag is only spared
        (_, Some(true), _) => Some(guard::TAG),
        (_, _, true) => Some(guard::SOURCE),
        _ => None,
    };
    if between.is_some() && rank(between) > rank(way.guard) {
        way.guard = between;
    }
    // denied from a day on is allowed until that day
    way.until = [way.until, demand.from].into_iter().flatten().min();
}

impl Permit<'_> {
    /// From the weakest guard on; what nobody understands comes last.
    pub(crate) fn rank(&self) -> usize {
        rank(self.guard)
    }
}

/// Whether an action is allowed on one thing, as far as unconditional denials go.
pub(crate) fn reaches(policies: &[&Policy<'_>], holder: Holder<'_>, action: &str, thing: &str) -> bool {
    let on = |s: &Statement<'_>| {
        let named = if s.resources.is_empty() {
            !s.not_resources.iter().any(|r| glob::matches(r, thing))
        } else {
            s.resources.iter().any(|r| glob::matches(r, thing))
        };
        named && s.names(action, Plane::Control) && s.demand.concerns(holder.name, holder.address)
    };
    let mut all = policies.iter().flat_map(|p| &p.statements);
    all.clone().any(|s| !s.denies && !s.demand.bound && on(s)) && !all.any(|s| s.denies && s.demand.is_empty() && on(s))
}

/// Whether a pattern names a thing.
pub(crate) fn names(pattern: &str, thing: &str) -> bool {
    glob::matches(pattern, thing)
}
