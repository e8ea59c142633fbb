//! Populations and their ways back in, as a program: sign-ins are rules for an account, recoveries are rules for its factors.

use super::links::Index;
use super::population::Population;
use super::solve::{Given, Node, Program, Rule};
use super::staff::Staff;
use super::ways::Build;
use crate::artifact::Clean;
use crate::rule::Lexicon;
use std::collections::{BTreeMap, BTreeSet};

/// What to leave out or add, to see what would change.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Methods or ways back in that are switched off.
    pub without: Vec<String>,
    /// Methods that every way back in asks for besides.
    pub with: Vec<String>,
}

impl Change {
    /// Whether it changes nothing.
    pub fn is_nothing(&self) -> bool {
        self.without.is_empty() && self.with.is_empty()
    }
}

/// The program of an estate.
pub(super) struct Graph<'a> {
    pub(super) program: Program,
    pub(super) populations: Vec<Population<'a>>,
    /// The node of each population's account.
    pub(super) accounts: Vec<Node>,
    /// Whether a population's front door is inferred.
    pub(super) assumed: Vec<bool>,
    /// Each way back in: its population, its place there, and how many people it names. Those of one population follow each other.
    pub(super) routes: Vec<(usize, usize, u32)>,
    /// Ways back in that are as strong as the front door, and so as good as shut.
    pub(super) shut: BTreeSet<usize>,
    /// How those who decide can be had, by population.
    pub(super) deciders: Vec<Given>,
    actors: BTreeMap<(usize, String), Node>,
}

impl<'a> Graph<'a> {
    pub(super) fn new(populations: Vec<Population<'a>>, staff: &Staff, lexicon: &Lexicon, change: &Change) -> Self {
        let products = populations.iter().map(|p| p.product.clone()).collect();
        let program = Program::default();
        let mut build = Build { program, lexicon, change, other: false, actors: BTreeMap::new(), staff, products, fronts: BTreeMap::new() };
        let accounts: Vec<Node> = (0..populations.len()).map(|p| build.program.node(&format!("account/{p}"))).collect();
        let assumed = populations.iter().zip(&accounts).enumerate().map(|(p, (pop, account))| build.front(p, pop, *account)).collect();
        let mut routes = Vec::new();
        for (p, (population, account)) in populations.iter().zip(&accounts).enumerate() {
            for (r, route) in population.routes.iter().enumerate() {
                if !build.switched_off(route) {
                    let named = build.route(p, *account, *route, routes.len());
                    routes.push((p, r, named));
                }
            }
        }
        build.mail(&populations, &accounts);
        build.other = true;
        for (p, population) in populations.iter().enumerate() {
            build.another(populations.len() + p, population, of(&routes, p).map(|(id, r)| (id, r.1)));
        }
        let mut index = Index::of(&populations);
        for p in 0..populations.len() {
            build.decide(p, &populations, &mut index);
        }
        let Build { program, actors, .. } = build;
        let mut graph = Self { program, populations, accounts, assumed, routes, shut: BTreeSet::new(), deciders: Vec::new(), actors };
        graph.decide();
        graph
    }

    /// Whether a rule holds, now that some ways back in are as good as shut.
    pub(super) fn holds(&self, rule: &Rule) -> bool {
        rule.route.is_none_or(|route| !self.shut.contains(&route))
    }

    /// How everybody who decides can be had: once for each population, for every way back in asks it again.
    fn decide(&mut self) {
        let known = |p: usize| -> Given {
            let own = self.actors.range((p, String::new())..(p + 1, String::new()));
            own.map(|(_, node)| (*node, self.program.solve(*node, &|r| self.holds(r), &(0..0), None, &Given::new()).ways)).collect()
        };
        self.deciders = (0..self.populations.len()).map(known).collect();
    }

    /// Makes some ways back in ask for the front door itself: by population, and place among those that lead somewhere.
    pub(super) fn strengthen(&mut self, chosen: &BTreeSet<(usize, usize)>) {
        let lead: BTreeSet<usize> = self.program.rules.iter().filter_map(|r| r.route).collect();
        let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
        for (id, (p, ..)) in self.routes.iter().enumerate().filter(|(id, _)| lead.contains(id)) {
            let place = seen.entry(*p).or_default();
            if chosen.contains(&(*p, *place)) {
                self.shut.insert(id);
            }
            *place += 1;
        }
        self.decide();
    }
}

/// The ways back in of one population.
fn of(routes: &[(usize, usize, u32)], p: usize) -> impl Iterator<Item = (usize, &(usize, usize, u32))> {
    let first = routes.partition_point(|r| r.0 < p);
    routes.iter().enumerate().skip(first).take_while(move |(_, r)| r.0 == p)
}

impl Graph<'_> {
    /// The ids of one population's ways back in.
    pub(super) fn run_of(&self, p: usize) -> std::ops::Range<usize> {
        self.routes.partition_point(|r| r.0 < p)..self.routes.partition_point(|r| r.0 <= p)
    }

    /// The ways back in of one population, by their ids.
    pub(super) fn routes_of(&self, p: usize) -> impl Iterator<Item = (usize, &(usize, usize, u32))> {
        of(&self.routes, p)
    }
}

/// A name for a report: a population, and its tenant.
pub(super) fn full_name(population: &Population<'_>) -> Clean {
    let name = match population.name.as_str() {
        "user" => "users",
        "privileged" => "administrators",
        "service" => "service identities",
        "third_party" => "third parties",
        "customer" => "customers",
        other => other,
    };
    match &population.tenant {
        // an export that names no tenant is called by its product
        Some(tenant) if population.product.as_ref() == Some(tenant) => Clean::compose([name, " (", tenant.as_str(), ")"]),
        Some(tenant) => Clean::compose([name, " of ", tenant.as_str()]),
        None => Clean::compose([name]),
    }
}
