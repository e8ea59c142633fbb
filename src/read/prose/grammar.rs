//! The lexicon made ready: surface words to base forms, phrases to concepts.

use super::inflect::{self, Form};
use super::token::{self, Token};
use super::vocabulary::Vocabulary;
use crate::fact::SAYINGS;
#[cfg(test)]
use crate::rule::Pack;
use crate::rule::{CUES, Language, Lexicon};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A hash for the words of the lexicon. They are ours, so nobody can choose them to collide, and every word of a text is looked up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fnv(u64);

pub(super) type Quick = BuildHasherDefault<Fnv>;

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Which question a concept answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Act,
    Object,
    Channel,
    Proof,
    Actor,
    Population,
    Deed,
    Cue,
    Saying(Topic),
    /// A term of the lexicon, by its number.
    Term(u16),
}

/// What a text has to be about for a saying to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    Any,
    Access,
    Recovery,
    /// Getting somebody back in, in this very section.
    Reset,
    Emergency,
}

/// Concepts, any one of which will do.
pub(super) type Choice = Vec<(Slot, &'static str)>;

/// What a meeting asks for: see [`crate::rule::Ask`].
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) any: Choice,
    pub(super) lacks: bool,
    pub(super) strict: bool,
    pub(super) after: bool,
    pub(super) near: bool,
}

/// Concepts that say something outright where they meet in one clause.
#[derive(Debug)]
pub(super) struct Meeting {
    pub(super) says: &'static str,
    pub(super) topic: Topic,
    /// "Can" and "may" do not count.
    pub(super) firm: bool,
    /// The first of them has to be negated.
    pub(super) denied: bool,
    pub(super) parts: Vec<Ask>,
    pub(super) absent: Vec<Choice>,
    /// How many of them stand in a label; the others are its value.
    pub(super) label: usize,
}

/// Words with a grammatical office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Class(u16);

impl Class {
    /// Leads to a channel: via, by, over, in, on …
    pub(super) const PREPOSITION: u16 = 1;
    /// be, have, do, get
    pub(super) const AUXILIARY: u16 = 2;
    /// can, may, must, should …
    pub(super) const MODAL: u16 = 4;
    /// a, the, your …
    pub(super) const DETERMINER: u16 = 8;
    /// it, them, you …
    pub(super) const PRONOUN: u16 = 16;
    /// and, or
    pub(super) const CONJUNCTION: u16 = 32;
    /// Nouns that may stand between "send" and a secret, so that the secret is not what is sent.
    pub(super) const CARRIER: u16 = 64;
    /// please, then, to: words that a bare verb follows.
    pub(super) const BEFORE_VERB: u16 = 128;

    /// Verbs that are nouns as well.
    pub(super) const NOUNISH: u16 = 256;
    /// no, not, never: a phrase with one of them in its gap means the opposite.
    pub(super) const DENIAL: u16 = 512;

    pub(super) fn is(self, class: u16) -> bool {
        self.0 & class != 0
    }
}

const CLASSES: [(u16, &str); 10] = [
    (Class::DENIAL, "no not never without neither isn't aren't wasn't weren't doesn't don't didn't hasn't haven't won't can't cannot"),
    (Class::PREPOSITION, "via by over through in on using with into onto per to from within across inside among amongst between"),
    (Class::AUXILIARY, "be have do get isn't aren't wasn't weren't hasn't haven't"),
    (Class::MODAL, "can could may might must should shall will would"),
    (Class::DETERMINER, "a an the your their his her its our my this that these those any each every some what which"),
    (
        Class::PRONOUN,
        "it them you they we i he she us me him who everyone someone whoever user users people employees staff colleagues customers callers",
    ),
    (Class::CONJUNCTION, "and or nor"),
    (
        Class::CARRIER,
        "link instruction message request notification form how whether when if about regarding for to reminder notice question policy url portal page alert confirmation that guidance information update report feedback",
    ),
    (
        Class::BEFORE_VERB,
        "please then to and or will can may must should shall not never we you they i always also first next manually simply just usually typically normally often generally securely sometimes either immediately don't",
    ),
    (
        Class::NOUNISH,
        "email mail text message slack dm fax sms record log document review issue request post track access use approval ticket audit monitor phone call alert change reset store page whatsapp transfer return present grant keep sheet put hold put read supply",
    ),
];

