//! Roles of the directory: who holds them, and who may activate them.

use super::activation::terms;
use super::{ENTRA, get, has, last};
use crate::artifact::Spot;
use crate::fact::{Draft, Fields, Kind, List, Value, Word, binding, effect, principal, principal_type, role, statement};
use crate::read::Drafts;
use crate::read::export::date::{Moment, moment};
use crate::read::export::input::Head;
use crate::read::export::names::purpose_of;
use crate::read::export::record::{Record, segment};
use crate::read::export::stating::infer;
use crate::tree::Tree;

/// Roles by the vendor's identifier, which is the same in every tenant: exports often leave the name out.
pub(super) const NAMES: &[(&str, &str)] = &[
    ("62e90394-69f5-4237-9190-012177145e10", "Global Administrator"),
    ("e8611ab8-c189-46e8-94e1-60213ab1f814", "Privileged Role Administrator"),
    ("7be44c8a-adaf-4e2a-84d6-ab2649e08a13", "Privileged Authentication Administrator"),
    ("c4e39bd9-1100-46d3-8c65-fb160da0071f", "Authentication Administrator"),
    ("0526716b-113d-4c15-b2c8-68e3c22b9f80", "Authentication Policy Administrator"),
    ("729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator"),
    ("966707d0-3269-4727-9be2-8c3a10f19b9d", "Password Administrator"),
    ("fe930be7-5e62-47db-91af-98c3a49a38b1", "User Administrator"),
    ("9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", "Application Administrator"),
    ("158c047a-c907-4556-b7ef-446551a6b5f7", "Cloud Application Administrator"),
    ("8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2", "Hybrid Identity Administrator"),
    ("b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", "Conditional Access Administrator"),
    ("194ae4cb-b126-40b2-bd5b-6091b380977d", "Security Administrator"),
    ("29232cdf-9323-42fd-ade2-1d097af3e4de", "Exchange Administrator"),
    ("f28a1f50-f6e7-4571-818b-6a12f2af6b6c", "SharePoint Administrator"),
    ("3a2c62db-5318-420d-8d74-23affee5d9d5", "Intune Administrator"),
    ("fdd7a751-b60b-444a-984c-02652fe8fa1c", "Groups Administrator"),
    ("8329153b-31d0-4727-b945-745eb3bc5f31", "Domain Name Administrator"),
    ("4ba39ca4-527c-499a-b93d-d9b492c50246", "Partner Tier1 Support"),
    ("e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8", "Partner Tier2 Support"),
    ("88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "Directory Readers"),
    ("9360feb5-f418-4baa-8175-e2a00bac4301", "Directory Writers"),
    ("f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader"),
    ("95e79109-95c0-4d8e-aee3-d01accf2d47b", "Guest Inviter"),
    ("790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b", "Message Center Reader"),
    ("4a5d8f65-41da-4de4-8968-e035b65339cf", "Reports Reader"),
    ("75934031-6c7e-415a-99d7-48dbd49e875e", "Usage Summary Reports Reader"),
    ("5d6b6bb7-de71-4623-b4af-96380a352509", "Security Reader"),
];

pub(super) fn name_of(id: &str) -> Option<&'static str> {
    NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(id)).map(|(_, name)| *name)
}

/// A role with its assignments and the rules of its activation, as an auditing tool collects them.
pub(super) fn is_role(head: &Head<'_>) -> bool {
    head.has(&["DisplayName", "RoleTemplateId"]) && head.count(&["Rules", "Assignments", "Members"]) > 0
}

/// Roles that are in use, without their holders: nothing is said of anybody.
pub(super) fn is_role_list(head: &Head<'_>) -> bool {
    head.has(&["displayName", "roleTemplateId", "id"])
}

