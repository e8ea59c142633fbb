//! Typed clauses: the whole vocabulary of checks. Field and word are checked against the schema when a rule is loaded.

use super::decode::Decoder;
use crate::fact::{Duty, Field, FieldSpec, RecordSpec, Ty};
use crate::tree::{Node, Tree};
use serde::{Deserialize, Serialize};

/// A condition over the fields of a fact. Three-valued when judged: proved, refuted, cannot tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Clause {
    /// Every one of them.
    All(Vec<Self>),
    /// At least one of them.
    Any(Vec<Self>),
    /// Proved when it is refuted.
    Not(Box<Self>),
    /// Only claims of these duties count. Without it, prohibitions do not.
    Duty(Vec<Duty>, Box<Self>),
    /// A test on a field.
    Field(Field, Test),
}

/// A test on what is stated of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Test {
    /// Every one of these tests.
    All(Vec<Self>),
    /// Some claim has this value.
    Is(Literal),
    /// Some claim has one of these values.
    OneOf(Vec<Literal>),
    /// Some number or duration is this much or more.
    AtLeast(Bound),
    /// Some number or duration is this much or less.
    AtMost(Bound),
    /// Some time lies more than so many seconds before the as-of date.
    OlderThan(i64),
    /// Some time lies within so many seconds before the as-of date.
    Within(i64),
    /// Some text matches this regular expression (names, never prose).
    Matches(String),
    /// Unsaid, said to be no or empty, or referenced elsewhere (then one severity step lower). Never mute.
    Lacks,
    /// Some claim has a value that the other field, here or in the record around, has too.
    SameAs(Field),
    /// Some item satisfies the clause.
    Some(Box<Clause>),
    /// Every item does.
    Every(Box<Clause>),
    /// No item does.
    None(Box<Clause>),
    /// The number of items, or of distinct values.
    Count(Box<Self>),
    /// Proved when it is refuted.
    Not(Box<Self>),
}

/// A value written in a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Literal {
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(i64),
    /// A word or text.
    Text(String),
    /// `never`, of a time or duration.
    Never,
}

/// What a number or duration is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bound {
    /// A number, or seconds.
    Value(i64),
    /// Another field.
    Field(Field),
}

const TESTS: [&str; 15] = [
    "is",
    "one_of",
    "at_least",
    "at_most",
    "older_than",
    "within",
    "matches",
    "lacks",
    "same_as",
    "some",
    "every",
    "none",
    "count",
    "not",
    "duty",
];

/// The clause that a tree spells, in the scope of a record; `outer` is the record around it. Mistakes go to `errors`.
pub(super) fn parse(d: &mut Decoder<'_>, tree: &Tree, scope: &'static RecordSpec, outer: Option<&'static RecordSpec>) -> Option<Clause> {
    let Node::Map(entries) = &tree.node else {
        d.error_at(tree.span.start, "a clause must be a mapping of fields to tests", None);
        return None;
    };
    let mut parts = Vec::new();
    let mut duties = None;
    for entry in entries {
        let part = match &*entry.key {
            "all" => list(d, &entry.value, scope, outer).map(Clause::All),
            "any" => list(d, &entry.value, scope, outer).map(Clause::Any),
            "not" => parse(d, &entry.value, scope, outer).map(|c| Clause::Not(Box::new(c))),
            "duty" => {
                duties = duty(d, &entry.value);
                continue;
            }
            name => match scope.field(name) {
                Some(spec) => test(d, &entry.value, spec, scope, outer).map(|t| Clause::Field(spec.field, t)),
                None => {
                    let names = scope.fields.iter().map(|f| f.field.name()).chain(["all", "any", "not", "duty"]);
                    d.unknown(entry.at, &format!("field of a {}", scope.name), name, names);
                    None
                }
            },
        };
        parts.extend(part);
    }
    if parts.is_empty() {
        // fields that were refused have been complained of already
        if entries.is_empty() {
            d.error_at(tree.span.start, "an empty clause proves nothing", None);
        }
        return None;
    }
    let clause = if parts.len() == 1 { parts.remove(0) } else { Clause::All(parts) };
    Some(match duties {
        Some(duties) => Clause::Duty(duties, Box::new(clause)),
        None => clause,
    })
}

/// The clause in a YAML text, for a record. For tests and tools.
pub fn clause(text: &str, scope: &'static RecordSpec) -> Result<Clause, Vec<super::RuleError>> {
    let mut d = Decoder::new("clause", text);
    let parsed = match crate::tree::yaml(text) {
        Ok(documents) => documents.first().and_then(|tree| parse(&mut d, tree, scope, None)),
        Err(fault) => {
            d.error_at(fault.at(), fault.words(), None);
            None
        }
    };
    match parsed {
        Some(clause) if d.errors.is_empty() => Ok(clause),
        _ => Err(d.errors),
    }
}

