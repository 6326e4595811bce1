//! Whoever asks, in exactly one role, and what the machine answers them.

use std::{collections::BTreeSet, sync::Arc};

use peercircle_core::{
    AllowedView, CommandId, CommandKind, Cycle, CycleFacts, CycleId, CycleView, DueView, ExplanationView, GuideView,
    MemberId, NameError, NoteRef, PathView, RefusalView, Revision, Role, Seat, Stage, State, SuspendReason, VerdictView,
    WaitingView, WireActor, WireCommand,
};
use peercircle_service::{Audience, Given, Note, NoteHead, Order, ServiceError, Soon};
use peercircle_store::{Head, Record, Summary, Which};

use crate::{
    FactsTag, Forbidden, HostError, Looked, Organisation, Seen,
    few::without_few,
    right::{Right, Scope},
    veil::{self, STALE, veil},
};

/// In which role somebody asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Somebody in a group.
    Member {
        /// Who.
        person: MemberId,
        /// Whether it is certain enough to be them to show what was said, in whatever cycle.
        vouched: bool,
        /// The cycles in which it is, as somebody in them said so.
        vouched_in: BTreeSet<CycleId>,
        /// The key of the system that speaks for them, where one does. It never sees content.
        by_key: Option<String>,
    },
    /// A programme owner, such as HR: facts, people and groups; never what happens in one.
    Owner {
        /// Their name or address.
        name: String,
    },
    /// A system with a key.
    System {
        /// The key's name.
        key: String,
        /// What it is good for.
        scopes: BTreeSet<Scope>,
    },
}

impl Who {
    /// Whether it is certain enough to be them to show what was said in this cycle.
    pub(crate) fn is_sure_in(&self, cycle: &CycleId) -> bool {
        match self {
            Self::Member { vouched, vouched_in, by_key: None, .. } => *vouched || vouched_in.contains(cycle),
            Self::Member { by_key: Some(_), .. } | Self::Owner { .. } | Self::System { .. } => false,
        }
    }
}

/// The answer to a command, as far as it is theirs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The answer.
    pub view: VerdictView,
    /// What the next command is given on: for those in the group the revision; for the organiser, who named facts, those there are
    /// now; nothing for anybody else.
    pub seen: Option<Seen>,
}

/// Whoever asks something of an organisation. Every question asks first whether it is theirs ([`Right`]).
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The organisation. What is asked of it past the visitor is asked past every right.
    pub(crate) organisation: Arc<Organisation>,
    pub(crate) who: Who,
}

impl Visitor {
    pub(crate) const fn new(organisation: Arc<Organisation>, who: Who) -> Self {
        Self { organisation, who }
    }

    /// In which role they ask.
    #[must_use]
    pub const fn who(&self) -> &Who {
        &self.who
    }

    /// The organisation they ask.
    #[must_use]
    pub const fn organisation(&self) -> &Arc<Organisation> {
        &self.organisation
    }

    /// The member they are or speak for.
    #[must_use]
    pub const fn person(&self) -> Option<&MemberId> {
        match &self.who {
            Who::Member { person, .. } => Some(person),
            Who::Owner { .. } | Who::System { .. } => None,
        }
    }

    /// The same system in a member's name.
    ///
    /// # Errors
    /// [`Forbidden`] for whoever isn't a system with the scope `act`.
    pub fn on_behalf_of(self, member: MemberId) -> Result<Self, HostError> {
        match self.who {
            Who::System { key, scopes } if scopes.contains(&Scope::Act) => {
                let who = Who::Member { person: member, vouched: false, vouched_in: BTreeSet::new(), by_key: Some(key) };
                Ok(Self { organisation: self.organisation, who })
            }
            Who::System { .. } | Who::Member { .. } | Who::Owner { .. } => Err(Forbidden {
                code: "missing_scope",
                says: "Only a key with the scope `act` speaks in a member's name.".to_owned(),
                helps: "Leave the header `Peercircle-Member` away, or use such a key.".to_owned(),
            }
            .into()),
        }
    }

