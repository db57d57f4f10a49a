//! The migration manager: typed operations on a cluster, and the parts of the `miman` command line.
//!
//! [`Manager`] has one function for each command that acts on a cluster; a policy is an ordinary program over it.
//! [`LocalCluster`] is the cluster of one machine that `miman up` starts. Every error is a [`MimanError`].
//!
//! ```no_run
//! use miman::Manager;
//!
//! # async fn drain() -> Result<(), miman::MimanError> {
//! // Move everything off a host.
//! let manager = Manager::connect(&miman::endpoints(None)?).await?;
//! for server in manager.servers().await? {
//!     if server.host == "host1" && server.phase == "serving" {
//!         let report = manager.migrate(&server.uuid, "host2").await?;
//!         println!("{}: {} bytes in {} us", report.server, report.bytes, report.pause_us);
//!     }
//! }
//! # Ok(())
//! # }
//! ```

pub mod cli;
mod cluster;
mod error;
mod interval;
mod local;
mod manager;
mod process;
mod progress;
mod rpc;
pub mod view;

pub use cluster::{ClusterFile, ClusterHost, endpoints, home};
pub use error::{MimanError, Result};
pub use interval::{parse_interval, show_interval};
pub use local::{DaemonStopped, HostEnd, LocalCluster, LocalOptions, down, host_names, kill};
pub use manager::{DeployRequest, Manager, StartRequest, StoreRequest};
pub use process::ProcessId;
pub use progress::{Observer, Progress};
