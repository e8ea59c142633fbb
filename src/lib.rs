//! The tour of the house, in the order of the flow.
//!
//! Bytes become facts, facts are joined, rules read facts, findings are triaged, reports are written; nothing flows back.

pub mod artifact;
pub mod fact;
pub mod finding;
pub mod read;
pub mod rule;
pub mod tree;
