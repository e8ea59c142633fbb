//! Policy documents: as values, as JSON in a string, and URL-encoded as the interface itself answers.

use super::{PRODUCT, account_of};
use crate::artifact::Spot;
use crate::fact::{Draft, Fields, Kind, List, binding, condition, effect, principal_type, role, statement, trust, trusted};
use crate::read::Drafts;
use crate::read::export::input::{Head, settle};
use crate::read::export::record::{Record, segment};
use crate::read::export::stating::texts;
use crate::tree::{Node, Tree, json};
use std::borrow::Cow;

/// Keys under which a document stands, with what names it beside it.
const PLACES: [&[&str]; 6] =
    [&["PolicyVersion", "Document"], &["PolicyVersion", "document"], &["PolicyDocument"], &["InlinePolicy"], &["Document"], &[]];

/// A document as a value: it may stand in a string.
pub(super) fn opened(tree: &Tree) -> Option<Cow<'_, Tree>> {
    match &tree.node {
        Node::Map(_) => Some(Cow::Borrowed(tree)),
        Node::Text(text) => {
            let text = text.trim();
            let plain = if text.starts_with('%') { decoded(text)? } else { text.to_owned() };
            if !plain.starts_with('{') {
                return None;
            }
            let mut inner = json(&plain).ok()?;
            settle(&mut inner, &tree.span);
            Some(Cow::Owned(inner))
        }
        _ => None,
    }
}

/// Text with its `%XX` undone.
fn decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        if b != b'%' {
            out.push(if b == b'+' { b' ' } else { b });
            continue;
        }
        let mut digit = || bytes.next().and_then(|b| char::from(b).to_digit(16));
        let (high, low) = (digit()?, digit()?);
        out.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(out).ok()
}

fn statements(tree: &Tree) -> &[Tree] {
    match tree.get("Statement") {
        Some(Tree { node: Node::List(items), .. }) => items,
        Some(one @ Tree { node: Node::Map(_), .. }) => std::slice::from_ref(one),
        _ => &[],
    }
}

fn is_document(tree: &Tree) -> bool {
    let statements = statements(tree);
    let full = |s: &Tree| {
        let effect = s.get("Effect").and_then(Tree::text).is_some_and(|e| matches!(e, "Allow" | "Deny"));
        effect && (s.get("Action").is_some() || s.get("NotAction").is_some())
    };
    !statements.is_empty()
        && statements.iter().all(full)
        && tree.entries().iter().all(|e| matches!(&*e.key, "Version" | "Statement" | "Id"))
}

pub(super) fn is_policy(head: &Head<'_>) -> bool {
    found(&head.tree).is_some()
}

/// The document in a wrapper, with the keys that lead to it.
fn found(tree: &Tree) -> Option<(&'static [&'static str], Cow<'_, Tree>)> {
    PLACES.iter().find_map(|place| {
        let document = opened(tree.path(place)?)?;
        is_document(&document).then_some((*place, document))
    })
}

/// The statements of a document.
pub(super) fn read(record: &Record<'_>, document: &Tree, pointer: &str) -> List<String, Spot> {
    let many = matches!(document.get("Statement").map(|s| &s.node), Some(Node::List(_)));
    let items = statements(document).iter().enumerate().map(|(n, s)| {
        let pointer = if many { format!("{pointer}/Statement/{n}") } else { format!("{pointer}/Statement") };
        let at = record.below(s, &pointer);
        let word = if s.get("Effect").and_then(Tree::text) == Some("Deny") { effect::DENY } else { effect::ALLOW };
        let mut fields = Fields::default().saying(statement::EFFECT, word, &at);
        for (field, key) in [
            (statement::ACTIONS, "Action"),
            (statement::NOT_ACTIONS, "NotAction"),
            (statement::RESOURCES, "Resource"),
            (statement::NOT_RESOURCES, "NotResource"),
        ] {
            for text in texts(s.get(key)) {
                fields.say(field, text, &at);
            }
        }
        let conditions: Vec<_> = conditions(s)
            .map(|(operator, key, values)| {
                let mut one = Fields::default().saying(condition::KEY, key, &at).saying(condition::OPERATOR, operator, &at);
                for value in texts(Some(values)) {
                    one.say(condition::VALUES, value, &at);
                }
                one
            })
            .collect();
        if !conditions.is_empty() {
            fields.say(statement::CONDITIONS, List { items: conditions, complete: true }, &at);
        }
        fields
    });
    List { items: items.collect(), complete: true }
}

