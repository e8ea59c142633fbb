//! Text to words, and words to sentences.

use super::grammar::Grammar;
use super::inflect::Form;

/// A word or a mark of punctuation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    /// Base form in the lexicon; 0 for a word it does not know, and for marks.
    pub(super) id: u16,
    pub(super) form: Form,
    /// The mark, or a space for a word.
    pub(super) mark: char,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Token {
    /// Whether it is a word.
    pub(super) fn is_word(&self) -> bool {
        self.mark == ' '
    }

    /// Whether it separates what stands on its sides.
    pub(super) fn is_stop(&self) -> bool {
        matches!(self.mark, ',' | ';' | ':' | '—' | '\n' | '.' | '?' | '!' | '>')
    }
}

/// Stands in a phrase for up to three words.
pub(super) const GAP: &str = "~";

/// Words after which a point does not end a sentence.
const ABBREVIATIONS: [&str; 14] = ["e.g", "i.e", "etc", "vs", "approx", "no", "mr", "mrs", "ms", "dr", "incl", "cf", "resp", "st"];

/// The words of a phrase of the lexicon, as [`tokens`] would cut them.
pub(super) fn words(phrase: &str) -> impl Iterator<Item = &str> {
    phrase.split([' ', '-']).map(|w| w.strip_suffix("'s").unwrap_or(w)).filter(|w| !w.is_empty())
}

/// Cuts a text into words and marks.
pub(super) fn tokens(text: &str, grammar: &Grammar) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(text.len() / 5);
    let mut lower = String::new();
    let mut quoting = false;
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if c == '#' || c == '@' {
            let next = chars.peek().map_or(' ', |n| n.1);
            let fresh = text.get(..start).and_then(|t| t.chars().next_back()).is_none_or(|b| !b.is_alphanumeric());
            if fresh && next.is_alphabetic() {
                let end = run(&mut chars, start + 1, |c| c.is_alphanumeric() || c == '-' || c == '_');
                let id = if c == '#' && end - start > 3 { grammar.word("#channel").0 } else { 0 };
                out.push(Token { id, form: Form::Base, mark: ' ', start, end });
            }
            continue;
        }
        if c.is_alphanumeric() || c == '~' {
            let mut end = start + c.len_utf8();
            lower.clear();
            push_lower(&mut lower, c);
            let mut address = false;
            while let Some((at, n)) = chars.peek().copied() {
                let after = text.get(at + n.len_utf8()..).and_then(|t| t.chars().next()).unwrap_or(' ');
                let inside = match n {
                    '\'' | '’' => after.is_alphabetic(),
                    '.' | '@' | '_' => after.is_alphanumeric(),
                    ':' => after == '/' && lower.starts_with("http"),
                    '/' | '?' | '=' | '&' | '%' | '-' | '#' if lower.starts_with("http") && lower.len() > 4 => true,
                    _ => n.is_alphanumeric(),
                };
                if !inside {
                    break;
                }
                address |= n == '@';
                match n {
                    '’' => lower.push('\''),
                    n => push_lower(&mut lower, n),
                }
                end = at + n.len_utf8();
                chars.next();
            }
            let base = lower.strip_suffix("'s").unwrap_or(&lower);
            if let Some(meant) = grammar.meaning(&lower).filter(|_| !address) {
                // a compound is as many words as it means, and one that means nothing here is still a word
                let unknown = [(0, Form::Base)];
                let meant = if meant.is_empty() { &unknown } else { meant };
                out.extend(meant.iter().map(|(id, form)| Token { id: *id, form: *form, mark: ' ', start, end }));
                continue;
            }
            // "l'équipe": the article is part of the word
            if grammar.word(base).0 == 0
                && let Some(meant) =
                    lower.split_once('\'').and_then(|(_, word)| grammar.meaning(word)).filter(|m| !m.is_empty() && !address)
            {
                out.extend(meant.iter().map(|(id, form)| Token { id: *id, form: *form, mark: ' ', start, end }));
                continue;
            }
            // "iam-user-no-policies-check" is a name, and denies nothing
            let inside = base == "no" && text.get(..start).is_some_and(|t| t.ends_with('-'));
            let (id, form) = match () {
                () if address => (grammar.word("@address").0, Form::Base),
                () if inside => (0, Form::Base),
                () => grammar.word(base),
            };
            out.push(Token { id, form, mark: ' ', start, end });
            continue;
        }
        let end = start + c.len_utf8();
        let next = chars.peek().map_or(' ', |n| n.1);
        let before = text.get(..start).and_then(|t| t.chars().next_back()).unwrap_or(' ');
        // "--skip-verify" is the option of a program, and no demand
        if c == '-' && before == '-' && next.is_ascii_lowercase() {
            let end = run(&mut chars, end, |c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
            out.push(Token { id: 0, form: Form::Base, mark: ' ', start, end });
            continue;
        }
        let mark = match c {
            // 'Verify': a name in single quotation marks
            '\'' | '‘' if next.is_alphanumeric() && !before.is_alphanumeric() => {
                quoting = true;
                '"'
            }
            '\'' | '’' if std::mem::take(&mut quoting) => '"',
            ',' | ';' | ':' | '(' | ')' | '/' | '\n' => c,
            '"' | '“' | '”' => '"',
            '?' | '!' => c,
            '+' | '&' => '+',
            // "Settings > Credentials": the way through a menu
            '>' | '›' | '»' => '>',
            '—' | '–' | '→' => '—',
            // a hyphen joins words, a dash parts them
            '-' if next == ' ' && text.get(..start).is_some_and(|t| t.ends_with(' ')) => '—',
            '.' if next.is_whitespace() || next == ')' || next == '"' || chars.peek().is_none() => {
                let word = out.last().filter(|t| t.is_word()).and_then(|t| text.get(t.start..t.end)).unwrap_or_default();
                let short = ABBREVIATIONS.iter().any(|a| a.eq_ignore_ascii_case(word));
                let follows = text.get(end..).map(str::trim_start).and_then(|t| t.chars().next()).unwrap_or('A');
                if short && !(follows.is_uppercase() && word.eq_ignore_ascii_case("etc")) || follows.is_lowercase() {
                    continue;
                }
                '.'
            }
            _ => continue,
        };
        out.push(Token { id: 0, form: Form::Base, mark, start, end });
    }
    out
}

