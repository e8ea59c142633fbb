//! Artifacts that are too large to hold: exports are read in parts, and anything else is searched for secrets in windows.

mod alike;

use super::parts::{self, Part, Stop};
use super::seal::{Base, Sealer};
use super::{Doc, Drafts, Knowledge, Mark, Reading, allowances, export, hex, lost, public_key, secrets, text};
use crate::artifact::{Artifact, ArtifactRow, Clean, Open, Read, Unread, Why};
use crate::fact::{Draft, Kind};
use alike::Alike;
use std::collections::BTreeSet;
use std::io::Read as _;

/// Parts after which a text that is no export that is known is looked at no further: 16 MiB.
const TRIED: usize = 8;

/// Reads a large artifact: as an export if it is one, else in windows.
pub(super) fn read(artifact: &Artifact, open: &Open, len: u64, knowing: &Knowledge) -> Reading {
    keeping(Alike::default(), artifact, open, len, knowing)
}

fn keeping(alike: Alike, artifact: &Artifact, open: &Open, len: u64, knowing: &Knowledge) -> Reading {
    let (export, done) = in_parts(alike, artifact, open, knowing);
    if done && let Some(whole) = export {
        return whole;
    }
    let mut searched = match open() {
        Ok(stream) => windows(artifact, stream, len, knowing),
        Err(error) => return lost(artifact, knowing, Why::of(&error)),
    };
    if let Some(export) = export {
        // secrets were found in all of it, by windows
        searched.facts.extend(export.facts.into_iter().filter(|f| !matches!(f.kind, Kind::Sighting | Kind::KeyUse)));
        (searched.artifacts, searched.unread) = (export.artifacts, export.unread);
    }
    searched
}

/// The export that a large artifact is, read a part at a time, and whether that was done to its end.
fn in_parts(mut alike: Alike, artifact: &Artifact, open: &Open, knowing: &Knowledge) -> (Option<Reading>, bool) {
    let extension = Doc { path: &artifact.path, home: "", text: "" }.extension();
    let mut stream = None;
    let anew = || open().map(text::Utf8::new);
    let mut reading = Reading::default();
    let (mut kind, mut faults, mut seen, mut n) = (None, BTreeSet::new(), BTreeSet::new(), 0);
    let stop = parts::each(&anew, &mut stream, &extension, &mut |part| {
        n += 1;
        let doc = Doc { path: &artifact.path, home: &artifact.home, text: &part.text };
        let mut drafts = Drafts::default();
        let hits = knowing.secrets.scan(doc.text);
        let share = if part.last && faults.is_empty() && alike.left_out == 0 { export::Share::Last } else { export::Share::Part };
        if !export::read_mapped(&doc, &knowing.tables, &mut drafts) {
            export::read_part(&doc, hits.announces, share, &mut drafts);
        }
        kind = kind.or(drafts.kind);
        if kind.is_none() && n >= TRIED {
            return false;
        }
        secrets::read_at(&doc, &hits, knowing, &mut drafts);
        public_key::read(&doc, &mut drafts);
        drafts.facts.retain(|fact| is_own(fact, &part, &mut seen));
        alike.keep(&mut drafts.facts);
        faults.extend(drafts.unread.drain(..).map(|why| why.below(part.base.1)));
        let marks = std::mem::take(&mut drafts.marks);
        let sealer = Sealer::new(&doc, &marks, knowing, Base::Part(&part));
        let sealed = sealer.seal(drafts, &allowances(&doc));
        reading.facts.extend(sealed.facts);
        reading.allowances.extend(sealed.allowances);
        true
    });
    let Some(kind) = kind else { return (None, false) };
    let path = super::clean_path(&artifact.path, knowing);
    let why = match stop {
        Ok(()) => None,
        Err(Stop::Whole) => Some(Why::HugeRecord),
        Err(Stop::Truncated(line)) => Some(Why::Truncated { line }),
        Err(Stop::Malformed(line)) => Some(Why::Malformed { line }),
        Err(Stop::TooDeep(line)) => Some(Why::TooDeep { line }),
        Err(Stop::Io(_)) => Some(Why::Io),
    };
    let done = why.is_none();
    faults.extend(why);
    faults.extend((alike.left_out > 0).then_some(Why::Alike { count: alike.left_out }));
    let first = faults.first().copied();
    reading.artifacts.push(ArtifactRow {
        path: path.clone(),
        kind: Some(Clean::ours(kind)),
        read: if first.is_some() { Read::Partial } else { Read::Full },
        why: first,
        sha256: stream.filter(|_| done).map(|s| Clean::ours(&hex(&s.sha256()))),
    });
    reading.unread.extend(faults.into_iter().map(|why| Unread { path: path.clone(), why }));
    (Some(reading), done)
}

