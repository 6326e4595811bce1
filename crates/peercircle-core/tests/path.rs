//! Paths: who does what until a command is possible, and that no step is too many.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{formed, give, go, monday, seat};
use peercircle_core::{
    Actor, Command, CommandKind, Condition, Context, CountBound, Counted, Cycle, ElapsedBound, InterruptReason, OwnRuleSpec,
    PhaseKind, Place, Privacy, Process, ProcessSpec, Role, SessionKind, Since, Span, Stage, StoryKind,
};

fn kinds(cycle: &Cycle, command: &Command, context: &Context) -> Vec<(Actor, CommandKind)> {
    cycle.path_to(command, context).unwrap().iter().map(|step| (step.by, step.command.kind())).collect()
}

#[test]
fn every_preset_can_be_walked_from_forming_to_its_end() {
    for (name, spec) in ProcessSpec::presets() {
        let mut cycle = formed(spec.group.minimum, Process::new(spec).unwrap());
        for session in SessionKind::ALL {
            // Whoever the rota suggests will be the chair; nobody is yet.
            let asked = Context::member(cycle.rota(session)[0], cycle.last_at());
            let steps = go(&mut cycle, &Command::CloseSession {}, asked);
            assert!(steps > 20, "{name}: {steps}");
            let context = Context { now: cycle.last_at(), ..asked };
            give(&mut cycle, &Command::CloseSession {}, &context);
        }
        assert_eq!(cycle.stage(), Stage::Completed, "{name}");
    }
}

#[test]
fn what_is_possible_needs_no_path() {
    let cycle = formed(6, Process::default());
    let accept = Command::AcceptGroundRules { member: seat(0), version: 1 };
    assert_eq!(cycle.path_to(&accept, &Context::member(seat(0), monday())).unwrap(), []);
}

#[test]
fn a_start_wants_a_date_doors_people_and_a_chair() {
    let cycle = formed(6, Process::default());
    let path = kinds(&cycle, &Command::StartSession {}, &Context::member(seat(0), monday()));
    let marks = path.iter().filter(|(_, kind)| *kind == CommandKind::MarkAttendance).count();
    assert_eq!(marks, 4, "as many as the quorum, not more: {path:?}");
    assert_eq!(path.len(), 4 + 3, "{path:?}");
    assert_eq!(path[0], (Actor::Organiser {}, CommandKind::ScheduleSession));
}

#[test]
fn the_way_out_of_story_sharing_is_through_everyone_s_story() {
    let mut cycle = formed(6, Process::default());
    let open = Command::OpenPhase { phase: PhaseKind::StorySharing };
    let chair = cycle.rota(SessionKind::Explore)[0];
    go(&mut cycle, &open, Context::member(chair, monday()));
    let now = cycle.last_at();
    give(&mut cycle, &open, &Context::member(chair, now));
    let discuss = Command::OpenPhase { phase: PhaseKind::Discussion };
    let path = cycle.path_to(&discuss, &Context::member(chair, now)).unwrap();
    let told = path.iter().filter(|step| matches!(step.command, Command::ShareStory { story: StoryKind::Own, .. })).count();
    assert_eq!((told, path.len()), (4, 8), "each of the four in the room starts and tells: {path:?}");
    let tell = Command::ShareStory { member: seat(2), story: StoryKind::Own, note: None };
    let path = kinds(&cycle, &tell, &Context::member(seat(2), now));
    assert_eq!(path, [(Actor::member(seat(2)), CommandKind::StartTurn)]);
}

#[test]
fn where_only_others_could_help_it_says_what_refuses() {
    let cycle = formed(3, Process::default());
    let stuck = cycle.path_to(&Command::StartSession {}, &Context::member(seat(0), monday())).unwrap_err();
    assert_eq!(stuck.refused[0].code(), "wrong_phase");
    assert_eq!(stuck.stuck_at.kind(), CommandKind::ScheduleSession);
    assert_eq!(stuck.stuck[0].rule().to_string(), "R-05");
    assert_eq!(stuck.reached.stage(), Stage::Forming, "too few to schedule: nobody can enrol whom nobody knows");
    let mut cycle = formed(6, Process::default());
    go(&mut cycle, &Command::StartSession {}, Context::member(seat(0), monday()));
    let skip = Command::OpenPhase { phase: PhaseKind::Welcome };
    let chair = cycle.chair().unwrap();
    assert!(cycle.path_to(&skip, &Context::member(chair, cycle.last_at())).is_err(), "welcome never comes again");
}

