//! What the path of an artifact says of the secrets in it: code or a runbook, a test or the real thing.

use super::form::{self, Form};
pub(super) use super::form::{Bare, Documented};
use super::login;
use crate::artifact::is_trial;
use crate::fact::{Word, context};
use crate::read::Doc;
use crate::read::export;

/// What is known of a text before it is searched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene {
    /// Word for the field `context`.
    pub(super) context: Word,
    /// How values without quotes are read.
    pub(super) bare: Bare,
    /// Whether names and values make sightings here at all: they do not in lock files, translations and bundles.
    pub(super) names: bool,
    /// Whether lines longer than a screenful are generated.
    pub(super) bundles: bool,
    /// Whether rows of cells may have a column of passwords.
    pub(super) separator: Option<char>,
    /// Files of words and values with nothing between (`.netrc`).
    pub(super) spaced: bool,
    /// Lines of five fields of which the last is a password (`.pgpass`).
    pub(super) pgpass: bool,
    /// Lines that are URLs with a login (`.git-credentials`).
    pub(super) git_credentials: bool,
    /// A program keeps its logins here: plain words are passwords as well.
    pub(super) store: bool,
    /// Where the program documents itself.
    pub(super) documented: Documented,
    /// Values are base64 (the `data` of a Kubernetes Secret).
    pub(super) encoded: bool,
    /// Rows of a table hold names and values: `('smtp_password', '…')`.
    pub(super) rows: bool,
    /// The code of others, as a package manager lays it down: what it shows opens nothing of ours.
    pub(super) vendored: bool,
    /// From here on the file is a test.
    pub(super) tests_from: usize,
}

impl Scene {
    /// A path or a heading.
    pub(super) const SHORT: Self = Self {
        context: context::PROSE,
        bare: Bare::Prose,
        names: true,
        bundles: false,
        separator: None,
        spaced: false,
        pgpass: false,
        git_credentials: false,
        documented: Documented::Comments,
        store: false,
        encoded: false,
        rows: false,
        vendored: false,
        tests_from: usize::MAX,
    };

    pub(super) fn of(doc: &Doc<'_>, kind: Option<&'static str>) -> Self {
        let form = Form::of(doc);
        let (name, extension, bare) = (doc.file_name(), form.extension.as_str(), form.bare);
        let path = doc.path.to_lowercase();
        let separator = match extension {
            "csv" => Some(','),
            "tsv" => Some('\t'),
            _ => None,
        };
        let context = match () {
            () if is_trial(doc.path) || is_template(&name) => context::TEST,
            () if kind.is_some_and(|k| !k.starts_with("runbook.") && export::is_printed(k, extension)) || extension == "ldif" => {
                context::EXPORT
            }
            // a table that no reader knows has nobody else to speak for it, unless it is filed as an export
            () if separator.is_some() && path.contains("export") => context::EXPORT,
            () if bare == Bare::Prose => context::PROSE,
            () if bare != Bare::Never || separator.is_some() || form::is_data(extension) => context::CONFIG,
            () => context::CODE,
        };
        Self {
            context,
            bare,
            names: !is_lock(&name) && !is_translation(&path, &name, extension),
            bundles: ["js", "mjs", "cjs", "css", "html", "htm", "map", "ts", "jsx", "tsx", "svg", "php"].contains(&extension)
                || name.contains(".min."),
            separator,
            spaced: name.ends_with("netrc"),
            pgpass: name.ends_with("pgpass") || name == "pgpass.conf",
            git_credentials: name.ends_with(".git-credentials"),
            store: login::is_store(doc),
            documented: form.documented,
            encoded: matches!(extension, "yaml" | "yml" | "json") && is_kubernetes_secret(doc.text),
            rows: extension == "sql",
            vendored: is_vendored(&path),
            tests_from: if extension == "rs" { doc.text.find("#[cfg(test)]").unwrap_or(usize::MAX) } else { usize::MAX },
        }
    }
}

