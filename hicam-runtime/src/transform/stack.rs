//! The frames of one thread: those still to be re-entered, and those saved while it unwinds.

use std::sync::{Arc, Mutex, PoisonError};

use hicam_state::Restore;

use super::capture::CaptureFlag;
use super::codec::{InFrame, Var};
use super::drops::{Kept, KeptAtLoop};
use super::frame::{
    FnInfo, Held, Local, PointInfo, PointKind, RestoreError, SavedBranch, SavedFrame, SavedFrames,
    place,
};
use super::here::Here;
use super::on_thread::LocalCodec;
use super::upgrade::Given;

/// Where a thread last stood: the function and point of its latest `.await`. Shared with the thread monitor.
#[derive(Debug, Default)]
pub struct Position(Mutex<Option<(&'static FnInfo, u32)>>);

impl Position {
    fn set(&self, info: &'static FnInfo, point: u32) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((info, point));
    }

    /// `function (file:line)`, or `None` before the first `.await`.
    pub fn describe(&self) -> Option<String> {
        let at = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        at.map(|(info, point)| place(info.name, info.file, info.line(point)))
    }
}

/// What a function does after it has left its body.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Its frame has been decoded, or was not to be suspended after all: enter again.
    Again,
    /// Its frame has been saved, or could not be restored: answer [`super::Flow::Suspended`].
    Suspended,
}

/// The frames of one thread.
pub struct Stack {
    pub(super) capture: &'static CaptureFlag,
    position: Arc<Position>,
    /// Frames still to be re-entered, outermost last.
    pub(super) resume: Vec<SavedFrame>,
    /// What frames are decoded from, until all are.
    pub(super) restore: Option<Restore>,
    /// Locals of the frame that is being re-entered, or that is being decoded.
    pub(super) entered: Vec<Local>,
    /// What a mapping gives that frame.
    pub(super) given: Vec<(&'static str, Given)>,
    /// Its branches, until they are re-entered.
    pub(super) entered_branches: Vec<SavedBranch>,
    /// The frame under construction while a function unwinds.
    point: u32,
    pub(super) building: Vec<Local>,
    /// What cannot leave this thread, of the frame that is built, decoded or entered.
    pub(super) here: Here,
    pub(super) building_branches: Vec<SavedBranch>,
    /// The body was left at a point of its own, not in a call.
    arrived: bool,
    /// The frame that is entered next is to be passed.
    passed: bool,
    /// The innermost frame was saved again as it was.
    held: bool,
    /// Finished frames, innermost first.
    pub(super) saved: Vec<SavedFrame>,
    pub(super) error: Option<RestoreError>,
}

impl std::fmt::Debug for Stack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stack")
            .field("resume", &self.resume.len())
            .field("saved", &self.saved.len())
            .finish_non_exhaustive()
    }
}

impl Stack {
    /// The stack of a first call.
    pub fn new(capture: &'static CaptureFlag) -> Self {
        Stack {
            capture,
            position: Arc::default(),
            resume: Vec::new(),
            restore: None,
            entered: Vec::new(),
            given: Vec::new(),
            entered_branches: Vec::new(),
            point: 0,
            building: Vec::new(),
            here: Here::default(),
            building_branches: Vec::new(),
            arrived: false,
            passed: false,
            held: false,
            saved: Vec::new(),
            error: None,
        }
    }

    /// A stack that re-enters `frames`.
    pub fn resume(capture: &'static CaptureFlag, frames: SavedFrames) -> Self {
        Stack {
            resume: frames.frames,
            restore: frames.restore,
            ..Stack::new(capture)
        }
    }

    /// Where this thread stands, shared with the thread monitor.
    pub fn position(&self) -> Arc<Position> {
        Arc::clone(&self.position)
    }

    /// Reports this thread's position through `position`, so that it survives suspension and resumption.
    #[must_use]
    pub fn with_position(mut self, position: Arc<Position>) -> Self {
        self.position = position;
        self
    }

    /// Whether there are frames still to be re-entered.
    pub fn is_resuming(&self) -> bool {
        !self.resume.is_empty()
    }