/// Words that the grammar asks for by name and that no phrase need hold.
const NAMED: &str = "who that which whose where without no none nobody nothing contain include with to how however use same type state name prove or either it them these be that ask request apply above @address mailbox from all everyone everybody multiple several people team replace tell give read dictate spell provide inform pass communicate ahead blessing green home postal approver might approval authorization hold able ability option let enter login password credential pin in into on print need require receive once until when while if because so";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Word(u16, Option<Form>),
    Gap,
}

#[derive(Debug)]
struct Phrase {
    parts: Vec<Part>,
    concept: u16,
    except: bool,
    /// It has a gap: what stands in the gap may mean something of its own.
    open: bool,
}

/// A phrase that was found: tokens `[start, end)` and what they mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) slot: Slot,
    pub(super) word: &'static str,
}

/// Words a gap may span.
const GAP: usize = 3;

/// The lexicon, made ready.
#[derive(Debug)]
pub(super) struct Grammar {
    surface: HashMap<String, (u16, Form), Quick>,
    classes: Vec<Class>,
    phrases: Vec<Phrase>,
    /// Phrases by their first word, each with its second word where that is a word of no gap: most phrases end there.
    starting: Vec<Vec<(u32, u16)>>,
    /// The base form behind each number.
    bases: Vec<String>,
    /// Slot, word and lane of a concept. Within a lane the longest phrase wins: a lane is a slot, or one cue.
    concepts: Vec<(Slot, &'static str, usize)>,
    lanes: usize,
    pub(super) meetings: Vec<Meeting>,
    /// Words of another language, and what they mean here.
    dictionary: HashMap<String, Vec<(u16, Form)>, Quick>,
    /// Whether what is done may stand before the verb.
    pub(super) verb_last: bool,
}

impl Grammar {
    /// The grammar of English.
    #[cfg(test)]
    pub(super) fn new(packs: &[&Pack]) -> Self {
        Self::speaking(&packs.iter().map(|p| &p.lexicon).collect::<Vec<_>>(), None)
    }

