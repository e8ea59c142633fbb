//! Histories of our own making: when a secret came, whether it stands, when it went, what came instead, and what could not be read.

#![allow(clippy::expect_used, clippy::panic, clippy::disallowed_methods)] // tests may fail loudly

use assert_cmd::Command;
use git2::{Repository, Signature, Time};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const DAY: i64 = 86_400;
/// 2021-01-01.
const START: i64 = 1_609_459_200;
/// Made up, and well formed.
const PASSWORD: &str = "mT9qLw2xVbR4kEzu";
const LATER: &str = "hX3vNc8pJd6sWyQa";

/// A repository that is written commit by commit.
struct Story {
    repository: Repository,
    day: i64,
}

impl Story {
    fn new(folder: &Path) -> Self {
        let mut options = git2::RepositoryInitOptions::new();
        options.initial_head("main");
        let repository = Repository::init_opts(folder, &options).expect("a repository");
        Self { repository, day: 0 }
    }

    fn folder(&self) -> &Path {
        self.repository.workdir().expect("a work tree")
    }

    /// Writes files (nothing: removes them) and commits them as somebody on a day.
    fn commit(&mut self, author: &str, day: i64, files: &[(&str, Option<&str>)]) -> String {
        self.day = day;
        let mut index = self.repository.index().expect("an index");
        index.read(true).expect("an index");
        for (path, text) in files {
            let file = self.folder().join(path);
            match text {
                Some(text) => {
                    fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
                    fs::write(&file, text).expect("a file");
                    index.add_path(Path::new(path)).expect("added");
                }
                None => {
                    fs::remove_file(&file).expect("removed");
                    index.remove_path(Path::new(path)).expect("removed");
                }
            }
        }
        index.write().expect("written");
        let tree = self.repository.find_tree(index.write_tree().expect("a tree")).expect("a tree");
        let who = Signature::new(author, "someone@acme.internal", &Time::new(START + day * DAY, 0)).expect("somebody");
        let parent = self.repository.head().ok().and_then(|h| h.peel_to_commit().ok());
        let parents: Vec<_> = parent.iter().collect();
        self.repository.commit(Some("HEAD"), &who, &who, "a step", &tree, &parents).expect("a commit").to_string()
    }

    fn git(&self, args: &[&str]) {
        git(self.folder(), args);
    }
}

fn git(folder: &Path, args: &[&str]) {
    let output = std::process::Command::new("git")
        .args(["-c", "user.name=A", "-c", "user.email=a@acme.internal", "-c", "protocol.file.allow=always"])
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("git is installed");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn raw(folder: &Path, args: &[&str]) -> (i32, String) {
    let output = Command::cargo_bin("sidedoor").expect("the binary").current_dir(folder).args(args).output().expect("it runs");
    (output.status.code().unwrap_or(-1), String::from_utf8(output.stdout).expect("UTF-8"))
}

fn scan(folder: &Path, more: &[&str]) -> Value {
    let mut args = vec!["scan", ".", "-f", "json", "--as-of", "2026-11-20"];
    args.extend(more);
    serde_json::from_str(&raw(folder, &args).1).expect("a report")
}

fn of<'r>(report: &'r Value, rule: &str, path: &str) -> Vec<&'r Value> {
    let all = report["findings"].as_array().expect("findings");
    all.iter().filter(|f| f["rule"] == rule && f["location"]["path"] == path).collect()
}

fn config(password: &str) -> String {
    format!("reporting_db:\n  username: report\n  password: \"{password}\"\n")
}

