//! A document as a tree of sections, each sentence of it read.

use super::clause::{Said, Sentence, Setting};
use super::document::{Block, Document, Joined, Shape};
use super::grammar::{Grammar, Hit, Slot};
use super::token::{self, Token};
use super::tongue::{Tongue, Tongues};
use crate::artifact::Spot;

/// A heading and what stands below it, up to the next heading of any level.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) name: String,
    pub(super) parent: Option<usize>,
    level: u8,
    pub(super) heading: Option<(usize, usize)>,
    /// Bytes of the heading and its own text.
    pub(super) own: (usize, usize),
    /// The same with everything below it.
    pub(super) whole: (usize, usize),
    /// What its heading says it is for.
    pub(super) act: Option<&'static str>,
    /// Its heading tells or explains instead of asking.
    pub(super) story: bool,
    /// Its heading names controls.
    pub(super) controls: bool,
    /// Populations in its heading.
    pub(super) populations: Vec<&'static str>,
    /// Whether its heading is about something that is no account.
    pub(super) irrelevant: bool,
    /// Its heading is an instruction: "Reset a password", "How to unlock an account".
    pub(super) instruct: bool,
    /// Its heading says that users do it themselves.
    pub(super) alone: bool,
    forbidden: bool,
    verifying: bool,
    access: bool,
    /// Headings down to it name a way in for emergencies.
    emergency: bool,
    /// A help desk or somebody who asks for access was named.
    desk: bool,
    /// Sentences that tell the reader to do something.
    pub(super) imperatives: usize,
    /// Whether some of it tells a story of an attack.
    pub(super) discussion: bool,
    /// What it says, with the place of the sentence.
    pub(super) said: Vec<(Said, Spot)>,
    /// Answers to the auditor's questions.
    pub(super) notes: Vec<(Note, Spot)>,
    /// How often somebody is named who is let in and is not the reader.
    pub(super) others: usize,
    /// Who is named.
    pub(super) actors: Vec<(&'static str, Spot)>,
}

/// Something an auditor asks after, and whether it is said to be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Note {
    /// It is recorded.
    Logged(bool),
    /// Sessions and sibling credentials end.
    Revokes(bool),
    /// The account holder is told.
    Notifies(bool),
    /// What is handed out ends.
    Expires(bool),
    /// Somebody looks at it afterwards.
    Reviewed(bool),
    /// It takes two people.
    TwoPeople(bool),
    /// How it is done stands in another document.
    Elsewhere,
    /// The reader asks somebody else for it: what they do is not told here.
    Requested,
    /// It is done as described further up in the same document.
    Above,
}

