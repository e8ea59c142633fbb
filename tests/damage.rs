//! Every export of the fixtures, cut and damaged: what is lost is named, and nothing is made up.

#![allow(clippy::expect_used, clippy::panic, clippy::disallowed_methods)] // tests may fail loudly

use sidedoor::artifact::{Artifact, Read, Why};
use sidedoor::fact::Kind;
use sidedoor::read::{Knowledge, Reading, read};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn fixtures() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/exports");
    let (mut folders, mut files) = (vec![root], Vec::<PathBuf>::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    let name = |p: &Path| p.file_name().expect("a name").to_string_lossy().into_owned();
    files.iter().filter_map(|p| Some((name(p), fs::read_to_string(p).ok()?))).collect()
}

/// What the facts are about; a place and a name of an item in a list may move, and a made-up thing has a name of its own.
fn named(reading: &Reading) -> BTreeSet<(Kind, String)> {
    let about = reading.facts.iter().filter(|f| !matches!(f.kind, Kind::Sighting | Kind::KeyUse));
    about.map(|f| (f.kind, f.name.as_str().to_owned())).collect()
}

fn give(path: &str, text: &str, knowing: &Knowledge) -> Reading {
    read(&Artifact::given(path, text.as_bytes().to_vec()), knowing)
}

fn is_told(reading: &Reading) -> bool {
    reading.unread.iter().any(|u| u.why != Why::Bug) || reading.artifacts.iter().any(|a| a.read != Read::Full)
}

