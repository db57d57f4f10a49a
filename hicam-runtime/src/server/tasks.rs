//! The tasks of a server: `hicam::spawn` in a handler or task gives them to the gate, whose threads they are.

use super::{
    error::{Result, ServerError},
    gate::Gate,
};
use crate::transform::{
    RestoreError, SavedFrames, Stack,
    task::{self, Cell, Entered, Job, Parked, Seat, Spawner},
};
use hicam_state::{Restore, Tasks};
use std::sync::{Arc, Weak};

impl Spawner for Gate {
    fn number(&self) -> u64 {
        self.tables().tasks.number()
    }

    // Whoever calls this is a thread that runs, so no capture can be between this and the return of `spawn`.
    fn start(self: Arc<Self>, job: Job) {
        let seat = {
            let mut tables = self.tables();
            tables.running += 1;
            tables.tasks.add(Arc::clone(&job.cell))
        };
        let stack = Stack::new(self.flag()).with_position(Arc::clone(&seat.position));
        self.run_task(job, seat, stack);
    }

    fn abort(&self, number: u64) {
        let left = self.tables().tasks.abort(number);
        drop(left);
    }

    fn cell(&self, number: u64) -> Option<Arc<dyn Cell>> {
        self.tables().tasks.cell(number)
    }

    fn park(&self, number: u64, saved: std::result::Result<SavedFrames, RestoreError>) -> Parked {
        let mut tables = self.tables();
        let on = !tables.capturing && !tables.is_fenced();
        let parked = tables.tasks.park(number, saved, on.then(|| self.flag()));
        match &parked {
            Parked::Broken(what) => tables.broken.push(what.clone()),
            Parked::Rests(_) => self.rests(&mut tables),
            _ => {}
        }
        parked
    }

    fn over(&self, number: u64) {
        let mut tables = self.tables();
        let left = tables.tasks.remove(number);
        // One that is not there belongs to a state that was discarded.
        if left.is_some() {
            self.rests(&mut tables);
        }
        drop(tables);
        drop(left);
    }
}

impl Gate {
    fn run_task(self: Arc<Self>, job: Job, seat: Seat, stack: Stack) {
        let spawner: Arc<dyn Spawner> = self;
        let thread = task::run(Arc::clone(&spawner), job, seat, stack);
        tokio::spawn(task::within(spawner, thread));
    }

    /// Makes the tasks of a checkpoint known, and restores the outcomes of those that are over. Answers those that are to
    /// be entered.
    ///
    /// # Errors
    /// [`ServerError::Threads`], [`ServerError::Decode`].
    pub(super) fn fill_tasks(
        self: &Arc<Self>,
        tasks: Tasks,
        restore: &Restore,
    ) -> Result<Vec<Entered>> {
        let spawner: Arc<dyn Spawner> = Arc::clone(self) as _;
        let weak: Weak<dyn Spawner> = Arc::downgrade(&spawner);
        let mut filled = {
            let mut tables = self.tables();
            let filled = tables.tasks.fill(tasks, restore, &weak);
            let filled = filled.map_err(|what| ServerError::Threads {
                threads: vec![what],
            })?;
            tables.running += filled.entered.len();
            filled
        };
        task::sync_within(spawner, || filled.outcomes(restore)).map_err(|(what, error)| {
            ServerError::Threads {
                threads: vec![format!("{what}: {error}")],
            }
        })?;
        Ok(filled.entered)
    }

    /// Enters a captured task.
    pub(super) fn enter_task(self: &Arc<Self>, task: Entered) {
        let Entered { job, seat, frames } = task;
        let stack = Stack::resume(self.flag(), frames).with_position(Arc::clone(&seat.position));
        Arc::clone(self).run_task(job, seat, stack);
    }
}
