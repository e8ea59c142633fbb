//! The model: what readers say they saw, in one language for every vendor and format.
//!
//! A [`Fact`] has a [`Kind`], a name, and fields whose values are [`Stated`]: said (with the quote that says it), referenced,
//! unsaid, or mute. The kinds and their fields are declared once, in `schema.rs`; the loader checks rules against it,
//! readers name fields by its constants, and the facts file is written and read by it.
//!
//! A reader makes [`Draft`]s: raw strings and [`Spot`]s. Sealing turns them into [`Sealed`] facts: clean strings and quotes.

mod schema;
mod stated;

pub use schema::*;
pub use stated::{Basis, Claim, Duty, List, Stated, Time, Value, day};

use crate::artifact::{ArtifactRow, Clean, Place, Quote, Spot, Unread};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the document that a procedure refers to may answer in its place.
pub const REFERABLE: [Field; 11] = [
    procedure::APPROVALS,
    procedure::SECOND_APPROVER,
    procedure::SEPARATED,
    procedure::LOGGED,
    procedure::CHECKED,
    procedure::REVOKES,
    procedure::NOTIFIES,
    procedure::EXPIRES,
    procedure::REVIEWED,
    procedure::CUSTODY,
    procedure::ALARMED,
];

/// A fact while it is being read.
pub type Draft = Fact<String, Spot>;
/// A fact with nothing raw in it.
pub type Sealed = Fact<Clean, Arc<Quote>>;

/// One thing that a reader saw, or that a join derived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact<T, Q> {
    /// What sort of thing.
    pub kind: Kind,
    /// What it is called: a principal, a key id, a heading. The subject of findings about it.
    pub name: T,
    /// What finds it again after an edit elsewhere: a heading path with the step's words, a pointer by name. Feeds fingerprints.
    pub anchor: T,
    /// Where it stands.
    pub at: Q,
    /// What is said of it.
    pub fields: Fields<T, Q>,
}

/// What is said of a thing. A field that is absent is mute: this source cannot speak of it.
///
/// A few entries in order of name: reading prose makes tens of thousands of these, and a map allocates more than it holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "BTreeMap<Field, Stated<T, Q>>")]
pub struct Fields<T, Q>(Vec<(Field, Stated<T, Q>)>);

impl<T: Serialize, Q: Serialize> Serialize for Fields<T, Q> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(field, stated)| (field, stated)))
    }
}

impl<T, Q> From<BTreeMap<Field, Stated<T, Q>>> for Fields<T, Q> {
    fn from(map: BTreeMap<Field, Stated<T, Q>>) -> Self {
        Self(map.into_iter().collect())
    }
}

impl<T, Q> Default for Fields<T, Q> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, Q> Fields<T, Q> {
    fn find(&self, field: Field) -> Result<usize, usize> {
        self.0.binary_search_by(|(name, _)| name.cmp(&field))
    }

    /// What is said of a field.
    pub fn get(&self, field: Field) -> Option<&Stated<T, Q>> {
        self.find(field).ok().and_then(|at| self.0.get(at)).map(|(_, stated)| stated)
    }