    /// Whether they may ask this.
    ///
    /// # Errors
    /// [`HostError::Forbidden`] where their role has no part in it; [`HostError::NotFound`] where it is about a cycle that isn't
    /// theirs, whether it exists or not; what the store says.
    pub fn ask(&self, right: &Right) -> Result<(), HostError> {
        right.is_of(&self.who)?;
        match right {
            Right::Group(id) => self.cycle(id, is_in).map(|_| ()),
            Right::Content(id) => self.cycle(id, |_, _| true).map(|_| ()),
            Right::Catalogue
            | Right::Facts
            | Right::Organise
            | Right::People
            | Right::Invite
            | Right::Audit
            | Right::Operate
            | Right::Own => Ok(()),
        }
    }

    /// A cycle of theirs.
    fn cycle(&self, id: &CycleId, theirs: impl Fn(&Cycle, Seat) -> bool) -> Result<Cycle, HostError> {
        let cycle = self.organisation.service().cycle(id)?;
        let seat = self.person().and_then(|person| seat_of(&cycle, person));
        if seat.is_some_and(|seat| theirs(&cycle, seat)) { Ok(cycle) } else { Err(not_theirs(id)) }
    }

    /// The cycles in which they are now, or until they came to an end.
    pub(crate) fn cycles_with_me(&self) -> Result<Vec<(CycleId, Cycle)>, HostError> {
        let Some(me) = self.person() else { return Ok(Vec::new()) };
        let service = self.organisation.service();
        let mut found = Vec::new();
        for head in service.cycles_of(me)? {
            let cycle = service.cycle(&head.stream)?;
            if seat_of(&cycle, me).is_some_and(|seat| is_in(&cycle, seat)) {
                found.push((head.stream, cycle));
            }
        }
        Ok(found)
    }

    /// As whom they give commands.
    fn actor(&self, kind: CommandKind) -> Result<WireActor, HostError> {
        if let Some(person) = self.person() {
            return Ok(WireActor::Member { member: person.clone() });
        }
        self.ask(&Right::Organise)?;
        if kind.roles().contains(Role::Organiser) {
            return Ok(WireActor::Organiser {});
        }
        Err(Forbidden {
            code: "not_your_role",
            says: format!("To {} is the group's own.", kind.label()),
            helps: "Leave it to the members.".to_owned(),
        }
        .into())
    }

    /// Gives a command, as the member they are or as the organiser; with `seen` only if the cycle still is as they saw it: its
    /// revision for those in the group, for the organiser its facts. Whoever names what they can't have seen is told that the cycle has
    /// moved on, whether it has or not.
    ///
    /// # Errors
    /// [`HostError::Forbidden`], [`HostError::NotFound`] for a cycle that isn't theirs, [`HostError::Invalid`] for an enrolment that
    /// says something else of somebody than the directory, what the service says. A "no" of the machine is an answer.
    pub fn give(
        &self,
        cycle: CycleId,
        command: WireCommand,
        key: Option<CommandId>,
        seen: Option<Seen>,
    ) -> Result<Answered, HostError> {
        let order = self.order(cycle, command, key)?;
        if order.command.kind() == CommandKind::EnrolMember && !self.was_given(&order)? {
            self.organisation.check_enrolment(&order.command)?;
        }
        let Some(seen) = seen else { return Ok(self.answered(self.give_order(&order)?)) };
        match (self.person(), seen) {
            (Some(me), Seen::Revision(revision)) if self.is_in_now(&order.cycle, me)? => {
                let order = Order { revision: Some(revision), ..order };
                Ok(self.answered(self.give_order(&order)?))
            }
            (None, Seen::Facts(tag)) => self.give_as_seen(order, tag),
            // What isn't there yet has no facts to show.
            (None, Seen::Revision(0)) if self.is_new(&order.cycle)? => {
                Ok(self.answered(self.give_order(&Order { revision: Some(0), ..order })?))
            }
            (Some(_) | None, _) => self.give_again(&order),
        }
    }

