#![allow(clippy::disallowed_methods)] // fixtures are read where they lie

use super::*;
use crate::fact::{Draft, Duty, Stated, Value, control, procedure, step};
use crate::rule::{Origin, Pack, load};

/// The lexicon of the built-in rules.
pub(super) fn pack() -> Pack {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/lexicon");
    let files: Vec<(String, String)> = [
        "recovery-words.yaml",
        "recovery-deeds.yaml",
        "procedures.yaml",
        "recovery-sayings.yaml",
        "recovery-frames.yaml",
        "languages.yaml",
        "recovery-de.yaml",
    ]
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
    let tongues = Tongues::new(&[&pack()]);
    let mut out = Drafts::default();
    read_with(&Doc { path, home: "", text }, &tongues, &mut out);
    // what is held against exports is no part of a procedure; `promise` tests it
    out.facts.retain(|f| f.fields.get(control::PROMISES).is_none());
    out.facts
}

/// `deed object channel proof duty` of each step.
fn steps(facts: &[Draft]) -> Vec<String> {
    let mut out = Vec::new();
    for fact in facts {
        for item in fact.fields.items(procedure::STEPS) {
            let mut words = Vec::new();
            for field in [step::DEED, step::SAYS, step::OBJECT, step::CHANNEL, step::VERIFIES] {
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

/// What was read of a runbook, in lines that a person can check.
fn summary(path: &str, text: &str) -> String {
    let mut out = String::new();
    for fact in procedures(path, text) {
        let words = |field| {
            fact.fields
                .values(field)
                .filter_map(|v| if let Value::Word(w) = v { Some(w.as_str()) } else { None })
                .collect::<Vec<_>>()
                .join(" ")
        };
        let (start, end) = (line(text, fact.at.start), line(text, fact.at.end.saturating_sub(1)));
        out.push_str(&format!("{} [{}] lines {start}-{end}\n", fact.anchor, words(procedure::ABOUT)));
        for (label, field) in [("for", procedure::FOR_WHOM), ("by", procedure::BY_WHOM), ("proof", procedure::VERIFIES)] {
            let words = words(field);
            if !words.is_empty() {
                out.push_str(&format!("  {label}: {words}\n"));
            }
        }
        for step in steps(std::slice::from_ref(&fact)) {
            out.push_str(&format!("  - {step}\n"));
        }
        let mut said = Vec::new();
        for (field, stated) in fact.fields.iter() {
            match stated {
                Stated::Unsaid => said.push(format!("{} unsaid", field.name())),
                Stated::Referenced(..) => said.push(format!("{} elsewhere", field.name())),
                Stated::Said(claims) => {
                    if let Some(Value::Flag(flag)) = claims.first().map(|c| &c.value) {
                        said.push(format!("{} {}", field.name(), if *flag { "yes" } else { "no" }));
                    }
                }
                Stated::Mute => {}
            }
        }
        if !said.is_empty() {
            out.push_str(&format!("  {}\n", said.join(", ")));
        }
    }
    if out.is_empty() { "nothing\n".to_owned() } else { out }
}

fn line(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or(text).matches('\n').count() + 1
}

#[test]
fn runbooks_are_read_as_their_summaries_say() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/runbooks");
    let mut names: Vec<_> =
        std::fs::read_dir(&folder).expect("fixtures").flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    for name in names.iter().filter(|n| n.contains('.') && !n.ends_with(".summary")) {
        let text = std::fs::read_to_string(folder.join(name)).expect("a runbook");
        let expected = folder.join(format!("{name}.summary"));
        let found = summary(name, &text);
        if std::env::var_os("UPDATE_SUMMARIES").is_some() {
            std::fs::write(&expected, &found).expect("written");
        }
        assert_eq!(found, std::fs::read_to_string(&expected).unwrap_or_default(), "{name}");
    }
}

#[test]
fn evidence_stands_where_it_is_said() {
    let text = "## Keys\n\nAsk first.\nThen send the\ntoken by e-mail.\n";
    let facts = procedures("a.md", text);
    let item = facts.first().and_then(|f| f.fields.items(procedure::STEPS).find(|i| i.word(step::DEED) == Some("send"))).expect("a step");
    let Some(Stated::Said(claims)) = item.get(step::DEED) else { panic!("said") };
    let quote = &claims[0].quote;
    assert_eq!(text.get(quote.start..quote.end), Some("send the\ntoken by e-mail"));
}

#[test]
fn an_exception_yields_both() {
    let text = "## Rules\n\nNever send a password by email. However, in an emergency you may send the password by SMS.\n";
    let facts = procedures("a.md", text);
    assert_eq!(steps(&facts), ["send password sms"]);
    let duty = facts[0].fields.items(procedure::STEPS).find_map(|i| match i.get(step::DEED) {
        Some(Stated::Said(claims)) => claims.first().map(|c| c.duty),
        _ => None,
    });
    assert_eq!(duty, Some(Duty::May));
}

/// What a text says outright.
fn sayings(text: &str) -> Vec<String> {
    let facts = procedures("a.md", text);
    let items = facts.iter().flat_map(|f| f.fields.items(procedure::STEPS));
    items.filter_map(|i| i.word(step::SAYS).map(str::to_owned)).collect()
}

#[test]
fn what_is_said_outright_is_neither_negated_nor_sought() {
    let said = |sentence: &str| sayings(&format!("# Keys of the account\n\n## Password reset\n\n{sentence}\n"));
    assert_eq!(said("The key has been the same since 2019."), ["never_changed"]);
    assert_eq!(said("Find keys that have been the same since 2019 and replace them."), [""; 0]);
    assert_eq!(said("Reset it. For executives, skip the callback."), ["rank_exempt"]);
    assert_eq!(said("Never skip the callback for executives."), [""; 0]);
    assert_eq!(said("If somebody skips the callback, report it."), [""; 0]);
    assert_eq!(said("Is it all right to skip the callback?"), [""; 0]);
    assert_eq!(said("Problem: agents skip the callback."), [""; 0]);
    assert_eq!(said("| Case | What happens |\n| --- | --- |\n| Agents skip the callback | fine |"), [""; 0]);
    assert_eq!(said("Create the token. It never expires."), ["no_end"]);
}

#[test]
fn other_languages_go_through_lexicons_alone() {
    let german = "# Passwort zurücksetzen\n\nFragen Sie den Anrufer nach dem Geburtsdatum und setzen Sie das Passwort zurück.\n\n\
        Das neue Passwort wird dem Mitarbeiter dann per SMS geschickt, und ein Ticket ist dafür nicht nötig.\n\n\
        Schicken Sie ein Passwort niemals per E-Mail, auch nicht an die Adresse der Abteilung.\n";
    let found = steps(&procedures("a.md", german));
    assert!(found.iter().any(|s| s.contains("date_of_birth")), "{found:?}");
    assert!(found.iter().any(|s| s == "send temporary_password sms"), "{found:?}");
    assert!(!found.iter().any(|s| s.starts_with("send") && s.contains("email")), "{found:?}");
    assert_eq!(sayings(german), ["no_record"]);
}

#[test]
fn an_unknown_language_is_not_assessed() {
    let text = "# Hasło\n\nHasło wysyłamy pocztą elektroniczną do użytkownika, a w razie potrzeby podajemy je przez telefon i nie jest ono \
        zmieniane od lat, jeśli konto jest wspólne dla całego zespołu.\n\nToken i login są na stronie.\n";
    let mut out = Drafts::default();
    read_with(&Doc { path: "a.md", home: "", text }, &Tongues::new(&[&pack()]), &mut out);
    assert_eq!(out.unread, [Why::Language]);
    assert!(out.facts.is_empty());
}

#[test]
fn hostile_texts_are_read_in_bounded_time() {
    let deep = format!("# account\n{}", "> - password reset ".repeat(3000));
    let wide = format!("# reset the password\n\n{}", "send the password by email, ".repeat(20_000));
    let nested: String = (0..2000).map(|i| format!("{}- reset the password of the user\n", " ".repeat(i % 200))).collect();
    for text in [deep, wide, nested, "reset\u{0}password\u{202e} \u{1f512}é#".repeat(2000)] {
        for path in ["a.md", "a.txt"] {
            let _ = procedures(path, &text);
        }
    }
}

#[test]
fn a_closed_ticket_tells_how_it_is_done() {
    let ticket = |text: &str| {
        format!("Number,Short description,Description,Opened by,Assigned to,State\nINC1,MFA reset,\"{text}\",j.doe,m.roe,Closed\n")
    };
    let told = |text: &str| steps(&procedures("tickets.csv", &ticket(text)));
    assert_eq!(told("Reset it; sent the password to his gmail."), ["send password email"]);
    assert!(told("We sent him the temporary password by SMS.").contains(&"send temporary_password sms".to_owned()));
    // what others did, and what was not done
    assert!(!told("The user said that they sent the password by SMS.").iter().any(|s| s.starts_with("send")));
    // a page tells a story with the same words
    let page = steps(&procedures("story.md", "## Notes\n\nSent the password to his gmail.\n"));
    assert!(page.is_empty(), "{page:?}");
}
