//! What would have to change: the smallest set of ways back in that, made as strong as the front door, leaves no way in weaker than it.

use super::graph::{Change, Graph};
use super::population;
use super::staff::Staff;
use crate::artifact::Clean;
use crate::fact::Facts;
use crate::paths::{Gap, Map};
use crate::rule::Lexicon;
use std::collections::BTreeSet;

/// Ways back in of which every set is tried; with more, they are taken one by one.
const EXACT: usize = 14;

/// A line for each change, and whether no smaller set does it.
///
/// A way back in that undercuts its front door alone has to change, whatever else does. What only undercuts it together with others is
/// searched: every set in order of size, where there are few enough.
pub fn fixes(facts: &Facts, lexicon: &Lexicon) -> (Vec<Clean>, bool) {
    let staff = Staff::of(facts, lexicon);
    let solve = |changed: &BTreeSet<(usize, usize)>| {
        let mut graph = Graph::new(population::populations(facts, lexicon), &staff, lexicon, &Change::default());
        graph.strengthen(changed);
        graph.answer()
    };
    let map = solve(&BTreeSet::new());
    let mut changed: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (p, population) in map.populations.iter().enumerate() {
        changed.extend(population.fallbacks.iter().enumerate().filter(|(_, f)| matches!(f.gap, Gap::Weaker(_))).map(|(r, _)| (p, r)));
    }
    let mut exact = true;
    if is_weak(&solve(&changed)) {
        let open: Vec<(usize, usize)> = map
            .populations
            .iter()
            .enumerate()
            .flat_map(|(p, population)| (0..population.fallbacks.len()).map(move |r| (p, r)))
            .filter(|r| !changed.contains(r))
            .collect();
        exact = open.len() <= EXACT;
        if exact {
            let mut sets: Vec<u32> = (1..1u32 << open.len()).collect();
            sets.sort_by_key(|set| (set.count_ones(), *set));
            let with = |set: u32| -> BTreeSet<(usize, usize)> {
                let chosen = open.iter().enumerate().filter(|(i, _)| set & (1 << i) != 0).map(|(_, r)| *r);
                changed.iter().copied().chain(chosen).collect()
            };
            if let Some(set) = sets.into_iter().find(|set| !is_weak(&solve(&with(*set)))) {
                changed = with(set);
            }
        } else {
            for route in open {
                if !is_weak(&solve(&changed)) {
                    break;
                }
                changed.insert(route);
            }
        }
    }
    let lines = changed.iter().filter_map(|(p, r)| {
        let population = map.populations.get(*p)?;
        let fallback = population.fallbacks.get(*r)?;
        let front: Vec<&str> = population.front.factors.iter().map(Clean::as_str).collect();
        let line = format!(
            "\"{}\" in {}, for {}: ask for what the front door asks for ({}) or for a repeated identity proofing, or switch it off",
            fallback.title,
            fallback.at.place.path,
            population.name,
            front.join(" + ")
        );
        Some(Clean::compose([line.as_str()]))
    });
    (lines.collect(), exact)
}

fn is_weak(map: &Map) -> bool {
    map.populations.iter().filter_map(|p| p.weakest.as_ref()).any(|w| matches!(w.gap, Gap::Weaker(_)))
}
