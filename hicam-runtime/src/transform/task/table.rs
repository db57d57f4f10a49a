//! The tasks of a server or of a test: those that go on, and those whose outcome is waited for.
//!
//! The table is plain data under a lock of its owner. What it gives up is given to the caller, to be dropped when that
//! lock is free: the drop of a user's value may well use a task.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Instant;

use hicam_state::{Capture, DecodeError, EncodeError, Restore, Task, TaskState};
use tokio::sync::{Notify, oneshot};

use super::cell::{Cell, Runs};
use super::handle::JoinError;
use super::registry::TaskEntry;
use super::run::{Job, Parked, Spawner};
use crate::transform::capture::CaptureFlag;
use crate::transform::frame::{RestoreError, SavedFrames};
use crate::transform::stack::{Position, Stack};

/// So many tasks that are over are kept before those that nobody waits for are looked for.
const PRUNE_AT_LEAST: usize = 64;

/// Asks a running task to end.
#[derive(Debug, Default)]
pub(crate) struct Abort {
    asked: AtomicBool,
    notify: Notify,
}

impl Abort {
    fn ask(&self) {
        self.asked.store(true, Ordering::SeqCst);
        // Kept for the task, if it does not wait for it now.
        self.notify.notify_one();
    }

    /// Until the task is asked to end.
    pub(super) async fn asked(&self) {
        while !self.asked.load(Ordering::SeqCst) {
            self.notify.notified().await;
        }
    }
}

/// What a task in progress shares with its table.
#[derive(Debug, Clone)]
pub(crate) struct Seat {
    pub(crate) position: Arc<Position>,
    pub(super) abort: Arc<Abort>,
}

/// A task in progress.
pub(crate) struct Live {
    cell: Arc<dyn Cell>,
    seat: Seat,
    started: Instant,
    /// None while it runs.
    parked: Option<(SavedFrames, oneshot::Sender<Stack>)>,
}

impl Live {
    /// For messages: its number, and what it runs.
    pub(crate) fn describe(&self) -> String {
        format!("task {} ({})", self.cell.number(), self.cell.runs())
    }

    pub(crate) fn number(&self) -> u64 {
        self.cell.number()
    }

    pub(crate) fn runs(&self) -> Runs {
        self.cell.runs()
    }

    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// Where it was last seen.
    pub(crate) fn position(&self) -> Option<String> {
        self.seat.position.describe()
    }

    /// Its frames, if it rests.
    pub(crate) fn frames(&self) -> Option<&SavedFrames> {
        self.parked.as_ref().map(|(frames, _)| frames)
    }
}

/// A captured task that is to go on.
pub(crate) struct Entered {
    pub(crate) job: Job,
    pub(crate) seat: Seat,
    pub(crate) frames: SavedFrames,
}

/// The tasks of one server or test.
#[derive(Default)]
pub(crate) struct Tasks {
    /// The number of the last.
    begun: u64,
    live: BTreeMap<u64, Live>,
    /// Those that are over, as long as there is a handle.
    over: BTreeMap<u64, Weak<dyn Cell>>,
    prune_at: usize,
    /// Restored cells, until the handles for them are restored too.
    restored: Vec<Arc<dyn Cell>>,
}

impl Tasks {
    /// The number of a new task.
    pub(crate) fn number(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }

    /// A task begins to run.
    pub(crate) fn add(&mut self, cell: Arc<dyn Cell>) -> Seat {
        let seat = Seat {
            position: Arc::default(),
            abort: Arc::default(),
        };
        let live = Live {
            cell,
            seat: seat.clone(),
            started: Instant::now(),
            parked: None,
        };
        self.live.insert(live.number(), live);
        seat
    }

    /// Those in progress.
    pub(crate) fn live(&self) -> impl ExactSizeIterator<Item = &Live> {
        self.live.values()
    }

    /// What becomes of a running task that has been suspended with these frames: with `on` it goes on at once, else it rests.
    pub(crate) fn park(
        &mut self,
        number: u64,
        saved: Result<SavedFrames, RestoreError>,
        on: Option<&'static CaptureFlag>,
    ) -> Parked {
        let Some(live) = self.live.get_mut(&number) else {
            return Parked::Discarded(saved.ok());
        };
        let frames = match saved {
            Ok(frames) => frames,
            Err(error) => return Parked::Broken(format!("{}: {error}", live.describe())),
        };
        if live.seat.abort.asked.load(Ordering::SeqCst) {
            return Parked::Aborted(frames);
        }
        if let Some(flag) = on {
            let position = Arc::clone(&live.seat.position);
            return Parked::On(Stack::resume(flag, frames).with_position(position));
        }
        let (wake, woken) = oneshot::channel();
        live.parked = Some((frames, wake));
        Parked::Rests(woken)
    }

    /// A task is over; answers what it leaves.
    pub(crate) fn remove(&mut self, number: u64) -> Option<Live> {
        let live = self.live.remove(&number)?;
        self.over.insert(number, Arc::downgrade(&live.cell));
        if self.over.len() > self.prune_at.max(PRUNE_AT_LEAST) {
            self.over.retain(|_, cell| cell.strong_count() > 0);
            self.prune_at = 2 * self.over.len();
        }
        Some(live)
    }

