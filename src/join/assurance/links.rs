//! What one account opens of another: mailboxes, tenants that sign people in for others, and those who decide.

use super::factor::Evidence;
use super::graph::full_name;
use super::population::{Population, acts_as};
use super::solve::Node;
use super::ways::{Build, person};
use crate::artifact::Clean;
use crate::fact::sign_in;
use crate::rule::Lexicon;
use std::collections::BTreeMap;

/// Who approves is one of the people with ordinary accounts.
const ORDINARY: [&str; 5] = ["manager", "owner", "peer", "security", "anyone"];

impl Build<'_> {
    /// What one sign-in opens of another: a mailbox, or a tenant that it signs people in for.
    pub(super) fn mail(&mut self, populations: &[Population<'_>], accounts: &[Node]) {
        let mut by_tenant: BTreeMap<(Option<&Clean>, &str), Vec<usize>> = BTreeMap::new();
        let mut suites: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (q, population) in populations.iter().enumerate() {
            by_tenant.entry((population.tenant.as_ref(), population.class)).or_default().push(q);
            if population.product.as_ref().is_some_and(|p| self.lexicon.mail_suites.iter().any(|s| s == p.as_str())) {
                suites.entry(population.class).or_default().push(q);
            }
        }
        let none = Vec::new();
        for (p, population) in populations.iter().enumerate() {
            let of_suite = suites.get(population.class).unwrap_or(&none);
            let held = match &population.mailbox {
                Some(tenant) => by_tenant.get(&(Some(tenant), population.class)).unwrap_or(&none),
                // the only mail suite of the scan holds their mail, unless they are of a mail suite themselves
                None if of_suite.binary_search(&p).is_err() => of_suite,
                None => &none,
            };
            if let ([q], Some(first)) = (held.as_slice(), population.routes.first())
                && *q != p
            {
                let says =
                    format!("the mail of {} is read at {}", full_name(population), populations.get(*q).map(full_name).unwrap_or_default());
                let head = self.program.node(&format!("factor/{p}/email_code"));
                let body = accounts.get(*q).map(|a| (*a, None)).into_iter().collect();
                self.rule(head, body, says, Some(Evidence::Inferred(first.fact.at.clone())), None);
            }
            for fact in &population.sign_ins {
                let Some(via) = fact.fields.text(sign_in::VIA) else { continue };
                let by = by_tenant.get(&(Some(via), population.class)).and_then(|all| all.iter().find(|q| **q != p));
                if let (Some(head), Some(by)) = (accounts.get(p), by.and_then(|q| accounts.get(*q))) {
                    let says = format!("{} signs in for {}", via, full_name(population));
                    self.rule(*head, vec![(*by, None)], says, Some(Evidence::Quote(fact.at.clone())), None);
                }
            }
        }
    }

    /// Who takes over the account of somebody who decides can decide in his stead. Whoever approves is one of the users, and whoever
    /// works at the desk one of those who are called so.
    pub(super) fn decide(&mut self, p: usize, populations: &[Population<'_>], index: &mut Index<'_>) {
        let Some(population) = populations.get(p) else { return };
        let own = self.actors.range((p, String::new())..(p + 1, String::new()));
        let about: Vec<(String, Node)> = own.map(|(of, node)| (of.1.clone(), *node)).collect();
        for (who, head) in about {
            let among: Vec<usize> = if !ORDINARY.contains(&who.as_str()) {
                let near = |q: &usize| populations.get(*q).is_some_and(|q| q.tenant == population.tenant || q.tenant.is_none());
                index.acting(&who, self.lexicon).iter().copied().filter(near).take(FEW).collect()
            } else if population.class == "user" {
                vec![p]
            } else {
                let of_tenant: Vec<usize> = index.users.get(&population.tenant.as_ref()).into_iter().flatten().copied().take(FEW).collect();
                let only = || index.users.values().flatten().copied().take(2).collect::<Vec<_>>();
                if of_tenant.is_empty() && only().len() == 1 { only() } else { of_tenant }
            };
            for q in among {
                let account = self.program.node(&format!("account/{}", populations.len() + q));
                let of = populations.get(q).map(full_name).unwrap_or_default();
                let says = format!("the account of a {} is one of {of}", person(&who));
                self.rule(head, vec![(account, None)], says, None, None);
            }
        }
    }
}

/// Populations that somebody who decides may be of: the first of them, for a tenant can have thousands of units.
const FEW: usize = 8;

/// Populations by what they are asked for.
pub(super) struct Index<'a> {
    users: BTreeMap<Option<&'a Clean>, Vec<usize>>,
    /// Those whose name may say what they do, by name.
    called: Vec<(Vec<usize>, &'a str)>,
    /// Those that do the work of an actor, once somebody asked.
    acting: BTreeMap<String, Vec<usize>>,
}

impl<'a> Index<'a> {
    pub(super) fn of(populations: &'a [Population<'_>]) -> Self {
        let mut users: BTreeMap<Option<&Clean>, Vec<usize>> = BTreeMap::new();
        let mut called: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (q, population) in populations.iter().enumerate() {
            if population.class == "user" {
                users.entry(population.tenant.as_ref()).or_default().push(q);
            }
            // names that are a number or a word of the model say nothing of work
            if population.name.as_str().contains([' ', '-', '_']) {
                called.entry(population.name.as_str()).or_default().push(q);
            }
        }
        Self { users, called: called.into_iter().map(|(name, all)| (all, name)).collect(), acting: BTreeMap::new() }
    }

    /// The populations that do the work of an actor, in order of their names. There are few actors, and each is asked for by thousands.
    fn acting(&mut self, who: &str, lexicon: &Lexicon) -> &[usize] {
        let called = || self.called.iter().filter(|(_, name)| acts_as(name, who, lexicon)).flat_map(|(all, _)| all).copied();
        self.acting.entry(who.to_owned()).or_insert_with(|| called().collect())
    }
}
