//! From a command line to facts: which roots, which changes, which histories.

use super::given::{as_of, check_only, config, pack, salt, salt_id};
use super::options::{Reading, Scan};
use super::{NOTHING, coded, names, trust};
use crate::artifact::Clean;
use crate::config::Config;
use crate::fact::{Facts, Time};
use crate::read::Knowledge;
use crate::rule::Pack;
use crate::scan::{self, Run};
use crate::source::{self, Changes, Since, Source};
use anyhow::{Result, anyhow, bail};
use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// A bar on standard error, on a terminal only.
pub(super) fn progress(reading: &Reading) -> Option<indicatif::ProgressBar> {
    let wanted = !reading.no_progress && !reading.quiet && io::stderr().is_terminal();
    wanted.then(|| {
        let bar = indicatif::ProgressBar::new_spinner();
        if let Ok(style) = indicatif::ProgressStyle::with_template("{spinner} {pos} files read, {elapsed}") {
            bar.set_style(style);
        }
        bar
    })
}

pub(super) fn threads<T: Send>(jobs: Option<usize>, work: impl FnOnce() -> T + Send) -> Result<T> {
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(jobs.unwrap_or(0)).build().map_err(|_| anyhow!("threads could not be started"))?;
    Ok(pool.install(work))
}

/// Histories to read.
#[derive(Default)]
pub(super) struct Histories {
    pub(super) roots: Vec<source::Root>,
    /// Those to be read whole; without them only what stands in the tree is dated.
    pub(super) repositories: Vec<source::Repo>,
    pub(super) unreachable: bool,
}

/// Source to facts.
pub(super) fn gather(
    source: &(dyn Source + Sync),
    roots: Vec<String>,
    rules: &Pack,
    reading: &Reading,
    as_of: Time,
    histories: &Histories,
) -> Result<(Run, Facts)> {
    let salt = salt(reading.salt_file.as_ref())?;
    let count = AtomicU64::new(0);
    let bar = progress(reading);
    let ((facts, passed), roots) = threads(reading.jobs, || {
        let knowing = Knowledge::new(&[rules], salt);
        // the name of a folder can hold a secret as well as a file's can
        let roots: Vec<Clean> = roots.iter().map(|r| crate::read::clean_path(r, &knowing)).collect();
        let (mut facts, passed) = scan::collect(source, &knowing, &|| {
            count.fetch_add(1, Ordering::Relaxed);
            if let Some(bar) = &bar {
                bar.inc(1);
            }
        });
        scan::collect_history(&histories.repositories, histories.unreachable, &knowing, &mut facts);
        let owners: BTreeSet<&str> = scan::owners(&facts).collect();
        let owning = if owners.is_empty() { Vec::new() } else { source::owning(&histories.roots, owners.iter().copied()) };
        // a history that was read whole has dated them
        if histories.repositories.is_empty() {
            scan::date(&owning, &knowing, &mut facts);
        }
        scan::settle(&owning, &mut facts);
        ((facts, passed), roots)
    })?;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    if count.load(Ordering::Relaxed) == 0 && histories.repositories.is_empty() && !source.may_be_empty() {
        let hint = if passed.ignored > 0 {
            " (all of it is left out: by .gitignore, which --no-ignore overrides, or by `exclude` in sidedoor.yaml)"
        } else {
            ""
        };
        return Err(coded(NOTHING, format!("nothing to scan in {}{hint}", names(&roots))));
    }
    let run = Run { as_of, roots, rules: rules.digest.clone(), salt: salt_id(&salt), ignored: passed.ignored, links: passed.links };
    Ok((run, facts))
}

pub(super) fn resolve(paths: &[PathBuf]) -> Result<Vec<source::Root>> {
    let here = [PathBuf::from(".")];
    let named = if paths.is_empty() { &here[..] } else { paths };
    source::roots(named).map_err(|e| coded(NOTHING, format!("{}: {}", e.named, e.why.words())))
}

/// The rules, the configuration and the facts of what a command line names.
pub(super) struct Gathered {
    pub(super) rules: Pack,
    pub(super) config: Config,
    pub(super) run: Run,
    pub(super) facts: Facts,
    pub(super) changes: Option<Changes>,
}

/// What part of a repository's life was asked for; nothing means all of the present.
pub(super) fn since(options: &Scan) -> Result<Option<Since>> {
    let Some(range) = &options.diff else { return Ok(options.staged.then_some(Since::Staged)) };
    let (base, head) = range.split_once("...").unwrap_or((range, "HEAD"));
    let head = if head.is_empty() { "HEAD" } else { head };
    if base.is_empty() || base.contains("..") || head.contains("..") {
        bail!("--diff {range}: write BASE or BASE...HEAD");
    }
    Ok(Some(Since::Base { base: base.to_owned(), head: head.to_owned() }))
}

pub(super) fn gathered(options: &Scan) -> Result<Gathered> {
    let common = &options.common;
    let as_of = as_of(&common.reading)?;
    let since = since(options)?;
    let roots = resolve(&options.named.paths)?;
    let base = roots.first().map(|r| r.base.as_path());
    let mut changes = since.map(|since| Changes::of(&roots, &since)).transpose()?;
    let mut rules = match &changes {
        Some(changes) => trust::rules(&common.reading.rules, changes)?,
        None => pack(&common.reading.rules)?,
    };
    check_only(common, &rules)?;
    let config = match &changes {
        Some(changes) => trust::config(common.reading.config.as_ref(), base, changes, &rules)?,
        None => config(common.reading.config.as_ref(), base, &rules)?,
    };
    rules.tables.clone_from(&config.tables);
    let histories = Histories {
        // what was added just now needs no date
        roots: if changes.is_some() { Vec::new() } else { roots.clone() },
        repositories: if options.history { source::repositories(&roots) } else { Vec::new() },
        unreachable: options.unreachable,
    };
    let labels = roots.iter().map(|r| r.label.clone()).collect();
    let (run, mut facts) = match &mut changes {
        Some(changes) => {
            changes.exclude(&config.exclude);
            let (run, mut facts) = gather(changes, labels, &rules, &common.reading, as_of, &histories)?;
            facts.facts.extend(trust::excuses(common, changes, &rules));
            facts.sort();
            (run, facts)
        }
        None => {
            let sources = source::sources(&roots, options.named.no_ignore, &config.exclude);
            gather(&sources, labels, &rules, &common.reading, as_of, &histories)?
        }
    };
    facts.facts.extend(config.populations.iter().cloned());
    Ok(Gathered { rules, config, run, facts, changes })
}