    /// As [`give`](Self::give), without waiting: `then` hears the answer once it is stored, or nothing where it is for
    /// [`give`](Self::give) to find; then nothing was done.
    pub fn give_soon(
        &self,
        cycle: CycleId,
        command: WireCommand,
        key: Option<CommandId>,
        seen: Option<Seen>,
        then: impl FnOnce(Option<Result<Answered, HostError>>) + Send + 'static,
    ) {
        let (kind, service) = (command.kind(), self.organisation.service());
        let revision = match seen {
            None => None,
            Some(Seen::Revision(revision)) => Some(revision),
            Some(Seen::Facts(_)) => return then(None),
        };
        let may = match self.person() {
            Some(me) => service.lately(&cycle).is_some_and(|state| {
                let of_oneself = revision.is_none() && kind.roles().contains(Role::Oneself);
                seat_of(&state, me).is_some_and(|seat| is_in(&state, seat) || of_oneself)
            }),
            // An enrolment is held against the directory.
            None => revision.is_none() && kind != CommandKind::EnrolMember,
        };
        let Some(by) = self.actor(kind).ok().filter(|_| may) else { return then(None) };
        let (visitor, order) = (self.clone(), Order { by, cycle, command, key, revision });
        let id = order.cycle.clone();
        service.give_soon(&order, move |soon| {
            then(match soon {
                Soon::Given(given) => Some(Ok(visitor.answered(*given))),
                Soon::Failed(error) => Some(Err(visitor.as_theirs(error, &id))),
                Soon::Later => None,
            });
        });
    }

    fn give_order(&self, order: &Order) -> Result<Given, HostError> {
        self.organisation.service().give(order).map_err(|error| self.as_theirs(error, &order.cycle))
    }

    /// The organiser's, on facts. What the group does in between doesn't matter where it leaves the facts as they were.
    fn give_as_seen(&self, order: Order, tag: FactsTag) -> Result<Answered, HostError> {
        if self.was_given(&order)? {
            return self.give_again(&order);
        }
        let service = self.organisation.service();
        for _ in 0..ATTEMPTS {
            let cycle = match service.cycle(&order.cycle) {
                Err(ServiceError::NoCycle { .. }) => return Ok(moved_on()),
                cycle => cycle?,
            };
            if self.tag_of(&order.cycle, &without_few(cycle.disclose()))? != tag {
                return Ok(moved_on());
            }
            let given = self.give_order(&Order { revision: Some(cycle.revision()), ..order.clone() })?;
            let is_stale = |refusals: &[RefusalView]| refusals.iter().any(|no| no.code == STALE);
            if matches!(&given.view, VerdictView::Refused { refusals } if is_stale(refusals)) {
                continue;
            }
            let now = self.tag_of(&order.cycle, &without_few(given.cycle.disclose()))?;
            return Ok(Answered { seen: Some(Seen::Facts(now)), ..self.answered(given) });
        }
        Err(ServiceError::Contended { cycle: order.cycle, attempts: ATTEMPTS }.into())
    }

    /// The first answer again where there was one; else a "no" without a look at the cycle.
    fn give_again(&self, order: &Order) -> Result<Answered, HostError> {
        if self.was_given(order)? { Ok(self.answered(self.give_order(order)?)) } else { Ok(moved_on()) }
    }

