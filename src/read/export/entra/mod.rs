//! Microsoft Entra ID: what its sign-in policies, authentication methods and self-service reset say, in the spelling of Graph, of
//! PowerShell and of the tools that collect either.

mod access;
mod methods;
mod people;
mod reset;
pub(super) mod terraform;

use super::input::Head;
use super::record::{Extent, Record};
use super::site::Site;
use super::{ExportReader, Format};
use crate::artifact::Spot;
use crate::fact::{Draft, Kind, shown, tenant};
use crate::read::Drafts;
use crate::tree::{Node, Tree};

pub(super) struct Entra;

/// The product, in facts.
const PRODUCT: &str = "entra";
const ACCESS: &str = "entra.conditional-access";
const METHODS: &str = "entra.authentication-methods";
const STRENGTHS: &str = "entra.authentication-strengths";
const AUTHORIZATION: &str = "entra.authorization-policy";
const REGISTRATION: &str = "entra.registration-details";
const RESET: &str = "entra.password-reset-policy";
const GROUPS: &str = "entra.group";
const USERS: &str = "entra.users";
/// What Graph does not tell of a tenant.
const HIDES: &[&str] = &[
    "the users' own password reset: its methods and notices stand in the portal only",
    "the old pages for multifactor authentication and password reset, until the migration is complete",
    "what the help desk does by hand",
];

impl ExportReader for Entra {
    fn needles(&self) -> &'static [&'static str] {
        &[
            "grantcontrols",
            "allowedtousesspr",
            "authenticationmethodconfiguration",
            "authenticationmethodspolicy",
            "authentication_method_feature_settings",
            "allowedcombinations",
            "isssprregistered",
            "methodsregistered",
            "numberofauthenticationmethodsrequired",
            "isassignabletorole",
            "onpremisessyncenabled",
            "accountenabled",
            "onpremisesimmutableid",
            "conditional_access_policies",
        ]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        let kind = if head.count(&[
            "methodsRegistered",
            "isSsprRegistered",
            "isMfaCapable",
            "isMfaRegistered",
            "isPasswordlessCapable",
            "isSsprCapable",
        ]) >= 2
            && head.count(&["userPrincipalName", "id", "userDisplayName"]) >= 1
        {
            REGISTRATION
        } else if people::is_user(head) {
            USERS
        } else if people::is_group(head) {
            GROUPS
        } else if head.is_table {
            return None;
        } else if access::is_policy(&head.tree) {
            ACCESS
        } else if methods::is_policy(&head.tree) || methods::is_configuration(&head.tree) {
            METHODS
        } else if head.has(&["allowedCombinations"]) && head.count(&["policyType", "requirementsSatisfied", "displayName"]) >= 2 {
            STRENGTHS
        } else if head.has(&["allowedToUseSSPR"])
            && head.count(&[
                "guestUserRoleId",
                "allowInvitesFrom",
                "defaultUserRolePermissions",
                "blockMsolPowerShell",
                "id",
                "allowEmailVerifiedUsersToJoinOrganization",
            ]) >= 1
        {
            AUTHORIZATION
        } else if head.has(&["numberOfAuthenticationMethodsRequired"]) && head.count(reset::KEYS) >= 1 {
            RESET
        } else {
            return None;
        };
        Some(Format { kind, records: &[] })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        let site = Site::new(record, PRODUCT, "");
        match kind {
            ACCESS => access::policy(&site, out),
            METHODS if methods::is_configuration(record.tree) => methods::configuration(&site, out),
            METHODS => methods::policy(&site, out),
            STRENGTHS => access::strength(&site, out),
            AUTHORIZATION => reset::authorization(&site, out),
            REGISTRATION => people::registration(&site, out),
            RESET => reset::policy(&site, out),
            GROUPS => people::group(&site, out),
            _ => people::user(&site, out),
        }
    }

    fn end(&self, kind: &'static str, extent: Extent, out: &mut Drafts) {
        if kind == USERS {
            people::members(extent.path, out);
        }
        let first = out.facts.iter().find(|f| f.kind == Kind::AccessRule).map(|f| f.at.clone());
        // a list of policies shows all there are; a policy in a file of its own is one of many
        let listed = first.as_ref().is_some_and(|at| at.pointer.as_deref().is_some_and(|p| !p.is_empty()));
        let known = out.facts.iter().position(|f| f.kind == Kind::Tenant && f.name == PRODUCT);
        let at = known.unwrap_or_else(|| {
            let draft = Draft::new(Kind::Tenant, PRODUCT.to_owned(), String::new(), first.unwrap_or_else(|| Spot::at(0, 0)));
            out.facts.push(HIDES.iter().fold(draft.saying(tenant::PRODUCT, PRODUCT), |draft, what| draft.saying(tenant::HIDES, *what)));
            out.facts.len() - 1
        });
        if let (true, true, true, Some(draft)) = (kind == ACCESS, listed, extent.whole, out.facts.get_mut(at)) {
            draft.say(tenant::SHOWS, shown::ACCESS_RULES);
        }
    }
}

/// The texts of a list, which PowerShell writes as one text when there is only one.
fn texts<'t>(tree: &'t Tree, path: &[&str]) -> Vec<&'t str> {
    tree.path(path).map(Tree::items).unwrap_or_default().iter().filter_map(Tree::scalar).map(str::trim).filter(|t| !t.is_empty()).collect()
}

/// Whether there is anything under a key: PowerShell writes out objects whose every value is null.
fn holds(tree: &Tree, path: &[&str]) -> bool {
    fn any(tree: &Tree, depth: usize) -> bool {
        match &tree.node {
            Node::Null => false,
            Node::List(items) => depth < 8 && items.iter().any(|i| any(i, depth + 1)),
            Node::Map(entries) => depth < 8 && entries.iter().any(|e| any(&e.value, depth + 1)),
            Node::Text(text) => !text.is_empty(),
            _ => true,
        }
    }
    tree.path(path).is_some_and(|t| any(t, 0))
}

#[cfg(test)]
mod tests;
