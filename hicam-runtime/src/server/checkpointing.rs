//! Takes checkpoints: now, at an interval, and whenever answers wait for one.

use super::{
    capture::{Captured, capture},
    core::{Core, Phase, to_us},
    error::{Result, ServerError},
    gate::Door,
    quiesce::quiesce,
    store,
};
use bytes::Bytes;
use checkpoint_server::Description;
use hicam_protocol::management::CheckpointReport;
use hicam_state::Checkpoint;
use std::{sync::Arc, time::Instant};
use tokio::time::Duration;

/// Longest pause before a commit that failed is tried again.
const LONGEST_BACKOFF: Duration = Duration::from_secs(2);

/// How long automatic checkpoints may hold up arriving calls for one that reaches no migration point.
const AUTOMATIC_QUIESCE: Duration = Duration::from_secs(1);
/// Longest pause after automatic checkpoints that failed.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Takes a checkpoint because somebody asks for it; see [`take`].
///
/// # Errors
/// Any failure; the server has gone on regardless.
pub(crate) async fn checkpoint(core: &Core) -> Result<CheckpointReport> {
    take(core, core.options.quiesce).await
}

/// Takes a checkpoint because it is due, in a task of its own: a user's code that panics in a capture must not end
/// all later ones.
async fn automatic(core: &Arc<Core>) -> Result<CheckpointReport> {
    let core = Arc::clone(core);
    let deadline = core.options.quiesce.min(AUTOMATIC_QUIESCE);
    tokio::spawn(async move { take(&core, deadline).await })
        .await
        .unwrap_or(Err(ServerError::Interrupted {
            what: "taking a checkpoint",
        }))
}

/// Takes a checkpoint of the whole state while the server goes on; returns once it is stable, and with it lets go
/// the answers that it covers.
async fn take(core: &Core, deadline: Duration) -> Result<CheckpointReport> {
    let _in_order = core.checkpoint.lock().await;
    let asked = Instant::now();
    core.store.find().await?;
    continue_sequence(core).await?;
    let (captured, pause) = {
        let at_rest = quiesce(core, Door::Held, deadline).await?;
        let captured = capture(core, &at_rest)?;
        let since = at_rest.since;
        // Dropping it lets the server go on.
        drop(at_rest);
        (captured, since.elapsed())
    };
    let mut report = make_stable(core, captured).await?;
    report.pause_us = to_us(pause);
    report.stable_us = to_us(asked.elapsed());
    tracing::debug!(
        sequence = report.sequence,
        bytes = report.bytes,
        pause_us = report.pause_us,
        "checkpoint is stable"
    );
    Ok(report)
}

/// A server's numbers go on where those stored under its UUID end.
pub(crate) async fn continue_sequence(core: &Core) -> Result<()> {
    let (uuid, sequence) = {
        let identity = core.identity();
        (identity.uuid.clone(), identity.sequence)
    };
    if sequence == 0 {
        let stored = core.store.stored(&uuid).await?;
        let mut identity = core.identity();
        identity.sequence = identity.sequence.max(stored.highest);
    }
    Ok(())
}

/// Streams a captured state to the checkpoint server. It counts once this returns.
pub(crate) async fn make_stable(core: &Core, captured: Captured) -> Result<CheckpointReport> {
    let mark = captured.mark;
    let encoded = encode(captured.checkpoint).await?;
    put_stable(core, &encoded, mark).await?;
    Ok(CheckpointReport {
        sequence: encoded.description.sequence,
        bytes: encoded.data.len() as u64,
        threads: encoded.description.threads,
        pause_us: 0,
        stable_us: 0,
    })
}

/// A checkpoint in its container, and what the checkpoint server is told about it.
pub(crate) struct Encoded {
    pub(crate) description: Description,
    pub(crate) data: Bytes,
}

/// Puts a checkpoint into its container, off the tasks that serve.
pub(crate) async fn encode(checkpoint: Checkpoint) -> Result<Encoded> {
    let encoded = tokio::task::spawn_blocking(move || {
        let data = checkpoint.encode()?;
        let description = store::describe(&checkpoint);
        Ok::<_, ServerError>(Encoded {
            description,
            data: data.into(),
        })
    });
    encoded.await.unwrap_or(Err(ServerError::Interrupted {
        what: "encoding a checkpoint",
    }))
}

/// Stores an encoded checkpoint, and lets go the answers that it covers.
pub(crate) async fn put_stable(core: &Core, encoded: &Encoded, mark: u64) -> Result<()> {
    let sequence = encoded.description.sequence;
    core.store
        .put(encoded.description.clone(), encoded.data.clone())
        .await?;
    {
        let mut identity = core.identity();
        identity.stable = identity.stable.max(sequence);
    }
    core.gate.release_until(mark);
    Ok(())
}

/// Takes a checkpoint whenever the interval has passed. Ends with the process.
pub(crate) async fn run_interval(core: Arc<Core>) {
    let mut changes = core.interval_changes.subscribe();
    let mut troubled = false;
    let mut extra = Duration::ZERO;
    loop {
        let interval = core.identity().interval;
        let due = async {
            if interval.is_zero() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(interval + extra).await;
        };
        tokio::select! {
            () = core.shutdown.cancelled() => return,
            changed = changes.changed() => {
                if changed.is_err() {
                    return;
                }
                continue;
            }
            () = due => {}
        }
        if core.phase() != Phase::Serving {
            continue;
        }
        match automatic(&core).await {
            Ok(_) => {
                troubled = false;
                extra = Duration::ZERO;
            }
            // Said once, not at every interval.
            Err(ServerError::NoCheckpointServer { .. }) if troubled => {}
            Err(error) => {
                troubled = true;
                // What cannot be captured must not hold up the others again and again.
                if matches!(
                    error,
                    ServerError::Quiesce { .. } | ServerError::Hook { .. }
                ) {
                    extra = (extra * 2).max(interval).min(LONGEST_PAUSE);
                }
                tracing::warn!(
                    error = error.chain(),
                    again_in = ?(interval + extra),
                    "no automatic checkpoint"
                );
            }
        }
    }
}

/// Under durability `replies`: commits finished calls in groups, so that their answers may leave. Ends with the
/// process.
pub(crate) async fn run_committer(core: Arc<Core>) {
    let mut backoff = Duration::ZERO;
    loop {
        tokio::select! {
            () = core.shutdown.cancelled() => return,
            () = core.gate.committable.notified() => {}
        }
        while core.gate.has_unreleased() && core.phase() == Phase::Serving {
            match automatic(&core).await {
                Ok(_) => backoff = Duration::ZERO,
                Err(error) => {
                    if backoff.is_zero() {
                        tracing::error!(
                            error = error.chain(),
                            "answers are held back: no checkpoint covers them; trying again"
                        );
                    }
                    backoff = (backoff * 2).clamp(Duration::from_millis(50), LONGEST_BACKOFF);
                    tokio::select! {
                        () = core.shutdown.cancelled() => return,
                        () = tokio::time::sleep(backoff) => {}
                    }
                }
            }
        }
    }
}
