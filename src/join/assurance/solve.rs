//! Horn rules over who controls what: the least fixpoint, holding for each node the smallest sets of atoms that prove it.
//!
//! A rule is an AND, several rules with one head an OR. A loop that nothing outside supports proves nothing. The sets of one node form an
//! antichain: none holds another. Their number is capped; what is dropped is the strongest, and the answer says so.

use super::factor::{Atom, Evidence, Worth};
use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::ops::Range;
use std::rc::Rc;

/// A node: something that can be controlled.
pub(super) type Node = usize;

/// Sets that a node keeps.
const MOST_WAYS: usize = 64;

/// What follows from what.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) head: Node,
    /// All of these, each with the words that ask for it here: one proof may be asked for in several places.
    pub(super) body: Vec<(Node, Option<Evidence>)>,
    /// What it means, for the proof.
    pub(super) says: String,
    /// What says so; none: it follows from what the words mean.
    pub(super) evidence: Option<Evidence>,
    /// The way back in that it belongs to; none: it always holds.
    pub(super) route: Option<usize>,
    /// It is about another one of the people than the one whose account is at stake.
    pub(super) other: bool,
}

/// Nodes, atoms and rules.
#[derive(Debug, Default)]
pub(super) struct Program {
    nodes: BTreeMap<String, Node>,
    atom_of: BTreeMap<Node, usize>,
    by_head: BTreeMap<Node, Heads>,
    /// Heads and bodies of the rules that always hold.
    always: BTreeSet<(Node, Vec<Node>)>,
    /// Atoms that stand for a node of their own.
    pub(super) atoms: Vec<(Node, Atom)>,
    pub(super) rules: Vec<Rule>,
}

/// The rules for one node. A vendor's export can hold thousands of ways back in, and each is asked about alone: those that are shut must
/// cost nothing.
#[derive(Debug, Default)]
struct Heads {
    always: Vec<usize>,
    by_route: BTreeMap<usize, Vec<usize>>,
}

/// Proofs that are known.
pub(super) type Given = BTreeMap<Node, Vec<Rc<Way>>>;

/// One proof of a node.
#[derive(Debug)]
pub(super) struct Way {
    /// What it takes, as indices of the program's atoms, in order.
    pub(super) atoms: Vec<usize>,
    /// Those among them that prove something or take somebody: the rest makes no way harder.
    weighs: Vec<usize>,
    /// The rule that gives it, and the proofs of its body; none: it is an atom.
    pub(super) by: Option<(usize, Vec<Rc<Self>>)>,
    /// Whether the route that was asked for is part of it.
    uses: bool,
}

/// The proofs of a node.
#[derive(Debug, Default)]
pub(super) struct Ways {
    pub(super) ways: Vec<Rc<Way>>,
    /// Whether some were dropped on the way.
    pub(super) capped: bool,
}

impl Program {
    /// The node of that name.
    pub(super) fn node(&mut self, name: &str) -> Node {
        let next = self.nodes.len();
        *self.nodes.entry(name.to_owned()).or_insert(next)
    }

    /// Adds a rule.
    pub(super) fn rule(&mut self, rule: Rule) {
        let index = self.rules.len();
        let heads = self.by_head.entry(rule.head).or_default();
        match rule.route {
            Some(route) if !rule.other => heads.by_route.entry(route).or_default().push(index),
            Some(_) => heads.always.push(index),
            // thousands of sign-ins may ask for the same: the first proves what all of them would
            None if self.always.insert((rule.head, rule.body.iter().map(|b| b.0).collect())) => heads.always.push(index),
            None => {}
        }
        self.rules.push(rule);
    }

    /// The node of an atom; the same name is the same atom, however often it is used.
    pub(super) fn atom(&mut self, name: &str, make: impl FnOnce() -> Atom) -> Node {
        let node = self.node(name);
        if let Entry::Vacant(vacant) = self.atom_of.entry(node) {
            vacant.insert(self.atoms.len());
            self.atoms.push((node, make()));
        }
        node
    }

    /// What a way is worth against accounts of one population.
    pub(super) fn worth(&self, way: &Way, population: usize) -> Worth {
        Worth::of(way.atoms.iter().filter_map(|a| self.atoms.get(*a)).map(|a| &a.1), population)
    }

