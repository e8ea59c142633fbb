//! A product's tenant as one document states it.
//!
//! Every identity provider is read the same way: a value stands there, or it is left out and the product has a known default, or
//! nobody knows. [`Said`] keeps the three apart, and [`Site`] makes the facts of it, so that no reader forgets which is which.

use super::date;
use super::record::{Record, segment};
use crate::artifact::Spot;
use crate::fact::{Basis, Draft, Field, Kind, Value, Word, authenticator, proof, recovery, setting, sign_in, tenant};
use crate::read::{Drafts, Mark};
use crate::tree::{Node, Tree};

/// A value, where it is said, and what it rests on.
#[derive(Debug, Clone)]
pub(super) struct Said<T> {
    pub(super) value: T,
    pub(super) at: Spot,
    pub(super) basis: Basis,
}

impl<T> Said<T> {
    /// The same claim, as one that stands there if it does.
    pub(super) fn explicit_if(self, stated: bool) -> Self {
        if stated { Self { basis: Basis::Explicit, ..self } } else { self }
    }

    /// The same claim with another value.
    pub(super) fn map<U>(self, f: impl FnOnce(T) -> U) -> Said<U> {
        Said { value: f(self.value), at: self.at, basis: self.basis }
    }
}

/// Adds a claim to a fact.
pub(super) fn claim<T: Into<Value<String, Spot>>>(draft: &mut Draft, field: Field, said: Said<T>) {
    draft.fields.say_as(field, said.value, &said.at, said.basis);
}

/// A tenant, and the record that speaks of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) record: &'a Record<'a>,
    /// The product, in facts.
    pub(super) product: &'static str,
    /// The tenant's name; empty where the document does not tell.
    pub(super) tenant: &'a str,
}

impl<'a> Site<'a> {
    pub(super) fn new(record: &'a Record<'a>, product: &'static str, tenant: &'a str) -> Self {
        Self { record, product, tenant }
    }

    /// The same tenant, seen from another record.
    pub(super) fn over(&self, record: &'a Record<'a>) -> Self {
        Self { record, ..*self }
    }

    /// A value that is more than null.
    pub(super) fn find(&self, path: &[&str]) -> Option<(&'a Tree, Spot)> {
        self.record.find(path).filter(|(tree, _)| !tree.is_null())
    }

    fn read<T>(&self, path: &[&str], of: impl FnOnce(&'a Tree) -> Option<T>) -> Option<Said<T>> {
        let (tree, at) = self.find(path)?;
        Some(Said { value: of(tree)?, at, basis: Basis::Explicit })
    }

    /// A yes or no.
    pub(super) fn flag(&self, path: &[&str]) -> Option<Said<bool>> {
        self.read(path, Tree::flag)
    }

    /// A whole number.
    pub(super) fn number(&self, path: &[&str]) -> Option<Said<i64>> {
        self.read(path, Tree::number)
    }

    /// A text that is not empty.
    pub(super) fn text(&self, path: &[&str]) -> Option<Said<&'a str>> {
        self.read(path, Tree::scalar).map(|s| s.map(str::trim)).filter(|s| !s.value.is_empty())
    }

    /// A length of time; a bare number counts `unit` seconds.
    pub(super) fn span(&self, path: &[&str], unit: i64) -> Option<Said<Value<String, Spot>>> {
        let seconds = |tree: &Tree| match tree.number() {
            Some(number) => number.checked_mul(unit),
            None => date::duration(tree),
        };
        self.read(path, seconds).map(|s| s.map(Value::Duration))
    }

    /// The product's own value, quoted where the document could have said another.
    pub(super) fn default<T>(&self, value: T) -> Said<T> {
        Said { value, at: self.record.spot(), basis: Basis::Default }
    }

    /// What follows from what stands at a place.
    pub(super) fn inferred<T>(&self, value: T, at: &Spot) -> Said<T> {
        Said { value, at: at.clone(), basis: Basis::Inferred }
    }

    fn draft(&self, kind: Kind, name: &str, anchor: &str, at: Spot) -> Draft {
        let home = if self.tenant.is_empty() { String::new() } else { segment(self.tenant) };
        Draft::new(kind, name.to_owned(), format!("{home}{anchor}{}", segment(name)), at)
    }

