//! From a text to bodies: which syntax it is in, and what its wrappers hold.

use super::database::sql;
use super::record::segment;
use super::table::{Origin, Table};
use super::vault;
use super::wrapper::{csv_content, decoded, mounted, recorded, take, wrapped};
use super::{bundle, date, faults, ldif};
use crate::artifact::Why;
use crate::fact::Time;
use crate::read::{Doc, Lines};
use crate::tree::{Fault, Node, Tree, hcl, json, json_lenient, toml, yaml_lenient};
use std::borrow::Cow;
use std::ops::Range;

/// Wrappers in wrappers: no export has more.
const MOST_WRAPPERS: usize = 6;

/// A parsed text.
#[derive(Debug)]
pub(super) struct Input<'a> {
    /// What its wrappers hold.
    pub(super) bodies: Vec<Body<'a>>,
    /// What was lost.
    pub(super) faults: Vec<Why>,
    /// It is a collection of exports, of this kind.
    pub(super) kind: Option<&'static str>,
    /// It is an error message of this kind.
    pub(super) error: Option<&'static str>,
    /// When it was made, where it says so itself.
    pub(super) made: Option<(Time, Range<usize>)>,
}

/// What is offered to the readers.
#[derive(Debug)]
pub(super) enum Body<'a> {
    /// A value, and its pointer by position.
    Tree { tree: Tree, pointer: String },
    /// A table.
    Table(Table<'a>),
}

/// What a reader recognises a body by.
#[derive(Debug)]
pub(super) struct Head<'a> {
    /// The body; of a table, its columns with no values.
    pub(super) tree: Cow<'a, Tree>,
    /// Whether it is a table.
    pub(super) is_table: bool,
}

impl Body<'_> {
    pub(super) fn head(&self) -> Head<'_> {
        match self {
            Self::Tree { tree, .. } => Head { tree: Cow::Borrowed(tree), is_table: false },
            Self::Table(table) => Head { tree: Cow::Owned(table.head()), is_table: true },
        }
    }
}

impl Head<'_> {
    /// How many of these keys it has.
    pub(super) fn count(&self, keys: &[&str]) -> usize {
        keys.iter().filter(|key| self.tree.get(key).is_some()).count()
    }

    /// Whether it has all of these keys.
    pub(super) fn has(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| self.tree.get(key).is_some())
    }
}

impl<'a> Input<'a> {
    /// The bodies of a text, if it is in a syntax that exports come in; else what is wrong with it, where anything is.
    pub(super) fn parse(doc: &Doc<'a>) -> Result<Self, Option<Why>> {
        let mut input = Self { bodies: Vec::new(), faults: Vec::new(), kind: None, error: None, made: None };
        let text = doc.text;
        let error_possible = text.len() <= faults::LONGEST;
        let extension = language(&doc.file_name());
        match text.trim_start().bytes().next().ok_or(None)? {
            // a table's head looks like a list
            _ if extension == "toml" => {
                let tree = parsed(text, toml)?;
                input.bodies.push(Body::Tree { tree, pointer: String::new() });
            }
            b'{' | b'[' => {
                let (trees, fault) = parsed(text, documents)?;
                input.error = trees.first().filter(|_| trees.len() == 1 && error_possible).and_then(faults::body);
                input.faults.extend(fault.map(|fault| why(fault, text)));
                input.documents(trees);
            }
            b'<' if faults::is_page(text) => {
                let data = matches!(extension.as_str(), "json" | "csv" | "ndjson");
                input.error = (data && error_possible).then_some("web.error");
            }
            // a line that no YAML is: what failed printed it in place of data
            _ if error_possible && faults::words(text).is_some() => input.error = faults::words(text),
            _ if matches!(extension.as_str(), "yaml" | "yml") || names_itself(text) => {
                let trees = parsed(text, yaml_lenient)?;
                input.faults.extend(breaks_off(text, &trees).then(|| why(Fault::Truncated(text.trim_end().len()), text)));
                input.documents(trees);
            }
            _ if matches!(extension.as_str(), "tf" | "tofu") => {
                let tree = parsed(text, hcl)?;
                input.bodies.push(Body::Tree { tree, pointer: String::new() });
            }
            _ => {
                if let Some(tree) = written(text).map_err(|at| Some(why(Fault::Malformed(at), text)))? {
                    input.faults.extend(sql::breaks_off(&tree, text).then(|| why(Fault::Truncated(text.trim_end().len()), text)));
                    input.bodies.push(Body::Tree { tree, pointer: String::new() });
                    return Ok(input);
                }
                // what a program printed was often saved under a name that says nothing
                if matches!(extension.as_str(), "" | "txt" | "out") && begins_with_key(text) {
                    input.documents(yaml_lenient(text).unwrap_or_default());
                    return Ok(input);
                }
                if let Some(table) = Table::open(Cow::Borrowed(text), Origin::Document) {
                    input.bodies.push(Body::Table(table));
                }
            }
        }
        Ok(input)
    }