pub(super) fn role_item(record: &Record<'_>, out: &mut Drafts) {
    let Some(id) = record.text_at(&["RoleTemplateId"]) else { return };
    let name = record.text_at(&["DisplayName"]).or_else(|| name_of(id)).unwrap_or(id);
    if let Some((rules, at)) = record.find(&["Rules"]) {
        out.facts.push(terms(record, rules, &at, (ENTRA, name, id)));
    }
    for key in ["Assignments", "Members"] {
        for (n, item) in record.tree.get(key).map(Tree::items).unwrap_or_default().iter().enumerate() {
            let at = record.below(item, &format!("/{key}/{n}"));
            out.facts.extend(held(item, &at, Some((id, name))));
        }
    }
}

/// Who holds a role of the directory.
pub(super) fn is_assignment(head: &Head<'_>) -> bool {
    has(head, &["roleDefinitionId", "principalId", "directoryScopeId"])
}

pub(super) fn assignment(record: &Record<'_>, out: &mut Drafts) {
    out.facts.extend(held(record.tree, &record.spot(), None));
}

/// One assignment. Without `role`, it names its role itself.
fn held(item: &Tree, at: &Spot, role: Option<(&str, &str)>) -> Option<Draft> {
    let text = |keys: &[&str]| keys.iter().find_map(|k| get(item, k)).and_then(Tree::text).filter(|t| !t.is_empty());
    let id = text(&["principalId", "id"])?;
    let role_id = role.map(|(id, _)| id).or_else(|| text(&["roleDefinitionId"]).map(last))?;
    let given = item.path(&["roleDefinition", "displayName"]).and_then(Tree::text);
    let name = role.map(|(_, name)| name).or(given).or_else(|| name_of(role_id)).unwrap_or(role_id);
    let who = ["userPrincipalName", "displayName", "appDisplayName"].iter().find_map(|k| item.path(&["principal", k])).and_then(Tree::text);
    let who = who.or_else(|| text(&["userPrincipalName", "displayName", "PrincipalName"])).unwrap_or(id);
    let scope = text(&["directoryScopeId"]).unwrap_or("/");
    let anchor = format!("/directoryRoles{}{}", segment(name), segment(id));
    let mut draft = Draft::new(Kind::Binding, who.to_owned(), anchor, at.clone())
        .saying(binding::PRODUCT, ENTRA)
        .saying(binding::PRINCIPAL, who)
        .saying(binding::PRINCIPAL_ID, id)
        .saying(binding::ROLE, name)
        .saying(binding::ROLE_ID, role_id.to_ascii_lowercase())
        .saying(binding::SCOPE, scope);
    let sort = item
        .path(&["principal", "@odata.type"])
        .and_then(Tree::text)
        .or_else(|| item.get("@odata.type").and_then(Tree::text))
        .unwrap_or("");
    if let Some(word) = sort_of(sort) {
        draft.say(binding::PRINCIPAL_TYPE, word);
    }
    let scheduled = get(item, "memberType").is_some();
    let assigned = get(item, "assignmentType").and_then(Tree::text);
    // an eligibility has a member type and no type of assignment; `Activated` lasts for hours
    if scheduled {
        draft.say(binding::ELIGIBLE, assigned.is_none());
        let end = item.path(&["scheduleInfo", "expiration", "endDateTime"]).or_else(|| item.get("endDateTime"));
        match end.and_then(moment) {
            Some(Moment::At(time)) => draft.say(binding::UNTIL, time),
            _ => draft.say(binding::UNTIL, Value::Never),
        }
        // whoever is given a role past the schedules has it from no day that they know
        if let Some(start) = item.get("startDateTime") {
            draft.say(binding::SCHEDULED, !start.is_null());
        }
    }
    Some(draft)
}

fn sort_of(sort: &str) -> Option<Word> {
    let lower = sort.to_ascii_lowercase();
    [("user", principal_type::USER), ("group", principal_type::GROUP), ("serviceprincipal", principal_type::SERVICE)]
        .into_iter()
        .find_map(|(end, word)| lower.ends_with(end).then_some(word))
}

