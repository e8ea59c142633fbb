//! Root tokens and root keys that a text says are gone.

use super::MOST;
use crate::artifact::Clean;
use crate::fact::{Facts, Kind, Sealed, credential, principal, principal_type, status};
use crate::join::promised::{Said, refute};

/// Root tokens and root keys that the text says are gone.
pub(super) fn derive(facts: &Facts, said: &Said<'_>) -> Vec<Sealed> {
    let mut out = Vec::new();
    if let Some(tie) = said.says(&["root token"]) {
        let root = |c: &&Sealed| {
            c.fields.texts(credential::SCOPES).any(|s| s.as_str() == "root")
                && c.fields.word(credential::STATUS).is_none_or(|s| s == status::ACTIVE.as_str())
        };
        for token in facts.of(Kind::Credential).filter(root).take(MOST) {
            let shown = Clean::compose(["the token ", token.name.as_str(), " has the policy root and works"]);
            out.push(refute("absent", said, &tie, token, token.name.clone(), shown));
        }
    }
    if let Some(tie) = said.says(&["access key"]) {
        let root = |p: &&Sealed| p.fields.word(principal::TYPE) == Some(principal_type::ROOT.as_str());
        for p in facts.of(Kind::Principal).filter(root).take(MOST) {
            let Some(keys) = p.fields.number(principal::ACTIVE_KEYS).filter(|n| *n > 0) else { continue };
            let shown = Clean::compose([
                "the root user has ",
                &keys.to_string(),
                if keys == 1 { " access key that works" } else { " access keys that work" },
            ]);
            out.push(refute("absent", said, &tie, p, p.name.clone(), shown));
        }
    }
    out
}
