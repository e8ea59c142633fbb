//! What authenticates and what is kept: service accounts, their keys, API keys and secrets.

use super::{PRODUCT, part, tenant, word};
use crate::fact::{Draft, Kind, credential, credential_type, principal, principal_type, resource, resource_type, status};
use crate::read::export::record::{Record, segment};
use crate::read::export::stating::{self, given};
use crate::tree::Tree;

pub(super) fn is_account_key(tree: &Tree) -> bool {
    let name = word(tree, "name");
    part(name, "serviceAccounts").is_some() && part(name, "keys").is_some() && tree.get("validAfterTime").is_some()
}

pub(super) fn is_account(tree: &Tree) -> bool {
    word(tree, "email").ends_with(".gserviceaccount.com")
        && (tree.get("uniqueId").is_some() || part(word(tree, "name"), "serviceAccounts").is_some())
}

pub(super) fn is_api_key(tree: &Tree) -> bool {
    let name = word(tree, "name");
    name.starts_with("projects/") && name.contains("/locations/") && part(name, "keys").is_some() && tree.get("createTime").is_some()
}

pub(super) fn is_secret(tree: &Tree) -> bool {
    let name = word(tree, "name");
    name.starts_with("projects/")
        && part(name, "secrets").is_some()
        && part(name, "versions").is_none()
        && tree.get("createTime").is_some()
        && (tree.get("replication").is_some() || tree.get("etag").is_some() || name.contains("/locations/"))
}

/// A key of a service account. Those that Google keeps for itself cannot be taken along and are left out.
pub(super) fn account_key(record: &Record<'_>) -> Option<Draft> {
    let name = record.text_at(&["name"])?;
    if word(record.tree, "keyType").eq_ignore_ascii_case("SYSTEM_MANAGED") {
        return None;
    }
    let (account, id) = (part(name, "serviceAccounts")?, part(name, "keys")?);
    let disabled = record.tree.get("disabled").and_then(Tree::flag) == Some(true);
    let mut draft = Draft::new(
        Kind::Credential,
        format!("{account} keys/{id}"),
        format!("/serviceAccounts{}{}", segment(account), segment(id)),
        record.spot(),
    )
    .saying(credential::PRODUCT, PRODUCT)
    .saying(credential::TYPE, credential_type::PRIVATE_KEY)
    .saying(credential::HOLDER, account)
    .saying_some(credential::TENANT, tenant(name))
    .saying(credential::KEY_ID, id)
    .saying(credential::STATUS, if disabled { status::INACTIVE } else { status::ACTIVE });
    stating::time(&mut draft, credential::CREATED, record, &["validAfterTime"]);
    // a key is rotated by making another
    stating::time(&mut draft, credential::ROTATED, record, &["validAfterTime"]);
    stating::time(&mut draft, credential::EXPIRES, record, &["validBeforeTime"]);
    Some(draft.could_say(&[credential::EXPIRES]))
}

pub(super) fn account(record: &Record<'_>) -> Option<Draft> {
    let email = record.text_at(&["email"])?;
    let disabled = record.tree.get("disabled").and_then(Tree::flag) == Some(true);
    let mut draft = Draft::new(Kind::Principal, email.to_owned(), format!("/serviceAccounts{}", segment(email)), record.spot())
        .saying(principal::PRODUCT, PRODUCT)
        .saying(principal::TYPE, principal_type::SERVICE)
        .saying_some(principal::TENANT, record.text_at(&["projectId"]).or_else(|| tenant(word(record.tree, "name"))))
        .saying(principal::ENABLED, !disabled);
    stating::purpose(&mut draft, principal::PURPOSE, email);
    Some(draft)
}

pub(super) fn api_key(record: &Record<'_>) -> Option<Draft> {
    let name = record.text_at(&["name"])?;
    let id = part(name, "keys")?;
    let title = record.text_at(&["displayName"]).unwrap_or(id);
    let mut draft = Draft::new(Kind::Credential, format!("{title} ({id})"), format!("/apiKeys{}", segment(name)), record.spot())
        .saying(credential::PRODUCT, PRODUCT)
        .saying(credential::TYPE, credential_type::API_TOKEN)
        .saying_some(credential::TENANT, tenant(name))
        .saying(credential::STATUS, if given(record.tree.get("deleteTime")) { status::INACTIVE } else { status::ACTIVE });
    if let Some(uid) = record.text_at(&["uid"]) {
        draft.say(credential::KEY_ID, uid);
    }
    stating::time(&mut draft, credential::CREATED, record, &["createTime"]);
    let (limits, at) = record.find(&["restrictions"]).map_or((None, record.spot()), |(tree, at)| (Some(tree), at));
    let limited = limits.is_some_and(|l| l.entries().iter().any(|e| given(Some(&e.value))));
    draft.fields.say(credential::LIMITED, limited, &at);
    Some(draft)
}

pub(super) fn secret(record: &Record<'_>) -> Option<Draft> {
    let name = record.text_at(&["name"])?;
    let id = part(name, "secrets")?;
    let mut draft = Draft::new(Kind::Resource, id.to_owned(), format!("/secrets{}", segment(name)), record.spot())
        .saying(resource::PRODUCT, PRODUCT)
        .saying(resource::TYPE, resource_type::SECRET)
        .saying(resource::RESOURCE_ID, name)
        .saying_some(resource::TENANT, tenant(name));
    stating::time(&mut draft, resource::CREATED, record, &["createTime"]);
    stating::time(&mut draft, resource::EXPIRES, record, &["expireTime"]);
    let (rotation, at) = record.find(&["rotation"]).map_or((None, record.spot()), |(tree, at)| (Some(tree), at));
    draft.fields.say(resource::ROTATES, given(rotation), &at);
    for key in ["owner", "team", "contact"] {
        stating::text(&mut draft, resource::OWNER, record, &["labels", key]);
    }
    Some(draft.could_say(&[resource::EXPIRES]))
}
