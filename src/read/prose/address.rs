//! Whom a sentence addresses, and what it has them do: the reader, whoever is let in, or somebody else who will do it.

use super::clause::{Said, Sentence};
use super::grammar::{Class, Grammar, Hit, Slot};
use super::inflect::Form;
use super::section::{RESETS, is_access};
use super::token::Token;
use crate::fact::Duty;

/// Whether a label is followed by what it labels: "Owner: …", "Maintained by …".
pub(super) fn follows(words: &[Token], end: usize) -> bool {
    words.get(end).is_some_and(|t| matches!(t.mark, ':' | '\n' | '—')) || end > 1 && words.get(end).is_some_and(Token::is_word)
}

/// The type of procedure that a sentence of its text gives away. An emergency account is named in a step; a reset of somebody's
/// account, where a text begins.
pub(super) fn names(sentence: &Sentence<'_>, imperative: bool) -> Option<&'static str> {
    let acts = || sentence.of(Slot::Act).filter(|a| !sentence.stance(a.start).negated);
    // "Break-glass way in for …"; "Sign in with the emergency account"; "Disable MFA for all users"
    let used = |a: &&Hit| sentence.of(Slot::Deed).any(|d| d.start == 0 && d.word == "use" && d.end <= a.start);
    let emergency = |a: &&Hit| a.word == "break_glass" && (a.start == 0 || imperative && used(a));
    if let Some(act) = acts().find(emergency) {
        return Some(act.word);
    }
    let reset = |a: &&Hit| RESETS.contains(&a.word) && !sentence.is_noun_first(a);
    acts().find(reset).filter(|_| !imperative && sentence.has("somebody_else") && !sentence.is_statement()).map(|a| a.word)
}

/// Whether it tells the reader to do something: "Break-glass account 1" is a name.
pub(super) fn tells(sentence: &Sentence<'_>) -> bool {
    sentence.is_imperative() && !sentence.of(Slot::Act).any(|a| a.start == 0 && a.word == "break_glass")
}

/// Whether a bare verb comes after what leads to it: "On the edit page choose **Unlock**".
pub(super) fn is_led_in(sentence: &Sentence<'_>, words: &[Token], text: &str, grammar: &Grammar) -> bool {
    let Some(first) = words.iter().find(|t| t.is_word()) else { return false };
    if !grammar.class(first).is(Class::PREPOSITION) {
        return false;
    }
    let start = words.first().map_or(0, |t| t.start);
    // the verb is no noun where it has an object: "the" something, or a label in quotes or capitals
    sentence.cues("imperative").any(|h| {
        let governed = h.start.checked_sub(1).and_then(|b| words.get(b)).is_some_and(|b| {
            let class = grammar.class(b);
            b.is_word() && !class.is(Class::DETERMINER | Class::PREPOSITION | Class::MODAL | Class::AUXILIARY | Class::PRONOUN)
        });
        let object = words.get(h.end).is_some_and(|t| {
            let label = text.get(t.start.saturating_sub(start)..).and_then(|t| t.chars().next()).is_some_and(char::is_uppercase);
            t.mark == '"' || grammar.class(t).is(Class::DETERMINER) || label
        });
        governed && object && !sentence.stance(h.start).assumed
    })
}

/// Whether it has the reader make sure that something is so: "Verify that the reset token ends". Who is asked to is an auditor.
pub(super) fn audits(sentence: &Sentence<'_>, words: &[Token], grammar: &Grammar) -> bool {
    let asks = |at: usize| ["verify", "check", "ensure", "confirm"].iter().any(|w| sentence.reads(at, w));
    let that = |at: usize| (at + 1..words.len().min(at + 3)).any(|i| sentence.reads(i, "that"));
    let bare = |at: usize| is_bare(at, words, grammar) && allowed(sentence, at);
    (0..words.len()).any(|at| asks(at) && that(at) && bare(at))
}

/// Whether a verb stands as a command does: bare, and not after its subject.
fn is_bare(at: usize, words: &[Token], grammar: &Grammar) -> bool {
    let form = words.get(at).map_or(Form::Base, |t| t.form);
    let before = at.checked_sub(1).and_then(|b| words.get(b));
    form == Form::Base && before.is_none_or(|b| !b.is_word() || grammar.class(b).is(Class::BEFORE_VERB))
}

/// Whether it is not the reader who acts but the one who is let in: "Users choose a new password", "The customer clicks the link".
pub(super) fn holder_acts(sentence: &Sentence<'_>, words: &[Token], grammar: &Grammar) -> bool {
    let Some(first) = words.iter().position(Token::is_word) else { return false };
    let class = words.get(first).map(|t| grammar.class(t)).unwrap_or_default();
    let subject = if class.is(Class::DETERMINER) { first + 1 } else { first };
    let named = sentence.cues("somebody_else").any(|c| c.start == subject) || class.is(Class::PRONOUN);
    let verb = |h: &Hit| h.start > subject && h.start <= subject + 4 && words.get(h.start).is_some_and(|t| t.form != Form::Ed);
    named && (sentence.cues("imperative").any(verb) || sentence.of(Slot::Deed).any(verb))
}

/// Whether a sentence lets somebody in again: it has the reader do so, or tells how a desk does.
pub(super) fn performs(sentence: &Sentence<'_>, said: &[Said], imperative: bool, desk: bool) -> bool {
    let binding = |s: &&Said| matches!(s.duty, Duty::Must | Duty::Should | Duty::May);
    let opens = |s: &Said| s.object.is_some_and(|o| is_access(o) || o == "shared_account" || o == "code");
    let helps = |s: &Said| s.actors.iter().any(|a| matches!(*a, "first_line" | "second_line" | "admin" | "security" | "vendor" | "peer"));
    // "Ask the user to start a reset": the user does it
    let delegates = |c: &Hit| c.start == 0 && sentence.cues("somebody_else").any(|s| s.start >= c.end && s.start <= c.end + 3);
    if sentence.cues("asked").any(delegates) {
        return false;
    }
    let mut resets = said.iter().filter(|s| matches!(s.deed, "reset" | "grant")).filter(binding);
    let named = || sentence.of(Slot::Act).any(|h| RESETS.contains(&h.word) && allowed(sentence, h.start));
    let label = || sentence.of(Slot::Deed).any(|h| h.word == "reset" && h.start > 0 && allowed(sentence, h.start));
    resets.any(|s| opens(s) && (imperative || desk || helps(s))) || imperative && (named() || label())
}

fn allowed(sentence: &Sentence<'_>, at: usize) -> bool {
    let stance = sentence.stance(at);
    !stance.negated && !stance.assumed
}

/// Whether the reader is sent to somebody who will do it.
pub(super) fn asks(sentence: &Sentence<'_>, words: &[Token], grammar: &Grammar) -> bool {
    let helper = |h: &Hit| matches!(h.word, "first_line" | "admin" | "second_line");
    let bare = |h: &Hit| is_bare(h.start, words, grammar);
    sentence.cues("asked").any(|c| {
        bare(c) && allowed(sentence, c.start) && sentence.of(Slot::Actor).any(|a| helper(a) && a.start >= c.end && a.start <= c.end + 6)
    })
}
