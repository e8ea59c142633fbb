//! XML as a stream of what office documents are made of. Faults end the stream and are told; entities are never looked up.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// A step through a document. Names are without their prefix.
pub(super) enum Step<'e> {
    /// An element begins.
    Open(&'e str, Attributes<'e>),
    /// An element ends; an empty one at once.
    Close(&'e str),
    /// Text, a piece of it.
    Text(&'e str),
}

/// Attributes of an element.
pub(super) struct Attributes<'e>(&'e BytesStart<'e>);

impl Attributes<'_> {
    /// The value of the attribute of that name, whatever its prefix.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let mut all = self.0.attributes();
        let found = all.with_checks(false).filter_map(Result::ok).find(|a| a.key.local_name().into_inner() == name)?;
        Some(quick_xml::escape::unescape(&found.value).map_or_else(|_| found.value.to_string(), |v| v.into_owned()))
    }
}

/// Walks through a document. Returns whether it could be read to its end.
pub(super) fn walk(xml: &str, mut see: impl FnMut(Step<'_>)) -> bool {
    let mut reader = Reader::from_str(xml);
    let mut depth = 0usize;
    loop {
        match reader.read_event() {
            Ok(Event::Start(e)) => {
                depth += 1;
                see(Step::Open(e.local_name().into_inner(), Attributes(&e)));
            }
            Ok(Event::Empty(e)) => {
                see(Step::Open(e.local_name().into_inner(), Attributes(&e)));
                see(Step::Close(e.local_name().into_inner()));
            }
            Ok(Event::End(e)) => {
                depth = depth.saturating_sub(1);
                see(Step::Close(e.local_name().into_inner()));
            }
            Ok(Event::Text(t)) => see(Step::Text(&t)),
            Ok(Event::CData(t)) => see(Step::Text(&t)),
            Ok(Event::GeneralRef(entity)) => {
                let named = match &*entity {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => entity.resolve_char_ref().ok().flatten(),
                };
                see(Step::Text(named.unwrap_or('\u{fffd}').encode_utf8(&mut [0; 4])));
            }
            Ok(Event::Eof) => return depth == 0,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}
