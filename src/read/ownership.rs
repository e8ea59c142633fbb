//! `CODEOWNERS`: who answers for which files of a repository, as GitHub and GitLab read it.

use super::{Doc, Drafts};
use crate::artifact::Spot;
use crate::fact::{Draft, Kind, ownership};

/// GitHub reads no larger file ("about code owners": 3 MB).
const LARGEST: usize = 3 * 1024 * 1024;

/// Folders of a repository's top in which the file may lie.
const PLACES: [&str; 3] = [".github", ".gitlab", "docs"];

/// Reads the lines of a `CODEOWNERS` file; whether it is one.
pub(super) fn read(doc: &Doc<'_>, out: &mut Drafts) -> bool {
    if doc.file_name() != "codeowners" || doc.text.len() > LARGEST {
        return false;
    }
    let folder = doc.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let top = PLACES.iter().find_map(|place| folder.strip_suffix(place).filter(|top| top.is_empty() || top.ends_with('/')));
    let base = top.map_or_else(|| if folder.is_empty() { String::new() } else { format!("{folder}/") }, str::to_owned);
    let (mut at, mut order) = (0, 0);
    let mut section = String::new();
    let mut defaults: Vec<&str> = Vec::new();
    for line in doc.text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let words: Vec<&str> = line.split_whitespace().take_while(|w| !w.starts_with('#')).collect();
        let owners = |words: &[&'_ str]| words.iter().filter(|w| w.contains('@')).map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let Some((pattern, rest)) = words.split_first() else { continue };
        // a section of GitLab: its owners are those of the lines that name none
        if pattern.starts_with('[') || pattern.starts_with("^[") {
            let text = line.split('#').next().unwrap_or(line);
            let name = text.trim_start().trim_start_matches('^').trim_start_matches('[');
            let (name, after) = name.split_once(']').unwrap_or((name, ""));
            // two sections of one name are one, in any case
            section = name.trim().to_lowercase();
            defaults = after.split_whitespace().filter(|w| w.contains('@')).collect();
            continue;
        }
        let named = owners(rest);
        let named = if named.is_empty() { owners(&defaults) } else { named };
        let mut fact =
            Draft::new(Kind::Ownership, (*pattern).to_owned(), (*pattern).to_owned(), Spot::at(start, start + line.trim_end().len()))
                .saying(ownership::ORDER, order)
                .saying(ownership::BASE, base.as_str())
                .saying(ownership::HOME, doc.home)
                .saying(ownership::SECTION, section.as_str());
        for owner in named {
            fact.say(ownership::OWNERS, owner);
        }
        out.facts.push(fact);
        order += 1;
    }
    out.kind = Some("codeowners");
    true
}
