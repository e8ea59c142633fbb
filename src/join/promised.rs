//! A promise as the joins see it: the sentence, the headings above it, and what it names.

use crate::artifact::{Clean, Quote};
use crate::fact::{Basis, Claim, Duty, Facts, Field, Kind, Sealed, Value, Word, contradiction, control, ownership, sighting};
use crate::rule::{Lexicon, Pack, class};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Groups of checks that are about no product.
const NO_PRODUCT: [&str; 9] = ["changes", "directory", "helpdesk", "joined", "paths", "procedures", "secrets", "tables", "tickets"];

/// A sentence that promises something.
pub(super) struct Said<'a> {
    pub(super) fact: &'a Sealed,
    word: &'static str,
    /// Sentence and headings in lower case.
    sentence: String,
    heading: String,
    /// What stands before the sentence under the same heading, in lower case.
    around: String,
}

/// What ties a promise to what an export shows.
#[derive(Debug, Clone)]
pub(super) struct Tie {
    how: String,
    basis: Basis,
}

/// The sentence that promises.
pub(super) fn said(fact: &Sealed) -> &str {
    fact.fields.text(control::SENTENCE).map_or("", Clean::as_str)
}

/// Every promise of a scan.
pub(super) fn all(facts: &Facts) -> Vec<Said<'_>> {
    facts
        .of(Kind::Control)
        .filter_map(|f| Some((f, f.fields.word(control::PROMISES)?)))
        .map(|(fact, word)| Said {
            fact,
            word,
            sentence: said(fact).to_lowercase(),
            heading: fact.name.as_str().to_lowercase(),
            around: fact.fields.text(control::AROUND).map_or("", Clean::as_str).to_lowercase(),
        })
        .collect()
}

