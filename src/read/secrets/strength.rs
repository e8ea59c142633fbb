//! How random a value looks: entropy, kinds of characters, and how much of it is made of words.

/// Shannon entropy in bits per byte.
pub(super) fn entropy(value: &str) -> f64 {
    let mut counts = [0u32; 256];
    for b in value.bytes() {
        if let Some(count) = counts.get_mut(b as usize) {
            *count += 1;
        }
    }
    let total = value.len() as f64;
    counts.iter().filter(|c| **c > 0).map(|c| f64::from(*c) / total).map(|p| -p * p.log2()).sum()
}

/// Estimated bits of the whole value: what its own characters say, no dictionary.
pub(super) fn bits(value: &str) -> f64 {
    entropy(value) * value.len() as f64
}

/// Which kinds of characters a value holds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mix {
    pub(super) lower: usize,
    pub(super) upper: usize,
    pub(super) digit: usize,
    /// Symbols that words and identifiers do not hold.
    pub(super) symbol: usize,
    /// `-`, `_`, `.` and spaces: they join words.
    pub(super) joint: usize,
    /// An upper-case letter after a lower-case one, or the reverse after the first letter of a word.
    pub(super) turns: usize,
}

impl Mix {
    pub(super) fn of(value: &str) -> Self {
        let mut mix = Self::default();
        let mut before = ' ';
        for c in value.chars() {
            match c {
                c if c.is_lowercase() => mix.lower += 1,
                c if c.is_uppercase() => mix.upper += 1,
                c if c.is_ascii_digit() => mix.digit += 1,
                '-' | '_' | '.' | ' ' => mix.joint += 1,
                c if c.is_alphabetic() => mix.lower += 1,
                _ => mix.symbol += 1,
            }
            mix.turns += usize::from(before.is_lowercase() && c.is_uppercase());
            before = c;
        }
        mix
    }

    pub(super) fn letters(self) -> usize {
        self.lower + self.upper
    }

    /// Whether something about it is not a plain word: digits, symbols, or capitals inside.
    pub(super) fn unlike_a_word(self) -> bool {
        self.digit > 0 || self.symbol > 0 || self.turns > 0
    }
}

/// The share of characters that stand in something word-like: three letters or more in one case or capitalised, with vowels as words have them.
pub(super) fn wordiness(value: &str) -> f64 {
    let total = value.chars().count().max(1);
    let wordy: usize = pieces(value).filter(|p| is_wordy(p)).map(str::len).sum();
    wordy as f64 / total as f64
}

/// The runs of letters of a value, cut where the case turns up (`dbPassword` is two, `HTTPServer` is one).
pub(super) fn pieces(value: &str) -> impl Iterator<Item = &str> {
    value.split(|c: char| !c.is_ascii_alphabetic()).flat_map(|run| {
        let mut rest = run;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let bytes = rest.as_bytes();
            let cut = bytes.windows(2).position(|w| matches!(w, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()));
            let (piece, after) = rest.split_at_checked(cut.map_or(rest.len(), |c| c + 1))?;
            rest = after;
            Some(piece)
        })
    })
}

fn is_wordy(piece: &str) -> bool {
    if piece.len() < 3 {
        return false;
    }
    let plain_case = piece.bytes().skip(1).all(|b| b.is_ascii_lowercase()) || piece.bytes().all(|b| b.is_ascii_uppercase());
    if !plain_case {
        return false;
    }
    let (mut vowels, mut longest, mut run) = (0usize, 0usize, 0usize);
    for b in piece.bytes().map(|b| b.to_ascii_lowercase()) {
        if matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y') {
            vowels += 1;
            run = 0;
        } else {
            run += 1;
            longest = longest.max(run);
        }
    }
    vowels > 0 && vowels * 6 >= piece.len() && longest <= 4 && !piece.bytes().any(|b| matches!(b, b'q' | b'Q') && piece.len() < 4)
}

/// Whether nothing about a value looks chosen by a person: long and with hardly a word in it.
pub(super) fn looks_random(value: &str) -> bool {
    value.len() >= 12 && entropy(value) >= 3.0 && wordiness(value) < 0.4 && Mix::of(value).unlike_a_word()
}

