//! What a heading, or the sentence that introduces a list, says of all that stands below it.

use super::clause::{Lead, Sentence, Setting};
use super::document::{Block, Joined};
use super::grammar::{Class, Grammar, Hit, Slot};
use super::note::notes;
use super::section::{PRECEDENCE, Section, is_access, is_emergency};
use super::token::{self, Token};
use crate::artifact::Spot;

/// A heading without its number.
pub(super) fn plain(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let bare = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ')' | ' '));
    let bare = bare.trim_end_matches([':', ' ']);
    if bare.is_empty() { text } else { bare.to_owned() }
}

/// What a heading says of its section.
pub(super) fn head(section: &mut Section, text: &Joined, grammar: &Grammar) {
    let tokens = token::tokens(&text.text, grammar);
    name_of(section, text, &tokens, &Sentence::new(&tokens, grammar, Setting::default()));
}

fn name_of(section: &mut Section, text: &Joined, tokens: &[Token], sentence: &Sentence<'_>) {
    let words = tokens.iter().filter(|t| t.is_word()).count();
    section.irrelevant = sentence.has("irrelevant");
    section.access = sentence.words(Slot::Object).any(is_access);
    section.emergency |= sentence.words(Slot::Act).any(is_emergency);
    // "Replacing a lost token" is about the token
    let replaces = sentence.cues("instead").any(|c| c.start == 0 && sentence.covers(c, "replace"));
    let named = |act: &str| sentence.of(Slot::Act).any(|h| h.word == act && (replaces || !sentence.stance(h.start).negated));
    let act = PRECEDENCE.into_iter().find(|a| named(a));
    section.act = act
        .filter(|a| !section.irrelevant || *a == "break_glass")
        .filter(|a| !matches!(*a, "break_glass" | "root_ceremony" | "privileged_grant") || !sentence.is_statement());
    // "Remove admin access" and "Emergency access revocation" take it away
    let inside = |c: &Hit, act: &str| sentence.of(Slot::Act).any(|a| a.word == act && a.start <= c.start && c.end <= a.end);
    let taken = |act: &str| sentence.cues("taking_away").any(|c| !inside(c, act));
    section.act = section.act.filter(|a| !matches!(*a, "privileged_grant" | "break_glass") || !taken(a));
    section.instruct = sentence.of(Slot::Act).any(|h| !sentence.is_noun_first(h));
    section.citable = sentence.has("elsewhere");
    section.alone = sentence.has("self_heading");
    // a ticket with a number is a record, and no procedure
    let ticket = sentence.words(Slot::Channel).any(|c| c == "ticket") && text.text.contains(|c: char| c.is_ascii_digit());
    // "Enable or disable MFA" is about a setting
    let switches = |word: &str| tokens.iter().any(|t| is_word(text, t, word));
    let setting = section.act == Some("mfa_reset") && switches("enable") && switches("disable");
    // "Reset the configuration of a user's second factor" does something to it
    let governed = |c: &Hit| section.instruct && section.act.is_some() && sentence.covers(c, "configuration");
    section.told = sentence.cues("described").any(|c| !governed(c)) || ticket || setting || is_call(&text.text);
    section.others += sentence.cues("somebody_else").count();
    section.assets += usize::from(sentence.words(Slot::Object).any(|o| o != "access" && is_access(o)));
    // a document that is about an attack is a story, one that only names a reference or a lab in its title is not
    section.story |= if section.level <= 1 { sentence.has("discussion") } else { sentence.has("story") };
    section.controls = sentence.has("control_section");
    // "Reset a password from the Admin", "as an administrator": where and who, not whose
    let way = |at: usize| (1..=2).filter_map(|n| tokens.get(at.checked_sub(n)?)).any(|t| WAYS.iter().any(|w| is_word(text, t, w)));
    // "Reset MFA (IT Admin)" says who does it
    let actor = |h: &Hit| {
        let (from, to) = sentence.span(h.start, h.end);
        let before = text.text.get(..from).unwrap_or_default();
        before.rfind('(').is_some_and(|at| !before.get(at..).unwrap_or_default().contains(')'))
            && text.text.get(to..).is_some_and(|after| after.trim_start().starts_with(')'))
            && !text.text.get(from..to).is_some_and(|word| word.ends_with('s'))
    };
    section.populations = sentence.of(Slot::Population).filter(|h| !way(h.start) && !actor(h)).map(|h| h.word).collect();
    let article = |at: usize| {
        at.checked_sub(1).and_then(|b| tokens.get(b)).is_some_and(|t| ["a", "an", "another"].iter().any(|w| is_word(text, t, w)))
    };
    section.of_somebody = sentence.of(Slot::Population).any(|h| article(h.start));
    // "Do not", "Don'ts", "Never": a heading that is nothing but a prohibition
    let negation = sentence.cues("negation").next().map(|h| (h.start, h.end));
    let prohibition = sentence.cues("prohibition").next().is_some();
    let restores =
        sentence.cues("restart").next().is_some() || words <= 2 && text.text.trim().to_lowercase().starts_with("do") && negation.is_none();
    section.forbidden = if restores {
        false
    } else {
        section.forbidden
            || sentence.has("forbids_below") && words <= 6
            || words <= 4 && (negation.is_some_and(|n| n.0 == 0 && n.1 + 1 >= words) || prohibition && words <= 3)
    };
    let asks = sentence.of(Slot::Deed).any(|h| h.word == "verify") && (sentence.has("person") || sentence.has("identity"))
        || text.text.to_lowercase().contains("to ask");
    section.verifying = asks && words <= 8;
    section.done = sentence.has("tells_done") && words <= 6;
    section.topic = sentence.carries(None).filter(|_| words <= 8 && !section.story);
}

