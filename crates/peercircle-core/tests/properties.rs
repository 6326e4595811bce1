//! Properties over random command sequences, legal and not: what decide wrote, evolve takes; replay gives the same cycle; the
//! same inputs give the same answer; a refusal names at least one reason and says it in words.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

use peercircle_core::{
    Actor, Adoption, Attendance, CatchUpPart, Command, Consent, Context, ContinueReason, Cycle, ForceReason, Instant,
    InterruptReason, ModuleRef, NoAdoptionReason, NoPracticeReason, PauseReason, PhaseKind, Place, PostponeReason, Privacy,
    ReopenReason, Report, Rsvp, Seat, SessionKind, ShortGapReason, SkipReason, Span, StoryKind, StrategyNo, SuspendReason,
    TerminateReason, Verdict, Vote, WaiveReason, WithdrawalReason,
};
use proptest::prelude::*;

const START: &str = "2026-03-02T08:00:00Z";

fn start() -> Instant {
    START.parse().unwrap()
}

/// Six members, or fewer, with session 1 and 2 dated: most of a random walk would never get so far.
fn formed(members: u8) -> (Cycle, Vec<peercircle_core::Event>) {
    let strategies = ["a", "b", "c"].map(|id| id.parse().unwrap()).into();
    let module = ModuleRef::new("delegation".parse().unwrap(), strategies).unwrap();
    let mut commands = vec![Command::FormCycle {
        cycle: "c".parse().unwrap(),
        group: "g".parse().unwrap(),
        module,
        process: Box::default(),
        previous: None,
    }];
    for member in 0..members {
        commands.push(Command::EnrolMember {
            member: format!("m{member}").parse().unwrap(),
            level: "lead".parse().unwrap(),
            department: format!("d{member}").parse().unwrap(),
            manager: None,
        });
    }
    for (session, days) in [(SessionKind::Explore, 1), (SessionKind::Reflect, 30)] {
        let starts_at = start() + Span::days(days);
        commands.push(Command::ScheduleSession { session, starts_at, place: Place::Onsite, short_gap: None });
    }
    let (mut cycle, mut events) = (Cycle::default(), Vec::new());
    for command in commands {
        let Verdict::Accepted(new) = cycle.decide(&command, &Context::organiser(start())) else { panic!("{command:?}") };
        for event in &new {
            cycle.evolve(event).unwrap();
        }
        events.extend(new);
    }
    (cycle, events)
}

fn pick<T: Copy>(list: &[T], n: u8) -> T {
    list[usize::from(n) % list.len()]
}

fn command(kind: u8, seat: Seat, n: u8, at: Instant, cycle: &Cycle) -> Command {
    let session = pick(&SessionKind::ALL, n);
    let member = seat;
    let strategies = vec![StrategyNo::new(n % 3).unwrap()];
    let next = cycle.next_phase().filter(|_| n < 200).unwrap_or_else(|| pick(&PhaseKind::ALL, n));
    match kind % 52 {
        0 | 1 => Command::AcceptGroundRules { member, version: 1 },
        2 => Command::AppointFacilitator { session, member, exception: None },
        3 => Command::OpenSession { session },
        4..=7 => Command::MarkAttendance { member, attendance: pick(Attendance::ALL, n) },
        8 | 9 => Command::StartSession {},
        10..=14 => Command::OpenPhase { phase: next },
        15 => Command::SkipPhase { phase: next, reason: pick(SkipReason::ALL, n) },
        16 => Command::ReopenPhase { phase: pick(&PhaseKind::ALL, n), reason: pick(ReopenReason::ALL, n) },
        17 | 18 => Command::StartTurn { member },
        19 => Command::ShareStory { member, story: pick(StoryKind::ALL, n), note: None },
        20 => Command::GiveReport { member, report: Report::Practised { strategies }, note: None },
        21 => Command::FinishTurn { member, note: None },
        22 => Command::PassTurn { member },
        23 => Command::DeferTurn { member },
        24 => Command::CloseRound { reason: pick(ForceReason::ALL, n) },
        25 => Command::MakePlan { member, strategy: StrategyNo::new(n % 3).unwrap(), note: None },
        26 => Command::ExtendPhase { seconds: u16::from(n) * 10 },
        27 => Command::AgreeToOverrun { member },
        28 => Command::PauseSession { reason: pick(PauseReason::ALL, n) },
        29 | 30 => Command::ResumeSession {},
        31 => Command::InterruptSession { reason: pick(InterruptReason::ALL, n) },
        32 => Command::RestartSession {},
        33 => Command::HandOver { member, exception: None },
        34 => Command::DeclareFacilitatorGone {},
        35 => Command::ClaimFacilitation { member, exception: None },
        36 => Command::AssentToFacilitator {},
        37 => Command::ContinueBelowQuorum { reason: pick(ContinueReason::ALL, n) },
        38 => Command::AnswerRecording { member, consent: pick(Consent::ALL, n) },
        39 if n.is_multiple_of(3) => Command::StartRecording {},
        39 => Command::RequestRecording {},
        40 | 41 => Command::CloseSession {},
        42 => Command::LogPractice { member, week: n % 6, note: None },
        43 => Command::RecordCatchUp { member, part: pick(CatchUpPart::ALL, n) },
        44 => Command::SubmitReport {
            member,
            report: Report::DidNotPractise { reason: pick(NoPracticeReason::ALL, n) },
            note: None,
        },
        45 => Command::RecordDebrief { member },
        46 | 47 => Command::DecideAdoption {
            member,
            adoption: if n.is_multiple_of(2) {
                Adoption::Adopted { strategies }
            } else {
                Adoption::NoneAdopted { reason: pick(NoAdoptionReason::ALL, n) }
            },
            note: None,
        },
        48 => match n % 6 {
            0 => Command::WithdrawMember { member, reason: pick(WithdrawalReason::ALL, n) },
            1 => Command::ReportBreach {},
            2 => Command::SuspendCycle { reason: pick(SuspendReason::ALL, n) },
            3 => Command::LapseCycle {},
            4 => Command::AnonymiseMember { member },
            _ => Command::TightenPrivacy { privacy: pick(Privacy::ALL, n) },
        },
        49 => Command::VoteOnSuspension { member, vote: pick(Vote::ALL, n) },
        50 => match n % 5 {
            0 | 1 => Command::ResumeCycle {},
            2 => Command::TerminateCycle { reason: pick(TerminateReason::ALL, n) },
            3 => Command::WaiveMember { member, reason: pick(WaiveReason::ALL, n) },
            _ => Command::Reply { member, session, reply: pick(Rsvp::ALL, n) },
        },
        _ => match n % 3 {
            0 => Command::RescheduleSession {
                session,
                starts_at: at + Span::days(1),
                short_gap: Some(pick(ShortGapReason::ALL, n)),
            },
            1 => Command::PostponeSession { session, reason: pick(PostponeReason::ALL, n) },
            _ => Command::PairBuddies { pairs: vec![vec![seat]] },
        },
    }
}

