//! Who has to agree: branch protection, rulesets and environments. Each thing that is set is a fact of its own.

use super::{PRODUCT, UNPROTECTED, names_anybody};
use crate::artifact::Spot;
use crate::fact::{Draft, purpose, setting};
use crate::read::Drafts;
use crate::read::export::names::purpose_of;
use crate::read::export::record::{Record, segment};
use crate::read::export::stating::{self, given, infer};
use crate::tree::{Node, Tree};

pub(super) fn is_branch(tree: &Tree) -> bool {
    let keys = [
        "required_pull_request_reviews",
        "enforce_admins",
        "required_status_checks",
        "restrictions",
        "allow_force_pushes",
        "required_linear_history",
    ];
    let url = tree.get("url").and_then(Tree::text).is_some_and(|u| u.contains("/branches/") && u.contains("/protection"));
    let found = keys.iter().filter(|k| tree.get(k).is_some()).count();
    found >= 2 || (url && found >= 1) || tree.get("message").and_then(Tree::text) == Some(UNPROTECTED)
}

pub(super) fn is_ruleset(tree: &Tree) -> bool {
    let enforced = matches!(tree.get("enforcement").and_then(Tree::text), Some("active" | "evaluate" | "disabled"));
    enforced
        && tree.get("name").is_some()
        && (tree.get("rules").is_some() || tree.get("source_type").is_some() || tree.get("bypass_actors").is_some())
}

pub(super) fn is_environment(tree: &Tree) -> bool {
    tree.get("name").is_some() && tree.get("protection_rules").is_some_and(|r| matches!(r.node, Node::List(_)))
}

/// One setting of something that is named.
fn of(key: &'static str, name: &str, at: Spot) -> Draft {
    stating::setting(PRODUCT, key, name, segment(name), at)
}

/// The repository and branch of an address of the API.
fn branch_of(url: &str) -> Option<String> {
    let (before, after) = url.split_once("/branches/")?;
    let branch = after.split("/protection").next().filter(|b| !b.is_empty())?;
    let home = super::keys::repository(before).unwrap_or_default();
    Some(format!("{home} {branch}").trim_start().to_owned())
}

pub(super) fn branch(record: &Record<'_>, out: &mut Drafts) {
    if record.text_at(&["message"]) == Some(UNPROTECTED) {
        out.facts.push(of("branch_reviews", "", record.spot()).saying(setting::NUMBER, 0));
        return;
    }
    if record.tree.get("pattern").is_some() {
        return rule_of_graph(record, out);
    }
    let urls = [&["url"][..], &["required_pull_request_reviews", "url"], &["enforce_admins", "url"], &["required_status_checks", "url"]];
    let name = urls.iter().find_map(|p| record.text_at(p).and_then(branch_of)).unwrap_or_default();
    let reviews = record.find(&["required_pull_request_reviews"]).filter(|(t, _)| !t.is_null());
    let count = record.find(&["required_pull_request_reviews", "required_approving_review_count"]);
    let (number, at) = match (&reviews, count) {
        (None, _) => (0, record.spot()),
        (Some((_, at)), None) => (1, at.clone()),
        (Some(_), Some((count, at))) => (count.number().unwrap_or(1), at),
    };
    out.facts.push(of("branch_reviews", &name, record.spot()));
    if let Some(fact) = out.facts.last_mut() {
        fact.fields.say(setting::NUMBER, number, &at);
    }
    // without reviews there is nothing that an administrator would pass by
    if number > 0 {
        if let Some((on, at)) = record
            .find(&["enforce_admins", "enabled"])
            .or_else(|| record.find(&["enforce_admins"]))
            .and_then(|(t, at)| t.flag().map(|f| (f, at)))
        {
            out.facts.push(of("branch_admins", &name, at).saying(setting::ENABLED, on));
        }
        let bypass = &["required_pull_request_reviews", "bypass_pull_request_allowances"];
        if let Some((who, at)) = record.find(bypass).filter(|(t, _)| names_anybody(Some(t))) {
            let mut draft = of("branch_bypass", &name, at);
            for entry in who.entries().iter().flat_map(|e| e.value.items()) {
                if let Some(login) =
                    ["login", "slug", "name"].iter().find_map(|k| entry.get(k).and_then(Tree::text)).or_else(|| entry.text())
                {
                    draft.say(setting::VALUE, login);
                }
            }
            out.facts.push(draft);
        }
    }
    if let Some((on, at)) = record.find(&["allow_force_pushes", "enabled"]).and_then(|(t, at)| t.flag().map(|f| (f, at))) {
        out.facts.push(of("branch_force_push", &name, at).saying(setting::ENABLED, on));
    }
}

