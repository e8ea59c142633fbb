//! Google Workspace: policies as the Cloud Identity API answers them, as ScubaGoggles writes them into its results, and the users of
//! the directory. A policy is said of a unit or group; what a unit does not say it takes from the unit above.

mod policies;
mod users;

use super::input::Head;
use super::record::Record;
use super::site::Site;
use super::{ExportReader, Format};
use crate::read::Drafts;
use crate::tree::{Node, Tree};

pub(super) struct Google;

const PRODUCT: &str = "google";
const POLICIES: &str = "google.policies";
const RESULTS: &str = "google.scubagoggles-results";
const USERS: &str = "google.users";
/// What the policies do not tell.
const HIDES: &[&str] = &[
    "which users have a second factor",
    "whether a recovery mailbox or number is the user's own",
    "sign-in rules of another identity provider",
];

impl ExportReader for Google {
    fn needles(&self) -> &'static [&'static str] {
        &[
            "settings/security.",
            "security_two_step",
            "security_super_admin",
            "policyquery",
            "isenrolledin2sv",
            "isenforcedin2sv",
            "baseline_suffix",
        ]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        if head.has(&["primaryEmail"])
            && head.count(&["isAdmin", "isEnrolledIn2Sv", "isEnforcedIn2Sv", "isDelegatedAdmin", "orgUnitPath", "suspended"]) >= 2
        {
            return Some(Format { kind: USERS, records: &[] });
        }
        if head.is_table {
            return None;
        }
        let policy = |p: &Tree| p.get("policyQuery").is_some() && p.path(&["setting", "type"]).and_then(Tree::text).is_some();
        let listed = |key: &str, is: &dyn Fn(&Tree) -> bool| head.tree.get(key).map(Tree::items).is_some_and(|l| l.first().is_some_and(is));
        let units = |tree: &Tree| {
            let entries = tree.entries();
            !entries.is_empty() && entries.iter().all(|e| matches!(e.value.node, Node::Map(_)))
        };
        let raw = head.tree.get("Raw").unwrap_or(&head.tree);
        let (kind, records): (_, &'static [&'static str]) = if listed("policies", &policy) || policy(&head.tree) {
            (POLICIES, &[])
        } else if raw.get("policies").is_some_and(units)
            && ["tenant_info", "super_admins", "organizational_units"].iter().filter(|k| raw.get(k).is_some()).count() >= 2
        {
            (RESULTS, if head.tree.get("Raw").is_some() { &["Raw"] } else { &[] })
        } else if listed("users", &|u| u.get("primaryEmail").is_some() && u.get("isAdmin").is_some()) {
            (USERS, &["users"])
        } else {
            return None;
        };
        Some(Format { kind, records })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        match kind {
            USERS => users::user(&Site::new(record, PRODUCT, ""), out),
            RESULTS => policies::results(record, out),
            _ => policies::answers(record, out),
        }
    }
}

#[cfg(test)]
mod tests;
