//! Locals that cannot leave their thread: `Rc`, and what holds one.
//!
//! A function may need them at the head of a loop, where it does not wait; across an `.await` rustc refuses them. So they are
//! always in the innermost frame of a stack. A [`Stack`] itself lives across awaits, and must be able to change its thread.
//! But all that is done with one frame between leaving a function's body and entering it again is done in one go, without
//! an `.await`; so that long they rest in a `thread_local!`, under their stack's name.
//! If the function is not suspended after all, they are moved back. If it is, they are [frozen](hicam_state::Freeze) into a
//! form that all threads can have, and thawed when the function is entered again.
//!
//! What is in scope at heads of loops alone rests here at first whatever its type is, because types are known only after the
//! body.

use std::any::Any;
use std::cell::RefCell;
use std::sync::{Arc, Weak};

use hicam_state::{
    Capture, DecodeError, EncodeError, Freeze, Frozen, Restore, ThreadRestore, Value,
};

use super::codec::{Codec, Var};
use super::frame::{Held, Local, PointInfo, PointKind, RestoreError};
use super::on_thread::OnThread;
use super::stack::Stack;

thread_local! {
    static RESTING: RefCell<Vec<Rest>> = const { RefCell::new(Vec::new()) };
}

/// What rests in this thread for one stack.
struct Rest {
    owner: Weak<()>,
    locals: Vec<HereLocal>,
    /// What the frame's values are decoded from, while they are.
    restore: Option<ThreadRestore>,
}

/// A local of the frame that is left or entered.
struct HereLocal {
    id: u16,
    name: &'static str,
    value: Box<dyn HereValue>,
}

/// A value and, once its type is known, how it is frozen.
struct Lying<T> {
    value: T,
    codec: Option<OnThread<T>>,
}

trait HereValue {
    fn freeze(&self, freeze: &mut Freeze) -> Result<(), EncodeError>;
    fn thaw(&self) -> Option<Box<dyn Thaw>>;
    fn as_any_mut(&mut self) -> &mut dyn Any;
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

impl<T: 'static> HereValue for Lying<T> {
    fn freeze(&self, freeze: &mut Freeze) -> Result<(), EncodeError> {
        let Some(OnThread(codec)) = self.codec else {
            return Err(EncodeError::other("a local has no codec"));
        };
        freeze.value(codec.describe, |out| (codec.encode)(&self.value, out))
    }

    fn thaw(&self) -> Option<Box<dyn Thaw>> {
        Some(Box::new(self.codec?))
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// How a frozen value is made again.
trait Thaw: Send + Sync {
    fn thaw(
        &self,
        restore: &ThreadRestore,
        value: &Value,
    ) -> Result<Box<dyn HereValue>, DecodeError>;
}

impl<T: 'static> Thaw for OnThread<T> {
    fn thaw(
        &self,
        restore: &ThreadRestore,
        value: &Value,
    ) -> Result<Box<dyn HereValue>, DecodeError> {
        let codec = &self.0;
        let value = restore.value_with(value, codec.describe, codec.decode)?;
        Ok(Box::new(Lying {
            value,
            codec: Some(*self),
        }))
    }
}

/// The locals of a suspended frame that could not leave their thread, in a form that can.
pub(super) struct FrozenLocals {
    frozen: Frozen,
    /// In the order of the frozen values.
    locals: Vec<FrozenLocal>,
}

struct FrozenLocal {
    id: u16,
    name: &'static str,
    thaw: Box<dyn Thaw>,
}

impl FrozenLocals {
    /// Adds them to a capture.
    ///
    /// # Errors
    /// Something that they share with others cannot be captured just now.
    pub(super) fn encode(
        &self,
        capture: &mut Capture,
    ) -> Result<Vec<hicam_state::Local>, EncodeError> {
        let values = capture.add(&self.frozen)?;
        let locals = self.locals.iter().zip(values);
        let locals = locals.map(|(local, value)| hicam_state::Local {
            name: local.name.to_owned(),
            value,
        });
        Ok(locals.collect())
    }

    /// Whether this variable is among them.
    pub(super) fn has(&self, id: u16) -> bool {
        self.locals.iter().any(|local| local.id == id)
    }
}

/// A stack's name for what rests in its thread. It has none until something does.
#[derive(Default)]
pub(super) struct Here(Option<Arc<()>>);

impl Here {
    /// Does something with what rests here; `None` if nothing does, or the thread is about to end. `with` must not drop what
    /// is not the stack's own, because that may lead back here.
    fn with<R>(&self, with: impl FnOnce(&mut Rest) -> R) -> Option<R> {
        let owner = self.0.as_ref()?;
        let found = RESTING.try_with(|resting| {
            let mut resting = resting.borrow_mut();
            let mut resting = resting.iter_mut();
            let rest = resting.find(|rest| std::ptr::eq(rest.owner.as_ptr(), &**owner))?;
            Some(with(rest))
        });
        found.ok().flatten()
    }

