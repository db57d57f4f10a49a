//! What others than the holder change about a server: its record, and what an ended process left behind.

use etcd_client::{Compare, CompareOp, Txn, TxnOp};

use super::{
    Binding, Holder, NameService, NamingError, Result, ServerRecord, client::encode, keys,
};

// How often the change is tried again because its records changed between reading and writing.
const CONTENTION_LIMIT: u32 = 16;

impl NameService {
    /// Changes the record of a server in one step, however many others change it at the same time: `change` is
    /// called again with the new record if it was changed meanwhile. UUID, class and name must stay.
    ///
    /// # Errors
    /// [`NamingError::UnknownServer`]; a retryable error when the name service is not available.
    pub async fn update_server(
        &self,
        uuid: &str,
        change: impl Fn(&mut ServerRecord),
    ) -> Result<ServerRecord> {
        let operation = format!("update server {uuid}");
        let key = keys::server(uuid);
        for _ in 0..CONTENTION_LIMIT {
            let stored = self.stored::<ServerRecord>(&operation, key.clone()).await?;
            let stored = stored.ok_or_else(|| NamingError::UnknownServer {
                server: uuid.to_owned(),
            })?;
            let mut record = stored.value.clone();
            change(&mut record);
            if record == stored.value {
                return Ok(record);
            }
            let txn = Txn::new()
                .when([unchanged(&key, stored.mod_revision)])
                .and_then([TxnOp::put(key.clone(), encode(&key, &record)?, None)]);
            if self.txn(&operation, txn).await?.succeeded() {
                return Ok(record);
            }
        }
        Err(NamingError::Contended { operation })
    }

    /// Deletes the holder and binding of a server if they are those of `process`, which must have ended.
    ///
    /// Answers whether they were; those of another process are left alone.
    ///
    /// # Errors
    /// A retryable error when the name service is not available; [`NamingError::InvalidRecord`].
    pub async fn release(&self, uuid: &str, process: &str) -> Result<bool> {
        let operation = format!("release the holder of server {uuid}");
        let (holder_key, binding_key) = (keys::holder(uuid), keys::binding(uuid));
        for _ in 0..CONTENTION_LIMIT {
            let holder = self
                .stored::<Holder>(&operation, holder_key.clone())
                .await?;
            let Some(holder) = holder.filter(|holder| holder.value.process == process) else {
                return Ok(false);
            };
            let mut conditions = vec![unchanged(&holder_key, holder.mod_revision)];
            let mut changes = vec![TxnOp::delete(holder_key.clone(), None)];
            let binding = self
                .stored::<Binding>(&operation, binding_key.clone())
                .await?;
            if let Some(binding) = binding
                && binding.value.epoch == holder.value.epoch
            {
                conditions.push(unchanged(&binding_key, binding.mod_revision));
                changes.push(TxnOp::delete(binding_key.clone(), None));
            }
            let txn = Txn::new().when(conditions).and_then(changes);
            if self.txn(&operation, txn).await?.succeeded() {
                return Ok(true);
            }
        }
        Err(NamingError::Contended { operation })
    }
}

fn unchanged(key: &str, mod_revision: i64) -> Compare {
    Compare::mod_revision(key, CompareOp::Equal, mod_revision)
}
