//! What a name says of the account that bears it. A name proves nothing, so what is read here is inferred and never more.

use crate::fact::{Word, purpose};

/// Words of the names of emergency accounts. Compared with the name without its separators.
const BREAK_GLASS: &[&str] = &["breakglass", "emergencyaccess", "emergencyadmin", "firecall", "glassbreak"];
/// Words of the names of programs.
const AUTOMATION: &[&str] = &[
    "automation",
    "backup",
    "bot",
    "build",
    "ci",
    "cicd",
    "daemon",
    "deploy",
    "deployer",
    "deployment",
    "exporter",
    "jenkins",
    "pipeline",
    "robot",
    "runner",
    "service",
    "svc",
    "terraform",
];
/// Words of the names of accounts that several people use.
const SHARED: &[&str] =
    &["admin", "administrator", "admins", "everyone", "generic", "helpdesk", "ops", "root", "servicedesk", "shared", "support", "team"];

/// The purpose that a name tells, if it tells one.
pub(super) fn purpose_of(name: &str) -> Option<Word> {
    let local = name.split('@').next().unwrap_or(name).to_lowercase();
    let whole: String = local.chars().filter(char::is_ascii_alphanumeric).collect();
    if BREAK_GLASS.iter().any(|w| whole.contains(w)) {
        return Some(purpose::BREAK_GLASS);
    }
    let words: Vec<&str> = local.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.trim_end_matches(|c: char| c.is_ascii_digit())));
    if has(&["emergency"]) {
        return Some(purpose::BREAK_GLASS);
    }
    if has(AUTOMATION) {
        return Some(purpose::AUTOMATION);
    }
    // `anna.admin` is the administrator's account of one person, `admin` that of whoever knows the password
    (words.len() <= 2 && words.first().is_some_and(|_| words.iter().all(|w| has_word(w)))).then_some(purpose::SHARED)
}

fn has_word(word: &str) -> bool {
    SHARED.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_purposes() {
        for (name, want) in [
            ("break-glass-01", Some("break_glass")),
            ("BreakGlass", Some("break_glass")),
            ("emergency.access@corp.example", Some("break_glass")),
            ("ci-deploy-admin", Some("automation")),
            ("svc-telemetry", Some("automation")),
            ("jenkins2", Some("automation")),
            ("admin", Some("shared")),
            ("ops-team", Some("shared")),
            ("anna.admin", None),
            ("priya.raman", None),
            ("robert", None),
            ("", None),
        ] {
            assert_eq!(purpose_of(name).map(Word::as_str), want, "{name}");
        }
    }
}
