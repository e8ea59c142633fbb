//! What a sentence does with its words: asks for them, forbids them, allows them, assumes them.
//!
//! Negation has a scope. "Do not" forbids every verb up to the end of the sentence or an exception; "cannot" negates its own
//! clause; "instead of" negates what follows it; "… is prohibited" what stands before it. Two negations make a demand.

use super::grammar::{Class, Grammar, Hit, Slot};
use super::inflect::Form;
use super::token::Token;
use crate::fact::Duty;

/// How a word stands in its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Stance {
    pub(super) negated: bool,
    /// Behind "if" or "because": neither asked nor forbidden.
    pub(super) assumed: bool,
    /// Behind "unless" or "but" after a prohibition.
    pub(super) excepted: bool,
    /// Negated of somebody in a relative clause: "users who have no phone".
    pub(super) relative: bool,
    /// Negated by a prohibition.
    pub(super) forbidden: bool,
    grade: Grade,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Grade {
    #[default]
    Must,
    Should,
    May,
}

impl Stance {
    /// Whether it can or may be done.
    pub(super) fn is_possible(self) -> bool {
        self.grade == Grade::May
    }

    /// The duty of a deed that stands so.
    pub(super) fn duty(self) -> Duty {
        match self {
            Self { negated: true, .. } => Duty::MustNot,
            Self { excepted: true, .. } => Duty::Unless,
            Self { grade: Grade::Must, .. } => Duty::Must,
            Self { grade: Grade::Should, .. } => Duty::Should,
            Self { grade: Grade::May, .. } => Duty::May,
        }
    }
}

