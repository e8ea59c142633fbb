//! One runbook in every format gives the same findings.

#![allow(clippy::expect_used, clippy::disallowed_methods)] // tests may fail loudly

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Command;
use zip::write::SimpleFileOptions;

/// Rule, severity, confidence, subject and what is missing, of each finding, by path.
fn findings(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let report = report(folder);
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for finding in report["findings"].as_array().expect("findings") {
        let path = finding["location"]["path"].as_str().expect("a path").to_owned();
        let key = ["rule", "severity", "confidence", "subject", "missing"].map(|k| finding[k].to_string()).join(" ");
        out.entry(path).or_default().push(key);
    }
    out.values_mut().for_each(|f| f.sort());
    out
}

fn report(folder: &Path) -> Value {
    let output = Command::new(assert_cmd::cargo::cargo_bin("sidedoor"))
        .args(["scan", ".", "-f", "json", "--as-of", "2026-11-20"])
        .current_dir(folder)
        .output()
        .expect("it runs");
    serde_json::from_slice(&output.stdout).expect("a report")
}

fn zipped(files: &[(&str, String)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a member");
        zip.write_all(text.as_bytes()).expect("its bytes");
    }
    zip.finish().expect("an archive").into_inner()
}

/// A line of the runbook, as office documents keep it.
enum Part {
    Heading(usize, &'static str),
    Text(&'static str),
    Item(usize, bool, &'static str),
    Row(&'static str, &'static str),
}

/// The runbook of `fixtures/formats/same`.
const DESK: [Part; 18] = [
    Part::Heading(1, "Night desk"),
    Part::Text("Runbook of the people who answer the phone after eight."),
    Part::Heading(2, "Reset a forgotten password"),
    Part::Text("The caller may not be who they say they are."),
    Part::Item(0, true, "Ask the caller for their employee number and date of birth."),
    Part::Item(0, true, "Reset the password in the console."),
    Part::Item(0, true, "Send the temporary password to the caller by email."),
    Part::Text("Do not:"),
    Part::Item(0, false, "read a password out over the phone"),
    Part::Item(0, false, "send a password"),
    Part::Item(1, false, "by SMS"),
    Part::Item(1, false, "in a chat"),
    Part::Heading(2, "Remove a lost second factor"),
    Part::Text("The administrator approves the request by email. Disable MFA for the user, then tell them to enrol again."),
    Part::Row("Staff", "Verify the caller by their date of birth."),
    Part::Row("Contractors", "The manager vouches for them."),
    Part::Heading(2, "Emergency account"),
    Part::Text("Everybody on the night shift signs in with the shared account. Its password is stored in the shared spreadsheet."),
];

/// A text document whose styles and numberings stand in parts of their own, with names that tell nothing.
fn docx() -> Vec<u8> {
    let run = |text: &str| format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
    let mut body = String::new();
    let mut rows = false;
    for part in &DESK {
        if !matches!(part, Part::Row(..)) && std::mem::take(&mut rows) {
            body.push_str("</w:tbl>");
        }
        body.push_str(&match part {
            Part::Heading(level, text) => format!("<w:p><w:pPr><w:pStyle w:val=\"berschrift{level}\"/></w:pPr>{}</w:p>", run(text)),
            Part::Text(text) => {
                format!("<w:p>{}<w:del><w:r><w:delText>Send every password by chat.</w:delText></w:r></w:del></w:p>", run(text))
            }
            Part::Item(level, ordered, text) => format!(
                "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{}\"/></w:numPr></w:pPr>{}</w:p>",
                if *ordered { 1 } else { 2 },
                run(text)
            ),
            Part::Row(a, b) => {
                let row = |a: &str, b: &str| format!("<w:tr><w:tc><w:p>{}</w:p></w:tc><w:tc><w:p>{}</w:p></w:tc></w:tr>", run(a), run(b));
                let head = if std::mem::replace(&mut rows, true) {
                    String::new()
                } else {
                    format!("<w:tbl>{}", row("Who asks", "Proof of identity"))
                };
                head + &row(a, b)
            }
        });
    }
    let level = |id: u8, format: &str| {
        format!("<w:abstractNum w:abstractNumId=\"{id}\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"{format}\"/></w:lvl></w:abstractNum>")
    };
    zipped(&[
        ("[Content_Types].xml", "<Types/>".into()),
        ("word/document.xml", format!("<w:document><w:body>{body}</w:body></w:document>")),
        (
            "word/styles.xml",
            (1..=2).fold("<w:styles>".to_owned(), |out, n| {
                out + &format!("<w:style w:styleId=\"berschrift{n}\"><w:name w:val=\"heading {n}\"/><w:pPr><w:outlineLvl w:val=\"{}\"/></w:pPr></w:style>", n - 1)
            }) + "</w:styles>",
        ),
        (
            "word/numbering.xml",
            format!(
                "<w:numbering>{}{}<w:num w:numId=\"1\"><w:abstractNumId w:val=\"7\"/></w:num><w:num w:numId=\"2\"><w:abstractNumId w:val=\"8\"/></w:num></w:numbering>",
                level(7, "decimal"),
                level(8, "bullet")
            ),
        ),
    ])
}

fn odt() -> Vec<u8> {
    let mut body = String::new();
    let mut rows = false;
    let mut depth = 0;
    for part in &DESK {
        let wanted = if let Part::Item(level, ..) = part { level + 1 } else { 0 };
        while depth > wanted {
            body.push_str("</text:list-item></text:list>");
            depth -= 1;
        }
        if !matches!(part, Part::Row(..)) && std::mem::take(&mut rows) {
            body.push_str("</table:table>");
        }
        match part {
            Part::Heading(level, text) => body.push_str(&format!("<text:h text:outline-level=\"{level}\">{text}</text:h>")),
            Part::Text(text) => body.push_str(&format!("<text:p>{text}</text:p>")),
            Part::Item(_, ordered, text) => {
                if depth == wanted {
                    body.push_str("</text:list-item>");
                }
                while depth < wanted {
                    body.push_str(&format!("<text:list text:style-name=\"{}\">", if *ordered { "L1" } else { "L2" }));
                    depth += 1;
                }
                body.push_str(&format!("<text:list-item><text:p>{text}</text:p>"));
            }
            Part::Row(a, b) => {
                let row = |a: &str, b: &str| {
                    format!(
                        "<table:table-row><table:table-cell><text:p>{a}</text:p></table:table-cell><table:table-cell><text:p>{b}</text:p></table:table-cell></table:table-row>"
                    )
                };
                if !std::mem::replace(&mut rows, true) {
                    body.push_str(&format!("<table:table>{}", row("Who asks", "Proof of identity")));
                }
                body.push_str(&row(a, b));
            }
        }
    }
    let styles = "<office:automatic-styles><text:list-style style:name=\"L1\"><text:list-level-style-number text:level=\"1\"/></text:list-style></office:automatic-styles>";
    let deleted = "<text:tracked-changes><text:p>Send every password by chat.</text:p></text:tracked-changes>";
    zipped(&[
        ("mimetype", "application/vnd.oasis.opendocument.text".into()),
        (
            "content.xml",
            format!(
                "<office:document-content>{styles}<office:body><office:text>{deleted}{body}</office:text></office:body></office:document-content>"
            ),
        ),
    ])
}

/// A PDF without packing: larger type for headings, a gap between paragraphs.
#[cfg(feature = "pdf")]
fn pdf(parts: &[Part]) -> Vec<u8> {
    let mut content = String::new();
    let mut y = 800;
    let mut show = |size: usize, x: usize, gap: i32, text: &str| {
        y -= gap;
        // two pieces on one line, with the space between them only drawn
        let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
        content.push_str(&format!("BT /F1 {size} Tf {x} {y} Td [({first}) -300 ({rest})] TJ ET\n"));
    };
    let mut before = false;
    for (n, part) in (1..).zip(parts) {
        let item = matches!(part, Part::Item(..));
        let gap = if item && before { 12 } else { 30 };
        before = item;
        match part {
            Part::Heading(level, text) => show(if *level == 1 { 24 } else { 18 }, 50, 40, text),
            Part::Text(text) => show(10, 50, gap, text),
            Part::Item(level, true, text) => show(10, 60 + level * 20, gap, &format!("{}. {text}", n - 4)),
            Part::Item(level, false, text) => show(10, 60 + level * 20, gap, &format!("- {text}")),
            Part::Row(a, b) => show(10, 50, gap, &format!("{a}: {b}")),
        }
    }
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut out = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (n, object) in (1..).zip(&objects) {
        places.push(out.len());
        out.push_str(&format!("{n} 0 obj\n{object}\nendobj\n"));
    }
    let at = out.len();
    out.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    places.iter().for_each(|p| out.push_str(&format!("{p:010} 00000 n \n")));
    out.push_str(&format!("trailer << /Size {} /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n", objects.len() + 1));
    out.into_bytes()
}

#[cfg(feature = "pdf")]
#[test]
fn pdf_is_read_by_a_process_that_limits_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("a file");
    put("desk.pdf", &pdf(&DESK));
    put("pictures.pdf", &pdf(&[]));
    put("broken.pdf", b"%PDF-1.7\n\xff\xfe\x00 nothing that could be read");
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats/same/desk.md"), folder.path().join("desk.md")).expect("a copy");
    let found = findings(folder.path());
    assert_eq!(found.get("desk.pdf"), found.get("desk.md"));
    assert_eq!(found.len(), 2);
    let report = report(folder.path()).to_string();
    assert!(report.contains("without a text layer"), "{report}");
    assert!(report.contains("broken.pdf"));
}

#[cfg(not(feature = "pdf"))]
#[test]
fn pdf_is_told_as_not_read() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("desk.pdf"), b"%PDF-1.7\n\xff\xfe\x00 packed").expect("a file");
    let report = report(folder.path()).to_string();
    assert!(report.contains("this build reads none"), "{report}");
}

