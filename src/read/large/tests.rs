//! An export reads the same whole and in parts.

#![allow(clippy::expect_used)]

use super::{Alike, keeping};
use crate::artifact::{Artifact, Body, Open, Provenance, Read, Why};
use crate::fact::Sealed;
use crate::read::{Knowledge, Reading};
use std::io::Cursor;
use std::sync::Arc;

fn read(path: &str, text: &str, large: bool) -> Reading {
    let bytes = text.as_bytes().to_vec();
    let len = bytes.len() as u64;
    let knowing = Knowledge::new(&[crate::rules()], [0; 32]);
    let artifact = |body| Artifact { path: path.to_owned(), home: String::new(), provenance: Provenance::File, body };
    if !large {
        return crate::read::read(&artifact(Body::Whole(bytes)), &knowing);
    }
    let open: Open = Arc::new(move || Ok(Box::new(Cursor::new(bytes.clone()))));
    // what is left out of very many is tried where it is decided
    keeping(Alike::keeping(u32::MAX), &artifact(Body::Large { open: open.clone(), len }), &open, len, &knowing)
}

/// What a fact says and where, but not the words of its quotes: in parts, each fact is quoted once.
fn said(fact: &Sealed) -> String {
    let place = &fact.at.place;
    let fields: Vec<String> = fact
        .fields
        .iter()
        .map(|(field, stated)| {
            format!("{}: {:?}", field.name(), fact.fields.values(field).map(plain).collect::<Vec<_>>()) + stated_as(stated)
        })
        .collect();
    format!(
        "{:?} {} {} {}-{} {:?} {:?} {fields:?}",
        fact.kind, fact.name, fact.anchor, place.line, place.end_line, place.span, place.pointer
    )
}

fn stated_as<T, Q>(stated: &crate::fact::Stated<T, Q>) -> &'static str {
    if matches!(stated, crate::fact::Stated::Said(_)) { "" } else { "?" }
}

fn plain(value: &crate::fact::Value<crate::artifact::Clean, Arc<crate::artifact::Quote>>) -> String {
    match value {
        crate::fact::Value::List(list) => format!("{} of {}", list.items.len(), list.complete),
        other => format!("{other:?}"),
    }
}

fn same(path: &str, text: &str) {
    let (whole, parts) = (read(path, text, false), read(path, text, true));
    assert_eq!(whole.artifacts, parts.artifacts, "{path}");
    assert!(whole.artifacts.iter().all(|a| a.kind.is_some() && a.read == Read::Full), "{path}: {:?}", whole.artifacts);
    let list = |r: &Reading| {
        let mut all: Vec<String> = r.facts.iter().filter(|f| f.kind != crate::fact::Kind::Sighting).map(said).collect();
        all.sort();
        all
    };
    let (a, b) = (list(&whole), list(&parts));
    assert!(a.len() > 1000, "{path}: {}", a.len());
    for (a, b) in a.iter().zip(&b) {
        assert_eq!(a, b, "{path}");
    }
    assert_eq!(a.len(), b.len(), "{path}");
}

const FILL: &str = "a note that somebody left to say why this one is here and what it was for, at some length";

#[test]
fn an_account_of_amazon() {
    let user = |i: usize| {
        format!(
            "    {{\"Path\": \"/\", \"UserName\": \"u{i}\", \"UserId\": \"AIDA{i:016}\", \"Arn\": \"arn:aws:iam::111122223333:user/u{i}\", \"CreateDate\": \"2024-01-01T00:00:00Z\",\n\
             \"UserPolicyList\": [{{\"PolicyName\": \"p\", \"PolicyDocument\": {{\"Version\": \"2012-10-17\", \"Statement\": [{{\"Effect\": \"Allow\", \"Action\": [\"iam:CreateAccessKey\"], \"Resource\": \"*\"}}]}}}}],\n\
             \"GroupList\": [\"g\"], \"AttachedManagedPolicies\": [], \"Tags\": [{{\"Key\": \"note\", \"Value\": \"{}\"}}]}}",
            FILL.repeat(9)
        )
    };
    let users = (0..4000).map(user).collect::<Vec<_>>().join(",\n");
    let text = format!(
        "{{\"UserDetailList\": [\n{users}\n],\n\"GroupDetailList\": [{{\"Path\": \"/\", \"GroupName\": \"g\", \"GroupId\": \"AGPA0000000000000001\", \
         \"Arn\": \"arn:aws:iam::111122223333:group/g\", \"CreateDate\": \"2024-01-01T00:00:00Z\", \"GroupPolicyList\": [], \"AttachedManagedPolicies\": []}}],\n\
         \"RoleDetailList\": [], \"Policies\": [], \"IsTruncated\": false}}"
    );
    same("account.json", &text);
}

