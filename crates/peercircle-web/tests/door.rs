//! In and out: what is good, what was good, what never was, and the first page of a service that is new.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the pages")]
#[path = "owner/house.rs"]
mod house;

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use house::{Answer, House, Sent};
use peercircle_host::{Invited, Offer, Organisation};
use peercircle_service::Service;
use peercircle_store::MemoryStore;

fn open(house: &House, cookie: Option<&str>, token: &str) -> Answer {
    house.ask(cookie, Method::GET, &format!("/in/{token}"), &Sent::Nothing)
}

fn take(house: &House, token: &str) -> Answer {
    house.ask(None, Method::POST, &format!("/in/{token}"), &Sent::form(&[]))
}

/// The cookie that came with an answer.
fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie").strip_prefix("pc=").unwrap();
    set.split(';').next().unwrap().to_owned()
}

/// That a page says what happened and what to do, and tells whoever finds the link of nobody and nothing.
fn is_a_way_on(answer: &Answer, status: StatusCode, title: &str, words: &[&str]) {
    assert_eq!(answer.status, status, "{}", answer.text);
    answer.says(&[&format!("<h1>{title}</h1>"), "for a new invitation", "class=\"button\" href=\"/\""]);
    answer.says(words);
    for secret in ["Ana", "ana", "Lighthouse", "lighthouse", "Sample organisation", "Kim"] {
        let words = answer.words();
        assert!(!words.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == secret), "`{secret}` in {words}");
    }
}

#[test]
fn a_used_invitation_says_so_to_whoever_holds_it() {
    let house = House::new();
    let invitation = house.visitor().invite(&"ana".parse().unwrap()).unwrap().token;
    open(&house, None, &invitation).says(&["Hello Ana Diaz"]);
    let taken = take(&house, &invitation);
    assert_eq!((taken.status, taken.location.as_deref()), (StatusCode::SEE_OTHER, Some("/")));
    let words = ["It works once", "somebody else may be signed in as you", "Ask your programme owner"];
    is_a_way_on(&open(&house, None, &invitation), StatusCode::GONE, "This invitation was used", &words);
    is_a_way_on(&take(&house, &invitation), StatusCode::GONE, "This invitation was used", &words);
    // Where she is signed in, her old invitation opens her page.
    let back = open(&house, Some(&cookie(&taken)), &invitation);
    assert_eq!((back.status, back.location.as_deref()), (StatusCode::SEE_OTHER, Some("/")));
    let other = open(&house, Some(&house.member("Bo Lindqvist")), &invitation);
    is_a_way_on(&other, StatusCode::GONE, "This invitation was used", &words);

    let owner = house.organisation().invite_owner("Kim").unwrap().token;
    take(&house, &owner);
    let words = ["Ask another programme owner", "peercircle-server invite-owner"];
    is_a_way_on(&open(&house, None, &owner), StatusCode::GONE, "This invitation was used", &words);
}

#[test]
fn what_is_too_old_says_so() {
    let house = House::new();
    let invitation = house.visitor().invite(&"ana".parse().unwrap()).unwrap().token;
    let link = house.member("Ana Diaz");
    house.clock.set("2026-04-01T09:00:00Z".parse().unwrap());
    let words = ["Nobody opened it within a month"];
    is_a_way_on(&open(&house, None, &invitation), StatusCode::GONE, "This invitation is too old", &words);
    house.clock.set("2026-12-01T09:00:00Z".parse().unwrap());
    let words = ["half a year", "Nothing that you did or wrote is lost"];
    is_a_way_on(&open(&house, None, &link), StatusCode::GONE, "Your personal link has ended", &words);
    // So it is for whoever comes back with their cookie, on any page.
    for page in ["/", "/c/lighthouse-1", "/c/lighthouse-1/notes", "/me"] {
        let answer = house.ask(Some(&link), Method::GET, page, &Sent::Nothing);
        is_a_way_on(&answer, StatusCode::UNAUTHORIZED, "You are no longer signed in", &["half a year after you came in"]);
    }
}

