use crate::artifact::Why;
use crate::fact::{Kind, Value, credential, recovery, role, setting, statement};
use crate::read::export::tests::{of, read};

#[test]
fn a_policy_is_statements_of_which_the_most_specific_counts() {
    let text = include_str!("../../../../fixtures/exports/vault/operator.hcl");
    let drafts = read("policies/operator.hcl", text);
    assert_eq!((drafts.kind, drafts.unread.len()), (Some("vault.policy"), 0));
    let policy = of(&drafts, Kind::Role).into_iter().next().expect("the policy");
    assert_eq!(policy.name, "operator");
    let wide = policy.fields.items(role::STATEMENTS).find(|s| s.texts(statement::ACTIONS).any(|a| a == "update sys/*")).expect("sys/*");
    assert_eq!(
        wide.texts(statement::NOT_ACTIONS).collect::<Vec<_>>(),
        ["* sys/audit/*", "* sys/generate-root/*", "* sys/rekey*", "* sys/raw/*"]
    );
    let group = of(&drafts, Kind::Setting);
    let said = group.first().map(|g| (g.name.as_str(), g.fields.values(setting::NUMBER).next().cloned()));
    assert_eq!(said, Some(("secret/data/payroll", Some(Value::Number(1)))));
}

#[test]
fn the_same_policy_in_every_wrapping() {
    let hcl = "path \"auth/token/create\" { capabilities = [\"update\"] }\n";
    let quoted = serde_json::to_string(hcl).expect("json");
    for (path, text) in [
        ("desk.hcl", hcl.to_owned()),
        ("x.json", format!(r#"{{"request_id": "r", "lease_id": "", "renewable": false, "data": {{"name": "desk", "policy": {quoted}}}}}"#)),
        ("x.json", format!(r#"{{"name": "desk", "rules": {quoted}}}"#)),
        ("desk.json", format!(r#"{{"policy": {quoted}}}"#)),
        ("desk.json", r#"{"path": {"auth/token/create": {"capabilities": ["update"]}}}"#.to_owned()),
    ] {
        let drafts = read(path, &text);
        assert_eq!(drafts.kind, Some("vault.policy"), "{text}");
        let policy = of(&drafts, Kind::Role).into_iter().next().expect("the policy");
        assert_eq!(policy.name, "desk", "{text}");
        assert_eq!(policy.fields.items(role::STATEMENTS).flat_map(|s| s.texts(statement::ACTIONS)).count(), 1);
    }
}

#[test]
fn what_is_half_written_is_told() {
    let drafts = read("desk.hcl", "path \"a\" {\n  capabilities = [\"read\"]\n}\npath \"b\" {\n  capabilities = [\"re");
    assert_eq!((drafts.kind, drafts.facts.len()), (None, 0));
    assert!(matches!(drafts.unread.as_slice(), [Why::Malformed { line: 5 | 6 }]), "{:?}", drafts.unread);
    let drafts = read("x.json", r#"{"name": "desk", "policy": "path \"a\" { capabilities = ["}"#);
    assert!(matches!(drafts.unread.as_slice(), [Why::Malformed { .. }]));
    assert_eq!(read("x.json", r#"{"errors": ["permission denied"]}"#).unread, [Why::ErrorBody]);
    assert_eq!(read("empty.hcl", "").kind, None);
}

#[test]
fn more_paths_than_anybody_writes_are_not_compared() {
    let text: String = (0..4000).map(|n| format!("path \"a/{n}/*\" {{ capabilities = [\"read\"] }}\n")).collect();
    let drafts = read("many.hcl", &text);
    assert_eq!(drafts.unread, [Why::TooManyNodes { line: 3001 }]);
    assert_eq!(of(&drafts, Kind::Role).first().map(|r| r.fields.items(role::STATEMENTS).count()), Some(3000));
}

#[test]
fn an_init_in_both_forms_is_hidden_whole() {
    let printed = include_str!("../../../../fixtures/exports/vault/init.txt");
    let json = r#"{"unseal_keys_b64": ["SGF3c2VyQm9sbGFyZENhcHN0YW4x"], "unseal_keys_hex": ["4861"], "unseal_shares": 3, "unseal_threshold": 2,
        "recovery_keys_b64": [], "root_token": "hvs.HawserBollardCapstan0001"}"#;
    for (path, text, secrets) in [("init.txt", printed, 4), ("init.json", json, 3)] {
        let drafts = read(path, text);
        assert_eq!((drafts.kind, drafts.marks.len()), (Some("vault.init"), secrets), "{path}");
        for mark in &drafts.marks {
            assert_eq!(&text[mark.start..mark.end], mark.value, "{path}");
        }
        let names: Vec<&str> = of(&drafts, Kind::Credential).iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["root token", "unseal keys"]);
        let people = of(&drafts, Kind::Recovery).first().and_then(|r| r.fields.values(recovery::PEOPLE).next().cloned());
        assert_eq!(people, Some(Value::Number(2)));
    }
}

#[test]
fn tokens_roles_and_status() {
    let text = r#"{"data": {"accessor": "a", "creation_time": 1523979354, "display_name": "root", "expire_time": null, "policies": ["root"], "ttl": 0, "id": "hvs.HawserBollard"}}"#;
    let drafts = read("token.json", text);
    let token = of(&drafts, Kind::Credential).into_iter().next().expect("the token");
    assert_eq!((token.fields.flag(credential::PRIVILEGED), drafts.marks.len()), (Some(true), 1));
    let text = r#"{"data": {"secret_id_ttl": "24h", "secret_id_num_uses": 0, "bind_secret_id": true, "token_policies": ["app"], "token_max_ttl": 0, "token_period": 0}}"#;
    let drafts = read("approle-app.json", text);
    let id = of(&drafts, Kind::Credential).into_iter().next().expect("the secret id");
    assert_eq!(
        (id.name.as_str(), id.fields.flag(credential::LIMITED), id.fields.get(credential::EXPIRES)),
        ("approle-app", Some(false), None)
    );
    let status = |t: u8| format!(r#"{{"type": "shamir", "initialized": true, "sealed": true, "t": {t}, "n": 5, "recovery_seal": true}}"#);
    assert_eq!(of(&read("s.json", &status(3)), Kind::Recovery).first().map(|r| r.name.as_str()), Some("recovery key threshold"));
    assert!(of(&read("s.json", &status(0)), Kind::Recovery).is_empty());
    for text in
        [r#"{"sealed": true, "t": 3}"#, r#"{"accessor": "a", "policies": "root"}"#, r#"{"root_token": "x"}"#, "Unseal Key 1 is with Mara\n"]
    {
        assert_eq!(read("x.json", text).kind, None, "{text}");
    }
}
