//! What a text says of settings, policies and keys, and an export shows otherwise: the life of a link, the length of a password, what is
//! shut off or done away with, how far an account or a policy reaches, which version of a policy is put back.
//!
//! As everywhere in `join` the two belong together by name: of the product, the tenant, the account or the policy.

use super::promised::{Said, Tie, mentions, refute, text};
use crate::artifact::Clean;
use crate::fact::{
    Basis, Facts, Kind, Sealed, Value, Word, act, authenticator, binding, contradiction, credential, effect, grant, power, principal,
    principal_type, promise, proof, recovery, role, setting, statement, status,
};
use crate::rule::{Pack, SettingEntry};

/// Things that one promise is held against at most.
const MOST: usize = 512;
/// Factors that texts shut off by name.
const SHUT_OFF: [(Word, &[&str]); 3] = [
    (proof::SMS_CODE, &["sms", "text message"]),
    (proof::KNOWLEDGE_QUESTION, &["security question", "secret question"]),
    (proof::PHONE_CALL, &["phone call", "voice call"]),
];
/// Words of sentences about signing in, in which a factor is meant.
const SIGNS_IN: [&str; 9] = ["code", "factor", "reset", "recover", "authenticat", "mfa", "verif", "sign", "login"];

/// The sentences that settings, policies and keys refute.
pub(crate) fn derive(facts: &Facts, said: &[Said<'_>], rules: &Pack) -> Vec<Sealed> {
    let mut out = Vec::new();
    let of = |word| said.iter().filter(move |s| s.is(word));
    for s in of(promise::LINK_LIFE) {
        out.extend(links(facts, s));
    }
    let entry = |s: &Sealed| rules.lexicon.setting(text(s, setting::KEY));
    let settings: Vec<(&Sealed, &SettingEntry)> = facts.of(Kind::Setting).filter_map(|s| Some((s, entry(s)?))).collect();
    let that = |keeps: &'static str| settings.iter().filter(move |(_, e)| e.keeps == keeps).take(MOST);
    for s in of(promise::LENGTH) {
        for (set, _) in that("length") {
            let Some(least) = set.fields.number(setting::NUMBER).filter(|n| s.number().is_some_and(|wanted| *n < wanted)) else {
                continue;
            };
            let Some(tie) = named(s, text(set, setting::PRODUCT), text(set, setting::TENANT)) else { continue };
            let shown = Clean::compose([set.name.as_str(), " lets a password have ", &least.to_string(), " characters"]);
            out.push(refute("length", s, &tie, set, set.name.clone(), shown));
        }
    }
    for s in of(promise::FORBIDDEN) {
        for (set, entry) in that("forbids") {
            let meant = entry.scopes.is_empty() || entry.scopes.iter().any(|e| e == text(set, setting::SCOPE));
            let words: Vec<&str> = entry.words.iter().map(String::as_str).collect();
            let open = set.fields.flag(setting::ENABLED) == Some(entry.open);
            let Some(tie) = s.speaks(&words).filter(|_| meant && open) else { continue };
            let shown = Clean::compose([set.name.as_str(), if entry.open { " is on" } else { " is not enforced" }]);
            out.push(refute("forbidden", s, &tie, set, set.name.clone(), shown));
        }
        out.extend(factors(facts, s));
    }
    for s in of(promise::ABSENT) {
        out.extend(absent(facts, s));
    }
    for s in of(promise::SHARES) {
        for r in facts.of(Kind::Recovery).filter(|r| r.fields.values(recovery::ABOUT).any(|v| v == &Value::Word(act::ROOT_CEREMONY))) {
            let Some(takes) = r.fields.number(recovery::PEOPLE).filter(|n| s.number().is_some_and(|wanted| *n < wanted)) else {
                continue;
            };
            let Some(tie) = named(s, text(r, recovery::PRODUCT), text(r, recovery::TENANT)) else { continue };
            let shown = Clean::compose([text(r, recovery::PRODUCT), " is content with ", &takes.to_string(), " of the shares"]);
            out.push(refute("shares", s, &tie, r, r.name.clone(), shown));
        }
    }
    for s in of(promise::LIMITED) {
        out.extend(limited(facts, s));
    }
    for s in of(promise::ROLLBACK) {
        out.extend(rolled_back(facts, s));
    }
    out
}

/// A promise that names a product or a tenant of it.
fn named(said: &Said<'_>, product: &str, tenant: &str) -> Option<Tie> {
    said.names_near(product).or_else(|| Some(tenant).filter(|t| t.len() >= 4).and_then(|t| said.names_near(t)))
}

/// A link that lives longer than the text says.
fn links(facts: &Facts, said: &Said<'_>) -> Vec<Sealed> {
    let Some(limit) = said.limit() else { return Vec::new() };
    let life = |r: &Sealed| r.fields.duration(recovery::LIFETIME);
    let mut out = Vec::new();
    for r in facts.of(Kind::Recovery).take(MOST) {
        let Some(lives) = life(r).filter(|l| *l > limit) else { continue };
        let Some(tie) = named(said, text(r, recovery::PRODUCT), text(r, recovery::TENANT)) else { continue };
        let shown = Clean::compose(["the link of ", r.name.as_str(), " works for ", &super::promise::spoken(lives)]);
        out.push(refute("link_life", said, &tie, r, r.name.clone(), shown));
    }
    out
}

/// A factor that the text shuts off, and a product takes.
fn factors(facts: &Facts, said: &Said<'_>) -> Vec<Sealed> {
    let meant = SHUT_OFF.iter().filter(|(_, words)| said.says(words).is_some() && said.says(&SIGNS_IN).is_some());
    let mut out = Vec::new();
    for (factor, words) in meant {
        let asks = |r: &Sealed, field| r.fields.values(field).any(|v| v == &Value::Word(*factor));
        let ways = facts.of(Kind::Recovery).filter(|r| asks(r, recovery::ASKS)).map(|r| (r, recovery::PRODUCT, recovery::TENANT));
        let on = |a: &&Sealed| a.fields.flag(authenticator::ENABLED) == Some(true) && a.fields.text(authenticator::HOLDER).is_none();
        let kinds = facts.of(Kind::Authenticator).filter(on).filter(|a| asks(a, authenticator::FACTOR));
        let kinds = kinds.map(|a| (a, authenticator::PRODUCT, authenticator::TENANT));
        for (fact, product, tenant) in ways.chain(kinds).take(MOST) {
            let Some(tie) = named(said, text(fact, product), text(fact, tenant)) else { continue };
            let what = words.first().copied().unwrap_or_default();
            let shown = Clean::compose([fact.name.as_str(), " takes it (", what, ")"]);
            out.push(refute("forbidden", said, &tie, fact, fact.name.clone(), shown));
        }
    }
    out
}

/// Root tokens and root keys that the text says are gone.
fn absent(facts: &Facts, said: &Said<'_>) -> Vec<Sealed> {
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
            let shown = Clean::compose(["the root user has ", &keys.to_string(), " that work"]);
            out.push(refute("absent", said, &tie, p, p.name.clone(), shown));
        }
    }
    out
}