impl Said<'_> {
    pub(super) fn is(&self, word: Word) -> bool {
        self.word == word.as_str()
    }

    pub(super) fn sentence(&self) -> &str {
        said(self.fact)
    }

    pub(super) fn number(&self) -> Option<i64> {
        self.fact.fields.number(control::NUMBER)
    }

    pub(super) fn limit(&self) -> Option<i64> {
        self.fact.fields.duration(control::LIMIT)
    }

    /// Whether the sentence, or a heading above it, names this.
    pub(super) fn names(&self, name: &str) -> Option<Tie> {
        let lower = name.to_lowercase();
        if mentions(&self.sentence, &lower) {
            return Some(Tie { how: format!("the sentence names {name}"), basis: Basis::Explicit });
        }
        mentions(&self.heading, &lower).then(|| Tie { how: format!("the heading names {name}"), basis: Basis::Inferred })
    }

    /// The same, or what stands before the sentence under the same heading names it.
    pub(super) fn names_near(&self, name: &str) -> Option<Tie> {
        let near = || mentions(&self.around, &name.to_lowercase());
        self.names(name).or_else(|| near().then(|| Tie { how: format!("the section names {name}"), basis: Basis::Inferred }))
    }

    /// Whether the text before the sentence names this, in code or quotes.
    pub(super) fn marks_near(&self, name: &str) -> Option<Tie> {
        let lower = name.to_lowercase();
        let marked = ['`', '"', '*'].into_iter().any(|q| self.around.contains(&format!("{q}{lower}{q}")));
        marked.then(|| Tie { how: format!("the section names {name}"), basis: Basis::Inferred })
    }

    /// Whether the text names what an export is filed under: `crane-api` and `exports/crane-api-approvals.json`. One word is no such name,
    /// unless a repository of the scan is called so.
    pub(super) fn names_folder(&self, path: &str, homes: &BTreeSet<String>) -> Option<Tie> {
        let path = path.to_lowercase();
        let filed = |w: &str| {
            path.split(['/', '!', '.']).any(|part| part.strip_prefix(w).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_'])))
        };
        let named = |text: &str| -> Option<String> {
            let words = text.split(|c: char| !(c.is_alphanumeric() || "-_".contains(c)));
            words.filter(|w| w.len() >= 5 && w.contains(['-', '_']) || homes.contains(*w)).find(|w| filed(w)).map(str::to_owned)
        };
        let found = named(&self.sentence).or_else(|| named(&self.heading))?;
        Some(Tie { how: format!("the export is filed under {found}"), basis: Basis::Inferred })
    }

    pub(super) fn place(&self) -> &'_ Arc<Quote> {
        &self.fact.at
    }

    pub(super) fn heading(&self) -> &Clean {
        &self.fact.name
    }

    /// Whether the sentence names another repository of these, and not this one.
    pub(super) fn names_other_of(&self, own: &str, all: &BTreeSet<&str>) -> bool {
        let bare = |r: &str| r.rsplit('/').next().unwrap_or(r).to_lowercase();
        let own = bare(own);
        !mentions(&self.sentence, &own) && all.iter().map(|r| bare(r)).any(|r| r != own && r.len() >= 4 && mentions(&self.sentence, &r))
    }

    /// The sentence before this one.
    pub(super) fn before(&self) -> &str {
        let around = self.fact.fields.text(control::AROUND).map_or("", Clean::as_str).trim_end().trim_end_matches(['.', ';', ':']);
        around.rsplit_once(". ").or_else(|| around.rsplit_once("; ")).map_or(around, |(_, last)| last)
    }

    /// First and last names in the sentence, as accounts are called after them: `mara.lind`, `mara_lind`.
    pub(super) fn full_names(&self) -> Vec<String> {
        let words: Vec<&str> = said(self.fact).split_whitespace().map(|w| w.trim_end_matches([',', '.', ':', ';'])).collect();
        let name = |w: &str| w.len() >= 2 && w.starts_with(char::is_uppercase) && w.chars().all(char::is_alphabetic);
        let pairs = words.windows(2).filter_map(|w| if let [a, b] = w { (name(a) && name(b)).then_some((a, b)) } else { None });
        pairs.flat_map(|(a, b)| [format!("{a}.{b}").to_lowercase(), format!("{a}_{b}").to_lowercase()]).collect()
    }

    /// Headings, what stands before the sentence, and the sentence itself, in lower case.
    pub(super) fn whole(&self) -> String {
        [&self.heading, &self.around, &self.sentence].map(String::as_str).join(" ")
    }

    /// A tie that the caller worked out.
    pub(super) fn tied(how: String, basis: Basis) -> Tie {
        Tie { how, basis }
    }

    /// The same for one of several names: the longest that stands there is meant, and a heading only where the sentence names none.
    /// A single word counts in code or before `noun`.
    pub(super) fn names_of(&self, name: &str, all: &BTreeSet<&str>, noun: &str) -> Option<Tie> {
        let lower = name.to_lowercase();
        let marked = |text: &str| lower.contains(' ') || text.contains(&format!("`{lower}`")) || text.contains(&format!("{lower}{noun}"));
        let longer =
            |text: &str| all.iter().any(|o| o.len() > name.len() && o.to_lowercase().contains(&lower) && mentions(text, &o.to_lowercase()));
        let stands = |text: &str| mentions(text, &lower) && marked(text) && !longer(text);
        if stands(&self.sentence) {
            return Some(Tie { how: format!("the sentence names {name}"), basis: Basis::Explicit });
        }
        let another = all.iter().any(|o| o.contains(' ') && mentions(&self.sentence, &o.to_lowercase()));
        if !another && stands(&self.heading) {
            return Some(Tie { how: format!("the heading names {name}"), basis: Basis::Inferred });
        }
        // "Nobody is a Global Administrator for good. Two colleagues agree before it is switched on."
        let only = lower.contains(' ') && all.iter().filter(|o| o.contains(' ') && mentions(&self.around, &o.to_lowercase())).count() == 1;
        (!another && only && stands(&self.around)).then(|| Tie { how: format!("the section names {name}"), basis: Basis::Inferred })
    }

    /// Whether the sentence names an account: word for word, and an ordinary word only in code or quotes.
    pub(super) fn names_account(&self, name: &str) -> Option<Tie> {
        let lower = name.to_lowercase();
        let odd = lower.len() >= 4 && lower.contains(|c: char| !c.is_alphabetic());
        let quoted = |q: char| self.sentence.contains(&format!("{q}{lower}{q}"));
        let named = if odd { mentions(&self.sentence, &lower) } else { lower.len() >= 3 && ['`', '"', '\'', '*'].into_iter().any(quoted) };
        named.then(|| Tie { how: format!("the sentence names {name}"), basis: Basis::Explicit })
    }

    /// Those of these names that the sentence holds, else those that a heading holds.
    pub(super) fn named<'n>(&self, names: &[&'n str]) -> Vec<&'n str> {
        let within = |text: &str| names.iter().copied().filter(|n| mentions(text, n)).collect::<Vec<_>>();
        let in_sentence = within(&self.sentence);
        if in_sentence.is_empty() { within(&self.heading) } else { in_sentence }
    }

    /// Whether the sentence or a heading holds one of these.
    pub(super) fn speaks(&self, list: &[&str]) -> Option<Tie> {
        self.says(list).or_else(|| {
            let found = list.iter().find(|w| begins(&self.heading, w))?;
            Some(Tie { how: format!("the heading says \"{found}\""), basis: Basis::Inferred })
        })
    }

    /// Whether the sentence itself holds one of these.
    pub(super) fn says(&self, list: &[&str]) -> Option<Tie> {
        let found = list.iter().find(|w| begins(&self.sentence, w))?;
        Some(Tie { how: format!("the sentence says \"{found}\""), basis: Basis::Inferred })
    }

    /// Whether the sentence says "all" or "every" of one of these, with nothing between that narrows it.
    pub(super) fn every(&self, nouns: &[&str], between: impl Fn(&str) -> bool) -> Option<Tie> {
        let words: Vec<&str> = self.sentence.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|w| !w.is_empty()).collect();
        let starts = words.iter().enumerate().filter(|(_, w)| matches!(**w, "all" | "every" | "each" | "any")).map(|(at, _)| at + 1);
        let mut found = starts.filter_map(|at| {
            let rest = words.iter().skip(at).take(4).copied();
            rest.clone().find(|w| !between(w)).filter(|w| nouns.contains(w))
        });
        let noun = found.next()?;
        Some(Tie { how: format!("the sentence speaks of every \"{noun}\""), basis: Basis::Inferred })
    }

    /// Whether a name stands within the sentence: a word with a capital that begins none and is no abbreviation, or one in code.
    fn names_unknown(&self) -> bool {
        let words: Vec<&str> = said(self.fact).split_whitespace().collect();
        let name = |w: &str| {
            let w = w.trim_matches(|c: char| !c.is_alphanumeric());
            w.chars().next().is_some_and(char::is_uppercase) && w.chars().any(char::is_lowercase) && w.len() >= 3
        };
        // "Temporary Access Pass" at the beginning is the thing itself
        let article = usize::from(words.first().is_some_and(|w| ["a", "an", "the"].contains(&w.to_lowercase().as_str())));
        let titled = words.iter().skip(article).take_while(|w| name(w)).count();
        words.iter().skip((article + titled).max(1)).any(|w| name(w) || w.contains('`'))
    }

    /// Whether the sentence names some path in code, as of a repository, and not this one.
    pub(super) fn names_other_path(&self, own: &str) -> bool {
        let own = own.to_lowercase();
        let line = self.fact.at.text.as_str().to_lowercase();
        let mut paths = line.split('`').skip(1).step_by(2).filter(|p| p.contains('/') && !p.contains(' ')).peekable();
        paths.peek().is_some() && !paths.any(|p| own.ends_with(p.trim_matches('/')))
    }
}