fn list(d: &mut Decoder<'_>, tree: &Tree, scope: &'static RecordSpec, outer: Option<&'static RecordSpec>) -> Option<Vec<Clause>> {
    let items = d.items_of(tree, "`all` and `any`");
    if items.is_empty() {
        d.error_at(tree.span.start, "an empty list of clauses proves nothing", None);
        return None;
    }
    Some(items.iter().filter_map(|item| parse(d, item, scope, outer)).collect())
}

fn duty(d: &mut Decoder<'_>, tree: &Tree) -> Option<Vec<Duty>> {
    let values: Vec<&Tree> = match &tree.node {
        Node::Map(entries) => entries
            .iter()
            .flat_map(|e| match &*e.key {
                "is" | "one_of" => e.value.items().iter().collect::<Vec<_>>(),
                other => {
                    d.unknown(e.at, "test on `duty`", other, ["is", "one_of"]);
                    Vec::new()
                }
            })
            .collect(),
        _ => tree.items().iter().collect(),
    };
    let named = |w: &str| [Duty::Must, Duty::Should, Duty::May, Duty::MustNot, Duty::Unless].into_iter().find(|x| x.word() == w);
    Some(values.into_iter().filter_map(|v| d.one_of(v, "duty", named, &Duty::WORDS)).collect())
}

fn test(
    d: &mut Decoder<'_>,
    tree: &Tree,
    spec: &'static FieldSpec,
    scope: &'static RecordSpec,
    outer: Option<&'static RecordSpec>,
) -> Option<Test> {
    if tree.text() == Some("lacks") {
        return Some(Test::Lacks);
    }
    let Node::Map(entries) = &tree.node else {
        d.error_at(tree.span.start, format!("a test on `{}` must be `lacks` or a mapping such as `{{is: …}}`", spec.field.name()), None);
        return None;
    };
    let mut tests = Vec::new();
    for entry in entries {
        let (at, value) = (entry.at, &entry.value);
        let inner = match spec.ty {
            Ty::List(record) => Some(record),
            Ty::Related(kind) => Some(kind.spec()),
            _ => None,
        };
        let items = |d: &mut Decoder<'_>, make: fn(Box<Clause>) -> Test| match inner {
            Some(record) => parse(d, value, record, Some(scope)).map(|c| make(Box::new(c))),
            None => {
                d.error_at(at, format!("`{}` holds values, not records: use `one_of`", spec.field.name()), None);
                None
            }
        };
        let one = match &*entry.key {
            "some" => items(d, Test::Some),
            "every" => items(d, Test::Every),
            "none" => items(d, Test::None),
            "lacks" if value.flag() == Some(true) => Some(Test::Lacks),
            "not" => test(d, value, spec, scope, outer).map(|t| Test::Not(Box::new(t))),
            "count" => count(d, value).map(|t| Test::Count(Box::new(t))),
            key if inner.is_some() => {
                if TESTS.contains(&key) {
                    d.error_at(at, format!("`{}` holds records: use `some`, `every`, `none`, `count` or `lacks`", spec.field.name()), None);
                } else {
                    d.unknown(at, "test", key, TESTS);
                }
                None
            }
            "is" => literal(d, value, spec).map(Test::Is),
            "one_of" => Some(Test::OneOf(d.items_of(value, "`one_of`").iter().filter_map(|v| literal(d, v, spec)).collect())),
            "at_least" => bound(d, value, spec, scope).map(Test::AtLeast),
            "at_most" => bound(d, value, spec, scope).map(Test::AtMost),
            key @ ("older_than" | "within") => {
                let seconds = d.text_of(value, key).and_then(|t| {
                    let seconds = duration(&t);
                    if seconds.is_none() {
                        d.error_at(value.span.start, format!("`{t}` is no duration"), Some("write 90d, 24h, 10m or 30s".into()));
                    }
                    seconds
                });
                if !matches!(spec.ty, Ty::Time) {
                    d.error_at(at, format!("`{}` is no time", spec.field.name()), None);
                }
                seconds.map(if key == "older_than" { Test::OlderThan } else { Test::Within })
            }
            "matches" => d.text_of(value, "matches").and_then(|pattern| {
                if !matches!(spec.ty, Ty::Text) {
                    d.error_at(at, format!("`{}` is no text", spec.field.name()), None);
                }
                match limited(&pattern) {
                    Ok(_) => Some(Test::Matches(pattern)),
                    Err(_) => {
                        d.error_at(value.span.start, "not a regular expression, or too large a one", None);
                        None
                    }
                }
            }),
            "same_as" => d.text_of(value, "same_as").and_then(|name| {
                let found = scope.field(&name).or_else(|| outer.and_then(|o| o.field(&name)));
                if found.is_none() {
                    let names = scope.fields.iter().chain(outer.into_iter().flat_map(|o| o.fields)).map(|f| f.field.name());
                    d.unknown(value.span.start, "field", &name, names);
                }
                found.map(|f| Test::SameAs(f.field))
            }),
            key => {
                d.unknown(at, "test", key, TESTS);
                None
            }
        };
        tests.extend(one);
    }
    match tests.len() {
        0 => {
            if entries.is_empty() {
                d.error_at(tree.span.start, "an empty test proves nothing", None);
            }
            None
        }
        1 => Some(tests.remove(0)),
        _ => Some(Test::All(tests)),
    }
}

