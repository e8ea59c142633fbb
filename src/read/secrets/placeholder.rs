//! Values that stand for a secret and are none: placeholders by their shape, references to where the secret is kept, and the
//! examples that vendors publish in their documentation.

use super::strength::{Mix, entropy};

/// Secrets that vendors print in public documentation: everybody has them, so they open nothing.
const PUBLISHED: [&str; 13] = [
    // AWS documentation
    "AKIAIOSFODNN7EXAMPLE",
    "AKIAI44QH8DHBEXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
    // the storage emulators Azurite and devstoreaccount1, and the Cosmos DB emulator
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
    "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==",
    // RFC 6238, Google Authenticator and many libraries
    "JBSWY3DPEHPK3PXP",
    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    "NBSWY3DP",
    // Stripe documentation
    "sk_test_4eC39HqLyjWDarjtT1zdp7dc",
    "sk_test_BQokikJOvBiI2HlWgH4olfQ2",
    // Google Compute Engine's documentation: "Hello from Google Cloud Platform"
    "SGVsbG8gZnJvbSBHb29nbGUgQ2xvdWQgUGxhdGZvcm0=",
    // xkcd 936
    "correct horse battery staple",
];

/// The payload that the debugger of jwt.io shows.
const JWT_IO: [&str; 2] = ["\"1234567890\"", "John Doe"];

/// Whether a secret is published, so that finding it means nothing.
pub(super) fn is_published(value: &str) -> bool {
    // the token in every request of YouTrack's manual
    let manual = value.ends_with(".jJe0eYhhkV271j1lCpfknNYOEakNk7");
    manual || PUBLISHED.contains(&value) || value.ends_with("EXAMPLEKEY") || value.ends_with("EXAMPLE")
}

/// Whether the payload of a JWT is the one that documentation shows.
pub(super) fn is_published_payload(json: &str) -> bool {
    JWT_IO.iter().all(|part| json.contains(part))
}

/// Whether a value that a vendor's pattern found is filled in by hand: the pattern's own characters are no evidence.
pub(super) fn in_token(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    const WORDS: [&str; 13] = [
        "example",
        "changeme",
        "placeholder",
        "redacted",
        "your_",
        "your-",
        "yourtoken",
        "xxxx",
        "dummy",
        "replace",
        "123456789",
        "0123456789",
        "abcdefghij",
    ];
    is_published(value)
        || WORDS.iter().any(|w| lower.contains(w))
        || longest_run(value) >= 7
        || value.contains("...")
        || value.contains("…")
}

/// The longest run of one character.
fn longest_run(value: &str) -> usize {
    let (mut longest, mut run, mut before) = (0, 0, None);
    for b in value.bytes() {
        run = if before == Some(b) { run + 1 } else { 1 };
        before = Some(b);
        longest = longest.max(run);
    }
    longest
}

/// Whether a value says that something else is to be put here, or where it is kept.
pub(super) fn is_placeholder(value: &str) -> bool {
    let v = value.trim().trim_matches('`');
    v.chars().count() < 3 || is_published(v) || has_shape(v) || is_reference(v) || is_filler(v) || has_word(v) || is_name_of_secret(v)
}

/// `user_password`, `VyOS-SSH-password`, `VALUE_FROM_THE_VAULT`: words, joined, that say what is to stand here.
fn is_name_of_secret(v: &str) -> bool {
    const TRADE: [&str; 11] =
        ["password", "passwd", "pass", "passphrase", "pwd", "secret", "token", "key", "credential", "credentials", "auth"];
    let parts = || v.split(['_', '-', '.']);
    let joints = parts().count() - 1;
    joints > 0
        && parts().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_alphabetic()))
        && (parts().any(|p| TRADE.iter().any(|t| p.eq_ignore_ascii_case(t)))
            || (joints > 1 && v.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')))
}

/// Whether a value in a file that a program logs on with is no value yet.
pub(super) fn is_to_be_filled(value: &str) -> bool {
    const WORDS: [&str; 7] = ["changeme", "change_me", "change-me", "placeholder", "redacted", "your_", "your-"];
    let lower = value.to_ascii_lowercase();
    value.chars().count() < 3
        || has_shape(value)
        || is_reference(value)
        || value.starts_with("***")
        || WORDS.iter().any(|w| lower.contains(w))
}

/// `<…>`, `${…}`, `{{ … }}`, `%…%`, `$VAR`, `[…]`, `__NAME__`, `@NAME@`, `$ARG1$`, `text:$VAR`.
fn has_shape(v: &str) -> bool {
    let whole = |open: char, close: char| v.starts_with(open) && v.ends_with(close);
    let name = |s: &str| {
        !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b':' | b'>' | b'[' | b']' | b'\''))
    };
    (v.starts_with('<') && v.contains('>'))
        || ["${", "$(", "{{", "}}", "<%", "%>", "#{", "%{", "%(", "$[["].iter().any(|m| v.contains(m))
        || whole('[', ']')
        || whole('{', '}')
        // {config.Key: the closing brace ended the value
        || v.strip_prefix('{').is_some_and(|rest| rest.len() > 2 && rest.bytes().all(|b| b.is_ascii_alphabetic() || b == b'.' || b == b'_'))
        || (whole('%', '%') && name(v.trim_matches('%')))
        || (whole('@', '@') && name(v.trim_matches('@')))
        || (whole('$', '$') && v.len() > 3 && v.trim_matches('$').bytes().all(is_variable))
        || holds_variable(v)
        || (v.len() > 4 && v.starts_with("__") && v.ends_with("__"))
        // $$NAME: a compose file hands it on
        || v.strip_prefix("$$").is_some_and(|rest| rest.len() > 2 && rest.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
        || v.strip_prefix('$')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name(rest) && !looks_like_crypt(v))
        || v.strip_prefix('$').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
        // $NAME, and what follows it
        || v.strip_prefix('$').is_some_and(|rest| {
            let name = rest.bytes().take_while(|b| b.is_ascii_uppercase() || *b == b'_').count();
            name > 3 && !rest.as_bytes().get(name).is_some_and(u8::is_ascii_alphanumeric)
        })
        || matches!(v, "%s" | "%d" | "%v" | "%q" | "%r" | "{}" | "?" | ":" | "$@" | "$*")
        || (v.starts_with("%s") && v.len() < 8)
        || brace_names(v)
}

