//! What holds for any input: places lie in their artifact, quotes are what stands there, secrets do not leave, nothing crashes.

use proptest::prelude::*;
use sidedoor::artifact::{Artifact, Quote};
use sidedoor::fact::{Fields, Sealed, Stated, Value};
use sidedoor::read::{Knowledge, Reading, read};
use std::sync::{Arc, OnceLock};

fn knowing() -> &'static Knowledge {
    static KNOWING: OnceLock<Knowledge> = OnceLock::new();
    KNOWING.get_or_init(|| Knowledge::new(&[sidedoor::rules()], [3; 32]))
}

fn quotes_of(fields: &Fields<sidedoor::artifact::Clean, Arc<Quote>>, out: &mut Vec<Arc<Quote>>) {
    for (_, stated) in fields.iter() {
        if let Stated::Said(claims) = stated {
            for claim in claims {
                out.push(claim.quote.clone());
                if let Value::List(list) = &claim.value {
                    for item in &list.items {
                        quotes_of(item, out);
                    }
                }
            }
        }
    }
}

fn quotes(reading: &Reading) -> Vec<Arc<Quote>> {
    let mut out: Vec<Arc<Quote>> = Vec::new();
    for fact in &reading.facts {
        let fact: &Sealed = fact;
        out.push(fact.at.clone());
        quotes_of(&fact.fields, &mut out);
    }
    out
}

/// Lines such as stand in runbooks, configuration and exports, in any order and mixture.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,60}",
        "\\PC{0,30}",
        Just("# Reset the password of an administrator".to_owned()),
        Just("1. Ask for the date of birth and reset the password.".to_owned()),
        Just("2. Send the new password by e-mail, do not open a ticket.".to_owned()),
        Just("{\"AccessKeyMetadata\": [{\"UserName\": \"ci\", \"AccessKeyId\": \"x\"}]}".to_owned()),
        Just("user,arn,user_creation_time,mfa_active".to_owned()),
        Just("**Do not:**".to_owned()),
        Just("| account | password |".to_owned()),
        Just("-----BEGIN RSA PRIVATE KEY-----".to_owned()),
        Just("```".to_owned()),
        "[a-z_]{1,12}: [\"']?[!-~]{0,30}[\"']?",
        "(password|token|secret|api_key) ?[=:] ?[\"']?[!-~]{0,40}",
    ]
}

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a.md", "b.txt", "c.json", "d.yaml", "e.csv", "f.env", "g.py", "README"])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn places_lie_in_their_artifact(name in name(), lines in prop::collection::vec(line(), 0..25), end in prop::sample::select(vec!["\n", "\r\n"])) {
        let text = lines.join(end);
        let reading = read(&Artifact::given(name, text.clone().into_bytes()), knowing());
        prop_assert!(reading.unread.iter().all(|u| u.why != sidedoor::artifact::Why::Bug), "a reader failed");
        for quote in quotes(&reading) {
            let (start, finish) = (quote.place.span.0 as usize, quote.place.span.1 as usize);
            prop_assert!(start <= finish && finish <= text.len(), "{:?} in {} bytes", quote.place, text.len());
            prop_assert!(text.is_char_boundary(start) && text.is_char_boundary(finish), "{:?}", quote.place);
            let line = text[..start].matches('\n').count() as u32 + 1;
            prop_assert_eq!(line, quote.place.line);
            prop_assert!(quote.text.as_str().len() <= 1200 && quote.text.as_str().lines().count() <= 4);
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_crash(name in name(), bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let reading = read(&Artifact::given(name, bytes), knowing());
        prop_assert!(reading.unread.iter().all(|u| u.why != sidedoor::artifact::Why::Bug), "a reader failed");
    }

    #[test]
    fn a_secret_does_not_leave(before in prop::collection::vec(line(), 0..6), body in "[A-Za-z0-9]{24}", after in prop::collection::vec(line(), 0..6), name in name()) {
        // mixed enough that it is no placeholder
        prop_assume!(body.bytes().filter(u8::is_ascii_digit).count() >= 3 && body.bytes().collect::<std::collections::BTreeSet<_>>().len() >= 14);
        let secret = format!("sk_live_{body}");
        let text = format!("{}\nSTRIPE_KEY = {secret}\nsend {secret} by e-mail\n{}\n", before.join("\n"), after.join("\n"));
        let reading = read(&Artifact::given(name, text.into_bytes()), knowing());
        let written = format!("{:?} {:?} {:?}", reading.facts, reading.artifacts, reading.allowances);
        prop_assert!(!written.contains(&secret), "the secret stands in a fact");
    }
}
