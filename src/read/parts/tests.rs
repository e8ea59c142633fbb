#![allow(clippy::expect_used, clippy::indexing_slicing)]
use super::*;
use crate::tree::{Tree, json, yaml};

fn parts(text: &str, extension: &str) -> (Vec<Part>, Result<(), Stop>) {
    let mut out = Vec::new();
    let done = each(&|| Ok(text.as_bytes()), &mut None, extension, &mut |part| {
        out.push(part);
        true
    });
    (out, done)
}

/// The parts give every byte of the text but the commas between them, and tell where each stands.
fn whole(text: &str, parts: &[Part]) {
    let mut at = 0;
    for part in parts {
        let own = &part.text[part.own.clone()];
        assert!(text[part.base.0..].starts_with(own), "a part stands where it says");
        assert!(text[at..part.base.0].trim_matches([',', ' ', '\n']).is_empty(), "nothing is left out: {:?}", &text[at..part.base.0]);
        at = part.base.0 + own.len();
    }
    assert!(text[at..].trim().is_empty());
    assert_eq!(parts.iter().filter(|p| p.last).count(), 1);
    assert!(parts.last().is_some_and(|p| p.last));
}

fn records(n: usize, size: usize) -> String {
    (0..n)
        .map(|i| format!("{{\"id\":\"r{i}\",\"tags\":[{{\"k\":1}},{{\"k\":2}}],\"note\":\"a \\\"b\\\" {{[ {}\"}}", "x".repeat(size)))
        .collect::<Vec<_>>()
        .join(",\n")
}

#[test]
fn a_list_in_an_object_keeps_what_stands_around_it() {
    let text = format!("{{\"@odata.context\":\"c\",\n\"value\":[{}],\"count\":7,\"kind\":\"L\"}}", records(6000, 1000));
    let (parts, done) = parts(&text, "json");
    assert_eq!(done, Ok(()));
    whole(&text, &parts);
    assert!(parts.len() > 2);
    let mut seen = 0;
    for part in &parts {
        let tree = json(&part.text).expect("a document");
        assert_eq!(tree.get("@odata.context").and_then(Tree::text), Some("c"));
        assert_eq!(tree.get("kind").and_then(Tree::text), Some("L"));
        for (i, item) in tree.get("value").expect("a list").items().iter().enumerate() {
            assert_eq!(item.get("id").and_then(Tree::text), Some(format!("r{seen}").as_str()));
            assert_eq!(item.get("tags").map(|t| t.items().len()), Some(2), "no record is cut");
            assert_eq!(part.pointer(&format!("/value/{i}/note")), format!("/value/{seen}/note"));
            let at = part.offset(item.span.start);
            assert!(text[at..].starts_with(&format!("{{\"id\":\"r{seen}\"")), "{at}");
            seen += 1;
        }
    }
    assert_eq!(seen, 6000);
}

#[test]
fn pages_and_lists_beside_each_other_and_maps() {
    let (a, b) = (records(3000, 1000), records(2500, 1000));
    for (text, path) in [
        (format!("[{{\"value\":[{a}],\"n\":1}},{{\"value\":[{b}],\"n\":2}}]"), None),
        (format!("{{\"UserDetailList\":[{a}],\"Policies\":[{b}],\"IsTruncated\":false}}"), Some("UserDetailList")),
        (format!("{{\"data\":{{\"users\":{{\"nodes\":[{a},{b}]}},\"name\":\"x\"}}}}"), Some("data")),
    ] {
        let (parts, done) = parts(&text, "json");
        assert_eq!(done, Ok(()));
        whole(&text, &parts);
        let mut ids = 0;
        for part in &parts {
            let tree = json(&part.text).expect("a document");
            assert!(path.is_none_or(|key| tree.get(key).is_some()));
            ids += part.text[part.own.clone()].matches("\"id\":\"r").count();
        }
        assert_eq!(ids, 5500);
        let last = parts.last().expect("a part");
        let tree = json(&last.text).expect("a document");
        if path.is_none() {
            let page = tree.items().first().expect("a page");
            let id = page.get("value").expect("v").items()[0].get("id").and_then(Tree::text).expect("id").to_owned();
            assert_eq!(format!("/1/value/{}", &id[1..]), last.pointer("/0/value/0"));
        }
    }
}