/// Acts that get somebody back in.
pub(super) const RESETS: [&str; 4] = ["password_reset", "mfa_reset", "unlock", "account_recovery"];
/// Which act a heading with several is about.
const PRECEDENCE: [&str; 12] = [
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

/// Level of a section that is an item of a list: below every heading.
const ITEMS: u8 = 10;
/// Sections deeper than this are read as text of the one above.
const DEEPEST: usize = 64;

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
    // most documents hold no procedure, and most of their blocks nothing that matters by itself
    let typed = out.iter().any(|s| s.act.is_some()) || document.blocks.iter().enumerate().any(|(i, b)| names_act(document, i, b, grammar));
    let mut titled = out.iter().any(|s| s.access || !s.populations.is_empty());
    let mut carried = None;
    let mut recovers = out.iter().any(|s| s.act.is_some_and(lets_in));
    // many items have one introduction
    let mut introduced = (usize::MAX, (false, false));
    for (index, block) in document.blocks.iter().enumerate() {
        if let Shape::Heading(level) = block.shape {
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
            open.push(out.len());
            out.push(section);
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
            if let Some(section) = open.last().and_then(|at| out.get_mut(*at)) {
                section.own.1 = section.own.1.max(block.span.1);
            }
            continue;
        }
        let grammar = tongues.grammar_of(&block.text.text, tongue);
        let Some(at) = open.last().copied() else { continue };
        let recovery = open.iter().filter_map(|i| out.get(*i)).any(|s| s.act.is_some_and(|a| RESETS.contains(&a)));
        if let Some(intro) = block.intro.filter(|i| introduced.0 != *i) {
            introduced = (intro, document.blocks.get(intro).map(|b| introduction(b, grammar)).unwrap_or_default());
        }
        let verifying_intro = if block.intro.is_some() { introduced.1 } else { (false, false) };
        if let Some(section) = out.get_mut(at) {
            section.own.1 = section.own.1.max(block.span.1);
            let setting = Setting {
                forbidden: section.forbidden || verifying_intro.0,
                recovery,
                verifying: section.verifying || verifying_intro.1,
                access: false,
                desk: section.desk,
                titled,
                headed: section.access,
                row: block.shape == Shape::Row,
                ..Setting::default()
            };
            if block.shape == Shape::Paragraph || block.intro.is_none() && index > 0 && !matches!(block.shape, Shape::Item { .. }) {
                carried = None;
            }
            read_block(section, block, grammar, setting, &mut carried, &mut recovers);
        }
    }
    out
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

/// A heading without its number.
fn plain(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let bare = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ')' | ' '));
    let bare = bare.trim_end_matches([':', ' ']);
    if bare.is_empty() { text } else { bare.to_owned() }
}

/// What a heading says of its section.
fn head(section: &mut Section, text: &Joined, grammar: &Grammar) {
    let tokens = token::tokens(&text.text, grammar);
    name_of(section, text, &tokens, &Sentence::new(&tokens, grammar, Setting::default()));
}

fn name_of(section: &mut Section, text: &Joined, tokens: &[Token], sentence: &Sentence<'_>) {
    let words = tokens.iter().filter(|t| t.is_word()).count();
    section.irrelevant = sentence.has("irrelevant");
    section.access = sentence.words(Slot::Object).any(is_access);
    section.emergency |= sentence.words(Slot::Act).any(is_emergency);
    let act = PRECEDENCE.into_iter().find(|a| sentence.of(Slot::Act).any(|h| h.word == *a && !sentence.stance(h.start).negated));
    section.act = act
        .filter(|a| !section.irrelevant || *a == "break_glass")
        .filter(|a| !matches!(*a, "break_glass" | "root_ceremony" | "privileged_grant") || !sentence.is_statement());
    // "Remove admin access" takes it away
    let grants = |h: &&Hit| h.word == "privileged_grant";
    let taken = sentence.of(Slot::Act).find(grants).is_some_and(|g| sentence.cues("inverting").any(|c| c.end <= g.start));
    section.act = section.act.filter(|a| *a != "privileged_grant" || !taken);
    section.instruct = sentence.of(Slot::Act).any(|h| !sentence.is_noun_first(h));
    section.alone = text.text.to_lowercase().replace('-', " ").contains("self service");
    // a document that is about an attack is a story, one that only names a reference or a lab in its title is not
    section.story |= if section.level <= 1 { sentence.has("discussion") } else { sentence.has("story") };
    section.controls = sentence.has("control_section");
    section.populations = sentence.words(Slot::Population).collect();
    // "Do not", "Don'ts", "Never": a heading that is nothing but a prohibition
    let negation = sentence.cues("negation").next().map(|h| (h.start, h.end));
    let prohibition = sentence.cues("prohibition").next().is_some();
    let restores =
        sentence.cues("restart").next().is_some() || words <= 2 && text.text.trim().to_lowercase().starts_with("do") && negation.is_none();
    section.forbidden = if restores {
        false
    } else {
        section.forbidden || words <= 4 && (negation.is_some_and(|n| n.0 == 0 && n.1 + 1 >= words) || prohibition && words <= 3)
    };
    let asks = sentence.of(Slot::Deed).any(|h| h.word == "verify") && sentence.has("person") || text.text.to_lowercase().contains("to ask");
    section.verifying = asks && words <= 8;
}

