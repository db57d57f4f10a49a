//! The one lock of a server: its door, its thread monitor and its reply table, so that no call can slip between them.

use super::{
    calls::{Call, Outcome, pending},
    clients::{Clients, Known},
    reply::StoredReply,
    thread::Resumption,
};
use crate::transform::{CaptureFlag, Position, RestoreError, SavedFrames, Stack, task::Tasks};
use hicam_protocol::{
    metadata::{CallIdentity, NotServing},
    naming::Lease,
};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{Notify, oneshot, watch};

/// What happens to a call that arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// It is admitted.
    Open,
    /// It waits for the few milliseconds that a capture takes.
    Held,
    /// It is told to come back, or where to go; it is not executed.
    Closed(NotServing),
}

/// What became of a call at the door.
pub(crate) enum Admission {
    /// A call not seen before: execute it, then answer from the receiver.
    Fresh(Arc<Call>, watch::Receiver<Outcome>),
    /// A call in progress or already answered: answer from the receiver.
    Attached(watch::Receiver<Outcome>),
    /// The door is held: wait for the door to change, then ask again.
    Wait(watch::Receiver<u64>),
    /// Not executed.
    Refused(NotServing),
    /// The client has said that it received the answer to this number; the answer is gone.
    Acknowledged(u64),
    /// It may have been executed: the client was silent for so long that its calls were forgotten. Not executed.
    Forgotten,
}

/// Where an active thread stands.
pub(super) enum Stand {
    Running,
    Parked {
        frames: SavedFrames,
        wake: oneshot::Sender<Resumption>,
    },
}

pub(super) struct Active {
    pub(super) call: Arc<Call>,
    pub(super) stand: Stand,
    pub(super) position: Arc<Position>,
}

pub(super) struct Tables {
    pub(super) door: Door,
    /// Threads that reach a point stay parked.
    pub(super) capturing: bool,
    /// The execution token may be lost: nothing is admitted, nothing runs, nothing leaves.
    fenced: bool,
    /// Asked each time, because a process that was suspended learns of its lease's end only afterwards.
    lease: Option<Arc<Lease>>,
    pub(super) running: usize,
    next_thread: u64,
    next_plain: u64,
    finish_count: u64,
    pub(super) finished_total: u64,
    pub(super) active: BTreeMap<u64, Active>,
    /// What the threads have begun beside themselves; each is a thread too.
    pub(super) tasks: Tasks,
    pub(super) clients: Clients,
    /// Finished calls whose answers have not been released, in the order in which they finished.
    unreleased: VecDeque<(u64, Arc<Call>)>,
    /// Threads whose frames could not be restored or saved in this capture.
    pub(super) broken: Vec<String>,
}

/// Door, thread monitor and reply table of one server.
pub(crate) struct Gate {
    flag: &'static CaptureFlag,
    /// Answers wait for a stable checkpoint (durability `replies`).
    hold_replies: bool,
    tables: Mutex<Tables>,
    pub(super) settled: Notify,
    pub(super) committable: Notify,
    door_changes: watch::Sender<u64>,
}

impl Gate {
    /// A closed gate with empty tables.
    pub(crate) fn new(hold_replies: bool) -> Self {
        Self {
            flag: CaptureFlag::leaked(),
            hold_replies,
            tables: Mutex::new(Tables {
                door: Door::Closed(pending()),
                capturing: false,
                fenced: false,
                lease: None,
                running: 0,
                next_thread: 1,
                next_plain: 1,
                finish_count: 0,
                finished_total: 0,
                active: BTreeMap::new(),
                tasks: Tasks::default(),
                clients: Clients::default(),
                unreleased: VecDeque::new(),
                broken: Vec::new(),
            }),
            settled: Notify::new(),
            committable: Notify::new(),
            door_changes: watch::channel(0).0,
        }
    }

