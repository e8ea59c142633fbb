//! The commits of a history, parents before children, and what each of them changed among the files that matter.

use super::store::{Kind, Number, Store};
use super::trees::{EMPTY, Forest, Signature};
use git2::Repository;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};
use std::path::Path;
use std::sync::Mutex;

#[derive(Debug)]
struct Commit {
    number: Number,
    tree: Option<Number>,
    parents: Vec<Number>,
    /// Seconds since 1970, as its committer says.
    time: i64,
}

/// Commits in an order in which parents come first.
pub(super) struct Commits {
    list: Vec<Commit>,
    order: Vec<u32>,
    by_number: HashMap<Number, u32>,
    /// Branch heads, and what is checked out.
    heads: Vec<u32>,
    /// What any ref leads to directly.
    tips: Vec<u32>,
    /// Whether parents are missing, though git does not say that it is a shallow clone.
    pub(super) broken: bool,
    pub(super) lost: Vec<Number>,
}

/// A file at a path, and the commit that brought it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The path in the repository.
    pub path: String,
    /// The blob.
    pub blob: Number,
    /// The first commit with it: its place in the order.
    pub first: u32,
    /// Whether it stands at a branch head.
    pub at_head: bool,
    /// Whether it stands at another ref, a tag or a pull request, and no branch has left it behind.
    pub at_ref: bool,
}

/// A file left a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// The blob that left.
    pub blob: Number,
    /// The blob that came in its place.
    pub instead: Option<Number>,
    /// The commit: its place in the order.
    pub commit: u32,
    /// Whether a branch leads to that commit.
    pub on_branch: bool,
}

/// What became of the wanted files.
#[derive(Debug, Default)]
pub struct Traces {
    /// Each blob at each of its paths, in order of path and first commit.
    pub versions: Vec<Version>,
    /// By path, in order of commit.
    pub departures: BTreeMap<String, Vec<Departure>>,
}

impl Commits {
    /// Reads every commit; with `unreachable` also those that no ref leads to.
    pub(super) fn read(store: &Store, git_dir: &Path, unreachable: bool) -> Self {
        let list = Mutex::new(Vec::new());
        let lost = store.each(Kind::Commit, &|number, bytes| {
            let commit = parse(store, number, bytes);
            if let Ok(mut list) = list.lock() {
                list.push(commit);
            }
        });
        let mut list: Vec<Commit> = list.into_inner().unwrap_or_default();
        list.sort_by_key(|c| c.number);
        let by_number: HashMap<Number, u32> = list.iter().enumerate().map(|(i, c)| (c.number, i as u32)).collect();
        let (heads, tips) = tips(store, git_dir, &by_number);
        let mut commits = Self { list, order: Vec::new(), by_number, heads, tips, broken: false, lost };
        let reachable = commits.reach();
        let chosen = if unreachable { vec![true; commits.list.len()] } else { reachable };
        commits.sort(&chosen);
        commits
    }

    /// Whether a ref leads to each commit.
    fn reach(&mut self) -> Vec<bool> {
        let mut reached = vec![false; self.list.len()];
        self.broken = self.mark(&self.tips, &mut reached);
        reached
    }

