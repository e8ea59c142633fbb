//! Deploy keys, personal access tokens and the dates of secrets.

use super::PRODUCT;
use crate::fact::{Draft, Kind, credential, credential_type, resource, resource_type, status};
use crate::read::export::record::{Record, segment};
use crate::read::export::stating;
use crate::tree::Tree;

pub(super) fn is_deploy_key(tree: &Tree) -> bool {
    tree.get("read_only").is_some() && tree.get("key").is_some() && tree.get("title").is_some()
}

pub(super) fn is_token(tree: &Tree) -> bool {
    tree.get("token_expires_at").is_some() && (tree.get("token_id").is_some() || tree.get("repository_selection").is_some())
}

pub(super) fn is_secret(tree: &Tree) -> bool {
    ["name", "created_at", "updated_at"].iter().all(|k| tree.get(k).is_some())
}

/// The repository of an address of the API.
pub(super) fn repository(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("/repos/")?;
    let end = rest.match_indices('/').nth(1).map_or(rest.len(), |(i, _)| i);
    rest.get(..end)
}

pub(super) fn deploy_key(record: &Record<'_>) -> Option<Draft> {
    let title = record.text_at(&["title"]).unwrap_or("deploy key");
    let id = record.text_at(&["id"]).unwrap_or_default();
    let home = record.text_at(&["url"]).and_then(repository);
    let name = home.map_or_else(|| title.to_owned(), |home| format!("{title} ({home})"));
    let off = record.tree.get("enabled").and_then(Tree::flag) == Some(false);
    let mut draft =
        Draft::new(Kind::Credential, name, format!("/deployKeys{}{}", segment(home.unwrap_or_default()), segment(id)), record.spot())
            .saying(credential::PRODUCT, PRODUCT)
            .saying(credential::TYPE, credential_type::PRIVATE_KEY)
            .saying_some(credential::TENANT, home)
            .saying_some(credential::OWNER, record.text_at(&["added_by"]))
            .saying(credential::STATUS, if off { status::INACTIVE } else { status::ACTIVE });
    if let Some((only, at)) = record.find(&["read_only"]).and_then(|(t, at)| t.flag().map(|f| (f, at))) {
        draft.fields.say(credential::WRITES, !only, &at);
    }
    stating::time(&mut draft, credential::CREATED, record, &["created_at"]);
    if record.tree.get("last_used").is_some() {
        stating::last_use(&mut draft, (credential::LAST_USED, credential::NEVER_USED), record, &["last_used"]);
    }
    Some(draft)
}

pub(super) fn token(record: &Record<'_>) -> Option<Draft> {
    let id = record.text_at(&["token_id"]).or_else(|| record.text_at(&["id"]))?;
    let holder = record.text_at(&["owner", "login"]);
    let title = record.text_at(&["token_name"]).or(holder).unwrap_or(id);
    let expired = record.tree.get("token_expired").and_then(Tree::flag) == Some(true);
    let mut draft = Draft::new(Kind::Credential, format!("{title} ({id})"), format!("/personalAccessTokens{}", segment(id)), record.spot())
        .saying(credential::PRODUCT, PRODUCT)
        .saying(credential::TYPE, credential_type::API_TOKEN)
        .saying_some(credential::HOLDER, holder)
        .saying(credential::KEY_ID, id)
        .saying(credential::STATUS, if expired { status::EXPIRED } else { status::ACTIVE });
    stating::text(&mut draft, credential::SCOPES, record, &["repository_selection"]);
    if let Some((permissions, at)) = record.find(&["permissions"]) {
        let mut all = permissions.entries().iter().flat_map(|group| group.value.entries());
        draft.fields.say(credential::WRITES, all.any(|p| matches!(p.value.text(), Some("write" | "admin"))), &at);
    }
    stating::time(&mut draft, credential::CREATED, record, &["access_granted_at"]);
    stating::time(&mut draft, credential::EXPIRES, record, &["token_expires_at"]);
    stating::lifetime(&mut draft);
    if record.tree.get("token_last_used_at").is_some() {
        stating::last_use(&mut draft, (credential::LAST_USED, credential::NEVER_USED), record, &["token_last_used_at"]);
    }
    stating::purpose(&mut draft, credential::PURPOSE, title);
    Some(draft.could_say(&[credential::EXPIRES]))
}

/// A token or key that a member let into the organisation through its single sign-on. Of classic tokens nothing else tells.
pub(super) fn is_authorization(tree: &Tree) -> bool {
    tree.get("credential_id").is_some() && tree.get("credential_type").is_some() && tree.get("credential_authorized_at").is_some()
}

pub(super) fn authorization(record: &Record<'_>) -> Option<Draft> {
    let id = record.text_at(&["credential_id"])?;
    let holder = record.text_at(&["login"]);
    let key = record.text_at(&["credential_type"]).is_some_and(|t| t.eq_ignore_ascii_case("SSH key"));
    let title = record.text_at(&["authorized_credential_note"]).or_else(|| record.text_at(&["authorized_credential_title"])).or(holder);
    let name = title.map_or_else(|| id.to_owned(), |title| format!("{title} ({id})"));
    let mut draft = Draft::new(Kind::Credential, name, format!("/credentialAuthorizations{}", segment(id)), record.spot())
        .saying(credential::PRODUCT, PRODUCT)
        .saying(credential::TYPE, if key { credential_type::PRIVATE_KEY } else { credential_type::API_TOKEN })
        .saying_some(credential::HOLDER, holder)
        .saying(credential::KEY_ID, id)
        .saying(credential::STATUS, status::ACTIVE);
    stating::time(&mut draft, credential::CREATED, record, &["credential_authorized_at"]);
    stating::time(&mut draft, credential::EXPIRES, record, &["authorized_credential_expires_at"]);
    stating::lifetime(&mut draft);
    stating::last_use(&mut draft, (credential::LAST_USED, credential::NEVER_USED), record, &["credential_accessed_at"]);
    // a classic token reaches every repository of its holder
    if let Some((scopes, at)) = record.find(&["scopes"]).filter(|_| !key) {
        let wide = |s: &str| s == "repo" || s == "workflow" || s.starts_with("admin:") || s.starts_with("write:");
        draft.fields.say(credential::WRITES, stating::texts(Some(scopes)).any(wide), &at);
        draft.fields.say(credential::SCOPES, "all", &at);
    }
    Some(if key { draft } else { draft.could_say(&[credential::EXPIRES]) })
}

pub(super) fn secret(record: &Record<'_>) -> Option<Draft> {
    let name = record.text_at(&["name"])?;
    let mut draft = Draft::new(Kind::Resource, name.to_owned(), format!("/secrets{}", segment(name)), record.spot())
        .saying(resource::PRODUCT, PRODUCT)
        .saying(resource::TYPE, resource_type::SECRET);
    stating::time(&mut draft, resource::ROTATED, record, &["updated_at"]);
    stating::time(&mut draft, resource::CREATED, record, &["created_at"]);
    Some(draft)
}
