//! Users of an account that Terraform declares, and the keys it makes for them: who answers for a key is who owns this code.

use crate::fact::{Draft, Kind, declaration};
use crate::read::Drafts;
use crate::read::export::record::Record;
use crate::tree::{LABELS, Tree};
use std::collections::BTreeMap;

const USER: &str = "aws_iam_user";
const KEY: &str = "aws_iam_access_key";

/// The users of a file, and those for whom it makes a key.
pub(in crate::read::export) fn declared(record: &Record<'_>, out: &mut Drafts) {
    let blocks = record.items(&["resource"]);
    let mut users: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    // the label of the key, what it says of its user, and where
    let mut keys: Vec<(&str, &str, usize)> = Vec::new();
    for (n, block) in blocks.iter().enumerate() {
        let labels: Vec<&str> = block.tree.get(LABELS).map(Tree::items).unwrap_or_default().iter().filter_map(Tree::text).collect();
        match labels.as_slice() {
            [USER, label] => {
                // a name that is put together names nobody yet
                let name = block.text_at(&["name"]).filter(|n| !n.contains("${") && !n.contains("var.") && !n.contains("local."));
                users.extend(name.map(|name| (*label, (name, n))));
            }
            [KEY, label] => {
                let user = block.text_at(&["user"]).unwrap_or_default();
                keys.push((label, user.trim_start_matches("${").trim_end_matches('}'), n));
            }
            _ => {}
        }
    }
    let alone = users.len() == 1;
    for (label, (name, at)) in users {
        let refers =
            |asked: &str| asked.strip_prefix(USER).and_then(|r| r.strip_prefix('.')).is_some_and(|r| r.split('.').next() == Some(label));
        // what a file computes is not known: then the label says whose the key is, or there is only one user
        let of_user =
            |(own, asked, _): &&(&str, &str, usize)| *asked == name || refers(asked) || asked.is_empty() && (*own == label || alone);
        let key = keys.iter().find(of_user).map(|k| k.2);
        let Some(block) = blocks.get(key.unwrap_or(at)) else { continue };
        let draft = Draft::new(Kind::Declaration, name.to_owned(), format!("{USER}.{label}"), block.spot());
        let draft = draft.saying(declaration::PRODUCT, super::PRODUCT).saying(declaration::HOLDER, name);
        out.facts.push(draft.saying(declaration::MAKES_KEY, key.is_some()));
    }
}
