//! Sections to procedures: what each is for, what it asks for, and what it never mentions.

use super::clause::{OPEN_CHANNELS, Said};
use super::document::Document;
use super::section::{Note, RESETS, Section};
use crate::artifact::Spot;
use crate::fact::{ACTORS, ACTS, CHANNELS, DEEDS, OBJECTS, POPULATIONS, PROOFS, SAYINGS};
use crate::fact::{Basis, Claim, Draft, Duty, Field, Fields, Kind, List, Stated, Value, Word, approval, procedure, step};
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

/// Proofs that an attacker can know, buy, spoof or intercept.
const WEAK_PROOFS: [&str; 12] = [
    "knowledge_question",
    "date_of_birth",
    "last_4_ssn",
    "employee_number",
    "personal_data",
    "caller_id",
    "known_voice",
    "manager_vouch",
    "sms_code",
    "email_code",
    "phone_call",
    "personal_email",
];
/// Steps of a procedure that a fact keeps.
const MOST_STEPS: usize = 300;

/// Remarks on controls that are weighed.
const MOST_NOTES: usize = 2000;

/// A procedure: the section that names it, and every section that belongs to it.
struct Unit {
    head: usize,
    members: Vec<usize>,
}

/// The procedures of a document; one without any title is called by its file. Says whether one is of a type that matters for recovery.
pub(super) fn procedures(document: &Document, sections: &[Section], file: &str, out: &mut Vec<Draft>) -> bool {
    let mut recognised = false;
    let mut anchors: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    let below = Below::new(sections);
    for unit in units(sections) {
        let Some(head) = sections.get(unit.head) else { continue };
        let members: Vec<&Section> = unit.members.iter().filter_map(|i| sections.get(*i)).collect();
        let said: Vec<&(Said, Spot)> = members.iter().flat_map(|s| &s.said).take(MOST_STEPS).collect();
        let act = act_of(head, sections);
        let imperatives: usize = members.iter().map(|s| s.imperatives).sum();
        let handed = said.iter().any(|(s, _)| s.deed == "send" && s.object == Some("temporary_password") && s.duty != Duty::MustNot);
        let performs = handed
            || imperatives > 0
                && said
                    .iter()
                    .any(|(s, _)| matches!(s.deed, "reset" | "grant") && s.object.is_some() && matches!(s.duty, Duty::Must | Duty::Should));
        let deeds = |deeds: &[&str]| said.iter().any(|(s, _)| deeds.contains(&s.deed) && s.duty != Duty::MustNot);
        // rules for an emergency account that never say how it is used are no procedure
        let rules = matches!(act, Some("break_glass" | "root_ceremony"))
            && !said.iter().any(|(s, _)| {
                let acts = matches!(s.deed, "use" | "grant" | "reset" | "disable" | "send" | "share" | "override" | "approve");
                acts && s.object.is_some() && s.duty != Duty::MustNot
            });
        let acts =
            act.is_some_and(|a| !RESETS.contains(&a)) && !rules || head.instruct || deeds(&["reset", "disable", "grant", "send", "revoke"]);
        let typed = act.filter(|_| !head.story && acts && (imperatives >= 2 || performs));
        let telling: Vec<&&(Said, Spot)> = said.iter().filter(|(s, _)| telling(s, act.is_some(), head)).collect();
        if typed.is_none() && telling.is_empty() {
            continue;
        }
        let name = if head.name.is_empty() { document.title.as_ref().map_or(file, |t| t.0.as_str()).to_owned() } else { head.name.clone() };
        let name = cut(&name);
        let mut anchor = path(unit.head, sections);
        let times = anchors.entry(anchor.clone()).or_insert(0);
        *times += 1;
        if *times > 1 {
            anchor = format!("{anchor} ({times})");
        }
        let (start, end) = extent(&unit, head, sections, typed.is_some());
        let mut draft = Draft::new(Kind::Procedure, name, anchor, Spot::at(start, end));
        if let (Some(act), Some(word)) = (act, act.and_then(named)) {
            let at = head.heading.map_or_else(|| Spot::at(start, start), |(a, b)| Spot::at(a, b));
            draft.fields.say(procedure::ABOUT, word, &at);
            recognised |= typed.is_some() && matters(act);
        }
        people(&mut draft, act, head, &members, sections, handed);
        steps(&mut draft, if typed.is_some() { said.clone() } else { telling.iter().map(|s| **s).collect() });
        let inner = head.parent.and_then(|p| sections.get(p)).is_some_and(|s| s.act.is_some());
        answers(&mut draft, &said, scope(&unit, sections, &below), inner, typed.is_some());
        if let Some((owner, (a, b))) = &document.owner {
            draft.fields.say(procedure::OWNER, owner.as_str(), &Spot::at(*a, *b));
        }
        out.push(draft);
    }
    recognised
}

/// Characters of a name before it is cut: some headings are whole sentences.
const LONGEST_NAME: usize = 70;

