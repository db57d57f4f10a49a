//! What a program runs in: its tasks go on beside it, and are captured with it. All run in the test's own task, one after
//! the other, so that each run is as like the others as the program lets it be.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Poll;

use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use hicam_state::{Capture, Checkpoint, EncodeError, Restore, Thread};

use crate::transform::task::{self, Cell, Entered, Job, Parked, Seat, Spawner, Tasks};
use crate::transform::{CaptureFlag, FnInfo, RestoreError, SavedFrames, Stack, TaskEntry};

/// One run of a program, until it is captured.
pub(super) struct Host {
    shared: Arc<Shared>,
    /// Its tasks. They refer to what is shared, so they are not among it.
    tasks: FuturesUnordered<BoxFuture<'static, ()>>,
}

/// What a program and its tasks share.
struct Shared {
    flag: &'static CaptureFlag,
    tables: Mutex<Tables>,
}

#[derive(Default)]
struct Tables {
    tasks: Tasks,
    running: usize,
    /// Tasks that have not been polled yet.
    begun: Vec<BoxFuture<'static, ()>>,
    broken: Option<String>,
}

impl Spawner for Shared {
    fn number(&self) -> u64 {
        self.tables().tasks.number()
    }

    fn start(self: Arc<Self>, job: Job) {
        let seat = self.tables().tasks.add(Arc::clone(&job.cell));
        let stack = Stack::new(self.flag);
        self.begin(job, seat, stack);
    }

    fn abort(&self, number: u64) {
        let left = self.tables().tasks.abort(number);
        drop(left);
    }

    fn cell(&self, number: u64) -> Option<Arc<dyn Cell>> {
        self.tables().tasks.cell(number)
    }

    // Nothing is suspended unless it is to be captured.
    fn park(&self, number: u64, saved: Result<SavedFrames, RestoreError>) -> Parked {
        let mut tables = self.tables();
        let parked = tables.tasks.park(number, saved, None);
        match &parked {
            Parked::Broken(what) => {
                tables.broken.get_or_insert_with(|| what.clone());
            }
            Parked::Rests(_) => tables.running -= 1,
            _ => {}
        }
        parked
    }

    fn over(&self, number: u64) {
        let mut tables = self.tables();
        let left = tables.tasks.remove(number);
        if left.is_some() {
            tables.running -= 1;
        }
        drop(tables);
        drop(left);
    }
}

impl Shared {
    // What panics under it are the assertions of a test's own types: the tables are whole.
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(self: Arc<Self>, job: Job, seat: Seat, stack: Stack) {
        let spawner: Arc<dyn Spawner> = Arc::clone(&self) as _;
        let thread = task::run(Arc::clone(&spawner), job, seat, stack);
        let mut tables = self.tables();
        tables.running += 1;
        tables.begun.push(Box::pin(task::within(spawner, thread)));
    }
}

impl Host {
    pub(super) fn new(flag: &'static CaptureFlag) -> Self {
        Host {
            shared: Arc::new(Shared {
                flag,
                tables: Mutex::default(),
            }),
            tasks: FuturesUnordered::new(),
        }
    }

