//! The cut through a server at rest, and the way back: from a checkpoint to verified, parked threads.

use super::{
    calls::Call,
    class::Moment,
    clients::Clients,
    core::Core,
    error::{Result, ServerError},
    gate::{Door, Gate, Stand},
    layer,
    quiesce::Quiesced,
    reply::StoredReply,
};
use crate::transform::{SavedFrames, task};
use hicam_state::{Capture, Checkpoint, ClientRow, Reply, Restore, Tasks, Thread};
use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// How long restored threads may take to be decoded.
const VERIFY_DEADLINE: Duration = Duration::from_secs(30);

/// A captured state, and which finished calls it covers.
pub(crate) struct Captured {
    pub(crate) checkpoint: Checkpoint,
    /// Every call finished up to this number is in it.
    pub(crate) mark: u64,
}

/// Captures the whole state of a server at rest. The threads' frames stay as they are.
///
/// # Errors
/// [`ServerError::Encode`] when the globals or a local refuse, for example because a lock is held.
pub(crate) fn capture(core: &Core, _at_rest: &Quiesced) -> Result<Captured> {
    let instance = core.instance().ok_or(ServerError::WrongPhase {
        phase: core.phase(),
        needed: "there is no state to capture",
    })?;
    // One for all: what globals and frames share is one object after a restore too.
    let mut cut = Capture::new();
    let mut globals = instance.capture(&mut cut)?;
    let Rows {
        threads,
        replies,
        clients,
        clients_forgotten_after_ms,
        tasks,
        mark,
    } = core.gate.rows(&mut cut)?;
    if let Some(shared) = instance.capture_shared(&mut cut)? {
        globals = shared;
    }
    // It holds what is shared, so it ends before any thread goes on.
    let (types, objects) = cut.finish()?;
    let (uuid, sequence) = {
        let mut identity = core.identity();
        identity.sequence += 1;
        (identity.uuid.clone(), identity.sequence)
    };
    let checkpoint = Checkpoint {
        class: core.class.name().to_owned(),
        uuid,
        epoch: core.epoch(),
        sequence,
        taken_unix_ms: unix_ms(),
        host: core.options.host.clone(),
        arch: std::env::consts::ARCH.to_owned(),
        schema_fingerprint: core.schema_fingerprint.clone(),
        types,
        globals,
        threads,
        replies,
        clients,
        clients_forgotten_after_ms,
        tasks,
        objects,
    };
    Ok(Captured { checkpoint, mark })
}

fn unix_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
}

/// Takes in a captured state: decodes the globals, builds the services, and re-enters every thread with the
/// capture flag set, so that each is decoded and stops again where it was captured. No user code runs beyond.
///
/// The threads stay parked until [`go_on`]. On failure the process is as before.
///
/// # Errors
/// [`ServerError::Schema`], [`ServerError::Decode`], [`ServerError::Threads`], [`ServerError::Reply`],
/// [`ServerError::Quiesce`].
pub(crate) async fn take_in(core: &Arc<Core>, mut checkpoint: Checkpoint) -> Result<u32> {
    core.class.schema().check(&checkpoint)?;
    let types = Arc::new(std::mem::take(&mut checkpoint.types));
    let restore = Restore::new(types, std::mem::take(&mut checkpoint.objects));
    let taken = enter(core, checkpoint, restore).await;
    if taken.is_err() {
        discard(core);
    }
    taken
}

