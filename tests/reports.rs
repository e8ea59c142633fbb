//! Reports against their schemas. The schemas of others lie beside the checkout and are not part of it: where they are absent, the test
//! says so and checks only what it knows itself.

use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;

fn demo(format: &str) -> Value {
    let output = Command::cargo_bin("sidedoor").expect("the binary").args(["demo", "-f", format]).output().expect("it runs");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn sarif_validates_and_has_what_code_scanning_asks_for() {
    let report = demo("sarif");
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/schemas/sarif/sarif-schema-2.1.0.json");
    match std::fs::read_to_string(&schema) {
        Ok(text) => {
            let schema: Value = serde_json::from_str(&text).expect("a schema");
            let validator = jsonschema::options().with_draft(jsonschema::Draft::Draft4).build(&schema).expect("a schema");
            let errors: Vec<String> = validator.iter_errors(&report).map(|e| format!("{}: {e}", e.instance_path())).take(5).collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
        Err(_) => eprintln!("SKIPPED: the SARIF schema is not beside this checkout; only required properties were checked"),
    }
    let run = &report["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    for rule in rules {
        for text in [&rule["shortDescription"]["text"], &rule["fullDescription"]["text"], &rule["help"]["text"]] {
            let text = text.as_str().expect("text");
            assert!(!text.is_empty(), "{rule}");
        }
        assert!(
            rule["shortDescription"]["text"].as_str().map_or(0, str::len) <= 1024
                && rule["fullDescription"]["text"].as_str().map_or(0, str::len) <= 1024
        );
        assert!(rule["properties"]["security-severity"].as_str().and_then(|s| s.parse::<f64>().ok()).is_some(), "{rule}");
        assert!(rule["properties"]["tags"].as_array().map_or(0, Vec::len) <= 20);
    }
    let results = run["results"].as_array().expect("results");
    assert!(!results.is_empty());
    for result in results {
        assert!(result["partialFingerprints"]["sidedoor/v1"].is_string() && result["fingerprints"]["sidedoor/v1"].is_string());
        let index = result["ruleIndex"].as_u64().and_then(|i| usize::try_from(i).ok()).expect("an index");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("a URI");
        assert!(!uri.starts_with('/') && !uri.contains(' '), "{uri}");
    }
}

/// The fields of the contract, no more and no fewer, in every finding.
#[test]
fn json_is_version_1_of_the_contract() {
    let report = demo("json");
    let keys = |v: &Value| v.as_object().map(|o| o.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    let sorted = |names: &[&str]| {
        let mut names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
        names.sort();
        names
    };
    let own = |v: &Value| {
        let mut names = keys(v);
        names.sort();
        names
    };
    assert_eq!(report["schema"], "sidedoor/report/1");
    assert_eq!(own(&report), sorted(&["schema", "tool", "run", "findings", "artifacts", "populations", "controls", "summary"]));
    assert_eq!(own(&report["run"]), sorted(&["as_of", "roots", "complete"]));
    let findings = report["findings"].as_array().expect("findings");
    for finding in findings {
        let wanted = [
            "fingerprint",
            "moved_fingerprint",
            "rule",
            "weakness",
            "severity",
            "confidence",
            "title",
            "message",
            "subject",
            "subjects",
            "location",
            "evidence",
            "missing",
            "related",
            "controls",
            "fix",
            "state",
            "first_seen",
        ];
        assert_eq!(own(finding), sorted(&wanted));
        assert_eq!(own(&finding["location"]), sorted(&["path", "line", "end_line", "pointer", "commit"]));
        assert!(!finding["controls"].as_array().expect("controls").is_empty(), "{finding}");
    }
    let order: Vec<(String, u64)> = findings
        .iter()
        .map(|f| (f["location"]["path"].as_str().expect("path").to_owned(), f["location"]["line"].as_u64().expect("line")))
        .collect();
    assert!(order.is_sorted(), "in order of path and line");
    let mut prints: Vec<&str> = findings.iter().filter_map(|f| f["fingerprint"].as_str()).collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), findings.len(), "fingerprints are distinct");
    let labelled = findings.iter().flat_map(|f| f["controls"].as_array().into_iter().flatten()).filter(|c| c.get("label").is_some());
    for control in labelled {
        assert_ne!(control["id"], "NHI3:2025");
    }
}

/// The editor's schema accepts every check that ships.
#[test]
fn the_schema_of_checks_accepts_the_checks() {
    let schema = sidedoor::rule::schema(sidedoor::rules());
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let broken = serde_json::json!({"title": "x", "weakness": "email-approval", "about": "procedure", "when": {"loged": "lacks"}, "say": "x", "examples": []});
    assert!(!validator.is_valid(&broken));
    let good = serde_json::json!({"title": "x", "weakness": "email-approval", "about": "procedure", "when": {"logged": "lacks"}, "say": "x", "examples": []});
    assert!(validator.is_valid(&good), "{:?}", validator.iter_errors(&good).map(|e| e.to_string()).collect::<Vec<_>>());
}