#[test]
fn first_seen_removed_standing_and_replaced() {
    let dir = TempDir::new().expect("a folder");
    let mut story = Story::new(dir.path());
    story.commit("Ada", 0, &[("README.md", Some("# A program\n"))]);
    let came = story.commit("Mara", 60, &[("config/worker.yaml", Some(&config(PASSWORD)))]);
    story.commit("Ada", 90, &[("README.md", Some("# A program\n\nIt reports.\n"))]);
    story.commit("Ada", 100, &[("config/worker.yaml", Some(&config(LATER)))]);
    let brief = story.commit("Jon", 200, &[("notes.md", Some("# Notes\n\nThe admin password is `Garnet!Falcon-58`.\n"))]);
    story.commit("Jon", 201, &[("notes.md", None)]);

    let report = scan(dir.path(), &["--history"]);
    assert_eq!(report["run"]["complete"], true, "{report}");
    let gone = of(&report, "secrets/password-in-history", "config/worker.yaml");
    assert_eq!(gone.len(), 1);
    let life = &gone[0]["first_seen"];
    assert_eq!((life["commit"].as_str(), life["author"].as_str()), (Some(came.as_str()), Some("Mara")));
    assert_eq!((life["date"].as_str(), life["removed"].as_str()), (Some("2021-03-02"), Some("2021-04-11")));
    assert_eq!(life["at_head"], false);
    assert_eq!(gone[0]["location"]["commit"], came.as_str());
    // another value came under the same name, so it is likely to be void
    assert_eq!(gone[0]["severity"], "low");

    let standing = of(&report, "secrets/old-secret", "config/worker.yaml");
    assert_eq!(standing.len(), 1, "{report}");
    assert_eq!(standing[0]["first_seen"]["date"], "2021-04-11");
    assert_eq!(standing[0]["first_seen"]["at_head"], true);
    assert!(standing[0]["message"].as_str().is_some_and(|m| m.contains("2,049 days ago")), "{}", standing[0]["message"]);

    let notes = of(&report, "secrets/password-in-history", "notes.md");
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0]["location"]["commit"], brief.as_str());
    assert_eq!(notes[0]["first_seen"]["removed"], "2021-07-21");
    assert_eq!(notes[0]["severity"], "medium");
    let text = report.to_string();
    assert!(![PASSWORD, LATER, "Garnet!Falcon"].iter().any(|s| text.contains(s)), "a secret left the reader");

    // what stands in the tree keeps its identity, and is dated without the rest of the history
    let plain = scan(dir.path(), &[]);
    let print = |r: &Value| of(r, "secrets/exposed-password", "config/worker.yaml")[0]["fingerprint"].clone();
    assert_eq!(print(&plain), print(&report));
    assert_eq!(of(&plain, "secrets/old-secret", "config/worker.yaml")[0]["first_seen"]["date"], "2021-04-11");
    assert!(of(&plain, "secrets/password-in-history", "notes.md").is_empty());
}

/// A value that leaves one file and comes back changed in another is changed, where the name tells that it is the same one.
#[test]
fn a_new_value_in_another_file() {
    let dir = TempDir::new().expect("a folder");
    let mut story = Story::new(dir.path());
    let env = |name: &str, value: &str| format!("{name}={value}\n");
    // three secrets: one that stands in several files would be one finding
    let (named, one) = (env("REPORT_DB_PASSWORD", PASSWORD), env("PASSWORD", "kR8sVn3xWq5yTb2d"));
    let three = env("PASSWORD", "pF6wLc9zHj4mXg7e");
    story.commit("Ada", 0, &[("old/app.env", Some(&named)), ("one.env", Some(&one)), ("deep/three.env", Some(&three))]);
    let later = env("REPORT_DB_PASSWORD", LATER);
    story.commit("Ada", 5, &[("old/app.env", None), ("new/settings.env", Some(&later))]);
    story.commit("Ada", 6, &[("one.env", None), ("two.env", Some(&env("PASSWORD", LATER)))]);
    story.commit("Ada", 7, &[("deep/three.env", None), ("moved/three.env", Some(&env("PASSWORD", "vB4mZr7kQx2wTn9s")))]);
    let report = scan(dir.path(), &["--history"]);
    let severity = |path: &str| of(&report, "secrets/password-in-history", path).iter().map(|f| f["severity"].clone()).collect::<Vec<_>>();
    assert_eq!(severity("old/app.env"), ["low"], "another value came under the same name");
    assert_eq!(severity("one.env"), ["medium"], "a common name in another file proves nothing");
    assert_eq!(severity("deep/three.env"), ["low"], "the file was moved");
}

/// Without owners on record, those who committed a secret stand in for them.
#[test]
fn one_secret_of_two_authors() {
    let dir = TempDir::new().expect("a folder");
    let mut story = Story::new(dir.path());
    story.commit("Mara", 0, &[("shop/report.env", Some(&format!("REPORT_DB_PASSWORD={PASSWORD}\n")))]);
    story.commit("Jon", 9, &[("dock/worker.yaml", Some(&config(PASSWORD)))]);
    for more in [&[][..], &["--history"]] {
        let report = scan(dir.path(), more);
        let found = of(&report, "secrets/shared-among-authors", "dock/worker.yaml");
        assert_eq!(found.len(), 1, "{more:?} {report}");
        let message = found[0]["message"].as_str().unwrap_or_default();
        assert!(message.contains("Jon") && message.contains("Mara"), "{message}");
        assert!(found[0]["related"].to_string().contains("shop/report.env"), "{}", found[0]);
    }
}

