//! The process that reads a PDF, seen from both sides.

use super::text;
use crate::artifact::{Limit, Why};
use crate::unpack::budget::PART;
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The hidden command that makes the program the child.
pub(super) const COMMAND: &str = "pdf-text";
/// Seconds of one processor, and bytes of memory, that a PDF may cost.
const SECONDS: u64 = 10;
const MEMORY: u64 = 1024 * 1024 * 1024;
/// Exit codes of the child.
const TEXT: i32 = 0;
const NO_TEXT: i32 = 10;
const BROKEN: i32 = 11;
const ENCRYPTED: i32 = 12;
const PART_OF_TEXT: i32 = 13;

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Says which program is called to read a PDF: this one, if it is `sidedoor`.
pub fn use_program(path: PathBuf) {
    let _ = PROGRAM.set(path);
}

/// The parent's side.
pub(super) fn read(bytes: &[u8]) -> Result<(String, Option<Why>), Why> {
    let program = PROGRAM.get().ok_or(Why::Pdf)?;
    let mut command = Command::new(program);
    command.arg(COMMAND).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|_| Why::Io)?;
    if let Some(mut input) = child.stdin.take() {
        // the child reads to the end before it writes; one that has died takes no more
        let _ = input.write_all(bytes);
    }
    let mut out = Vec::new();
    let read = child.stdout.take().map(|o| o.take(PART as u64 + 1).read_to_end(&mut out));
    let large = out.len() > PART;
    if large {
        let _ = child.kill();
    }
    let status = child.wait().map_err(|_| Why::Io)?;
    match status.code() {
        _ if large => Err(Why::Limit { of: Limit::Member }),
        Some(code @ (TEXT | PART_OF_TEXT)) if matches!(read, Some(Ok(_))) => {
            let text = String::from_utf8(out).map_err(|_| Why::Io)?;
            Ok((text, (code == PART_OF_TEXT).then_some(Why::BrokenContainer)))
        }
        Some(NO_TEXT) => Err(Why::NoTextLayer),
        Some(ENCRYPTED) => Err(Why::Encrypted),
        Some(BROKEN) => Err(Why::BrokenContainer),
        // killed, or out of memory
        _ => Err(Why::Limit { of: Limit::Process }),
    }
}

/// The child's side: limits first, then the file on standard input, then its text on standard output. Gives the exit code.
pub fn serve() -> i32 {
    let limit = |resource, most| setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    if limit(Resource::Cpu, SECONDS).and(limit(Resource::As, MEMORY)).and(limit(Resource::Core, 0)).is_err() {
        return BROKEN;
    }
    let mut bytes = Vec::new();
    if std::io::stdin().lock().read_to_end(&mut bytes).is_err() {
        return BROKEN;
    }
    // a bug of the library is a broken file, and nothing it says is heard
    match std::panic::catch_unwind(|| text::of(&bytes)) {
        Ok(Ok((text, true))) if text.trim().is_empty() => NO_TEXT,
        Ok(Ok((text, whole))) if !text.trim().is_empty() => {
            let code = if whole { TEXT } else { PART_OF_TEXT };
            std::io::stdout().lock().write_all(text.as_bytes()).map_or(BROKEN, |()| code)
        }
        Ok(Err(Why::Encrypted)) => ENCRYPTED,
        _ => BROKEN,
    }
}
