//! What a policy lets its holder do. An action is written `capability path`.
//!
//! Of the paths that name a request only the most specific one counts, so every statement leaves out what a more specific one says.

use super::{PRODUCT, UNNAMED, hcl};
use crate::artifact::Spot;
use crate::fact::{Draft, Fields, Kind, List, binding, effect, role, setting, statement};
use crate::read::Drafts;
use crate::read::export::names::purpose_of;
use crate::read::export::record::{Record, segment};
use crate::read::export::stating::{self, texts};
use crate::tree::{Node, Tree};

/// Paths of one policy that are read: each is compared with all the others. A policy that people wrote has tens.
const MOST_PATHS: usize = 3000;

pub(super) fn is_policy(tree: &Tree) -> bool {
    is_rules(tree) || written(tree).is_some_and(|(_, t)| t.contains("path") && t.contains('{'))
}

/// A policy in JSON, or one in HCL that was read into the same form.
fn is_rules(tree: &Tree) -> bool {
    let Some(paths) = tree.get("path") else { return false };
    // JSON may hold a list of paths, each an object of its own
    let one = |t: &Tree| {
        matches!(t.node, Node::Map(_))
            && !t.entries().is_empty()
            && t.entries().iter().all(|e| e.value.get("capabilities").is_some() || e.value.get("policy").is_some())
    };
    !paths.items().is_empty() && paths.items().iter().all(one)
}

/// The text of a policy as the API gives it.
fn written(tree: &Tree) -> Option<(&'static str, &str)> {
    // `vault policy read -format=json` prints the text and nothing else
    if tree.get("name").is_none() && tree.entries().len() != 1 {
        return None;
    }
    ["policy", "rules"].into_iter().find_map(|key| Some((key, tree.get(key)?.text()?)))
}

pub(super) fn policy(record: &Record<'_>, out: &mut Drafts) {
    if is_rules(record.tree) {
        let name = record.text_at(&["name"]).unwrap_or(UNNAMED);
        return rules(record, record.tree, name, None, out);
    }
    let Some((key, text)) = written(record.tree) else { return };
    let name = record.text_at(&["name"]).unwrap_or(UNNAMED);
    let at = record.find(&[key]).map(|(_, at)| at);
    let parsed = hcl::policy(text).ok().flatten().or_else(|| crate::tree::json(text).ok().filter(is_rules));
    match parsed {
        // what stands in a string stands where the string does
        Some(tree) => rules(record, &tree, name, at, out),
        None if text.trim().is_empty() => {}
        None => {
            let at = at.map_or(record.tree.span.start, |at| at.start);
            let line = crate::read::Lines::new(record.text).position(at).0;
            out.unread.push(crate::artifact::Why::Malformed { line });
        }
    }
}

/// One path of a policy.
struct Path<'t> {
    pattern: &'t str,
    capabilities: Vec<&'t str>,
    approvals: Option<i64>,
    /// The parameters are limited, so that the holder cannot choose what is made.
    scoped: bool,
    spot: Spot,
}

fn rules(record: &Record<'_>, tree: &Tree, name: &str, inside: Option<Spot>, out: &mut Drafts) {
    let mut entries = tree.get("path").map(Tree::items).unwrap_or_default().iter().flat_map(Tree::entries);
    let paths: Vec<Path<'_>> = entries
        .by_ref()
        .take(MOST_PATHS)
        .map(|e| Path {
            pattern: e.key.trim_start_matches('/'),
            capabilities: capabilities(&e.value),
            approvals: e.value.get("control_group").map(approvals),
            scoped: e
                .value
                .get("allowed_parameters")
                .is_some_and(|p| p.entries().iter().any(|a| a.key.ends_with("policies") && !a.value.items().is_empty())),
            spot: inside.clone().unwrap_or_else(|| record.placed(&e.value, &format!("/path{}", segment(&e.key)))),
        })
        .collect();
    if let Some(beyond) = entries.next() {
        let line = crate::read::Lines::new(record.text).position(beyond.at).0;
        out.unread.push(crate::artifact::Why::TooManyNodes { line });
    }
    let statements = paths.iter().enumerate().map(|(n, path)| statement_of(n, path, &paths)).collect();
    let draft = Draft::new(Kind::Role, name.to_owned(), format!("/policies{}", segment(name)), record.spot())
        .saying(role::PRODUCT, PRODUCT)
        .saying(role::ROLE_ID, name)
        .saying(role::STATEMENTS, List { items: statements, complete: true });
    out.facts.push(draft);
    // the root policy cannot be written, and default is given to every token: both are the product's own
    out.facts.push(stating::whoever(PRODUCT, name, name, "vault", record.spot()));
    for path in &paths {
        let emergency =
            purpose_of(path.pattern).is_some_and(|p| p == crate::fact::purpose::BREAK_GLASS) && path.capabilities.contains(&"read");
        let Some(count) = path.approvals.or(emergency.then_some(0)) else { continue };
        let draft = stating::setting(
            PRODUCT,
            "control_group",
            path.pattern,
            format!("/policies{}{}", segment(name), segment(path.pattern)),
            path.spot.clone(),
        );
        out.facts.push(draft.saying(setting::NUMBER, count).saying(setting::TENANT, name));
    }
}

