//! Who answers for which files of a repository, as its `CODEOWNERS` file says.

use crate::artifact::Clean;
use crate::fact::{Facts, Kind, Sealed, ownership};
use globset::{GlobBuilder, GlobMatcher};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The rules of `CODEOWNERS` files.
pub(super) struct Teams<'a> {
    /// By repository and section, the last rule first: that one counts.
    rules: BTreeMap<&'a Clean, BTreeMap<&'a str, Vec<Rule<'a>>>>,
}

struct Rule<'a> {
    order: i64,
    /// Whether what it matches is nobody's (`!` in GitLab's files).
    excludes: bool,
    /// The folder that its patterns are relative to, with a slash at its end.
    base: &'a str,
    files: [Option<GlobMatcher>; 2],
    fact: &'a Sealed,
}

impl<'a> Teams<'a> {
    pub(super) fn of(facts: &'a Facts) -> Self {
        let mut rules: BTreeMap<&Clean, BTreeMap<&str, Vec<Rule<'a>>>> = BTreeMap::new();
        for fact in facts.of(Kind::Ownership) {
            let Some(home) = fact.fields.text(ownership::HOME) else { continue };
            let order = fact.fields.number(ownership::ORDER);
            let base = fact.fields.text(ownership::BASE).map_or("", Clean::as_str);
            let section = fact.fields.text(ownership::SECTION).map_or("", Clean::as_str);
            let pattern = fact.name.as_str();
            let (excludes, pattern) = pattern.strip_prefix('!').map_or((false, pattern), |rest| (true, rest));
            let rule = Rule { order: order.unwrap_or(0), base, excludes, files: files(pattern), fact };
            rules.entry(home).or_default().entry(section).or_default().push(rule);
        }
        for rules in rules.values_mut().flat_map(BTreeMap::values_mut) {
            rules.sort_by_key(|rule| (!rule.excludes, Reverse(rule.order)));
        }
        Self { rules }
    }

    /// Who answers for a path of a repository: of each section the last rule that matches, unless one excludes it. Nobody where none does.
    pub(super) fn of_path(&self, home: &Clean, path: &str) -> BTreeSet<Clean> {
        let matches = |rule: &&Rule<'_>| {
            let relative = path.strip_prefix(rule.base);
            relative.is_some_and(|relative| rule.files.iter().flatten().any(|glob| glob.is_match(relative)))
        };
        let sections = self.rules.get(home).into_iter().flat_map(BTreeMap::values);
        let rules = sections.filter_map(|rules| rules.iter().find(matches)).filter(|rule| !rule.excludes);
        rules.flat_map(|rule| rule.fact.fields.texts(ownership::OWNERS).cloned()).collect()
    }
}

/// A pattern as git's ignore files have it: a file, or everything below a folder.
fn files(pattern: &str) -> [Option<GlobMatcher>; 2] {
    let folder = pattern.ends_with('/');
    let bare = pattern.trim_start_matches('/').trim_end_matches('/');
    let anchored = pattern.starts_with('/') || bare.contains('/');
    let from = if anchored || bare == "*" || bare == "**" { bare.to_owned() } else { format!("**/{bare}") };
    let from = if bare == "*" { "**".to_owned() } else { from };
    let glob = |text: &str| GlobBuilder::new(text).literal_separator(true).build().ok().map(|g| g.compile_matcher());
    let below = if bare != "*" && from.ends_with("/*") { None } else { glob(&format!("{from}/**")) };
    [if folder { None } else { glob(&from) }, below]
}
