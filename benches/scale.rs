//! `cargo bench --bench scale`: whether cost grows with bytes and no faster. Each bench runs over 1, 4 and 16 times the same amount.

#![allow(clippy::expect_used, clippy::disallowed_methods)] // a bench may fail loudly

use divan::Bencher;
use divan::counter::BytesCount;
use git2::{Repository, Signature, Time};
use sidedoor::artifact::{Artifact, Provenance};
use sidedoor::fact::Facts;
use sidedoor::read::{Knowledge, read};
use sidedoor::scan::{collect, collect_history};
use sidedoor::source::{Changes, Given, Since, repositories, roots, sources};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const TIMES: [usize; 3] = [1, 4, 16];

fn main() {
    divan::main();
}

fn knowing() -> Knowledge {
    Knowledge::new(&[sidedoor::rules()], [7; 32])
}

/// A file as a program has many of, different for each number, with a secret in one of fifty.
fn code(number: usize) -> String {
    let body = (0..60).map(|i| {
        let n = number * 61 + i * 17;
        format!("def token_of_{n}(request, cache=None):\n    value = cache.lookup(request.user, key=\"{n:x}\") or compute({n})\n    return value\n\n")
    });
    let secret = if number.is_multiple_of(50) { format!("DB_PASSWORD = \"mT9qLw2x{number:04}kEzu\"\n") } else { String::new() };
    body.collect::<String>() + &secret
}

fn page(number: usize) -> String {
    format!(
        "# Page {number}\n\nWhen a user calls, open a ticket and check who is calling. Do not send the new password by e-mail.\n\n## Reset a password\n\n1. Call back on the registered number.\n2. Reset the password in the console.\n3. Record the time in ticket {number}.\n\n"
    )
}

/// The pattern engine alone: no name, no prose, no export.
#[divan::bench(args = TIMES)]
fn patterns(bencher: Bencher<'_, '_>, times: usize) {
    let text: String = (0..20 * times).map(code).collect();
    let knowing = knowing();
    bencher.counter(BytesCount::new(text.len())).bench_local(|| sidedoor::read::secret_spans(&text, "aws.access-key-id", &knowing));
}

#[divan::bench(args = TIMES)]
fn prose(bencher: Bencher<'_, '_>, times: usize) {
    let text: String = (0..40 * times).map(page).collect();
    let (knowing, artifact) = (knowing(), Artifact::given("runbook.md", text.clone().into_bytes()));
    bencher.counter(BytesCount::new(text.len())).bench_local(|| read(&artifact, &knowing));
}

/// A tree on the disk, as `scan` reads it.
#[divan::bench(args = TIMES)]
fn tree(bencher: Bencher<'_, '_>, times: usize) {
    let dir = TempDir::new().expect("a folder");
    let mut bytes = 0;
    for number in 0..50 * times {
        let text = code(number);
        bytes += text.len();
        fs::write(dir.path().join(format!("m{number}.py")), text).expect("a file");
    }
    let (roots, knowing) = (roots(&[dir.path().to_path_buf()]).expect("a root"), knowing());
    bencher.counter(BytesCount::new(bytes)).bench_local(|| collect(&sources(&roots, false, &globset::GlobSet::empty()), &knowing, &|| {}));
}

/// A history: each commit changes a line of one of twenty files. The bytes are those of all blobs.
#[divan::bench(args = TIMES)]
fn history(bencher: Bencher<'_, '_>, times: usize) {
    let dir = TempDir::new().expect("a folder");
    let repository = Repository::init(dir.path()).expect("a repository");
    let mut files: Vec<String> = (0..20).map(code).collect();
    let mut bytes = 0;
    for day in 0..100 * times {
        let at = day * 7 % files.len();
        let Some(file) = files.get_mut(at) else { continue };
        let changed = file.replacen("compute(", &format!("compute({day} + "), 1);
        bytes += changed.len();
        *file = changed;
        commit(&repository, dir.path(), &format!("f{at}.py"), file, day);
    }
    pack(dir.path());
    let (repos, knowing) = (repositories(&roots(&[dir.path().to_path_buf()]).expect("a root")), knowing());
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let mut facts = Facts::default();
        collect_history(&repos, false, &knowing, &mut facts);
        facts.facts.len()
    });
}

/// A hook before a commit: so many files staged, of which each adds a few lines.
#[divan::bench(args = [5, 20, 80])]
fn staged(bencher: Bencher<'_, '_>, files: usize) {
    let dir = TempDir::new().expect("a folder");
    let repository = Repository::init(dir.path()).expect("a repository");
    for number in 0..files {
        commit(&repository, dir.path(), &format!("f{number}.py"), &code(number), number);
    }
    let mut index = repository.index().expect("an index");
    for number in 0..files {
        let name = format!("f{number}.py");
        let added = format!("API_PASSWORD = \"hX3vNc8p{number:04}WyQa\"\n");
        fs::write(dir.path().join(&name), code(number) + &added).expect("a file");
        index.add_path(Path::new(&name)).expect("added");
    }
    index.write().expect("written");
    let (roots, knowing) = (roots(&[dir.path().to_path_buf()]).expect("a root"), knowing());
    bencher.bench_local(|| collect(&Changes::of(&roots, &Since::Staged).expect("a change"), &knowing, &|| {}));
}

/// Texts that are held already: what is left when no disk is asked.
#[divan::bench(args = TIMES)]
fn held(bencher: Bencher<'_, '_>, times: usize) {
    let files: Vec<(String, Vec<u8>)> = (0..50 * times).map(|n| (format!("m{n}.py"), code(n).into_bytes())).collect();
    let bytes: usize = files.iter().map(|(_, b)| b.len()).sum();
    let (given, knowing) = (Given(files, Provenance::Given), knowing());
    bencher.counter(BytesCount::new(bytes)).bench_local(|| collect(&given, &knowing, &|| {}));
}

fn commit(repository: &Repository, folder: &Path, name: &str, text: &str, day: usize) {
    fs::write(folder.join(name), text).expect("a file");
    let mut index = repository.index().expect("an index");
    index.add_path(Path::new(name)).expect("added");
    index.write().expect("written");
    let tree = repository.find_tree(index.write_tree().expect("a tree")).expect("a tree");
    let who = Signature::new("Ada", "ada@acme.internal", &Time::new(1_609_459_200 + day as i64 * 86_400, 0)).expect("somebody");
    let parent = repository.head().ok().and_then(|h| h.peel_to_commit().ok());
    repository.commit(Some("HEAD"), &who, &who, "a step", &tree, &parent.iter().collect::<Vec<_>>()).expect("a commit");
}

fn pack(folder: &Path) {
    let status = std::process::Command::new("git").args(["repack", "-q", "-a", "-d"]).current_dir(folder).status();
    assert!(status.expect("git runs").success());
}
