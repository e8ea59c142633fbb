use super::*;
use crate::read::prose::document::Shape;

/// Every block of a document, in a line that a person can check: shape, depth, whether something introduces it, text.
pub(super) fn shown(document: &Document) -> Vec<String> {
    let kind = |shape| match shape {
        Shape::Heading(level) => format!("h{level}"),
        Shape::Paragraph => "p".to_owned(),
        Shape::Item { ordered: true } => "1.".to_owned(),
        Shape::Item { ordered: false } => "-".to_owned(),
        Shape::Row => "row".to_owned(),
        Shape::Quote => "quote".to_owned(),
    };
    let blocks = document.blocks.iter().map(|b| {
        let intro = if b.intro.is_some() { "^" } else { "" };
        format!("{}{intro}{} {}", " ".repeat(b.depth.saturating_sub(1)), kind(b.shape), b.text.text.trim().replace('\n', " / "))
    });
    blocks.collect()
}

/// Every word of a document stands where the document says.
pub(super) fn assert_spans(text: &str, document: &Document) {
    for block in &document.blocks {
        for (at, word) in block.text.text.split_whitespace().map(|w| (w.as_ptr() as usize - block.text.text.as_ptr() as usize, w)) {
            let (from, to) = block.text.source(at, at + word.len());
            let raw = text.get(from..to).unwrap_or("(outside)");
            let is_label = from == to || block.shape == Shape::Row && raw.len() <= 1;
            let bare = raw.replace(['*', '`', '_', ']', '}'], "");
            assert!(
                bare == word || raw == word || raw.contains(['&', '\\', '=', '[', '<', '{']) || is_label,
                "{word:?} is {raw:?} in the source"
            );
        }
    }
}

#[test]
fn blocks_of_markdown() {
    let text = "---\ntitle: \"Reset\"\nowner: Desk\nlast_reviewed_on: 2026-01-09\n---\n\n# One\n\nSoft\nwrapped `code` line.\n\n**Do not:**\n\n- send it\n  - on `#ops`\n\n| Who | Ask for |\n|---|---|\n| Staff | a badge |\n\n```\nskip me\n```\n";
    let document = read(Layout::Markdown, text).0;
    assert_eq!(document.title.as_ref().map(|t| t.0.as_str()), Some("Reset"));
    assert_eq!(document.owner.as_ref().map(|t| (t.0.as_str(), &text[t.1.0..t.1.1])), Some(("Desk", "Desk")));
    assert_eq!(
        shown(&document),
        ["h1 One", "p Soft wrapped code line.", "h7 Do not:", "^- send it", " ^- on #ops", "row Staff / Ask for: a badge"]
    );
    assert_eq!(document.blocks[3].intro, Some(2));
    let (from, to) = document.blocks[1].text.source(13, 17);
    assert_eq!(text.get(from..to), Some("code"));
    assert_spans(text, &document);
}

#[test]
fn what_people_add_to_markdown() {
    let text = "# A\n\n!!! warning \"Never\"\n    Send it\n    by mail.\n\n    Or text it.\n\n> [!CAUTION]\n> Ask first.\n\n> said somebody\n\n:::note\nLock it.\n:::\n\n~~Call them.~~ Write.\n\n{% if x_y %}\nUse {{ tool }}.\n{% endif %}\n\n<details>\n<summary>More</summary>\n\n- [ ] one\n\n</details>\n\n<table><tr><th>Who</th><th>Proof</th></tr>\n<tr><td>Staff</td><td>a &quot;badge&quot;</td></tr></table>\n\n## B\n\nEnd.\n";
    let document = read(Layout::Markdown, text).0;
    assert_eq!(
        shown(&document),
        [
            "h1 A",
            "h7 Never",
            "p Send it by mail.",
            "p Or text it.",
            "p Ask first.",
            "quote said somebody",
            "p Lock it.",
            "p Write.",
            "p Use {{ tool }}.",
            "h7 More",
            "- one",
            "row Staff / Proof: a \"badge\"",
            "h2 B",
            "p End.",
        ]
    );
    assert_spans(text, &document);
}

