//! What an exploration leaves out changes no answer: small groups with and without each reduction.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{collections::BTreeSet, path::Path};

use peercircle_core::{Process, Stage};
use peercircle_process::{Format, parse};
use peercircle_testkit::explore::{Answer, Bounds, Reduction, Reductions, explore, quietly};

/// What an answer says about a process, without how it came to it.
fn says(answer: &Answer) -> (bool, BTreeSet<Stage>, Vec<Stage>, Vec<&'static str>, [bool; 4]) {
    let ends = answer.ends;
    (
        answer.is_sound(),
        answer.stages.keys().copied().collect(),
        answer.unreached.clone(),
        answer.dead.iter().map(|kind| kind.name()).collect(),
        [ends.complete > 0, ends.early > 0, ends.lost > 0, ends.stuck > 0],
    )
}

fn processes() -> Vec<(String, Process)> {
    let mut spec = Process::default().spec().clone();
    spec.group.minimum = 3;
    spec.quorum.floor = 2;
    let mut all = vec![("of three".to_owned(), Process::new(spec).unwrap())];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    for name in ["too-large-to-start", "silent-room", "nobody-schedules"] {
        let text = std::fs::read_to_string(folder.join(format!("{name}.toml"))).unwrap();
        let three = format!("{text}\n[group]\nminimum = 3\ntarget = 3\n");
        all.push((name.to_owned(), parse(&three, Format::Toml).unwrap()));
    }
    all
}

#[test]
fn each_reduction_alone_changes_no_answer() {
    let bounds = [
        Bounds { members: 3, absent: 0, late: 0, troubles: 0, states: 400_000, ..Bounds::default() },
        Bounds { members: 3, leaving: 0, late: 0, troubles: 0, states: 400_000, ..Bounds::default() },
    ];
    let mut wrong = Vec::new();
    let mut more = 0;
    for (name, process) in processes() {
        for bounds in bounds {
            let with = explore(&process, &bounds, &[], &mut quietly);
            assert!(with.stopped.is_none(), "{name}: {with}");
            // Time that stops at every deadline has no end that small bounds would reach: that one is not compared here.
            for reduction in Reduction::ALL.iter().filter(|one| **one != Reduction::Calendar) {
                let reductions = Reductions::ALL.without(*reduction);
                let without = explore(&process, &Bounds { reductions, ..bounds }, &[], &mut quietly);
                assert!(without.stopped.is_none(), "{name} without {reduction:?}: {} states", without.states);
                more += usize::from(without.states > with.states);
                if says(&with) != says(&without) {
                    wrong.push(format!(
                        "{name}, {bounds:?} without {reduction:?}:\n{:?}\n{:?}",
                        says(&with),
                        says(&without)
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(more > 20, "reductions that reduce nothing: only {more} explorations were larger without one");
}
