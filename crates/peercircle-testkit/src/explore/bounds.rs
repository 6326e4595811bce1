//! What an exploration takes into account: how many members, what may go wrong how often, and what is left out for good reason.

use serde::Serialize;

/// How far an exploration goes. What lies past these bounds, its answer says nothing about.
///
/// # Example
/// ```
/// use peercircle_testkit::explore::Bounds;
/// let bounds = Bounds { members: 4, troubles: 0, ..Bounds::default() };
/// assert_eq!((bounds.leaving, bounds.absent, bounds.late), (1, 1, 1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Bounds {
    /// Members at the beginning, 3 to 9; never more than the process has room for.
    pub members: u8,
    /// How many leave the group or a session before its end, at any time, 0 to 3.
    pub leaving: u8,
    /// How many don't come to a session, 0 to 3 for each of the two.
    pub absent: u8,
    /// How many come late to a session, or are waited for and never come, 0 to 3 for each of the two.
    pub late: u8,
    /// How many other things go wrong in a cycle, 0 to 3: a pause, an interruption, a suspension, a date moved, a session that
    /// drags on, a phase skipped or reopened, a round closed early, a facilitator who hands over or is gone.
    pub troubles: u8,
    /// The most states that are kept. Past it, the answer is partial and says so.
    pub states: usize,
    /// The most memory of states and of those to look at next, in bytes. Past it, the answer is partial and says so. Once there are
    /// none to look at next, what stories are told from gets as much of it as the states leave, 32 MiB at most. Not counted is what
    /// the answer works out of them then: what each can still reach, and from where, which takes less than the states themselves; and
    /// the points at which it looks for a way out of a knot.
    pub memory: usize,
    /// Threads that look, 1 to 64. The answer doesn't depend on it.
    pub threads: u8,
    /// What is left out.
    pub reductions: Reductions,
}

impl Default for Bounds {
    /// Six members, one of whom may leave, be absent and be late, and one trouble; within 4 GiB, on two threads.
    fn default() -> Self {
        Self {
            members: 6,
            leaving: 1,
            absent: 1,
            late: 1,
            troubles: 1,
            states: 50_000_000,
            memory: 4 << 30,
            threads: 2,
            reductions: Reductions::ALL,
        }
    }
}

impl Bounds {
    /// The bounds in sentences, as an answer prints them.
    #[must_use]
    pub fn say(&self) -> Vec<String> {
        let many = |count: u8, one: &str, more: &str| match count {
            0 => format!("nobody {one}"),
            1 => format!("one member at most {one}"),
            _ => format!("{count} members at most {more}"),
        };
        vec![
            format!("a group of {}", self.members),
            many(self.leaving, "leaves the group or a session early, at any time", "leave the group or a session early"),
            many(self.absent, "is absent from a session", "are absent from a session"),
            many(
                self.late,
                "comes late to a session, or is waited for in vain",
                "come late to a session, or are waited for in vain",
            ),
            match self.troubles {
                0 => "nothing else goes wrong".to_owned(),
                1 => "one other thing at most goes wrong in a cycle".to_owned(),
                troubles => format!("{troubles} other things at most go wrong in a cycle"),
            },
        ]
    }
}

macro_rules! reductions {
    ($($(#[$doc:meta])* $Variant:ident = $says:literal,)+) => {
        /// Something an exploration leaves out because it changes no answer. The kit's tests explore small groups with and without
        /// each, and compare.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Reduction {
            $($(#[$doc])* $Variant,)+
        }

        impl Reduction {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),+];

            /// What it says about groups.
            #[must_use]
            pub const fn says(self) -> &'static str {
                match self { $(Self::$Variant => $says),+ }
            }
        }
    };
}

