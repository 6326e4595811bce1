//! Two processes beside each other, or one under two rulebooks: the settings in which they differ, what one allows and the other refuses, with the shortest
//! story of each, and what the change would have meant for recorded cycles.
//!
//! ```
//! use peercircle_core::{CommandKind, KindSet, OwnRule, Process, Rulebook};
//! use peercircle_testkit::{Ruled, difference::difference, explore::{Bounds, quietly}};
//! let everyone = OwnRule {
//!     id: "ACME-7",
//!     title: "everyone comes",
//!     applies_to: KindSet::of(&[CommandKind::StartSession]),
//!     check: |facts| if facts.in_room() == facts.ledger().active() { Ok(()) } else { Err("somebody isn't here") },
//!     remedy: "find another day",
//! };
//! let ours = Ruled::new(Process::default(), Rulebook::standard().with(everyone));
//! let bounds = Bounds { members: 4, leaving: 0, absent: 1, late: 0, troubles: 0, ..Bounds::default() };
//! let found = difference(Process::default(), &ours, &bounds, &mut quietly);
//! let told = "Peer learning group lets them start the session, Peer learning group with ACME-7 doesn't (ACME-7)";
//! assert!(found.to_string().contains(told));
//! ```

mod asides;
mod display;
mod impact;
mod names;
mod plain;
mod search;
mod settings;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

use peercircle_core::{CommandKind, DueKind, Instant, Process, Stage};
use serde::Serialize;

pub use self::{
    impact::{Impact, Refused, Unreplayed, impact},
    settings::{Setting, settings},
};
use crate::{
    Ruled,
    explore::{Bounds, Stopped, Watch},
    story::Line,
};

/// What two processes differ in: their settings, and what of it shows within the bounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The name of the one; where both have one name, with what tells them apart.
    pub one: String,
    /// The name of the other.
    pub other: String,
    /// How far it looked.
    pub bounds: Bounds,
    /// The settings in which they differ. Where there is none, there was nothing to look at.
    pub settings: Vec<Setting>,
    /// The ids of the rules in code that one or both are under. What is told is so; that there is no story holds as far as these look
    /// only at what states are told apart by.
    pub in_code: BTreeSet<String>,
    /// Whether a group of one size may live both. Where not, there was nothing to look at.
    pub same_size: bool,
    /// The most members that a group had under both.
    pub largest: u8,
    /// Pairs of states that were looked at.
    pub pairs: usize,
    /// Why it ended before everything within the bounds was seen; nothing where all was.
    pub stopped: Option<Stopped>,
    /// What one of them refuses and the other doesn't, while a group is at the same stage under both: one story for all that the
    /// same rules refuse. Those with the fewest mishaps come first, and of these the shortest.
    pub witnesses: Vec<Witness>,
    /// What leads to another stage under the one than under the other, one story for each command.
    pub partings: Vec<Parting>,
    /// What falls due at another time under the one than under the other, as far as it comes of settings that no witness and no
    /// parting tells of.
    pub owed: Vec<Owed>,
    /// The settings that by themselves allow and refuse nothing, with what they do, in a sentence without a full stop.
    pub plain: BTreeMap<String, &'static str>,
    /// The other settings that no story tells of.
    pub untold: Vec<String>,
}

/// What falls due at one time under the one process, and at another or never under the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Owed {
    /// What.
    pub due: DueKind,
    /// The same in a sentence.
    pub says: String,
    /// When under the one; nothing where it never is.
    pub one: Option<Instant>,
    /// When under the other; nothing where it never is.
    pub other: Option<Instant>,
    /// The settings of which it comes.
    pub settings: Vec<String>,
    /// The shortest history after which it stands.
    pub story: Vec<Line>,
}

/// A history after which one process refuses what the other accepts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Witness {
    /// The command.
    pub command: CommandKind,
    /// The process that accepts it.
    pub accepted_by: Which,
    /// The rules by which the other refuses.
    pub refused_by: Vec<String>,
    /// What the other says to it.
    pub says: Vec<String>,
    /// The settings of which it comes: with one of them changed, the story goes otherwise.
    pub settings: Vec<String>,
    /// The shortest history that shows it, the command itself last.
    pub story: Vec<Line>,
    /// The other commands that the same rules refuse where the one accepts them.
    pub also: Vec<CommandKind>,
}

