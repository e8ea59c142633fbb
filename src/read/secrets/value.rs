//! Whether a value under a telling name is a secret: its shape decides, since nothing else can.

use super::expression::is_code;
use super::form;
use super::found::Worth;
use super::key::Class;
use super::placeholder::{self, is_placeholder};
use super::strength::{Mix, entropy, is_hash_or_cipher, is_uuid, looks_random, pieces, wordiness};
use super::validate;

/// A value that is longer than this is a document, not a secret with a name.
pub(super) const LONGEST: usize = 512;

/// Shortest password and shortest token that are reported.
const PASSWORD: usize = 6;
const TOKEN: usize = 12;

/// What a value is worth under a name of this class, in code or configuration.
pub(super) fn judge(value: &str, class: Class, name: &str) -> Worth {
    if value.len() > LONGEST || is_placeholder(value) || same_words(value, name) || is_no_value(value) {
        return Worth::Nothing;
    }
    // the head of a JWT says how it is signed, and no more
    let head = || value.starts_with("eyJ") && !value.contains('.') && validate::json_object(value).is_some();
    let filled_in = || class == Class::Token && placeholder::in_token(value);
    if is_hash_or_cipher(value) || is_uuid(value) || head() || filled_in() {
        return Worth::Mark;
    }
    let mix = Mix::of(value);
    if value.contains(char::is_whitespace) {
        return sentence(value, class, mix);
    }
    let length = value.chars().count();
    match class {
        Class::Password | Class::Passphrase => match () {
            () if !mix.unlike_a_word() && mix.joint == 0 => {
                if length >= PASSWORD && !is_common_name(value) {
                    Worth::Mark
                } else {
                    Worth::Nothing
                }
            }
            () if is_identifier(value, mix) => Worth::Nothing,
            () if mix.letters() == 0 || length < PASSWORD => Worth::Mark,
            () => Worth::Sighting,
        },
        Class::Token => match () {
            () if is_identifier(value, mix) || mix.digit == 0 && (mix.symbol == 0 || length < 24) => Worth::Nothing,
            () if length < TOKEN || mix.letters() == 0 || entropy(value) < 3.0 || wordiness(value) >= 0.5 => {
                if length >= 8 && mix.letters() > 0 { Worth::Mark } else { Worth::Nothing }
            }
            () => Worth::Sighting,
        },
        Class::Auth => match () {
            () if length >= 16 && entropy(value) >= 3.5 && looks_random(value) => Worth::Sighting,
            () if length >= 8 && mix.digit > 0 && mix.letters() > 0 && wordiness(value) < 0.5 => Worth::Mark,
            () => Worth::Nothing,
        },
    }
}

/// Several words: a passphrase where the name says so, a text otherwise.
fn sentence(value: &str, class: Class, mix: Mix) -> Worth {
    match class {
        Class::Passphrase if is_passphrase(value) => Worth::Sighting,
        // keys of frameworks, made of everything there is
        Class::Token | Class::Auth if value.len() >= 32 && mix.symbol >= 4 && mix.digit > 0 && looks_random(value) => Worth::Sighting,
        Class::Password if mix.digit > 0 && mix.symbol > 0 && value.split_whitespace().count() <= 5 && value.len() <= 40 => Worth::Mark,
        _ => Worth::Nothing,
    }
}

/// Four to twelve words in one case, none of which holds a sentence together.
pub(super) fn is_passphrase(value: &str) -> bool {
    const GLUE: [&str; 28] = [
        "the", "a", "an", "is", "are", "your", "you", "to", "for", "of", "must", "enter", "please", "in", "and", "or", "not", "with",
        "this", "that", "it", "be", "as", "from", "will", "can", "used", "on",
    ];
    let words: Vec<&str> = value.split_whitespace().collect();
    (4..=12).contains(&words.len())
        && words
            .iter()
            .all(|w| w.len() >= 3 && w.bytes().all(|b| b.is_ascii_alphanumeric()) && !GLUE.contains(&w.to_ascii_lowercase().as_str()))
}

/// A value that repeats its name: `password: "password"`, `token="auth_token"`, `"secret": "client-secret"`.
fn same_words(value: &str, name: &str) -> bool {
    let plain = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let (value, name) = (plain(value), plain(name));
    !name.is_empty()
        && (value == name
            || (value.len() < name.len() && name.ends_with(&value))
            || (name.len() > 4 && value.ends_with(&name) && value.chars().all(|c| !c.is_ascii_digit())))
}

