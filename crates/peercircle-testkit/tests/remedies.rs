//! Remedies: what is said to help is never what the same process refuses outright.

#![expect(clippy::unwrap_used, reason = "a test that can't prepare its case fails")]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use peercircle_core::{
    CommandKind, Condition, Context, CountBound, Counted, Cycle, Instant, OwnRuleSpec, PhaseKind, Process, ProcessSpec,
    QuorumLost, RULES, Reason, Rejection, Role, RuleId, Rulebook, Seat, SeatSet, Switch,
};
use peercircle_testkit::walk::{Dice, Walk, actors, menu};

type Change = fn(&mut ProcessSpec);

/// A rule that never holds: no group has so many members.
fn never(kind: CommandKind) -> OwnRuleSpec {
    OwnRuleSpec {
        id: "NEVER".to_owned(),
        title: "never".to_owned(),
        applies_to: vec![kind],
        require: Condition::Count(CountBound { of: Counted::Members, at_least: Some(200), at_most: None }),
        remedy: "none".to_owned(),
    }
}

/// A cycle that was just formed under the preset with this change.
fn formed(change: impl FnOnce(&mut ProcessSpec)) -> Cycle {
    let mut spec = ProcessSpec::default();
    change(&mut spec);
    Walk::through(Process::new(spec).unwrap(), 1).cycle
}

/// The same cycle, moved to its process with one rule more; nothing where it can't be.
fn moved(cycle: &Cycle, now: Instant, rule: OwnRuleSpec) -> Option<Cycle> {
    let mut spec = cycle.process().spec().clone();
    spec.privacy = cycle.ledger().privacy();
    spec.rules.push(rule);
    let process = Box::new(Process::new(spec).ok()?);
    let command = peercircle_core::Command::MigrateProcess { process };
    let verdict = Rulebook::standard().decide(cycle, &command, &Context::organiser(now));
    let mut moved = cycle.clone();
    verdict.is_accepted().then(|| verdict.events().iter().for_each(|event| moved.evolve(event).unwrap()))?;
    Some(moved)
}

/// Refusals by each rule for each reason, where they were met first.
type Met = BTreeMap<(RuleId, String), (Rejection, Cycle, Instant)>;

/// What was refused on walks through processes that are drawn, and in trouble, wherever they came to another stage.
static MET: LazyLock<Met> = LazyLock::new(|| {
    let mut all = Met::new();
    for seed in 0..80 {
        let (mut walk, mut dice) = (Walk::new(seed), Dice::new(seed));
        let mut stage = None;
        for _ in 0..150 {
            let draws: Vec<u64> = (0..3).map(|_| dice.roll()).collect();
            walk = walk.in_trouble(&draws);
            if stage.replace(walk.cycle.stage()) != Some(walk.cycle.stage()) {
                ask_everything(&walk, &mut dice, &mut all);
            }
        }
    }
    all
});

fn ask_everything(walk: &Walk, dice: &mut Dice, all: &mut Met) {
    let by = actors(&walk.cycle);
    for command in CommandKind::ALL.iter().flat_map(|kind| menu(*kind, &walk.cycle, walk.now)) {
        let context = Context::new(dice.pick(&by), walk.now);
        for no in Rulebook::standard().refusals(&walk.cycle, &command, &context) {
            let Rejection::RuleRefused { rule, reason } = no else { continue };
            let found = serde_json::to_value(reason).unwrap().get("found").map(ToString::to_string).unwrap_or_default();
            all.entry((rule, found)).or_insert_with(|| (no, walk.cycle.clone(), walk.now));
        }
    }
}

#[test]
fn no_rule_of_the_table_says_that_something_helps_that_the_process_shuts() {
    let met: BTreeSet<_> = MET.keys().map(|(rule, _)| *rule).collect();
    let missed: Vec<_> = RULES
        .iter()
        .filter(|rule| !rule.kinds().is_empty() && !met.contains(&rule.id))
        .map(|rule| rule.id.to_string())
        .collect();
    // It needs a session elsewhere, a cycle before, or a clock that goes back, which no walk has.
    assert_eq!(missed, ["R-55", "R-59", "R-60"]);
    let mut named = BTreeSet::new();
    for (no, cycle, now) in MET.values() {
        let helps = no.remedy(cycle);
        for kind in no.helped_by(cycle).iter() {
            assert!(!cycle.process().shuts(kind), "{helps} takes {kind}, which the process shuts");
            named.insert(kind);
            // What the process shuts from now on is no more said to help.
            let Some(shut) = moved(cycle, *now, never(kind)) else { continue };
            assert!(!no.helped_by(&shut).contains(kind), "{helps} still takes {kind}");
            assert_ne!(no.remedy(&shut), helps, "{kind} helps no more");
        }
    }
    assert!(named.len() > 25, "{named:?}");
}

