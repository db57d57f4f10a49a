//! What is known of a checkpoint without decoding it, and how it is kept at the end of the stored object.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::wire;

/// The last bytes of every stored object.
const MAGIC: &[u8; 8] = b"HICAMEND";

/// Checksum of the description, its length, [`MAGIC`].
const FOOTER: usize = blake3::OUT_LEN + 4 + MAGIC.len();

/// Enough of an object's end for the trailer of any checkpoint.
pub(crate) const TAIL: u64 = 8192;

/// The server a checkpoint belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerKey {
    class: String,
    uuid: String,
}

impl ServerKey {
    /// A server's class and UUID, both of which become parts of file names.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] if either is empty, longer than 128 bytes, starts with a dot,
    /// or has a character other than ASCII letters, digits, `-`, `_` and `.`.
    pub fn new(class: impl Into<String>, uuid: impl Into<String>) -> Result<Self, StoreError> {
        let (class, uuid) = (class.into(), uuid.into());
        check_name("class", &class)?;
        check_name("server UUID", &uuid)?;
        Ok(Self { class, uuid })
    }

    /// The class.
    pub fn class(&self) -> &str {
        &self.class
    }

    /// The server's UUID.
    pub fn uuid(&self) -> &str {
        &self.uuid
    }
}

impl std::fmt::Display for ServerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.class, self.uuid)
    }
}

pub(crate) fn check_name(what: &str, name: &str) -> Result<(), StoreError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if name.is_empty() || name.len() > 128 || name.starts_with('.') || !name.bytes().all(plain) {
        return Err(StoreError::Invalid(format!(
            "{what} {name:?} cannot name a checkpoint: use 1 to 128 ASCII letters, digits, '-', '_' and '.', not starting with '.'"
        )));
    }
    Ok(())
}

/// What is known of a checkpoint without decoding it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Description {
    /// The class of the server.
    pub class: String,
    /// The server's UUID.
    pub uuid: String,
    /// The epoch of the process that wrote it.
    pub epoch: u64,
    /// Its number; grows with every checkpoint of an epoch, starting above 0.
    pub sequence: u64,
    /// Bytes of the state.
    pub bytes: u64,
    /// Calls in progress that it holds.
    pub threads: u32,
    /// When the state was captured, in milliseconds since 1970.
    pub taken_unix_ms: u64,
    /// BLAKE3 of the state, in hexadecimal digits.
    pub checksum: String,
    /// Fingerprint of the class's schema.
    pub schema_fingerprint: String,
    /// The host on which it was taken.
    pub host: String,
    /// The architecture on which it was taken.
    pub arch: String,
    /// What is wrong with the stored object; `None` as far as a look at its end can tell that it is whole.
    #[serde(skip)]
    pub damage: Option<String>,
}

impl Description {
    /// The server it belongs to.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] if class or UUID cannot name one.
    pub fn key(&self) -> Result<ServerKey, StoreError> {
        ServerKey::new(&self.class, &self.uuid)
    }

    /// The end of a stored object that describes it.
    pub(crate) fn to_trailer(&self) -> Result<Bytes, StoreError> {
        let unfit = |reason: &str| {
            StoreError::Invalid(format!(
                "the description of checkpoint {} is {reason}",
                self.sequence
            ))
        };
        let mut out = serde_json::to_vec(self).map_err(|e| unfit(&e.to_string()))?;
        if (out.len() + FOOTER) as u64 > TAIL {
            return Err(unfit("too long; shorten the host's name"));
        }
        let length = u32::try_from(out.len()).map_err(|_| unfit("too long"))?;
        let checksum = blake3::hash(&out);
        out.extend_from_slice(checksum.as_bytes());
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(MAGIC);
        Ok(out.into())
    }

    /// Reads the description at the end of an object, of which `tail` is at least the last [`TAIL`] bytes or all.
    ///
    /// Returns the description and the length of the trailer; the error says what is wrong.
    pub(crate) fn from_trailer(tail: &[u8]) -> Result<(Self, usize), String> {
        let cut_off = || "its end is missing: it was cut short".to_owned();
        let (rest, magic) = tail.split_last_chunk::<8>().ok_or_else(cut_off)?;
        if magic != MAGIC {
            return Err("its end is not that of a checkpoint".to_owned());
        }
        let (rest, length) = rest.split_last_chunk::<4>().ok_or_else(cut_off)?;
        let (rest, checksum) = rest
            .split_last_chunk::<{ blake3::OUT_LEN }>()
            .ok_or_else(cut_off)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|e| e.to_string())?;
        let start = rest.len().checked_sub(length).ok_or_else(cut_off)?;
        let json = rest.get(start..).ok_or_else(cut_off)?;
        if blake3::hash(json) != *checksum {
            return Err("its description does not match its checksum".to_owned());
        }
        let description = serde_json::from_slice(json)
            .map_err(|error| format!("its description cannot be read: {error}"))?;
        Ok((description, length + FOOTER))
    }
}

impl From<Description> for wire::CheckpointDescription {
    fn from(d: Description) -> Self {
        Self {
            id: Some(wire::CheckpointId {
                class: d.class,
                uuid: d.uuid,
                sequence: d.sequence,
            }),
            epoch: d.epoch,
            bytes: d.bytes,
            threads: d.threads,
            taken_unix_ms: d.taken_unix_ms,
            checksum: d.checksum,
            schema_fingerprint: d.schema_fingerprint,
            host: d.host,
            arch: d.arch,
            damage: d.damage.unwrap_or_default(),
        }
    }
}

impl From<wire::CheckpointDescription> for Description {
    fn from(d: wire::CheckpointDescription) -> Self {
        let id = d.id.unwrap_or_default();
        Self {
            class: id.class,
            uuid: id.uuid,
            epoch: d.epoch,
            sequence: id.sequence,
            bytes: d.bytes,
            threads: d.threads,
            taken_unix_ms: d.taken_unix_ms,
            checksum: d.checksum,
            schema_fingerprint: d.schema_fingerprint,
            host: d.host,
            arch: d.arch,
            damage: (!d.damage.is_empty()).then_some(d.damage),
        }
    }
}