    /// The proofs of a node from the rules that hold; where a route is asked for, those that use it only. The other routes of the run
    /// `shut` are shut. Nodes that are `given` are not looked into again.
    pub(super) fn solve(
        &self,
        goal: Node,
        holds: &dyn Fn(&Rule) -> bool,
        shut: &Range<usize>,
        route: Option<usize>,
        given: &Given,
    ) -> Ways {
        let wanted = self.slice(goal, holds, shut, route, given);
        let mut ways: Given = BTreeMap::new();
        for node in &wanted.nodes {
            if let Some(known) = given.get(node) {
                ways.insert(*node, known.clone());
            } else if let Some(atom) = self.atom_of.get(node) {
                let weighs = self.atoms.get(*atom).is_some_and(|(_, a)| a.weighs()).then_some(*atom).into_iter().collect();
                ways.insert(*node, vec![Rc::new(Way { atoms: vec![*atom], weighs, by: None, uses: false })]);
            }
        }
        let mut capped = false;
        let mut changed: BTreeSet<Node> = ways.keys().copied().collect();
        let mut first = true;
        while !changed.is_empty() {
            let before = std::mem::take(&mut changed);
            for &index in &wanted.rules {
                let Some(rule) = self.rules.get(index) else { continue };
                if !first && !rule.body.iter().any(|(n, _)| before.contains(n)) {
                    continue;
                }
                let Some(new) = self.apply(index, rule, route, &ways, &mut capped) else { continue };
                let kept = ways.entry(rule.head).or_default();
                let mut grown = false;
                for way in new {
                    grown |= self.add(kept, way, &mut capped);
                }
                if grown {
                    changed.insert(rule.head);
                }
            }
            first = false;
        }
        let mut found = ways.remove(&goal).unwrap_or_default();
        if route.is_some() {
            found.retain(|w| w.uses);
        }
        Ways { ways: found, capped }
    }

    /// The ways that one rule gives.
    fn apply(&self, index: usize, rule: &Rule, route: Option<usize>, ways: &Given, capped: &mut bool) -> Option<Vec<Rc<Way>>> {
        let mut partial = vec![Rc::new(Way { atoms: Vec::new(), weighs: Vec::new(), by: Some((index, Vec::new())), uses: false })];
        for (node, _) in &rule.body {
            let mut next = Vec::new();
            for so_far in &partial {
                for way in ways.get(node)? {
                    let mut parts = so_far.by.as_ref().map(|b| b.1.clone()).unwrap_or_default();
                    parts.push(way.clone());
                    let joined = Way {
                        atoms: union(&so_far.atoms, &way.atoms),
                        weighs: union(&so_far.weighs, &way.weighs),
                        by: Some((index, parts)),
                        uses: so_far.uses || way.uses || route.is_some() && rule.route == route && !rule.other,
                    };
                    self.add(&mut next, Rc::new(joined), capped);
                }
            }
            partial = next;
        }
        Some(partial)
    }

    /// Adds a way unless another is as easy; drops those that are no easier than it. Says whether it was added.
    fn add(&self, kept: &mut Vec<Rc<Way>>, way: Rc<Way>, capped: &mut bool) -> bool {
        if kept.iter().any(|k| as_easy(k, &way)) {
            return false;
        }
        kept.retain(|k| !as_easy(&way, k));
        kept.push(way);
        if kept.len() > MOST_WAYS {
            kept.sort_by_cached_key(|w| (!w.uses, self.worth(w, usize::MAX).rank(), w.atoms.clone()));
            kept.truncate(MOST_WAYS);
            *capped = true;
        }
        true
    }

