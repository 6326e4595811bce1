//! Where the cycle is: the guide for a screen, and the whole cycle at a glance.

use serde::Serialize;

use super::{AllowedView, RefusalView, WaitingView};
use crate::{
    Actor, Attendance, Cycle, CycleId, Date, GroupId, Guide, Instant, MemberId, ModuleId, Outcome, PhaseKind, Place,
    Privacy, Recording, Revision, Rsvp, Rulebook, SessionKind, Stage, Stop, StrategyId, TurnState, WireCommand,
    rulebook::STANDARD,
};

/// Everything a screen of a running cycle draws, at one instant and for one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GuideView {
    /// The revision it speaks of.
    pub revision: Revision,
    /// The instant it speaks of.
    pub now: Instant,
    /// Where the cycle is.
    pub stage: Stage,
    /// The same in words.
    pub label: &'static str,
    /// The session at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionKind>,
    /// Who is in the room.
    pub room: Vec<MemberId>,
    /// Who holds the chair, or is appointed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chair: Option<MemberId>,
    /// The session's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockView>,
    /// The running phase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<PhaseView>,
    /// Who has had their turn, who speaks, who waits, in the order of the seats.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<TurnView>,
    /// Who speaks, for how long, of how much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaker: Option<SpeakerView>,
    /// The phases ahead with their re-planned seconds (R-34).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ahead: Vec<AheadView>,
    /// The one next action, where the machine knows one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<NextView>,
    /// Whom the cycle waits for.
    pub waiting_on: Vec<WaitingView>,
    /// What this person may do now.
    pub may: Vec<AllowedView>,
}

/// A session's clock for a screen, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClockView {
    /// Since the session started, pauses left out.
    pub elapsed: u32,
    /// Left of the session, agreed overrun included.
    pub remaining: u32,
    /// Why it stands, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stop>,
    /// Where recording stands.
    pub recording: Recording,
}

/// The running phase for a screen, times in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PhaseView {
    /// Which.
    pub phase: PhaseKind,
    /// Its name on the screen.
    pub title: String,
    /// What it is for.
    pub purpose: String,
    /// What the facilitator says.
    pub prompt: String,
    /// Its box, extensions included.
    pub seconds: u16,
    /// Left of it.
    pub remaining: u32,
    /// How much it is over.
    pub overrun: u32,
}

/// A member's turn for a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TurnView {
    /// Whose.
    pub member: MemberId,
    /// Where it is.
    pub turn: TurnState,
}

/// The speaker for a screen, times in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SpeakerView {
    /// Who.
    pub member: MemberId,
    /// For how long they have spoken.
    pub spoken: u32,
    /// What a turn has (R-31).
    pub budget: u16,
    /// How much they are over.
    pub overrun: u32,
}

/// A phase that is still to come, for a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AheadView {
    /// Which.
    pub phase: PhaseKind,
    /// Its name on the screen.
    pub title: String,
    /// The seconds it gets as things stand.
    pub seconds: u16,
}

/// The next action for a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NextView {
    /// What it does, as in "to ...".
    pub label: &'static str,
    /// The command.
    pub command: WireCommand,
    /// Whether this person may give it.
    pub yours: bool,
    /// What is in the way of it; empty where it can be done.
    pub in_the_way: Vec<RefusalView>,
}

/// A cycle at a glance, for its members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CycleView {
    /// The cycle.
    pub cycle: Option<CycleId>,
    /// The group.
    pub group: Option<GroupId>,
    /// The module.
    pub module: Option<ModuleId>,
    /// The module's strategies.
    pub strategies: Vec<StrategyId>,
    /// The process's name.
    pub process: String,
    /// The revision it speaks of.
    pub revision: Revision,
    /// Where the cycle is.
    pub stage: Stage,
    /// The same in words.
    pub label: &'static str,
    /// What leaves the group.
    pub privacy: Privacy,
    /// The current version of the ground rules.
    pub ground_rules: u16,
    /// Both sessions.
    pub sessions: Vec<SessionView>,
    /// Everyone who was ever enrolled, by seat.
    pub members: Vec<MemberView>,
    /// Who is whose buddy.
    pub buddies: Vec<Vec<MemberId>>,
}