    /// Every field that is not mute, by name.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &Stated<T, Q>)> {
        self.0.iter().map(|(f, s)| (*f, s))
    }

    /// Adds a claim.
    pub fn claim(&mut self, field: Field, claim: Claim<T, Q>) {
        match self.find(field) {
            Err(at) => self.0.insert(at, (field, Stated::Said(vec![claim]))),
            Ok(at) => match self.0.get_mut(at) {
                Some((_, Stated::Said(claims))) => claims.push(claim),
                Some((_, other)) => *other = Stated::Said(vec![claim]),
                None => {}
            },
        }
    }

    /// Sets a field.
    pub fn set(&mut self, field: Field, stated: Stated<T, Q>) {
        match self.find(field) {
            Err(at) => self.0.insert(at, (field, stated)),
            Ok(at) => {
                if let Some(slot) = self.0.get_mut(at) {
                    slot.1 = stated;
                }
            }
        }
    }

    /// Fields that this source could have spoken of: where it did not, they are unsaid and no longer mute.
    pub fn could_say(&mut self, fields: &[Field]) {
        for field in fields {
            if let Err(at) = self.find(*field) {
                self.0.insert(at, (*field, Stated::Unsaid));
            }
        }
    }

    /// The values claimed for a field, prohibitions left out.
    pub fn values(&self, field: Field) -> impl Iterator<Item = &Value<T, Q>> {
        let claims: &[Claim<T, Q>] = match self.get(field) {
            Some(Stated::Said(claims)) => claims,
            _ => &[],
        };
        claims.iter().filter(|c| c.duty != Duty::MustNot).map(|c| &c.value)
    }

    /// The first value of a field, if it is a flag.
    pub fn flag(&self, field: Field) -> Option<bool> {
        self.values(field).find_map(|v| if let Value::Flag(b) = v { Some(*b) } else { None })
    }

    /// The first value of a field, if it is a word.
    pub fn word(&self, field: Field) -> Option<&'static str> {
        self.values(field).find_map(|v| if let Value::Word(w) = v { Some(w.as_str()) } else { None })
    }

    /// The first value of a field, if it is text.
    pub fn text(&self, field: Field) -> Option<&T> {
        self.values(field).find_map(|v| if let Value::Text(t) = v { Some(t) } else { None })
    }

    /// Every text claimed for a field.
    pub fn texts(&self, field: Field) -> impl Iterator<Item = &T> {
        self.values(field).filter_map(|v| if let Value::Text(t) = v { Some(t) } else { None })
    }

    /// The first value of a field, if it is a time.
    pub fn time(&self, field: Field) -> Option<Time> {
        self.values(field).find_map(|v| if let Value::Time(t) = v { Some(*t) } else { None })
    }

    /// The first value of a field, if it is a number.
    pub fn number(&self, field: Field) -> Option<i64> {
        self.values(field).find_map(|v| if let Value::Number(n) = v { Some(*n) } else { None })
    }

    /// The first value of a field, if it is a duration, in seconds.
    pub fn duration(&self, field: Field) -> Option<i64> {
        self.values(field).find_map(|v| if let Value::Duration(n) = v { Some(*n) } else { None })
    }

    /// The items of a list field.
    pub fn items(&self, field: Field) -> impl Iterator<Item = &Self> {
        self.values(field).flat_map(|v| if let Value::List(l) = v { l.items.as_slice() } else { &[] })
    }
}

impl Fields<String, Spot> {
    /// Says a value outright.
    pub fn say(&mut self, field: Field, value: impl Into<Value<String, Spot>>, quote: &Spot) {
        self.say_as(field, value, quote, Basis::Explicit);
    }

    /// Says a value that rests on something else than words that say it.
    pub fn say_as(&mut self, field: Field, value: impl Into<Value<String, Spot>>, quote: &Spot, basis: Basis) {
        self.claim(field, Claim { value: value.into(), quote: quote.clone(), basis, duty: Duty::Must });
    }

    /// The same, in the flow of building a record.
    #[must_use]
    pub fn saying(mut self, field: Field, value: impl Into<Value<String, Spot>>, quote: &Spot) -> Self {
        self.say(field, value, quote);
        self
    }
}

impl Fields<Clean, Arc<Quote>> {
    /// Says a value of a sealed fact outright.
    pub(crate) fn tell(&mut self, field: Field, value: Value<Clean, Arc<Quote>>, quote: &Arc<Quote>) {
        self.claim(field, Claim { value, quote: quote.clone(), basis: Basis::Explicit, duty: Duty::Must });
    }
}

impl<T, Q> Fact<T, Q> {
    /// A fact with no fields yet.
    pub fn new(kind: Kind, name: T, anchor: T, at: Q) -> Self {
        Self { kind, name, anchor, at, fields: Fields::default() }
    }
}

impl Sealed {
    /// The same fact with every string and quote looked at once more.
    #[must_use]
    pub fn rewritten(self, text: &mut dyn FnMut(&Clean) -> Clean, quote: &mut dyn FnMut(&Arc<Quote>) -> Arc<Quote>) -> Self {
        Self {
            kind: self.kind,
            name: text(&self.name),
            anchor: text(&self.anchor),
            at: quote(&self.at),
            fields: convert(self.fields, text, quote),
        }
    }

    /// People whom the user's configuration names: their class, other names of theirs, and the tenant that holds their mailboxes.
    pub fn people(name: String, class: Option<Word>, also: Vec<String>, mailbox: Option<String>) -> Self {
        let name = Clean::from(name);
        let place = Place { path: Clean::ours("sidedoor.yaml"), ..Place::nowhere() };
        let at = Arc::new(Quote { place, text: name.clone() });
        let mut fact = Self::new(Kind::People, name.clone(), name, at.clone());
        let mut say = |field, value| {
            fact.fields.claim(field, Claim { value, quote: at.clone(), basis: Basis::Explicit, duty: Duty::Must });
        };
        if let Some(class) = class {
            say(people::CLASS, Value::Word(class));
        }
        also.into_iter().for_each(|name| say(people::ALSO, Value::Text(Clean::from(name))));
        if let Some(mailbox) = mailbox {
            say(people::MAILBOX, Value::Text(Clean::from(mailbox)));
        }
        fact
    }
}

