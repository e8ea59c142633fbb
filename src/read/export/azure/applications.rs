//! Applications, service principals and managed identities: their secrets and certificates, whose tokens they accept, who owns
//! them and what they may do.

use super::{ENTRA, get, is_type, last, subscription, words};
use crate::artifact::Spot;
use crate::fact::{
    Draft, Fields, Kind, List, Time, Value, Word, credential, credential_type, principal, principal_type, purpose, status, trust, trusted,
};
use crate::read::export::date::{Moment, moment};
use crate::read::export::input::Head;
use crate::read::export::record::{Record, segment};
use crate::read::{Drafts, Mark};
use crate::tree::{Node, Tree};

/// Rights of applications in Graph that reset people or make administrators, by the vendor's identifier.
const RIGHTS: &[(&str, &str)] = &[
    ("9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8", "RoleManagement.ReadWrite.Directory"),
    ("06b708a9-e830-4db3-a914-8e69da51d44f", "AppRoleAssignment.ReadWrite.All"),
    ("1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9", "Application.ReadWrite.All"),
    ("50483e42-d915-4231-9639-7fdb7fd190e5", "UserAuthenticationMethod.ReadWrite.All"),
    ("cc117bb9-00cf-4eb8-b580-ea2a878fe8f7", "User-PasswordProfile.ReadWrite.All"),
    ("19dbc75e-c2e2-444c-a770-ec69d8559fc7", "Directory.ReadWrite.All"),
    ("741f803b-c850-494e-b5df-cde7c675a1ca", "User.ReadWrite.All"),
    ("dbaae8cf-10b5-4b86-a4a1-f871c94c6695", "GroupMember.ReadWrite.All"),
    ("62a82d76-70ea-41e2-9197-370581804d09", "Group.ReadWrite.All"),
    ("9acd699f-1e81-4958-b001-93b1d2506e19", "EntitlementManagement.ReadWrite.All"),
    ("29c18626-4985-4dcd-85c0-193eef327366", "Policy.ReadWrite.AuthenticationMethod"),
];

/// An application or service principal. Without secrets it is recognised by what else only these have.
pub(super) fn is_application(head: &Head<'_>) -> bool {
    let holds = head.count(&["passwordCredentials", "keyCredentials"]);
    head.has(&["appId"])
        && head.has(&["displayName"])
        && (holds == 2
            || (holds == 1 && head.count(&["signInAudience", "servicePrincipalType", "requiredResourceAccess", "identifierUris"]) > 0))
}

/// Whether it is a service principal, which lives in one tenant, and not the application.
pub(super) fn is_service_principal(head: &Head<'_>) -> bool {
    is_application(head) && head.count(&["servicePrincipalType", "appOwnerOrganizationId", "accountEnabled", "servicePrincipalNames"]) > 0
}

/// A secret or certificate of an application that the list does not name.
pub(super) fn is_credential(head: &Head<'_>) -> bool {
    head.has(&["keyId", "startDateTime", "endDateTime"]) && head.count(&["hint", "secretText", "customKeyIdentifier", "usage"]) > 0
}

/// A value that a list of one may have been written without its brackets.
fn listed(tree: Option<&Tree>) -> &[Tree] {
    match tree {
        Some(Tree { node: Node::List(items), .. }) => items,
        Some(one @ Tree { node: Node::Map(_), .. }) => std::slice::from_ref(one),
        _ => &[],
    }
}

