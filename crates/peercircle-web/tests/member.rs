//! The members' pages, asked as a browser asks them: what they say, to whom, in which language, and how it goes on.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the pages")]
#[path = "owner/house.rs"]
mod house;

use std::sync::atomic::{AtomicU32, Ordering};

use axum::http::{Method, StatusCode, header};
use house::{Answer, House, Sent};

/// A member's phone.
struct Phone<'a> {
    house: &'a House,
    cookie: String,
}

/// A key is one form's, whoever presses.
static PRESSES: AtomicU32 = AtomicU32::new(1);

impl<'a> Phone<'a> {
    fn of(house: &'a House, name: &str) -> Self {
        Self { house, cookie: house.member(name) }
    }

    fn get(&self, path: &str) -> Answer {
        self.house.ask(Some(&self.cookie), Method::GET, path, &Sent::Nothing)
    }

    /// Presses a button of a cycle's.
    fn press(&self, cycle: &str, fields: &[(&str, &str)]) -> Answer {
        let key = format!("{:032x}", PRESSES.fetch_add(1, Ordering::Relaxed));
        let fields: Vec<_> = fields.iter().copied().chain([("key", key.as_str())]).collect();
        self.house.ask(Some(&self.cookie), Method::POST, &format!("/c/{cycle}/do"), &Sent::form(&fields))
    }

    /// The page of the module, with what a browser says of its languages.
    fn module(&self, cookies: &str, accepted: &str) -> Answer {
        let headers =
            [(header::COOKIE, format!("pc={}{cookies}", self.cookie)), (header::ACCEPT_LANGUAGE, accepted.to_owned())];
        self.house.send(Method::GET, "/c/orchard-1/module", headers, &Sent::Nothing)
    }
}

/// That a page is one for people: names and dates, and nothing as the machine writes it.
fn is_for_people(house: &House, what: &str, answer: &Answer) {
    let words = answer.words();
    let is_instant = |word: &str| word.get(..10).is_some_and(|day| day.parse::<chrono::NaiveDate>().is_ok());
    if let Some(word) = words.split_whitespace().find(|word| is_instant(word)) {
        panic!("{what}: `{word}` in {words}");
    }
    for person in &house.demo.people {
        let id = person.name.split(' ').next().unwrap_or_default().to_lowercase();
        let mut found = words.split(|letter: char| !letter.is_alphanumeric());
        assert!(!found.any(|word| word == id), "{what}: `{id}` in {words}");
    }
}

#[test]
fn refusals_name_people_and_dates() {
    let house = House::new();
    let mei = Phone::of(&house, "Mei Tanaka");
    let early = mei.press("orchard-1", &[("type", "practice.log"), ("member", "mei"), ("week", "4")]);
    assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.text);
    let date = "<time datetime=\"2026-03-13T10:30:00Z\" data-when=\"long\">Friday, 13 March 2026, 10:30 UTC</time>.";
    early.says(&[&format!("Week 4 begins on {date}"), &format!("Wait until {date}")]);
    let tove = Phone::of(&house, "Tove Berg");
    let few = tove.press("meadow-1", &[("type", "session.start")]);
    assert_eq!(few.status, StatusCode::CONFLICT, "{}", few.text);
    few.says(&["3 are present and 4 are needed; not here: Viktor Horvat, Wanda Zielinska, Xavier Roux."]);
    let bo = Phone::of(&house, "Bo Lindqvist");
    let other = bo.press("lighthouse-1", &[("type", "facilitator.hand_over"), ("member", "chidi")]);
    is_for_people(&house, "a command of another's", &other);
    for answer in [early, few] {
        is_for_people(&house, "a refusal", &answer);
    }
}

