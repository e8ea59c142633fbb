//! Examples of guides: what a README shows in a block of code is made up more often than not.

use super::found::Span;
use super::scene::Scene;
use crate::fact::context;
use crate::read::Doc;

/// How far from a secret the user of an example may stand, in bytes.
const NEAR: usize = 300;

/// Where the examples of a text are.
pub(super) struct Examples<'a> {
    text: &'a str,
    prose: bool,
    guide: bool,
    blocks: Vec<Span>,
}

impl<'a> Examples<'a> {
    pub(super) fn of(doc: &Doc<'a>, scene: &Scene) -> Self {
        let prose = scene.context == context::PROSE;
        Self { text: doc.text, prose, guide: prose && is_guide(doc.path), blocks: if prose { blocks(doc.text) } else { Vec::new() } }
    }

    /// Whether a byte stands in an example.
    pub(super) fn hold(&self, at: usize) -> bool {
        if !self.prose {
            return false;
        }
        let before = self.blocks.partition_point(|b| b.0 <= at);
        let fenced = before.checked_sub(1).and_then(|i| self.blocks.get(i)).is_some_and(|b| at < b.1);
        (fenced && (self.guide || self.names_nobody(at))) || self.is_prompt(at)
    }

    /// RFC 2606 keeps these domains for examples.
    fn names_nobody(&self, at: usize) -> bool {
        let near = self.text.as_bytes().get(at.saturating_sub(NEAR)..(at + NEAR).min(self.text.len())).unwrap_or_default();
        memchr::memmem::find(near, b"@example.").is_some()
    }

    /// Whether the line is what somebody types at the prompt of an interpreter.
    fn is_prompt(&self, at: usize) -> bool {
        let lead = self.text.as_bytes().get(at.saturating_sub(NEAR)..at).unwrap_or_default();
        let line = memchr::memrchr(b'\n', lead).and_then(|i| lead.get(i + 1..)).unwrap_or(lead).trim_ascii_start();
        [&b"irb"[..], b">>> ", b"iex", b"pry", b"In ["].iter().any(|p| line.starts_with(p)) && line.iter().any(|b| matches!(b, b'>' | b':'))
    }
}

/// Pages that teach; a runbook that lies among them does not.
fn is_guide(path: &str) -> bool {
    const FOLDERS: [&str; 12] =
        ["doc", "docs", "documentation", "guide", "guides", "tutorial", "tutorials", "howto", "reference", "website", "site", "manual"];
    const WORK: [&str; 10] = ["runbook", "playbook", "sop", "procedure", "oncall", "on-call", "break", "emergency", "incident", "recovery"];
    let path = path.to_lowercase();
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or("");
    let taught = ["readme", "guide", "tutorial", "getting", "contributing", "quickstart", "changelog"].iter().any(|n| name.contains(n));
    (taught || parts.any(|p| FOLDERS.contains(&p))) && !WORK.iter().any(|w| path.contains(w))
}

/// The blocks between fences.
fn blocks(text: &str) -> Vec<Span> {
    let (mut found, mut open, mut at) = (Vec::new(), None, 0);
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start();
        let fence = ["```", "~~~"].into_iter().find(|f| trimmed.starts_with(f));
        match (fence, open) {
            (Some(fence), None) => open = Some((fence, at + line.len())),
            (Some(fence), Some((opened, from))) if fence == opened => {
                found.push((from, at));
                open = None;
            }
            _ => {}
        }
        at += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(path: &str, text: &str) -> bool {
        let doc = Doc { path, home: "", text };
        Examples::of(&doc, &Scene::of(&doc, None)).hold(text.find("X!").unwrap_or(0))
    }

    #[test]
    fn guides_and_runbooks() {
        assert!(holds("README.md", "# A\n\n```\npassword: X!\n```\n"));
        assert!(holds("docs/intro.md", "irb> login(password: X!)\n"));
        assert!(holds("pages/setup.md", "```\nuser: a@example.com\npassword: X!\n```\n"));
        assert!(!holds("README.md", "The admin password is X!\n\n```\nls\n```\n"));
        assert!(!holds("docs/runbooks/dns.md", "```\npassword: X!\n```\n"));
        assert!(!holds("runbook.md", "```\npassword: X!\n```\n"));
    }
}
