//! The functions that tasks can run, by name: how a task goes on in another process.
//!
//! `#[migratable]` registers each function that a task could run. Which ones do is known only where they are spawned, and
//! there only by type; but a task whose handle was dropped has no caller that could name its function after a restore.

use std::sync::{Arc, Weak};

use futures::future::BoxFuture;

use super::cell::{Host, Runs, TaskCell};
use super::run::{Body, Job, Spawner};
use crate::transform::call::{Flow, Migratable};
use crate::transform::codec::{Codec, Var};
use crate::transform::stack::Stack;

/// An annotated function that a task can run. Implemented by generated code, for each function that has no type
/// parameters and owns its parameters.
pub trait Spawnable: Migratable<Args: 'static, Output: 'static> + 'static {
    /// As frames name it.
    const NAME: &'static str;
    /// As frames of older builds named it.
    const ALIASES: &'static [&'static str];
    /// That of its frames.
    const FINGERPRINT: u64;
    /// Whether its value can be captured.
    const RETURNS_STATE: bool;
    /// The arguments of a call that is resumed.
    fn resumed() -> Self::Args;
    /// How its value is captured.
    fn codec() -> Option<Codec<Self::Output>>;
}

/// A registered function. All functions of one program are here, most of which no task ever runs: so there is little code
/// for each, and what there is depends on the type that it returns alone, as far as it can.
pub struct TaskEntry {
    name: &'static str,
    aliases: &'static [&'static str],
    fingerprint: u64,
    begin: fn(u64, Weak<dyn Spawner>) -> Job,
}

inventory::collect!(TaskEntry);

impl std::fmt::Debug for TaskEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("TaskEntry").field(&self.name).finish()
    }
}

impl TaskEntry {
    /// That of a function.
    pub const fn of<D: Spawnable>() -> Self {
        TaskEntry {
            name: D::NAME,
            aliases: D::ALIASES,
            fingerprint: D::FINGERPRINT,
            begin: |number, spawner| Callee::of::<D>().resume(number, spawner),
        }
    }

    /// The function of this name, or that had it in an older build. Functions inside of several others can have one name; then the source tells.
    pub(super) fn find(name: &str, fingerprint: u64) -> Option<&'static TaskEntry> {
        let named = || inventory::iter::<TaskEntry>().filter(|entry| entry.name == name);
        let same = named().find(|entry| entry.fingerprint == fingerprint);
        let before = || {
            let mut all = inventory::iter::<TaskEntry>();
            all.find(|entry| entry.aliases.contains(&name))
        };
        same.or_else(|| named().next()).or_else(before)
    }

    /// The name of the function that has taken the place of one that is called so.
    pub(crate) fn successor(name: &str) -> Option<&'static str> {
        let mut all = inventory::iter::<TaskEntry>();
        let found = all.find(|entry| entry.aliases.contains(&name))?;
        Some(found.name)
    }

    /// A task that is to be resumed, or is over.
    pub(super) fn begin(&self, number: u64, spawner: Weak<dyn Spawner>) -> Job {
        (self.begin)(number, spawner)
    }
}

type Running<'a, T> = BoxFuture<'a, Flow<T>>;

/// A function that returns a `T`, as a task has it.
pub(super) struct Callee<T> {
    runs: Runs,
    codec: fn() -> Option<Codec<T>>,
    resume: fn(&mut Stack) -> Running<'_, T>,
}

impl<T: Send + 'static> Callee<T> {
    pub(super) fn of<D: Spawnable<Output = T>>() -> Self {
        Callee {
            runs: Runs::Function {
                name: D::NAME,
                fingerprint: D::FINGERPRINT,
            },
            codec: D::codec,
            resume: |stack| Box::pin(D::run(D::resumed(), stack)),
        }
    }

    /// The cell of a task that runs it.
    pub(super) fn cell(&self, number: u64, host: Host) -> Arc<TaskCell<T>> {
        Arc::new(TaskCell::new(number, self.runs, (self.codec)(), host))
    }

    /// A task that runs it from its beginning, by `first`.
    pub(super) fn begin(self, cell: &Arc<TaskCell<T>>, first: First<T>) -> Job {
        self.job(Arc::clone(cell), Some(first))
    }

    fn resume(self, number: u64, spawner: Weak<dyn Spawner>) -> Job {
        let cell = self.cell(number, Host::Spawner(spawner));
        self.job(cell, None)
    }

    fn job(self, cell: Arc<TaskCell<T>>, first: Option<First<T>>) -> Job {
        let body = Box::new(CallBody {
            first,
            resume: self.resume,
            cell: Arc::clone(&cell),
            value: None,
        });
        Job { cell, body }
    }
}

