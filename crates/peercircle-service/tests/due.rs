//! What falls due: told at least once under one id, whoever sweeps and whatever fails; done where the host may; deleted in time.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use common::{Host, at, events_of, flaky::Flaky, id, import, who};
use peercircle_core::{CommandKind, NoteRef, Span};
use peercircle_service::{Audience, Backend, Delivered, ManualClock, MasterKey, Notice, Service, Swept, Watch};
use peercircle_sqlite::{Options, SqliteStore};
use peercircle_store::MemoryStore;
use serde_json::json;

const SIX: [&str; 6] = ["ana", "bo", "cy", "dee", "eli", "fay"];

fn told(service: &Service) -> Vec<Notice> {
    let mut all = Vec::new();
    let tell = |notice: &Notice| {
        all.push(notice.clone());
        Ok(())
    };
    service.deliver(tell).unwrap();
    all
}

fn ids(notices: &[Notice]) -> Vec<&str> {
    notices.iter().map(|one| one.id.as_str()).collect()
}

#[test]
fn a_reminder_is_told_when_it_is_time_and_once() {
    let host = Host::on(Arc::new(MemoryStore::default()));
    host.plan("c-1", "g-1", &SIX);
    let next = host.service.next_due().unwrap();
    assert_eq!(next, Some(at("2026-02-28T09:00:00Z")));
    host.at("2026-02-28T08:59:59Z");
    assert_eq!(host.service.sweep().unwrap(), Swept::default());
    host.at("2026-02-28T09:00:00Z");
    assert_eq!(host.service.sweep().unwrap().cycles, 1);
    assert_eq!(host.service.sweep().unwrap(), Swept::default());
    let notices = told(&host.service);
    assert_eq!(ids(&notices), ["c-1/2026-02-28T09:00:00Z/session_reminder.explore"]);
    let members: Vec<_> = notices[0].members.iter().map(|one| one.as_str()).collect();
    assert_eq!(members, SIX);
    assert_eq!(notices[0].says, "remind the members of session 1");
    assert!(told(&host.service).is_empty());

    // It goes on: the last moment to be excused, the beginning.
    host.at("2026-03-02T09:00:00Z").service.sweep().unwrap();
    let rest = ["c-1/2026-03-01T09:00:00Z/apology_until.explore", "c-1/2026-03-02T09:00:00Z/session_starts.explore"];
    assert_eq!(ids(&told(&host.service)), rest);
}

#[test]
fn what_was_not_told_comes_again_under_the_same_id() {
    let host = Host::on(Arc::new(MemoryStore::default()));
    host.plan("c-1", "g-1", &SIX);
    host.at("2026-02-28T09:00:00Z").service.sweep().unwrap();
    let failed = host.service.deliver(|_| Err("the mail server is down".to_owned())).unwrap();
    assert_eq!(failed, Delivered { told: 0, failed: 1 });
    assert!(told(&host.service).is_empty(), "not before its minute is over");
    let notices = told(&host.at("2026-02-28T09:01:00Z").service);
    assert_eq!(notices[0].id, "c-1/2026-02-28T09:00:00Z/session_reminder.explore");
    assert_eq!(notices[0].attempt, 2);
}

#[test]
fn a_session_moved_nearer_is_told_late_rather_than_never() {
    let host = Host::on(Arc::new(MemoryStore::default()));
    host.plan("c-1", "g-1", &SIX);
    host.at("2026-02-20T09:00:00Z").service.sweep().unwrap();
    let near = json!({"type":"session.reschedule","session":"explore","starts_at":"2026-02-21T12:00:00Z"});
    host.give("c-1", "organiser", near);
    assert_eq!(host.service.sweep().unwrap().cycles, 1);
    assert_eq!(ids(&told(&host.service)), ["c-1/2026-02-19T12:00:00Z/session_reminder.explore"]);
    // Put back, the old reminder is no longer due, and a new one will be.
    let later = json!({"type":"session.reschedule","session":"explore","starts_at":"2026-03-05T12:00:00Z"});
    host.give("c-1", "organiser", later);
    host.at("2026-03-03T12:00:00Z").service.sweep().unwrap();
    assert_eq!(ids(&told(&host.service)), ["c-1/2026-03-03T12:00:00Z/session_reminder.explore"]);
}

#[test]
fn commands_in_between_lose_nothing_that_is_due() {
    let host = Host::on(Arc::new(MemoryStore::default()));
    host.plan("c-1", "g-1", &SIX);
    // Two deadlines pass, then somebody replies before anybody has swept.
    host.at("2026-03-01T10:00:00Z");
    host.give("c-1", "ana", json!({"type":"session.reply","member":"ana","session":"explore","reply":"accepted"}));
    assert_eq!(host.service.sweep().unwrap().cycles, 1);
    let both = ["c-1/2026-02-28T09:00:00Z/session_reminder.explore", "c-1/2026-03-01T09:00:00Z/apology_until.explore"];
    assert_eq!(ids(&told(&host.service)), both);
}

