//! YAML by serde-saphyr: pure Rust, byte spans, duplicate keys refused, budgets against alias bombs.

use super::{Entry, Fault, Node, Tree};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Error, Spanned};
use std::collections::HashMap;
use std::fmt;

/// Parses every document of a YAML text.
pub fn yaml(text: &str) -> Result<Vec<Tree>, Fault> {
    parse(text, serde_saphyr::DuplicateKeyPolicy::Error)
}

/// The same, taking a key that stands twice as some programs do: mappings are merged, of anything else the later one counts.
pub fn yaml_lenient(text: &str) -> Result<Vec<Tree>, Fault> {
    let mut trees = parse(text, serde_saphyr::DuplicateKeyPolicy::PassThrough)?;
    trees.iter_mut().for_each(merge);
    Ok(trees)
}

fn merge(tree: &mut Tree) {
    match &mut tree.node {
        Node::List(items) => items.iter_mut().for_each(merge),
        Node::Map(entries) => {
            let mut at: HashMap<Box<str>, usize> = HashMap::with_capacity(entries.len());
            let mut once: Vec<Entry> = Vec::with_capacity(entries.len());
            for entry in std::mem::take(entries) {
                match at.get(&entry.key).and_then(|i| once.get_mut(*i)) {
                    Some(Entry { value: Tree { node: Node::Map(first), .. }, .. }) if matches!(entry.value.node, Node::Map(_)) => {
                        if let Node::Map(more) = entry.value.node {
                            first.extend(more);
                        }
                    }
                    Some(first) => *first = entry,
                    None => {
                        at.insert(entry.key.clone(), once.len());
                        once.push(entry);
                    }
                }
            }
            once.iter_mut().for_each(|e| merge(&mut e.value));
            *entries = once;
        }
        _ => {}
    }
}

fn parse(text: &str, duplicates: serde_saphyr::DuplicateKeyPolicy) -> Result<Vec<Tree>, Fault> {
    let mut options = serde_saphyr::Options::default();
    options.with_snippet = false;
    options.duplicate_keys = duplicates;
    options.strict_booleans = true; // `yes` and `on` stay strings, as YAML 1.2 says
    options.leading_zero_numbers_as_strings = true; // account numbers
    if let Some(budget) = &mut options.budget {
        budget.max_nodes = super::MAX_NODES;
        budget.max_events = 8_000_000;
        budget.max_depth = super::MAX_DEPTH;
    }
    let documents: Vec<Spanned<Raw>> = serde_saphyr::from_multiple_with_options(text, options).map_err(|e| fault(&e, text))?;
    Ok(documents.into_iter().map(tree).collect())
}

/// A node whose children know their spans.
enum Raw {
    Leaf(Node),
    List(Vec<Spanned<Self>>),
    Map(Vec<(Spanned<Scalar>, Spanned<Self>)>),
}

/// A key: anything scalar, as text.
struct Scalar(String);

macro_rules! leaf {
    ($name:ident, $type:ty, $make:expr) => {
        fn $name<E>(self, v: $type) -> Result<Self::Value, E> {
            #[allow(clippy::redundant_closure_call)]
            Ok(($make)(v))
        }
    };
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RawVisitor;
        impl<'de> Visitor<'de> for RawVisitor {
            type Value = Raw;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a YAML node")
            }
            leaf!(visit_bool, bool, |v| Raw::Leaf(Node::Bool(v)));
            leaf!(visit_i64, i64, |v: i64| Raw::Leaf(Node::Number(v.to_string().into())));
            leaf!(visit_u64, u64, |v: u64| Raw::Leaf(Node::Number(v.to_string().into())));
            leaf!(visit_i128, i128, |v: i128| Raw::Leaf(Node::Number(v.to_string().into())));
            leaf!(visit_u128, u128, |v: u128| Raw::Leaf(Node::Number(v.to_string().into())));
            leaf!(visit_f64, f64, |v: f64| Raw::Leaf(Node::Number(v.to_string().into())));
            leaf!(visit_str, &str, |v: &str| Raw::Leaf(Node::Text(v.into())));
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Raw::Leaf(Node::Null))
            }
            fn visit_none<E>(self) -> Result<Self::Value, E> {
                Ok(Raw::Leaf(Node::Null))
            }
            fn visit_some<D: Deserializer<'de>>(self, d: D) -> Result<Self::Value, D::Error> {
                Raw::deserialize(d)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Raw::List(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Raw::Map(entries))
            }
        }
        deserializer.deserialize_any(RawVisitor)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ScalarVisitor;
        impl Visitor<'_> for ScalarVisitor {
            type Value = Scalar;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            leaf!(visit_bool, bool, |v: bool| Scalar(v.to_string()));
            leaf!(visit_i64, i64, |v: i64| Scalar(v.to_string()));
            leaf!(visit_u64, u64, |v: u64| Scalar(v.to_string()));
            leaf!(visit_f64, f64, |v: f64| Scalar(v.to_string()));
            leaf!(visit_str, &str, |v: &str| Scalar(v.to_owned()));
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Scalar(String::new()))
            }
        }
        deserializer.deserialize_any(ScalarVisitor)
    }
}

