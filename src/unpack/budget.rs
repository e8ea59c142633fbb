//! What a container may cost: bytes out, bytes out for bytes in, members. The limits hold for an outermost container with all that is
//! in it, so that nesting buys a bomb nothing.

use crate::artifact::{Limit, Why};
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// Bytes of a member: what is held whole of a file, too.
pub(super) const MEMBER: usize = 64 * 1024 * 1024;
/// Bytes of a part of an office document. Several are held at once, and a text of so many bytes is a library.
pub(super) const PART: usize = 16 * 1024 * 1024;
/// Bytes that all decoders of one outermost container may give: a few seconds of work.
const TOTAL: u64 = 256 * 1024 * 1024;
/// Members of one outermost container: the jar of a large server has some tens of thousands.
const ENTRIES: u32 = 50_000;
/// Bytes out for each byte in. Logs reach 50; a bomb reaches 1,032, the most that deflate can do.
const RATIO: u64 = 200;
/// Small things may be blown up: a megabyte of zeros harms nobody.
const FREE: u64 = 1024 * 1024;

/// What is left, shared by all decoders of an outermost container.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    bytes: Rc<Cell<u64>>,
    entries: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self { bytes: Rc::new(Cell::new(TOTAL)), entries: ENTRIES }
    }
}

impl Budget {
    /// Pays for a member, if there is enough.
    pub(super) fn entry(&mut self) -> bool {
        let enough = self.entries > 0;
        self.entries = self.entries.saturating_sub(1);
        enough
    }
}

/// The output of a decoder, paid for byte by byte.
pub(super) struct Metered<R> {
    inner: R,
    /// What this decoder may give, for its input.
    most: u64,
    total: Rc<Cell<u64>>,
}

impl<R: Read> Metered<R> {
    pub(super) fn new(inner: R, packed: u64, budget: &Budget) -> Self {
        Self { inner, most: packed.saturating_mul(RATIO).max(FREE), total: Rc::clone(&budget.bytes) }
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        let (most, total) = (self.most.checked_sub(n as u64), self.total.get().checked_sub(n as u64));
        self.most = most.unwrap_or(0);
        self.total.set(total.unwrap_or(0));
        match (most, total) {
            (None, _) => Err(io::Error::other(Hit(Limit::Ratio))),
            (_, None) => Err(io::Error::other(Hit(Limit::Total))),
            _ => Ok(n),
        }
    }
}

/// A limit on its way through `io::Error`.
#[derive(Debug)]
struct Hit(Limit);

impl std::fmt::Display for Hit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a limit was hit")
    }
}

impl std::error::Error for Hit {}

/// Why a stream of a container failed: a limit, or it is broken.
pub(super) fn fault(error: &io::Error) -> Why {
    match error.get_ref().and_then(|e| e.downcast_ref::<Hit>()) {
        Some(Hit(of)) => Why::Limit { of: *of },
        None => Why::BrokenContainer,
    }
}

/// Reads a stream to its end, at most so many bytes. What was read before a fault is worth reading.
pub(super) fn read(stream: &mut dyn Read, most: usize) -> (Vec<u8>, Option<Why>) {
    let mut out = Vec::new();
    let mut stream = stream.take(most as u64 + 1);
    let why = stream.read_to_end(&mut out).err().map(|e| fault(&e));
    let why = why.or_else(|| (out.len() > most).then_some(Why::Limit { of: Limit::Member }));
    out.truncate(most);
    (out, why)
}

/// The first bytes of a stream, and why there are no more of them.
pub(super) fn head(stream: &mut dyn Read, most: usize) -> (Vec<u8>, Option<Why>) {
    let mut out = Vec::new();
    let why = stream.take(most as u64).read_to_end(&mut out).err().map(|e| fault(&e));
    (out, why)
}
