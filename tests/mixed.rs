//! Exports that do not fit each other: two tenants in one folder, contradictions of different dates, realms that import each other, policies
//! that are not in force, exclusions of everybody, dangling groups, and half of an export missing.

#![allow(clippy::expect_used)] // tests may fail loudly

use serde_json::Value;
use std::fs;
use std::process::Command;

struct Report(Value);

impl Report {
    fn rules(&self) -> Vec<String> {
        let list = self.0.get("findings").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut rules: Vec<String> = list.iter().filter_map(|f| f.get("rule")?.as_str().map(str::to_owned)).collect();
        rules.sort();
        rules.dedup();
        rules
    }
    fn has(&self, rule: &str) -> bool {
        self.rules().iter().any(|r| r == rule)
    }
    fn text(&self) -> String {
        self.0.to_string()
    }
}

fn run(files: &[(&str, &str)], args: &[&str]) -> String {
    let dir = tempfile::TempDir::new().expect("a folder");
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let output = Command::new(assert_cmd::cargo::cargo_bin!("sidedoor")).args(args).current_dir(dir.path()).output().expect("it runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn scan(files: &[(&str, &str)]) -> Report {
    Report(serde_json::from_str(&run(files, &["scan", "--as-of", "2026-11-24", "--exit-zero", "-f", "json"])).expect("JSON"))
}

fn table(files: &[(&str, &str)]) -> String {
    run(files, &["scan", "--as-of", "2026-11-24", "--exit-zero"]).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn policy(question: &str, updated: &str) -> String {
    format!(
        r#"[{{"id": "00p1quay7hv3staff0h7", "type": "PASSWORD", "name": "Staff", "status": "ACTIVE", "lastUpdated": "{updated}", "settings": {{"recovery": {{"factors": {{
        "recovery_question": {{"status": "{question}"}}, "okta_email": {{"status": "INACTIVE"}}, "okta_sms": {{"status": "INACTIVE"}}, "okta_call": {{"status": "INACTIVE"}}}}}}}}}}]"#
    )
}

#[test]
fn of_two_exports_the_newer_counts_and_the_older_is_named() {
    let old = policy("ACTIVE", "2024-03-01T08:00:00.000Z");
    let new = policy("INACTIVE", "2026-03-01T08:00:00.000Z");
    let (first, second) = (scan(&[("okta/a.json", &old), ("okta/b.json", &new)]), scan(&[("okta/a.json", &new), ("okta/b.json", &old)]));
    assert!(!first.has("okta/question-recovery") && !second.has("okta/question-recovery"), "{:?}", first.rules());
    assert!(scan(&[("okta/a.json", &old)]).has("okta/question-recovery"), "alone it counts");
    // the other way round: what was switched on since is found
    let weaker = scan(&[
        ("okta/a.json", &policy("INACTIVE", "2024-03-01T08:00:00.000Z")),
        ("okta/b.json", &policy("ACTIVE", "2026-03-01T08:00:00.000Z")),
    ]);
    assert!(weaker.has("okta/question-recovery"));
    let told = table(&[("okta/a.json", &old), ("okta/b.json", &new)]);
    assert!(told.contains("okta/a.json: ") && told.contains("a newer export says otherwise"), "{told}");
}

#[test]
fn without_dates_both_count_and_it_is_said() {
    let reset = |minutes: u32| {
        format!(
            r#"[{{"id": "00p1quay7hv3staff0h7", "type": "PASSWORD", "name": "Staff", "status": "ACTIVE", "settings": {{"recovery": {{"factors": {{
            "okta_email": {{"status": "ACTIVE", "properties": {{"recoveryToken": {{"tokenLifetimeMinutes": {minutes}}}}}}}}}}}}}}}]"#
        )
    };
    let (a, b) = (reset(10_080), reset(60));
    let files = [("okta/a.json", a.as_str()), ("okta/b.json", b.as_str())];
    assert!(scan(&files).has("okta/long-recovery-token"));
    let told = table(&files);
    assert!(told.contains("contradicted by another export"), "{told}");
    assert!(!table(&[("okta/a.json", &a), ("okta/b.json", &a)]).contains("contradicted"), "the same twice is no contradiction");
}

const STRONG: &str = r#"{"realm": "staff", "clients": [], "accessTokenLifespan": 300, "bruteForceProtected": true, "eventsEnabled": true, "adminEventsEnabled": true, "browserFlow": "browser", "authenticationFlows": [{"alias": "browser", "authenticationExecutions": [
 {"authenticator": "auth-username-password-form", "requirement": "REQUIRED"}, {"authenticator": "webauthn-authenticator", "requirement": "REQUIRED"}]}]}"#;
const WEAK: &str = r#"{"realm": "staff", "clients": [], "accessTokenLifespan": 300, "bruteForceProtected": false, "eventsEnabled": true, "adminEventsEnabled": true, "browserFlow": "browser", "authenticationFlows": [{"alias": "browser", "authenticationExecutions": [
 {"authenticator": "auth-username-password-form", "requirement": "REQUIRED"}]}]}"#;

