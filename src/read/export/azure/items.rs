//! What lies in a key vault: secrets and keys with their dates, and how keys are rotated.

use super::{PRODUCT, find, get};
use crate::fact::{Draft, Kind, Value, Word, credential, credential_type, resource, resource_type, setting};
use crate::read::export::date::{Moment, moment};
use crate::read::export::input::Head;
use crate::read::export::record::{Record, segment};
use crate::read::{Drafts, Mark};
use crate::tree::{Node, Tree};

/// Where the names of things in a vault stand in an identifier: after the host of a vault, or after the vault in the manager's id.
const PLACES: [(&str, Word); 6] = [
    (".vault.azure.net/secrets/", resource_type::SECRET),
    (".vault.azure.net/keys/", resource_type::KEY),
    // PowerShell writes the port
    (".vault.azure.net:443/secrets/", resource_type::SECRET),
    (".vault.azure.net:443/keys/", resource_type::KEY),
    ("/providers/microsoft.keyvault/vaults/*/secrets/", resource_type::SECRET),
    ("/providers/microsoft.keyvault/vaults/*/keys/", resource_type::KEY),
];

/// What an identifier names: the sort, and the name without the version.
fn named(id: &str) -> Option<(Word, &str)> {
    let lower = id.to_ascii_lowercase();
    PLACES.iter().find_map(|(place, sort)| {
        let start = match place.split_once('*') {
            None => lower.find(place)? + place.len(),
            Some((vaults, rest)) => {
                let vault = lower.find(vaults)? + vaults.len();
                let end = vault + lower.get(vault..)?.find('/')?;
                lower.get(end..)?.starts_with(rest).then_some(end + rest.len())?
            }
        };
        let name = id.get(start..)?.split('/').next().filter(|n| !n.is_empty())?;
        (!lower.ends_with("/rotationpolicy")).then_some((*sort, name))
    })
}

fn identifier(tree: &Tree) -> Option<&str> {
    ["id", "kid"].iter().find_map(|key| tree.get(key).and_then(Tree::text))
}

pub(super) fn is_item(head: &Head<'_>) -> bool {
    identifier(&head.tree).is_some_and(|id| named(id).is_some())
        && get(&head.tree, "attributes").is_some_and(|a| matches!(a.node, Node::Map(_)))
}

pub(super) fn is_rotation_policy(head: &Head<'_>) -> bool {
    let actions = get(&head.tree, "lifetimeActions").map(Tree::items).unwrap_or_default();
    !actions.is_empty() && actions.iter().all(|a| a.path(&["action", "type"]).or_else(|| a.get("action")).is_some())
}

pub(super) fn item(record: &Record<'_>, out: &mut Drafts) {
    let Some(id) = identifier(record.tree) else { return };
    let Some((sort, name)) = named(id) else { return };
    let anchor = format!("/{}s{}", sort.as_str(), segment(name));
    let Some((attributes, _)) = find(record, "attributes") else { return };
    let mut draft = Draft::new(Kind::Resource, name.to_owned(), anchor.clone(), record.spot())
        .saying(resource::PRODUCT, PRODUCT)
        .saying(resource::TYPE, sort)
        .saying(resource::RESOURCE_ID, id)
        .saying_some(resource::ENABLED, attributes.get("enabled").and_then(Tree::flag));
    // three spellings of one date: the vault, the manager, and az
    let time = |keys: &[&str]| keys.iter().find_map(|key| attributes.get(key).and_then(moment));
    match time(&["exp", "expires", "expiresOn"]) {
        Some(Moment::At(time)) => draft.say(resource::EXPIRES, time),
        Some(Moment::Never) => draft.say(resource::EXPIRES, Value::Never),
        None => {}
    }
    if let Some(Moment::At(time)) = time(&["updated", "updatedOn", "created", "createdOn"]) {
        draft.say(resource::ROTATED, time);
    }
    out.facts.push(draft.could_say(&[resource::EXPIRES]));
    // `az keyvault secret show` prints the secret itself
    let value = record.find(&["value"]).filter(|(v, _)| sort == resource_type::SECRET && v.text().is_some_and(|t| !t.is_empty()));
    if let Some((value, at)) = value {
        let (start, end) = (value.span.start + 1, value.span.end.saturating_sub(1));
        out.marks.push(Mark { start, end: end.max(start), value: value.text().unwrap_or_default().to_owned(), public_prefix: 0 });
        let plain = Draft::new(Kind::Credential, name.to_owned(), format!("{anchor}/value"), at)
            .saying(credential::PRODUCT, PRODUCT)
            .saying(credential::TYPE, credential_type::PASSWORD)
            .saying(credential::HOLDER, name)
            .saying(credential::PLAIN, true);
        out.facts.push(plain);
    }
}