/// Small words before what does it, or where it is done.
const WAYS: [&str; 5] = ["from", "in", "via", "as", "by"];

fn is_word(text: &Joined, token: &Token, word: &str) -> bool {
    text.text.get(token.start..token.end).is_some_and(|t| t.eq_ignore_ascii_case(word))
}

/// Whether a heading names a call of an interface: "POST /auth/reset".
fn is_call(text: &str) -> bool {
    let mut words = text.split_whitespace().map(|w| w.trim_matches(['`', '*']));
    words.next().is_some_and(|w| ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&w)) && words.next().is_some_and(|w| w.starts_with('/'))
}

/// What a heading says of its section, and its clauses that name a shared login.
pub(super) fn read_heading(section: &mut Section, block: &Block, grammar: &Grammar) {
    let tokens = token::tokens(&block.text.text, grammar);
    let sentence = Sentence::new(&tokens, grammar, Setting::default());
    name_of(section, &block.text, &tokens, &sentence);
    if section.story || block.text.text.trim_end().ends_with('?') {
        return;
    }
    let spot = Spot::at(block.span.0, block.span.1);
    // "Two-person rule", "Use only while the directory is down": a line in bold is a heading, too
    if section.act.is_none() {
        let start = tokens.first().map_or(0, |t| t.start);
        notes(&sentence, block.text.text.get(start..).unwrap_or_default(), start, &spot, &mut section.notes);
    }
    section.actors.extend(sentence.words(Slot::Actor).map(|a| (a, spot.clone())));
    // "Default password (all students)"
    let common = sentence.said(None).into_iter().filter(|s| s.says == Some("one_for_all") && sentence.has("all_of_them"));
    section.said.extend(common.map(|said| (said, spot.clone())));
    // "Shared accounts" is a topic; "Log in with the shared account" is a way to do it
    let topic = |at: usize| sentence.of(Slot::Object).any(|o| o.word.starts_with("shared_") && o.start <= at && at < o.end);
    if !sentence.of(Slot::Deed).any(|d| matches!(d.word, "use" | "share" | "send" | "store") && !topic(d.start)) {
        return;
    }
    for said in sentence.said(None).into_iter().filter(|s| matches!(s.object, Some("shared_account" | "shared_password"))) {
        section.said.push((said, spot.clone()));
    }
}

/// What the introduction of a list says of its items.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Introduction {
    pub(super) forbids: bool,
    /// It lists cases: "Escalate if:".
    pub(super) supposes: bool,
    /// It asks for a check of identity.
    pub(super) verifies: bool,
    /// Any one of the items will do.
    pub(super) either: bool,
    /// It lets somebody back in.
    pub(super) resets: bool,
    pub(super) lead: Lead,
}

/// Whether a sentence goes on below: "Complete the verification with:".
fn ends_open(words: &[Token], grammar: &Grammar) -> bool {
    words.iter().rev().find(|t| t.is_word()).is_some_and(|t| grammar.class(t).is(Class::PREPOSITION))
}

/// Reads the introduction of a list.
pub(super) fn introduction(block: &Block, grammar: &Grammar) -> Introduction {
    let tokens = token::tokens(&block.text.text, grammar);
    let mut intro = Introduction::default();
    for words in token::sentences(&tokens) {
        let sentence = Sentence::new(words, grammar, Setting::default());
        // the stance of a word that would follow is that of the last one
        let Some(last) = words.iter().rposition(Token::is_word) else { continue };
        let stance = sentence.stance(last);
        // "If you cannot sign in:" forbids nothing
        intro.forbids = stance.negated && !stance.assumed || sentence.cues("negation").any(|h| h.end > last);
        intro.supposes = sentence.cues("condition").any(|h| h.end > last) || sentence.reads(last, "when");
        // "Ask the caller for two of these:"
        let asks = sentence.cues("puts_questions").any(|h| !sentence.stance(h.start).negated);
        intro.verifies = sentence.of(Slot::Deed).any(|h| h.word == "verify" && !sentence.stance(h.start).negated)
            && (sentence.has("identity") || sentence.words(Slot::Proof).next().is_some() || ends_open(words, grammar))
            || asks;
        // "Verify your identity:" offers the reader a choice
        intro.either = sentence.has("any_of") || intro.verifies && words.iter().any(|t| is_word(&block.text, t, "your"));
        intro.resets |= sentence.resets() && sentence.has("procedure_of");
        intro.lead = sentence.lead(intro.lead);
    }
    intro
}
