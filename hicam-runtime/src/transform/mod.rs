//! What transformed code stands on: frames, the call protocol between annotated functions, and how locals are
//! saved and restored. It knows nothing of servers or networks.
//!
//! A call is made lazily ([`Call`]) and driven with the [`Stack`] of its thread. At a migration point a function
//! looks at the [`CaptureFlag`]; when a capture is asked for it saves its live locals as a frame and answers
//! [`Flow::Suspended`], and so does each caller in turn. A suspended thread is a [`SavedFrames`]; running the
//! outermost function again on a stack made from it re-enters every frame and goes on.

mod branches;
mod call;
mod capture;
mod codec;
mod decoding;
mod drive;
mod drops;
mod first;
mod frame;
mod given;
mod here;
pub mod iterate;
mod on_thread;
mod question;
mod receivers;
mod reissue;
mod stack;
pub(crate) mod task;
mod temporaries;
mod ticks;
mod timers;
pub mod upgrade;

pub use branches::{
    Beside, Branches, Can, CanSuspend, Cannot, CannotSuspend, Chosen, Ended, Keep, MOST_BRANCHES,
    Or, Order, Otherwise, Own, Turns, beside, is_timeout,
};
pub use call::{Arg, Call, Flow, Migratable, Point, Resumed, empty, never, plain, point};
pub use capture::CaptureFlag;
pub use codec::{
    Capturable, CapturableInterval, CapturableTask, Codec, CodecByInnerContainers,
    CodecByInnerMessages, CodecByInnerSerdes, CodecByMessage, CodecByMessages, CodecBySerde,
    CodecBySerdes, CodecBySharedContainers, CodecBySharedMessageContainers, CodecBySharedMessages,
    CodecBySharedSerdes, CodecByState, InFrame, IntervalRefused, MovedAsCopy, NoCodec, NotInFrame,
    Probe, TaskRefused, Var,
};
pub use drive::{Annotated, DriveAnnotated, DriveForeign, ForeignResumer, Site, Tag};
pub use drops::{
    DropQuietly, DropsFields, DropsItself, Kept, KeptAtLoop, Quiet, QuietItself, SaysItself, Strip,
    StripNothing, called,
};
pub use first::{
    BorrowedBefore, BorrowedFirst, CopiedFirst, Earlier, First, Number, NumberBefore,
    ReferenceFirst, SurelyBorrowed, number, number_place,
};
pub use frame::{FnInfo, PointInfo, PointKind, RestoreError, SavedFrames};
pub use given::{
    CopyReference, Given, Item, ReferenceAgain, Resting, TakeValue, Undecided, ValueAgain,
};
pub use on_thread::{CodecOnThread, LocalCodec, OnThread};
pub use question::{FromResidual, Question};
pub use receivers::{
    Arguments, Borrowed, Having, Link, Owned, flow_of, keep_receiver, kept_again, receiver,
    receiver_again,
};
pub use reissue::{Reissue, reissue};
pub use stack::{Next, Position, Stack};
pub use task::{
    Captured, Choice, JoinError, JoinHandle, NotCaptured, Spawn, Spawnable, TaskEntry, TaskId,
    is_captured, spawn,
};
pub use temporaries::{
    Borrower, BothWays, CopiedFrom, EndsAsError, GivesBack, Guards, HasNoOwnDrop, HasOwnDrop,
    Lasts, Lent, MadeHere, MovedApart, NoGuard, OneWay, Outlives, SaysNothingOfParts, SaysOfParts,
    TakenFromEntry, TakenFromIterator, TakenFromOption, TakenFromOther, TakenFromResult, any,
    diverge, like,
};
pub use timers::{Limit, now};
