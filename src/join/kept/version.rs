//! An old version of a policy that a text puts back in force.

use crate::artifact::Clean;
use crate::fact::{Basis, Facts, Kind, Sealed, effect, role, statement};
use crate::join::promised::{Said, Scene, refute, text};
use crate::rule::class;

/// An old version of a policy that the text puts back in force, and that allows everything, or every act on identities.
pub(super) fn derive(facts: &Facts, said: &Said<'_>, scene: &Scene<'_>) -> Vec<Sealed> {
    let every = scene.lexicon.promised(class::EVERY_RIGHT);
    let sentence = said.sentence();
    let mut words = sentence.split_whitespace();
    let mut after = |flag: &str| words.by_ref().skip_while(|w| *w != flag).nth(1);
    let Some((policy, version)) = after("--policy-arn").zip(after("--version-id")) else { return Vec::new() };
    let bare = policy.rsplit('/').next().unwrap_or(policy);
    let mut out = Vec::new();
    for r in facts.of(Kind::Role).filter(|r| r.fields.flag(role::SUPERSEDED) == Some(true)) {
        let Some((id, of)) = text(r, role::ROLE_ID).split_once('#') else { continue };
        // an account number may stand there as a variable
        let same = id == policy || policy.contains(['$', '<']) && id.rsplit('/').next() == Some(bare);
        if !same || of != version {
            continue;
        }
        let wide = r.fields.items(role::STATEMENTS).filter(|s| s.word(statement::EFFECT) == Some(effect::ALLOW.as_str())).find_map(|s| {
            let all = s.texts(statement::RESOURCES).any(|r| r.as_str() == "*");
            s.texts(statement::ACTIONS).map(Clean::as_str).find(|a| all && every.contains(a)).map(str::to_owned)
        });
        let Some(wide) = wide else { continue };
        let tie = Said::tied(format!("the text names {policy} {version}"), Basis::Explicit);
        let shown = Clean::compose([bare, " ", version, " allows ", &wide, " on everything"]);
        out.push(refute("rollback", said, &tie, r, Clean::compose([bare]), shown));
    }
    out
}
