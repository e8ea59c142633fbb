//! Who has to agree: approvals of merge requests, protected branches and protected environments.

use super::PRODUCT;
use crate::artifact::Spot;
use crate::fact::{Draft, purpose, setting};
use crate::read::Drafts;
use crate::read::export::names::purpose_of;
use crate::read::export::record::{Record, segment};
use crate::read::export::stating::{self, infer};
use crate::tree::Tree;

/// Everybody who may write at all.
const DEVELOPER: i64 = 30;

fn of(key: &'static str, name: &str, at: Spot) -> Draft {
    stating::setting(PRODUCT, key, name, segment(name), at)
}

pub(super) fn approvals(record: &Record<'_>, out: &mut Drafts) {
    let name = record.text_at(&["path_with_namespace"]).or_else(|| record.text_at(&["name"])).unwrap_or_default();
    for (key, names) in [
        ("merge_requests_author_approval", &["merge_requests_author_approval", "allow_author_approval"][..]),
        ("merge_requests_disable_committers_approval", &["merge_requests_disable_committers_approval"]),
    ] {
        let found = names.iter().find_map(|n| record.find(&[n])).and_then(|(t, at)| t.flag().map(|f| (f, at)));
        if let Some((on, at)) = found {
            out.facts.push(of(key, name, at).saying(setting::ENABLED, on));
        }
    }
    if let Some((count, at)) = record.find(&["approvals_before_merge"]).and_then(|(t, at)| t.number().map(|n| (n, at))) {
        out.facts.push(of("approvals_before_merge", name, at).saying(setting::NUMBER, count));
    }
}

/// The lowest level that a list lets in; nobody is 0.
fn lowest(tree: Option<&Tree>) -> Option<i64> {
    tree.map(Tree::items)?.iter().filter_map(|l| l.get("access_level").and_then(Tree::number)).filter(|l| *l > 0).min()
}

pub(super) fn branch(record: &Record<'_>, out: &mut Drafts) {
    let Some(name) = record.text_at(&["name"]) else { return };
    if let Some((levels, at)) = record.find(&["push_access_levels"]) {
        let open = lowest(Some(levels)).is_some_and(|l| l <= DEVELOPER);
        out.facts.push(of("branch_push", name, at).saying(setting::ENABLED, open));
    }
    if let Some((on, at)) = record.find(&["allow_force_push"]).and_then(|(t, at)| t.flag().map(|f| (f, at))) {
        out.facts.push(of("branch_force_push", name, at).saying(setting::ENABLED, on));
    }
}

pub(super) fn environment(record: &Record<'_>, out: &mut Drafts) {
    let Some(name) = record.text_at(&["name"]) else { return };
    let rules = record.tree.get("approval_rules").map(Tree::items).unwrap_or_default();
    let from_rules: i64 = rules.iter().filter_map(|r| r.get("required_approvals").and_then(Tree::number)).fold(0, i64::saturating_add);
    let Some(count) = record.tree.get("required_approval_count").and_then(Tree::number).or(record.tree.get("approval_rules").map(|_| 0))
    else {
        return;
    };
    let mut draft = of("environment_approvals", name, record.spot()).saying(setting::NUMBER, count.max(from_rules));
    if purpose_of(name) == Some(purpose::BREAK_GLASS) {
        let at = draft.at.clone();
        infer(&mut draft, setting::PURPOSE, purpose::BREAK_GLASS, &at);
    }
    out.facts.push(draft);
}
