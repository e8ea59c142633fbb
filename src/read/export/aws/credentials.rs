//! What users sign in and sign with: access keys, console passwords, service passwords, SSH keys, certificates, second factors.

use super::{PRODUCT, account_of, holds, lists};
use crate::artifact::Spot;
use crate::fact::{Draft, Kind, Time, Word, authenticator, credential, credential_type, proof, status};
use crate::read::Drafts;
use crate::read::export::date::{Moment, moment};
use crate::read::export::input::Head;
use crate::read::export::record::{Record, segment};
use crate::tree::{Node, Tree};

pub(super) fn is_keys(head: &Head<'_>) -> bool {
    let list = head.tree.get("AccessKeyMetadata").filter(|t| matches!(t.node, Node::List(_)));
    list.is_some_and(|l| l.items().iter().all(|k| k.get("AccessKeyId").is_some() || k.get("UserName").is_some()))
}

pub(super) fn is_key(head: &Head<'_>) -> bool {
    head.has(&["UserName", "AccessKeyId", "Status", "CreateDate"])
}

pub(super) fn is_login(head: &Head<'_>) -> bool {
    holds(head, "LoginProfile", &["UserName", "CreateDate"])
}

pub(super) fn is_ssh(head: &Head<'_>) -> bool {
    lists(head, "SSHPublicKeys", &["SSHPublicKeyId", "Status"])
}

pub(super) fn is_signing(head: &Head<'_>) -> bool {
    let some = head.tree.get("Certificates").is_some_and(|l| !l.items().is_empty());
    some && lists(head, "Certificates", &["CertificateId", "UserName", "Status"])
}

pub(super) fn is_devices(head: &Head<'_>) -> bool {
    lists(head, "MFADevices", &["SerialNumber"]) || lists(head, "VirtualMFADevices", &["SerialNumber"])
}

/// The state of a credential, in the words of the vendor.
fn say_status(draft: &mut Draft, record: &Record<'_>) {
    let Some((tree, spot)) = record.find(&["Status"]) else { return };
    let word: Option<Word> = match tree.text().map(str::to_ascii_lowercase).as_deref() {
        Some("active") => Some(status::ACTIVE),
        Some("inactive") => Some(status::INACTIVE),
        Some("expired") => Some(status::EXPIRED),
        _ => None,
    };
    if let Some(word) = word {
        draft.fields.say(credential::STATUS, word, &spot);
    }
}

fn time_at(record: &Record<'_>, key: &str) -> Option<(Time, Spot)> {
    let (tree, spot) = record.find(&[key])?;
    match moment(tree) {
        Some(Moment::At(time)) => Some((time, spot)),
        _ => None,
    }
}

/// An item of `AccessKeyMetadata`: the only export that ties a key id to a user.
pub(super) fn access_key(record: &Record<'_>, out: &mut Drafts) {
    let Some(id) = record.text_at(&["AccessKeyId"]) else { return };
    let user = record.text_at(&["UserName"]);
    let anchor = format!("/AccessKeyMetadata{}{}", segment(user.unwrap_or("")), segment(id));
    let mut draft = Draft::new(Kind::Credential, id.to_owned(), anchor, record.spot())
        .saying(credential::PRODUCT, PRODUCT)
        .saying(credential::TYPE, credential_type::ACCESS_KEY)
        .saying(credential::KEY_ID, id)
        .saying_some(credential::HOLDER, user);
    say_status(&mut draft, record);
    if let Some((time, spot)) = time_at(record, "CreateDate") {
        // a key is rotated by making another: its age counts from here
        draft.fields.say(credential::ROTATED, time, &spot);
        draft.fields.say(credential::CREATED, time, &spot);
    }
    out.facts.push(draft);
}