fn actor(n: u8, seat: Seat, cycle: &Cycle) -> Actor {
    match (n % 8, cycle.chair()) {
        (0, _) => Actor::Organiser {},
        (1, _) => Actor::Host {},
        (2..=4, Some(chair)) => Actor::member(chair),
        _ => Actor::member(seat),
    }
}

type Draw = (u8, u8, u8, u8, u16);

/// What a walk came to, for the test that asks how far walks get.
fn walk(members: u8, draws: &[Draw]) -> Result<(Cycle, usize), TestCaseError> {
    let (mut cycle, mut events) = formed(members);
    let (mut now, mut accepted) = (start() + Span::days(1), 0);
    for &(kind, seat, who, n, seconds) in draws {
        now = now + Span::seconds(u32::from(seconds) * if n > 250 { 500 } else { 1 });
        let seat = Seat::new(seat % members).unwrap();
        let command = command(kind, seat, n, now, &cycle);
        let context = Context::new(actor(who, seat, &cycle), now);
        let verdict = cycle.decide(&command, &context);
        prop_assert_eq!(&verdict, &cycle.decide(&command, &context), "the same inputs give the same answer");
        let explained = cycle.explain(&command, &context);
        let passes = explained.gate.is_empty() && explained.findings.iter().all(|finding| finding.refused.is_none());
        prop_assert_eq!(passes, verdict.is_accepted(), "explain agrees with decide");
        if verdict.is_accepted() {
            let allowed = cycle.allowed(context.actor, now);
            let permitted = allowed.iter().any(|one| one.command == command.kind() && one.permitted);
            prop_assert!(permitted, "decide accepts {:?} by {:?}, allowed does not list it", command, context.actor);
            let guide = cycle.guide(context.actor, now);
            prop_assert_eq!(guide.stage, cycle.stage());
        }
        for no in verdict.refusals() {
            prop_assert!(!no.say(&cycle).is_empty() && !no.remedy(&cycle).is_empty(), "{:?} has no words", no);
        }
        if let Verdict::Accepted(new) = verdict {
            prop_assert!(!new.is_empty());
            accepted += 1;
            for event in new {
                let name = event.body.name();
                prop_assert!(cycle.evolve(&event).is_ok(), "evolve refuses `{}` after {:?}", name, command);
                let line = serde_json::to_string(&event.body).unwrap();
                prop_assert_eq!(&serde_json::from_str::<peercircle_core::EventBody>(&line).unwrap(), &event.body);
                events.push(event);
            }
        } else {
            prop_assert!(!verdict.refusals().is_empty());
        }
    }
    let replayed = Cycle::replay(&events).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(&replayed, &cycle, "replay(decided events) is the state");
    Ok((cycle, accepted))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_decide_wrote_replays(
        members in 4_u8..7,
        draws in prop::collection::vec(any::<(u8, u8, u8, u8, u16)>().prop_map(|(a, b, c, d, e)| (a, b, c, d, e % 120)), 1..400),
    ) {
        walk(members, &draws)?;
    }
}

#[test]
fn a_live_cycle_of_six_is_small() {
    // The promise is 512 bytes with the shared process and the roster's ids aside.
    let size = size_of::<Cycle>();
    assert!(size <= 512, "a cycle is {size} bytes");
}
