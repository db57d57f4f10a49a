//! Timers that can be captured, where tokio's own cannot be read.
//!
//! `tokio::time::sleep` and `timeout` need nothing of this: in an annotated function they keep their remaining time as they
//! are. tokio's `Interval` does not tell when its next tick is due. In an annotated function
//! `let timer = tokio::time::interval(period);` gives an [`Interval`] of this module; elsewhere (in a struct, as a function's
//! result) write `hicam::time::interval`.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hicam_state::{
    DecodeError, Decoder, EncodeError, Encoder, Field, OnDrop, State, Type, TypeId, TypeTable,
    Variant,
};
pub use tokio::time::{Instant, MissedTickBehavior};
use tokio::time::{Sleep, sleep_until};

/// A tick that is later than this counts as missed, as in tokio.
const TOLERANCE: Duration = Duration::from_millis(5);

const BEHAVIORS: [(&str, MissedTickBehavior); 3] = [
    ("Burst", MissedTickBehavior::Burst),
    ("Delay", MissedTickBehavior::Delay),
    ("Skip", MissedTickBehavior::Skip),
];

/// Ticks at once, and then once in each period. As `tokio::time::interval`, and captured with the time that remains.
///
/// ```
/// # mod hicam { pub use ::hicam::*; }
/// # use std::time::Duration;
/// #[hicam::migratable]
/// async fn three_ticks() -> u32 {
///     let mut timer = hicam::time::interval(Duration::from_millis(1));
///     let mut ticks = 0;
///     while ticks < 3 {
///         timer.tick().await;
///         ticks += 1;
///     }
///     ticks
/// }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// assert_eq!(three_ticks().await, 3);
/// # });
/// ```
///
/// # Panics
/// If `period` is zero.
#[must_use]
pub fn interval(period: Duration) -> Interval {
    interval_at(Instant::now(), period)
}

/// Ticks at `start`, and then once in each period. As `tokio::time::interval_at`.
///
/// # Panics
/// If `period` is zero.
#[must_use]
pub fn interval_at(start: Instant, period: Duration) -> Interval {
    assert!(!period.is_zero(), "`period` must be non-zero.");
    Interval {
        next: start,
        period,
        missed: MissedTickBehavior::default(),
        sleep: None,
    }
}

/// See [`interval`].
#[derive(Debug)]
pub struct Interval {
    /// When the next tick is due.
    next: Instant,
    period: Duration,
    missed: MissedTickBehavior,
    /// Until then, once somebody waits for it.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Interval {
    /// Waits for the next tick; answers when it was due. Cancel-safe.
    pub fn tick(&mut self) -> Tick<'_> {
        Tick(self)
    }

    /// As [`Interval::tick`], to be polled.
    pub fn poll_tick(&mut self, cx: &mut Context<'_>) -> Poll<Instant> {
        let due = self.next;
        // tokio's own timers may need another turn of the runtime for one that is due.
        if due > Instant::now() {
            let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(due)));
            ready!(sleep.as_mut().poll(cx));
        }
        self.reset_at(self.after(due, Instant::now()));
        Poll::Ready(due)
    }

    fn after(&self, due: Instant, now: Instant) -> Instant {
        let late = now.saturating_duration_since(due);
        let next = match self.missed {
            _ if late <= TOLERANCE => due.checked_add(self.period),
            MissedTickBehavior::Burst => due.checked_add(self.period),
            MissedTickBehavior::Delay => now.checked_add(self.period),
            MissedTickBehavior::Skip => {
                // Less than a period, so it fits.
                let over = late.as_nanos() % self.period.as_nanos();
                let over = Duration::from_nanos(u64::try_from(over).unwrap_or(u64::MAX));
                now.checked_add(self.period.saturating_sub(over))
            }
        };
        next.unwrap_or_else(|| now + far())
    }

    /// The next tick is a period from now.
    pub fn reset(&mut self) {
        self.reset_after(self.period);
    }

    /// The next tick is at once.
    pub fn reset_immediately(&mut self) {
        self.reset_at(Instant::now());
    }

    /// The next tick is so long from now.
    pub fn reset_after(&mut self, after: Duration) {
        let now = Instant::now();
        self.reset_at(now.checked_add(after).unwrap_or_else(|| now + far()));
    }

    /// The next tick is then.
    pub fn reset_at(&mut self, deadline: Instant) {
        self.next = deadline;
        if let Some(sleep) = &mut self.sleep {
            sleep.as_mut().reset(deadline);
        }
    }

    /// The time between two ticks.
    pub fn period(&self) -> Duration {
        self.period
    }

    /// What becomes of ticks that nobody waited for in time.
    pub fn missed_tick_behavior(&self) -> MissedTickBehavior {
        self.missed
    }

    /// Says what becomes of ticks that nobody waited for in time.
    pub fn set_missed_tick_behavior(&mut self, behavior: MissedTickBehavior) {
        self.missed = behavior;
    }
}