pub(super) fn application(record: &Record<'_>, out: &mut Drafts) {
    let Some(app) = record.text_at(&["appId"]) else {
        let sort = if record.tree.get("usage").is_some() { credential_type::CERTIFICATE } else { credential_type::CLIENT_SECRET };
        let anchor = format!("/applications{}", segment(record.stem));
        let fact = secret(record.tree, &record.spot(), (record.stem, record.stem, sort), &anchor, &mut out.marks);
        out.facts.extend(fact);
        return;
    };
    let name = record.text_at(&["displayName"]).unwrap_or(app);
    let anchor = format!("/applications{}", segment(name));
    for (key, sort) in [("passwordCredentials", credential_type::CLIENT_SECRET), ("keyCredentials", credential_type::CERTIFICATE)] {
        for (n, item) in listed(record.tree.get(key)).iter().enumerate() {
            let at = record.below(item, &format!("/{key}/{n}"));
            let fact = secret(item, &at, (name, app, sort), &anchor, &mut out.marks);
            out.facts.extend(fact);
        }
    }
    let mut draft = Draft::new(Kind::Principal, name.to_owned(), anchor, record.spot())
        .saying(principal::TYPE, principal_type::SERVICE)
        .saying(principal::PURPOSE, purpose::AUTOMATION)
        .saying(principal::APP_ID, app)
        .saying_some(principal::ENABLED, record.tree.get("accountEnabled").and_then(Tree::flag));
    two_secrets(record, &mut draft);
    if let Some(owners) = record.tree.get("owners") {
        for owner in listed(Some(owners)) {
            if let Some(who) = ["userPrincipalName", "displayName", "id"].iter().find_map(|k| owner.get(k)).and_then(Tree::text) {
                draft.say(principal::OWNER, who);
            }
        }
        draft.fields.could_say(&[principal::OWNER]);
    }
    for right in rights(record.tree) {
        draft.say(principal::RIGHTS, right);
    }
    draft.fields.could_say(&[principal::RIGHTS]);
    out.facts.push(draft);
    for (n, item) in ["federatedIdentityCredentials", "federatedCredentials"].iter().flat_map(|k| listed(record.tree.get(k))).enumerate() {
        let at = record.below(item, &format!("/federatedIdentityCredentials/{n}"));
        out.facts.extend(accepted(item, &at, Some(name)));
    }
}

/// Until when two secrets work at once, and when the newest was made: whether that is past, whoever judges knows.
fn two_secrets(record: &Record<'_>, draft: &mut Draft) {
    let listed = listed(record.tree.get("passwordCredentials"));
    let times = |key: &str| -> Option<Vec<Time>> {
        let at = |item: &Tree| match item.get(key).and_then(moment)? {
            Moment::At(time) => Some(time),
            Moment::Never => None,
        };
        listed.iter().map(at).collect()
    };
    let Some((_, at)) = record.find(&["passwordCredentials"]).filter(|_| listed.len() > 1) else { return };
    if let (Some(mut ends), Some(made)) =
        (times("endDateTime").or_else(|| times("endDate")), times("startDateTime").or_else(|| times("startDate")))
    {
        ends.sort();
        if let (Some(second), Some(newest)) = (ends.iter().rev().nth(1), made.into_iter().max()) {
            draft.fields.say(principal::TWO_KEYS_UNTIL, *second, &at);
            draft.fields.say(principal::NEWEST_KEY, newest, &at);
        }
    }
}

/// What an application asks for, or was given, without a user's presence.
fn rights(tree: &Tree) -> Vec<&str> {
    let known = |id: &str| RIGHTS.iter().find(|(r, _)| r.eq_ignore_ascii_case(id)).map(|(_, name)| *name);
    let asked = listed(tree.get("requiredResourceAccess")).iter().flat_map(|r| listed(r.get("resourceAccess")));
    let asked = asked.filter(|a| a.get("type").and_then(Tree::text).is_some_and(|t| t.eq_ignore_ascii_case("Role")));
    let asked = asked.filter_map(|a| a.get("id").and_then(Tree::text).and_then(known));
    let given = listed(tree.get("permissions"))
        .iter()
        .filter(|p| p.get("roleType").and_then(Tree::text).is_some_and(|t| t.eq_ignore_ascii_case("Application")));
    let given = given.filter(|p| p.get("isAdminConsented").and_then(Tree::flag) != Some(false));
    let given = given.filter_map(|p| p.get("roleDisplayName").and_then(Tree::text)).filter(|name| RIGHTS.iter().any(|(_, n)| n == name));
    let roles = listed(tree.get("appRoleAssignments")).iter().filter_map(|a| a.get("appRoleId").and_then(Tree::text).and_then(known));
    let mut all: Vec<&str> = Vec::new();
    for right in asked.chain(given).chain(roles) {
        if !all.contains(&right) {
            all.push(right);
        }
    }
    all
}

