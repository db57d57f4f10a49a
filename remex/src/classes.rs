//! The classes installed on this host: content-addressed, verified, published atomically.
//!
//! ```text
//! <dir>/classes/<class>/<hash>/<class>   the binary, under its own name so that process lists read well
//! <dir>/classes/<class>/current          the hash that is started when none is named
//! <dir>/classes/.incoming/               uploads in progress; emptied at start
//! ```

use std::{
    collections::{BTreeMap, HashSet},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hicam_protocol::executable::HEADER_BYTES;
use tokio::{fs, io::AsyncWriteExt as _};

use crate::{
    binary::{self, Launcher},
    error::{RemexError, Result},
    names,
};

/// One binary that is installed here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Installed {
    pub(crate) class: String,
    /// BLAKE3 of the binary, hexadecimal.
    pub(crate) hash: String,
    pub(crate) bytes: u64,
    pub(crate) path: PathBuf,
    pub(crate) current: bool,
}

/// The classes installed on this host. Cloning shares them.
#[derive(Clone)]
pub(crate) struct Classes {
    shared: Arc<Shared>,
}

struct Shared {
    root: PathBuf,
    host: String,
    schema_limit: Duration,
    launcher: Launcher,
    index: Mutex<Index>,
}

#[derive(Default)]
struct Index {
    classes: BTreeMap<String, Class>,
    /// Hashes that were sent here and that this host cannot execute, so that they are not sent each time.
    foreign: HashSet<String>,
}

#[derive(Default)]
struct Class {
    current: Option<String>,
    binaries: BTreeMap<String, u64>,
}

/// An upload in progress. Dropped before [`Upload::finish`], it leaves nothing behind.
pub(crate) struct Upload {
    classes: Classes,
    class: String,
    /// What the sender says; empty or 0: it does not say.
    expected_hash: String,
    expected_bytes: u64,
    make_current: bool,
    /// The first bytes, which say what processor it is for.
    head: Vec<u8>,
    dir: Incoming,
    file: fs::File,
    hasher: blake3::Hasher,
    bytes: u64,
}

/// A directory that is removed when it has not been published.
struct Incoming(Option<PathBuf>);

impl Drop for Incoming {
    fn drop(&mut self) {
        if let Some(dir) = self.0.take() {
            // Nothing refers to it, and the next start empties the place anyway.
            let _ = std::fs::remove_dir_all(dir);
        }
    }
}

/// What came of the announcement of an upload.
pub(crate) enum Begin {
    /// Send the data.
    Send(Box<Upload>),
    /// The binary is here already.
    AlreadyThere,
}

