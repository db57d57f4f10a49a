//! The daemon's own directory: one daemon at a time, and a file that says where it listens.

use std::{
    fs::{File, TryLockError},
    io::Write as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::error::{RemexError, Result};

/// Where a running daemon is found: the content of `<dir>/remex.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whereabouts {
    /// The name of the host.
    pub host: String,
    /// The daemon's address, `http://ip:port`.
    pub address: String,
    /// The endpoints of the name service it uses, or hosts.
    pub etcd: String,
    /// Its number in the operating system.
    pub pid: u32,
}

impl Whereabouts {
    /// Reads what the daemon that works in `dir` has written; `None` when none is ready there.
    ///
    /// # Errors
    ///
    /// [`RemexError::Io`] when the file is there but cannot be read, or is not what a daemon writes.
    pub fn read(dir: &Path) -> Result<Option<Self>> {
        let path = dir.join(FILE);
        let read = || RemexError::io("read", &path);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(read()(error)),
        };
        serde_json::from_slice(&text)
            .map(Some)
            .map_err(|error| read()(error.into()))
    }
}

const FILE: &str = "remex.json";

/// The daemon's directory, held by it alone.
pub(crate) struct Directory {
    path: PathBuf,
    lock: File,
}

impl Directory {
    /// Creates the directory if need be, and makes sure that no other daemon uses it.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        std::fs::create_dir_all(path).map_err(RemexError::io("create", path))?;
        // Processes are started with paths in it; their working directory may be another.
        let path = path.canonicalize().map_err(RemexError::io("read", path))?;
        let lock_path = path.join("remex.lock");
        let lock = File::create(&lock_path).map_err(RemexError::io("create", &lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(RemexError::DirTaken { dir: path }),
            Err(TryLockError::Error(error)) => {
                return Err(RemexError::io("lock", &lock_path)(error));
            }
        }
        let directory = Self { path, lock };
        // What a daemon that was killed has left says nothing any more.
        directory.remove_whereabouts();
        Ok(directory)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Publishes where the daemon is: the file is wholly there or not at all.
    pub(crate) fn write_whereabouts(&self, whereabouts: &Whereabouts) -> Result<()> {
        let temporary = self.path.join(".remex.json.new");
        let write = || RemexError::io("write", &temporary);
        let text = serde_json::to_vec_pretty(whereabouts).map_err(|error| write()(error.into()))?;
        let mut file = File::create(&temporary).map_err(write())?;
        file.write_all(&text).map_err(write())?;
        file.sync_all().map_err(write())?;
        let path = self.path.join(FILE);
        std::fs::rename(&temporary, &path).map_err(RemexError::io("write", path))
    }

    pub(crate) fn remove_whereabouts(&self) {
        // Not there is what is wanted.
        let _ = std::fs::remove_file(self.path.join(FILE));
    }

    /// Lets another daemon use the directory.
    pub(crate) fn release(&self) {
        self.remove_whereabouts();
        // Explicitly: a process that is just being started may hold the file open for a moment longer.
        if let Err(error) = self.lock.unlock() {
            tracing::debug!(%error, "the directory is free when this process has ended");
        }
    }
}
