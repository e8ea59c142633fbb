//! Sections to procedures: what each is for, what it asks for, and what it never mentions.

use super::answers::answers;
use super::clause::{OPEN_CHANNELS, Said};
use super::document::Document;
use super::note::Note;
use super::people::people;
use super::section::{RESETS, Section};
use super::terms;
use super::unit::{self, Below};
use super::voice::{self, Counts, Shelf, Voice};
use crate::artifact::Spot;
use crate::fact::{ACTORS, ACTS, CHANNELS, DEEDS, OBJECTS, POPULATIONS, PROOFS, SAYINGS};
use crate::fact::{Basis, Claim, Draft, Duty, Field, Fields, Kind, List, Word, procedure, step};
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// Proofs that an attacker can know, buy, spoof or intercept.
const WEAK_PROOFS: [&str; 13] = [
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
    "chat_message",
    "personal_email",
];
/// Steps of a procedure that a fact keeps.
const MOST_STEPS: usize = 300;

/// The procedures of a document; one without any title is called by its file. False if it is of those whose procedures are not
/// assessed, and holds some.
pub(super) fn procedures(document: &Document, sections: &[Section], path: &str, file: &str, out: &mut Vec<Draft>) -> bool {
    let mut anchors: BTreeMap<String, usize> = BTreeMap::new();
    let below = Below::new(sections);
    let shelf = Shelf::of(path, document.code.len(), document.programs).with(sections.iter().map(|s| s.name.as_str()));
    if shelf.record {
        return !sections.iter().any(|s| s.act.is_some() && !s.said.is_empty());
    }
    for unit in unit::units(sections) {
        let Some(head) = sections.get(unit.head) else { continue };
        let members: Vec<&Section> = unit.members.iter().filter_map(|i| sections.get(*i)).collect();
        let said: Vec<&(Said, Spot)> = members.iter().flat_map(|s| &s.said).take(MOST_STEPS).collect();
        let typed = head.act.filter(|act| !document.records && is_procedure(act, head, &members, &said));
        let voice = head.act.map(|act| {
            let voice = voice::voice(act, head, Counts::of(&members), shelf, uses(&said));
            if voice == Voice::Holder && is_desk_told(act, unit.head, &members, sections) { Voice::Desk } else { voice }
        });
        let whole = |v: &Voice| matches!(v, Voice::Rules | Voice::Desk) && !document.records;
        let owed = voice.filter(|v| typed.is_some() || whole(v));
        let telling: Vec<&(Said, Spot)> = said.iter().copied().filter(|(s, _)| telling(s, head.act.is_some(), head)).collect();
        let whole = typed.is_some() || owed.is_some();
        if !whole && telling.is_empty() {
            continue;
        }
        let name = if head.name.is_empty() { document.title.as_ref().map_or(file, |t| t.0.as_str()).to_owned() } else { head.name.clone() };
        let mut anchor = unit::path(unit.head, sections);
        let times = anchors.entry(anchor.clone()).or_insert(0);
        *times += 1;
        if *times > 1 {
            anchor = format!("{anchor} ({times})");
        }
        let (start, end) = unit::extent(&unit, head, sections, whole);
        let mut draft = Draft::new(Kind::Procedure, cut(&name), anchor, Spot::at(start, end));
        if let Some(word) = head.act.and_then(named) {
            let at = head.heading.map_or_else(|| Spot::at(start, start), |(a, b)| Spot::at(a, b));
            draft.fields.say(procedure::ABOUT, word, &at);
        }
        people(&mut draft, head.act, head, &members, sections, voice.unwrap_or(Voice::Told));
        steps(&mut draft, if whole { &said } else { &telling }, whole);
        let inner = head.parent.and_then(|p| sections.get(p)).is_some_and(|s| s.act.is_some());
        owner(&mut draft, document, sections);
        let scope = unit::scope(&unit, sections, &below);
        if owed.is_some() {
            terms::state(&mut draft, &members, &scope);
        }
        let counts = Counts::of(&members);
        let voice = owed.map(|v| (v, counts.is_alone(head)));
        answers(&mut draft, document, &said, &scope, inner, counts.code > 0, voice);
        out.push(draft);
    }
    true
}

