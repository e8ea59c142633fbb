//! What somebody can do, as a fact.

use super::NAMED;
use super::books::{Books, Held, Way};
use super::people::Somebody;
use crate::artifact::{Clean, Quote};
use crate::fact::{Basis, Claim, Duty, Fields, Kind, List, Sealed, Value, binding, condition, grant};
use std::sync::Arc;

pub(super) fn sealed(vendor: &str, somebody: &Somebody<'_>, way: &Way<'_>, books: &Books<'_>, over_admins: bool) -> Sealed {
    let via: Vec<&Held<'_>> = way.via.iter().filter_map(|i| books.policies.get(*i)).collect();
    let label = somebody.label();
    let mut name = vec![label.as_str(), " ("];
    for (n, held) in via.iter().take(NAMED).enumerate() {
        name.extend([if n > 0 { ", " } else { "" }, held.name.as_str()]);
    }
    name.push(")");
    // the binding by which it comes, and the group that passes it on
    let by = somebody.bindings.iter().find(|(b, _)| books.of_binding(b).is_some_and(|i| way.via.contains(&i)));
    let at = by.map_or_else(|| somebody.first.at.clone(), |(b, _)| b.at.clone());
    let anchor = Clean::compose([somebody.first.anchor.as_str(), "/", way.power.as_str(), "/", way.over.unwrap_or("")]);
    let mut out = Sealed::new(Kind::Grant, Clean::compose(name), anchor, at.clone());
    let given_at = via.iter().find_map(|h| h.at.clone()).unwrap_or_else(|| at.clone());
    let mut say = |field, value: Value<Clean, Arc<Quote>>, quote: &Arc<Quote>| {
        out.fields.claim(field, Claim { value, quote: quote.clone(), basis: Basis::Explicit, duty: Duty::Must });
    };
    let text = |s: &str| Value::Text(Clean::compose([s]));
    say(grant::PRODUCT, text(vendor), &at);
    say(grant::PRINCIPAL, Value::Text(label), &at);
    say(grant::POWER, Value::Word(way.power), &given_at);
    for held in &via {
        say(grant::VIA, Value::Text(held.name.clone()), held.at.as_ref().unwrap_or(&at));
    }
    if let Some(over) = way.over {
        say(grant::OVER, text(over), &given_at);
    }
    for action in &way.actions {
        say(grant::ACTIONS, text(action), &given_at);
    }
    for resource in way.permit.resources.iter().take(NAMED) {
        say(grant::SCOPE, text(resource), &given_at);
    }
    if let Some(group) = by.and_then(|(_, through)| *through) {
        say(grant::THROUGH, Value::Text(group.clone()), &at);
    }
    if let Some(guard) = way.permit.guard {
        say(grant::GUARD, Value::Word(guard), &given_at);
    }
    if let Some(until) = way.permit.until {
        say(grant::UNTIL, Value::Time(until), &given_at);
    }
    if let Some(older) = way.target.and_then(|i| books.policies.get(i)) {
        say(grant::TARGET, Value::Text(older.name.clone()), older.at.as_ref().unwrap_or(&at));
    }
    say(grant::PRIVILEGED_TARGETS, Value::Flag(over_admins), &given_at);
    let keys: Vec<Fields<Clean, Arc<Quote>>> = way
        .permit
        .unknown
        .iter()
        .take(NAMED)
        .map(|key| {
            let mut fields = Fields::default();
            fields.claim(condition::KEY, Claim { value: text(key), quote: given_at.clone(), basis: Basis::Explicit, duty: Duty::Must });
            fields
        })
        .collect();
    if !keys.is_empty() {
        say(grant::CONDITIONS, Value::List(List { items: keys, complete: true }), &given_at);
    }
    out.fields.could_say(&[grant::UNTIL]);
    for (from, to) in [(binding::PRINCIPAL_TYPE, grant::PRINCIPAL_TYPE), (binding::TENANT, grant::TENANT)] {
        let own = somebody.bindings.iter().find(|(_, through)| through.is_none()).map_or(somebody.first, |(b, _)| *b);
        if let Some(stated) = own.fields.get(from) {
            out.fields.set(to, stated.clone());
        } else if from == binding::PRINCIPAL_TYPE {
            out.fields.claim(
                to,
                Claim {
                    value: Value::Word(crate::fact::principal_type::USER),
                    quote: at.clone(),
                    basis: Basis::Explicit,
                    duty: Duty::Must,
                },
            );
        }
    }
    out
}