/// A text is cut at every twentieth of its length.
#[test]
fn what_breaks_off_is_named() {
    let knowing = Knowledge::new(&[sidedoor::rules()], [0; 32]);
    let mut wrong = Vec::new();
    for (path, text) in fixtures() {
        let whole = give(&path, &text, &knowing);
        if whole.artifacts.iter().all(|a| a.kind.is_none()) {
            continue;
        }
        let all = named(&whole);
        let json = text.trim_start().starts_with(['{', '[']);
        for part in 1..20 {
            let mut at = text.len() * part / 20;
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let cut = give(&path, &text[..at], &knowing);
            let told = is_told(&cut);
            assert!(!cut.unread.iter().any(|u| u.why == Why::Bug), "{path} at {at}");
            // lines of NDJSON, rows and documents of YAML may be whole where the text ends
            let ends_whole =
                !json || text[..at].trim_end().ends_with(['}', ']']) && serde_json::from_str::<serde_json::Value>(&text[..at]).is_ok();
            let fresh: Vec<_> = named(&cut).difference(&all).cloned().collect();
            if !told && !ends_whole {
                wrong.push(format!("{path} at {at} of {}: not told", text.len()));
            }
            // the beginning of a text in YAML or HCL is mostly such a text: nothing tells that it is one
            if !told && json && !fresh.is_empty() {
                wrong.push(format!("{path} at {at} of {}: made up {fresh:?}", text.len()));
            }
            if !told && json && named(&cut).len() < all.len() && !ends_whole {
                wrong.push(format!("{path} at {at}: lost and not told"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

/// A bracket that closes is taken out, or one too many is put in.
#[test]
fn what_is_damaged_is_named() {
    let knowing = Knowledge::new(&[sidedoor::rules()], [0; 32]);
    let mut wrong = Vec::new();
    for (path, text) in fixtures() {
        if !text.trim_start().starts_with(['{', '[']) {
            continue;
        }
        let whole = give(&path, &text, &knowing);
        // what is an error when whole is told already
        if whole.artifacts.iter().all(|a| a.kind.is_none() || a.why.is_some()) {
            continue;
        }
        let closing: Vec<usize> = text.match_indices(['}', ']']).map(|(i, _)| i).collect();
        for n in [0, closing.len() / 3, closing.len() / 2, closing.len() - 1] {
            let Some(at) = closing.get(n).copied() else { continue };
            for damaged in [format!("{}{}", &text[..at], &text[at + 1..]), format!("{}}}]{}", &text[..at], &text[at..])] {
                if serde_json::from_str::<serde_json::Value>(&damaged).is_ok() {
                    continue;
                }
                if !is_told(&give(&path, &damaged, &knowing)) {
                    wrong.push(format!("{path}: bracket {n} at {at}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

/// The header of a table is lost, in part or whole. A table whose rows name nobody may be any table.
#[test]
fn a_damaged_header_is_named() {
    let knowing = Knowledge::new(&[sidedoor::rules()], [0; 32]);
    let report = "user,arn,user_creation_time,password_enabled,mfa_active,access_key_1_active,access_key_1_last_rotated\n\
        <root_account>,arn:aws:iam::401222333444:root,2020-01-01T00:00:00+00:00,not_supported,true,false,N/A\n\
        mara,arn:aws:iam::401222333444:user/mara,2022-01-01T00:00:00+00:00,true,false,true,2023-03-11T08:42:19+00:00\n";
    for (what, text) in [
        ("no header", report.split_once('\n').expect("rows").1.to_owned()),
        ("its beginning is lost", report["user,arn,user_creation".len()..].to_owned()),
        ("it breaks off", report.replace("password_enabled,mfa_active,access_key_1_active,access_key_1_last_rotated", "password")),
        ("a name is gone", report.replace("mfa_active", "")),
        ("a name stands there twice", report.replace("mfa_active", "password_enabled")),
    ] {
        assert!(is_told(&give("report.csv", &text, &knowing)), "{what}: {text}");
    }
    for sound in [
        report.to_owned(),
        report.replace("last_rotated\n", "last_rotated,,\n").replace("N/A\n", "N/A,,\n").replace("+00:00\n", "+00:00,,\n"),
    ] {
        assert!(!is_told(&give("report.csv", &sound, &knowing)), "{sound}");
    }
    assert!(!is_told(&give("people.csv", "name,team\nmara,quay\n", &knowing)));
}

/// The beginning of a text in YAML is such a text as well: what tells is how it ends.
#[test]
fn yaml_that_ends_too_early_is_named() {
    let knowing = Knowledge::new(&[sidedoor::rules()], [0; 32]);
    let list = "apiVersion: v1\nitems:\n- apiVersion: rbac.authorization.k8s.io/v1\n  kind: ClusterRoleBinding\n  metadata:\n    name: ops\n  \
        roleRef:\n    apiGroup: rbac.authorization.k8s.io\n    kind: ClusterRole\n    name: cluster-admin\n  subjects:\n  - kind: User\n    name: ann\n\
        kind: List\nmetadata:\n  resourceVersion: \"\"\n";
    assert!(!is_told(&give("rbac.yaml", list, &knowing)));
    let end = list.find("kind: List").expect("an end");
    for at in [end, end - 12, list.find("subjects:").expect("subjects") + "subjects:".len()] {
        assert!(is_told(&give("rbac.yaml", &list[..at], &knowing)), "{}", &list[..at]);
    }
    let bindings = "bindings:\n- members:\n  - user:ann@quay.example\n  role: roles/owner\netag: BwX\nversion: 1\n";
    assert!(!is_told(&give("project.yaml", bindings, &knowing)));
    assert!(is_told(&give("project.yaml", bindings.trim_end_matches("\netag: BwX\nversion: 1\n"), &knowing)));
    let roles = "--\n-- PostgreSQL database cluster dump\n--\nCREATE ROLE ann;\nALTER ROLE ann WITH SUPERUSER INHERIT CREATEROLE CREATEDB LOGIN;\n\
        ALTER ROLE ben WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN;\n";
    assert!(!is_told(&give("roles.sql", roles, &knowing)));
    assert!(is_told(&give("roles.sql", &roles[..roles.len() - 9], &knowing)));
    let policy = "path \"sys/policies/acl/*\" {\n  capabilities = [\"create\", \"update\"]\n}\n";
    for at in [policy.len() - 3, policy.len() - 12, policy.len() - 24] {
        assert!(is_told(&give("operator.hcl", &policy[..at], &knowing)), "{}", &policy[..at]);
    }
}