/// What is known by the name of its file alone is seen in the past as well.
#[test]
fn files_known_by_their_names() {
    let dir = TempDir::new().expect("a folder");
    let mut story = Story::new(dir.path());
    let codes = "c0cdd-166b3\na7573-74463\nb1f61-93c85\n69b34-fbc37\n1de36-5d469\nc82a8-7602e\nefbe2-be5fd\n36abc-437c5\n";
    let store =
        "<?xml version=\"1.0\"?>\n<FileZilla3>\n<Server><Host>a</Host><User>b</User>\n<Pass>swordfish</Pass></Server>\n</FileZilla3>\n";
    let files = [
        ("config/master.key", "9b1c6e0f4a7d2835c1e0b94f7a6d3528\n"),
        ("home/.git-credentials", "https://ada:swordfish@git.acme.internal\n"),
        ("ops/github-recovery-codes.txt", codes),
        ("ops/sites.xml", store),
    ];
    let with: Vec<(&str, Option<&str>)> = files.iter().map(|(p, t)| (*p, Some(*t))).collect();
    let gone: Vec<(&str, Option<&str>)> = files.iter().map(|(p, _)| (*p, None)).chain([("README.md", Some("# A program\n"))]).collect();
    story.commit("Ada", 0, &with);
    story.commit("Ada", 3, &gone);
    let report = scan(dir.path(), &["--history"]);
    for (path, _) in files {
        let found = report["findings"].as_array().expect("findings").iter().filter(|f| f["location"]["path"] == path);
        let removed: Vec<&Value> = found.map(|f| &f["first_seen"]["removed"]).collect();
        assert!(!removed.is_empty() && removed.iter().all(|r| *r == "2021-01-04"), "{path}: {report}");
    }
}

/// What could not be read in a container of the past is said, and what a merge leaves behind has left.
#[test]
fn containers_of_the_past_and_refs_that_are_no_branches() {
    let dir = TempDir::new().expect("a folder");
    let mut story = Story::new(dir.path());
    fs::write(dir.path().join("a.zip"), b"PK\x03\x04 this is no archive at all, but it begins like one").expect("a file");
    story.git(&["add", "a.zip"]);
    story.commit("Ada", 0, &[("README.md", Some("# A program\n"))]);
    story.commit("Ada", 1, &[("a.zip", None)]);
    let report = scan(dir.path(), &["--history"]);
    assert!(report["artifacts"].to_string().contains("a.zip"), "{}", report["artifacts"]);
    assert_eq!(report["run"]["complete"], false);

    // a pull request holds it, another one built on it takes it out: it stands, and no branch ever had it
    story.git(&["checkout", "-q", "-b", "side"]);
    story.commit("Mara", 5, &[("app.env", Some(&format!("REPORT_DB_PASSWORD={PASSWORD}\n")))]);
    story.git(&["update-ref", "refs/pull/1/head", "HEAD"]);
    story.commit("Mara", 6, &[("app.env", None)]);
    story.git(&["update-ref", "refs/pull/2/head", "HEAD"]);
    story.git(&["checkout", "-q", "main"]);
    story.git(&["branch", "-q", "-D", "side"]);
    let life = |report: &Value| of(report, "secrets/password-in-history", "app.env")[0]["first_seen"].clone();
    let told = life(&scan(dir.path(), &["--history"]));
    assert_eq!((told["at_head"].clone(), told["removed"].clone()), (Value::Bool(false), Value::Null));

    // the first one is merged, and what it brought is thrown away: it was removed there
    story.git(&["merge", "-q", "-s", "ours", "--no-ff", "-m", "merge", "refs/pull/1/head"]);
    let told = life(&scan(dir.path(), &["--history"]));
    assert_eq!(told["at_head"], false);
    assert!(told["removed"].is_string(), "{told}");
}

