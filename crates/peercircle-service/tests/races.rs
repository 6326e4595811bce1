//! Many at once, through several services on one store, some of which fail: no acknowledged command lost, none applied twice.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the service")]
mod common;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, mpsc::channel},
};

use common::{Host, actor, at, flaky::Flaky, form, id, order};
use peercircle_core::{CommandId, Revision, Verdict, VerdictView};
use peercircle_service::{Backend, Given, ManualClock, Order, Service, ServiceError, Soon};
use peercircle_sqlite::{Options, SqliteStore};
use peercircle_store::{MemoryStore, Position};
use peercircle_wire::{StoredEvent, Upcasters};
use serde_json::json;

const SIX: [&str; 6] = ["ana", "bo", "cy", "dee", "eli", "fay"];

fn key(number: u128) -> CommandId {
    CommandId::from_bytes(number.to_be_bytes())
}

/// Gives an order without waiting; nothing where it takes somebody who waits.
fn soon(service: &Service, order: &Order) -> Option<Result<Given, ServiceError>> {
    let (tell, told) = channel();
    service.give_soon(order, move |soon| tell.send(soon).unwrap());
    match told.recv().unwrap() {
        Soon::Given(given) => Some(Ok(*given)),
        Soon::Failed(error) => Some(Err(error)),
        Soon::Later => None,
    }
}

