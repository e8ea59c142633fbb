//! `--staged` and `--diff`: only what a change adds, read from git's objects.

#![allow(clippy::expect_used, clippy::panic, clippy::disallowed_methods)] // tests may fail loudly

use assert_cmd::Command;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Tokens that are well formed and made up.
const OLD: &str = "token = \"xoxp-558131312875-435927464655-1696645738656-170f5fce12d192417f96a17fd59fa706\"\n";
const NEW: &str = "token = \"xoxp-558131312876-435927464656-1696645738657-9b1f5fce12d192417f96a17fd59fa7e2\"\n";

struct Repo(TempDir);

impl Repo {
    fn new() -> Self {
        let repo = Self(TempDir::new().expect("a folder"));
        repo.git(&["init", "-q", "-b", "main"]);
        repo
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs git whatever the user's own configuration says.
    fn git(&self, args: &[&str]) {
        git(self.path(), args);
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "a change"]);
    }

    fn scan(&self, args: &[&str]) -> (i32, Vec<(String, u64)>, serde_json::Value) {
        let (code, out, err) = run(self.path(), args);
        let json: serde_json::Value = serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out} {err}"));
        let open = json["findings"].as_array().expect("findings").iter().filter(|f| f["state"]["is"] == "open" || f["state"] == "open");
        let at = open.map(|f| (f["location"]["path"].as_str().unwrap_or_default().to_owned(), f["location"]["line"].as_u64().unwrap_or(0)));
        (code, at.collect(), json)
    }
}

