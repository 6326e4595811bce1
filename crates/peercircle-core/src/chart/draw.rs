//! Drawing a chart: Mermaid, DOT, and the table of stages by commands.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Chart, Edge};
use crate::{CommandKind, Stage, StageSet};

/// The boxes that stages are drawn in: a session, and in it what runs.
const BOXES: [Frame; 4] = [
    Frame {
        name: "session_1",
        label: "session 1",
        stages: StageSet::between(Stage::ExploreGathering, Stage::ExploreTakeaways),
    },
    Frame { name: "running_1", label: "session 1 runs", stages: StageSet::EXPLORING },
    Frame {
        name: "session_2",
        label: "session 2",
        stages: StageSet::between(Stage::ReflectGathering, Stage::ReflectTakeaways),
    },
    Frame { name: "running_2", label: "session 2 runs", stages: StageSet::REFLECTING },
];

/// A box around stages.
#[derive(Clone, Copy)]
struct Frame {
    name: &'static str,
    label: &'static str,
    stages: StageSet,
}

impl Chart {
    /// The stages and what leads from one to another, as a Mermaid state diagram.
    #[must_use]
    pub fn mermaid(&self) -> String {
        let mut out = String::from("stateDiagram-v2\n");
        self.nested(&mut out, &|out, indent, place| match place {
            Place::Stage(stage) => line(out, format_args!("{indent}state \"{}\" as {}", stage.label(), id(stage))),
            Place::Open(frame) => line(out, format_args!("{indent}state \"{}\" as {} {{", frame.label, frame.name)),
            Place::Close => line(out, format_args!("{indent}}}")),
        });
        line(&mut out, format_args!("    [*] --> {}", id(Stage::Unformed)));
        for ((from, to), commands) in self.arrows() {
            line(&mut out, format_args!("    {from} --> {to} : {}", commands.join(", ")));
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
        line(&mut out, format_args!("    compound=true; node [shape=box, style=rounded];"));
        self.nested(&mut out, &|out, indent, place| match place {
            Place::Stage(stage) => {
                let shape = if stage.is_terminal() { ", peripheries=2" } else { "" };
                line(out, format_args!("{indent}{} [label=\"{}\"{shape}];", id(stage), stage.label()));
            }
            Place::Open(frame) => {
                line(out, format_args!("{indent}subgraph cluster_{} {{ label=\"{}\";", frame.name, frame.label));
            }
            Place::Close => line(out, format_args!("{indent}}}")),
        });
        for ((from, to), commands) in self.arrows() {
            // DOT's arrows join nodes; one that stands for a box is cut at its border.
            let end = |name: &str, cut: &str| {
                let frame = BOXES.iter().find(|frame| frame.name == name);
                let inside = frame.and_then(|frame| self.stages().find(|stage| frame.stages.contains(*stage)));
                inside
                    .map_or_else(|| (name.to_owned(), String::new()), |stage| (id(stage), format!(", {cut}=cluster_{name}")))
            };
            let ((from, tail), (to, head)) = (end(&from, "ltail"), end(&to, "lhead"));
            line(&mut out, format_args!("    {from} -> {to} [label=\"{}\"{tail}{head}];", commands.join("\\n")));
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

    /// The stages in their boxes, each box opened and closed.
    fn nested(&self, out: &mut String, draw: &dyn Fn(&mut String, &str, Place)) {
        for stage in self.stages().filter(|stage| BOXES.iter().all(|frame| !frame.stages.contains(*stage))) {
            draw(out, "    ", Place::Stage(stage));
        }
        for [session, running] in BOXES.as_chunks::<2>().0 {
            draw(out, "    ", Place::Open(*session));
            for stage in self.stages().filter(|stage| session.stages.minus(running.stages).contains(*stage)) {
                draw(out, "        ", Place::Stage(stage));
            }
            draw(out, "        ", Place::Open(*running));
            for stage in self.stages().filter(|stage| running.stages.contains(*stage)) {
                draw(out, "            ", Place::Stage(stage));
            }
            draw(out, "        ", Place::Close);
            draw(out, "    ", Place::Close);
        }
    }

    /// What leads away, the commands of one arrow together. What every stage of a box shares is drawn once, from or to the box.
    fn arrows(&self) -> Vec<((String, String), Vec<&'static str>)> {
        // In the order of the lifecycle, a box where its first stage stands.
        let mut arrows: BTreeMap<[(Stage, Option<&'static str>); 2], Vec<&'static str>> = BTreeMap::new();
        for edge in self.edges.iter().filter(|edge| edge.from != edge.to) {
            let Edge { from, to, command } = *edge;
            let leaves = |from, to| self.edges.contains(&Edge { from, to, command });
            let all = |frame: &Frame, holds: &dyn Fn(Stage) -> bool| {
                self.stages().filter(|stage| frame.stages.contains(*stage)).all(holds)
            };
            let away = BOXES.iter().find(|frame| {
                frame.stages.contains(from) && !frame.stages.contains(to) && all(frame, &|stage| leaves(stage, to))
            });
            let into = BOXES.iter().find(|frame| {
                frame.stages.contains(to) && !frame.stages.contains(from) && all(frame, &|stage| leaves(from, stage))
            });
            let end = |frame: Option<&Frame>, stage| match frame {
                Some(frame) => (frame.stages.iter().next().unwrap_or(stage), Some(frame.name)),
                None => (stage, None),
            };
            let commands = arrows.entry([end(away, from), end(into, to)]).or_default();
            if !commands.contains(&command.name()) {
                commands.push(command.name());
            }
        }
        let name = |(stage, frame): (Stage, Option<&str>)| frame.map_or_else(|| id(stage), str::to_owned);
        arrows.into_iter().map(|([from, to], commands)| ((name(from), name(to)), commands)).collect()
    }
}

/// What is drawn of the boxes and what is in them.
#[derive(Clone, Copy)]
enum Place {
    Stage(Stage),
    Open(Frame),
    Close,
}

fn id(stage: Stage) -> String {
    stage.name().replace('.', "_")
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _infallible = writeln!(out, "{text}");
}
