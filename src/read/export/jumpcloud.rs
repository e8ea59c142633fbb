//! JumpCloud: users, administrators and the organisation's settings, as version 1 of its interface answers them. Which sign-in asks for a
//! second factor stands in policies of version 2 and in the console, and is not read.

use super::date::{Moment, moment};
use super::federation;
use super::input::Head;
use super::record::Record;
use super::site::Site;
use super::{ExportReader, Format};
use crate::fact::{Field, Kind, act, channel, population, principal, principal_type, proof, recovery, setting};
use crate::read::Drafts;
use crate::read::export::site::claim;
use crate::tree::Tree;

pub(super) struct JumpCloud;

const USERS: &str = "jumpcloud.users";
const ADMINISTRATORS: &str = "jumpcloud.administrators";
const ORGANISATION: &str = "jumpcloud.organization";
const PRODUCT: &str = "jumpcloud";
/// What these answers do not tell.
const HIDES: &[&str] =
    &["which sign-ins ask for a second factor: conditional policies are not in these answers", "what the help desk does by hand"];

impl ExportReader for JumpCloud {
    fn needles(&self) -> &'static [&'static str] {
        &["enable_user_portal_multifactor", "enablemultifactor", "mfaenrollment", "systemuserscanedit", "enablerecoveryemail"]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        if head.is_table {
            return None;
        }
        let user = |t: &Tree| {
            let own = ["enable_user_portal_multifactor", "mfaEnrollment", "password_never_expires", "passwordless_sudo", "unix_uid"];
            t.get("username").is_some() && own.iter().filter(|k| t.get(k).is_some()).count() >= 2
        };
        let administrator = |t: &Tree| t.get("email").is_some() && t.get("enableMultiFactor").is_some();
        let organisation =
            |t: &Tree| t.path(&["settings", "passwordPolicy"]).is_some() && t.path(&["settings", "systemUsersCanEdit"]).is_some();
        let listed = head.tree.get("results").map(Tree::items).and_then(<[Tree]>::first);
        let (records, first): (&'static [&'static str], _) = match listed {
            Some(first) => (&["results"], first),
            None => (&[], head.tree.as_ref()),
        };
        let kind = match () {
            () if user(first) => USERS,
            () if administrator(first) => ADMINISTRATORS,
            () if organisation(first) => ORGANISATION,
            () => return None,
        };
        Some(Format { kind, records })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        let site = Site::new(record, PRODUCT, "");
        if !out.facts.iter().any(|f| f.kind == Kind::Tenant) {
            out.facts.push(site.tenant(PRODUCT, &[], HIDES));
        }
        match kind {
            ORGANISATION => organisation(&site, out),
            _ => person(&site, kind == ADMINISTRATORS, out),
        }
    }
}

fn person(site: &Site<'_>, administers: bool, out: &mut Drafts) {
    let Some(name) = ["username", "email"].iter().find_map(|key| site.text(&[key])) else { return };
    let mut draft = site
        .fact(Kind::Principal, name.value, if administers { "/administrators" } else { "/users" }, site.record.spot())
        .saying(principal::TYPE, principal_type::USER)
        .saying(principal::PRODUCT, PRODUCT);
    if administers {
        draft.say(principal::PRIVILEGED, true);
    }
    let flags: [(Field, &[&[&str]]); 3] = [
        (principal::MFA, if administers { &[&["enableMultiFactor"]] } else { &[&["mfa", "configured"]] }),
        (principal::BYPASSES, &[&["mfa", "exclusion"]]),
        (principal::PASSWORD_KEPT, &[&["password_never_expires"]]),
    ];
    for (field, paths) in flags {
        if let Some(on) = paths.iter().find_map(|path| site.flag(path)) {
            claim(&mut draft, field, on);
        }
    }
    if let Some(off) = site.flag(&["suspended"]) {
        claim(&mut draft, principal::ENABLED, off.map(|off| !off));
    }
    for (field, key) in
        [(principal::PASSWORD_CHANGED, "password_date"), (principal::CREATED, "created"), (principal::LAST_USED, "lastLogin")]
    {
        if let Some((Moment::At(time), at)) = site.find(&[key]).and_then(|(t, at)| Some((moment(t)?, at))) {
            draft.fields.say(field, time, &at);
        }
    }
    federation::mail(&mut draft, principal::MAIL, site.text(&["email"]));
    federation::mail(&mut draft, principal::RECOVERY_MAIL, site.text(&["recoveryEmail", "address"]));
    out.facts.push(draft.could_say(&[principal::ENABLED]));
}

