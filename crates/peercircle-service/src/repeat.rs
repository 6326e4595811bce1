//! Orders that come under a key that was used: again what was answered, or something else by mistake.

use peercircle_core::{Context, Cycle, Event, EventBody, Verdict, VerdictView};
use peercircle_store::Answer;

use crate::{Given, Order, Service, ServiceError, history};

impl Service {
    /// The first answer again, where it was one to this order.
    pub(crate) fn first_answer(&self, order: &Order, answer: Answer, cycle: &Cycle) -> Result<Given, ServiceError> {
        // What somebody did who was erased is nobody's now, so it can't be told from something else.
        if cycle.ledger().anonymised().is_empty() && !self.is_answered(order, answer)? {
            return Err(ServiceError::KeyReused { cycle: order.cycle.clone() });
        }
        let Answer { first, last } = answer;
        let (verdict, view) = (Verdict::Duplicate { first, last }, VerdictView::Duplicate { first, last });
        Ok(Given { verdict, view, cycle: cycle.clone() })
    }

    /// Whether an order, given where the cycle was then, comes to what is kept. So the store needs to know no more of a command than
    /// its events.
    fn is_answered(&self, order: &Order, answer: Answer) -> Result<bool, ServiceError> {
        let (before, kept): (Vec<_>, Vec<_>) = self
            .store
            .load(&order.cycle, 0)?
            .into_iter()
            .filter(|record| record.seq <= answer.last)
            .partition(|record| record.seq < answer.first);
        let kept = kept.iter().map(history::event).collect::<Result<Vec<_>, _>>()?;
        let Some(first) = kept.first() else { return Ok(false) };
        let mut cycle = Cycle::default();
        history::apply(&mut cycle, &before, &self.processes)?;
        let (Ok(actor), Ok(command)) = (order.by.clone().resolve(&cycle), order.command.clone().resolve(cycle.roster()))
        else {
            return Ok(false);
        };
        let context = Context { command_id: order.key, ..Context::new(actor, first.at) };
        let verdict = self.rules.decide(&cycle, &command, &context);
        Ok(verdict.events().len() == kept.len()
            && verdict.events().iter().zip(&kept).all(|(one, other)| are_alike(one, other)))
    }
}

/// Whether two events are the same. What a cycle takes over from the one before it is the store's to know and not the order's.
fn are_alike(one: &Event, kept: &Event) -> bool {
    if let (EventBody::CycleFormed(one), EventBody::CycleFormed(kept)) = (&one.body, &kept.body) {
        return (&one.cycle, &one.group, &one.module, &one.process)
            == (&kept.cycle, &kept.group, &kept.module, &kept.process);
    }
    one == kept
}
