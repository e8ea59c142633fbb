//! Mail, as it is unpacked, to a [`Document`]: the subject is its title, what is quoted of older mails is nobody's instruction.

use super::builder::Builder;
use super::lines::lines;
use super::{Document, html, plain};

/// What stands above an older mail that is quoted without marks.
const OLDER: [&str; 4] =
    ["-----original message-----", "________________________________", "-----ursprüngliche nachricht-----", "-----message d'origine-----"];

/// Reads a mail.
pub(super) fn read(text: &str) -> Document {
    let mut build = Builder::default();
    let end = text.find("\n\n").map_or(text.len(), |i| i + 1);
    let (head, body) = text.split_at(end);
    if let Some(at) = head.to_ascii_lowercase().find("subject:").filter(|at| *at == 0 || head.as_bytes().get(at - 1) == Some(&b'\n')) {
        let line = head.get(at + 8..).unwrap_or_default();
        // a folded header goes on with a space
        let len = line
            .match_indices('\n')
            .map(|m| m.0)
            .find(|i| !line.get(i + 1..).is_some_and(|r| r.starts_with([' ', '\t'])))
            .unwrap_or(line.len());
        let subject = line.get(..len).unwrap_or_default();
        let title = bare(subject.split_whitespace().collect::<Vec<_>>().join(" "));
        let from = at + 8 + (subject.len() - subject.trim_start().len());
        build.document.title = (!title.is_empty()).then_some((title, (from, at + 8 + len)));
    }
    if body.trim_start().starts_with('<') {
        html::read_into(body, end, &mut html::State::default(), &mut build);
        return build.finish();
    }
    let mut lines = lines(body);
    lines.iter_mut().for_each(|l| l.at += end);
    // below its mark, a signature says nothing of procedures
    lines.truncate(lines.iter().position(|l| l.text == "--").unwrap_or(lines.len()));
    let wrote = |text: &str| text.ends_with("wrote:") || text.ends_with("schrieb:") || text.ends_with("a écrit :");
    let older = lines.iter().position(|l| OLDER.contains(&&*l.text.to_lowercase())).unwrap_or(lines.len());
    let (new, old) = lines.split_at(older);
    let new: Vec<_> = new.iter().copied().filter(|l| !wrote(l.text)).collect();
    plain::read_into(&new, &mut build);
    if !old.is_empty() {
        build.open_quote();
        plain::read_into(old, &mut build);
        build.close_quote();
    }
    build.finish()
}

/// A subject without `Re:` and its like.
fn bare(subject: String) -> String {
    let mut rest = subject.as_str();
    while let Some((_, after)) =
        rest.split_once(':').filter(|(m, _)| ["re", "fw", "fwd", "aw", "wg", "tr", "sv"].contains(&&*m.to_lowercase()))
    {
        rest = after.trim_start();
    }
    rest.to_owned()
}
