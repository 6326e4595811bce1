//! The machine's answers. They stay in the group; what HR sees is [`Service::facts`].

use peercircle_core::{
    AllowedView, CycleFacts, CycleId, CycleView, DueView, ExplanationView, GuideView, MemberId, PathView, WaitingView,
    WireActor,
};
use peercircle_store::{Head, Which};

use crate::{Order, Service, ServiceError, member_tag};

/// # Errors
/// Every question about a cycle: [`ServiceError::NoCycle`], [`ServiceError::Name`], [`ServiceError::Store`],
/// [`ServiceError::History`].
#[expect(clippy::missing_errors_doc, reason = "they are the same for all, and stand above")]
impl Service {
    /// The cycle for a screen.
    pub fn view(&self, cycle: &CycleId) -> Result<CycleView, ServiceError> {
        Ok(self.cycle(cycle)?.view())
    }

    /// What leaves the group.
    pub fn facts(&self, cycle: &CycleId) -> Result<CycleFacts, ServiceError> {
        Ok(self.cycle(cycle)?.disclose())
    }

    /// Where the group is, whose turn it is, how long is left, what to say: everything a screen needs in one answer.
    pub fn guide(&self, cycle: &CycleId, by: &WireActor) -> Result<GuideView, ServiceError> {
        let cycle = self.cycle(cycle)?;
        let actor = by.clone().resolve(&cycle)?;
        Ok(self.rules.view_guide(&cycle, actor, self.now_at(&cycle)))
    }

    /// Every kind of command in somebody's reach, and what refuses it.
    pub fn allowed(&self, cycle: &CycleId, by: &WireActor) -> Result<Vec<AllowedView>, ServiceError> {
        let cycle = self.cycle(cycle)?;
        let actor = by.clone().resolve(&cycle)?;
        Ok(self.rules.view_allowed(&cycle, actor, self.now_at(&cycle)))
    }

    /// Every rule that looks at an order, and what it finds. Nothing is done.
    pub fn explain(&self, order: &Order) -> Result<ExplanationView, ServiceError> {
        let cycle = self.cycle(&order.cycle)?;
        let asked = self.asked(order, &cycle)?;
        Ok(self.rules.view_explanation(&cycle, &asked.command, &asked.context))
    }

    /// Who has to do what until an order is accepted. Nothing is done.
    pub fn path(&self, order: &Order) -> Result<PathView, ServiceError> {
        let cycle = self.cycle(&order.cycle)?;
        let asked = self.asked(order, &cycle)?;
        Ok(self.rules.view_path(&cycle, &asked.command, &asked.context))
    }

    /// What has fallen due and still stands.
    pub fn due(&self, cycle: &CycleId) -> Result<Vec<DueView>, ServiceError> {
        let cycle = self.cycle(cycle)?;
        Ok(cycle.view_due(self.now_at(&cycle)))
    }

    /// What falls due next.
    pub fn ahead(&self, cycle: &CycleId) -> Result<Vec<DueView>, ServiceError> {
        let cycle = self.cycle(cycle)?;
        Ok(cycle.view_next_due(self.now_at(&cycle)))
    }

    /// Whom the cycle waits for.
    pub fn waiting(&self, cycle: &CycleId) -> Result<Vec<WaitingView>, ServiceError> {
        Ok(self.cycle(cycle)?.view_waiting())
    }

    /// The cycles somebody is or was a member of, by id.
    pub fn cycles_of(&self, member: &MemberId) -> Result<Vec<Head>, ServiceError> {
        Ok(self.store.streams(&Which::Tagged(member_tag(member)), None, usize::MAX)?)
    }
}