impl Draft {
    /// Says a value outright, quoting the fact's own place.
    pub fn say(&mut self, field: Field, value: impl Into<Value<String, Spot>>) {
        let at = self.at.clone();
        self.fields.say(field, value, &at);
    }

    /// The same, in the flow of building a fact.
    #[must_use]
    pub fn saying(mut self, field: Field, value: impl Into<Value<String, Spot>>) -> Self {
        self.say(field, value);
        self
    }

    /// Says a value if there is one.
    #[must_use]
    pub fn saying_some(self, field: Field, value: Option<impl Into<Value<String, Spot>>>) -> Self {
        match value {
            Some(value) => self.saying(field, value),
            None => self,
        }
    }

    /// Fields this source could have spoken of.
    #[must_use]
    pub fn could_say(mut self, fields: &[Field]) -> Self {
        self.fields.could_say(fields);
        self
    }

    /// The same fact with clean strings and quotes.
    pub fn seal(self, clean: &mut dyn FnMut(&str) -> Clean, quote: &mut dyn FnMut(&Spot) -> Arc<Quote>) -> Sealed {
        Fact {
            kind: self.kind,
            name: clean(&self.name),
            anchor: clean(&self.anchor),
            at: quote(&self.at),
            fields: convert(self.fields, &mut |text: &String| clean(text), quote),
        }
    }
}

/// The same fields with other strings and quotes.
fn convert<T, Q, U, R>(fields: Fields<T, Q>, text: &mut dyn FnMut(&T) -> U, quote: &mut dyn FnMut(&Q) -> R) -> Fields<U, R> {
    let mut out = Vec::with_capacity(fields.0.len());
    for (field, stated) in fields.0 {
        let stated = match stated {
            Stated::Said(claims) => Stated::Said(
                claims
                    .into_iter()
                    .map(|claim| Claim {
                        value: match claim.value {
                            Value::Text(t) => Value::Text(text(&t)),
                            Value::List(list) => Value::List(List {
                                items: list.items.into_iter().map(|item| convert(item, text, quote)).collect(),
                                complete: list.complete,
                            }),
                            Value::Flag(v) => Value::Flag(v),
                            Value::Number(v) => Value::Number(v),
                            Value::Word(v) => Value::Word(v),
                            Value::Time(v) => Value::Time(v),
                            Value::Never => Value::Never,
                            Value::Duration(v) => Value::Duration(v),
                        },
                        quote: quote(&claim.quote),
                        basis: claim.basis,
                        duty: claim.duty,
                    })
                    .collect(),
            ),
            Stated::Referenced(target, at) => Stated::Referenced(text(&target), quote(&at)),
            Stated::Unsaid => Stated::Unsaid,
            Stated::Mute => Stated::Mute,
        };
        out.push((field, stated));
    }
    Fields(out)
}

/// A comment beside a finding that allows it: `sidedoor:allow RULE because …`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Allowance<T> {
    /// Path of the artifact.
    pub path: T,
    /// Line of the comment.
    pub line: u32,
    /// The line it speaks of: its own to this one. Comments may be stacked, and a blank line may follow them.
    pub until: u32,
    /// The rule or weakness that is allowed.
    pub rule: T,
    /// Why.
    pub because: T,
}

/// Everything that was read: what `collect` writes and `judge` reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Facts, in order of path, bytes, kind and name.
    pub facts: Vec<Sealed>,
    /// Inline allowances.
    pub allowances: Vec<Allowance<Clean>>,
    /// What was recognised.
    pub artifacts: Vec<ArtifactRow>,
    /// What was not, or not wholly, read.
    pub unread: Vec<Unread>,
}

impl Facts {
    /// Puts everything in an order that does not depend on who read it first.
    pub fn sort(&mut self) {
        self.facts.sort_by(|a, b| (&a.at.place, a.kind, &a.name, &a.anchor).cmp(&(&b.at.place, b.kind, &b.name, &b.anchor)));
        self.allowances.sort();
        self.artifacts.sort();
        self.artifacts.dedup();
        self.unread.sort();
        self.unread.dedup();
    }

    /// The facts of one kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Sealed> {
        self.facts.iter().filter(move |f| f.kind == kind)
    }
}
