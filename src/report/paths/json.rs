//! For programs: version 1 of the answer.

use super::PathSheet;
use crate::artifact::{Clean, Quote};
use crate::paths::{Fallback, Gap, Level, Map, Population, Proof};
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Wire<'a> {
    version: u32,
    as_of: &'a str,
    roots: &'a [Clean],
    complete: bool,
    capped: bool,
    populations: Vec<WirePopulation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Vec<WirePopulation<'a>>>,
    cycles: Vec<WireCycle<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<WireFixes<'a>>,
}

#[derive(Serialize)]
struct WireFixes<'a> {
    exact: bool,
    changes: &'a [Clean],
}

#[derive(Serialize)]
struct WireCycle<'a> {
    members: &'a [Clean],
    steps: &'a [Clean],
    entries: &'a [Clean],
    evidence: Vec<WireQuote<'a>>,
}

#[derive(Serialize)]
struct WireLevel {
    aal: u8,
    best: u8,
    phishing_resistant: bool,
    restricted: bool,
}

#[derive(Serialize)]
struct WirePopulation<'a> {
    name: &'a Clean,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<&'a Clean>,
    privileged: bool,
    front: WireFront<'a>,
    fallbacks: Vec<WireFallback<'a>>,
    weakest: Option<WireFallback<'a>>,
}

#[derive(Serialize)]
struct WireFront<'a> {
    #[serde(flatten)]
    level: WireLevel,
    factors: &'a [Clean],
    inferred: bool,
    proof: WireProof<'a>,
}

#[derive(Serialize)]
struct WireFallback<'a> {
    title: &'a Clean,
    at: WireQuote<'a>,
    routes: &'a [usize],
    #[serde(flatten)]
    level: WireLevel,
    asks: &'a [Clean],
    people: u32,
    people_named: u32,
    gap: &'static str,
    levels_weaker: Option<u8>,
    verdict: &'static str,
    sections: &'a [&'static str],
    matched: &'static str,
    needs: &'a [Clean],
    proof: WireProof<'a>,
}

#[derive(Serialize)]
struct WireProof<'a> {
    says: &'a Clean,
    basis: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    quote: Option<WireQuote<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Self>,
}

#[derive(Serialize)]
struct WireQuote<'a> {
    path: &'a Clean,
    line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<&'a Clean>,
    text: &'a Clean,
}

pub(super) fn write(sheet: &PathSheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let wire = Wire {
        version: 1,
        as_of: sheet.as_of,
        roots: sheet.roots,
        complete: sheet.unread.iter().all(|u| !u.why.is_loss()),
        capped: sheet.map.capped,
        populations: populations(sheet.map),
        before: sheet.before.map(populations),
        cycles: sheet
            .map
            .cycles
            .iter()
            .map(|c| WireCycle {
                members: &c.members,
                steps: &c.steps,
                entries: &c.entries,
                evidence: c.evidence.iter().map(|q| quote(q)).collect(),
            })
            .collect(),
        fixes: sheet.fixes.map(|(changes, exact)| WireFixes { exact, changes }),
    };
    serde_json::to_writer_pretty(&mut *out, &wire)?;
    writeln!(out)
}

fn populations(map: &Map) -> Vec<WirePopulation<'_>> {
    map.populations.iter().map(population).collect()
}

fn population(p: &Population) -> WirePopulation<'_> {
    WirePopulation {
        name: &p.name,
        tenant: p.tenant.as_ref(),
        privileged: p.privileged,
        front: WireFront {
            level: level(&p.front.level),
            factors: &p.front.factors,
            inferred: p.front.assumed,
            proof: proof(&p.front.proof),
        },
        fallbacks: p.fallbacks.iter().map(fallback).collect(),
        weakest: p.weakest.as_ref().map(fallback),
    }
}

fn fallback(f: &Fallback) -> WireFallback<'_> {
    let (gap, levels_weaker) = match f.gap {
        Gap::Weaker(n) => ("weaker", Some(n)),
        Gap::Softer => ("softer", None),
        Gap::Equal => ("equal", None),
        Gap::Undecided => ("undecided", None),
    };
    WireFallback {
        title: &f.title,
        at: quote(&f.at),
        routes: &f.routes,
        level: level(&f.level),
        asks: &f.asks,
        people: f.people,
        people_named: f.named,
        gap,
        levels_weaker,
        verdict: f.verdict.word(),
        sections: &f.sections,
        matched: f.matched,
        needs: &f.needs,
        proof: proof(&f.proof),
    }
}

fn level(l: &Level) -> WireLevel {
    WireLevel { aal: l.aal, best: l.best, phishing_resistant: l.resistant, restricted: l.restricted }
}

fn proof(p: &Proof) -> WireProof<'_> {
    WireProof { says: &p.says, basis: p.basis, quote: p.quote.as_deref().map(quote), parts: p.parts.iter().map(proof).collect() }
}

fn quote(q: &Quote) -> WireQuote<'_> {
    WireQuote { path: &q.place.path, line: q.place.line, pointer: q.place.pointer.as_ref(), text: &q.text }
}
