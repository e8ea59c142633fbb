//! What holds for a whole account: the state of its root user and the rules for passwords.

use super::PRODUCT;
use crate::fact::{Draft, Kind, credential, credential_type, principal, principal_type, setting, status};
use crate::read::Drafts;
use crate::read::export::input::Head;
use crate::read::export::record::Record;
use crate::tree::Tree;

/// The name of the root user, as credential reports write it.
const ROOT: &str = "<root_account>";

pub(super) fn is_summary(head: &Head<'_>) -> bool {
    super::holds(head, "SummaryMap", &["AccountMFAEnabled", "AccountAccessKeysPresent"])
}

/// Counts of the account: those of the root user are all that tells of it here.
pub(super) fn summary(record: &Record<'_>, out: &mut Drafts) {
    let count = |key: &str| record.find(&[key]).and_then(|(t, at)| t.number().map(|n| (n, at)));
    let mut root = Draft::new(Kind::Principal, ROOT.to_owned(), format!("/{ROOT}"), record.spot())
        .saying(principal::TYPE, principal_type::ROOT)
        .saying(principal::PRIVILEGED, true);
    if let Some((on, at)) = count("AccountMFAEnabled") {
        root.fields.say(principal::MFA, on > 0, &at);
    }
    if let Some((keys, at)) = count("AccountAccessKeysPresent") {
        root.fields.say(principal::ACTIVE_KEYS, keys, &at);
    }
    out.facts.push(root);
    if let Some((_, at)) = count("AccountSigningCertificatesPresent").filter(|(n, _)| *n > 0) {
        let certificate = Draft::new(Kind::Credential, format!("{ROOT} signing certificate"), format!("/{ROOT}/certificate"), at)
            .saying(credential::TYPE, credential_type::CERTIFICATE)
            .saying(credential::HOLDER, ROOT)
            .saying(credential::STATUS, status::ACTIVE);
        out.facts.push(certificate);
    }
}

pub(super) fn is_password_policy(head: &Head<'_>) -> bool {
    super::holds(head, "PasswordPolicy", &["MinimumPasswordLength", "RequireNumbers"])
}

/// The rules for console passwords.
pub(super) fn password_policy(record: &Record<'_>, out: &mut Drafts) {
    if let Some((length, at)) = record.find(&["MinimumPasswordLength"]).and_then(|(t, at)| t.number().map(|n| (n, at))) {
        let mut draft =
            Draft::new(Kind::Setting, "password policy".to_owned(), "/PasswordPolicy/MinimumPasswordLength".to_owned(), at.clone())
                .saying(setting::PRODUCT, PRODUCT)
                .saying(setting::KEY, "minimumPasswordLength");
        draft.fields.say(setting::NUMBER, length, &at);
        let reused = record.tree.get("PasswordReusePrevention").and_then(Tree::number);
        out.facts.push(draft.saying(setting::ENABLED, reused.is_some_and(|n| n > 0)));
    }
}
