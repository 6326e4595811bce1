//! The kinds of command: for each its wire name, the stages it belongs to, who may give it, and what it must carry.

use serde::{Deserialize, Serialize};

use crate::{Stage, StageSet};

/// Someone's part towards a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The very member the command is about.
    Oneself,
    /// Any member of the cycle.
    Member,
    /// The one who facilitates, or is appointed to.
    Facilitator,
    /// The one who keeps the time; the facilitator where nobody is appointed.
    Timekeeper,
    /// Whoever organises groups, such as HR. Never in the room.
    Organiser,
    /// The software the core lives in: jobs and synchronisation.
    Host,
}

impl Role {
    /// All six.
    pub const ALL: [Self; 6] =
        [Self::Oneself, Self::Member, Self::Facilitator, Self::Timekeeper, Self::Organiser, Self::Host];

    /// The role as it is written in a process file.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Oneself => "oneself",
            Self::Member => "member",
            Self::Facilitator => "facilitator",
            Self::Timekeeper => "timekeeper",
            Self::Organiser => "organiser",
            Self::Host => "host",
        }
    }

    /// The role in a sentence.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Oneself => "the member concerned",
            Self::Member => "a member",
            Self::Facilitator => "the facilitator",
            Self::Timekeeper => "the timekeeper",
            Self::Organiser => "the organiser",
            Self::Host => "the host",
        }
    }
}

/// A set of roles, as bits. On the wire: an array.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoleSet(u8);

impl RoleSet {
    /// The set of these.
    #[must_use]
    pub const fn of(roles: &[Role]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < roles.len() {
            #[expect(clippy::indexing_slicing, reason = "const code has no iterators; `at` is below the length")]
            let role = roles[at];
            bits |= 1 << role as u8;
            at += 1;
        }
        Self(bits)
    }

    /// Whether `role` is in the set.
    #[must_use]
    pub const fn contains(self, role: Role) -> bool {
        self.0 & (1 << role as u8) != 0
    }

    /// The roles in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The roles in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The roles, in their order.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.contains(*role))
    }
}

impl Serialize for RoleSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for RoleSet {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RoleSet".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let role = generator.subschema_for::<Role>();
        schemars::json_schema!({"type": "array", "uniqueItems": true, "items": role})
    }
}

macro_rules! kinds {
    ($($variant:ident, $name:literal, $label:literal, $stages:expr, [$($role:ident)*], [$($field:literal)*];)+) => {
        /// What kind of command it is: [`Command`](crate::Command) without its payload.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum CommandKind {
            $(#[doc = concat!("To ", $label, ".")] #[serde(rename = $name)] $variant,)+
        }

        impl CommandKind {
            /// Every kind, in the order of the lifecycle.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// How many kinds there are.
            pub const COUNT: usize = Self::ALL.len();

            /// Its name on the wire, such as `story.share`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What it does, as in "to ...", such as `share a story`.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }

            /// The stages it belongs to. Where a rule says more than the chart, the rule refuses, not the stage.
            #[must_use]
            pub const fn stages(self) -> StageSet {
                const STAGES: [StageSet; CommandKind::COUNT] = [$($stages),+];
                #[expect(clippy::indexing_slicing, reason = "one entry a variant")]
                STAGES[self as usize]
            }

            /// Who may give it unless the process says less.
            #[must_use]
            pub const fn roles(self) -> RoleSet {
                const ROLES: [RoleSet; CommandKind::COUNT] = [$(RoleSet::of(&[$(Role::$role),*])),+];
                #[expect(clippy::indexing_slicing, reason = "one entry a variant")]
                ROLES[self as usize]
            }

            /// The names of the fields it carries beside its type; one that ends in `?` may be left out.
            #[must_use]
            pub const fn fields(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($field),*]),+ }
            }
        }
    };
}

