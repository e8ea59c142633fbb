//! A document, whatever its format: headings, paragraphs, list items, table rows, quotes. Code is left out: it is not instruction.
//!
//! Soft-wrapped lines are joined, and every byte of joined text still knows the source byte it came from.

use crate::fact::Draft;

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A heading and its level, from 1.
    Heading(u8),
    /// Running text.
    Paragraph,
    /// An item of a list; whether the list counts its items.
    Item { ordered: bool },
    /// A row of a table, written as `header: cell` sentences.
    Row,
    /// A quotation that is no admonition.
    Quote,
}

/// A piece of a document that is read as a whole.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) shape: Shape,
    pub(super) text: Joined,
    /// Bytes in the source.
    pub(super) span: (usize, usize),
    /// The block whose text introduces the list this item is in ("Do not:").
    pub(super) intro: Option<usize>,
    /// How many lists it is in.
    pub(super) depth: usize,
}

/// A document in the order of its text.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// A title from the front matter, for documents without a heading of the first level.
    pub(super) title: Option<(String, (usize, usize))>,
    /// A named owner from the front matter.
    pub(super) owner: Option<(String, (usize, usize))>,
    pub(super) blocks: Vec<Block>,
    /// How many blocks stand before each block of code: commands are steps, although they are not read.
    pub(super) code: Vec<usize>,
    /// How many of them are pieces of programs.
    pub(super) programs: usize,
    /// Bytes of links and where they lead.
    pub(super) links: Vec<((usize, usize), String)>,
    /// It records what was done, ticket by ticket: what it does not say proves nothing.
    pub(super) records: bool,
    /// What is recorded, each with the bytes of its ticket.
    pub(super) events: Vec<((usize, usize), Draft)>,
}

/// Bytes of markup that may stand between a link and its text.
const LINK_MARKS: usize = 2;

impl Document {
    /// Adds a block that says something.
    pub(super) fn push(&mut self, shape: Shape, text: Joined, span: (usize, usize), intro: Option<usize>) -> Option<usize> {
        if text.text.trim().is_empty() {
            return None;
        }
        self.blocks.push(Block { shape, text, span, intro, depth: 0 });
        Some(self.blocks.len() - 1)
    }
}

impl Document {
    /// Whether a block is an item of a list that is nothing but a link, or a row that begins with a link to another document.
    pub(super) fn is_pointer(&self, block: &Block) -> bool {
        let row = block.shape == Shape::Row;
        if !row && !matches!(block.shape, Shape::Item { .. }) {
            return false;
        }
        let (start, end) = block.text.source(0, block.text.text.len());
        let from = self.links.partition_point(|l| l.0.0 < start.saturating_sub(LINK_MARKS));
        let file = |to: &str| !to.contains("://") && [".md", ".rst", ".html", ".adoc"].iter().any(|e| to.contains(e));
        self.links.get(from).is_some_and(|l| l.0.0 <= start && if row { file(&l.1) } else { l.0.1.saturating_add(LINK_MARKS) >= end })
    }

    /// Turns positions in a text that was joined into positions in its source.
    pub(super) fn through(&mut self, outer: &Joined) {
        let named = self.title.iter_mut().chain(&mut self.owner).map(|(_, span)| span);
        for span in named {
            *span = outer.source(span.0, span.1);
        }
        for (span, _) in &mut self.links {
            *span = outer.source(span.0, span.1);
        }
        for block in &mut self.blocks {
            block.span = outer.source(block.span.0, block.span.1);
            block.text.through(outer);
        }
    }
}

/// Text joined from pieces of the source.
#[derive(Debug, Default, Clone)]
pub(super) struct Joined {
    pub(super) text: String,
    /// Where a piece begins here, and its bytes in the source.
    pieces: Vec<(usize, usize, usize)>,
}

impl Joined {
    /// Adds a piece that stands at these bytes of the source.
    pub(super) fn piece(&mut self, text: &str, from: usize, to: usize) {
        if !text.is_empty() {
            self.pieces.push((self.text.len(), from, to));
            self.text.push_str(text);
        }
    }