    /// The bodies of a value that was parsed already.
    pub(super) fn of(tree: Tree) -> Self {
        let mut input = Self { bodies: Vec::new(), faults: Vec::new(), kind: None, error: None, made: None };
        input.unwrap(tree, String::new(), 0);
        input
    }

    /// Takes the wrappers off the documents of a text.
    fn documents(&mut self, mut trees: Vec<Tree>) {
        match (trees.pop(), trees.is_empty()) {
            (Some(only), true) => self.unwrap(only, String::new(), 0),
            (Some(last), false) => {
                trees.push(last);
                self.pages(trees, "", 0);
            }
            (None, _) => {}
        }
    }

    /// Takes the wrappers off values that stand one after the other. Where they are the pages of one answer, only the last one tells
    /// whether another follows.
    fn pages(&mut self, items: Vec<Tree>, pointer: &str, depth: usize) {
        let partial = self.faults.contains(&Why::MorePages);
        let complete = items.len() > 1 && faults::complete(&items);
        for (i, item) in items.into_iter().enumerate() {
            self.unwrap(item, format!("{pointer}/{i}"), depth);
        }
        if complete && !partial {
            self.faults.retain(|why| *why != Why::MorePages);
        }
    }

    /// Takes wrappers off a value until bodies are left.
    fn unwrap(&mut self, mut tree: Tree, pointer: String, depth: usize) {
        if depth > MOST_WRAPPERS {
            return;
        }
        if self.made.is_none() {
            self.made = date::of(&tree, date::MADE).map(|(time, at)| (time, at.span.clone()));
        }
        if let Node::List(items) = tree.node {
            self.pages(items, &pointer, depth + 1);
            return;
        }
        if faults::more_follows(&tree) && !self.faults.contains(&Why::MorePages) {
            self.faults.push(Why::MorePages);
        }
        if let Some(content) = csv_content(&tree) {
            let (span, plain) = (content.span.clone(), content.text().unwrap_or_default().to_owned());
            let text = decoded(&plain).unwrap_or(plain);
            self.bodies.extend(Table::open(Cow::Owned(text), Origin::Inside(span)).map(Body::Table));
            return;
        }
        if let Some(inside) = recorded(&tree) {
            for (at, response) in inside {
                let span = response.span.clone();
                match response.node {
                    Node::Text(text) => {
                        let Ok(mut inner) = json(&text) else { continue };
                        settle(&mut inner, &span);
                        self.unwrap(inner, format!("{pointer}{at}"), depth + 1);
                    }
                    _ => self.unwrap(response, format!("{pointer}{at}"), depth + 1),
                }
            }
            return;
        }
        if let Some((kind, parts)) = bundle::parts(&tree) {
            self.kind = self.kind.or(kind);
            self.bodies.extend(parts.into_iter().map(|(at, tree)| Body::Tree { tree, pointer: format!("{pointer}{at}") }));
            return;
        }
        if depth < MOST_WRAPPERS {
            for (at, inner) in mounted(&tree) {
                self.unwrap(inner, format!("{pointer}{at}"), depth + 1);
            }
        }
        match wrapped(&tree) {
            Some(key) => {
                let Some(value) = take(&mut tree, key) else { return };
                self.unwrap(value, format!("{pointer}{}", segment(key)), depth + 1);
            }
            None => self.bodies.push(Body::Tree { tree, pointer }),
        }
    }
}

