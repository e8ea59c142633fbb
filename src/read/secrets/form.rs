//! How a file is written: what its name and its first lines say of the values in it.

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

/// Where a program documents itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Documented {
    /// In comments only.
    Comments,
    /// In strings with three quotes.
    Strings,
    /// Between `=head1` and `=cut`.
    Pod,
    /// In texts that run to a word of their own.
    Heredocs,
    /// Everywhere: the file is there for nothing else.
    File,
}

const PROSE: [&str; 30] = [
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
    "pod",
    "texi",
    "texinfo",
    "rdoc",
    "man",
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
/// Pages that have no extension.
const PAGES: [&str; 17] = [
    "readme",
    "notes",
    "runbook",
    "changelog",
    "changes",
    "news",
    "todo",
    "install",
    "manual",
    "faq",
    "history",
    "thanks",
    "authors",
    "contributing",
    "license",
    "copying",
    "usage",
];
/// So many lines at the head of a file say how it is written.
const HEAD: usize = 200;

/// What a file's name and head say.
#[derive(Debug)]
pub(super) struct Form {
    /// The extension that counts: `py` of `app.py.orig`.
    pub(super) extension: String,
    pub(super) bare: Bare,
    pub(super) documented: Documented,
}

impl Form {
    pub(super) fn of(doc: &Doc<'_>) -> Self {
        let name = doc.file_name();
        let extension = inner(&name, doc);
        let program = is_program(doc.text);
        let documented = match extension.as_str() {
            _ if name == "doc.go" || name == "package-info.java" => Documented::File,
            "rb" | "rake" => Documented::Heredocs,
            "py" | "pyi" | "pyx" | "ex" | "exs" | "jl" => Documented::Strings,
            "pl" | "pm" | "pod" => Documented::Pod,
            "" if program == Some("python") => Documented::Strings,
            "" if program == Some("perl") => Documented::Pod,
            _ => Documented::Comments,
        };
        let bare = bare(doc, &name, extension.as_str(), program);
        Self { extension, bare, documented }
    }
}

fn bare(doc: &Doc<'_>, name: &str, extension: &str, program: Option<&str>) -> Bare {
    let env = name.starts_with(".env") || name.ends_with(".env") || name.contains(".env.");
    let docker = name.starts_with("dockerfile") || name.starts_with("containerfile");
    let lines = env || LINES.contains(&extension) || ["credentials", "config", ".htpasswd"].contains(&name);
    let words = docker || WORDS.contains(&extension) || WORDS.iter().any(|w| name.strip_prefix('.') == Some(*w));
    let code = is_code(extension) || is_data(extension) || matches!(extension, "csv" | "tsv") || name.ends_with("file");
    match () {
        () if PROSE.contains(&extension) || (extension.is_empty() && PAGES.contains(&name)) => Bare::Prose,
        () if lines => Bare::Line,
        // a program without an extension says at its head what runs it
        () if extension.is_empty() && program.is_some_and(|p| p != "sh") => Bare::Never,
        () if words => Bare::Word,
        () if code => Bare::Never,
        () if program == Some("sh") => Bare::Word,
        () if is_manual(doc.text) || is_documentation(doc.path) => Bare::Prose,
        () if looks_like_code(doc.text) => Bare::Never,
        // settings of some program
        () => Bare::Line,
    }
}

/// Whether an extension is one of a programming language.
pub(super) fn is_code(extension: &str) -> bool {
    CODE.contains(&extension)
}

/// Whether an extension is one of data.
pub(super) fn is_data(extension: &str) -> bool {
    DATA.contains(&extension)
}

/// The last extension that says something; a patch is written as what it changes.
fn inner(name: &str, doc: &Doc<'_>) -> String {
    let known = |e: &str| [&PROSE[..], &LINES, &WORDS, &CODE, &DATA].iter().any(|l| l.contains(&e)) || matches!(e, "csv" | "tsv");
    let mut parts = name.rsplit('.');
    let (outer, stem) = (parts.next().unwrap_or(name), parts.next());
    if matches!(outer, "patch" | "diff") {
        let changed = doc.text.lines().take(HEAD).find_map(|l| l.strip_prefix("+++ ")).unwrap_or("");
        let file = changed.split_whitespace().next().unwrap_or("").rsplit('/').next().unwrap_or("");
        return file.rsplit_once('.').map_or(String::new(), |(_, e)| e.to_lowercase());
    }
    match stem {
        None => String::new(),
        Some(_) if known(outer) => outer.to_owned(),
        Some(inner) if name.matches('.').count() > 1 && known(inner) => inner.to_owned(),
        Some(_) => outer.to_owned(),
    }
}

/// The language of a program that says at its head what runs it; `sh` for every shell.
fn is_program(text: &str) -> Option<&'static str> {
    let head = text.lines().next().unwrap_or_default();
    let runs = |p: &&&str| head.contains(**p);
    let language = ["python", "ruby", "perl", "node", "php", "lua", "tclsh"].iter().find(runs).copied();
    head.starts_with("#!").then(|| language.or_else(|| head.contains("sh").then_some("sh"))).flatten()
}

