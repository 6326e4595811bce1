//! The menu: many payloads of a kind at a state, so many that what none of them can do, hardly any payload can.

use std::sync::LazyLock;

use peercircle_core::{
    Actor, Adoption, Attendance, CancelReason, CatchUpPart, Command, CommandKind, Consent, ContinueReason, Cycle,
    ForceReason, Instant, InterruptReason, MemberId, ModuleRef, NoAdoptionReason, NoPracticeReason, NoteRef, PauseReason,
    PhaseKind, Place, PostponeReason, Privacy, Process, ProcessSpec, ReopenReason, RepeatReason, Report, Rsvp, Seat,
    SessionKind, ShortGapReason, SkipReason, Span, Stage, StoryKind, StrategyNo, Succession, SuspendReason, TerminateReason,
    Vote, WaiveReason, WithdrawalReason,
};

/// Seats of the roster, and the one after them, which nobody has.
#[must_use]
pub fn seats(cycle: &Cycle) -> Vec<Seat> {
    (0..=u8::try_from(cycle.roster().seats()).unwrap()).filter_map(Seat::new).collect()
}

/// Everyone who could ask something: each seat, the one after them, the organiser and the host.
#[must_use]
pub fn actors(cycle: &Cycle) -> Vec<Actor> {
    let members = seats(cycle).into_iter().map(Actor::member);
    members.chain([Actor::Organiser {}, Actor::Host {}]).collect()
}

/// The module of every walk, with three strategies.
#[must_use]
pub fn module() -> ModuleRef {
    let strategies = ["a", "b", "c"].map(|id| id.parse().unwrap()).into();
    ModuleRef::new("delegation".parse().unwrap(), strategies).unwrap()
}

/// The note of everything that is said on a walk.
pub const NOTE: NoteRef = NoteRef::from_bytes([0xab; 16]);

/// A person's id, which nothing else on the wire resembles.
#[must_use]
pub fn person(number: usize) -> MemberId {
    format!("person-{number}-of-the-group").parse().unwrap()
}

/// Every combination of a seat and another choice.
fn each<T: Clone>(cycle: &Cycle, choices: &[T], make: impl Fn(Seat, T) -> Command) -> Vec<Command> {
    seats(cycle).into_iter().flat_map(|seat| choices.iter().map(|one| make(seat, one.clone())).collect::<Vec<_>>()).collect()
}

fn dates(cycle: &Cycle, now: Instant) -> Vec<Instant> {
    let spec = cycle.process().spec();
    let [explore, reflect] = SessionKind::ALL.map(|session| cycle.ledger().session(session).date().at());
    let began = cycle.ledger().session(SessionKind::Explore).began_at();
    let mut dates = vec![now, now + Span::seconds(1), now + Span::hours(2), now + Span::days(3)];
    for base in [explore, reflect, began].into_iter().flatten() {
        for days in [1, spec.gap.minimum_days, spec.gap.target_days] {
            dates.push(base + Span::days(days.into()) + Span::hours(3));
        }
        dates.push(base - Span::days(u32::from(spec.gap.minimum_days)));
    }
    dates
}

fn processes(cycle: &Cycle) -> Vec<Process> {
    static PRESETS: LazyLock<Vec<Process>> =
        LazyLock::new(|| ProcessSpec::presets().into_iter().filter_map(|(_, spec)| Process::new(spec).ok()).collect());
    let as_private = [cycle.process().spec().clone(), ProcessSpec::default()].into_iter().filter_map(|mut spec| {
        spec.privacy = cycle.ledger().privacy();
        Process::new(spec).ok()
    });
    PRESETS.iter().cloned().chain(as_private).collect()
}

fn reports() -> Vec<Report> {
    let strategies = |numbers: &[u8]| numbers.iter().copied().filter_map(StrategyNo::new).collect();
    let mut reports: Vec<_> =
        NoPracticeReason::ALL.iter().map(|reason| Report::DidNotPractise { reason: *reason }).collect();
    reports.extend([&[0_u8][..], &[1, 2], &[]].map(|numbers| Report::Practised { strategies: strategies(numbers) }));
    reports
}

