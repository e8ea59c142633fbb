//! Azure and the directory it rests on: role assignments and definitions, key vaults and what lies in them, applications, roles of
//! the directory and the rules of their activation, as `az` and PowerShell print it and as the manager and Graph answer.

mod activation;
mod applications;
mod directory;
mod items;
mod roles;
mod vaults;

use super::input::Head;
use super::record::Record;
use super::{ExportReader, Format, Sort};
use crate::artifact::Spot;
use crate::read::Drafts;
use crate::tree::Tree;

pub(super) struct Azure;

/// The product, in facts and in the lexicon of powers.
const PRODUCT: &str = "azure";
/// The product of what belongs to the directory.
const ENTRA: &str = "entra";
const ASSIGNMENTS: &str = "azure.role-assignments";
const DEFINITIONS: &str = "azure.role-definitions";
const VAULTS: &str = "azure.keyvault";
const ITEMS: &str = "azure.keyvault-items";
const ROTATION: &str = "azure.keyvault-rotation-policy";

/// The formats, the most telling first.
static SORTS: &[Sort] = &[
    Sort { kind: ASSIGNMENTS, is: roles::is_assignment, records: &[], read: |r, out| out.facts.extend(roles::assignment(r)) },
    Sort {
        kind: "azure.role-eligibilities",
        is: roles::is_eligibility,
        records: &[],
        read: |r, out| out.facts.extend(roles::eligibility(r)),
    },
    Sort { kind: DEFINITIONS, is: roles::is_definition, records: &[], read: |r, out| out.facts.extend(roles::definition(r)) },
    Sort { kind: VAULTS, is: vaults::is_vault, records: &[], read: |r, out| out.facts.extend(vaults::vault(r)) },
    Sort { kind: ITEMS, is: items::is_item, records: &[], read: items::item },
    Sort { kind: ROTATION, is: items::is_rotation_policy, records: &[], read: |r, out| out.facts.extend(items::rotation_policy(r)) },
    Sort { kind: "entra.pim-roles", is: directory::is_role, records: &[], read: directory::role_item },
    Sort { kind: PIM, is: activation::is_policy, records: &[], read: activation::policy },
    Sort { kind: "entra.pim-policy-assignments", is: activation::is_policy_assignment, records: &[], read: activation::policy_assignment },
    Sort { kind: "entra.directory-roles", is: directory::is_role_list, records: &[], read: |_, _| {} },
    Sort { kind: "entra.pim-rules", is: activation::is_single_rule, records: &[], read: activation::rule },
    Sort { kind: "entra.role-assignments", is: directory::is_assignment, records: &[], read: directory::assignment },
    Sort { kind: "entra.role-definitions", is: directory::is_definition, records: &[], read: directory::definition },
    Sort { kind: "entra.privileged-users", is: directory::is_privileged_users, records: &[], read: directory::privileged_users },
    Sort { kind: "entra.service-principals", is: applications::is_service_principal, records: &[], read: applications::application },
    Sort { kind: "entra.applications", is: applications::is_application, records: &[], read: applications::application },
    Sort { kind: "entra.applications", is: applications::is_credential, records: &[], read: applications::application },
    Sort { kind: "entra.federated-credentials", is: applications::is_federated, records: &[], read: applications::federated },
    Sort { kind: "azure.managed-identities", is: applications::is_managed_identity, records: &[], read: applications::managed_identity },
    Sort { kind: TEMPLATE, is: is_template, records: &["resources"], read: template },
];

const PIM: &str = "azure.pim-policies";
const TEMPLATE: &str = "azure.arm-template";

impl ExportReader for Azure {
    fn needles(&self) -> &'static [&'static str] {
        &[
            "roledefinitionid",
            "roledefinitionname",
            "assignablescopes",
            "microsoft.authorization/",
            "microsoft.keyvault/vaults",
            ".vault.azure.net/",
            "lifetimeactions",
            "roletemplateid",
            "\"policyid\"",
            "_enduser_assignment",
            "rolepermissions",
            "passwordcredentials",
            "keycredentials",
            "\"enddatetime\"",
            ".vault.azure.net:443/",
            "\"audiences\"",
            "onpremisesimmutableid",
            "microsoft.managedidentity/",
            "deploymenttemplate.json",
        ]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        let sort = SORTS.iter().find(|sort| (!head.is_table || sort.kind == ASSIGNMENTS) && (sort.is)(head))?;
        // the same rules govern roles of the directory, and there they are Graph's
        let kind = if sort.kind == PIM && head.tree.get("properties").is_none() { "entra.pim-policies" } else { sort.kind };
        Some(Format { kind, records: sort.records })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        let kind = if kind == "entra.pim-policies" { PIM } else { kind };
        if let Some(sort) = SORTS.iter().find(|s| s.kind == kind) {
            (sort.read)(record, out);
        }
    }
}

fn is_template(head: &Head<'_>) -> bool {
    head.tree.get("$schema").and_then(Tree::text).is_some_and(|s| s.to_ascii_lowercase().contains("deploymenttemplate.json"))
        && head.tree.get("resources").is_some_and(|r| !r.items().is_empty())
}

/// A resource that a template will make.
fn template(record: &Record<'_>, out: &mut Drafts) {
    let kind = record.text_at(&["type"]).unwrap_or_default().to_ascii_lowercase();
    match kind.as_str() {
        "microsoft.keyvault/vaults" => out.facts.extend(vaults::vault(record)),
        "microsoft.authorization/roleassignments" => out.facts.extend(roles::assignment(record)),
        "microsoft.authorization/roledefinitions" => out.facts.extend(roles::definition(record)),
        _ => {}
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

/// The last segment of an id, as it is written.
fn last(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// Whether a body has all of these, flat or below `properties`.
fn has(head: &Head<'_>, keys: &[&str]) -> bool {
    keys.iter().all(|key| get(&head.tree, key).is_some())
}
