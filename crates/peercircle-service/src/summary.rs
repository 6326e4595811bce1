//! What the store lists a cycle by.

use peercircle_core::{Cycle, CycleId, DueKind, GroupId, Instant, MemberId, Roster, SeatSet, State};
use peercircle_store::{Summary, Tags};

use crate::cache::Live;

/// The tag of all cycles of a group.
#[must_use]
pub fn group_tag(group: &GroupId) -> String {
    format!("group:{group}")
}

/// The tag of the cycle of a group that hasn't ended; there is one at most.
#[must_use]
pub fn live_tag(group: &GroupId) -> String {
    format!("live:{group}")
}

/// The tag of all cycles somebody is or was a member of, until their id is erased.
#[must_use]
pub fn member_tag(member: &MemberId) -> String {
    format!("member:{member}")
}

/// The tag of the cycle in whose room somebody is.
#[must_use]
pub fn room_tag(member: &MemberId) -> String {
    format!("room:{member}")
}

/// Whether it is the host's to tell. What the clock of a running session says, the screens in the room show.
pub(crate) const fn is_told(kind: DueKind) -> bool {
    !matches!(kind, DueKind::TurnEnds {} | DueKind::PhaseEnds { .. } | DueKind::SessionEnds {} | DueKind::PauseEnds {})
}

/// What `cycle` is listed by once everything due until `told_until` has been kept to be told; `before` is what it comes from.
pub(crate) fn of(cycle: &Cycle, told_until: Instant, before: &Live) -> Summary {
    let mut ahead = cycle.deadlines().into_iter().filter(|due| due.at > told_until && is_told(due.kind));
    // Few commands change by what a cycle is found.
    let tags = if names(cycle) == names(&before.cycle) { before.tags.clone() } else { tags(cycle) };
    Summary { stage: cycle.stage(), next_due: ahead.next().map(|due| due.at), told_until, tags }
}

/// The words that a cycle is found by.
pub(crate) fn tags(cycle: &Cycle) -> Tags {
    let (roster, erased, in_room, is_live) = names(cycle);
    let mut tags: Vec<String> =
        roster.members().filter(|(seat, _)| !erased.contains(*seat)).map(|(_, one)| member_tag(&one.id)).collect();
    tags.extend(in_room.iter().filter_map(|seat| Some(room_tag(&roster.member(seat)?.id))));
    if let Some(group) = roster.group() {
        tags.push(group_tag(group));
        tags.extend(is_live.then(|| live_tag(group)));
    }
    tags.into_iter().collect()
}

/// Everything that its tags are made of.
fn names(cycle: &Cycle) -> (&Roster, SeatSet, SeatSet, bool) {
    (cycle.roster(), cycle.ledger().anonymised(), in_room(cycle), !cycle.stage().is_terminal())
}

/// Who is in the room of a session that gathers or runs. Once it is interrupted nobody is.
pub(crate) fn in_room(cycle: &Cycle) -> SeatSet {
    match cycle.state().meeting() {
        Some(meeting) if meeting.interrupted().is_some() => SeatSet::EMPTY,
        Some(_) | None => cycle.in_room(),
    }
}

/// Whether being in the room of this cycle keeps somebody from being elsewhere: the session runs, or it gathers and was
/// to begin less than half a day ago.
pub(crate) fn keeps_people(cycle: &Cycle, now: Instant) -> bool {
    match cycle.state() {
        State::Gathering(gathering) => {
            let starts_at = cycle.ledger().session(gathering.session()).date().at();
            starts_at.is_none_or(|at| now < at + peercircle_core::Span::hours(12))
        }
        State::Exploring(_) | State::Reflecting(_) => true,
        State::Unformed
        | State::Forming
        | State::Scheduled
        | State::Practising
        | State::Adopting
        | State::Completed
        | State::Cancelled
        | State::Suspended(_)
        | State::Terminated
        | State::Lapsed => false,
    }
}

/// The name of a deadline, the same whenever it is worked out: `c-1/2026-03-09T10:30:00Z/week_begins.1`.
pub(crate) fn due_id(cycle: &CycleId, at: Instant, kind: DueKind) -> String {
    // INVARIANT: a kind is an object with its name under `due` and at most a word or a number beside it.
    let value = serde_json::to_value(kind).unwrap_or_default();
    let name = value.get("due").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let rest = value.as_object().into_iter().flatten().filter(|(field, _)| *field != "due");
    let rest = rest.map(|(_, value)| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let words: Vec<_> = std::iter::once(name).chain(rest).collect();
    format!("{cycle}/{at}/{}", words.join("."))
}
