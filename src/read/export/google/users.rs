//! Users of the directory: who administers, who has a second factor, and where a recovery code would go.

use crate::fact::{Basis, Kind, Value, authenticator, principal, principal_type, proof};
use crate::read::Drafts;
use crate::read::export::date::{Moment, moment};
use crate::read::export::federation;
use crate::read::export::names::purpose_of;
use crate::read::export::site::{Said, Site, claim};

pub(super) fn user(site: &Site<'_>, out: &mut Drafts) {
    let Some(name) = site.text(&["primaryEmail"]) else { return };
    let admin = site.flag(&["isAdmin"]).filter(|on| on.value).or_else(|| site.flag(&["isDelegatedAdmin"]));
    let mut draft = site.fact(Kind::Principal, name.value, "/users", site.record.spot()).saying(principal::TYPE, principal_type::USER);
    if let Some(on) = admin.clone() {
        claim(&mut draft, principal::PRIVILEGED, on);
    }
    if let Some(off) = site.flag(&["suspended"]) {
        claim(&mut draft, principal::ENABLED, off.map(|off| !off));
    }
    if let Some(on) = site.flag(&["isEnrolledIn2Sv"]) {
        claim(&mut draft, principal::MFA, on);
    }
    for (field, key) in [(principal::CREATED, "creationTime"), (principal::LAST_USED, "lastLoginTime")] {
        match site.find(&[key]).and_then(|(t, at)| moment(t).map(|m| (m, at))) {
            // the epoch stands for no sign-in at all
            Some((Moment::At(time), at)) if time.0 == 0 => draft.fields.say(field, Value::Never, &at),
            Some((Moment::At(time), at)) => draft.fields.say(field, time, &at),
            _ => {}
        }
    }
    if let Some(purpose) = purpose_of(name.value) {
        claim(&mut draft, principal::PURPOSE, Said { value: purpose, at: name.at.clone(), basis: Basis::Inferred });
    }
    draft.say(principal::PRODUCT, super::PRODUCT);
    federation::mail(&mut draft, principal::MAIL, Some(name.clone()));
    federation::mail(&mut draft, principal::RECOVERY_MAIL, site.text(&["recoveryEmail"]));
    out.facts.push(draft);
    let privileged = admin.is_some_and(|on| on.value);
    for (key, word) in [("recoveryEmail", proof::EMAIL_CODE), ("recoveryPhone", proof::SMS_CODE)] {
        if let Some(on) = site.text(&[key]).map(|said| said.map(|_| true)) {
            let mut draft =
                site.authenticator(&format!("{}/{key}", name.value), word, on.clone()).saying(authenticator::PRIVILEGED, privileged);
            claim(&mut draft, authenticator::HOLDER, name.clone());
            claim(&mut draft, authenticator::RECOVERS, on);
            out.facts.push(draft);
        }
    }
}
