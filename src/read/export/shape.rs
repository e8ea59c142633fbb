//! Terraform's names as the product's own interface spells them, so that one reader knows both: `built_in_controls` is
//! `builtInControls`, and a block that can stand there once is an object.

use crate::tree::{Entry, LABELS, Node, Tree};

/// Blocks in blocks.
const DEEPEST: usize = 16;

/// The same value with its keys in the product's spelling; every value keeps its place. `rename` has the last word on a key.
pub(super) fn camel(tree: &Tree, rename: &dyn Fn(&str) -> Option<&'static str>) -> Tree {
    shaped(tree, &|key| rename(key).map_or_else(|| spelt(key), str::to_owned), 0)
}

/// The same value with its blocks as objects and its keys as they are, but for those that are renamed.
pub(super) fn plain(tree: &Tree, rename: &dyn Fn(&str) -> Option<&'static str>) -> Tree {
    shaped(tree, &|key| rename(key).unwrap_or(key).to_owned(), 0)
}

fn shaped(tree: &Tree, called: &dyn Fn(&str) -> String, depth: usize) -> Tree {
    let node = match &tree.node {
        Node::Map(entries) if depth < DEEPEST => Node::Map(
            entries
                .iter()
                .filter(|e| &*e.key != LABELS)
                .map(|e| Entry { key: called(&e.key).into(), value: shaped(block(&e.value), called, depth + 1), at: e.at })
                .collect(),
        ),
        Node::List(items) if depth < DEEPEST => Node::List(items.iter().map(|i| shaped(i, called, depth + 1)).collect()),
        other => other.clone(),
    };
    Tree { node, span: tree.span.clone() }
}

/// A block that stands there once, as an object.
fn block(tree: &Tree) -> &Tree {
    match &tree.node {
        Node::List(items) => match items.as_slice() {
            [one @ Tree { node: Node::Map(_), .. }] => one,
            _ => tree,
        },
        _ => tree,
    }
}

/// `built_in_controls` as `builtInControls`.
fn spelt(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    let mut up = false;
    for c in key.chars() {
        if c == '_' {
            up = !out.is_empty();
        } else {
            out.extend(if up { c.to_uppercase().collect::<Vec<_>>() } else { vec![c] });
            up = false;
        }
    }
    out
}

/// A value that refers to a resource, as the resource's address: `azuread_group.staff.object_id`, `${…}`, `[0]`.
pub(super) fn address(text: &str) -> Option<&str> {
    let text = text.trim().trim_start_matches("${").trim_end_matches('}').trim();
    let mut dots = text.match_indices('.');
    let _ = dots.next()?;
    let end = dots.next().map_or(text.len(), |(at, _)| at);
    let address = text.get(..end)?.split('[').next()?;
    let named = address.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    (named && address.contains('_')).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::hcl;

    #[test]
    fn names_blocks_and_references() {
        let tree = hcl("a_block {\n  built_in_controls = [\"mfa\"]\n}\nn = 1\n").expect("a file");
        let shaped = camel(&tree, &|k| (k == "n").then_some("number"));
        assert_eq!(shaped.path(&["aBlock", "builtInControls"]).map(|t| t.items().len()), Some(1));
        assert_eq!(shaped.get("number").and_then(Tree::number), Some(1));
        for (text, want) in [
            ("azuread_group.staff.object_id", Some("azuread_group.staff")),
            ("${azuread_group.staff.id}", Some("azuread_group.staff")),
            ("azuread_group.staff[0].id", Some("azuread_group.staff")),
            ("9b1f0c1e-0000-4000-8000-000000000001", None),
            ("All", None),
            ("ada@quay.example", None),
        ] {
            assert_eq!(address(text), want, "{text}");
        }
    }
}
