//! Sentences that an export can refute: how many agree, who may not agree, how old a key may be, which account is for emergencies.
//!
//! They need not belong to a procedure: policies promise as well. What they are held against is the business of `join`.

use super::document::{Document, Shape};
use crate::artifact::Spot;
use crate::fact::{Draft, Kind, Word, control, promise};
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

/// Sentences of one document that are kept.
const MOST: usize = 256;
/// A sentence that is longer says too many things.
const LONGEST: usize = 400;
/// Words after which a sentence promises nothing: it asks, plans, allows or makes an exception.
const OPEN: [&str; 16] = [
    "?",
    "might",
    "could",
    "consider",
    "unless",
    "except",
    "planned",
    "todo",
    "plan",
    "would",
    "formerly",
    "previously",
    "optional",
    "optionally",
    "example",
    "whether",
];
/// Words that allow, and forbid where the sentence says no.
const ALLOWS: [&str; 2] = ["may", "can"];
/// Words that turn a sentence round.
const NOT: [&str; 9] = ["not", "no", "never", "nobody", "without", "nor", "cannot", "neither", "none"];
/// Who or what can be one more.
const PEOPLE: [&str; 24] = [
    "approver",
    "approvers",
    "approval",
    "approvals",
    "person",
    "people",
    "reviewer",
    "reviewers",
    "review",
    "reviews",
    "administrator",
    "administrators",
    "admin",
    "admins",
    "engineer",
    "engineers",
    "colleague",
    "colleagues",
    "managers",
    "leads",
    "member",
    "members",
    "owners",
    "maintainers",
];
const EMERGENCY: [&str; 6] = ["break-glass", "break glass", "breakglass", "emergency", "firecall", "fire-call"];
/// Somebody is gone.
const GONE: [&str; 8] = ["left", "leaver", "offboarded", "terminated", "departed", "resigned", "retired", "deprovisioned"];
/// An account is shut, where the sentence speaks of one.
const SHUT: [&str; 4] = ["disabled", "deactivated", "removed", "deleted"];
/// What a sentence about somebody else than the account says.
const CONTACT: [&str; 9] = ["notif", "contact", "approv", "inform", "escalat", "owner", "ask", "call", "page"];
/// What follows "left" where nobody is gone.
const STAYS: [&str; 10] = ["enabled", "in", "on", "open", "to", "over", "unlocked", "active", "behind", "as"];

/// Verbs that hand something to somebody, less their endings.
const HANDS: [&str; 14] =
    ["send", "sent", "mail", "e-mail", "email", "text", "past", "post", "share", "sharing", "forward", "dm", "deliver", "hand"];
/// Where others can read along.
const OPENLY: [&str; 19] = [
    "slack", "chat", "e-mail", "email", "mail", "mails", "mailed", "e-mailed", "emailed", "sms", "texts", "texted", "dm", "teams",
    "whatsapp", "message", "channel", "wiki", "telegram",
];
/// What is handed over, less its ending.
const SECRETS: [&str; 11] =
    ["password", "secret", "key", "token", "credential", "value", "json", "file", "passphrase", "content", "config"];
/// What a sentence says of something that is shut off.
const SHUT_OFF: [&str; 10] =
    ["blocked", "disabled", "forbidden", "prohibited", "banned", "denied", "disallowed", "allowed", "permitted", "enabled"];
/// What was done away with.
const UNDONE: [&str; 6] = ["revoked", "deleted", "destroyed", "removed", "none", "no"];
/// The command that puts an older version of a policy in force.
const ROLL_BACK: &str = "set-default-policy-version";
/// How much of what stands before a sentence is kept.
const AROUND: usize = 320;

