//! Examples: what a guide shows in a block of code, and a program in its documentation, is made up more often than not.

mod blocks;

use super::found::Span;
use super::scene::{Documented, Scene};
use super::{form, surroundings};
use crate::fact::context;
use crate::read::Doc;

/// How far from a secret the user of an example may stand, in bytes.
const NEAR: usize = 300;

/// How far behind "for example" its instance may stand, in bytes.
const INSTANCE: usize = 100;

/// Where the examples of a text are.
pub(super) struct Examples<'a> {
    text: &'a str,
    prose: bool,
    guide: bool,
    /// A manual page is one example.
    manual: bool,
    blocks: Vec<Span>,
}

impl<'a> Examples<'a> {
    pub(super) fn of(doc: &Doc<'a>, scene: &Scene) -> Self {
        let prose = scene.context == context::PROSE;
        let blocks = match scene.documented {
            _ if prose => blocks::in_page(doc.text),
            Documented::Strings => blocks::in_strings(doc.text),
            Documented::Pod => blocks::in_pod(doc.text),
            Documented::Heredocs => blocks::in_heredocs(doc.text),
            Documented::File => vec![(0, doc.text.len())],
            Documented::Comments => Vec::new(),
        };
        Self { text: doc.text, prose, guide: prose && is_guide(doc.path), manual: prose && form::is_manual(doc.text), blocks }
    }

    /// Whether a byte stands in an example.
    pub(super) fn hold(&self, at: usize) -> bool {
        let before = self.blocks.partition_point(|b| b.0 <= at);
        let inside = before.checked_sub(1).and_then(|i| self.blocks.get(i)).is_some_and(|b| at < b.1);
        if !self.prose {
            return inside || surroundings::is_shown(self.text, at);
        }
        self.manual
            || (inside && (self.guide || self.names_nobody(at)))
            || (self.guide && blocks::is_indented(self.text, at))
            || self.is_prompt(at)
            || self.is_instance(at)
    }

    /// RFC 2606 keeps these domains for examples.
    fn names_nobody(&self, at: usize) -> bool {
        let near = self.text.as_bytes().get(at.saturating_sub(NEAR)..(at + NEAR).min(self.text.len())).unwrap_or_default();
        memchr::memmem::find(near, b"@example.").is_some()
    }

    /// Whether the sentence gives an instance: "literals work too, e.g. `PASSWORD = …`".
    fn is_instance(&self, at: usize) -> bool {
        const WORDS: [&[u8]; 9] = [
            b"e.g.",
            b"for example",
            b"For example",
            b"for instance",
            b"such as",
            b"something like",
            b"password like",
            b"Example:",
            b"example:",
        ];
        let lead = self.text.as_bytes().get(at.saturating_sub(INSTANCE)..at).unwrap_or_default();
        let line = memchr::memrchr(b'\n', lead).and_then(|i| lead.get(i + 1..)).unwrap_or(lead);
        WORDS.iter().filter_map(|w| memchr::memmem::rfind(line, w).map(|i| i + w.len())).max().is_some_and(|from| {
            // and no sentence ends between
            line.get(from..).is_some_and(|rest| !rest.windows(2).any(|w| w == b". "))
        })
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
    const FOLDERS: [&str; 16] = [
        "doc",
        "docs",
        "documentation",
        "guide",
        "guides",
        "tutorial",
        "tutorials",
        "howto",
        "reference",
        "website",
        "site",
        "manual",
        "docsite",
        "man",
        "manpages",
        "cookbook",
    ];
    const WORK: [&str; 10] = ["runbook", "playbook", "sop", "procedure", "oncall", "on-call", "break", "emergency", "incident", "recovery"];
    const NAMES: [&str; 15] = [
        "readme",
        "guide",
        "tutorial",
        "getting",
        "contributing",
        "quickstart",
        "changelog",
        "changes",
        "release_notes",
        "release-notes",
        "news.",
        "usage",
        "example",
        "manual",
        "faq",
    ];
    let path = path.to_lowercase();
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or("");
    let taught = NAMES.iter().any(|n| name.contains(n));
    (taught || parts.any(|p| p.split(['-', '_']).any(|w| FOLDERS.contains(&w)))) && !WORK.iter().any(|w| path.contains(w))
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
        assert!(holds("pages/setup.md", "Literals work too, e.g., `PASSWORD = X!`.\n"));
        assert!(holds("pages/setup.md", "Choose a long one, such as `X!`.\n"));
        assert!(!holds("pages/setup.md", "Use a vault, e.g. ours. The password is X!\n"));
        assert!(!holds("README.md", "The admin password is X!\n\n```\nls\n```\n"));
        assert!(!holds("docs/runbooks/dns.md", "```\npassword: X!\n```\n"));
        assert!(!holds("runbook.md", "```\npassword: X!\n```\n"));
    }

