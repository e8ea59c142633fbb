//! The judge of clauses.

use super::proof::{Proof, Truth};
use super::wording;
use crate::artifact::{Clean, Quote};
use crate::fact::{Claim, Duty, Fact, Facts, Field, Fields, Kind, RecordSpec, Sealed, Stated, Time, Ty, Value, tenant};
use crate::rule::{Bound, Clause, Literal, Test};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

type SealedFields = Fields<Clean, Arc<Quote>>;
type SealedClaim = Claim<Clean, Arc<Quote>>;

/// Duties that count when a clause names none: everything but prohibitions.
const ANY_BUT_PROHIBITED: [Duty; 4] = [Duty::Must, Duty::Should, Duty::May, Duty::Unless];

/// Facts by kind and by relation.
pub(super) struct Engine<'a> {
    by_kind: BTreeMap<Kind, Vec<&'a Sealed>>,
    /// (owner's kind, kind) and the owner's name.
    related: BTreeMap<(Kind, Kind), BTreeMap<&'a str, Vec<&'a Sealed>>>,
    pub(super) as_of: Time,
}

/// A record under judgement, the fact it is, and the record around it.
struct Scope<'s> {
    spec: &'static RecordSpec,
    fields: &'s SealedFields,
    fact: Option<&'s Sealed>,
    outer: Option<&'s Self>,
}

impl<'s> Scope<'s> {
    fn lookup(&self, field: Field) -> Option<&'s Stated<Clean, Arc<Quote>>> {
        self.fields.get(field).or_else(|| self.outer.and_then(|o| o.fields.get(field)))
    }
}

impl<'a> Engine<'a> {
    pub(super) fn new(facts: &'a Facts, as_of: Time) -> Self {
        let mut by_kind: BTreeMap<Kind, Vec<&Sealed>> = BTreeMap::new();
        for fact in &facts.facts {
            by_kind.entry(fact.kind).or_default().push(fact);
        }
        let mut related: BTreeMap<(Kind, Kind), BTreeMap<&str, Vec<&Sealed>>> = BTreeMap::new();
        for owner in Kind::ALL {
            for other in owner.spec().fields.iter().filter_map(|f| if let Ty::Related(kind) = f.ty { Some(kind) } else { None }) {
                let Some(key) = owner.relation(other) else { continue };
                let index = related.entry((*owner, other)).or_default();
                for fact in by_kind.get(&other).into_iter().flatten() {
                    for name in fact.fields.texts(key) {
                        index.entry(name.as_str()).or_default().push(fact);
                    }
                }
            }
        }
        Self { by_kind, related, as_of }
    }

