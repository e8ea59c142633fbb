//! For whom a procedure is, and who carries it out.

use super::procedure::claim;
use super::section::RESETS;
use super::section::Section;
use super::voice::{Counts, Voice};
use crate::artifact::Spot;
use crate::fact::{Draft, Duty, Kind, Value, control, population, procedure, promise};

/// "This applies to everybody, administrators included": the ways back in of the page are theirs as well, where it names nobody else.
pub(super) fn everybody(facts: &mut [Draft], first: usize) {
    let word =
        |f: &Draft, field, words: &[&str]| f.fields.values(field).any(|v| matches!(v, Value::Word(w) if words.contains(&w.as_str())));
    let covers = |f: &&Draft| f.kind == Kind::Control && word(f, control::PROMISES, &[promise::COVERS_ADMINS.as_str()]);
    let Some(spot) = facts.iter().take(first).find(covers).map(|f| f.at.clone()) else { return };
    for f in facts.iter_mut().skip(first).filter(|f| f.kind == Kind::Procedure) {
        if word(f, procedure::ABOUT, &RESETS) && f.fields.values(procedure::FOR_WHOM).next().is_none() {
            for whom in [population::USER, population::PRIVILEGED] {
                claim(&mut f.fields, procedure::FOR_WHOM, whom.as_str(), Duty::Must, &spot);
            }
        }
    }
}

/// States for whom a procedure is and who acts in it.
pub(super) fn people(draft: &mut Draft, act: Option<&str>, head: &Section, members: &[&Section], sections: &[Section], voice: Voice) {
    let heading = |s: &Section| s.heading.map_or_else(|| Spot::at(s.own.0, s.own.0), |(a, b)| Spot::at(a, b));
    let mut populations: Vec<(&str, Spot)> = head.populations.iter().map(|p| (*p, heading(head))).collect();
    let mut at = head.parent;
    while let Some(section) = at.and_then(|i| sections.get(i)) {
        populations.extend(section.populations.iter().map(|p| (*p, heading(section))));
        at = section.parent;
    }
    if act.is_some_and(|a| matches!(a, "break_glass" | "root_ceremony" | "privileged_grant")) {
        populations.push(("privileged", heading(head)));
    }
    let mut seen = Vec::new();
    for (population, spot) in populations {
        if !seen.contains(&population) {
            seen.push(population);
            claim(&mut draft.fields, procedure::FOR_WHOM, population, Duty::Must, &spot);
        }
    }
    let named = || members.iter().flat_map(|s| &s.actors);
    let desk = Counts::of(members).desk;
    if voice == Voice::Holder && !desk {
        let spot = named().find(|a| a.0 == "self").map_or_else(|| heading(head), |a| a.1.clone());
        claim(&mut draft.fields, procedure::BY_WHOM, "self", Duty::Must, &spot);
        return;
    }
    let mut seen = Vec::new();
    for (actor, spot) in named() {
        if !seen.contains(actor) && !matches!(*actor, "self" | "owner") {
            seen.push(actor);
            claim(&mut draft.fields, procedure::BY_WHOM, actor, Duty::Must, spot);
        }
    }
}