/// A session at a glance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SessionView {
    /// Which.
    pub session: SessionKind,
    /// Its date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Instant>,
    /// Whether it lost its date (R-40).
    pub postponed: bool,
    /// Where it is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// How often its date was moved.
    pub moved: u8,
    /// Who is appointed to facilitate it, or last did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facilitator: Option<MemberId>,
    /// When it closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Instant>,
    /// How long it ran, in minutes, once closed.
    pub minutes: u16,
}

/// A member at a glance, for the group. Passes and speaking times are not here (R-28, R-31).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MemberView {
    /// Who.
    pub member: MemberId,
    /// How they stand.
    pub outcome: Outcome,
    /// Whether they accepted the current ground rules.
    pub accepted_rules: bool,
    /// Their reply to the session ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<Rsvp>,
    /// What they are marked as in the session at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attendance: Option<Attendance>,
    /// Attended session 1; nothing before it closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explore: Option<bool>,
    /// Attended session 2; nothing before it closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reflect: Option<bool>,
    /// The strategy of their current plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<StrategyId>,
    /// The weeks they logged.
    pub logged: Vec<u8>,
    /// Whether they have reported.
    pub reported: bool,
    /// The strategies they adopted, once decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adopted: Option<Vec<StrategyId>>,
}

impl Cycle {
    /// [`Cycle::guide`] for a screen, with whom the cycle waits for and what the actor may do.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Actor, Cycle};
    /// let view = Cycle::default().view_guide(Actor::Organiser {}, "2026-03-02T09:00:00Z".parse()?);
    /// assert_eq!((view.label, view.waiting_on[0].label), ("not formed yet", "form a cycle"));
    /// # Ok::<(), peercircle_core::InstantError>(())
    /// ```
    #[must_use]
    pub fn view_guide(&self, actor: Actor, now: Instant) -> GuideView {
        STANDARD.view_guide(self, actor, now)
    }

    fn view_clock(&self, now: Instant) -> Option<ClockView> {
        let meeting = self.meeting()?;
        let elapsed = meeting.elapsed(now).as_seconds();
        Some(ClockView {
            elapsed,
            remaining: meeting.allotted_seconds().saturating_sub(elapsed),
            stopped: meeting.stopped(),
            recording: meeting.recording(),
        })
    }

    fn view_ahead(&self, guide: &Guide<'_>) -> Vec<AheadView> {
        let Some(session) = guide.session else { return Vec::new() };
        let agenda = self.process().spec().agenda(session);
        let title = |phase| agenda.phase(phase).map_or_else(String::new, |one| one.title.clone());
        let view = |one: &crate::Ahead| AheadView { phase: one.phase, title: title(one.phase), seconds: one.seconds };
        guide.ahead().iter().map(view).collect()
    }

