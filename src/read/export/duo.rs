//! Duo and Oracle: the codes that a help desk hands out to get somebody past the second factor.

use super::input::Head;
use super::record::Record;
use super::site::{self, Said, Site, claim};
use super::{ExportReader, Format};
use crate::fact::{Basis, Kind, Value, authenticator, principal, principal_type, proof, setting};
use crate::read::Drafts;
use crate::tree::{Node, Tree};

pub(super) struct Duo;

const SETTINGS: &str = "duo.settings";
const BYPASS: &str = "duo.bypass-codes";
const POLICIES: &str = "duo.policies";
const USERS: &str = "duo.users";
const ORACLE: &str = "oci.authentication-factor-settings";
const DUO: &str = "duo";
const OCI: &str = "oci";
/// Factors that a policy of Duo may allow.
const METHODS: &[(&str, crate::fact::Word)] = &[("sms", proof::SMS_CODE), ("phonecall", proof::PHONE_CALL), ("phone", proof::PHONE_CALL)];

impl ExportReader for Duo {
    fn needles(&self) -> &'static [&'static str] {
        &["helpdesk_bypass", "bypass_code_id", "reuse_count", "allowed_auth_list", "bypasscodesettings", "is_enrolled"]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        if head.is_table {
            return None;
        }
        // {"stat": "OK", "response": …}
        let wrapped = head.tree.get("stat").is_some();
        let body = if wrapped { head.tree.get("response")? } else { &*head.tree };
        let sample = match &body.node {
            Node::List(items) => items.first()?,
            _ => body,
        };
        let count = |keys: &[&str]| keys.iter().filter(|k| sample.get(k).is_some()).count();
        let kind = if count(&[
            "helpdesk_bypass",
            "helpdesk_bypass_expiration",
            "lockout_threshold",
            "fraud_email_enabled",
            "user_managers_can_put_users_in_bypass",
            "helpdesk_can_send_enroll_email",
        ]) >= 2
        {
            SETTINGS
        } else if count(&["bypass_code_id", "reuse_count", "expiration", "admin_email"]) >= 2 && count(&["bypass_code_id", "user"]) >= 1 {
            BYPASS
        } else if sample.path(&["sections", "authentication_methods"]).is_some() {
            POLICIES
        } else if count(&["user_id", "username", "is_enrolled", "status"]) == 4 {
            USERS
        } else if sample
            .get("bypassCodeSettings")
            .is_some_and(|b| b.get("helpDeskGenerationEnabled").is_some() || b.get("maxActive").is_some())
        {
            ORACLE
        } else {
            return None;
        };
        Some(Format { kind, records: if wrapped { &["response"] } else { &[] } })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        site::mark(record, &["skey", "bypass_code", "code"], out);
        let site = Site::new(record, if kind == ORACLE { OCI } else { DUO }, "");
        match kind {
            SETTINGS => settings(&site, out),
            BYPASS => bypass(&site, out),
            POLICIES => policy(&site, out),
            USERS => user(&site, out),
            _ => oracle(&site, out),
        }
    }
}

fn settings(site: &Site<'_>, out: &mut Drafts) {
    out.facts.push(site.tenant(DUO, &[], &["how the help desk checks who is calling", "which applications use it"]));
    if let Some(rule) = site.text(&["helpdesk_bypass"]) {
        // an end of nought minutes is no end
        let end = site.number(&["helpdesk_bypass_expiration"]);
        let life = end.map(|m| m.map(|m| if m == 0 { Value::Never } else { Value::Duration(m.saturating_mul(60)) }));
        let mut draft = site.setting("helpdesk_bypass", "helpdesk_bypass", setting::VALUE, rule);
        if let Some(life) = life {
            claim(&mut draft, setting::LIFETIME, life);
        }
        out.facts.push(draft);
    }
    site.switch("user_managers_can_put_users_in_bypass", "managers_bypass", &["user_managers_can_put_users_in_bypass"], out);
    if let Some(tries) = site.number(&["lockout_threshold"]) {
        out.facts.push(site.setting("lockout_threshold", "lockout", setting::NUMBER, tries));
    }
    for (key, tells) in [("fraud_email_enabled", "fraud_notice"), ("email_activity_notification_enabled", "activity_notice")] {
        site.switch(key, tells, &[key], out);
    }
}

fn bypass(site: &Site<'_>, out: &mut Drafts) {
    let Some(id) = site.text(&["bypass_code_id"]) else { return };
    let whose = site.record.text_at(&["user", "username"]).unwrap_or(id.value);
    let name = format!("{whose}/{}", id.value);
    // null, and nought, stand for no end and no limit
    let end = site.find(&["expiration"]).and_then(|(t, at)| t.number().map(|n| (n, at)));
    let life = match (end, site.number(&["created"])) {
        (Some((end, at)), Some(made)) if end > 0 => {
            Said { value: Value::Duration(end.saturating_sub(made.value)), at, basis: Basis::Explicit }
        }
        (Some((end, _)), None) if end > 0 => return,
        _ => Said { value: Value::Never, at: site.record.spot(), basis: Basis::Explicit },
    };
    let mut draft = site.setting(&name, "bypass_code", setting::LIFETIME, life);
    let uses = site.number(&["reuse_count"]).or_else(|| site.number(&["remaining_uses"]));
    match uses {
        Some(uses) => claim(&mut draft, setting::NUMBER, uses.map(|n| if n == 0 { i64::MAX } else { n })),
        None if site.record.tree.get("reuse_count").is_some_and(Tree::is_null) => draft.say(setting::NUMBER, i64::MAX),
        None => {}
    }
    out.facts.push(draft);
}

