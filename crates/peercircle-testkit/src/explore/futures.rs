//! Tests: what the explorer takes for one state has one future. Whatever its key leaves out decides nothing, now or later.

use std::collections::{BTreeMap, BTreeSet, VecDeque, btree_map::Entry};

use peercircle_core::{CommandKind, PhaseKind, Process, ProcessSpec, QuorumLost, Switch, TurnOrder};
use peercircle_process::{Format, parse};

use super::{Bounds, Key, Model, Move, Point, Reductions, answer::exceptions, key::mixed, quietly, search};

/// Where each kind of move leads from a point, by the keys.
fn future(model: &Model, point: &Point) -> BTreeSet<(Option<CommandKind>, Key)> {
    let kind = |taken: &Move| match taken {
        Move::Give { act, .. } => Some(act.command.kind()),
        Move::Wait { .. } => None,
    };
    let leads = |taken: &Move| Some((kind(taken), model.key(&model.after(point, taken)?)));
    model.moves(point).iter().filter_map(leads).collect()
}

/// Looks at every state of which it knows no other yet, and says where each leads. Of a state that is met again as another point,
/// names and history apart, the future has to be the same.
fn futures(model: &Model, deep: bool) -> BTreeMap<Key, BTreeSet<(Option<CommandKind>, Key)>> {
    let start = model.start().expect("a cycle can be formed");
    let mut known = BTreeMap::from([(model.key(&start), (start.clone(), future(model, &start)))]);
    let mut open = VecDeque::from([start]);
    let mut again = 0;
    while let Some(point) = if deep { open.pop_back() } else { open.pop_front() } {
        let mut moves = model.moves(&point);
        if deep {
            moves.reverse();
        }
        for taken in &moves {
            let Some(next) = model.after(&point, taken) else { continue };
            match known.entry(model.key(&next)) {
                Entry::Vacant(new) => {
                    new.insert((next.clone(), future(model, &next)));
                    open.push_back(next);
                }
                Entry::Occupied(other) => {
                    let (first, expected) = other.get();
                    if *first != next {
                        again += 1;
                        let found = future(model, &next);
                        assert_eq!(
                            *expected, found,
                            "{taken:?} at\n{point:#?}\nleads to\n{next:#?}\nwhich isn't\n{first:#?}"
                        );
                    }
                }
            }
        }
    }
    assert!(again > known.len(), "only {again} were met again of {}", known.len());
    known.into_iter().map(|(key, (_, future))| (key, future)).collect()
}

/// Whichever way a state is found first, its future is the same, and so are all states.
fn agree(spec: ProcessSpec, bounds: Bounds) {
    agree_in(&Model::new(Process::new(spec).expect("a process"), &bounds, &[]));
}

fn agree_in(model: &Model) {
    let (wide, deep) = (futures(model, false), futures(model, true));
    assert!(wide == deep, "{} states and {}", wide.len(), deep.len());
}

/// Nothing goes wrong.
const CALM: Bounds = Bounds {
    members: 3,
    leaving: 0,
    absent: 0,
    late: 0,
    troubles: 0,
    states: usize::MAX,
    memory: usize::MAX,
    threads: 1,
    reductions: Reductions::ALL,
};

fn three() -> ProcessSpec {
    let mut spec = ProcessSpec::default();
    spec.group.minimum = 3;
    spec.quorum.floor = 2;
    spec
}

fn fair(mut spec: ProcessSpec) -> ProcessSpec {
    spec.turns.order = TurnOrder::LeastSpokenFirst;
    spec
}

#[test]
fn a_group_of_four_whom_somebody_leaves() {
    agree(ProcessSpec::default(), Bounds { members: 4, leaving: 1, troubles: 1, ..CALM });
}

#[test]
fn a_group_of_four_with_somebody_absent_and_somebody_late() {
    agree(ProcessSpec::default(), Bounds { members: 4, absent: 1, late: 1, troubles: 1, ..CALM });
}

#[test]
fn a_group_of_three_whom_two_leave_and_where_somebody_is_absent() {
    agree(three(), Bounds { leaving: 2, absent: 1, ..CALM });
}

#[test]
fn a_group_of_three_in_which_two_things_go_wrong() {
    agree(three(), Bounds { troubles: 2, ..CALM });
}

#[test]
fn a_group_of_three_in_which_whoever_spoke_least_is_next() {
    agree(fair(three()), Bounds { leaving: 1, late: 1, troubles: 1, ..CALM });
}

#[test]
fn a_group_of_three_that_stops_without_enough_people() {
    let mut spec = three();
    spec.quorum.when_lost = QuorumLost::Stop;
    agree(spec, Bounds { leaving: 1, absent: 1, troubles: 1, ..CALM });
}

#[test]
fn a_group_of_three_whose_doors_stay_open_and_that_may_skip() {
    let mut spec = three();
    spec.attendance.explore_closes_at = PhaseKind::ActionPlanning;
    spec.attendance.reflect_closes_at = PhaseKind::Takeaways;
    spec.phases.skippable = vec![PhaseKind::Discussion, PhaseKind::SkillBuilding, PhaseKind::LessonsLearned];
    spec.attendance.catch_up = Switch::Off;
    agree(spec, Bounds { leaving: 1, late: 1, troubles: 1, ..CALM });
}

fn broken(file: &str) -> Process {
    let path = format!("{}/tests/broken/{file}.toml", env!("CARGO_MANIFEST_DIR"));
    parse(&std::fs::read_to_string(path).expect("a file"), Format::Toml).expect("a process")
}

#[test]
fn a_group_that_keeps_logs_because_a_rule_counts_them() {
    agree_in(&Model::new(broken("logs"), &Bounds { absent: 1, ..CALM }, &[]));
}

/// Where exceptions are looked for, more is told apart.
#[test]
fn a_group_that_may_need_an_exception() {
    let stories = Bounds { members: 4, leaving: 1, troubles: 1, ..CALM };
    for (file, bounds) in [("adoption", Bounds { leaving: 1, late: 1, ..CALM }), ("stories", stories)] {
        let mut model = Model::new(broken(file), &bounds, &[]);
        let (graph, reach) = search(&model, &mut quietly);
        assert!(model.tell_apart(exceptions(&model, &graph, &reach)), "{file} needs no exception");
        agree_in(&model);
    }
}

/// What a member has done and what a rule counts of them are told apart, however alike their numbers are.
#[test]
fn what_is_known_of_a_member_is_mixed_without_making_up_for_each_other() {
    for record in [1 << 57, 1 << 57 | 0b1011, 1 << 57 | 1 << 40] {
        for bit in 0..16 {
            let (one, other) = (mixed(record, 0), mixed(record ^ 1 << bit, 1 << bit));
            assert_ne!(one, other, "bit {bit} of {record:b}");
        }
    }
}
