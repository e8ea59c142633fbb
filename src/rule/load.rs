//! From a folder of files to a pack. Pure: whoever calls has read the files.

use super::decode::{Decoder, RuleError};
use super::{Check, Pack, catalogue, check, exports, lexicon, pattern};
use crate::tree::{Tree, yaml};
use std::collections::BTreeSet;

/// Whose rules these are.
#[derive(Debug, Clone, Copy)]
pub enum Origin<'a> {
    /// The program's own.
    BuiltIn,
    /// A user's folder: ids get its name as a prefix; it may add to `base`, never replace.
    Added {
        /// The name of the folder.
        prefix: &'a str,
        /// What is there already.
        base: &'a Pack,
    },
}

/// Loads the files of a rules folder: path relative to it (forward slashes) and content.
///
/// # Errors
/// Every mistake in every file, in order of file and line.
pub fn load(files: &[(String, String)], origin: Origin<'_>) -> Result<Pack, Vec<RuleError>> {
    let models: Vec<(String, String)> = files.iter().filter_map(|(path, text)| Some((model(path)?.to_owned(), text.clone()))).collect();
    let mut files: Vec<_> = files.iter().filter(|(path, _)| path.ends_with(".yaml")).collect();
    files.sort();
    let mut pack = Pack { digest: digest(&files), templates: models, ..Pack::default() };
    pack.templates.sort();
    let mut errors = Vec::new();
    for (path, text) in &files {
        let mut d = Decoder::new(path, text);
        let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".yaml");
        match yaml(text) {
            Ok(documents) if documents.len() == 1 => {
                if let Some(tree) = documents.first() {
                    file(&mut d, path, stem, tree, origin, &mut pack);
                }
            }
            Ok(_) => d.error_at(0, "a rule file is one YAML document", None),
            Err(fault) => d.error_at(fault.at(), fault.words(), None),
        }
        errors.append(&mut d.errors);
    }
    if let Origin::Added { prefix, .. } = origin {
        for id in pack.checks.iter_mut().map(|c| &mut c.id).chain(pack.patterns.iter_mut().map(|p| &mut p.id)) {
            id.insert_str(0, &format!("{prefix}/"));
        }
    }
    resolve(&pack, origin, &files, &mut errors);
    if errors.is_empty() {
        Ok(pack)
    } else {
        errors.sort();
        Err(errors)
    }
}

/// The name of a model procedure: `templates/<name>.md`.
fn model(path: &str) -> Option<&str> {
    path.strip_prefix("templates/")?.strip_suffix(".md").filter(|name| !name.contains('/'))
}

fn file(d: &mut Decoder<'_>, path: &str, stem: &str, tree: &Tree, origin: Origin<'_>, pack: &mut Pack) {
    match path.split('/').next().unwrap_or_default() {
        "weaknesses.yaml" => match origin {
            Origin::BuiltIn => {
                if let Some((weaknesses, cases, labels)) = catalogue::vocabulary(d, tree) {
                    (pack.weaknesses, pack.cases, pack.labels) = (weaknesses, cases, labels);
                }
            }
            Origin::Added { .. } => d.error_at(0, "a rules folder may not add weaknesses", None),
        },
        "controls" => pack.frameworks.extend(catalogue::framework(d, tree)),
        "patterns" => pattern::parse(d, tree, stem, &mut pack.patterns),
        "exports" => match origin {
            Origin::BuiltIn => pack.exports.extend(exports::parse(d, tree, stem)),
            Origin::Added { .. } => d.error_at(0, "a rules folder may not add exports", None),
        },
        "lexicon" => lexicon::parse(d, tree, &mut pack.lexicon),
        "checks" => {
            let id = path.trim_start_matches("checks/").trim_end_matches(".yaml").to_owned();
            if id.split('/').count() != 2 {
                d.error_at(0, "a check lies in checks/<group>/<name>.yaml", None);
            }
            pack.checks.extend(check::parse(d, tree, id));
        }
        _ => d.error_at(0, "a rule file lies in patterns/, lexicon/, checks/ or controls/, or is weaknesses.yaml", None),
    }
}

