//! English inflection, written out forwards: from a base form to what it looks like in a text.

use crate::rule::Language;

/// How a word is inflected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As in a dictionary.
    Base,
    /// Plural of a noun, third person of a verb.
    S,
    /// Past or participle.
    Ed,
    /// `-ing`
    Ing,
}

const IRREGULAR: [(&str, &str, Form); 81] = [
    ("am", "be", Form::Base),
    ("is", "be", Form::S),
    ("are", "be", Form::S),
    ("was", "be", Form::Ed),
    ("were", "be", Form::Ed),
    ("been", "be", Form::Ed),
    ("being", "be", Form::Ing),
    ("has", "have", Form::S),
    ("had", "have", Form::Ed),
    ("does", "do", Form::S),
    ("did", "do", Form::Ed),
    ("done", "do", Form::Ed),
    ("sent", "send", Form::Ed),
    ("told", "tell", Form::Ed),
    ("gave", "give", Form::Ed),
    ("given", "give", Form::Ed),
    ("got", "get", Form::Ed),
    ("gotten", "get", Form::Ed),
    ("kept", "keep", Form::Ed),
    ("wrote", "write", Form::Ed),
    ("written", "write", Form::Ed),
    ("knew", "know", Form::Ed),
    ("known", "know", Form::Ed),
    ("held", "hold", Form::Ed),
    ("forgot", "forget", Form::Ed),
    ("forgotten", "forget", Form::Ed),
    ("lost", "lose", Form::Ed),
    ("losing", "lose", Form::Ing),
    ("proven", "prove", Form::Ed),
    ("took", "take", Form::Ed),
    ("taken", "take", Form::Ed),
    ("said", "say", Form::Ed),
    ("spoke", "speak", Form::Ed),
    ("spoken", "speak", Form::Ed),
    ("found", "find", Form::Ed),
    ("made", "make", Form::Ed),
    ("left", "leave", Form::Ed),
    ("shown", "show", Form::Ed),
    ("stole", "steal", Form::Ed),
    ("stolen", "steal", Form::Ed),
    ("broke", "break", Form::Ed),
    ("broken", "break", Form::Ed),
    ("forbade", "forbid", Form::Ed),
    ("forbidden", "forbid", Form::Ed),
    ("sms", "sms", Form::Base),
    ("creds", "creds", Form::Base),
    ("credentials", "credential", Form::S),
    ("secrets", "secret", Form::S),
    ("stuck", "stick", Form::Ed),
    ("hid", "hide", Form::Ed),
    ("went", "go", Form::Ed),
    ("goes", "go", Form::S),
    ("going", "go", Form::Ing),
    ("gone", "go", Form::Ed),
    ("came", "come", Form::Ed),
    ("withdrew", "withdraw", Form::Ed),
    ("withdrawn", "withdraw", Form::Ed),
    ("chose", "choose", Form::Ed),
    ("chosen", "choose", Form::Ed),
    ("rang", "ring", Form::Ed),
    ("rung", "ring", Form::Ed),
    ("hung", "hang", Form::Ed),
    ("lent", "lend", Form::Ed),
    ("brought", "bring", Form::Ed),
    ("ran", "run", Form::Ed),
    ("sat", "sit", Form::Ed),
    ("overrode", "override", Form::Ed),
    ("overridden", "override", Form::Ed),
    ("forgone", "forgo", Form::Ed),
    ("forewent", "forego", Form::Ed),
    ("foregone", "forego", Form::Ed),
    ("saw", "see", Form::Ed),
    ("seen", "see", Form::Ed),
    ("lay", "lie", Form::Ed),
    ("lying", "lie", Form::Ing),
    ("understood", "understand", Form::Ed),
    ("met", "meet", Form::Ed),
    ("heard", "hear", Form::Ed),
    ("stood", "stand", Form::Ed),
    ("felt", "feel", Form::Ed),
    ("dealt", "deal", Form::Ed),
];

/// Words that no rule yields, with their base form.
pub(super) fn irregular() -> &'static [(&'static str, &'static str, Form)] {
    &IRREGULAR
}

/// What a base form looks like in a text, the base form itself left out.
pub(super) fn inflections(base: &str) -> Vec<(String, Form)> {
    if base.len() < 3 && base != "dm" || !base.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        return Vec::new();
    }
    let mut out = vec![(plural(base), Form::S)];
    let bytes = base.as_bytes();
    let last = bytes.last().copied().unwrap_or_default();
    let before = bytes.len().checked_sub(2).and_then(|i| bytes.get(i)).copied().unwrap_or_default();
    let third = bytes.len().checked_sub(3).and_then(|i| bytes.get(i)).copied().unwrap_or_default();
    if last == b'e' {
        let stem = base.get(..base.len() - 1).unwrap_or(base);
        out.push((format!("{base}d"), Form::Ed));
        out.push((format!("{stem}ing"), Form::Ing));
    } else if last == b'y' && !vowel(before) {
        let stem = base.get(..base.len() - 1).unwrap_or(base);
        out.push((format!("{stem}ied"), Form::Ed));
        out.push((format!("{base}ing"), Form::Ing));
    } else {
        out.push((format!("{base}ed"), Form::Ed));
        out.push((format!("{base}ing"), Form::Ing));
        if !vowel(last) && !b"wxy".contains(&last) && vowel(before) && !vowel(third) {
            let double = char::from(last);
            out.push((format!("{base}{double}ed"), Form::Ed));
            out.push((format!("{base}{double}ing"), Form::Ing));
        }
    }
    out
}

/// What a word of another language looks like in a text, by the rules of its lexicon.
pub(super) fn forms(word: &str, language: &Language) -> Vec<(String, Form)> {
    let mut out = Vec::new();
    let first = language.separable.iter().find(|s| word.len() > s.len() + 3 && word.starts_with(s.as_str()));
    for ending in &language.endings {
        let Some(stem) = word.strip_suffix(ending.of.as_str()).filter(|s| s.chars().count() >= 2) else { continue };
        let form = if ending.participle { Form::Ed } else { Form::S };
        for end in &ending.gives {
            let inflected = match first.and_then(|f| stem.strip_prefix(f.as_str()).map(|rest| (f, rest))) {
                Some((first, rest)) if !ending.before.is_empty() => format!("{first}{}{rest}{end}", ending.before),
                _ => format!("{}{stem}{end}", ending.before),
            };
            out.push((inflected, form));
        }
    }
    out
}

fn plural(base: &str) -> String {
    match base.strip_suffix('y') {
        Some(stem) if !stem.as_bytes().last().copied().is_none_or(vowel) => format!("{stem}ies"),
        _ if base.ends_with(['s', 'x', 'z']) || base.ends_with("ch") || base.ends_with("sh") => format!("{base}es"),
        _ => format!("{base}s"),
    }
}

fn vowel(b: u8) -> bool {
    b"aeiou".contains(&b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_spelling() {
        let forms = |w: &str| inflections(w).into_iter().map(|f| f.0).collect::<Vec<_>>();
        assert_eq!(forms("reset"), ["resets", "reseted", "reseting", "resetted", "resetting"]);
        assert_eq!(forms("notify"), ["notifies", "notified", "notifying"]);
        assert_eq!(forms("share"), ["shares", "shared", "sharing"]);
        assert_eq!(forms("access"), ["accesses", "accessed", "accessing"]);
        assert!(forms("by").is_empty());
    }
}
