//! Characters that HTML and XML write by name or number.

use std::borrow::Cow;

/// The names that texts about people and passwords use.
const NAMES: [(&str, char); 44] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("bull", '•'),
    ("middot", '·'),
    ("rarr", '→'),
    ("larr", '←'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("auml", 'ä'),
    ("ouml", 'ö'),
    ("uuml", 'ü'),
    ("Auml", 'Ä'),
    ("Ouml", 'Ö'),
    ("Uuml", 'Ü'),
    ("szlig", 'ß'),
    ("eacute", 'é'),
    ("egrave", 'è'),
    ("ecirc", 'ê'),
    ("agrave", 'à'),
    ("aacute", 'á'),
    ("ccedil", 'ç'),
    ("ntilde", 'ñ'),
    ("iacute", 'í'),
    ("oacute", 'ó'),
    ("uacute", 'ú'),
    ("atilde", 'ã'),
    ("times", '×'),
];
/// No name is longer.
const LONGEST: usize = 10;

/// What a text that begins with `&` stands for, and how many bytes of it.
pub(super) fn at(text: &str) -> (Cow<'_, str>, usize) {
    let end = text.bytes().take(LONGEST).position(|b| b == b';');
    let named = end.and_then(|end| Some((character(text.get(1..end)?)?, end + 1)));
    named.map_or((Cow::Borrowed("&"), 1), |(c, len)| (Cow::Owned(c.to_string()), len))
}

fn character(name: &str) -> Option<char> {
    match name.strip_prefix('#') {
        Some(number) => {
            let hex = number.strip_prefix(['x', 'X']);
            let code = hex.map_or_else(|| number.parse().ok(), |h| u32::from_str_radix(h, 16).ok())?;
            char::from_u32(code).filter(|c| !c.is_control()).map(|c| if c == '\u{a0}' { ' ' } else { c })
        }
        None => NAMES.iter().find(|n| n.0 == name).map(|n| n.1),
    }
}

/// A text with all of them read.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(i) = rest.find('&') {
        let (before, from) = rest.split_at(i);
        out.push_str(before);
        let (word, len) = at(from);
        out.push_str(&word);
        rest = from.get(len..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}
