//! The assurance graph, from files to the report: populations, proofs, what-if, and the formats.

#![allow(clippy::expect_used, clippy::indexing_slicing)] // tests may fail loudly

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

const REALM: &str = r#"{"realm": "quay", "clients": [], "accessTokenLifespan": 300, "resetPasswordAllowed": true, "verifyEmail": true,
 "authenticationFlows": [
 {"alias": "browser", "authenticationExecutions": [
  {"authenticator": "auth-username-password-form", "requirement": "REQUIRED"},
  {"authenticator": "auth-otp-form", "requirement": "REQUIRED"}]},
 {"alias": "reset credentials", "authenticationExecutions": [
  {"authenticator": "reset-credential-email", "requirement": "REQUIRED"},
  {"authenticator": "reset-password", "requirement": "REQUIRED"}]}]}"#;

const DESK: &str = "# Help desk

## Reset MFA for an employee

The employee calls the help desk.

1. Ask for the employee number and the date of birth.
2. Remove the old authenticator and have the employee enrol a new one.
3. Note it in the ticket.

## Reset the password of an employee

1. The help desk asks for the date of birth.
2. Reset the password, and note it in the ticket.
";

fn estate(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::TempDir::new().expect("a folder");
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    dir
}

fn paths(folder: &Path, args: &[&str]) -> String {
    let output = Command::new(assert_cmd::cargo::cargo_bin("sidedoor"))
        .arg("paths")
        .args(["--as-of", "2026-11-24"])
        .args(args)
        .current_dir(folder)
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn json(folder: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&paths(folder, &[&["-f", "json"], args].concat())).expect("JSON")
}

/// Every leaf has words, or the name of what it rests on.
fn leaves_have_words(proof: &Value) {
    let parts = proof["parts"].as_array().map(Vec::as_slice).unwrap_or_default();
    if parts.is_empty() {
        assert!(proof["quote"]["text"].as_str().is_some_and(|t| !t.is_empty()), "{proof}");
        assert!(["said", "the product's default", "inferred"].contains(&proof["basis"].as_str().expect("a basis")), "{proof}");
    }
    parts.iter().for_each(leaves_have_words);
}

#[test]
fn a_desk_that_asks_what_others_know_undercuts_two_factors() {
    let dir = estate(&[("iam/realm.json", REALM), ("desk.md", DESK)]);
    let answer = json(dir.path(), &[]);
    let users = &answer["populations"][0];
    assert_eq!(users["name"], "users of quay");
    assert_eq!(users["front"]["aal"], 2);
    assert_eq!(users["fallbacks"].as_array().map(Vec::len), Some(3));
    // alone, each takes one factor; together they take both
    let levels: Vec<_> = users["fallbacks"].as_array().expect("a list").iter().map(|f| (&f["aal"], &f["gap"], &f["verdict"])).collect();
    assert!(levels.iter().any(|l| l == &(&Value::from(2), &Value::from("equal"), &Value::from("compliant"))), "{levels:?}");
    assert_eq!(levels.iter().filter(|l| l.0 == 1 && l.1 == "weaker").count(), 2, "{levels:?}");
    let weakest = &users["weakest"];
    assert_eq!((&weakest["aal"], &weakest["levels_weaker"], &weakest["people"]), (&Value::from(0), &Value::from(2), &Value::from(1)));
    assert_eq!(weakest["verdict"], "noncompliant");
    leaves_have_words(&users["front"]["proof"]);
    for fallback in users["fallbacks"].as_array().expect("a list").iter().chain([weakest]) {
        leaves_have_words(&fallback["proof"]);
    }
}

#[test]
fn a_check_that_holds_is_no_gap_and_silence_is_not_weakness() {
    let strong = DESK
        .replace("Ask for the employee number and the date of birth", "Check the passport of the employee in person")
        .replace("The help desk asks for the date of birth", "The help desk checks the passport of the employee in person");
    let dir = estate(&[("realm.json", REALM), ("desk.md", &strong)]);
    let weak = |answer: &Value| answer["populations"][0]["weakest"]["gap"] == "weaker";
    assert!(!weak(&json(dir.path(), &[])));
    let reset = |first: &str| {
        let desk = DESK.replace("Ask for the employee number and the date of birth.", first);
        let dir = estate(&[("realm.json", REALM), ("desk.md", &desk)]);
        json(dir.path(), &[])["populations"][0]["fallbacks"][1].clone()
    };
    // a check that nobody describes may be worth anything
    let vague = reset("Verify the identity of the caller.");
    assert_eq!(vague["gap"], "undecided", "{vague}");
    assert!(vague["needs"].as_array().is_some_and(|n| !n.is_empty()));
    // steps from the first to the last, and none asks who it is
    let none = reset("Open the admin console.");
    assert_eq!(none["gap"], "weaker", "{none}");
    assert!(none.to_string().contains("no step asks who it is"));
}

#[test]
fn a_front_door_that_nobody_shows_is_inferred_and_never_a_finding() {
    let dir = estate(&[("desk.md", DESK)]);
    let answer = json(dir.path(), &[]);
    let users = &answer["populations"][0];
    assert_eq!(
        (&users["front"]["inferred"], &users["front"]["aal"], &users["front"]["best"]),
        (&Value::from(true), &Value::from(2), &Value::from(3))
    );
    let output = Command::new(assert_cmd::cargo::cargo_bin("sidedoor"))
        .args(["scan", "-f", "json"])
        .current_dir(dir.path())
        .output()
        .expect("it runs");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("weak-fallback"));
}

