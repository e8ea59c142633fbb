//! PingOne and OneLogin: what their interfaces answer, and what their Terraform providers write.

use super::input::Head;
use super::record::Record;
use super::site::{self, Said, Site, claim};
use super::{ExportReader, Format};
use crate::fact::{Basis, Kind, Word, act, channel, credential, credential_type, population, proof, recovery, setting, status};
use crate::read::Drafts;
use crate::tree::{Node, Tree};

pub(super) struct Ping;

const PING: &str = "pingone";
const ONELOGIN: &str = "onelogin";
const ACTIONS: &str = "pingone.sign-on-policy-actions";
const DEVICES: &str = "pingone.mfa-device-policies";
const PASSWORDS: &str = "pingone.password-policies";
/// Methods of a device policy that are no proof, or a restricted one.
const METHODS: &[(&str, Word)] = &[("sms", proof::SMS_CODE), ("voice", proof::PHONE_CALL), ("email", proof::EMAIL_CODE)];
const OTHERS: &[&str] = &["totp", "fido2", "mobile", "security_key", "securityKey", "platform"];

impl ExportReader for Ping {
    fn needles(&self) -> &'static [&'static str] {
        &["deviceauthenticationpolic", "signonpolic", "\"fido2\"", "passwordpolic"]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        if head.is_table {
            return None;
        }
        let switch = |key: &str| head.tree.path(&[key, "enabled"]).is_some();
        let of_ping = head.tree.get("environment").is_some() || head.tree.path(&["_links", "self"]).is_some();
        let kind = if METHODS.iter().filter(|(m, _)| switch(m)).count() >= 2 && OTHERS.iter().any(|m| switch(m)) {
            DEVICES
        } else if of_ping
            && head.tree.get("signOnPolicy").is_some()
            && head.tree.get("type").is_some()
            && head.tree.get("priority").is_some()
        {
            ACTIONS
        } else if of_ping
            && head.tree.path(&["length", "min"]).is_some()
            && head.count(&["history", "lockout", "maxRepeatedCharacters", "minCharacters", "excludesCommonlyUsed"]) >= 1
        {
            PASSWORDS
        } else {
            return None;
        };
        Some(Format { kind, records: &[] })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        let site = Site::new(record, PING, "");
        let name = record.text_at(&["name"]).or_else(|| record.text_at(&["id"])).unwrap_or("policy");
        match kind {
            DEVICES => devices(&site, name, out),
            ACTIONS if record.text_at(&["type"]) == Some("LOGIN") => {
                if let Some(on) = site.flag(&["recovery", "enabled"]) {
                    login(&site, name, on, out);
                }
            }
            PASSWORDS => {
                if let Some(least) = site.number(&["length", "min"]) {
                    out.facts.push(site.setting(&format!("{name}/length.min"), "password_length", setting::NUMBER, least));
                }
            }
            _ => {}
        }
    }
}

/// What a device policy lets people use as a second factor.
fn devices(site: &Site<'_>, name: &str, out: &mut Drafts) {
    for (method, word) in METHODS {
        if let Some(on) = site.flag(&[method, "enabled"]) {
            out.facts.push(site.authenticator(&format!("{name}/{method}"), *word, on));
        }
    }
}

/// A login step that offers a way back to whoever forgot the password.
fn login(site: &Site<'_>, name: &str, on: Said<bool>, out: &mut Drafts) {
    if !on.value {
        return;
    }
    let mut draft = site.recovery(&format!("{name}/recovery"), act::PASSWORD_RESET, population::USER.as_str(), on.at.clone());
    claim(&mut draft, recovery::ASKS, on.clone().map(|_| proof::EMAIL_CODE));
    claim(&mut draft, recovery::CHANNELS, on.map(|_| channel::EMAIL));
    out.facts.push(draft);
}

/// Reads a resource of Terraform. Gives whether it is one of ours.
pub(super) fn resource(kind: &str, address: &str, site: &Site<'_>, out: &mut Drafts) -> bool {
    if kind.starts_with("onelogin_") {
        onelogin(kind, address, &Site { product: ONELOGIN, ..*site }, out);
        return true;
    }
    let site = &Site { product: PING, ..*site };
    match kind {
        "pingone_administrator_security" => administrators(site, address, out),
        "pingone_sign_on_policy_action" => {
            for block in site.record.items(&["login"]) {
                let inner = site.over(&block);
                let on = inner.flag(&["recovery_enabled"]).unwrap_or_else(|| inner.default(true));
                login(&inner, address, on, out);
            }
        }
        "pingone_mfa_device_policy" | "pingone_mfa_policy" | "pingone_mfa_device_policy_default" => {
            for (method, word) in METHODS {
                for block in site.record.items(&[method]) {
                    if let Some(on) = site.over(&block).flag(&["enabled"]) {
                        out.facts.push(site.authenticator(&format!("{address}/{method}"), *word, on));
                    }
                }
            }
        }
        "pingone_password_policy" => {
            for block in site.record.items(&["length"]) {
                if let Some(least) = site.over(&block).number(&["min"]) {
                    out.facts.push(site.setting(&format!("{address}/length.min"), "password_length", setting::NUMBER, least));
                }
            }
        }
        _ => return kind.starts_with("pingone_"),
    }
    true
}

