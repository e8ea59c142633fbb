//! The program as a user runs it: exit codes, one clear line for every kind of bad input, and the same bytes however it is run.

#![allow(clippy::expect_used, clippy::panic, clippy::disallowed_methods, clippy::print_stderr)] // tests may fail loudly

use assert_cmd::Command;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use tempfile::TempDir;

/// A key that is well formed and made up.
const RUNBOOK: &str = "# Reset a locked-out user

1. Ask the caller for their date of birth and the last four digits of their SSN.
2. Reset the password in the console.
3. Send the new password to the user by e-mail.
";

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn sidedoor(folder: &Path, args: &[&str]) -> Ran {
    let output = Command::cargo_bin("sidedoor")
        .expect("the binary")
        .current_dir(folder)
        .env("RUST_BACKTRACE", "1")
        .args(args)
        .output()
        .expect("it runs");
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let dir = TempDir::new().expect("a folder");
    for (path, bytes) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    dir
}

fn json(ran: &Ran) -> serde_json::Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {}", ran.out))
}

/// One line on standard error, and no backtrace.
#[track_caller]
fn one_line(ran: &Ran, code: i32, wanted: &str) {
    assert_eq!(ran.code, code, "{}", ran.err);
    assert!(ran.err.contains(wanted), "{}", ran.err);
    assert_eq!(ran.err.trim_end().lines().count(), 1, "{}", ran.err);
    assert!(!ran.err.contains("panicked") && !ran.err.contains("backtrace"), "{}", ran.err);
}