    pub(super) fn facts_of(&self, kind: Kind) -> impl Iterator<Item = &'a Sealed> {
        self.by_kind.get(&kind).into_iter().flatten().copied()
    }

    pub(super) fn judge(&self, clause: &Clause, fact: &Sealed) -> Truth {
        let scope = Scope { spec: fact.kind.spec(), fields: &fact.fields, fact: Some(fact), outer: None };
        self.clause(clause, &scope, &ANY_BUT_PROHIBITED)
    }

    fn clause(&self, clause: &Clause, scope: &Scope<'_>, duties: &[Duty]) -> Truth {
        match clause {
            Clause::All(parts) => Truth::all(parts.iter().map(|p| self.clause(p, scope, duties))),
            Clause::Any(parts) => Truth::any(parts.iter().map(|p| self.clause(p, scope, duties))),
            Clause::Not(part) => self.clause(part, scope, duties).swapped(),
            Clause::Duty(duties, part) => self.clause(part, scope, duties),
            Clause::Field(field, test) => {
                let Some(spec) = scope.spec.field(field.name()) else { return Truth::unknown(*field) };
                match spec.ty {
                    Ty::Related(kind) => {
                        let (items, complete) = self.related(scope, *field, kind);
                        let scopes: Vec<Scope<'_>> = items
                            .iter()
                            .map(|f| Scope { spec: kind.spec(), fields: &f.fields, fact: Some(f), outer: Some(scope) })
                            .collect();
                        self.list(*field, spec.label, test, &scopes, complete, duties)
                    }
                    _ => self.test(*field, spec.label, spec.ty, test, scope, duties),
                }
            }
        }
    }

    /// The facts of another kind that belong to this one, and whether an export shows all of them.
    fn related(&self, scope: &Scope<'_>, field: Field, kind: Kind) -> (Vec<&'a Sealed>, bool) {
        let Some(fact) = scope.fact else { return (Vec::new(), false) };
        let found =
            self.related.get(&(fact.kind, kind)).and_then(|index| index.get(fact.name.as_str())).map(Vec::as_slice).unwrap_or_default();
        let tenant_of = |f: &Fact<Clean, Arc<Quote>>| {
            f.fields.iter().find(|(name, _)| name.name() == "tenant").and_then(|(n, _)| f.fields.text(n).cloned())
        };
        let own = if fact.kind == Kind::Tenant { None } else { tenant_of(fact) };
        let items = found.iter().copied().filter(|f| own.is_none() || tenant_of(f).is_none_or(|t| Some(t) == own)).collect();
        let shown = fact.fields.values(tenant::SHOWS).any(|v| matches!(v, Value::Word(w) if w.as_str() == field.name()));
        // what a join derives is all there is of it
        (items, kind == Kind::Exposure || fact.kind == Kind::Tenant && shown)
    }

    fn test(&self, field: Field, label: &'static str, ty: Ty, test: &Test, scope: &Scope<'_>, duties: &[Duty]) -> Truth {
        match test {
            Test::All(tests) => return Truth::all(tests.iter().map(|t| self.test(field, label, ty, t, scope, duties))),
            Test::Not(inner) => return self.test(field, label, ty, inner, scope, duties).swapped(),
            _ => {}
        }
        // an item of a list is read whole: what it does not say is unsaid; of a fact a source may be unable to speak
        let silence = if scope.fact.is_none() { &Stated::Unsaid } else { &Stated::Mute };
        let stated = scope.fields.get(field).unwrap_or(silence);
        if matches!(test, Test::Lacks) {
            return lacks(field, label, stated);
        }
        if let Ty::List(record) = ty {
            return match stated {
                Stated::Said(claims) => {
                    let lists = claims.iter().filter_map(|c| if let Value::List(l) = &c.value { Some(l) } else { None });
                    let complete = lists.clone().all(|l| l.complete);
                    let scopes: Vec<Scope<'_>> =
                        lists.flat_map(|l| &l.items).map(|fields| Scope { spec: record, fields, fact: None, outer: Some(scope) }).collect();
                    match self.list(field, label, test, &scopes, complete, duties) {
                        // what is counted is evidence
                        Truth::Proved(mut proof) if matches!(test, Test::Count(_)) => {
                            claims.iter().for_each(|c| proof.quote(&c.quote));
                            Truth::Proved(proof)
                        }
                        other => other,
                    }
                }
                Stated::Unsaid if matches!(test, Test::Some(_)) => Truth::Refuted(Proof::default()),
                _ => Truth::unknown(field),
            };
        }
        match stated {
            Stated::Mute | Stated::Referenced(..) => Truth::unknown(field),
            Stated::Unsaid => match test {
                Test::Count(_) => Truth::unknown(field),
                // only `lacks` calls a silence missing: what is not said to be so need not be so
                _ => Truth::Refuted(Proof::default()),
            },
            Stated::Said(claims) => {
                let claims: Vec<&SealedClaim> = claims.iter().filter(|c| duties.contains(&c.duty)).collect();
                if let Test::Count(inner) = test {
                    let mut distinct: Vec<Clean> = claims.iter().map(|c| wording::value(&c.value, self.as_of)).collect();
                    distinct.sort();
                    distinct.dedup();
                    return counted(field, inner, distinct.len(), true, evidence(field, &claims, self.as_of));
                }
                let (for_it, against): (Vec<&SealedClaim>, Vec<&SealedClaim>) =
                    claims.into_iter().partition(|c| self.holds(test, &c.value, scope));
                if for_it.is_empty() {
                    Truth::Refuted(evidence(field, &against, self.as_of))
                } else {
                    Truth::Proved(evidence(field, &for_it, self.as_of))
                }
            }
        }
    }

    /// Whether one value satisfies a test.
    fn holds(&self, test: &Test, value: &Value<Clean, Arc<Quote>>, scope: &Scope<'_>) -> bool {
        let amount = |v: &Value<Clean, Arc<Quote>>| match v {
            Value::Number(n) | Value::Duration(n) => Some(*n),
            Value::Never => Some(i64::MAX),
            _ => None,
        };
        let bound = |bound: &Bound| match bound {
            Bound::Value(n) => Some(*n),
            Bound::Field(field) => match scope.lookup(*field) {
                Some(Stated::Said(claims)) => claims.iter().find_map(|c| amount(&c.value)),
                _ => None,
            },
        };
        match test {
            Test::Is(literal) => equals(value, literal),
            Test::OneOf(literals) => literals.iter().any(|l| equals(value, l)),
            Test::AtLeast(b) => amount(value).zip(bound(b)).is_some_and(|(v, b)| v >= b),
            Test::AtMost(b) => amount(value).zip(bound(b)).is_some_and(|(v, b)| v <= b),
            Test::OlderThan(seconds) => matches!(value, Value::Time(t) if t.0 < self.as_of.0.saturating_sub(*seconds)),
            Test::Within(seconds) => {
                matches!(value, Value::Time(t) if t.0 >= self.as_of.0.saturating_sub(*seconds) && t.0 <= self.as_of.0.saturating_add(86_400))
            }
            Test::Matches(pattern) => matches!(value, Value::Text(text) if matches(pattern, text.as_str())),
            Test::SameAs(other) => match scope.lookup(*other) {
                Some(Stated::Said(claims)) => claims.iter().any(|c| &c.value == value),
                _ => false,
            },
            _ => false,
        }
    }

    fn list(&self, field: Field, label: &'static str, test: &Test, items: &[Scope<'_>], complete: bool, duties: &[Duty]) -> Truth {
        match test {
            Test::All(tests) => Truth::all(tests.iter().map(|t| self.list(field, label, t, items, complete, duties))),
            Test::Not(inner) => self.list(field, label, inner, items, complete, duties).swapped(),
            Test::Some(clause) => {
                let answer = Truth::any(items.iter().map(|i| self.clause(clause, i, duties)));
                match answer {
                    Truth::Refuted(_) if !complete => Truth::unknown(field),
                    other => other,
                }
            }
            Test::None(clause) => match Truth::any(items.iter().map(|i| self.clause(clause, i, duties))) {
                Truth::Refuted(_) if !complete => Truth::unknown(field),
                other => other.swapped(),
            },
            Test::Every(clause) => match Truth::all(items.iter().map(|i| self.clause(clause, i, duties))) {
                Truth::Proved(_) if !complete => Truth::unknown(field),
                other => other,
            },
            Test::Count(inner) => counted(field, inner, items.len(), complete, Proof::default()),
            Test::Lacks if items.is_empty() && complete => Truth::Proved(Proof::missing(label)),
            Test::Lacks if items.is_empty() => Truth::unknown(field),
            Test::Lacks => Truth::Refuted(Proof::default()),
            _ => Truth::unknown(field),
        }
    }
}