fn secret(item: &Tree, at: &Spot, (app, app_id, sort): (&str, &str, Word), anchor: &str, marks: &mut Vec<Mark>) -> Option<Draft> {
    let text = |key: &str| item.get(key).and_then(Tree::text).filter(|t| !t.is_empty());
    let id = text("keyId")?;
    let what = if sort == credential_type::CERTIFICATE { "certificate" } else { "secret" };
    let label = format!("{app} {what} {}", text("displayName").unwrap_or(id));
    let mut draft = Draft::new(Kind::Credential, label, format!("{anchor}/{what}{}", segment(id)), at.clone())
        .saying(credential::PRODUCT, ENTRA)
        .saying(credential::TYPE, sort)
        .saying(credential::HOLDER, app)
        .saying(credential::KEY_ID, id)
        .saying(credential::OWNER, app_id)
        .saying(credential::STATUS, status::ACTIVE);
    let at_key = |key: &str| item.get(key).and_then(moment);
    let start = at_key("startDateTime").or_else(|| at_key("startDate"));
    if let Some(Moment::At(time)) = start {
        draft.say(credential::CREATED, time);
    }
    match at_key("endDateTime").or_else(|| at_key("endDate")) {
        Some(Moment::At(end)) => {
            draft.say(credential::EXPIRES, end);
            if let Some(Moment::At(start)) = start {
                draft.say(credential::LIFETIME, Value::Duration(end.0.saturating_sub(start.0)));
            }
        }
        Some(Moment::Never) => {
            draft.say(credential::EXPIRES, Value::Never);
            draft.say(credential::LIFETIME, Value::Never);
        }
        None => {}
    }
    // Graph answers with the secret once, when it is made
    if let Some(value) = item.get("secretText").filter(|v| v.text().is_some_and(|t| !t.is_empty())) {
        let (start, end) = (value.span.start + 1, value.span.end.saturating_sub(1));
        marks.push(Mark { start, end: end.max(start), value: value.text().unwrap_or_default().to_owned(), public_prefix: 0 });
        draft.say(credential::PLAIN, true);
    }
    Some(draft)
}

/// Whose tokens an application accepts in place of a secret.
pub(super) fn is_federated(head: &Head<'_>) -> bool {
    let issuer = get(&head.tree, "issuer").and_then(Tree::text).is_some_and(|i| i.starts_with("https://"));
    issuer
        && get(&head.tree, "audiences").is_some()
        && (get(&head.tree, "subject").is_some() || get(&head.tree, "claimsMatchingExpression").is_some())
}

pub(super) fn federated(record: &Record<'_>, out: &mut Drafts) {
    out.facts.extend(accepted(record.tree, &record.spot(), None));
}

fn accepted(item: &Tree, at: &Spot, app: Option<&str>) -> Option<Draft> {
    let text = |key: &str| get(item, key).and_then(Tree::text).filter(|t| !t.is_empty());
    let issuer = text("issuer")?;
    let subject =
        text("subject").or_else(|| get(item, "claimsMatchingExpression").and_then(|c| c.get("value").or(Some(c))).and_then(Tree::text))?;
    let own = text("name").or_else(|| text("id").map(last)).unwrap_or(subject);
    let name = app.map_or_else(|| own.to_owned(), |app| format!("{app} {own}"));
    // a pull request runs what its author wrote; a star leaves open which branch, repository or owner it is
    let broad = subject.contains('*') || subject.ends_with(":pull_request");
    let one = Fields::default()
        .saying(trust::WHO, issuer, at)
        .saying(trust::SORT, trusted::FEDERATED, at)
        .saying(trust::SUBJECTS, subject, at)
        .saying(trust::BROAD, broad, at);
    let draft = Draft::new(Kind::Principal, name.clone(), format!("/federated{}", segment(&name)), at.clone())
        .saying(principal::TYPE, principal_type::SERVICE)
        .saying(principal::TRUSTS, List { items: vec![one], complete: true });
    Some(draft)
}

pub(super) fn is_managed_identity(head: &Head<'_>) -> bool {
    is_type(head, "Microsoft.ManagedIdentity/userAssignedIdentities") && get(&head.tree, "principalId").is_some()
}

pub(super) fn managed_identity(record: &Record<'_>, out: &mut Drafts) {
    let Some(name) = record.text_at(&["name"]) else { return };
    let id = words(record, &["id"]).map(|(id, _)| id);
    out.facts.push(
        Draft::new(Kind::Principal, name.to_owned(), format!("/identities{}", segment(name)), record.spot())
            .saying(principal::TYPE, principal_type::SERVICE)
            .saying(principal::PURPOSE, purpose::AUTOMATION)
            .saying_some(principal::TENANT, id.and_then(subscription))
            .saying_some(principal::APP_ID, get(record.tree, "clientId").and_then(Tree::text))
            .saying_some(principal::OWNER, record.text_at(&["tags", "owner"])),
    );
}