#[test]
fn findings_decide_the_exit_code() {
    let dir = folder(&[("runbook.md", RUNBOOK.as_bytes())]);
    assert_eq!(sidedoor(dir.path(), &["scan"]).code, 1);
    assert_eq!(sidedoor(dir.path(), &["scan", "--exit-zero"]).code, 0);
    assert_eq!(sidedoor(dir.path(), &["scan", "--fail-on", "critical"]).code, 0);
    let quiet = folder(&[("notes.md", b"# Lunch\n\nThere is soup on Tuesdays.\n")]);
    let ran = sidedoor(quiet.path(), &["scan"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("No findings."), "{}", ran.out);
}

#[test]
fn named_paths_that_cannot_be_scanned_are_3() {
    let dir = folder(&[]);
    one_line(&sidedoor(dir.path(), &["scan", "no/such/path"]), 3, "no/such/path: it is missing");
    one_line(&sidedoor(dir.path(), &["scan"]), 3, "nothing to scan");
    #[cfg(unix)]
    one_line(&sidedoor(dir.path(), &["scan", "/dev/null"]), 3, "not a regular file");
}

#[test]
fn usage_and_configuration_errors_are_2() {
    let dir = folder(&[("a.md", b"# A\n"), ("sidedoor.yaml", b"waiver: []\n"), ("r/checks/g/x.yaml", b"titel: x\n")]);
    let ran = sidedoor(dir.path(), &["scan", "--format", "jsn"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("invalid value 'jsn'") && !ran.err.contains("backtrace"), "{}", ran.err);
    one_line(
        &sidedoor(dir.path(), &["scan"]),
        2,
        "sidedoor.yaml:1:1: unknown field of the configuration `waiver` (did you mean `waivers`?)",
    );
    fs::remove_file(dir.path().join("sidedoor.yaml")).expect("removed");
    let ran = sidedoor(dir.path(), &["scan", "--rules", "r"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("r/checks/g/x.yaml:1:1: unknown field of a check `titel` (did you mean `title`?)"), "{}", ran.err);
    one_line(&sidedoor(dir.path(), &["scan", "--as-of", "yesterday"]), 2, "write YYYY-MM-DD");
    one_line(&sidedoor(dir.path(), &["scan", "--only", "email-aproval"]), 2, "did you mean `email-approval`?");
    one_line(&sidedoor(dir.path(), &["scan", "--baseline", "none.json"]), 2, "none.json");
    one_line(&sidedoor(dir.path(), &["explain", "no-such-thing-at-all"]), 2, "no such rule");
}

/// Each kind of unreadable thing is one row of the report, and nothing else is lost.
#[test]
fn what_cannot_be_read_is_said_and_costs_nothing_else() {
    let dir = folder(&[
        ("runbook.md", RUNBOOK.as_bytes()),
        ("logo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01"),
        ("latin.md", b"# Caf\xe9\n\nOpen from nine.\n"),
        ("access-keys.json", b"{\"AccessKeyMetadata\": [{\"UserName\": \"ci\", \"AccessKeyId\": \"AKIAQ7RTL2MZX4WVBNPC\", \"Status\": \"Active\", \"CreateDate\": \"2022-01-01T00:00:00Z\"}, {\"UserNa"),
        ("nested.json", "[".repeat(100_000).as_bytes()),
    ]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(".", dir.path().join("loop")).expect("a link");
        std::os::unix::fs::symlink("nowhere", dir.path().join("dangling")).expect("a link");
    }
    let ran = sidedoor(dir.path(), &["scan", "-f", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let report = json(&ran);
    let why = |path: &str| {
        let rows = report["artifacts"].as_array().expect("artifacts");
        rows.iter()
            .find(|r| r["path"] == path)
            .map(|r| (r["read"].as_str().unwrap_or("").to_owned(), r["why"].as_str().unwrap_or("").to_owned()))
    };
    assert_eq!(why("logo.png"), Some(("none".into(), "it is a binary file".into())));
    let keys = why("access-keys.json").expect("listed");
    assert_eq!(keys.0, "partial");
    assert!(keys.1.contains("ends in the middle of a value"), "{keys:?}");
    #[cfg(unix)]
    assert!(why("dangling").expect("listed").1.contains("leads nowhere"));
    assert!(report["findings"].as_array().expect("findings").iter().any(|f| f["location"]["path"] == "runbook.md"));
    assert_eq!(sidedoor(dir.path(), &["scan", "--strict"]).code, 4);
    let table = sidedoor(dir.path(), &["scan"]);
    assert!(table.out.contains("Not read, or not wholly:") && table.out.contains("access-keys.json"), "{}", table.out);
}

#[test]
fn a_file_beyond_the_whole_limit_is_searched_in_windows() {
    let dir = folder(&[]);
    let mut text = "all quiet on this line of an ordinary log file\n".repeat(1_500_000);
    text.push_str("stripe_key = sk_live_9Zt3xQ7LmV2bN8cR4yTgW6pK\n");
    fs::write(dir.path().join("big.log"), &text).expect("a file");
    let ran = sidedoor(dir.path(), &["scan", "-f", "json"]);
    let report = json(&ran);
    let row = &report["artifacts"][0];
    assert_eq!(row["read"], "partial");
    assert!(row["why"].as_str().expect("why").contains("searched for secrets only"), "{row}");
    let found = report["findings"].as_array().expect("findings").iter().any(|f| f["location"]["line"] == 1_500_001);
    assert!(found, "{}", report["findings"]);
    assert!(!ran.out.contains("sk_live_9Zt3xQ7LmV2bN8cR4yTgW6pK"));
}

#[test]
fn standard_input_is_an_artifact() {
    let output = Command::cargo_bin("sidedoor")
        .expect("the binary")
        .args(["scan", "-", "-f", "json"])
        .write_stdin(RUNBOOK)
        .output()
        .expect("it runs");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["run"]["roots"][0], "stdin");
    let findings = report["findings"].as_array().expect("findings");
    assert!(findings.iter().any(|f| f["weakness"] == "weak-identity-check"), "a page piped in is read as a runbook");
}

#[test]
fn a_closed_pipe_ends_quietly_with_the_code_that_the_findings_demand() {
    let many: String = (0..3000).map(|i| RUNBOOK.replace("user", &format!("user {i}"))).collect();
    let dir = folder(&[("runbook.md", many.as_bytes())]);
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("sidedoor"))
        .args(["scan", "-f", "json"])
        .current_dir(dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The estate of the demo on disk, as two repositories and two folders of a user.
fn estate() -> TempDir {
    let files = sidedoor::estate();
    folder(&files.iter().map(|(p, b)| (p.as_str(), b.as_slice())).collect::<Vec<_>>())
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let dir = estate();
    let root = dir.path().to_str().expect("UTF-8");
    for format in ["json", "sarif", "table"] {
        let run =
            |cwd: &Path, jobs: &str, path: &str| sidedoor(cwd, &["scan", path, "-f", format, "-j", jobs, "--as-of", "2026-11-20"]).out;
        let first = run(dir.path(), "1", ".");
        assert!(first.len() > 1000);
        assert_eq!(first, run(dir.path(), "8", "."), "{format}: threads");
        assert_eq!(first, run(dir.path(), "8", "."), "{format}: a second run");
        assert_eq!(first, run(Path::new("/"), "2", root), "{format}: another folder");
    }
}

#[test]
fn collect_then_judge_is_scan() {
    let dir = estate();
    for format in ["json", "sarif", "table"] {
        let whole = sidedoor(dir.path(), &["scan", "-f", format, "--as-of", "2026-11-20"]);
        let facts = sidedoor(dir.path(), &["collect", "--as-of", "2026-11-20"]);
        assert_eq!(facts.code, 0, "{}", facts.err);
        let judged = Command::cargo_bin("sidedoor")
            .expect("the binary")
            .args(["judge", "-f", format])
            .write_stdin(facts.out)
            .output()
            .expect("it runs");
        assert_eq!(String::from_utf8_lossy(&judged.stdout), whole.out, "{format}");
        assert_eq!(judged.status.code(), Some(whole.code));
    }
    let broken =
        Command::cargo_bin("sidedoor").expect("the binary").arg("judge").write_stdin("{\"schema\": 1}\n").output().expect("it runs");
    assert_eq!(broken.status.code(), Some(2));
}

/// Life of a finding: open, then in the baseline, waived, allowed beside it, lapsed.
#[test]
fn triage() {
    let dir = folder(&[("runbook.md", RUNBOOK.as_bytes())]);
    let baseline = dir.path().join("known.json");
    let known = baseline.to_str().expect("UTF-8");
    assert_eq!(sidedoor(dir.path(), &["baseline", "create", "-w", known, "runbook.md"]).code, 0);
    let longer = format!("# Words before it\n\nNothing of note.\n\n{}", RUNBOOK.replace('\n', "\r\n"));
    fs::write(dir.path().join("runbook.md"), longer).expect("a file");
    assert_eq!(
        sidedoor(dir.path(), &["scan", "runbook.md", "--baseline", known]).code,
        0,
        "lines inserted above and CRLF change no fingerprint"
    );
    fs::rename(dir.path().join("runbook.md"), dir.path().join("moved.md")).expect("moved");
    assert_eq!(sidedoor(dir.path(), &["scan", "moved.md", "--baseline", known]).code, 0, "a rename changes no moved fingerprint");

    let report = json(&sidedoor(dir.path(), &["scan", "moved.md", "-f", "json"]));
    let rules: Vec<String> =
        report["findings"].as_array().expect("findings").iter().map(|f| f["weakness"].as_str().expect("weakness").to_owned()).collect();
    let waivers = |until: &str| {
        let one = |w: &String| format!("- of: {w}\n  owner: desk lead\n  until: {until}\n  because: moves to the portal\n");
        format!("waivers:\n{}", rules.iter().map(one).collect::<String>())
    };
    let config = dir.path().join("sidedoor.yaml");
    fs::write(&config, waivers("2027-01-01")).expect("a file");
    assert_eq!(sidedoor(dir.path(), &["scan", "--as-of", "2026-11-20"]).code, 0);
    let lapsed = sidedoor(dir.path(), &["scan", "--as-of", "2027-01-02", "-f", "json"]);
    assert_eq!(lapsed.code, 1);
    assert!(lapsed.out.contains("\"lapsed\""));
    assert_eq!(sidedoor(dir.path(), &["scan", "--as-of", "2027-01-02", "--strict"]).code, 5);
    fs::remove_file(&config).expect("removed");

    let allows: String = rules.iter().map(|w| format!("<!-- sidedoor:allow {w} the desk knows -->\n")).collect();
    fs::write(dir.path().join("moved.md"), RUNBOOK.replace("\n1.", &format!("\n{allows}\n1."))).expect("a file");
    let allowed = json(&sidedoor(dir.path(), &["scan", "-f", "json"]));
    assert!(allowed["summary"]["allowed"].as_u64() > Some(0), "{}", allowed["summary"]);
}

/// A committed file is scanned even if `.gitignore` names it; what git does not track and ignores is left out, and counted.
#[test]
fn ignore_rules_are_gits() {
    let secret = b"STRIPE_KEY=sk_live_9Zt3xQ7LmV2bN8cR4yTgW6pK\n";
    let other = b"STRIPE_KEY=sk_live_4Wd8nR2kPz6vH1jX9qLmB3sC\n";
    let dir = folder(&[(".gitignore", b".env\nbuild/\n"), (".env", secret), ("build/out.env", other), ("src/app.txt", b"hello\n")]);
    let repository = git2::Repository::init(dir.path()).expect("a repository");
    let paths = |args: &[&str]| -> Vec<String> {
        let report = json(&sidedoor(dir.path(), args));
        report["findings"].as_array().expect("findings").iter().map(|f| f["location"]["path"].as_str().expect("path").to_owned()).collect()
    };
    assert!(paths(&["scan", "-f", "json"]).is_empty());
    assert_eq!(paths(&["scan", "-f", "json", "--no-ignore"]), [".env", "build/out.env"]);
    assert_eq!(paths(&["scan", "-f", "json", "build"]), ["build/out.env"], "ignore rules never apply to a path that was named");
    let mut index = repository.index().expect("an index");
    index.add_path(Path::new(".env")).expect("added");
    index.write().expect("written");
    assert_eq!(paths(&["scan", "-f", "json"]), [".env"]);
}

#[test]
fn the_demo_tells_its_story() {
    let ran = sidedoor(Path::new("/"), &["demo"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.lines().all(|l| l.chars().count() <= 80), "{}", ran.out.lines().find(|l| l.chars().count() > 80).unwrap_or(""));
    let report = json(&sidedoor(Path::new("/"), &["demo", "-f", "json"]));
    let findings = report["findings"].as_array().expect("findings");
    let has = |path: &str, weakness: &str| {
        findings.iter().any(|f| f["location"]["path"].as_str().is_some_and(|p| p.ends_with(path)) && f["weakness"] == weakness)
    };
    assert!(has("helpdesk-password-reset.md", "weak-identity-check"));
    assert!(has("admin-mfa-reset.md", "email-approval"));
    assert!(has("break-glass.md", "shared-secret"));
    assert!(has("vendor-access.txt", "insecure-handout"));
    assert!(has("role-assignments.json", "recovery-privilege-collapse"));
    for quiet in ["verified-recovery.md", "security-guidelines.md", ".env.example", "package-lock.json"] {
        let alarm = findings.iter().find(|f| f["location"]["path"].as_str().is_some_and(|p| p.ends_with(quiet)));
        assert!(alarm.is_none(), "{alarm:?}");
    }
    let joined = findings.iter().find(|f| f["severity"] == "critical" && !f["related"].as_array().expect("related").is_empty());
    assert!(joined.is_some(), "a finding that needs two artifacts");
}

/// The repository scans itself clean: what is weak in it on purpose is excluded or waived, with an owner and an end.
#[test]
fn we_scan_ourselves() {
    let ran = sidedoor(Path::new(env!("CARGO_MANIFEST_DIR")), &["scan", ".", "--as-of", "2026-11-24", "--fail-on", "info", "--strict"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
}

fn paths(report: &serde_json::Value) -> Vec<&str> {
    report["findings"].as_array().expect("findings").iter().filter_map(|f| f["location"]["path"].as_str()).collect()
}

#[test]
fn several_files_keep_their_names_and_one_repository_its_paths() {
    let secret = b"STRIPE_KEY=sk_live_9Zt3xQ7LmV2bN8cR4yTgW6pK\n";
    let dir = folder(&[("a/one.env", secret), ("b/two.env", b"STRIPE_KEY=sk_live_7Kp2vB9xQmL4nW8cTzRgY3hD\n")]);
    assert_eq!(paths(&json(&sidedoor(dir.path(), &["scan", "a/one.env", "b/two.env", "-f", "json"]))), ["one.env", "two.env"]);
    assert_eq!(paths(&json(&sidedoor(dir.path(), &["scan", "a", "b", "-f", "json"]))), ["a/one.env", "b/two.env"]);
    git2::Repository::init(dir.path()).expect("a repository");
    assert_eq!(paths(&json(&sidedoor(dir.path(), &["scan", "a/one.env", "b/two.env", "-f", "json"]))), ["a/one.env", "b/two.env"]);
}

/// The name of a root, a configuration and a facts file can hold a secret or an escape: neither is printed.
#[test]
fn what_a_user_names_is_cleaned_too() {
    let secret = "sk_live_9Zt3xQ7LmV2bN8cR4yTgW6pK";
    let dir = folder(&[(&format!("{secret}/app.env"), b"A=1\n"), ("x.yaml", format!("waivers: [{{of: {secret}}}]\n").as_bytes())]);
    for args in [&["scan", secret][..], &["scan", secret, "-f", "json"], &["collect", secret], &["scan", secret, "--config", "x.yaml"]] {
        let ran = sidedoor(dir.path(), args);
        assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "{args:?}: {}{}", ran.out, ran.err);
    }
    let facts = sidedoor(dir.path(), &["collect", "x.yaml"]).out.replace("x.yaml", "x\\u001b[31m.yaml");
    let judged = Command::cargo_bin("sidedoor").expect("the binary").arg("judge").write_stdin(facts).output().expect("it runs");
    assert!(!judged.stdout.contains(&0x1b), "{}", String::from_utf8_lossy(&judged.stdout));
}

/// Waived findings, idle allowances and undecided checks are named by `-v`.
#[test]
fn verbose_hides_nothing() {
    let dir = folder(&[("runbook.md", format!("<!-- sidedoor:allow helpdesk/no-such-rule typo -->\n{RUNBOOK}").as_bytes())]);
    let ran = sidedoor(dir.path(), &["scan", "-v"]);
    assert!(ran.out.contains("runbook.md:1: helpdesk/no-such-rule is not found here, or is no rule"), "{}", ran.out);
}

#[test]
fn a_report_that_nobody_would_write_is_refused() {
    let dir = folder(&[("runbook.md", RUNBOOK.as_bytes())]);
    for command in [&["baseline", "create"][..], &["collect"]] {
        let ran = sidedoor(dir.path(), &[command, &["-o", "json=known.json", "."]].concat());
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains("writes no report"), "{}", ran.err);
        assert!(!dir.path().join("sidedoor-baseline.json").exists() && !dir.path().join("known.json").exists());
    }
}