#[test]
fn one_runbook_gives_the_same_findings_in_every_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats/same");
    let mut paths = Vec::new();
    for file in fs::read_dir(fixtures).expect("fixtures").flatten() {
        fs::copy(file.path(), folder.path().join(file.file_name())).expect("a copy");
        paths.push(file.file_name().to_string_lossy().replace("desk.ipynb", "desk.ipynb!/cell-1.md"));
    }
    for (name, bytes) in [("desk.docx", docx()), ("desk.odt", odt())] {
        fs::write(folder.path().join(name), bytes).expect("a file");
        paths.push(name.to_owned());
    }
    let found = findings(folder.path());
    let expected = found.get("desk.md").expect("findings in Markdown");
    for rule in ["email-approval", "knowledge-check", "secret-in-open-channel", "shared-login", "unlogged-recovery"] {
        assert!(expected.iter().any(|f| f.contains(rule)), "{rule}: {expected:#?}");
    }
    assert!(paths.len() >= 16, "{paths:?}");
    for path in paths {
        assert_eq!(found.get(&path), Some(expected), "{path}");
    }
}

#[test]
fn tickets_tell_how_it_is_done_and_owe_no_answers() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats/told");
    let copy = tempfile::tempdir().expect("a folder");
    for file in fs::read_dir(folder).expect("fixtures").flatten() {
        fs::copy(file.path(), copy.path().join(file.file_name())).expect("a copy");
    }
    let found = findings(copy.path());
    let rules = |path: &str| {
        found.get(path).map(|f| f.iter().map(|f| f.split('"').nth(1).unwrap_or_default()).collect::<Vec<_>>()).unwrap_or_default()
    };
    assert!(rules("jira.json").contains(&"helpdesk/knowledge-check"));
    assert!(rules("jira.json").contains(&"helpdesk/secret-in-open-channel"));
    assert!(rules("servicenow.csv").contains(&"helpdesk/email-approval"));
    assert!(rules("zendesk.jsonl").contains(&"helpdesk/knowledge-check"));
    // nothing is missing from a record, and tickets about printers are none
    for finding in found.values().flatten() {
        assert!(finding.ends_with("[]"), "{finding}");
        assert!(["printer", "invoice", "build image"].iter().all(|w| !finding.contains(w)), "{finding}");
    }
}

