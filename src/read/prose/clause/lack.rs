//! A control that is missing, in whichever way a text says so.

use super::*;

/// Tokens between a control and the verb that waives it.
pub(super) const WAIVED: usize = 5;

impl Sentence<'_> {
    /// Whether a control is said to be missing: denied ("no ticket", "is not checked"), waived ("skip the check"), or not needed ("a check
    /// is optional", "no proof is asked for"). "Never skip the check" asks for it.
    /// `strict`: what is forbidden is not missing.
    pub(super) fn lacks(&self, hit: &Hit, strict: bool) -> bool {
        let stance = self.stance(hit.start);
        let (from, to) = (self.clause_start(hit.start), self.statement_end(hit.end));
        if stance.assumed || self.is_quoted(hit) || self.is_sanctioned(hit, from) {
            return false;
        }
        let before = self
            .cues("waives")
            .filter(|c| {
                let noun = c.start.checked_sub(1).is_some_and(|b| self.class(b).is(Class::DETERMINER));
                (self.form(c.start) != Form::Ed || self.is_passive(c))
                    && !noun
                    // "skips if the identity exists"
                    && !["if", "when"].iter().any(|w| self.reads(c.end, w))
                    && c.start >= from
                    && c.end <= hit.start
                    && hit.start - c.end <= WAIVED
            })
            .last();
        if let Some(waives) = before {
            let stance = self.stance(waives.start);
            return !stance.negated && !stance.assumed;
        }
        // "never switch off the notice"
        if self
            .cues("switches")
            .any(|c| c.start >= from && c.end <= hit.start && hit.start - c.end <= WAIVED && self.stance(c.start).negated)
        {
            return false;
        }
        let behind = |h: &&Hit| h.start >= hit.end && h.start - hit.end <= WAIVED * 2 && h.start < to && !self.is_parted(hit.end, h.start);
        if let Some(waived) = self.cues("waived").find(behind) {
            return !self.stance(waived.start).negated && !stance.relative;
        }
        // "no proof is asked for", "proof is not asked for"
        let between = |n: &Hit, class| (hit.end..n.start).any(|i| self.class(i).is(class));
        let denied = |n: &Hit| between(n, Class::AUXILIARY | Class::MODAL) && between(n, Class::DENIAL);
        // "2FA does not require an extra account" needs something else than 2FA
        let other = |n: &Hit| {
            self.form(n.start) != Form::Ed
                && ["need", "require", "have", "get", "receive"].iter().any(|w| self.reads(n.start, w))
                && self.class(n.end).is(Class::DETERMINER)
        };
        let refused = self
            .cues("needed")
            .filter(behind)
            .any(|n| denied(n) && !other(n) && self.stance(n.start).negated && !self.stance(n.start).assumed);
        // "has not been changed"
        let not_been =
            self.cues("prohibition").any(|c| c.start < hit.start && hit.start <= c.end + 1 && self.class(c.start).is(Class::DENIAL));
        !stance.relative
            && (refused || not_been || stance.negated && !(strict && self.is_forbidden(hit)) && self.is_denied(hit, from, strict))
    }

    /// Whether a phrase is negated, or its first word is part of what denies it ("do not have").
    pub(super) fn is_negated(&self, hit: &Hit) -> bool {
        let inside = |c: &Hit| c.start < hit.start && hit.start < c.end;
        self.stance(hit.start).negated || self.cues("inability").any(inside) || self.cues("negation").any(inside)
    }

    /// "Never in the ticket thread": where something else is not to be.
    fn is_place(&self, hit: &Hit) -> bool {
        let led = |i: usize| ["in", "into", "on"].iter().any(|w| self.reads(i, w));
        let before = |n: usize| hit.start.checked_sub(n);
        before(1).is_some_and(led) || before(2).is_some_and(led) && before(1).is_some_and(|i| self.class(i).is(Class::DETERMINER))
    }

    /// "Leave 'Verify' blank": the name of a field.
    pub(super) fn is_quoted(&self, hit: &Hit) -> bool {
        let mark = |i: usize| self.tokens.get(i).is_some_and(|t| t.mark == '"');
        hit.start.checked_sub(1).is_some_and(mark) && mark(hit.end)
    }

    /// Whether it is forbidden to the reader; "we do not" tells how things are.
    fn is_forbidden(&self, hit: &Hit) -> bool {
        let ours = |c: &Hit| c.start > 0 && ["we", "they"].iter().any(|w| self.reads(c.start - 1, w));
        self.stance(hit.start).forbidden && !self.cues("negation").any(|c| c.end <= hit.start && ours(c))
    }

    /// Whether the negation of a control is its own: "no check is made", and not "users cannot open the form of the check". "Keys without
    /// an end are not allowed" denies the denial.
    fn is_denied(&self, hit: &Hit, from: usize, strict: bool) -> bool {
        let without = |c: &Hit| self.reads(c.start, "without");
        let negates = |c: &&Hit| c.slot == Slot::Cue && (matches!(c.word, "negation" | "inability") || c.word == "instead" && without(c));
        let before = |c: &&Hit| c.start >= from && (c.end <= hit.start || c.start <= hit.start && hit.start < c.end);
        let prohibited = self.cues("prohibition").find(|c| c.start >= hit.end);
        let Some(cue) = self.hits.iter().filter(negates).rfind(|c| before(c)) else {
            // "tickets are not used"
            return prohibited.is_some_and(|c| c.start <= hit.end + 1 && self.covers(c, "use"));
        };
        let verb = |h: &&Hit| h.start >= cue.end && h.start < hit.start && h.slot == Slot::Cue && h.word == "imperative";
        let other = |h: &&Hit| verb(h) && !self.cues("needed").any(|n| n.start <= h.start && h.start < n.end);
        // what "do not" is followed by is a verb, and one that is not known is another than those of needing
        let plain = ["no", "nobody", "none"].iter().any(|w| self.reads(cue.start, w)) || without(cue);
        let unknown = !plain && (cue.end..hit.start).any(|i| self.tokens.get(i).is_some_and(|t| t.id == 0 && t.is_word()));
        let busy =
            !plain && (cue.end..hit.start).any(|i| self.form(i) == Form::Ing && !self.cues("needed").any(|n| n.start <= i && i < n.end));
        let reach = if strict { 3 } else { WAIVED + 2 };
        prohibited.is_none()
            && !self.is_supposed(hit)
            && !unknown
            && !busy
            && !self.is_place(hit)
            && hit.start.saturating_sub(cue.end) <= reach
            && !self.hits.iter().any(|h| other(&h))
            && !self.is_parted(cue.end, hit.start)
    }

    /// "Without this check, anybody could …", "without a check, nothing is reset": what would be if the control were missing.
    pub(super) fn is_supposed(&self, hit: &Hit) -> bool {
        let opens = (0..=hit.start.min(2)).any(|i| self.reads(i, "without") && (0..i).all(|b| !self.is_word(b)));
        let denied = |i: usize| self.reads(i, "could") || self.reads(i, "would") || self.class(i).is(Class::DENIAL);
        opens && (hit.end..self.tokens.len()).any(denied)
    }

    /// "Remove the user and update 2FA": another verb takes over.
    pub(super) fn begins_anew(&self, from: usize, to: usize) -> bool {
        let verb = |i: usize| self.cues("imperative").any(|c| c.start == i) && self.form(i) == Form::Base;
        (from..to).any(|i| self.class(i).is(Class::CONJUNCTION) && verb(i + 1))
    }

    /// Whether a relative clause begins between two words.
    pub(super) fn is_parted(&self, from: usize, to: usize) -> bool {
        (from..to).any(|i| ["that", "which", "where"].iter().any(|w| self.reads(i, w)) || self.tokens.get(i).is_some_and(|t| t.mark == ','))
    }

    /// Whether a lack is what the text acts against: "accounts without MFA are blocked", "remove keys that have no owner".
    fn is_sanctioned(&self, hit: &Hit, from: usize) -> bool {
        let marks = ["that", "which", "who", "whose", "without", "with"];
        self.is_ended(hit)
            || self.cues("sanction").any(|c| {
                let marked = |i| marks.iter().any(|m| self.reads(i, m));
                c.start >= from
                    && c.end <= hit.start
                    && hit.start - c.end <= WAIVED * 2
                    && (c.end..hit.start).any(marked)
                    && !self.stance(c.start).negated
            })
    }

    /// Whether what is told is then undone: "… are blocked", "… were abolished".
    pub(super) fn is_ended(&self, hit: &Hit) -> bool {
        let to = self.statement_end(hit.end);
        let ends = |c: &Hit| c.start >= hit.end && c.end <= to && self.form(c.end.saturating_sub(1)) == Form::Ed && self.is_passive(c);
        // "accounts without MFA are locked": the lack is denied, and not its end
        let denied = |c: &Hit| (c.start.saturating_sub(2)..c.start).any(|i| self.class(i).is(Class::DENIAL));
        self.cues("sanction").any(|c| ends(c) && !denied(c) && !self.stance(c.start).assumed)
    }
}