#[test]
fn what_if_and_what_to_change() {
    let dir = estate(&[("realm.json", REALM), ("desk.md", DESK)]);
    let now = &json(dir.path(), &["--with", "totp"])["populations"][0]["weakest"]["aal"];
    assert_eq!(now, 1);
    let off = json(dir.path(), &["--without", "date_of_birth"]);
    assert!(off["populations"][0]["weakest"].is_null(), "{off}");
    assert_eq!(off["before"][0]["weakest"]["aal"], 0);
    let fix = json(dir.path(), &["--fix"]);
    assert_eq!(fix["fixes"]["exact"], true);
    assert_eq!(fix["fixes"]["changes"].as_array().map(Vec::len), Some(2));
    let refused = Command::new(assert_cmd::cargo::cargo_bin("sidedoor"))
        .args(["paths", "--with", "passkeey"])
        .current_dir(dir.path())
        .output()
        .expect("it runs");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("no such method"));
}

#[test]
fn the_configuration_names_people() {
    let config = "populations:\n- name: board\n  class: privileged\n  also: [directors of the company]\n";
    let desk = "# Desk\n\n## Reset MFA for the directors of the company\n\n1. Ask for the date of birth.\n2. Remove the old authenticator and have the director enrol a new one.\n";
    let dir = estate(&[("sidedoor.yaml", config), ("desk.md", desk)]);
    let answer = json(dir.path(), &[]);
    let board = answer["populations"].as_array().expect("a list").iter().find(|p| p["name"] == "board").expect("the board").clone();
    assert_eq!(board["privileged"], true);
    assert_eq!(board["fallbacks"][0]["matched"], "sidedoor.yaml names these people");
}

#[test]
fn every_format_tells_the_same_and_the_bytes_are_the_same() {
    let dir = estate(&[("realm.json", REALM), ("desk.md", DESK)]);
    for format in ["table", "json", "dot", "mermaid", "svg"] {
        let (one, two) = (paths(dir.path(), &["-f", format, "-j", "1"]), paths(dir.path(), &["-f", format, "-j", "4"]));
        assert_eq!(one, two, "{format}");
        assert!(one.contains("AAL2") || one.contains("\"aal\": 2"), "{format}");
        assert!(one.contains("Reset MFA for an employee"), "{format}");
    }
    let svg = paths(dir.path(), &["-f", "svg"]);
    assert!(svg.contains("<desc id=\"d\">users of quay: front AAL2"), "{svg}");
    assert!(!svg.contains("<script"));
}

#[test]
fn nothing_to_compare_is_said() {
    let dir = estate(&[("notes.md", "# Notes\n\nNothing about accounts here.\n")]);
    assert!(paths(dir.path(), &[]).contains("No sign-in, no recovery and no procedure"));
}

const ROLES: &str = r#"{"u1": {"DisplayName": "Ada Pike", "roles": ["Helpdesk Administrator"], "OnPremisesImmutableId": null},
 "u2": {"DisplayName": "Ben Rook", "roles": ["Global Administrator", "Security Administrator"], "OnPremisesImmutableId": null}}"#;

#[test]
fn who_may_carry_it_out_is_named() {
    let desk = "# Microsoft Entra help desk

## Reset MFA for an Entra user

The help desk carries it out.

1. Ask for the employee number of the employee.
2. Remove the old authenticator and have the employee enrol a new one.
3. Note it in the ticket.
";
    let dir = estate(&[("desk.md", desk), ("entra/privileged-users.json", ROLES)]);
    let text = paths(dir.path(), &[]);
    assert!(text.contains("help-desk agent (Ada Pike)"), "{text}");
    // nobody who left is named
    let gone = r#"{"value": [{"id": "u1", "userPrincipalName": "Ada Pike", "accountEnabled": false, "userType": "Member"}]}"#;
    let dir = estate(&[("desk.md", desk), ("entra/privileged-users.json", ROLES), ("entra/users.json", gone)]);
    assert!(!paths(dir.path(), &[]).contains("Ada Pike"));
}

#[test]
fn two_roles_that_one_person_holds_are_one_person() {
    let desk = "# Account recovery

## Account recovery for an employee

The help desk agent carries it out.

1. Check the government ID of the employee.
2. The security officer approves the request in the ticket system.
3. Restore access to the account, and note it in the ticket.
";
    let realm = |groups: &str| {
        REALM.replacen(
            "\"clients\": []",
            &format!("\"clients\": [], \"users\": [{{\"username\": \"ada\", \"enabled\": true, \"groups\": [{groups}]}}, {{\"username\": \"ben\", \"enabled\": true, \"groups\": [\"/help desk\"]}}]"),
            1,
        )
    };
    let people = |realm: &str| {
        let dir = estate(&[("realm.json", realm), ("desk.md", desk)]);
        let map = json(dir.path(), &[]);
        let all = map["populations"].as_array().expect("populations").clone();
        let ways = all.iter().flat_map(|p| p["fallbacks"].as_array().cloned().unwrap_or_default()).collect::<Vec<_>>();
        let way = ways.iter().find(|f| f["title"].as_str().is_some_and(|t| t.starts_with("Account recovery"))).expect("the way").clone();
        (way["people"].as_u64(), way["people_named"].as_u64())
    };
    assert_eq!(people(&realm("\"/security team\"")), (Some(2), Some(2)), "two people");
    let one = realm("\"/security team\", \"/help desk\"")
        .replace(", {\"username\": \"ben\", \"enabled\": true, \"groups\": [\"/help desk\"]}", "");
    assert_eq!(people(&one), (Some(1), Some(2)), "one person holds both");
}