/// Whether a section of a type tells how it is done: its heading instructs, or a clause acts, and the reader is told to do things.
fn is_procedure(act: &str, head: &Section, members: &[&Section], said: &[&(Said, Spot)]) -> bool {
    let n = Counts::of(members);
    let deeds = |deeds: &[&str]| said.iter().any(|(s, _)| deeds.contains(&s.deed) && s.duty != Duty::MustNot);
    let handed = said.iter().any(|(s, _)| s.deed == "send" && s.object == Some("temporary_password") && s.duty != Duty::MustNot);
    // rules for an emergency account that never say how it is used are no procedure
    let acts = match act {
        "break_glass" | "root_ceremony" => uses(said) || n.code > 0 || deeds(&["reset", "disable", "grant", "send", "revoke"]),
        act if RESETS.contains(&act) => n.hands || deeds(&["reset", "disable", "grant", "send", "revoke"]),
        _ => true,
    };
    !head.story
        && (acts || head.instruct)
        && (n.steps() >= 2 || n.performs > 0 && (n.desk || n.steps() > 0 || n.is_told_by_role()) || handed)
}

/// Whether a page that calls itself a procedure and speaks to the one who is locked out tells the desk's part of it, too.
fn is_desk_told(act: &str, head: usize, members: &[&Section], sections: &[Section]) -> bool {
    let mut at = Some(head);
    let mut named = false;
    while let Some(section) = at.and_then(|i| sections.get(i)) {
        named |= section.citable;
        at = section.parent;
    }
    let sent = members.iter().find(|s| s.asks > 0 && s.notes.iter().any(|n| matches!(n.0, Note::Checked(true) | Note::HandsOut)));
    named && RESETS.contains(&act) && sent.is_some()
}

/// Whether some clause uses or opens what the procedure is about.
fn uses(said: &[&(Said, Spot)]) -> bool {
    said.iter().any(|(s, _)| {
        let acts = matches!(s.deed, "use" | "grant" | "reset" | "disable" | "send" | "share" | "override" | "approve");
        acts && s.object.is_some() && s.duty != Duty::MustNot
    })
}

/// The owner that the front matter or a line of the document names.
fn owner(draft: &mut Draft, document: &Document, sections: &[Section]) {
    if let Some((owner, (a, b))) = &document.owner {
        draft.fields.say(procedure::OWNER, owner.as_str(), &Spot::at(*a, *b));
    } else if let Some(spot) = sections.iter().find_map(|s| s.owner.as_ref()) {
        draft.fields.say(procedure::OWNER, "named in the text", spot);
    }
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

/// Whether a clause tells something about recovery on its own, whatever section it stands in.
fn telling(said: &Said, typed: bool, head: &Section) -> bool {
    if said.duty == Duty::MustNot {
        return false;
    }
    let open = said.channels.iter().any(|c| OPEN_CHANNELS.contains(c));
    match said.deed {
        // whoever leaves loses the factor with the account
        _ if said.says == Some("factor_off") => head.act != Some("offboarding"),
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

/// Claims a word of a vocabulary.
pub(super) fn claim(fields: &mut Fields<String, Spot>, field: Field, word: &str, duty: Duty, spot: &Spot) {
    if let Some(word) = named(word) {
        fields.claim(field, Claim { value: word.into(), quote: spot.clone(), basis: Basis::Explicit, duty });
    }
}

/// The clauses of a procedure. One that was read whole and holds none has none; of others nothing is known.
fn steps(draft: &mut Draft, said: &[&(Said, Spot)], whole: bool) {
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
    if whole || !items.is_empty() {
        draft.say(procedure::STEPS, List { items, complete: true });
    }
}
