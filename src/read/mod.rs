//! One artifact in, facts out. Pure, parallel, no shared state.
//!
//! Three readers look at a text: `secrets` at any, `export` at what some vendor printed, `prose` at runbooks. They return drafts
//! and marks. Quotes are cut last, in `seal`, when every mark of every reader is known: no reader can leak what another found.

pub mod export;
mod large;
mod line_hash;
mod needles;
mod ownership;
mod parts;
pub mod prose;
mod public_key;
mod scrub;
mod seal;
pub mod secrets;
mod seen;
mod text;

pub use seen::Seen;
pub use text::{Lines, Text, decode};

use crate::artifact::{Artifact, ArtifactRow, Body, Clean, Lost, Provenance, Read, Redactor, Unread, Why};
use crate::fact::{Allowance, Draft, Kind, Sealed, key_use, sighting};
use crate::rule::Pack;
pub use scrub::scrub;
use seal::{Base, Sealer};
use sha2::{Digest, Sha256};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What readers know: patterns and lexicon, made ready once.
#[derive(Debug)]
pub struct Knowledge {
    secrets: secrets::Matcher,
    prose: prose::Tongues,
    tables: Vec<crate::rule::Table>,
    salt: [u8; 32],
    remembered: scrub::Remembered,
}

impl Knowledge {
    /// Makes the patterns and lexicon of these packs ready. `salt` keys the digests of secrets.
    pub fn new(packs: &[&Pack], salt: [u8; 32]) -> Self {
        Self {
            secrets: secrets::Matcher::new(packs, &export::announcing()),
            prose: prose::Tongues::new(packs),
            tables: packs.iter().flat_map(|p| p.tables.clone()).collect(),
            salt,
            remembered: scrub::Remembered::default(),
        }
    }

    /// What stands for a secret in facts: equal for equal secrets under one salt, and nothing else.
    pub fn digest(&self, secret: &str) -> String {
        blake3::keyed_hash(&self.salt, secret.as_bytes()).to_hex().to_string()
    }
}

/// A text as readers see it.
#[derive(Debug, Clone, Copy)]
pub struct Doc<'a> {
    /// Path relative to its root, raw.
    pub path: &'a str,
    /// The repository or folder that owns it, raw.
    pub home: &'a str,
    /// Decoded text.
    pub text: &'a str,
}

impl Doc<'_> {
    /// The file's name, lower case.
    pub fn file_name(&self) -> String {
        self.path.rsplit('/').next().unwrap_or(self.path).to_lowercase()
    }

    /// The file's extension, lower case, without the dot.
    pub fn extension(&self) -> String {
        let name = self.file_name();
        name.rsplit_once('.').map_or(String::new(), |(_, e)| e.to_owned())
    }
}

/// What readers bring back, still raw.
#[derive(Debug, Default)]
pub struct Drafts {
    /// Facts.
    pub facts: Vec<Draft>,
    /// Secrets to be redacted. Mark liberally: also what is too uncertain for a fact.
    pub marks: Vec<Mark>,
    /// What the artifact is (`aws.credential-report`), when it is more than plain text.
    pub kind: Option<&'static str>,
    /// What was not, or not wholly, read. Byte positions are turned into lines by [`Lines`].
    pub unread: Vec<Why>,
}

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The secret as it is used (unescaped, decoded), for finding it in other strings. The bytes of the span are added to it.
    pub value: String,
    /// Leading characters that are a public marker of the format.
    pub public_prefix: usize,
}

/// What one artifact gave, with nothing raw in it.
#[derive(Debug, Default)]
pub struct Reading {
    /// Facts.
    pub facts: Vec<Sealed>,
    /// Inline allowances.
    pub allowances: Vec<Allowance<Clean>>,
    /// What it was recognised as, if as anything.
    pub artifacts: Vec<ArtifactRow>,
    /// What was not read.
    pub unread: Vec<Unread>,
}

/// Reads one artifact. Never fails: what cannot be read is said in the result, and a reader's bug costs this artifact only.
pub fn read(artifact: &Artifact, knowing: &Knowledge) -> Reading {
    catch_unwind(AssertUnwindSafe(|| match &artifact.body {
        Body::Whole(bytes) => whole(artifact, bytes, knowing),
        Body::Large { open, len } => large::read(artifact, open, *len, knowing),
    }))
    .unwrap_or_else(|_| lost(artifact, knowing, Why::Bug))
}

