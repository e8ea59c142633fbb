//! What a secret belongs to: the key above it in a configuration, the heading above it in a page. `password` alone names nothing.

use super::scene::{Bare, Scene};

/// How far above a secret its owner may stand, in bytes.
const REACH: usize = 4096;
/// A longer heading is cut.
const HEADING: usize = 60;

/// The name of a secret with what it belongs to.
pub(super) fn qualified(text: &str, at: usize, name: &str, scene: &Scene) -> String {
    // a name of several words speaks for itself
    let bare = name.len() <= 12 && name.bytes().all(|b| b.is_ascii_alphabetic());
    if !bare {
        return name.to_owned();
    }
    let from = at.saturating_sub(REACH);
    let above = (from..=at).find(|i| text.is_char_boundary(*i)).and_then(|from| text.get(from..at)).unwrap_or("");
    match scene.bare {
        Bare::Prose => heading(above).map_or_else(|| name.to_owned(), |h| format!("{name} ({h})")),
        _ => parent(above).map_or_else(|| name.to_owned(), |p| format!("{p}.{name}")),
    }
}

/// Whether the line up to a byte is a comment, as most languages write them.
pub(super) fn in_comment(text: &str, at: usize) -> bool {
    let from = at.saturating_sub(HEADING * 4);
    let lead = text.as_bytes().get(from..at).unwrap_or_default();
    let lead = memchr::memrchr2(b'\n', b'\r', lead).and_then(|i| lead.get(i + 1..)).unwrap_or(lead).trim_ascii_start();
    ["#", "//", "*", "/*", "<!--", "-- "].iter().any(|m| lead.starts_with(m.as_bytes()))
}

/// Whether a comment shows how something is written: its text is indented, as code is.
pub(super) fn is_shown(text: &str, at: usize) -> bool {
    let from = at.saturating_sub(HEADING * 4);
    let lead = text.as_bytes().get(from..at).unwrap_or_default();
    let lead = memchr::memrchr2(b'\n', b'\r', lead).and_then(|i| lead.get(i + 1..)).unwrap_or(lead).trim_ascii_start();
    let body = lead.iter().position(|b| !matches!(b, b'#' | b'/' | b'*' | b'!')).and_then(|i| lead.get(i..)).unwrap_or_default();
    if body.len() < lead.len() {
        return body.starts_with(b"  ") || is_local_call(text, at, lead);
    }
    in_block(text, at)
}

/// `# curl http://localhost:8000/… -H "X-Token: …"`: a command in a comment that calls the machine it is typed on.
fn is_local_call(text: &str, at: usize, lead: &[u8]) -> bool {
    let rest = text.as_bytes().get(at..(at + HEADING * 4).min(text.len())).unwrap_or_default();
    let rest = memchr::memchr(b'\n', rest).and_then(|i| rest.get(..i)).unwrap_or(rest);
    [&b"localhost"[..], b"127.0.0.1"].iter().any(|h| [lead, rest].iter().any(|l| memchr::memmem::find(l, h).is_some()))
}

/// So far above a secret the comment around it may open, in bytes.
const BLOCK: usize = 8 * 1024;

/// Inside `/* … */` over several lines, and indented further than its opening.
fn in_block(text: &str, at: usize) -> bool {
    let from = at.saturating_sub(BLOCK);
    let above = text.as_bytes().get(from..at).unwrap_or_default();
    let Some(open) = memchr::memmem::rfind(above, b"/*") else { return false };
    let inside = above.get(open..).unwrap_or_default();
    // "src/*" is a path
    let opens = inside.get(2).is_some_and(|b| b.is_ascii_whitespace() || matches!(b, b'*' | b'!'));
    if !opens || memchr::memmem::find(inside, b"*/").is_some() {
        return false;
    }
    let column = |line: &[u8]| line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let line_of = |to: usize| above.get(..to).and_then(|a| memchr::memrchr(b'\n', a)).map_or(0, |i| i + 1);
    let (opening, own) = (line_of(open), line_of(above.len()));
    opening < own && column(above.get(own..).unwrap_or_default()) >= column(above.get(opening..).unwrap_or_default()) + 2
}

/// The nearest line above that is less indented and opens a block, or the section of an INI file.
fn parent(above: &str) -> Option<&str> {
    let mut lines = above.rsplit('\n');
    let mut indent = indentation(lines.next()?);
    for line in lines {
        let trimmed = line.trim();
        if let Some(section) = trimmed.strip_prefix('[').and_then(|s| s.strip_suffix(']')) {
            return key(section);
        }
        if trimmed.is_empty() || trimmed.starts_with(['#', '/', ';']) || indentation(line) >= indent {
            continue;
        }
        indent = indentation(line);
        let opens = trimmed.strip_suffix('{').unwrap_or(trimmed).trim_end();
        let opens =
            opens.strip_suffix([':', '=']).or_else(|| opens.strip_suffix("=>")).unwrap_or(if opens == trimmed { "" } else { opens });
        if let Some(name) = key(opens.trim_start_matches("- ")) {
            return Some(name);
        }
        if indent == 0 {
            return None;
        }
    }
    None
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// A plain key, quotes taken off.
fn key(raw: &str) -> Option<&str> {
    let name = raw.trim().trim_matches(['"', '\'']);
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    (!name.is_empty() && name.len() <= 40 && plain).then_some(name)
}

/// The nearest heading above: `# …`, or a line that is underlined.
fn heading(above: &str) -> Option<String> {
    let mut below = "";
    for line in above.rsplit('\n').skip(1) {
        let trimmed = line.trim();
        let underlined = below.len() >= 3 && (below.bytes().all(|b| b == b'-') || below.bytes().all(|b| b == b'=')) && !trimmed.is_empty();
        let marked = trimmed.trim_start_matches('#');
        if underlined || (marked.len() < trimmed.len() && marked.starts_with(' ')) {
            let words = marked.trim().trim_end_matches('#').trim();
            return (!words.is_empty() && !words.starts_with('|')).then(|| words.chars().take(HEADING).collect());
        }
        below = trimmed;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_of_names() {
        assert_eq!(parent("db:\n  host: x\n  port: 5\n  "), Some("db"));
        assert_eq!(parent("[mail]\nhost = x\n"), Some("mail"));
        assert_eq!(parent("{\n  \"smtp\": {\n    \"host\": 1,\n    "), Some("smtp"));
        assert_eq!(parent("host: x\n"), None);
        assert_eq!(heading("# Page\n\n## Reporting database\n\nUser: x\n").as_deref(), Some("Reporting database"));
        assert_eq!(heading("2. DATABASE\n-----------\n\n  user: x\n").as_deref(), Some("2. DATABASE"));
    }
}
