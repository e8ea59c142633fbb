//! What a change must not say for itself: rules, configuration and baseline as the commit holds them that the change is compared with;
//! and what it would have them say.

use super::given::{RuleFiles, added_from, named_file, rule_errors, rule_files};
use super::options::Common;
use super::say;
use crate::artifact::Clean;
use crate::config::Config;
use crate::fact::{Sealed, exemption_form};
use crate::read::{Knowledge, clean_path};
use crate::rule::Pack;
use crate::scan::Excuse;
use crate::source::{AtBase, Changes};
use crate::triage::Baseline;
use anyhow::{Result, anyhow, bail};
use std::path::{Path, PathBuf};

/// Where a configuration lies when none is named.
const CONFIG: &str = "sidedoor.yaml";

fn absolute(file: &Path) -> PathBuf {
    std::path::absolute(file).unwrap_or_else(|_| file.to_owned())
}

fn utf8(bytes: Vec<u8>, what: &str, file: &Path) -> Result<String> {
    String::from_utf8(bytes).map_err(|_| anyhow!("{what} {} is not UTF-8 text", file.display()))
}

/// A file of the user: as the trusted commit holds it when a change is looked at, else from the disk.
pub(super) fn file(file: &Path, what: &str, changes: Option<&Changes>) -> Result<Option<String>> {
    match changes.map(|c| c.at_base(&absolute(file))) {
        None | Some(AtBase::Disk) => named_file(file, what).map(Some),
        Some(AtBase::Bytes(bytes)) => utf8(bytes, what, file).map(Some),
        Some(AtBase::Absent) => {
            say(&format!("sidedoor: {what} {} is not used: the commit compared with has none", file.display()));
            Ok(None)
        }
    }
}

/// Built-in rules, and those of the user's folders: a change that could rewrite a rule could excuse itself.
pub(super) fn rules(folders: &[PathBuf], changes: &Changes) -> Result<Pack> {
    let files = |folder: &Path| -> Result<RuleFiles> {
        let Some(held) = changes.folder_at_base(&absolute(folder)) else { return rule_files(folder) };
        if held.is_empty() {
            bail!("--rules {}: the commit compared with has no such folder, and a change cannot bring its own rules", folder.display());
        }
        let yaml = held.into_iter().filter(|(name, _)| Path::new(name).extension().is_some_and(|e| e == "yaml"));
        yaml.map(|(name, bytes)| utf8(bytes, "rule file", &folder.join(&name)).map(|text| (name, text))).collect()
    };
    added_from(crate::rules().clone(), folders, &files)
}

/// The configuration for a change.
pub(super) fn config(named: Option<&PathBuf>, base: Option<&Path>, changes: &Changes, rules: &Pack) -> Result<Config> {
    let top = Path::new(CONFIG);
    let text = match (named, changes.at_base(top)) {
        (Some(named), _) => file(named, "configuration", Some(changes))?,
        (None, AtBase::Disk) => return super::given::config(None, base, rules),
        (None, AtBase::Absent) => None,
        (None, AtBase::Bytes(bytes)) => Some(utf8(bytes, "configuration", top)?),
    };
    let shown = named.map_or_else(|| CONFIG.to_owned(), |file| file.display().to_string());
    text.map_or_else(|| Ok(Config::default()), |text| Config::parse(&shown, &text, rules).map_err(|errors| rule_errors("", &errors)))
}

/// What the change adds to the configuration and to the baseline so that something passes. None of it holds yet.
pub(super) fn excuses(common: &Common, changes: &Changes, rules: &Pack) -> Vec<Sealed> {
    let knowing = Knowledge::new(&[rules], [0; 32]);
    let clean = |text: &str| clean_path(text, &knowing);
    let mut facts = Vec::new();
    let named = common.reading.config.as_ref().map_or_else(|| PathBuf::from(CONFIG), |file| absolute(file));
    if let Some((path, [before, after])) = changes.changed(&named) {
        let parse = |bytes: Option<Vec<u8>>| {
            let text = bytes.map(|b| String::from_utf8_lossy(&b).into_owned());
            text.map_or_else(|| Ok(Config::default()), |text| Config::parse(&path, &text, rules))
        };
        match parse(after) {
            Ok(after) => {
                let before = parse(before).unwrap_or_default();
                facts.extend(after.excuses_beyond(&before).map(|e| {
                    let (because, owner) = (e.because.as_deref().map(clean), e.owner.as_deref().map(clean));
                    Excuse { form: e.form, of: clean(&e.of), because, owner }.fact(clean(&path), e.line as u32)
                }));
            }
            Err(mistakes) => {
                let first = mistakes.first().map(ToString::to_string).unwrap_or_default();
                say(&format!("sidedoor: what the change lets pass cannot be told, for its configuration is broken: {first}"));
            }
        }
    }
    let baseline = common.baseline.as_ref().and_then(|file| changes.changed(&absolute(file)));
    if let Some((path, [before, after])) = baseline {
        let parse = |bytes: Option<Vec<u8>>| Baseline::parse(&String::from_utf8_lossy(&bytes?)).ok();
        let new = parse(after).map_or(0, |after| after.beyond(parse(before).as_ref()));
        if new > 0 {
            let of = Clean::ours(&if new == 1 { "a finding".to_owned() } else { format!("{new} findings") });
            facts.push(Excuse { form: exemption_form::BASELINE, of, because: None, owner: None }.fact(clean(&path), 1));
        }
    }
    facts
}
