//! TOML, as far as configuration files state values: tables, arrays of tables, strings of every sort, numbers, lists, inline tables.
//!
//! Lenient where a value is strange (it is kept as the text it is written in), strict where structure breaks. Ends on any input.

use super::{Entry, Fault, MAX_DEPTH, MAX_NODES, Node, Tree};
use std::collections::HashMap;

/// Heads of tables longer than this are refused.
const LONGEST_HEAD: usize = 1024;

/// Parses a text.
pub fn toml(text: &str) -> Result<Tree, Fault> {
    let mut parser = Parser { text, at: 0, nodes: 0, places: HashMap::new() };
    let mut root = Tree { node: Node::Map(Vec::new()), span: 0..text.len() };
    let mut table: Vec<(String, usize)> = Vec::new();
    loop {
        parser.blank(true);
        let start = parser.at;
        match parser.peek() {
            None => return Ok(root),
            Some('[') => {
                let array = parser.rest().starts_with("[[");
                parser.at += if array { 2 } else { 1 };
                table = parser.key()?;
                // every key below is found by its whole path, which is made anew for each
                if table.iter().map(|(part, _)| part.len()).sum::<usize>() > LONGEST_HEAD {
                    return Err(Fault::TooLarge(start));
                }
                parser.blank(false);
                let close = if array { "]]" } else { "]" };
                if !parser.rest().starts_with(close) {
                    return parser.fault();
                }
                parser.at += close.len();
                let end = parser.at;
                let slot = place(&mut root, &table, &mut parser)?;
                if array {
                    let item = Tree { node: Node::Map(Vec::new()), span: start..end };
                    match &mut slot.node {
                        Node::List(items) => items.push(item),
                        _ => *slot = Tree { node: Node::List(vec![item]), span: start..end },
                    }
                } else if slot.is_null() {
                    *slot = Tree { node: Node::Map(Vec::new()), span: start..end };
                }
            }
            Some(_) => {
                let key = parser.key()?;
                parser.blank(false);
                if parser.peek() != Some('=') {
                    return parser.fault();
                }
                parser.at += 1;
                let value = parser.value(0)?;
                let path: Vec<(String, usize)> = table.iter().cloned().chain(key).collect();
                *place(&mut root, &path, &mut parser)? = value;
            }
        }
    }
}

/// The value at a path, made if it is not there. In an array of tables its last table is meant.
fn place<'t>(root: &'t mut Tree, path: &[(String, usize)], parser: &mut Parser<'_>) -> Result<&'t mut Tree, Fault> {
    if path.len() > MAX_DEPTH {
        return Err(Fault::TooDeep(parser.at));
    }
    let mut tree = root;
    // what a key of a mapping is found by, without a search: the path to it, and which table of an array is meant
    let mut whole = String::new();
    for (key, at) in path {
        if matches!(tree.node, Node::List(_)) {
            let Node::List(items) = &mut tree.node else { return parser.fault() };
            whole.push_str(&format!("#{}", items.len()));
            let Some(last) = items.last_mut() else { return parser.fault() };
            tree = last;
        }
        if tree.is_null() {
            tree.node = Node::Map(Vec::new());
        }
        let Node::Map(entries) = &mut tree.node else { return Err(Fault::Malformed(*at)) };
        whole.push_str(&format!(".{}:{key}", key.len()));
        let index = match parser.places.get(&whole) {
            Some(index) => *index,
            None => {
                parser.count()?;
                parser.places.insert(whole.clone(), entries.len());
                entries.push(Entry { key: key.as_str().into(), value: Tree { node: Node::Null, span: *at..*at }, at: *at });
                entries.len() - 1
            }
        };
        tree = match entries.get_mut(index) {
            Some(entry) => &mut entry.value,
            None => return Err(Fault::Malformed(*at)),
        };
    }
    Ok(tree)
}

