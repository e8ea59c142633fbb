//! Access tokens of people, projects and groups, deploy tokens, and deploy keys.

use super::PRODUCT;
use crate::fact::{Draft, Kind, credential, credential_type, status};
use crate::read::export::record::{Record, segment};
use crate::read::export::stating::{self, texts};
use crate::tree::{Node, Tree};

/// Scopes with which a token does what its holder can.
const WRITING: &[&str] =
    &["api", "write_repository", "write_registry", "sudo", "admin_mode", "write_package_registry", "create_runner", "manage_runner"];
/// Maintainers and owners.
const MAINTAINER: i64 = 40;

pub(super) fn is_token(tree: &Tree) -> bool {
    let scopes = tree.get("scopes").is_some_and(|s| matches!(s.node, Node::List(_)));
    scopes && tree.get("revoked").is_some() && ["expires_at", "active", "last_used_at"].iter().any(|k| tree.get(k).is_some())
}

pub(super) fn is_deploy_key(tree: &Tree) -> bool {
    tree.get("key").and_then(Tree::text).is_some_and(|k| k.starts_with("ssh-") || k.starts_with("ecdsa-") || k.starts_with("sk-"))
        && tree.get("title").is_some()
        && (tree.get("can_push").is_some() || tree.get("fingerprint").is_some() || tree.get("projects_with_write_access").is_some())
}

pub(super) fn token(record: &Record<'_>) -> Option<Draft> {
    let id = record.text_at(&["id"]).unwrap_or_default();
    let title = record.text_at(&["name"]).unwrap_or(id);
    let flag = |key: &str| record.tree.get(key).and_then(Tree::flag);
    let over = flag("revoked") == Some(true) || flag("active") == Some(false) || flag("expired") == Some(true);
    let mut draft = Draft::new(Kind::Credential, format!("{title} ({id})"), format!("/tokens{}", segment(id)), record.spot())
        .saying(credential::PRODUCT, PRODUCT)
        .saying(credential::TYPE, credential_type::API_TOKEN)
        .saying_some(credential::HOLDER, record.text_at(&["username"]).or_else(|| record.text_at(&["user_id"])))
        .saying(credential::KEY_ID, id)
        .saying(credential::STATUS, if over { status::INACTIVE } else { status::ACTIVE });
    if let Some((scopes, at)) = record.find(&["scopes"]) {
        for scope in texts(Some(scopes)) {
            draft.fields.say(credential::SCOPES, scope, &at);
        }
        let writes = texts(Some(scopes)).any(|s| WRITING.contains(&s));
        draft.fields.say(credential::WRITES, writes, &at);
        if let Some(level) = record.tree.get("access_level").and_then(Tree::number) {
            draft.say(credential::PRIVILEGED, writes && level >= MAINTAINER);
        }
    }
    stating::time(&mut draft, credential::CREATED, record, &["created_at"]);
    stating::time(&mut draft, credential::EXPIRES, record, &["expires_at"]);
    // a deploy token does not say when it was used
    if record.tree.get("username").is_none() || record.tree.get("last_used_at").is_some() {
        stating::last_use(&mut draft, (credential::LAST_USED, credential::NEVER_USED), record, &["last_used_at"]);
    }
    Some(draft.could_say(&[credential::EXPIRES]))
}

pub(super) fn deploy_key(record: &Record<'_>) -> Option<Draft> {
    let id = record.text_at(&["id"]).unwrap_or_default();
    let title = record.text_at(&["title"])?;
    let mut draft = Draft::new(Kind::Credential, format!("{title} ({id})"), format!("/deployKeys{}", segment(id)), record.spot())
        .saying(credential::PRODUCT, PRODUCT)
        .saying(credential::TYPE, credential_type::PRIVATE_KEY)
        .saying(credential::STATUS, status::ACTIVE);
    let writes = record.tree.get("can_push").and_then(Tree::flag);
    let elsewhere = record.tree.get("projects_with_write_access").map(|p| !p.items().is_empty());
    draft = draft.saying_some(credential::WRITES, writes.or(elsewhere));
    stating::time(&mut draft, credential::CREATED, record, &["created_at"]);
    stating::time(&mut draft, credential::EXPIRES, record, &["expires_at"]);
    stating::time(&mut draft, credential::LAST_USED, record, &["last_used_at"]);
    Some(draft.could_say(&[credential::EXPIRES]))
}