/// What a heading says of its section, and its clauses that name a shared login.
fn read_heading(section: &mut Section, block: &Block, grammar: &Grammar) {
    let tokens = token::tokens(&block.text.text, grammar);
    let sentence = Sentence::new(&tokens, grammar, Setting::default());
    name_of(section, &block.text, &tokens, &sentence);
    if section.story || block.text.text.trim_end().ends_with('?') {
        return;
    }
    let spot = Spot::at(block.span.0, block.span.1);
    section.actors.extend(sentence.words(Slot::Actor).map(|a| (a, spot.clone())));
    // "Shared accounts" is a topic; "Log in with the shared account" is a way to do it
    let topic = |at: usize| sentence.of(Slot::Object).any(|o| o.word.starts_with("shared_") && o.start <= at && at < o.end);
    if !sentence.of(Slot::Deed).any(|d| matches!(d.word, "use" | "share" | "send" | "store") && !topic(d.start)) {
        return;
    }
    for said in sentence.said(None).into_iter().filter(|s| matches!(s.object, Some("shared_account" | "shared_password"))) {
        section.said.push((said, spot.clone()));
    }
}

/// Whether a list's introduction forbids its items, and whether it asks for a check of identity.
fn introduction(block: &Block, grammar: &Grammar) -> (bool, bool) {
    let tokens = token::tokens(&block.text.text, grammar);
    let Some(last) = token::sentences(&tokens).last() else { return (false, false) };
    let sentence = Sentence::new(last, grammar, Setting::default());
    // the stance of a word that would follow is that of the last one
    let forbids = last.iter().rposition(Token::is_word).is_some_and(|i| {
        let stance = sentence.stance(i);
        // "If you cannot sign in:" forbids nothing
        stance.negated && !stance.assumed || sentence.cues("negation").any(|h| h.end > i)
    });
    let verifies = sentence.of(Slot::Deed).any(|h| h.word == "verify" && !sentence.stance(h.start).negated)
        && (sentence.has("identity") || sentence.words(Slot::Proof).next().is_some());
    (forbids, verifies)
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
    let tokens = token::tokens(&block.text.text, grammar);
    let mut told = is_label(&tokens, grammar) || block.text.text.trim_start().starts_with(['❌', '✗', '✘', '🚫', '⛔']);
    let mut setting = setting;
    let sentences: Vec<_> = token::sentences(&tokens).map(|words| (words, grammar.hits(words))).collect();
    let mut hits = sentences.iter().flat_map(|s| &s.1);
    let irrelevant = section.irrelevant || hits.clone().any(|h| h.slot == Slot::Cue && h.word == "irrelevant");
    setting.access = !irrelevant && (section.access || hits.clone().any(|h| h.slot == Slot::Object && is_access(h.word)));
    section.emergency |= hits.any(|h| h.slot == Slot::Act && is_emergency(h.word));
    setting.emergency = section.emergency;
    // "Reset in the console" below "Passwords"
    setting.recovery |= section.access && sentences.iter().flat_map(|s| &s.1).any(|h| h.slot == Slot::Deed && h.word == "reset");
    for (n, (words, hits)) in sentences.into_iter().enumerate() {
        let mut sentence = Sentence::with(words, hits, grammar, setting);
        *recovers |= sentence.resets();
        sentence.setting.recovers = *recovers;
        let text = words.first().zip(words.last()).and_then(|(a, z)| block.text.text.get(a.start..z.end)).unwrap_or("");
        let about_attack = sentence.has("discussion") || is_past(text);
        section.discussion |= about_attack;
        if n == 0 && about_attack && block.shape == Shape::Paragraph && !sentence.is_imperative() {
            told = true;
        }
        let (start, end) = (words.first().map_or(0, |t| t.start), words.last().map_or(0, |t| t.end));
        let (from, to) = block.text.source(start, end);
        let spot = Spot::at(from, to);
        if told || about_attack {
            continue;
        }
        section.others += sentence.cues("somebody_else").count();
        section.desk |= sentence.words(Slot::Actor).any(|a| a == "first_line");
        // an item of a counted list is a step, whatever its grammar
        let step = n == 0 && matches!(block.shape, Shape::Item { ordered: true });
        notes(section, &sentence, &spot);
        section.actors.extend(sentence.words(Slot::Actor).map(|a| (a, spot.clone())));
        // a specification is written in capitals, and is no procedure
        let specified = block.text.text.get(start..end).is_some_and(|t| t.contains("SHALL"));
        section.imperatives += usize::from(!specified && (step || sentence.is_imperative()));
        if !section.story && !specified {
            for said in sentence.said(*carried) {
                *recovers |= said.deed == "send" && matches!(said.object, Some("password" | "temporary_password"));
                let (from, to) = block.text.source(said.span.0, said.span.1);
                section.said.push((said, Spot::at(from, to)));
            }
        }
        *carried = sentence.last_secret().or(*carried);
        setting.mailed = sentence.mails_a_decider();
    }
}

