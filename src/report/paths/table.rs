//! For a reviewer at a terminal: a line for each population, then every way back in with its proof.

use super::{PathSheet, gap, is_weak, line, list, people};
use crate::artifact::Quote;
use crate::finding::Severity;
use crate::paths::{Fallback, Gap, Population, Proof};
use crate::report::Style;
use crate::report::style::wrap;
use std::io::{self, Write};

pub(super) fn write(sheet: &PathSheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (map, style) = (sheet.map, sheet.style);
    let weak = map.populations.iter().filter(|p| is_weak(p)).count();
    let roots: Vec<&str> = sheet.roots.iter().map(|r| r.as_str()).collect();
    writeln!(out, "{}", style.bold(&format!("sidedoor paths {} · as of {}", roots.join(", "), sheet.as_of)))?;
    match (map.populations.len(), weak) {
        (0, _) => writeln!(out, "No sign-in, no recovery and no procedure that gives access back was found.")?,
        (n, weak) => writeln!(out, "{} · {weak} with a way in that is weaker than the front door", count(n, "population", "populations"))?,
    }
    writeln!(out)?;
    let mut order: Vec<&Population> = map.populations.iter().collect();
    // what is worst is read first
    order.sort_by_key(|p| (!is_weak(p), p.weakest.as_ref().map_or(3, |w| w.level.best), !p.privileged));
    for population in &order {
        paragraph(out, style, "", "    ", &line(population))?;
        if let Some(before) = sheet.before.and_then(|m| m.populations.iter().find(|p| p.name == population.name)) {
            paragraph(out, style, "  was ", "      ", &line(before))?;
        }
    }
    if let Some((fixes, exact)) = sheet.fixes {
        writeln!(out)?;
        let title = if exact {
            "The smallest set of changes that no way in undercuts"
        } else {
            "A set of changes that no way in undercuts (heuristic)"
        };
        writeln!(out, "{}", style.bold(title))?;
        if fixes.is_empty() {
            writeln!(out, "  none: no way back in is surely weaker than its front door")?;
        }
        for (i, fix) in fixes.iter().enumerate() {
            paragraph(out, style, &format!("  {}. ", i + 1), "     ", fix.as_str())?;
        }
    }
    for population in order.iter().filter(|p| !p.fallbacks.is_empty()) {
        card(out, style, population)?;
    }
    for cycle in &map.cycles {
        writeln!(out)?;
        let names: Vec<&str> = cycle.members.iter().map(|m| m.as_str()).collect();
        paragraph(out, style, "", "  ", &format!("These recover each other, so whoever takes one takes all: {}", names.join(", ")))?;
        for (step, quote) in cycle.steps.iter().zip(&cycle.evidence) {
            paragraph(out, style, "  ", "    ", step.as_str())?;
            said(out, style, 4, quote)?;
        }
        let text = if cycle.entries.is_empty() {
            "No way back in leads into the circle from outside: whoever is locked out of all of it stays locked out.".to_owned()
        } else {
            format!("From outside it is entered by {}.", list(&cycle.entries))
        };
        paragraph(out, style, "  ", "    ", &text)?;
    }
    if map.capped {
        writeln!(out, "\nThere were more ways than are kept: the weakest were.")?;
    }
    let losses = sheet.unread.iter().filter(|u| u.why.is_loss()).count();
    if losses > 0 {
        writeln!(out, "\n{} not read, so a way in may be missing: `sidedoor scan` names them.", count(losses, "file was", "files were"))?;
    }
    Ok(())
}

fn card(out: &mut dyn Write, style: Style, population: &Population) -> io::Result<()> {
    writeln!(out, "\n{}", style.bold(population.name.as_str()))?;
    let front = &population.front;
    let how = if front.assumed { " (inferred)" } else { "" };
    paragraph(out, style, "  ", "      ", &format!("front door {}: {}{how}", front.level.words(), list(&front.factors)))?;
    tree(out, style, &front.proof, 4)?;
    for (i, fallback) in population.fallbacks.iter().enumerate() {
        way(out, style, &format!("{}", i + 1), fallback)?;
    }
    if let Some(weakest) = population.weakest.as_ref().filter(|w| w.routes.len() > 1) {
        let numbers: Vec<String> = weakest.routes.iter().map(|r| (r + 1).to_string()).collect();
        way(out, style, &format!("together, {}", numbers.join(" and ")), weakest)?;
    }
    Ok(())
}

fn way(out: &mut dyn Write, style: Style, number: &str, fallback: &Fallback) -> io::Result<()> {
    let severity = match fallback.gap {
        Gap::Weaker(2..) => Severity::Critical,
        Gap::Weaker(_) => Severity::High,
        Gap::Softer | Gap::Undecided => Severity::Medium,
        Gap::Equal => Severity::Info,
    };
    let sections = fallback.sections.join(", ");
    let head = format!(
        "{} ({}) \"{}\": {} · {} · {} ({sections}) · {}",
        fallback.level.words(),
        gap(fallback.gap),
        fallback.title,
        list(&fallback.asks),
        people(fallback),
        fallback.verdict.words(),
        fallback.matched
    );
    let label = format!("  {number}. ");
    let lines = wrap(&head, style.width.saturating_sub(6));
    for (i, text) in lines.iter().enumerate() {
        let lead = if i == 0 { style.severity(severity, &label) } else { "      ".to_owned() };
        writeln!(out, "{lead}{text}")?;
    }
    tree(out, style, &fallback.proof, 6)?;
    if fallback.named > fallback.people && fallback.people > 0 {
        let text = format!("It names {} people, and one is another, or can take over the other's account.", fallback.named);
        paragraph(out, style, "      ", "      ", &text)?;
    }
    for need in &fallback.needs {
        paragraph(out, style, "      to decide, it takes ", "        ", need.as_str())?;
    }
    Ok(())
}

fn tree(out: &mut dyn Write, style: Style, proof: &Proof, indent: usize) -> io::Result<()> {
    let basis = if proof.basis == "said" || proof.basis == "follows" { String::new() } else { format!(" ({})", proof.basis) };
    let at = proof.quote.as_ref().map(|q| format!("  {}", place(q))).unwrap_or_default();
    paragraph(out, style, &" ".repeat(indent), &" ".repeat(indent + 2), &format!("└ {}{basis}{at}", proof.says))?;
    if let Some(quote) = proof.quote.as_ref().filter(|_| proof.parts.is_empty()) {
        let text = quote.text.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
        for text in wrap(&text, style.width.saturating_sub(indent + 4)) {
            writeln!(out, "{}{}", " ".repeat(indent + 4), style.dim(&text))?;
        }
    }
    proof.parts.iter().try_for_each(|part| tree(out, style, part, indent + 2))
}

fn said(out: &mut dyn Write, style: Style, indent: usize, quote: &Quote) -> io::Result<()> {
    paragraph(out, style, &" ".repeat(indent), &" ".repeat(indent + 2), &format!("{}: {}", place(quote), quote.text))
}

fn place(quote: &Quote) -> String {
    match &quote.place.pointer {
        Some(pointer) => format!("{} {pointer}", quote.place.path),
        None => format!("{} line {}", quote.place.path, quote.place.line),
    }
}

fn paragraph(out: &mut dyn Write, style: Style, first: &str, rest: &str, text: &str) -> io::Result<()> {
    for (i, line) in wrap(text, style.width.saturating_sub(rest.len())).iter().enumerate() {
        writeln!(out, "{}{line}", if i == 0 { first } else { rest })?;
    }
    Ok(())
}

fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
