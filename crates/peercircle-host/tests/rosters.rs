//! Rosters as spreadsheets write them.

#![expect(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the host")]
mod common;

use std::collections::BTreeMap;

use common::{House, code, who};
use peercircle_core::{Context, Cycle, Process};
use peercircle_host::{Draft, HostError, Person, Visitor};
use proptest::{collection::vec, prelude::*};
use serde_json::json;

fn draft(text: &str) -> Draft {
    House::new().owner().read_roster(text, None).unwrap()
}

/// The mistakes of a roster, as `line column: got`.
fn mistakes(owner: &Visitor, text: &str, process: Option<&str>) -> Vec<String> {
    match owner.read_roster(text, process) {
        Err(HostError::Roster { issues }) => {
            let shown = |issue: peercircle_host::RosterIssue| {
                assert!(issue.to_string().contains(&format!("line {}", issue.line)));
                format!("{} {}: {}", issue.line, issue.column.unwrap_or_default(), issue.got)
            };
            issues.into_iter().map(shown).collect()
        }
        other => panic!("expected mistakes, got {other:?}"),
    }
}

fn wrong(text: &str) -> Vec<String> {
    mistakes(&House::new().owner(), text, None)
}

fn ids(draft: &Draft) -> Vec<&str> {
    draft.people.iter().map(|one| one.id.as_str()).collect()
}

#[test]
fn whatever_separates_and_ends_the_lines_it_is_the_same() {
    let plain = "name,level,department,email\nAna Ruiz,lead,sales,ana@firm.example\nBo Li,lead,it,bo@firm.example\n";
    let expected = draft(plain);
    assert_eq!(ids(&expected), ["ana", "bo"]);
    let quoted = plain.replace("Ana Ruiz", "\"Ana Ruiz\"").replace("name,", "\"name\",");
    for same in [
        format!("\u{feff}{plain}"),
        plain.replace(',', ";"),
        plain.replace(',', "\t"),
        plain.replace('\n', "\r\n"),
        format!("\u{feff}{}", plain.replace(',', ";").replace('\n', "\r\n")),
        plain.replace(',', " , "),
        plain.trim_end().to_owned(),
        plain.replace('\n', "\n\n"),
        format!("\n\n{}", plain.replace(',', ";")),
        plain.replace('\n', ",,\n"),
        format!("{plain},,,\n,\n"),
        quoted,
        plain.replace("name,level", "NAME,Grade").replace("department,email", "Unit,E-Mail"),
        plain.replace("name,", "full_name,"),
    ] {
        assert_eq!(draft(&same), expected, "{same:?}");
    }
}

#[test]
fn cells_may_hold_what_separates_them() {
    let draft = draft("name;level;department\n\"Ruiz; Ana\";lead;sales\n\"Bo \"\"B\"\" Li\";lead;it\n");
    assert_eq!(draft.people[0].name, "Ruiz; Ana");
    assert_eq!(draft.people[1].name, "Bo \"B\" Li");
    assert_eq!(wrong("name,level,department\nRuiz, Ana,lead,sales\n"), ["2 : 4"], "a comma too many moves every cell");
    assert_eq!(
        wrong("name,level,department\n\"Ana\nRuiz\",lead,sales\nBo,,it\n"),
        ["2 name: `Ana\nRuiz`", "4 level: nothing"]
    );
}

#[test]
fn columns_nobody_knows_are_left_out_and_those_that_have_to_be_there_are_missed() {
    let draft = draft("shoe size,name,favourite colour,level,department\n43,Ana,red,lead,sales\n");
    assert_eq!(ids(&draft), ["ana"]);
    for (text, missing) in [("", "name, level, department"), ("name,email\nAna,a@b.c\n", "level, department")] {
        let Err(HostError::Roster { issues }) = House::new().owner().read_roster(text, None) else { panic!("{text}") };
        assert_eq!((issues.len(), issues[0].line), (1, 1));
        assert!(issues[0].expected.ends_with(missing), "{}", issues[0].expected);
    }
    assert_eq!(wrong("name,level,department\n"), ["2 : none"]);
    assert_eq!(wrong("name,full name,level,department\nA,B,lead,sales\n"), ["1 : `name` again"]);
    let long = format!("name,level,department\n{}", "Ana,lead,sales\n".repeat(20_000));
    assert_eq!(wrong(&long), ["1 : 300022 bytes"]);
}