/// Finds the secrets of an artifact that is held whole, and nothing else: what a history is read for.
pub fn read_secrets(artifact: &Artifact, knowing: &Knowledge) -> Reading {
    let read = || {
        let Body::Whole(bytes) = &artifact.body else { return Reading::default() };
        let Some(text) = decode(bytes) else { return Reading::default() };
        let doc = Doc { path: &artifact.path, home: &artifact.home, text: &text.text };
        let mut drafts = Drafts::default();
        secrets::read(&doc, knowing, &mut drafts);
        if drafts.facts.is_empty() {
            return Reading::default();
        }
        tell_file(&mut drafts, bytes, knowing);
        let mut sealer = Sealer::new(&doc, &drafts.marks, knowing, Base::Whole);
        if let Provenance::Commit(id) = &artifact.provenance {
            sealer.commit = Some(Clean::ours(id));
        }
        sealer.seal(drafts, &[])
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| lost(artifact, knowing, Why::Bug))
}

/// Whether a file of this name is read whole in every version of a history, for its name says what is in it.
pub fn told_by_name(name: &str) -> bool {
    secrets::told_by_name(name)
}

/// A path, or a word that a user typed, with its secrets redacted: names can hold them too.
pub fn clean_path(path: &str, knowing: &Knowledge) -> Clean {
    redactor("", &path_marks(path, knowing)).clean(path)
}

/// The secrets in a path, folder by folder: what is asked of a name must not run on into the next. They count by value only, for
/// their positions are not positions in a text.
fn path_marks(path: &str, knowing: &Knowledge) -> Vec<Mark> {
    let mut all = Vec::new();
    for name in path.split('/') {
        let mut marks = Vec::new();
        secrets::marks(name, knowing, &mut marks);
        for mark in marks {
            let raw = name.get(mark.start..mark.end).filter(|raw| *raw != mark.value).map(str::to_owned);
            all.extend(raw.map(|value| Mark { start: 0, end: 0, value, ..mark }));
            all.push(Mark { start: 0, end: 0, ..mark });
        }
    }
    all
}

fn redactor(text: &str, marks: &[Mark]) -> Redactor {
    let mut secrets = Vec::new();
    for mark in marks {
        let instead = crate::artifact::mask(&mark.value, mark.public_prefix);
        if let Some(raw) = text.get(mark.start..mark.end).filter(|raw| *raw != mark.value) {
            secrets.push((raw.to_owned(), instead.clone()));
        }
        secrets.push((mark.value.clone(), instead));
    }
    Redactor::new(secrets)
}

fn lost(artifact: &Artifact, knowing: &Knowledge, why: Why) -> Reading {
    not_read(&Lost { path: artifact.path.clone(), why }, knowing)
}

/// What remains of something that could not be opened, or not be unpacked.
pub fn not_read(lost: &Lost, knowing: &Knowledge) -> Reading {
    let path = catch_unwind(AssertUnwindSafe(|| clean_path(&lost.path, knowing))).unwrap_or_else(|_| Clean::ours("(unnamed)"));
    Reading {
        artifacts: vec![ArtifactRow { path: path.clone(), kind: None, read: Read::None, why: Some(lost.why), sha256: None }],
        unread: vec![Unread { path, why: lost.why }],
        ..Reading::default()
    }
}

/// A container whose members were read, and why not all of them.
pub fn opened(path: &str, kind: &'static str, why: Option<Why>, knowing: &Knowledge) -> Reading {
    let lost = Lost { path: path.to_owned(), why: why.unwrap_or(Why::BrokenContainer) };
    let mut reading = not_read(&lost, knowing);
    for row in &mut reading.artifacts {
        (row.kind, row.why) = (Some(Clean::ours(kind)), why);
        row.read = if why.is_some() { Read::Partial } else { Read::Full };
    }
    if why.is_none() {
        reading.unread.clear();
    }
    reading
}

