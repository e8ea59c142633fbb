//! Users and service accounts that Terraform declares, and the keys it makes for them: who answers for a key is who owns this code.

use super::record::Record;
use crate::fact::{Draft, Kind, declaration};
use crate::read::Drafts;
use crate::tree::{LABELS, Tree};
use std::collections::BTreeMap;

/// How a provider calls a user, its key, the name of the one and the holder of the other.
struct Kinds {
    product: &'static str,
    user: &'static str,
    key: &'static str,
    name: &'static str,
    holder: &'static str,
}

const KINDS: [Kinds; 2] = [
    Kinds { product: "aws", user: "aws_iam_user", key: "aws_iam_access_key", name: "name", holder: "user" },
    Kinds {
        product: "gcp",
        user: "google_service_account",
        key: "google_service_account_key",
        name: "account_id",
        holder: "service_account_id",
    },
];

/// The users of a file, and those for whom it makes a key.
pub(super) fn declared(record: &Record<'_>, out: &mut Drafts) {
    KINDS.iter().for_each(|kinds| of_one(record, kinds, out));
}

fn of_one(record: &Record<'_>, kinds: &Kinds, out: &mut Drafts) {
    let blocks = record.items(&["resource"]);
    let mut users: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    // the label of the key, what it says of its user, and where
    let mut keys: Vec<(&str, &str, usize)> = Vec::new();
    for (n, block) in blocks.iter().enumerate() {
        let labels: Vec<&str> = block.tree.get(LABELS).map(Tree::items).unwrap_or_default().iter().filter_map(Tree::text).collect();
        match labels.as_slice() {
            [kind, label] if *kind == kinds.user => {
                // a name that is put together names nobody yet
                let name = block.text_at(&[kinds.name]).filter(|n| !n.contains("${") && !n.contains("var.") && !n.contains("local."));
                users.extend(name.map(|name| (*label, (name, n))));
            }
            [kind, label] if *kind == kinds.key => {
                let user = block.text_at(&[kinds.holder]).unwrap_or_default();
                keys.push((label, user.trim_start_matches("${").trim_end_matches('}'), n));
            }
            _ => {}
        }
    }
    let alone = users.len() == 1;
    for (label, (name, at)) in users {
        let refers = |asked: &str| {
            asked.strip_prefix(kinds.user).and_then(|r| r.strip_prefix('.')).is_some_and(|r| r.split('.').next() == Some(label))
        };
        // what a file computes is not known: then the label says whose the key is, or there is only one user
        let of_user =
            |(own, asked, _): &&(&str, &str, usize)| *asked == name || refers(asked) || asked.is_empty() && (*own == label || alone);
        let key = keys.iter().find(of_user).map(|k| k.2);
        let Some(block) = blocks.get(key.unwrap_or(at)) else { continue };
        let draft = Draft::new(Kind::Declaration, name.to_owned(), format!("{}.{label}", kinds.user), block.spot());
        let draft = draft.saying(declaration::PRODUCT, kinds.product).saying(declaration::HOLDER, name);
        out.facts.push(draft.saying(declaration::MAKES_KEY, key.is_some()));
    }
}