/// The stance of every word. `forbidden`: the list or heading above forbids all of it. `asked`: it has questions put to somebody.
pub(super) fn stances(tokens: &[Token], hits: &[Hit], grammar: &Grammar, forbidden: bool, asked: bool) -> Vec<Stance> {
    let mut out: Vec<Stance> = Vec::with_capacity(tokens.len());
    let (mut wide, mut narrow, mut instead, mut assumed, mut excepted) = (forbidden, false, false, false, false);
    // whether a narrow negation is that of the subject ("no key may …") or of a relative clause ("users who do not … are …")
    let (mut subject, mut relative) = (false, false);
    let mut grade = Grade::Must;
    let mut ever_negated = forbidden;
    let mut next = hits.iter().filter(|h| h.slot == Slot::Cue).peekable();
    // cues take effect behind their last word
    let mut pending: Vec<(usize, &'static str)> = Vec::new();
    // "When you set it to off, …": what could be
    let when = tokens.first().is_some_and(|t| grammar.reads(t, "when")) && tokens.iter().any(|t| t.mark == ',');
    assumed |= when;
    let (mut from, mut prohibited) = (0, 0);
    let question = !asked && tokens.last().is_some_and(|t| t.mark == '?');
    for (at, token) in tokens.iter().enumerate() {
        pending.retain(|(end, cue)| {
            if *end > at {
                return true;
            }
            match *cue {
                "negation" => wide = true,
                "inability" => narrow = true,
                "nothing" => (narrow, subject) = (true, true),
                "who" => (narrow, relative) = (true, true),
                "instead" => instead = true,
                _ => assumed = true,
            }
            ever_negated = true;
            false
        });
        match token.mark {
            ')' | ':' => (narrow, instead) = (false, false),
            // "does not create, update or remove": one negation of several verbs
            ',' if narrow && !relative && lists_verbs(tokens, at, hits) => {}
            ',' => (narrow, instead, assumed, subject, relative) = (false, false, false, false, false),
            ';' | '—' => {
                (wide, narrow, instead, assumed) = (false, false, false, false);
                (subject, relative) = (false, false);
                grade = Grade::Must;
                from = at;
            }
            _ => {}
        }
        let class = grammar.class(token);
        // "is not told that the password was changed"
        if grammar.reads(token, "that") && tokens.get(at + 1).is_some_and(|t| grammar.class(t).is(Class::DETERMINER)) {
            narrow = false;
        }
        let resumes = relative && matches!(token.form, Form::S | Form::Ed) && grammar.reads(token, "be") || relative && are(token, grammar);
        if class.is(Class::MODAL) && !subject || resumes {
            (narrow, relative) = (false, false);
        }
        // "without a check and send it": a new demand
        if class.is(Class::CONJUNCTION)
            && hits.iter().any(|h| h.start == at + 1 && h.slot == Slot::Deed)
            && tokens.get(at + 1).is_some_and(|t| t.form != Form::Ing)
        {
            instead = false;
        }
        while let Some(hit) = next.next_if(|h| h.start <= at) {
            match hit.word {
                // "and not to" is one negation as well
                "negation" if overlapped(hits, hit) => {}
                // "if you no longer have a phone, you must …" forbids nothing
                "negation" if assumed && !tokens.get(at).is_some_and(|t| grammar.reads(t, "do")) => pending.push((hit.end, "inability")),
                "negation" if addressed(tokens, at, grammar) => pending.push((hit.end, "negation")),
                "negation" if follows(tokens, at, &["who", "that", "which"], grammar) => pending.push((hit.end, "who")),
                "negation" => pending.push((hit.end, "inability")),
                // "do not" is one negation, not two
                "inability"
                    if hits.iter().any(|h| {
                        h.slot == Slot::Cue
                            && matches!(h.word, "negation" | "instead" | "prohibition")
                            && h.start < hit.end
                            && hit.start < h.end
                    }) => {}
                "inability" if follows(tokens, at, &["who", "that", "which"], grammar) => pending.push((hit.end, "who")),
                "inability" if is_subject(tokens, at, grammar) => pending.push((hit.end, "nothing")),
                "inability" | "instead" | "condition" => pending.push((hit.end, hit.word)),
                "exception" => {
                    excepted = ever_negated;
                    (wide, narrow, instead, assumed) = (false, false, false, false);
                }
                // "do not use a shared account" goes on with its negation
                "restart" if hits.iter().any(|h| h.slot == Slot::Cue && h.word == "negation" && h.end == hit.start) => {}
                "restart" => (wide, narrow) = (false, false),
                "prohibition" => {
                    out.iter_mut().skip(from).for_each(|s| s.negated = true);
                    // "… are not used": the verb is part of it
                    prohibited = hit.end;
                }
                "must" => grade = Grade::Must,
                "should" => grade = Grade::Should,
                "may" => grade = Grade::May,
                _ => {}
            }
        }
        out.push(Stance {
            negated: at < prohibited || (usize::from(wide) + usize::from(narrow) + usize::from(instead)) % 2 == 1,
            assumed: assumed || question,
            excepted,
            relative: narrow && relative,
            forbidden: wide,
            grade,
        });
    }
    out
}

/// Whether a bare verb stands on both sides of a comma: "create, update", "update, or remove".
fn lists_verbs(tokens: &[Token], at: usize, hits: &[Hit]) -> bool {
    let verb = |i: usize| {
        tokens.get(i).is_some_and(|t| t.form == Form::Base)
            && hits.iter().any(|h| h.start == i && h.slot == Slot::Cue && h.word == "imperative")
    };
    at.checked_sub(1).is_some_and(verb) && (verb(at + 1) || verb(at + 2))
}

/// Whether a cue that parts alternatives began before this one and holds its beginning.
fn overlapped(hits: &[Hit], hit: &Hit) -> bool {
    hits.iter().any(|h| h.slot == Slot::Cue && h.word == "instead" && h.start < hit.start && hit.start < h.end)
}

/// Whether one of these words stands shortly before a token.
fn follows(tokens: &[Token], at: usize, words: &[&str], grammar: &Grammar) -> bool {
    tokens.get(at.saturating_sub(2)..at).unwrap_or_default().iter().any(|t| words.iter().any(|w| grammar.reads(t, w)))
}

/// "No key may …", "nobody can …": the subject itself is negated, and a modal does not end that.
fn is_subject(tokens: &[Token], at: usize, grammar: &Grammar) -> bool {
    let first = tokens.get(at).is_some_and(|t| ["no", "none", "nobody", "nothing"].iter().any(|w| grammar.reads(t, w)));
    first && at.checked_sub(1).and_then(|b| tokens.get(b)).is_none_or(|b| !b.is_word() || grammar.class(b).is(Class::CONJUNCTION))
}

/// "Are" is a base form by its spelling only.
fn are(token: &Token, grammar: &Grammar) -> bool {
    grammar.reads(token, "be") && token.end - token.start == 3
}

/// Whether a negation at this token speaks to the reader ("Do not …", "you must not …") and not of somebody ("users who do not …").
fn addressed(tokens: &[Token], at: usize, grammar: &Grammar) -> bool {
    let before = at.checked_sub(1).and_then(|b| tokens.get(b));
    let first = tokens.get(at).map(|t| grammar.class(t));
    let Some(before) = before else { return true };
    if first.is_none_or(|c| !c.is(Class::AUXILIARY)) {
        return true;
    }
    !before.is_word() || grammar.class(before).is(Class::CONJUNCTION | Class::BEFORE_VERB | Class::MODAL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::prose::tests::pack;
    use crate::read::prose::token;

    fn negated(text: &str, word: &str) -> bool {
        let grammar = Grammar::new(&[&pack()]);
        let tokens = token::tokens(text, &grammar);
        let hits = grammar.hits(&tokens);
        let stances = stances(&tokens, &hits, &grammar, false, false);
        let at = text.find(word).expect("the word");
        let index = tokens.iter().position(|t| t.start == at).expect("a token");
        stances[index].negated
    }

    #[test]
    fn the_scope_of_negation() {
        assert!(negated("Do not write down passwords, keep them in mails, or read them over the phone.", "phone"));
        assert!(negated("Never send the token by e-mail or any chat tool", "chat"));
        assert!(!negated("Never send the token; hand it over in person", "hand"));
        assert!(!negated("Send the code in person instead of by email", "person"));
        assert!(negated("Send the code in person instead of by email", "email"));
        assert!(negated("Sending passwords by email is prohibited", "email"));
        assert!(!negated("Do not reset anything without approval", "approval"));
        assert!(!negated("Users who cannot log in can ask for a new password", "password"));
        assert!(!negated("Never share accounts, except in an emergency over the phone", "phone"));
        assert!(negated("Send it to a person and not to a mailing list", "mailing"));
        assert!(!negated("Reset it without a check and send it by email", "email"));
        assert!(negated("No key may be sent by email", "email"));
        assert!(!negated("Contractors who do not own a phone are excluded from MFA", "excluded"));
        assert!(!negated("If they do not have a badge, ask for the date of birth", "date"));
    }
}
