//! A whole space as Confluence exports it (`entities.xml`): titles stand with the pages, texts apart from them, and both are in CDATA.

use super::builder::Builder;
use super::{Document, html};
use std::collections::BTreeMap;
use std::ops::Range;

/// Reads the pages of a space, each as a section of the first level; older versions and comments are nobody's instruction.
pub(super) fn read(text: &str) -> Document {
    let mut build = Builder::default();
    // the last object with a number is the one that counts
    let mut titles: BTreeMap<&str, Range<usize>> = BTreeMap::new();
    for object in objects(text).filter(|o| is(text, o, "Page") || is(text, o, "BlogPost")) {
        let body = text.get(object.clone()).unwrap_or_default();
        let current =
            !body.contains("name=\"originalVersion\"") && !["\"deleted\"", "[deleted]", "[draft]"].iter().any(|s| body.contains(s));
        if let Some((id, title)) = number(body).zip(data(text, &object, "title")).filter(|_| current) {
            titles.insert(id, title);
        }
    }
    for object in objects(text).filter(|o| is(text, o, "BodyContent")) {
        let body = text.get(object.clone()).unwrap_or_default();
        let page = body.find("name=\"content\"").and_then(|at| number(body.get(at..)?));
        let Some((title, stored)) = page.and_then(|id| titles.remove(id)).zip(data(text, &object, "body")) else { continue };
        build.heading(1, Some((title.start, title.end)));
        build.text(text.get(title.clone()).unwrap_or_default(), title.start, title.end);
        build.flush();
        html::read_into(text.get(stored.clone()).unwrap_or_default(), stored.start, &mut html::State::default(), &mut build);
        build.end_page();
    }
    build.finish()
}

/// The objects of an export, without their closing tags.
fn objects(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + memchr::memmem::find(text.as_bytes().get(at..)?, b"<object ")?;
        let end = start + memchr::memmem::find(text.as_bytes().get(start..)?, b"</object>")?;
        at = end;
        Some(start..end)
    })
}

fn is(text: &str, object: &Range<usize>, class: &str) -> bool {
    let head = text.as_bytes().get(object.start..object.end.min(object.start + 80)).unwrap_or_default();
    memchr::memmem::find(head, format!("class=\"{class}\"").as_bytes()).is_some()
}

/// The number of an object: `<id name="id">17</id>`.
fn number(body: &str) -> Option<&str> {
    let rest = body.split_once("<id name=\"id\">")?.1;
    rest.get(..rest.find('<')?)
}

/// The bytes of a property that stands in CDATA.
fn data(text: &str, object: &Range<usize>, name: &str) -> Option<Range<usize>> {
    let body = text.get(object.clone())?;
    let at = body.find(&format!("<property name=\"{name}\">"))?;
    let start = at + body.get(at..)?.find("<![CDATA[")? + 9;
    let end = start + body.get(start..)?.find("]]>")?;
    Some(object.start + start..object.start + end)
}
