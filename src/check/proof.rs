//! Why a clause holds.

use crate::artifact::{Clean, Quote};
use crate::fact::{Basis, Field};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The three answers to a clause.
#[derive(Debug, Clone)]
pub enum Truth {
    /// It holds, because of this.
    Proved(Proof),
    /// It does not hold, because of this.
    Refuted(Proof),
    /// Nobody speaks of these fields.
    Unknown(BTreeSet<&'static str>),
}

/// The evidence for an answer.
#[derive(Debug, Clone, Default)]
pub struct Proof {
    /// What is said, in order, once each.
    pub quotes: Distinct<Arc<Quote>>,
    /// What is not said: labels of fields.
    pub missing: Vec<&'static str>,
    /// The values that satisfied the tests, for the message.
    pub values: BTreeMap<Field, Distinct<Clean>>,
    /// A missing control is said to stand in another document.
    pub referenced: bool,
    /// The weakest thing it rests on.
    pub basis: Basis,
}

/// Things in the order in which they first came, once each. A finding can aggregate a hundred thousand.
#[derive(Debug, Clone)]
pub struct Distinct<T> {
    order: Vec<T>,
    known: BTreeSet<T>,
}

impl<T> Default for Distinct<T> {
    fn default() -> Self {
        Self { order: Vec::new(), known: BTreeSet::new() }
    }
}

impl<T: Ord + Clone> Distinct<T> {
    pub(super) fn push(&mut self, item: &T) {
        if self.known.insert(item.clone()) {
            self.order.push(item.clone());
        }
    }
}

impl<T> std::ops::Deref for Distinct<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.order
    }
}

impl<T: Ord + Clone> FromIterator<T> for Distinct<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut distinct = Self::default();
        items.into_iter().for_each(|item| distinct.push(&item));
        distinct
    }
}

impl Proof {
    pub(super) fn missing(label: &'static str) -> Self {
        Self { missing: vec![label], ..Self::default() }
    }

    pub(super) fn quote(&mut self, quote: &Arc<Quote>) {
        self.quotes.push(quote);
    }

    pub(super) fn value(&mut self, field: Field, value: Clean) {
        self.values.entry(field).or_default().push(&value);
    }

    pub(super) fn rest_on(&mut self, basis: Basis) {
        self.basis = match (self.basis, basis) {
            (Basis::Default, _) | (_, Basis::Default) => Basis::Default,
            (Basis::Inferred, _) | (_, Basis::Inferred) => Basis::Inferred,
            _ => Basis::Explicit,
        };
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for quote in other.quotes.iter() {
            self.quote(quote);
        }
        for label in &other.missing {
            if !self.missing.contains(label) {
                self.missing.push(label);
            }
        }
        for (field, values) in &other.values {
            for value in values.iter() {
                self.value(*field, value.clone());
            }
        }
        self.referenced |= other.referenced;
        self.rest_on(other.basis);
    }
}

impl Truth {
    pub(super) fn swapped(self) -> Self {
        match self {
            Self::Proved(proof) => Self::Refuted(proof),
            Self::Refuted(proof) => Self::Proved(proof),
            unknown => unknown,
        }
    }

    pub(super) fn unknown(field: Field) -> Self {
        Self::Unknown(BTreeSet::from([field.name()]))
    }

    /// Proved if every answer is.
    pub(super) fn all(answers: impl IntoIterator<Item = Self>) -> Self {
        let (mut proof, mut needs, mut refuted) = (Proof::default(), BTreeSet::new(), None);
        for answer in answers {
            match answer {
                Self::Proved(p) => proof.merge(&p),
                Self::Refuted(p) => refuted = refuted.or(Some(p)),
                Self::Unknown(n) => needs.extend(n),
            }
        }
        match refuted {
            Some(p) => Self::Refuted(p),
            None if needs.is_empty() => Self::Proved(proof),
            None => Self::Unknown(needs),
        }
    }

    /// Proved if some answer is; every proof adds its evidence.
    pub(super) fn any(answers: impl IntoIterator<Item = Self>) -> Self {
        let (mut proof, mut against, mut needs, mut proved) = (Proof::default(), Proof::default(), BTreeSet::new(), false);
        for answer in answers {
            match answer {
                Self::Proved(p) => {
                    proof.merge(&p);
                    proved = true;
                }
                Self::Refuted(p) => against.merge(&p),
                Self::Unknown(n) => needs.extend(n),
            }
        }
        if proved {
            Self::Proved(proof)
        } else if needs.is_empty() {
            Self::Refuted(against)
        } else {
            Self::Unknown(needs)
        }
    }
}
