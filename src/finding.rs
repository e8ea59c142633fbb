//! Findings: plain owned data. What is wrong, where, how bad, on what evidence, and in which state of its life.

use crate::artifact::{Clean, Place, Quote};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How bad it is. Critical means: somebody can take a privileged account or read live secrets today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// A small gap.
    Low,
    /// A gap.
    Medium,
    /// A side door.
    High,
    /// An open side door to something privileged.
    Critical,
}

impl Severity {
    /// Every severity, mildest first.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity that a word names.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }

    /// One step up; critical stays.
    #[must_use]
    pub fn raised(self) -> Self {
        Self::ALL.into_iter().find(|s| *s > self).unwrap_or(self)
    }

    /// One step down; info stays.
    #[must_use]
    pub fn lowered(self) -> Self {
        Self::ALL.into_iter().rev().find(|s| *s < self).unwrap_or(self)
    }
}

/// How sure we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A hint.
    Low,
    /// Likely.
    Medium,
    /// Read off the page.
    High,
}

impl Confidence {
    /// Every confidence, weakest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// The confidence that a word names.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }
}

/// One weakness of one subject, with its evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Id of the check, `group/name`.
    pub rule: String,
    /// Id of the weakness.
    pub weakness: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Title of the check.
    pub title: String,
    /// One sentence that names the subject and the reason.
    pub message: Clean,
    /// What it is about.
    pub subject: Clean,
    /// All of them, when the finding aggregates.
    pub subjects: Vec<Clean>,
    /// Where it is.
    pub place: Place,
    /// The quotes that prove it.
    pub evidence: Vec<Arc<Quote>>,
    /// What was not said.
    pub missing: Vec<String>,
    /// Evidence from elsewhere that makes it worse.
    pub related: Vec<Related>,
    /// The controls it touches.
    pub controls: Vec<ControlRef>,
    /// What to do.
    pub fix: Clean,
    /// Stable identity: see `docs/fingerprints.md`.
    pub fingerprint: String,
    /// The same without the path: survives a rename.
    pub moved_fingerprint: String,
    /// When it came in, where history was read.
    pub first_seen: Option<FirstSeen>,
    /// Which secret it is about: its owner and its digest. Known during one run only, and never printed.
    pub secret: Option<(Clean, Clean)>,
    /// The findings that were taken into this one: the same secret in other files.
    pub copies: Vec<Copied>,
    /// Where it is in its life.
    pub state: State,
}

/// How a finding that another one has taken in was known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Copied {
    /// Where it stands.
    pub path: Clean,
    /// Its own fingerprint.
    pub fingerprint: String,
    /// The same without the path.
    pub moved_fingerprint: String,
}

/// A place elsewhere that adds to a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What it adds.
    pub why: Clean,
}

/// A control that a finding touches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ControlRef {
    /// Id of the framework.
    pub framework: String,
    /// Id of the control.
    pub id: String,
    /// The customer's own label for it, where there is one.
    pub label: Option<String>,
    /// Whether it belongs on the finding itself (else in its details).
    pub primary: bool,
}

/// When a finding came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstSeen {
    /// The commit that introduced it.
    pub commit: Clean,
    /// Its date, `YYYY-MM-DD`.
    pub date: String,
    /// Its author.
    pub author: Clean,
    /// Whether it still stands at a branch head.
    pub at_head: bool,
    /// When it was removed, `YYYY-MM-DD`.
    pub removed: Option<String>,
}

/// Where a finding is in its life.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum State {
    /// Nobody has said anything of it.
    Open,
    /// A comment beside it allows it.
    Allowed {
        /// The reason given.
        because: Clean,
    },
    /// It stood in the baseline.
    Baselined,
    /// Somebody accepted it until a date.
    Waived {
        /// Who answers for it.
        owner: String,
        /// Until when, `YYYY-MM-DD`.
        until: String,
        /// Why.
        because: String,
    },
    /// It was waived, and the waiver has expired.
    Lapsed {
        /// Who answered for it.
        owner: String,
        /// Until when, `YYYY-MM-DD`.
        until: String,
    },
}

impl State {
    /// The word of the report.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Allowed { .. } => "allowed",
            Self::Baselined => "baselined",
            Self::Waived { .. } => "waived",
            Self::Lapsed { .. } => "lapsed",
        }
    }

    /// Whether it counts against `--fail-on`.
    pub fn counts(&self) -> bool {
        matches!(self, Self::Open | Self::Lapsed { .. })
    }
}