/// Whether an object is a way in.
fn is_access(object: &str) -> bool {
    matches!(object, "access" | "account" | "password" | "temporary_password" | "factor" | "token" | "key" | "secret" | "shared_account")
}

/// Whether an act lets people back in, or out.
fn lets_in(act: &str) -> bool {
    RESETS.contains(&act) || matches!(act, "break_glass" | "offboarding" | "vendor_access")
}

/// Whether an act is a way in for emergencies.
fn is_emergency(act: &str) -> bool {
    matches!(act, "break_glass" | "root_ceremony")
}

fn notes(section: &mut Section, sentence: &Sentence<'_>, spot: &Spot) {
    let mut add = |note: Note| section.notes.push((note, spot.clone()));
    for hit in sentence.of(Slot::Deed) {
        let yes = !sentence.stance(hit.start).negated;
        match hit.word {
            "record" if sentence.is_deed(hit) => add(Note::Logged(yes)),
            "revoke" => add(Note::Revokes(yes)),
            "notify" => add(Note::Notifies(yes)),
            "expire" => add(Note::Expires(yes)),
            "review" => add(Note::Reviewed(yes)),
            _ => {}
        }
    }
    for hit in sentence.of(Slot::Channel).filter(|h| matches!(h.word, "ticket" | "pull_request" | "workflow")) {
        if !sentence.stance(hit.start).negated {
            add(Note::Logged(true));
        }
    }
    for hit in sentence.cues("two_people") {
        add(Note::TwoPeople(!sentence.stance(hit.start).negated));
    }
    if sentence.cues("no_approval").any(|h| !sentence.stance(h.start).negated && !sentence.stance(h.start).assumed) {
        add(Note::TwoPeople(false));
    }
    if sentence.has("reference") && sentence.has("elsewhere") {
        add(Note::Elsewhere);
    }
    if sentence.requests() {
        add(Note::Requested);
    }
    if sentence.cues("elsewhere").any(|h| sentence.covers(h, "above")) {
        add(Note::Above);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::prose::{markdown, tests::pack};

    #[test]
    fn list_headings_govern_their_items() {
        let tongues = Tongues::new(&[&pack()]);
        let text = "## Rules\n\n**Do not:**\n\n- send a token on Slack\n\n**Do:**\n\n- send the token by email\n\nYou must never:\n\n- text the password to a user\n\nDone.\n";
        let sections = sections(&markdown::read(text), &tongues, Tongue::English, text.len());
        let duties: Vec<_> = sections.iter().flat_map(|s| &s.said).filter(|s| s.0.deed == "send").map(|s| s.0.duty.word()).collect();
        assert_eq!(duties, ["must_not", "must", "must_not"]);
    }
}
