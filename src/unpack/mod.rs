//! Containers: an artifact in, its members out, each an artifact of its own whose path says the whole way
//! (`backup.zip!/conf/app.env`).
//!
//! Bytes decide what is a container, never a name alone. Nothing touches the disk, one member is held at a time, and every limit that is
//! hit, every member that is encrypted or broken, is a piece of its own: nothing is left out silently.

mod budget;
mod mail;
mod notebook;
mod office;
pub mod pdf;
mod tar;
mod xml;
mod zip;

use crate::artifact::{Artifact, Body, Limit, Lost, Provenance, Why};
use budget::{Budget, Metered};
use flate2::read::MultiGzDecoder;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Containers in containers. A release in a backup in a mail is three; nobody packs deeper but to hide or to bomb.
const DEPTH: usize = 3;
/// A longer name of a member was not given by a person, in bytes.
const NAME: usize = 1024;
/// So much of a stream tells what it is: a tar archive has its mark at byte 257.
const HEAD: usize = 512;

/// What comes out of a container.
#[derive(Debug)]
pub enum Piece {
    /// A member, or the artifact itself if it is no container.
    Artifact(Artifact),
    /// A member, or a container, that was not or not wholly unpacked.
    Lost(Lost),
    /// A container that was opened: its path, what it is, and why not all of it was unpacked.
    Opened(String, &'static str, Option<Why>),
}

/// Calls `see` with everything that is in an artifact, down to a small depth; with the artifact itself if it is no container.
pub fn each(artifact: Artifact, see: &mut dyn FnMut(Piece)) {
    let Artifact { path, home, provenance, body } = artifact;
    let mut walk = Walk { home, provenance, budget: Budget::default(), see };
    let name = path.clone();
    // a bug in a decoder costs this container only
    let done = catch_unwind(AssertUnwindSafe(|| match body {
        Body::Whole(bytes) => walk.enter(path, bytes, 0),
        Body::Large { open, len } => {
            let head = open().ok().map(|mut stream| budget::head(&mut stream, HEAD).0).unwrap_or_default();
            match Format::of(&head) {
                None => walk.give(path, Body::Large { open, len }),
                Some(Format::Gzip) => match open() {
                    Ok(mut stream) => walk.gzip(path, &mut stream, len, 0),
                    Err(error) => walk.lost(path, Why::of(&error)),
                },
                Some(Format::Tar) => match open() {
                    Ok(mut stream) => walk.tar(path, &mut stream, 0),
                    Err(error) => walk.lost(path, Why::of(&error)),
                },
                Some(Format::Zip) => walk.lost(path, Why::Limit { of: Limit::Container }),
                Some(Format::Other) => walk.lost(path, Why::Packing),
            }
        }
    }));
    if done.is_err() {
        walk.lost(name, Why::Bug);
    }
}

/// Whether bytes are a container that [`each`] would open: for those who choose what to read, such as a history.
pub fn is_container(bytes: &[u8]) -> bool {
    matches!(Format::of(bytes), Some(Format::Zip | Format::Gzip | Format::Tar))
}

/// What a container is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Zip,
    Gzip,
    Tar,
    /// A container that is known and not read: 7z, rar, xz, bzip2, zstd, lz4, a cabinet.
    Other,
}

impl Format {
    fn of(head: &[u8]) -> Option<Self> {
        const OTHERS: [&[u8]; 8] = [
            b"7z\xbc\xaf\x27\x1c",
            b"Rar!\x1a\x07",
            b"\xfd7zXZ\0",
            b"BZh",
            b"\x28\xb5\x2f\xfd",
            // lz4, cabinets, and compress
            b"\x04\x22\x4d\x18",
            b"MSCF\0\0\0\0",
            b"\x1f\x9d\x90",
        ];
        match () {
            () if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") => Some(Self::Zip),
            () if head.starts_with(b"\x1f\x8b\x08") => Some(Self::Gzip),
            () if tar::is_tar(head) => Some(Self::Tar),
            // three letters are too few: the block behind them has a mark of its own
            () if OTHERS.iter().any(|o| head.starts_with(o)) && (head.first() != Some(&b'B') || head.get(4..10) == Some(b"1AY&SY")) => {
                Some(Self::Other)
            }
            () => None,
        }
    }
}

