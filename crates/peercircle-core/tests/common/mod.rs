//! Groups to ask: what the tests of the core's answers share.

#![allow(
    dead_code,
    clippy::allow_attributes,
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests; not every test uses all of them"
)]

use peercircle_core::{Command, Context, Cycle, Instant, ModuleRef, Process, Seat, Verdict};

/// Monday, nine o'clock.
pub(crate) fn monday() -> Instant {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

pub(crate) fn seat(number: u8) -> Seat {
    Seat::new(number).unwrap()
}

/// Gives a command that must be accepted.
pub(crate) fn give(cycle: &mut Cycle, command: &Command, context: &Context) {
    match cycle.decide(command, context) {
        Verdict::Accepted(events) => events.iter().for_each(|event| cycle.evolve(event).unwrap()),
        other @ (Verdict::Refused(_) | Verdict::Duplicate { .. }) => panic!("{command:?}: {other:?}"),
    }
}

/// A group of `members`, formed on [`monday`], that nobody has dated yet.
pub(crate) fn formed(members: u8, process: Process) -> Cycle {
    let mut cycle = Cycle::default();
    let strategies = ["agree-the-result", "let-go-in-steps"].map(|id| id.parse().unwrap()).into();
    let form = Command::FormCycle {
        cycle: "c-1".parse().unwrap(),
        group: "g-1".parse().unwrap(),
        module: ModuleRef::new("delegation".parse().unwrap(), strategies).unwrap(),
        process: Box::new(process),
        previous: None,
    };
    give(&mut cycle, &form, &Context::organiser(monday()));
    for (member, name) in (0..members).zip(["ana", "bo", "cleo", "dan", "eve", "finn", "gus", "hana"]) {
        let enrol = Command::EnrolMember {
            member: name.parse().unwrap(),
            level: "lead".parse().unwrap(),
            department: format!("d{member}").parse().unwrap(),
            manager: None,
        };
        give(&mut cycle, &enrol, &Context::organiser(monday()));
    }
    cycle
}

/// Walks the path to `command` and then gives it; the steps it took and the time it became.
pub(crate) fn go(cycle: &mut Cycle, command: &Command, by: Context) -> usize {
    let path = cycle.path_to(command, &by).unwrap_or_else(|no| panic!("{command:?}: {:?}", no.refused));
    for step in &path {
        give(cycle, &step.command, &Context::new(step.by, step.at));
    }
    path.len()
}
