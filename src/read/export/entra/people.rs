//! Users, the factors they have registered, and groups that policies leave out.

use super::PRODUCT;
use crate::fact::{Basis, Draft, Kind, Word, authenticator, membership, principal, principal_type, proof, purpose};
use crate::read::Drafts;
use crate::read::export::federation;
use crate::read::export::input::Head;
use crate::read::export::names::purpose_of;
use crate::read::export::record::segment;
use crate::read::export::site::{Said, Site, claim};

/// Registered methods and what they ask for.
const METHODS: &[(&str, Word)] = &[
    ("mobilePhone", proof::SMS_CODE),
    ("alternateMobilePhone", proof::SMS_CODE),
    ("officePhone", proof::PHONE_CALL),
    ("email", proof::EMAIL_CODE),
    ("securityQuestion", proof::KNOWLEDGE_QUESTION),
    ("microsoftAuthenticatorPush", proof::PUSH),
    ("microsoftAuthenticatorPasswordless", proof::PUSH),
    ("softwareOneTimePasscode", proof::TOTP),
    ("hardwareOneTimePasscode", proof::TOTP),
    ("fido2SecurityKey", proof::PASSKEY),
    ("windowsHelloForBusiness", proof::PASSKEY),
    ("passKeyDeviceBound", proof::PASSKEY),
    ("passKeyDeviceBoundAuthenticator", proof::PASSKEY),
    ("passKeyDeviceBoundWindowsHello", proof::PASSKEY),
    ("temporaryAccessPass", proof::RECOVERY_CODE),
];

pub(super) fn is_user(head: &Head<'_>) -> bool {
    let own = [
        "onPremisesSyncEnabled",
        "onPremisesImmutableId",
        "accountEnabled",
        "passwordPolicies",
        "userType",
        "passwordProfile",
        "lastPasswordChangeDateTime",
    ];
    head.has(&["userPrincipalName"]) && head.count(&own) >= 2
}

pub(super) fn is_group(head: &Head<'_>) -> bool {
    head.has(&["id", "displayName", "securityEnabled"])
        && head.count(&["isAssignableToRole", "groupTypes", "membershipRule", "mailEnabled", "isManagementRestricted"]) >= 2
}

pub(super) fn user(site: &Site<'_>, out: &mut Drafts) {
    let Some(name) = site.text(&["userPrincipalName"]) else { return };
    let mut draft = site
        .fact(Kind::Principal, name.value, "/users", site.record.spot())
        .saying(principal::TYPE, principal_type::USER)
        .saying(principal::PRODUCT, PRODUCT)
        .saying_some(principal::PRINCIPAL_ID, site.record.text_at(&["id"]));
    federation::mail(&mut draft, principal::MAIL, site.text(&["mail"]).or_else(|| Some(name.clone())));
    for other in site.record.items(&["otherMails"]) {
        federation::mail(&mut draft, principal::RECOVERY_MAIL, site.over(&other).text(&[]));
    }
    if let Some(on) = site.flag(&["accountEnabled"]) {
        claim(&mut draft, principal::ENABLED, on);
    }
    let synced = site.flag(&["onPremisesSyncEnabled"]).or_else(|| site.text(&["onPremisesImmutableId"]).map(|id| id.map(|_| true)));
    if let Some(on) = synced {
        claim(&mut draft, principal::SYNCED, on);
    }
    if let Some(word) = purpose_of(name.value).or_else(|| site.record.text_at(&["displayName"]).and_then(purpose_of)) {
        claim(&mut draft, principal::PURPOSE, Said { value: word, at: name.at.clone(), basis: Basis::Inferred });
        if word == purpose::BREAK_GLASS {
            claim(&mut draft, principal::PRIVILEGED, Said { value: true, at: name.at, basis: Basis::Inferred });
        }
    }
    out.facts.push(draft);
}

