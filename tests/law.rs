//! The law of the house: which room may know which. One crate has no walls, so a test stands in their stead.
//!
//! Every `crate::` path in `src` is held against the table of `docs/architecture.md`, not only those in `use`.

#![allow(clippy::expect_used, clippy::panic, clippy::disallowed_methods, clippy::print_stderr)] // tests may fail loudly

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Room and the rooms it may know. Everything not listed is forbidden.
const LAW: &[(&str, &[&str])] = &[
    ("artifact", &[]),
    ("tree", &[]),
    ("finding", &["artifact"]),
    ("fact", &["artifact"]),
    ("rule", &["fact", "finding", "tree"]),
    ("source", &["artifact"]),
    ("unpack", &["artifact", "tree"]),
    ("read", &["artifact", "fact", "rule", "tree"]),
    ("policy", &["fact", "rule"]),
    ("paths", &["artifact"]),
    ("join", &["artifact", "fact", "policy", "rule", "paths"]),
    ("check", &["artifact", "fact", "rule", "finding"]),
    ("triage", &["artifact", "finding", "fact"]),
    ("config", &["triage", "rule", "fact", "finding", "tree"]),
    ("scan", &["artifact", "fact", "finding", "rule", "source", "unpack", "read", "join", "check", "triage"]),
    ("report", &["artifact", "finding", "rule", "paths"]),
    (
        "cli",
        &[
            "artifact",
            "fact",
            "finding",
            "rule",
            "source",
            "read",
            "join",
            "paths",
            "check",
            "triage",
            "config",
            "scan",
            "report",
            "rules",
            "catalogue",
            "estate",
        ],
    ),
];

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") && path.file_name().is_some_and(|n| n != "tests.rs") {
            out.push(path);
        }
    }
}

/// The code of a file: no comments, and nothing after the unit tests begin (tests may know more).
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or(text);
    text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The rooms named by `crate::room` and `crate::{room, …}`.
fn named(code: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let group = rest.strip_prefix('{').map(|inside| inside.split('}').next().unwrap_or(inside));
        let words = match group {
            Some(group) => group.split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        for word in words {
            let name: String = word.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !name.is_empty() {
                rooms.push(name);
            }
        }
    }
    rooms
}

#[test]
fn no_room_knows_what_it_must_not() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let law: BTreeMap<&str, &[&str]> = LAW.iter().copied().collect();
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut broken = Vec::new();
    for file in &files {
        let relative = file.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
        let room = relative.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(file).expect("a source file");
        if text.contains("super::super") {
            broken.push(format!("{relative}: super::super hides which room is meant"));
        }
        if ["lib", "main"].contains(&room.as_str()) {
            continue;
        }
        let Some(allowed) = law.get(room.as_str()) else {
            broken.push(format!("{relative}: the room `{room}` stands in no row of the law"));
            continue;
        };
        for other in named(&code(&text)) {
            if other != room && !allowed.contains(&other.as_str()) {
                broken.push(format!("{relative}: `{room}` must not know `{other}`"));
            }
        }
    }
    broken.sort();
    broken.dedup();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
    assert!(files.len() > 20, "the sources were found");
}

#[test]
fn the_law_has_no_circle() {
    let order: BTreeMap<&str, usize> = LAW.iter().enumerate().map(|(i, (room, _))| (*room, i)).collect();
    for (room, allowed) in LAW {
        for other in allowed.iter().filter(|o| order.contains_key(**o)) {
            // rows stand in the order of the flow: a room knows only rooms above it
            assert!(order[other] < order[room], "{room} knows {other}, which stands below it");
        }
    }
}

/// Files are opened in one room, and only cli looks at a clock: `clippy.toml` bans the calls, this holds the exceptions.
#[test]
fn exceptions_to_the_banned_calls_stand_where_they_may() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    for file in files {
        let relative = file.strip_prefix(&root).expect("below src").to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).expect("a source file");
        if code(&text).contains("clippy::disallowed_methods") {
            assert!(relative.starts_with("source/") || relative.starts_with("cli/"), "{relative} lifts a ban that is not its own to lift");
        }
        assert!(!code(&text).contains("unsafe "), "{relative}");
    }
}
