//! What rules of a process's own, and properties, ask for that groups don't do for its own sake.

use std::collections::{BTreeMap, BTreeSet};

use peercircle_core::{Attendance, CommandKind, Condition, Counted, Cycle, KindSet, OwnRuleSpec, Role, Stage};

use super::bounds::Reduction;
use crate::property::{Property, Template};

/// What rules count, and groups can do more of wherever something wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doable {
    /// Ground rules accepted.
    Rules,
    /// Plans made.
    Plans,
    /// Weeks logged.
    Entries,
}

impl Doable {
    fn of(what: Counted) -> Option<Self> {
        match what {
            Counted::AcceptedRules => Some(Self::Rules),
            Counted::Plans => Some(Self::Plans),
            Counted::PracticeEntries => Some(Self::Entries),
            Counted::Members | Counted::Present | Counted::TurnsDone | Counted::Reports | Counted::AdoptionDecisions => None,
        }
    }

    /// What adds one.
    const fn kind(self) -> CommandKind {
        match self {
            Self::Rules => CommandKind::AcceptGroundRules,
            Self::Plans => CommandKind::MakePlan,
            Self::Entries => CommandKind::LogPractice,
        }
    }

    /// How many there are.
    pub(super) fn count(self, cycle: &Cycle) -> u32 {
        cycle.count(match self {
            Self::Rules => Counted::AcceptedRules,
            Self::Plans => Counted::Plans,
            Self::Entries => Counted::PracticeEntries,
        })
    }
}

/// Of what groups can do more of, at which numbers rules of the process's own answer otherwise, by the kinds they look at.
pub(super) fn wanted(rules: &[OwnRuleSpec]) -> BTreeMap<(CommandKind, Doable), BTreeSet<u32>> {
    let mut wanted: BTreeMap<_, BTreeSet<u32>> = BTreeMap::new();
    for rule in rules {
        for leaf in leaves_of(std::slice::from_ref(rule)) {
            let Condition::Count(bound) = leaf else { continue };
            let Some(what) = Doable::of(bound.of) else { continue };
            let past = bound.at_most.map(|most| u32::from(most) + 1);
            let numbers = bound.at_least.map(u32::from).into_iter().chain(past);
            // Of what is counted itself, one after the other is a move of its own. What is counted later than it can be done is done
            // before: nobody logs once session 2 has begun.
            let last = (what == Doable::Entries).then_some(CommandKind::StartSession);
            let others = rule.applies_to.iter().copied().filter(|kind| *kind != what.kind());
            for kind in others.chain(last) {
                wanted.entry((kind, what)).or_default().extend(numbers.clone());
            }
        }
    }
    wanted
}

/// Of what groups can do more of, so many that a rule of the process's own no longer lets something pass; under a `not` that may be
/// what is enough elsewhere.
pub(super) fn too_many(rules: &[OwnRuleSpec]) -> BTreeSet<(Doable, u32)> {
    let mut numbers = BTreeSet::new();
    for rule in rules {
        let turned_round = negates(&rule.require);
        for leaf in leaves_of(std::slice::from_ref(rule)) {
            let Condition::Count(bound) = leaf else { continue };
            let Some(what) = Doable::of(bound.of) else { continue };
            numbers.extend(bound.at_most.map(|most| (what, u32::from(most) + 1)));
            numbers.extend(bound.at_least.filter(|_| turned_round).map(|least| (what, u32::from(least))));
        }
    }
    numbers
}

/// Whether a condition turns another round.
fn negates(condition: &Condition) -> bool {
    match condition {
        Condition::Not(_) => true,
        Condition::All(of) | Condition::Any(of) | Condition::AtLeast { of, .. } => of.iter().any(negates),
        Condition::Role(_)
        | Condition::Elapsed(_)
        | Condition::Attendance { .. }
        | Condition::Count(_)
        | Condition::Stage(_)
        | Condition::Phase(_) => false,
    }
}

/// The kinds that rules of the process's own look at that ask for something of this sort.
pub(super) fn kinds_with(rules: &[OwnRuleSpec], is: fn(&Condition) -> bool) -> KindSet {
    let asking = rules.iter().filter(|rule| leaves_of(std::slice::from_ref(*rule)).any(is));
    asking.flat_map(|rule| rule.applies_to.iter().copied()).fold(KindSet::EMPTY, with)
}

