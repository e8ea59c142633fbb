//! Auth0: the tenant as the deploy tool writes it (one file, or a folder of parts), and the answers of the management interface.

mod clients;
pub(super) mod terraform;

use super::input::Head;
use super::record::Record;
use super::site::{self, Said, Site, claim};
use super::{ExportReader, Format};
use crate::artifact::Spot;
use crate::fact::{Basis, Value, Word, act, authenticator, channel, population, proof, recovery, setting};
use crate::read::Drafts;
use crate::tree::{Node, Tree};

pub(super) struct Auth0;

const TENANT: &str = "auth0.tenant";
const TEMPLATE: &str = "auth0.email-template";
const GUARDIAN: &str = "auth0.guardian";
const DATABASE: &str = "auth0.database";
const ATTACKS: &str = "auth0.attack-protection";
const CLIENT: &str = "auth0.client";
const PRODUCT: &str = "auth0";

/// Parts of a tenant that no other product calls so.
const PARTS: &[&str] = &[
    "guardianFactors",
    "guardianPolicies",
    "guardianFactorProviders",
    "guardianFactorTemplates",
    "guardianPhoneFactorMessageTypes",
    "guardianPhoneFactorSelectedProvider",
    "emailTemplates",
    "emailProvider",
    "resourceServers",
    "clientGrants",
    "attackProtection",
    "rulesConfigs",
    "logStreams",
    "customDomains",
];
/// Parts that others have as well.
const COMMON_PARTS: &[&str] = &[
    "tenant",
    "clients",
    "databases",
    "connections",
    "actions",
    "triggers",
    "branding",
    "prompts",
    "organizations",
    "roles",
    "pages",
    "hooks",
];
/// What the second factors ask for.
const FACTORS: &[(&str, Word)] = &[
    ("sms", proof::SMS_CODE),
    ("email", proof::EMAIL_CODE),
    ("otp", proof::TOTP),
    ("push-notification", proof::PUSH),
    ("duo", proof::PUSH),
    ("webauthn-roaming", proof::PASSKEY),
    ("webauthn-platform", proof::PASSKEY),
    ("recovery-code", proof::RECOVERY_CODE),
];
/// The mails that let somebody set a new password.
const RESETS: [&str; 2] = ["reset_email", "reset_email_by_code"];
/// A mailed link lives for five days unless something else is said.
const STOCK_LIFE: i64 = 432_000;
/// What no export of the tenant tells.
const HIDES: &[&str] = &["which users have a second factor", "who administers the tenant", "what the code of actions decides"];
/// Keys whose text is a secret.
const SECRETS: &[&str] = &["client_secret", "auth_token", "api_key", "smtp_pass", "secretAccessKey", "apiKey", "signing_key"];

impl ExportReader for Auth0 {
    fn needles(&self) -> &'static [&'static str] {
        &[
            "guardian",
            "emailtemplates",
            "urllifetimeinseconds",
            "resourceservers",
            "attackprotection",
            "push-notification",
            "webauthn-roaming",
            "webauthn-platform",
            "all-applications",
            "confidence-score",
            "is_domain_connection",
            "brute_force_protection",
            "enabled_clients",
            "shields",
            "oidc_conformant",
            "allow_legacy_",
            "\"name\": \"sms\"",
            "\"name\": \"email\"",
            "\"name\": \"otp\"",
        ]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        if head.is_table {
            return None;
        }
        let (own, common) = (head.count(PARTS), head.count(COMMON_PARTS));
        let kind = if own >= 2 || (own == 1 && common >= 2) || is_settings(head) {
            TENANT
        } else if head.tree.get("template").and_then(Tree::text).is_some()
            && head.count(&["urlLifetimeInSeconds", "resultUrl", "syntax"]) >= 2
        {
            TEMPLATE
        } else if is_factor(&head.tree) || is_policy(&head.tree) {
            GUARDIAN
        } else if clients::is_client(head) {
            CLIENT
        } else if head.tree.get("strategy").and_then(Tree::text) == Some("auth0")
            && head.count(&["options", "enabled_clients", "realms", "is_domain_connection"]) >= 2
        {
            DATABASE
        } else if head.has(&["enabled", "shields"])
            && head.count(&["mode", "method", "stage", "allowlist", "admin_notification_frequency"]) >= 1
        {
            ATTACKS
        } else {
            return None;
        };
        Some(Format { kind, records: &[] })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        site::mark(record, SECRETS, out);
        let site = Site::new(record, PRODUCT, "");
        match kind {
            TENANT => tenant(&site, out),
            TEMPLATE => _ = template(&site, out),
            GUARDIAN if is_policy(record.tree) => _ = policies(&site, &["policies"], out),
            GUARDIAN => _ = factor(&site, out),
            DATABASE => database(&site, out),
            CLIENT => clients::client(&site, out),
            _ => attack(&site, out),
        }
    }
}

