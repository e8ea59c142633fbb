//! Groups by their names: policies, roles and populations name them by identifiers that only the export of the groups explains.

use crate::artifact::{Clean, Quote};
use crate::fact::{Claim, Facts, Field, Kind, Sealed, Stated, Value, access_rule, binding, principal, principal_type, recovery, sign_in};
use std::collections::BTreeMap;
use std::sync::Arc;

type Names = BTreeMap<(Clean, String), Clean>;

/// Puts the name of a group in the place of its identifier, product by product.
pub(crate) fn name(facts: &mut Facts) {
    let mut names = Names::new();
    let group = |p: &&Sealed| p.fields.word(principal::TYPE) == Some(principal_type::GROUP.as_str());
    for p in facts.of(Kind::Principal).filter(group) {
        if let (Some(product), Some(id)) = (p.fields.text(principal::PRODUCT), p.fields.text(principal::PRINCIPAL_ID)) {
            names.insert((product.clone(), id.as_str().to_owned()), p.name.clone());
        }
    }
    if names.is_empty() {
        return;
    }
    for fact in &mut facts.facts {
        let (product, field) = match fact.kind {
            Kind::AccessRule => (access_rule::PRODUCT, access_rule::INCLUDES),
            Kind::Recovery => (recovery::PRODUCT, recovery::POPULATION),
            Kind::SignIn => (sign_in::PRODUCT, sign_in::POPULATION),
            Kind::Binding => (binding::PRODUCT, binding::PRINCIPAL),
            _ => continue,
        };
        if let Some(product) = fact.fields.text(product).cloned() {
            rename(fact, &product, field, &names);
        }
    }
}

/// A field that holds identifiers, one or several, gets a claim for each name.
fn rename(fact: &mut Sealed, product: &Clean, field: Field, names: &Names) {
    let Some(Stated::Said(claims)) = fact.fields.get(field) else { return };
    let known = |id: &str| names.get(&(product.clone(), id.to_owned()));
    let parts = |claim: &Claim<Clean, Arc<Quote>>| -> Vec<String> {
        let Value::Text(text) = &claim.value else { return Vec::new() };
        text.as_str().split(", ").map(str::to_owned).collect()
    };
    if !claims.iter().flat_map(parts).any(|id| known(&id).is_some()) {
        return;
    }
    let mut named = Vec::new();
    for claim in claims {
        for id in parts(claim) {
            let name = known(&id).cloned().unwrap_or_else(|| Clean::compose([id.as_str()]));
            named.push(Claim { value: Value::Text(name), ..claim.clone() });
        }
    }
    fact.fields.set(field, Stated::Said(named));
}
