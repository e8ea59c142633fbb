//! One sentence to what it asks for: a deed, its object, channel, proof and actor, tied together within a clause.

mod approval;
mod bond;
mod handover;
mod label;
mod lack;
mod lead;
mod saying;
mod sharing;
mod verification;

use super::grammar::{Class, Grammar, Hit, Slot};
use super::inflect::Form;
use super::stance::{Stance, stances};
use super::token::Token;
use crate::fact::Duty;
pub(in crate::read::prose) use lead::Lead;

/// What a clause says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::read::prose) struct Said {
    pub(in crate::read::prose) deed: &'static str,
    pub(in crate::read::prose) object: Option<&'static str>,
    pub(in crate::read::prose) channels: Vec<&'static str>,
    pub(in crate::read::prose) proofs: Vec<&'static str>,
    pub(in crate::read::prose) actors: Vec<&'static str>,
    pub(in crate::read::prose) duty: Duty,
    /// Of an approval: how many it takes, if that is said.
    pub(in crate::read::prose) people: Option<i64>,
    /// A weakness that is said outright; then there is no deed.
    pub(in crate::read::prose) says: Option<&'static str>,
    /// First and last word, bytes of the block's text.
    pub(in crate::read::prose) span: (usize, usize),
}

/// What surrounds a sentence.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::read::prose) struct Setting {
    /// A list or heading above forbids all of it.
    pub(in crate::read::prose) forbidden: bool,
    /// The introduction of the list supposes what its items say.
    pub(in crate::read::prose) supposed: bool,
    /// The section is about getting somebody back in.
    pub(in crate::read::prose) recovery: bool,
    /// The list or heading above asks for a check of identity.
    pub(in crate::read::prose) verifying: bool,
    /// Any one of the items of the list proves it.
    pub(in crate::read::prose) either: bool,
    /// A desk or a caller was named in this section.
    pub(in crate::read::prose) desk: bool,
    /// The sentence before wrote a mail to somebody who may say yes.
    pub(in crate::read::prose) mailed: bool,
    /// The block or its heading is about access.
    pub(in crate::read::prose) access: bool,
    /// The title of the document names a way in.
    pub(in crate::read::prose) titled: bool,
    /// So does the heading above.
    pub(in crate::read::prose) headed: bool,
    /// The document gets people back in, here or further up.
    pub(in crate::read::prose) recovers: bool,
    /// The block names a vault, which is the right place to share from.
    pub(in crate::read::prose) vaulted: bool,
    /// This very section gets people back in.
    pub(in crate::read::prose) nearby: bool,
    /// The document holds hardly any code.
    pub(in crate::read::prose) plain: bool,
    /// The sentence is a cell of a table: a list of cases and not a statement.
    pub(in crate::read::prose) row: bool,
    /// It is about a way in for emergencies.
    pub(in crate::read::prose) emergency: bool,
    /// It tells what the writer did: a closed ticket is how it is really done.
    pub(in crate::read::prose) done: bool,
    /// It stands in a letter to whoever gets something.
    pub(in crate::read::prose) letter: bool,
    /// The step before has the reader call somebody.
    pub(in crate::read::prose) called: bool,
    /// What the introduction of the list began.
    pub(in crate::read::prose) lead: Lead,
}

/// Channels over which no secret should travel.
pub(in crate::read::prose) const OPEN_CHANNELS: [&str; 7] = ["email", "chat", "sms", "phone", "verbal", "paper", "shared_document"];
/// Objects that open something.
const SECRETS: [&str; 7] = ["password", "temporary_password", "secret", "token", "key", "code", "shared_password"];
/// Proofs that anybody may know of somebody.
const KNOWLEDGE: [&str; 5] = ["knowledge_question", "date_of_birth", "last_4_ssn", "employee_number", "caller_id"];
/// Proofs that hold.
const STRONG: [&str; 9] = [
    "passkey",
    "id_document",
    "callback_known_number",
    "in_person",
    "video_call",
    "push",
    "certificate",
    "identity_proofing",
    "recovery_code",
];
/// Words between a verb and what it does.
const REACH: usize = 12;

/// A sentence with everything that is known of its words.
pub(in crate::read::prose) struct Sentence<'a> {
    tokens: &'a [Token],
    hits: Vec<Hit>,
    stances: Vec<Stance>,
    grammar: &'a Grammar,
    pub(in crate::read::prose) setting: Setting,
}

