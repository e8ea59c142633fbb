use super::*;
use crate::artifact::Why;
use crate::fact::{Kind, Value, access_rule, authenticator, binding, membership, principal, proof, recovery};
use crate::read::export::tests::{of, read, words};

const BUNDLE_FILE: &str = include_str!("../../../../fixtures/exports/okta/bundle.json");

#[test]
fn a_bundle_says_every_way_back_and_nothing_that_is_off() {
    let drafts = read("okta.json", BUNDLE_FILE);
    assert_eq!(drafts.kind, Some(BUNDLE));
    let ways: Vec<_> = of(&drafts, Kind::Recovery).iter().map(|r| (r.name.clone(), words(r, recovery::ASKS))).collect();
    assert_eq!(
        ways,
        [
            ("Staff/recovery_question".to_owned(), vec!["knowledge_question"]),
            ("Staff/okta_email".to_owned(), vec!["email_code"]),
            ("Reset anywhere/selfServicePasswordReset/sms".to_owned(), vec!["sms_code"]),
            ("Reset anywhere/selfServicePasswordReset/push".to_owned(), vec!["push"]),
        ]
    );
    let email = of(&drafts, Kind::Recovery);
    assert_eq!(email.get(1).and_then(|r| r.fields.values(recovery::LIFETIME).next()), Some(&Value::Duration(604_800)));
    assert_eq!(email.first().and_then(|r| r.fields.text(recovery::POPULATION)).map(String::as_str), Some("00gstaff"));
    let factors: Vec<_> =
        of(&drafts, Kind::Authenticator).iter().map(|a| (a.name.clone(), a.fields.flag(authenticator::RECOVERS))).collect();
    assert_eq!(
        factors,
        [("Security Question".to_owned(), Some(true)), ("emergency.access@quay.example/recovery_question".to_owned(), None)]
    );
    assert_eq!(of(&drafts, Kind::Principal).first().and_then(|p| p.fields.word(principal::PURPOSE)), Some("break_glass"));
}

