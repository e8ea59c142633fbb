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

#[cfg(test)]
mod tests {
    use super::matches;

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
