//! Powers in accounts whose policies hang on users, groups and roles: every policy that reaches somebody is asked together, and what
//! they leave is told power by power, with what stands between.

use crate::artifact::{Clean, Quote, Unread, Why};
use crate::fact::{
    Basis, Claim, Duty, Facts, Field, Fields, Kind, List, Sealed, Value, Word, binding, condition, grant, guard, membership, power, role,
};
use crate::policy::{Holder, Permit, Policy, permit, reaches, spoken};
use crate::rule::{Lexicon, PowerEntry};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Vendors whose policies work this way.
pub(super) const VENDORS: [&str; 1] = ["aws"];
/// Resources told of one grant, and administrators that a power is tried on: the rest says nothing more.
const NAMED: usize = 16;

/// A policy that somebody may hold.
struct Held<'a> {
    policy: Policy<'a>,
    name: Clean,
    /// Where it stands, if its document was given.
    at: Option<Arc<Quote>>,
    /// The powers that it touches, by position in the lexicon.
    touches: Vec<usize>,
}

/// The export that shows somebody, what they are, and their identifier.
type Key<'a> = (&'a Clean, &'a str, &'a str);

/// Somebody, with every binding that reaches them and the group that passes it on.
struct Somebody<'a> {
    first: &'a Sealed,
    bindings: Vec<(&'a Sealed, Option<&'a Clean>)>,
}

/// What is known before anybody is asked.
struct Books<'a> {
    entries: Vec<&'a PowerEntry>,
    policies: Vec<Held<'a>>,
    /// By identifier and export.
    by_id: BTreeMap<&'a str, Vec<(&'a Clean, usize)>>,
    /// The vendor's own, for exports that leave them out.
    known: BTreeMap<&'a str, usize>,
    /// Older versions by the policy's identifier.
    older: BTreeMap<&'a str, Vec<usize>>,
}

/// What a set of policies and limits comes to, for whoever holds it.
type Cache<'a> = BTreeMap<(Vec<usize>, Vec<usize>), Arc<Vec<Way<'a>>>>;

/// The grants that policies of identities amount to.
pub(crate) fn derive(facts: &Facts, lexicon: &Lexicon) -> Vec<Sealed> {
    VENDORS.iter().flat_map(|vendor| of_vendor(facts, lexicon, vendor)).collect()
}

/// Attached policies whose document no file holds and the lexicon does not know: nothing is claimed of them, and that is told.
pub(crate) fn unresolved(facts: &Facts, lexicon: &Lexicon) -> Vec<Unread> {
    let text = |f: &'_ Sealed, field: Field| f.fields.text(field).cloned().unwrap_or_default();
    let mut out = Vec::new();
    for vendor in VENDORS {
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
            Arc::new(books.ways(somebody.holder(), &given, &limits))
        } else {
            let key = (given, limits);
            cache.entry(key).or_insert_with_key(|(given, limits)| Arc::new(books.ways(somebody.holder(), given, limits))).clone()
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
            out.push(sealed(vendor, somebody, way, &books, over_admins));
        }
    }
    out
}

fn is_recovery(power: Word) -> bool {
    [power::RESET_PASSWORD, power::REPLACE_FACTOR, power::MINT_CREDENTIAL, power::TAKE_OVER].contains(&power)
}

