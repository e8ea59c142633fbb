//! Offline pages: a rule, a weakness, a control or a label.

use super::coded;
use crate::fact::{Kind, procedure};
use crate::finding::Severity;
use crate::rule::{Check, Clause, Control, Framework, Literal, Pack, Template, Test, Verdict, Weakness, nearest};
use anyhow::Result;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The page of an id.
pub(super) fn page(id: &str, rules: &Pack) -> Result<String> {
    // code scanning shows a rule and a severity as one id
    let (rule, severity) = id.rsplit_once('/').unwrap_or((id, ""));
    let id = if Severity::named(severity).is_some() { rule } else { id };
    if let Some(check) = rules.check(id) {
        return Ok(check_page(check, rules));
    }
    if let Some(weakness) = rules.weakness(id) {
        return Ok(weakness_page(weakness, rules));
    }
    // the customer's label first: NHI-03 and PR.AC-1 are words of theirs before they are ids of a standard
    if let Some(label) = rules.labels.iter().find(|l| l.label.eq_ignore_ascii_case(id)) {
        let mut out = format!(
            "{}\n\nA label that reviewers use, printed beside the ids of the standards and never instead of them:\n{}.\n\nThe ids it stands for:\n",
            label.label, label.meaning
        );
        for (framework, control) in &label.controls {
            let says = rules.framework(framework).and_then(|f| f.controls.iter().find(|c| c.id == *control)).map_or("", |c| &c.says);
            let _ = writeln!(out, "  {framework} {control}: {says}");
        }
        let using: Vec<&str> =
            rules.weaknesses.iter().filter(|w| w.labels.iter().any(|l| l.label == label.label)).map(|w| w.id.as_str()).collect();
        let _ = writeln!(out, "\nWeaknesses that carry it: {}", using.join(", "));
        return Ok(out);
    }
    let controls: Vec<(&Framework, &Control)> = rules
        .frameworks
        .iter()
        .flat_map(|f| f.controls.iter().map(move |c| (f, c)))
        .filter(|(_, c)| c.id.eq_ignore_ascii_case(id))
        .collect();
    if !controls.is_empty() {
        return Ok(controls.iter().map(|(f, c)| control_page(f, c, rules)).collect::<Vec<_>>().join("\n"));
    }
    if let Some(pattern) = rules.patterns.iter().find(|p| p.id == id) {
        return Ok(format!(
            "{}\n\nA secret format: {} ({}).\nFound by: {}\n",
            pattern.id,
            pattern.name,
            pattern.kind.replace('_', " "),
            pattern.pattern
        ));
    }
    let ids = rules.checks.iter().map(|c| c.id.as_str()).chain(rules.weaknesses.iter().map(|w| w.id.as_str()));
    let ids = ids
        .chain(rules.frameworks.iter().flat_map(|f| f.controls.iter().map(|c| c.id.as_str())))
        .chain(rules.labels.iter().map(|l| l.label.as_str()));
    let hint = nearest(id, ids).map(|n| format!(": did you mean `{n}`?")).unwrap_or_else(|| "; `sidedoor rules list` names them".into());
    Err(coded(super::USAGE, format!("{id}: no such rule, weakness, control or label{hint}")))
}

fn check_page(check: &Check, rules: &Pack) -> String {
    let weakness = rules.weakness(&check.weakness);
    let severity = check.severity.or_else(|| weakness.map(|w| w.severity)).map_or("", |s| s.word());
    let mut out = format!("{}\n{}\n\n", check.id, check.title);
    if check.removed {
        return out + "This rule was removed. Its id is never used again.\n";
    }
    let _ = writeln!(out, "Weakness  {}\nSeverity  {severity}\nReads     {}\n", check.weakness, check.about.name());
    let text =
        |own: &Option<String>, of: fn(&Weakness) -> &String| own.clone().or_else(|| weakness.map(|w| of(w).clone())).unwrap_or_default();
    let _ = writeln!(out, "What\n  {}\n", weakness.map_or("", |w| &w.what));
    let _ = writeln!(out, "Why\n  {}\n", text(&check.why, |w| &w.why));
    let _ = writeln!(out, "Attack\n  {}\n", weakness.map_or("", |w| &w.attack));
    let _ = writeln!(out, "Fix\n  {}\n", text(&check.fix.as_ref().map(Template::plain), |w| &w.fix));
    advise(&mut out, &[check], rules);
    for (verdict, title) in [(Verdict::Bad, "Reported"), (Verdict::Good, "Not reported")] {
        for example in check.examples.iter().filter(|e| e.verdict == verdict).take(1) {
            let _ = writeln!(out, "{title}");
            for (name, text) in &example.files {
                let _ = writeln!(out, "  {name}");
                for line in text.lines() {
                    let _ = writeln!(out, "    {line}");
                }
            }
            out.push('\n');
        }
    }
    if let Some(source) = &check.source {
        let _ = writeln!(out, "Source of its numbers\n  {source}\n");
    }
    if let Some(weakness) = weakness {
        let read: Vec<&str> = check.cases.iter().map(|c| c.id.as_str()).collect();
        mappings(&mut out, weakness, rules, &|case| case.as_ref().is_none_or(|c| read.contains(&c.as_str())));
    }
    out
}

