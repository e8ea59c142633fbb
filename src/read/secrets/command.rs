//! Passwords in the arguments of programs that take them so: `sshpass -p …`, `curl -u user:…`, `mysql -p…`.

use super::found::{Found, Span, What, Worth};
use super::key::Class;
use super::value::judge;

/// How much of a command line is looked at, in bytes.
const REACH: usize = 600;

/// What a program's options mean: an option whose argument is a password, and one whose argument is `user:password`.
struct Usage {
    program: &'static str,
    password: &'static [&'static str],
    /// The password follows the option without a space.
    glued: Option<&'static str>,
    pair: &'static [&'static str],
    /// It is this argument, options left out, counted after the name of the program.
    positional: Option<usize>,
    /// An argument is a password only with this option.
    only: Option<char>,
}

const fn usage(
    program: &'static str,
    password: &'static [&'static str],
    glued: Option<&'static str>,
    pair: &'static [&'static str],
) -> Usage {
    Usage { program, password, glued, pair, positional: None, only: None }
}

const fn positional(program: &'static str, at: usize) -> Usage {
    Usage { program, password: &[], glued: None, pair: &[], positional: Some(at), only: None }
}

const USAGES: [Usage; 12] = [
    usage("sshpass", &["-p"], Some("-p"), &[]),
    usage("curl ", &[], None, &["-u", "--user", "-U", "--proxy-user"]),
    usage("wget ", &["--password", "--http-password", "--ftp-password"], None, &[]),
    usage("mysql", &[], Some("-p"), &[]),
    usage("docker login", &["-p"], None, &[]),
    usage("redis-cli", &["-a"], None, &[]),
    usage("az login", &["-p"], None, &[]),
    usage("smbclient", &[], None, &["-U"]),
    usage("ldapsearch", &["-w"], None, &[]),
    positional("net user", 1),
    Usage { only: Some('b'), ..positional("htpasswd", 2) },
    positional("convertto-securestring", 0),
];

/// The secrets among the arguments of the programs that are called at these places, which are in order.
pub(super) fn find<'a>(text: &'a str, calls: &[usize], found: &mut Vec<Found<'a>>) {
    let bytes = text.as_bytes();
    let is = |at: usize, program: &str| bytes.get(at..at + program.len()).is_some_and(|p| p.eq_ignore_ascii_case(program.as_bytes()));
    // the arguments of a program end where it is called again: none is read twice
    let mut next = [usize::MAX; USAGES.len()];
    for at in calls.iter().copied().rev().filter(|at| is_called(text, *at)) {
        if is(at, "chpasswd") {
            found.extend(piped(text, at));
            continue;
        }
        let usage = USAGES.iter().zip(&mut next).find(|(usage, _)| is(at, usage.program));
        if let Some((usage, next)) = usage {
            called(text, usage, (at, (*next).min(at + REACH).min(text.len())), found);
            *next = at;
        }
    }
}

/// A letter of a program's name.
fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// Whether a program is called here: its name is a word, and arguments follow it.
fn is_called(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let starts = at.checked_sub(1).and_then(|i| bytes.get(i)).is_none_or(|b| !is_part(*b) && *b != b'<');
    let word = bytes.get(at..).unwrap_or_default().iter().take(40).take_while(|b| is_part(**b)).count();
    // a quote ends a path, a brace a variable
    let after = bytes.get(at + word..).unwrap_or_default();
    starts && matches!(after.first(), Some(b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'\\' | b'}' | b')') | None)
}

