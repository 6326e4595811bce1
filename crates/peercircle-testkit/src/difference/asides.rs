//! Asides: what is tried beside a model's moves, because a setting in which two processes differ decides it and groups get on
//! without it. Nothing is followed behind an aside.

mod tries;

use std::collections::BTreeSet;

use peercircle_core::{
    Actor, Command, CommandKind, DueKind, Instant, KindSet, Process, Reason, Rejection, ReopenReason, Role,
};

use self::tries::Place;
use super::Setting;
use crate::{
    explore::{Act, Cost, Model, Move, Point, Tried},
    walk::{actors, menu},
};

/// What the settings that differ ask to be tried.
#[derive(Debug, Default)]
pub(super) struct Asides {
    trials: BTreeSet<Trial>,
    /// Kinds of which every payload on the menu is given, by one whose part it is.
    given: BTreeSet<CommandKind>,
    /// The same, by everyone.
    by_all: BTreeSet<CommandKind>,
}

/// Something that is tried in several steps, or at a time of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trial {
    /// Somebody apologises at the last moment of the one who wants it later, and is marked.
    Apology,
    /// So few come that it is too few for one of them.
    Few,
    /// Somebody joins who may not fit, or one too many for one of them.
    Joining,
    /// As much longer as one of them lets a phase take.
    Longer,
    /// A second pause, once the first has lasted as long as one of them allows.
    Pauses,
    /// Back by as many phases as is too often for one of them.
    Reopening,
    /// A recording, from the question to its end.
    Recording,
    /// Session 2 on the first day that one of them allows, or a day sooner for a reason; and a session at each place.
    SecondDay,
    /// The weeks of practice that only one of them has.
    Weeks,
}

/// A step of an aside.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Somebody whose part it is gives a command.
    Give(Command),
    /// They give it.
    By(Act),
    /// The phase is extended by the most that either allows.
    Extend,
    /// The previous phase is opened again.
    Back,
    /// Time passes.
    Until(Instant, DueKind),
}

impl Asides {
    pub(super) fn of(settings: &[Setting], both: [&Process; 2]) -> Self {
        let mut asides = Self::default();
        for setting in settings {
            asides.ask(setting, both);
        }
        asides
    }

