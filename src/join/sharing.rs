//! One secret in several places that belong to different owners: repositories or folders, or, within one repository, teams that its
//! `CODEOWNERS` file names. Two files of one team, or of nobody, are not shared; a copy in another's hands is.
//!
//! Secrets are compared by their keyed digests and by nothing else; no order and no output depends on a digest.

use crate::artifact::{Clean, Quote};
use crate::fact::{Basis, Claim, Duty, Fact, Facts, Field, Fields, Kind, Sealed, Value, Word, context, ownership, sharing, sighting};
use globset::{GlobBuilder, GlobMatcher};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Places that are quoted for one secret; all of them are counted.
const QUOTED: usize = 50;

/// A sharing for each secret that stands with two owners or more.
pub(crate) fn derive(facts: &Facts) -> Vec<Sealed> {
    let mut groups: BTreeMap<&Clean, Vec<&Sealed>> = BTreeMap::new();
    for sighting in facts.of(Kind::Sighting).filter(|f| counts(f)) {
        if let Some(digest) = sighting.fields.text(sighting::DIGEST) {
            groups.entry(digest).or_default().push(sighting);
        }
    }
    let teams = Teams::of(facts);
    let mut shared: Vec<Sealed> = groups.into_values().filter_map(|places| sharing(&places, &teams)).collect();
    shared.sort_by(|a, b| (&a.at.place, &a.name, &a.anchor).cmp(&(&b.at.place, &b.name, &b.anchor)));
    shared
}

/// The id of a key is no secret, and a value that many people choose proves nothing when it stands twice.
fn counts(fact: &Sealed) -> bool {
    fact.fields.word(sighting::TYPE) != Some("access_key_id") && fact.fields.flag(sighting::WEAK) != Some(true)
}

fn sharing(places: &[&Sealed], teams: &Teams<'_>) -> Option<Sealed> {
    let mut owners: BTreeMap<Clean, &Sealed> = BTreeMap::new();
    for place in places {
        for owner in place.fields.texts(sighting::OWNER) {
            owners.entry(owner.clone()).or_insert(place);
        }
    }
    // fixtures copy each other
    let real =
        |p: &&&Sealed| p.fields.word(sighting::CONTEXT) != Some(context::TEST.as_str()) && p.fields.flag(sighting::EXAMPLE) != Some(true);
    let real = places.iter().find(real)?;
    if owners.len() < 2 {
        owners = teams.apart(places)?;
    }
    let first = places.first()?;
    // `REPORT_DB_PASSWORD` says more than `password`
    let name = places.iter().map(|p| &p.name).max_by_key(|n| (!n.as_str().contains(' '), n.as_str().len(), std::cmp::Reverse(*n)))?;
    let mut fact = Fact::new(Kind::Sharing, name.clone(), first.anchor.clone(), first.at.clone());
    if let Some(Value::Word(word)) = real.fields.values(sighting::TYPE).next() {
        claim(&mut fact.fields, sharing::TYPE, Value::Word(*word), &real.at);
    }
    for (owner, place) in owners.into_iter().take(QUOTED) {
        claim(&mut fact.fields, sharing::OWNERS, Value::Text(owner), &place.at);
    }
    let mut contexts: BTreeSet<Word> = BTreeSet::new();
    for place in places.iter().take(QUOTED) {
        for value in place.fields.values(sighting::CONTEXT) {
            if let Value::Word(word) = value
                && contexts.insert(*word)
            {
                claim(&mut fact.fields, sharing::CONTEXTS, Value::Word(*word), &place.at);
            }
        }
    }
    claim(&mut fact.fields, sharing::PLACES, Value::Number(places.len() as i64), &first.at);
    Some(fact)
}

/// The rules of `CODEOWNERS` files.
struct Teams<'a> {
    /// By repository, the last rule first: that one counts.
    rules: BTreeMap<&'a Clean, Vec<Rule<'a>>>,
}

struct Rule<'a> {
    order: i64,
    /// The folder that its patterns are relative to, with a slash at its end.
    base: &'a str,
    files: [Option<GlobMatcher>; 2],
    fact: &'a Sealed,
}

impl<'a> Teams<'a> {
    fn of(facts: &'a Facts) -> Self {
        let mut rules: BTreeMap<&Clean, Vec<Rule<'a>>> = BTreeMap::new();
        for fact in facts.of(Kind::Ownership) {
            let Some(home) = fact.fields.text(ownership::HOME) else { continue };
            let order = fact.fields.values(ownership::ORDER).find_map(|v| if let Value::Number(n) = v { Some(*n) } else { None });
            let base = fact.fields.text(ownership::BASE).map_or("", Clean::as_str);
            rules.entry(home).or_default().push(Rule { order: order.unwrap_or(0), base, files: files(fact.name.as_str()), fact });
        }
        rules.values_mut().for_each(|r| r.sort_by_key(|rule| std::cmp::Reverse(rule.order)));
        Self { rules }
    }

