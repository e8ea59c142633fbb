//! The command line: one function for each command. Findings go to standard output, everything else to standard error.

mod explain;
mod exports;
mod options;
mod paths;
mod trust;

use crate::artifact::{Clean, Provenance, Why};
use crate::config::Config;
use crate::fact::{Facts, Time, day};
use crate::finding::{Confidence, Finding, Severity};
use crate::read::Knowledge;
use crate::report::{self, Format, Sheet, Style};
use crate::rule::{self, Origin, Pack};
use crate::scan::{self, Outcome, Run};
use crate::source::{self, Changes, Given, Since, Source};
use crate::triage::{Baseline, Triage};
use anyhow::{Context, Result, anyhow, bail};
use clap::Parser;
use options::{BaselineCommand, Cli, Colour, Command, Common, ExportsCommand, Reading, RulesCommand, Scan};
use std::collections::BTreeSet;
use std::io::{self, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

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

#[allow(clippy::disallowed_methods)] // a file the user names as configuration, not an artifact
fn named_file(path: &Path, what: &str) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => anyhow!("{what} {} is not UTF-8 text", path.display()),
        _ => anyhow!("{what} {} cannot be read: {}", path.display(), Why::of(&error).words()),
    })
}

/// Built-in rules and those of `--rules`.
fn pack(folders: &[PathBuf]) -> Result<Pack> {
    added(crate::rules().clone(), folders)
}

/// A pack with a user's folders added.
fn added(pack: Pack, folders: &[PathBuf]) -> Result<Pack> {
    added_from(pack, folders, &rule_files)
}

/// The files of a folder: paths in it, and texts.
type RuleFiles = Vec<(String, String)>;

fn added_from(mut pack: Pack, folders: &[PathBuf], files: &dyn Fn(&Path) -> Result<RuleFiles>) -> Result<Pack> {
    for folder in folders {
        let name = folder.canonicalize().ok().and_then(|p| p.file_name().map(|n| n.to_string_lossy().into_owned()));
        let name = name.ok_or_else(|| anyhow!("--rules {}: no such folder", folder.display()))?;
        let files = files(folder)?;
        if files.is_empty() {
            bail!("--rules {}: no .yaml file in it", folder.display());
        }
        pack.add(
            rule::load(&files, Origin::Added { prefix: &name, base: &pack })
                .map_err(|errors| rule_errors(&folder.display().to_string(), &errors))?,
        );
    }
    Ok(pack)
}

/// Several mistakes in rules or configuration: a line each.
#[derive(Debug, thiserror::Error)]
#[error("{} mistakes", .0.len())]
struct Mistakes(Vec<String>);

fn rule_errors(prefix: &str, errors: &[rule::RuleError]) -> anyhow::Error {
    Mistakes(errors.iter().map(|e| if prefix.is_empty() { e.to_string() } else { format!("{prefix}/{e}") }).collect()).into()
}

fn rule_files(folder: &Path) -> Result<RuleFiles> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name().max_depth(8) {
        let entry = entry.map_err(|_| anyhow!("--rules {}: it cannot be read", folder.display()))?;
        if entry.file_type().is_file() && entry.path().extension().is_some_and(|e| e == "yaml") {
            let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let name: Vec<_> = relative.components().map(|c| c.as_os_str().to_string_lossy()).collect();
            files.push((name.join("/"), named_file(entry.path(), "rule file")?));
        }
    }
    Ok(files)
}

/// The configuration: the one that is named, else `sidedoor.yaml` at the base of the first root, else the one in the folder where the
/// user stands, if what is scanned lies below it.
fn config(named: Option<&PathBuf>, base: Option<&Path>, rules: &Pack) -> Result<Config> {
    let file = match (named, base) {
        (Some(file), _) => file.clone(),
        (None, Some(base)) if base.join("sidedoor.yaml").is_file() => base.join("sidedoor.yaml"),
        (None, Some(base)) if Path::new("sidedoor.yaml").is_file() && std::env::current_dir().is_ok_and(|here| base.starts_with(here)) => {
            PathBuf::from("sidedoor.yaml")
        }
        _ => return Ok(Config::default()),
    };
    let text = named_file(&file, "configuration")?;
    let shown = if named.is_some() { file.display().to_string() } else { "sidedoor.yaml".to_owned() };
    Config::parse(&shown, &text, rules).map_err(|errors| rule_errors("", &errors))
}

