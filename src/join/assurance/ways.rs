//! Front doors and ways back in as rules: what each asks for, whom it takes, and what it gives.

use super::conform::Element;
use super::factor::{Atom, Classes, Evidence};
use super::graph::Change;
use super::population::{Population, Route, claims};
use super::solve::{Node, Program, Rule};
use super::staff::Staff;
use crate::artifact::{Clean, Quote};
use crate::fact::{Basis, Duty, Field, Sealed, Stated, Value, approval, procedure, recovery, sign_in};
use crate::rule::Lexicon;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The factor whose kind is not known, where it can be reset all the same.
const SECOND: &str = "second factor";
/// Factors that one recovery may choose from: beyond that, the weakest are taken in their order.
const MOST_CHOICES: usize = 12;
/// Channels that tell nothing of who is on the other end: an approval that comes over them is anybody's.
const OPEN: [&str; 5] = ["email", "chat", "sms", "phone", "verbal"];
/// Who carries out a procedure, the nearest to the caller first. A colleague or an owner that is named does something else there.
const PERFORMERS: [&str; 5] = ["first_line", "second_line", "admin", "security", "vendor"];
/// A node, and the words that ask for it.
type Asked = (Node, Option<Evidence>);

pub(super) struct Build<'l> {
    pub(super) program: Program,
    pub(super) lexicon: &'l Lexicon,
    pub(super) change: &'l Change,
    /// Rules that are made now are about another one of the people.
    pub(super) other: bool,
    /// Who decides about whom.
    pub(super) actors: BTreeMap<(usize, String), Node>,
    /// Who holds which role.
    pub(super) staff: &'l Staff,
    /// The product of each population.
    pub(super) products: Vec<Option<Clean>>,
    /// What the sign-ins of each population say: every way back in asks for it.
    pub(super) fronts: BTreeMap<usize, Shown>,
}

/// What the sign-ins of a population say together.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    factors: BTreeSet<&'static str>,
    /// Whether one tells a level instead.
    level: bool,
}

