//! Texts of lines in parts: tables by their rows, YAML by its documents and the items of its outermost list.

use super::{Giver, LONGEST, Names, Part, Step, Stop, TARGET, more, newlines};
use std::borrow::Cow;
use std::io::Read;

/// A line around a list that is longer is not told again, nor more of them than so many bytes.
const SHORT: usize = 512;
const RETOLD: usize = 16 * 1024;

/// A table, with its header before every part.
pub(super) fn rows(mut stream: impl Read, give: &mut Giver<'_>) -> Result<(), Stop> {
    let (mut buffer, mut at, mut quoted) = (Vec::new(), 0, false);
    let (mut base, mut before, mut rows) = ((0usize, 0u32), 0, 0);
    let mut header: Option<Vec<u8>> = None;
    let (mut cut, mut last_line) = (None, 0);
    loop {
        let ended = !more(&mut stream, &mut buffer)?;
        while let Some(n) = memchr::memchr2(b'"', b'\n', buffer.get(at..).unwrap_or_default()) {
            let i = at + n;
            at = i + 1;
            if buffer.get(i) == Some(&b'"') {
                quoted = !quoted;
            } else if !quoted {
                let line = buffer.get(last_line..i).unwrap_or_default().trim_ascii();
                // what stands before the header is read with it
                if header.is_none() && !line.is_empty() && !line.starts_with(b"sep=") && !line.trim_ascii_start().starts_with(b"#TYPE") {
                    header = buffer.get(..=i).map(<[u8]>::to_vec);
                } else if header.is_some() && !line.is_empty() {
                    rows += 1;
                }
                (cut, last_line) = (Some((i + 1, rows)), i + 1);
            }
        }
        at = at.max(if quoted { at } else { buffer.len() });
        if header.as_ref().is_none_or(|h| h.len() > LONGEST / 8) && buffer.len() > LONGEST / 8 {
            return Err(Stop::Whole);
        }
        let part = |end: usize| {
            let own = String::from_utf8_lossy(buffer.get(..end)?);
            let lead = if base.0 == 0 { Cow::default() } else { String::from_utf8_lossy(header.as_ref()?) };
            Part::between(&lead, &own, "", base, Names::Rows(before))
        };
        if ended {
            give.part(part(buffer.len()));
            return Ok(());
        }
        if buffer.len() < TARGET {
            continue;
        }
        let Some((end, count)) = cut.take().filter(|_| header.is_some()) else {
            if buffer.len() >= LONGEST {
                return Err(Stop::Whole);
            }
            continue;
        };
        give.part(part(end));
        if give.stopped {
            return Ok(());
        }
        base = (base.0 + end, base.1 + newlines(buffer.get(..end).unwrap_or_default()));
        before = count;
        buffer.drain(..end);
        at = at.saturating_sub(end);
        last_line = last_line.saturating_sub(end);
    }
}

/// The short lines outside the lists.
pub(super) fn around(mut stream: impl Read) -> Result<Vec<u8>, Stop> {
    let (mut buffer, mut told, mut any) = (Vec::new(), Vec::new(), false);
    while more(&mut stream, &mut buffer)? {
        let end = memchr::memrchr(b'\n', &buffer).map_or(0, |i| i + 1);
        for line in buffer.get(..end).unwrap_or_default().split_inclusive(|b| *b == b'\n') {
            if line.starts_with(b"---") && any {
                // nothing is around many documents
                return Ok(Vec::new());
            }
            any |= !line.trim_ascii().is_empty() && !line.starts_with(b"#") && !line.starts_with(b"---");
            let short = line.len() <= SHORT && told.len() < RETOLD && !line.trim_ascii_end().ends_with(b":");
            if short && line.first().is_some_and(u8::is_ascii_alphabetic) {
                told.extend(line);
            }
        }
        buffer.drain(..end);
        if buffer.len() > LONGEST {
            return Err(Stop::Whole);
        }
    }
    Ok(told)
}

/// YAML: between two documents, or between two items of a list that is not indented.
pub(super) fn documents(mut stream: impl Read, around: &[u8], give: &mut Giver<'_>) -> Result<(), Stop> {
    let (mut buffer, mut at, mut base) = (Vec::new(), 0, (0usize, 0u32));
    // the key that the list stands under, as its line, where the part begins and now
    let (mut under, mut key) = (Vec::new(), Vec::<u8>::new());
    let (mut items, mut documents, mut first) = (0usize, 0usize, (0, 0));
    let mut cut: Option<(usize, Vec<u8>, (usize, usize))> = None;
    loop {
        let ended = !more(&mut stream, &mut buffer)?;
        let end = if ended { buffer.len() } else { memchr::memrchr(b'\n', &buffer).map_or(at, |i| i + 1) };
        for line in buffer.get(at..end).unwrap_or_default().split_inclusive(|b| *b == b'\n') {
            if line.starts_with(b"---") {
                if at > 0 {
                    cut = Some((at, Vec::new(), (0, documents + 1)));
                }
                documents += usize::from(at > 0 || base.0 > 0);
                (items, key) = (0, Vec::new());
            } else if line.starts_with(b"- ") {
                if items > 0 && at > 0 {
                    cut = Some((at, key.clone(), (items, documents)));
                }
                items += 1;
            } else if line.first().is_some_and(u8::is_ascii_alphabetic) {
                key = if line.trim_ascii_end().ends_with(b":") { line.trim_ascii_end().to_vec() } else { Vec::new() };
                items = 0;
            }
            at += line.len();
        }
        let part = |end: usize| {
            let own = String::from_utf8_lossy(buffer.get(..end)?);
            let (mut lead, mut steps) = (Vec::new(), Vec::new());
            if first.0 > 0 {
                if !under.is_empty() {
                    lead = [missing(around, &own).as_bytes(), under.as_slice(), b"\n"].concat();
                    steps.push(Step::Key(String::from_utf8_lossy(&under).trim_end_matches(':').to_owned()));
                }
                steps.push(Step::Items(first.0));
            } else if first.1 > 0 {
                steps.push(Step::Items(first.1));
            }
            // what a list is may be said below it
            let tail = if first.0 == 0 && own.ends_with('\n') { missing(around, &own) } else { String::new() };
            Part::between(&String::from_utf8_lossy(&lead), &own, &tail, base, Names::Steps(steps))
        };
        if ended {
            give.part(part(buffer.len()));
            return Ok(());
        }
        if buffer.len() < TARGET {
            continue;
        }
        let Some((end, next, counts)) = cut.take() else {
            if buffer.len() >= LONGEST {
                return Err(Stop::Whole);
            }
            continue;
        };
        give.part(part(end));
        if give.stopped {
            return Ok(());
        }
        base = (base.0 + end, base.1 + newlines(buffer.get(..end).unwrap_or_default()));
        buffer.drain(..end);
        at = at.saturating_sub(end);
        (under, first) = (next, counts);
    }
}

/// The lines whose keys a text does not have: YAML forbids to say a thing twice.
fn missing(around: &[u8], own: &str) -> String {
    let has = |key: &str| own.lines().any(|l| l.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')));
    let lines = String::from_utf8_lossy(around).into_owned();
    lines.split_inclusive('\n').filter(|l| !l.split(':').next().is_some_and(has)).collect()
}