/// What can only be checked when every file is there: ids once, and names that exist.
fn resolve(pack: &Pack, origin: Origin<'_>, files: &[&(String, String)], errors: &mut Vec<RuleError>) {
    let base = match origin {
        Origin::BuiltIn => pack,
        Origin::Added { base, .. } => base,
    };
    let mut complain = |file: &str, needle: &str, message: String, hint: Option<String>| {
        let text = files.iter().find(|f| f.0 == file).map_or("", |f| f.1.as_str());
        let mut d = Decoder::new(file, text);
        d.error_at(text.find(needle).unwrap_or(0), message, hint);
        errors.append(&mut d.errors);
    };
    let mut seen: BTreeSet<&str> = match origin {
        Origin::BuiltIn => BTreeSet::new(),
        Origin::Added { base, .. } => {
            let ids = base.checks.iter().map(|c| c.id.as_str()).chain(base.patterns.iter().map(|p| p.id.as_str()));
            ids.chain(base.frameworks.iter().map(|f| f.id.as_str())).collect()
        }
    };
    for p in &pack.patterns {
        if !seen.insert(&p.id) {
            complain(&p.at.0, &p.id, format!("the id `{}` is used twice", p.id), None);
        }
    }
    for f in &pack.frameworks {
        let file = files.iter().find(|x| x.0.starts_with("controls/") && x.1.contains(&f.id)).map_or("controls", |x| x.0.as_str());
        if !seen.insert(&f.id) {
            complain(file, &f.id, format!("the id `{}` is used twice", f.id), None);
        }
        let mut ids = BTreeSet::new();
        for control in &f.controls {
            if !ids.insert(&control.id) {
                complain(file, &control.id, format!("the control `{}` stands twice", control.id), None);
            }
        }
    }
    let mut weaknesses = BTreeSet::new();
    let control = |framework: &str, id: &str| base.framework(framework).is_some_and(|f| f.controls.iter().any(|c| c.id == id));
    let unknown = |framework: &str, id: &str| {
        let hint = base.framework(framework).and_then(|f| super::nearest(id, f.controls.iter().map(|c| c.id.as_str())));
        (format!("unknown control `{id}` of `{framework}`"), hint.map(|h| format!("did you mean `{h}`?")))
    };
    for w in &pack.weaknesses {
        if !weaknesses.insert(&w.id) {
            complain("weaknesses.yaml", &format!("id: {}", w.id), format!("the weakness `{}` stands twice", w.id), None);
        }
        for m in w.controls.iter().filter(|m| !control(&m.framework, &m.id)) {
            let (message, hint) = unknown(&m.framework, &m.id);
            complain("weaknesses.yaml", &m.id, message, hint);
        }
    }
    for (framework, id) in pack.labels.iter().flat_map(|l| &l.controls).filter(|(f, i)| !control(f, i)) {
        let (message, hint) = unknown(framework, id);
        complain("weaknesses.yaml", id, message, hint);
    }
    for c in &pack.checks {
        let local = match origin {
            Origin::BuiltIn => c.id.as_str(),
            Origin::Added { prefix, .. } => c.id.strip_prefix(prefix).map_or(c.id.as_str(), |s| s.trim_start_matches('/')),
        };
        let file = format!("checks/{local}.yaml");
        if !seen.insert(&c.id) {
            complain(&file, "", format!("the id `{}` is used twice", c.id), None);
        }
        check_names(c, base, &file, &mut complain);
    }
}

fn check_names(c: &Check, base: &Pack, file: &str, complain: &mut impl FnMut(&str, &str, String, Option<String>)) {
    if c.removed {
        return;
    }
    if base.weakness(&c.weakness).is_none() {
        let hint = super::nearest(&c.weakness, base.weaknesses.iter().map(|w| w.id.as_str())).map(|n| format!("did you mean `{n}`?"));
        complain(file, &format!("weakness: {}", c.weakness), format!("unknown weakness `{}`", c.weakness), hint);
    }
    for case in c.cases.iter().filter(|case| !base.cases.iter().any(|(id, _)| *id == case.id)) {
        let hint = super::nearest(&case.id, base.cases.iter().map(|(id, _)| id.as_str())).map(|n| format!("did you mean `{n}`?"));
        complain(file, &case.id, format!("unknown case `{}`", case.id), hint);
    }
}

fn digest(files: &[&(String, String)]) -> String {
    let mut hasher = blake3::Hasher::new();
    for (path, text) in files {
        for part in [path, text] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    hasher.finalize().to_hex().chars().take(16).collect()
}