#[test]
fn documents_one_after_the_other() {
    let text = records(6000, 1000).replace(",\n", "\n");
    let (parts, done) = parts(&text, "ndjson");
    assert_eq!(done, Ok(()));
    whole(&text, &parts);
    let second = &parts[1];
    let first = second.text.split_once("\"r").and_then(|(_, t)| t.split_once('"')).expect("an id").0;
    assert_eq!(second.pointer("/0/note"), format!("/{first}/note"));
    assert_eq!(second.base.1, newlines(&text.as_bytes()[..second.base.0]));
}

#[test]
fn what_breaks_off_or_is_broken_is_given_up_to_there() {
    let text = format!("{{\"value\":[{}", records(6000, 1000));
    let (cut, done) = parts(&text[..text.len() - 700], "json");
    assert!(matches!(done, Err(Stop::Truncated(5999 | 6000))), "{done:?}");
    assert!(cut.iter().all(|p| json(&p.text).is_ok() && !p.last));
    assert_eq!(cut.iter().map(|p| p.text.matches("\"id\"").count()).sum::<usize>(), 5999);
    let broken = text.replace("{\"id\":\"r4000\"", "}\"id\":\"r4000\"");
    let (before, done) = parts(&broken, "json");
    assert_eq!(done, Err(Stop::Malformed(4001)));
    assert_eq!(before.iter().map(|p| p.text.matches("\"id\"").count()).sum::<usize>(), 4000);
    assert_eq!(parts(&"[".repeat(9_000_000), "json").1, Err(Stop::TooDeep(1)));
    assert_eq!(parts(&format!("{{\"Content\":\"{}\"}}", "x".repeat(9_000_000)), "json").1, Err(Stop::Whole));
    assert_eq!(parts("", "json").1, Err(Stop::Whole));
}

#[test]
fn rows_of_a_table_have_its_header() {
    let rows: String = (0..50_000).map(|i| format!("u{i},\"a, \"\"b\"\"\nc\",{}\n", "x".repeat(60))).collect();
    let text = format!("sep=,\nuser,note,more\n{rows}");
    let (parts, done) = parts(&text, "csv");
    assert_eq!(done, Ok(()));
    whole(&text, &parts);
    assert!(parts.len() > 1);
    for part in &parts {
        assert!(part.text.starts_with("sep=,\nuser,note,more\nu"));
    }
    let second = &parts[1];
    let first: usize = second.text[second.own.clone()][1..].split(',').next().and_then(|n| n.parse().ok()).expect("a number");
    assert_eq!(second.pointer("row 2"), format!("row {}", first + 2));
    // lines of the text before the part, less those of the header that is told again
    assert_eq!(second.base.1 + 2, newlines(&text.as_bytes()[..second.base.0]));
}

#[test]
fn yaml_by_documents_and_by_items() {
    let item = |i: usize| format!("- id: r{i}\n  note: {}\n", "x".repeat(1000));
    let items: String = (0..5000).map(item).collect();
    let text = format!("apiVersion: v1\nitems:\n{items}kind: List\n");
    let (listed, done) = parts(&text, "yaml");
    assert_eq!(done, Ok(()));
    whole(&text, &listed);
    let mut seen = 0;
    for part in &listed {
        let tree = yaml(&part.text).expect("yaml").remove(0);
        assert_eq!(tree.get("kind").and_then(Tree::text), Some("List"));
        assert_eq!(tree.get("apiVersion").and_then(Tree::text), Some("v1"));
        let first = part.pointer("/items/0");
        assert_eq!(first, format!("/items/{seen}"));
        seen += tree.get("items").expect("items").items().len();
    }
    assert_eq!(seen, 5000);
    let text: String = (0..5000).map(|i| format!("---\nid: r{i}\nnote: {}\n", "x".repeat(1000))).collect();
    let (streamed, done) = parts(&text, "yaml");
    assert_eq!(done, Ok(()));
    whole(&text, &streamed);
    assert!(streamed.len() > 1 && streamed.iter().all(|p| p.text.starts_with("---\nid: r")));
}
