//! Processes that are not our children: who they are, whether they run, and how to end them.

use std::{fs, time::Duration};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// A process, told apart from a later one that was given the same number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessId {
    /// The process number.
    pub pid: u32,
    /// When it started, in the operating system's own unit; none where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<u64>,
}

impl ProcessId {
    /// The running process with this number.
    #[must_use]
    pub fn of(pid: u32) -> Self {
        Self {
            pid,
            started: started(pid),
        }
    }

    /// Whether it still runs.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        let Some(pid) = self.raw() else { return false };
        // A process of another user may not be signalled, but it is there.
        let there = !matches!(test_kill_process(pid), Err(rustix::io::Errno::SRCH));
        there && started(self.pid) == self.started && !is_zombie(self.pid)
    }

    /// Asks it to end (SIGTERM); false if it does not run.
    pub fn terminate(&self) -> bool {
        self.signal(Signal::TERM)
    }

    /// Ends it at once (SIGKILL); false if it does not run.
    pub fn kill(&self) -> bool {
        self.signal(Signal::KILL)
    }

    /// Waits until it has ended, at most `limit`; false if it still runs then.
    pub async fn wait(&self, limit: Duration) -> bool {
        // Only its parent is told of a process's end, so everybody else has to look.
        let deadline = Instant::now() + limit;
        while self.is_alive() {
            if Instant::now() >= deadline {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        true
    }

    fn signal(&self, signal: Signal) -> bool {
        self.is_alive()
            && self
                .raw()
                .is_some_and(|pid| kill_process(pid, signal).is_ok())
    }

    fn raw(&self) -> Option<Pid> {
        i32::try_from(self.pid).ok().and_then(Pid::from_raw)
    }
}

/// The fields of `/proc/PID/stat` after the program's name, which may hold anything.
fn stat(pid: u32) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    Some(rest.split_whitespace().map(str::to_owned).collect())
}

fn started(pid: u32) -> Option<u64> {
    stat(pid)?.get(19)?.parse().ok()
}

fn is_zombie(pid: u32) -> bool {
    stat(pid).is_some_and(|fields| fields.first().is_some_and(|state| state == "Z"))
}