#[test]
fn what_was_revoked_and_what_never_was_are_the_same() {
    let house = House::new();
    let link = house.member("Ana Diaz");
    let out = house.ask(Some(&link), Method::POST, "/out", &Sent::form(&[]));
    assert_eq!((out.status, out.location.as_deref()), (StatusCode::SEE_OTHER, Some("/out")));
    let gone = house.ask(None, Method::GET, "/out", &Sent::Nothing);
    is_a_way_on(&gone, StatusCode::OK, "You are signed out", &["open a personal link of yours that is still good"]);
    let revoked = open(&house, None, &link);
    is_a_way_on(&revoked, StatusCode::NOT_FOUND, "This link opens nothing", &["Part of it may be missing"]);
    for never in [format!("sample.{}", "A".repeat(43)), format!("nobody.{}", "A".repeat(43)), "x".to_owned()] {
        let answer = open(&house, None, &never);
        assert_eq!((answer.status, answer.text), (revoked.status, revoked.text.clone()), "{never}");
    }
    // Nor do pages tell a stranger what is there.
    let strange = |path: &str, cookie: Option<&str>| {
        let answer = house.ask(cookie, Method::GET, path, &Sent::Nothing);
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        answer.words()
    };
    for cookie in [None, Some("sample.x"), Some(link.as_str())] {
        assert_eq!(strange("/c/lighthouse-1", cookie), strange("/c/no-such-1", cookie));
    }
    assert_eq!(strange("/c/lighthouse-1", Some("sample.x")), strange("/c/lighthouse-1", Some(&link)));
    // Whoever is signed in isn't told that they aren't.
    let bo = house.member("Bo Lindqvist");
    let answer = house.ask(Some(&bo), Method::GET, "/out", &Sent::Nothing);
    assert_eq!(answer.location.as_deref(), Some("/me"));
    let everywhere = house.ask(Some(&bo), Method::POST, "/out-everywhere", &Sent::form(&[]));
    assert_eq!(everywhere.location.as_deref(), Some("/out"));
    // An owner is signed out everywhere as well, by every link of theirs.
    let [one, other] = [(); 2].map(|()| {
        let invitation = house.organisation().invite_owner("Kim").unwrap();
        cookie(&take(&house, &invitation.token))
    });
    assert_eq!(house.ask(Some(&one), Method::POST, "/out-everywhere", &Sent::form(&[])).status, StatusCode::SEE_OTHER);
    assert_eq!(strange("/me", Some(&other)), strange("/me", Some("sample.x")));
}

/// A service that was started just now, with an offer to look around.
fn new() -> (House, Arc<Organisation>) {
    let house = House::empty();
    house.host.remove(house.organisation().id());
    let service = Service::new(MemoryStore::default());
    let home = house.host.add(Organisation::new("home".parse().unwrap(), "Home", service));
    let offer = Arc::new(Offer::new(Arc::clone(&house.host), Some(house.clock.clone())));
    (house.with(|web| web.offer(offer)), home)
}

fn get(house: &House, path: &str) -> Answer {
    house.ask(None, Method::GET, path, &Sent::Nothing)
}

#[test]
fn the_first_page_of_a_new_service_offers_a_sample() {
    let (house, home) = new();
    let first = get(&house, "/");
    first.says(&[
        "Begin with your own",
        "Look at a sample organisation",
        "action=\"/demo\"",
        "peercircle-server invite-owner",
    ]);
    assert!(!first.text.contains("/in/"), "who opens the first page is nobody yet: {}", first.text);
    assert_eq!(get(&house, "/demo").words(), first.words());
    assert_eq!(house.host.organisations().len(), 1, "nothing is filled unasked");
    let foreign = house.ask_from("cross-site", None, Method::POST, "/demo", &Sent::form(&[]));
    assert_eq!((foreign.status, house.host.organisations().len()), (StatusCode::FORBIDDEN, 1));

    for _ in 0..2 {
        let filled = house.ask(None, Method::POST, "/demo", &Sent::form(&[]));
        assert_eq!((filled.status, filled.location.as_deref()), (StatusCode::SEE_OTHER, Some("/demo")));
    }
    let people = get(&house, "/demo");
    people.says(&["Whom would you like to be?", "Programme owner", "apart from your own"]);
    let token = people.link("Ana Diaz").strip_prefix("/in/").unwrap().to_owned();
    let ana = cookie(&open(&house, None, &token));
    let page = |cookie: &str, path: &str| house.ask(Some(cookie), Method::GET, path, &Sent::Nothing);
    page(&ana, "/c/lighthouse-1").says(&["Story sharing"]);
    let out = house.ask(Some(&ana), Method::POST, "/out", &Sent::form(&[]));
    assert_eq!(out.location.as_deref(), Some("/demo"), "in the sample one comes back as whomever one likes");

    // Once somebody has begun, there is no sample any more, neither to look at nor to be in.
    let bo = cookie(&open(&house, None, people.link("Bo Lindqvist").strip_prefix("/in/").unwrap()));
    assert_eq!(page(&bo, "/me").status, StatusCode::OK);
    let hr = take(&house, &home.invite_owner("HR").unwrap().token);
    assert_eq!(hr.status, StatusCode::SEE_OTHER);
    page(&cookie(&hr), "/").says(&["Make the first groups"]);
    assert_eq!(page(&bo, "/me").status, StatusCode::UNAUTHORIZED);
    assert_eq!(get(&house, "/demo").status, StatusCode::NOT_FOUND);
    assert_eq!(house.ask(None, Method::POST, "/demo", &Sent::form(&[])).status, StatusCode::NOT_FOUND);
    let first = get(&house, "/");
    assert!(!first.text.contains("sample"), "{}", first.text);
    first.says(&["open the personal link from your invitation"]);
}

