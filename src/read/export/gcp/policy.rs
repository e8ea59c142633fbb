//! Who holds which role over what, and what a custom role permits.

use super::{PRODUCT, part, tenant, word};
use crate::artifact::Spot;
use crate::fact::{
    Draft, Fields, Kind, List, Value, Word, binding, condition, effect, principal, principal_type, role, setting, statement,
};
use crate::read::Drafts;
use crate::read::export::date;
use crate::read::export::record::{Record, segment};
use crate::read::export::stating::{self, texts};
use crate::tree::{Node, Tree};
use std::collections::BTreeMap;

/// Roles that only a project, a folder or an organisation can grant: a policy with one of them is not the policy of a lesser thing.
const WIDE: &[&str] = &["roles/owner", "roles/editor", "roles/viewer", "roles/resourcemanager.", "roles/browser"];

/// What stands for the scope until the name of the file is known: a policy does not say what it is the policy of.
const UNNAMED: &str = "";
/// The same, where its roles show that it is the policy of a project or of something above one.
const UNNAMED_WIDE: &str = "the project, folder or organization of";

/// Bindings of one policy that are read; a policy may have 1,500 members.
const MOST: usize = 50_000;

fn grants(list: &Tree) -> bool {
    let one = |b: &Tree| b.get("role").and_then(Tree::text).is_some_and(is_role_name) && b.get("members").is_some();
    // a list that was cut ends with half of one
    !list.is_null() && list.items().first().is_some_and(one)
}

fn is_role_name(name: &str) -> bool {
    name.starts_with("roles/") || ((name.starts_with("projects/") || name.starts_with("organizations/")) && name.contains("/roles/"))
}

pub(super) fn is_policy(tree: &Tree) -> bool {
    match tree.get("bindings") {
        Some(list) if grants(list) => true,
        // a policy that grants nothing still has its tag
        Some(list) => {
            matches!(&list.node, Node::List(items) if items.is_empty()) && tree.get("etag").is_some() && tree.get("version").is_some()
        }
        None => tree.get("auditConfigs").is_some() && tree.get("etag").is_some(),
    }
}

/// A result of `gcloud asset search-all-iam-policies`, or of an asset export.
pub(super) fn is_found(tree: &Tree) -> bool {
    let policy = tree.get("policy").or_else(|| tree.get("iamPolicy")).or_else(|| tree.get("iam_policy"));
    let named = ["resource", "name"].iter().any(|k| word(tree, k).starts_with("//"));
    named && policy.and_then(|p| p.get("bindings")).is_some()
}

pub(super) fn is_role(tree: &Tree) -> bool {
    let listed = tree.get("includedPermissions").is_some_and(|p| matches!(p.node, Node::List(_)));
    let name = word(tree, "name");
    // a list of roles leaves out what they permit
    let in_list = is_role_name(name) && !name.starts_with("roles/") && tree.get("title").is_some() && tree.get("etag").is_some();
    in_list || listed && (is_role_name(word(tree, "name")) || tree.get("title").is_some() || tree.get("stage").is_some())
}

pub(super) fn policy(record: &Record<'_>, out: &mut Drafts) {
    let found = ["policy", "iamPolicy", "iam_policy"].into_iter().find(|k| record.tree.get(k).is_some());
    let scope = match found {
        Some(_) => ["resource", "name"].iter().map(|k| word(record.tree, k)).find(|r| r.starts_with("//")).unwrap_or(UNNAMED),
        None => UNNAMED,
    };
    let at = |key: &'static str| found.map_or_else(|| vec![key], |outer| vec![outer, key]);
    let bindings = record.find(&at("bindings"));
    let roles = || bindings.iter().flat_map(|(list, _)| list.items()).map(|grant| word(grant, "role"));
    let wide = match found {
        Some(_) => scope.starts_with("//cloudresourcemanager.googleapis.com/"),
        None => roles().any(|role| WIDE.iter().any(|w| role.starts_with(w))),
    };
    let scope = if wide && scope == UNNAMED { UNNAMED_WIDE } else { scope };
    if let Some((list, spot)) = &bindings {
        let base = spot.pointer.clone().unwrap_or_default();
        for (n, grant) in list.items().iter().enumerate().take(MOST) {
            let role = word(grant, "role");
            for member in texts(grant.get("members")).filter(|_| !role.is_empty()) {
                out.facts.extend(held(record, grant, &format!("{base}/{n}"), role, member, scope));
            }
        }
    }
    // a service account or a secret has no audit configuration of its own
    if wide {
        let audit = record.find(&at("auditConfigs"));
        let spot = audit.as_ref().map_or_else(|| record.spot(), |(_, at)| at.clone());
        let logs = logged(audit.map(|(tree, _)| tree));
        let draft = stating::setting(PRODUCT, "data_access_log", scope, segment(scope), spot).saying(setting::ENABLED, logs);
        out.facts.push(draft);
    }
}

