//! Properties: each template broken and held, files read or refused, recorded cycles followed with four answers.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::sync::Arc;

use peercircle_core::{
    Actor, Command, CommandKind, Context, Event, EventBody, Instant, Process, Profile, Seat, SessionKind, Span, Stage,
    Verdict, WithdrawalReason,
};
use peercircle_testkit::{
    property::{
        Answer, Each, Follower, Occurrence, Property, PropertyError, Seen, Template, Within, builtin, check, follow, parse,
    },
    walk::{Dice, Step, Walk},
};

fn monday() -> Instant {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn property(template: &str) -> Vec<Property> {
    parse(&format!("[[properties]]\nid = \"P\"\ntemplate = {template}\n")).unwrap()
}

fn of_each(template: &str) -> Vec<Property> {
    parse(&format!("[[properties]]\nid = \"P\"\neach = \"member\"\ntemplate = {template}\n")).unwrap()
}

/// Histories drawn at random, each so far as it comes.
fn walks() -> impl Iterator<Item = Walk> {
    (0..60).map(|seed| {
        let (mut walk, mut draws) = (Walk::new(seed), Dice::new(seed ^ 5));
        for _ in 0..300 {
            let step = walk.next(draws.roll());
            walk.take(&step);
        }
        walk
    })
}

/// A history drawn at random that comes to this stage, and no further.
fn walk_to(stage: Stage) -> Walk {
    let reaches = |seed| {
        let (mut walk, mut draws) = (Walk::through(Process::default(), seed), Dice::new(seed));
        for _ in 0..400 {
            if walk.cycle.stage() == stage {
                return Some(walk);
            }
            let step = walk.next(draws.roll());
            walk.take(&step);
        }
        None
    };
    (0..400).find_map(reaches).unwrap()
}

/// The events one after the other, each so many days after the beginning.
fn told(properties: &[Property], steps: Vec<(u32, EventBody)>) -> Follower<'_> {
    let mut follower = Follower::new(properties);
    for (days, body) in steps {
        let at = monday() + Span::days(days);
        let events = [Event { seq: 1, at, actor: Actor::Organiser {}, command_id: None, body }];
        let stage = Stage::Scheduled;
        follower.step(&Seen { command: None, subject: None, events: &events, refused_by: &[], from: stage, to: stage }, at);
    }
    follower
}

fn seat(number: u8) -> Seat {
    Seat::new(number).unwrap()
}

