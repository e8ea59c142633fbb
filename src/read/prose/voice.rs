//! Whose manual a section is: who reads it decides what it can leave out.
//!
//! An operator's procedure owes an answer to every question of an auditor. A guide for the one who is locked out, a page about a
//! product, a test plan or a report owes none: a missing record in them is no finding.

use super::note::Note;
use super::section::{RESETS, Section};

/// To whom a section speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    /// To whoever lets others in, or breaks the glass.
    Operator,
    /// To the one who is let in.
    Holder,
    /// To the one who is let in, in a procedure of the house that tells the desk's part as well.
    Desk,
    /// To nobody: it lays down how emergency accounts are kept.
    Rules,
    /// To nobody: it describes, tests or reports.
    Told,
}

/// Words in a path that make a page a plan, a test, a report or a product's reference.
const TOLD_PATHS: [&str; 22] = [
    "exercise",
    "exercises",
    "workshop",
    "workshops",
    "test",
    "tests",
    "testing",
    "api",
    "roadmap",
    "proposal",
    "tutorial",
    "tutorials",
    "screenshots",
    "prompts",
    "training",
    "scenario",
    "course",
    "lesson",
    "lessons",
    "configuration",
    "config",
    "reference",
];
/// Words in a path that make a page a record of a day, a test or a product's history: what it says is what somebody said or tried, and
/// no rule.
const RECORDS: [&str; 17] = [
    "minutes",
    "meeting",
    "meetings",
    "bod",
    "testresults",
    "changelog",
    "changehistory",
    "releasenotes",
    "archive",
    "archives",
    "archived",
    "superseded",
    "deprecated",
    "interview",
    "transcripts",
    "standup",
    "retrospectives",
];
/// Folders of work that is planned, weighed, checked or done, by their whole names: what stands there is no rule of the house.
const WORK: [&str; 12] = [
    "spec",
    "tasks",
    "critique",
    "critiques",
    "postmortem",
    "postmortems",
    "proposals",
    "research",
    "evidence",
    "findings",
    "audits",
    "tickets",
];
/// Folders and files that hold plans of software, or tell a program how to write some.
const PLANS: [&str; 17] = [
    ".planning",
    "sprint",
    "sprints",
    "specs",
    "superpowers",
    "claude",
    "agents",
    "llms",
    "llms-full",
    "skill",
    "copilot-instructions",
    "release",
    "releases",
    "release-notes",
    "backlog",
    "prompts",
    "code-review",
];
/// Folders and first words of a file that do the same: "provision-test-users" is no test.
const TESTS: [&str; 4] = ["test", "tests", "testing", "smoke"];
/// Parts of a path that make a page the documentation of a product: what it lets its buyers do, and not what they do.
const PRODUCT: [&str; 8] = [
    "versioned_docs",
    "docs/content/",
    "content/en/docs/",
    "for_administrators",
    "for-administrators",
    "for_business_users",
    "integration_guides",
    "integration-guides",
];
/// The same, where the folder says for whom among the buyers, or for which version, it is written.
const EDITIONS: [&str; 4] = ["versioned_docs", "for_administrators", "for-administrators", "for_business_users"];
/// The same, where they are shouted: the report of a job that is done.
const SHOUTED: [&str; 3] = ["COMPLETE", "COMPLETED", "SUMMARY"];
/// Parts of a path that make a page a guide for whoever is let in.
const HOLDER_PATHS: [&str; 10] =
    ["user_manual", "user-manual", "user_guide", "user-guide", "user-docs", "user_docs", "end-user", "end_user", "for-users", "userguide"];
/// Blocks of code that make a page a manual of software.
const MANUAL: usize = 30;
/// Pieces of programs that do.
const PROGRAMS: usize = 3;
/// Folders of playbooks for accounts that somebody has taken over: what they reset is contained, not recovered.
const CONTAINMENT: [&str; 4] = ["incident_response", "incident-response", "incident", "incidents"];
/// Statements that make rules of a section on an emergency account.
const RULES: usize = 3;
/// How many of them name the account or what opens it.
const ASSETS: usize = 2;

