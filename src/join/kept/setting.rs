//! Promises that settings keep or break: the life of a link or pass, the length of a password, what is shut off, what the holder hears of.

use super::{MOST, named};
use crate::artifact::Clean;
use crate::fact::{
    Facts, Field, Fields, Kind, Sealed, Stated, Value, Word, act, authenticator, credential, credential_type, promise, proof, recovery,
    setting,
};
use crate::join::promise::spoken;
use crate::join::promised::{Said, Scene, Tie, refute, text};
use crate::rule::{SettingEntry, class};
use std::collections::BTreeSet;

type Kept<'a> = (&'a Sealed, &'a SettingEntry);

/// The sentences that settings refute.
pub(super) fn derive(facts: &Facts, said: &[Said<'_>], scene: &Scene<'_>) -> Vec<Sealed> {
    let entry = |s: &Sealed| scene.lexicon.setting(text(s, setting::KEY));
    let settings: Vec<Kept<'_>> = facts.of(Kind::Setting).filter_map(|s| Some((s, entry(s)?))).collect();
    let that = |keeps: &str| -> Vec<Kept<'_>> { settings.iter().filter(|(_, e)| e.keeps == keeps).copied().take(MOST).collect() };
    let mut out = Vec::new();
    for s in said {
        if s.is(promise::LINK_LIFE) {
            out.extend(links(facts, s, scene));
            out.extend(lives(s, &that("life"), scene));
            out.extend(handles(facts, s, true));
        } else if s.is(promise::ONCE) {
            out.extend(switched(s, &that("once"), scene, ("once", " lets it be used many times")));
            out.extend(handles(facts, s, false));
        } else if s.is(promise::NOTICE) {
            out.extend(switched(s, &that("notice"), scene, ("notice", " is off")));
        } else if s.is(promise::RESET_FACTOR) {
            out.extend(resets(facts, s, scene));
        } else if s.is(promise::LENGTH) {
            out.extend(lengths(s, &that("length")));
        } else if s.is(promise::FORBIDDEN) {
            out.extend(open(s, &that("forbids"), "forbidden"));
            out.extend(open(s, &that("shut"), "shut"));
            out.extend(factors(facts, s, scene));
        } else if s.is(promise::SHARES) {
            out.extend(shares(facts, s));
        }
    }
    out
}

/// The tie of a sentence to a product's setting: by name, else because no other product of the scan could be meant.
fn tie(said: &Said<'_>, s: &Sealed, all: &[Kept<'_>], scene: &Scene<'_>) -> Option<Tie> {
    let product = text(s, setting::PRODUCT);
    let of: BTreeSet<&str> = all.iter().map(|(s, _)| text(s, setting::PRODUCT)).collect();
    named(said, product, text(s, setting::TENANT)).or_else(|| scene.sole(said, product, &of))
}

/// Whether a sentence is about what a setting governs.
fn about(said: &Said<'_>, entry: &SettingEntry) -> bool {
    let words: Vec<&str> = entry.words.iter().map(String::as_str).collect();
    words.is_empty() || said.says(&words).is_some()
}

fn lengths(said: &Said<'_>, all: &[Kept<'_>]) -> Vec<Sealed> {
    let mut out = Vec::new();
    for (set, _) in all {
        let Some(least) = set.fields.number(setting::NUMBER).filter(|n| said.number().is_some_and(|wanted| *n < wanted)) else { continue };
        let Some(tie) = named(said, text(set, setting::PRODUCT), text(set, setting::TENANT)) else { continue };
        let shown = Clean::compose([set.name.as_str(), " lets a password have ", &least.to_string(), " characters"]);
        out.push(refute("length", said, &tie, set, set.name.clone(), shown));
    }
    out
}

fn lives(said: &Said<'_>, all: &[Kept<'_>], scene: &Scene<'_>) -> Vec<Sealed> {
    let Some(limit) = said.limit() else { return Vec::new() };
    let longer = all.iter().filter_map(|(s, e)| Some((s, longer(&s.fields, setting::LIFETIME, limit)?, e)));
    let meant = longer.filter(|(.., e)| about(said, e));
    let told = meant.filter_map(|(s, lives, _)| {
        let shown = Clean::compose([s.name.as_str(), " lets it live ", &lives]);
        Some(refute("link_life", said, &tie(said, s, all, scene)?, s, s.name.clone(), shown))
    });
    told.collect()
}