async fn enter(core: &Arc<Core>, mut checkpoint: Checkpoint, restore: Restore) -> Result<u32> {
    let count = checkpoint.threads.len() + checkpoint.tasks.in_progress();
    core.gate.begin_capture(None);
    // Known before all else, because what is decoded may hold handles of tasks.
    let tasks = core
        .gate
        .fill_tasks(std::mem::take(&mut checkpoint.tasks), &restore)?;
    let instance = task::sync_within(Arc::clone(&core.gate) as _, || {
        core.class.restore(&checkpoint.globals, &restore)
    })?;
    core.set_instance(Some(instance));
    let parked = core.gate.fill(checkpoint, restore)?;
    for (call, frames) in parked {
        let request =
            layer::resume_request(&call.method).map_err(|error| ServerError::Threads {
                threads: vec![format!("{}: {error}", call.describe())],
            })?;
        layer::spawn(core, call, request, Some(frames));
    }
    for task in tasks {
        core.gate.enter_task(task);
    }
    core.gate.settle(VERIFY_DEADLINE).await?;
    let (active, _) = core.gate.counts();
    if usize::try_from(active).ok() != Some(count) {
        return Err(ServerError::Threads {
            threads: vec![format!(
                "{active} of {count} captured calls and tasks could be entered again; \
                 this program does not handle the methods of the others as the captured one did"
            )],
        });
    }
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Forgets a state that was taken in and has not gone on.
pub(crate) fn discard(core: &Core) {
    core.gate.reset();
    core.set_instance(None);
}

/// Lets a state that was taken in go on, and opens the door.
pub(crate) async fn go_on(core: &Core) {
    core.run_hooks(Moment::AfterRestore).await;
    core.gate.resume(Door::Open);
}

/// The tables of a gate as a checkpoint has them.
struct Rows {
    threads: Vec<Thread>,
    replies: Vec<Reply>,
    clients: Vec<ClientRow>,
    clients_forgotten_after_ms: u64,
    tasks: Tasks,
    mark: u64,
}

impl Gate {
    /// Thread table, reply table and clients as rows, in a fixed order.
    fn rows(&self, cut: &mut Capture) -> Result<Rows> {
        let tables = self.tables();
        let mut threads = Vec::with_capacity(tables.active.len());
        for active in tables.active.values() {
            let Stand::Parked { frames, .. } = &active.stand else {
                return Err(ServerError::Threads {
                    threads: vec![format!("{} is not parked", active.call.describe())],
                });
            };
            threads.push(Thread {
                client: active.call.client.clone().unwrap_or_default(),
                request: active.call.request,
                method: active.call.method.clone(),
                frames: frames.encode(cut)?,
            });
        }
        let mut replies = Vec::new();
        let mut clients = Vec::new();
        for (client, calls) in tables.clients.rows() {
            for call in calls {
                if let Some(reply) = call.reply() {
                    replies.push(Reply {
                        client: client.client.clone(),
                        request: call.request,
                        method: call.method.clone(),
                        response: reply.to_bytes(),
                    });
                }
            }
            clients.push(client);
        }
        Ok(Rows {
            threads,
            replies,
            clients,
            clients_forgotten_after_ms: tables.clients.forgotten_after_ms(),
            tasks: tables.tasks.rows(cut)?,
            mark: Self::finish_mark(&tables),
        })
    }

    /// Fills the empty tables from a checkpoint; answers the calls that are to be re-entered.
    fn fill(
        &self,
        checkpoint: Checkpoint,
        restore: Restore,
    ) -> Result<Vec<(Arc<Call>, SavedFrames)>> {
        let mut replies = Vec::with_capacity(checkpoint.replies.len());
        for reply in checkpoint.replies {
            let stored =
                StoredReply::from_bytes(&reply.response).map_err(|source| ServerError::Reply {
                    method: reply.method.clone(),
                    source,
                })?;
            replies.push((reply, stored));
        }
        // A thread without frames would start over instead of going on.
        if let Some(thread) = checkpoint.threads.iter().find(|row| row.frames.is_empty()) {
            return Err(ServerError::Threads {
                threads: vec![format!("{} has no frames", thread.method)],
            });
        }
        let mut tables = self.tables();
        tables.clients =
            Clients::restored(checkpoint.clients, checkpoint.clients_forgotten_after_ms);
        for (row, stored) in replies {
            let call = Call::answered(row.client.clone(), row.request, &row.method, stored);
            tables.clients.add_restored(&row.client, &call);
        }
        let mut entered = Vec::with_capacity(checkpoint.threads.len());
        for thread in checkpoint.threads {
            let client = (!thread.client.is_empty()).then_some(thread.client);
            let (call, _) = tables.register(client, thread.request, &thread.method);
            if let Some(client) = &call.client {
                tables.clients.add_restored(client, &call);
            }
            let frames = SavedFrames::from_encoded(thread.frames, restore.clone());
            entered.push((call, frames));
        }
        Ok(entered)
    }
}
