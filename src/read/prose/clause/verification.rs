//! How somebody is known to be who they say.

use super::*;

/// Commas that make a list of features of a cell.
const FEATURES: usize = 3;

impl Sentence<'_> {
    /// Proofs in a clause. An alternative is as good as its weakest part: "in person or by the date of birth" proves nothing more
    /// than the date of birth.
    pub(super) fn proofs(&self, from: usize, to: usize, stance: Stance, channels: bool) -> Vec<&'static str> {
        let fits = |h: &&Hit| h.start >= from && h.start < to && !self.stance(h.start).negated_beyond(stance);
        let mut found: Vec<(&'static str, usize, usize)> = self.of(Slot::Proof).filter(fits).map(|h| (h.word, h.start, h.end)).collect();
        if channels {
            for hit in self.of(Slot::Channel).filter(fits) {
                let word = match hit.word {
                    "email" => "email_code",
                    "sms" => "sms_code",
                    "phone" => "phone_call",
                    "chat" => "chat_message",
                    _ => continue,
                };
                let covered = found.iter().any(|f| f.1 <= hit.start && hit.start < f.2);
                let led = (1..=8).take_while(|n| hit.start >= from + n).any(|n| self.class(hit.start - n).is(Class::PREPOSITION));
                let parted = || (from..hit.start).any(|i| self.tokens.get(i).is_some_and(|t| t.mark == ','));
                let bracketed = self
                    .of(Slot::Deed)
                    .any(|d| d.word == "verify" && d.end + 1 == hit.start && self.tokens.get(d.end).is_some_and(|t| t.mark == '('));
                // "verify them, reset the password, send it via chat"
                let other = || self.of(Slot::Deed).any(|d| d.word != "verify" && d.start > from && d.end <= hit.start && self.is_verb(d));
                if (led || bracketed) && !covered && !(parted() && other()) {
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
        // of a list of which any item will do, the strong ones save nobody
        let either = self.setting.either || either && weak;
        let mut words: Vec<_> = found.iter().map(|f| f.0).filter(|w| !(either && STRONG.contains(w))).collect();
        words.dedup();
        words
    }

    /// Whether it asks for a check of identity, whatever it rests on.
    pub(in crate::read::prose) fn asks_proof(&self) -> bool {
        self.of(Slot::Deed).any(|d| d.word == "verify" && !self.stance(d.start).negated) && self.has("identity")
    }

    pub(super) fn verification(&self, hit: &Hit) -> Option<Said> {
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
            || self.setting.nearby
            || self.setting.desk
            || self.cues("person").next().is_some()
            || identity && proofs.iter().any(|p| KNOWLEDGE.contains(p))
            || self.of(Slot::Deed).any(|d| d.word == "reset");
        ((identity && met) || knowledge || factor).then(|| Said {
            object: identity.then_some("account"),
            proofs,
            actors: self.actors(),
            ..self.say(hit, to)
        })
    }

    /// "Reset it via the personal address": the channel is the proof.
    pub(super) fn reset_by_proof(&self) -> Option<Said> {
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
    pub(super) fn recognised(&self) -> Option<Said> {
        let hit = self.of(Slot::Proof).find(|h| h.word == "known_voice" && self.setting.recovery)?;
        let deed = Hit { word: "verify", ..*hit };
        Some(Said { proofs: vec![hit.word], object: Some("account"), ..self.say(&deed, hit.end) })
    }

    /// "Ask for the date of birth", and a list whose introduction asks for proof.
    pub(super) fn asked_for(&self) -> Option<Said> {
        if !self.setting.recovery && !self.setting.verifying || self.of(Slot::Deed).any(|h| h.word == "verify") {
            return None;
        }
        let asks = self.hits.iter().find(|h| {
            h.slot == Slot::Cue
                && h.word == "imperative"
                && [
                    "ask", "type", "state", "name", "request", "obtain", "check", "answer", "collect", "provide", "send", "give", "enter",
                    "supply", "reply", "respond", "write",
                ]
                .iter()
                .any(|w| self.reads(h.start, w))
                && self.form(h.start) != Form::Ing
                // "the password is sent by text" asks for nothing
                && (self.reads(h.start, "ask") || !self.is_passive(h))
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
        // "enter your staff number" says who you are, and proves nothing yet
        let typed = !self.setting.verifying && ["enter", "type"].iter().any(|w| self.reads(from, w));
        let known = known && !(typed && proofs.iter().all(|p| *p == "employee_number"));
        let hit = Hit { start: from, end: from + 1, slot: Slot::Deed, word: "verify" };
        known.then(|| Said { proofs, object: Some("account"), actors: self.actors(), ..self.say(&hit, self.tokens.len()) })
    }

    /// A check and what it rests on, in any grammar: "Verification: staff number", "the number on the display settles who is calling",
    /// "if the birthday matches, reset it".
    pub(super) fn checked(&self) -> Option<Said> {
        if !(self.setting.recovery || self.setting.recovers || self.setting.desk || self.resets()) || self.is_test() {
            return None;
        }
        let holds = |h: &&Hit| !self.stance(h.start).negated;
        let weak = |h: &&Hit| !STRONG.contains(&h.word) && !matches!(h.word, "totp" | "password" | "phone_call") && holds(h);
        let proof = self.of(Slot::Proof).find(weak)?;
        let check = self
            .cues("checked")
            .filter(|c| holds(c) && !self.is_quoted(c))
            .find(|c| !(self.stance(c.start).assumed || c.start < proof.end && proof.start < c.end));
        // what the demand behind a condition rests on
        let fits = self.cues("fits").filter(holds).find(|c| c.start >= proof.end && c.start - proof.end <= REACH);
        // a code that "is fine" may be fine for anything; a birthday is not
        let given = KNOWLEDGE.contains(&proof.word) || matches!(proof.word, "personal_data" | "known_voice" | "manager_vouch");
        let fits = fits.filter(|_| given);
        // "features such as recovery, verification, settings, e-mail and SMS delivery"
        let (a, z) = check.map_or((0, 0), |c| (c.end.min(proof.end), c.start.max(proof.start)));
        let listed = (a..z).filter(|i| self.tokens.get(*i).is_some_and(|t| t.mark == ',')).count() > 1;
        let commas = self.tokens.iter().filter(|t| t.mark == ',').count();
        let check = check.filter(|_| !(listed || self.setting.row && commas >= FEATURES));
        // "have them tell you their hire date"
        let gives = self.cues("gives").filter(holds).find(|c| c.end <= proof.start && proof.start - c.end <= REACH / 2);
        let gives = gives.filter(|g| given && self.setting.recovery && !self.stance(g.start).assumed);
        // far from any reset, only a check that asks for what others know
        let far = !(self.setting.recovery || self.setting.desk || self.resets());
        if far && (check.is_none() || !KNOWLEDGE.contains(&proof.word)) {
            return None;
        }
        let key = check.or(fits).or(gives)?;
        if self.stance(proof.start).assumed && fits.is_none() && check.is_none_or(|c| c.start < proof.start) {
            return None;
        }
        let mut proofs: Vec<_> = self.of(Slot::Proof).filter(holds).map(|h| h.word).collect();
        proofs.dedup();
        let (from, to) = (key.start.min(proof.start), key.end.max(proof.end));
        let deed = Hit { word: "verify", start: from, end: to, slot: Slot::Deed };
        Some(Said { proofs, object: Some("account"), actors: self.actors(), duty: Duty::Must, ..self.say(&deed, to) })
    }
}
