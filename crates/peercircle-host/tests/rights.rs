//! What each role may ask, and what each is told of what isn't theirs.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the host")]
mod common;

use std::{collections::BTreeMap, sync::Arc};

use common::{House, ROOM, code, command, id, note, read, stores::Odd, who};
use peercircle_core::{CommandKind, Role, WireCommand};
use peercircle_host::{HostError, Right, Scope, Seen, Visitor};
use serde_json::{Value, json};

/// Every kind of visitor, to [`House::talking`].
fn visitors() -> (House, Vec<(&'static str, Visitor)>) {
    let house = House::new().peopled();
    let (ana, ole) = (house.member("ana"), house.member("ole"));
    let house = house.talking();
    let late = house.member("bo");
    let mut all = vec![("member", ana), ("unsure", late), ("foreign", ole), ("owner", house.owner())];
    all.extend(Scope::ALL.map(|scope| (scope.name(), house.key(scope.name(), &[scope]))));
    all.push(("acting", house.key("acting", &[Scope::Act]).on_behalf_of(who("ana")).unwrap()));
    all.push(("acting for nobody", house.key("nobody", &[Scope::Act]).on_behalf_of(who("guy")).unwrap()));
    (house, all)
}

/// The table: what is refused, and how; everything else is granted.
const COLUMNS: [&str; 10] =
    ["Catalogue", "Group", "Content", "Facts", "Organise", "People", "Invite", "Audit", "Operate", "Own"];
const YES: &str = "";
const ROLE: &str = "not_your_role";
const SCOPE: &str = "missing_scope";
const GONE: &str = "not_found";
const UNSURE: &str = "not_vouched";

const TABLE: [(&str, [&str; 10]); 11] = [
    ("member", [YES, YES, YES, ROLE, ROLE, ROLE, ROLE, ROLE, ROLE, YES]),
    ("unsure", [YES, YES, UNSURE, ROLE, ROLE, ROLE, ROLE, ROLE, ROLE, YES]),
    ("foreign", [YES, GONE, GONE, ROLE, ROLE, ROLE, ROLE, ROLE, ROLE, YES]),
    ("owner", [YES, ROLE, ROLE, YES, YES, YES, YES, YES, ROLE, ROLE]),
    ("facts", [YES, ROLE, ROLE, YES, SCOPE, SCOPE, SCOPE, YES, SCOPE, ROLE]),
    ("groups", [YES, ROLE, ROLE, SCOPE, YES, YES, SCOPE, SCOPE, SCOPE, ROLE]),
    ("act", [YES, ROLE, ROLE, SCOPE, SCOPE, SCOPE, SCOPE, SCOPE, SCOPE, ROLE]),
    ("invite", [YES, ROLE, ROLE, SCOPE, SCOPE, SCOPE, YES, SCOPE, SCOPE, ROLE]),
    ("operate", [YES, ROLE, ROLE, SCOPE, SCOPE, SCOPE, SCOPE, SCOPE, YES, ROLE]),
    ("acting", [YES, YES, ROLE, ROLE, ROLE, ROLE, ROLE, ROLE, ROLE, YES]),
    ("acting for nobody", [YES, GONE, ROLE, ROLE, ROLE, ROLE, ROLE, ROLE, ROLE, YES]),
];

/// Every right, in the order of [`COLUMNS`]: a new one has no place here until it has a column.
fn rights(cycle: &str) -> [Right; 10] {
    let all = [
        Right::Catalogue,
        Right::Group(id(cycle)),
        Right::Content(id(cycle)),
        Right::Facts,
        Right::Organise,
        Right::People,
        Right::Invite,
        Right::Audit,
        Right::Operate,
        Right::Own,
    ];
    for (right, column) in all.iter().zip(COLUMNS) {
        let name = match right {
            Right::Catalogue => "Catalogue",
            Right::Group(_) => "Group",
            Right::Content(_) => "Content",
            Right::Facts => "Facts",
            Right::Organise => "Organise",
            Right::People => "People",
            Right::Invite => "Invite",
            Right::Audit => "Audit",
            Right::Operate => "Operate",
            Right::Own => "Own",
        };
        assert_eq!(name, column);
    }
    all
}

#[test]
fn the_table_of_rights_holds() {
    let (_house, visitors) = visitors();
    assert_eq!(visitors.len(), TABLE.len());
    for ((name, visitor), (row, expected)) in visitors.iter().zip(TABLE) {
        assert_eq!(*name, row);
        let got = rights("c-1").map(|right| visitor.ask(&right).map_or_else(|error| error.code(), |()| YES));
        assert_eq!(got, expected, "{name}: {COLUMNS:?}");
        // Of a cycle that isn't theirs nobody learns more than of one that isn't there.
        for (there, missing) in rights("c-2").iter().zip(rights("c-9")) {
            if *name != "foreign" {
                let [there, missing] = [visitor.ask(there), visitor.ask(&missing)];
                assert_eq!(same(there), same(missing), "{name}");
            }
        }
    }
}

/// An answer up to the id of the cycle.
fn same<T: std::fmt::Debug>(answer: Result<T, HostError>) -> String {
    let text = match &answer {
        Ok(answer) => format!("{answer:?}"),
        Err(error) => format!("{} {error} {error:?}", error.code()),
    };
    text.replace("c-2", "c-?").replace("c-9", "c-?")
}

/// A command of every kind, as the scripts give them.
fn one_of_each() -> BTreeMap<CommandKind, WireCommand> {
    let mut found = BTreeMap::new();
    for (_, scenario) in peercircle_scenario::corpus().unwrap() {
        for step in scenario.steps() {
            if let Ok(command) = serde_json::from_value::<WireCommand>(scenario.ask(step).command) {
                found.entry(command.kind()).or_insert(command);
            }
        }
    }
    found
}

/// Commands of every kind there is a short one of.
fn commands(cycle: &str, member: &str) -> Vec<Value> {
    let module = json!({"id":"delegation","strategies":["agree-the-result"]});
    vec![
        json!({"type":"cycle.form","cycle":cycle,"group":"g-3","module":module}),
        json!({"type":"cycle.form","cycle":"c-other","group":"g-3","module":module}),
        json!({"type":"member.enrol","member":"guy","level":"lead","department":"d"}),
        json!({"type":"member.withdraw","member":member,"reason":"workload"}),
        json!({"type":"turn.start","member":member}),
        json!({"type":"session.start"}),
        json!({"type":"phase.open","phase":"story_sharing"}),
        json!({"type":"breach.report"}),
        json!({"type":"suspension.vote","member":member,"vote":"end"}),
        json!({"type":"suspension.vote","member":"ole","vote":"end"}),
        json!({"type":"feedback.give","member":member,"session":"explore"}),
        json!({"type":"plan.make","member":member,"strategy":"no-such-strategy"}),
        json!({"type":"cycle.resume"}),
        json!({"type":"privacy.tighten","privacy":"sealed"}),
    ]
}

/// Everything a member may ask about a cycle.
fn questions(visitor: &Visitor, cycle: &str) -> Vec<String> {
    let c = id(cycle);
    let mut all = vec![
        same(visitor.view(&c)),
        same(visitor.guide(&c)),
        same(visitor.allowed(&c)),
        same(visitor.waiting(&c)),
        same(visitor.due(&c)),
        same(visitor.ahead(&c)),
        same(visitor.events(&c, 0)),
        same(visitor.events(&c, 1_000)),
        same(visitor.audit_of(&c)),
        same(visitor.notes(&c)),
        same(visitor.read_note(&c, note(1))),
        same(visitor.put_note(&c, note(5), ROOM, b"x")),
        same(visitor.facts(&c)),
        same(visitor.organiser_may(&c)),
        same(visitor.outlook(&c)),
        same(visitor.terms(&c)),
    ];
    let person = visitor.person().map_or_else(|| "ana".to_owned(), ToString::to_string);
    for one in commands(cycle, &person) {
        let one = command(one);
        all.push(same(visitor.explain(&c, one.clone())));
        all.push(same(visitor.path(&c, one.clone())));
        let key = peercircle_core::CommandId::from_bytes([7; 16]);
        let third = Some(Seen::Revision(3));
        for (key, seen) in [(None, None), (Some(key), None), (None, third), (Some(key), third)] {
            all.push(same(visitor.give(c.clone(), one.clone(), key, seen)));
        }
    }
    all
}

#[test]
fn a_foreign_cycle_looks_like_one_that_is_not_there() {
    let house = House::new().peopled();
    let ana = house.member("ana");
    let house = house.talking();
    // A key that somebody in it used, which a stranger may guess: that of a formed cycle is no secret.
    let key = peercircle_core::CommandId::from_bytes([7; 16]);
    let open = command(json!({"type":"phase.open","phase":"story_sharing"}));
    let ole = house.member("ole");
    house.at("2026-03-02T09:03:00Z");
    assert!(ole.give(id("c-2"), open, Some(key), None).unwrap().seen.is_some());
    let before = house.acme.service().cycle(&id("c-2")).unwrap().revision();
    for visitor in [ana, house.member("bo"), house.key("act", &[Scope::Act]).on_behalf_of(who("ana")).unwrap()] {
        for (there, missing) in questions(&visitor, "c-2").into_iter().zip(questions(&visitor, "c-9")) {
            assert_eq!(there, missing);
            assert!(!there.contains("pia") && !there.contains("story_sharing"), "{there}");
        }
    }
    assert_eq!(house.acme.service().cycle(&id("c-2")).unwrap().revision(), before);
    assert_eq!(code(house.member("ana").view(&id("c-9"))), "not_found");
}

#[test]
fn whoever_left_keeps_their_own_notes_and_sees_nothing_more() {
    let house = House::new().peopled();
    let bo = house.member("bo");
    let house = house.talking();
    bo.put_note(&id("c-1"), note(2), ROOM, b"bo's").unwrap();
    house.owner().facts(&id("c-1")).unwrap();
    house.give("c-1", "bo", json!({"type":"member.withdraw","member":"bo","reason":"workload"}));
    assert_eq!((read(&bo, "c-1", 2).unwrap(), read(&bo, "c-1", 1)), ("bo's".to_owned(), Err("no_member")));
    assert_eq!(bo.notes(&id("c-1")).unwrap().len(), 1);
    assert_eq!(code(bo.put_note(&id("c-1"), note(3), ROOM, b"x")), "no_member");
    let see = || {
        let mut seen = questions(&bo, "c-1");
        let [head] = bo.my_cycles().unwrap().try_into().unwrap();
        seen.push(format!("{head:?}"));
        seen.push(format!("{:?}", bo.unvouched().unwrap()));
        seen
    };
    house.at("2026-03-02T09:03:00Z");
    let before = see();
    // Whatever goes on in the group, they are told the same.
    house.give("c-1", "ana", json!({"type":"phase.open","phase":"story_sharing"}));
    house.give("c-1", "ana", json!({"type":"turn.start","member":"ana"}));
    let _late = house.link("fay");
    for (before, after) in before.iter().zip(see()) {
        assert_eq!(*before, after);
    }
    for member in ["ana", "cy", "dee", "eli", "fay"] {
        let told = before.iter().filter(|answer| answer.contains(&format!("\"{member}\""))).count();
        assert_eq!(told, 0, "{member}");
    }
    assert_eq!(code(bo.vouch(&who("fay"))), "not_found");
    assert_eq!(code(bo.give(id("c-1"), command(json!({"type":"breach.report"})), None, None)), "not_found");
    // they were there, so they may say how it was.
    let session_1_over = command(json!({"type":"feedback.give","member":"bo","session":"explore"}));
    assert!(bo.give(id("c-1"), session_1_over, None, None).unwrap().seen.is_none());
}

#[test]
fn names_are_told_to_those_who_know_them() {
    let house = House::new().peopled();
    let ana = house.member("ana");
    let house = house.talking();
    let ids = ["ana", "bo", "ole", "guy"].map(who);
    let names = |visitor: &Visitor| visitor.names(&ids).unwrap().into_values().collect::<Vec<_>>();
    assert_eq!(names(&ana), ["Ana Test", "Bo Test", "guy", "ole"]);
    assert_eq!(names(&house.owner()), ["Ana Test", "Bo Test", "guy", "Ole Test"]);
    assert_eq!(names(&house.key("facts", &[Scope::Facts])), ["ana", "bo", "guy", "ole"]);
}

#[test]
fn what_is_not_the_organisers_is_refused_without_a_look_at_the_cycle() {
    let store = Odd::new();
    let house = House::on(Arc::new(store.clone())).peopled().talking();
    let (owner, key) = (house.owner(), house.key("groups", &[Scope::Groups]));
    let theirs = |kind: CommandKind| kind.roles().contains(Role::Organiser);
    let one_of_each = one_of_each();
    assert!(CommandKind::ALL.iter().all(|kind| theirs(*kind) || one_of_each.contains_key(kind)), "{:?}", one_of_each.keys());
    for (kind, one) in one_of_each.into_iter().filter(|(kind, _)| !theirs(*kind)) {
        for visitor in [&owner, &key] {
            let before = store.looks();
            let there = visitor.give(id("c-1"), one.clone(), None, Some(Seen::Revision(1)));
            let missing = visitor.give(id("c-9"), one.clone(), None, None);
            assert_eq!(store.looks(), before, "{kind}");
            assert_eq!((code(there.clone()), there), ("not_your_role", missing), "{kind}");
        }
    }
    let before = store.looks();
    assert_eq!(
        code(house.key("facts", &[Scope::Facts]).give(id("c-1"), command(json!({"type":"cycle.resume"})), None, None)),
        "missing_scope"
    );
    assert_eq!(store.looks(), before);
}

/// What the organiser is told of two cycles that differ in nothing but votes.
#[test]
fn a_suspended_cycle_tells_the_organiser_nothing_of_the_votes() {
    let stop = |votes: &[(&str, &str)]| {
        let house = House::new().peopled().talking();
        house.give("c-1", "cy", json!({"type":"breach.report"}));
        for (member, vote) in votes {
            house.give("c-1", member, json!({"type":"suspension.vote","member":member,"vote":vote}));
        }
        let owner = house.owner();
        let module = json!({"id":"delegation","strategies":["agree-the-result"]});
        let process = serde_json::to_value(peercircle_core::Process::default()).unwrap();
        let mut told = vec![
            format!("{:?}", owner.facts(&id("c-1"))),
            format!("{:?}", owner.cycles(None, 10)),
            format!("{:?}", owner.figures()),
            format!("{:?}", owner.organiser_may(&id("c-1"))),
            format!("{:?}", owner.outlook(&id("c-1"))),
            format!("{:?}", owner.outlooks()),
            format!("{:?}", owner.terms(&id("c-1"))),
        ];
        for one in [
            json!({"type":"cycle.form","cycle":"c-1","group":"g-1","module":module}),
            json!({"type":"member.enrol","member":"guy","level":"lead","department":"d-9"}),
            json!({"type":"module.choose","module":module}),
            json!({"type":"ground_rules.set","version":2}),
            json!({"type":"facilitator.appoint","session":"reflect","member":"bo"}),
            json!({"type":"session.schedule","session":"reflect","starts_at":"2026-03-30T09:00:00Z","place":"onsite"}),
            json!({"type":"session.reschedule","session":"reflect","starts_at":"2026-03-30T09:00:00Z"}),
            json!({"type":"session.postpone","session":"explore","reason":"room"}),
            json!({"type":"session.promise_date","by":"2026-03-20T09:00:00Z"}),
            json!({"type":"session.open","session":"reflect"}),
            json!({"type":"session.cancel","session":"reflect","reason":"business"}),
            json!({"type":"cycle.cancel","reason":"business"}),
            json!({"type":"attendance.mark","member":"bo","attendance":"absent"}),
            json!({"type":"session.restart"}),
            json!({"type":"buddies.pair","pairs":[["ana","bo"]]}),
            json!({"type":"member.waive","member":"bo","reason":"new_role"}),
            json!({"type":"cycle.lapse"}),
            json!({"type":"cycle.suspend","reason":"request"}),
            json!({"type":"cycle.resume"}),
            json!({"type":"cycle.terminate","reason":"business"}),
            json!({"type":"member.anonymise","member":"bo"}),
            json!({"type":"process.migrate","process":process}),
            json!({"type":"privacy.tighten","privacy":"sealed"}),
            json!({"type":"privacy.tighten","privacy":"sealed"}),
            json!({"type":"member.withdraw","member":"fay","reason":"no_contact"}),
        ] {
            let revision = house.acme.service().cycle(&id("c-1")).unwrap().revision();
            for expected in (0..=80).map(Seen::Revision).map(Some) {
                // Whichever they guess.
                let guess = owner.give(id("c-1"), command(one.clone()), None, expected);
                assert_eq!(house.acme.service().cycle(&id("c-1")).unwrap().revision(), revision, "{one} {expected:?}");
                told.push(serde_json::to_string(&guess.unwrap().view).unwrap());
            }
            let key = peercircle_core::CommandId::from_bytes([u8::try_from(told.len() % 251).unwrap(); 16]);
            for _ in 0..2 {
                let given = owner.give(id("c-1"), command(one.clone()), Some(key), None);
                told.push(format!("{one} {}", serde_json::to_string(&given.unwrap().view).unwrap()));
            }
        }
        told.push(format!("{:?}", owner.facts(&id("c-1"))));
        for kind in CommandKind::ALL.iter().filter(|kind| kind.roles().contains(Role::Organiser)) {
            assert!(told.iter().any(|one| one.contains(&format!("\"type\":\"{}\"", kind.name()))), "{kind} isn't tried");
        }
        told
    };
    let none = stop(&[]);
    assert!(none.iter().any(|one| one.contains("accepted")) && none.iter().any(|one| one.contains("duplicate")));
    for votes in [
        &[("ana", "go_on")][..],
        &[("ana", "end"), ("bo", "end"), ("cy", "go_on")],
        &[("ana", "go_on"), ("bo", "go_on"), ("cy", "end"), ("ana", "end")],
    ] {
        for (none, some) in none.iter().zip(stop(votes)) {
            assert_eq!(*none, some, "{votes:?}");
        }
    }
}
