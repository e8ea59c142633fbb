//! The life of a finding: allowed beside it, known from a baseline, waived until a date, or open.

mod baseline;
mod copies;
mod waiver;

pub use baseline::Baseline;
pub use copies::gather;
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

/// Sets the state of every finding, and gives the allowances that allowed none. The strongest statement wins: allowance, waiver, baseline.
pub fn triage<'a>(findings: &mut [Finding], allowances: &'a [Allowance<Clean>], known: &Triage, as_of: Time) -> Vec<&'a Allowance<Clean>> {
    let mut used = vec![false; allowances.len()];
    for finding in findings {
        finding.state = allowed(finding, allowances, &mut used)
            .or_else(|| waiver::state(finding, &known.waivers, as_of))
            .or_else(|| known.baseline.as_ref().filter(|b| b.holds(finding)).map(|_| State::Baselined))
            .unwrap_or(State::Open);
    }
    allowances.iter().zip(used).filter(|(_, used)| !used).map(|(allowance, _)| allowance).collect()
}

/// An allowance speaks of the lines from its own to the next that says something, and of a finding whose range it stands in.
fn allowed(finding: &Finding, allowances: &[Allowance<Clean>], used: &mut [bool]) -> Option<State> {
    let place = &finding.place;
    // allowances stand in order of path
    let first = allowances.partition_point(|a| a.path < place.path);
    let mut state = None;
    for (allowance, used) in allowances.iter().zip(used.iter_mut()).skip(first).take_while(|(a, _)| a.path == place.path) {
        let names = allowance.rule.as_str() == finding.rule || allowance.rule.as_str() == finding.weakness;
        if names && allowance.line <= place.end_line && allowance.until >= place.line {
            *used = true;
            state = state.or_else(|| Some(State::Allowed { because: allowance.because.clone() }));
        }
    }
    state
}
