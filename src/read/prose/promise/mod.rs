//! Sentences that an export can refute: how many agree, who may not agree, how old a key may be, which account is for emergencies.
//!
//! They need not belong to a procedure: policies promise as well. What they are held against is the business of `join`.

mod classes;

pub(super) use classes::Classes;

use super::document::{Document, Shape};
use crate::artifact::Spot;
use crate::fact::{Draft, Kind, Word, control, promise};
use crate::rule::class;
use classes::Words;

/// Sentences of one document that are kept.
const MOST: usize = 256;
/// A sentence that is longer says too many things.
const LONGEST: usize = 400;
/// The command that puts an older version of a policy in force.
const ROLL_BACK: &str = "set-default-policy-version";
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
    for (at, _) in text.match_indices(ROLL_BACK).take(16) {
        let rest = text.get(at..).unwrap_or_default();
        let end = rest.char_indices().nth(LONGEST).map_or(rest.len(), |(i, _)| i);
        let Some((policy, version)) = rest.get(..end).and_then(rolled_back) else { continue };
        kept += 1;
        let line = rest.find('\n').map_or(text.len(), |i| at + i);
        let sentence = format!("{ROLL_BACK} --policy-arn {policy} --version-id {version}");
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
            emergency = classes.of_phrases(&heading.to_lowercase()) & class::EMERGENCY != 0;
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
            let told = read(&marked, &classes.words(&lower), emergency);
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
fn rolled_back(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once(ROLL_BACK)?;
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

type Promise = (Word, Option<i64>, Option<i64>);

/// What one sentence promises.
fn read(sentence: &str, words: &Words<'_>, emergency: bool) -> Vec<Promise> {
    let has = |class| words.has(class);
    let mut out = Vec::new();
    let turned = has(class::TURNED);
    if has(class::OPEN) || sentence.ends_with('?') {
        return out;
    }
    if has(class::HANDS) && has(class::OPENLY) && has(class::HANDED) && !turned && !has(class::SEALED) && names(sentence) {
        out.push((promise::HANDOUT, None, None));
    }
    if has(class::COVERS_ADMINS) {
        out.push((promise::COVERS_ADMINS, None, None));
    }
    if (has(class::LIMITED) || has(class::ONLY) && has(class::ALLOWS)) && has(class::LIMITED_THING) {
        out.push((promise::LIMITED, None, None));
    }
    if has(class::ALLOWS) && !turned {
        return out;
    }
    let calls = (emergency || has(class::EMERGENCY)) && has(class::ACCOUNT_USE) && !has(class::CONTACT);
    let stays = || words.each.windows(2).any(|w| matches!(w, [("left", _), (_, next)] if next & class::STAYS != 0));
    let ended = has(class::GONE) && !stays() || has(class::SHUT) && has(class::SHUT_THING);
    // who is named: the join knows the accounts, the text only what looks like one
    if (calls || ended) && names(sentence) {
        if calls {
            out.push((promise::EMERGENCY, None, None));
        }
        // "when she left on 2026-05-29" tells what happened
        let dated =
            || words.each.iter().any(|(w, _)| w.len() == 10 && w.starts_with("20") && w.bytes().filter(|b| *b == b'-').count() == 2);
        if ended && !turned && !has(class::WAITS) && (!has(class::WHEN) || dated()) {
            out.push((promise::LEFT, None, None));
        }
    }
    if has(class::AGREE) {
        let number = agreeing(words);
        if turned && (has(class::OWN) || has(class::NEVER) && number.is_some() && has(class::NEVER_BY)) {
            out.push((promise::NOT_OWN, None, None));
        } else if !turned {
            if number.is_some() {
                out.push((promise::APPROVALS, number, None));
            }
            if has(class::ANOTHER) && has(class::THAN_WHOM) || has(class::OTHER_THAN) {
                out.push((promise::NOT_OWN, None, None));
            }
        }
    }
    let barred = has(class::BARRED) && has(class::WITHOUT);
    let first = has(class::ROOT) && has(class::ROOT_OWNER) && !turned && (has(class::DEMANDED) || has(class::IS_ON));
    if has(class::FACTOR) && (first || has(class::EVERYBODY) && (has(class::DEMANDED) || barred) && (!turned || barred)) {
        out.push((promise::SECOND_FACTOR, None, None));
    }
    let oldest = has(class::OLDEST) && (turned || has(class::AT_MOST));
    let lives = has(class::LIVES) && !has(class::SHORT_LIVED);
    let renewed = (oldest || !turned && (has(class::RENEWED) || lives)) && has(class::SECRET);
    let ends = has(class::BOUNDED) && !oldest && has(class::ACCESS) && (!turned || has(class::LONGER));
    let link = has(class::LINK) && !turned && (has(class::BOUNDED) || has(class::WORKS));
    if let Some(limit) = span(words).filter(|_| renewed || ends || link) {
        out.extend(renewed.then_some((promise::ROTATION, None, Some(limit))));
        out.extend(ends.then_some((promise::ENDS, None, Some(limit))));
        out.extend(link.then_some((promise::LINK_LIFE, None, Some(limit))));
    }
    if has(class::PASSWORD) && !turned {
        out.extend(characters(words).map(|length| (promise::LENGTH, Some(length), None)));
    }
    if has(class::SHARE) && !turned {
        out.extend(quorum(words).map(|number| (promise::SHARES, Some(number), None)));
    }
    if has(class::ROOT) && has(class::UNDONE) && has(class::ROOT_KEY) && !has(class::CONDITION) {
        out.push((promise::ABSENT, None, None));
    }
    if has(class::SHUT_OFF) && (turned || has(class::BANNED)) {
        out.push((promise::FORBIDDEN, None, None));
    }
    if has(class::RECORDED) && has(class::WHOLE) && !turned && !has(class::FAILED) {
        out.push((promise::RECORDED, None, None));
    }
    if has(class::ROOT) && has(class::SIGNS) && (turned || has(class::ONLY)) && has(class::ROOT_THING) {
        out.push((promise::ROOT_UNUSED, None, None));
    }
    out
}

/// "at least 14 characters".
fn characters(words: &Words<'_>) -> Option<i64> {
    words.each.windows(2).find_map(|pair| match pair {
        [(number, _), ("character" | "characters", _)] => number.parse().ok().filter(|n| (4..=256).contains(n)),
        _ => None,
    })
}

/// "three of five": how many of several it takes.
fn quorum(words: &Words<'_>) -> Option<i64> {
    let number = |w: &str| match w {
        "two" => Some(2),
        "three" => Some(3),
        "four" => Some(4),
        "five" => Some(5),
        "six" => Some(6),
        "seven" => Some(7),
        digits => digits.parse().ok().filter(|n| (2..=20).contains(n)),
    };
    let fewer = |few: &str, all: &str| number(few).filter(|few| number(all).is_some_and(|all| all > *few));
    let whole = words.each.windows(3).find_map(|w| if let [(few, _), ("of", _), (all, _)] = w { fewer(few, all) } else { None });
    whole.or_else(|| {
        words.each.windows(4).find_map(|w| if let [(few, _), ("out", _), ("of", _), (all, _)] = w { fewer(few, all) } else { None })
    })
}

/// How many have to agree besides whoever asks, as the sentence says it.
fn agreeing(words: &Words<'_>) -> Option<i64> {
    let near = |at: usize| words.each.iter().skip(at + 1).take(3).any(|(_, class)| class & class::ONE_MORE != 0);
    let words: Vec<&str> = words.each.iter().map(|w| w.0).collect();
    for (at, word) in words.iter().enumerate() {
        let number = match *word {
            "two" | "2" | "dual" | "both" => 2,
            "three" | "3" => 3,
            "second" if words.get(at + 1).is_some_and(|w| w.starts_with("approv") || w.starts_with("review")) => 2,
            _ => continue,
        };
        if near(at) {
            return Some(number);
        }
    }
    let by_somebody = words
        .windows(2)
        .any(|w| matches!(w, ["approved" | "reviewed", "by"]) || matches!(w, ["approves" | "approve", "the" | "it" | "every" | "each"]));
    let by_another = words.windows(3).any(|w| matches!(w, ["a", "second", "person" | "pair" | "engineer" | "colleague" | "member"]));
    let demanded = words.iter().any(|w| matches!(*w, "requires" | "require" | "required" | "needs" | "need" | "must"));
    (by_somebody || by_another || demanded && words.iter().any(|w| matches!(*w, "approval" | "approved"))).then_some(1)
}

/// A length of time that the sentence names, in seconds: "every 90 days", "4 hours", "quarterly".
fn span(words: &Words<'_>) -> Option<i64> {
    const DAY: i64 = 86_400;
    let often = words.each.iter().find_map(|(word, _)| match *word {
        "quarterly" => Some(92 * DAY),
        "monthly" => Some(31 * DAY),
        _ => None,
    });
    if often.is_some() {
        return often;
    }
    words.each.windows(2).find_map(|pair| {
        let [(number, _), (unit, _)] = pair else { return None };
        let number: i64 = match *number {
            "one" | "an" | "a" | "every" => 1,
            "two" => 2,
            "three" => 3,
            "four" => 4,
            "six" => 6,
            "eight" => 8,
            "twelve" => 12,
            "thirty" => 30,
            "ninety" => 90,
            digits => digits.parse().ok().filter(|n| (1..=10_000).contains(n))?,
        };
        let unit = match *unit {
            "minute" | "minutes" => 60,
            "hour" | "hours" => 3_600,
            "day" | "days" => DAY,
            "week" | "weeks" => 7 * DAY,
            "month" | "months" => 31 * DAY,
            "year" | "years" => 366 * DAY,
            _ => return None,
        };
        Some(number * unit)
    })
}

/// Whether a sentence holds what looks like the name of an account: in code, or with marks that words do not have.
fn names(raw: &str) -> bool {
    raw.contains('`')
        || raw.split_whitespace().any(|w| {
            let w = w.trim_matches(|c: char| !c.is_alphanumeric());
            w.contains(['_', '@', '-', '.']) || w.bytes().any(|b| b.is_ascii_digit()) && w.bytes().any(|b| b.is_ascii_alphabetic())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(sentence: &str) -> Vec<(&'static str, Option<i64>, Option<i64>)> {
        let classes = Classes::new(&crate::rules().lexicon.promises);
        read(sentence, &classes.words(&sentence.to_lowercase()), false).into_iter().map(|p| (p.0.as_str(), p.1, p.2)).collect()
    }

    #[test]
    fn sentences_promise() {
        assert_eq!(said("Activation requires two approvers from security."), [("approvals", Some(2), None)]);
        assert_eq!(said("Nobody approves their own request."), [("not_own", None, None)]);
        assert_eq!(said("MFA is required for all administrators."), [("second_factor", None, None)]);
        assert_eq!(said("Access keys are rotated every 90 days."), [("rotation", None, Some(7_776_000))]);
        assert_eq!(said("Temporary access ends after four hours."), [("ends", None, Some(14_400))]);
        assert_eq!(said("The root account must never be used."), [("root_unused", None, None)]);
        assert_eq!(said("MFA is on for the root user."), [("second_factor", None, None)]);
        assert_eq!(said("A reset link works for one hour."), [("link_life", None, Some(3_600))]);
        assert_eq!(said("Console passwords have at least 14 characters."), [("length", Some(14), None)]);
        assert_eq!(said("Vault needs three of five key holders to unseal."), [("shares", Some(3), None)]);
        assert_eq!(said("The root token is revoked after set-up."), [("absent", None, None)]);
        assert_eq!(said("Key creation is blocked by policy."), [("forbidden", None, None)]);
        assert_eq!(said("`crane-bot` may only change the namespace `yard`."), [("limited", None, None)]);
        assert_eq!(said("Send the new colleague the value of `DB_PASSWORD` on Slack."), [("handout", None, None)]);
        assert_eq!(said("Service account keys live at most 90 days."), [("rotation", None, Some(7_776_000))]);
        assert_eq!(said("The account `m.roe` was disabled on Friday.")[0].0, "left");
    }

    #[test]
    fn what_is_open_promises_nothing() {
        for open in [
            "Two approvers may be asked.",
            "Should two people approve this?",
            "A second approver is not needed.",
            "MFA is not required for all administrators.",
            "The release has two parts and ships every week.",
            "Consider rotating keys every 90 days.",
            "The root of the tree is used here.",
            "The key of `m.roe` was left in the safe.",
            "If `m.roe` has left, tell the desk.",
            "MFA of `m.roe` was removed.",
            "Never send `DB_PASSWORD` on Slack.",
            "Ask in the channel whether the link works.",
            "Two of the crates have 14 characters on the lid.",
            "The desk sends `notes.md` by e-mail.",
        ] {
            assert!(said(open).is_empty(), "{open}: {:?}", said(open));
        }
    }
}