#[test]
fn every_mistake_is_told_at_once_with_its_line() {
    let text = "\
name,level,department,email,id,manager
Ana,lead,sales,ana@firm.example,,

,lead,it,bo@firm.example,,
Cy,,,not an address,,
Dee,lead,hr,dee@firm.example,two words,

\u{20}
Eli,lead,ops,ana@firm.example,,
Fay,lead,law,fay@@firm.example,,???
Cy,lead,pr,,cy,
Dee,lead,pr,dee@firm.example>,,dee
";
    assert_eq!(
        wrong(text),
        [
            "4 name: nothing",
            "5 email: `not an address`",
            "5 level: nothing",
            "5 department: nothing",
            "6 id: `two words`",
            "9 name: `Eli` again",
            "10 email: `fay@@firm.example`",
            "10 manager: `???`",
            "11 name: `Cy` again",
            "12 email: `dee@firm.example>`",
        ]
    );
    let house = House::new();
    assert_eq!(code(house.owner().import_roster(text, None)), "invalid_roster");
    assert!(house.owner().people(None, 9).unwrap().is_empty(), "nothing of it is kept");
}

#[test]
fn lines_are_counted_as_an_editor_does() {
    for end in ["\n", "\r\n"] {
        let text =
            ["", "name,level,department", "Ana,lead,sales", "", "", "Bo,,it", "Cy,lead,ops", "", ",lead,law"].join(end);
        assert_eq!(wrong(&text), ["6 level: nothing", "9 name: nothing"], "{end:?}");
    }
}

#[test]
fn umlauts_become_letters_of_an_id() {
    let text =
        "name,level,department\nJürgen Groß,Führung,Einkauf & Logistik\nØyvind Ærø,Führung,Vertrieb\nИван,Führung,IT\n";
    assert_eq!(wrong(text), ["4 id: `Иван`"]);
    let text = text.replace("Иван", "Zoë Çelik-Núñez");
    let draft = draft(&text);
    assert_eq!(ids(&draft)[0], "juergen-gross");
    assert_eq!(ids(&draft)[2], "zoe-celik-nunez");
    assert_eq!((draft.people[0].level.as_str(), draft.people[0].department.as_str()), ("fuehrung", "einkauf-logistik"));
    assert_eq!(draft.people[0].name, "Jürgen Groß");
}

#[test]
fn managers_are_found_by_id_address_or_name() {
    let text = "\
id,name,email,level,department,manager
m-1,Ürsel Boss,Ursel@Firm.Example,head,sales,
m-2,Bo Li,bo@firm.example,lead,it,m-1
m-3,Cy Oz,cy@firm.example,lead,ops,ursel@firm.example
m-4,Dee Em,dee@firm.example,lead,law,ürsel boss
m-5,Eli Es,eli@firm.example,lead,hr,Somebody Else
m-6,Fay Ef,fay@firm.example,lead,pr,m-77
";
    let house = House::new();
    let owner = house.owner();
    let draft = owner.import_roster(text, None).unwrap();
    let managers: Vec<_> = draft.people.iter().map(|one| one.manager.as_ref().map(ToString::to_string)).collect();
    let is = |id: &str| Some(id.to_owned());
    assert_eq!(managers, [None, is("m-1"), is("m-1"), is("m-1"), is("somebody-else"), is("m-77")]);
    // Who is in the directory is found there.
    let next =
        owner.read_roster("name,level,department,manager\nGus,lead,x,URSEL@firm.example\nHal,lead,y,Bo Li\n", None).unwrap();
    assert_eq!(next.people.iter().map(|one| one.manager.clone().unwrap()).collect::<Vec<_>>(), [who("m-1"), who("m-2")]);
    // Two of a name: which?
    let text = "id,name,level,department,manager\na,Bo Li,lead,it,\nb,Bo Li,lead,ops,\nc,Cy,lead,hr,Bo Li\n";
    assert_eq!(wrong(text), ["4 manager: `Bo Li`"]);
}

