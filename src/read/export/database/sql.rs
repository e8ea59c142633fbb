//! From the text of a dump to its statements: words, names and strings, each with its bytes. No SQL is understood beyond that.

use crate::tree::{Entry, Node, Tree};
use std::ops::Range;

/// The keys of the tree that is made of a dump.
pub(in crate::read::export) const DIALECT: &str = "sql dialect";
pub(super) const STATEMENTS: &str = "statements";
pub(super) const WORDS: &str = "words";
pub(super) const POSTGRES: &str = "postgres";
const MYSQL: &str = "mysql";

/// Words of one statement that are read.
const MOST_WORDS: usize = 400;

/// A word of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    /// It stood in quotes.
    quoted: bool,
    span: Range<usize>,
}

/// The statements about roles and grants, if a text is a dump of such.
pub(in crate::read::export) fn dump(text: &str) -> Option<Tree> {
    let dialect = dialect(text)?;
    let mut statements = Vec::new();
    let mut at = 0;
    while let Some((words, next)) = statement(text, at) {
        at = next;
        let says = |n: usize, word: &str| words.get(n).is_some_and(|w| !w.quoted && w.text.eq_ignore_ascii_case(word));
        let of_role = (says(0, "ALTER") || says(0, "CREATE")) && (says(1, "ROLE") || says(1, "USER"));
        if of_role || (says(0, "GRANT") && dialect == MYSQL) {
            statements.push(tree(&words));
        }
    }
    let list = Tree { node: Node::List(statements), span: 0..text.len() };
    let said = Tree { node: Node::Text(dialect.into()), span: 0..0 };
    let entries = vec![Entry { key: DIALECT.into(), value: said, at: 0 }, Entry { key: STATEMENTS.into(), value: list, at: 0 }];
    Some(Tree { node: Node::Map(entries), span: 0..text.len() })
}

/// Whether a dump ends in the middle of a statement.
pub(in crate::read::export) fn breaks_off(tree: &Tree, text: &str) -> bool {
    let last = text.trim_end().lines().next_back().unwrap_or_default().trim();
    tree.get(DIALECT).and_then(Tree::text) == Some(POSTGRES) && !last.ends_with(';') && !last.starts_with("--") && !last.starts_with('\\')
}

/// Whose dump a text is, by lines that only a dump has. A page or a program that shows such a line is none.
fn dialect(text: &str) -> Option<&'static str> {
    let lines = || text.lines().map(|l| l.trim_matches(|c: char| c == '|' || c.is_whitespace())).filter(|l| !l.is_empty());
    let begins = |line: &str, words: &[&str]| words.iter().any(|w| line.get(..w.len()).is_some_and(|l| l.eq_ignore_ascii_case(w)));
    let flags = ["SUPERUSER", "INHERIT", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS"];
    let altered =
        |line: &str| line.starts_with("ALTER ROLE ") && line.contains(" WITH ") && flags.iter().filter(|f| line.contains(**f)).count() >= 3;
    if begins(lines().next()?, &["--", "CREATE ROLE ", "ALTER ROLE ", "SET ", "\\"]) && lines().any(altered) {
        return Some(POSTGRES);
    }
    let granted = |line: &str| {
        begins(line, &["GRANT "])
            && line.contains(" TO ")
            && line.contains(" ON ")
            && ["@'", "@`", "@\""].iter().any(|at| line.contains(at))
    };
    let about =
        ["GRANT ", "GRANTS FOR", "REVOKE ", "--", "#", "+--", "SHOW GRANTS", "MYSQL>", "MARIADB", "CREATE USER", "ALTER USER", "FLUSH "];
    let rows = |line: &str| begins(line, &about) || line.contains(" rows in set") || line.contains(" row in set");
    (lines().any(granted) && lines().all(rows)).then_some(MYSQL)
}

fn tree(words: &[Word]) -> Tree {
    let span = words.first().map_or(0, |w| w.span.start)..words.last().map_or(0, |w| w.span.end);
    let items = words.iter().map(|w| Tree { node: Node::Text(w.text.as_str().into()), span: w.span.clone() });
    let list = Tree { node: Node::List(items.collect()), span: span.clone() };
    Tree { node: Node::Map(vec![Entry { key: WORDS.into(), value: list, at: span.start }]), span }
}

/// The words of the next statement, and where the one after it begins. Rows of a table that a client drew are statements too.
fn statement(text: &str, from: usize) -> Option<(Vec<Word>, usize)> {
    let bytes = text.as_bytes();
    let (mut at, mut words) = (from, Vec::new());
    loop {
        let Some(byte) = bytes.get(at) else { return (!words.is_empty()).then_some((words, at)) };
        match byte {
            b';' | b'|' if !words.is_empty() => return Some((words, at + 1)),
            // MySQL prints a grant a line, without a semicolon
            b'\n' if next_is_grant(text, at + 1) && !words.is_empty() => return Some((words, at + 1)),
            b'-' if text.get(at..).is_some_and(|t| t.starts_with("--")) => at = end_of_line(text, at),
            b'#' => at = end_of_line(text, at),
            b'\'' | b'"' | b'`' => {
                let (word, next) = quoted(text, at, *byte);
                push(&mut words, Word { text: word, quoted: true, span: at..next });
                at = next;
            }
            b if b.is_ascii_alphanumeric() || matches!(b, b'_' | b'*' | b'%' | b'.' | b'@' | b'$') || *b >= 0x80 => {
                let rest = text.get(at..)?;
                let end = rest.find(|c: char| c.is_whitespace() || ";,()'\"`|@".contains(c)).filter(|e| *e > 0).unwrap_or(if *b == b'@' {
                    1
                } else {
                    rest.len()
                });
                push(&mut words, Word { text: rest.get(..end)?.to_owned(), quoted: false, span: at..at + end });
                at += end;
            }
            b',' => {
                push(&mut words, Word { text: ",".into(), quoted: false, span: at..at + 1 });
                at += 1;
            }
            _ => at += 1,
        }
    }
}

fn push(words: &mut Vec<Word>, word: Word) {
    if words.len() < MOST_WORDS {
        words.push(word);
    }
}

fn next_is_grant(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|t| t.trim_start_matches([' ', '|']).get(..6).is_some_and(|w| w.eq_ignore_ascii_case("GRANT ")))
}

fn end_of_line(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|t| t.find('\n')).map_or(text.len(), |i| at + i)
}

/// A string or a quoted name; a quote in it is doubled.
fn quoted(text: &str, at: usize, quote: u8) -> (String, usize) {
    let mark = char::from(quote);
    let mut out = String::new();
    let mut chars = text.get(at + 1..).unwrap_or_default().char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        if c == mark {
            if chars.peek().is_some_and(|(_, next)| *next == mark) {
                chars.next();
            } else {
                return (out, at + 1 + i + 1);
            }
        }
        out.push(c);
    }
    (out, text.len())
}
