//! Accounts and secrets that a text names and an export or another file shows: emergency accounts in use, leavers who are still there,
//! secrets that are mailed about and stand in a repository, a first line that may reset administrators.
//!
//! Only the exact name of an account or secret ties the two together.

use super::promised::{Said, meet, mentions, refute};
use crate::artifact::{Clean, Quote};
use crate::fact::{
    Basis, Facts, Field, Kind, Sealed, Stated, Value, act, actor, binding, channel, context, contradiction, day, deed, grant, object,
    population, power, principal, principal_type, procedure, promise, purpose, sighting, step,
};
use crate::rule::{Pack, class};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Pairs that one analysis reports at most.
const MOST: usize = 512;

/// What names of accounts and secrets tie together.
pub(crate) fn derive(facts: &Facts, said: &[Said<'_>], rules: &Pack) -> Vec<Sealed> {
    let mut out = named(facts, said);
    out.extend(unwritten(facts, said));
    out.extend(handouts(facts, said));
    out.extend(first_line(facts, said, rules));
    out
}

/// Accounts that a text names: for emergencies, or as those of somebody who left.
fn named(facts: &Facts, said: &[Said<'_>]) -> Vec<Sealed> {
    let said: Vec<&Said<'_>> = said.iter().filter(|s| s.is(promise::EMERGENCY) || s.is(promise::LEFT)).collect();
    if said.is_empty() {
        return Vec::new();
    }
    let mut accounts: BTreeMap<String, Vec<&Sealed>> = BTreeMap::new();
    let signs_in = |p: &&Sealed| !matches!(p.fields.word(principal::TYPE), Some(t) if t == principal_type::GROUP.as_str() || t == principal_type::ROLE.as_str());
    for p in facts.of(Kind::Principal).filter(signs_in) {
        let name = p.name.as_str().to_lowercase();
        // `mara.lind@quay.example` is called `mara.lind` as well, where that is no ordinary word
        if let Some((local, _)) = name.split_once('@').filter(|(l, _)| l.contains(|c: char| !c.is_alphabetic())) {
            accounts.entry(local.to_owned()).or_default().push(p);
        }
        accounts.entry(name).or_default().push(p);
    }
    // roles are given to people whom no list of accounts holds
    for b in facts.of(Kind::Binding).filter(|b| b.fields.word(binding::PRINCIPAL_TYPE) == Some(principal_type::USER.as_str())) {
        let Some(name) = b.fields.text(binding::PRINCIPAL).filter(|n| n.as_str().contains('@')) else { continue };
        accounts.entry(name.as_str().to_lowercase()).or_default().push(b);
    }
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    for said in said {
        let sentence = said.sentence().to_lowercase();
        let words: BTreeSet<&str> =
            sentence.split(|c: char| !(c.is_alphanumeric() || "-_@+.".contains(c))).map(|w| w.trim_matches('.')).collect();
        // `mara.lind@quay.example` may be `mara.lind` elsewhere
        let locals =
            words.iter().filter_map(|w| w.split_once('@')).map(|(local, _)| local).filter(|l| l.contains(|c: char| !c.is_alphabetic()));
        let words: BTreeSet<&str> = words.iter().copied().chain(locals).collect();
        // "Mara Lind left in May": the account is called after her
        let mut full: Vec<String> = if said.is(promise::LEFT) { said.full_names() } else { Vec::new() };
        full.extend(words.iter().filter_map(|w| w.split_once('@')).map(|(l, _)| l.to_owned()).filter(|l| accounts.contains_key(l)));
        let named: BTreeSet<&str> = words.into_iter().chain(full.iter().map(String::as_str)).collect();
        for name in named {
            let Some(found) = accounts.get(name) else { continue };
            let whole = || full.iter().any(|f| f == name).then(|| Said::tied(format!("the sentence names {name}"), Basis::Inferred));
            let Some(tie) = said.names_account(name).or_else(whole) else { continue };
            for account in found {
                let topic = if said.is(promise::EMERGENCY) { "emergency_account" } else { "leaver" };
                if out.len() >= MOST || !seen.insert((topic, &account.at.place.path, &account.name, account.kind)) {
                    continue;
                }
                if account.kind == Kind::Binding {
                    out.extend(kept_role(said, &tie, account).filter(|_| said.is(promise::LEFT)));
                    continue;
                }
                let fact = if said.is(promise::EMERGENCY) { emergency(said, &tie, account, name) } else { leaver(said, &tie, account) };
                out.extend(fact);
            }
        }
    }
    // a review may stand in another sentence than the one that was met first
    let open = |f: &&mut Sealed| f.fields.flag(contradiction::REVIEWED).is_none();
    for fact in
        out.iter_mut().filter(open).filter(|f| f.fields.text(contradiction::TOPIC).is_some_and(|t| t.as_str() == "emergency_account"))
    {
        let (name, used) = (fact.name.as_str().to_lowercase(), fact.fields.time(contradiction::LAST_USED));
        let review = facts.of(Kind::Control).find(|c| {
            let text = super::promised::said(c).to_lowercase();
            let local = name.split('@').next().unwrap_or(&name);
            text.contains("reviewed")
                && (mentions(&text, &name) || mentions(&text, local))
                && dates(&text).any(|d| used.is_some_and(|u| d.0 + 86_400 > u.0))
        });
        let at = review.map_or_else(|| fact.at.clone(), |r| r.at.clone());
        fact.fields.tell(contradiction::REVIEWED, Value::Flag(review.is_some()), &at);
    }
    out
}

/// The days that a text names.
fn dates(text: &str) -> impl Iterator<Item = crate::fact::Time> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '-')).filter(|w| w.len() == 10).filter_map(day)
}