/// A value that many people choose without knowing of each other: two places that hold it need not share it.
pub(super) fn is_common(value: &str) -> bool {
    const CORES: [&str; 30] = [
        "admin",
        "administrator",
        "password",
        "passwort",
        "passwd",
        "pass",
        "secret",
        "welcome",
        "letmein",
        "qwerty",
        "changeme",
        "test",
        "root",
        "user",
        "guest",
        "demo",
        "hello",
        "default",
        "temp",
        "master",
        "login",
        "abc",
        "iloveyou",
        "dragon",
        "monkey",
        "testing",
        "postgres",
        "mysql",
        "example",
        "qwertz",
    ];
    let core: String = value
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            '0' => 'o',
            '@' | '4' => 'a',
            '$' | '5' => 's',
            '3' => 'e',
            '1' | '!' => 'i',
            c => c,
        })
        .collect();
    // digits at the end are the year or a counter, not letters
    let plain: String = value.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
    let leet: String = core.chars().filter(char::is_ascii_alphabetic).collect();
    CORES.contains(&plain.as_str()) || CORES.contains(&leet.as_str()) || (plain.is_empty() && value.len() <= 10)
}

/// A UUID; a cut one names a thing all the same.
pub(super) fn is_uuid(value: &str) -> bool {
    (30..=36).contains(&value.len())
        && value.bytes().enumerate().all(|(i, b)| if matches!(i, 8 | 13 | 18 | 23) { b == b'-' } else { b.is_ascii_hexdigit() })
}

/// A digest in hex, of MD5 to SHA-512; some programs leave out a leading zero.
pub(super) fn is_digest(value: &str) -> bool {
    (31..=128).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The hash of a secret is no usable secret, and an encrypted one neither.
pub(super) fn is_hash_or_cipher(value: &str) -> bool {
    const STARTS: [&str; 37] = [
        "$1$",
        "$2a$",
        "$2b$",
        "$2x$",
        "$2y$",
        "$5$",
        "$6$",
        "$7$",
        "$y$",
        "$apr1$",
        "$argon2",
        "$scrypt$",
        "$pbkdf2",
        "{SHA",
        "{SSHA",
        "{MD5}",
        "{CRYPT}",
        "{bcrypt}",
        "{PBKDF2",
        "pbkdf2",
        "bcrypt",
        "argon2",
        "scrypt:",
        "sha1-",
        "sha256-",
        "sha384-",
        "sha512-",
        "sha256:",
        "ENC[",
        "ENC(",
        "$ANSIBLE_VAULT",
        // routers of Huawei
        "%^%#",
        "%@%@",
        "%$%$",
        "$1a$",
        "$1c$",
        "$1d$",
    ];
    STARTS.iter().any(|s| value.get(..s.len()).is_some_and(|start| start.eq_ignore_ascii_case(s)))
        || value.starts_with("AQICAH")
        || value.starts_with("SCRAM-SHA-256$")
        || (value.starts_with("md5") && value.len() == 35 && value.bytes().skip(3).all(|b| b.is_ascii_hexdigit()))
        // MySQL
        || (value.starts_with('*') && value.len() == 41 && value.bytes().skip(1).all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_of_known_strings() {
        assert!((entropy("aaaa") - 0.0).abs() < 1e-9);
        assert!((entropy("abcd") - 2.0).abs() < 1e-9);
        assert!(entropy("") == 0.0);
    }

    #[test]
    fn words_and_noise() {
        assert!(wordiness("user-password-secret") > 0.8);
        assert!(wordiness("dbPasswordValue") > 0.8);
        assert!(wordiness("GJXtbglN99U3pur4v7p7nV") < 0.3);
        assert!(looks_random("GJXtbglN99U3pur4v7p7nV"));
        assert!(!looks_random("Summer2026!"));
        assert!(is_common("admin123") && is_common("P@ssw0rd") && is_common("Welcome2024!"));
        assert!(!is_common("Summer2026!") && !is_common("GJXtbglN99U3pur4v7p7nV"));
        assert!(is_uuid("2ad8251e-1cbf-4210-b0f1-e208b3a7c87d"));
        assert!(is_hash_or_cipher("$2y$10$abcdefghijklmnopqrstuv"));
    }
}
