//! A lease that keeps itself alive and tells its owner before anyone else can think it expired.
//!
//! The server counts a lease's time from when it handles a keep-alive, which is after the client sent it.
//! So the owner's deadline, counted from when the last successful keep-alive was *sent*, less a margin for
//! clocks of different speed, always comes first.

use std::{future::Future, time::Duration};

use etcd_client::{LeaseClient, LeaseKeepAliveStream, LeaseKeeper};
use tokio::{
    sync::watch,
    task::AbortHandle,
    time::{Instant, sleep_until, timeout_at},
};

use super::{NameService, NamingError, Result, error};

/// Why a lease is no longer held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// It could not be renewed in time; at the server it is about to expire.
    Expired,
    /// The server says that there is no such lease.
    Gone,
    /// Its owner revoked it.
    Revoked,
}

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Expired => "the lease could not be renewed in time",
            Self::Gone => "the name service has ended the lease",
            Self::Revoked => "the lease was revoked",
        })
    }
}

/// What the server granted.
#[derive(Debug, Clone, Copy)]
pub(super) struct LeaseTerms {
    pub(super) id: i64,
    pub(super) ttl: Duration,
}

impl LeaseTerms {
    /// When a lease renewed by a message sent at `sent` must be taken for lost.
    fn deadline(self, sent: Instant) -> Instant {
        let margin = (self.ttl / 10).clamp(Duration::from_millis(100), Duration::from_secs(1));
        sent + self.ttl.saturating_sub(margin)
    }
}

#[derive(Debug, Clone, Copy)]
enum State {
    Alive { deadline: Instant },
    Lost(Lost),
}

/// A lease in the name service: what is advertised under it disappears when it ends.
///
/// A task renews it at a third of its time to live. Dropping it stops the task, and the lease runs out;
/// [`revoke`](Self::revoke) ends it at once.
#[derive(Debug)]
pub struct Lease {
    terms: LeaseTerms,
    service: NameService,
    state: watch::Sender<State>,
    keeper: AbortHandle,
}

impl Lease {
    pub(super) fn start(service: NameService, terms: LeaseTerms, sent: Instant) -> Self {
        let (state, _) = watch::channel(State::Alive {
            deadline: terms.deadline(sent),
        });
        let keeper = Keeper {
            client: service.client().lease_client(),
            terms,
            state: state.clone(),
            session: None,
        };
        let keeper = tokio::spawn(keeper.run(sent)).abort_handle();
        Self {
            terms,
            service,
            state,
            keeper,
        }
    }

