//! What `vault operator init` says to people: the keys and the root token, a line each.

use crate::tree::{Entry, Node, Tree};

/// Lines that are read: an init prints at most 255 keys.
const MOST_LINES: usize = 400;

/// The same record that `-format=json` prints.
pub(in crate::read::export) fn printed(text: &str) -> Option<Tree> {
    let (mut keys, mut root, mut counts) = (Vec::new(), None, None);
    let mut recovery = false;
    let mut at = 0;
    for line in text.split_inclusive('\n').take(MOST_LINES) {
        let start = at;
        at += line.len();
        let words = line.trim();
        let value = |rest: &str| {
            let value = rest.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix(':')?.trim();
            let begin = start + line.find(value)?;
            // without its quotes, a value stands as in JSON: one byte on either side is left out
            (!value.is_empty())
                .then(|| Tree { node: Node::Text(value.into()), span: begin.saturating_sub(1)..(begin + value.len() + 1).min(text.len()) })
        };
        if let Some(rest) = words.strip_prefix("Unseal Key ") {
            keys.extend(value(rest));
        } else if let Some(rest) = words.strip_prefix("Recovery Key ") {
            recovery = true;
            keys.extend(value(rest));
        } else if let Some(rest) = words.strip_prefix("Initial Root Token") {
            root = value(rest);
        } else if let Some((shares, rest)) = words.split_once(" key shares and a key threshold of ") {
            let shares = shares.rsplit(' ').next().and_then(|n| n.parse::<u32>().ok());
            let threshold = rest.split(|c: char| !c.is_ascii_digit()).next().and_then(|n| n.parse::<u32>().ok());
            counts = shares.zip(threshold);
        }
    }
    let root = root.filter(|_| !keys.is_empty())?;
    let span = 0..text.len();
    let entry = |key: &str, value: Tree| Entry { key: key.into(), at: value.span.start, value };
    let number = |n: u32| Tree { node: Node::Number(n.to_string().into()), span: span.clone() };
    let names = if recovery {
        ["recovery_keys_b64", "recovery_keys_shares", "recovery_keys_threshold"]
    } else {
        ["unseal_keys_b64", "unseal_shares", "unseal_threshold"]
    };
    let whole = keys.first().map_or(0, |k: &Tree| k.span.start)..keys.last().map_or(0, |k| k.span.end);
    let mut entries = vec![entry("root_token", root), entry(names[0], Tree { node: Node::List(keys), span: whole })];
    if let Some((shares, threshold)) = counts {
        entries.extend([entry(names[1], number(shares)), entry(names[2], number(threshold))]);
    }
    Some(Tree { node: Node::Map(entries), span })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_it_is_printed_for_people() {
        let text = "Unseal Key 1: SGF3c2Vy\nUnseal Key 2: Qm9sbGFyZA==\n\nInitial Root Token: hvs.HawserBollard\n\n\
            Vault initialized with 2 key shares and a key threshold of 1. Please securely distribute them\n";
        let tree = printed(text).expect("an init");
        let keys: Vec<&str> = tree.get("unseal_keys_b64").expect("keys").items().iter().filter_map(Tree::text).collect();
        assert_eq!(keys, ["SGF3c2Vy", "Qm9sbGFyZA=="]);
        let root = tree.get("root_token").expect("root");
        assert_eq!(&text[root.span.start + 1..root.span.end - 1], "hvs.HawserBollard");
        assert_eq!(tree.get("unseal_threshold").and_then(Tree::number), Some(1));
        assert_eq!(printed("Unseal Key 1: a\n"), None);
        assert_eq!(printed("The Initial Root Token is kept elsewhere"), None);
    }
}
