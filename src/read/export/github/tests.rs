use crate::fact::{Kind, credential, principal, setting};
use crate::read::Drafts;
use crate::read::export::tests::{of, read};

/// Key, number or flag of every setting.
fn settings(drafts: &Drafts) -> Vec<(String, Option<i64>, Option<bool>)> {
    of(drafts, Kind::Setting)
        .iter()
        .map(|s| {
            let number = s.fields.number(setting::NUMBER);
            (s.fields.text(setting::KEY).cloned().unwrap_or_default(), number, s.fields.flag(setting::ENABLED))
        })
        .collect()
}

fn said(key: &str, number: Option<i64>, on: Option<bool>) -> (String, Option<i64>, Option<bool>) {
    (key.to_owned(), number, on)
}

#[test]
fn protection_of_a_branch() {
    let drafts = read("protection.json", include_str!("../../../../fixtures/exports/github/branch-protection.json"));
    assert_eq!(drafts.kind, Some("github.branch-protection"));
    let want = [
        said("branch_reviews", Some(1), None),
        said("branch_admins", None, Some(false)),
        said("branch_bypass", None, None),
        said("branch_force_push", None, Some(false)),
    ];
    assert_eq!(settings(&drafts), want);
    assert!(of(&drafts, Kind::Setting).iter().all(|s| s.name == "harbour/gate main"));
    let none = read("gate-main.json", r#"{"message": "Branch not protected", "documentation_url": "https://x"}"#);
    assert_eq!(
        (none.kind, none.unread.len(), settings(&none)),
        (Some("github.branch-protection"), 0, vec![said("branch_reviews", Some(0), None)])
    );
    assert_eq!(of(&none, Kind::Setting).first().map(|s| s.name.as_str()), Some("gate-main.json"));
    let other = read("x.json", r#"{"message": "Not Found", "documentation_url": "https://x"}"#);
    assert_eq!((other.kind, other.unread.len()), (Some("github.error"), 1));
}

#[test]
fn environments_one_by_one() {
    let drafts = read("environments.json", include_str!("../../../../fixtures/exports/github/environments.json"));
    let want = [
        said("environment_reviewers", Some(1), Some(true)),
        said("environment_self_review", None, Some(true)),
        said("environment_admins_bypass", None, Some(true)),
        said("environment_reviewers", Some(0), Some(false)),
    ];
    assert_eq!((drafts.kind, settings(&drafts)), (Some("github.environments"), want.to_vec()));
    let guarded = r#"{"name": "production", "protection_rules": [{"type": "custom_deployment_protection_rule"}]}"#;
    assert_eq!(settings(&read("e.json", guarded)), [said("environment_reviewers", Some(0), Some(true))]);
}

#[test]
fn a_ruleset_that_is_not_enforced_says_nothing_else() {
    let rules = |state: &str| {
        let text = format!(
            r#"{{"name": "r", "enforcement": "{state}", "source_type": "Repository", "rules": [{{"type": "pull_request", "parameters": {{"required_approving_review_count": 0}}}}],
            "bypass_actors": [{{"actor_id": 1, "actor_type": "Team", "bypass_mode": "always"}}, {{"actor_id": null, "actor_type": "OrganizationAdmin", "bypass_mode": "pull_request"}}]}}"#
        );
        settings(&read("r.json", &text))
    };
    assert_eq!(rules("disabled"), [said("ruleset_enforcement", None, Some(false))]);
    assert_eq!(
        rules("active").iter().map(|s| s.0.as_str()).collect::<Vec<_>>(),
        ["ruleset_enforcement", "ruleset_reviews", "ruleset_bypass", "ruleset_bypass_by_request"]
    );
    // a list of rulesets leaves out who may pass by, which does not say that nobody may
    let listed = read("r.json", r#"[{"id": 1, "name": "r", "enforcement": "active", "source_type": "Repository", "target": "branch"}]"#);
    assert_eq!(settings(&listed), [said("ruleset_enforcement", None, Some(true))]);
}

#[test]
fn why_members_are_listed_stands_in_the_name_of_the_file() {
    let text = r#"[{"login": "mara", "node_id": "U1", "type": "User", "site_admin": false}, {"login": "mara", "node_id": "U1", "type": "User", "site_admin": false}]"#;
    let mfa = |path: &str| of(&read(path, text), Kind::Principal).first().and_then(|p| p.fields.flag(principal::MFA));
    assert_eq!((mfa("members-2fa-disabled.json"), mfa("members.json")), (Some(false), None));
    assert_eq!(settings(&read("org_admins.json", text)), [said("owners", Some(1), None)]);
    assert!(settings(&read("members.json", text)).is_empty());
}

#[test]
fn tokens_keys_and_secrets() {
    let text = r#"[{"id": 1, "owner": {"login": "mara"}, "repository_selection": "all", "permissions": {"repository": {"contents": "write"}}, "token_id": 9,
        "token_name": "sync", "token_expired": false, "token_expires_at": null, "token_last_used_at": null, "access_granted_at": "2024-01-01T00:00:00Z"}]"#;
    let drafts = read("tokens.json", text);
    let token = of(&drafts, Kind::Credential).into_iter().next().expect("the token");
    assert_eq!(
        (token.name.as_str(), token.fields.flag(credential::WRITES), token.fields.flag(credential::NEVER_USED)),
        ("sync (9)", Some(true), Some(true))
    );
    assert_eq!(
        read("s.json", r#"{"total_count": 1, "secrets": [{"name": "A", "created_at": "2024-01-01", "updated_at": "2024-01-01"}]}"#).kind,
        Some("github.secrets")
    );
    for text in [
        r#"{"name": "x", "enforcement": "strict", "rules": []}"#,
        r#"{"secrets": [{"name": "a"}], "total_count": 1}"#,
        r#"{"read_only": true, "key": "k"}"#,
    ] {
        assert_eq!(read("x.json", text).kind, None, "{text}");
    }
}