#[test]
fn no_page_and_no_refusal_is_the_machines() {
    let house = House::new();
    let commands: [&[(&str, &str)]; 9] = [
        &[("type", "session.start")],
        &[("type", "session.close")],
        &[("type", "phase.open"), ("phase", "takeaways")],
        &[("type", "session.resume")],
        &[("type", "practice.log"), ("week", "4"), ("member", "")],
        &[("type", "session.reschedule"), ("session", "explore"), ("starts_at", "2020-01-01T10:00")],
        &[("type", "session.reschedule"), ("session", "reflect"), ("starts_at", "2020-01-01T10:00")],
        &[("type", "session.schedule"), ("session", "reflect"), ("starts_at", "2020-01-01T10:00"), ("place", "onsite")],
        &[("type", "session.open"), ("session", "reflect")],
    ];
    let mut refused = 0;
    for person in ["Ana Diaz", "Greta Holm", "Mei Tanaka", "Tove Berg", "Yara Santos", "Eva Lund"] {
        let phone = Phone::of(&house, person);
        let cycle = phone.get("/").location.unwrap();
        for page in ["", "/more", "/module", "/notes", "/group"] {
            let answer = phone.get(&format!("{cycle}{page}"));
            assert_eq!(answer.status, StatusCode::OK, "{cycle}{page}");
            is_for_people(&house, page, &answer);
        }
        let id = person.split(' ').next().unwrap().to_lowercase();
        for command in commands {
            let fields: Vec<_> =
                command.iter().map(|(name, value)| (*name, if *name == "member" { &*id } else { value })).collect();
            let answer = phone.press(cycle.strip_prefix("/c/").unwrap(), &fields);
            refused += u32::from(answer.text.contains("Not yet"));
            is_for_people(&house, &format!("{person}: {command:?}"), &answer);
        }
    }
    assert!(refused > 30, "only {refused} refusals");
}

#[test]
fn what_the_owner_is_refused_names_people_as_well() {
    let house = House::new();
    let key = "00000000000000000000000000000001";
    let past = [("key", key), ("type", "session.reschedule"), ("session", "explore"), ("starts_at", "2020-01-01T10:00")];
    let answer = house.post("/cycles/harbour-1/do", &Sent::form(&past));
    answer.says(&["It must lie after <time datetime=\"2026-03-02T09:00:00Z\" data-when=\"long\">Monday, 2 March 2026, 09:00 UTC</time>."]);
    let again = [("key", key), ("type", "member.enrol"), ("member", "ana")];
    let answer = house.post("/cycles/harbour-1/do", &Sent::form(&again));
    assert_eq!(answer.status, StatusCode::CONFLICT);
    // Whoever can't be erased yet is called by name.
    let erased = house.post("/people/mei/erase", &Sent::form(&[("sure", "mei")]));
    assert_eq!(erased.status, StatusCode::CONFLICT);
    erased.says(&["Nothing was erased", "Mei Tanaka is still a member."]);
    // So is whoever is in the way of a new cycle.
    let form = [("module", "listening"), ("starts_at", "2020-01-01T10:00"), ("place", "onsite")];
    let none = house.post("/groups/quarry/cycles", &Sent::form(&form));
    assert_eq!(none.status, StatusCode::CONFLICT);
    none.says(&["It must lie after <time"]);
}

#[test]
fn a_module_is_read_in_the_readers_language() {
    let house = House::new();
    let mei = Phone::of(&house, "Mei Tanaka");
    let is_german = |answer: &Answer| answer.text.contains("<span lang=\"de\">");
    let page = mei.module("", "de-CH, en;q=0.5");
    assert_eq!(page.status, StatusCode::OK);
    assert!(is_german(&page), "{}", page.text);
    page.says(&["<html lang=\"en\">", "What you can try", ">Deutsch</button>", ">English</button>"]);
    for accepted in ["en", "fr", "fr, en;q=0.9, de;q=0.1", "", "\u{2014}", "de;q=0, en"] {
        assert!(!is_german(&mei.module("", accepted)), "{accepted}");
    }
    // What is chosen is kept, and goes before what the browser says.
    let choose =
        |tag: &str| house.ask(Some(&mei.cookie), Method::POST, "/c/orchard-1/language", &Sent::form(&[("language", tag)]));
    let chosen = choose("de");
    assert_eq!((chosen.status, chosen.location.as_deref()), (StatusCode::SEE_OTHER, Some("/c/orchard-1/module")));
    let kept = chosen.header("set-cookie");
    assert!(kept.starts_with("pc-language=de;") && kept.contains("HttpOnly") && kept.contains("SameSite=Lax"), "{kept}");
    let page = mei.module("; pc-language=de", "en");
    assert!(is_german(&page));
    page.says(&["aria-pressed=\"true\">Deutsch", "aria-pressed=\"false\">English"]);
    assert!(!is_german(&mei.module("; pc-language=en", "de")));
    for odd in ["", "German", "<b>", "de\r\nSet-Cookie: x=y"] {
        assert_eq!(choose(odd).status, StatusCode::UNPROCESSABLE_ENTITY, "{odd}");
    }
    assert!(is_german(&mei.module("; pc-language=%00", "de")), "a cookie of another's making is as none");
    // The page of now and what is printed follow.
    let headers = || [(header::COOKIE, format!("pc={}; pc-language=de", mei.cookie))];
    assert!(is_german(&house.send(Method::GET, "/c/orchard-1", headers(), &Sent::Nothing)));
    house.send(Method::GET, "/c/orchard-1/print/workbook", headers(), &Sent::Nothing).says(&["<html lang=\"de\""]);
    // A module in one language offers no choice.
    let greta = Phone::of(&house, "Greta Holm");
    assert!(!greta.get("/c/harbour-1/module").text.contains("/language"));
}