    pub(super) fn flag(&self) -> &'static CaptureFlag {
        self.shared.flag
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.shared.tables()
    }

    /// Runs a program and its tasks until each has ended or rests.
    ///
    /// # Errors
    /// A task's frames do not fit this program.
    pub(super) async fn run<T>(&mut self, program: impl Future<Output = T>) -> Result<T, String> {
        let Host { shared, tasks } = self;
        let mut program = pin!(task::within(Arc::clone(shared) as _, program));
        let mut ended = None;
        poll_fn(|cx| {
            loop {
                if ended.is_none()
                    && let Poll::Ready(value) = program.as_mut().poll(cx)
                {
                    ended = Some(value);
                }
                tasks.extend(std::mem::take(&mut shared.tables().begun));
                while let Poll::Ready(Some(())) = tasks.poll_next_unpin(cx) {}
                if shared.tables().begun.is_empty() {
                    break;
                }
            }
            match (ended.is_some(), shared.tables().running) {
                (true, 0) => Poll::Ready(()),
                _ => Poll::Pending,
            }
        })
        .await;
        match (shared.tables().broken.take(), ended) {
            (None, Some(value)) => Ok(value),
            (Some(broken), _) => Err(broken),
            (None, None) => Err("the program did not end".to_owned()),
        }
    }

    /// Lets the tasks that rest go on in the next [`Host::run`].
    pub(super) fn wake(&self) {
        let mut tables = self.tables();
        let woken = tables.tasks.wake(self.flag());
        tables.running += woken;
        let restored = tables.tasks.take_restored();
        drop(tables);
        drop(restored);
    }

    /// What stood at a point where it was to be captured, and could not be.
    pub(super) fn refused(&self) -> Option<String> {
        let refused = self.flag().take_refused();
        (!refused.is_empty()).then(|| refused.join("; "))
    }

    /// Whether tasks rest.
    pub(super) fn has_tasks(&self) -> bool {
        self.tables().tasks.live().len() > 0
    }

    /// Where each task rests.
    pub(super) fn describe(&self) -> Vec<String> {
        let tables = self.tables();
        let frames = tables.tasks.live().filter_map(|task| task.frames());
        frames.flat_map(SavedFrames::describe).collect()
    }

    /// The function and point of each frame of the tasks.
    pub(super) fn positions(&self) -> Vec<(&'static FnInfo, u32)> {
        let tables = self.tables();
        let frames = tables.tasks.live().filter_map(|task| task.frames());
        frames.flat_map(SavedFrames::positions).collect()
    }

    /// The program and its tasks as a restore in another process gets them: through a whole encoded checkpoint. `upgraded` if
    /// that is of a newer build.
    pub(super) fn travel(
        self,
        program: Option<SavedFrames>,
        upgraded: bool,
    ) -> Result<(Self, Option<SavedFrames>), Box<dyn std::error::Error>> {
        let flag = self.flag();
        let bytes = self.save(program)?;
        Self::open(flag, &bytes, upgraded)
    }

    /// The program and its tasks as a whole encoded checkpoint; they are gone then.
    pub(super) fn save(
        self,
        program: Option<SavedFrames>,
    ) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        Ok(self.checkpoint(program.as_ref())?.encode()?)
    }

    /// What [`Host::save`] has written, as something that can go on, `upgraded` to the functions that have taken the place
    /// of older ones; no frames if the program itself had ended.
    pub(super) fn open(
        flag: &'static CaptureFlag,
        bytes: &[u8],
        upgraded: bool,
    ) -> Result<(Self, Option<SavedFrames>), Box<dyn std::error::Error>> {
        let mut checkpoint = Checkpoint::decode(bytes)?;
        if upgraded {
            // Of the two builds that are both here, the older one's functions are to be gone.
            for task in &mut checkpoint.tasks.rows {
                if let Some(successor) = TaskEntry::successor(&task.function) {
                    task.function = successor.to_owned();
                }
            }
        }
        let types = Arc::new(std::mem::take(&mut checkpoint.types));
        let restore = Restore::new(types, std::mem::take(&mut checkpoint.objects));
        let host = Host::new(flag);
        host.fill(checkpoint.tasks, &restore)?;
        let mut threads = checkpoint.threads.into_iter();
        let program = threads
            .next()
            .map(|thread| SavedFrames::from_encoded(thread.frames, restore));
        Ok((host, program))
    }

    fn fill(
        &self,
        tasks: hicam_state::Tasks,
        restore: &Restore,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let spawner: Arc<dyn Spawner> = Arc::clone(&self.shared) as _;
        let weak: Weak<dyn Spawner> = Arc::downgrade(&spawner);
        let mut filled = self.tables().tasks.fill(tasks, restore, &weak)?;
        task::sync_within(spawner, || filled.outcomes(restore))
            .map_err(|(what, error)| format!("{what}: {error}"))?;
        for Entered { job, seat, frames } in filled.entered {
            let stack = Stack::resume(self.flag(), frames);
            Arc::clone(&self.shared).begin(job, seat, stack);
        }
        Ok(())
    }

    fn checkpoint(&self, program: Option<&SavedFrames>) -> Result<Checkpoint, EncodeError> {
        let mut capture = Capture::new();
        let mut threads = Vec::new();
        if let Some(program) = program {
            threads.push(Thread {
                client: String::new(),
                request: 0,
                method: String::new(),
                frames: program.encode(&mut capture)?,
            });
        }
        let tasks = self.tables().tasks.rows(&mut capture)?;
        let globals = capture.value(&())?;
        let (types, objects) = capture.finish()?;
        Ok(Checkpoint {
            class: "test".to_owned(),
            uuid: String::new(),
            epoch: 0,
            sequence: 0,
            taken_unix_ms: 0,
            host: String::new(),
            arch: String::new(),
            schema_fingerprint: String::new(),
            types,
            globals,
            threads,
            replies: Vec::new(),
            clients: Vec::new(),
            clients_forgotten_after_ms: 0,
            tasks,
            objects,
        })
    }
}