fn enrolled(number: u8, id: &str) -> EventBody {
    let [level, department] = ["l", "d"];
    let profile = Profile {
        id: id.parse().unwrap(),
        level: level.parse().unwrap(),
        department: department.parse().unwrap(),
        manager: None,
    };
    EventBody::MemberEnrolled { seat: seat(number), profile: Arc::new(profile) }
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
fn files_say_what_is_wrong_and_where() {
    let file = |template: &str| format!("[[properties]]\nid = \"A\"\ntemplate = {template}\n");
    let absent = |what: &str| file(&format!("{{ absence = {{ what = {{ {what} }} }} }}"));
    let resumed = "after = { event = \"cycle.suspended\" }, then = { event = \"cycle.resumed\" }";
    let cases = [
        (
            absent("event = \"story.shard\""),
            "line 3, column 43: `properties[0].template.absence.what.event`: expected one of 70 words such as `story.shared`, \
             `turn.started` or `turn.passed`, got `story.shard`; did you mean `story.shared`?",
        ),
        (
            file("{ absense = { what = { event = \"story.shared\" } } }"),
            "line 3, column 14: `properties[0].template.absense`: expected `existence`, `absence`, `precedence`, `response`, \
             `succession`, `chain_response`, `not_coexistence` or `not_succession`, got `absense`; did you mean `absence`?",
        ),
        (
            file("{ absence = { accepted = \"recording.start\" } }"),
            "line 3, column 24: `properties[0].template.absence.what`: expected a table with `accepted`, `refused`, \
             `refused_by`, `event` or `reached`, got nothing\n\
             line 3, column 26: `properties[0].template.absence.accepted`: expected `beyond` or `what`, got `accepted`",
        ),
        (
            absent("refused_by = \"R-99\""),
            "line 3, column 48: `properties[0].template.absence.what.refused_by`: expected a rule: one of 60 words such as \
             `R-09`, `R-19` or `R-29`, got `R-99`; did you mean `R-09`?",
        ),
        (
            file(&format!("{{ response = {{ {resumed}, within = {{ days = 0 }} }} }}")),
            "line 3, column 120: `properties[0].template.response.within.days`: expected 1 to 3660, got `0`",
        ),
        (
            file(&format!("{{ response = {{ {resumed}, within = {{}} }} }}")),
            "line 3, column 111: `properties[0].template.response.within`: expected a table with `minutes` or `days`, \
             got an empty table",
        ),
        (
            format!("{}{}", absent("event = \"cycle.lapsed\""), absent("event = \"cycle.lapsed\"")),
            "line 5, column 6: `properties[1].id`: expected an id of its own for each property, got `A`",
        ),
        (
            absent("event = \"cycle.lapsed\"").replace("\"A\"", "\"R-01\""),
            "line 2, column 6: `properties[0].id`: expected an id that is not empty and does not begin with `R-`, got `R-01`",
        ),
        (
            file(
                "{ absence = { what = { event = \"cycle.lapsed\" } }, existence = { what = { event = \"cycle.lapsed\" } } }",
            ),
            "line 3, column 12: `properties[0].template`: expected one key: `existence`, `absence`, `precedence`, `response`, \
             `succession`, `chain_response`, `not_coexistence` or `not_succession`, got `absence` and `existence`",
        ),
        (
            "[{\"id\": \"A\"}]".to_owned(),
            "line 1, column 2: `properties[0].template`: expected a table with `existence`, `absence`, `precedence`, \
             `response`, `succession`, `chain_response`, `not_coexistence` or `not_succession`, got nothing",
        ),
    ];
    for (text, said) in cases {
        assert_eq!(parse(&text).unwrap_err().to_string(), said, "{text}");
    }
}

#[test]
fn what_is_no_file_is_checked_as_well() {
    let of = |id: &str, template| Property { id: id.to_owned(), each: Each::Group, template };
    let never = |what| Template::Absence { what, beyond: 0 };
    let event = |name: &str| Occurrence::Event(name.to_owned());
    let lapsed = || never(event("cycle.lapsed"));
    let soon = |within| Template::Response { after: event("cycle.suspended"), then: event("cycle.resumed"), within };
    let cases = [
        (vec![of(" ", lapsed())], "id"),
        (vec![of("R-70", lapsed())], "id"),
        (vec![of("A", lapsed()), of("A", lapsed())], "id_twice"),
        (vec![of("A", never(event("no.such")))], "unknown_event"),
        (vec![of("A", never(Occurrence::RefusedBy("ACME-77".to_owned())))], "unknown_rule"),
        (vec![of("A", never(Occurrence::RefusedBy("R-99".to_owned())))], "unknown_rule"),
        (vec![of("A", soon(Some(Within::Days(0))))], "out_of_range"),
        (vec![of("A", Template::Existence { what: event("cycle.lapsed"), at_least: 255 })], "out_of_range"),
    ];
    for (properties, code) in cases {
        let error = check(&properties, Process::default()).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().starts_with("expected"), "{error}");
        // A log may be of a process that has this rule.
        let own = matches!(&error, PropertyError::UnknownRule { rule, .. } if !rule.starts_with("R-"));
        let last = Follower::new(&properties).answers(None).pop().unwrap();
        match follow(&properties, &[], None) {
            Err(found) => {
                assert_eq!(found.code(), code);
                assert_eq!((last.answer, last.reason), (Answer::CannotTell, Some(error.to_string())));
            }
            Ok(told) => assert!(own && told[0].answer == Answer::CannotTell, "{told:?}"),
        }
    }
    assert_eq!(check(&builtin(), Process::default()), Ok(()));
}