fn git(folder: &Path, args: &[&str]) {
    let settings = ["-c", "user.name=A", "-c", "user.email=a@localhost", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null"];
    let settings = settings.iter().chain(&["-c", "core.autocrlf=false", "-c", "protocol.file.allow=always"]);
    let mut git = std::process::Command::new("git");
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        git.env_remove(name);
    }
    git.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").current_dir(folder).args(settings).args(args);
    let output = git.output().expect("git runs");
    assert!(output.status.success() || args.contains(&"merge"), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn run(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("sidedoor").expect("the binary");
    let output = command.current_dir(folder).env_remove("GIT_INDEX_FILE").args(["scan", "-f", "json"]).args(args).output();
    let output = output.expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

#[track_caller]
fn refused(folder: &Path, args: &[&str], wanted: &str) {
    let (code, out, err) = run(folder, args);
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains(wanted) && err.trim_end().lines().count() == 1, "{err}");
}

fn at(path: &str, line: u64) -> (String, u64) {
    (path.to_owned(), line)
}

#[test]
fn staged_is_what_the_index_adds() {
    let repo = Repo::new();
    repo.write("app.py", OLD);
    repo.git(&["add", "-A"]);
    assert_eq!(repo.scan(&["--staged"]).1, [at("app.py", 1)], "a first commit adds everything");
    repo.commit();
    assert_eq!(repo.scan(&["--staged"]).0, 0, "nothing was added");
    // an old secret that moves down adds nothing, a new one does; the disk does not matter
    repo.write("app.py", format!("import os\n{OLD}x = 1\n{NEW}"));
    repo.git(&["add", "-A"]);
    repo.write("app.py", "gone\n");
    repo.write("other.py", NEW);
    let (code, found, _) = repo.scan(&["--staged"]);
    assert_eq!((code, found), (1, vec![at("app.py", 4)]));
    assert_eq!(repo.scan(&["--staged", "other.py"]).0, 0, "paths restrict it");
    assert_eq!(repo.scan(&["--staged", "app.py", "other.py"]).1, [at("app.py", 4)]);
}

#[test]
fn renames_deletions_and_modes_add_nothing() {
    let repo = Repo::new();
    let long = "value = 1\n".repeat(30);
    repo.write("a.py", format!("{long}{OLD}"));
    repo.write("b.py", OLD);
    repo.write("c.py", NEW);
    repo.commit();
    repo.git(&["mv", "a.py", "moved.py"]);
    repo.git(&["rm", "-q", "b.py"]);
    repo.git(&["update-index", "--chmod=+x", "c.py"]);
    assert_eq!(repo.scan(&["--staged"]).0, 0);
    repo.write("moved.py", format!("{long}{OLD}{NEW}"));
    repo.git(&["add", "moved.py"]);
    assert_eq!(repo.scan(&["--staged"]).1, [at("moved.py", 32)]);
}

#[test]
fn odd_contents() {
    let repo = Repo::new();
    let wide = |text: &str| [vec![0xff, 0xfe], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
    repo.write("wide.ini", wide("x = 1\n"));
    repo.write("conflict.py", "a\n");
    repo.commit();
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.write("conflict.py", "b\n");
    repo.commit();
    repo.git(&["checkout", "-q", "main"]);
    repo.write("conflict.py", "c\n");
    repo.commit();
    repo.git(&["merge", "-q", "side"]);
    repo.write("wide.ini", wide(&format!("x = 1\n{NEW}")));
    repo.write("image.bin", [0, 1, 2, 3, 0, 0, 0, 255]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("wide.ini", repo.path().join("link")).expect("a link");
    repo.git(&["add", "wide.ini", "image.bin", "link"]);
    let (code, found, json) = repo.scan(&["--staged"]);
    assert_eq!((code, found), (1, vec![at("wide.ini", 2)]));
    assert!(json.to_string().contains("it is in conflict"), "{json}");
}

#[test]
fn a_procedure_counts_when_one_of_its_lines_is_new() {
    let repo = Repo::new();
    let old = "# Reset a password\n\n1. Ask the caller for their date of birth.\n2. Reset the password in the console.\n";
    repo.write("runbook.md", old);
    repo.write("other.md", format!("{old}\n# Office hours\n\nNine to five.\n"));
    repo.commit();
    repo.write("runbook.md", format!("{old}3. Send the new password to the user by e-mail.\n"));
    repo.write("other.md", format!("{old}\n# Office hours\n\nEight to five.\n"));
    repo.git(&["add", "-A"]);
    let (_, found, _) = repo.scan(&["--staged"]);
    assert!(!found.is_empty() && found.iter().all(|(path, _)| path == "runbook.md"), "{found:?}");
}

#[test]
fn a_branch_is_compared_with_where_it_parted() {
    let repo = Repo::new();
    repo.write("app.py", OLD);
    repo.commit();
    repo.git(&["checkout", "-q", "-b", "feature"]);
    repo.write("new.py", NEW);
    repo.commit();
    repo.git(&["checkout", "-q", "main"]);
    repo.write("later.py", NEW);
    repo.commit();
    repo.git(&["checkout", "-q", "feature"]);
    assert_eq!(repo.scan(&["--diff", "main"]).1, [at("new.py", 1)]);
    repo.git(&["checkout", "-q", "main"]);
    assert_eq!(repo.scan(&["--diff", "main...feature"]).1, [at("new.py", 1)]);
    assert_eq!(repo.scan(&["--diff", "main"]).0, 0);
    let bare = TempDir::new().expect("a folder");
    git(repo.path(), &["clone", "-q", "--bare", ".", &bare.path().display().to_string()]);
    let (code, out, err) = run(bare.path(), &["--diff", "main...feature"]);
    assert!(code == 1 && out.contains("new.py"), "{out} {err}");
    refused(bare.path(), &["--staged"], "bare repository");
}

/// Findings of one rule: path, line, and state.
fn of(json: &serde_json::Value, rule: &str) -> Vec<(String, u64, String)> {
    let all = json["findings"].as_array().expect("findings").iter().filter(|f| f["rule"] == rule);
    let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    let state = |f: &serde_json::Value| if f["state"].is_string() { text(&f["state"]) } else { text(&f["state"]["is"]) };
    all.map(|f| (text(&f["location"]["path"]), f["location"]["line"].as_u64().unwrap_or(0), state(f))).collect()
}

const SELF: &str = "changes/self-exempted";

#[test]
fn a_change_cannot_waive_itself() {
    let repo = Repo::new();
    repo.write("kept.py", format!("# sidedoor:allow exposed-secret because it was revoked\n\n\nx = 1\n{OLD}"));
    repo.write("sidedoor.yaml", "waivers: []\n");
    repo.commit();
    repo.git(&["checkout", "-q", "-b", "feature"]);
    repo.write("new.py", format!("# sidedoor:allow exposed-secret because I say so\n{NEW}"));
    repo.write("sidedoor.yaml", "exclude: ['*.py']\n");
    repo.write("mine.yaml", "exclude: ['*.rs']\n");
    repo.commit();
    for (args, file) in [
        (&["--diff", "main"][..], "sidedoor.yaml"),
        (&["--diff", "main", "--config", "mine.yaml"], "mine.yaml"),
        (&["--diff", "main", "--config", "sidedoor.yaml"], "sidedoor.yaml"),
    ] {
        let (_, open, json) = repo.scan(args);
        let exempted = of(&json, SELF);
        assert_eq!(open.iter().filter(|o| o.0 == "new.py").count(), 2, "{args:?} {open:?}");
        assert!(exempted.iter().any(|e| e.0 == file) && exempted.iter().any(|e| e.0 == "new.py"), "{args:?} {exempted:?}");
        assert_eq!(of(&json, SELF).len(), 2, "the comment and the exclusion are findings: {json}");
    }
    // what BASE says holds, and what it says already is no news
    repo.git(&["checkout", "-q", "main"]);
    repo.write("sidedoor.yaml", "exclude: ['*.py']\n");
    repo.commit();
    let (code, _, json) = repo.scan(&["--diff", "main...feature"]);
    assert_eq!((code, of(&json, SELF)), (0, vec![("sidedoor.yaml".to_owned(), 1, "open".to_owned())]));
    repo.git(&["checkout", "-q", "feature"]);
    repo.git(&["merge", "-q", "-X", "ours", "main", "-m", "merge"]);
    assert!(of(&repo.scan(&["--diff", "main"]).2, SELF).is_empty(), "both have it now");
}

#[test]
fn an_old_allowance_does_not_cover_a_new_line() {
    let repo = Repo::new();
    let allow = "# sidedoor:allow exposed-secret because it was revoked\n";
    repo.write("a.py", format!("x = 1\n{allow}{OLD}"));
    repo.write("b.py", format!("x = 1\n{allow}{OLD}"));
    repo.commit();
    repo.git(&["checkout", "-q", "-b", "feature"]);
    repo.write("a.py", format!("x = 1\n{allow}{NEW}{OLD}"));
    repo.write("b.py", format!("x = 1\ny = 2\n{allow}{OLD}z = 3\n"));
    repo.commit();
    let (code, open, json) = repo.scan(&["--diff", "main"]);
    assert_eq!((code, open), (1, vec![at("a.py", 3)]));
    assert!(of(&json, SELF).is_empty(), "nobody added an allowance");
}

#[test]
fn waivers_settings_and_baselines_that_a_change_adds() {
    let repo = Repo::new();
    let waiver = |of: &str, until: &str| format!("- of: {of}\n  owner: ops\n  until: {until}\n  because: it is moved\n");
    repo.write("app.py", "x = 1\n");
    repo.write("sidedoor.yaml", format!("waivers:\n{}", waiver("exposed-secret", "2027-01-01")));
    let baseline = |prints: &str| format!("{{\"schema\": \"sidedoor/baseline/1\", \"fingerprints\": [{prints}], \"moved\": []}}");
    repo.write("known.json", baseline(""));
    repo.commit();
    repo.git(&["checkout", "-q", "-b", "feature"]);
    repo.write("app.py", NEW);
    // the old one moves down, one gets a later end, one is new, and a severity is lowered and another raised
    let waivers = [waiver("shared-secret", "2027-01-01"), waiver("exposed-secret", "2029-01-01"), waiver("exposed-secret", "2027-01-01")];
    repo.write("sidedoor.yaml", format!("severity: {{exposed-secret: off, shared-secret: critical}}\nwaivers:\n{}", waivers.concat()));
    repo.write("known.json", baseline("\"0123456789abcdef0123456789abcdef\""));
    repo.commit();
    let (_, _, json) = repo.scan(&["--diff", "main", "--baseline", "known.json", "--as-of", "2026-11-20"]);
    let lines: Vec<(String, u64)> = of(&json, SELF).into_iter().map(|(path, line, _)| (path, line)).collect();
    assert_eq!(lines, [at("known.json", 1), at("sidedoor.yaml", 1), at("sidedoor.yaml", 3), at("sidedoor.yaml", 7)]);
    assert_eq!(of(&json, "secrets/exposed-secret"), [("app.py".to_owned(), 1, "waived".to_owned())], "the waiver of BASE holds");
    assert!(!json.to_string().contains("xoxp-558131312876-435927464656"), "a secret left the reader");
}

#[test]
fn a_baseline_comes_from_base() {
    let repo = Repo::new();
    repo.write("app.py", "x = 1\n");
    repo.commit();
    repo.git(&["checkout", "-q", "-b", "feature"]);
    repo.write("app.py", NEW);
    repo.git(&["add", "-A"]);
    // what the branch knows does not count
    let mut command = Command::cargo_bin("sidedoor").expect("the binary");
    command.current_dir(repo.path()).args(["baseline", "create", "-w", "known.json", "."]).assert().success();
    repo.commit();
    assert_eq!(repo.scan(&["--diff", "main", "--baseline", "known.json"]).0, 1);
    let known = fs::read(repo.path().join("known.json")).expect("a baseline");
    repo.git(&["checkout", "-q", "main"]);
    repo.write("known.json", known);
    repo.commit();
    let (code, _, json) = repo.scan(&["--diff", "main...feature", "--baseline", "known.json"]);
    assert_eq!((code, of(&json, "secrets/exposed-secret")), (0, vec![("app.py".to_owned(), 1, "baselined".to_owned())]));
}

#[test]
fn rules_of_a_repository_come_from_base() {
    let repo = Repo::new();
    let rule = |prefix: &str| {
        format!(
            "- id: acme.token\n  name: Acme token\n  kind: api_token\n  pattern: '\\b(?P<secret>{prefix}_[A-Za-z0-9]{{32}})\\b'\n  life: long\n  confidence: high\n  public_prefix: 5\n  examples:\n  - hit: 'T={prefix}_k8Jq2LxV9bTn4RwZ7cYd1MfGhP3sAe5u'\n  - miss: '{prefix}_your_token'\n"
        )
    };
    repo.write("policy/patterns/acme.yaml", rule("acme"));
    repo.commit();
    repo.git(&["checkout", "-q", "-b", "feature"]);
    repo.write("app.txt", "see acme_k8Jq2LxV9bTn4RwZ7cYd1MfGhP3sAe5u for it\n");
    // the branch disarms the rule, and brings a folder of its own
    repo.write("policy/patterns/acme.yaml", rule("acmf"));
    repo.write("mine/patterns/acme.yaml", rule("acme"));
    repo.commit();
    let found = |args: &[&str]| repo.scan(args).1.contains(&at("app.txt", 1));
    assert!(!found(&["--rules", "policy"]), "the work tree has the new rule");
    assert!(found(&["--diff", "main", "--rules", "policy"]));
    refused(repo.path(), &["--diff", "main", "--rules", "mine"], "a change cannot bring its own rules");
    // a folder elsewhere is the user's own
    let elsewhere = TempDir::new().expect("a folder");
    let folder = elsewhere.path().join("ours");
    fs::create_dir_all(folder.join("patterns")).expect("a folder");
    fs::write(folder.join("patterns/acme.yaml"), rule("acme")).expect("a file");
    assert!(found(&["--diff", "main", "--rules", &folder.display().to_string()]));
}

#[test]
fn another_index_a_submodule_and_odd_names() {
    let repo = Repo::new();
    repo.write("a.py", "x = 1\n");
    repo.write("b.py", "x = 1\n");
    repo.commit();
    // `git commit FILE` runs its hooks with an index of its own: only that file will be committed
    repo.write("a.py", NEW);
    repo.write("b.py", NEW);
    repo.git(&["add", "b.py"]);
    let seen = repo.path().join("seen.json");
    let hook = repo.path().join(".git/hooks/pre-commit");
    let binary = assert_cmd::cargo::cargo_bin("sidedoor");
    fs::create_dir_all(hook.parent().expect("a parent")).expect("a folder");
    fs::write(&hook, format!("#!/bin/sh\n'{}' scan --staged -f json --exit-zero > '{}'\n", binary.display(), seen.display()))
        .expect("a hook");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("a hook");
    }
    let mut git = std::process::Command::new("git");
    git.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env_remove("GIT_INDEX_FILE").current_dir(repo.path());
    git.args(["-c", "user.name=A", "-c", "user.email=a@localhost", "-c", "commit.gpgsign=false", "commit", "-q", "-m", "one", "a.py"]);
    assert!(git.status().expect("git runs").success());
    let json: serde_json::Value = serde_json::from_slice(&fs::read(&seen).expect("the hook ran")).expect("a report");
    assert_eq!(of(&json, "secrets/exposed-secret"), [("a.py".to_owned(), 1, "open".to_owned())], "b.py is not part of it");

    // a submodule is a repository of its own: its new commit is no text of this one
    let other = Repo::new();
    other.write("c.py", NEW);
    other.commit();
    repo.git(&["rm", "-q", "-f", "b.py"]);
    repo.git(&["submodule", "add", "-q", &other.path().display().to_string(), "vendor"]);
    let (_, found, _) = repo.scan(&["--staged"]);
    assert!(found.is_empty(), "{found:?}");

    // a name that is no UTF-8
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"caf\xe9.py");
        fs::write(repo.path().join(name), NEW).expect("a file");
        repo.git(&["add", "-A"]);
        let (_, found, _) = repo.scan(&["--staged"]);
        assert_eq!(found, [("caf\u{fffd}.py".to_owned(), 1)]);
        repo.git(&["commit", "-q", "--no-verify", "-m", "odd"]);
        assert!(repo.scan(&["--diff", "HEAD~1"]).1.contains(&("caf\u{fffd}.py".to_owned(), 1)));
    }
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let nowhere = TempDir::new().expect("a folder");
    refused(nowhere.path(), &["--staged"], "--staged: not in a git repository");
    let repo = Repo::new();
    repo.write("a.py", "x\n");
    repo.commit();
    refused(repo.path(), &["--diff", "nobody"], "`nobody` is no commit");
    refused(repo.path(), &["--diff", "main..HEAD"], "write BASE or BASE...HEAD");
    repo.git(&["checkout", "-q", "--orphan", "apart"]);
    repo.write("apart.py", "y\n");
    repo.commit();
    refused(repo.path(), &["--diff", "main"], "no common ancestor");
    repo.git(&["checkout", "-q", "main"]);
    for n in 0..3 {
        repo.write("a.py", format!("x{n}\n"));
        repo.commit();
    }
    repo.git(&["branch", "side", "HEAD~2"]);
    let shallow = TempDir::new().expect("a folder");
    let from = format!("file://{}", repo.path().display());
    git(shallow.path(), &["clone", "-q", "--depth", "1", "--no-single-branch", &from, "."]);
    refused(shallow.path(), &["--diff", "origin/side"], "git fetch --unshallow");
    refused(shallow.path(), &["--diff", "HEAD~1"], "git fetch --unshallow");
}
