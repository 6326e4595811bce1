//! People and groups. The machine knows ids; names are here.

use std::collections::{BTreeMap, BTreeSet};

use peercircle_core::{Command, CycleId, DepartmentId, GroupId, LevelId, MemberId, VerdictView, WireActor, WireCommand};
use peercircle_service::Order;
use peercircle_store::Change;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    HostError, Organisation, Visitor,
    documents::{self, At, Kept},
    right::Right,
};

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// What the machine calls them.
    pub id: MemberId,
    /// What people call them, 1 to 80 characters.
    pub name: String,
    /// Where an invitation goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Their level.
    pub level: LevelId,
    /// Their department.
    pub department: DepartmentId,
    /// Their manager.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<MemberId>,
}

impl Kept for Person {
    const KIND: &'static str = "person";
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its name, 1 to 80 characters.
    pub name: String,
    /// Its people, in the order of seats.
    pub members: Vec<MemberId>,
}

impl Kept for Group {
    const KIND: &'static str = "group";
}

/// Whose address was changed, by id: whoever signs in by it may be somebody else than the group talks to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AddressChanged {}

impl Kept for AddressChanged {
    const KIND: &'static str = "address_changed";
}

/// The longest name, in characters.
const MAX_NAME: usize = 80;

pub(crate) fn check_name(name: &str) -> Result<(), HostError> {
    let length = name.chars().count();
    if (1..=MAX_NAME).contains(&length) && !name.chars().any(char::is_control) && name.trim() == name {
        return Ok(());
    }
    let expected = format!("a name of 1 to {MAX_NAME} characters on one line, without spaces around it");
    Err(HostError::Invalid { expected, got: format!("`{}`", name.chars().take(MAX_NAME + 8).collect::<String>()) })
}

impl Organisation {
    pub(crate) fn existing_person(&self, id: &MemberId) -> Result<At<Person>, HostError> {
        let found = documents::get(self.service().store(), id.as_str())?;
        found.ok_or_else(|| HostError::NotFound { expected: "a person", got: id.to_string() })
    }

    pub(crate) fn existing_group(&self, id: &GroupId) -> Result<At<Group>, HostError> {
        let found = documents::get(self.service().store(), id.as_str())?;
        found.ok_or_else(|| HostError::NotFound { expected: "a group", got: id.to_string() })
    }

    /// What people call somebody; their id where nobody is known by it, as after an erasure.
    ///
    /// # Errors
    /// What the store says.
    pub fn name_of(&self, id: &MemberId) -> Result<String, HostError> {
        let found: Option<At<Person>> = documents::get(self.service().store(), id.as_str())?;
        Ok(found.map_or_else(|| id.to_string(), |at| at.value.name))
    }

    /// What people call a group; its id where none is known by it.
    ///
    /// # Errors
    /// What the store says.
    pub fn group_name(&self, id: &GroupId) -> Result<String, HostError> {
        let found: Option<At<Group>> = documents::get(self.service().store(), id.as_str())?;
        Ok(found.map_or_else(|| id.to_string(), |at| at.value.name))
    }

    /// That an enrolment says of somebody what the directory says of them. Whom it doesn't know is judged by what is said.
    pub(crate) fn check_enrolment(&self, command: &WireCommand) -> Result<(), HostError> {
        let Command::EnrolMember { member, level, department, manager } = command else { return Ok(()) };
        let Some(At { value: known, .. }) = documents::get::<Person>(self.service().store(), member.as_str())? else {
            return Ok(());
        };
        if (&known.level, &known.department, &known.manager) == (level, department, manager) {
            return Ok(());
        }
        let told = |level: &LevelId, department: &DepartmentId, manager: &Option<MemberId>| {
            let manager = manager.as_ref().map_or("none", MemberId::as_str);
            format!("level `{level}`, department `{department}`, manager `{manager}`")
        };
        let expected =
            format!("of `{member}` what the directory has: {}", told(&known.level, &known.department, &known.manager));
        Err(HostError::Invalid { expected, got: told(level, department, manager) })
    }

    /// The changes that keep people and groups, each checked.
    pub(crate) fn keep(&self, people: &[Person], groups: &[Group]) -> Result<Vec<Change>, HostError> {
        let mut changes = Vec::new();
        let new: BTreeSet<_> = people.iter().map(|person| &person.id).collect();
        for person in people {
            check_name(&person.name)?;
            let before: Option<At<Person>> = documents::get(self.service().store(), person.id.as_str())?;
            let address = |email: &Option<String>| email.as_deref().map(str::to_lowercase);
            if before.is_some_and(|before| address(&before.value.email) != address(&person.email)) {
                changes.push(documents::put(person.id.as_str(), &AddressChanged {}));
            }
            changes.push(documents::put(person.id.as_str(), person));
        }
        for group in groups {
            check_name(&group.name)?;
            for (at, member) in group.members.iter().enumerate() {
                if group.members.iter().skip(at + 1).any(|other| other == member) {
                    let expected = "everybody once in a group (R-05)".to_owned();
                    return Err(HostError::Invalid { expected, got: format!("`{member}` twice") });
                }
                if !new.contains(member) {
                    self.existing_person(member)?;
                }
            }
            changes.push(documents::put(group.id.as_str(), group));
        }
        Ok(changes)
    }
}

