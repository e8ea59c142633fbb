//! Applications that people sign in to with Okta, as far as they open other accounts: mail suites, and vaults that hold passwords.

use super::PRODUCT;
use crate::fact::{Basis, population, sign_in};
use crate::read::Drafts;
use crate::read::export::record::Record;
use crate::read::export::site::{Said, Site, claim};
use crate::tree::Tree;

/// Ways of signing in that another product's own passwords have no part in.
const MODES: [&str; 4] = ["SAML_2_0", "SAML_1_1", "OPENID_CONNECT", "WS_FEDERATION"];
/// Applications of the catalogue by what their name holds, and their product in facts.
const OPENING: &[(&str, &str)] = &[
    ("google", "google"),
    ("office365", "entra"),
    ("microsoft_office", "entra"),
    ("1password", "onepassword"),
    ("onepassword", "onepassword"),
    ("lastpass", "lastpass"),
    ("bitwarden", "bitwarden"),
    ("keeper", "keeper"),
    ("dashlane", "dashlane"),
    ("cyberark", "cyberark"),
    ("hashicorp", "vault"),
    ("secretserver", "secret server"),
    ("thycotic", "secret server"),
];

pub(super) fn is_application(tree: &Tree) -> bool {
    tree.get("signOnMode").and_then(Tree::text).is_some() && tree.get("label").is_some() && tree.get("status").is_some()
}

pub(super) fn application(record: &Record<'_>, out: &mut Drafts) {
    let mode = record.text_at(&["signOnMode"]).unwrap_or_default();
    let (Some(name), Some(label)) = (record.text_at(&["name"]), record.text_at(&["label"])) else { return };
    let lower = format!("{name} {label}").to_lowercase();
    let Some((_, product)) = OPENING.iter().find(|(part, _)| lower.contains(part)) else { return };
    if !MODES.contains(&mode) {
        return;
    }
    let tenant = record.text_at(&["settings", "app", "domain"]);
    let site = Site::new(record, product, tenant.filter(|t| t.contains('.')).unwrap_or_default());
    let Some((_, at)) = record.find(&["signOnMode"]) else { return };
    let mut draft = site.sign_in(&format!("{label} with okta"), population::USER.as_str(), at.clone());
    claim(&mut draft, sign_in::VIA, Said { value: PRODUCT, at, basis: Basis::Explicit });
    out.facts.push(draft);
}
