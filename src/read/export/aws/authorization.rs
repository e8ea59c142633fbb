//! Authorization details: users, groups, roles and policies of an account with every document, in four lists. The shorter lists
//! (`list-roles`, `get-role`, `list-users`) have items of the same shape.

use super::document::{opened, read, trusts};
use super::{OWNERS, PRODUCT, account_of, lists, tag};
use crate::artifact::Spot;
use crate::fact::{Draft, Kind, Value, Word, binding, membership, principal, principal_type, purpose, role};
use crate::read::Drafts;
use crate::read::export::date::{Moment, duration, moment};
use crate::read::export::input::Head;
use crate::read::export::names::purpose_of;
use crate::read::export::record::{Record, segment};
use crate::read::export::stating::infer;
use crate::tree::{Node, Tree};

pub(super) fn is_details(head: &Head<'_>) -> bool {
    let versions = head.tree.get("Policies").map(Tree::items).unwrap_or_default();
    let policies = !versions.is_empty() && versions.iter().all(|p| p.get("PolicyVersionList").is_some());
    let named = ["UserDetailList", "GroupDetailList", "RoleDetailList"];
    let found = named.iter().filter(|key| head.tree.get(key).is_some_and(|t| matches!(t.node, Node::List(_)))).count();
    found + usize::from(policies) >= 2
        || (found + usize::from(policies) == 1
            && named.iter().all(|key| head.tree.get(key).is_none_or(|l| l.items().iter().all(|i| i.get("Arn").is_some()))))
        // many a product has roles: an empty list of them says nothing of whose
        || head.tree.get("Roles").is_some_and(|l| !l.items().is_empty())
            && lists(head, "Roles", &["RoleName", "AssumeRolePolicyDocument"])
        || head.tree.get("Role").is_some_and(|r| r.get("RoleName").is_some() && r.get("AssumeRolePolicyDocument").is_some())
}

/// An item of any of the lists.
pub(super) fn item(record: &Record<'_>, out: &mut Drafts) {
    let sort = |key: &str| record.text_at(&[key]);
    if record.tree.get("PolicyVersionList").is_some() {
        managed(record, out);
    } else if let Some(name) = sort("RoleName") {
        identity(record, name, principal_type::ROLE, "RolePolicyList", out);
    } else if let Some(name) = sort("UserName") {
        identity(record, name, principal_type::USER, "UserPolicyList", out);
    } else if let Some(name) = sort("GroupName") {
        identity(record, name, principal_type::GROUP, "GroupPolicyList", out);
    }
}

/// A user, group or role, with the policies written into it and those attached to it.
fn identity(record: &Record<'_>, name: &str, sort: Word, inline: &str, out: &mut Drafts) {
    let address = record.text_at(&["Arn"]).unwrap_or(name);
    let account = account_of(address);
    let anchor = format!("/{}s{}", sort.as_str(), segment(name));
    let spot = record.spot();
    // the vendor's own services alone take on a role that is linked to them
    let linked = record.text_at(&["Path"]).is_some_and(|p| p.starts_with("/aws-service-role/"));
    if sort != principal_type::GROUP {
        out.facts.push(fact(record, name, sort, account, &anchor));
    }
    if linked {
        return;
    }
    for group in record.tree.get("GroupList").map(Tree::items).unwrap_or_default().iter().filter_map(Tree::text) {
        let member = Draft::new(Kind::Membership, format!("{name} in {group}"), format!("{anchor}/groups{}", segment(group)), spot.clone())
            .saying(membership::MEMBER, address)
            .saying(membership::GROUP, group)
            .saying_some(membership::TENANT, account);
        out.facts.push(member);
    }
    let held = |policy: &str, id: &str, at: Spot| {
        Draft::new(Kind::Binding, name.to_owned(), format!("{anchor}/policies{}", segment(policy)), at)
            .saying(binding::PRODUCT, PRODUCT)
            .saying(binding::PRINCIPAL, name)
            .saying(binding::PRINCIPAL_TYPE, sort)
            .saying(binding::PRINCIPAL_ID, address)
            .saying_some(binding::TENANT, account)
            .saying(binding::ROLE, policy)
            .saying(binding::ROLE_ID, id)
    };
    for (n, policy) in record.tree.get(inline).map(Tree::items).unwrap_or_default().iter().enumerate() {
        let (Some(policy_name), Some(document)) =
            (policy.get("PolicyName").and_then(Tree::text), policy.get("PolicyDocument").and_then(opened))
        else {
            continue;
        };
        let pointer = format!("/{inline}/{n}");
        let at = record.below(policy, &pointer);
        let id = format!("{address}#{policy_name}");
        let own = Draft::new(Kind::Role, policy_name.to_owned(), format!("{anchor}/inline{}", segment(policy_name)), at.clone())
            .saying(role::PRODUCT, PRODUCT)
            .saying_some(role::TENANT, account)
            .saying(role::ROLE_ID, id.as_str())
            .saying(role::STATEMENTS, read(record, &document, &format!("{pointer}/PolicyDocument")));
        out.facts.push(own);
        out.facts.push(held(policy_name, &id, at));
    }
    for (n, policy) in record.tree.get("AttachedManagedPolicies").map(Tree::items).unwrap_or_default().iter().enumerate() {
        let Some(arn) = policy.get("PolicyArn").and_then(Tree::text) else { continue };
        let policy_name = policy.get("PolicyName").and_then(Tree::text).unwrap_or(arn);
        out.facts.push(held(policy_name, arn, record.below(policy, &format!("/AttachedManagedPolicies/{n}"))));
    }
    if let Some((arn, at)) = record.find(&["PermissionsBoundary", "PermissionsBoundaryArn"]).and_then(|(t, at)| Some((t.text()?, at))) {
        let limit = arn.rsplit('/').next().unwrap_or(arn);
        out.facts.push(held(limit, arn, at).saying(binding::BOUNDARY, true));
    }
}