/// Addresses, paths, code, dates: what stands under such names and is no secret.
fn is_no_value(v: &str) -> bool {
    // curl reads a field from @FILE; the scope of a signature tells a key's id and the day
    let file = v.strip_prefix('@').is_some_and(is_path);
    v.contains("://")
        || v.starts_with("urn:")
        || v.contains("/aws4_request")
        || file
        || is_path(v)
        || is_address(v)
        || is_code(v)
        || is_date_or_version(v)
}

/// A path in a file system or a URL.
pub(super) fn is_path(v: &str) -> bool {
    const STARTS: [&str; 5] = ["./", "../", "~/", "\\\\", "//"];
    let drive = matches!(v.as_bytes(), [a, b':', b'\\' | b'/', ..] if a.is_ascii_alphabetic());
    let slashes = v.matches('/').count();
    STARTS.iter().any(|s| v.starts_with(s))
        || drive
        || (v.starts_with('/') && (slashes > 1 || wordiness(v) > 0.5))
        || (slashes > 0 && wordiness(v) > 0.6 && !v.contains(['!', '$', '%', '^', '&', '*']))
        || v.rsplit_once('/').is_some_and(|(_, file)| ["id_rsa", "id_ed25519", "id_ecdsa", "id_dsa"].iter().any(|k| file.starts_with(k)))
        || is_file_name(v)
}

/// `server.key`, `password.txt`, `docker-compose.yml`.
fn is_file_name(v: &str) -> bool {
    const ENDS: [&str; 26] = [
        "txt",
        "key",
        "pem",
        "crt",
        "cer",
        "json",
        "yaml",
        "yml",
        "xml",
        "ini",
        "conf",
        "md",
        "html",
        "php",
        "js",
        "ts",
        "py",
        "rb",
        "go",
        "sh",
        "java",
        "env",
        "properties",
        "jks",
        "p12",
        "kdbx",
    ];
    let name = v.rsplit('/').next().unwrap_or(v);
    name.rsplit_once('.').is_some_and(|(stem, end)| {
        let end = end.to_ascii_lowercase();
        (ENDS.contains(&end.as_str()) || (name.len() < v.len() && form::is_code(&end))) && wordiness(stem) > 0.5
    })
}

/// An e-mail address or a host.
pub(super) fn is_address(v: &str) -> bool {
    let host = |h: &str| {
        let labels: Vec<&str> = h.split('.').collect();
        labels.len() >= 2
            && labels.iter().all(|l| !l.is_empty() && l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'))
            && labels.last().is_some_and(|l| (2..=12).contains(&l.len()) && l.bytes().all(|b| b.is_ascii_lowercase()))
    };
    match v.split_once('@') {
        Some((user, domain)) => !user.is_empty() && host(domain),
        None => {
            host(v.split_once(':').map_or(v, |(h, _)| h)) && wordiness(v) > 0.4
                || (v.matches('.').count() == 3 && v.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
        }
    }
}

fn is_date_or_version(v: &str) -> bool {
    let digits = v.bytes().filter(u8::is_ascii_digit).count();
    let rest = v.len() - digits;
    (digits > 0
        && v.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'/' | b':' | b'.' | b'T' | b'Z' | b'+' | b'%' | b','))
        && rest > 0)
        || (v.starts_with(['v', 'V']) && rest <= 4 && v.bytes().skip(1).all(|b| b.is_ascii_digit() || b == b'.'))
        || (digits > 0
            && rest <= 3
            && ["s", "ms", "m", "h", "d", "kb", "mb", "px", "em", "min"]
                .iter()
                .any(|u| v.to_ascii_lowercase().trim_start_matches(|c: char| c.is_ascii_digit()) == *u))
}

