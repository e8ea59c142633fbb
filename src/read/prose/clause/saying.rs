//! What a clause says outright: a weakness in so many words, wherever it stands.
//!
//! A saying is a phrase of the lexicon, or concepts that meet in one clause. It counts if it is neither negated nor assumed, and if
//! the text is about the right thing: "nobody has to approve it" is no weakness of a holiday.

use super::lack::WAIVED;
use super::*;
use crate::read::prose::grammar::{Ask, Choice, Meeting, Topic};

/// Tokens between concepts that meet.
const APART: usize = 18;
/// Words of a sentence that says what a program does.
const DOCSTRING: usize = 9;
/// Cues without one of which nothing is missing.
const DENYING: [&str; 6] = ["negation", "inability", "instead", "prohibition", "waives", "waived"];

impl Sentence<'_> {
    /// Everything that is said outright.
    pub(super) fn sayings(&self, carried: Option<&'static str>) -> Vec<Said> {
        if self.is_audit() || self.setting.supposed {
            return Vec::new();
        }
        // rows of a table list cases; what they say is what stands below the head of a column
        let row = self.setting.row;
        let mut out: Vec<Said> = Vec::new();
        let mut add = |says: &'static str, from: usize, to: usize| {
            if !out.iter().any(|s| s.says == Some(says)) {
                let whole = Hit { start: from, end: to, slot: Slot::Deed, word: "" };
                let said = self.say(&whole, self.clause_end(&whole));
                // that a control is missing is denied by its grammar, and holds
                let duty = if said.duty == Duty::MustNot { Duty::Must } else { said.duty };
                out.push(Said { says: Some(says), actors: self.actors(), duty, ..said });
            }
        };
        for hit in self.hits.iter().filter(|_| !row) {
            let Slot::Saying(topic) = hit.slot else { continue };
            let stance = self.stance(hit.start);
            if self.is_about(topic)
                && !stance.negated
                && !stance.assumed
                && !self.is_taken_away(hit.start)
                && !self.is_ended(hit)
                && !self.is_supposed(hit)
            {
                add(hit.word, hit.start, hit.end);
            }
        }
        let denies = self.hits.iter().any(|h| h.slot == Slot::Cue && DENYING.contains(&h.word));
        let labelled = self.label().is_some();
        let fits = |m: &&Meeting| if m.label > 0 { labelled } else { !row && (denies || !m.parts.iter().any(|p| p.lacks)) };
        for meeting in self.grammar.meetings.iter().filter(fits) {
            if self.is_about(meeting.topic)
                && let Some((from, to)) = if meeting.label > 0 { self.meet_label(meeting) } else { self.meet(meeting, carried) }
            {
                add(meeting.says, from, to);
            }
        }
        // "Disables 2FA", "Multi-factor authentication (optional)": what a program does or offers
        if out.iter().any(|s| s.says == Some("factor_off")) && self.is_offered() {
            out.retain(|s| s.says != Some("factor_off"));
        }
        // no check for the board is a privilege of rank
        let ranked = self.has("rank") || out.iter().any(|s| s.says == Some("rank_exempt"));
        for said in out.iter_mut().filter(|s| ranked && s.says == Some("no_check")) {
            said.says = Some("rank_exempt");
        }
        out.dedup_by(|a, b| a.says == b.says);
        out
    }

    /// "“Disable 2FA” tile": what a button is called.
    fn is_named(&self, hit: &Hit) -> bool {
        hit.start.checked_sub(1).and_then(|b| self.tokens.get(b)).is_some_and(|t| t.mark == '"') && !self.setting.emergency
    }

    /// Whether somebody goes on without a control, and the text does not only name the lack: "administrators may sign in without MFA"
    /// and "the account has no MFA", not "a login without MFA raises an alarm".
    fn lives_without(&self, hit: &Hit) -> bool {
        let from = hit.start.saturating_sub(WAIVED + 2);
        let bare = (from..hit.start).rev().find(|i| self.reads(*i, "without") || self.reads(*i, "no"));
        let Some(at) = bare else { return true };
        let tested = self.cues("tried").next().is_some();
        let may = self.cues("may").any(|c| c.end <= at);
        let acts = self.cues("imperative").any(|c| c.end <= at && self.form(c.start) == Form::Base && self.opens(c.start));
        let is = (0..self.tokens.len()).any(|i| self.class(i).is(Class::AUXILIARY)) || self.label().is_some();
        !tested && (may || acts || is && !self.reads(at, "without") || self.setting.emergency || self.setting.recovery)
    }

    /// Whether it describes a program and not what people do: it begins with a verb without a subject ("Disables 2FA"), or names a thing
    /// without any verb ("Disabling 2FA", "MFA (optional)"), and nobody is let in here.
    fn is_offered(&self) -> bool {
        let Some(first) = self.tokens.iter().position(Token::is_word) else { return false };
        let verb = self.cues("imperative").any(|c| c.start == first) || self.of(Slot::Deed).any(|d| d.start == first);
        // a line that goes on with the one before has a second verb
        let lone = self.tokens.iter().filter(|t| t.is_word()).count() <= DOCSTRING;
        let docstring = verb && lone && self.form(first) == Form::S;
        let plain = |h: &Hit| self.form(h.start) == Form::Base && self.opens(h.start);
        let verb = |h: &Hit| h.start > first && self.form(h.start) != Form::Ing && !self.class(h.start).is(Class::NOUNISH);
        let acts = self.cues("imperative").any(|h| plain(h) || verb(h))
            || self.tokens.iter().any(|t| self.class_of(t).is(Class::AUXILIARY | Class::MODAL))
            || self.cues("needed").next().is_some()
            || self.cues("exception").next().is_some()
            || self.label().is_some();
        let let_in = self.setting.recovery || self.setting.emergency || self.setting.headed && self.setting.desk;
        (docstring || !acts) && !let_in
    }

    fn is_about(&self, topic: Topic) -> bool {
        match topic {
            Topic::Any => true,
            // a word for what is no account weighs less than a word for one
            Topic::Access => {
                self.names_access()
                    || (self.setting.access || self.setting.titled || self.setting.recovery || self.setting.emergency)
                        && !self.has("irrelevant")
            }
            Topic::Reset => {
                (self.resets() || self.setting.recovery || self.setting.nearby || self.setting.emergency) && !self.has("irrelevant")
            }
            Topic::Recovery => {
                self.resets()
                    || self.setting.recovers && self.of(Slot::Deed).any(|d| d.word == "reset")
                    || (self.setting.recovers
                        && (self.setting.titled
                            || self.has("rank")
                            || self.setting.headed
                            || self.setting.access
                            || self.setting.nearby
                            || self.setting.desk)
                        || self.setting.headed && self.setting.desk
                        || self.setting.recovery
                        || self.setting.emergency)
                        && !self.has("irrelevant")
            }
            Topic::Emergency => self.setting.emergency,
        }
    }

    fn names_access(&self) -> bool {
        self.resets() || self.of(Slot::Object).any(|o| is_way_in(o.word)) || self.words(Slot::Population).any(|p| p == "privileged")
    }

    /// Whether somebody is let back in here.
    pub(in crate::read::prose) fn resets(&self) -> bool {
        let deed = |word| self.of(Slot::Deed).any(|d| d.word == word);
        let object = |words: &[&str]| self.words(Slot::Object).any(|o| words.contains(&o));
        let back = self.of(Slot::Act).any(|a| matches!(a.word, "password_reset" | "mfa_reset" | "unlock" | "account_recovery"));
        back || deed("reset") && object(&["password", "temporary_password", "factor", "account"])
            || deed("send") && object(&["temporary_password"])
    }

    /// "Find accounts that nobody owns": whoever looks for a weakness does not have it.
    fn is_audit(&self) -> bool {
        self.cues("audit").any(|c| self.form(c.start) == Form::Base && self.opens(c.start)) || self.is_test()
    }

    /// "Remove permanent administrators", "remove keys that were never changed".
    pub(super) fn is_taken_away(&self, at: usize) -> bool {
        let relative = |i: &usize| ["that", "which", "who", "whose", "where"].iter().any(|w| self.reads(*i, w));
        let target = (self.clause_start(at)..at).find(relative).unwrap_or(at);
        // "rotate any shared team passwords"
        let direct = |c: &Hit| {
            c.end == at || at - c.end <= 2 && (self.class(c.end).is(Class::DETERMINER) || self.tokens.get(c.end).is_some_and(|t| t.id == 0))
        };
        let takes = |c: &Hit| c.end <= target && target - c.end <= 6 && (target < at || direct(c));
        self.cues("inverting").any(|c| takes(c) && !self.stance(c.start).negated)
    }

    /// The end of a statement, with the demands in it.
    pub(super) fn statement_end(&self, from: usize) -> usize {
        let parts = |at: &usize| {
            self.tokens.get(*at).is_none_or(|t| matches!(t.mark, ';' | '—' | '.' | '!' | '?' | '\n'))
                || self.cues("exception").any(|c| c.start == *at)
        };
        (from..=self.tokens.len()).find(parts).unwrap_or(self.tokens.len())
    }

    /// Where concepts meet: the tokens from the first to the last of them.
    fn meet(&self, meeting: &Meeting, carried: Option<&'static str>) -> Option<(usize, usize)> {
        let (first, rest) = meeting.parts.split_first()?;
        self.hits.iter().filter(|h| first.any.contains(&(h.slot, h.word))).find_map(|key| self.meet_at(key, first, rest, meeting, carried))
    }

    fn meet_at(&self, key: &Hit, first: &Ask, rest: &[Ask], meeting: &Meeting, carried: Option<&'static str>) -> Option<(usize, usize)> {
        let stance = self.stance(key.start);
        // what a product can do; what a desk may do, it does
        let ours = self.words(Slot::Actor).any(|a| matches!(a, "first_line" | "second_line" | "manager" | "vendor"));
        let possible = meeting.firm && stance.is_possible() && !ours;
        if possible || stance.assumed {
            return None;
        }
        let open = self.is_negated(key) == meeting.denied && !self.is_taken_away(key.start) && !self.is_ended(key);
        if !(if first.lacks { self.lacks(key, first.strict) } else { open }) {
            return None;
        }
        if meeting.says == "factor_off" && (first.lacks && !self.lives_without(key) || self.is_named(key)) {
            return None;
        }
        // "everyone used the same password" is how it was
        let (from, to) = (self.clause_start(key.start), self.statement_end(key.end));
        if meeting.says == "one_for_all" && self.is_cloudy() {
            return None;
        }
        let was = (from..to).any(|i| self.reads(i, "use") && self.form(i) == Form::Ed && !self.after_auxiliary(i));
        // "the worker retrieves the password from the vault"
        let people = self.of(Slot::Actor).next().is_some()
            || self.has("somebody_else")
            || (from..key.start).any(|i| self.class(i).is(Class::PRONOUN));
        let machine = meeting.says == "kept_for_all" && self.form(key.start) == Form::S && !people;
        if was || machine || !first.lacks && key.slot == Slot::Deed && !self.is_deed(key) {
            return None;
        }
        let apart = |h: &Hit| if h.start >= key.end { h.start - key.end } else { key.start.saturating_sub(h.end) };
        let here = |choice: &Choice, h: &&Hit| choice.contains(&(h.slot, h.word)) && h.start >= from && h.end <= to;
        if meeting.absent.iter().any(|choice| self.hits.iter().any(|h| here(choice, &h))) {
            return None;
        }
        let (mut start, mut end, mut last) = (key.start, key.end, key.end);
        for ask in rest {
            let fits = |h: &&Hit| {
                here(&ask.any, h)
                    && h.start != key.start
                    && apart(h) <= if first.lacks || ask.lacks { APART / 2 } else { APART }
                    && (!ask.after || self.grammar.verb_last || h.start >= key.end)
                    && (!ask.near
                        || self.grammar.verb_last
                        || h.start >= last
                            && h.start - last <= WAIVED
                            && !self.is_parted(last, h.start)
                            && !self.begins_anew(last, h.start))
                    && if ask.lacks { self.lacks(h, ask.strict) } else { first.lacks || !self.is_negated(h) || stance.negated }
            };
            let it = carried.is_some_and(|c| ask.any.contains(&(Slot::Object, c))) && (from..to).any(|i| self.is_it(i));
            match self.hits.iter().find(fits) {
                Some(met) => (start, end, last) = (start.min(met.start), end.max(met.end), met.end),
                None if it => {}
                None => return None,
            }
        }
        Some((start, end))
    }
}

/// Whether an object is something that lets somebody in.
fn is_way_in(object: &str) -> bool {
    !matches!(object, "request" | "session")
}
