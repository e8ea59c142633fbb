//! What is passed on, kept or done: a verb, what it does it to, and by which way.

use super::*;

impl Sentence<'_> {
    pub(super) fn handover(&self, hit: &Hit, carried: Option<&'static str>) -> Option<Said> {
        // "they sent the key by mail" tells a story; "the key is sent by mail" says how it is done
        if !self.is_verb(hit) || self.form(hit.start) == Form::Ed && !self.is_passive(hit) && !self.is_done(hit) {
            return None;
        }
        // "you may have shared it", "you will be able to send a code": what could be, and what a product can do
        let near = |n: usize| hit.start.checked_sub(n);
        let perfect = self.form(hit.start) == Form::Ed
            && (1..=6).filter_map(near).any(|i| self.reads(i, "have") && i > 0 && self.class(i - 1).is(Class::MODAL));
        let able = self.cues("may").any(|c| {
            c.end <= hit.start && hit.start - c.end <= 4 && ["able", "ability", "option", "let"].iter().any(|w| self.covers(c, w))
        });
        if perfect || able {
            return None;
        }
        // "…, including the token" adds to what was said
        if self.form(hit.start) == Form::Ing && self.reads(hit.start, "include") {
            return None;
        }
        let end = self.clause_end(hit);
        // "Sending passwords by text is better than nothing" weighs it, and has nobody do so
        let subject = self.form(hit.start) == Form::Ing && (0..hit.start).all(|i| !self.is_word(i));
        if subject && (hit.end..end).any(|i| self.reads(i, "be")) && !self.has("fits") {
            return None;
        }
        let (object, at) = self.object(hit, end, carried)?;
        // "E-Mail, Passwords, Remote Access" is a list of things, and no deed
        if at > hit.end && at <= hit.end + 1 && self.is_parted(hit.end, at) {
            return None;
        }
        let from = if self.grammar.verb_last { self.clause_start(hit.start) } else { hit.start };
        let mut channels = self.channels(hit, from, end);
        // "use chat or the phone to share passwords"
        let means = hit.start > 0 && self.reads(hit.start - 1, "to");
        if let Some(uses) = (self.clause_start(hit.start)..hit.start).rev().find(|i| means && self.reads(*i, "use")) {
            let near = |c: &&Hit| c.start > uses && c.end < hit.start && hit.start - c.end <= REACH / 2 && !self.stance(c.start).negated;
            channels.extend(self.of(Slot::Channel).filter(near).map(|c| c.word));
        }
        self.unmask(&mut channels, end);
        if hit.word == "send" && channels.is_empty() {
            let way = self.vessel(hit, at).or_else(|| self.destination(at.max(hit.end), end));
            channels.extend(way.or_else(|| self.in_a_call(hit)).or_else(|| self.printed(hit)));
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
            // the link is shared, and not what it opens
            "share" if self.of(Slot::Channel).any(|c| c.word == "one_time_link" && c.end <= hit.start) => return None,
            "share" if open => "send",
            // a vault is the right place to share from
            "share" if self.setting.vaulted => return None,
            "share" if channels.iter().any(|c| matches!(*c, "vault" | "encrypted" | "one_time_link")) => return None,
            // "shared to the account" is about a cloud account; "share your account" is not
            "share" if object == "account" && self.is_cloudy() => return None,
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

    /// What travels is the subject, or stands by a noun: "the password reaches them by mail", "Delivery of the PIN: SMS", "Ring the user and
    /// tell them the password".
    pub(super) fn travels(&self) -> Option<Said> {
        let holds = |h: &&Hit| !self.stance(h.start).negated && !self.stance(h.start).assumed;
        let secret = self.of(Slot::Object).filter(|o| SECRETS.contains(&o.word)).find(holds)?;
        // "the mail contains a temporary password"
        let vessel = self.of(Slot::Channel).filter(holds).find(|c| {
            let verb =
                |i: usize| ["contain", "include", "hold", "carry", "bear"].iter().any(|w| self.reads(i, w)) && self.form(i) != Form::Ing;
            OPEN_CHANNELS.contains(&c.word) && secret.start >= c.end && secret.start - c.end <= REACH / 2 && (c.end..secret.start).any(verb)
        });
        if let Some(vessel) = vessel {
            let deed = Hit { word: "send", slot: Slot::Deed, start: vessel.start, end: secret.end };
            return Some(Said { object: Some(secret.word), channels: vec![vessel.word], ..self.say(&deed, secret.end) });
        }
        if let Some(place) = self.lies_in(secret) {
            let deed = Hit { word: "send", slot: Slot::Deed, start: secret.start, end: place.end };
            return Some(Said { object: Some(secret.word), channels: vec![place.word], ..self.say(&deed, place.end) });
        }
        let to = self.clause_end(secret);
        let parted = |a: usize, b: usize| (a..b).any(|i| self.class(i).is(Class::CARRIER) && !self.class(i).is(Class::PREPOSITION));
        let open = |h: &&Hit| OPEN_CHANNELS.contains(&h.word) && h.word != "shared_document" && holds(h);
        let moves =
            self.cues("moves").filter(holds).find(|m| m.start >= secret.end && m.start - secret.end <= 4 && !parted(secret.end, m.start));
        let way = match moves {
            Some(verb) => {
                self.of(Slot::Channel).filter(open).find(|c| c.start >= verb.end && c.start < to && self.is_led(c.start, verb))?
            }
            None => {
                // "Delivery of the password: by SMS"
                let noun = self.cues("handing").find(|n| n.end <= secret.start && secret.start - n.end <= 4)?;
                self.of(Slot::Channel).filter(open).find(|c| c.start >= secret.end && c.start - secret.end <= 6 && noun.end <= c.start)?
            }
        };
        let deed = Hit { word: "send", slot: Slot::Deed, start: secret.start, end: way.end };
        Some(Said { object: Some(secret.word), channels: vec![way.word], actors: self.actors(), ..self.say(&deed, way.end) })
    }

    /// "The temporary password in your welcome e-mail", "they find it in the letter from IT": a message that has come and holds it.
    fn lies_in(&self, secret: &Hit) -> Option<&Hit> {
        const NEAR: usize = 6;
        if self.is_taken_away(secret.start) {
            return None;
        }
        let message =
            |c: &&Hit| matches!(c.word, "email" | "chat" | "sms" | "paper") && c.start > secret.end && c.start - secret.end <= NEAR;
        self.of(Slot::Channel).filter(message).find(|c| {
            let inside = (secret.end..c.start).find(|i| self.reads(*i, "in") || self.reads(*i, "from"));
            // "your welcome e-mail", "the e-mail from IT": one that is known, and no kind of thing
            let known = inside.is_some_and(|i| (i + 1..c.start).any(|i| self.class(i).is(Class::DETERMINER)));
            let plain = (secret.end..c.start).all(|i| self.reads(i, "be") || !self.class(i).is(Class::AUXILIARY | Class::MODAL));
            known && plain && !self.stance(c.start).negated && !self.stance(c.start).assumed
        })
    }

    /// "Call the user and tell them the new password": the call is the channel.
    fn in_a_call(&self, hit: &Hit) -> Option<&'static str> {
        let speaks = ["tell", "give", "read", "dictate", "spell", "provide", "inform", "pass", "communicate"]
            .iter()
            .any(|w| self.reads(hit.start, w));
        if speaks && self.setting.called && hit.start == 0 {
            return Some("phone");
        }
        // "IT will read the key to you"
        let aloud = ["read", "dictate", "spell"].iter().any(|w| self.reads(hit.start, w)) && self.form(hit.start) == Form::Base;
        let heard = (hit.end..self.tokens.len().min(hit.end + REACH)).any(|i| self.reads(i, "to") && self.class(i + 1).is(Class::PRONOUN));
        if aloud && heard {
            return Some("verbal");
        }
        let call = self.cues("heard").find(|c| c.end <= hit.start && hit.start - c.end <= REACH && !self.stance(c.start).assumed)?;
        // "calls and provides a code" is what a machine does
        (speaks && !matches!(self.form(call.start), Form::Ed | Form::S)).then_some("phone")
    }

    /// "A secure channel (phone, not e-mail)": what follows says which.
    fn unmask(&self, channels: &mut Vec<&'static str>, end: usize) {
        let named = |c: &Hit| {
            c.word == "encrypted"
                && (c.end..end.min(c.end + 4)).any(|i| self.tokens.get(i).is_some_and(|t| t.mark == '('))
                && self
                    .of(Slot::Channel)
                    .any(|o| o.start > c.end && o.start <= c.end + 4 && OPEN_CHANNELS.contains(&o.word) && !self.stance(o.start).negated)
        };
        if channels.contains(&"encrypted") && self.of(Slot::Channel).any(named) {
            channels.retain(|c| *c != "encrypted");
        }
    }

    /// "Print a copy and give it to the supervisor": paper is the channel.
    fn printed(&self, hit: &Hit) -> Option<&'static str> {
        let print = (0..hit.start).rev().find(|i| self.reads(*i, "print"))?;
        (self.form(print) == Form::Base && self.opens(print) && !self.stance(print).negated).then_some("paper")
    }

    /// Whether it has the reader call somebody.
    pub(in crate::read::prose) fn calls(&self) -> bool {
        self.is_imperative() && self.cues("heard").any(|c| c.start == 0 && !self.stance(c.start).negated)
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