pub(super) fn group(site: &Site<'_>, out: &mut Drafts) {
    let Some(name) = site.text(&["displayName"]) else { return };
    let mut draft = site
        .fact(Kind::Principal, name.value, "/groups", site.record.spot())
        .saying(principal::TYPE, principal_type::GROUP)
        .saying(principal::PRODUCT, PRODUCT)
        .saying_some(principal::PRINCIPAL_ID, site.record.text_at(&["id"]));
    let (assignable, restricted) = (site.flag(&["isAssignableToRole"]), site.flag(&["isManagementRestricted"]));
    // null means no; a key that was not selected means nothing
    let stated = site.record.find(&["isAssignableToRole"]).is_some() || site.record.find(&["isManagementRestricted"]).is_some();
    if stated {
        let on = assignable.is_some_and(|a| a.value) || restricted.is_some_and(|r| r.value);
        draft.say(principal::PROTECTED, on);
    }
    out.facts.push(draft);
    for member in site.record.items(&["members"]) {
        let Some(who) = ["userPrincipalName", "displayName", "id"].iter().find_map(|key| member.text_at(&[key])) else { continue };
        out.facts.push(
            site.fact(Kind::Membership, &format!("{who} in {}", name.value), "/members", member.spot())
                .saying(membership::MEMBER, who)
                .saying(membership::GROUP, name.value),
        );
    }
}

/// People whom an exporting tool keeps below their group: only the path tells which, by its identifier.
pub(super) fn members(path: &str, out: &mut Drafts) {
    let mut parts = path.rsplit('/').skip_while(|part| !part.eq_ignore_ascii_case("members")).skip(1);
    let (Some(group), Some(_)) = (parts.next(), parts.next().filter(|above| above.eq_ignore_ascii_case("groups"))) else { return };
    let people: Vec<Draft> = out
        .facts
        .iter()
        .filter(|f| f.kind == Kind::Principal)
        .map(|f| {
            Draft::new(Kind::Membership, format!("{} in {group}", f.name), format!("/members{}", segment(&f.name)), f.at.clone())
                .saying(membership::MEMBER, f.name.as_str())
                .saying(membership::GROUP, group)
        })
        .collect();
    out.facts.extend(people);
}

/// A line of the report on registered methods.
pub(super) fn registration(site: &Site<'_>, out: &mut Drafts) {
    let Some(name) = ["userPrincipalName", "userDisplayName", "id"].iter().find_map(|key| site.text(&[key])) else { return };
    let admin = site.flag(&["isAdmin"]);
    let emergency = purpose_of(name.value) == Some(purpose::BREAK_GLASS);
    let mut draft = site
        .fact(Kind::Principal, name.value, "/registrations", site.record.spot())
        .saying(principal::TYPE, principal_type::USER)
        .saying(principal::PRODUCT, PRODUCT)
        .saying_some(principal::PRINCIPAL_ID, site.record.text_at(&["id"]));
    if let Some(on) = admin.clone() {
        claim(&mut draft, principal::PRIVILEGED, on);
    }
    if let Some(on) = site.flag(&["isMfaRegistered"]).or_else(|| site.flag(&["isMfaCapable"])) {
        claim(&mut draft, principal::MFA, on);
    }
    if let Some(on) = site.flag(&["isSsprRegistered"]) {
        claim(&mut draft, principal::RESETS_ITSELF, on);
    }
    if emergency {
        claim(&mut draft, principal::PURPOSE, Said { value: purpose::BREAK_GLASS, at: name.at.clone(), basis: Basis::Inferred });
    }
    let methods = registered(site);
    if site.find(&["methodsRegistered"]).is_some() {
        draft.say(principal::RESISTANT, methods.iter().any(|(m, _)| matches!(word(m), Some(proof::PASSKEY | proof::CERTIFICATE))));
    }
    out.facts.push(draft);
    for (method, at) in methods {
        let Some(word) = word(&method) else { continue };
        let on = Said { value: true, at, basis: Basis::Explicit };
        let mut draft = site
            .authenticator(&format!("{}/{method}", name.value), word, on)
            .saying(authenticator::PRIVILEGED, admin.as_ref().is_some_and(|a| a.value))
            .saying(authenticator::EMERGENCY, emergency);
        claim(&mut draft, authenticator::HOLDER, name.clone());
        out.facts.push(draft);
    }
}

fn word(method: &str) -> Option<Word> {
    METHODS.iter().find(|(m, _)| m.eq_ignore_ascii_case(method)).map(|(_, word)| *word)
}

/// Methods as a list, or as one text of a table: `mobilePhone, fido2SecurityKey`, `{mobilePhone; email}`.
fn registered(site: &Site<'_>) -> Vec<(String, crate::artifact::Spot)> {
    let items = site.record.items(&["methodsRegistered"]);
    let split = |text: &str| {
        text.split([',', ';', '|', '{', '}', '[', ']', '"']).map(|m| m.trim().to_owned()).filter(|m| !m.is_empty()).collect::<Vec<_>>()
    };
    items.iter().flat_map(|i| split(i.tree.scalar().unwrap_or_default()).into_iter().map(|m| (m, i.spot()))).collect()
}
