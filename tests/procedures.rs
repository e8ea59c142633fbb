//! Procedures as an auditor reads them: what is missing, in which document it may stand instead, and models that lack nothing.

#![allow(clippy::expect_used, clippy::panic, clippy::disallowed_methods)] // tests may fail loudly

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What only a silence shows.
const MISSING: [&str; 10] = [
    "no-step-up",
    "missing-dual-approval",
    "no-separation",
    "unlogged-recovery",
    "no-revocation",
    "silent-recovery",
    "no-expiry",
    "uncontrolled-break-glass",
    "unreviewed-break-glass",
    "standing-privilege",
];

fn run(folder: &Path, args: &[&str]) -> String {
    let output = Command::new(assert_cmd::cargo::cargo_bin("sidedoor")).args(args).current_dir(folder).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn findings(folder: &Path) -> Vec<Value> {
    let all = ["--as-of", "2026-11-20", "-f", "json", "--exit-zero", "-q", "--min-severity", "info", "--min-confidence", "low"];
    let report: Value = serde_json::from_str(&run(folder, &[&["scan", "."], all.as_slice()].concat())).expect("a report");
    report.get("findings").and_then(Value::as_array).cloned().unwrap_or_default()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn path(finding: &Value) -> &str {
    finding.get("location").map_or("", |l| text(l, "path"))
}

/// A folder outside the repository, whose configuration leaves fixtures out.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(dir.path().join(name), text).expect("a file");
    }
    dir
}

#[test]
fn a_model_procedure_is_typed_answers_every_question_and_lacks_nothing() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = tempfile::tempdir().expect("a folder");
    let names: Vec<String> =
        run(here, &["rules", "template"]).lines().filter_map(|l| l.split_whitespace().next().map(str::to_owned)).collect();
    let types: Vec<String> = sidedoor::fact::ACTS.iter().map(|a| a.replace('_', "-")).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>(), types.iter().collect::<BTreeSet<_>>(), "one for each type");
    for name in &names {
        fs::write(dir.path().join(format!("{name}.md")), run(here, &["rules", "template", name])).expect("a file");
    }
    let found = findings(dir.path());
    assert!(found.is_empty(), "{found:#?}");
    let mut performed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in run(dir.path(), &["collect", "."]).lines() {
        let record: Value = serde_json::from_str(line).expect("a record");
        let Some(fields) = record.get("fact").filter(|f| text(f, "kind") == "procedure").and_then(|f| f.get("fields")) else { continue };
        let said = |field: &str, kind: &str| fields.pointer(&format!("/{field}/said/0/value/{kind}")).cloned();
        if said("performed", "flag") == Some(Value::Bool(true)) {
            let of = record.pointer("/fact/at/place/path").and_then(Value::as_str).unwrap_or_default().trim_end_matches(".md").to_owned();
            let about = said("about", "word").and_then(|w| w.as_str().map(|w| w.replace('_', "-"))).unwrap_or_default();
            performed.entry(of).or_default().insert(about);
        }
    }
    for name in &names {
        assert!(performed.get(name).is_some_and(|types| types.contains(name)), "{name} is read as {:?}", performed.get(name));
    }
}

#[test]
fn a_control_of_the_document_that_is_referred_to_counts() {
    let procedure = "# Unlocking an account of the ward\n\nIdentity is verified in line with the [Identity Standard](standard.md).\n\n\
                     1. Look up the user in the directory.\n2. Unlock the account of the user.\n";
    let policy = "# Identity Standard\n\nEvery recovery is recorded in the ticket with the name of the agent.\n";
    let rules = |dir: &tempfile::TempDir| {
        let found = findings(dir.path());
        let mut rules: Vec<(String, String)> = found.iter().map(|f| (text(f, "rule").to_owned(), text(f, "severity").to_owned())).collect();
        rules.sort();
        rules
    };
    let alone = procedure.replace("\nIdentity is verified in line with the [Identity Standard](standard.md).\n", "");
    let of = |rule: &str, severity: &str| (rule.to_owned(), severity.to_owned());
    let unsaid = rules(&folder(&[("unlock.md", &alone)]));
    assert!(unsaid.contains(&of("helpdesk/unlogged-recovery", "medium")), "{unsaid:?}");
    let referenced = rules(&folder(&[("unlock.md", procedure)]));
    assert!(referenced.contains(&of("helpdesk/unlogged-recovery", "low")), "one step lower: {referenced:?}");
    let resolved = rules(&folder(&[("unlock.md", procedure), ("standard.md", policy)]));
    assert!(!resolved.iter().any(|r| r.0 == "helpdesk/unlogged-recovery"), "{resolved:?}");
    // the name alone is enough, where one document has it
    let named = procedure.replace("[Identity Standard](standard.md)", "Identity Standard");
    let resolved = rules(&folder(&[("unlock.md", &named), ("elsewhere.md", policy)]));
    assert!(!resolved.iter().any(|r| r.0 == "helpdesk/unlogged-recovery"), "{resolved:?}");
}

#[test]
fn one_finding_for_a_weakness_of_a_procedure() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/procedures");
    let mut seen = BTreeSet::new();
    for finding in copied(&root) {
        let key = (path(&finding).to_owned(), text(&finding, "subject").to_owned(), text(&finding, "rule").to_owned());
        assert!(seen.insert(key.clone()), "twice: {key:?}");
    }
}