/// Whether a fact of a part stands in it: what is told again around each part was read where it stands. What is said of the export as
/// a whole stands nowhere, and is said once.
fn is_own(fact: &Draft, part: &Part, seen: &mut BTreeSet<(Kind, String)>) -> bool {
    if fact.at.end == 0 { seen.insert((fact.kind, fact.anchor.clone())) } else { part.own.contains(&fact.at.start) }
}

/// Bytes of a window of a large artifact, and how many of them the next window sees again.
const WINDOW: usize = 8 * 1024 * 1024;
const OVERLAP: usize = 64 * 1024;

/// A large artifact: searched for secrets a window at a time; other readers do not see it, and the report says so.
fn windows(artifact: &Artifact, stream: Box<dyn std::io::Read + Send>, len: u64, knowing: &Knowledge) -> Reading {
    let mut reading = Reading::default();
    let mut stream = text::Utf8::new(stream);
    let (mut bytes, mut base, mut base_line) = (Vec::with_capacity(WINDOW + OVERLAP), 0usize, 0u32);
    let mut carried: Vec<Mark> = Vec::new();
    let mut failed = None;
    loop {
        let before = bytes.len();
        match stream.by_ref().take((WINDOW + OVERLAP - before) as u64).read_to_end(&mut bytes) {
            Ok(_) => {}
            Err(error) => failed = Some(Why::of(&error)),
        }
        let last = bytes.len() == before || bytes.len() < WINDOW + OVERLAP;
        if base == 0 && bytes.get(..8192).unwrap_or(&bytes).contains(&0) {
            return lost(artifact, knowing, Why::Binary);
        }
        let cut = if last { bytes.len() } else { bytes.iter().take(WINDOW).rposition(|b| *b == b'\n').map_or(WINDOW, |i| i + 1) };
        let text = String::from_utf8_lossy(&bytes);
        let doc = Doc { path: &artifact.path, home: &artifact.home, text: &text };
        let mut drafts = Drafts { marks: std::mem::take(&mut carried), ..Drafts::default() };
        secrets::read(&doc, knowing, &mut drafts);
        // what begins in the overlap is found again, whole, by the next window
        drafts.facts.retain(|f| last || f.at.start < cut);
        let marks = drafts.marks.clone();
        let sealer = Sealer::new(&doc, &marks, knowing, Base::Window(base, base_line));
        let part = sealer.seal(drafts, &allowances(&doc));
        reading.facts.extend(part.facts);
        reading.allowances.extend(part.allowances);
        if last || failed.is_some() {
            let path = sealer.path();
            let why = failed.unwrap_or(Why::TooLarge { bytes: len });
            let sha256 = Some(Clean::ours(&hex(&stream.sha256())));
            reading.artifacts.push(ArtifactRow { path: path.clone(), kind: None, read: Read::Partial, why: Some(why), sha256 });
            reading.unread.push(Unread { path, why });
            return reading;
        }
        base += cut;
        base_line += bytes.iter().take(cut).filter(|b| **b == b'\n').count() as u32;
        bytes.drain(..cut);
        carried = marks.into_iter().map(|m| Mark { start: 0, end: 0, ..m }).take(10_000).collect();
    }
}

#[cfg(test)]
mod tests;
