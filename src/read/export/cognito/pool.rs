//! A pool: how a forgotten password is replaced, whether a second factor is asked for; a client: how long its tokens live.

use super::{HIDES, PRODUCT};
use crate::artifact::Spot;
use crate::fact::{Basis, Value, Word, act, channel, population, proof, recovery, setting};
use crate::read::Drafts;
use crate::read::export::record::Record;
use crate::read::export::site::{Said, Site, claim};
use crate::tree::Tree;

/// A mechanism, what it asks for, and how it is sent.
const MECHANISMS: &[(&str, Word, Word)] =
    &[("verified_email", proof::EMAIL_CODE, channel::EMAIL), ("verified_phone_number", proof::SMS_CODE, channel::SMS)];
/// Seconds of the units that token lives are counted in.
const UNITS: &[(&str, i64)] = &[("seconds", 1), ("minutes", 60), ("hours", 3600), ("days", 86_400)];
const DAY: i64 = 86_400;

/// The records under the first of these paths, of which a step may be a list of blocks.
fn under<'a>(record: &Record<'a>, paths: &[&[&str]]) -> Vec<Record<'a>> {
    paths.iter().map(|path| deep(record, path)).find(|found| !found.is_empty()).unwrap_or_default()
}

fn deep<'a>(record: &Record<'a>, path: &[&str]) -> Vec<Record<'a>> {
    let Some((first, rest)) = path.split_first() else { return vec![record.inner(record.tree, "")] };
    record.items(&[first]).iter().flat_map(|inner| deep(inner, rest)).collect()
}

/// The first value under one of these paths.
fn value<'a, T>(record: &Record<'a>, paths: &[&[&str]], of: impl Fn(&'a Tree) -> Option<T>) -> Option<Said<T>> {
    let found = under(record, paths);
    let first = found.first()?;
    Some(Said { value: of(first.tree)?, at: first.spot(), basis: Basis::Explicit })
}

pub(super) fn pool(site: &Site<'_>, name: &str, out: &mut Drafts) {
    let record = site.record;
    out.facts.push(site.tenant(PRODUCT, &[], HIDES));
    let mfa = value(record, &[&["MfaConfiguration"], &["mfa_configuration"]], |t| t.scalar().map(str::to_uppercase));
    let mfa = mfa.unwrap_or_else(|| site.default("OFF".to_owned()));
    out.facts.push(site.setting(&format!("{name}/MfaConfiguration"), "mfa", setting::VALUE, mfa.clone()));
    let second = factors(record, &mfa);
    let password = Said { value: proof::PASSWORD, at: record.spot(), basis: Basis::Explicit };
    let asked: &[Said<Word>] = if mfa.value == "ON" { &second } else { &[] };
    site.sign_ins(name, population::CUSTOMER.as_str(), &[password], asked, out);
    recoveries(site, name, &mfa, &second, out);

    let policy: [&[&str]; 2] = [&["Policies", "PasswordPolicy"], &["password_policy"]];
    for held in under(record, &policy) {
        if let Some(least) = value(&held, &[&["MinimumLength"], &["minimum_length"]], Tree::number) {
            out.facts.push(site.setting(&format!("{name}/MinimumLength"), "password_length", setting::NUMBER, least));
        }
        if let Some(days) = value(&held, &[&["TemporaryPasswordValidityDays"], &["temporary_password_validity_days"]], Tree::number) {
            let life = days.map(|d| Value::Duration(d.saturating_mul(DAY)));
            out.facts.push(site.setting(&format!("{name}/TemporaryPasswordValidityDays"), "temporary_password", setting::LIFETIME, life));
        }
    }
}

/// The second factors that a pool could ask for.
fn factors(record: &Record<'_>, mfa: &Said<String>) -> Vec<Said<Word>> {
    let listed = under(record, &[&["EnabledMfas"], &["enabled_mfas"]]);
    let has = |word: &str| listed.iter().any(|m| m.tree.text() == Some(word));
    let texts = has("SMS_MFA") || (listed.is_empty() && !under(record, &[&["SmsConfiguration"], &["sms_configuration"]]).is_empty());
    let app = has("SOFTWARE_TOKEN_MFA")
        || value(record, &[&["software_token_mfa_configuration", "enabled"], &["SoftwareTokenMfaConfiguration", "Enabled"]], Tree::flag)
            .is_some_and(|on| on.value);
    let on = |is: bool, word: Word| is.then(|| mfa.clone().map(|_| word));
    [on(texts, proof::SMS_CODE), on(app, proof::TOTP)].into_iter().flatten().collect()
}

