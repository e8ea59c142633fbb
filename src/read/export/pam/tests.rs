use crate::fact::{Kind, Value, binding, credential, role, setting};
use crate::read::export::tests::{of, read};

#[test]
fn a_platform_that_is_switched_off_governs_nothing() {
    let drafts = read("platforms.json", include_str!("../../../../fixtures/exports/pam/platforms.json"));
    assert_eq!(drafts.kind, Some("cyberark.platforms"));
    let said: Vec<_> = of(&drafts, Kind::Setting)
        .iter()
        .map(|s| {
            (
                s.name.clone(),
                s.fields.text(setting::KEY).cloned().unwrap_or_default(),
                s.fields.flag(setting::ENABLED),
                s.fields.flag(setting::PRIVILEGED),
            )
        })
        .collect();
    let of_admins = |key: &str, on| ("DomainAdmins".to_owned(), key.to_owned(), Some(on), Some(true));
    assert_eq!(said, [of_admins("dual_control", false), of_admins("one_time_access", true), of_admins("periodic_change", true)]);
    let newer = r#"{"Platforms": [{"Active": true, "PlatformID": "Unix", "PrivilegedAccessWorkflows": {"RequireDualControlPasswordAccessApproval": {"IsActive": false}}}]}"#;
    assert_eq!(of(&read("p.json", newer), Kind::Setting).len(), 1);
    let cut = read("p.json", &newer.replace("}}}]}", "}}}, {\"Active\": true, \"Platf"));
    assert_eq!((cut.kind, of(&cut, Kind::Setting).len(), cut.unread.len()), (Some("cyberark.platforms"), 1, 1), "a list that was cut");
    let nested = r#"{"Platforms": [{"PlatformID": "Unix", "Details": {"PrivilegedAccessWorkflows": {"RequireDualControlPasswordAccessApproval": {"IsActive": false}}}}]}"#;
    assert_eq!(of(&read("p.json", nested), Kind::Setting).len(), 1);
}

#[test]
fn passwords_of_a_table_are_hidden_and_compared() {
    let text = include_str!("../../../../fixtures/exports/pam/accounts.csv");
    let drafts = read("accounts.csv", text);
    assert_eq!((drafts.kind, drafts.marks.len()), (Some("cyberark.accounts-csv"), 3));
    for mark in &drafts.marks {
        assert_eq!(&text[mark.start..mark.end], mark.value);
    }
    let said: Vec<_> = of(&drafts, Kind::Credential)
        .iter()
        .map(|c| {
            (
                c.name.clone(),
                c.fields.flag(credential::PLAIN),
                c.fields.text(credential::SCOPES).cloned(),
                c.fields.flag(credential::LIMITED),
            )
        })
        .collect();
    let one = Some("password 1 of the table".to_owned());
    assert_eq!(
        said,
        [
            ("root@quay.example".to_owned(), Some(true), one.clone(), Some(true)),
            ("root@pier.example".to_owned(), Some(true), one, Some(false)),
            ("oracle@mole.example".to_owned(), Some(true), None, Some(true)),
            ("admin@slip.example".to_owned(), None, None, Some(true)),
        ]
    );
    let everything = format!("{:?}", drafts.facts);
    assert!(!everything.contains("Hawser") && !everything.contains("Capstan"), "no fact holds a password");
}

#[test]
fn members_of_safes_in_both_forms() {
    let json = r#"{"value": [{"safeName": "Quay", "memberName": "desk", "memberType": "Group", "permissions": {"useAccounts": true, "accessWithoutConfirmation": true}},
        {"safeName": "Quay", "memberName": "Master", "isPredefinedUser": true, "permissions": {"useAccounts": true}}], "count": 2}"#;
    let csv = "Safename,Member,MemberType,UseAccounts,RetrieveAccounts,AccessWithoutConfirmation\nQuay,desk,Group,TRUE,FALSE,true\nQuay,Master,User,TRUE,TRUE,TRUE\n";
    for (path, text) in [("m.json", json), ("m.csv", csv)] {
        let drafts = read(path, text);
        assert_eq!(drafts.kind, Some("cyberark.safe-members"));
        let held = of(&drafts, Kind::Binding);
        assert_eq!(held.iter().map(|b| b.name.as_str()).collect::<Vec<_>>(), ["desk (Quay)"], "{path}");
        assert_eq!(held.first().map(|b| b.fields.values(binding::POWERS).count()), Some(2));
    }
    let short = read("m.csv", "Safename,Member,UseAccounts,RetrieveAccounts\nQuay,desk\nQuay,eng,TRUE,TRUE\n");
    assert_eq!((of(&short, Kind::Binding).len(), short.unread.len()), (1, 1), "a row that is cut is told");
}

#[test]
fn roles_of_teleport() {
    let drafts = read("roles.yaml", include_str!("../../../../fixtures/exports/pam/roles.yaml"));
    assert_eq!(drafts.kind, Some("teleport.role"));
    let said: Vec<_> =
        of(&drafts, Kind::Setting).iter().map(|s| (s.name.clone(), s.fields.text(setting::KEY).cloned().unwrap_or_default())).collect();
    let want = [("quay-root", "session_ttl"), ("quay-root", "session_mfa"), ("asks", "request_approvals")];
    assert_eq!(said, want.map(|(a, b)| (a.to_owned(), b.to_owned())));
    let life = of(&drafts, Kind::Setting).first().and_then(|s| s.fields.values(setting::LIFETIME).next().cloned());
    assert_eq!(life, Some(Value::Duration(360_000)));
    assert_eq!(of(&drafts, Kind::Role).first().map(|r| r.fields.items(role::STATEMENTS).count()), Some(1));
    for text in ["kind: role\nversion: 2\nspec: {allow: {}}\n", "kind: role\nname: x\n", "kind: user\nversion: v2\nspec: {allow: {}}\n"] {
        assert_eq!(read("r.yaml", text).kind, None, "{text}");
    }
}