    /// The frames, after [`super::Flow::Suspended`].
    ///
    /// # Errors
    /// The frames that were to be re-entered do not fit this program. Nothing of the user's code has run.
    pub fn take_saved(&mut self) -> Result<SavedFrames, RestoreError> {
        self.restore = None;
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        if let Some(frame) = self.resume.last() {
            return Err(RestoreError::Unused {
                function: frame.function().to_owned(),
            });
        }
        Ok(SavedFrames {
            frames: std::mem::take(&mut self.saved),
            restore: None,
        })
    }
}

/// Called by generated code only.
impl Stack {
    /// Whether this frame must be decoded before it can be entered: its locals' types are known only at the end
    /// of the function's body, so the body is left at once.
    #[inline]
    pub fn must_decode(&mut self, info: &'static FnInfo) -> bool {
        match self.resume.last() {
            None | Some(SavedFrame::Values { .. }) => false,
            Some(SavedFrame::Encoded(_)) => {
                if self.error.is_none()
                    && let Err(error) = self.fit(info)
                {
                    self.error = Some(error);
                }
                true
            }
        }
    }

    /// The point at which this function is to be re-entered; 0 for a first call; `None` if the frame is another's.
    #[inline]
    pub fn enter(&mut self, info: &'static FnInfo) -> Option<u32> {
        if self.resume.is_empty() {
            Some(0)
        } else {
            self.re_enter(info)
        }
    }

    #[cold]
    fn re_enter(&mut self, info: &'static FnInfo) -> Option<u32> {
        if self.error.is_some() {
            return None;
        }
        match self.resume.pop() {
            Some(frame @ SavedFrame::Values { info: found, .. }) if !same(found, info) => {
                self.foreign(&frame, info);
                None
            }
            // A capture is wanted: the thread is suspended again where it stood. So restored frames are verified
            // without running the code that follows.
            Some(mut frame)
                if self.resume.is_empty()
                    && !frame.has_branches()
                    && self.wanted_again(info, &frame) =>
            {
                if let SavedFrame::Values { frozen, .. } = &mut frame
                    && frozen.is_none()
                {
                    // It has just been decoded.
                    match self.freeze_here() {
                        Ok(here) => *frozen = here,
                        Err(source) => {
                            let function = info.name.to_owned();
                            self.error = Some(RestoreError::Freeze { function, source });
                            return None;
                        }
                    }
                }
                self.saved.push(frame);
                self.held = true;
                None
            }
            Some(SavedFrame::Values {
                point,
                locals,
                branches,
                frozen,
                ..
            }) => {
                if let Some(frozen) = frozen
                    && let Err(error) = self.thaw_here(frozen, info.name)
                {
                    self.error = Some(error);
                    return None;
                }
                self.entered = locals;
                self.entered_branches = branches;
                Some(point)
            }
            Some(other) => {
                self.foreign(&other, info);
                None
            }
            None => Some(0),
        }
    }

