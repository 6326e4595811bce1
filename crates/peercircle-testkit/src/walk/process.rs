//! Processes at random: sizes, minutes, quorum, orders, switches, who may, own rules. Only valid ones come out.

use peercircle_core::{
    CommandKind, Condition, CountBound, Counted, ElapsedBound, OwnRuleSpec, PhaseKind, Place, Privacy, Process, ProcessSpec,
    QuorumLost, Relation, Role, SessionKind, Since, Switch, TurnOrder, Whose,
};

use super::Dice;

const LEFT_OUT: [PhaseKind; 4] =
    [PhaseKind::Discussion, PhaseKind::SkillBuilding, PhaseKind::NextSteps, PhaseKind::LessonsLearned];

/// The preset one time in five; else one that differs from it in anything.
pub fn process(dice: &mut Dice) -> Process {
    if dice.chance(20) {
        return Process::default();
    }
    for _ in 0..20 {
        if let Ok(process) = Process::new(spec(dice)) {
            return process;
        }
    }
    Process::default()
}

fn switch(dice: &mut Dice, on: usize) -> Switch {
    if dice.chance(on) { Switch::On } else { Switch::Off }
}

fn relation(dice: &mut Dice) -> Relation {
    if dice.chance(50) { Relation::Required } else { Relation::Relaxed }
}

fn spec(dice: &mut Dice) -> ProcessSpec {
    let mut spec = ProcessSpec::default();
    let small = |dice: &mut Dice, low, high| u8::try_from(dice.within(low, high)).unwrap();
    spec.group.minimum = small(dice, 3, 6);
    spec.group.maximum = small(dice, spec.group.minimum.into(), 16);
    spec.group.target = small(dice, spec.group.minimum.into(), spec.group.maximum.into());
    spec.group.same_level = relation(dice);
    spec.group.distinct_departments = relation(dice);
    spec.ground_rules_version = dice.within(1, 3);
    spec.orientation = switch(dice, 30);
    for (session, agenda) in [(SessionKind::Explore, &mut spec.explore), (SessionKind::Reflect, &mut spec.reflect)] {
        for &phase in session.phases() {
            let Some(one) = agenda.phase_mut(phase) else { continue };
            one.minutes = if LEFT_OUT.contains(&phase) && dice.chance(25) { 0 } else { dice.within(1, 40) };
            one.floor_minutes = dice.within(0, one.minutes);
        }
    }
    spec.phases.skippable.retain(|_| dice.chance(80));
    spec.phases.reopenings = small(dice, 0, 3);
    spec.facilitation.different_in_reflect = relation(dice);
    spec.facilitation.repeat_with_reason = switch(dice, 70);
    spec.facilitation.delegate_own_turn = switch(dice, 60);
    spec.facilitation.timekeeper = switch(dice, 80);
    spec.attendance.apology_hours = dice.within(0, 48);
    spec.attendance.explore_closes_at = dice.pick(SessionKind::Explore.phases());
    spec.attendance.reflect_closes_at = dice.pick(SessionKind::Reflect.phases());
    spec.attendance.catch_up = switch(dice, 80);
    spec.attendance.written_report = switch(dice, 80);
    spec.attendance.written_report_days = dice.within(1, 30);
    spec.quorum.denominator = small(dice, 1, 6);
    spec.quorum.numerator = small(dice, 1, spec.quorum.denominator.into());
    spec.quorum.floor = small(dice, 2, spec.group.minimum.into());
    spec.quorum.when_lost = dice.pick(&[QuorumLost::Warn, QuorumLost::Stop]);
    spec.turns.order = dice.pick(&[TurnOrder::Fixed, TurnOrder::LeastSpokenFirst, TurnOrder::Volunteer]);
    spec.turns.pass = switch(dice, 80);
    spec.turns.defer = switch(dice, 80);
    spec.clock.overrun_minutes = dice.within(0, 20);
    spec.clock.grace_minutes = dice.within(spec.clock.overrun_minutes, 90);
    spec.clock.pause_minutes = dice.within(0, 30);
    spec.clock.resume_days = dice.within(1, 20);
    spec.gap.minimum_days = dice.within(1, 30);
    spec.gap.target_days = dice.within(spec.gap.minimum_days, 45);
    spec.gap.maximum_days = dice.within(spec.gap.target_days, 90);
    spec.gap.shorter_with_reason = switch(dice, 60);
    spec.gap.promise = switch(dice, 70);
    spec.practice.weeks = small(dice, 1, 8);
    spec.practice.buddies = switch(dice, 85);
    spec.practice.adoption_days = dice.within(1, 60);
    spec.place.allowed = Place::ALL.iter().copied().filter(|_| dice.chance(60)).collect();
    if spec.place.allowed.is_empty() {
        spec.place.allowed.push(Place::Onsite);
    }
    spec.privacy = dice.pick(&[Privacy::Named, Privacy::Named, Privacy::Counts, Privacy::Sealed]);
    spec.recording = switch(dice, 60);
    for _ in 0..dice.below(4) {
        let kind = dice.pick(CommandKind::ALL);
        let roles: Vec<_> = kind.roles().iter().filter(|_| dice.chance(70)).collect();
        if !roles.is_empty() {
            spec.who_may.insert(kind, roles);
        }
    }
    for at in 0..dice.below(3) {
        let kinds = (0..=dice.below(3)).map(|_| dice.pick(CommandKind::ALL)).filter(|kind| *kind != CommandKind::FormCycle);
        spec.rules.push(OwnRuleSpec {
            id: format!("OWN-{at}"),
            title: "a rule of our own".to_owned(),
            applies_to: kinds.collect(),
            require: condition(dice, 0),
            remedy: "wait".to_owned(),
        });
    }
    spec
}

fn condition(dice: &mut Dice, depth: usize) -> Condition {
    match dice.below(if depth < 2 { 10 } else { 6 }) {
        0 => Condition::Role(vec![dice.pick(&Role::ALL), dice.pick(&Role::ALL)]),
        1 => Condition::Elapsed(ElapsedBound {
            since: dice.pick(&[Since::SessionStarted, Since::PhaseOpened, Since::ExploreClosed, Since::ReflectClosed]),
            at_least_minutes: Some(dice.within(0, 20).into()),
            at_most_minutes: None,
        }),
        2 => Condition::Attendance {
            of: dice.pick(&[Whose::Actor, Whose::Subject, Whose::Everyone]),
            is: vec![dice.pick(peercircle_core::Attendance::ALL), peercircle_core::Attendance::Present],
        },
        3 => Condition::Count(CountBound {
            of: dice.pick(&[Counted::Members, Counted::Present, Counted::AcceptedRules, Counted::TurnsDone, Counted::Plans]),
            at_least: Some(dice.within(0, 4)),
            at_most: None,
        }),
        4 => Condition::Stage(vec![dice.pick(peercircle_core::Stage::ALL), dice.pick(peercircle_core::Stage::ALL)]),
        5 => Condition::Phase(vec![dice.pick(&PhaseKind::ALL), dice.pick(&PhaseKind::ALL)]),
        6 => Condition::Not(Box::new(condition(dice, depth + 1))),
        7 => Condition::All(vec![condition(dice, depth + 1), condition(dice, depth + 1)]),
        8 => Condition::AtLeast { n: 1, of: vec![condition(dice, depth + 1), condition(dice, depth + 1)] },
        _ => Condition::Any(vec![condition(dice, depth + 1), condition(dice, depth + 1), condition(dice, depth + 1)]),
    }
}
