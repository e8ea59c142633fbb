//! Of a changed file, only what the change added.
//!
//! It stands here, after reading: a reader needs the whole text to understand a line, and every secret of it to redact one.

use crate::artifact::Quote;
use crate::fact::{Fields, Kind, Sealed, Stated, Value};
use crate::read::Reading;
use crate::source::Added;
use std::sync::Arc;

/// Drops facts that touch no added line, and the allowances that a change which is not trusted gives itself.
pub(super) fn keep(reading: &mut Reading, added: &Added) {
    reading.facts.retain(|fact| touches(fact, added));
    reading.allowances.retain(|a| added.trusted || !added.touches(a.line, a.line));
}

/// A secret counts where it stands: a new line beside an old one makes it no newer. Anything else is as new as its newest word.
fn touches(fact: &Sealed, added: &Added) -> bool {
    is_in(&fact.at, added) || (fact.kind != Kind::Sighting && says_in(&fact.fields, added))
}

fn is_in(quote: &Arc<Quote>, added: &Added) -> bool {
    added.touches(quote.place.line, quote.place.end_line)
}

fn says_in(fields: &Fields<crate::artifact::Clean, Arc<Quote>>, added: &Added) -> bool {
    fields.iter().any(|(_, stated)| match stated {
        Stated::Said(claims) => claims.iter().any(|claim| {
            is_in(&claim.quote, added) || matches!(&claim.value, Value::List(list) if list.items.iter().any(|item| says_in(item, added)))
        }),
        Stated::Referenced(_, at) => is_in(at, added),
        Stated::Unsaid | Stated::Mute => false,
    })
}