#[test]
fn an_abandoned_session_is_interrupted_by_the_host() {
    let host = Host::on(Arc::new(MemoryStore::default()));
    host.plan("c-1", "g-1", &SIX);
    host.at("2026-03-02T09:00:00Z").start("c-1", &SIX);
    host.service.sweep().unwrap();
    host.at("2026-03-02T10:59:00Z");
    assert_eq!(host.service.sweep().unwrap().commands, [], "an hour and a half, and the grace of half an hour");
    host.at("2026-03-02T11:00:00Z");
    assert_eq!(host.service.sweep().unwrap().commands, [(id("c-1"), CommandKind::InterruptSession)]);
    let cycle = host.service.cycle(&id("c-1")).unwrap();
    assert!(cycle.state().meeting().unwrap().interrupted().is_some());
    let last = host.service.store().load(&id("c-1"), cycle.revision() - 1).unwrap();
    assert!(last[0].line.contains(r#""actor":{"role":"host"}"#), "{}", last[0].line);
    assert!(ids(&told(&host.service)).contains(&"c-1/2026-03-02T11:00:00Z/session_abandoned"));
    assert_eq!(host.service.next_due().unwrap(), Some(at("2026-03-16T11:00:00Z")), "until then it can resume");
}

#[test]
fn a_cycle_past_its_adoption_lapses_also_after_a_long_sleep() {
    let store = Arc::new(MemoryStore::default());
    let events = events_of("lapsed", |step| step.kind() == Some(CommandKind::LapseCycle));
    import(&*store, "c-1", &events);
    let host = Host::on(store);
    host.at("2027-03-01T09:00:00Z");
    let swept = host.service.sweep().unwrap();
    assert_eq!(swept.commands, [(id("c-1"), CommandKind::LapseCycle)]);
    assert_eq!(host.service.view(&id("c-1")).unwrap().stage.name(), "lapsed");
    let notices = told(&host.service);
    assert!(notices.iter().any(|one| one.id.ends_with("/adoption_until")), "{:?}", ids(&notices));
    // It ended when the host woke, so content is kept for its days from then on.
    assert_eq!(host.service.next_due().unwrap(), Some(at("2027-04-30T09:00:00Z")));
}

#[test]
fn many_sweep_beside_each_other_and_each_thing_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let open = || -> Arc<dyn Backend> {
        Arc::new(SqliteStore::open(&folder.path().join("cycles.db"), &Options::default()).unwrap())
    };
    let first = Host::on(open());
    for number in 0..6 {
        first.plan(&format!("c-{number}"), &format!("g-{number}"), &SIX);
    }
    let told: Mutex<BTreeMap<String, u32>> = Mutex::default();
    // A lease is as long as the clocks agree: nobody is a day ahead of the others.
    let day = std::sync::Barrier::new(4);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let (told, day) = (&told, &day);
            let other = Host::on(open());
            scope.spawn(move || {
                for now in ["2026-02-28T09:00:00Z", "2026-03-01T09:00:00Z", "2026-03-02T09:00:00Z"] {
                    day.wait();
                    let swept = other.at(now).service.sweep().unwrap();
                    assert_eq!(swept.failed, []);
                    let tell = |notice: &Notice| {
                        *told.lock().unwrap().entry(notice.id.clone()).or_default() += 1;
                        Ok(())
                    };
                    other.service.deliver(tell).unwrap();
                }
            });
        }
    });
    let told = told.into_inner().unwrap();
    assert_eq!(told.len(), 18, "three for each of six cycles: {told:?}");
    assert!(told.values().all(|times| *times == 1), "{told:?}");
}

#[test]
fn a_store_that_fails_loses_nothing_that_is_due() {
    for every in 1..=7 {
        let store = MemoryStore::default();
        let calm = Host::on(Arc::new(store.clone()));
        for number in 0..4 {
            calm.plan(&format!("c-{number}"), &format!("g-{number}"), &SIX);
        }
        let host = Host::on(Arc::new(Flaky::every(every.max(2), store)));
        let mut told = BTreeSet::new();
        // As often as a watch would try, until nothing is left.
        for round in 0..40 {
            host.clock.set(at("2026-03-02T09:00:00Z") + Span::minutes(2 * round));
            let _tried_again = host.service.sweep();
            let tell = |notice: &Notice| {
                told.insert(notice.id.clone());
                Ok(())
            };
            let _tried_again = host.service.deliver(tell);
        }
        assert_eq!(told.len(), 12, "every {every}: {told:?}");
        assert_eq!(
            host.service.store().streams(&peercircle_store::Which::Due(at("2026-03-02T09:00:00Z")), None, 9).unwrap(),
            []
        );
    }
}