/// Judges a clause over one fact among others. For tests of the vocabulary.
pub fn judge_clause(clause: &Clause, fact: &Sealed, facts: &Facts, as_of: Time) -> Truth {
    Engine::new(facts, as_of).judge(clause, fact)
}

fn lacks(field: Field, label: &'static str, stated: &Stated<Clean, Arc<Quote>>) -> Truth {
    match stated {
        Stated::Mute => Truth::unknown(field),
        Stated::Unsaid => Truth::Proved(Proof::missing(label)),
        Stated::Referenced(_, quote) => {
            let mut proof = Proof { referenced: true, ..Proof::missing(label) };
            proof.quote(quote);
            Truth::Proved(proof)
        }
        Stated::Said(claims) => {
            let empty = |c: &SealedClaim| {
                c.duty == Duty::MustNot
                    || match &c.value {
                        Value::Flag(flag) => !flag,
                        Value::Number(n) => *n == 0,
                        Value::List(list) => list.items.is_empty() && list.complete,
                        _ => false,
                    }
            };
            let mut proof = if claims.iter().all(empty) { Proof::missing(label) } else { Proof::default() };
            for claim in claims {
                proof.quote(&claim.quote);
                proof.rest_on(claim.basis);
            }
            if proof.missing.is_empty() { Truth::Refuted(proof) } else { Truth::Proved(proof) }
        }
    }
}

fn evidence(field: Field, claims: &[&SealedClaim], as_of: Time) -> Proof {
    let mut proof = Proof::default();
    for claim in claims {
        proof.quote(&claim.quote);
        proof.value(field, wording::value(&claim.value, as_of));
        proof.rest_on(claim.basis);
    }
    proof
}

fn counted(field: Field, test: &Test, count: usize, complete: bool, proof: Proof) -> Truth {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    // an incomplete list may hold more: it can only prove that there are enough, or refute that there are few enough
    let (holds, may_change) = match test {
        Test::AtLeast(Bound::Value(n)) => (count >= *n, count < *n),
        Test::AtMost(Bound::Value(n)) => (count <= *n, count <= *n),
        Test::Is(Literal::Number(n)) => (count == *n, count <= *n),
        Test::All(tests) => return Truth::all(tests.iter().map(|t| counted(field, t, count as usize, complete, proof.clone()))),
        _ => return Truth::unknown(field),
    };
    match (holds, may_change && !complete) {
        (_, true) => Truth::unknown(field),
        (true, false) => Truth::Proved(proof),
        (false, false) => Truth::Refuted(proof),
    }
}

fn equals(value: &Value<Clean, Arc<Quote>>, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::Flag(a), Literal::Flag(b)) => a == b,
        (Value::Number(a), Literal::Number(b)) => a == b,
        (Value::Text(a), Literal::Text(b)) => a.as_str() == b,
        (Value::Word(a), Literal::Text(b)) => a.as_str() == b,
        (Value::Never, Literal::Never) => true,
        _ => false,
    }
}

/// Whether a text matches a rule's expression. Compiled once per thread; the loader has proved that it compiles.
fn matches(pattern: &str, text: &str) -> bool {
    thread_local! {
        static COMPILED: RefCell<HashMap<String, Option<regex::Regex>>> = RefCell::new(HashMap::new());
    }
    COMPILED.with_borrow_mut(|compiled| {
        let regex = compiled.entry(pattern.to_owned()).or_insert_with(|| regex::Regex::new(pattern).ok());
        regex.as_ref().is_some_and(|r| r.is_match(text))
    })
}
