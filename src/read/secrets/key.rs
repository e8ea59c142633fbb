//! What a name says of its value: `dbPassword`, `POSTGRES_PASSWORD` and `spring.datasource.password` name passwords,
//! `password_policy` and `next_token` name none.

/// What sort of secret a name announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A person may have chosen it.
    Password,
    /// Several words.
    Passphrase,
    /// A machine made it.
    Token,
    /// It may be anything: only noise counts.
    Auth,
}

/// A name that is longer than this is no name.
pub(super) const LONGEST: usize = 80;

/// Words that may follow the telling word and change nothing: `password_prod`, `SECRET_KEY_BASE`.
const TAILS: [&str; 43] = [
    "value",
    "val",
    "string",
    "str",
    "text",
    "plain",
    "plaintext",
    "cleartext",
    "default",
    "prod",
    "production",
    "dev",
    "development",
    "test",
    "stage",
    "staging",
    "live",
    "old",
    "new",
    "current",
    "previous",
    "primary",
    "secondary",
    "admin",
    "root",
    "db",
    "raw",
    "b",
    "base",
    "encoded",
    "env",
    "local",
    "backup",
    "main",
    "master",
    "replica",
    "ro",
    "rw",
    "eu",
    "us",
    "qa",
    "uat",
    "int",
];

/// Words that make the name one of something else: a question, a rule, a marker, a message.
const SPOILERS: [&str; 73] = [
    "no",
    "without",
    "forgot",
    "forgotten",
    "forget",
    "reset",
    "confirm",
    "confirmation",
    "confirmed",
    "repeat",
    "retype",
    "min",
    "max",
    "minimum",
    "maximum",
    "is",
    "has",
    "have",
    "need",
    "needs",
    "require",
    "required",
    "requires",
    "show",
    "hide",
    "toggle",
    "invalid",
    "wrong",
    "missing",
    "incorrect",
    "csrf",
    "xsrf",
    "page",
    "next",
    "prev",
    "continuation",
    "sync",
    "cursor",
    "public",
    "num",
    "number",
    "count",
    "cancel",
    "cancellation",
    "enable",
    "disable",
    "enabled",
    "disabled",
    "use",
    "allow",
    "validate",
    "verify",
    "check",
    "expired",
    "generate",
    "get",
    "fetch",
    "ask",
    "prompt",
    "enter",
    "type",
    "hash",
    "hashed",
    "encrypted",
    "masked",
    "sealed",
    "bos",
    "eos",
    "unk",
    "pad",
    "idempotency",
    "authenticity",
    "anti",
];

/// Words before `key` that make it a secret one.
pub(super) const KEYS: [&str; 22] = [
    "api",
    "secret",
    "access",
    "private",
    "encryption",
    "signing",
    "master",
    "auth",
    "account",
    "storage",
    "service",
    "shared",
    "app",
    "application",
    "admin",
    "hmac",
    "jwt",
    "encrypt",
    "signature",
    "subscription",
    "license",
    "registration",
];

/// The class of the secret that an identifier names, if it names one.
pub(super) fn class_of(identifier: &str) -> Option<Class> {
    /// A pass of a renderer, an encoder or a compiler.
    const PASSES: [&str; 14] =
        ["first", "second", "third", "one", "two", "single", "multi", "final", "last", "render", "shader", "blur", "depth", "optimization"];
    let words = words(identifier);
    let mut found = None;
    for (i, word) in words.iter().enumerate() {
        if SPOILERS.contains(&word.as_str()) {
            return None;
        }
        let after = words.get(i + 1).map_or("", String::as_str);
        let counted = word == "pass" && i.checked_sub(1).and_then(|b| words.get(b)).is_some_and(|b| PASSES.contains(&b.as_str()));
        let class =
            class_of_word(word).filter(|_| !counted).or_else(|| (after == "key" && KEYS.contains(&word.as_str())).then_some(Class::Token));
        match (class, found) {
            (Some(class), _) => found = Some(class),
            (None, Some(_)) if word == "key" || TAILS.contains(&word.as_str()) || word.bytes().all(|b| b.is_ascii_digit()) => {}
            (None, Some(_)) => found = None,
            (None, None) => {}
        }
    }
    found
}