/// A letter of the name of a shell's variable.
fn is_variable(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_'
}

/// `LP:$PWD`, `/run/$USER/x`: a variable that stands by itself in a text.
fn holds_variable(v: &str) -> bool {
    let alone = |byte: Option<&u8>| byte.is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'$');
    memchr::memchr_iter(b'$', v.as_bytes()).skip_while(|at| *at == 0).any(|at| {
        let rest = v.as_bytes().get(at + 1..).unwrap_or_default();
        let name = rest.iter().take_while(|b| b.is_ascii_uppercase() || **b == b'_').count();
        name > 2 && alone(v.as_bytes().get(at - 1)) && alone(rest.get(name))
    })
}

/// A password may start with `$`; a variable is a name with no digits between its letters.
fn looks_like_crypt(v: &str) -> bool {
    let mix = Mix::of(v);
    mix.digit > 0 && mix.lower > 0 && mix.upper > 0 && !v.contains('_') && entropy(v) > 3.0
}

/// A format string: `{name}` somewhere inside.
fn brace_names(v: &str) -> bool {
    v.split_once('{').and_then(|(_, rest)| rest.split_once('}')).is_some_and(|(inside, _)| {
        inside.is_empty()
            || (inside.len() <= 40 && inside.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b' ' | b':' | b'!')))
    })
}

/// The value is fetched from somewhere when it is needed.
fn is_reference(v: &str) -> bool {
    const INSIDE: [&str; 22] = [
        "os.environ",
        "process.env",
        "import.meta.env",
        "getenv",
        "ENV[",
        "ENV.fetch",
        "env(",
        "secrets.",
        "vault(",
        "!vault",
        "keyvault",
        "KeyVault(",
        "secretsmanager",
        "arn:aws",
        "op://",
        "data \"",
        "lookup(",
        "/secrets/",
        "Deno.env",
        "secretKeyRef",
        "fromSecret",
        "readFile",
    ];
    const STARTS: [&str; 21] = [
        "ref+",
        "urn:",
        "vault:",
        "ssm:",
        "sm://",
        "gcp:",
        "awssm:",
        "var.",
        "local.",
        "module.",
        "env.",
        "env:",
        "file:",
        "file(",
        "keyring:",
        "akv:",
        "credentials(",
        "params.",
        "config.",
        "settings.",
        "self.",
    ];
    INSIDE.iter().any(|m| v.contains(m)) || STARTS.iter().any(|m| v.starts_with(m))
}

/// One or two characters over and over, dots, or a row of the keyboard or the alphabet and nothing else.
fn is_filler(v: &str) -> bool {
    let lower = v.to_ascii_lowercase();
    let mut distinct: Vec<char> = lower.chars().filter(|c| !matches!(c, '-' | '_' | '.' | ' ')).collect();
    distinct.sort_unstable();
    distinct.dedup();
    const ROWS: [&str; 5] = ["01234567890123456789", "1234567890", "abcdefghijklmnopqrstuvwxyz", "0987654321", "qwertyuiop"];
    distinct.len() <= 2
        || ["xxxx", "****", "....", "####", "????", "----", "____", "••••", "…"].iter().any(|m| lower.contains(m))
        || lower.ends_with("...")
        || is_row_and_letters(&lower)
        || (lower.len() >= 4 && ROWS.iter().any(|row| row.contains(lower.as_str())))
        || (longest_run(v) >= 6)
}

/// `1234567ab`: a row of digits and a few letters, so that it passes a rule.
fn is_row_and_letters(lower: &str) -> bool {
    let letters = lower.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = lower.len() - letters.len();
    digits >= 7
        && "1234567890".starts_with(lower.get(..digits).unwrap_or("-"))
        && letters.len() <= 3
        && letters.bytes().all(|b| b.is_ascii_lowercase())
}

