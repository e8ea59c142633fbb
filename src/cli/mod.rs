//! The command line: one function for each command. Findings go to standard output, everything else to standard error.

mod explain;
mod exports;
mod finish;
mod gather;
mod given;
mod options;
mod paths;
mod trust;

use crate::artifact::{Clean, Provenance};
use crate::config::Config;
use crate::fact::{Facts, day};
use crate::read::Knowledge;
use crate::rule::{self, Pack};
use crate::scan::{self, Outcome, Run};
use crate::source::{Changes, Given};
use crate::triage::{Baseline, Triage};
use anyhow::{Context, Result, anyhow};
use clap::Parser;
use finish::{bug_or, finish};
use gather::{Gathered, Histories, gather, gathered, threads};
use given::{Mistakes, added, as_of, check_only, config, facts_file, pack};
use options::{BaselineCommand, Cli, Command, Common, ExportsCommand, RulesCommand, Scan};
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;

/// Exit codes of the contract.
const OK: u8 = 0;
const FINDINGS: u8 = 1;
const USAGE: u8 = 2;
const NOTHING: u8 = 3;
const UNREAD: u8 = 4;
const WAIVER: u8 = 5;
const BUG: u8 = 70;

/// An error that has an exit code of its own.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Coded {
    code: u8,
    message: String,
}

fn coded(code: u8, message: impl Into<String>) -> anyhow::Error {
    Coded { code, message: message.into() }.into()
}

/// Where the last panic was. Its message is never printed: it may quote an input.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Parses, runs, and turns the outcome into an exit code. An error is one line, never a backtrace.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|l| format!("{}:{}", l.file(), l.line()));
        if let Ok(mut last) = PANIC.lock() {
            *last = place;
        }
    }));
    let code = match std::panic::catch_unwind(|| run(Cli::parse())) {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            match error.downcast_ref::<Mistakes>() {
                Some(mistakes) => mistakes.0.iter().for_each(|m| say(&format!("sidedoor: {m}"))),
                None => say(&format!("sidedoor: {error:#}")),
            }
            error.downcast_ref::<Coded>().map_or(USAGE, |c| c.code)
        }
        Err(_) => BUG,
    };
    if code == BUG {
        let place = PANIC.lock().ok().and_then(|p| p.clone()).unwrap_or_else(|| "an unknown place".into());
        say(&format!("sidedoor: a bug in sidedoor, at {place}: please report it"));
    }
    ExitCode::from(code)
}

/// One line on standard error; there is nobody to tell if that fails. It may hold what the user typed or wrote in a file, so secrets and
/// control characters go out of it first.
fn say(line: &str) {
    let knowing = Knowledge::new(&[crate::rules()], [0; 32]);
    let line = crate::read::clean_path(&line.replace(['\n', '\r'], " "), &knowing);
    let _ = writeln!(io::stderr(), "{line}");
}

fn names(roots: &[Clean]) -> String {
    roots.iter().map(Clean::as_str).collect::<Vec<_>>().join(", ")
}

fn run(cli: Cli) -> Result<u8> {
    #[cfg(all(feature = "pdf", unix))]
    if let Ok(program) = std::env::current_exe() {
        crate::scan::pdf::use_program(program);
    }
    match cli.command {
        #[cfg(all(feature = "pdf", unix))]
        Command::PdfText => Ok(u8::try_from(crate::scan::pdf::serve()).unwrap_or(BUG)),
        Command::Scan(scan) => self::scan(&scan),
        Command::Paths(paths) => paths::run(&paths),
        Command::Collect(options) => collect(&options),
        Command::Judge(options) => judge(&options),
        Command::Demo(options) => demo(&options),
        Command::Explain { id, rules } => print(&explain::page(&id, &added(crate::catalogue(), &rules)?)?),
        Command::Rules { command } => rules(command),
        Command::Exports { command: None } => print(&exports::list(&crate::catalogue())),
        Command::Exports { command: Some(ExportsCommand::Script { vendor }) } => print(&exports::script(&crate::catalogue(), &vendor)?),
        Command::Baseline { command: BaselineCommand::Create { write, scan } } => baseline_create(&write, &scan),
    }
}

/// Prints a text; a closed pipe ends quietly.
fn print(text: &str) -> Result<u8> {
    quietly(io::stdout().lock().write_all(text.as_bytes()))?;
    Ok(OK)
}

fn quietly(result: io::Result<()>) -> Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("the report could not be written"),
    }
}

fn scan(options: &Scan) -> Result<u8> {
    let (outcome, rules) = scanned(options)?;
    finish(&outcome, &rules, &options.common)
}

fn scanned(options: &Scan) -> Result<(Outcome, Pack)> {
    let Gathered { rules, config, run, facts, changes } = gathered(options)?;
    let known = known(&config, &options.common, changes.as_ref())?;
    let mut outcome = threads(options.common.reading.jobs, || scan::judge(run, facts, &rules, &known, &config.severity))?;
    if changes.is_some() {
        // what a comment allows may stand on a line that did not change
        outcome.idle.clear();
    }
    Ok((outcome, rules))
}