/// Runs a function with its arguments.
pub(super) type First<T> = Box<dyn for<'a> FnOnce(&'a mut Stack) -> Running<'a, T> + Send>;

/// An annotated call as the body of a task.
struct CallBody<T> {
    /// None if it has been called.
    first: Option<First<T>>,
    resume: fn(&mut Stack) -> Running<'_, T>,
    cell: Arc<TaskCell<T>>,
    value: Option<T>,
}

impl<T: Send + 'static> Body for CallBody<T> {
    fn run<'a>(&'a mut self, stack: &'a mut Stack) -> BoxFuture<'a, Flow<()>> {
        let running = match self.first.take() {
            Some(first) => first(stack),
            None => (self.resume)(stack),
        };
        let value = &mut self.value;
        Box::pin(async move {
            match running.await {
                Flow::Done(returned) => {
                    *value = Some(returned);
                    Flow::Done(())
                }
                Flow::Suspended => Flow::Suspended,
            }
        })
    }

    fn end(self: Box<Self>) {
        if let Some(value) = self.value {
            self.cell.end(Ok(value));
        }
    }
}

/// Whether values of a type can be captured: a constant of what the autoref choice of a codec gives.
pub trait Choice {
    /// They can.
    const CAPTURED: bool;
}

/// A codec was found.
#[derive(Debug, Clone, Copy)]
pub struct Captured;

impl Choice for Captured {
    const CAPTURED: bool = true;
}

/// None was found.
#[derive(Debug, Clone, Copy)]
pub struct NotCaptured;

impl Choice for NotCaptured {
    const CAPTURED: bool = false;
}

/// What `choose`, which is never called, would choose.
pub const fn is_captured<T, C: Choice, F: Fn(Var<T>) -> C>(choose: &F) -> bool {
    let _ = choose;
    C::CAPTURED
}

/// Registers a function. In a macro of its own, so that expansions stay small.
///
/// With `state`, what the function returns is captured by its `State` alone: whether serde captures what is borrowed from
/// something static cannot be asked without an error.
#[doc(hidden)]
#[macro_export]
macro_rules! __hicam_task {
    (any $($task:tt)*) => {
        const _: () = {
            #[allow(unused_imports)]
            use $crate::__private::{
                CodecByInnerContainers as _, CodecByInnerMessages as _, CodecByInnerSerdes as _,
                CodecByMessage as _, CodecByMessages as _, CodecBySerde as _, CodecBySerdes as _,
                CodecBySharedContainers as _, CodecBySharedMessageContainers as _,
                CodecBySharedMessages as _, CodecBySharedSerdes as _, CodecByState as _,
                NoCodec as _, NotInFrame as _,
            };
            $crate::__private::task!(@item $($task)*);
        };
    };
    (state $($task:tt)*) => {
        const _: () = {
            #[allow(unused_imports)]
            use $crate::__private::{CodecByState as _, NoCodec as _, NotInFrame as _};
            $crate::__private::task!(@item $($task)*);
        };
    };
    (@item $function:ty, $output:ty, $name:expr, $aliases:expr, $fingerprint:expr, $resumed:expr) => {
        #[allow(
            private_interfaces,
            private_bounds,
            unused_qualifications,
            clippy::all,
            clippy::pedantic
        )]
        impl $crate::__private::Spawnable for $function {
            const NAME: &'static str = $name;
            const ALIASES: &'static [&'static str] = $aliases;
            const FINGERPRINT: u64 = $fingerprint;
            const RETURNS_STATE: bool = $crate::__private::is_captured(
                &|returned: $crate::__private::Var<$output>| {
                    (&&&&&&&&&&&&&&returned.probe()).choice()
                },
            );
            fn resumed() -> <Self as $crate::__private::Migratable>::Args {
                $resumed
            }
            fn codec() -> ::core::option::Option<$crate::__private::Codec<$output>> {
                let returned: $crate::__private::Var<$output> =
                    $crate::__private::Var::new(0, "value");
                (&&&&&&&&&&&&&&returned.probe()).if_captured()
            }
        }

        $crate::__private::inventory::submit! {
            $crate::__private::TaskEntry::of::<$function>()
        }
    };
}