fn weakness_page(weakness: &Weakness, rules: &Pack) -> String {
    let mut out = format!("{}\n{}\n\nSeverity  {}\n\n", weakness.id, weakness.title, weakness.severity.word());
    for (title, text) in [("What", &weakness.what), ("Why", &weakness.why), ("Attack", &weakness.attack), ("Fix", &weakness.fix)] {
        let _ = writeln!(out, "{title}\n  {text}\n");
    }
    let checks: Vec<&Check> = rules.checks.iter().filter(|c| c.weakness == weakness.id && !c.removed).collect();
    if checks.is_empty() {
        out.push_str("Rules\n  None reports it yet.\n\n");
    } else {
        out.push_str("Rules\n");
        for check in &checks {
            let _ = writeln!(out, "  {}: {}", check.id, check.title);
        }
        out.push('\n');
        advise(&mut out, &checks, rules);
    }
    mappings(&mut out, weakness, rules, &|_| true);
    if let Some(notes) = &weakness.notes {
        let _ = writeln!(out, "Note\n  {notes}");
    }
    out
}

fn mappings(out: &mut String, weakness: &Weakness, rules: &Pack, holds: &dyn Fn(&Option<String>) -> bool) {
    out.push_str("Controls\n");
    for mapping in weakness.controls.iter().filter(|m| holds(&m.case)) {
        let name = rules.framework(&mapping.framework).map_or(mapping.framework.as_str(), |f| f.name.as_str());
        let _ = writeln!(out, "  {name} {} ({}, {} confidence): {}", mapping.id, mapping.strength, mapping.confidence, mapping.why);
    }
    for label in weakness.labels.iter().filter(|l| holds(&l.case)) {
        let _ = writeln!(out, "  label {}: {}", label.label, label.why);
    }
    out.push('\n');
}

fn control_page(framework: &Framework, control: &Control, rules: &Pack) -> String {
    let mut out =
        format!("{} {}\n\n  {}\n\n  (our own words; the text is in: {})\n", framework.name, control.id, control.says, framework.citation);
    for (title, value) in
        [("Section", &control.section), ("Strength", &control.strength), ("Note", &control.note), ("Id checked against", &control.source)]
    {
        if let Some(value) = value {
            let _ = writeln!(out, "  {title}: {value}");
        }
    }
    if !control.replaced_by.is_empty() {
        let _ = writeln!(out, "  Replaced by: {}", control.replaced_by.join(", "));
    }
    out.push_str("\nWeaknesses that touch it\n");
    for weakness in &rules.weaknesses {
        for mapping in weakness.controls.iter().filter(|m| m.framework == framework.id && m.id == control.id) {
            let _ = writeln!(out, "  {} ({}): {}", weakness.id, mapping.strength, mapping.why);
        }
    }
    out
}

/// A model procedure, or the list of them.
pub(super) fn template(name: Option<&str>, rules: &Pack) -> Result<String> {
    let Some(name) = name else {
        return Ok(rules.templates.iter().map(|(name, text)| format!("{name:<18} {}\n", heading(text))).collect());
    };
    // the word of the facts names it as well
    let wanted = name.to_lowercase().replace('_', "-");
    if let Some((_, text)) = rules.templates.iter().find(|(name, _)| *name == wanted) {
        return Ok(text.clone());
    }
    let names = rules.templates.iter().map(|(name, _)| name.as_str());
    let hint =
        nearest(&wanted, names).map_or_else(|| "; `sidedoor rules template` lists them".into(), |n| format!(": did you mean `{n}`?"));
    Err(coded(super::USAGE, format!("{name}: no such model procedure{hint}")))
}

/// The title of a model procedure.
fn heading(text: &str) -> &str {
    text.lines().find_map(|l| l.strip_prefix("# ")).unwrap_or_default()
}

/// The model procedures for the types of procedure that a check reads.
fn models<'p>(checks: &[&Check], rules: &'p Pack) -> Vec<&'p str> {
    let mut types = BTreeSet::new();
    checks.iter().filter(|c| c.about == Kind::Procedure).for_each(|c| typed(&c.when, &mut types));
    rules.templates.iter().map(|(name, _)| name.as_str()).filter(|n| types.contains(&n.replace('-', "_"))).collect()
}

/// The types of procedure that a clause names.
fn typed(clause: &Clause, out: &mut BTreeSet<String>) {
    match clause {
        Clause::All(parts) | Clause::Any(parts) => parts.iter().for_each(|p| typed(p, out)),
        Clause::Duty(_, part) => typed(part, out),
        Clause::Field(field, test) if *field == procedure::ABOUT => match test {
            Test::Is(Literal::Text(word)) => out.extend([word.clone()]),
            Test::OneOf(words) => out.extend(words.iter().filter_map(|w| if let Literal::Text(t) = w { Some(t.clone()) } else { None })),
            _ => {}
        },
        _ => {}
    }
}

/// Where to find a procedure that does it well.
fn advise(out: &mut String, checks: &[&Check], rules: &Pack) {
    let models = models(checks, rules);
    if !models.is_empty() {
        let commands: Vec<String> = models.iter().map(|m| format!("  sidedoor rules template {m}\n")).collect();
        let _ = writeln!(out, "Model procedures to adapt\n{}", commands.concat());
    }
}

/// The catalogue.
pub(super) fn list(rules: &Pack) -> String {
    let mut out = String::new();
    for check in rules.checks.iter().filter(|c| !c.removed) {
        let severity = check.severity.or_else(|| rules.weakness(&check.weakness).map(|w| w.severity)).map_or("", |s| s.word());
        let _ = writeln!(out, "{:<44} {severity:<9} {:<28} {}", check.id, check.weakness, check.title);
    }
    for pattern in &rules.patterns {
        let _ = writeln!(out, "{:<44} {:<9} {:<28} {}", pattern.id, "-", "(secret format)", pattern.name);
    }
    out
}
