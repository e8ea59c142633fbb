use crate::artifact::Why;
use crate::fact::{Draft, Field, Kind, Value, credential, principal};
use crate::read::needles::Announces;
use crate::read::{Doc, Drafts};

/// What the one pass over a text would say.
fn announces(text: &str) -> Option<Announces> {
    let text = text.to_ascii_lowercase();
    super::announcing().into_iter().filter(|(needle, _)| text.contains(&needle.to_ascii_lowercase())).map(|(_, a)| a).max()
}

pub(super) fn read(path: &str, text: &str) -> Drafts {
    let mut out = Drafts::default();
    super::read(&Doc { path, home: "", text }, announces(text), &mut out);
    for fact in &out.facts {
        assert!(fact.at.end <= text.len() && fact.at.start <= fact.at.end, "{fact:?}");
    }
    out
}

pub(super) fn of(drafts: &Drafts, kind: Kind) -> Vec<&Draft> {
    drafts.facts.iter().filter(|f| f.kind == kind).collect()
}

pub(super) fn words(draft: &Draft, field: Field) -> Vec<&'static str> {
    draft.fields.values(field).filter_map(|v| if let Value::Word(w) = v { Some(w.as_str()) } else { None }).collect()
}

const REPORT: &str = include_str!("../../../fixtures/exports/aws/credential-report.csv");

