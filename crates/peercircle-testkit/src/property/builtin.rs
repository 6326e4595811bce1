//! What every sound process keeps: properties of the shipping machine that no process can switch off.

use peercircle_core::{CommandKind, Stage};

use super::{Each, Occurrence, Property, Template};

/// Properties that hold of every process the machine accepts. A fault of the machine breaks one of them.
#[must_use]
pub fn builtin() -> Vec<Property> {
    let accepted = |kind| Occurrence::Accepted(kind);
    let event = |name: &str| Occurrence::Event(name.to_owned());
    let reached = |stage| Occurrence::Reached(stage);
    let before = |first, then| Template::Precedence { first, then };
    let never_after = |first, then| Template::NotSuccession { first, then };
    let once = |what| Template::Absence { what, beyond: 1 };
    let group = [
        ("KIT-01", before(reached(Stage::ExploreGathering), event("session.started"))),
        ("KIT-02", before(accepted(CommandKind::StartSession), event("story.shared"))),
        ("KIT-03", before(reached(Stage::StorySharing), event("report.given"))),
        ("KIT-04", before(reached(Stage::Practising), reached(Stage::ReflectGathering))),
        ("KIT-05", before(reached(Stage::ReportBack), event("adoption.decided"))),
        ("KIT-06", before(reached(Stage::ReflectWelcome), event("cycle.completed"))),
        ("KIT-07", before(reached(Stage::ReflectWelcome), event("member.completed"))),
        ("KIT-08", before(accepted(CommandKind::StartSession), event("cycle.suspended"))),
        ("KIT-09", before(event("cycle.suspended"), event("cycle.terminated"))),
        ("KIT-10", before(event("cycle.suspended"), event("cycle.resumed"))),
        ("KIT-11", never_after(accepted(CommandKind::StartSession), event("member.enrolled"))),
        ("KIT-12", never_after(accepted(CommandKind::StartSession), event("cycle.cancelled"))),
        ("KIT-13", never_after(accepted(CommandKind::StartSession), event("module.chosen"))),
        ("KIT-14", Template::NotCoexistence { one: event("cycle.completed"), other: event("cycle.cancelled") }),
        ("KIT-15", Template::NotCoexistence { one: event("cycle.completed"), other: event("cycle.terminated") }),
        ("KIT-16", before(event("recording.requested"), event("recording.started"))),
        ("KIT-17", before(event("facilitator.claimed"), accepted(CommandKind::AssentToFacilitator))),
        ("KIT-18", before(event("quorum.lost"), event("quorum.waived"))),
        ("KIT-19", before(event("session.interrupted"), event("session.restarted"))),
        ("KIT-20", once(event("cycle.completed"))),
        ("KIT-21", before(event("facilitator.appointed"), event("session.started"))),
        // Not already after session 2 began: given up, it is held afresh, and until then people practise.
        ("KIT-22", never_after(reached(Stage::Adopting), event("practice.logged"))),
    ];
    let members = [
        ("KIT-31", before(event("ground_rules.accepted"), event("story.shared"))),
        ("KIT-32", before(event("turn.started"), event("story.shared"))),
        ("KIT-33", before(event("turn.started"), event("report.given"))),
        ("KIT-34", before(event("adoption.decided"), event("member.completed"))),
        ("KIT-35", once(event("member.completed"))),
        ("KIT-36", once(event("member.withdrawn"))),
        ("KIT-37", once(event("member.dropped"))),
        ("KIT-38", never_after(event("member.withdrawn"), event("turn.started"))),
        ("KIT-39", never_after(event("member.dropped"), event("turn.started"))),
        ("KIT-40", never_after(event("member.withdrawn"), event("member.completed"))),
        ("KIT-41", never_after(event("member.completed"), event("member.waived"))),
        ("KIT-42", before(event("attendance.marked"), event("turn.started"))),
        ("KIT-43", before(event("plan.made"), event("practice.logged"))),
    ];
    let made = |each| move |(id, template): (&str, Template)| Property { id: id.to_owned(), each, template };
    group.into_iter().map(made(Each::Group)).chain(members.into_iter().map(made(Each::Member))).collect()
}
