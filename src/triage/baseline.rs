//! Findings that stood already: machine-written JSON.

use crate::finding::Finding;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const SCHEMA: &str = "sidedoor/baseline/1";

/// The fingerprints of findings that are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    schema: String,
    fingerprints: BTreeSet<String>,
    moved: BTreeSet<String>,
}

impl Baseline {
    /// A baseline of these findings.
    pub fn of(findings: &[Finding]) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            fingerprints: findings
                .iter()
                .flat_map(|f| std::iter::once(&f.fingerprint).chain(f.copies.iter().map(|c| &c.fingerprint)))
                .cloned()
                .collect(),
            moved: findings
                .iter()
                .flat_map(|f| std::iter::once(&f.moved_fingerprint).chain(f.copies.iter().map(|c| &c.moved_fingerprint)))
                .cloned()
                .collect(),
        }
    }

    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it, in words that quote nothing.
    pub fn parse(text: &str) -> Result<Self, String> {
        let baseline: Self =
            serde_json::from_str(text).map_err(|e| format!("no baseline: broken at line {}, column {}", e.line(), e.column()))?;
        if baseline.schema == SCHEMA { Ok(baseline) } else { Err(format!("no baseline of this version: `schema` must be \"{SCHEMA}\"")) }
    }

    /// How many findings are known here and were not before; without a before, all of them.
    pub fn beyond(&self, before: Option<&Self>) -> usize {
        self.fingerprints.iter().filter(|f| before.is_none_or(|b| !b.fingerprints.contains(*f))).count()
    }

    /// The text of the file.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Whether a finding is known, where it stands or from where it was moved.
    pub fn holds(&self, finding: &Finding) -> bool {
        self.fingerprints.contains(&finding.fingerprint) || self.moved.contains(&finding.moved_fingerprint)
    }
}
