//! One statement of a policy: what it allows or denies, on what, and under which conditions.

use super::condition::Demand;
use super::{Plane, glob};
use crate::artifact::{Clean, Quote};
use crate::fact::{Fields, Value, condition, effect, statement};
use crate::rule::{ConditionEntry, RoleEntry};
use std::sync::Arc;

/// Everything, as an action or a resource.
pub(super) const EVERYTHING: &str = "*";

/// One statement. Leaving out is within one statement only.
#[derive(Debug, Default)]
pub(super) struct Statement<'a> {
    pub(super) denies: bool,
    actions: Vec<&'a str>,
    not_actions: Vec<&'a str>,
    data_actions: Vec<&'a str>,
    not_data_actions: Vec<&'a str>,
    pub(super) resources: Vec<&'a str>,
    pub(super) not_resources: Vec<&'a str>,
    pub(super) demand: Demand<'a>,
}

impl<'a> Statement<'a> {
    /// A statement as a reader wrote it down.
    pub(super) fn of(fields: &'a Fields<Clean, Arc<Quote>>, known: &[ConditionEntry]) -> Self {
        let texts = |field| fields.texts(field).map(|text| text.as_str()).collect();
        let mut demand = Demand::default();
        for c in fields.items(statement::CONDITIONS) {
            let text = |field| c.text(field).map_or("", |t| t.as_str());
            let values = c.texts(condition::VALUES).map(|v| v.as_str()).collect();
            demand.add(known, text(condition::KEY), text(condition::OPERATOR), values);
        }
        Self {
            denies: fields.values(statement::EFFECT).any(|v| *v == Value::Word(effect::DENY)),
            actions: texts(statement::ACTIONS),
            not_actions: texts(statement::NOT_ACTIONS),
            data_actions: texts(statement::DATA_ACTIONS),
            not_data_actions: texts(statement::NOT_DATA_ACTIONS),
            resources: texts(statement::RESOURCES),
            not_resources: texts(statement::NOT_RESOURCES),
            demand,
        }
    }

    /// What a vendor's own role allows: one list, and what it leaves out is left out of that list.
    pub(super) fn of_entry(role: &'a RoleEntry) -> Self {
        let texts = |list: &'a [String]| list.iter().map(String::as_str).collect();
        Self {
            actions: texts(&role.actions),
            not_actions: texts(&role.not_actions),
            data_actions: texts(&role.data_actions),
            resources: vec![EVERYTHING],
            ..Self::default()
        }
    }

    /// Whether it speaks of an action: it names it and does not leave it out, or names nothing and leaves out others.
    pub(super) fn names(&self, action: &str, plane: Plane) -> bool {
        let any = |patterns: &[&str]| patterns.iter().any(|p| glob::matches(p, action));
        match plane {
            Plane::Control if any(&self.not_actions) => false,
            Plane::Control if self.actions.is_empty() => !self.not_actions.is_empty() && self.data_actions.is_empty(),
            Plane::Control => any(&self.actions),
            Plane::Data => any(&self.data_actions) && !any(&self.not_data_actions),
        }
    }

    /// How long its patterns are together.
    pub(super) fn length(fields: &Fields<Clean, Arc<Quote>>) -> usize {
        let patterns = [statement::ACTIONS, statement::NOT_ACTIONS, statement::RESOURCES, statement::NOT_RESOURCES];
        patterns.iter().flat_map(|field| fields.texts(*field)).map(|text| text.as_str().len()).sum()
    }
}
