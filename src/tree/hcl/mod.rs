//! HCL, as far as configuration states values: attributes, blocks, literals, lists, objects, heredocs and `jsonencode(…)`.
//!
//! An expression that computes something is kept as the text it is written in: what it comes to is not known here. The parser is
//! our own because it must end on any input: nesting is bounded, and every byte is looked at a fixed number of times.

mod scan;

use super::{Entry, Fault, MAX_DEPTH, MAX_NODES, Node, Tree};
use std::collections::HashMap;

/// The key under which a block keeps its labels.
pub const LABELS: &str = "$labels";

/// Parses a text. Blocks of one name become a list under that name; their labels stand under [`LABELS`].
pub fn hcl(text: &str) -> Result<Tree, Fault> {
    let mut parser = Parser { text, bytes: text.as_bytes(), at: 0, nodes: 0 };
    let body = parser.body(0, false)?;
    Ok(Tree { node: body, span: 0..text.len() })
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    nodes: usize,
}

impl<'a> Parser<'a> {
    fn count(&mut self) -> Result<(), Fault> {
        self.nodes += 1;
        if self.nodes > MAX_NODES { Err(Fault::TooLarge(self.at)) } else { Ok(()) }
    }

    fn body(&mut self, depth: usize, inner: bool) -> Result<Node, Fault> {
        if depth > MAX_DEPTH {
            return Err(Fault::TooDeep(self.at));
        }
        let mut entries: Vec<Entry> = Vec::new();
        let mut lists: HashMap<&str, usize> = HashMap::new();
        loop {
            self.blank(true);
            match self.peek() {
                None if !inner => return Ok(Node::Map(entries)),
                Some(b'}') if inner => {
                    self.at += 1;
                    return Ok(Node::Map(entries));
                }
                _ => {}
            }
            let Some(name) = self.identifier() else { return self.fault() };
            let text: &'a str = self.text;
            let key = text.get(name.clone()).unwrap_or_default();
            self.blank(false);
            if self.peek() == Some(b'=') && self.ahead(1) != Some(b'=') {
                self.at += 1;
                let value = self.value(depth + 1)?;
                entries.push(Entry { key: key.into(), value, at: name.start });
            } else {
                let block = self.block(depth + 1, name.start)?;
                match lists.get(key).and_then(|i| entries.get_mut(*i)) {
                    Some(Entry { value: Tree { node: Node::List(blocks), span }, .. }) => {
                        span.end = block.span.end;
                        blocks.push(block);
                    }
                    _ => {
                        let span = block.span.clone();
                        lists.insert(key, entries.len());
                        entries.push(Entry { key: key.into(), value: Tree { node: Node::List(vec![block]), span }, at: name.start });
                    }
                }
            }
        }
    }

    fn block(&mut self, depth: usize, start: usize) -> Result<Tree, Fault> {
        let mut labels = Vec::new();
        loop {
            self.count()?;
            self.blank(false);
            let at = self.at;
            match self.peek() {
                Some(b'{') => break,
                Some(b'"') => {
                    let text = self.string()?;
                    labels.push(Tree { node: Node::Text(text.into()), span: at..self.at });
                }
                _ => match self.identifier() {
                    Some(name) => {
                        labels.push(Tree { node: Node::Text(self.text.get(name.clone()).unwrap_or_default().into()), span: name })
                    }
                    None => return self.fault(),
                },
            }
        }
        self.at += 1;
        let mut node = self.body(depth, true)?;
        if let (Node::Map(entries), false) = (&mut node, labels.is_empty()) {
            entries.push(Entry { key: LABELS.into(), value: Tree { node: Node::List(labels), span: start..start }, at: start });
        }
        Ok(Tree { node, span: start..self.at })
    }

    /// A value; where more than a literal stands, the expression as it is written.
    fn value(&mut self, depth: usize) -> Result<Tree, Fault> {
        if depth > MAX_DEPTH {
            return Err(Fault::TooDeep(self.at));
        }
        self.count()?;
        self.blank(false);
        let start = self.at;
        let node = match self.peek() {
            Some(b'"') => Some(Node::Text(self.string()?.into())),
            Some(b'<') if self.ahead(1) == Some(b'<') => return self.heredoc(),
            Some(b'[') => self.list(depth)?,
            Some(b'{') => self.object(depth)?,
            Some(b'0'..=b'9' | b'-') => self.number(),
            Some(_) => self.word(depth)?,
            None => return self.fault(),
        };
        let end = self.at;
        self.blank(false);
        let over = matches!(self.peek(), None | Some(b'\n' | b',' | b']' | b'}' | b')'));
        if let (Some(node), true) = (node, over) {
            return Ok(Tree { node, span: start..end });
        }
        self.at = end.max(start);
        self.expression()?;
        let raw = self.text.get(start..self.at).unwrap_or_default().trim_end();
        Ok(Tree { node: Node::Text(raw.into()), span: start..start + raw.len() })
    }

