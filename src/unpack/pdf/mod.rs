//! PDF: the text layer, read in a child process that limits its own time and memory before it sees a byte of the file.
//!
//! The child is this program itself, called with a hidden command. Whoever uses the library without the program has no child to call,
//! and then a PDF is told as not read.

#[cfg(all(feature = "pdf", unix))]
mod child;
#[cfg(all(feature = "pdf", unix))]
mod text;

use crate::artifact::Why;

/// The mark of a PDF stands in its first bytes; some programs write a few of their own before it.
const HEAD: usize = 1024;

/// Whether bytes are a PDF.
pub(super) fn is_pdf(bytes: &[u8]) -> bool {
    // with its version behind it: a program that looks for the mark is none
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    memchr::memmem::find_iter(head, b"%PDF-").any(|at| head.get(at + 5).is_some_and(u8::is_ascii_digit))
}

/// The text of a PDF and why it is not all of it, or why there is none.
#[cfg(all(feature = "pdf", unix))]
pub(super) fn read(bytes: &[u8]) -> Result<(String, Option<Why>), Why> {
    child::read(bytes)
}

/// The text of a PDF and why it is not all of it, or why there is none.
#[cfg(not(all(feature = "pdf", unix)))]
pub(super) fn read(_: &[u8]) -> Result<(String, Option<Why>), Why> {
    Err(Why::Pdf)
}

#[cfg(all(feature = "pdf", unix))]
pub use child::{serve, use_program};
