//! Times of calls, and what to say about many of them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::bail;

/// Between two looks at whether a call has been answered.
const LOOK: Duration = Duration::from_millis(2);
/// For a call that began after an event to be answered.
const ANSWERED: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug)]
struct Call {
    began: Instant,
    ended: Instant,
}

/// The times of one small call after another, by which a client sees a server pause.
#[derive(Clone, Debug, Default)]
pub struct Probe {
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Probe {
    /// Makes a call and keeps its times.
    pub async fn time<T>(&self, call: impl Future<Output = T>) -> T {
        let began = Instant::now();
        let result = call.await;
        let ended = Instant::now();
        self.calls().push(Call { began, ended });
        result
    }

    /// The longest call that was in progress at any moment between these two. Waits until a call that began later has
    /// been answered, so that none is missing.
    ///
    /// # Errors
    /// If no such call is answered within 30 s.
    pub async fn longest(&self, from: Instant, to: Instant) -> anyhow::Result<Duration> {
        let deadline = Instant::now() + ANSWERED;
        while self.calls().last().is_none_or(|call| call.began <= to) {
            if Instant::now() > deadline {
                bail!("no call has been answered for {} s", ANSWERED.as_secs());
            }
            tokio::time::sleep(LOOK).await;
        }
        let calls = self.calls();
        let during = calls.iter().rev().take_while(|call| call.ended >= from);
        let during = during.filter(|call| call.began <= to);
        let longest = during.map(|call| call.ended - call.began).max();
        Ok(longest.unwrap_or_default())
    }

    /// How long each call took.
    pub fn times(&self) -> Vec<Duration> {
        let calls = self.calls();
        calls.iter().map(|call| call.ended - call.began).collect()
    }

    fn calls(&self) -> MutexGuard<'_, Vec<Call>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The smallest value that at least this share of all values do not exceed; the default of `T` if there are none.
///
/// ```
/// use examples::measure::quantile;
/// assert_eq!(quantile(&mut [30, 10, 20], 0.5), 20);
/// assert_eq!(quantile(&mut [30, 10, 20], 0.99), 30);
/// assert_eq!(quantile::<u32>(&mut [], 0.5), 0);
/// ```
pub fn quantile<T: Copy + Default + PartialOrd>(values: &mut [T], share: f64) -> T {
    values.sort_by(|one, other| one.partial_cmp(other).unwrap_or(std::cmp::Ordering::Equal));
    let rank = (values.len() as f64 * share).ceil() as usize;
    let value = values.get(rank.saturating_sub(1));
    value.copied().unwrap_or_default()
}