/// Operator, key and values of every condition of a statement.
fn conditions(statement: &Tree) -> impl Iterator<Item = (&str, &str, &Tree)> {
    let operators = statement.get("Condition").map(Tree::entries).unwrap_or_default();
    operators.iter().flat_map(|o| o.value.entries().iter().map(move |k| (&*o.key, &*k.key, &k.value)))
}

/// Whom a document lets in, but for services: one record a principal.
pub(super) fn trusts(record: &Record<'_>, document: &Tree, pointer: &str, account: Option<&str>) -> List<String, Spot> {
    let mut items = Vec::new();
    for (n, s) in statements(document).iter().enumerate() {
        if s.get("Effect").and_then(Tree::text) != Some("Allow") {
            continue;
        }
        let at = record.below(s, &format!("{pointer}/Statement/{n}"));
        let keys: Vec<(String, String, &Tree)> =
            conditions(s).map(|(o, k, v)| (o.to_ascii_lowercase(), k.to_ascii_lowercase(), v)).collect();
        let says = |keys: &[(String, String, &Tree)], test: &dyn Fn(&str) -> bool| keys.iter().any(|(_, k, _)| test(k));
        let mfa = keys.iter().any(|(o, k, v)| {
            let truth = k == "aws:multifactorauthpresent" && o == "bool" && texts(Some(v)).any(|t| t.eq_ignore_ascii_case("true"));
            truth || (k == "aws:multifactorauthage" && !o.ends_with("ifexists"))
        });
        let narrows = |k: &str| {
            [
                "aws:principalorgid",
                "aws:principalarn",
                "aws:principalaccount",
                "aws:principalorgpaths",
                "aws:sourcearn",
                "aws:sourceaccount",
            ]
            .contains(&k)
                || ["aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:userid", "aws:principaltag/"].iter().any(|p| k.starts_with(p))
        };
        let subjects: Vec<&str> = keys.iter().filter(|(_, k, _)| k.ends_with(":sub")).flat_map(|(_, _, v)| texts(Some(v))).collect();
        for (sort, who) in principals(s) {
            let one = Fields::default()
                .saying(trust::WHO, who, &at)
                .saying(trust::SORT, sort, &at)
                .saying(trust::MFA, mfa, &at)
                .saying(trust::EXTERNAL_ID, says(&keys, &|k| k == "sts:externalid"), &at)
                .saying(trust::SOURCE, says(&keys, &narrows), &at);
            let mut one = match (account, account_of(who).or(Some(who).filter(|w| w.len() == 12))) {
                (Some(ours), Some(theirs)) => one.saying(trust::OWN, ours == theirs, &at),
                _ => one,
            };
            if sort == trusted::FEDERATED {
                for subject in &subjects {
                    one.say(trust::SUBJECTS, *subject, &at);
                }
                one.say(trust::BROAD, is_broad(who, &subjects), &at);
            }
            for action in texts(s.get("Action")) {
                one.say(trust::ACTIONS, action, &at);
            }
            items.push(one);
        }
    }
    List { items, complete: true }
}