fn class_of_word(word: &str) -> Option<Class> {
    const PASSWORDS: [&str; 20] = [
        "password",
        "passwords",
        "passwd",
        "pwd",
        "pass",
        "passcode",
        "pw",
        "pswd",
        "pword",
        "passwort",
        "kennwort",
        "motdepasse",
        "mdp",
        "contrasena",
        "senha",
        "wachtwoord",
        "requirepass",
        "masterauth",
        "pgpassword",
        "userpass",
    ];
    const TOKENS: [&str; 6] = ["secret", "secrets", "token", "apikey", "apitoken", "authkey"];
    const ENDS_PASSWORD: [&str; 6] = ["password", "passwd", "passwort", "kennwort", "passw", "pwd"];
    const ENDS_TOKEN: [&str; 8] =
        ["apikey", "secretkey", "clientsecret", "authtoken", "accesstoken", "privatekey", "accesskey", "apisecret"];
    match word {
        "passphrase" | "passphrases" => Some(Class::Passphrase),
        "auth" | "authorization" | "credential" | "credentials" | "creds" | "cred" => Some(Class::Auth),
        w if PASSWORDS.contains(&w) || ENDS_PASSWORD.iter().any(|e| w.ends_with(e)) => Some(Class::Password),
        w if TOKENS.contains(&w) || ENDS_TOKEN.iter().any(|e| w.ends_with(e)) => Some(Class::Token),
        _ => None,
    }
}

/// Whether the words before a value say that it is none: `FAKE_KEY`, `dummyCert`. A key pair that is a test's is as good as a fake.
pub(super) fn is_made_up(lead: &str, is_key: bool) -> bool {
    const FAKES: [&str; 6] = ["fake", "dummy", "mock", "mocked", "bogus", "stub"];
    words(lead).iter().any(|w| FAKES.contains(&w.as_str()) || (is_key && matches!(w.as_str(), "test" | "tests" | "testing")))
}

/// The words of an identifier, lower case: cut at joints, at turns of case, and before digits.
fn words(identifier: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    let chars: Vec<char> = identifier.chars().take(LONGEST).collect();
    for (i, c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|j| chars.get(j)).copied().unwrap_or('_');
        let after = chars.get(i + 1).copied().unwrap_or('_');
        let turn = (c.is_ascii_uppercase() && (before.is_ascii_lowercase() || (before.is_ascii_uppercase() && after.is_ascii_lowercase())))
            || c.is_ascii_digit() != before.is_ascii_digit();
        if (turn || !c.is_alphanumeric()) && !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_what_is_made_up() {
        assert!(is_made_up("const TEST_FAKE_RSA_KEY_0: &str = \"", false) && is_made_up("let dummyToken = '", false));
        assert!(is_made_up("var testKey = `", true) && !is_made_up("DB_TEST_PASSWORD=", false));
        assert!(!is_made_up("const LATEST_KEY = \"", true) && !is_made_up("stubbornKey=", false));
    }

    #[test]
    fn names() {
        for (name, class) in [
            ("DB_PASSWORD", Some(Class::Password)),
            ("dbPassword", Some(Class::Password)),
            ("spring.datasource.password", Some(Class::Password)),
            ("POSTGRES_PASSWORD_PROD", Some(Class::Password)),
            ("DBPassword", Some(Class::Password)),
            ("db-pass", Some(Class::Password)),
            ("rootpassword", Some(Class::Password)),
            ("ssh_passphrase", Some(Class::Passphrase)),
            ("client_secret", Some(Class::Token)),
            ("SECRET_KEY_BASE", Some(Class::Token)),
            ("apiKey", Some(Class::Token)),
            ("API-KEY", Some(Class::Token)),
            ("accessToken2", Some(Class::Token)),
            ("_authToken", Some(Class::Token)),
            ("basic_auth", Some(Class::Auth)),
            ("password_policy", None),
            ("passwordLabel", None),
            ("password_hash", None),
            ("min_password_length", None),
            ("secretName", None),
            ("PASSWORD_FILE", None),
            ("token_url", None),
            ("next_token", None),
            ("author", None),
            ("bypass", None),
            ("compass", None),
            ("tokenizer", None),
            ("access_key_id", None),
            ("public_key", None),
            ("passed", None),
            ("hwScaleFirstPass", None),
            ("two_pass", None),
            ("keyboard", None),
        ] {
            assert_eq!(class_of(name), class, "{name}");
        }
    }
}