fn push_lower(to: &mut String, c: char) {
    if c.is_ascii() { to.push(c.to_ascii_lowercase()) } else { to.extend(c.to_lowercase()) }
}

fn run(chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>, from: usize, inside: impl Fn(char) -> bool) -> usize {
    let mut end = from;
    while let Some((at, c)) = chars.peek().copied() {
        if !inside(c) {
            break;
        }
        end = at + c.len_utf8();
        chars.next();
    }
    end
}

/// A sentence longer than this is a list that lost its marks: it is read in parts, so that no text takes more than linear time.
const LONGEST: usize = 160;

/// Cuts tokens into sentences. The mark at the end of a question stays with it.
pub(super) fn sentences(tokens: &[Token]) -> impl Iterator<Item = &[Token]> {
    tokens
        .split_inclusive(|t| matches!(t.mark, '.' | '!' | '?' | '\n'))
        .flat_map(|s| s.chunks(LONGEST))
        .filter(|s| s.iter().any(Token::is_word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::prose::tests::pack;

    #[test]
    fn sentences_end_where_they_end() {
        let grammar = Grammar::new(&[&pack()]);
        let cut = |text: &str| {
            let tokens = tokens(text, &grammar);
            sentences(&tokens).map(|s| text[s[0].start..s[s.len() - 1].end].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(cut("Use chat, e.g. Slack. Then wait!"), ["Use chat, e.g. Slack.", "Then wait!"]);
        assert_eq!(cut("See v1.2 at https://a.example/x?y. Done"), ["See v1.2 at https://a.example/x?y.", "Done"]);
        assert_eq!(cut("Anything (cards, etc.) goes. ok then"), ["Anything (cards, etc.) goes. ok then"]);
    }
}