/// The value at a path in a table that is written in one line.
fn inline<'t>(map: &'t mut Tree, path: &[(String, usize)], end: usize) -> Result<&'t mut Tree, Fault> {
    let mut tree = map;
    for (key, at) in path {
        if tree.is_null() {
            tree.node = Node::Map(Vec::new());
        }
        let Node::Map(entries) = &mut tree.node else { return Err(Fault::Malformed(*at)) };
        entries.push(Entry { key: key.as_str().into(), value: Tree { node: Node::Null, span: *at..end }, at: *at });
        let Some(entry) = entries.last_mut() else { return Err(Fault::Malformed(*at)) };
        tree = &mut entry.value;
    }
    Ok(tree)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    nodes: usize,
    /// Where each key of each table stands among its fellows.
    places: HashMap<String, usize>,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn fault<T>(&self) -> Result<T, Fault> {
        Err(if self.at >= self.text.len() { Fault::Truncated(self.text.len()) } else { Fault::Malformed(self.at) })
    }

    fn count(&mut self) -> Result<(), Fault> {
        self.nodes += 1;
        if self.nodes > MAX_NODES { Err(Fault::TooLarge(self.at)) } else { Ok(()) }
    }

    fn blank(&mut self, lines: bool) {
        while let Some(c) = self.peek() {
            match c {
                '\n' if !lines => return,
                '#' => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                ' ' | '\t' | '\r' | '\n' | '\u{feff}' => self.at += c.len_utf8(),
                _ => return,
            }
        }
    }

    /// A dotted key, with where each part stands.
    fn key(&mut self) -> Result<Vec<(String, usize)>, Fault> {
        let mut parts = Vec::new();
        loop {
            self.blank(false);
            let at = self.at;
            let part = match self.peek() {
                Some('"' | '\'') => self.string()?,
                _ => {
                    let word: String = self.rest().chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-')).collect();
                    self.at += word.len();
                    word
                }
            };
            if self.at == at {
                return self.fault();
            }
            parts.push((part, at));
            self.blank(false);
            if self.peek() != Some('.') {
                return Ok(parts);
            }
            self.at += 1;
        }
    }

    fn string(&mut self) -> Result<String, Fault> {
        for (mark, raw) in [("\"\"\"", false), ("'''", true)] {
            if let Some(inner) = self.rest().strip_prefix(mark) {
                let Some(end) = inner.find(mark) else { return self.end() };
                let body = inner.get(..end).unwrap_or_default();
                self.at += end + mark.len() * 2;
                return Ok(if raw { body.to_owned() } else { body.replace("\\\"", "\"").replace("\\n", "\n") });
            }
        }
        let Some(quote) = self.peek() else { return self.fault() };
        let mut out = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((i, c)) = chars.next() {
            match c {
                c if c == quote => {
                    self.at += i + c.len_utf8();
                    return Ok(out);
                }
                '\n' => return self.fault(),
                '\\' if quote == '"' => match chars.next() {
                    Some((_, 'n')) => out.push('\n'),
                    Some((_, 't')) => out.push('\t'),
                    Some((_, other)) => out.push(other),
                    None => return self.end(),
                },
                c => out.push(c),
            }
        }
        self.end()
    }

    fn end<T>(&mut self) -> Result<T, Fault> {
        self.at = self.text.len();
        self.fault()
    }

    fn value(&mut self, depth: usize) -> Result<Tree, Fault> {
        if depth > MAX_DEPTH {
            return Err(Fault::TooDeep(self.at));
        }
        self.count()?;
        self.blank(false);
        let start = self.at;
        let node = match self.peek() {
            None => return self.fault(),
            Some('"' | '\'') => Node::Text(self.string()?.into()),
            Some('[') => {
                self.at += 1;
                let mut items = Vec::new();
                loop {
                    self.blank(true);
                    match self.peek() {
                        Some(']') => break self.at += 1,
                        Some(',') if !items.is_empty() => self.at += 1,
                        _ => items.push(self.value(depth + 1)?),
                    }
                }
                Node::List(items)
            }
            Some('{') => {
                self.at += 1;
                let mut map = Tree { node: Node::Map(Vec::new()), span: start..start };
                loop {
                    self.blank(true);
                    match self.peek() {
                        Some('}') => break self.at += 1,
                        Some(',') => self.at += 1,
                        _ => {
                            let key = self.key()?;
                            self.blank(false);
                            if self.peek() != Some('=') {
                                return self.fault();
                            }
                            self.at += 1;
                            let value = self.value(depth + 1)?;
                            // a table in one line has few keys, and none of them twice
                            *inline(&mut map, &key, self.at)? = value;
                        }
                    }
                }
                map.node
            }
            Some(_) => {
                let word = self.rest().split(['\n', ',', ']', '}', '#']).next().unwrap_or_default().trim_end();
                if word.is_empty() {
                    return self.fault();
                }
                self.at += word.len();
                let plain = word.replace('_', "");
                match word {
                    "true" => Node::Bool(true),
                    "false" => Node::Bool(false),
                    _ if plain.parse::<f64>().is_ok_and(f64::is_finite) => Node::Number(plain.into()),
                    _ => Node::Text(word.into()),
                }
            }
        };
        Ok(Tree { node, span: start..self.at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_values() {
        let text = "# x\na = 1_000\nb.c = \"q\\\"\" # y\n[auth.email]\non = true\nlist = [1, 'two', [3],\n]\nt = {x = 1, \"y z\" = 2024-01-01}\n[[p]]\nn = '''\nraw'''\n[[p]]\nn = 2\n[p.q]\nm = false\n";
        let tree = toml(text).expect("toml");
        assert_eq!(tree.get("a").and_then(Tree::number), Some(1000));
        assert_eq!(tree.path(&["b", "c"]).and_then(Tree::text), Some("q\""));
        assert_eq!(tree.path(&["auth", "email", "on"]).and_then(Tree::flag), Some(true));
        assert_eq!(tree.path(&["auth", "email", "list"]).map(|l| l.items().len()), Some(3));
        assert_eq!(tree.path(&["auth", "email", "t", "y z"]).and_then(Tree::text), Some("2024-01-01"));
        let p = tree.get("p").expect("a list").items();
        assert_eq!(p.get(1).and_then(|t| t.path(&["q", "m"])).and_then(Tree::flag), Some(false));
        let on = tree.path(&["auth", "email", "on"]).expect("a value");
        assert_eq!(text.get(on.span.clone()), Some("true"));
    }

    #[test]
    fn whatever_comes_it_ends() {
        assert!(matches!(toml(&format!("a = {}", "[".repeat(5000))), Err(Fault::TooDeep(_))));
        assert!(matches!(toml(&format!("{}a = 1", "a.".repeat(5000))), Err(Fault::TooDeep(_))));
        for text in
            ["a", "a =", "= 1", "[a", "[[a]", "a = \"x", "a = [1", "a = {b", "a = 1\na.b = 2", "[]", "a = '''", "\u{feff}", "a = \"\\"]
        {
            let _ = toml(text);
        }
        assert!(toml("a = \"x").is_err() && toml("").is_ok());
    }
}