/// Whether a text could promise something, although it holds no procedure.
pub(super) fn may_promise(text: &str) -> bool {
    const WORDS: [&str; 41] = [
        "rotat",
        "mfa",
        "2fa",
        " factor",
        "approv",
        "sign off",
        "emergency",
        "leaver",
        " left ",
        "deactivated",
        "root user",
        "root account",
        "root token",
        "root login",
        "break-glass",
        "break glass",
        "breakglass",
        "two-step",
        "2-step",
        ROLL_BACK,
        "key holders",
        "custodian",
        " slack",
        " teams ",
        "e-mail",
        "mails ",
        "mailed ",
        " paste",
        " link",
        "characters",
        "blocked",
        "disabled",
        "may only",
        "can only",
        "must not",
        "at most",
        "no longer than",
        "older than",
        "administrators included",
        "including admin",
        "audited",
    ];
    static PROMISING: LazyLock<Option<AhoCorasick>> =
        LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(WORDS).ok());
    PROMISING.as_ref().is_some_and(|p| p.is_match(text))
}

/// Adds a fact for each promise of a document.
pub(super) fn promises(document: &Document, text: &str, out: &mut Vec<Draft>) {
    // the first heading of the first level names the page, whatever stands above it
    let of = |top: bool| document.blocks.iter().find(|b| matches!(b.shape, Shape::Heading(level) if level == 1 || !top));
    let first = of(true).or_else(|| of(false)).map_or("", |b| b.text.text.trim());
    let title = document.title.as_ref().map_or(first, |t| t.0.as_str());
    let mut headings: Vec<(u8, &str)> = vec![(0, title)];
    let mut kept = 0;
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
    let mut around = String::new();
    for block in &document.blocks {
        if let Shape::Heading(level) = block.shape {
            around.clear();
            headings.retain(|h| h.0 < level);
            headings.push((level, block.text.text.trim()));
            headings.dedup_by(|a, b| a.1 == b.1);
            continue;
        }
        if block.shape == Shape::Quote {
            continue;
        }
        let heading = headings.iter().map(|h| h.1).filter(|h| !h.is_empty()).collect::<Vec<_>>().join(" / ");
        let emergency = is_emergency(&heading);
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
            let marked = raw.split_whitespace().collect::<Vec<_>>().join(" ");
            let before = tail(&around, AROUND).to_owned();
            around.push_str(&marked);
            around.push(' ');
            for (word, number, limit) in read(&marked, emergency) {
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

fn is_emergency(text: &str) -> bool {
    let lower = text.to_lowercase();
    EMERGENCY.iter().any(|e| lower.contains(e))
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
fn read(sentence: &str, emergency: bool) -> Vec<Promise> {
    let lower = sentence.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !(c.is_alphanumeric() || "-_'?".contains(c))).filter(|w| !w.is_empty()).collect();
    let has = |list: &[&str]| words.iter().any(|w| list.contains(w));
    let stem = |list: &[&str]| words.iter().any(|w| list.iter().any(|s| w.starts_with(s)));
    let mut out = Vec::new();
    let secret = stem(&SECRETS) || words.iter().any(|w| w.contains('_') && SECRETS.iter().any(|s| w.contains(s)));
    let handed = stem(&HANDS) && has(&OPENLY) && secret && !has(&NOT) && names(sentence);
    if handed && !has(&["encrypted", "one-time", "vault"]) {
        out.push((promise::HANDOUT, None, None));
    }
    if ["administrators included", "admins included", "including admin", "even administrators", "as well as administrators"]
        .iter()
        .any(|w| lower.contains(w))
    {
        out.push((promise::COVERS_ADMINS, None, None));
    }
    if limits(&lower, &words) {
        out.push((promise::LIMITED, None, None));
    }
    // the last part of `desk@quay.example` makes no example of it
    let open = lower.split_whitespace().any(|w| OPEN.contains(&w.trim_matches(|c: char| !(c.is_alphanumeric() || c == '?'))));
    if open || lower.ends_with('?') {
        out.clear();
        return out;
    }
    if has(&ALLOWS) && !has(&NOT) {
        return out;
    }
    // who is named: the join knows the accounts, the text only what looks like one
    if names(sentence) {
        let account =
            has(&["account", "accounts", "user", "sign", "log", "login", "password", "credential", "credentials", "role", "use", "used"]);
        if (emergency || is_emergency(&lower)) && account && !stem(&CONTACT) {
            out.push((promise::EMERGENCY, None, None));
        }
        let stays = words.windows(2).any(|w| matches!(w, ["left", next] if STAYS.contains(next)));
        // "when she left on 2026-05-29" tells what happened
        let dated = words.iter().any(|w| w.len() == 10 && w.bytes().filter(|b| *b == b'-').count() == 2 && w.starts_with("20"));
        let shut = has(&SHUT) && has(&["account", "accounts", "user", "login", "access"]);
        if (has(&GONE) && !stays || shut) && !has(&NOT) && !has(&["if", "once", "until"]) && (dated || !has(&["when"])) {
            out.push((promise::LEFT, None, None));
        }
    }
    let agree = stem(&["approv", "review", "sign-off", "four-eyes", "self-approv", "self-review", "two-person"])
        || ["sign off", "signs off", "dual control"].iter().any(|w| lower.contains(w));
    let turned = has(&NOT);
    if agree
        && turned
        && (has(&[
            "own",
            "themselves",
            "themself",
            "self-approval",
            "self-review",
            "author",
            "requester",
            "yourself",
            "wrote",
            "opened",
            "submitted",
        ]))
    {
        out.push((promise::NOT_OWN, None, None));
    } else if agree && !turned {
        if let Some(number) = agreeing(&words) {
            out.push((promise::APPROVALS, Some(number), None));
        }
        if has(&["different", "another"]) && has(&["requester", "author", "person", "than"]) || lower.contains("other than the") {
            out.push((promise::NOT_OWN, None, None));
        }
    } else if agree && has(&["never", "not"]) && agreeing(&words).is_some() && lower.contains("never by") {
        out.push((promise::NOT_OWN, None, None));
    }
    let factor = has(&["mfa", "2fa", "multi-factor", "multifactor", "two-factor", "two-step"]) || lower.contains("second factor");
    let everybody = has(&["all", "every", "everyone", "everybody", "each", "any", "no", "nobody"]);
    let demanded = has(&[
        "must",
        "required",
        "requires",
        "require",
        "mandatory",
        "enforced",
        "always",
        "needs",
        "has",
        "have",
        "use",
        "uses",
        "protected",
    ]);
    let barred = has(&["nobody", "no"]) && has(&["without"]);
    let root = has(&["root"]) && has(&["user", "account", "aws", "login"]);
    if factor && root && !turned && (demanded || has(&["on", "enabled", "hardware"]))
        || factor && everybody && (demanded || barred) && (!turned || barred)
    {
        out.push((promise::SECOND_FACTOR, None, None));
    }
    let limit = span(&words);
    let oldest = has(&["older", "age"]) && (turned || has(&["must", "maximum"]));
    if limit.is_some()
        && (oldest || !turned && (stem(&["rotat", "renew", "replac"]) || lives(&lower) && !has(&["session", "activation", "temporary"])))
        && stem(&["key", "password", "secret", "token", "credential"])
    {
        out.push((promise::ROTATION, None, limit));
    }
    let bounded = stem(&["expire", "end", "limit", "lapse", "revoked"]) || has(&["most", "maximum", "longer"]);
    if limit.is_some() && bounded && !oldest && stem(&["access", "activat", "elevat", "session", "role"]) && (!turned || has(&["longer"])) {
        out.push((promise::ENDS, None, limit));
    }
    if limit.is_some() && has(&["link", "links"]) && !turned && (bounded || stem(&["valid", "work", "live", "good"])) {
        out.push((promise::LINK_LIFE, None, limit));
    }
    if let Some(length) = characters(&words).filter(|_| stem(&["password", "passphrase"]) && !turned) {
        out.push((promise::LENGTH, Some(length), None));
    }
    let holders = stem(&["holder", "custodian", "share", "key"]) && stem(&["unseal", "holder", "custodian", "share"]);
    if let Some(number) = quorum(&words).filter(|_| holders && !turned) {
        out.push((promise::SHARES, Some(number), None));
    }
    if has(&["root"]) && has(&UNDONE) && stem(&["token", "access", "key"]) && !has(&["if", "when", "unless", "until"]) {
        out.push((promise::ABSENT, None, None));
    }
    let off = ["switched off", "turned off"].iter().any(|w| lower.contains(w));
    if off || has(&SHUT_OFF) && (turned || has(&["blocked", "disabled", "forbidden", "prohibited", "banned", "disallowed"])) {
        out.push((promise::FORBIDDEN, None, None));
    }
    let recorded = has(&["logged", "audited", "recorded", "logs", "log", "alarm", "alert", "alerts", "audit", "alarmed"]);
    let whole = has(&["every", "all", "each", "any", "always"]);
    if recorded && whole && !turned && !has(&["failed"]) {
        out.push((promise::RECORDED, None, None));
    }
    let signs = has(&["use", "used", "uses", "sign", "signed", "log", "login", "logged", "touch", "touched"]);
    if has(&["root"])
        && signs
        && (turned || has(&["only"]))
        && (has(&["account", "user", "aws", "credentials"]) || lower.contains("sign in as root"))
    {
        out.push((promise::ROOT_UNUSED, None, None));
    }
    out
}

/// Whether a sentence says how long something lives at most.
fn lives(lower: &str) -> bool {
    ["at most", "no longer than", "not longer than", "a maximum of", "maximum age", "maximum lifetime"].iter().any(|w| lower.contains(w))
}

/// Whether a sentence bounds what somebody may do: "may only", "must not touch", "can read its own, nothing more".
fn limits(lower: &str, words: &[&str]) -> bool {
    let bound = ["may only", "can only", "must not", "may not", "cannot", "can not", "nothing more", "nothing else", "is limited to"]
        .iter()
        .any(|w| lower.contains(w))
        || words.contains(&"only") && words.iter().any(|w| ALLOWS.contains(w));
    let about = ["admin", "secret", "namespace", "cluster", "bucket", "read", "write", "change", "permission", "access", "pod"];
    bound && words.iter().any(|w| about.iter().any(|a| w.starts_with(a)))
}

/// "at least 14 characters".
fn characters(words: &[&str]) -> Option<i64> {
    words.windows(2).find_map(|pair| match pair {
        [number, "character" | "characters"] => number.parse().ok().filter(|n| (4..=256).contains(n)),
        _ => None,
    })
}

/// "three of five": how many of several it takes.
fn quorum(words: &[&str]) -> Option<i64> {
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
    let whole = words.windows(3).find_map(|w| if let [few, "of", all] = w { fewer(few, all) } else { None });
    whole.or_else(|| words.windows(4).find_map(|w| if let [few, "out", "of", all] = w { fewer(few, all) } else { None }))
}

/// How many have to agree besides whoever asks, as the sentence says it.
fn agreeing(words: &[&str]) -> Option<i64> {
    let near = |at: usize| words.iter().skip(at + 1).take(3).any(|w| PEOPLE.contains(w));
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
    let by_somebody = by_somebody || by_another;
    let demanded = words.iter().any(|w| matches!(*w, "requires" | "require" | "required" | "needs" | "need" | "must"));
    (by_somebody || demanded && words.iter().any(|w| matches!(*w, "approval" | "approved"))).then_some(1)
}

/// A length of time that the sentence names, in seconds: "every 90 days", "4 hours", "quarterly".
fn span(words: &[&str]) -> Option<i64> {
    const DAY: i64 = 86_400;
    if words.contains(&"quarterly") {
        return Some(92 * DAY);
    }
    if words.contains(&"monthly") {
        return Some(31 * DAY);
    }
    words.windows(2).find_map(|pair| {
        let [number, unit] = pair else { return None };
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
        read(sentence, false).into_iter().map(|p| (p.0.as_str(), p.1, p.2)).collect()
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
