//! Sentences that an export can refute: how many agree, who may not agree, how old a key may be, which account is for emergencies.
//!
//! They need not belong to a procedure: policies promise as well. What they are held against is the business of `join`.

mod classes;
mod number;
mod sentence;

pub(super) use classes::Classes;

use super::document::{Document, Shape};
use crate::artifact::Spot;
use crate::fact::{Draft, Kind, control, promise};
use crate::rule::class;

/// Sentences of one document that are kept.
const MOST: usize = 256;
/// A sentence that is longer says too many things.
const LONGEST: usize = 400;
/// How much of what stands before a sentence is kept.
const AROUND: usize = 320;

/// Adds a fact for each promise of a document.
pub(super) fn promises(document: &Document, text: &str, classes: &Classes, out: &mut Vec<Draft>) {
    // the first heading of the first level names the page, whatever stands above it
    let of = |top: bool| document.blocks.iter().find(|b| matches!(b.shape, Shape::Heading(level) if level == 1 || !top));
    let first = of(true).or_else(|| of(false)).map_or("", |b| b.text.text.trim());
    let title = document.title.as_ref().map_or(first, |t| t.0.as_str());
    let mut headings: Vec<(u8, &str)> = vec![(0, title)];
    let (mut heading, mut emergency) = (title.to_owned(), false);
    let mut kept = 0;
    let (mut marked, mut lower, mut around) = (String::new(), String::new(), String::new());
    // commands stand in code, which is no block
    let command = classes.rollback.as_str();
    let stands = if command.is_empty() { 0 } else { 16 };
    for (at, _) in text.match_indices(command).take(stands) {
        let rest = text.get(at..).unwrap_or_default();
        let end = rest.char_indices().nth(LONGEST).map_or(rest.len(), |(i, _)| i);
        let Some((policy, version)) = rest.get(..end).and_then(|t| rolled_back(t, command)) else { continue };
        kept += 1;
        let line = rest.find('\n').map_or(text.len(), |i| at + i);
        let sentence = format!("{command} --policy-arn {policy} --version-id {version}");
        let draft = Draft::new(Kind::Control, title.to_owned(), format!("{title} / {sentence}"), Spot::at(at, line));
        out.push(draft.saying(control::PROMISES, promise::ROLLBACK).saying(control::SENTENCE, sentence.as_str()));
    }
    for (n, block) in document.blocks.iter().enumerate() {
        if let Shape::Heading(level) = block.shape {
            headings.retain(|h| h.0 < level);
            headings.push((level, block.text.text.trim()));
            headings.dedup_by(|a, b| a.1 == b.1);
            around.clear();
        }
        if n == 0 || matches!(block.shape, Shape::Heading(_)) {
            heading = headings.iter().map(|h| h.1).filter(|h| !h.is_empty()).collect::<Vec<_>>().join(" / ");
            emergency = classes.of_phrases(&heading.to_lowercase()) & (class::EMERGENCY | class::EMERGENCY_PAGE) != 0;
        }
        if matches!(block.shape, Shape::Heading(_) | Shape::Quote) || !emergency && !classes.may(&block.text.text) {
            continue;
        }
        for (from, to) in sentences(&block.text.text) {
            let Some(sentence) = block.text.text.get(from..to).filter(|s| s.len() <= LONGEST) else { continue };
            let (mut start, mut end) = block.text.source(from, to);
            // a sentence that begins or ends with a name in code has its mark as well
            while text.as_bytes().get(end) == Some(&b'`') {
                end += 1;
            }
            while start > 0 && text.as_bytes().get(start - 1) == Some(&b'`') {
                start -= 1;
            }
            // names stand in code, whose marks the text has lost; those of pages are left out
            let raw = text.get(start..end).filter(|r| r.len() <= LONGEST && !r.contains('<')).unwrap_or(sentence);
            marked.clear();
            for word in raw.split_whitespace() {
                marked.push_str(if marked.is_empty() { "" } else { " " });
                marked.push_str(word);
            }
            lower.clear();
            lower.extend(marked.chars().flat_map(char::to_lowercase));
            let told = sentence::read(&marked, &classes.words(&lower), emergency, &around);
            let before = if told.is_empty() { String::new() } else { tail(&around, AROUND).to_owned() };
            around.push_str(&marked);
            around.push(' ');
            for (word, number, limit) in told {
                if kept >= MOST {
                    return;
                }
                kept += 1;
                let anchor = format!("{heading} / {} {sentence}", word.as_str());
                let mut draft = Draft::new(Kind::Control, heading.clone(), anchor, Spot::at(start, end))
                    .saying(control::PROMISES, word)
                    .saying(control::SENTENCE, marked.as_str());
                if !before.is_empty() {
                    draft.say(control::AROUND, before.as_str());
                }
                if let Some(number) = number {
                    draft.say(control::NUMBER, number);
                }
                if let Some(seconds) = limit {
                    draft.say(control::LIMIT, crate::fact::Value::Duration(seconds));
                }
                out.push(draft);
            }
        }
    }
}

/// The end of a text, from a word on.
fn tail(text: &str, most: usize) -> &str {
    let from = text.len().saturating_sub(most);
    let at = (from..text.len()).find(|i| text.is_char_boundary(*i) && (*i == 0 || text.as_bytes().get(i - 1) == Some(&b' ')));
    at.and_then(|at| text.get(at..)).unwrap_or_default().trim()
}

/// The policy and version that a command puts back in force.
fn rolled_back<'t>(text: &'t str, command: &str) -> Option<(&'t str, &'t str)> {
    let (_, rest) = text.split_once(command)?;
    let value = |flag: &str| {
        let (_, after) = rest.split_once(flag)?;
        after.trim_start_matches(['=', ' ']).split(|c: char| c.is_whitespace() || "\"'`;".contains(c)).find(|w| !w.is_empty())
    };
    let version = value("--version-id")?;
    let plain = version.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.len() < 6 && n.bytes().all(|b| b.is_ascii_digit()));
    value("--policy-arn").filter(|arn| plain && arn.len() < 200).map(|arn| (arn, version))
}

/// Ranges of sentences: a full stop before white space, or a line end.
fn sentences(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut from = 0;
    for (i, b) in bytes.iter().enumerate() {
        let ends = matches!(b, b'.' | b'?' | b'!' | b';') && bytes.get(i + 1).is_none_or(u8::is_ascii_whitespace);
        if ends {
            out.push((from, i + 1));
            from = i + 1;
        }
    }
    out.push((from, text.len()));
    // without the white space around it
    let bare = |(from, to): (usize, usize)| {
        let whole = text.get(from..to)?;
        let start = from + whole.len() - whole.trim_start().len();
        (whole.trim().len() > 8).then(|| (start, start + whole.trim().len()))
    };
    out.into_iter().filter_map(bare).collect()
}