#[test]
fn nobody_becomes_somebody_who_is_known_already() {
    let house = House::new();
    let owner = house.owner();
    owner.import_roster("name,level,department,email\nAna Kahn,lead,sales,ana@firm.example\n", None).unwrap();
    let other = "name,level,department,email\nAna Ruiz,lead,it,ana@other.example\n";
    assert_eq!(mistakes(&owner, other, None), ["2 id: `Ana Ruiz`"]);
    let married = "name,level,department,email\nAna Ruiz,head,it,Ana@firm.example\n";
    owner.import_roster(married, None).unwrap();
    assert_eq!(owner.directory_entry(&who("ana")).unwrap().name, "Ana Ruiz");
    owner.import_roster("id,name,level,department\nana,Ana K. Ruiz,head,it\n", None).unwrap();
    assert_eq!(owner.directory_entry(&who("ana")).unwrap().name, "Ana K. Ruiz");
}

#[test]
fn groups_that_the_roster_names_are_held_to_the_rules_of_its_process() {
    let text = "\
name,level,department,group,manager
Ana,lead,sales,North,
Bo,lead,sales,north,
Cy,lead,ops, NORTH ,
Dee,lead,law,North,
Eli,head,hr,South,
Fay,lead,pr,South,Eli
";
    let house = House::new();
    let owner = house.owner();
    let got = mistakes(&owner, text, None);
    assert!(got[0].starts_with("3 group:"), "sales twice: {got:?}");
    assert!(got[0].contains("Ana comes from the same department"), "by name: {got:?}");
    assert!(
        got.iter().any(|one| one == "6 group: 2 in `South`") && got.iter().any(|one| one.starts_with("7 group:")),
        "{got:?}"
    );
    let firm: String = text.lines().take(5).map(|line| format!("{line}\n")).collect();
    assert_eq!(mistakes(&owner, &firm, None).len(), 1);
    let draft = owner.read_roster(&firm, Some("small-firm")).unwrap();
    assert_eq!((draft.groups.len(), draft.groups[0].group.members.len(), draft.groups[0].suggested), (1, 4, false));
    assert_eq!(draft.groups[0].group.name, "North");
    assert_eq!(code(owner.read_roster(&firm, Some("no-such"))), "not_found");
    owner.import_roster(&firm, Some("small-firm")).unwrap();
    assert_eq!(owner.group(&"north".parse().unwrap()).unwrap().members.len(), 4);
    assert_eq!(wrong("name,level,department,group\nAna,lead,sales,???\n"), ["2 group: `???`"]);
}

#[test]
fn a_roster_kept_is_people_and_groups() {
    let house = House::new();
    let owner = house.owner();
    let rows: String = (0..14).map(|number| format!("P{number},lead,d-{number}\n")).collect();
    let text = format!("name,level,department\n{rows}");
    let draft = owner.import_roster(&text, None).unwrap();
    assert_eq!(owner.people(None, 99).unwrap().len(), 14);
    assert_eq!(owner.groups(None, 99).unwrap().len(), draft.groups.len());
    assert_eq!(draft.left_over, []);
    let again = owner.read_roster(&text, None).unwrap();
    let taken = owner.groups(None, 99).unwrap();
    assert!(again.groups.iter().all(|one| taken.iter().all(|other| other.id != one.group.id)), "none is written over");
    let key = house.key("facts", &[peercircle_host::Scope::Facts]);
    assert_eq!(code(key.read_roster(&text, None)), "missing_scope");
}

