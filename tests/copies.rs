//! One secret in several files is one finding with all its places, and what is known of one place hides no other.

#![allow(clippy::expect_used, clippy::panic, clippy::disallowed_methods)] // tests may fail loudly

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const SECRET: &str = "mT9qLw2xVbR4kEzu";

fn folder() -> TempDir {
    let dir = TempDir::new().expect("a folder");
    for name in ["shop/api/app.yaml", "shop/api/job.yaml", "shop/api/old/web.yaml"] {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, format!("reporting_db:\n  password: \"{SECRET}\"\n")).expect("a file");
    }
    dir
}

fn run(dir: &Path, args: &[&str]) -> String {
    let output = Command::cargo_bin("sidedoor").expect("the program").current_dir(dir).args(args).output().expect("it runs");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The findings of exposed passwords that are open.
fn exposed(dir: &Path, more: &[&str]) -> Vec<Value> {
    let out = run(dir, &[&["scan", ".", "-f", "json"], more].concat());
    let report: Value = serde_json::from_str(&out).expect("JSON");
    let findings = report["findings"].as_array().expect("findings").clone();
    findings.into_iter().filter(|f| f["rule"] == "secrets/exposed-password" && f["state"] == "open").collect()
}

fn places(finding: &Value) -> Vec<&str> {
    let own = finding["location"]["path"].as_str();
    own.into_iter().chain(finding["related"].as_array().expect("related").iter().filter_map(|r| r["path"].as_str())).collect()
}

#[test]
fn one_secret_in_three_files_is_one_finding() {
    let dir = folder();
    let found = exposed(dir.path(), &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(places(&found[0]), ["shop/api/app.yaml", "shop/api/job.yaml", "shop/api/old/web.yaml"]);
    assert_eq!(found[0]["copies"].as_array().map(Vec::len), Some(2));
    assert!(found[0]["message"].as_str().expect("a message").ends_with("(and in 2 more places)"));
    let sarif: Value = serde_json::from_str(&run(dir.path(), &["scan", ".", "-f", "sarif"])).expect("SARIF");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let result = results.iter().find(|r| r["ruleId"] == "secrets/exposed-password").expect("a result");
    assert_eq!(result["relatedLocations"].as_array().map(Vec::len), Some(2), "{result}");
    assert!(!sarif.to_string().contains(SECRET));
}

#[test]
fn other_secrets_stand_by_themselves() {
    let dir = folder();
    fs::write(dir.path().join("shop/api/job.yaml"), "reporting_db:\n  password: \"qR7vLw2xTbN4kEzp\"\n").expect("a file");
    assert_eq!(exposed(dir.path(), &[]).len(), 2);
}

#[test]
fn what_is_allowed_or_known_in_one_place_hides_no_other() {
    let dir = folder();
    let allowed =
        format!("reporting_db:\n  # sidedoor:allow secrets/exposed-password -- read only, and ends in May\n  password: \"{SECRET}\"\n");
    fs::write(dir.path().join("shop/api/app.yaml"), allowed).expect("a file");
    let found = exposed(dir.path(), &[]);
    assert_eq!(found.iter().map(places).collect::<Vec<_>>(), [["shop/api/job.yaml", "shop/api/old/web.yaml"]]);
    // a baseline knows every place, and a new copy is news
    assert!(run(dir.path(), &["baseline", "create", "-w", "known.sdb", "."]).len() < 10_000);
    let known = ["--baseline", "known.sdb"];
    assert!(exposed(dir.path(), &known).is_empty());
    fs::remove_file(dir.path().join("shop/api/job.yaml")).expect("removed");
    assert!(exposed(dir.path(), &known).is_empty(), "what is left was known");
    fs::write(dir.path().join("shop/api/zone.yaml"), format!("mail:\n  smtp_password: \"{SECRET}\"\n")).expect("a file");
    assert_eq!(exposed(dir.path(), &known).iter().map(places).collect::<Vec<_>>(), [["shop/api/zone.yaml"]]);
}