reductions! {
    /// Members with the same facts are interchangeable: states that differ in names are one, and so are moves.
    Names = "members of whom the same is known are interchangeable",
    /// A cycle that has ended is one state an end.
    Ends = "what follows the end of a cycle plays no part",
    /// Ground rules are accepted, plans made, dates found and facilitators appointed when they are needed.
    Chores = "what nothing waits for yet is done when it is needed: ground rules, orientation, plans, dates, who facilitates",
    /// Arrivals, acceptances, votes and the like: what people do each for themselves is done in one go.
    Together = "what people do each for themselves is done in one go: arriving, accepting, catching up, agreeing, voting",
    /// A session is given up, and held afresh, at its beginning, or where it can't go on.
    Afresh = "a session that is given up is given up before anybody has reported: later, the group is only further on",
    /// Replies, logs, check-ins, feedback: nothing in the process asks for them, or a rule of its own does.
    Records = "replies, logs, check-ins, feedback and the like are given only where a rule of the process asks for them",
    /// Members take their turns in one order; the place in a round's queue isn't part of a state.
    Order = "in which order members speak plays no part",
    /// Whoever passed has had their turn, like whoever told a story.
    Passing = "a turn that was passed is a turn that was had",
    /// What no rule asks for any more isn't part of a state.
    Past = "what no rule asks for any more is forgotten",
    /// Whether a suspended cycle may go on or end is asked once for all that look alike to those who decide it.
    Stopped = "whether a suspended cycle may go on or end doesn't depend on where it was stopped",
    /// One reason stands for all reasons.
    Reasons = "one reason stands for all, and one strategy for all",
    /// Time stops at the instants at which a rule may answer differently, not at mere reminders.
    Calendar = "time stops only where a rule may answer differently afterwards; in a session it passes once it drags on",
}

/// A set of reductions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reductions(u16);

impl Reductions {
    /// All of them.
    pub const ALL: Self = Self((1 << Reduction::ALL.len()) - 1);
    /// None: everything is explored as it is.
    pub const NONE: Self = Self(0);

    /// Whether this one is in the set.
    #[must_use]
    pub const fn has(self, one: Reduction) -> bool {
        self.0 & (1 << one as u8) != 0
    }

    /// The set without this one.
    #[must_use]
    pub const fn without(self, one: Reduction) -> Self {
        Self(self.0 & !(1 << one as u8))
    }

    /// Those in the set.
    pub fn iter(self) -> impl Iterator<Item = Reduction> {
        Reduction::ALL.iter().copied().filter(move |one| self.has(*one))
    }
}

impl Serialize for Reductions {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// How much of the bounds a cycle has used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Spent {
    pub(super) left: u8,
    pub(super) absent: u8,
    pub(super) late: u8,
    pub(super) troubles: u8,
}

/// What of the bounds a move uses up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cost {
    /// Nothing.
    Free,
    /// One who leaves.
    Leaving,
    /// One who is absent.
    Absent,
    /// One who comes late.
    Late,
    /// One other thing that goes wrong.
    Trouble,
}

/// What is used up in a byte: two bits each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Packed(u8);

impl Packed {
    /// Whether anything is used up in `next` that isn't here.
    pub(super) fn pays_for(self, next: Self) -> bool {
        let more = |shift: u8| next.0 >> shift & 3 > self.0 >> shift & 3;
        more(0) || more(2) || more(4) || more(6)
    }
}

impl Spent {
    /// `missing` are late, and not here yet.
    pub(super) fn packed(self, missing: u8) -> Packed {
        let late = self.late.saturating_add(missing).min(3);
        Packed(self.left | self.absent << 2 | late << 4 | self.troubles << 6)
    }

    /// With this cost on top, where the bounds allow it.
    #[must_use]
    pub const fn and(self, cost: Cost, bounds: &Bounds) -> Option<Self> {
        let mut next = self;
        let (count, most) = match cost {
            Cost::Free => return Some(self),
            Cost::Leaving => (&mut next.left, bounds.leaving),
            Cost::Absent => (&mut next.absent, bounds.absent),
            Cost::Late => (&mut next.late, bounds.late),
            Cost::Trouble => (&mut next.troubles, bounds.troubles),
        };
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(next)
    }
}
