//! The objects of a repository, numbered, and every object of one kind in a single pass.
//!
//! Packs are read in bulk by `gix-pack`, which resolves each delta once, from base to children; loose objects, and packs that are
//! broken, go through git2 object by object, so that one bad object costs itself and no other.

use git2::{ObjectType, Oid, Repository};
use gix_pack::cache::delta::{Tree, traverse};
use gix_pack::data::entry::Header;
use gix_utils::progress::Discard;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// A single object may take so much memory while its pack is read; a larger one is named as not read.
const OBJECT_LIMIT: u64 = 64 * 1024 * 1024;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Commit,
    Tree,
    Blob,
    /// Too large to read.
    Large,
    /// A tag, or what nobody can tell.
    Other,
}

/// The number of an object in order of its id.
pub(super) type Number = u32;

#[derive(Debug, Clone, Copy)]
struct Origin {
    /// The pack, or [`LOOSE`].
    pack: u16,
    /// Its place in the index of the pack, or in the list of loose objects.
    index: u32,
}

const LOOSE: u16 = u16::MAX;

struct Pack {
    index: gix_pack::index::File,
    data: gix_pack::data::File,
    /// Offset and number of each of its objects, in order of offset.
    entries: Vec<(u64, Number)>,
}

/// The objects of a repository.
pub(super) struct Store {
    git_dir: PathBuf,
    packs: Vec<Pack>,
    loose: Vec<Oid>,
    /// By number.
    origins: Vec<Origin>,
    /// By number.
    kinds: Vec<Kind>,
    /// Where the numbers of ids with these first twenty bits begin.
    fan: Vec<u32>,
    /// The next 32 bits of every id, by number.
    tails: Vec<u32>,
    /// Files of packs that could not be opened.
    pub(super) broken: u32,
}