fn emergency(said: &Said<'_>, tie: &super::promised::Tie, account: &Sealed, name: &str) -> Option<Sealed> {
    let shown = match account.fields.time(principal::LAST_USED) {
        Some(used) => Clean::compose([account.name.as_str(), " was last used on ", &used.date()]),
        None => Clean::compose([account.name.as_str(), " is in the export"]),
    };
    let mut fact = refute("emergency_account", said, tie, account, Clean::compose([account.name.as_str()]), shown);
    for (from, to) in [
        (principal::LAST_USED, contradiction::LAST_USED),
        (principal::PASSWORD_CHANGED, contradiction::PASSWORD_CHANGED),
        (principal::MFA, contradiction::MFA),
        (principal::REVIEWED, contradiction::REVIEWED),
    ] {
        if let Some(stated @ Stated::Said(_)) = account.fields.get(from) {
            fact.fields.set(to, stated.clone());
        }
    }
    // who cannot sign in with a password has no second factor to ask for
    if account.fields.flag(principal::PASSWORD_ENABLED) == Some(false) {
        fact.fields.set(contradiction::MFA, Stated::Mute);
    }
    let shut = account.fields.flag(principal::ENABLED) == Some(false);
    (!shut && !name.is_empty()).then_some(fact)
}

/// Somebody who left, by a text, and whose account still works, by an export.
fn leaver(said: &Said<'_>, tie: &super::promised::Tie, account: &Sealed) -> Option<Sealed> {
    // "disabled by `svc-offboard`": that is who did it
    let (sentence, name) = (said.sentence().to_lowercase(), account.name.as_str().to_lowercase());
    let local = name.split('@').next().unwrap_or(&name);
    let others = ["by", "with", "using", "via", "to", "from"];
    if others.iter().any(|w| sentence.contains(&format!(" {w} {local}")) || sentence.contains(&format!(" {w} `{local}"))) {
        return None;
    }
    let flag = |field| account.fields.flag(field);
    let keys = account.fields.number(principal::ACTIVE_KEYS).unwrap_or(0);
    let password = flag(principal::PASSWORD_ENABLED) == Some(true);
    let what = match (flag(principal::ENABLED), password, keys) {
        (Some(false), ..) => return None,
        (_, true, 0) => " still has a password that works".to_owned(),
        (_, true, n) => format!(" still has a password that works, and {n} active key{}", if n == 1 { "" } else { "s" }),
        (_, false, n) if n > 0 => format!(" still has {n} active key{}", if n == 1 { "" } else { "s" }),
        (Some(true), ..) => " is still enabled".to_owned(),
        _ => return None,
    };
    let shown = Clean::compose([account.name.as_str(), &what]);
    Some(refute("leaver", said, tie, account, account.name.clone(), shown))
}

/// Somebody who left, by a text, and still holds a role.
fn kept_role(said: &Said<'_>, tie: &super::promised::Tie, b: &Sealed) -> Option<Sealed> {
    let (name, role) = (b.fields.text(binding::PRINCIPAL)?, b.fields.text(binding::ROLE)?);
    let shown = Clean::compose([name.as_str(), " still holds ", role.as_str()]);
    Some(refute("leaver", said, tie, b, name.clone(), shown))
}

