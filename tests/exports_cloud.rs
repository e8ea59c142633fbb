//! What the readers of AWS and Azure recognise, and what they make of texts that are broken, cut, empty, of another version or hostile.

#![allow(clippy::expect_used, clippy::panic)] // tests may fail loudly

use sidedoor::artifact::Provenance;
use sidedoor::fact::Facts;
use sidedoor::read::Knowledge;
use sidedoor::scan::collect;
use sidedoor::source::Given;
use std::sync::LazyLock;

static KNOWING: LazyLock<Knowledge> = LazyLock::new(|| Knowledge::new(&[sidedoor::rules()], [0; 32]));

fn read(name: &str, text: &str) -> Facts {
    collect(&Given(vec![(name.to_owned(), text.as_bytes().to_vec())], Provenance::Given), &KNOWING, &|| {}).0
}

fn kind(text: &str) -> Option<String> {
    read("x.json", text).artifacts.first().and_then(|a| a.kind.as_ref().map(ToString::to_string))
}

/// One document of every format, as small as it is recognised.
const FORMATS: &[(&str, &str)] = &[
    ("aws.authorization-details", r#"{"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}"#),
    ("aws.authorization-details", r#"{"RoleDetailList": [{"RoleName": "r", "Arn": "arn:aws:iam::204417330912:role/r"}]}"#),
    ("aws.authorization-details", r#"{"Role": {"RoleName": "r", "Arn": "a", "AssumeRolePolicyDocument": {}}}"#),
    ("aws.access-keys", r#"{"AccessKeyMetadata": []}"#),
    ("aws.login-profile", r#"{"LoginProfile": {"UserName": "u", "CreateDate": "2026-01-01T00:00:00Z"}}"#),
    ("aws.service-specific-credentials", r#"{"ServiceSpecificCredentials": []}"#),
    ("aws.ssh-public-keys", r#"{"SSHPublicKeys": [{"UserName": "u", "SSHPublicKeyId": "APKA", "Status": "Active"}]}"#),
    ("aws.mfa-devices", r#"{"VirtualMFADevices": [{"SerialNumber": "arn:aws:iam::204417330912:mfa/u"}]}"#),
    ("aws.account-summary", r#"{"SummaryMap": {"AccountMFAEnabled": 1, "AccountAccessKeysPresent": 0}}"#),
    ("aws.password-policy", r#"{"PasswordPolicy": {"MinimumPasswordLength": 14, "RequireNumbers": true}}"#),
    ("aws.secretsmanager", r#"{"SecretList": [{"ARN": "arn:aws:secretsmanager:eu-west-1:204417330912:secret:a", "Name": "a"}]}"#),
    (
        "aws.secretsmanager-policy",
        r#"{"ARN": "arn:aws:secretsmanager:eu-west-1:204417330912:secret:a", "Name": "a", "ResourcePolicy": "{}"}"#,
    ),
    ("aws.kms-rotation", r#"{"KeyRotationEnabled": true}"#),
    ("aws.kms-key", r#"{"KeyMetadata": {"KeyId": "k", "KeyManager": "CUSTOMER"}}"#),
    ("aws.access-analyzer", r#"{"findings": [{"resourceType": "AWS::IAM::Role", "resource": "a", "status": "ACTIVE"}]}"#),
    ("aws.scp", r#"{"Policy": {"PolicySummary": {"Id": "p-1", "Type": "SERVICE_CONTROL_POLICY"}, "Content": "{}"}}"#),
    ("aws.identity-center", r#"{"AccountAssignments": [{"AccountId": "1", "PermissionSetArn": "a", "PrincipalId": "p"}]}"#),
    ("aws.identity-center", r#"{"PermissionSet": {"Name": "n", "PermissionSetArn": "a", "SessionDuration": "PT8H"}}"#),
    ("aws.policy", r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#),
    (
        "aws.policy",
        r#"{"PolicyVersion": {"Document": "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D"}, "x": "2012-10-17"}"#,
    ),
    (
        "azure.managed-identities",
        r#"[{"type": "Microsoft.ManagedIdentity/userAssignedIdentities", "name": "i", "principalId": "p", "clientId": "c"}]"#,
    ),
    (
        "azure.pim-policies",
        r#"{"properties": {"rules": [{"id": "Approval_EndUser_Assignment", "ruleType": "RoleManagementPolicyApprovalRule"}]}}"#,
    ),
    (
        "azure.arm-template",
        r#"{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "resources": [{"type": "Microsoft.KeyVault/vaults", "name": "v", "properties": {}}]}"#,
    ),
    ("entra.pim-policies", r#"{"id": "p", "scopeId": "/", "rules": [{"id": "Approval_EndUser_Assignment", "target": {}}]}"#),
    ("entra.pim-policy-assignments", r#"[{"policyId": "p", "roleDefinitionId": "r", "scopeType": "DirectoryRole", "scopeId": "/"}]"#),
    (
        "entra.directory-roles",
        r#"{"value": [{"id": "1", "displayName": "Global Administrator", "roleTemplateId": "62e90394-69f5-4237-9190-012177145e10"}]}"#,
    ),
    ("entra.role-assignments", r#"{"value": [{"principalId": "p", "roleDefinitionId": "r", "directoryScopeId": "/"}]}"#),
    ("entra.role-definitions", r#"{"value": [{"displayName": "d", "rolePermissions": [{"allowedResourceActions": []}]}]}"#),
    ("entra.applications", r#"[{"appId": "a", "displayName": "d", "passwordCredentials": [], "keyCredentials": []}]"#),
    (
        "entra.service-principals",
        r#"[{"appId": "a", "displayName": "d", "servicePrincipalType": "Application", "passwordCredentials": [], "keyCredentials": []}]"#,
    ),
    (
        "entra.applications",
        r#"[{"keyId": "k", "hint": "q7W", "startDateTime": "2026-10-01T00:00:00Z", "endDateTime": "2027-01-01T00:00:00Z"}]"#,
    ),
    ("entra.federated-credentials", r#"[{"issuer": "https://x.example", "subject": "s", "audiences": ["a"]}]"#),
];

#[test]
fn every_format_is_recognised_however_it_is_wrapped() {
    for (want, text) in FORMATS {
        assert_eq!(kind(text).as_deref(), Some(*want), "{text}");
        let recorded = format!(r#"{{"status_code": 200, "data": {text}}}"#);
        assert_eq!(kind(&recorded).as_deref(), Some(*want), "{recorded}");
    }
}

#[test]
fn what_only_looks_like_one_is_left_alone() {
    for text in [
        r#"{"PasswordPolicy": "strict", "RequireNumbers": 1}"#,
        r#"{"Statement": "of account", "Version": "2012-10-17"}"#,
        r#"{"Statement": [{"Effect": "Maybe", "Action": "s3:*"}], "Version": "2012-10-17"}"#,
        r#"{"findings": [{"resourceType": "kubernetes", "status": "ACTIVE", "resource": "x"}]}"#,
        r#"{"appId": "a", "displayName": "d"}"#,
        r#"{"issuer": "https://x.example", "audiences": []}"#,
        r#"{"rules": [{"id": "no-console"}], "rolePermissions": 3}"#,
        r#"{"KeyRotationEnabled": true, "Properties": {}}"#,
    ] {
        assert_eq!(kind(text), None, "{text}");
    }
}

#[test]
fn cut_broken_empty_and_hostile_texts() {
    for (_, text) in FORMATS {
        // every cut is either read in part and said to be, or not recognised
        for end in (1..text.len()).step_by(5) {
            let facts = read("x.json", &text[..end]);
            if facts.artifacts.iter().any(|a| a.kind.is_some()) {
                assert!(!facts.unread.is_empty(), "{}", &text[..end]);
            }
        }
        // values of the wrong sort where texts, lists and maps are expected
        for wrong in ["7", "null", "[[{}]]", "1e308"] {
            let bent = text.replace(":", &format!(": {wrong}, \"x\":"));
            read("x.json", &bent);
        }
        let deep = format!("{}{text}{}", "[".repeat(10_000), "]".repeat(10_000));
        let facts = read("x.json", &deep);
        assert!(facts.facts.is_empty());
    }
    for text in ["", "{}", "[]", "null", "{\"UserDetailList\":"] {
        assert!(read("x.json", text).facts.is_empty(), "{text}");
    }
}
