//! AWS: credential reports and lists of access keys.

use super::date::{Moment, moment};
use super::input::Head;
use super::names::purpose_of;
use super::record::{Extent, Record, segment};
use super::{ExportReader, Format};
use crate::artifact::Spot;
use crate::fact::{
    Basis, Claim, Draft, Duty, Field, Kind, Time, Value, credential, credential_type, principal, principal_type, purpose, shown, status,
    tenant,
};
use crate::read::Drafts;
use crate::tree::Tree;

pub(super) struct Aws;

const REPORT: &str = "aws.credential-report";
const KEYS: &str = "aws.access-keys";
/// The name of the root user in a credential report.
const ROOT: &str = "<root_account>";
/// A password that was set so soon after the user is the one the user was created with.
const INITIAL: i64 = 3600;

impl ExportReader for Aws {
    fn needles(&self) -> &'static [&'static str] {
        &["user_creation_time", "reportformat", "accesskeymetadata", "accesskeyid"]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        let states = ["password_enabled", "mfa_active", "access_key_1_active", "access_key_2_active", "cert_1_active"];
        if head.has(&["user", "user_creation_time"]) && head.count(&["arn"]) + head.count(&states) >= 2 {
            return Some(Format { kind: REPORT, records: &[] });
        }
        // what is left of the list when a query took the wrapper off
        if head.has(&["UserName", "AccessKeyId", "Status", "CreateDate"]) {
            return Some(Format { kind: KEYS, records: &[] });
        }
        let list = head.tree.get("AccessKeyMetadata")?.items();
        let of_keys = list.iter().all(|k| k.get("AccessKeyId").is_some() || k.get("UserName").is_some());
        of_keys.then_some(Format { kind: KEYS, records: &["AccessKeyMetadata"] })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        match kind {
            REPORT => user(record, out),
            _ => out.facts.extend(access_key(record)),
        }
    }

    fn end(&self, kind: &'static str, extent: Extent<'_>, out: &mut Drafts) {
        if kind != REPORT || !extent.whole {
            return;
        }
        let account = out.facts.iter().find_map(|f| f.fields.text(principal::TENANT).filter(|_| f.kind == Kind::Principal)).cloned();
        if let Some(account) = account {
            let draft = Draft::new(Kind::Tenant, account.clone(), segment(&account), Spot::at(0, 0));
            out.facts.push(draft.saying(tenant::SHOWS, shown::PRINCIPALS).saying(tenant::SHOWS, shown::CREDENTIALS));
        }
    }
}

/// A claim of what follows from what stands there.
fn infer(draft: &mut Draft, field: Field, value: impl Into<Value<String, Spot>>, quote: &Spot) {
    draft.fields.claim(field, Claim { value: value.into(), quote: quote.clone(), basis: Basis::Inferred, duty: Duty::Must });
}

/// The time in a column, if there is one.
fn time(record: &Record<'_>, column: &str) -> Option<Time> {
    match record.tree.get(column).and_then(moment) {
        Some(Moment::At(time)) => Some(time),
        _ => None,
    }
}

/// A row of a credential report.
fn user(record: &Record<'_>, out: &mut Drafts) {
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

/// An item of `AccessKeyMetadata`: the only export that ties a key id to a user.
fn access_key(record: &Record<'_>) -> Option<Draft> {
    let id = record.text_at(&["AccessKeyId"])?;
    let user = record.text_at(&["UserName"]);
    let anchor = format!("/AccessKeyMetadata{}{}", segment(user.unwrap_or("")), segment(id));
    let mut draft = Draft::new(Kind::Credential, id.to_owned(), anchor, record.spot())
        .saying(credential::TYPE, credential_type::ACCESS_KEY)
        .saying(credential::KEY_ID, id)
        .saying_some(credential::HOLDER, user);
    if let Some((tree, spot)) = record.find(&["Status"]) {
        let word = match tree.text() {
            Some(s) if s.eq_ignore_ascii_case("active") => Some(status::ACTIVE),
            Some(s) if s.eq_ignore_ascii_case("inactive") => Some(status::INACTIVE),
            Some(s) if s.eq_ignore_ascii_case("expired") => Some(status::EXPIRED),
            _ => None,
        };
        if let Some(word) = word {
            draft.fields.say(credential::STATUS, word, &spot);
        }
    }
    if let Some((tree, spot)) = record.find(&["CreateDate"])
        && let Some(Moment::At(time)) = moment(tree)
    {
        // a key is rotated by making another: its age counts from here
        draft.fields.say(credential::ROTATED, time, &spot);
        draft.fields.say(credential::CREATED, time, &spot);
    }
    Some(draft)
}