/// Sentences that tell how the house does it, at least.
const STAFFED: usize = 3;
/// Checks that make a checklist for auditors of a section.
const AUDITS: usize = 3;

/// What the path of a document says of it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shelf {
    told: bool,
    /// Nothing in it is a rule of the house, not even what it says outright.
    pub(super) record: bool,
    /// It speaks to whoever is let in.
    holder: bool,
    /// It tells how software is built or set up.
    manual: bool,
    containment: bool,
}

impl Shelf {
    pub(super) fn of(path: &str, code: usize, programs: usize) -> Self {
        let lower = path.to_lowercase();
        let mails = ["emailtemplate", "email-template", "email_template"].iter().any(|m| lower.contains(m));
        let done = path.split(|c: char| !c.is_alphanumeric()).any(|word| SHOUTED.contains(&word));
        let words = || lower.split(|c: char| !c.is_alphanumeric());
        let opens = |part: &str| part.split(|c: char| !c.is_alphanumeric()).next().is_some_and(|word| TESTS.contains(&word));
        let record = words().any(|word| RECORDS.contains(&word))
            || lower.split('/').any(|part| PLANS.contains(&part.strip_suffix(".md").or_else(|| part.strip_suffix(".txt")).unwrap_or(part)))
            || lower.split('/').any(opens)
            || is_dated(&lower)
            || EDITIONS.iter().any(|e| lower.contains(e))
            || lower.split('/').rev().skip(1).any(|folder| WORK.contains(&folder) || is_hidden(folder));
        let product = PRODUCT.iter().any(|p| lower.contains(p));
        // "jekyll-test-publish" holds no tests
        let edges = |part: &str| {
            let mut words = part.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
            words.next().into_iter().chain(words.next_back()).any(|word| TOLD_PATHS.contains(&word))
        };
        let (folders, file) = lower.rsplit_once('/').unwrap_or(("", &lower));
        let told = done
            || mails
            || record
            || product
            || folders.split('/').any(edges)
            || file.split(|c: char| !c.is_alphanumeric()).any(|word| TOLD_PATHS.contains(&word));
        // "manage-factors-for-users-in-acme" is no folder for users
        let parts = || lower.split('/').map(|part| part.split('.').next().unwrap_or(part));
        let holder = HOLDER_PATHS.iter().any(|h| parts().any(|part| part.starts_with(h) || part.ends_with(h)));
        let containment = lower.split('/').rev().skip(1).any(|folder| CONTAINMENT.iter().any(|c| folder.ends_with(c)));
        Self { told, record, holder, manual: code >= MANUAL || programs >= PROGRAMS, containment }
    }
}

/// Headings that only the reference of a program has.
const SPECIFIC: [&str; 4] = ["parameters", "input parameters", "request parameters", "exit codes"];

impl Shelf {
    /// The same, knowing the headings of the document.
    pub(super) fn with<'a>(mut self, headings: impl Iterator<Item = &'a str> + Clone) -> Self {
        self.told |= headings.clone().any(|name| SPECIFIC.iter().any(|s| name.eq_ignore_ascii_case(s)));
        self.record |= headings.clone().any(|name| SCHEMA.iter().any(|s| name.eq_ignore_ascii_case(s)));
        let mut named = headings.filter(|name| !name.is_empty());
        let first = named.next().unwrap_or_default();
        self.record |= names_identifier(first) || is_command(first) && named.any(|name| USAGE.iter().any(|u| name.eq_ignore_ascii_case(u)));
        self
    }
}

/// Headings of the reference of a configuration language: nothing in it is done by anybody.
const SCHEMA: [&str; 13] = [
    "argument reference",
    "arguments reference",
    "attributes reference",
    "read-only",
    "schema",
    "request syntax",
    "synopsis",
    "syntax",
    "request body",
    "return value",
    "return values",
    "endpoints",
    "api endpoints",
];

/// Headings of a page about a command.
const USAGE: [&str; 5] = ["usage", "options", "flags", "arguments", "global flags"];

