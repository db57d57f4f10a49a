//! Where a store is: a directory, an S3 bucket or memory, all given by one setting.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;

use crate::error::StoreError;
use crate::probe;
use crate::s3::Settings;

/// A leftover of an interrupted write that is older than this cannot belong to a write still going on.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Where checkpoints are kept.
///
/// ```
/// use checkpoint_server::StoreLocation;
///
/// let s3: StoreLocation = "s3://bucket/hicam".parse()?;
/// assert_eq!(s3, StoreLocation::S3 { bucket: "bucket".into(), prefix: "hicam".into() });
/// let directory: StoreLocation = "/var/lib/hicam".parse()?;
/// assert_eq!(directory, "file:///var/lib/hicam".parse()?);
/// # Ok::<(), checkpoint_server::StoreError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreLocation {
    /// A local directory, made when it is not there.
    Directory(PathBuf),
    /// An S3 bucket, or one of the many services that speak its protocol.
    ///
    /// Credentials come from the environment: `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or a web identity or
    /// a container's. The metadata service of a cloud machine is asked only with `HICAM_S3_INSTANCE_METADATA=1`.
    /// `AWS_ENDPOINT_URL` or `AWS_REGION` says where the bucket is; `AWS_ALLOW_HTTP=true` allows `http`.
    S3 {
        /// The bucket's name.
        bucket: String,
        /// What the names of all objects start with; may be empty.
        prefix: String,
    },
    /// This process's memory: gone when the process ends.
    Memory,
}

impl FromStr for StoreLocation {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let invalid = |reason: &str| {
            StoreError::Invalid(format!(
                "checkpoint store {text:?} {reason}; give a directory, file:DIRECTORY, s3://BUCKET/PREFIX or memory:"
            ))
        };
        if text.is_empty() {
            return Err(invalid("is empty"));
        }
        if text.trim_end_matches('/') == "memory:" {
            return Ok(Self::Memory);
        }
        if let Some(rest) = text.strip_prefix("file:") {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            if path.is_empty() {
                return Err(invalid("names no directory"));
            }
            return Ok(Self::Directory(path.into()));
        }
        if let Some(rest) = text.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            if bucket.is_empty() {
                return Err(invalid("names no bucket"));
            }
            return Ok(Self::S3 {
                bucket: bucket.to_owned(),
                prefix: prefix.trim_matches('/').to_owned(),
            });
        }
        if text.contains("://") {
            return Err(invalid("is of a kind that is not supported"));
        }
        Ok(Self::Directory(text.into()))
    }
}

impl std::fmt::Display for StoreLocation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Directory(path) => write!(f, "{}", path.display()),
            Self::S3 { bucket, prefix } if prefix.is_empty() => write!(f, "s3://{bucket}"),
            Self::S3 { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
            Self::Memory => f.write_str("memory:"),
        }
    }
}

impl StoreLocation {
    /// Opens the store; a directory is made if it is not there. A request to S3 is tried again for `patience`.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for settings that cannot be, [`StoreError::StoreReadOnly`],
    /// [`StoreError::StoreFull`] or [`StoreError::Unavailable`].
    /// An S3 store that is configured but cannot be reached shows that on first use.
    pub(crate) fn open(&self, patience: Duration) -> Result<Arc<dyn ObjectStore>, StoreError> {
        let name = self.to_string();
        match self {
            Self::Directory(path) => {
                if path.exists() && !path.is_dir() {
                    return Err(StoreError::Invalid(format!(
                        "checkpoint store {name} is a file; give a directory, which is made if it is not there"
                    )));
                }
                std::fs::create_dir_all(path).map_err(|source| {
                    let source = object_store::Error::Generic {
                        store: "directory",
                        source: Box::new(source),
                    };
                    StoreError::from_store(&name, "making its directory", source)
                })?;
                // An acknowledged checkpoint must survive a loss of power, hence the fsync of file and directory.
                let store = LocalFileSystem::new_with_prefix(path)
                    .map_err(|e| StoreError::from_store(&name, "opening it", e))?
                    .with_fsync(true);
                remove_abandoned(path);
                Ok(Arc::new(store))
            }
            Self::S3 { bucket, prefix } => {
                install_tls_provider();
                Settings::from_env().open(bucket, prefix, &name, patience)
            }
            Self::Memory => Ok(Arc::new(InMemory::new())),
        }
    }
}

/// The HTTPS client is built without a TLS provider of its own: ring is installed unless the program chose one.
pub(crate) fn install_tls_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error means that another thread was first, which is as good.
        let _first = rustls::crypto::ring::default_provider().install_default();
    }
}

/// Removes files that a write interrupted by a crash has left behind; they were never visible as checkpoints.
fn remove_abandoned(root: &Path) {
    let mut directories = vec![root.to_path_buf()];
    while let Some(directory) = directories.pop() {
        let Ok(entries) = std::fs::read_dir(&directory) else {
            continue;
        };
        for entry in entries.flatten() {
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if kind.is_dir() {
                directories.push(entry.path());
            } else if is_leftover(&entry.file_name().to_string_lossy())
                && is_older_than(&entry, ABANDONED)
            {
                match std::fs::remove_file(entry.path()) {
                    Ok(()) => {
                        tracing::info!(file = %entry.path().display(), "removed the remains of an interrupted write");
                    }
                    Err(error) => {
                        tracing::warn!(file = %entry.path().display(), %error, "cannot remove the remains of an interrupted write");
                    }
                }
            }
        }
    }
}

/// `object_store` writes `NAME#N` and renames it to `NAME`; the object that tries the store is deleted at once.
fn is_leftover(name: &str) -> bool {
    let staging = name.rsplit_once('#').is_some_and(|(base, number)| {
        (base.ends_with(".ckpt") || base.ends_with(".fence"))
            && !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
    });
    staging || name.starts_with(probe::PREFIX)
}

fn is_older_than(entry: &std::fs::DirEntry, age: Duration) -> bool {
    entry
        .metadata()
        .and_then(|metadata| metadata.modified())
        .is_ok_and(|modified| {
            SystemTime::now()
                .duration_since(modified)
                .is_ok_and(|elapsed| elapsed > age)
        })
}
