//! GitHub: who has to agree before code or a deployment goes out, who may pass by, and the keys and tokens that never end.
//!
//! As the REST API answers and as the GraphQL API does.

mod keys;
mod protection;
mod workflow;

use super::federation;
use super::input::Head;
use super::record::{Extent, Record};
use super::{ExportReader, Format};
use crate::artifact::Spot;
use crate::fact::{Draft, Kind, principal, principal_type, setting};
use crate::read::Drafts;
use crate::tree::{Node, Tree};

pub(super) struct GitHub;

const PRODUCT: &str = "github";
const ORGANISATION: &str = "github.organization";
const MEMBERS: &str = "github.org-members";
const COLLABORATORS: &str = "github.collaborators";
const BRANCH: &str = "github.branch-protection";
const RULESET: &str = "github.ruleset";
const ENVIRONMENTS: &str = "github.environments";
const DEPLOY_KEYS: &str = "github.deploy-keys";
const AUTHORIZATIONS: &str = "github.credential-authorizations";
const TOKENS: &str = "github.personal-access-tokens";
/// A file of the repository, and no export: whoever scans the repository has it.
const WORKFLOW: &str = "actions.workflow";
const SECRETS: &str = "github.secrets";

/// The error that says there is no protection: an answer, and no error.
pub(super) const UNPROTECTED: &str = "Branch not protected";

impl ExportReader for GitHub {
    fn needles(&self) -> &'static [&'static str] {
        &[
            "two_factor_requirement_enabled",
            "credential_authorized_at",
            "requirestwofactorauthentication",
            "memberswithrole",
            "site_admin",
            "required_pull_request_reviews",
            "enforce_admins",
            "branchprotectionrules",
            "branch not protected",
            "bypass_actors",
            "enforcement",
            "protection_rules",
            "read_only",
            "token_expires_at",
            "repository_selection",
            "selected_repositories_url",
            "\"secrets\"",
            "runs-on",
        ]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        if head.is_table {
            return None;
        }
        let tree = &head.tree;
        let is = |kind, records| Some(Format { kind, records });
        if head.has(&["login", "two_factor_requirement_enabled"]) || (head.has(&["requiresTwoFactorAuthentication", "login"])) {
            return is(ORGANISATION, &[]);
        }
        if tree.path(&["organization", "requiresTwoFactorAuthentication"]).is_some()
            || tree.path(&["organization", "membersWithRole"]).is_some()
        {
            return is(ORGANISATION, &["organization"]);
        }
        if tree.path(&["repository", "branchProtectionRules", "nodes"]).is_some() {
            return is(BRANCH, &["repository", "branchProtectionRules", "nodes"]);
        }
        if protection::is_branch(tree) {
            return is(BRANCH, &[]);
        }
        if protection::is_ruleset(tree) {
            return is(RULESET, &[]);
        }
        if tree.get("environments").is_some_and(|l| l.items().first().is_some_and(protection::is_environment)) {
            return is(ENVIRONMENTS, &["environments"]);
        }
        if protection::is_environment(tree) {
            return is(ENVIRONMENTS, &[]);
        }
        if keys::is_deploy_key(tree) {
            return is(DEPLOY_KEYS, &[]);
        }
        if keys::is_token(tree) {
            return is(TOKENS, &[]);
        }
        if keys::is_authorization(tree) {
            return is(AUTHORIZATIONS, &[]);
        }
        if tree.get("total_count").is_some() && tree.get("secrets").is_some_and(|l| l.items().first().is_some_and(keys::is_secret)) {
            return is(SECRETS, &["secrets"]);
        }
        if workflow::is(tree) {
            return is(WORKFLOW, &[]);
        }
        let people = head.has(&["login", "site_admin", "node_id", "type"]);
        people.then_some(Format { kind: if tree.get("role_name").is_some() { COLLABORATORS } else { MEMBERS }, records: &[] })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        match kind {
            ORGANISATION => organisation(record, out),
            MEMBERS | COLLABORATORS => out.facts.extend(member(record)),
            BRANCH => protection::branch(record, out),
            RULESET => protection::ruleset(record, out),
            ENVIRONMENTS => protection::environment(record, out),
            DEPLOY_KEYS => out.facts.extend(keys::deploy_key(record)),
            WORKFLOW => workflow::jobs(record, out),
            TOKENS => out.facts.extend(keys::token(record)),
            AUTHORIZATIONS => out.facts.extend(keys::authorization(record)),
            _ => out.facts.extend(keys::secret(record)),
        }
    }

    fn end(&self, kind: &'static str, extent: Extent<'_>, out: &mut Drafts) {
        if kind == MEMBERS {
            chosen(extent, out);
        }
        let file = extent.path.rsplit('/').next().unwrap_or(extent.path);
        for fact in out.facts.iter_mut().filter(|f| f.kind == Kind::Setting && f.name.is_empty()) {
            fact.name = file.to_owned();
        }
    }
}