    /// Makes room here.
    fn begin(&mut self) {
        if self.with(|_| ()).is_some() {
            return;
        }
        let owner = Arc::downgrade(self.0.get_or_insert_default());
        // The rest of stacks that are gone, after a panic: dropped when nothing is borrowed.
        let mut gone: Vec<Rest> = Vec::new();
        // In a thread that is about to end there is no room; then what is put here is missed when it is asked for.
        let _ = RESTING.try_with(|resting| {
            let mut resting = resting.borrow_mut();
            gone.extend(resting.extract_if(.., |rest| rest.owner.strong_count() == 0));
            resting.push(Rest {
                owner,
                locals: Vec::new(),
                restore: None,
            });
        });
        drop(gone);
    }

    fn put(&mut self, local: HereLocal) {
        self.begin();
        let mut local = Some(local);
        self.with(|rest| rest.locals.extend(local.take()));
    }

    fn take(&self, id: u16) -> Option<HereLocal> {
        self.with(|rest| {
            let at = rest.locals.iter().position(|local| local.id == id)?;
            Some(rest.locals.swap_remove(at))
        })
        .flatten()
    }

    fn is_empty(&self) -> bool {
        self.with(|rest| rest.locals.is_empty()).unwrap_or(true)
    }

    fn take_all(&mut self) -> Option<Rest> {
        let owner = self.0.take()?;
        let taken = RESTING.try_with(|resting| {
            let mut resting = resting.borrow_mut();
            let at = resting
                .iter()
                .position(|rest| std::ptr::eq(rest.owner.as_ptr(), &*owner))?;
            Some(resting.swap_remove(at))
        });
        taken.ok().flatten()
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        drop(self.take_all());
    }
}

/// Called by generated code only.
impl Stack {
    /// As [`Stack::save`], for a variable that is in scope only at heads of loops: it need not be able to leave its thread.
    #[cold]
    pub fn save_at_loop<T: 'static>(&mut self, var: &Var<T>, value: T) {
        self.here.put(HereLocal {
            id: var.id,
            name: var.name,
            value: Box::new(Lying { value, codec: None }),
        });
    }

    /// As [`Stack::save_slot`], for a variable that is in scope only at heads of loops.
    #[cold]
    pub fn save_slot_at_loop<T: 'static>(&mut self, var: &Var<T>, value: Option<T>) {
        if let Some(value) = value {
            self.save_at_loop(var, value);
        }
    }

    /// As [`Stack::restore`], for a variable that is in scope only at heads of loops.
    #[cold]
    pub fn restore_at_loop<T: 'static>(
        &mut self,
        var: &Var<T>,
        info: &'static super::FnInfo,
    ) -> Option<T> {
        let value = self.restore_slot_at_loop(var);
        if value.is_none() {
            self.missing(var.name, info);
        }
        value
    }

    /// As [`Stack::restore_slot`], for a variable that is in scope only at heads of loops.
    #[cold]
    pub fn restore_slot_at_loop<T: 'static>(&mut self, var: &Var<T>) -> Option<T> {
        let value = match self.entered.iter().position(|local| local.id == var.id) {
            Some(at) => self.entered.swap_remove(at).value.into_any(),
            None => self.here.take(var.id)?.value.into_any(),
        };
        match value.downcast::<Held<T>>() {
            Ok(held) => Some(held.value),
            Err(value) => value.downcast::<Lying<T>>().ok().map(|lying| lying.value),
        }
    }
}

