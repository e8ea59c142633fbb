//! Archives made here, whole, broken and hostile.

use super::{Piece, each};
use crate::artifact::{Artifact, Body, Limit, Why};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{Cursor, Write};
use zip::unstable::write::FileOptionsExt;
use zip::write::SimpleFileOptions;

/// Path and text of all that is given, and path and reason of all that is lost, in order.
#[derive(Debug, Default)]
struct Seen {
    given: Vec<(String, String)>,
    lost: Vec<(String, Why)>,
    opened: Vec<String>,
}

impl Seen {
    fn paths(&self) -> Vec<&str> {
        self.given.iter().map(|(p, _)| p.as_str()).collect()
    }
}

fn unpacked(path: &str, bytes: Vec<u8>) -> Seen {
    let mut seen = Seen::default();
    each(Artifact::given(path, bytes), &mut |piece| match piece {
        Piece::Artifact(Artifact { path, body: Body::Whole(bytes), .. }) => {
            seen.given.push((path, String::from_utf8_lossy(&bytes).into_owned()));
        }
        Piece::Artifact(other) => panic!("{other:?}"),
        Piece::Lost(lost) => seen.lost.push((lost.path, lost.why)),
        Piece::Opened(path, _, why) => {
            seen.lost.extend(why.map(|why| (path.clone(), why)));
            seen.opened.push(path);
        }
    });
    seen
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a member");
        zip.write_all(bytes).expect("its bytes");
    }
    zip.finish().expect("an archive").into_inner()
}

fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, *bytes).expect("a member");
    }
    tar.into_inner().expect("an archive")
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::default());
    gz.write_all(bytes).expect("bytes");
    gz.finish().expect("a stream")
}

/// Bytes that hardly compress, the same in every run.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn members_are_artifacts_with_the_whole_way() {
    let files: &[(&str, &[u8])] = &[("conf/app.env", b"A=1\n"), ("README.md", b"# hi\n")];
    for (name, bytes) in
        [("b.zip", zipped(files)), ("b.tar", tarred(files)), ("b.tgz", gzipped(&tarred(files))), ("odd.dat", zipped(files))]
    {
        let seen = unpacked(name, bytes);
        let want = [(format!("{name}!/conf/app.env"), "A=1\n".to_owned()), (format!("{name}!/README.md"), "# hi\n".to_owned())];
        assert_eq!(seen.given, want, "{name}");
        assert!(seen.lost.is_empty(), "{name}: {:?}", seen.lost);
        assert_eq!(seen.opened, [name]);
    }
    assert_eq!(unpacked("d/x.sql.gz", gzipped(b"select 1;")).paths(), ["d/x.sql.gz!/x.sql"]);
    assert_eq!(unpacked("plain.zip", b"no zip".to_vec()).paths(), ["plain.zip"]);
    // the body of a member that is no text passes through, too
    let inner = zipped(&[("in.tar.gz", &gzipped(&tarred(&[("a/b.txt", b"deep")])))]);
    assert_eq!(unpacked("out.zip", inner).paths(), ["out.zip!/in.tar.gz!/a/b.txt"]);
}

#[test]
fn names_never_leave_the_container() {
    let mut tar = tar::Builder::new(Vec::new());
    for name in ["/etc/passwd", "../../up.txt", "a\\..\\b.txt", "same", "same", "\u{1}\u{ff}"] {
        let mut header = tar::Header::new_old();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(1);
        header.set_cksum();
        tar.append(&header, b"x".as_slice()).expect("a member");
    }
    let mut link = tar::Header::new_gnu();
    link.set_entry_type(tar::EntryType::Symlink);
    link.set_size(0);
    tar.append_link(&mut link, "link", "/etc/shadow").expect("a link");
    let long = format!("{}/deep.txt", "d".repeat(300));
    let mut header = tar::Header::new_gnu();
    header.set_size(1);
    tar.append_data(&mut header, &long, b"y".as_slice()).expect("a member");
    let seen = unpacked("t.tar", tar.into_inner().expect("an archive"));
    let long = format!("t.tar!/{long}");
    assert_eq!(
        seen.paths(),
        ["t.tar!/etc/passwd", "t.tar!/up.txt", "t.tar!/a/b.txt", "t.tar!/same", "t.tar!/same", "t.tar!/\u{1}\u{ff}", &long]
    );
    assert!(seen.lost.is_empty());
}