/// How long something lives, where that is longer than this.
fn longer(fields: &Fields<Clean, std::sync::Arc<crate::artifact::Quote>>, field: Field, limit: i64) -> Option<String> {
    if fields.values(field).any(|v| v == &Value::Never) {
        return Some("without an end".to_owned());
    }
    fields.duration(field).filter(|l| *l > limit).map(|l| format!("for {}", spoken(l)))
}

/// Switches that are off, where the text says that what they govern is on.
fn switched(said: &Said<'_>, all: &[Kept<'_>], scene: &Scene<'_>, (topic, shown): (&str, &str)) -> Vec<Sealed> {
    let off = all.iter().filter(|(s, e)| s.fields.flag(setting::ENABLED) == Some(false) && about(said, e));
    off.filter_map(|(s, _)| {
        let shown = Clean::compose([s.name.as_str(), shown]);
        Some(refute(topic, said, &tie(said, s, all, scene)?, s, s.name.clone(), shown))
    })
    .collect()
}

/// What the text forbids, and a switch opens.
fn open(said: &Said<'_>, all: &[Kept<'_>], topic: &str) -> Vec<Sealed> {
    let mut out = Vec::new();
    for (set, entry) in all {
        let meant = entry.scopes.is_empty() || entry.scopes.iter().any(|e| e == text(set, setting::SCOPE));
        let words: Vec<&str> = entry.words.iter().map(String::as_str).collect();
        let open = set.fields.flag(setting::ENABLED) == Some(entry.open);
        let Some(tie) = said.speaks(&words).filter(|_| meant && open) else { continue };
        let shown = Clean::compose([set.name.as_str(), if entry.open { " is on" } else { " is not enforced" }]);
        out.push(refute(topic, said, &tie, set, set.name.clone(), shown));
    }
    out
}

/// Shares that are asked for, and fewer that suffice.
fn shares(facts: &Facts, said: &Said<'_>) -> Vec<Sealed> {
    let mut out = Vec::new();
    for r in facts.of(Kind::Recovery).filter(|r| r.fields.values(recovery::ABOUT).any(|v| v == &Value::Word(act::ROOT_CEREMONY))) {
        let Some(takes) = r.fields.number(recovery::PEOPLE).filter(|n| said.number().is_some_and(|wanted| *n < wanted)) else { continue };
        let Some(tie) = named(said, text(r, recovery::PRODUCT), text(r, recovery::TENANT)) else { continue };
        let shown = Clean::compose([text(r, recovery::PRODUCT), " is content with ", &takes.to_string(), " of the shares"]);
        out.push(refute("shares", said, &tie, r, r.name.clone(), shown));
    }
    out
}

/// A reset that asks for a factor by the text, and for a message alone by the product.
fn resets(facts: &Facts, said: &Said<'_>, scene: &Scene<'_>) -> Vec<Sealed> {
    let messages = [proof::EMAIL_CODE, proof::SMS_CODE, proof::KNOWLEDGE_QUESTION];
    let reset = |r: &&Sealed| r.fields.values(recovery::ABOUT).any(|v| v == &Value::Word(act::PASSWORD_RESET));
    let all: Vec<&Sealed> = facts.of(Kind::Recovery).filter(reset).take(MOST).collect();
    let of: BTreeSet<&str> = all.iter().map(|r| text(r, recovery::PRODUCT)).collect();
    let mut out = Vec::new();
    for r in all {
        let mut asks = r.fields.values(recovery::ASKS).peekable();
        let weak = asks.peek().is_some() && asks.all(|v| messages.iter().any(|m| v == &Value::Word(*m)));
        if !weak || r.fields.flag(recovery::STEPS_UP) == Some(true) {
            continue;
        }
        let product = text(r, recovery::PRODUCT);
        let tie = named(said, product, text(r, recovery::TENANT)).or_else(|| scene.sole(said, product, &of));
        let Some(tie) = tie else { continue };
        let shown = Clean::compose([r.name.as_str(), " asks for a message alone"]);
        out.push(refute("reset_factor", said, &tie, r, r.name.clone(), shown));
    }
    out
}

