//! The one evaluator of grants: what a set of statements allows, and which powers that amounts to.
//!
//! Readers only write vendors' documents down as statements. What an action means stands in the lexicon.

mod condition;
mod glob;
mod permit;
mod statement;

pub(crate) use permit::{Holder, Permit, names, permit, reaches, spoken};

use crate::fact::{Sealed, role};
use crate::rule::{Lexicon, PowerEntry, RoleEntry};
use statement::Statement;

/// A policy or role, ready to be asked.
#[derive(Debug, Default)]
pub(crate) struct Policy<'a> {
    statements: Vec<Statement<'a>>,
}

/// Characters of the patterns of a policy with several statements that are looked at. No vendor lets such a policy be as long; what
/// lies beyond is made up to be slow.
const LONGEST: usize = 16 * 1024;

/// Managing a thing, or reading and writing what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plane {
    /// Managing it.
    Control,
    /// What is in it.
    Data,
}

impl<'a> Policy<'a> {
    /// The policy that a document states.
    pub(crate) fn of(role: &'a Sealed, lexicon: &Lexicon) -> Self {
        let mut length = 0;
        let within = role.fields.items(role::STATEMENTS).enumerate().take_while(|(n, fields)| {
            length += Statement::length(fields);
            *n == 0 || length <= LONGEST
        });
        Self { statements: within.map(|(_, fields)| Statement::of(fields, &lexicon.conditions)).collect() }
    }

    /// A role of the vendor's.
    pub(crate) fn of_entry(role: &'a RoleEntry) -> Self {
        Self { statements: vec![Statement::of_entry(role)] }
    }

    /// Whether it allows any of the actions of a power, whatever stands between.
    pub(crate) fn touches(&self, entry: &PowerEntry) -> bool {
        self.statements.iter().any(|s| !s.denies && entry.actions.iter().any(|a| s.names(a, Plane::Control)))
    }

    /// Whether its answer depends on who asks.
    pub(crate) fn is_personal(&self) -> bool {
        self.statements.iter().any(|s| s.demand.is_personal() || s.resources.iter().any(|r| !r.contains('*')))
    }

    /// Whether an action is allowed by name: by a statement that allows, and by none that denies.
    fn allows(&self, action: &str, plane: Plane) -> bool {
        let named = |denies| self.statements.iter().any(|s| s.denies == denies && s.names(action, plane));
        named(false) && !named(true)
    }

    /// The powers it amounts to, by the lexicon's entries for a vendor.
    pub(crate) fn powers<'l>(&self, lexicon: &'l Lexicon, vendor: &str) -> Vec<&'l PowerEntry> {
        let given = |entry: &&PowerEntry| {
            entry.vendor == vendor
                && (entry.actions.iter().any(|a| self.allows(a, Plane::Control))
                    || entry.data_actions.iter().any(|a| self.allows(a, Plane::Data)))
        };
        lexicon.powers.iter().filter(given).collect()
    }
}

/// Whether a scope covers a resource: it is the resource, or stands above it. Segments are whole, case does not count.
pub(crate) fn covers(scope: &str, resource: &str) -> bool {
    let scope = scope.trim_end_matches('/');
    let (Some(start), Some(rest)) = (resource.get(..scope.len()), resource.get(scope.len()..)) else { return false };
    start.eq_ignore_ascii_case(scope) && (rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role_of(id: &str) -> Policy<'static> {
        Policy::of_entry(crate::rules().lexicon.role("azure", id, None).expect("in the lexicon"))
    }

    #[test]
    fn left_out_actions_count_within_one_statement() {
        let owner = crate::rules().lexicon.role("azure", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", None).expect("in the lexicon");
        let contributor = role_of("b24988ac-6180-42a0-ab88-20f7382dd24c");
        assert!(contributor.allows("Microsoft.KeyVault/vaults/accessPolicies/write", Plane::Control));
        assert!(!contributor.allows("Microsoft.Authorization/roleAssignments/write", Plane::Control));
        assert!(!contributor.allows("Microsoft.KeyVault/vaults/secrets/getSecret/action", Plane::Data));
        let all = RoleEntry { actions: vec!["*/write".into()], not_actions: Vec::new(), ..owner.clone() };
        let mut both = role_of("b24988ac-6180-42a0-ab88-20f7382dd24c");
        both.statements.extend(role_of("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9").statements);
        assert!(both.allows("microsoft.authorization/roleassignments/WRITE", Plane::Control));
        let mut denial = Statement::of_entry(&all);
        denial.denies = true;
        both.statements.push(denial);
        assert!(!both.allows("Microsoft.Authorization/roleAssignments/write", Plane::Control));
    }

    #[test]
    fn scopes_cover_whole_segments() {
        assert!(covers("/", "/subscriptions/a"));
        assert!(covers("/subscriptions/A", "/subscriptions/a/resourceGroups/rg"));
        assert!(covers("/subscriptions/a/", "/subscriptions/a"));
        assert!(!covers("/subscriptions/a/resourceGroups/rg", "/subscriptions/a/resourceGroups/rg2/x"));
        assert!(!covers("/subscriptions/a/resourceGroups/rg", "/subscriptions/a"));
    }
}