fn tree(raw: Spanned<Raw>) -> Tree {
    let span = raw.referenced.span();
    let start = span.byte_offset().unwrap_or(0) as usize;
    let mut end = start + span.byte_len().unwrap_or(0) as usize;
    let node = match raw.value {
        Raw::Leaf(node) => node,
        Raw::List(items) => Node::List(items.into_iter().map(tree).collect()),
        Raw::Map(entries) => Node::Map(
            entries
                .into_iter()
                .map(|(key, value)| Entry {
                    at: key.referenced.span().byte_offset().unwrap_or(0) as usize,
                    key: key.value.0.into(),
                    value: tree(value),
                })
                .collect(),
        ),
    };
    // block collections have no closing mark: they end where their last child does
    let mut start = start;
    match &node {
        Node::List(items) => end = items.last().map_or(end, |i| i.span.end.max(end)),
        Node::Map(entries) => {
            start = entries.first().map_or(start, |e| e.at.min(start));
            end = entries.last().map_or(end, |e| e.value.span.end.max(end));
        }
        _ => {}
    }
    Tree { node, span: start..end.max(start) }
}

fn fault(error: &Error, text: &str) -> Fault {
    let at = error
        .location()
        .and_then(|l| {
            l.span().byte_offset().map(|b| b as usize).or_else(|| {
                let line = usize::try_from(l.line()).ok()?;
                Some(text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum())
            })
        })
        .unwrap_or(0)
        .min(text.len());
    let inner = error.without_snippet();
    match inner {
        Error::DuplicateMappingKey { .. } => Fault::DuplicateKey(at),
        Error::Budget { .. } => Fault::TooLarge(at),
        Error::Eof { .. } => Fault::Truncated(at),
        _ => Fault::Malformed(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_types() {
        let text = "a: 1\nb:\n  - x: true\n    y: 'no'\n  - on\nc: ~\n007: 007\n";
        let docs = yaml(text).expect("parses");
        let tree = &docs[0];
        assert_eq!(tree.get("a").and_then(Tree::number), Some(1));
        let b = tree.get("b").expect("b");
        assert_eq!(b.items()[0].get("x").and_then(Tree::flag), Some(true));
        assert_eq!(&text[b.items()[0].get("y").expect("y").span.clone()], "'no'");
        assert_eq!(b.items()[1].text(), Some("on"));
        assert!(tree.get("c").expect("c").is_null());
        assert_eq!(tree.get("007").and_then(Tree::scalar), Some("007"));
        let entry = &tree.entries()[1];
        assert_eq!(&text[entry.at..=entry.at], "b");
    }

    #[test]
    fn a_key_that_stands_twice() {
        let docs = yaml_lenient("a:\n  x: 1\n  l: [{y: 1, y: 2}]\nb: 1\na:\n  x: 3\n  z: 2\nb: 4\n").expect("parses");
        let number = |path: &[&str]| docs[0].path(path).and_then(Tree::number);
        assert_eq!((number(&["a", "x"]), number(&["a", "z"]), number(&["b"])), (Some(3), Some(2), Some(4)));
        assert_eq!(docs[0].path(&["a", "l"]).and_then(|l| l.items()[0].get("y")).and_then(Tree::number), Some(2));
        assert_eq!(docs[0].entries().len(), 2);
    }

    #[test]
    fn faults_have_a_place_and_quote_nothing() {
        assert!(matches!(yaml("a: 1\nb: 2\na: 3\n"), Err(Fault::DuplicateKey(_))), "{:?}", yaml("a: 1\nb: 2\na: 3\n"));
        assert!(yaml("a: [1, 2\nb: }").is_err());
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: [*g,*g,*g,*g,*g,*g,*g,*g,*g,*g]";
        assert!(yaml(bomb).is_err());
        assert_eq!(yaml("---\na: 1\n---\nb: 2\n").expect("two").len(), 2);
    }
}
