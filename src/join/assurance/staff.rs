//! Who does the work that a procedure names: the people who hold a role of that name, alone or by a group.
//!
//! A role that one person holds is that person: two names of one procedure may turn out to be one.

use super::population::acts_as;
use crate::artifact::Clean;
use crate::fact::{ACTORS, Facts, Kind, Sealed, binding, membership, principal, principal_type};
use crate::rule::Lexicon;
use std::collections::{BTreeMap, BTreeSet};

/// People that a report names of one role.
const NAMED: usize = 3;
/// Actors that are no role: anybody may be one.
const NOBODY: [&str; 4] = ["self", "anyone", "peer", "owner"];

/// Those who hold a role.
#[derive(Debug, Default, Clone)]
struct Holders {
    people: BTreeSet<Clean>,
    /// Whether there are more: a group whose members nobody shows.
    more: bool,
}

/// The people of each actor, by product.
#[derive(Debug, Default)]
pub(super) struct Staff {
    people: BTreeMap<(&'static str, Clean), Holders>,
    /// Those of one product, where only one has any; else the members of groups that are called like the actor.
    only: BTreeMap<&'static str, Holders>,
}

impl Staff {
    /// Everybody whose role, or whose group, is called like an actor.
    pub(super) fn of(facts: &Facts, lexicon: &Lexicon) -> Self {
        let mut members: BTreeMap<&Clean, BTreeSet<Clean>> = BTreeMap::new();
        for fact in facts.of(Kind::Membership) {
            if let (Some(group), Some(member)) = (fact.fields.text(membership::GROUP), fact.fields.text(membership::MEMBER)) {
                members.entry(group).or_default().insert(label(member));
            }
        }
        let gone: BTreeSet<&Clean> =
            facts.of(Kind::Principal).filter(|p| p.fields.flag(principal::ENABLED) == Some(false)).map(|p| &p.name).collect();
        let mut known: BTreeMap<&Clean, Vec<&'static str>> = BTreeMap::new();
        let mut staff = Self::default();
        for fact in facts.of(Kind::Binding) {
            let (Some(role), Some(product), Some(who)) =
                (fact.fields.text(binding::ROLE), fact.fields.text(binding::PRODUCT), fact.fields.text(binding::PRINCIPAL))
            else {
                continue;
            };
            let sort = fact.fields.word(binding::PRINCIPAL_TYPE);
            let group = sort == Some(principal_type::GROUP.as_str());
            let actors = known.entry(role).or_insert_with(|| actors(role, lexicon));
            for actor in actors.iter() {
                let entry = staff.people.entry((actor, product.clone())).or_default();
                match members_of(fact, who, &members) {
                    Some(people) if group => entry.people.extend(people.iter().filter(|p| !gone.contains(p)).cloned()),
                    _ if group => entry.more = true,
                    // a program is nobody
                    _ if sort == Some(principal_type::USER.as_str()) && !gone.contains(who) => drop(entry.people.insert(label(who))),
                    _ => {}
                }
            }
        }
        staff.people.retain(|_, holders| !holders.people.is_empty());
        for actor in ACTORS {
            let mut of_actor = staff.people.iter().filter(|((a, _), _)| a == actor);
            if let (Some((_, holders)), None) = (of_actor.next(), of_actor.next()) {
                staff.only.insert(actor, holders.clone());
            }
        }
        for (group, people) in &members {
            for actor in actors(group, lexicon) {
                if !staff.people.keys().any(|(a, _)| *a == actor) {
                    staff.only.entry(actor).or_default().people.extend(people.iter().filter(|p| !gone.contains(p)).cloned());
                }
            }
        }
        staff.only.retain(|_, holders| !holders.people.is_empty());
        staff
    }

    /// Who an actor is, for accounts of a product: a name for a report, and what tells the person from others.
    pub(super) fn who(&self, actor: &str, product: Option<&Clean>) -> Option<(String, Option<String>)> {
        let actor = ACTORS.iter().find(|a| **a == actor)?;
        let own = product.and_then(|product| self.people.get(&(*actor, product.clone())));
        let Holders { people, more } = own.or_else(|| self.only.get(actor))?;
        let names = people.iter().take(NAMED).map(Clean::as_str).collect::<Vec<_>>().join(", ");
        let named = match people.len().saturating_sub(NAMED) {
            0 if *more => format!("{names} and others"),
            0 => names,
            rest => format!("{names} and {rest} more"),
        };
        let one = people.first().filter(|_| people.len() == 1 && !more).map(|p| p.as_str().to_owned());
        Some((named, one))
    }
}

/// The members of a group, by its name or by its identifier.
fn members_of<'m>(held: &Sealed, who: &Clean, members: &'m BTreeMap<&Clean, BTreeSet<Clean>>) -> Option<&'m BTreeSet<Clean>> {
    members.get(who).or_else(|| members.get(held.fields.text(binding::PRINCIPAL_ID)?))
}

/// The actors whose work a role is called after.
fn actors(role: &Clean, lexicon: &Lexicon) -> Vec<&'static str> {
    ACTORS.iter().copied().filter(|a| !NOBODY.contains(a) && acts_as(role.as_str(), a, lexicon)).collect()
}

/// What people call somebody: the last part of an address of a cloud.
fn label(name: &Clean) -> Clean {
    let text = name.as_str();
    if text.starts_with("arn:") { Clean::compose([text.rsplit('/').next().unwrap_or(text)]) } else { name.clone() }
}
