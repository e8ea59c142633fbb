//! Mail: its headers and what its reader sees as one text under the mail's own path, attachments as members (`request.eml!/form.docx`).
//!
//! Transfer encodings are undone, and every part stays on the line on which it begins: a soft line break is moved to the end of its word.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Parts in parts.
const DEEPEST: usize = 8;
/// Parts of one mail that are read.
const PARTS: usize = 1000;

/// What a mail holds.
#[derive(Debug, Default)]
pub(super) struct Mail {
    /// Headers and text.
    pub(super) text: String,
    /// Names and bytes.
    pub(super) attached: Vec<(String, Vec<u8>)>,
    /// Not all parts were read.
    pub(super) cut: bool,
    /// Lines in `text`.
    lines: usize,
    parts: usize,
}

/// Reads a mail, if the name says that it is one and it begins with headers.
pub(super) fn read(path: &str, bytes: &[u8]) -> Option<Mail> {
    if !path.get(path.len().checked_sub(4)?..)?.eq_ignore_ascii_case(".eml") {
        return None;
    }
    let (head, body) = split(bytes);
    let headers = Headers::of(head);
    headers.get("from").or_else(|| headers.get("subject"))?;
    let mut mail = Mail::default();
    for line in String::from_utf8_lossy(head).lines() {
        mail.text.push_str(&words(line));
        mail.text.push('\n');
        mail.lines += 1;
    }
    mail.part(&headers, body, bytes, 0);
    Some(mail)
}

impl Mail {
    fn part(&mut self, headers: &Headers, body: &[u8], whole: &[u8], depth: usize) {
        self.parts += 1;
        if depth > DEEPEST || self.parts > PARTS {
            self.cut = true;
            return;
        }
        let kind = headers.get("content-type").unwrap_or("text/plain");
        let main = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if let Some(boundary) = parameter(kind, "boundary").filter(|_| main.starts_with("multipart/")) {
            let parts: Vec<(Headers, &[u8])> = parts(body, &boundary).into_iter().map(|p| (Headers::of(split(p).0), split(p).1)).collect();
            let kind_of = |h: &Headers| h.get("content-type").unwrap_or("text/plain").to_ascii_lowercase();
            // of what is told twice, the plain text is read
            let plain = main == "multipart/alternative" && parts.iter().any(|p| kind_of(&p.0).starts_with("text/plain"));
            for (headers, body) in parts.iter().filter(|p| !plain || !kind_of(&p.0).starts_with("text/html")) {
                self.part(headers, body, whole, depth + 1);
            }
            return;
        }
        let bytes = decoded(headers.get("content-transfer-encoding").unwrap_or_default(), body);
        let disposition = headers.get("content-disposition").unwrap_or_default();
        let name = parameter(disposition, "filename").or_else(|| parameter(kind, "name"));
        let inline = main.starts_with("text/") && name.is_none() && !disposition.trim().to_ascii_lowercase().starts_with("attachment");
        if !inline {
            let extension = if main == "message/rfc822" { ".eml" } else { "" };
            let name = name.map_or_else(|| format!("part-{}{extension}", self.parts), |n| words(&n));
            self.attached.push((name, bytes));
            return;
        }
        let charset = parameter(kind, "charset").unwrap_or_default();
        let encoding = encoding_rs::Encoding::for_label(charset.as_bytes()).unwrap_or(match std::str::from_utf8(&bytes) {
            Ok(_) => encoding_rs::UTF_8,
            Err(_) => encoding_rs::WINDOWS_1252,
        });
        let text = encoding.decode(&bytes).0;
        // where the part begins in the mail
        let at = (body.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
        let line = memchr::memchr_iter(b'\n', whole.get(..at).unwrap_or_default()).count();
        let missing = line.saturating_sub(self.lines).max(1);
        self.text.extend(std::iter::repeat_n('\n', missing));
        self.lines += missing + memchr::memchr_iter(b'\n', text.as_bytes()).count();
        self.text.push_str(&text);
    }
}

/// Headers and body.
fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let ends = [&b"\r\n\r\n"[..], &b"\n\n"[..]];
    let first = ends.iter().filter_map(|e| memchr::memmem::find(bytes, e).map(|i| (i + e.len() / 2, i + e.len()))).min();
    let (head, body) = first.unwrap_or((bytes.len(), bytes.len()));
    // a part may have no headers at all
    if bytes.starts_with(b"\n") || bytes.starts_with(b"\r\n") {
        return (&[], bytes);
    }
    (bytes.get(..head).unwrap_or_default(), bytes.get(body..).unwrap_or_default())
}

/// The parts between the boundaries.
fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let mark = format!("--{boundary}");
    let mut out = Vec::new();
    let mut from = None;
    for at in memchr::memmem::find_iter(body, mark.as_bytes()) {
        if at > 0 && body.get(at - 1) != Some(&b'\n') {
            continue;
        }
        out.extend(from.and_then(|from: usize| body.get(from..at)));
        let after = at + mark.len();
        let rest = body.get(after..).unwrap_or_default();
        from = (!rest.starts_with(b"--")).then(|| after + memchr::memchr(b'\n', rest).map_or(rest.len(), |i| i + 1));
        if from.is_none() || out.len() > PARTS {
            return out;
        }
    }
    // a mail that is cut ends in a part
    out.extend(from.and_then(|from| body.get(from..)));
    out
}

