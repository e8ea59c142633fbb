//! Who holds policies: users, roles, and groups that nobody is in.

use crate::artifact::Clean;
use crate::fact::{Facts, Field, Kind, Sealed, binding, membership};
use crate::policy::Holder;
use std::collections::{BTreeMap, BTreeSet};

/// The export that shows somebody, what they are, and their identifier.
pub(super) type Key<'a> = (&'a Clean, &'a str, &'a str);

/// Somebody, with every binding that reaches them and the group that passes it on.
pub(super) struct Somebody<'a> {
    pub(super) first: &'a Sealed,
    pub(super) bindings: Vec<(&'a Sealed, Option<&'a Clean>)>,
}

/// Everybody who holds a policy. A group without members is somebody; of others the members are.
pub(super) fn everybody<'a>(facts: &'a Facts, vendor: &str) -> Vec<Somebody<'a>> {
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
    pub(super) fn holder(&self, own: &'a [String]) -> Holder<'a> {
        Holder { name: self.name().as_str(), address: self.address().as_str(), own }
    }

    /// The member of a group may have no binding of their own.
    pub(super) fn address(&self) -> &'a Clean {
        let field = if self.first.kind == Kind::Membership { membership::MEMBER } else { binding::PRINCIPAL_ID };
        self.first.fields.text(field).unwrap_or(&self.first.name)
    }

    pub(super) fn name(&self) -> &'a Clean {
        match self.first.kind {
            Kind::Membership => self.address(),
            _ => self.first.fields.text(binding::PRINCIPAL).unwrap_or(&self.first.name),
        }
    }

    /// What people call them: the last part of an address.
    pub(super) fn label(&self) -> Clean {
        let name = self.name().as_str();
        if name.starts_with("arn:") { Clean::compose([name.rsplit('/').next().unwrap_or(name)]) } else { self.name().clone() }
    }
}