pub(super) fn rotation_policy(record: &Record<'_>) -> Option<Draft> {
    let (actions, at) = find(record, "lifetimeActions")?;
    let action = |a: &Tree| {
        a.path(&["action", "type"]).or_else(|| a.get("action")).and_then(Tree::text).is_some_and(|t| t.eq_ignore_ascii_case("Rotate"))
    };
    let id = record.text_at(&["id"]);
    let name = id.and_then(|id| id.split("/keys/").nth(1)?.split('/').next()).unwrap_or("key rotation policy");
    let mut draft = Draft::new(Kind::Setting, name.to_owned(), format!("/rotationPolicies{}", segment(name)), record.spot())
        .saying(setting::PRODUCT, PRODUCT)
        .saying(setting::KEY, "keyRotation");
    draft.fields.say(setting::ENABLED, actions.items().iter().any(action), &at);
    Some(draft)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Stated, day};
    use crate::read::export::tests::{of, read};

    #[test]
    fn items_in_three_spellings() {
        let text = include_str!("../../../../fixtures/exports/azure/vault-items.json");
        let drafts = read("items.json", text);
        assert_eq!(drafts.kind, Some("azure.keyvault-items"));
        let items = of(&drafts, Kind::Resource);
        let names: Vec<_> = items.iter().map(|i| (i.name.as_str(), i.fields.word(resource::TYPE))).collect();
        assert_eq!(names, [("tide-token", Some("secret")), ("hull-key", Some("key")), ("mast-token", Some("secret"))]);
        assert_eq!(items.first().and_then(|i| i.fields.time(resource::EXPIRES)), day("2026-12-31"));
        assert_eq!(items.get(1).and_then(|i| i.fields.get(resource::EXPIRES)), Some(&Stated::Unsaid));
        assert_eq!(items.get(2).and_then(|i| i.fields.time(resource::ROTATED)), day("2025-06-01"));
    }

    #[test]
    fn a_secret_that_is_shown_is_marked() {
        let text = r#"{"attributes": {"enabled": true, "expires": null}, "id": "https://kv.vault.azure.net/secrets/tide/0a1b", "name": "tide", "value": "Brine-4471-Lock"}"#;
        let drafts = read("shown.json", text);
        assert_eq!(of(&drafts, Kind::Credential).first().map(|c| c.name.as_str()), Some("tide"));
        assert_eq!(drafts.marks.iter().map(|m| &text[m.start..m.end]).collect::<Vec<_>>(), ["Brine-4471-Lock"]);
    }

    #[test]
    fn rotation_policies() {
        for (action, want) in [("Rotate", true), ("Notify", false)] {
            let text = format!(
                r#"{{"id": "https://kv.vault.azure.net/keys/hull/rotationpolicy", "lifetimeActions": [{{"trigger": {{}}, "action": {{"type": "{action}"}}}}], "attributes": null}}"#
            );
            let drafts = read("policy.json", &text);
            assert_eq!(drafts.kind, Some("azure.keyvault-rotation-policy"));
            let policy = of(&drafts, Kind::Setting);
            assert_eq!(policy.first().map(|p| (p.name.as_str(), p.fields.flag(setting::ENABLED))), Some(("hull", Some(want))));
        }
    }
}