#[test]
fn the_worse_remark_stands_for_the_lesser_one() {
    let weaknesses = |body: &str| {
        let found = findings(folder(&[("reset.md", body)]).path());
        let mut all: Vec<String> = found.iter().map(|f| text(f, "weakness").to_owned()).collect();
        all.sort();
        all
    };
    let waived = "## Reset a user's password\n\n1. Check the badge of the user.\n2. Reset the password of the user, revoke all sessions \
                  and notify the user.\n3. No ticket is needed.\n";
    assert_eq!(weaknesses(waived), ["unlogged-recovery"], "waived, and not missing as well");
    let blind = "## Reset a user's 2FA\n\n1. Find the user in the list of members.\n2. Choose **Reset two-step verification**.\n";
    assert_eq!(weaknesses(blind), ["no-step-up", "unlogged-recovery"], "whoever asks gets in: what is left to do afterwards is the lesser");
    let checked = blind.replace("1. Find", "1. Call the user back on the number in the directory. Find");
    assert!(weaknesses(&checked).contains(&"no-revocation".to_owned()), "{:?}", weaknesses(&checked));
}

fn copied(root: &Path) -> Vec<Value> {
    let dir = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir(root).expect("fixtures").flatten() {
        fs::copy(entry.path(), dir.path().join(entry.file_name())).expect("a copy");
    }
    findings(dir.path())
}

/// Documents of our own in the voices of many companies. The truth names what an auditor would miss in each; `?` marks what may be
/// said or left.
#[test]
fn what_is_missing_is_told_and_nothing_else() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/procedures");
    let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in copied(&root) {
        told.entry(path(&finding).to_owned()).or_default().insert(text(&finding, "weakness").to_owned());
    }
    let (mut right, mut wrong, mut missed) = (0, Vec::new(), Vec::new());
    for line in fs::read_to_string(root.join("truth.txt")).expect("the truth").lines().filter(|l| !l.starts_with('#')) {
        let (document, words) = line.split_once(':').expect("a document and what it lacks");
        let may: BTreeSet<&str> = words.split_whitespace().map(|w| w.trim_end_matches('?')).collect();
        let said = told.remove(document).unwrap_or_default();
        for weakness in said.iter().filter(|w| MISSING.contains(&w.as_str())) {
            if may.contains(weakness.as_str()) { right += 1 } else { wrong.push(format!("{document}: {weakness}")) }
        }
        missed.extend(words.split_whitespace().filter(|w| !w.ends_with('?') && !said.contains(*w)).map(|w| format!("{document}: {w}")));
    }
    assert!(wrong.len() * 10 <= right, "{right} right, wrong: {wrong:#?}");
    assert!(missed.len() * 5 <= right, "{right} right, missed: {missed:#?}");
}

#[test]
fn a_fix_speaks_the_language_of_the_text() {
    let page = "## Unlock a student's account\n\n1. Support agents search for the student in Active Directory and unlock the account.\n\
                2. Unlock the account of the student, and write the outcome in the service request.\n";
    let found = findings(folder(&[("desk.md", page)]).path());
    let fix = found.iter().find(|f| text(f, "rule") == "procedures/no-identity-check").map(|f| text(f, "fix")).expect("a finding");
    for word in
        ["\"Unlock a student's account\"", "Active Directory", "the support agent must", "the student is who", "into the service request"]
    {
        assert!(fix.contains(word), "{word}: {fix}");
    }
    // what the text does not name is said in plain words
    let bare = "## Reset a user's 2FA\n\n1. Find the user in the list of members.\n2. Choose **Reset two-step verification**.\n";
    let found = findings(folder(&[("bare.md", bare)]).path());
    let fix = found.iter().find(|f| text(f, "rule") == "procedures/no-identity-check").map(|f| text(f, "fix")).expect("a finding");
    assert!(fix.contains("in the console, the operator must") && fix.contains("into the ticket"), "{fix}");
}

#[test]
fn tickets_are_read_in_their_text_as_well_as_in_their_columns() {
    let tickets = "Number,Short description,Description,Opened by,Approver,Assigned to,State\n\
                   INC1,MFA reset,Reset it after he confirmed his date of birth.,j.doe,j.doe,m.roe,Closed\n\
                   INC2,MFA reset,Called her back on the number in the directory and reset it.,s.ray,u.lind,m.roe,Closed\n";
    let found = findings(folder(&[("tickets.csv", tickets)]).path());
    let rules: Vec<(&str, u64)> = found
        .iter()
        .map(|f| (text(f, "rule"), f.get("location").and_then(|l| l.get("line")).and_then(Value::as_u64).unwrap_or_default()))
        .collect();
    assert!(rules.contains(&("helpdesk/knowledge-check", 2)) && rules.contains(&("tickets/approved-by-requester", 2)), "{rules:?}");
    assert!(rules.iter().all(|r| r.1 == 2), "{rules:?}");
}

#[test]
fn a_page_that_is_not_assessed_says_so() {
    let minutes = "# Minutes\n\n## Password reset\n\n1. Send the temporary password by email.\n2. Reset the password of the user.\n";
    let dir = folder(&[("minutes-2026.md", minutes), ("walk.md", "# Minutes\n\nWe walked.\n")]);
    let report: Value = serde_json::from_str(&run(dir.path(), &["scan", ".", "-f", "json", "--exit-zero", "-q"])).expect("a report");
    let rows = report.get("artifacts").and_then(Value::as_array).cloned().unwrap_or_default();
    let row = rows.iter().find(|r| text(r, "path") == "minutes-2026.md").expect("a line");
    assert!(row.get("why").is_some_and(|w| w.to_string().contains("record")), "{row}");
    assert!(!rows.iter().any(|r| text(r, "path") == "walk.md"), "{rows:?}");
}
