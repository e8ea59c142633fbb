//! What is found in encoded text, where, and what stays quiet.

use super::texts;
use crate::artifact::Artifact;
use crate::fact::{Kind, Sealed, sighting};
use crate::read::{Knowledge, read};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::sync::OnceLock;

fn knowing() -> &'static Knowledge {
    static KNOWING: OnceLock<Knowledge> = OnceLock::new();
    KNOWING.get_or_init(|| Knowledge::new(&[crate::rules()], [7; 32]))
}

fn sightings(path: &str, text: &str) -> Vec<Sealed> {
    read(&Artifact::given(path, text), knowing()).facts.into_iter().filter(|f| f.kind == Kind::Sighting).collect()
}

fn found(path: &str, text: &str) -> Vec<String> {
    sightings(path, text).iter().filter_map(|f| f.fields.text(sighting::PATTERN)).map(ToString::to_string).collect()
}

const STRIPE: &str = "sk_live_4mZt8QxW2nBv6KpR9sLdYc3H";
const SETTINGS: &str = "user = app\npassword = Gr8!Walrus-29-Tango\nport = 5432\n";

fn hexed(text: &str) -> String {
    text.bytes().map(|b| format!("{b:02x}")).collect()
}

fn percented(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[test]
fn every_encoding_is_read() {
    let wide: Vec<u8> = "$password = 'Gr8!Walrus-29-Tango'; connect".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let escaped: String =
        SETTINGS.chars().map(|c| if c.is_alphanumeric() { c.to_string() } else { format!("\\u{:04x}", c as u32) }).collect();
    let twice = STANDARD.encode(STANDARD.encode(SETTINGS));
    let wrapped: Vec<String> = STANDARD
        .encode(format!("{}\n{SETTINGS}", "comment ".repeat(20)))
        .as_bytes()
        .chunks(76)
        .map(|c| String::from_utf8_lossy(c).into_owned())
        .collect();
    for (what, text) in [
        ("base64", format!("conf: {}", STANDARD.encode(SETTINGS))),
        ("url-safe", format!("conf: {}", URL_SAFE_NO_PAD.encode(SETTINGS))),
        ("shell", format!("echo {} | base64 -d > app.ini", STANDARD.encode(SETTINGS))),
        ("wrapped", format!("conf: |\n  {}\n", wrapped.join("\n  "))),
        ("powershell", format!("powershell -EncodedCommand {}", STANDARD.encode(wide))),
        ("hex", format!("blob {}", hexed(SETTINGS))),
        ("percent", format!("goto https://x.example/?next={}", percented("https://db.example/?user=app&password=Gr8!Walrus-29-Tango"))),
        ("escapes", format!("{{\"conf\": \"{escaped}\"}}")),
        ("twice", format!("conf: {twice}")),
        ("hex in base64 in percent", percented(&STANDARD.encode(format!("x={}", hexed(SETTINGS))))),
    ] {
        assert_eq!(found("deploy/job.yaml", &text).len(), 1, "{what}: {text}");
    }
    assert_eq!(found("a.py", &format!("k = f('{}')", STANDARD.encode(format!("--key {STRIPE} --go")))), ["stripe.live-key"]);
    // four levels are one too many
    assert!(found("a.yaml", &format!("c: {}", STANDARD.encode(STANDARD.encode(twice)))).is_empty());
}

#[test]
fn it_stands_at_its_encoded_bytes_and_is_hidden_there() {
    let encoded = STANDARD.encode(SETTINGS);
    let text = format!("# settings\n\nconf: {encoded}\n");
    let found = sightings("a.yaml", &text);
    let quote = &found[0].at;
    assert_eq!((quote.place.line, found.len()), (3, 1));
    let (start, end) = (quote.place.span.0 as usize, quote.place.span.1 as usize);
    let slice = &text[start..end];
    assert!(encoded.contains(slice) && slice.len() < encoded.len() && slice.len() >= 25, "{slice}");
    assert!(!quote.text.as_str().contains(slice), "{}", quote.text.as_str());
    assert!(!quote.text.as_str().contains(&slice[4..slice.len() - 4]));
    // not even the bits of its last letter are left
    for pad in 0..3 {
        let text = format!("conf: {}\n", STANDARD.encode(format!("{}password = Gr8!Walrus-29-Tango\nmore = less\n", " ".repeat(pad))));
        let found = sightings("a.yaml", &text);
        let (start, end) = (found[0].at.place.span.0 as usize, found[0].at.place.span.1 as usize);
        let secret = text[..start].len() - "conf: ".len();
        assert!(
            secret * 3 / 4 <= "password = ".len() + pad && (end - "conf: ".len()) * 3 >= ("password = Gr8!Walrus-29-Tango".len() + pad) * 4
        );
    }
}

#[test]
fn manifests_and_registries() {
    let manifest = format!(
        "apiVersion: v1\nkind: Secret\ndata:\n  password: {}\n  app.ini: {}\n",
        STANDARD.encode("Gr8!Walrus-29"),
        STANDARD.encode(SETTINGS)
    );
    assert_eq!(found("k8s/secret.yaml", &manifest).len(), 2);
    let docker = format!("{{\"auths\": {{\"r.example\": {{\"auth\": \"{}\"}}}}}}", STANDARD.encode("deploy:Gr8!Walrus-29-Tango"));
    assert_eq!(found("config.json", &docker).len(), 1);
}

/// What somebody typed into a test is no setting, a key that went over the wire is one all the same.
#[test]
fn a_recorded_request_tells_keys_only() {
    let encoded = |body: &str| {
        use base64::Engine;
        let request = format!("POST /login HTTP/1.1\r\nHost: shop.acme.internal\r\n\r\n{body}");
        format!("{{\"request\": \"{}\"}}\n", base64::engine::general_purpose::STANDARD.encode(request))
    };
    assert!(found("scan.json", &encoded("user=a&password=Gr8!Walrus-29")).is_empty());
    assert_eq!(found("scan.json", &encoded("token=xoxb-201770814467-3615951662389-Kw77ATbwALXJ5w0wCaYdwA9e")).len(), 1);
}

#[test]
fn what_is_no_text_is_left_alone() {
    let noise: Vec<u8> = (0..4000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let text = format!(
        "img: data:image/png;base64,{}\ncert: MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJRTESMBAGA1UE\n\
         integrity: sha512-oRdWjHu3DtBfAEv0tIxnTLUFlJpNwrW8m2k1e1ZhoL5vQ2n4xkz3cN9VfXcRdz6oL3eqkT8l9DxLkW1p0H5d9A==\n\
         sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae\npath: com/example/very/long/package/name/of/aClassThatIsLong\n\
         id: some_identifier_that_goes_on_and_on_for_ever\n",
        STANDARD.encode(noise)
    );
    assert!(texts(&text).0.is_empty());
    let hello = format!(
        "a: {}\nb: {}",
        STANDARD.encode("nothing to see here, dear reader, the password is kept in the vault"),
        hexed("a text without anything in it")
    );
    assert_eq!(texts(&hello).0.len(), 2);
    assert!(found("a.yaml", &hello).is_empty());
    assert!(found("a.md", "Use %d%% of %s and \\u0020 or 50%25 off; see https://x.example/a%20b%2Fc").is_empty());
}

#[test]
fn hostile_texts_cost_what_their_bytes_cost() {
    for unit in ["%41", "\\x41", "\\u0041", "QUFB", "41", "%41 ", "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\n", "'\\x41\\x41'"] {
        let text = unit.repeat(300_000 / unit.len());
        let (all, _) = texts(&text);
        assert!(all.iter().map(|d| d.text.len()).sum::<usize>() <= 8 * 1024 * 1024);
        assert!(all.iter().all(|d| d.held.len() == d.text.len() && d.held.iter().all(|h| h.0 < h.1 && h.1 as usize <= text.len())));
    }
    let (all, whole) = texts(&"QUFB".repeat(4_000_000));
    assert!(all.is_empty() && !whole);
}
