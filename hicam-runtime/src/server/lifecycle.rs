//! From standby to serving, and from serving to the end of the process.

use super::{
    calls::pending,
    capture, checkpointing,
    class::Moment,
    clients,
    core::{Core, Life, Phase},
    error::{Result, ServerError},
    gate::Door,
    quiesce::quiesce,
    token,
};
use bytes::Bytes;
use hicam_protocol::{
    management::{RestoreServerRequest, StartServerRequest},
    naming::{Lease, NamingError},
};
use hicam_state::Checkpoint;
use std::{sync::Arc, time::Duration};

/// How long SIGTERM waits for a start, stop or migration under way.
const TERMINATE_PATIENCE: Duration = Duration::from_secs(20);

/// Serves at once with fresh state and without a name service.
pub(crate) async fn start_alone(core: &Arc<Core>) -> Result<()> {
    core.set_epoch(1);
    core.identity().uuid = uuid::Uuid::new_v4().to_string();
    core.set_instance(Some(core.class.fresh()));
    begin(core, None).await
}

/// Registers itself as `class/name`, or takes over that server's name and UUID, and serves with fresh state.
pub(crate) async fn start_named(core: &Arc<Core>, name: &str) -> Result<()> {
    let naming = core.name_service("serve under a name")?;
    let full_name = format!("{}/{name}", core.class.name());
    let (uuid, expected_epoch) = match naming.resolve(&full_name).await {
        Ok(record) => {
            let token = naming.token(&record.uuid).await?;
            if let (Some(holder), Some(token)) = (naming.holder(&record.uuid).await?, &token) {
                return Err(ServerError::TokenHeld {
                    uuid: record.uuid,
                    holder: holder.process,
                    host: holder.host,
                    epoch: token.epoch,
                });
            }
            (record.uuid, token.map_or(0, |token| token.epoch))
        }
        Err(NamingError::UnknownServer { .. }) => (uuid::Uuid::new_v4().to_string(), 0),
        Err(error) => return Err(error.into()),
    };
    let request = StartServerRequest {
        uuid,
        name: name.to_owned(),
        expected_epoch,
        interval_ms: None,
    };
    start(core, request).await
}

/// Standby to serving, with fresh state.
pub(crate) async fn start(core: &Arc<Core>, request: StartServerRequest) -> Result<()> {
    let _turn = core.transition.lock().await;
    core.require(Phase::Standby, "only a standby process can start a server")?;
    let naming = core.name_service("be started as a server")?;
    set_interval(core, request.interval_ms);
    let lease = naming.lease(core.options.lease).await?;
    let StartServerRequest {
        uuid,
        name,
        expected_epoch,
        ..
    } = request;
    let epoch = token::acquire(core, naming, &uuid, &name, expected_epoch).await?;
    identify(core, uuid, name, epoch);
    core.set_instance(Some(core.class.fresh()));
    begin(core, Some(lease)).await
}

/// Standby to serving, with the state of a stable checkpoint.
pub(crate) async fn restore(core: &Arc<Core>, request: RestoreServerRequest) -> Result<()> {
    let _turn = core.transition.lock().await;
    core.require(
        Phase::Standby,
        "only a standby process can restore a server",
    )?;
    let naming = core.name_service("be started as a server")?;
    set_interval(core, request.interval_ms);
    let RestoreServerRequest {
        uuid,
        name,
        expected_epoch,
        sequence,
        ..
    } = request;
    let mut restored = fetch(core, &uuid, sequence).await?;
    let taken = async {
        let lease = naming.lease(core.options.lease).await?;
        let epoch = token::acquire(core, naming, &uuid, &name, expected_epoch).await?;
        // Now the process that ran before cannot make anything stable any more.
        core.store.fence(&uuid, epoch).await?;
        Ok((lease, epoch, core.store.stored(&uuid).await?))
    };
    let (lease, epoch, stored) = match taken.await {
        Ok(taken) => taken,
        Err(error) => {
            capture::discard(core);
            return Err(error);
        }
    };
    if sequence == 0 && stored.last != restored {
        // It has made another one stable meanwhile, and may have let go answers that only that one covers.
        capture::discard(core);
        restored = fetch(core, &uuid, 0).await?;
    }
    identify(core, uuid, name, epoch);
    {
        let mut identity = core.identity();
        identity.sequence = stored.highest.max(restored);
        identity.stable = restored;
    }
    begin(core, Some(lease)).await?;
    tracing::info!(checkpoint = restored, "restored");
    Ok(())
}

/// Gets a checkpoint and takes in its state; answers its sequence number.
async fn fetch(core: &Arc<Core>, uuid: &str, sequence: u64) -> Result<u64> {
    let data = core.store.get(uuid, sequence).await?;
    let checkpoint = decode(data).await?;
    let sequence = checkpoint.sequence;
    capture::take_in(core, checkpoint).await?;
    Ok(sequence)
}

