//! What a kubeconfig signs in with: a token, a password, a key with its certificate, or a program that asks for one.

use super::certificate::{Certificate, decode};
use super::{PRODUCT, is_map, is_masked, secret, word};
use crate::fact::{Draft, Kind, Value, credential, credential_type, status};
use crate::read::Drafts;
use crate::read::export::record::{Record, segment};
use crate::read::export::stating;
use crate::tree::{Node, Tree};

/// The group that no rule of a cluster binds.
const MASTERS: &str = "system:masters";

pub(super) fn is_config(tree: &Tree) -> bool {
    let list = |key: &str| tree.get(key).is_some_and(|t| matches!(t.node, Node::List(_)));
    word(tree, &["kind"]) == "Config" && list("users") && (list("clusters") || list("contexts"))
}

pub(super) fn user(record: &Record<'_>, out: &mut Drafts) {
    let Some(name) = record.text_at(&["name"]) else { return };
    if !is_map(record.tree.get("user")) {
        return;
    }
    let certificate = record.text_at(&["user", "client-certificate-data"]).and_then(decode);
    for (key, kind) in
        [("token", credential_type::API_TOKEN), ("password", credential_type::PASSWORD), ("client-key-data", credential_type::PRIVATE_KEY)]
    {
        let Some((value, at)) = record.find(&["user", key]) else { continue };
        let Some(text) = value.scalar().filter(|t| !is_masked(t)) else { continue };
        secret::mark(record, value, key == "client-key-data", out);
        let mut draft = Draft::new(Kind::Credential, name.to_owned(), format!("/users{}{}", segment(name), segment(key)), at)
            .saying(credential::PRODUCT, PRODUCT)
            .saying(credential::TYPE, kind)
            .saying(credential::HOLDER, name)
            .saying(credential::PLAIN, true)
            .saying(credential::STATUS, status::ACTIVE);
        stating::purpose(&mut draft, credential::PURPOSE, name);
        match (key, &certificate) {
            ("client-key-data", Some(certificate)) => dated(&mut draft, certificate),
            // a signed token says itself when it ends, and the readers of secrets read it
            ("token", _) if text.starts_with("eyJ") => {}
            _ => draft = draft.could_say(&[credential::EXPIRES]),
        }
        out.facts.push(draft.could_say(&[credential::SCOPES]));
    }
}

fn dated(draft: &mut Draft, certificate: &Certificate) {
    if let Some(from) = certificate.from {
        draft.say(credential::CREATED, from);
    }
    match certificate.until {
        Some(until) => draft.say(credential::EXPIRES, until),
        None => draft.say(credential::EXPIRES, Value::Never),
    }
    for group in &certificate.organisations {
        draft.say(credential::SCOPES, group.as_str());
    }
    draft.say(credential::PRIVILEGED, certificate.organisations.iter().any(|o| o == MASTERS));
}