fn capabilities(path: &Tree) -> Vec<&str> {
    let listed: Vec<&str> = texts(path.get("capabilities")).collect();
    if !listed.is_empty() {
        return listed;
    }
    match path.get("policy").and_then(Tree::text) {
        Some("read") => vec!["read", "list"],
        Some("write") => vec!["create", "read", "update", "delete", "list"],
        Some("sudo") => vec!["create", "read", "update", "delete", "list", "sudo"],
        Some("deny") => vec!["deny"],
        _ => Vec::new(),
    }
}

/// How many people a control group asks for: every factor has to be met.
fn approvals(group: &Tree) -> i64 {
    let factors = group.get("factor").map(Tree::entries).unwrap_or_default();
    factors.iter().map(|f| f.value.path(&["identity", "approvals"]).and_then(Tree::number).unwrap_or(1).clamp(0, 1000)).sum()
}

/// A pattern of the policy as one of ours: `+` stands for one part of a path, `*` at the end for anything.
fn pattern(path: &str) -> String {
    path.split('/').map(|part| if part == "+" { "*" } else { part }).collect::<Vec<_>>().join("/")
}

/// Whether a path is more specific than another one that names all it does.
fn narrows(narrow: &str, wide: &str) -> bool {
    if narrow == wide {
        return false;
    }
    if let Some(start) = wide.strip_suffix('*')
        && !start.contains('+')
    {
        return narrow.starts_with(start);
    }
    let (mut n, mut w) = (narrow.split('/'), wide.split('/'));
    loop {
        match (n.next(), w.next()) {
            (None, None) => return true,
            (Some(_), Some("*")) => return true,
            (Some(a), Some(b)) if a == b || b == "+" => {}
            _ => return false,
        }
    }
}

fn statement_of(n: usize, path: &Path<'_>, all: &[Path<'_>]) -> Fields<String, Spot> {
    let denies = path.capabilities.contains(&"deny");
    let mut fields = Fields::default().saying(statement::EFFECT, if denies { effect::DENY } else { effect::ALLOW }, &path.spot);
    // what others have to approve is nobody's power, and still is what counts for its path
    if path.approvals.is_some_and(|a| a > 0) || path.scoped {
        return fields;
    }
    let here = pattern(path.pattern);
    if denies {
        fields.say(statement::ACTIONS, format!("* {here}"), &path.spot);
    }
    for capability in path.capabilities.iter().filter(|c| **c != "deny") {
        fields.say(statement::ACTIONS, format!("{capability} {here}"), &path.spot);
    }
    for other in all.iter().enumerate().filter(|(m, o)| *m != n && narrows(o.pattern, path.pattern)).map(|(_, o)| o) {
        fields.say(statement::NOT_ACTIONS, format!("* {}", pattern(other.pattern)), &other.spot);
    }
    fields
}

/// Gives what has no name of its own the name of its file.
pub(super) fn name(file: &str, out: &mut Drafts) {
    for fact in &mut out.facts {
        for field in [binding::PRINCIPAL, binding::ROLE, binding::ROLE_ID, role::ROLE_ID, setting::TENANT, setting::SCOPE] {
            if fact.fields.text(field).is_some_and(String::is_empty) {
                stating::instead(fact, field, file);
            }
        }
        if fact.name.is_empty() {
            fact.name = file.to_owned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::narrows;

    #[test]
    fn the_most_specific_path_counts() {
        for (narrow, wide, want) in [
            ("sys/audit/*", "*", true),
            ("sys/audit/*", "sys/*", true),
            ("*", "sys/*", false),
            ("auth/userpass/users/ann/password", "auth/userpass/users/+/password", true),
            ("auth/+/users", "auth/+/users", false),
            ("auth/x/role", "auth/+/*", true),
            ("auth/x", "sys/+", false),
        ] {
            assert_eq!(narrows(narrow, wide), want, "{narrow} in {wide}");
        }
    }
}
