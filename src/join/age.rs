//! Keys and secrets that are older, or live longer, than a text says.

use super::promised::{Said, Scene, Tie, refute, text};
use crate::artifact::Clean;
use crate::fact::{
    Facts, Field, Kind, Sealed, Stated, Time, Value, contradiction, credential, credential_type, promise, resource, resource_type, status,
};
use crate::rule::class;
use std::collections::BTreeSet;

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Things that one promise is held against at most.
const MOST: usize = 512;

/// How the kinds of credential are called.
const CALLED: [(&str, &[&str]); 4] = [
    ("access_key", &["access key"]),
    ("api_token", &["api token", "access token", "personal token", "tokens"]),
    ("client_secret", &["client secret", "application secret", "app secret", "secrets"]),
    ("private_key", &["service account key", "ssh key", "private key"]),
];

/// Keys that are older than promised: the check compares the day with today.
pub(super) fn derive(facts: &Facts, said: &[Said<'_>], scene: &Scene<'_>) -> Vec<Sealed> {
    let mut out = stored(facts, said, scene);
    out.extend(endless(facts, said, scene));
    let said: Vec<(&Said<'_>, i64)> = said.iter().filter(|s| s.is(promise::ROTATION)).filter_map(|s| Some((s, s.limit()?))).collect();
    if said.is_empty() {
        return out;
    }
    let keys: Vec<&Sealed> = facts
        .of(Kind::Credential)
        .filter(|c| c.fields.word(credential::STATUS).is_none_or(|s| s == status::ACTIVE.as_str()))
        .filter(|c| c.fields.word(credential::TYPE) != Some(credential_type::CERTIFICATE.as_str()))
        .collect();
    let access = keys
        .iter()
        .filter(|k| k.fields.word(credential::TYPE) == Some(credential_type::ACCESS_KEY.as_str()))
        .map(|k| text(k, credential::PRODUCT).to_owned());
    let access = access.filter(|p| !p.is_empty()).min().unwrap_or_default();
    let access = access.as_str();
    let domain = |k: &&Sealed| text(k, credential::HOLDER).split_once('@').and_then(|(_, d)| Some(d.split_once('.')?.0.to_lowercase()));
    let projects: BTreeSet<String> = keys.iter().filter_map(domain).collect();
    for (said, limit) in said {
        let mut old: Vec<(Time, &Sealed, Tie)> = Vec::new();
        for key in &keys {
            let Some(since) = key.fields.time(credential::ROTATED).or_else(|| key.fields.time(credential::CREATED)) else { continue };
            let kind = key.fields.word(credential::TYPE).unwrap_or_default();
            let called = CALLED.iter().find(|c| c.0 == kind).map_or(&[] as &[&str], |c| c.1);
            let product = text(key, credential::PRODUCT);
            // "access keys" and "service account keys" say which, "tokens" of what nobody knows, and "keys" of a product that is named
            let certain = kind == credential_type::ACCESS_KEY.as_str() || said.says(&["service account key"]).is_some();
            let by_kind = || {
                said.says(called)
                    .filter(|_| certain || said.names(product).is_some() || scene.sole(said, product, &BTreeSet::from([product])).is_some())
            };
            let by_product =
                || said.says(&["key"]).and_then(|_| said.names(access)).filter(|_| kind == credential_type::ACCESS_KEY.as_str());
            let holder = text(key, credential::HOLDER);
            // a project that the sentence names bounds it
            let project = |h: &str| h.split_once('@').and_then(|(_, d)| Some(d.split_once('.')?.0.to_lowercase()));
            if project(holder)
                .is_some_and(|own| projects.iter().any(|p| *p != own && said.names(p).is_some()) && said.names(&own).is_none())
            {
                continue;
            }
            if let Some(tie) = said.names_account(holder).or_else(by_kind).or_else(by_product) {
                old.push((since, key, tie));
            }
        }
        // one export names the key, another its holder and the day
        let told: BTreeSet<(&str, Time)> =
            old.iter().filter(|o| o.1.fields.text(credential::KEY_ID).is_some()).map(|o| (text(o.1, credential::HOLDER), o.0)).collect();
        old.retain(|o| o.1.fields.text(credential::KEY_ID).is_some() || !told.contains(&(text(o.1, credential::HOLDER), o.0)));
        old.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
        for (since, key, tie) in old.into_iter().take(MOST) {
            let shown = Clean::compose([key.name.as_str(), " was last changed on ", &since.date()]);
            let mut fact = refute("rotation", said, &tie, key, key.name.clone(), shown);
            fact.fields.tell(contradiction::DUE, Value::Time(Time(since.0.saturating_add(limit))), &key.at);
            out.push(fact);
        }
    }
    out
}

/// Secrets in a store that are older than promised: named, or those of the store that the text names, or of its product.
fn stored(facts: &Facts, said: &[Said<'_>], scene: &Scene<'_>) -> Vec<Sealed> {
    let secret = |r: &&Sealed| {
        r.fields.word(resource::TYPE) == Some(resource_type::SECRET.as_str()) && r.fields.flag(resource::ROTATES) != Some(true)
    };
    let stored: Vec<&Sealed> = facts.of(Kind::Resource).filter(secret).collect();
    let of: BTreeSet<&str> = stored.iter().map(|r| text(r, resource::PRODUCT)).collect();
    let names: BTreeSet<String> = stored.iter().map(|r| r.name.as_str().to_lowercase()).collect();
    let stores = scene.lexicon.promised(class::SECRET_STORE);
    let mut out = Vec::new();
    for said in said.iter().filter(|s| s.is(promise::ROTATION)) {
        let Some(limit) = said.limit() else { continue };
        let one = names.iter().any(|n| said.names_account(n).is_some());
        for r in stored.iter().take(MOST) {
            let Some(since) = r.fields.time(resource::ROTATED).or_else(|| r.fields.time(resource::CREATED)) else { continue };
            let product = text(r, resource::PRODUCT);
            let place = store(text(r, resource::RESOURCE_ID));
            let all = || {
                let named = place.and_then(|v| said.names_account(v)).or_else(|| said.says(&stores).filter(|_| place.is_none()));
                named.filter(|_| said.says(&["secret", "password"]).is_some() && (of.len() == 1 || said.names_near(product).is_some()))
            };
            let tie = if one { said.names_account(r.name.as_str()) } else { all() };
            let Some(tie) = tie else { continue };
            let shown = Clean::compose([r.name.as_str(), " was last changed on ", &since.date(), ", and nothing rotates it"]);
            let mut fact = refute("rotation", said, &tie, r, r.name.clone(), shown);
            fact.fields.tell(contradiction::DUE, Value::Time(Time(since.0.saturating_add(limit))), &r.at);
            out.push(fact);
        }
    }
    out
}

/// The vault in the address of a secret.
fn store(id: &str) -> Option<&str> {
    let (_, host) = id.split_once("://")?;
    host.split(['.', '/']).next().filter(|h| !h.is_empty())
}

/// Secrets that live longer than the text says.
fn endless(facts: &Facts, said: &[Said<'_>], scene: &Scene<'_>) -> Vec<Sealed> {
    let mut out = Vec::new();
    for said in said.iter().filter(|s| s.is(promise::EXPIRES)) {
        let Some(limit) = said.limit() else { continue };
        for (kind, called) in CALLED {
            let Some(by_kind) = said.says(called) else { continue };
            let live = |c: &&Sealed| {
                c.fields.word(credential::TYPE) == Some(kind)
                    && c.fields.word(credential::STATUS).is_none_or(|s| s == status::ACTIVE.as_str())
            };
            let all: Vec<&Sealed> = facts.of(Kind::Credential).filter(live).take(MOST).collect();
            let of: BTreeSet<&str> = all.iter().map(|c| text(c, credential::PRODUCT)).collect();
            for c in all {
                let unsaid = matches!(c.fields.get(credential::EXPIRES), Some(Stated::Unsaid));
                let endless = |f: &Field| c.fields.values(*f).any(|v| v == &Value::Never);
                let never = unsaid || [credential::EXPIRES, credential::LIFETIME].iter().any(endless);
                // a day more or less is how products round
                let long = c.fields.duration(credential::LIFETIME).filter(|l| *l > limit.saturating_add(DAY));
                let shown = match (never, long) {
                    (true, _) => " works without an end".to_owned(),
                    (false, Some(long)) => format!(" works for {}", super::promise::spoken(long)),
                    (false, None) => continue,
                };
                let product = text(c, credential::PRODUCT);
                let tie = said.names_near(product).or_else(|| scene.sole(said, product, &of));
                let tie = tie.or_else(|| Some(by_kind.clone()).filter(|_| kind == "client_secret" && of.len() == 1));
                let Some(tie) = tie else { continue };
                let shown = Clean::compose([c.name.as_str(), &shown]);
                out.push(refute("expires", said, &tie, c, c.name.clone(), shown));
            }
        }
    }
    out
}
