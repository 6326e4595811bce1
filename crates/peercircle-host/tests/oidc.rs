//! Sign-in by an issuer: a real one, and tokens that somebody would like to be good.

#![expect(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the host")]
mod common;
mod issuer;

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

use common::{House, ROOM, SIX, at, id, note, read, who};
use issuer::{ask, url};
use peercircle_host::{Credential, HostError, Oidc, Organisation, OwnerClaim, SignInError, Visitor, Who};
use peercircle_service::{MasterKey, Service};
use peercircle_store::MemoryStore;
use serde_json::{Value, json};

/// 2 February 2026, 9:00, when the tests' clock begins.
const NOW: i64 = 1_770_022_800;

/// What a good token says, changed by `change`, where nothing is left out.
fn claims(change: Value) -> Value {
    let mut claims = json!({
        "iss": url(0), "aud": "peercircle", "exp": NOW + 600, "nbf": NOW - 10, "iat": NOW - 10, "sub": "u-17",
        "email": "ana@acme.example",
    });
    for (claim, value) in change.as_object().unwrap().clone() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(&claim);
        } else {
            claims[claim] = value;
        }
    }
    claims
}

/// A token as the first issuer makes it.
fn token(kid: &str, change: Value) -> String {
    let token = ask(&json!({"do":"token","server":0,"kid":kid,"claims":claims(change)}));
    token.as_str().unwrap().to_owned()
}

fn text(question: Value) -> String {
    ask(&question).as_str().unwrap().to_owned()
}

fn settings(server: usize) -> Oidc {
    let owner = OwnerClaim { claim: "roles".to_owned(), value: "learning-owner".to_owned() };
    Oidc { issuer: url(server).to_owned(), audience: "peercircle".to_owned(), person_claim: None, owner: Some(owner) }
}

/// The house with an issuer for `acme`, on the same store.
fn with(house: House, settings: Oidc) -> House {
    let store = MemoryStore::default();
    let service =
        |store: MemoryStore| Service::new(store).with_clock(house.clock.clone()).with_vault(MasterKey::generate().unwrap());
    let acme = Organisation::new("acme".parse().unwrap(), "Acme", service(store)).with_oidc(settings).unwrap();
    let acme = house.host.add(acme);
    House { acme, ..house }.peopled()
}

fn house() -> House {
    with(House::new(), settings(0))
}

fn sign_in(house: &House, token: &str) -> Result<Visitor, SignInError> {
    house.host.sign_in(Credential::bearer(token))
}

/// Who that is, in a word; `-` for nobody.
fn is(house: &House, token: &str) -> String {
    match sign_in(house, token) {
        Ok(visitor) => match visitor.who() {
            Who::Member { person, vouched: true, by_key: None, .. } => person.to_string(),
            Who::Member { person, .. } => format!("{person}?"),
            Who::Owner { name } => format!("owner {name}"),
            Who::System { .. } => panic!("a token is no key"),
        },
        Err(SignInError::Unknown) => "-".to_owned(),
        Err(error) => error.code().to_owned(),
    }
}