/// A link that lives longer than the text says.
fn links(facts: &Facts, said: &Said<'_>, scene: &Scene<'_>) -> Vec<Sealed> {
    let Some(limit) = said.limit().filter(|_| said.says(&["link"]).is_some()) else { return Vec::new() };
    let life = |r: &Sealed| r.fields.duration(recovery::LIFETIME);
    let all: Vec<&Sealed> = facts.of(Kind::Recovery).filter(|r| life(r).is_some()).take(MOST).collect();
    let of: BTreeSet<&str> = all.iter().map(|r| text(r, recovery::PRODUCT)).collect();
    let mut out = Vec::new();
    for r in all {
        let Some(lives) = life(r).filter(|l| *l > limit) else { continue };
        let product = text(r, recovery::PRODUCT);
        let tie = named(said, product, text(r, recovery::TENANT)).or_else(|| scene.sole(said, product, &of));
        let Some(tie) = tie else { continue };
        let shown = Clean::compose(["the link of ", r.name.as_str(), " works for ", &spoken(lives)]);
        out.push(refute("link_life", said, &tie, r, r.name.clone(), shown));
    }
    out
}

/// Secrets that a product hands out to programs by a role: how long they live, and how often they serve.
fn handles(facts: &Facts, said: &Said<'_>, life: bool) -> Vec<Sealed> {
    let Some(called) = said.says(&["secret id", "secret-id"]) else { return Vec::new() };
    let handed = facts.of(Kind::Credential).filter(|c| c.fields.word(credential::TYPE) == Some(credential_type::CLIENT_SECRET.as_str()));
    let mut out = Vec::new();
    for c in handed.filter(|c| matches!(c.fields.get(credential::LIMITED), Some(Stated::Said(_)))).take(MOST) {
        let endless = c.fields.values(credential::EXPIRES).any(|v| v == &Value::Never);
        let lives = said.limit().and_then(|limit| longer(&c.fields, credential::LIFETIME, limit));
        let shown = match (life, lives) {
            (true, Some(lives)) => format!(" hands out secrets that live {lives}"),
            (true, None) if endless => " hands out secrets that live without an end".to_owned(),
            (false, _) if c.fields.flag(credential::LIMITED) == Some(false) => {
                " hands out secrets that serve any number of times".to_owned()
            }
            _ => continue,
        };
        let product = text(c, credential::PRODUCT);
        let tie = said.names_near(product).unwrap_or_else(|| called.clone());
        let shown = Clean::compose([product, " role ", c.name.as_str(), &shown]);
        out.push(refute(if life { "link_life" } else { "once" }, said, &tie, c, c.name.clone(), shown));
    }
    out
}

/// A factor that the text shuts off, and a product takes.
fn factors(facts: &Facts, said: &Said<'_>, scene: &Scene<'_>) -> Vec<Sealed> {
    let kinds: [(Word, u128); 3] =
        [(proof::SMS_CODE, class::SMS), (proof::KNOWLEDGE_QUESTION, class::QUESTION), (proof::PHONE_CALL, class::CALL)];
    // a question is asked for nothing else; a text message may be about anything
    let placed = |class| class == class::QUESTION || said.says(&scene.lexicon.promised(class::FACTOR_PLACE)).is_some();
    let mut out = Vec::new();
    for (factor, class) in kinds.into_iter().filter(|(_, c)| said.says(&scene.lexicon.promised(*c)).is_some() && placed(*c)) {
        let asks = |r: &Sealed, field| r.fields.values(field).any(|v| v == &Value::Word(factor));
        let ways = facts.of(Kind::Recovery).filter(|r| asks(r, recovery::ASKS)).map(|r| (r, recovery::PRODUCT, recovery::TENANT));
        let on = |a: &&Sealed| a.fields.flag(authenticator::ENABLED) == Some(true) && a.fields.text(authenticator::HOLDER).is_none();
        let kinds = facts.of(Kind::Authenticator).filter(on).filter(|a| asks(a, authenticator::FACTOR));
        let kinds = kinds.map(|a| (a, authenticator::PRODUCT, authenticator::TENANT));
        let all: Vec<(&Sealed, Field, Field)> = kinds.chain(ways).take(MOST).collect();
        let of: BTreeSet<&str> = all.iter().map(|(f, product, _)| text(f, *product)).collect();
        for (fact, product, tenant) in &all {
            let product = text(fact, *product);
            let Some(tie) = named(said, product, text(fact, *tenant)).or_else(|| scene.sole(said, product, &of)) else { continue };
            let what = scene.lexicon.promised(class).first().copied().unwrap_or_default();
            let shown = Clean::compose([fact.name.as_str(), " takes it (", what, ")"]);
            out.push(refute("factor_on", said, &tie, fact, Clean::compose([product, " ", what]), shown));
        }
    }
    // one factor of one product is told once
    let mut seen = BTreeSet::new();
    out.retain(|f| seen.insert(f.name.clone()));
    out
}