    /// Who answers for a place; nobody where no rule says it.
    fn of_place(&self, place: &Sealed) -> BTreeSet<Clean> {
        let rules = place.fields.text(sighting::OWNER).and_then(|home| self.rules.get(home)).into_iter().flatten();
        let path = place.at.place.path.as_str();
        let matches = |rule: &&Rule<'_>| {
            let relative = path.strip_prefix(rule.base);
            relative.is_some_and(|relative| rule.files.iter().flatten().any(|glob| glob.is_match(relative)))
        };
        let rule = { rules }.find(matches);
        rule.map(|rule| rule.fact.fields.texts(ownership::OWNERS).cloned().collect()).unwrap_or_default()
    }

    /// The teams of a secret's places, if two of these have none in common.
    fn apart(&self, places: &[&'a Sealed]) -> Option<BTreeMap<Clean, &'a Sealed>> {
        if self.rules.is_empty() {
            return None;
        }
        let real = places.iter().filter(|p| p.fields.word(sighting::CONTEXT) != Some(context::TEST.as_str())).take(QUOTED);
        let owned: Vec<(BTreeSet<Clean>, &Sealed)> = real.map(|p| (self.of_place(p), *p)).filter(|(t, _)| !t.is_empty()).collect();
        let apart = owned.iter().any(|(a, _)| owned.iter().any(|(b, _)| a.is_disjoint(b)));
        apart.then(|| {
            let mut teams = BTreeMap::new();
            for (owners, place) in owned {
                for owner in owners {
                    teams.entry(owner).or_insert(place);
                }
            }
            teams
        })
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

fn claim(fields: &mut Fields<Clean, Arc<Quote>>, field: Field, value: Value<Clean, Arc<Quote>>, quote: &Arc<Quote>) {
    fields.claim(field, Claim { value, quote: quote.clone(), basis: Basis::Explicit, duty: Duty::Must });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::Artifact;
    use crate::read::{Knowledge, read};

    fn facts(files: &[(&str, &str)]) -> Facts {
        let knowing = Knowledge::new(&[crate::rules()], [3; 32]);
        let mut facts = Facts::default();
        for (path, text) in files {
            facts.facts.extend(read(&Artifact::given(*path, *text), &knowing).facts);
        }
        facts.sort();
        facts
    }

    #[test]
    fn two_owners_share_and_one_does_not() {
        let env = "REPORT_DB_PASSWORD=Zk7#qLw29vTr\n";
        let shared = derive(&facts(&[
            ("repos/a/config/p.env", env),
            ("repos/b/worker.yaml", "password: \"Zk7#qLw29vTr\"\n"),
            ("books/x.md", "Password: Zk7#qLw29vTr\n"),
        ]));
        assert_eq!(shared.len(), 1);
        let fact = shared.first().expect("one");
        assert_eq!(fact.fields.texts(sharing::OWNERS).count(), 3);
        assert_eq!(fact.at.place.path.as_str(), "books/x.md");
        assert!(derive(&facts(&[("repos/a/p.env", env), ("repos/a/q.env", env)])).is_empty());
        assert!(derive(&facts(&[("repos/a/tests/p.env", env), ("repos/b/tests/q.env", env)])).is_empty());
        let weak = "ADMIN_PASSWORD=admin123\n";
        assert!(derive(&facts(&[("repos/a/p.env", weak), ("repos/b/q.env", weak)])).is_empty());
    }

    #[test]
    fn teams_of_one_repository() {
        let owners = "* @acme/core # everything\n/shop/ @acme/shop\ndock/*.env @acme/dock @acme/ops\n\n[Section] @acme/none\n";
        let env = "REPORT_DB_PASSWORD=Zk7#qLw29vTr\n";
        let shared = |a: &str, b: &str| {
            let knowing = Knowledge::new(&[crate::rules()], [3; 32]);
            let mut all = Facts::default();
            for (path, text) in [(".github/CODEOWNERS", owners), (a, env), (b, env)] {
                let artifact = Artifact { home: "one".into(), ..Artifact::given(path, text) };
                all.facts.extend(read(&artifact, &knowing).facts);
            }
            all.sort();
            let found = derive(&all);
            found.first().map(|f| f.fields.texts(sharing::OWNERS).map(ToString::to_string).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(shared("shop/conf/a.env", "dock/b.env").as_deref(), Some("@acme/dock @acme/ops @acme/shop"));
        assert_eq!(shared("shop/a.env", "b.env").as_deref(), Some("@acme/core @acme/shop"));
        // one team, and a folder below the pattern's
        assert_eq!(shared("shop/a.env", "shop/deep/b.env"), None);
        assert_eq!(shared("dock/deep/a.env", "b.env"), None);
    }
}