/// The settings of a tenant as the management interface answers.
fn is_settings(head: &Head<'_>) -> bool {
    let flags = head.tree.get("flags").map(Tree::entries).unwrap_or_default();
    flags.iter().any(|f| f.key.starts_with("allow_legacy_"))
        && head.count(&["friendly_name", "support_email", "default_directory", "sandbox_version", "session_lifetime", "enabled_locales"])
            >= 1
}

fn is_factor(tree: &Tree) -> bool {
    let named = tree.get("name").and_then(Tree::text).is_some_and(|name| FACTORS.iter().any(|(n, _)| *n == name));
    named && tree.get("enabled").is_some() && tree.entries().iter().all(|e| matches!(&*e.key, "name" | "enabled" | "trial_expired"))
}

fn is_policy(tree: &Tree) -> bool {
    let known = |p: &Tree| matches!(p.text(), Some("all-applications" | "confidence-score"));
    tree.entries().len() == 1 && tree.get("policies").map(Tree::items).is_some_and(|p| !p.is_empty() && p.iter().all(known))
}

fn tenant(site: &Site<'_>, out: &mut Drafts) {
    out.facts.push(site.tenant(PRODUCT, &[], HIDES));
    let factors: Vec<Said<Word>> =
        site.record.items(&["guardianFactors"]).iter().filter_map(|record| factor(&site.over(record), out)).collect();
    let types = site.record.items(&["guardianPhoneFactorMessageTypes", "message_types"]);
    let by_phone = factors.iter().any(|f| f.value == proof::SMS_CODE);
    if let Some(voice) = types.iter().find(|t| by_phone && t.tree.text() == Some("voice")) {
        let on = Said { value: true, at: voice.spot(), basis: Basis::Explicit };
        let draft = site.authenticator("guardianPhoneFactorMessageTypes/voice", proof::PHONE_CALL, on);
        out.facts.push(draft.saying(authenticator::POPULATION, population::USER.as_str()));
    }
    // older versions of the tool write the list without the level between
    let always = policies(site, &["guardianPolicies", "policies"], out).or_else(|| policies(site, &["guardianPolicies"], out));
    sign_in_fact(site, &factors, always.as_ref(), out);
    let mut mailed = false;
    for record in site.record.items(&["emailTemplates"]) {
        mailed |= template(&site.over(&record), out);
    }
    let databases = site.record.items(&["databases"]);
    for record in &databases {
        database(&site.over(record), out);
    }
    // without a template of its own a tenant sends the product's
    if let (false, false, Some((_, at))) = (mailed, databases.is_empty(), site.find(&["emailTemplates"])) {
        reset(site, "reset_email", Said { at, ..site.default(Value::Duration(STOCK_LIFE)) }, out);
    }
    for (key, protection) in [
        ("bruteForceProtection", "brute_force"),
        ("suspiciousIpThrottling", "ip_throttling"),
        ("breachedPasswordDetection", "breached_passwords"),
    ] {
        if let Some(on) = site.flag(&["attackProtection", key, "enabled"]) {
            out.facts.push(site.setting(&format!("attackProtection/{key}"), protection, setting::ENABLED, on));
        }
    }
    for record in site.record.items(&["connections"]) {
        super::federation::connection(&site.over(&record), out);
    }
    for record in site.record.items(&["clients"]) {
        clients::client(&site.over(&record), out);
    }
    for root in [&["tenant", "flags"][..], &["flags"]] {
        for flag in ["allow_legacy_ro_grant_types", "allow_legacy_delegation_grant_types"] {
            site.switch(&format!("flags/{flag}"), "legacy_grants", &[root, &[flag]].concat(), out);
        }
    }
    if let Some((streams, at)) = site.find(&["logStreams"]).filter(|(t, _)| matches!(t.node, Node::List(_))) {
        let on = Said { value: !streams.items().is_empty(), at, basis: Basis::Explicit };
        out.facts.push(site.setting("logStreams", "log_streams", setting::ENABLED, on));
    }
    // where a second factor is asked for at all, a reset should ask for it too
    if let (Some((triggers, at)), Some(always)) = (site.find(&["triggers"]), always.filter(|p| p.value != "off")) {
        let bound = triggers.get("password-reset-post-challenge").is_some_and(|t| !t.items().is_empty());
        let on = Said { value: bound, at, basis: always.basis };
        out.facts.push(site.setting("triggers/password-reset-post-challenge", "reset_challenge", setting::ENABLED, on));
    }
}

