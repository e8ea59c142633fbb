//! Short ways to state what a record says. A value that is not there is not stated: a reader says with `could_say` where silence counts.

use super::date::{Moment, moment};
use super::names::purpose_of;
use super::record::Record;
use crate::artifact::Spot;
use crate::fact::{Basis, Draft, Field, Kind, List, Stated, Value, Word, binding, credential, principal_type, role, setting};
use crate::read::Drafts;
use crate::tree::{Node, Tree};

/// A claim of what follows from what stands there.
pub(super) fn infer(draft: &mut Draft, field: Field, value: impl Into<Value<String, Spot>>, quote: &Spot) {
    draft.fields.say_as(field, value, quote, Basis::Inferred);
}

/// Says a time, or that there is none to come.
pub(super) fn time(draft: &mut Draft, field: Field, record: &Record<'_>, path: &[&str]) {
    let Some((tree, at)) = record.find(path) else { return };
    match moment(tree) {
        Some(Moment::At(time)) => draft.fields.say(field, time, &at),
        Some(Moment::Never) => draft.fields.say(field, Value::Never, &at),
        None => {}
    }
}

/// Says how long a credential lives, where its start and its end are told.
pub(super) fn lifetime(draft: &mut Draft) {
    if let (Some(start), Some(end)) = (draft.fields.time(credential::CREATED), draft.fields.time(credential::EXPIRES)) {
        let at = draft.at.clone();
        infer(draft, credential::LIFETIME, Value::Duration(end.0.saturating_sub(start.0)), &at);
    }
}

/// When a credential was last used, where its export always has a word for it: no time there means never.
pub(super) fn last_use(draft: &mut Draft, (used, never): (Field, Field), record: &Record<'_>, path: &[&str]) {
    time(draft, used, record, path);
    let silent = record.tree.path(path).is_none_or(|t| t.is_null() || t.text().is_some_and(|s| s.trim().is_empty()));
    if silent {
        draft.say(never, true);
    } else if draft.fields.time(used).is_some() {
        draft.say(never, false);
    }
}

/// Says a yes or no.
pub(super) fn flag(draft: &mut Draft, field: Field, record: &Record<'_>, path: &[&str]) {
    if let Some((on, at)) = record.find(path).and_then(|(tree, at)| tree.flag().map(|on| (on, at))) {
        draft.fields.say(field, on, &at);
    }
}

/// Says a text that is not empty.
pub(super) fn text(draft: &mut Draft, field: Field, record: &Record<'_>, path: &[&str]) {
    if let Some((text, at)) =
        record.find(path).and_then(|(tree, at)| Some((tree.scalar()?.trim().to_owned(), at))).filter(|(t, _)| !t.is_empty())
    {
        draft.fields.say(field, text, &at);
    }
}

/// The texts of a list, which may be a list of one without its brackets.
pub(super) fn texts(tree: Option<&Tree>) -> impl Iterator<Item = &str> {
    tree.map(Tree::items).unwrap_or_default().iter().filter_map(Tree::scalar).map(str::trim).filter(|t| !t.is_empty())
}

/// Says a purpose that a name tells.
pub(super) fn purpose(draft: &mut Draft, field: Field, name: &str) -> Option<Word> {
    let word = purpose_of(name)?;
    let at = draft.at.clone();
    infer(draft, field, word, &at);
    Some(word)
}

/// A setting of a product: what it is of, and which one.
pub(super) fn setting(product: &'static str, key: &'static str, name: &str, anchor: String, at: Spot) -> Draft {
    Draft::new(Kind::Setting, name.to_owned(), format!("{anchor}/{key}"), at)
        .saying(setting::PRODUCT, product)
        .saying(setting::KEY, key)
        .saying(setting::SCOPE, name)
}

/// Says a value in the place of what was said before.
pub(super) fn instead(draft: &mut Draft, field: Field, value: impl Into<Value<String, Spot>>) {
    draft.fields.set(field, Stated::Unsaid);
    draft.say(field, value);
}

/// Makes the identifiers of roles hold within their file: another file may use the same name for something else.
pub(super) fn within(path: &str, out: &mut Drafts) {
    for fact in &mut out.facts {
        let field = match fact.kind {
            Kind::Role => role::ROLE_ID,
            Kind::Binding => binding::ROLE_ID,
            _ => continue,
        };
        if let Some(id) = fact.fields.text(field).map(|id| format!("{path}#{id}")) {
            instead(fact, field, id);
        }
    }
}

/// Whether there is a value that is more than nothing.
pub(super) fn given(tree: Option<&Tree>) -> bool {
    tree.is_some_and(|t| match &t.node {
        Node::Null => false,
        Node::Text(text) => !text.trim().is_empty(),
        Node::List(items) => !items.is_empty(),
        Node::Map(entries) => !entries.is_empty(),
        _ => true,
    })
}

/// A policy or role that no export assigns to anybody: whoever is given it has its powers.
pub(super) fn whoever(product: &'static str, name: &str, id: &str, scope: &str, at: Spot) -> Draft {
    Draft::new(Kind::Binding, name.to_owned(), format!("/holders{}", super::record::segment(id)), at)
        .saying(binding::PRODUCT, product)
        .saying(binding::PRINCIPAL, "whoever is given it")
        .saying(binding::PRINCIPAL_TYPE, principal_type::ROLE)
        .saying(binding::ROLE, name)
        .saying(binding::ROLE_ID, id)
        .saying(binding::SCOPE, scope)
        .saying(binding::CONDITIONS, List { items: Vec::new(), complete: true })
}