fn organisation(site: &Site<'_>, out: &mut Drafts) {
    let policy = ["settings", "passwordPolicy"];
    let under = |key: &'static str| [policy[0], policy[1], key];
    let on = |key: &'static str| site.flag(&under(key)).is_none_or(|on| on.value);
    if let Some(least) = site.number(&under("minLength")).filter(|_| on("enableMinLength")) {
        out.facts.push(site.setting("passwordPolicy/minLength", "password_length", setting::NUMBER, least));
    }
    site.switch("passwordPolicy/enableMaxLoginAttempts", "lockout", &under("enableMaxLoginAttempts"), out);
    if let Some(mailed) = site.flag(&under("enableRecoveryEmail")).filter(|on| on.value) {
        let mut draft =
            site.recovery("passwordPolicy/enableRecoveryEmail", act::PASSWORD_RESET, population::USER.as_str(), mailed.at.clone());
        claim(&mut draft, recovery::CHANNELS, mailed.clone().map(|_| channel::EMAIL));
        claim(&mut draft, recovery::ASKS, mailed.map(|_| proof::EMAIL_CODE));
        out.facts.push(draft);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::export::tests::{of, read};

    #[test]
    fn users_administrators_and_settings() {
        let users = r#"{"totalCount": 1, "results": [{"_id": "5f", "username": "ada", "email": "ada@quay.example", "mfa": {"configured": false, "exclusion": true}, "enable_user_portal_multifactor": false, "password_never_expires": true, "suspended": false, "recoveryEmail": {"address": "ada@home.example", "verified": true}}]}"#;
        let drafts = read("systemusers.json", users);
        assert_eq!(drafts.kind, Some(USERS));
        let people = of(&drafts, Kind::Principal);
        let ada = people.first().expect("ada");
        let flag = |f| ada.fields.flag(f);
        assert_eq!(
            (flag(principal::MFA), flag(principal::BYPASSES), flag(principal::PASSWORD_KEPT), flag(principal::ENABLED)),
            (Some(false), Some(true), Some(true), Some(true))
        );
        assert_eq!(ada.fields.text(principal::RECOVERY_MAIL).map(String::as_str), Some("home.example"));
        let admins = read(
            "users.json",
            r#"{"results": [{"email": "root@quay.example", "enableMultiFactor": false, "roleName": "Administrator With Billing", "suspended": false}], "totalCount": 1}"#,
        );
        assert_eq!(
            of(&admins, Kind::Principal).first().map(|p| (p.fields.flag(principal::PRIVILEGED), p.fields.flag(principal::MFA))),
            Some((Some(true), Some(false)))
        );
        let org = read(
            "organization.json",
            r#"{"_id": "5f", "displayName": "Quay", "settings": {"systemUsersCanEdit": true, "passwordPolicy": {"enableMinLength": true, "minLength": 6, "enableMaxLoginAttempts": false, "enableRecoveryEmail": true}}}"#,
        );
        assert_eq!((org.kind, of(&org, Kind::Setting).len(), of(&org, Kind::Recovery).len()), (Some(ORGANISATION), 2, 1));
        for text in [r#"{"results": [{"username": "a", "unix_uid": 5}]}"#, r#"{"settings": {"passwordPolicy": {}}}"#, r#"{"results": [1]}"#]
        {
            assert_eq!(read("x.json", text).kind, None, "{text}");
        }
    }
}
