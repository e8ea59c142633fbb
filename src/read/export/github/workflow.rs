//! Jobs of a workflow that deploy: the environment they name, and the secrets they read in it.

use super::PRODUCT;
use crate::fact::{Draft, Kind, job};
use crate::read::Drafts;
use crate::read::export::record::{Record, segment};
use crate::tree::{Node, Tree};
use std::collections::BTreeSet;

/// Maps in maps that are looked through for secrets.
const DEEPEST: usize = 24;
/// Secrets of one job that are told.
const MOST: usize = 64;

/// Whether a file is a workflow.
pub(super) fn is(tree: &Tree) -> bool {
    let steps = |j: &Tree| j.get("runs-on").is_some() || j.get("uses").is_some();
    tree.get("jobs").is_some_and(|jobs| jobs.entries().first().is_some_and(|j| steps(&j.value)))
}

/// Each job that names its environment.
pub(super) fn jobs(record: &Record<'_>, out: &mut Drafts) {
    for entry in record.tree.get("jobs").map(Tree::entries).unwrap_or_default() {
        let environment = entry.value.get("environment").and_then(|e| e.text().or_else(|| e.get("name")?.text()));
        // a name that is computed names nothing
        let Some(environment) = environment.filter(|e| !e.contains("${{")) else { continue };
        let mut secrets = BTreeSet::new();
        gather(&entry.value, 0, &mut secrets);
        let at = record.below(&entry.value, &format!("/jobs/{}", segment(&entry.key)));
        let mut draft = Draft::new(Kind::Job, entry.key.to_string(), format!("/jobs/{}", segment(&entry.key)), at)
            .saying(job::PRODUCT, PRODUCT)
            .saying(job::ENVIRONMENT, environment);
        for secret in secrets.into_iter().take(MOST) {
            draft.say(job::SECRETS, secret);
        }
        out.facts.push(draft);
    }
}

/// The names behind `secrets.`, but for the token that every job has.
fn gather<'a>(tree: &'a Tree, depth: usize, out: &mut BTreeSet<&'a str>) {
    if depth > DEEPEST {
        return;
    }
    match &tree.node {
        Node::Map(entries) => entries.iter().for_each(|e| gather(&e.value, depth + 1, out)),
        Node::List(items) => items.iter().for_each(|i| gather(i, depth + 1, out)),
        _ => {
            for (at, mark) in tree.text().unwrap_or_default().match_indices("secrets.") {
                let rest = tree.text().and_then(|t| t.get(at + mark.len()..)).unwrap_or_default();
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
                out.extend(rest.get(..end).filter(|n| !n.is_empty() && *n != "GITHUB_TOKEN"));
            }
        }
    }
}
