use crate::artifact::Why;
use crate::fact::{Kind, Stated, binding, credential, day, principal, resource, role, setting};
use crate::read::export::tests::{of, read};

#[test]
fn found_policies_say_who_holds_what_over_what() {
    let drafts = read("found.json", include_str!("../../../../fixtures/exports/gcp/found-policies.json"));
    assert_eq!((drafts.kind, drafts.unread.len()), (Some("gcp.iam-policy"), 0));
    let held = of(&drafts, Kind::Binding);
    let names: Vec<_> = held.iter().map(|b| (b.name.as_str(), b.fields.text(binding::ROLE).map_or("", String::as_str))).collect();
    assert_eq!(
        names,
        [
            ("break-glass@dock.example", "roles/owner"),
            ("desk@dock.example", "roles/iam.serviceAccountKeyAdmin"),
            ("crane@tide-quay.iam.gserviceaccount.com", "projects/tide-quay/roles/Minter"),
            ("desk@dock.example", "roles/iam.serviceAccountTokenCreator"),
        ],
        "what is deleted holds nothing"
    );
    let first = held.first().expect("a binding");
    assert_eq!(first.fields.time(binding::UNTIL), day("2026-11-25"));
    assert_eq!(first.fields.items(binding::CONDITIONS).count(), 1);
    assert_eq!(held.get(1).and_then(|b| b.fields.get(binding::UNTIL)), Some(&Stated::Unsaid));
    assert!(held.iter().all(|b| b.fields.text(binding::SCOPE).is_some_and(|s| s.starts_with("//"))));
    assert_eq!(first.at.pointer.as_deref(), Some("/0/policy/bindings/0"));
    // one member over two scopes is one principal of each tenant
    assert_eq!(of(&drafts, Kind::Principal).iter().filter(|p| p.name == "desk@dock.example").count(), 1);
    let logs = of(&drafts, Kind::Setting);
    assert_eq!(logs.iter().map(|s| s.fields.flag(setting::ENABLED)).collect::<Vec<_>>(), [Some(true)], "of the project only");
}

#[test]
fn a_policy_that_names_no_resource_is_of_its_file() {
    let text = r#"{"bindings": [{"role": "roles/editor", "members": "user:ada@dock.example"}], "etag": "a", "version": 1}"#;
    let drafts = read("dumps/quay.json", text);
    let held = of(&drafts, Kind::Binding);
    let scope = |held: &[&crate::fact::Draft]| held.first().and_then(|b| b.fields.text(binding::SCOPE)).cloned();
    assert_eq!(scope(&held).as_deref(), Some("the project, folder or organization of quay.json"), "its roles show that it is of no less");
    let less = read("dumps/sa.json", &text.replace("roles/editor", "roles/iam.serviceAccountUser"));
    assert_eq!(scope(&of(&less, Kind::Binding)).as_deref(), Some("sa.json"));
    assert_eq!(of(&drafts, Kind::Principal).first().and_then(|p| p.fields.word(principal::TYPE)), Some("user"));
    let yaml = "bindings:\n- members:\n  - user:ada@dock.example\n  role: roles/editor\netag: a\nversion: 1\n";
    assert_eq!(of(&read("quay.yaml", yaml), Kind::Binding).len(), 1);
}

#[test]
fn keys_of_the_vendor_are_left_out_and_never_is_said() {
    let drafts = read("keys.json", include_str!("../../../../fixtures/exports/gcp/service-account-keys.json"));
    assert_eq!(drafts.kind, Some("gcp.service-account-keys"));
    let keys = of(&drafts, Kind::Credential);
    let ids: Vec<_> =
        keys.iter().map(|k| (k.fields.text(credential::KEY_ID).map_or("", String::as_str), k.fields.word(credential::STATUS))).collect();
    assert_eq!(ids, [("5c02", Some("active")), ("5c03", Some("inactive"))]);
    assert!(
        matches!(keys.first().and_then(|k| k.fields.get(credential::EXPIRES)), Some(Stated::Said(c)) if c.iter().all(|c| c.value == crate::fact::Value::Never))
    );
}