/// Headers by their names in lower case, unfolded.
struct Headers(Vec<(String, String)>);

impl Headers {
    fn of(head: &[u8]) -> Self {
        let mut all: Vec<(String, String)> = Vec::new();
        for line in String::from_utf8_lossy(head).lines() {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = all.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':') {
                all.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        Self(all)
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|h| h.0 == name).map(|h| h.1.as_str())
    }
}

/// The value of `; name=value`.
fn parameter(header: &str, name: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|part| {
        let (key, value) = part.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (key.trim().trim_end_matches('*').eq_ignore_ascii_case(name) && !value.is_empty()).then(|| value.to_owned())
    })
}

fn decoded(encoding: &str, body: &[u8]) -> Vec<u8> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "quoted-printable" => quoted(body, true),
        "base64" => base64(body),
        _ => body.to_vec(),
    }
}

fn base64(body: &[u8]) -> Vec<u8> {
    let engine = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
    );
    let mut clean: Vec<u8> = body.iter().copied().filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')).collect();
    // a cut mail ends in the middle of four characters
    if clean.len() % 4 == 1 {
        clean.pop();
    }
    engine.decode(clean).unwrap_or_else(|_| body.to_vec())
}

/// Quoted-printable. With `lines`, every line break of the source is kept: a soft one moves to the end of the word that it cuts.
fn quoted(body: &[u8], lines: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut owed = 0usize;
    let mut rest = body;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match first {
            b'=' => {
                let soft = tail.strip_prefix(b"\r\n").or_else(|| tail.strip_prefix(b"\n"));
                if let Some(after) = soft {
                    (rest, owed) = (after, owed + 1);
                } else if let Some(byte) =
                    tail.get(..2).and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok())
                {
                    out.push(byte);
                    rest = tail.get(2..).unwrap_or_default();
                } else {
                    out.push(b'=');
                }
            }
            b' ' | b'\n' if owed > 0 && lines => {
                out.extend(std::iter::repeat_n(b'\n', owed + usize::from(*first == b'\n')));
                owed = 0;
            }
            byte => out.push(*byte),
        }
    }
    out
}

/// A header with its encoded words read: `=?utf-8?Q?Zur=C3=BCck?=`.
fn words(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find("=?") {
        let (before, word) = rest.split_at(at);
        let mut parts = word.get(2..).unwrap_or_default().splitn(4, '?');
        let (charset, how, text, tail) = (parts.next(), parts.next(), parts.next(), parts.next());
        let Some(((charset, how), (text, tail))) = charset.zip(how).zip(text.zip(tail.and_then(|t| t.strip_prefix('=')))) else { break };
        let bytes = if how.eq_ignore_ascii_case("b") { base64(text.as_bytes()) } else { quoted(text.replace('_', " ").as_bytes(), false) };
        let encoding = encoding_rs::Encoding::for_label(charset.as_bytes()).unwrap_or(encoding_rs::UTF_8);
        // the space between two encoded words is none
        out.push_str(if before.trim().is_empty() && !out.is_empty() { "" } else { before });
        out.push_str(&encoding.decode(&bytes).0.replace(['\r', '\n'], " "));
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stay_on_their_lines() {
        let mail = "From: a@x.example\r\nSubject: =?utf-8?Q?Zur=C3=BCck_setzen?=\r\nContent-Type: multipart/mixed;\r\n boundary=\"B\"\r\n\r\n--B\r\nContent-Type: multipart/alternative; boundary=C\r\n\r\n--C\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nSend the pass=\r\nword to the f=FCrst.\r\nThen wait.\r\n--C\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n--C--\r\n--B\r\nContent-Disposition: attachment; filename=\"a.txt\"\r\nContent-Transfer-Encoding: base64\r\n\r\naGVs\r\nbG8=\r\n--B--\r\n";
        let read = read("x.EML", mail.as_bytes()).expect("a mail");
        assert!(read.text.contains("Subject: Zurück setzen\n"));
        assert_eq!(read.attached, [("a.txt".to_owned(), b"hello".to_vec())]);
        let line = |text: &str, word: &str| text.lines().position(|l| l.contains(word));
        assert_eq!(line(&read.text, "Send the"), line(mail, "Send the"));
        assert_eq!(line(&read.text, "to the fürst."), line(mail, "word to"));
        assert_eq!(line(&read.text, "Then wait"), line(mail, "Then wait"));
        assert!(!read.text.contains("<p>"));
        assert!(super::read("x.txt", mail.as_bytes()).is_none());
        assert!(super::read("x.eml", b"no headers here").is_none());
    }

    #[test]
    fn what_is_broken_is_read_as_far_as_it_goes() {
        let cut = "From: a\n\
            Content-Type: multipart/mixed; boundary=B\n\n--B\n\nSend it.";
        assert!(read("x.eml", cut.as_bytes()).expect("a mail").text.contains("Send it."));
        let deep: String = (0..50).map(|i| format!("Content-Type: multipart/mixed; boundary=B{i}\n\n--B{i}\n")).collect();
        assert!(read("x.eml", format!("From: a\n{deep}end").as_bytes()).expect("a mail").cut);
        assert_eq!(quoted(b"a=zz=", true), b"a=zz=");
    }
}
