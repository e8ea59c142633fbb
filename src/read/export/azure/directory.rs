//! Roles of the directory: who holds them, who may activate them, and on what terms. One set of rules comes in three casings and two
//! nestings: from the resource manager, from Graph, and from two generations of PowerShell.

use super::{ENTRA, get, last, words};
use crate::artifact::Spot;
use crate::fact::{
    Basis, Claim, Draft, Duty, Field, Fields, Kind, List, Value, Word, binding, effect, principal, principal_type, role, statement,
};
use crate::read::Drafts;
use crate::read::export::date::{Moment, duration, moment};
use crate::read::export::input::Head;
use crate::read::export::names::purpose_of;
use crate::read::export::record::{Record, segment};
use crate::tree::{Node, Tree};

/// Roles by the vendor's identifier, which is the same in every tenant: exports often leave the name out.
const NAMES: &[(&str, &str)] = &[
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

fn name_of(id: &str) -> Option<&'static str> {
    NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(id)).map(|(_, name)| *name)
}

fn has(head: &Head<'_>, keys: &[&str]) -> bool {
    keys.iter().all(|key| get(&head.tree, key).is_some())
}

/// A role with its assignments and the rules of its activation, as an auditing tool collects them.
pub(super) fn is_role(head: &Head<'_>) -> bool {
    head.has(&["DisplayName", "RoleTemplateId"]) && head.count(&["Rules", "Assignments", "Members"]) > 0
}

/// Roles that are in use, without their holders: nothing is said of anybody.
pub(super) fn is_role_list(head: &Head<'_>) -> bool {
    head.has(&["displayName", "roleTemplateId", "id"])
}

/// Which rules govern which role.
pub(super) fn is_policy_assignment(head: &Head<'_>) -> bool {
    has(head, &["policyId", "roleDefinitionId"]) && (has(head, &["scopeType"]) || has(head, &["scope"]))
}

pub(super) fn policy_assignment(record: &Record<'_>, out: &mut Drafts) {
    let (Some((policy, at)), Some((role, _))) = (words(record, &["policyId"]), words(record, &["roleDefinitionId"])) else { return };
    let id = last(role);
    let name = record.text_at(&["roleDefinition", "displayName"]).or_else(|| name_of(id)).unwrap_or(id);
    let mut draft = Draft::new(Kind::Role, name.to_owned(), format!("/policyAssignments{}", segment(last(policy))), record.spot())
        .saying(role::PRODUCT, ENTRA)
        .saying(role::LABEL, name);
    draft.fields.say(role::GOVERNED_BY, last(policy), &at);
    out.facts.push(draft);
}

/// The rules of one role's activation.
pub(super) fn is_policy(head: &Head<'_>) -> bool {
    rules(&head.tree).is_some_and(|(rules, _)| !rules.items().is_empty() && rules.items().iter().all(is_rule))
}

/// One such rule by itself.
pub(super) fn is_single_rule(head: &Head<'_>) -> bool {
    is_rule(&head.tree) && rule_id(&head.tree).is_some_and(|id| id.contains("_EndUser_") || id.contains("_Admin_"))
}

fn rule_id(rule: &Tree) -> Option<&str> {
    rule.get("id").and_then(Tree::text)
}

fn is_rule(rule: &Tree) -> bool {
    let sort = ["ruleType", "@odata.type"].iter().find_map(|k| inner(rule, k)).and_then(Tree::text).unwrap_or("");
    rule_id(rule).is_some_and(|id| id.contains('_')) && (rule.get("target").is_some() || sort.contains("RoleManagementPolicy"))
}

/// The list of rules, wherever it is nested.
fn rules(tree: &Tree) -> Option<(&Tree, &'static [&'static str])> {
    const PLACES: [&[&str]; 6] = [
        &["properties", "effectiveRules"],
        &["properties", "rules"],
        &["policy", "rules"],
        &["policy", "effectiveRules"],
        &["effectiveRules"],
        &["rules"],
    ];
    PLACES.iter().find_map(|place| Some((tree.path(place).filter(|t| matches!(t.node, Node::List(_)))?, *place)))
}

/// A value of a rule: beside its id, or below what older PowerShell wraps it in.
fn inner<'t>(rule: &'t Tree, key: &str) -> Option<&'t Tree> {
    rule.get(key).or_else(|| rule.path(&["AdditionalProperties", key])).filter(|v| !v.is_null())
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

/// The role's own rules, whole.
pub(super) fn policy(record: &Record<'_>, out: &mut Drafts) {
    let Some((list, place)) = rules(record.tree) else { return };
    let Some((_, at)) = record.find(place) else { return };
    let role = words(record, &["roleDefinitionId"]).map(|(id, _)| last(id));
    let named = record
        .text_at(&["roleDefinition", "displayName"])
        .or_else(|| record.text_at(&["properties", "policyAssignmentProperties", "roleDefinition", "displayName"]));
    let name = named.or_else(|| role.and_then(name_of)).or_else(|| record.text_at(&["name"])).or_else(|| record.text_at(&["id"]).map(last));
    let of_azure = record.tree.get("properties").is_some();
    let name = name.or(role).unwrap_or(record.stem);
    let mut draft = terms(record, list, &at, (if of_azure { super::PRODUCT } else { ENTRA }, name, role.unwrap_or(name)));
    // a policy does not say which role it governs; the list of assignments does
    if let Some(id) = record.text_at(&["policyId"]).or_else(|| record.text_at(&["id"])) {
        draft.say(role::GOVERNED_BY, last(id));
    }
    out.facts.push(draft);
}

