//! From a solved program to what is told: fronts, fallbacks, verdicts, proofs.

use super::conform::{self, Element};
use super::factor::{Atom, Evidence, Worth};
use super::graph::{Graph, full_name};
use super::solve::{Rule, Way};
use crate::artifact::Clean;
use crate::paths::{Cycle, Fallback, Front, Gap, Level, Map, Population, Proof, Verdict};
use std::collections::BTreeSet;

impl Graph<'_> {
    /// Everything that can be said.
    pub(super) fn answer(&self) -> Map {
        let mut map = Map::default();
        for p in 0..self.populations.len() {
            map.populations.extend(self.population(p, &mut map.capped));
        }
        map.cycles = self.program.cycles().into_iter().filter_map(|(members, rules)| self.cycle(&members, &rules)).collect();
        map
    }

    /// A cycle of two accounts or more, with the sentences that close it. Tenants that only sign in for each other are none: no way back leads
    /// round.
    fn cycle(&self, members: &BTreeSet<usize>, rules: &[usize]) -> Option<Cycle> {
        let accounts = self.accounts.iter().zip(&self.populations).filter(|(node, _)| members.contains(node));
        let names: Vec<Clean> = accounts.map(|(_, population)| full_name(population)).collect();
        let closing: Vec<_> = rules.iter().filter_map(|r| self.program.rules.get(*r)).collect();
        if names.len() < 2 || !closing.iter().any(|r| r.route.is_some()) {
            return None;
        }
        let mut told: Vec<_> = closing
            .iter()
            .filter_map(|r| {
                let (Evidence::Quote(q) | Evidence::Default(q) | Evidence::Inferred(q)) = r.evidence.as_ref()?;
                Some((q.clone(), Clean::compose([r.says.as_str()])))
            })
            .collect();
        told.sort();
        told.dedup();
        let (evidence, steps) = told.into_iter().unzip();
        let outside = |r: &&Rule| {
            r.route.is_some() && !r.other && members.contains(&r.head) && !r.body.iter().any(|(node, _)| members.contains(node))
        };
        let titles = self.program.rules.iter().filter(outside).filter_map(|r| {
            let (p, route, _) = self.routes.get(r.route?)?;
            Some(self.populations.get(*p)?.routes.get(*route)?.fact.name.clone())
        });
        let entries: BTreeSet<Clean> = titles.collect();
        Some(Cycle { members: names, steps, entries: entries.into_iter().collect(), evidence })
    }

    fn population(&self, p: usize, capped: &mut bool) -> Option<Population> {
        let population = self.populations.get(p)?;
        let account = *self.accounts.get(p)?;
        let given = self.deciders.get(p)?;
        let front_ways = self.program.solve(account, &|r| self.holds(r), &(0..usize::MAX), None, given);
        *capped |= front_ways.capped;
        let way = front_ways.ways.iter().min_by_key(|w| self.order(w, p))?;
        let worth = self.program.worth(way, p);
        let strongest = front_ways.ways.iter().map(|w| self.program.worth(w, p).aal.1).max().unwrap_or(worth.aal.1);
        let front = Front {
            level: level(&worth),
            factors: self.takes(way, |a| a.person.is_none()),
            assumed: self.assumed.get(p).copied().unwrap_or(true),
            proof: self.proof(way),
        };
        let scale = Scale { front: &front, strongest };
        let mut fallbacks = Vec::new();
        let mut ids = Vec::new();
        let own = self.run_of(p);
        for (id, (_, r, named)) in self.routes_of(p) {
            // alone among the ways back into these accounts: those into other accounts stay open
            let alone = self.program.solve(account, &|rule| self.holds(rule), &own, Some(id), given);
            *capped |= alone.capped;
            if let Some(way) = alone.ways.iter().min_by_key(|w| self.order(w, p)) {
                let index = fallbacks.len();
                ids.push(id);
                fallbacks.extend(self.fallback(p, *r, way, *named, vec![index], &scale));
            }
        }
        let all = self.program.solve(account, &|rule| self.holds(rule), &(0..0), None, given);
        *capped |= all.capped;
        let weakest = all.ways.iter().min_by_key(|w| self.order(w, p)).and_then(|way| {
            let mut used = BTreeSet::new();
            self.used(way, &mut used);
            let routes: Vec<usize> = ids.iter().enumerate().filter(|(_, id)| used.contains(id)).map(|(i, _)| i).collect();
            let first = routes.first().and_then(|i| ids.get(*i)).and_then(|id| self.routes.get(*id))?;
            let named = routes.iter().filter_map(|i| fallbacks.get(*i)).map(|f: &Fallback| f.named).max().unwrap_or(0);
            self.fallback(p, first.1, way, named, routes, &scale)
        });
        Some(Population {
            name: full_name(population),
            tenant: population.tenant.clone(),
            privileged: population.class == "privileged",
            front,
            fallbacks,
            weakest,
        })
    }

    fn order(&self, way: &Way, p: usize) -> ((u8, u8, bool, bool, u32), usize, Vec<usize>) {
        (self.program.worth(way, p).rank(), way.atoms.len(), way.atoms.clone())
    }

    fn atoms<'b>(&'b self, way: &'b Way) -> impl Iterator<Item = &'b Atom> + Clone {
        way.atoms.iter().filter_map(|a| self.program.atoms.get(*a)).map(|a| &a.1)
    }

    fn takes(&self, way: &Way, which: impl Fn(&Atom) -> bool) -> Vec<Clean> {
        self.atoms(way).filter(|a| which(a)).map(|a| Clean::compose([a.says.as_str()])).collect()
    }

    fn fallback(&self, p: usize, route: usize, way: &Way, named: u32, routes: Vec<usize>, scale: &Scale<'_>) -> Option<Fallback> {
        let route = self.populations.get(p)?.routes.get(route)?;
        let worth = self.program.worth(way, p);
        let (verdict, sections, proofing) = self.verdict(p, way, scale);
        let gap = scale.gap(&worth);
        let mut needs: BTreeSet<String> = BTreeSet::new();
        if gap == Gap::Undecided || verdict == Verdict::CannotDecide {
            needs.extend(self.atoms(way).filter_map(|a| a.needs.clone()));
            if gap == Gap::Undecided && scale.front.level.aal != scale.front.level.best {
                needs.insert("how these people sign in".to_owned());
            }
        }
        if proofing && verdict == Verdict::CannotDecide {
            needs.insert("the level at which these people's identity was proofed".to_owned());
        }
        Some(Fallback {
            title: route.fact.name.clone(),
            at: route.fact.at.clone(),
            routes,
            level: level(&worth),
            asks: self.takes(way, |a| a.person.is_none()),
            people: worth.people,
            named,
            gap,
            verdict,
            sections,
            matched: route.matched,
            needs: needs.iter().map(|n| Clean::compose([n.as_str()])).collect(),
            proof: self.proof(way),
        })
    }

    /// What section 4.2.2 says, over everything that is not known: the account's level, the proofing, what a check proves. The last
    /// answer is whether the proofing matters.
    fn verdict(&self, p: usize, way: &Way, scale: &Scale<'_>) -> (Verdict, Vec<&'static str>, bool) {
        let own = |a: &&Atom| a.holder.is_none_or(|h| h == p);
        let sure: BTreeSet<Element> =
            self.atoms(way).filter(own).filter(|a| a.classes == a.best || a.person.is_some()).filter_map(|a| a.element).collect();
        let mut hoped: BTreeSet<Element> = sure.clone();
        for atom in self.atoms(way).filter(own).filter(|a| a.classes != a.best) {
            match atom.element {
                Some(element) => drop(hoped.insert(element)),
                None => hoped.extend([Element::SavedCode, Element::IssuedCode, Element::RepeatProofing]),
            }
        }
        // an authenticator of uncertain strength is bound all the same
        let bound = self.atoms(way).filter(own).any(|a| a.element == Some(Element::BoundSingleFactor));
        let worst: BTreeSet<Element> = sure.iter().copied().chain(bound.then_some(Element::BoundSingleFactor)).collect();
        let levels = scale.front.level.aal.max(1)..=scale.strongest.max(scale.front.level.aal).max(1);
        let mut verdicts = BTreeSet::new();
        let mut sections: Vec<&'static str> = Vec::new();
        let mut by_proofing = BTreeSet::new();
        for aal in levels {
            for ial in [None, Some(1), Some(2), Some(3)] {
                for path in [&worst, &hoped] {
                    let (verdict, cited) = conform::evaluate(aal, ial, path, false);
                    verdicts.insert(verdict);
                    by_proofing.insert((ial, verdict));
                    cited.into_iter().for_each(|s| {
                        if !sections.contains(&s) {
                            sections.push(s);
                        }
                    });
                }
            }
        }
        sections.sort_unstable();
        let proofing = by_proofing.len() > verdicts.len() * 4;
        let verdict = match verdicts.len() {
            1 => verdicts.first().map_or(Verdict::CannotDecide, |v| match v {
                conform::Verdict::Compliant => Verdict::Compliant,
                conform::Verdict::Noncompliant => Verdict::Noncompliant,
                conform::Verdict::Conditional => Verdict::Conditional,
                conform::Verdict::Indeterminate => Verdict::Indeterminate,
            }),
            _ => Verdict::CannotDecide,
        };
        (verdict, sections, proofing)
    }

    fn used(&self, way: &Way, out: &mut BTreeSet<usize>) {
        if let Some((rule, parts)) = &way.by {
            out.extend(self.program.rules.get(*rule).filter(|r| !r.other).and_then(|r| r.route));
            parts.iter().for_each(|part| self.used(part, out));
        }
    }

    fn proof(&self, way: &Way) -> Proof {
        self.proved(way, None)
    }

    /// The proof of a way; `asked` are the words that ask for it where it is used.
    fn proved(&self, way: &Way, asked: Option<&Evidence>) -> Proof {
        match &way.by {
            None => {
                let atom = way.atoms.first().and_then(|a| self.program.atoms.get(*a)).map(|a| &a.1);
                told(atom.map_or("", |a| a.says.as_str()), asked.or(atom.map(|a| &a.evidence)), Vec::new())
            }
            Some((rule, parts)) => {
                let Some(rule) = self.program.rules.get(*rule) else { return told("", None, Vec::new()) };
                let parts = parts.iter().zip(&rule.body).map(|(part, (_, asked))| self.proved(part, asked.as_ref())).collect();
                told(&rule.says, rule.evidence.as_ref(), parts)
            }
        }
    }
}

