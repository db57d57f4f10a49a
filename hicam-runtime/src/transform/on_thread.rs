//! How locals are captured that cannot leave their thread: chosen after `hicam::State` of what can, before all else.

use hicam_state::State;

use super::codec::{Codec, InFrame, Probe, Var};
use super::frame::FnInfo;
use super::stack::Stack;
use super::task::NotCaptured;
use super::temporaries::{Borrower, Lasts, assert_temporary};

/// How values of one type are described, encoded and decoded that cannot leave their thread.
pub struct OnThread<T>(pub(super) Codec<T>);

impl<T> Clone for OnThread<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for OnThread<T> {}

impl<T> std::fmt::Debug for OnThread<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OnThread")
    }
}

/// What tells a [`Stack`] how a variable is captured.
pub trait LocalCodec<T> {
    /// Does so.
    fn local(self, stack: &mut Stack, var: &Var<T>);
}

impl<T: InFrame> LocalCodec<T> for Codec<T> {
    fn local(self, stack: &mut Stack, var: &Var<T>) {
        stack.local_in_frame(var, self);
    }
}

impl<T: 'static> LocalCodec<T> for OnThread<T> {
    fn local(self, stack: &mut Stack, var: &Var<T>) {
        stack.local_on_thread(var, self);
    }
}

/// The choice after [`CodecByState`](super::CodecByState): the type's own `State`, of what cannot leave its thread (`Rc`, and what holds one). rustc refuses it across an `.await`.
pub trait CodecOnThread<T>: Sized {
    /// The codec. Freezing the values of a frame drops them, which must not be seen.
    fn codec<const LINE: u32>(self) -> OnThread<T>;
    /// As for [`CodecByState`](super::CodecByState).
    fn drop_early(self);
    /// As for [`CodecByState`](super::CodecByState).
    fn temporary<const LINE: u32, F, L: Lasts>(self, _: Borrower<F>, _: L);
    /// As for [`CodecByState`](super::CodecByState).
    fn keep(self, value: T) -> Option<T> {
        Some(value)
    }
    /// A task's value never stays in its thread.
    fn if_captured(self) -> Option<Codec<T>> {
        None
    }
    /// Says so.
    fn choice(self) -> NotCaptured {
        NotCaptured
    }
    /// As for [`CodecByState`](super::CodecByState).
    fn lasting(self, stack: &mut Stack, var: &Var<T>, info: &'static FnInfo);
    /// As for [`CodecByState`](super::CodecByState).
    fn kept(self, stack: &mut Stack, var: &Var<T>);
}
impl<T: State> CodecOnThread<T> for &&&&&&&&&&&&&Probe<T> {
    fn codec<const LINE: u32>(self) -> OnThread<T> {
        const {
            assert!(
                !T::ON_DROP.runs_code() && !T::BEHIND_RC.runs_code(),
                "a value that cannot leave its thread (an `Rc`, or what holds one) is alive at a migration point, and \
                 something in it may run code when it is dropped (a `Drop`, a field with `#[hicam(skip)]`, or a serde type, \
                 which cannot be seen into): a capture would drop it early. End its life before the loop, or use `Arc`; \
                 if the drop of a type with `#[derive(hicam::State)]` only frees memory, write `#[hicam(plain)]` on it"
            );
        }
        OnThread(Codec {
            describe: T::describe,
            encode: T::encode,
            decode: T::decode,
        })
    }
    fn drop_early(self) {
        const {
            assert!(
                !T::ON_DROP.is_observed(),
                "a value whose drop can be observed (an `Rc`, or a type with a `Drop` in it) is in scope at a migration \
                 point although it is not mentioned again, and it may or may not have been moved by then: end its life \
                 before the point with `drop`, put it into a block of its own, or mention it after the point"
            );
        }
    }
    fn temporary<const LINE: u32, F, L: Lasts>(self, _: Borrower<F>, _: L) {
        assert_temporary!(F, L, T::ON_DROP.is_observed());
    }
    fn lasting(self, stack: &mut Stack, var: &Var<T>, info: &'static FnInfo) {
        if !T::ON_DROP.is_observed() {
            stack.forget_unneeded(var, info);
        }
    }
    fn kept(self, stack: &mut Stack, var: &Var<T>) {
        if T::ON_DROP.is_observed() {
            stack.local(var, self.codec::<0>());
        } else {
            stack.forget(var);
        }
    }
}
