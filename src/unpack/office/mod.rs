//! Office documents: what a person reads in them, as Markdown, and tables as CSV, so that the readers of runbooks and exports see it.
//!
//! The text of a document stands under the document's own path: nobody who opens it in a word processor knows of `word/document.xml`.
//! A sheet of a workbook is `users.xlsx!/Accounts.csv`, and its lines are the rows of the sheet.

mod page;
mod sheets;
mod styles;

use super::xml;
use super::zip::Zip;
use crate::artifact::Why;
use page::Page;
use styles::Styles;

/// More parts are not put together, and read as they are.
pub(super) const PARTS: usize = 2000;

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Document {
    Word,
    Slides,
    Sheets,
    /// The formats of OpenDocument, which have one part of content.
    Open,
}

/// Name of the member (empty for the document itself), text, and what went wrong.
type Text = (String, String, Option<Why>);

impl Document {
    /// What a zip archive is, by the parts that it must have.
    pub(super) fn of(archive: &Zip<'_>) -> Option<Self> {
        let mut types = false;
        let mut main = None;
        for entry in archive.entries().take(PARTS) {
            match &*entry.name {
                "[Content_Types].xml" => types = true,
                "word/document.xml" => main = Some(Self::Word),
                "ppt/presentation.xml" => main = Some(Self::Slides),
                "xl/workbook.xml" => main = Some(Self::Sheets),
                "content.xml" => main = main.or(Some(Self::Open)),
                "mimetype" | "META-INF/manifest.xml" => types = true,
                _ => {}
            }
        }
        main.filter(|_| types)
    }

    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Word | Self::Slides | Self::Open => "document.office",
            Self::Sheets => "document.sheets",
        }
    }

    /// Whether a part holds text that people read. All others are members like any.
    pub(super) fn wants(self, name: &str) -> bool {
        let below = |folder: &str, starts: &[&str]| {
            name.strip_prefix(folder).is_some_and(|n| n.ends_with(".xml") && starts.iter().any(|s| n.starts_with(s)))
        };
        match self {
            Self::Word => below("word/", &["document", "footnotes", "endnotes", "comments", "header", "footer", "styles", "numbering"]),
            Self::Slides => below("ppt/", &["slides/slide", "notesSlides/", "comments/"]),
            Self::Sheets => below("xl/", &["sharedStrings", "workbook", "worksheets/"]) || name == "xl/_rels/workbook.xml.rels",
            Self::Open => name == "content.xml",
        }
    }

    /// The texts of the parts.
    pub(super) fn texts(self, parts: &mut Vec<(String, Vec<u8>)>) -> Vec<Text> {
        // slide10 comes after slide2
        parts.sort_by(|a, b| (a.0.len(), &a.0).cmp(&(b.0.len(), &b.0)));
        // the document itself comes before its notes and margins
        parts.sort_by_key(|(name, _)| !name.starts_with("word/document"));
        let parts = parts.drain(..).map(|(name, bytes)| (name, decoded(bytes)));
        if self == Self::Sheets {
            return sheets::read(&parts.collect());
        }
        let (told, parts): (Vec<_>, Vec<_>) = parts.partition(|(name, _)| matches!(&**name, "word/styles.xml" | "word/numbering.xml"));
        let mut styles = Styles::default();
        told.iter().for_each(|(_, xml)| styles.read(xml));
        let mut page = Page::new(self, styles);
        let mut whole = true;
        for (_, text) in parts {
            whole &= xml::walk(&text, |step| page.step(step));
            page.end_part();
        }
        vec![(String::new(), page.out, (!whole).then_some(Why::BrokenContainer))]
    }
}

/// The parts of a document are UTF-8, or UTF-16 with a mark.
fn decoded(bytes: Vec<u8>) -> String {
    match encoding_rs::Encoding::for_bom(&bytes) {
        Some((encoding, _)) => encoding.decode(&bytes).0.into_owned(),
        None => String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()),
    }
}