impl<'a> Sentence<'a> {
    pub(in crate::read::prose) fn new(tokens: &'a [Token], grammar: &'a Grammar, setting: Setting) -> Self {
        Self::with(tokens, grammar.hits(tokens), grammar, setting)
    }

    /// The same, where the phrases were looked for before.
    pub(in crate::read::prose) fn with(tokens: &'a [Token], hits: Vec<Hit>, grammar: &'a Grammar, setting: Setting) -> Self {
        let stances = stances(tokens, &hits, grammar, setting.forbidden, setting.verifying);
        Self { tokens, hits, stances, grammar, setting }
    }

    /// Whether a cue occurs.
    pub(in crate::read::prose) fn has(&self, cue: &str) -> bool {
        self.cues(cue).next().is_some()
    }

    /// Whether a cue occurs that is not negated.
    pub(in crate::read::prose) fn cues(&self, cue: &str) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |h| h.slot == Slot::Cue && h.word == cue)
    }

    /// The words found for one question.
    pub(in crate::read::prose) fn words(&self, slot: Slot) -> impl Iterator<Item = &'static str> {
        self.hits.iter().filter(move |h| h.slot == slot).map(|h| h.word)
    }

    /// The same with their first token.
    pub(in crate::read::prose) fn of(&self, slot: Slot) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |h| h.slot == slot)
    }

    /// Bytes of some tokens, in the block's text.
    pub(in crate::read::prose) fn span(&self, from: usize, to: usize) -> (usize, usize) {
        self.text_span(from, to)
    }

    pub(in crate::read::prose) fn stance(&self, at: usize) -> Stance {
        self.stances.get(at).copied().unwrap_or_default()
    }

    /// Whether the sentence tells the reader to do something: its first word is a bare verb, or it says "you must".
    pub(in crate::read::prose) fn is_imperative(&self) -> bool {
        self.cues("imperative").any(|h| self.form(h.start) == Form::Base && self.opens(h.start) && !self.followed_by_auxiliary(h.end))
    }

    /// Whether it says how things are ("… are excluded", "… should be"): a heading of that kind names no procedure.
    pub(in crate::read::prose) fn is_statement(&self) -> bool {
        let question = self.tokens.last().is_some_and(|t| t.mark == '?')
            || self.tokens.first().is_some_and(|t| self.class_of(t).is(Class::CARRIER | Class::PREPOSITION));
        !question && (0..self.tokens.len()).any(|i| self.class(i).is(Class::MODAL) || self.reads(i, "be"))
    }

    /// Whether an act is named by a noun ("password reset") and not by a verb ("reset a password").
    pub(in crate::read::prose) fn is_noun_first(&self, hit: &Hit) -> bool {
        let verb = [
            "reset",
            "unlock",
            "recover",
            "change",
            "update",
            "regain",
            "restore",
            "unsuspend",
            "remove",
            "replace",
            "disable",
            "reactivate",
        ]
        .iter()
        .any(|v| self.reads(hit.start, v));
        let last = hit.end.saturating_sub(1);
        !verb || hit.end < hit.start + 2 || self.reads(last, "reset")
    }

    /// Whether it has the reader ask somebody else for access: "request the role", "apply for a password reset".
    pub(in crate::read::prose) fn requests(&self) -> bool {
        self.cues("imperative").any(|h| {
            let near = |o: &&Hit| o.start >= h.end && o.start < h.end + 8;
            (self.reads(h.start, "request") || self.reads(h.start, "apply"))
                && self.form(h.start) == Form::Base
                && self.opens(h.start)
                && !self.stance(h.start).negated
                && (self.of(Slot::Act).filter(near).count() > 0 || self.of(Slot::Object).filter(near).any(|o| o.word == "access"))
        })
    }

    fn class_of(&self, token: &Token) -> Class {
        self.grammar.class(token)
    }

    /// What "it" means in the next sentence: the last secret that is named, or else the last account.
    pub(in crate::read::prose) fn carries(&self, before: Option<&'static str>) -> Option<&'static str> {
        let last = |words: &[&str]| self.of(Slot::Object).filter(|h| words.contains(&h.word)).last().map(|h| h.word);
        last(&SECRETS).or(before).or_else(|| last(&["account", "shared_account"]))
    }

    /// Everything the sentence asks for, forbids or allows. `carried` is what "it" means.
    pub(in crate::read::prose) fn said(&self, carried: Option<&'static str>) -> Vec<Said> {
        let mut out = Vec::new();
        if self.is_test() && !self.setting.recovery {
            return out;
        }
        for hit in self.of(Slot::Deed) {
            if self.stance(hit.start).assumed && hit.word != "approve" {
                continue;
            }
            match hit.word {
                "send" | "share" => out.extend(self.handover(hit, carried)),
                "verify" => out.extend(self.verification(hit)),
                "approve" => out.extend(self.approval(hit)),
                "store" => out.extend(self.storage(hit, carried)),
                _ => out.extend(self.plain(hit, carried)),
            }
        }
        out.extend(self.reset_by_proof());
        out.extend(self.asked_for());
        out.extend(self.recognised());
        if !out.iter().any(|said| said.deed == "verify" && !said.proofs.is_empty()) {
            out.extend(self.checked());
        }
        if !out.iter().any(|said| said.deed == "send" && !said.channels.is_empty()) {
            out.extend(self.led().or_else(|| self.enclosed()).or_else(|| self.travels()));
        }
        out.extend(self.shared());
        out.extend(self.unapproved());
        out.extend(self.sayings(carried));
        if !out.iter().any(|said| said.deed == "approve") {
            out.extend(self.replied().or_else(|| self.assented()).or_else(|| self.labelled_approval()));
        }
        out
    }

    /// "Verify that …": a test of a standard, not a deed.
    fn is_test(&self) -> bool {
        let first = self.tokens.iter().position(Token::is_word).unwrap_or(0);
        self.cues("requirement").any(|c| {
            let label = c.start.checked_sub(1).and_then(|b| self.tokens.get(b)).is_some_and(|t| t.mark == ':');
            (c.start <= first + 2 || label)
                && c.end > c.start + 1
                && self.reads(c.end - 1, "that")
                && !self.reads(c.start, "ensure")
                && !self.reads(c.start, "make")
        }) || self.of(Slot::Deed).any(|d| {
            let told = (d.end..d.end + 3).any(|i| self.reads(i, "that"));
            d.word == "verify" && d.start <= first + 3 && told
        })
    }

    fn form(&self, at: usize) -> Form {
        // "e-mailed" is two words, and the second is inflected
        let at = if self.reads(at, "e") && self.reads(at + 1, "mail") { at + 1 } else { at };
        self.tokens.get(at).map_or(Form::Base, |t| t.form)
    }

    fn class(&self, at: usize) -> Class {
        self.tokens.get(at).map(|t| self.grammar.class(t)).unwrap_or_default()
    }

    fn is_word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(Token::is_word)
    }

    fn followed_by_auxiliary(&self, end: usize) -> bool {
        self.class(end).is(Class::AUXILIARY | Class::MODAL)
    }

    /// Whether a word stands where a bare verb opens a demand.
    fn opens(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return true };
        !self.is_word(before) || self.class(before).is(Class::BEFORE_VERB)
    }

    fn text_span(&self, from: usize, to: usize) -> (usize, usize) {
        let start = self.tokens.get(from).map_or(0, |t| t.start);
        let end = self.tokens.get(to.saturating_sub(1)).map_or(start, |t| t.end);
        (start, end.max(start))
    }

    /// Whether a hit of a deed is used as a verb here.
    fn is_verb(&self, hit: &Hit) -> bool {
        let class = self.class(hit.start);
        let before = hit.start.checked_sub(1).map(|b| self.class(b)).unwrap_or_default();
        let next_is_object = self.class(hit.end).is(Class::DETERMINER | Class::PRONOUN)
            || self.hits.iter().any(|h| h.start == hit.end && h.slot == Slot::Object);
        match self.form(hit.start) {
            Form::Ing => !before.is(Class::DETERMINER),
            Form::Ed => !before.is(Class::DETERMINER) || hit.end > hit.start + 1,
            Form::S => !class.is(Class::NOUNISH) || next_is_object && hit.start > 0,
            // "E-Mail, Network Security, Password": the name of a thing among others
            Form::Base if class.is(Class::NOUNISH) && self.tokens.get(hit.end).is_some_and(|t| t.mark == ',') => false,
            Form::Base if class.is(Class::NOUNISH) => {
                let infinitive = hit.start > 0 && self.reads(hit.start - 1, "to") && self.class(hit.end).is(Class::CONJUNCTION);
                self.opens(hit.start) && (next_is_object || infinitive || hit.end > hit.start + 1)
            }
            Form::Base => !before.is(Class::DETERMINER),
        }
    }

    /// Whether a hit is a deed and not just a noun that could be one ("the log"). Phrases of several words are.
    pub(in crate::read::prose) fn is_deed(&self, hit: &Hit) -> bool {
        hit.end > hit.start + 1 || self.is_verb(hit)
    }

    /// Whether it is passive: "was sent", "be e-mailed".
    fn is_passive(&self, hit: &Hit) -> bool {
        if self.form(hit.start) != Form::Ed {
            return false;
        }
        // "has sent" tells, "is sent" and "has been sent" say how it is done
        (1..=4)
            .take_while(|n| hit.start >= *n && self.is_word(hit.start - n))
            .any(|n| self.class(hit.start - n).is(Class::AUXILIARY) && !self.reads(hit.start - n, "have"))
            || self.class(hit.end).is(Class::PREPOSITION)
            || self.grammar.verb_last
                && (self.class(hit.end).is(Class::AUXILIARY)
                    || (self.clause_start(hit.start)..hit.start).any(|i| self.class(i).is(Class::AUXILIARY)))
    }

    /// Whether an auxiliary stands shortly before a word.
    fn after_auxiliary(&self, at: usize) -> bool {
        (1..=3).any(|n| at >= n && self.class(at - n).is(Class::AUXILIARY))
    }

    /// Where the clause that begins at a verb ends.
    fn clause_end(&self, hit: &Hit) -> usize {
        let mut at = hit.end;
        while let Some(token) = self.tokens.get(at) {
            if matches!(token.mark, ';' | '—' | '.' | '!' | '?' | '\n') {
                break;
            }
            let starts = |h: &&Hit| h.start == at;
            if self.hits.iter().filter(starts).any(|h| {
                h.slot == Slot::Cue
                    && (matches!(h.word, "exception" | "condition")
                        || h.word == "imperative" && self.form(at) == Form::Base && at > hit.end + 1 && self.opens_clause(at))
            }) {
                break;
            }
            at += 1;
        }
        at
    }

    /// A bare verb behind a comma, "and" or "then" begins a clause of its own.
    fn opens_clause(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return true };
        if self.class(at).is(Class::NOUNISH) && !self.class(at + 1).is(Class::DETERMINER | Class::PRONOUN) {
            return false;
        }
        !self.is_word(before) || self.class(before).is(Class::CONJUNCTION) || self.class(before).is(Class::BEFORE_VERB)
    }

    /// The start of the clause that a word stands in.
    fn clause_start(&self, at: usize) -> usize {
        (0..at).rev().find(|i| self.tokens.get(*i).is_some_and(|t| matches!(t.mark, ';' | '—'))).map_or(0, |i| i + 1)
    }

    fn is_it(&self, at: usize) -> bool {
        self.reads(at, "it") || self.reads(at, "them") || self.reads(at, "these")
    }

    /// Whether a token is a form of this word.
    pub(in crate::read::prose) fn reads(&self, at: usize, word: &str) -> bool {
        debug_assert!(self.grammar.is_base(word), "{word} is no base form");
        self.tokens.get(at).is_some_and(|t| self.grammar.reads(t, word))
    }

    /// Whether a phrase that was found holds a word.
    pub(in crate::read::prose) fn covers(&self, hit: &Hit, word: &str) -> bool {
        (hit.start..hit.end).any(|i| self.reads(i, word))
    }

    fn actors(&self) -> Vec<&'static str> {
        let mut out: Vec<_> = self.words(Slot::Actor).collect();
        out.sort_unstable();
        out.dedup();
        out
    }

    fn say(&self, hit: &Hit, end: usize) -> Said {
        Said {
            deed: hit.word,
            object: None,
            channels: Vec::new(),
            proofs: Vec::new(),
            actors: Vec::new(),
            duty: self.stance(hit.start).duty(),
            people: None,
            says: None,
            span: self.text_span(hit.start, end),
        }
    }
}

impl Stance {
    /// Whether a word is negated although the verb it belongs to is not ("by phone instead of by e-mail").
    fn negated_beyond(self, verb: Self) -> bool {
        self.negated && !verb.negated
    }
}
