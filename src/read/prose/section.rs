//! A document as a tree of sections, each sentence of it read.

use super::address::{asks, audits, follows, holder_acts, is_led_in, names, performs, tells};
use super::clause::{Said, Sentence, Setting};
use super::document::{Block, Document, Joined, Shape};
use super::grammar::{Grammar, Hit, Slot};
use super::heading::{Introduction, head, introduction, plain, read_heading};
use super::note::{Note, notes};
use super::terms::{Term, terms};
use super::token::{self, Token};
use super::tongue::{Tongue, Tongues};
use crate::artifact::Spot;
use crate::fact::Duty;

/// A heading and what stands below it, up to the next heading of any level.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) name: String,
    pub(super) parent: Option<usize>,
    pub(super) level: u8,
    pub(super) heading: Option<(usize, usize)>,
    /// Bytes of the heading and its own text.
    pub(super) own: (usize, usize),
    /// The same with everything below it.
    pub(super) whole: (usize, usize),
    /// What its heading says it is for.
    pub(super) act: Option<&'static str>,
    /// What its first sentence, or a step of it, says it is for.
    body: Option<&'static str>,
    /// Its heading tells or explains instead of asking.
    pub(super) story: bool,
    /// Its heading names controls.
    pub(super) controls: bool,
    /// Populations in its heading.
    pub(super) populations: Vec<&'static str>,
    /// Whether its heading speaks of one of many accounts: "an administrator's account".
    pub(super) of_somebody: bool,
    /// Whether its heading is about something that is no account.
    pub(super) irrelevant: bool,
    /// Its heading is an instruction: "Reset a password", "How to unlock an account".
    pub(super) instruct: bool,
    /// Its heading speaks to whoever is locked out.
    pub(super) alone: bool,
    /// Its heading is the name of a policy, a standard or a runbook that others may refer to.
    pub(super) citable: bool,
    /// Its heading names a page that describes, tests or reports.
    pub(super) told: bool,
    pub(super) forbidden: bool,
    /// It holds a letter: "Dear colleague, …".
    letter: bool,
    /// Its last step has the reader call somebody.
    called: bool,
    /// It tells what was done: "Steps taken".
    pub(super) done: bool,
    /// What opens an account, if the heading names it: what "it" is below.
    pub(super) topic: Option<&'static str>,
    /// It is written as a specification.
    specified: bool,
    /// A sentence of its own lets somebody back in.
    recovers: bool,
    pub(super) verifying: bool,
    pub(super) access: bool,
    /// Headings down to it name a way in for emergencies.
    pub(super) emergency: bool,
    /// A help desk or somebody who asks for access was named.
    desk: bool,
    /// Sentences that tell the reader to do something.
    pub(super) imperatives: usize,
    /// Blocks of code: commands to be run.
    pub(super) code: usize,
    /// Sentences that let somebody in again, or have the reader do so.
    pub(super) performs: usize,
    /// Sentences that have the reader ask a desk or an administrator.
    pub(super) asks: usize,
    /// Sentences that state how things are.
    pub(super) statements: usize,
    /// Sentences in which whoever is let in acts: "They enter their address".
    pub(super) holder_acts: usize,
    /// How often somebody is named who asks for it.
    pub(super) askers: usize,
    /// Sentences in which somebody of the house, named by role, lets somebody in: "The administrator resets the password".
    pub(super) staffed: usize,
    /// Demands to make sure that something is so: an audit's checklist, and no steps.
    pub(super) audits: usize,
    /// Sentences that cut off somebody who has taken over an account.
    pub(super) contains: usize,
    /// Sentences that name an account or what opens it.
    pub(super) assets: usize,
    /// Sentences about how changes are reviewed and shipped.
    pub(super) changes: usize,
    /// A named owner.
    pub(super) owner: Option<Spot>,
    /// Whether some of it tells a story of an attack.
    pub(super) discussion: bool,
    /// What it says, with the place of the sentence.
    pub(super) said: Vec<(Said, Spot)>,
    /// Answers to the auditor's questions.
    pub(super) notes: Vec<(Note, Spot)>,
    /// How often somebody is named who is let in and is not the reader.
    pub(super) others: usize,
    /// What it calls the people and things in it.
    pub(super) terms: Vec<Term>,
    /// Who is named.
    pub(super) actors: Vec<(&'static str, Spot)>,
}

