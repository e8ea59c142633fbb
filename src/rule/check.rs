//! A check: when something is wrong, with the examples that show it.

use super::clause::{self, Clause};
use super::decode::{Decoder, Keys};
use crate::fact::{Field, Kind, RecordSpec};
use crate::finding::{Confidence, Severity};
use crate::tree::{Node, Tree};
use serde::{Deserialize, Serialize};

/// One file of `rules/checks`. Its path is its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// `group/name`.
    pub id: String,
    /// One line.
    pub title: String,
    /// The weakness whose texts, severity and controls it inherits.
    pub weakness: String,
    /// The kind of fact it reads.
    pub about: Kind,
    /// When it fires.
    pub when: Clause,
    /// Sharper than the weakness's own.
    pub severity: Option<Severity>,
    /// How sure a proof is.
    pub confidence: Confidence,
    /// When it is worse.
    pub raise: Vec<Step>,
    /// When it is milder.
    pub lower: Vec<Step>,
    /// The message.
    pub say: Template,
    /// What evidence from other artifacts adds.
    pub also: Option<Template>,
    /// Sharper than the weakness's own.
    pub why: Option<String>,
    /// Sharper than the weakness's own, in the words of the text where it has slots.
    pub fix: Option<Template>,
    /// The cases it reads: a mapped control that holds in another case only is dropped.
    pub cases: Vec<Case>,
    /// Facts that agree in these fields make one finding.
    pub per: Vec<Field>,
    /// The field that names the subject, else the fact's own name.
    pub subject: Option<Field>,
    /// Examples of both kinds.
    pub examples: Vec<Example>,
    /// It is gone; the id is never used again.
    pub removed: bool,
    /// Where the numbers in it come from.
    pub source: Option<String>,
}

/// A change of severity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// To this severity; else by one step.
    pub to: Option<Severity>,
    /// When.
    pub when: Clause,
}

/// A case that a check reads, always or when a clause holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Id of the case.
    pub id: String,
    /// When it is read; nothing means always.
    pub when: Option<Clause>,
}

/// Text with fields in braces: `{about} needs only {verifies}`; `{holder|an unknown account}` has words for when it is not said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template(pub Vec<Part>);

impl Template {
    /// The text as it reads of no fact in particular.
    pub fn plain(&self) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Name => "…".into(),
            Part::Missing => "what is missing".into(),
            Part::Lines => String::new(),
            Part::Field(field, instead) => instead.clone().unwrap_or_else(|| field.name().replace('_', " ")),
        };
        self.0.iter().map(part).collect()
    }
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// As it stands.
    Text(String),
    /// The name of the fact.
    Name,
    /// What is missing.
    Missing,
    /// " (line 14)": where what was proved stands, below the place of the finding.
    Lines,
    /// A field, and the words used when it is not said.
    Field(Field, Option<String>),
}

/// Whether an example must fire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The check must fire.
    Bad,
    /// The check must stay quiet.
    Good,
}

/// Files that show what a check means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Whether it must fire.
    pub verdict: Verdict,
    /// Name and content.
    pub files: Vec<(String, String)>,
    /// What a history would tell of the secrets in it.
    pub life: Option<ExampleLife>,
    /// Whether it is what a change adds, which nobody has agreed to yet.
    pub change: bool,
    /// Line of the rule file.
    pub line: usize,
}

/// What a history would tell of a secret, for an example that shows it without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExampleLife {
    /// The date of the first commit with it, `YYYY-MM-DD`.
    pub first_seen: String,
    /// When it was removed, if it was: it stands in the history alone.
    pub removed: Option<String>,
    /// Who brought it, file by file; nothing: one person.
    pub authors: Vec<String>,
    /// Whether another value came in its place.
    pub replaced: bool,
}

/// The file name of an example that is just text.
const PROSE_EXAMPLE: &str = "runbook.md";

