//! Reasons: the facts that decided a refusal, one variant for each thing a rule can find. Words for them are in `words`.

use serde::Serialize;

use crate::{
    Attendance, Instant, Outcome, PhaseKind, Place, Privacy, Seat, SeatSet, SessionKind, Stage, StrategySet, TurnState, Vote,
};

/// What a rule found. Seats are numbers here; [`Rejection::say`](crate::Rejection::say) puts it into words with ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "found", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the sentence of each variant in `words` says what its fields are")]
pub enum Reason {
    // The group.
    GroupFull { members: u8, maximum: u8 },
    NoSeatsLeft {},
    AlreadyMember { seat: Seat },
    TooFewMembers { members: u8, minimum: u8 },
    TooManyMembers { members: u8, maximum: u8 },
    OtherLevel { seat: Seat },
    SameDepartment { seat: Seat },
    ManagesMember { seat: Seat },
    ManagedByMember { seat: Seat },
    ModuleFixed {},
    NotOfTheModule { strategies: StrategySet },
    GroupClosed {},
    PreviousNotEnded { stage: Stage },
    RulesNotAccepted { who: SeatSet, version: u16 },
    RulesVersionOther { current: u16, given: u16 },
    RulesVersionNotNewer { current: u16, given: u16 },
    NotOriented { who: SeatSet },
    NotAMember { seat: Seat, outcome: Outcome },
    AlreadyEnded { seat: Seat, outcome: Outcome },
    TooFewToGoOn { members: u8, needed: u8 },
    // Who runs it.
    FacilitatorNotInRoom { seat: Seat },
    NotInRoom { seat: Seat },
    AlreadyFacilitates { seat: Seat },
    SessionOver { session: SessionKind },
    FacilitatedBefore { seat: Seat },
    NoFacilitator { session: SessionKind, suggested: Option<Seat> },
    AwaitingFacilitator { claimed: Option<Seat> },
    FacilitatorThere { seat: Seat },
    NoClaim {},
    OwnClaim { seat: Seat },
    NotOwnTurn { seat: Seat },
    SwitchedOff {},
    // Replies and presence.
    NoInvitation { session: SessionKind },
    NoApology { seat: Seat, hours: u16 },
    Apologised { seat: Seat },
    Unmarked { who: SeatSet },
    DoorsClosed { since: PhaseKind },
    MarkAs { seat: Seat, attendance: Attendance },
    WasThere { seat: Seat },
    BelowQuorum { present: u8, needed: u8, missing: SeatSet },
    QuorumUndecided { present: u8, needed: u8 },
    QuorumStands {},
    MustInterrupt {},
    NotCaughtUp { seat: Seat, read: bool, briefed: bool, planned: bool },
    NothingToCatchUp { seat: Seat },
    AlreadyReported { seat: Seat },
    NothingToMakeUp { seat: Seat },
    NotTheBuddy { seat: Seat, buddies: SeatSet },
    DeadlinePassed { at: Instant },
    NotAttended { seat: Seat, session: SessionKind },
    SessionNotOver { session: SessionKind },
    FeedbackGiven { seat: Seat },
    Elsewhere { seat: Seat },
    // Phases.
    NotNextPhase { asked: PhaseKind, next: Option<PhaseKind> },
    NotSkippable { phase: PhaseKind },
    NotPreviousPhase { asked: PhaseKind, previous: Option<PhaseKind> },
    ReopenedBefore { limit: u8 },
    // Turns.
    SomeoneSpeaks { seat: Seat },
    NoTurnLeft { seat: Seat, turn: TurnState },
    NotSpeaking { seat: Seat, speaking: Option<Seat> },
    DeferredBefore { seat: Seat },
    PassNeedsReason { seat: Seat },
    NoStrategy {},
    RoundOpen { heard: u8, of: u8, who: SeatSet },
    RoundIsOver {},
    NotNextSpeaker { next: Seat },
    // The clock.
    NoExtension {},
    ExtensionTooLong { asked: u16, most: u16 },
    OverrunNotAgreed { who: SeatSet, minutes: u16 },
    OverrunGranted {},
    TooEarly { at: Instant },
    Abandoned { since: Instant },
    Paused {},
    ClockStands {},
    ClockRuns {},
    PauseUsedUp { minutes: u16 },
    Interrupted { until: Instant },
    NotInterrupted {},
    ResumeTooLate { since: Instant, days: u16 },
    ClockBack { last: Instant },
    // Dates.
    AlreadyScheduled { session: SessionKind, at: Instant },
    NotScheduled { session: SessionKind },
    SessionBegun { session: SessionKind },
    InThePast { at: Instant },
    ExploreFirst {},
    ReflectInTheWay { at: Instant },
    ExploreNotOver {},
    NoDate { session: SessionKind, postponed: bool },
    AttendanceConfirmed { session: SessionKind },
    GapTooShort { days: u32, minimum: u16 },
    NoSecondDate {},
    PlaceClosed { place: Place },
    // Practice and adoption.
    NoPlan { who: SeatSet },
    WeekUnknown { week: u8, weeks: u8 },
    WeekNotBegun { week: u8, at: Instant },
    WeekLogged { week: u8 },
    PracticeOver {},
    PairsWrong { missing: SeatSet, twice: SeatSet },
    PairSizes { trios: u8 },
    NoBuddy { seat: Seat },
    AdoptionTooEarly {},
    NotTried { strategies: StrategySet },
    // Confidence.
    Loosened { now: Privacy },
    ConsentMissing { refused: SeatSet, missing: SeatSet },
    NotRequested {},
    RecordingOn {},
    RecordingOff {},
    VotesMissing { vote: Vote, have: u8, need: u8 },
    ReportBreach {},
    CancelInstead {},
    StillActive { seat: Seat },
    SeatedAgain { seat: Seat },
    AlreadyAnonymous { seat: Seat },
    // Own rules.
    OwnUnmet { rule: u8, leaf: u8, got: u32 },
    Own { says: &'static str, helps: &'static str },
}