    /// Ends a task. One that rests is over at once; answers what it leaves then.
    pub(crate) fn abort(&mut self, number: u64) -> Option<Live> {
        let live = self.live.get(&number)?;
        if live.parked.is_none() {
            live.seat.abort.ask();
            return None;
        }
        live.cell.fail(JoinError::cancelled(number));
        self.remove(number)
    }

    /// Lets those that rest go on; answers how many.
    pub(crate) fn wake(&mut self, flag: &'static CaptureFlag) -> usize {
        let mut woken = 0;
        for live in self.live.values_mut() {
            if let Some((frames, wake)) = live.parked.take() {
                let position = Arc::clone(&live.seat.position);
                // The receiver lives as long as the task.
                let _ = wake.send(Stack::resume(flag, frames).with_position(position));
                woken += 1;
            }
        }
        woken
    }

    /// The cell of a task that goes on, or whose outcome is waited for.
    pub(crate) fn cell(&self, number: u64) -> Option<Arc<dyn Cell>> {
        match self.live.get(&number) {
            Some(live) => Some(Arc::clone(&live.cell)),
            None => self.over.get(&number)?.upgrade(),
        }
    }

    /// Restored cells that no handle was restored for; the caller drops them.
    #[must_use = "to be dropped when the lock is free"]
    pub(crate) fn take_restored(&mut self) -> Vec<Arc<dyn Cell>> {
        std::mem::take(&mut self.restored)
    }

    /// The tasks as a checkpoint has them; all of those in progress rest.
    ///
    /// # Errors
    /// A value that refuses to be encoded, or a task that does not rest.
    pub(crate) fn rows(&self, capture: &mut Capture) -> Result<hicam_state::Tasks, EncodeError> {
        let mut rows = Vec::with_capacity(self.live.len());
        for live in self.live.values() {
            let Some(frames) = live.frames() else {
                return Err(EncodeError::other(format!(
                    "{} does not rest",
                    live.describe()
                )));
            };
            let frames = frames.encode(capture)?;
            rows.push(row(&*live.cell, TaskState::InProgress(frames)));
        }
        for cell in self.over.values().filter_map(Weak::upgrade) {
            if let Some(state) = cell.captured(capture)? {
                rows.push(row(&*cell, state));
            }
        }
        rows.sort_by_key(|row: &Task| row.number);
        Ok(hicam_state::Tasks {
            begun: self.begun,
            rows,
        })
    }

    /// Makes the captured tasks known, so that their handles can be restored.
    ///
    /// # Errors
    /// A function that this program does not have.
    pub(crate) fn fill(
        &mut self,
        tasks: hicam_state::Tasks,
        restore: &Restore,
        spawner: &Weak<dyn Spawner>,
    ) -> Result<Filled, String> {
        self.begun = self.begun.max(tasks.begun);
        let mut filled = Filled::default();
        for row in tasks.rows {
            let Some(entry) = TaskEntry::find(&row.function, row.fingerprint) else {
                return Err(format!(
                    "task {} ({}): this build has no such `#[hicam::migratable]` function",
                    row.number, row.function
                ));
            };
            let job = entry.begin(row.number, Weak::clone(spawner));
            self.restored.push(Arc::clone(&job.cell));
            match row.state {
                // It would start over instead of going on.
                TaskState::InProgress(frames) if frames.is_empty() => {
                    return Err(format!(
                        "task {} ({}) has no frames",
                        row.number, row.function
                    ));
                }
                TaskState::InProgress(frames) => filled.entered.push(Entered {
                    seat: self.add(Arc::clone(&job.cell)),
                    frames: SavedFrames::from_encoded(frames, restore.clone()),
                    job,
                }),
                state => {
                    self.over.insert(row.number, Arc::downgrade(&job.cell));
                    filled.over.push((job.cell, state));
                }
            }
        }
        Ok(filled)
    }
}

/// What a checkpoint's tasks become.
#[derive(Default)]
pub(crate) struct Filled {
    /// Those to go on.
    pub(crate) entered: Vec<Entered>,
    over: Vec<(Arc<dyn Cell>, TaskState)>,
}

impl Filled {
    /// Restores the outcomes of tasks that are over. Among them may be handles of others, so this must be done within
    /// the spawner, when its table is free.
    ///
    /// # Errors
    /// A value that is damaged, or of another type.
    pub(crate) fn outcomes(&mut self, restore: &Restore) -> Result<(), (String, DecodeError)> {
        for (cell, state) in self.over.drain(..) {
            let number = cell.number();
            match state {
                TaskState::InProgress(_) => {}
                TaskState::Returned(value) => cell
                    .restore(&value, restore)
                    .map_err(|error| (format!("the value of task {number}"), error))?,
                TaskState::Panicked(message) => {
                    cell.fail(JoinError::message_of(number, message));
                }
                TaskState::Cancelled => cell.fail(JoinError::cancelled(number)),
            }
        }
        Ok(())
    }
}

fn row(cell: &dyn Cell, state: TaskState) -> Task {
    let (function, fingerprint) = match cell.runs() {
        Runs::Function { name, fingerprint } => (name.to_owned(), fingerprint),
        // Never captured: it does not rest, and its value has no codec.
        Runs::Future(_) => (String::new(), 0),
    };
    Task {
        number: cell.number(),
        function,
        fingerprint,
        state,
    }
}
