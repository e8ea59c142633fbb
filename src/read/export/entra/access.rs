//! Conditional access: whom a policy covers, whom it leaves out, what it asks for, and whether it is in force.

use super::{PRODUCT, holds, texts};
use crate::fact::{Basis, Kind, Value, Word, access_rule, proof, setting};
use crate::read::Drafts;
use crate::read::export::site::{Said, Site, claim};
use crate::tree::Tree;

/// States of a policy.
const STATES: [&str; 3] = ["enabled", "disabled", "enabledForReportingButNotEnforced"];
/// Roles whose holders can take the tenant, or reset who can.
pub(super) const PRIVILEGED_ROLES: &[&str] = &[
    "62e90394-69f5-4237-9190-012177145e10", // Global Administrator
    "e8611ab8-c189-46e8-94e1-60213ab1f814", // Privileged Role Administrator
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13", // Privileged Authentication Administrator
    "194ae4cb-b126-40b2-bd5b-6091b380977d", // Security Administrator
    "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", // Conditional Access Administrator
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", // Application Administrator
    "158c047a-c907-4556-b7ef-446551a6b5f7", // Cloud Application Administrator
    "fe930be7-5e62-47db-91af-98c3a49a38b1", // User Administrator
    "c4e39bd9-1100-46d3-8c65-fb160da0071f", // Authentication Administrator
    "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2", // Hybrid Identity Administrator
];
/// Combinations that resist phishing.
const RESISTANT: [&str; 3] = ["windowshelloforbusiness", "fido2", "x509certificatemultifactor"];
/// The strengths that the product defines, by their id.
const BUILT_IN: [(&str, &str, bool); 3] = [
    ("00000000-0000-0000-0000-000000000002", "Multifactor authentication", false),
    ("00000000-0000-0000-0000-000000000003", "Passwordless MFA", false),
    ("00000000-0000-0000-0000-000000000004", "Phishing-resistant MFA", true),
];

pub(super) fn is_policy(tree: &Tree) -> bool {
    let state = tree.get("state").and_then(Tree::text).is_some_and(|s| STATES.iter().any(|k| k.eq_ignore_ascii_case(s)));
    let within = |key: &str| tree.path(&["conditions", key]).is_some();
    let controls = tree.get("grantControls").is_some() || tree.get("sessionControls").is_some();
    state && within("users") && within("applications") && controls && (tree.get("displayName").is_some() || tree.get("id").is_some())
}

/// What the combinations of a strength ask for.
fn combination(text: &str) -> Vec<Word> {
    text.split(',')
        .filter_map(|part| {
            Some(match part.trim().to_ascii_lowercase().as_str() {
                "password" => proof::PASSWORD,
                "sms" => proof::SMS_CODE,
                "voice" => proof::PHONE_CALL,
                "email" => proof::EMAIL_CODE,
                "fido2" | "windowshelloforbusiness" | "devicebasedpush" => proof::PASSKEY,
                "x509certificatemultifactor" | "x509certificatesinglefactor" => proof::CERTIFICATE,
                "microsoftauthenticatorpush" => proof::PUSH,
                "softwareoath" | "hardwareoath" => proof::TOTP,
                "temporaryaccesspassonetime" | "temporaryaccesspassmultiuse" => proof::RECOVERY_CODE,
                _ => return None,
            })
        })
        .collect()
}

pub(super) fn policy(site: &Site<'_>, out: &mut Drafts) {
    let tree = site.record.tree;
    let name = site.record.text_at(&["displayName"]).or_else(|| site.record.text_at(&["id"])).unwrap_or("policy");
    let mut draft = site.fact(Kind::AccessRule, name, "/policies", site.record.spot()).saying(access_rule::PRODUCT, PRODUCT);
    let Some(state) = site.text(&["state"]) else { return };
    claim(&mut draft, access_rule::ENABLED, state.clone().map(|s| s.eq_ignore_ascii_case("enabled")));
    claim(&mut draft, access_rule::STATE, state);
    let users = ["conditions", "users"];
    let mut names = |field, keys: [(&str, &str); 3]| {
        for (key, prefix) in keys {
            let Some((list, at)) = site.find(&[&users[..], &[key]].concat()) else { continue };
            for text in list.items().iter().filter_map(Tree::scalar).filter(|t| !t.is_empty() && !t.eq_ignore_ascii_case("None")) {
                draft.fields.say(field, format!("{prefix}{text}"), &at);
            }
        }
    };
    names(access_rule::INCLUDES, [("includeUsers", ""), ("includeGroups", "group:"), ("includeRoles", "role:")]);
    names(access_rule::EXCLUDES, [("excludeUsers", ""), ("excludeGroups", "group:"), ("excludeRoles", "role:")]);
    for (field, key) in [(access_rule::APPLICATIONS, "includeApplications"), (access_rule::ACTIONS, "includeUserActions")] {
        if let Some((list, at)) = site.find(&["conditions", "applications", key]) {
            for text in list.items().iter().filter_map(Tree::scalar).filter(|t| !t.is_empty()) {
                draft.fields.say(field, action(text), &at);
            }
        }
    }
    let privileged =
        texts(tree, &["conditions", "users", "includeRoles"]).iter().any(|r| PRIVILEGED_ROLES.iter().any(|p| p.eq_ignore_ascii_case(r)));
    draft.say(access_rule::PRIVILEGED, privileged);
    draft.say(access_rule::CONDITIONAL, narrow(tree));
    grant(site, &mut draft);
    out.facts.push(draft.could_say(&[access_rule::EXCLUDES, access_rule::ACTIONS, access_rule::APPLICATIONS]));
}

