//! Giving a command: load, decide, append; on a conflict look again.

use peercircle_core::{
    Attendance, Command, CommandKind, Context, Cycle, CycleId, GroupId, SeatSet, Succession, Verdict, VerdictView,
    WireCommand,
};
use peercircle_store::{Append, Appended, StoreError, Which};

use crate::{
    Given, Order, Service, ServiceError, Soon,
    cache::Live,
    keep::{Kept, Plan},
    summary::{group_tag, keeps_people, live_tag, room_tag},
};

/// How often a command is decided anew before the caller hears of it.
const ATTEMPTS: u32 = 50;

/// What the cycle that is decided on is known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// As it was when it was last used here: a "yes" holds where the store takes it, as it takes it only onto the same version and
    /// under a key that is new. Anything else has to be asked again.
    Lately,
    /// As the store had it just now.
    Now,
}

/// An order as the core takes it, with what only the store knows.
pub(crate) struct Asked {
    pub(crate) command: Command,
    pub(crate) context: Context,
    /// Tags that no other stream may have, for the decision to stand.
    unless: Vec<String>,
}

impl Service {
    /// Gives a command. What is accepted is stored when this returns.
    ///
    /// Where a cycle forms, the last cycle of its group that the store knows stands in for what the command says of it.
    ///
    /// # Errors
    /// [`ServiceError`] where there is no answer. After [`StoreError::Unavailable`](peercircle_store::StoreError::Unavailable) the
    /// command may or may not be stored: give it again with the same key.
    pub fn give(&self, order: &Order) -> Result<Given, ServiceError> {
        let slot = self.slot(&order.cycle);
        let mut slot = slot.lock();
        for attempt in 0..ATTEMPTS {
            let given = match &mut *slot {
                Some(live) if attempt == 0 => self.attempt(order, live, Known::Lately),
                _ => self.refresh(&order.cycle, &mut slot).and_then(|live| self.attempt(order, live, Known::Now)),
            };
            match given {
                Ok(Some(given)) => return Ok(given),
                Ok(None) => {}
                Err(error) => {
                    // Whatever went wrong, what is cached may not be what is stored.
                    *slot = None;
                    return Err(error);
                }
            }
        }
        Err(ServiceError::Contended { cycle: order.cycle.clone(), attempts: ATTEMPTS })
    }

    /// Gives a command without waiting: `then` hears the answer once it is stored, from the thread that stored it, and so has to be
    /// short and to ask the service for nothing. Only what can be accepted from memory is answered so, which is most of what is
    /// given; else it is for [`give`](Self::give), and nothing has happened.
    pub fn give_soon(&self, order: &Order, then: impl FnOnce(Soon) + Send + 'static) {
        if !self.store.appends_later() {
            return then(Soon::Later);
        }
        let slot = self.slot(&order.cycle);
        let Some((verdict, view, append, after)) = slot.peek().and_then(|live| self.accepted(order, &live)) else {
            return then(Soon::Later);
        };
        self.store.append_then(
            append,
            Box::new(move |appended| {
                then(match appended {
                    Ok(Appended::Done { .. }) => {
                        slot.offer(after.clone());
                        Soon::Given(Box::new(Given { verdict, view, cycle: after.cycle }))
                    }
                    Ok(Appended::Before { .. }) | Err(StoreError::Conflict { .. } | StoreError::Taken { .. }) => Soon::Later,
                    Err(error) => Soon::Failed(error.into()),
                });
            }),
        );
    }

    /// What is to be kept of an order that the cycle as it was lately accepts, and that needs nothing of the store.
    fn accepted(&self, order: &Order, live: &Live) -> Option<(Verdict, VerdictView, Append, Live)> {
        let asks_the_store = [CommandKind::FormCycle, CommandKind::MarkAttendance, CommandKind::AnonymiseMember]
            .contains(&order.command.kind());
        if asks_the_store || live.cycle.revision() == 0 {
            return None;
        }
        let Asked { command, context, unless } = self.asked(order, &live.cycle).ok()?;
        let verdict = self.rules.decide(&live.cycle, &command, &context);
        let Verdict::Accepted(events) = &verdict else { return None };
        let plan = Plan { events: events.clone(), key: order.key, unless, ..Plan::default() };
        let (append, after) = self.planned(&order.cycle, live, context.now, plan).ok()?;
        let view = live.cycle.view_verdict(&verdict);
        Some((verdict, view, append, after))
    }

