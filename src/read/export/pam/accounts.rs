//! CyberArk accounts, and the tables from which accounts are loaded: those hold the passwords themselves.

use super::CYBERARK;
use crate::artifact::Spot;
use crate::fact::{Draft, Kind, Stated, credential, credential_type, purpose, status};
use crate::read::export::record::{Record, segment};
use crate::read::export::stating;
use crate::read::{Drafts, Mark};
use crate::tree::Tree;
use std::collections::BTreeMap;

pub(super) fn is_account(tree: &Tree) -> bool {
    tree.get("platformId").is_some()
        && tree.get("safeName").is_some()
        && ["userName", "address", "secretType", "secretManagement"].iter().any(|k| tree.get(k).is_some())
}

/// What templates write where a password goes.
fn is_blank(value: &str) -> bool {
    let lower = value.to_lowercase();
    value.len() < 3
        || value.starts_with(['<', '{', '$', '['])
        || value.bytes().all(|b| matches!(b, b'*' | b'x' | b'X' | b'.' | b'-'))
        || ["null", "password", "n/a", "none", "tbd"].contains(&lower.as_str())
}

pub(super) fn account(record: &Record<'_>, out: &mut Drafts) {
    // a table of personal accounts names the person as well
    let user = record.text_at(&["accountUser"]).or_else(|| record.text_at(&["userName"])).unwrap_or_default();
    let address = record.text_at(&["address"]).or_else(|| record.text_at(&["accountAddress"])).unwrap_or_default();
    let object = ["name", "objectName", "id"].iter().find_map(|k| record.text_at(&[k]));
    let label = match (user, address) {
        ("", "") => object.unwrap_or_default().to_owned(),
        (user, "") => user.to_owned(),
        (user, address) => format!("{user}@{address}"),
    };
    if label.is_empty() {
        return;
    }
    let safe = record.text_at(&["safeName"]).or_else(|| record.text_at(&["safe"])).unwrap_or_default();
    let anchor = format!("/accounts{}{}", segment(safe), segment(&label));
    let key = record.text_at(&["secretType"]).is_some_and(|t| t.eq_ignore_ascii_case("key"));
    let mut draft = Draft::new(Kind::Credential, label.clone(), anchor, record.spot())
        .saying(credential::PRODUCT, CYBERARK)
        .saying(credential::TYPE, if key { credential_type::PRIVATE_KEY } else { credential_type::PASSWORD })
        .saying(credential::HOLDER, label.as_str())
        .saying_some(credential::TENANT, Some(safe).filter(|s| !s.is_empty()))
        .saying(credential::STATUS, status::ACTIVE);
    // the fields of an account differ in case and depth between the versions
    let managed = ["automaticManagementEnabled", "enableAutoMgmt"]
        .iter()
        .find_map(|k| record.find(&["secretManagement", k]).or_else(|| record.find(&[k])))
        .and_then(|(t, at)| t.flag().or_else(|| word_flag(t)).map(|f| (f, at)));
    let unmanaged = record.find(&["disableAutoMgmt"]).and_then(|(t, at)| t.flag().or_else(|| word_flag(t)).map(|f| (!f, at)));
    let managed = managed.or(unmanaged);
    if let Some((on, at)) = managed {
        draft.fields.say(credential::LIMITED, on, &at);
    }
    stating::time(&mut draft, credential::ROTATED, record, &["secretManagement", "lastModifiedTime"]);
    stating::purpose(&mut draft, credential::PURPOSE, user);
    if let Some((name, at)) = reconciler(record) {
        draft.fields.say(credential::RECOVERED_BY, name, &at);
    }
    if let Some(password) =
        record.tree.get("password").or_else(|| record.tree.get("secret")).filter(|p| p.text().is_some_and(|t| !is_blank(t.trim())))
    {
        let value = password.text().unwrap_or_default();
        // a cell of a table has the bytes of its row
        let within = record.text.get(password.span.clone()).and_then(|row| row.rfind(value)).map(|i| password.span.start + i);
        if let Some(start) = within {
            out.marks.push(Mark { start, end: start + value.len(), value: value.to_owned(), public_prefix: 0 });
            draft.say(credential::PLAIN, true);
            // equal passwords are told by a name that says nothing of them; `shared` takes it away again
            draft.say(credential::SCOPES, value);
        }
    }
    out.facts.push(draft);
}

/// The account that sets the password anew when the store has lost it: with its safe, for names repeat.
fn reconciler(record: &Record<'_>) -> Option<(String, Spot)> {
    let (tree, at) = ["ExtraPass3Name", "ReconcileAccountName"].iter().find_map(|key| record.find(&[key]))?;
    let name = tree.scalar().map(str::trim).filter(|n| !n.is_empty() && !n.eq_ignore_ascii_case("null"))?;
    let safe = ["ExtraPass3Safe", "ReconcileAccountSafe"].iter().find_map(|key| record.text_at(&[key]));
    Some((safe.map_or_else(|| name.to_owned(), |safe| format!("{name} in {safe}")), at))
}

/// An account that recovers one other account is a spare of it. Only of those that recover several is it said.
pub(super) fn recovering(out: &mut Drafts) {
    let mut served: BTreeMap<String, usize> = BTreeMap::new();
    for by in out.facts.iter().filter_map(|f| f.fields.text(credential::RECOVERED_BY)) {
        *served.entry(by.clone()).or_default() += 1;
    }
    for fact in &mut out.facts {
        if fact.fields.text(credential::RECOVERED_BY).is_some_and(|by| served.get(by) == Some(&1)) {
            fact.fields.set(credential::RECOVERED_BY, Stated::Unsaid);
        }
    }
}

fn word_flag(tree: &Tree) -> Option<bool> {
    match tree.text()?.trim().to_ascii_lowercase().as_str() {
        "yes" | "y" | "1" => Some(true),
        "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

/// Says of the accounts of one table which of them have the same password, and forgets the passwords.
pub(super) fn shared(out: &mut Drafts) {
    let mut held: BTreeMap<String, (usize, Vec<String>)> = BTreeMap::new();
    for fact in out.facts.iter().filter(|f| f.fields.flag(credential::PLAIN) == Some(true)) {
        if let Some(value) = fact.fields.text(credential::SCOPES) {
            let number = held.len() + 1;
            held.entry(value.clone()).or_insert((number, Vec::new())).1.push(fact.name.clone());
        }
    }
    for fact in &mut out.facts {
        let Some(value) = fact.fields.text(credential::SCOPES).cloned() else { continue };
        fact.fields.set(credential::SCOPES, Stated::Unsaid);
        let Some((number, holders)) = held.get(&value) else { continue };
        if holders.iter().any(|other| *other != fact.name) {
            let at = fact.at.clone();
            fact.fields.set(credential::PURPOSE, Stated::Mute);
            stating::infer(fact, credential::PURPOSE, purpose::SHARED, &at);
            fact.say(credential::SCOPES, format!("password {number} of the table"));
        }
    }
}
