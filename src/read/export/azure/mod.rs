//! Azure: role assignments, role definitions, key vaults and what lies in them, as `az` and PowerShell print it and as the
//! resource manager answers.

mod items;
mod roles;
mod vaults;

use super::input::Head;
use super::record::Record;
use super::{ExportReader, Format};
use crate::artifact::Spot;
use crate::read::Drafts;
use crate::tree::Tree;

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
            "roledefinitionname",
            "assignablescopes",
            "microsoft.authorization/roledefinitions",
            "microsoft.keyvault/vaults",
            ".vault.azure.net/",
            "lifetimeactions",
        ]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        let kind = if roles::is_assignment(head) {
            ASSIGNMENTS
        } else if head.is_table {
            return None;
        } else if roles::is_definition(head) {
            DEFINITIONS
        } else if vaults::is_vault(head) {
            VAULTS
        } else if items::is_item(head) {
            ITEMS
        } else if items::is_rotation_policy(head) {
            ROTATION
        } else {
            return None;
        };
        Some(Format { kind, records: &[] })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        let draft = match kind {
            ASSIGNMENTS => roles::assignment(record),
            DEFINITIONS => roles::definition(record),
            VAULTS => vaults::vault(record),
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

/// A text that is not empty, with its place, under the first of these keys that has one: `az` and PowerShell differ in names.
fn words<'a>(record: &Record<'a>, keys: &[&str]) -> Option<(&'a str, Spot)> {
    let of = |key: &&str| find(record, key).and_then(|(tree, spot)| Some((tree.text()?.trim(), spot))).filter(|(text, _)| !text.is_empty());
    keys.iter().find_map(of)
}

/// What the manager calls the type of a thing.
fn is_type(head: &Head<'_>, name: &str) -> bool {
    head.tree.get("type").and_then(Tree::text).is_some_and(|kind| kind.eq_ignore_ascii_case(name))
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
