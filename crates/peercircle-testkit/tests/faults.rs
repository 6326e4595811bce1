//! Seeded faults: the oracle finds every one of them, within so many steps.

use std::collections::BTreeSet;

use peercircle_core::{How, RULES};
use peercircle_testkit::fault::{FAULTS, Fault, Place, hunt};

/// The most steps that a fault may hide for.
const MOST: usize = 150_000;

#[test]
fn the_oracle_finds_every_seeded_fault() {
    let mut table = format!("{:<48}{:<12}{:>8}\n", "fault", "found by", "steps");
    let mut hidden = Vec::new();
    for fault in FAULTS {
        match hunt(fault, MOST) {
            Some(found) => table += &format!("{:<48}{:<12}{:>8}\n", fault.name, found.by, found.steps),
            None => hidden.push(fault.name),
        }
    }
    println!("{table}");
    assert!(hidden.is_empty(), "not found in {MOST} steps: {hidden:?}\n{table}");
    let names: BTreeSet<_> = FAULTS.iter().map(|fault| fault.name).collect();
    assert!(FAULTS.len() >= 24 && names.len() == FAULTS.len(), "{} faults, {} names", FAULTS.len(), names.len());
}

#[test]
fn the_oracle_misses_every_rule_that_is_off() {
    let mut hidden = Vec::new();
    for (number, rule) in (1..).zip(RULES).filter(|(_, rule)| matches!(rule.how, How::Checks { .. })) {
        let off = Fault { name: rule.title, at: Place::Off(number) };
        match hunt(&off, MOST) {
            Some(found) => println!("{} {:<30}{:<12}{:>8}", rule.id, rule.title, found.by, found.steps),
            None => hidden.push(rule.id.to_string()),
        }
    }
    assert!(hidden.is_empty(), "not missed in {MOST} steps: {hidden:?}");
}
