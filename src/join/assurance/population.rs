//! Who signs in, and which ways back in are theirs: exports name populations, prose says whom a procedure is for.

use crate::artifact::{Clean, Quote};
use crate::fact::{
    Basis, Duty, Facts, Field, Kind, Sealed, Stated, Value, control, people, principal, procedure, promise, recovery, sign_in, step, tenant,
};
use crate::rule::Lexicon;
use aho_corasick::AhoCorasick;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

/// What sort of people: the words of the model, so that prose and exports can meet.
pub(super) type Class = &'static str;

/// People who sign in and get back in in the same way.
#[derive(Debug)]
pub(super) struct Population<'a> {
    pub(super) name: Clean,
    pub(super) tenant: Option<Clean>,
    pub(super) product: Option<Clean>,
    pub(super) class: Class,
    /// The tenant that holds their mailboxes, if the configuration says so.
    pub(super) mailbox: Option<Clean>,
    /// Where mail to these people goes, by domain.
    pub(super) mail: Rc<Mail>,
    /// Alternatives: any one of them lets in.
    pub(super) sign_ins: Vec<&'a Sealed>,
    pub(super) routes: Vec<Route<'a>>,
}

/// The domains of the mailboxes of a tenant's people.
#[derive(Debug, Default)]
pub(super) struct Mail {
    pub(super) own: BTreeSet<Clean>,
    /// Of those that recovery mails go to, where they are others.
    pub(super) recovery: BTreeSet<Clean>,
}

/// A way back in, as one population has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Route<'a> {
    /// A recovery of a product, or a procedure of a runbook.
    pub(super) fact: &'a Sealed,
    /// How it was found to be about them.
    pub(super) matched: &'static str,
}

/// The acts that give access back.
const ACTS: [&str; 3] = ["password_reset", "mfa_reset", "account_recovery"];

/// Every population of the facts, in order.
pub(super) fn populations<'a>(facts: &'a Facts, lexicon: &Lexicon) -> Vec<Population<'a>> {
    let mut all = All { populations: BTreeMap::new(), people: facts.of(Kind::People).collect(), covers: covers(facts), lexicon };
    for fact in facts.of(Kind::SignIn) {
        let tenant = fact.fields.text(sign_in::TENANT).cloned();
        for name in fact.fields.texts(sign_in::POPULATION) {
            let product = fact.fields.text(sign_in::PRODUCT).cloned();
            all.entry(tenant.clone(), name, product).sign_ins.push(fact);
        }
    }
    for fact in facts.of(Kind::Recovery).filter(|f| f.fields.word(recovery::ABOUT).is_some_and(|a| ACTS.contains(&a))) {
        let tenant = fact.fields.text(recovery::TENANT).cloned();
        let product = fact.fields.text(recovery::PRODUCT).cloned();
        for name in fact.fields.texts(recovery::POPULATION) {
            let population = all.entry(tenant.clone(), name, product.clone());
            population.product = population.product.take().or(product.clone());
            population.routes.push(Route { fact, matched: "named by the same export" });
        }
    }
    let names = Names::of(
        all.people.iter().flat_map(|p| called(p)).chain(all.populations.keys().filter_map(|k| k.0.as_ref()).map(Clean::as_str)),
        lexicon,
    );
    for fact in facts.of(Kind::Procedure).filter(|f| tells(f)) {
        all.meet(fact, &names);
    }
    let mut found: Vec<Population<'_>> = all.populations.into_values().filter(|p| !p.routes.is_empty() || !p.sign_ins.is_empty()).collect();
    address(&mut found, facts);
    found
}

fn covers(facts: &Facts) -> BTreeSet<&Clean> {
    let said = |c: &&Sealed| c.fields.word(control::PROMISES) == Some(promise::COVERS_ADMINS.as_str());
    facts.of(Kind::Control).filter(said).map(|c| &c.at.place.path).collect()
}

