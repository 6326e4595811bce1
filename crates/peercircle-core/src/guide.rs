//! The guide: where we are, whose turn it is, how long is left, and the one next action. Enough to draw a screen.

use crate::{
    Actor, Ahead, Command, Context, Cycle, Instant, KindSet, PhaseKind, Rejection, Round, Rulebook, Seat, SeatSet,
    SessionKind, Span, Stage, StoryKind, outline::Outline, rulebook::STANDARD,
};

/// Everything a facilitator's or a member's screen needs at one instant.
#[derive(Clone, Debug)]
pub struct Guide<'a> {
    /// The revision it speaks of.
    pub revision: crate::Revision,
    /// Where the cycle is.
    pub stage: Stage,
    /// The session at hand.
    pub session: Option<SessionKind>,
    /// Who is in the room.
    pub room: SeatSet,
    /// Who holds the chair, or is appointed.
    pub chair: Option<Seat>,
    /// The running phase.
    pub phase: Option<PhaseGuide<'a>>,
    /// The running round, where the phase is one.
    pub round: Option<&'a Round>,
    /// Whose turn it is.
    pub turn: Option<TurnGuide>,
    /// What comes next, where the machine knows.
    pub next: Option<Command>,
    /// What is in the way of it; empty where it can be done.
    pub in_the_way: Vec<Rejection>,
    /// The kinds of command in the actor's reach; [`Cycle::allowed`] judges each.
    pub in_reach: KindSet,
    outline: Option<Outline>,
}

impl Guide<'_> {
    /// The phases ahead with their re-planned seconds (R-34); none outside a session.
    #[must_use]
    pub fn ahead(&self) -> &[Ahead] {
        self.outline.as_ref().map_or(&[], Outline::ahead)
    }
}

/// The running phase at one instant.
#[derive(Clone, Copy, Debug)]
pub struct PhaseGuide<'a> {
    /// Which.
    pub phase: PhaseKind,
    /// Its name on the screen.
    pub title: &'a str,
    /// What it is for.
    pub purpose: &'a str,
    /// What the facilitator says.
    pub prompt: &'a str,
    /// The seconds of its box, extensions included.
    pub seconds: u16,
    /// The seconds left of it.
    pub remaining: u32,
    /// The seconds it is over.
    pub overrun: u32,
    /// The seconds left of the session.
    pub session_remaining: u32,
}

/// The running turn at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TurnGuide {
    /// Who speaks.
    pub speaker: Seat,
    /// For how long they have.
    pub spoken: Span,
    /// The seconds of a turn: the box shared by the turns of the round (R-31).
    pub budget: u16,
}

impl Rulebook {
    /// [`Cycle::guide`] under this rulebook.
    #[must_use]
    pub fn guide<'a>(&self, cycle: &'a Cycle, actor: Actor, now: Instant) -> Guide<'a> {
        let outline = Outline::of(cycle, now);
        let next = cycle.next_action();
        // What comes next is the chair's to do in a session, or any member's before; the guide asks as whoever may.
        let by = cycle.chair().map_or(actor, Actor::member);
        let refusals = |command: &Command| self.refusals(cycle, command, &Context::new(by, now));
        Guide {
            revision: cycle.revision(),
            stage: cycle.stage(),
            session: cycle.session(),
            room: cycle.in_room(),
            chair: cycle.chair(),
            phase: outline.as_ref().and_then(|outline| cycle.phase_guide(outline)),
            round: cycle.round(),
            turn: cycle.turn(now),
            in_the_way: next.as_ref().map(refusals).unwrap_or_default(),
            next,
            in_reach: cycle.in_reach(actor),
            outline,
        }
    }
}

impl Cycle {
    /// The guide for this actor at `now`.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Actor, Cycle, Stage};
    /// let cycle = Cycle::default();
    /// let guide = cycle.guide(Actor::Organiser {}, "2026-03-02T09:00:00Z".parse()?);
    /// assert_eq!((guide.stage, guide.phase.is_none()), (Stage::Unformed, true));
    /// # Ok::<(), peercircle_core::InstantError>(())
    /// ```
    #[must_use]
    pub fn guide(&self, actor: Actor, now: Instant) -> Guide<'_> {
        STANDARD.guide(self, actor, now)
    }

    fn phase_guide(&self, outline: &Outline) -> Option<PhaseGuide<'_>> {
        let (phase, time_box) = (self.phase()?, self.time_box()?);
        let words = self.process().spec().agenda(outline.session).phase(phase)?;
        Some(PhaseGuide {
            phase,
            title: &words.title,
            purpose: &words.purpose,
            prompt: &words.prompt,
            seconds: time_box.seconds(),
            remaining: outline.box_ends.saturating_sub(outline.elapsed),
            overrun: outline.elapsed.saturating_sub(outline.box_ends),
            session_remaining: outline.allotted.saturating_sub(outline.elapsed),
        })
    }

    /// The running turn at `now`, where somebody speaks.
    #[must_use]
    pub fn turn(&self, now: Instant) -> Option<TurnGuide> {
        let (round, time_box, meeting) = (self.round()?, self.time_box()?, self.meeting()?);
        let running = meeting.stopped().is_none();
        Some(TurnGuide {
            speaker: round.speaking()?,
            spoken: round.spoken(now, running),
            budget: time_box.seconds().checked_div(round.size().into()).unwrap_or_default(),
        })
    }

    /// The one next action on the way, where there is one.
    #[expect(clippy::wildcard_enum_match_arm, reason = "elsewhere nothing is known to come next")]
    fn next_action(&self) -> Option<Command> {
        let Some(meeting) = self.meeting() else {
            return match self.stage() {
                Stage::Scheduled => Some(Command::OpenSession { session: SessionKind::Explore }),
                Stage::Practising => Some(Command::OpenSession { session: SessionKind::Reflect }),
                Stage::ExploreGathering | Stage::ReflectGathering => Some(Command::StartSession {}),
                _ => None,
            };
        };
        if meeting.interrupted().is_some() || meeting.pause().is_some() {
            return Some(Command::ResumeSession {});
        }
        if meeting.facilitator().is_none() {
            return meeting.claim().map(|_| Command::AssentToFacilitator {});
        }
        if meeting.quorum_lost() {
            return Some(Command::ContinueBelowQuorum { reason: crate::ContinueReason::AllAgree });
        }
        if let Some(round) = self.round() {
            if let Some(member) = round.speaking() {
                return match self.phase()? {
                    PhaseKind::StorySharing => Some(Command::ShareStory { member, story: StoryKind::Own, note: None }),
                    PhaseKind::ActionPlanning | PhaseKind::Takeaways => Some(Command::FinishTurn { member, note: None }),
                    // The speaker's own words are needed: a report or a decision.
                    _ => None,
                };
            }
            if let Some(member) = round.first() {
                return Some(Command::StartTurn { member });
            }
        }
        Some(self.next_phase().map_or(Command::CloseSession {}, |phase| Command::OpenPhase { phase }))
    }
}
