//! Damaged logs: a torn last line is told apart from everything else, and everything else names its line.

#![expect(clippy::unwrap_used, reason = "a test that can't read its files fails")]

use std::{fs, path::Path};

use peercircle_wire::{Body, Torn, Upcasters, decode_history, read_lines};

fn recorded() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/streams/0.1/difficult-cycle.jsonl")).unwrap()
}

/// The code, the line and the words of what is wrong with `log`.
fn wrong(log: &[u8]) -> (&'static str, usize, String) {
    let error = read_lines(log, Upcasters::standard()).unwrap_err();
    (error.code(), error.line, error.to_string())
}

/// The recorded log with its line `number` put through `change`.
fn changed(number: usize, change: impl Fn(&str) -> String) -> Vec<u8> {
    let log = recorded();
    let line = |(at, line): (usize, &str)| if at + 1 == number { change(line) } else { line.to_owned() + "\n" };
    log.lines().enumerate().map(line).collect::<String>().into_bytes()
}

#[test]
fn a_log_torn_anywhere_in_its_last_line_says_where_to_truncate() {
    let log = recorded();
    let whole = log.trim_end().rfind('\n').unwrap() + 1;
    let lines = log.lines().count();
    for end in whole + 1..log.len() - 1 {
        let read = read_lines(&log.as_bytes()[..end], Upcasters::standard()).unwrap();
        assert_eq!(read.torn(), Some(Torn { line: lines, offset: whole, bytes: end - whole }));
        assert_eq!(read.events().len(), lines - 1);
        let recovered = read_lines(&log.as_bytes()[..whole], Upcasters::standard()).unwrap();
        assert_eq!(recovered.cycle().unwrap(), read.cycle().unwrap());
    }
    for end in [whole, log.len() - 1, log.len()] {
        assert_eq!(read_lines(&log.as_bytes()[..end], Upcasters::standard()).unwrap().torn(), None, "{end} is a whole log");
    }
}

#[test]
fn a_log_of_nothing_or_of_one_torn_line_is_empty() {
    let empty = read_lines(b"", Upcasters::standard()).unwrap();
    assert_eq!((empty.events().len(), empty.torn(), empty.cycle().unwrap().revision()), (0, None, 0));
    let torn = read_lines(b"{\"stream\":\"c", Upcasters::standard()).unwrap();
    assert_eq!(torn.torn(), Some(Torn { line: 1, offset: 0, bytes: 12 }));
}

#[test]
fn a_last_line_torn_within_a_character_or_full_of_zeros_is_torn() {
    for tail in ["{\"é".as_bytes().split_last().unwrap().1, &[0; 4096]] {
        let log = [recorded().as_bytes(), tail].concat();
        assert_eq!(read_lines(&log, Upcasters::standard()).unwrap().torn().unwrap().bytes, tail.len());
    }
}

#[test]
fn a_last_line_that_is_json_but_no_envelope_is_damage() {
    let log = recorded() + "{}";
    let line = log.lines().count();
    assert_eq!(
        wrong(log.as_bytes()),
        ("malformed", line, format!("line {line}: expected an envelope, got missing field `seq` at column 2"))
    );
}

