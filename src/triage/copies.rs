//! One secret in many files is one thing to do, and so one finding with all its places.
//!
//! It is gathered after the state of every finding is known: what a comment allows or a baseline knows in one file hides no copy in another.

use crate::artifact::Clean;
use crate::finding::{Copied, Finding, Related, State};
use std::collections::HashMap;

/// Quotes kept of the copies.
const QUOTES: usize = 24;
/// What a place of the same secret is.
const SAME: &str = "the same value stands here";

/// Takes the findings of one rule, one secret, one owner and one state into the first of them.
pub fn gather(findings: &mut Vec<Finding>) {
    let mut first: HashMap<(String, (Clean, Clean), State), usize> = HashMap::new();
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings.drain(..) {
        let known = finding.secret.clone().map(|secret| (finding.rule.clone(), secret, finding.state.clone()));
        let at = known.map_or(kept.len(), |key| *first.entry(key).or_insert(kept.len()));
        match kept.get_mut(at) {
            Some(head) => take(head, finding),
            None => kept.push(finding),
        }
    }
    for finding in kept.iter_mut().filter(|f| !f.copies.is_empty()) {
        let places = if finding.copies.len() == 1 { " more place)" } else { " more places)" };
        let count = finding.copies.len().to_string();
        finding.message = Clean::compose([finding.message.as_str(), " (and in ", &count, places]);
    }
    *findings = kept;
}

fn take(head: &mut Finding, copy: Finding) {
    let Finding { place, fingerprint, moved_fingerprint, .. } = copy;
    head.copies.push(Copied { path: place.path.clone(), fingerprint, moved_fingerprint });
    head.severity = head.severity.max(copy.severity);
    head.confidence = head.confidence.max(copy.confidence);
    let room = QUOTES.saturating_sub(head.evidence.len());
    head.evidence.extend(copy.evidence.into_iter().filter(|q| q.place.path == place.path).take(room.min(1)));
    head.related.push(Related { place, why: Clean::ours(SAME) });
    head.related.extend(copy.related);
    let new: Vec<Clean> = copy.subjects.into_iter().filter(|s| !head.subjects.contains(s)).collect();
    head.subjects.extend(new.into_iter().take(QUOTES.saturating_sub(head.subjects.len())));
    if let Some(seen) = copy.first_seen
        && head.first_seen.as_ref().is_none_or(|first| (&seen.date, &seen.commit) < (&first.date, &first.commit))
    {
        head.first_seen = Some(seen);
    }
}
