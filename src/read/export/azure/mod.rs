//! Azure: role assignments, role definitions, key vaults and what lies in them, as `az` prints it and as the manager answers.

mod items;

use super::super::Drafts;
use super::date::{Moment, moment};
use super::input::Head;
use super::record::{Record, segment};
use super::{ExportReader, Format};
use crate::artifact::Spot;
use crate::fact::{
    Basis, Claim, Draft, Duty, Field, Fields, Kind, List, Value, Word, binding, condition, effect, mode, principal_type, resource,
    resource_type, role, statement,
};
use crate::tree::{Node, Tree};

pub(super) struct Azure;

/// The product, in facts and in the lexicon of powers.
const PRODUCT: &str = "azure";
const ASSIGNMENTS: &str = "azure.role-assignments";
const DEFINITIONS: &str = "azure.role-definitions";
const VAULTS: &str = "azure.keyvault";
const ITEMS: &str = "azure.keyvault-items";
const ROTATION: &str = "azure.keyvault-rotation-policy";

impl ExportReader for Azure {
    fn needles(&self) -> &'static [&'static str] {
        &[
            "roledefinitionid",
            "assignablescopes",
            "microsoft.authorization/roledefinitions",
            "microsoft.keyvault/vaults",
            ".vault.azure.net/",
            "lifetimeactions",
        ]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        if head.is_table {
            return None;
        }
        let tree = &*head.tree;
        let inner = |key: &str| get(tree, key);
        let kind = tree.get("type").and_then(Tree::text).unwrap_or("");
        let is = |name: &str| kind.eq_ignore_ascii_case(name);
        let one = |kind| Some(Format { kind, records: &[] });
        // eligibility schedules and directory roles have the same keys, and their own type or scope
        let assignment = kind.is_empty() || is("Microsoft.Authorization/roleAssignments");
        if assignment
            && ["roleDefinitionId", "principalId", "scope"].iter().all(|k| inner(k).is_some())
            && inner("directoryScopeId").is_none()
        {
            return one(ASSIGNMENTS);
        }
        let permissions = inner("permissions").map(Tree::items).unwrap_or_default();
        let defines = !permissions.is_empty() && permissions.iter().all(|p| p.get("actions").is_some() || p.get("dataActions").is_some());
        if defines && inner("roleName").is_some() && (inner("assignableScopes").is_some() || is("Microsoft.Authorization/roleDefinitions"))
        {
            return one(DEFINITIONS);
        }
        let id = tree.get("id").and_then(Tree::text).unwrap_or("");
        let vault = is("Microsoft.KeyVault/vaults") || inner("vaultUri").is_some();
        if vault && id.to_ascii_lowercase().contains("/providers/microsoft.keyvault/vaults/") {
            return one(VAULTS);
        }
        if items::is_item(head) {
            return one(ITEMS);
        }
        items::is_rotation_policy(head).then_some(Format { kind: ROTATION, records: &[] })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        let draft = match kind {
            ASSIGNMENTS => assignment(record),
            DEFINITIONS => definition(record),
            VAULTS => vault(record),
            ROTATION => items::rotation_policy(record),
            _ => return items::item(record, out),
        };
        out.facts.extend(draft);
    }
}

/// A value, flat as `az` prints it or below `properties` as the resource manager does.
fn get<'t>(tree: &'t Tree, key: &str) -> Option<&'t Tree> {
    tree.path(&["properties", key]).or_else(|| tree.get(key)).filter(|v| !v.is_null())
}

/// The same with its place.
fn find<'a>(record: &Record<'a>, key: &str) -> Option<(&'a Tree, Spot)> {
    record.find(&["properties", key]).or_else(|| record.find(&[key])).filter(|(v, _)| !v.is_null())
}

/// A text that is not empty, with its place.
fn words<'a>(record: &Record<'a>, key: &str) -> Option<(&'a str, Spot)> {
    find(record, key).and_then(|(tree, spot)| Some((tree.text()?.trim(), spot))).filter(|(text, _)| !text.is_empty())
}