#[test]
fn no_step_of_a_path_can_be_left_out() {
    let cycle = formed(5, Process::default());
    let goal = Command::OpenPhase { phase: PhaseKind::ActionPlanning };
    let asked = Context::member(cycle.rota(SessionKind::Explore)[0], monday());
    let path = cycle.path_to(&goal, &asked).unwrap();
    let last = path.last().unwrap().at;
    for left_out in 0..path.len() {
        let mut cycle = cycle.clone();
        let mut whole = true;
        for step in path.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, step)| step) {
            let verdict = cycle.decide(&step.command, &Context::new(step.by, step.at));
            whole &= verdict.is_accepted();
            verdict.events().iter().for_each(|event| cycle.evolve(event).unwrap());
        }
        let asked = Context { now: last, ..asked };
        assert!(!whole || !cycle.decide(&goal, &asked).is_accepted(), "without {:?}", path[left_out]);
    }
}

#[test]
fn a_process_file_s_own_rules_have_their_part_in_the_way() {
    let own = |id: &str, kind: CommandKind, require: Condition| OwnRuleSpec {
        id: id.to_owned(),
        title: id.to_owned(),
        applies_to: vec![kind],
        require,
        remedy: "see the rule".to_owned(),
    };
    let present = CountBound { of: Counted::Present, at_least: Some(6), at_most: None };
    let elapsed = ElapsedBound { since: Since::SessionStarted, at_least_minutes: Some(10), at_most_minutes: None };
    let mut spec = ProcessSpec::default();
    spec.rules.push(own("ACME-1", CommandKind::StartSession, Condition::Count(present)));
    spec.rules.push(own("ACME-2", CommandKind::OpenPhase, Condition::Elapsed(elapsed)));
    let mut cycle = formed(6, Process::new(spec).unwrap());
    let asked = Context::member(seat(0), monday());
    let marks = kinds(&cycle, &Command::StartSession {}, &asked);
    assert_eq!(marks.iter().filter(|(_, kind)| *kind == CommandKind::MarkAttendance).count(), 6);
    go(&mut cycle, &Command::StartSession {}, asked);
    let chair = Context::member(cycle.chair().unwrap(), cycle.last_at());
    give(&mut cycle, &Command::StartSession {}, &chair);
    let discuss = Command::OpenPhase { phase: PhaseKind::Discussion };
    let path = cycle.path_to(&discuss, &chair).unwrap();
    let open = path.iter().find(|step| step.command.kind() == CommandKind::OpenPhase).unwrap();
    assert_eq!(open.at, chair.now + Span::minutes(10), "it waits until the ten minutes have passed");
}

#[test]
fn session_2_s_date_gives_way_to_a_session_1_held_afresh() {
    let mut cycle = formed(6, Process::default());
    go(&mut cycle, &Command::OpenPhase { phase: PhaseKind::StorySharing }, Context::member(seat(0), monday()));
    let (chair, now) = (cycle.chair().unwrap(), cycle.last_at());
    let chair = Context::member(chair, now);
    let second = Command::ScheduleSession {
        session: SessionKind::Reflect,
        starts_at: now + Span::days(28),
        place: Place::Onsite,
        short_gap: None,
    };
    for command in [second, Command::InterruptSession { reason: InterruptReason::Emergency }, Command::RestartSession {}] {
        give(&mut cycle, &command, &chair);
    }
    let late = Context::organiser(now + Span::days(40));
    let steps = kinds(&cycle, &Command::OpenSession { session: SessionKind::Explore }, &late);
    let wanted = [CommandKind::PostponeSession, CommandKind::RescheduleSession];
    assert_eq!(steps.iter().map(|(_, kind)| *kind).collect::<Vec<_>>(), wanted);
}

