//! Patterns of actions: `*` is any text, `?` any character, case does not count.

/// Whether an action is named by a pattern. One star is reconsidered at a time, so the time is bounded by the product of the lengths.
pub(super) fn matches(pattern: &str, action: &str) -> bool {
    let (p, a) = (pattern.as_bytes(), action.as_bytes());
    let (mut i, mut j) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(byte) = a.get(j) {
        match p.get(i) {
            Some(b'*') => {
                star = Some((i, j));
                i += 1;
            }
            Some(want) if *want == b'?' || want.eq_ignore_ascii_case(byte) => {
                i += 1;
                j += 1;
            }
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                (i, j) = (at + 1, from + 1);
            }
        }
    }
    p.get(i..).is_some_and(|rest| rest.iter().all(|b| *b == b'*'))
}

/// Patterns whose lengths multiply to more are taken to overlap: nobody writes such names.
const MOST: usize = 1 << 18;

/// Whether some text is named by both patterns.
pub(super) fn overlap(p: &str, q: &str) -> bool {
    let wild = |s: &str| s.bytes().any(|b| matches!(b, b'*' | b'?'));
    if !wild(p) {
        return matches(q, p);
    }
    if !wild(q) {
        return matches(p, q);
    }
    let (p, q) = (p.as_bytes(), q.as_bytes());
    if p.len().saturating_mul(q.len()) > MOST {
        return true;
    }
    // one row of answers for every rest of the first pattern, from its end: can it and a rest of the second name one text?
    let mut below: Vec<bool> = vec![false; q.len() + 1];
    for (i, a) in p.iter().map(Some).chain([None]).enumerate().collect::<Vec<_>>().into_iter().rev() {
        let last = i == p.len();
        let mut row = vec![false; q.len() + 1];
        for (j, b) in q.iter().map(Some).chain([None]).enumerate().collect::<Vec<_>>().into_iter().rev() {
            let at = |r: &[bool], k: usize| r.get(k).copied().unwrap_or(false);
            let found = match (a, b) {
                (None, None) => true,
                (Some(b'*'), _) => at(&below, j) || (b.is_some() && at(&row, j + 1)),
                (_, Some(b'*')) => at(&row, j + 1) || (!last && at(&below, j)),
                (Some(x), Some(y)) => (*x == b'?' || *y == b'?' || x.eq_ignore_ascii_case(y)) && at(&below, j + 1),
                _ => false,
            };
            if let Some(slot) = row.get_mut(j) {
                *slot = found;
            }
        }
        below = row;
    }
    below.first().copied().unwrap_or(false)
}

/// The same for addresses (`arn:…`), part by part where both have all their parts: a star stays within its part.
pub(super) fn address_overlap(p: &str, q: &str) -> bool {
    let parts = |s: &'_ str| s.splitn(6, ':').map(str::to_owned).collect::<Vec<_>>();
    let (a, b) = (parts(p), parts(q));
    if a.len() == 6 && b.len() == 6 { a.iter().zip(&b).all(|(a, b)| overlap(a, b)) } else { overlap(p, q) }
}

#[cfg(test)]
mod tests {
    use super::{address_overlap, matches, overlap};

    #[test]
    fn patterns_that_name_one_text() {
        for (p, q, want) in [
            ("*", "arn:aws:iam::1:user/a", true),
            ("arn:aws:iam::*:user/*", "arn:*:iam::????????????:user/*", true),
            ("arn:aws:iam::*:policy/fn-*", "arn:*:iam::????????????:policy/*", true),
            ("arn:aws:iam::123456789012:user/desk/*", "arn:*:iam::????????????:user/*", true),
            ("a*c", "ab*", true),
            ("a*c", "b*", false),
            ("*a", "*b", false),
            ("a?", "a*", true),
            ("", "*", true),
            ("", "?", false),
        ] {
            assert_eq!(overlap(p, q), want, "{p} {q}");
            assert_eq!(overlap(q, p), want, "{q} {p}");
        }
        assert!(!address_overlap("arn:aws:iam::aws:policy/hull-*", "arn:*:iam::????????????:policy/*"));
        assert!(!address_overlap("arn:aws:iam::204417330912:role/*", "arn:*:iam::????????????:user/*"));
        assert!(address_overlap("arn:aws:iam:*", "arn:*:iam::????????????:policy/*"));
        assert!(overlap(&"*a".repeat(5000), &"*b".repeat(5000)));
    }

    #[test]
    fn stars_and_case() {
        for (pattern, action, want) in [
            ("*", "anything", true),
            ("*", "", true),
            ("Microsoft.KeyVault/*", "microsoft.keyvault/vaults/write", true),
            ("*/read", "Microsoft.KeyVault/vaults/write", false),
            ("Microsoft.Authorization/*/Write", "Microsoft.Authorization/roleAssignments/write", true),
            ("iam:Get?ser", "iam:GetUser", true),
            ("a*b*c", "aXXbYYbZc", true),
            ("a*b*c", "aXXbYYbZ", false),
            ("", "x", false),
            ("", "", true),
        ] {
            assert_eq!(matches(pattern, action), want, "{pattern} {action}");
        }
        assert!(!matches(&"*a".repeat(500), &"a".repeat(400)));
    }
}
