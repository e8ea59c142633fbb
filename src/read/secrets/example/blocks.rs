//! Where pages and programs show code: fences, literal blocks, preformatted text, documentation strings.

use crate::read::secrets::found::Span;

/// So far above a line its block may open, in bytes.
const REACH: usize = 8 * 1024;
/// What texts are called that document a program.
const DOCUMENTS: [&str; 9] = ["doc", "example", "usage", "help", "return", "description", "epilog", "sample", "synopsis"];
/// So far into a program its documentation is followed.
const DOCUMENTED: usize = 256 * 1024;

/// The blocks of a page: between fences, the listings of AsciiDoc, and `<pre>`, in order.
pub(super) fn in_page(text: &str) -> Vec<Span> {
    let (mut found, mut open, mut at, mut before) = (Vec::new(), None, 0, "");
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        match open {
            Some((close, from)) => {
                let closes = |close: &str| if close.starts_with("</") { line.find(close) } else { trimmed.starts_with(close).then_some(0) };
                if let Some(end) = closes(close) {
                    found.push((from, at + end));
                    open = None;
                }
            }
            None => open = opens(trimmed, before).map(|(close, skip)| (close, if skip { at + line.len() } else { at })),
        }
        // a block that closes where it opens
        if let Some((close, from)) = open.filter(|(close, from)| close.starts_with("</") && *from == at)
            && let Some(end) = line.rfind(close)
        {
            found.push((from, at + end));
            open = None;
        }
        before = trimmed;
        at += line.len();
    }
    found
}

/// What closes the block that a line opens, and whether it begins on the next line.
fn opens<'l>(line: &'l str, before: &str) -> Option<(&'l str, bool)> {
    let fence = ["```", "~~~"].into_iter().find(|f| line.starts_with(f)).map(|f| (f, true));
    // a rule below a title looks the same
    let listing = || {
        (before.starts_with('[') && line.len() > 3 && (line.bytes().all(|b| b == b'-') || line.bytes().all(|b| b == b'.')))
            .then_some((line, true))
    };
    let tags = [("<pre", "</pre>"), ("<code", "</code>"), ("<yaml>", "</yaml>"), ("<ruby>", "</ruby>"), ("<shell>", "</shell>")];
    fence.or_else(listing).or_else(|| tags.into_iter().find(|(open, _)| line.contains(open)).map(|(_, close)| (close, false)))
}

/// Whether a line belongs to a literal block: indented below a line that is not, and no part of a list.
pub(super) fn is_indented(text: &str, at: usize) -> bool {
    let from = at.saturating_sub(REACH);
    let Some(above) = (from..=at).find(|i| text.is_char_boundary(*i)).and_then(|from| text.get(from..at)) else { return false };
    let mut lines = above.rsplit('\n');
    let Some(line) = lines.next() else { return false };
    let mut indent = indentation(line);
    let own = indent;
    let (mut blank, mut listed) = (false, false);
    for line in lines {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            blank = true;
            continue;
        }
        if indentation(line) >= indent {
            blank = false;
            continue;
        }
        indent = indentation(line);
        // a key without a value opens a block of settings
        let key = trimmed.ends_with(':') && !trimmed.contains(' ');
        if key || trimmed.ends_with("::") || trimmed.starts_with(".. ") {
            return true;
        }
        // a list indents what belongs to its items: code stands four deeper
        let marker =
            trimmed.find(' ').filter(|_| is_item(trimmed)).map(|n| n + trimmed.get(n..).map_or(0, |r| r.len() - r.trim_start().len()));
        match marker {
            Some(marker) if blank && own >= indent + marker + 4 => return true,
            Some(_) => listed = true,
            None => {}
        }
        if indent == 0 {
            return blank && own >= 4 && !listed;
        }
    }
    false
}

fn indentation(line: &str) -> usize {
    line.bytes()
        .map_while(|b| match b {
            b' ' => Some(1),
            b'\t' => Some(4),
            _ => None,
        })
        .sum()
}

/// `- …`, `* …`, `1. …`
fn is_item(line: &str) -> bool {
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    ["- ", "* ", "+ "].iter().any(|m| line.starts_with(m))
        || (number.len() < line.len() && (number.starts_with(". ") || number.starts_with(") ")))
}

/// The strings with three quotes that document a program.
pub(super) fn in_strings(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes().get(..DOCUMENTED).unwrap_or(text.as_bytes());
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(open) = bytes.get(at..).and_then(|rest| first(rest, &[b"\"\"\"", b"\'\'\'"])).map(|i| at + i) {
        let quote = bytes.get(open..open + 3).unwrap_or_default();
        let Some(close) = bytes.get(open + 3..).and_then(|rest| memchr::memmem::find(rest, quote)).map(|i| open + 3 + i) else { break };
        let above = text.get(..open).unwrap_or("");
        let (line, above) = above.rsplit_once('\n').map_or((above, ""), |(above, line)| (line, above));
        let lead = line.trim().trim_end_matches(['r', 'u', 'b', 'f', 'R']).trim_end();
        let name = lead.trim_end_matches(['=', ':', ' ']).to_lowercase();
        // an argument, or the rest of an assignment, is no documentation
        let goes_on = above.trim_end().ends_with(['(', ',', '=', '\\', '[', '{', '+']);
        if (lead.is_empty() && !goes_on) || (lead.len() < 60 && !name.contains(['(', '.']) && DOCUMENTS.iter().any(|n| name.contains(n))) {
            found.push((open + 3, close));
        }
        at = close + 3;
    }
    found
}

fn first(bytes: &[u8], needles: &[&[u8]]) -> Option<usize> {
    needles.iter().filter_map(|n| memchr::memmem::find(bytes, n)).min()
}

/// `examples <<~DOC` and what follows to the line `DOC`.
pub(super) fn in_heredocs(text: &str) -> Vec<Span> {
    let (mut found, mut open, mut at) = (Vec::new(), None, 0);
    for line in text.split_inclusive('\n') {
        match open {
            None => {
                let opened = line.split_once("<<~").or_else(|| line.split_once("<<-")).filter(|(lead, _)| {
                    let name = lead.trim().to_lowercase();
                    name.len() < 60 && DOCUMENTS.iter().any(|n| name.contains(n))
                });
                let word = opened.map(|(_, word)| word.trim().trim_matches(['"', '\'']));
                open = word
                    .filter(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
                    .map(|w| (w, at + line.len()));
            }
            Some((word, from)) if line.trim() == word => {
                found.push((from, at));
                open = None;
            }
            Some(_) => {}
        }
        at += line.len();
    }
    found
}

/// Perl's own pages, between `=head1` and `=cut`.
pub(super) fn in_pod(text: &str) -> Vec<Span> {
    let (mut found, mut open, mut at) = (Vec::new(), None, 0);
    for line in text.split_inclusive('\n') {
        match open {
            None if ["=head", "=pod", "=over", "=item", "=encoding"].iter().any(|c| line.starts_with(c)) => open = Some(at),
            Some(from) if line.starts_with("=cut") => {
                found.push((from, at));
                open = None;
            }
            _ => {}
        }
        at += line.len();
    }
    found.extend(open.map(|from| (from, text.len())));
    found
}