#[test]
fn people_sign_in_by_address_or_id_and_owners_by_their_claim() {
    let house = house();
    for kid in ["rs", "es", "ed"] {
        assert_eq!(is(&house, &token(kid, json!({}))), "ana", "{kid}");
    }
    let owner = house.owner();
    owner.put_person(&peercircle_host::Person { email: None, ..common::person("gus", 7) }).unwrap();
    owner
        .put_person(&peercircle_host::Person { email: Some("Hal.Hart@acme.example".into()), ..common::person("u-18", 8) })
        .unwrap();
    for (change, expected) in [
        (json!({"email": "ANA@acme.example"}), "ana"),
        (json!({"email": "hal.hart@acme.example"}), "u-18"),
        (json!({"email": "gus@wherever.example"}), "gus"),
        (json!({"email": "ana@wherever.example"}), "-"),
        (json!({"email": null, "sub": "u-18"}), "u-18"),
        (json!({"email": "nobody@acme.example", "sub": "bo"}), "bo"),
        (json!({"email": "nobody@acme.example"}), "-"),
        (json!({"email": null}), "-"),
        (json!({"email": null, "sub": null}), "-"),
        (json!({"email": 7, "sub": ["bo"]}), "-"),
        (json!({"email": "", "sub": ""}), "-"),
        (json!({"email_verified": true}), "ana"),
        (json!({"email_verified": false}), "-"),
        (json!({"email_verified": "false"}), "-"),
        (json!({"email_verified": null}), "ana"),
        (json!({"aud": ["other", "peercircle"]}), "ana"),
        (json!({"roles": "learning-owner"}), "owner ana@acme.example"),
        (json!({"roles": ["staff", "learning-owner"], "email": "hr@acme.example"}), "owner hr@acme.example"),
        (json!({"roles": ["learning-owner"], "email": null}), "owner u-17"),
        (json!({"roles": ["learning-owners"]}), "ana"),
        (json!({"roles": {"learning-owner": true}}), "ana"),
        (json!({"role": "learning-owner"}), "ana"),
    ] {
        assert_eq!(is(&house, &token("rs", change.clone())), expected, "{change}");
    }
    // Two of one address are nobody.
    owner
        .put_person(&peercircle_host::Person { email: Some("Hal.Hart@acme.example".into()), ..common::person("ivy", 9) })
        .unwrap();
    assert_eq!(is(&house, &token("rs", json!({"email": "hal.hart@acme.example"}))), "-");
    // Whoever was erased is nobody.
    owner.erase_person(&who("ana")).unwrap();
    assert_eq!(is(&house, &token("rs", json!({}))), "-");
}

#[test]
fn a_claim_of_ones_own_says_who_somebody_is() {
    let claim = |name: &str| Some(name.to_owned());
    let house = with(House::new(), Oidc { person_claim: claim("staff"), ..settings(0) });
    for (change, expected) in [
        (json!({"staff": "bo"}), "bo"),
        (json!({"staff": "bo@acme.example"}), "bo"),
        (json!({"staff": "nobody"}), "-"),
        (json!({}), "-"),
        (json!({"sub": "bo"}), "-"),
    ] {
        assert_eq!(is(&house, &token("rs", change.clone())), expected, "{change}");
    }
    let email = with(House::new(), Oidc { person_claim: claim("email"), ..settings(0) });
    assert_eq!(is(&email, &token("rs", json!({}))), "ana");
    assert_eq!(is(&email, &token("rs", json!({"email_verified": false}))), "-");
    assert_eq!(is(&email, &token("rs", json!({"email": "ana", "email_verified": false}))), "-");
    let deep = OwnerClaim { claim: "/realm_access/roles".to_owned(), value: "hr".to_owned() };
    let deep = with(House::new(), Oidc { owner: Some(deep), ..settings(0) });
    assert_eq!(is(&deep, &token("rs", json!({"realm_access": {"roles": ["hr"]}}))), "owner ana@acme.example");
    assert_eq!(is(&deep, &token("rs", json!({"roles": ["hr"]}))), "ana");
    let none = with(House::new(), Oidc { owner: None, ..settings(0) });
    assert_eq!(is(&none, &token("rs", json!({"roles": ["learning-owner"]}))), "ana");
}

#[test]
fn a_token_is_good_from_its_beginning_to_its_end_and_a_minute_around() {
    let house = house();
    let at = |seconds: i64| house.clock.set(peercircle_core::Instant::from_unix_millis((NOW + seconds) * 1000).unwrap());
    let one = token("rs", json!({"nbf": NOW + 100, "exp": NOW + 200}));
    for (seconds, expected) in [(0, "-"), (39, "-"), (40, "ana"), (150, "ana"), (259, "ana"), (260, "-"), (9_999, "-")] {
        at(seconds);
        assert_eq!(is(&house, &one), expected, "after {seconds} s");
    }
    at(0);
    assert_eq!(is(&house, &token("rs", json!({"nbf": null}))), "ana");
    for odd in [
        json!({"exp": null}),
        json!({"exp": "tomorrow"}),
        json!({"exp": NOW.to_string()}),
        json!({"exp": -1}),
        json!({"nbf": "now"}),
        json!({"exp": {"at": NOW + 600}}),
    ] {
        assert_eq!(is(&house, &token("rs", odd.clone())), "-", "{odd}");
    }
    assert_eq!(is(&house, &token("rs", json!({"exp": 9_999_999_999_i64}))), "ana");
}

