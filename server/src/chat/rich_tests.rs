//! What markup becomes, and that hostile input stays quick, shallow and small.
use super::*;
use crate::realtime::mailbox::MAX_BYTES;
use app::domain::id::{ClientId, MessageId, RoomId, UserId};
use app::domain::message::Draft;
use app::domain::time::Timestamp;
use app::domain::user::{DisplayName, Person, Username};
use app::protocol::{ClientFrame, MAX_FRAME, ServerFrame, encode};
use uuid::Uuid;

fn rich(text: &str) -> Option<Rich> {
    parse(&MessageBody::parse(text).unwrap())
}

/// A short notation of a tree: `p(…)`, `em(…)`, `a<href>(…)`.
fn told(text: &str) -> String {
    let Some(Rich(blocks)) = rich(text) else {
        return "plain".into();
    };
    blocks.iter().map(tell_block).collect::<Vec<_>>().join(" ")
}

fn tell_block(block: &Block) -> String {
    let all = |blocks: &[Block]| blocks.iter().map(tell_block).collect::<Vec<_>>().join(" ");
    match block {
        Block::Paragraph(line) => format!("p({})", tell(line)),
        Block::Code { language, text } => format!("pre<{language}>({text})"),
        Block::Quote(blocks) => format!("q({})", all(blocks)),
        Block::List { start, items } => {
            let items: Vec<String> = items.iter().map(|item| format!("li({})", all(item))).collect();
            format!(
                "{}({})",
                start.map_or("ul".into(), |start| format!("ol{start}")),
                items.join(" ")
            )
        }
    }
}

fn tell(line: &[Inline]) -> String {
    let one = |inline: &Inline| match inline {
        Inline::Text(text) => text.clone(),
        Inline::Break => "/".into(),
        Inline::Emphasis(line) => format!("em({})", tell(line)),
        Inline::Strong(line) => format!("b({})", tell(line)),
        Inline::Struck(line) => format!("s({})", tell(line)),
        Inline::Code(text) => format!("code({text})"),
        Inline::Link { href, text } => format!("a<{}>({})", href.as_str(), tell(text)),
    };
    line.iter().map(one).collect()
}

/// A body as large as it may be.
fn fill(unit: &str) -> String {
    unit.repeat(app::domain::message::MAX_BODY / unit.len())
}