pub(super) fn parse(d: &mut Decoder<'_>, tree: &Tree, id: String) -> Option<Check> {
    let mut keys = d.map(tree, "a check")?;
    if keys.take("removed").and_then(Tree::flag) == Some(true) {
        return Some(Check {
            id,
            title: keys.text(d, "title").unwrap_or_default(),
            weakness: String::new(),
            about: Kind::Page,
            when: Clause::Any(Vec::new()),
            severity: None,
            confidence: Confidence::Low,
            raise: Vec::new(),
            lower: Vec::new(),
            say: Template(Vec::new()),
            also: None,
            why: None,
            fix: None,
            cases: Vec::new(),
            per: Vec::new(),
            subject: None,
            examples: Vec::new(),
            removed: true,
            source: None,
        });
    }
    let title = keys.need_text(d, "title");
    let weakness = keys.need_text(d, "weakness");
    let kinds: Vec<&str> = Kind::ALL.iter().map(|k| k.name()).collect();
    let about = keys.need(d, "about").and_then(|t| d.one_of(t, "kind of fact", Kind::named, &kinds));
    let severities = Severity::ALL.map(Severity::word);
    let severity = keys.take("severity").and_then(|t| d.one_of(t, "severity", Severity::named, &severities));
    let confidence =
        keys.take("confidence").and_then(|t| d.one_of(t, "confidence", Confidence::named, &Confidence::ALL.map(Confidence::word)));
    let (when_tree, say_tree, also_tree) = (keys.need(d, "when"), keys.need(d, "say"), keys.take("also"));
    let (raise_tree, lower_tree, cases_tree) = (keys.take("raise"), keys.take("lower"), keys.take("cases"));
    let (per_tree, subject_tree) = (keys.take("per"), keys.take("subject"));
    let (why, fix_tree, source) = (keys.text(d, "why"), keys.take("fix"), keys.text(d, "source"));
    let examples = examples(d, &mut keys);
    keys.finish(d);

    let about = about?;
    let scope = about.spec();
    let when = when_tree.and_then(|t| clause::parse(d, t, scope, None));
    let say = say_tree.and_then(|t| template(d, t, scope));
    let fix = fix_tree.and_then(|t| filled(d, t, scope, true));
    let also = also_tree.and_then(|t| template(d, t, scope));
    let raise = steps(d, raise_tree, scope);
    let lower = steps(d, lower_tree, scope);
    let cases = cases_tree.map(|t| cases(d, t, scope)).unwrap_or_default();
    let per = per_tree.map(|t| d.items_of(t, "`per`").iter().filter_map(|i| field(d, i, scope)).collect()).unwrap_or_default();
    let subject = subject_tree.and_then(|t| field(d, t, scope));
    Some(Check {
        id,
        title: title?,
        weakness: weakness?,
        about,
        when: when?,
        severity,
        confidence: confidence.unwrap_or(Confidence::High),
        raise,
        lower,
        say: say?,
        also,
        why,
        fix,
        cases,
        per,
        subject,
        examples,
        removed: false,
        source,
    })
}

fn field(d: &mut Decoder<'_>, tree: &Tree, scope: &'static RecordSpec) -> Option<Field> {
    let names: Vec<&str> = scope.fields.iter().map(|f| f.field.name()).collect();
    d.one_of(tree, &format!("field of a {}", scope.name), |n| scope.field(n).map(|f| f.field), &names)
}

fn steps(d: &mut Decoder<'_>, tree: Option<&Tree>, scope: &'static RecordSpec) -> Vec<Step> {
    let Some(tree) = tree else { return Vec::new() };
    let items = d.items_of(tree, "`raise` and `lower`");
    let mut out = Vec::new();
    for item in items {
        let Some(mut keys) = d.map(item, "a step") else { continue };
        let to = keys.take("to").and_then(|t| d.one_of(t, "severity", Severity::named, &Severity::ALL.map(Severity::word)));
        let when = keys.need(d, "when").and_then(|t| clause::parse(d, t, scope, None));
        keys.finish(d);
        out.extend(when.map(|when| Step { to, when }));
    }
    out
}

fn cases(d: &mut Decoder<'_>, tree: &Tree, scope: &'static RecordSpec) -> Vec<Case> {
    let mut out = Vec::new();
    for item in d.items_of(tree, "`cases`") {
        if let Some(id) = item.text() {
            out.push(Case { id: id.to_owned(), when: None });
            continue;
        }
        let Some(mut keys) = d.map(item, "a case") else { continue };
        let id = keys.need_text(d, "case");
        let when = keys.need(d, "when").and_then(|t| clause::parse(d, t, scope, None));
        keys.finish(d);
        if let (Some(id), Some(when)) = (id, when) {
            out.push(Case { id, when: Some(when) });
        }
    }
    out
}

