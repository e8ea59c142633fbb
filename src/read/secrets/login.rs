//! Files that a program logs on with. Whatever stands where the password stands is the password, a plain word as well, so these
//! are read by their form and not by the looks of the value.

use super::found::{Found, Span, What, Worth};
use super::key::{self, Class};
use super::scene::Scene;
use super::value::{LONGEST, judge};
use super::{placeholder, strength};
use crate::read::Doc;

/// A list is followed for so many lines.
const ROWS: usize = 20_000;
/// A key or password that is a file of its own fits in so many bytes.
const WHOLE: usize = 300;

/// Files that hold the logins of one program, by name.
const NAMES: [&str; 26] = [
    ".netrc",
    "_netrc",
    ".pgpass",
    "pgpass.conf",
    ".git-credentials",
    ".esmtprc",
    ".msmtprc",
    ".fetchmailrc",
    ".getmailrc",
    ".mbsyncrc",
    ".offlineimaprc",
    ".my.cnf",
    ".mylogin.cnf",
    ".pypirc",
    ".ftpconfig",
    ".ftppass",
    ".smbcredentials",
    ".dockercfg",
    ".remote-sync.json",
    "sftp-config.json",
    "sftp.json",
    "robomongo.json",
    "wpa_supplicant.conf",
    "sitemanager.xml",
    "winscp.ini",
    ".rediscli_auth",
];
/// Extensions of files that are one secret.
const WHOLES: [&str; 7] = ["", "txt", "key", "secret", "token", "pass", "password"];
/// Roots of files that programs write to keep logins.
const ROOTS: [&str; 4] = ["<FileZilla", "<data-sources", "\"WebServers\"", "\"PublishConfigData\""];

/// Whether a program keeps its logins here.
pub(super) fn is_store(doc: &Doc<'_>) -> bool {
    let head = doc.text.as_bytes().get(..1024).unwrap_or(doc.text.as_bytes());
    let rooted = || ROOTS.iter().any(|root| memchr::memmem::find(head, root.as_bytes()).is_some());
    NAMES.contains(&doc.file_name().as_str()) || (doc.extension() == "xml" && rooted())
}

/// What a value is worth where a login is kept.
pub(super) fn worth(value: &str, class: Class, name: &str) -> Worth {
    const SETTINGS: [&str; 14] =
        ["true", "false", "yes", "no", "on", "off", "null", "nil", "none", "undefined", "prompt", "ask", "never", "always"];
    let password = matches!(class, Class::Password | Class::Passphrase);
    let setting = SETTINGS.iter().any(|s| value.eq_ignore_ascii_case(s));
    if password && !setting && value.len() <= LONGEST && !value.contains(char::is_whitespace) && !placeholder::is_to_be_filled(value) {
        return if strength::is_hash_or_cipher(value) { Worth::Mark } else { Worth::Sighting };
    }
    judge(value, class, name)
}

/// The logins of files that are lists of them.
pub(super) fn lists<'a>(text: &'a str, scene: &Scene, found: &mut Vec<Found<'a>>) {
    let part: fn(&str) -> Option<&str> = match () {
        () if scene.pgpass => pgpass,
        () if scene.git_credentials => git_credentials,
        () => return,
    };
    for line in text.split('\n').take(ROWS).map(str::trim_end) {
        if let Some(password) = part(line).filter(|_| !line.starts_with('#')) {
            let start = password.as_ptr() as usize - text.as_ptr() as usize;
            let name = if scene.pgpass { "pgpass" } else { "git credential" };
            found.extend(give(text, (start, start + password.len()), name, worth(password, Class::Password, "")));
        }
    }
}

/// Host, port, database, user, password.
fn pgpass(line: &str) -> Option<&str> {
    line.splitn(5, ':').nth(4)
}

/// A URL a line; the password may hold every sign.
fn git_credentials(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("://")?;
    let (login, _) = rest.rsplit_once('@')?;
    login.split_once(':').map(|(_, password)| password)
}

