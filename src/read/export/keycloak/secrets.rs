//! Secrets that stand in a realm: marked, so that nobody quotes them, and named as credentials in plain text.

use super::{PRODUCT, Realm, numbered};
use crate::artifact::Spot;
use crate::fact::{
    Basis, Draft, Kind, Time, Word, binding, credential, credential_type, membership, power, principal, principal_type, status,
};
use crate::read::export::federation;
use crate::read::export::record::{Record, segment};
use crate::read::{Drafts, Mark};
use crate::tree::{Node, Tree};

/// Keys whose text is a secret wherever they stand in a realm.
const SECRET_KEYS: &[&str] = &[
    "secret",
    "clientSecret",
    "bindCredential",
    "password",
    "privateKey",
    "secretData",
    "registrationAccessToken",
    "keystorePassword",
    "keyPassword",
    "saml.signing.private.key",
    "saml.encryption.private.key",
    "client.secret.rotated",
    "secret.key",
    "authTokenClientSecret",
    "codeSecret",
];

/// Roles that let their holder take any account of the realm.
const POWERFUL: &[&str] = &["admin", "realm-admin", "manage-users", "impersonation", "manage-realm", "create-realm"];

/// Whether a text is a secret and no stand-in for one: a mask, a variable, a file reference.
pub(super) fn literal(text: &str) -> bool {
    let text = text.trim();
    !(text.is_empty()
        || text.bytes().all(|b| matches!(b, b'*' | b'x' | b'X' | b'.' | b'-'))
        || ["$(", "${", "{{", "<%", "%("].iter().any(|v| text.contains(v))
        || (text.starts_with('<') && text.ends_with('>'))
        || (text.starts_with('?') && text.ends_with('?'))
        || (text.starts_with('$') && text.bytes().skip(1).all(|b| b.is_ascii_uppercase() || b == b'_')))
}

/// Marks every secret of a realm.
pub(super) fn marks(record: &Record<'_>, out: &mut Drafts) {
    walk(record.text, record.tree, false, out);
}

fn walk(text: &str, tree: &Tree, in_credentials: bool, out: &mut Drafts) {
    match &tree.node {
        Node::List(items) => items.iter().for_each(|item| walk(text, item, in_credentials, out)),
        Node::Map(entries) => {
            for entry in entries {
                let named = |key: &str| entry.key.eq_ignore_ascii_case(key);
                if SECRET_KEYS.iter().any(|k| named(k)) || (in_credentials && named("value")) {
                    // components hold their settings as lists of one
                    for value in entry.value.items() {
                        mark(text, value, out);
                    }
                }
                walk(text, &entry.value, named("credentials"), out);
            }
        }
        _ => {}
    }
}

fn mark(text: &str, tree: &Tree, out: &mut Drafts) {
    let Some(value) = tree.scalar().filter(|v| literal(v)) else { return };
    let (mut start, mut end) = (tree.span.start, tree.span.end);
    if text.get(start..end).is_some_and(|raw| raw.len() >= 2 && raw.starts_with(['"', '\'']) && raw.ends_with(['"', '\''])) {
        (start, end) = (start + 1, end - 1);
    }
    out.marks.push(Mark { start, end, value: value.to_owned(), public_prefix: 0 });
}

