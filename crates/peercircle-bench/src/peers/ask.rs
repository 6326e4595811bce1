//! What the peers are asked: the commands of the first cycle, as plain numbers.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail, ensure};
use peercircle_core::{
    Adoption, Attendance, Command, Context, Instant, PhaseKind, Process, Report, Rsvp, Seat, SessionKind, StrategyNo,
    Verdict,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::script::{Script, Step};

/// A command with its time and actor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask {
    /// Milliseconds since 1970.
    pub(crate) at: i64,
    /// The member's seat; none is the organiser.
    pub(crate) by: Option<u8>,
    pub(crate) what: What,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    Form,
    Enrol,
    Schedule {
        session: SessionKind,
        starts_at: i64,
    },
    Appoint {
        session: SessionKind,
        member: u8,
    },
    Timekeeper {
        member: u8,
    },
    Reply {
        session: SessionKind,
        member: u8,
        coming: bool,
    },
    Accept {
        member: u8,
    },
    OpenDoors {
        session: SessionKind,
    },
    Attend {
        member: u8,
    },
    Start,
    OpenPhase {
        phase: PhaseKind,
    },
    StartTurn {
        member: u8,
    },
    ShareStory {
        member: u8,
    },
    GiveReport {
        member: u8,
        strategies: u16,
    },
    FinishTurn {
        member: u8,
    },
    PassTurn {
        member: u8,
    },
    Plan {
        member: u8,
        strategy: u8,
    },
    Close,
    /// Four bits a seat: the number of its pair, from 1.
    Pair {
        pairs: u64,
    },
    LogPractice {
        member: u8,
        week: u8,
    },
    CheckIn {
        member: u8,
        week: u8,
    },
    Adopt {
        member: u8,
        strategies: u16,
    },
    Feedback {
        member: u8,
        session: SessionKind,
    },
}

/// An ask that every machine has to refuse, unchanged, after so many accepted ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused {
    pub(crate) after: usize,
    pub(crate) ask: Ask,
}

/// The work of the peers, and the same for XState as JSON.
pub(crate) struct Asks {
    pub(crate) accepted: Vec<Ask>,
    pub(crate) refused: Vec<Refused>,
    pub(crate) json: Value,
}

#[derive(Deserialize)]
struct RefusedStep {
    after: usize,
    why: String,
    step: Step,
}

impl Asks {
    /// The script's steps, and the refusals beside it; the core itself has to refuse them.
    pub(crate) fn of(script: &Script, refused: &Path) -> Result<Self> {
        let accepted: Vec<_> = script.steps.iter().map(ask).collect::<Result<_>>()?;
        let mut json_refused = Vec::new();
        let mut refusals = Vec::new();
        for line in fs::read_to_string(refused).with_context(|| refused.display().to_string())?.lines() {
            let RefusedStep { after, why, step } = serde_json::from_str(line).with_context(|| line.to_owned())?;
            let cycle = script.after(after)?;
            let pair = step.resolve(&cycle, &Process::default())?;
            let verdict = cycle.decide(&pair.0, &pair.1);
            ensure!(matches!(verdict, Verdict::Refused(_)), "the core accepts after {after} steps: {why}");
            refusals.push(Refused { after, ask: ask(&pair)? });
            json_refused.push(json!({"after": after, "why": why, "ask": as_json(&pair)?}));
        }
        let steps: Vec<_> = script.steps.iter().map(as_json).collect::<Result<_>>()?;
        Ok(Self { accepted, refused: refusals, json: json!({"accepted": steps, "refused": json_refused}) })
    }
}

fn as_json((command, context): &(Command, Context)) -> Result<Value> {
    let mut value = serde_json::to_value(command)?;
    if let (Some(fields), Value::Object(with)) =
        (value.as_object_mut(), json!({"at": context.now.unix_millis(), "by": context.actor.seat()}))
    {
        // A process is data of a hundred lines, which the peers don't read.
        fields.remove("process");
        fields.extend(with);
        if let Some(starts_at) = fields.get_mut("starts_at") {
            let at: Instant = starts_at.as_str().unwrap_or_default().parse()?;
            *starts_at = at.unix_millis().into();
        }
    }
    Ok(value)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the first cycle has no other kinds; another script says so at once")]
fn ask((command, context): &(Command, Context)) -> Result<Ask> {
    let seat = |seat: &Seat| seat.number();
    let what = match command {
        Command::FormCycle { .. } => What::Form,
        Command::EnrolMember { .. } => What::Enrol,
        Command::ScheduleSession { session, starts_at, .. } => {
            What::Schedule { session: *session, starts_at: starts_at.unix_millis() }
        }
        Command::AppointFacilitator { session, member, .. } => What::Appoint { session: *session, member: seat(member) },
        Command::AppointTimekeeper { member } => What::Timekeeper { member: seat(member) },
        Command::Reply { member, session, reply } => {
            What::Reply { session: *session, member: seat(member), coming: *reply == Rsvp::Accepted }
        }
        Command::AcceptGroundRules { member, .. } => What::Accept { member: seat(member) },
        Command::OpenSession { session } => What::OpenDoors { session: *session },
        Command::MarkAttendance { member, attendance: Attendance::Present } => What::Attend { member: seat(member) },
        Command::StartSession {} => What::Start,
        Command::OpenPhase { phase } => What::OpenPhase { phase: *phase },
        Command::StartTurn { member } => What::StartTurn { member: seat(member) },
        Command::ShareStory { member, .. } => What::ShareStory { member: seat(member) },
        Command::GiveReport { member, report: Report::Practised { strategies }, .. } => {
            What::GiveReport { member: seat(member), strategies: bits(strategies) }
        }
        Command::FinishTurn { member, .. } => What::FinishTurn { member: seat(member) },
        Command::PassTurn { member } => What::PassTurn { member: seat(member) },
        Command::MakePlan { member, strategy, .. } => What::Plan { member: seat(member), strategy: strategy.number() },
        Command::CloseSession {} => What::Close,
        Command::PairBuddies { pairs } => {
            let mut packed = 0;
            for (number, pair) in (1_u64..).zip(pairs) {
                packed = pair.iter().fold(packed, |packed, seat| packed | number << (4 * seat.number()));
            }
            What::Pair { pairs: packed }
        }
        Command::LogPractice { member, week, .. } => What::LogPractice { member: seat(member), week: *week },
        Command::CheckIn { member, week } => What::CheckIn { member: seat(member), week: *week },
        Command::DecideAdoption { member, adoption: Adoption::Adopted { strategies }, .. } => {
            What::Adopt { member: seat(member), strategies: bits(strategies) }
        }
        Command::GiveFeedback { member, session, .. } => What::Feedback { member: seat(member), session: *session },
        other => bail!("the peers don't model `{}`", other.kind().name()),
    };
    Ok(Ask { at: context.now.unix_millis(), by: context.actor.seat().map(Seat::number), what })
}

fn bits(strategies: &[StrategyNo]) -> u16 {
    strategies.iter().fold(0, |bits, one| bits | 1 << one.number())
}
