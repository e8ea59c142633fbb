//! What can be typed.

use crate::finding::{Confidence, Severity};
use crate::report::{Format, PathFormat};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Finds the side doors: weak recovery, reset and break-glass paths in repositories, runbooks and IAM exports.
///
/// If the fallback path is easier than the normal path, it will be used by the attacker. sidedoor reads files only: it never opens
/// a socket, and a whole secret never leaves it.
#[derive(Debug, Parser)]
#[command(name = "sidedoor", version, max_term_width = 100, arg_required_else_help = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Sweep files, folders, repositories, runbooks and exports
    Scan(Scan),
    /// Compare every way back in with the sign-in: per population, the weakest way in and how many people it takes
    Paths(Paths),
    /// Scan a built-in sample estate: the whole product in ten seconds
    Demo(Common),
    /// Explain a rule, a weakness, a control or a label, offline
    Explain {
        /// Such as `email-approval`, `helpdesk/knowledge-check`, `PR.AA-01`, `NHI-03`
        id: String,
        /// A folder of your own rules
        #[arg(long, value_name = "DIR")]
        rules: Vec<PathBuf>,
    },
    /// The catalogue of rules
    Rules {
        #[command(subcommand)]
        command: RulesCommand,
    },
    /// Every export that can be read, and the command that makes it
    Exports {
        #[command(subcommand)]
        command: Option<ExportsCommand>,
    },
    /// Known findings
    Baseline {
        #[command(subcommand)]
        command: BaselineCommand,
    },
    /// Read only: write facts as NDJSON, to be judged elsewhere
    Collect(Scan),
    /// Judge facts that were collected
    Judge(Judge),
    /// A PDF on standard input to its text: the process that is called for each
    #[cfg(all(feature = "pdf", unix))]
    #[command(hide = true)]
    PdfText,
}

#[derive(Debug, Subcommand)]
pub(super) enum ExportsCommand {
    /// Print a read-only shell script that collects a vendor's exports into a folder
    Script {
        /// Such as `aws`, `azure`, `gcp`, `github`, `k8s`, `vault`
        vendor: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// List every check and pattern
    List {
        /// A folder of your own rules
        #[arg(long, value_name = "DIR")]
        rules: Vec<PathBuf>,
    },
    /// Run the examples that stand in the rule files
    Test {
        /// Only these rules or patterns
        ids: Vec<String>,
        /// A folder of your own rules
        #[arg(long, value_name = "DIR")]
        rules: Vec<PathBuf>,
    },
    /// Print the JSON Schema of checks, for editors
    Schema,
    /// Print a model procedure to adapt
    Template {
        /// Which one (`mfa-reset`); without it, they are listed
        name: Option<String>,
        /// A folder of your own rules
        #[arg(long, value_name = "DIR")]
        rules: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum BaselineCommand {
    /// Write what is found now to a baseline file
    Create {
        /// The file to write
        #[arg(short, long, value_name = "FILE", default_value = "sidedoor-baseline.json")]
        write: PathBuf,
        #[command(flatten)]
        scan: Box<Scan>,
    },
}

/// What to read.
#[derive(Debug, Args)]
pub(super) struct Named {
    /// What to read; `-` is standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) paths: Vec<PathBuf>,
    /// Read what .gitignore leaves out as well
    #[arg(long)]
    pub(super) no_ignore: bool,
}

#[derive(Debug, Args)]
pub(super) struct Scan {
    #[command(flatten)]
    pub(super) named: Named,
    /// Read every version of every file in the history of each repository, for secrets
    #[arg(long)]
    pub(super) history: bool,
    /// With --history: also what no branch or tag leads to
    #[arg(long, requires = "history")]
    pub(super) unreachable: bool,
    /// Look only at what the index adds to HEAD: for a hook before a commit
    #[arg(long, conflicts_with_all = ["diff", "history"])]
    pub(super) staged: bool,
    /// Look only at what HEAD adds since it parted from BASE, whose configuration, waivers and baseline hold
    #[arg(long, value_name = "BASE[...HEAD]", conflicts_with = "history")]
    pub(super) diff: Option<String>,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, Args)]
pub(super) struct Paths {
    #[command(flatten)]
    pub(super) named: Named,
    /// What would change if a method (`sms_code`) or a way back in (its title) were switched off; may be given several times
    #[arg(long, value_name = "METHOD|TITLE")]
    pub(super) without: Vec<String>,
    /// What would change if every way back in asked for a method besides (`totp`, `passkey`, `identity_proofing`)
    #[arg(long = "with", value_name = "METHOD")]
    pub(super) with: Vec<String>,
    /// The smallest set of changes that leaves no way in weaker than its front door
    #[arg(long, conflicts_with_all = ["with", "without"])]
    pub(super) fix: bool,
    /// Format of the report
    #[arg(short, long, value_enum, default_value = "table")]
    pub(super) format: PathFormat,
    #[command(flatten)]
    pub(super) reading: Reading,
}

#[derive(Debug, Args)]
pub(super) struct Judge {
    /// Facts files; none or `-` reads standard input
    #[arg(value_name = "FACTS")]
    pub(super) facts: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct SeverityArg(pub(super) Severity);
#[derive(Debug, Clone, Copy)]
pub(super) struct ConfidenceArg(pub(super) Confidence);

impl ValueEnum for SeverityArg {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self(Severity::Info), Self(Severity::Low), Self(Severity::Medium), Self(Severity::High), Self(Severity::Critical)]
    }
    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(self.0.word().into())
    }
}