/// A file that is one secret: its name says so, and one line is all it holds.
pub(super) fn whole<'a>(doc: &Doc<'a>, found: &mut Vec<Found<'a>>) {
    if doc.text.len() > WHOLE {
        return;
    }
    let value = doc.text.trim();
    let name = doc.file_name();
    let (stem, extension) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).unwrap_or((&name, ""));
    let hex = value.len() == 32 && value.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
    // the key of Rails' encrypted credentials
    let rails = hex && extension == "key" && (stem == "master" || doc.path.contains("credentials/"));
    let named =
        WHOLES.contains(&extension) && (key::class_of(stem.trim_start_matches('.')).is_some() || key::class_of(extension).is_some());
    if value.len() < 8 || value.contains(char::is_whitespace) || value.contains(['=', ':']) && !rails || !(rails || named) {
        return;
    }
    let worth = if rails && !placeholder::is_placeholder(value) { Worth::Sighting } else { judge(value, Class::Token, "") };
    let start = value.as_ptr() as usize - doc.text.as_ptr() as usize;
    let title = doc.path.rsplit('/').next().unwrap_or(doc.path);
    found.extend(give(doc.text, (start, start + value.len()), title, worth));
}

/// Whether the name of a file, in lower case, says by itself that passwords or a key are in it.
pub(super) fn is_named(name: &str) -> bool {
    let (stem, extension) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).unwrap_or((name, ""));
    NAMES.contains(&name)
        || ["pgpass", ".git-credentials", "netrc"].iter().any(|end| name.ends_with(end))
        || (WHOLES.contains(&extension)
            && (extension == "key" || key::class_of(stem.trim_start_matches('.')).is_some() || key::class_of(extension).is_some()))
}

/// Whether a text begins as the settings of a program that keeps logins do.
pub(super) fn opens_store(bytes: &[u8]) -> bool {
    let head = bytes.get(..1024).unwrap_or(bytes);
    head.trim_ascii_start().starts_with(b"<") && ROOTS.iter().any(|root| memchr::memmem::find(head, root.as_bytes()).is_some())
}

fn give<'a>(text: &'a str, span: Span, name: &'a str, worth: Worth) -> Option<Found<'a>> {
    let value = text.get(span.0..span.1).filter(|v| !v.is_empty())?;
    let what = What::Guess("generic.login", Class::Password);
    (worth != Worth::Nothing).then_some(Found {
        span,
        whole: span,
        what,
        name: Some(name),
        key_id: None,
        value: value.into(),
        encrypted: false,
        worth,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_passwords_where_logins_are_kept() {
        for value in ["swordfish", "password", "ExampleFalcon1", "hunter2"] {
            assert_eq!(worth(value, Class::Password, "password"), Worth::Sighting, "{value}");
        }
        for value in ["<password>", "${PASS}", "true", "changeme", "********", "your-password", ""] {
            assert!(worth(value, Class::Password, "password") < Worth::Sighting, "{value}");
        }
    }

    #[test]
    fn lines_of_lists() {
        assert_eq!(pgpass("db.acme.io:5432:*:report:a:b"), Some("a:b"));
        assert_eq!(pgpass("db.acme.io:5432"), None);
        assert_eq!(git_credentials("https://ada%40acme.io:p@ss/w:rd#9@git.acme.io"), Some("p@ss/w:rd#9"));
        assert_eq!(git_credentials("https://git.acme.io/a@b"), None);
    }

    #[test]
    fn files_that_are_a_secret() {
        let reported = |path: &str, text: &str| {
            let mut found = Vec::new();
            whole(&Doc { path, home: "", text }, &mut found);
            found.iter().any(|f| f.worth == Worth::Sighting)
        };
        assert!(reported("config/master.key", "9b1c6e0f4a7d2835c1e0b94f7a6d3528\n"));
        assert!(reported("config/credentials/production.key", "9b1c6e0f4a7d2835c1e0b94f7a6d3528"));
        assert!(reported("secrets/db_password.txt", "kV7w2QmXz9LtB4rN\n"));
        assert!(!reported("secrets/db_password.txt", "${DB_PASSWORD}\n"));
        assert!(!reported("secrets/db_password.txt", "kept in the vault\n"));
        assert!(!reported("web/etag.key", "9b1c6e0f4a7d2835c1e0b94f7a6d3528"));
        assert!(!reported("token.rs", "kV7w2QmXz9LtB4rN"));
    }
}