/// As far away as tokio itself puts a time that cannot be represented.
fn far() -> Duration {
    Duration::from_secs(86_400 * 365 * 30)
}

/// Captured as the time that remains until the next tick, or for which it has been due. The time for which the program
/// did not run does not count.
impl State for Interval {
    const ON_DROP: OnDrop = OnDrop::Silent;

    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<Interval>(|types| {
            let duration = Duration::describe(types);
            let missed = types.define::<MissedTickBehavior>(|_| Type::Enum {
                name: "MissedTickBehavior".to_owned(),
                variants: BEHAVIORS
                    .map(|(name, _)| Variant {
                        name: name.to_owned(),
                        fields: Vec::new(),
                    })
                    .into(),
            });
            let fields = [
                ("remaining", duration),
                ("overdue", duration),
                ("period", duration),
                ("missed", missed),
            ];
            Type::Struct {
                name: "Interval".to_owned(),
                fields: fields
                    .map(|(name, ty)| Field {
                        name: name.to_owned(),
                        ty,
                    })
                    .into(),
            }
        })
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        let now = Instant::now();
        self.next.saturating_duration_since(now).encode(out)?;
        now.saturating_duration_since(self.next).encode(out)?;
        self.period.encode(out)?;
        let missed = BEHAVIORS.iter().zip(0..);
        let missed = missed.filter(|((_, behavior), _)| *behavior == self.missed);
        out.u32(missed.map(|(_, number)| number).next().unwrap_or(0));
        Ok(())
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let remaining = Duration::decode(input)?;
        let overdue = Duration::decode(input)?;
        let period = Duration::decode(input)?;
        let missed = input.u32()?;
        if period.is_zero() {
            return Err(DecodeError::invalid("period of an interval", "0"));
        }
        let (_, missed) = usize::try_from(missed)
            .ok()
            .and_then(|missed| BEHAVIORS.get(missed))
            .ok_or_else(|| DecodeError::invalid("behavior for missed ticks", missed))?;
        let now = Instant::now();
        // A clock that has just begun cannot tell what was long before.
        let due = now.checked_sub(overdue).unwrap_or(now);
        let mut interval = interval_at(due, period);
        if !remaining.is_zero() {
            interval.reset_after(remaining);
        }
        interval.missed = *missed;
        Ok(interval)
    }
}

/// What [`Interval::tick`] gives.
#[must_use = "nothing is waited for unless it is awaited"]
#[derive(Debug)]
pub struct Tick<'i>(&'i mut Interval);

impl Future for Tick<'_> {
    type Output = Instant;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Instant> {
        self.get_mut().0.poll_tick(cx)
    }
}

impl<'i> Tick<'i> {
    /// That of a call that is resumed.
    pub(crate) fn of(interval: &'i mut Interval) -> Option<Self> {
        Some(Tick(interval))
    }

    /// As awaiting it, but it can be awaited again.
    pub(crate) async fn wait(&mut self) -> Instant {
        poll_fn(|cx| self.0.poll_tick(cx)).await
    }
}

/// What annotated code makes of `tokio::time::interval(period)`: tokio's interval becomes ours, anything else stays what it
/// is.
#[derive(Debug)]
pub struct Made<T>(pub T);

impl Made<tokio::time::Interval> {
    /// It was made just now, so its first tick is due.
    pub fn ours(self) -> Interval {
        let mut made = interval(self.0.period());
        made.missed = self.0.missed_tick_behavior();
        made
    }
}

/// Anything else.
pub trait AsMade {
    /// What it is.
    type Value;
    /// The value itself.
    fn ours(self) -> Self::Value;
}

impl<T> AsMade for Made<T> {
    type Value = T;
    fn ours(self) -> T {
        self.0
    }
}

/// What annotated code makes of `tokio::time::interval_at(start, period)`: when tokio's first tick is due cannot be read
/// later.
#[derive(Debug)]
pub struct MakeAt<F>(pub F);

impl<F: FnOnce(Instant, Duration) -> tokio::time::Interval> MakeAt<F> {
    /// An interval of ours.
    pub fn make(self, start: Instant, period: Duration) -> Interval {
        interval_at(start, period)
    }
}

/// Any other function of this name.
pub trait AsWritten<F> {
    /// Calls the function.
    fn make<A, B, R>(self, first: A, second: B) -> R
    where
        F: FnOnce(A, B) -> R;
}

impl<F> AsWritten<F> for MakeAt<F> {
    fn make<A, B, R>(self, first: A, second: B) -> R
    where
        F: FnOnce(A, B) -> R,
    {
        (self.0)(first, second)
    }
}