/// Emergency accounts where the runbooks of the scan say nothing of emergencies.
fn unwritten(facts: &Facts, said: &[Said<'_>]) -> Vec<Sealed> {
    let about =
        |p: &Sealed, words: &[&str]| p.fields.values(procedure::ABOUT).any(|v| matches!(v, Value::Word(w) if words.contains(&w.as_str())));
    let mut procedures = facts.of(Kind::Procedure).filter(|p| p.fields.values(procedure::ABOUT).next().is_some()).peekable();
    let Some(first) = procedures.peek().copied() else { return Vec::new() };
    if said.iter().any(|s| s.is(promise::EMERGENCY))
        || procedures.any(|p| about(p, &[act::BREAK_GLASS.as_str(), act::ROOT_CEREMONY.as_str()]))
    {
        return Vec::new();
    }
    let emergency = |p: &&Sealed| {
        p.fields.word(principal::PURPOSE) == Some(purpose::BREAK_GLASS.as_str())
            && p.fields.word(principal::TYPE) != Some(principal_type::GROUP.as_str())
            && p.fields.flag(principal::ENABLED) != Some(false)
    };
    let accounts = facts.of(Kind::Principal).filter(emergency).take(MOST);
    accounts
        .map(|p| {
            let said = Clean::compose(["the runbooks, such as \"", first.name.as_str(), "\", say nothing of emergency access"]);
            let shown = Clean::compose([p.name.as_str(), " is an emergency account"]);
            let anchor = Clean::compose(["unwritten ", p.anchor.as_str()]);
            let mut out = meet("unwritten", p.name.clone(), anchor, (&said, &first.at), (shown, &p.at));
            out.at = p.at.clone();
            out
        })
        .collect()
}

fn has(fields: &crate::fact::Fields<Clean, Arc<Quote>>, field: Field, words: &[&str]) -> Option<Arc<Quote>> {
    let Some(Stated::Said(claims)) = fields.get(field) else { return None };
    let open = claims.iter().filter(|c| c.duty != crate::fact::Duty::MustNot);
    open.filter_map(|c| if let Value::Word(w) = &c.value { words.contains(&w.as_str()).then(|| c.quote.clone()) } else { None }).next()
}

/// A procedure that sends a secret about which stands in a file.
fn handouts(facts: &Facts, said: &[Said<'_>]) -> Vec<Sealed> {
    let open = [channel::EMAIL, channel::CHAT, channel::SMS, channel::DOCUMENT, channel::TICKET].map(|c| c.as_str());
    let secret = [object::SECRET, object::PASSWORD, object::TOKEN, object::KEY, object::SHARED_PASSWORD, object::CODE].map(|o| o.as_str());
    let secrets: Vec<&Sealed> = facts
        .of(Kind::Sighting)
        .filter(|s| {
            s.fields.word(sighting::CONTEXT) != Some(context::TEST.as_str()) && s.fields.word(sighting::TYPE) != Some("access_key_id")
        })
        .filter(|s| [sighting::ENCRYPTED, sighting::EXAMPLE].iter().all(|f| s.fields.flag(*f) != Some(true)))
        .collect();
    let mut by_name: BTreeMap<String, Vec<&Sealed>> = BTreeMap::new();
    let mut by_path: BTreeMap<&Clean, Vec<&Sealed>> = BTreeMap::new();
    for s in secrets {
        by_name.entry(s.name.as_str().to_lowercase()).or_default().push(s);
        by_path.entry(&s.at.place.path).or_default().push(s);
    }
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    for p in facts.of(Kind::Procedure) {
        for item in p.fields.items(procedure::STEPS) {
            let Some(at) = has(item, step::DEED, &[deed::SEND.as_str(), deed::SHARE.as_str()]) else { continue };
            if has(item, step::CHANNEL, &open).is_none() || has(item, step::OBJECT, &secret).is_none() {
                continue;
            }
            let place = &p.at.place;
            let beside = by_path.get(&place.path).into_iter().flatten();
            let beside =
                beside.filter(|s| (place.line..=place.end_line).contains(&s.at.place.line)).map(|s| (*s, "it stands in the procedure"));
            let sentence = at.text.as_str().to_lowercase();
            let words = sentence.split(|c: char| !(c.is_alphanumeric() || "-_".contains(c)));
            let words: BTreeSet<&str> = words.filter(|w| w.len() >= 6 && w.contains(['_', '-'])).collect();
            let elsewhere = words.iter().filter_map(|w| by_name.get(*w)).flatten().map(|s| (*s, "the sentence names it"));
            for (secret, how) in beside.chain(elsewhere) {
                if out.len() >= MOST || !seen.insert((&p.name, &secret.at.place.path, &secret.name)) {
                    continue;
                }
                let anchor = Clean::compose(["handout ", p.anchor.as_str(), " ", secret.name.as_str()]);
                let shown = Clean::compose([secret.name.as_str(), " stands in ", secret.at.place.path.as_str()]);
                let said = Clean::compose([at.text.as_str().trim()]);
                let mut fact = meet("handout", p.name.clone(), anchor, (&said, &at), (shown, &secret.at));
                fact.fields.tell(contradiction::MATCHED, Value::Text(Clean::ours(how)), &at);
                out.push(fact);
            }
        }
    }
    // a policy or a welcome page sends secrets around as well, where it names them or the file that holds them
    let mut by_file: BTreeMap<String, Vec<&Sealed>> = BTreeMap::new();
    for s in by_path.values().flatten() {
        let path = s.at.place.path.as_str().to_lowercase();
        let file = path.rsplit('/').next().unwrap_or(&path);
        by_file.entry(file.to_owned()).or_default().push(s);
        // `ledger-writer` is the key in `ledger-writer.json`
        if let Some((stem, _)) = file.rsplit_once('.').filter(|(stem, _)| stem.contains(['-', '_'])) {
            by_file.entry(stem.to_owned()).or_default().push(s);
        }
    }
    for said in said.iter().filter(|s| s.is(promise::HANDOUT)) {
        let sentence = said.sentence().to_lowercase();
        let words = sentence.split(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))).map(|w| w.trim_end_matches('.'));
        let mut words: BTreeSet<&str> = words.filter(|w| w.len() >= 6 && w.contains(['_', '-', '.'])).collect();
        // "Ask Vera for `live.env`. She sends it by e-mail."
        let before = said.before().to_lowercase();
        if words.iter().all(|w| !by_name.contains_key(*w) && !by_file.contains_key(*w)) {
            let parts = before.split(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))).map(|w| w.trim_end_matches('.'));
            words = parts.filter(|w| w.len() >= 6 && w.contains('.')).collect();
        }
        let named = words.iter().flat_map(|w| by_name.get(*w).into_iter().chain(by_file.get(*w)).flatten().map(move |s| (*w, *s)));
        for (word, secret) in named {
            let here = secret.at.place.path == said.place().place.path;
            // one sentence and one file make one finding
            if here || out.len() >= MOST || !seen.insert((said.heading(), &secret.at.place.path, said.heading())) {
                continue;
            }
            let shown = Clean::compose([secret.name.as_str(), " stands in ", secret.at.place.path.as_str()]);
            let tie = Said::tied(format!("the sentence names {word}"), Basis::Explicit);
            out.push(refute("handout", said, &tie, secret, secret.name.clone(), shown));
        }
    }
    out
}