#[test]
fn a_form_that_lacks_something_stays_with_what_was_written() {
    let house = House::new();
    let [tove, uma, viktor] = ["Tove Berg", "Uma Patel", "Viktor Horvat"].map(|name| Phone::of(&house, name));
    let pressed = |phone: &Phone<'_>, fields: &[(&str, &str)]| {
        let answer = phone.press("meadow-1", fields);
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{fields:?}: {}", answer.words());
    };
    pressed(&viktor, &[("type", "attendance.mark"), ("member", "viktor"), ("attendance", "present")]);
    pressed(&tove, &[("type", "session.start")]);
    pressed(&tove, &[("type", "phase.open"), ("phase", "report_back")]);
    pressed(&tove, &[("type", "turn.start"), ("member", "uma")]);
    let told = ("text", "They asked <me> for a date.");
    for (kind, outcome) in [("report.give", "practised"), ("adoption.decide", "adopted")] {
        let slip = uma.press("meadow-1", &[("type", kind), ("member", "uma"), ("outcome", outcome), told]);
        assert_eq!(slip.status, StatusCode::UNPROCESSABLE_ENTITY);
        slip.says(&[
            "<h2>Not yet</h2>",
            "at least one strategy to be ticked",
            "&lt;me&gt; for a date.</textarea>",
            "Your turn",
        ]);
    }
    // Nothing was kept anywhere.
    for page in ["", "/notes"] {
        assert!(!uma.get(&format!("/c/meadow-1{page}")).text.contains("for a date"));
    }
    let slip =
        viktor.press("meadow-1", &[("type", "practice.log"), ("member", "viktor"), ("from", "more"), ("week", "soon")]);
    assert_eq!(slip.status, StatusCode::UNPROCESSABLE_ENTITY);
    slip.says(&["<h2>Not yet</h2>", "Expected a number, got `soon`", "data-cycle=\"meadow-1\""]);
}

#[test]
fn a_pause_says_how_much_of_it_is_left() {
    let house = House::new();
    let [ana, bo] = ["Ana Diaz", "Bo Lindqvist"].map(|name| Phone::of(&house, name));
    let page = ana.get("/c/lighthouse-1");
    page.says(&["shorter, in proportion. Kept at least: ", ", Takeaways 5 min."]);
    assert!(!page.text.contains("keep theirs"));
    assert_eq!(ana.press("lighthouse-1", &[("type", "session.pause"), ("reason", "break")]).status, StatusCode::SEE_OTHER);
    house.at("2026-03-02T09:05:00Z");
    let page = bo.get("/c/lighthouse-1");
    page.says(&["The clock stands", "This is a pause. 15 min of 20 min are left", "data-stands"]);
    house.at("2026-03-02T09:21:00Z");
    let page = bo.get("/c/lighthouse-1");
    page.says(&[
        "<h2>The pause is used up</h2>",
        "the 20 min that a session has for pauses are used up: time runs again",
        "Go on",
    ]);
    assert!(!page.text.contains("data-stands") && !page.text.contains("The clock stands"));
}