    /// The tenant, or the product where the document names none: two products never share their people.
    fn tenant_or(&self) -> &'a str {
        if self.tenant.is_empty() { self.product } else { self.tenant }
    }

    /// The tenant itself. What its exports cannot show is said, so that silence is never taken for safety.
    pub(super) fn tenant(&self, name: &str, shows: &[Word], hides: &[&str]) -> Draft {
        let mut draft = self.draft(Kind::Tenant, name, "", self.record.spot()).saying(tenant::PRODUCT, self.product);
        for word in shows {
            draft.say(tenant::SHOWS, *word);
        }
        for what in hides {
            draft.say(tenant::HIDES, *what);
        }
        draft
    }

    /// A setting: its name for people, and the key that rules know it by.
    pub(super) fn setting<T: Into<Value<String, Spot>>>(&self, name: &str, key: &str, field: Field, said: Said<T>) -> Draft {
        let mut draft = self
            .draft(Kind::Setting, name, "/settings", said.at.clone())
            .saying(setting::KEY, key)
            .saying(setting::PRODUCT, self.product)
            .saying(setting::TENANT, self.tenant_or());
        claim(&mut draft, field, said);
        draft
    }

    /// A switch, where the document states it.
    pub(super) fn switch(&self, name: &str, key: &str, path: &[&str], out: &mut Drafts) {
        if let Some(said) = self.flag(path) {
            out.facts.push(self.setting(name, key, setting::ENABLED, said));
        }
    }

    /// A way back in.
    pub(super) fn recovery(&self, name: &str, about: Word, population: &str, at: Spot) -> Draft {
        self.draft(Kind::Recovery, name, "/recoveries", at)
            .saying(recovery::ABOUT, about)
            .saying(recovery::PRODUCT, self.product)
            .saying(recovery::POPULATION, population)
            .saying(recovery::TENANT, self.tenant_or())
    }

    /// The ways a population signs in: a first factor alone, or with any one of the second ones. Each is a fact of its own, because
    /// any of them lets in.
    pub(super) fn sign_ins(&self, name: &str, population: &str, first: &[Said<Word>], second: &[Said<Word>], out: &mut Drafts) {
        for one in first {
            let alone = second.is_empty() || one.value == proof::PASSKEY;
            let pairs: Vec<Option<&Said<Word>>> = if alone { vec![None] } else { second.iter().map(Some).collect() };
            for two in pairs {
                let label =
                    two.map_or_else(|| one.value.as_str().to_owned(), |two| format!("{} and {}", one.value.as_str(), two.value.as_str()));
                let mut draft = self.sign_in(&format!("{name}/{label}"), population, one.at.clone());
                claim(&mut draft, sign_in::FACTORS, one.clone());
                if let Some(two) = two {
                    claim(&mut draft, sign_in::FACTORS, two.clone());
                }
                out.facts.push(draft);
            }
        }
    }

    /// How a population signs in.
    pub(super) fn sign_in(&self, name: &str, population: &str, at: Spot) -> Draft {
        self.draft(Kind::SignIn, name, "/sign_ins", at)
            .saying(sign_in::PRODUCT, self.product)
            .saying(sign_in::POPULATION, population)
            .saying(sign_in::TENANT, self.tenant_or())
    }

    /// A factor that a population, or one holder, may use.
    pub(super) fn authenticator(&self, name: &str, factor: Word, enabled: Said<bool>) -> Draft {
        let mut draft = self
            .draft(Kind::Authenticator, name, "/authenticators", enabled.at.clone())
            .saying(authenticator::FACTOR, factor)
            .saying(authenticator::PRODUCT, self.product)
            .saying(authenticator::TENANT, self.tenant_or());
        claim(&mut draft, authenticator::ENABLED, enabled);
        draft
    }

    /// Any other fact of this tenant.
    pub(super) fn fact(&self, kind: Kind, name: &str, anchor: &str, at: Spot) -> Draft {
        self.draft(kind, name, anchor, at)
    }
}

/// Whether a text is a secret and no stand-in for one: a mask, a variable, a template, a reference.
pub(super) fn literal(text: &str) -> bool {
    let text = text.trim();
    !(text.is_empty()
        || text.bytes().all(|b| matches!(b, b'*' | b'x' | b'X' | b'.' | b'-'))
        || ["$(", "${", "{{", "<%", "%(", "@@", "##"].iter().any(|v| text.contains(v))
        || (text.starts_with('<') && text.ends_with('>'))
        || text.starts_with("env("))
}

/// Marks the text below these keys, wherever they stand, so that nobody quotes it.
pub(super) fn mark(record: &Record<'_>, keys: &[&str], out: &mut Drafts) {
    walk(record.text, record.tree, keys, out);
}

fn walk(text: &str, tree: &Tree, keys: &[&str], out: &mut Drafts) {
    match &tree.node {
        Node::List(items) => items.iter().for_each(|item| walk(text, item, keys, out)),
        Node::Map(entries) => {
            for entry in entries {
                if keys.iter().any(|k| entry.key.eq_ignore_ascii_case(k)) {
                    for value in entry.value.items() {
                        mark_value(text, value, out);
                    }
                }
                walk(text, &entry.value, keys, out);
            }
        }
        _ => {}
    }
}

/// Marks one value.
pub(super) fn mark_value(text: &str, tree: &Tree, out: &mut Drafts) {
    let Some(value) = tree.scalar().filter(|v| literal(v)) else { return };
    let (mut start, mut end) = (tree.span.start, tree.span.end);
    let raw = text.get(start..end).unwrap_or_default();
    if let Some(inside) = raw.find(value) {
        // without its quotes; of a document in a string, the place of the value in it
        (start, end) = (start + inside, start + inside + value.len());
    } else if raw.len() >= 2 && raw.starts_with(['"', '\'']) && raw.ends_with(['"', '\'']) {
        (start, end) = (start + 1, end - 1);
    }
    out.marks.push(Mark { start, end, value: value.to_owned(), public_prefix: 0 });
}
