//! Is some way back in weaker than the front door? Sign-ins, recoveries and procedures as one program, solved for each population.
//!
//! The model is that of user account access graphs (Hammann et al., CCS 2019), for populations instead of persons, with the factor
//! classes of SP 800-63B-4 instead of scores. See `docs/paths.md`.

mod answer;
mod change;
mod conform;
mod factor;
mod gap;
mod graph;
mod links;
mod population;
mod rescue;
mod solve;
mod staff;
mod ways;

pub use change::fixes;
pub(super) use gap::derive;
pub use graph::Change;
pub(super) use population::class;

use crate::fact::Facts;
use crate::paths::Map;
use crate::rule::Lexicon;
use graph::Graph;

/// The assurance of every population of the facts, as it is or as it would be after a change.
pub fn map(facts: &Facts, lexicon: &Lexicon, change: &Change) -> Map {
    Graph::new(population::populations(facts, lexicon), &staff::Staff::of(facts, lexicon), lexicon, change).answer()
}
