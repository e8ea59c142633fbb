//! Authentication methods: which are on, for whom, and what a Temporary Access Pass may do.

use crate::fact::{Basis, Word, authenticator, population, proof, setting};
use crate::read::Drafts;
use crate::read::export::site::{Said, Site, claim};
use crate::tree::Tree;

/// Methods and what they ask for.
const METHODS: &[(&str, Word)] = &[
    ("sms", proof::SMS_CODE),
    ("voice", proof::PHONE_CALL),
    ("email", proof::EMAIL_CODE),
    ("fido2", proof::PASSKEY),
    ("microsoftauthenticator", proof::PUSH),
    ("softwareoath", proof::TOTP),
    ("hardwareoath", proof::TOTP),
    ("x509certificate", proof::CERTIFICATE),
    ("temporaryaccesspass", proof::RECOVERY_CODE),
];

pub(super) fn is_policy(tree: &Tree) -> bool {
    let lists = ["authenticationMethodConfigurations", "authentication_method_feature_settings"];
    let listed = lists.iter().any(|key| tree.get(key).is_some());
    listed
        && ["policyMigrationState", "registrationEnforcement", "policyVersion", "authentication_method_policy", "displayName", "id"]
            .iter()
            .any(|k| tree.get(k).is_some())
}

/// A method in a file of its own.
pub(super) fn is_configuration(tree: &Tree) -> bool {
    let known = tree
        .get("id")
        .and_then(Tree::text)
        .is_some_and(|id| METHODS.iter().any(|(m, _)| m.eq_ignore_ascii_case(id)) || matches!(id, "VerifiableCredentials" | "QRCodePin"));
    let typed = tree.get("@odata.type").and_then(Tree::text).is_some_and(|t| t.ends_with("AuthenticationMethodConfiguration"));
    known && tree.get("state").is_some() && (typed || tree.get("includeTargets").is_some() || tree.get("excludeTargets").is_some())
}

pub(super) fn policy(site: &Site<'_>, out: &mut Drafts) {
    for root in [&[][..], &["authentication_method_policy"]] {
        if let Some(state) = site.text(&[root, &["policyMigrationState"]].concat()) {
            let done = state.value.is_empty() || state.value.eq_ignore_ascii_case("migrationComplete");
            let mut draft = site.setting("Authentication Methods Policy/policyMigrationState", "migration", setting::VALUE, state.clone());
            claim(&mut draft, setting::ENABLED, state.map(|_| done));
            out.facts.push(draft);
        }
        if let Some(state) = site.text(&[root, &["reportSuspiciousActivitySettings", "state"]].concat()) {
            let on = state.map(|s| !s.eq_ignore_ascii_case("disabled"));
            out.facts.push(site.setting(
                "Authentication Methods Policy/reportSuspiciousActivitySettings",
                "report_suspicious",
                setting::ENABLED,
                on,
            ));
        }
    }
    for key in ["authenticationMethodConfigurations", "authentication_method_feature_settings"] {
        for record in site.record.items(&[key]) {
            configuration(&site.over(&record), out);
        }
    }
}

pub(super) fn configuration(site: &Site<'_>, out: &mut Drafts) {
    let (Some(id), Some(state)) = (site.text(&["id"]), site.text(&["state"])) else { return };
    let Some(word) = METHODS.iter().find(|(m, _)| m.eq_ignore_ascii_case(id.value)).map(|(_, word)| *word) else { return };
    let on = state.map(|s| s.eq_ignore_ascii_case("enabled"));
    let targets: Vec<String> =
        site.record.items(&["includeTargets"]).iter().filter_map(|t| t.text_at(&["id"]).map(str::to_owned)).collect();
    let whom = if targets.iter().any(|t| t == "all_users") || targets.is_empty() {
        population::USER.as_str().to_owned()
    } else {
        targets.join(", ")
    };
    out.facts
        .push(site.authenticator(&format!("authentication method {}", id.value), word, on.clone()).saying(authenticator::POPULATION, whom));
    if !on.value {
        return;
    }
    match word {
        proof::RECOVERY_CODE => pass(site, targets.iter().any(|t| t == "all_users"), out),
        proof::PASSKEY => {
            let named = "authentication method Fido2";
            if let Some(on) = site.flag(&["isAttestationEnforced"]) {
                out.facts.push(site.setting(&format!("{named}/isAttestationEnforced"), "fido2_attestation", setting::ENABLED, on));
            }
            if let Some(on) = site.flag(&["keyRestrictions", "isEnforced"]) {
                out.facts.push(site.setting(&format!("{named}/keyRestrictions"), "fido2_restrictions", setting::ENABLED, on));
            }
        }
        _ => {}
    }
}

/// A Temporary Access Pass stands in for every other factor, so what it may do is what a recovery may do.
fn pass(site: &Site<'_>, everybody: bool, out: &mut Drafts) {
    let named = "TemporaryAccessPass";
    if let Some(once) = site.flag(&["isUsableOnce"]) {
        out.facts.push(site.setting(&format!("{named}/isUsableOnce"), "pass_once", setting::ENABLED, once));
    }
    if let Some(life) = site.span(&["maximumLifetimeInMinutes"], 60) {
        out.facts.push(site.setting(&format!("{named}/maximumLifetimeInMinutes"), "pass_lifetime", setting::LIFETIME, life));
    }
    let excluded = site.record.items(&["excludeTargets"]);
    if let Some((_, at)) = site.find(&["includeTargets"]) {
        let said = Said { value: everybody && excluded.is_empty(), at, basis: Basis::Explicit };
        out.facts.push(site.setting(&format!("{named}/includeTargets"), "pass_for_everybody", setting::ENABLED, said));
    }
}