#[test]
fn an_agreement_says_to_what_and_who_is_still_asked() {
    let house = House::new();
    let [bo, chidi] = ["Bo Lindqvist", "Chidi Okafor"].map(|name| Phone::of(&house, name));
    let press = |phone: &Phone<'_>, fields: &[(&str, &str)]| {
        let answer = phone.press("lighthouse-1", fields);
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{fields:?}: {}", answer.words());
    };
    house.at("2026-03-02T11:00:00Z");
    let button = "I agree to go on a little";
    bo.get("/c/lighthouse-1").says(&["The time is up", button]);
    press(&bo, &[("type", "overrun.agree"), ("member", "bo")]);
    let page = bo.get("/c/lighthouse-1");
    page.says(&["Agreed so far: you. Still asked: Ana Diaz, Chidi Okafor, "]);
    assert!(!page.text.contains(button));
    chidi.get("/c/lighthouse-1").says(&["Agreed so far: Bo Lindqvist. Still asked: ", " and you.", button]);
    // Whoever facilitates goes, and somebody offers.
    press(&bo, &[("type", "facilitator.declare_gone")]);
    press(&bo, &[("type", "facilitator.claim"), ("member", "bo")]);
    bo.get("/c/lighthouse-1").says(&["You offered to facilitate: somebody here has to agree."]);
    chidi.get("/c/lighthouse-1").says(&["Bo Lindqvist offered to facilitate.", "I agree that Bo Lindqvist facilitates"]);
}

#[test]
fn a_form_that_was_through_takes_nothing_else() {
    let house = House::new();
    let mei = Phone::of(&house, "Mei Tanaka");
    let send = |reply: &str| {
        let key = ("key", "00000000000000000000000000aa0001");
        let fields = [key, ("type", "session.reply"), ("session", "reflect"), ("member", "mei"), ("reply", reply)];
        house.ask(Some(&mei.cookie), Method::POST, "/c/orchard-1/do", &Sent::form(&fields))
    };
    assert_eq!(send("accepted").status, StatusCode::SEE_OTHER);
    assert_eq!(send("accepted").status, StatusCode::SEE_OTHER);
    let other = send("tentative");
    assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.text);
    other.says(&["That form was sent before"]);
}

#[test]
fn examples_of_plans_are_sentences() {
    let house = House::new();
    let mut shown = 0;
    for person in ["Ana Diaz", "Greta Holm", "Mei Tanaka", "Noah Fischer", "Tove Berg", "Yara Santos"] {
        let phone = Phone::of(&house, person);
        let cycle = phone.get("/").location.unwrap();
        for page in ["", "/more"] {
            let page = phone.get(&format!("{cycle}{page}"));
            for item in page.text.split("<ul class=\"ifthen\">").skip(1).flat_map(|list| list.split("<li>").skip(1)) {
                shown += 1;
                let item = item.split("</li>").next().unwrap();
                assert!(item.starts_with("If ") && item.contains(", then "), "{item}");
                assert!(!item.contains("If If") && !item.contains("then then"), "{item}");
            }
        }
    }
    assert!(shown > 0, "no examples on any page");
}

#[test]
fn whoever_left_hears_so_and_keeps_what_they_wrote() {
    let house = House::new();
    let (mei, noah) = (Phone::of(&house, "Mei Tanaka"), Phone::of(&house, "Noah Fischer"));
    let left = mei.press("orchard-1", &[("type", "member.withdraw"), ("member", "mei"), ("reason", "workload")]);
    assert_eq!(left.status, StatusCode::SEE_OTHER, "{}", left.text);
    for page in ["", "/more", "/module", "/group", "/print/workbook", "/session-2.ics"] {
        let answer = mei.get(&format!("/c/orchard-1{page}"));
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{page}");
        answer.says(&["You are no longer in this group", "href=\"/c/orchard-1/notes\"", "ask your programme owner"]);
        assert!(!answer.text.contains("Orchard") && !answer.text.contains("data-cycle"), "{}", answer.text);
    }
    let pressed = mei.press("orchard-1", &[("type", "session.open"), ("session", "reflect")]);
    assert_eq!(pressed.status, StatusCode::FORBIDDEN, "{}", pressed.text);
    pressed.says(&["You are no longer in this group"]);
    let home = mei.get("/");
    assert_eq!(home.status, StatusCode::OK);
    home.says(&["You are in no group now", "Groups that I am no longer in", "href=\"/c/orchard-1/notes\"", "href=\"/me\""]);
    // Her own notes, and nobody else's.
    let notes = mei.get("/c/orchard-1/notes");
    assert_eq!(notes.status, StatusCode::OK);
    notes.says(&["What I wrote", "they have tried before I say a word"]);
    assert_eq!(notes.text.matches("class=\"note\"").count(), 2, "her takeaway and her plan: {}", notes.text);
    // To anybody else the group is as if it weren't there.
    let (stranger, never) = (Phone::of(&house, "Eva Lund"), "/c/no-such-1");
    for path in ["", "/notes", "/group"] {
        let answer = stranger.get(&format!("/c/orchard-1{path}"));
        assert_eq!((answer.status, answer.words()), (StatusCode::NOT_FOUND, stranger.get(never).words()));
    }
    let answer = stranger.press("orchard-1", &[("type", "session.start")]);
    assert_eq!((answer.status, answer.words()), (StatusCode::NOT_FOUND, stranger.get(never).words()));
    assert_eq!(noah.get("/c/orchard-1").status, StatusCode::OK);
}

