//! Okta: policies and their rules, authenticators, factors, users, roles and tokens, as the API answers them one by one or as an
//! exporting script bundles them. What the Terraform provider calls the same things is read here as well.

mod access;
mod admins;
mod apps;
mod factors;
mod passwords;
pub(super) mod terraform;

use super::input::Head;
use super::record::{Extent, Record, segment};
use super::site::{self, Site};
use super::{ExportReader, Format};
use crate::artifact::Spot;
use crate::fact::{Draft, Kind, population, tenant};
use crate::read::Drafts;
use crate::tree::{Node, Tree};

pub(super) struct Okta;

const PRODUCT: &str = "okta";
const POLICIES: &str = "okta.policies";
const RULES: &str = "okta.policy-rules";
const AUTHENTICATORS: &str = "okta.authenticators";
const FACTORS: &str = "okta.factors";
const USERS: &str = "okta.users";
const GROUPS: &str = "okta.groups";
const ROLES: &str = "okta.roles";
const CUSTOM_ROLES: &str = "okta.custom-roles";
const TOKENS: &str = "okta.api-tokens";
const ZONES: &str = "okta.network-zones";
const STREAMS: &str = "okta.log-streams";
const NOTICES: &str = "okta.security-notifications";
const APPS: &str = "okta.applications";
const BUNDLE: &str = "okta.export";
/// Bundles in bundles.
const DEEPEST: usize = 3;
/// What the API does not tell.
const HIDES: &[&str] = &["what the help desk does by hand", "whether a mailbox or number is the user's own"];

const POLICY_TYPES: &[&str] =
    &["PASSWORD", "OKTA_SIGN_ON", "MFA_ENROLL", "ACCESS_POLICY", "PROFILE_ENROLLMENT", "IDP_DISCOVERY", "POST_AUTH_SESSION", "ENTITY_RISK"];
const RULE_TYPES: &[&str] = &["PASSWORD", "SIGN_ON", "ACCESS_POLICY", "MFA_ENROLL", "PROFILE_ENROLLMENT", "IDP_DISCOVERY"];

impl ExportReader for Okta {
    fn needles(&self) -> &'static [&'static str] {
        &[
            "recovery_question",
            "okta_email",
            "okta_sign_on",
            "mfa_enroll",
            "access_policy",
            "selfservicepasswordreset",
            "appsignon",
            "security_question",
            "phone_number",
            "okta_verify",
            "okta_password",
            "factortype",
            "passwordchanged",
            "lastlogin",
            "okta_group",
            "built_in",
            "help_desk_admin",
            "super_admin",
            "org_admin",
            "okta.users.",
            "tokenwindow",
            "dynamic_v2",
            "aws_eventbridge",
            "splunk_cloud_logstreaming",
            "factorenrollment",
            "blocklist",
            "gateways",
            "requirefactor",
            "signonmode",
            "okta_group",
        ]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        if head.is_table {
            return None;
        }
        if let Some(kind) = classify(&head.tree) {
            return Some(Format { kind, records: &[] });
        }
        let entries = head.tree.entries();
        let parts = entries.iter().filter(|e| holds_parts(&e.value, 0)).count();
        let rest = entries
            .iter()
            .filter(|e| matches!(&e.value.node, Node::Map(_)) || matches!(&e.value.node, Node::List(l) if !l.is_empty()))
            .count();
        (parts >= 2 || (parts == 1 && rest == 1)).then_some(Format { kind: BUNDLE, records: &[] })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        site::mark(record, &["answer", "sharedSecret", "clientSecret"], out);
        if kind == BUNDLE {
            bundle(record, 0, out);
        } else {
            part(kind, record, out);
        }
    }

    fn end(&self, _kind: &'static str, _extent: Extent, out: &mut Drafts) {
        if !out.facts.iter().any(|f| f.kind == Kind::Tenant && f.name == PRODUCT) {
            let draft = Draft::new(Kind::Tenant, PRODUCT.to_owned(), String::new(), Spot::at(0, 0)).saying(tenant::PRODUCT, PRODUCT);
            out.facts.push(HIDES.iter().fold(draft, |draft, what| draft.saying(tenant::HIDES, *what)));
        }
    }
}