fn adoptions() -> Vec<Adoption> {
    let one = |number: u8| StrategyNo::new(number).unwrap();
    let mut all: Vec<_> = NoAdoptionReason::ALL.iter().map(|reason| Adoption::NoneAdopted { reason: *reason }).collect();
    let chosen = [vec![], vec![one(0)], vec![one(1)], vec![one(2)], vec![one(0), one(2)]];
    all.extend(chosen.map(|strategies| Adoption::Adopted { strategies }));
    all
}

fn pairings(cycle: &Cycle) -> Vec<Vec<Vec<Seat>>> {
    let active: Vec<_> = cycle.ledger().active().iter().collect();
    let paired = |seats: &[Seat]| {
        let mut pairs: Vec<Vec<Seat>> = seats.chunks(2).map(<[Seat]>::to_vec).collect();
        if let Some(last) = pairs.pop_if(|last| last.len() == 1)
            && let Some(trio) = pairs.last_mut()
        {
            trio.extend(last);
        }
        pairs
    };
    let turned: Vec<_> = active.iter().rev().copied().collect();
    vec![paired(&active), paired(&turned), active.iter().map(|seat| vec![*seat]).collect(), vec![active.clone()], Vec::new()]
}

fn options<T: Copy>(all: &[T]) -> Vec<Option<T>> {
    std::iter::once(None).chain(all.iter().copied().map(Some)).collect()
}