/// Gives an order until there is an answer, as a client with a key does; half of them without waiting where that can be.
fn insist(service: &Service, order: &Order) -> (Revision, Revision) {
    let by_waiting = order.key.is_some_and(|key| key.as_bytes()[15] % 2 == 0);
    loop {
        let given = if by_waiting { None } else { soon(service, order) };
        match given.unwrap_or_else(|| service.give(order)) {
            Ok(given) => match given.verdict {
                Verdict::Accepted(events) => return (events[0].seq, events.last().unwrap().seq),
                Verdict::Duplicate { first, last } => return (first, last),
                Verdict::Refused(refusals) => panic!("{:?}", refusals.all()),
            },
            Err(ServiceError::Store(error)) if error.code() == "unavailable" => {}
            Err(ServiceError::Contended { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// Twelve callers, two a member, give the same orders at the same time through services of their own.
fn hammer(stores: impl Fn(usize) -> Arc<dyn Backend> + Sync, rounds: u32) {
    let host = Host::on(stores(0));
    host.plan("c-1", "g-1", &SIX);
    let answers: Mutex<BTreeMap<u128, Vec<(Revision, Revision)>>> = Mutex::default();
    std::thread::scope(|scope| {
        for caller in 0..12 {
            let (answers, stores) = (&answers, &stores);
            scope.spawn(move || {
                let service = Service::on(stores(caller)).with_clock(ManualClock::at(at("2026-02-03T09:00:00Z")));
                let member = SIX[caller % 6];
                for round in 0..rounds {
                    let reply = if round % 2 == 0 { "accepted" } else { "tentative" };
                    let command = json!({"type":"session.reply","member":member,"session":"explore","reply":reply});
                    let number = u128::from(round) * 6 + u128::try_from(caller % 6).unwrap();
                    let answer = insist(&service, &order("c-1", member, command).with_key(key(number)));
                    answers.lock().unwrap().entry(number).or_default().push(answer);
                }
            });
        }
    });
    let answers = answers.into_inner().unwrap();
    assert_eq!(answers.len(), usize::try_from(rounds).unwrap() * 6);
    let records = host.service.store().load(&id("c-1"), 0).unwrap();
    let mut by_key: BTreeMap<CommandId, Vec<Revision>> = BTreeMap::new();
    for record in &records {
        let event = StoredEvent::read(&record.line, Upcasters::standard()).unwrap();
        assert_eq!(event.seq, record.seq);
        if let Some(key) = event.command_id {
            by_key.entry(key).or_default().push(event.seq);
        }
    }
    // Every key wrote one reply, and whoever asked was told which.
    assert_eq!(by_key.len(), answers.len());
    for (number, told) in answers {
        let seqs = &by_key[&key(number)];
        assert_eq!(seqs.len(), 1, "key {number} was applied {} times", seqs.len());
        assert_eq!(told, vec![(seqs[0], seqs[0]); 2], "key {number}");
    }
    let cycle = host.service.cycle(&id("c-1")).unwrap();
    assert_eq!(usize::try_from(cycle.revision()).unwrap(), records.len());
    let everything = host.service.store().read(Position::START, usize::MAX).unwrap();
    assert!(everything.iter().zip(1..).all(|(record, number)| record.position == Position::new(number)));
}

#[test]
fn in_memory_no_command_is_lost_or_doubled() {
    let store = MemoryStore::default();
    hammer(|_| Arc::new(store.clone()), 30);
}

#[test]
fn on_sqlite_through_many_handles_no_command_is_lost_or_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let open = |_| -> Arc<dyn Backend> {
        Arc::new(SqliteStore::open(&folder.path().join("cycles.db"), &Options::default()).unwrap())
    };
    hammer(open, 4);
}

#[test]
fn on_a_store_that_fails_no_command_is_lost_or_doubled() {
    for every in [2, 3, 5] {
        let store = MemoryStore::default();
        let wrap = |caller| -> Arc<dyn Backend> {
            // The first caller sets the scene, and is spared.
            if caller == 0 { Arc::new(store.clone()) } else { Arc::new(Flaky::every(every, store.clone())) }
        };
        hammer(wrap, 10);
    }
}

#[test]
fn one_service_shared_by_many_threads_queues_them() {
    let store = MemoryStore::default();
    let host = Host::on(Arc::new(store.clone()));
    host.plan("c-1", "g-1", &SIX);
    let host = &host;
    std::thread::scope(|scope| {
        for member in SIX {
            scope.spawn(move || {
                for _ in 0..50 {
                    let reply = json!({"type":"session.reply","member":member,"session":"explore","reply":"accepted"});
                    host.give("c-1", member, reply);
                    host.service.guide(&id("c-1"), &actor(member)).unwrap();
                }
            });
        }
    });
    let cycle = host.service.cycle(&id("c-1")).unwrap();
    assert_eq!(cycle.revision(), 8 + 300);
    assert_eq!(Service::on(Arc::new(store)).cycle(&id("c-1")).unwrap(), cycle);
}

#[test]
fn a_key_gets_the_first_answer_whatever_has_happened_since() {
    let host = Host::on(Arc::new(MemoryStore::default()));
    host.plan("c-1", "g-1", &SIX);
    let withdraw = json!({"type":"member.withdraw","member":"ana","reason":"workload"});
    let first = order("c-1", "ana", withdraw).with_key(key(1)).expecting(8);
    assert_eq!(host.service.give(&first).unwrap().verdict.code(), "accepted");
    host.give("c-1", "organiser", json!({"type":"member.anonymise","member":"ana"}));
    // Ana is nobody here any more, and the revision has gone on; the answer is the same.
    let again = host.service.give(&first).unwrap();
    assert_eq!(again.view, VerdictView::Duplicate { first: 9, last: 9 });
    // A refused command leaves no record and is judged anew.
    let start = order("c-1", "bo", json!({"type":"session.start"})).with_key(key(2));
    assert_eq!(host.service.give(&start).unwrap().verdict.code(), "wrong_phase");
    assert_eq!(host.service.give(&start).unwrap().verdict.code(), "wrong_phase");
}

#[test]
fn a_key_that_was_used_is_good_for_no_other_command() {
    let host = Host::on(Arc::new(MemoryStore::default()));
    host.plan("c-1", "g-1", &SIX);
    let reply = |member: &str, reply: &str| {
        let command = json!({"type":"session.reply","session":"explore","member":member,"reply":reply});
        order("c-1", member, command).with_key(key(1))
    };
    assert_eq!(host.service.give(&reply("ana", "accepted")).unwrap().verdict.code(), "accepted");
    let leave = json!({"type":"member.withdraw","member":"ana","reason":"workload"});
    let others = [
        order("c-1", "ana", leave).with_key(key(1)),
        reply("ana", "declined"),
        reply("bo", "accepted"),
        // Nobody of the group at all.
        reply("zoe", "accepted"),
    ];
    for other in &others {
        for _ in 0..2 {
            assert_eq!(host.service.give(other).unwrap_err().code(), "key_reused", "{other:?}");
        }
    }
    assert_eq!(host.service.cycle(&id("c-1")).unwrap().revision(), 9);
    // What was answered still is, whatever has happened since.
    host.give("c-1", "bo", json!({"type":"member.withdraw","member":"bo","reason":"workload"}));
    let again = host.service.give(&reply("ana", "accepted")).unwrap();
    assert_eq!(again.view, VerdictView::Duplicate { first: 9, last: 9 });
    // So is the command that formed the cycle, also where another of its group came before.
    let process = json!({"type":"cycle.cancel","reason":"business"});
    host.give("c-1", "organiser", process);
    let form = |module: &str| {
        let module = json!({"id":module,"strategies":["agree"]});
        order("c-2", "organiser", json!({"type":"cycle.form","cycle":"c-2","group":"g-1","module":module})).with_key(key(2))
    };
    assert_eq!(host.service.give(&form("delegation")).unwrap().verdict.code(), "accepted");
    assert_eq!(host.service.give(&form("delegation")).unwrap().view, VerdictView::Duplicate { first: 1, last: 1 });
    assert_eq!(host.service.give(&form("listening")).unwrap_err().code(), "key_reused");
}

#[test]
fn a_service_sees_what_another_has_done() {
    let store = MemoryStore::default();
    let (one, two) = (Host::on(Arc::new(store.clone())), Host::on(Arc::new(store)));
    one.plan("c-1", "g-1", &SIX);
    assert_eq!(two.service.view(&id("c-1")).unwrap().members.len(), 6);
    two.give("c-1", "ana", json!({"type":"member.withdraw","member":"ana","reason":"workload"}));
    let stale = order("c-1", "bo", json!({"type":"member.withdraw","member":"bo","reason":"workload"})).expecting(8);
    assert_eq!(one.service.give(&stale).unwrap().verdict.code(), "stale_revision");
    assert_eq!(one.service.cycle(&id("c-1")).unwrap(), two.service.cycle(&id("c-1")).unwrap());
    let refused = one.try_give("c-1", "ana", json!({"type":"ground_rules.accept","member":"ana","version":1})).unwrap();
    assert!(!refused.verdict.is_accepted(), "she has left, which only the other service did");
}

#[test]
fn of_two_cycles_of_one_group_that_form_at_once_one_does() {
    for _ in 0..20 {
        let store = MemoryStore::default();
        let codes: Vec<_> = std::thread::scope(|scope| {
            let forming: Vec<_> = (0..4)
                .map(|number| {
                    let host = Host::on(Arc::new(store.clone()));
                    scope.spawn(move || {
                        let cycle = format!("c-{number}");
                        host.try_give(&cycle, "organiser", form(&cycle, "g-1")).unwrap()
                    })
                })
                .collect();
            forming.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let accepted = codes.iter().filter(|one| one.verdict.is_accepted()).count();
        assert_eq!(accepted, 1);
        let by_rule = codes.iter().flat_map(|one| one.verdict.refusals()).all(|no| no.rule().to_string() == "R-60");
        assert!(by_rule, "the others are refused by R-60: {codes:?}");
    }
}

#[test]
fn nobody_gets_into_two_rooms_at_once() {
    for _ in 0..20 {
        let store = MemoryStore::default();
        let host = Host::on(Arc::new(store.clone()));
        for cycle in ["c-1", "c-2"] {
            host.plan(cycle, &format!("g-{cycle}"), &SIX);
            host.give(cycle, "organiser", json!({"type":"session.open","session":"explore"}));
        }
        let given: Vec<_> = std::thread::scope(|scope| {
            let marking: Vec<_> = ["c-1", "c-2"]
                .map(|cycle| {
                    let host = Host::on(Arc::new(store.clone()));
                    let mark = json!({"type":"attendance.mark","member":"ana","attendance":"present"});
                    scope.spawn(move || host.try_give(cycle, "ana", mark).unwrap())
                })
                .into_iter()
                .collect();
            marking.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let codes: Vec<_> = given.iter().map(|one| one.verdict.code()).collect();
        assert!(codes == ["accepted", "rule_refused"] || codes == ["rule_refused", "accepted"], "{codes:?}");
        let refused = given.iter().flat_map(|one| one.verdict.refusals()).next().unwrap();
        assert_eq!(refused.rule().to_string(), "R-59");
    }
}

#[test]
fn the_next_cycle_takes_over_what_the_store_knows_of_the_last() {
    let host = Host::on(Arc::new(MemoryStore::default()));
    host.plan("c-1", "g-1", &SIX);
    // Whatever the order says of the last cycle, the store knows better.
    let mut next = form("c-2", "g-1");
    next["previous"] = json!({"cycle":"c-1","stage":"completed","served":["ana"]});
    let refused = host.try_give("c-2", "organiser", next).unwrap();
    assert_eq!(refused.verdict.refusals()[0].rule().to_string(), "R-60");
    host.give("c-1", "organiser", json!({"type":"cycle.cancel","reason":"no_interest"}));
    host.give("c-2", "organiser", form("c-2", "g-1"));
    let first = host.service.store().load(&id("c-2"), 0).unwrap();
    assert!(first[0].line.contains(r#""previous":"c-1""#), "{}", first[0].line);
}
