//! GitLab: tokens and keys that never end, administrators without a second factor, and merges that nobody else has to agree to.

mod keys;
mod rules;

use super::input::Head;
use super::record::{Extent, Record, segment};
use super::stating;
use super::{ExportReader, Format};
use crate::fact::{Draft, Kind, principal, principal_type, setting};
use crate::read::Drafts;
use crate::tree::Tree;

pub(super) struct GitLab;

const PRODUCT: &str = "gitlab";
const TOKENS: &str = "gitlab.access-tokens";
const DEPLOY_KEYS: &str = "gitlab.deploy-keys";
const USERS: &str = "gitlab.users";
const GROUPS: &str = "gitlab.groups";
const APPROVALS: &str = "gitlab.approvals";
const BRANCHES: &str = "gitlab.protected-branches";
const ENVIRONMENTS: &str = "gitlab.protected-environments";

impl ExportReader for GitLab {
    fn needles(&self) -> &'static [&'static str] {
        &[
            "\"scopes\"",
            "two_factor_enabled",
            "require_two_factor_authentication",
            "approvals_before_merge",
            "merge_requests_author_approval",
            "push_access_levels",
            "deploy_access_levels",
            "can_push",
        ]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        if head.is_table {
            return None;
        }
        let tree = &head.tree;
        let kind = if keys::is_token(tree) {
            TOKENS
        } else if keys::is_deploy_key(tree) {
            DEPLOY_KEYS
        } else if head.has(&["username", "state"]) && head.count(&["is_admin", "two_factor_enabled", "is_auditor"]) >= 1 {
            USERS
        } else if head.has(&["require_two_factor_authentication"])
            && head.count(&["path", "full_path", "two_factor_grace_period", "visibility"]) >= 2
        {
            GROUPS
        } else if head.count(&[
            "merge_requests_author_approval",
            "approvals_before_merge",
            "merge_requests_disable_committers_approval",
            "reset_approvals_on_push",
            "allow_author_approval",
        ]) >= 2
        {
            APPROVALS
        } else if head.has(&["name", "push_access_levels", "merge_access_levels"]) {
            BRANCHES
        } else if head.has(&["name", "deploy_access_levels"]) {
            ENVIRONMENTS
        } else {
            return None;
        };
        Some(Format { kind, records: &[] })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        match kind {
            TOKENS => out.facts.extend(keys::token(record)),
            DEPLOY_KEYS => out.facts.extend(keys::deploy_key(record)),
            USERS => out.facts.extend(user(record)),
            GROUPS => group(record, out),
            APPROVALS => rules::approvals(record, out),
            BRANCHES => rules::branch(record, out),
            _ => rules::environment(record, out),
        }
    }

    fn end(&self, _kind: &'static str, extent: Extent<'_>, out: &mut Drafts) {
        let file = extent.path.rsplit('/').next().unwrap_or(extent.path);
        for fact in out.facts.iter_mut().filter(|f| f.kind == Kind::Setting) {
            if fact.fields.text(setting::SCOPE).is_some_and(String::is_empty) {
                stating::instead(fact, setting::SCOPE, file);
                fact.name = format!("{file}: {}", fact.fields.text(setting::KEY).map_or("", String::as_str));
            }
        }
    }
}

fn user(record: &Record<'_>) -> Option<Draft> {
    let name = record.text_at(&["username"])?;
    let bot = record.tree.get("bot").and_then(Tree::flag) == Some(true);
    let mut draft = Draft::new(Kind::Principal, name.to_owned(), format!("/users{}", segment(name)), record.spot())
        .saying(principal::PRODUCT, PRODUCT)
        .saying(principal::TYPE, if bot { principal_type::SERVICE } else { principal_type::USER })
        .saying(principal::ENABLED, record.text_at(&["state"]) == Some("active"));
    stating::flag(&mut draft, principal::PRIVILEGED, record, &["is_admin"]);
    stating::flag(&mut draft, principal::MFA, record, &["two_factor_enabled"]);
    stating::time(&mut draft, principal::CREATED, record, &["created_at"]);
    // whichever of them is known, and the later first
    for key in ["last_activity_on", "current_sign_in_at", "last_sign_in_at"] {
        if draft.fields.time(principal::LAST_USED).is_none() {
            stating::time(&mut draft, principal::LAST_USED, record, &[key]);
        }
    }
    Some(draft)
}

fn group(record: &Record<'_>, out: &mut Drafts) {
    // a subgroup is bound by the group above it
    if record.tree.get("parent_id").is_some_and(|p| !p.is_null()) {
        return;
    }
    let name =
        record.text_at(&["full_path"]).or_else(|| record.text_at(&["path"])).or_else(|| record.text_at(&["name"])).unwrap_or_default();
    let Some((on, at)) = record.find(&["require_two_factor_authentication"]).and_then(|(t, at)| t.flag().map(|f| (f, at))) else { return };
    let mut draft = stating::setting(PRODUCT, "two_factor", name, format!("/groups{}", segment(name)), at).saying(setting::ENABLED, on);
    if let Some((hours, at)) = record.find(&["two_factor_grace_period"]).and_then(|(t, at)| t.number().map(|n| (n, at))) {
        draft.fields.say(setting::NUMBER, hours, &at);
    }
    out.facts.push(draft);
}

#[cfg(test)]
mod tests;