/// The console password of a user, and whether it has to be changed at the next sign-in.
pub(super) fn login_profile(record: &Record<'_>, out: &mut Drafts) {
    let Some(user) = record.text_at(&["UserName"]) else { return };
    let mut draft =
        Draft::new(Kind::Credential, format!("{user} console password"), format!("/LoginProfile{}", segment(user)), record.spot())
            .saying(credential::PRODUCT, PRODUCT)
            .saying(credential::TYPE, credential_type::PASSWORD)
            .saying(credential::HOLDER, user)
            .saying(credential::STATUS, status::ACTIVE);
    if let Some((time, spot)) = time_at(record, "CreateDate") {
        draft.fields.say(credential::CREATED, time, &spot);
    }
    if let Some((flag, spot)) = record.find(&["PasswordResetRequired"]).and_then(|(t, at)| t.flag().map(|f| (f, at))) {
        draft.fields.say(credential::TEMPORARY, flag, &spot);
    }
    out.facts.push(draft);
}

/// A password for one service, which no credential report shows.
pub(super) fn service_specific(record: &Record<'_>, out: &mut Drafts) {
    let (Some(id), Some(user)) = (record.text_at(&["ServiceSpecificCredentialId"]), record.text_at(&["UserName"])) else { return };
    let service = record.text_at(&["ServiceName"]).unwrap_or("a service");
    let service = service.trim_end_matches(".amazonaws.com");
    dated(
        record,
        credential_type::PASSWORD,
        format!("{user} password for {service}"),
        ("ServiceSpecificCredentials", user, id),
        "CreateDate",
        out,
    );
}

/// A key for git over SSH.
pub(super) fn ssh_key(record: &Record<'_>, out: &mut Drafts) {
    let (Some(id), Some(user)) = (record.text_at(&["SSHPublicKeyId"]), record.text_at(&["UserName"])) else { return };
    dated(record, credential_type::PRIVATE_KEY, format!("{user} SSH key {id}"), ("SSHPublicKeys", user, id), "UploadDate", out);
}

/// A certificate that signs requests.
pub(super) fn certificate(record: &Record<'_>, out: &mut Drafts) {
    let (Some(id), Some(user)) = (record.text_at(&["CertificateId"]), record.text_at(&["UserName"])) else { return };
    dated(record, credential_type::CERTIFICATE, format!("{user} signing certificate {id}"), ("Certificates", user, id), "UploadDate", out);
}

fn dated(record: &Record<'_>, sort: Word, name: String, (list, user, id): (&str, &str, &str), date: &str, out: &mut Drafts) {
    let mut draft = Draft::new(Kind::Credential, name, format!("/{list}{}{}", segment(user), segment(id)), record.spot())
        .saying(credential::PRODUCT, PRODUCT)
        .saying(credential::TYPE, sort)
        .saying(credential::HOLDER, user)
        .saying(credential::KEY_ID, id);
    say_status(&mut draft, record);
    if let Some((time, spot)) = time_at(record, date) {
        draft.fields.say(credential::ROTATED, time, &spot);
    }
    out.facts.push(draft);
}

/// A second factor. The serial number tells what it is: a program's has the form of an address, a security key says so.
pub(super) fn device(record: &Record<'_>, out: &mut Drafts) {
    let Some(serial) = record.text_at(&["SerialNumber"]) else { return };
    let user = record.text_at(&["UserName"]).or_else(|| record.text_at(&["User", "UserName"]));
    let Some(user) = user.or_else(|| record.tree.path(&["User", "Arn"]).and_then(Tree::text).and_then(|a| a.rsplit('/').next())) else {
        return;
    };
    let factor = if serial.contains(":u2f/") { proof::PASSKEY } else { proof::TOTP };
    let draft = Draft::new(Kind::Authenticator, format!("{user} {serial}"), format!("/MFADevices{}", segment(serial)), record.spot())
        .saying(authenticator::HOLDER, user)
        .saying_some(authenticator::TENANT, account_of(serial))
        .saying(authenticator::FACTOR, factor)
        .saying(authenticator::ENABLED, true);
    out.facts.push(draft);
}
