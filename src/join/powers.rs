//! Effective powers: who holds which role, what the role allows, and what stands under its scope.

use crate::artifact::{Clean, Quote};
use crate::fact::{Basis, Claim, Duty, Facts, Kind, Sealed, Stated, Value, Word, binding, grant, resource, role};
use crate::policy::{Rights, built_in, covers};
use crate::rule::{Lexicon, PowerEntry};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Resources named by one grant; the rest is counted.
const NAMED: usize = 64;

/// A resource that a power may open.
struct Target<'a> {
    fact: &'a Sealed,
    id: &'a str,
    mode: Option<(&'static str, Arc<Quote>, Basis)>,
}

/// The grants that bindings, roles and resources amount to.
pub(crate) fn derive(facts: &Facts, lexicon: &Lexicon) -> Vec<Sealed> {
    let mut roles: BTreeMap<(&str, String), &Sealed> = BTreeMap::new();
    for fact in facts.of(Kind::Role) {
        let product = fact.fields.text(role::PRODUCT).map_or("", Clean::as_str);
        if let Some(id) = fact.fields.text(role::ROLE_ID) {
            roles.entry((product, id.as_str().to_ascii_lowercase())).or_insert(fact);
        }
    }
    let targets: Vec<Target<'_>> = facts.of(Kind::Resource).filter_map(target).collect();
    let mut out = Vec::new();
    for held in facts.of(Kind::Binding) {
        let Some(product) = held.fields.text(binding::PRODUCT).map(Clean::as_str) else { continue };
        let id = held.fields.text(binding::ROLE_ID).map_or("", Clean::as_str);
        let named = held.fields.text(binding::ROLE);
        let defined = roles.get(&(product, id.to_ascii_lowercase())).copied();
        let known = built_in(product, id, named.map(Clean::as_str));
        let rights = match (defined, known) {
            (Some(role), _) => Rights::of(role),
            (None, Some(known)) => Rights::of_built_in(known),
            (None, None) => continue,
        };
        let via = defined.map(|r| r.name.clone()).or_else(|| named.cloned()).or_else(|| known.map(|k| Clean::ours(k.name)));
        let via = via.unwrap_or_else(|| Clean::compose([id]));
        let via_at = defined.map_or_else(|| quote_of(held, binding::ROLE).unwrap_or_else(|| held.at.clone()), |r| r.at.clone());
        for entry in rights.powers(lexicon, product) {
            out.extend(grant(held, product, entry, (&via, &via_at), &targets));
        }
    }
    out
}

fn target(fact: &Sealed) -> Option<Target<'_>> {
    let id = fact.fields.text(resource::RESOURCE_ID)?.as_str();
    let mode = match fact.fields.get(resource::MODE) {
        Some(Stated::Said(claims)) => claims.iter().find_map(|c| match &c.value {
            Value::Word(word) => Some((word.as_str(), c.quote.clone(), c.basis)),
            _ => None,
        }),
        _ => None,
    };
    Some(Target { fact, id, mode })
}

/// One binding's power, with what it opens. Nothing, when everything under its scope is seen and none of it opens.
fn grant(held: &Sealed, product: &str, entry: &PowerEntry, via: (&Clean, &Arc<Quote>), targets: &[Target<'_>]) -> Option<Sealed> {
    let principal = held.fields.text(binding::PRINCIPAL)?;
    let scope = held.fields.text(binding::SCOPE)?;
    let power = Word::named(&entry.power)?;
    let name = Clean::compose([principal.as_str(), " (", via.0.as_str(), ")"]);
    let anchor = Clean::compose([held.anchor.as_str(), "/", entry.power.as_str()]);
    let mut out = Sealed::new(Kind::Grant, name, anchor, held.at.clone());
    let mut say = |field, value: Value<Clean, Arc<Quote>>, quote: &Arc<Quote>, basis| {
        out.fields.claim(field, Claim { value, quote: quote.clone(), basis, duty: Duty::Must });
    };
    let principal_at = quote_of(held, binding::PRINCIPAL).unwrap_or_else(|| held.at.clone());
    let scope_at = quote_of(held, binding::SCOPE).unwrap_or_else(|| held.at.clone());
    say(grant::PRODUCT, Value::Text(Clean::compose([product])), via.1, Basis::Explicit);
    say(grant::PRINCIPAL, Value::Text(principal.clone()), &principal_at, Basis::Explicit);
    // it is the role that gives the power
    say(grant::POWER, Value::Word(power), via.1, Basis::Explicit);
    say(grant::SCOPE, Value::Text(scope.clone()), &scope_at, Basis::Explicit);
    say(grant::VIA, Value::Text(via.0.clone()), via.1, Basis::Explicit);
    for (from, to) in
        [(binding::PRINCIPAL_TYPE, grant::PRINCIPAL_TYPE), (binding::TENANT, grant::TENANT), (binding::CONDITIONS, grant::CONDITIONS)]
    {
        if let Some(stated) = held.fields.get(from) {
            out.fields.set(to, stated.clone());
        }
    }
    let Some(opens) = &entry.opens else { return Some(out) };
    let id = held.fields.text(binding::PRINCIPAL_ID).map_or("", Clean::as_str);
    let (mut opened, mut closed, mut count) = (Vec::new(), false, 0i64);
    for target in targets.iter().filter(|t| is_of(t.fact, product, opens) && covers(scope.as_str(), t.id)) {
        // how access is decided may not be said, and then nothing is known of it
        let Some((mode, quote, basis)) = &target.mode else { continue };
        let reads = target.fact.fields.texts(resource::READERS).any(|r| r.as_str().eq_ignore_ascii_case(id));
        if entry.mode.as_deref().is_some_and(|want| want != *mode) || reads {
            closed = true;
            continue;
        }
        count += 1;
        if opened.len() < NAMED {
            opened.push((target.fact.name.clone(), quote.clone(), *basis));
        }
    }
    if opened.is_empty() && closed {
        return None;
    }
    for (name, quote, basis) in opened {
        out.fields.claim(grant::TARGET, Claim { value: Value::Text(name), quote, basis, duty: Duty::Must });
    }
    let seen = Claim { value: Value::Number(count), quote: via.1.clone(), basis: Basis::Explicit, duty: Duty::Must };
    out.fields.claim(grant::TARGETS, seen);
    Some(out)
}

fn is_of(fact: &Sealed, product: &str, opens: &str) -> bool {
    fact.fields.text(resource::PRODUCT).is_some_and(|p| p.as_str() == product) && fact.fields.word(resource::TYPE) == Some(opens)
}

/// Where a field of a fact is said.
fn quote_of(fact: &Sealed, field: crate::fact::Field) -> Option<Arc<Quote>> {
    match fact.fields.get(field)? {
        Stated::Said(claims) => claims.first().map(|c| c.quote.clone()),
        _ => None,
    }
}