/// What is written in a language of its own: policies in HCL, dumps in SQL.
fn written(text: &str) -> Result<Option<Tree>, usize> {
    Ok(match vault::hcl::policy(text)? {
        Some(tree) => Some(tree),
        None => {
            (vault::init::printed(text).or_else(|| vault::table::printed(text))).or_else(|| sql::dump(text)).or_else(|| ldif::entries(text))
        }
    })
}

/// Whether a text begins as the objects of Kubernetes do: a kubeconfig has no extension.
pub(super) fn names_itself(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_end).filter(|l| !l.is_empty() && !l.starts_with('#') && *l != "---");
    lines.next().is_some_and(|l| ["apiVersion: ", "kind: "].iter().any(|key| l.starts_with(key)))
}

/// Whether a text in YAML ends too early, though its beginning is YAML as well: in the middle of a last line, or before what a list of
/// Kubernetes always ends with.
fn breaks_off(text: &str, trees: &[Tree]) -> bool {
    let last = text.lines().next_back().unwrap_or_default().trim_end();
    let open = !text.ends_with('\n') && (last.ends_with(':') || last.trim_start() == "-");
    let list = |tree: &Tree| tree.get("apiVersion").is_some() && tree.get("items").is_some() && tree.get("kind").is_none();
    open || trees.last().is_some_and(list)
}

/// The extension that tells the language of a file: `configuration.yml.example` is YAML.
pub(super) fn language(name: &str) -> String {
    let mut parts = name.rsplit('.');
    let last = parts.next().unwrap_or_default();
    let kept = matches!(last, "example" | "sample" | "dist" | "template" | "tmpl" | "tpl" | "bak" | "old" | "orig" | "save" | "txt");
    let before = parts.next().filter(|e| kept && matches!(*e, "yaml" | "yml" | "toml" | "hcl" | "tf" | "tofu"));
    if name.contains('.') { before.unwrap_or(last).to_owned() } else { String::new() }
}

/// Whether a text begins as a map or a list of maps does in YAML.
fn begins_with_key(text: &str) -> bool {
    let first = text.lines().map(str::trim_end).find(|l| !l.is_empty() && !l.starts_with('#') && *l != "---").unwrap_or_default();
    let first = first.strip_prefix("- ").unwrap_or(first);
    let key = first.split_once(": ").map(|(key, _)| key).or_else(|| first.strip_suffix(':'));
    first == "-"
        || key.is_some_and(|key| {
            !key.is_empty()
                && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'@' | b'.' | b'/' | b'"' | b'\''))
        })
}

/// Parses a text, with its placeholders filled if it cannot be parsed with them.
fn parsed<T>(text: &str, parse: fn(&str) -> Result<T, Fault>) -> Result<T, Option<Why>> {
    let once = parse(text);
    let again = || {
        let filled = masked(text).or_else(|| filled(text)).unwrap_or_else(|| text.to_owned());
        substituted(&filled).or((filled != text).then_some(filled)).and_then(|filled| parse(&filled).ok())
    };
    once.or_else(|fault| again().ok_or(fault)).map_err(|fault| Some(why(fault, text)))
}

/// A text whose bare placeholders (`@@NAME@@`, which deploy tools replace before they parse) became strings of the same length.
fn filled(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("@@") {
        let name =
            after.split_once("@@").filter(|(name, _)| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
        out.push_str(before);
        match name {
            // inside a string a placeholder breaks nothing
            Some((name, after)) if !before.ends_with(['"', '\'']) => {
                out.extend(["\"@", name, "@\""]);
                rest = after;
            }
            _ => {
                out.push_str("@@");
                rest = after;
            }
        }
    }
    (!out.is_empty()).then(|| out + rest)
}

/// A text whose values from elsewhere (`key: {{ secret "/run/key" }}`) became words of the same length. A template that decides what is
/// said, or repeats it, is left alone.
fn masked(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (inside, behind) = after.split_once("}}")?;
        let word = inside.trim_start_matches('-').split_whitespace().next()?;
        if !matches!(word, "secret" | "env" | "fileContent" | "mustEnv") || inside.contains('\n') {
            return None;
        }
        out.push_str(before);
        out.extend(std::iter::repeat_n('x', inside.len() + 4));
        rest = behind;
    }
    (!out.is_empty()).then(|| out + rest)
}

