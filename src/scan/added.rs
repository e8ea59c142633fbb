//! Of a changed file, only what the change added.
//!
//! It stands here, after reading: a reader needs the whole text to understand a line, and every secret of it to redact one.

use crate::artifact::{Clean, Place, Quote};
use crate::fact::{Basis, Claim, Duty, Fact, Fields, Kind, Sealed, Stated, Value, Word, exemption, exemption_form};
use crate::read::Reading;
use crate::source::Added;
use std::sync::Arc;

/// Drops facts that touch no added line, and the allowances that a change which is not trusted gives itself: they become facts.
pub(super) fn keep(reading: &mut Reading, added: &Added) {
    reading.facts.retain(|fact| touches(fact, added));
    if added.trusted {
        return;
    }
    for allowance in std::mem::take(&mut reading.allowances) {
        if added.touches(allowance.line, allowance.line) {
            let excuse = Excuse { form: exemption_form::COMMENT, of: allowance.rule, because: Some(allowance.because), owner: None };
            reading.facts.push(excuse.fact(allowance.path, allowance.line));
        } else if !added.touches(allowance.line, allowance.until) {
            // one that has come to stand before a new line was not written for it
            reading.allowances.push(allowance);
        }
    }
}

/// Something that a change adds so that something passes.
#[derive(Debug, Clone)]
pub struct Excuse {
    /// A word of `exemption_form`.
    pub form: Word,
    /// What it lets pass.
    pub of: Clean,
    /// Why.
    pub because: Option<Clean>,
    /// Who answers for it.
    pub owner: Option<Clean>,
}

impl Excuse {
    /// The fact that it stands there.
    pub fn fact(self, path: Clean, line: u32) -> Sealed {
        let because = self.because.filter(|b| !b.as_str().is_empty());
        let words = [self.form.as_str(), ": ", self.of.as_str(), " ", because.as_ref().map_or("", Clean::as_str)];
        let place = Place { path, line, end_line: line, ..Place::nowhere() };
        let at = Arc::new(Quote { place, text: Clean::compose(words) });
        let mut fact = Fact::new(Kind::Exemption, self.of.clone(), Clean::compose([self.form.as_str(), " ", self.of.as_str()]), at.clone());
        let mut say = |field, value| fact.fields.claim(field, Claim { value, quote: at.clone(), basis: Basis::Explicit, duty: Duty::Must });
        say(exemption::FORM, Value::Word(self.form));
        say(exemption::OF, Value::Text(self.of));
        because.into_iter().for_each(|because| say(exemption::BECAUSE, Value::Text(because)));
        self.owner.into_iter().for_each(|owner| say(exemption::OWNER, Value::Text(owner)));
        fact.fields.could_say(&[exemption::BECAUSE, exemption::OWNER]);
        fact
    }
}

/// A secret counts where it stands: a new line beside an old one makes it no newer. Anything else is as new as its newest word.
fn touches(fact: &Sealed, added: &Added) -> bool {
    is_in(&fact.at, added) || (fact.kind != Kind::Sighting && says_in(&fact.fields, added))
}

fn is_in(quote: &Arc<Quote>, added: &Added) -> bool {
    added.touches(quote.place.line, quote.place.end_line)
}

fn says_in(fields: &Fields<Clean, Arc<Quote>>, added: &Added) -> bool {
    fields.iter().any(|(_, stated)| match stated {
        Stated::Said(claims) => claims.iter().any(|claim| {
            is_in(&claim.quote, added) || matches!(&claim.value, Value::List(list) if list.items.iter().any(|item| says_in(item, added)))
        }),
        Stated::Referenced(_, at) => is_in(at, added),
        Stated::Unsaid | Stated::Mute => false,
    })
}
