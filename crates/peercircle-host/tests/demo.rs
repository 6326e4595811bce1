//! The sample organisation is where it says it is.

use std::sync::Arc;

use peercircle_host::{Credential, Demo, Host, Organisation};
use peercircle_service::{Backend, ManualClock, MasterKey, Service};
use peercircle_store::MemoryStore;

#[test]
fn the_sample_has_a_group_in_every_state() {
    let backend: Arc<dyn Backend> = Arc::new(MemoryStore::default());
    let master = MasterKey::from_hex(&"07".repeat(32)).unwrap();
    let now = "2026-03-02T09:00:00Z".parse().unwrap();
    let id = "sample".parse().unwrap();
    let demo = Demo::fill(&id, &backend, Some(&master), now).unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(demo.people.len(), 34);
    assert_eq!(demo.people.iter().filter(|one| one.facilitates).count(), 3);

    let host = Host::default();
    let service = Service::on(backend).with_clock(ManualClock::at(now)).with_vault(master);
    host.add(Organisation::new(id, "Sample organisation", service));
    let owner = host.sign_in(Credential::Link(&demo.owner.token)).unwrap();
    let mut stages: Vec<_> = owner.cycles(None, 99).unwrap().iter().map(|facts| facts.stage).collect();
    stages.sort_unstable();
    assert_eq!(stages, ["adopting", "completed", "exploring", "practising", "reflecting", "scheduled"]);

    let mei = demo.people.iter().find(|one| one.name == "Mei Tanaka").unwrap();
    let mei = host.sign_in(Credential::Link(&mei.link.token)).unwrap();
    let notes = mei.notes(&"orchard-1".parse().unwrap()).unwrap();
    assert_eq!(notes.len(), 7, "everyone's takeaway and her own plan");
}