pub(super) const fn is_count(leaf: &Condition) -> bool {
    matches!(leaf, Condition::Count(_))
}

pub(super) const fn is_about_members(leaf: &Condition) -> bool {
    matches!(leaf, Condition::Role(_) | Condition::Attendance { .. })
}

pub(super) fn tells_excused(leaf: &Condition) -> bool {
    let Condition::Attendance { is, .. } = leaf else { return false };
    is.contains(&Attendance::Excused) != is.contains(&Attendance::Absent)
}

/// Kinds that only note something, or more of what is done once for something else, and aren't given for their own sake.
const NOTED: KindSet = KindSet::of(&[
    CommandKind::AppointTimekeeper,
    CommandKind::CheckIn,
    CommandKind::GiveFeedback,
    CommandKind::SetGroundRules,
    CommandKind::MakePlan,
    CommandKind::RecordDebrief,
]);

/// Of these kinds those that properties speak of, what they ask for included; of checking in and keeping time also what a rule hinders
/// or asks for.
pub(super) fn noted(mentioned: KindSet, hindered: KindSet, rules: &[OwnRuleSpec]) -> KindSet {
    let (timekeeper, check_in) = (CommandKind::AppointTimekeeper, CommandKind::CheckIn);
    let asks = |leaf: &Condition| matches!(leaf, Condition::Role(roles) if roles.contains(&Role::Timekeeper));
    let mut noted = NOTED.and(mentioned).or(hindered.and(KindSet::of(&[timekeeper, check_in])));
    if leaves_of(rules).any(asks) {
        noted.insert(timekeeper);
    }
    noted
}

/// Kinds of which a property counts more than one.
pub(super) fn counted(properties: &[Property]) -> KindSet {
    let counts = |one: &&Property| {
        matches!(one.template, Template::Absence { beyond: 1.., .. } | Template::Existence { at_least: 2.., .. })
    };
    properties.iter().filter(counts).flat_map(Property::kinds).fold(KindSet::EMPTY, with)
}

/// Kinds that are given while no session runs.
pub(super) const AHEAD: KindSet = KindSet::at_stage(Stage::Scheduled).or(KindSet::at_stage(Stage::Practising));

pub(super) const PAIRING: KindSet = KindSet::of(&[CommandKind::PairBuddies]);

pub(super) const APPOINTING: KindSet = KindSet::of(&[CommandKind::AppointFacilitator]);

/// What a reduction passes over, so that it can't be used where a property speaks of it.
pub(super) const TOLD_APART: &[(KindSet, Reduction)] = &[
    (
        KindSet::of(&[
            CommandKind::MarkAttendance,
            CommandKind::RecordCatchUp,
            CommandKind::AgreeToOverrun,
            CommandKind::VoteOnSuspension,
            CommandKind::ClaimFacilitation,
            CommandKind::AssentToFacilitator,
            CommandKind::RecordDebrief,
            CommandKind::SubmitReport,
            CommandKind::DecideAdoption,
            CommandKind::WaiveMember,
        ]),
        Reduction::Together,
    ),
    (KindSet::of(&[CommandKind::GiveFeedback]), Reduction::Ends),
    (KindSet::of(&[CommandKind::PassTurn]), Reduction::Passing),
];

pub(super) fn with(mut kinds: KindSet, kind: CommandKind) -> KindSet {
    kinds.insert(kind);
    kinds
}

/// Whether a rule of the process's own counts this.
pub(super) fn counts(cycle_rules: &[OwnRuleSpec], what: Counted) -> bool {
    leaves_of(cycle_rules).any(|leaf| matches!(leaf, Condition::Count(bound) if bound.of == what))
}

/// The conditions of the process's own rules that ask for something themselves.
pub(super) fn leaves_of(rules: &[OwnRuleSpec]) -> impl Iterator<Item = &Condition> {
    rules.iter().flat_map(|rule| leaves(&rule.require))
}

/// The conditions of this one that ask for something themselves.
pub(super) fn leaves(condition: &Condition) -> Vec<&Condition> {
    match condition {
        Condition::All(of) | Condition::Any(of) | Condition::AtLeast { of, .. } => of.iter().flat_map(leaves).collect(),
        Condition::Not(one) => leaves(one),
        Condition::Role(_)
        | Condition::Elapsed(_)
        | Condition::Attendance { .. }
        | Condition::Count(_)
        | Condition::Stage(_)
        | Condition::Phase(_) => vec![condition],
    }
}
