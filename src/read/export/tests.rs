use super::super::{Doc, Drafts};
use crate::artifact::Why;
use crate::fact::{Draft, Kind, credential, principal};

pub(super) fn read(path: &str, text: &str) -> Drafts {
    let mut out = Drafts::default();
    super::read(&Doc { path, home: "", text }, &mut out);
    for fact in &out.facts {
        assert!(fact.at.end <= text.len() && fact.at.start <= fact.at.end, "{fact:?}");
    }
    out
}

pub(super) fn of(drafts: &Drafts, kind: Kind) -> Vec<&Draft> {
    drafts.facts.iter().filter(|f| f.kind == kind).collect()
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
        ("broken.json", "{\"AccessKeyMetadata\": [}"),
        ("keys.json", r#"{"AccessKeyMetadata": [{"something": "else"}]}"#),
    ] {
        let drafts = read(path, text);
        assert_eq!((drafts.kind, drafts.facts.len(), drafts.unread.len()), (None, 0, 0), "{path}");
    }
}