    /// Nodes that lead to each other, two or more: the rules among them, in order.
    pub(super) fn cycles(&self) -> Vec<(BTreeSet<Node>, Vec<usize>)> {
        let mut leads: BTreeMap<Node, BTreeSet<Node>> = BTreeMap::new();
        let mut comes: BTreeMap<Node, BTreeSet<Node>> = BTreeMap::new();
        for rule in self.rules.iter().filter(|r| !r.other) {
            for (from, _) in &rule.body {
                leads.entry(*from).or_default().insert(rule.head);
                comes.entry(rule.head).or_default().insert(*from);
            }
        }
        // Kosaraju: in the order in which the walk is done with them, what leads to a node and is not yet taken is its component
        let mut done = Vec::new();
        let mut seen = BTreeSet::new();
        for start in leads.keys() {
            let mut open = vec![(*start, false)];
            while let Some((node, left)) = open.pop() {
                if left {
                    done.push(node);
                } else if seen.insert(node) {
                    open.push((node, true));
                    open.extend(leads.get(&node).into_iter().flatten().map(|n| (*n, false)));
                }
            }
        }
        let mut taken = BTreeSet::new();
        let mut cycles = Vec::new();
        for node in done.into_iter().rev() {
            let mut members = BTreeSet::new();
            let mut open = vec![node];
            while let Some(node) = open.pop() {
                if taken.insert(node) {
                    members.insert(node);
                    open.extend(comes.get(&node).into_iter().flatten());
                }
            }
            if members.len() > 1 {
                let within = |r: &Rule| !r.other && members.contains(&r.head) && r.body.iter().any(|(n, _)| members.contains(n));
                let rules = self.rules.iter().enumerate().filter(|(_, r)| within(r)).map(|(i, _)| i).collect();
                cycles.push((members, rules));
            }
        }
        cycles.sort();
        cycles
    }

    /// What can matter for a node.
    fn slice(&self, goal: Node, holds: &dyn Fn(&Rule) -> bool, shut: &Range<usize>, route: Option<usize>, given: &Given) -> Slice {
        let mut slice = Slice::default();
        let mut open = vec![goal];
        while let Some(node) = open.pop() {
            if !slice.nodes.insert(node) || given.contains_key(&node) {
                continue;
            }
            let Some(heads) = self.by_head.get(&node) else { continue };
            let asked = route.filter(|r| shut.contains(r)).and_then(|r| heads.by_route.get(&r));
            let others = heads.by_route.range(..shut.start).chain(heads.by_route.range(shut.end.max(shut.start)..)).map(|r| r.1);
            for index in heads.always.iter().chain(asked.into_iter().chain(others).flatten()) {
                let Some(rule) = self.rules.get(*index).filter(|r| holds(r)) else { continue };
                slice.rules.insert(*index);
                open.extend(rule.body.iter().map(|b| b.0));
            }
        }
        slice
    }
}

#[derive(Default)]
struct Slice {
    nodes: BTreeSet<Node>,
    rules: BTreeSet<usize>,
}

/// Whether the first takes nothing of weight that the second does not take, and answers the same question. Of two that weigh the same,
/// the shorter one tells it better.
fn as_easy(a: &Way, b: &Way) -> bool {
    (a.uses || !b.uses)
        && a.weighs.iter().all(|x| b.weighs.binary_search(x).is_ok())
        && (a.weighs.len() < b.weighs.len() || a.uses != b.uses || (a.atoms.len(), &a.atoms) <= (b.atoms.len(), &b.atoms))
}