fn whole(artifact: &Artifact, bytes: &[u8], knowing: &Knowledge) -> Reading {
    let Some(text) = decode(bytes) else {
        return lost(artifact, knowing, Why::Binary);
    };
    let doc = Doc { path: &artifact.path, home: &artifact.home, text: &text.text };
    let mut drafts = Drafts::default();
    let hits = knowing.secrets.scan(doc.text);
    if !ownership::read(&doc, &mut drafts)
        && !export::read_mapped(&doc, &knowing.tables, &mut drafts)
        && !export::read(&doc, hits.announces, &mut drafts)
    {
        prose::read(&doc, knowing, &mut drafts);
    } else if drafts.kind == Some(export::TICKETS) {
        // the columns say who asked and who agreed; what was done stands in the text
        prose::read_told(&doc, knowing, &mut drafts);
    }
    if drafts.kind.is_none() && drafts.unread.is_empty() && is_cut(&doc) {
        drafts.unread.push(Why::Truncated { line: Lines::new(doc.text).position(doc.text.len()).0 });
    }
    secrets::read_at(&doc, &hits, knowing, &mut drafts);
    public_key::read(&doc, &mut drafts);
    tell_file(&mut drafts, bytes, knowing);
    let sealer = Sealer::new(&doc, &drafts.marks, knowing, Base::Whole);
    let (kind, partial) = (drafts.kind, drafts.unread.clone());
    let mut reading = sealer.seal(drafts, &allowances(&doc));
    let path = sealer.path();
    if kind.is_some() || !partial.is_empty() {
        reading.artifacts.push(ArtifactRow {
            path: path.clone(),
            kind: kind.map(Clean::ours),
            read: match partial.first() {
                None => Read::Full,
                Some(_) if reading.facts.iter().all(|f| f.kind == Kind::Sighting) => Read::None,
                Some(_) => Read::Partial,
            },
            why: partial.first().copied(),
            sha256: Some(Clean::ours(&hex(&Sha256::digest(bytes)))),
        });
    }
    reading.unread.extend(partial.into_iter().map(|why| Unread { path: path.clone(), why }));
    reading
}

/// Says of each secret and key which file holds it, so that copies of one file can be told from places of their own.
fn tell_file(drafts: &mut Drafts, bytes: &[u8], knowing: &Knowledge) {
    let mut digest = None;
    for fact in &mut drafts.facts {
        let field = match fact.kind {
            Kind::Sighting => sighting::FILE,
            Kind::KeyUse => key_use::FILE,
            _ => continue,
        };
        let digest = digest.get_or_insert_with(|| blake3::keyed_hash(&knowing.salt, bytes).to_hex().to_string());
        fact.say(field, digest.as_str());
    }
}

/// Whether a JSON file opens a bracket that it does not close: it may have been an export.
fn is_cut(doc: &Doc<'_>) -> bool {
    let text = doc.text.trim();
    if doc.extension() != "json" || !text.starts_with(['{', '[']) {
        return false;
    }
    // settings have comments, and those may hold anything
    !text.ends_with(['}', ']']) || (!text.contains("//") && !text.contains("/*") && crate::tree::leaves_open(text))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Allowances of one artifact, and bytes of a reason, that are read. More is no comment of a person.
const ALLOWANCES: usize = 2000;
const REASON: usize = 200;

/// What an allowing comment begins with.
const ALLOW: &str = "sidedoor:allow";

/// A comment that allows a finding, still raw: bytes of the comment and of the line it speaks of.
struct Allowed {
    at: usize,
    until: usize,
    rule: String,
    because: String,
}

/// `sidedoor:allow RULE because …` in any comment.
fn allowances(doc: &Doc<'_>) -> Vec<Allowed> {
    memchr::memmem::find_iter(doc.text.as_bytes(), ALLOW)
        .take(ALLOWANCES)
        .filter_map(|at| {
            let rest = doc.text.get(at + ALLOW.len()..)?;
            let line = rest.lines().next()?;
            let reason = line.char_indices().nth(REASON).and_then(|(end, _)| line.get(..end)).unwrap_or(line);
            let words = reason.trim().trim_end_matches("-->").trim_end_matches("*/").trim();
            let (rule, because) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
            let after = at + ALLOW.len() + line.len();
            let mut lines = doc.text.get(after..)?.split_inclusive('\n');
            let mut start = after + lines.next().map_or(0, str::len);
            let mut until = at;
            for line in lines.take(8) {
                if !line.trim().is_empty() && !line.contains(ALLOW) {
                    until = start;
                    break;
                }
                start += line.len();
            }
            (!rule.is_empty()).then(|| Allowed { at, until, rule: rule.to_owned(), because: because.trim().to_owned() })
        })
        .collect()
}

/// How often the pattern of that id, and no other, finds a secret in a text. For the examples in rule files.
pub fn secret_spans(text: &str, pattern: &str, knowing: &Knowledge) -> usize {
    secrets::hits(text, pattern, knowing)
}
