//! What a store holds of one server: object names, their order, and the cached descriptions.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use futures::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt as _};

use crate::description::{Description, ServerKey, TAIL};

/// How many descriptions are read at once.
const READERS: usize = 8;

/// The order of a server's checkpoints: the epoch decides, then the sequence number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Position {
    pub(crate) epoch: u64,
    pub(crate) sequence: u64,
}

impl Position {
    /// The object that holds the checkpoint; names sort as positions do.
    pub(crate) fn path(self, key: &ServerKey) -> Path {
        let Self { epoch, sequence } = self;
        Path::from_iter([
            key.class(),
            key.uuid(),
            &format!("{epoch:020}-{sequence:020}.ckpt"),
        ])
    }
}

/// The object whose existence refuses every lower epoch.
///
/// One object for each epoch, never rewritten: two checkpoint servers on one store cannot undo each other's fence.
pub(crate) fn fence_path(key: &ServerKey, epoch: u64) -> Path {
    Path::from_iter([key.class(), key.uuid(), &format!("{epoch:020}.fence")])
}

/// What a store holds of one server.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    /// Checkpoints and the sizes of their objects.
    pub(crate) checkpoints: BTreeMap<Position, u64>,
    /// Epochs with a fence.
    pub(crate) fences: Vec<u64>,
}

impl Shelf {
    /// The lowest epoch that may write; 0 before anything was written.
    pub(crate) fn lowest_epoch(&self) -> u64 {
        let stored = self.checkpoints.keys().map(|p| p.epoch).max();
        self.fences
            .iter()
            .copied()
            .max()
            .max(stored)
            .unwrap_or_default()
    }

    pub(crate) fn last(&self) -> Option<Position> {
        self.checkpoints.last_key_value().map(|(p, _)| *p)
    }

    /// The last checkpoint of one epoch.
    pub(crate) fn last_of(&self, epoch: u64) -> Option<Position> {
        self.checkpoints.keys().rfind(|p| p.epoch == epoch).copied()
    }

    /// The newest checkpoint with this number; a restored server may have used numbers again in its new epoch.
    pub(crate) fn find(&self, sequence: u64) -> Option<Position> {
        self.checkpoints
            .keys()
            .rfind(|p| p.sequence == sequence)
            .copied()
    }

    fn add(&mut self, name: &str, size: u64) {
        if let Some(epoch) = name.strip_suffix(".fence").and_then(number) {
            self.fences.push(epoch);
        } else if let Some((epoch, sequence)) = name
            .strip_suffix(".ckpt")
            .and_then(|name| name.split_once('-'))
            && let (Some(epoch), Some(sequence)) = (number(epoch), number(sequence))
        {
            self.checkpoints.insert(Position { epoch, sequence }, size);
        }
    }
}

/// Only names that [`Position::path`] and [`fence_path`] give count.
fn number(digits: &str) -> Option<u64> {
    (digits.len() == 20 && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| digits.parse().ok())
        .flatten()
}

/// Reads what a store holds, keeping descriptions, which never change once they are stored.
#[derive(Debug, Default)]
pub(crate) struct Index {
    descriptions: Mutex<HashMap<ServerKey, HashMap<Position, Description>>>,
}

impl Index {
    /// What the store holds of one server.
    pub(crate) async fn shelf(
        &self,
        store: &dyn ObjectStore,
        key: &ServerKey,
    ) -> object_store::Result<Shelf> {
        let prefix = Path::from_iter([key.class(), key.uuid()]);
        let mut objects = store.list(Some(&prefix));
        let mut shelf = Shelf::default();
        while let Some(object) = objects.try_next().await? {
            if object.location.parts_count() == 3
                && let Some(name) = object.location.filename()
            {
                shelf.add(name, object.size);
            }
        }
        Ok(shelf)
    }

    /// What the store holds of every server, of one class or of all.
    pub(crate) async fn shelves(
        &self,
        store: &dyn ObjectStore,
        class: Option<&str>,
    ) -> object_store::Result<BTreeMap<ServerKey, Shelf>> {
        let prefix = class.map(Path::from);
        let mut objects = store.list(prefix.as_ref());
        let mut shelves = BTreeMap::<ServerKey, Shelf>::new();
        while let Some(object) = objects.try_next().await? {
            let parts: Vec<_> = object.location.parts().collect();
            let [class, uuid, name] = parts.as_slice() else {
                continue;
            };
            // Files of others in the directory are none of our business.
            if let Ok(key) = ServerKey::new(class.as_ref(), uuid.as_ref()) {
                shelves
                    .entry(key)
                    .or_default()
                    .add(name.as_ref(), object.size);
            }
        }
        Ok(shelves)
    }