#[test]
fn what_is_broken_is_read_as_far_as_it_goes() {
    let text = "line of a dump\n".repeat(20_000);
    let mut cut = gzipped(text.as_bytes());
    cut.truncate(cut.len() / 2);
    let seen = unpacked("d.sql.gz", cut);
    assert_eq!(seen.lost, [("d.sql.gz!/d.sql".to_owned(), Why::BrokenContainer)]);
    assert!(seen.given[0].1.starts_with("line of a dump\n"));

    // the directory at the end of a zip is missing, and the last member is cut
    let body = noise(5_000);
    let mut zip = zipped(&[("a.txt", b"first"), ("b.bin", &body), ("c.bin", &body)]);
    zip.truncate(9_000);
    let seen = unpacked("z.zip", zip);
    assert_eq!(seen.given[0], ("z.zip!/a.txt".to_owned(), "first".to_owned()));
    assert_eq!(seen.paths(), ["z.zip!/a.txt", "z.zip!/b.bin", "z.zip!/c.bin"]);
    assert_eq!(seen.lost, [("z.zip!/c.bin".to_owned(), Why::BrokenContainer), ("z.zip".to_owned(), Why::BrokenContainer)]);

    // a tar that ends in a member, and one whose size lies
    let mut tar = tarred(&[("a.txt", b"first"), ("b.txt", &[b'b'; 3000])]);
    tar.truncate(2500);
    let seen = unpacked("t.tar", tar);
    assert_eq!(seen.paths(), ["t.tar!/a.txt", "t.tar!/b.txt"]);
    assert!(seen.lost.contains(&("t.tar!/b.txt".to_owned(), Why::BrokenContainer)), "{:?}", seen.lost);
    for size in [u64::MAX / 4, 1 << 40, 8_000_000_000] {
        let mut header = tar::Header::new_gnu();
        header.set_path("lie").expect("a name");
        header.set_size(size);
        header.set_cksum();
        let seen = unpacked("lie.tar", [header.as_bytes().as_slice(), b"short"].concat());
        assert_eq!(seen.given, [("lie.tar!/lie".to_owned(), "short".to_owned())]);
        assert!(seen.lost.iter().all(|(_, why)| *why == Why::BrokenContainer) && !seen.lost.is_empty());
    }
    for start in [b"PK\x03\x04".as_slice(), b"PK\x05\x06", b"\x1f\x8b\x08"] {
        assert!(!unpacked("x", [start, &noise(4000)].concat()).lost.is_empty());
        assert!(!unpacked("x", start.to_vec()).lost.is_empty());
    }
}

