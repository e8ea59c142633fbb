//! Emergency accounts across runbook and directory: what the runbook asks before one is used, what the directory lets it do, and the
//! second one that the runbook forgot.

use super::promised::{Said, meet, mentions, refute};
use crate::artifact::Clean;
use crate::fact::{
    Duty, Facts, Kind, Sealed, Stated, Value, Word, access_rule, act, binding, contradiction, control, grant, principal, principal_type,
    procedure, promise, purpose, saying, step,
};
use std::collections::{BTreeMap, BTreeSet};

/// Accounts that are reported at most.
const MOST: usize = 128;
/// What a runbook says of an emergency account that lets too many at it, and how a reviewer would put it.
const LOOSE: [(Word, &str); 8] = [
    (saying::ONE_FOR_ALL, "its login serves several people"),
    (saying::KEPT_FOR_ALL, "its login is kept where several people get at it"),
    (saying::OPENLY_KEPT, "its login lies open"),
    (saying::ONE_KEEPER, "one person keeps all of it"),
    (saying::ROUTINE_EMERGENCY, "it serves every day"),
    (saying::NO_ALARM, "nobody is alarmed"),
    (saying::NO_REVIEW, "nobody looks at it afterwards"),
    (saying::NEVER_CHANGED, "its password is never changed"),
];

/// An account as directories show it.
struct Account<'a> {
    fact: &'a Sealed,
    ids: BTreeSet<&'a str>,
    roles: BTreeSet<&'a str>,
}

/// Emergency accounts that a runbook leaves loose or forgets.
pub(crate) fn derive(facts: &Facts, said: &[Said<'_>]) -> Vec<Sealed> {
    let said: Vec<&Said<'_>> = said.iter().filter(|s| s.is(promise::EMERGENCY)).collect();
    if said.is_empty() {
        return Vec::new();
    }
    let accounts = accounts(facts);
    let mut out = Vec::new();
    let mut named: BTreeMap<&str, &Said<'_>> = BTreeMap::new();
    let mut by_word: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for name in accounts.keys() {
        by_word.entry(name).or_default().push(name);
        if let Some((local, _)) = name.split_once('@') {
            by_word.entry(local).or_default().push(name);
        }
    }
    for s in said {
        let sentence = s.sentence().to_lowercase();
        let words = sentence.split(|c: char| !(c.is_alphanumeric() || "-_@+.".contains(c))).map(|w| w.trim_matches('.'));
        let words: BTreeSet<&str> = words.collect();
        let found: BTreeSet<&str> = words.iter().filter_map(|w| by_word.get(w)).flatten().copied().collect();
        for (name, account) in found.into_iter().filter(|n| tied(s, n).is_some()).filter_map(|n| accounts.get_key_value(n)) {
            named.entry(name).or_insert(s);
            if out.len() < MOST {
                out.extend(loose(facts, s, account));
            }
        }
    }
    // the runbook of one page often stands on another as well: an account is told once
    let mut seen = BTreeSet::new();
    out.retain(|f: &Sealed| seen.insert(f.name.clone()));
    out.extend(forgotten(facts, &accounts, &named));
    out
}

/// Everybody who signs in, by name: as accounts, and as holders of roles where no list of accounts is there.
fn accounts(facts: &Facts) -> BTreeMap<String, Account<'_>> {
    let mut out: BTreeMap<String, Account<'_>> = BTreeMap::new();
    let user = |sort: Option<&str>| sort.is_none_or(|t| t == principal_type::USER.as_str());
    let shut = |p: &&Sealed| p.fields.flag(principal::ENABLED) == Some(false);
    for p in facts.of(Kind::Principal).filter(|p| user(p.fields.word(principal::TYPE))).filter(|p| !shut(p)) {
        let new = || Account { fact: p, ids: BTreeSet::new(), roles: BTreeSet::new() };
        let account = out.entry(p.name.as_str().to_lowercase()).or_insert_with(new);
        account.ids.extend(p.fields.text(principal::PRINCIPAL_ID).map(Clean::as_str));
    }
    for b in facts.of(Kind::Binding).filter(|b| user(b.fields.word(binding::PRINCIPAL_TYPE))) {
        let Some(name) = b.fields.text(binding::PRINCIPAL).filter(|_| b.fields.flag(binding::ELIGIBLE) != Some(true)) else { continue };
        let new = || Account { fact: b, ids: BTreeSet::new(), roles: BTreeSet::new() };
        let account = out.entry(name.as_str().to_lowercase()).or_insert_with(new);
        account.ids.extend(b.fields.text(binding::PRINCIPAL_ID).map(Clean::as_str));
    }
    for g in facts.of(Kind::Grant) {
        if let Some(account) = g.fields.text(grant::PRINCIPAL).and_then(|p| out.get_mut(&p.as_str().to_lowercase())) {
            account.roles.extend(g.fields.text(grant::VIA).map(Clean::as_str));
            // who gets a role is shown where the role is given
            if account.fact.kind == Kind::Principal && account.roles.len() == 1 {
                account.fact = g;
            }
        }
    }
    out
}

/// A sentence that names an account, by its address or by the part before the `@`.
fn tied(said: &Said<'_>, name: &str) -> Option<super::promised::Tie> {
    let local = name.split('@').next().filter(|l| l.len() >= 5 && *l != name);
    said.names_account(name).or_else(|| said.names_account(local?))
}

