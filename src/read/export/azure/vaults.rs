//! Key vaults: how access to them is decided, and who has some already.

use super::{PRODUCT, find, get, is_type, subscription, tail, words};
use crate::fact::{Basis, Draft, Kind, Value, mode, resource, resource_type};
use crate::read::export::input::Head;
use crate::read::export::record::{Record, segment};
use crate::tree::Tree;

pub(super) fn is_vault(head: &Head<'_>) -> bool {
    let id = ["id", "ResourceId"].iter().find_map(|key| head.tree.get(key).and_then(Tree::text)).unwrap_or("");
    let vault = is_type(head, "Microsoft.KeyVault/vaults") || get(&head.tree, "vaultUri").is_some();
    vault && id.to_ascii_lowercase().contains("/providers/microsoft.keyvault/vaults/")
}

pub(super) fn vault(record: &Record<'_>) -> Option<Draft> {
    // a template names what it will make, and has no identifier of it yet
    let given = words(record, &["id", "ResourceId"]);
    let name = record.text_at(&["name"]).or_else(|| record.text_at(&["VaultName"])).map(str::to_owned);
    let name = name.or_else(|| given.as_ref().map(|(id, _)| tail(id)))?;
    let mut draft = Draft::new(Kind::Resource, name.clone(), format!("/vaults{}", segment(&name)), record.spot())
        .saying(resource::PRODUCT, PRODUCT)
        .saying(resource::TYPE, resource_type::SECRET_VAULT)
        .saying_some(resource::TENANT, given.as_ref().and_then(|(id, _)| subscription(id)));
    if let Some((id, at)) = given {
        draft.fields.say(resource::RESOURCE_ID, id, &at);
    }
    if let Some((owner, at)) = record.find(&["tags", "owner"]).and_then(|(t, at)| t.text().map(|o| (o, at))) {
        draft.fields.say(resource::OWNER, owner, &at);
    }
    let set = find(record, "enableRbacAuthorization");
    let stated = set.as_ref().and_then(|(t, at)| t.flag().map(|on| (on, at.clone())));
    let listed = find(record, "accessPolicies");
    let (on, at, basis) = match (stated, &listed) {
        (Some((on, at)), _) => (on, at, Basis::Explicit),
        // a parameter of a template may be either
        (None, _) if set.is_some() => return Some(draft),
        // a vault that lists its policies and says nothing of roles is as the product makes it by default
        (None, Some((_, at))) => (false, find(record, "vaultUri").map_or_else(|| at.clone(), |(_, at)| at), Basis::Default),
        // the short form of `az keyvault list` cannot say how access is decided
        (None, None) => return Some(draft),
    };
    let value = Value::Word(if on { mode::ROLE_BASED } else { mode::ACCESS_POLICY });
    draft.fields.say_as(resource::MODE, value, &at, basis);
    let purge = find(record, "enablePurgeProtection").and_then(|(t, at)| t.flag().map(|on| (on, at)));
    if let Some((on, at)) = purge {
        draft.fields.say(resource::PURGE_PROTECTED, on, &at);
    } else if get(record.tree, "vaultUri").is_some() {
        draft.fields.could_say(&[resource::PURGE_PROTECTED]);
    }
    if let Some((policies, at)) = listed {
        readers(record, policies, at.pointer.as_deref().unwrap_or_default(), &mut draft);
    }
    Some(draft)
}

/// Principals that an access policy of the vault lets at its secrets.
fn readers(record: &Record<'_>, policies: &Tree, at: &str, draft: &mut Draft) {
    for (n, policy) in policies.items().iter().enumerate() {
        let Some(id) = policy.get("objectId").and_then(Tree::text).filter(|id| !id.is_empty()) else { continue };
        let secrets = policy.path(&["permissions", "secrets"]).or_else(|| policy.get("PermissionsToSecrets"));
        let words: Vec<&str> = secrets.map(Tree::items).unwrap_or_default().iter().filter_map(Tree::text).collect();
        let has = |word: &str| words.iter().any(|w| w.eq_ignore_ascii_case(word));
        let spot = record.placed(policy, &format!("{at}/{n}"));
        if has("get") || has("all") {
            draft.fields.say(resource::READERS, id, &spot);
        }
        // whoever reads, writes, deletes and purges leaves no trace of what was there
        if has("all") || ["get", "set", "delete", "purge"].into_iter().all(has) {
            draft.fields.say(resource::MASTERS, id, &spot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Stated;
    use crate::read::export::azure::VAULTS;
    use crate::read::export::tests::{of, read};

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
    fn as_powershell_prints_it() {
        let text = r#"{"ResourceId": "/subscriptions/s/resourceGroups/r/providers/Microsoft.KeyVault/vaults/kv", "VaultName": "kv",
            "VaultUri": "https://kv.vault.azure.net/", "EnableRbacAuthorization": false,
            "AccessPolicies": [{"ObjectId": "o1", "PermissionsToSecrets": ["get"]}]}"#;
        let drafts = read("kv.json", text);
        let vaults = of(&drafts, Kind::Resource);
        let one = vaults.first().expect("vault");
        assert_eq!((one.name.as_str(), one.fields.word(resource::MODE)), ("kv", Some("access_policy")));
        assert_eq!(one.fields.texts(resource::READERS).collect::<Vec<_>>(), ["o1"]);
    }
}