/// Outside repositories there is no history to ask, and nothing is undecided for want of one.
#[test]
fn no_history_leaves_nothing_undecided() {
    let dir = TempDir::new().expect("a folder");
    fs::write(dir.path().join("app.env"), format!("REPORT_DB_PASSWORD={PASSWORD}\n")).expect("a file");
    let undecided = |folder: &Path| {
        let (_, table) = raw(folder, &["scan", ".", "-v", "--as-of", "2026-11-20"]);
        table.contains("old-secret")
    };
    assert!(!undecided(dir.path()));
    Story::new(dir.path());
    assert!(undecided(dir.path()), "a repository without a commit cannot tell");
}

#[test]
fn a_merge_and_another_branch() {
    let dir = TempDir::new().expect("a folder");
    let mut story = Story::new(dir.path());
    story.commit("Ada", 0, &[("README.md", Some("# A program\n"))]);
    story.git(&["checkout", "-q", "-b", "side"]);
    let came = story.commit("Mara", 10, &[("app.env", Some(&format!("REPORT_DB_PASSWORD={PASSWORD}\n")))]);
    story.git(&["checkout", "-q", "main"]);
    story.commit("Ada", 20, &[("other.md", Some("# Another page\n"))]);

    // it stands at the head of a branch that is not checked out
    let report = scan(dir.path(), &["--history"]);
    let found = of(&report, "secrets/password-in-history", "app.env");
    assert_eq!(found[0]["first_seen"]["at_head"], true);
    assert_eq!(found[0]["first_seen"]["removed"], Value::Null);
    assert!(of(&scan(dir.path(), &[]), "secrets/exposed-password", "app.env").is_empty());

    // a merge brings it, and the commit that made it is named
    story.git(&["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    for more in [&[][..], &["--history"]] {
        let report = scan(dir.path(), more);
        let found = of(&report, "secrets/exposed-password", "app.env");
        assert_eq!(found.len(), 1, "{more:?} {report}");
        assert_eq!(found[0]["first_seen"]["commit"], came.as_str(), "{more:?}");
    }
}

#[test]
fn one_secret_in_two_repositories() {
    let dir = TempDir::new().expect("a folder");
    let mut shop = Story::new(&dir.path().join("shop"));
    shop.commit("Ada", 0, &[("report.env", Some(&format!("REPORT_DB_PASSWORD={PASSWORD}\n")))]);
    shop.commit("Ada", 5, &[("report.env", Some("REPORT_DB_PASSWORD=${REPORT_DB_PASSWORD}\n"))]);
    let mut dock = Story::new(&dir.path().join("dock"));
    dock.commit("Jon", 9, &[("worker.yaml", Some(&config(PASSWORD)))]);

    let shared = |report: &Value| -> Vec<Value> {
        let all = report["findings"].as_array().expect("findings");
        all.iter().filter(|f| f["weakness"] == "shared-secret").cloned().collect()
    };
    assert!(shared(&scan(dir.path(), &[])).is_empty(), "the tree of one has it no more");
    let found = shared(&scan(dir.path(), &["--history"]));
    assert_eq!(found.len(), 1);
    let text = found[0].to_string();
    assert!(text.contains("shop/report.env") && text.contains("dock/worker.yaml"), "{text}");
}

/// A small generator: the same history on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// Lines of code that say nothing, and ways to write a secret on one line, on two and on many.
fn snippet(dice: &mut Dice) -> String {
    let value: String = (0..18).map(|_| char::from(b"abcdefghkmnpqrstuvwxyzABCDEFGHKMNPQRSTUVWXYZ23456789"[dice.roll(52)])).collect();
    match dice.roll(9) {
        0 => format!("db_password = \"{value}\"\n"),
        1 => format!("  password:\n    \"{value}\"\n"),
        2 => format!("<entry>\n<key>password</key>\n<string>{value}</string>\n</entry>\n"),
        3 => format!("| host | user | password |\n| --- | --- | --- |\n| a | b | {value} |\n| c | d | x{value} |\n"),
        4 => format!("export AWS_SECRET_ACCESS_KEY={value}{}\n", "Zk7q".repeat(6).get(..22).unwrap_or("")),
        5 => "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIDs8S1hT0RkR8o0mJ1H0wQ3b7JY2yXl0q1o8n8d2Hn3ToAoGCCqGSM49\nAwEHoUQDQgAE\n-----END EC PRIVATE KEY-----\n".to_owned(),
        _ => (0..dice.roll(12) + 1).map(|i| format!("let value_{i} = compute({});\n", dice.roll(500))).collect(),
    }
}

/// Reading each version of each file whole finds the same secrets, whether objects are loose, in one pack with deltas, or in several.
#[test]
fn nothing_is_lost_against_reading_every_blob() {
    use sidedoor::artifact::Artifact;
    use sidedoor::fact::{Facts, Kind, sighting};
    use sidedoor::read::{Knowledge, read};
    let dir = TempDir::new().expect("a folder");
    let mut story = Story::new(dir.path());
    let mut dice = Dice(7);
    let names = ["src/app.py", "conf/app.yaml", "docs/page.md", "conf/app.xml", "run.sh", "data.txt"];
    let mut texts: Vec<Vec<String>> = names.iter().map(|_| (0..20).map(|_| snippet(&mut dice)).collect()).collect();
    let knowing = Knowledge::new(&[sidedoor::rules()], [5; 32]);
    let mut wanted: BTreeSet<(String, String)> = BTreeSet::new();
    for day in 0..120 {
        let at = dice.roll(names.len());
        let lines = &mut texts[at];
        let place = dice.roll(lines.len());
        match dice.roll(3) {
            0 => lines[place] = snippet(&mut dice),
            1 => lines.insert(place, snippet(&mut dice)),
            _ => drop(lines.remove(place)),
        }
        let all: Vec<(String, String)> = names.iter().zip(&texts).map(|(n, t)| ((*n).to_owned(), t.concat())).collect();
        for (name, text) in &all {
            for fact in read(&Artifact::given(name.clone(), text.clone()), &knowing).facts.iter().filter(|f| f.kind == Kind::Sighting) {
                let digest = fact.fields.text(sighting::DIGEST).expect("a digest").to_string();
                wanted.insert((name.clone(), digest));
            }
        }
        let files: Vec<(&str, Option<&str>)> = all.iter().map(|(n, t)| (n.as_str(), Some(t.as_str()))).collect();
        story.commit("Ada", day, &files);
        if day == 60 {
            // an older pack with deltas, and loose objects beside it
            story.git(&["repack", "-q", "-a", "-d", "-f", "--depth=40", "--window=40"]);
        }
    }
    assert!(wanted.len() > 40, "{}", wanted.len());
    let found = || -> BTreeSet<(String, String)> {
        let roots = sidedoor::source::roots(&[dir.path().to_path_buf()]).expect("a root");
        let mut facts = Facts::default();
        sidedoor::scan::collect_history(&sidedoor::source::repositories(&roots), false, &knowing, &mut facts);
        assert!(facts.unread.is_empty(), "{:?}", facts.unread);
        let sightings = facts.of(Kind::Sighting);
        sightings.map(|f| (f.at.place.path.to_string(), f.fields.text(sighting::DIGEST).expect("a digest").to_string())).collect()
    };
    assert_eq!(found(), wanted, "loose and packed");
    story.git(&["repack", "-q", "-a", "-d", "-f", "--depth=40", "--window=40"]);
    assert_eq!(found(), wanted, "one pack");
}

#[test]
fn the_same_bytes_for_any_number_of_threads() {
    let dir = TempDir::new().expect("a folder");
    let mut story = Story::new(dir.path());
    for day in 0..30 {
        let text: String = (0..40).map(|i| format!("line {i} {}\n", (i * day) % 7)).collect();
        story.commit("Ada", day, &[("a.env", Some(&format!("{text}API_PASSWORD=Kq8-{day:02}vTr#zLm\n"))), ("b.md", Some(&text))]);
    }
    let once = raw(dir.path(), &["scan", ".", "-f", "json", "--history", "--as-of", "2026-11-20", "-j", "1"]);
    for jobs in ["2", "7"] {
        assert_eq!(raw(dir.path(), &["scan", ".", "-f", "json", "--history", "--as-of", "2026-11-20", "-j", jobs]), once);
    }
}

#[test]
fn what_is_missing_is_said_and_the_rest_is_read() {
    let dir = TempDir::new().expect("a folder");
    let mut story = Story::new(&dir.path().join("whole"));
    story.commit("Ada", 0, &[("a.env", Some(&format!("DB_PASSWORD={PASSWORD}\n"))), ("b.txt", Some("a text that says nothing\n"))]);
    story.commit("Ada", 3, &[("a.env", Some("DB_PASSWORD=${DB_PASSWORD}\n"))]);
    let whole = story.folder().to_path_buf();

    // a clone without its older commits
    git(dir.path(), &["clone", "-q", "--depth", "1", &format!("file://{}", whole.display()), "shallow"]);
    let report = scan(&dir.path().join("shallow"), &["--history"]);
    assert_eq!(report["run"]["complete"], false);
    assert!(report["artifacts"].to_string().contains("shallow clone"), "{}", report["artifacts"]);

    // a blob that is not there, as the tree names it
    let id = story.repository.revparse_single("HEAD:b.txt").expect("a blob").id().to_string();
    let (folder, file) = id.split_at(2);
    fs::remove_file(whole.join(".git/objects").join(folder).join(file)).expect("removed");
    let report = scan(&whole, &["--history"]);
    assert!(report["artifacts"].to_string().contains(&id), "{}", report["artifacts"]);
    assert_eq!(of(&report, "secrets/password-in-history", "a.env").len(), 1);
    assert_eq!(report["run"]["complete"], false);

    // one that is broken
    let id = story.repository.revparse_single("HEAD:a.env").expect("a blob").id().to_string();
    let (folder, file) = id.split_at(2);
    let object = whole.join(".git/objects").join(folder).join(file);
    fs::remove_file(&object).expect("removed");
    fs::write(&object, b"no object at all").expect("written");
    let report = scan(&whole, &["--history"]);
    assert!(report["artifacts"].to_string().contains(&id), "{}", report["artifacts"]);
    assert_eq!(of(&report, "secrets/password-in-history", "a.env").len(), 1);
}

#[test]
fn a_broken_pack_costs_what_is_broken() {
    let dir = TempDir::new().expect("a folder");
    let mut story = Story::new(dir.path());
    for day in 0..20 {
        let text: String = (0..200).map(|i| format!("{day} line {i} {}\n", i * 31 % 97)).collect();
        story.commit("Ada", day, &[("a.txt", Some(&text)), ("k.env", Some(&format!("DB_PASSWORD=Kq8-{day:02}vTr#zLm\n")))]);
    }
    story.git(&["repack", "-q", "-a", "-d", "-f"]);
    let folder = dir.path().join(".git/objects/pack");
    let pack = fs::read_dir(&folder).expect("packs").flatten().map(|e| e.path()).find(|p| p.extension().is_some_and(|e| e == "pack"));
    let pack = pack.expect("a pack");
    let mut permissions = fs::metadata(&pack).expect("a pack").permissions();
    #[allow(clippy::permissions_set_readonly_false)]
    permissions.set_readonly(false);
    fs::set_permissions(&pack, permissions).expect("writable");
    let mut bytes = fs::read(&pack).expect("a pack");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8].fill(0xff);
    fs::write(&pack, bytes).expect("written");
    let (code, out) = raw(dir.path(), &["scan", ".", "-f", "json", "--history", "--as-of", "2026-11-20"]);
    assert!([0, 1].contains(&code), "{code} {out}");
    let report: Value = serde_json::from_str(&out).expect("a report");
    assert_eq!(report["run"]["complete"], false, "{}", report["artifacts"]);
    assert!(report["findings"].as_array().is_some_and(|f| f.len() > 1), "{out}");
}

#[test]
fn bare_repositories_and_what_no_branch_leads_to() {
    let dir = TempDir::new().expect("a folder");
    let mut story = Story::new(&dir.path().join("work"));
    story.commit("Ada", 0, &[("README.md", Some("# A program\n"))]);
    story.commit("Ada", 4, &[("a.env", Some(&format!("DB_PASSWORD={PASSWORD}\n")))]);
    git(dir.path(), &["clone", "-q", "--bare", &format!("file://{}", story.folder().display()), "bare.git"]);
    let bare = scan(&dir.path().join("bare.git"), &["--history"]);
    assert_eq!(of(&bare, "secrets/password-in-history", "a.env").len(), 1, "{bare}");

    story.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let with = scan(story.folder(), &["--history", "--unreachable"]);
    let without = scan(story.folder(), &["--history"]);
    assert_eq!(of(&with, "secrets/password-in-history", "a.env").len(), 1, "{with}");
    assert!(of(&without, "secrets/password-in-history", "a.env").is_empty(), "{without}");
    let (code, _) = raw(story.folder(), &["scan", "--unreachable"]);
    assert_eq!(code, 2, "it means nothing alone");
}
