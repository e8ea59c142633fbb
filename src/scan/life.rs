//! The life of a secret: when it came, who brought it, whether it still stands, and whether another took its place.

use crate::artifact::Clean;
use crate::fact::{Basis, Claim, Duty, Sealed, Time, Value, sighting};

/// What a history tells of a secret at one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Life {
    /// When it was first seen there.
    pub(super) first: Time,
    /// The commit that brought it.
    pub(super) commit: Clean,
    /// Who wrote that commit.
    pub(super) author: Clean,
    /// Whether it stands at a branch head.
    pub(super) at_head: bool,
    /// When it was last removed, if it stands nowhere.
    pub(super) removed: Option<Time>,
    /// Whether another value came under the same name.
    pub(super) replaced: bool,
    /// Whether it stands in the history alone, and not in the tree that was scanned.
    pub(super) in_history: bool,
    /// Whether the history ends, or was followed no further, before its first commit: it is at least so old.
    pub(super) at_least: bool,
}

impl Life {
    /// Says it of a fact.
    pub(super) fn tell(&self, fact: &mut Sealed) {
        let at = fact.at.clone();
        let mut say = |field, value| {
            fact.fields
                .set(field, crate::fact::Stated::Said(vec![Claim { value, quote: at.clone(), basis: Basis::Explicit, duty: Duty::Must }]));
        };
        say(sighting::FIRST_SEEN, Value::Time(self.first));
        say(sighting::COMMIT, Value::Text(self.commit.clone()));
        say(sighting::AUTHOR, Value::Text(self.author.clone()));
        say(sighting::AT_HEAD, Value::Flag(self.at_head));
        say(sighting::REPLACED, Value::Flag(self.replaced));
        say(sighting::IN_HISTORY, Value::Flag(self.in_history));
        say(sighting::AT_LEAST, Value::Flag(self.at_least));
        match self.removed {
            Some(time) => say(sighting::REMOVED, Value::Time(time)),
            None => fact.fields.set(sighting::REMOVED, crate::fact::Stated::Unsaid),
        }
    }
}