/// Reads a container, off the tasks that serve.
pub(crate) async fn decode(data: Bytes) -> Result<Checkpoint> {
    let decoded = tokio::task::spawn_blocking(move || Checkpoint::decode(&data));
    Ok(decoded.await.map_err(|_| ServerError::Interrupted {
        what: "decoding a checkpoint",
    })??)
}

pub(crate) fn identify(core: &Core, uuid: String, name: String, epoch: u64) {
    core.set_epoch(epoch);
    let mut identity = core.identity();
    identity.uuid = uuid;
    identity.name = name;
}

fn set_interval(core: &Core, interval_ms: Option<u32>) {
    if let Some(interval_ms) = interval_ms {
        core.identity().interval = Duration::from_millis(interval_ms.into());
    }
}

/// The state is there and the token is ours: lets the threads go on, opens the door, and says so.
pub(crate) async fn begin(core: &Arc<Core>, lease: Option<Lease>) -> Result<()> {
    let established = match (lease, core.naming.clone()) {
        (Some(lease), Some(naming)) => match token::establish(core, &naming, lease).await {
            Ok(lease) => Some((naming, lease)),
            Err(error) => {
                capture::discard(core);
                return Err(error);
            }
        },
        _ => None,
    };
    core.identity().life = Life::Running;
    if let Some((naming, lease)) = established {
        tokio::spawn(token::watch(Arc::clone(core), naming, lease));
    }
    capture::go_on(core).await;
    token::advertise(core).await;
    core.report_health(true).await;
    token::update_record(core);
    tokio::spawn(clients::run_forgetting(Arc::clone(core)));
    if core.store.is_configured() {
        tokio::spawn(checkpointing::run_interval(Arc::clone(core)));
        if core.gate.holds_replies() {
            tokio::spawn(checkpointing::run_committer(Arc::clone(core)));
        }
    }
    let (uuid, name) = {
        let identity = core.identity();
        (identity.uuid.clone(), identity.name.clone())
    };
    tracing::info!(
        class = core.class.name(),
        name,
        uuid,
        epoch = core.epoch(),
        address = core.address,
        "serving"
    );
    Ok(())
}

/// Serving to the end: withdraw, final checkpoint unless `discard`, hooks. Answers the checkpoint's number.
///
/// The process ends by [`Core::exit`], which the caller calls once it has answered.
///
/// # Errors
/// When no final checkpoint can be made stable; the server then goes on.
pub(crate) async fn stop(core: &Arc<Core>, discard: bool) -> Result<u64> {
    let _turn = core.transition.lock().await;
    let phase = core.phase();
    if matches!(phase, Phase::Moved | Phase::Stopping) {
        return Ok(0);
    }
    let mut sequence = 0;
    if !discard && phase == Phase::Serving {
        let result = final_checkpoint(core).await;
        match result {
            Ok(number) => sequence = number,
            Err(error) => {
                token::advertise(core).await;
                return Err(error);
            }
        }
    } else if !discard && phase == Phase::Fenced {
        return Err(ServerError::Fenced);
    }
    core.gate.set_door(Door::Closed(pending()));
    core.identity().life = Life::Stopping;
    core.report_health(false).await;
    core.gate.redirect(&pending());
    core.run_hooks(Moment::Stop).await;
    if let Some(lease) = core.lease()
        && let Err(error) = lease.revoke().await
    {
        tracing::warn!(%error, "the lease runs out instead of being revoked");
    }
    tracing::info!(checkpoint = sequence, "stopped");
    Ok(sequence)
}

async fn final_checkpoint(core: &Arc<Core>) -> Result<u64> {
    let _in_order = core.checkpoint.lock().await;
    core.store.find().await?;
    checkpointing::continue_sequence(core).await?;
    let door = Door::Closed(pending());
    let (withdrawn, at_rest) = tokio::join!(
        token::withdraw(core),
        quiesce(core, door, core.options.quiesce)
    );
    let at_rest = at_rest?;
    if let Err(error) = withdrawn {
        // The lease is revoked or runs out in any case.
        tracing::warn!(error = error.chain(), "the binding was not withdrawn");
    }
    let captured = capture::capture(core, &at_rest)?;
    let report = checkpointing::make_stable(core, captured).await?;
    at_rest.keep();
    Ok(report.sequence)
}

/// SIGTERM: stops with a final checkpoint where there can be one, and without where not.
pub(crate) async fn terminate(core: &Arc<Core>) {
    let stopping = async {
        if !core.store.is_configured() {
            return stop(core, true).await.map(drop);
        }
        let Err(error) = stop(core, false).await else {
            return Ok(());
        };
        tracing::error!(error = error.chain(), "stopping without a final checkpoint");
        stop(core, true).await?;
        match error {
            ServerError::NoCheckpointServer { .. } => Ok(()),
            error => Err(error),
        }
    };
    let failure = match tokio::time::timeout(TERMINATE_PATIENCE, stopping).await {
        Ok(result) => result.err(),
        Err(_) => Some(ServerError::Interrupted {
            what: "stopping in an orderly way",
        }),
    };
    core.exit(failure);
}