#[test]
fn what_the_issuer_did_not_sign_opens_nothing() {
    let house = house();
    assert_eq!(is(&house, &token("rs", json!({}))), "ana", "the keys are known");
    let good = claims(json!({}));
    let mut hostile = vec![
        ("alg none", text(json!({"do":"unsigned","claims":good}))),
        ("alg None", text(json!({"do":"unsigned","claims":good,"header":{"alg":"None","kid":"rs"}}))),
        ("no alg", text(json!({"do":"unsigned","claims":good,"header":{"alg":null}}))),
        ("unsigned RS256", text(json!({"do":"unsigned","claims":good,"header":{"alg":"RS256","kid":"rs"}}))),
    ];
    for form in ["jwk", "n", "pem"] {
        hostile
            .push(("HS256 with the public key", text(json!({"do":"public","server":0,"kid":"rs","as":form,"claims":good}))));
    }
    for alg in ["RS384", "RS512", "PS256"] {
        hostile.push((alg, text(json!({"do":"sign","server":0,"kid":"rs","alg":alg,"claims":good}))));
    }
    // Another organisation's issuer, with a key of the same name, and whatever it says of keys.
    let jwk = ask(&json!({"do":"jwk","server":1,"kid":"rs"}));
    for (what, header) in [
        ("another issuer's key", json!({})),
        ("jku", json!({"jku": format!("{}/jwks", url(1))})),
        ("x5u", json!({"x5u": format!("{}/jwks", url(1))})),
        ("jwk", json!({"jwk": jwk})),
        ("kid elsewhere", json!({"kid": format!("{}/jwks#rs", url(1)), "jku": format!("{}/jwks", url(1))})),
    ] {
        hostile.push((what, text(json!({"do":"sign","server":1,"kid":"rs","alg":"RS256","claims":good,"header":header}))));
    }
    hostile.push((
        "another key's name",
        text(json!({"do":"sign","server":0,"kid":"es","alg":"ES256","claims":good,"header":{"kid":"rs"}})),
    ));
    hostile.push((
        "unknown kid",
        text(json!({"do":"sign","server":0,"kid":"rs","alg":"RS256","claims":good,"header":{"kid":"no-such"}})),
    ));
    hostile.push((
        "logout",
        text(json!({"do":"sign","server":0,"kid":"rs","alg":"RS256","claims":good,"header":{"typ":"logout+jwt"}})),
    ));
    let crit = json!({"crit": ["b64"], "b64": true});
    hostile.push(("crit", text(json!({"do":"sign","server":0,"kid":"rs","alg":"RS256","claims":good,"header":crit}))));
    for (what, change) in [
        ("wrong aud", json!({"aud": "other"})),
        ("aud in a longer one", json!({"aud": "peercircle.example"})),
        ("no aud", json!({"aud": null})),
        ("aud of numbers", json!({"aud": [1, {"peercircle": 1}]})),
        ("wrong iss", json!({"iss": "http://127.0.0.1:1"})),
        ("iss with a slash", json!({"iss": format!("{}/", url(0))})),
        ("no iss", json!({"iss": null})),
        ("iss in a list", json!({"iss": [url(0)]})),
        ("the other's iss", json!({"iss": url(1)})),
        ("expired", json!({"exp": NOW - 61})),
        ("not yet valid", json!({"nbf": NOW + 61})),
    ] {
        hostile.push((what, token("rs", change)));
    }
    for kid in ["rs", "es", "ed"] {
        let whole = token(kid, json!({}));
        let parts: Vec<_> = whole.split('.').collect();
        let [header, payload, signature] = parts[..] else { panic!("{whole}") };
        let other = token(kid, json!({"email": "bo@acme.example"}));
        let others: Vec<_> = other.split('.').collect();
        for (what, odd) in [
            ("truncated", whole[..whole.len() - 1].to_owned()),
            ("truncated by half", whole[..whole.len() / 2].to_owned()),
            ("no signature", format!("{header}.{payload}.")),
            ("two parts", format!("{header}.{payload}")),
            ("four parts", format!("{whole}.{signature}")),
            ("another's claims", format!("{header}.{}.{signature}", others[1])),
            ("another's signature", format!("{header}.{payload}.{}", others[2])),
            ("padding", format!("{whole}=")),
            ("a space", format!(" {whole}")),
            ("a newline", format!("{whole}\n")),
            ("too long", format!("{header}.{payload}.{}", "A".repeat(20_000))),
        ] {
            hostile.push((what, odd));
        }
    }
    hostile.extend(["..", "a.b.c", "\0.\0.\0", "eyJ9.eyJ9.eyJ9"].map(|odd| ("garbage", odd.to_owned())));
    for (what, one) in hostile {
        let got = house.host.sign_in(Credential::Jwt(&one)).map(|visitor| visitor.who().clone());
        assert_eq!(got, Err(SignInError::Unknown), "{what}: {one}");
        assert!(house.host.sign_in(Credential::Key(&one)).is_err() && house.host.sign_in(Credential::Link(&one)).is_err());
    }
    assert_eq!(is(&house, &token("rs", json!({}))), "ana", "none of that shut the door");
    // What is signed well and says more of keys than it should is good for what it is.
    let jku = json!({"jku": format!("{}/jwks", url(1)), "x5u": "http://127.0.0.1:1/"});
    assert_eq!(
        is(&house, &text(json!({"do":"sign","server":0,"kid":"rs","alg":"RS256","claims":good,"header":jku}))),
        "ana"
    );
    assert_eq!(format!("{:?}", Credential::Jwt("a.b.c")), "Jwt(..)");
}