    /// A break between pieces; two in a row count once.
    pub(super) fn gap(&mut self, with: char) {
        if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
            self.text.push(with);
        }
    }

    /// Moves all positions in the source.
    pub(super) fn shift(&mut self, by: usize) {
        self.pieces.iter_mut().for_each(|p| (p.1, p.2) = (p.1 + by, p.2 + by));
    }

    /// Takes white space off the end.
    pub(super) fn trim_end(&mut self) {
        self.text.truncate(self.text.trim_end().len());
        self.pieces.truncate(self.pieces.partition_point(|p| p.0 < self.text.len()));
    }

    /// Adds another text.
    pub(super) fn join(&mut self, other: &Self) {
        let base = self.text.len();
        self.pieces.extend(other.pieces.iter().map(|(at, from, to)| (base + at, *from, *to)));
        self.text.push_str(&other.text);
    }

    /// The source bytes of a range of this text.
    pub(super) fn source(&self, start: usize, end: usize) -> (usize, usize) {
        let find = |at: usize| {
            let index = self.pieces.partition_point(|p| p.0 <= at).saturating_sub(1);
            self.pieces.get(index).map_or(0, |(here, from, to)| (from + at.saturating_sub(*here)).min(*to))
        };
        let first = find(start);
        (first, find(end.saturating_sub(1)).saturating_add(1).max(first))
    }

    /// Takes ranges out that are in order.
    pub(super) fn cut(&mut self, gone: &[(usize, usize)]) {
        let old = std::mem::take(self);
        let mut at = 0;
        for (start, end) in gone.iter().copied().chain([(old.text.len(), old.text.len())]) {
            let first = old.pieces.partition_point(|p| p.0 <= at).saturating_sub(1);
            for (i, (here, from, to)) in old.pieces.iter().enumerate().skip(first).take_while(|(_, p)| p.0 < start) {
                let next = old.pieces.get(i + 1).map_or(old.text.len(), |p| p.0);
                let (a, z) = (at.max(*here), start.min(next));
                self.piece(old.text.get(a..z).unwrap_or_default(), (from + a - here).min(*to), *to);
            }
            at = end;
        }
    }

    /// The same text, of which the source was itself joined from pieces of another source.
    fn through(&mut self, outer: &Self) {
        let end = self.text.len();
        let mut pieces = Vec::with_capacity(self.pieces.len());
        for (i, (here, from, to)) in self.pieces.iter().copied().enumerate() {
            let len = self.pieces.get(i + 1).map_or(end, |p| p.0) - here;
            let first = outer.pieces.partition_point(|p| p.0 <= from);
            // word for word: each piece of the outer text counts for itself
            let exact = to.saturating_sub(from) <= len;
            let cuts = outer.pieces.iter().skip(first).map(|p| p.0).take_while(|at| exact && *at < to);
            let starts: Vec<usize> = std::iter::once(from).chain(cuts).collect();
            for (n, start) in starts.iter().copied().enumerate() {
                let stop = starts.get(n + 1).copied().unwrap_or(to).max(start + 1);
                let (a, z) = outer.source(start, stop);
                pieces.push((here + start - from, a, z));
            }
        }
        self.pieces = pieces;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_text_knows_its_source() {
        let source = "Never send\n  the token";
        let mut joined = Joined::default();
        joined.piece("Never send", 0, 10);
        joined.gap(' ');
        joined.piece("the token", 13, 22);
        assert_eq!(joined.text, "Never send the token");
        let (from, to) = joined.source(15, 20);
        assert_eq!(source.get(from..to), Some("token"));
        let (from, to) = joined.source(6, 20);
        assert_eq!(source.get(from..to), Some("send\n  the token"));
    }

    #[test]
    fn what_is_cut_or_joined_twice_knows_its_source() {
        let source = "Never \\\"send\\\" {% x %}\n the token";
        let mut outer = Joined::default();
        outer.piece("Never ", 0, 6);
        outer.piece("\"", 6, 8);
        outer.piece("send", 8, 12);
        outer.piece("\"", 12, 14);
        outer.piece(" {% x %}\n the token", 14, source.len());
        let mut document = Document::default();
        let mut inner = Joined::default();
        inner.piece(&outer.text, 0, outer.text.len());
        document.push(Shape::Paragraph, inner, (0, outer.text.len()), None);
        document.through(&outer);
        let text = &mut document.blocks[0].text;
        let tag = text.text.find("{% x %}").expect("a tag");
        text.cut(&[(tag, tag + 7)]);
        for word in ["Never", "send", "the token"] {
            let at = text.text.find(word).expect(word);
            let (from, to) = text.source(at, at + word.len());
            assert_eq!(source.get(from..to), Some(word));
        }
        assert!(!text.text.contains('%'));
    }
}