/// The last segment of an id, in lower case.
fn tail(id: &str) -> String {
    id.rsplit('/').next().unwrap_or(id).to_ascii_lowercase()
}

/// The subscription of an id or scope.
fn subscription(id: &str) -> Option<&str> {
    let mut parts = id.split('/').filter(|p| !p.is_empty());
    parts.next().filter(|p| p.eq_ignore_ascii_case("subscriptions"))?;
    parts.next()
}

fn assignment(record: &Record<'_>) -> Option<Draft> {
    let (id, id_at) = words(record, "principalId")?;
    let (role, role_at) = words(record, "roleDefinitionId")?;
    let (scope, scope_at) = words(record, "scope")?;
    let (principal, principal_at) = words(record, "principalName").unwrap_or((id, id_at.clone()));
    let name = record.text_at(&["name"]).unwrap_or(id);
    let role_id = tail(role);
    let mut draft = Draft::new(Kind::Binding, principal.to_owned(), format!("/roleAssignments{}", segment(name)), record.spot())
        .saying(binding::PRODUCT, PRODUCT)
        .saying_some(binding::TENANT, subscription(scope));
    draft.fields.say(binding::PRINCIPAL, principal, &principal_at);
    draft.fields.say(binding::PRINCIPAL_ID, id, &id_at);
    draft.fields.say(binding::ROLE_ID, role_id, &role_at);
    draft.fields.say(binding::SCOPE, scope, &scope_at);
    if let Some((name, at)) = words(record, "roleDefinitionName") {
        draft.fields.say(binding::ROLE, name, &at);
    }
    if let Some((word, at)) = words(record, "principalType").and_then(|(t, at)| principal_word(t).map(|w| (w, at))) {
        draft.fields.say(binding::PRINCIPAL_TYPE, word, &at);
    }
    let conditions = words(record, "condition")
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

fn definition(record: &Record<'_>) -> Option<Draft> {
    let (name, name_at) = words(record, "roleName")?;
    let id = tail(record.text_at(&["name"]).or_else(|| record.text_at(&["id"])).unwrap_or(name));
    let mut draft = Draft::new(Kind::Role, name.to_owned(), format!("/roleDefinitions{}", segment(&id)), name_at)
        .saying(role::PRODUCT, PRODUCT)
        .saying(role::ROLE_ID, id);
    let sort = words(record, "roleType").or_else(|| words(record, "type"));
    if let Some((sort, at)) = sort.filter(|(t, _)| t.to_ascii_lowercase().ends_with("role")) {
        draft.fields.say(role::BUILT_IN, sort.eq_ignore_ascii_case("BuiltInRole"), &at);
    }
    let (permissions, at) = find(record, "permissions")?;
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
    Some(draft)
}

fn vault(record: &Record<'_>) -> Option<Draft> {
    let id = record.text_at(&["id"])?;
    let name = record.text_at(&["name"]).map_or_else(|| tail(id), str::to_owned);
    let mut draft = Draft::new(Kind::Resource, name.clone(), format!("/vaults{}", segment(&name)), record.spot())
        .saying(resource::PRODUCT, PRODUCT)
        .saying(resource::TYPE, resource_type::SECRET_VAULT)
        .saying_some(resource::TENANT, subscription(id));
    if let Some((_, at)) = record.find(&["id"]) {
        draft.fields.say(resource::RESOURCE_ID, id, &at);
    }
    if let Some((owner, at)) = record.find(&["tags", "owner"]).and_then(|(t, at)| t.text().map(|o| (o, at))) {
        draft.fields.say(resource::OWNER, owner, &at);
    }
    // the short form of `az keyvault list` has no properties, and cannot say how access is decided
    let Some((properties, at)) = record.find(&["properties"]).filter(|(p, _)| matches!(p.node, Node::Map(_))) else { return Some(draft) };
    if properties.get("accessPolicies").is_none() && properties.get("enableRbacAuthorization").is_none() {
        return Some(draft);
    }
    let stated = record.find(&["properties", "enableRbacAuthorization"]).and_then(|(t, at)| t.flag().map(|on| (on, at)));
    let (on, at, basis) = match stated {
        Some((on, at)) => (on, at, Basis::Explicit),
        None => (false, record.find(&["properties", "vaultUri"]).map_or(at, |(_, at)| at), Basis::Default),
    };
    let value = Value::Word(if on { mode::ROLE_BASED } else { mode::ACCESS_POLICY });
    draft.fields.claim(resource::MODE, Claim { value, quote: at, basis, duty: Duty::Must });
    readers(record, properties, &mut draft, resource::READERS);
    Some(draft)
}

/// Principals that an access policy of the vault lets at its secrets, keys or certificates.
fn readers(record: &Record<'_>, properties: &Tree, draft: &mut Draft, field: Field) {
    for (n, policy) in properties.get("accessPolicies").map(Tree::items).unwrap_or_default().iter().enumerate() {
        let Some(id) = policy.get("objectId").and_then(Tree::text).filter(|id| !id.is_empty()) else { continue };
        let opens = policy.get("permissions").map(Tree::entries).unwrap_or_default().iter().any(|e| {
            let words = e.value.items().iter().filter_map(Tree::text);
            e.key.eq_ignore_ascii_case("secrets")
                && words.into_iter().any(|w| w.eq_ignore_ascii_case("get") || w.eq_ignore_ascii_case("all"))
        });
        if opens {
            let at = record.below(policy, &format!("/properties/accessPolicies/{n}"));
            draft.fields.say(field, id, &at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{of, read};
    use super::*;
    use crate::artifact::Why;
    use crate::fact::Stated;

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
    fn how_a_vault_decides_is_said_defaulted_or_not_said() {
        let vault = |properties: &str| {
            let text = format!(
                r#"{{"id": "/subscriptions/s/resourceGroups/r/providers/Microsoft.KeyVault/vaults/kv", "name": "kv", "type": "Microsoft.KeyVault/vaults"{properties}}}"#
            );
            let drafts = read("kv.json", &text);
            assert_eq!(drafts.kind, Some(VAULTS));
            drafts.facts.into_iter().next().expect("vault")
        };
        let said = |draft: &Draft| match draft.fields.get(resource::MODE) {
            Some(Stated::Said(claims)) => claims.first().map(|c| (c.value.clone(), c.basis)),
            _ => None,
        };
        let word = |w| Value::Word(w);
        assert_eq!(said(&vault("")), None);
        assert_eq!(said(&vault(r#", "properties": {"enableRbacAuthorization": true}"#)), Some((word(mode::ROLE_BASED), Basis::Explicit)));
        let list = r#", "properties": {"EnableRbacAuthorization": null, "vaultUri": "https://kv", "accessPolicies": [
            {"objectId": "o1", "permissions": {"Secrets": ["Get", "list"]}}, {"objectId": "o2", "permissions": {"keys": ["all"]}}]}"#;
        let draft = vault(list);
        assert_eq!(said(&draft), Some((word(mode::ACCESS_POLICY), Basis::Default)));
        assert_eq!(draft.fields.texts(resource::READERS).collect::<Vec<_>>(), ["o1"]);
    }

    #[test]
    fn directory_roles_and_templates_are_others_business() {
        for text in [
            r#"[{"roleDefinitionId": "x", "principalId": "y", "directoryScopeId": "/"}]"#,
            r#"[{"roleDefinitionId": "x", "principalId": "y", "scope": "/", "type": "Microsoft.Authorization/roleEligibilityScheduleInstances"}]"#,
            r#"{"$schema": "s", "resources": [{"type": "Microsoft.KeyVault/vaults", "name": "[parameters('v')]", "properties": {}}]}"#,
        ] {
            assert_eq!(read("x.json", text).kind, None, "{text}");
        }
    }
}
