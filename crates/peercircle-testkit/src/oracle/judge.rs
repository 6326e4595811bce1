//! Judging: a command and its context asked of the past; first whether it belongs here and to the actor, then every rule.

use peercircle_core::{
    Actor, Command, CommandKind, Context, Instant, ProcessSpec, Role, RuleId, Seat, SeatSet, SessionKind, Stage,
};

use super::{
    Judgement, own,
    past::{Past, Place},
    rules,
    sitting::{Running, Sitting},
};

/// What is asked, and what the past says that many rules want to know.
pub(super) struct Question<'a> {
    pub(super) past: Past<'a>,
    pub(super) command: &'a Command,
    pub(super) context: &'a Context,
    pub(super) kind: CommandKind,
    pub(super) place: Place,
    pub(super) sitting: Option<Sitting<'a>>,
    pub(super) running: Option<Running>,
    pub(super) members: SeatSet,
    pub(super) room: SeatSet,
    pub(super) chair: Option<Seat>,
}

impl<'a> Question<'a> {
    pub(super) fn new(past: Past<'a>, command: &'a Command, context: &'a Context) -> Self {
        let sitting = past.sitting();
        let running = sitting.as_ref().and_then(|sitting| sitting.running(context.now));
        let room = match (&running, &sitting) {
            (Some(running), _) => running.room,
            (None, Some(sitting)) => sitting.room(),
            (None, None) => SeatSet::EMPTY,
        };
        let appointed = || past.appointed(past.session_ahead()?).map(|(seat, _)| seat);
        let chair = running.as_ref().map_or_else(appointed, Running::chair);
        let (kind, place, members) = (command.kind(), past.place(), past.members());
        Self { past, command, context, kind, place, sitting, running, members, room, chair }
    }

    pub(super) const fn now(&self) -> Instant {
        self.context.now
    }

    pub(super) const fn spec(&self) -> &'a ProcessSpec {
        self.past.spec
    }

    pub(super) const fn stage(&self) -> Stage {
        self.place.stage
    }

    pub(super) const fn session(&self) -> Option<SessionKind> {
        self.place.session
    }

    pub(super) fn subject(&self) -> Option<Seat> {
        self.command.subject()
    }

    pub(super) fn judgement(&self) -> Judgement {
        let mut said = Judgement::default();
        if let Some(first) = self.context.answered {
            said.duplicate = Some(first);
            return said;
        }
        let revision = u32::try_from(self.past.events.len()).unwrap_or(u32::MAX);
        said.stale = self.context.expected_revision.is_some_and(|expected| expected != revision);
        said.wrong_phase = !self.kind.stages().contains(self.stage());
        if said.wrong_phase {
            return said;
        }
        let narrowed = self.spec().who_may.get(&self.kind);
        let may = |role: &Role| self.kind.roles().contains(*role) && narrowed.is_none_or(|roles| roles.contains(role));
        said.not_your_role = !Role::ALL.iter().any(|role| may(role) && self.has(*role));
        said.refused = (1..=60).filter(|number| rules::refuses(self, *number)).map(RuleId::Ours).collect();
        for (at, rule) in (0..).zip(&self.spec().rules) {
            if rule.applies_to.contains(&self.kind) && !own::holds(self, &rule.require) {
                said.refused.insert(RuleId::Process(at));
            }
        }
        said
    }

    /// Whether the actor has this part. Whoever has left the group keeps a voice about themselves alone.
    pub(super) fn has(&self, role: Role) -> bool {
        let actor = self.context.actor;
        let member = actor.seat().filter(|seat| self.members.contains(*seat));
        match role {
            Role::Organiser => matches!(actor, Actor::Organiser {}),
            Role::Host => matches!(actor, Actor::Host {}),
            Role::Oneself => actor.seat().is_some() && actor.seat() == self.subject(),
            Role::Member => member.is_some(),
            Role::Facilitator => member.is_some() && member == self.chair,
            Role::Timekeeper => {
                let keeper = self.running.as_ref().and_then(Running::timekeeper);
                member.is_some() && member == keeper
            }
        }
    }

    /// Whether too few are left, and nobody has decided to go on.
    pub(super) fn quorum_undecided(&self) -> bool {
        let left = self.running.as_ref().is_some_and(|running| running.left);
        left && self.room.len() < self.past.needed()
    }
}
