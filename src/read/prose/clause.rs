//! One sentence to what it asks for: a deed, its object, channel, proof and actor, tied together within a clause.

use super::grammar::{Class, Grammar, Hit, Slot};
use super::inflect::Form;
use super::stance::{Stance, stances};
use super::token::Token;
use crate::fact::Duty;

/// What a clause says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) deed: &'static str,
    pub(super) object: Option<&'static str>,
    pub(super) channels: Vec<&'static str>,
    pub(super) proofs: Vec<&'static str>,
    pub(super) actors: Vec<&'static str>,
    pub(super) duty: Duty,
    /// Of an approval: how many it takes, if that is said.
    pub(super) people: Option<i64>,
    /// First and last word, bytes of the block's text.
    pub(super) span: (usize, usize),
}

/// What surrounds a sentence.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Setting {
    /// A list or heading above forbids all of it.
    pub(super) forbidden: bool,
    /// The section is about getting somebody back in.
    pub(super) recovery: bool,
    /// The list or heading above asks for a check of identity.
    pub(super) verifying: bool,
    /// A desk or a caller was named in this section.
    pub(super) desk: bool,
    /// The sentence before wrote a mail to somebody who may say yes.
    pub(super) mailed: bool,
    /// The block or its heading is about access.
    pub(super) access: bool,
}

/// Channels over which no secret should travel.
pub(super) const OPEN_CHANNELS: [&str; 7] = ["email", "chat", "sms", "phone", "verbal", "paper", "shared_document"];
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
pub(super) struct Sentence<'a> {
    tokens: &'a [Token],
    hits: Vec<Hit>,
    stances: Vec<Stance>,
    grammar: &'a Grammar,
    setting: Setting,
}

impl<'a> Sentence<'a> {
    pub(super) fn new(tokens: &'a [Token], grammar: &'a Grammar, setting: Setting) -> Self {
        Self::with(tokens, grammar.hits(tokens), grammar, setting)
    }

    /// The same, where the phrases were looked for before.
    pub(super) fn with(tokens: &'a [Token], hits: Vec<Hit>, grammar: &'a Grammar, setting: Setting) -> Self {
        let stances = stances(tokens, &hits, grammar, setting.forbidden);
        Self { tokens, hits, stances, grammar, setting }
    }

    /// Whether a cue occurs.
    pub(super) fn has(&self, cue: &str) -> bool {
        self.cues(cue).next().is_some()
    }