#[test]
fn a_credential_report_in_every_wrapping_says_the_same() {
    let names = |d: &Drafts| d.facts.iter().map(|f| (f.kind, f.name.clone(), f.anchor.clone())).collect::<Vec<_>>();
    let plain = read("report.csv", REPORT);
    assert_eq!(plain.kind, Some("aws.credential-report"));
    assert!(plain.unread.is_empty(), "{:?}", plain.unread);
    let packed = {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(REPORT)
    };
    let quoted = serde_json::to_string(REPORT).expect("json");
    for text in [
        format!(r#"{{"Content": "{packed}", "ReportFormat": "text/csv", "GeneratedTime": "2026-11-19T10:00:00+00:00"}}"#),
        format!(r#"{{"Content": {quoted}, "ReportFormat": "text/csv"}}"#),
        format!(r#"[{{"status_code": 200, "data": {{"Content": {quoted}, "ReportFormat": "text/csv", "ResponseMetadata": {{}}}}}}]"#),
        REPORT.replace(',', ";"),
    ] {
        let wrapped = read("anything.txt", &text);
        assert_eq!(wrapped.kind, Some("aws.credential-report"));
        assert_eq!(names(&wrapped), names(&plain), "{text}");
    }
}

#[test]
fn rows_are_pointed_at_by_number_and_anchored_by_name() {
    let drafts = read("report.csv", REPORT);
    let users = of(&drafts, Kind::Principal);
    let root = users.first().expect("root");
    assert_eq!(root.fields.word(principal::TYPE), Some("root"));
    assert_eq!(root.at.pointer.as_deref(), Some("row 2"));
    assert_eq!(root.anchor, "/<root_account>");
    assert!(REPORT[root.at.start..root.at.end].starts_with("<root_account>"));
    assert_eq!(root.fields.text(principal::TENANT).map(String::as_str), Some("700112233445"));
    // what a report can never say is mute, not unsaid
    assert!(root.fields.get(principal::MONITORED).is_none() && root.fields.get(principal::OWNER).is_none());
    let keys = of(&drafts, Kind::Credential);
    let by = |name: &str| keys.iter().find(|k| k.name == name).expect("key");
    assert_eq!(by("svc-crane access key 1").fields.word(credential::STATUS), Some("active"));
    assert_eq!(by("svc-crane access key 1").fields.flag(credential::NEVER_USED), Some(true));
    assert_eq!(by("dora.lindt access key 2").fields.word(credential::STATUS), Some("inactive"));
    assert!(!keys.iter().any(|k| k.name == "dora.lindt access key 1"), "a slot that was never filled is no key");
}

#[test]
fn a_cut_report_is_said_to_be_cut() {
    let drafts = read("cut.csv", include_str!("../../../fixtures/exports/aws/credential-report-cut.csv"));
    assert_eq!(drafts.kind, Some("aws.credential-report"));
    assert_eq!(drafts.unread, [Why::Rows { count: 1 }]);
    assert_eq!(of(&drafts, Kind::Principal).len(), 1);
    assert!(of(&drafts, Kind::Tenant).is_empty(), "a part does not show all there is");
}

#[test]
fn access_keys_tie_ids_to_users() {
    let text = include_str!("../../../fixtures/exports/aws/access-keys.json");
    let drafts = read("keys.json", text);
    assert_eq!(drafts.kind, Some("aws.access-keys"));
    let key = of(&drafts, Kind::Credential).into_iter().next_back().expect("key");
    assert_eq!(key.at.pointer.as_deref(), Some("/AccessKeyMetadata/1"));
    assert_eq!(key.anchor, format!("/AccessKeyMetadata/dora.lindt/{}", key.name));
    let created = key.fields.get(credential::CREATED).expect("said");
    let crate::fact::Stated::Said(claims) = created else { panic!("said") };
    let spot = claims.first().map(|c| c.quote.clone()).expect("quote");
    assert_eq!(spot.pointer.as_deref(), Some("/AccessKeyMetadata/1/CreateDate"));
    assert!(text[spot.start..spot.end].starts_with("\"CreateDate\""));
    // pages of a loop over users, one after the other
    let pages = format!("{text}\n{text}");
    assert_eq!(of(&read("all.json", &pages), Kind::Credential).len(), 4);
}

#[test]
fn truncation_and_paging() {
    let text =
        r#"{"AccessKeyMetadata": [{"UserName": "a", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Active"}, {"UserName": "b", "Acc"#;
    let drafts = read("cut.json", text);
    assert_eq!((drafts.kind, of(&drafts, Kind::Credential).len()), (Some("aws.access-keys"), 1));
    assert_eq!(drafts.unread, [Why::Truncated { line: 1 }]);
    let text = r#"{"AccessKeyMetadata": [{"UserName": "a", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE"}], "IsTruncated": true, "Marker": "x"}"#;
    assert_eq!(read("page.json", text).unread, [Why::MorePages]);
    assert_eq!(read("empty.json", r#"{"AccessKeyMetadata": [], "IsTruncated": false}"#).kind, Some("aws.access-keys"));
}

#[test]
fn errors_saved_as_exports() {
    for (text, kind) in [
        (include_str!("../../../fixtures/exports/aws/report-not-present.json"), "aws.credential-report"),
        ("An error occurred (NoSuchEntity) when calling the GetLoginProfile operation: no\n", "aws.error"),
        (r#"{"error":{"code":"AuthorizationFailed","message":"no"}}"#, "azure.error"),
    ] {
        let drafts = read("x.json", text);
        assert_eq!((drafts.kind, drafts.facts.len()), (Some(kind), 0));
        assert_eq!(drafts.unread, [Why::ErrorBody]);
    }
}

#[test]
fn what_is_no_export_is_left_alone() {
    for (path, text) in [
        ("package.json", r#"{"name": "realm-tools", "version": "1.0.0", "scripts": {"error": "x"}, "dependencies": {"realm": "^1"}}"#),
        (
            "openapi.json",
            r#"{"openapi": "3.0.0", "paths": {"/x": {"get": {"responses": {"200": {"description": "\"error\" documentation_url"}}}}}}"#,
        ),
        ("people.csv", "user,arn,email\nx,y,z\n"),
        ("notes.md", "# realm\nAn error occurred (maybe) when calling the realm\n"),
        ("code.py", "[realm for realm in x if AccessKeyMetadata]\n"),
        ("deploy.yaml", "realm: x\nkind: Deployment\nspec:\n  items: []\n"),
        ("broken.json", "{\"realm\": [}"),
        ("broken.txt", "{\"AccessKeyMetadata\": [}"),
        ("keys.json", r#"{"AccessKeyMetadata": [{"something": "else"}]}"#),
    ] {
        let drafts = read(path, text);
        assert_eq!((drafts.kind, drafts.facts.len(), drafts.unread.len()), (None, 0, 0), "{path}");
    }
}

#[test]
fn every_fixture_cut_anywhere_is_read_without_harm() {
    for (path, text) in [
        ("report.csv", REPORT),
        ("keys.json", include_str!("../../../fixtures/exports/aws/access-keys.json")),
        ("realm.json", include_str!("../../../fixtures/exports/keycloak/realm-harbour.json")),
        ("list.json", include_str!("../../../fixtures/exports/azure/role-assignments.json")),
    ] {
        let whole = read(path, text);
        assert!(whole.kind.is_some() && whole.unread.is_empty(), "{path}");
        for end in (0..text.len()).step_by(7).filter(|i| text.is_char_boundary(*i)) {
            let cut = read(path, &text[..end]);
            assert!(cut.facts.len() <= whole.facts.len());
            assert!(cut.facts.is_empty() || cut.kind == whole.kind, "{path} cut at {end}");
            for mark in &cut.marks {
                assert!(mark.end <= end);
            }
        }
    }
    let cut = read("cut.json", include_str!("../../../fixtures/exports/azure/role-assignments-cut.json"));
    assert!(matches!(cut.unread.as_slice(), [Why::Truncated { .. }]));
    assert_eq!(of(&cut, Kind::Binding).len(), 1);
    let cut = read("cut.json", include_str!("../../../fixtures/exports/keycloak/realm-cut.json"));
    assert!(matches!(cut.unread.as_slice(), [Why::Truncated { .. }]));
}

#[test]
fn a_broken_text_is_missed_if_it_names_what_is_read() {
    for (path, text, line) in [("keys.json", "{\"AccessKeyMetadata\":\n [}", 2), ("realm.yaml", "realm: a\nresetPasswordAllowed: [\n", 3)] {
        let drafts = read(path, text);
        assert_eq!((drafts.kind, drafts.facts.len()), (None, 0));
        assert!(
            matches!(drafts.unread.as_slice(), [Why::Malformed { line: l } | Why::Truncated { line: l }] if *l >= line - 1),
            "{:?}",
            drafts.unread
        );
    }
}

#[test]
fn lists_without_their_wrapper() {
    let text = r#"[{"UserName": "a", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Active", "CreateDate": "2024-01-01T00:00:00Z"}]"#;
    assert_eq!(read("keys.json", text).kind, Some("aws.access-keys"));
    let text = "UserName,AccessKeyId,Status,CreateDate\na,AKIAIOSFODNN7EXAMPLE,Active,2024-01-01\n";
    assert_eq!(of(&read("keys.csv", text), Kind::Credential).len(), 1);
    let text = r#"[{"user": "a", "arn": "arn:aws:iam::1:user/a", "user_creation_time": "2024-01-01", "mfa_active": "TRUE"}]"#;
    let drafts = read("report.json", text);
    assert_eq!(drafts.kind, Some("aws.credential-report"));
    assert_eq!(of(&drafts, Kind::Principal).first().and_then(|p| p.fields.flag(principal::MFA)), Some(true));
    let text = r#"{"realm": "quay", "users": [{"username": "a", "enabled": true, "credentials": [{"type": "password", "value": "Sluice-7712"}]}]}"#;
    let drafts = read("quay-users-0.json", text);
    assert_eq!((drafts.kind, of(&drafts, Kind::Credential).len(), drafts.marks.len()), (Some("keycloak.realm"), 1, 1));
}

#[test]
fn hostile_numbers_depths_and_doubles_of_the_platforms() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
    for (path, text) in [
        ("s.json", r#"{"sealed": true, "t": 1e308, "n": -1e308, "initialized": true}"#.to_owned()),
        ("s.json", r#"{"sealed": true, "t": 99999999999999999999, "n": 0, "initialized": true}"#.to_owned()),
        ("i.json", r#"{"unseal_keys_b64": ["x"], "root_token": "", "unseal_threshold": 1e308, "unseal_shares": "many"}"#.to_owned()),
        ("r.json", r#"{"secret_id_ttl": 1e308, "secret_id_num_uses": -5, "token_policies": [null, 7, {}], "token_max_ttl": "soon"}"#.to_owned()),
        ("k.json", r#"{"keys": [{"name": "projects//serviceAccounts//keys/", "validAfterTime": 1e308, "keyType": {}}]}"#.to_owned()),
        ("b.json", r#"{"bindings": [{"role": "roles/owner", "members": [null, {}, [], "", "user:"]}], "etag": 1, "etag": 2}"#.to_owned()),
        ("e.json", r#"{"name": "x", "protection_rules": [null, 1, {"type": "required_reviewers", "reviewers": 1e308}]}"#.to_owned()),
        ("p.json", r#"{"Platforms": [{"general": {"id": "x"}, "privilegedAccessWorkflows": [], "credentialsManagement": {"requirePasswordChangeEveryXDays": 1e308}}]}"#.to_owned()),
        ("t.yaml", "kind: role\nversion: v7\nmetadata: {name: x}\nspec: {allow: {request: {roles: [a], max_duration: 99999999999999999999d, thresholds: [{approve: -1}]}}, options: {max_session_ttl: 1e308}}\n".to_owned()),
        ("c.yaml", "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nkind: ClusterRole\nmetadata: {name: x}\nrules: []\n".to_owned()),
        ("d.json", format!(r#"{{"kind": "ClusterRole", "apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {}}}"#, deep("[", "]"))),
        ("h.hcl", format!("path \"a\" {{ capabilities = {} }}", deep("[", "]"))),
        ("q.sql", format!("--\nALTER ROLE x WITH SUPERUSER INHERIT CREATEDB LOGIN VALID UNTIL '{}';", "9".repeat(5000))),
        ("g.txt", format!("GRANT ALL ON *.* TO '{}'@'%'\n", "'".repeat(20_001))),
    ] {
        let drafts = read(path, &text);
        for mark in &drafts.marks {
            assert!(mark.start <= mark.end && mark.end <= text.len(), "{path}");
        }
        let knowing = crate::read::Knowledge::new(&[], [1; 32]);
        let reading = crate::read::read(&crate::artifact::Artifact::given(path, text), &knowing);
        assert!(!reading.unread.iter().any(|u| u.why == Why::Bug), "{path}");
    }
}

/// A word that no reader looks for any more would excuse nothing.
#[test]
fn common_words_are_looked_for() {
    let ours: Vec<&str> = super::READERS.iter().flat_map(|r| r.needles()).copied().collect();
    let rotten: Vec<&&str> = super::COMMON.iter().filter(|c| !ours.contains(c)).collect();
    assert!(rotten.is_empty(), "{rotten:?}");
    let mut seen = std::collections::BTreeSet::new();
    assert!(super::COMMON.iter().all(|c| seen.insert(c)), "twice");
}

const FIXTURES: &[(&str, &str)] = &[
    ("report.csv", REPORT),
    ("keys.json", include_str!("../../../fixtures/exports/aws/access-keys.json")),
    ("realm.json", include_str!("../../../fixtures/exports/keycloak/realm-harbour.json")),
    ("realm.yaml", include_str!("../../../fixtures/exports/keycloak/realm-pier.yaml")),
    ("list.json", include_str!("../../../fixtures/exports/azure/role-assignments.json")),
    ("arm.json", include_str!("../../../fixtures/exports/azure/role-assignments-arm.json")),
    ("items.json", include_str!("../../../fixtures/exports/azure/vault-items.json")),
    ("found.json", include_str!("../../../fixtures/exports/gcp/found-policies.json")),
    ("sa-keys.json", include_str!("../../../fixtures/exports/gcp/service-account-keys.json")),
    ("rbac.yaml", include_str!("../../../fixtures/exports/kubernetes/rbac.yaml")),
    ("config", include_str!("../../../fixtures/exports/kubernetes/desk.kubeconfig")),
    ("operator.hcl", include_str!("../../../fixtures/exports/vault/operator.hcl")),
    ("init.txt", include_str!("../../../fixtures/exports/vault/init.txt")),
    ("environments.json", include_str!("../../../fixtures/exports/github/environments.json")),
    ("protection.json", include_str!("../../../fixtures/exports/github/branch-protection.json")),
    ("tokens.json", include_str!("../../../fixtures/exports/gitlab/access-tokens.json")),
    ("platforms.json", include_str!("../../../fixtures/exports/pam/platforms.json")),
    ("accounts.csv", include_str!("../../../fixtures/exports/pam/accounts.csv")),
    ("roles.yaml", include_str!("../../../fixtures/exports/pam/roles.yaml")),
    ("roles.sql", include_str!("../../../fixtures/exports/database/roles.sql")),
    ("grants.txt", include_str!("../../../fixtures/exports/database/grants.txt")),
    ("okta.json", include_str!("../../../fixtures/exports/okta/bundle.json")),
    ("okta.tf", include_str!("../../../fixtures/exports/okta/main.tf")),
    ("entra.json", include_str!("../../../fixtures/exports/entra/policies.json")),
    ("google.json", include_str!("../../../fixtures/exports/google/policies.json")),
    ("auth0.yaml", include_str!("../../../fixtures/exports/auth0/tenant.yaml")),
    ("cognito.json", include_str!("../../../fixtures/exports/cognito/user-pool.json")),
    ("kratos.yml", include_str!("../../../fixtures/exports/kratos/kratos.yml")),
    ("config.toml", include_str!("../../../fixtures/exports/supabase/config.toml")),
    ("users.csv", include_str!("../../../fixtures/exports/ad/users.csv")),
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]

    /// Whatever is overwritten, cut out or put twice: nothing breaks, and every place lies in the text.
    #[test]
    fn hostile_texts(which in 0usize..FIXTURES.len(), edits in proptest::collection::vec((0usize..4000, 0usize..40, "[\"{}\\[\\],:;\\\\ \nä0-9*&!-]{0,6}"), 1..8)) {
        let (path, text) = FIXTURES[which];
        let mut text = text.to_owned();
        for (at, length, put) in edits {
            let mut from = at % (text.len() + 1);
            while !text.is_char_boundary(from) { from -= 1; }
            let mut to = (from + length).min(text.len());
            while !text.is_char_boundary(to) { to += 1; }
            text.replace_range(from..to, &put);
        }
        let drafts = read(path, &text);
        for mark in &drafts.marks {
            proptest::prop_assert!(mark.start <= mark.end && mark.end <= text.len());
        }
        let knowing = crate::read::Knowledge::new(&[], [1; 32]);
        crate::read::read(&crate::artifact::Artifact::given(path, text), &knowing);
    }
}

#[test]
fn a_broken_configuration_that_is_read_when_whole_is_named() {
    let cut = |path: &str, text: &str| read(path, text).unread;
    let resource = "resource \"okta_policy_password\" \"desk\" {\n  name = \"desk\"\n  question_recovery = \"ACT";
    assert!(matches!(cut("main.tf", resource).as_slice(), [Why::Malformed { .. } | Why::Truncated { .. }]));
    let toml = cut("config.toml", "[auth]\nsite_url = \"x\"\njwt_expiry = [36");
    assert!(matches!(toml.as_slice(), [Why::Malformed { .. } | Why::Truncated { .. }]), "{toml:?}");
    assert!(matches!(
        cut("desk.kubeconfig", "apiVersion: v1\nkind: Config\ncurrent-context: a\nusers:\n- name: [a\n").as_slice(),
        [Why::Malformed { .. } | Why::Truncated { .. }]
    ));
    // another program's settings, and a template that is no Terraform before it is filled in
    assert_eq!(cut("pyproject.toml", "[authors]\nname = a b\n"), []);
    assert_eq!(cut("main.tf", "resource \"okta_policy_password\" \"desk\" {\n{{ body }}\n"), []);
}
