//! Teleport: how long a role lasts, what it asks for, and how many have to agree before somebody is given it.

use super::{TELEPORT, of};
use crate::artifact::Spot;
use crate::fact::{Basis, Draft, Fields, Kind, List, Value, effect, role, setting, statement};
use crate::read::Drafts;
use crate::read::export::date;
use crate::read::export::record::{Record, segment};
use crate::read::export::stating::{self, texts};
use crate::tree::Tree;

pub(super) fn is_role(tree: &Tree) -> bool {
    let version = tree.get("version").and_then(Tree::text).is_some_and(|v| v.strip_prefix('v').is_some_and(|n| n.parse::<u8>().is_ok()));
    tree.get("kind").and_then(Tree::text) == Some("role")
        && version
        && (tree.path(&["spec", "allow"]).is_some() || tree.path(&["spec", "options"]).is_some())
}

/// Roles that come with the product.
const OWN: &[&str] = &["access", "editor", "auditor", "reviewer", "requester", "device-admin", "device-enroll", "require-trusted-device"];

/// Whether the labels that a role opens are all there are.
fn is_everything(labels: Option<&Tree>) -> bool {
    labels.map(Tree::entries).unwrap_or_default().iter().any(|l| &*l.key == "*" && texts(Some(&l.value)).any(|v| v == "*"))
}

pub(super) fn role(record: &Record<'_>, out: &mut Drafts) {
    let Some(name) = record.text_at(&["metadata", "name"]) else { return };
    let allow = ["spec", "allow"];
    let at = |key: &'static str| [allow[0], allow[1], key];
    let root = texts(record.tree.path(&at("logins"))).any(|l| l == "root" || l == "Administrator");
    let masters = texts(record.tree.path(&at("kubernetes_groups"))).any(|g| g == "system:masters");
    let wide = ["node_labels", "kubernetes_labels", "db_labels", "app_labels", "windows_desktop_labels"]
        .iter()
        .any(|k| is_everything(record.tree.path(&at(k))));
    let powerful = root || masters || wide;
    let reaches = ["logins", "node_labels", "kubernetes_groups", "kubernetes_labels", "db_users", "db_labels", "windows_desktop_logins"]
        .iter()
        .any(|k| record.tree.path(&at(k)).is_some_and(|t| !t.is_null()));

    if let Some((life, spot)) = record.find(&["spec", "options", "max_session_ttl"]).and_then(|(t, at)| date::duration(t).map(|d| (d, at)))
    {
        out.facts.push(privileged(of(TELEPORT, "session_ttl", name, spot), powerful).saying(setting::LIFETIME, Value::Duration(life)));
    }
    let mfa = record.find(&["spec", "options", "require_session_mfa"]).filter(|(t, _)| !t.is_null());
    if reaches && !OWN.contains(&name) {
        let (on, spot, basis) = match mfa {
            // a word names the kind of key that is asked for
            Some((tree, at)) => {
                (tree.flag().unwrap_or_else(|| !matches!(tree.scalar(), Some("0" | "no" | "off" | ""))), at, Basis::Explicit)
            }
            None => (false, record.spot(), Basis::Inferred),
        };
        let mut draft = privileged(of(TELEPORT, "session_mfa", name, spot.clone()), root || masters);
        draft.fields.say_as(setting::ENABLED, on, &spot, basis);
        out.facts.push(draft);
    }
    request(record, name, out);
    let rules = record.find(&at("rules"));
    let base = rules.as_ref().and_then(|(_, at)| at.pointer.as_deref().map(str::to_owned)).unwrap_or_default();
    let items: Vec<Fields<String, Spot>> = rules
        .map(|(t, _)| t.items())
        .unwrap_or_default()
        .iter()
        .enumerate()
        .map(|(n, rule)| statement_of(record, rule, &format!("{base}/{n}")))
        .collect();
    if !items.is_empty() && !OWN.contains(&name) {
        let draft = Draft::new(Kind::Role, name.to_owned(), format!("/roles{}", segment(name)), record.spot())
            .saying(role::PRODUCT, TELEPORT)
            .saying(role::ROLE_ID, name)
            .saying(role::STATEMENTS, List { items, complete: true });
        out.facts.push(draft);
        out.facts.push(stating::whoever(TELEPORT, name, name, "cluster", record.spot()));
    }
}

fn privileged(mut draft: Draft, powerful: bool) -> Draft {
    if powerful {
        let at = draft.at.clone();
        stating::infer(&mut draft, setting::PRIVILEGED, true, &at);
    }
    draft
}

/// How many agree to a request, and how long what they agree to lasts.
fn request(record: &Record<'_>, name: &str, out: &mut Drafts) {
    let request = ["spec", "allow", "request"];
    let Some((asked, at)) = record.find(&request) else { return };
    let roles: Vec<&str> = texts(asked.get("roles")).chain(texts(asked.get("search_as_roles"))).collect();
    if roles.is_empty() {
        return;
    }
    let thresholds = asked.get("thresholds").map(Tree::items).unwrap_or_default();
    // of several thresholds, meeting one is enough
    let least = thresholds.iter().filter_map(|t| t.get("approve").and_then(Tree::number)).min();
    let mut draft = of(TELEPORT, "request_approvals", name, at.clone());
    let basis = if least.is_some() { Basis::Explicit } else { Basis::Default };
    draft.fields.say_as(setting::NUMBER, Value::Number(least.unwrap_or(1)), &at, basis);
    for role in &roles {
        draft.fields.say(setting::VALUE, *role, &at);
    }
    out.facts.push(draft);
    let reviewed: Vec<&str> = texts(record.tree.path(&["spec", "allow", "review_requests", "roles"])).collect();
    let both: Vec<&&str> = roles.iter().filter(|r| reviewed.contains(r) || reviewed.contains(&"*")).collect();
    if !both.is_empty() {
        let mut draft = of(TELEPORT, "request_reviewed_by_peers", name, at.clone());
        for role in both {
            draft.fields.say(setting::VALUE, *role, &at);
        }
        out.facts.push(draft);
    }
    if let Some((life, at)) = record.find(&["spec", "allow", "request", "max_duration"]).and_then(|(t, at)| days(t).map(|d| (d, at))) {
        out.facts.push(of(TELEPORT, "request_duration", name, at).saying(setting::LIFETIME, Value::Duration(life)));
    }
}

/// A duration that may count days, as `14d` does.
fn days(tree: &Tree) -> Option<i64> {
    let text = tree.text()?;
    match text.strip_suffix('d').and_then(|n| n.parse::<i64>().ok()) {
        Some(days) => days.checked_mul(86_400),
        None => date::duration(tree),
    }
}

fn statement_of(record: &Record<'_>, rule: &Tree, pointer: &str) -> Fields<String, Spot> {
    let spot = record.placed(rule, pointer);
    let mut fields = Fields::default().saying(statement::EFFECT, effect::ALLOW, &spot);
    // a rule with a condition holds for some
    if rule.get("where").is_some_and(|w| w.text().is_some_and(|t| !t.is_empty())) {
        return fields;
    }
    for resource in texts(rule.get("resources")).take(200) {
        for verb in texts(rule.get("verbs")).take(50) {
            fields.say(statement::ACTIONS, format!("{verb} {resource}"), &spot);
        }
    }
    fields
}