#[test]
fn each_organisation_has_an_issuer_of_its_own() {
    let house = house();
    let clock = house.clock.clone();
    let zeta = |settings| {
        let service = Service::new(MemoryStore::default()).with_clock(clock.clone());
        Organisation::new("zeta".parse().unwrap(), "Zeta", service).with_oidc(settings).unwrap()
    };
    let added = house.host.add(zeta(settings(1)));
    let invitation = added.invite_owner("hr@zeta.example").unwrap();
    let owner = house.visitor(&house.host.redeem(&invitation.token).unwrap());
    owner.put_person(&common::person("ana", 1)).unwrap();
    let of = |server: usize, iss: usize| {
        let claims = claims(json!({"iss": url(iss)}));
        text(json!({"do":"sign","server":server,"kid":"rs","alg":"RS256","claims":claims}))
    };
    let organisation = |token: &str| sign_in(&house, token).map(|visitor| visitor.organisation().id().to_string());
    assert_eq!(organisation(&of(0, 0)).unwrap(), "acme");
    assert_eq!(organisation(&of(1, 1)).unwrap(), "zeta");
    assert_eq!(organisation(&of(0, 1)), Err(SignInError::Unknown));
    assert_eq!(organisation(&of(1, 0)), Err(SignInError::Unknown));
    // One issuer for two, told apart by audience; where they aren't, neither.
    let invited = house.host.add(zeta(Oidc { audience: "zeta".to_owned(), ..settings(0) })).invite_owner("hr").unwrap();
    let owner = house.visitor(&house.host.redeem(&invited.token).unwrap());
    owner.put_person(&common::person("ana", 1)).unwrap();
    assert_eq!(organisation(&token("rs", json!({}))).unwrap(), "acme");
    assert_eq!(organisation(&token("rs", json!({"aud": "zeta"}))).unwrap(), "zeta");
    assert_eq!(organisation(&token("rs", json!({"aud": ["zeta", "peercircle"]}))), Err(SignInError::Unknown));
    house.host.add(zeta(settings(0)));
    assert_eq!(organisation(&token("rs", json!({}))), Err(SignInError::Unknown));
}