impl ValueEnum for ConfidenceArg {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self(Confidence::Low), Self(Confidence::Medium), Self(Confidence::High)]
    }
    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(self.0.word().into())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    Auto,
    Always,
    Never,
}

/// How every command that reads and judges does so.
#[derive(Debug, Args)]
pub(super) struct Reading {
    /// The date that ages are measured from, YYYY-MM-DD [default: today in UTC]
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<String>,
    /// Configuration [default: sidedoor.yaml at the top of what is scanned]
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// A folder of your own rules; may be given several times
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
    /// Threads [default: one for each processor]
    #[arg(short, long, value_name = "N")]
    pub(super) jobs: Option<usize>,
    /// Key of the digests that compare secrets, for facts that are judged together
    #[arg(long, value_name = "FILE")]
    pub(super) salt_file: Option<PathBuf>,
    /// Colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(super) color: Colour,
    /// No progress bar
    #[arg(long)]
    pub(super) no_progress: bool,
    /// No table; only the exit code and errors
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// What `scan`, `demo`, `collect` and `judge` have in common.
#[derive(Debug, Args)]
pub(super) struct Common {
    #[command(flatten)]
    pub(super) reading: Reading,
    /// Format of the report on standard output
    #[arg(short, long, value_enum, default_value = "table")]
    pub(super) format: Format,
    /// Write a report to a file as well; may be given several times
    #[arg(short, long, value_name = "FORMAT=PATH")]
    pub(super) output: Vec<String>,
    /// Exit with 1 if there is a finding of this severity or worse
    #[arg(long, value_enum, default_value = "high", value_name = "SEVERITY")]
    pub(super) fail_on: SeverityArg,
    /// Leave milder findings out
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(super) min_severity: Option<SeverityArg>,
    /// Leave less certain findings out
    #[arg(long, value_enum, value_name = "CONFIDENCE")]
    pub(super) min_confidence: Option<ConfidenceArg>,
    /// Findings that are known already
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Only this weakness, rule or label (such as NHI-03); may be given several times
    #[arg(long, value_name = "WEAKNESS|RULE|LABEL")]
    pub(super) only: Vec<String>,
    /// Exit with 4 if something could not be read, with 5 if a waiver has expired
    #[arg(long)]
    pub(super) strict: bool,
    /// Exit with 0 whatever is found
    #[arg(long)]
    pub(super) exit_zero: bool,
    /// Every finding and everything not read
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
