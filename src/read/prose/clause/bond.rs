//! What is tied to a verb within its clause: its object, the channel it goes by.

use super::*;

impl Sentence<'_> {
    /// The object of a verb: directly behind it, or before it in the passive.
    pub(super) fn object(&self, hit: &Hit, end: usize, carried: Option<&'static str>) -> Option<(&'static str, usize)> {
        if self.is_passive(hit) {
            let from = self.clause_start(hit.start);
            let before = self
                .of(Slot::Object)
                .filter(|h| h.start >= from && h.end <= hit.start && hit.start - h.end <= REACH && h.word != "request")
                // "can be accessed and overridden": a verb is no object
                .filter(|h| h.word != "access" || self.form(h.end.saturating_sub(1)) != Form::Ed)
                .last();
            if let Some(object) = before {
                let parted = self.hits.iter().any(|h| {
                    h.slot == Slot::Cue && matches!(h.word, "exception" | "condition") && h.start >= object.end && h.start < hit.start
                });
                // "a password and a code, sent by text": the nearer thing is what is sent
                let other =
                    (object.end..hit.start).any(|i| self.class(i).is(Class::CONJUNCTION) && self.class(i + 1).is(Class::DETERMINER));
                // "the password can be reset once an answer is received": somebody else's verb
                let later = (object.end..hit.start).any(|i| {
                    let opens = ["after", "once", "until", "when", "while", "if", "because", "so"].iter().any(|w| self.reads(i, w));
                    opens && (i + 1..hit.start).any(|j| self.class(j).is(Class::DETERMINER | Class::PRONOUN))
                });
                // "with the token sent by mail": a proof, not what the sentence does
                let typed = (from..object.start).any(|i| self.reads(i, "enter") || self.reads(i, "type"));
                let proof = (typed || matches!(object.word, "token" | "code")) && !self.after_auxiliary(hit.start);
                // "a reset e-mail for the password is sent": a message, and the secret is not in it
                let message = self.of(Slot::Channel).any(|c| {
                    c.start >= object.end && c.end <= hit.start && matches!(c.word, "email" | "sms") && !self.is_led(c.start, hit)
                });
                let carrier = parted
                    || later
                    || message && !self.grammar.verb_last
                    || other
                    || proof
                    || (object.end..hit.start).any(|i| self.class(i).is(Class::CARRIER) && !self.class(i).is(Class::PREPOSITION));
                return (!carrier).then_some((object.word, object.start));
            }
            let pronoun = (from..hit.start).any(|i| self.reads(i, "it"));
            // "Stored in the wiki." below "Root password"
            let fragment = (0..hit.start).all(|i| !self.is_word(i));
            return if pronoun || fragment { carried.map(|c| (c, hit.start)) } else { None };
        }
        // "read it out"
        if (hit.start + 1..hit.end).any(|i| self.is_it(i)) {
            let named = self.of(Slot::Object).filter(|h| h.end <= hit.start && SECRETS.contains(&h.word)).last().map(|h| h.word);
            return named.or(carried).map(|c| (c, hit.start + 1));
        }
        let mut carrier = false;
        let asks =
            self.hits.iter().any(|h| h.slot == Slot::Cue && h.word == "imperative" && h.start == hit.start) && self.reads(hit.start, "ask");
        let (mut reach, mut depth) = (0, 0usize);
        for at in hit.start + 1..end {
            // what stands in brackets does not count
            match self.tokens.get(at).map(|t| t.mark) {
                Some('(') => depth += 1,
                Some(')') => depth = depth.saturating_sub(1),
                _ => {}
            }
            reach += usize::from(depth == 0);
            if reach > REACH + hit.end - hit.start {
                break;
            }
            if let Some(object) =
                self.of(Slot::Object).find(|h| h.start == at && h.word != "request" && (h.word != "access" || hit.word == "grant"))
            {
                return (!carrier).then_some((object.word, at));
            }
            // "tell them the password" hands over a password, "e-mail them" does not
            if at == hit.end && self.is_it(at) && !self.class(at + 1).is(Class::DETERMINER) && !(asks && self.reads(at + 1, "to")) {
                let named = self.of(Slot::Object).filter(|h| h.end <= hit.start && SECRETS.contains(&h.word)).last().map(|h| h.word);
                return named.or(carried).map(|c| (c, at));
            }
            if self.reads(at, "with") || self.reads(at, "contain") || self.reads(at, "include") {
                carrier = false;
            } else if self.class(at).is(Class::CARRIER) && !(asks && self.reads(at, "for")) {
                carrier = true;
            }
        }
        // "das Passwort per Mail senden"
        let from = self.clause_start(hit.start);
        let before = self.of(Slot::Object).filter(|h| h.start >= from && h.end <= hit.start && hit.start - h.end <= REACH);
        before.last().filter(|h| self.grammar.verb_last && h.word != "request").map(|h| (h.word, h.start))
    }

    /// Channels between two tokens that a preposition leads to, or that the verb itself is ("e-mail it").
    pub(super) fn channels(&self, verb: &Hit, from: usize, to: usize) -> Vec<&'static str> {
        let mut out = Vec::new();
        let mut last_led = 0;
        for hit in self.of(Slot::Channel).filter(|h| h.start >= from && h.start < to) {
            let inherent = hit.start == verb.start || self.class(hit.start).is(Class::PREPOSITION);
            let joined = last_led > 0
                && (last_led..hit.start).all(|i| {
                    !self.is_word(i)
                        || self.class(i).is(Class::CONJUNCTION | Class::DETERMINER | Class::PREPOSITION)
                        || self.reads(i, "team")
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

    /// Whether a preposition leads to a word.
    pub(super) fn is_led(&self, at: usize, verb: &Hit) -> bool {
        // "out of band (e-mail, chat)"
        if at > verb.end && self.tokens.get(at - 1).is_some_and(|t| t.mark == '(') {
            return true;
        }
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

    pub(super) fn is_tag(&self, at: usize) -> bool {
        self.reads(at, "#channel")
    }

    /// "Send it to the user's e-mail address": the destination is the channel.
    pub(super) fn destination(&self, from: usize, to: usize) -> Option<&'static str> {
        let lead = (from..to).find(|i| self.reads(*i, "to"))?;
        let near = (lead + 1..to.min(lead + 7)).take_while(|i| self.tokens.get(*i).is_some_and(|t| !t.is_stop()));
        let near: Vec<usize> = near.collect();
        let goes = |words: &[&str]| near.iter().any(|i| words.iter().any(|w| self.reads(*i, w)));
        match () {
            () if goes(&["email", "mail", "mailbox", "inbox", "gmail", "hotmail", "outlook", "@address"]) => Some("email"),
            () if goes(&["home", "postal"]) => Some("paper"),
            () => None,
        }
    }

    /// "Send an e-mail with the password": what is sent is a message, and the secret is in it.
    pub(super) fn vessel(&self, verb: &Hit, object: usize) -> Option<&'static str> {
        let message = self.of(Slot::Channel).find(|h| h.start > verb.start && h.start <= verb.end + 4 && h.end <= object)?;
        let holds = (message.end..object).any(|i| ["contain", "with", "include"].iter().any(|w| self.reads(i, w)));
        (holds && OPEN_CHANNELS.contains(&message.word) && !self.stance(message.start).negated_beyond(self.stance(verb.start)))
            .then_some(message.word)
    }

    /// Whether an object stands right behind its verb, or right before its participle.
    pub(super) fn is_near(&self, hit: &Hit, at: usize) -> bool {
        if at < hit.start { hit.start - at <= 4 } else { (hit.end..at).all(|i| self.class(i).is(Class::DETERMINER)) }
    }
}