fn template(d: &mut Decoder<'_>, tree: &Tree, scope: &'static RecordSpec) -> Option<Template> {
    filled(d, tree, scope, false)
}

/// A text with slots. Where it may hold `code`, braces around anything but a name are text.
fn filled(d: &mut Decoder<'_>, tree: &Tree, scope: &'static RecordSpec, code: bool) -> Option<Template> {
    let text = d.text_of(tree, if code { "fix" } else { "say" })?;
    let mut literal = String::new();
    let mut parts = Vec::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let slot = after.split_once('}').filter(|(inside, _)| !code || is_slot(inside));
        if code && slot.is_none() {
            literal.push_str(before);
            literal.push('{');
            rest = after;
            continue;
        }
        let Some((inside, after)) = slot else {
            d.error_at(tree.span.start, "a brace is not closed", None);
            return None;
        };
        literal.push_str(before);
        if !literal.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut literal)));
        }
        let (name, instead) = inside.split_once('|').map_or((inside, None), |(n, i)| (n, Some(i.to_owned())));
        match name {
            "name" => parts.push(Part::Name),
            "missing" => parts.push(Part::Missing),
            "lines" => parts.push(Part::Lines),
            _ => match scope.field(name) {
                Some(spec) => parts.push(Part::Field(spec.field, instead)),
                None => {
                    let names = scope.fields.iter().map(|f| f.field.name()).chain(["name", "missing", "lines"]);
                    d.unknown(tree.span.start, &format!("field of a {}", scope.name), name, names);
                    return None;
                }
            },
        }
        rest = after;
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Part::Text(literal));
    }
    Some(Template(parts))
}

/// Whether what stands in braces is the name of a field, with or without words to use instead.
fn is_slot(inside: &str) -> bool {
    let name = inside.split_once('|').map_or(inside, |(name, _)| name);
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

fn life(d: &mut Decoder<'_>, tree: &Tree) -> Option<ExampleLife> {
    let mut keys = d.map(tree, "a life")?;
    let life = ExampleLife {
        first_seen: keys.text(d, "first_seen").unwrap_or_default(),
        removed: keys.take("removed").and_then(|t| d.text_of(t, "a date")),
        authors: keys.take("authors").map(Tree::items).unwrap_or_default().iter().filter_map(|t| d.text_of(t, "an author")).collect(),
        replaced: keys.take("replaced").and_then(Tree::flag) == Some(true),
    };
    keys.finish(d);
    Some(life)
}

fn examples(d: &mut Decoder<'_>, keys: &mut Keys<'_>) -> Vec<Example> {
    let at = keys.tree.span.start;
    let mut out = Vec::new();
    if let Some(tree) = keys.take("examples") {
        for item in d.items_of(tree, "`examples`") {
            let Some(mut keys) = d.map(item, "an example") else { continue };
            for (key, verdict) in [("bad", Verdict::Bad), ("good", Verdict::Good)] {
                let Some(value) = keys.take(key) else { continue };
                let line = d.text.get(..value.span.start).map_or(0, |t| t.matches('\n').count()) + 1;
                let files = match value.get("files").map(|f| &f.node) {
                    Some(Node::Map(files)) => {
                        files.iter().filter_map(|e| Some((e.key.to_string(), d.text_of(&e.value, "a file")?))).collect()
                    }
                    _ => d.text_of(value, "an example").map(|t| vec![(PROSE_EXAMPLE.to_owned(), t)]).unwrap_or_default(),
                };
                let life = value.get("life").and_then(|tree| life(d, tree));
                let change = value.get("change").and_then(Tree::flag) == Some(true);
                out.push(Example { verdict, files, life, change, line });
            }
            keys.finish(d);
        }
    }
    for (verdict, word) in [(Verdict::Bad, "bad"), (Verdict::Good, "good")] {
        if !out.iter().any(|e| e.verdict == verdict) {
            d.error_at(at, format!("a check needs a {word} example"), None);
        }
    }
    out
}