/// An account that the runbook leaves loose, and that reaches far.
fn loose(facts: &Facts, said: &Said<'_>, account: &Account<'_>) -> Option<Sealed> {
    let rules: Vec<&Sealed> = facts.of(Kind::AccessRule).filter(|r| r.fields.flag(access_rule::ENABLED) == Some(true)).collect();
    let out_of = |r: &&&Sealed| r.fields.texts(access_rule::EXCLUDES).any(|e| account.ids.contains(e.as_str()));
    let outside = rules.iter().filter(out_of).count();
    if account.roles.is_empty() && (outside == 0 || outside < rules.len()) {
        return None;
    }
    let place = said.place();
    let within = |p: &&Sealed| {
        let at = &p.at.place;
        at.path == place.place.path && at.line <= place.place.line && place.place.line <= at.end_line
    };
    let glass = |p: &&Sealed| p.fields.values(procedure::ABOUT).any(|v| v == &Value::Word(act::BREAK_GLASS));
    // a page that is no procedure may say outright that nothing stands before the login
    let page = || facts.of(Kind::Control).filter(|c| c.at.place.path == place.place.path);
    let open = || page().find(|c| c.fields.word(control::PROMISES) == Some(promise::LOOSE.as_str())).map(super::promised::said);
    let Some(p) = facts.of(Kind::Procedure).filter(glass).find(within) else {
        return told(said, account, &rules, outside, &[&format!("\"{}\"", open()?)]);
    };
    let says: BTreeSet<Word> = p
        .fields
        .items(procedure::STEPS)
        .filter_map(|s| s.get(step::SAYS))
        .filter_map(|s| if let Stated::Said(claims) = s { Some(claims) } else { None })
        .flatten()
        .filter(|c| c.duty != Duty::MustNot)
        .filter_map(|c| if let Value::Word(w) = &c.value { Some(*w) } else { None })
        .collect();
    let mut why: Vec<&str> = LOOSE.iter().filter(|(word, _)| says.contains(word)).map(|(_, put)| *put).collect();
    let silent = |field| !matches!(p.fields.get(field), Some(Stated::Said(_)));
    if silent(procedure::SECOND_APPROVER) && silent(procedure::ALARMED) {
        why.push("no second person and no alarm stand in the way");
    } else if why.is_empty() {
        return None;
    }
    told(said, account, &rules, outside, &why)
}

/// The finding: what the account holds, and what the text lets happen to it.
fn told(said: &Said<'_>, account: &Account<'_>, rules: &[&Sealed], outside: usize, why: &[&str]) -> Option<Sealed> {
    let out_of = |r: &&&Sealed| r.fields.texts(access_rule::EXCLUDES).any(|e| account.ids.contains(e.as_str()));
    let roles: Vec<&str> = account.roles.iter().copied().take(3).collect();
    let holds = if roles.is_empty() { String::new() } else { format!(" holds {}", roles.join(", ")) };
    let apart = if outside > 0 && outside == rules.len() { " stands outside every access rule" } else { "" };
    let and = if !holds.is_empty() && !apart.is_empty() { " and" } else { "" };
    let name = called(account.fact);
    let shown = Clean::compose([name, &holds, and, apart, ", and by the runbook ", &why.join("; ")]);
    let tie = tied(said, &name.to_lowercase())?;
    let mut fact = refute("emergency_loose", said, &tie, account.fact, Clean::compose([name]), shown);
    if let Some(rule) = rules.iter().find(|r| out_of(r)) {
        fact.fields.tell(contradiction::PRIVILEGED, Value::Flag(true), &rule.at);
    }
    Some(fact)
}

fn called(fact: &Sealed) -> &str {
    let field = match fact.kind {
        Kind::Binding => binding::PRINCIPAL,
        Kind::Grant => grant::PRINCIPAL,
        _ => return fact.name.as_str(),
    };
    fact.fields.text(field).map_or(fact.name.as_str(), Clean::as_str)
}

/// Accounts beside one that the runbook names: numbered like it, or for emergencies by their own name.
fn forgotten(facts: &Facts, accounts: &BTreeMap<String, Account<'_>>, named: &BTreeMap<&str, &Said<'_>>) -> Vec<Sealed> {
    let bare = |name: &str| name.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let numbered = |name: &str| name.split('@').next().is_some_and(|l| l.bytes().any(|b| b.is_ascii_digit()));
    let spoken: Vec<String> = facts.of(Kind::Control).map(|c| super::promised::said(c).to_lowercase()).collect();
    let mut out = Vec::new();
    for (name, account) in accounts.iter().filter(|(name, _)| !named.contains_key(name.as_str())) {
        let like = named.iter().find(|(n, _)| numbered(name) && numbered(n) && bare(n) == bare(name));
        let by_name = account.fact.fields.word(principal::PURPOSE) == Some(purpose::BREAK_GLASS.as_str());
        let Some((_, said)) = like.or_else(|| named.iter().next().filter(|_| by_name)) else { continue };
        let local = name.split('@').next().unwrap_or(name);
        if out.len() >= MOST || spoken.iter().any(|s| mentions(s, name) || mentions(s, local)) {
            continue;
        }
        let alike: Vec<&str> = named.iter().filter(|(_, s)| s.heading() == said.heading()).map(|(n, _)| *n).take(4).collect();
        let told = Clean::compose(["the runbook \"", said.heading().as_str(), "\" names ", &alike.join(", "), " and not this one"]);
        let roles: Vec<&str> = account.roles.iter().copied().take(3).collect();
        let holds = if roles.is_empty() { String::new() } else { format!(" and holds {}", roles.join(", ")) };
        let shown = Clean::compose([called(account.fact), " is an emergency account like it", &holds]);
        let anchor = Clean::compose(["unwritten ", called(account.fact)]);
        let mut fact = meet("unwritten", Clean::compose([called(account.fact)]), anchor, (&told, said.place()), (shown, &account.fact.at));
        fact.fields.tell(contradiction::MATCHED, Value::Text(Clean::ours("the two differ in their number alone")), &account.fact.at);
        out.push(fact);
    }
    out
}
