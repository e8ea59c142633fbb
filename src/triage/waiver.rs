//! Accepted risks: somebody answers for a finding until a date.

use crate::fact::{Time, day};
use crate::finding::{Finding, State};

/// An accepted risk. Whatever of rule, path and subject is given must match.
#[derive(Debug, Clone)]
pub struct Waiver {
    /// Id of a rule or weakness, or a fingerprint.
    pub of: String,
    /// Paths it holds for.
    pub path: Option<globset::GlobMatcher>,
    /// The subject it holds for.
    pub subject: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// Who agreed to it.
    pub approver: Option<String>,
    /// The last day it holds, `YYYY-MM-DD`.
    pub until: String,
    /// Why.
    pub because: String,
    /// Line in `sidedoor.yaml`.
    pub line: usize,
}

impl Waiver {
    fn covers(&self, finding: &Finding) -> bool {
        [&finding.rule, &finding.weakness, &finding.fingerprint].contains(&&self.of)
            && self.path.as_ref().is_none_or(|glob| glob.is_match(finding.place.path.as_str()))
            && self.subject.as_ref().is_none_or(|s| finding.subjects.iter().any(|x| x.as_str() == s))
    }

    /// Whether its last day has passed.
    pub fn expired(&self, as_of: Time) -> bool {
        day(&self.until).is_none_or(|until| until < as_of)
    }
}

/// The state that waivers give a finding: one that holds, else one that has expired.
pub(super) fn state(finding: &Finding, waivers: &[Waiver], as_of: Time) -> Option<State> {
    let covering = || waivers.iter().filter(|w| w.covers(finding));
    covering()
        .find(|w| !w.expired(as_of))
        .map(|w| State::Waived { owner: w.owner.clone(), until: w.until.clone(), because: w.because.clone() })
        .or_else(|| covering().next().map(|w| State::Lapsed { owner: w.owner.clone(), until: w.until.clone() }))
}
