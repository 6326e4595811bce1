//! The store in memory passes the suite.

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