impl Build<'_> {
    /// The node of a factor or proof of a population. The same word is the same thing: one SIM card serves sign-in and reset.
    fn factor(&mut self, population: usize, word: &str, evidence: Evidence) -> Asked {
        let lexicon = self.lexicon;
        let atom = || Atom::proof(word, population, lexicon, evidence.clone());
        (self.program.atom(&format!("factor/{population}/{word}"), atom), Some(evidence))
    }

    fn asked(&mut self, name: &str, atom: Atom) -> Asked {
        let evidence = Some(atom.evidence.clone());
        (self.program.atom(name, || atom), evidence)
    }

    pub(super) fn rule(&mut self, head: Node, body: Vec<Asked>, says: String, evidence: Option<Evidence>, route: Option<usize>) {
        self.program.rule(Rule { head, body, says, evidence, route, other: self.other });
    }

    /// Rules for the sign-in; whether it is inferred.
    pub(super) fn front(&mut self, p: usize, population: &Population<'_>, account: Node) -> bool {
        self.fronts.insert(
            p,
            Shown {
                factors: population.sign_ins.iter().flat_map(|s| claims(s, sign_in::FACTORS)).map(|c| c.0).collect(),
                level: population.sign_ins.iter().any(|s| s.fields.get(sign_in::AAL).is_some()),
            },
        );
        let mut shown = false;
        let usable = |fact: &&&Sealed| !claims(fact, sign_in::FACTORS).any(|c| self.change.without.iter().any(|w| w == c.0));
        let kept: Vec<&Sealed> = population.sign_ins.iter().filter(usable).copied().collect();
        // what is left when every sign-in is switched off is no front door at all, and nobody means that
        let kept = if kept.is_empty() { population.sign_ins.clone() } else { kept };
        for fact in kept {
            let mut body: Vec<Asked> =
                claims(fact, sign_in::FACTORS).map(|(w, quote, basis, _)| self.factor(p, w, evidence(quote, basis))).collect();
            if body.is_empty()
                && let Some(Value::Number(aal)) = fact.fields.values(sign_in::AAL).next()
            {
                let classes = level(*aal);
                let atom = Atom { classes, best: classes, holder: Some(p), ..Atom::nothing("sign-in", Evidence::Quote(fact.at.clone())) };
                body.push(self.asked(&format!("factor/{p}/level {aal}"), atom));
            }
            shown |= fact.fields.text(sign_in::VIA).is_some();
            if !body.is_empty() {
                shown = true;
                self.rule(account, body, format!("sign-in: {}", fact.name), Some(Evidence::Quote(fact.at.clone())), None);
            }
        }
        if !shown && let Some(first) = population.routes.first() {
            self.assume(p, population, account, first);
        }
        !shown
    }

    /// A front door that no source shows: whoever can have a second factor reset has one, and everybody has a password.
    fn assume(&mut self, p: usize, population: &Population<'_>, account: Node, first: &Route<'_>) {
        let rebinds = population.routes.iter().find(|r| rebinds(r.fact));
        let at = Evidence::Inferred(rebinds.unwrap_or(first).fact.at.clone());
        let needs = Some("how these people sign in".to_owned());
        let best = Classes::MULTI_FACTOR.with(Classes::NON_EXPORTABLE);
        let password = Atom::proof("password", p, self.lexicon, at.clone());
        let password = if rebinds.is_some() { password } else { Atom { best, needs: needs.clone(), ..password } };
        let mut body = vec![self.asked(&format!("factor/{p}/password"), password)];
        if rebinds.is_some() {
            let second = Atom {
                classes: Classes::HAVE,
                best,
                holder: Some(p),
                element: Element::named("bound_single_factor"),
                needs,
                ..Atom::nothing("a second factor", at.clone())
            };
            body.push(self.asked(&format!("factor/{p}/{SECOND}"), second));
        }
        let says = if rebinds.is_some() {
            "sign-in, inferred: a second factor can be reset"
        } else {
            "sign-in, inferred: a password can be reset"
        };
        self.rule(account, body, says.to_owned(), Some(at), None);
    }

    /// Whether a way back in is switched off.
    pub(super) fn switched_off(&self, route: &Route<'_>) -> bool {
        self.change.without.iter().any(|word| {
            let asks = [recovery::ASKS, procedure::VERIFIES].into_iter().flat_map(|f| claims(route.fact, f)).any(|c| c.0 == word);
            asks || route.fact.name.as_str().eq_ignore_ascii_case(word)
        })
    }

    /// Rules for one way back in; how many people it names.
    pub(super) fn route(&mut self, p: usize, account: Node, route: Route<'_>, id: usize) -> u32 {
        let fact = route.fact;
        let (mut bodies, people) = if fact.kind == crate::fact::Kind::Recovery {
            self.recovery(p, fact)
        } else {
            (vec![self.proofs(p, fact)], self.deciders(p, fact))
        };
        let at = Evidence::Quote(fact.at.clone());
        for word in &self.change.with {
            let node = self.factor(p, word, at.clone());
            bodies.iter_mut().for_each(|b| b.push(node.clone()));
        }
        let heads = self.heads(p, account, fact);
        for body in bodies {
            let body: Vec<Asked> = body.into_iter().chain(people.iter().cloned()).collect();
            for (head, gives) in &heads {
                self.rule(*head, body.clone(), format!("{}: gives {gives}", fact.name), Some(at.clone()), Some(id));
            }
        }
        u32::try_from(people.len()).unwrap_or(u32::MAX)
    }

    /// What a way back in gives.
    fn heads(&mut self, p: usize, account: Node, fact: &Sealed) -> Vec<(Node, String)> {
        let mut words: BTreeSet<&str> = BTreeSet::new();
        let (front, level) = self.fronts.get(&p).map_or((BTreeSet::new(), false), |f| (f.factors.clone(), f.level));
        let about = about(fact);
        if about == "account_recovery" || front.is_empty() && level {
            return vec![(account, "the account".to_owned())];
        }
        if about == "password_reset" && (front.is_empty() || front.contains(&"password")) {
            words.insert("password");
        }
        if rebinds(fact) {
            words.extend(front.iter().copied().filter(|w| *w != "password"));
            if front.is_empty() {
                words.insert(SECOND);
            }
        }
        words
            .into_iter()
            .map(|w| {
                (
                    self.program.node(&format!("factor/{p}/{w}")),
                    if w == SECOND { "a new second factor".to_owned() } else { format!("a new {}", self.says(w)) },
                )
            })
            .collect()
    }

    fn says(&self, word: &str) -> String {
        self.lexicon.factors.iter().find(|f| f.proof == word).map_or_else(|| word.replace('_', " "), |f| f.says.clone())
    }

    /// What a product's recovery asks for: alternatives, where it asks for some of several; and the people it takes.
    fn recovery(&mut self, p: usize, fact: &Sealed) -> (Vec<Vec<Asked>>, Vec<Asked>) {
        let mut asked: Vec<(&str, Evidence)> = claims(fact, recovery::ASKS).map(|(w, q, b, _)| (w, evidence(q, b))).collect();
        if asked.is_empty() {
            let by = |channel| match channel {
                "email" => Some("email_code"),
                "sms" => Some("sms_code"),
                "phone" => Some("phone_call"),
                _ => None,
            };
            asked.extend(claims(fact, recovery::CHANNELS).filter_map(|(w, q, b, _)| Some((by(w)?, evidence(q, b)))));
        }
        let needs =
            fact.fields.number(recovery::NEEDS).filter(|n| *n > 0).map_or(asked.len(), |n| usize::try_from(n).unwrap_or(usize::MAX));
        let nodes: Vec<Asked> = asked.into_iter().take(MOST_CHOICES).map(|(w, e)| self.factor(p, w, e)).collect();
        let bodies = if nodes.is_empty() {
            vec![vec![self.unknown(p, fact, "what it asks for is not shown", format!("what {} asks for", fact.name))]]
        } else {
            choices(&nodes, needs)
        };
        let mut people = self.actors(p, fact, recovery::BY_WHOM);
        let count = fact.fields.number(recovery::PEOPLE).unwrap_or(0).clamp(0, 16);
        for n in people.len()..usize::try_from(count).unwrap_or(0) {
            let at = Evidence::Quote(fact.at.clone());
            people.push(self.asked(&format!("actor/{p}/{}/{n}", fact.anchor), Atom::person(&format!("approver {}", n + 1), at)));
        }
        (bodies, people)
    }

    /// What a procedure asks of the one who calls.
    fn proofs(&mut self, p: usize, fact: &Sealed) -> Vec<Asked> {
        let mut body = Vec::new();
        for (word, quote, basis, duty) in claims(fact, procedure::VERIFIES) {
            let node = if duty == Duty::Must || duty == Duty::Should {
                self.factor(p, word, evidence(quote, basis))
            } else {
                let says = format!("{}, where somebody cares to ask for it", self.says(word));
                let at = Evidence::Quote(quote.clone());
                self.asked(&format!("optional/{p}/{word}"), Atom::nothing(&says, at))
            };
            body.push(node);
        }
        if body.is_empty() {
            // steps that let somebody in, told from the first to the last, and none of them asks who it is
            let checked = fact.fields.values(procedure::CHECKED).next().is_some();
            body.push(if fact.fields.flag(procedure::PERFORMED) == Some(true) && !checked {
                let at = Evidence::Inferred(fact.at.clone());
                self.asked(&format!("unchecked/{p}/{}", fact.anchor), Atom::nothing("nothing: no step asks who it is", at))
            } else {
                self.unknown(p, fact, "a check that is not described", format!("how \"{}\" verifies who asks", fact.name))
            });
        }
        once(body)
    }

    fn unknown(&mut self, p: usize, fact: &Sealed, says: &str, needs: String) -> Asked {
        let at = Evidence::Quote(fact.at.clone());
        self.asked(&format!("unknown/{p}/{}", fact.anchor), Atom::unknown(says, &needs, at))
    }

    /// The people of a procedure: who carries it out, and who says yes over a channel that tells who it was.
    fn deciders(&mut self, p: usize, fact: &Sealed) -> Vec<Asked> {
        // several that are named do one another's work: whoever is nearest to the caller is enough
        let named: Vec<(&str, &Arc<Quote>)> = claims(fact, procedure::BY_WHOM).map(|c| (c.0, c.1)).collect();
        let nearest = PERFORMERS.iter().find_map(|who| named.iter().find(|(name, _)| name == who));
        let mut people: Vec<Asked> = nearest.map(|(who, quote)| self.actor(p, who, Arc::clone(quote))).into_iter().collect();
        for item in fact.fields.items(procedure::APPROVALS) {
            let said = |field| match item.get(field) {
                Some(Stated::Said(claims)) => claims.as_slice(),
                _ => &[],
            };
            let words = |field| {
                said(field).iter().filter(|c| c.duty == Duty::Must).filter_map(|c| match &c.value {
                    Value::Word(w) => Some((w.as_str(), c.quote.clone())),
                    _ => None,
                })
            };
            if words(approval::CHANNEL).any(|(channel, _)| OPEN.contains(&channel)) {
                continue;
            }
            let approvers: Vec<Asked> = words(approval::BY_WHOM).map(|(who, quote)| self.actor(p, who, quote)).collect();
            // of several that may approve, somebody who does not carry it out
            let done = |a: &&Asked| people.iter().any(|p| p.0 == a.0);
            let chosen = approvers.iter().find(|a| !done(a)).or(approvers.first()).cloned();
            people.extend(chosen);
        }
        once(people)
    }

    fn actors(&mut self, p: usize, fact: &Sealed, field: Field) -> Vec<Asked> {
        let named: Vec<(&str, Arc<Quote>)> = claims(fact, field).filter(|c| c.0 != "self").map(|c| (c.0, c.1.clone())).collect();
        once(named.into_iter().map(|(who, quote)| self.actor(p, who, quote)).collect())
    }

    fn actor(&mut self, p: usize, who: &str, quote: Arc<Quote>) -> Asked {
        // another one of the people has the same product
        let product = self.products.get(p % self.products.len().max(1)).and_then(Option::as_ref);
        let mut atom = Atom::person(person(who), Evidence::Quote(quote));
        if let Some((names, one)) = self.staff.who(who, product) {
            atom.says = format!("{} ({names})", person(who));
            atom.person = one.or(atom.person);
        }
        let asked = self.asked(&format!("actor/{p}/{who}"), atom);
        self.actors.insert((p, who.to_owned()), asked.0);
        asked
    }

    /// Another one of these people than the one whose account is at stake: the same sign-in and the same ways back, all of them open.
    pub(super) fn another(&mut self, p: usize, population: &Population<'_>, routes: impl Iterator<Item = (usize, usize)>) {
        let account = self.program.node(&format!("account/{p}"));
        self.front(p, population, account);
        for (id, route) in routes.filter_map(|(id, r)| Some((id, population.routes.get(r)?))) {
            self.route(p, account, *route, id);
        }
    }
}