    #[test]
    fn blocks_of_other_pages() {
        assert!(holds("CHANGELOG.md", "*   It works:\n\n        password = X!\n"));
        assert!(holds("docs/a.md", "As here:\n\n    password: X!\n"));
        assert!(holds("docs/a.rst", "As here::\n\n  login:\n    password: X!\n"));
        assert!(holds("docs/a.rst", ".. code-block:: yaml\n\n   - mail:\n       password: X!\n"));
        assert!(holds("docs/a.adoc", "[source,ini]\n----\npassword=X!\n----\n"));
        assert!(holds("docs/a.html", "<p>As here</p><pre>\npassword: X!</pre>"));
        assert!(holds("web/legacy-docs/a.htm", "<code class=\"reply\">\n{\n  \"token\": \"X!\"\n}\n</code>\n"));
        assert!(holds("docs/a.textile", "<yaml>\npassword: X!\n</yaml>\n"));
        assert!(holds("x/tool.1", ".TH tool 1\n.SH NAME\npassword X!\n"));
        // a list that is nested, and words between
        assert!(!holds("docs/a.md", "- database\n    - password: X!\n"));
        assert!(!holds("docs/a.md", "1. Log in.\n\n    The password is X!\n"));
        assert!(!holds("docs/a.rst", "The host\n  has the password X!\n"));
    }

    #[test]
    fn documentation_of_programs() {
        assert!(holds("a.py", "EXAMPLES = \'\'\'\n- mail:\n    password: X!\n\'\'\'\n"));
        assert!(holds("a.py", "def f():\n    \"\"\"Logs in.\n\n    f(password=\"X!\")\n    \"\"\"\n"));
        assert!(holds("tool", "#!/usr/bin/python\nDOCUMENTATION = r\"\"\"\npassword: X!\n\"\"\"\n"));
        assert!(holds("a.ex", "  @doc \"\"\"\n  login(password: X!)\n  \"\"\"\n"));
        assert!(holds("a.pm", "=head1 USE\n\n  login(password => X!)\n\n=cut\n"));
        assert!(holds("a.rb", "  #   config:\n  #     password: X!\n"));
        assert!(holds("a.rb", "  examples <<~DOC\n    login 'x' do\n      password 'X!'\n  DOC\n"));
        assert!(holds("auth/doc.go", "/*\nPackage auth\n  Password: \"X!\"\n*/\n"));
        assert!(holds("a.php", "/*\nThe hook sends\n{\n  \"token\": \"X!\"\n}\n*/\n"));
        assert!(holds("a.php", "  # curl http://localhost/ -H \"X-Token: X!\"\n"));
        assert!(!holds("a.php", "/* A hook */\nif (1) {\n  $token = \"X!\";\n}\n"));
        assert!(!holds("a.js", "glob('src/*.js');\n  token = \"X!\";\n"));
        assert!(!holds("a.rb", "sql = <<~SQL\n  password 'X!'\nSQL\n"));
        assert!(!holds("a.py", "KEY = \"\"\"\nX!\n\"\"\"\n"));
        assert!(!holds("a.py", "\"\"\"A tool.\"\"\"\npassword = \"X!\"\n"));
        assert!(!holds("a.py", "load(\n    \"\"\"password: X!\"\"\")\n"));
        assert!(!holds("a.rb", "  # password: X!\n"));
    }
}