/// Whether a title is the name of a command: "reset-password", "acme user unlock".
fn is_command(title: &str) -> bool {
    let plain = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b'_'));
    title.split_whitespace().all(plain) && title.split_whitespace().count() <= 4 && !title.is_empty()
}

/// Whether a title is the name of something in a program: "Resource: cloud_user_login", "app_shared_login (Resource)". Its page is the
/// reference of that thing, and nobody's procedure.
fn names_identifier(title: &str) -> bool {
    let identifier = |w: &str| {
        let parts = w.split('_').count();
        parts > 2 && w.split('_').all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
    };
    // "UserCredentialsAPI"
    let class =
        |w: &str| w.bytes().filter(u8::is_ascii_uppercase).count() > 3 && w.bytes().any(|b| b.is_ascii_lowercase()) && w.ends_with("API");
    let words = || title.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|w| !w.is_empty());
    words().count() <= 4 && words().any(|w| identifier(w) || class(w))
}

/// Whether a folder holds what tools and their agents are told. Templates of issues and wikis lie in such folders, too, and are the house's.
fn is_hidden(folder: &str) -> bool {
    folder.len() > 1 && folder.starts_with('.') && !folder.starts_with("..") && !matches!(folder, ".github" | ".gitlab" | ".gitea")
}

/// Whether a file is called by a day, or is the minutes of one: "2024-05-07.md", "min110206.md".
fn is_dated(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.split_once('.').map_or(file, |s| s.0);
    let bare = stem.strip_prefix("minutes").or_else(|| stem.strip_prefix("min")).unwrap_or(stem);
    let digits = bare.bytes().filter(u8::is_ascii_digit).count();
    digits >= 6 && bare.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'_'))
}

/// What the sections of a procedure say together.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) imperatives: usize,
    pub(super) code: usize,
    pub(super) performs: usize,
    /// Of these, those in which somebody of the house acts.
    pub(super) staffed: usize,
    pub(super) audits: usize,
    pub(super) asks: usize,
    pub(super) statements: usize,
    /// Mentions of somebody who is let in and is not the reader.
    pub(super) others: usize,
    /// Mentions of what is the reader's own.
    pub(super) selves: usize,
    pub(super) desk: bool,
    /// Sentences in which whoever is let in acts.
    pub(super) holder_acts: usize,
    /// Sentences that cut off an intruder.
    pub(super) contains: usize,
    /// Sentences that name an account or what opens it.
    pub(super) assets: usize,
    /// Sentences about how changes are reviewed and shipped.
    changes: usize,
    /// Whether it says of some access that it is given, used or taken away.
    access: bool,
    /// Whether something temporary is handed out.
    pub(super) hands: bool,
    /// Whether somebody asks, decides or answers for it: an organisation and not a program.
    pub(super) people: bool,
}

impl Counts {
    pub(super) fn of(members: &[&Section]) -> Self {
        let mut sum = Self::default();
        for section in members {
            sum.imperatives += section.imperatives;
            sum.code += section.code;
            sum.performs += section.performs;
            sum.staffed += section.staffed;
            sum.audits += section.audits;
            sum.asks += section.asks;
            sum.statements += section.statements;
            sum.others += section.others;
            sum.selves += section.actors.iter().filter(|a| a.0 == "self").count();
            sum.desk |= section.actors.iter().any(|a| a.0 == "first_line");
            sum.holder_acts += section.holder_acts;
            sum.contains += section.contains;
            sum.assets += section.assets;
            sum.changes += section.changes;
            sum.access |= section.access || section.said.iter().any(|(s, _)| s.object == Some("access"));
            sum.hands |= section.notes.iter().any(|n| n.0 == Note::HandsOut);
            sum.people |= section.askers > 0
                || section
                    .actors
                    .iter()
                    .any(|a| matches!(a.0, "first_line" | "second_line" | "manager" | "security" | "owner" | "vendor" | "peer"))
                || section.said.iter().any(|(s, _)| s.deed == "approve");
        }
        sum
    }

