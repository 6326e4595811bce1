//! Chores: what somebody does because something else waits for it, with nothing to decide.

use peercircle_core::{CatchUpPart, Command, CommandKind, Counted, Seat, SeatSet, SessionKind, Stage, StrategyNo};

use super::Moves;
use crate::explore::{
    bounds::{Cost, Reduction},
    model::Act,
};

impl Moves<'_> {
    /// What could be done early, where that isn't left out: ground rules, orientation, plans, who facilitates.
    pub(super) fn early_chores(&mut self) {
        let early = |kind| !self.model.chore(kind);
        let marks = early(CommandKind::MarkAttendance);
        let (accepts, orients, plans, appoints) = (
            early(CommandKind::AcceptGroundRules),
            early(CommandKind::CompleteOrientation),
            early(CommandKind::MakePlan),
            early(CommandKind::AppointFacilitator) || marks,
        );
        let (ledger, active) = (self.cycle.ledger(), self.active());
        if accepts {
            let version = ledger.rules_version();
            self.each_or_all(active.minus(ledger.accepted_rules()), |member| Command::AcceptGroundRules { member, version });
        }
        if orients && self.orients() {
            self.each_or_all(active.minus(ledger.oriented()), |member| Command::CompleteOrientation { member });
        }
        if plans && self.cycle.stage() >= Stage::SkillBuilding {
            self.plans(active.minus(ledger.with_plan()));
        }
        if appoints && self.cycle.state().meeting().is_none() {
            // Where something hinders it, session 2 may need somebody before session 1 is over.
            let both = self.model.hinders(CommandKind::AppointFacilitator);
            let ahead = self.cycle.session_ahead();
            let later = Some(SessionKind::Reflect).filter(|session| both && ahead.is_some_and(|ahead| ahead != *session));
            for session in ahead.into_iter().chain(later) {
                if ledger.session(session).facilitator().is_none() {
                    self.appointments(session, active).into_iter().for_each(|command| self.free(command));
                }
            }
        }
        // New ground rules ask everyone to accept them again, which something hinders, or a rule counts who has.
        if self.model.hinders(CommandKind::AcceptGroundRules) || self.model.counts(Counted::AcceptedRules) {
            let version = ledger.rules_version().saturating_add(1);
            self.trouble(Command::SetGroundRules { version });
        }
    }

    /// All of these do so who may, in one go where how many have done it doesn't matter.
    fn each_or_all(&mut self, of: SeatSet, make: impl Fn(Seat) -> Command) {
        let kind = of.first().map(|seat| make(seat).kind());
        if !kind.is_some_and(|kind| self.model.together(kind)) {
            self.each(of, make);
            return;
        }
        let mut all = self.acts(of, |member| Some(make(member)));
        all.retain(|act| self.permits(act));
        if let Some(last) = all.pop() {
            self.give_after(all, Cost::Free, last.command);
        }
    }

    fn orients(&self) -> bool {
        let on = self.cycle.process().spec().orientation.is_on();
        on && self.cycle.ledger().session(SessionKind::Explore).closed_at().is_none()
    }

    /// Plans as moves of their own.
    pub(super) fn plans(&mut self, of: SeatSet) {
        let many = if self.has(Reduction::Reasons) { 1 } else { 2 };
        for strategy in (0..many).filter_map(StrategyNo::new) {
            self.each_or_all(of, |member| Command::MakePlan { member, strategy, note: None });
        }
    }

    pub(super) fn acts(&self, of: SeatSet, make: impl Fn(Seat) -> Option<Command>) -> Vec<Act> {
        of.iter().filter_map(make).filter_map(|command| self.act(command)).collect()
    }

    /// These members accept the ground rules.
    pub(super) fn accepted(&self, of: SeatSet) -> Vec<Act> {
        let ledger = self.cycle.ledger();
        let version = ledger.rules_version();
        self.acts(of.minus(ledger.accepted_rules()), |member| Some(Command::AcceptGroundRules { member, version }))
    }

    /// These members complete their orientation, where session 1 asks for one.
    pub(super) fn oriented(&self, session: SessionKind, of: SeatSet) -> Vec<Act> {
        if session != SessionKind::Explore || !self.orients() {
            return Vec::new();
        }
        self.acts(of.minus(self.cycle.ledger().oriented()), |member| Some(Command::CompleteOrientation { member }))
    }

    /// These members make their plans.
    pub(super) fn planned(&self, of: SeatSet) -> Vec<Act> {
        let strategy = StrategyNo::new(0);
        self.acts(of.minus(self.cycle.ledger().with_plan()), |member| {
            Some(Command::MakePlan { member, strategy: strategy?, note: None })
        })
    }

    /// What a member still has to do to have caught up on session 1.
    pub(super) fn catch_up(&self, member: Seat) -> Vec<Act> {
        let ledger = self.cycle.ledger();
        let only = SeatSet::only(member);
        let mut parts = Vec::with_capacity(3);
        for part in [CatchUpPart::MaterialsRead, CatchUpPart::BuddyBriefed] {
            parts.extend(
                self.acts(only.minus(ledger.caught_up(part)), |member| Some(Command::RecordCatchUp { member, part })),
            );
        }
        parts.extend(self.planned(only));
        parts
    }

    /// What a member at the door of a running session does before being let in.
    pub(super) fn let_in(&self, session: SessionKind, member: Seat) -> Vec<Act> {
        let only = SeatSet::only(member);
        let mut chores = self.accepted(only);
        chores.extend(self.oriented(session, only));
        chores
    }
}