/// Acts that get somebody back in.
pub(super) const RESETS: [&str; 4] = ["password_reset", "mfa_reset", "unlock", "account_recovery"];
/// Which act a heading with several is about.
pub(super) const PRECEDENCE: [&str; 12] = [
    "break_glass",
    "root_ceremony",
    "vendor_access",
    "mfa_reset",
    "password_reset",
    "unlock",
    "account_recovery",
    "privileged_grant",
    "rotation",
    "secret_handout",
    "offboarding",
    "credential_issue",
];

/// What a specification says in capitals, and a procedure does not; and the number of a weakness that a requirement is about.
const SPECIFIED: [&str; 3] = ["SHALL", "CWE: ", "CWE-"];
/// Level of a section that is an item of a list: below every heading.
const ITEMS: u8 = 10;
/// Sections deeper than this are read as text of the one above.
const DEEPEST: usize = 64;

/// "POST /auth/disable-2fa - Disable 2FA": what an interface of programs can do.
fn is_endpoint(text: &str) -> bool {
    let (method, path) = text.trim_start().split_once(' ').unwrap_or_default();
    matches!(method, "GET" | "POST" | "PUT" | "PATCH" | "DELETE") && path.trim_start().starts_with('/')
}

/// Cuts a document into sections and reads them.
pub(super) fn sections(document: &Document, tongues: &Tongues, tongue: Tongue, len: usize) -> Vec<Section> {
    let grammar = tongues.grammar(tongue);
    let mut out: Vec<Section> = Vec::new();
    let has_top = document.blocks.iter().any(|b| b.shape == Shape::Heading(1));
    let mut root = Section { whole: (0, len), ..Section::default() };
    if let Some((title, span)) = document.title.as_ref().filter(|_| !has_top) {
        root.name.clone_from(title);
        root.heading = Some(*span);
        root.own = *span;
        let mut text = Joined::default();
        text.piece(title, span.0, span.1);
        let block = Block { shape: Shape::Heading(1), text, span: *span, intro: None, depth: 0 };
        read_heading(&mut root, &block, grammar);
    }
    out.push(root);
    let mut open = vec![0usize];
    let titled_once = has_counted_tops(document);
    let mut tops = 0;
    // most documents hold no procedure, and most of their blocks nothing that matters by itself
    let typed = out.iter().any(|s| s.act.is_some()) || document.blocks.iter().enumerate().any(|(i, b)| names_act(document, i, b, grammar));
    let mut titled = out.iter().any(|s| s.access || !s.populations.is_empty());
    let mut carried = None;
    let mut recovers = out.iter().any(|s| s.act.is_some_and(lets_in));
    // many items have one introduction
    let mut introduced = (usize::MAX, Introduction::default());
    let mut code = document.code.iter().peekable();
    for (index, block) in document.blocks.iter().enumerate() {
        while code.next_if(|c| **c <= index).is_some() {
            commands(&mut out, &open);
        }
        if let Shape::Heading(level) = block.shape {
            let mut level = level;
            if level == 1 {
                tops += 1;
                level = u8::from(!titled_once || tops > 1);
            }
            while open.len() > 1 && open.last().and_then(|i| out.get(*i)).is_some_and(|s| s.level >= level) {
                close(&mut out, &mut open, block.span.0);
            }
            if open.len() > DEEPEST {
                close(&mut out, &mut open, block.span.0);
            }
            let mut section = opened(plain(&block.text.text), level, block, len, &out, &open);
            read_heading(&mut section, block, grammar);
            titled |= level == 1 && (section.access || !section.populations.is_empty());
            recovers |= section.act.is_some_and(lets_in);
            carried = section.topic;
            open.push(out.len());
            out.push(section);
            continue;
        }
        // a table of contents names what other pages say
        if document.is_pointer(block) {
            carried = None;
            continue;
        }
        // an item that names a procedure and lists its steps below is a section of its own
        while open.len() > 1
            && open.last().and_then(|i| out.get(*i)).is_some_and(|s| s.level > ITEMS && usize::from(s.level - ITEMS) >= block.depth.max(1))
        {
            close(&mut out, &mut open, block.span.0);
        }
        let deeper = document.blocks.get(index + 1).is_some_and(|b| b.depth > block.depth && matches!(b.shape, Shape::Item { .. }));
        if deeper && block.depth > 0 && open.len() < DEEPEST {
            let mut section = opened(short(&block.text.text), ITEMS + block.depth.min(32) as u8, block, len, &out, &open);
            let mut probe = Section::default();
            head(&mut probe, &block.text, grammar);
            if let Some(act) = probe.act.filter(|a| RESETS.contains(a) || *a == "break_glass") {
                section.act = Some(act);
                section.populations = probe.populations;
                open.push(out.len());
                out.push(section);
            }
        }
        let about = typed || titled || recovers || open.last().and_then(|i| out.get(*i)).is_some_and(|s| s.access || s.emergency);
        if !about && !tongues.is_telling(&block.text.text) {
            carried = None;
            let greeting = block.text.text.len() <= GREETING && greets(block, tongues.grammar_of(&block.text.text, tongue));
            if let Some(section) = open.last().and_then(|at| out.get_mut(*at)) {
                section.own.1 = section.own.1.max(block.span.1);
                section.letter |= greeting;
            }
            continue;
        }
        let grammar = tongues.grammar_of(&block.text.text, tongue);
        let Some(at) = open.last().copied() else { continue };
        let recovery = open.iter().filter_map(|i| out.get(*i)).any(|s| s.act.is_some_and(|a| RESETS.contains(&a)));
        if let Some(intro) = block.intro.filter(|i| introduced.0 != *i) {
            introduced = (intro, document.blocks.get(intro).map(|b| introduction(b, grammar)).unwrap_or_default());
        }
        let intro = if block.intro.is_some() { introduced.1 } else { Introduction::default() };
        if let Some(section) = out.get_mut(at) {
            section.own.1 = section.own.1.max(block.span.1);
            let setting = Setting {
                forbidden: section.forbidden || intro.forbids,
                supposed: intro.supposes,
                recovery: recovery || intro.resets,
                verifying: section.verifying || intro.verifies,
                either: intro.verifies && intro.either,
                lead: intro.lead,
                letter: section.letter,
                called: section.called && matches!(block.shape, Shape::Item { .. }),
                access: false,
                desk: section.desk,
                titled,
                headed: section.access || section.act.is_some_and(lets_in),
                plain: document.code.len() <= FEW_COMMANDS,
                row: block.shape == Shape::Row,
                done: document.records || section.done,
                ..Setting::default()
            };
            if block.shape == Shape::Paragraph || block.intro.is_none() && index > 0 && !matches!(block.shape, Shape::Item { .. }) {
                carried = section.topic;
            }
            read_block(section, block, grammar, setting, &mut carried, &mut recovers);
        }
    }
    code.for_each(|_| commands(&mut out, &open));
    by_body(&mut out);
    out
}

