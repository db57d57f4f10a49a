//! The destination of a migration: takes a state in and verifies it, and runs it once the token is its own.

use crate::server::{
    capture,
    core::{Core, Phase, to_us},
    error::{Result, ServerError},
    lifecycle, token,
};
use futures::{Stream, StreamExt as _};
use hicam_protocol::{
    management::{
        CommitMigrationReply, CommitMigrationRequest, DiscardServerRequest, ReceiveStateReply,
        StateChunk, StateHeader,
    },
    naming::{Lease, NameService, Token},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tonic::Status;

/// How long the source may be silent while it sends.
const SILENCE: Duration = Duration::from_secs(20);
/// How often a destination that waits for its commit looks whether it still can come.
const LOOK: Duration = Duration::from_secs(1);
/// A commit that has not come by then does not come.
const COMMIT_BY: Duration = Duration::from_secs(60);
/// What is reserved at once on the word of a header.
const RESERVE: usize = 64 << 20;

/// A state that has been taken in and waits for its commit.
#[derive(Debug)]
pub(crate) struct Incoming {
    header: StateHeader,
    sequence: u64,
    /// The token as the source holds it.
    token: Token,
    /// Taken out beforehand, so that the commit need not wait for it.
    lease: Lease,
}

fn unfit(migration: &str, what: impl Into<String>) -> ServerError {
    ServerError::Migration {
        migration: migration.to_owned(),
        what: what.into(),
    }
}

/// Takes in, decodes and verifies the state of a server; it does not run yet.
///
/// # Errors
/// Whatever does not fit. The process stays in standby.
pub(crate) async fn receive<S>(core: &Arc<Core>, chunks: S) -> Result<ReceiveStateReply>
where
    S: Stream<Item = std::result::Result<StateChunk, Status>> + Unpin,
{
    let _turn = core.transition.lock().await;
    core.require(
        Phase::Standby,
        "only a standby process can take in a server",
    )?;
    let naming = core.name_service("be the destination of a migration")?;
    if let Some(incoming) = &*core.incoming.lock().await {
        return Err(unfit(
            &incoming.header.migration,
            "this process has already taken in its state",
        ));
    }
    let (header, data) = collect(chunks).await?;
    let started = Instant::now();
    let checkpoint = lifecycle::decode(data.into()).await?;
    if checkpoint.uuid != header.uuid || checkpoint.epoch != header.epoch {
        return Err(unfit(
            &header.migration,
            "the state is not that of the server that was announced",
        ));
    }
    let sequence = checkpoint.sequence;
    let (lease, token) =
        tokio::try_join!(naming.lease(core.options.lease), naming.token(&header.uuid))?;
    let token = token
        .filter(|token| token.epoch == header.epoch && token.holder == header.source_process)
        .ok_or_else(|| {
            unfit(
                &header.migration,
                "the source does not hold the execution token",
            )
        })?;
    let threads = capture::take_in(core, checkpoint).await?;
    tracing::info!(
        migration = header.migration,
        threads,
        bytes = header.bytes,
        "state taken in and verified"
    );
    let incoming = Incoming {
        header,
        sequence,
        token,
        lease,
    };
    tokio::spawn(expire(
        Arc::clone(core),
        naming.clone(),
        incoming.header.clone(),
    ));
    *core.incoming.lock().await = Some(incoming);
    Ok(ReceiveStateReply {
        threads,
        decode_us: to_us(started.elapsed()),
    })
}

async fn collect<S>(mut chunks: S) -> Result<(StateHeader, Vec<u8>)>
where
    S: Stream<Item = std::result::Result<StateChunk, Status>> + Unpin,
{
    let broken = |migration: &str, status: &Status| {
        unfit(
            migration,
            format!("the source broke off: {}", status.message()),
        )
    };
    let mut header: Option<StateHeader> = None;
    let mut data = Vec::new();
    loop {
        let known = header.as_ref().map_or("", |header| &header.migration);
        let next = tokio::time::timeout(SILENCE, chunks.next())
            .await
            .map_err(|_| unfit(known, format!("the source was silent for {SILENCE:?}")))?;
        let Some(chunk) = next else { break };
        let chunk = chunk.map_err(|status| broken(known, &status))?;
        if let Some(first) = chunk.header {
            if header.is_some() {
                return Err(unfit(known, "the state has two headers"));
            }
            data.reserve(usize::try_from(first.bytes).unwrap_or(0).min(RESERVE));
            header = Some(first);
        }
        data.extend_from_slice(&chunk.data);
        let announced = header.as_ref().map_or(0, |header| header.bytes);
        if data.len() as u64 > announced {
            return Err(unfit("", "more state came than was announced"));
        }
    }
    let Some(header) = header else {
        return Err(unfit("", "no state came"));
    };
    if data.len() as u64 != header.bytes {
        let what = format!("{} of {} bytes came", data.len(), header.bytes);
        return Err(unfit(&header.migration, what));
    }
    Ok((header, data))
}

/// Takes the execution token and, if that succeeds, lets the server run here.
///
/// # Errors
/// When the token is not the source's any more. The process then discards the state and exits.
pub(crate) async fn commit(
    core: &Arc<Core>,
    request: CommitMigrationRequest,
) -> Result<CommitMigrationReply> {
    let _turn = core.transition.lock().await;
    core.require(Phase::Standby, "only a standby process can take over")?;
    let naming = core.name_service("be the destination of a migration")?;
    let expected = core
        .incoming
        .lock()
        .await
        .take_if(|incoming| incoming.header.migration == request.migration);
    let Some(incoming) = expected else {
        return Err(unfit(
            &request.migration,
            "this process has not taken in its state",
        ));
    };
    let taken = take_over(core, naming, incoming).await;
    if let Err(error) = taken {
        capture::discard(core);
        core.exit(None);
        return Err(error);
    }
    Ok(CommitMigrationReply {
        epoch: core.epoch(),
        address: core.address.clone(),
    })
}

async fn take_over(core: &Arc<Core>, naming: &NameService, incoming: Incoming) -> Result<()> {
    let Incoming {
        header,
        sequence,
        token,
        lease,
    } = incoming;
    let epoch = token::take(core, naming, &header.uuid, &token).await?;
    lifecycle::identify(core, header.uuid, header.name, epoch);
    {
        let mut identity = core.identity();
        identity.interval = Duration::from_millis(header.interval_ms.into());
        identity.sequence = sequence;
        identity.stable = header.last_checkpoint;
    }
    lifecycle::begin(core, Some(lease)).await
}

/// A standby process exits.
///
/// # Errors
/// When it is not in standby any more, or waits for another migration's commit.
pub(crate) async fn discard(core: &Arc<Core>, request: DiscardServerRequest) -> Result<()> {
    let _turn = core.transition.lock().await;
    core.require(Phase::Standby, "only a standby process can be discarded")?;
    let mut incoming = core.incoming.lock().await;
    if let Some(incoming) = &*incoming
        && !request.migration.is_empty()
        && incoming.header.migration != request.migration
    {
        return Err(unfit(
            &request.migration,
            "this process is the destination of another migration",
        ));
    }
    *incoming = None;
    capture::discard(core);
    core.exit(None);
    Ok(())
}

/// Discards a state whose commit cannot come any more: the source has taken the token back, or is silent.
async fn expire(core: Arc<Core>, naming: NameService, header: StateHeader) {
    let by = Instant::now() + COMMIT_BY;
    while Instant::now() < by {
        tokio::select! {
            () = core.shutdown.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        if core.phase() != Phase::Standby {
            return;
        }
        match naming.token(&header.uuid).await {
            Ok(Some(token)) if token.epoch == header.epoch => {}
            Ok(_) => break,
            // Nothing is known; the source may be as cut off as we are.
            Err(_) => {}
        }
    }
    let request = DiscardServerRequest {
        migration: header.migration,
    };
    match discard(&core, request).await {
        Ok(()) => tracing::warn!("discarded a state whose commit did not come"),
        Err(error) => tracing::debug!(error = error.chain(), "the state is not discarded"),
    }
}
