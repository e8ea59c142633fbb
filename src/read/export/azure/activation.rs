//! On what terms a role is activated. One set of rules comes in three casings and two nestings: from the resource manager, from Graph,
//! and from two generations of PowerShell.

use super::directory::name_of;
use super::{ENTRA, has, last, words};
use crate::artifact::Spot;
use crate::fact::{Draft, Field, Kind, Value, role};
use crate::read::Drafts;
use crate::read::export::date::duration;
use crate::read::export::input::Head;
use crate::read::export::record::{Record, segment};
use crate::tree::{Node, Tree};

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
            .saying(role::LABEL, record.stem)
            .saying(role::ROLE_ID, record.stem);
    term(&mut draft, record.tree, &record.spot());
    out.facts.push(draft);
}

pub(super) fn terms(record: &Record<'_>, rules: &Tree, at: &Spot, (product, name, id): (&str, &str, &str)) -> Draft {
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
        draft.fields.say(field, value, at);
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
