//! One person in several systems: shut in the directory, and still there elsewhere.
//!
//! The same mail address ties two accounts together; the part before the `@` does where it is no ordinary word and the other system
//! writes no domain.

use super::promise::product_of;
use super::promised::meet;
use crate::artifact::Clean;
use crate::fact::{
    Facts, Kind, Sealed, Stated, Value, binding, contradiction, credential, grant, power, principal, principal_type, status,
};
use crate::rule::{Lexicon, class};
use std::collections::{BTreeMap, BTreeSet};

/// Pairs that are reported at most.
const MOST: usize = 512;

/// How an account still works; the strongest is told.
#[derive(Clone, Copy)]
struct Alive<'a> {
    fact: &'a Sealed,
    rank: u8,
    keys: i64,
}

/// People whose account is shut in one export and works in another.
pub(crate) fn derive(facts: &Facts, lexicon: &Lexicon) -> Vec<Sealed> {
    let programs = lexicon.promised(class::PROGRAM);
    let is_personal = |name: &str| is_personal(name) && !programs.iter().any(|p| name.contains(p));
    let person = |p: &&Sealed| {
        let sort = p.fields.word(principal::TYPE);
        sort.is_none_or(|t| t == principal_type::USER.as_str() || t == principal_type::GUEST.as_str()) && is_personal(p.name.as_str())
    };
    let shut: Vec<&Sealed> =
        facts.of(Kind::Principal).filter(person).filter(|p| p.fields.flag(principal::ENABLED) == Some(false)).collect();
    if shut.is_empty() {
        return Vec::new();
    }
    // what still works, by the part before the `@`
    let mut alive: BTreeMap<String, Vec<(Alive<'_>, String)>> = BTreeMap::new();
    for p in facts.of(Kind::Principal).filter(person) {
        let flag = |field| p.fields.flag(field);
        let keys = p.fields.number(principal::ACTIVE_KEYS).unwrap_or(0);
        let rank = match (flag(principal::ENABLED), flag(principal::PASSWORD_ENABLED), keys) {
            (Some(false), ..) => continue,
            (_, _, 1..) => 4,
            (_, Some(true), _) => 3,
            (Some(true), ..) => 2,
            _ => continue,
        };
        alive.entry(local(p.name.as_str())).or_default().push((Alive { fact: p, rank, keys }, product_of(p)));
    }
    for b in facts.of(Kind::Binding).filter(|b| b.fields.word(binding::PRINCIPAL_TYPE) == Some(principal_type::USER.as_str())) {
        let Some(name) = b.fields.text(binding::PRINCIPAL).filter(|n| is_personal(n.as_str())) else { continue };
        let product = b.fields.text(binding::PRODUCT).map(ToString::to_string).unwrap_or_default();
        alive.entry(local(name.as_str())).or_default().push((Alive { fact: b, rank: 1, keys: 0 }, product));
    }
    for c in facts.of(Kind::Credential).filter(|c| c.fields.word(credential::STATUS) == Some(status::ACTIVE.as_str())) {
        let Some(holder) = c.fields.text(credential::HOLDER).filter(|h| is_personal(h.as_str())) else { continue };
        let product = c.fields.text(credential::PRODUCT).map(ToString::to_string).unwrap_or_default();
        alive.entry(local(holder.as_str())).or_default().push((Alive { fact: c, rank: 3, keys: 1 }, product));
    }
    let all = facts.of(Kind::Grant).filter(|g| g.fields.word(grant::POWER) == Some(power::ADMIN.as_str()));
    let admins: BTreeMap<String, &Sealed> = all.filter_map(|g| Some((local(g.fields.text(grant::PRINCIPAL)?.as_str()), g))).collect();
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    for gone in shut {
        let name = gone.name.as_str();
        let own = product_of(gone);
        let mut best: BTreeMap<String, Alive<'_>> = BTreeMap::new();
        for (found, product) in alive.get(&local(name)).into_iter().flatten() {
            let other = found.fact;
            let elsewhere = other.at.place.path != gone.at.place.path && (*product != own || product.is_empty());
            if !elsewhere || !same(name, called(other)) {
                continue;
            }
            let entry = best.entry(product.clone()).or_insert(*found);
            if found.rank > entry.rank {
                *entry = *found;
            }
        }
        // an export that names no product may be of one that is told already
        if best.len() > 1 {
            best.remove("");
        }
        for (product, found) in best {
            if out.len() >= MOST || !seen.insert((local(name), product.clone())) {
                continue;
            }
            let admin = admins.get(&local(called(found.fact))).copied();
            out.push(told(gone, found, admin, &own, &product));
        }
    }
    out
}

/// Without what a directory shows of somebody whom a text has leave already: the same account, the same export.
pub(super) fn once(mut met: Vec<Sealed>) -> Vec<Sealed> {
    let of = |f: &Sealed, topic: &str| {
        let shown = f.fields.text(contradiction::SHOWN)?.as_str().split(' ').next()?;
        (super::promised::text(f, contradiction::TOPIC) == topic)
            .then(|| (local(shown), super::promised::text(f, contradiction::EXPORT).to_owned()))
    };
    let told: BTreeSet<(String, String)> = met.iter().filter_map(|f| of(f, "leaver")).collect();
    met.retain(|f| of(f, "leaver_elsewhere").is_none_or(|key| !told.contains(&key)));
    met
}

fn told(gone: &Sealed, found: Alive<'_>, admin: Option<&Sealed>, own: &str, product: &str) -> Sealed {
    let other = found.fact;
    let here = if own.is_empty() { gone.at.place.path.as_str() } else { own };
    let what = match (found.rank, found.keys) {
        (4, 1) => " has an active key".to_owned(),
        (4, n) => format!(" has {n} active keys"),
        (3, 1) => " has an active key or token".to_owned(),
        (3, _) => " has a password that works".to_owned(),
        (2, _) => " is enabled".to_owned(),
        _ => match other.fields.text(binding::ROLE) {
            Some(role) => format!(" holds {}", role.as_str()),
            None => " holds a role".to_owned(),
        },
    };
    let there = if product.is_empty() { String::new() } else { format!(" in {product}") };
    let said = Clean::compose([gone.name.as_str(), " is shut in ", here]);
    let shown = Clean::compose([called(other), &what, &there]);
    let anchor = Clean::compose(["leaver_elsewhere ", gone.name.as_str(), " ", product]);
    let mut fact = meet("leaver_elsewhere", gone.name.clone(), anchor, (&said, &gone.at), (shown, &other.at));
    fact.fields.tell(contradiction::MATCHED, Value::Text(Clean::ours("the two accounts have the same name")), &other.at);
    if let Some(stated @ Stated::Said(_)) = other.fields.get(principal::PRIVILEGED) {
        fact.fields.set(contradiction::PRIVILEGED, stated.clone());
    } else if let Some(g) = admin {
        fact.fields.tell(contradiction::PRIVILEGED, Value::Flag(true), &g.at);
    }
    fact
}

/// What an account is called: of a role that is held, and of a key, whoever has it.
fn called(fact: &Sealed) -> &str {
    let name = match fact.kind {
        Kind::Binding => fact.fields.text(binding::PRINCIPAL),
        Kind::Credential => fact.fields.text(credential::HOLDER),
        _ => None,
    };
    name.map_or(fact.name.as_str(), Clean::as_str)
}

/// The part before the `@`, in lower case; of a resource name the last part.
fn local(name: &str) -> String {
    let bare = name.rsplit('/').next().unwrap_or(name);
    bare.split('@').next().unwrap_or(bare).to_lowercase()
}

/// Whether a name is of one person: a mail address, or a first and a last name put together.
fn is_personal(name: &str) -> bool {
    let part = local(name);
    part.len() >= 3 && (name.contains('@') || joined(&part))
}

/// `mara.lind`, `m_lind`: letters on both sides of a mark.
fn joined(part: &str) -> bool {
    let sides = part.split_once(['.', '_']);
    sides.is_some_and(|(a, b)| !a.is_empty() && b.chars().filter(|c| c.is_alphabetic()).count() >= 2 && a.chars().all(char::is_alphabetic))
}

/// Whether two names are of one person: of two domains they are not, and without a domain the name has to be a person's.
fn same(a: &str, b: &str) -> bool {
    let domain = |n: &str| n.split_once('@').map(|(_, d)| d.to_lowercase());
    local(a) == local(b)
        && match (domain(a), domain(b)) {
            (Some(a), Some(b)) => a == b,
            _ => joined(&local(a)),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_is_told_from_two() {
        assert!(same("mara.lind@quay.example", "mara.lind"));
        assert!(same("Mara.Lind@quay.example", "mara.lind@QUAY.example"));
        assert!(same("eva@quay.example", "eva@quay.example"));
        assert!(!same("eva@quay.example", "eva"), "an ordinary word");
        assert!(!same("mara.lind@quay.example", "mara.lind@dock.example"));
        assert!(!same("mara.lind", "mara.linden"));
        assert!(!is_personal("backup") && is_personal("eva@quay.example"));
    }
}
