//! What a secret looks like.

use super::clause::limited_bytes;
use super::decode::Decoder;
use super::literal::{Required, required};
use crate::fact::{CREDENTIAL_TYPES, LIVES};
use crate::finding::Confidence;
use crate::tree::{Node, Tree};
use serde::{Deserialize, Serialize};

/// One secret format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pattern {
    /// `vendor.name`.
    pub id: String,
    /// What a reviewer calls it.
    pub name: String,
    /// Type of credential.
    pub kind: String,
    /// Regular expression over bytes. The group `secret` is what is redacted, `key_id` what exports call it.
    pub pattern: String,
    /// At least one of these stands in every match, in any case (lower-case bytes). Taken from the expression.
    pub literals: Vec<Vec<u8>>,
    /// The greatest length of a match, where the expression sets one that is worth a window.
    pub longest: Option<usize>,
    /// The most bytes of a match before its literal; none without a bound.
    pub before: Option<usize>,
    /// How long it lives.
    pub life: Life,
    /// How sure a match is.
    pub confidence: Confidence,
    /// How many leading characters are a public marker of the format.
    pub public_prefix: usize,
    /// Least Shannon entropy of the secret, bits per character.
    pub entropy: Option<f64>,
    /// A further test of the secret.
    pub validate: Option<Validate>,
    /// If this matches inside the secret, it is encrypted.
    pub encrypted: Option<String>,
    /// Texts that must be found.
    pub hits: Vec<String>,
    /// Texts that must not.
    pub misses: Vec<String>,
    /// File and line, for messages.
    pub at: (String, usize),
}

impl Pattern {
    /// Whether a match is no more than a hint.
    pub fn is_guess(&self) -> bool {
        self.confidence == Confidence::Low
    }
}

/// How long a secret of a format lives by nature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Life {
    /// Always the same.
    Always(String),
    /// By prefix of the secret.
    ByPrefix(Vec<(String, String)>),
}

impl Life {
    /// The word for this secret.
    pub fn of(&self, secret: &str) -> &str {
        match self {
            Self::Always(word) => word,
            Self::ByPrefix(prefixes) => prefixes.iter().find(|(p, _)| secret.starts_with(p.as_str())).map_or("unknown", |(_, w)| w),
        }
    }
}

macro_rules! validators {
    ($( #[doc = $doc:literal] $variant:ident = $word:literal ),* $(,)?) => {
        /// A test that tells a real secret from one that only looks like it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Validate { $( #[doc = $doc] $variant ),* }

        impl Validate {
            const WORDS: &'static [&'static str] = &[ $( $word ),* ];
            fn named(word: &str) -> Option<Self> {
                match word { $( $word => Some(Self::$variant), )* _ => None }
            }
        }
    };
}

validators! {
    /// The last six characters are the base-62 CRC-32 of those between prefix and checksum.
    GithubCrc32 = "github_crc32",
    /// The same scheme as npm uses it.
    NpmCrc32 = "npm_crc32",
    /// Header and payload decode to JSON objects.
    Jwt = "jwt",
    /// The armour closes and its body is base64.
    Pem = "pem",
    /// It decodes to a JSON object.
    Base64Json = "base64_json",
    /// The password in a URL is no placeholder and no variable.
    UrlUserinfo = "url_userinfo",
    /// Each group of six digits is a multiple of eleven, as BitLocker makes them.
    Eleven = "eleven",
    /// The Luhn digit is right.
    Luhn = "luhn",
}

pub(super) fn parse(d: &mut Decoder<'_>, tree: &Tree, stem: &str, into: &mut Vec<Pattern>) {
    for item in d.items_of(tree, "a file of patterns") {
        into.extend(pattern(d, item, stem));
    }
}