/// Says which credentials stand in the realm in plain text, and who its users are.
pub(super) fn credentials(realm: &Realm<'_>, out: &mut Drafts) {
    let record = realm.record;
    for (n, client) in numbered(record.tree.get("clients")) {
        let Some(id) = client.get("clientId").and_then(Tree::scalar) else { continue };
        if let Some(secret) = client.get("secret").filter(|s| s.scalar().is_some_and(literal)) {
            let at = record.below(secret, &format!("/clients/{n}/secret"));
            let draft = plain(realm, id, credential_type::CLIENT_SECRET, &format!("/clients{}/secret", segment(id)), at);
            out.facts.push(draft.saying(credential::STATUS, works(client.get("enabled"))));
        }
    }
    for (n, provider) in numbered(record.tree.get("identityProviders")) {
        let Some(alias) = provider.get("alias").and_then(Tree::scalar) else { continue };
        if let Some(secret) = provider.path(&["config", "clientSecret"]).filter(|s| s.scalar().is_some_and(literal)) {
            let at = record.below(secret, &format!("/identityProviders/{n}/config/clientSecret"));
            let anchor = format!("/identityProviders{}/clientSecret", segment(alias));
            let draft = plain(realm, alias, credential_type::CLIENT_SECRET, &anchor, at);
            out.facts.push(draft.saying(credential::STATUS, works(provider.get("enabled"))));
        }
    }
    if let Some((password, at)) = record.find(&["smtpServer", "password"])
        && password.scalar().is_some_and(literal)
    {
        let draft = plain(realm, "smtp server", credential_type::CLIENT_SECRET, "/smtpServer/password", at);
        out.facts.push(draft.saying(credential::STATUS, status::ACTIVE));
    }
    for entry in record.tree.get("components").map(Tree::entries).unwrap_or_default() {
        for (n, component) in numbered(Some(&entry.value)) {
            let Some(name) = component.get("name").and_then(Tree::scalar) else { continue };
            for (key, kind) in [
                ("privateKey", credential_type::PRIVATE_KEY),
                ("secret", credential_type::SIGNING_KEY),
                ("bindCredential", credential_type::CLIENT_SECRET),
            ] {
                let value = component.path(&["config", key]).and_then(|v| v.items().first());
                if let Some(value) = value.filter(|v| v.scalar().is_some_and(literal)) {
                    let at = record.below(value, &format!("/components{}/{n}/config/{key}/0", segment(&entry.key)));
                    let enabled = component.path(&["config", "enabled"]).and_then(|v| v.items().first());
                    let draft = plain(realm, name, kind, &format!("/components{}/{key}", segment(name)), at);
                    out.facts.push(draft.saying(credential::STATUS, works(enabled)));
                }
            }
        }
    }
    for (n, user) in numbered(record.tree.get("users")) {
        person(realm, n, user, out);
        let name = user.get("username").and_then(Tree::scalar).unwrap_or_default();
        for group in user.get("groups").map(Tree::items).unwrap_or_default().iter().filter(|_| !name.is_empty()) {
            let Some(path) = group.text() else { continue };
            let spot = record.below(group, &format!("/users/{n}/groups"));
            let anchor = format!("/groups{}{}", segment(path), segment(name));
            out.facts.push(
                realm
                    .draft(Kind::Membership, format!("{name} in {path}"), &anchor, spot)
                    .saying(membership::MEMBER, name)
                    .saying(membership::GROUP, path)
                    .saying(membership::TENANT, realm.name),
            );
        }
        helper(realm, (user, format!("/users/{n}")), name, principal_type::USER, out);
    }
    for (n, group) in numbered(record.tree.get("groups")) {
        let name = group.get("path").or_else(|| group.get("name")).and_then(Tree::scalar).unwrap_or_default();
        helper(realm, (group, format!("/groups/{n}")), name, principal_type::GROUP, out);
    }
}

/// The roles over a realm's people that are no administrator's, and what each lets do.
const HELPING: &[(&str, &[Word])] =
    &[("manage-users", &[power::RESET_PASSWORD, power::REPLACE_FACTOR]), ("impersonation", &[power::IMPERSONATE])];

/// Says who may take over any account of the realm without being its administrator.
fn helper(realm: &Realm<'_>, (holder, at): (&Tree, String), name: &str, sort: Word, out: &mut Drafts) {
    let clients = holder.get("clientRoles").map(Tree::entries).unwrap_or_default().iter();
    for client in clients.filter(|c| c.key.as_ref() == "realm-management") {
        let held = |role: &str| client.value.items().iter().find(|r| r.text() == Some(role));
        if name.is_empty() || held("realm-admin").is_some() || holder.get("serviceAccountClientId").is_some_and(|c| !c.is_null()) {
            continue;
        }
        for (role, powers) in HELPING {
            let Some(item) = held(role) else { continue };
            let spot = realm.record.below(item, &format!("{at}/clientRoles/realm-management"));
            let mut draft = realm
                .draft(Kind::Binding, name.to_owned(), &format!("/roles{}{}", segment(name), segment(role)), spot)
                .saying(binding::PRODUCT, PRODUCT)
                .saying(binding::TENANT, realm.name)
                .saying(binding::PRINCIPAL, name)
                .saying(binding::PRINCIPAL_TYPE, sort)
                .saying(binding::ROLE, *role);
            for power in *powers {
                draft.say(binding::POWERS, *power);
            }
            out.facts.push(draft);
        }
    }
}

