//! A serde type inside of what is captured otherwise.

use std::ops::{Deref, DerefMut};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{DecodeError, Decoder, EncodeError, Encoder, State, TypeId, TypeTable, dynamic};

/// A value of a serde type where a [`State`] is wanted: in a container beside types that are captured otherwise.
///
/// By itself, behind a pointer and in a container of its own a serde type needs no help. A table from a foreign type to
/// one with `State` does:
///
/// ```
/// # mod hicam { pub use hicam_state::*; pub use hicam_macros::State; }
/// # use std::{collections::HashMap, sync::Mutex};
/// # #[derive(Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
/// # struct Uuid(u128);
/// #[derive(hicam::State)]
/// # #[hicam(crate = ::hicam_state)]
/// struct Account { balance: i64 }
///
/// #[derive(hicam::State)]
/// # #[hicam(crate = ::hicam_state)]
/// struct Bank { accounts: Mutex<HashMap<hicam::Serde<Uuid>, Account>> }
///
/// let bank = Bank { accounts: Mutex::default() };
/// let id = Uuid(7);
/// bank.accounts.lock().unwrap().insert(id.into(), Account { balance: 5 });
/// assert!(bank.accounts.lock().unwrap().contains_key(&hicam::Serde(id)));
/// ```
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Serde<T>(pub T);

impl<T> From<T> for Serde<T> {
    fn from(value: T) -> Self {
        Serde(value)
    }
}

impl<T> Deref for Serde<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Serde<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Serialize + DeserializeOwned + Send + 'static> State for Serde<T> {
    fn describe(types: &mut TypeTable) -> TypeId {
        dynamic::describe::<T>(types)
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        dynamic::encode(&self.0, out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        dynamic::decode(input).map(Serde)
    }
}
