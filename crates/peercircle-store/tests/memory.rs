//! The store in memory passes the suite, and the suite finds what is wrong with a store.

use peercircle_store::{MemoryStore, StoreError, conformance::Subject};

struct InMemory(MemoryStore);

impl Subject for InMemory {
    type Store = MemoryStore;

    fn open(&self) -> Result<MemoryStore, StoreError> {
        Ok(self.0.clone())
    }

    fn after_crash(&self) -> Result<MemoryStore, StoreError> {
        Ok(self.0.copy())
    }
}

peercircle_store::conformance_suite!(InMemory(MemoryStore::default()));