fn as_of(reading: &Reading) -> Result<Time> {
    match &reading.as_of {
        Some(date) => day(date).ok_or_else(|| coded(USAGE, format!("--as-of {date}: no date; write YYYY-MM-DD"))),
        None => {
            let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
            day(&today).context("the system's clock is beyond the calendar")
        }
    }
}

/// The key of the digests: from a file for a sweep, else new for each run. Nothing in a report depends on it.
fn salt(file: Option<&PathBuf>) -> Result<[u8; 32]> {
    if let Some(file) = file {
        return Ok(blake3::derive_key("sidedoor salt file v1", named_file(file, "salt")?.as_bytes()));
    }
    use std::hash::{BuildHasher, Hasher};
    let mut salt = [0; 32];
    for chunk in salt.chunks_mut(8) {
        // each RandomState is keyed by the operating system's randomness
        chunk.copy_from_slice(&std::collections::hash_map::RandomState::new().build_hasher().finish().to_le_bytes());
    }
    Ok(salt)
}

fn salt_id(salt: &[u8; 32]) -> String {
    blake3::keyed_hash(salt, b"sidedoor salt id").to_hex().chars().take(16).collect()
}

/// A bar on standard error, on a terminal only.
fn progress(reading: &Reading) -> Option<indicatif::ProgressBar> {
    let wanted = !reading.no_progress && !reading.quiet && io::stderr().is_terminal();
    wanted.then(|| {
        let bar = indicatif::ProgressBar::new_spinner();
        if let Ok(style) = indicatif::ProgressStyle::with_template("{spinner} {pos} files read, {elapsed}") {
            bar.set_style(style);
        }
        bar
    })
}

fn threads<T: Send>(jobs: Option<usize>, work: impl FnOnce() -> T + Send) -> Result<T> {
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(jobs.unwrap_or(0)).build().map_err(|_| anyhow!("threads could not be started"))?;
    Ok(pool.install(work))
}

/// Histories to read.
#[derive(Default)]
struct Histories {
    roots: Vec<source::Root>,
    /// Those to be read whole; without them only what stands in the tree is dated.
    repositories: Vec<source::Repo>,
    unreachable: bool,
}