/// The user or role itself.
fn fact(record: &Record<'_>, name: &str, sort: Word, account: Option<&str>, anchor: &str) -> Draft {
    let spot = record.spot();
    let mut draft = Draft::new(Kind::Principal, name.to_owned(), anchor.to_owned(), spot.clone())
        .saying(principal::TYPE, sort)
        .saying(principal::PRODUCT, super::PRODUCT)
        .saying_some(principal::TENANT, account)
        .saying_some(principal::OWNER, tag(record.tree, OWNERS));
    if record.tree.get("Tags").is_some() {
        draft.fields.could_say(&[principal::OWNER]);
    }
    if let Some(Moment::At(time)) = record.tree.get("CreateDate").and_then(moment) {
        draft.say(principal::CREATED, time);
    }
    let used = record.tree.path(&["RoleLastUsed", "LastUsedDate"]).or_else(|| record.tree.get("PasswordLastUsed"));
    if let Some(Moment::At(time)) = used.and_then(moment) {
        draft.say(principal::LAST_USED, time);
    }
    if let Some(purpose) = purpose_of(name) {
        infer(&mut draft, principal::PURPOSE, purpose, &spot);
        if purpose == purpose::BREAK_GLASS {
            infer(&mut draft, principal::PRIVILEGED, true, &spot);
        }
    }
    if sort == principal_type::ROLE {
        if let Some(seconds) = record.tree.get("MaxSessionDuration").and_then(duration) {
            draft.say(principal::SESSION, Value::Duration(seconds));
        }
        if let Some((tree, at)) = record.find(&["AssumeRolePolicyDocument"])
            && let Some(document) = opened(tree)
        {
            draft.fields.say(principal::TRUSTS, trusts(record, &document, "/AssumeRolePolicyDocument", account), &at);
        }
    }
    draft
}

/// A managed policy: the version that holds, and the older ones, which whoever may can put back.
fn managed(record: &Record<'_>, out: &mut Drafts) {
    let Some(arn) = record.text_at(&["Arn"]) else { return };
    let name = record.text_at(&["PolicyName"]).unwrap_or(arn);
    let holds = record.text_at(&["DefaultVersionId"]);
    for (n, version) in record.tree.get("PolicyVersionList").map(Tree::items).unwrap_or_default().iter().enumerate() {
        let Some(document) = version.get("Document").and_then(opened) else { continue };
        let id = version.get("VersionId").and_then(Tree::text).unwrap_or("");
        let default = version.get("IsDefaultVersion").and_then(Tree::flag).unwrap_or_else(|| holds.is_none_or(|h| h == id));
        let pointer = format!("/PolicyVersionList/{n}");
        let label = if default { name.to_owned() } else { format!("{name} {id}") };
        let anchor = if default { format!("/policies{}", segment(name)) } else { format!("/policies{}/{id}", segment(name)) };
        let mut draft = Draft::new(Kind::Role, label, anchor, record.below(version, &pointer))
            .saying(role::PRODUCT, PRODUCT)
            .saying_some(role::TENANT, account_of(arn))
            .saying(role::ROLE_ID, if default { arn.to_owned() } else { format!("{arn}#{id}") })
            .saying(role::SUPERSEDED, !default)
            .saying(role::STATEMENTS, read(record, &document, &format!("{pointer}/Document")));
        if default && let Some(count) = record.tree.get("AttachmentCount").and_then(Tree::number) {
            draft.say(role::ATTACHED, count);
        }
        out.facts.push(draft);
    }
}