impl Classes {
    /// Opens the classes in `<dir>/classes` and reads what is installed.
    pub(crate) async fn open(
        dir: &Path,
        host: &str,
        schema_limit: Duration,
        launcher: Launcher,
    ) -> Result<Self> {
        let root = dir.join("classes");
        let incoming = root.join(".incoming");
        match fs::remove_dir_all(&incoming).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(RemexError::io("empty", &incoming)(error));
            }
            _ => {}
        }
        fs::create_dir_all(&incoming)
            .await
            .map_err(RemexError::io("create", &incoming))?;
        let classes = scan(&root).await?;
        Ok(Self {
            shared: Arc::new(Shared {
                root,
                host: host.to_owned(),
                schema_limit,
                launcher,
                index: Mutex::new(Index {
                    classes,
                    foreign: HashSet::new(),
                }),
            }),
        })
    }

    /// Every installed binary, by class and hash.
    pub(crate) fn list(&self) -> Vec<Installed> {
        let index = self.index();
        let mut list = Vec::new();
        for (class, entry) in &index.classes {
            for (hash, bytes) in &entry.binaries {
                list.push(self.installed(
                    class,
                    hash,
                    *bytes,
                    entry.current.as_ref() == Some(hash),
                ));
            }
        }
        list
    }

    /// The binary with this hash; an empty hash means the class's current one.
    pub(crate) fn find(&self, class: &str, hash: &str) -> Result<Installed> {
        names::check("class", class)?;
        if !hash.is_empty() {
            names::check_hash(hash)?;
        }
        let index = self.index();
        let not_installed = || RemexError::ClassNotInstalled {
            class: class.to_owned(),
            host: self.shared.host.clone(),
        };
        let entry = index.classes.get(class).ok_or_else(not_installed)?;
        let hash = match (hash, &entry.current) {
            ("", Some(current)) => current.as_str(),
            ("", None) => return Err(not_installed()),
            (hash, _) => hash,
        };
        let bytes = entry
            .binaries
            .get(hash)
            .ok_or_else(|| RemexError::HashNotInstalled {
                class: class.to_owned(),
                hash: hash.to_owned(),
                host: self.shared.host.clone(),
            })?;
        Ok(self.installed(class, hash, *bytes, entry.current.as_deref() == Some(hash)))
    }

    /// Whether this hash was sent here before and cannot be executed here.
    pub(crate) fn is_foreign(&self, hash: &str) -> bool {
        self.index().foreign.contains(hash)
    }

    /// Starts an upload of a binary of `class`. `make_current`: also when another one is current already.
    pub(crate) async fn begin(
        &self,
        class: &str,
        hash: &str,
        bytes: u64,
        make_current: bool,
    ) -> Result<Begin> {
        names::check("class", class)?;
        if !hash.is_empty() {
            names::check_hash(hash)?;
            if self.find(class, hash).is_ok() {
                if make_current {
                    self.make_current(class, hash).await?;
                }
                return Ok(Begin::AlreadyThere);
            }
        }
        let dir = self
            .shared
            .root
            .join(".incoming")
            .join(uuid::Uuid::new_v4().to_string());
        fs::create_dir_all(&dir)
            .await
            .map_err(RemexError::io("create", &dir))?;
        let dir = Incoming(Some(dir));
        let path = dir.path().join(class);
        let file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o755)
            .open(&path)
            .await
            .map_err(RemexError::io("create", &path))?;
        Ok(Begin::Send(Box::new(Upload {
            classes: self.clone(),
            class: class.to_owned(),
            expected_hash: hash.to_owned(),
            expected_bytes: bytes,
            make_current,
            head: Vec::with_capacity(HEADER_BYTES),
            dir,
            file,
            hasher: blake3::Hasher::new(),
            bytes: 0,
        })))
    }

    async fn make_current(&self, class: &str, hash: &str) -> Result<()> {
        let dir = self.shared.root.join(class);
        let path = dir.join("current");
        let temporary = dir.join(format!(".current-{}", uuid::Uuid::new_v4()));
        write_durably(&temporary, hash.as_bytes())
            .await
            .map_err(RemexError::io("write", &temporary))?;
        fs::rename(&temporary, &path)
            .await
            .map_err(RemexError::io("write", &path))?;
        sync_dir(&dir)
            .await
            .map_err(RemexError::io("write", &dir))?;
        if let Some(entry) = self.index().classes.get_mut(class) {
            entry.current = Some(hash.to_owned());
        }
        Ok(())
    }

    fn installed(&self, class: &str, hash: &str, bytes: u64, current: bool) -> Installed {
        Installed {
            class: class.to_owned(),
            hash: hash.to_owned(),
            bytes,
            path: self.shared.root.join(class).join(hash).join(class),
            current,
        }
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        // The index is only changed by single insertions: whole at every moment.
        self.shared
            .index
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Upload {
    /// Takes in the next piece of the binary. One that is for another processor is refused with its first piece.
    pub(crate) async fn write(&mut self, data: &[u8]) -> Result<()> {
        let missing = HEADER_BYTES - self.head.len();
        if missing > 0 {
            self.head.extend(data.iter().take(missing));
            binary::check_processor(&self.head, &self.class, &self.classes.shared.host)?;
        }
        self.hasher.update(data);
        self.bytes += data.len() as u64;
        self.file
            .write_all(data)
            .await
            .map_err(RemexError::io("write", self.dir.path()))
    }

    /// Verifies what has arrived, asks it for its class, and publishes it. Tells whether it was there already.
    pub(crate) async fn finish(mut self) -> Result<(Installed, bool)> {
        let damaged = |detail: String| RemexError::DamagedUpload {
            class: self.class.clone(),
            detail,
        };
        if self.expected_bytes != 0 && self.bytes != self.expected_bytes {
            return Err(damaged(format!(
                "{} of {} bytes",
                self.bytes, self.expected_bytes
            )));
        }
        let hash = self.hasher.finalize().to_hex().to_string();
        if !self.expected_hash.is_empty() && hash != self.expected_hash {
            return Err(damaged(format!(
                "its BLAKE3 hash is {hash}, not {}",
                self.expected_hash
            )));
        }
        let incoming = self.dir.path().to_owned();
        self.file
            .flush()
            .await
            .map_err(RemexError::io("write", &incoming))?;
        self.file
            .sync_all()
            .await
            .map_err(RemexError::io("write", &incoming))?;
        // A file that is open for writing cannot be executed.
        drop(self.file.into_std().await);

        let shared = &self.classes.shared;
        if let Ok(installed) = self.classes.find(&self.class, &hash) {
            if self.make_current {
                self.classes.make_current(&self.class, &hash).await?;
            }
            return Ok((installed, true));
        }
        let binary = incoming.join(&self.class);
        let identity = binary::identify(
            &shared.launcher,
            &binary,
            &self.class,
            &shared.host,
            shared.schema_limit,
        )
        .await;
        if let Err(RemexError::CannotRun { .. }) = &identity {
            self.classes.index().foreign.insert(hash.clone());
        }
        let identity = identity?;

        let class_dir = shared.root.join(&self.class);
        let target = class_dir.join(&hash);
        fs::create_dir_all(&class_dir)
            .await
            .map_err(RemexError::io("create", &class_dir))?;
        match fs::rename(&incoming, &target).await {
            Ok(()) => {
                self.dir.0 = None;
            }
            // Another upload of the same binary was faster; what it published is the same.
            Err(_) if target.join(&self.class).is_file() => {}
            Err(error) => return Err(RemexError::io("publish", &target)(error)),
        }
        sync_dir(&class_dir)
            .await
            .map_err(RemexError::io("write", &class_dir))?;
        let first = {
            let mut index = self.classes.index();
            let entry = index.classes.entry(self.class.clone()).or_default();
            entry.binaries.insert(hash.clone(), self.bytes);
            entry.current.is_none()
        };
        if self.make_current || first {
            self.classes.make_current(&self.class, &hash).await?;
        }
        tracing::info!(class = %self.class, %hash, bytes = self.bytes, fingerprint = %identity.fingerprint, "class installed");
        Ok((self.classes.find(&self.class, &hash)?, false))
    }
}

impl Incoming {
    fn path(&self) -> &Path {
        self.0.as_deref().unwrap_or(Path::new(""))
    }
}

async fn scan(root: &Path) -> Result<BTreeMap<String, Class>> {
    let mut classes = BTreeMap::new();
    for class in names_in(root).await? {
        if names::check("class", &class).is_err() {
            continue;
        }
        let dir = root.join(&class);
        let mut entry = Class::default();
        for hash in names_in(&dir).await? {
            if names::check_hash(&hash).is_err() {
                continue;
            }
            if let Ok(metadata) = fs::metadata(dir.join(&hash).join(&class)).await {
                entry.binaries.insert(hash, metadata.len());
            }
        }
        if let Ok(current) = fs::read_to_string(dir.join("current")).await
            && entry.binaries.contains_key(current.trim())
        {
            entry.current = Some(current.trim().to_owned());
        }
        if !entry.binaries.is_empty() {
            classes.insert(class, entry);
        }
    }
    Ok(classes)
}

async fn names_in(dir: &Path) -> Result<Vec<String>> {
    let unreadable = || RemexError::io("read", dir);
    let mut names = Vec::new();
    let mut entries = fs::read_dir(dir).await.map_err(unreadable())?;
    while let Some(entry) = entries.next_entry().await.map_err(unreadable())? {
        if let Ok(name) = entry.file_name().into_string()
            && entry.file_type().await.is_ok_and(|kind| kind.is_dir())
        {
            names.push(name);
        }
    }
    Ok(names)
}

async fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create(path).await?;
    file.write_all(bytes).await?;
    file.flush().await?;
    file.sync_all().await
}

/// Makes a rename in `dir` survive a power failure.
async fn sync_dir(dir: &Path) -> io::Result<()> {
    fs::File::open(dir).await?.sync_all().await
}
