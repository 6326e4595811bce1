//! What TOML reads as, and which keys stand twice.

use super::*;

fn twice(text: &str) -> Vec<(usize, String)> {
    let Read::Tree(_, found) = read(text) else { panic!("{text}") };
    found.into_iter().map(|found| (found.at, found.path)).collect()
}

#[test]
fn every_kind_of_value() {
    let text = "a = 1_000\nb = 0x1F\nc = -0\nd = 1.5\ne = true\nf = 2026-11-24\ng = 'x'\nh = [1, {i = 2}]\n[j.k]\n[[l]]\nm = 1\n[[l]]\n";
    let Read::Tree(root, found) = read(text) else { panic!() };
    assert!(found.is_empty());
    let Data::Table(entries) = &root.data else { panic!() };
    let shown = entries.iter().map(|entry| format!("{}@{} {}", entry.key, entry.at, entry.node.data.shown()));
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            "a@0 `1000`",
            "b@10 `0x1F`",
            "c@19 `-0`",
            "d@26 `1.5`",
            "e@34 `true`",
            "f@43 `2026-11-24`",
            "g@58 `\"x\"`",
            "h@66 a list",
            "j@84 a table",
            "l@91 a list",
        ]
    );
    #[expect(clippy::wildcard_enum_match_arm, reason = "anything else fails the test")]
    let whole = |key: &str| match &entries.iter().find(|entry| entry.key == key).unwrap().node.data {
        Data::Number { whole, .. } => *whole,
        other => panic!("{other:?}"),
    };
    assert_eq!(["a", "b", "c", "d"].map(whole), [Some(1000), Some(31), Some(0), None]);
}

#[test]
fn keys_that_stand_twice() {
    for (text, expected) in [
        ("a = 1\na = 2\n", vec![(6, "a")]),
        ("a = 1\n'a' = 2\n\"a\" = 3\n", vec![(6, "a"), (14, "a")]),
        ("[g]\na = 1\na = 2\n[h]\na = 1\n", vec![(10, "g.a")]),
        ("[g]\na = 1\n[g]\na = 2\n", vec![(11, "g"), (14, "g.a")]),
        ("[g]\na = 1\na = 2\n[g]\nb = 1\n", vec![(10, "g.a"), (17, "g")]),
        ("[x.y]\n[[x]]\n", vec![(8, "x")]),
        ("a = {b = 1, b = 2}\nb = 1\n", vec![(12, "a.b")]),
        ("[g]\na = {b = {c = 1}}\na = 1\n", vec![(22, "g.a")]),
        ("[[r]]\na = 1\n[[r]]\na = 1\na = 2\n", vec![(24, "r[1].a")]),
        ("[[r]]\n[[r]]\n[r.q]\nall = []\n[r.q]\n", vec![(30, "r[1].q")]),
        ("[[r]]\nq = [{a = 1}, {a = 1, a = 2}]\n", vec![(28, "r[0].q[1].a")]),
    ] {
        let expected = expected.into_iter().map(|(at, path)| (at, path.to_owned())).collect::<Vec<_>>();
        assert_eq!(twice(text), expected, "{text}");
    }
}

#[test]
fn lines_that_cannot_be_read() {
    let shown = |text: &str| match read(text) {
        Read::Unreadable(found) => {
            found.iter().map(|one| format!("{}: expected {}, got {}", one.at, one.expected, one.got)).collect::<Vec<_>>()
        }
        Read::Tree(..) => panic!("{text}"),
    };
    assert_eq!(shown("a = on\n"), ["4: expected a value; a text needs quotes, got `on`"]);
    assert_eq!(shown("a =\nb = 1\n"), ["3: expected a value; a text needs quotes, got the end of the line"]);
    assert_eq!(shown("a"), ["1: expected `=`, got the end of the file (key with no value)"]);
    assert_eq!(shown("a = x\nb = 1\nc = 'x\n").len(), 2);
    assert_eq!(shown("a = 1\na = 2\nb\n").len(), 2, "a key that stands twice is told as well");
    assert_eq!(shown(&format!("a = {}", "[".repeat(100_000))).len(), 1);
}
