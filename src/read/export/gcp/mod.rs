//! Google Cloud: IAM policies, custom roles, service accounts and their keys, organisation policies, secrets and API keys, as
//! `gcloud … --format=json` prints them and as the APIs answer.

mod items;
mod organisation;
mod policy;

use super::input::Head;
use super::record::{Extent, Record};
use super::{ExportReader, Format};
use crate::read::Drafts;
use crate::tree::{Node, Tree};

pub(super) struct Gcp;

/// The product, in facts and in the lexicon of powers.
const PRODUCT: &str = "gcp";
const POLICY: &str = "gcp.iam-policy";
const ROLE: &str = "gcp.custom-role";
const ACCOUNTS: &str = "gcp.service-accounts";
const ACCOUNT_KEYS: &str = "gcp.service-account-keys";
const SECRETS: &str = "gcp.secrets";
const API_KEYS: &str = "gcp.api-keys";
const CONSTRAINTS: &str = "gcp.org-policies";

impl ExportReader for Gcp {
    fn needles(&self) -> &'static [&'static str] {
        &[
            "\"bindings\"",
            "includedpermissions",
            ".iam.gserviceaccount.com",
            "/serviceaccounts/",
            "/locations/global/keys/",
            "/secrets/",
            "constraints/",
            "/policies/",
        ]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        if head.is_table {
            return None;
        }
        // the wrappers that the APIs put around a list
        for (key, kind, is) in [
            ("keys", ACCOUNT_KEYS, items::is_account_key as fn(&Tree) -> bool),
            ("keys", API_KEYS, items::is_api_key),
            ("accounts", ACCOUNTS, items::is_account),
            ("secrets", SECRETS, items::is_secret),
            ("policies", CONSTRAINTS, organisation::is_constraint),
            ("results", POLICY, policy::is_found),
            ("roles", ROLE, policy::is_role),
        ] {
            let list = head.tree.get(key).filter(|t| matches!(t.node, Node::List(_)));
            // a list that was cut ends with half of one
            if list.is_some_and(|l| l.items().first().is_some_and(is)) {
                return Some(Format { kind, records: wrapper(key) });
            }
        }
        let tree = &head.tree;
        let kind = if policy::is_policy(tree) || policy::is_found(tree) {
            POLICY
        } else if policy::is_role(tree) {
            ROLE
        } else if items::is_account_key(tree) {
            ACCOUNT_KEYS
        } else if items::is_api_key(tree) {
            API_KEYS
        } else if items::is_account(tree) {
            ACCOUNTS
        } else if items::is_secret(tree) {
            SECRETS
        } else if organisation::is_constraint(tree) {
            CONSTRAINTS
        } else {
            return None;
        };
        Some(Format { kind, records: &[] })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        match kind {
            POLICY => policy::policy(record, out),
            ROLE => policy::role(record, out),
            ACCOUNTS => out.facts.extend(items::account(record)),
            ACCOUNT_KEYS => out.facts.extend(items::account_key(record)),
            SECRETS => out.facts.extend(items::secret(record)),
            API_KEYS => out.facts.extend(items::api_key(record)),
            _ => out.facts.extend(organisation::constraint(record)),
        }
    }

    fn end(&self, kind: &'static str, extent: Extent<'_>, out: &mut Drafts) {
        match kind {
            POLICY => policy::end(extent.path, out),
            CONSTRAINTS if extent.whole => organisation::end(out),
            _ => {}
        }
    }
}

fn wrapper(key: &str) -> &'static [&'static str] {
    match key {
        "keys" => &["keys"],
        "accounts" => &["accounts"],
        "secrets" => &["secrets"],
        "policies" => &["policies"],
        "results" => &["results"],
        _ => &["roles"],
    }
}

/// The text under a key.
fn word<'t>(tree: &'t Tree, key: &str) -> &'t str {
    tree.get(key).and_then(Tree::text).unwrap_or_default()
}

/// The part of a resource name after a collection: `secrets` of `projects/p/secrets/s` is `s`.
fn part<'n>(name: &'n str, collection: &str) -> Option<&'n str> {
    let mut parts = name.split('/');
    parts.find(|p| *p == collection)?;
    parts.next().filter(|p| !p.is_empty())
}

/// The project, folder or organisation that a resource name begins with.
fn tenant(name: &str) -> Option<&str> {
    ["projects", "folders", "organizations"].iter().find_map(|c| part(name, c))
}

#[cfg(test)]
mod tests;