#[test]
fn a_calendar_file_links_to_where_the_pages_are() {
    for (secure, scheme) in [(false, "http"), (true, "https")] {
        let house = House::new().with(|web| web.secure(secure));
        let file = Phone::of(&house, "Greta Holm").get("/c/harbour-1/session-1.ics").text.replace("\r\n ", "");
        assert!(file.contains(&format!(" {scheme}://circle.example/c/harbour-1\r\n")), "{file}");
        assert!(file.contains("UID:harbour-1.1@circle.example\r\n"), "{file}");
    }
}

#[test]
fn an_end_is_no_dead_end() {
    let house = House::new();
    let eva = Phone::of(&house, "Eva Lund").get("/c/quarry-1");
    eva.says(&["<h1>Completed</h1>", "What comes next", "another challenge", "href=\"/c/quarry-1/notes\""]);
    let cancel = [("key", "00000000000000000000000000000001"), ("type", "cycle.cancel"), ("reason", "business")];
    assert_eq!(house.post("/cycles/harbour-1/do", &Sent::form(&cancel)).status, StatusCode::SEE_OTHER);
    let greta = Phone::of(&house, "Greta Holm").get("/c/harbour-1");
    assert_eq!(greta.status, StatusCode::OK);
    greta.says(&["called off before the first session", "Ask your programme owner when your group can begin again"]);
    is_for_people(&house, "a cancelled cycle", &greta);
}

#[test]
fn whoever_facilitates_chooses_who_begins_where_it_is_next() {
    let house = House::new();
    let people = ["Tove Berg", "Uma Patel", "Viktor Horvat"].map(|name| Phone::of(&house, name));
    let [tove, uma, viktor] = &people;
    let press = |phone: &Phone<'_>, fields: &[(&str, &str)]| {
        let answer = phone.press("meadow-1", fields);
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{fields:?}: {}", answer.words());
    };
    press(viktor, &[("type", "attendance.mark"), ("member", "viktor"), ("attendance", "present")]);
    press(tove, &[("type", "session.start")]);
    press(tove, &[("type", "phase.open"), ("phase", "report_back")]);
    let page = tove.get("/c/meadow-1");
    page.says(&[
        ">Start Samir Haddad's turn</button>",
        ">I do</button>",
        "aria-label=\"Who begins the round\"",
        ">Uma Patel does</button>",
    ]);
    assert!(!page.text.contains(">Samir Haddad does<") && !page.text.contains("Somebody else goes next"));
    // Whoever doesn't facilitate starts nobody but themselves.
    let other = uma.get("/c/meadow-1");
    other.says(&[">I go next</button>"]);
    assert!(!other.text.contains(" does</button>") && !other.text.contains("Who begins"), "{}", other.text);
    press(uma, &[("type", "turn.start"), ("member", "uma")]);
    press(uma, &[("type", "turn.defer"), ("member", "uma")]);
    let page = tove.get("/c/meadow-1");
    page.says(&["<summary>Somebody else goes next</summary>", ">Viktor Horvat does</button>"]);
    assert!(!page.text.contains("Who begins"));
}

