//! Password policies and their rules: how a forgotten password is replaced.

use super::{first, population};
use crate::fact::{Basis, Value, Word, act, channel, proof, recovery, setting};
use crate::read::Drafts;
use crate::read::export::site::{Said, Site, claim};

/// A way back in: what the API calls it, what the provider calls it, what it asks for, how it is sent, and whether a policy that
/// the provider makes has it on when nothing is said.
type Way = (&'static str, &'static str, Word, Option<Word>, bool);

const WAYS: &[Way] = &[
    ("recovery_question", "question_recovery", proof::KNOWLEDGE_QUESTION, None, true),
    ("okta_email", "email_recovery", proof::EMAIL_CODE, Some(channel::EMAIL), true),
    ("okta_sms", "sms_recovery", proof::SMS_CODE, Some(channel::SMS), false),
    ("okta_call", "call_recovery", proof::PHONE_CALL, Some(channel::PHONE), false),
];
/// Minutes that a mailed recovery token lives by default.
const STOCK_MINUTES: i64 = 60;

pub(super) fn policy(site: &Site<'_>, out: &mut Drafts) {
    let name = site.record.text_at(&["name"]).unwrap_or("password policy");
    policy_named(site, name, false, out);
}

/// A policy, as the API answers it or as it is written for the provider.
pub(super) fn policy_named(site: &Site<'_>, name: &str, written: bool, out: &mut Drafts) {
    for (api, provider, word, channel, or) in WAYS {
        let on = first(&[&["settings", "recovery", "factors", api, "status"], &[provider]], |path| site.text(path))
            .map(|s| s.map(|status| status.eq_ignore_ascii_case("ACTIVE")));
        // what the API does not list it does not have; what nobody wrote the provider fills in
        let Some(on) = on.or_else(|| written.then(|| site.default(*or))).filter(|on| on.value) else { continue };
        let label = if written { provider } else { api };
        let mut draft = site.recovery(&format!("{name}/{label}"), act::PASSWORD_RESET, &population(site), on.at.clone());
        claim(&mut draft, recovery::ASKS, on.clone().map(|_| *word));
        if let Some(channel) = channel {
            claim(&mut draft, recovery::CHANNELS, on.clone().map(|_| *channel));
        }
        if *word == proof::EMAIL_CODE {
            let life = first(
                &[
                    &["settings", "recovery", "factors", api, "properties", "recoveryToken", "tokenLifetimeMinutes"],
                    &["recovery_email_token"],
                ],
                |path| site.span(path, 60),
            );
            claim(&mut draft, recovery::LIFETIME, life.unwrap_or_else(|| site.default(Value::Duration(STOCK_MINUTES * 60))));
        }
        // the policy asks for nothing more; a rule below it may
        out.facts.push(draft.could_say(&[recovery::STEPS_UP, recovery::STEP_UP_ASKS]));
    }
    let numbers: [(&str, &[&[&str]], &str); 2] = [
        ("password_length", &[&["settings", "password", "complexity", "minLength"], &["password_min_length"]], "minLength"),
        ("lockout", &[&["settings", "password", "lockout", "maxAttempts"], &["password_max_lockout_attempts"]], "maxAttempts"),
    ];
    for (key, paths, label) in numbers {
        if let Some(number) = first(paths, |path| site.number(path)) {
            out.facts.push(site.setting(&format!("{name}/{label}"), key, setting::NUMBER, number));
        }
    }
}

/// The factor that a method of a rule asks for.
pub(super) fn method(name: &str) -> Option<(Word, Option<Word>)> {
    Some(match name {
        "sms" => (proof::SMS_CODE, Some(channel::SMS)),
        "voice" | "call" => (proof::PHONE_CALL, Some(channel::PHONE)),
        "email" => (proof::EMAIL_CODE, Some(channel::EMAIL)),
        "push" | "signed_nonce" => (proof::PUSH, None),
        "otp" | "totp" | "duo" => (proof::TOTP, None),
        "security_question" => (proof::KNOWLEDGE_QUESTION, None),
        "webauthn" => (proof::PASSKEY, None),
        "password" => (proof::PASSWORD, None),
        _ => return None,
    })
}

pub(super) fn rule(site: &Site<'_>, out: &mut Drafts) {
    let name = site.record.text_at(&["name"]).unwrap_or("password rule");
    let action = ["actions", "selfServicePasswordReset"];
    let Some(on) = site.text(&[&action[..], &["access"]].concat()) else { return };
    let at = |key: &[&'static str]| [&action[..], &["requirement"], key].concat();
    let reading = Reading {
        on: on.map(|access| access.eq_ignore_ascii_case("ALLOW")),
        control: site.text(&at(&["accessControl"])),
        primary: methods(site, &at(&["primary", "methods"])),
        step_up: site.flag(&at(&["stepUp", "required"])),
        second: methods(site, &at(&["stepUp", "methods"])),
        stated: site.find(&at(&[])).is_some(),
    };
    reading.state(site, name, out);
}

pub(super) fn methods(site: &Site<'_>, path: &[&str]) -> Vec<Said<String>> {
    let items = site.record.items(path);
    items.iter().filter_map(|m| Some(Said { value: m.tree.scalar()?.to_lowercase(), at: m.spot(), basis: Basis::Explicit })).collect()
}

/// A rule that lets people reset their password, whoever wrote it.
pub(super) struct Reading<'a> {
    pub(super) on: Said<bool>,
    /// `LEGACY`: the rule decides; `AUTH_POLICY`: a sign-in policy does.
    pub(super) control: Option<Said<&'a str>>,
    pub(super) primary: Vec<Said<String>>,
    pub(super) step_up: Option<Said<bool>>,
    pub(super) second: Vec<Said<String>>,
    /// Whether it says anything of what it asks for.
    pub(super) stated: bool,
}

impl Reading<'_> {
    pub(super) fn state(self, site: &Site<'_>, name: &str, out: &mut Drafts) {
        if !self.on.value || !self.stated {
            return;
        }
        let elsewhere = self.control.as_ref().is_some_and(|c| c.value.eq_ignore_ascii_case("AUTH_POLICY"));
        if elsewhere {
            return;
        }
        let stepped = self.step_up.clone().unwrap_or_else(|| site.default(!self.second.is_empty()));
        let ways: Vec<(Said<String>, Word, Option<Word>)> =
            self.primary.into_iter().filter_map(|m| method(&m.value).map(|(word, channel)| (m, word, channel))).collect();
        let second: Vec<Said<Word>> = self
            .second
            .iter()
            .filter(|_| stepped.value)
            .filter_map(|m| method(&m.value).map(|(word, _)| m.clone().map(|_| word)))
            .collect();
        // each primary method is a way of its own: the weakest decides
        for (said, word, channel) in ways {
            let label = format!("{name}/selfServicePasswordReset/{}", said.value);
            let mut draft = site.recovery(&label, act::PASSWORD_RESET, &population(site), said.at.clone());
            claim(&mut draft, recovery::ASKS, said.clone().map(|_| word));
            if let Some(channel) = channel {
                claim(&mut draft, recovery::CHANNELS, said.map(|_| channel));
            }
            claim(&mut draft, recovery::STEPS_UP, stepped.clone());
            for factor in &second {
                claim(&mut draft, recovery::STEP_UP_ASKS, factor.clone());
            }
            out.facts.push(draft.could_say(&[recovery::STEP_UP_ASKS]));
        }
    }
}
