//! Effective powers: who holds which role, what the role allows, and what stands under its scope.

use crate::artifact::{Clean, Quote};
use crate::fact::{Basis, Claim, Duty, Facts, Kind, Sealed, Stated, Value, Word, binding, grant, resource, role};
use crate::policy::{Policy, covers};
use crate::rule::{Lexicon, PowerEntry};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Resources named by one grant; the rest is counted.
const NAMED: usize = 64;

/// A resource that a power may open.
struct Target<'a> {
    fact: &'a Sealed,
    id: &'a str,
    mode: Option<(&'static str, Arc<Quote>, Basis)>,
}

/// Resources by product and sort, then by their ids in lower case: what stands under a scope stands together.
type Targets<'a> = BTreeMap<(&'a str, &'a str), BTreeMap<(String, usize), Target<'a>>>;

/// The grants that bindings, roles and resources amount to.
pub(crate) fn derive(facts: &Facts, lexicon: &Lexicon) -> Vec<Sealed> {
    let mut roles: BTreeMap<(&str, String), &Sealed> = BTreeMap::new();
    for fact in facts.of(Kind::Role) {
        let product = fact.fields.text(role::PRODUCT).map_or("", Clean::as_str);
        if let Some(id) = fact.fields.text(role::ROLE_ID) {
            roles.entry((product, id.as_str().to_ascii_lowercase())).or_insert(fact);
        }
    }
    let mut targets = Targets::new();
    for (place, target) in facts.of(Kind::Resource).filter_map(target).enumerate() {
        let product = target.fact.fields.text(resource::PRODUCT).map_or("", Clean::as_str);
        let sort = target.fact.fields.word(resource::TYPE).unwrap_or("");
        targets.entry((product, sort)).or_default().insert((target.id.to_ascii_lowercase(), place), target);
    }
    let mut out = Vec::new();
    for held in facts.of(Kind::Binding) {
        let Some(product) = held.fields.text(binding::PRODUCT).map(Clean::as_str) else { continue };
        // what has to be activated first is no power held; and some vendors' policies are asked together
        if lexicon.together.iter().any(|v| v == product) || held.fields.flag(binding::ELIGIBLE) == Some(true) {
            continue;
        }
        let id = held.fields.text(binding::ROLE_ID).map_or("", Clean::as_str);
        let named = held.fields.text(binding::ROLE);
        let defined = roles.get(&(product, id.to_ascii_lowercase())).copied();
        let known = lexicon.role(product, id, named.map(Clean::as_str));
        let rights = match (defined, known) {
            (Some(role), _) => Policy::of(role, lexicon),
            (None, Some(known)) => Policy::of_entry(known),
            (None, None) => continue,
        };
        let via = defined.map(|r| r.name.clone()).or_else(|| named.cloned()).or_else(|| known.map(|k| Clean::ours(&k.name)));
        let via = via.unwrap_or_else(|| Clean::compose([id]));
        let via_at = defined.map_or_else(|| quote_of(held, binding::ROLE).unwrap_or_else(|| held.at.clone()), |r| r.at.clone());
        for entry in rights.powers(lexicon, product) {
            out.extend(grant(held, product, entry, (&via, &via_at), &targets));
        }
    }
    count_holders(&mut out);
    out
}