/// What the joins know besides the facts: the lexicon, the products there are, and which of them each page speaks of.
pub(super) struct Scene<'a> {
    pub(super) lexicon: &'a Lexicon,
    pub(super) products: Vec<&'a str>,
    pages: BTreeMap<&'a str, BTreeSet<&'a str>>,
    elsewhere: Vec<&'a str>,
    /// What the repositories of the scan are called, in lower case.
    pub(super) homes: BTreeSet<String>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(facts: &Facts, said: &[Said<'a>], rules: &'a Pack) -> Self {
        let groups: BTreeSet<&str> = rules.checks.iter().filter_map(|c| Some(c.id.as_str().split_once('/')?.0)).collect();
        let products: Vec<&str> = groups.into_iter().filter(|g| !NO_PRODUCT.contains(g)).collect();
        let mut pages: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for s in said {
            let whole = s.whole();
            pages.entry(s.fact.at.place.path.as_str()).or_default().extend(products.iter().filter(|p| mentions(&whole, p)));
        }
        let owned = facts.of(Kind::Ownership).filter_map(|f| f.fields.text(ownership::HOME));
        let owned = owned.chain(facts.of(Kind::Sighting).filter_map(|f| f.fields.text(sighting::OWNER)));
        let bare = |home: &Clean| home.as_str().rsplit('/').next().unwrap_or_default().to_lowercase();
        let homes: BTreeSet<String> = if said.is_empty() { BTreeSet::new() } else { owned.map(bare).filter(|h| h.len() >= 4).collect() };
        Self { lexicon: &rules.lexicon, products, pages, elsewhere: rules.lexicon.promised(class::ELSEWHERE), homes }
    }

    /// A tie to a product that the sentence leaves unsaid: the page speaks of it alone, or of none while it alone keeps such a thing.
    /// A sentence about another system, or with a name that nobody knows, is not about it.
    pub(super) fn sole(&self, said: &Said<'_>, product: &str, of: &BTreeSet<&str>) -> Option<Tie> {
        let open = |t: &str| self.products.iter().any(|p| mentions(t, p)) || self.elsewhere.iter().any(|w| begins(t, w));
        if product.is_empty() || [&said.heading, &said.around, &said.sentence].into_iter().any(|t| open(t)) || said.names_unknown() {
            return None;
        }
        let page = self.pages.get(said.fact.at.place.path.as_str())?;
        let how = match (page.len(), of.len()) {
            (1, _) if page.contains(product) => format!("the page speaks of {product} alone"),
            (0, 1) if of.contains(product) => format!("{product} alone keeps such a setting in this scan"),
            _ => return None,
        };
        Some(Tie { how, basis: Basis::Inferred })
    }
}

