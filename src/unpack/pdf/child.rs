//! The process that reads a PDF, seen from both sides.

use super::text;
use crate::artifact::{Limit, Why};
use crate::unpack::budget::PART;
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// The hidden command that makes the program the child.
pub(super) const COMMAND: &str = "pdf-text";
/// Seconds of one processor, and bytes of memory, that a PDF may cost.
const SECONDS: u64 = 10;
/// Seconds of the clock: a child that waits costs no processor.
const WALL: u64 = 60;
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
    let (out, code) = within(command, bytes, Duration::from_secs(WALL))?;
    match code {
        _ if out.len() > PART => Err(Why::Limit { of: Limit::Member }),
        Some(code @ (TEXT | PART_OF_TEXT)) => {
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

/// What a program writes of what it is given, and its exit code; it is killed when its time is up, whatever it waits for.
fn within(mut command: Command, bytes: &[u8], time: Duration) -> Result<(Vec<u8>, Option<i32>), Why> {
    let end = Instant::now() + time;
    let mut child = command.spawn().map_err(|_| Why::Io)?;
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let child = Mutex::new(child);
    let running = &child;
    let (done, over) = mpsc::channel::<()>();
    let (slow, out) = thread::scope(|scope| {
        let watch = scope.spawn(move || {
            let slow = matches!(over.recv_timeout(time), Err(mpsc::RecvTimeoutError::Timeout));
            if slow && let Ok(mut child) = running.lock() {
                let _ = child.kill();
            }
            slow
        });
        // the child reads to the end before it writes; one that has died takes no more
        if let Some(mut input) = input {
            let _ = input.write_all(bytes);
        }
        let mut out = Vec::new();
        let read = output.map(|o| o.take(PART as u64 + 1).read_to_end(&mut out));
        drop(done);
        (watch.join().unwrap_or(true), matches!(read, Some(Ok(_))).then_some(out))
    });
    if slow {
        let _ = child.into_inner().map(|mut c| c.wait());
        return Err(Why::Slow { seconds: time.as_secs() });
    }
    let mut child = child.into_inner().map_err(|_| Why::Io)?;
    // all was said, or too much: what is left to do is to go
    while out.as_ref().is_some_and(|o| o.len() <= PART) && Instant::now() < end {
        if let Some(status) = child.try_wait().map_err(|_| Why::Io)? {
            return Ok((out.unwrap_or_default(), status.code()));
        }
        thread::sleep(Duration::from_millis(1));
    }
    let _ = child.kill();
    let _ = child.wait();
    Ok((out.ok_or(Why::Io)?, None))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, time: u64) -> Result<(Vec<u8>, Option<i32>), Why> {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        within(command, &vec![b'x'; 200_000], Duration::from_secs(time))
    }

    #[test]
    fn a_child_that_waits_is_killed_and_told() {
        let before = Instant::now();
        // it neither reads, nor writes, nor ends
        assert_eq!(shell("exec sleep 30", 1), Err(Why::Slow { seconds: 1 }));
        // it closes its output and stays
        assert_eq!(shell("cat > /dev/null; exec sleep 30 >&-", 1).map(|o| o.1), Ok(None));
        assert!(before.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn a_child_that_ends_is_heard() {
        assert_eq!(shell("wc -c | tr -d ' '; exit 13", 30), Ok((b"200000\n".to_vec(), Some(13))));
        assert_eq!(shell("exit 11", 30).map(|o| o.1), Ok(Some(11)));
    }
}
