//! Every code that can stand in a stored event keeps its name: `codes.v1.txt` lists them, and a code in it is read for ever.
//!
//! `UPDATE_GOLDEN=1 cargo test -p peercircle-wire --test codes` adds the new ones.

#![expect(clippy::unwrap_used, reason = "a test that can't read its files fails")]

use std::{collections::BTreeMap, fs, path::Path};

use peercircle_core::{
    Attendance, CancelReason, CatchUpPart, CommandKind, Consent, ContinueReason, DropReason, ForceReason, InterruptReason,
    NoAdoptionReason, NoPracticeReason, Outcome, PauseReason, PhaseKind, Place, PostponeReason, Privacy, ReopenReason,
    RepeatReason, Role, Rsvp, SessionKind, ShortGapReason, SkipReason, Stage, StoryKind, SuspendReason, TerminateReason,
    Vote, WaiveReason, WithdrawalReason,
};
use serde::{Serialize, de::DeserializeOwned};

/// What a type's codes are called, and whether a name is one of them.
struct Codes {
    names: Vec<String>,
    is_one: fn(&str) -> bool,
}

fn codes<T: Serialize + DeserializeOwned>(all: &[T]) -> Codes {
    let name = |one: &T| serde_json::to_value(one).unwrap().as_str().unwrap().to_owned();
    Codes { names: all.iter().map(name).collect(), is_one: |name| serde_json::from_value::<T>(name.into()).is_ok() }
}

macro_rules! all {
    ($($Name:ident $list:expr),+ $(,)?) => { BTreeMap::from([$((stringify!($Name), codes::<$Name>($list)),)+]) };
}

fn today() -> BTreeMap<&'static str, Codes> {
    all! {
        Attendance Attendance::ALL,
        CancelReason CancelReason::ALL,
        CatchUpPart CatchUpPart::ALL,
        CommandKind CommandKind::ALL,
        Consent Consent::ALL,
        ContinueReason ContinueReason::ALL,
        DropReason &[DropReason::NotCaughtUp, DropReason::MissedBoth, DropReason::Undone],
        ForceReason ForceReason::ALL,
        InterruptReason InterruptReason::ALL,
        NoAdoptionReason NoAdoptionReason::ALL,
        NoPracticeReason NoPracticeReason::ALL,
        Outcome &[
            Outcome::Enrolled,
            Outcome::Completed,
            Outcome::CompletedByReport,
            Outcome::Waived,
            Outcome::Withdrawn,
            Outcome::Dropped,
        ],
        PauseReason PauseReason::ALL,
        PhaseKind &PhaseKind::ALL,
        Place Place::ALL,
        PostponeReason PostponeReason::ALL,
        Privacy Privacy::ALL,
        ReopenReason ReopenReason::ALL,
        RepeatReason RepeatReason::ALL,
        Role &Role::ALL,
        Rsvp Rsvp::ALL,
        SessionKind &SessionKind::ALL,
        ShortGapReason ShortGapReason::ALL,
        SkipReason SkipReason::ALL,
        Stage Stage::ALL,
        StoryKind StoryKind::ALL,
        SuspendReason SuspendReason::ALL,
        TerminateReason TerminateReason::ALL,
        Vote Vote::ALL,
        WaiveReason WaiveReason::ALL,
        WithdrawalReason WithdrawalReason::ALL,
    }
}

#[test]
fn every_code_keeps_its_name() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/codes.v1.txt");
    let today = today();
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in fs::read_to_string(&path).unwrap_or_default().lines() {
        let (kind, names) = line.split_once(": ").unwrap();
        known.insert(kind.to_owned(), names.split(' ').map(str::to_owned).collect());
    }
    for (kind, names) in &known {
        let lost: Vec<_> = names.iter().filter(|name| !today.get(&**kind).is_some_and(|now| (now.is_one)(name))).collect();
        assert!(lost.is_empty(), "{kind} no longer reads {lost:?}, which stored events hold");
    }
    let updates = std::env::var_os("UPDATE_GOLDEN").is_some_and(|set| set == "1");
    for (kind, codes) in today {
        let list = known.entry(kind.to_owned()).or_default();
        let new: Vec<_> = codes.names.into_iter().filter(|name| !list.contains(name)).collect();
        assert!(updates || new.is_empty(), "{kind} writes {new:?}, which {} lacks", path.display());
        list.extend(new);
    }
    if updates {
        let lines: String = known.iter().map(|(kind, names)| format!("{kind}: {}\n", names.join(" "))).collect();
        fs::write(path, lines).unwrap();
    }
}
