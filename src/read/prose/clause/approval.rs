//! Who says yes, and how.

use super::*;

impl Sentence<'_> {
    pub(super) fn approval(&self, hit: &Hit) -> Option<Said> {
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
        // "approved, you will be notified by mail": the other verb's way
        let told = |word: &str| {
            let mut named = self.of(Slot::Channel).filter(|c| c.word == word && c.start >= hit.end && c.start < to).peekable();
            let other = |c: &Hit| self.of(Slot::Deed).any(|d| d.word == "notify" && d.start >= hit.end && d.end <= c.start);
            named.peek().is_some() && named.all(other)
        };
        channels.retain(|c| !told(c));
        // "verbal approval", "email approval", "Approval: email"
        let granted = self.of(Slot::Actor).any(|a| a.end <= hit.start && matches!(a.word, "manager" | "owner" | "security" | "admin"));
        for channel in self.of(Slot::Channel).filter(|c| {
            c.end == hit.start
                || c.word == "verbal" && c.end <= hit.start && hit.start - c.end <= 3
                || c.start == hit.end && granted
                || c.start >= hit.end && c.start <= hit.end + 1 && !self.is_word(hit.end)
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
        // "Open a pull request and ask for approval in #ops": the answer stands where the request does
        if self.of(Slot::Channel).any(|c| c.word == "pull_request" && c.end <= hit.start) && !channels.contains(&"pull_request") {
            channels.push("pull_request");
        }
        if channels.is_empty() && !self.setting.row && !self.grammar.verb_last {
            channels.extend(self.taken_for_approval(hit));
        }
        let two = self.cues("two_people").any(|c| !self.stance(c.start).negated);
        let mut actors = self.actors();
        actors.retain(|a| *a != "self");
        // "emergency changes: verbal approval of the director"
        let noun = self.covers(hit, "approval") || self.covers(hit, "authorization");
        let named = noun && self.decider().is_some() || self.cues("approver").next().is_some();
        let word = channels.contains(&"verbal") && (named || self.words(Slot::Object).any(|o| o == "request"));
        let reset = self.of(Slot::Deed).any(|d| d.word == "reset" && d.start >= from && d.start < to);
        Some(Said {
            object: (self.setting.access || reset).then_some("access").or_else(|| word.then_some("request")),
            channels,
            actors,
            people: two.then_some(2),
            ..self.say(hit, to)
        })
    }

    /// "An e-mail is all the approval we need", "the approver's e-mail", "a written OK, e-mail is fine": the way is named beside the act.
    fn taken_for_approval(&self, hit: &Hit) -> Option<&'static str> {
        let open = |c: &&Hit| OPEN_CHANNELS.contains(&c.word) && !self.stance(c.start).negated && c.start.abs_diff(hit.start) <= REACH;
        let mut near = self.of(Slot::Channel).filter(open);
        let deed = |a: usize, b: usize| self.of(Slot::Deed).any(|d| d.start >= a && d.start < b && d.start != hit.start);
        let is = |a: usize, b: usize| (a..b).any(|i| self.reads(i, "be")) && !deed(a, b);
        let fine = |c: &Hit| self.cues("fits").any(|f| f.start == c.end);
        let found = near.find(|c| {
            fine(c)
                || c.end <= hit.start && !self.is_passive(hit) && is(c.end, hit.start)
                || c.start == hit.end && self.covers(hit, "approver")
        });
        found.map(|c| c.word)
    }

    /// "Mail the manager. If she replies OK, go on": the answer to a mail is the approval, whatever it is called.
    pub(super) fn replied(&self) -> Option<Said> {
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

    /// A yes in other words, and the way it comes: "the lead agrees on the phone", "a mail from the owner saying OK".
    pub(super) fn assented(&self) -> Option<Said> {
        let grants = self.of(Slot::Deed).any(|d| d.word == "grant") || self.of(Slot::Act).next().is_some();
        if !(self.setting.recovery || self.setting.headed || self.setting.emergency || grants) {
            return None;
        }
        let holds = |h: &&Hit| !self.stance(h.start).negated;
        let yes = self.cues("assents").find(holds)?;
        let told = |a: usize, b: usize| self.of(Slot::Deed).any(|d| d.word == "notify" && d.start >= a.min(b) && d.start < a.max(b));
        let near = |c: &&Hit| c.start.abs_diff(yes.start) <= REACH && OPEN_CHANNELS.contains(&c.word) && !told(c.start, yes.start);
        let channel = self.of(Slot::Channel).filter(holds).find(near);
        let called = self.cues("heard").find(|c| holds(c) && c.start < yes.start && self.is_imperative());
        let channel = channel.map(|c| c.word).or(called.map(|_| "phone"))?;
        let decider = self.decider();
        // "the go-ahead" needs no name
        if decider.is_none() && !["ahead", "blessing", "green"].iter().any(|w| self.covers(yes, w)) {
            return None;
        }
        let deed = Hit { word: "approve", slot: Slot::Deed, ..*yes };
        Some(Said {
            object: Some("access"),
            channels: vec![channel],
            actors: decider.into_iter().collect(),
            duty: Duty::Must,
            ..self.say(&deed, yes.end)
        })
    }

    /// Whoever in this sentence may say yes.
    pub(super) fn decider(&self) -> Option<&'static str> {
        self.words(Slot::Actor).find(|a| matches!(*a, "manager" | "owner" | "security" | "admin"))
    }

    /// Whether somebody who may say yes is written a mail here.
    pub(in crate::read::prose) fn mails_a_decider(&self) -> bool {
        self.decider().is_some() && self.words(Slot::Channel).any(|c| c == "email")
    }

    /// "Nobody has to approve", "automatic approval": said to be missing.
    pub(super) fn unapproved(&self) -> Option<Said> {
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
}
