use super::*;
use crate::artifact::Why;
use crate::fact::{Kind, Value, authenticator, principal, setting, sign_in};
use crate::read::export::tests::{of, read};

const ANSWERS: &str = include_str!("../../../../fixtures/exports/google/policies.json");

#[test]
fn the_policy_that_is_sorted_last_counts_and_units_take_from_above() {
    let drafts = read("policies.json", ANSWERS);
    assert_eq!(drafts.kind, Some(POLICIES));
    assert!(of(&drafts, Kind::Recovery).is_empty(), "the administrator's policy overrides the product's");
    let settings = of(&drafts, Kind::Setting);
    let named = |name: &str| *settings.iter().find(|s| s.name == name).expect("a setting");
    let field = named("orgUnits/field/two_step_verification_enforcement_factor");
    assert_eq!(field.fields.values(setting::PARENT_STRENGTH).next(), Some(&Value::Number(3)));
    assert_eq!(field.fields.values(setting::STRENGTH).next(), Some(&Value::Number(1)));
    let exempt = named("orgUnits/top (group groups/exempt)/two_step_verification_enforcement");
    assert_eq!(exempt.fields.values(setting::FROM).next(), Some(&Value::Never));
    let ways =
        |unit: &str| of(&drafts, Kind::SignIn).iter().filter(|s| s.fields.text(sign_in::POPULATION).is_some_and(|p| p == unit)).count();
    // any of six second factors, the passkey alone, and nothing beside the password
    assert_eq!((ways("orgUnits/field"), ways("orgUnits/top"), ways("orgUnits/top (group groups/exempt)")), (6, 1, 1));
}

#[test]
fn results_of_a_peer_hold_the_same_policies() {
    let text = r#"{"MetaData": {}, "Raw": {"tenant_info": {"domain": "quay.example", "topLevelOU": "Quay"}, "super_admins": [{"primaryEmail": "a"}], "policies": {
        "Quay": {"security_two_step_verification_enforcement_factor": {"allowedSignInFactorSet": "PASSKEY_ONLY"}, "security_super_admin_account_recovery": {"enableAccountRecovery": false}},
        "Field": {"security_two_step_verification_sign_in_code": {"backupCodeExceptionPeriod": "86400s"}},
        "Quay (group ops@quay.example)": {"security_super_admin_account_recovery": {"enableAccountRecovery": true}}}}}"#;
    let drafts = read("results.json", text);
    assert_eq!(drafts.kind, Some(RESULTS));
    let back: Vec<_> = of(&drafts, Kind::Recovery).iter().map(|r| r.name.clone()).collect();
    assert_eq!(back, ["Quay (group ops@quay.example)/super_admin_account_recovery"]);
    let settings = of(&drafts, Kind::Setting);
    let code = settings.iter().find(|s| s.name.starts_with("Field/")).expect("a setting");
    assert_eq!(code.fields.text(setting::VALUE).map(String::as_str), Some("PASSKEY_ONLY"), "taken from the unit above");
}

#[test]
fn users_as_answers_and_as_a_table() {
    let json = r#"{"kind": "admin#directory#users", "users": [{"primaryEmail": "root@quay.example", "isAdmin": true, "isEnrolledIn2Sv": false, "recoveryPhone": "+1 202 555 0143", "suspended": false}]}"#;
    let csv = "primaryEmail,isAdmin,isEnrolledIn2Sv,recoveryPhone,suspended\nroot@quay.example,True,False,+1 202 555 0143,False\n";
    for (path, text) in [("users.json", json), ("users.csv", csv)] {
        let drafts = read(path, text);
        assert_eq!(drafts.kind, Some(USERS), "{path}");
        let users = of(&drafts, Kind::Principal);
        let user = users.first().expect("a user");
        assert_eq!((user.fields.flag(principal::PRIVILEGED), user.fields.flag(principal::MFA)), (Some(true), Some(false)), "{path}");
        assert_eq!(of(&drafts, Kind::Authenticator).first().and_then(|a| a.fields.flag(authenticator::PRIVILEGED)), Some(true));
    }
}

#[test]
fn malformed_cut_and_hostile() {
    let cut = read("policies.json", &ANSWERS[..ANSWERS.len() - 40]);
    assert!(cut.unread.iter().any(|w| matches!(w, Why::Truncated { .. })), "{:?}", cut.unread);
    let paged = read("policies.json", &ANSWERS.replacen("{\n", "{\n\"nextPageToken\": \"x\",", 1));
    assert_eq!((paged.kind, paged.unread), (Some(POLICIES), vec![Why::MorePages]));
    for text in [
        r#"{"policies": [{"policyQuery": 1, "setting": {"type": "settings/security.password", "value": [1]}}]}"#,
        r#"{"policies": [{"policyQuery": {}, "setting": {"type": "settings/security.two_step_verification_enforcement", "value": {"enforcedFrom": {"a": 1}}}}]}"#,
        r#"{"Raw": {"tenant_info": 1, "super_admins": 2, "policies": {"a (in a)": {"security_password": 3}, "b (in a (in b))": {"security_password": {}}}}}"#,
    ] {
        let drafts = read("x.json", text);
        assert!(of(&drafts, Kind::Recovery).is_empty(), "{text}");
    }
    assert_eq!(read("x.json", r#"{"policies": {"a": {"security_two_step_x": 1}}}"#).kind, None);
}

#[test]
fn a_unit_comes_back_in_as_it_is_told_to_or_as_the_unit_above() {
    let text = r#"{"Raw": {"tenant_info": {"domain": "quay.example", "topLevelOU": "Quay"}, "super_admins": [{"primaryEmail": "a"}, {"primaryEmail": "b"}], "policies": {
        "Quay": {"security_user_account_recovery": {"enableAccountRecovery": true}, "security_two_step_verification_enforcement": {"enforcedFrom": "2024-01-01T00:00:00Z"}, "security_two_step_verification_enforcement_factor": {"allowedSignInFactorSet": "PASSKEY_ONLY"}},
        "Field": {"security_two_step_verification_enforcement_factor": {"allowedSignInFactorSet": "ALL"}},
        "Board": {"security_user_account_recovery": {"enableAccountRecovery": false}}}}}"#;
    let drafts = read("results.json", text);
    let back = of(&drafts, Kind::Recovery);
    let people: Vec<&str> = back.first().expect("a way back").fields.texts(crate::fact::recovery::POPULATION).map(String::as_str).collect();
    assert_eq!(people, ["Quay", "Field"], "the board has its own setting");
    let front: std::collections::BTreeSet<&str> =
        of(&drafts, Kind::SignIn).iter().filter_map(|s| s.fields.text(sign_in::POPULATION).map(String::as_str)).collect();
    assert_eq!(front.into_iter().collect::<Vec<_>>(), ["Board", "Field", "Quay", "privileged"]);
}
