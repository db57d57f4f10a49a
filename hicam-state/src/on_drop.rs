//! What happens when a value is dropped, known when the program is built.

use std::mem::needs_drop;

/// Whether anything but the allocator sees when values of a type are dropped; see [`State::ON_DROP`](crate::State::ON_DROP).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDrop {
    /// Dropping a value frees memory at most.
    Silent,
    /// Dropping a value can be seen: it keeps a [`Weak`](std::sync::Weak) alive, or runs code that does something.
    Observed,
}

impl OnDrop {
    /// Observed, unless the type needs no drop at all.
    pub const fn of<T>() -> Self {
        if needs_drop::<T>() {
            OnDrop::Observed
        } else {
            OnDrop::Silent
        }
    }

    /// Observed if one of the parts is.
    pub const fn any(parts: &[OnDrop]) -> Self {
        let mut at = 0;
        while at < parts.len() {
            if parts[at].is_observed() {
                return OnDrop::Observed;
            }
            at += 1;
        }
        OnDrop::Silent
    }

    /// Whether it is observed.
    pub const fn is_observed(self) -> bool {
        matches!(self, OnDrop::Observed)
    }
}
