//! Authelia: the configuration of the portal, whole or in parts.

use super::input::Head;
use super::record::Record;
use super::site::{self, Said, Site, claim};
use super::{ExportReader, Format};
use crate::fact::{Kind, Value, act, channel, credential, credential_type, population, proof, recovery, setting, status};
use crate::read::Drafts;
use crate::tree::Tree;

pub(super) struct Authelia;

const KIND: &str = "authelia.config";
const PRODUCT: &str = "authelia";
/// Parts of a configuration.
const PARTS: &[&str] = &[
    "authentication_backend",
    "access_control",
    "identity_validation",
    "regulation",
    "notifier",
    "storage",
    "session",
    "totp",
    "webauthn",
    "password_policy",
    "identity_providers",
    "default_2fa_method",
    "jwt_secret",
];
/// Parts that no other product calls so.
const OWN: &[&str] = &["authentication_backend", "access_control", "identity_validation", "default_2fa_method", "regulation"];
const HIDES: &[&str] = &["which users have a second factor", "what other systems do with the mailbox"];
/// A mailed link and a mailed code live for five minutes.
const STOCK_LIFE: i64 = 300;
/// Secrets of the configuration: where they stand, and what they are.
const SECRETS: &[&[&str]] = &[
    &["jwt_secret"],
    &["identity_validation", "reset_password", "jwt_secret"],
    &["session", "secret"],
    &["storage", "encryption_key"],
    &["authentication_backend", "ldap", "password"],
    &["notifier", "smtp", "password"],
];

impl ExportReader for Authelia {
    fn needles(&self) -> &'static [&'static str] {
        &["authentication_backend", "identity_validation", "default_2fa_method", "default_policy"]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        let place = |tree: &Tree| {
            let count = |keys: &[&str]| keys.iter().filter(|k| tree.get(k).is_some()).count();
            let policy = tree.path(&["access_control", "default_policy"]).and_then(Tree::text);
            let policy = policy.is_some_and(|p| matches!(p, "deny" | "bypass" | "one_factor" | "two_factor"));
            (count(OWN) >= 1 && count(PARTS) >= 3) || (policy && count(PARTS) >= 1) || (count(OWN) >= 2 && count(PARTS) >= 2)
        };
        if head.is_table {
            return None;
        }
        if place(&head.tree) {
            return Some(Format { kind: KIND, records: &[] });
        }
        head.tree.get("configMap").filter(|c| place(c)).map(|_| Format { kind: KIND, records: &["configMap"] })
    }

    fn record(&self, _kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        site::mark(record, &["jwt_secret", "secret", "encryption_key", "password", "hmac_secret", "client_secret"], out);
        let site = Site::new(record, PRODUCT, "");
        out.facts.push(site.tenant(PRODUCT, &[], HIDES));
        if let Some(policy) = site.text(&["access_control", "default_policy"]) {
            out.facts.push(site.setting("access_control.default_policy", "default_policy", setting::VALUE, policy));
        }
        if let Some(tries) = site.number(&["regulation", "max_retries"]) {
            out.facts.push(site.setting("regulation.max_retries", "max_retries", setting::NUMBER, tries));
        }
        if let Some(least) = site
            .number(&["password_policy", "standard", "min_length"])
            .filter(|_| site.flag(&["password_policy", "standard", "enabled"]).is_some_and(|on| on.value))
        {
            out.facts.push(site.setting("password_policy.standard.min_length", "password_length", setting::NUMBER, least));
        }
        resets(&site, out);
        for path in SECRETS {
            let Some((tree, at)) = site.find(path).filter(|(t, _)| t.scalar().is_some_and(site::literal)) else { continue };
            let name = path.join(".");
            let draft = site
                .fact(Kind::Credential, &name, "/secrets", at)
                .saying(
                    credential::TYPE,
                    if tree.scalar().is_some() && path.ends_with(&["password"]) {
                        credential_type::PASSWORD
                    } else {
                        credential_type::SIGNING_KEY
                    },
                )
                .saying(credential::PRODUCT, PRODUCT)
                .saying(credential::HOLDER, name.as_str())
                .saying(credential::STATUS, status::ACTIVE)
                .saying(credential::PLAIN, true);
            out.facts.push(draft);
        }
    }
}

