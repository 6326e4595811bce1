//! Properties: each template broken and held, files read or refused, recorded cycles followed with four answers.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use peercircle_core::{Instant, Span, Stage};
use peercircle_testkit::{
    property::{Answer, Follower, Property, Seen, builtin, follow, parse},
    walk::{Dice, Walk},
};

fn monday() -> Instant {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn property(template: &str) -> Vec<Property> {
    parse(&format!("[[properties]]\nid = \"P\"\ntemplate = {template}\n")).unwrap()
}

/// The stages a cycle came to, a day apart, and how the property stood after each.
fn over(template: &str, stages: &[Stage]) -> Vec<Answer> {
    let properties = property(template);
    let mut follower = Follower::new(&properties);
    let (mut from, mut at) = (Stage::Unformed, monday());
    stages
        .iter()
        .map(|to| {
            let seen = Seen { command: None, subject: None, events: &[], refused_by: &[], from, to: *to };
            follower.step(&seen, at);
            from = *to;
            at = at + Span::days(1);
            follower.answers(None)[0].answer
        })
        .collect()
}

#[test]
fn each_template_answers_in_its_way() {
    use Answer::{Broken, Held, Pending, PermanentlyHeld};
    use Stage::{Forming as F, Practising as P, Scheduled as S, Suspended as X};
    let cases: [(&str, &[Stage], &[Answer]); 12] = [
        ("{ existence = { what = { reached = \"scheduled\" } } }", &[F, S], &[Pending, PermanentlyHeld]),
        (
            "{ existence = { what = { reached = \"scheduled\" }, at_least = 2 } }",
            &[S, F, S],
            &[Pending, Pending, PermanentlyHeld],
        ),
        ("{ absence = { what = { reached = \"suspended\" } } }", &[F, X, P], &[Held, Broken, Broken]),
        ("{ absence = { what = { reached = \"suspended\" }, beyond = 1 } }", &[X, P, X], &[Held, Held, Broken]),
        (
            "{ precedence = { first = { reached = \"scheduled\" }, then = { reached = \"practising\" } } }",
            &[F, S, P],
            &[Held, PermanentlyHeld, PermanentlyHeld],
        ),
        (
            "{ precedence = { first = { reached = \"scheduled\" }, then = { reached = \"practising\" } } }",
            &[F, P],
            &[Held, Broken],
        ),
        (
            "{ response = { after = { reached = \"suspended\" }, then = { reached = \"practising\" } } }",
            &[X, P, X],
            &[Pending, Held, Pending],
        ),
        (
            "{ response = { after = { reached = \"suspended\" }, then = { reached = \"practising\" }, within = { days = 1 } } }",
            &[X, F, P],
            &[Pending, Pending, Broken],
        ),
        (
            "{ succession = { first = { reached = \"scheduled\" }, then = { reached = \"practising\" } } }",
            &[F, P],
            &[Held, Broken],
        ),
        (
            "{ chain_response = { after = { reached = \"scheduled\" }, next = { reached = \"practising\" } } }",
            &[S, F],
            &[Pending, Broken],
        ),
        (
            "{ not_coexistence = { one = { reached = \"scheduled\" }, other = { reached = \"practising\" } } }",
            &[P, S],
            &[Held, Broken],
        ),
        (
            "{ not_succession = { first = { reached = \"scheduled\" }, then = { reached = \"practising\" } } }",
            &[P, S, P],
            &[Held, Held, Broken],
        ),
    ];
    for (template, stages, expected) in cases {
        assert_eq!(over(template, stages), expected, "{template}");
    }
}

#[test]
fn files_say_what_is_wrong() {
    let cases = [
        ("[[properties]]\nid = \"A\"\ntemplate = { absence = { what = { event = \"story.told\" } } }", "unknown_event"),
        ("[[properties]]\nid = \"A\"\ntemplate = { absense = { what = { event = \"story.shared\" } } }", "unreadable"),
        ("[[properties]]\nid = \"A\"\ntemplate = { absence = { what = { accepted = \"story.tell\" } } }", "unreadable"),
        (
            "[[properties]]\nid = \"A\"\ntemplate = { response = { after = { event = \"cycle.suspended\" }, then = { event = \"cycle.resumed\" }, within = { days = 0 } } }",
            "out_of_range",
        ),
        ("{\"properties\": [{\"id\": \"A\"}]}", "unreadable"),
    ];
    for (text, code) in cases {
        let error = parse(text).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().starts_with("expected"), "{error}");
    }
    let one = "[[properties]]\nid = \"A\"\ntemplate = { absence = { what = { event = \"cycle.lapsed\" } } }\n";
    assert_eq!(parse(&format!("{one}{one}")).unwrap_err().code(), "id_twice");
}

#[test]
fn every_sentence_and_file_survives_json() {
    let properties = builtin();
    let text = serde_json::json!({"properties": properties}).to_string();
    assert_eq!(parse(&text).unwrap(), properties);
    assert!(properties.iter().all(|one| !one.to_string().is_empty()));
}

#[test]
fn what_every_process_keeps_holds_on_walks() {
    let properties = builtin();
    let mut ended = 0;
    for seed in 0..60 {
        let (mut walk, mut draws) = (Walk::new(seed), Dice::new(seed ^ 5));
        for _ in 0..300 {
            let step = walk.next(draws.roll());
            walk.take(&step);
        }
        ended += usize::from(walk.cycle.stage().is_terminal());
        for one in follow(&properties, &walk.events, None).unwrap() {
            assert_ne!(one.answer, Answer::Broken, "seed {seed}: {one:?}");
        }
    }
    assert!(ended > 10, "only {ended} walks ended");
}

#[test]
fn every_template_in_the_guide_can_be_read() {
    let guide = include_str!("../../../docs/proving-a-process.md");
    let templates: Vec<_> = guide.lines().filter_map(|line| line.split("| `{").nth(1)?.strip_suffix("` |")).collect();
    for template in &templates {
        assert_eq!(property(&format!("{{{template}")).len(), 1);
    }
    assert_eq!(templates.len(), 8);
}