#[test]
fn bombs_and_limits_are_told() {
    let zeros = vec![0u8; 20 * 1024 * 1024];
    let bomb = zipped(&[("zeros", &zeros), ("after.txt", b"still read")]);
    let seen = unpacked("bomb.zip", bomb);
    assert_eq!(seen.lost, [("bomb.zip!/zeros".to_owned(), Why::Limit { of: Limit::Ratio })]);
    assert_eq!(seen.paths()[1..], ["bomb.zip!/after.txt"]);
    assert!(seen.given[0].1.len() < 8 * 1024 * 1024);

    // nested as 42.zip is
    let mut nested = zipped(&[("0.dll", &zeros)]);
    for level in 1..6 {
        let names: Vec<String> = (0..16).map(|i| format!("lib {level}{i}.zip")).collect();
        let files: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), nested.as_slice())).collect();
        nested = zipped(&files);
    }
    let seen = unpacked("42.zip", nested);
    assert!(seen.given.is_empty(), "{:?}", seen.paths());
    assert!(seen.lost.iter().all(|(_, why)| matches!(why, Why::Limit { of: Limit::Depth | Limit::Ratio | Limit::Total })));
    assert!(!seen.lost.is_empty());

    // many members that are each well behaved
    let megabytes = [noise(16 * 1024), vec![b'a'; 1000 * 1024]].concat();
    let names: Vec<String> = (0..400).map(|i| i.to_string()).collect();
    let seen = unpacked("total.zip", zipped(&names.iter().map(|n| (n.as_str(), megabytes.as_slice())).collect::<Vec<_>>()));
    assert!(seen.lost.iter().any(|(_, why)| *why == Why::Limit { of: Limit::Total }));
    assert!(seen.given.iter().map(|(_, t)| t.len()).sum::<usize>() < 900 * 1024 * 1024);

    let names: Vec<String> = (0..100_000).map(|i| i.to_string()).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), b"x".as_slice())).collect();
    for (name, bytes) in [("many.tar", tarred(&files)), ("many.zip", zipped(&files))] {
        let seen = unpacked(name, bytes);
        assert_eq!((seen.given.len(), seen.lost), (50_000, vec![(name.to_owned(), Why::Limit { of: Limit::Entries })]), "{name}");
    }
}

#[test]
fn what_cannot_be_unpacked_is_told() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("locked.txt", SimpleFileOptions::default().with_deprecated_encryption(b"key").expect("a key")).expect("a member");
    zip.write_all(b"hidden").expect("bytes");
    zip.start_file("open.txt", SimpleFileOptions::default()).expect("a member");
    zip.write_all(b"seen").expect("bytes");
    let seen = unpacked("e.zip", zip.finish().expect("an archive").into_inner());
    assert_eq!(seen.lost, [("e.zip!/locked.txt".to_owned(), Why::Encrypted)]);
    assert_eq!(seen.paths(), ["e.zip!/open.txt"]);
    for start in [
        b"7z\xbc\xaf\x27\x1c".as_slice(),
        b"Rar!\x1a\x07\x01",
        b"\xfd7zXZ\0",
        b"BZh91AY&SY",
        b"\x28\xb5\x2f\xfd",
        b"\x04\x22\x4d\x18",
        b"MSCF\0\0\0\0",
    ] {
        assert_eq!(unpacked("x", [start, &noise(99)].concat()).lost, [("x".to_owned(), Why::Packing)]);
    }
    assert_eq!(unpacked("x.txt", b"BZhouse, a text".to_vec()).paths(), ["x.txt"]);
}

const WORD: &str = r#"<w:document xmlns:w="w"><w:body>
<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Reset a password</w:t></w:r></w:p>
<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t xml:space="preserve">Ask for the </w:t></w:r><w:r><w:t>date of birth &amp; name.</w:t></w:r></w:p>
<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>Set it.</w:t></w:r></w:p>
<w:p><w:r><w:t>Done.</w:t></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>user</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>password</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:p><w:r><w:t>root</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
</w:body></w:document>"#;

