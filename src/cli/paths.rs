//! `sidedoor paths`: the assurance graph, and what a change would do to it.

use super::finish::{bug_or, style};
use super::gather::{Histories, gather, resolve, threads};
use super::given::{as_of, config, pack};
use super::options::Paths;
use super::{OK, quietly};
use crate::join::{self, assurance};
use crate::report::{PathSheet, write_paths};
use crate::rule::Pack;
use crate::source;
use anyhow::{Result, bail};
use std::io::{self, Write};

pub(super) fn run(options: &Paths) -> Result<u8> {
    let reading = &options.reading;
    let mut rules = pack(&reading.rules)?;
    known_methods(&options.with, &rules)?;
    let as_of = as_of(reading)?;
    let roots = resolve(&options.named.paths)?;
    let config = config(reading.config.as_ref(), roots.first().map(|r| r.base.as_path()), &rules)?;
    rules.tables.clone_from(&config.tables);
    let labels = roots.iter().map(|r| r.label.clone()).collect();
    let sources = source::sources(&roots, options.named.no_ignore, &config.exclude);
    let (run, mut facts) = gather(&sources, labels, &rules, reading, as_of, &Histories::default())?;
    facts.facts.extend(config.populations.iter().cloned());
    let change = assurance::Change { without: options.without.clone(), with: options.with.clone() };
    let asked = !change.is_nothing();
    let (map, before, fixes) = threads(reading.jobs, || {
        join::relate(&mut facts, &rules);
        let map = assurance::map(&facts, &rules.lexicon, &change);
        let before = asked.then(|| assurance::map(&facts, &rules.lexicon, &assurance::Change::default()));
        let fixes = options.fix.then(|| assurance::fixes(&facts, &rules.lexicon));
        (map, before, fixes)
    })?;
    let sheet = PathSheet {
        map: &map,
        before: before.as_ref(),
        fixes: fixes.as_ref().map(|(changes, exact)| (changes.as_slice(), *exact)),
        roots: &run.roots,
        as_of: &as_of.date(),
        unread: &facts.unread,
        style: style(reading, false),
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    quietly(write_paths(options.format, &sheet, &mut out).and_then(|()| out.flush()))?;
    Ok(bug_or(OK, &facts.unread))
}

/// A method that is misspelt would change nothing, and nobody would see it.
fn known_methods(methods: &[String], rules: &Pack) -> Result<()> {
    for method in methods {
        if !rules.lexicon.factors.iter().any(|f| f.proof == *method) {
            let known: Vec<&str> = rules.lexicon.factors.iter().map(|f| f.proof.as_str()).collect();
            bail!("--with {method}: no such method; known are {}", known.join(", "));
        }
    }
    Ok(())
}