/// Words that only placeholders hold, and whole values that only documentation holds.
fn has_word(v: &str) -> bool {
    let lower = v.to_ascii_lowercase();
    const INSIDE: [&str; 24] = [
        "changeme",
        "change_me",
        "change-me",
        "changeit",
        "change_this",
        "change-this",
        "changethis",
        "placeholder",
        "redacted",
        "your_",
        "your-",
        "yourpass",
        "yoursecret",
        "yourtoken",
        "yourkey",
        "insert",
        "replace_",
        "replace-",
        "replaceme",
        "example",
        "dummy",
        "fixme",
        "foobar",
        "not-a-real",
    ];
    const WHOLE: [&str; 62] = [
        "password",
        "passwd",
        "passwort",
        "kennwort",
        "pass",
        "pwd",
        "passphrase",
        "secret",
        "token",
        "key",
        "apikey",
        "api_key",
        "api-key",
        "test",
        "tests",
        "testing",
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "null",
        "nil",
        "none",
        "undefined",
        "empty",
        "string",
        "str",
        "text",
        "bool",
        "boolean",
        "int",
        "number",
        "object",
        "bytes",
        "required",
        "optional",
        "hidden",
        "masked",
        "removed",
        "omitted",
        "unset",
        "default",
        "value",
        "todo",
        "tbd",
        "n/a",
        "na",
        "any",
        "env",
        "basic",
        "bearer",
        "mysecret",
        "mypassword",
        "mytoken",
        "secretkey",
        "accesstoken",
        "foo",
        "bar",
        "baz",
        "void",
    ];
    const ENDS: [&str; 5] = ["-here", "_here", " here", "goeshere", "-placeholder"];
    // fake-x, my_secret_x, some-token: a leading word that says "put yours here", joined to words
    const LEADS: [&str; 8] = ["my", "some", "fake", "mock", "sample", "your", "the", "invalid"];
    let lead = lower.split(['-', '_', ' ', '@', '.']).next().unwrap_or("");
    INSIDE.iter().any(|w| lower.contains(w))
        || WHOLE.contains(&lower.as_str())
        // SET_A_PASSWORD_HERE_123
        || ENDS.iter().any(|w| lower.trim_end_matches(|c: char| !c.is_ascii_alphabetic()).ends_with(w))
        || (LEADS.contains(&lead) && lead.len() < lower.len() && Mix::of(v).digit == 0)
        // yourStrong(!)Password
        || (lower.starts_with("your") && v.len() > 8 && Mix::of(v).digit == 0)
        // password1,password2
        || lower.split(',').all(|part| is_letters_of(part, &["password", "secret", "token", "test", "passwd", "pass", "key"]))
}

/// `password1`, `test-secret`, `TEST_TOKEN_2`: made of nothing but the words of documentation and numbers.
fn is_letters_of(lower: &str, words: &[&str]) -> bool {
    let mut parts = lower.split(|c: char| !c.is_ascii_alphabetic()).filter(|p| !p.is_empty()).peekable();
    parts.peek().is_some() && parts.all(|p| words.contains(&p)) && Mix::of(lower).digit <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders() {
        for v in [
            "<password>",
            "<your key>",
            "${DB_PASSWORD}",
            "$ARG3$",
            "LP:$PWD",
            "$(cat /run/x)",
            "{{ vault_pw }}",
            "%PASS%",
            "$DB_PASS",
            "xxxxxxxx",
            "********",
            "changeme",
            "example-key",
            "your-client-secret-here",
            "REDACTED",
            "dummy",
            "test",
            "password",
            "1234567890",
            "abcdef",
            "aaaaaaa",
            "os.environ['X']",
            "process.env.X",
            "ENV['X']",
            "System.getenv(\"X\")",
            "secrets.TOKEN",
            "!vault",
            "ref+awsssm://x",
            "op://vault/item/field",
            "arn:aws:secretsmanager:eu-central-1:1:secret:x",
            "password1",
            "test-secret-2",
            "password1,password2",
            "$$REDIS_PASSWORD",
            "{DbAdminPassword",
            "SET_A_PASSWORD_HERE_123",
            "your@login",
            "yourWeak(!)Password",
            "``false``",
            "urn:k8s:secret:[name]:[key]",
            "{password}",
            "...",
            "my-secret-token",
            "<ask-the-vault>",
            "abc…",
            "none",
            "__TOKEN__",
        ] {
            assert!(is_placeholder(v), "{v}");
        }
        for v in [
            "hunter2",
            "Summer2026!",
            "GJXtbglN99U3pur4v7p7nV",
            "tiger-lamp-42-Road",
            "P@ss!w0rd9",
            "Tr0ub4dor&3",
            "$uper$ecret9X",
            "kR7$WXt$9",
            "correcthorse",
        ] {
            assert!(!is_placeholder(v), "{v}");
        }
    }
}