/// A template: what stands there is meant to be replaced.
fn is_template(name: &str) -> bool {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    ["dist", "template", "tmpl", "tpl", "snap"].contains(&extension) || [".template", ".stories"].iter().any(|s| stem.ends_with(s))
}

/// Folders in which the code of others lies.
fn is_vendored(path: &str) -> bool {
    const FOLDERS: [&str; 12] = [
        "vendor",
        "vendored",
        "_vendor",
        "third_party",
        "third-party",
        "thirdparty",
        "node_modules",
        "bower_components",
        "site-packages",
        "godeps",
        "pods",
        "carthage",
    ];
    // the package manager itself lies in its repositories
    let yarn = path.starts_with(".yarn/") || path.contains("/.yarn/");
    yarn || path.rsplit('/').skip(1).any(|p| FOLDERS.contains(&p))
}

/// The head of a manifest that holds a Secret.
fn is_kubernetes_secret(text: &str) -> bool {
    let head = text.as_bytes().get(..16 * 1024).unwrap_or(text.as_bytes());
    let has = |needle: &str| memchr::memmem::find(head, needle.as_bytes()).is_some();
    has("apiVersion") && (has("kind: Secret") || has("\"kind\": \"Secret\""))
}

/// Files that a package manager writes: hashes, and no secrets by name.
fn is_lock(name: &str) -> bool {
    const LOCKS: [&str; 9] = [
        "package-lock.json",
        "npm-shrinkwrap.json",
        "pnpm-lock.yaml",
        "go.sum",
        "poetry.lock",
        "cargo.lock",
        "yarn.lock",
        "checksums.txt",
        "go.mod",
    ];
    LOCKS.contains(&name)
        || name.ends_with(".lock")
        || name.ends_with(".lock.json")
        || name.ends_with(".lock.hcl")
        || name.ends_with(".lockb")
        || name.ends_with(".sum")
}

/// Texts of an interface: `password` is a label there.
fn is_translation(path: &str, name: &str, extension: &str) -> bool {
    const FOLDERS: [&str; 9] = ["locale", "locales", "i18n", "l10n", "lang", "langs", "translations", "translation", "nls"];
    let code = name.split('.').next().unwrap_or(name);
    path.split('/').rev().skip(1).any(|p| FOLDERS.contains(&p))
        || ["po", "pot", "strings", "arb", "resx", "xliff", "xlf", "resw", "ftl"].contains(&extension)
        || (extension == "json" && (code.len() == 2 || (code.len() == 5 && matches!(code.as_bytes().get(2), Some(b'-' | b'_')))))
        || (extension == "properties" && name.starts_with("messages"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(path: &str) -> Scene {
        Scene::of(&Doc { path, home: "", text: "" }, None)
    }

    #[test]
    fn contexts_by_path() {
        for (path, word) in [
            ("src/server.js", "code"),
            ("deploy/release.sh", "config"),
            ("config/production.env", "config"),
            (".env.example", "test"),
            ("pkg/auth_test.go", "test"),
            ("tests/conf/app.ini", "test"),
            ("web/login.spec.ts", "test"),
            ("deploy/app.yaml.tmpl", "test"),
            ("runbooks/break-glass.md", "prose"),
            ("exports/users.csv", "export"),
            ("ops/accounts.csv", "config"),
            ("src/latest/app.rs", "code"),
            ("docs/MANUAL", "prose"),
            ("docs/cmdline/session.d", "prose"),
            ("docs/app.ini", "config"),
            ("src/help.c.orig", "code"),
            ("src/app.py.j2", "code"),
        ] {
            assert_eq!(scene(path).context.as_str(), word, "{path}");
        }
        assert!(!scene("package-lock.json").names);
        assert!(!scene("web/locales/de.json").names);
        assert!(!scene("src/de-DE.json").names);
        assert_eq!(scene("Dockerfile").bare, Bare::Word);
        assert_eq!(scene(".env.production").bare, Bare::Line);
        assert_eq!(scene("a.py").bare, Bare::Never);
    }
}