    pub(crate) fn flag(&self) -> &'static CaptureFlag {
        self.flag
    }

    pub(crate) fn holds_replies(&self) -> bool {
        self.hold_replies
    }

    // Code of others that runs under the lock, to encode a local, only reads: a poisoned lock still guards
    // consistent tables.
    pub(super) fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Decides about one call, which was sent first `age` ago. `key` is `None` for a plain gRPC client.
    pub(crate) fn admit(
        &self,
        key: Option<&CallIdentity>,
        age: Duration,
        method: &str,
    ) -> Admission {
        let mut tables = self.tables();
        if let Some(key) = key {
            tables.clients.hear(&key.client);
        }
        if tables.is_fenced() {
            return Admission::Refused(pending());
        }
        match &tables.door {
            Door::Open => {}
            Door::Held => return Admission::Wait(self.door_changes.subscribe()),
            Door::Closed(refusal) => return Admission::Refused(refusal.clone()),
        }
        let Some(key) = key else {
            let number = tables.next_plain;
            tables.next_plain += 1;
            let (call, outcome) = tables.register(None, number, method);
            return Admission::Fresh(call, outcome);
        };
        match tables.clients.find(key, age) {
            Known::Call(call) => return Admission::Attached(call.subscribe()),
            Known::Acknowledged(acked) => return Admission::Acknowledged(acked),
            Known::Forgotten => return Admission::Forgotten,
            Known::No => {}
        }
        let (call, outcome) = tables.register(Some(key.client.clone()), key.request, method);
        tables.clients.add(&key.client, key.ack, &call);
        Admission::Fresh(call, outcome)
    }

    /// The call's handler has returned: keeps the answer, and lets it leave unless a checkpoint must cover it first.
    pub(crate) fn finish(&self, call: &Arc<Call>, reply: StoredReply) {
        let mut tables = self.tables();
        // A call that is no longer registered belongs to a state that was discarded.
        let Some(active) = tables.active.remove(&call.id) else {
            return;
        };
        if matches!(active.stand, Stand::Running) {
            tables.running -= 1;
        }
        call.set_reply(Arc::new(reply));
        tables.finish_count += 1;
        tables.finished_total += 1;
        let number = tables.finish_count;
        if self.hold_replies || tables.is_fenced() {
            tables.unreleased.push_back((number, Arc::clone(call)));
            self.committable.notify_one();
        } else {
            tables.release(call);
        }
        if tables.running == 0 {
            self.settled.notify_waiters();
        }
    }

    /// Where a thread reports its position.
    pub(super) fn position(&self, id: u64) -> Option<Arc<Position>> {
        let tables = self.tables();
        tables
            .active
            .get(&id)
            .map(|active| Arc::clone(&active.position))
    }

    /// A thread has suspended. It is resumed at once unless a capture is on.
    pub(super) fn park(
        &self,
        id: u64,
        saved: Result<SavedFrames, RestoreError>,
    ) -> Result<Result<Stack, oneshot::Receiver<Resumption>>, RestoreError> {
        let mut tables = self.tables();
        let on = tables.capturing || tables.is_fenced();
        let Some(active) = tables.active.get_mut(&id) else {
            // Discarded meanwhile: nobody will resume it, and its receiver says so at once.
            return Ok(Err(oneshot::channel().1));
        };
        let frames = match saved {
            Ok(frames) => frames,
            Err(error) => {
                let what = format!("{}: {error}", active.call.describe());
                tables.broken.push(what);
                return Err(error);
            }
        };
        if !on {
            let stack = Stack::resume(self.flag(), frames);
            return Ok(Ok(stack.with_position(Arc::clone(&active.position))));
        }
        let (wake, woken) = oneshot::channel();
        active.stand = Stand::Parked { frames, wake };
        self.rests(&mut tables);
        Ok(Err(woken))
    }

    /// A thread does not run any more.
    pub(super) fn rests(&self, tables: &mut Tables) {
        tables.running -= 1;
        if tables.running == 0 {
            self.settled.notify_waiters();
        }
    }

    /// Changes what happens to arriving calls, and wakes those that wait at the door.
    pub(crate) fn set_door(&self, door: Door) {
        let mut tables = self.tables();
        self.change_door(&mut tables, door);
    }

    pub(super) fn change_door(&self, tables: &mut Tables, door: Door) {
        if door == Door::Open && !tables.is_fenced() {
            tables.reattach();
        }
        tables.door = door;
        self.door_changes.send_modify(|generation| *generation += 1);
    }

    /// Starts a capture: from now on threads stay where they stop. Undone by [`resume`](Self::resume).
    pub(super) fn begin_capture(&self, door: Option<Door>) {
        let mut tables = self.tables();
        tables.capturing = true;
        tables.broken.clear();
        self.flag.set();
        if let Some(door) = door {
            self.change_door(&mut tables, door);
        }
    }

    /// Ends a capture: parked threads go on from where they stand, and the door opens.
    pub(crate) fn resume(&self, door: Door) {
        let mut tables = self.tables();
        tables.capturing = false;
        self.change_door(&mut tables, door);
        self.wake_parked(&mut tables);
        if !tables.unreleased.is_empty() {
            self.committable.notify_one();
        }
        let restored = tables.tasks.take_restored();
        drop(tables);
        drop(restored);
    }

    /// Nothing is admitted, runs on or leaves until [`unfence`](Self::unfence).
    pub(crate) fn fence(&self) {
        let mut tables = self.tables();
        tables.fenced = true;
        self.flag.set();
        tables.redirect(&pending());
        self.door_changes.send_modify(|generation| *generation += 1);
    }

    /// Undoes [`fence`](Self::fence): the token is certainly ours again.
    pub(crate) fn unfence(&self) {
        let mut tables = self.tables();
        tables.fenced = false;
        if tables.door == Door::Open {
            tables.reattach();
        }
        if !self.hold_replies {
            while let Some((_, call)) = tables.unreleased.pop_front() {
                tables.release(&call);
            }
        }
        self.door_changes.send_modify(|generation| *generation += 1);
        self.wake_parked(&mut tables);
        self.committable.notify_one();
    }

    fn wake_parked(&self, tables: &mut Tables) {
        if tables.capturing || tables.is_fenced() {
            return;
        }
        self.flag.clear();
        let mut woken = 0;
        for active in tables.active.values_mut() {
            if let Stand::Parked { frames, wake } =
                std::mem::replace(&mut active.stand, Stand::Running)
            {
                let stack =
                    Stack::resume(self.flag(), frames).with_position(Arc::clone(&active.position));
                // The receiver lives in the thread's own task, which only ends by finishing.
                let _ = wake.send(Resumption::Resume(stack));
                woken += 1;
            }
        }
        woken += tables.tasks.wake(self.flag);
        tables.running += woken;
    }

    /// Tells every connection that waits for an answer where to go. The calls themselves stay as they are.
    pub(crate) fn redirect(&self, refusal: &NotServing) {
        self.tables().redirect(refusal);
    }

    /// The process ends: whoever still waits and has not been told where to go is told this.
    pub(crate) fn dismiss(&self, refusal: &NotServing) {
        let tables = self.tables();
        for call in tables.open_calls() {
            call.dismiss(refusal);
        }
    }

    /// The number of the last call that has finished: a capture taken now covers it and all before.
    pub(super) fn finish_mark(tables: &Tables) -> u64 {
        tables.finish_count
    }

    /// A stable checkpoint covers the calls finished up to `mark`: their answers may leave.
    pub(crate) fn release_until(&self, mark: u64) {
        let mut tables = self.tables();
        if tables.is_fenced() {
            return;
        }
        while let Some((number, _)) = tables.unreleased.front() {
            if *number > mark {
                break;
            }
            if let Some((_, call)) = tables.unreleased.pop_front() {
                tables.release(&call);
            }
        }
    }

    /// Whether finished calls wait for a checkpoint that covers them.
    pub(crate) fn has_unreleased(&self) -> bool {
        !self.tables().unreleased.is_empty()
    }

    /// Threads in progress, which are calls and tasks, and calls finished since this process began.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let tables = self.tables();
        let active = tables.active.len() + tables.tasks.live().len();
        (active as u64, tables.finished_total)
    }

    pub(crate) fn door(&self) -> Door {
        self.tables().door.clone()
    }

    pub(crate) fn is_fenced(&self) -> bool {
        self.tables().is_fenced()
    }

    /// From now on nothing is admitted or leaves unless this lease is alive.
    pub(crate) fn set_lease(&self, lease: Option<Arc<Lease>>) {
        self.tables().lease = lease;
    }

    /// Forgets every call: the state they belong to is discarded.
    pub(crate) fn reset(&self) {
        let mut tables = self.tables();
        let refused = pending();
        tables.redirect(&refused);
        for (_, active) in std::mem::take(&mut tables.active) {
            if let Stand::Parked { wake, .. } = active.stand {
                let _ = wake.send(Resumption::Abandon(refused.to_status()));
            }
        }
        let tasks = std::mem::take(&mut tables.tasks);
        tables.running = 0;
        tables.clients = Clients::default();
        tables.unreleased.clear();
        tables.capturing = false;
        self.flag.clear();
        self.change_door(&mut tables, Door::Closed(refused));
        self.settled.notify_waiters();
        drop(tables);
        // Those that rest learn by this that they do not go on.
        drop(tasks);
    }
}

