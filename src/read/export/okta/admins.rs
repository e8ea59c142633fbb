//! People, the roles they hold, custom roles, API tokens, and where the log goes.

use crate::artifact::Spot;
use crate::fact::{
    Basis, Fields, Kind, List, Value, Word, authenticator, binding, credential, credential_type, effect, membership, principal,
    principal_type, proof, role, setting, statement, status,
};
use crate::read::Drafts;
use crate::read::export::date::{Moment, moment};
use crate::read::export::federation;
use crate::read::export::names::purpose_of;
use crate::read::export::site::{Said, Site, claim};
use crate::tree::Tree;

/// Roles that the product defines.
pub(super) const ROLES: &[&str] = &[
    "SUPER_ADMIN",
    "ORG_ADMIN",
    "APP_ADMIN",
    "USER_ADMIN",
    "HELP_DESK_ADMIN",
    "GROUP_MEMBERSHIP_ADMIN",
    "READ_ONLY_ADMIN",
    "MOBILE_ADMIN",
    "API_ACCESS_MANAGEMENT_ADMIN",
    "REPORT_ADMIN",
];

/// Where groups come from.
pub(super) const GROUPS: &[&str] = &["OKTA_GROUP", "BUILT_IN", "APP_GROUP"];

/// Whether an object is a custom role: a label and permissions of the product.
pub(super) fn is_custom(tree: &Tree) -> bool {
    let permission = |t: &Tree| t.text().or_else(|| t.get("label").and_then(Tree::text)).is_some_and(|p| p.starts_with("okta."));
    tree.get("permissions").map(Tree::items).is_some_and(|p| !p.is_empty() && p.iter().all(permission))
}

pub(super) fn custom(site: &Site<'_>, out: &mut Drafts) {
    let name = ["label", "name", "id"].iter().find_map(|key| site.record.text_at(&[key])).unwrap_or("custom role");
    custom_named(site, name, out);
}

pub(super) fn custom_named(site: &Site<'_>, name: &str, out: &mut Drafts) {
    let Some((_, at)) = site.find(&["permissions"]) else { return };
    let mut allowed = Fields::default().saying(statement::EFFECT, effect::ALLOW, &at);
    for permission in site.record.items(&["permissions"]) {
        if let Some(label) = permission.tree.text().or_else(|| permission.tree.get("label").and_then(Tree::text)) {
            allowed.say(statement::ACTIONS, label, &permission.spot());
        }
    }
    let mut draft =
        site.fact(Kind::Role, name, "/roles", site.record.spot()).saying(role::PRODUCT, super::PRODUCT).saying(role::BUILT_IN, false);
    draft.fields.say(role::STATEMENTS, List { items: vec![allowed], complete: true }, &at);
    out.facts.push(draft);
}

/// The group or user whose address a role ends in.
fn holder_in(address: &str) -> Option<(Word, &str)> {
    let mut parts = address.trim_end_matches('/').rsplit('/');
    let (id, sort) = (parts.next()?, parts.next()?);
    match sort {
        "groups" => Some((principal_type::GROUP, id)),
        "users" => Some((principal_type::USER, id)),
        _ => None,
    }
}

/// A role that somebody holds. The answer names the holder by an address, if at all.
pub(super) fn role(site: &Site<'_>, out: &mut Drafts) {
    let Some(kind) = site.text(&["type"]) else { return };
    let holder = ["user", "userId", "group", "groupId", "principal", "login"].iter().find_map(|key| site.text(&[key]));
    let known = holder.is_some();
    let holder = holder.unwrap_or_else(|| Said { value: site.record.text_at(&["label"]).unwrap_or(kind.value), ..kind.clone() });
    let targets = [&["targets"][..], &["_embedded", "targets", "groups"], &["_embedded", "targets"]];
    let scoped = targets.iter().find_map(|path| site.find(path));
    let mut draft = site.fact(Kind::Binding, holder.value, "/roles", site.record.spot()).saying(binding::PRODUCT, super::PRODUCT);
    let addressed = ["assignee", "self"].iter().find_map(|link| site.text(&["_links", link, "href"]));
    let addressed = addressed.and_then(|href| Some((holder_in(href.value)?, href.at)));
    match addressed {
        Some(((sort, id), at)) => {
            claim(&mut draft, binding::PRINCIPAL, Said { value: id, at: at.clone(), basis: Basis::Explicit });
            claim(&mut draft, binding::PRINCIPAL_ID, Said { value: id, at: at.clone(), basis: Basis::Explicit });
            claim(&mut draft, binding::PRINCIPAL_TYPE, Said { value: sort, at, basis: Basis::Explicit });
        }
        None => {
            let sort = match site.record.text_at(&["assignmentType"]) {
                Some("USER") => Some(principal_type::USER),
                Some("GROUP") => Some(principal_type::GROUP),
                Some("CLIENT") => Some(principal_type::SERVICE),
                _ => None,
            };
            draft = draft.saying_some(binding::PRINCIPAL_TYPE, sort.filter(|_| known));
            claim(&mut draft, binding::PRINCIPAL, holder);
        }
    }
    claim(&mut draft, binding::ROLE, kind);
    // a list of targets that is there and empty is the whole organisation; no list says nothing
    if let Some((list, at)) = scoped {
        let scope = if list.items().is_empty() { "organization" } else { "groups" };
        claim(&mut draft, binding::SCOPE, Said { value: scope, at, basis: Basis::Explicit });
    }
    out.facts.push(draft);
}

