//! The one evaluator of grants: what a set of statements allows, and which powers that amounts to.
//!
//! Readers only write vendors' documents down as statements. What an action means stands in the lexicon.

mod condition;
mod glob;
mod identity;

pub(crate) use identity::{Holder, Permit, Policy, names, permit, reaches, spoken};

use crate::fact::{Sealed, Value, effect, role, statement};
use crate::rule::{Lexicon, PowerEntry, RoleEntry};

/// What somebody who holds a role may do.
#[derive(Debug, Default)]
pub(crate) struct Rights<'a> {
    statements: Vec<Statement<'a>>,
}

/// One statement: what it names but for what it leaves out. Leaving out is within one statement only.
#[derive(Debug, Default)]
struct Statement<'a> {
    denies: bool,
    actions: Vec<&'a str>,
    not_actions: Vec<&'a str>,
    data_actions: Vec<&'a str>,
    not_data_actions: Vec<&'a str>,
}

/// Managing a thing, or reading and writing what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plane {
    /// Managing it.
    Control,
    /// What is in it.
    Data,
}

impl<'a> Rights<'a> {
    /// The rights that a role gives.
    pub(crate) fn of(role: &'a Sealed) -> Self {
        let statements = role.fields.items(role::STATEMENTS).map(|fields| {
            let texts = |field| fields.texts(field).map(|text| text.as_str()).collect();
            Statement {
                denies: fields.values(statement::EFFECT).any(|v| *v == Value::Word(effect::DENY)),
                actions: texts(statement::ACTIONS),
                not_actions: texts(statement::NOT_ACTIONS),
                data_actions: texts(statement::DATA_ACTIONS),
                not_data_actions: texts(statement::NOT_DATA_ACTIONS),
            }
        });
        Self { statements: statements.collect() }
    }

    /// The rights that a vendor's own role gives.
    pub(crate) fn of_entry(role: &'a RoleEntry) -> Self {
        let texts = |list: &'a [String]| list.iter().map(String::as_str).collect();
        let statement = Statement {
            denies: false,
            actions: texts(&role.actions),
            not_actions: texts(&role.not_actions),
            data_actions: texts(&role.data_actions),
            not_data_actions: Vec::new(),
        };
        Self { statements: vec![statement] }
    }

    /// Whether an action is allowed: named by a statement that allows, and by none that denies.
    pub(crate) fn allows(&self, action: &str, plane: Plane) -> bool {
        let names = |s: &Statement<'_>| {
            let (named, left_out) = match plane {
                Plane::Control => (&s.actions, &s.not_actions),
                Plane::Data => (&s.data_actions, &s.not_data_actions),
            };
            named.iter().any(|p| glob::matches(p, action)) && !left_out.iter().any(|p| glob::matches(p, action))
        };
        self.statements.iter().any(|s| !s.denies && names(s)) && !self.statements.iter().any(|s| s.denies && names(s))
    }

    /// The powers these rights amount to, by the lexicon's entries for a vendor.
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

    fn rights(id: &str) -> Rights<'static> {
        Rights::of_entry(crate::rules().lexicon.role("azure", id, None).expect("in the lexicon"))
    }

    #[test]
    fn left_out_actions_count_within_one_statement() {
        let contributor = rights("b24988ac-6180-42a0-ab88-20f7382dd24c");
        assert!(contributor.allows("Microsoft.KeyVault/vaults/accessPolicies/write", Plane::Control));
        assert!(!contributor.allows("Microsoft.Authorization/roleAssignments/write", Plane::Control));
        assert!(!contributor.allows("Microsoft.KeyVault/vaults/secrets/getSecret/action", Plane::Data));
        let mut both = rights("b24988ac-6180-42a0-ab88-20f7382dd24c");
        both.statements.extend(rights("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9").statements);
        assert!(both.allows("microsoft.authorization/roleassignments/WRITE", Plane::Control));
        both.statements.push(Statement { denies: true, actions: vec!["*/write"], ..Statement::default() });
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
