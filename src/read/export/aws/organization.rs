//! What stands above an account: control policies, Identity Center, and what the analyzer sees from outside.

use super::document::{opened, read};
use super::{PRODUCT, account_of, holds};
use crate::fact::{Draft, Fields, Kind, List, Value, binding, principal, principal_type, resource, resource_type, role, trust, trusted};
use crate::read::Drafts;
use crate::read::export::date::duration;
use crate::read::export::input::Head;
use crate::read::export::record::{Record, segment};
use crate::tree::Tree;

pub(super) fn is_organization(head: &Head<'_>) -> bool {
    holds(head, "Organization", &["Arn", "FeatureSet"])
}

pub(super) fn is_control_policy(head: &Head<'_>) -> bool {
    head.tree.path(&["Policy", "PolicySummary", "Type"]).and_then(Tree::text).is_some_and(|t| t.ends_with("_CONTROL_POLICY"))
}

/// A control policy of an organization: it grants nothing, and what it is attached to does not stand here.
pub(super) fn control_policy(record: &Record<'_>, out: &mut Drafts) {
    let Some(document) = record.tree.get("Content").and_then(opened) else { return };
    let name = record.text_at(&["PolicySummary", "Name"]).unwrap_or("control policy");
    let id = record.text_at(&["PolicySummary", "Id"]).unwrap_or(name);
    let draft = Draft::new(Kind::Role, name.to_owned(), format!("/Policy{}", segment(id)), record.spot())
        .saying(role::PRODUCT, PRODUCT)
        .saying(role::ROLE_ID, id)
        .saying(role::LIMITS, true)
        .saying(role::STATEMENTS, read(record, &document, "/Content"));
    out.facts.push(draft);
}

pub(super) fn is_findings(head: &Head<'_>) -> bool {
    let list = head.tree.get("findings").map(Tree::items).unwrap_or_default();
    !list.is_empty()
        && list.iter().all(|f| {
            let of_aws = f.get("resourceType").and_then(Tree::text).is_some_and(|t| t.starts_with("AWS::"));
            of_aws && f.get("status").is_some() && f.get("resource").is_some()
        })
}

/// A finding of the access analyzer that is still open: somebody from outside may take on a role or read a secret.
pub(super) fn external(record: &Record<'_>, out: &mut Drafts) {
    if !record.text_at(&["status"]).is_some_and(|s| s.eq_ignore_ascii_case("active")) {
        return;
    }
    // unused rights and keys are findings of another sort
    if record.text_at(&["findingType"]).is_some_and(|t| !t.eq_ignore_ascii_case("ExternalAccess")) {
        return;
    }
    let (Some(arn), Some(sort)) = (record.text_at(&["resource"]), record.text_at(&["resourceType"])) else { return };
    let name = arn.rsplit(['/', ':']).next().unwrap_or(arn);
    let anchor = format!("/findings{}", segment(record.text_at(&["id"]).unwrap_or(name)));
    let public = record.tree.get("isPublic").and_then(Tree::flag).unwrap_or(false);
    let who = record.tree.get("principal").map(Tree::entries).unwrap_or_default().iter().find_map(|e| e.value.text()).unwrap_or("*");
    let at = record.spot();
    let keys = record.tree.get("condition").map(Tree::entries).unwrap_or_default();
    let asks = |key: &str| keys.iter().any(|e| e.key.eq_ignore_ascii_case(key));
    let one = Fields::default()
        .saying(trust::WHO, if public { "*" } else { who }, &at)
        .saying(
            trust::SORT,
            if public {
                trusted::ANYONE
            } else if who.ends_with(":root") {
                trusted::ACCOUNT
            } else {
                trusted::PRINCIPAL
            },
            &at,
        )
        .saying(trust::OWN, false, &at)
        .saying(trust::MFA, asks("aws:MultiFactorAuthPresent"), &at)
        .saying(trust::EXTERNAL_ID, asks("sts:ExternalId"), &at)
        .saying(trust::SOURCE, asks("aws:PrincipalOrgID") || asks("aws:SourceIp"), &at);
    let trusts = List { items: vec![one], complete: true };
    let draft = match sort {
        "AWS::IAM::Role" => Draft::new(Kind::Principal, name.to_owned(), anchor, at)
            .saying(principal::TYPE, principal_type::ROLE)
            .saying_some(principal::TENANT, account_of(arn))
            .saying(principal::EXPOSED, true)
            .saying(principal::TRUSTS, trusts),
        "AWS::SecretsManager::Secret" | "AWS::KMS::Key" => Draft::new(Kind::Resource, name.to_owned(), anchor, at)
            .saying(resource::PRODUCT, PRODUCT)
            .saying(resource::TYPE, if sort == "AWS::KMS::Key" { resource_type::KEY } else { resource_type::SECRET })
            .saying(resource::RESOURCE_ID, arn)
            .saying(resource::TRUSTS, trusts),
        _ => return,
    };
    out.facts.push(draft);
}

pub(super) fn is_permission_set(head: &Head<'_>) -> bool {
    holds(head, "PermissionSet", &["PermissionSetArn", "Name"])
}

/// A permission set, or who has one in which account.
pub(super) fn identity_center(record: &Record<'_>, out: &mut Drafts) {
    let Some(set) = record.text_at(&["PermissionSetArn"]) else { return };
    let Some(holder) = record.text_at(&["PrincipalId"]) else {
        let name = record.text_at(&["Name"]).unwrap_or(set);
        let mut draft = Draft::new(Kind::Principal, name.to_owned(), format!("/PermissionSet{}", segment(name)), record.spot())
            .saying(principal::TYPE, principal_type::ROLE);
        if let Some(seconds) = record.tree.get("SessionDuration").and_then(duration) {
            draft.say(principal::SESSION, Value::Duration(seconds));
        }
        out.facts.push(draft);
        return;
    };
    let account = record.text_at(&["AccountId"]);
    let sort = if record.text_at(&["PrincipalType"]) == Some("GROUP") { principal_type::GROUP } else { principal_type::USER };
    let anchor = format!("/AccountAssignments{}{}{}", segment(account.unwrap_or("")), segment(holder), segment(set));
    let draft = Draft::new(Kind::Binding, holder.to_owned(), anchor, record.spot())
        .saying(binding::PRODUCT, PRODUCT)
        .saying(binding::PRINCIPAL, holder)
        .saying(binding::PRINCIPAL_TYPE, sort)
        .saying(binding::PRINCIPAL_ID, holder)
        .saying(binding::ROLE_ID, set)
        .saying_some(binding::SCOPE, account)
        .saying_some(binding::TENANT, account);
    out.facts.push(draft);
}