#[test]
fn a_service_without_an_offer_has_no_sample() {
    let house = House::empty();
    for method in [Method::GET, Method::POST] {
        assert_eq!(house.ask(None, method, "/demo", &Sent::form(&[])).status, StatusCode::NOT_FOUND);
    }
    // An invitation that is for somebody else stays one where somebody is signed in.
    let other = house.organisation().invite_owner("Kim").unwrap();
    assert_eq!(other.invited, Invited::Owner { name: "Kim".to_owned() });
    open(&house, Some(&house.owner), &other.token).says(&["Hello Kim"]);
}

#[test]
fn a_link_that_is_shown_goes_by_how_the_pages_are_reached() {
    let house = House::new();
    let ana = house.member("Ana Diaz");
    let shown = |house: &House| house.ask(Some(&ana), Method::GET, "/me", &Sent::Nothing);
    shown(&house).says(&["http://circle.example/in/"]);
    let house = house.with(|web| web.secure(true));
    shown(&house).says(&["https://circle.example/in/"]);
}

#[test]
fn a_recovery_code_is_shown_once_and_opens_notes_again() {
    let house = House::new();
    let ana = house.member("Ana Diaz");
    let ask = |cookie: &str, method, path: &str, sent: &Sent| house.ask(Some(cookie), method, path, sent);
    let code_of =
        |page: &Answer| page.text.split("<p class=\"code\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let me = ask(&ana, Method::GET, "/me", &Sent::Nothing);
    me.says(&[
        "My recovery code",
        ">Show me a code</button>",
        ">Yes, sign out here</button>",
        ">Yes, sign out everywhere</button>",
    ]);
    let drawn = ask(&ana, Method::POST, "/me/code", &Sent::form(&[]));
    assert_eq!(drawn.status, StatusCode::OK);
    drawn.says(&["it is shown this once"]);
    let code = code_of(&drawn);
    assert_eq!((code.len(), drawn.header("cache-control")), (24, "no-store"));
    let me = ask(&ana, Method::GET, "/me", &Sent::Nothing);
    me.says(&["You have one, since", ">Show me a new code</button>"]);
    assert!(!me.text.contains(&code));
    // Her group talks already. HR ends every link there is.
    let person = house.demo.people.iter().find(|person| person.name == "Ana Diaz").unwrap();
    for one in &house.demo.people {
        let id = one.name.split(' ').next().unwrap().to_lowercase();
        house.visitor().sign_out_everywhere(&id.parse().unwrap()).unwrap();
    }
    assert_eq!(ask(&ana, Method::GET, "/me", &Sent::Nothing).status, StatusCode::UNAUTHORIZED, "{}", person.name);
    let invitation = house.visitor().invite(&"ana".parse().unwrap()).unwrap();
    let again = cookie(&take(&house, &invitation.token));
    ask(&again, Method::GET, "/c/lighthouse-1", &Sent::Nothing).says(&["Not sure yet that it is you", "href=\"/me#code\""]);
    ask(&again, Method::GET, "/me", &Sent::Nothing).says(&[">It is me: open my notes</button>"]);
    assert_eq!(ask(&again, Method::POST, "/me/code", &Sent::form(&[])).status, StatusCode::FORBIDDEN);
    let wrong = ask(&again, Method::POST, "/me/recover", &Sent::form(&[("code", "0000-0000-0000-0000-0000")]));
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.says(&["That isn't your recovery code", ">It is me: open my notes</button>"]);
    let right = ask(&again, Method::POST, "/me/recover", &Sent::form(&[("code", &code.to_lowercase())]));
    assert_eq!((right.status, right.location.as_deref()), (StatusCode::SEE_OTHER, Some("/")));
    let page = ask(&again, Method::GET, "/c/lighthouse-1", &Sent::Nothing);
    assert!(!page.text.contains("Not sure yet"));
    // Another site makes nobody draw one.
    assert_eq!(
        house.ask_from("cross-site", Some(&again), Method::POST, "/me/code", &Sent::form(&[])).status,
        StatusCode::FORBIDDEN
    );
}

#[test]
fn who_has_no_code_is_told_of_it_where_there_is_time() {
    let house = House::new();
    let offer = "Get my recovery code";
    let mei = house.member("Mei Tanaka");
    let now = |path: &str, cookie: &str| house.ask(Some(cookie), Method::GET, path, &Sent::Nothing);
    now("/c/orchard-1", &mei).says(&[offer]);
    let _drawn = house.ask(Some(&mei), Method::POST, "/me/code", &Sent::form(&[]));
    assert!(!now("/c/orchard-1", &mei).text.contains(offer));
    // Not in the midst of a session.
    assert!(!now("/c/lighthouse-1", &house.member("Ana Diaz")).text.contains(offer));
}
