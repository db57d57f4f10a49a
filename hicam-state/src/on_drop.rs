//! What happens when a value is dropped, known when the program is built.

use std::mem::needs_drop;

/// Whether anything but the allocator sees when values of a type are dropped; see [`State::ON_DROP`](crate::State::ON_DROP).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDrop {
    /// Dropping a value frees memory at most.
    Silent,
    /// Dropping a value can be seen by a [`Weak`](std::sync::Weak), and in no other way.
    Observed,
    /// Dropping a value runs code that may do anything.
    RunsCode,
}

impl OnDrop {
    /// It may run code, unless the type needs no drop at all.
    pub const fn of<T>() -> Self {
        if needs_drop::<T>() {
            OnDrop::RunsCode
        } else {
            OnDrop::Silent
        }
    }

    /// What the most telling of the parts does.
    pub const fn any(parts: &[OnDrop]) -> Self {
        let mut at = 0;
        let mut any = OnDrop::Silent;
        while at < parts.len() {
            match parts[at] {
                OnDrop::RunsCode => return OnDrop::RunsCode,
                OnDrop::Observed => any = OnDrop::Observed,
                OnDrop::Silent => {}
            }
            at += 1;
        }
        any
    }

    /// Whether anybody sees it.
    pub const fn is_observed(self) -> bool {
        !matches!(self, OnDrop::Silent)
    }

    /// Whether it may do anything.
    pub const fn runs_code(self) -> bool {
        matches!(self, OnDrop::RunsCode)
    }
}