#[test]
fn what_is_absent_counts_only_in_a_whole_list() {
    let list = r#"{"policies": [{"constraint": "constraints/compute.vmExternalIpAccess", "listPolicy": {"allValues": "DENY"}}]"#;
    let whole = read("policies.json", &format!("{list}}}"));
    let missing = |d: &crate::read::Drafts| of(d, Kind::Setting).iter().filter(|s| s.name.contains("ServiceAccountKey")).count();
    assert_eq!((whole.kind, missing(&whole)), (Some("gcp.org-policies"), 2));
    let more = read("policies.json", &format!("{list}, \"nextPageToken\": \"x\"}}"));
    assert_eq!((more.unread.as_slice(), missing(&more)), (&[Why::MorePages][..], 0));
    let ends = r#"[{"name": "organizations/7/policies/iam.serviceAccountKeyExpiryHours", "spec": {"rules": [{"values": {"allowedValues": ["2160h"]}}]}}]"#;
    assert_eq!(missing(&read("policies.json", ends)), 0, "where keys end they may be made");
}

#[test]
fn secrets_roles_and_api_keys() {
    let text = r#"{"secrets": [{"name": "projects/7/secrets/a", "createTime": "2024-01-01T00:00:00Z", "etag": "e", "labels": {"owner": "ops"}},
        {"name": "projects/7/locations/europe-west1/secrets/b", "createTime": "2024-01-01T00:00:00Z", "rotation": {"rotationPeriod": "1s"}}]}"#;
    let drafts = read("secrets.json", text);
    let secrets = of(&drafts, Kind::Resource);
    assert_eq!(secrets.iter().map(|s| s.fields.flag(resource::ROTATES)).collect::<Vec<_>>(), [Some(false), Some(true)]);
    assert_eq!(secrets.first().and_then(|s| s.fields.text(resource::OWNER)).map(String::as_str), Some("ops"));
    let text = r#"{"name": "roles/viewer", "title": "Viewer", "includedPermissions": ["a.b.get"], "stage": "GA"}"#;
    let drafts = read("role.json", text);
    assert_eq!(of(&drafts, Kind::Role).first().and_then(|r| r.fields.flag(role::BUILT_IN)), Some(true));
    assert!(of(&drafts, Kind::Binding).is_empty(), "a role of the vendor is reference data");
    let text = r#"{"keys": [{"name": "projects/7/locations/global/keys/k", "createTime": "2024-01-01T00:00:00Z", "restrictions": {"apiTargets": []}}]}"#;
    let drafts = read("keys.json", text);
    assert_eq!(drafts.kind, Some("gcp.api-keys"));
    assert_eq!(of(&drafts, Kind::Credential).first().and_then(|k| k.fields.flag(credential::LIMITED)), Some(false));
}

#[test]
fn what_is_cut_is_read_as_far_as_it_goes_and_told() {
    for (text, kind, facts) in [
        (r#"{"bindings": [{"role": "roles/owner", "members": ["user:ada@dock.example"]}, {"role": "roles/ed"#, "gcp.iam-policy", 1),
        (
            r#"{"keys": [{"name": "projects/p/serviceAccounts/a@p.iam.gserviceaccount.com/keys/1", "validAfterTime": "2026-01-01", "keyType": "USER_MANAGED"}, {"name": "pro"#,
            "gcp.service-account-keys",
            1,
        ),
        (r#"{"secrets": [{"name": "projects/p/secrets/a", "createTime": "2026-01-01", "etag": "x"}, {"na"#, "gcp.secrets", 1),
    ] {
        let drafts = read("cut.json", text);
        assert_eq!(drafts.kind, Some(kind));
        assert_eq!(drafts.unread, [Why::Truncated { line: 1 }]);
        assert_eq!(
            drafts.facts.iter().filter(|f| matches!(f.kind, Kind::Binding | Kind::Credential | Kind::Resource)).count(),
            facts,
            "{text}"
        );
    }
}

#[test]
fn what_looks_like_it_and_is_not() {
    for text in [
        r#"{"bindings": [{"key": "ctrl+s", "command": "save"}]}"#,
        r#"{"bindings": []}"#,
        r#"{"name": "projects/x", "secrets": ["a"], "etag": 1}"#,
        r#"{"keys": [{"name": "projects/7/other/k"}], "policies": [{"constraint": "max(3)"}]}"#,
        r#"{"title": "A role", "includedPermissions": "all"}"#,
    ] {
        let drafts = read("x.json", text);
        assert_eq!((drafts.kind, drafts.facts.len()), (None, 0), "{text}");
    }
}
