//! The life of a finding: allowed beside it, known from a baseline, waived until a date, or open.

mod baseline;
mod waiver;

pub use baseline::Baseline;
pub use waiver::Waiver;

use crate::artifact::Clean;
use crate::fact::{Allowance, Time};
use crate::finding::{Finding, State};

/// What is known of findings before they are found.
#[derive(Debug, Default)]
pub struct Triage {
    /// Accepted risks.
    pub waivers: Vec<Waiver>,
    /// Findings that stood already.
    pub baseline: Option<Baseline>,
}

/// Sets the state of every finding. The strongest statement wins: allowance, waiver, baseline.
pub fn triage(findings: &mut [Finding], allowances: &[Allowance<Clean>], known: &Triage, as_of: Time) {
    for finding in findings {
        finding.state = allowed(finding, allowances)
            .or_else(|| waiver::state(finding, &known.waivers, as_of))
            .or_else(|| known.baseline.as_ref().filter(|b| b.holds(finding)).map(|_| State::Baselined))
            .unwrap_or(State::Open);
    }
}

/// An allowance speaks of the lines from its own to the next that says something, and of a finding whose range it stands in.
fn allowed(finding: &Finding, allowances: &[Allowance<Clean>]) -> Option<State> {
    let place = &finding.place;
    allowances
        .iter()
        .filter(|a| a.path == place.path && (a.rule.as_str() == finding.rule || a.rule.as_str() == finding.weakness))
        .find(|a| a.line <= place.end_line && a.until >= place.line)
        .map(|a| State::Allowed { because: a.because.clone() })
}
