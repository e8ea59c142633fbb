use super::*;
use crate::fact::Kind;
use crate::read::export::tests::{of, read};

const TENANT_FILE: &str = include_str!("../../../../fixtures/exports/auth0/tenant.yaml");

fn setting_of<'d>(drafts: &'d Drafts, key: &str) -> Vec<&'d crate::fact::Draft> {
    of(drafts, Kind::Setting).into_iter().filter(|s| s.fields.text(setting::KEY).is_some_and(|k| k == key)).collect()
}

#[test]
fn a_tenant_says_its_factors_resets_and_tokens() {
    let drafts = read("tenant.yaml", TENANT_FILE);
    assert_eq!(drafts.kind, Some(TENANT));
    let on: Vec<_> = of(&drafts, Kind::Authenticator)
        .iter()
        .filter(|a| a.fields.flag(authenticator::ENABLED) == Some(true))
        .map(|a| a.name.clone())
        .collect();
    assert_eq!(on, ["guardianFactors/sms", "guardianFactors/otp", "guardianPhoneFactorMessageTypes/voice"]);
    let resets = of(&drafts, Kind::Recovery);
    assert_eq!(resets.first().and_then(|r| r.fields.values(recovery::LIFETIME).next()), Some(&Value::Duration(172_800)));
    let tokens: Vec<_> =
        setting_of(&drafts, "refresh_token").iter().map(|s| (s.name.clone(), s.fields.values(setting::LIFETIME).next().cloned())).collect();
    // the worker may not ask for refresh tokens, so what is said of theirs says nothing
    assert_eq!(tokens, [("Harbour App".to_owned(), Some(Value::Never)), ("Pilot SPA".to_owned(), Some(Value::Duration(2_592_000)))]);
    assert_eq!(setting_of(&drafts, "mfa_policy").first().and_then(|s| s.fields.text(setting::VALUE)).map(String::as_str), Some("always"));
    assert!(drafts.marks.iter().any(|m| m.value == "tide-sms-token-5521"));
}

#[test]
fn parts_of_a_folder() {
    for (text, kind) in [
        (r#"{"name": "sms", "enabled": true}"#, GUARDIAN),
        (r#"{"policies": ["confidence-score"]}"#, GUARDIAN),
        (r#"{"template": "reset_email", "syntax": "liquid", "resultUrl": "", "enabled": true, "urlLifetimeInSeconds": 600}"#, TEMPLATE),
        (r#"{"name": "users", "strategy": "auth0", "options": {"passwordPolicy": "low"}, "enabled_clients": []}"#, DATABASE),
        (r#"{"enabled": false, "shields": ["block"], "mode": "count_per_identifier"}"#, ATTACKS),
        (r#"[{"client_id": "x", "name": "a", "oidc_conformant": true, "is_first_party": true, "grant_types": ["password"]}]"#, CLIENT),
        (r#"{"friendly_name": "Quay", "flags": {"allow_legacy_ro_grant_types": true}}"#, TENANT),
    ] {
        assert_eq!(read("part.json", text).kind, Some(kind), "{text}");
    }
    for text in [
        r#"{"name": "sms", "enabled": true, "color": "red", "shields": 1}"#,
        r#"{"clients": [], "roles": [], "pages": []}"#,
        r#"{"template": "reset_email", "body": "urlLifetimeInSeconds"}"#,
        r#"{"enabled": true, "shields": 3}"#,
    ] {
        assert_eq!(read("part.json", text).kind, None, "{text}");
    }
}

#[test]
fn a_default_is_marked_as_one() {
    let drafts = read("t.yaml", "guardianFactors: []\nemailTemplates: []\nclientGrants: []\ndatabases: [{name: users, strategy: auth0}]\n");
    let reset = of(&drafts, Kind::Recovery);
    let said = reset.first().and_then(|r| r.fields.get(recovery::LIFETIME));
    assert!(matches!(said, Some(crate::fact::Stated::Said(c)) if c.iter().all(|c| c.basis == crate::fact::Basis::Default)), "{said:?}");
}

#[test]
fn policies_without_the_level_between() {
    let drafts = read("t.yaml", "guardianFactors: []\nguardianPolicies: []\nemailTemplates: []\n");
    assert_eq!(setting_of(&drafts, "mfa_policy").first().and_then(|s| s.fields.text(setting::VALUE)).map(String::as_str), Some("off"));
}

#[test]
fn placeholders_and_broken_files() {
    let drafts = read(
        "tenant.json",
        r#"{"guardianFactors": @@FACTORS@@, "emailTemplates": [{"template": "reset_email", "urlLifetimeInSeconds": 9}], "clientGrants": []}"#,
    );
    assert_eq!(drafts.kind, Some(TENANT));
    assert_eq!(of(&drafts, Kind::Recovery).len(), 1);
    let cut =
        read("tenant.json", r#"{"clientGrants": [], "guardianFactors": [{"name": "sms", "enabled": true}], "emailTemplates": [{"templ"#);
    assert!(cut.unread.iter().any(|w| matches!(w, crate::artifact::Why::Truncated { .. })));
    let odd = read(
        "tenant.json",
        r#"{"guardianFactors": 7, "emailTemplates": "x", "clients": [1, {"name": {}}], "databases": {"name": []}, "triggers": [], "logStreams": {}}"#,
    );
    assert_eq!(odd.kind, Some(TENANT));
}