/// Whether tokens of anybody's pipeline are accepted: an issuer that serves the public, and no subject, or one that any owner,
/// repository or branch fits.
fn is_broad(issuer: &str, subjects: &[&str]) -> bool {
    const PUBLIC: [&str; 4] = ["token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "agent.buildkite.com"];
    if !PUBLIC.iter().any(|p| issuer.ends_with(p)) {
        return false;
    }
    subjects.is_empty() || subjects.iter().any(|s| is_open_subject(s))
}

/// Whether a subject leaves the owner or the repository open (`repo:*`, `repo:acme/*` is the owner's own business).
pub(in crate::read::export) fn is_open_subject(subject: &str) -> bool {
    let rest = subject.split_once(':').map_or(subject, |(_, rest)| rest);
    rest.split('/').next().is_some_and(|owner| owner.contains('*'))
}

fn principals(statement: &Tree) -> Vec<(crate::fact::Word, &str)> {
    let Some(tree) = statement.get("Principal") else { return Vec::new() };
    if tree.text().is_some_and(|t| t == "*") {
        return vec![(trusted::ANYONE, "*")];
    }
    let mut out = Vec::new();
    for entry in tree.entries() {
        for who in texts(Some(&entry.value)) {
            let sort = match &*entry.key {
                "Service" => trusted::SERVICE,
                "Federated" => trusted::FEDERATED,
                _ if who == "*" => trusted::ANYONE,
                _ if who.ends_with(":root") || who.bytes().all(|b| b.is_ascii_digit()) => trusted::ACCOUNT,
                _ => trusted::PRINCIPAL,
            };
            out.push((sort, who));
        }
    }
    out
}

/// A document that comes alone: what it allows is allowed to whoever holds it. One that names principals belongs to a resource.
pub(super) fn policy(record: &Record<'_>, out: &mut Drafts) {
    let Some((place, document)) = found(record.tree) else { return };
    let pointer: String = place.iter().map(|key| segment(key)).collect();
    let holder = ["UserName", "GroupName", "RoleName"].iter().find_map(|key| record.text_at(&[key]).map(|name| (*key, name)));
    let named = record.text_at(&["PolicyName"]).or_else(|| document.get("Id").and_then(Tree::text));
    let name = named.unwrap_or(record.stem);
    if statements(&document).iter().any(|s| s.get("Principal").is_some()) {
        let fact = Draft::new(Kind::Principal, name.to_owned(), format!("/trust{}", segment(name)), record.spot())
            .saying(crate::fact::principal::TYPE, principal_type::ROLE)
            .saying(crate::fact::principal::TRUSTS, trusts(record, &document, &pointer, None));
        // a trust policy is one that lets somebody take on a role; others are of resources, and are read with them
        if statements(&document).iter().all(|s| texts(s.get("Action")).all(|a| a.to_ascii_lowercase().starts_with("sts:"))) {
            out.facts.push(fact);
        }
        return;
    }
    let id = format!("alone/{}/{name}", holder.map_or("", |(_, name)| name));
    let fact = Draft::new(Kind::Role, name.to_owned(), format!("/policy{}", segment(name)), record.spot())
        .saying(role::PRODUCT, PRODUCT)
        .saying(role::ROLE_ID, id.as_str())
        .saying(role::STATEMENTS, read(record, &document, &pointer));
    // a document that only denies grants nothing to whoever holds it: it is a limit, of an organization or of a principal
    if statements(&document).iter().all(|s| s.get("Effect").and_then(Tree::text) == Some("Deny")) {
        out.facts.push(fact.saying(role::LIMITS, true));
        return;
    }
    out.facts.push(fact);
    let (sort, who) = match holder {
        Some(("UserName", name)) => (principal_type::USER, name.to_owned()),
        Some(("GroupName", name)) => (principal_type::GROUP, name.to_owned()),
        Some((_, name)) => (principal_type::ROLE, name.to_owned()),
        None => (principal_type::ROLE, format!("holders of {name}")),
    };
    let held = Draft::new(Kind::Binding, who.clone(), format!("/policy{}/held", segment(name)), record.spot())
        .saying(binding::PRODUCT, PRODUCT)
        .saying(binding::PRINCIPAL, who.as_str())
        .saying(binding::PRINCIPAL_TYPE, sort)
        .saying(binding::PRINCIPAL_ID, who.as_str())
        .saying(binding::ROLE, name)
        .saying(binding::ROLE_ID, id);
    out.facts.push(held);
}