#[test]
fn nothing_that_is_met_breaks_however_often() {
    let what = Occurrence::Reached(Stage::Scheduled);
    let template = Template::Existence { what, at_least: 200 };
    let properties = [Property { id: "P".to_owned(), each: Each::Group, template }];
    let mut follower = Follower::new(&properties);
    for _ in 0..300 {
        let (from, to) = (Stage::Forming, Stage::Scheduled);
        follower.step(&Seen { command: None, subject: None, events: &[], refused_by: &[], from, to }, monday());
        assert_ne!(follower.answers(None)[0].answer, Answer::Broken);
    }
    assert_eq!(follower.answers(None)[0].answer, Answer::PermanentlyHeld);
}

#[test]
fn what_came_too_late_broke_when_its_time_was_over() {
    let properties = property(
        "{ response = { after = { reached = \"suspended\" }, then = { reached = \"practising\" }, within = { days = 1 } } }",
    );
    let (from, to, later) = (Stage::Forming, Stage::Suspended, monday() + Span::days(60));
    let stopped = Seen { command: None, subject: None, events: &[], refused_by: &[], from, to };
    let resumed = Seen { from: Stage::Suspended, to: Stage::Practising, ..stopped };
    let mut follower = Follower::new(&properties);
    follower.step(&stopped, monday());
    let mut waiting = follower.clone();
    follower.step(&resumed, later);
    waiting.wait(later);
    for follower in [follower, waiting] {
        let one = &follower.answers(None)[0];
        assert_eq!((one.answer, one.at), (Answer::Broken, Some(monday() + Span::days(1))));
    }
}

#[test]
fn the_next_thing_is_what_happens_to_the_member() {
    let text = "[[properties]]\nid = \"P\"\neach = \"member\"\ntemplate = { chain_response = \
                { after = { accepted = \"ground_rules.accept\" }, next = { accepted = \"orientation.complete\" } } }\n";
    let properties = parse(text).unwrap();
    let (ana, bo) = (Seat::new(0).unwrap(), Seat::new(1).unwrap());
    let mut follower = Follower::new(&properties);
    let mut tell = |kind, seat, accepted| {
        let body = EventBody::OrientationCompleted { seat };
        let event = Event { seq: 1, at: monday(), actor: Actor::Member { seat }, command_id: None, body };
        let events: &[Event] = if accepted { &[event] } else { &[] };
        let (command, stage) = (Some(kind), Stage::Forming);
        let seen = Seen { command, subject: Some(seat), events, refused_by: &[], from: stage, to: stage };
        follower.step(&seen, monday());
        follower.answers(None)[0].answer
    };
    assert_eq!(tell(CommandKind::AcceptGroundRules, ana, true), Answer::Pending);
    assert_eq!(tell(CommandKind::Reply, bo, true), Answer::Pending, "another member's doing");
    assert_eq!(tell(CommandKind::ShareStory, ana, false), Answer::Pending, "a refusal");
    assert_eq!(tell(CommandKind::CompleteOrientation, ana, true), Answer::Held);
    assert_eq!(tell(CommandKind::AcceptGroundRules, ana, true), Answer::Pending);
    assert_eq!(tell(CommandKind::Reply, ana, true), Answer::Broken);
}

