//! Who holds which role, and what a role allows.

use super::{PRODUCT, find, get, is_type, last, subscription, tail, words};
use crate::fact::{Draft, Fields, Kind, List, Value, Word, binding, condition, effect, principal_type, role, statement};
use crate::read::export::date::{Moment, moment};
use crate::read::export::input::Head;
use crate::read::export::record::{Record, segment};
use crate::tree::Tree;

/// Who may activate a role of a resource.
pub(super) fn is_eligibility(head: &Head<'_>) -> bool {
    let kind = head.tree.get("type").and_then(Tree::text).unwrap_or("").to_ascii_lowercase();
    kind.starts_with("microsoft.authorization/roleeligibilityschedule") && get(&head.tree, "roleDefinitionId").is_some()
}

pub(super) fn eligibility(record: &Record<'_>) -> Option<Draft> {
    Some(assignment(record)?.saying(binding::ELIGIBLE, true))
}

/// A role assignment. Eligibility schedules and directory roles have the same keys, and their own type or scope.
pub(super) fn is_assignment(head: &Head<'_>) -> bool {
    let has = |key: &str| get(&head.tree, key).is_some() || (head.is_table && head.tree.get(key).is_some());
    if !has("scope") || has("directoryScopeId") {
        return false;
    }
    let other = head.tree.get("type").and_then(Tree::text).is_some_and(|t| !t.is_empty());
    let answered = has("roleDefinitionId")
        && has("principalId")
        && (!other
            || is_type(head, "Microsoft.Authorization/roleAssignments")
            || is_type(head, "Microsoft.Authorization/roleAssignmentScheduleInstances"));
    // Get-AzRoleAssignment, and the table that the portal offers
    let shell = has("RoleDefinitionName") && has("ObjectId") && has("ObjectType");
    answered || shell
}

pub(super) fn is_definition(head: &Head<'_>) -> bool {
    let inner = |key: &str| get(&head.tree, key);
    let permissions = inner("permissions").map(Tree::items).unwrap_or_default();
    let listed = !permissions.is_empty() && permissions.iter().all(|p| p.get("actions").is_some() || p.get("dataActions").is_some());
    let scoped = inner("assignableScopes").is_some();
    let answered = listed && inner("roleName").is_some() && (scoped || is_type(head, "Microsoft.Authorization/roleDefinitions"));
    // Get-AzRoleDefinition
    let shell = scoped && ["Name", "Id", "IsCustom", "Actions", "NotActions"].iter().all(|key| head.tree.get(key).is_some());
    answered || shell
}

pub(super) fn assignment(record: &Record<'_>) -> Option<Draft> {
    let (id, id_at) = words(record, &["principalId", "ObjectId"])?;
    // an assignment is named by its role's identifier; a table may give the name only
    let (role, role_at) = words(record, &["roleDefinitionId", "roleDefinitionName"])?;
    let (scope, scope_at) = words(record, &["scope"])?;
    let (principal, principal_at) = words(record, &["principalName", "SignInName", "DisplayName"]).unwrap_or((id, id_at.clone()));
    let name = record.text_at(&["name"]).or_else(|| record.text_at(&["RoleAssignmentId"]).map(last)).unwrap_or(id);
    let role_id = if find(record, "roleDefinitionId").is_some() { tail(role) } else { String::new() };
    let mut draft = Draft::new(Kind::Binding, principal.to_owned(), format!("/roleAssignments{}", segment(name)), record.spot())
        .saying(binding::PRODUCT, PRODUCT)
        .saying_some(binding::TENANT, subscription(scope));
    draft.fields.say(binding::PRINCIPAL, principal, &principal_at);
    draft.fields.say(binding::PRINCIPAL_ID, id, &id_at);
    draft.fields.say(binding::ROLE_ID, role_id, &role_at);
    draft.fields.say(binding::SCOPE, scope, &scope_at);
    if let Some((name, at)) = words(record, &["roleDefinitionName"]) {
        draft.fields.say(binding::ROLE, name, &at);
    }
    if let Some((word, at)) = words(record, &["principalType", "ObjectType"]).and_then(|(t, at)| principal_word(t).map(|w| (w, at))) {
        draft.fields.say(binding::PRINCIPAL_TYPE, word, &at);
    }
    let conditions = words(record, &["condition"])
        .map(|(text, at)| Fields::default().saying(condition::KEY, "condition", &at).saying(condition::VALUES, text, &at));
    draft.fields.say(binding::CONDITIONS, List { items: conditions.into_iter().collect(), complete: true }, &scope_at);
    let end = ["endDateTime", "expirationTime"].iter().find_map(|key| find(record, key));
    if let Some((moment, at)) = end.and_then(|(tree, at)| moment(tree).map(|m| (m, at))) {
        let value = match moment {
            Moment::At(time) => Value::Time(time),
            Moment::Never => Value::Never,
        };
        draft.fields.say(binding::UNTIL, value, &at);
    }
    Some(draft)
}

