//! What a text says of settings, policies and keys, and an export shows otherwise: the life of a link, the length of a password, what is
//! shut off or done away with, how far an account or a policy reaches, which version of a policy is put back.
//!
//! As everywhere in `join` the two belong together by name: of the product, the tenant, the account or the policy.

mod absent;
mod bounded;
mod setting;
mod version;

use super::promised::{Said, Scene, Tie};
use crate::fact::{Facts, Sealed, promise};

/// Things that one promise is held against at most.
const MOST: usize = 512;

/// The sentences that settings, policies and keys refute.
pub(crate) fn derive(facts: &Facts, said: &[Said<'_>], scene: &Scene<'_>) -> Vec<Sealed> {
    let mut out = setting::derive(facts, said, scene);
    for s in said {
        if s.is(promise::ABSENT) {
            out.extend(absent::derive(facts, s));
        } else if s.is(promise::LIMITED) {
            out.extend(bounded::derive(facts, s, scene));
        } else if s.is(promise::ROLLBACK) {
            out.extend(version::derive(facts, s, scene));
        }
    }
    out
}

/// A promise that names a product or a tenant of it.
fn named(said: &Said<'_>, product: &str, tenant: &str) -> Option<Tie> {
    said.names_near(product).or_else(|| Some(tenant).filter(|t| t.len() >= 4).and_then(|t| said.names_near(t)))
}
