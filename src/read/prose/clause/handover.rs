//! What is passed on, kept or done: a verb, what it does it to, and by which way.

use super::*;

impl Sentence<'_> {
    pub(super) fn handover(&self, hit: &Hit, carried: Option<&'static str>) -> Option<Said> {
        // "they sent the key by mail" tells a story; "the key is sent by mail" says how it is done
        if !self.is_verb(hit) || self.form(hit.start) == Form::Ed && !self.is_passive(hit) && !self.is_done(hit) {
            return None;
        }
        // "…, including the token" adds to what was said
        if self.form(hit.start) == Form::Ing && self.reads(hit.start, "include") {
            return None;
        }
        let end = self.clause_end(hit);
        let (object, at) = self.object(hit, end, carried)?;
        let from = if self.grammar.verb_last { self.clause_start(hit.start) } else { hit.start };
        let mut channels = self.channels(hit, from, end);
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

    pub(super) fn storage(&self, hit: &Hit, carried: Option<&'static str>) -> Option<Said> {
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

    /// "Sent the code to his gmail" in a ticket: the writer did it.
    fn is_done(&self, hit: &Hit) -> bool {
        let subject = |n: usize| hit.start.checked_sub(n).is_some_and(|i| self.reads(i, "i") || self.reads(i, "we"));
        let opens = hit.start.checked_sub(1).is_none_or(|b| !self.is_word(b) || self.class(b).is(Class::CONJUNCTION));
        self.setting.done && (opens || subject(1) || subject(2))
    }

    pub(super) fn plain(&self, hit: &Hit, carried: Option<&'static str>) -> Option<Said> {
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
}