/// A rule that came alone.
pub(super) fn rule(record: &Record<'_>, out: &mut Drafts) {
    let mut draft =
        Draft::new(Kind::Role, record.stem.to_owned(), format!("/rules{}", segment(rule_id(record.tree).unwrap_or(""))), record.spot())
            .saying(role::PRODUCT, super::PRODUCT)
            .saying(role::ROLE_ID, record.stem);
    term(&mut draft, record.tree, &record.spot());
    out.facts.push(draft);
}

fn terms(record: &Record<'_>, rules: &Tree, at: &Spot, (product, name, id): (&str, &str, &str)) -> Draft {
    let mut draft = Draft::new(Kind::Role, name.to_owned(), format!("/roleManagementPolicies{}", segment(name)), record.spot())
        .saying(role::PRODUCT, product)
        .saying(role::LABEL, name)
        .saying(role::ROLE_ID, id.to_ascii_lowercase());
    for (n, rule) in rules.items().iter().enumerate() {
        let spot = record.placed(rule, &format!("{}/{n}", at.pointer.as_deref().unwrap_or_default()));
        term(&mut draft, rule, &spot);
    }
    // a context of conditional access asks for more than the rule that lists factors
    let context = rules.items().iter().any(|r| {
        rule_id(r) == Some("AuthenticationContext_EndUser_Assignment") && inner(r, "isEnabled").and_then(Tree::flag) == Some(true)
    });
    if context {
        draft.fields.set(role::STEP_UP, crate::fact::Stated::Unsaid);
        draft.fields.say(role::STEP_UP, true, at);
    }
    draft
}

/// What one rule says.
fn term(draft: &mut Draft, rule: &Tree, at: &Spot) {
    let say = |draft: &mut Draft, field: Field, value: Value<String, Spot>| {
        draft.fields.claim(field, Claim { value, quote: at.clone(), basis: Basis::Explicit, duty: Duty::Must });
    };
    let flag = |key: &str| inner(rule, key).and_then(Tree::flag);
    match rule_id(rule).unwrap_or("") {
        "Approval_EndUser_Assignment" => {
            let Some(setting) = inner(rule, "setting") else { return };
            if let Some(required) = setting.get("isApprovalRequired").and_then(Tree::flag) {
                say(draft, role::APPROVAL_REQUIRED, Value::Flag(required));
            }
            let approvers: Vec<&Tree> = setting
                .get("approvalStages")
                .map(Tree::items)
                .unwrap_or_default()
                .iter()
                .flat_map(|s| ["primaryApprovers", "escalationApprovers"].into_iter().filter_map(|k| s.get(k)).flat_map(Tree::items))
                .collect();
            for approver in &approvers {
                if let Some(who) =
                    ["description", "displayName", "id", "userId", "groupId"].iter().find_map(|k| inner(approver, k)).and_then(Tree::text)
                {
                    say(draft, role::APPROVERS, Value::Text(who.to_owned()));
                }
            }
            // how many a group holds does not stand here
            let group = |a: &&Tree| {
                ["@odata.type", "userType"]
                    .iter()
                    .filter_map(|k| inner(a, k))
                    .filter_map(Tree::text)
                    .any(|t| t.to_ascii_lowercase().contains("group"))
            };
            if !approvers.is_empty() && !approvers.iter().any(group) {
                say(draft, role::APPROVER_COUNT, Value::Number(approvers.len() as i64));
            }
        }
        "Enablement_EndUser_Assignment" => {
            let Some(enabled) = inner(rule, "enabledRules") else { return };
            let one = enabled.text().into_iter().map(str::to_owned);
            let list: Vec<String> = enabled.items().iter().filter_map(Tree::text).map(str::to_owned).chain(one).collect();
            let on = |word: &str| list.iter().any(|w| w.split([' ', ',']).any(|w| w.eq_ignore_ascii_case(word)));
            say(draft, role::STEP_UP, Value::Flag(on("MultiFactorAuthentication")));
            say(draft, role::JUSTIFIED, Value::Flag(on("Justification") || on("Ticketing")));
        }
        "Expiration_Admin_Assignment" => {
            if let Some(required) = flag("isExpirationRequired") {
                say(draft, role::PERMANENT, Value::Flag(!required));
            }
        }
        "Expiration_EndUser_Assignment" => {
            if let Some(seconds) = inner(rule, "maximumDuration").and_then(duration) {
                say(draft, role::ACTIVATION, Value::Duration(seconds));
            }
        }
        "Notification_Admin_EndUser_Assignment" => {
            let level = inner(rule, "notificationLevel").and_then(Tree::text).unwrap_or("None");
            let to = flag("isDefaultRecipientsEnabled") == Some(true)
                || inner(rule, "notificationRecipients").is_some_and(|r| !r.items().is_empty() || r.text().is_some_and(|t| !t.is_empty()));
            say(draft, role::ALERTED, Value::Flag(to && !level.eq_ignore_ascii_case("None")));
        }
        _ => {}
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
            .saying(role::STATEMENTS, statements),
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
            super::infer(&mut person, principal::PURPOSE, purpose, &at);
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
