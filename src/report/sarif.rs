//! SARIF 2.1.0, with what GitHub code scanning asks for: one run, relative URIs, fingerprints, `security-severity` on rules.

use super::Sheet;
use crate::artifact::Place;
use crate::finding::{Confidence, Finding, Severity, State};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// GitHub shows ten tags of a rule and refuses more than twenty.
const TAGS: usize = 10;
/// A region is kept this short, because annotations appear only where a whole region is in the diff.
const REGION_LINES: u32 = 3;

pub(super) fn write(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let frameworks: BTreeMap<&str, BTreeSet<&str>> = sheet.shown.iter().flat_map(|f| &f.controls).fold(BTreeMap::new(), |mut map, c| {
        map.entry(c.framework.as_str()).or_insert_with(BTreeSet::new).insert(c.id.as_str());
        map
    });
    let rules: BTreeMap<String, &Finding> = sheet.shown.iter().map(|f| (rule_id(sheet, f), *f)).collect();
    let index: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(i, id)| (id.as_str(), i)).collect();
    let results: Vec<Value> = sheet.shown.iter().map(|f| result(sheet, f, &index, &frameworks)).collect();
    let notifications: Vec<Value> = sheet
        .unread
        .iter()
        .map(|u| {
            json!({
                "level": if u.why.is_loss() { "warning" } else { "note" },
                "message": {"text": format!("Not read, or not wholly: {}", u.why.words())},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(u.path.as_str())}}}],
            })
        })
        .collect();
    let report = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "sidedoor",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|(id, f)| rule(sheet, id, f)).collect::<Vec<_>>(),
                "properties": {"rules": sheet.digest},
            }},
            "automationDetails": {"id": "sidedoor/"},
            "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": notifications}],
            "taxonomies": frameworks.iter().map(|(id, controls)| taxonomy(sheet, id, controls)).collect::<Vec<_>>(),
            "results": results,
            "properties": {"as_of": sheet.as_of, "complete": sheet.losses() == 0},
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &report).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// Severity hangs on the rule in SARIF, so a finding that is worse or milder than usual gets a rule of its own.
fn rule_id(sheet: &Sheet<'_>, finding: &Finding) -> String {
    let usual =
        sheet.rules.check(&finding.rule).and_then(|c| c.severity).or_else(|| sheet.rules.weakness(&finding.weakness).map(|w| w.severity));
    if usual == Some(finding.severity) { finding.rule.clone() } else { format!("{}/{}", finding.rule, finding.severity.word()) }
}

fn rule(sheet: &Sheet<'_>, id: &str, finding: &Finding) -> Value {
    let weakness = sheet.rules.weakness(&finding.weakness);
    let check = sheet.rules.check(&finding.rule);
    let why = check.and_then(|c| c.why.clone()).or_else(|| weakness.map(|w| w.why.clone())).unwrap_or_default();
    let what = weakness.map_or(String::new(), |w| w.what.clone());
    let controls: Vec<String> = finding.controls.iter().filter(|c| c.primary).map(|c| format!("- {} {}", c.framework, c.id)).collect();
    let mut tags = vec!["security".to_owned(), finding.weakness.clone()];
    tags.extend(finding.controls.iter().filter_map(|c| {
        let number = c.id.strip_prefix("CWE-")?;
        Some(format!("external/cwe/cwe-{number}"))
    }));
    tags.extend(finding.controls.iter().filter_map(|c| c.label.clone()));
    tags.extend(finding.controls.iter().filter(|c| c.primary && !c.id.starts_with("CWE-")).map(|c| c.id.clone()));
    let mut seen = BTreeSet::new();
    tags.retain(|t| seen.insert(t.clone()));
    tags.truncate(TAGS);
    json!({
        "id": id,
        "name": finding.rule.split(['/', '-']).map(capital).collect::<String>(),
        "shortDescription": {"text": finding.title},
        "fullDescription": {"text": format!("{what} {why}").trim()},
        "help": {
            "text": format!("{why}\n\nFix: {}", finding.fix),
            "markdown": format!("{why}\n\n**Fix:** {}\n\n**Controls**\n\n{}\n\nMore: `sidedoor explain {}`", finding.fix, controls.join("\n"), finding.rule),
        },
        "defaultConfiguration": {"level": level(finding.severity)},
        "properties": {
            "tags": tags,
            "precision": precision(finding.confidence),
            "security-severity": score(finding.severity),
        },
    })
}

/// Places that the text of a result links to.
const SEEN: usize = 10;

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