/// Words by which a remedy names a command, and the kinds that are meant.
const NAMED: [(&str, &[CommandKind]); 13] = [
    ("accept", &[CommandKind::AcceptGroundRules]),
    ("appoint", &[CommandKind::AppointFacilitator]),
    ("the organiser can free", &[CommandKind::WaiveMember]),
    ("interrupt", &[CommandKind::InterruptSession]),
    ("mark ", &[CommandKind::MarkAttendance]),
    ("agree", &[CommandKind::AgreeToOverrun, CommandKind::AssentToFacilitator]),
    ("orientation", &[CommandKind::CompleteOrientation]),
    ("or pass", &[CommandKind::PassTurn]),
    ("or postpone", &[CommandKind::PostponeSession]),
    ("pair the", &[CommandKind::PairBuddies]),
    ("resume", &[CommandKind::ResumeSession]),
    ("schedule", &[CommandKind::ScheduleSession, CommandKind::RescheduleSession]),
    ("afresh", &[CommandKind::RestartSession]),
];

#[test]
fn a_remedy_that_names_a_command_says_so() {
    for (no, cycle, _) in MET.values() {
        let (helps, by) = (no.remedy(cycle), no.helped_by(cycle));
        for (word, kinds) in NAMED.iter().filter(|(word, _)| helps.contains(word)) {
            // Of a round it is told whom it waits for; and what is begun later is no more than a hint.
            let hint = helps.starts_with("open ")
                || helps.contains("another day")
                || helps.starts_with("nothing ")
                || helps.contains(" speak");
            assert!(hint || kinds.iter().any(|kind| by.contains(*kind)), "`{word}` in `{helps}`, which takes {by:?}");
        }
    }
}

#[test]
fn the_remedies_of_the_end_fit_the_process() {
    let [seat, buddy] = [0, 1].map(|number| Seat::new(number).unwrap());
    let no = |rule, reason| Rejection::RuleRefused { rule: RuleId::Ours(rule), reason };
    let late = no(24, Reason::DeadlinePassed { at: Instant::default() });
    assert_eq!(late.remedy(&formed(|_| {})), "the organiser can free them from what is left");
    let shut = formed(|spec| spec.rules.push(never(CommandKind::WaiveMember)));
    assert_eq!(late.remedy(&shut), "nothing that this process allows; who owns it can change that");
    // Where a debrief is for whoever missed session 2 to record, their buddy isn't named.
    let other = no(24, Reason::NotTheBuddy { seat, buddies: SeatSet::only(buddy) });
    assert!(other.remedy(&formed(|_| {})).contains(" or "));
    let own = formed(|spec| drop(spec.who_may.insert(CommandKind::RecordDebrief, vec![Role::Oneself])));
    assert!(!other.remedy(&own).contains(" or "), "{}", other.remedy(&own));
}

#[test]
fn the_remedies_of_other_rules_fit_the_process() {
    let seat = Seat::new(0).unwrap();
    let who = SeatSet::only(seat);
    let changes: [(u8, Reason, Change, &str); 8] = [
        (
            19,
            Reason::DoorsClosed { since: PhaseKind::ActionPlanning },
            |spec| spec.attendance.catch_up = Switch::Off,
            "; what they miss can be made up for",
        ),
        (
            19,
            Reason::DoorsClosed { since: PhaseKind::LessonsLearned },
            |spec| spec.attendance.written_report = Switch::Off,
            "; what they miss can be made up for",
        ),
        (
            22,
            Reason::QuorumUndecided { present: 2, needed: 3 },
            |spec| spec.quorum.when_lost = QuorumLost::Stop,
            "decides to go on",
        ),
        (28, Reason::DeferredBefore { seat }, |spec| spec.turns.pass = Switch::Off, "or pass"),
        (30, Reason::RoundOpen { heard: 1, of: 2, who }, |spec| spec.turns.pass = Switch::Off, "or passes"),
        (35, Reason::OverrunNotAgreed { who, minutes: 15 }, |spec| spec.clock.overrun_minutes = 0, "agrees"),
        (
            42,
            Reason::GapTooShort { days: 3, minimum: 21 },
            |spec| spec.gap.shorter_with_reason = Switch::Off,
            "record why sooner",
        ),
        (43, Reason::NoSecondDate {}, |spec| spec.gap.promise = Switch::Off, "by when it gets its date"),
    ];
    for (rule, reason, change, words) in changes {
        let no = Rejection::RuleRefused { rule: RuleId::Ours(rule), reason };
        let (before, after) = (no.remedy(&formed(|_| {})), no.remedy(&formed(change)));
        assert!(before.contains(words) && !after.contains(words) && !after.is_empty(), "R-{rule}: {before} | {after}");
    }
}
