//! At most one operation on a server at a time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::error::{RemexError, Result};

type Table = HashMap<String, &'static str>;

/// The operations in progress, by server.
#[derive(Clone, Default)]
pub(crate) struct Operations(Arc<Mutex<Table>>);

/// An operation in progress; it ends when this is dropped.
pub(crate) struct Operation {
    operations: Operations,
    key: String,
}

impl Operations {
    /// Begins an operation on the server with this key, which its users call `server`.
    pub(crate) fn begin(
        &self,
        key: &str,
        server: &str,
        operation: &'static str,
    ) -> Result<Operation> {
        let mut table = self.lock();
        if let Some(operation) = table.get(key) {
            return Err(RemexError::Busy {
                server: server.to_owned(),
                operation,
            });
        }
        table.insert(key.to_owned(), operation);
        Ok(Operation {
            operations: self.clone(),
            key: key.to_owned(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        self.operations.lock().remove(&self.key);
    }
}