#[test]
fn a_new_key_is_asked_for_once_in_half_a_minute() {
    let house = house();
    let at = |seconds: i64| house.clock.set(peercircle_core::Instant::from_unix_millis((NOW + seconds) * 1000).unwrap());
    assert_eq!(is(&house, &token("rs", json!({}))), "ana");
    ask(&json!({"do":"rotate","server":0,"kid":"fresh"}));
    let fresh = token("fresh", json!({"exp": NOW + 90_000}));
    at(29);
    assert_eq!(is(&house, &fresh), "-");
    at(30);
    assert_eq!(is(&house, &fresh), "ana");
    at(31);
    assert_eq!(is(&house, &token("es", json!({}))), "ana", "those before are good on");
}

/// HR changes an address in the directory to one of its own.
#[test]
fn an_address_that_was_changed_opens_no_content() {
    let house = house();
    let bo = token("rs", json!({"email": "bo@acme.example", "sub": "u-2", "exp": NOW + 9_000_000}));
    let talking = house.talking();
    let house = &talking;
    let ana = token("rs", json!({"exp": NOW + 9_000_000}));
    let mole = token("rs", json!({"email": "mole@acme.example", "sub": "u-99", "exp": NOW + 9_000_000}));
    let said = |token: &str| read(&sign_in(house, token).unwrap(), "c-1", 1);
    assert_eq!((said(&ana).unwrap(), said(&bo).unwrap()), ("my story".to_owned(), "my story".to_owned()));
    assert_eq!(is(house, &mole), "-");
    let owner = house.owner();
    let mut entry = owner.directory_entry(&who("ana")).unwrap();
    for email in [None, Some("mole@acme.example".to_owned())] {
        entry.email = email;
        owner.put_person(&entry).unwrap();
    }
    assert_eq!((is(house, &mole), is(house, &ana)), ("ana?".to_owned(), "-".to_owned()));
    assert_eq!(said(&mole), Err("not_vouched"));
    assert!(sign_in(house, &mole).unwrap().view(&id("c-1")).is_ok());
    assert_eq!(said(&bo).unwrap(), "my story", "nobody else's was");
    // If it is her, somebody in the group says so.
    let mate = sign_in(house, &bo).unwrap();
    assert_eq!(mate.unvouched().unwrap().len(), 1);
    assert_eq!(mate.vouch(&who("ana")).unwrap(), 1);
    assert_eq!(said(&mole).unwrap(), "my story");
    let mole_2 = token("rs", json!({"email": "mole@acme.example", "sub": "u-100", "exp": NOW + 9_000_000}));
    assert_eq!(said(&mole_2), Err("not_vouched"), "of that one identity");
    assert_eq!(mate.disown(&who("ana")).unwrap(), 1);
    assert_eq!(said(&mole).unwrap(), "my story");
    // A small thing about a note, so that the room's is the right audience.
    mate.put_note(&id("c-1"), note(8), ROOM, b"x").unwrap();
    assert_eq!(SIX[0], "ana");
}

/// A server that answers as it is told, and counts.
struct Fake {
    url: String,
    asked: Arc<AtomicU32>,
    answers: Arc<Mutex<Vec<(&'static str, String)>>>,
}

impl Fake {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let (asked, answers) = (Arc::new(AtomicU32::new(0)), Arc::new(Mutex::new(Vec::new())));
        let fake = Self { url, asked: Arc::clone(&asked), answers: Arc::clone(&answers) };
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream: TcpStream = stream.unwrap();
                let mut request = Vec::new();
                let mut byte = [0];
                while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                    request.push(byte[0]);
                }
                asked.fetch_add(1, Ordering::SeqCst);
                let request = String::from_utf8_lossy(&request).into_owned();
                let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
                let answers: Vec<(&'static str, String)> = answers.lock().unwrap().clone();
                let found = answers.into_iter().find(|(known, _)| *known == path).map(|(_, answer)| answer);
                let answer = found.unwrap_or_else(|| "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned());
                // Whoever hangs up early has heard enough.
                let _sent = stream.write_all(answer.as_bytes());
            }
        });
        fake
    }

    fn answer(&self, path: &'static str, answer: String) {
        let mut answers = self.answers.lock().unwrap();
        answers.retain(|(known, _)| *known != path);
        answers.push((path, answer));
    }

    fn json(&self, path: &'static str, body: &Value) {
        let body = body.to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        self.answer(path, head + &body);
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }
}