    /// The grammar of a language, or of English.
    pub(super) fn speaking(lexicons: &[&Lexicon], language: Option<&Language>) -> Self {
        let concepts = || lexicons.iter().flat_map(|l| &l.concepts).chain(language.iter().flat_map(|l| &l.concepts));
        let mut vocabulary = Vocabulary::default();
        NAMED.split(' ').for_each(|w| vocabulary.base(w));
        for (_, words) in CLASSES {
            words.split(' ').for_each(|w| vocabulary.base(w));
        }
        let sayings = || lexicons.iter().flat_map(|l| &l.sayings).chain(language.iter().flat_map(|l| &l.sayings));
        let of_sayings = sayings().flat_map(|s| s.phrases.iter().chain(&s.except));
        let terms = || lexicons.iter().flat_map(|l| &l.terms).chain(language.iter().flat_map(|l| &l.terms));
        let of_terms = terms().flat_map(|t| t.phrases.iter().chain(&t.except));
        for phrase in concepts().flat_map(|c| c.phrases.iter().chain(&c.except)).chain(of_sayings).chain(of_terms) {
            token::words(phrase).for_each(|w| vocabulary.base(w));
        }
        for (_, meaning) in language.iter().flat_map(|l| &l.words) {
            token::words(meaning).for_each(|w| vocabulary.base(w));
        }
        vocabulary.inflect();
        let mut grammar = Self {
            classes: vec![Class::default(); vocabulary.count],
            starting: vec![Vec::new(); vocabulary.count],
            bases: vocabulary.numbered(),
            surface: vocabulary.surface.into_iter().collect(),
            phrases: Vec::new(),
            concepts: Vec::new(),
            lanes: 8 + CUES.len() + SAYINGS.len(),
            meetings: Vec::new(),
            dictionary: HashMap::default(),
            verb_last: language.is_some_and(|l| l.verb_last),
        };
        for (class, words) in CLASSES {
            for word in words.split(' ') {
                if let Some(c) = grammar.surface.get(word).and_then(|(id, _)| grammar.classes.get_mut(usize::from(*id))) {
                    c.0 |= class;
                }
            }
        }
        if let Some(language) = language {
            grammar.learn(language);
        }
        for concept in concepts() {
            let Some((slot, word, lane)) = placed(&concept.slot, &concept.word) else { continue };
            let index = grammar.concepts.len() as u16;
            grammar.concepts.push((slot, word, lane));
            grammar.phrases_of(index, &concept.phrases, &concept.except);
        }
        let mut names: Vec<&str> = terms().map(|t| t.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let number = |name: &str| names.iter().position(|n| *n == name);
        grammar.lanes += names.len();
        for term in terms() {
            let Some(index) = number(&term.name) else { continue };
            let concept = grammar.concepts.len() as u16;
            grammar.concepts.push((Slot::Term(index as u16), "", 8 + CUES.len() + SAYINGS.len() + index));
            grammar.phrases_of(concept, &term.phrases, &term.except);
        }
        for saying in sayings() {
            let topic = match saying.about.as_str() {
                "any" => Topic::Any,
                "emergency" => Topic::Emergency,
                "recovery" => Topic::Recovery,
                "reset" => Topic::Reset,
                _ => Topic::Access,
            };
            let Some(index) = SAYINGS.iter().position(|w| *w == saying.says) else { continue };
            let Some(word) = SAYINGS.get(index).copied() else { continue };
            let concept = grammar.concepts.len() as u16;
            grammar.concepts.push((Slot::Saying(topic), word, 8 + CUES.len() + index));
            grammar.phrases_of(concept, &saying.phrases, &saying.except);
            for meeting in &saying.clauses {
                let concept = |(slot, word): &(String, String)| match slot.as_str() {
                    "term" => number(word).map(|n| (Slot::Term(n as u16), "")),
                    _ => placed(slot, word).map(|p| (p.0, p.1)),
                };
                let part = |choice: &Vec<(String, String)>| choice.iter().map(concept).collect::<Option<Choice>>();
                let asks = meeting
                    .parts
                    .iter()
                    .map(|p| part(&p.any).map(|any| Ask { any, lacks: p.lacks, strict: p.strict, after: p.after, near: p.near }))
                    .collect();
                // what is not known cannot be met
                let (Some(parts), Some(absent)) = (asks, meeting.absent.iter().map(part).collect()) else {
                    continue;
                };
                grammar.meetings.push(Meeting {
                    says: word,
                    topic,
                    firm: saying.firm,
                    denied: meeting.denied,
                    parts,
                    absent,
                    label: meeting.label,
                });
            }
        }
        grammar
    }

    fn phrases_of(&mut self, concept: u16, phrases: &[String], except: &[String]) {
        for (phrase, except) in phrases.iter().map(|p| (p, false)).chain(except.iter().map(|p| (p, true))) {
            self.phrase(phrase, concept, except);
        }
    }

    fn phrase(&mut self, phrase: &str, concept: u16, except: bool) {
        let mut parts = Vec::new();
        for word in token::words(phrase) {
            // in the phrases of a language, its own words stand for what they mean
            if let Some(meant) = self.meaning(word).filter(|m| !m.is_empty()) {
                parts.extend(meant.iter().map(|m| Part::Word(m.0, None)));
                continue;
            }
            match self.surface.get(word) {
                _ if word == token::GAP => parts.push(Part::Gap),
                Some((id, Form::Base)) => parts.push(Part::Word(*id, None)),
                Some((id, form)) => parts.push(Part::Word(*id, Some(*form))),
                None => return,
            }
        }
        let Some(Part::Word(first, _)) = parts.first().copied() else { return };
        let second = if let Some(Part::Word(id, _)) = parts.get(1) { *id } else { 0 };
        if let Some(list) = self.starting.get_mut(usize::from(first)) {
            list.push((self.phrases.len() as u32, second));
        }
        let open = parts.contains(&Part::Gap);
        self.phrases.push(Phrase { parts, concept, except, open });
    }

    /// Takes up the words of a language, in all their forms.
    fn learn(&mut self, language: &Language) {
        // a small word that stands in a phrase of the language is a word like any other ("date de naissance")
        let terms = language.terms.iter().flat_map(|t| t.phrases.iter().chain(&t.except));
        let said = language.sayings.iter().flat_map(|s| s.phrases.iter().chain(&s.except));
        let phrases = language.concepts.iter().flat_map(|c| c.phrases.iter().chain(&c.except)).chain(said).chain(terms);
        let used: HashSet<&str> = phrases.flat_map(|p| token::words(p)).collect();
        for word in language.stop.iter().filter(|w| !used.contains(w.as_str())) {
            self.dictionary.insert(word.clone(), Vec::new());
        }
        // a form that is a word of its own is that word
        for derived in [false, true] {
            for (word, meaning) in &language.words {
                let meant: Vec<(u16, Form)> = token::words(meaning).map(|w| self.word(w)).filter(|m| m.0 != 0).collect();
                if !derived {
                    self.dictionary.insert(word.clone(), meant);
                    continue;
                }
                for (surface, form) in inflect::forms(word, language) {
                    let mut meant = meant.clone();
                    if let Some(first) = meant.first_mut().filter(|m| m.1 == Form::Base) {
                        first.1 = form;
                    }
                    self.dictionary.entry(surface).or_insert(meant);
                }
            }
        }
    }

    /// What a word of another language means.
    pub(super) fn meaning(&self, lower: &str) -> Option<&[(u16, Form)]> {
        if self.dictionary.is_empty() { None } else { self.dictionary.get(lower).map(Vec::as_slice) }
    }

    /// The base form of a lower-case word; 0 if it is not known.
    pub(super) fn word(&self, lower: &str) -> (u16, Form) {
        self.surface.get(lower).copied().unwrap_or((0, Form::Base))
    }

    /// Whether a token is a form of a word, given in its base form.
    pub(super) fn reads(&self, token: &Token, base: &str) -> bool {
        token.id != 0 && self.bases.get(usize::from(token.id)).is_some_and(|b| b == base)
    }

    /// Whether a word is in the lexicon as its own base form, or not at all.
    pub(super) fn is_base(&self, word: &str) -> bool {
        self.surface.get(word).is_none_or(|(id, _)| self.bases.get(usize::from(*id)).is_some_and(|b| b == word))
    }

    pub(super) fn class(&self, token: &Token) -> Class {
        self.classes.get(usize::from(token.id)).copied().unwrap_or_default()
    }

    /// The end of a phrase that starts at a token. A gap holds names and adjectives, not another clause.
    fn matches(&self, parts: &[Part], tokens: &[Token], at: usize) -> Option<usize> {
        let Some((first, rest)) = parts.split_first() else { return Some(at) };
        match first {
            Part::Word(id, form) => {
                // "Owner: unknown"
                let at = if tokens.get(at).is_some_and(|t| t.mark == ':') { at + 1 } else { at };
                let token = tokens.get(at)?;
                if token.id != *id || form.is_some_and(|f| f != token.form) {
                    return None;
                }
                self.matches(rest, tokens, at + 1)
            }
            Part::Gap => {
                let apart = Class::PREPOSITION | Class::AUXILIARY | Class::MODAL | Class::CONJUNCTION | Class::DENIAL;
                (0..=GAP)
                    .take_while(|n| {
                        *n == 0 || tokens.get(at + n - 1).is_some_and(|t| !t.is_stop() && t.mark != ')' && !self.class(t).is(apart))
                    })
                    .find_map(|n| self.matches(rest, tokens, at + n))
            }
        }
    }

    /// The concepts in a sentence, in order of their first token.
    pub(super) fn hits(&self, tokens: &[Token]) -> Vec<Hit> {
        let mut hits = Vec::new();
        // where the last phrase of a lane ends, and whether an equally long one may stand beside it
        let mut until = vec![(0usize, None); self.lanes];
        let mut best: Vec<(usize, u16, bool, bool)> = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            if token.id == 0 {
                continue;
            }
            best.clear();
            let follows = tokens.get(at + 1).map_or(0, |t| t.id);
            for (index, second) in self.starting.get(usize::from(token.id)).into_iter().flatten() {
                if *second != 0 && *second != follows {
                    continue;
                }
                let Some(phrase) = self.phrases.get(*index as usize) else { continue };
                let Some(end) = self.matches(&phrase.parts, tokens, at) else { continue };
                let lane = self.concepts.get(usize::from(phrase.concept)).map_or(0, |c| c.2);
                if at < until.get(lane).map_or(0, |u| u.0) {
                    continue;
                }
                best.push((end, phrase.concept, phrase.except, phrase.open));
            }
            // of two that are equally long, what a phrase means beats what another concept does not mean
            best.sort_by(|a, b| b.0.cmp(&a.0).then(a.2.cmp(&b.2)).then(a.1.cmp(&b.1)));
            best.dedup();
            // an exception written out beats the same concept's phrase with a gap
            let excepted: Vec<(usize, u16)> = best.iter().filter(|b| b.2).map(|b| (b.0, b.1)).collect();
            best.retain(|b| b.2 || !excepted.contains(&(b.0, b.1)));
            for (end, concept, except, open) in best.drain(..) {
                let Some((slot, word, lane)) = self.concepts.get(usize::from(concept)).copied() else { continue };
                let Some(until) = until.get_mut(lane) else { continue };
                if at < until.0 && until.1 != Some((at, end)) {
                    continue;
                }
                *until = (
                    if open && !except && matches!(slot, Slot::Deed | Slot::Act | Slot::Proof) { at + 1 } else { end },
                    (!except).then_some((at, end)),
                );
                if except {
                    continue;
                }
                let hit = Hit { start: at, end, slot, word };
                if !hits.iter().rev().take_while(|h: &&Hit| h.start == at).any(|h| *h == hit) {
                    hits.push(hit);
                }
            }
        }
        hits
    }
}

fn placed(slot: &str, word: &str) -> Option<(Slot, &'static str, usize)> {
    let (slot, lane) = match slot {
        "act" => (Slot::Act, 0),
        "object" => (Slot::Object, 1),
        "channel" => (Slot::Channel, 2),
        "proof" => (Slot::Proof, 3),
        "actor" => (Slot::Actor, 4),
        "population" => (Slot::Population, 5),
        "deed" => (Slot::Deed, 6),
        "cue" => {
            let index = CUES.iter().position(|c| *c == word)?;
            return Some((Slot::Cue, CUES.get(index)?, 8 + index));
        }
        _ => return None,
    };
    Some((slot, crate::fact::Word::named(word)?.as_str(), lane))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn grammar() -> Grammar {
        let pack = crate::read::prose::tests::pack();
        Grammar::new(&[&pack])
    }

    fn found(text: &str, slot: Slot) -> Vec<&'static str> {
        let grammar = grammar();
        let tokens = token::tokens(text, &grammar);
        grammar.hits(&tokens).into_iter().filter(|h| h.slot == slot).map(|h| h.word).collect()
    }

    #[test]
    fn inflected_words_and_longest_phrases() {
        assert_eq!(found("Passwords were e-mailed over Microsoft Teams", Slot::Object), ["password"]);
        assert_eq!(found("send it over Microsoft Teams", Slot::Channel), ["chat"]);
        assert_eq!(found("open the password manager", Slot::Object), [] as [&str; 0]);
        assert_eq!(found("the shared account", Slot::Object), ["shared_account"]);
        assert_eq!(found("a shared reporting account", Slot::Object), ["shared_account"]);
        assert_eq!(found("ask in #ops-night for it", Slot::Channel), ["chat"]);
        assert_eq!(found("Resetting a user's 2FA", Slot::Act), ["mfa_reset"]);
        assert_eq!(found("enter your email address", Slot::Channel), [] as [&str; 0]);
    }
}