    /// The descriptions of a server's checkpoints, oldest first; damaged ones say so.
    pub(crate) async fn describe(
        &self,
        store: &dyn ObjectStore,
        key: &ServerKey,
        shelf: &Shelf,
    ) -> object_store::Result<Vec<Description>> {
        let mut known = {
            let mut all = self.lock();
            let known = all.entry(key.clone()).or_default();
            known.retain(|position, _| shelf.checkpoints.contains_key(position));
            known.clone()
        };
        let unknown: Vec<_> = shelf
            .checkpoints
            .iter()
            .filter(|(position, _)| !known.contains_key(position))
            .map(|(position, size)| (*position, *size))
            .collect();
        let mut read = futures::stream::iter(unknown)
            .map(|(position, size)| read_description(store, key, position, size))
            .buffer_unordered(READERS);
        while let Some(description) = read.try_next().await? {
            // `None`: deleted between the listing and now.
            let Some((position, description)) = description else {
                continue;
            };
            if description.damage.is_none() {
                self.remember(key, position, description.clone());
            }
            known.insert(position, description);
        }
        let sorted: BTreeMap<_, _> = known.into_iter().collect();
        Ok(sorted.into_values().collect())
    }

    pub(crate) fn remember(&self, key: &ServerKey, position: Position, description: Description) {
        self.lock()
            .entry(key.clone())
            .or_default()
            .insert(position, description);
    }

    pub(crate) fn forget(&self, key: &ServerKey, position: Position) {
        if let Some(known) = self.lock().get_mut(key) {
            known.remove(&position);
        }
    }

    fn lock(
        &self,
    ) -> std::sync::MutexGuard<'_, HashMap<ServerKey, HashMap<Position, Description>>> {
        self.descriptions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read_description(
    store: &dyn ObjectStore,
    key: &ServerKey,
    position: Position,
    size: u64,
) -> object_store::Result<Option<(Position, Description)>> {
    let path = position.path(key);
    let found = async {
        if size == 0 {
            return Ok(bytes::Bytes::new());
        }
        let options = GetOptions {
            range: Some(GetRange::Suffix(TAIL.min(size))),
            ..GetOptions::default()
        };
        store.get_opts(&path, options).await?.bytes().await
    };
    let tail = match found.await {
        Ok(tail) => tail,
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let description = match Description::from_trailer(&tail) {
        Ok((description, _)) => match agrees(&description, key, position) {
            Ok(()) => description,
            Err(reason) => damaged(key, position, size, reason),
        },
        Err(reason) => damaged(key, position, size, reason),
    };
    Ok(Some((position, description)))
}

/// An object that was renamed or copied by hand is not the checkpoint its name says.
pub(crate) fn agrees(
    description: &Description,
    key: &ServerKey,
    position: Position,
) -> Result<(), String> {
    let same = description.class == key.class()
        && description.uuid == key.uuid()
        && description.epoch == position.epoch
        && description.sequence == position.sequence;
    same.then_some(()).ok_or_else(|| {
        format!(
            "it holds checkpoint {} of epoch {} of server {}/{}, not what its name says",
            description.sequence, description.epoch, description.class, description.uuid
        )
    })
}

fn damaged(key: &ServerKey, position: Position, size: u64, reason: String) -> Description {
    Description {
        class: key.class().to_owned(),
        uuid: key.uuid().to_owned(),
        epoch: position.epoch,
        sequence: position.sequence,
        bytes: size,
        damage: Some(reason),
        ..Description::default()
    }
}

/// Writes one durable, empty object.
pub(crate) async fn write_fence(
    store: &dyn ObjectStore,
    key: &ServerKey,
    epoch: u64,
) -> object_store::Result<()> {
    store
        .put(&fence_path(key, epoch), object_store::PutPayload::new())
        .await
        .map(|_| ())
}
