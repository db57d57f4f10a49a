//! The cluster file: what `miman up` leaves for the other commands to find.

use std::{
    fs,
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    error::{MimanError, Result},
    process::ProcessId,
};

/// MiMan's own directory: `HICAM_HOME`, or `.hicam` in the user's home directory.
///
/// # Errors
/// [`MimanError::NoHome`] if neither is there.
pub fn home() -> Result<PathBuf> {
    match std::env::var_os("HICAM_HOME") {
        Some(home) if !home.is_empty() => {
            std::path::absolute(&home).map_err(|cause| MimanError::File {
                action: "find",
                path: home.into(),
                cause,
            })
        }
        _ => std::env::home_dir()
            .map(|home| home.join(".hicam"))
            .ok_or(MimanError::NoHome),
    }
}

/// What `cluster.json` holds: the name service and the daemons of a cluster that `miman up` started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterFile {
    /// Endpoints of the name service, comma-separated.
    pub etcd: String,
    /// The daemons, in the order in which they were started; the first hosts the embedded name service.
    pub hosts: Vec<ClusterHost>,
    /// The `miman up` that watches them; none when they were left in the background.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<ProcessId>,
}

/// One daemon of a [`ClusterFile`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterHost {
    /// The host's name.
    pub host: String,
    /// The daemon's address, `http://ip:port`.
    pub address: String,
    /// The daemon's directory.
    pub directory: PathBuf,
    /// The daemon's log.
    pub log: PathBuf,
    /// The daemon's process.
    #[serde(flatten)]
    pub process: ProcessId,
}

impl ClusterFile {
    /// Where the cluster file of the directory `home` is.
    #[must_use]
    pub fn path(home: &Path) -> PathBuf {
        home.join("cluster.json")
    }

    /// Reads the cluster file of `home`; none if there is none.
    ///
    /// # Errors
    /// [`MimanError::File`] if it cannot be read, [`MimanError::ClusterFile`] if it is not one.
    pub fn read(home: &Path) -> Result<Option<Self>> {
        let path = Self::path(home);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(None),
            Err(cause) => {
                return Err(MimanError::File {
                    action: "read",
                    path,
                    cause,
                });
            }
        };
        serde_json::from_slice(&text)
            .map(Some)
            .map_err(|cause| MimanError::ClusterFile {
                path,
                cause: cause.to_string(),
            })
    }

    /// Writes the cluster file of `home`: wholly or not at all.
    ///
    /// # Errors
    /// [`MimanError::File`] if it cannot be written.
    pub fn write(&self, home: &Path) -> Result<()> {
        let path = Self::path(home);
        let error = |cause| MimanError::File {
            action: "write",
            path: path.clone(),
            cause,
        };
        let mut text = serde_json::to_vec_pretty(self).map_err(|cause| error(cause.into()))?;
        text.push(b'\n');
        let part = path.with_extension("json.part");
        fs::create_dir_all(home).map_err(error)?;
        let mut file = fs::File::create(&part).map_err(error)?;
        file.write_all(&text).map_err(error)?;
        file.sync_all().map_err(error)?;
        fs::rename(&part, &path).map_err(error)
    }

    /// Removes the cluster file of `home`; nothing happens if there is none.
    ///
    /// # Errors
    /// [`MimanError::File`] if it cannot be removed.
    pub fn remove(home: &Path) -> Result<()> {
        let path = Self::path(home);
        match fs::remove_file(&path) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => Err(MimanError::File {
                action: "remove",
                path,
                cause,
            }),
            _ => Ok(()),
        }
    }

    /// Whether any of its daemons, or the `miman up` that watches them, still runs.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.manager.iter().any(ProcessId::is_alive)
            || self.hosts.iter().any(|host| host.process.is_alive())
    }
}

/// The endpoints of the name service: `given` if there is one, else those of the cluster file.
///
/// # Errors
/// [`MimanError::NoCluster`] if there is neither; the cluster file's own errors.
pub fn endpoints(given: Option<&str>) -> Result<String> {
    if let Some(given) = given.map(str::trim).filter(|given| !given.is_empty()) {
        return Ok(given.to_owned());
    }
    let home = home()?;
    match ClusterFile::read(&home)? {
        Some(cluster) => Ok(cluster.etcd),
        None => Err(MimanError::NoCluster {
            path: ClusterFile::path(&home),
        }),
    }
}
