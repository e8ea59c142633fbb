//! Roles and their bindings. An action is written `verb group/resource`; the group without a name is `core`.

use super::{PRODUCT, is_map, word};
use crate::fact::{Draft, Fields, Kind, List, Value, binding, effect, principal_type, role, statement};
use crate::read::Drafts;
use crate::read::export::record::{Record, segment};
use crate::read::export::stating::{self, texts};
use crate::tree::Tree;

/// Actions written out of one rule. A rule that names more names a wildcard soon enough.
const MOST_ACTIONS: usize = 2_000;
/// Roles that take others in: a cluster has a handful.
const MOST_AGGREGATING: usize = 200;
/// What every cluster is made with.
const BOOTSTRAPPED: &str = "kubernetes.io/bootstrapping";
/// The scope of a binding that holds everywhere.
const CLUSTER: &str = "cluster";

pub(super) fn is_role(tree: &Tree) -> bool {
    let kind = word(tree, &["kind"]);
    let rules = tree.get("rules").is_some_and(|r| r.is_null() || r.items().iter().all(|r| r.get("verbs").is_some()));
    let named = kind.is_empty() || (matches!(kind, "Role" | "ClusterRole") && is_rbac(tree));
    named && is_map(tree.get("metadata")) && (rules || is_map(tree.get("aggregationRule")))
}

pub(super) fn is_binding(tree: &Tree) -> bool {
    let kind = word(tree, &["kind"]);
    let named = kind.is_empty() || (matches!(kind, "RoleBinding" | "ClusterRoleBinding") && is_rbac(tree));
    named && is_map(tree.get("metadata")) && is_map(tree.get("roleRef"))
}

fn is_rbac(tree: &Tree) -> bool {
    let version = word(tree, &["apiVersion"]);
    version.starts_with("rbac.authorization.k8s.io/") || version.starts_with("authorization.openshift.io/")
}

/// Whether an object came with the cluster.
fn is_own(tree: &Tree) -> bool {
    let labels = tree.path(&["metadata", "labels"]).map(Tree::entries).unwrap_or_default();
    word(tree, &["metadata", "name"]).starts_with("system:") || labels.iter().any(|l| &*l.key == BOOTSTRAPPED)
}

/// The kind of an object, which the items of a typed list leave out.
fn kind_of<'t>(tree: &'t Tree, cluster: &'static str, namespaced: &'static str) -> &'t str {
    match word(tree, &["kind"]) {
        "" if word(tree, &["metadata", "namespace"]).is_empty() => cluster,
        "" => namespaced,
        kind => kind,
    }
}

fn id_of(kind: &str, namespace: &str, name: &str) -> String {
    if kind == "ClusterRole" { format!("ClusterRole/{name}") } else { format!("Role/{namespace}/{name}") }
}

/// Labels in order, as one text.
fn labels(tree: Option<&Tree>) -> impl Iterator<Item = String> {
    tree.map(Tree::entries).unwrap_or_default().iter().filter_map(|l| Some(format!("{}={}", l.key, l.value.scalar()?)))
}

/// The items of a list, and its pointer.
fn listed<'a>(record: &Record<'a>, key: &str) -> (&'a [Tree], String) {
    record.find(&[key]).map_or((&[], String::new()), |(tree, at)| (tree.items(), at.pointer.as_deref().unwrap_or_default().to_owned()))
}

pub(super) fn role(record: &Record<'_>, out: &mut Drafts) {
    let tree = record.tree;
    let name = word(tree, &["metadata", "name"]);
    if name.is_empty() {
        return;
    }
    let (kind, namespace) = (kind_of(tree, "ClusterRole", "Role"), word(tree, &["metadata", "namespace"]));
    let id = id_of(kind, namespace, name);
    let mut draft = Draft::new(Kind::Role, name.to_owned(), format!("/{id}"), record.spot())
        .saying(role::PRODUCT, PRODUCT)
        .saying(role::ROLE_ID, id.as_str())
        .saying(role::BUILT_IN, is_own(tree));
    for label in labels(tree.path(&["metadata", "labels"])) {
        draft.say(role::LABELS, label);
    }
    for selector in tree.path(&["aggregationRule", "clusterRoleSelectors"]).map(Tree::items).unwrap_or_default() {
        draft.say(role::AGGREGATES, labels(selector.get("matchLabels")).collect::<Vec<_>>().join(","));
    }
    let (rules, at) = listed(record, "rules");
    let items = rules.iter().enumerate().filter_map(|(n, rule)| statement_of(record, rule, &format!("{at}/{n}"))).collect();
    draft.say(role::STATEMENTS, List { items, complete: true });
    out.facts.push(draft);
    if !is_own(tree) {
        let scope = if kind == "ClusterRole" { CLUSTER.to_owned() } else { format!("namespace {namespace}") };
        out.facts.push(stating::whoever(PRODUCT, name, &id, &scope, record.spot()));
    }
}

/// A rule as a statement. One that is limited to named objects opens those only, and is left out.
fn statement_of(record: &Record<'_>, rule: &Tree, pointer: &str) -> Option<Fields<String, crate::artifact::Spot>> {
    if texts(rule.get("resourceNames")).next().is_some() {
        return None;
    }
    let spot = record.placed(rule, pointer);
    let mut fields = Fields::default().saying(statement::EFFECT, effect::ALLOW, &spot);
    let groups: Vec<&str> = match rule.get("apiGroups") {
        Some(groups) => groups.items().iter().filter_map(Tree::text).map(|g| if g.is_empty() { "core" } else { g }).collect(),
        None => vec!["core"],
    };
    let mut room = MOST_ACTIONS;
    for verb in texts(rule.get("verbs")) {
        for resource in texts(rule.get("resources")) {
            for group in &groups {
                room = room.checked_sub(1)?;
                fields.say(statement::ACTIONS, format!("{verb} {group}/{resource}"), &spot);
            }
        }
    }
    (room < MOST_ACTIONS).then_some(fields)
}

