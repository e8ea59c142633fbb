//! `sidedoor exports`: the list is whole, and the scripts only read.

#![allow(clippy::expect_used, clippy::panic, clippy::disallowed_methods)] // tests may fail loudly

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const SCRIPTS: [&str; 10] = ["aws", "azure", "entra", "gcp", "github", "gitlab", "google", "k8s", "okta", "vault"];

fn sidedoor(args: &[&str]) -> (String, String, i32) {
    let out = Command::new(assert_cmd::cargo::cargo_bin!("sidedoor")).args(args).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&out.stdout), text(&out.stderr), out.status.code().unwrap_or(-1))
}

#[test]
fn every_format_of_a_reader_is_listed_with_its_command() {
    let (list, _, code) = sidedoor(&["exports"]);
    assert_eq!(code, 0);
    // the constants in which readers name their formats
    let mut readers = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/read/export")];
    let mut missing = Vec::new();
    while let Some(folder) = readers.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                readers.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).expect("a source file");
            let kinds = text.lines().filter(|l| l.starts_with("const ") && l.contains(": &str = \"")).filter_map(|l| l.split('"').nth(1));
            let ours = ["gcp.", "kubernetes.", "vault.", "github.", "gitlab.", "cyberark.", "teleport.", "postgres.", "mysql."];
            missing.extend(
                kinds
                    .filter(|k| ours.iter().any(|o| k.starts_with(o)) && !k.starts_with("kubernetes.io/") && !list.contains(*k))
                    .map(str::to_owned),
            );
        }
    }
    assert!(missing.is_empty(), "not listed: {missing:?}");
}

#[test]
fn scripts_are_shell_and_change_nothing() {
    for vendor in SCRIPTS {
        let (script, _, code) = sidedoor(&["exports", "script", vendor]);
        assert_eq!(code, 0, "{vendor}");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("collect.sh");
        fs::write(&file, &script).expect("written");
        let parsed = Command::new("sh").arg("-n").arg(&file).status().expect("a shell");
        assert!(parsed.success(), "{vendor}");
        // where it is installed, the linter has the last word
        if let Ok(linted) = Command::new("shellcheck").arg(&file).stdout(Stdio::piped()).output() {
            assert!(linted.status.success(), "{vendor}: {}", String::from_utf8_lossy(&linted.stdout));
        }
        let changes =
            ["create", "delete", "put", "update", "write", "remove", "set-", "add", "attach", "enable", "disable", "rotate", "revoke"];
        for line in script.lines().map(str::trim).filter(|l| !l.starts_with('#') && !l.contains("jq 'del(")) {
            let words: Vec<&str> = line.split([' ', '"', '$', '(']).collect();
            let first = words.first().copied().unwrap_or_default();
            if ["aws", "az", "gcloud", "gh", "glab", "kubectl", "vault"].contains(&first) {
                let verbs: Vec<&&str> = words.iter().filter(|w| changes.iter().any(|c| w.starts_with(c))).collect();
                assert!(verbs.is_empty() && !line.contains(" -X ") && !line.contains("--method p"), "{vendor}: {line}");
            }
        }
    }
    let (_, error, code) = sidedoor(&["exports", "script", "gpc"]);
    assert_eq!(code, 2);
    assert!(error.contains("gcp"), "{error}");
}

/// With a program in the place of the vendor's, a script writes what it prints, tells what failed, and goes on.
#[cfg(unix)]
#[test]
fn a_script_writes_what_the_program_prints() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("collect.sh");
    fs::write(&script, sidedoor(&["exports", "script", "gcp"]).0).expect("written");
    let tool = folder.path().join("gcloud");
    let answers = "#!/bin/sh\ncase \"$*\" in\n*'keys list'*) echo \"[\\\"$4 $5\\\"]\";;\n*'value(email)'*) printf 'a@x\\nb@x\\n';;\n*secrets*) echo denied >&2; exit 1;;\n*) echo '[]';;\nesac\n";
    fs::write(&tool, answers).expect("written");
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).expect("made executable");
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap_or_default());
    let run = |project: Option<&str>| {
        let mut command = Command::new("sh");
        command.arg(&script).current_dir(folder.path()).env("PATH", &path).env("ORGANIZATION", "7").env("OUT", "out");
        if let Some(project) = project {
            command.env("PROJECT", project);
        }
        command.output().expect("a shell")
    };
    assert!(!run(None).status.success(), "it asks for the project");
    let out = run(Some("quay"));
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(!out.status.success() && said.contains("failed: secrets.json") && said.contains("1 of "), "{said}");
    let mut names: Vec<String> = fs::read_dir(folder.path().join("out"))
        .expect("a folder")
        .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert!(names.contains(&"keys-a_x.json".to_owned()) && names.contains(&"keys-b_x.json".to_owned()), "{names:?}");
    assert!(!names.contains(&"secrets.json".to_owned()), "what is empty is not kept");
}

/// A table of a product that no reader knows is read as the configuration says, and a mistake in it is told with its line.
#[test]
fn a_table_that_is_described_is_judged() {
    let folder = tempfile::tempdir().expect("a folder");
    let map = "tables:\n- name: strongroom\n  header: [Secret, Changed]\n  kind: credential\n  columns: {name: Secret, rotated: Changed}\n";
    fs::write(folder.path().join("sidedoor.yaml"), map).expect("written");
    fs::write(folder.path().join("dump.csv"), "Secret,Changed\nquay-root,2024-01-01\n").expect("written");
    let path = folder.path().to_string_lossy().into_owned();
    let (report, _, code) = sidedoor(&["scan", &path, "--as-of", "2026-11-20", "-f", "json"]);
    assert!(
        report.contains("tables/old-credential") && report.contains("\"quay-root\"") && report.contains("\"kind\": \"table\""),
        "{report}"
    );
    assert_eq!(code, 1, "it is high: older than a year");
    fs::write(folder.path().join("sidedoor.yaml"), map.replace("rotated", "rotatd")).expect("written");
    let (_, error, code) = sidedoor(&["scan", &path]);
    assert!(code == 2 && error.contains("sidedoor.yaml:5:") && error.contains("did you mean `rotated`?"), "{error}");
}
