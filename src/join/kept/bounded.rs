//! An account, group or policy that a text bounds, and that reaches further by its powers.

use super::MOST;
use crate::artifact::Clean;
use crate::fact::{Basis, Facts, Kind, Sealed, binding, effect, grant, guard, power, role, statement};
use crate::join::promised::{Said, Scene, Tie, mentions, refute, text};
use crate::rule::class;
use std::collections::{BTreeMap, BTreeSet};

/// An account or policy that the text bounds, and that reaches further.
pub(super) fn derive(facts: &Facts, said: &Said<'_>, scene: &Scene<'_>) -> Vec<Sealed> {
    let mut out = Vec::new();
    let sentence = said.sentence().to_lowercase();
    if said.says(&scene.lexicon.promised(class::UNBOUND)).is_some() {
        return out;
    }
    let reads = said.says(&scene.lexicon.promised(class::READS)).is_some();
    let paths: Vec<&str> = sentence.split('`').skip(1).step_by(2).filter(|p| p.contains('/') && !p.contains(' ')).collect();
    // who may only read cannot change anything, nor read what opens more, unless that is what it may read
    let beyond = |g: &&Sealed| match g.fields.word(grant::POWER) {
        Some(p) if p == power::ADMIN.as_str() => true,
        Some(p) if p == power::READ_SECRET.as_str() => reads && !sentence.contains("secret"),
        Some(_) => reads && guardless(g),
        None => false,
    };
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let mut further: BTreeMap<&str, Vec<&Sealed>> = BTreeMap::new();
    for g in facts.of(Kind::Grant).filter(beyond) {
        further.entry(text(g, grant::PRINCIPAL)).or_default().push(g);
    }
    for (name, grants) in further {
        let Some(tie) = called(said, name).filter(|_| out.len() < MOST) else { continue };
        let all = grants.iter().find(|g| g.fields.word(grant::POWER) == Some(power::ADMIN.as_str()));
        let Some(g) = all.or(grants.first()) else { continue };
        let powers: BTreeSet<&str> = grants.iter().filter_map(|g| g.fields.word(grant::POWER)).filter_map(said_of).collect();
        let may = if all.is_some() { "do everything".to_owned() } else { powers.into_iter().collect::<Vec<_>>().join(", ") };
        let shown = Clean::compose([bare(name), " may ", &may, ", by ", text(g, grant::VIA)]);
        out.push(refute("limited", said, &tie, g, g.name.clone(), shown));
        told.insert(name);
    }
    // roles that no export spells out: their names say more than the sentence does
    let broad = match (reads, paths.is_empty()) {
        (true, _) => [scene.lexicon.promised(class::WHOLE_ROLE), scene.lexicon.promised(class::CHANGING_ROLE)].concat(),
        (false, false) => scene.lexicon.promised(class::WHOLE_ROLE),
        (false, true) => Vec::new(),
    };
    for b in facts.of(Kind::Binding).filter(|b| !broad.is_empty() && b.fields.flag(binding::ELIGIBLE) != Some(true)) {
        let (name, role) = (text(b, binding::PRINCIPAL), text(b, binding::ROLE));
        let lower = role.to_lowercase();
        let new = out.len() < MOST && broad.iter().any(|w| lower.contains(w));
        let Some(tie) = called(said, name).filter(|_| new && told.insert(name)) else { continue };
        let shown = Clean::compose([bare(name), " holds ", role]);
        out.push(refute("limited", said, &tie, b, Clean::compose([bare(name)]), shown));
    }
    let layers = scene.lexicon.promised(class::STORE_LAYER);
    // the paths that the sentence names, and a policy of that name which reaches a folder above one of them
    for r in facts.of(Kind::Role).filter(|_| !paths.is_empty()).filter(|r| mentions(&sentence, &r.name.as_str().to_lowercase())).take(MOST)
    {
        let wide = r.fields.items(role::STATEMENTS).filter(|s| s.word(statement::EFFECT) != Some(effect::DENY.as_str())).find_map(|s| {
            let reached = s.texts(statement::ACTIONS).chain(s.texts(statement::RESOURCES)).map(Clean::as_str);
            let mut folders = reached.filter_map(|a| a.rsplit([' ', ':']).next()).filter(|a| a.ends_with('*'));
            folders.find(|f| paths.iter().any(|p| above(f, p, &layers))).map(str::to_owned)
        });
        let Some(wide) = wide else { continue };
        let tie = Said::tied(format!("the sentence names {}", r.name.as_str()), Basis::Inferred);
        let shown = Clean::compose([r.name.as_str(), " reaches ", &wide]);
        out.push(refute("limited", said, &tie, r, r.name.clone(), shown));
    }
    out
}

/// What comes after the path and before the domain of a name.
fn bare(name: &str) -> &str {
    let name = name.rsplit(['/', ':']).next().unwrap_or(name);
    name.split('@').next().unwrap_or(name)
}

/// A sentence that names whoever holds something: by the whole name, or without path and domain.
fn called(said: &Said<'_>, name: &str) -> Option<Tie> {
    said.names_account(name).or_else(|| said.names_account(bare(name)))
}

/// Whether nothing stands between a power and its use.
fn guardless(g: &Sealed) -> bool {
    g.fields.word(grant::GUARD).is_none_or(|g| g == guard::OPEN.as_str())
}

/// A power as a reviewer would say it.
fn said_of(power: &str) -> Option<&'static str> {
    let put = [
        (power::RESET_PASSWORD, "reset passwords"),
        (power::REPLACE_FACTOR, "replace second factors"),
        (power::MINT_CREDENTIAL, "make credentials"),
        (power::READ_SECRET, "read secrets"),
        (power::WRITE_SECRET, "change secrets"),
        (power::GRANT_SELF, "grant itself more"),
        (power::IMPERSONATE, "act as others"),
        (power::DISABLE_AUDIT, "switch off the record"),
        (power::TAKE_OVER, "take accounts over"),
        (power::ROLL_BACK, "put old policies back"),
    ];
    put.iter().find(|(p, _)| p.as_str() == power).map(|(_, put)| *put)
}

/// Whether a pattern reaches the folder above a path, and with it what stands beside.
fn above(pattern: &str, path: &str, layers: &[&str]) -> bool {
    let (folder, path) = (pattern.trim_end_matches('*').to_lowercase(), path.trim_matches('/'));
    let folder = layers.iter().fold(folder.as_str(), |f, layer| f.trim_end_matches(layer));
    path.strip_prefix(folder).is_some_and(|rest| !rest.trim_matches(['/', '*']).is_empty())
}
