//! What keeps secrets and keys: Secrets Manager and KMS.

use super::document::{opened, trusts};
use super::{OWNERS, PRODUCT, account_of, tag};
use crate::fact::{Draft, Kind, Time, resource, resource_type};
use crate::read::Drafts;
use crate::read::export::date::{Moment, moment};
use crate::read::export::input::Head;
use crate::read::export::record::{Record, segment};
use crate::tree::Tree;

/// Seconds of a day.
const DAY: i64 = 86_400;

fn address<'t>(head: &'t Head<'_>) -> &'t str {
    head.tree.get("ARN").and_then(Tree::text).unwrap_or("")
}

pub(super) fn is_secret(head: &Head<'_>) -> bool {
    address(head).contains(":secretsmanager:")
        && head.has(&["Name"])
        && head.count(&["VersionIdsToStages", "LastChangedDate", "RotationEnabled"]) > 0
}

pub(super) fn is_resource_policy(head: &Head<'_>) -> bool {
    address(head).contains(":secretsmanager:") && head.has(&["ResourcePolicy"])
}

fn time(record: &Record<'_>, key: &str) -> Option<Time> {
    match record.tree.get(key).and_then(moment) {
        Some(Moment::At(time)) => Some(time),
        _ => None,
    }
}

fn base(record: &Record<'_>) -> Option<Draft> {
    let arn = record.text_at(&["ARN"])?;
    let name = record.text_at(&["Name"]).unwrap_or(arn);
    let draft = Draft::new(Kind::Resource, name.to_owned(), format!("/secrets{}", segment(name)), record.spot())
        .saying(resource::PRODUCT, PRODUCT)
        .saying(resource::TYPE, resource_type::SECRET)
        .saying(resource::RESOURCE_ID, arn)
        .saying_some(resource::TENANT, account_of(arn));
    Some(draft)
}

/// A secret of Secrets Manager. One that was never set to rotate says nothing of rotation.
pub(super) fn secret(record: &Record<'_>, out: &mut Drafts) {
    let Some(draft) = base(record) else { return };
    let deleted = record.tree.get("DeletedDate").is_some_and(|d| !d.is_null());
    let rotates = record.tree.get("RotationEnabled").and_then(Tree::flag).unwrap_or(false);
    let last = time(record, "LastRotatedDate");
    let changed = last.into_iter().chain(time(record, "LastChangedDate")).max().or_else(|| time(record, "CreatedDate"));
    let days = record.tree.path(&["RotationRules", "AutomaticallyAfterDays"]).and_then(Tree::number).filter(|d| (1..=10_000).contains(d));
    // one interval is the rotation itself, a second the grace
    let due = last.filter(|_| rotates).zip(days).map(|(last, days)| Time(last.0.saturating_add(2 * days * DAY)));
    out.facts.push(
        draft
            .saying(resource::ENABLED, !deleted)
            .saying(resource::ROTATES, rotates)
            .saying(resource::MANAGED, record.text_at(&["OwningService"]).is_some())
            .saying_some(resource::ROTATED, changed)
            .saying_some(resource::DUE, due)
            .saying_some(resource::LAST_USED, time(record, "LastAccessedDate"))
            .saying_some(resource::OWNER, tag(record.tree, OWNERS)),
    );
}

/// The policy of one secret: who besides its account is let at it.
pub(super) fn resource_policy(record: &Record<'_>, out: &mut Drafts) {
    let Some(draft) = base(record) else { return };
    let Some((tree, at)) = record.find(&["ResourcePolicy"]) else { return };
    let Some(document) = opened(tree) else { return };
    let account = record.text_at(&["ARN"]).and_then(account_of);
    let mut draft = draft;
    draft.fields.say(resource::TRUSTS, trusts(record, &document, "/ResourcePolicy", account), &at);
    out.facts.push(draft);
}

pub(super) fn is_rotation_status(head: &Head<'_>) -> bool {
    let known =
        ["KeyRotationEnabled", "KeyId", "RotationPeriodInDays", "NextRotationDate", "OnDemandRotationStartDate", "ResponseMetadata"];
    head.has(&["KeyRotationEnabled"]) && head.tree.entries().iter().all(|e| known.iter().any(|k| e.key.eq_ignore_ascii_case(k)))
}

pub(super) fn is_rotations(head: &Head<'_>) -> bool {
    head.tree
        .get("Rotations")
        .map(Tree::items)
        .is_some_and(|l| !l.is_empty() && l.iter().all(|r| r.get("KeyId").is_some() && r.get("RotationType").is_some()))
}

pub(super) fn is_key(head: &Head<'_>) -> bool {
    head.tree.get("KeyMetadata").is_some_and(|k| k.get("KeyId").is_some() && k.get("KeyManager").is_some())
}

fn key_named(record: &Record<'_>, name: &str) -> Draft {
    Draft::new(Kind::Resource, name.to_owned(), format!("/keys{}", segment(name)), record.spot())
        .saying(resource::PRODUCT, PRODUCT)
        .saying(resource::TYPE, resource_type::KEY)
        .saying(resource::RESOURCE_ID, name)
}

/// The status of one key's rotation, or one rotation that was made. Older tools do not name the key.
pub(super) fn rotation(record: &Record<'_>, out: &mut Drafts) {
    let name = record.text_at(&["KeyId"]).unwrap_or(record.stem);
    let name = name.rsplit('/').next().unwrap_or(name);
    let draft = key_named(record, name);
    match record.find(&["KeyRotationEnabled"]).and_then(|(t, at)| t.flag().map(|on| (on, at))) {
        Some((on, at)) => {
            let mut draft = draft;
            draft.fields.say(resource::ROTATES, on, &at);
            out.facts.push(draft);
        }
        None => out.facts.push(draft.saying_some(resource::ROTATED, time(record, "RotationDate"))),
    }
}

/// A key. Only a symmetric one whose material the vendor made can rotate by itself.
pub(super) fn key(record: &Record<'_>, out: &mut Drafts) {
    let Some(id) = record.text_at(&["KeyId"]) else { return };
    let managed = record.text_at(&["KeyManager"]) == Some("AWS");
    let rotatable =
        record.text_at(&["Origin"]).is_none_or(|o| o == "AWS_KMS") && record.text_at(&["KeySpec"]).is_none_or(|s| s == "SYMMETRIC_DEFAULT");
    out.facts.push(
        key_named(record, id)
            .saying_some(resource::ENABLED, record.tree.get("Enabled").and_then(Tree::flag))
            .saying(resource::MANAGED, managed || !rotatable),
    );
}
