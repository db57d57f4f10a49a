//! What the daemon writes down of each process, so that a daemon started after it was killed finds those still running.

use std::{
    io,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde::{Deserialize, Serialize};

use super::process::{Identity, Kind, Process, Ready};
use crate::error::{RemexError, Result};

/// Between two looks whether a process that is not a child of this one has ended.
const LOOK: Duration = Duration::from_millis(50);

/// One process, as `<dir>/processes/<id>.json` says.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) class: String,
    pub(crate) hash: String,
    pid: u32,
    /// When it was started, in clock ticks since the machine was: with the number it names one process.
    start_time: u64,
    /// None while it is starting.
    pub(crate) ready: Option<Ready>,
    pub(crate) uuid: String,
    pub(crate) name: String,
}

impl Record {
    pub(super) fn new(
        process: &Process,
        ready: Option<Ready>,
        identity: Option<Identity>,
    ) -> Option<Self> {
        let pid = process.pid();
        let (uuid, name) = identity
            .map(|identity| (identity.uuid, identity.name))
            .unwrap_or_default();
        Some(Self {
            id: process.id.clone(),
            kind: process.kind,
            class: process.class.clone(),
            hash: process.hash.clone(),
            pid,
            start_time: start_time(pid).ok()?,
            ready,
            uuid,
            name,
        })
    }

    /// The process itself, if it is still the one that was written down.
    pub(crate) fn find(&self) -> Option<Running> {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw)?;
        // Held from here on, so that the number cannot pass to another process between the check and its use.
        let handle = pidfd_open(pid, PidfdFlags::empty()).ok()?;
        let expected = format!("HICAM_PROCESS={}", self.id);
        // The environment is that of its start, and no other process was ever given this id.
        let environment = std::fs::read(format!("/proc/{}/environ", self.pid)).ok()?;
        let same = start_time(self.pid).is_ok_and(|time| time == self.start_time)
            && environment
                .split(|byte| *byte == 0)
                .any(|variable| variable == expected.as_bytes());
        same.then_some(Running {
            pid: self.pid,
            handle,
        })
    }
}

/// A running process that is not a child of this one.
pub(crate) struct Running {
    pub(super) pid: u32,
    handle: OwnedFd,
}

impl Running {
    /// Resolves when it has ended.
    pub(super) async fn ended(&self) {
        // Waiting for a descriptor that tokio has not made itself takes `unsafe`.
        while !self.has_ended() {
            tokio::time::sleep(LOOK).await;
        }
    }

    fn has_ended(&self) -> bool {
        let mut handles = [PollFd::new(&self.handle, PollFlags::IN)];
        // It is readable from the end of the process on.
        poll(&mut handles, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
    }

    pub(crate) fn send(&self, signal: Signal) -> io::Result<()> {
        Ok(pidfd_send_signal(&self.handle, signal)?)
    }
}

/// The records of one daemon's directory.
pub(super) struct Records {
    dir: PathBuf,
}

impl Records {
    pub(super) fn open(dir: &Path) -> Result<Self> {
        let dir = dir.join("processes");
        std::fs::create_dir_all(&dir).map_err(RemexError::io("create", &dir))?;
        Ok(Self { dir })
    }

    fn path(&self, id: &str) -> PathBuf {
        self.dir.join(format!("{id}.json"))
    }

    /// Writes a process down. Failing is not fatal: it only matters if this daemon is killed.
    pub(super) fn write(&self, process: &Process) {
        let Some(record) = process.record() else {
            return;
        };
        let path = self.path(&process.id);
        let temporary = path.with_extension("new");
        let written = serde_json::to_vec_pretty(&record)
            .map_err(io::Error::from)
            .and_then(|text| std::fs::write(&temporary, text))
            .and_then(|()| std::fs::rename(&temporary, &path));
        if let Err(error) = written {
            tracing::warn!(file = %path.display(), %error, "a daemon started later would not find this process");
        }
    }

    pub(super) fn remove(&self, id: &str) {
        // Not there is what is wanted.
        let _ = std::fs::remove_file(self.path(id));
    }

    /// What an earlier daemon has written. Files that are not records are removed.
    pub(super) fn read(&self) -> Result<Vec<Record>> {
        let entries = std::fs::read_dir(&self.dir).map_err(RemexError::io("read", &self.dir))?;
        let mut records = Vec::new();
        for entry in entries.flatten() {
            let path = entry.path();
            let record = std::fs::read(&path)
                .ok()
                .and_then(|text| serde_json::from_slice::<Record>(&text).ok())
                .filter(|record| self.path(&record.id) == path);
            match record {
                Some(record) => records.push(record),
                None => {
                    tracing::warn!(file = %path.display(), "not the record of a process, removed");
                    let _ = std::fs::remove_file(&path);
                }
            }
        }
        Ok(records)
    }
}

fn start_time(pid: u32) -> io::Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name of the program, in parentheses, may itself hold anything.
    let fields = stat.rsplit_once(')').map(|(_, fields)| fields);
    fields
        .and_then(|fields| fields.split_whitespace().nth(19)?.parse().ok())
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
}
