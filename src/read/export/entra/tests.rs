use super::*;
use crate::artifact::Why;
use crate::fact::{Value, access_rule, authenticator, membership, principal, recovery, setting};
use crate::read::export::tests::{of, read};

const POLICIES: &str = include_str!("../../../../fixtures/exports/entra/policies.json");

/// Graph's spelling made PowerShell's.
fn pascal(text: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split('"');
    out.push_str(parts.next().unwrap_or_default());
    let parts: Vec<&str> = parts.collect();
    for (i, part) in parts.iter().enumerate() {
        out.push('"');
        let key = i % 2 == 0 && parts.get(i + 1).is_some_and(|next| next.trim_start().starts_with(':'));
        match part.chars().next().filter(|c| key && c.is_ascii_lowercase()) {
            Some(c) => out.extend([&c.to_ascii_uppercase().to_string(), &part[1..]]),
            None => out.push_str(part),
        }
    }
    out
}

#[test]
fn policies_in_both_spellings_say_the_same() {
    let plain = read("policies.json", POLICIES);
    assert_eq!(plain.kind, Some(ACCESS));
    let said = |drafts: &Drafts| {
        of(drafts, Kind::AccessRule)
            .iter()
            .map(|r| {
                let flag = |f| r.fields.flag(f);
                let number = r.fields.values(access_rule::FACTOR_COUNT).next().cloned();
                (r.name.clone(), flag(access_rule::ENABLED), flag(access_rule::RESISTANT), flag(access_rule::PRIVILEGED), number)
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        said(&plain),
        [
            ("Everybody: second factor".to_owned(), Some(true), Some(false), Some(false), Some(Value::Number(2))),
            ("Administrators: keys".to_owned(), Some(false), Some(true), Some(true), Some(Value::Number(2))),
            // a managed device lets in without a second factor
            ("Managed device or second factor".to_owned(), Some(true), Some(false), Some(false), None),
        ]
    );
    let items = pascal(POLICIES);
    assert!(items.contains("\"GrantControls\""));
    assert_eq!(said(&read("caps.json", &items)), said(&plain));
    let rules = of(&plain, Kind::AccessRule);
    let left_out: Vec<_> = rules.first().expect("a rule").fields.texts(access_rule::EXCLUDES).cloned().collect();
    assert_eq!(left_out, ["bg-1", "group:g-exempt"]);
    assert!(of(&plain, Kind::Tenant).first().is_some_and(|t| t.fields.values(tenant::SHOWS).count() == 1));
}

#[test]
fn a_list_with_more_pages_and_a_policy_alone_do_not_show_all() {
    for text in [
        POLICIES.replacen("\"value\"", "\"@odata.nextLink\": \"https://graph.example/next\", \"value\"", 1),
        POLICIES[..POLICIES.len() - 30].to_owned(),
    ] {
        let drafts = read("policies.json", &text);
        assert!(!drafts.unread.is_empty());
        assert!(of(&drafts, Kind::Tenant).first().is_some_and(|t| t.fields.values(tenant::SHOWS).count() == 0));
    }
    let alone =
        r#"{"id": "p", "displayName": "One", "state": "disabled", "conditions": {"users": {}, "applications": {}}, "grantControls": null}"#;
    let drafts = read("one.json", alone);
    assert_eq!(drafts.kind, Some(ACCESS));
    assert!(of(&drafts, Kind::Tenant).first().is_some_and(|t| t.fields.values(tenant::SHOWS).count() == 0));
    assert!(matches!(drafts.unread.as_slice(), [] | [Why::MorePages]));
}

#[test]
fn fragments_of_policies_are_none() {
    for text in [
        r#"{"Conditions": {"Users": {"IncludeUsers": ["All"]}}}"#,
        r#"{"GrantControls": {"BuiltInControls": ["mfa"], "Operator": "OR"}}"#,
        r#"{"state": "enabled", "conditions": {"users": {}}, "grantControls": {}}"#,
        r#"{"displayName": "x", "state": "on", "conditions": {"users": {}, "applications": {}}, "grantControls": {}}"#,
        r#"{"allowedToUseSSPR": true}"#,
        r#"{"id": "Sms", "state": "enabled", "about": "authenticationMethodConfiguration"}"#,
    ] {
        assert_eq!(read("x.json", text).kind, None, "{text}");
    }
}

#[test]
fn methods_alone_and_in_the_policy() {
    let pass = r##"{"@odata.type": "#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration", "id": "TemporaryAccessPass", "state": "enabled", "isUsableOnce": false, "maximumLifetimeInMinutes": 2880, "includeTargets": [{"id": "all_users"}], "excludeTargets": []}"##;
    let whole = format!(
        r#"{{"id": "authenticationMethodsPolicy", "policyMigrationState": "migrationInProgress", "authenticationMethodConfigurations": [{pass}]}}"#
    );
    for text in [pass.to_owned(), whole] {
        let drafts = read("methods.json", &text);
        assert_eq!(drafts.kind, Some(METHODS));
        let settings = of(&drafts, Kind::Setting);
        let by = |key: &str| settings.iter().find(|s| s.fields.text(setting::KEY).is_some_and(|k| k == key));
        assert_eq!(by("pass_once").and_then(|s| s.fields.flag(setting::ENABLED)), Some(false));
        assert_eq!(by("pass_lifetime").and_then(|s| s.fields.values(setting::LIFETIME).next()), Some(&Value::Duration(172_800)));
        assert_eq!(by("pass_for_everybody").and_then(|s| s.fields.flag(setting::ENABLED)), Some(true));
    }
    let off = read("methods.json", &pass.replace("\"enabled\"", "\"disabled\""));
    assert!(of(&off, Kind::Setting).is_empty(), "a method that is off allows nothing");
}

#[test]
fn people_and_their_methods() {
    let csv = "#TYPE Selected\n\"userPrincipalName\",\"isAdmin\",\"isMfaRegistered\",\"isSsprRegistered\",\"methodsRegistered\"\n\"breakglass@quay.example\",\"True\",\"True\",\"False\",\"{mobilePhone; email}\"\n";
    let drafts = read("registration.csv", csv);
    assert_eq!(drafts.kind, Some(REGISTRATION));
    let people = of(&drafts, Kind::Principal);
    let person = people.first().expect("a person");
    assert_eq!((person.fields.flag(principal::PRIVILEGED), person.fields.flag(principal::RESISTANT)), (Some(true), Some(false)));
    let held: Vec<_> = of(&drafts, Kind::Authenticator)
        .iter()
        .map(|a| (a.fields.word(authenticator::FACTOR), a.fields.flag(authenticator::EMERGENCY)))
        .collect();
    assert_eq!(held, [(Some("sms_code"), Some(true)), (Some("email_code"), Some(true))]);
}

#[test]
fn the_portals_own_answer_and_odd_values() {
    let text = r#"{"enablementType": 1, "numberOfAuthenticationMethodsRequired": 1, "securityQuestionsOptionEnabled": true, "notifyUsersOnPasswordReset": false}"#;
    let drafts = read("sspr.json", text);
    assert_eq!(drafts.kind, Some(RESET));
    let ways = of(&drafts, Kind::Recovery);
    assert_eq!(ways.first().and_then(|r| r.fields.flag(recovery::NOTIFIES)), Some(false));
    assert!(
        of(&read("sspr.json", &text.replace(": 1, \"number", ": 0, \"number")), Kind::Recovery).is_empty(),
        "switched off for everybody"
    );
    for odd in [
        r#"{"id": "authorizationPolicy", "allowedToUseSSPR": "maybe"}"#,
        r#"{"policyMigrationState": [], "authenticationMethodConfigurations": {"a": 1}, "id": {}}"#,
        r#"{"displayName": 1, "state": "enabled", "conditions": {"users": [], "applications": 3}, "grantControls": []}"#,
    ] {
        assert!(of(&read("odd.json", odd), Kind::Recovery).is_empty(), "{odd}");
    }
}

#[test]
fn parts_under_their_own_names() {
    let text = r#"{"authorizationPolicy": {"id": "authorizationPolicy", "allowedToUseSSPR": true, "guestUserRoleId": "x"},
        "conditionalAccessPolicies": {"value": [{"id": "1", "displayName": "Everybody", "state": "enabled", "conditions": {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}}, "grantControls": {"operator": "OR", "builtInControls": ["mfa"]}}]}}"#;
    let drafts = read("tenant.json", text);
    assert_eq!(of(&drafts, Kind::AccessRule).len(), 1);
    assert!(of(&drafts, Kind::Setting).iter().any(|s| s.at.pointer.as_deref().is_some_and(|p| p.starts_with("/authorizationPolicy"))));
    assert_eq!(read("x.json", r#"{"authorizationPolicy": {"default": "deny"}}"#).kind, None);
}

#[test]
fn a_folder_of_an_exporting_tool_tells_whose_members_they_are() {
    let user = r#"{"id": "u1", "userPrincipalName": "ada@quay.example", "accountEnabled": true, "userType": "Member"}"#;
    let held = |path: &str| {
        let drafts = read(path, user);
        of(&drafts, Kind::Membership).iter().filter_map(|m| m.fields.text(membership::GROUP).cloned()).collect::<Vec<_>>()
    };
    assert_eq!(held("export/Groups/9d1c/Members/u1/u1.json"), ["9d1c"]);
    assert!(held("export/Users/u1/u1.json").is_empty());
    assert!(held("members/u1.json").is_empty());
}