impl Store {
    /// Opens the object stores of a repository: its own, and those it borrows from.
    pub(super) fn open(git_dir: &Path) -> Self {
        let own = git_dir.join("objects");
        let mut stores = vec![own.clone()];
        #[allow(clippy::disallowed_methods)] // this is the room where files are opened
        let alternates = std::fs::read_to_string(own.join("info/alternates")).unwrap_or_default();
        for line in alternates.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
            stores.push(if Path::new(line).is_absolute() { PathBuf::from(line) } else { own.join(line) });
        }
        let mut broken = 0;
        let mut packs = Vec::new();
        for file in stores.iter().flat_map(|s| files(&s.join("pack"))) {
            let index = gix_pack::index::File::at(&file, gix_hash::Kind::Sha1);
            let data = gix_pack::data::File::at(file.with_extension("pack"), gix_hash::Kind::Sha1);
            match (index, data) {
                (Ok(index), Ok(data)) if packs.len() < usize::from(LOOSE) => {
                    // a pack that was cut ends in other bytes than its index says: what is left of it is read
                    broken += u32::from(data.checksum() != index.pack_checksum());
                    packs.push(Pack { index, data, entries: Vec::new() });
                }
                _ => broken += 1,
            }
        }
        let mut loose: Vec<Oid> = stores.iter().flat_map(|s| loose(s)).collect();
        loose.sort();
        loose.dedup();
        let mut store = Self {
            git_dir: git_dir.to_path_buf(),
            packs,
            loose,
            origins: Vec::new(),
            kinds: Vec::new(),
            fan: Vec::new(),
            tails: Vec::new(),
            broken,
        };
        store.number();
        store.classify();
        store
    }

    /// Gives every object its number; one that stands in several places has one.
    fn number(&mut self) {
        let mut all: Vec<([u8; 20], Origin)> = Vec::new();
        for (at, pack) in self.packs.iter().enumerate() {
            let count = pack.index.num_objects();
            all.reserve(count as usize);
            let id = |i: u32| pack.index.oid_at_index(i).as_bytes().try_into().unwrap_or([0; 20]);
            all.extend((0..count).map(|index| (id(index), Origin { pack: at as u16, index })));
        }
        let bytes = |oid: &Oid| oid.as_bytes().try_into().unwrap_or([0; 20]);
        all.extend(self.loose.iter().enumerate().map(|(i, oid)| (bytes(oid), Origin { pack: LOOSE, index: i as u32 })));
        // an index is sorted: for one pack there is nothing to do
        all.sort_by_key(|(id, origin)| (*id, origin.pack));
        let mut last = None;
        self.fan = vec![0; (1 << 20) + 1];
        for (id, origin) in all {
            if last != Some(id) {
                last = Some(id);
                if let Some(slot) = self.fan.get_mut(high(&id) + 1) {
                    *slot += 1;
                }
                self.tails.push(tail(&id));
                self.origins.push(origin);
            }
            let number = (self.origins.len() - 1) as Number;
            if let Some(pack) = self.packs.get_mut(usize::from(origin.pack)) {
                pack.entries.push((pack.index.pack_offset_at_index(origin.index), number));
            }
        }
        let mut sum = 0;
        for slot in &mut self.fan {
            sum += *slot;
            *slot = sum;
        }
        for pack in &mut self.packs {
            pack.entries.sort_unstable();
        }
    }

    /// Tells the kind of every object from the headers in the packs: a delta is of the kind of its base.
    fn classify(&mut self) {
        let mut kinds = vec![Kind::Other; self.origins.len()];
        for pack in &self.packs {
            // bases mostly come first; those named by id may come later, so a few rounds
            let mut waiting: Vec<(u64, Number)> = pack.entries.clone();
            for _ in 0..64 {
                let mut later = Vec::new();
                for (offset, number) in &waiting {
                    let Ok(entry) = pack.data.entry(*offset) else { continue };
                    let base = match entry.header {
                        Header::OfsDelta { base_distance } => offset.checked_sub(base_distance),
                        Header::RefDelta { base_id } => pack.index.lookup(base_id).map(|i| pack.index.pack_offset_at_index(i)),
                        Header::Commit | Header::Tree | Header::Blob | Header::Tag => None,
                    };
                    let kind = match entry.header {
                        _ if entry.decompressed_size > OBJECT_LIMIT => Kind::Large,
                        Header::Commit => Kind::Commit,
                        Header::Tree => Kind::Tree,
                        Header::Blob => Kind::Blob,
                        Header::Tag => Kind::Other,
                        Header::OfsDelta { .. } | Header::RefDelta { .. } => {
                            let at = base.and_then(|b| pack.entries.binary_search_by_key(&b, |e| e.0).ok());
                            let Some((_, base)) = at.and_then(|at| pack.entries.get(at)) else { continue };
                            match kinds.get(*base as usize) {
                                Some(Kind::Other) if base != number => {
                                    later.push((*offset, *number));
                                    continue;
                                }
                                Some(kind) => *kind,
                                None => continue,
                            }
                        }
                    };
                    if let Some(slot) = kinds.get_mut(*number as usize) {
                        *slot = kind;
                    }
                }
                let settled = later.len() == waiting.len() || later.is_empty();
                waiting = later;
                if settled {
                    break;
                }
            }
        }
        let unknown = self.origins.iter().zip(&kinds).enumerate().filter(|(_, (o, k))| o.pack == LOOSE || **k == Kind::Other);
        let unknown: Vec<usize> = unknown.map(|(number, _)| number).collect();
        let repository = Repository::open(&self.git_dir).ok();
        if let Some(odb) = repository.as_ref().and_then(|r| r.odb().ok()) {
            for number in unknown {
                let kind = match odb.read_header(self.id(number as Number)) {
                    Ok((size, _)) if size as u64 > OBJECT_LIMIT => Kind::Large,
                    Ok((_, ObjectType::Commit)) => Kind::Commit,
                    Ok((_, ObjectType::Tree)) => Kind::Tree,
                    Ok((_, ObjectType::Blob)) => Kind::Blob,
                    Ok(_) => Kind::Other,
                    // it may be any of them: the pass over blobs tries it, and names it
                    Err(_) => Kind::Blob,
                };
                if let Some(slot) = kinds.get_mut(number) {
                    *slot = kind;
                }
            }
        }
        self.kinds = kinds;
    }

    /// How many objects there are.
    pub(super) fn len(&self) -> usize {
        self.origins.len()
    }

    /// The id of an object.
    pub(super) fn id(&self, number: Number) -> Oid {
        let id = self.origins.get(number as usize).and_then(|origin| match origin.pack {
            LOOSE => self.loose.get(origin.index as usize).copied(),
            pack => {
                let pack = self.packs.get(usize::from(pack))?;
                Oid::from_bytes(pack.index.oid_at_index(origin.index).as_bytes()).ok()
            }
        });
        id.unwrap_or(Oid::ZERO_SHA1)
    }

    /// The number of the object with that id. Fifty-two bits decide; whoever must be sure compares [`Store::id`].
    pub(super) fn find(&self, id: &[u8; 20]) -> Option<Number> {
        let at = high(id);
        let (from, to) = (*self.fan.get(at)? as usize, *self.fan.get(at + 1)? as usize);
        let wanted = tail(id);
        let among = self.tails.get(from..to)?;
        among.iter().position(|t| *t == wanted).map(|i| (from + i) as Number)
    }

    /// Objects that were found and are too large to read.
    pub(super) fn large(&self) -> impl Iterator<Item = Number> {
        self.kinds.iter().enumerate().filter(|(_, k)| **k == Kind::Large).map(|(number, _)| number as Number)
    }

    /// Calls `visit` with every object of a kind, in no fixed order and on several threads; gives those that could not be read.
    pub(super) fn each(&self, kind: Kind, visit: &(dyn Fn(Number, &[u8]) + Sync)) -> Vec<Number> {
        let is = |number: Number| self.kinds.get(number as usize) == Some(&kind);
        let done: Vec<AtomicBool> = (0..self.len()).map(|_| AtomicBool::new(false)).collect();
        let once = |number: Number, bytes: &[u8]| {
            if is(number) && done.get(number as usize).is_some_and(|d| !d.swap(true, Ordering::Relaxed)) {
                visit(number, bytes);
            }
        };
        for pack in &self.packs {
            // what a broken pack does not give is asked for one by one below
            let _ = pack.each(&is, &once);
        }
        let rest: Vec<Number> =
            (0..self.len() as Number).filter(|n| is(*n) && done.get(*n as usize).is_some_and(|d| !d.load(Ordering::Relaxed))).collect();
        let lost = Mutex::new(Vec::new());
        rayon::scope(|scope| {
            for part in rest.chunks(rest.len().div_ceil(rayon::current_num_threads()).max(1)) {
                let (lost, once) = (&lost, &once);
                scope.spawn(move |_| {
                    let missing = self.one_by_one(part, &mut |number, bytes| once(number, bytes));
                    if let Ok(mut lost) = lost.lock() {
                        lost.extend(missing);
                    }
                });
            }
        });
        let mut lost = lost.into_inner().unwrap_or_default();
        lost.sort_unstable();
        lost
    }

    /// Reads some objects through git2, in their order; gives those that cannot be read.
    pub(super) fn one_by_one(&self, numbers: &[Number], visit: &mut dyn FnMut(Number, &[u8])) -> Vec<Number> {
        let repository = Repository::open(&self.git_dir).ok();
        let odb = repository.as_ref().and_then(|r| r.odb().ok());
        let mut lost = Vec::new();
        for number in numbers {
            match odb.as_ref().and_then(|odb| odb.read(self.id(*number)).ok()) {
                Some(object) => visit(*number, object.data()),
                None => lost.push(*number),
            }
        }
        lost
    }
}