/// A text whose bare substitutions (`"key": $(env:NAME)`) became strings of the same length.
fn substituted(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut any = false;
    while let Some(at) = rest.find("$(") {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let bare = before.trim_end().ends_with(':');
        let end = after.find([')', '\n', '"']).filter(|end| bare && after.get(*end..).is_some_and(|r| r.starts_with(')')));
        match end.and_then(|end| Some((after.get(2..end)?, after.get(end + 1..)?))) {
            Some((name, after)) => {
                out.extend(["\"(", name, "\""]);
                (rest, any) = (after, true);
            }
            None => {
                out.push_str("$(");
                rest = after.get(2..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    any.then_some(out)
}

/// The reason for a fault, with its line.
fn why(fault: Fault, text: &str) -> Why {
    let line = Lines::new(text).position(fault.at()).0;
    match fault {
        Fault::Truncated(_) => Why::Truncated { line },
        Fault::TooDeep(_) => Why::TooDeep { line },
        Fault::TooLarge(_) => Why::TooManyNodes { line },
        Fault::Malformed(_) | Fault::DuplicateKey(_) => Why::Malformed { line },
    }
}

/// One JSON document, or several: one a line, or one after the other.
fn documents(text: &str) -> Result<(Vec<Tree>, Option<Fault>), Fault> {
    match json_lenient(text) {
        Ok((mut tree, fault)) => {
            if fault.is_some() {
                // a cut text was closed to be read: what was added stands nowhere
                clamp(&mut tree, text.len());
            }
            Ok((vec![tree], fault))
        }
        Err(Fault::Malformed(at)) => stream(text, at),
        Err(fault) => Err(fault),
    }
}

/// Documents one after the other. A text whose first document is broken is no stream.
fn stream(text: &str, broken: usize) -> Result<(Vec<Tree>, Option<Fault>), Fault> {
    let mut trees = Vec::new();
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&serde_json::value::RawValue>();
    let mut at = 0;
    loop {
        match values.next() {
            None => return Ok((trees, None)),
            Some(Ok(raw)) => {
                let start = (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
                let mut tree = json(raw.get())?;
                shift(&mut tree, start);
                trees.push(tree);
                at = start + raw.get().len();
            }
            Some(Err(_)) if trees.is_empty() => return Err(Fault::Malformed(broken)),
            Some(Err(error)) if error.is_eof() => return Ok((trees, Some(Fault::Truncated(text.trim_end().len())))),
            Some(Err(_)) => return Ok((trees, Some(Fault::Malformed(at)))),
        }
    }
}

fn clamp(tree: &mut Tree, end: usize) {
    tree.span = tree.span.start.min(end)..tree.span.end.min(end);
    match &mut tree.node {
        Node::List(items) => items.iter_mut().for_each(|item| clamp(item, end)),
        Node::Map(entries) => entries.iter_mut().for_each(|e| clamp(&mut e.value, end)),
        _ => {}
    }
}

fn shift(tree: &mut Tree, by: usize) {
    tree.span = tree.span.start + by..tree.span.end + by;
    match &mut tree.node {
        Node::List(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Node::Map(entries) => entries.iter_mut().for_each(|e| {
            e.at += by;
            shift(&mut e.value, by);
        }),
        _ => {}
    }
}

/// A value that was parsed out of a string stands where the string stands.
pub(super) fn settle(tree: &mut Tree, span: &std::ops::Range<usize>) {
    tree.span = span.clone();
    match &mut tree.node {
        Node::List(items) => items.iter_mut().for_each(|item| settle(item, span)),
        Node::Map(entries) => entries.iter_mut().for_each(|e| {
            e.at = span.start;
            settle(&mut e.value, span);
        }),
        _ => {}
    }
}