fn result(sheet: &Sheet<'_>, f: &Finding, rules: &BTreeMap<&str, usize>, frameworks: &BTreeMap<&str, BTreeSet<&str>>) -> Value {
    let id = rule_id(sheet, f);
    let mut message = f.message.to_string();
    let mut related = Vec::new();
    if !f.related.is_empty() && !message.ends_with(['.', '!', '?']) {
        message.push('.');
    }
    for r in &f.related {
        let n = related.len() + 1;
        // a secret may stand in hundreds of files; all of them are related locations
        if n <= SEEN {
            message.push_str(&format!(" See [{}:{}]({n}).", escape(r.place.path.as_str()), r.place.line));
        }
        related.push(json!({"id": n, "message": {"text": r.why.as_str()}, "physicalLocation": physical(&r.place)}));
    }
    for quote in f.evidence.iter().filter(|q| q.place.path == f.place.path && q.place.line != f.place.line) {
        related
            .push(json!({"id": related.len() + 1, "message": {"text": quote.text.as_str()}, "physicalLocation": physical(&quote.place)}));
    }
    let taxa: Vec<Value> = f
        .controls
        .iter()
        .filter(|c| c.primary)
        .filter_map(|c| {
            let framework = frameworks.keys().position(|k| *k == c.framework)?;
            Some(json!({"id": c.id, "toolComponent": {"name": c.framework, "index": framework}}))
        })
        .collect();
    let mut prints = json!({"sidedoor/v1": f.fingerprint});
    if let (Some(hash), Some(object)) = (&f.place.line_hash, prints.as_object_mut()) {
        object.insert("primaryLocationLineHash".into(), json!(hash.as_str()));
    }
    let mut value = json!({
        "ruleId": id,
        "ruleIndex": rules.get(id.as_str()).copied().unwrap_or(0),
        "level": level(f.severity),
        "message": {"text": message},
        "locations": [{
            "physicalLocation": physical(&f.place),
            "logicalLocations": [{"fullyQualifiedName": f.subject.as_str()}],
        }],
        "relatedLocations": related,
        "partialFingerprints": prints,
        "fingerprints": {"sidedoor/v1": f.fingerprint},
        "taxa": taxa,
        "properties": {
            "weakness": f.weakness,
            "severity": f.severity.word(),
            "confidence": f.confidence.word(),
            "missing": f.missing,
            "subjects": f.subjects.iter().map(crate::artifact::Clean::as_str).collect::<Vec<_>>(),
        },
    });
    if let Some(object) = value.as_object_mut() {
        match &f.state {
            State::Open | State::Lapsed { .. } => {}
            State::Allowed { because } => {
                object
                    .insert("suppressions".into(), json!([{"kind": "inSource", "status": "accepted", "justification": because.as_str()}]));
            }
            State::Waived { because, owner, until } => {
                let text = format!("{because} (owner {owner}, until {until})");
                object.insert("suppressions".into(), json!([{"kind": "external", "status": "accepted", "justification": text}]));
            }
            State::Baselined => {
                object.insert("baselineState".into(), json!("unchanged"));
                object
                    .insert("suppressions".into(), json!([{"kind": "external", "status": "accepted", "justification": "in the baseline"}]));
            }
        }
    }
    value
}

fn physical(place: &Place) -> Value {
    let end = place.end_line.min(place.line + REGION_LINES - 1).max(place.line);
    let mut region = json!({"startLine": place.line, "startColumn": place.column, "endLine": end});
    // a region that ends on a later line runs to the end of it, which is what an absent endColumn says
    if let (true, Some(object)) = (end == place.line && place.end_line == place.line, region.as_object_mut()) {
        object.insert("endColumn".into(), json!(u64::from(place.column) + (place.span.1 - place.span.0).max(1)));
    }
    json!({"artifactLocation": {"uri": uri(place.path.as_str()), "uriBaseId": "%SRCROOT%"}, "region": region})
}

fn taxonomy(sheet: &Sheet<'_>, id: &str, controls: &BTreeSet<&str>) -> Value {
    let framework = sheet.rules.framework(id);
    let says =
        |control: &str| framework.and_then(|f| f.controls.iter().find(|c| c.id == control)).map_or(String::new(), |c| c.says.clone());
    json!({
        "name": id,
        "fullName": framework.map_or(id, |f| f.name.as_str()),
        "version": framework.map_or("", |f| f.version.as_str()),
        "taxa": controls.iter().map(|c| json!({"id": c, "shortDescription": {"text": says(c)}})).collect::<Vec<_>>(),
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// GitHub's bands: over 9.0 critical, from 7.0 high, from 4.0 medium, above 0 low.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.0",
    }
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

fn escape(text: &str) -> String {
    text.replace('[', "\\[").replace(']', "\\]")
}

/// A relative path as a URI: every byte but the unreserved ones and the slash is percent-encoded.
fn uri(path: &str) -> String {
    path.bytes().fold(String::with_capacity(path.len()), |mut out, b| {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(b)),
            b => out.push_str(&format!("%{b:02X}")),
        }
        out
    })
}