    /// The cycle at a glance, for its members: never for HR, who see [`Cycle::disclose`].
    #[must_use]
    pub fn view(&self) -> CycleView {
        let (ledger, roster) = (self.ledger(), self.roster());
        let strategies = roster.module().map_or_else(Vec::new, |module| module.strategies().to_vec());
        let strategy = |number: crate::StrategyNo| strategies.get(number.index()).cloned();
        let ahead = self.session_ahead();
        let members = roster.members().map(|(seat, one)| MemberView {
            member: one.id.clone(),
            outcome: ledger.outcome(seat),
            accepted_rules: ledger.accepted_rules().contains(seat),
            reply: ahead.map(|session| ledger.session(session).reply(seat)),
            attendance: self.sheet().map(|sheet| sheet.of(seat)),
            explore: attended(self, SessionKind::Explore, seat),
            reflect: attended(self, SessionKind::Reflect, seat),
            plan: ledger.planned(seat).and_then(strategy),
            logged: (1..=8).filter(|week| ledger.logged_weeks(seat) & (1 << (week - 1)) != 0).collect(),
            reported: ledger.reports().contains(seat),
            adopted: ledger.decided().contains(seat).then(|| ledger.adopted(seat).iter().filter_map(strategy).collect()),
        });
        CycleView {
            cycle: roster.cycle().cloned(),
            group: roster.group().cloned(),
            module: roster.module().map(|module| module.id().clone()),
            process: self.process().spec().name.clone(),
            revision: self.revision(),
            stage: self.stage(),
            label: self.stage().label(),
            privacy: ledger.privacy(),
            ground_rules: ledger.rules_version(),
            sessions: SessionKind::ALL.map(|session| self.view_session(session)).to_vec(),
            members: members.collect(),
            buddies: ledger.buddies().pairs().map(|pair| self.names(pair)).collect(),
            strategies,
        }
    }

    fn view_session(&self, session: SessionKind) -> SessionView {
        let facts = self.ledger().session(session);
        SessionView {
            session,
            starts_at: facts.date().at(),
            postponed: facts.date() == Date::Postponed,
            place: facts.place(),
            moved: facts.moved(),
            facilitator: facts.facilitator().and_then(|seat| self.name(seat)),
            closed_at: facts.closed_at(),
            minutes: facts.minutes(),
        }
    }
}

impl Rulebook {
    /// [`Rulebook::guide`] for a screen, with whom the cycle waits for and what the actor may do.
    #[must_use]
    pub fn view_guide(&self, cycle: &Cycle, actor: Actor, now: Instant) -> GuideView {
        let guide = self.guide(cycle, actor, now);
        let turns = guide.round.map(|round| {
            let all = cycle.roster().members().map(|(seat, one)| (round.turn(seat), one));
            let of = all.filter(|(turn, _)| *turn != TurnState::None);
            of.map(|(turn, one)| TurnView { member: one.id.clone(), turn }).collect()
        });
        GuideView {
            revision: guide.revision,
            now,
            stage: guide.stage,
            label: guide.stage.label(),
            session: guide.session,
            room: cycle.names(guide.room),
            chair: guide.chair.and_then(|seat| cycle.name(seat)),
            clock: cycle.view_clock(now),
            phase: guide.phase.map(|one| PhaseView {
                phase: one.phase,
                title: one.title.to_owned(),
                purpose: one.purpose.to_owned(),
                prompt: one.prompt.to_owned(),
                seconds: one.seconds,
                remaining: one.remaining,
                overrun: one.overrun,
            }),
            turns: turns.unwrap_or_default(),
            speaker: guide.turn.and_then(|turn| {
                let spoken = turn.spoken.as_seconds();
                let overrun = spoken.saturating_sub(turn.budget.into());
                Some(SpeakerView { member: cycle.name(turn.speaker)?, spoken, budget: turn.budget, overrun })
            }),
            ahead: cycle.view_ahead(&guide),
            next: self.view_next(cycle, &guide, actor, now),
            waiting_on: cycle.view_waiting(),
            may: self.view_allowed(cycle, actor, now).into_iter().filter(|one| one.permitted).collect(),
        }
    }

    fn view_next(&self, cycle: &Cycle, guide: &Guide<'_>, actor: Actor, now: Instant) -> Option<NextView> {
        let command = guide.next.as_ref()?;
        Some(NextView {
            label: command.kind().label(),
            command: command.clone().named(cycle.roster()).ok()?,
            yours: self.permits(cycle, command, &crate::Context::new(actor, now)),
            in_the_way: cycle.view_refusals(&guide.in_the_way),
        })
    }
}

fn attended(cycle: &Cycle, session: SessionKind, seat: crate::Seat) -> Option<bool> {
    let facts = cycle.ledger().session(session);
    facts.closed_at().map(|_| facts.attended().contains(seat))
}