    fn ask(&mut self, setting: &Setting, both: [&Process; 2]) {
        self.by_all.extend(setting.kinds(both));
        let (section, name) = setting.name.split_once('.').unwrap_or((&setting.name, ""));
        let (trial, given): (Option<Trial>, &[CommandKind]) = match (section, name) {
            ("attendance", "apology_hours") => (Some(Trial::Apology), &[]),
            ("clock", "overrun_minutes") => (Some(Trial::Longer), &[]),
            ("clock", "pause_minutes") => (Some(Trial::Pauses), &[]),
            ("explore" | "reflect", _) => (Some(Trial::Longer), &[]),
            ("facilitation", _) => {
                (None, &[CommandKind::AppointFacilitator, CommandKind::AppointTimekeeper, CommandKind::DelegateFacilitation])
            }
            ("gap" | "place", _) => (Some(Trial::SecondDay), &[]),
            ("group", _) => (Some(Trial::Joining), &[]),
            ("ground_rules_version", _) => (None, &[CommandKind::AcceptGroundRules]),
            ("orientation", _) => (None, &[CommandKind::CompleteOrientation]),
            ("phases", _) => (Some(Trial::Reopening), &[CommandKind::SkipPhase]),
            ("practice", "weeks") => (Some(Trial::Weeks), &[]),
            ("practice", "buddies") => (None, &[CommandKind::PairBuddies]),
            ("privacy", _) => (None, &[CommandKind::TightenPrivacy]),
            ("quorum", _) => (Some(Trial::Few), &[]),
            ("recording", _) => (Some(Trial::Recording), &[]),
            ("turns", _) => (None, &[CommandKind::StartTurn, CommandKind::PassTurn, CommandKind::DeferTurn]),
            _ => (None, &[]),
        };
        self.trials.extend(trial);
        self.given.extend(given);
        let records = |kind: &CommandKind| {
            matches!(kind, CommandKind::AnswerRecording | CommandKind::StartRecording | CommandKind::StopRecording)
        };
        if self.by_all.iter().any(records) {
            self.trials.insert(Trial::Recording);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.trials.is_empty() && self.given.is_empty() && self.by_all.is_empty()
    }

    /// How much has to go wrong before everything that is tried can be: only whoever missed a session has something to make up for.
    pub(super) fn mishaps(&self) -> usize {
        usize::from(self.by_all.contains(&CommandKind::RecordDebrief))
    }

    /// What is tried at a place, each in steps.
    pub(super) fn at(&self, model: &Model, point: &Point, both: [&Process; 2]) -> Vec<Vec<Step>> {
        let place = Place { cycle: &point.cycle, now: point.now, both };
        let mut all: Vec<Vec<Step>> = self.trials.iter().flat_map(|trial| place.tries(*trial)).collect();
        let here = KindSet::at_stage(point.cycle.stage());
        let alike = model.alike(point);
        let about = |command: &Command| command.subject().is_none_or(|seat| alike.contains(seat));
        let payloads = |kind: &CommandKind| menu(*kind, &point.cycle, point.now).into_iter().filter(about);
        for kind in self.by_all.iter().filter(|kind| here.contains(**kind)) {
            // The one who keeps the time is like the others as long as nobody is asked to; whose buddy somebody is, is known of nobody.
            let asked = place.timekeeper().filter(|_| kind.roles().contains(Role::Timekeeper));
            let apart = asked.is_some() || *kind == CommandKind::RecordDebrief;
            let whose = |by: &Actor| apart || by.seat().is_none_or(|seat| alike.contains(seat));
            let by: Vec<Actor> = actors(&point.cycle).into_iter().filter(whose).collect();
            for command in payloads(kind) {
                for by in &by {
                    let step = Step::By(Act { by: *by, command: command.clone() });
                    all.extend(asked.clone().map(|asked| vec![asked, step.clone()]));
                    all.push(vec![step]);
                }
            }
        }
        for kind in self.given.difference(&self.by_all).filter(|kind| here.contains(**kind)) {
            all.extend(payloads(kind).map(|command| vec![Step::Give(command)]));
        }
        all
    }
}

/// The move that a step is at two places; nothing where there is nobody to give it, or nothing to be done.
pub(super) fn taken(step: &Step, models: [&Model; 2], here: [&Point; 2]) -> Option<Move> {
    let [first, _] = models;
    let [point, _] = here;
    let given = |act: Act| Move::Give { chores: Vec::new(), act, cost: Cost::Free };
    match step {
        Step::By(act) => Some(given(act.clone())),
        Step::Give(command) => first.by_somebody(point, command.clone()).map(given),
        Step::Back => {
            let phase = point.cycle.previous_phase()?;
            let command = Command::ReopenPhase { phase, reason: ReopenReason::Unfinished };
            first.by_somebody(point, command).map(given)
        }
        Step::Extend => {
            let most = |(model, point): (&Model, &Point)| {
                let asked = model.by_somebody(point, Command::ExtendPhase { seconds: u16::MAX })?;
                let refusals = model.refusals(&Tried { here: point.clone(), act: asked, accepted: false });
                refusals.iter().find_map(|no| {
                    let Rejection::RuleRefused { reason: Reason::ExtensionTooLong { most, .. }, .. } = no else {
                        return None;
                    };
                    Some(*most)
                })
            };
            let seconds = models.into_iter().zip(here).filter_map(most).max().filter(|most| *most > 0)?;
            first.by_somebody(point, Command::ExtendPhase { seconds }).map(given)
        }
        Step::Until(until, why) => {
            (*until > point.now).then_some(Move::Wait { until: *until, why: Some(*why), cost: Cost::Free })
        }
    }
}