/// Blocks of code up to which a text tells people what to do, and not how a program is set up.
const FEW_COMMANDS: usize = 3;
/// Bytes of a block that is nothing but a greeting.
const GREETING: usize = 60;

/// Whether a letter begins here.
fn greets(block: &Block, grammar: &Grammar) -> bool {
    let tokens = token::tokens(&block.text.text, grammar);
    block.shape == Shape::Paragraph && Sentence::new(&tokens, grammar, Setting::default()).greets()
}

/// Whether a document counts its steps in headings as high as its title ("# Password reset", "# 1. Check who asks", "# Step 1 – …"): they
/// stand below it.
fn has_counted_tops(document: &Document) -> bool {
    let mut tops = document.blocks.iter().filter(|b| b.shape == Shape::Heading(1)).map(|b| b.text.text.trim_start());
    let digits = |n: &str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit());
    let counted = |text: &str| {
        let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
        let step = words.next().is_some_and(|w| w.eq_ignore_ascii_case("step"));
        text.split_once(['.', ')']).is_some_and(|(n, _)| digits(n)) || step && words.next().is_some_and(digits)
    };
    tops.next().is_some_and(|title| !counted(title)) && tops.any(counted)
}

/// Where no heading names a procedure, its text may.
fn by_body(out: &mut [Section]) {
    for index in 0..out.len() {
        let (above, below) = out.split_at_mut(index);
        let Some(section) = below.first_mut().filter(|s| s.act.is_none() && !s.story && !s.told && !s.controls && !s.irrelevant) else {
            continue;
        };
        let mut parent = section.parent;
        while let Some(p) = parent.and_then(|p| above.get(p)).filter(|p| p.act.is_none()) {
            parent = p.parent;
        }
        if parent.is_none() {
            section.act = section.body;
        }
    }
}

