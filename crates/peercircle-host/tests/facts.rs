//! What leaves the groups: who looked, and the programme in figures.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the host")]
mod common;

use common::{House, ROOM, SIX, code, id, note};
use peercircle_host::{Figures, Looked, Scope, Share};
use peercircle_service::Audience;
use serde_json::json;

#[test]
fn every_look_is_written_down_once_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    for house in [House::new(), House::on_file(&folder.path().join("host.db"))] {
        let house = house.peopled().talking();
        let (owner, key) = (house.owner(), house.key("payroll", &[Scope::Facts]));
        let mut expected = Vec::new();
        for round in 0..12 {
            // Some within one millisecond.
            if round % 4 == 0 {
                house.at(&format!("2026-03-03T09:{round:02}:00Z"));
            }
            let now = house.acme.service().now();
            owner.facts(&id("c-1")).unwrap();
            expected.push((now, "hr@acme.example".to_owned(), Looked::Facts { cycle: id("c-1") }));
            key.cycles(None, 1).unwrap();
            expected.push((now, "key payroll".to_owned(), Looked::Cycles { count: 1 }));
            key.facts(&id("c-2")).unwrap();
            expected.push((now, "key payroll".to_owned(), Looked::Facts { cycle: id("c-2") }));
            owner.figures().unwrap();
            expected.push((now, "hr@acme.example".to_owned(), Looked::Figures {}));
        }
        // Looks that come to nothing are none.
        assert_eq!(code(owner.facts(&id("c-9"))), "not_found");
        let ana = house.member("ana");
        for error in
            [code(ana.facts(&id("c-1"))), code(ana.figures()), code(ana.cycles(None, 9)), code(ana.audit_log(None, 9))]
        {
            assert_eq!(error, "not_your_role");
        }
        let all = owner.audit_log(None, 999).unwrap();
        let got: Vec<_> = all.iter().map(|entry| (entry.at, entry.who.clone(), entry.looked.clone())).collect();
        assert_eq!(got, expected);
        // By pages, it is the same.
        let mut paged = Vec::new();
        while let [.., last] = {
            let after = paged.last().map(|entry: &peercircle_host::AuditEntry| entry.id.clone());
            let page = owner.audit_log(after.as_deref(), 5).unwrap();
            paged.extend(page.clone());
            page
        }
        .as_slice()
        {
            assert!(paged.last() == Some(last));
        }
        assert_eq!(paged, all);
        // The group sees those about its cycle, in a list as well, and no others.
        let looks = |cycle: &str, listed: bool| {
            let is_of = |one: &Looked| match one {
                Looked::Facts { cycle: of } => *of == id(cycle),
                Looked::Cycles { .. } => listed,
                Looked::Figures {} => false,
            };
            all.iter().filter(|one| is_of(&one.looked)).cloned().collect::<Vec<_>>()
        };
        assert_eq!(ana.audit_of(&id("c-1")).unwrap(), looks("c-1", true));
        assert_eq!(looks("c-1", true).len(), 24);
        assert_eq!(house.member("ole").audit_of(&id("c-2")).unwrap(), looks("c-2", false), "the page ended before it");
        assert_eq!(code(ana.audit_of(&id("c-2"))), "not_found");
        assert_eq!(code(owner.audit_of(&id("c-1"))), "not_your_role");
    }
}

#[test]
fn cycles_whose_names_begin_alike_are_told_apart() {
    let house = House::new().peopled();
    house.plan("c", "g-1", &SIX);
    house.plan("c/2", "g-2", &common::OTHERS);
    let owner = house.owner();
    owner.facts(&id("c/2")).unwrap();
    assert!(house.member("ana").audit_of(&id("c")).unwrap().is_empty());
    assert_eq!(house.member("ole").audit_of(&id("c/2")).unwrap().len(), 1);
}

#[test]
fn what_can_not_be_written_down_is_not_shown() {
    let store = common::stores::Odd::new();
    let house = House::on(std::sync::Arc::new(store.clone())).peopled().talking();
    let owner = house.owner();
    store.fails_after(0);
    let errors = [
        code(owner.facts(&id("c-1"))),
        code(owner.cycles(None, 9)),
        code(owner.figures()),
        code(owner.outlook(&id("c-1"))),
        code(owner.outlooks()),
    ];
    assert_eq!(errors, ["unavailable"; 5]);
    store.fails_after(i64::MAX);
    assert!(owner.audit_log(None, 9).unwrap().is_empty());
}