#[test]
fn answers_of_the_interface_one_by_one() {
    for (text, kind) in [
        (
            r#"[{"type": "MFA_ENROLL", "name": "All", "status": "ACTIVE", "settings": {"factors": {"okta_question": {"enroll": {"self": "OPTIONAL"}}}}}]"#,
            POLICIES,
        ),
        (
            r#"[{"type": "SIGN_ON", "name": "r", "conditions": {}, "actions": {"signon": {"requireFactor": false}}, "x": "okta_sign_on"}]"#,
            RULES,
        ),
        (r#"[{"factorType": "question", "provider": "OKTA", "status": "ACTIVE", "id": "ufs1", "profile": {"question": "x"}}]"#, FACTORS),
        (r#"{"type": "IP", "name": "z", "status": "ACTIVE", "usage": "BLOCKLIST", "gateways": []}"#, ZONES),
        (r#"{"type": "splunk_cloud_logstreaming", "name": "s", "status": "ACTIVE"}"#, STREAMS),
        (r#"{"permissions": [{"label": "okta.users.read"}]}"#, CUSTOM_ROLES),
    ] {
        assert_eq!(read("x.json", text).kind, Some(kind), "{text}");
    }
    for text in [
        r#"{"type": "PASSWORD", "name": "x", "hint": "recovery_question"}"#,
        r#"{"permissions": ["okta.users.read", "other"]}"#,
        r#"{"policies": [], "users": [], "why": "recovery_question"}"#,
        r#"{"type": "ACCESS_POLICY"}"#,
    ] {
        assert_eq!(read("x.json", text).kind, None, "{text}");
    }
}

#[test]
fn a_rule_of_an_application_is_as_strong_as_its_weakest_constraint() {
    let rule = |constraints: &str| {
        let text = format!(
            r#"{{"type": "ACCESS_POLICY", "name": "Okta Admin Console", "priority": 1, "conditions": {{}}, "actions": {{"appSignOn": {{"access": "ALLOW", "verificationMethod": {{"factorMode": "2FA", "constraints": {constraints}}}}}}}}}"#
        );
        let drafts = read("rule.json", &text);
        let rules = of(&drafts, Kind::AccessRule);
        let rule = rules.first().expect("a rule");
        (rule.fields.flag(access_rule::RESISTANT), rule.fields.flag(access_rule::PRIVILEGED))
    };
    assert_eq!(rule(r#"[{"possession": {"phishingResistant": "REQUIRED"}}]"#), (Some(true), Some(true)));
    assert_eq!(
        rule(r#"[{"possession": {"phishingResistant": "REQUIRED"}}, {"possession": {"deviceBound": "REQUIRED"}}]"#),
        (Some(false), Some(true))
    );
    assert_eq!(rule("[]"), (Some(false), Some(true)));
}

#[test]
fn malformed_cut_and_hostile() {
    let cut = read("okta.json", &BUNDLE_FILE[..BUNDLE_FILE.len() / 2]);
    assert!(cut.unread.iter().any(|w| matches!(w, Why::Truncated { .. })), "{:?}", cut.unread);
    assert_eq!(read("okta.json", r#"{"errorCode":"E0000006","errorSummary":"no access","errorId":"oae"}"#).kind, Some("okta.error"));
    for text in [
        r#"{"type": "PASSWORD", "name": 7, "settings": {"recovery": {"factors": [1, 2]}}}"#,
        r#"{"type": "PASSWORD", "name": "x", "actions": {"selfServicePasswordReset": {"access": "ALLOW", "requirement": {"primary": {"methods": [{}, null, 3]}}}}, "conditions": []}"#,
        r#"{"key": "security_question", "type": "security_question", "status": "ACTIVE", "settings": []}"#,
        r#"{"profile": {"login": ""}, "status": "ACTIVE", "credentials": 1, "passwordChanged": {}}"#,
    ] {
        let drafts = read("x.json", text);
        assert!(of(&drafts, Kind::Recovery).is_empty(), "{text}");
    }
    assert_eq!(passwords::method("webauthn").map(|(w, _)| w), Some(proof::PASSKEY));
}

#[test]
fn what_is_written_for_terraform_says_the_same_and_its_defaults() {
    let drafts = read("main.tf", include_str!("../../../../fixtures/exports/okta/main.tf"));
    assert_eq!(drafts.kind, Some("terraform.hcl"));
    let ways: Vec<_> = of(&drafts, Kind::Recovery).iter().map(|r| (r.name.clone(), words(r, recovery::ASKS))).collect();
    let policy = "okta_policy_password.staff";
    let rule = "okta_policy_rule_password.staff/selfServicePasswordReset";
    assert_eq!(
        ways,
        [
            // nobody wrote question_recovery and email_recovery: the provider switches them on
            (format!("{policy}/question_recovery"), vec!["knowledge_question"]),
            (format!("{policy}/email_recovery"), vec!["email_code"]),
            (format!("{policy}/sms_recovery"), vec!["sms_code"]),
            (format!("{rule}/email"), vec!["email_code"]),
            (format!("{rule}/voice"), vec!["phone_call"]),
        ]
    );
    let factors: Vec<_> = of(&drafts, Kind::Authenticator).iter().map(|a| a.name.clone()).collect();
    assert_eq!(factors, ["okta_authenticator.question/security_question"], "a policy that is off enrols nobody");
}

#[test]
fn groups_name_their_members_and_roles_their_sort_of_holder() {
    let text = r#"[{"id": "00gdesk", "type": "OKTA_GROUP", "profile": {"name": "Helpdesk"}, "members": [{"id": "00u1", "status": "ACTIVE", "profile": {"login": "ada@quay.example"}}]}]"#;
    let drafts = read("groups.json", text);
    assert_eq!(drafts.kind, Some(GROUPS));
    let members = of(&drafts, Kind::Membership);
    assert_eq!(members.first().and_then(|m| m.fields.text(membership::MEMBER)).map(String::as_str), Some("ada@quay.example"));
    let role = r#"[{"id": "ra1", "label": "Help Desk Administrator", "type": "HELP_DESK_ADMIN", "status": "ACTIVE", "assignmentType": "GROUP", "group": "Helpdesk"}]"#;
    let drafts = read("roles.json", role);
    assert_eq!(of(&drafts, Kind::Binding).first().and_then(|b| b.fields.word(binding::PRINCIPAL_TYPE)), Some("group"));
    let nobody = role.replace(r#", "group": "Helpdesk""#, "");
    assert_eq!(of(&read("roles.json", &nobody), Kind::Binding).first().and_then(|b| b.fields.word(binding::PRINCIPAL_TYPE)), None);
}