/// A block of commands in the innermost section that is open.
fn commands(out: &mut [Section], open: &[usize]) {
    if let Some(section) = open.last().and_then(|i| out.get_mut(*i)) {
        section.code += 1;
    }
}

/// Whether a block is a heading, or an item with a list of its own, that names a procedure.
fn names_act(document: &Document, index: usize, block: &Block, grammar: &Grammar) -> bool {
    let deeper = document.blocks.get(index + 1).is_some_and(|b| b.depth > block.depth) && block.depth > 0;
    if !matches!(block.shape, Shape::Heading(_)) && !deeper {
        return false;
    }
    let mut probe = Section::default();
    head(&mut probe, &block.text, grammar);
    probe.act.is_some()
}

/// A section that begins at a block, inside the innermost that is open: what is told or forbidden there is so here.
fn opened(name: String, level: u8, block: &Block, len: usize, out: &[Section], open: &[usize]) -> Section {
    let parent = open.last().copied();
    let above = parent.and_then(|p| out.get(p));
    Section {
        name,
        parent,
        level,
        heading: Some(block.span),
        own: block.span,
        whole: (block.span.0, len),
        story: above.is_some_and(|s| s.story),
        forbidden: above.is_some_and(|s| s.forbidden),
        emergency: above.is_some_and(|s| s.emergency),
        ..Section::default()
    }
}

fn close(out: &mut [Section], open: &mut Vec<usize>, end: usize) {
    if let Some(section) = open.pop().and_then(|i| out.get_mut(i)) {
        section.whole.1 = end;
    }
}

/// The first words of an item, as the name of its procedure.
fn short(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let name = words.iter().take(12).copied().collect::<Vec<_>>().join(" ");
    if words.len() > 12 { name + " …" } else { name.trim_end_matches([':', '.', ',']).to_owned() }
}

/// "Problem: …", "Bad: …": what follows is told as a case.
fn is_label(tokens: &[Token], grammar: &Grammar) -> bool {
    let mark = tokens.iter().take(4).position(|t| t.mark == ':').unwrap_or(0);
    let head = tokens.get(..mark).unwrap_or_default();
    mark > 0 && grammar.hits(head).iter().any(|h| h.slot == Slot::Cue && h.word == "told")
}