/// Everybody who holds a policy. A group without members is somebody; of others the members are.
fn everybody<'a>(facts: &'a Facts, vendor: &str) -> Vec<Somebody<'a>> {
    let mut groups: BTreeMap<(Option<&Clean>, &str), Vec<&Sealed>> = BTreeMap::new();
    let mut all: BTreeMap<Key<'_>, Somebody<'a>> = BTreeMap::new();
    let text = |f: &'a Sealed, field: Field| f.fields.text(field).map_or("", Clean::as_str);
    let add = |all: &mut BTreeMap<Key<'a>, Somebody<'a>>, key: Key<'a>, fact: &'a Sealed, through| {
        all.entry(key).or_insert_with(|| Somebody { first: fact, bindings: Vec::new() }).bindings.push((fact, through));
    };
    for fact in facts.of(Kind::Binding).filter(|f| text(f, binding::PRODUCT) == vendor) {
        let sort = fact.fields.word(binding::PRINCIPAL_TYPE).unwrap_or("");
        if sort == "group" {
            groups.entry((fact.fields.text(binding::TENANT), text(fact, binding::PRINCIPAL))).or_default().push(fact);
        } else {
            add(&mut all, (&fact.at.place.path, sort, text(fact, binding::PRINCIPAL_ID)), fact, None);
        }
    }
    let mut filled: BTreeSet<(Option<&Clean>, &str)> = BTreeSet::new();
    for member in facts.of(Kind::Membership) {
        let key = (member.fields.text(membership::TENANT), text(member, membership::GROUP));
        let Some(bindings) = groups.get(&key) else { continue };
        filled.insert(key);
        // two exports of one account are two accounts, unless one holds what the other lacks
        let same: Vec<&Sealed> = bindings.iter().copied().filter(|b| b.at.place.path == member.at.place.path).collect();
        for binding in if same.is_empty() { bindings.clone() } else { same } {
            // a member is told by their own facts; the group's binding says only what they get through it
            let entry = all.entry((&member.at.place.path, "user", text(member, membership::MEMBER)));
            let somebody = entry.or_insert_with(|| Somebody { first: member, bindings: Vec::new() });
            somebody.bindings.push((binding, member.fields.text(membership::GROUP)));
        }
    }
    for (key, bindings) in &groups {
        for binding in bindings.iter().filter(|_| !filled.contains(key)) {
            add(&mut all, (&binding.at.place.path, "group", text(binding, binding::PRINCIPAL_ID)), binding, None);
        }
    }
    all.into_values().collect()
}

impl<'a> Somebody<'a> {
    fn holder(&self) -> Holder<'a> {
        Holder { name: self.name().as_str(), address: self.address().as_str() }
    }

    /// The member of a group may have no binding of their own.
    fn address(&self) -> &'a Clean {
        let field = if self.first.kind == Kind::Membership { membership::MEMBER } else { binding::PRINCIPAL_ID };
        self.first.fields.text(field).unwrap_or(&self.first.name)
    }

    fn name(&self) -> &'a Clean {
        match self.first.kind {
            Kind::Membership => self.address(),
            _ => self.first.fields.text(binding::PRINCIPAL).unwrap_or(&self.first.name),
        }
    }

    /// What people call them: the last part of an address.
    fn label(&self) -> Clean {
        let name = self.name().as_str();
        if name.starts_with("arn:") { Clean::compose([name.rsplit('/').next().unwrap_or(name)]) } else { self.name().clone() }
    }
}

/// One power that somebody has.
#[derive(Clone)]
struct Way<'a> {
    power: Word,
    over: Option<&'a str>,
    entry: Option<&'a PowerEntry>,
    actions: Vec<&'a str>,
    permit: Permit<'a>,
    /// The policies that give it, by position.
    via: Vec<usize>,
    /// An older version that could be put back.
    target: Option<usize>,
}

