//! Who answers for which files of a repository, as its `CODEOWNERS` file says.

use crate::artifact::{Clean, Quote};
use crate::fact::{Basis, Claim, Duty, Facts, Kind, Sealed, Stated, Value, ownership, procedure};
use globset::{GlobBuilder, GlobMatcher};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Who answers for something, with the lines that say so.
type Owners = Vec<Claim<Clean, Arc<Quote>>>;

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
        self.lines(home, path).flat_map(|line| line.fields.texts(ownership::OWNERS).cloned()).collect()
    }

    /// The lines that say so.
    fn lines<'s>(&'s self, home: &Clean, path: &'s str) -> impl Iterator<Item = &'a Sealed> + use<'s, 'a> {
        let matches = move |rule: &&Rule<'_>| {
            let relative = path.strip_prefix(rule.base);
            relative.is_some_and(|relative| rule.files.iter().flatten().any(|glob| glob.is_match(relative)))
        };
        let sections = self.rules.get(home).into_iter().flat_map(BTreeMap::values);
        sections.filter_map(move |rules| rules.iter().find(matches)).filter(|rule| !rule.excludes).map(|rule| rule.fact)
    }
}

/// Lets `CODEOWNERS` answer who answers for a procedure that does not say so itself.
pub(super) fn answer(facts: &mut Facts) {
    if facts.of(Kind::Ownership).next().is_none() {
        return;
    }
    let unowned = |f: &Sealed| f.kind == Kind::Procedure && matches!(f.fields.get(procedure::OWNER), Some(Stated::Unsaid));
    let teams = Teams::of(facts);
    let mut owned: Vec<(usize, Owners)> = Vec::new();
    for (index, fact) in facts.facts.iter().enumerate().filter(|(_, f)| unowned(f)) {
        let lines = teams.rules.keys().flat_map(|home| teams.lines(home, fact.at.place.path.as_str()));
        let claims = |line: &Sealed| {
            let claim = |owner: &Clean| Claim {
                value: Value::Text(owner.clone()),
                quote: line.at.clone(),
                basis: Basis::Explicit,
                duty: Duty::Must,
            };
            line.fields.texts(ownership::OWNERS).map(claim).collect::<Vec<_>>()
        };
        owned.push((index, lines.flat_map(claims).collect()));
    }
    for (index, claims) in owned.into_iter().filter(|o| !o.1.is_empty()) {
        if let Some(fact) = facts.facts.get_mut(index) {
            fact.fields.set(procedure::OWNER, Stated::Said(claims));
        }
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
