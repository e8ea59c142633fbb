//! Sayings, the terms they ask for, and languages: how the lexicon says whole statements, and in which words.

use super::decode::Decoder;
use super::lexicon::{Concept, vocabulary};
use crate::fact::SAYINGS;
use crate::tree::{Node, Tree};
use serde::{Deserialize, Serialize};

/// What a text has to be about for a saying to count: nothing in particular; access, named in the same block or its heading; getting
/// people back in, somewhere in the document or in the same section; a way in for emergencies.
pub const TOPICS: [&str; 5] = ["any", "access", "recovery", "reset", "emergency"];

/// A statement that is a weakness by itself, whoever makes it: in phrases, or as concepts that meet in one clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saying {
    /// What is said: a word of the model.
    pub says: String,
    /// What the text has to be about: one of [`TOPICS`].
    pub about: String,
    /// Phrases, as those of a [`Concept`].
    pub phrases: Vec<String>,
    /// Longer phrases that mean something else.
    pub except: Vec<String>,
    /// What somebody may or can do does not count, only what is done.
    pub firm: bool,
    /// Concepts that meet in one clause, in any order; with `not` before the first, it has to be negated; one with `!` must not be there;
    /// one with `-` has to be missing, and with `--` not by a prohibition; one behind `>` stands behind the first, and behind `>>` shortly behind the one before; `:` parts a label from its value.
    pub clauses: Vec<Meeting>,
}

/// Phrases that sayings ask for by name, as in `term.second_factor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The name.
    pub name: String,
    /// Phrases, as those of a [`Concept`].
    pub phrases: Vec<String>,
    /// Longer phrases that mean something else.
    pub except: Vec<String>,
}

/// Concepts that meet in one clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// Whether the first of them has to be negated.
    pub denied: bool,
    /// What meets.
    pub parts: Vec<Ask>,
    /// Those that must not be there.
    pub absent: Vec<Vec<(String, String)>>,
    /// How many of them stand in a label; what stands behind `:` is its value.
    pub label: usize,
}

/// What a meeting asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Slot and word; any one of several (`object.key|token`).
    pub any: Vec<(String, String)>,
    /// Whether it has to be missing, in whichever way a text says so: denied, waived, optional, switched off.
    pub lacks: bool,
    /// Whether a prohibition does not make it missing: "do not use MFA codes twice" is no lack of MFA.
    pub strict: bool,
    /// Whether it stands behind the first.
    pub after: bool,
    /// Whether it stands shortly behind the one before it.
    pub near: bool,
}

/// A language of prose. Its words are translated into those of the phrases, one by one; what is said in another order has phrases of
/// its own. A language without words is told from others, and not assessed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Language {
    /// ISO 639-1.
    pub code: String,
    /// Small words that only this language has so often.
    pub stop: Vec<String>,
    /// Beginnings of words without one of which a text is not about access.
    pub hints: Vec<String>,
    /// Whether what is done may stand before the verb ("das Passwort senden").
    pub verb_last: bool,
    /// Words and what they mean, in words of the phrases.
    pub words: Vec<(String, String)>,
    /// How words are inflected.
    pub endings: Vec<Ending>,
    /// First parts of words behind which an inflection may come ("zurück").
    pub separable: Vec<String>,
    /// Phrases of this language.
    pub concepts: Vec<Concept>,
    /// Sayings of this language.
    pub sayings: Vec<Saying>,
    /// Terms of this language.
    pub terms: Vec<Term>,
}

/// A rule of inflection: a word that ends in `of` may end in any of `gives` instead.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// What the word of the dictionary ends in; empty for every word.
    pub of: String,
    /// What may stand there instead.
    pub gives: Vec<String>,
    /// What comes before the word, or behind its separable part ("ge").
    pub before: String,
    /// Whether it makes a participle.
    pub participle: bool,
}

/// Words that may stand for each other, by name.
pub(super) type Sets = Vec<(String, Vec<String>)>;

pub(super) fn sets(d: &mut Decoder<'_>, tree: &Tree) -> Sets {
    let Node::Map(members) = &tree.node else {
        d.error_at(tree.span.start, "sets are names with lists of words", None);
        return Vec::new();
    };
    members.iter().map(|m| (m.key.to_string(), d.texts_of(&m.value, "words"))).collect()
}

/// Phrases one set of words may make.
const MOST_PHRASES: usize = 4000;

/// Writes out a phrase: `{need}` stands for each word of the set of that name.
fn written_out(d: &mut Decoder<'_>, tree: &Tree, phrase: &str, sets: &Sets) -> Vec<String> {
    let mut done = Vec::new();
    let mut open = vec![phrase.to_owned()];
    while let Some(phrase) = open.pop() {
        let Some((before, name, after)) = phrase.split_once('{').and_then(|(b, r)| r.split_once('}').map(|(n, a)| (b, n, a))) else {
            done.push(phrase.split_whitespace().collect::<Vec<_>>().join(" "));
            continue;
        };
        let Some((_, words)) = sets.iter().find(|s| s.0 == name) else {
            d.error_at(tree.span.start, format!("there is no set `{name}` in this file"), None);
            return Vec::new();
        };
        open.extend(words.iter().map(|word| format!("{before}{word}{after}")));
        if open.len() + done.len() > MOST_PHRASES {
            d.error_at(tree.span.start, format!("`{phrase}` stands for more than {MOST_PHRASES} phrases"), None);
            return Vec::new();
        }
    }
    done.reverse();
    done
}

