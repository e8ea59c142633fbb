//! CyberArk: what a platform asks before it hands out a password, who manages a safe, and who may pass by its approvals.

use super::{CYBERARK, of};
use crate::artifact::Spot;
use crate::fact::{Draft, Kind, binding, power, principal_type, setting};
use crate::read::Drafts;
use crate::read::export::record::{Record, segment};
use crate::tree::Tree;

pub(super) fn is_platform(tree: &Tree) -> bool {
    let workflows = tree.get("privilegedAccessWorkflows").or_else(|| tree.path(&["Details", "PrivilegedAccessWorkflows"])).is_some();
    workflows
        && (tree.get("general").is_some()
            || tree.get("credentialsManagement").is_some()
            || tree.get("PlatformID").is_some()
            || tree.get("Name").is_some())
}

pub(super) fn is_safe(tree: &Tree) -> bool {
    tree.get("safeName").is_some()
        && tree.get("memberName").is_none()
        && ["managingCPM", "numberOfDaysRetention", "numberOfVersionsRetention", "olacEnabled"]
            .iter()
            .filter(|k| tree.get(k).is_some())
            .count()
            >= 1
}

pub(super) fn is_member(tree: &Tree) -> bool {
    let permissions = tree
        .get("permissions")
        .is_some_and(|p| p.get("useAccounts").is_some() || p.get("retrieveAccounts").is_some() || p.get("UseAccounts").is_some());
    permissions && (tree.get("memberName").is_some() || tree.get("MemberName").is_some() || tree.get("UserName").is_some())
}

/// A yes or no, bare or as `{"IsActive": …}`.
fn active(record: &Record<'_>, path: &[&str]) -> Option<(bool, Spot)> {
    // newer versions put all of it one level down
    let below: Vec<&str> = std::iter::once("Details").chain(path.iter().copied()).collect();
    let (tree, at) = record.find(path).or_else(|| record.find(&below))?;
    let on = tree.flag().or_else(|| tree.get("IsActive").and_then(Tree::flag))?;
    Some((on, at))
}

pub(super) fn platform(record: &Record<'_>, out: &mut Drafts) {
    let name = record.text_at(&["general", "name"]).or_else(|| record.text_at(&["Name"]));
    let id = record.text_at(&["general", "id"]).or_else(|| record.text_at(&["PlatformID"]));
    let Some(name) = id.or(name) else { return };
    let on = record.tree.path(&["general", "active"]).or_else(|| record.tree.get("Active")).and_then(Tree::flag);
    // what is switched off governs no account; and the kinds of platform that are no accounts have no password to hand out
    if on == Some(false) || record.text_at(&["general", "platformType"]).is_some_and(|t| !t.eq_ignore_ascii_case("Regular")) {
        return;
    }
    let workflow = |key: &str| active(record, &["privilegedAccessWorkflows", key]);
    if let Some((on, at)) = workflow("requireDualControlPasswordAccessApproval") {
        out.facts.push(of(CYBERARK, "dual_control", name, at).saying(setting::ENABLED, on));
    }
    let (once, alone) = (workflow("enforceOnetimePasswordAccess"), workflow("enforceCheckinCheckoutExclusiveAccess"));
    if let Some((_, at)) = once.clone().or_else(|| alone.clone()) {
        let on = [once, alone].into_iter().flatten().any(|(on, _)| on);
        out.facts.push(of(CYBERARK, "one_time_access", name, at).saying(setting::ENABLED, on));
    }
    if let Some((on, at)) = workflow("requireUsersToSpecifyReasonForAccess") {
        out.facts.push(of(CYBERARK, "reason_for_access", name, at).saying(setting::ENABLED, on));
    }
    let changes = active(record, &["credentialsManagement", "performPeriodicChange"])
        .or_else(|| active(record, &["CredentialsManagementPolicy", "Change", "PerformAutomatic"]))
        .or_else(|| active(record, &["CredentialsManagementPolicy", "Change", "PerformPeriodicChange"]));
    let days = [
        &["credentialsManagement", "requirePasswordChangeEveryXDays"][..],
        &["CredentialsManagementPolicy", "Change", "RequirePasswordEveryXDays"],
    ];
    let days = days
        .iter()
        .find_map(|p| record.find(p))
        .and_then(|(t, at)| t.number().or_else(|| t.get("Value").and_then(Tree::number)).map(|n| (n, at)));
    if let Some((_, at)) = changes.clone().or_else(|| days.clone().map(|(_, at)| (true, at))) {
        let mut draft = of(CYBERARK, "periodic_change", name, at);
        if let Some((on, at)) = changes {
            draft.fields.say(setting::ENABLED, on, &at);
        }
        if let Some((days, at)) = days {
            draft.fields.say(setting::NUMBER, days, &at);
        }
        out.facts.push(draft);
    }
}

