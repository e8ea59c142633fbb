//! What one sentence promises, by the classes of its words.

use super::classes::Words;
use super::number::{agreeing, characters, quorum, span};
use crate::fact::{Word, promise};
use crate::rule::class;

/// Words of a sentence that still says one thing.
const MANY: usize = 25;

/// What is promised, the number it names, and the time in seconds.
pub(super) type Promise = (Word, Option<i64>, Option<i64>);

/// What one sentence promises.
pub(super) fn read(sentence: &str, words: &Words<'_>, emergency: bool, before: &str) -> Vec<Promise> {
    let has = |class| words.has(class);
    let mut out = Vec::new();
    let turned = has(class::TURNED);
    // "apart from the emergency accounts nobody is an administrator for good": the exception is part of the rule
    if has(class::STANDING) && (turned || has(class::BARRED)) && has(class::RIGHT) && !hedged(words) {
        out.push((promise::STANDING, None, None));
    }
    if has(class::OPEN) || sentence.ends_with('?') {
        return out;
    }
    if has(class::HANDS) && has(class::OPENLY) && !turned && !has(class::SEALED) {
        // "Ask Vera for `live.env`. She sends it by e-mail."
        let back = || has(class::POINTS_BACK) && names(last(before));
        if has(class::HANDED) && names(sentence) || back() {
            out.push((promise::HANDOUT, None, None));
        }
    }
    if has(class::COVERS_ADMINS) {
        out.push((promise::COVERS_ADMINS, None, None));
    }
    // an account in code may do one thing and nothing else, whatever that is
    if (has(class::LIMITED) || has(class::ONLY) && has(class::ALLOWS)) && (has(class::LIMITED_THING) || sentence.contains('`')) {
        out.push((promise::LIMITED, None, None));
    }
    if emergency && has(class::LOOSE) {
        out.push((promise::LOOSE, None, None));
    }
    let plain = !turned && !has(class::CONDITION) && words.each.len() <= MANY;
    if plain && has(class::SOFT) && has(class::ASKED) && has(class::RESETS) {
        out.push((promise::RESET_FACTOR, None, None));
    } else if plain && has(class::SIGNS_IN) && has(class::WITH) && (has(class::SOFT) || has(class::STRONG)) && !has(class::ALLOWS) {
        out.push((promise::SIGNS_IN, None, None));
    }
    let link = has(class::LINK) && !turned && (has(class::BOUNDED) || has(class::WORKS));
    if let Some(limit) = span(words).filter(|_| link) {
        out.push((promise::LINK_LIFE, None, Some(limit)));
    }
    if has(class::LINK) && has(class::ONCE) && !turned {
        out.push((promise::ONCE, None, None));
    }
    if has(class::ALLOWS) && !turned {
        return out;
    }
    // a page about emergencies may list its accounts and say no more of them
    let listed = || emergency && sentence.contains('@');
    let calls = (emergency || has(class::EMERGENCY)) && (has(class::ACCOUNT_USE) || listed()) && !has(class::CONTACT);
    // "left on Friday" and "left on 2026-05-29" are no "left on"
    let dated_after = |at: usize| words.each.get(at + 2).is_some_and(|(w, class)| w.starts_with("20") || class & class::DAY != 0);
    let employer = |at: usize| words.each.iter().skip(at + 2).take(2).any(|(_, class)| class & class::EMPLOYER != 0);
    let stays = || {
        let mut pairs = words.each.windows(2).enumerate();
        pairs.any(|(at, w)| {
            let [("left", _), (next, c)] = w else { return false };
            c & class::STAYS != 0 && !(*next == "on" && dated_after(at)) || c & class::SOMETHING != 0 && !employer(at)
        })
    };
    let ended = has(class::GONE) && !stays() || has(class::SHUT) && has(class::SHUT_THING);
    // who is named: the join knows the accounts, the text only what looks like one
    if (calls || ended) && (names(sentence) || ended && full_name(sentence)) {
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
    // a long sentence speaks of the root user and of a factor without putting the two together
    let first = has(class::ROOT)
        && has(class::ROOT_OWNER)
        && !turned
        && (has(class::DEMANDED) || has(class::IS_ON))
        && !has(class::CONDITION)
        && words.each.len() <= MANY;
    if has(class::FACTOR) && (first || has(class::EVERYBODY) && (has(class::DEMANDED) || barred) && (!turned || barred)) {
        out.push((promise::SECOND_FACTOR, None, None));
    }
    let oldest = has(class::OLDEST) && (turned || has(class::AT_MOST) || has(class::SHUT) || has(class::UNDONE));
    let lives = has(class::LIVES) && !has(class::SHORT_LIVED);
    let renewed = (oldest || !turned && (has(class::RENEWED) || lives)) && has(class::SECRET);
    let expires = !renewed && has(class::EXPIRES) && has(class::SECRET) && !has(class::PASSWORD) && !has(class::SHORT_LIVED) && !turned;
    let ends = has(class::BOUNDED) && !oldest && has(class::ACCESS) && (!turned || has(class::LONGER));
    if let Some(limit) = span(words).filter(|_| renewed || ends || expires) {
        out.extend(renewed.then_some((promise::ROTATION, None, Some(limit))));
        out.extend(ends.then_some((promise::ENDS, None, Some(limit))));
        out.extend(expires.then_some((promise::EXPIRES, None, Some(limit))));
    }
    // what a person tells is no matter of settings
    if has(class::NOTICE) && has(class::WHEN_CHANGED) && !turned && !has(class::AGENT) {
        out.push((promise::NOTICE, None, None));
    }
    if has(class::STRONG) && has(class::SIGNS_IN) && (has(class::NOTHING_ELSE) || has(class::ONLY) && !turned) && !has(class::CONDITION) {
        out.push((promise::STRONG_ONLY, None, None));
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
    if has(class::SHUT_OFF) && (turned || has(class::BANNED)) && !(has(class::ROOT) && has(class::ROOT_THING)) {
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

/// Whether a sentence holds what looks like the name of an account: in code, or with marks that words do not have.
fn names(raw: &str) -> bool {
    raw.contains('`')
        || raw.split_whitespace().any(|w| {
            let w = w.trim_matches(|c: char| !c.is_alphanumeric());
            w.contains(['_', '@', '-', '.']) || w.bytes().any(|b| b.is_ascii_digit()) && w.bytes().any(|b| b.is_ascii_alphabetic())
        })
}

/// A first and a last name.
fn full_name(raw: &str) -> bool {
    let name = |w: &str| w.chars().next().is_some_and(char::is_uppercase) && w.chars().skip(1).all(char::is_lowercase) && w.len() >= 2;
    let words: Vec<&str> = raw.split_whitespace().map(|w| w.trim_end_matches([',', '.', ':'])).collect();
    words.windows(2).any(|w| w.iter().all(|w| name(w)))
}

/// The last sentence of a text.
fn last(text: &str) -> &str {
    let text = text.trim_end().trim_end_matches(['.', ';', ':']);
    text.rsplit_once(". ").or_else(|| text.rsplit_once("; ")).map_or(text, |(_, last)| last)
}

/// Whether a sentence asks, plans or allows, exceptions aside.
fn hedged(words: &Words<'_>) -> bool {
    words.each.iter().any(|(_, class)| class & class::OPEN != 0 && class & class::EXCEPTED == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::prose::promise::Classes;

    fn said(sentence: &str) -> Vec<(&'static str, Option<i64>, Option<i64>)> {
        let classes = Classes::new(&crate::rules().lexicon.promises);
        read(sentence, &classes.words(&sentence.to_lowercase()), false, "").into_iter().map(|p| (p.0.as_str(), p.1, p.2)).collect()
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
        assert_eq!(said("Mara Roe left on 2026-05-29."), [("left", None, None)]);
        assert_eq!(
            said("A Temporary Access Pass works once, for fifteen minutes."),
            [("link_life", None, Some(900)), ("once", None, None)]
        );
        assert_eq!(said("Users receive a mail whenever their password has been reset."), [("notice", None, None)]);
        assert_eq!(said("Nobody holds Global Administrator permanently, except the emergency account."), [("standing", None, None)]);
        assert_eq!(said("Client secrets expire after six months."), [("expires", None, Some(16_070_400))]);
        assert_eq!(said("The one-time code is asked as well before the new password is accepted."), [("reset_factor", None, None)]);
        assert_eq!(said("Learners sign in with password and authenticator app."), [("signs_in", None, None)]);
        assert_eq!(said("Only passkeys are accepted at sign-in."), [("strong_only", None, None)]);
        assert_eq!(said("We do not use security questions."), [("forbidden", None, None)]);
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
            "The desk tells the user whenever a password has been reset.",
            "The plant was permanently closed.",
            "If a passkey is the only factor, ask again.",
            "A parking permit expires after six months.",
            "Mara Roe left the door open.",
        ] {
            assert!(said(open).is_empty(), "{open}: {:?}", said(open));
        }
    }
}
