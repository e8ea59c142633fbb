//! Terraform, as far as it configures what other readers know: files of the language, plans and states.
//!
//! A resource is handed to the reader of its product. What a file computes is not known, and a value that nobody wrote is the
//! provider's default.

use super::input::Head;
use super::record::Record;
use super::site::Site;
use super::{ExportReader, Format, auth0, authentik, cognito, declared, entra, keycloak, okta, pam, ping, vault};
use crate::read::Drafts;
use crate::tree::{LABELS, Node, Tree};

pub(super) struct Terraform;

const FILES: &str = "terraform.hcl";
const PLAN: &str = "terraform.plan";
const STATE: &str = "terraform.state";
/// Blocks that a file of the language has at its top.
const BLOCKS: &[&str] = &["resource", "data", "variable", "module", "provider", "output", "locals", "terraform"];
/// Modules in modules.
const DEEPEST: usize = 16;

impl ExportReader for Terraform {
    fn needles(&self) -> &'static [&'static str] {
        &["resource \"", "variable \"", "module \"", "provider \"", "planned_values", "terraform_version"]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        if head.is_table {
            return None;
        }
        let blocks = |e: &crate::tree::Entry| {
            let whole = e.value.items().iter().all(|b| matches!(b.node, Node::Map(_)));
            matches!(e.value.node, Node::List(_)) && whole && BLOCKS.contains(&&*e.key)
        };
        let labelled = head.tree.entries().iter().any(|e| e.value.items().first().is_some_and(|b| b.get(LABELS).is_some()));
        let kind = if labelled && head.tree.entries().iter().all(blocks) {
            FILES
        } else if head.has(&["planned_values", "terraform_version"]) || head.has(&["format_version", "values"]) {
            PLAN
        } else if head.has(&["terraform_version", "serial", "resources"]) {
            STATE
        } else {
            return None;
        };
        Some(Format { kind, records: &[] })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        match kind {
            FILES => {
                for block in record.items(&["resource"]) {
                    let labels: Vec<&str> =
                        block.tree.get(LABELS).map(Tree::items).unwrap_or_default().iter().filter_map(Tree::text).collect();
                    if let [kind, name] = labels.as_slice() {
                        resource(kind, &format!("{kind}.{name}"), &block, out);
                    }
                }
                declared::declared(record, out);
            }
            PLAN => {
                let root = if record.tree.get("planned_values").is_some() { "planned_values" } else { "values" };
                for module in record.items(&[root, "root_module"]) {
                    planned(&module, 0, out);
                }
            }
            _ => {
                for held in record.items(&["resources"]) {
                    let (Some(kind), Some(name)) = (held.text_at(&["type"]), held.text_at(&["name"])) else { continue };
                    if held.text_at(&["mode"]).is_some_and(|m| m == "data") {
                        continue;
                    }
                    for instance in held.items(&["instances"]) {
                        for attributes in instance.items(&["attributes"]) {
                            resource(kind, &format!("{kind}.{name}"), &attributes, out);
                        }
                    }
                }
            }
        }
    }
}

fn planned(module: &Record<'_>, depth: usize, out: &mut Drafts) {
    for held in module.items(&["resources"]) {
        let (Some(kind), Some(name)) = (held.text_at(&["type"]), held.text_at(&["address"]).or_else(|| held.text_at(&["name"]))) else {
            continue;
        };
        let address = if name.contains('.') { name.to_owned() } else { format!("{kind}.{name}") };
        if held.text_at(&["mode"]).is_some_and(|m| m == "data") {
            continue;
        }
        for values in held.items(&["values"]) {
            resource(kind, &address, &values, out);
        }
    }
    for child in module.items(&["child_modules"]).iter().filter(|_| depth < DEEPEST) {
        planned(child, depth + 1, out);
    }
}

/// Hands a resource to the reader of its product.
fn resource(kind: &str, address: &str, record: &Record<'_>, out: &mut Drafts) {
    let site = Site::new(record, "terraform", "");
    let _ = okta::terraform::resource(kind, address, &site, out)
        || cognito::resource(kind, address, &site, out)
        || ping::resource(kind, address, &site, out)
        || entra::terraform::resource(kind, address, &site, out)
        || authentik::resource(kind, &site, out)
        || auth0::terraform::resource(kind, &site, out)
        || keycloak::terraform::resource(kind, address, &site, out)
        || vault::resource(kind, record, out)
        || pam::resource(kind, record, out);
}