fn known(config: &Config, common: &Common, changes: Option<&Changes>) -> Result<Triage> {
    let baseline = match &common.baseline {
        Some(file) => {
            let text = trust::file(file, "baseline", changes)?;
            text.map(|text| Baseline::parse(&text).map_err(|e| anyhow!("{}: {e}", file.display()))).transpose()?
        }
        None => None,
    };
    Ok(Triage { waivers: config.waivers.clone(), baseline })
}

fn collect(options: &Scan) -> Result<u8> {
    no_report(options, "facts go to standard output")?;
    let Gathered { run, facts, .. } = gathered(options)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    quietly(scan::write_facts(&mut out, &run, &facts).and_then(|()| out.flush()))?;
    Ok(bug_or(OK, &facts.unread))
}

fn judge(options: &options::Judge) -> Result<u8> {
    let rules = pack(&options.common.reading.rules)?;
    check_only(&options.common, &rules)?;
    let mut merged: Option<(Run, Facts)> = None;
    let stdin = [PathBuf::from("-")];
    let files = if options.facts.is_empty() { &stdin[..] } else { &options.facts };
    for file in files {
        let shown = file.display().to_string();
        let read = if shown == "-" { scan::read_facts(io::stdin().lock()) } else { scan::read_facts(BufReader::new(facts_file(file)?)) };
        let (run, facts) = read.map_err(|e| anyhow!("{shown}: {e}"))?;
        match &mut merged {
            None => merged = Some((run, facts)),
            Some((first, all)) => {
                if first.salt != run.salt {
                    say(&format!(
                        "sidedoor: sharing is not assessed between {} and {}: their digests have different salts",
                        names(&first.roots),
                        names(&run.roots)
                    ));
                }
                first.roots.extend(run.roots);
                first.ignored += run.ignored;
                first.links += run.links;
                all.facts.extend(facts.facts);
                all.allowances.extend(facts.allowances);
                all.artifacts.extend(facts.artifacts);
                all.unread.extend(facts.unread);
            }
        }
    }
    let Some((mut run, mut facts)) = merged else { return Err(coded(NOTHING, "no facts to judge")) };
    facts.sort();
    if options.common.reading.as_of.is_some() {
        run.as_of = as_of(&options.common.reading)?;
    }
    let config = config(options.common.reading.config.as_ref(), None, &rules)?;
    let known = known(&config, &options.common, None)?;
    let outcome = threads(options.common.reading.jobs, || scan::judge(run, facts, &rules, &known, &config.severity))?;
    finish(&outcome, &rules, &options.common)
}

fn demo(common: &Common) -> Result<u8> {
    let rules = pack(&common.reading.rules)?;
    check_only(common, &rules)?;
    let source = Given(crate::estate(), Provenance::Given);
    // the demo tells the same story on every day
    let as_of = day("2026-11-20").context("a date")?;
    let (run, facts) =
        gather(&source, vec!["Brackwater Freight, a sample estate".into()], &rules, &common.reading, as_of, &Histories::default())?;
    let outcome = threads(common.reading.jobs, || scan::judge(run, facts, &rules, &Triage::default(), &[]))?;
    finish(&outcome, &rules, common).map(|code| if code == FINDINGS { OK } else { code })
}

/// Refuses an `--output` that would be ignored.
fn no_report(options: &Scan, instead: &str) -> Result<()> {
    match options.common.output.first() {
        Some(target) => Err(coded(USAGE, format!("--output {target}: this command writes no report; {instead}"))),
        None => Ok(()),
    }
}

fn baseline_create(output: &Path, options: &Scan) -> Result<u8> {
    no_report(options, "--write FILE names the baseline")?;
    let (outcome, _) = scanned(options)?;
    std::fs::write(output, Baseline::of(&outcome.findings).to_json()).map_err(|_| anyhow!("{}: it cannot be written", output.display()))?;
    let count = outcome.findings.len();
    say(&format!("sidedoor: {count} finding{} written to {}", if count == 1 { "" } else { "s" }, output.display()));
    Ok(OK)
}

fn rules(command: RulesCommand) -> Result<u8> {
    match command {
        RulesCommand::List { rules } => print(&explain::list(&pack(&rules)?)),
        RulesCommand::Schema => print(&(serde_json::to_string_pretty(&rule::schema(crate::rules()))? + "\n")),
        RulesCommand::Template { name, rules } => print(&explain::template(name.as_deref(), &added(crate::catalogue(), &rules)?)?),
        RulesCommand::Test { ids, rules } => {
            let pack = added(crate::catalogue(), &rules)?;
            let known = |id: &str| pack.checks.iter().any(|c| c.id == id) || pack.patterns.iter().any(|p| p.id == id);
            if let Some(id) = ids.iter().find(|id| !known(id)) {
                return Err(coded(USAGE, format!("{id}: no such rule or pattern")));
            }
            let (count, failures) = scan::test_rules(&pack, &|id| ids.is_empty() || ids.iter().any(|x| x == id));
            for failure in &failures {
                print(&format!("{}, line {}: {}\n", failure.rule, failure.line, failure.message))?;
            }
            print(&format!("{} examples, {} failed\n", count, failures.len()))?;
            Ok(if failures.is_empty() { OK } else { USAGE })
        }
    }
}
