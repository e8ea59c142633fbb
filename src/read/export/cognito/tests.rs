use super::*;
use crate::artifact::Why;
use crate::fact::{Kind, Stated, Value, recovery, setting};
use crate::read::export::tests::{of, read, words};

const POOL_FILE: &str = include_str!("../../../../fixtures/exports/cognito/user-pool.json");

#[test]
fn a_pool_in_three_spellings() {
    let yaml = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Pool:\n    Type: AWS::Cognito::UserPool\n    Properties:\n      UserPoolName: !Sub '${AWS::StackName}-pool'\n      MfaConfiguration: OPTIONAL\n      SmsConfiguration: {SnsCallerArn: !GetAtt Role.Arn}\n      AccountRecoverySetting:\n        RecoveryMechanisms:\n        - {Name: verified_email, Priority: 2}\n        - {Name: verified_phone_number, Priority: 1}\n      UserAttributeUpdateSettings: {AttributesRequireVerificationBeforeUpdate: [email]}\n";
    let hcl = "resource \"aws_cognito_user_pool\" \"pool\" {\n  mfa_configuration = \"OPTIONAL\"\n  sms_configuration {\n    external_id = \"x\"\n  }\n  account_recovery_setting {\n    recovery_mechanism {\n      name     = \"verified_phone_number\"\n      priority = 1\n    }\n    recovery_mechanism {\n      name     = \"verified_email\"\n      priority = 2\n    }\n  }\n  user_attribute_update_settings {\n    attributes_require_verification_before_update = [\"email\"]\n  }\n}\n";
    for (path, text, kind, name) in [
        ("pool.json", POOL_FILE, POOL, "quay-customers"),
        ("template.yaml", yaml, TEMPLATE, "Pool"),
        ("main.tf", hcl, "terraform.hcl", "aws_cognito_user_pool.pool"),
    ] {
        let drafts = read(path, text);
        assert_eq!(drafts.kind, Some(kind), "{path}");
        let ways = of(&drafts, Kind::Recovery);
        let way = ways.first().expect("a recovery");
        assert_eq!(way.name, format!("{name}/AccountRecoverySetting"));
        assert_eq!(words(way, recovery::ASKS), ["sms_code", "email_code"], "{path}");
        assert_eq!(words(way, recovery::FRONT_FACTORS), ["sms"], "{path}");
        assert_eq!(way.fields.flag(recovery::ADDRESS_VERIFIED), Some(false), "{path}");
    }
}

#[test]
fn what_is_left_out_is_the_services_default() {
    let text = r#"{"Resources": {"Bare": {"Type": "AWS::Cognito::UserPool"}, "Client": {"Type": "AWS::Cognito::UserPoolClient", "Properties": {"RefreshTokenValidity": 90, "EnableTokenRevocation": false}}}}"#;
    let drafts = read("template.json", text);
    let settings = of(&drafts, Kind::Setting);
    let first = settings.iter().find(|s| s.fields.text(setting::KEY).is_some_and(|k| k == "first_recovery")).expect("a setting");
    assert!(matches!(first.fields.get(setting::VALUE), Some(Stated::Said(c)) if c.iter().all(|c| c.basis == crate::fact::Basis::Default)));
    let tokens = settings.iter().find(|s| s.fields.text(setting::KEY).is_some_and(|k| k == "refresh_token")).expect("a setting");
    assert_eq!(tokens.fields.values(setting::LIFETIME).next(), Some(&Value::Duration(90 * 86_400)));
}

#[test]
fn administrators_only_is_no_way_of_ones_own() {
    let drafts = read(
        "pool.json",
        &POOL_FILE.replace("verified_phone_number", "admin_only").replace("{\"Priority\": 2, \"Name\": \"verified_email\"},", ""),
    );
    assert!(of(&drafts, Kind::Recovery).is_empty());
}

#[test]
fn malformed_cut_and_hostile() {
    let cut = read("pool.json", &POOL_FILE[..POOL_FILE.len() - 60]);
    assert!(cut.unread.iter().any(|w| matches!(w, Why::Truncated { .. })), "{:?}", cut.unread);
    for text in [
        r#"{"UserPool": {"MfaConfiguration": [], "SchemaAttributes": 1, "AccountRecoverySetting": {"RecoveryMechanisms": [1, {"Name": 7}]}, "Policies": "x"}}"#,
        r#"{"Resources": {"A": {"Type": "AWS::Cognito::UserPool", "Properties": "none"}}}"#,
    ] {
        assert!(read("x.json", text).kind.is_some(), "{text}");
    }
    for text in
        [r#"{"UserPool": 1}"#, r#"{"Resources": {"A": {"Type": "UserPool"}}}"#, r#"{"Resources": [], "AWSTemplateFormatVersion": "x"}"#]
    {
        assert_eq!(read("x.json", text).kind, None, "{text}");
    }
}