/// Source to facts.
fn gather(
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

fn resolve(paths: &[PathBuf]) -> Result<Vec<source::Root>> {
    let here = [PathBuf::from(".")];
    let named = if paths.is_empty() { &here[..] } else { paths };
    source::roots(named).map_err(|e| coded(NOTHING, format!("{}: {}", e.named, e.why.words())))
}

fn scan(options: &Scan) -> Result<u8> {
    let (outcome, rules) = scanned(options)?;
    finish(&outcome, &rules, &options.common)
}

/// The rules, the configuration and the facts of what a command line names.
struct Gathered {
    rules: Pack,
    config: Config,
    run: Run,
    facts: Facts,
    changes: Option<Changes>,
}

/// What part of a repository's life was asked for; nothing means all of the present.
fn since(options: &Scan) -> Result<Option<Since>> {
    let Some(range) = &options.diff else { return Ok(options.staged.then_some(Since::Staged)) };
    let (base, head) = range.split_once("...").unwrap_or((range, "HEAD"));
    let head = if head.is_empty() { "HEAD" } else { head };
    if base.is_empty() || base.contains("..") || head.contains("..") {
        bail!("--diff {range}: write BASE or BASE...HEAD");
    }
    Ok(Some(Since::Base { base: base.to_owned(), head: head.to_owned() }))
}

fn gathered(options: &Scan) -> Result<Gathered> {
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

#[allow(clippy::disallowed_methods)] // a file the user names, not an artifact
fn facts_file(file: &Path) -> Result<std::fs::File> {
    std::fs::File::open(file).map_err(|e| coded(NOTHING, format!("{}: {}", file.display(), Why::of(&e).words())))
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

/// Refuses an `--only` that names nothing, before anything is read.
fn check_only(common: &Common, rules: &Pack) -> Result<()> {
    for only in &common.only {
        let ids = || rules.checks.iter().map(|c| c.id.as_str()).chain(rules.weaknesses.iter().map(|w| w.id.as_str()));
        let ids = || ids().chain(rules.labels.iter().map(|l| l.label.as_str()));
        if !ids().any(|id| id == only) {
            let hint = rule::nearest(only, ids()).map(|n| format!(": did you mean `{n}`?")).unwrap_or_default();
            return Err(coded(USAGE, format!("--only {only}: no such weakness, rule or label{hint}")));
        }
    }
    Ok(())
}

/// Reports, and the exit code that the findings demand.
/// How a report looks on standard output.
fn style(reading: &Reading, verbose: bool) -> Style {
    let stdout_is_terminal = io::stdout().is_terminal();
    let colour = match reading.color {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => stdout_is_terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
    };
    let width = terminal_size::terminal_size().filter(|_| stdout_is_terminal).map_or(80, |(w, _)| usize::from(w.0).clamp(60, 110));
    Style { colour, width, verbose }
}

fn finish(outcome: &Outcome, rules: &Pack, common: &Common) -> Result<u8> {
    let named =
        |f: &Finding, only: &str| only == f.rule || only == f.weakness || f.controls.iter().any(|c| c.label.as_deref() == Some(only));
    let passes = |f: &&Finding| {
        f.severity >= common.min_severity.map_or(Severity::Info, |s| s.0)
            && f.confidence >= common.min_confidence.map_or(Confidence::Low, |c| c.0)
            && (common.only.is_empty() || common.only.iter().any(|o| named(f, o)))
    };
    let shown: Vec<&Finding> = outcome.findings.iter().filter(passes).collect();
    let style = style(&common.reading, common.verbose > 0);
    let as_of = outcome.run.as_of.date();
    let needs = |u: &crate::check::Undecided| {
        let fields = u.needs.iter().map(|n| n.replace('_', " ")).collect::<Vec<_>>().join(", ");
        let keys: Vec<String> = u.conditions.iter().map(|(key, n)| format!("{key} in {n}")).collect();
        if keys.is_empty() { fields } else { format!("{fields}; conditions that are not known: {}", keys.join(", ")) }
    };
    let undecided: Vec<(String, usize, String)> = outcome.undecided.iter().map(|(rule, u)| (rule.clone(), u.facts, needs(u))).collect();
    let sheet = Sheet {
        as_of: &as_of,
        roots: &outcome.run.roots,
        artifacts: &outcome.artifacts,
        unread: &outcome.unread,
        facts: outcome.facts,
        undecided: &undecided,
        idle: &outcome.idle,
        ignored: outcome.run.ignored,
        links: outcome.run.links,
        digest: &rules.digest,
        rules,
        shown: &shown,
        style,
    };
    let mut files = Vec::new();
    for target in &common.output {
        let (format, path) = target.split_once('=').ok_or_else(|| anyhow!("--output {target}: write FORMAT=PATH"))?;
        let format = <Format as clap::ValueEnum>::from_str(format, true).map_err(|_| anyhow!("--output {target}: no such format"))?;
        files.push((format, PathBuf::from(path)));
    }
    for (format, path) in files {
        let plain = Sheet { style: Style { colour: false, ..style }, ..sheet };
        let mut bytes = Vec::new();
        report::write(format, &plain, &mut bytes)?;
        std::fs::write(&path, bytes).map_err(|_| anyhow!("{}: it cannot be written", path.display()))?;
    }
    if !common.reading.quiet || common.format != Format::Table {
        let mut out = io::BufWriter::new(io::stdout().lock());
        quietly(report::write(common.format, &sheet, &mut out).and_then(|()| out.flush()))?;
    }
    Ok(bug_or(exit_code(outcome, &shown, common), &outcome.unread))
}

fn exit_code(outcome: &Outcome, shown: &[&Finding], common: &Common) -> u8 {
    let fail_on = common.fail_on.0;
    let findings = shown.iter().any(|f| f.state.counts() && f.severity >= fail_on && f.confidence >= Confidence::Medium);
    let lapsed = outcome.findings.iter().any(|f| matches!(f.state, crate::finding::State::Lapsed { .. }));
    if common.strict && !outcome.complete() {
        UNREAD
    } else if common.strict && lapsed && !common.exit_zero {
        WAIVER
    } else if findings && !common.exit_zero {
        FINDINGS
    } else {
        OK
    }
}

/// A reader that failed is a bug, whatever else was found.
fn bug_or(code: u8, unread: &[crate::artifact::Unread]) -> u8 {
    if unread.iter().any(|u| u.why == Why::Bug) { BUG } else { code }
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
