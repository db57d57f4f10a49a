//! Calls that are in progress in a function that has changed: an ordinary function of the newer build, named by the attribute,
//! says where each of the older build's frames goes on, and with which variables.
//!
//! ```
//! # mod hicam { pub use ::hicam::*; }
//! use hicam::upgrade::{self, NewFrame, OldFrame};
//!
//! // It was `fn settle(amounts: Vec<u64>) -> u64`, without a fee, and its loop was `for amount in amounts`.
//! #[hicam::migratable(upgrade = map_settle)]
//! async fn settle(amounts: Vec<u64>, fee: u64) -> u64 {
//!     let mut total = 0;
//!     for amount in amounts {
//!         total += amount - fee;
//!     }
//!     total
//! }
//!
//! fn map_settle(old: &OldFrame<'_>) -> upgrade::Result {
//!     // On at the point of the same name. Variables of the same name keep their values, among them the loop's iterator.
//!     Ok(NewFrame::at(old.point()).local("fee", 0u64))
//! }
//! ```
//!
//! **Points have names** that stay when other code comes or goes: `entry`; `before apply` and `in apply`, of an awaited call;
//! `for entry`, by the variables of the loop's pattern; `while`; `loop`; `'label`, of a loop that has one. The second of a name
//! in the source is `in apply (2)`. `miman show` prints them with the frames of a checkpoint, and what a mapping gets wrong is
//! answered with those that there are.
//!
//! **Variables** go by their names too. What the new point needs and the mapping does not mention is taken from the old variable of that
//! name, converted as a field of the state would be (a wider integer, an added field). What carries a loop on is a variable: `for entry:
//! iterator`. Where several variables of one name are alive, because one hides another, they are `x` and `x@2`, and none is
//! taken unless the mapping says so. A variable of which parts are moved one by one is captured as its parts: `order.id`.
//!
//! **Callees** that the function waits for stay as they are, and are mapped by their own functions if those have changed: their
//! frames go on if the new point is a call of the same function.
//!
//! **A mapping that does not fit is refused** with the function and what is wrong, before a running server gives anything up:
//! a point or variable that there is not, a value of another type, one that the point needs and nothing gives.
//! `miman check`, `miman migrate --dry-run` and `miman upgrade` show it.

mod arrange;
mod fit;

use std::any::Any;
use std::error::Error;

use hicam_state::{DecodeError, Frame, Restore, State, dynamic, message};
use serde::{Serialize, de::DeserializeOwned};

pub(super) use fit::take;

/// What a mapping gives: where the frame goes on, or why it cannot. Any error will do, also a text: `Err("…".into())`.
pub type Result<T = NewFrame> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// A mapping: what `upgrade = path` names.
pub type Mapping = fn(&OldFrame<'_>) -> Result;

/// Goes on at the point of the same name, with the variables of the same names: the mapping for a function in which only
/// something else has changed.
///
/// ```
/// # mod hicam { pub use ::hicam::*; }
/// #[hicam::migratable(upgrade = hicam::upgrade::same_point)]
/// async fn sum(values: Vec<u64>) -> u64 {
///     let mut total = 0u64;
///     for value in values {
///         total = total.saturating_add(value); // it was `total += value`
///     }
///     total
/// }
/// ```
///
/// # Errors
/// None; if there is no such point any more, the frame is refused.
pub fn same_point(old: &OldFrame<'_>) -> Result {
    Ok(NewFrame::at(old.point()))
}

/// A frame that an older build of the function has left.
pub struct OldFrame<'f> {
    frame: &'f Frame,
    restore: &'f Restore,
    waits: bool,
}

impl std::fmt::Debug for OldFrame<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OldFrame")
            .field("function", &self.function())
            .field("point", &self.point())
            .field("locals", &self.locals().collect::<Vec<_>>())
            .finish()
    }
}

/// A variable of an old frame that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LocalError {
    /// There is none of this name.
    #[error("the captured frame has no `{name}`, only {there}")]
    Missing {
        /// The name.
        name: String,
        /// The variables that there are.
        there: String,
    },
    /// Its captured type cannot become this one.
    #[error("`{name}` of the captured frame cannot be read")]
    Value {
        /// The name.
        name: String,
        /// Why.
        source: DecodeError,
    },
}