#[test]
fn content_and_facts_are_deleted_when_it_is_time_and_that_is_told() {
    let store = MemoryStore::default();
    let events = events_of("first-cycle", |_| false);
    import(&store, "c-1", &events);
    let ended = events.last().unwrap().at;
    let clock = ManualClock::at(ended);
    let flaky = Arc::new(Flaky::every(3, store));
    let service = Service::on(flaky).with_clock(clock.clone()).with_vault(MasterKey::generate().unwrap());
    let cycle = service.cycle(&id("c-1")).unwrap();
    assert!(cycle.stage().is_terminal());
    let author = cycle.roster().members().next().unwrap().1.id.clone();
    for number in 1..=3 {
        let note = NoteRef::from_bytes([number; 16]);
        // The same note again is the same note: that is how one tries again.
        while service.put_note(&id("c-1"), &author, note, Audience::Author {}, b"what was said").is_err() {}
    }
    // Sweeps and delivers so many days after the end, as often as the store fails; what was deleted as the notices tell it.
    let deleted = |days: u32| {
        let mut told = BTreeMap::new();
        for minute in 0..12 {
            clock.set(ended + Span::days(days) + Span::minutes(2 * minute));
            let _tried_again = service.sweep();
            let _tried_again = service.deliver(|notice| {
                told.extend(notice.deleted.map(|count| (notice.what.label(), count)));
                Ok(())
            });
        }
        told.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(deleted(59), []);
    assert_eq!(service.notes(&id("c-1"), &author).unwrap().len(), 3);
    // The store fails between the deletion and the record of it, and the number stays true.
    assert_eq!(deleted(60), [("delete what was said".to_owned(), 3)]);
    assert_eq!(service.notes(&id("c-1"), &author).unwrap(), []);
    let read = service.read_note(&id("c-1"), &author, NoteRef::from_bytes([1; 16])).unwrap_err();
    assert_eq!(read.code(), "content_deleted");
    let put = service.put_note(&id("c-1"), &author, NoteRef::from_bytes([9; 16]), Audience::Author {}, b"more").unwrap_err();
    assert_eq!(put.code(), "content_deleted");
    assert_eq!(service.cycle(&id("c-1")).unwrap(), cycle, "the machine replays on");

    assert_eq!(deleted(1830), [("delete the facts".to_owned(), u64::try_from(events.len()).unwrap())]);
    assert_eq!(service.cycle(&id("c-1")).unwrap_err().code(), "no_cycle");
    assert_eq!(service.next_due().unwrap(), None);
}

#[test]
fn a_watch_sweeps_and_tells_until_it_is_dropped() {
    let host = Host::on(Arc::new(MemoryStore::default()));
    host.plan("c-1", "g-1", &SIX);
    host.at("2026-02-28T09:00:00Z");
    let (tell, told) = mpsc::channel();
    let (hear, heard) = mpsc::channel();
    let watch = Watch::start(
        Arc::new(host.service),
        Duration::from_millis(1),
        move |notice| tell.send(notice.id.clone()).map_err(|error| error.to_string()),
        move |round| hear.send(round.map(|(swept, _)| swept.cycles)).unwrap_or_default(),
    );
    let watch = watch.unwrap();
    let patience = Duration::from_secs(20);
    assert_eq!(told.recv_timeout(patience).unwrap(), "c-1/2026-02-28T09:00:00Z/session_reminder.explore");
    assert_eq!(heard.recv_timeout(patience).unwrap(), Ok(1));
    host.clock.set(at("2026-03-01T09:00:00Z"));
    assert_eq!(told.recv_timeout(patience).unwrap(), "c-1/2026-03-01T09:00:00Z/apology_until.explore");
    drop(watch);
    assert!(told.recv_timeout(patience).is_err(), "it has ended, and its channel with it");
}

#[test]
fn whoever_is_erased_is_in_no_notice_that_waits() {
    let host = Host::on(Arc::new(MemoryStore::default()));
    host.plan("c-1", "g-1", &SIX);
    host.at("2026-02-28T09:00:00Z").service.sweep().unwrap();
    host.give("c-1", "ana", json!({"type":"member.withdraw","member":"ana","reason":"workload"}));
    host.give("c-1", "organiser", json!({"type":"member.anonymise","member":"ana"}));
    let notices = told(&host.service);
    assert!(!notices[0].members.contains(&who("ana")), "{notices:?}");
    assert_eq!(notices[0].members.len(), 6);
}