#[test]
fn blocks_of_html() {
    let text = "<!doctype html><html><head><title>Reset &amp; unlock</title><style>p > a {}</style><script>if (a < b) send(\"</p>\")</script></head><body><nav><p>Home</p></nav><h1>Reset</h1><p>Soft\n  wrapped <b>text</b> &ndash; here.<p>Two</p><p><strong>Do not:</strong></p><ul><li>send it<ul><li><p>on chat</p></li></ul></li><li>text&nbsp;it</li></ul><blockquote>said</blockquote><blockquote><p><b>Note</b> that.</p></blockquote><table><thead><tr><th>Who</th><th>Proof</th></tr></thead><tbody><tr><td><p>Staff</p></td><td>a badge</td></tr></tbody></table><pre>skip</pre><p>5 < 6</p></body></html>";
    let document = read(Layout::Html, text).0;
    assert_eq!(document.title.as_ref().map(|t| t.0.as_str()), Some("Reset & unlock"));
    assert_eq!(
        shown(&document),
        [
            "h1 Reset",
            "p Soft wrapped text – here.",
            "p Two",
            "h7 Do not:",
            "^- send it",
            " ^- on chat",
            "^- text it",
            "quote said",
            "p Note that.",
            "row Staff / Proof: a badge",
            "p 5 < 6",
        ]
    );
    assert_spans(text, &document);
}

#[test]
fn blocks_of_confluence() {
    let text = "<h1>Reset</h1><ac:structured-macro ac:name=\"toc\"><ac:parameter ac:name=\"style\">x</ac:parameter></ac:structured-macro><ac:structured-macro ac:name=\"warning\"><ac:parameter ac:name=\"title\">Never</ac:parameter><ac:rich-text-body><p>send it</p></ac:rich-text-body></ac:structured-macro><ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[reset <x>]]></ac:plain-text-body></ac:structured-macro><ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body><span>Ask <ac:link><ri:user ri:key=\"1\"/><ac:plain-text-link-body><![CDATA[the desk]]></ac:plain-text-link-body></ac:link></span></ac:task-body></ac:task></ac:task-list>";
    let document = read(Layout::Html, text).0;
    assert_eq!(shown(&document), ["h1 Reset", "h7 Never", "p send it", "- Ask the desk"]);
    assert_spans(text, &document);
}

#[test]
fn blocks_of_plain_text() {
    let text = "NIGHT SHIFT\n===========\n\nOne sentence\nover two lines.\n\n1. NEW TOKEN\n------------\n\na) Send it\n   on Slack.\nb) Wait.\n\nDo not:\n\n- share it\n  - on chat\n\nRESET\n\n> said he\nAsk first.\n";
    let document = read(Layout::Plain, text).0;
    assert_eq!(
        shown(&document),
        [
            "h1 NIGHT SHIFT",
            "p One sentence over two lines.",
            "h2 1. NEW TOKEN",
            "1. Send it on Slack.",
            "1. Wait.",
            "h3 Do not:",
            "^- share it",
            " ^- on chat",
            "h3 RESET",
            "quote said he",
            "p Ask first.",
        ]
    );
    assert_spans(text, &document);
}

#[test]
fn blocks_of_asciidoc() {
    let text = "= Reset\n:owner: Desk\n\n// a remark\nSoft\nwrapped *text* and `code`.\n\n.Never\n* send it\n** on chat\n+\nor by mail\n* text it\n\nWARNING: Ask https://x.example/a[the desk] first.\n\n[source,bash]\n----\nreset me\n----\n\n[IMPORTANT]\n====\nLock it.\n====\n\n[cols=\"1,2\",options=\"header\"]\n|===\n|Who |Proof\n\n|Staff\n|a badge\n|===\n\n____\nsaid\n____\n\n== Next\n\n. one\n. two\n\nEnd.\n\n----\nnever closed\n";
    let document = read(Layout::AsciiDoc, text).0;
    assert_eq!(document.owner.as_ref().map(|t| t.0.as_str()), Some("Desk"));
    assert_eq!(
        shown(&document),
        [
            "h1 Reset",
            "p Soft wrapped text and code.",
            "h7 Never",
            "- send it",
            " - on chat",
            " - or by mail",
            "- text it",
            "p Ask the desk first.",
            "p Lock it.",
            "row Staff / Proof: a badge",
            "quote said",
            "h2 Next",
            "1. one",
            "1. two",
            "p End.",
            "p ---- never closed",
        ]
    );
    assert_spans(text, &document);
}