#[test]
fn markup_becomes_a_tree() {
    for (text, expected) in [
        ("*a* **b** ~~c~~ `d`", "p(em(a) b(b) s(c) code(d))"),
        ("*a*\nb", "p(em(a)/b)"),
        ("*a*\n\nb", "p(em(a)) p(b)"),
        ("# Head", "p(b(Head))"),
        ("#nohead *a*", "p(#nohead em(a))"),
        ("> a\n> b", "q(p(a/b))"),
        ("- a\n- b", "ul(li(p(a)) li(p(b)))"),
        ("3. a\n4. b", "ol3(li(p(a)) li(p(b)))"),
        ("```rust\nlet a = 1;\n```", "pre<rust>(let a = 1;)"),
        ("*a*\n\n    indented", "p(em(a)) p(indented)"),
        ("\\*a\\*", "p(*a*)"),
        ("*a*\n---\nb", "p(em(a)) p(---) p(b)"),
        (
            "see https://example.org/a?b",
            "p(see a<https://example.org/a?b>(https://example.org/a?b))",
        ),
        ("www.example.org", "p(a<http://www.example.org>(www.example.org))"),
        (
            "ask ines@example.org",
            "p(ask a<mailto:ines@example.org>(ines@example.org))",
        ),
        ("[a](https://example.org)", "p(a<https://example.org>(a))"),
        (
            "[](https://example.org)",
            "p(a<https://example.org>(https://example.org))",
        ),
        (
            "![cat](https://example.org/c.png)",
            "p(a<https://example.org/c.png>(cat))",
        ),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
}

#[test]
fn what_has_no_markup_stays_plain() {
    for text in [
        "hi",
        "two\nlines",
        "1 and 2",
        "a well-known thing (really)!",
        "Tom & Jerry",
        "a_b",
        "10 > 3",
        "#",
        ">",
        "[x]: https://example.org",
        "😀 ‏שלום",
    ] {
        assert_eq!(told(text), "plain", "{text}");
    }
}

#[test]
fn nothing_becomes_html_and_links_lead_only_where_they_may() {
    for (text, expected) in [
        ("<b>a</b> *b*", "p(<b>a</b> em(b))"),
        (
            "<script>alert(1)</script>\n\n*b*",
            "p(<script>alert(1)</script>) p(em(b))",
        ),
        ("a <img src=x onerror=y> *b*", "p(a <img src=x onerror=y> em(b))"),
        ("[a](javascript:alert(1))", "p(a)"),
        ("![a](data:text/html,x)", "p(a)"),
        ("[*a*](//evil.example)", "p(em(a))"),
        ("<javascript:alert(1)> *b*", "p(javascript:alert(1) em(b))"),
        ("ftp://example.org *a*", "p(ftp://example.org em(a))"),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
}

fn depth(blocks: &[Block]) -> usize {
    let inner = |block: &Block| match block {
        Block::Paragraph(line) => line_depth(line),
        Block::Code { .. } => 0,
        Block::Quote(blocks) => 1 + depth(blocks),
        Block::List { items, .. } => 1 + items.iter().map(|item| depth(item)).max().unwrap_or(0),
    };
    blocks.iter().map(inner).max().unwrap_or(0)
}

fn line_depth(line: &[Inline]) -> usize {
    let inner = |inline: &Inline| match inline {
        Inline::Text(_) | Inline::Break | Inline::Code(_) => 0,
        Inline::Emphasis(line) | Inline::Strong(line) | Inline::Struck(line) => 1 + line_depth(line),
        Inline::Link { text, .. } => 1 + line_depth(text),
    };
    line.iter().map(inner).max().unwrap_or(0)
}

#[test]
fn nesting_ends_in_text() {
    let quotes = format!("{} deep", ">".repeat(30));
    assert_eq!(told(&quotes), "q(q(q(q(q(q(p(deep)))))))");
    assert_eq!(told("> > > > > > *a **b***"), "q(q(q(q(q(q(p(a b)))))))");
}

#[test]
fn hostile_input_stays_quick_shallow_and_small() {
    let clock = crate::clock::Clock::System;
    for unit in [
        ">",
        "> ",
        "[",
        "]",
        "![",
        "[a](",
        "*",
        "**a",
        "*a ",
        "_a_ ",
        "~",
        "~~a",
        "`",
        "`a",
        "<",
        "<a ",
        "<!--",
        "&",
        "&amp;",
        "\\",
        "|",
        "#",
        "# a\n",
        "- ",
        "- a\n",
        "1. ",
        "1)\n",
        "  - a\n",
        "a@",
        "a@b.c ",
        "http://",
        "http://a",
        "www.",
        "www.a ",
        "https://a.b/(",
        "*a*\n",
        "a\n\n",
        "``a`",
        "[a]: b\n",
        "[a]\n",
        "x\n>",
        ">\n- ",
        "***",
        "*_",
        "![a](b)",
        "[https://a.b](c)",
        "<a@b.c>",
        "\t",
        "-\t",
        "```\n",
        "\"",
        "\"*",
        "`\"`",
        "\\\"",
        "<a@\"b>",
        "http://a.b/\" ",
    ] {
        let text = fill(unit);
        let Ok(body) = MessageBody::parse(&text) else { continue };
        let begun = clock.now();
        let parsed = parse(&body);
        let took = clock.now().0 - begun.0;
        // Generous: without optimisation, and beside other tests. What is quadratic takes far longer.
        assert!(took < 2_000, "{unit:?} took {took} ms");
        if let Some(Rich(blocks)) = &parsed {
            assert!(depth(blocks) <= MAX_DEPTH, "{unit:?}");
            let size = serde_json::to_string(blocks).unwrap().len();
            assert!(size <= 2 * BUDGET, "{unit:?} became {size} bytes");
        }
    }
}

#[test]
fn a_message_fits_into_every_mailbox_whatever_it_says() {
    let nobody = Uuid::nil();
    for unit in [
        "\"",
        "\\",
        "\\\"",
        "`\"`",
        "*\"* ",
        "**\"**",
        "> \"\n\n",
        "- \"\n",
        "~~~\n~~~\n",
        "\"http://a.b/\" ",
        "\t\"",
    ] {
        let body = MessageBody::parse(&fill(unit)).unwrap();
        let draft = ClientFrame::Post(Draft {
            room: RoomId(nobody),
            client_id: ClientId(nobody),
            body: body.clone(),
        });
        assert!(encode(&draft).len() <= MAX_FRAME, "{unit:?}");
        let message = Message {
            id: MessageId(nobody),
            room: RoomId(nobody),
            client_id: ClientId(nobody),
            seq: i64::MAX,
            rev: i64::MAX,
            author: Person {
                id: UserId(nobody),
                username: Username::parse(&"x".repeat(32)).unwrap(),
                name: DisplayName::parse(&"\"".repeat(64)).unwrap(),
            },
            content: Content::Text {
                rich: parse(&body),
                body,
            },
            posted_at: Timestamp(i64::MAX),
            edited_at: Some(Timestamp(i64::MAX)),
        };
        let frame = ServerFrame::Accepted {
            client_id: ClientId(nobody),
            message,
        };
        let size = encode(&frame).len();
        // With as much again beside it.
        assert!(size <= MAX_BYTES / 2, "{unit:?} became {size} bytes");
    }
}
