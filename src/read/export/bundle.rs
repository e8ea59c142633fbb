//! Exports that hold many: what an auditing tool collected from one tenant in one file. Each part is offered to the readers as if it
//! had come alone.

use super::record::segment;
use crate::tree::{Node, Tree};

/// The sections of ScubaGear's settings that readers know.
const SCUBAGEAR: &[&str] = &[
    "conditional_access_policies",
    "authorization_policies",
    "authentication_method",
    "privileged_roles",
    "privileged_users",
    "privileged_service_principals",
    "risky_applications",
    "risky_third_party_service_principals",
    "directory_settings",
];
/// Keys that only such a file has.
const SCUBAGEAR_OWN: &[&str] = &["baseline_version", "module_version", "scuba_config", "aad_successful_commands", "report_uuid"];

/// Parts of a directory's settings by the names of its interface. A script that collects them keeps each under its own name.
const GRAPH: &[&str] = &[
    "authenticationMethodsPolicy",
    "authorizationPolicy",
    "conditionalAccessPolicies",
    "authenticationStrengthPolicies",
    "roleManagementPolicies",
    "userRegistrationDetails",
    "passwordResetPolicies",
    "federationConfiguration",
];

/// What an export that holds many is, where it has a name of its own, and its parts with their pointers.
pub(super) type Bundle = (Option<&'static str>, Vec<(String, Tree)>);

/// The parts of an export that holds many.
pub(super) fn parts(tree: &Tree) -> Option<Bundle> {
    let (root, at) = match tree.get("Raw") {
        Some(raw) => (raw, "/Raw"),
        None => (tree, ""),
    };
    let count = |keys: &[&str]| keys.iter().filter(|k| root.get(k).is_some()).count();
    let (kind, sections) = if count(SCUBAGEAR) >= 2 && count(SCUBAGEAR_OWN) >= 1 {
        (Some("entra.scubagear-settings"), SCUBAGEAR)
    } else if count(GRAPH) >= 1 && tree.get("id").is_none() {
        (None, GRAPH)
    } else {
        return None;
    };
    let mut out = Vec::new();
    for key in sections {
        let Some(section) = root.get(key) else { continue };
        let pointer = format!("{at}{}", segment(key));
        match &section.node {
            Node::List(items) => out.extend(items.iter().enumerate().map(|(i, item)| (format!("{pointer}/{i}"), item.clone()))),
            // an answer of the interface keeps its list under a key of its own
            Node::Map(_) => match section.get("value").map(|v| &v.node) {
                Some(Node::List(items)) => {
                    out.extend(items.iter().enumerate().map(|(i, item)| (format!("{pointer}/value/{i}"), item.clone())));
                }
                _ => out.push((pointer, section.clone())),
            },
            _ => {}
        }
    }
    Some((kind, out))
}