/// What is about nobody in particular happens to everyone, and an enrolment to who gets the seat.
#[test]
fn of_each_member_counts_what_the_group_does() {
    let story =
        |first: &str| format!("{{ precedence = {{ first = {{ {first} }}, then = {{ event = \"story.shared\" }} }} }}");
    let legal = [
        r#"{ precedence = { first = { event = "member.enrolled" }, then = { event = "ground_rules.accepted" } } }"#,
        r#"{ precedence = { first = { accepted = "member.enrol" }, then = { accepted = "ground_rules.accept" } } }"#,
        r#"{ not_succession = { first = { event = "member.withdrawn" }, then = { event = "session.opened" } } }"#,
        r#"{ not_succession = { first = { event = "member.withdrawn" }, then = { reached = "practising" } } }"#,
        &story(r#"event = "cycle.formed""#),
        &story(r#"event = "session.started""#),
        &story(r#"accepted = "session.start""#),
        &story(r#"reached = "explore.story_sharing""#),
    ];
    let never = r#"{ not_succession = { first = { event = "session.opened" }, then = { event = "story.shared" } } }"#;
    let mut stories = 0;
    for walk in walks() {
        for template in legal {
            let answer = &follow(&of_each(template), &walk.events, None).unwrap()[0];
            assert_ne!(answer.answer, Answer::Broken, "{template}: {answer:?}");
        }
        let told: Vec<_> = walk.events.iter().filter(|event| event.body.name() == "story.shared").collect();
        let answer = &follow(&of_each(never), &walk.events, None).unwrap()[0];
        assert_eq!(answer.answer == Answer::Broken, !told.is_empty());
        assert_eq!(answer.answer, follow(&property(never), &walk.events, None).unwrap()[0].answer);
        stories += told.len();
    }
    assert!(stories > 50, "{stories}");
}

/// A seat that nobody has had owes nothing, and those who do have names.
#[test]
fn only_members_owe_anything() {
    let plan = of_each(r#"{ existence = { what = { event = "plan.made" } } }"#);
    let walk = walk_to(Stage::Practising);
    let (ledger, roster) = (walk.cycle.ledger(), walk.cycle.roster());
    let without = ledger.active().minus(ledger.with_plan());
    let names: Vec<_> = without.iter().map(|seat| roster.member(seat).unwrap().id.to_string()).collect();
    let answer = &follow(&plan, &walk.events, None).unwrap()[0];
    let stands = if names.is_empty() { Answer::PermanentlyHeld } else { Answer::Pending };
    assert_eq!((answer.answer, &answer.members), (stands, &names));
    let (seats, early) = (roster.seats(), walk_to(Stage::Forming));
    assert!(seats >= 4 && early.cycle.roster().seats() < 16);
    let answer = &follow(&plan, &early.events, None).unwrap()[0];
    assert!(answer.members.len() <= early.cycle.roster().seats(), "{answer:?}");
    assert_eq!(follow(&plan, &[], None).unwrap()[0].answer, Answer::Held);
}

/// Who left before something was due owes nothing; what they broke before stays broken.
#[test]
fn who_has_left_owes_nothing() {
    let soon = r#"{ response = { after = { event = "ground_rules.accepted" }, then = { event = "story.shared" }, within = { days = 7 } } }"#;
    let soon = of_each(soon);
    let walk = walk_to(Stage::Scheduled);
    let leaves = |after: Span| {
        let mut walk = walk.clone();
        let member = walk.cycle.ledger().active().iter().last().unwrap();
        let give = |walk: &mut Walk, by, command| {
            let step = Step { command, context: Context::new(by, walk.now) };
            assert!(walk.take(&step).is_accepted());
        };
        give(&mut walk, Actor::Organiser {}, Command::SetGroundRules { version: 7 });
        give(&mut walk, Actor::member(member), Command::AcceptGroundRules { member, version: 7 });
        walk.now = walk.now + after;
        give(&mut walk, Actor::member(member), Command::WithdrawMember { member, reason: WithdrawalReason::Workload });
        let id = walk.cycle.roster().member(member).unwrap().id.to_string();
        let later = follow(&soon, &walk.events, Some(walk.now + Span::days(30))).unwrap().remove(0);
        (later.answer == Answer::Broken && later.members.contains(&id), later.at)
    };
    assert!(!leaves(Span::hours(1)).0);
    assert!(leaves(Span::days(8)).0);
}

/// What the group has asked of everyone, whoever joins later has as much time for as the others had.
#[test]
fn who_joins_later_has_their_time() {
    let template = r#"{ response = { after = { event = "session.opened" }, then = { event = "ground_rules.accepted" }, within = { days = 7 } } }"#;
    let properties = of_each(template);
    let opened = || EventBody::SessionOpened { session: SessionKind::Explore };
    let accepted = |number| EventBody::GroundRulesAccepted { seat: seat(number), version: 1 };
    let stands = |joins, accepts| {
        let steps = vec![(0, enrolled(0, "ana")), (0, opened()), (3, accepted(0)), (joins, enrolled(1, "bo"))];
        let mut follower = told(&properties, steps.into_iter().chain([(accepts, accepted(1))]).collect());
        follower.wait(monday() + Span::days(60));
        let one = follower.answers(None).remove(0);
        (one.answer, one.members, one.at)
    };
    assert_eq!(stands(20, 26), (Answer::Held, vec![], None));
    assert_eq!(stands(20, 28), (Answer::Broken, vec!["bo".to_owned()], Some(monday() + Span::days(27))));
}

#[test]
fn an_assent_is_its_givers_own() {
    let properties = of_each(r#"{ absence = { what = { accepted = "facilitator.assent" } } }"#);
    let body = EventBody::FacilitatorChanged { seat: seat(2), exception: None };
    let event = Event { seq: 1, at: monday(), actor: Actor::member(seat(1)), command_id: None, body };
    let (verdict, stage) = (Verdict::Accepted(vec![event]), Stage::Discussion);
    let mut follower = told(&properties, vec![(0, enrolled(1, "bo")), (0, enrolled(2, "cleo"))]);
    let seen = Seen::verdict(&Command::AssentToFacilitator {}, Some(seat(1)), &verdict, &[], (stage, stage));
    follower.step(&seen, monday());
    assert_eq!(follower.answers(None)[0].members, ["bo"]);
}

#[test]
fn erased_members_are_called_by_their_seat() {
    let properties = of_each(r#"{ absence = { what = { event = "turn.passed" } } }"#);
    let passed = (2, EventBody::TurnPassed { seat: seat(1) });
    let steps = vec![(0, enrolled(0, "ana")), (1, enrolled(1, "bo")), passed];
    assert_eq!(told(&properties, steps.clone()).answers(None)[0].members, ["bo"]);
    let erased = steps.into_iter().chain([(3, EventBody::MemberAnonymised { seat: seat(1) })]).collect();
    assert_eq!(told(&properties, erased).answers(None)[0].members, ["seat 1"]);
}

#[test]
fn every_sentence_and_file_survives_json() {
    let properties = builtin();
    let text = serde_json::json!({"properties": properties}).to_string();
    assert_eq!(parse(&text).unwrap(), properties);
    let list = serde_json::json!(properties).to_string();
    assert_eq!(parse(&list).unwrap(), properties);
    assert!(properties.iter().all(|one| !one.to_string().is_empty()));
}

#[test]
fn what_every_process_keeps_holds_on_walks() {
    let properties = builtin();
    let mut ended = 0;
    for (seed, walk) in walks().enumerate() {
        ended += usize::from(walk.cycle.stage().is_terminal());
        for one in follow(&properties, &walk.events, None).unwrap() {
            assert_ne!(one.answer, Answer::Broken, "seed {seed}: {one:?}");
        }
    }
    assert!(ended > 10, "only {ended} walks ended");
}

#[test]
fn refusals_are_known_where_verdicts_are_and_not_from_a_log() {
    let properties = property("{ absence = { what = { refused_by = \"R-21\" } } }");
    assert!(properties[0].speaks_of_refusals());
    assert!(properties[0].kinds().any(|kind| kind == CommandKind::StartSession));
    let mut follower = Follower::new(&properties);
    let (names, stage) = (["R-21".to_owned()], Stage::ExploreGathering);
    let command = Some(CommandKind::StartSession);
    let seen = Seen { command, subject: None, events: &[], refused_by: &names, from: stage, to: stage };
    follower.step(&seen, monday());
    assert_eq!(follower.answers(None)[0].answer, Answer::Broken);
    let told = follow(&properties, &Walk::new(1).events, None).unwrap();
    assert_eq!(told[0].answer, Answer::CannotTell);
    assert!(told[0].reason.is_some());
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