/// Whether reading of data is recorded for everything, or at least for identities and secrets.
fn logged(audit: Option<&Tree>) -> bool {
    let reads = |config: &Tree| {
        config.get("auditLogConfigs").map(Tree::items).unwrap_or_default().iter().any(|l| word(l, "logType") == "DATA_READ")
    };
    let on: Vec<&str> = audit.map(Tree::items).unwrap_or_default().iter().filter(|c| reads(c)).map(|c| word(c, "service")).collect();
    on.contains(&"allServices") || on.contains(&"iam.googleapis.com") || on.contains(&"secretmanager.googleapis.com")
}

fn held(record: &Record<'_>, grant: &Tree, pointer: &str, role: &str, member: &str, scope: &str) -> Option<Draft> {
    // what is deleted can no longer act
    if member.starts_with("deleted:") {
        return None;
    }
    let spot = record.placed(grant, pointer);
    let (name, kind) = who(member);
    let title = grant.path(&["condition", "title"]).and_then(Tree::text).unwrap_or_default();
    let mut draft =
        Draft::new(Kind::Binding, name.to_owned(), format!("/bindings{}{}{}", segment(role), segment(member), segment(title)), spot)
            .saying(binding::PRODUCT, PRODUCT)
            .saying(binding::PRINCIPAL, name)
            .saying(binding::PRINCIPAL_ID, member)
            .saying_some(binding::PRINCIPAL_TYPE, kind)
            .saying(binding::ROLE, role)
            .saying(binding::ROLE_ID, role)
            .saying_some(binding::TENANT, tenant(scope));
    if !scope.is_empty() {
        draft.say(binding::SCOPE, scope);
    }
    let expression = grant.path(&["condition", "expression"]).and_then(Tree::text);
    let at = draft.at.clone();
    let conditions = expression
        .map(|text| Fields::default().saying(condition::KEY, keys(text), &at).saying(condition::VALUES, text, &at))
        .into_iter()
        .collect();
    draft.say(binding::CONDITIONS, List { items: conditions, complete: true });
    match expression.and_then(until) {
        Some(date::Moment::At(time)) => draft.say(binding::UNTIL, time),
        Some(date::Moment::Never) => draft.say(binding::UNTIL, Value::Never),
        None => {}
    }
    Some(draft.could_say(&[binding::UNTIL]))
}

/// What a condition looks at.
fn keys(expression: &str) -> &'static str {
    if expression.contains("request.time") {
        "request.time"
    } else if expression.contains("resource.") {
        "resource"
    } else {
        "condition"
    }
}

/// The end that a condition on the time sets.
fn until(expression: &str) -> Option<date::Moment> {
    let (_, rest) = expression.split_once("request.time")?;
    let rest = rest.trim_start().strip_prefix('<')?.trim_start_matches('=').trim_start().strip_prefix("timestamp(")?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    date::parse(rest.get(1..)?.split(quote).next()?)
}

