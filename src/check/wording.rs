//! Facts in words: values for messages, and templates filled with them.

use super::proof::{Distinct, Proof};
use crate::artifact::{Clean, Quote};
use crate::fact::{Sealed, Time, Value};
use crate::rule::Template;
use crate::rule::TemplatePart as Part;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Values listed in a message before the rest is only counted.
const LISTED: usize = 5;

/// A value as a reviewer would say it.
pub(super) fn value(value: &Value<Clean, Arc<Quote>>, as_of: Time) -> Clean {
    match value {
        Value::Text(text) => text.clone(),
        Value::Word(word) => Clean::ours(&words(word.as_str())),
        Value::Flag(flag) => Clean::ours(if *flag { "yes" } else { "no" }),
        Value::Number(n) => Clean::ours(&n.to_string()),
        Value::Time(time) => {
            let days = time.days_until(as_of);
            let date = time.date();
            Clean::ours(&match days {
                0 => date,
                1.. => format!("{date} ({} day{} ago)", thousands(days), plural(days)),
                _ => format!("{date} (in {} day{})", thousands(-days), plural(-days)),
            })
        }
        Value::Never => Clean::ours("never"),
        Value::Duration(seconds) => Clean::ours(&duration(*seconds)),
        Value::List(list) => Clean::ours(&format!("{} entries", list.items.len())),
    }
}

fn plural(n: i64) -> &'static str {
    if n == 1 { "" } else { "s" }
}

/// A word of a vocabulary in plain English.
fn words(word: &str) -> String {
    match word {
        "last_4_ssn" => "the last four digits of an identity number".into(),
        "employee_number" => "an employee number".into(),
        "date_of_birth" => "a date of birth".into(),
        "personal_data" => "personal data".into(),
        "knowledge_question" => "security questions".into(),
        "caller_id" => "the caller's number".into(),
        "known_voice" => "a recognised voice".into(),
        "manager_vouch" => "the manager's word".into(),
        "sms_code" => "a code by SMS".into(),
        "email_code" => "a code or mail to a mailbox".into(),
        "phone_call" => "a phone call".into(),
        "chat_message" => "a chat message".into(),
        "personal_email" => "a personal mailbox".into(),
        "email" => "e-mail".into(),
        "sms" => "SMS".into(),
        "mfa_reset" => "MFA reset".into(),
        "break_glass" => "break-glass".into(),
        "totp" => "TOTP".into(),
        other => other.replace('_', " "),
    }
}

/// A number with commas between thousands.
pub(super) fn thousands(n: i64) -> String {
    let digits = n.abs().to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if n < 0 { format!("-{out}") } else { out }
}

fn duration(seconds: i64) -> String {
    let (n, unit) = match seconds {
        s if s != 0 && s % 86_400 == 0 => (s / 86_400, "day"),
        s if s != 0 && s % 3_600 == 0 => (s / 3_600, "hour"),
        s if s != 0 && s % 60 == 0 => (s / 60, "minute"),
        s => (s, "second"),
    };
    format!("{} {unit}{}", thousands(n), plural(n))
}

/// A list as English writes it.
pub(super) fn listed<S: AsRef<str>>(items: &[S]) -> String {
    let shown: Vec<&str> = items.iter().map(AsRef::as_ref).take(LISTED).collect();
    let rest = items.len() - shown.len();
    match (shown.as_slice(), rest) {
        ([], _) => String::new(),
        ([one], 0) => (*one).to_owned(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
        (all, rest) => format!("{} and {rest} more", all.join(", ")),
    }
}

/// A template filled from what was proved, else from what the facts say.
pub(super) fn fill(template: &Template, facts: &[&Sealed], proof: &Proof, as_of: Time) -> Clean {
    let mut out: Vec<String> = Vec::new();
    for part in &template.0 {
        out.push(match part {
            Part::Text(text) => text.clone(),
            // "A", "B" and "C", where the template puts the name in quotes
            Part::Name if out.last().is_some_and(|before| before.ends_with('"')) => {
                distinct(facts.iter().map(|f| Clean::compose(["\"", f.name.as_str(), "\""]))).trim_matches('"').to_owned()
            }
            Part::Name => distinct(facts.iter().map(|f| f.name.clone())),
            Part::Missing => listed(&proof.missing),
            Part::Lines => lines(facts, proof),
            Part::Field(field, instead) => {
                let proved = proof.values.get(field).filter(|v| !v.is_empty());
                let said = match proved {
                    Some(values) => listed(&values.iter().map(Clean::as_str).collect::<Vec<_>>()),
                    None => distinct(facts.iter().flat_map(|f| f.fields.values(*field).map(|v| value(v, as_of)))),
                };
                if said.is_empty() { instead.clone().unwrap_or_else(|| "(not said)".into()) } else { said }
            }
        });
    }
    let text = out.concat();
    let mut chars = text.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    // a subject such as `ci-deploy` keeps its case; a sentence of ours starts with a capital
    match template.0.first() {
        Some(Part::Text(_)) => Clean::compose([first.as_str(), chars.as_str()]),
        _ => Clean::compose([text.as_str()]),
    }
}

/// Lines named in a message.
const LINES: usize = 3;

/// Where in the file of the facts the quotes stand, other than where the facts begin.
fn lines(facts: &[&Sealed], proof: &Proof) -> String {
    let own = |quote: &&Arc<Quote>| {
        let place = &quote.place;
        facts.iter().any(|f| f.at.place.path == place.path) && !facts.iter().any(|f| f.at.place.line == place.line)
    };
    let found: BTreeSet<u32> = proof.quotes.iter().filter(own).map(|q| q.place.line).filter(|line| *line > 0).collect();
    let shown: Vec<String> = found.iter().take(LINES).map(u32::to_string).collect();
    match shown.as_slice() {
        [] => String::new(),
        [one] => format!(" (line {one})"),
        many => format!(" (lines {})", listed(many)),
    }
}

fn distinct(values: impl Iterator<Item = Clean>) -> String {
    let seen: Distinct<Clean> = values.collect();
    listed(&seen.iter().map(Clean::as_str).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_numbers_and_lists() {
        assert_eq!(thousands(1_299_000), "1,299,000");
        assert_eq!(duration(172_800), "2 days");
        assert_eq!(duration(90), "90 seconds");
        assert_eq!(listed(&["a"]), "a");
        assert_eq!(listed(&["a", "b", "c"]), "a, b and c");
        assert_eq!(listed(&["a", "b", "c", "d", "e", "f", "g"]), "a, b, c, d, e and 2 more");
    }
}