/// Tells every population where mail to its people goes: by the addresses of its tenant's people, or of its product's where the export of
/// the people names no tenant.
fn address(populations: &mut [Population<'_>], facts: &Facts) {
    let mut mail: BTreeMap<Clean, Mail> = BTreeMap::new();
    for fact in facts.of(Kind::Principal) {
        let (own, recovery) = (fact.fields.text(principal::MAIL), fact.fields.text(principal::RECOVERY_MAIL));
        let home = fact.fields.text(principal::TENANT).or_else(|| fact.fields.text(principal::PRODUCT));
        if let Some(home) = home.filter(|_| own.is_some() || recovery.is_some()) {
            let mail = mail.entry(home.clone()).or_default();
            mail.own.extend(own.filter(|_| mail.own.len() < MOST_DOMAINS).cloned());
            mail.recovery.extend(recovery.filter(|_| mail.recovery.len() < MOST_DOMAINS).cloned());
        }
    }
    for fact in facts.of(Kind::Tenant) {
        for domain in fact.fields.texts(tenant::DOMAINS) {
            mail.entry(fact.name.clone()).or_default().own.insert(domain.clone());
        }
    }
    let mail: BTreeMap<Clean, Rc<Mail>> = mail.into_iter().map(|(home, mail)| (home, Rc::new(mail))).collect();
    for population in populations {
        let home = [&population.tenant, &population.product].into_iter().flatten().find_map(|home| mail.get(home));
        population.mail = home.cloned().unwrap_or_default();
    }
}

/// Domains that one tenant's people are taken to have.
const MOST_DOMAINS: usize = 64;

/// Whether a procedure is one that gives access back and says how: a text that only mentions it does not.
fn tells(fact: &Sealed) -> bool {
    let about = fact.fields.word(procedure::ABOUT).is_some_and(|a| ACTS.contains(&a));
    about && matches!(fact.fields.get(procedure::VERIFIES), Some(Stated::Said(_) | Stated::Unsaid))
}

/// Populations while they are found, and the people whom the configuration names.
struct All<'a, 'l> {
    populations: BTreeMap<(Option<Clean>, Clean), Population<'a>>,
    people: Vec<&'a Sealed>,
    /// Pages that say that what they tell holds for administrators as well.
    covers: BTreeSet<&'a Clean>,
    lexicon: &'l Lexicon,
}

impl<'a> All<'a, '_> {
    fn entry(&mut self, tenant: Option<Clean>, name: &Clean, product: Option<Clean>) -> &mut Population<'a> {
        let declared = self.people.iter().find(|p| called(p).any(|n| n.eq_ignore_ascii_case(name.as_str())));
        let name = declared.map_or(name, |p| &p.name).clone();
        let class = declared.and_then(|p| p.fields.word(people::CLASS)).unwrap_or_else(|| class(name.as_str(), self.lexicon));
        let mailbox = declared.and_then(|p| p.fields.text(people::MAILBOX)).cloned();
        self.populations.entry((tenant.clone(), name.clone())).or_insert_with(|| Population {
            name,
            tenant,
            product,
            class,
            mailbox,
            mail: Rc::default(),
            sign_ins: Vec::new(),
            routes: Vec::new(),
        })
    }

    /// Gives a procedure to the populations it is for: those the configuration names, else those of its class, of the product it names
    /// where it names one. Where no export shows such a population, it makes one.
    fn meet(&mut self, fact: &'a Sealed, names: &Names) {
        let said = names.said(&told(fact));
        let mentions = |name: &str| name.len() > 3 && said.contains(name.to_lowercase().as_str());
        let declared: Vec<&Clean> = self.people.iter().filter(|p| called(p).any(mentions)).map(|p| &p.name).collect();
        if !declared.is_empty() {
            for name in declared {
                let mut keys: Vec<_> = self.populations.keys().filter(|k| k.1 == *name).cloned().collect();
                if keys.is_empty() {
                    self.entry(None, name, None);
                    keys.push((None, name.clone()));
                }
                self.give(&keys, fact, "sidedoor.yaml names these people");
            }
            return;
        }
        let mut words: BTreeSet<&'static str> = fact.fields.values(procedure::FOR_WHOM).filter_map(word).collect();
        let unnamed = words.is_empty();
        // "the same steps hold for administrators": they stand beside those whom the text is for
        if self.covers.contains(&fact.at.place.path) {
            words.extend(unnamed.then_some("user"));
            words.insert("privileged");
        }
        let called = |names: &[String]| names.iter().any(|n| said.contains(n.as_str()));
        let products: BTreeSet<&str> = self.lexicon.products.iter().filter(|p| called(&p.names)).map(|p| p.product.as_str()).collect();
        for class in if words.is_empty() { BTreeSet::from(["user"]) } else { words } {
            let of_class = || self.populations.iter().filter(|(_, p)| p.class == class && p.product.is_some());
            let by_tenant = |p: &Population<'_>| p.tenant.as_ref().is_some_and(|t| mentions(t.as_str()));
            let by_product = |p: &Population<'_>| p.product.as_ref().is_some_and(|name| products.contains(name.as_str()));
            let named: Vec<_> = of_class().filter(|(_, p)| by_tenant(p) || by_product(p)).map(|(k, _)| k.clone()).collect();
            let shown: Vec<_> = of_class().filter(|(_, p)| !p.sign_ins.is_empty()).collect();
            let makers: BTreeSet<_> = shown.iter().map(|(_, p)| (&p.product, &p.tenant)).collect();
            let (mut keys, matched) = if !named.is_empty() {
                (named, "the text names the product")
            } else if products.is_empty() && makers.len() == 1 {
                (shown.into_iter().map(|(k, _)| k.clone()).collect(), if unnamed { NOBODY } else { "the text names these people" })
            } else {
                // it speaks of a product that no export shows, or nobody can tell of which of several
                (Vec::new(), if unnamed { NOBODY } else { "the text names these people" })
            };
            if keys.is_empty() {
                let name = Clean::ours(class);
                self.entry(None, &name, None);
                keys.push((None, name));
            }
            self.give(&keys, fact, matched);
        }
    }

    fn give(&mut self, to: &[(Option<Clean>, Clean)], fact: &'a Sealed, matched: &'static str) {
        for key in to {
            if let Some(population) = self.populations.get_mut(key) {
                population.routes.push(Route { fact, matched });
            }
        }
    }
}

