//! What a running Vault is like: how it is unsealed, what its tokens are worth, and where it writes down what it does.

use super::{PRODUCT, UNNAMED, duration, is_admin};
use crate::fact::{Draft, Kind, Value, act, credential, credential_type, recovery, setting, status};
use crate::read::export::record::{Record, segment};
use crate::read::export::stating::{self, given, texts};
use crate::read::{Drafts, Mark};
use crate::tree::{Node, Tree};

/// How many people it takes to unseal, or to make a root token where a key service unseals.
fn ceremony(record: &Record<'_>, name: &str, people: &[&str], shares: &[&str]) -> Option<Draft> {
    let (count, at) = record.find(people).and_then(|(t, at)| t.number().map(|n| (n, at))).filter(|(n, _)| *n > 0)?;
    let mut draft = Draft::new(Kind::Recovery, name.to_owned(), "/seal".into(), record.spot())
        .saying(recovery::ABOUT, act::ROOT_CEREMONY)
        .saying(recovery::PRODUCT, PRODUCT);
    draft.fields.say(recovery::PEOPLE, count, &at);
    if let Some((n, at)) = record.find(shares).and_then(|(t, at)| t.number().map(|n| (n, at))) {
        draft.fields.say(recovery::SHARES, n, &at);
    }
    Some(draft)
}

pub(super) fn status(record: &Record<'_>) -> Option<Draft> {
    if record.tree.get("initialized").and_then(Tree::flag) == Some(false) {
        return None;
    }
    let recovers = record.tree.get("recovery_seal").and_then(Tree::flag) == Some(true);
    ceremony(record, if recovers { "recovery key threshold" } else { "unseal key threshold" }, &["t"], &["n"])
}

const KEYS: &[&str] = &[
    "unseal_keys_b64",
    "unseal_keys_hex",
    "keys",
    "keys_base64",
    "recovery_keys_b64",
    "recovery_keys_hex",
    "recovery_keys",
    "recovery_keys_base64",
];

pub(super) fn init(record: &Record<'_>, out: &mut Drafts) {
    let mut hide = |value: &Tree| {
        if let Some(text) = value.text().filter(|t| !t.is_empty()) {
            let (start, end) = (value.span.start + 1, value.span.end.saturating_sub(1));
            out.marks.push(Mark { start, end: end.max(start), value: text.to_owned(), public_prefix: 0 });
        }
    };
    let keys: Vec<(&Tree, &str)> =
        KEYS.iter().filter_map(|key| Some((record.tree.get(key)?, *key))).filter(|(t, _)| given(Some(t))).collect();
    keys.iter().flat_map(|(t, _)| t.items()).for_each(&mut hide);
    if let Some((root, at)) = record.find(&["root_token"]).filter(|(t, _)| t.text().is_some_and(|t| !t.is_empty())) {
        hide(root);
        out.facts.push(plain("root token", "/root_token", at));
    }
    if let Some((_, at)) = keys.first().and_then(|(_, key)| record.find(&[key])) {
        let name = if keys.iter().any(|(_, k)| k.starts_with("recovery")) { "recovery keys" } else { "unseal keys" };
        out.facts.push(plain(name, "/keys", at));
    }
    out.facts.extend(
        ceremony(record, "unseal key threshold (unseal_threshold)", &["unseal_threshold"], &["unseal_shares"])
            .or_else(|| ceremony(record, "recovery key threshold", &["recovery_keys_threshold"], &["recovery_keys_shares"])),
    );
}

fn plain(name: &str, anchor: &str, at: crate::artifact::Spot) -> Draft {
    Draft::new(Kind::Credential, name.to_owned(), anchor.to_owned(), at)
        .saying(credential::PRODUCT, PRODUCT)
        .saying(credential::TYPE, if name == "root token" { credential_type::API_TOKEN } else { credential_type::PRIVATE_KEY })
        .saying(credential::HOLDER, "root")
        .saying(credential::PLAIN, true)
        .saying(credential::PRIVILEGED, true)
        .saying(credential::STATUS, status::ACTIVE)
}

pub(super) fn token(record: &Record<'_>, out: &mut Drafts) {
    let accessor = record.text_at(&["accessor"]).unwrap_or_default();
    let shown = record.text_at(&["display_name"]).unwrap_or("token");
    // the token itself stands there when somebody looked another one up
    if let Some(id) = record.tree.get("id").filter(|t| t.text().is_some_and(|t| t.len() > 8)) {
        let (start, end) = (id.span.start + 1, id.span.end.saturating_sub(1));
        out.marks.push(Mark { start, end: end.max(start), value: id.text().unwrap_or_default().to_owned(), public_prefix: 0 });
    }
    let mut draft = Draft::new(
        Kind::Credential,
        format!("{shown} {accessor}").trim_end().to_owned(),
        format!("/tokens{}", segment(accessor)),
        record.spot(),
    )
    .saying(credential::PRODUCT, PRODUCT)
    .saying(credential::TYPE, credential_type::API_TOKEN)
    .saying(credential::HOLDER, shown)
    .saying(credential::KEY_ID, accessor)
    .saying(credential::STATUS, status::ACTIVE);
    let Some((policies, at)) = record.find(&["policies"]) else { return };
    for policy in texts(Some(policies)) {
        draft.fields.say(credential::SCOPES, policy, &at);
    }
    draft.fields.say(credential::PRIVILEGED, texts(Some(policies)).any(is_admin), &at);
    stating::time(&mut draft, credential::CREATED, record, &["creation_time"]);
    stating::time(&mut draft, credential::EXPIRES, record, &["expire_time"]);
    let period = duration(record.tree.get("period")).unwrap_or(0) > 0;
    let explicit = duration(record.tree.get("explicit_max_ttl")).unwrap_or(0) > 0;
    // what is renewed in time ends only at its explicit end
    if period && !explicit {
        draft.say(credential::LIMITED, false);
    }
    out.facts.push(draft.could_say(&[credential::EXPIRES]));
}

