//! What a public id tells of its holder.

/// The account that an AWS key id belongs to: the id holds it, in base 32 after the first four characters.
pub(super) fn account_of(id: &str) -> Option<String> {
    let body = id.strip_prefix("AKIA").or_else(|| id.strip_prefix("ASIA"))?;
    let mut bits: u64 = 0;
    // ten characters are 50 bits; the account is bits 1 to 40 of the first 48
    for c in body.bytes().take(10) {
        let digit = match c {
            b'A'..=b'Z' => c - b'A',
            b'2'..=b'7' => c - b'2' + 26,
            _ => return None,
        };
        bits = (bits << 5) | u64::from(digit);
    }
    (body.len() == 16).then(|| format!("{:012}", ((bits >> 2) & 0x7fff_ffff_ff80) >> 7))
}

#[cfg(test)]
mod tests {
    use super::account_of;

    #[test]
    fn a_key_id_tells_its_account() {
        assert_eq!(account_of("AKIAWCY2ITVIWWXVGDR6").as_deref(), Some("418277530961"));
        assert_eq!(account_of("AKIASHORT"), None);
    }
}
