//! In which language a text is written, whether it ends where it should, and what fills it in before anybody parses it.

use crate::tree::Tree;

/// Whether a text begins as the objects of Kubernetes do: a kubeconfig has no extension.
pub(super) fn names_itself(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_end).filter(|l| !l.is_empty() && !l.starts_with('#') && *l != "---");
    lines.next().is_some_and(|l| ["apiVersion: ", "kind: "].iter().any(|key| l.starts_with(key)))
}

/// Whether a text in YAML ends too early, though its beginning is YAML as well: in the middle of a last line, or before what a list of
/// Kubernetes always ends with.
pub(super) fn breaks_off(text: &str, trees: &[Tree]) -> bool {
    let last = text.lines().next_back().unwrap_or_default().trim_end();
    let open = !text.ends_with('\n') && (last.ends_with(':') || last.trim_start() == "-");
    let list = |tree: &Tree| tree.get("apiVersion").is_some() && tree.get("items").is_some() && tree.get("kind").is_none();
    open || trees.last().is_some_and(list)
}

/// The extension that tells the language of a file: `configuration.yml.example` is YAML.
pub(super) fn language(name: &str) -> String {
    let mut parts = name.rsplit('.');
    let last = parts.next().unwrap_or_default();
    let kept = matches!(last, "example" | "sample" | "dist" | "template" | "tmpl" | "tpl" | "bak" | "old" | "orig" | "save" | "txt");
    let before = parts.next().filter(|e| kept && matches!(*e, "yaml" | "yml" | "toml" | "hcl" | "tf" | "tofu"));
    if name.contains('.') { before.unwrap_or(last).to_owned() } else { String::new() }
}

/// Whether a text begins as a map or a list of maps does in YAML.
pub(super) fn begins_with_key(text: &str) -> bool {
    let first = text.lines().map(str::trim_end).find(|l| !l.is_empty() && !l.starts_with('#') && *l != "---").unwrap_or_default();
    let first = first.strip_prefix("- ").unwrap_or(first);
    let key = first.split_once(": ").map(|(key, _)| key).or_else(|| first.strip_suffix(':'));
    first == "-"
        || key.is_some_and(|key| {
            !key.is_empty()
                && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'@' | b'.' | b'/' | b'"' | b'\''))
        })
}

/// A text whose bare placeholders (`@@NAME@@`, which deploy tools replace before they parse) became strings of the same length.
pub(super) fn filled(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("@@") {
        let name =
            after.split_once("@@").filter(|(name, _)| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
        out.push_str(before);
        match name {
            // inside a string a placeholder breaks nothing
            Some((name, after)) if !before.ends_with(['"', '\'']) => {
                out.extend(["\"@", name, "@\""]);
                rest = after;
            }
            _ => {
                out.push_str("@@");
                rest = after;
            }
        }
    }
    (!out.is_empty()).then(|| out + rest)
}

/// A text whose values from elsewhere (`key: {{ secret "/run/key" }}`) became words of the same length. A template that decides what is
/// said, or repeats it, is left alone.
pub(super) fn masked(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (inside, behind) = after.split_once("}}")?;
        let word = inside.trim_start_matches('-').split_whitespace().next()?;
        if !matches!(word, "secret" | "env" | "fileContent" | "mustEnv") || inside.contains('\n') {
            return None;
        }
        out.push_str(before);
        out.extend(std::iter::repeat_n('x', inside.len() + 4));
        rest = behind;
    }
    (!out.is_empty()).then(|| out + rest)
}

/// A text whose bare substitutions (`"key": $(env:NAME)`) became strings of the same length.
pub(super) fn substituted(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut any = false;
    while let Some(at) = rest.find("$(") {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let bare = before.trim_end().ends_with(':');
        let end = after.find([')', '\n', '"']).filter(|end| bare && after.get(*end..).is_some_and(|r| r.starts_with(')')));
        match end.and_then(|end| Some((after.get(2..end)?, after.get(end + 1..)?))) {
            Some((name, after)) => {
                out.extend(["\"(", name, "\""]);
                (rest, any) = (after, true);
            }
            None => {
                out.push_str("$(");
                rest = after.get(2..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    any.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_beginnings() {
        for (name, want) in [
            ("configuration.yml.example", "yml"),
            ("realm.json", "json"),
            ("main.tf.bak", "tf"),
            ("notes.txt", "txt"),
            ("config", ""),
            (".bak", "bak"),
        ] {
            assert_eq!(language(name), want, "{name}");
        }
        assert!(begins_with_key("# by hand\nbindings:\n") && begins_with_key("- id: 1\n") && !begins_with_key("What to do: nothing\n"));
    }

    #[test]
    fn what_is_filled_in_keeps_its_length() {
        let text = "a: {{ secret \"/run/a\" }}\nb: 1\n";
        assert_eq!(masked(text).map(|t| t.len()), Some(text.len()));
        assert_eq!(masked("a: {{ if .Values.b }}\n"), None);
        assert_eq!(masked("a: 1\n"), None);
        assert_eq!(filled("a: @@NAME@@").as_deref(), Some("a: \"@NAME@\""));
    }
}
