//! What lies ahead of a cycle and what of it waits, as far as that leaves the group.
//!
//! A session's date is about a group, as its stage is. Who has not come in yet, and who still reports, is about people: it is told only
//! where the facts count people at all, and never who. What waits in a suspended cycle is its group's.

use std::collections::BTreeSet;

use peercircle_core::{
    Cycle, CycleFacts, CycleId, Date, DueKind, GroupId, Instant, MemberId, Place, SessionKind, Span, Stage,
};
use peercircle_store::{Head, Which};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Group, HostError, Looked, Visitor, few::without_few, link::WaysIn, right::Right};

/// How long after its date a session that has begun may go on before somebody should ask: it can run late, and it can be
/// interrupted for a day.
const GRACE: Span = Span::days(1);

/// A cycle's facts, and what lies ahead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// Its facts, as they leave the host.
    pub facts: CycleFacts,
    /// The session at hand, or else the next one; none once both were held, and none while the cycle is suspended.
    pub next_session: Option<NextSession>,
    /// What waits.
    pub waits: Vec<Waits>,
}

/// The session at hand, or else the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextSession {
    /// Which.
    pub session: SessionKind,
    /// Its date.
    pub date: Date,
    /// Where it is held, where that is known.
    pub place: Option<Place>,
}

/// Something of a cycle that waits to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum Waits {
    /// Nobody of the group was ever invited.
    Invite {},
    /// Some have taken no invitation yet.
    Invitations {
        /// How many.
        open: u8,
        /// Of how many.
        of: u8,
    },
    /// The catalogue has the module no longer, and another can still be chosen.
    Module {},
    /// The date of a session is past, and the session is not over.
    Session {
        /// Which.
        session: SessionKind,
        /// When it was to be.
        at: Instant,
        /// Whether it began, and nobody has closed it.
        begun: bool,
    },
    /// The day is past by which session 2 was to get its date.
    Date {
        /// That day.
        by: Instant,
    },
    /// Written reports of session 2 are due.
    Reports {
        /// Until when.
        until: Instant,
    },
    /// It is open what some adopt.
    Adoption {
        /// Until when.
        until: Instant,
    },
    /// The cycle is suspended.
    Suspended {},
}

impl Waits {
    /// Whether the organiser comes next, at `now`; else it is the group's own.
    #[must_use]
    pub fn is_organisers(self, now: Instant) -> bool {
        match self {
            Self::Invite {}
            | Self::Invitations { .. }
            | Self::Module {}
            | Self::Session { .. }
            | Self::Date { .. }
            | Self::Suspended {} => true,
            Self::Reports { until } | Self::Adoption { until } => until <= now,
        }
    }
}

/// Every cycle, and the groups without any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlooks {
    /// The cycles, by id.
    pub cycles: Vec<Outlook>,
    /// Groups that never had a cycle, by id.
    pub idle: Vec<Group>,
}

/// What a cycle runs under: the organiser's to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What people call its process.
    pub process: String,
    /// The current version of its ground rules.
    pub ground_rules: u16,
}

impl Visitor {
    /// What lies ahead of a cycle, with its facts. It is written down that they were looked at.
    ///
    /// # Errors
    /// As [`facts`](Self::facts).
    pub fn outlook(&self, cycle: &CycleId) -> Result<Outlook, HostError> {
        self.ask(&Right::Facts)?;
        let state = self.organisation.service().cycle(cycle)?;
        let outlook = self.outlook_of(&state, self.organisation.ways_in()?.as_ref());
        self.audit(Looked::Facts { cycle: cycle.clone() }, [cycle])?;
        Ok(outlook)
    }

    /// The same of a group's cycles, by id.
    ///
    /// # Errors
    /// [`HostError::Forbidden`], what the store says.
    pub fn outlooks_of(&self, group: &GroupId) -> Result<Vec<Outlook>, HostError> {
        self.ask(&Right::Facts)?;
        let tag = peercircle_service::group_tag(group);
        let heads = self.organisation.service().store().streams(&Which::Tagged(tag), None, usize::MAX)?;
        heads.iter().map(|head| self.outlook(&head.stream)).collect()
    }

    /// What lies ahead of every cycle, and which groups have none. It is written down that facts were looked at.
    ///
    /// # Errors
    /// [`HostError::Forbidden`], what the store says.
    pub fn outlooks(&self) -> Result<Outlooks, HostError> {
        self.ask(&Right::Facts)?;
        self.ask(&Right::People)?;
        let cycles = self.outlooks_after(None, usize::MAX)?;
        let busy: BTreeSet<_> = cycles.iter().filter_map(|one| one.facts.group.as_ref()).collect();
        let mut idle = self.groups(None, usize::MAX)?;
        idle.retain(|group| !busy.contains(&group.id));
        Ok(Outlooks { cycles, idle })
    }

