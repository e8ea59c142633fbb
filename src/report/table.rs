//! The report for a reviewer at a terminal: the top risks in one table, then a card for each rule.

use super::style::wrap;
use super::{Sheet, Style};
use crate::artifact::Quote;
use crate::finding::{Finding, FirstSeen, Severity, State};
use comfy_table::{Attribute, Cell, Color, ContentArrangement, LineStyle, Table, TableStyle};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Findings that a card shows before the rest is only counted, and lines of the table at the top.
const IN_CARD: usize = 5;
const IN_TABLE: usize = 20;
/// Rows that a quoted line may take.
const QUOTE_ROWS: usize = 3;
/// Unread things listed before the rest is only counted.
const UNREAD: usize = 8;

pub(super) fn write(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let style = sheet.style;
    let groups = groups(sheet);
    head(sheet, out)?;
    if !groups.is_empty() {
        writeln!(out, "{}\n", top(&groups, style))?;
    }
    for group in &groups {
        card(sheet, group, out)?;
    }
    foot(sheet, out)
}

/// The findings of one rule, worst first.
struct Group<'a> {
    worst: Severity,
    findings: Vec<&'a Finding>,
}

fn groups<'a>(sheet: &Sheet<'a>) -> Vec<Group<'a>> {
    let mut by_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in sheet.shown.iter().filter(|f| f.state.counts()) {
        by_rule.entry(&finding.rule).or_default().push(finding);
    }
    let mut groups: Vec<Group<'_>> = by_rule
        .into_values()
        .map(|mut findings| {
            findings.sort_by_key(|f| (std::cmp::Reverse(f.severity), std::cmp::Reverse(f.confidence)));
            Group { worst: findings.first().map_or(Severity::Info, |f| f.severity), findings }
        })
        .collect();
    groups.sort_by_key(|g| (std::cmp::Reverse(g.worst), std::cmp::Reverse(g.findings.iter().filter(|f| f.severity == g.worst).count())));
    groups
}

fn head(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let style = sheet.style;
    let title = format!("sidedoor {}", env!("CARGO_PKG_VERSION"));
    writeln!(
        out,
        "{}  {}\n",
        style.bold(&title),
        style.dim(&format!(
            "{} as of {}",
            sheet.roots.iter().map(crate::artifact::Clean::as_str).collect::<Vec<_>>().join(", "),
            sheet.as_of
        ))
    )?;
    let open = sheet.shown.iter().filter(|f| f.state.counts()).count();
    if open == 0 {
        return writeln!(out, "No findings.");
    }
    let counts: Vec<String> = Severity::ALL
        .iter()
        .rev()
        .filter(|s| sheet.open(**s) > 0)
        .map(|s| style.severity(*s, &format!("{} {}", sheet.open(*s), s.word())))
        .collect();
    writeln!(out, "{} side door{}: {}\n", open, if open == 1 { "" } else { "s" }, counts.join(", "))
}

/// A line under the head, and nothing between rows: one line a risk.
const RULED: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')).bottom_border(LineStyle::none().fill('─').junction('─'));

/// The column of places in the table at the top takes this many characters.
const PLACE: usize = 27;

fn top(groups: &[Group<'_>], style: Style) -> String {
    let mut table = Table::new();
    table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled).force_no_tty();
    if style.colour {
        table.enforce_styling();
    }
    // eight for the severity, three for the count, a space on both sides of each column and one between columns
    let what = style.width.saturating_sub(8 + PLACE + 3 + 11).max(20);
    table.set_header(["", "what", "where", "n"]);
    for group in groups.iter().take(IN_TABLE) {
        let Some(first) = group.findings.first() else { continue };
        let severity = Cell::new(group.worst.word()).fg(colour(group.worst)).add_attribute(Attribute::Bold);
        let file = first.place.path.as_str().rsplit('/').next().unwrap_or_default();
        let place = tail(&format!("{file}:{}", first.place.line), PLACE);
        table.add_row([severity, Cell::new(wrap(&first.title, what).join("\n")), Cell::new(place), Cell::new(group.findings.len())]);
    }
    let mut text = table.trim_fmt();
    if groups.len() > IN_TABLE {
        let more = groups.len() - IN_TABLE;
        text.push_str(&format!("\n{}", style.dim(&format!(" and {more} more kind{} of finding", if more == 1 { "" } else { "s" }))));
    }
    text
}

