//! What Markdown reads as, and what is refused.

use super::*;

fn words(text: &str) -> Inline {
    Inline::Words { text: text.to_owned() }
}

#[test]
fn our_own_marks_become_parts() {
    let read = inlines("See [[ask-first]] and **note** [@deci]. Date: ____ [not one] [@no no]");
    let expected = [
        words("See "),
        Inline::Strategy { id: "ask-first".to_owned() },
        words(" and "),
        Inline::Strong { text: vec![words("note")] },
        words(" "),
        Inline::Citation { source: "deci".to_owned() },
        words(". Date: "),
        Inline::Blank {},
        words(" [not one] [@no no]"),
    ];
    assert_eq!(read, expected);
}

#[test]
fn boxes_are_boxes_whether_the_list_is_tight_or_loose() {
    for text in ["- [ ] One\n- [ ] Two\n", "- [ ] One\n\n- [ ] Two\n"] {
        let prose = blocks(text, 0);
        let point = |text: &str| vec![Block::Paragraph { text: vec![words(text)] }];
        assert_eq!(prose.blocks, [Block::List { marks: Marks::Boxes, items: vec![point("One"), point("Two")] }], "{text}");
        assert!(prose.found.is_empty());
    }
}

#[test]
fn lists_nest() {
    let prose = blocks("1. One\n   - a\n   - b\n2. Two\n", 0);
    let [Block::List { marks: Marks::Numbers, items }] = prose.blocks.as_slice() else { panic!("{prose:?}") };
    let [first, second] = items.as_slice() else { panic!("{items:?}") };
    assert!(matches!(first.as_slice(), [Block::Paragraph { .. }, Block::List { marks: Marks::Bullets, .. }]));
    assert!(matches!(second.as_slice(), [Block::Paragraph { .. }]));
}

#[test]
fn tables_keep_their_cells() {
    let prose = blocks("| a | b |\n|---|---|\n| **c** | |\n", 0);
    let strong = vec![Inline::Strong { text: vec![words("c")] }];
    let expected = Block::Table { head: vec![vec![words("a")], vec![words("b")]], rows: vec![vec![strong, Vec::new()]] };
    assert_eq!(prose.blocks, [expected]);
}

#[test]
fn what_cannot_be_printed_is_named_with_its_place() {
    for (text, at) in [
        ("# Title\n", 0),
        ("a\n\n#### Deep\n", 3),
        ("See [this](https://example.org).\n", 4),
        ("An ![image](a.png)\n", 3),
        ("Some `code`\n", 5),
        ("a\n\n    code\n", 7),
        ("a <b>c</b>\n", 2),
        ("a\n\n---\n\nb\n", 3),
        ("<div>\n", 0),
    ] {
        let prose = blocks(text, 100);
        assert_eq!(prose.found.first().map(|found| found.at), Some(100 + at), "{text}: {prose:?}");
    }
}

#[test]
fn everything_after_a_refusal_is_still_read() {
    let prose = blocks("a [b](c) d\n\n```\ncode\n```\n\n## E\n\nf\n", 0);
    assert_eq!(prose.found.len(), 2);
    assert_eq!(prose.blocks.len(), 3, "{:?}", prose.blocks);
}
