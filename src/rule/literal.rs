//! Literals that every match of an expression must contain: the prefilter of the secrets reader.
//!
//! Taken from the expression's HIR by regex-syntax's own extractor, tried from every place of a concatenation, because secrets
//! often start with a boundary or a quote. Letters are folded first, so `(?i)` costs nothing; the search ignores ASCII case.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, Hir, HirKind};

/// A literal shorter than this finds too much.
const SHORTEST: usize = 3;

/// Literals of which one stands in every match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Required {
    /// Lower case, of at least three bytes; ASCII case is ignored.
    pub literals: Vec<Vec<u8>>,
    /// The most bytes of a match before one of them, if there is a most.
    pub before: Option<usize>,
}

/// The literals that every match of an expression must contain; nothing if there are none.
pub fn required(expression: &str) -> Option<Required> {
    let hir = ParserBuilder::new().utf8(false).build().parse(expression).ok()?;
    best(&folded(&hir))
}

/// The same expression in lower case: a class of one letter in both cases is that letter.
fn folded(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Literal(l) => Hir::literal(l.0.to_ascii_lowercase()),
        HirKind::Class(Class::Unicode(class)) => {
            let chars: Vec<char> = class.iter().flat_map(|r| r.start()..=r.end()).take(5).collect();
            let lower = chars.first().map(|c| c.to_ascii_lowercase());
            match lower {
                // K and S fold to the Kelvin sign and the long s as well
                Some(c) if chars.len() <= 3 && chars.iter().all(|x| x.to_lowercase().eq(c.to_lowercase()) || (c == 's' && *x == 'ſ')) => {
                    Hir::literal(c.to_string().into_bytes())
                }
                _ => hir.clone(),
            }
        }
        HirKind::Class(Class::Bytes(class)) => {
            let bytes: Vec<u8> = class.iter().flat_map(|r| r.start()..=r.end()).take(3).collect();
            match bytes.first().map(u8::to_ascii_lowercase) {
                Some(b) if bytes.len() <= 2 && bytes.iter().all(|x| x.to_ascii_lowercase() == b) => Hir::literal(vec![b]),
                _ => hir.clone(),
            }
        }
        HirKind::Capture(c) => folded(&c.sub),
        HirKind::Repetition(r) => {
            let mut r = r.clone();
            r.sub = Box::new(folded(&r.sub));
            Hir::repetition(r)
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(folded).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(folded).collect()),
        HirKind::Empty | HirKind::Look(_) => hir.clone(),
    }
}

fn best(hir: &Hir) -> Option<Required> {
    let mut candidates = vec![prefixes(hir)];
    match hir.kind() {
        HirKind::Concat(parts) => {
            let mut before = Some(0);
            for (i, part) in parts.iter().enumerate() {
                let behind = |r: Required| Required { before: r.before.zip(before).map(|(a, b)| a + b), ..r };
                candidates.push(prefixes(&Hir::concat(parts.iter().skip(i).cloned().collect())).map(behind));
                candidates.push(best(part).map(behind));
                before = before.zip(part.properties().maximum_len()).map(|(a, b)| a + b);
            }
        }
        HirKind::Alternation(parts) => {
            // every branch must bring its own
            let all: Option<Vec<Required>> = parts.iter().map(best).collect();
            candidates.push(all.map(|sets| Required {
                before: sets.iter().map(|r| r.before).try_fold(0, |most, b| b.map(|b| most.max(b))),
                literals: sets.into_iter().flat_map(|r| r.literals).collect(),
            }));
        }
        HirKind::Repetition(r) if r.min > 0 => candidates.push(best(&r.sub)),
        _ => {}
    }
    candidates
        .into_iter()
        .flatten()
        .filter(|r| !r.literals.is_empty() && r.literals.iter().all(|l| l.len() >= SHORTEST))
        .collect::<Vec<_>>()
        .into_iter()
        // of equals the foremost: a match is looked for around its literal, and most of it follows
        .rev()
        // rare literals first: the shortest decides how much is found; then the fewest
        .max_by_key(|r| (r.literals.iter().map(Vec::len).min().unwrap_or(0).min(8), usize::MAX - r.literals.len()))
        .map(|mut r| {
            // a literal that holds another one finds nothing more
            let (mut inside, mut least) = (0, Vec::<Vec<u8>>::new());
            r.literals.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
            for literal in r.literals {
                match least.iter().find_map(|l| literal.windows(l.len()).position(|w| w == l.as_slice())) {
                    Some(at) => inside = inside.max(at),
                    None => least.push(literal),
                }
            }
            least.sort();
            Required { literals: least, before: r.before.map(|b| b + inside) }
        })
}

fn prefixes(hir: &Hir) -> Option<Required> {
    let seq = Extractor::new().extract(hir);
    let literals = seq.literals()?;
    Some(Required { literals: literals.iter().map(|l| l.as_bytes().to_ascii_lowercase()).collect(), before: Some(0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(expression: &str) -> Option<Vec<String>> {
        required(expression).map(|r| r.literals.into_iter().map(|l| String::from_utf8_lossy(&l).into_owned()).collect())
    }

    #[test]
    fn literals_of_expressions() {
        assert_eq!(of(r"\b((?:AKIA|ASIA)[A-Z2-7]{16})\b"), Some(vec!["akia".into(), "asia".into()]));
        assert_eq!(of(r"(?i)aws_secret_access_key\s*=\s*([A-Za-z0-9/+]{40})"), Some(vec!["aws_secret_access_key".into()]));
        assert_eq!(of(r"[A-Za-z0-9]{20}\.atlasv1\.[a-z]{60}"), Some(vec![".atlasv1.".into()]));
        assert_eq!(of(r"[A-Za-z0-9/+]{40}"), None);
        assert_eq!(of(r"(?:foo[0-9]+|[a-z]+)"), None);
    }

    #[test]
    fn how_far_a_literal_is_from_the_start() {
        let before = |expression: &str| required(expression).and_then(|r| r.before);
        assert_eq!(before(r"\b((?:AKIA|ASIA)[A-Z2-7]{16})\b"), Some(0));
        assert_eq!(before(r"[A-Za-z0-9]{20}\.atlasv1\.[a-z]{60}"), Some(20));
        assert_eq!(before(r"[a-z]+\.atlasv1\.[a-z]{60}"), None);
        // the literal of one branch stands in that of the other
        assert_eq!(before(r"(?:token|my_token)=[a-z]{8}"), Some(3));
    }
}
