//! The JSON Schema of checks, made from the fact schema: what an editor offers is what the loader takes.

use crate::fact::{Duty, Kind, RecordSpec, Ty, records};
use crate::finding::{Confidence, Severity};
use serde_json::{Map, Value, json};

/// The schema of `rules/checks/**.yaml`, over the weaknesses of a pack.
pub fn schema(rules: &super::Pack) -> Value {
    let mut defs = Map::new();
    for record in records() {
        defs.insert(format!("clause_{}", record.name), clause(record));
    }
    let kinds: Vec<Value> = Kind::ALL
        .iter()
        .map(|kind| {
            let clause = json!({"$ref": format!("#/$defs/clause_{}", kind.name())});
            json!({
                "if": {"properties": {"about": {"const": kind.name()}}},
                "then": {"properties": {
                    "when": clause,
                    "raise": {"items": {"properties": {"when": clause}}},
                    "lower": {"items": {"properties": {"when": clause}}},
                }},
            })
        })
        .collect();
    let severity = json!({"enum": Severity::ALL.map(Severity::word)});
    let step = json!({"type": "array", "items": {"type": "object", "required": ["when"], "properties": {"to": severity, "when": {"type": "object"}}, "additionalProperties": false}});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A sidedoor check",
        "type": "object",
        "required": ["title", "weakness", "about", "when", "say", "examples"],
        "additionalProperties": false,
        "properties": {
            "title": {"type": "string"},
            "weakness": {"enum": rules.weaknesses.iter().map(|w| w.id.as_str()).collect::<Vec<_>>()},
            "about": {"enum": Kind::ALL.iter().map(|k| k.name()).collect::<Vec<_>>()},
            "when": {"type": "object"},
            "severity": severity,
            "confidence": {"enum": Confidence::ALL.map(Confidence::word)},
            "raise": step,
            "lower": step,
            "say": {"type": "string"},
            "also": {"type": "string"},
            "why": {"type": "string"},
            "fix": {"type": "string"},
            "source": {"type": "string"},
            "cases": {"type": "array"},
            "per": {"type": "array", "items": {"type": "string"}},
            "subject": {"type": "string"},
            "removed": {"type": "boolean"},
            "examples": {"type": "array", "items": {"type": "object", "properties": {"bad": true, "good": true}, "additionalProperties": false}},
        },
        "allOf": kinds,
        "$defs": defs,
    })
}

fn clause(record: &RecordSpec) -> Value {
    let own = json!({"$ref": format!("#/$defs/clause_{}", record.name)});
    let mut properties = Map::new();
    properties.insert("all".into(), json!({"type": "array", "minItems": 1, "items": own}));
    properties.insert("any".into(), json!({"type": "array", "minItems": 1, "items": own}));
    properties.insert("not".into(), own);
    properties.insert("duty".into(), json!({"properties": {"is": {"enum": Duty::WORDS}, "one_of": {"items": {"enum": Duty::WORDS}}}}));
    for field in record.fields {
        properties.insert(field.field.name().into(), test(field.ty, field.label));
    }
    json!({"type": "object", "description": record.doc, "properties": properties, "additionalProperties": false, "minProperties": 1})
}

fn test(ty: Ty, label: &str) -> Value {
    let values = |value: Value| json!({"is": value, "one_of": {"type": "array", "items": value}});
    let duration = json!({"type": "string", "pattern": "^[0-9]+[dhms]$"});
    let items = |name: &str| {
        let clause = json!({"$ref": format!("#/$defs/clause_{name}")});
        json!({"some": clause, "every": clause, "none": clause})
    };
    let own = match ty {
        Ty::Flag => values(json!({"type": "boolean"})),
        Ty::Number => json!({"is": {"type": "integer"}, "one_of": {"type": "array"}, "at_least": true, "at_most": true}),
        Ty::Text => json!({"is": {"type": "string"}, "one_of": {"type": "array"}, "matches": {"type": "string", "format": "regex"}}),
        Ty::Word(words) => values(json!({"enum": words})),
        Ty::Time => json!({"is": {"const": "never"}, "older_than": duration, "within": duration}),
        Ty::Duration => json!({"is": {"const": "never"}, "at_least": true, "at_most": true}),
        Ty::List(record) => items(record.name),
        Ty::Related(kind) => items(kind.name()),
    };
    let mut properties = own.as_object().cloned().unwrap_or_default();
    properties.insert("not".into(), json!({"type": "object"}));
    properties.insert("count".into(), json!({"type": "object"}));
    properties.insert("same_as".into(), json!({"type": "string"}));
    properties.insert("lacks".into(), json!({"const": true}));
    json!({"description": label, "oneOf": [{"const": "lacks"}, {"type": "object", "properties": properties, "additionalProperties": false, "minProperties": 1}]})
}