impl OldFrame<'_> {
    /// The function's path, in the build that captured it.
    pub fn function(&self) -> &str {
        &self.frame.function
    }

    /// The fingerprint of that build's function, which tells several older builds apart.
    pub fn fingerprint(&self) -> u64 {
        self.frame.fingerprint
    }

    /// What the point is called at which it stands; empty in a checkpoint of an early version.
    pub fn point(&self) -> &str {
        &self.frame.point_name
    }

    /// The number of the point, from 1, in the order of the source.
    pub fn number(&self) -> u32 {
        self.frame.point
    }

    /// The line of the point in that build's source.
    pub fn line(&self) -> u32 {
        self.frame.line
    }

    /// Whether it waits for a callee, whose frame goes on after this one's.
    pub fn waits(&self) -> bool {
        self.waits
    }

    /// The names of its variables.
    pub fn locals(&self) -> impl Iterator<Item = &str> {
        self.frame.locals.iter().map(|local| local.name.as_str())
    }

    /// The value of a variable whose type has `#[derive(hicam::State)]`, or is a standard type of such. The captured type may be
    /// an older one: it is converted as a field of the state would be.
    ///
    /// # Errors
    /// There is no such variable, or its type cannot become a `T`.
    pub fn local<T: State + Send>(&self, name: &str) -> std::result::Result<T, LocalError> {
        self.read(name, |value| self.restore.value(value))
    }

    /// The value of a variable that is captured through serde.
    ///
    /// # Errors
    /// As [`OldFrame::local`].
    pub fn serde_local<T: Serialize + DeserializeOwned + 'static>(
        &self,
        name: &str,
    ) -> std::result::Result<T, LocalError> {
        self.read(name, |value| {
            self.restore
                .value_with(value, dynamic::describe::<T>, dynamic::decode)
        })
    }

    /// The value of a variable that is a protobuf message.
    ///
    /// # Errors
    /// As [`OldFrame::local`].
    pub fn message_local<T: prost::Message + Default + 'static>(
        &self,
        name: &str,
    ) -> std::result::Result<T, LocalError> {
        self.read(name, |value| {
            self.restore
                .value_with(value, message::describe::<T>, message::decode)
        })
    }

    fn read<T>(
        &self,
        name: &str,
        read: impl FnOnce(&hicam_state::Value) -> std::result::Result<T, DecodeError>,
    ) -> std::result::Result<T, LocalError> {
        let local = self.frame.locals.iter().find(|local| local.name == name);
        let local = local.ok_or_else(|| LocalError::Missing {
            name: name.to_owned(),
            there: listed(self.locals()),
        })?;
        read(&local.value).map_err(|source| LocalError::Value {
            name: name.to_owned(),
            source,
        })
    }
}

/// Where a frame goes on in this build's function.
#[must_use = "a mapping answers it"]
#[derive(Debug)]
pub struct NewFrame {
    point: String,
    locals: Vec<(String, Origin)>,
    without_callees: bool,
}

/// Where a variable's value comes from.
#[derive(Debug)]
enum Origin {
    /// The mapping gives it.
    Given(Given),
    /// It is another variable of the old frame.
    Old(String),
}

/// A value that a mapping gives.
#[derive(Debug)]
pub(in crate::transform) struct Given {
    /// Of a `T`.
    pub(super) value: Box<dyn Any + Send>,
    /// What `T` is called.
    pub(super) ty: &'static str,
}

impl NewFrame {
    /// Goes on at the point of this name.
    pub fn at(point: impl Into<String>) -> Self {
        NewFrame {
            point: point.into(),
            locals: Vec::new(),
            without_callees: false,
        }
    }

    /// The variable `name` has this value. It must be of exactly the variable's type: `0u64`, where that is a `u64`.
    pub fn local<T: Send + 'static>(mut self, name: impl Into<String>, value: T) -> Self {
        let given = Given {
            value: Box::new(value),
            ty: std::any::type_name::<T>(),
        };
        self.locals.push((name.into(), Origin::Given(given)));
        self
    }

    /// The variable `name` has the value of the old frame's variable `old`, converted if its type has changed.
    pub fn local_from(mut self, name: impl Into<String>, old: impl Into<String>) -> Self {
        self.locals.push((name.into(), Origin::Old(old.into())));
        self
    }

    /// What the old function waited for is given up: the frames of its callees are dropped where they stand, and what they
    /// would still have done is not done.
    pub fn without_callees(mut self) -> Self {
        self.without_callees = true;
        self
    }
}

/// `a`, `b`
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "none".to_owned(),
        names => names.join(", "),
    }
}
