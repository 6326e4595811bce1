//! Who looked at which facts: for a works council, and for the group itself.

use peercircle_core::{CycleId, Instant};
use peercircle_store::{Change, Document, StoreError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    HostError, Visitor, Who,
    documents::{self, Kept},
    right::Right,
    token,
};

/// What was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "looked_at", rename_all = "snake_case")]
pub enum Looked {
    /// The facts of one cycle.
    Facts {
        /// Which.
        cycle: CycleId,
    },
    /// A page of the list of cycles with their facts.
    Cycles {
        /// How many.
        count: u32,
    },
    /// The programme's figures.
    Figures {},
}

/// An entry of the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditEntry {
    /// Its place: later entries have greater ones.
    pub id: String,
    /// When.
    pub at: Instant,
    /// Who: a programme owner's name, or a key's.
    pub who: String,
    /// What.
    #[serde(flatten)]
    pub looked: Looked,
}

impl Kept for AuditEntry {
    const KIND: &'static str = "audit";
}

/// The same by cycle, for its group.
struct OfCycle;

impl OfCycle {
    const KIND: &'static str = "audit_of";
}

impl Visitor {
    /// Writes down that facts are looked at, before they are shown, for each group whose they are as well.
    pub(crate) fn audit<'a>(&self, looked: Looked, of: impl IntoIterator<Item = &'a CycleId>) -> Result<(), HostError> {
        let at = self.organisation.service().now();
        let who = match &self.who {
            Who::Owner { name } => name.clone(),
            Who::System { key, .. } => format!("key {key}"),
            // Facts are shown to nobody else.
            Who::Member { .. } => return Ok(()),
        };
        // With leading zeros, so that names are in the order of time, and within a millisecond in that of the looks; what two
        // processes write down at once is told apart by chance.
        let id = format!("{:015}-{:012}-{}", at.unix_millis(), self.organisation.count_look(), token::name()?);
        let change = documents::put(id.clone(), &AuditEntry { id: id.clone(), at, who, looked });
        let body = change.body.clone().unwrap_or_default();
        let of_cycle = |cycle: &CycleId| Change::put(OfCycle::KIND, format!("{cycle}/{id}"), body.clone());
        let mut changes: Vec<_> = of.into_iter().map(of_cycle).collect();
        changes.push(change);
        Ok(self.organisation.service().store().change(changes)?)
    }

    /// Who looked at facts, earliest first, at most `limit`, after the entry `after`.
    ///
    /// # Errors
    /// What the store says.
    pub fn audit_log(&self, after: Option<&str>, limit: usize) -> Result<Vec<AuditEntry>, HostError> {
        self.ask(&Right::Audit)?;
        let page = documents::list::<AuditEntry>(self.organisation.service().store(), "", after, limit)?;
        Ok(page.into_iter().map(|at| at.value).collect())
    }

    /// Who looked at the facts of a cycle of mine, by themselves or in a list.
    ///
    /// # Errors
    /// As every question about a cycle.
    pub fn audit_of(&self, cycle: &CycleId) -> Result<Vec<AuditEntry>, HostError> {
        self.ask(&Right::Group(cycle.clone()))?;
        let store = self.organisation.service().store();
        let of = format!("{cycle}/");
        let found = store.documents(OfCycle::KIND, &of, None, usize::MAX)?;
        // An id may hold a slash: `c/` begins the entries of `c/2` as well.
        let is_of = |one: &Document| one.id.strip_prefix(&of).is_some_and(|rest| !rest.contains('/'));
        let read = |one: Document| {
            let damaged = |error| StoreError::Corrupt { reason: format!("the audit entry `{}`: {error}", one.id) };
            serde_json::from_str(&one.body).map_err(|error: serde_json::Error| damaged(error).into())
        };
        found.into_iter().filter(is_of).map(read).collect()
    }
}