#[test]
fn what_is_no_runbook_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    let weak = "Reset the password and send the temporary password to the user by email.";
    put(
        "form.html",
        &format!(
            "<html><body><h1>Reset your password</h1><form><p>{weak}</p><p>{weak}</p><input name=a><input name=b><button>Go</button></form></body></html>"
        ),
    );
    put("app.html", &format!("<h1>Reset the password</h1><div *ngIf=\"ok\"><p>{{{{ a }}}}</p><p>{{{{ b }}}}</p><p>{weak}</p></div>"));
    put("reset.html.erb", &format!("<h1>Reset the password</h1><p>{weak}</p><p>{weak}</p>"));
    put("api.json", &format!("{{\"paths\": {{\"/reset\": {{\"summary\": \"Reset the password\", \"description\": \"{weak}\"}}}}}}"));
    put("words.txt", "password\nreset\nemail\nmfa\n");
    put("server.log.txt", "2026-01-01T00:00:00Z INFO reset password=ok user=17\n2026-01-01T00:00:01Z INFO send email user=17\n");
    put("LICENSE", weak);
    put("users.csv", &format!("id,name,notes\n1,a,{weak}\n"));
    put("data.xml", &format!("<items><item><p>{weak}</p></item></items>"));
    let found = findings(folder.path());
    assert!(found.values().flatten().all(|f| !f.contains("helpdesk/")), "{found:#?}");
}
