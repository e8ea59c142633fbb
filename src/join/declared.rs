//! Users whom code declares, and the keys that an export shows of them: who owns the code answers for a key that nobody rotates.

use super::promised::{meet, text};
use crate::artifact::Clean;
use crate::fact::{Basis, Claim, Duty, Facts, Kind, Sealed, Time, Value, contradiction, credential, credential_type, declaration, status};
use std::collections::{BTreeMap, BTreeSet};

/// Pairs that are reported at most.
const MOST: usize = 512;

/// The oldest working key of each declared user: the check compares its day with today.
pub(crate) fn derive(facts: &Facts) -> Vec<Sealed> {
    let works = |c: &&Sealed| {
        c.fields.word(credential::STATUS) == Some(status::ACTIVE.as_str())
            && [credential_type::ACCESS_KEY, credential_type::PRIVATE_KEY]
                .iter()
                .any(|t| c.fields.word(credential::TYPE) == Some(t.as_str()))
    };
    let since = |c: &Sealed| c.fields.time(credential::ROTATED).or_else(|| c.fields.time(credential::CREATED));
    let mut oldest: BTreeMap<(&str, &str), (Time, &Sealed)> = BTreeMap::new();
    let holders =
        facts.of(Kind::Declaration).filter_map(|d| Some((text(d, declaration::PRODUCT), d.fields.text(declaration::HOLDER)?.as_str())));
    let declared: BTreeSet<(&str, &str)> = holders.collect();
    for c in facts.of(Kind::Credential).filter(works) {
        // a service account has the name that the code gives it, and the domain of its project behind
        let holder = text(c, credential::HOLDER);
        let of = (text(c, credential::PRODUCT), holder.split('@').next().unwrap_or(holder));
        let (Some(holder), Some(since)) = (declared.get(&of).copied(), since(c)) else { continue };
        let entry = oldest.entry(holder).or_insert((since, c));
        // of two exports of one key the one that names it
        let names = |c: &Sealed| c.fields.text(credential::KEY_ID).is_some();
        if since < entry.0 || since == entry.0 && names(c) && !names(entry.1) {
            *entry = (since, c);
        }
    }
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    for d in facts.of(Kind::Declaration) {
        let Some(holder) = d.fields.text(declaration::HOLDER) else { continue };
        let of = (text(d, declaration::PRODUCT), holder.as_str());
        let Some((since, key)) = oldest.get(&of).filter(|_| out.len() < MOST && seen.insert(of)) else { continue };
        let makes = d.fields.flag(declaration::MAKES_KEY) == Some(true);
        let said = Clean::compose([if makes { "The code makes a key for " } else { "The code declares the user " }, holder.as_str()]);
        let shown = Clean::compose([holder.as_str(), " has had the working key ", key.name.as_str(), " since ", &since.date()]);
        let anchor = Clean::compose(["declared ", holder.as_str()]);
        let mut fact = meet("declared_key", holder.clone(), anchor, (&said, &d.at), (shown, &key.at));
        fact.fields.tell(contradiction::MATCHED, Value::Text(Clean::ours("code and export name the same user")), &key.at);
        let due = Claim { value: Value::Time(*since), quote: key.at.clone(), basis: Basis::Explicit, duty: Duty::Must };
        fact.fields.claim(contradiction::DUE, due);
        out.push(fact);
    }
    out
}
