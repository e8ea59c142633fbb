//! Every policy that somebody may hold, and what a set of them comes to.

use super::people::Somebody;
use crate::artifact::{Clean, Quote};
use crate::fact::{Facts, Kind, Sealed, Word, binding, guard, power, role};
use crate::policy::{Holder, Permit, Policy, permit, reaches, spoken};
use crate::rule::{Lexicon, PowerEntry};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A policy that somebody may hold.
pub(super) struct Held<'a> {
    pub(super) policy: Policy<'a>,
    pub(super) name: Clean,
    /// Where it stands, if its document was given.
    pub(super) at: Option<Arc<Quote>>,
    /// The powers that it touches, by position in the lexicon.
    pub(super) touches: Vec<usize>,
}

/// What is known before anybody is asked.
pub(super) struct Books<'a> {
    pub(super) entries: Vec<&'a PowerEntry>,
    /// What stands for whoever asks in the name of a resource.
    own: &'a [String],
    pub(super) policies: Vec<Held<'a>>,
    /// By identifier and export.
    pub(super) by_id: BTreeMap<&'a str, Vec<(&'a Clean, usize)>>,
    /// The vendor's own, for exports that leave them out.
    pub(super) known: BTreeMap<&'a str, usize>,
    /// Older versions by the policy's identifier.
    pub(super) older: BTreeMap<&'a str, Vec<usize>>,
}

/// One power that somebody has.
#[derive(Clone)]
pub(super) struct Way<'a> {
    pub(super) power: Word,
    pub(super) over: Option<&'a str>,
    pub(super) entry: Option<&'a PowerEntry>,
    pub(super) actions: Vec<&'a str>,
    pub(super) permit: Permit<'a>,
    /// The policies that give it, by position.
    pub(super) via: Vec<usize>,
    /// An older version that could be put back.
    pub(super) target: Option<usize>,
}

impl<'a> Books<'a> {
    pub(super) fn of(facts: &'a Facts, lexicon: &'a Lexicon, vendor: &str) -> Self {
        let entries: Vec<&PowerEntry> = lexicon.powers.iter().filter(|e| e.vendor == vendor).collect();
        let own = lexicon.own.as_slice();
        let mut books = Self { entries, own, policies: Vec::new(), by_id: BTreeMap::new(), known: BTreeMap::new(), older: BTreeMap::new() };
        for fact in facts.of(Kind::Role) {
            let is = |field| fact.fields.flag(field) == Some(true);
            let id = fact.fields.text(role::ROLE_ID).map(Clean::as_str);
            let Some(id) = id.filter(|_| fact.fields.text(role::PRODUCT).is_some_and(|p| p.as_str() == vendor) && !is(role::LIMITS)) else {
                continue;
            };
            let index = books.add(Policy::of(fact, lexicon), fact.name.clone(), Some(fact.at.clone()));
            if is(role::SUPERSEDED) {
                books.older.entry(id.split('#').next().unwrap_or(id)).or_default().push(index);
            } else {
                books.by_id.entry(id).or_default().push((&fact.at.place.path, index));
            }
        }
        for known in lexicon.roles.iter().filter(|r| r.vendor == vendor) {
            let index = books.add(Policy::of_entry(known), Clean::ours(&known.name), None);
            books.known.insert(known.id.as_str(), index);
        }
        books
    }

    fn add(&mut self, policy: Policy<'a>, name: Clean, at: Option<Arc<Quote>>) -> usize {
        let touches = (0..self.entries.len()).filter(|i| self.entries.get(*i).is_some_and(|e| policy.touches(e))).collect();
        self.policies.push(Held { policy, name, at, touches });
        self.policies.len() - 1
    }

    /// The policy that a binding names: as its own export has it, as another has it, or as the vendor writes it.
    pub(super) fn of_binding(&self, binding: &Sealed) -> Option<usize> {
        let id = binding.fields.text(binding::ROLE_ID).map_or("", Clean::as_str);
        let Some(list) = self.by_id.get(id) else { return self.known.get(id).copied() };
        let own = list.iter().find(|(path, _)| **path == binding.at.place.path);
        own.or_else(|| list.first()).map(|(_, index)| *index)
    }

    /// The policies that reach somebody, and those that limit them. One whose document nobody gave is left out.
    pub(super) fn of_somebody(&self, somebody: &Somebody<'_>) -> (Vec<usize>, Vec<usize>) {
        let (mut given, mut limits) = (Vec::new(), Vec::new());
        for (binding, _) in &somebody.bindings {
            let Some(index) = self.of_binding(binding) else { continue };
            let to = if binding.fields.flag(binding::BOUNDARY) == Some(true) { &mut limits } else { &mut given };
            if !to.contains(&index) {
                to.push(index);
            }
        }
        (given, limits)
    }