fn pattern(d: &mut Decoder<'_>, tree: &Tree, stem: &str) -> Option<Pattern> {
    let line = d.text.get(..tree.span.start).map_or(0, |t| t.matches('\n').count()) + 1;
    let mut k = d.map(tree, "a pattern")?;
    let id = k.need_text(d, "id");
    if let Some(id) = id.as_deref().filter(|i| !i.starts_with(&format!("{stem}."))) {
        d.error_at(tree.span.start, format!("the id `{id}` must begin with the name of its file, `{stem}.`"), None);
    }
    let name = k.need_text(d, "name");
    let kind =
        k.need(d, "kind").and_then(|t| d.one_of(t, "kind", |w| CREDENTIAL_TYPES.contains(&w).then(|| w.to_owned()), CREDENTIAL_TYPES));
    let expression_tree = k.need(d, "pattern");
    let expression = expression_tree.and_then(|t| d.text_of(t, "pattern")).map(|s| s.trim().to_owned());
    let life_tree = k.need(d, "life");
    let life = life_tree.and_then(|t| life(d, t));
    let confidence =
        k.take("confidence").and_then(|t| d.one_of(t, "confidence", Confidence::named, &Confidence::ALL.map(Confidence::word)));
    let public_prefix = k.take("public_prefix").and_then(|t| d.number_of(t, "public_prefix")).unwrap_or(0).clamp(0, 8) as usize;
    let entropy = k.take("entropy").and_then(|t| {
        let value = t.scalar().and_then(|s| s.parse::<f64>().ok());
        if value.is_none() {
            d.error_at(t.span.start, "`entropy` is bits per character, such as 3.0", None);
        }
        value
    });
    let validate = k.take("validate").and_then(|t| d.one_of(t, "validator", Validate::named, Validate::WORDS));
    let encrypted = k.text(d, "encrypted");
    let (mut hits, mut misses) = (Vec::new(), Vec::new());
    for item in k.need(d, "examples").map(Tree::items).unwrap_or_default() {
        let Some(mut e) = d.map(item, "an example") else { continue };
        hits.extend(e.text(d, "hit"));
        misses.extend(e.text(d, "miss"));
        e.finish(d);
    }
    k.finish(d);
    for (list, word) in [(&hits, "hit"), (&misses, "miss")] {
        if list.is_empty() {
            d.error_at(tree.span.start, format!("a pattern needs a `{word}` example"), None);
        }
    }
    let (expression, at) = (expression?, expression_tree?.span.start);
    for source in [Some(&expression), encrypted.as_ref()].into_iter().flatten() {
        if limited_bytes(source).is_err() {
            d.error_at(at, "not a regular expression, or too large a one", None);
            return None;
        }
    }
    let Some(Required { literals, before }) = required(&expression) else {
        d.error_at(
            at,
            "no literal of three bytes stands in every match: such a pattern cannot be looked for quickly",
            Some("tie it to a prefix or a key name".into()),
        );
        return None;
    };
    if !expression.contains("?P<secret>") && !expression.contains("?<secret>") {
        d.error_at(at, "a pattern needs a group named `secret`: what is redacted", None);
    }
    Some(Pattern {
        id: id?,
        name: name?,
        kind: kind?,
        longest: longest(&expression),
        before,
        pattern: expression,
        literals,
        life: life?,
        confidence: confidence.unwrap_or(Confidence::Medium),
        public_prefix,
        entropy,
        validate,
        encrypted,
        hits,
        misses,
        at: (d.file.to_owned(), line),
    })
}

/// The greatest length of a match, up to a few kilobytes: beyond that a window is no gain.
fn longest(expression: &str) -> Option<usize> {
    let mut parser = regex_syntax::ParserBuilder::new().utf8(false).unicode(false).build();
    let hir = parser.parse(expression).ok().or_else(|| regex_syntax::parse(expression).ok())?;
    hir.properties().maximum_len().filter(|n| *n <= 4096)
}

fn life(d: &mut Decoder<'_>, tree: &Tree) -> Option<Life> {
    let word = |d: &mut Decoder<'_>, t: &Tree| d.one_of(t, "life", |w| LIVES.contains(&w).then(|| w.to_owned()), LIVES);
    match &tree.node {
        Node::Map(entries) => Some(Life::ByPrefix(entries.iter().filter_map(|e| Some((e.key.to_string(), word(d, &e.value)?))).collect())),
        _ => word(d, tree).map(Life::Always),
    }
}
