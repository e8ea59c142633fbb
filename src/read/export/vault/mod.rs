//! Vault and OpenBao: policies, roles of auth methods, tokens, how many people unseal it, and what records what it does.

pub(super) mod hcl;
pub(super) mod init;
mod policy;
mod state;
pub(super) mod table;

use super::input::Head;
use super::record::{Extent, Record};
use super::{ExportReader, Format};
use crate::fact::Kind;
use crate::read::Drafts;
use crate::tree::{Node, Tree};

pub(super) struct Vault;

/// The product, in facts and in the lexicon of powers.
const PRODUCT: &str = "vault";
const POLICY: &str = "vault.policy";
const APPROLE: &str = "vault.approle-role";
const ROLE: &str = "vault.role";
const STATUS: &str = "vault.status";
const INIT: &str = "vault.init";
const TOKEN: &str = "vault.token";
const AUDIT: &str = "vault.audit-devices";

impl ExportReader for Vault {
    fn needles(&self) -> &'static [&'static str] {
        &[
            "capabilities",
            "policy = \"",
            "control_group",
            "root_token",
            "initial root token",
            "token_policies",
            "secret_id_ttl",
            "recovery_seal",
            "\"accessor\"",
            "\"sealed\"",
            "seal type ",
            "explicit_max_ttl",
            "log_raw",
            "hmac_accessor",
            "\"request_id\"",
        ]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        if head.is_table {
            return None;
        }
        let list = |key: &str| head.tree.get(key).is_some_and(|t| matches!(t.node, Node::List(_)));
        let kind = if policy::is_policy(&head.tree) {
            POLICY
        } else if head.has(&["sealed", "t", "n"]) {
            STATUS
        } else if head.has(&["root_token"])
            && ["unseal_keys_b64", "keys_base64", "recovery_keys_b64", "recovery_keys_base64", "keys"].iter().any(|k| list(k))
        {
            INIT
        } else if list("policies") && head.has(&["accessor"]) && head.count(&["ttl", "expire_time", "creation_ttl", "display_name"]) >= 2 {
            TOKEN
        } else if head.has(&["secret_id_ttl", "secret_id_num_uses"]) {
            APPROLE
        } else if list("token_policies") && head.count(&["token_ttl", "token_max_ttl", "token_period", "token_type"]) >= 2 {
            ROLE
        } else if state::is_audit(&head.tree) || state::is_empty_answer(&head.tree) {
            AUDIT
        } else {
            return None;
        };
        Some(Format { kind, records: &[] })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        match kind {
            POLICY => policy::policy(record, out),
            STATUS => out.facts.extend(state::status(record)),
            INIT => state::init(record, out),
            TOKEN => state::token(record, out),
            AUDIT => state::audit(record, out),
            _ => state::role(record, out),
        }
    }

    fn end(&self, kind: &'static str, extent: Extent<'_>, out: &mut Drafts) {
        // neither a policy nor a role says what it is called: its file does
        if matches!(kind, POLICY | APPROLE | ROLE) {
            let file = extent.path.rsplit('/').next().unwrap_or(extent.path);
            policy::name(file.split('.').next().filter(|n| !n.is_empty()).unwrap_or(file), out);
        }
        // nothing tells an empty list of devices from another empty answer but the file it was saved in
        let file = extent.path.rsplit('/').next().unwrap_or(extent.path).to_ascii_lowercase();
        if kind == AUDIT && !file.contains("audit") {
            out.facts.retain(|f| f.kind != Kind::Setting || f.name != "audit devices");
        }
        super::stating::within(extent.path, out);
    }
}

/// Reads a resource of Terraform. Gives whether it is one of ours.
pub(super) fn resource(kind: &str, record: &Record<'_>, out: &mut Drafts) -> bool {
    if kind == "vault_policy" {
        policy::policy(record, out);
    }
    kind.starts_with("vault_")
}

/// The name of what has none, until the name of the file is known.
const UNNAMED: &str = "";

/// Policies that let their holder do anything, by what they are always called.
fn is_admin(policy: &str) -> bool {
    matches!(
        policy.to_ascii_lowercase().as_str(),
        "root" | "admin" | "admins" | "administrator" | "superadmin" | "super-admin" | "vault-admin" | "vault-admins"
    )
}

/// A text that is written as `{…}` in JSON and as blocks in HCL.
fn duration(tree: Option<&Tree>) -> Option<i64> {
    tree.and_then(crate::read::export::date::duration)
}

#[cfg(test)]
mod tests;