/// A definition of a role of the directory.
pub(super) fn is_definition(head: &Head<'_>) -> bool {
    let permissions = head.tree.get("rolePermissions").map(Tree::items).unwrap_or_default();
    head.has(&["displayName"]) && !permissions.is_empty() && permissions.iter().all(|p| p.get("allowedResourceActions").is_some())
}

pub(super) fn definition(record: &Record<'_>, out: &mut Drafts) {
    let Some(name) = record.text_at(&["displayName"]) else { return };
    let id = record.text_at(&["templateId"]).or_else(|| record.text_at(&["id"])).unwrap_or(name);
    let Some((permissions, at)) = record.find(&["rolePermissions"]) else { return };
    let items = permissions.items().iter().map(|p| {
        let mut fields = Fields::default().saying(statement::EFFECT, effect::ALLOW, &at);
        for action in p.get("allowedResourceActions").map(Tree::items).unwrap_or_default().iter().filter_map(Tree::text) {
            fields.say(statement::ACTIONS, action, &at);
        }
        fields
    });
    let statements = List { items: items.collect(), complete: true };
    out.facts.push(
        Draft::new(Kind::Role, name.to_owned(), format!("/roleDefinitions{}", segment(name)), record.spot())
            .saying(role::PRODUCT, ENTRA)
            .saying(role::ROLE_ID, id.to_ascii_lowercase())
            .saying_some(role::BUILT_IN, record.tree.get("isBuiltIn").and_then(Tree::flag))
            .saying(role::STATEMENTS, statements)
            .could_say(&[role::LABEL]),
    );
}

/// People with their roles, keyed by identifier, as an auditing tool collects them.
pub(super) fn is_privileged_users(head: &Head<'_>) -> bool {
    let entries = head.tree.entries();
    !entries.is_empty() && entries.iter().all(|e| e.value.get("roles").is_some() && e.value.get("DisplayName").is_some())
}

pub(super) fn privileged_users(record: &Record<'_>, out: &mut Drafts) {
    for entry in record.tree.entries() {
        let (id, user) = (&*entry.key, &entry.value);
        let name = user.get("DisplayName").and_then(Tree::text).unwrap_or(id);
        let at = record.below(user, &segment(id));
        let service = user.get("ServicePrincipalId").is_some();
        let mut person = Draft::new(Kind::Principal, name.to_owned(), format!("/privileged{}", segment(id)), at.clone())
            .saying(principal::TYPE, if service { principal_type::SERVICE } else { principal_type::USER })
            .saying(principal::PRIVILEGED, true);
        if let Some(immutable) = user.get("OnPremisesImmutableId") {
            person.say(principal::SYNCED, immutable.text().is_some_and(|t| !t.is_empty()));
        }
        if let Some(purpose) = purpose_of(name) {
            infer(&mut person, principal::PURPOSE, purpose, &at);
        }
        out.facts.push(person);
        let mut seen: Vec<&str> = Vec::new();
        for role in user.get("roles").map(Tree::items).unwrap_or_default().iter().filter_map(Tree::text) {
            if seen.contains(&role) {
                continue;
            }
            seen.push(role);
            let id_of = NAMES.iter().find(|(_, n)| *n == role).map_or(role, |(id, _)| *id);
            out.facts.push(
                Draft::new(Kind::Binding, name.to_owned(), format!("/privileged{}{}", segment(id), segment(role)), at.clone())
                    .saying(binding::PRODUCT, ENTRA)
                    .saying(binding::PRINCIPAL, name)
                    .saying(binding::PRINCIPAL_ID, id)
                    .saying(binding::PRINCIPAL_TYPE, if service { principal_type::SERVICE } else { principal_type::USER })
                    .saying(binding::ROLE, role)
                    .saying(binding::ROLE_ID, id_of)
                    .saying(binding::SCOPE, "/"),
            );
        }
    }
}