    /// Marks what some commits lead to, themselves included; whether parents are missing.
    fn mark(&self, from: &[u32], reached: &mut [bool]) -> bool {
        let mut broken = false;
        let mut todo = from.to_vec();
        while let Some(at) = todo.pop() {
            match reached.get_mut(at as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            for parent in self.list.get(at as usize).map(|c| c.parents.as_slice()).unwrap_or_default() {
                match self.by_number.get(parent) {
                    Some(parent) => todo.push(*parent),
                    None => broken = true,
                }
            }
        }
        broken
    }

    /// Parents first; among those that are ready, the oldest.
    fn sort(&mut self, chosen: &[bool]) {
        let mut waits = vec![0u32; self.list.len()];
        let mut children: Vec<Vec<u32>> = vec![Vec::new(); self.list.len()];
        let is = |at: u32| chosen.get(at as usize) == Some(&true);
        let mut ready = BinaryHeap::new();
        for (at, commit) in self.list.iter().enumerate().filter(|(at, _)| is(*at as u32)) {
            let parents = commit.parents.iter().filter_map(|p| self.by_number.get(p)).filter(|p| is(**p));
            for parent in parents {
                if let (Some(wait), Some(list)) = (waits.get_mut(at), children.get_mut(*parent as usize)) {
                    *wait += 1;
                    list.push(at as u32);
                }
            }
            if waits.get(at) == Some(&0) {
                ready.push(Reverse((commit.time, at as u32)));
            }
        }
        while let Some(Reverse((_, at))) = ready.pop() {
            self.order.push(at);
            for child in children.get(at as usize).into_iter().flatten() {
                if let (Some(wait), Some(commit)) = (waits.get_mut(*child as usize), self.list.get(*child as usize)) {
                    *wait -= 1;
                    if *wait == 0 {
                        ready.push(Reverse((commit.time, *child)));
                    }
                }
            }
        }
    }

    /// The number of the commit at a place in the order.
    pub(super) fn at(&self, place: u32) -> Option<Number> {
        let at = self.order.get(place as usize)?;
        self.list.get(*at as usize).map(|c| c.number)
    }

    /// Follows the wanted files from the oldest commit to the newest.
    pub(super) fn trace(&self, forest: &mut Forest) -> Traces {
        let mut signatures: Vec<Signature> = vec![EMPTY; self.list.len()];
        let mut first: BTreeMap<(String, Number), u32> = BTreeMap::new();
        let mut traces = Traces::default();
        let mut branches = vec![false; self.list.len()];
        self.mark(&self.heads, &mut branches);
        for (place, at) in self.order.iter().enumerate() {
            let Some(commit) = self.list.get(*at as usize) else { continue };
            let own = commit.tree.map_or(EMPTY, |tree| forest.signature(tree));
            if let Some(slot) = signatures.get_mut(*at as usize) {
                *slot = own;
            }
            let parent = commit.parents.first().and_then(|p| self.by_number.get(p));
            let before = parent.and_then(|p| signatures.get(*p as usize)).copied().unwrap_or(EMPTY);
            let on_branch = branches.get(*at as usize) == Some(&true);
            let departure = |blob, instead| Departure { blob, instead, commit: place as u32, on_branch };
            for (path, old, new) in forest.differences(before, own) {
                if let Some(blob) = old {
                    traces.departures.entry(path.clone()).or_default().push(departure(blob, new));
                }
                if let Some(new) = new {
                    first.entry((path, new)).or_insert(place as u32);
                }
            }
            // a merge can leave behind what came in on its other side
            let others = commit.parents.iter().skip(1).filter_map(|p| self.by_number.get(p));
            let others: BTreeSet<Signature> = others.filter_map(|p| signatures.get(*p as usize).copied()).collect();
            for other in others.into_iter().filter(|other| *other != own && *other != before) {
                for (path, old, new) in forest.differences(other, own) {
                    if let Some(blob) = old {
                        traces.departures.entry(path).or_default().push(departure(blob, new));
                    }
                }
            }
        }
        let heads: BTreeSet<Signature> = self.heads.iter().filter_map(|h| signatures.get(*h as usize).copied()).collect();
        let heads = heads.into_iter().flat_map(|s| forest.differences(EMPTY, s));
        let heads: BTreeSet<(String, Number)> = heads.filter_map(|(path, _, blob)| Some((path, blob?))).collect();
        let tips: BTreeSet<Signature> = self.tips.iter().filter_map(|t| signatures.get(*t as usize).copied()).collect();
        traces.versions = first
            .into_iter()
            .map(|(key, first)| {
                let at_head = heads.contains(&key);
                // it matters only for what no branch, and something else, has left behind
                let mut left = traces.departures.get(&key.0).into_iter().flatten().filter(|d| d.blob == key.1).peekable();
                let at_ref = !at_head
                    && left.peek().is_some()
                    && left.all(|d| !d.on_branch)
                    && tips.iter().any(|s| forest.blob(*s, &key.0) == Some(key.1));
                Version { path: key.0, blob: key.1, first, at_head, at_ref }
            })
            .collect();
        traces
    }
}

/// What is checked out first, then the branch heads; and everything that refs lead to.
fn tips(store: &Store, git_dir: &Path, known: &HashMap<Number, u32>) -> (Vec<u32>, Vec<u32>) {
    let (mut heads, mut tips) = (Vec::new(), Vec::new());
    let Ok(repository) = Repository::open(git_dir) else { return (heads, tips) };
    let place = |reference: &git2::Reference<'_>| {
        let commit = reference.peel_to_commit().ok()?;
        let number = store.find(commit.id().as_bytes().try_into().ok()?)?;
        known.get(&number).copied()
    };
    heads.extend(repository.head().ok().as_ref().and_then(place));
    let names = repository.references().ok();
    for reference in names.into_iter().flatten().flatten() {
        let Some(place) = place(&reference) else { continue };
        tips.push(place);
        if reference.is_branch() || reference.is_remote() {
            heads.push(place);
        }
    }
    tips.extend(heads.iter().copied());
    (heads, tips)
}

fn parse(store: &Store, number: Number, bytes: &[u8]) -> Commit {
    let mut commit = Commit { number, tree: None, parents: Vec::new(), time: 0 };
    for line in bytes.split(|b| *b == b'\n') {
        let number = |hex: &[u8]| {
            let oid = git2::Oid::from_str(std::str::from_utf8(hex).ok()?).ok()?;
            let number = store.find(oid.as_bytes().try_into().ok()?)?;
            (store.id(number) == oid).then_some(number)
        };
        match line.iter().position(|b| *b == b' ').map(|at| line.split_at(at)) {
            Some((b"tree", id)) => commit.tree = number(id.trim_ascii()),
            // an unknown parent is none, but it is missed
            Some((b"parent", id)) => commit.parents.push(number(id.trim_ascii()).unwrap_or(Number::MAX)),
            Some((b"committer", rest)) => {
                let words = std::str::from_utf8(rest.trim_ascii_end()).unwrap_or_default();
                commit.time = words.rsplit(' ').nth(1).and_then(|t| t.parse().ok()).unwrap_or(0);
            }
            None => break,
            _ => {}
        }
    }
    commit
}
