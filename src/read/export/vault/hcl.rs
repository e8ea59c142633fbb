//! As much of HCL as policies are written in, read into the tree that the JSON form of the same policy has.
//!
//! No crate: a policy is a handful of blocks, every value needs its bytes, and what is half written has to be told from what is
//! something else (a Terraform file, a configuration). And not `tree::hcl`: policies are in the first version of the language, in
//! which objects hold blocks, a colon may stand for an equals sign, and no line end need stand between two attributes.

use crate::tree::{Entry, Node, Tree};

/// Blocks in blocks, and values in values.
const DEEPEST: usize = 24;
/// Values of one text.
const MOST: usize = 200_000;

/// The policy in a text; nothing if the text is no policy; where it breaks if it begins as one.
pub(in crate::read::export) fn policy(text: &str) -> Result<Option<Tree>, usize> {
    let mut reader = Reader { text, at: 0, left: MOST };
    reader.space();
    // a policy may be given a name before its paths
    let begins =
        |word: &str| text.get(reader.at..).and_then(|t| t.strip_prefix(word)).is_some_and(|rest| rest.trim_start().starts_with('"'));
    if !(begins("path") || (begins("name =") || begins("name=")) && text.contains("\npath")) {
        return Ok(None);
    }
    let start = reader.at;
    match reader.body(0) {
        Some(tree) if reader.at == text.len() => {
            let paths = tree
                .get("path")
                .is_some_and(|p| p.entries().iter().all(|e| e.value.get("capabilities").is_some() || e.value.get("policy").is_some()));
            Ok(paths.then_some(tree))
        }
        _ if text.get(start..).is_some_and(|t| t.contains("capabilities")) => Err(reader.at.min(text.len())),
        _ => Ok(None),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    left: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    /// Skips white space and comments.
    fn space(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            let rest = rest.get(blank..).unwrap_or_default();
            let comment = if rest.starts_with('#') || rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |i| i + 2)
            } else {
                0
            };
            self.at += blank + comment;
            if comment == 0 {
                return;
            }
        }
    }

    /// Attributes and blocks, up to a closing brace or the end of the text.
    fn body(&mut self, depth: usize) -> Option<Tree> {
        let start = self.at;
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            self.space();
            if self.peek().is_none() || self.peek() == Some(b'}') {
                return Some(Tree { node: Node::Map(entries), span: start..self.at });
            }
            if depth >= DEEPEST {
                return None;
            }
            let at = self.at;
            let key = self.key()?;
            self.space();
            if self.take(b'=') || self.take(b':') {
                self.space();
                let value = self.value(depth + 1)?;
                entries.push(Entry { key: key.into(), value, at });
            } else {
                let label_at = self.at;
                let label = if self.peek() == Some(b'"') { Some(self.string()?) } else { None };
                self.space();
                let block = self.braces(depth + 1)?;
                let Some(label) = label else {
                    entries.push(Entry { key: key.into(), value: block, at });
                    continue;
                };
                // blocks of one name stand together, under their labels
                let span = at..block.span.end;
                let inner = Entry { key: label.into(), value: block, at: label_at };
                match entries.iter_mut().find(|e| *e.key == *key) {
                    Some(Entry { value: Tree { node: Node::Map(inside), .. }, .. }) => inside.push(inner),
                    _ => entries.push(Entry { key: key.into(), value: Tree { node: Node::Map(vec![inner]), span }, at }),
                }
            }
            self.space();
            self.take(b',');
        }
    }

    fn braces(&mut self, depth: usize) -> Option<Tree> {
        let start = self.at;
        if !self.take(b'{') {
            return None;
        }
        let mut tree = self.body(depth)?;
        if !self.take(b'}') {
            return None;
        }
        tree.span = start..self.at;
        Some(tree)
    }

    fn key(&mut self) -> Option<String> {
        if self.peek() == Some(b'"') {
            return self.string();
        }
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '*'))).unwrap_or(rest.len());
        let word = rest.get(..end).filter(|w| !w.is_empty())?.to_owned();
        self.at += end;
        Some(word)
    }

    fn value(&mut self, depth: usize) -> Option<Tree> {
        self.left = self.left.checked_sub(1)?;
        if depth >= DEEPEST {
            return None;
        }
        let start = self.at;
        let node = match self.peek()? {
            b'"' => Node::Text(self.string()?.into()),
            b'{' => return self.braces(depth),
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                loop {
                    self.space();
                    if self.take(b']') {
                        break Node::List(items);
                    }
                    items.push(self.value(depth + 1)?);
                    self.space();
                    if !self.take(b',') && self.peek() != Some(b']') {
                        return None;
                    }
                }
            }
            b'<' => Node::Text(self.heredoc()?.into()),
            _ => match self.key()?.as_str() {
                "true" => Node::Bool(true),
                "false" => Node::Bool(false),
                "null" => Node::Null,
                word if word.parse::<f64>().is_ok() => Node::Number(word.into()),
                _ => return None,
            },
        };
        Some(Tree { node, span: start..self.at })
    }

    fn string(&mut self) -> Option<String> {
        let rest = self.rest().strip_prefix('"')?;
        let mut out = String::new();
        let mut chars = rest.char_indices();
        while let Some((i, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += i + 2;
                    return Some(out);
                }
                '\n' => return None,
                '\\' => match chars.next()?.1 {
                    'n' => out.push('\n'),
                    't' => out.push('\t'),
                    other => out.push(other),
                },
                c => out.push(c),
            }
        }
        None
    }

    fn heredoc(&mut self) -> Option<String> {
        let rest = self.rest().strip_prefix("<<")?;
        let (first, _) = rest.split_once('\n')?;
        let mark = first.trim_start_matches('-').trim().to_owned();
        if mark.is_empty() {
            return None;
        }
        let mut at = self.at + 2 + first.len() + 1;
        let start = at;
        for line in self.text.get(at..)?.split_inclusive('\n') {
            if line.trim() == mark {
                self.at = at + line.trim_end().len();
                return self.text.get(start..at).map(str::to_owned);
            }
            at += line.len();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_as_people_write_them() {
        let text = "# who\npath \"secret/data/*\" {\n  capabilities = [\"read\", \"list\",]\n}\n/* two */ path \"sys/mounts\" { policy = \"sudo\" }\n\
            path \"secret/x\" {\n capabilities = [\"read\"]\n control_group = {\n factor \"ops\" { identity { group_names = [\"a\"] approvals = 2 } }\n }\n}\n";
        let tree = policy(text).expect("reads").expect("a policy");
        let paths = tree.get("path").expect("paths").entries();
        assert_eq!(paths.iter().map(|e| &*e.key).collect::<Vec<_>>(), ["secret/data/*", "sys/mounts", "secret/x"]);
        let approvals = paths[2].value.path(&["control_group", "factor", "ops", "identity", "approvals"]).and_then(Tree::number);
        assert_eq!(approvals, Some(2));
        for entry in paths {
            assert!(text[entry.value.span.clone()].starts_with('{') && text[entry.value.span.clone()].ends_with('}'));
        }
    }

    #[test]
    fn other_texts_and_broken_ones() {
        for text in [
            "",
            "path = \"x\"\n",
            "resource \"vault_policy\" \"x\" {\n}\n",
            "paths \"a\" {}",
            "path \"a\" { value = 1 }",
            "# path \"a\" { capabilities = [] }",
        ] {
            assert_eq!(policy(text), Ok(None), "{text}");
        }
        let text = "path \"a\" {\n capabilities = [\"read\"]\n}\npath \"b\" {\n capabilities = [\"re";
        assert!(policy(text).is_err());
        let deep = format!("path \"a\" {{ capabilities = {}", "[".repeat(100_000));
        assert!(policy(&deep).is_err());
    }
}
