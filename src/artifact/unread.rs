//! What could not be read, and what was recognised.

use super::Clean;
use serde::{Deserialize, Serialize};

/// Something that was found and not, or not wholly, read. In every report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Unread {
    /// Path relative to its root.
    pub path: Clean,
    /// Why.
    pub why: Why,
}

/// Why something was not, or not wholly, read. Closed and with a position: messages of libraries quote the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "because")]
pub enum Why {
    /// The system refused: no permission.
    Denied,
    /// It was gone, or a link leads nowhere.
    Missing,
    /// Any other error of the system while reading.
    Io,
    /// A link leads back to a folder above it.
    Loop,
    /// Not a file: a device, pipe or socket.
    Special,
    /// It holds no text.
    Binary,
    /// The text ends in the middle of a value.
    Truncated {
        /// Line of the cut.
        line: u32,
    },
    /// The syntax is broken.
    Malformed {
        /// Line of the fault.
        line: u32,
    },
    /// Nested deeper than a document may be.
    TooDeep {
        /// Line of the fault.
        line: u32,
    },
    /// More nodes or aliases than a document may have.
    TooManyNodes {
        /// Line of the fault.
        line: u32,
    },
    /// Too large for this reader; it was searched for secrets only. Bytes.
    TooLarge {
        /// Its length.
        bytes: u64,
    },
    /// A record of an export that is read in parts is itself too large; what comes after it was searched for secrets only.
    HugeRecord,
    /// Facts of a very large export that say the same as others that were kept.
    Alike {
        /// How many.
        count: u32,
    },
    /// The exporting program wrote an error instead of data.
    ErrorBody,
    /// A page of an export; the next one was not given.
    MorePages,
    /// Rows with too few or too many cells were skipped.
    Rows {
        /// How many.
        count: u32,
    },
    /// Policies that are attached, and whose documents the export leaves out.
    Unresolved {
        /// How many.
        count: u32,
    },
    /// A container, or a member of one, is encrypted.
    Encrypted,
    /// A container ends too early or contradicts itself; what could be read of it was.
    BrokenContainer,
    /// A container, or a member of one, is packed in a way that is not read.
    Packing,
    /// A PDF, and this build does not read them.
    Pdf,
    /// A PDF of pictures: it has no text layer.
    NoTextLayer,
    /// It is written in a language that no lexicon knows.
    Language,
    /// It records what was said or done on a day, or tests a program: what it tells of is no rule of the house.
    Record,
    /// Reading it took too long, and was stopped.
    Slow {
        /// How long it was given.
        seconds: u64,
    },
    /// A limit for containers or encodings was hit; what lies beyond it was not read.
    Limit {
        /// Which.
        of: Limit,
    },
    /// The repository belongs to another user, and git refuses it.
    Owner,
    /// A shallow clone: its older commits are elsewhere.
    Shallow,
    /// A partial clone: some of its objects are elsewhere.
    PartialClone,
    /// An object of a history that is too large.
    HugeObject,
    /// An object of a history that git cannot read.
    Damaged,
    /// More objects that git cannot read than are named.
    MoreDamaged {
        /// How many.
        count: u32,
    },
    /// Refs that lead to no commit that is there.
    DeadRefs {
        /// How many.
        count: u32,
    },
    /// Packs of a repository that could not be opened, or not be read to the end.
    BrokenPacks {
        /// How many.
        count: u32,
    },
    /// Another export of the same thing says otherwise and is newer by its own dates: that one counts.
    Superseded {
        /// How many of its statements do not count.
        count: u32,
    },
    /// Another export of the same thing says otherwise, and neither tells which is newer: both count.
    Disagrees {
        /// How many of its statements are contradicted.
        count: u32,
    },
    /// Another folder holds an export of a tenant that is called the same and is another one: the two are told apart by folder.
    SameName,
    /// Groups that policies name and the export of groups does not hold.
    Dangling {
        /// How many.
        count: u32,
    },
    /// The index holds it in conflict: it has no one content.
    Conflict,
    /// A reader failed: a bug in sidedoor.
    Bug,
}

/// The limits for containers and encodings; `docs/containers.md` says why they are what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// Containers in containers.
    Depth,
    /// Members.
    Entries,
    /// Bytes of a member.
    Member,
    /// Bytes of all members.
    Total,
    /// Bytes out for bytes in.
    Ratio,
    /// Bytes of a container that must be held whole.
    Container,
    /// Bytes of encoded text in a text.
    Decoded,
    /// Time or memory of the process that reads a PDF.
    Process,
}

/// Something that was found and cannot be opened. The path is raw.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lost {
    /// Path in reports, raw.
    pub path: String,
    /// Why.
    pub why: Why,
}