pub(super) fn safe(record: &Record<'_>, out: &mut Drafts) {
    let Some(name) = record.text_at(&["safeName"]) else { return };
    // the store's own safes hold no passwords of anybody
    let own = [
        "VaultInternal",
        "System",
        "Notification Engine",
        "Pictures",
        "PVWA",
        "PSM",
        "PasswordManager",
        "SharedAuth_Internal",
        "AccountsFeed",
        "TelemetryConfig",
    ];
    if own.iter().any(|o| name.starts_with(o)) {
        return;
    }
    let Some((manager, at)) = record.find(&["managingCPM"]) else { return };
    let text = manager.text().unwrap_or_default().trim();
    let managed = !(text.is_empty() || text.eq_ignore_ascii_case("NULL"));
    out.facts.push(of(CYBERARK, "managed", name, at).saying(setting::ENABLED, managed));
}

/// A right of a member, under `permissions` or as a column.
fn may(record: &Record<'_>, right: &str) -> bool {
    let tree = record.tree.path(&["permissions", right]).or_else(|| record.tree.get(right));
    tree.is_some_and(|t| {
        t.flag() == Some(true) || t.text().is_some_and(|t| matches!(t.trim().to_ascii_lowercase().as_str(), "yes" | "y" | "1" | "x"))
    })
}

/// Groups and users that the product itself puts into every safe.
const OWN: &[&str] = &[
    "master",
    "batch",
    "backup users",
    "auditors",
    "dr users",
    "notification engines",
    "operators",
    "vault admins",
    "pvwagwaccounts",
    "psmappusers",
    "passwordmanager",
    "administrator",
];

pub(super) fn member(record: &Record<'_>) -> Option<Draft> {
    let name = ["memberName", "member", "UserName"].iter().find_map(|k| record.text_at(&[k]))?;
    let own = record.tree.get("isPredefinedUser").and_then(Tree::flag) == Some(true) || OWN.contains(&name.to_lowercase().as_str());
    if own {
        return None;
    }
    let safe = record.text_at(&["safeName"]).or_else(|| record.text_at(&["safeUrlId"])).unwrap_or("safe");
    let kind = match record.text_at(&["memberType"]) {
        Some(t) if t.eq_ignore_ascii_case("group") => principal_type::GROUP,
        Some(t) if t.eq_ignore_ascii_case("role") => principal_type::ROLE,
        _ => principal_type::USER,
    };
    let mut draft =
        Draft::new(Kind::Binding, format!("{name} ({safe})"), format!("/safes{}{}", segment(safe), segment(name)), record.spot())
            .saying(binding::PRODUCT, CYBERARK)
            .saying(binding::PRINCIPAL, name)
            .saying(binding::PRINCIPAL_TYPE, kind)
            .saying(binding::SCOPE, safe);
    let reads = may(record, "retrieveAccounts") || may(record, "useAccounts");
    for (has, word) in [
        (reads, power::READ_SECRET),
        (may(record, "accessWithoutConfirmation"), power::SKIP_APPROVAL),
        (may(record, "manageSafeMembers"), power::GRANT_SELF),
        (may(record, "requestsAuthorizationLevel1") || may(record, "requestsAuthorizationLevel"), power::APPROVE_OWN),
    ] {
        if has {
            draft.say(binding::POWERS, word);
        }
    }
    Some(draft)
}
