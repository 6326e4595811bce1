//! The rules, R-01 to R-60, as values in one table. Deciding, explaining, listing what is allowed, tests, coverage and
//! docs/rules.md all read this table; no rule lives anywhere else.

mod adoption;
mod attendance;
mod clock;
mod confidence;
mod dates;
mod facilitation;
mod group;
mod own;
mod phases;
mod practice;
mod turns;

use crate::{CommandKind, Facts, KindSet, Reason, RuleId};

pub use self::own::OwnRule;
pub(crate) use self::own::{Blamed, leaf, unmet};

/// How a rule binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleClass {
    /// A command that breaks it is rejected and nothing changes.
    Hard,
    /// A parameter of the process.
    Policy,
    /// The host's to keep.
    Adapter,
}

/// What a check answers: nothing, or what it found.
pub type Checked = Result<(), Reason>;

/// How a rule is kept.
#[derive(Clone, Copy, Debug)]
pub enum How {
    /// By a check on these kinds of command.
    Checks {
        /// The kinds it looks at.
        kinds: KindSet,
        /// The check: reads facts, refuses with what it found.
        check: fn(&Facts<'_>) -> Checked,
    },
    /// Before all rules: the expected revision and the idempotency key.
    Gate,
    /// By what the events of a decision say; where it says so.
    Shapes(&'static str),
    /// By types: what it forbids can't be written; why not.
    Types(&'static str),
    /// By the host; what the host does.
    Host(&'static str),
}

/// A rule of the table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// What it is about.
    pub title: &'static str,
    /// How it binds.
    pub class: RuleClass,
    /// What it says, one line.
    pub text: &'static str,
    /// Why it is there, one line.
    pub why: &'static str,
    /// How it is kept.
    pub how: How,
}

impl Rule {
    /// The kinds of command its check looks at; none where it isn't kept by a check.
    #[must_use]
    pub const fn kinds(&self) -> KindSet {
        match self.how {
            How::Checks { kinds, .. } => kinds,
            How::Gate | How::Shapes(_) | How::Types(_) | How::Host(_) => KindSet::EMPTY,
        }
    }

    /// Looks at the facts; nothing to find where the rule isn't kept by a check.
    ///
    /// # Errors
    /// What it found against the command.
    #[inline]
    pub fn check(&self, facts: &Facts<'_>) -> Checked {
        match self.how {
            How::Checks { check, .. } => check(facts),
            How::Gate | How::Shapes(_) | How::Types(_) | How::Host(_) => Ok(()),
        }
    }
}

/// What happens on the floor of a running session: refused while it is paused, interrupted, without facilitator or quorum.
pub(crate) const FLOOR: KindSet = KindSet::of(&[
    CommandKind::OpenPhase,
    CommandKind::SkipPhase,
    CommandKind::ReopenPhase,
    CommandKind::StartTurn,
    CommandKind::ShareStory,
    CommandKind::GiveReport,
    CommandKind::FinishTurn,
    CommandKind::PassTurn,
    CommandKind::DeferTurn,
    CommandKind::CloseRound,
    CommandKind::ExtendPhase,
    CommandKind::DelegateFacilitation,
    CommandKind::StartRecording,
    CommandKind::CloseSession,
    CommandKind::DecideAdoption,
]);

const fn rule(number: u8, class: RuleClass, title: &'static str, text: &'static str, why: &'static str, how: How) -> Rule {
    Rule { id: RuleId::Ours(number), title, class, text, why, how }
}

const fn on(kinds: &[CommandKind], check: fn(&Facts<'_>) -> Checked) -> How {
    How::Checks { kinds: KindSet::of(kinds), check }
}

const fn on_floor_and(kinds: &[CommandKind], check: fn(&Facts<'_>) -> Checked) -> How {
    How::Checks { kinds: FLOOR.or(KindSet::of(kinds)), check }
}

use CommandKind as K;
use RuleClass::{Adapter as A, Hard as H, Policy as P};

/// Every rule, by number.
///
/// # Example
/// ```
/// use peercircle_core::{CommandKind, RULES};
/// let quorum = &RULES[20];
/// assert_eq!((quorum.id.to_string().as_str(), quorum.title), ("R-21", "quorum at start"));
/// assert!(quorum.kinds().contains(CommandKind::StartSession));
/// ```
pub static RULES: &[Rule; 60] = &RULE_TABLE;

const RULE_TABLE: [Rule; 60] = [
    rule(
        1,
        H,
        "phase order",
        "Forward to the next phase only.",
        "Stories come before discussion, plans before practice: each phase lives from the one before.",
        on(&[K::OpenPhase, K::SkipPhase], phases::in_order),
    ),
    rule(
        2,
        P,
        "skipping a phase",
        "A phase may be skipped with a reason, never takeaways, never report-back.",
        "A group short of time drops what it can do without, and nobody goes home unheard.",
        on(&[K::SkipPhase], phases::may_be_skipped),
    ),
    rule(
        3,
        P,
        "going back",
        "The previous phase may be reopened once, in the same session.",
        "Something comes up late; going back for ever would eat the session.",
        on(&[K::ReopenPhase], phases::may_be_reopened),
    ),
    rule(
        4,
        H,
        "retries and races",
        "A stale revision is a conflict; a repeated key returns the first answer.",
        "Phones retry on bad Wi-Fi, and two people press at once.",
        How::Gate,
    ),
    rule(
        5,
        P,
        "group size",
        "From the minimum to the maximum of the process; members are unique.",
        "Enough for different views, few enough that everyone speaks.",
        on(&[K::EnrolMember, K::ScheduleSession, K::StartSession, K::MigrateProcess], group::size),
    ),
    rule(
        6,
        P,
        "peers",
        "Same level, different departments; never a manager and their direct report.",
        "People speak openly among equals, and not in front of who appraises them.",
        on(&[K::EnrolMember], group::peers),
    ),
    rule(
        7,
        H,
        "one challenge",
        "One module a cycle, fixed when session 1 starts; strategies are the module's.",
        "The group works on one challenge from story to adoption.",
        on(&[K::ChooseModule, K::MakePlan, K::GiveReport, K::SubmitReport, K::DecideAdoption], group::one_module),
    ),
    rule(
        8,
        H,
        "ground rules",
        "Everyone in the room accepts the current version before the first story.",
        "Confidence is agreed before anyone needs it.",
        on(&[K::AcceptGroundRules, K::SetGroundRules, K::OpenPhase, K::MarkAttendance], group::ground_rules),
    ),
    rule(
        9,
        P,
        "orientation",
        "Where the process asks for it, members complete an orientation before session 1.",
        "Some organisations want everyone to know the method first.",
        on(&[K::CompleteOrientation, K::StartSession, K::MarkAttendance], group::orientation),
    ),
    rule(
        10,
        H,
        "facilitator",
        "A present member of the group, exactly one at a time.",
        "One of them runs it: no trainer, and no two chairs.",
        on(
            &[K::AppointFacilitator, K::StartSession, K::HandOver, K::ClaimFacilitation, K::DelegateFacilitation],
            facilitation::from_the_room,
        ),
    ),
    rule(
        11,
        H,
        "session 2's facilitator",
        "Another than session 1's, unless nobody else is willing.",
        "The skill of facilitating spreads in the group.",
        on(&[K::AppointFacilitator, K::StartSession, K::HandOver, K::ClaimFacilitation], facilitation::another),
    ),
    rule(
        12,
        H,
        "facilitator missing",
        "A session cannot start without one; nobody is ever appointed automatically.",
        "Facilitating is done willingly or badly.",
        on(&[K::StartSession], facilitation::appointed),
    ),
    rule(
        13,
        P,
        "facilitator leaves",
        "They hand over, or someone claims and another assents; until then the clock stands.",
        "The room goes on by its own decision.",
        on_floor_and(
            &[K::DeclareFacilitatorGone, K::ClaimFacilitation, K::AssentToFacilitator, K::HandOver],
            facilitation::succession,
        ),
    ),
    rule(
        14,
        P,
        "facilitator's own turn",
        "They may delegate the chair for that turn; it returns by itself.",
        "Nobody listens to their own clock while telling a story.",
        on(&[K::DelegateFacilitation], facilitation::own_turn),
    ),
    rule(
        15,
        P,
        "timekeeper",
        "An optional second role for a present member; the facilitator's by default.",
        "Watching the clock can be shared.",
        on(&[K::AppointTimekeeper], facilitation::timekeeper),
    ),
    rule(
        16,
        H,
        "reply",
        "A reply to an invitation never implies presence.",
        "Who said yes and who came are two facts.",
        on(&[K::Reply], attendance::reply),
    ),
    rule(
        17,
        P,
        "apology",
        "Given in time before the session: excused, else absent.",
        "An apology in time lets the others plan.",
        on(&[K::MarkAttendance], attendance::apology),
    ),
    rule(
        18,
        H,
        "marking",
        "A session cannot close with anyone unmarked.",
        "The record says of everyone whether they were there.",
        on(&[K::CloseSession, K::MarkAttendance], attendance::marked),
    ),
    rule(
        19,
        P,
        "late",
        "One may join until action planning or lessons learned starts; the turn goes to the end of the round.",
        "Whoever missed the stories cannot plan with the group.",
        on(&[K::MarkAttendance], attendance::late),
    ),
    rule(
        20,
        H,
        "leaving early",
        "It is recorded; open turns are forfeited; the quorum is checked again.",
        "The record tells who was there to the end.",
        on(&[K::MarkAttendance], attendance::leaving),
    ),
    rule(
        21,
        P,
        "quorum at start",
        "Two thirds of those who may come, never under three.",
        "Below that there are too few stories to learn from.",
        on(&[K::StartSession], attendance::quorum_at_start),
    ),
    rule(
        22,
        P,
        "quorum lost",
        "The facilitator decides to go on or to interrupt; or it must stop.",
        "The room knows best whether it can go on.",
        on_floor_and(&[K::ContinueBelowQuorum], attendance::quorum_lost),
    ),
    rule(
        23,
        P,
        "missed session 1",
        "Materials read, briefed by the buddy, own plan: then practice and session 2 are open.",
        "One missed meeting need not end a cycle.",
        on(&[K::MarkAttendance, K::RecordCatchUp, K::LogPractice], attendance::caught_up),
    ),
    rule(
        24,
        P,
        "missed session 2",
        "A written report and a debrief with the buddy in time make up for it.",
        "What was practised still counts.",
        on(&[K::SubmitReport, K::RecordDebrief], adoption::made_up),
    ),
    rule(
        25,
        P,
        "withdrawal",
        "Any time, with a reason code; the group goes on while there are enough.",
        "Nobody is held, and whoever has left has no part any more.",
        How::Checks { kinds: SUBJECTS.or(KindSet::of(&[K::ResumeCycle])), check: group::still_member },
    ),
    rule(
        26,
        P,
        "replacement",
        "Until session 1 starts; a closed group after.",
        "Confidence is given to known faces.",
        on(&[K::EnrolMember], group::closed),
    ),
    rule(
        27,
        H,
        "turns",
        "In a round, one turn for each member in the room; a story is their own or observed.",
        "Everyone gets an equal turn whatever their position.",
        on(
            &[K::StartTurn, K::ShareStory, K::GiveReport, K::FinishTurn, K::PassTurn, K::DeferTurn, K::DecideAdoption],
            turns::one_each,
        ),
    ),
    rule(
        28,
        P,
        "pass and defer",
        "Defer once, to the end of the round; passing is legitimate.",
        "Silence is allowed, and never counted outside.",
        on(&[K::PassTurn, K::DeferTurn], turns::pass_and_defer),
    ),
    rule(
        29,
        P,
        "report-back",
        "Not having practised, with a reason, is a report; passing without one is not.",
        "What stood in the way teaches, too.",
        on(&[K::PassTurn, K::GiveReport, K::SubmitReport], turns::report),
    ),
    rule(
        30,
        H,
        "leaving a round",
        "Nobody in the room waits or speaks, or the facilitator closes the round with a reason.",
        "Nobody is passed over.",
        on(&[K::OpenPhase, K::SkipPhase, K::ReopenPhase, K::CloseSession, K::CloseRound], turns::round_over),
    ),
    rule(
        31,
        P,
        "airtime",
        "A budget a turn; the order is fixed, voluntary, or least spoken first.",
        "Equal turns need a fair order.",
        on(&[K::StartTurn], turns::order),
    ),
    rule(
        32,
        H,
        "clock",
        "Time never moves state by itself: what is due is a command, and not before its time.",
        "A group is never thrown out by a timer.",
        on(&[K::LapseCycle], clock::due),
    ),
    rule(
        33,
        H,
        "extending",
        "An extension is above zero, and the total stays within the session's cap.",
        "Time for one phase comes from the others, and the day ends.",
        on(&[K::ExtendPhase], clock::extension),
    ),
    rule(
        34,
        H,
        "re-planning",
        "Remaining boxes scale down proportionally; protected phases keep their floors.",
        "The end of the session is not paid for by the takeaways.",
        How::Shapes("the seconds in `phase.opened`, shared out by `replan`"),
    ),
    rule(
        35,
        P,
        "overrun",
        "Past the end only with the assent of everyone in the room.",
        "People have other meetings, and may say so.",
        on(&[K::ExtendPhase, K::AgreeToOverrun], clock::overrun),
    ),
    rule(
        36,
        P,
        "abandoned",
        "Past the end plus a grace a session is interrupted, never completed.",
        "A forgotten session is not a finished one.",
        on(&[K::CloseSession, K::InterruptSession], clock::abandoned),
    ),
    rule(
        37,
        P,
        "pause",
        "With a reason and a total cap; no turn moves while paused.",
        "A break is a break for everyone.",
        on_floor_and(&[K::PauseSession, K::ResumeSession], clock::paused),
    ),
    rule(
        38,
        P,
        "interrupted",
        "It resumes at the same phase in time, else it is held afresh.",
        "An alarm ends a meeting, not the group's work.",
        on_floor_and(&[K::InterruptSession, K::ResumeSession, K::RestartSession, K::PauseSession], clock::interrupted),
    ),
    rule(
        39,
        H,
        "rescheduling",
        "Only before the session starts; session 1 ends before session 2 starts.",
        "Dates move, history stays.",
        on(&[K::ScheduleSession, K::RescheduleSession, K::PostponeSession, K::OpenSession, K::CancelSession], dates::moves),
    ),
    rule(
        40,
        H,
        "postponed",
        "A state of its own: no date yet.",
        "No date is better than a wrong one.",
        on(&[K::OpenSession], dates::dated),
    ),
    rule(
        41,
        H,
        "cancelling",
        "Only before attendance is confirmed; later it is interrupted or terminated.",
        "What began is not made undone.",
        on(&[K::CancelSession, K::CancelCycle], dates::cancelling),
    ),
    rule(
        42,
        P,
        "gap",
        "At least the minimum of days between the sessions; fewer with a reason.",
        "Practice takes weeks.",
        on(&[K::ScheduleSession, K::RescheduleSession, K::OpenSession], dates::gap),
    ),
    rule(
        43,
        P,
        "session 2's date",
        "Session 1 closes with that date, or with the day by which it is fixed.",
        "A group without a next date dissolves.",
        on(&[K::CloseSession, K::PromiseDate], dates::second_date),
    ),
    rule(
        44,
        H,
        "plan",
        "Exactly one current plan for each member before practice; amendments are versions.",
        "Intentions with a when and where are kept.",
        on(&[K::CloseSession, K::LogPractice], practice::plan),
    ),
    rule(
        45,
        P,
        "practice log",
        "Weekly; a missing one is only flagged; none after session 2 starts.",
        "A few lines a week keep the plan alive.",
        on(&[K::LogPractice, K::CheckIn], practice::weeks),
    ),
    rule(
        46,
        P,
        "buddies",
        "Pairs, one trio if odd; never oneself.",
        "Someone asks how it goes.",
        on(&[K::PairBuddies, K::CheckIn], practice::buddies),
    ),
    rule(
        47,
        H,
        "adoption",
        "At least one strategy, own or reported, or none with a reason; not before session 2.",
        "One adopts what one has tried or heard tried.",
        on(&[K::DecideAdoption], adoption::decided),
    ),
    rule(
        48,
        H,
        "confidentiality",
        "What was said never enters the machine.",
        "What cannot be stored cannot leak.",
        How::Types("events have no text but ids; a note is 128 bits of reference"),
    ),
    rule(
        49,
        H,
        "loosening privacy",
        "Privacy only ever tightens within a cycle.",
        "What was said under one promise is not told under another.",
        on(&[K::TightenPrivacy, K::MigrateProcess], confidence::tightens),
    ),
    rule(
        50,
        H,
        "recording",
        "Only with the consent of everyone in the room.",
        "One refusal is enough.",
        on(&[K::RequestRecording, K::AnswerRecording, K::StartRecording, K::StopRecording], confidence::recording),
    ),
    rule(
        51,
        P,
        "breach reported",
        "The cycle is suspended; the group decides.",
        "Trust is the group's to mend.",
        on(&[K::SuspendCycle, K::ReportBreach, K::ResumeCycle, K::TerminateCycle], confidence::group_decides),
    ),
    rule(
        52,
        A,
        "duty to disclose",
        "Stated in the ground rules; no path in the core reveals content.",
        "Some things must be reported by law, by a person.",
        How::Host("words the ground rules and shows them before acceptance"),
    ),
    rule(
        53,
        P,
        "place",
        "Onsite, or where the process opens other places.",
        "The talk is better in one room.",
        on(&[K::ScheduleSession], dates::place),
    ),
    rule(
        54,
        H,
        "time zones",
        "Instants only; civil time belongs to adapters.",
        "A meeting is at one moment, whatever the clock on the wall says.",
        How::Types("`Instant` is milliseconds since 1970 in UTC"),
    ),
    rule(
        55,
        H,
        "clock going back",
        "The caller gives the time; earlier than the last event is rejected.",
        "A history has one direction.",
        How::Checks { kinds: KindSet::ALL, check: clock::forward },
    ),
    rule(
        56,
        H,
        "erasure",
        "Anonymising a member keeps counts, and the history still replays.",
        "People may be forgotten without the record falling apart.",
        on(&[K::AnonymiseMember], confidence::erasable),
    ),
    rule(
        57,
        A,
        "member gone from HR",
        "Becomes a withdrawal, never a dangling id.",
        "Directories change on their own.",
        How::Host("sends `member.withdraw` as the host when a person leaves the directory"),
    ),
    rule(
        58,
        H,
        "feedback",
        "Only from members who attended.",
        "Who was not there cannot say how it was.",
        on(&[K::GiveFeedback], attendance::feedback),
    ),
    rule(
        59,
        P,
        "two places at once",
        "One person is not in two running sessions.",
        "A record of two rooms at once is wrong in one.",
        on(&[K::MarkAttendance], attendance::elsewhere),
    ),
    rule(
        60,
        H,
        "next cycle",
        "Starts only when the last one has ended; the rota goes on.",
        "One challenge at a time.",
        on(&[K::FormCycle], group::previous_ended),
    ),
];

/// The kinds that are about a member, who must still be one (R-25).
const SUBJECTS: KindSet = KindSet::of(&[
    K::WithdrawMember,
    K::AcceptGroundRules,
    K::CompleteOrientation,
    K::AppointFacilitator,
    K::AppointTimekeeper,
    K::Reply,
    K::MarkAttendance,
    K::StartTurn,
    K::ShareStory,
    K::GiveReport,
    K::FinishTurn,
    K::PassTurn,
    K::DeferTurn,
    K::MakePlan,
    K::AgreeToOverrun,
    K::HandOver,
    K::ClaimFacilitation,
    K::DelegateFacilitation,
    K::AnswerRecording,
    K::LogPractice,
    K::CheckIn,
    K::RecordCatchUp,
    K::SubmitReport,
    K::RecordDebrief,
    K::DecideAdoption,
    K::WaiveMember,
    K::VoteOnSuspension,
]);

/// Which rules look at a kind, as bits by place in the table.
pub(crate) const fn looking_at(kind: CommandKind) -> u64 {
    #[expect(clippy::indexing_slicing, reason = "one entry a variant")]
    LOOKING[kind as usize]
}

const LOOKING: [u64; CommandKind::COUNT] = {
    let mut table = [0; CommandKind::COUNT];
    let mut at = 0;
    while at < RULE_TABLE.len() {
        let mut kind = 0;
        while kind < CommandKind::COUNT {
            #[expect(clippy::indexing_slicing, reason = "both run below the lengths of what they index")]
            if RULE_TABLE[at].kinds().contains(CommandKind::ALL[kind]) {
                table[kind] |= 1 << at;
            }
            kind += 1;
        }
        at += 1;
    }
    table
};

impl RuleId {
    /// The rule of the table with this id; none for a process file's or an embedder's own.
    #[must_use]
    pub fn rule(self) -> Option<&'static Rule> {
        match self {
            Self::Ours(number) => RULES.get(usize::from(number).checked_sub(1)?),
            Self::Process(_) | Self::Code(_) => None,
        }
    }
}
