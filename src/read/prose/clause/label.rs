//! A label and its value: "Used by: the whole ward", a cell below the head of its column.

use super::*;
use crate::read::prose::grammar::{Choice, Meeting};

/// Words of a label.
const LABEL: usize = 6;
/// Words of a value that are looked at: behind them, it is a text of its own.
const VALUE: usize = 9;

impl Sentence<'_> {
    /// Where the label ends, if the sentence is one with its value.
    pub(super) fn label(&self) -> Option<usize> {
        let colon = self.tokens.iter().take(LABEL + 2).position(|t| t.mark == ':')?;
        let words = self.tokens.get(..colon)?.iter().filter(|t| t.is_word()).count();
        (words > 0 && words <= LABEL).then_some(colon)
    }

    /// Where a label and its value say what a frame asks for.
    pub(super) fn meet_label(&self, meeting: &Meeting) -> Option<(usize, usize)> {
        let colon = self.label()?;
        let (label, value) = meeting.parts.split_at_checked(meeting.label)?;
        let at = |choice: &Choice, from: usize, to: usize| {
            self.hits.iter().find(|h| choice.contains(&(h.slot, h.word)) && h.start >= from && h.end <= to && !self.stance(h.start).assumed)
        };
        let end = self.tokens.len();
        if meeting.absent.iter().any(|choice| at(choice, 0, end).is_some()) || self.setting.forbidden {
            return None;
        }
        let named = label.iter().all(|a| at(&a.any, 0, colon).is_some());
        let last = value.iter().map(|a| at(&a.any, colon + 1, end.min(colon + 1 + VALUE))).try_fold(colon, |_, h| h.map(|h| h.end))?;
        named.then_some((0, last))
    }

    /// "Approval: the director, verbally": a label, and the way in its value.
    pub(super) fn labelled_approval(&self) -> Option<Said> {
        let colon = self.label()?;
        let hit = self.of(Slot::Deed).find(|d| d.word == "approve" && d.end <= colon)?;
        let end = self.tokens.len().min(colon + 1 + VALUE);
        let value = |c: &&Hit| c.start > colon && c.start < end && !self.stance(c.start).negated;
        let open = self.of(Slot::Channel).find(|c| value(c) && matches!(c.word, "verbal" | "phone" | "chat" | "sms" | "email"))?;
        let kept = self.of(Slot::Channel).any(|c| matches!(c.word, "ticket" | "workflow" | "pull_request"));
        let decider = self.decider().is_some() || open.word == "verbal";
        let about = self.setting.access || self.setting.headed || self.setting.recovery || self.setting.emergency || open.word == "verbal";
        (decider && about && !kept).then(|| Said {
            object: Some(if self.setting.access { "access" } else { "request" }),
            channels: vec![open.word],
            actors: self.decider().into_iter().collect(),
            ..self.say(hit, open.end)
        })
    }
}