/// A regular expression with a limit on its compiled size (1 MiB), so that a rule cannot stall a scan.
pub(crate) fn limited(pattern: &str) -> Result<regex::Regex, regex::Error> {
    regex::RegexBuilder::new(pattern).size_limit(1 << 20).build()
}

/// The same over bytes.
pub(crate) fn limited_bytes(pattern: &str) -> Result<regex::bytes::Regex, regex::Error> {
    regex::bytes::RegexBuilder::new(pattern).size_limit(1 << 20).build()
}

fn count(d: &mut Decoder<'_>, tree: &Tree) -> Option<Test> {
    let mut keys = d.map(tree, "count")?;
    let mut tests = Vec::new();
    for (key, make) in [
        ("is", (|n| Test::Is(Literal::Number(n))) as fn(i64) -> Test),
        ("at_least", |n| Test::AtLeast(Bound::Value(n))),
        ("at_most", |n| Test::AtMost(Bound::Value(n))),
    ] {
        if let Some(value) = keys.take(key) {
            tests.extend(d.number_of(value, key).map(make));
        }
    }
    keys.finish(d);
    match tests.len() {
        0 => None,
        1 => Some(tests.remove(0)),
        _ => Some(Test::All(tests)),
    }
}

fn literal(d: &mut Decoder<'_>, tree: &Tree, spec: &FieldSpec) -> Option<Literal> {
    let name = spec.field.name();
    match spec.ty {
        Ty::Flag => {
            let flag = tree.flag();
            if flag.is_none() {
                d.error_at(tree.span.start, format!("`{name}` is true or false"), None);
            }
            flag.map(Literal::Flag)
        }
        Ty::Number => d.number_of(tree, name).map(Literal::Number),
        Ty::Text => d.text_of(tree, name).map(Literal::Text),
        Ty::Word(words) => {
            d.one_of(tree, &format!("word for `{name}`"), |w| words.contains(&w).then(|| w.to_owned()), words).map(Literal::Text)
        }
        Ty::Time | Ty::Duration if tree.text() == Some("never") => Some(Literal::Never),
        _ => {
            d.error_at(
                tree.span.start,
                format!("`{name}` can only be compared with `never`, `at_least`, `at_most`, `older_than` or `within`"),
                None,
            );
            None
        }
    }
}

fn bound(d: &mut Decoder<'_>, tree: &Tree, spec: &FieldSpec, scope: &'static RecordSpec) -> Option<Bound> {
    let name = spec.field.name();
    if let Some(other) = tree.get("field") {
        let other_name = d.text_of(other, "field")?;
        let found = scope.field(&other_name);
        if found.is_none() {
            d.unknown(other.span.start, "field", &other_name, scope.fields.iter().map(|f| f.field.name()));
        }
        return found.map(|f| Bound::Field(f.field));
    }
    match spec.ty {
        Ty::Number => d.number_of(tree, name).map(Bound::Value),
        Ty::Duration => {
            let seconds = tree.scalar().and_then(duration);
            if seconds.is_none() {
                d.error_at(tree.span.start, format!("`{name}` is compared with a duration"), Some("write 90d, 24h, 10m or 30s".into()));
            }
            seconds.map(Bound::Value)
        }
        _ => {
            d.error_at(tree.span.start, format!("`{name}` is neither a number nor a duration"), None);
            None
        }
    }
}

/// Seconds of a duration such as `90d`, `24h`, `10m`, `30s`.
pub fn duration(text: &str) -> Option<i64> {
    let unit = text.chars().last()?;
    let number: i64 = text.strip_suffix(unit)?.parse().ok()?;
    let seconds = match unit {
        'd' => 86_400,
        'h' => 3_600,
        'm' => 60,
        's' => 1,
        _ => return None,
    };
    number.checked_mul(seconds)
}
