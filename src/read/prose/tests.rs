use super::*;
use crate::fact::{Draft, Duty, Stated, Value, procedure, step};
use crate::rule::{Origin, Pack, load};

/// The lexicon of the built-in rules.
pub(super) fn pack() -> Pack {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/lexicon");
    let files: Vec<(String, String)> = ["recovery-words.yaml", "recovery-deeds.yaml"]
        .iter()
        .map(|name| (format!("lexicon/{name}"), std::fs::read_to_string(root.join(name)).expect("the lexicon")))
        .collect();
    match load(&files, Origin::BuiltIn) {
        Ok(pack) => pack,
        Err(errors) => panic!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    }
}

/// The procedures of a runbook.
fn procedures(path: &str, text: &str) -> Vec<Draft> {
    let grammar = Grammar::new(&[&pack()]);
    let mut out = Drafts::default();
    read_with(&Doc { path, home: "", text }, &grammar, &mut out);
    out.facts
}

/// `deed object channel proof duty` of each step.
fn steps(facts: &[Draft]) -> Vec<String> {
    let mut out = Vec::new();
    for fact in facts {
        for item in fact.fields.items(procedure::STEPS) {
            let mut words = Vec::new();
            for field in [step::DEED, step::OBJECT, step::CHANNEL, step::VERIFIES] {
                if let Some(Stated::Said(claims)) = item.get(field) {
                    words.extend(claims.iter().filter_map(|c| if let Value::Word(w) = &c.value { Some(w.as_str()) } else { None }));
                    if field == step::DEED && claims.iter().any(|c| c.duty == Duty::MustNot) {
                        words.insert(0, "not");
                    }
                }
            }
            out.push(words.join(" "));
        }
    }
    out
}

#[test]
fn show() {
    if let Ok(text) = std::env::var("PROSE_SENTENCE") {
        let grammar = Grammar::new(&[&pack()]);
        let tokens = token::tokens(&text, &grammar);
        for words in token::sentences(&tokens) {
            let sentence = clause::Sentence::new(words, &grammar, clause::Setting { recovery: true, ..clause::Setting::default() });
            sentence.show(&text);
            for said in sentence.said(None) {
                eprintln!("   => {said:?}");
            }
        }
    }
}

#[test]
fn dump() {
    if let Ok(path) = std::env::var("PROSE_DUMP") {
        let text = std::fs::read_to_string(&path).expect("file");
        for fact in procedures(&path, &text) {
            let about = fact.fields.word(procedure::ABOUT);
            eprintln!("## {} [{about:?}]", fact.anchor);
            for s in steps(&[fact.clone()]) {
                eprintln!("   {s}");
            }
            for (f, s) in fact.fields.iter().filter(|(f, _)| *f != procedure::STEPS) {
                let s = match s {
                    Stated::Said(c) => format!(
                        "{:?}",
                        c.iter()
                            .map(|c| format!("{:?}@{}", c.value, text.get(c.quote.start..c.quote.end).unwrap_or("?").replace('\n', " ")))
                            .collect::<Vec<_>>()
                    ),
                    Stated::Unsaid => "UNSAID".into(),
                    other => format!("{other:?}"),
                };
                eprintln!("   .{} = {}", f.name(), s.chars().take(300).collect::<String>());
            }
        }
    }
}