const CONFIGURATION: &str = "/.well-known/openid-configuration";

/// A house whose issuer is a fake, and a token that says it is of it, by the first real issuer's key.
fn faked() -> (Fake, House, String) {
    let fake = Fake::new();
    let house = with(House::new(), Oidc { issuer: fake.url.clone(), ..settings(0) });
    let claims = claims(json!({"iss": fake.url, "exp": NOW + 900_000}));
    let token = text(json!({"do":"sign","server":0,"kid":"rs","alg":"RS256","claims":claims}));
    fake.json(CONFIGURATION, &json!({"issuer": fake.url, "jwks_uri": format!("{}/jwks", fake.url)}));
    fake.json("/jwks", &json!({"keys": [ask(&json!({"do":"jwk","server":0,"kid":"rs"}))]}));
    (fake, house, token)
}

#[test]
fn keys_are_kept_and_asked_for_seldom() {
    let (fake, house, token) = faked();
    let at = |seconds: i64| house.clock.set(peercircle_core::Instant::from_unix_millis((NOW + seconds) * 1000).unwrap());
    thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| is(&house, &token))).collect();
        threads.into_iter().for_each(|thread| assert_eq!(thread.join().unwrap(), "ana"));
    });
    assert_eq!(fake.asked(), 2, "its configuration and its keys, once");
    let unknown = text(
        json!({"do":"sign","server":0,"kid":"rs","alg":"RS256","claims":claims(json!({"iss": fake.url})),"header":{"kid":"x"}}),
    );
    for seconds in [0, 5, 29, 30, 31, 45, 59, 60, 75] {
        at(seconds);
        assert_eq!((is(&house, &unknown), is(&house, &token)), ("-".to_owned(), "ana".to_owned()));
    }
    assert_eq!(fake.asked(), 6, "twice more for a key that isn't there, not nine times");
    // A key that is taken back is good for an hour at most.
    at(60 + 3_599);
    assert_eq!(is(&house, &token), "ana");
    fake.json("/jwks", &json!({"keys": []}));
    at(60 + 3_600);
    assert_eq!(is(&house, &token), "-");
}

#[test]
fn an_issuer_that_is_away_signs_nobody_out() {
    let (fake, house, token) = faked();
    let at = |seconds: i64| house.clock.set(peercircle_core::Instant::from_unix_millis((NOW + seconds) * 1000).unwrap());
    let away = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned();
    fake.answer("/jwks", away.clone());
    assert_eq!(is(&house, &token), "issuer_unavailable");
    let asked = fake.asked();
    for _ in 0..20 {
        assert_eq!(is(&house, &token), "issuer_unavailable");
    }
    assert_eq!(fake.asked(), asked, "whoever is away isn't stormed");
    fake.json("/jwks", &json!({"keys": [ask(&json!({"do":"jwk","server":0,"kid":"rs"}))]}));
    at(30);
    assert_eq!(is(&house, &token), "ana");
    fake.answer("/jwks", away);
    at(7_300);
    assert_eq!(is(&house, &token), "ana");
}

