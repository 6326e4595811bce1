//! Reason codes: why something was done, as a closed list. A sentence has no place here; words go behind a
//! [`NoteRef`](crate::NoteRef).

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $Name:ident { $($(#[$vdoc:meta])* $Variant:ident = $label:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum $Name {
            $(#[doc = $label] $(#[$vdoc])* $Variant,)+
        }

        impl $Name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),+];

            /// The code in a sentence.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$Variant => $label),+ }
            }
        }
    )+};
}

codes! {
    /// Presence at a session, as a fact.
    Attendance {
        Unmarked = "not marked yet",
        Present = "present",
        Late = "late",
        LeftEarly = "left early",
        Excused = "excused",
        Absent = "absent",
    }
    /// What is missing of a catch-up after a missed session 1; the third part is one's own plan.
    CatchUpPart {
        MaterialsRead = "materials read",
        BuddyBriefed = "briefed by the buddy",
    }
    /// Why a cycle or a session was called off.
    CancelReason {
        BelowMinimum = "too few members",
        Business = "the business did not allow it",
        NoInterest = "no interest any more",
    }
    /// An answer to the request to record.
    Consent {
        Given = "consent given",
        Refused = "consent refused",
    }
    /// Why the facilitator goes on below the quorum.
    ContinueReason {
        AllAgree = "all present agree",
        NearlyDone = "nearly done",
    }
    /// Why a round was closed before everyone had spoken.
    ForceReason {
        GroupWish = "the group wishes to go on",
        Time = "no time left",
        Unreachable = "a member cannot be reached",
    }
    /// Why a session was interrupted.
    InterruptReason {
        Abandoned = "abandoned after its end",
        Emergency = "an emergency",
        FacilitatorMissing = "no facilitator",
        QuorumLost = "too few left in the room",
        Suspended = "the cycle was suspended",
    }
    /// Why a member adopts none of the strategies.
    NoAdoptionReason {
        AlreadyDone = "already did so before",
        DidNotFit = "did not fit my situation",
        NotEnoughPractice = "not enough practice",
        Undisclosed = "reason not given",
    }
    /// Why a member did not practise.
    NoPracticeReason {
        ChangedMind = "chose otherwise",
        NoOpportunity = "no opportunity came",
        NoTime = "no time",
        Undisclosed = "reason not given",
    }
    /// Why a session was paused.
    PauseReason {
        Break = "a break",
        Disturbance = "a disturbance",
        SensitiveMoment = "a moment for someone",
        Technical = "a technical problem",
    }
    /// Where a session is held.
    Place {
        Onsite = "onsite",
        Mixed = "onsite and remote",
        Remote = "remote",
    }
    /// Why a session was postponed.
    PostponeReason {
        BelowQuorum = "too few present",
        Business = "the business did not allow it",
        FacilitatorMissing = "no facilitator",
        GroupRequest = "the group asked for it",
        Room = "no room",
    }
    /// What leaves the group of it; only ever tightened within a cycle. Loosest first.
    Privacy {
        Named = "named facts",
        Counts = "counts only",
        Sealed = "state only",
    }
    /// Why the same member facilitates both sessions.
    RepeatReason {
        NoOtherPresent = "nobody else is present",
        NoOtherWilling = "nobody else is willing",
    }
    /// Why a phase was reopened.
    ReopenReason {
        NewInformation = "something new came up",
        Unfinished = "it was not finished",
    }
    /// A reply to an invitation; never a fact of presence.
    Rsvp {
        NeedsAction = "no reply yet",
        Accepted = "accepted",
        Declined = "declined",
        Tentative = "tentative",
    }
    /// Why session 2 comes sooner than the process wants.
    ShortGapReason {
        Deadline = "a deadline of the organisation",
        GroupRequest = "the group asked for it",
        Holidays = "holidays",
    }
    /// Why a phase was skipped.
    SkipReason {
        LeftOut = "the process leaves it out",
        NoMaterials = "the materials are missing",
        NotNeeded = "the group does not need it",
        Time = "no time left",
    }
    /// Whose story it is.
    StoryKind {
        Own = "their own",
        Observed = "observed",
    }
    /// Why a cycle was suspended.
    SuspendReason {
        BelowMinimum = "too few members",
        Breach = "a breach of confidentiality was reported",
        Reorganisation = "a reorganisation",
        Request = "the group asked for it",
        SessionCancelled = "session 2 was cancelled",
    }
    /// Why a cycle was terminated.
    TerminateReason {
        BelowMinimum = "too few members",
        Business = "the business did not allow it",
        GroupDecision = "the group decided so",
    }
    /// A vote on what becomes of a suspended cycle.
    Vote {
        GoOn = "go on",
        End = "end it",
    }
    /// Why the organiser frees a member from what is left.
    WaiveReason {
        LongLeave = "a long leave",
        NewRole = "a new role",
        OrganiserDecision = "the organiser decided so",
    }
    /// Why a member leaves the group.
    WithdrawalReason {
        ChangedRole = "changed role",
        Illness = "illness",
        LeftOrganisation = "left the organisation",
        NoContact = "cannot be reached",
        NotAFit = "not a fit",
        Undisclosed = "reason not given",
        Workload = "workload",
    }
}

impl Attendance {
    /// Whether the member was there at some time.
    #[must_use]
    pub const fn attended(self) -> bool {
        matches!(self, Self::Present | Self::Late | Self::LeftEarly)
    }
}