/// How a procedure that names no people was matched.
pub(super) const NOBODY: &str = "the text names nobody in particular";

/// What people of the configuration are called.
fn called(people: &Sealed) -> impl Iterator<Item = &str> {
    std::iter::once(people.name.as_str()).chain(people.fields.texts(people::ALSO).map(Clean::as_str))
}

/// The words of a procedure: its name and what its steps quote.
fn told(fact: &Sealed) -> String {
    let mut text = format!("{} {} ", fact.name, fact.anchor);
    for item in fact.fields.items(procedure::STEPS) {
        if let Some(Stated::Said(claims)) = item.get(step::DEED) {
            claims.iter().for_each(|c| {
                text.push_str(c.quote.text.as_str());
                text.push(' ');
            });
        }
    }
    text.to_lowercase()
}

/// Every name that a text may mention, as one automaton: a procedure is read once however many names there are.
struct Names {
    automaton: Option<AhoCorasick>,
    names: Vec<String>,
}

impl Names {
    /// Names of people and tenants, and what the lexicon calls products.
    fn of<'n>(names: impl Iterator<Item = &'n str>, lexicon: &Lexicon) -> Self {
        let products = lexicon.products.iter().flat_map(|p| p.names.iter().cloned());
        let names: BTreeSet<String> = names.map(str::to_lowercase).chain(products).filter(|n| !n.is_empty()).collect();
        let names: Vec<String> = names.into_iter().collect();
        Self { automaton: AhoCorasick::new(&names).ok(), names }
    }

    /// The names that a lower-case text holds as whole words.
    fn said(&self, text: &str) -> BTreeSet<&str> {
        let Some(automaton) = &self.automaton else { return BTreeSet::new() };
        let whole = automaton.find_overlapping_iter(text).filter(|m| is_whole(text, m.start(), m.end()));
        whole.filter_map(|m| self.names.get(m.pattern().as_usize())).map(String::as_str).collect()
    }
}

