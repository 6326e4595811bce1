//! The rules, R-01 to R-60, each as the sentence it is: what makes it refuse a command.

mod end;
mod group;
mod room;
mod time;

use peercircle_core::CommandKind as Kind;

use super::judge::Question;

/// What happens on the floor of a running session.
const FLOOR: [Kind; 15] = [
    Kind::OpenPhase,
    Kind::SkipPhase,
    Kind::ReopenPhase,
    Kind::StartTurn,
    Kind::ShareStory,
    Kind::GiveReport,
    Kind::FinishTurn,
    Kind::PassTurn,
    Kind::DeferTurn,
    Kind::CloseRound,
    Kind::ExtendPhase,
    Kind::DelegateFacilitation,
    Kind::StartRecording,
    Kind::CloseSession,
    Kind::DecideAdoption,
];

/// Whether this rule refuses. Rules kept by types, by the host, by the gate or by what events say refuse nothing.
pub(super) fn refuses(question: &Question<'_>, number: u8) -> bool {
    let refused = match number {
        1 => room::out_of_order(question),
        2 => room::never_skipped(question),
        3 => room::no_way_back(question),
        5 => group::size(question),
        6 => group::no_peer(question),
        7 => group::other_challenge(question),
        8 => group::rules_not_accepted(question),
        9 => group::not_oriented(question),
        10 => room::no_chair_of_the_room(question),
        11 => room::the_same_again(question),
        12 => room::nobody_appointed(question),
        13 => room::no_facilitator(question),
        14 => room::not_the_own_turn(question),
        15 => room::no_timekeeper(question),
        16 => time::no_invitation(question),
        17 => room::apology(question),
        18 => room::unmarked(question),
        19 => room::too_late(question),
        20 => room::leaving(question),
        21 => room::below_quorum(question),
        22 => room::quorum_lost(question),
        23 => end::not_caught_up(question),
        24 => end::not_made_up(question),
        25 => group::gone(question),
        26 => group::closed(question),
        27 => room::not_their_turn(question),
        28 => room::no_pass_no_defer(question),
        29 => end::no_report(question),
        30 => room::round_open(question),
        31 => room::not_next(question),
        32 => end::not_due(question),
        33 => time::no_extension(question),
        35 => time::overrun(question),
        36 => time::abandoned(question),
        37 => time::paused(question),
        38 => time::interrupted(question),
        39 => time::not_movable(question),
        40 => time::undated(question),
        41 => time::attendance_confirmed(question),
        42 => time::gap_too_short(question),
        43 => time::no_second_date(question),
        44 => end::no_plan(question),
        45 => end::no_week(question),
        46 => end::buddies(question),
        47 => end::no_adoption(question),
        49 => group::loosened(question),
        50 => room::no_consent(question),
        51 => end::for_the_group_to_decide(question),
        53 => time::place_closed(question),
        55 => time::back(question),
        56 => group::not_erasable(question),
        58 => end::no_feedback(question),
        59 => room::elsewhere(question),
        60 => group::last_not_ended(question),
        _ => None,
    };
    refused == Some(true)
}
