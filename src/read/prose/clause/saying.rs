//! What a clause says outright: a weakness in so many words, wherever it stands.
//!
//! A saying is a phrase of the lexicon, or concepts that meet in one clause. It counts if it is neither negated nor assumed, and if
//! the text is about the right thing: "nobody has to approve it" is no weakness of a holiday.

use super::*;
use crate::read::prose::grammar::{Ask, Choice, Meeting, Topic};

/// Tokens between concepts that meet.
const APART: usize = 18;
/// Tokens between a control and the verb that waives it.
const WAIVED: usize = 5;

impl Sentence<'_> {
    /// Everything that is said outright.
    pub(super) fn sayings(&self, carried: Option<&'static str>) -> Vec<Said> {
        if self.setting.row || self.is_audit() {
            return Vec::new();
        }
        let mut out: Vec<Said> = Vec::new();
        let mut add = |says: &'static str, from: usize, to: usize| {
            if !out.iter().any(|s| s.says == Some(says)) {
                let whole = Hit { start: from, end: to, slot: Slot::Deed, word: "" };
                out.push(Said { says: Some(says), actors: self.actors(), ..self.say(&whole, self.clause_end(&whole)) });
            }
        };
        for hit in &self.hits {
            let Slot::Saying(topic) = hit.slot else { continue };
            let stance = self.stance(hit.start);
            if self.is_about(topic) && !stance.negated && !stance.assumed && !self.is_taken_away(hit.start) {
                add(hit.word, hit.start, hit.end);
            }
        }
        for meeting in &self.grammar.meetings {
            if self.is_about(meeting.topic)
                && let Some((from, to)) = self.meet(meeting, carried)
            {
                add(meeting.says, from, to);
            }
        }
        // no check for the board is a privilege of rank
        let ranked = self.has("rank") || out.iter().any(|s| s.says == Some("rank_exempt"));
        for said in out.iter_mut().filter(|s| ranked && s.says == Some("no_check")) {
            said.says = Some("rank_exempt");
        }
        out.dedup_by(|a, b| a.says == b.says);
        out
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
            Topic::Recovery => {
                self.resets()
                    || (self.setting.recovers || self.setting.headed || self.setting.recovery || self.setting.emergency)
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
        deed("reset") && object(&["password", "temporary_password", "factor", "account"]) || deed("send") && object(&["temporary_password"])
    }

    /// "Find accounts that nobody owns": whoever looks for a weakness does not have it.
    fn is_audit(&self) -> bool {
        self.cues("audit").any(|c| self.form(c.start) == Form::Base && self.opens(c.start)) || self.is_test()
    }

    /// "Remove permanent administrators", "remove keys that were never changed".
    fn is_taken_away(&self, at: usize) -> bool {
        let relative = |i: &usize| ["that", "which", "who", "whose", "where"].iter().any(|w| self.reads(*i, w));
        let target = (self.clause_start(at)..at).find(relative).unwrap_or(at);
        let takes = |c: &Hit| c.end <= target && target - c.end <= 6 && (target < at || c.end == at);
        self.cues("inverting").any(|c| takes(c) && !self.stance(c.start).negated)
    }

    /// Whether a control is said to be missing: denied ("no ticket", "is not checked"), waived ("skip the check"), or not needed ("a check
    /// is optional", "no proof is asked for"). "Never skip the check" asks for it.
    /// `strict`: what is forbidden is not missing.
    fn lacks(&self, hit: &Hit, strict: bool) -> bool {
        let stance = self.stance(hit.start);
        let (from, to) = (self.clause_start(hit.start), self.statement_end(hit.end));
        if stance.assumed || self.is_sanctioned(hit, from, to) {
            return false;
        }
        let before = self.cues("waives").filter(|c| c.start >= from && c.end <= hit.start && hit.start - c.end <= WAIVED).last();
        if let Some(waives) = before {
            let stance = self.stance(waives.start);
            return !stance.negated && !stance.assumed;
        }
        let behind = |h: &&Hit| h.start >= hit.end && h.start - hit.end <= WAIVED * 2 && h.start < to;
        if let Some(waived) = self.cues("waived").find(behind) {
            return !self.stance(waived.start).negated && !stance.relative;
        }
        // "no proof is asked for", "proof is not asked for"
        let refused = self.cues("needed").find(behind).is_some_and(|n| self.stance(n.start).negated);
        !stance.relative && (stance.negated && !(strict && stance.forbidden) || refused)
    }

    /// Whether a lack is what the text acts against: "accounts without MFA are blocked", "remove keys that have no owner".
    fn is_sanctioned(&self, hit: &Hit, from: usize, to: usize) -> bool {
        let marks = ["that", "which", "who", "whose", "without", "with"];
        self.cues("sanction").any(|c| {
            let stance = self.stance(c.start);
            let passive = c.start >= hit.end && c.start < to && self.form(c.end.saturating_sub(1)) == Form::Ed && self.is_passive(c);
            let active = c.start >= from && c.end <= hit.start && (c.end..hit.start).any(|i| marks.iter().any(|m| self.reads(i, m)));
            !stance.negated && (passive || active && hit.start - c.end <= WAIVED * 2)
        })
    }

    /// The end of a statement, with the demands in it.
    fn statement_end(&self, from: usize) -> usize {
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
        let possible = meeting.firm && stance.duty() == Duty::May;
        if possible || stance.assumed {
            return None;
        }
        if first.lacks && !self.lacks(key, first.strict)
            || !first.lacks && (stance.negated != meeting.denied || self.is_taken_away(key.start))
        {
            return None;
        }
        // "everyone used the same password" is how it was
        let was = (key.start..key.end).any(|i| self.reads(i, "use") && self.form(i) == Form::Ed && !self.after_auxiliary(i));
        if was || !first.lacks && key.slot == Slot::Deed && !self.is_deed(key) {
            return None;
        }
        let (from, to) = (self.clause_start(key.start), self.statement_end(key.end));
        let apart = |h: &Hit| if h.start >= key.end { h.start - key.end } else { key.start.saturating_sub(h.end) };
        let here = |choice: &Choice, h: &&Hit| choice.contains(&(h.slot, h.word)) && h.start >= from && h.end <= to && h.start != key.start;
        if meeting.absent.iter().any(|choice| self.hits.iter().any(|h| here(choice, &h))) {
            return None;
        }
        let (mut start, mut end) = (key.start, key.end);
        for ask in rest {
            let fits = |h: &&Hit| {
                here(&ask.any, h)
                    && apart(h) <= APART
                    && (!ask.after || self.grammar.verb_last || h.start >= key.end)
                    && if ask.lacks { self.lacks(h, ask.strict) } else { first.lacks || !self.stance(h.start).negated_beyond(stance) }
            };
            let it = carried.is_some_and(|c| ask.any.contains(&(Slot::Object, c))) && (from..to).any(|i| self.is_it(i));
            match self.hits.iter().find(fits) {
                Some(met) => (start, end) = (start.min(met.start), end.max(met.end)),
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