/// The role by which somebody holds a power, or that is given to them.
fn role_of(fact: &Sealed) -> &str {
    let field = if fact.kind == Kind::Binding { binding::ROLE } else { grant::VIA };
    fact.fields.text(field).map_or("", Clean::as_str)
}

/// A first line that carries out resets of administrators, and holds a role that can.
fn first_line(facts: &Facts, said: &[Said<'_>], rules: &Pack) -> Vec<Sealed> {
    let anybody: Vec<&str> =
        rules.lexicon.resets.iter().filter(|r| r.passwords.iter().any(|p| p == "any")).map(|r| r.name.as_str()).collect();
    let powers = [power::RESET_PASSWORD, power::REPLACE_FACTOR, power::TAKE_OVER, power::MINT_CREDENTIAL].map(|p| p.as_str());
    let held: Vec<(&Sealed, &Clean, String)> = facts
        .of(Kind::Grant)
        .filter(|g| g.fields.word(grant::POWER).is_some_and(|p| powers.contains(&p)))
        .filter(|g| {
            let reached = g.fields.values(grant::TARGETS).any(|v| matches!(v, Value::Number(1..)));
            reached || g.fields.flag(grant::PRIVILEGED_TARGETS) == Some(true)
        })
        .flat_map(|g| [grant::PRINCIPAL, grant::THROUGH].into_iter().filter_map(move |f| g.fields.text(f).map(|name| (g, name))))
        .map(|(g, name)| (g, name, name.as_str().to_lowercase()))
        .collect();
    // over the whole directory the name of a role says whom it resets
    let over_all = facts.of(Kind::Binding).filter(|b| b.fields.flag(binding::ELIGIBLE) != Some(true)).filter(|b| {
        b.fields.text(binding::SCOPE).is_none_or(|s| s.as_str() == "/")
            && b.fields.text(binding::ROLE).is_some_and(|role| anybody.contains(&role.as_str()))
    });
    let over_all = over_all.filter_map(|b| b.fields.text(binding::PRINCIPAL).map(|name| (b, name, name.as_str().to_lowercase())));
    let held: Vec<(&Sealed, &Clean, String)> = held.into_iter().chain(over_all).collect();
    if held.is_empty() {
        return Vec::new();
    }
    let (desk, common) = (rules.lexicon.promised(class::DESK), rules.lexicon.promised(class::GROUP_WORD));
    let resets = [act::PASSWORD_RESET, act::MFA_RESET, act::ACCOUNT_RECOVERY, act::UNLOCK].map(|a| a.as_str());
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    for p in facts.of(Kind::Procedure) {
        let says_so = || said.iter().any(|s| s.is(promise::COVERS_ADMINS) && s.place().place.path == p.at.place.path);
        let whom = has(&p.fields, procedure::FOR_WHOM, &[population::PRIVILEGED.as_str()]).is_some() || says_so();
        let about = has(&p.fields, procedure::ABOUT, &resets).is_some() && whom;
        let Some(at) = has(&p.fields, procedure::BY_WHOM, &[actor::FIRST_LINE.as_str()]).filter(|_| about) else { continue };
        let text = at.text.as_str().to_lowercase();
        for (g, name, lower) in &held {
            let bare: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
            let how = if mentions(&text, lower) {
                "the sentence names it"
            } else if desk.iter().any(|d| bare.contains(d)) {
                "its name says help desk"
            } else if shares_a_name(at.text.as_str(), name.as_str(), &common) {
                "the sentence names whom it is called after"
            } else {
                continue;
            };
            if out.len() >= MOST || !seen.insert((&p.anchor, &p.at.place.path, *name)) {
                continue;
            }
            let via = role_of(g);
            let shown = Clean::compose([name.as_str(), " holds ", via, ", which can reset administrators"]);
            let anchor = Clean::compose(["first_line ", p.anchor.as_str(), " ", name.as_str()]);
            let said = Clean::compose([at.text.as_str().trim()]);
            let mut fact = meet("first_line", p.name.clone(), anchor, (&said, &at), (shown, &g.at));
            fact.fields.tell(contradiction::MATCHED, Value::Text(Clean::ours(how)), &g.at);
            out.push(fact);
        }
    }
    // a text that keeps the desk away from administrators, and a role that does not
    for s in said.iter().filter(|s| s.is(promise::LIMITED) && s.says(&["admin", "privileged"]).is_some()) {
        let whole: String = s.whole().chars().filter(|c| c.is_alphanumeric()).collect();
        for (g, name, lower) in &held {
            let bare: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
            let named = bare.len() >= 5 && whole.contains(&bare);
            if !named || out.len() >= MOST || !seen.insert((s.heading(), &s.place().place.path, *name)) {
                continue;
            }
            let via = role_of(g);
            let shown = Clean::compose([name.as_str(), " holds ", via, ", which can reset administrators"]);
            let tie = Said::tied(format!("the section names {}", name.as_str()), Basis::Inferred);
            out.push(refute("kept_away", s, &tie, g, (*name).clone(), shown));
        }
    }
    out
}

/// Whether a text holds a proper name that a group is called after: "Northline (outsourced)" and the group `Northline-L1`.
fn shares_a_name(text: &str, group: &str, common: &[&str]) -> bool {
    let words = |t: &str| -> BTreeSet<String> { t.split(|c: char| !c.is_alphabetic()).map(str::to_owned).collect() };
    let said = words(text);
    let proper = |w: &&String| w.len() >= 5 && w.starts_with(char::is_uppercase) && !common.contains(&w.to_lowercase().as_str());
    words(group).iter().filter(proper).any(|w| said.contains(w))
}