/// What a report calls somebody who acts.
pub(super) fn person(who: &str) -> &str {
    match who {
        "first_line" => "help-desk agent",
        "second_line" => "second-line engineer",
        "admin" => "administrator",
        "security" => "security officer",
        "anyone" => "anybody",
        "peer" => "colleague",
        other => other,
    }
}

/// What a way back in is about.
pub(super) fn about(fact: &Sealed) -> &'static str {
    fact.fields.word(if fact.kind == crate::fact::Kind::Recovery { recovery::ABOUT } else { procedure::ABOUT }).unwrap_or("")
}

/// Whether it sets up a second factor anew.
fn rebinds(fact: &Sealed) -> bool {
    about(fact) == "mfa_reset" || fact.kind == crate::fact::Kind::Recovery && fact.fields.flag(recovery::REBINDS) == Some(true)
}

fn evidence(quote: &Arc<Quote>, basis: Basis) -> Evidence {
    match basis {
        Basis::Explicit => Evidence::Quote(quote.clone()),
        Basis::Default => Evidence::Default(quote.clone()),
        Basis::Inferred => Evidence::Inferred(quote.clone()),
    }
}

/// Classes that amount to a level.
fn level(aal: i64) -> Classes {
    match aal {
        3 => Classes::MULTI_FACTOR.with(Classes::NON_EXPORTABLE),
        2 => Classes::MULTI_FACTOR,
        1 => Classes::KNOW,
        _ => Classes::default(),
    }
}

/// Each node once, in order.
fn once(asked: Vec<Asked>) -> Vec<Asked> {
    let mut seen = BTreeSet::new();
    asked.into_iter().filter(|a| seen.insert(a.0)).collect()
}

/// Every choice of so many.
fn choices(of: &[Asked], take: usize) -> Vec<Vec<Asked>> {
    if take == 0 {
        return vec![Vec::new()];
    }
    match of {
        [] => Vec::new(),
        _ if take >= of.len() => vec![of.to_vec()],
        [first, rest @ ..] => {
            let mut with = choices(rest, take - 1);
            with.iter_mut().for_each(|c| c.insert(0, first.clone()));
            with.extend(choices(rest, take));
            with
        }
    }
}