#[test]
fn figures_are_sums_over_cycles() {
    let house = House::new();
    for (number, script) in
        ["first-cycle", "difficult-cycle", "interrupted-cycle", "small-firm", "action-learning-set"].iter().enumerate()
    {
        house.run(script, &format!("c-{number}"), &format!("g-{number}"));
    }
    let facts: Vec<_> = (0..5).map(|number| house.acme.service().facts(&id(&format!("c-{number}"))).unwrap()).collect();
    assert!(facts.iter().all(|one| matches!(one.stage, "completed" | "lapsed")), "{facts:?}");
    let figures = house.owner().figures().unwrap();
    let sum = |count: &dyn Fn(&peercircle_core::CycleFacts) -> u32| facts.iter().map(count).sum::<u32>();
    // Of people those are counted who are no few.
    let enough: Vec<_> = facts.iter().filter(|one| one.members.is_some_and(|members| members >= 5)).collect();
    assert!(enough.len() < facts.len(), "{facts:?}");
    let of_people = |count: &dyn Fn(&peercircle_core::CycleFacts) -> u32| enough.iter().map(|one| count(one)).sum::<u32>();
    let all = &figures.all;
    assert_eq!((all.cycles, all.withheld), (5, false));
    assert_eq!(all.sessions, sum(&|one| u32::from(one.sessions_held)));
    assert_eq!(all.minutes, sum(&|one| one.minutes));
    let people = of_people(&|one| u32::from(one.members.unwrap()));
    assert_eq!(all.people, Some(people));
    let attended = |session: usize| of_people(&|one| u32::from(one.attended.get(session).copied().unwrap_or(0)));
    assert_eq!((all.attended_1.unwrap().of, all.attended_2.unwrap().of), (attended(0), attended(1)));
    assert_eq!(all.completed.unwrap().of, of_people(&|one| u32::from(one.completed.unwrap())));
    assert_eq!(all.adopted.unwrap().of, of_people(&|one| u32::from(one.adopted.unwrap())));
    assert!(all.attended_1.unwrap().among >= people);
    assert_eq!(figures.stages.iter().map(|one| one.cycles).sum::<u32>(), 5);
    assert_eq!(figures.modules.iter().map(|one| one.cycles).sum::<u32>(), 5);

    // First, delegation: by hand.
    let delegation = figures.modules.iter().find(|one| one.module == "delegation".parse().ok()).unwrap();
    let theirs: Vec<_> = facts.iter().filter(|one| one.module == "delegation".parse().ok()).collect();
    assert_eq!(delegation.people, Some(theirs.iter().map(|one| u32::from(one.members.unwrap())).sum()));
    no_row_of_few(&figures);
    // The small firm is four people, alone with its module.
    let small = figures.modules.iter().find(|one| one.module == "adjusting-your-style".parse().ok()).unwrap();
    assert_eq!((small.withheld, small.people, small.completed, small.cycles), (true, None, None, 1));
    // The API and the pages show the same of it alone.
    let shown = house.owner().facts(&id("c-3")).unwrap();
    assert_eq!((shown.stage, shown.sessions_held), ("completed", 2));
    assert_eq!(
        (shown.members, shown.completed, shown.adopted, shown.attended.len(), shown.named.len()),
        (None, None, None, 0, 0)
    );
    assert!(house.owner().cycles(None, 9).unwrap().contains(&shown));
}

/// That no figure over fewer than five is shown, nor what is left of the sum without those that are.
fn no_row_of_few(figures: &Figures) {
    let columns: [fn(&peercircle_host::ModuleFigures) -> Option<Share>; 5] = [
        |row| row.people.map(|among| Share { of: 0, among }),
        |row| row.attended_1,
        |row| row.attended_2,
        |row| row.completed,
        |row| row.adopted,
    ];
    for column in columns {
        let shown: u32 = figures.modules.iter().filter_map(column).map(|share| share.among).sum();
        assert!(figures.modules.iter().filter_map(column).all(|share| share.among >= 5), "{figures:?}");
        if let Some(all) = column(&figures.all) {
            assert!(all.among >= 5, "{figures:?}");
            let rest = all.among - shown;
            assert!(rest == 0 || rest >= 5, "{rest} people are told by the sum: {figures:?}");
        }
    }
}

#[test]
fn nothing_is_told_of_few() {
    // At every step of two programmes side by side.
    let house = House::new();
    house.run_with("small-firm", "c-1", "g-1", |house, _| no_row_of_few(&house.owner().figures().unwrap()));
    let figures = house.owner().figures().unwrap();
    assert_eq!((figures.all.people, figures.all.completed, figures.all.attended_1), (None, None, None));
    house.run_with("first-cycle", "c-2", "g-2", |house, step| {
        if step % 7 == 0 {
            no_row_of_few(&house.owner().figures().unwrap());
        }
    });
    no_row_of_few(&house.owner().figures().unwrap());
}

#[test]
fn what_was_said_is_in_nothing_that_leaves_the_group() {
    let told = |said: Option<&str>| {
        let house = House::new().peopled();
        house.plan("c-1", "g-1", &SIX);
        house.at("2026-03-02T09:00:00Z").start("c-1", &SIX);
        let owner = house.owner();
        if let Some(said) = said {
            let service = house.acme.service();
            service.put_note(&id("c-1"), &common::who("ana"), note(1), ROOM, said.as_bytes()).unwrap();
            service.put_note(&id("c-1"), &common::who("bo"), note(2), Audience::Author {}, said.as_bytes()).unwrap();
        }
        house.at("2026-03-02T09:03:00Z");
        house.give("c-1", "ana", json!({"type":"phase.open","phase":"story_sharing"}));
        house.give("c-1", "ana", json!({"type":"turn.start","member":"ana"}));
        let mut story = json!({"type":"story.share","member":"ana","story":"own"});
        if said.is_some() {
            story["note"] = json!(note(1));
        }
        house.give("c-1", "ana", story);
        let json = |value: serde_json::Value| value.to_string();
        let mut told = vec![
            json(json!(owner.facts(&id("c-1")).unwrap())),
            json(json!(owner.cycles(None, 9).unwrap())),
            json(json!(owner.figures().unwrap())),
            format!("{:?}", owner.organiser_may(&id("c-1")).unwrap()),
            format!("{:?}", owner.outlooks().unwrap()),
            json(json!(owner.people(None, 9).unwrap())),
        ];
        // The names of entries hold chance.
        for entry in owner.audit_log(None, 99).unwrap() {
            told.push(format!("{} {} {:?}", entry.at, entry.who, entry.looked));
        }
        told
    };
    let none = told(None);
    assert_eq!(none, told(Some("one thing")));
    assert_eq!(none, told(Some("quite another, and longer by far")));
}