fn policy(site: &Site<'_>, out: &mut Drafts) {
    let name = site.record.text_at(&["policy_name"]).unwrap_or("policy");
    for allowed in site.record.items(&["sections", "authentication_methods", "allowed_auth_list"]) {
        let found = METHODS.iter().find(|(m, _)| allowed.tree.text() == Some(m));
        if let Some((method, word)) = found {
            let on = Said { value: true, at: allowed.spot(), basis: Basis::Explicit };
            out.facts.push(site.authenticator(&format!("{name}/{method}"), *word, on).saying(authenticator::POPULATION, name));
        }
    }
    if let Some(on) = site.flag(&["sections", "authentication_methods", "require_verified_push"]) {
        out.facts.push(site.setting(&format!("{name}/require_verified_push"), "verified_push", setting::ENABLED, on));
    }
    if let Some(new) = site.text(&["sections", "new_user", "new_user_behavior"]) {
        out.facts.push(site.setting(&format!("{name}/new_user_behavior"), "new_user", setting::VALUE, new));
    }
}

fn user(site: &Site<'_>, out: &mut Drafts) {
    let (Some(name), Some(state)) = (site.text(&["username"]), site.text(&["status"])) else { return };
    let mut draft = site
        .fact(Kind::Principal, name.value, "/users", site.record.spot())
        .saying(principal::TYPE, principal_type::USER)
        .saying(principal::PRODUCT, DUO)
        .saying(principal::ENABLED, state.value != "disabled");
    claim(&mut draft, principal::BYPASSES, state.map(|s| s == "bypass"));
    out.facts.push(draft);
}

fn oracle(site: &Site<'_>, out: &mut Drafts) {
    let at = |key: &'static str| ["bypassCodeSettings", key];
    let Some(on) = site.flag(&at("helpDeskGenerationEnabled")).filter(|on| on.value) else { return };
    let mut draft = site.setting("bypassCodeSettings", "helpdesk_codes", setting::ENABLED, on);
    if let Some(life) = site.span(&at("helpDeskCodeExpiryInMins"), 60) {
        claim(&mut draft, setting::LIFETIME, life);
    }
    let many = ["helpDeskMaxUsage", "maxActive"].iter().filter_map(|key| site.number(&at(key))).max_by_key(|n| n.value);
    if let Some(many) = many {
        claim(&mut draft, setting::NUMBER, many);
    }
    out.facts.push(draft);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::export::tests::{of, read};

    #[test]
    fn answers_with_and_without_their_wrapper() {
        let settings = r#"{"helpdesk_bypass": "limit", "helpdesk_bypass_expiration": 0, "lockout_threshold": 10}"#;
        for text in [settings.to_owned(), format!(r#"{{"stat": "OK", "response": {settings}}}"#)] {
            let drafts = read("settings.json", &text);
            assert_eq!(drafts.kind, Some(SETTINGS));
            let said = of(&drafts, Kind::Setting);
            assert_eq!(
                said.first().and_then(|s| s.fields.values(setting::LIFETIME).next()),
                Some(&Value::Never),
                "an end of nought is no end"
            );
        }
        let codes = r#"{"stat": "OK", "response": [{"bypass_code_id": "DB1", "created": 1790000000, "expiration": null, "reuse_count": 0, "user": {"username": "mara"}}, {"bypass_code_id": "DB2", "created": 1790000000, "expiration": 1790003600, "reuse_count": 1}]}"#;
        let drafts = read("codes.json", codes);
        assert_eq!(drafts.kind, Some(BYPASS));
        let lives: Vec<_> =
            of(&drafts, Kind::Setting).iter().map(|s| (s.name.clone(), s.fields.values(setting::LIFETIME).next().cloned())).collect();
        assert_eq!(lives, [("mara/DB1".to_owned(), Some(Value::Never)), ("DB2/DB2".to_owned(), Some(Value::Duration(3600)))]);
    }

    #[test]
    fn other_answers_and_odd_ones() {
        for text in
            [r#"{"stat": "OK", "response": []}"#, r#"{"stat": "OK", "response": 7, "x": "helpdesk_bypass"}"#, r#"{"reuse_count": 1}"#]
        {
            assert_eq!(read("x.json", text).kind, None, "{text}");
        }
        let odd = read(
            "x.json",
            r#"[{"bypass_code_id": {}, "reuse_count": "many", "expiration": []}, {"bypass_code_id": "a", "expiration": "soon"}]"#,
        );
        assert_eq!(odd.kind, Some(BYPASS));
        assert!(read("x.json", r#"{"stat": "OK", "response": {"helpdesk_bypass": "allow", "lockout_thr"#).facts.len() < 3);
    }
}