/// The source of a manual page.
pub(super) fn is_manual(text: &str) -> bool {
    let head = || text.lines().take(HEAD);
    let is =
        |l: &str, macros: &[&str]| macros.iter().any(|m| l.strip_prefix(m).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')));
    head().any(|l| is(l, &[".TH", ".Dd", ".so"])) && head().any(|l| is(l, &[".SH", ".Sh", ".so"]))
}

/// A file without a telling name that lies with the documentation.
fn is_documentation(path: &str) -> bool {
    const FOLDERS: [&str; 8] = ["doc", "docs", "documentation", "man", "manual", "guide", "guides", "manpages"];
    path.rsplit('/').skip(1).any(|p| FOLDERS.iter().any(|f| p.eq_ignore_ascii_case(f)))
}

/// Statements and calls: a program in a language that is not known by its name.
fn looks_like_code(text: &str) -> bool {
    let (mut lines, mut ends, mut calls) = (0, 0, 0);
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()).take(HEAD) {
        lines += 1;
        ends += usize::from(
            line.ends_with([';', '{', '}']) || line.ends_with("):") || ["//", "/*", "* ", "*/"].iter().any(|c| line.starts_with(c)),
        );
        calls += usize::from(line.as_bytes().windows(2).any(|w| matches!(w, [a, b'('] if a.is_ascii_alphanumeric() || *a == b'_')));
    }
    lines >= 5 && ends * 3 >= lines && calls * 10 >= lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(path: &str, text: &str) -> Bare {
        Form::of(&Doc { path, home: "", text }).bare
    }

    #[test]
    fn what_names_and_heads_say() {
        assert_eq!(bare("a/fix.patch", "--- a/src/x.c\n+++ b/src/x.c\n+  if(pass) {\n"), Bare::Never);
        assert_eq!(bare("a/fix.patch", "--- a/app.env\n+++ b/app.env\n+DB_PASSWORD=x\n"), Bare::Line);
        assert_eq!(bare("tool", "#!/usr/bin/python\nimport os\n"), Bare::Never);
        assert_eq!(bare("tool", "#!/bin/sh\nexport X=1\n"), Bare::Word);
        assert_eq!(bare("man/tool.3", ".TH tool 3\n.SH NAME\n"), Bare::Prose);
        assert_eq!(bare("lib/auth.d", "module auth;\nimport std;\nvoid f() {\n  g(x);\n}\n"), Bare::Never);
        assert_eq!(bare("etc/named.zone", "zone \"a\" {\n  type master;\n  file \"a\";\n  key \"b\";\n};\n"), Bare::Line);
        assert_eq!(bare("site.env.2021", "A=1\n"), Bare::Line);
        assert_eq!(bare("CHANGES", "Version 7\n"), Bare::Prose);
    }
}
