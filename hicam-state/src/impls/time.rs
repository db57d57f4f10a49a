//! `State` for the error of a tokio timeout.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::Instant;
use tokio::time::error::Elapsed;

use crate::private::structure;
use crate::{DecodeError, Decoder, EncodeError, Encoder, State, TypeId, TypeTable};

/// As long ago as this host's clock can tell, up to a year.
fn long_ago() -> Instant {
    let now = Instant::now();
    let mut past = Duration::from_secs(365 * 24 * 3600);
    loop {
        match now.checked_sub(past) {
            Some(instant) => return instant,
            None => past /= 2,
        }
    }
}

/// Without parts. tokio alone can make one, so it is restored inside a tokio runtime only.
impl State for Elapsed {
    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<Elapsed>(|_| structure("Elapsed", Vec::new()))
    }

    fn encode(&self, _: &mut Encoder) -> Result<(), EncodeError> {
        Ok(())
    }

    fn decode(_: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let outside = || DecodeError::other("an `Elapsed` can be restored in a tokio runtime only");
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(outside());
        }
        // Long over, so that it says so when it is looked at for the first time.
        let over = tokio::task::unconstrained(tokio::time::timeout_at(
            long_ago(),
            std::future::pending::<()>(),
        ));
        match pin!(over).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Err(elapsed)) => Ok(elapsed),
            _ => Err(outside()),
        }
    }
}
