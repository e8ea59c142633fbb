//! The numbers of a promise: how many, how long, how soon.

use super::classes::Words;
use crate::rule::class;

/// "at least 14 characters".
pub(super) fn characters(words: &Words<'_>) -> Option<i64> {
    words.each.windows(2).find_map(|pair| match pair {
        [(number, _), ("character" | "characters", _)] => number.parse().ok().filter(|n| (4..=256).contains(n)),
        _ => None,
    })
}

/// "three of five": how many of several it takes.
pub(super) fn quorum(words: &Words<'_>) -> Option<i64> {
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
pub(super) fn agreeing(words: &Words<'_>) -> Option<i64> {
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
pub(super) fn span(words: &Words<'_>) -> Option<i64> {
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