    /// Whether it tells in whole sentences how the house does it, and not only that it does.
    pub(super) fn is_told_by_role(self) -> bool {
        self.staffed > 0 && self.statements >= STAFFED
    }

    /// Whether nobody asks and no desk answers: whoever reads it resets an account of a machine, or his own.
    pub(super) fn is_alone(self, head: &Section) -> bool {
        !self.desk && (self.others == 0 || head.populations.contains(&"privileged") && !self.people && !head.of_somebody)
    }

    /// What the reader is told to do: sentences and blocks of commands.
    pub(super) fn steps(self) -> usize {
        self.imperatives + self.code
    }
}

/// To whom a procedure of this type speaks. `uses`: some clause opens the emergency account.
pub(super) fn voice(act: &str, head: &Section, n: Counts, shelf: Shelf, uses: bool) -> Voice {
    if head.story || head.told || shelf.told || n.audits >= AUDITS {
        return Voice::Told;
    }
    if RESETS.contains(&act) {
        let holder = head.alone
            || shelf.holder
            || n.selves > n.others
            || n.asks > 0 && (n.performs == 0 || n.others == 0)
            || n.holder_acts > n.performs;
        // without anybody on the other side, what is reset is the reader's own, or no account
        let somebody = n.others > 0 || n.desk || head.populations.contains(&"privileged");
        return match () {
            // what is taken back from an intruder is not given back to its holder
            () if shelf.containment || n.contains > 0 => Voice::Told,
            // how a program is written, and not how a desk works
            () if shelf.manual && n.code > 0 && !n.people => Voice::Told,
            () if holder => Voice::Holder,
            () if somebody
                && (n.performs > 0 && (n.desk || n.is_told_by_role())
                    || (n.performs > 0 || head.instruct || n.hands) && n.steps() >= 2
                    || head.instruct && n.performs > 0 && n.imperatives + n.statements > 1) =>
            {
                Voice::Operator
            }
            () => Voice::Told,
        };
    }
    match act {
        // "break glass" is said of changes that skip their review, too: where no account, key or password is named, nobody is let in
        "break_glass" if !n.access && n.assets <= n.changes => Voice::Told,
        "break_glass" | "root_ceremony" if n.steps() >= 2 || uses && n.performs > 0 => Voice::Operator,
        // an overview that only says there is a way in lays down nothing
        "break_glass" if n.statements >= RULES && n.assets >= ASSETS => Voice::Rules,
        "break_glass" | "root_ceremony" => Voice::Told,
        "privileged_grant" if !n.people || shelf.manual => Voice::Told,
        _ if n.asks > 0 && n.performs == 0 => Voice::Holder,
        _ if n.steps() >= 2 || n.performs > 0 => Voice::Operator,
        _ => Voice::Told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_plans_and_reports_from_runbooks() {
        for path in ["docs/testing/reset.md", "PASSWORD-RESET-COMPLETE.md", "wiki/api/auth.md", "bod/minutes-2010.md"] {
            assert!(Shelf::of(path, 0, 0).told, "{path}");
        }
        assert!(!Shelf::of("ops/password-reset.md", 3, 0).told);
        for (title, record) in [("cloud_user_login (Resource)", true), ("Resource: cloud_user_login", true), ("Reset of svc_backup", false)]
        {
            assert_eq!(Shelf::of("docs/a.md", 0, 0).with([title].into_iter()).record, record, "{title}");
        }
        for path in [
            "board/min110206.md",
            "notes/2024-05-07.md",
            "bod/2001/mar14.md",
            "docs/tests/cis/1.2.md",
            "src/Test-GroupOwners.md",
            "site/versioned_docs/2.1/accounts.md",
        ] {
            assert!(Shelf::of(path, 0, 0).record, "{path}");
        }
        for path in
            ["ops/password-reset-2024-05-07.md", "policies/minimum-access.md", "ops/provision-test-users.md", "docs/content/users.md"]
        {
            assert!(!Shelf::of(path, 0, 0).record, "{path}");
        }
        assert!(Shelf::of("soc/05_incident_response/phish.md", 0, 0).containment);
    }
}