impl Pack {
    /// The library keeps something for every object: their places in `entries`, in four bytes, and not what is there.
    fn each(&self, is: &dyn Fn(Number) -> bool, visit: &(dyn Fn(Number, &[u8]) + Sync)) -> Option<()> {
        // it reads headers from the first entry of a pack on: that is always given, whatever it is
        let wanted = self.entries.iter().enumerate().filter(|(at, (_, n))| *at == 0 || is(*n)).map(|(at, _)| at as u32);
        if !self.entries.iter().any(|(_, n)| is(*n)) {
            return Some(());
        }
        let entry = |at: &u32| self.entries.get(*at as usize).copied().unwrap_or_default();
        let go_on = AtomicBool::new(false);
        let base = |id: &gix_hash::oid| Ok(self.index.lookup(id).map(|i| self.index.pack_offset_at_index(i)));
        let tree =
            Tree::from_offsets_in_pack(self.data.path(), wanted, &|at| entry(at).0, &base, &mut Discard, &go_on, gix_hash::Kind::Sha1);
        let options = traverse::Options {
            object_progress: Box::new(Discard),
            size_progress: &mut Discard,
            thread_limit: Some(rayon::current_num_threads()),
            should_interrupt: &go_on,
            object_hash: gix_hash::Kind::Sha1,
            alloc_limit_bytes: usize::try_from(OBJECT_LIMIT).ok(),
        };
        let inspect = |at: &mut u32, _: &dyn gix_utils::progress::Progress, context: traverse::Context<'_>| {
            visit(entry(at).1, context.decompressed);
            Ok(())
        };
        let end = self.data.pack_end() as u64;
        tree.ok()?.traverse(|range, data: &gix_pack::data::File| data.entry_slice(range), &self.data, end, inspect, options).ok()?;
        Some(())
    }
}

/// The first twenty bits of an id.
fn high(id: &[u8; 20]) -> usize {
    usize::from(id[0]) << 12 | usize::from(id[1]) << 4 | usize::from(id[2] >> 4)
}

/// Thirty-two bits after the first three bytes.
fn tail(id: &[u8; 20]) -> u32 {
    u32::from_be_bytes([id[3], id[4], id[5], id[6]])
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The indexes of the packs in a folder, those that are missing as well.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let packs = names(folder).into_iter().map(|n| folder.join(n)).filter(|p| p.extension().is_some_and(|e| e == "idx" || e == "pack"));
    packs.map(|p| p.with_extension("idx")).collect()
}

/// The ids of the loose objects of a store.
fn loose(store: &Path) -> Vec<Oid> {
    let folders = names(store).into_iter().filter(|n| n.len() == 2);
    folders.flat_map(|f| names(&store.join(&f)).into_iter().filter_map(move |n| Oid::from_str(&format!("{f}{n}")).ok())).collect()
}
