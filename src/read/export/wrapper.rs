//! Wrappers: what interfaces, recordings and tools put around an export, and what is inside of it.

use super::input::settle;
use super::record::segment;
use crate::tree::{Entry, Node, Tree, json, toml, yaml_lenient};
use base64::Engine as _;

/// Takes the value of a key out of a map.
pub(super) fn take(tree: &mut Tree, key: &str) -> Option<Tree> {
    let Node::Map(entries) = &mut tree.node else { return None };
    let i = entries.iter().position(|e| e.key.eq_ignore_ascii_case(key))?;
    Some(entries.swap_remove(i).value)
}

/// The table in `{"Content": …, "ReportFormat": "text/csv"}`.
pub(super) fn csv_content(tree: &Tree) -> Option<&Tree> {
    let format = tree.get("ReportFormat").and_then(Tree::text)?;
    let content = tree.get("Content").filter(|c| c.text().is_some())?;
    format.to_ascii_lowercase().contains("csv").then_some(content)
}

pub(super) fn decoded(content: &str) -> Option<String> {
    let packed: String = content.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(packed).ok()?;
    String::from_utf8(bytes).ok()
}

/// What stands beside `data` in answers of GraphQL and of Vault.
const BESIDE_DATA: &[&str] = &[
    "data",
    "headers",
    "status",
    "extensions",
    "request_id",
    "lease_id",
    "lease_duration",
    "renewable",
    "wrap_info",
    "warnings",
    "auth",
    "mount_type",
];

/// The files that a ConfigMap mounts, with their pointers.
pub(super) fn mounted(tree: &Tree) -> Vec<(String, Tree)> {
    if tree.get("kind").and_then(Tree::text) != Some("ConfigMap") {
        return Vec::new();
    }
    let files = tree.get("data").map(Tree::entries).unwrap_or_default();
    let parse = |e: &Entry| {
        let text = e.value.text()?;
        let mut inner = match e.key.rsplit_once('.')?.1 {
            "yaml" | "yml" => yaml_lenient(text).ok()?.into_iter().next()?,
            "json" => json(text).ok()?,
            "toml" => toml(text).ok()?,
            _ => return None,
        };
        settle(&mut inner, &e.value.span);
        Some((format!("/data{}", segment(&e.key)), inner))
    };
    files.iter().filter_map(parse).collect()
}

/// The key that holds what a wrapper wraps.
pub(super) fn wrapped(tree: &Tree) -> Option<&'static str> {
    let holds = |key: &str| tree.get(key).is_some_and(|v| matches!(v.node, Node::List(_) | Node::Map(_)));
    let beside =
        |keys: &[&str]| tree.entries().iter().all(|e| keys.iter().any(|k| e.key.eq_ignore_ascii_case(k)) || e.key.starts_with('@'));
    if tree.get("value").is_some_and(|v| matches!(v.node, Node::List(_))) && beside(&["value", "nextLink", "count", "continuationToken"]) {
        return Some("value");
    }
    // the tables of a service desk
    if let Some(key) = ["result", "records"].into_iter().find(|key| holds(key) && tree.entries().len() == 1 && tree.get(key).is_some()) {
        return Some(key);
    }
    // kubectl get … -o json; in YAML the kind of a list stands at its end, where it is lost first
    let of_list = tree.get("kind").map_or(tree.get("apiVersion").is_some(), |kind| kind.text().is_some_and(|k| k.ends_with("List")));
    if holds("items") && of_list {
        return Some("items");
    }
    // an answer that holds nothing says so by what is around it
    let nothing =
        tree.get("request_id").is_some() && tree.get("data").is_some_and(|d| d.entries().is_empty() && matches!(d.node, Node::Map(_)));
    if holds("data") && !nothing && (tree.get("status_code").is_some() || beside(BESIDE_DATA)) {
        return Some("data");
    }
    if let Some(key) = listed(tree) {
        return Some(key);
    }
    if holds("body") && beside(&["body", "headers", "status", "statusCode"]) {
        return Some("body");
    }
    None
}

/// Keys under which an interface puts a list of records, whatever they are.
const LISTS: &[&str] = &["value", "values", "items", "results", "records", "entries", "elements", "data", "list", "resources"];

/// What stands beside such a list: how many there are, and where the next ones are.
const PAGING: &[&str] = &[
    "count",
    "total",
    "totalcount",
    "totalresults",
    "totalsize",
    "size",
    "start",
    "startat",
    "startindex",
    "limit",
    "length",
    "offset",
    "page",
    "pages",
    "perpage",
    "pagesize",
    "itemsperpage",
    "next",
    "previous",
    "prev",
    "first",
    "last",
    "links",
    "nextlink",
    "nextpagetoken",
    "nexttoken",
    "marker",
    "istruncated",
    "hasmore",
    "continuationtoken",
    "kind",
    "etag",
    "selflink",
    "success",
    "status",
    "error",
    "meta",
    "metadata",
    "pagination",
    "paging",
    "warnings",
    "requestid",
    "responsemetadata",
    "schemas",
];

/// The key of the one list of records, where nothing but counters and links stands beside it.
fn listed(tree: &Tree) -> Option<&'static str> {
    let mut found = None;
    for entry in tree.entries() {
        let plain: String = entry.key.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect();
        match LISTS.iter().find(|key| plain == **key) {
            Some(key) if found.is_none() && matches!(&entry.value.node, Node::List(items) if items.iter().all(is_map)) => {
                found = Some(*key)
            }
            _ if PAGING.contains(&plain.as_str()) || entry.key.starts_with('@') || entry.key.starts_with("odata.") => {}
            _ => return None,
        }
    }
    found
}

fn is_map(tree: &Tree) -> bool {
    matches!(tree.node, Node::Map(_))
}

/// The answers that a recording or an example of an API holds, with their pointers.
pub(super) fn recorded(tree: &Tree) -> Option<Vec<(String, Tree)>> {
    if let Some(interactions) = tree.get("interactions").filter(|t| matches!(t.node, Node::List(_))) {
        let body = |i: &Tree| {
            let body = i.path(&["response", "body"])?;
            body.get("data").or_else(|| body.get("string")).or(Some(body)).filter(|b| !b.is_null()).cloned()
        };
        let found = interactions.items().iter().enumerate();
        return Some(found.filter_map(|(n, i)| Some((format!("/interactions/{n}/response/body"), body(i)?))).collect());
    }
    // one call, as nock writes it; what failed shows nothing
    if ["method", "path", "status", "response"].iter().all(|key| tree.get(key).is_some()) {
        let fine = tree.get("status").and_then(Tree::number).is_some_and(|status| status < 400);
        return Some(tree.get("response").filter(|_| fine).map(|r| ("/response".to_owned(), r.clone())).into_iter().collect());
    }
    // what a browser recorded
    if let Some(calls) = tree.path(&["log", "entries"]).filter(|t| matches!(t.node, Node::List(_))) {
        let body = |call: &Tree| call.path(&["response", "content", "text"]).cloned();
        let found = calls.items().iter().enumerate();
        return Some(found.filter_map(|(n, c)| Some((format!("/log/entries/{n}/response/content/text"), body(c)?))).collect());
    }
    let responses = tree.get("responses").filter(|_| tree.get("parameters").is_some() && tree.get("openapi").is_none())?;
    let found: Vec<_> = responses
        .entries()
        .iter()
        .filter_map(|Entry { key, value, .. }| Some((format!("/responses/{key}/body"), value.get("body")?.clone())))
        .collect();
    (!found.is_empty()).then_some(found)
}