/// A name of a handy length, cut between words.
fn cut(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    let end = name.char_indices().nth(LONGEST_NAME).map_or(name.len(), |c| c.0);
    let head = name.get(..end).unwrap_or(name);
    let words = head.rsplit_once(char::is_whitespace).map_or(head, |s| s.0);
    format!("{} …", words.trim_end_matches([' ', ',', ';', ':', '–', '-', '(']))
}

/// Whether a type of procedure is about getting in.
fn matters(act: &str) -> bool {
    !matches!(act, "rotation" | "offboarding" | "credential_issue")
}

/// Sections that belong together: a section with a type, and what stands below it without a type of its own.
fn units(sections: &[Section]) -> Vec<Unit> {
    let mut head_of: Vec<usize> = Vec::with_capacity(sections.len());
    let mut below: HashMap<(usize, &str), usize> = HashMap::new();
    for section in sections {
        if let (Some(parent), Some(act)) = (section.parent, section.act) {
            *below.entry((parent, act)).or_default() += 1;
        }
    }
    for (index, section) in sections.iter().enumerate() {
        let above = section.parent.and_then(|p| head_of.get(p)).copied();
        let above_act = above.and_then(|a| sections.get(a)).and_then(|s| s.act);
        let own = match (section.act, above_act) {
            (None, None) => true,
            (None, Some(_)) => false,
            (Some(_), None) => true,
            // one section that repeats the type of its document is its body; several are procedures of their own
            (Some(act), Some(outer)) => act != outer || above.is_some_and(|a| below.get(&(a, act)).is_some_and(|n| *n > 1)),
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

/// The type of a section: its own, for its heading says so.
fn act_of(head: &Section, _sections: &[Section]) -> Option<&'static str> {
    head.act
}

/// Bytes of a procedure: all that belongs to it, from its heading on.
fn extent(unit: &Unit, head: &Section, sections: &[Section], typed: bool) -> (usize, usize) {
    let start = head.heading.map_or(head.own.0, |h| h.0);
    if !typed {
        return (start, head.own.1.max(start));
    }
    let end = unit.members.iter().filter_map(|i| sections.get(*i)).map(|s| s.own.1).max().unwrap_or(head.own.1);
    (start, end.max(start))
}

/// The headings from the top of the document down to a section.
fn path(index: usize, sections: &[Section]) -> String {
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
struct Below {
    plain: Vec<Vec<usize>>,
    /// Those among them that are about controls.
    controls: Vec<Vec<usize>>,
}

impl Below {
    fn new(sections: &[Section]) -> Self {
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
fn scope<'a>(unit: &Unit, sections: &'a [Section], below: &Below) -> Vec<&'a Section> {
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

/// Whether a clause tells something about recovery on its own, whatever section it stands in.
fn telling(said: &Said, typed: bool, head: &Section) -> bool {
    if said.duty == Duty::MustNot {
        return false;
    }
    let open = said.channels.iter().any(|c| OPEN_CHANNELS.contains(c));
    match said.deed {
        _ if said.says.is_some() => true,
        "send" => open,
        "share" => true,
        "use" => matches!(said.object, Some("shared_account" | "shared_password")),
        "store" => said.channels.contains(&"shared_document"),
        "verify" => said.proofs.iter().any(|p| WEAK_PROOFS.contains(p)),
        "approve" => open && !head.irrelevant && (typed || said.object.is_some()),
        "override" => said.object == Some("access") || said.object == Some("request") && typed,
        _ => false,
    }
}

/// Every word of the vocabularies of prose: a step looks up half a dozen.
static WORDS: LazyLock<HashMap<&'static str, Word>> = LazyLock::new(|| {
    let all = [DEEDS, OBJECTS, CHANNELS, PROOFS, ACTORS, ACTS, POPULATIONS, SAYINGS];
    all.into_iter().flatten().filter_map(|w| Some((*w, Word::named(w)?))).collect()
});

fn named(word: &str) -> Option<Word> {
    WORDS.get(word).copied()
}

fn claim(fields: &mut Fields<String, Spot>, field: Field, word: &str, duty: Duty, spot: &Spot) {
    if let Some(word) = named(word) {
        fields.claim(field, Claim { value: word.into(), quote: spot.clone(), basis: Basis::Explicit, duty });
    }
}

fn people(draft: &mut Draft, act: Option<&str>, head: &Section, members: &[&Section], sections: &[Section], handed: bool) {
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
    let named: Vec<&(&str, Spot)> = members.iter().flat_map(|s| &s.actors).collect();
    // whoever helps himself is alone; a desk or an administrator makes it somebody else's deed
    let others: usize = members.iter().map(|s| s.others).sum();
    let selves = named.iter().filter(|(a, _)| *a == "self").count();
    let helped = handed || others > 1 && others > selves || named.iter().any(|(a, _)| *a == "first_line");
    // an end user's guide names the administrator as a last resort only
    let alone = !helped && named.iter().any(|(a, _)| *a == "self");
    let mut seen = Vec::new();
    if head.alone && !named.iter().any(|(a, _)| *a == "first_line") {
        claim(&mut draft.fields, procedure::BY_WHOM, "self", Duty::Must, &heading(head));
        return;
    }
    for (actor, spot) in named {
        if !seen.contains(actor) && (*actor != "self" || !helped) && (*actor == "self" || helped || !alone) && *actor != "owner" {
            seen.push(actor);
            claim(&mut draft.fields, procedure::BY_WHOM, actor, Duty::Must, spot);
        }
    }
}

fn steps(draft: &mut Draft, said: Vec<&(Said, Spot)>) {
    let mut items = Vec::new();
    for (said, spot) in said {
        let mut fields = Fields::default();
        claim(&mut fields, step::DEED, said.deed, said.duty, spot);
        if let Some(object) = said.object {
            claim(&mut fields, step::OBJECT, object, said.duty, spot);
        }
        for channel in &said.channels {
            claim(&mut fields, step::CHANNEL, channel, said.duty, spot);
        }
        for proof in &said.proofs {
            claim(&mut fields, step::VERIFIES, proof, said.duty, spot);
        }
        if let Some(says) = said.says {
            claim(&mut fields, step::SAYS, says, said.duty, spot);
        }
        for actor in &said.actors {
            claim(&mut fields, step::BY_WHOM, actor, said.duty, spot);
        }
        items.push(fields);
    }
    if !items.is_empty() {
        draft.say(procedure::STEPS, List { items, complete: true });
    }
}

/// The auditor's questions.
fn answers(draft: &mut Draft, said: &[&(Said, Spot)], scope: Vec<&Section>, inner: bool, typed: bool) {
    for (said, spot) in said.iter().filter(|s| s.0.deed == "verify") {
        for proof in &said.proofs {
            claim(&mut draft.fields, procedure::VERIFIES, proof, said.duty, spot);
        }
    }
    let mut approvals = Vec::new();
    let approves = |s: &&(Said, Spot)| s.0.deed == "approve" && s.0.duty != Duty::MustNot;
    let from_scope: Vec<&(Said, Spot)> = scope.iter().flat_map(|s| &s.said).collect();
    for (said, spot) in from_scope.into_iter().filter(approves).take(MOST_STEPS) {
        let mut fields = Fields::default();
        for actor in &said.actors {
            claim(&mut fields, approval::BY_WHOM, actor, said.duty, spot);
        }
        for channel in &said.channels {
            claim(&mut fields, approval::CHANNEL, channel, said.duty, spot);
        }
        if let Some(people) = said.people {
            fields.claim(
                approval::COUNT,
                Claim { value: Value::Number(people), quote: spot.clone(), basis: Basis::Explicit, duty: said.duty },
            );
        }
        approvals.push((fields, spot));
    }
    if let Some((_, spot)) = approvals.first() {
        let quote = (*spot).clone();
        let items = approvals.into_iter().map(|a| a.0).collect();
        draft.fields.say(procedure::APPROVALS, List { items, complete: true }, &quote);
    }
    // "as above" in a sub-section: what it leaves out, the procedure it belongs to answers for. So it is with what is asked for.
    let mut part = false;
    let mut elsewhere = None;
    let mut noted: Vec<(Field, bool, &Spot)> = Vec::new();
    for (note, spot) in scope.iter().flat_map(|s| &s.notes).take(MOST_NOTES) {
        let (field, yes) = match note {
            Note::Logged(yes) => (procedure::LOGGED, *yes),
            Note::Revokes(yes) => (procedure::REVOKES, *yes),
            Note::Notifies(yes) => (procedure::NOTIFIES, *yes),
            Note::Expires(yes) => (procedure::EXPIRES, *yes),
            Note::Reviewed(yes) => (procedure::REVIEWED, *yes),
            Note::TwoPeople(yes) => (procedure::SECOND_APPROVER, *yes),
            Note::Above => {
                part |= inner;
                continue;
            }
            Note::Requested => {
                part |= !said.iter().any(|(s, _)| matches!(s.deed, "reset" | "grant") && s.object.is_some() && s.duty != Duty::MustNot);
                continue;
            }
            Note::Elsewhere => {
                elsewhere.get_or_insert(spot);
                continue;
            }
        };
        if !noted.contains(&(field, yes, spot)) {
            noted.push((field, yes, spot));
        }
    }
    for (field, yes, spot) in &noted {
        // a control that is asked for somewhere is there; a denial counts where nothing asks for it
        if *yes || !noted.iter().any(|n| n.0 == *field && n.1) {
            draft.fields.say(*field, *yes, spot);
        }
    }
    if typed && !part {
        let asked = [procedure::APPROVALS, procedure::SECOND_APPROVER, procedure::LOGGED];
        if let Some(spot) = elsewhere {
            for field in asked {
                if draft.fields.get(field).is_none() {
                    draft.fields.set(field, Stated::Referenced("another document".into(), spot.clone()));
                }
            }
        }
        draft.fields.could_say(&asked);
        draft.fields.could_say(&[
            procedure::BY_WHOM,
            procedure::VERIFIES,
            procedure::REVOKES,
            procedure::NOTIFIES,
            procedure::EXPIRES,
            procedure::REVIEWED,
            procedure::OWNER,
        ]);
    }
}
