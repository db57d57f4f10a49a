//! Request numbers: one for each call, and up to which of them the answers have been received.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hicam_protocol::metadata::CallIdentity;

/// The identity of a client and the numbers of its calls.
#[derive(Debug)]
pub(super) struct Numbers {
    client: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    /// Every call up to this one is over.
    acked: u64,
    /// Calls above `acked` that are over.
    over: BTreeSet<u64>,
}

impl Numbers {
    pub(super) fn new() -> Self {
        Self {
            client: uuid::Uuid::new_v4().to_string(),
            state: Mutex::default(),
        }
    }

    pub(super) fn client(&self) -> &str {
        &self.client
    }

    /// The number of a new call.
    pub(super) fn begin(self: &Arc<Self>) -> Number {
        let mut state = self.lock();
        state.last += 1;
        Number {
            number: state.last,
            numbers: Arc::clone(self),
        }
    }

    // Nothing under the lock can panic half-way.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number of a call; dropped when the call is over.
///
/// That includes calls given up: nobody will ask for their answers, so the server need not keep them.
#[derive(Debug)]
pub(super) struct Number {
    number: u64,
    numbers: Arc<Numbers>,
}

impl Number {
    /// What the server is told with each attempt.
    pub(super) fn identity(&self) -> CallIdentity {
        CallIdentity {
            client: self.numbers.client.clone(),
            request: self.number,
            ack: self.numbers.lock().acked,
        }
    }
}

impl Drop for Number {
    fn drop(&mut self) {
        let mut state = self.numbers.lock();
        state.over.insert(self.number);
        while state.over.first() == Some(&(state.acked + 1)) {
            state.over.pop_first();
            state.acked += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acknowledges_without_gaps() {
        let numbers = Arc::new(Numbers::new());
        let [one, two, three] = std::array::from_fn(|_| numbers.begin());
        assert_eq!(three.identity().request, 3);
        drop(two);
        assert_eq!(three.identity().ack, 0);
        drop(one);
        assert_eq!(three.identity().ack, 2);
        drop(three);
        assert_eq!(numbers.begin().identity().ack, 3);
    }
}
