//! Stores of privileged passwords: platforms, safes, members and accounts of CyberArk, and the roles of Teleport.

mod accounts;
mod safes;
mod teleport;

use super::input::Head;
use super::record::{Extent, Record, segment};
use super::shape;
use super::stating;
use super::{ExportReader, Format};
use crate::artifact::Spot;
use crate::fact::{Draft, purpose, setting};
use crate::read::Drafts;
use crate::read::export::names::purpose_of;
use crate::tree::{Node, Tree};

pub(super) struct Pam;

const CYBERARK: &str = "cyberark";
const TELEPORT: &str = "teleport";
const PLATFORMS: &str = "cyberark.platforms";
const SAFES: &str = "cyberark.safes";
const MEMBERS: &str = "cyberark.safe-members";
const ACCOUNTS: &str = "cyberark.accounts";
const ACCOUNTS_CSV: &str = "cyberark.accounts-csv";
const LINKED: &str = "cyberark.linked-accounts";
const TELEPORT_ROLE: &str = "teleport.role";

impl ExportReader for Pam {
    fn needles(&self) -> &'static [&'static str] {
        &[
            "privilegedaccessworkflows",
            "managingcpm",
            "safename",
            "accesswithoutconfirmation",
            "extrapass3safe",
            "platformid",
            "restrictmachineaccesstolist",
            "max_session_ttl",
            "node_labels",
            "review_requests",
            "kind: role",
        ]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        let tree = &head.tree;
        let is = |kind, records| Some(Format { kind, records });
        if head.is_table {
            // permissions first: a table of members names the safe as well
            if head.has(&["safename"])
                && head.count(&[
                    "member",
                    "membername",
                    "accesswithoutconfirmation",
                    "useaccounts",
                    "retrieveaccounts",
                    "managesafemembers",
                ]) >= 2
            {
                return is(MEMBERS, &[]);
            }
            if head.has(&["safename", "managingcpm"]) {
                return is(SAFES, &[]);
            }
            let safe = head.count(&["safe", "safename"]) >= 1;
            let linked = head.count(&["extrapass1safe", "extrapass1name", "extrapass3safe", "extrapass3name"]) >= 1;
            if safe && linked && !head.has(&["password"]) {
                return is(LINKED, &[]);
            }
            let account = head.count(&[
                "username",
                "address",
                "platformid",
                "password",
                "enableautomgmt",
                "manualmgmtreason",
                "objectname",
                "accountuser",
                "accountplatform",
                "name",
            ]);
            return if safe && account >= 3 { is(ACCOUNTS_CSV, &[]) } else { None };
        }
        if list_of(tree, "Platforms", safes::is_platform) {
            return is(PLATFORMS, &["Platforms"]);
        }
        if list_of(tree, "Safes", safes::is_safe) {
            return is(SAFES, &["Safes"]);
        }
        if list_of(tree, "GetSafesResult", safes::is_safe) {
            return is(SAFES, &["GetSafesResult"]);
        }
        if list_of(tree, "SafeMembers", safes::is_member) || list_of(tree, "members", safes::is_member) {
            return is(MEMBERS, if tree.get("SafeMembers").is_some() { &["SafeMembers"] } else { &["members"] });
        }
        // a list with a count beside it, which the general unwrapping knows nothing of
        for (kind, one) in [
            (PLATFORMS, safes::is_platform as fn(&Tree) -> bool),
            (MEMBERS, safes::is_member),
            (ACCOUNTS, accounts::is_account),
            (SAFES, safes::is_safe),
        ] {
            if list_of(tree, "value", one) {
                return is(kind, &["value"]);
            }
            if one(tree) {
                return is(kind, &[]);
            }
        }
        teleport::is_role(tree).then_some(Format { kind: TELEPORT_ROLE, records: &[] })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        match kind {
            PLATFORMS => safes::platform(record, out),
            SAFES => safes::safe(record, out),
            MEMBERS => out.facts.extend(safes::member(record)),
            ACCOUNTS | ACCOUNTS_CSV | LINKED => accounts::account(record, out),
            _ => teleport::role(record, out),
        }
    }

    fn end(&self, kind: &'static str, extent: Extent<'_>, out: &mut Drafts) {
        stating::within(extent.path, out);
        if matches!(kind, ACCOUNTS | ACCOUNTS_CSV | LINKED) {
            accounts::shared(out);
            accounts::recovering(out);
        }
    }
}

/// Reads a resource of Terraform. Gives whether it is one of ours.
pub(super) fn resource(kind: &str, record: &Record<'_>, out: &mut Drafts) -> bool {
    if kind == "teleport_role" {
        let tree = shape::plain(record.tree, &|_| None);
        teleport::role(&record.inner(&tree, ""), out);
    }
    kind.starts_with("teleport_")
}

/// Whether a list begins with one of these: a list that was cut ends with half of one.
fn list_of(tree: &Tree, key: &str, one: fn(&Tree) -> bool) -> bool {
    tree.get(key).is_some_and(|l| matches!(&l.node, Node::List(items) if items.first().is_some_and(one)))
}

/// One setting of something that is named, with what the name tells of it.
fn of(product: &'static str, key: &'static str, name: &str, at: Spot) -> Draft {
    let mut draft = stating::setting(product, key, name, segment(name), at);
    let lower = name.to_lowercase();
    if purpose_of(name) == Some(purpose::BREAK_GLASS) {
        let spot = draft.at.clone();
        stating::infer(&mut draft, setting::PURPOSE, purpose::BREAK_GLASS, &spot);
    }
    draft.fields.could_say(&[setting::PURPOSE, setting::PRIVILEGED]);
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    let powerful = ["root", "admin", "admins", "domainadmin", "domainadmins", "tier0", "t0", "prod", "production", "dc"];
    if words.iter().any(|w| powerful.contains(w)) || lower.contains("domain admin") || lower.contains("domainadmin") {
        let spot = draft.at.clone();
        stating::infer(&mut draft, setting::PRIVILEGED, true, &spot);
    }
    draft
}

#[cfg(test)]
mod tests;
