//! One login, several people.

use super::*;

impl Sentence<'_> {
    /// "The same password" is shared only if several people have it.
    pub(super) fn is_in_common(&self, hit: &Hit, from: usize) -> bool {
        let several = ["all", "everyone", "everybody", "multiple", "several", "people", "team"];
        // "all others into the same accounts" are several accounts
        let one = self.form(hit.end.saturating_sub(1)) != Form::S;
        !self.reads(hit.start, "same")
            || one
                && (from.max(hit.start.saturating_sub(8))..self.tokens.len().min(hit.end + 6))
                    .any(|i| several.iter().any(|w| self.reads(i, w)))
    }

    /// Whether accounts are those of a cloud here, which hold machines and networks, and nobody signs in with them.
    pub(super) fn is_cloudy(&self) -> bool {
        let signs_in = ["login", "password", "credential", "pin"].iter().any(|w| (0..self.tokens.len()).any(|i| self.reads(i, w)));
        self.has("cloud_thing") && !signs_in
    }

    /// "The shared account": one login, several people.
    pub(super) fn shared(&self) -> Vec<Said> {
        let mut out = Vec::new();
        // a row names cases; a way to log in has a verb, and that verb a clause of its own
        if self.setting.row && !self.of(Slot::Deed).any(|d| d.word == "use" && self.is_verb(d)) {
            return out;
        }
        for hit in self.of(Slot::Object).filter(|h| matches!(h.word, "shared_account" | "shared_password")) {
            let stance = self.stance(hit.start);
            let from = self.clause_start(hit.start);
            if !self.is_in_common(hit, from) {
                continue;
            }
            // cloud accounts that share networks or keys are no logins
            if hit.word == "shared_account" && self.is_cloudy() {
                continue;
            }
            // "shared accounts must have an owner" is a rule for them, and not their use
            let ruled = (hit.end..hit.end + 2).any(|i| ["must", "should", "shall"].iter().any(|w| self.reads(i, w)));
            if ruled && hit.word == "shared_account" && !stance.negated {
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
            let ended = (hit.end..hit.end + 7)
                .any(|i| self.form(i) == Form::Ed && ["change", "rotate", "reset", "remove", "delete"].iter().any(|w| self.reads(i, w)));
            let taken_away = ended || self.cues("inverting").any(|c| c.start >= from && c.end <= hit.start && hit.start - c.end <= 6);
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