/// Called by what generated code calls.
impl Stack {
    /// The value of a variable that rests here although its type can leave the thread, as is known now.
    pub(super) fn leaves_thread<T: Send + 'static>(&mut self, var: &Var<T>, codec: Codec<T>) {
        let Some(local) = self.here.take(var.id) else {
            return;
        };
        if let Ok(lying) = local.value.into_any().downcast::<Lying<T>>() {
            self.building.push(Local {
                id: var.id,
                name: var.name,
                value: Box::new(Held {
                    value: lying.value,
                    codec: Some(codec),
                }),
            });
        }
    }

    /// Lets a variable go that rests here.
    pub(super) fn forget_here(&mut self, id: u16) {
        drop(self.here.take(id));
    }

    /// After the body: how a variable that cannot leave its thread is frozen, or what it is in the frame that is decoded.
    pub(super) fn local_on_thread<T: 'static>(&mut self, var: &Var<T>, codec: OnThread<T>) {
        if self.error.is_some() {
            return;
        }
        if self.is_decoding() {
            match self.decode_here(var, codec) {
                Ok(Some(value)) => self.here.put(HereLocal {
                    id: var.id,
                    name: var.name,
                    value,
                }),
                Ok(None) => {}
                Err(error) => self.error = Some(error),
            }
            return;
        }
        self.here.with(|rest| {
            let mut locals = rest.locals.iter_mut();
            let local = locals.find(|local| local.id == var.id)?;
            local
                .value
                .as_any_mut()
                .downcast_mut::<Lying<T>>()?
                .codec
                .replace(codec)
        });
    }

    fn decode_here<T: 'static>(
        &mut self,
        var: &Var<T>,
        codec: OnThread<T>,
    ) -> Result<Option<Box<dyn HereValue>>, RestoreError> {
        let Some(frame) = self.innermost(var)? else {
            return Ok(None);
        };
        let Some(at) = frame.locals.iter().position(|local| local.name == var.name) else {
            return Ok(None);
        };
        let function = frame.function.clone();
        let value = frame.locals[at].value.clone();
        // Not borrowed while it is used: a user's code may come back here.
        let restore = self.here.with(|rest| rest.restore.take()).flatten();
        let restore = restore.unwrap_or_else(|| match &self.restore {
            Some(restore) => restore.on_thread(),
            None => Restore::default().on_thread(),
        });
        let decoded = codec.thaw(&restore, &value);
        self.keep_restore(restore);
        decoded.map(Some).map_err(|source| RestoreError::Local {
            function,
            local: var.name.to_owned(),
            source,
        })
    }

    /// What the other locals of the frame are decoded from, too.
    fn keep_restore(&mut self, restore: ThreadRestore) {
        let mut restore = Some(restore);
        self.here.begin();
        self.here
            .with(|rest| std::mem::swap(&mut rest.restore, &mut restore));
    }

    /// The frame that is left or decoded is complete.
    pub(super) fn decoded_here(&mut self) {
        drop(self.here.with(|rest| rest.restore.take()));
    }

    /// Whether anything rests here.
    pub(super) fn rests_here(&self) -> bool {
        !self.here.is_empty()
    }

    /// Whether a frame at this point can have what rests here.
    pub(super) fn fits_here(&self, point: Option<&PointInfo>) -> bool {
        let fits = |id: &u16| {
            point.is_some_and(|point| {
                point.kind == PointKind::Loop
                    && (point.needs.contains(id) || point.keeps.contains(id))
            })
        };
        let all = self
            .here
            .with(|rest| rest.locals.iter().all(|local| fits(&local.id)));
        all.unwrap_or(true)
    }

    /// Freezes what rests here.
    ///
    /// # Errors
    /// It cannot be captured just now, or something else holds a part of it; then it still rests here.
    pub(super) fn freeze_here(&mut self) -> Result<Option<FrozenLocals>, EncodeError> {
        if self.here.is_empty() {
            return Ok(None);
        }
        let Some(rest) = self.here.take_all() else {
            return Ok(None);
        };
        match freeze(&rest.locals) {
            Ok((frozen, graph)) => {
                drop(rest);
                graph.let_go();
                Ok(Some(frozen))
            }
            Err(error) => {
                rest.locals
                    .into_iter()
                    .for_each(|local| self.here.put(local));
                Err(error)
            }
        }
    }

    /// Makes the locals of a suspended frame again, in this thread.
    ///
    /// # Errors
    /// One of their types does not read what it has written.
    pub(super) fn thaw_here(
        &mut self,
        frozen: FrozenLocals,
        function: &str,
    ) -> Result<(), RestoreError> {
        let FrozenLocals { frozen, locals } = frozen;
        let (restore, values) = frozen.thaw();
        for (local, value) in locals.into_iter().zip(values) {
            let value =
                local
                    .thaw
                    .thaw(&restore, &value)
                    .map_err(|source| RestoreError::Local {
                        function: function.to_owned(),
                        local: local.name.to_owned(),
                        source,
                    })?;
            self.here.put(HereLocal {
                id: local.id,
                name: local.name,
                value,
            });
        }
        Ok(())
    }
}

fn freeze(locals: &[HereLocal]) -> Result<(FrozenLocals, hicam_state::FrozenGraph), EncodeError> {
    let mut freeze = Freeze::new();
    let mut frozen = Vec::with_capacity(locals.len());
    for local in locals {
        local
            .value
            .freeze(&mut freeze)
            .map_err(|error| error.within("local", local.name))?;
        let thaw = local.value.thaw();
        frozen.extend(thaw.map(|thaw| FrozenLocal {
            id: local.id,
            name: local.name,
            thaw,
        }));
    }
    let (values, graph) = freeze.finish()?;
    let frozen = FrozenLocals {
        frozen: values,
        locals: frozen,
    };
    Ok((frozen, graph))
}
