//! Adds derived facts: what no single artifact says. Each analysis is one file with one function. Nothing is edited but what a text
//! says to stand in another one, and what two exports of one thing contradict each other in.

mod access;
mod accounts;
mod age;
pub mod assurance;
mod declared;
mod directory;
mod door;
mod emergency;
mod exposure;
mod glass;
mod groups;
mod kept;
mod people;
mod pipeline;
mod powers;
mod promise;
mod promised;
mod reference;
mod sharing;
mod teams;
mod versions;

use crate::fact::Facts;
use crate::rule::Pack;

/// Adds what the joins derive, and puts everything in order again.
pub fn join(facts: &mut Facts, rules: &Pack) {
    relate(facts, rules);
    let gaps = assurance::derive(facts, &rules.lexicon);
    facts.facts.extend(gaps);
    facts.sort();
}

/// Adds everything but the comparison of ways back in with sign-ins, for whoever makes that himself.
pub fn relate(facts: &mut Facts, rules: &Pack) {
    versions::settle(facts);
    reference::resolve(facts);
    groups::name(facts);
    teams::answer(facts);
    let powers = [powers::derive(facts, &rules.lexicon), accounts::derive(facts, &rules.lexicon)].concat();
    let directory = directory::derive(facts, &powers, &rules.lexicon);
    let exposed = exposure::derive(facts, &powers);
    let derived = [sharing::derive(facts), exposed, directory, powers, access::derive(facts), access::doors(facts)];
    let unresolved = accounts::unresolved(facts, &rules.lexicon);
    facts.unread.extend(unresolved);
    let dangling = access::dangling(facts);
    facts.unread.extend(dangling);
    facts.facts.extend(derived.into_iter().flatten());
    let said = promised::all(facts);
    let scene = promised::Scene::new(facts, &said, rules);
    let doors = door::told(facts, &said, &scene);
    let met = [
        doors,
        promise::derive(facts, &said, &scene),
        emergency::derive(facts, &said, rules),
        kept::derive(facts, &said, &scene),
        glass::derive(facts, &said),
        people::derive(facts, &rules.lexicon),
        declared::derive(facts),
        pipeline::derive(facts, rules),
    ]
    .concat();
    facts.facts.extend(people::once(met));
    facts.sort();
}
