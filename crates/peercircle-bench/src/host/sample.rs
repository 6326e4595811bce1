//! A formed cycle with six members, as the machine writes it: to copy, and to know the size of a command's line and answer.

use anyhow::{Context as _, Result};
use peercircle_core::{CycleId, Span, WireActor, WireCommand};
use peercircle_service::{Order, Service};
use peercircle_store::{Append, Expected, MemoryStore, Summary};

/// What stands for a cycle's number until it is copied.
const NUMBER: &str = "qqqqqqq";

/// The cycle, line by line.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    lines: Vec<String>,
    summary: Summary,
    /// How long the line of a command of the load is, in bytes.
    pub(super) line: usize,
    /// How long the answer to it is, in bytes.
    pub(super) answer: usize,
}

impl Sample {
    pub(super) fn take() -> Result<Self> {
        let service = Service::new(MemoryStore::default());
        form(&service, NUMBER)?;
        let id = cycle(NUMBER)?;
        let lines = service.store().load(&id, 0)?.into_iter().map(|record| record.line).collect();
        let summary = service.store().head(&id)?.context("a head")?.summary;
        let key = "00000000-0000-4000-8000-000000000001".parse()?;
        let order = Order::new(id.clone(), WireActor::Organiser {}, serde_json::from_str(&set_rules(1000))?).with_key(key);
        let answer = serde_json::to_string(&service.give(&order)?.view)?.len();
        let last = service.store().load(&id, 0)?.pop().context("an event")?;
        Ok(Self { lines, summary, line: last.line.len(), answer })
    }

    /// It once more, under another number.
    pub(super) fn copy(&self, number: usize) -> Result<Append> {
        let number = numbered(number);
        let fill = |text: &str| text.replace(NUMBER, &number);
        let summary = Summary { tags: self.summary.tags.iter().map(fill).collect(), ..self.summary.clone() };
        let lines = self.lines.iter().map(|line| fill(line)).collect();
        Ok(Append::new(cycle(&number)?, Expected::NoStream, 1, lines, summary))
    }
}

/// A number as ids have it.
pub(super) fn numbered(number: usize) -> String {
    format!("{number:07}")
}

/// The id of a cycle.
pub(super) fn cycle(number: &str) -> Result<CycleId> {
    Ok(format!("c-{number}").parse()?)
}

/// The command that the load gives.
pub(super) fn set_rules(version: u32) -> String {
    format!(r#"{{"type":"ground_rules.set","version":{version}}}"#)
}

/// Forms a cycle of six and schedules its first session, as its organiser does.
pub(super) fn form(service: &Service, number: &str) -> Result<()> {
    let mut commands = vec![format!(
        r#"{{"type":"cycle.form","cycle":"c-{number}","group":"g-{number}","module":{{"id":"delegation","strategies":["agree-the-result","match-task-to-person","let-go-in-steps"]}}}}"#
    )];
    for seat in 0..6 {
        commands.push(format!(
            r#"{{"type":"member.enrol","member":"m-{number}-{seat}","level":"team-lead","department":"department-{seat}"}}"#
        ));
    }
    let starts_at = service.now() + Span::days(30);
    commands
        .push(format!(r#"{{"type":"session.schedule","session":"explore","starts_at":"{starts_at}","place":"onsite"}}"#));
    for command in commands {
        let command: WireCommand = serde_json::from_str(&command).with_context(|| command.clone())?;
        let given = service.give(&Order::new(cycle(number)?, WireActor::Organiser {}, command))?;
        anyhow::ensure!(given.verdict.code() == "accepted", "expected it to be accepted, got {:?}", given.view);
    }
    Ok(())
}