/// An application or user action, in words that other products' rules could use as well.
fn action(text: &str) -> String {
    match text.to_ascii_lowercase().as_str() {
        "urn:user:registersecurityinfo" => "register security info".to_owned(),
        "urn:user:registerdevice" => "register device".to_owned(),
        other => other.to_owned(),
    }
}

/// Whether it holds in some circumstances only: at some risk, from some place, device, platform or program.
fn narrow(tree: &Tree) -> bool {
    let listed = ["userRiskLevels", "signInRiskLevels", "servicePrincipalRiskLevels"]
        .iter()
        .any(|key| !texts(tree, &["conditions", key]).is_empty());
    let platforms = texts(tree, &["conditions", "platforms", "includePlatforms"]);
    let clients = texts(tree, &["conditions", "clientAppTypes"]);
    let locations = texts(tree, &["conditions", "locations", "includeLocations"]);
    let flows = holds(tree, &["conditions", "authenticationFlows"]);
    listed
        || flows
        || holds(tree, &["conditions", "devices", "deviceFilter", "rule"])
        || (!platforms.is_empty() && !platforms.iter().any(|p| p.eq_ignore_ascii_case("all")))
        || (!clients.is_empty() && !clients.iter().any(|c| c.eq_ignore_ascii_case("all") || c.eq_ignore_ascii_case("browser")))
        || (!locations.is_empty() && !locations.iter().any(|l| l.eq_ignore_ascii_case("All")))
}

/// What the policy asks for before it lets in. With `OR` the weakest of its controls is enough.
fn grant(site: &Site<'_>, draft: &mut crate::fact::Draft) {
    let tree = site.record.tree;
    let Some((_, at)) = site.find(&["grantControls"]) else {
        draft.say(access_rule::BLOCKS, false);
        return;
    };
    let controls: Vec<String> = texts(tree, &["grantControls", "builtInControls"]).iter().map(|c| c.to_ascii_lowercase()).collect();
    let any = site.record.text_at(&["grantControls", "operator"]).is_none_or(|o| o.eq_ignore_ascii_case("OR"));
    let has = |control: &str| controls.iter().any(|c| c == control);
    draft.fields.say(access_rule::BLOCKS, has("block"), &at);
    let strength = ["grantControls", "authenticationStrength"];
    let id = site.record.text_at(&[&strength[..], &["id"]].concat());
    let known = id.and_then(|id| BUILT_IN.iter().find(|(built, ..)| built.eq_ignore_ascii_case(id)));
    let combinations = texts(tree, &[&strength[..], &["allowedCombinations"]].concat());
    let named = site.text(&[&strength[..], &["displayName"]].concat()).map(|s| s.map(str::to_owned));
    if let Some(named) =
        named.or_else(|| known.map(|(_, name, _)| Said { value: (*name).to_owned(), at: at.clone(), basis: Basis::Explicit }))
    {
        claim(draft, access_rule::STRENGTH, named);
    }
    let resistant = if combinations.is_empty() {
        known.is_some_and(|(.., resistant)| *resistant)
    } else {
        combinations.iter().all(|c| RESISTANT.contains(&c.to_ascii_lowercase().as_str()))
    };
    for combination_text in &combinations {
        for word in combination(combination_text) {
            draft.fields.say(access_rule::ASKS, word, &at);
        }
    }
    if combinations.is_empty() && known.is_some_and(|(_, name, _)| *name == "Multifactor authentication") {
        // what the product's own strength allows, where the export does not write it out
        for word in [proof::SMS_CODE, proof::PHONE_CALL, proof::PUSH, proof::TOTP, proof::PASSKEY] {
            claim(draft, access_rule::ASKS, Said { value: word, at: at.clone(), basis: Basis::Default });
        }
    }
    // another control that alone is enough makes the strength a choice
    let escape = any && controls.iter().any(|c| c != "block" && c != "mfa");
    let strong = id.is_some() || !combinations.is_empty();
    draft.fields.say(access_rule::RESISTANT, strong && resistant && !escape && !(any && has("mfa")), &at);
    let two = has("mfa") || strong;
    if two && !escape {
        draft.fields.say(access_rule::FACTOR_COUNT, 2, &at);
    }
    if !controls.is_empty() && !has("block") && !two {
        // a managed device or an approved program is asked for, and no second factor
        draft.fields.say(access_rule::FACTOR_COUNT, 1, &at);
    }
    draft.fields.say(access_rule::GUARDED, two || !controls.is_empty(), &at);
}

/// A strength by itself: which combinations it allows.
pub(super) fn strength(site: &Site<'_>, out: &mut Drafts) {
    let Some(name) = site.text(&["displayName"]) else { return };
    let Some((_, at)) = site.find(&["allowedCombinations"]) else { return };
    let combinations = texts(site.record.tree, &["allowedCombinations"]).join("; ");
    let said = Said { value: Value::Text(combinations), at, basis: Basis::Explicit };
    out.facts.push(site.setting(name.value, "authentication_strength", setting::VALUE, said));
}