const UNFORMED: StageSet = StageSet::of(&[Stage::Unformed]);
const SUSPENDED: StageSet = StageSet::of(&[Stage::Suspended]);
const FORMED: StageSet = StageSet::FORMED;
const LIVE: StageSet = StageSet::LIVE;
const OPEN: StageSet = StageSet::OPEN;
const RUNNING: StageSet = StageSet::RUNNING;
const MEETING: StageSet = StageSet::GATHERING.or(RUNNING);
const BETWEEN: StageSet = StageSet::of(&[Stage::Forming, Stage::Scheduled, Stage::Practising]);
const BESIDE: StageSet = LIVE.minus(RUNNING);
const DATING: StageSet = StageSet::between(Stage::Forming, Stage::ReflectGathering);
const ROUNDS: StageSet = StageSet::of(&[
    Stage::StorySharing,
    Stage::ActionPlanning,
    Stage::ExploreTakeaways,
    Stage::ReportBack,
    Stage::Adoption,
    Stage::ReflectTakeaways,
]);
const TELLING: StageSet = StageSet::of(&[Stage::ActionPlanning, Stage::ExploreTakeaways, Stage::ReflectTakeaways]);
const STORIES: StageSet = StageSet::of(&[Stage::StorySharing]);
const REPORTS: StageSet = StageSet::of(&[Stage::ReportBack]);
const PLANNING: StageSet = StageSet::between(Stage::SkillBuilding, Stage::ReflectGathering);
const AFTER_ONE: StageSet = StageSet::between(Stage::Practising, Stage::Adopting);
const PRACTICE: StageSet = AFTER_ONE;
const ADOPTING: StageSet = StageSet::of(&[Stage::Adopting]);
const CALLING_OFF: StageSet = LIVE;
const RULES_OPEN: StageSet = StageSet::of(&[
    Stage::Forming,
    Stage::Scheduled,
    Stage::ExploreGathering,
    Stage::ExploreWelcome,
    Stage::Practising,
    Stage::ReflectGathering,
    Stage::ReflectWelcome,
]);

