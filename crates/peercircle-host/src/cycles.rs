//! Forming cycles: a group, a module, a process, in one go.

use peercircle_core::{
    Command, CommandId, Context, Cycle, CycleFacts, CycleId, GroupId, IdError, Instant, ModuleId, Place, RefusalView,
    SessionKind, Stage, Verdict, VerdictView, WireActor, WireCommand,
};
use peercircle_service::{Order, ServiceError, group_tag};
use peercircle_store::Which;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{Group, HostError, Organisation, Person, Visitor, few::without_few, right::Right, veil};

/// A cycle to form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCycle {
    /// What to call it; the group's name and a number where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cycle: Option<CycleId>,
    /// The module.
    pub module: ModuleId,
    /// The process; the field's own where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<String>,
    /// Session 1, where its date is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_1: Option<FirstSession>,
}

/// When and where a group meets first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstSession {
    /// When it starts.
    pub starts_at: Instant,
    /// Where.
    pub place: Place,
}

/// A cycle that was formed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Formed {
    /// Its id.
    pub cycle: CycleId,
    /// Its facts as they are now; none where it was there before and the visitor may see no facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts: Option<CycleFacts>,
    /// Whether the same words had formed it before.
    #[serde(skip)]
    pub repeated: bool,
}

impl Organisation {
    /// The commands that form a cycle of a group.
    pub(crate) fn forming(
        &self,
        id: &CycleId,
        group: &Group,
        people: &[Person],
        new: &NewCycle,
    ) -> Result<Vec<WireCommand>, HostError> {
        let not_found = || HostError::NotFound { expected: "a module of the catalogue", got: new.module.to_string() };
        let module = self.catalogue().module(new.module.as_str(), "en").ok_or_else(not_found)?;
        let module =
            module.to_ref().map_err(|error| HostError::Invalid { expected: error.expected.to_owned(), got: error.got })?;
        let process = Box::new(self.process(new.process.as_deref())?);
        let mut commands =
            vec![Command::FormCycle { cycle: id.clone(), group: group.id.clone(), module, process, previous: None }];
        for member in &group.members {
            let known = people.iter().find(|person| person.id == *member).cloned();
            let person = match known {
                Some(person) => person,
                None => self.existing_person(member)?.value,
            };
            let Person { id: member, level, department, manager, .. } = person;
            commands.push(Command::EnrolMember { member, level, department, manager });
        }
        if let Some(FirstSession { starts_at, place }) = &new.session_1 {
            let (session, starts_at, place) = (SessionKind::Explore, *starts_at, *place);
            commands.push(Command::ScheduleSession { session, starts_at, place, short_gap: None });
        }
        Ok(commands)
    }

    /// What would refuse these commands, one after the other, on a cycle of their own: nothing is kept.
    pub(crate) fn refusals(&self, commands: &[WireCommand]) -> Result<Vec<(usize, RefusalView)>, HostError> {
        Ok(self.rehearse(Cycle::default(), commands)?.0)
    }

    /// What would refuse these commands, and what the cycle would be after them.
    fn rehearse(&self, mut cycle: Cycle, commands: &[WireCommand]) -> Result<(Vec<(usize, RefusalView)>, Cycle), HostError> {
        let context = Context::organiser(self.service().now());
        let mut refusals = Vec::new();
        for (at, command) in commands.iter().enumerate() {
            let resolved = command.clone().resolve(cycle.roster()).map_err(ServiceError::from)?;
            match cycle.decide(&resolved, &context) {
                Verdict::Accepted(events) => {
                    for event in events {
                        // INVARIANT: the machine takes what it wrote itself.
                        let _evolved = cycle.evolve(&event);
                    }
                }
                Verdict::Refused(no) => {
                    refusals.extend(cycle.view_refusals(no.all()).into_iter().map(|refusal| (at, refusal)));
                }
                Verdict::Duplicate { .. } => {}
            }
        }
        Ok((refusals, cycle))
    }

