//! What a sentence answers of the questions that an auditor asks of a procedure.

use super::clause::Sentence;
use super::grammar::Slot;
use crate::artifact::Spot;
use crate::fact::{Field, procedure};

/// Something an auditor asks after, and whether it is said to be so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Note {
    /// Whoever asks is checked.
    Checked(bool),
    /// It is recorded.
    Logged(bool),
    /// Sessions and sibling credentials end.
    Revokes(bool),
    /// The account holder is told.
    Notifies(bool),
    /// Something temporary is handed out.
    HandsOut,
    /// What is handed out ends.
    Expires(bool),
    /// Somebody looks at it afterwards.
    Reviewed(bool),
    /// It takes two people.
    TwoPeople(bool),
    /// Whoever asks does not decide.
    Separated(bool),
    /// Somebody or something keeps the credential.
    Custody(bool),
    /// Its use raises an alarm.
    Alarmed(bool),
    /// It is told when it may be used.
    Condition(bool),
    /// How it is done stands in another document: what that is called.
    Elsewhere(String),
    /// The reader asks somebody else for it: what they do is not told here.
    Requested,
    /// It is done as described further up in the same document.
    Above,
}

impl Note {
    /// The question it answers, and whether with yes.
    pub(super) fn answer(&self) -> Option<(Field, bool)> {
        Some(match self {
            Self::Checked(yes) => (procedure::CHECKED, *yes),
            Self::Logged(yes) => (procedure::LOGGED, *yes),
            Self::Revokes(yes) => (procedure::REVOKES, *yes),
            Self::Notifies(yes) => (procedure::NOTIFIES, *yes),
            Self::HandsOut => (procedure::HANDS_OUT, true),
            Self::Expires(yes) => (procedure::EXPIRES, *yes),
            Self::Reviewed(yes) => (procedure::REVIEWED, *yes),
            Self::TwoPeople(yes) => (procedure::SECOND_APPROVER, *yes),
            Self::Separated(yes) => (procedure::SEPARATED, *yes),
            Self::Custody(yes) => (procedure::CUSTODY, *yes),
            Self::Alarmed(yes) => (procedure::ALARMED, *yes),
            Self::Condition(yes) => (procedure::CONDITION, *yes),
            Self::Elsewhere(_) | Self::Requested | Self::Above => return None,
        })
    }
}

/// Proofs that a person gives to a person.
const GIVEN: [&str; 12] = [
    "knowledge_question",
    "date_of_birth",
    "last_4_ssn",
    "employee_number",
    "caller_id",
    "known_voice",
    "manager_vouch",
    "id_document",
    "callback_known_number",
    "in_person",
    "video_call",
    "identity_proofing",
];

/// The answers in a sentence. `text` is the sentence itself, its first token at byte `start` of the block.
pub(super) fn notes(sentence: &Sentence<'_>, text: &str, start: usize, spot: &Spot, out: &mut Vec<(Note, Spot)>) {
    let mut add = |note: Note| out.push((note, spot.clone()));
    for hit in sentence.of(Slot::Deed) {
        let yes = !sentence.stance(hit.start).negated;
        match hit.word {
            // "Document the incident", and "Document incident" where it opens a step
            "record" if sentence.is_deed(hit) || hit.start == 0 && sentence.is_imperative() => add(Note::Logged(yes)),
            "revoke" => add(Note::Revokes(yes)),
            "notify" => add(Note::Notifies(yes)),
            "expire" => add(Note::Expires(yes)),
            // "Quarterly test: sign in with the account" looks at the account, and not at what was done with it
            "review" if sentence.covers(hit, "quarterly") && sentence.has("described") => {}
            "review" => add(Note::Reviewed(yes)),
            _ => {}
        }
    }
    for hit in sentence.of(Slot::Channel).filter(|h| matches!(h.word, "ticket" | "pull_request" | "workflow")) {
        if !sentence.stance(hit.start).negated {
            add(Note::Logged(true));
        }
    }
    // "in person or by encrypted mail" is how something is handed over, and no check
    let handed = sentence.of(Slot::Deed).any(|h| h.word == "send")
        && !sentence.of(Slot::Deed).any(|h| h.word == "verify")
        && sentence.of(Slot::Channel).any(|h| !matches!(h.word, "in_person_handover" | "ticket"));
    for (cue, note) in [
        ("legitimacy", Note::Checked as fn(bool) -> Note),
        ("custody", Note::Custody),
        ("alarm", Note::Alarmed),
        ("separation", Note::Separated),
        ("two_people", Note::TwoPeople),
    ] {
        for hit in sentence.cues(cue).filter(|h| !(handed && sentence.covers(h, "person"))) {
            // "must not be the same person" is a demand, whatever its grammar
            add(note(cue == "separation" || !sentence.stance(hit.start).negated));
        }
    }
    // a proof that somebody on the other side gives is a check, good or bad: what it is worth, others judge
    if sentence.of(Slot::Proof).any(|h| GIVEN.contains(&h.word) && !(handed && h.word == "in_person") && !sentence.stance(h.start).negated)
    {
        add(Note::Checked(true));
    }
    let temporary = sentence.of(Slot::Object).find(|h| h.word == "temporary_password" && !sentence.stance(h.start).negated);
    if temporary.is_some_and(|t| sentence.cues("temporary").any(|c| c.start == t.start)) {
        add(Note::HandsOut);
    }
    if sentence.has("situation") {
        add(Note::Condition(true));
    }
    if sentence.cues("no_approval").any(|h| !sentence.stance(h.start).negated && !sentence.stance(h.start).assumed) {
        add(Note::TwoPeople(false));
    }
    if let Some(name) = reference(sentence, text, start) {
        add(Note::Elsewhere(name));
    }
    if sentence.requests() {
        add(Note::Requested);
    }
    if sentence.cues("elsewhere").any(|h| sentence.covers(h, "above")) {
        add(Note::Above);
    }
}

/// What a sentence that points to another document calls it: "per the Access Policy".
fn reference(sentence: &Sentence<'_>, text: &str, start: usize) -> Option<String> {
    let refers = sentence.cues("reference").next()?;
    let target = sentence.cues("elsewhere").find(|e| e.end > refers.start)?;
    let (_, from) = sentence.span(refers.start, refers.end);
    let (_, to) = sentence.span(target.start, target.end);
    let named = text.get(from.checked_sub(start)?..to.checked_sub(start)?).unwrap_or_default();
    let named: Vec<&str> = named.split_whitespace().filter(|w| !matches!(*w, "the" | "our" | "The" | "a" | "this")).collect();
    Some(if named.is_empty() { "another document".to_owned() } else { named.join(" ") })
}
