//! What an organisation forbids: organisation policies of both versions.

use super::{PRODUCT, word};
use crate::artifact::Spot;
use crate::fact::{Draft, Kind, setting};
use crate::read::Drafts;
use crate::read::export::record::{Record, segment};
use crate::read::export::stating::{self, given};
use crate::tree::Tree;

/// Constraints whose absence lets service accounts have keys for ever, and what names them in either generation.
const KEYS: &[(&str, &[&str])] = &[
    ("iam.disableServiceAccountKeyCreation", &["iam.managed.disableServiceAccountKeyCreation"]),
    ("iam.disableServiceAccountKeyUpload", &["iam.managed.disableServiceAccountKeyUpload"]),
];
/// With a limit on the age of keys their making need not be forbidden.
const EXPIRY: &str = "iam.serviceAccountKeyExpiryHours";
/// The key of the setting that stands for a constraint.
pub(super) const KEY: &str = "org_policy";

/// The name of a constraint, of a policy of either version.
fn constraint_of(tree: &Tree) -> Option<&str> {
    if let Some(name) = word(tree, "constraint").strip_prefix("constraints/") {
        return Some(name);
    }
    let name = word(tree, "name");
    let held = ["organizations/", "folders/", "projects/"].iter().any(|p| name.starts_with(p));
    name.split_once("/policies/").filter(|_| held).map(|(_, constraint)| constraint).filter(|c| c.contains('.'))
}

pub(super) fn is_constraint(tree: &Tree) -> bool {
    constraint_of(tree).is_some()
        && ["booleanPolicy", "listPolicy", "restoreDefault", "spec", "dryRunSpec", "etag"].iter().any(|k| tree.get(k).is_some())
}

pub(super) fn constraint(record: &Record<'_>) -> Option<Draft> {
    let name = constraint_of(record.tree)?;
    let rules = record.find(&["spec", "rules"]);
    let at = rules.as_ref().map_or_else(|| record.spot(), |(_, at)| at.clone());
    let enforced = match rules {
        // a rule with a condition holds for some; the rest is left as it was
        Some((list, _)) => list.items().iter().any(|r| {
            r.get("enforce").and_then(Tree::flag) == Some(true)
                || given(r.get("values"))
                || r.get("denyAll").and_then(Tree::flag) == Some(true)
        }),
        None => record.tree.path(&["booleanPolicy", "enforced"]).and_then(Tree::flag) == Some(true) || given(record.tree.get("listPolicy")),
    };
    let mut draft = stating::setting(PRODUCT, KEY, name, format!("/policies{}", segment(name)), record.spot());
    draft.fields.say(setting::ENABLED, enforced, &at);
    Some(draft)
}

/// A list of policies shows by what is not in it that a constraint is not set.
pub(super) fn end(out: &mut Drafts) {
    let on =
        |name: &str| out.facts.iter().any(|f| f.kind == Kind::Setting && f.name == name && f.fields.flag(setting::ENABLED) == Some(true));
    if on(EXPIRY) {
        for (name, others) in KEYS {
            out.facts.retain(|f| f.kind != Kind::Setting || (f.name != *name && !others.contains(&f.name.as_str())));
        }
        return;
    }
    let missing: Vec<&str> =
        KEYS.iter().filter(|(name, others)| !on(name) && !others.iter().any(|o| on(o))).map(|(name, _)| *name).collect();
    for name in missing {
        if !out.facts.iter().any(|f| f.kind == Kind::Setting && f.name == name) {
            let spot = Spot::at(0, 0);
            out.facts
                .push(stating::setting(PRODUCT, KEY, name, format!("/policies{}", segment(name)), spot).saying(setting::ENABLED, false));
        }
    }
}