/// Says of each grant how many hold the same power by the same role over the same scope.
fn count_holders(grants: &mut [Sealed]) {
    let key = |g: &Sealed| {
        let text = |field| g.fields.text(field).cloned();
        (g.fields.word(grant::POWER), text(grant::PRODUCT), text(grant::VIA), text(grant::SCOPE))
    };
    let mut holders: BTreeMap<_, BTreeSet<Clean>> = BTreeMap::new();
    for g in grants.iter() {
        holders.entry(key(g)).or_default().extend(g.fields.text(grant::PRINCIPAL).cloned());
    }
    for g in grants {
        let count = holders.get(&key(g)).map_or(1, BTreeSet::len);
        let quote = quote_of(g, grant::SCOPE).unwrap_or_else(|| g.at.clone());
        let value = Value::Number(i64::try_from(count).unwrap_or(i64::MAX));
        g.fields.claim(grant::HOLDERS, Claim { value, quote, basis: Basis::Inferred, duty: Duty::Must });
    }
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
fn grant(held: &Sealed, product: &str, entry: &PowerEntry, via: (&Clean, &Arc<Quote>), targets: &Targets<'_>) -> Option<Sealed> {
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
    let top = scope.as_str().trim_end_matches('/').to_ascii_lowercase();
    let under = targets.get(&(product, opens.as_str())).into_iter().flat_map(|all| all.range((top.clone(), 0)..));
    let under = under.take_while(|((id, _), _)| id.starts_with(&top)).filter(|(_, t)| covers(scope.as_str(), t.id));
    // in the order in which they were read
    let under: BTreeMap<usize, &Target<'_>> = under.map(|((_, place), target)| (*place, target)).collect();
    for target in under.into_values() {
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

/// Where a field of a fact is said.
fn quote_of(fact: &Sealed, field: crate::fact::Field) -> Option<Arc<Quote>> {
    match fact.fields.get(field)? {
        Stated::Said(claims) => claims.first().map(|c| c.quote.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{Place, Spot};
    use crate::fact::{Draft, Fields, List, effect, mode, resource_type, statement};

    const KEY_VAULT_CONTRIBUTOR: &str = "f25e0fa2-a7c8-4377-a976-54943a77a395";

    fn sealed(draft: Draft) -> Sealed {
        let quote = Arc::new(Quote { place: Place::nowhere(), text: Clean::default() });
        draft.seal(&mut |raw| Clean::compose([raw]), &mut |_| quote.clone())
    }

    fn held(principal: &str, role: &str, scope: &str) -> Sealed {
        let draft = Draft::new(Kind::Binding, principal.into(), format!("/{principal}"), Spot::at(0, 0));
        sealed(
            draft
                .saying(binding::PRODUCT, "azure")
                .saying(binding::PRINCIPAL, principal)
                .saying(binding::PRINCIPAL_ID, format!("id-{principal}"))
                .saying(binding::ROLE_ID, role)
                .saying(binding::SCOPE, scope),
        )
    }

    fn vault(name: &str, decides: Option<Word>, readers: &[&str]) -> Sealed {
        let mut draft = Draft::new(Kind::Resource, name.into(), format!("/{name}"), Spot::at(0, 0))
            .saying(resource::PRODUCT, "azure")
            .saying(resource::TYPE, resource_type::SECRET_VAULT)
            .saying(resource::RESOURCE_ID, format!("/subscriptions/s/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/{name}"))
            .saying_some(resource::MODE, decides);
        for reader in readers {
            draft.say(resource::READERS, *reader);
        }
        sealed(draft)
    }

    fn lexicon() -> Lexicon {
        let entry = |power: &str, actions: &[&str], opens: Option<&str>, mode: Option<&str>| PowerEntry {
            power: power.into(),
            vendor: "azure".into(),
            actions: actions.iter().map(|a| (*a).to_owned()).collect(),
            data_actions: Vec::new(),
            with: Vec::new(),
            on: Vec::new(),
            but: Vec::new(),
            over: None,
            opens: opens.map(str::to_owned),
            mode: mode.map(str::to_owned),
            source: String::new(),
        };
        let powers = vec![
            entry("grant_self", &["Microsoft.KeyVault/vaults/accessPolicies/write"], Some("secret_vault"), Some("access_policy")),
            entry("admin", &["Microsoft.Authorization/roleAssignments/write"], None, None),
        ];
        Lexicon { powers, roles: crate::rules().lexicon.roles.clone(), ..Lexicon::default() }
    }

    /// Principal, power, what is opened, and how many.
    fn grants(facts: Vec<Sealed>) -> Vec<(String, &'static str, Vec<String>, Option<i64>)> {
        let derived = derive(&Facts { facts, ..Facts::default() }, &lexicon());
        let number = |g: &Sealed| g.fields.number(grant::TARGETS);
        derived
            .iter()
            .map(|g| {
                let targets = g.fields.texts(grant::TARGET).map(|t| t.as_str().to_owned()).collect();
                let principal = g.fields.text(grant::PRINCIPAL).map_or("", Clean::as_str).to_owned();
                (principal, g.fields.word(grant::POWER).unwrap_or(""), targets, number(g))
            })
            .collect()
    }

    #[test]
    fn a_manager_of_a_vault_opens_it_only_where_the_vault_keeps_its_own_list() {
        let open = vault("open", Some(mode::ACCESS_POLICY), &["ID-reader"]);
        let closed = vault("closed", Some(mode::ROLE_BASED), &[]);
        let unsaid = vault("unsaid", None, &[]);
        let desk = held("desk", KEY_VAULT_CONTRIBUTOR, "/subscriptions/S");
        let one = |facts: Vec<Sealed>| grants(facts).pop().map(|g| (g.2, g.3));
        let names = |n: &[&str]| n.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(one(vec![desk.clone(), open.clone(), closed.clone()]), Some((names(&["open"]), Some(1))));
        // everything that is seen decides by roles
        assert_eq!(one(vec![desk.clone(), closed]), None);
        // nothing is seen, or nothing that says how it decides
        assert_eq!(one(vec![desk.clone()]), Some((names(&[]), Some(0))));
        assert_eq!(one(vec![desk, unsaid]), Some((names(&[]), Some(0))));
        // who reads it already gains nothing
        let reader = held("reader", KEY_VAULT_CONTRIBUTOR, "/subscriptions/s");
        assert_eq!(one(vec![reader, open.clone()]), None);
        // out of scope
        let elsewhere = held("desk", KEY_VAULT_CONTRIBUTOR, "/subscriptions/other");
        assert_eq!(one(vec![elsewhere, open]), Some((names(&[]), Some(0))));
    }

    #[test]
    fn a_definition_wins_over_what_is_built_in_and_an_unknown_role_says_nothing() {
        let open = vault("open", Some(mode::ACCESS_POLICY), &[]);
        let at = Spot::at(0, 0);
        let item = Fields::default()
            .saying(statement::EFFECT, effect::ALLOW, &at)
            .saying(statement::ACTIONS, "Microsoft.KeyVault/*", &at)
            .saying(statement::NOT_ACTIONS, "*/write", &at);
        let tame = Draft::new(Kind::Role, "Tame".into(), "/tame".into(), at.clone())
            .saying(role::PRODUCT, "azure")
            .saying(role::ROLE_ID, KEY_VAULT_CONTRIBUTOR.to_uppercase())
            .saying(role::STATEMENTS, List { items: vec![item], complete: true });
        let desk = held("desk", KEY_VAULT_CONTRIBUTOR, "/");
        assert_eq!(grants(vec![desk.clone(), open.clone()]).len(), 1);
        assert!(grants(vec![desk, open.clone(), sealed(tame)]).is_empty());
        assert!(grants(vec![held("desk", "0b1f6471-1bf0-4dda-aec3-111122223333", "/"), open]).is_empty());
    }

    #[test]
    fn what_stands_under_a_scope_is_named_in_the_order_it_was_read() {
        let vaults = ["zeta", "Alpha", "alpha-2"].map(|n| vault(n, Some(mode::ACCESS_POLICY), &[]));
        let targets = |scope: &str| {
            let mut facts = vec![held("desk", KEY_VAULT_CONTRIBUTOR, scope)];
            facts.extend(vaults.clone());
            grants(facts).pop().map_or_else(Vec::new, |g| g.2)
        };
        let group = "/subscriptions/S/resourceGroups/RG";
        assert_eq!(targets(group), ["zeta", "Alpha", "alpha-2"]);
        assert_eq!(targets("/"), ["zeta", "Alpha", "alpha-2"]);
        // a name that begins alike stands beside it and not under it
        assert_eq!(targets(&format!("{group}/providers/microsoft.keyvault/vaults/ALPHA/")), ["Alpha"]);
    }

    #[test]
    fn holders_are_counted_per_role_and_scope() {
        let owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
        let facts = vec![held("a", owner, "/subscriptions/s"), held("b", owner, "/subscriptions/s"), held("c", owner, "/subscriptions/t")];
        let derived = derive(&Facts { facts, ..Facts::default() }, &lexicon());
        let counts: Vec<_> = derived
            .iter()
            .filter(|g| g.fields.word(grant::POWER) == Some("admin"))
            .map(|g| g.fields.values(grant::HOLDERS).next().cloned())
            .collect();
        assert_eq!(counts, [Some(Value::Number(2)), Some(Value::Number(2)), Some(Value::Number(1))]);
    }
}