    pub(super) fn ways(&self, holder: Holder<'_>, given: &[usize], limits: &[usize]) -> Vec<Way<'a>> {
        let policies = |list: &[usize]| list.iter().filter_map(|i| self.policies.get(*i)).map(|h| &h.policy).collect::<Vec<_>>();
        let (all, bounds) = (policies(given), policies(limits));
        let touched: BTreeSet<usize> = given.iter().filter_map(|i| self.policies.get(*i)).flat_map(|h| h.touches.iter().copied()).collect();
        let mut ways: Vec<Way<'a>> = Vec::new();
        for entry in touched.iter().filter_map(|i| self.entries.get(*i)) {
            let Some(power) = Word::named(&entry.power) else { continue };
            if !entry.with.iter().all(|action| permit(&all, &bounds, holder, entry, action).is_some()) {
                continue;
            }
            let mut best: Option<Way<'a>> = None;
            let mut alike: Vec<(Vec<bool>, Option<Permit<'a>>)> = Vec::new();
            for action in &entry.actions {
                let spoken = [spoken(&all, action), spoken(&bounds, action)].concat();
                if !alike.iter().any(|(s, _)| *s == spoken) {
                    alike.push((spoken.clone(), permit(&all, &bounds, holder, entry, action)));
                }
                let Some(permit) = alike.iter().find(|(s, _)| *s == spoken).and_then(|(_, p)| p.clone()) else { continue };
                match &mut best {
                    Some(b) if b.permit.rank() < permit.rank() => {}
                    Some(b) if b.permit.rank() == permit.rank() => b.join(action, permit),
                    _ => {
                        let by = permit.by.clone();
                        best = Some(Way {
                            power,
                            over: entry.over.as_deref(),
                            entry: Some(entry),
                            actions: vec![action],
                            permit,
                            via: by,
                            target: None,
                        });
                    }
                }
            }
            let Some(mut way) = best else { continue };
            way.via = way.via.iter().filter_map(|n| given.get(*n).copied()).collect();
            // whoever may do anything need not be told that they may do this
            if power == power::ADMIN && !entry.with.is_empty() && way.permit.guard.is_some() {
                return vec![way];
            }
            ways.push(way);
        }
        self.finish(ways, given)
    }

    /// What follows from several powers of one holder.
    fn finish(&self, mut ways: Vec<Way<'a>>, given: &[usize]) -> Vec<Way<'a>> {
        let free = |w: &Way<'_>| w.permit.guard.is_some_and(|g| [guard::OPEN, guard::IF_PRESENT, guard::SOURCE].contains(&g));
        if ways.iter().any(|w| w.power == power::EDIT_TAGS && free(w)) {
            for way in ways.iter_mut().filter(|w| w.permit.guard == Some(guard::TAG)) {
                way.permit.guard = Some(guard::OWN_TAG);
            }
        }
        // everything but identities is told as one, and not once more for each service
        let everything = ways.iter().any(|w| w.power == power::ADMIN && w.permit.guard == Some(guard::OPEN));
        let of_service = |w: &Way<'_>| w.entry.is_some_and(|e| e.on.iter().all(|on| on == "*"));
        ways.retain(|w| !everything || w.power == power::ADMIN || !of_service(w));
        let mut more = Vec::new();
        for reset in ways.iter().filter(|w| w.power == power::RESET_PASSWORD) {
            for factor in ways.iter().filter(|w| w.power == power::REPLACE_FACTOR && w.over == reset.over) {
                let mut both = if factor.permit.rank() > reset.permit.rank() { factor.clone() } else { reset.clone() };
                both.power = power::TAKE_OVER;
                both.entry = reset.entry;
                both.actions = [reset.actions.as_slice(), factor.actions.as_slice()].concat();
                both.via = union(&reset.via, &factor.via);
                both.permit.resources = reset.permit.resources.clone();
                if !more.iter().any(|m: &Way<'_>| m.over == both.over) {
                    more.push(both);
                }
            }
        }
        if let Some(back) = ways.iter().find(|w| w.power == power::ROLL_BACK) {
            let strong = |i: &usize| self.policies.get(*i).is_some_and(|h| h.touches.iter().any(|t| self.gives(*t)));
            let held = self.by_id.iter().flat_map(|(id, list)| list.iter().map(move |(_, index)| (id, index)));
            for (id, index) in held.filter(|(_, index)| given.contains(index)) {
                let within = back.permit.resources.iter().any(|r| crate::policy::names(r, id));
                if let Some(older) = self.older.get(id).and_then(|list| list.iter().find(|i| strong(i))).filter(|_| within) {
                    more.push(Way { target: Some(*older), via: union(&back.via, &[*index]), ..back.clone() });
                }
            }
        }
        ways.retain(|w| ![power::EDIT_TAGS, power::ROLL_BACK].contains(&w.power));
        ways.extend(more);
        ways
    }

    /// Whether a power of the lexicon makes whoever has it more than they were.
    fn gives(&self, entry: usize) -> bool {
        self.entries.get(entry).and_then(|e| Word::named(&e.power)).is_some_and(|p| [power::ADMIN, power::GRANT_SELF].contains(&p))
    }

    pub(super) fn reach(&self, somebody: &Somebody<'_>, given: &[usize], way: &Way<'_>, other: &Somebody<'_>) -> bool {
        let policies: Vec<&Policy<'_>> = given.iter().filter_map(|i| self.policies.get(*i)).map(|h| &h.policy).collect();
        way.actions.first().is_some_and(|action| reaches(&policies, somebody.holder(self.own), action, other.address().as_str()))
    }
}

impl<'a> Way<'a> {
    /// Another action that is allowed in the same way.
    fn join(&mut self, action: &'a str, permit: Permit<'a>) {
        self.actions.push(action);
        self.via = union(&self.via, &permit.by);
        for r in permit.resources {
            if !self.permit.resources.contains(&r) {
                self.permit.resources.push(r);
            }
        }
        self.permit.until = self.permit.until.zip(permit.until).map(|(a, b)| a.max(b));
        self.permit.unknown.extend(permit.unknown);
    }
}

pub(super) fn union(a: &[usize], b: &[usize]) -> Vec<usize> {
    let mut out = a.to_vec();
    out.extend(b.iter().filter(|i| !a.contains(i)));
    out
}