kinds! {
    FormCycle, "cycle.form", "form a cycle", UNFORMED, [Organiser], ["cycle" "group" "module" "process?" "previous?"];
    EnrolMember, "member.enrol", "enrol a member", LIVE, [Organiser], ["member" "level" "department" "manager?"];
    WithdrawMember, "member.withdraw", "withdraw a member", OPEN, [Oneself Organiser Host], ["member" "reason"];
    ChooseModule, "module.choose", "choose the module", LIVE, [Organiser Member], ["module"];
    SetGroundRules, "ground_rules.set", "set a new version of the ground rules", RULES_OPEN, [Organiser Facilitator], ["version"];
    AcceptGroundRules, "ground_rules.accept", "accept the ground rules", LIVE, [Oneself], ["member" "version"];
    CompleteOrientation, "orientation.complete", "complete the orientation", StageSet::BEFORE.or(StageSet::EXPLORING), [Oneself], ["member"];
    AppointFacilitator, "facilitator.appoint", "appoint a facilitator", BETWEEN.or(StageSet::GATHERING).or(StageSet::EXPLORING), [Organiser Member], ["session" "member" "exception?"];
    AppointTimekeeper, "timekeeper.appoint", "appoint a timekeeper", MEETING, [Facilitator], ["member"];
    ScheduleSession, "session.schedule", "schedule a session", DATING, [Organiser Member], ["session" "starts_at" "place" "short_gap?"];
    RescheduleSession, "session.reschedule", "reschedule a session", LIVE, [Organiser Member], ["session" "starts_at" "short_gap?"];
    PostponeSession, "session.postpone", "postpone a session", LIVE, [Organiser Facilitator], ["session" "reason"];
    PromiseDate, "session.promise_date", "set the day by which session 2 gets its date", StageSet::EXPLORING.or(BETWEEN), [Facilitator Organiser], ["by"];
    CancelSession, "session.cancel", "cancel a session", CALLING_OFF, [Organiser], ["session" "reason"];
    CancelCycle, "cycle.cancel", "cancel the cycle", CALLING_OFF, [Organiser], ["reason"];
    Reply, "session.reply", "reply to the invitation", StageSet::between(Stage::Forming, Stage::ReflectGathering), [Oneself], ["member" "session" "reply"];
    OpenSession, "session.open", "open the session for arrivals", BETWEEN, [Member Organiser], ["session"];
    MarkAttendance, "attendance.mark", "mark attendance", MEETING, [Oneself Facilitator Organiser], ["member" "attendance"];
    StartSession, "session.start", "start the session", StageSet::GATHERING, [Member], [];
    OpenPhase, "phase.open", "open the next phase", RUNNING, [Facilitator], ["phase"];
    SkipPhase, "phase.skip", "skip the next phase", RUNNING, [Facilitator], ["phase" "reason"];
    ReopenPhase, "phase.reopen", "reopen the previous phase", RUNNING, [Facilitator], ["phase" "reason"];
    StartTurn, "turn.start", "start a turn", ROUNDS, [Facilitator Oneself], ["member"];
    ShareStory, "story.share", "share a story", STORIES, [Oneself Facilitator], ["member" "story" "note?"];
    GiveReport, "report.give", "report back", REPORTS, [Oneself Facilitator], ["member" "report" "note?"];
    FinishTurn, "turn.finish", "finish a turn", TELLING, [Oneself Facilitator Timekeeper], ["member" "note?"];
    PassTurn, "turn.pass", "pass", ROUNDS, [Oneself Facilitator], ["member"];
    DeferTurn, "turn.defer", "defer a turn to the end of the round", ROUNDS, [Oneself Facilitator], ["member"];
    CloseRound, "round.close", "close the round early", ROUNDS, [Facilitator], ["reason"];
    MakePlan, "plan.make", "make or amend an action plan", PLANNING, [Oneself], ["member" "strategy" "note?"];
    ExtendPhase, "phase.extend", "extend the phase", RUNNING, [Facilitator Timekeeper], ["seconds"];
    AgreeToOverrun, "overrun.agree", "agree to go past the end", RUNNING, [Oneself], ["member"];
    PauseSession, "session.pause", "pause the session", RUNNING, [Facilitator Timekeeper], ["reason"];
    ResumeSession, "session.resume", "resume the session", RUNNING, [Member], [];
    InterruptSession, "session.interrupt", "interrupt the session", RUNNING, [Facilitator Member Host], ["reason"];
    RestartSession, "session.restart", "start the interrupted session afresh", RUNNING, [Facilitator Organiser], [];
    HandOver, "facilitator.hand_over", "hand over to another facilitator", RUNNING, [Facilitator], ["member" "exception?"];
    DeclareFacilitatorGone, "facilitator.declare_gone", "declare the facilitator gone", RUNNING, [Member], [];
    ClaimFacilitation, "facilitator.claim", "offer to facilitate", RUNNING, [Oneself], ["member" "exception?"];
    AssentToFacilitator, "facilitator.assent", "agree to the offered facilitator", RUNNING, [Member], [];
    DelegateFacilitation, "facilitator.delegate", "delegate the chair for one's own turn", ROUNDS, [Facilitator], ["member"];
    ContinueBelowQuorum, "quorum.continue", "go on below the quorum", RUNNING, [Facilitator], ["reason"];
    RequestRecording, "recording.request", "ask to record", RUNNING, [Facilitator], [];
    AnswerRecording, "recording.answer", "answer the request to record", RUNNING, [Oneself], ["member" "consent"];
    StartRecording, "recording.start", "start recording", RUNNING, [Facilitator], [];
    StopRecording, "recording.stop", "stop recording", RUNNING, [Member], [];
    CloseSession, "session.close", "close the session", StageSet::of(&[Stage::ExploreTakeaways, Stage::ReflectTakeaways]), [Facilitator], [];
    PairBuddies, "buddies.pair", "pair buddies", StageSet::between(Stage::ActionPlanning, Stage::Practising), [Member Organiser], ["pairs"];
    LogPractice, "practice.log", "log practice", PRACTICE, [Oneself], ["member" "week" "note?"];
    CheckIn, "buddy.check_in", "check in with the buddy", PRACTICE, [Oneself], ["member" "week"];
    RecordCatchUp, "catch_up.record", "record a part of the catch-up", StageSet::of(&[Stage::Practising, Stage::ReflectGathering]), [Oneself], ["member" "part"];
    SubmitReport, "report.submit", "submit a written report", ADOPTING, [Oneself], ["member" "report" "note?"];
    RecordDebrief, "report.debrief", "record the debrief with the buddy", ADOPTING, [Oneself Member], ["member"];
    DecideAdoption, "adoption.decide", "decide what to adopt", LIVE, [Oneself Facilitator], ["member" "adoption" "note?"];
    GiveFeedback, "feedback.give", "give feedback", FORMED, [Oneself], ["member" "session" "note?"];
    WaiveMember, "member.waive", "free a member from what is left", ADOPTING, [Organiser], ["member" "reason"];
    LapseCycle, "cycle.lapse", "let the cycle lapse", ADOPTING, [Organiser Host], [];
    SuspendCycle, "cycle.suspend", "suspend the cycle", LIVE, [Organiser Facilitator], ["reason"];
    ReportBreach, "breach.report", "report a breach of confidentiality", LIVE, [Member], [];
    VoteOnSuspension, "suspension.vote", "vote on a suspended cycle", SUSPENDED, [Oneself], ["member" "vote"];
    ResumeCycle, "cycle.resume", "resume the cycle", SUSPENDED, [Organiser Member], [];
    TerminateCycle, "cycle.terminate", "terminate the cycle", SUSPENDED, [Organiser Member], ["reason"];
    AnonymiseMember, "member.anonymise", "anonymise a member", FORMED, [Organiser Host], ["member"];
    TightenPrivacy, "privacy.tighten", "tighten privacy", OPEN, [Organiser Member], ["privacy"];
    MigrateProcess, "process.migrate", "move the cycle to another process", BESIDE, [Organiser], ["process"];
}

