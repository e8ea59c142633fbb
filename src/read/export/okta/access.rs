//! What a sign-in has to show: global session rules, rules of applications, network zones, and mails about changes.

use super::population;
use crate::fact::{Kind, access_rule, setting};
use crate::read::Drafts;
use crate::read::export::site::{Said, Site, claim};
use crate::tree::{Node, Tree};

/// The mails that tell a user of a change.
pub(super) const NOTICES: &[(&str, &str)] = &[
    ("sendEmailForNewDeviceEnabled", "new device"),
    ("sendEmailForFactorEnrollmentEnabled", "factor enrollment"),
    ("sendEmailForFactorResetEnabled", "factor reset"),
    ("sendEmailForPasswordChangedEnabled", "password change"),
    ("reportSuspiciousActivityEnabled", "report of suspicious activity"),
];

/// A rule of the global session: `requireFactor` asks for a second factor.
pub(super) fn sign_on(site: &Site<'_>, policy: Option<&str>, out: &mut Drafts) {
    let name = named(site, policy);
    let on = ["actions", "signon"];
    let allowed = site.text(&[&on[..], &["access"]].concat()).is_none_or(|a| !a.value.eq_ignore_ascii_case("DENY"));
    let Some(second) = site.flag(&[&on[..], &["requireFactor"]].concat()).filter(|_| allowed) else { return };
    let mut draft = rule(site, &name, second.at.clone());
    claim(&mut draft, access_rule::FACTOR_COUNT, second.map(|two| if two { 2 } else { 1 }));
    if let Some(primary) = site.text(&[&on[..], &["primaryFactor"]].concat()) {
        // the first factor may be any, and what follows is left to the rules of the applications
        claim(&mut draft, access_rule::CONDITIONAL, primary.map(|p| p.contains("ANY_FACTOR")));
    }
    out.facts.push(draft.could_say(&[access_rule::RESISTANT, access_rule::CONDITIONAL]));
}

/// A rule of an application.
pub(super) fn application(site: &Site<'_>, policy: Option<&str>, out: &mut Drafts) {
    let name = named(site, policy);
    let on = ["actions", "appSignOn"];
    if site.text(&[&on[..], &["access"]].concat()).is_some_and(|a| a.value.eq_ignore_ascii_case("DENY")) {
        return;
    }
    let method = [&on[..], &["verificationMethod"]].concat();
    let constraints = site.record.items(&[&method[..], &["constraints"]].concat());
    let resists = |c: &&crate::read::export::record::Record<'_>| {
        c.text_at(&["possession", "phishingResistant"]).is_some_and(|p| p.eq_ignore_ascii_case("REQUIRED"))
    };
    // any one of the constraints is enough to come in
    let resistant = !constraints.is_empty() && constraints.iter().all(|c| resists(&c));
    let admin = name.to_lowercase().contains("admin console") || name.to_lowercase().contains("admin app");
    let Some(mode) = site.text(&[&method[..], &["factorMode"]].concat()) else { return };
    let mut draft = rule(site, &name, mode.at.clone());
    let at = mode.at.clone();
    claim(&mut draft, access_rule::FACTOR_COUNT, mode.map(|m| if m.eq_ignore_ascii_case("1FA") { 1 } else { 2 }));
    claim(&mut draft, access_rule::RESISTANT, site.inferred(resistant, &at));
    claim(&mut draft, access_rule::PRIVILEGED, site.inferred(admin, &at));
    out.facts.push(draft);
}

pub(super) fn rule(site: &Site<'_>, name: &str, at: crate::artifact::Spot) -> crate::fact::Draft {
    site.fact(Kind::AccessRule, name, "/rules", at)
        .saying(access_rule::PRODUCT, super::PRODUCT)
        .saying(access_rule::ENABLED, true)
        .saying(access_rule::INCLUDES, population(site))
}

fn named(site: &Site<'_>, policy: Option<&str>) -> String {
    let own = site.record.text_at(&["name"]).unwrap_or("rule");
    policy.filter(|p| !p.is_empty()).map_or_else(|| own.to_owned(), |policy| format!("{policy}/{own}"))
}

/// A zone that policies trust.
pub(super) fn zone(site: &Site<'_>, out: &mut Drafts) {
    let Some(name) = site.text(&["name"]) else { return };
    let trusted = site.record.text_at(&["usage"]).is_none_or(|u| u.eq_ignore_ascii_case("POLICY"));
    let everywhere = |t: &Tree| {
        let value = match &t.node {
            Node::Map(_) => t.get("value").and_then(Tree::text),
            _ => t.text(),
        };
        value.is_some_and(|v| matches!(v.trim(), "0.0.0.0/0" | "0.0.0.0-255.255.255.255" | "::/0"))
    };
    for gateway in site.record.items(&["gateways"]).iter().filter(|_| trusted) {
        if everywhere(gateway.tree) {
            let said = Said { value: true, at: gateway.spot(), basis: crate::fact::Basis::Explicit };
            out.facts.push(site.setting(name.value, "zone_is_everywhere", setting::ENABLED, said));
        }
    }
}

pub(super) fn notices(site: &Site<'_>, out: &mut Drafts) {
    for (key, label) in NOTICES {
        if let Some(on) = site.flag(&[key]) {
            out.facts.push(
                site.setting(&format!("security notifications/{key}"), "notice", setting::ENABLED, on).saying(setting::SCOPE, *label),
            );
        }
    }
}
