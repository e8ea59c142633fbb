use crate::artifact::Why;
use crate::fact::{Kind, Stated, credential, principal, setting};
use crate::read::export::tests::{of, read};

#[test]
fn tokens_by_status_use_and_end() {
    let drafts = read("tokens.json", include_str!("../../../../fixtures/exports/gitlab/access-tokens.json"));
    assert_eq!(drafts.kind, Some("gitlab.access-tokens"));
    let tokens = of(&drafts, Kind::Credential);
    let live = tokens.first().expect("a token");
    assert_eq!((live.name.as_str(), live.fields.word(credential::STATUS)), ("sync (41)", Some("active")));
    assert_eq!(live.fields.get(credential::EXPIRES), Some(&Stated::Unsaid));
    assert_eq!((live.fields.flag(credential::NEVER_USED), live.fields.flag(credential::PRIVILEGED)), (Some(true), Some(true)));
    assert_eq!(tokens.get(1).and_then(|t| t.fields.word(credential::STATUS)), Some("inactive"));
}

#[test]
fn groups_approvals_branches_and_environments() {
    let text = r#"[{"path": "quay", "full_path": "quay", "visibility": "private", "parent_id": null, "require_two_factor_authentication": false, "two_factor_grace_period": 48},
        {"path": "pier", "full_path": "quay/pier", "visibility": "private", "parent_id": 1, "require_two_factor_authentication": false}]"#;
    let names = |path: &str, text: &str| {
        of(&read(path, text), Kind::Setting).iter().map(|s| (s.name.clone(), s.fields.flag(setting::ENABLED))).collect::<Vec<_>>()
    };
    assert_eq!(names("groups.json", text), [("quay".to_owned(), Some(false))]);
    let text = r#"{"approvals_before_merge": 1, "merge_requests_author_approval": true, "reset_approvals_on_push": true}"#;
    assert_eq!(names("gate.json", text).first(), Some(&("gate.json: merge_requests_author_approval".to_owned(), Some(true))));
    let text = r#"[{"name": "main", "push_access_levels": [{"access_level": 40}, {"access_level": 30}], "merge_access_levels": [], "allow_force_push": true}]"#;
    assert_eq!(names("b.json", text), [("main".to_owned(), Some(true)), ("main".to_owned(), Some(true))]);
    let text = r#"[{"name": "main", "push_access_levels": [{"access_level": 0}], "merge_access_levels": []}]"#;
    assert_eq!(names("b.json", text), [("main".to_owned(), Some(false))]);
}

#[test]
fn administrators() {
    let text = r#"[{"id": 1, "username": "mara", "state": "active", "is_admin": true, "two_factor_enabled": false, "last_sign_in_at": "2026-01-01T00:00:00Z", "last_activity_on": "2026-02-01"}]"#;
    let drafts = read("users.json", text);
    let user = of(&drafts, Kind::Principal).into_iter().next().expect("a user");
    assert_eq!((user.fields.flag(principal::PRIVILEGED), user.fields.flag(principal::MFA)), (Some(true), Some(false)));
    assert_eq!(user.fields.time(principal::LAST_USED).map(|t| t.date()).as_deref(), Some("2026-02-01"));
    // what everybody sees of a user says nothing of either
    assert_eq!(read("users.json", r#"[{"id": 1, "username": "mara", "state": "active", "name": "Mara"}]"#).kind, None);
    assert_eq!(read("x.json", r#"{"message": "401 Unauthorized"}"#).unread, [Why::ErrorBody]);
    assert_eq!(read("x.json", r#"{"message": "4 berths are free"}"#).unread, []);
}
