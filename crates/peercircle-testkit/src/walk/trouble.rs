//! Trouble: who leaves, doesn't come, comes late, leaves early, and facilitators who are gone.

use peercircle_core::{Actor, Attendance, Command, CommandKind, Context, Cycle, Quorum, Stage};

use super::{Dice, Step, Walk, menu};

/// Of a hundred troubles, how many may be more than the group can bear.
const UNBEARABLE: usize = 4;

/// Troubles, each as often as it is drawn: few can leave for good.
const KINDS: [CommandKind; 8] = {
    use CommandKind::{DeclareFacilitatorGone as Gone, MarkAttendance as Mark, WithdrawMember as Withdraw};
    [Mark, Mark, Mark, Mark, Mark, Gone, Gone, Withdraw]
};

/// What gets a group over trouble.
const MENDS: [CommandKind; 6] = [
    CommandKind::ClaimFacilitation,
    CommandKind::AssentToFacilitator,
    CommandKind::ContinueBelowQuorum,
    CommandKind::ResumeSession,
    CommandKind::VoteOnSuspension,
    CommandKind::ResumeCycle,
];

impl Walk {
    /// A step of trouble, drawn; nothing where the dice find none. Mostly such that the group can go on, or no walk would get far.
    pub(super) fn trouble(&self, dice: &mut Dice) -> Option<Step> {
        if !bearable(&self.cycle) {
            return None;
        }
        let mut kinds = KINDS.to_vec();
        while !kinds.is_empty() {
            let kind = dice.pick(&kinds);
            kinds.retain(|one| *one != kind);
            let mut payloads = menu(kind, &self.cycle, self.now);
            payloads.retain(troubles);
            for _ in 0..12.min(payloads.len()) {
                let command = payloads.swap_remove(dice.below(payloads.len()));
                let Some(step) = self.by_whoever_knows(command) else { continue };
                if dice.chance(UNBEARABLE) || bearable(&self.after(&step)) {
                    return Some(step);
                }
            }
        }
        None
    }

    /// A step that gets the group over its trouble, drawn; nothing where it has none.
    pub(super) fn mend(&self, dice: &mut Dice) -> Option<Step> {
        let led = self.cycle.state().meeting().is_none() || self.cycle.chair().is_some();
        if led && bearable(&self.cycle) {
            return None;
        }
        let mut kinds = MENDS.to_vec();
        while !kinds.is_empty() {
            let kind = kinds.swap_remove(dice.below(kinds.len()));
            let payloads = menu(kind, &self.cycle, self.now).into_iter().filter(|one| self.kindly(one)).collect();
            let step = self.one_of(payloads, dice);
            if step.is_some() {
                return step;
            }
        }
        None
    }

    /// That a facilitator is gone, only the others can say.
    pub(super) fn by_whoever_knows(&self, command: Command) -> Option<Step> {
        let chair = self.cycle.chair();
        let other = self.cycle.in_room().iter().find(|seat| Some(*seat) != chair);
        let actors = [chair, other, command.subject()].map(|seat| seat.map(Actor::member));
        let mut actors = actors.into_iter().flatten().chain([Actor::Organiser {}]);
        let by = actors.find(|by| self.rules().permits(&self.cycle, &command, &Context::new(*by, self.now)))?;
        Some(Step { command, context: Context::new(by, self.now) })
    }

    fn after(&self, step: &Step) -> Cycle {
        let mut after = self.cycle.clone();
        for event in self.rules().decide(&self.cycle, &step.command, &step.context).events() {
            // INVARIANT: evolve accepts what decide wrote; taking the step says so where it doesn't.
            let _ = after.evolve(event);
        }
        after
    }
}

fn troubles(command: &Command) -> bool {
    !matches!(command, Command::MarkAttendance { attendance: Attendance::Unmarked | Attendance::Present, .. })
}

/// Whether the group can go on as it is.
fn bearable(cycle: &Cycle) -> bool {
    let enough = cycle.ledger().active().len() >= cycle.process().spec().group.minimum;
    let stands = match cycle.state().meeting() {
        Some(meeting) => !meeting.quorum_lost(),
        None => cycle.state().sheet().is_none_or(|sheet| {
            let expected = cycle.expected();
            let gone = |attendance| matches!(attendance, Attendance::Excused | Attendance::Absent);
            let coming = expected.iter().filter(|seat| !gone(sheet.of(*seat))).count();
            coming >= usize::from(Quorum::needed_of(expected.len(), cycle.process()))
        }),
    };
    enough && stands && cycle.stage() != Stage::Suspended && !cycle.stage().is_terminal()
}