    /// Nothing where somebody else was faster, or may have been.
    fn attempt(&self, order: &Order, live: &mut Live, known: Known) -> Result<Option<Given>, ServiceError> {
        if known == Known::Now
            && let Some(answer) = order.key.map(|key| self.store.answer(&order.cycle, key)).transpose()?.flatten()
        {
            return self.first_answer(order, answer, &live.cycle).map(Some);
        }
        let asked = match self.asked(order, &live.cycle) {
            Err(_) if known == Known::Lately => return Ok(None),
            asked => asked?,
        };
        let Asked { command, context, unless } = asked;
        let verdict = self.rules.decide(&live.cycle, &command, &context);
        if known == Known::Lately && !matches!(verdict, Verdict::Accepted(_)) {
            return Ok(None);
        }
        let view = live.cycle.view_verdict(&verdict);
        if let Verdict::Accepted(events) = &verdict {
            let plan = Plan { events: events.clone(), key: order.key, unless, ..Plan::default() };
            match self.keep(&order.cycle, live, context.now, plan)? {
                // If this fails the next sweep does it.
                Kept::Done if matches!(command, Command::AnonymiseMember { .. }) => {
                    let _deleted = self.delete_notes_of_the_erased(&order.cycle, &live.cycle);
                }
                Kept::Done => {}
                Kept::Before(_) if known == Known::Lately => return Ok(None),
                Kept::Before(answer) => return self.first_answer(order, answer, &live.cycle).map(Some),
                Kept::Again => return Ok(None),
            }
        }
        Ok(Some(Given { verdict, view, cycle: live.cycle.clone() }))
    }

    /// The order by numbers, and what the outside knows. What was answered before isn't looked at.
    pub(crate) fn asked(&self, order: &Order, cycle: &Cycle) -> Result<Asked, ServiceError> {
        // Where there is a cycle already, it is the machine that refuses to form another.
        if let WireCommand::FormCycle { cycle: formed, .. } = &order.command
            && *formed != order.cycle
            && cycle.revision() == 0
        {
            return Err(ServiceError::OtherCycle { expected: order.cycle.clone(), got: formed.clone() });
        }
        let actor = order.by.clone().resolve(cycle)?;
        let now = self.now_at(cycle);
        let mut command = order.command.clone().resolve(cycle.roster())?;
        let mut unless = Vec::new();
        let mut elsewhere = SeatSet::EMPTY;
        if let Command::MarkAttendance { member, attendance: Attendance::Present | Attendance::Late } = &command {
            let (member, tag) = (*member, cycle.roster().member(*member).map(|one| room_tag(&one.id)));
            if let Some(tag) = tag {
                match self.holder(&tag, &order.cycle)? {
                    None => unless.push(tag),
                    Some(other) if keeps_people(&self.apart(&other)?, now) => elsewhere.insert(member),
                    // The doors of a session that never began stand open: it keeps nobody.
                    Some(_) => {}
                }
            }
        }
        if let Command::FormCycle { group, previous, .. } = &mut command {
            if let Some(last) = self.last_of(group, &order.cycle)? {
                *previous = Some(Box::new(last));
            }
            unless.push(live_tag(group));
        }
        let context =
            Context { command_id: order.key, expected_revision: order.revision, elsewhere, ..Context::new(actor, now) };
        Ok(Asked { command, context, unless })
    }

    /// A cycle but this one that has the tag.
    fn holder(&self, tag: &str, but: &CycleId) -> Result<Option<CycleId>, ServiceError> {
        let heads = self.store.streams(&Which::Tagged(tag.to_owned()), None, 2)?;
        Ok(heads.into_iter().map(|head| head.stream).find(|stream| stream != but))
    }

    /// What the last cycle of a group leaves to the next: the one that hasn't ended, or else the one that ended last.
    fn last_of(&self, group: &GroupId, but: &CycleId) -> Result<Option<Succession>, ServiceError> {
        let mut last = None;
        for head in self.store.streams(&Which::Tagged(group_tag(group)), None, usize::MAX)? {
            if head.stream == *but {
                continue;
            }
            let cycle = self.apart(&head.stream)?;
            let ended = (!cycle.stage().is_terminal(), cycle.ledger().ended_at(), head.stream);
            if last.as_ref().is_none_or(|(found, _)| *found < ended) {
                last = Some((ended, cycle.succession()));
            }
        }
        Ok(last.and_then(|(_, succession)| succession))
    }
}