/// Whether what holds a credential is switched on; it is, unless the realm says otherwise.
fn works(enabled: Option<&Tree>) -> Word {
    if enabled.and_then(Tree::flag) == Some(false) { status::INACTIVE } else { status::ACTIVE }
}

/// A credential whose value stands in the export.
fn plain(realm: &Realm<'_>, holder: &str, kind: Word, anchor: &str, at: Spot) -> Draft {
    realm
        .draft(Kind::Credential, holder.to_owned(), anchor, at)
        .saying(credential::TYPE, kind)
        .saying(credential::PRODUCT, PRODUCT)
        .saying(credential::HOLDER, holder)
        .saying(credential::TENANT, realm.name)
        .saying(credential::PLAIN, true)
}

fn person(realm: &Realm<'_>, n: usize, user: &Tree, out: &mut Drafts) {
    let Some(name) = user.get("username").and_then(Tree::scalar) else { return };
    let record = realm.record;
    let anchor = format!("/users{}", segment(name));
    let at = record.below(user, &format!("/users/{n}"));
    let roles = user.get("realmRoles").map(Tree::items).unwrap_or_default().iter();
    let clients = user.get("clientRoles").map(Tree::entries).unwrap_or_default().iter();
    let administers = |role: &Tree| role.text().is_some_and(|r| POWERFUL.contains(&r));
    let powerful = roles.clone().any(administers)
        || clients
            .filter(|c| c.key.ends_with("realm-management") || c.key.ends_with("-realm"))
            .any(|c| c.value.items().iter().any(administers));
    let service = user.get("serviceAccountClientId").is_some_and(|c| !c.is_null());
    let mut draft = realm
        .draft(Kind::Principal, name.to_owned(), &anchor, at.clone())
        .saying(principal::TYPE, if service { principal_type::SERVICE } else { principal_type::USER })
        .saying(principal::TENANT, realm.name)
        .saying_some(principal::ENABLED, user.get("enabled").and_then(Tree::flag))
        .saying_some(principal::CREATED, user.get("createdTimestamp").and_then(Tree::number).map(|ms| Time(ms.div_euclid(1000))));
    if powerful {
        draft.fields.say_as(principal::PRIVILEGED, true, &at, Basis::Inferred);
    }
    if let Some(domain) = user.get("email").and_then(Tree::text).and_then(federation::mail_domain) {
        draft.say(principal::MAIL, domain);
    }
    let mut factor = false;
    for (i, held) in numbered(user.get("credentials")) {
        match held.get("type").and_then(Tree::text) {
            Some("password") => {}
            Some("otp" | "totp" | "hotp" | "webauthn" | "webauthn-passwordless") => {
                factor = true;
                continue;
            }
            _ => continue,
        }
        let Some(value) = held.get("value").filter(|v| v.scalar().is_some_and(literal)) else { continue };
        let spot = record.below(value, &format!("/users/{n}/credentials/{i}/value"));
        let mut password = plain(realm, name, credential_type::PASSWORD, &format!("{anchor}/password"), spot)
            .saying(credential::TEMPORARY, held.get("temporary").and_then(Tree::flag).unwrap_or(false))
            .saying(credential::STATUS, works(user.get("enabled")));
        if powerful {
            password.say(credential::PRIVILEGED, true);
        }
        out.facts.push(password);
    }
    // only the server's own export lists every credential of a user
    if factor || (realm.full && user.get("credentials").is_some()) {
        draft.say(principal::MFA, factor);
    }
    out.facts.push(draft);
}
