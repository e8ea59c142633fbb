//! A job that reads secrets in an environment, and what an export shows of that environment: whether anybody has to agree.
//!
//! The name of the environment alone ties nothing: half of all repositories have a `production`. The repository has to be the same, by
//! the address in the export and the folder that holds the workflow, or by a folder that both are named after.

use super::promised::meet;
use crate::artifact::Clean;
use crate::fact::{Facts, Kind, Sealed, Value, contradiction, job, setting};
use crate::rule::Pack;
use std::collections::{BTreeMap, BTreeSet};

/// Pairs that are reported at most.
const MOST: usize = 512;

/// Jobs whose environment lets them at its secrets with nobody's leave.
pub(crate) fn derive(facts: &Facts, rules: &Pack) -> Vec<Sealed> {
    let mut open: BTreeMap<String, Vec<&Sealed>> = BTreeMap::new();
    for s in facts.of(Kind::Setting).filter(|s| s.fields.flag(setting::ENABLED).is_some()) {
        let key = s.fields.text(setting::KEY).map_or("", Clean::as_str);
        let entry = rules.lexicon.settings.iter().find(|e| e.of.as_deref() == Some("deployment") && e.keys.iter().any(|k| k == key));
        let on = s.fields.flag(setting::ENABLED) == Some(true);
        // nobody is asked, or whoever starts it may answer
        if entry.is_some_and(|e| e.keeps == "approvals" && e.one && !on || e.keeps == "own" && on) {
            open.entry(s.name.as_str().to_lowercase()).or_default().push(s);
        }
    }
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    for j in facts.of(Kind::Job).filter(|j| j.fields.texts(job::SECRETS).next().is_some()) {
        let Some(environment) = j.fields.text(job::ENVIRONMENT) else { continue };
        let Some(home) = home(j.at.place.path.as_str()) else { continue };
        for s in open.get(&environment.as_str().to_lowercase()).into_iter().flatten() {
            let Some(how) = of_repository(s, home).filter(|_| out.len() < MOST) else { continue };
            if seen.insert((&j.at.place.path, &j.name, &s.at.place.path)) {
                out.push(told(j, s, environment, how));
            }
        }
    }
    out
}

/// The folder of the repository: what holds the first hidden folder or file, where systems keep the jobs they run.
fn home(path: &str) -> Option<&str> {
    let mut before = None;
    for part in path.split('/') {
        if part.starts_with('.') {
            return before;
        }
        before = Some(part);
    }
    None
}

/// Whether a setting is of this repository, and how that is known.
fn of_repository(s: &Sealed, home: &str) -> Option<&'static str> {
    let of = s.fields.text(setting::REPOSITORY).or_else(|| s.fields.text(setting::SCOPE)).map_or("", Clean::as_str);
    if of.contains('/') {
        let bare = of.rsplit('/').next().unwrap_or(of);
        return bare.eq_ignore_ascii_case(home).then_some("the export names the repository");
    }
    // `environments-REPO.json`, as the script of `sidedoor exports` writes it, or a folder for each repository
    let (path, home) = (s.at.place.path.as_str().to_lowercase(), home.to_lowercase());
    let mut parts = path.split(['/', '!', '.']);
    let ends = |part: &str| part.strip_suffix(&home).is_some_and(|rest| rest.is_empty() || rest.ends_with(['-', '_']));
    parts.any(ends).then_some("the export is filed under the repository's name")
}

fn told(j: &Sealed, s: &Sealed, environment: &Clean, how: &'static str) -> Sealed {
    let names: Vec<&str> = j.fields.texts(job::SECRETS).map(Clean::as_str).take(4).collect();
    let more = if j.fields.texts(job::SECRETS).count() > names.len() { " and more" } else { "" };
    let asked = s.fields.flag(setting::ENABLED) == Some(false);
    let shown = if asked { "asks for nobody's approval" } else { "lets whoever starts a run approve it" };
    let said =
        Clean::compose(["The job ", j.name.as_str(), " reads ", &names.join(", "), more, " in the environment ", environment.as_str()]);
    let anchor = Clean::compose(["pipeline ", j.anchor.as_str(), " ", environment.as_str()]);
    let shown = Clean::ours(shown);
    let mut fact = meet(if asked { "pipeline" } else { "pipeline_own" }, j.name.clone(), anchor, (&said, &j.at), (shown, &s.at));
    fact.fields.tell(contradiction::MATCHED, Value::Text(Clean::ours(how)), &s.at);
    fact
}