pub(super) fn binding(record: &Record<'_>, out: &mut Drafts) {
    let tree = record.tree;
    let (name, namespace) = (word(tree, &["metadata", "name"]), word(tree, &["metadata", "namespace"]));
    let role = word(tree, &["roleRef", "name"]);
    if role.is_empty() || is_own(tree) {
        return;
    }
    let wide = kind_of(tree, "ClusterRoleBinding", "RoleBinding") == "ClusterRoleBinding";
    let role_kind = match word(tree, &["roleRef", "kind"]) {
        "" if wide => "ClusterRole",
        kind => kind,
    };
    let scope = if wide { CLUSTER.to_owned() } else { format!("namespace {namespace}") };
    let (subjects, at) = listed(record, "subjects");
    for (n, subject) in subjects.iter().enumerate() {
        let who = word(subject, &["name"]);
        let kind = match word(subject, &["kind"]) {
            "User" => principal_type::USER,
            "Group" | "SystemGroup" => principal_type::GROUP,
            "ServiceAccount" => principal_type::SERVICE,
            _ => continue,
        };
        let home = word(subject, &["namespace"]);
        let full = if kind == principal_type::SERVICE && !home.is_empty() { format!("{home}/{who}") } else { who.to_owned() };
        let anchor = format!("/bindings{}{}{}", segment(namespace), segment(name), segment(&full));
        let mut draft = Draft::new(Kind::Binding, full.clone(), anchor, record.placed(subject, &format!("{at}/{n}")))
            .saying(binding::PRODUCT, PRODUCT)
            .saying(binding::PRINCIPAL, full)
            .saying(binding::PRINCIPAL_TYPE, kind)
            .saying(binding::SCOPE, scope.as_str())
            .saying(binding::CONDITIONS, List { items: Vec::new(), complete: true });
        if let Some((_, at)) = record.find(&["roleRef"]) {
            draft.fields.say(binding::ROLE, role, &at);
            draft.fields.say(binding::ROLE_ID, id_of(role_kind, namespace, role), &at);
        }
        out.facts.push(draft);
    }
}

/// Puts into aggregating roles what they aggregate, and leaves to bindings the roles that are bound.
pub(super) fn end(path: &str, out: &mut Drafts) {
    let mut taken: Vec<(usize, Vec<Fields<String, crate::artifact::Spot>>)> = Vec::new();
    for (n, fact) in out.facts.iter().enumerate().filter(|(_, f)| f.kind == Kind::Role) {
        let selectors: Vec<&String> = fact.fields.texts(role::AGGREGATES).collect();
        // where the cluster has filled the rules in already, they stand there
        if selectors.is_empty() || taken.len() >= MOST_AGGREGATING || fact.fields.items(role::STATEMENTS).next().is_some() {
            continue;
        }
        let chosen = |other: &&Draft| {
            selectors.iter().any(|s| !s.is_empty() && s.split(',').all(|want| other.fields.texts(role::LABELS).any(|label| label == want)))
        };
        let roles = out.facts.iter().enumerate().filter(|(m, f)| *m != n && f.kind == Kind::Role).map(|(_, f)| f).filter(chosen);
        taken.push((n, roles.flat_map(|r| r.fields.items(role::STATEMENTS).cloned()).take(MOST_ACTIONS).collect()));
    }
    for (n, items) in taken {
        if let Some(fact) = out.facts.get_mut(n) {
            let quote = fact.at.clone();
            fact.fields.say(role::STATEMENTS, Value::List(List { items, complete: true }), &quote);
        }
    }
    let bound: std::collections::BTreeSet<String> = out
        .facts
        .iter()
        .filter(|f| f.kind == Kind::Binding && f.fields.word(binding::PRINCIPAL_TYPE) != Some("role"))
        .filter_map(|f| f.fields.text(binding::ROLE_ID).cloned())
        .collect();
    out.facts.retain(|f| {
        f.kind != Kind::Binding
            || f.fields.word(binding::PRINCIPAL_TYPE) != Some("role")
            || f.fields.text(binding::ROLE_ID).is_none_or(|id| !bound.contains(id))
    });
    own(path, out);
}

/// A role that a file defines is what the file's own bindings mean. Those of other files find it under its plain name.
fn own(path: &str, out: &mut Drafts) {
    let defined: std::collections::BTreeSet<String> =
        out.facts.iter().filter(|f| f.kind == Kind::Role).filter_map(|f| f.fields.text(role::ROLE_ID).cloned()).collect();
    let mut within = Vec::new();
    for fact in &mut out.facts {
        let field = match fact.kind {
            Kind::Role => role::ROLE_ID,
            Kind::Binding => binding::ROLE_ID,
            _ => continue,
        };
        let Some(id) = fact.fields.text(field).filter(|id| defined.contains(*id)).map(|id| format!("{path}#{id}")) else { continue };
        if fact.kind == Kind::Role {
            let mut here = fact.clone();
            stating::instead(&mut here, field, id);
            within.push(here);
        } else {
            stating::instead(fact, field, id);
        }
    }
    out.facts.extend(within);
}