/// What an object is, by the keys that only it has.
fn classify(tree: &Tree) -> Option<&'static str> {
    let text = |key: &str| tree.get(key).and_then(Tree::text).unwrap_or_default();
    let has = |key: &str| tree.get(key).is_some_and(|t| !t.is_null());
    let map = |key: &str| tree.get(key).is_some_and(|t| matches!(t.node, Node::Map(_)));
    let kind = text("type");
    Some(match () {
        () if RULE_TYPES.contains(&kind) && map("actions") && (has("conditions") || has("priority")) => RULES,
        () if POLICY_TYPES.contains(&kind) && has("name") && (map("settings") || has("conditions") || has("priority") || has("system")) => {
            POLICIES
        }
        () if factors::is_authenticator(tree) => AUTHENTICATORS,
        () if has("factorType") && has("provider") && has("status") => FACTORS,
        () if tree.path(&["profile", "login"]).is_some()
            && has("status")
            && ["credentials", "passwordChanged", "statusChanged", "activated", "lastLogin"].iter().any(|key| has(key)) =>
        {
            USERS
        }
        () if admins::GROUPS.contains(&kind) && tree.path(&["profile", "name"]).is_some() && has("id") => GROUPS,
        () if admins::ROLES.contains(&kind) && (has("assignmentType") || has("label")) => ROLES,
        () if admins::is_custom(tree) => CUSTOM_ROLES,
        () if (has("tokenWindow") || map("network")) && has("userId") && has("name") => TOKENS,
        () if matches!(kind, "IP" | "DYNAMIC" | "DYNAMIC_V2") && has("status") && (has("gateways") || has("usage")) => ZONES,
        () if matches!(kind, "aws_eventbridge" | "splunk_cloud_logstreaming") && has("status") => STREAMS,
        () if apps::is_application(tree) => APPS,
        () if access::NOTICES.iter().filter(|(key, _)| has(key)).count() >= 2 => NOTICES,
        () => return None,
    })
}

/// Whether a value is a part, or a list or tree of parts.
fn holds_parts(tree: &Tree, depth: usize) -> bool {
    match &tree.node {
        Node::List(items) => items.first().is_some_and(|item| classify(item).is_some()),
        Node::Map(entries) if depth < DEEPEST => {
            classify(tree).is_some() || entries.first().is_some_and(|e| holds_parts(&e.value, depth + 1))
        }
        _ => false,
    }
}

fn bundle(record: &Record<'_>, depth: usize, out: &mut Drafts) {
    for entry in record.tree.entries() {
        for (i, item) in entry.value.items().iter().enumerate() {
            let at = if matches!(entry.value.node, Node::List(_)) { format!("/{i}") } else { String::new() };
            let part_record = record.inner(item, &format!("{}{at}", segment(&entry.key)));
            match classify(part_record.tree) {
                Some(kind) => part(kind, &part_record, out),
                None if depth < DEEPEST => bundle(&part_record, depth + 1, out),
                None => {}
            }
        }
    }
    if let Some((streams, at)) =
        record.find(&["logStreams"]).or_else(|| record.find(&["log_streams"])).filter(|(t, _)| matches!(t.node, Node::List(_)))
    {
        admins::streams(&Site::new(record, PRODUCT, ""), !streams.items().is_empty(), at, out);
    }
}

fn part(kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
    let site = Site::new(record, PRODUCT, "");
    // whatever is not in force decides nothing
    let in_force = record.text_at(&["status"]).is_none_or(|status| !status.eq_ignore_ascii_case("INACTIVE"));
    match kind {
        POLICIES if in_force => {
            match record.text_at(&["type"]) {
                Some("PASSWORD") => passwords::policy(&site, out),
                Some("MFA_ENROLL") => factors::enrolment(&site, out),
                _ => {}
            }
            let policy = record.text_at(&["name"]).unwrap_or_default();
            // `?expand=rules`
            for rule in [record.items(&["_embedded", "rules"]), record.items(&["rules"])].into_iter().flatten() {
                rule_of(&rule, Some(policy), out);
            }
        }
        RULES => rule_of(record, None, out),
        AUTHENTICATORS if in_force => factors::authenticator(&site, out),
        FACTORS if in_force => factors::factor(&site, out),
        USERS => admins::user(&site, out),
        GROUPS => admins::group(&site, out),
        ROLES if in_force => admins::role(&site, out),
        CUSTOM_ROLES => admins::custom(&site, out),
        TOKENS => admins::token(&site, out),
        ZONES if in_force => access::zone(&site, out),
        APPS if in_force => apps::application(record, out),
        STREAMS => admins::streams(&site, in_force, record.spot(), out),
        NOTICES => access::notices(&site, out),
        _ => {}
    }
}

fn rule_of(record: &Record<'_>, policy: Option<&str>, out: &mut Drafts) {
    if record.text_at(&["status"]).is_some_and(|status| status.eq_ignore_ascii_case("INACTIVE")) {
        return;
    }
    let site = Site::new(record, PRODUCT, "");
    match record.text_at(&["type"]) {
        Some("PASSWORD") => passwords::rule(&site, out),
        Some("SIGN_ON") => access::sign_on(&site, policy, out),
        Some("ACCESS_POLICY") => access::application(&site, policy, out),
        _ => {}
    }
}

/// Whom a policy or rule is for: its groups, else everybody.
fn population(site: &Site<'_>) -> String {
    let groups: Vec<String> = [&["conditions", "people", "groups", "include"][..], &["groups_included"]]
        .iter()
        .flat_map(|path| site.record.items(path))
        .filter_map(|g| g.tree.scalar().map(str::to_owned))
        .collect();
    if groups.is_empty() { population::USER.as_str().to_owned() } else { groups.join(", ") }
}

/// What stands under the first of these paths.
fn first<T>(paths: &[&[&str]], of: impl Fn(&[&str]) -> Option<T>) -> Option<T> {
    paths.iter().find_map(|path| of(path))
}

#[cfg(test)]
mod tests;
