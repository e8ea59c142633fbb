//! What the path of an artifact says of the secrets in it: code or a runbook, a test or the real thing.

use super::login;
use crate::fact::{Word, context};
use crate::read::Doc;

/// How a value without quotes is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bare {
    /// It is an expression of a program.
    Never,
    /// It runs to the end of the line.
    Line,
    /// It runs to the next space.
    Word,
    /// It stands in a sentence.
    Prose,
}

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
    /// Strings with three quotes hold documentation.
    pub(super) docstrings: bool,
    /// Values are base64 (the `data` of a Kubernetes Secret).
    pub(super) encoded: bool,
    /// From here on the file is a test.
    pub(super) tests_from: usize,
}

const PROSE: [&str; 25] = [
    "docx",
    "docm",
    "odt",
    "ods",
    "pptx",
    "odp",
    "md",
    "markdown",
    "mdx",
    "txt",
    "text",
    "rst",
    "adoc",
    "asciidoc",
    "asc",
    "org",
    "html",
    "htm",
    "textile",
    "wiki",
    "mediawiki",
    "eml",
    "msg",
    "rtf",
    "tex",
];
const LINES: [&str; 23] = [
    "env",
    "ini",
    "properties",
    "conf",
    "cfg",
    "cnf",
    "config",
    "yaml",
    "yml",
    "toml",
    "service",
    "npmrc",
    "pypirc",
    "s3cfg",
    "boto",
    "credentials",
    "ovpn",
    "inf",
    "reg",
    "editorconfig",
    "list",
    "desktop",
    "secrets",
];
const WORDS: [&str; 12] = ["sh", "bash", "zsh", "ksh", "fish", "bat", "cmd", "dockerfile", "envrc", "profile", "netrc", "bashrc"];
/// Languages: what follows an equals sign there is an expression.
const CODE: [&str; 74] = [
    "js", "ts", "jsx", "tsx", "mjs", "cjs", "mts", "cts", "py", "pyi", "pyx", "rb", "erb", "go", "rs", "java", "kt", "kts", "scala",
    "groovy", "gradle", "c", "h", "cc", "cpp", "cxx", "hpp", "hh", "m", "mm", "cs", "fs", "vb", "vbs", "php", "swift", "lua", "pl", "pm",
    "t", "r", "jl", "dart", "ex", "exs", "erl", "hrl", "hs", "clj", "ml", "mli", "vue", "svelte", "css", "scss", "less", "sass", "sql",
    "asm", "s", "proto", "graphql", "sol", "zig", "nim", "nix", "v", "el", "lisp", "scm", "ps1", "psm1", "cmake", "rake",
];
const DATA: [&str; 15] =
    ["json", "json5", "jsonc", "xml", "plist", "tf", "tfvars", "hcl", "tfstate", "pp", "config", "csproj", "props", "har", "ipynb"];

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
        docstrings: false,
        store: false,
        encoded: false,
        tests_from: usize::MAX,
    };

    pub(super) fn of(doc: &Doc<'_>, kind: Option<&'static str>) -> Self {
        let (name, extension) = (doc.file_name(), doc.extension());
        let extension = extension.as_str();
        let path = doc.path.to_lowercase();
        let prose = PROSE.contains(&extension) || ["readme", "notes", "runbook"].iter().any(|n| name == *n);
        let env = name.starts_with(".env") || name.ends_with(".env") || name.contains(".env.");
        let docker = name.starts_with("dockerfile") || name.starts_with("containerfile");
        let lines = env || LINES.contains(&extension) || ["credentials", "config", ".htpasswd"].contains(&name.as_str());
        let words = docker || WORDS.contains(&extension) || WORDS.iter().any(|w| name.strip_prefix('.') == Some(*w));
        let separator = match extension {
            "csv" => Some(','),
            "tsv" => Some('\t'),
            _ => None,
        };
        let bare = match () {
            () if prose => Bare::Prose,
            () if lines => Bare::Line,
            // a program without an extension says at its head what runs it
            () if extension.is_empty() && is_program(doc.text) => Bare::Never,
            () if words => Bare::Word,
            () if CODE.contains(&extension) || DATA.contains(&extension) || separator.is_some() || name.ends_with("file") => Bare::Never,
            // settings of some program
            () => Bare::Line,
        };
        let context = match () {
            () if is_test(&path) => context::TEST,
            () if kind.is_some_and(|k| !k.starts_with("runbook.")) || extension == "ldif" => context::EXPORT,
            // a table that no reader knows has nobody else to speak for it, unless it is filed as an export
            () if separator.is_some() && path.contains("export") => context::EXPORT,
            () if prose => context::PROSE,
            () if bare != Bare::Never || separator.is_some() || DATA.contains(&extension) => context::CONFIG,
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
            docstrings: extension == "py",
            encoded: matches!(extension, "yaml" | "yml" | "json") && is_kubernetes_secret(doc.text),
            tests_from: if extension == "rs" { doc.text.find("#[cfg(test)]").unwrap_or(usize::MAX) } else { usize::MAX },
        }
    }
}

/// Tests, fixtures and templates: what stands there is made up, or is meant to be replaced.
fn is_test(path: &str) -> bool {
    const FOLDERS: [&str; 21] = [
        "test",
        "tests",
        "testing",
        "spec",
        "specs",
        "__tests__",
        "__mocks__",
        "fixture",
        "fixtures",
        "testdata",
        "test-data",
        "test_data",
        "example",
        "examples",
        "sample",
        "samples",
        "mock",
        "mocks",
        "e2e",
        "testutil",
        "testutils",
    ];
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or(path);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    parts.any(|p| FOLDERS.contains(&p) || p.ends_with("-test") || p.ends_with("-tests") || p.ends_with("_test") || p.ends_with("_tests"))
        || ["example", "sample", "dist", "template", "tmpl", "tpl", "test", "snap"].contains(&extension)
        || [".test", ".spec", ".example", ".sample", ".template", ".e2e", ".mock", ".stories"].iter().any(|s| stem.ends_with(s))
        || ["_test", "_spec", "_tests", "-test", "-spec", "-example", "-sample"].iter().any(|s| stem.ends_with(s))
        || stem.starts_with("test_")
        || stem.starts_with("tests_")
        || stem == "test"
        || stem == "tests"
        || stem == "conftest"
        || (["java", "kt", "cs", "scala", "swift", "groovy"].contains(&extension) && (stem.ends_with("test") || stem.ends_with("tests")))
}

/// The head of a manifest that holds a Secret.
fn is_kubernetes_secret(text: &str) -> bool {
    let head = text.as_bytes().get(..16 * 1024).unwrap_or(text.as_bytes());
    let has = |needle: &str| memchr::memmem::find(head, needle.as_bytes()).is_some();
    has("apiVersion") && (has("kind: Secret") || has("\"kind\": \"Secret\""))
}

/// Whether a text is a program of a language in which a bare word is an expression.
fn is_program(text: &str) -> bool {
    let head = text.lines().next().unwrap_or_default();
    head.starts_with("#!") && ["python", "ruby", "perl", "node", "php", "lua", "tclsh"].iter().any(|p| head.contains(p))
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
    LOCKS.contains(&name) || name.ends_with(".lock") || name.ends_with(".lockb") || name.ends_with(".sum")
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
            ("runbooks/break-glass.md", "prose"),
            ("exports/users.csv", "export"),
            ("ops/accounts.csv", "config"),
            ("src/latest/app.rs", "code"),
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
