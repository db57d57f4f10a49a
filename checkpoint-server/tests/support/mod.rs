//! What the tests share: descriptions, and a store that fails on demand.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "each test program uses a part of it; a test fails by panicking"
)]

use std::io::ErrorKind;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use checkpoint_server::{Description, Engine, EngineOptions, ServerKey, StoreError};
use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

pub const CLASS: &str = "bank";
pub const UUID: &str = "0b0f6e56-6d3e-4f0f-9f5c-0c1d2e3f4a5b";

pub fn key() -> ServerKey {
    ServerKey::new(CLASS, UUID).unwrap()
}

pub fn description(epoch: u64, sequence: u64) -> Description {
    Description {
        class: CLASS.to_owned(),
        uuid: UUID.to_owned(),
        epoch,
        sequence,
        threads: 3,
        taken_unix_ms: 1_700_000_000_000,
        host: "a".to_owned(),
        arch: "x86_64".to_owned(),
        ..Description::default()
    }
}

pub fn checksum(data: &[u8]) -> String {
    blake3::hash(data).to_hex().to_string()
}

pub async fn store(
    engine: &Engine,
    epoch: u64,
    sequence: u64,
    data: &[u8],
) -> std::result::Result<Description, StoreError> {
    let mut upload = engine.put(description(epoch, sequence))?;
    for piece in data.chunks(1 << 20) {
        upload.write(Bytes::copy_from_slice(piece)).await?;
    }
    upload.finish(&checksum(data)).await
}

/// Epoch and sequence number of all that is listed, oldest first.
pub async fn stored(engine: &Engine) -> Vec<(u64, u64)> {
    let all = engine.list(Some(CLASS), Some(UUID)).await.unwrap();
    all.iter().map(|d| (d.epoch, d.sequence)).collect()
}

/// Bytes that differ from place to place.
pub fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i ^ (i >> 8) ^ (i >> 16)) as u8).collect()
}

/// An in-memory store whose writes fail with an error of the operating system, or that is fenced by another.
#[derive(Debug, Default)]
pub struct Faulty {
    memory: InMemory,
    fault: Mutex<Option<ErrorKind>>,
    /// Written by "another checkpoint server" just before the next checkpoint is.
    intruder: Mutex<Option<Path>>,
}

impl Faulty {
    pub fn engine(self: &Arc<Self>) -> Engine {
        Engine::with_store(self.clone(), "faulty", EngineOptions::default())
    }

    pub fn fail(&self, kind: Option<ErrorKind>) {
        *self.fault.lock().unwrap() = kind;
    }

    pub fn intrude(&self, path: Path) {
        *self.intruder.lock().unwrap() = Some(path);
    }

    fn check(&self) -> Result<()> {
        match *self.fault.lock().unwrap() {
            None => Ok(()),
            Some(kind) => Err(object_store::Error::Generic {
                store: "faulty",
                source: Box::new(std::io::Error::from(kind)),
            }),
        }
    }
}

impl std::fmt::Display for Faulty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("faulty")
    }
}

#[tonic::async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(&self, to: &Path, data: PutPayload, how: PutOptions) -> Result<PutResult> {
        self.check()?;
        let intruder = to
            .filename()
            .is_some_and(|name| name.ends_with(".ckpt"))
            .then(|| self.intruder.lock().unwrap().take())
            .flatten();
        if let Some(path) = intruder {
            self.memory
                .put_opts(&path, PutPayload::new(), PutOptions::default())
                .await?;
        }
        self.memory.put_opts(to, data, how).await
    }

    async fn put_multipart_opts(
        &self,
        to: &Path,
        how: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.check()?;
        self.memory.put_multipart_opts(to, how).await
    }

    async fn get_opts(&self, from: &Path, how: GetOptions) -> Result<GetResult> {
        self.memory.get_opts(from, how).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.memory.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.memory.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.memory.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, how: CopyOptions) -> Result<()> {
        self.check()?;
        self.memory.copy_opts(from, to, how).await
    }
}