fn told(says: &str, evidence: Option<&Evidence>, parts: Vec<Proof>) -> Proof {
    let (quote, basis) = match evidence {
        Some(Evidence::Quote(quote)) => (Some(quote.clone()), "said"),
        Some(Evidence::Default(quote)) => (Some(quote.clone()), "the product's default"),
        Some(Evidence::Inferred(quote)) => (Some(quote.clone()), "inferred"),
        None => (None, "follows"),
    };
    Proof { says: Clean::compose([says]), quote, basis, parts }
}

fn level(worth: &Worth) -> Level {
    Level { aal: worth.aal.0, best: worth.aal.1, resistant: worth.resistant, restricted: worth.restricted }
}

/// What fallbacks are measured against.
struct Scale<'a> {
    front: &'a Front,
    /// The best sign-in the account can do.
    strongest: u8,
}

impl Scale<'_> {
    fn gap(&self, worth: &Worth) -> Gap {
        let front = &self.front.level;
        if worth.aal.1 < front.aal {
            Gap::Weaker(front.aal - worth.aal.1)
        } else if worth.aal.0 < front.best {
            Gap::Undecided
        } else if front.resistant && !worth.resistant || worth.restricted && !front.restricted {
            Gap::Softer
        } else {
            Gap::Equal
        }
    }
}
