//! Pointers that keep an object's address its own while a capture lasts.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use super::capture::Describe;
use super::content::{Content, WeakContent};
use super::reach::AllThreads;
use super::table::Slot;
use crate::{EncodeError, Encoder};

/// A pointer to an object whose type is not known.
pub(crate) trait Pin {
    /// How the content is described.
    fn describer(&self) -> Describe;
    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError>;
    /// How many strong and weak pointers lead to the object besides this one, if all are in this thread.
    fn others(&self) -> Option<(usize, usize)>;
    /// The same for all threads, if it can be in all.
    fn shared(&self) -> Option<Arc<dyn SharedPin>>;
}

impl fmt::Debug for dyn Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin")
    }
}

/// A pointer to an object that all threads can have.
pub(crate) trait SharedPin: Send + Sync {
    /// For a capture.
    fn pin(&self) -> Rc<dyn Pin>;
    /// For a restore in which the object is there already.
    fn slot(&self) -> Slot<AllThreads>;
}

impl fmt::Debug for dyn SharedPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedPin")
    }
}

/// By a strong pointer.
pub(super) struct StrongPin<C: Content>(pub(super) C::Strong);

impl<C: Content> Pin for StrongPin<C> {
    fn describer(&self) -> Describe {
        C::describe
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        C::encode(&self.0, out)
    }

    fn others(&self) -> Option<(usize, usize)> {
        C::counts(&self.0).map(|(strong, weak)| (strong.saturating_sub(1), weak))
    }

    fn shared(&self) -> Option<Arc<dyn SharedPin>> {
        C::shared(&self.0)
    }
}

impl<C: Content<Reach = AllThreads, Strong: Send + Sync>> SharedPin for StrongPin<C> {
    fn pin(&self) -> Rc<dyn Pin> {
        Rc::new(StrongPin::<C>(self.0.clone()))
    }

    fn slot(&self) -> Slot<AllThreads> {
        Slot::Made(C::erase(self.0.clone()))
    }
}

/// By a weak pointer: an object that no strong pointer leads to is not captured.
pub(super) struct WeakPin<C: WeakContent>(pub(super) C::Weak);

impl<C: WeakContent> Pin for WeakPin<C> {
    fn describer(&self) -> Describe {
        C::describe
    }

    /// Never called.
    fn encode(&self, _: &mut Encoder) -> Result<(), EncodeError> {
        Ok(())
    }

    fn others(&self) -> Option<(usize, usize)> {
        C::weak_counts(&self.0).map(|(strong, weak)| (strong, weak.saturating_sub(1)))
    }

    fn shared(&self) -> Option<Arc<dyn SharedPin>> {
        C::weak_shared(&self.0)
    }
}

impl<C: WeakContent<Reach = AllThreads, Weak: Send + Sync>> SharedPin for WeakPin<C> {
    fn pin(&self) -> Rc<dyn Pin> {
        Rc::new(WeakPin::<C>(self.0.clone()))
    }

    fn slot(&self) -> Slot<AllThreads> {
        Slot::MakingWith(C::erase_weak(self.0.clone()))
    }
}
