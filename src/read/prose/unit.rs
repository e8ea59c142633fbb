//! Which sections of a document make up one procedure, and where else its controls may stand.

use super::section::{RESETS, Section};
use std::collections::{BTreeSet, HashMap};

/// A procedure: the section that names it, and every section that belongs to it.
pub(super) struct Unit {
    pub(super) head: usize,
    pub(super) members: Vec<usize>,
}

/// Sections that belong together: a section with a type, and what stands below it without a type of its own.
pub(super) fn units(sections: &[Section]) -> Vec<Unit> {
    let mut head_of: Vec<usize> = Vec::with_capacity(sections.len());
    let mut alike: HashMap<(usize, &str), usize> = HashMap::new();
    for section in sections {
        if let (Some(parent), Some(act)) = (section.parent, section.act) {
            *alike.entry((parent, act)).or_default() += 1;
        }
    }
    for (index, section) in sections.iter().enumerate() {
        let above = section.parent.and_then(|p| head_of.get(p)).copied();
        let above_act = above.and_then(|a| sections.get(a)).and_then(|s| s.act);
        let own = match (section.act, above_act) {
            (None, None) => true,
            (None, Some(_)) => false,
            (Some(_), None) => true,
            (Some(act), Some(outer)) if is_part(act, outer) => false,
            // one section that repeats the type of its document is its body; several are procedures of their own
            (Some(act), Some(outer)) => act != outer || section.parent.is_some_and(|p| alike.get(&(p, act)).is_some_and(|n| *n > 1)),
        };
        head_of.push(if own { index } else { above.unwrap_or(index) });
    }
    let mut units: Vec<Unit> = Vec::new();
    let mut unit_of: HashMap<usize, usize> = HashMap::new();
    for (index, head) in head_of.iter().enumerate() {
        let at = *unit_of.entry(*head).or_insert_with(|| {
            units.push(Unit { head: *head, members: Vec::new() });
            units.len() - 1
        });
        if let Some(unit) = units.get_mut(at) {
            unit.members.push(index);
        }
    }
    units
}

/// Whether a section of one type is a step of a procedure of another: the rotation after a break-glass use is.
fn is_part(act: &str, outer: &str) -> bool {
    let after = matches!(act, "rotation" | "secret_handout" | "offboarding");
    match outer {
        // ways into one emergency account are one thing to guard
        "break_glass" => after || matches!(act, "break_glass" | "privileged_grant" | "root_ceremony" | "credential_issue"),
        "root_ceremony" => after || act == "root_ceremony",
        // the password of whoever leaves is changed so that they stay out
        "offboarding" => after || RESETS.contains(&act),
        "privileged_grant" | "vendor_access" => after,
        outer if RESETS.contains(&outer) => after || act == "credential_issue",
        _ => false,
    }
}

/// Bytes of a procedure: all that belongs to it, from its heading on.
pub(super) fn extent(unit: &Unit, head: &Section, sections: &[Section], typed: bool) -> (usize, usize) {
    let start = head.heading.map_or(head.own.0, |h| h.0);
    if !typed {
        return (start, head.own.1.max(start));
    }
    let end = unit.members.iter().filter_map(|i| sections.get(*i)).map(|s| s.own.1).max().unwrap_or(head.own.1);
    (start, end.max(start))
}

/// The headings from the top of the document down to a section.
pub(super) fn path(index: usize, sections: &[Section]) -> String {
    let mut names = Vec::new();
    let mut at = Some(index);
    while let Some(section) = at.and_then(|i| sections.get(i)) {
        if !section.name.is_empty() {
            names.push(section.name.as_str());
        }
        at = section.parent;
    }
    names.reverse();
    names.join(" > ")
}

/// Sections of controls below one heading that are looked at.
const MOST_CONTROLS: usize = 100;

/// Which sections stand below which, without a type of their own; found once for all procedures of a document.
pub(super) struct Below {
    plain: Vec<Vec<usize>>,
    /// Those among them that are about controls.
    controls: Vec<Vec<usize>>,
}

impl Below {
    pub(super) fn new(sections: &[Section]) -> Self {
        let mut below = Self { plain: vec![Vec::new(); sections.len()], controls: vec![Vec::new(); sections.len()] };
        for (index, section) in sections.iter().enumerate().filter(|s| s.1.act.is_none()) {
            let Some(parent) = section.parent else { continue };
            if let Some(list) = below.plain.get_mut(parent) {
                list.push(index);
            }
            if let Some(list) = below.controls.get_mut(parent).filter(|l| section.controls && l.len() < MOST_CONTROLS) {
                list.push(index);
            }
        }
        below
    }
}

/// Sections whose controls hold for a procedure: its own, those it stands in, and neighbours that are about controls.
pub(super) fn scope<'a>(unit: &Unit, sections: &'a [Section], below: &Below) -> Vec<&'a Section> {
    let mut above = Vec::new();
    let mut at = sections.get(unit.head).and_then(|s| s.parent);
    while let Some((index, section)) = at.and_then(|i| sections.get(i).map(|s| (i, s))) {
        // what a long document says far above holds if that part is about recovery, too
        if above.is_empty() || section.act.is_some() {
            above.push(index);
        }
        at = section.parent;
    }
    let neighbours = above.iter().filter_map(|a| below.controls.get(*a)).flatten();
    let mut counted: BTreeSet<usize> = above.iter().copied().collect();
    let mut open: Vec<usize> = unit.members.iter().chain(neighbours).copied().collect();
    while let Some(index) = open.pop() {
        if counted.insert(index) {
            open.extend(below.plain.get(index).into_iter().flatten());
        }
    }
    counted.into_iter().filter_map(|i| sections.get(i)).collect()
}