    fn list(&mut self, depth: usize) -> Result<Option<Node>, Fault> {
        let start = self.at;
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.blank(true);
            match self.peek() {
                Some(b']') => {
                    self.at += 1;
                    return Ok(Some(Node::List(items)));
                }
                Some(b',') if !items.is_empty() => self.at += 1,
                _ => {
                    if self.text.get(self.at..).is_some_and(|t| t.starts_with("for ")) {
                        self.at = start;
                        return Ok(None);
                    }
                    items.push(self.value(depth + 1)?);
                }
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Option<Node>, Fault> {
        let start = self.at;
        self.at += 1;
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            self.blank(true);
            let at = self.at;
            let key = match self.peek() {
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Some(Node::Map(entries)));
                }
                Some(b',') => {
                    self.at += 1;
                    continue;
                }
                Some(b'"') => self.string()?,
                Some(b'(') => {
                    self.at += 1;
                    self.expression()?;
                    self.at += 1;
                    self.text.get(at..self.at).unwrap_or_default().to_owned()
                }
                _ => match self.identifier().and_then(|name| self.text.get(name)) {
                    Some("for") => {
                        self.at = start;
                        return Ok(None);
                    }
                    // a key may be a reference: `local.name`
                    Some(name) if self.peek() == Some(b'.') => {
                        let name = name.to_owned();
                        while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-')) {
                            self.at += 1;
                        }
                        name
                    }
                    Some(name) => name.to_owned(),
                    None => return self.fault(),
                },
            };
            self.blank(true);
            if !matches!(self.peek(), Some(b'=' | b':')) {
                return self.fault();
            }
            self.at += 1;
            self.blank(true);
            let value = self.value(depth + 1)?;
            entries.push(Entry { key: key.into(), value, at });
        }
    }

    /// A keyword, or a call whose argument is what it gives: `jsonencode({…})`.
    fn word(&mut self, depth: usize) -> Result<Option<Node>, Fault> {
        let start = self.at;
        let name = self.identifier().and_then(|name| self.text.get(name));
        Ok(match (name, self.peek()) {
            (Some("jsonencode" | "yamlencode" | "toset" | "tolist"), Some(b'(')) => {
                self.at += 1;
                self.blank(true);
                let value = self.value(depth + 1)?;
                self.blank(true);
                if self.peek() == Some(b')') {
                    self.at += 1;
                    return Ok(Some(value.node));
                }
                self.at = start;
                None
            }
            (Some("true"), _) => Some(Node::Bool(true)),
            (Some("false"), _) => Some(Node::Bool(false)),
            (Some("null"), _) => Some(Node::Null),
            _ => {
                self.at = start;
                None
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_blocks_and_literals() {
        let text = r#"
# a comment
resource "okta_policy_password" "staff" {
  name   = "Staff" // beside it
  groups = [okta_group.a.id, "x", 3,]
  tags   = { "a" : 1, b = true, (local.k) = null }
  doc    = <<-EOT
    one
  EOT
  json   = jsonencode({ "allowedFor" : "recovery" })
  count  = var.on ? 1 : 0
  text   = "a ${join("-", ["x"])} b\n"
  inner {
    a = 1
  }
  inner {
    a = 2
  }
}
"#;
        let tree = hcl(text).expect("hcl");
        let block = tree.get("resource").and_then(|r| r.items().first()).expect("a block");
        let labels: Vec<_> = block.get(LABELS).expect("labels").items().iter().filter_map(Tree::text).collect();
        assert_eq!(labels, ["okta_policy_password", "staff"]);
        assert_eq!(block.get("name").and_then(Tree::text), Some("Staff"));
        assert_eq!(
            block.get("groups").map(|g| g.items().iter().filter_map(Tree::scalar).collect::<Vec<_>>()),
            Some(vec!["okta_group.a.id", "x", "3"])
        );
        assert_eq!(block.path(&["tags", "b"]).and_then(Tree::flag), Some(true));
        assert_eq!(block.get("doc").and_then(Tree::text), Some("    one\n"));
        assert_eq!(block.path(&["json", "allowedFor"]).and_then(Tree::text), Some("recovery"));
        assert_eq!(block.get("count").and_then(Tree::text), Some("var.on ? 1 : 0"));
        assert_eq!(block.get("text").and_then(Tree::text), Some("a ${join(\"-\", [\"x\"])} b\n"));
        let inner: Vec<_> = block.get("inner").expect("blocks").items().iter().filter_map(|b| b.get("a").and_then(Tree::number)).collect();
        assert_eq!(inner, [1, 2]);
        let name = block.get("name").expect("a name");
        assert_eq!(text.get(name.span.clone()), Some("\"Staff\""));
    }

    #[test]
    fn whatever_comes_it_ends() {
        assert!(matches!(hcl(&format!("a = {}", "[".repeat(5000))), Err(Fault::TooDeep(_))));
        assert!(matches!(hcl(&"a {".repeat(5000)), Err(Fault::TooDeep(_))));
        for text in
            ["a = \"", "a {", "a = [1, 2", "a = <<EOT\nx", "a = {b = }", "=", "a", "a \"b\"", "a = {1}", "a = f(", "é = ü", "a = -", "}"]
        {
            let _ = hcl(text);
        }
        assert!(hcl("a = \"x").is_err() && hcl("a b").is_err());
        assert!(hcl("").is_ok_and(|t| t.entries().is_empty()));
        assert!(hcl("x = [for a in b : a]\ny = {for k, v in m : k => v}\n").is_ok_and(|t| t.entries().len() == 2));
    }
}