    /// The flag that points look at: taken before a loop, so that a pass of the loop only has to load it.
    #[inline(always)]
    pub fn flag(&self) -> &'static CaptureFlag {
        self.capture
    }

    fn foreign(&mut self, frame: &SavedFrame, info: &'static FnInfo) {
        self.error = Some(RestoreError::Function {
            found: frame.function().to_owned(),
            expected: info.name.to_owned(),
        });
    }

    /// Whether the innermost frame is not to be left behind, unless that has just been decided.
    fn wanted_again(&mut self, info: &'static FnInfo, frame: &SavedFrame) -> bool {
        let point = match frame {
            SavedFrame::Values { point, .. } => *point,
            SavedFrame::Encoded(frame) => frame.point,
        };
        !std::mem::take(&mut self.passed)
            && self.capture.is_set()
            && self.capture.suspend_here(info, point)
    }

    /// Whether a capture may be wanted at this point: one relaxed load.
    #[inline(always)]
    pub fn flagged(&self) -> bool {
        self.capture.is_set()
    }

    /// A capture may be wanted, and the function leaves its body at `point`. [`Stack::close`] decides whether it is
    /// suspended there or entered again.
    #[inline(always)]
    pub fn arrive(&mut self, point: u32) {
        self.point = point;
        self.arrived = true;
    }

    /// A callee has been suspended: this frame will be re-entered at `point`.
    #[cold]
    pub fn suspended_in_call(&mut self, point: u32) {
        self.point = point;
    }

    /// Notes where this thread stands.
    #[inline]
    pub fn at(&self, info: &'static FnInfo, point: u32) {
        self.position.set(info, point);
    }

    /// Saves several locals. One call for all of them, so that none must outlive a call: what lives in a register
    /// while a loop runs need not be kept in memory for the sake of the loop's exit.
    #[cold]
    #[inline(never)]
    pub fn save_all(&mut self, save: impl FnOnce(&mut Self)) {
        save(self);
    }

    /// Moves a local into the frame under construction.
    #[cold]
    pub fn save<T: InFrame>(&mut self, var: &Var<T>, value: T) {
        self.building.push(Local {
            id: var.id,
            name: var.name,
            value: Box::new(Held { value, codec: None }),
        });
    }

    /// As [`Stack::save`], for a variable that may be empty at this point.
    #[cold]
    pub fn save_slot<T: InFrame>(&mut self, var: &Var<T>, value: Option<T>) {
        if let Some(value) = value {
            self.save(var, value);
        }
    }

    /// Restores several locals.
    #[cold]
    #[inline(never)]
    pub fn restore_all<T>(&mut self, restore: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        restore(self)
    }

    /// Moves a local back out of the frame that is being entered; `None`, with the error noted, if it is not there.
    #[cold]
    pub fn restore<T: InFrame>(&mut self, var: &Var<T>, info: &'static FnInfo) -> Option<T> {
        let value = self.restore_slot(var);
        if value.is_none() && self.error.is_none() {
            self.error = Some(RestoreError::Missing {
                function: info.name.to_owned(),
                local: var.name.to_owned(),
            });
        }
        value
    }

    /// As [`Stack::restore`], for a variable that may be empty at this point.
    #[cold]
    pub fn restore_slot<T: InFrame>(&mut self, var: &Var<T>) -> Option<T> {
        let at = self.entered.iter().position(|local| local.id == var.id)?;
        let held = self
            .entered
            .swap_remove(at)
            .value
            .into_any()
            .downcast::<Held<T>>()
            .ok()?;
        Some(held.value)
    }

    /// As [`Stack::save`], for a variable that is not mentioned again.
    #[cold]
    pub fn save_kept<T, K: Kept<T>>(&mut self, var: &Var<T>, value: K) {
        value.save(self, var);
    }

    /// As [`Stack::restore`], for a variable that is not mentioned again.
    #[cold]
    pub fn restore_kept<T, K: Kept<T>>(&mut self, var: &Var<T>) -> K {
        K::restore(self, var)
    }

    /// As [`Stack::save_kept`], for a variable that is in scope only at heads of loops.
    #[cold]
    pub fn save_kept_at_loop<T, K: KeptAtLoop<T>>(&mut self, var: &Var<T>, value: K) {
        value.save(self, var);
    }

    /// As [`Stack::restore_kept`], for a variable that is in scope only at heads of loops.
    #[cold]
    pub fn restore_kept_at_loop<T, K: KeptAtLoop<T>>(&mut self, var: &Var<T>) -> K {
        K::restore(self, var)
    }

    /// As [`Stack::restore_kept`], for a variable that may be empty at this point.
    #[cold]
    pub fn restore_idle<T, K: Kept<T>>(
        &mut self,
        var: &Var<T>,
        _: impl FnOnce(T) -> K,
    ) -> Option<T> {
        K::restore(self, var).value()
    }

    /// As [`Stack::restore_idle`], for a variable that is in scope only at heads of loops.
    #[cold]
    pub fn restore_idle_at_loop<T, K: KeptAtLoop<T>>(
        &mut self,
        var: &Var<T>,
        _: impl FnOnce(T) -> K,
    ) -> Option<T> {
        K::restore(self, var).value()
    }

    /// After the body: a variable is not captured after all, because nobody sees when it is dropped.
    pub fn forget<T>(&mut self, var: &Var<T>) {
        self.building.retain(|local| local.id != var.id);
        self.forget_here(var.id);
    }

    /// As [`Stack::forget`], where the point of the frame that is built does not need the variable. What a call needs of it
    /// that goes on, only the types of that call say.
    pub fn forget_unneeded<T>(&mut self, var: &Var<T>, info: &'static FnInfo) {
        let needed = |point: &PointInfo| {
            matches!(point.kind, PointKind::InCall | PointKind::InBranches)
                || point.needs.contains(&var.id)
        };
        if !info.point(self.point).is_some_and(needed) {
            self.forget(var);
        }
    }

    /// A variable has no value although the analysis says it must: the frame does not fit this program.
    #[cold]
    pub fn missing(&mut self, name: &'static str, info: &'static FnInfo) {
        self.error.get_or_insert(RestoreError::Missing {
            function: info.name.to_owned(),
            local: name.to_owned(),
        });
    }

    /// After the body: how a variable's values are encoded and decoded.
    pub fn local<T, C: LocalCodec<T>>(&mut self, var: &Var<T>, codec: C) {
        codec.local(self, var);
    }

    /// After all variables: completes the frame that was saved, or the one that was decoded.
    pub fn close(&mut self, info: &'static FnInfo) -> Next {
        if self.error.is_some() || std::mem::take(&mut self.held) {
            return Next::Suspended;
        }
        if let Some(SavedFrame::Encoded(frame)) = self.resume.last_mut() {
            let point = frame.point;
            let locals = std::mem::take(&mut self.entered);
            let branches: Vec<SavedBranch> = std::mem::take(&mut frame.branches)
                .into_iter()
                .map(|branch| {
                    let frames = branch.frames.into_iter().rev();
                    (branch.number, frames.map(SavedFrame::Encoded).collect())
                })
                .collect();
            self.resume.pop();
            self.decoded_here();
            if !self.fits_here(info.point(point)) {
                self.error = Some(RestoreError::OnThread {
                    function: info.name.to_owned(),
                });
                return Next::Suspended;
            }
            if self.resume.is_empty() && branches.is_empty() {
                // The innermost frame: the restore must not keep alive what the frames do not.
                self.restore = None;
            }
            self.resume.push(SavedFrame::Values {
                info,
                point,
                branches,
                locals: Local::in_order(locals, info.point(point)),
                frozen: None,
            });
            return Next::Again;
        }
        let arrived = std::mem::take(&mut self.arrived);
        let suspends = !arrived || self.suspends(info);
        let frozen = match arrived && suspends {
            true => self.freeze_here(),
            false => Ok(None),
        };
        let refused = frozen.as_ref().err();
        if let Some(error) = refused {
            self.capture.refuse(info, self.point, error);
        }
        let goes_on = !suspends || refused.is_some();
        let frame = SavedFrame::Values {
            info,
            point: self.point,
            branches: std::mem::take(&mut self.building_branches),
            locals: Local::in_order(std::mem::take(&mut self.building), info.point(self.point)),
            frozen: frozen.unwrap_or_default(),
        };
        if goes_on {
            // The points are only being counted, the capture is over, or it cannot be here: on from where it stood.
            self.resume.push(frame);
            self.passed = true;
            return Next::Again;
        }
        self.saved.push(frame);
        Next::Suspended
    }

    /// Drops what rests in the frames, as a future that is dropped drops what it holds.
    pub(super) fn let_go(&mut self) {
        let frames = std::mem::take(&mut self.resume).into_iter();
        for mut frame in frames.chain(std::mem::take(&mut self.saved)) {
            // What cannot leave its thread has to be made again for that. What cannot be made has no end to be seen.
            if let SavedFrame::Values { info, frozen, .. } = &mut frame
                && let Some(frozen) = frozen.take()
                && self.thaw_here(frozen, info.name).is_ok()
            {
                self.here = Here::default();
            }
        }
    }

    /// Whether the function is suspended at the point where it is. What could not be frozen once is not tried again in the
    /// same capture, which is given up for it.
    fn suspends(&self, info: &'static FnInfo) -> bool {
        let suspends = self.capture.suspend_here(info, self.point);
        suspends && !(self.rests_here() && self.capture.is_refused())
    }
}

fn same(a: &FnInfo, b: &FnInfo) -> bool {
    a.name == b.name && a.fingerprint == b.fingerprint
}