/// A factor that the tenant offers; what it asks for, if it is on.
fn factor(site: &Site<'_>, out: &mut Drafts) -> Option<Said<Word>> {
    let name = site.text(&["name"])?;
    let word = FACTORS.iter().find(|(n, _)| *n == name.value).map(|(_, word)| *word)?;
    let on = site.flag(&["enabled"])?;
    let draft = site.authenticator(&format!("guardianFactors/{}", name.value), word, on.clone());
    out.facts.push(draft.saying(authenticator::POPULATION, population::USER.as_str()));
    on.value.then(|| on.map(|_| word))
}

/// When a second factor is asked for.
fn policies(site: &Site<'_>, path: &[&str], out: &mut Drafts) -> Option<Said<&'static str>> {
    let (list, at) = site.find(path).filter(|(t, _)| matches!(t.node, Node::List(_)))?;
    let has = |word: &str| list.items().iter().any(|p| p.text() == Some(word));
    let when = match () {
        () if has("all-applications") => "always",
        () if has("confidence-score") => "on risk alone",
        () if list.items().is_empty() => "off",
        () => return None,
    };
    let said = Said { value: when, at, basis: Basis::Explicit };
    policies_from(site, said.clone(), out);
    Some(said)
}

fn policies_from(site: &Site<'_>, when: Said<&'static str>, out: &mut Drafts) {
    out.facts.push(site.setting("guardianPolicies", "mfa_policy", setting::VALUE, when));
}

fn sign_in_fact(site: &Site<'_>, factors: &[Said<Word>], always: Option<&Said<&'static str>>, out: &mut Drafts) {
    let databases = site.record.items(&["databases"]);
    let Some(database) = databases.first() else { return };
    let password = Said { value: proof::PASSWORD, at: database.spot(), basis: Basis::Explicit };
    let asked: &[Said<Word>] = if always.is_some_and(|p| p.value == "always") { factors } else { &[] };
    site.sign_ins("databases", population::CUSTOMER.as_str(), &[password], asked, out);
}

/// A mail that resets a password. Gives whether it is one.
fn template(site: &Site<'_>, out: &mut Drafts) -> bool {
    let Some(name) = site.text(&["template"]).filter(|t| RESETS.contains(&t.value)) else { return false };
    // a template that is off gives way to the product's own
    let own = site.flag(&["enabled"]).is_none_or(|on| on.value);
    let said = site.span(&["urlLifetimeInSeconds"], 1).filter(|_| own);
    reset(site, name.value, said.unwrap_or_else(|| site.default(Value::Duration(STOCK_LIFE))), out);
    true
}

fn reset(site: &Site<'_>, name: &str, life: Said<Value<String, Spot>>, out: &mut Drafts) {
    let mut draft = site
        .recovery(&format!("emailTemplates/{name}"), act::PASSWORD_RESET, population::CUSTOMER.as_str(), life.at.clone())
        .saying(recovery::CHANNELS, channel::EMAIL)
        .saying(recovery::ASKS, proof::EMAIL_CODE);
    claim(&mut draft, recovery::LIFETIME, life);
    out.facts.push(draft);
}

fn database(site: &Site<'_>, out: &mut Drafts) {
    let Some(name) = site.text(&["name"]) else { return };
    if let Some(policy) = site.text(&["options", "passwordPolicy"]) {
        out.facts.push(site.setting(&format!("{}/passwordPolicy", name.value), "password_policy", setting::VALUE, policy));
    }
    if let Some(least) = site.number(&["options", "password_complexity_options", "min_length"]) {
        out.facts.push(site.setting(&format!("{}/min_length", name.value), "password_length", setting::NUMBER, least));
    }
    site.switch(&format!("{}/brute_force_protection", name.value), "brute_force", &["options", "brute_force_protection"], out);
}

/// One of the protections, which a folder keeps in a file of its own without its name.
fn attack(site: &Site<'_>, out: &mut Drafts) {
    let key = match () {
        () if site.find(&["mode"]).is_some() => "brute_force",
        () if site.find(&["stage"]).is_some() => "ip_throttling",
        () => "breached_passwords",
    };
    site.switch(&format!("attackProtection/{key}"), key, &["enabled"], out);
}

#[cfg(test)]
mod tests;
