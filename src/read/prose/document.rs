//! A document, whatever its format: headings, paragraphs, list items, table rows, quotes. Code is left out: it is not instruction.
//!
//! Soft-wrapped lines are joined, and every byte of joined text still knows the source byte it came from.

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
    /// Bytes of links and where they lead.
    pub(super) links: Vec<((usize, usize), String)>,
}

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
}