#[test]
fn blocks_of_restructured_text() {
    let text = "=====\nReset\n=====\n\n:Owner: Desk\n\nSoft\nwrapped **text** and ``code``, see `the guide <x.html>`_::\n\n    reset me\n\nNever\n-----\n\n- send it\n\n  - on :ref:`chat <c>`\n\n- text it\n\n.. warning:: Ask\n   first.\n\n.. code-block:: bash\n\n   reset me\n\n.. a remark\n\n.. list-table::\n   :header-rows: 1\n\n   * - Who\n     - Proof\n   * - Staff\n     - a badge\n\n.. csv-table::\n   :header: Who, Proof\n\n   Boss, \"a pass, too\"\n\n+-----+-------+\n| Who | Proof |\n+=====+=======+\n| One | a key |\n+-----+-------+\n\n=====  =====\nWho    Proof\n=====  =====\nTwo    a pin\n=====  =====\n\nNext\n=====\n\n#. one\n#. two\n";
    let document = read(Layout::Rest, text).0;
    assert_eq!(document.owner.as_ref().map(|t| t.0.as_str()), Some("Desk"));
    assert_eq!(
        shown(&document),
        [
            "h1 Reset",
            "p Owner: Desk",
            "p Soft wrapped text and code, see the guide:",
            "h2 Never",
            "- send it",
            " - on chat",
            "- text it",
            "p Ask first.",
            "row Staff / Proof: a badge",
            "row Boss / Proof: a pass, too",
            "row One / Proof: a key",
            "row Two / Proof: a pin",
            "h3 Next",
            "1. one",
            "1. two",
        ]
    );
    assert_spans(text, &document);
}

#[test]
fn blocks_of_org() {
    let text = "#+TITLE: Reset\n#+OWNER: Desk\n\n* TODO [#A] Do not :ops:\n:PROPERTIES:\n:ID: 1\n:END:\n- [ ] send *it*\n  - on [[https://x.example][chat]]\n\n#+BEGIN_SRC sh\nreset me\n#+END_SRC\n\nSoft\nwrapped.\n\n| Who | Proof |\n|-----+-------|\n| Staff | a badge |\n\n#+BEGIN_QUOTE\nsaid\n#+END_QUOTE\n** Next\n1. one\n";
    let document = read(Layout::Org, text).0;
    assert_eq!(document.title.as_ref().map(|t| t.0.as_str()), Some("Reset"));
    assert_eq!(
        shown(&document),
        ["h1 Do not", "- send it", " - on chat", "p Soft wrapped.", "row Staff / Proof: a badge", "quote said", "h2 Next", "1. one"]
    );
    assert_spans(text, &document);
}

#[test]
fn blocks_of_wikis() {
    let text = "= Reset =\n'''Never''' ask [[Desk|the desk]].<ref>x</ref>\n\n* send\n** on ''chat''\n# one\n\n{| class=\"x\"\n! Who !! Proof\n|-\n| Staff || a badge\n|}\n<pre>\nskip\n</pre>\n{{Stub}}\nEnd.\n";
    let document = read(Layout::MediaWiki, text).0;
    assert_eq!(
        shown(&document),
        ["h1 Reset", "p Never ask the desk.", "- send", " - on chat", "1. one", "row Staff / Proof: a badge", "p End."]
    );
    assert_spans(text, &document);
    let text = "h1. Reset\n{panel:title=Never}\n* send\n** on _chat_\n{panel}\n||Who||Proof||\n|Staff|a [badge|https://x.example]|\n{code}\nskip\n{code}\nbq. said\n{quote}\nand said\n{quote}\nEnd.\n";
    let document = read(Layout::WikiMarkup, text).0;
    assert_eq!(
        shown(&document),
        ["h1 Reset", "h7 Never", "- send", " - on chat", "row Staff / Proof: a badge", "quote said", "quote and said", "p End."]
    );
    assert_spans(text, &document);
}

#[test]
fn mail_quotes_and_signs() {
    let text = "From: a\nSubject: Re: Fwd: Reset\n of a\n password\n\nDo this.\n\nOn Monday he wrote:\n> Do that.\n\n-----Original Message-----\nThe other.\n-- \nThe desk\n";
    let document = read(Layout::Mail, text).0;
    assert_eq!(document.title.as_ref().map(|t| t.0.as_str()), Some("Reset of a password"));
    assert_eq!(shown(&document), ["p Do this.", "quote Do that.", "quote -----Original Message----- The other."]);
    assert_spans(text, &document);
}