    /// Whether a cue occurs that is not negated.
    pub(super) fn cues(&self, cue: &str) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |h| h.slot == Slot::Cue && h.word == cue)
    }

    /// The words found for one question.
    pub(super) fn words(&self, slot: Slot) -> impl Iterator<Item = &'static str> {
        self.hits.iter().filter(move |h| h.slot == slot).map(|h| h.word)
    }

    /// The same with their first token.
    pub(super) fn of(&self, slot: Slot) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |h| h.slot == slot)
    }

    /// Bytes of some tokens, in the block's text.
    pub(super) fn span(&self, from: usize, to: usize) -> (usize, usize) {
        self.text_span(from, to)
    }

    pub(super) fn stance(&self, at: usize) -> Stance {
        self.stances.get(at).copied().unwrap_or_default()
    }

    /// Whether the sentence tells the reader to do something: its first word is a bare verb, or it says "you must".
    pub(super) fn is_imperative(&self) -> bool {
        self.cues("imperative").any(|h| self.form(h.start) == Form::Base && self.opens(h.start) && !self.followed_by_auxiliary(h.end))
    }

    /// Whether it says how things are ("… are excluded", "… should be"): a heading of that kind names no procedure.
    pub(super) fn is_statement(&self) -> bool {
        let question = self.tokens.last().is_some_and(|t| t.mark == '?')
            || self.tokens.first().is_some_and(|t| self.class_of(t).is(Class::CARRIER | Class::PREPOSITION));
        !question && (0..self.tokens.len()).any(|i| self.class(i).is(Class::MODAL) || self.reads(i, "be"))
    }

    /// Whether an act is named by a noun ("password reset") and not by a verb ("reset a password").
    pub(super) fn is_noun_first(&self, hit: &Hit) -> bool {
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
    pub(super) fn requests(&self) -> bool {
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

    /// The last secret that is named: what "it" means in the next sentence.
    pub(super) fn last_secret(&self) -> Option<&'static str> {
        self.of(Slot::Object).filter(|h| SECRETS.contains(&h.word)).last().map(|h| h.word)
    }

    /// Everything the sentence asks for, forbids or allows. `carried` is what "it" means.
    pub(super) fn said(&self, carried: Option<&'static str>) -> Vec<Said> {
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
        out.extend(self.shared());
        out.extend(self.unapproved());
        if !out.iter().any(|said| said.deed == "approve") {
            out.extend(self.replied());
        }
        out
    }

    /// "Verify that …": a test of a standard, not a deed.
    fn is_test(&self) -> bool {
        let first = self.tokens.iter().position(Token::is_word).unwrap_or(0);
        self.cues("requirement").any(|c| {
            c.start <= first + 2
                && c.end > c.start + 1
                && self.reads(c.end - 1, "that")
                && !self.reads(c.start, "ensure")
                && !self.reads(c.start, "make")
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
            Form::Base if class.is(Class::NOUNISH) => {
                let infinitive = hit.start > 0 && self.reads(hit.start - 1, "to") && self.class(hit.end).is(Class::CONJUNCTION);
                self.opens(hit.start) && (next_is_object || infinitive || hit.end > hit.start + 1)
            }
            Form::Base => !before.is(Class::DETERMINER),
        }
    }

    /// Whether a hit is a deed and not just a noun that could be one ("the log"). Phrases of several words are.
    pub(super) fn is_deed(&self, hit: &Hit) -> bool {
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

    /// The object of a verb: directly behind it, or before it in the passive.
    fn object(&self, hit: &Hit, end: usize, carried: Option<&'static str>) -> Option<(&'static str, usize)> {
        if self.is_passive(hit) {
            let from = self.clause_start(hit.start);
            let before = self
                .of(Slot::Object)
                .filter(|h| h.start >= from && h.end <= hit.start && hit.start - h.end <= REACH && h.word != "request")
                .last();
            if let Some(object) = before {
                let parted = self.hits.iter().any(|h| {
                    h.slot == Slot::Cue && matches!(h.word, "exception" | "condition") && h.start >= object.end && h.start < hit.start
                });
                let carrier =
                    parted || (object.end..hit.start).any(|i| self.class(i).is(Class::CARRIER) && !self.class(i).is(Class::PREPOSITION));
                return (!carrier).then_some((object.word, object.start));
            }
            let pronoun = (from..hit.start).any(|i| self.reads(i, "it"));
            return if pronoun { carried.map(|c| (c, hit.start)) } else { None };
        }
        let mut carrier = false;
        let asks =
            self.hits.iter().any(|h| h.slot == Slot::Cue && h.word == "imperative" && h.start == hit.start) && self.reads(hit.start, "ask");
        for at in hit.start + 1..end.min(hit.end + REACH) {
            if let Some(object) =
                self.of(Slot::Object).find(|h| h.start == at && h.word != "request" && (h.word != "access" || hit.word == "grant"))
            {
                return (!carrier).then_some((object.word, at));
            }
            if at == hit.end && self.is_it(at) {
                let named = self.of(Slot::Object).filter(|h| h.end <= hit.start && SECRETS.contains(&h.word)).last().map(|h| h.word);
                return named.or(carried).map(|c| (c, at));
            }
            if self.reads(at, "with") || self.reads(at, "contain") || self.reads(at, "include") {
                carrier = false;
            } else if self.class(at).is(Class::CARRIER) && !(asks && self.reads(at, "for")) {
                carrier = true;
            }
        }
        None
    }

    fn is_it(&self, at: usize) -> bool {
        self.reads(at, "it") || self.reads(at, "them") || self.reads(at, "these")
    }

    /// Whether a token is a form of this word.
    fn reads(&self, at: usize, word: &str) -> bool {
        debug_assert!(self.grammar.is_base(word), "{word} is no base form");
        self.tokens.get(at).is_some_and(|t| self.grammar.reads(t, word))
    }

    /// Whether a phrase that was found holds a word.
    pub(super) fn covers(&self, hit: &Hit, word: &str) -> bool {
        (hit.start..hit.end).any(|i| self.reads(i, word))
    }

    /// Channels between two tokens that a preposition leads to, or that the verb itself is ("e-mail it").
    fn channels(&self, verb: &Hit, from: usize, to: usize) -> Vec<&'static str> {
        let mut out = Vec::new();
        let mut last_led = 0;
        for hit in self.of(Slot::Channel).filter(|h| h.start >= from && h.start < to) {
            let inherent = hit.start == verb.start || self.class(hit.start).is(Class::PREPOSITION);
            let joined = last_led > 0
                && (last_led..hit.start).all(|i| {
                    !self.is_word(i)
                        || self.class(i).is(Class::CONJUNCTION | Class::DETERMINER | Class::PREPOSITION)
                        || self.tokens.get(i).is_some_and(|t| t.id == 0)
                });
            let hit_is_adverb =
                matches!(hit.word, "verbal" | "in_person_handover" | "encrypted" | "one_time_link") || self.is_tag(hit.start);
            if (inherent || joined || hit_is_adverb || self.is_led(hit.start, verb))
                && !self.stance(hit.start).negated_beyond(self.stance(verb.start))
            {
                last_led = hit.end;
                if !out.contains(&hit.word) {
                    out.push(hit.word);
                }
            }
        }
        out
    }

    fn is_tag(&self, at: usize) -> bool {
        self.reads(at, "#channel")
    }

    /// Whether a preposition leads to a word.
    fn is_led(&self, at: usize, verb: &Hit) -> bool {
        for n in 1..=6 {
            let Some(before) = at.checked_sub(n) else { return false };
            if before < verb.end && verb.start < at {
                return false;
            }
            if !self.is_word(before) && !self.tokens.get(before).is_some_and(|t| matches!(t.mark, '"' | '/' | '(')) {
                return false;
            }
            if self.class(before).is(Class::PREPOSITION) {
                return !self.reads(before, "from") || n == 1;
            }
            if self.class(before).is(Class::AUXILIARY | Class::MODAL) {
                return false;
            }
        }
        false
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
            span: self.text_span(hit.start, end),
        }
    }

    fn handover(&self, hit: &Hit, carried: Option<&'static str>) -> Option<Said> {
        // "they sent the key by mail" tells a story; "the key is sent by mail" says how it is done
        if !self.is_verb(hit) || self.form(hit.start) == Form::Ed && !self.is_passive(hit) {
            return None;
        }
        // "…, including the token" adds to what was said
        if self.form(hit.start) == Form::Ing && self.reads(hit.start, "include") {
            return None;
        }
        let end = self.clause_end(hit);
        let (object, at) = self.object(hit, end, carried)?;
        let mut channels = self.channels(hit, hit.start, end);
        if hit.word == "send" && channels.is_empty() {
            channels.extend(self.vessel(hit, at).or_else(|| self.destination(at.max(hit.end), end)));
        }
        // "however you share secrets" names no way
        if hit.word == "share"
            && (1..=4).any(|n| hit.start >= n && (self.reads(hit.start - n, "how") || self.reads(hit.start - n, "however")))
        {
            return None;
        }
        let start = self.clause_start(hit.start);
        // "shared with the team", "the team shares it"
        let with = |m: &Hit| {
            (1..=3).any(|n| {
                m.start >= hit.end + n && ["with", "among", "amongst", "between", "by", "across"].iter().any(|w| self.reads(m.start - n, w))
            })
        };
        let many = self.cues("many").any(|m| m.start >= start && m.start < end && m.start != at && (m.start < hit.start || with(m)));
        let open = channels.iter().any(|c| OPEN_CHANNELS.contains(c));
        let deed = match hit.word {
            "share" if open => "send",
            // a vault is the right place to share from
            "share" if channels.iter().any(|c| matches!(*c, "vault" | "encrypted" | "one_time_link")) => return None,
            // "shared to the account" is about a cloud account; "share your account" is not
            "share" if many && (object != "account" || self.is_near(hit, at)) => "share",
            "share" => return None,
            other => other,
        };
        if deed == "send" && !SECRETS.contains(&object) {
            return None;
        }
        if deed == "share" && !SECRETS.contains(&object) && !matches!(object, "account" | "shared_account") {
            return None;
        }
        Some(Said { deed, object: Some(object), channels, actors: self.actors(), ..self.say(hit, end) })
    }

    /// "Send an e-mail with the password": what is sent is a message, and the secret is in it.
    fn vessel(&self, verb: &Hit, object: usize) -> Option<&'static str> {
        let message = self.of(Slot::Channel).find(|h| h.start > verb.start && h.start <= verb.end + 4 && h.end <= object)?;
        let holds = (message.end..object).any(|i| ["contain", "with", "include"].iter().any(|w| self.reads(i, w)));
        (holds && OPEN_CHANNELS.contains(&message.word) && !self.stance(message.start).negated_beyond(self.stance(verb.start)))
            .then_some(message.word)
    }

    /// "Send it to the user's e-mail address": the destination is the channel.
    fn destination(&self, from: usize, to: usize) -> Option<&'static str> {
        let lead = (from..to).find(|i| self.reads(*i, "to"))?;
        let near = (lead + 1..to.min(lead + 7)).take_while(|i| self.tokens.get(*i).is_some_and(|t| !t.is_stop()));
        near.into_iter().any(|i| ["email", "mail", "mailbox", "@address"].iter().any(|w| self.reads(i, w))).then_some("email")
    }

    /// Whether an object stands right behind its verb, or right before its participle.
    fn is_near(&self, hit: &Hit, at: usize) -> bool {
        if at < hit.start { hit.start - at <= 4 } else { (hit.end..at).all(|i| self.class(i).is(Class::DETERMINER)) }
    }

    fn storage(&self, hit: &Hit, carried: Option<&'static str>) -> Option<Said> {
        let copula = self.class(hit.start).is(Class::AUXILIARY);
        if !copula && !self.is_verb(hit) {
            return None;
        }
        let end = self.clause_end(hit);
        let (object, _) = if copula {
            let from = self.clause_start(hit.start);
            let object = self.of(Slot::Object).filter(|h| h.start >= from && h.end <= hit.start && hit.start - h.end <= 4).last()?;
            (object.word, object.start)
        } else {
            self.object(hit, end, carried)?
        };
        let channels = self.channels(hit, hit.end.saturating_sub(1), end);
        (SECRETS.contains(&object) && !channels.is_empty()).then(|| Said { object: Some(object), channels, ..self.say(hit, end) })
    }

    fn plain(&self, hit: &Hit, carried: Option<&'static str>) -> Option<Said> {
        // "everyone used the same password" is how it was
        if hit.word == "use" && self.form(hit.start) == Form::Ed && !self.is_passive(hit) {
            return None;
        }
        let end = self.clause_end(hit);
        let found = if self.is_verb(hit) { self.object(hit, end, carried) } else { None };
        if let Some(shared) = found.and_then(|f| self.of(Slot::Object).find(|o| o.start == f.1 && o.word.starts_with("shared_"))) {
            // "individual (not shared) accounts are used"
            if self.stance(shared.start).negated_beyond(self.stance(hit.start)) || !self.is_in_common(shared, self.clause_start(hit.start))
            {
                return None;
            }
        }
        let object = found.map(|o| o.0);
        let channels = self.channels(hit, hit.start, end);
        Some(Said { object, channels, actors: self.actors(), ..self.say(hit, end) })
    }

    /// Proofs in a clause. An alternative is as good as its weakest part: "in person or by the date of birth" proves nothing more
    /// than the date of birth.
    fn proofs(&self, from: usize, to: usize, stance: Stance, channels: bool) -> Vec<&'static str> {
        let fits = |h: &&Hit| h.start >= from && h.start < to && !self.stance(h.start).negated_beyond(stance);
        let mut found: Vec<(&'static str, usize, usize)> = self.of(Slot::Proof).filter(fits).map(|h| (h.word, h.start, h.end)).collect();
        if channels {
            for hit in self.of(Slot::Channel).filter(fits) {
                let word = match hit.word {
                    "email" => "email_code",
                    "sms" => "sms_code",
                    "phone" => "phone_call",
                    _ => continue,
                };
                let covered = found.iter().any(|f| f.1 <= hit.start && hit.start < f.2);
                let led = (1..=5).take_while(|n| hit.start >= from + n).any(|n| self.class(hit.start - n).is(Class::PREPOSITION));
                if led && !covered {
                    found.push((word, hit.start, hit.end));
                }
            }
        }
        found.sort_by_key(|f| f.1);
        let weak = found.iter().any(|f| !STRONG.contains(&f.0) && f.0 != "totp");
        let either = found.len() > 1
            && found.windows(2).any(|w| match w {
                [a, b] => (a.2..b.1).any(|i| self.reads(i, "or")) || (from..a.1).any(|i| self.reads(i, "either")),
                _ => false,
            });
        let mut words: Vec<_> = found.iter().map(|f| f.0).filter(|w| !(weak && either && STRONG.contains(w))).collect();
        words.dedup();
        words
    }

    fn verification(&self, hit: &Hit) -> Option<Said> {
        if self.has("requirement") && self.cues("requirement").any(|r| r.start == hit.start) {
            return None;
        }
        let (from, to) = (self.clause_start(hit.start), self.clause_end(hit));
        let stance = self.stance(hit.start);
        let noun = hit.end > hit.start + 1;
        let identity = noun
            || self.cues("identity").any(|c| c.start >= from && c.start < to && c.start != hit.start)
            || self.reads(hit.start, "prove");
        let mut proofs = self.proofs(if noun || self.is_passive(hit) { from } else { hit.start }, to, stance, identity);
        if proofs.is_empty() {
            proofs = self.proofs(from, to, stance, false);
        }
        let knowledge = proofs.iter().any(|p| KNOWLEDGE.contains(p)) && self.setting.recovery;
        let factor =
            proofs.iter().any(|p| matches!(*p, "sms_code" | "email_code" | "personal_email" | "manager_vouch")) && self.setting.recovery;
        // outside a recovery, somebody has to be on the other end: specifications and products verify identities, too
        let met = self.setting.recovery
            || self.setting.desk
            || self.cues("person").next().is_some()
            || self.of(Slot::Deed).any(|d| d.word == "reset");
        ((identity && met) || knowledge || factor).then(|| Said {
            object: identity.then_some("account"),
            proofs,
            actors: self.actors(),
            ..self.say(hit, to)
        })
    }

    /// "Reset it via the personal address": the channel is the proof.
    fn reset_by_proof(&self) -> Option<Said> {
        let act = self.of(Slot::Act).find(|h| matches!(h.word, "password_reset" | "mfa_reset" | "unlock" | "account_recovery")).or_else(
            || {
                self.of(Slot::Deed).find(|h| {
                    h.word == "reset"
                        && (self.of(Slot::Object).any(|o| {
                            o.start >= h.end && o.start < h.end + 5 && matches!(o.word, "password" | "account" | "factor" | "access")
                        }) || self.setting.recovery && self.is_it(h.end))
                })
            },
        )?;
        let stance = self.stance(act.start);
        if stance.assumed {
            return None;
        }
        let (from, to) = (self.clause_start(act.start), self.clause_end(act));
        let led =
            |h: &Hit| (1..=4).any(|n| h.start >= n && ["via", "by", "through", "use", "with"].iter().any(|p| self.reads(h.start - n, p)));
        let mut proofs = Vec::new();
        for hit in self.of(Slot::Proof).filter(|h| h.start >= from && h.start < to && !(act.start <= h.start && h.end <= act.end)) {
            let weak = matches!(
                hit.word,
                "knowledge_question"
                    | "date_of_birth"
                    | "last_4_ssn"
                    | "employee_number"
                    | "personal_email"
                    | "email_code"
                    | "sms_code"
                    | "caller_id"
            );
            let sent_to = hit.word == "personal_email" && (1..=3).any(|n| hit.start >= n && self.reads(hit.start - n, "to"));
            if weak && (led(hit) || sent_to) && !self.stance(hit.start).negated_beyond(stance) && !self.stance(hit.start).assumed {
                proofs.push(hit.word);
            }
        }
        for hit in self.of(Slot::Channel).filter(|h| h.start >= act.end && h.start < to && h.word == "email") {
            let direct = ["via", "by", "through"].iter().any(|p| hit.start >= 1 && self.reads(hit.start - 1, p));
            if direct && proofs.is_empty() && !self.stance(hit.start).negated_beyond(stance) {
                proofs.push("email_code");
            }
        }
        (!proofs.is_empty()).then(|| Said { deed: "verify", object: Some("account"), proofs, ..self.say(act, to) })
    }

    /// "You know their voice": that alone is taken for proof.
    fn recognised(&self) -> Option<Said> {
        let hit = self.of(Slot::Proof).find(|h| h.word == "known_voice" && self.setting.recovery)?;
        let deed = Hit { word: "verify", ..*hit };
        Some(Said { proofs: vec![hit.word], object: Some("account"), ..self.say(&deed, hit.end) })
    }

    /// "Ask for the date of birth", and a list whose introduction asks for proof.
    fn asked_for(&self) -> Option<Said> {
        if !self.setting.recovery && !self.setting.verifying || self.of(Slot::Deed).any(|h| h.word == "verify") {
            return None;
        }
        let asks = self.hits.iter().find(|h| {
            h.slot == Slot::Cue
                && h.word == "imperative"
                && [
                    "ask", "request", "obtain", "check", "answer", "collect", "provide", "send", "give", "enter", "supply", "reply",
                    "respond", "write",
                ]
                .iter()
                .any(|w| self.reads(h.start, w))
                && self.form(h.start) != Form::Ing
        });
        let first = self.of(Slot::Proof).find(|h| self.setting.verifying || !STRONG.contains(&h.word))?;
        let from = match asks {
            Some(ask) if ask.start < first.start && !self.stance(ask.start).assumed => ask.start,
            _ if self.setting.verifying => 0,
            _ => return None,
        };
        let stance = self.stance(from);
        let proofs = self.proofs(from, self.tokens.len(), stance, self.setting.verifying);
        let known = proofs
            .iter()
            .any(|p| KNOWLEDGE.contains(p) || matches!(*p, "personal_email" | "email_code" | "sms_code") || self.setting.verifying);
        let hit = Hit { start: from, end: from + 1, slot: Slot::Deed, word: "verify" };
        known.then(|| Said { proofs, object: Some("account"), actors: self.actors(), ..self.say(&hit, self.tokens.len()) })
    }

    fn approval(&self, hit: &Hit) -> Option<Said> {
        // "an approved list": a quality, not a deed
        if self.form(hit.start) == Form::Ed
            && hit.end == hit.start + 1
            && !self.is_passive(hit)
            && !self.class(hit.end).is(Class::DETERMINER | Class::PRONOUN)
        {
            return None;
        }
        // "a message approving your request" tells of a decision
        let told = hit.start > 0 && self.form(hit.start) == Form::Ing && self.of(Slot::Channel).any(|c| c.end == hit.start);
        if told {
            return None;
        }
        let (from, to) = (self.clause_start(hit.start), self.clause_end(hit));
        let mut channels = self.channels(hit, from, to);
        // "approved by somebody from #ops" names a team
        let origin = |word: &str| {
            let mut named = self.of(Slot::Channel).filter(|c| c.word == word && c.start >= from && c.start < to).peekable();
            named.peek().is_some() && named.all(|c| c.start > 0 && self.reads(c.start - 1, "from"))
        };
        channels.retain(|c| !origin(c));
        // "verbal approval", "email approval", "Approval: email"
        let granted = self.of(Slot::Actor).any(|a| a.end <= hit.start && matches!(a.word, "manager" | "owner" | "security" | "admin"));
        for channel in self.of(Slot::Channel).filter(|c| {
            c.end == hit.start || c.start == hit.end && granted || c.start >= hit.end && c.start <= hit.end + 1 && !self.is_word(hit.end)
        }) {
            if !channels.contains(&channel.word) {
                channels.push(channel.word);
            }
        }
        // "e-mail the manager for approval", "wait for the reply": the answer comes the same way
        let writes = self.of(Slot::Deed).any(|h| {
            h.word == "send"
                && self.of(Slot::Channel).any(|c| c.start == h.start && c.word == "email")
                && self.is_verb(h)
                && h.start < hit.start
        });
        let answered = writes && self.reads(hit.start.saturating_sub(1), "for")
            || self.has("wait_for_reply") && self.words(Slot::Channel).any(|c| c == "email");
        if answered && !channels.contains(&"email") {
            channels.push("email");
        }
        let two = self.cues("two_people").any(|c| !self.stance(c.start).negated);
        let mut actors = self.actors();
        actors.retain(|a| *a != "self");
        Some(Said { object: self.setting.access.then_some("access"), channels, actors, people: two.then_some(2), ..self.say(hit, to) })
    }

    /// "Mail the manager. If she replies OK, go on": the answer to a mail is the approval, whatever it is called.
    fn replied(&self) -> Option<Said> {
        let hit = self.cues("wait_for_reply").next()?;
        let decides = self.decider().is_some() || self.setting.mailed;
        let by_mail = self.words(Slot::Channel).any(|c| c == "email") || self.setting.mailed;
        if !decides || !by_mail || !(self.setting.recovery || self.setting.access) {
            return None;
        }
        let said = self.say(&Hit { word: "approve", ..*hit }, hit.end);
        Some(Said {
            object: self.setting.access.then_some("access"),
            channels: vec!["email"],
            actors: self.decider().into_iter().collect(),
            ..said
        })
    }

    /// Whoever in this sentence may say yes.
    fn decider(&self) -> Option<&'static str> {
        self.words(Slot::Actor).find(|a| matches!(*a, "manager" | "owner" | "security" | "admin"))
    }

    /// Whether somebody who may say yes is written a mail here.
    pub(super) fn mails_a_decider(&self) -> bool {
        self.decider().is_some() && self.words(Slot::Channel).any(|c| c == "email")
    }

    /// "Nobody has to approve", "automatic approval": said to be missing.
    fn unapproved(&self) -> Option<Said> {
        let hit = self.cues("no_approval").next()?;
        let stance = self.stance(hit.start);
        // "nothing without approval" asks for one
        if stance.assumed || stance.negated {
            return None;
        }
        let hit = Hit { word: "override", ..*hit };
        let privileged = self.of(Slot::Act).any(|a| matches!(a.word, "privileged_grant" | "break_glass" | "root_ceremony"));
        Some(Said { duty: Duty::Must, object: Some(if privileged { "access" } else { "request" }), ..self.say(&hit, hit.end) })
    }

    /// "The same password" is shared only if several people have it.
    fn is_in_common(&self, hit: &Hit, from: usize) -> bool {
        let several = ["all", "everyone", "everybody", "multiple", "several", "people", "team"];
        !self.reads(hit.start, "same")
            || (from.max(hit.start.saturating_sub(8))..self.tokens.len().min(hit.end + 6)).any(|i| several.iter().any(|w| self.reads(i, w)))
    }

    /// "The shared account": one login, several people.
    fn shared(&self) -> Vec<Said> {
        let mut out = Vec::new();
        for hit in self.of(Slot::Object).filter(|h| matches!(h.word, "shared_account" | "shared_password")) {
            let stance = self.stance(hit.start);
            let from = self.clause_start(hit.start);
            if !self.is_in_common(hit, from) {
                continue;
            }
            // a word in a list or a table is no deed
            let outside = |i: usize| !(hit.start..hit.end).contains(&i);
            let verb = (0..self.tokens.len()).any(|i| outside(i) && self.class(i).is(Class::AUXILIARY))
                || self.hits.iter().any(|h| (h.slot == Slot::Deed || h.slot == Slot::Cue && h.word == "imperative") && outside(h.start));
            if !verb && !self.setting.recovery && !self.tokens.iter().any(|t| t.mark == '.') {
                continue;
            }
            // "everyone used the same password" is how it was
            let was = (from..hit.start).any(|i| self.reads(i, "use") && self.form(i) == Form::Ed && !self.after_auxiliary(i));
            if was {
                continue;
            }
            let taken_away = self.cues("inverting").any(|c| c.start >= from && c.end <= hit.start && hit.start - c.end <= 6);
            // "Shared accounts:" introduces what is said of them
            let topic =
                self.tokens.iter().filter(|t| t.is_word()).count() == hit.end - hit.start && self.tokens.iter().any(|t| t.mark == ':');
            if topic || stance.assumed || taken_away && !stance.negated {
                continue;
            }
            let end = self.clause_end(hit);
            let deed = Hit { word: "use", ..*hit };
            let channels = self.of(Slot::Channel).filter(|c| c.start >= from && c.start < end).map(|c| c.word).collect();
            out.push(Said { object: Some(hit.word), channels, ..self.say(&deed, end) });
        }
        out
    }
}

impl Stance {
    /// Whether a word is negated although the verb it belongs to is not ("by phone instead of by e-mail").
    fn negated_beyond(self, verb: Self) -> bool {
        self.negated && !verb.negated
    }
}