/// Names of programs and formats have the words of their trade; hardly a password does.
fn is_identifier(value: &str, mix: Mix) -> bool {
    const TRADE: [&str; 40] = [
        "password",
        "passwd",
        "secret",
        "token",
        "auth",
        "key",
        "user",
        "login",
        "credential",
        "credentials",
        "sha",
        "aes",
        "hmac",
        "native",
        "plain",
        "field",
        "input",
        "name",
        "type",
        "mode",
        "policy",
        "reset",
        "config",
        "grant",
        "client",
        "server",
        "service",
        "manager",
        "provider",
        "helper",
        "request",
        "response",
        "header",
        "bearer",
        "basic",
        "oauth",
        "caching",
        "form",
        "label",
        "error",
    ];
    if mix.symbol > 0 || mix.digit > 4 || (mix.joint == 0 && mix.digit > 1) {
        return false;
    }
    // no_log, on_create
    if mix.digit == 0 && mix.upper == 0 && mix.joint > 0 && value.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
        return true;
    }
    let wordy = wordiness(value);
    // camelCase without a digit is a name
    (mix.digit == 0 && wordy > 0.75)
        || (wordy > 0.6
            && mix.digit <= 3
            && (mix.joint > 0 || mix.turns > 0)
            && pieces(value).any(|p| TRADE.contains(&p.to_ascii_lowercase().as_str())))
}

/// Accounts and products that double as default passwords: everybody knows them, and hiding them would blot out the text.
fn is_common_name(value: &str) -> bool {
    const NAMES: [&str; 20] = [
        "admin",
        "administrator",
        "postgres",
        "postgresql",
        "mysql",
        "mariadb",
        "mongodb",
        "rabbitmq",
        "oracle",
        "public",
        "private",
        "manager",
        "system",
        "minioadmin",
        "guest",
        "elastic",
        "grafana",
        "keycloak",
        "username",
        "service",
    ];
    NAMES.contains(&value.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        use Worth::{Mark, Nothing, Sighting};
        for (value, class, worth) in [
            ("hunter2", Class::Password, Sighting),
            ("Summer2026!", Class::Password, Sighting),
            ("swordfish", Class::Password, Mark),
            ("postgres", Class::Password, Nothing),
            ("mysql_native_password", Class::Password, Nothing),
            ("caching_sha2_password", Class::Password, Nothing),
            ("passwordField", Class::Password, Nothing),
            ("/run/secrets/db", Class::Password, Nothing),
            ("config.db.password", Class::Password, Nothing),
            ("Settings\\AccountController@updatePassword", Class::Password, Nothing),
            ("vault-login(1)", Class::Password, Nothing),
            ("vault_tool.cmd.genpwd:main", Class::Password, Nothing),
            ("[!#$%&*+.^_0-9a-zA-Z-]+", Class::Password, Nothing),
            ("path.to.password2", Class::Password, Nothing),
            ("required|min:8|confirmed|secure_password", Class::Password, Nothing),
            ("Quay|k9Zq2|Wv7", Class::Password, Sighting),
            ("required|max:1000", Class::Password, Nothing),
            ("required_unless:mail_driver,log", Class::Password, Nothing),
            ("1234567ab", Class::Password, Nothing),
            ("{config.PassKey.Value", Class::Password, Nothing),
            ("Database:SelfHostPassword", Class::Password, Nothing),
            ("Gate:k9Zq2Wv7", Class::Password, Sighting),
            ("getPassword()", Class::Password, Nothing),
            ("https://login.acme.io", Class::Password, Nothing),
            ("ops@acme.io", Class::Password, Nothing),
            ("Enter your password", Class::Password, Nothing),
            ("GJXtbglN99U3pur4v7p7nV", Class::Password, Sighting),
            ("12345678", Class::Password, Nothing),
            ("73918264", Class::Password, Mark),
            ("$2y$10$N9qo8uLOickgx2ZMRZoMye", Class::Password, Mark),
            ("f3a9c1e07b5d4428", Class::Token, Sighting),
            ("access_token", Class::Token, Nothing),
            ("urn:ietf:params:oauth:token-type:jwt", Class::Token, Nothing),
            ("3600", Class::Token, Nothing),
            ("2ad8251e-1cbf-4210-b0f1-e208b3a7c87d", Class::Token, Mark),
            ("client-secret-v2", Class::Token, Nothing),
            ("orbit anchor umbrella quarter", Class::Passphrase, Sighting),
            ("2026-01-31", Class::Password, Nothing),
        ] {
            assert_eq!(judge(value, class, "k"), worth, "{value}");
        }
        assert_eq!(judge("client_secret", Class::Token, "clientSecret"), Nothing);
    }
}