/// At most `width` characters from the start.
fn clip(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width - 1).chain(['…']).collect()
}

/// At most `width` characters from the end: of a path, the file is what counts.
fn tail(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width {
        return text.to_owned();
    }
    ['…'].into_iter().chain(text.chars().skip(length - width + 1)).collect()
}

fn colour(severity: Severity) -> Color {
    match severity {
        Severity::Critical => Color::Red,
        Severity::High => Color::DarkRed,
        Severity::Medium => Color::DarkYellow,
        Severity::Low => Color::DarkBlue,
        Severity::Info => Color::DarkGrey,
    }
}

fn card(sheet: &Sheet<'_>, group: &Group<'_>, out: &mut dyn Write) -> io::Result<()> {
    let style = sheet.style;
    let Some(first) = group.findings.first() else { return Ok(()) };
    let label = group.worst.word().to_uppercase();
    let room = style.width.saturating_sub(label.chars().count() + 2);
    for (i, line) in wrap(&first.title, room).iter().enumerate() {
        let lead = if i == 0 { style.severity(group.worst, &label) } else { " ".repeat(label.len()) };
        writeln!(out, "{lead}  {}", style.bold(line))?;
    }
    writeln!(out, "{}", style.dim(&format!("  {} ({})", first.rule, first.weakness)))?;
    let shown = if style.verbose { group.findings.len() } else { IN_CARD };
    for finding in group.findings.iter().take(shown) {
        item(finding, group.worst, style, out)?;
    }
    if group.findings.len() > shown {
        writeln!(out, "\n  {}", style.dim(&format!("… and {} more of this kind: -v shows them all", group.findings.len() - shown)))?;
    }
    writeln!(out)?;
    let check = sheet.rules.check(&first.rule);
    let why =
        check.and_then(|c| c.why.clone()).or_else(|| sheet.rules.weakness(&first.weakness).map(|w| w.why.clone())).unwrap_or_default();
    field("why", &why, style, out)?;
    field("fix", first.fix.as_str(), style, out)?;
    field("controls", &controls(sheet, first), style, out)?;
    writeln!(out)
}