    /// The lease's id in the name service.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.terms.id
    }

    /// The time to live that the name service granted.
    #[must_use]
    pub fn ttl(&self) -> Duration {
        self.terms.ttl
    }

    /// Resolves when the lease is no longer held: at once when the server says so, else strictly before
    /// it can have expired at the server. Once lost, a lease stays lost.
    pub fn lost(&self) -> impl Future<Output = Lost> + Send + Sync + 'static {
        let mut state = self.state.subscribe();
        async move {
            loop {
                let alive = current(&state.borrow_and_update());
                let deadline = match alive {
                    Err(lost) => return lost,
                    Ok(deadline) => deadline,
                };
                tokio::select! {
                    // The deadline is looked at again: a renewal may have been faster.
                    () = sleep_until(deadline) => {}
                    changed = state.changed() => if changed.is_err() {
                        sleep_until(deadline).await;
                    }
                }
            }
        }
    }

    /// Whether the lease is lost already. To be asked by a process before it acts on what the lease
    /// protects: it is right even when the process has been suspended meanwhile.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        current(&self.state.borrow()).is_err()
    }

    /// Ends the lease: everything advertised under it disappears now.
    ///
    /// # Errors
    /// A retryable error when the name service is not available: the lease is no longer renewed all the
    /// same, and runs out.
    pub async fn revoke(&self) -> Result<()> {
        self.keeper.abort();
        self.state
            .send_if_modified(|state| lose(state, Lost::Revoked));
        let id = self.terms.id;
        let revoked = self
            .service
            .call("revoke a lease", |client| async move {
                match client.lease_client().revoke(id).await {
                    Err(error) if error::is_lease_not_found(&error) => Ok(()),
                    result => result.map(drop),
                }
            })
            .await;
        tracing::debug!(lease = id, ok = revoked.is_ok(), "revoked a lease");
        revoked
    }

    /// Fails with [`NamingError::LeaseLost`] if it is lost.
    pub(super) fn check(&self) -> Result<()> {
        if self.is_lost() {
            return Err(NamingError::LeaseLost {
                lease: self.terms.id,
            });
        }
        Ok(())
    }

    /// Makes [`NamingError::LeaseLost`] of a refusal that says that the lease is not there.
    pub(super) fn explain(&self, error: NamingError) -> NamingError {
        match error {
            NamingError::Refused { source, .. } if error::is_lease_not_found(&source) => {
                NamingError::LeaseLost {
                    lease: self.terms.id,
                }
            }
            other => other,
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

fn current(state: &State) -> std::result::Result<Instant, Lost> {
    match *state {
        State::Lost(lost) => Err(lost),
        State::Alive { deadline } if Instant::now() >= deadline => Err(Lost::Expired),
        State::Alive { deadline } => Ok(deadline),
    }
}

fn lose(state: &mut State, lost: Lost) -> bool {
    let alive = matches!(state, State::Alive { .. });
    if alive {
        *state = State::Lost(lost);
    }
    alive
}

enum Renewal {
    Renewed,
    Gone,
}

/// The task that renews a lease.
struct Keeper {
    client: LeaseClient,
    terms: LeaseTerms,
    state: watch::Sender<State>,
    session: Option<(LeaseKeeper, LeaseKeepAliveStream)>,
}

impl Keeper {
    async fn run(mut self, granted: Instant) {
        let lease = self.terms.id;
        let interval = self.terms.ttl / 3;
        let pause = (interval / 4).min(Duration::from_millis(500));
        let mut next = granted + interval;
        loop {
            // Not within the match: the state must not stay borrowed while it is changed.
            let alive = current(&self.state.borrow());
            let deadline = match alive {
                Ok(deadline) => deadline,
                Err(lost) => {
                    tracing::warn!(lease, %lost, "lost a lease in the name service");
                    self.state.send_if_modified(|state| lose(state, lost));
                    return;
                }
            };
            sleep_until(next.min(deadline)).await;
            let sent = Instant::now();
            match timeout_at(deadline.min(sent + interval), self.renew()).await {
                Ok(Ok(Renewal::Renewed)) => {
                    self.extend(sent);
                    next = sent + interval;
                }
                Ok(Ok(Renewal::Gone)) => {
                    tracing::warn!(lease, "the name service has ended a lease");
                    self.state.send_if_modified(|state| lose(state, Lost::Gone));
                    return;
                }
                Ok(Err(error)) => {
                    tracing::debug!(lease, %error, "cannot renew a lease, trying again");
                    self.session = None;
                    next = Instant::now() + pause;
                }
                Err(_) => {
                    // A late answer must not be taken for that of a later keep-alive.
                    self.session = None;
                    next = Instant::now();
                }
            }
        }
    }

    /// Sets the deadline that a keep-alive sent at `sent` gives. One that passed meanwhile stands, for it
    /// may have been acted on: that is decided under the state's lock.
    fn extend(&self, sent: Instant) {
        let deadline = self.terms.deadline(sent);
        self.state.send_if_modified(|state| {
            let in_time = current(state).is_ok();
            if in_time {
                *state = State::Alive { deadline };
            }
            in_time
        });
    }

    async fn renew(&mut self) -> std::result::Result<Renewal, etcd_client::Error> {
        let Some((keeper, answers)) = &mut self.session else {
            return match self.client.keep_alive(self.terms.id).await {
                Ok(session) => {
                    self.session = Some(session);
                    Ok(Renewal::Renewed)
                }
                Err(error) if error::is_lease_not_found(&error) => Ok(Renewal::Gone),
                Err(error) => Err(error),
            };
        };
        keeper.keep_alive().await?;
        match answers.message().await? {
            Some(answer) if answer.ttl() > 0 => Ok(Renewal::Renewed),
            Some(_) => Ok(Renewal::Gone),
            None => Err(etcd_client::Error::LeaseKeepAliveError(
                "the name service closed the stream".to_owned(),
            )),
        }
    }
}
