//! The auditor's questions: what a procedure says of each, and what it never mentions.

use super::clause::Said;
use super::document::Document;
use super::note::Note;
use super::procedure::claim;
use super::section::Section;
use super::voice::Voice;
use crate::artifact::Spot;
use crate::fact::{Basis, Claim, Draft, Duty, Field, Fields, List, REFERABLE, Stated, Value, approval, procedure};

/// Remarks on controls that are weighed.
const MOST_NOTES: usize = 2000;
/// Approvals that a fact keeps.
const MOST_APPROVALS: usize = 300;
/// Other documents that a procedure is taken to refer to.
const MOST_REFERENCES: usize = 20;

/// What an operator's procedure could say.
const OWED: [Field; 17] = [
    procedure::VERIFIES,
    procedure::CHECKED,
    procedure::FOR_WHOM,
    procedure::APPROVALS,
    procedure::SECOND_APPROVER,
    procedure::LOGGED,
    procedure::BY_WHOM,
    procedure::REVOKES,
    procedure::NOTIFIES,
    procedure::EXPIRES,
    procedure::REVIEWED,
    procedure::SEPARATED,
    procedure::CUSTODY,
    procedure::ALARMED,
    procedure::CONDITION,
    procedure::HANDS_OUT,
    procedure::OWNER,
];
/// Where, in them, what is left begins if there is nobody to be checked.
const CHECKS: usize = 2;
/// What a page could say of a desk to which it sends whoever is locked out.
const DESK_OWES: [Field; 3] = [procedure::LOGGED, procedure::VERIFIES, procedure::CHECKED];
/// What rules for an emergency account could say: they do not tell how it is used.
const RULES_OWE: [Field; 9] = [
    procedure::APPROVALS,
    procedure::SECOND_APPROVER,
    procedure::LOGGED,
    procedure::REVIEWED,
    procedure::SEPARATED,
    procedure::CUSTODY,
    procedure::ALARMED,
    procedure::CONDITION,
    procedure::OWNER,
];

/// States what the clauses of a procedure, and the sections whose controls hold for it, answer. `inner`: it stands inside another
/// procedure; `commands`: it is done with commands, by whoever reads it.
pub(super) fn answers(
    draft: &mut Draft,
    document: &Document,
    said: &[&(Said, Spot)],
    scope: &[&Section],
    inner: bool,
    commands: bool,
    voice: Option<(Voice, bool)>,
) {
    for (said, spot) in said.iter().filter(|s| s.0.deed == "verify") {
        for proof in &said.proofs {
            claim(&mut draft.fields, procedure::VERIFIES, proof, said.duty, spot);
        }
    }
    approvals(draft, scope);
    let notes: Vec<&(Note, Spot)> = scope.iter().flat_map(|s| &s.notes).take(MOST_NOTES).collect();
    flags(draft, &notes);
    checked(draft, scope);
    let references = references(document, &notes);
    for (name, spot) in references.iter().take(MOST_REFERENCES) {
        draft.fields.say(procedure::REFERS, name.as_str(), spot);
    }
    // "as above" in a sub-section: what it leaves out, the procedure it belongs to answers for. So it is with what is asked for.
    let acts = commands || said.iter().any(|(s, _)| matches!(s.deed, "reset" | "grant") && s.object.is_some() && s.duty != Duty::MustNot);
    let part = notes.iter().any(|(n, _)| *n == Note::Above && inner || *n == Note::Requested && !acts);
    if part {
        return;
    }
    let (owed, performed): (&[Field], bool) = match voice {
        // where nobody asks, nobody can be checked: the reader lets himself in
        Some((Voice::Operator, true)) => (OWED.get(CHECKS..).unwrap_or_default(), true),
        Some((Voice::Operator, false)) => (&OWED, true),
        Some((Voice::Desk, _)) => (&DESK_OWES, true),
        Some((Voice::Rules, _)) => (&RULES_OWE, false),
        _ => return,
    };
    draft.fields.say(procedure::PERFORMED, performed, &draft.at.clone());
    if let Some((name, spot)) = references.first() {
        for field in REFERABLE.into_iter().filter(|f| owed.contains(f)) {
            if draft.fields.get(field).is_none() {
                draft.fields.set(field, Stated::Referenced(name.clone(), (*spot).clone()));
            }
        }
    }
    draft.fields.could_say(owed);
}

fn approvals(draft: &mut Draft, scope: &[&Section]) {
    let approves = |s: &&(Said, Spot)| s.0.deed == "approve" && s.0.duty != Duty::MustNot;
    let said: Vec<&(Said, Spot)> = scope.iter().flat_map(|s| &s.said).filter(approves).take(MOST_APPROVALS).collect();
    let Some((_, first)) = said.first() else { return };
    let mut items = Vec::new();
    for (said, spot) in &said {
        let mut fields = Fields::default();
        for actor in &said.actors {
            claim(&mut fields, approval::BY_WHOM, actor, said.duty, spot);
        }
        for channel in &said.channels {
            claim(&mut fields, approval::CHANNEL, channel, said.duty, spot);
        }
        if let Some(people) = said.people {
            let count = Claim { value: Value::Number(people), quote: spot.clone(), basis: Basis::Explicit, duty: said.duty };
            fields.claim(approval::COUNT, count);
        }
        items.push(fields);
    }
    draft.fields.say(procedure::APPROVALS, List { items, complete: true }, first);
}

/// A control that is asked for somewhere is there; a denial counts where nothing asks for it.
fn flags(draft: &mut Draft, notes: &[&(Note, Spot)]) {
    let mut noted: Vec<(Field, bool, &Spot)> = Vec::new();
    for (note, spot) in notes {
        let Some((field, yes)) = note.answer() else { continue };
        if !noted.contains(&(field, yes, spot)) {
            noted.push((field, yes, spot));
        }
    }
    for (field, yes, spot) in &noted {
        if *yes || !noted.iter().any(|n| n.0 == *field && n.1) {
            draft.fields.say(*field, *yes, spot);
        }
    }
}

/// A proof that somebody is asked for is a check, good or bad: what it is worth, others judge.
fn checked(draft: &mut Draft, scope: &[&Section]) {
    let clauses = scope.iter().flat_map(|s| &s.said).take(MOST_NOTES);
    let mut checks = clauses.filter(|(s, _)| s.deed == "verify" && s.duty != Duty::MustNot && (s.object.is_some() || !s.proofs.is_empty()));
    if let Some((_, spot)) = checks.next() {
        draft.fields.say(procedure::CHECKED, true, spot);
    }
}

/// The documents that are referred to, by name or by link, in order.
fn references<'n>(document: &Document, notes: &[&'n (Note, Spot)]) -> Vec<(String, &'n Spot)> {
    let mut out: Vec<(String, &Spot)> = Vec::new();
    for (note, spot) in notes {
        let Note::Elsewhere(name) = note else { continue };
        let inside = |link: &&((usize, usize), String)| link.0.0 >= spot.start && link.0.0 < spot.end;
        let from = document.links.partition_point(|l| l.0.0 < spot.start);
        let link = document.links.get(from..).unwrap_or_default().iter().take(MOST_REFERENCES).find(inside);
        out.push((link.map_or_else(|| name.clone(), |l| l.1.clone()), spot));
        if out.len() >= MOST_REFERENCES {
            break;
        }
    }
    out
}
