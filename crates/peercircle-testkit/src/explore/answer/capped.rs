//! Groups that stay smaller than the bounds say, because the process itself lets nobody else join.

use std::collections::BTreeSet;

use peercircle_core::{CommandKind, Stage};
use serde::Serialize;

use crate::{
    explore::{graph::Graph, model::Model},
    story::list,
};

/// How large groups grow where that is less than the bounds say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Capped {
    /// The most members that a group ever had.
    pub members: u8,
    /// The rules that let nobody else join.
    pub rules: Vec<String>,
}

impl Capped {
    pub(super) fn of(model: &Model, graph: &Graph) -> Option<Self> {
        if graph.largest >= model.bounds().members {
            return None;
        }
        // While a group forms nothing but its size stands against one more; later the group may be closed.
        let joining = |at: &&(Stage, CommandKind)| at.1 == CommandKind::EnrolMember;
        let first = graph.refused.keys().filter(joining).min()?;
        let rules = graph.refused.get(first)?.iter().flatten();
        let rules: BTreeSet<_> = rules.map(|rule| rule.name(model.process())).collect();
        Some(Self { members: graph.largest, rules: rules.into_iter().collect() })
    }

    /// The size of groups that was looked at, in place of what the bounds say.
    pub(super) fn say(&self, bound: u8) -> String {
        let (members, rules) = (self.members, list(&self.rules));
        let (lets, asked) = (if self.rules.len() == 1 { "lets" } else { "let" }, format!("{bound} were asked for"));
        format!("a group of {members} at most, as {rules} {lets} nobody else join ({asked})")
    }
}
