//! JSON by serde_json, a level at a time: borrowed `RawValue`s give each value's bytes without a parser of our own.

use super::{Entry, Fault, MAX_DEPTH, MAX_NODES, Node, Tree};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Parses one JSON document.
pub fn json(text: &str) -> Result<Tree, Fault> {
    if let Some(fault) = too_much(text) {
        return Err(fault);
    }
    let raw: &RawValue = serde_json::from_str(text).map_err(|e| fault(&e, text, 0))?;
    level(raw.get(), text)
}

/// Parses a JSON document whose end may be missing: what stands before the cut is kept, and the cut is reported beside it.
pub fn json_lenient(text: &str) -> Result<(Tree, Option<Fault>), Fault> {
    match json(text) {
        Ok(tree) => Ok((tree, None)),
        Err(Fault::Truncated(at)) => {
            let whole = close(text).ok_or(Fault::Truncated(at))?;
            json(&whole).map(|tree| (tree, Some(Fault::Truncated(at)))).map_err(|_| Fault::Truncated(at))
        }
        Err(other) => Err(other),
    }
}

/// One level: the children are still raw.
enum Level<'a> {
    Scalar(Node),
    List(Vec<&'a RawValue>),
    Map(Vec<(Cow<'a, str>, &'a RawValue)>),
}

impl<'de> Deserialize<'de> for Level<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LevelVisitor;
        impl<'de> Visitor<'de> for LevelVisitor {
            type Value = Level<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Level::Scalar(Node::Null))
            }
            fn visit_bool<E>(self, v: bool) -> Result<Self::Value, E> {
                Ok(Level::Scalar(Node::Bool(v)))
            }
            fn visit_str<E>(self, v: &str) -> Result<Self::Value, E> {
                Ok(Level::Scalar(Node::Text(v.into())))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Level::List(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(Key(key)) = map.next_key()? {
                    entries.push((key, map.next_value()?));
                }
                Ok(Level::Map(entries))
            }
        }
        deserializer.deserialize_any(LevelVisitor)
    }
}

/// A key, borrowed where it holds no escape.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, v: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(v)))
            }
            fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(v.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

/// Where a borrowed part of `text` starts.
fn offset(part: &str, text: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

fn level(raw: &str, text: &str) -> Result<Tree, Fault> {
    let start = offset(raw, text);
    let first = raw.as_bytes().first().copied().unwrap_or(b' ');
    let node = if first == b'-' || first.is_ascii_digit() {
        Node::Number(raw.trim_end().into())
    } else {
        match serde_json::from_str::<Level<'_>>(raw).map_err(|e| fault(&e, raw, start))? {
            Level::Scalar(node) => node,
            Level::List(items) => Node::List(items.into_iter().map(|i| level(i.get(), text)).collect::<Result<_, _>>()?),
            Level::Map(entries) => {
                let mut out = Vec::with_capacity(entries.len());
                let mut from = start;
                for (key, value) in entries {
                    let at = match &key {
                        Cow::Borrowed(k) => offset(k, text).saturating_sub(1),
                        Cow::Owned(_) => text.get(from..).and_then(|t| t.find('"')).map_or(from, |i| from + i),
                    };
                    let value = level(value.get(), text)?;
                    from = value.span.end;
                    out.push(Entry { key: key.into(), value, at });
                }
                Node::Map(out)
            }
        }
    };
    Ok(Tree { node, span: start..start + raw.len() })
}

fn fault(error: &serde_json::Error, text: &str, base: usize) -> Fault {
    let line_start = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    let at = base + (line_start + error.column().saturating_sub(1)).min(text.len());
    match error.classify() {
        serde_json::error::Category::Eof => Fault::Truncated(at),
        _ => Fault::Malformed(at),
    }
}

/// Walks the text as tokens: calls `visit` with each structural byte outside strings and its position.
fn structure(text: &str, mut visit: impl FnMut(u8, usize)) {
    let (mut quoted, mut escaped) = (false, false);
    for (i, b) in text.bytes().enumerate() {
        match b {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' | b'}' | b']' | b',' if !quoted => visit(b, i),
            _ => {}
        }
    }
}

/// Whether a text opens more brackets than it closes.
pub fn leaves_open(text: &str) -> bool {
    let mut open = 0i64;
    structure(text, |b, _| match b {
        b'{' | b'[' => open += 1,
        b'}' | b']' => open -= 1,
        _ => {}
    });
    open > 0
}

/// Where the text nests beyond [`MAX_DEPTH`] or holds more than [`MAX_NODES`]. Asked first: each level is scanned once more, recursion
/// must end, and a tree must fit into memory.
fn too_much(text: &str) -> Option<Fault> {
    let (mut depth, mut nodes, mut fault) = (0usize, 1usize, None);
    structure(text, |b, i| {
        match b {
            b'{' | b'[' => {
                depth += 1;
                nodes += 1;
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => nodes += 1,
        }
        if depth > MAX_DEPTH && fault.is_none() {
            fault = Some(Fault::TooDeep(i));
        }
        if nodes > MAX_NODES && fault.is_none() {
            fault = Some(Fault::TooLarge(i));
        }
    });
    fault
}

/// Cuts a truncated text after its last whole value and closes what is open. Offsets before the cut stay as they were.
fn close(text: &str) -> Option<String> {
    let mut open = Vec::new();
    let mut cut: Option<(usize, Vec<u8>)> = None;
    structure(text, |b, i| match b {
        b'{' | b'[' => open.push(b),
        b'}' | b']' => {
            open.pop();
            cut = Some((i + 1, open.clone()));
        }
        // the value before a comma is whole
        _ => cut = Some((i, open.clone())),
    });
    let (end, open) = cut?;
    let mut whole = text.get(..end)?.to_owned();
    whole.extend(open.iter().rev().map(|b| if *b == b'{' { '}' } else { ']' }));
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_point_at_their_bytes() {
        let text = r#"{ "a" : [1, -2.5e3, "x\ny"], "b\u0041": {"c": null, "d": true} }"#;
        let tree = json(text).expect("parses");
        let list = tree.get("a").expect("a");
        assert_eq!(&text[list.span.clone()], r#"[1, -2.5e3, "x\ny"]"#);
        assert_eq!(list.items()[1].scalar(), Some("-2.5e3"));
        assert_eq!(list.items()[2].text(), Some("x\ny"));
        let b = tree.entries().iter().find(|e| &*e.key == "bA").expect("bA");
        assert_eq!(&text[b.at..=b.at], "\"");
        assert_eq!(&text[b.value.span.clone()], r#"{"c": null, "d": true}"#);
        assert_eq!(b.value.get("D").and_then(Tree::flag), Some(true));
    }

    #[test]
    fn a_cut_text_keeps_its_whole_records() {
        let text = r#"{"value": [{"id": "one", "n": 1}, {"id": "two", "n": 2}, {"id": "thr"#;
        let (tree, fault) = json_lenient(text).expect("kept");
        assert!(matches!(fault, Some(Fault::Truncated(_))));
        let ids: Vec<_> = tree.get("value").expect("value").items().iter().filter_map(|i| i.get("id")?.text()).collect();
        assert_eq!(ids, ["one", "two"]);
        assert!(matches!(json(text), Err(Fault::Truncated(_))));
    }

    #[test]
    fn depth_and_syntax_are_told_apart() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert!(matches!(json(&deep), Err(Fault::TooDeep(_))), "{:?}", json(&deep).map(|_| ()));
        assert!(matches!(json("{\"a\": tru}"), Err(Fault::Malformed(_))));
        assert!(matches!(json(""), Err(Fault::Truncated(_))));
    }
}