fn union(a: &[usize], b: &[usize]) -> Vec<usize> {
    let mut both: Vec<usize> = a.iter().chain(b).copied().collect();
    both.sort_unstable();
    both.dedup();
    both
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{Clean, Place};
    use crate::join::assurance::factor::Classes;
    use std::sync::Arc;

    fn nowhere() -> Evidence {
        Evidence::Quote(Arc::new(crate::artifact::Quote { place: Place::nowhere(), text: Clean::default() }))
    }

    /// A program in a few words: atoms, then rules `head <- body`.
    #[derive(Default)]
    struct Worked(Program);

    impl Worked {
        fn atom(mut self, name: &str, classes: Classes, restricted: bool) -> Self {
            self.0.atom(name, || Atom { classes, best: classes, restricted, ..Atom::nothing(name, nowhere()) });
            self
        }
        fn person(mut self, name: &str) -> Self {
            self.0.atom(name, || Atom::person(name, nowhere()));
            self
        }
        fn rule(mut self, head: &str, body: &[&str], route: Option<usize>) -> Self {
            let head = self.0.node(head);
            let body = body.iter().map(|b| (self.0.node(b), None)).collect();
            self.0.rule(Rule { head, body, says: String::new(), evidence: None, route, other: false });
            self
        }
        /// The weakest way: level, restricted, people, and what it takes.
        fn weakest(&mut self, goal: &str, routes: &[usize]) -> (u8, bool, u32, Vec<String>) {
            let goal = self.0.node(goal);
            let solved = self.0.solve(goal, &|r| r.route.is_none_or(|route| routes.contains(&route)), &(0..0), None, &Given::new());
            let way = solved.ways.iter().min_by_key(|w| (self.0.worth(w, 0).rank(), w.atoms.len())).expect("a way");
            let worth = self.0.worth(way, 0);
            let mut takes: Vec<String> = way.atoms.iter().map(|a| self.0.atoms[*a].1.says.clone()).collect();
            takes.sort();
            (worth.aal.0, worth.restricted, worth.people, takes)
        }
    }

    const PASSKEY: Classes = Classes::MULTI_FACTOR.with(Classes::NON_EXPORTABLE);
    const APP_WITH_PIN: Classes = Classes::HAVE.with(Classes::MULTI_FACTOR);

    fn names(n: &[&str]) -> Vec<String> {
        n.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn e1_a_mailbox_resets_both_factors() {
        let front = || {
            Worked::default()
                .atom("password", Classes::KNOW, false)
                .atom("app", Classes::HAVE, false)
                .atom("mailbox password", Classes::KNOW, false)
                .rule("account", &["has password", "has app"], None)
                .rule("has password", &["password"], None)
                .rule("has app", &["app"], None)
                .rule("mailbox", &["mailbox password"], None)
        };
        let mut both = front().rule("has password", &["mailbox"], Some(0)).rule("has app", &["mailbox"], Some(0));
        assert_eq!(both.weakest("account", &[]), (2, false, 0, names(&["app", "password"])));
        assert_eq!(both.weakest("account", &[0]), (1, false, 0, names(&["mailbox password"])));
        // the reset flow itself opens a session
        let mut session = front().rule("has password", &["mailbox"], Some(0)).rule("account", &["mailbox"], Some(0));
        assert_eq!(session.weakest("account", &[0]).0, 1);
        // a code of the app is asked for on the way
        let mut fixed = front().rule("has password", &["mailbox", "has app"], Some(0));
        assert_eq!(fixed.weakest("account", &[0]).0, 2);
    }

    #[test]
    fn e2_a_desk_that_asks_for_what_everybody_knows_issues_a_pass() {
        let mut pass = Worked::default()
            .atom("passkey", PASSKEY, false)
            .atom("date of birth", Classes::default(), false)
            .person("help desk")
            .rule("account", &["has passkey"], None)
            .rule("has passkey", &["passkey"], None)
            .rule("has passkey", &["help desk", "date of birth"], Some(0));
        assert_eq!(pass.weakest("account", &[]).0, 3);
        assert_eq!(pass.weakest("account", &[0]), (0, false, 1, names(&["date of birth", "help desk"])));
    }

    #[test]
    fn e3_one_sim_card_serves_the_reset_and_the_sign_in() {
        let gates = |strength: bool| {
            let worked = Worked::default()
                .atom("password", Classes::KNOW, false)
                .atom("push", APP_WITH_PIN, false)
                .atom("sms", Classes::HAVE, true)
                .atom("other mailbox", Classes::default(), false)
                .rule("account", &["has password", "push"], None)
                .rule("has password", &["password"], None)
                .rule("has password", &["sms", "other mailbox"], Some(0));
            if strength { worked.rule("account", &["has password", "sms"], None) } else { worked }
        };
        assert_eq!(gates(false).weakest("account", &[0]).0, 2);
        // alone, the front door already takes the text message; with the reset, nothing else is left of it
        let (aal, restricted, _, takes) = gates(true).weakest("account", &[0]);
        assert_eq!((aal, restricted, takes), (1, true, names(&["other mailbox", "sms"])));
    }

    #[test]
    fn e4_a_cycle_proves_nothing_until_something_weak_enters_it() {
        let cycle = || {
            Worked::default()
                .atom("password", Classes::KNOW, false)
                .atom("app", Classes::HAVE, false)
                .atom("sim card", Classes::HAVE, true)
                .rule("account", &["password", "app"], None)
                .rule("mailbox", &["account"], None)
                .rule("account", &["mailbox"], Some(0))
        };
        assert_eq!(cycle().weakest("account", &[0]).0, 2);
        let (aal, restricted, _, takes) = cycle().rule("mailbox", &["sim card"], None).weakest("account", &[0]);
        assert_eq!((aal, restricted, takes), (1, true, names(&["sim card"])));
    }

    #[test]
    fn a_cycle_is_found_and_a_chain_is_none() {
        let mut ring = Worked::default()
            .atom("password", Classes::KNOW, false)
            .rule("account", &["password"], None)
            .rule("mailbox", &["account"], None)
            .rule("account", &["mailbox"], Some(0))
            .rule("files", &["account"], None);
        let (account, mailbox) = (ring.0.node("account"), ring.0.node("mailbox"));
        assert_eq!(ring.0.cycles(), [(BTreeSet::from([account, mailbox]), vec![1, 2])]);
    }

    #[test]
    fn e5_two_approvals_are_one_person_where_one_can_become_the_other() {
        let desk = || {
            Worked::default().person("help desk").person("alice").rule("pass", &["help desk", "approver"], None).rule(
                "approver",
                &["alice"],
                None,
            )
        };
        assert_eq!(desk().weakest("pass", &[]).2, 2);
        let collapsed = desk().rule("approver", &["help desk"], None).weakest("pass", &[]);
        assert_eq!((collapsed.2, collapsed.3), (1, names(&["help desk"])));
    }

    #[test]
    fn e6_two_things_one_has_are_one_factor() {
        let mut both =
            Worked::default().atom("sms", Classes::HAVE, true).atom("app", Classes::HAVE, false).rule("account", &["sms", "app"], None);
        let (aal, restricted, ..) = both.weakest("account", &[]);
        assert_eq!((aal, restricted), (1, true));
    }

    #[test]
    fn a_route_is_judged_alone_even_where_the_front_door_takes_less() {
        let mut worked = Worked::default()
            .atom("password", Classes::KNOW, false)
            .atom("question", Classes::default(), false)
            .rule("account", &["password"], None)
            .rule("account", &["password", "question"], Some(7));
        let goal = worked.0.node("account");
        let alone = worked.0.solve(goal, &|_| true, &(0..0), Some(7), &Given::new());
        assert_eq!(alone.ways.len(), 1);
        assert_eq!(alone.ways.first().map(|w| w.atoms.len()), Some(2));
    }

    /// Two thousand rules over two hundred populations, and one node with more ways than are kept.
    #[test]
    fn many_ways_are_capped_and_the_weakest_is_kept() {
        let mut program = Program::default();
        let goal = program.node("account");
        for i in 0..200 {
            let classes = if i == 150 { Classes::KNOW } else { PASSKEY };
            let name = format!("a{i}");
            let atom = program.atom(&name, || Atom { classes, best: classes, ..Atom::nothing(&name, nowhere()) });
            program.rule(Rule { head: goal, body: vec![(atom, None)], says: String::new(), evidence: None, route: None, other: false });
        }
        let solved = program.solve(goal, &|_| true, &(0..0), None, &Given::new());
        assert!(solved.capped);
        assert_eq!(solved.ways.len(), MOST_WAYS);
        assert_eq!(solved.ways.iter().map(|w| program.worth(w, 0).aal.0).min(), Some(1));
    }

    #[test]
    fn of_a_run_that_is_shut_only_the_route_that_is_asked_for_is_open() {
        let mut worked = Worked::default()
            .atom("password", Classes::KNOW, false)
            .atom("app", Classes::HAVE, false)
            .person("help desk")
            .person("manager")
            .rule("account", &["password", "app"], None)
            // a second sign-in that asks for the same
            .rule("account", &["password", "app"], None)
            .rule("account", &["help desk"], Some(3))
            .rule("account", &["manager"], Some(4))
            .rule("account", &["app"], Some(9));
        let account = worked.0.node("account");
        let found = |shut: Range<usize>, route| {
            let solved = worked.0.solve(account, &|_| true, &shut, route, &Given::new());
            let mut all: Vec<Vec<usize>> = solved.ways.iter().map(|w| w.atoms.clone()).collect();
            all.sort();
            all
        };
        let (app, desk, manager) = (vec![1], vec![2], vec![3]);
        assert_eq!(found(0..0, None), [app.clone(), desk.clone(), manager.clone()]);
        assert_eq!(found(3..5, Some(4)), [manager]);
        assert_eq!(found(3..5, Some(3)), [desk]);
        assert_eq!(found(3..5, Some(9)), found(3..5, None));
        assert_eq!(found(3..5, None), [app]);
        assert_eq!(found(0..usize::MAX, None), [vec![0, 1]]);
    }
}