fn organisation(record: &Record<'_>, out: &mut Drafts) {
    let name = record.text_at(&["login"]).or_else(|| record.text_at(&["name"])).unwrap_or_default();
    for key in ["two_factor_requirement_enabled", "requiresTwoFactorAuthentication"] {
        // null: whoever asked is no owner
        if let Some((on, at)) = record.find(&[key]).and_then(|(t, at)| t.flag().map(|on| (on, at))) {
            let draft =
                super::stating::setting(PRODUCT, "two_factor", name, format!("/organizations{}", super::record::segment(name)), at.clone());
            out.facts.push(draft.saying(setting::ENABLED, on));
        }
    }
    federation::organisation(record, out);
    let Some((members, at)) = record.find(&["membersWithRole"]) else { return };
    let more = members.path(&["pageInfo", "hasNextPage"]).and_then(Tree::flag) == Some(true);
    let edges = members.get("edges").map(Tree::items).unwrap_or_default();
    if more || edges.is_empty() || edges.iter().any(|e| e.get("role").is_none()) {
        return;
    }
    let owners = edges.iter().filter(|e| e.get("role").and_then(Tree::text) == Some("ADMIN")).count();
    out.facts.push(owners_of(name, owners, at));
}

/// How many can do anything in an organisation.
fn owners_of(name: &str, count: usize, at: Spot) -> Draft {
    let draft = super::stating::setting(PRODUCT, "owners", name, format!("/organizations{}", super::record::segment(name)), at);
    draft.saying(setting::NUMBER, i64::try_from(count).unwrap_or(i64::MAX))
}

fn member(record: &Record<'_>) -> Option<Draft> {
    let login = record.text_at(&["login"])?;
    let kind = if record.text_at(&["type"]) == Some("Bot") { principal_type::SERVICE } else { principal_type::USER };
    let draft = Draft::new(Kind::Principal, login.to_owned(), format!("/members{}", super::record::segment(login)), record.spot());
    Some(draft.saying(principal::PRODUCT, PRODUCT).saying(principal::TYPE, kind))
}

/// A list of members says nothing of why they are in it; only the name that its file was given does.
fn chosen(extent: Extent<'_>, out: &mut Drafts) {
    let name = extent.path.rsplit('/').next().unwrap_or(extent.path).to_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| name.contains(w));
    let without = has(&["2fa", "mfa", "two_factor", "two-factor"]) && has(&["disabled", "without", "no-", "no_", "missing"]);
    // a page that was saved twice holds the same people
    let people: std::collections::BTreeSet<&str> =
        out.facts.iter().filter(|f| f.kind == Kind::Principal).map(|f| f.name.as_str()).collect();
    let people = i64::try_from(people.len()).unwrap_or(i64::MAX);
    let members: Vec<usize> = (0..out.facts.len()).filter(|n| out.facts.get(*n).is_some_and(|f| f.kind == Kind::Principal)).collect();
    if without {
        for n in &members {
            if let Some(fact) = out.facts.get_mut(*n) {
                let at = fact.at.clone();
                super::stating::infer(fact, principal::MFA, false, &at);
            }
        }
    }
    let owners = has(&["admins", "owners", "role-admin", "role_admin", "role=admin", "members-admin", "members_admin"]);
    if owners && extent.whole && !without {
        let file = extent.path.rsplit('/').next().unwrap_or(extent.path);
        let mut draft = super::stating::setting(PRODUCT, "owners", file, "/owners".into(), Spot::at(0, 0));
        super::stating::infer(&mut draft, setting::NUMBER, people, &Spot::at(0, 0));
        out.facts.push(draft);
    }
}

/// Whether there is a list with something in it, or a map whose lists have.
fn names_anybody(tree: Option<&Tree>) -> bool {
    tree.is_some_and(|t| match &t.node {
        Node::List(items) => !items.is_empty(),
        Node::Map(entries) => entries.iter().any(|e| matches!(&e.value.node, Node::List(items) if !items.is_empty())),
        _ => false,
    })
}

#[cfg(test)]
mod tests;
