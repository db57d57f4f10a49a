//! Brings every thread of a server to rest at a migration point, for as long as a capture takes.

use super::{
    class::Moment,
    core::{Core, Phase},
    error::{Result, ServerError},
    gate::{Door, Gate, Stand, Tables},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::OwnedMutexGuard;

/// A server at rest: no thread runs and no call enters. Dropping it lets the server go on in place.
pub(crate) struct Quiesced {
    gate: Arc<Gate>,
    /// Only one capture at a time.
    _turn: OwnedMutexGuard<()>,
    /// When the server was withdrawn.
    pub(crate) since: Instant,
    /// How long it took to bring the threads to rest.
    pub(crate) took: Duration,
    resume: bool,
}

impl Quiesced {
    /// The threads never go on here: they go on elsewhere, or the process exits.
    pub(crate) fn keep(mut self) {
        self.resume = false;
    }
}

impl Drop for Quiesced {
    fn drop(&mut self) {
        if self.resume {
            self.gate.resume(Door::Open);
        }
    }
}

/// Withdraws the server and waits until every thread is parked or has finished.
///
/// `door` is what calls meet meanwhile. On failure the server goes on as before.
///
/// # Errors
/// [`ServerError::Quiesce`] with what held it up, [`ServerError::Locals`], [`ServerError::Threads`], [`ServerError::Fenced`], or
/// [`ServerError::WrongPhase`] when the server does not serve.
pub(crate) async fn quiesce(core: &Core, door: Door, deadline: Duration) -> Result<Quiesced> {
    let turn = Arc::clone(&core.capture).lock_owned().await;
    core.require(Phase::Serving, "only a serving server can be captured")?;
    let since = Instant::now();
    core.gate.begin_capture(Some(door));
    let mut quiesced = Quiesced {
        gate: Arc::clone(&core.gate),
        _turn: turn,
        since,
        took: Duration::ZERO,
        resume: true,
    };
    core.gate.settle(deadline).await?;
    tokio::time::timeout(deadline, core.run_hooks(Moment::BeforeCapture))
        .await
        .map_err(|_| ServerError::Hook { deadline })?;
    quiesced.took = since.elapsed();
    if core.gate.is_fenced() {
        return Err(ServerError::Fenced);
    }
    Ok(quiesced)
}

impl Gate {
    /// Waits until no thread runs, or one says that it cannot be captured.
    pub(super) async fn settle(&self, deadline: Duration) -> Result<()> {
        let settled = async {
            loop {
                let (notified, refusing) = (self.settled.notified(), self.flag().refusing());
                tokio::pin!(notified, refusing);
                // Registered before the look at the tables, so that no wake-up is lost in between.
                notified.as_mut().enable();
                refusing.as_mut().enable();
                if self.tables().running == 0 || self.flag().is_refused() {
                    return;
                }
                tokio::select! {
                    () = notified => {}
                    () = refusing => {}
                }
            }
        };
        let in_time = tokio::time::timeout(deadline, settled).await.is_ok();
        let tables = self.tables();
        if !tables.broken.is_empty() {
            return Err(ServerError::Threads {
                threads: tables.broken.clone(),
            });
        }
        if tables.running == 0 {
            return Ok(());
        }
        let refused = self.flag().take_refused();
        if !refused.is_empty() {
            return Err(ServerError::Locals { refused });
        }
        if in_time {
            return Ok(());
        }
        Err(ServerError::Quiesce {
            deadline,
            laggards: laggards(&tables),
        })
    }
}

fn laggards(tables: &Tables) -> Vec<String> {
    let calls = tables
        .active
        .values()
        .filter(|active| matches!(active.stand, Stand::Running))
        .map(|active| (active.call.describe(), active.position.describe()));
    let tasks = tables
        .tasks
        .live()
        .filter(|task| task.frames().is_none())
        .map(|task| (task.describe(), task.position()));
    calls
        .chain(tasks)
        .map(|(thread, position)| match position {
            Some(position) => format!("{thread} at {position}"),
            None => format!("{thread} before its first await"),
        })
        .collect()
}
