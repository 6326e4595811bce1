//! The sample that a new service offers: a tenant by itself, gone once there is an organisation that is used.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{sync::Arc, thread};

use peercircle_host::{Credential, Demo, Host, Offer, Offered, Oidc, Organisation, OwnerClaim, Person, Scope};
use peercircle_service::{ManualClock, Service};
use peercircle_store::MemoryStore;

/// A host with an organisation that nobody uses yet.
fn new(id: &str) -> (Arc<Host>, Arc<Organisation>, Offer) {
    let host = Arc::new(Host::default());
    let home = host.add(Organisation::new(id.parse().unwrap(), "Home", Service::new(MemoryStore::default())));
    let offer = Offer::new(Arc::clone(&host), Some(ManualClock::at("2026-03-02T09:00:00Z".parse().unwrap())));
    (host, home, offer)
}

fn filled(offer: &Offer) -> Option<Arc<Demo>> {
    match offer.fill().unwrap() {
        Offered::Filled(demo) => Some(demo),
        Offered::Waiting | Offered::Over => None,
    }
}

#[test]
fn the_sample_is_filled_once_and_shares_nothing() {
    let (host, home, offer) = new("home");
    assert!(matches!(offer.look().unwrap(), Offered::Waiting));
    assert_eq!(host.organisations().len(), 1, "nothing is filled unasked");
    let demos = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| filled(&offer).unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    let demo = demos.first().unwrap();
    assert!(demos.iter().all(|one| Arc::ptr_eq(one, demo)));
    assert!(matches!(offer.look().unwrap(), Offered::Filled(_)));
    let owner = host.sign_in(Credential::Link(&demo.owner.token)).unwrap();
    assert_eq!(owner.organisation().id(), &demo.organisation);
    assert_eq!(owner.people(None, 99).unwrap().len(), 34);
    assert!(offer.is_sample(&demo.organisation) && !offer.is_sample(home.id()));
    // Nothing of it is in the organisation that is the host's own.
    let hr = host.redeem(&home.invite_owner("HR").unwrap().token).unwrap();
    let hr = host.sign_in(Credential::Link(&hr.token)).unwrap();
    assert_eq!((hr.people(None, 99).unwrap().len(), hr.cycles(None, 99).unwrap().len()), (0, 0));
}

#[test]
fn it_is_over_as_soon_as_an_organisation_is_used() {
    let uses: [fn(&Host, &Organisation); 3] = [
        |host, home| drop(host.redeem(&home.invite_owner("HR").unwrap().token).unwrap()),
        |_, home| drop(home.make_key("hr", [Scope::Facts].into(), None).unwrap()),
        |host, home| {
            let key = home.make_key("hr", [Scope::Groups].into(), None).unwrap();
            let system = host.sign_in(Credential::Key(&key.key)).unwrap();
            let (level, department) = ("lead".parse().unwrap(), "a".parse().unwrap());
            let (id, name) = ("ana".parse().unwrap(), "Ana".to_owned());
            system.put_person(&Person { id, name, email: None, level, department, manager: None }).unwrap();
        },
    ];
    for (number, begin) in uses.into_iter().enumerate() {
        let (host, home, offer) = new("home");
        let demo = filled(&offer).unwrap();
        // An invitation that nobody took is no beginning: the first start prints one.
        home.invite_owner("HR").unwrap();
        assert!(matches!(offer.look().unwrap(), Offered::Filled(_)));
        begin(&host, &home);
        assert!(matches!(offer.look().unwrap(), Offered::Over), "{number}");
        assert!(filled(&offer).is_none());
        assert!(host.sign_in(Credential::Link(&demo.owner.token)).is_err(), "whoever was in the sample is out");
        assert!(host.organisation(&demo.organisation).is_none() && !offer.is_sample(&demo.organisation));
    }
}

#[test]
fn an_organisation_with_an_issuer_is_used_and_one_called_sample_is_never_replaced() {
    let (host, _, offer) = new("home");
    let oidc = Oidc {
        issuer: "https://login.example.org".to_owned(),
        audience: "peercircle".to_owned(),
        person_claim: None,
        owner: Some(OwnerClaim { claim: "groups".to_owned(), value: "hr".to_owned() }),
    };
    let service = Service::new(MemoryStore::default());
    host.add(Organisation::new("north".parse().unwrap(), "North", service).with_oidc(oidc).unwrap());
    assert!(matches!(offer.look().unwrap(), Offered::Over));

    let (host, own, offer) = new("sample");
    assert!(filled(&offer).is_none() && !offer.is_sample(own.id()));
    assert!(Arc::ptr_eq(&host.organisation(own.id()).unwrap(), &own));
}
