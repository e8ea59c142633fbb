//! The answer of the assurance graph: plain owned data. For each population the front door, every way back in, and the weakest of them.

use crate::artifact::{Clean, Quote};
use std::sync::Arc;

/// The answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map {
    /// Populations, in order of tenant and name.
    pub populations: Vec<Population>,
    /// Accounts that recover each other.
    pub cycles: Vec<Cycle>,
    /// Whether ways were dropped because there were too many; the weakest are kept.
    pub capped: bool,
}

/// People who sign in, and get back in, in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Population {
    /// What it is called.
    pub name: Clean,
    /// The tenant, where a product names one.
    pub tenant: Option<Clean>,
    /// Whether it holds power over others.
    pub privileged: bool,
    /// The sign-in.
    pub front: Front,
    /// Every way back in, each judged alone.
    pub fallbacks: Vec<Fallback>,
    /// The weakest way in when all of them are open.
    pub weakest: Option<Fallback>,
}

/// How good something is, by SP 800-63B-4 section 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Authenticator assurance level at worst, 0 to 3.
    pub aal: u8,
    /// The same if what is not said turns out well.
    pub best: u8,
    /// Whether it withstands phishing.
    pub resistant: bool,
    /// Whether it needs the telephone network (a restricted authenticator).
    pub restricted: bool,
}

impl Level {
    /// `AAL2`, `AAL0 to AAL2`.
    pub fn words(&self) -> String {
        match (self.aal, self.best) {
            (a, b) if a == b => format!("AAL{a}"),
            (a, b) => format!("AAL{a} to AAL{b}"),
        }
    }
}

/// The front door of a population.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Front {
    /// How good it is.
    pub level: Level,
    /// What it asks for, in its weakest form.
    pub factors: Vec<Clean>,
    /// Whether no source shows it, so that it is inferred from what can be reset.
    pub assumed: bool,
    /// Why.
    pub proof: Proof,
}

/// How a way back in compares with the front door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Weaker by so many levels.
    Weaker(u8),
    /// The same level, but it can be phished, or needs the telephone network, and the front door does not.
    Softer,
    /// As good.
    Equal,
    /// It cannot be told: see what is needed.
    Undecided,
}

/// Whether a way back in conforms to SP 800-63B-4 section 4.2.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It conforms.
    Compliant,
    /// It does not.
    Noncompliant,
    /// It conforms if the agent's method rests on a documented risk analysis.
    Conditional,
    /// The standard is silent.
    Indeterminate,
    /// It depends on what is not known here.
    CannotDecide,
}

impl Verdict {
    /// The word of the model.
    pub fn word(self) -> &'static str {
        match self {
            Self::Compliant => "compliant",
            Self::Noncompliant => "noncompliant",
            Self::Conditional => "conditional",
            Self::Indeterminate => "indeterminate",
            Self::CannotDecide => "cannot_decide",
        }
    }

    /// The words of a report.
    pub fn words(self) -> &'static str {
        match self {
            Self::Compliant => "conforms",
            Self::Noncompliant => "does not conform",
            Self::Conditional => "conforms on a documented risk analysis",
            Self::Indeterminate => "the standard is silent",
            Self::CannotDecide => "cannot be decided",
        }
    }
}

/// A way back in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fallback {
    /// What it is called: a heading, a flow.
    pub title: Clean,
    /// Where it is described.
    pub at: Arc<Quote>,
    /// The ways back in that it uses: indices of the population's.
    pub routes: Vec<usize>,
    /// How good it is.
    pub level: Level,
    /// What it takes, persons left out.
    pub asks: Vec<Clean>,
    /// How many people have to act or be deceived, in the end.
    pub people: u32,
    /// How many people it names; more than have to act, where one can take over the account of another.
    pub named: u32,
    /// How it compares.
    pub gap: Gap,
    /// Whether it conforms.
    pub verdict: Verdict,
    /// The sections that say so.
    pub sections: Vec<&'static str>,
    /// How it was found to be about this population.
    pub matched: &'static str,
    /// What has to be known to be sure.
    pub needs: Vec<Clean>,
    /// Why.
    pub proof: Proof,
}

/// A reason, and the reasons it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// What holds.
    pub says: Clean,
    /// The words that say so.
    pub quote: Option<Arc<Quote>>,
    /// Why there are no words: a product's default, or what follows from something else.
    pub basis: &'static str,
    /// What it rests on.
    pub parts: Vec<Self>,
}

/// Accounts that recover each other: whoever takes one takes all, and who loses one may lose all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle {
    /// What is in it.
    pub members: Vec<Clean>,
    /// What closes it, a sentence for each step.
    pub steps: Vec<Clean>,
    /// Ways back in that enter it from outside: whoever takes one of them takes all of it, and without any, whoever is locked out stays so.
    pub entries: Vec<Clean>,
    /// The sentences that close it.
    pub evidence: Vec<Arc<Quote>>,
}
