//! What the Terraform provider calls the things of Okta. What nobody wrote, the provider fills in: such values are defaults.

use super::passwords::{self, Reading, methods};
use super::{PRODUCT, access, admins, factors};
use crate::fact::{Basis, Kind, access_rule, binding, setting};
use crate::read::Drafts;
use crate::read::export::site::{Said, Site, claim};

/// The mails that tell a user of a change; each is on unless it is switched off.
const NOTICES: &[&str] = &[
    "send_email_for_new_device_enabled",
    "send_email_for_factor_enrollment_enabled",
    "send_email_for_factor_reset_enabled",
    "send_email_for_password_changed_enabled",
    "report_suspicious_activity_enabled",
];

/// Reads a resource. Gives whether it is one of ours.
pub(in crate::read::export) fn resource(kind: &str, address: &str, site: &Site<'_>, out: &mut Drafts) -> bool {
    let site = &Site { product: PRODUCT, ..*site };
    let in_force = site.record.text_at(&["status"]).is_none_or(|s| !s.eq_ignore_ascii_case("INACTIVE"));
    match kind {
        "okta_policy_password" | "okta_policy_password_default" if in_force => passwords::policy_named(site, address, true, out),
        "okta_policy_rule_password" if in_force => password_rule(site, address, out),
        "okta_policy_mfa" | "okta_policy_mfa_default" if in_force => enrolment(site, address, out),
        "okta_authenticator" if in_force => authenticator(site, address, out),
        "okta_policy_rule_signon" if in_force => sign_on(site, address, out),
        "okta_app_signon_policy_rule" if in_force => application(site, address, out),
        "okta_group_role" | "okta_user_admin_roles" => roles(site, address, out),
        "okta_admin_role_custom" => admins::custom_named(site, address, out),
        "okta_api_token" => {
            if let Some(from) = site
                .record
                .items(&["network"])
                .first()
                .and_then(|n| n.find(&["connection"]).map(|(t, at)| (t.scalar().unwrap_or_default().to_uppercase(), at)))
            {
                out.facts.push(site.setting(
                    address,
                    "token_network",
                    setting::VALUE,
                    Said { value: from.0, at: from.1, basis: Basis::Explicit },
                ));
            }
        }
        "okta_security_notification_emails" => {
            for key in NOTICES {
                if let Some(on) = site.flag(&[key]) {
                    out.facts.push(site.setting(&format!("{address}/{key}"), "notice", setting::ENABLED, on));
                }
            }
        }
        _ => return kind.starts_with("okta_"),
    }
    true
}

/// Roles of a group or user. Without targets a role holds for the whole organisation.
fn roles(site: &Site<'_>, address: &str, out: &mut Drafts) {
    let targets = site.record.items(&["target_group_list"]);
    let scope = if targets.is_empty() { "organization" } else { "groups" };
    for held in [site.record.items(&["role_type"]), site.record.items(&["admin_roles"])].into_iter().flatten() {
        let Some(role) = held.tree.text() else { continue };
        let mut draft = site
            .fact(Kind::Binding, address, "/roles", held.spot())
            .saying(binding::PRODUCT, PRODUCT)
            .saying(binding::PRINCIPAL, address)
            .saying(binding::ROLE, role);
        claim(&mut draft, binding::SCOPE, site.default(scope).explicit_if(!targets.is_empty()));
        out.facts.push(draft);
    }
}

fn password_rule(site: &Site<'_>, address: &str, out: &mut Drafts) {
    let needs = site.record.items(&["password_reset_requirement"]);
    let inner = needs.first().map(|n| site.over(n));
    let within = |path: &[&str]| inner.as_ref().map(|i| methods(i, path)).unwrap_or_default();
    let allow = site.text(&["password_reset"]).map(|s| s.map(|v| v.eq_ignore_ascii_case("ALLOW")));
    let reading = Reading {
        on: allow.unwrap_or_else(|| site.default(true)),
        control: site.text(&["password_reset_access_control"]),
        primary: within(&["primary_methods"]),
        step_up: inner.as_ref().and_then(|i| i.flag(&["step_up_enabled"])),
        second: within(&["step_up_methods"]),
        stated: inner.is_some(),
    };
    reading.state(site, address, out);
}

/// Factors of a policy are attributes whose value is a map: `okta_question = { enroll = "OPTIONAL" }`.
fn enrolment(site: &Site<'_>, address: &str, out: &mut Drafts) {
    let entries = site.record.tree.entries();
    let found = entries.iter().filter_map(|e| {
        let said = site.text(&[&e.key, "enroll"])?;
        Some((e.key.to_string(), said.map(str::to_owned)))
    });
    factors::enrolment_named(site, address, found.collect(), out);
}

fn authenticator(site: &Site<'_>, address: &str, out: &mut Drafts) {
    let Some(key) = site.text(&["key"]) else { return };
    let allowed = site.text(&["settings", "allowedFor"]);
    factors::authenticator_named(site, &format!("{address}/{}", key.value), key, allowed, out);
}

fn sign_on(site: &Site<'_>, address: &str, out: &mut Drafts) {
    if site.record.text_at(&["access"]).is_some_and(|a| a.eq_ignore_ascii_case("DENY")) {
        return;
    }
    let second = site.flag(&["mfa_required"]).unwrap_or_else(|| site.default(false));
    let mut draft = access::rule(site, address, second.at.clone());
    claim(&mut draft, access_rule::FACTOR_COUNT, second.map(|two| if two { 2 } else { 1 }));
    if let Some(primary) = site.text(&["primary_factor"]) {
        claim(&mut draft, access_rule::CONDITIONAL, primary.map(|p| p.contains("ANY_FACTOR")));
    }
    out.facts.push(draft.could_say(&[access_rule::RESISTANT, access_rule::CONDITIONAL]));
}

fn application(site: &Site<'_>, address: &str, out: &mut Drafts) {
    if site.record.text_at(&["access"]).is_some_and(|a| a.eq_ignore_ascii_case("DENY")) {
        return;
    }
    let mode = site.text(&["factor_mode"]).unwrap_or_else(|| site.default("2FA"));
    let at = mode.at.clone();
    let constraints = site.record.items(&["constraints"]);
    let required = |c: &crate::read::export::record::Record<'_>| {
        c.text.get(c.tree.span.clone()).is_some_and(|t| t.contains("phishingResistant") && t.contains("REQUIRED"))
    };
    let resistant = !constraints.is_empty() && constraints.iter().all(required);
    let mut draft = access::rule(site, address, at.clone());
    claim(&mut draft, access_rule::FACTOR_COUNT, mode.map(|m| if m.eq_ignore_ascii_case("1FA") { 1 } else { 2 }));
    claim(&mut draft, access_rule::RESISTANT, site.inferred(resistant, &at));
    claim(&mut draft, access_rule::PRIVILEGED, site.inferred(false, &at));
    out.facts.push(draft);
}
