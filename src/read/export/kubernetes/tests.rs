use crate::fact::{Kind, Stated, binding, credential, role, statement};
use crate::read::export::tests::{of, read};

#[test]
fn roles_are_aggregated_and_what_comes_with_the_cluster_is_left_out() {
    let drafts = read("rbac.yaml", include_str!("../../../../fixtures/exports/kubernetes/rbac.yaml"));
    assert_eq!((drafts.kind, drafts.unread.len()), (Some("kubernetes.manifest"), 0));
    let master = of(&drafts, Kind::Role).into_iter().find(|r| r.name == "harbour-master").expect("the role");
    let actions: Vec<_> = master.fields.items(role::STATEMENTS).flat_map(|s| s.texts(statement::ACTIONS)).collect();
    assert_eq!(actions, ["create core/serviceaccounts/token"]);
    let named = of(&drafts, Kind::Role).into_iter().find(|r| r.name == "named-secret").expect("the role");
    assert_eq!(named.fields.items(role::STATEMENTS).count(), 0, "a named secret is not every secret");
    let held = of(&drafts, Kind::Binding);
    let of_role = |name: &str| {
        held.iter().filter(|b| b.fields.text(binding::ROLE).is_some_and(|r| r == name)).map(|b| b.name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(of_role("harbour-master"), ["harbour", "dock/crane"], "a role that is bound has its holders, and no other");
    assert_eq!(of_role("token-desk"), ["token-desk"], "one that is not is whoever's");
    assert!(of_role("cluster-admin").is_empty());
    assert_eq!(held.iter().find(|b| b.name == "harbour").and_then(|b| b.at.pointer.as_deref()), Some("/0/items/3/subjects/0"));
}

#[test]
fn items_of_a_typed_list_do_not_say_what_they_are() {
    let text = r#"{"kind": "RoleBindingList", "apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {}, "items": [
        {"metadata": {"name": "b", "namespace": "dock"}, "roleRef": {"kind": "Role", "name": "r"}, "subjects": [{"kind": "User", "name": "ada"}]}]}"#;
    let drafts = read("bindings.json", text);
    let held = of(&drafts, Kind::Binding);
    assert_eq!(held.first().and_then(|b| b.fields.text(binding::SCOPE)).map(String::as_str), Some("namespace dock"));
    assert_eq!(held.first().and_then(|b| b.fields.text(binding::ROLE_ID)).map(String::as_str), Some("Role/dock/r"));
}

#[test]
fn what_a_kubeconfig_signs_in_with() {
    let text = include_str!("../../../../fixtures/exports/kubernetes/desk.kubeconfig");
    let drafts = read("config", text);
    assert_eq!(drafts.kind, Some("kubernetes.kubeconfig"));
    let held: Vec<_> = of(&drafts, Kind::Credential).iter().map(|c| (c.name.clone(), c.fields.word(credential::TYPE))).collect();
    assert_eq!(held, [("desk".to_owned(), Some("api_token"))]);
    assert_eq!(drafts.marks.iter().map(|m| &text[m.start..m.end]).collect::<Vec<_>>(), ["Hawser-and-Bollard-5512"]);
}

#[test]
fn a_certificate_says_when_it_ends_and_whose_it_is() {
    let certificate = include_str!("../../../../fixtures/exports/kubernetes/client-certificate.txt").trim();
    let text = format!(
        "apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user:\n    client-certificate-data: {certificate}\n    client-key-data: SGF3c2VyQm9sbGFyZA==\nclusters: []\n"
    );
    let drafts = read("admin.conf", &text);
    let key = of(&drafts, Kind::Credential).into_iter().next().expect("the key");
    assert_eq!(key.fields.flag(credential::PRIVILEGED), Some(true));
    assert!(key.fields.time(credential::EXPIRES).is_some_and(|t| t.date().starts_with("2036")));
}

#[test]
fn tokens_of_service_accounts() {
    let text = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: t\n  namespace: dock\n  annotations: {kubernetes.io/service-account.name: crane}\n\
        type: kubernetes.io/service-account-token\ndata:\n  token: SGF3c2VyLWFuZC1Cb2xsYXJk\n";
    let drafts = read("t.yaml", text);
    let token = of(&drafts, Kind::Credential).into_iter().next().expect("the token");
    assert_eq!((token.name.as_str(), token.fields.text(credential::HOLDER).map(String::as_str)), ("dock/t", Some("crane")));
    assert_eq!(token.fields.get(credential::EXPIRES), Some(&Stated::Unsaid));
    // as it stands there, and as it is used
    let marked: Vec<&str> = drafts.marks.iter().map(|m| m.value.as_str()).collect();
    assert_eq!(marked, ["SGF3c2VyLWFuZC1Cb2xsYXJk", "Hawser-and-Bollard"]);
    // any other secret is hidden and no more
    let drafts = read("o.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: o}\ntype: Opaque\nstringData: {gate: Capstan-and-Cleat}\n");
    assert_eq!((drafts.facts.len(), drafts.marks.len()), (0, 1));
}

#[test]
fn a_role_that_names_ever_so_much_is_bounded() {
    let many = vec!["\"x\""; 5000].join(",");
    let text = format!(
        r#"{{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {{"name": "m"}}, "rules": [{{"apiGroups": [{many}], "resources": [{many}], "verbs": [{many}]}}]}}"#
    );
    let drafts = read("m.json", &text);
    assert_eq!(of(&drafts, Kind::Role).first().map(|r| r.fields.items(role::STATEMENTS).count()), Some(0));
}

#[test]
fn templates_and_other_objects_are_left_alone() {
    for (path, text) in [
        (
            "t.yaml",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: {{ .Release.Name }}\nrules: {{- toYaml .x }}\n",
        ),
        ("d.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {}\n"),
        ("r.yaml", "kind: Role\nmetadata: {name: x}\nrules: []\n"),
        ("c.yaml", "kind: Config\nusers: []\n"),
    ] {
        let drafts = read(path, text);
        assert_eq!((drafts.kind, drafts.facts.len(), drafts.unread.len()), (None, 0, 0), "{text}");
    }
}
