//! Every export of the fixtures in the other forms that tools save it in: it is the same export, and says the same.

#![allow(clippy::expect_used, clippy::disallowed_methods)] // tests may fail loudly

use serde_json::Value;
use sidedoor::artifact::Artifact;
use sidedoor::fact::Kind;
use sidedoor::read::{Knowledge, Reading, read};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The fixtures in JSON, and the examples of rules.
fn fixtures() -> BTreeMap<String, Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/exports");
    let (mut folders, mut all) = (vec![root], BTreeMap::<String, Vec<String>>::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if let (Some(stem), Ok(text)) = (path.to_str().and_then(|p| p.strip_suffix(".json")), fs::read_to_string(&path)) {
                all.entry(stem.rsplit('/').next().unwrap_or(stem).to_owned()).or_default().push(text);
            }
        }
    }
    for (name, text) in sidedoor::catalogue().checks.iter().flat_map(|c| &c.examples).flat_map(|e| &e.files) {
        if let Some(stem) = name.strip_suffix(".json") {
            all.entry(stem.rsplit('/').next().unwrap_or(stem).to_owned()).or_default().push(text.clone());
        }
    }
    all.values_mut().for_each(|texts| texts.sort());
    all.values_mut().for_each(Vec::dedup);
    all
}

/// What the facts are about. A secret is told by the shape of the text around it, which is another one here.
fn said(reading: &Reading) -> BTreeSet<(Kind, String)> {
    let about = reading.facts.iter().filter(|f| !matches!(f.kind, Kind::Sighting | Kind::KeyUse));
    // what is named after its file changes its name with it
    let named = |name: &str| [".json", ".yaml", ".txt", ".ndjson"].iter().fold(name.to_owned(), |name, end| name.replace(end, ""));
    about.map(|f| (f.kind, named(f.name.as_str()))).collect()
}

/// A value as block YAML.
fn yaml(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    let below = |head: String, value: &Value, out: &mut String| {
        out.push_str(&pad);
        out.push_str(&head);
        match value {
            Value::Object(map) if !map.is_empty() => {
                out.push('\n');
                yaml(value, indent + 2, out);
            }
            Value::Array(list) if !list.is_empty() => {
                out.push('\n');
                yaml(value, indent + 2, out);
            }
            scalar => {
                out.push(' ');
                out.push_str(&scalar.to_string());
                out.push('\n');
            }
        }
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            let plain = key.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
            below(if plain { format!("{key}:") } else { format!("{}:", Value::from(key.as_str())) }, value, out);
        }),
        Value::Array(list) => list.iter().for_each(|value| below("-".to_owned(), value, out)),
        scalar => out.push_str(&format!("{scalar}\n")),
    }
}

#[test]
fn one_export_in_many_forms() {
    let knowing = Knowledge::new(&[sidedoor::rules()], [0; 32]);
    let give = |path: &str, text: &str| read(&Artifact::given(path, text.as_bytes().to_vec()), &knowing);
    let mut wrong = Vec::new();
    let mut tried = 0;
    let fixtures = fixtures();
    for (stem, text) in fixtures.iter().flat_map(|(stem, texts)| texts.iter().map(move |text| (stem, text))) {
        let Ok(value) = serde_json::from_str::<Value>(text) else { continue };
        let whole = give(&format!("{stem}.json"), text);
        let Some(kind) = whole.artifacts.first().and_then(|a| a.kind.clone()).filter(|_| whole.unread.is_empty()) else { continue };
        let mut block = String::new();
        yaml(&value, 0, &mut block);
        let mut forms = vec![
            ("compact", format!("{stem}.json"), value.to_string()),
            ("lists in a list", format!("{stem}.json"), Value::from(vec![value.clone()]).to_string()),
            ("yaml", format!("{stem}.yaml"), block.clone()),
            ("yaml under another name", format!("{stem}.txt"), block),
            (
                "a recording",
                format!("{stem}.json"),
                serde_json::json!([{"method": "GET", "path": "/", "status": 200, "response": value}]).to_string(),
            ),
        ];
        if let Value::Array(items) = &value {
            forms.push(("a page", format!("{stem}.json"), serde_json::json!({"total": items.len(), "results": items}).to_string()));
            forms.push(("a line each", format!("{stem}.ndjson"), items.iter().map(|i| format!("{i}\n")).collect()));
        }
        tried += forms.len();
        for (form, path, text) in forms {
            let reading = give(&path, &text);
            let told = reading.artifacts.first().and_then(|a| a.kind.clone());
            if told.as_ref() != Some(&kind) {
                wrong.push(format!("{stem}, {form}: {told:?}, not {kind:?}"));
            } else if said(&reading) != said(&whole) {
                let diff: Vec<_> = said(&reading).symmetric_difference(&said(&whole)).cloned().collect();
                wrong.push(format!("{stem}, {form}: {diff:?}"));
            }
        }
    }
    assert!(tried > 2_000, "{tried}");
    assert!(wrong.is_empty(), "{} of {tried} forms:\n{}", wrong.len(), wrong.join("\n"));
}
