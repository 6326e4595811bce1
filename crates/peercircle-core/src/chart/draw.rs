//! Drawing a chart: Mermaid, DOT, and the table of stages by commands.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Chart;
use crate::{CommandKind, SessionKind, Stage, StageSet};

/// The stages that are drawn inside a session.
const SESSIONS: [(SessionKind, StageSet); 2] = [
    (SessionKind::Explore, StageSet::between(Stage::ExploreGathering, Stage::ExploreTakeaways)),
    (SessionKind::Reflect, StageSet::between(Stage::ReflectGathering, Stage::ReflectTakeaways)),
];

/// Where an arrow starts: at a stage, or at a whole session where every stage of it has the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum From {
    Stage(Stage),
    Session(SessionKind),
}

impl Chart {
    /// The stages and what leads from one to another, as a Mermaid state diagram.
    #[must_use]
    pub fn mermaid(&self) -> String {
        let mut out = String::from("stateDiagram-v2\n");
        for stage in self.stages().filter(|stage| session_of(*stage).is_none()) {
            line(&mut out, format_args!("    state \"{}\" as {}", stage.label(), id(stage)));
        }
        for (session, stages) in SESSIONS {
            line(&mut out, format_args!("    state \"{}\" as {} {{", session.label(), session_id(session)));
            for stage in self.stages().filter(|stage| stages.contains(*stage)) {
                line(&mut out, format_args!("        state \"{}\" as {}", stage.label(), id(stage)));
            }
            line(&mut out, format_args!("    }}"));
        }
        line(&mut out, format_args!("    [*] --> {}", id(Stage::Unformed)));
        for ((from, to), commands) in self.arrows() {
            let from = match from {
                From::Stage(stage) => id(stage),
                From::Session(session) => session_id(session).to_owned(),
            };
            line(&mut out, format_args!("    {from} --> {} : {}", id(to), commands.join(", ")));
        }
        for stage in self.stages().filter(|stage| stage.is_terminal()) {
            line(&mut out, format_args!("    {} --> [*]", id(stage)));
        }
        out
    }

    /// The same as a DOT graph.
    #[must_use]
    pub fn dot(&self) -> String {
        let mut out = String::new();
        line(&mut out, format_args!("digraph \"{}\" {{", self.name.replace(['"', '\\'], "'")));
        line(&mut out, format_args!("    compound=true; rankdir=TB; node [shape=box, style=rounded];"));
        let node = |stage: Stage| {
            let shape = if stage.is_terminal() { ", peripheries=2" } else { "" };
            format!("{} [label=\"{}\"{shape}];", id(stage), stage.label())
        };
        for stage in self.stages().filter(|stage| session_of(*stage).is_none()) {
            line(&mut out, format_args!("    {}", node(stage)));
        }
        for (session, stages) in SESSIONS {
            let name = session_id(session);
            line(&mut out, format_args!("    subgraph cluster_{name} {{ label=\"{}\";", session.label()));
            for stage in self.stages().filter(|stage| stages.contains(*stage)) {
                line(&mut out, format_args!("        {}", node(stage)));
            }
            line(&mut out, format_args!("    }}"));
        }
        for ((from, to), commands) in self.arrows() {
            let (from, tail) = match from {
                From::Stage(stage) => (id(stage), String::new()),
                From::Session(session) => {
                    let stages = SESSIONS.iter().find(|(other, _)| *other == session).map(|(_, stages)| *stages);
                    let inside = stages.and_then(|stages| stages.iter().next()).map_or_else(String::new, id);
                    (inside, format!(", ltail=cluster_{}", session_id(session)))
                }
            };
            line(&mut out, format_args!("    {from} -> {} [label=\"{}\"{tail}];", id(to), commands.join("\\n")));
        }
        line(&mut out, format_args!("}}"));
        out
    }

    /// The table of commands by stages in Markdown: `+` accepted there, `.` it belongs there and was never accepted under
    /// this process wherever the chart looked, and nothing where it doesn't belong.
    #[must_use]
    pub fn table(&self) -> String {
        let stages: Vec<Stage> = self.stages().filter(|stage| *stage != Stage::Unformed).collect();
        let mut out = String::from("| command |");
        for stage in &stages {
            let _infallible = write!(out, " {} |", stage.label());
        }
        out.push_str("\n|---|");
        out.push_str(&"---|".repeat(stages.len()));
        out.push('\n');
        for kind in CommandKind::ALL.iter().filter(|kind| !kind.stages().contains(Stage::Unformed)) {
            let _infallible = write!(out, "| `{kind}` |");
            for stage in &stages {
                let mark = match (kind.stages().contains(*stage), self.accepted_at(*stage).contains(*kind)) {
                    (true, true) => " + |",
                    (true, false) => " . |",
                    (false, _) => " |",
                };
                out.push_str(mark);
            }
            out.push('\n');
        }
        out
    }

    /// The stages that some edge touches.
    fn stages(&self) -> impl Iterator<Item = Stage> {
        let touched = |stage: Stage| self.edges.iter().any(|edge| edge.from == stage || edge.to == stage);
        Stage::ALL.iter().copied().filter(move |stage| touched(*stage))
    }

    /// What leads away, the commands of one arrow together; from a session as a whole what all its stages share.
    fn arrows(&self) -> BTreeMap<(From, Stage), Vec<&'static str>> {
        let mut arrows: BTreeMap<(From, Stage), Vec<&'static str>> = BTreeMap::new();
        for edge in self.edges.iter().filter(|edge| edge.from != edge.to) {
            let shared = session_of(edge.from).filter(|(_, stages)| {
                let all = || self.stages().filter(|stage| stages.contains(*stage));
                !stages.contains(edge.to)
                    && all().all(|from| self.edges.contains(&super::Edge { from, to: edge.to, command: edge.command }))
            });
            let from = shared.map_or(From::Stage(edge.from), |(session, _)| From::Session(session));
            let commands = arrows.entry((from, edge.to)).or_default();
            if !commands.contains(&edge.command.name()) {
                commands.push(edge.command.name());
            }
        }
        arrows
    }
}

fn session_of(stage: Stage) -> Option<(SessionKind, StageSet)> {
    SESSIONS.into_iter().find(|(_, stages)| stages.contains(stage))
}

fn id(stage: Stage) -> String {
    stage.name().replace('.', "_")
}

const fn session_id(session: SessionKind) -> &'static str {
    match session {
        SessionKind::Explore => "session_1",
        SessionKind::Reflect => "session_2",
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _infallible = writeln!(out, "{text}");
}