/// Whether a part of a text begins and ends where words do.
pub(super) fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    edge(text.get(..start).and_then(|t| t.chars().next_back())) && edge(text.get(end..).and_then(|t| t.chars().next()))
}

/// Whether a text holds a phrase as whole words.
fn holds(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, _)| is_whole(text, at, at + phrase.len()))
}

/// The class of a population by its name: a word of the model, or a phrase of the lexicon.
pub(in crate::join) fn class(name: &str, lexicon: &Lexicon) -> &'static str {
    if let Some(known) = crate::fact::POPULATIONS.iter().find(|p| **p == name) {
        return known;
    }
    if says(name, "population", "privileged", lexicon) || says(name, "actor", "admin", lexicon) {
        return "privileged";
    }
    crate::fact::POPULATIONS.iter().copied().find(|p| says(name, "population", p, lexicon)).unwrap_or("user")
}

/// Whether the people of a population do the work of an actor ("Help desk operators").
pub(super) fn acts_as(name: &str, actor: &str, lexicon: &Lexicon) -> bool {
    says(name, "actor", actor, lexicon)
}

/// Whether a name holds a phrase of the lexicon, in either number.
fn says(name: &str, slot: &str, word: &str, lexicon: &Lexicon) -> bool {
    let name = name.to_lowercase().replace(['_', '-', '/', '.'], " ");
    let phrases = lexicon.concepts.iter().filter(|c| c.slot == slot && c.word == word).flat_map(|c| &c.phrases);
    phrases.into_iter().any(|p| holds(&name, p) || holds(&name, &format!("{p}s")))
}

fn word(value: &Value<Clean, Arc<Quote>>) -> Option<&'static str> {
    if let Value::Word(w) = value { Some(w.as_str()) } else { None }
}

/// What a field of a fact claims, with words, basis and duty; what is forbidden is left out.
pub(super) fn claims(fact: &Sealed, field: Field) -> impl Iterator<Item = (&'static str, &Arc<Quote>, Basis, Duty)> {
    let claims = match fact.fields.get(field) {
        Some(Stated::Said(claims)) => claims.as_slice(),
        _ => &[],
    };
    claims.iter().filter(|c| c.duty != Duty::MustNot).filter_map(|c| Some((word(&c.value)?, &c.quote, c.basis, c.duty)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_classes() {
        let lexicon = &crate::rules().lexicon;
        for (name, want) in [
            ("user", "user"),
            ("All employees", "user"),
            ("Global Administrators", "privileged"),
            ("super admins", "privileged"),
            ("break-glass accounts", "privileged"),
            ("Contractors", "third_party"),
            ("service principals", "service"),
            ("Administrative assistants", "user"),
        ] {
            assert_eq!(class(name, lexicon), want, "{name}");
        }
        assert!(acts_as("Help-desk operators", "first_line", lexicon));
        assert!(!acts_as("Accounting", "first_line", lexicon));
    }

    #[test]
    fn a_product_is_mentioned_as_a_word() {
        let names = Names::of(["Okta", "okta verify", "hr"].into_iter(), &Lexicon::default());
        assert_eq!(names.said("reset okta verify").into_iter().collect::<Vec<_>>(), ["okta", "okta verify"]);
        assert!(names.said("reset the smokta factor").is_empty());
    }
}
