//! Self-service password reset: of administrators, which Graph shows, and of users, which only the portal's own interface does.

use crate::fact::{Word, act, channel, population, proof, recovery, setting};
use crate::read::Drafts;
use crate::read::export::site::{Site, claim};

/// Keys of the portal's answer; one of them is misspelt by the product.
pub(super) const KEYS: &[&str] = &[
    "notifyUsersOnPasswordReset",
    "notifyOnAdminPasswordReset",
    "registrationReconfirmIntevalInDays",
    "registrationReconfirmIntervalInDays",
    "emailOptionEnabled",
    "mobilePhoneOptionEnabled",
    "securityQuestionsOptionEnabled",
    "enablementType",
];
/// Methods of the portal's answer.
const OPTIONS: &[(&str, Word, Option<Word>)] = &[
    ("emailOptionEnabled", proof::EMAIL_CODE, Some(channel::EMAIL)),
    ("mobilePhoneOptionEnabled", proof::SMS_CODE, Some(channel::SMS)),
    ("officePhoneOptionEnabled", proof::PHONE_CALL, Some(channel::PHONE)),
    ("securityQuestionsOptionEnabled", proof::KNOWLEDGE_QUESTION, None),
    ("mobileAppNotificationEnabled", proof::PUSH, None),
    ("mobileAppCodeEnabled", proof::TOTP, None),
];

/// `allowedToUseSSPR` is about administrators only: they reset their own password with any two of mail, phone and app.
pub(super) fn authorization(site: &Site<'_>, out: &mut Drafts) {
    let Some(on) = site.flag(&["allowedToUseSSPR"]) else { return };
    let name = "authorizationPolicy/allowedToUseSSPR";
    out.facts.push(site.setting(name, "admin_reset", setting::ENABLED, on.clone()));
    if on.value {
        let mut draft = site.recovery(name, act::PASSWORD_RESET, population::PRIVILEGED.as_str(), on.at.clone());
        for word in [proof::EMAIL_CODE, proof::SMS_CODE] {
            claim(&mut draft, recovery::ASKS, site.inferred(word, &on.at));
        }
        for word in [channel::EMAIL, channel::SMS] {
            claim(&mut draft, recovery::CHANNELS, site.inferred(word, &on.at));
        }
        // the gate of administrators has two locks, whatever they are
        claim(&mut draft, recovery::NEEDS, site.inferred(2, &on.at));
        out.facts.push(draft);
    }
}

pub(super) fn policy(site: &Site<'_>, out: &mut Drafts) {
    // 0: nobody, 1: some, 2: everybody
    if site.number(&["enablementType"]).is_some_and(|t| t.value == 0) {
        return;
    }
    let Some(needed) = site.number(&["numberOfAuthenticationMethodsRequired"]) else { return };
    out.facts.push(site.setting(
        "password reset/numberOfAuthenticationMethodsRequired",
        "reset_methods_needed",
        setting::NUMBER,
        needed.clone(),
    ));
    let mut draft = site.recovery("password reset", act::PASSWORD_RESET, population::USER.as_str(), needed.at.clone());
    claim(&mut draft, recovery::NEEDS, needed);
    for (key, word, channel) in OPTIONS {
        let Some(on) = site.flag(&[key]).filter(|on| on.value) else { continue };
        claim(&mut draft, recovery::ASKS, on.clone().map(|_| *word));
        if let Some(channel) = channel {
            claim(&mut draft, recovery::CHANNELS, on.map(|_| *channel));
        }
    }
    if let Some(on) = site.flag(&["notifyUsersOnPasswordReset"]) {
        claim(&mut draft, recovery::NOTIFIES, on.clone());
        out.facts.push(site.setting("password reset/notifyUsersOnPasswordReset", "reset_notice", setting::ENABLED, on));
    }
    out.facts.push(draft);
    if let Some(on) = site.flag(&["notifyOnAdminPasswordReset"]) {
        out.facts.push(site.setting("password reset/notifyOnAdminPasswordReset", "admin_reset_notice", setting::ENABLED, on));
    }
    for key in ["registrationReconfirmIntevalInDays", "registrationReconfirmIntervalInDays"] {
        if let Some(days) = site.number(&[key]) {
            out.facts.push(site.setting("password reset/registrationReconfirmIntervalInDays", "reset_reconfirm", setting::NUMBER, days));
        }
    }
}
