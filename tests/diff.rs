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

#[test]
fn a_change_cannot_waive_itself() {
    let repo = Repo::new();
    repo.write("kept.py", format!("# sidedoor:allow exposed-secret because it was revoked\n\n\nx = 1\n{OLD}"));
    repo.write("sidedoor.yaml", "waivers: []\n");
    repo.commit();
    repo.git(&["checkout", "-q", "-b", "feature"]);
    repo.write("new.py", format!("# sidedoor:allow exposed-secret because I say so\n{NEW}"));
    repo.write("sidedoor.yaml", "exclude: ['*.py']\n");
    repo.write("mine.yaml", "exclude: ['*.py']\n");
    repo.commit();
    for args in [&["--diff", "main"][..], &["--diff", "main", "--config", "mine.yaml"], &["--diff", "main", "--config", "sidedoor.yaml"]] {
        assert_eq!(repo.scan(args).1, [at("new.py", 2)], "{args:?}");
    }
    // what BASE says holds
    repo.git(&["checkout", "-q", "main"]);
    repo.write("sidedoor.yaml", "exclude: ['*.py']\n");
    repo.commit();
    assert_eq!(repo.scan(&["--diff", "main...feature"]).0, 0);
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
