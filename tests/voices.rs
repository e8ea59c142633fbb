//! Runbooks in the voices of many companies, labelled before the reader was tuned: how much of what they say is found, and how much of
//! what is reported is there. `truth.csv` names line and weakness; a label that is not sure counts neither for nor against.

#![allow(clippy::expect_used, clippy::panic, clippy::disallowed_methods, clippy::print_stderr)] // tests may fail loudly

use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;

/// Checks that report what a text leaves out: the labels name only what is said.
const SILENCE: [&str; 3] = ["helpdesk/no-approval", "helpdesk/no-second-approver", "helpdesk/unlogged-recovery"];
/// What was reached when the labels were last read, less what one changed sentence may cost.
const RECALL: f64 = 0.68;
const PRECISION: f64 = 0.93;

struct Label {
    document: String,
    line: u64,
    weakness: String,
    sure: bool,
}

fn labels(folder: &Path) -> Vec<Label> {
    let truth = std::fs::read_to_string(folder.join("truth.csv")).expect("the labels");
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let [document, line, weakness, sure] = cells[..] else { panic!("four cells: {line}") };
        Label { document: document.into(), line: line.parse().expect("a line"), weakness: weakness.into(), sure: sure == "weak" }
    };
    truth.lines().skip(1).map(row).collect()
}

/// The report of a copy: where the documents lie, our own configuration leaves them out.
fn report(folder: &Path) -> Value {
    let copy = tempfile::tempdir().expect("a folder");
    for entry in std::fs::read_dir(folder).expect("the documents").flatten() {
        std::fs::copy(entry.path(), copy.path().join(entry.file_name())).expect("copied");
    }
    let output = Command::cargo_bin("sidedoor")
        .expect("the binary")
        .current_dir(copy.path())
        .args(["scan", ".", "--as-of", "2026-11-20", "-f", "json"])
        .output()
        .expect("it runs");
    serde_json::from_slice(&output.stdout).expect("a report")
}

#[test]
fn what_is_said_is_found_and_what_is_found_is_said() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/runbooks/voices");
    let labels = labels(&folder);
    let mut hit = vec![false; labels.len()];
    let (mut right, mut wrong) = (0, Vec::new());
    let report = report(&folder);
    let polish = report["artifacts"].as_array().into_iter().flatten().find(|a| a["path"] == "pl-dzial-it.md").expect("it is listed");
    assert_eq!(polish["read"], "none", "a language that is not known is said not to be read: {polish}");
    let findings = report["findings"].as_array().expect("findings");
    for finding in findings.iter().filter(|f| f["rule"].as_str().is_some_and(|r| r.starts_with("helpdesk/"))) {
        let document = finding["location"]["path"].as_str().expect("a path").trim_start_matches("./");
        let mut lines: Vec<u64> = finding["evidence"].as_array().into_iter().flatten().filter_map(|e| e["line"].as_u64()).collect();
        lines.extend(finding["location"]["line"].as_u64());
        let near = |l: &Label| {
            l.document == document && finding["weakness"] == l.weakness.as_str() && lines.iter().any(|line| line.abs_diff(l.line) <= 1)
        };
        let met: Vec<usize> = (0..labels.len()).filter(|i| near(&labels[*i])).collect();
        met.iter().for_each(|i| hit[*i] = true);
        if met.iter().any(|i| labels[*i].sure) {
            right += 1;
        } else if met.is_empty() && !SILENCE.iter().any(|rule| finding["rule"] == *rule) {
            wrong.push(format!("{document}:{} {}", finding["location"]["line"], finding["message"]));
        }
    }
    let sure: Vec<usize> = (0..labels.len()).filter(|i| labels[*i].sure).collect();
    let found = sure.iter().filter(|i| hit[**i]).count();
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    let (recall, precision) = (share(found, sure.len()), share(right, right + wrong.len()));
    eprintln!("recall {found}/{}, precision {right}/{}", sure.len(), right + wrong.len());
    assert!(sure.len() >= 150, "the labels are there");
    let missed = sure.iter().filter(|i| !hit[**i]).map(|i| format!("{}:{} {}", labels[*i].document, labels[*i].line, labels[*i].weakness));
    assert!(recall >= RECALL, "recall {recall:.2}; missed:\n{}", missed.collect::<Vec<_>>().join("\n"));
    assert!(precision >= PRECISION, "precision {precision:.2}; false alarms:\n{}", wrong.join("\n"));
}
