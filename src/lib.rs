//! The tour of the house, in the order of the flow.
//!
//! Bytes become facts, facts are joined, rules read facts, findings are triaged, reports are written; nothing flows back.
//! `docs/architecture.md` says what each room may know, and `tests/law.rs` holds it to that.

pub mod artifact;
pub mod check;
pub mod cli;
pub mod config;
pub mod fact;
pub mod finding;
pub mod join;
pub mod paths;
mod policy;
pub mod read;
pub mod report;
pub mod rule;
pub mod scan;
pub mod source;
pub mod tree;
pub mod triage;
pub mod unpack;

use std::sync::OnceLock;

/// The built-in rules without their examples: validated by `build.rs`, embedded, decoded on first use.
pub fn rules() -> &'static rule::Pack {
    static RULES: OnceLock<rule::Pack> = OnceLock::new();
    RULES.get_or_init(|| postcard::from_bytes(include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"))).unwrap_or_default())
}

/// The built-in rules with their examples, for those who run or show them.
pub fn catalogue() -> rule::Pack {
    postcard::from_bytes(include_bytes!(concat!(env!("OUT_DIR"), "/catalogue.bin"))).unwrap_or_default()
}

/// The demo's sample estate: path and bytes of each file.
pub fn estate() -> Vec<(String, Vec<u8>)> {
    postcard::from_bytes(include_bytes!(concat!(env!("OUT_DIR"), "/estate.bin"))).unwrap_or_default()
}