#[test]
fn tenants_of_one_name_are_told_apart_by_folder() {
    let files = [("harbour/realm.json", STRONG), ("pier/realm.json", WEAK)];
    let told = table(&files);
    assert!(told.contains("the two are told apart by folder"), "{told}");
    let paths = run(&files, &["paths", "--as-of", "2026-11-24"]);
    assert!(paths.contains("staff in harbour") && paths.contains("staff in pier"), "{paths}");
    // one folder of parts is one tenant
    let parts =
        [("harbour/realm.json", STRONG), ("harbour/users.json", r#"{"realm": "staff", "users": [{"username": "ada", "enabled": true}]}"#)];
    assert!(!table(&parts).contains("told apart"));
}

#[test]
fn realms_that_import_each_other_end_and_are_no_way_back() {
    let realm = |name: &str, other: &str| {
        format!(
            r#"{{"realm": "{name}", "clients": [], "accessTokenLifespan": 300, "identityProviders": [{{"alias": "{other}", "providerId": "keycloak-oidc", "enabled": true,
            "config": {{"issuer": "https://sso.quay.example/realms/{other}"}}}}], "authenticationFlows": [{{"alias": "browser", "authenticationExecutions": [
            {{"authenticator": "auth-username-password-form", "requirement": "REQUIRED"}}]}}]}}"#
        )
    };
    let (a, b) = (realm("east", "west"), realm("west", "east"));
    let files = [("a.json", a.as_str()), ("b.json", b.as_str())];
    assert!(!scan(&files).has("paths/circular-recovery"), "each has a sign-in of its own");
    let paths = run(&files, &["paths", "--as-of", "2026-11-24", "-f", "json"]);
    assert!(paths.contains("users of east"), "{paths}");
    // only one of the two brokers: no loop, and the weaker realm is a way into the other
    let (strong, weak) = (STRONG.replace("\"clients\": []", "\"clients\": [], \"identityProviders\": [{\"alias\": \"p\", \"providerId\": \"keycloak-oidc\", \"enabled\": true, \"config\": {\"issuer\": \"https://sso.quay.example/realms/partner\"}}]"), WEAK.replace("staff", "partner"));
    let paths = run(&[("a.json", &strong), ("b.json", &weak)], &["paths", "--as-of", "2026-11-24"]);
    assert!(paths.contains("users of staff: front AAL1"), "{paths}");
}

fn access(state: &str, users: &str) -> String {
    format!(
        r#"{{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#identity/conditionalAccess/policies", "value": [
        {{"id": "1", "displayName": "Register", "state": "{state}", "conditions": {{"clientAppTypes": ["all"], "users": {users}, "applications": {{"includeApplications": [], "includeUserActions": ["urn:user:registersecurityinfo"]}}}}, "grantControls": {{"operator": "OR", "builtInControls": ["mfa"]}}}}]}}"#
    )
}

#[test]
fn what_is_only_reported_or_leaves_out_everybody_protects_nobody() {
    let everybody = r#"{"includeUsers": ["All"]}"#;
    let on = scan(&[("policies.json", &access("enabled", everybody))]);
    assert!(!on.has("entra/unguarded-registration"), "{:?}", on.rules());
    let reported = scan(&[("policies.json", &access("enabledForReportingButNotEnforced", everybody))]);
    assert!(reported.has("entra/unguarded-registration"), "{:?}", reported.rules());
    let nobody = scan(&[("policies.json", &access("enabled", r#"{"includeUsers": ["All"], "excludeUsers": ["All"]}"#))]);
    assert!(nobody.has("entra/unguarded-registration"), "{:?}", nobody.rules());
}

#[test]
fn groups_that_nobody_shows_are_counted() {
    let policies = access("enabled", r#"{"includeUsers": ["All"], "excludeGroups": ["9b1f0c1e-0000-4000-8000-000000000001"]}"#);
    let groups = r#"{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#groups", "value": [{"id": "9b1f0c1e-0000-4000-8000-000000000002", "displayName": "Staff", "securityEnabled": true, "mailEnabled": false, "groupTypes": [], "isAssignableToRole": null}]}"#;
    let told = table(&[("policies.json", &policies), ("groups.json", groups)]);
    assert!(told.contains("is not in the export of groups"), "{told}");
    assert!(!table(&[("policies.json", &policies)]).contains("export of groups"), "no export of groups, nothing to miss in it");
}

#[test]
fn half_an_export_makes_nobody_look_safe() {
    // one page of the policies: nothing follows from what it does not hold, and the page is named
    let page = access("enabled", r#"{"includeUsers": ["All"]}"#)
        .replace("urn:user:registersecurityinfo", "urn:user:registerdevice")
        .replacen("\"value\"", "\"@odata.nextLink\": \"https://graph.microsoft.com/v1.0/x?$skiptoken=1\", \"value\"", 1);
    let report = scan(&[("policies.json", &page)]);
    assert!(!report.has("entra/unguarded-registration"));
    assert!(report.text().contains("one page of an export"), "{}", report.text());
    // a way back in without its sign-in: the front door is inferred, and the answer says what is missing
    let desk = "# Help desk\n\n## Reset MFA for an employee\n\n1. Confirm who is calling.\n2. Remove the old authenticator of the employee and let them enrol a new one.\n3. Note it in the ticket.\n";
    let paths = run(&[("desk.md", desk)], &["paths", "--as-of", "2026-11-24"]);
    assert!(paths.contains("inferred") && paths.contains("how"), "{paths}");
}