impl std::fmt::Display for CommandKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for CommandKind {
    type Err = crate::IdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| crate::IdError { expected: "a kind of command such as story.share", got: text.to_owned() })
    }
}

/// A set of command kinds, as bits; iterates in the order of the lifecycle. On the wire: an array of names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KindSet(u128);

impl KindSet {
    /// No kind.
    pub const EMPTY: Self = Self(0);
    /// Every kind.
    pub const ALL: Self = Self::of(CommandKind::ALL);

    /// The set of these.
    #[must_use]
    pub const fn of(kinds: &[CommandKind]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < kinds.len() {
            #[expect(clippy::indexing_slicing, reason = "const code has no iterators; `at` is below the length")]
            let kind = kinds[at];
            bits |= 1 << kind as u8;
            at += 1;
        }
        Self(bits)
    }

    /// The kinds that belong to `stage`.
    #[must_use]
    pub const fn at_stage(stage: Stage) -> Self {
        const AT: [KindSet; Stage::ALL.len()] = {
            let mut table = [KindSet::EMPTY; Stage::ALL.len()];
            let mut kind = 0;
            while kind < CommandKind::COUNT {
                let mut stage = 0;
                while stage < Stage::ALL.len() {
                    #[expect(clippy::indexing_slicing, reason = "both run below the lengths of what they index")]
                    if CommandKind::ALL[kind].stages().contains(Stage::ALL[stage]) {
                        table[stage].0 |= 1 << kind;
                    }
                    stage += 1;
                }
                kind += 1;
            }
            table
        };
        #[expect(clippy::indexing_slicing, reason = "one entry a stage")]
        AT[stage as usize]
    }

    /// Adds `kind`.
    pub const fn insert(&mut self, kind: CommandKind) {
        self.0 |= 1 << kind as u8;
    }

    /// Whether `kind` is in the set.
    #[must_use]
    pub const fn contains(self, kind: CommandKind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    /// The kinds in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The kinds in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The kinds in this set and not in `other`.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// How many kinds there are in it.
    #[must_use]
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The kinds, in the order of the lifecycle.
    pub fn iter(self) -> impl Iterator<Item = CommandKind> {
        let mut bits = self.0;
        std::iter::from_fn(move || {
            let kind = CommandKind::ALL.get(bits.trailing_zeros() as usize)?;
            bits &= bits - 1;
            Some(*kind)
        })
    }
}

impl Serialize for KindSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for KindSet {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "KindSet".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let kind = generator.subschema_for::<CommandKind>();
        schemars::json_schema!({"type": "array", "uniqueItems": true, "items": kind})
    }
}
