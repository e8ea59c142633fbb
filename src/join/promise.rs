//! What a text promises and an export refutes: two approvers where the role has one, a second factor for everybody where somebody has none.
//!
//! A promise counts against a thing only where the sentence, or a heading above it, names that thing: role, environment, branch, account
//! or product. How it was matched is said in the fact; without a match there is none.

use super::promised::{Said, Scene, Tie, refute, text};
use super::{age, door};
use crate::artifact::Clean;
use crate::fact::{Facts, Kind, Sealed, Value, contradiction, principal, principal_type, promise, purpose, role, setting};
use crate::rule::{SettingEntry, class};
use std::collections::BTreeSet;

/// Things that one promise is held against at most, in the order of their names.
const MOST: usize = 512;

/// The promises that exports refute.
pub(crate) fn derive(facts: &Facts, said: &[Said<'_>], scene: &Scene<'_>) -> Vec<Sealed> {
    if said.is_empty() {
        return Vec::new();
    }
    let mut out = roles(facts, said, scene);
    out.extend(settings(facts, said, scene));
    out.extend(factors(facts, said, scene));
    out.extend(age::derive(facts, said, scene));
    out.extend(door::derive(facts, said, scene));
    out.extend(roots(facts, said));
    // a policy repeats itself: each page contradicts each thing once
    let mut seen = BTreeSet::new();
    out.retain(|f| {
        let topic = f.fields.text(contradiction::TOPIC).cloned();
        seen.insert((topic, f.at.place.path.clone(), f.name.clone(), f.fields.text(contradiction::EXPORT).cloned()))
    });
    out
}

/// Approvals and ends of role activations.
fn roles(facts: &Facts, said: &[Said<'_>], scene: &Scene<'_>) -> Vec<Sealed> {
    let every_role = scene.lexicon.promised(class::EVERY_ROLE);
    let roles: Vec<&Sealed> = facts
        .of(Kind::Role)
        .filter(|r| r.fields.flag(role::APPROVAL_REQUIRED).is_some() || r.fields.duration(role::ACTIVATION).is_some())
        .collect();
    let labels: BTreeSet<&str> = roles.iter().map(|r| label(r)).collect();
    let mut out = Vec::new();
    for said in said.iter().filter(|s| s.is(promise::APPROVALS) || s.is(promise::ENDS)) {
        for role in roles.iter().take(MOST) {
            let label = label(role);
            let named = said.names_of(label, &labels, " role");
            // "Privileged Role Administrator" is one of them
            let one =
                || said.says(&["privileged role admin"]).is_some() || labels.iter().any(|l| l.contains(' ') && said.names(l).is_some());
            let all = || said.speaks(&every_role).filter(|_| label.ends_with("dministrator") && !one());
            let Some(tie) = named.or_else(all) else { continue };
            if said.is(promise::ENDS) {
                let Some((limit, longest)) = said.limit().zip(role.fields.duration(role::ACTIVATION)) else { continue };
                if longest > limit {
                    let shown = Clean::compose([label, " may be activated for ", &spoken(longest)]);
                    out.push(refute("ends", said, &tie, role, Clean::compose([label]), shown));
                }
                continue;
            }
            let wanted = said.number().unwrap_or(1);
            let shown = match (role.fields.flag(role::APPROVAL_REQUIRED), role.fields.number(role::APPROVER_COUNT)) {
                (Some(false), _) => Clean::compose([label, " is activated without an approval"]),
                (Some(true), Some(count)) if count < wanted => {
                    Clean::compose([label, " has ", &count.to_string(), if count == 1 { " approver" } else { " approvers" }])
                }
                _ => continue,
            };
            out.push(refute("approvals", said, &tie, role, Clean::compose([label]), shown));
        }
    }
    out
}

fn label(role: &Sealed) -> &str {
    match text(role, role::LABEL) {
        "" => role.name.as_str(),
        label => label,
    }
}

pub(super) fn spoken(seconds: i64) -> String {
    let (n, unit) = match seconds {
        s if s % 86_400 == 0 => (s / 86_400, "day"),
        s if s % 3_600 == 0 => (s / 3_600, "hour"),
        s => (s / 60, "minute"),
    };
    format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
}

/// Reviews of changes and deployments, and records of sign-ins.
fn settings(facts: &Facts, said: &[Said<'_>], scene: &Scene<'_>) -> Vec<Sealed> {
    let about =
        About { changes: scene.lexicon.promised(class::CHANGES), deploys: scene.lexicon.promised(class::DEPLOYS), homes: &scene.homes };
    let entry = |s: &Sealed| scene.lexicon.setting(text(s, setting::KEY));
    let all: Vec<(&Sealed, &SettingEntry)> = facts.of(Kind::Setting).filter_map(|s| Some((s, entry(s)?))).collect();
    let repositories: BTreeSet<&str> = all.iter().filter_map(|(s, _)| repository(s)).collect();
    let that = |keeps: &'static str, on: Option<bool>| {
        let meant = move |(s, e): &(&Sealed, &SettingEntry)| e.keeps == keeps && (on.is_none() || s.fields.flag(setting::ENABLED) == on);
        all.iter().copied().filter(meant).take(MOST)
    };
    let mut out = Vec::new();
    for said in said {
        if said.is(promise::APPROVALS) {
            for (s, entry) in that("approvals", None) {
                let asked = match (entry.one, s.fields.flag(setting::ENABLED), s.fields.number(setting::NUMBER)) {
                    (true, Some(false), _) => 0,
                    (true, ..) => 1,
                    (false, _, Some(n)) => n,
                    _ => continue,
                };
                let Some(tie) = changed(said, s, entry, &repositories, &about).filter(|_| asked < said.number().unwrap_or(1)) else {
                    continue;
                };
                let asks = if asked == 0 { "asks for no approval".to_owned() } else { format!("is content with {asked} approval") };
                out.push(refute("change_approvals", said, &tie, s, s.name.clone(), Clean::compose([s.name.as_str(), " ", &asks])));
            }
        }
        if said.is(promise::NOT_OWN) {
            for (s, entry) in that("own", Some(true)) {
                let near = || said.marks_near(text(s, setting::SCOPE)).or_else(|| said.marks_near(s.name.as_str()));
                let Some(tie) = changed(said, s, entry, &repositories, &about).or_else(near) else { continue };
                let shown = Clean::compose([s.name.as_str(), " lets whoever asks approve as well"]);
                out.push(refute("not_own", said, &tie, s, s.name.clone(), shown));
            }
            // where nobody is asked, whoever starts it has agreed already
            for (s, entry) in that("approvals", Some(false)).filter(|(_, e)| e.one) {
                let Some(tie) = changed(said, s, entry, &repositories, &about).or_else(|| said.marks_near(text(s, setting::SCOPE))) else {
                    continue;
                };
                let shown = Clean::compose([s.name.as_str(), " asks for no approval"]);
                out.push(refute("not_own", said, &tie, s, s.name.clone(), shown));
            }
        }
        if said.is(promise::RECORDED) {
            for (s, _) in that("record", Some(false)) {
                let Some(tie) = said.names(text(s, setting::PRODUCT)).or_else(|| said.names(text(s, setting::TENANT))) else { continue };
                let shown = Clean::compose([s.name.as_str(), " is off"]);
                out.push(refute("recorded", said, &tie, s, s.name.clone(), shown));
            }
        }
    }
    out
}

/// The repository that a setting is of.
fn repository(s: &Sealed) -> Option<&str> {
    let parent = Some(text(s, setting::REPOSITORY)).filter(|p| p.contains('/'));
    parent.or_else(|| text(s, setting::SCOPE).split_whitespace().find(|p| p.contains('/')))
}

/// Words of sentences about changes, and about putting a change into use.
struct About<'a> {
    changes: Vec<&'a str>,
    deploys: Vec<&'a str>,
    homes: &'a BTreeSet<String>,
}

/// Whether a sentence about changes means the environment or branch of a setting.
fn changed(said: &Said<'_>, s: &Sealed, entry: &SettingEntry, others: &BTreeSet<&str>, about: &About<'_>) -> Option<Tie> {
    // a heading says where, and the sentence whether it is about a change or about putting it into use
    let put = said.says(&about.deploys).is_some();
    let wanted = if entry.of.as_deref() == Some("deployment") { put } else { said.says(&about.changes).is_some() };
    if !wanted
        && (put || said.says(&about.changes).is_some() || said.speaks(&about.deploys).or_else(|| said.speaks(&about.changes)).is_none())
    {
        return None;
    }
    let scope = match text(s, setting::SCOPE) {
        "" => s.name.as_str(),
        scope => scope,
    };
    let mut parts = scope.split_whitespace().filter(|p| p.len() >= 3);
    // a repository that the sentence names, and this is not it
    let repository = repository(s);
    if repository.is_some_and(|r| said.names_other_path(r) || said.names_other_of(r, others)) {
        return None;
    }
    // an environment is named, or not meant; what holds for a whole repository is told by its name
    let whole = entry.of.as_deref() != Some("deployment");
    parts.find_map(|part| said.names(part)).or_else(|| said.names_folder(s.at.place.path.as_str(), about.homes).filter(|_| whole))
}

/// A second factor that everybody has.
fn factors(facts: &Facts, said: &[Said<'_>], scene: &Scene<'_>) -> Vec<Sealed> {
    let said: Vec<&Said<'_>> = said.iter().filter(|s| s.is(promise::SECOND_FACTOR)).collect();
    if said.is_empty() {
        return Vec::new();
    }
    let words = |class| scene.lexicon.promised(class);
    let (narrows_nothing, administrators, people_words) = (words(class::BETWEEN), words(class::ADMINISTRATORS), words(class::PEOPLE));
    let people = facts.of(Kind::Principal).filter(|p| {
        let user =
            matches!(p.fields.word(principal::TYPE), Some(t) if t == principal_type::USER.as_str() || t == principal_type::ROOT.as_str());
        let program = p.fields.word(principal::PURPOSE) == Some(purpose::AUTOMATION.as_str());
        let shut = p.fields.flag(principal::ENABLED) == Some(false) || p.fields.flag(principal::PASSWORD_ENABLED) == Some(false);
        user && !program && !shut && p.fields.flag(principal::MFA) == Some(false)
    });
    let people: Vec<(&Sealed, String)> = people.map(|p| (p, product_of(p))).collect();
    let mut out = Vec::new();
    for said in said {
        let between = |w: &str| narrows_nothing.contains(&w) || scene.products.contains(&w);
        if let Some(tie) = said.says(&["root user", "root account", "the root", "root of"]) {
            let roots = facts.of(Kind::Principal).filter(|p| p.fields.word(principal::TYPE) == Some(principal_type::ROOT.as_str()));
            for p in roots.filter(|p| p.fields.flag(principal::MFA) == Some(false)).take(MOST) {
                let shown = Clean::compose([p.name.as_str().trim_matches(['<', '>']), " has no second factor"]);
                out.push(refute("second_factor", said, &tie, p, p.name.clone(), shown));
            }
            continue;
        }
        let admins = said.every(&administrators, between);
        let all = said.says(&words(class::EVERYBODY_ALONE)).or_else(|| said.every(&people_words, between));
        if admins.is_none() && all.is_none() {
            continue;
        }
        for s in facts.of(Kind::Setting).filter(|s| s.fields.flag(setting::ENABLED) == Some(false)).take(MOST) {
            let entry = scene.lexicon.setting(text(s, setting::KEY)).is_some_and(|e| e.keeps == "second_factor");
            let Some(tie) = said.names_near(text(s, setting::PRODUCT)).filter(|_| entry && all.is_some()) else { continue };
            let shown = Clean::compose([s.name.as_str(), " does not demand a second factor"]);
            out.push(refute("second_factor", said, &tie, s, s.name.clone(), shown));
        }
        // a text that names a product we know means that one, whether the scan has its export or not
        let meant = said.named(&scene.products);
        if meant.is_empty() && said.speaks(&words(class::ELSEWHERE)).is_some() {
            continue;
        }
        let whom = people.iter().filter(|(p, _)| all.is_some() || p.fields.flag(principal::PRIVILEGED) == Some(true));
        for (p, product) in whom.filter(|(_, product)| meant.is_empty() || meant.contains(&product.as_str())).take(MOST) {
            let Some(tie) = said.names(product).or_else(|| all.clone()).or_else(|| admins.clone()) else { continue };
            let shown = Clean::compose([p.name.as_str(), " has no second factor"]);
            out.push(refute("second_factor", said, &tie, p, p.name.clone(), shown));
        }
    }
    out
}

/// The product that an account belongs to.
pub(super) fn product_of(p: &Sealed) -> String {
    text(p, principal::PRODUCT).to_owned()
}

/// A root user that is not to be used, and was.
fn roots(facts: &Facts, said: &[Said<'_>]) -> Vec<Sealed> {
    let mut out = Vec::new();
    for said in said.iter().filter(|s| s.is(promise::ROOT_UNUSED)) {
        for root in facts.of(Kind::Principal).filter(|p| p.fields.word(principal::TYPE) == Some(principal_type::ROOT.as_str())).take(MOST) {
            let Some(used) = root.fields.time(principal::LAST_USED) else { continue };
            let tenant = text(root, principal::TENANT);
            let Some(tie) = said.names_near(&product_of(root)).or_else(|| said.names(tenant)) else { continue };
            let shown = Clean::compose(["the root user of account ", tenant, " signed in on ", &used.date()]);
            let mut fact = refute("root_unused", said, &tie, root, root.name.clone(), shown);
            fact.fields.tell(contradiction::LAST_USED, Value::Time(used), &root.at);
            out.push(fact);
        }
    }
    out
}