/// Whether a word of a text begins like this.
fn begins(text: &str, start: &str) -> bool {
    text.match_indices(start).any(|(at, _)| !text.get(..at).and_then(|t| t.chars().next_back()).is_some_and(char::is_alphanumeric))
}

/// Whether a name stands in a text as a whole word. Both in lower case.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    if name.len() < 2 {
        return false;
    }
    let part = |c: char| c.is_alphanumeric() || "-_@+".contains(c);
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let mut after = text.get(at + name.len()..).unwrap_or_default().chars();
        let next = after.next();
        // a full stop ends a sentence, or goes on in a longer name
        let goes_on = next.is_some_and(part) || next == Some('.') && after.next().is_some_and(char::is_alphanumeric);
        !before.is_some_and(|c| part(c) || c == '.') && !goes_on
    })
}

/// The file of an export.
pub(super) fn export_of(quote: &Quote) -> Clean {
    quote.place.path.clone()
}

/// What a fact says in a field, or nothing.
pub(super) fn text(fact: &Sealed, field: Field) -> &str {
    fact.fields.text(field).map_or("", Clean::as_str)
}

/// The fact that a text says one thing, and an export another.
pub(super) fn refute(topic: &str, said: &Said<'_>, tie: &Tie, thing: &Sealed, name: Clean, shown: Clean) -> Sealed {
    let anchor = Clean::compose([topic, " ", name.as_str(), " ", said.fact.name.as_str()]);
    let mut out =
        meet(topic, name, anchor, (&Clean::compose([said.sentence().trim().trim_end_matches(';')]), &said.fact.at), (shown, &thing.at));
    let matched =
        Claim { value: Value::Text(Clean::compose([tie.how.as_str()])), quote: said.fact.at.clone(), basis: tie.basis, duty: Duty::Must };
    out.fields.claim(contradiction::MATCHED, matched);
    for (from, to) in thing.fields.iter().filter_map(|(f, stated)| {
        let to = match f.name() {
            "product" => contradiction::PRODUCT,
            "privileged" => contradiction::PRIVILEGED,
            _ => return None,
        };
        Some((stated.clone(), to))
    }) {
        out.fields.set(to, from);
    }
    out
}

/// What stands in one text, and what stands in another: one fact, at the first.
pub(super) fn meet(topic: &str, name: Clean, anchor: Clean, said: (&Clean, &Arc<Quote>), shown: (Clean, &Arc<Quote>)) -> Sealed {
    let mut out = Sealed::new(Kind::Contradiction, name, anchor, said.1.clone());
    out.fields.tell(contradiction::TOPIC, Value::Text(Clean::compose([topic])), said.1);
    out.fields.tell(contradiction::SAID, Value::Text(said.0.clone()), said.1);
    out.fields.tell(contradiction::SHOWN, Value::Text(shown.0), shown.1);
    out.fields.tell(contradiction::EXPORT, Value::Text(export_of(shown.1)), shown.1);
    out
}