impl Reason {
    /// The members it is about: whoever is missing, in the way, or asked; nobody where it is about something else.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Reason, Seat, SeatSet};
    /// let bo = Seat::new(1).expect("below 16");
    /// assert_eq!(Reason::SomeoneSpeaks { seat: bo }.who(), SeatSet::only(bo));
    /// assert_eq!(Reason::GroupClosed {}.who(), SeatSet::EMPTY);
    /// ```
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest is about nobody")]
    pub const fn who(&self) -> SeatSet {
        match *self {
            Self::RulesNotAccepted { who, .. }
            | Self::NotOriented { who }
            | Self::Unmarked { who }
            | Self::RoundOpen { who, .. }
            | Self::OverrunNotAgreed { who, .. }
            | Self::NoPlan { who } => who,
            Self::BelowQuorum { missing, .. } => missing,
            Self::PairsWrong { missing, twice } => missing.or(twice),
            Self::ConsentMissing { refused, missing } => refused.or(missing),
            Self::NotTheBuddy { seat, buddies } => buddies.with(seat),
            Self::NotSpeaking { seat, speaking: Some(other) } => SeatSet::only(seat).with(other),
            Self::AlreadyMember { seat }
            | Self::OtherLevel { seat }
            | Self::SameDepartment { seat }
            | Self::ManagesMember { seat }
            | Self::ManagedByMember { seat }
            | Self::NotAMember { seat, .. }
            | Self::AlreadyEnded { seat, .. }
            | Self::FacilitatorNotInRoom { seat }
            | Self::NotInRoom { seat }
            | Self::AlreadyFacilitates { seat }
            | Self::FacilitatedBefore { seat }
            | Self::NoFacilitator { suggested: Some(seat), .. }
            | Self::AwaitingFacilitator { claimed: Some(seat) }
            | Self::FacilitatorThere { seat }
            | Self::OwnClaim { seat }
            | Self::NotOwnTurn { seat }
            | Self::NoApology { seat, .. }
            | Self::Apologised { seat }
            | Self::MarkAs { seat, .. }
            | Self::WasThere { seat }
            | Self::NotCaughtUp { seat, .. }
            | Self::NothingToCatchUp { seat }
            | Self::AlreadyReported { seat }
            | Self::NothingToMakeUp { seat }
            | Self::NotAttended { seat, .. }
            | Self::FeedbackGiven { seat }
            | Self::Elsewhere { seat }
            | Self::SomeoneSpeaks { seat }
            | Self::NoTurnLeft { seat, .. }
            | Self::NotSpeaking { seat, speaking: None }
            | Self::DeferredBefore { seat }
            | Self::PassNeedsReason { seat }
            | Self::NotNextSpeaker { next: seat }
            | Self::NoBuddy { seat }
            | Self::StillActive { seat }
            | Self::SeatedAgain { seat }
            | Self::AlreadyAnonymous { seat } => SeatSet::only(seat),
            _ => SeatSet::EMPTY,
        }
    }
}
