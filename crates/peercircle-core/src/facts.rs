//! The facts a rule looks at: the cycle, the command, and what the outside knows.

use crate::{
    Actor, Command, CommandKind, Context, Cycle, Instant, Ledger, Meeting, Process, ProcessSpec, Quorum, Role, RoleSet,
    Round, Seat, SeatSet, SessionKind, Stage, outline,
};

/// What a rule looks at. Rules read it and change nothing.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    cycle: &'a Cycle,
    command: &'a Command,
    context: &'a Context,
    kind: CommandKind,
    stage: Stage,
    subject: Option<Seat>,
}

impl<'a> Facts<'a> {
    pub(crate) const fn new(cycle: &'a Cycle, command: &'a Command, context: &'a Context) -> Self {
        Self { cycle, command, context, kind: command.kind(), stage: cycle.stage(), subject: command.subject() }
    }

    /// The cycle before the command.
    #[must_use]
    pub const fn cycle(&self) -> &'a Cycle {
        self.cycle
    }

    /// The command.
    #[must_use]
    pub const fn command(&self) -> &'a Command {
        self.command
    }

    /// The kind of the command.
    #[must_use]
    pub const fn kind(&self) -> CommandKind {
        self.kind
    }

    /// What the outside knows.
    #[must_use]
    pub const fn context(&self) -> &'a Context {
        self.context
    }

    /// The stage the cycle is at.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.stage
    }

    /// The member the command is about.
    #[must_use]
    pub const fn subject(&self) -> Option<Seat> {
        self.subject
    }

    /// The time.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.context.now
    }

    /// What the cycle remembers.
    #[must_use]
    pub const fn ledger(&self) -> &'a Ledger {
        self.cycle.ledger()
    }

    /// The running session.
    #[must_use]
    pub const fn meeting(&self) -> Option<&'a Meeting> {
        self.cycle.meeting()
    }

    /// The running round.
    #[must_use]
    pub const fn round(&self) -> Option<&'a Round> {
        self.cycle.round()
    }

    /// The process's data.
    #[must_use]
    pub fn spec(&self) -> &'a ProcessSpec {
        self.process().spec()
    }

    /// The process.
    #[must_use]
    pub fn process(&self) -> &'a Process {
        self.cycle.process()
    }

    /// The session at hand.
    #[must_use]
    pub const fn session(&self) -> Option<SessionKind> {
        self.cycle.session()
    }

    /// Who is in the room.
    #[must_use]
    pub const fn in_room(&self) -> SeatSet {
        self.cycle.in_room()
    }

    /// Whether the actor has this role towards the command.
    #[must_use]
    pub fn has_role(&self, role: Role) -> bool {
        self.roles().contains(role)
    }

    pub(crate) fn roles(&self) -> RoleSet {
        match self.context.actor {
            Actor::Organiser {} => RoleSet::of(&[Role::Organiser]),
            Actor::Host {} => RoleSet::of(&[Role::Host]),
            Actor::Member { seat } if self.ledger().active().contains(seat) => {
                let mut roles = RoleSet::of(&[Role::Member]);
                if self.subject() == Some(seat) {
                    roles = roles.or(RoleSet::of(&[Role::Oneself]));
                }
                if self.cycle.chair() == Some(seat) {
                    roles = roles.or(RoleSet::of(&[Role::Facilitator]));
                }
                if self.meeting().and_then(Meeting::timekeeper) == Some(seat) {
                    roles = roles.or(RoleSet::of(&[Role::Timekeeper]));
                }
                roles
            }
            // A former member keeps a voice about themselves where a rule leaves them one.
            Actor::Member { seat } if self.subject() == Some(seat) => RoleSet::of(&[Role::Oneself]),
            Actor::Member { .. } => RoleSet::default(),
        }
    }

    /// The quorum of the room as it is now.
    #[inline]
    #[must_use]
    pub fn quorum(&self) -> Quorum {
        Quorum::count(self.cycle, self.in_room())
    }

    /// The running session's boxes at this time.
    pub(crate) fn outline(&self) -> Option<outline::Outline> {
        outline::Outline::of(self.cycle, self.now())
    }
}
