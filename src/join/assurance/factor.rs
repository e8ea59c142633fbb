//! What a set of proofs is worth: factor classes, and how SP 800-63B-4 section 2 combines them.

use super::conform::Element;
use crate::artifact::Quote;
use crate::rule::{CLASSES, FactorEntry, Lexicon};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Factor classes, one bit each, in the order of [`CLASSES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Classes(u8);

impl Classes {
    pub(super) const KNOW: Self = Self(1);
    pub(super) const HAVE: Self = Self(2);
    pub(super) const BIOMETRIC: Self = Self(4);
    pub(super) const MULTI_FACTOR: Self = Self(8);
    pub(super) const CRYPTO: Self = Self(16);
    pub(super) const NON_EXPORTABLE: Self = Self(32);
    pub(super) const PROOFED: Self = Self(64);

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn any(self, of: Self) -> bool {
        self.0 & of.0 != 0
    }

    fn named(words: &[String]) -> Self {
        let bit = |w: &String| CLASSES.iter().position(|c| c == w).map_or(0, |i| 1u8 << i);
        Self(words.iter().fold(0, |bits, w| bits | bit(w)))
    }

    /// The authenticator assurance level of these together, 0 to 3 (sections 2.1.1, 2.2.1, 2.3.1; 4.2.2 for repeated proofing).
    ///
    /// Two factors of one class add nothing: a text message and an app are two things one has.
    pub(super) fn aal(self) -> u8 {
        let second = Self::KNOW.with(Self::BIOMETRIC);
        let physical = Self::HAVE.with(Self::CRYPTO);
        if self.any(Self::NON_EXPORTABLE) && (self.any(Self::MULTI_FACTOR) || self.any(Self::CRYPTO) && self.any(second)) {
            3
        } else if self.any(Self::MULTI_FACTOR) || self.any(Self::PROOFED) || self.any(physical) && self.any(second) {
            2
        } else {
            u8::from(self.any(Self::KNOW.with(physical)))
        }
    }
}

/// The words that say something, or why there are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Evidence {
    /// They stand there.
    Quote(Arc<Quote>),
    /// The product's default, told by what stands there.
    Default(Arc<Quote>),
    /// It follows.
    Inferred(Arc<Quote>),
}

/// Something that an attacker has to hold, or somebody whom he has to deceive or bribe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Atom {
    /// What it is called.
    pub(super) says: String,
    /// Its classes at worst.
    pub(super) classes: Classes,
    /// Its classes at best: the same, unless something is not said.
    pub(super) best: Classes,
    /// It goes over the telephone network.
    pub(super) restricted: bool,
    /// It withstands phishing.
    pub(super) resistant: bool,
    /// Whose deed it takes: persons are counted by this name.
    pub(super) person: Option<String>,
    /// The population whose members hold it: against another population it takes one of them.
    pub(super) holder: Option<usize>,
    /// What it is in a recovery.
    pub(super) element: Option<Element>,
    /// What has to be known to be sure of it.
    pub(super) needs: Option<String>,
    /// What says so.
    pub(super) evidence: Evidence,
}

impl Atom {
    /// A proof that the lexicon knows; an unknown one is worth nothing.
    pub(super) fn proof(word: &str, holder: usize, lexicon: &Lexicon, evidence: Evidence) -> Self {
        let entry = lexicon.factors.iter().find(|f| f.proof == word);
        let classes = entry.map(|e| Classes::named(&e.class)).unwrap_or_default();
        Self {
            says: entry.map_or_else(|| word.replace('_', " "), |e| e.says.clone()),
            classes,
            best: entry.and_then(|e| e.at_best.as_deref()).map_or(classes, Classes::named),
            restricted: entry.is_some_and(|e| e.restricted),
            resistant: entry.is_some_and(|e| e.resistant),
            person: None,
            // what proves nothing takes nobody's doing
            holder: entry.filter(|e| !e.class.is_empty()).map(|_| holder),
            element: entry.and_then(|e| Element::named(&e.element)),
            needs: entry.filter(|e| e.at_best.is_some()).map(|e: &FactorEntry| format!("what the {} proves", e.says)),
            evidence,
        }
    }

    /// Somebody who has to act.
    pub(super) fn person(role: &str, evidence: Evidence) -> Self {
        Self { says: role.to_owned(), person: Some(role.to_owned()), element: Some(Element::AgentOrManager), ..Self::nothing("", evidence) }
    }

    /// What proves nothing.
    pub(super) fn nothing(says: &str, evidence: Evidence) -> Self {
        Self {
            says: says.to_owned(),
            classes: Classes::default(),
            best: Classes::default(),
            restricted: false,
            resistant: false,
            person: None,
            holder: None,
            element: None,
            needs: None,
            evidence,
        }
    }

    /// Whether it makes a way any harder: it proves something, or might, or takes somebody.
    pub(super) fn weighs(&self) -> bool {
        self.person.is_some() || self.best != Classes::default()
    }

    /// What is not said: it may prove nothing or everything.
    pub(super) fn unknown(says: &str, needs: &str, evidence: Evidence) -> Self {
        let best = Classes::MULTI_FACTOR.with(Classes::NON_EXPORTABLE);
        Self { best, needs: Some(needs.to_owned()), ..Self::nothing(says, evidence) }
    }
}

/// What a set of atoms amounts to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Worth {
    /// The level at worst and at best.
    pub(super) aal: (u8, u8),
    /// Whether it withstands phishing.
    pub(super) resistant: bool,
    /// Whether it needs the telephone network.
    pub(super) restricted: bool,
    /// How many people it takes.
    pub(super) people: u32,
}

impl Worth {
    /// Against accounts of a population.
    pub(super) fn of<'a>(atoms: impl Iterator<Item = &'a Atom> + Clone, population: usize) -> Self {
        let (mut worst, mut best) = (Classes::default(), Classes::default());
        let mut people: BTreeSet<(Option<&str>, Option<usize>)> = BTreeSet::new();
        let (mut resistant, mut restricted) = (false, false);
        for atom in atoms.clone() {
            worst = worst.with(atom.classes);
            best = best.with(atom.best);
            resistant |= atom.resistant;
            restricted |= atom.restricted;
            if atom.person.is_some() {
                people.insert((atom.person.as_deref(), None));
            } else if let Some(holder) = atom.holder.filter(|h| *h != population) {
                people.insert((None, Some(holder)));
            }
        }
        // codes that are issued are one method however many there are (section 4.2.1)
        let issued = |a: &Atom| a.element == Some(Element::IssuedCode) || a.best == Classes::default();
        let cap = if atoms.clone().all(issued) { 1 } else { 3 };
        Self {
            aal: (worst.aal().min(cap), best.aal().min(cap)),
            resistant,
            restricted,
            people: u32::try_from(people.len()).unwrap_or(u32::MAX),
        }
    }

    /// The order of weakness: what is surely weakest comes first.
    pub(super) fn rank(&self) -> (u8, u8, bool, bool, u32) {
        (self.aal.1, self.aal.0, self.resistant, !self.restricted, self.people)
    }
}