#[test]
fn an_own_rule_says_what_it_found_and_the_way_past_a_not() {
    let own = |kind, require| OwnRuleSpec {
        id: format!("ACME-{kind}"),
        title: "ours".to_owned(),
        applies_to: vec![kind],
        require,
        remedy: "see the rule".to_owned(),
    };
    let few = CountBound { of: Counted::AcceptedRules, at_least: None, at_most: Some(1) };
    let rules = vec![
        own(CommandKind::TightenPrivacy, Condition::Stage(vec![Stage::Scheduled])),
        own(CommandKind::ScheduleSession, Condition::Not(Box::new(Condition::Count(few)))),
        own(CommandKind::SetGroundRules, Condition::Phase(vec![PhaseKind::Welcome])),
        own(CommandKind::ChooseModule, Condition::Role(vec![Role::Host])),
    ];
    let spec = ProcessSpec { rules, ..ProcessSpec::default() };
    let cycle = formed(6, Process::new(spec).unwrap());
    let (organiser, dated) = (Context::organiser(monday()), monday() + Span::days(1));
    let says = |command: &Command| {
        let verdict = cycle.decide(command, &organiser);
        verdict.refusals().iter().map(|no| no.say(&cycle)).collect::<Vec<_>>()
    };
    let module = cycle.roster().module().unwrap().clone();
    let schedule =
        Command::ScheduleSession { session: SessionKind::Explore, starts_at: dated, place: Place::Onsite, short_gap: None };
    assert_eq!(
        says(&Command::TightenPrivacy { privacy: Privacy::Sealed }),
        ["ours: expected the cycle is at scheduled, got forming"]
    );
    assert_eq!(says(&schedule), ["ours: expected at least 2 who accepted the ground rules, got 0"]);
    assert_eq!(
        says(&Command::SetGroundRules { version: 2 }),
        ["ours: expected the phase is welcome, got no running session"]
    );
    assert_eq!(says(&Command::ChooseModule { module }), ["ours: expected the actor is the host"]);
    let steps = kinds(&cycle, &schedule, &organiser);
    assert_eq!(steps.iter().filter(|(_, kind)| *kind == CommandKind::AcceptGroundRules).count(), 2);
}

#[test]
fn an_own_rule_says_what_each_way_to_meet_it_wants_and_blames_nothing_that_is_met() {
    let few = |of| Condition::Count(CountBound { of, at_least: Some(6), at_most: None });
    let scheduled = || Condition::Stage(vec![Stage::Scheduled]);
    let own = |kind, require| OwnRuleSpec {
        id: format!("ACME-{kind}"),
        title: "Ours.".to_owned(),
        applies_to: vec![kind],
        require,
        remedy: "See the rule.".to_owned(),
    };
    let rules = vec![
        own(CommandKind::TightenPrivacy, Condition::Any(vec![scheduled(), few(Counted::PracticeEntries)])),
        // The first part is met by its second way: it isn't what stands in the way.
        own(
            CommandKind::SetGroundRules,
            Condition::All(vec![Condition::Any(vec![scheduled(), few(Counted::Members)]), few(Counted::Plans)]),
        ),
    ];
    let spec = ProcessSpec { rules, ..ProcessSpec::default() };
    let cycle = formed(6, Process::new(spec).unwrap());
    let no = |command: &Command| cycle.decide(command, &Context::organiser(monday())).refusals()[0];
    let either = no(&Command::TightenPrivacy { privacy: Privacy::Sealed });
    assert_eq!(
        either.say(&cycle),
        "Ours: expected either the cycle is at scheduled (got forming) or at least 6 practice entries (got 0)"
    );
    assert_eq!(either.remedy(&cycle), "See the rule");
    let plans = no(&Command::SetGroundRules { version: 2 });
    assert_eq!(plans.say(&cycle), "Ours: expected at least 6 action plans, got 0");
}
