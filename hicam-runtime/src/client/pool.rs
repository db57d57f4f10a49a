//! Connections: one for each address, shared by all calls.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use hicam_protocol::transport::{self, TransportError};
use tonic::transport::Channel as Connection;

/// A server is at one address at a time; one more is in use while calls go over from the old to the new.
const ADDRESSES: usize = 2;

/// Connections by address.
#[derive(Debug, Default)]
pub(super) struct Pool {
    connections: Mutex<HashMap<String, Connection>>,
}

impl Pool {
    /// The connection to an address, made when it is first used and again when it has broken.
    ///
    /// # Errors
    /// [`TransportError::InvalidAddress`].
    pub(super) fn get(&self, address: &str) -> Result<Connection, TransportError> {
        let mut connections = self
            .connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = connections.get(address) {
            return Ok(connection.clone());
        }
        let connection = transport::connect_lazy(address)?;
        if connections.len() >= ADDRESSES {
            // Calls in progress keep theirs.
            connections.clear();
        }
        connections.insert(address.to_owned(), connection.clone());
        Ok(connection)
    }
}