/// "Until 2024 the desk …": what was so until a year is so no more.
fn is_past(sentence: &str) -> bool {
    let mut words = sentence.split_whitespace();
    let until = words.next().is_some_and(|w| ["until", "before"].iter().any(|u| w.eq_ignore_ascii_case(u)));
    let mut rest = words.take(3);
    until && rest.any(|w| w.len() >= 4 && w.get(..4).is_some_and(|y| y.starts_with(['1', '2']) && y.bytes().all(|b| b.is_ascii_digit())))
}

fn read_block(
    section: &mut Section,
    block: &Block,
    grammar: &Grammar,
    setting: Setting,
    carried: &mut Option<&'static str>,
    recovers: &mut bool,
) {
    if block.shape == Shape::Quote {
        return;
    }
    // a specification is written in capitals, and is no procedure
    section.specified |= SPECIFIED.iter().any(|s| block.text.text.contains(s));
    let specified = section.specified;
    let tokens = token::tokens(&block.text.text, grammar);
    let mut told = is_label(&tokens, grammar)
        || block.text.text.trim_start().starts_with(['❌', '✗', '✘', '🚫', '⛔'])
        || block.text.text.matches('☐').count() > 1
        || is_endpoint(&block.text.text);
    let mut setting = setting;
    let sentences: Vec<_> = token::sentences(&tokens).map(|words| (words, grammar.hits(words))).collect();
    let mut hits = sentences.iter().flat_map(|s| &s.1);
    let irrelevant = section.irrelevant || hits.clone().any(|h| h.slot == Slot::Cue && h.word == "irrelevant");
    setting.access = !irrelevant && (section.access || hits.clone().any(|h| h.slot == Slot::Object && is_access(h.word)));
    setting.vaulted = hits.clone().any(|h| h.slot == Slot::Channel && h.word == "vault");
    // a step as root is no emergency; a heading that names the root account is
    let privileged = setting.plain || section.populations.contains(&"privileged");
    section.emergency |= hits.any(|h| h.slot == Slot::Act && (h.word == "break_glass" || privileged && is_emergency(h.word)));
    setting.emergency = section.emergency;
    // a row with the name of a reset says how it is done
    let row_of = |h: &Hit| h.slot == Slot::Act && RESETS.contains(&h.word);
    setting.recovery |= setting.row && sentences.iter().flat_map(|s| &s.1).any(row_of);
    // "Reset in the console" below "Passwords"
    setting.recovery |= section.access && sentences.iter().flat_map(|s| &s.1).any(|h| h.slot == Slot::Deed && h.word == "reset");
    let mut checks = false;
    for (n, (words, hits)) in sentences.into_iter().enumerate() {
        let mut sentence = Sentence::with(words, hits, grammar, setting);
        // "Make sure it is them. This can be done by …"
        if checks && sentence.has("done_so") {
            sentence.setting.verifying = true;
        }
        checks = sentence.asks_proof();
        *recovers |= sentence.resets();
        sentence.setting.recovers = *recovers;
        section.recovers |= sentence.resets();
        sentence.setting.nearby = section.recovers;
        let text = words.first().zip(words.last()).and_then(|(a, z)| block.text.text.get(a.start..z.end)).unwrap_or("");
        // "if you no longer have it" tells no story
        let supposed = |h: &Hit| sentence.reads(h.start, "no") && sentence.stance(h.start).assumed;
        // "always check who it is — social engineering is real": a demand, and its reason
        let told_why = |h: &Hit| sentence.is_imperative() && words.get(..h.start).is_some_and(|w| w.iter().any(|t| t.mark == '—'));
        let about_attack = sentence.cues("discussion").any(|h| !supposed(h) && !told_why(h)) || is_past(text);
        section.discussion |= about_attack;
        if n == 0 && about_attack && block.shape == Shape::Paragraph && !sentence.is_imperative() {
            told = true;
        }
        let (start, end) = (words.first().map_or(0, |t| t.start), words.last().map_or(0, |t| t.end));
        let (from, to) = block.text.source(start, end);
        let spot = Spot::at(from, to);
        section.contains += usize::from(sentence.has("containment"));
        if told || about_attack {
            continue;
        }
        section.assets += usize::from(sentence.words(Slot::Object).any(|o| o != "access" && is_access(o)));
        section.changes += usize::from(sentence.has("change_control"));
        section.others += sentence.cues("somebody_else").count();
        section.askers += sentence.cues("person").count();
        section.desk |= sentence.words(Slot::Actor).any(|a| a == "first_line");
        // an item of a counted list is a step, whatever its grammar
        let step = n == 0 && matches!(block.shape, Shape::Item { ordered: true });
        notes(&sentence, text, start, &spot, &mut section.notes);
        terms(&sentence, text, start, &spot, &mut section.terms);
        let labels = |h: &Hit| n == 0 && h.start == 0 && follows(words, h.end) || words.get(h.end).is_some_and(|t| t.mark == ':');
        if sentence.cues("owned_by").any(labels) {
            section.owner.get_or_insert_with(|| spot.clone());
        }
        section.actors.extend(sentence.words(Slot::Actor).map(|a| (a, spot.clone())));
        let holder = holder_acts(&sentence, words, grammar);
        let imperative = !holder && (step || tells(&sentence) || is_led_in(&sentence, words, text, grammar));
        section.holder_acts += usize::from(holder);
        if section.body.is_none() && (imperative || section.imperatives + section.statements == 0) {
            section.body = names(&sentence, imperative);
        }
        section.imperatives += usize::from(!specified && imperative);
        section.audits += usize::from(audits(&sentence, words, grammar));
        section.statements += usize::from(!imperative);
        section.asks += usize::from(asks(&sentence, words, grammar));
        if !section.story && !specified {
            let said = sentence.said(*carried);
            let does = !holder && performs(&sentence, &said, imperative, section.desk);
            section.performs += usize::from(does);
            section.staffed += usize::from(does && !imperative && said.iter().any(|s| matches!(s.duty, Duty::Must | Duty::Should)));
            for said in said {
                let handed = said.deed == "send" && matches!(said.object, Some("password" | "temporary_password"));
                *recovers |= handed;
                section.recovers |= handed;
                let (from, to) = block.text.source(said.span.0, said.span.1);
                section.said.push((said, Spot::at(from, to)));
            }
        }
        *carried = sentence.carries(*carried);
        setting.letter |= sentence.greets();
        setting.mailed = sentence.mails_a_decider();
        setting.called = sentence.calls();
        section.called = setting.called;
    }
    section.letter |= setting.letter;
}

