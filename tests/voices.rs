//! Runbooks in the voices of many companies, labelled before the reader was tuned: how much of what they say is found, and how much of
//! what is reported is there. `truth.csv` names line and weakness; a label that is not sure counts for nobody.

#![allow(clippy::expect_used, clippy::panic, clippy::disallowed_methods, clippy::print_stderr)] // tests may fail loudly

use sidedoor::scan;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Weaknesses that a text shows by what it leaves out as well: what is reported for silence is measured elsewhere.
const SILENT: [&str; 3] = ["helpdesk/no-approval", "helpdesk/no-second-approver", "helpdesk/unlogged-recovery"];

#[derive(Debug)]
struct Label {
    document: String,
    line: u32,
    weakness: String,
    sure: bool,
}
