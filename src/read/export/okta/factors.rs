//! Authenticators of the organisation, factors of a user, and which of them a policy lets people enrol.

use super::population;
use crate::fact::{Basis, Word, authenticator, proof};
use crate::read::Drafts;
use crate::read::export::site::{Said, Site, claim};
use crate::tree::Tree;

/// Keys of authenticators and of the factors that came before them, and what they ask for.
const KEYS: &[(&str, Word)] = &[
    ("security_question", proof::KNOWLEDGE_QUESTION),
    ("okta_question", proof::KNOWLEDGE_QUESTION),
    ("question", proof::KNOWLEDGE_QUESTION),
    ("okta_email", proof::EMAIL_CODE),
    ("email", proof::EMAIL_CODE),
    ("phone_number", proof::SMS_CODE),
    ("okta_sms", proof::SMS_CODE),
    ("sms", proof::SMS_CODE),
    ("okta_call", proof::PHONE_CALL),
    ("call", proof::PHONE_CALL),
    ("okta_verify", proof::PUSH),
    ("okta_push", proof::PUSH),
    ("push", proof::PUSH),
    ("duo", proof::PUSH),
    ("google_otp", proof::TOTP),
    ("okta_otp", proof::TOTP),
    ("token:software:totp", proof::TOTP),
    ("onprem_mfa", proof::TOTP),
    ("rsa_token", proof::TOTP),
    ("symantec_vip", proof::TOTP),
    ("yubikey_token", proof::TOTP),
    ("webauthn", proof::PASSKEY),
    ("fido_webauthn", proof::PASSKEY),
    ("smart_card_idp", proof::CERTIFICATE),
    ("okta_password", proof::PASSWORD),
];

pub(super) fn proof_of(key: &str) -> Option<Word> {
    KEYS.iter().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, word)| *word)
}

pub(super) fn is_authenticator(tree: &Tree) -> bool {
    let types = ["password", "security_question", "email", "phone", "app", "security_key", "federated", "tac"];
    let kind = tree.get("type").and_then(Tree::text).is_some_and(|t| types.contains(&t.to_lowercase().as_str()));
    kind && tree.get("key").and_then(Tree::text).is_some() && tree.get("status").is_some()
}

pub(super) fn authenticator(site: &Site<'_>, out: &mut Drafts) {
    let Some(key) = site.text(&["key"]) else { return };
    let name = site.record.text_at(&["name"]).unwrap_or(key.value);
    authenticator_named(site, name, key, site.text(&["settings", "allowedFor"]), out);
}

/// An authenticator of the organisation and what it may be used for: `any`, `sso`, `recovery`, `none`.
pub(super) fn authenticator_named(site: &Site<'_>, name: &str, key: Said<&str>, allowed: Option<Said<&str>>, out: &mut Drafts) {
    let Some(word) = proof_of(key.value) else { return };
    let mut draft =
        site.authenticator(name, word, key.map(|_| true)).saying(authenticator::POPULATION, crate::fact::population::USER.as_str());
    if let Some(allowed) = allowed {
        claim(&mut draft, authenticator::RECOVERS, allowed.map(|a| matches!(a.to_lowercase().as_str(), "any" | "recovery")));
    }
    out.facts.push(draft);
}

/// A factor that a user has enrolled.
pub(super) fn factor(site: &Site<'_>, out: &mut Drafts) {
    let Some(kind) = site.text(&["factorType"]) else { return };
    let Some(word) = proof_of(kind.value) else { return };
    let holder = ["email", "phoneNumber", "credentialId"].iter().find_map(|key| site.text(&["profile", key]));
    let id = site.record.text_at(&["id"]).unwrap_or(kind.value);
    let mut draft = site.authenticator(id, word, kind.map(|_| true));
    if let Some(holder) = holder {
        claim(&mut draft, authenticator::HOLDER, holder);
    }
    out.facts.push(draft);
}

/// A policy that says which factors may be enrolled, in the old and in the new shape.
pub(super) fn enrolment(site: &Site<'_>, out: &mut Drafts) {
    let name = site.record.text_at(&["name"]).unwrap_or("enrolment policy");
    let mut found: Vec<(String, Said<String>)> = Vec::new();
    for record in site.record.items(&["settings", "authenticators"]) {
        if let (Some(key), Some(said)) = (record.text_at(&["key"]), record.text_at(&["enroll", "self"])) {
            found.push((key.to_owned(), Said { value: said.to_owned(), at: record.spot(), basis: Basis::Explicit }));
        }
    }
    for entry in site.find(&["settings", "factors"]).map(|(t, _)| t.entries()).unwrap_or_default() {
        if let Some(said) = site.text(&["settings", "factors", &entry.key, "enroll", "self"]) {
            found.push((entry.key.to_string(), said.map(str::to_owned)));
        }
    }
    enrolment_named(site, name, found, out);
}

pub(super) fn enrolment_named(site: &Site<'_>, name: &str, found: Vec<(String, Said<String>)>, out: &mut Drafts) {
    for (key, said) in found {
        let Some(word) = proof_of(&key).filter(|word| *word != proof::PASSWORD) else { continue };
        let on = said.map(|s| !s.eq_ignore_ascii_case("NOT_ALLOWED"));
        let mut draft = site.authenticator(&format!("{name}/{key}"), word, on.clone()).saying(authenticator::POPULATION, population(site));
        claim(&mut draft, authenticator::ENROLLABLE, on);
        out.facts.push(draft);
    }
}