pub(super) fn role(record: &Record<'_>, out: &mut Drafts) {
    let name = record.text_at(&["role_name"]).or_else(|| record.text_at(&["name"])).unwrap_or(UNNAMED);
    let policies: Vec<&str> = ["token_policies", "policies", "allowed_policies"].iter().flat_map(|k| texts(record.tree.get(k))).collect();
    let admin = policies.iter().any(|p| is_admin(p));
    let number = |keys: &[&str]| keys.iter().find_map(|k| duration(record.tree.get(k)));
    if record.tree.get("secret_id_ttl").is_some() && record.tree.get("bind_secret_id").and_then(Tree::flag) != Some(false) {
        let mut draft = Draft::new(Kind::Credential, name.to_owned(), "/secret_id".into(), record.spot())
            .saying(credential::PRODUCT, PRODUCT)
            .saying(credential::TYPE, credential_type::CLIENT_SECRET)
            .saying(credential::STATUS, status::ACTIVE)
            .saying(credential::PRIVILEGED, admin);
        for policy in &policies {
            draft.say(credential::SCOPES, *policy);
        }
        if number(&["secret_id_ttl"]) == Some(0)
            && let Some((_, at)) = record.find(&["secret_id_ttl"])
        {
            draft.fields.say(credential::EXPIRES, Value::Never, &at);
        }
        let bound = ["secret_id_bound_cidrs", "bound_cidr_list", "token_bound_cidrs"].iter().any(|k| given(record.tree.get(k)));
        let uses = record.find(&["secret_id_num_uses"]);
        let at = uses.as_ref().map_or_else(|| record.spot(), |(_, at)| at.clone());
        draft.fields.say(credential::LIMITED, bound || uses.is_some_and(|(t, _)| t.number().is_some_and(|n| n > 0)), &at);
        out.facts.push(draft);
    }
    let mut draft = stating::setting(PRODUCT, "token_life", name, segment(name), record.spot()).saying(setting::PRIVILEGED, admin);
    for policy in &policies {
        draft.say(setting::VALUE, *policy);
    }
    let explicit = number(&["token_explicit_max_ttl", "explicit_max_ttl"]).unwrap_or(0);
    let most = number(&["token_max_ttl", "max_ttl"]).unwrap_or(0);
    let period = number(&["token_period", "period"]).unwrap_or(0);
    match (explicit, most, period) {
        (0, _, 1..) => draft.say(setting::LIFETIME, Value::Never),
        (0, 0, _) if record.tree.get("token_max_ttl").is_some() => draft.say(setting::LIFETIME, Value::Never),
        (0, most, _) => draft.say(setting::LIFETIME, Value::Duration(most)),
        (explicit, ..) => draft.say(setting::LIFETIME, Value::Duration(explicit)),
    }
    draft.say(setting::ENABLED, period > 0);
    out.facts.push(draft);
}

/// An answer that holds nothing: of `sys/audit` it says that no device is enabled. Its file has to say that it is that one.
pub(super) fn is_empty_answer(tree: &Tree) -> bool {
    tree.get("request_id").is_some()
        && tree.get("lease_id").is_some()
        && tree.get("data").is_some_and(|d| matches!(&d.node, Node::Map(entries) if entries.is_empty()))
}

/// `vault audit list`: each device under its path.
pub(super) fn is_audit(tree: &Tree) -> bool {
    let device = |t: &Tree| {
        t.get("options").is_some()
            && matches!(t.get("type").and_then(Tree::text), Some("file" | "syslog" | "socket"))
            && (t.get("local").is_some() || t.get("path").is_some())
    };
    let entries = tree.entries();
    !entries.is_empty() && entries.iter().all(|e| e.key.ends_with('/') && matches!(e.value.node, Node::Map(_)) && device(&e.value))
}

pub(super) fn audit(record: &Record<'_>, out: &mut Drafts) {
    if is_empty_answer(record.tree) {
        let none = stating::setting(PRODUCT, NO_DEVICE, "audit devices", String::new(), record.spot());
        out.facts.push(none.saying(setting::ENABLED, false));
        return;
    }
    for device in record.tree.entries() {
        let at = record.below(&device.value, &segment(&device.key));
        let raw = device.value.path(&["options", "log_raw"]).and_then(Tree::flag) == Some(true);
        let name = format!("audit device {}", device.key);
        out.facts.push(stating::setting(PRODUCT, "audit_log_raw", &name, segment(&device.key), at).saying(setting::ENABLED, raw));
    }
}

/// The key of what says that no audit device is enabled.
pub(super) const NO_DEVICE: &str = "audit_devices";
