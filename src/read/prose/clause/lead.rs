//! A list and the sentence that leads to it: "Send these by e-mail:", "The password may be passed on by:" are finished by their items.

use super::*;

/// What the introduction of a list began, and its items end.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::read::prose) struct Lead {
    deed: &'static str,
    object: Option<&'static str>,
    /// A channel that others can read.
    open: Option<&'static str>,
    duty: Duty,
}

/// Words of an item in which stands what its introduction asks for.
const HEAD: usize = 7;

impl Sentence<'_> {
    /// What the items below this sentence go on with, if it leads to some. `before`: what the sentence before began.
    pub(in crate::read::prose) fn lead(&self, before: Lead) -> Lead {
        let begins = |h: &&Hit| {
            matches!(h.word, "send" | "share" | "store" | "approve") && self.is_deed(h) && !self.stance(h.start).assumed && !self.is_test()
        };
        let Some(hit) = self.of(Slot::Deed).filter(begins).last() else { return Lead::default() };
        let secret = self.of(Slot::Object).filter(|o| SECRETS.contains(&o.word)).last().map(|o| o.word);
        let end = self.clause_end(hit);
        let channels = self.channels(hit, hit.start, end);
        let open = channels.into_iter().find(|c| OPEN_CHANNELS.contains(c));
        // "Include:" adds to what was sent
        if self.reads(hit.start, "include") || secret.is_none() && open.is_none() {
            return before;
        }
        Lead { deed: hit.word, object: secret, open, duty: self.stance(hit.start).duty() }
    }

    /// What an item says together with its introduction.
    pub(super) fn led(&self) -> Option<Said> {
        let lead = self.setting.lead;
        if lead.deed.is_empty() || self.is_imperative() {
            return None;
        }
        let first = |h: &Hit| h.start < HEAD && !self.stance(h.start).assumed;
        let open = || self.of(Slot::Channel).find(|c| first(c) && OPEN_CHANNELS.contains(&c.word));
        let safe = self.of(Slot::Channel).any(|c| matches!(c.word, "encrypted" | "vault" | "one_time_link" | "in_person_handover"));
        let (hit, object, channel) = match (lead.deed, lead.object, lead.open) {
            ("send" | "share", object, Some(open)) => {
                let hit = self.of(Slot::Object).find(|o| first(o) && SECRETS.contains(&o.word))?;
                (hit, object.filter(|_| hit.word == "secret").unwrap_or(hit.word), open)
            }
            ("send" | "share", Some(object), None) => {
                let hit = open().filter(|_| !safe)?;
                (hit, object, hit.word)
            }
            ("store", Some(object), None) => {
                let hit = open().filter(|c| c.word == "shared_document" && !safe)?;
                (hit, object, hit.word)
            }
            ("approve", ..) => {
                let hit = open().filter(|_| !safe)?;
                (hit, "access", hit.word)
            }
            _ => return None,
        };
        // "No attachments" below "Send them by mail:"
        if self.has("inability") && !self.setting.forbidden {
            return None;
        }
        let duty = if self.stance(hit.start).negated { Duty::MustNot } else { lead.duty };
        let deed = Hit { word: if lead.deed == "share" { "send" } else { lead.deed }, slot: Slot::Deed, ..*hit };
        Some(Said { object: Some(object), channels: vec![channel], duty, ..self.say(&deed, hit.end) })
    }

    /// A mail that holds the secret it is about: "your temporary password is: …", "please find your credentials below".
    pub(super) fn enclosed(&self) -> Option<Said> {
        let hit = self.cues("encloses").find(|c| !self.stance(c.start).negated && !self.stance(c.start).assumed)?;
        let object = self.of(Slot::Object).find(|o| SECRETS.contains(&o.word) && o.start >= hit.start && o.start <= hit.end)?;
        let deed = Hit { word: "send", slot: Slot::Deed, ..*hit };
        self.setting.letter.then(|| Said {
            object: Some(object.word),
            channels: vec!["email"],
            duty: Duty::Must,
            ..self.say(&deed, hit.end)
        })
    }

    /// "Dear colleague,": what follows is a letter.
    pub(in crate::read::prose) fn greets(&self) -> bool {
        let words = self.tokens.iter().filter(|t| t.is_word()).count();
        let opens = |at: usize| (0..at).all(|i| !self.is_word(i) || self.tokens.get(i + 1).is_some_and(|t| t.mark == ':'));
        self.cues("greeting").any(|c| opens(c.start) && words <= GREETING)
    }
}

/// Words of a greeting.
const GREETING: usize = 6;