#[test]
fn other_damage_names_its_line() {
    for (code, log) in [
        ("malformed", changed(4, |line| line.trim_end_matches("}").to_owned() + "\n")),
        ("malformed", changed(4, |_| "\n".to_owned())),
        ("malformed", changed(4, |line| line.replacen("\"seq\":4,", "", 1) + "\n")),
        ("malformed", changed(4, |line| line.replacen("\"at\":\"2", "\"at\":\"x2", 1) + "\n")),
        ("malformed", changed(4, |line| line.replacen("\"seq\":4", "\"seq\":4.0", 1) + "\n")),
        ("malformed", changed(4, |line| line.replacen("\"seq\":4", "\"seq\":9007199254740993", 1) + "\n")),
        ("malformed", changed(4, |line| line.to_owned() + line + "\n")),
        ("malformed", changed(4, |line| line.replacen("\"v\":1", "\"v\":1,\"v\":1", 1) + "\n")),
        ("malformed_body", changed(4, |line| line.replacen("\"seat\"", "\"chair\"", 1) + "\n")),
        ("newer_format", changed(4, |line| line.replacen("\"v\":1", "\"v\":2", 1) + "\n")),
        ("newer_format", changed(4, |_| r#"{"seq":4,"v":70000,"all":"else is new"}"#.to_owned() + "\n")),
        ("other_stream", changed(4, |line| line.replacen("\"stream\":\"", "\"stream\":\"x", 1) + "\n")),
        ("out_of_sequence", changed(4, |line| format!("{line}\n{line}\n").replacen("\"seq\":4", "\"seq\":5", 1))),
        ("out_of_sequence", changed(4, |_| String::new())),
        ("back_in_time", changed(4, |line| line.replacen("\"at\":\"2026", "\"at\":\"2025", 1) + "\n")),
        (
            "not_here",
            changed(4, |line| {
                line.split_once("\"body\"").unwrap().0.to_owned() + "\"body\":{\"type\":\"turn.started\",\"seat\":0}}\n"
            }),
        ),
    ] {
        let (got, line, words) = wrong(&log);
        assert_eq!((got, line), (code, 4), "{words}");
        assert!(words.starts_with(&format!("line {line}: ")) && !words.contains('\n'), "{words}");
    }
}

#[test]
fn bad_utf_8_in_a_line_is_damage() {
    let mut log = recorded().into_bytes();
    let second = log.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    log[second + 3] = 0xff;
    assert_eq!(wrong(&log), ("not_utf8", 2, "line 2: expected UTF-8, got another byte after 3 bytes".to_owned()));
}

#[test]
fn a_first_event_under_another_stream_is_damage() {
    let log = changed(1, |line| line.replacen("\"stream\":\"", "\"stream\":\"x", 1) + "\n");
    assert_eq!(wrong(&log).0, "other_stream");
}

#[test]
fn an_unknown_event_is_kept_and_stops_the_cycle_there() {
    let tea = |line: &str| {
        line.split_once("\"body\"").unwrap().0.to_owned() + "\"body\": {\"cups\":6.50, \"type\":\"tea.served\"}}\n"
    };
    let log = changed(4, tea);
    let read = read_lines(&log, Upcasters::standard()).unwrap();
    assert_eq!(read.events().len(), recorded().lines().count(), "the events after it are read");
    assert_eq!(read.events()[3].body, Body::Unknown { event: "tea.served".to_owned() });
    let rewritten: String = read.events().iter().map(|event| format!("{}\n", event.as_line())).collect();
    assert_eq!(rewritten.as_bytes(), log);

    let error = read.cycle().unwrap_err().clone();
    assert_eq!((error.code(), error.line, error.error.seq()), ("unknown_type", 4, Some(4)));
    assert!(error.to_string().starts_with("line 4: event 4: expected one of the "), "{error}");
    assert_eq!(decode_history(read.events()).unwrap_err(), error.error);

    let twice = String::from_utf8(log).unwrap().replacen("\"seq\":9,", "\"seq\":8,", 1);
    assert_eq!(wrong(twice.as_bytes()).0, "out_of_sequence", "order is judged past it too");
}

#[test]
fn lines_may_end_as_on_windows() {
    let log = recorded().replace('\n', "\r\n");
    assert_eq!(read_lines(log.as_bytes(), Upcasters::standard()).unwrap().events().len(), recorded().lines().count());
}

#[test]
fn any_byte_can_change_and_the_log_is_read_or_its_line_named() {
    let log: String = recorded().lines().take(8).map(|line| line.to_owned() + "\n").collect();
    for at in 0..log.len() {
        for byte in *b"}0\n" {
            let mut bytes = log.clone().into_bytes();
            bytes[at] = byte;
            let line = log.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            match read_lines(&bytes, Upcasters::standard()) {
                Ok(read) => {
                    let rewritten: String = read.events().iter().map(|event| format!("{}\n", event.as_line())).collect();
                    let torn = read.torn().map_or(0, |torn| torn.bytes);
                    assert!(
                        rewritten.len() + torn >= bytes.len()
                            && bytes.starts_with(&rewritten.as_bytes()[..bytes.len() - torn])
                    );
                }
                // Of an event that is changed and still can stand, it can be a later one that can't stand after it.
                Err(error) => assert!(error.line >= line, "byte {at}: {error}"),
            }
        }
    }
}