/// The secrets among the arguments of one call.
fn called<'a>(text: &'a str, usage: &Usage, (at, end): Span, found: &mut Vec<Found<'a>>) {
    let word = at + usage.program.trim_end().len();
    // mysqldump, mysql-client: the name may go on
    let more = text.as_bytes().get(word..end).unwrap_or_default().iter().take_while(|b| is_part(**b)).count();
    let mut arguments = arguments(text, (word + more, end)).peekable();
    let mut plain = 0;
    let (mut allowed, mut fewer) = (usage.only.is_none(), 0);
    while let Some(span) = arguments.next() {
        let Some(word) = text.get(span.0..span.1) else { return };
        if matches!(word, "|" | "||" | "&&" | ";") {
            return;
        }
        let (option, value) = match word.split_once('=').filter(|(o, _)| o.starts_with("--")) {
            Some((option, value)) => (option, Some((span.1 - value.len(), span.1))),
            None => (word, None),
        };
        if let Some(only) = usage.only
            && let Some(flags) = word.strip_prefix('-')
        {
            allowed |= flags.contains(only);
            // -n prints the line: no file is named
            fewer |= usize::from(flags.contains('n'));
        }
        let secret = match () {
            () if usage.password.contains(&option) => value.or_else(|| arguments.peek().copied()),
            () if usage.pair.contains(&option) => value.or_else(|| arguments.peek().copied()).and_then(|v| after_user(text, v)),
            () if usage.positional.is_some() && !word.starts_with('-') && (usage.only.is_some() || !word.starts_with('/')) => {
                plain += 1;
                (allowed && usage.positional.map(|at| at - fewer) == Some(plain - 1)).then_some(span)
            }
            () => usage
                .glued
                .and_then(|g| word.strip_prefix(g))
                .filter(|v| !v.is_empty() && !v.starts_with('-'))
                .map(|v| (span.1 - v.len(), span.1)),
        };
        if let Some(span) = secret.map(|s| unquoted(text, s)) {
            found.extend(give(text, (at, span.1), span));
        }
    }
}

/// `echo "user:…" | chpasswd`.
fn piped(text: &str, at: usize) -> Option<Found<'_>> {
    let from = at.saturating_sub(REACH);
    let from = (from..=at).find(|i| text.is_char_boundary(*i))?;
    let line = text.get(from..at)?.rsplit('\n').next()?;
    let (before, _) = line.rsplit_once('|')?;
    let word = before.split_whitespace().next_back()?;
    let end = at - line.len() + before.trim_end().len();
    let span = unquoted(text, after_user(text, (end - word.len(), end))?);
    give(text, (span.0, at), span)
}

/// The part after the colon of `user:password`; with a percent sign, as Samba writes it.
fn after_user(text: &str, (start, end): Span) -> Option<Span> {
    let raw = text.get(start..end)?;
    let at = raw.find([':', '%'])?;
    (at > 0).then_some((start + at + 1, end))
}

fn unquoted(text: &str, (start, end): Span) -> Span {
    let raw = text.get(start..end).unwrap_or("");
    let left = raw.trim_start_matches(['"', '\'']);
    // the end of a line in a literal
    let left = left.split("\\n").next().unwrap_or(left);
    let end = start + raw.len() - raw.trim_start_matches(['"', '\'']).len() + left.len();
    let right = left.trim_end_matches(['"', '\'', '`', ')', ',', '\\']);
    (end - left.len(), end - left.len() + right.len())
}

fn give<'a>(text: &'a str, whole: Span, span: Span) -> Option<Found<'a>> {
    let raw = text.get(span.0..span.1).filter(|r| !r.is_empty() && !r.starts_with('-'))?;
    let worth = judge(raw, Class::Password, "");
    let what = What::Guess("generic.argument", Class::Password);
    (worth != Worth::Nothing).then(|| Found { span, whole, what, name: None, key_id: None, value: raw.into(), encrypted: false, worth })
}

/// The arguments of a command line, quotes kept; a backslash at the end of a line joins the next.
fn arguments(text: &str, (from, to): Span) -> impl Iterator<Item = Span> {
    let bytes = text.as_bytes();
    let mut at = from;
    std::iter::from_fn(move || {
        let byte = |i: usize| bytes.get(i).copied().filter(|_| i < to);
        while let Some(b) = byte(at) {
            match b {
                b' ' | b'\t' => at += 1,
                b'\\' if byte(at + 1) == Some(b'\n') => at += 2,
                b'\n' | b'\r' => return None,
                _ => break,
            }
        }
        let start = at;
        let mut quote = None;
        while let Some(b) = byte(at) {
            match (b, quote) {
                (b'\n' | b'\r', _) => break,
                (b'"' | b'\'', None) => quote = Some(b),
                (b, Some(q)) if b == q => quote = None,
                (b' ' | b'\t', None) => break,
                _ => {}
            }
            at += 1;
        }
        (at > start).then_some((start, at))
    })
}
