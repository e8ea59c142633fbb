//! Kubernetes: who may do what, tokens of service accounts that never end, and what a kubeconfig signs in with.
//!
//! Objects come one a document, many in one YAML stream, or in a list that may leave out what each of them is.

mod certificate;
mod kubeconfig;
mod rbac;
mod secret;

use super::input::Head;
use super::record::{Extent, Record};
use super::{ExportReader, Format};
use crate::read::Drafts;
use crate::tree::{Node, Tree};

pub(super) struct Kubernetes;

/// The product, in facts and in the lexicon of powers.
const PRODUCT: &str = "kubernetes";
const MANIFEST: &str = "kubernetes.manifest";
const KUBECONFIG: &str = "kubernetes.kubeconfig";

impl ExportReader for Kubernetes {
    fn needles(&self) -> &'static [&'static str] {
        &[
            "rbac.authorization.k8s.io",
            "kubernetes.io/service-account-token",
            "current-context",
            "client-key-data",
            "kind: config",
            "kind: secret",
        ]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        if head.is_table {
            return None;
        }
        let tree = &head.tree;
        if kubeconfig::is_config(tree) {
            return Some(Format { kind: KUBECONFIG, records: &["users"] });
        }
        let known = rbac::is_role(tree) || rbac::is_binding(tree) || secret::is_secret(tree);
        known.then_some(Format { kind: MANIFEST, records: &[] })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        match kind {
            KUBECONFIG => kubeconfig::user(record, out),
            _ if rbac::is_binding(record.tree) => rbac::binding(record, out),
            _ if rbac::is_role(record.tree) => rbac::role(record, out),
            _ => secret::secret(record, out),
        }
    }

    fn end(&self, kind: &'static str, extent: Extent<'_>, out: &mut Drafts) {
        if kind == MANIFEST {
            rbac::end(extent.path, out);
        }
    }
}

/// The text at a path.
fn word<'t>(tree: &'t Tree, path: &[&str]) -> &'t str {
    tree.path(path).and_then(Tree::text).map(str::trim).unwrap_or_default()
}

fn is_map(tree: Option<&Tree>) -> bool {
    tree.is_some_and(|t| matches!(t.node, Node::Map(_)))
}

/// What `kubectl config view` prints in place of a secret, and what templates leave to be filled in.
fn is_masked(value: &str) -> bool {
    let value = value.trim();
    value.is_empty()
        || ["REDACTED", "DATA+OMITTED", "<redacted>", "***"].contains(&value)
        || value.starts_with(['<', '$', '{'])
        || value.bytes().all(|b| matches!(b, b'*' | b'x' | b'X' | b'.'))
}

#[cfg(test)]
mod tests;