impl Tables {
    pub(super) fn is_fenced(&self) -> bool {
        self.fenced || self.lease.as_ref().is_some_and(|lease| lease.is_lost())
    }

    pub(super) fn register(
        &mut self,
        client: Option<String>,
        request: u64,
        method: &str,
    ) -> (Arc<Call>, watch::Receiver<Outcome>) {
        let id = self.next_thread;
        self.next_thread += 1;
        if client.is_none() {
            self.next_plain = self.next_plain.max(request + 1);
        }
        let (call, outcome) = Call::new(id, client, request, method);
        self.active.insert(
            id,
            Active {
                call: Arc::clone(&call),
                stand: Stand::Running,
                position: Arc::default(),
            },
        );
        self.running += 1;
        (call, outcome)
    }

    fn release(&mut self, call: &Arc<Call>) {
        call.release();
        self.clients.answered(call);
    }

    fn redirect(&mut self, refusal: &NotServing) {
        for call in self.open_calls() {
            call.redirect(refusal);
        }
    }

    /// Takes back a redirection: who asks for these calls again is answered here.
    fn reattach(&mut self) {
        for call in self.open_calls() {
            call.reattach();
        }
    }

    fn open_calls(&self) -> impl Iterator<Item = &Arc<Call>> {
        let active = self.active.values().map(|active| &active.call);
        active.chain(self.unreleased_calls())
    }

    /// Finished calls whose answers have not left.
    pub(super) fn unreleased_calls(&self) -> impl Iterator<Item = &Arc<Call>> {
        self.unreleased.iter().map(|(_, call)| call)
    }
}
