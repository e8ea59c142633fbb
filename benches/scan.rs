//! `cargo bench`: what dominates a scan, in bytes per second.

use divan::Bencher;
use divan::counter::BytesCount;
use sidedoor::artifact::{Artifact, Provenance};
use sidedoor::fact::{Time, day};
use sidedoor::read::{Knowledge, read};
use sidedoor::scan::{Run, collect, judge};
use sidedoor::source::Given;
use sidedoor::triage::Triage;

fn main() {
    divan::main();
}

fn knowing() -> Knowledge {
    Knowledge::new(&[sidedoor::rules()], [7; 32])
}

/// Source code as there is much of: no secret, many words that secrets' names share.
fn code() -> String {
    "pub fn token_of(request: &Request) -> Option<Token> {\n    let password_hash = self.store.lookup(request.user())?;\n    compute(request, 42)\n}\n\n"
        .repeat(8_000)
}

fn prose() -> String {
    let section = "## Reset a password\n\nWhen a user calls, open a ticket and check who is calling. Do not send the\nnew password by e-mail.\n\n1. Call back on the registered number.\n2. Reset the password in the console.\n3. Record the time in the ticket.\n\n";
    section.repeat(2_000)
}

#[divan::bench(args = ["code.rs", "runbook.md", "data.json"])]
fn read_one(bencher: Bencher<'_, '_>, name: &str) {
    let text = match name {
        "code.rs" => code(),
        "runbook.md" => prose(),
        _ => format!("[{}]", vec!["{\"id\": 12, \"name\": \"an ordinary record\", \"tags\": [\"a\", \"b\"]}"; 12_000].join(",")),
    };
    let knowing = knowing();
    let artifact = Artifact::given(name, text.clone().into_bytes());
    bencher.counter(BytesCount::new(text.len())).bench_local(|| read(&artifact, &knowing));
}

#[divan::bench]
fn embedded_rules_decode() -> sidedoor::rule::Pack {
    sidedoor::rules().clone()
}

#[divan::bench]
fn knowledge_made_ready() -> Knowledge {
    knowing()
}

#[divan::bench]
fn the_demo(bencher: Bencher<'_, '_>) {
    let (rules, knowing) = (sidedoor::rules(), knowing());
    bencher.bench_local(|| {
        let (facts, _) = collect(&Given(sidedoor::estate(), Provenance::Given), &knowing, &|| {});
        let run = Run {
            as_of: day("2026-11-20").unwrap_or(Time(0)),
            roots: Vec::new(),
            rules: String::new(),
            salt: String::new(),
            ignored: 0,
            links: 0,
        };
        judge(run, facts, rules, &Triage::default(), &[])
    });
}