/// A history that leads to one stage under the one process, and to another under the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Parting {
    /// The command at which they part.
    pub command: CommandKind,
    /// Where it leads under the one.
    pub one: Stage,
    /// Where it leads under the other.
    pub other: Stage,
    /// The settings of which it comes: with one of them changed, the story goes otherwise.
    pub settings: Vec<String>,
    /// The shortest history that shows it, the command itself last.
    pub story: Vec<Line>,
    /// How many more pairs of stages the same command leads to.
    pub more: usize,
}

/// One of two processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// The first.
    One,
    /// The second.
    Other,
}

/// Compares the settings of two processes, and where they differ gives the same commands to a group under each: those with the
/// fewest mishaps first, as long as both accept. What differs only because the group is at another stage already isn't told.
///
/// A group is as large as the bounds say, or as near to that as both processes allow.
///
/// # Example
/// ```
/// use peercircle_core::{CommandKind, Process};
/// use peercircle_testkit::{difference::{Which, difference}, explore::{Bounds, quietly}};
/// let mut spec = Process::default().spec().clone();
/// spec.quorum.floor = 4;
/// let stricter = Process::new(spec)?;
/// let bounds = Bounds { members: 4, leaving: 0, absent: 1, late: 0, troubles: 0, ..Bounds::default() };
/// let found = difference(Process::default(), &stricter, &bounds, &mut quietly);
/// let first = &found.witnesses[0];
/// assert_eq!((first.command, first.accepted_by), (CommandKind::StartSession, Which::One));
/// assert_eq!((first.refused_by[0].as_str(), first.settings[0].as_str()), ("R-21", "quorum.floor"));
/// # Ok::<(), peercircle_core::ProcessIssues>(())
/// ```
#[must_use]
pub fn difference(one: impl Into<Ruled>, other: impl Into<Ruled>, bounds: &Bounds, watch: &mut Watch<'_>) -> Difference {
    let (one, other) = (one.into(), other.into());
    let settings = settings(&one, &other);
    let sizes = sizes(&[one.process(), other.process()]);
    let same_size = !sizes.is_empty();
    let [first, second] = names::names(&one, &other);
    let mut found = Difference {
        one: first,
        other: second,
        bounds: *bounds,
        settings,
        in_code: one.in_code().into_iter().chain(other.in_code()).collect(),
        same_size,
        largest: 0,
        pairs: 0,
        stopped: None,
        witnesses: Vec::new(),
        partings: Vec::new(),
        owed: Vec::new(),
        plain: BTreeMap::new(),
        untold: Vec::new(),
    };
    if !found.settings.is_empty() && same_size {
        found.bounds.members = bounds.members.max(*sizes.start()).min(*sizes.end());
        search::search(&mut found, [&one, &other], watch);
    }
    let told = found.told();
    let left: Vec<_> = found.settings.iter().filter(|setting| !told.contains(&setting.name)).collect();
    let owed: BTreeSet<_> = found.owed.iter().flat_map(|one| &one.settings).collect();
    let plain: BTreeMap<_, _> = left.iter().filter_map(|one| Some((one.name.clone(), plain::says(one)?))).collect();
    let untold = left.iter().filter(|one| !owed.contains(&one.name) && !plain.contains_key(&one.name));
    let untold = untold.map(|one| one.name.clone()).collect();
    (found.plain, found.untold) = (plain, untold);
    found
}

/// How many members a group can begin with that all of these processes allow and that an exploration takes on; empty where
/// there is no such number.
#[must_use]
pub fn sizes(processes: &[&Process]) -> RangeInclusive<u8> {
    let groups = || processes.iter().map(|process| &process.spec().group);
    let low = groups().map(|group| group.minimum.max(3)).max().unwrap_or(3);
    // An exploration of more than nine is asked for only where the process has no smaller groups.
    let high = groups().map(|group| group.maximum.min(9).max(group.minimum)).min().unwrap_or(9);
    low..=high
}

impl Difference {
    /// The settings that a witness or a parting tells of.
    fn told(&self) -> BTreeSet<String> {
        let partings = self.partings.iter().flat_map(|one| &one.settings);
        self.witnesses.iter().flat_map(|one| &one.settings).chain(partings).cloned().collect()
    }

    /// Whether they differ in no setting and no rule in code, their names and texts aside.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.settings.is_empty()
    }
}