/// A member without what tells its sort, and the sort.
fn who(member: &str) -> (&str, Option<Word>) {
    for (prefix, kind) in [
        ("user:", principal_type::USER),
        ("serviceAccount:", principal_type::SERVICE),
        ("group:", principal_type::GROUP),
        ("domain:", principal_type::GROUP),
        ("principalSet:", principal_type::GROUP),
        ("principal:", principal_type::USER),
        ("projectOwner:", principal_type::GROUP),
        ("projectEditor:", principal_type::GROUP),
        ("projectViewer:", principal_type::GROUP),
    ] {
        if let Some(name) = member.strip_prefix(prefix) {
            return (if prefix.starts_with("project") { member } else { name }, Some(kind));
        }
    }
    (member, matches!(member, "allUsers" | "allAuthenticatedUsers").then_some(principal_type::GUEST))
}

pub(super) fn role(record: &Record<'_>, out: &mut Drafts) {
    let id = word(record.tree, "name");
    let title = record.text_at(&["title"]).unwrap_or(id);
    if record.tree.get("deleted").and_then(Tree::flag) == Some(true) || word(record.tree, "stage") == "DISABLED" {
        return;
    }
    let Some((list, at)) = record.find(&["includedPermissions"]) else { return };
    let id = if id.is_empty() { title } else { id };
    let custom = !id.starts_with("roles/");
    let mut allowed = Fields::default().saying(statement::EFFECT, effect::ALLOW, &at);
    for permission in texts(Some(list)) {
        allowed.say(statement::ACTIONS, permission, &at);
    }
    let name = part(id, "roles").filter(|_| custom).unwrap_or(id);
    let draft = Draft::new(Kind::Role, name.to_owned(), format!("/roles{}", segment(id)), record.spot())
        .saying(role::PRODUCT, PRODUCT)
        .saying(role::ROLE_ID, id)
        .saying(role::BUILT_IN, !custom)
        .saying(role::STATEMENTS, List { items: vec![allowed], complete: true });
    out.facts.push(draft);
    // the vendor's own roles are reference data
    if custom {
        out.facts.push(stating::whoever(PRODUCT, name, id, tenant(id).unwrap_or("wherever it is granted"), record.spot()));
    }
}

/// Gives policies that name no resource the name of their file as scope, and says which members they speak of.
pub(super) fn end(path: &str, out: &mut Drafts) {
    let file = path.rsplit('/').next().unwrap_or(path);
    let mut members: BTreeMap<(String, String), (Option<&'static str>, Spot)> = BTreeMap::new();
    for fact in &mut out.facts {
        match fact.kind {
            Kind::Binding => {
                let scope = match fact.fields.text(binding::SCOPE).map(String::as_str) {
                    None => Some(file.to_owned()),
                    Some(UNNAMED_WIDE) => Some(format!("{UNNAMED_WIDE} {file}")),
                    Some(_) => None,
                };
                if let Some(scope) = scope {
                    stating::instead(fact, binding::SCOPE, scope);
                    fact.say(binding::TENANT, file);
                }
                let tenant = fact.fields.text(binding::TENANT).cloned().unwrap_or_default();
                let kind = fact.fields.word(binding::PRINCIPAL_TYPE);
                members.entry((fact.name.clone(), tenant)).or_insert_with(|| (kind, fact.at.clone()));
            }
            Kind::Setting if fact.name == UNNAMED || fact.name == UNNAMED_WIDE => {
                fact.name = format!("data access audit logs (auditConfigs) of {file}");
            }
            Kind::Setting => fact.name = format!("data access audit logs (auditConfigs) of {}", fact.name),
            _ => {}
        }
    }
    for ((name, tenant), (kind, at)) in members {
        let mut draft = Draft::new(Kind::Principal, name.clone(), format!("/members{}{}", segment(&tenant), segment(&name)), at)
            .saying(principal::PRODUCT, PRODUCT)
            .saying(principal::TENANT, tenant)
            .saying_some(principal::TYPE, kind.and_then(Word::named));
        stating::purpose(&mut draft, principal::PURPOSE, &name);
        out.facts.push(draft);
    }
}
