//! SP 800-63B-4 section 4.2 as a decision table: does one route of recovery conform?

use std::collections::BTreeSet;

/// What a route may demand. The order is that of [`crate::rule::ELEMENTS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Element {
    SavedCode,
    IssuedCode,
    RecoveryContact,
    BoundSingleFactor,
    RepeatProofing,
    OnsiteBiometric,
    AgentOrManager,
    KnowledgeAnswers,
}

impl Element {
    const ALL: [Self; 8] = [
        Self::SavedCode,
        Self::IssuedCode,
        Self::RecoveryContact,
        Self::BoundSingleFactor,
        Self::RepeatProofing,
        Self::OnsiteBiometric,
        Self::AgentOrManager,
        Self::KnowledgeAnswers,
    ];
    /// Three methods that hand out a code (section 4.2.1). Two codes of one method are one.
    const CODES: [Self; 3] = [Self::SavedCode, Self::IssuedCode, Self::RecoveryContact];

    pub(super) fn named(word: &str) -> Option<Self> {
        crate::rule::ELEMENTS.iter().position(|e| *e == word).and_then(|i| Self::ALL.get(i)).copied()
    }
}

/// Whether a route conforms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// A sentence allows it.
    Compliant,
    /// A sentence demands more.
    Noncompliant,
    /// An agent decides, on a documented risk analysis (section 4.2.1).
    Conditional,
    /// The standard is silent.
    Indeterminate,
}

/// The verdict on a route that demands all of `path`, with the sections that give it.
///
/// `max_aal` is the strongest sign-in of the account, 1 to 3; `ial` the level of its identity proofing, if it was proofed; `documented`
/// says that an agent's method rests on a documented risk analysis.
pub(super) fn evaluate(max_aal: u8, ial: Option<u8>, path: &BTreeSet<Element>, documented: bool) -> (Verdict, Vec<&'static str>) {
    const CODE: &str = "63B-4/4.2.2.1";
    const AT_AAL2: &str = "63B-4/4.2.2.2";
    const AT_AAL3: &str = "63B-4/4.2.2.3";
    let codes = Element::CODES.iter().filter(|c| path.contains(c)).count();
    // an account limited to AAL1 counts as not proofed
    let ial = ial.filter(|_| max_aal > 1);
    let below = |section: &'static str| match (path.contains(&Element::AgentOrManager), documented) {
        (true, true) => (Verdict::Conditional, vec![section, "63B-4/4.2.1"]),
        (true, false) => (Verdict::Noncompliant, vec![section, "63B-4/4.2.1"]),
        (false, _) => (Verdict::Noncompliant, vec![section]),
    };
    if ial.is_none() && codes == 0 {
        return below(CODE);
    }
    if max_aal <= 1 {
        return (Verdict::Compliant, vec![CODE]);
    }
    let combined =
        codes >= 2 || codes == 1 && path.contains(&Element::BoundSingleFactor) || ial.is_some() && path.contains(&Element::RepeatProofing);
    match (max_aal, ial) {
        (2, _) if combined => (Verdict::Compliant, vec![AT_AAL2]),
        (2, _) => below(AT_AAL2),
        (_, Some(3)) if path.contains(&Element::OnsiteBiometric) => (Verdict::Compliant, vec![AT_AAL3]),
        (_, Some(3)) => below(AT_AAL3),
        (_, Some(_)) if combined => (Verdict::Compliant, vec![AT_AAL3]),
        (_, Some(_)) => below(AT_AAL3),
        // section 4.2.2.1 is met and 4.2.2.3 says nothing of accounts that were not proofed
        (_, None) => (Verdict::Indeterminate, vec![CODE]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A letter for each set of elements, in the order of bit masks.
    fn row(max_aal: u8, ial: Option<u8>, documented: bool) -> String {
        (0u16..256).map(|mask| letter(evaluate(max_aal, ial, &set(mask), documented).0)).collect()
    }

    fn set(mask: u16) -> BTreeSet<Element> {
        Element::ALL.iter().enumerate().filter(|(i, _)| mask & (1 << i) != 0).map(|(_, e)| *e).collect()
    }

    fn letter(verdict: Verdict) -> char {
        match verdict {
            Verdict::Compliant => '+',
            Verdict::Noncompliant => '-',
            Verdict::Conditional => 'c',
            Verdict::Indeterminate => '?',
        }
    }

    /// Our own copy of the table, and the vectors beside the checkout where they are there.
    #[test]
    #[allow(clippy::print_stderr)] // it says what it could not check
    fn recovery_vectors() {
        for line in include_str!("recovery-table.txt").lines().filter(|l| !l.starts_with('#')) {
            let mut words = line.split(' ');
            let aal: u8 = words.next().and_then(|w| w.parse().ok()).expect("a level");
            let ial = words.next().and_then(|w| w.parse().ok());
            let documented = words.next() == Some("documented");
            assert_eq!(words.next(), Some(row(aal, ial, documented).as_str()), "AAL{aal}, IAL {ial:?}, documented {documented}");
        }
        #[allow(clippy::disallowed_methods)] // a file of the developer, not an artifact
        let Ok(text) = std::fs::read_to_string("../shared/domain/recovery-vectors.json") else {
            eprintln!("recovery_vectors: ../shared is absent, only the table of the project was checked");
            return;
        };
        let vectors: Vec<serde_json::Value> = serde_json::from_str(&text).expect("vectors");
        assert_eq!(vectors.len(), 3456);
        for vector in vectors {
            let path = vector["path"].as_array().expect("a path").iter().filter_map(|e| Element::named(e.as_str()?)).collect();
            let ial = vector["ial"].as_u64().map(|n| n as u8);
            let aal = vector["max_aal"].as_u64().expect("a level") as u8;
            let (verdict, sections) = evaluate(aal, ial, &path, vector["alt_method_documented"] == true);
            let word = match verdict {
                Verdict::Compliant => "compliant",
                Verdict::Noncompliant => "noncompliant",
                Verdict::Conditional => "conditional",
                Verdict::Indeterminate => "indeterminate",
            };
            assert_eq!(vector["verdict"], word, "{vector}");
            assert_eq!(vector["sections"], serde_json::json!(sections), "{vector}");
        }
    }

    #[test]
    fn two_codes_of_one_method_are_one() {
        let path = |e: &[Element]| e.iter().copied().collect();
        let verdict = |e: &[Element]| evaluate(2, None, &path(e), false).0;
        assert_eq!(verdict(&[Element::IssuedCode]), Verdict::Noncompliant);
        assert_eq!(verdict(&[Element::IssuedCode, Element::SavedCode]), Verdict::Compliant);
        assert_eq!(verdict(&[Element::IssuedCode, Element::BoundSingleFactor]), Verdict::Compliant);
        assert_eq!(verdict(&[Element::RepeatProofing]), Verdict::Noncompliant);
        assert_eq!(evaluate(2, Some(2), &path(&[Element::RepeatProofing]), false).0, Verdict::Compliant);
    }
}
