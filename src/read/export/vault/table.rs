//! What `vault read`, `vault status` and `vault token lookup` say to people: a table of keys and values.

use crate::tree::{Entry, Node, Tree};

/// Lines that are read: no record of Vault has more.
const MOST_LINES: usize = 200;

/// The same record that `-format=json` prints.
pub(in crate::read::export) fn printed(text: &str) -> Option<Tree> {
    let mut lines = text.split_inclusive('\n').take(MOST_LINES).scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    });
    let mut next = || lines.by_ref().find(|(_, line)| !line.trim().is_empty());
    let is = |line: &str, words: [&str; 2]| line.split_whitespace().eq(words);
    if !is(next()?.1, ["Key", "Value"]) || !next()?.1.split_whitespace().all(|w| w.bytes().all(|b| b == b'-')) {
        return None;
    }
    let mut entries: Vec<Entry> = Vec::new();
    while let Some((start, line)) = next() {
        let Some((key, rest)) = line.split_once("  ").or_else(|| line.split_once('\t')) else { break };
        let value = rest.trim();
        let begin = start + line.len() - rest.len() + rest.find(value).unwrap_or_default();
        entries.push(Entry { key: called(key.trim()).into(), value: read(value, begin, text.len()), at: start });
    }
    // a seal of a key service counts its holders under another name
    if entries.iter().any(|e| &*e.key == "recovery_seal_type") {
        let span = 0..text.len();
        entries.push(Entry { key: "recovery_seal".into(), at: 0, value: Tree { node: Node::Bool(true), span } });
    }
    (!entries.is_empty()).then_some(Tree { node: Node::Map(entries), span: 0..text.len() })
}

/// A key as JSON calls it.
fn called(key: &str) -> String {
    match key {
        "Total Shares" | "Total Recovery Shares" => "n".to_owned(),
        "Threshold" | "Recovery Threshold" => "t".to_owned(),
        _ => key.to_ascii_lowercase().replace(' ', "_"),
    }
}

fn read(value: &str, begin: usize, end: usize) -> Tree {
    let span = begin..begin + value.len();
    let node = match value {
        "<nil>" => Node::Null,
        "true" | "false" => Node::Bool(value == "true"),
        _ if !value.is_empty() && value.len() < 10 && value.bytes().all(|b| b.is_ascii_digit()) => Node::Number(value.into()),
        _ => match value.strip_prefix('[').and_then(|v| v.strip_suffix(']')) {
            Some(items) => {
                let item = |word: &str| Tree { node: Node::Text(word.into()), span: span.clone() };
                Node::List(items.split([' ', ',']).filter(|w| !w.is_empty()).map(item).collect())
            }
            // without its quotes, a value stands as in JSON: one byte on either side is left out
            None => return Tree { node: Node::Text(value.into()), span: begin.saturating_sub(1)..(begin + value.len() + 1).min(end) },
        },
    };
    Tree { node, span }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_for_people() {
        let text = "Key                     Value\n---                     -----\nSeal Type               shamir\nSealed                  false\n\
                    Total Shares            3\nThreshold               1\nVersion                 1.17.2\n";
        let tree = printed(text).expect("a status");
        assert_eq!((tree.get("t").and_then(Tree::number), tree.get("sealed").and_then(Tree::flag)), (Some(1), Some(false)));
        let token = "Key                 Value\n---                 -----\naccessor            8609bollard\nexpire_time         <nil>\n\
                     id                  hvs.Hawser\npolicies            [root]\nttl                 0s\n";
        let tree = printed(token).expect("a token");
        assert_eq!(tree.get("policies").map(|p| p.items().len()), Some(1));
        let id = tree.get("id").expect("the token");
        assert_eq!(&token[id.span.start + 1..id.span.end - 1], "hvs.Hawser");
        assert!(tree.get("expire_time").is_some_and(Tree::is_null));
        assert_eq!(printed("Key Value pairs\nof a page"), None);
        assert_eq!(printed("Key  Value\n"), None);
    }
}
