//! Credential reports: one row a user, with the dates of its password and keys.

use crate::artifact::Spot;
use crate::fact::{Draft, Kind, Time, Value, credential, credential_type, principal, principal_type, purpose, shown, status, tenant};
use crate::read::Drafts;
use crate::read::export::date::{Moment, moment};
use crate::read::export::input::Head;
use crate::read::export::names::purpose_of;
use crate::read::export::record::{Record, segment};
use crate::read::export::stating::infer;
use crate::tree::Tree;

/// The name of the root user in a credential report.
const ROOT: &str = "<root_account>";
/// A password that was set so soon after the user is the one the user was created with.
const INITIAL: i64 = 3600;

pub(super) fn is_report(head: &Head<'_>) -> bool {
    let states = ["password_enabled", "mfa_active", "access_key_1_active", "access_key_2_active", "cert_1_active"];
    head.has(&["user", "user_creation_time"]) && head.count(&["arn"]) + head.count(&states) >= 2
}

/// What a whole report shows: everybody of its account.
pub(super) fn end(out: &mut Drafts) {
    let account = out.facts.iter().find_map(|f| f.fields.text(principal::TENANT).filter(|_| f.kind == Kind::Principal)).cloned();
    if let Some(account) = account {
        let draft = Draft::new(Kind::Tenant, account.clone(), segment(&account), Spot::at(0, 0));
        out.facts.push(draft.saying(tenant::SHOWS, shown::PRINCIPALS).saying(tenant::SHOWS, shown::CREDENTIALS));
    }
}

/// The time in a column, if there is one.
fn time(record: &Record<'_>, column: &str) -> Option<Time> {
    match record.tree.get(column).and_then(moment) {
        Some(Moment::At(time)) => Some(time),
        _ => None,
    }
}

/// A row of a credential report.
pub(super) fn user(record: &Record<'_>, out: &mut Drafts) {
    let Some(name) = record.text_at(&["user"]) else { return };
    let arn = record.text_at(&["arn"]);
    let root = name == ROOT || name == "root_account" || arn.is_some_and(|a| a.ends_with(":root"));
    let account = arn.and_then(|a| a.split(':').nth(4)).filter(|a| !a.is_empty());
    let spot = record.spot();
    let anchor = segment(name);
    let flag = |column: &str| record.tree.get(column).and_then(Tree::flag);
    let created = time(record, "user_creation_time");

    let mut active = Vec::new();
    for slot in ["access_key_1", "access_key_2"] {
        let Some(on) = flag(&format!("{slot}_active")) else { continue };
        let rotated = time(record, &format!("{slot}_last_rotated"));
        let used = record.text_at(&[&format!("{slot}_last_used_date")]);
        let last_used = time(record, &format!("{slot}_last_used_date"));
        // a slot that was never filled is no key
        if !on && rotated.is_none() && last_used.is_none() {
            continue;
        }
        let label = format!("{name} {}", slot.replace('_', " "));
        let mut key = Draft::new(Kind::Credential, label, format!("{anchor}/{slot}"), spot.clone())
            .saying(credential::PRODUCT, super::PRODUCT)
            .saying(credential::TYPE, credential_type::ACCESS_KEY)
            .saying(credential::HOLDER, name)
            .saying_some(credential::TENANT, account)
            .saying(credential::STATUS, if on { status::ACTIVE } else { status::INACTIVE })
            .saying_some(credential::ROTATED, rotated)
            .saying_some(credential::LAST_USED, last_used);
        if let Some(used) = used {
            key.say(credential::NEVER_USED, last_used.is_none() && used.eq_ignore_ascii_case("N/A"));
        }
        if root {
            infer(&mut key, credential::PRIVILEGED, true, &spot);
        }
        out.facts.push(key);
        if on {
            active.push(rotated);
        }
    }
    for slot in ["cert_1", "cert_2"] {
        let Some(on) = flag(&format!("{slot}_active")) else { continue };
        let rotated = time(record, &format!("{slot}_last_rotated"));
        if !on && rotated.is_none() {
            continue;
        }
        let label = format!("{name} signing certificate {}", slot.trim_start_matches("cert_"));
        let mut certificate = Draft::new(Kind::Credential, label, format!("{anchor}/{slot}"), spot.clone())
            .saying(credential::TYPE, credential_type::CERTIFICATE)
            .saying(credential::HOLDER, name)
            .saying_some(credential::TENANT, account)
            .saying(credential::STATUS, if on { status::ACTIVE } else { status::INACTIVE })
            .saying_some(credential::ROTATED, rotated);
        if root {
            infer(&mut certificate, credential::PRIVILEGED, true, &spot);
        }
        out.facts.push(certificate);
    }

    let mut draft = Draft::new(Kind::Principal, name.to_owned(), anchor, spot.clone())
        .saying(principal::TYPE, if root { principal_type::ROOT } else { principal_type::USER })
        .saying(principal::PRODUCT, super::PRODUCT)
        .saying_some(principal::TENANT, account)
        .saying_some(principal::PASSWORD_ENABLED, flag("password_enabled"))
        .saying_some(principal::MFA, flag("mfa_active"))
        .saying_some(principal::CREATED, created)
        .saying_some(principal::PASSWORD_CHANGED, time(record, "password_last_changed"));
    match record.text_at(&["password_last_used"]) {
        // N/A: there is no password; no_information: it was never used, or not since 2014
        Some("no_information") => draft.say(principal::LAST_USED, Value::Never),
        Some(_) => {
            if let Some(used) = time(record, "password_last_used") {
                draft.say(principal::LAST_USED, used);
            }
        }
        None => {}
    }
    if record.tree.get("access_key_1_active").is_some() {
        draft.say(principal::ACTIVE_KEYS, active.len() as i64);
        if let Some(newest) = active.iter().copied().collect::<Option<Vec<_>>>().and_then(|times| times.into_iter().max()) {
            draft.say(principal::NEWEST_KEY, newest);
        }
    }
    if let (Some(created), false) = (created, active.is_empty()) {
        let initial = active.iter().flatten().any(|made| (made.0 - created.0).abs() <= INITIAL);
        infer(&mut draft, principal::INITIAL_KEY, initial, &spot);
    }
    if let (Some(created), Some(changed)) = (created, time(record, "password_last_changed")) {
        infer(&mut draft, principal::INITIAL_PASSWORD, (changed.0 - created.0).abs() <= INITIAL, &spot);
    }
    if root {
        infer(&mut draft, principal::PRIVILEGED, true, &spot);
    } else if let Some(purpose) = purpose_of(name) {
        infer(&mut draft, principal::PURPOSE, purpose, &spot);
        if purpose == purpose::BREAK_GLASS {
            infer(&mut draft, principal::PRIVILEGED, true, &spot);
        }
    }
    out.facts.push(draft);
}