fn item(finding: &Finding, worst: Severity, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut place = format!("{}:{}", finding.place.path, finding.place.line);
    if let Some(pointer) = &finding.place.pointer {
        place.push_str(&format!("  {pointer}"));
    }
    if let Some(commit) = &finding.place.commit {
        place.push_str(&format!("  in {}", short(commit.as_str())));
    }
    let mut notes = Vec::new();
    if finding.severity != worst {
        notes.push(finding.severity.word().to_owned());
    }
    if let State::Lapsed { until, .. } = &finding.state {
        notes.push(format!("waiver ended {until}"));
    }
    if !notes.is_empty() {
        place.push_str(&format!("  ({})", notes.join(", ")));
    }
    writeln!(out)?;
    for line in wrap(&place, style.width.saturating_sub(2)) {
        writeln!(out, "  {}", style.paint(anstyle::Style::new().underline(), &line))?;
    }
    for line in wrap(finding.message.as_str(), style.width.saturating_sub(4)) {
        writeln!(out, "    {line}")?;
    }
    if let Some(life) = &finding.first_seen {
        for line in wrap(&since(life), style.width.saturating_sub(4)) {
            writeln!(out, "    {}", style.dim(&line))?;
        }
    }
    let (own, other): (Vec<&Quote>, Vec<&Quote>) = finding.evidence.iter().map(|q| &**q).partition(|q| q.place.path == finding.place.path);
    let mut printed = 0;
    for quote in own.iter().take(4) {
        printed += 1;
        self::quote(quote, style, out)?;
    }
    if own.len() > printed {
        writeln!(out, "{}", style.dim(&format!("         … {} more lines", own.len() - printed)))?;
    }
    for related in finding.related.iter().take(3) {
        let text = format!("also {}:{}: {}", related.place.path, related.place.line, related.why);
        for (i, line) in wrap(&text, style.width.saturating_sub(6)).iter().enumerate() {
            writeln!(out, "    {}{line}", if i == 0 { "" } else { "  " })?;
        }
        if let Some(quote) = other.iter().find(|q| q.place.path == related.place.path && q.place.line == related.place.line) {
            self::quote(quote, style, out)?;
        }
    }
    if finding.related.len() > 3 {
        writeln!(out, "    and {} more places", finding.related.len() - 3)?;
    }
    if !finding.missing.is_empty() {
        for line in wrap(&format!("nothing is said of: {}", finding.missing.join(", ")), style.width.saturating_sub(4)) {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}

/// A commit's id as people write it.
fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

/// The life of a secret in a line.
fn since(life: &FirstSeen) -> String {
    let end = match (&life.removed, life.at_head) {
        (_, true) => "still at a branch head".to_owned(),
        (Some(day), false) => format!("removed {day}"),
        (None, false) => "at no branch head".to_owned(),
    };
    format!("first seen {} in {} by {}, {end}", life.date, short(life.commit.as_str()), life.author)
}

fn quote(quote: &Quote, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let room = style.width.saturating_sub(10);
    for (i, line) in quote.text.as_str().lines().enumerate() {
        let number = quote.place.line as usize + i;
        let rows = rows(line, room);
        for (j, row) in rows.iter().enumerate() {
            let lead = if j == 0 { format!("{number:>7} │") } else { format!("{:>7} │", "") };
            writeln!(out, "{} {row}", style.dim(&lead))?;
        }
    }
    Ok(())
}

/// A quoted line in rows: its indentation is kept, and a line too long for a few rows is cut.
fn rows(line: &str, room: usize) -> Vec<String> {
    let flat = line.trim_end().replace('\t', "  ");
    let text = flat.trim_start();
    let indent = (flat.len() - text.len()).min(room / 2);
    let mut rows: Vec<String> = wrap(text, room - indent).into_iter().map(|row| format!("{}{row}", " ".repeat(indent))).collect();
    if rows.len() > QUOTE_ROWS {
        rows.truncate(QUOTE_ROWS);
        if let Some(last) = rows.last_mut() {
            *last = clip(&format!("{last} …"), room);
        }
    }
    rows
}

fn field(name: &str, text: &str, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for (i, line) in wrap(text, style.width.saturating_sub(12)).iter().enumerate() {
        let lead = if i == 0 { format!("{name:<8}") } else { " ".repeat(8) };
        writeln!(out, "  {}  {line}", style.dim(&lead))?;
    }
    Ok(())
}

/// The primary controls, by framework, with the customer's labels in brackets.
fn controls(sheet: &Sheet<'_>, finding: &Finding) -> String {
    let mut by_framework: Vec<(&str, Vec<String>)> = Vec::new();
    for control in finding.controls.iter().filter(|c| c.primary || c.label.is_some()) {
        let id = match &control.label {
            Some(label) if *label != control.id => format!("{} [{label}]", control.id),
            _ => control.id.clone(),
        };
        let name = sheet.rules.framework(&control.framework).map_or(control.framework.as_str(), |f| f.name.as_str());
        match by_framework.iter_mut().find(|(f, _)| *f == name) {
            Some((_, ids)) => ids.push(id),
            None => by_framework.push((name, vec![id])),
        }
    }
    by_framework.iter().map(|(name, ids)| format!("{name}: {}", ids.join(", "))).collect::<Vec<_>>().join("; ")
}

/// What was not read, or is to be known, a line each.
fn told(title: &str, list: &[&crate::artifact::Unread], sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let style = sheet.style;
    if list.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title}")?;
    for unread in list.iter().take(if style.verbose { usize::MAX } else { UNREAD }) {
        for (i, line) in wrap(&format!("{}: {}", unread.path, unread.why.words()), style.width.saturating_sub(4)).iter().enumerate() {
            writeln!(out, "  {}{line}", if i == 0 { "" } else { "  " })?;
        }
    }
    if list.len() > UNREAD && !style.verbose {
        writeln!(out, "  … and {} more: -v shows them all", list.len() - UNREAD)?;
    }
    writeln!(out)
}

fn foot(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let style = sheet.style;
    let named = |of: fn(crate::artifact::Why) -> bool| sheet.unread.iter().filter(|u| of(u.why)).collect::<Vec<_>>();
    let (losses, said) = (named(crate::artifact::Why::is_loss), named(crate::artifact::Why::is_note));
    for (title, list) in [("Not read, or not wholly:", &losses), ("Read, and to be known:", &said)] {
        told(title, list, sheet, out)?;
    }
    if style.verbose {
        details(sheet, out)?;
    }
    let recognised = sheet.artifacts.iter().filter(|a| a.kind.is_some()).count();
    let mut notes = Vec::new();
    let binaries = sheet.unread.len() - losses.len() - said.len();
    for (n, words) in [
        (sheet.facts as u64, "facts"),
        (recognised as u64, "runbooks and exports recognised"),
        (binaries as u64, "binary files passed over"),
        (sheet.ignored, "ignored files and folders"),
        (sheet.links, "links not followed"),
        (sheet.shown.iter().filter(|f| !f.state.counts()).count() as u64, "findings waived, allowed or in the baseline"),
        (sheet.idle.len() as u64, "allow comments match nothing"),
        (sheet.undecided.len() as u64, "checks could not decide on every fact"),
    ] {
        if n > 0 {
            notes.push(format!("{n} {}", if n == 1 { singular(words) } else { words.to_owned() }));
        }
    }
    for line in wrap(&notes.join("; "), style.width) {
        writeln!(out, "{}", style.dim(&line))?;
    }
    Ok(())
}

/// The same words of one thing.
fn singular(words: &str) -> String {
    let words = words
        .replace("runbooks and exports", "runbook or export")
        .replace("files and folders", "file or folder")
        .replace("match nothing", "matches nothing");
    ["facts", "files", "links", "findings", "checks", "comments"]
        .iter()
        .fold(words, |text, many| text.replace(many, many.trim_end_matches('s')))
}

/// What `-v` adds: findings that do not count, and checks that could not decide.
fn details(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let width = sheet.style.width;
    let mut list = |title: &str, rows: Vec<String>| -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        writeln!(out, "{title}")?;
        for row in rows {
            for (i, line) in wrap(&row, width.saturating_sub(4)).iter().enumerate() {
                writeln!(out, "  {}{line}", if i == 0 { "" } else { "  " })?;
            }
        }
        writeln!(out)
    };
    let quiet = sheet.shown.iter().filter(|f| !f.state.counts());
    let quiet = quiet.map(|f| format!("{} {}:{}: {} ({})", f.rule, f.place.path, f.place.line, f.message, f.state.word()));
    list("Waived, allowed, or in the baseline:", quiet.collect())?;
    let open = sheet.undecided.iter().map(|(rule, facts, needs)| format!("{rule}: {facts} facts, for nothing is said of {needs}"));
    list("Could not be decided:", open.collect())?;
    let idle = sheet.idle.iter().map(|(path, line, rule)| format!("{path}:{line}: {rule} is not found here, or is no rule"));
    list("Allow comments that match nothing:", idle.collect())
}