/// Phrases of a key, written out and checked.
pub(super) fn phrases(d: &mut Decoder<'_>, tree: &Tree, what: &str, sets: &Sets) -> Vec<String> {
    let written = d.texts_of(tree, what);
    let phrases: Vec<String> = written.iter().flat_map(|p| written_out(d, tree, p, sets)).collect();
    for phrase in phrases.iter().filter(|p| p.to_lowercase() != **p || p.trim().is_empty()) {
        d.error_at(tree.span.start, format!("the phrase `{phrase}` must be lower case and not empty"), None);
    }
    phrases
}

pub(super) fn saying(d: &mut Decoder<'_>, tree: &Tree, sets: &Sets) -> Option<Saying> {
    let mut k = d.map(tree, "a saying")?;
    let says = k.need(d, "says").and_then(|t| d.one_of(t, "saying", |w| SAYINGS.contains(&w).then(|| w.to_owned()), SAYINGS));
    let about = k.take("about").and_then(|t| d.one_of(t, "topic", |w| TOPICS.contains(&w).then(|| w.to_owned()), &TOPICS));
    let said = k.take("phrases").map(|t| phrases(d, t, "phrases", sets)).unwrap_or_default();
    let except = k.take("except").map(|t| phrases(d, t, "except", sets)).unwrap_or_default();
    let firm = k.take("firm").is_some_and(|t| matches!(t.node, Node::Bool(true)));
    let clauses = k.take("clauses").map(|t| d.texts_of(t, "clauses")).unwrap_or_default();
    let clauses = clauses.iter().filter_map(|c| meeting(d, tree, c)).collect::<Vec<_>>();
    if said.is_empty() && clauses.is_empty() {
        d.error_at(tree.span.start, "a saying needs phrases or clauses", None);
    }
    k.finish(d);
    Some(Saying { says: says?, about: about.unwrap_or_else(|| "access".to_owned()), phrases: said, except, firm, clauses })
}

pub(super) fn language(d: &mut Decoder<'_>, tree: &Tree) -> Option<Language> {
    let mut k = d.map(tree, "a language")?;
    let code = k.need_text(d, "code");
    let mut texts = |key: &'static str| k.take(key).map(|t| d.texts_of(t, key)).unwrap_or_default();
    let (stop, hints, separable) = (texts("stop"), texts("hints"), texts("separable"));
    let verb_last = k.take("verb_last").is_some_and(|t| matches!(t.node, Node::Bool(true)));
    let mut words = Vec::new();
    if let Some(Node::Map(members)) = k.take("words").map(|t| &t.node) {
        for member in members {
            words.extend(d.text_of(&member.value, "a word").map(|meaning| (member.key.to_string(), meaning)));
        }
    }
    let mut endings = Vec::new();
    for item in k.take("endings").map(Tree::items).unwrap_or_default() {
        let Some(mut e) = d.map(item, "an ending") else { continue };
        let (of, before) = (e.text(d, "of").unwrap_or_default(), e.text(d, "before").unwrap_or_default());
        let gives = e.need(d, "gives").map(|t| d.texts_of(t, "gives")).unwrap_or_default();
        let participle = e.take("participle").is_some_and(|t| matches!(t.node, Node::Bool(true)));
        e.finish(d);
        endings.push(Ending { of, gives, before, participle });
    }
    k.finish(d);
    Some(Language { code: code?, stop, hints, verb_last, words, endings, separable, ..Language::default() })
}

pub(super) fn term(d: &mut Decoder<'_>, tree: &Tree, sets: &Sets) -> Option<Term> {
    let mut k = d.map(tree, "a term")?;
    let name = k.need_text(d, "name");
    let said = k.need(d, "phrases").map(|t| phrases(d, t, "phrases", sets)).unwrap_or_default();
    let except = k.take("except").map(|t| phrases(d, t, "except", sets)).unwrap_or_default();
    k.finish(d);
    Some(Term { name: name?, phrases: said, except })
}

/// `not deed.verify`, `deed.disable > object.factor`, `-term.record`, `--term.second_factor`
fn meeting(d: &mut Decoder<'_>, tree: &Tree, text: &str) -> Option<Meeting> {
    let denied = text.strip_prefix("not ");
    let (mut parts, mut absent, mut after, mut near, mut label) = (Vec::new(), Vec::new(), false, false, 0);
    for written in denied.unwrap_or(text).split_whitespace() {
        if written == ">" {
            after = true;
            continue;
        }
        if written == ":" {
            label = parts.len();
            continue;
        }
        if written == ">>" {
            (after, near) = (true, true);
            continue;
        }
        let part = written.trim_start_matches(['-', '!']);
        let (lacks, strict) = (written.starts_with('-'), written.starts_with("--"));
        let known = |slot: &str, word: &str| slot == "term" || vocabulary(slot).is_some_and(|v| v.contains(&word));
        match part.split_once('.').filter(|(slot, words)| words.split('|').all(|w| known(slot, w))) {
            Some((slot, words)) => {
                let any = words.split('|').map(|w| (slot.to_owned(), w.to_owned())).collect();
                if written.starts_with('!') { absent.push(any) } else { parts.push(Ask { any, lacks, strict, after, near }) }
            }
            None => {
                d.error_at(tree.span.start, format!("`{part}` is no slot and word, as in deed.verify"), None);
                return None;
            }
        }
        (after, near) = (false, false);
    }
    Some(Meeting { denied: denied.is_some(), parts, absent, label })
}
