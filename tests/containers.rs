//! Containers and encodings, from the file to the report: the way in is shown, nothing whole leaves, losses are told.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Command;
use zip::write::SimpleFileOptions;

/// Made up.
const CHOSEN: &str = "Gr8!Walrus-29-Tango";
const STRIPE: &str = "sk_live_4mZt8QxW2nBv6KpR9sLdYc3H";

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a member");
        zip.write_all(bytes).expect("its bytes");
    }
    zip.finish().expect("an archive").into_inner()
}

fn scan(folder: &Path, args: &[&str]) -> String {
    let output =
        Command::new(assert_cmd::cargo::cargo_bin("sidedoor")).arg("scan").args(args).current_dir(folder).output().expect("it runs");
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output.stderr));
    [output.stdout, output.stderr].iter().map(|b| String::from_utf8_lossy(b).into_owned()).collect()
}

#[test]
fn the_whole_way_is_shown_and_nothing_whole_leaves() {
    let env = format!("A=1\nB=2\nDB_PASSWORD={CHOSEN}\n");
    let paragraph = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    let page = format!(
        "<w:document><w:body><w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t>Reset a password</w:t></w:r></w:p>{}{}</w:body></w:document>",
        paragraph("Ask the caller for the date of birth, then reset the password and read it out on the phone."),
        paragraph(&format!("The admin password is {CHOSEN}.")),
    );
    let encoded: String = {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(format!("user = app\npassword = {CHOSEN}\nkey = {STRIPE}\n"))
    };
    let zip = zipped(&[
        ("conf/app.env", env.as_bytes()),
        ("in.zip", &zipped(&[("deep/key.txt", format!("key: {STRIPE}\n").as_bytes())])),
        (&format!("{STRIPE}.txt"), b"nothing"),
    ]);
    let mut cut = zipped(&[("a.env", env.as_bytes()), ("b.env", env.as_bytes())]);
    cut.truncate(cut.len() - 30);
    let notebook = format!(
        "{{\"cells\": [{{\"cell_type\": \"code\", \"source\": [\"import x\\n\", \"password = '{CHOSEN}'\\n\"], \"outputs\": []}}]}}"
    );
    let dir = tempfile::TempDir::new().expect("a folder");
    for (name, bytes) in [
        ("backup.zip", zip),
        ("cut.zip", cut),
        ("reset.docx", zipped(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", page.as_bytes())])),
        ("work.ipynb", notebook.into_bytes()),
        ("job.yaml", format!("conf: {encoded}\n").into_bytes()),
        ("old.7z", b"7z\xbc\xaf\x27\x1c\0\x04".to_vec()),
    ] {
        fs::write(dir.path().join(name), bytes).expect("a file");
    }
    let report = scan(dir.path(), &["-f", "json"]);
    for path in [
        "backup.zip!/conf/app.env",
        "backup.zip!/in.zip!/deep/key.txt",
        "cut.zip!/a.env",
        "reset.docx",
        "work.ipynb!/cell-1.py",
        "job.yaml",
    ] {
        assert!(report.contains(&format!("\"path\": \"{path}\"")), "{path}: {report}");
    }
    assert!(report.contains("the archive is broken") && report.contains("packed in a way that is not read"), "{report}");
    assert!(report.contains("\"complete\": false"));
    assert!(report.contains("runbook."), "a document is a runbook");
    for args in [&["-f", "json"][..], &["-f", "sarif"], &["-v"], &[]] {
        let text = scan(dir.path(), args);
        for secret in [CHOSEN, STRIPE, &encoded] {
            assert!(!text.contains(secret), "{args:?} shows a secret");
        }
        assert_eq!(text, scan(dir.path(), &[args, &["-j", "3"]].concat()), "{args:?}: the order depends on threads");
    }
    assert!(scan(dir.path(), &[]).contains("backup.zip!/conf/app.env:3"));
}