#[test]
fn tickets_are_records() {
    let text = "number,short_description,caller_id,approval,state,close_notes\nINC1,Reset,A,B,Closed,\"Sent \"\"it\"\"\nby mail.\"\n";
    let document = read(Layout::TicketsCsv, text).0;
    assert!(document.records && document.events.len() == 1);
    assert_eq!(shown(&document), ["h1 INC1: Reset", "row Ticket: INC1 / caller_id: A / approval: B", "p Sent \"it\" by mail."]);
    let (from, to) = document.events[0].0;
    assert_eq!(&text[from..to], text.split_once('\n').expect("rows").1.trim_end());
    assert!(!is_ticket_table("id,name,notes\n1,a,b\n") && !may_hold_tickets("{\"summary\": \"x\"}"));
}

/// What people write by hand, what programs print, and what neither would: each is read, and no span leaves the text.
#[test]
fn hostile_texts_end() {
    let cases: [(Layout, String); 24] = [
        (Layout::Markdown, "> ".repeat(5_000)),
        (Layout::Markdown, format!("| a | b |\n|---|---|\n{}", "| reset | by mail |\n".repeat(10_000))),
        (Layout::Markdown, "reset the password. ".repeat(20_000)),
        (Layout::Markdown, (0..3000).map(|i| format!("{}- reset\n", " ".repeat(i % 300))).collect()),
        (Layout::Markdown, format!("---\ntitle: [unclosed\n{}", "x: {\n".repeat(5_000))),
        (Layout::Markdown, "!!! note\n    reset\n\n    more\n\n".repeat(2_000)),
        (Layout::Markdown, "{% ".repeat(20_000)),
        (Layout::Markdown, "<table><tr><td>\n\n# x\n\n".repeat(2_000)),
        (Layout::Markdown, "\u{202e}\u{5d0}\u{5d1} reset \u{202c}\u{1f512}\u{301} ".repeat(5_000)),
        (Layout::Html, "<div class=\"".repeat(20_000)),
        (Layout::Html, "<ul><li><blockquote><table><tr><td>".repeat(5_000)),
        (Layout::Html, "<!--".repeat(20_000)),
        (Layout::Html, "<script></x".repeat(20_000)),
        (Layout::Html, "&#x110000;&".repeat(20_000)),
        (Layout::AsciiDoc, (0..10_000).map(|i| format!("{}\nx\n", "-".repeat(4 + i % 50))).collect()),
        (Layout::AsciiDoc, "https://x.example/a[reset *it* |=== ".repeat(10_000)),
        (Layout::Rest, (0..1000).map(|i| format!("{}.. note:: x\n", " ".repeat(i))).collect()),
        (Layout::Rest, "=====  =====\na      é\n\n+---+\n| é |\n\n".repeat(2_000)),
        (Layout::Org, "#+BEGIN_SRC\n* x :a:\n| a |\n".repeat(5_000)),
        (Layout::MediaWiki, format!("<mediawiki>{}", "<title>a</title><text>{|\n|-\n| b".repeat(2_000))),
        (Layout::WikiMarkup, "{panel\n{code\n||é||\n|{quote}\n[a|".repeat(3_000)),
        (Layout::TicketsCsv, format!("number,subject,description,status\n{}", "\"a,\"\"é\n".repeat(20_000))),
        (
            Layout::TicketsJson,
            format!("[{}{{}}]", "{\"id\":1,\"title\":\"a\",\"body\":\"\\ud83d\\ude00\\n\",\"state\":[[[]]]},".repeat(2_000)),
        ),
        (Layout::Plain, "```x\n>y\n 1. z\n".repeat(10_000)),
    ];
    for (layout, text) in cases {
        for block in read(layout, &text).0.blocks {
            assert!(block.span.0 <= block.span.1 && block.span.1 <= text.len(), "{layout:?} {:?}", block.span);
            let (from, to) = block.text.source(0, block.text.text.len());
            assert!(from <= to && to <= text.len(), "{layout:?}");
        }
    }
}
