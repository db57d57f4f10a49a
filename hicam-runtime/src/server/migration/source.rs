//! The source of a migration: gives the server up only once the destination certainly has it.

use crate::server::{
    calls::pending,
    capture::capture,
    checkpointing::{Encoded, continue_sequence, encode, put_stable},
    core::{Core, Life, Phase, to_ms, to_us},
    error::{Result, ServerError},
    gate::Door,
    quiesce::{Quiesced, quiesce},
    token,
};
use hicam_protocol::{
    management::{
        CommitMigrationRequest, CompareSchemaRequest, DescribeRequest, DiscardServerRequest,
        MigrateServerRequest, MigrationReport, Phase as WirePhase, StateChunk, StateHeader,
        management_client::ManagementClient,
    },
    metadata::NotServing,
    naming::NameService,
    transport,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tonic::{Status, transport::Channel};

const CHUNK: usize = 512 << 10;
/// How long the destination may take to take in and verify a small state.
const RECEIVE_PATIENCE: Duration = Duration::from_secs(40);
/// A transfer slower than this is taken for one that hangs.
const SLOWEST_BYTES_PER_SECOND: u64 = 1 << 20;
const COMMIT_PATIENCE: Duration = Duration::from_secs(10);
/// How long taking the token back may delay going on, when nobody can have taken it.
const TAKE_BACK_PATIENCE: Duration = Duration::from_secs(3);
const ASK_AGAIN: Duration = Duration::from_millis(100);

type Client = ManagementClient<Channel>;

/// Moves the server to a standby process. Once this succeeds the server runs there, and this process is to exit.
///
/// # Errors
/// Whatever stood in the way; the server then goes on here, unless it is fenced.
pub(crate) async fn migrate(
    core: &Arc<Core>,
    request: MigrateServerRequest,
) -> Result<MigrationReport> {
    let _turn = core.transition.lock().await;
    core.require(Phase::Serving, "only a serving server can be moved")?;
    let naming = core.name_service("be moved")?.clone();
    let stored = match core.store.find().await {
        Ok(()) => true,
        Err(ServerError::NoCheckpointServer { .. }) if !core.gate.holds_replies() => false,
        Err(error) => return Err(error),
    };
    if stored {
        continue_sequence(core).await?;
    }
    let mut destination = ManagementClient::new(transport::connect(&request.destination).await?);
    check_destination(core, &mut destination, &request).await?;

    let deadline = match request.quiesce_ms {
        0 => core.options.quiesce,
        ms => Duration::from_millis(ms.into()),
    };
    // The binding goes while the threads come to rest and their state travels; nothing waits for it but the commit.
    let withdrawing = {
        let core = Arc::clone(core);
        tokio::spawn(async move { token::withdraw(&core).await })
    };
    let at_rest = match quiesce(core, Door::Closed(pending()), deadline).await {
        Ok(at_rest) => at_rest,
        Err(error) => {
            // A late withdrawal would take away what is advertised again.
            let _ = withdrawing.await;
            token::advertise(core).await;
            return Err(error);
        }
    };
    let transferred = transfer(core, &request, &mut destination, &at_rest, stored).await;
    let withdrawn = withdrawing.await.unwrap_or(Err(ServerError::Interrupted {
        what: "withdrawing",
    }));
    let transferred = transferred.and_then(|report| withdrawn.map(|()| report));
    let mut report = match transferred {
        Ok(report) => report,
        Err(error) => {
            tracing::warn!(
                migration = request.migration,
                error = error.chain(),
                "not moved; going on here"
            );
            stay(core, &naming, at_rest).await;
            discard(destination, &request);
            return Err(error);
        }
    };
    let started = Instant::now();
    let committed = commit(core, &naming, &request, &mut destination).await;
    match committed {
        Commit::Moved { address, epoch } => {
            report.commit_us = to_us(started.elapsed());
            report.pause_us = to_us(at_rest.since.elapsed());
            report.epoch = epoch;
            report.address = address;
            depart(core, at_rest, &report).await;
            tracing::info!(
                migration = request.migration,
                address = report.address,
                epoch,
                pause_us = report.pause_us,
                bytes = report.bytes,
                threads = report.threads,
                "moved"
            );
            Ok(report)
        }
        Commit::Ours { error } => {
            drop(at_rest);
            token::advertise(core).await;
            discard(destination, &request);
            Err(error)
        }
        Commit::Unknown { error } => {
            // The lease is lost: what is parked stays parked until the token is certainly ours again.
            drop(at_rest);
            Err(error)
        }
        Commit::Lost { error } => {
            at_rest.keep();
            core.gate.fence();
            core.exit(Some(error));
            Err(ServerError::Fenced)
        }
    }
}

fn refused(request: &MigrateServerRequest, status: Status) -> ServerError {
    ServerError::Destination {
        address: request.destination.clone(),
        status: Box::new(status),
    }
}

async fn check_destination(
    core: &Core,
    destination: &mut Client,
    request: &MigrateServerRequest,
) -> Result<()> {
    let found = destination
        .describe(DescribeRequest {})
        .await
        .map_err(|status| refused(request, status))?
        .into_inner();
    let wrong = |what: String| {
        Err(ServerError::Migration {
            migration: request.migration.clone(),
            what: format!("the process at {} {what}", request.destination),
        })
    };
    if found.class != core.class.name() {
        return wrong(format!(
            "is of class {}, not {}",
            found.class,
            core.class.name()
        ));
    }
    if found.phase() != WirePhase::Standby {
        return wrong("is not in standby".to_owned());
    }
    if found.process != request.destination_process {
        return wrong(format!(
            "is {}, not the expected {}",
            found.process, request.destination_process
        ));
    }
    if found.schema_fingerprint != core.schema_fingerprint {
        let schema = core.class.schema().to_bytes().into();
        let differences = destination
            .compare_schema(CompareSchemaRequest { schema })
            .await
            .map_err(|status| refused(request, status))?
            .into_inner()
            .differences;
        if !differences.is_empty() {
            return wrong(format!(
                "is of a build that cannot take over this state: {}",
                differences.join("; ")
            ));
        }
    }
    Ok(())
}

/// Captures, and streams the state to the destination and to the checkpoint server at the same time.
async fn transfer(
    core: &Core,
    request: &MigrateServerRequest,
    destination: &mut Client,
    at_rest: &Quiesced,
    stored: bool,
) -> Result<MigrationReport> {
    let captured = capture(core, at_rest)?;
    let started = Instant::now();
    let encoded = encode(captured.checkpoint).await?;
    let store = async {
        if stored {
            put_stable(core, &encoded, captured.mark).await?;
        }
        Ok(())
    };
    tokio::try_join!(send(core, request, destination, &encoded, stored), store)?;
    Ok(MigrationReport {
        bytes: encoded.data.len() as u64,
        threads: encoded.description.threads,
        quiesce_us: to_us(at_rest.took),
        transfer_us: to_us(started.elapsed()),
        ..MigrationReport::default()
    })
}

async fn send(
    core: &Core,
    request: &MigrateServerRequest,
    destination: &mut Client,
    encoded: &Encoded,
    stored: bool,
) -> Result<()> {
    let sequence = encoded.description.sequence;
    let size = encoded.data.len() as u64;
    let identity = core.identity().clone();
    let header = StateHeader {
        migration: request.migration.clone(),
        uuid: identity.uuid,
        name: identity.name,
        epoch: core.epoch(),
        source_process: core.options.process.clone(),
        bytes: size,
        interval_ms: to_ms(identity.interval),
        // Commit follows only once it is stable.
        last_checkpoint: if stored { sequence } else { identity.stable },
    };
    let head = StateChunk {
        header: Some(header),
        data: bytes::Bytes::new(),
    };
    let data = encoded.data.clone();
    let chunks = (0..data.len().div_ceil(CHUNK)).map(move |at| {
        let start = at * CHUNK;
        let end = (start + CHUNK).min(data.len());
        StateChunk {
            header: None,
            data: data.slice(start..end),
        }
    });
    let stream = futures::stream::iter(std::iter::once(head).chain(chunks));
    let limit = RECEIVE_PATIENCE + Duration::from_secs(size / SLOWEST_BYTES_PER_SECOND);
    let sent = tokio::time::timeout(limit, destination.receive_state(stream)).await;
    sent.unwrap_or_else(|_| {
        Err(Status::deadline_exceeded(format!(
            "not taken in within {limit:?}"
        )))
    })
    .map(drop)
    .map_err(|status| refused(request, status))
}

enum Commit {
    /// The destination has the token.
    Moved { address: String, epoch: u64 },
    /// We have it, with a new epoch.
    Ours { error: ServerError },
    /// Our lease ended before it could be found out.
    Unknown { error: ServerError },
    /// A third process has it, or the server was deleted.
    Lost { error: ServerError },
}

async fn commit(
    core: &Core,
    naming: &NameService,
    request: &MigrateServerRequest,
    destination: &mut Client,
) -> Commit {
    let message = CommitMigrationRequest {
        migration: request.migration.clone(),
    };
    let answer = tokio::time::timeout(COMMIT_PATIENCE, destination.commit_migration(message)).await;
    let status = match answer {
        Ok(Ok(reply)) => {
            let reply = reply.into_inner();
            return Commit::Moved {
                address: reply.address,
                epoch: reply.epoch,
            };
        }
        Ok(Err(status)) => status,
        Err(_) => Status::deadline_exceeded(format!("no answer within {COMMIT_PATIENCE:?}")),
    };
    tracing::warn!(
        migration = request.migration,
        error = status.message(),
        "commit not answered; asking the name service who runs the server"
    );
    find_out(core, naming, request, refused(request, status)).await
}

/// The commit may or may not have happened: the token says.
async fn find_out(
    core: &Core,
    naming: &NameService,
    request: &MigrateServerRequest,
    error: ServerError,
) -> Commit {
    let uuid = core.uuid();
    loop {
        match naming.token(&uuid).await {
            Ok(Some(token)) if token.holder == request.destination_process => {
                let binding = naming.binding(&uuid).await.ok().flatten();
                return Commit::Moved {
                    address: binding.map_or_else(|| request.destination.clone(), |it| it.address),
                    epoch: token.epoch,
                };
            }
            Ok(Some(token)) if token.holder == core.options.process => {
                // Of this and a late commit exactly one succeeds.
                if token::renew(core, naming).await.is_ok() {
                    return Commit::Ours { error };
                }
            }
            Ok(Some(token)) => {
                return Commit::Lost {
                    error: ServerError::TokenHeld {
                        uuid,
                        holder: token.holder,
                        host: token.host,
                        epoch: token.epoch,
                    },
                };
            }
            Ok(None) => return Commit::Lost { error },
            Err(unknown) => {
                tracing::warn!(error = %unknown, "staying parked until the name service answers");
            }
        }
        if core.lease().is_none_or(|lease| lease.is_lost()) {
            return Commit::Unknown { error };
        }
        tokio::time::sleep(ASK_AGAIN).await;
    }
}

/// Nothing was committed, and the destination was never told to: takes the token back, which makes sure that it
/// cannot be, and goes on in place.
async fn stay(core: &Arc<Core>, naming: &NameService, at_rest: Quiesced) {
    let renewed = tokio::time::timeout(TAKE_BACK_PATIENCE, token::renew(core, naming)).await;
    let lost = match renewed {
        Ok(Ok(())) => None,
        Ok(Err(error)) if !error.is_retryable() => Some(error),
        // The name service does not answer. Nobody else was told to take the token, so going on is safe while the
        // lease lives; the epoch is cleared up once it answers.
        Ok(Err(_)) | Err(_) => {
            clear_up(Arc::clone(core), naming.clone());
            None
        }
    };
    if let Some(error) = lost {
        at_rest.keep();
        core.gate.fence();
        core.exit(Some(error));
        return;
    }
    drop(at_rest);
    token::advertise(core).await;
}

/// Brings the epoch that this process knows and the token's together again.
fn clear_up(core: Arc<Core>, naming: NameService) {
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = core.shutdown.cancelled() => return,
                () = tokio::time::sleep(ASK_AGAIN) => {}
            }
            let _turn = core.transition.lock().await;
            if core.phase() != Phase::Serving {
                return;
            }
            match token::renew(&core, &naming).await {
                Ok(()) => {
                    token::advertise(&core).await;
                    return;
                }
                Err(error) if error.is_retryable() => {}
                Err(error) => {
                    core.gate.fence();
                    core.exit(Some(error));
                    return;
                }
            }
        }
    });
}

/// The destination's copy is of no use any more. It also finds that out by itself.
fn discard(mut destination: Client, request: &MigrateServerRequest) {
    let message = DiscardServerRequest {
        migration: request.migration.clone(),
    };
    tokio::spawn(async move {
        let asked =
            tokio::time::timeout(COMMIT_PATIENCE, destination.discard_server(message)).await;
        if !matches!(asked, Ok(Ok(_))) {
            tracing::debug!("the destination did not confirm that it discards its copy");
        }
    });
}

/// The server runs elsewhere: says so to every open call.
async fn depart(core: &Arc<Core>, at_rest: Quiesced, report: &MigrationReport) {
    let moved = NotServing::Moved {
        address: report.address.clone(),
        epoch: report.epoch,
    };
    core.identity().life = Life::Moved;
    core.gate.set_door(Door::Closed(moved.clone()));
    core.gate.redirect(&moved);
    at_rest.keep();
    core.report_health(false).await;
    if let Some(lease) = core.lease()
        && let Err(error) = lease.revoke().await
    {
        tracing::debug!(%error, "the lease runs out instead of being revoked");
    }
}