/// A rule as the GraphQL API tells it.
fn rule_of_graph(record: &Record<'_>, out: &mut Drafts) {
    let name = record.text_at(&["pattern"]).unwrap_or_default();
    let reviews = record.tree.get("requiresApprovingReviews").and_then(Tree::flag);
    let number = match reviews {
        None => return,
        Some(false) => 0,
        Some(true) => record.tree.get("requiredApprovingReviewCount").and_then(Tree::number).unwrap_or(1),
    };
    out.facts.push(of("branch_reviews", name, record.spot()).saying(setting::NUMBER, number));
    if let Some((on, at)) = record.find(&["isAdminEnforced"]).and_then(|(t, at)| t.flag().map(|f| (f, at))).filter(|_| number > 0) {
        out.facts.push(of("branch_admins", name, at).saying(setting::ENABLED, on));
    }
}

pub(super) fn ruleset(record: &Record<'_>, out: &mut Drafts) {
    let Some(name) = record.text_at(&["name"]) else { return };
    if let Some((state, at)) = record.find(&["enforcement"]) {
        let active = state.text() == Some("active");
        out.facts.push(of("ruleset_enforcement", name, at).saying(setting::ENABLED, active));
        // what is not enforced binds nobody, and nobody has to pass it by
        if !active {
            return;
        }
    }
    let rules = record.find(&["rules"]);
    for (n, rule) in rules.as_ref().map(|(t, _)| t.items()).unwrap_or_default().iter().enumerate() {
        let count = rule.path(&["parameters", "required_approving_review_count"]).and_then(Tree::number);
        if let Some(count) = count.filter(|_| rule.get("type").and_then(Tree::text) == Some("pull_request")) {
            out.facts.push(of("ruleset_reviews", name, record.below(rule, &format!("/rules/{n}"))).saying(setting::NUMBER, count));
        }
    }
    // hidden from whoever may not write: its absence says nothing
    let Some((actors, at)) = record.find(&["bypass_actors"]) else { return };
    let base = at.pointer.as_deref().unwrap_or_default().to_owned();
    for (key, modes) in [("ruleset_bypass", &["always", "exempt"][..]), ("ruleset_bypass_by_request", &["pull_request"])] {
        let chosen = |a: &&Tree| a.get("bypass_mode").and_then(Tree::text).is_some_and(|m| modes.contains(&m));
        let mut draft = of(key, name, at.clone());
        let mut any = false;
        for (n, actor) in actors.items().iter().enumerate().filter(|(_, a)| chosen(a)) {
            let kind = actor.get("actor_type").and_then(Tree::text).unwrap_or("somebody");
            let id = actor.get("actor_id").and_then(Tree::scalar).map(|id| format!(" {id}")).unwrap_or_default();
            draft.fields.say(setting::VALUE, format!("{kind}{id}"), &record.placed(actor, &format!("{base}/{n}")));
            any = true;
        }
        if any {
            out.facts.push(draft);
        }
    }
}

pub(super) fn environment(record: &Record<'_>, out: &mut Drafts) {
    let Some(name) = record.text_at(&["name"]) else { return };
    let rules = record.tree.get("protection_rules").map(Tree::items).unwrap_or_default();
    let reviewed = rules.iter().enumerate().find(|(_, r)| r.get("type").and_then(Tree::text) == Some("required_reviewers"));
    let count = reviewed.map_or(0, |(_, r)| r.get("reviewers").map_or(1, |l| l.items().len()));
    let at = reviewed.map_or_else(|| record.spot(), |(n, r)| record.below(r, &format!("/protection_rules/{n}")));
    // other programs may guard an environment in the place of people
    let guarded = rules
        .iter()
        .any(|r| !matches!(r.get("type").and_then(Tree::text), Some("required_reviewers" | "branch_policy" | "wait_timer") | None));
    let home =
        record.text_at(&["url"]).and_then(|u| u.split_once("/environments/")).and_then(|(before, _)| super::keys::repository(before));
    let of = |key, name, at| match &home {
        Some(home) => of(key, name, at).saying(setting::REPOSITORY, *home),
        None => of(key, name, at),
    };
    let mut draft = of("environment_reviewers", name, at.clone())
        .saying(setting::NUMBER, i64::try_from(count).unwrap_or(i64::MAX))
        .saying(setting::ENABLED, count > 0 || guarded);
    if purpose_of(name) == Some(purpose::BREAK_GLASS) {
        let spot = draft.at.clone();
        infer(&mut draft, setting::PURPOSE, purpose::BREAK_GLASS, &spot);
    }
    out.facts.push(draft);
    if count == 0 {
        return;
    }
    let own = reviewed.and_then(|(_, r)| r.get("prevent_self_review")).filter(|p| given(Some(p)));
    let mut draft = of("environment_self_review", name, at);
    draft.say(setting::ENABLED, own.and_then(Tree::flag) != Some(true));
    out.facts.push(draft);
    if let Some((on, at)) = record.find(&["can_admins_bypass"]).and_then(|(t, at)| t.flag().map(|f| (f, at))) {
        out.facts.push(of("environment_admins_bypass", name, at).saying(setting::ENABLED, on));
    }
}