/// Whether an act lets people back in, or out.
fn lets_in(act: &str) -> bool {
    RESETS.contains(&act) || matches!(act, "break_glass" | "offboarding" | "vendor_access")
}

/// Whether an act is a way in for emergencies.
pub(super) fn is_emergency(act: &str) -> bool {
    matches!(act, "break_glass" | "root_ceremony")
}

/// Whether an object is a way in.
pub(super) fn is_access(object: &str) -> bool {
    matches!(object, "access" | "account" | "password" | "temporary_password" | "factor" | "token" | "key" | "secret" | "shared_account")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::prose::{format, recognise::Layout, tests::pack};

    #[test]
    fn list_headings_govern_their_items() {
        let tongues = Tongues::new(&[&pack()]);
        let text = "## Rules\n\n**Do not:**\n\n- send a token on Slack\n\n**Do:**\n\n- send the token by email\n\nYou must never:\n\n- text the password to a user\n\nDone.\n";
        let sections = sections(&format::read(Layout::Markdown, text).0, &tongues, Tongue::English, text.len());
        let duties: Vec<_> = sections.iter().flat_map(|s| &s.said).filter(|s| s.0.deed == "send").map(|s| s.0.duty.word()).collect();
        assert_eq!(duties, ["must_not", "must", "must_not"]);
    }
}