fn principal_word(text: &str) -> Option<Word> {
    Some(match text.to_ascii_lowercase().as_str() {
        "user" => principal_type::USER,
        "group" | "foreigngroup" => principal_type::GROUP,
        "serviceprincipal" | "msi" | "device" => principal_type::SERVICE,
        _ => return None,
    })
}

pub(super) fn definition(record: &Record<'_>) -> Option<Draft> {
    // PowerShell calls the role's name Name, which elsewhere is its identifier
    let (name, name_at) = words(record, &["roleName", "Name"])?;
    let id = if find(record, "roleName").is_some() { record.text_at(&["name"]) } else { None };
    let id = tail(id.or_else(|| record.text_at(&["id"])).unwrap_or(name));
    let mut draft = Draft::new(Kind::Role, name.to_owned(), format!("/roleDefinitions{}", segment(&id)), name_at)
        .saying(role::PRODUCT, PRODUCT)
        .saying(role::ROLE_ID, id);
    let sort = words(record, &["roleType", "type"]).filter(|(t, _)| t.to_ascii_lowercase().ends_with("role"));
    if let Some((sort, at)) = sort {
        draft.fields.say(role::BUILT_IN, sort.eq_ignore_ascii_case("BuiltInRole"), &at);
    } else if let Some((custom, at)) = find(record, "IsCustom").and_then(|(t, at)| t.flag().map(|c| (c, at))) {
        draft.fields.say(role::BUILT_IN, !custom, &at);
    }
    let (permissions, at) = find(record, "permissions").unwrap_or_else(|| (record.tree, record.spot()));
    let items = permissions.items().iter().map(|permission| {
        let mut fields = Fields::default().saying(statement::EFFECT, effect::ALLOW, &at);
        for (field, key) in [
            (statement::ACTIONS, "actions"),
            (statement::NOT_ACTIONS, "notActions"),
            (statement::DATA_ACTIONS, "dataActions"),
            (statement::NOT_DATA_ACTIONS, "notDataActions"),
        ] {
            for action in permission.get(key).map(Tree::items).unwrap_or_default() {
                if let Some(text) = action.text() {
                    fields.say(field, text, &at);
                }
            }
        }
        fields
    });
    draft.fields.say(role::STATEMENTS, List { items: items.collect(), complete: true }, &at);
    draft.fields.could_say(&[role::LABEL]);
    Some(draft)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::Why;
    use crate::read::export::azure::{ASSIGNMENTS, DEFINITIONS};
    use crate::read::export::tests::{of, read};

    const LIST: &str = include_str!("../../../../fixtures/exports/azure/role-assignments.json");

    #[test]
    fn assignments_as_printed_and_as_answered() {
        let drafts = read("list.json", LIST);
        assert_eq!(drafts.kind, Some(ASSIGNMENTS));
        let flat = of(&drafts, Kind::Binding);
        assert_eq!(flat.len(), 2);
        let first = flat.first().expect("binding");
        assert_eq!(first.name, "grp-berth-desk");
        assert_eq!(first.fields.text(binding::ROLE_ID).map(String::as_str), Some("f25e0fa2-a7c8-4377-a976-54943a77a395"));
        assert_eq!(first.fields.word(binding::PRINCIPAL_TYPE), Some("group"));
        assert_eq!(first.fields.text(binding::TENANT).map(String::as_str), Some("5b0c9d1e-1111-4a2b-9c3d-000000000001"));
        assert_eq!(first.at.pointer.as_deref(), Some("/0"));
        let answered = include_str!("../../../../fixtures/exports/azure/role-assignments-arm.json");
        let drafts = read("arm.json", answered);
        assert_eq!((drafts.kind, drafts.unread.as_slice()), (Some(ASSIGNMENTS), [Why::MorePages].as_slice()));
        let nested = of(&drafts, Kind::Binding);
        let one = nested.first().expect("binding");
        assert_eq!((one.name.as_str(), one.at.pointer.as_deref()), ("0b6c2f44-2222-4b3c-8d4e-000000000002", Some("/value/0")));
        assert_eq!(one.anchor, "/roleAssignments/c1");
    }

    #[test]
    fn definitions_keep_what_is_left_out() {
        let text = r#"[{"roleName": "Dock Hand", "name": "AB12", "roleType": "CustomRole", "assignableScopes": ["/"],
            "permissions": [{"actions": ["*"], "notActions": ["*/delete"], "dataActions": [], "notDataActions": []}]}]"#;
        let drafts = read("roles.json", text);
        assert_eq!(drafts.kind, Some(DEFINITIONS));
        let roles = of(&drafts, Kind::Role);
        let role = roles.first().expect("role");
        assert_eq!(role.fields.flag(role::BUILT_IN), Some(false));
        assert_eq!(role.fields.text(role::ROLE_ID).map(String::as_str), Some("ab12"));
        let statement = role.fields.items(role::STATEMENTS).next().expect("statement");
        assert_eq!(statement.texts(statement::NOT_ACTIONS).collect::<Vec<_>>(), ["*/delete"]);
    }

    #[test]
    fn what_has_the_same_keys_is_told_apart() {
        for (text, want) in [
            (r#"[{"roleDefinitionId": "x", "principalId": "y", "directoryScopeId": "/"}]"#, Some("entra.role-assignments")),
            (
                r#"[{"roleDefinitionId": "x", "principalId": "y", "scope": "/", "type": "Microsoft.Authorization/roleEligibilityScheduleInstances"}]"#,
                Some("azure.role-eligibilities"),
            ),
            (r#"[{"roleDefinitionId": "x", "principalId": "y", "scope": "/", "type": "Contoso/others"}]"#, None),
            (
                r#"{"$schema": "s", "resources": [{"type": "Microsoft.KeyVault/vaults", "name": "[parameters('v')]", "properties": {}}]}"#,
                None,
            ),
        ] {
            assert_eq!(read("x.json", text).kind, want, "{text}");
        }
        let text = r#"[{"roleDefinitionId": "x", "principalId": "y", "scope": "/", "type": "Microsoft.Authorization/roleEligibilityScheduleInstances"}]"#;
        assert_eq!(of(&read("x.json", text), Kind::Binding).first().and_then(|b| b.fields.flag(binding::ELIGIBLE)), Some(true));
    }

    #[test]
    fn as_powershell_prints_it() {
        let json = r#"[{"RoleAssignmentName": "r1", "RoleAssignmentId": "/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/r1",
            "Scope": "/subscriptions/s", "DisplayName": "Berth Desk", "SignInName": null, "RoleDefinitionName": "Key Vault Contributor",
            "RoleDefinitionId": "f25e0fa2-a7c8-4377-a976-54943a77a395", "ObjectId": "o-1", "ObjectType": "Group"}]"#;
        let csv = "RoleAssignmentId,Scope,DisplayName,SignInName,RoleDefinitionName,RoleDefinitionId,ObjectId,ObjectType\n\
            /x/r1,/subscriptions/s,Berth Desk,,Key Vault Contributor,f25e0fa2-a7c8-4377-a976-54943a77a395,o-1,Group\n";
        for (path, text) in [("a.json", json), ("a.csv", csv)] {
            let drafts = read(path, text);
            assert_eq!(drafts.kind, Some(ASSIGNMENTS), "{path}");
            let held = of(&drafts, Kind::Binding);
            let one = held.first().expect("binding");
            assert_eq!((one.name.as_str(), one.anchor.as_str()), ("Berth Desk", "/roleAssignments/r1"));
            assert_eq!(one.fields.word(binding::PRINCIPAL_TYPE), Some("group"));
            assert_eq!(one.fields.text(binding::PRINCIPAL_ID).map(String::as_str), Some("o-1"));
        }
        let role = r#"{"Name": "Dock Hand", "Id": "ab12", "IsCustom": true, "Description": "", "Actions": ["Microsoft.KeyVault/*"],
            "NotActions": ["*/write"], "DataActions": [], "NotDataActions": [], "AssignableScopes": ["/subscriptions/s"]}"#;
        let drafts = read("role.json", role);
        assert_eq!(drafts.kind, Some(DEFINITIONS));
        let one = of(&drafts, Kind::Role).into_iter().next().expect("role");
        assert_eq!((one.name.as_str(), one.fields.flag(role::BUILT_IN)), ("Dock Hand", Some(false)));
        assert_eq!(one.fields.items(role::STATEMENTS).next().map(|s| s.texts(statement::NOT_ACTIONS).count()), Some(1));
    }
}
