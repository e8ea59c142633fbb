//! Literals that every match of an expression must contain: the prefilter of the secrets reader.
//!
//! Taken from the expression's HIR by regex-syntax's own extractor, tried from every place of a concatenation, because secrets
//! often start with a boundary or a quote. Letters are folded first, so `(?i)` costs nothing; the search ignores ASCII case.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, Hir, HirKind};

/// A literal shorter than this finds too much.
const SHORTEST: usize = 3;

/// Lower-case literals of at least three bytes of which one stands in every match, ASCII case ignored; nothing if there are none.
pub fn required(expression: &str) -> Option<Vec<Vec<u8>>> {
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

fn best(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let mut candidates = vec![prefixes(hir)];
    match hir.kind() {
        HirKind::Concat(parts) => {
            for (i, part) in parts.iter().enumerate() {
                candidates.push(prefixes(&Hir::concat(parts.iter().skip(i).cloned().collect())));
                candidates.push(best(part));
            }
        }
        HirKind::Alternation(parts) => {
            // every branch must bring its own
            let all: Option<Vec<_>> = parts.iter().map(best).collect();
            candidates.push(all.map(|sets| sets.into_iter().flatten().collect()));
        }
        HirKind::Repetition(r) if r.min > 0 => candidates.push(best(&r.sub)),
        _ => {}
    }
    candidates
        .into_iter()
        .flatten()
        .filter(|set: &Vec<Vec<u8>>| !set.is_empty() && set.iter().all(|l| l.len() >= SHORTEST))
        .collect::<Vec<_>>()
        .into_iter()
        // of equals the foremost: a match is looked for around its literal, and most of it follows
        .rev()
        // rare literals first: the shortest decides how much is found; then the fewest
        .max_by_key(|set| (set.iter().map(Vec::len).min().unwrap_or(0).min(8), usize::MAX - set.len()))
        .map(|mut set| {
            // a literal that holds another one finds nothing more
            set.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
            let mut least: Vec<Vec<u8>> = Vec::new();
            for literal in set {
                if !least.iter().any(|l| literal.windows(l.len()).any(|w| w == l.as_slice())) {
                    least.push(literal);
                }
            }
            least.sort();
            least
        })
}

fn prefixes(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let seq = Extractor::new().extract(hir);
    let literals = seq.literals()?;
    Some(literals.iter().map(|l| l.as_bytes().to_ascii_lowercase()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(expression: &str) -> Option<Vec<String>> {
        required(expression).map(|set| set.into_iter().map(|l| String::from_utf8_lossy(&l).into_owned()).collect())
    }

    #[test]
    fn literals_of_expressions() {
        assert_eq!(of(r"\b((?:AKIA|ASIA)[A-Z2-7]{16})\b"), Some(vec!["akia".into(), "asia".into()]));
        assert_eq!(of(r"(?i)aws_secret_access_key\s*=\s*([A-Za-z0-9/+]{40})"), Some(vec!["aws_secret_access_key".into()]));
        assert_eq!(of(r"[A-Za-z0-9]{20}\.atlasv1\.[a-z]{60}"), Some(vec![".atlasv1.".into()]));
        assert_eq!(of(r"[A-Za-z0-9/+]{40}"), None);
        assert_eq!(of(r"(?:foo[0-9]+|[a-z]+)"), None);
    }
}