    /// What lies ahead of the cycles by id, at most `limit`, after `after`. It is written down that facts were looked at.
    ///
    /// # Errors
    /// [`HostError::Forbidden`], what the store says.
    pub fn outlooks_after(&self, after: Option<&CycleId>, limit: usize) -> Result<Vec<Outlook>, HostError> {
        self.ask(&Right::Facts)?;
        let (service, ways_in) = (self.organisation.service(), self.organisation.ways_in()?);
        let heads = service.store().streams(&Which::All, after, limit)?;
        let outlook = |head: &Head| Ok(self.outlook_of(&service.cycle(&head.stream)?, ways_in.as_ref()));
        let cycles = heads.iter().map(outlook).collect::<Result<Vec<_>, HostError>>()?;
        let count = u32::try_from(cycles.len()).unwrap_or(u32::MAX);
        self.audit(Looked::Cycles { count }, heads.iter().map(|head| &head.stream))?;
        Ok(cycles)
    }

    /// What a cycle runs under.
    ///
    /// # Errors
    /// [`HostError::Forbidden`], [`HostError::NotFound`].
    pub fn terms(&self, cycle: &CycleId) -> Result<Terms, HostError> {
        self.ask(&Right::Organise)?;
        let state = self.organisation.service().cycle(cycle)?;
        Ok(Terms { process: state.process().spec().name.clone(), ground_rules: state.ledger().rules_version() })
    }

    fn outlook_of(&self, cycle: &Cycle, ways_in: Option<&WaysIn>) -> Outlook {
        let next_session = cycle.session_ahead().filter(|_| cycle.stage() != Stage::Unformed).map(|session| {
            let facts = cycle.ledger().session(session);
            NextSession { session, date: facts.date(), place: facts.place() }
        });
        let facts = without_few(cycle.disclose());
        let stage = cycle.stage();
        let waits = if stage == Stage::Suspended {
            vec![Waits::Suspended {}]
        } else if stage == Stage::Unformed || stage.is_terminal() {
            Vec::new()
        } else {
            self.waits(cycle, &facts, next_session, ways_in)
        };
        Outlook { facts, next_session, waits }
    }

    /// What waits in a cycle that goes on.
    fn waits(&self, cycle: &Cycle, facts: &CycleFacts, next: Option<NextSession>, ways_in: Option<&WaysIn>) -> Vec<Waits> {
        let now = self.organisation.service().now();
        let counts = facts.members.is_some();
        let mut waits = Vec::new();
        waits.extend(ways_in.and_then(|ways_in| invitations(cycle, ways_in, counts)));
        let module = facts.module.as_ref().and_then(|id| self.organisation.catalogue().module(id.as_str(), "en"));
        if module.is_none() && !cycle.ledger().closed_group() {
            waits.push(Waits::Module {});
        }
        if let Some(NextSession { session, date: Date::At(at), .. }) = next {
            let late = if cycle.session().is_some() {
                GRACE
            } else {
                Span::seconds(cycle.process().session_seconds(session).into())
            };
            if at + late < now {
                waits.push(Waits::Session { session, at, begun: cycle.state().meeting().is_some() });
            }
        }
        let deadlines = cycle.deadlines();
        let at = |kind: DueKind| deadlines.iter().find(|due| due.kind == kind).map(|due| due.at);
        waits.extend(at(DueKind::DatePromised {}).filter(|by| *by <= now).map(|by| Waits::Date { by }));
        if counts {
            waits.extend(at(DueKind::WrittenReportUntil {}).map(|until| Waits::Reports { until }));
            waits.extend(at(DueKind::AdoptionUntil {}).map(|until| Waits::Adoption { until }));
        }
        waits
    }
}

/// Who of a cycle's members has a way in. That nobody was ever invited is what the organiser did and no more, so it needs no count.
fn invitations(cycle: &Cycle, ways_in: &WaysIn, counts: bool) -> Option<Waits> {
    let there = cycle.ledger().active().minus(cycle.ledger().anonymised());
    let members: Vec<&MemberId> = there.iter().filter_map(|seat| Some(&cycle.roster().member(seat)?.id)).collect();
    if !members.iter().any(|member| ways_in.was_invited(member)) {
        return Some(Waits::Invite {});
    }
    let open = members.iter().filter(|member| !ways_in.came(member)).count();
    let (open, of) = (u8::try_from(open).ok()?, u8::try_from(members.len()).ok()?);
    (counts && open > 0).then_some(Waits::Invitations { open, of })
}