/// The longest roster there may be is grouped while somebody waits for the page.
#[test]
fn a_long_roster_is_soon_read() {
    let start = std::time::Instant::now();
    let rows: String = (0..9_000).map(|number| format!("P{number},lead,d-{}\n", number % 3)).collect();
    let text = format!("name,level,department\n{rows}");
    let few = draft(&text);
    assert_eq!(few.left_over.len(), 9_000, "three departments make no group of four");
    let rows: String = (0..7_000).map(|number| format!("P{number},lead,d-{},P{}\n", number % 40, number / 7)).collect();
    let many = draft(&format!("name,level,department,manager\n{rows}"));
    assert!(many.left_over.len() < 10, "{}", many.left_over.len());
    // What grew with the cube of the rows took hours; who would wait for a page waits seconds, also in a build without haste.
    assert!(start.elapsed() < std::time::Duration::from_secs(120), "{:?}", start.elapsed());
}

/// The rules themselves, asked of a cycle of these people.
fn accepts(process: &Process, people: &[&Person]) -> Vec<String> {
    let module = json!({"id":"delegation","strategies":["agree-the-result"]});
    let process = serde_json::to_value(process).unwrap();
    let mut all = vec![json!({"type":"cycle.form","cycle":"c","group":"g","module":module,"process":process})];
    all.extend(people.iter().map(|one| {
        json!({"type":"member.enrol","member":one.id,"level":one.level,"department":one.department,"manager":one.manager})
    }));
    // Too few are refused a date.
    all.push(json!({"type":"session.schedule","session":"explore","starts_at":"2026-03-02T09:00:00Z","place":"onsite"}));
    let (mut cycle, now) = (Cycle::default(), "2026-02-02T09:00:00Z".parse().unwrap());
    let mut no = Vec::new();
    for one in all {
        let command = common::command(one).resolve(cycle.roster()).unwrap();
        let verdict = cycle.decide(&command, &Context::organiser(now));
        no.extend(cycle.view_refusals(verdict.refusals()).into_iter().map(|one| one.rule));
        verdict.events().iter().for_each(|event| cycle.evolve(event).unwrap());
    }
    no
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn suggested_groups_obey_the_rules_and_place_everybody_once(
        rows in vec((0..3_u8, 0..9_u8, proptest::option::weighted(0.3, 0..40_usize)), 1..40),
        firm in any::<bool>(),
    ) {
        let process = firm.then_some("small-firm");
        let count = rows.len();
        let lines: String = rows.iter().enumerate().map(|(number, (level, department, manager))| {
            let manager = manager.map(|other| format!("p{}", other % count)).unwrap_or_default();
            format!("p{number},l-{level},d-{department},{manager}\n")
        }).collect();
        let house = House::new();
        let draft = house.owner().read_roster(&format!("name,level,department,manager\n{lines}"), process).unwrap();
        let mut placed = BTreeMap::<_, u32>::new();
        let process = house.acme.process(process).unwrap();
        for one in &draft.groups {
            prop_assert!(one.suggested);
            let of = |id: &peercircle_core::MemberId| draft.people.iter().find(|person| person.id == *id).unwrap();
            let people: Vec<_> = one.group.members.iter().map(of).collect();
            prop_assert_eq!(accepts(&process, &people), Vec::<String>::new());
        }
        for member in draft.groups.iter().flat_map(|one| &one.group.members).chain(&draft.left_over) {
            *placed.entry(member.clone()).or_default() += 1;
        }
        prop_assert_eq!(placed.len(), count);
        prop_assert!(placed.values().all(|times| *times == 1));
        // Kept, it is formed.
        house.owner().import_roster(&format!("name,level,department,manager\n{lines}"), firm.then_some("small-firm")).unwrap();
        if let Some(first) = draft.groups.first() {
            let process = firm.then(|| "small-firm".to_owned());
            let new = peercircle_host::NewCycle { cycle: None, module: "delegation".parse().unwrap(), process, session_1: None };
            prop_assert!(house.owner().form_cycle(&first.group.id, &new).is_ok());
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "(name|level|department|[,;\t\n\r\"]|\u{feff}|.){0,60}") {
        let house = House::new();
        let owner = house.owner();
        for text in [text.clone(), format!("name,level,department\n{text}"), format!("name;level;department;group;manager\n{text}")] {
            if let Err(error) = owner.read_roster(&text, None) {
                prop_assert_eq!(error.code(), "invalid_roster");
            }
        }
    }
}