#[test]
fn a_table_of_credentials() {
    let head = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,\
                access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,\
                access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,\
                cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";
    let row = |i: usize| {
        format!(
            "u{i},arn:aws:iam::111122223333:user/u{i},2021-01-01T00:00:00+00:00,true,2026-01-01T00:00:00+00:00,2021-01-01T00:00:00+00:00,N/A,false,\
             true,2021-01-01T00:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"
        )
    };
    same("report.csv", &format!("{head}\n{}", (0..12_000).map(row).collect::<String>()));
}

#[test]
fn records_a_line_and_lists_of_a_cluster() {
    let binding = |i: usize| {
        format!(
            "{{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"ClusterRoleBinding\",\"metadata\":{{\"name\":\"b{i}\",\"annotations\":{{\"note\":\"{}\"}}}},\
             \"roleRef\":{{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"ClusterRole\",\"name\":\"cluster-admin\"}},\"subjects\":[{{\"kind\":\"User\",\"name\":\"u{i}\"}}]}}",
            FILL.repeat(20)
        )
    };
    let all: Vec<String> = (0..3000).map(binding).collect();
    same("bindings.ndjson", &(all.join("\n") + "\n"));
    same(
        "bindings.json",
        &format!("{{\"apiVersion\":\"v1\",\"items\":[{}],\"kind\":\"List\",\"metadata\":{{\"resourceVersion\":\"\"}}}}", all.join(",")),
    );
    let yaml = |i: usize| {
        format!(
            "- apiVersion: rbac.authorization.k8s.io/v1\n  kind: ClusterRoleBinding\n  metadata:\n    name: b{i}\n    annotations:\n      note: {}\n  \
             roleRef:\n    apiGroup: rbac.authorization.k8s.io\n    kind: ClusterRole\n    name: cluster-admin\n  subjects:\n  - kind: User\n    name: u{i}\n",
            FILL.repeat(20)
        )
    };
    let text =
        format!("apiVersion: v1\nitems:\n{}kind: List\nmetadata:\n  resourceVersion: \"\"\n", (0..3000).map(yaml).collect::<String>());
    same("bindings.yaml", &text);
}

#[test]
fn what_is_no_export_is_searched_and_what_breaks_off_is_said_to() {
    let secret = "\"password\": \"tr0ub4dor-and-3-quays\"";
    let other = format!("[{}]", vec![format!("{{\"a\": 1, {secret}, \"b\": \"{FILL}\"}}"); 40_000].join(",\n"));
    let reading = read("other.json", &other, true);
    assert_eq!(
        reading.artifacts.iter().map(|a| (a.kind.is_some(), a.why)).collect::<Vec<_>>(),
        [(false, Some(Why::TooLarge { bytes: other.len() as u64 }))]
    );
    let row =
        "{\"UserName\":\"u\",\"AccessKeyId\":\"AKIAQYLPMN5HFIQR7BKX\",\"Status\":\"Active\",\"CreateDate\":\"2020-01-01T00:00:00Z\"},\n"
            .repeat(30_000);
    let cut = format!("{{\"AccessKeyMetadata\":[\n{row}");
    let reading = read("keys.json", &cut, true);
    let artifact = reading.artifacts.first().expect("an artifact");
    assert!(matches!((artifact.read, artifact.why), (Read::Partial, Some(Why::Truncated { line: 30_001..=30_002 }))), "{artifact:?}");
    assert!(reading.facts.len() >= 30_000, "{}", reading.facts.len());
}