    /// The next id after the greatest number that a cycle of the group has, so that none comes twice, also where old ones are
    /// forgotten; that of a cycle which is still to meet and was formed by the same words, so that saying them again goes on where
    /// they stopped.
    fn next_cycle_of(&self, group: &Group, new: &NewCycle) -> Result<CycleId, HostError> {
        let service = self.service();
        let of = format!("{}-", group.id);
        let number = |id: &CycleId| id.as_str().strip_prefix(&of).and_then(|rest| rest.parse::<u32>().ok());
        let mut last = 0;
        for head in service.store().streams(&Which::Tagged(group_tag(&group.id)), None, usize::MAX)? {
            let Some(number) = number(&head.stream) else { continue };
            if matches!(head.summary.stage, Stage::Forming | Stage::Scheduled)
                && let Some(form) = self.forming(&head.stream, group, &[], new)?.first()
                && service.store().answer(&head.stream, key_of(&head.stream, form))?.is_some()
            {
                return Ok(head.stream);
            }
            last = last.max(number);
        }
        loop {
            last = last.saturating_add(1);
            let id: CycleId = format!("{of}{last}").parse().map_err(|error: IdError| HostError::Invalid {
                expected: "a group's id with room for a number: give the cycle an id of its own".to_owned(),
                got: error.got,
            })?;
            // Another group may have called a cycle so.
            if service.store().head(&id)?.is_none() {
                return Ok(id);
            }
        }
    }
}

impl Visitor {
    /// Forms a cycle of a group and enrols its people, all of it or nothing: what any rule would refuse is found before anything is
    /// done. The same again is no error and changes nothing, and tells what [`facts`](Self::facts) does; where a store failed half way it
    /// goes on from there.
    ///
    /// # Errors
    /// [`HostError::Refused`] with everything that refuses, [`HostError::NotFound`] for a group, a module or a process.
    pub fn form_cycle(&self, group: &GroupId, new: &NewCycle) -> Result<Formed, HostError> {
        self.ask(&Right::Organise)?;
        let (organisation, service) = (&self.organisation, self.organisation.service());
        let group = organisation.existing_group(group)?.value;
        let id = match &new.cycle {
            Some(id) => id.clone(),
            None => organisation.next_cycle_of(&group, new)?,
        };
        let commands = organisation.forming(&id, &group, &[], new)?;
        let refused = |refusals: Vec<(usize, RefusalView)>| {
            Err(HostError::Refused { refusals: refusals.into_iter().map(|(_, refusal)| refusal).collect() })
        };
        let (refusals, formed) = organisation.rehearse(Cycle::default(), &commands)?;
        if !refusals.is_empty() {
            return refused(refusals);
        }
        let mut missing = Vec::new();
        for command in commands {
            let key = key_of(&id, &command);
            if service.store().answer(&id, key)?.is_none() {
                missing.push((key, command));
            }
        }
        // A cycle of this name that is there, and isn't what this would form, is left as it is.
        if let Some(cycle) = existing(service.cycle(&id))? {
            match missing.first() {
                None => return self.formed_before(id),
                Some((_, Command::FormCycle { .. })) => return Err(HostError::Refused { refusals: vec![veil::taken(&id)] }),
                Some(_) => {}
            }
            let missing: Vec<_> = missing.iter().map(|(_, command)| command.clone()).collect();
            let (refusals, _) = organisation.rehearse(cycle.clone(), &missing)?;
            if !refusals.is_empty() {
                let refusals = refusals.into_iter().map(|(_, refusal)| refusal).collect();
                return Err(HostError::Refused { refusals: veil::outside(&cycle, refusals) });
            }
        }
        for (key, command) in missing {
            let order = Order::new(id.clone(), WireActor::Organiser {}, command).with_key(key);
            // What another cycle of the group stands in the way of, only the service knows.
            let given = service.give(&order)?;
            if let VerdictView::Refused { refusals } = given.view {
                return Err(HostError::Refused { refusals: veil::outside(&given.cycle, refusals) });
            }
        }
        Ok(Formed { facts: Some(without_few(formed.disclose())), cycle: id, repeated: false })
    }

    /// A cycle that was there: what became of it is for those who may see facts, and it is written down that they did.
    fn formed_before(&self, cycle: CycleId) -> Result<Formed, HostError> {
        let facts = if self.ask(&Right::Facts).is_ok() { Some(self.facts(&cycle)?) } else { None };
        Ok(Formed { cycle, facts, repeated: true })
    }
}

fn existing(cycle: Result<Cycle, ServiceError>) -> Result<Option<Cycle>, ServiceError> {
    match cycle {
        Err(ServiceError::NoCycle { .. }) => Ok(None),
        cycle => cycle.map(Some),
    }
}

/// The same key for the same command of the same cycle, so that forming it again goes on where it stopped.
fn key_of(id: &CycleId, command: &WireCommand) -> CommandId {
    // INVARIANT: a command is always JSON.
    let text = serde_json::to_string(command).unwrap_or_default();
    let digest: [u8; 32] = Sha256::digest(format!("{id} {text}").as_bytes()).into();
    let [half @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = digest;
    CommandId::from_bytes(half)
}