/// An account or policy that the text bounds, and that reaches further.
fn limited(facts: &Facts, said: &Said<'_>) -> Vec<Sealed> {
    let mut out = Vec::new();
    let sentence = said.sentence().to_lowercase();
    // who asks for all of it is not bounded by that sentence
    if ["everything", "full rights", "full access", "cluster-admin"].iter().any(|w| sentence.contains(w)) {
        return out;
    }
    for g in facts.of(Kind::Grant).filter(|g| g.fields.word(grant::POWER) == Some(power::ADMIN.as_str())).take(MOST) {
        let name = text(g, grant::PRINCIPAL);
        let name = name.rsplit('/').next().unwrap_or(name);
        let Some(tie) = said.names_account(name.split('@').next().unwrap_or(name)) else { continue };
        let shown = Clean::compose([name, " may do everything, by ", text(g, grant::VIA)]);
        out.push(refute("limited", said, &tie, g, g.name.clone(), shown));
    }
    // who may only read, or only in one folder, and holds a role whose name says more
    let reads = ["only read", "read only", "read-only", "must not change", "not change anything"].iter().any(|w| sentence.contains(w));
    let paths: Vec<&str> = sentence.split('`').skip(1).step_by(2).filter(|p| p.contains('/') && !p.contains(' ')).collect();
    let broad: &[&str] = match (reads, paths.is_empty()) {
        (true, _) => &["owner", "admin", "fullaccess", "poweruser", "editor", "write", "contributor"],
        (false, false) => &["owner", "admin", "fullaccess", "poweruser"],
        (false, true) => &[],
    };
    if !broad.is_empty() {
        for b in facts.of(Kind::Binding).filter(|b| b.fields.flag(binding::ELIGIBLE) != Some(true)) {
            let (name, role) = (text(b, binding::PRINCIPAL), text(b, binding::ROLE));
            let local = name.rsplit('/').next().unwrap_or(name).split('@').next().unwrap_or(name);
            let lower = role.to_lowercase();
            // who may do everything is told already
            let told = out.iter().any(|f: &Sealed| text(f, contradiction::SHOWN).starts_with(local));
            let new = !told && out.len() < MOST && broad.iter().any(|w| lower.contains(w));
            let Some(tie) = said.names_account(local).filter(|_| new) else { continue };
            let shown = Clean::compose([local, " holds ", role]);
            out.push(refute("limited", said, &tie, b, Clean::compose([local]), shown));
        }
    }
    // the paths that the sentence names, and a policy of that name which reaches a folder above one of them
    for r in facts.of(Kind::Role).filter(|_| !paths.is_empty()).filter(|r| mentions(&sentence, &r.name.as_str().to_lowercase())).take(MOST)
    {
        let wide = r.fields.items(role::STATEMENTS).filter(|s| s.word(statement::EFFECT) != Some(effect::DENY.as_str())).find_map(|s| {
            let reached = s.texts(statement::ACTIONS).chain(s.texts(statement::RESOURCES)).map(Clean::as_str);
            let mut folders = reached.filter_map(|a| a.rsplit([' ', ':']).next()).filter(|a| a.ends_with('*'));
            folders.find(|f| paths.iter().any(|p| above(f, p))).map(str::to_owned)
        });
        let Some(wide) = wide else { continue };
        let tie = Said::tied(format!("the sentence names {}", r.name.as_str()), Basis::Inferred);
        let shown = Clean::compose([r.name.as_str(), " reaches ", &wide]);
        out.push(refute("limited", said, &tie, r, r.name.clone(), shown));
    }
    out
}

/// Whether a pattern reaches the folder above a path, and with it what stands beside.
fn above(pattern: &str, path: &str) -> bool {
    let (folder, path) = (pattern.trim_end_matches('*').to_lowercase(), path.trim_matches('/'));
    // Vault's second version of secrets puts `data/` in between
    let folder = folder.trim_end_matches("data/");
    path.strip_prefix(folder).is_some_and(|rest| !rest.trim_matches(['/', '*']).is_empty())
}

/// An old version of a policy that the text puts back in force, and that allows everything, or every act on identities.
fn rolled_back(facts: &Facts, said: &Said<'_>) -> Vec<Sealed> {
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
            s.texts(statement::ACTIONS).map(Clean::as_str).find(|a| all && ["*", "*:*", "iam:*"].contains(a)).map(str::to_owned)
        });
        let Some(wide) = wide else { continue };
        let tie = Said::tied(format!("the text names {policy} {version}"), Basis::Explicit);
        let shown = Clean::compose([bare, " ", version, " allows ", &wide, " on everything"]);
        out.push(refute("rollback", said, &tie, r, Clean::compose([bare]), shown));
    }
    out
}