/// A group, which policies and roles name by its identifier, and its members where they stand in it (`?expand=users`, or put there by whoever collected them).
pub(super) fn group(site: &Site<'_>, out: &mut Drafts) {
    let Some(name) = site.text(&["profile", "name"]) else { return };
    let draft = site
        .fact(Kind::Principal, name.value, "/groups", site.record.spot())
        .saying(principal::TYPE, principal_type::GROUP)
        .saying(principal::PRODUCT, super::PRODUCT)
        .saying_some(principal::PRINCIPAL_ID, site.record.text_at(&["id"]));
    out.facts.push(draft);
    for path in [&["members"][..], &["users"], &["_embedded", "users"]] {
        for member in site.record.items(path) {
            let Some(who) = member.text_at(&["profile", "login"]).or_else(|| member.tree.scalar()) else { continue };
            out.facts.push(
                site.fact(Kind::Membership, &format!("{who} in {}", name.value), "/members", member.spot())
                    .saying(membership::MEMBER, who)
                    .saying(membership::GROUP, name.value),
            );
        }
    }
}

pub(super) fn user(site: &Site<'_>, out: &mut Drafts) {
    let Some(login) = site.text(&["profile", "login"]) else { return };
    let state = site.record.text_at(&["status"]).unwrap_or_default().to_uppercase();
    let mut draft = site
        .fact(Kind::Principal, login.value, "/users", site.record.spot())
        .saying(principal::TYPE, principal_type::USER)
        .saying(principal::PRODUCT, super::PRODUCT)
        .saying_some(principal::PRINCIPAL_ID, site.record.text_at(&["id"]))
        .saying(principal::ENABLED, !matches!(state.as_str(), "DEPROVISIONED" | "SUSPENDED" | "STAGED"));
    federation::mail(&mut draft, principal::MAIL, site.text(&["profile", "email"]));
    for (field, key) in
        [(principal::CREATED, "created"), (principal::PASSWORD_CHANGED, "passwordChanged"), (principal::LAST_USED, "lastLogin")]
    {
        match site.find(&[key]).and_then(|(t, at)| moment(t).map(|m| (m, at))) {
            Some((Moment::At(time), at)) => draft.fields.say(field, time, &at),
            _ if field == principal::LAST_USED && site.record.tree.get(key).is_some() => draft.say(field, Value::Never),
            _ => {}
        }
    }
    if let Some(purpose) = purpose_of(login.value) {
        claim(&mut draft, principal::PURPOSE, Said { value: purpose, at: login.at.clone(), basis: Basis::Inferred });
    }
    out.facts.push(draft);
    // a question that stands in the user's own record can be asked
    if let Some(question) = site.find(&["credentials", "recovery_question"]).map(|(_, at)| at) {
        let on = Said { value: true, at: question, basis: Basis::Explicit };
        let name = format!("{}/recovery_question", login.value);
        let mut draft = site.authenticator(&name, proof::KNOWLEDGE_QUESTION, on);
        claim(&mut draft, authenticator::HOLDER, login);
        out.facts.push(draft);
    }
}

pub(super) fn token(site: &Site<'_>, out: &mut Drafts) {
    let Some(name) = site.text(&["name"]) else { return };
    let mut draft = site
        .fact(Kind::Credential, name.value, "/tokens", site.record.spot())
        .saying(credential::TYPE, credential_type::API_TOKEN)
        .saying(credential::PRODUCT, super::PRODUCT)
        .saying(credential::STATUS, status::ACTIVE)
        .saying_some(credential::HOLDER, site.record.text_at(&["userId"]));
    for (field, key) in [(credential::CREATED, "created"), (credential::EXPIRES, "expiresAt"), (credential::LAST_USED, "lastUpdated")] {
        if let Some((Moment::At(time), at)) = site.find(&[key]).and_then(|(t, at)| moment(t).map(|m| (m, at))) {
            draft.fields.say(field, time, &at);
        }
    }
    out.facts.push(draft);
    if let Some(from) = site.text(&["network", "connection"]) {
        out.facts.push(site.setting(name.value, "token_network", setting::VALUE, from.map(str::to_uppercase)));
    }
}

pub(super) fn streams(site: &Site<'_>, any: bool, at: Spot, out: &mut Drafts) {
    let on = Said { value: any, at, basis: Basis::Explicit };
    out.facts.push(site.setting("log streams", "log_streams", setting::ENABLED, on));
}
