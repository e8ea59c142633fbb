//! What a text itself calls the people and things of a procedure, so that advice can speak its language.

use super::clause::Sentence;
use super::grammar::{Hit, Slot};
use super::section::Section;
use crate::artifact::Spot;
use crate::fact::{Draft, Field, procedure};

/// Bytes of a term: longer ones are no names.
const LONGEST: usize = 40;
/// Words that stand for somebody without naming him.
const VAGUE: [&str; 9] = ["their", "them", "someone", "somebody", "person", "who", "who's", "you", "everyone"];
/// What a record is called in common words.
const LEDGERS: [&str; 5] = ["ticket", "case", "issue", "record", "request"];
/// Who may carry out a procedure.
const PERFORMERS: [&str; 4] = ["first_line", "second_line", "admin", "security"];

/// A name, and what it is the name of.
pub(super) type Term = (Field, String, Spot);

/// The names in a sentence, for questions that `out` does not answer yet.
pub(super) fn terms(sentence: &Sentence<'_>, text: &str, start: usize, spot: &Spot, out: &mut Vec<Term>) {
    let named = |hit: &Hit| {
        let (from, to) = sentence.span(hit.start, hit.end);
        let name = text.get(from.checked_sub(start)?..to.checked_sub(start)?)?;
        let vague = name.split_whitespace().any(|w| VAGUE.iter().any(|v| w.eq_ignore_ascii_case(v)));
        (name.len() <= LONGEST && !vague && !name.contains(['\n', '"'])).then(|| name.to_owned())
    };
    let mut add = |field: Field, mut hits: Box<dyn Iterator<Item = &Hit> + '_>| {
        if out.iter().all(|t| t.0 != field) {
            // a product has a name of its own; people and tickets are many
            let one = |name: String| if field == procedure::SYSTEM { name } else { singular(&uncapitalised(&name)) };
            out.extend(hits.find_map(named).map(|name| (field, one(name), spot.clone())));
        }
    };
    add(procedure::PERFORMER, Box::new(sentence.of(Slot::Actor).filter(|h| PERFORMERS.contains(&h.word))));
    add(procedure::HOLDER, Box::new(sentence.cues("somebody_else")));
    add(procedure::SYSTEM, Box::new(sentence.cues("console")));
    // "noted in the change record", and not "in the Zendesk"
    let common = |h: &&Hit| h.word == "ticket" && LEDGERS.iter().any(|w| sentence.covers(h, w));
    add(procedure::LEDGER, Box::new(sentence.of(Slot::Channel).filter(common)));
}

/// "Users" at the start of a sentence are "users" in the middle of ours; "IT support" stays.
fn uncapitalised(name: &str) -> String {
    let mut chars = name.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if second.is_lowercase() && !name.chars().skip(1).any(char::is_uppercase) => {
            first.to_lowercase().chain([second]).chain(chars).collect()
        }
        _ => name.to_owned(),
    }
}

/// "users" is "user"; "security operations" stays.
fn singular(name: &str) -> String {
    let name = name.trim_end_matches("'s").trim_end_matches("’s").trim_end_matches(['\'', '’']).to_owned();
    let many = name.ends_with('s') && !["ss", "ops", "ions"].iter().any(|e| name.ends_with(e));
    if many { name.trim_end_matches('s').to_owned() } else { name }
}

/// States what a procedure calls things, or the section around it.
pub(super) fn state(draft: &mut Draft, members: &[&Section], scope: &[&Section]) {
    for (field, name, spot) in members.iter().chain(scope).flat_map(|s| &s.terms) {
        if draft.fields.get(*field).is_none() {
            draft.fields.say(*field, name.as_str(), spot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_into_a_sentence() {
        assert_eq!(uncapitalised("Users"), "users");
        assert_eq!(uncapitalised("IT support"), "IT support");
        assert_eq!(singular("service desks"), "service desk");
        assert_eq!(singular("security operations"), "security operations");
    }
}