fn recoveries(site: &Site<'_>, name: &str, mfa: &Said<String>, second: &[Said<Word>], out: &mut Drafts) {
    let record = site.record;
    let found = under(record, &[&["AccountRecoverySetting", "RecoveryMechanisms"], &["account_recovery_setting", "recovery_mechanism"]]);
    let text = |r: &Record<'_>, keys: &[&str]| keys.iter().find_map(|key| r.text_at(&[key])).map(str::to_owned);
    let mut ways: Vec<(i64, Said<String>)> = found
        .iter()
        .filter_map(|r| {
            let priority = text(r, &["Priority", "priority"]).and_then(|p| p.parse().ok()).unwrap_or(1);
            Some((priority, Said { value: text(r, &["Name", "name"])?, at: r.spot(), basis: Basis::Explicit }))
        })
        .collect();
    ways.sort_by_key(|(priority, _)| *priority);
    let mut ways: Vec<Said<String>> = ways.into_iter().map(|(_, way)| way).collect();
    if ways.is_empty() {
        // a pool that says nothing sends a text message where it has a number, and a mail where it has not
        ways = ["verified_phone_number", "verified_email"].map(|way| site.default(way.to_owned())).to_vec();
    }
    let label = format!("{name}/AccountRecoverySetting");
    if let Some(first) = ways.first() {
        out.facts.push(site.setting(&label, "first_recovery", setting::VALUE, first.clone()));
    }
    let Some(first) = ways.iter().find(|w| MECHANISMS.iter().any(|(m, ..)| *m == w.value)) else { return };
    let mut draft = site.recovery(&label, act::PASSWORD_RESET, population::CUSTOMER.as_str(), first.at.clone());
    for way in &ways {
        let Some((_, word, by)) = MECHANISMS.iter().find(|(m, ..)| *m == way.value) else { continue };
        claim(&mut draft, recovery::ASKS, way.clone().map(|_| *word));
        claim(&mut draft, recovery::CHANNELS, way.clone().map(|_| *by));
    }
    if mfa.value != "OFF" {
        for factor in second.iter().filter(|f| f.value == proof::SMS_CODE) {
            claim(&mut draft, recovery::FRONT_FACTORS, factor.clone().map(|_| channel::SMS));
        }
    }
    // any one of them is enough
    claim(&mut draft, recovery::NEEDS, first.clone().map(|_| 1));
    claim(&mut draft, recovery::ADDRESS_VERIFIED, kept(site, &ways));
    out.facts.push(draft);
}

/// Whether a new address has to be confirmed before it takes the place of the old one.
fn kept(site: &Site<'_>, ways: &[Said<String>]) -> Said<bool> {
    let settings = [
        &["UserAttributeUpdateSettings", "AttributesRequireVerificationBeforeUpdate"][..],
        &["user_attribute_update_settings", "attributes_require_verification_before_update"],
    ];
    let listed = under(site.record, &settings);
    let covers = |attribute: &str| listed.iter().any(|a| a.tree.text() == Some(attribute));
    let needed = |way: &Said<String>| match way.value.as_str() {
        "verified_email" => covers("email"),
        "verified_phone_number" => covers("phone_number"),
        _ => true,
    };
    match listed.first().map(Record::spot) {
        Some(at) => Said { value: ways.iter().all(needed), at, basis: Basis::Explicit },
        None => site.default(false),
    }
}

pub(super) fn client(site: &Site<'_>, name: &str, out: &mut Drafts) {
    let record = site.record;
    if let Some(on) = value(record, &[&["EnableTokenRevocation"], &["enable_token_revocation"]], Tree::flag) {
        out.facts.push(site.setting(&format!("{name}/EnableTokenRevocation"), "token_revocation", setting::ENABLED, on));
    }
    let unit = value(record, &[&["TokenValidityUnits", "RefreshToken"], &["token_validity_units", "refresh_token"]], |t| {
        t.text().map(str::to_lowercase)
    });
    let unit = unit.and_then(|u| UNITS.iter().find(|(word, _)| *word == u.value)).map_or(DAY, |(_, seconds)| *seconds);
    if let Some(count) = value(record, &[&["RefreshTokenValidity"], &["refresh_token_validity"]], Tree::number) {
        let life: Said<Value<String, Spot>> = count.map(|n| Value::Duration(n.saturating_mul(unit)));
        out.facts.push(site.setting(&format!("{name}/RefreshTokenValidity"), "refresh_token", setting::LIFETIME, life));
    }
}