    fn is_new(&self, cycle: &CycleId) -> Result<bool, HostError> {
        match self.organisation.service().cycle(cycle) {
            Ok(_) => Ok(false),
            Err(ServiceError::NoCycle { .. }) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    fn was_given(&self, order: &Order) -> Result<bool, HostError> {
        let Some(key) = order.key else { return Ok(false) };
        Ok(self.organisation.service().store().answer(&order.cycle, key)?.is_some())
    }

    /// The tag of facts that they were shown, for [`give`](Self::give).
    ///
    /// # Errors
    /// What the store says.
    pub fn tag_of(&self, cycle: &CycleId, facts: &CycleFacts) -> Result<FactsTag, HostError> {
        self.organisation.tag(cycle, facts)
    }

    /// As much of an answer as is theirs to know.
    fn answered(&self, Given { view, cycle, .. }: Given) -> Answered {
        let view = match self.person() {
            Some(me) if seat_of(&cycle, me).is_some_and(|seat| is_in(&cycle, seat)) => {
                return Answered { view, seen: Some(Seen::Revision(cycle.revision())) };
            }
            Some(_) => veil(view, |_| vec![veil::former()]),
            None if cycle.stage() == Stage::Suspended => veil(view, |_| vec![veil::suspended()]),
            None => veil(view, |refusals| veil::outside(&cycle, refusals)),
        };
        Answered { view, seen: None }
    }

    fn is_in_now(&self, id: &CycleId, me: &MemberId) -> Result<bool, HostError> {
        let cycle = self.organisation.service().cycle(id)?;
        Ok(seat_of(&cycle, me).is_some_and(|seat| is_in(&cycle, seat)))
    }

    fn order(&self, cycle: CycleId, command: WireCommand, key: Option<CommandId>) -> Result<Order, HostError> {
        let (kind, by) = (command.kind(), self.actor(command.kind())?);
        if self.person().is_some() {
            // A former member keeps a voice about themselves, and no other.
            self.cycle(&cycle, |state, seat| is_in(state, seat) || kind.roles().contains(Role::Oneself))?;
        }
        Ok(Order { by, cycle, command, key, revision: None })
    }

    /// Every rule that looks at a command of theirs, and what it finds. Nothing is done.
    ///
    /// # Errors
    /// As [`give`](Self::give).
    pub fn explain(&self, cycle: &CycleId, command: WireCommand) -> Result<ExplanationView, HostError> {
        self.ask(&Right::Group(cycle.clone()))?;
        Ok(self.organisation.service().explain(&self.order(cycle.clone(), command, None)?)?)
    }

    /// Who has to do what until a command of theirs is accepted. Nothing is done.
    ///
    /// # Errors
    /// As [`give`](Self::give).
    pub fn path(&self, cycle: &CycleId, command: WireCommand) -> Result<PathView, HostError> {
        self.ask(&Right::Group(cycle.clone()))?;
        Ok(self.organisation.service().path(&self.order(cycle.clone(), command, None)?)?)
    }

    /// A cycle of theirs at a glance.
    ///
    /// # Errors
    /// [`HostError::Forbidden`], [`HostError::NotFound`].
    pub fn view(&self, cycle: &CycleId) -> Result<CycleView, HostError> {
        self.ask(&Right::Group(cycle.clone()))?;
        Ok(self.organisation.service().view(cycle)?)
    }

    /// Where the group is, whose turn it is, how long is left, what they may do.
    ///
    /// # Errors
    /// As [`view`](Self::view).
    pub fn guide(&self, cycle: &CycleId) -> Result<GuideView, HostError> {
        Ok(self.organisation.service().guide(cycle, &self.asker(cycle)?)?)
    }

    /// Every kind of command in their reach, and what refuses it.
    ///
    /// # Errors
    /// As [`view`](Self::view).
    pub fn allowed(&self, cycle: &CycleId) -> Result<Vec<AllowedView>, HostError> {
        Ok(self.organisation.service().allowed(cycle, &self.asker(cycle)?)?)
    }

    /// The kinds of command that the organiser may give a cycle now: no more, as why not may be the group's own. While a session
    /// gathers or runs it is those that may be given in some part of it: in which part it is, is the group's.
    ///
    /// # Errors
    /// As [`facts`](Self::facts).
    pub fn organiser_may(&self, cycle: &CycleId) -> Result<Vec<CommandKind>, HostError> {
        self.ask(&Right::Organise)?;
        let service = self.organisation.service();
        let state = service.cycle(cycle)?;
        if let Some(kinds) = veil::in_session(&state) {
            return Ok(kinds);
        }
        // What the votes alone decide isn't shown: else they were.
        let reason = if let State::Suspended(held) = state.state() { Some(held.reason()) } else { None };
        let hidden: &[CommandKind] = match reason {
            Some(SuspendReason::Breach) => &[CommandKind::ResumeCycle, CommandKind::TerminateCycle],
            Some(SuspendReason::BelowMinimum) => &[CommandKind::ResumeCycle],
            Some(SuspendReason::Reorganisation | SuspendReason::Request | SuspendReason::SessionCancelled) | None => &[],
        };
        let allowed = service.allowed(cycle, &WireActor::Organiser {})?;
        let mays = allowed.into_iter().filter(|one| one.permitted).map(|one| one.command);
        Ok(mays.filter(|kind| !hidden.contains(kind)).collect())
    }

    fn asker(&self, cycle: &CycleId) -> Result<WireActor, HostError> {
        self.ask(&Right::Group(cycle.clone()))?;
        // INVARIANT: only a member has the right to a group.
        let member = self.person().cloned().ok_or_else(|| not_theirs(cycle))?;
        Ok(WireActor::Member { member })
    }

    /// Whom a cycle of theirs waits for.
    ///
    /// # Errors
    /// As [`view`](Self::view).
    pub fn waiting(&self, cycle: &CycleId) -> Result<Vec<WaitingView>, HostError> {
        self.ask(&Right::Group(cycle.clone()))?;
        Ok(self.organisation.service().waiting(cycle)?)
    }

    /// What has fallen due in a cycle of theirs.
    ///
    /// # Errors
    /// As [`view`](Self::view).
    pub fn due(&self, cycle: &CycleId) -> Result<Vec<DueView>, HostError> {
        self.ask(&Right::Group(cycle.clone()))?;
        Ok(self.organisation.service().due(cycle)?)
    }

    /// What falls due next in a cycle of theirs.
    ///
    /// # Errors
    /// As [`view`](Self::view).
    pub fn ahead(&self, cycle: &CycleId) -> Result<Vec<DueView>, HostError> {
        self.ask(&Right::Group(cycle.clone()))?;
        Ok(self.organisation.service().ahead(cycle)?)
    }

    /// The events of a cycle of theirs after this one, as they are stored.
    ///
    /// # Errors
    /// As [`view`](Self::view).
    pub fn events(&self, cycle: &CycleId, after: Revision) -> Result<Vec<Record>, HostError> {
        self.ask(&Right::Group(cycle.clone()))?;
        Ok(self.organisation.service().store().load(cycle, after)?)
    }

    /// The cycles they are or were in, by id. Of those they left there is the id alone, by which their own notes are found.
    ///
    /// # Errors
    /// What the store says.
    pub fn my_cycles(&self) -> Result<Vec<Head>, HostError> {
        self.ask(&Right::Own)?;
        let Some(me) = self.person() else { return Ok(Vec::new()) };
        let service = self.organisation.service();
        let mut heads = service.cycles_of(me)?;
        for head in &mut heads {
            let cycle = service.cycle(&head.stream)?;
            if !seat_of(&cycle, me).is_some_and(|seat| is_in(&cycle, seat)) {
                *head = Head { stream: head.stream.clone(), version: 0, summary: Summary::default() };
            }
        }
        Ok(heads)
    }

    /// What leaves the group; of its people nothing where they are fewer than [`MIN_PEOPLE`](crate::MIN_PEOPLE). It is written down that it was looked at.
    ///
    /// # Errors
    /// [`HostError::Forbidden`], [`HostError::NotFound`].
    pub fn facts(&self, cycle: &CycleId) -> Result<CycleFacts, HostError> {
        self.ask(&Right::Facts)?;
        let facts = without_few(self.organisation.service().facts(cycle)?);
        self.audit(Looked::Facts { cycle: cycle.clone() }, [cycle])?;
        Ok(facts)
    }

    /// What leaves the groups, cycle by cycle by id, at most `limit`, after `after`. It is written down that it was looked at.
    ///
    /// # Errors
    /// [`HostError::Forbidden`], what the store says.
    pub fn cycles(&self, after: Option<&CycleId>, limit: usize) -> Result<Vec<CycleFacts>, HostError> {
        self.ask(&Right::Facts)?;
        let service = self.organisation.service();
        let heads = service.store().streams(&Which::All, after, limit)?;
        let facts: Vec<_> =
            heads.iter().map(|head| service.facts(&head.stream).map(without_few)).collect::<Result<_, _>>()?;
        let count = u32::try_from(facts.len()).unwrap_or(u32::MAX);
        self.audit(Looked::Cycles { count }, heads.iter().map(|head| &head.stream))?;
        Ok(facts)
    }

    /// The notes of a cycle that they may read.
    ///
    /// # Errors
    /// [`HostError::Forbidden`], [`HostError::NotFound`], what the vault says.
    pub fn notes(&self, cycle: &CycleId) -> Result<Vec<NoteHead>, HostError> {
        let person = self.reader(cycle)?;
        Ok(self.organisation.service().notes(cycle, &person)?)
    }

    /// Opens a note.
    ///
    /// # Errors
    /// As [`notes`](Self::notes).
    pub fn read_note(&self, cycle: &CycleId, note: NoteRef) -> Result<Note, HostError> {
        let person = self.reader(cycle)?;
        Ok(self.organisation.service().read_note(cycle, &person, note)?)
    }

    /// Puts a note of theirs.
    ///
    /// # Errors
    /// As [`notes`](Self::notes).
    pub fn put_note(&self, cycle: &CycleId, note: NoteRef, audience: Audience, content: &[u8]) -> Result<(), HostError> {
        let person = self.reader(cycle)?;
        Ok(self.organisation.service().put_note(cycle, &person, note, audience, content)?)
    }

    fn reader(&self, cycle: &CycleId) -> Result<MemberId, HostError> {
        self.ask(&Right::Content(cycle.clone()))?;
        // INVARIANT: only a member has the right to content.
        self.person().cloned().ok_or_else(|| not_theirs(cycle))
    }

    /// A cycle in which nobody knows them might as well not exist.
    fn as_theirs(&self, error: ServiceError, cycle: &CycleId) -> HostError {
        if let ServiceError::Name(NameError::UnknownMember { member, .. }) = &error
            && Some(member) == self.person()
        {
            return not_theirs(cycle);
        }
        error.into()
    }
}

fn not_theirs(cycle: &CycleId) -> HostError {
    HostError::NotFound { expected: "a cycle of yours", got: cycle.to_string() }
}

/// Where somebody sits. Nobody is found by what an erasure put in the place of an id: whoever keeps people could call
/// somebody so.
pub(crate) fn seat_of(cycle: &Cycle, person: &MemberId) -> Option<Seat> {
    cycle.roster().seat_of(person).filter(|seat| !cycle.ledger().anonymised().contains(*seat))
}

/// Whether somebody is in the group, or came to an end in it.
pub(crate) fn is_in(cycle: &Cycle, seat: Seat) -> bool {
    let ledger = cycle.ledger();
    ledger.active().or(ledger.ended()).minus(ledger.anonymised()).contains(seat)
}

/// How often an organiser's command is given anew where the group was faster.
const ATTEMPTS: u32 = 50;

/// Whoever isn't in the group isn't told where it is.
fn moved_on() -> Answered {
    Answered { view: VerdictView::Refused { refusals: vec![veil::moved_on()] }, seen: None }
}