impl Visitor {
    /// The people, by id, at most `limit`, after `after`.
    ///
    /// # Errors
    /// What the store says.
    pub fn people(&self, after: Option<&MemberId>, limit: usize) -> Result<Vec<Person>, HostError> {
        self.ask(&Right::People)?;
        let after = after.map(MemberId::as_str);
        let page = documents::list(self.organisation.service().store(), "", after, limit)?;
        Ok(page.into_iter().map(|at| at.value).collect())
    }

    /// A person.
    ///
    /// # Errors
    /// [`HostError::NotFound`].
    pub fn directory_entry(&self, id: &MemberId) -> Result<Person, HostError> {
        self.ask(&Right::People)?;
        Ok(self.organisation.existing_person(id)?.value)
    }

    /// Keeps a person, new or changed. What a running cycle knows of them stays as it was when they were enrolled.
    ///
    /// # Errors
    /// [`HostError::Invalid`] for a name that can't be one.
    pub fn put_person(&self, person: &Person) -> Result<(), HostError> {
        self.ask(&Right::People)?;
        let changes = self.organisation.keep(std::slice::from_ref(person), &[])?;
        Ok(self.organisation.service().store().change(changes)?)
    }

    /// The groups, by id, at most `limit`, after `after`.
    ///
    /// # Errors
    /// What the store says.
    pub fn groups(&self, after: Option<&GroupId>, limit: usize) -> Result<Vec<Group>, HostError> {
        self.ask(&Right::People)?;
        let after = after.map(GroupId::as_str);
        let page = documents::list(self.organisation.service().store(), "", after, limit)?;
        Ok(page.into_iter().map(|at| at.value).collect())
    }

    /// A group.
    ///
    /// # Errors
    /// [`HostError::NotFound`].
    pub fn group(&self, id: &GroupId) -> Result<Group, HostError> {
        self.ask(&Right::People)?;
        Ok(self.organisation.existing_group(id)?.value)
    }

    /// Keeps a group, new or changed.
    ///
    /// # Errors
    /// [`HostError::Invalid`] for a name that can't be one or somebody twice, [`HostError::NotFound`] for a member who isn't known.
    pub fn put_group(&self, group: &Group) -> Result<(), HostError> {
        self.ask(&Right::People)?;
        let changes = self.organisation.keep(&[], std::slice::from_ref(group))?;
        Ok(self.organisation.service().store().change(changes)?)
    }

    /// Erases a person: from the directory, from every cycle they are in, with everything they could sign in with. Histories
    /// replay on. Where a cycle refuses nothing is done; where the store failed half way, the same again goes on from there.
    ///
    /// # Errors
    /// [`HostError::NotFound`]; [`HostError::Refused`] with what every cycle says.
    pub fn erase_person(&self, id: &MemberId) -> Result<(), HostError> {
        self.ask(&Right::People)?;
        let (organisation, service) = (&self.organisation, self.organisation.service());
        let At { version, .. } = organisation.existing_person(id)?;
        let erase = |stream: CycleId| {
            let command = Command::AnonymiseMember { member: id.clone() };
            Order::new(stream, WireActor::Organiser {}, command)
        };
        let heads = service.cycles_of(id)?;
        let orders: Vec<_> = heads.into_iter().map(|head| erase(head.stream)).collect();
        let mut refusals = Vec::new();
        for order in &orders {
            refusals.extend(service.explain(order)?.refusals);
        }
        if !refusals.is_empty() {
            return Err(HostError::Refused { refusals });
        }
        for order in &orders {
            if let VerdictView::Refused { refusals } = service.give(order)?.view {
                return Err(HostError::Refused { refusals });
            }
        }
        // Where they have no seat: as somebody's manager, or as a facilitator before.
        service.forget_mentions(id)?;
        let store = service.store();
        let mut changes = vec![Change::delete(Person::KIND, id.as_str()).expecting(version)];
        changes.push(Change::delete(AddressChanged::KIND, id.as_str()));
        changes.extend(organisation.forget_links_of(id)?);
        for At { id: other, version, value } in documents::all::<Person>(store, "")? {
            if value.manager.as_ref() == Some(id) && value.id != *id {
                changes.push(documents::put(other, &Person { manager: None, ..value }).expecting(version));
            }
        }
        for At { id: group_id, version, mut value } in documents::all::<Group>(store, "")? {
            if value.members.contains(id) {
                value.members.retain(|member| member != id);
                changes.push(documents::put(group_id, &value).expecting(version));
            }
        }
        Ok(store.change(changes)?)
    }

    /// What people call those whom the visitor may know, by id: a member everybody who is or was in a cycle with them, whoever keeps
    /// people everybody. Others, and whoever was erased, by their id.
    ///
    /// # Errors
    /// What the store says.
    pub fn names(&self, ids: &[MemberId]) -> Result<BTreeMap<MemberId, String>, HostError> {
        let mut known: BTreeSet<MemberId> = self.person().into_iter().cloned().collect();
        if self.ask(&Right::People).is_ok() {
            known.extend(ids.iter().cloned());
        }
        for (_, cycle) in self.cycles_with_me()? {
            known.extend(cycle.roster().members().map(|(_, one)| one.id.clone()));
        }
        let name = |id: &MemberId| if known.contains(id) { self.organisation.name_of(id) } else { Ok(id.to_string()) };
        ids.iter().map(|id| Ok((id.clone(), name(id)?))).collect()
    }
}