/// How administrators of the console sign in and come back.
fn administrators(site: &Site<'_>, address: &str, out: &mut Drafts) {
    if let Some(on) = site.flag(&["recovery"]).filter(|on| on.value) {
        let mut draft = site.recovery(&format!("{address}/recovery"), act::PASSWORD_RESET, population::PRIVILEGED.as_str(), on.at.clone());
        claim(&mut draft, recovery::ASKS, site.inferred(proof::EMAIL_CODE, &on.at));
        claim(&mut draft, recovery::CHANNELS, site.inferred(channel::EMAIL, &on.at));
        out.facts.push(draft);
    }
    for allowed in site.record.items(&["allowed_methods"]) {
        for (method, word) in METHODS {
            // `jsonencode({"enabled": true})`, or the text that it comes to
            let Some((tree, at)) = allowed.find(&[method]) else { continue };
            let on = match &tree.node {
                Node::Map(_) => tree.get("enabled").and_then(Tree::flag),
                Node::Text(text) => crate::tree::json(text).ok().and_then(|t| t.get("enabled").and_then(Tree::flag)),
                _ => None,
            };
            if let Some(value) = on {
                let said = Said { value, at, basis: Basis::Explicit };
                let draft = site.authenticator(&format!("{address}/allowed_methods.{method}"), *word, said);
                out.facts.push(draft.saying(crate::fact::authenticator::PRIVILEGED, true));
            }
        }
    }
}

/// A password that is written into the description of a user.
fn onelogin(kind: &str, address: &str, site: &Site<'_>, out: &mut Drafts) {
    if !kind.starts_with("onelogin_user") {
        return;
    }
    let Some((tree, at)) = site
        .find(&["password"])
        .filter(|(t, _)| t.text().is_some_and(|v| site::literal(v) && !v.starts_with("var.") && !v.contains("random_password")))
    else {
        return;
    };
    site::mark_value(site.record.text, tree, out);
    let draft = site
        .fact(Kind::Credential, address, "/users", at)
        .saying(credential::TYPE, credential_type::PASSWORD)
        .saying(credential::PRODUCT, ONELOGIN)
        .saying(credential::HOLDER, address)
        .saying(credential::STATUS, status::ACTIVE)
        .saying(credential::PLAIN, true);
    out.facts.push(draft);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Stated, authenticator};
    use crate::read::export::tests::{of, read};

    #[test]
    fn terraform_with_values_and_with_defaults() {
        let text = "resource \"pingone_administrator_security\" \"main\" {\n  recovery = true\n  allowed_methods = {\n    email = jsonencode({ \"enabled\" : true })\n    fido2 = jsonencode({ \"enabled\" : true })\n  }\n}\nresource \"pingone_sign_on_policy_action\" \"login\" {\n  login {\n  }\n}\nresource \"onelogin_users\" \"ada\" {\n  username = \"ada\"\n  password = \"Quay-Ada-8813\"\n}\nresource \"onelogin_users\" \"bo\" {\n  password = var.bo\n}\n";
        let drafts = read("main.tf", text);
        let ways = of(&drafts, Kind::Recovery);
        assert_eq!(
            ways.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(),
            ["pingone_administrator_security.main/recovery", "pingone_sign_on_policy_action.login/recovery"]
        );
        let default = ways.get(1).and_then(|r| r.fields.get(recovery::ASKS));
        assert!(matches!(default, Some(Stated::Said(c)) if c.iter().all(|c| c.basis == Basis::Default)));
        assert_eq!(of(&drafts, Kind::Authenticator).first().and_then(|a| a.fields.flag(authenticator::PRIVILEGED)), Some(true));
        assert_eq!(of(&drafts, Kind::Credential).iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["onelogin_users.ada"]);
        assert_eq!(drafts.marks.iter().map(|m| m.value.as_str()).collect::<Vec<_>>(), ["Quay-Ada-8813"]);
    }

    #[test]
    fn answers_and_what_is_none() {
        let text = r#"{"id": "p1", "name": "Default", "environment": {"id": "e"}, "sms": {"enabled": true}, "voice": {"enabled": false}, "email": {"enabled": true}, "totp": {"enabled": true}, "fido2": {"enabled": true}}"#;
        let drafts = read("policy.json", text);
        assert_eq!(drafts.kind, Some(DEVICES));
        assert_eq!(of(&drafts, Kind::Authenticator).iter().filter(|a| a.fields.flag(authenticator::ENABLED) == Some(true)).count(), 2);
        for text in [
            r#"{"sms": {"enabled": true}, "fido2": {}}"#,
            r#"{"length": {"min": 8}, "passwordPolicies": 1}"#,
            r#"{"sms": 1, "voice": 2, "fido2": {"enabled": 3}}"#,
        ] {
            assert_eq!(read("x.json", text).kind, None, "{text}");
        }
    }
}