#[test]
fn documents_read_as_people_see_them() {
    let types: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");
    let seen = unpacked("desk/reset.docx", zipped(&[types, ("word/document.xml", WORD.as_bytes()), ("word/settings.xml", b"<a/>")]));
    let (path, text) = seen.given.last().expect("the text");
    assert_eq!(path, "desk/reset.docx");
    let want = "# Reset a password\n\n- Ask for the date of birth & name.\n- Set it.\n\nDone.\n\n| user | password |\n| --- | --- |\n| root | x |\n\n";
    assert_eq!(text, want);
    assert!(seen.paths().contains(&"desk/reset.docx!/word/settings.xml"));

    let open = "<office:document-content xmlns:office='o' xmlns:text='t'><text:h text:outline-level='2'>Reset</text:h>\
        <text:p>Ask <text:span>first</text:span>.</text:p><text:list><text:list-item><text:p>One</text:p></text:list-item></text:list></office:document-content>";
    let seen = unpacked("r.odt", zipped(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", open.as_bytes())]));
    assert_eq!(seen.given.last().map(|(_, t)| t.as_str()), Some("## Reset\n\nAsk first.\n\n- One\n"));

    let sheet = r#"<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>
        <row r="3"><c r="B3" t="inlineStr"><is><t>a "b", c</t></is></c><c r="D3"><v>7</v></c></row></sheetData></worksheet>"#;
    let seen = unpacked(
        "users.xlsx",
        zipped(&[
            types,
            ("xl/workbook.xml", br#"<workbook xmlns:r="r"><sheets><sheet name="Accounts" r:id="rId1"/></sheets></workbook>"#),
            ("xl/_rels/workbook.xml.rels", br#"<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>"#),
            ("xl/sharedStrings.xml", b"<sst><si><t>user</t></si><si><r><t>pass</t></r><r><t>word</t></r></si></sst>"),
            ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ]),
    );
    let want = ("users.xlsx!/Accounts.csv".to_owned(), "user,password\n\n,\"a \"\"b\"\", c\",,7".to_owned());
    assert_eq!(seen.given.last(), Some(&want));
    // broken XML is read up to the fault, and said
    let seen = unpacked("b.docx", zipped(&[types, ("word/document.xml", &WORD.as_bytes()[..300])]));
    assert!(seen.lost.contains(&("b.docx".to_owned(), Why::BrokenContainer)), "{seen:?}");
}

#[test]
fn notebooks_are_cells() {
    let text = r##"{
 "cells": [
  {"cell_type": "markdown", "source": ["# Reset\n", "Ask."]},
  {"cell_type": "code", "source": ["a = 1\n", "b = \"x\""], "outputs": [
    {"output_type": "stream", "text": ["printed\n"]},
    {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo=", "text/plain": ["<Figure>"]}},
    {"output_type": "display_data", "data": {"application/json": {"k": ["v"]}, "image/png": "iVBORw0KGgo="}},
    {"output_type": "error", "ename": "E", "evalue": "bad", "traceback": ["\u001b[0;31mE\u001b[0m: bad"]}]}
 ],
 "metadata": {"language_info": {"file_extension": ".py"}, "note": "kept"},
 "nbformat": 4
}"##;
    let seen = unpacked("n.ipynb", text.into());
    assert_eq!(seen.paths(), ["n.ipynb!/cell-1.md", "n.ipynb!/cell-2.py", "n.ipynb!/cell-2-output.txt", "n.ipynb"]);
    assert_eq!((seen.given[0].1.as_str(), seen.given[1].1.as_str()), ("# Reset\nAsk.", "a = 1\nb = \"x\""));
    for part in ["printed\n", "<Figure>", "k: v", "E: bad"] {
        assert!(seen.given[2].1.contains(part), "{part}: {}", seen.given[2].1);
    }
    assert!(seen.given[3].1.contains("kept") && !seen.given[3].1.contains("printed"));
    assert_eq!(seen.given[3].1.lines().count(), text.lines().count());
    // what is no notebook is read as it stands
    assert_eq!(unpacked("n.ipynb", b"{\"cells\": [".to_vec()).paths(), ["n.ipynb"]);
    assert_eq!(unpacked("n.json", text.into()).paths(), ["n.json"]);
}

#[test]
fn mails_in_mails_have_an_end() {
    let mail = "From: a@x.example\nContent-Type: message/rfc822\n\n".repeat(20_000);
    let seen = unpacked("deep.eml", mail.into_bytes());
    assert_eq!(seen.given.len(), 4);
    assert!(matches!(seen.lost.as_slice(), [(_, Why::Limit { of: Limit::Depth })]), "{:?}", seen.lost);
}
