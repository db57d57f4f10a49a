//! Stores and returns checkpoints: the engine, its gRPC service, and a client for it.
//!
//! - [`Engine`]: checkpoints on a directory, S3 or memory; atomic publication, checksums, retention, epoch fences.
//! - [`Service`]: the engine as the gRPC service `CheckpointStore`, with a [`ClassCheck`] if it belongs to a class.
//! - [`CheckpointClient`]: what a conformist server uses to reach it.
//! - [`logging`]: how its programs log.
//! - [`cli`]: the command line that both a class's own checkpoint server and the class-independent one have.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use checkpoint_server::{CheckpointClient, Description, Options, Service, StoreLocation, Which};
//!
//! let listener = hicam_protocol::transport::bind("127.0.0.1:0", false).await?;
//! let server = Service::start(Options::new(StoreLocation::Memory), listener).await?;
//!
//! let client = CheckpointClient::new(server.url())?;
//! let description = Description {
//!     class: "bank".into(),
//!     uuid: "6d9e6cf2".into(),
//!     epoch: 1,
//!     sequence: 1,
//!     ..Description::default()
//! };
//! client.put(description, b"state".as_slice().into()).await?;
//! let last = client.get("bank", "6d9e6cf2", Which::Last).await?;
//! assert_eq!(last.data, b"state".as_slice());
//! server.stop().await;
//! # Ok(())
//! # }
//! ```

pub mod cli;
pub mod logging;

mod advert;
mod check;
mod client;
mod description;
mod engine;
mod error;
mod index;
mod location;
mod probe;
mod s3;
mod server;
mod service;
mod upload;

use hicam_protocol::checkpoint as wire;

pub use check::{ClassCheck, Mismatch};
pub use client::{CheckpointClient, ClientError};
pub use description::{Description, ServerKey};
pub use engine::{DEFAULT_KEEP, DEFAULT_MAX_BYTES, Engine, EngineOptions, StoredCheckpoint, Which};
pub use error::{ERROR_CODE_METADATA, ErrorCode, Fault, StoreError, chain, error_code};
pub use location::StoreLocation;
pub use server::{Handle, Options, Service, StartError};
pub use upload::Upload;