/// Payloads of this kind.
#[must_use]
#[expect(clippy::too_many_lines, reason = "an arm a kind")]
pub fn menu(kind: CommandKind, cycle: &Cycle, now: Instant) -> Vec<Command> {
    let notes = [None, Some(NOTE)];
    let sessions = SessionKind::ALL;
    let both = |make: &dyn Fn(SessionKind) -> Vec<Command>| sessions.into_iter().flat_map(make).collect::<Vec<_>>();
    let weeks: Vec<u8> = (0..10).collect();
    match kind {
        CommandKind::FormCycle => {
            let stages = [None, Some(Stage::Completed), Some(Stage::Practising)];
            let previous = stages.map(|stage| {
                stage.map(|stage| Succession { cycle: "c-0".parse().unwrap(), stage, served: vec![person(0), person(1)] })
            });
            let form = |previous: Option<Succession>| Command::FormCycle {
                cycle: "c".parse().unwrap(),
                group: "g".parse().unwrap(),
                module: module(),
                process: Box::new(cycle.process().clone()),
                previous: previous.map(Box::new),
            };
            previous.map(form).into()
        }
        CommandKind::EnrolMember => {
            let next = cycle.roster().seats();
            let level = |name: &str| name.parse().unwrap();
            let mut all = Vec::new();
            for (member, department, manager) in [
                (next, next, None),
                (0, 0, None),
                (0, 40, None),
                (next, 0, None),
                (next, next, Some(0)),
                (next, next, Some(50)),
            ] {
                for name in ["lead", "head", "anonymous"] {
                    all.push(Command::EnrolMember {
                        member: person(member),
                        level: level(name),
                        department: format!("d{department}").parse().unwrap(),
                        manager: manager.map(person),
                    });
                }
            }
            all
        }
        CommandKind::WithdrawMember => {
            each(cycle, WithdrawalReason::ALL, |member, reason| Command::WithdrawMember { member, reason })
        }
        CommandKind::ChooseModule => vec![Command::ChooseModule { module: module() }],
        CommandKind::SetGroundRules => {
            let current = cycle.ledger().rules_version();
            let versions = [0, current, current.saturating_add(1), u16::MAX];
            versions.map(|version| Command::SetGroundRules { version }).into()
        }
        CommandKind::AcceptGroundRules => {
            let current = cycle.ledger().rules_version();
            each(cycle, &[current, current.wrapping_add(1)], |member, version| Command::AcceptGroundRules {
                member,
                version,
            })
        }
        CommandKind::CompleteOrientation => each(cycle, &[()], |member, ()| Command::CompleteOrientation { member }),
        CommandKind::AppointFacilitator => both(&|session| {
            each(cycle, &options(RepeatReason::ALL), |member, exception| Command::AppointFacilitator {
                session,
                member,
                exception,
            })
        }),
        CommandKind::AppointTimekeeper => each(cycle, &[()], |member, ()| Command::AppointTimekeeper { member }),
        CommandKind::ScheduleSession => both(&|session| {
            let mut all = Vec::new();
            for starts_at in dates(cycle, now) {
                for place in Place::ALL.iter().copied() {
                    for short_gap in [None, Some(ShortGapReason::Holidays)] {
                        all.push(Command::ScheduleSession { session, starts_at, place, short_gap });
                    }
                }
            }
            all
        }),
        CommandKind::RescheduleSession => both(&|session| {
            let make = |short_gap| {
                dates(cycle, now).into_iter().map(move |starts_at| Command::RescheduleSession {
                    session,
                    starts_at,
                    short_gap,
                })
            };
            [None, Some(ShortGapReason::Deadline)].into_iter().flat_map(make).collect()
        }),
        CommandKind::PostponeSession => both(&|session| {
            PostponeReason::ALL.iter().map(|reason| Command::PostponeSession { session, reason: *reason }).collect()
        }),
        CommandKind::PromiseDate => dates(cycle, now).into_iter().map(|by| Command::PromiseDate { by }).collect(),
        CommandKind::CancelSession => both(&|session| {
            CancelReason::ALL.iter().map(|reason| Command::CancelSession { session, reason: *reason }).collect()
        }),
        CommandKind::CancelCycle => {
            CancelReason::ALL.iter().map(|reason| Command::CancelCycle { reason: *reason }).collect()
        }
        CommandKind::Reply => {
            both(&|session| each(cycle, Rsvp::ALL, |member, reply| Command::Reply { member, session, reply }))
        }
        CommandKind::OpenSession => both(&|session| vec![Command::OpenSession { session }]),
        CommandKind::MarkAttendance => {
            each(cycle, Attendance::ALL, |member, attendance| Command::MarkAttendance { member, attendance })
        }
        CommandKind::StartSession => vec![Command::StartSession {}],
        CommandKind::OpenPhase => PhaseKind::ALL.map(|phase| Command::OpenPhase { phase }).into(),
        CommandKind::SkipPhase => {
            let make = |phase| SkipReason::ALL.iter().map(move |reason| Command::SkipPhase { phase, reason: *reason });
            PhaseKind::ALL.into_iter().flat_map(make).collect()
        }
        CommandKind::ReopenPhase => {
            let make = |phase| ReopenReason::ALL.iter().map(move |reason| Command::ReopenPhase { phase, reason: *reason });
            PhaseKind::ALL.into_iter().flat_map(make).collect()
        }
        CommandKind::StartTurn => each(cycle, &[()], |member, ()| Command::StartTurn { member }),
        CommandKind::ShareStory => {
            let mut all =
                each(cycle, StoryKind::ALL, |member, story| Command::ShareStory { member, story, note: Some(NOTE) });
            all.extend(each(cycle, &[()], |member, ()| Command::ShareStory { member, story: StoryKind::Own, note: None }));
            all
        }
        CommandKind::GiveReport => {
            each(cycle, &reports(), |member, report| Command::GiveReport { member, report, note: Some(NOTE) })
        }
        CommandKind::FinishTurn => each(cycle, &notes, |member, note| Command::FinishTurn { member, note }),
        CommandKind::PassTurn => each(cycle, &[()], |member, ()| Command::PassTurn { member }),
        CommandKind::DeferTurn => each(cycle, &[()], |member, ()| Command::DeferTurn { member }),
        CommandKind::CloseRound => ForceReason::ALL.iter().map(|reason| Command::CloseRound { reason: *reason }).collect(),
        CommandKind::MakePlan => {
            let strategies = [0, 1, 2].map(|number| StrategyNo::new(number).unwrap());
            each(cycle, &strategies, |member, strategy| Command::MakePlan { member, strategy, note: Some(NOTE) })
        }
        CommandKind::ExtendPhase => [0, 1, 60, 300, 900, u16::MAX].map(|seconds| Command::ExtendPhase { seconds }).into(),
        CommandKind::AgreeToOverrun => each(cycle, &[()], |member, ()| Command::AgreeToOverrun { member }),
        CommandKind::PauseSession => {
            PauseReason::ALL.iter().map(|reason| Command::PauseSession { reason: *reason }).collect()
        }
        CommandKind::ResumeSession => vec![Command::ResumeSession {}],
        CommandKind::InterruptSession => {
            InterruptReason::ALL.iter().map(|reason| Command::InterruptSession { reason: *reason }).collect()
        }
        CommandKind::RestartSession => vec![Command::RestartSession {}],
        CommandKind::HandOver => {
            each(cycle, &options(RepeatReason::ALL), |member, exception| Command::HandOver { member, exception })
        }
        CommandKind::DeclareFacilitatorGone => vec![Command::DeclareFacilitatorGone {}],
        CommandKind::ClaimFacilitation => {
            each(cycle, &options(RepeatReason::ALL), |member, exception| Command::ClaimFacilitation { member, exception })
        }
        CommandKind::AssentToFacilitator => vec![Command::AssentToFacilitator {}],
        CommandKind::DelegateFacilitation => each(cycle, &[()], |member, ()| Command::DelegateFacilitation { member }),
        CommandKind::ContinueBelowQuorum => {
            ContinueReason::ALL.iter().map(|reason| Command::ContinueBelowQuorum { reason: *reason }).collect()
        }
        CommandKind::RequestRecording => vec![Command::RequestRecording {}],
        CommandKind::AnswerRecording => {
            each(cycle, Consent::ALL, |member, consent| Command::AnswerRecording { member, consent })
        }
        CommandKind::StartRecording => vec![Command::StartRecording {}],
        CommandKind::StopRecording => vec![Command::StopRecording {}],
        CommandKind::CloseSession => vec![Command::CloseSession {}],
        CommandKind::PairBuddies => pairings(cycle).into_iter().map(|pairs| Command::PairBuddies { pairs }).collect(),
        CommandKind::LogPractice => {
            each(cycle, &weeks, |member, week| Command::LogPractice { member, week, note: Some(NOTE) })
        }
        CommandKind::CheckIn => each(cycle, &weeks, |member, week| Command::CheckIn { member, week }),
        CommandKind::RecordCatchUp => each(cycle, CatchUpPart::ALL, |member, part| Command::RecordCatchUp { member, part }),
        CommandKind::SubmitReport => {
            each(cycle, &reports(), |member, report| Command::SubmitReport { member, report, note: Some(NOTE) })
        }
        CommandKind::RecordDebrief => each(cycle, &[()], |member, ()| Command::RecordDebrief { member }),
        CommandKind::DecideAdoption => {
            each(cycle, &adoptions(), |member, adoption| Command::DecideAdoption { member, adoption, note: Some(NOTE) })
        }
        CommandKind::GiveFeedback => {
            both(&|session| each(cycle, &notes, |member, note| Command::GiveFeedback { member, session, note }))
        }
        CommandKind::WaiveMember => each(cycle, WaiveReason::ALL, |member, reason| Command::WaiveMember { member, reason }),
        CommandKind::LapseCycle => vec![Command::LapseCycle {}],
        CommandKind::SuspendCycle => {
            SuspendReason::ALL.iter().map(|reason| Command::SuspendCycle { reason: *reason }).collect()
        }
        CommandKind::ReportBreach => vec![Command::ReportBreach {}],
        CommandKind::VoteOnSuspension => each(cycle, Vote::ALL, |member, vote| Command::VoteOnSuspension { member, vote }),
        CommandKind::ResumeCycle => vec![Command::ResumeCycle {}],
        CommandKind::TerminateCycle => {
            TerminateReason::ALL.iter().map(|reason| Command::TerminateCycle { reason: *reason }).collect()
        }
        CommandKind::AnonymiseMember => each(cycle, &[()], |member, ()| Command::AnonymiseMember { member }),
        CommandKind::TightenPrivacy => {
            Privacy::ALL.iter().map(|privacy| Command::TightenPrivacy { privacy: *privacy }).collect()
        }
        CommandKind::MigrateProcess => {
            processes(cycle).into_iter().map(|process| Command::MigrateProcess { process: Box::new(process) }).collect()
        }
    }
}
