//! Causes that lie elsewhere: a command that nobody misses where groups come has something that keeps groups from where it belongs.

use std::collections::BTreeMap;

use peercircle_core::{CommandKind, KindSet, Process, RuleId};

use super::refusing;
use crate::{
    Ruled,
    explore::{
        answer::dead::{Probe, kinds_of},
        bounds::Bounds,
        model::{Model, Point},
        quietly,
        search::search,
    },
    story::list,
};

/// The most states that are looked at without a rule, of a small group: that is a moment.
const STATES: usize = 50_000;

/// What groups would do without one of the rules.
#[derive(Default)]
pub(super) struct Without(BTreeMap<RuleId, KindSet>);

impl Without {
    /// What keeps groups from where a kind belongs, in sentences without a full stop: each rule of the process's own, or in code,
    /// without which somebody gives one, and what it refuses.
    pub(super) fn kept_from(&mut self, model: &Model, samples: &[Point], kind: CommandKind) -> Vec<String> {
        let keeping: Vec<_> =
            rules(model.under()).into_iter().filter(|rule| self.given(model, *rule).contains(kind)).collect();
        if keeping.is_empty() {
            return vec!["No group comes to where there is anything of the kind to be done".to_owned()];
        }
        let names: Vec<_> = keeping.iter().map(|rule| rule.name(model.process())).collect();
        let says = format!("No group comes to where it belongs; without {} some would", list(&names));
        std::iter::once(says).chain(keeping.iter().filter_map(|rule| refused_by(model, samples, *rule))).collect()
    }

    /// The kinds that are given without this rule.
    fn given(&mut self, model: &Model, rule: RuleId) -> KindSet {
        *self.0.entry(rule).or_insert_with(|| {
            let Bounds { members, absent, .. } = *model.bounds();
            let few = Bounds {
                members: members.min(4),
                absent: absent.min(1),
                leaving: 0,
                late: 0,
                troubles: 0,
                ..*model.bounds()
            };
            let bounds = Bounds { states: STATES.min(few.states), ..few };
            let freer = without(model.under(), rule).map(|under| Model::new(under, &bounds, &[]));
            freer.map_or(KindSet::EMPTY, |freer| Probe::of(&freer, &search(&freer, &mut quietly)).accepted())
        })
    }
}

/// The rules of the process's own and in code.
fn rules(under: &Ruled) -> Vec<RuleId> {
    let own = (0..under.process().spec().rules.len()).filter_map(|at| u8::try_from(at).ok()).map(RuleId::Process);
    own.chain(under.rules().own().iter().map(|rule| RuleId::Code(rule.id))).collect()
}

/// The same without one of them.
fn without(under: &Ruled, rule: RuleId) -> Option<Ruled> {
    match rule {
        RuleId::Process(at) => {
            let mut spec = under.process().spec().clone();
            spec.rules.remove(usize::from(at));
            Some(Ruled::new(Process::new(spec).ok()?, under.rules().clone()))
        }
        RuleId::Code(id) => Some(under.turned(id, None)),
        RuleId::Ours(_) => None,
    }
}

/// What a rule refuses where groups come.
fn refused_by(model: &Model, samples: &[Point], rule: RuleId) -> Option<String> {
    let kinds = kinds_of(model, rule);
    let points: Vec<_> = samples.iter().collect();
    let told = refusing(model, &points, &|command| kinds.contains(command.kind()));
    told.into_iter().find(|one| one.rule == rule).map(|one| one.says)
}