impl<'a> Books<'a> {
    fn of(facts: &'a Facts, lexicon: &'a Lexicon, vendor: &str) -> Self {
        let entries: Vec<&PowerEntry> = lexicon.powers.iter().filter(|e| e.vendor == vendor).collect();
        let mut books = Self { entries, policies: Vec::new(), by_id: BTreeMap::new(), known: BTreeMap::new(), older: BTreeMap::new() };
        for fact in facts.of(Kind::Role) {
            let is = |field| fact.fields.flag(field) == Some(true);
            let id = fact.fields.text(role::ROLE_ID).map(Clean::as_str);
            let Some(id) = id.filter(|_| fact.fields.text(role::PRODUCT).is_some_and(|p| p.as_str() == vendor) && !is(role::LIMITS)) else {
                continue;
            };
            let index = books.add(Policy::of(fact), fact.name.clone(), Some(fact.at.clone()));
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
    fn of_binding(&self, binding: &Sealed) -> Option<usize> {
        let id = binding.fields.text(binding::ROLE_ID).map_or("", Clean::as_str);
        let Some(list) = self.by_id.get(id) else { return self.known.get(id).copied() };
        let own = list.iter().find(|(path, _)| **path == binding.at.place.path);
        own.or_else(|| list.first()).map(|(_, index)| *index)
    }

    /// The policies that reach somebody, and those that limit them. One whose document nobody gave is left out.
    fn of_somebody(&self, somebody: &Somebody<'_>) -> (Vec<usize>, Vec<usize>) {
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

    fn ways(&self, holder: Holder<'_>, given: &[usize], limits: &[usize]) -> Vec<Way<'a>> {
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

    fn reach(&self, somebody: &Somebody<'_>, given: &[usize], way: &Way<'_>, other: &Somebody<'_>) -> bool {
        let policies: Vec<&Policy<'_>> = given.iter().filter_map(|i| self.policies.get(*i)).map(|h| &h.policy).collect();
        way.actions.first().is_some_and(|action| reaches(&policies, somebody.holder(), action, other.address().as_str()))
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

fn union(a: &[usize], b: &[usize]) -> Vec<usize> {
    let mut out = a.to_vec();
    out.extend(b.iter().filter(|i| !a.contains(i)));
    out
}

fn sealed(vendor: &str, somebody: &Somebody<'_>, way: &Way<'_>, books: &Books<'_>, over_admins: bool) -> Sealed {
    let via: Vec<&Held<'_>> = way.via.iter().filter_map(|i| books.policies.get(*i)).collect();
    let label = somebody.label();
    let mut name = vec![label.as_str(), " ("];
    for (n, held) in via.iter().take(NAMED).enumerate() {
        name.extend([if n > 0 { ", " } else { "" }, held.name.as_str()]);
    }
    name.push(")");
    // the binding by which it comes, and the group that passes it on
    let by = somebody.bindings.iter().find(|(b, _)| books.of_binding(b).is_some_and(|i| way.via.contains(&i)));
    let at = by.map_or_else(|| somebody.first.at.clone(), |(b, _)| b.at.clone());
    let anchor = Clean::compose([somebody.first.anchor.as_str(), "/", way.power.as_str(), "/", way.over.unwrap_or("")]);
    let mut out = Sealed::new(Kind::Grant, Clean::compose(name), anchor, at.clone());
    let given_at = via.iter().find_map(|h| h.at.clone()).unwrap_or_else(|| at.clone());
    let mut say = |field, value: Value<Clean, Arc<Quote>>, quote: &Arc<Quote>| {
        out.fields.claim(field, Claim { value, quote: quote.clone(), basis: Basis::Explicit, duty: Duty::Must });
    };
    let text = |s: &str| Value::Text(Clean::compose([s]));
    say(grant::PRODUCT, text(vendor), &at);
    say(grant::PRINCIPAL, Value::Text(label), &at);
    say(grant::POWER, Value::Word(way.power), &given_at);
    for held in &via {
        say(grant::VIA, Value::Text(held.name.clone()), held.at.as_ref().unwrap_or(&at));
    }
    if let Some(over) = way.over {
        say(grant::OVER, text(over), &given_at);
    }
    for action in &way.actions {
        say(grant::ACTIONS, text(action), &given_at);
    }
    for resource in way.permit.resources.iter().take(NAMED) {
        say(grant::SCOPE, text(resource), &given_at);
    }
    if let Some(group) = by.and_then(|(_, through)| *through) {
        say(grant::THROUGH, Value::Text(group.clone()), &at);
    }
    if let Some(guard) = way.permit.guard {
        say(grant::GUARD, Value::Word(guard), &given_at);
    }
    if let Some(until) = way.permit.until {
        say(grant::UNTIL, Value::Time(until), &given_at);
    }
    if let Some(older) = way.target.and_then(|i| books.policies.get(i)) {
        say(grant::TARGET, Value::Text(older.name.clone()), older.at.as_ref().unwrap_or(&at));
    }
    say(grant::PRIVILEGED_TARGETS, Value::Flag(over_admins), &given_at);
    let keys: Vec<Fields<Clean, Arc<Quote>>> = way
        .permit
        .unknown
        .iter()
        .take(NAMED)
        .map(|key| {
            let mut fields = Fields::default();
            fields.claim(condition::KEY, Claim { value: text(key), quote: given_at.clone(), basis: Basis::Explicit, duty: Duty::Must });
            fields
        })
        .collect();
    if !keys.is_empty() {
        say(grant::CONDITIONS, Value::List(List { items: keys, complete: true }), &given_at);
    }
    out.fields.could_say(&[grant::UNTIL]);
    for (from, to) in [(binding::PRINCIPAL_TYPE, grant::PRINCIPAL_TYPE), (binding::TENANT, grant::TENANT)] {
        let own = somebody.bindings.iter().find(|(_, through)| through.is_none()).map_or(somebody.first, |(b, _)| *b);
        if let Some(stated) = own.fields.get(from) {
            out.fields.set(to, stated.clone());
        } else if from == binding::PRINCIPAL_TYPE {
            out.fields.claim(
                to,
                Claim {
                    value: Value::Word(crate::fact::principal_type::USER),
                    quote: at.clone(),
                    basis: Basis::Explicit,
                    duty: Duty::Must,
                },
            );
        }
    }
    out
}