#[test]
fn what_is_no_configuration_or_no_key_of_the_issuer_is_not_taken() {
    let rs = ask(&json!({"do":"jwk","server":0,"kid":"rs"}));
    let es = ask(&json!({"do":"jwk","server":0,"kid":"es"}));
    let key = |change: Value| {
        let mut key = rs.clone();
        for (field, value) in change.as_object().unwrap().clone() {
            key[field] = value;
        }
        json!({"keys": [key]})
    };
    let other = Fake::new();
    other.json("/jwks", &json!({"keys": [rs]}));
    let (fake, ..) = faked();
    let long = format!("HTTP/1.1 200 OK\r\ncontent-length: 900000\r\nconnection: close\r\n\r\n{}", " ".repeat(900_000));
    let redirect =
        format!("HTTP/1.1 302 Found\r\nlocation: {}/jwks\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", other.url);
    drop(fake);
    let set = |change: &dyn Fn(&Fake)| {
        let (fake, house, token) = faked();
        change(&fake);
        is(&house, &token)
    };
    assert_eq!(set(&|_| {}), "ana");
    assert_eq!(
        set(&|fake| fake.json(CONFIGURATION, &json!({"issuer": fake.url, "jwks_uri": format!("{}/jwks", other.url)}))),
        "ana"
    );
    let away = "issuer_unavailable";
    type Spoil<'a> = (&'static str, &'a dyn Fn(&Fake));
    let spoilt: [Spoil<'_>; 9] = [
        ("another's name", &|fake| {
            fake.json(CONFIGURATION, &json!({"issuer": other.url, "jwks_uri": format!("{}/jwks", fake.url)}))
        }),
        ("a slash more", &|fake| {
            fake.json(CONFIGURATION, &json!({"issuer": format!("{}/", fake.url), "jwks_uri": format!("{}/jwks", fake.url)}))
        }),
        ("no keys", &|fake| fake.json(CONFIGURATION, &json!({"issuer": fake.url}))),
        ("keys in clear", &|fake| {
            fake.json(CONFIGURATION, &json!({"issuer": fake.url, "jwks_uri": "http://issuer.example/jwks"}))
        }),
        ("a file", &|fake| fake.json(CONFIGURATION, &json!({"issuer": fake.url, "jwks_uri": "file:///etc/passwd"}))),
        ("a redirect", &|fake| fake.answer(CONFIGURATION, redirect.clone())),
        ("keys by redirect", &|fake| fake.answer("/jwks", redirect.clone())),
        ("too much", &|fake| fake.answer("/jwks", long.clone())),
        ("no JSON", &|fake| fake.json("/jwks", &json!("keys"))),
    ];
    for (what, change) in spoilt {
        assert_eq!(set(change), away, "{what}");
    }
    for (what, keys) in [
        ("for encryption", key(json!({"use": "enc"}))),
        ("for something else", key(json!({"key_ops": ["encrypt"]}))),
        ("for another algorithm", key(json!({"alg": "RS512"}))),
        ("an octet key", json!({"keys": [{"kty": "oct", "kid": "rs", "k": rs["n"], "alg": "HS256"}]})),
        ("another kind", json!({"keys": [{"kty": "EC", "crv": "P-256", "kid": "rs", "x": es["x"], "y": es["y"]}]})),
        ("two of one name", json!({"keys": [rs, rs]})),
        ("none", json!({"keys": []})),
    ] {
        assert_eq!(set(&|fake| fake.json("/jwks", &keys)), "-", "{what}");
    }
    let (fake, house, _) = faked();
    let short = ask(&json!({"do":"short","kid":"rs","claims":claims(json!({"iss": fake.url}))}));
    fake.json("/jwks", &json!({"keys": [short["jwk"]]}));
    assert_eq!(is(&house, short["token"].as_str().unwrap()), "-", "1024 bits");
    let beside = json!({"keys": [{"kty": "new-kind", "kid": "q"}, 7, rs]});
    assert_eq!(set(&|fake| fake.json("/jwks", &beside)), "ana", "what isn't known here is for others");
}

#[test]
fn an_issuer_is_reached_by_https_or_on_this_machine() {
    let new = |issuer: &str, audience: &str| {
        let service = Service::new(MemoryStore::default());
        let settings = Oidc { issuer: issuer.to_owned(), audience: audience.to_owned(), person_claim: None, owner: None };
        Organisation::new("o".parse().unwrap(), "O", service).with_oidc(settings).map(|_| ())
    };
    for good in [
        "https://login.example/realm",
        "http://localhost:8080",
        "http://127.0.0.1/x",
        "http://[::1]:80",
        "https://login.example",
    ] {
        assert_eq!(new(good, "a"), Ok(()), "{good}");
    }
    for bad in [
        "http://login.example",
        "http://localhost.login.example",
        "http://localhost@login.example",
        "http://127.0.0.1.login.example",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "ftp://localhost",
        "login.example",
        "/realm",
        "",
        "https://",
    ] {
        assert!(matches!(new(bad, "a"), Err(HostError::Invalid { .. })), "{bad}");
    }
    assert!(matches!(new("https://login.example", " "), Err(HostError::Invalid { .. })));
    assert!(at("2026-02-02T09:00:00Z").unix_millis() == NOW * 1000);
}