struct Walk<'s> {
    home: String,
    provenance: Provenance,
    budget: Budget,
    see: &'s mut dyn FnMut(Piece),
}

impl Walk<'_> {
    fn give(&mut self, path: String, body: Body) {
        (self.see)(Piece::Artifact(Artifact { path, home: self.home.clone(), provenance: self.provenance.clone(), body }));
    }

    fn lost(&mut self, path: String, why: Why) {
        (self.see)(Piece::Lost(Lost { path, why }));
    }

    fn opened(&mut self, path: String, kind: &'static str, why: Option<Why>) {
        (self.see)(Piece::Opened(path, kind, why));
    }

    /// Bytes that are held: a container is opened, all else is given. `depth` counts the containers around them.
    fn enter(&mut self, path: String, bytes: Vec<u8>, depth: usize) {
        match Format::of(&bytes) {
            None => {
                if let Some(cells) = notebook::read(&path, &bytes) {
                    self.texts(&path, cells);
                    self.opened(path, "document.notebook", None);
                } else if let Some(mail) = mail::read(&path, &bytes) {
                    self.mail(path, mail, depth);
                } else if pdf::is_pdf(&bytes) {
                    self.pdf(path, bytes);
                } else {
                    self.give(path, Body::Whole(bytes));
                }
            }
            Some(Format::Other) => self.lost(path, Why::Packing),
            Some(_) if depth >= DEPTH => self.lost(path, Why::Limit { of: Limit::Depth }),
            Some(Format::Gzip) => self.gzip(path, &mut bytes.as_slice(), bytes.len() as u64, depth),
            Some(Format::Tar) => self.tar(path, &mut bytes.as_slice(), depth),
            Some(Format::Zip) => self.zip(path, &bytes, depth),
        }
    }

    /// A member of a container: read, and opened in its turn.
    fn member(&mut self, path: String, stream: &mut dyn Read, depth: usize) {
        let (bytes, why) = budget::read(stream, budget::MEMBER);
        if let Some(why) = why {
            self.lost(path.clone(), why);
        }
        if !bytes.is_empty() {
            self.enter(path, bytes, depth + 1);
        }
    }

    /// Texts of a document under their names; one without a name is the document's own.
    fn texts(&mut self, path: &str, texts: Vec<(String, String)>) {
        for (name, text) in texts {
            let path = if name.is_empty() { path.to_owned() } else { inside(path, &name) };
            self.give(path, Body::Whole(text.into_bytes()));
        }
    }

    /// The text layer of a PDF.
    fn pdf(&mut self, path: String, bytes: Vec<u8>) {
        match pdf::read(&bytes) {
            Ok((text, why)) => {
                self.texts(&path, vec![(String::new(), text)]);
                self.opened(path, "document.pdf", why);
            }
            Err(why) => {
                // one that is not packed is a text to be searched
                if std::str::from_utf8(&bytes).is_ok() {
                    self.give(path.clone(), Body::Whole(bytes));
                }
                self.lost(path, why);
            }
        }
    }

    /// The text of a mail, and what is attached to it.
    fn mail(&mut self, path: String, mail: mail::Mail, depth: usize) {
        let mut why = mail.cut.then_some(Why::Limit { of: Limit::Entries });
        self.texts(&path, vec![(String::new(), mail.text)]);
        for (name, bytes) in mail.attached.into_iter().filter(|a| !a.1.is_empty()) {
            // a mail in a mail in a mail has an end, too: its own text is read, what it carries is not
            let limit = if depth >= DEPTH { Some(Limit::Depth) } else { (!self.budget.entry()).then_some(Limit::Entries) };
            if let Some(of) = limit {
                why = Some(Why::Limit { of });
                break;
            }
            self.enter(inside(&path, &name), bytes, depth + 1);
        }
        self.opened(path, "document.mail", why);
    }

    /// One file, or a tar archive, which counts as one container with its wrapping.
    fn gzip(&mut self, path: String, stream: &mut dyn Read, packed: u64, depth: usize) {
        let budget = self.budget.clone();
        let mut out = Metered::new(MultiGzDecoder::new(stream), packed, &budget);
        let (head, fault) = budget::head(&mut out, HEAD);
        if tar::is_tar(&head) {
            return self.tar(path, &mut head.as_slice().chain(out), depth);
        }
        let name = path.rsplit('/').next().unwrap_or(&path);
        let stem = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".GZ")).unwrap_or(name);
        let stem = stem.strip_suffix(".tgz").map_or_else(|| stem.to_owned(), |s| format!("{s}.tar"));
        let inner = inside(&path, &stem);
        self.opened(path, "container.gzip", fault);
        match fault {
            Some(_) if head.is_empty() => {}
            Some(_) => self.enter(inner, head, depth + 1),
            None => self.member(inner, &mut head.as_slice().chain(out), depth),
        }
    }

    fn tar(&mut self, path: String, stream: &mut dyn Read, depth: usize) {
        let mut reader = tar::Tar::new(stream);
        let why = loop {
            let entry = match reader.next() {
                Ok(Some(entry)) => entry,
                Ok(None) => break None,
                Err(why) => break Some(why),
            };
            if !self.budget.entry() {
                break Some(Why::Limit { of: Limit::Entries });
            }
            let inner = inside(&path, &entry.name);
            match entry.kind {
                tar::Kind::File => self.member(inner, &mut reader, depth),
                tar::Kind::Sparse => self.lost(inner, Why::Packing),
                tar::Kind::Empty => {}
            }
        };
        self.opened(path, "container.tar", why);
    }

    fn zip(&mut self, path: String, bytes: &[u8], depth: usize) {
        let archive = zip::Zip::open(bytes);
        let mut why = archive.is_broken().then_some(Why::BrokenContainer);
        let document = office::Document::of(&archive);
        let budget = self.budget.clone();
        let kind = document.as_ref().map_or("container.zip", office::Document::kind);
        let mut parts = Vec::new();
        for entry in archive.entries() {
            if !self.budget.entry() {
                why = Some(Why::Limit { of: Limit::Entries });
                break;
            }
            let inner = inside(&path, &entry.name);
            match archive.data(&entry) {
                Ok(None) => {}
                Err(why) => self.lost(inner, why),
                Ok(Some(data)) => {
                    let mut data = Metered::new(data, entry.packed, &budget);
                    // parts of a document are put together to the text that its readers see
                    if document.as_ref().is_some_and(|d| d.wants(&entry.name)) && parts.len() < office::PARTS {
                        let (bytes, why) = budget::read(&mut data, budget::PART);
                        why.into_iter().for_each(|why| self.lost(inner.clone(), why));
                        parts.push((entry.name.to_string(), bytes));
                    } else {
                        self.member(inner, &mut data, depth);
                    }
                }
            }
        }
        for (name, text, fault) in document.iter().flat_map(|d| d.texts(&mut parts)) {
            if let Some(why) = fault {
                self.lost(if name.is_empty() { path.clone() } else { inside(&path, &name) }, why);
            }
            self.texts(&path, vec![(name, text)]);
        }
        self.opened(path, kind, why);
    }
}

/// The path of a member. Its name is shown and never used: folders above, roots and drives mean nothing here.
fn inside(path: &str, name: &str) -> String {
    let short = name.char_indices().nth(NAME).and_then(|(end, _)| name.get(..end)).unwrap_or(name);
    let parts: Vec<&str> = short.split(['/', '\\']).filter(|p| !matches!(*p, "" | "." | "..")).collect();
    format!("{path}!/{}", if parts.is_empty() { "(unnamed)".to_owned() } else { parts.join("/") })
}

#[cfg(test)]
mod tests;