impl Why {
    /// The reason for an error of the system.
    pub fn of(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::PermissionDenied => Self::Denied,
            std::io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Io,
        }
    }

    /// The same reason in a text that begins so many lines further down.
    #[must_use]
    pub fn below(self, lines: u32) -> Self {
        match self {
            Self::Truncated { line } => Self::Truncated { line: line + lines },
            Self::Malformed { line } => Self::Malformed { line: line + lines },
            Self::TooDeep { line } => Self::TooDeep { line: line + lines },
            Self::TooManyNodes { line } => Self::TooManyNodes { line: line + lines },
            other => other,
        }
    }

    /// Whether something was lost that could have been read. A binary file has no text to lose.
    pub fn is_loss(self) -> bool {
        !matches!(self, Self::Binary) && !self.is_note()
    }

    /// Whether it was read, and something has to be known about it all the same.
    pub fn is_note(self) -> bool {
        matches!(self, Self::Superseded { .. } | Self::Disagrees { .. } | Self::SameName | Self::Dangling { .. })
    }

    /// The reason in words that quote nothing.
    pub fn words(self) -> String {
        match self {
            Self::Denied => "permission denied".into(),
            Self::Missing => "it is missing, or a link leads nowhere".into(),
            Self::Io => "the system could not read it".into(),
            Self::Loop => "a link leads back to a folder above it".into(),
            Self::Special => "it is not a regular file".into(),
            Self::Binary => "it is a binary file".into(),
            Self::Truncated { line } => format!("it ends in the middle of a value (line {line})"),
            Self::Malformed { line } => format!("the syntax is broken at line {line}"),
            Self::TooDeep { line } => format!("it is nested too deeply at line {line}"),
            Self::TooManyNodes { line } => format!("it has too many nodes or aliases (line {line})"),
            Self::TooLarge { bytes } => format!("it is too large ({} MiB): searched for secrets only", bytes / (1024 * 1024)),
            Self::HugeRecord => "a record of it is larger than 8 MiB: the rest was searched for secrets only".into(),
            Self::Alike { count } => format!("it is very large: {count} facts that say the same as others were not kept"),
            Self::ErrorBody => "it holds an error message of the exporting program, not data".into(),
            Self::MorePages => "it is one page of an export, and the next was not given".into(),
            Self::Rows { count } => format!("{count} row{} had the wrong number of cells", if count == 1 { "" } else { "s" }),
            Self::Unresolved { count } => {
                format!(
                    "{count} attached polic{} without a document: what they allow is not known",
                    if count == 1 { "y comes" } else { "ies come" }
                )
            }
            Self::Encrypted => "it is encrypted".into(),
            Self::BrokenContainer => "the archive is broken: only what comes before the fault was read".into(),
            Self::Language => "it is written in a language that is not known: its procedures are not assessed".into(),
            Self::Record => "it records what was said, done or tried: nothing in it is assessed as a procedure".into(),
            Self::Slow { seconds } => format!("it took longer than {seconds} s"),
            Self::Packing => "it is packed in a way that is not read".into(),
            Self::Pdf => "it is a PDF, and this build reads none (cargo install sidedoor --features pdf)".into(),
            Self::NoTextLayer => "it is a PDF of pictures, without a text layer".into(),
            Self::Limit { of } => match of {
                Limit::Depth => "a container in too many containers: it was not opened",
                Limit::Entries => "it has too many members: only the first were read",
                Limit::Member => "it is too large for a member of a container: only its beginning was read",
                Limit::Total => "it holds too many bytes when unpacked: only the first were read",
                Limit::Ratio => "it unpacks to far more than its size, as bombs do: only its beginning was read",
                Limit::Decoded => "it holds more encoded text than is decoded: what is beyond was searched as it stands",
                Limit::Process => "reading it took more time or memory than a document may cost",
                Limit::Container => "it is too large a container to be opened",
            }
            .into(),
            Self::Owner => "the repository belongs to another user: git reads it once it is named in safe.directory".into(),
            Self::Shallow => "it is a shallow clone: older commits are not here (git fetch --unshallow)".into(),
            Self::PartialClone => "it is a partial clone: some objects are not here (git fetch --refetch)".into(),
            Self::HugeObject => "it is larger than 64 MiB".into(),
            Self::Damaged => "git cannot read it: it is damaged or missing".into(),
            Self::MoreDamaged { count } => format!("{count} more objects are damaged or missing"),
            Self::DeadRefs { count } => format!("{count} ref{} to no commit that is here", if count == 1 { " leads" } else { "s lead" }),
            Self::BrokenPacks { count } => {
                format!("{count} pack file{} damaged, or without an index", if count == 1 { " is" } else { "s are" })
            }
            Self::Superseded { count } => {
                let (s, do_not) = if count == 1 { ("", "does") } else { ("s", "do") };
                format!("{count} statement{s} in it {do_not} not count: a newer export says otherwise")
            }
            Self::Disagrees { count } => {
                let (s, is) = if count == 1 { ("", "is") } else { ("s", "are") };
                format!("{count} statement{s} in it {is} contradicted by another export, and neither says which is newer: both count")
            }
            Self::SameName => "its tenant is called like another one's: the two are told apart by folder".into(),
            Self::Dangling { count } => {
                let (s, is) = if count == 1 { ("", "is") } else { ("s", "are") };
                format!("{count} group{s} that policies name {is} not in the export of groups: who is meant is not known")
            }
            Self::Conflict => "it is in conflict: resolve it and add it".into(),
            Self::Bug => "a reader failed on it: please report this bug".into(),
        }
    }
}

/// What was recognised, and how much of it was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ArtifactRow {
    /// Path relative to its root.
    pub path: Clean,
    /// `vendor.thing`, or nothing for plain text.
    pub kind: Option<Clean>,
    /// How much was read.
    pub read: Read,
    /// Why not all of it.
    pub why: Option<Why>,
    /// SHA-256 of the bytes, lower-case hex; nothing for what could not be opened.
    pub sha256: Option<Clean>,
}

/// How much of an artifact was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Read {
    /// All of it.
    Full,
    /// A part of it: see why.
    Partial,
    /// None of it: see why.
    None,
}
