//! The file format of rules: six kinds of data, each in its own folder and never mixed.
//!
//! What a credential looks like (`patterns`), what words and permissions mean (`lexicon`), what can be wrong (`weaknesses.yaml`),
//! when it is wrong (`checks`), what a standard says (`controls`), and how it is done well (`templates`); beside them, how exports are made
//! (`exports`). The loader refuses what it does not understand, with file,
//! line and the nearest name. `build.rs` runs this very module over `rules/**` and embeds the result, so that no YAML is parsed
//! at start; a user's own folder is loaded at run time under the same promises.

mod catalogue;
mod check;
mod clause;
mod decode;
mod exports;
mod lexicon;
mod literal;
mod load;
mod pattern;
mod promised;
mod saying;
mod schema;
mod tables;

pub use catalogue::{Control, Framework, Label, LabelUse, Mapping, Weakness};
pub use check::{Case, Check, Example, ExampleLife, Part as TemplatePart, Step, Template, Verdict};
pub use clause::{Bound, Clause, Literal, Test, clause, duration};
pub(crate) use decode::Decoder;
pub use decode::RuleError;
pub use exports::{Export, Vendor};
pub use lexicon::{
    AGREED, ASKS, CLASSES, CUES, Concept, ConditionEntry, DirectoryEntry, ELEMENTS, FactorEntry, KEEPS, Lexicon, PowerEntry, ProductEntry,
    ResetEntry, RoleEntry, SLOTS, SettingEntry,
};
pub use literal::{Required, required};
pub use load::{Origin, load};
pub use pattern::{Life, Pattern, Validate};
pub use promised::{PromiseEntry, class};
pub use saying::{Ask, Ending, Language, Meeting, Saying, TOPICS, Term};
pub use schema::schema;
pub(crate) use tables::parse as parse_tables;
pub use tables::{Table, tables};

use serde::{Deserialize, Serialize};

/// Everything the rule files say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Pack {
    /// What can be wrong.
    pub weaknesses: Vec<Weakness>,
    /// Conditions under which a mapped control holds: id and meaning.
    pub cases: Vec<(String, String)>,
    /// The customer's own words.
    pub labels: Vec<Label>,
    /// What standards say.
    pub frameworks: Vec<Framework>,
    /// What secrets look like.
    pub patterns: Vec<Pattern>,
    /// What words and permissions mean.
    pub lexicon: Lexicon,
    /// When it is wrong.
    pub checks: Vec<Check>,
    /// Tables that a user describes.
    pub tables: Vec<Table>,
    /// How what is read comes to be.
    pub exports: Vec<Vendor>,
    /// Model procedures: name and Markdown.
    pub templates: Vec<(String, String)>,
    /// BLAKE3 of the files, hex: names this set of rules in reports.
    pub digest: String,
}

impl Pack {
    /// The same without what only `rules` and `explain` read, so that a scan need not decode it.
    #[must_use]
    pub fn without_examples(mut self) -> Self {
        for pattern in &mut self.patterns {
            (pattern.hits, pattern.misses) = (Vec::new(), Vec::new());
        }
        for check in &mut self.checks {
            check.examples = Vec::new();
        }
        self.exports = Vec::new();
        self.templates = Vec::new();
        self
    }

    /// The weakness of that id.
    pub fn weakness(&self, id: &str) -> Option<&Weakness> {
        self.weaknesses.iter().find(|w| w.id == id)
    }

    /// The check of that id.
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.iter().find(|c| c.id == id)
    }

    /// The framework and control of that id.
    pub fn control(&self, id: &str) -> Option<(&Framework, &Control)> {
        self.frameworks.iter().find_map(|f| f.controls.iter().find(|c| c.id == id).map(|c| (f, c)))
    }

    /// The framework of that id.
    pub fn framework(&self, id: &str) -> Option<&Framework> {
        self.frameworks.iter().find(|f| f.id == id)
    }
}

impl Pack {
    /// Adds a user's rules. They were loaded as [`Origin::Added`], so no id meets one that is here.
    pub fn add(&mut self, other: Self) {
        self.frameworks.extend(other.frameworks);
        self.patterns.extend(other.patterns);
        self.lexicon.concepts.extend(other.lexicon.concepts);
        self.lexicon.sayings.extend(other.lexicon.sayings);
        self.lexicon.terms.extend(other.lexicon.terms);
        self.lexicon.languages.extend(other.lexicon.languages);
        self.lexicon.powers.extend(other.lexicon.powers);
        self.lexicon.roles.extend(other.lexicon.roles);
        self.lexicon.resets.extend(other.lexicon.resets);
        self.lexicon.factors.extend(other.lexicon.factors);
        self.lexicon.mail_suites.extend(other.lexicon.mail_suites);
        self.lexicon.products.extend(other.lexicon.products);
        self.lexicon.directories.extend(other.lexicon.directories);
        self.lexicon.single_sign_on.extend(other.lexicon.single_sign_on);
        self.lexicon.signing_in.extend(other.lexicon.signing_in);
        self.lexicon.conditions.extend(other.lexicon.conditions);
        self.lexicon.own.extend(other.lexicon.own);
        self.lexicon.promises.extend(other.lexicon.promises);
        self.lexicon.together.extend(other.lexicon.together);
        self.lexicon.directory.extend(other.lexicon.directory);
        self.lexicon.settings.extend(other.lexicon.settings);
        self.checks.extend(other.checks);
        self.templates.extend(other.templates);
        self.digest = format!("{}+{}", self.digest, other.digest);
    }
}

/// The candidate that a misspelt name most resembles, if it resembles one at all.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).max(1);
    candidates.into_iter().map(|c| (distance(name, c), c)).filter(|(d, _)| *d <= limit).min().map(|(_, c)| c)
}

/// Levenshtein distance, with a swap of neighbours counted as one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let same = a[i - 1] == b[j - 1];
            let mut best = (rows[i - 1][j - 1] + usize::from(!same)).min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}
