//! What one account opens of another: mailboxes, tenants that sign people in for others, and those who decide.

use super::factor::Evidence;
use super::graph::full_name;
use super::population::{Population, acts_as};
use super::solve::Node;
use super::ways::{Build, person};
use crate::artifact::Clean;
use crate::fact::{Sealed, sign_in};
use crate::rule::Lexicon;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Who approves is one of the people with ordinary accounts.
const ORDINARY: [&str; 5] = ["manager", "owner", "peer", "security", "anyone"];

impl Build<'_> {
    /// What one sign-in opens of another: a mailbox, or a tenant that it signs people in for.
    pub(super) fn mail(&mut self, populations: &[Population<'_>], accounts: &[Node]) {
        let tenants = Tenants::of(populations, self.lexicon);
        let signs_in = |q: usize| tenants.signs_in(q, populations.get(q));
        // the suites whose people sign in by another population
        let mut suites_via: BTreeMap<usize, usize> = BTreeMap::new();
        for q in tenants.suites.values().flatten() {
            for (_, by) in signs_in(*q) {
                suites_via.entry(by).or_insert(*q);
            }
        }
        for (p, population) in populations.iter().enumerate() {
            let held = tenants.mailbox(p, population, populations, &suites_via);
            if let (Some((q, why)), Some(first)) = (held, population.routes.first()) {
                let holder = populations.get(q).map(full_name).unwrap_or_default();
                let says = format!("the mail of {} is read at {holder}{why}", full_name(population));
                let head = self.program.node(&format!("factor/{p}/email_code"));
                let body = accounts.get(q).map(|a| (*a, None)).into_iter().collect();
                self.rule(head, body, says, Some(Evidence::Inferred(first.fact.at.clone())), None);
            }
            for (fact, by) in signs_in(p) {
                if let (Some(head), Some(body)) = (accounts.get(p), accounts.get(by)) {
                    let who = populations.get(by).map(full_name).unwrap_or_default();
                    let says = format!("{} are signed in by {who}", full_name(population));
                    self.rule(*head, vec![(*body, None)], says, Some(Evidence::Quote(fact.at.clone())), None);
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
                index.working_as(&who, self.lexicon).iter().copied().filter(near).take(FEW).collect()
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

/// Populations by tenant and by product.
struct Tenants<'a> {
    by_tenant: BTreeMap<(&'a str, &'a str), Vec<usize>>,
    /// The tenants of a product, by class: one is what a text means that names the product alone.
    by_product: BTreeMap<(&'a str, &'a str), BTreeMap<&'a str, usize>>,
    /// Those of a mail suite, by class.
    suites: BTreeMap<&'a str, Vec<usize>>,
    /// The mail suites that hold a domain, by class.
    holders: BTreeMap<(&'a str, &'a str), usize>,
}

impl<'a> Tenants<'a> {
    fn of(populations: &'a [Population<'_>], lexicon: &Lexicon) -> Self {
        let mut all = Self { by_tenant: BTreeMap::new(), by_product: BTreeMap::new(), suites: BTreeMap::new(), holders: BTreeMap::new() };
        for (q, population) in populations.iter().enumerate() {
            let Some(tenant) = population.tenant.as_ref().map(Clean::as_str) else { continue };
            all.by_tenant.entry((tenant, population.class)).or_default().push(q);
            let Some(product) = population.product.as_ref().map(Clean::as_str) else { continue };
            all.by_product.entry((product, population.class)).or_default().entry(tenant).or_insert(q);
            if lexicon.mail_suites.iter().any(|s| s == product) {
                all.suites.entry(population.class).or_default().push(q);
                for domain in &population.mail.own {
                    all.holders.entry((domain.as_str(), population.class)).or_insert(q);
                }
            }
        }
        all
    }

    /// The sign-ins of a population that another one does for it, and that one: by its own name, else by its product's where there is one
    /// tenant of it.
    fn signs_in<'f>(&self, own: usize, population: Option<&Population<'f>>) -> Vec<(&'f Sealed, usize)> {
        let Some(population) = population else { return Vec::new() };
        let found = |via: &str| {
            let key = (via, population.class);
            let named = self.by_tenant.get(&key).and_then(|all| all.iter().find(|q| **q != own).copied());
            let only = || self.by_product.get(&key).filter(|all| all.len() == 1).and_then(|all| all.values().next()).copied();
            named.or_else(only).filter(|q| *q != own)
        };
        let by = |fact: &Sealed| fact.fields.texts(sign_in::VIA).map(Clean::as_str).find_map(found);
        population.sign_ins.iter().filter_map(|fact| Some((*fact, by(fact)?))).collect()
    }

    /// Where the mail of a population is read, and why that is known where it is not said.
    fn mailbox(
        &self,
        p: usize,
        population: &Population<'_>,
        populations: &[Population<'_>],
        via: &BTreeMap<usize, usize>,
    ) -> Option<(usize, &'static str)> {
        let class = population.class;
        let other = |q: &&usize| populations.get(**q).is_some_and(|q| q.tenant != population.tenant);
        if let Some(tenant) = &population.mailbox {
            return self.by_tenant.get(&(tenant.as_str(), class))?.iter().find(|q| **q != p).map(|q| (*q, ""));
        }
        if let Some(q) = via.get(&p).filter(|q| **q != p) {
            return Some((*q, ", whose people are the same"));
        }
        let of_suite = self.suites.get(class).is_some_and(|s| s.binary_search(&p).is_ok());
        let domains = if of_suite { &population.mail.recovery } else { &population.mail.own };
        if let Some(q) = domains.iter().find_map(|d| self.holders.get(&(d.as_str(), class)).filter(other)) {
            return Some((*q, ", by the domain of their addresses"));
        }
        // the only mail suite of the scan holds their mail, unless they are of a mail suite themselves, or known to have it elsewhere
        match self.suites.get(class).map(Vec::as_slice) {
            Some([q]) if !of_suite && domains.is_empty() => Some((*q, ", the only mail suite here")),
            _ => None,
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
    /// Those who do the work of an actor, once it was asked for.
    working: RefCell<BTreeMap<String, Rc<Vec<usize>>>>,
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
        Self { users, called: called.into_iter().map(|(name, all)| (all, name)).collect(), working: RefCell::default() }
    }

    /// The populations whose people do the work of an actor, in order of their names.
    fn working_as(&self, who: &str, lexicon: &Lexicon) -> Rc<Vec<usize>> {
        if let Some(known) = self.working.borrow().get(who) {
            return known.clone();
        }
        let found = self.called.iter().filter(|(_, name)| acts_as(name, who, lexicon)).flat_map(|(all, _)| all.iter().copied());
        let found = Rc::new(found.collect::<Vec<_>>());
        self.working.borrow_mut().insert(who.to_owned(), found.clone());
        found
    }
}