#[test]
fn what_nothing_takes_back_asks_first_and_says_what_it_does() {
    let house = House::new();
    let ana = Phone::of(&house, "Ana Diaz");
    let page = ana.get("/c/lighthouse-1");
    for (label, yes, says) in [
        ("Left", "Yes, Bo Lindqvist has left", "Bo Lindqvist is out of the room from now on."),
        ("They pass", "Yes, Chidi Okafor passes", "doesn't come back in this round"),
    ] {
        page.says(&[&format!(">{label}</summary>"), says]);
        let before = page.text.split(&format!(">{yes}</button>")).next().unwrap();
        assert_ne!(before, page.text, "no `{yes}`");
        // What does it is inside of what is folded.
        let (open, closed) = (before.rfind("<details class=\"sure\">").unwrap(), before.rfind("</details>").unwrap_or(0));
        assert!(open > closed, "`{yes}` can be pressed at once");
        assert!(!page.text.contains(&format!(">{label}</button>")), "`{label}` acts at once");
    }
    let back = ana.press("lighthouse-1", &[("type", "attendance.mark"), ("member", "bo"), ("attendance", "left_early")]);
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    ana.get("/c/lighthouse-1").says(&[">Is back</button>"]);
    let bo = Phone::of(&house, "Bo Lindqvist");
    bo.get("/c/lighthouse-1/group").says(&[
        "You are out at once.",
        ">Yes, leave the group</button>",
        "nobody can read notes until",
    ]);
    bo.get("/c/lighthouse-1/more").says(&["Whoever leaves is out at once"]);
    house.get("/cycles/harbour-1").says(&["The whole cycle is called off for good."]);
}

#[test]
fn what_comes_late_counts_only_where_the_group_is_as_it_was() {
    let house = House::new();
    let [ana, bo] = ["Ana Diaz", "Bo Lindqvist"].map(|name| Phone::of(&house, name));
    let page = ana.get("/c/lighthouse-1");
    let revision = page.text.split("data-revision=\"").nth(1).unwrap().split('"').next().unwrap();
    let key = ("key", "00000000000000000000000000bb0001");
    let late = |key| {
        let fields = [key, ("type", "phase.extend"), ("seconds", "60"), ("seen", revision)];
        house.ask(Some(&ana.cookie), Method::POST, "/c/lighthouse-1/do", &Sent::form(&fields))
    };
    assert_eq!(late(key).status, StatusCode::SEE_OTHER);
    // Its answer was lost: the same again is through.
    assert_eq!(late(key).status, StatusCode::SEE_OTHER);
    let other = late(("key", "00000000000000000000000000bb0002"));
    assert_eq!(other.status, StatusCode::CONFLICT);
    other.says(&["<h2>Not done</h2>", "the group has gone on since"]);
    is_for_people(&house, "what came late", &other);
    // What is of the moment says so to the script; what can wait doesn't.
    assert!(page.text.contains("data-send data-moment>"), "{}", page.text);
    let reply = Phone::of(&house, "Mei Tanaka").get("/c/orchard-1");
    let form = reply.text.split("<form").find(|form| form.contains("session.reply")).unwrap();
    assert!(!form.contains("data-moment"), "{form}");
    let odd = bo.press("lighthouse-1", &[("type", "overrun.agree"), ("member", "bo"), ("seen", "soon")]);
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn numbers_of_rules_are_for_whoever_looks_for_them() {
    let house = House::new();
    let few = Phone::of(&house, "Tove Berg").press("meadow-1", &[("type", "session.start")]);
    let (before, behind) = few.text.split_once("<details class=\"rules\">").unwrap();
    assert!(!before.contains("R-21"), "{before}");
    assert!(before.contains("3 are present and 4 are needed"));
    assert!(behind.contains("(R-21, quorum at start)") && behind.contains("Two thirds of those who may come"));
    // Nowhere else are there any.
    let number = |text: &str| text.split("R-").skip(1).any(|rest| rest.starts_with(|digit: char| digit.is_ascii_digit()));
    for person in ["Ana Diaz", "Greta Holm", "Mei Tanaka", "Tove Berg", "Yara Santos", "Eva Lund"] {
        let phone = Phone::of(&house, person);
        let cycle = phone.get("/").location.unwrap();
        for page in ["", "/more", "/module", "/notes", "/group"] {
            let answer = phone.get(&format!("{cycle}{page}"));
            let folded: String = answer
                .text
                .split("<details class=\"rules\">")
                .enumerate()
                .map(|(at, part)| if at == 0 { part } else { part.split_once("</details>").map_or("", |(_, rest)| rest) })
                .collect();
            assert!(!number(&folded), "{cycle}{page}: {folded}");
        }
    }
}