/// A new password over a mailed link; a new second factor over a mailed code.
fn resets(site: &Site<'_>, out: &mut Drafts) {
    // only where the users' passwords are configured is anything known of their reset
    let Some((_, at)) = site.find(&["authentication_backend"]).or_else(|| site.find(&["identity_validation"])) else { return };
    if site.flag(&["authentication_backend", "password_reset", "disable"]).is_none_or(|off| !off.value) {
        let life = site.span(&["identity_validation", "reset_password", "jwt_lifespan"], 1);
        let mut draft = site.recovery("password reset", act::PASSWORD_RESET, population::USER.as_str(), at.clone());
        claim(&mut draft, recovery::ASKS, site.inferred(proof::EMAIL_CODE, &at));
        claim(&mut draft, recovery::CHANNELS, site.inferred(channel::EMAIL, &at));
        claim(&mut draft, recovery::LIFETIME, life.unwrap_or_else(|| Said { at: at.clone(), ..site.default(Value::Duration(STOCK_LIFE)) }));
        claim(&mut draft, recovery::REBINDS, site.inferred(false, &at));
        out.facts.push(draft);
    }
    let second = site.flag(&["identity_validation", "elevated_session", "require_second_factor"]);
    let second = second.unwrap_or_else(|| Said { at, ..site.default(false) });
    let name = "identity_validation.elevated_session.require_second_factor";
    out.facts.push(site.setting(name, "elevated_second_factor", setting::ENABLED, second));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::export::tests::{of, read};

    #[test]
    fn values_from_elsewhere_are_no_secrets_and_no_faults() {
        let text = "authentication_backend:\n  ldap:\n    password: {{ secret \"/run/ldap\" }}\naccess_control:\n  default_policy: one_factor\n\
            identity_validation:\n  reset_password:\n    jwt_secret: {{ secret \"/run/jwt\" | msquote }}\n";
        let drafts = read("configuration.yml", text);
        assert_eq!(drafts.kind, Some(KIND));
        assert!(of(&drafts, crate::fact::Kind::Credential).is_empty());
        assert_eq!(read("configuration.yml", &text.replace("secret \"/run/jwt\"", "if .Values.jwt")).kind, None);
    }

    #[test]
    fn parts_and_wholes() {
        let text = "access_control:\n  default_policy: one_factor\nauthentication_backend:\n  file: {path: /u.yml}\nregulation: {max_retries: 0}\nsession:\n  secret: quay-session-7731\nidentity_validation:\n  reset_password: {jwt_lifespan: '2 days', jwt_secret: '{{ secret \"/run/jwt\" }}'}\n";
        let drafts = read("configuration.yml", text);
        assert_eq!(drafts.kind, Some(KIND));
        let ways = of(&drafts, Kind::Recovery);
        assert_eq!(ways.first().and_then(|r| r.fields.values(recovery::LIFETIME).next()), Some(&Value::Duration(172_800)));
        let plain: Vec<_> = of(&drafts, Kind::Credential).iter().map(|c| c.name.clone()).collect();
        assert_eq!(plain, ["session.secret"], "a template is no secret");
        assert!(drafts.marks.iter().any(|m| m.value == "quay-session-7731"));
        let part = read("access.yml", "access_control:\n  default_policy: deny\n  rules: []\n");
        assert_eq!((part.kind, of(&part, Kind::Recovery).len()), (Some(KIND), 0));
        let off = read("c.yml", &text.replace("  file: {path: /u.yml}", "  password_reset: {disable: true}"));
        assert!(of(&off, Kind::Recovery).is_empty());
    }

    #[test]
    fn what_is_none_is_none_and_odd_values_do_no_harm() {
        for text in
            ["session: {}\nstorage: {}\n", "access_control: {default_policy: allow}\n", "authentication_backend: x\n", "- default_policy\n"]
        {
            assert_eq!(read("x.yml", text).kind, None, "{text}");
        }
        let odd = read(
            "x.yml",
            "authentication_backend: [1]\nidentity_validation: 3\nregulation: {max_retries: many}\naccess_control: {default_policy: [x]}\n",
        );
        assert_eq!(odd.kind, Some(KIND));
        assert!(read("x.yml", "authentication_backend:\n  file: [\n").kind.is_none());
    }
}
