//! The client side: a channel to a server that may be checkpointed, moved or restored while calls are in progress.
//!
//! A [`Channel`] is a tower service under any tonic client. It finds the server by name or UUID, follows it from
//! process to process, and issues a call that was not answered again *under the same request number*,
//! so that the server executes it once:
//!
//! | what the channel sees | what it does |
//! |---|---|
//! | *pending* | waits as long as it was told, or until the server is advertised again |
//! | *moved* | issues the call again at the new address |
//! | a broken connection, a reset stream | looks the server up, issues the call again |
//! | a higher epoch advertised elsewhere | gives up waiting for the old process, issues the call again |
//! | anything else | is the answer |
//!
//! This goes on until the deadline the caller gave (`tonic::Request::set_timeout`), or for the channel's
//! [patience](Connector::patience). The deadline bounds the client alone: the server is not told of it, because it
//! finishes a call it has begun. Once a deadline is exceeded the answer is given up for good.
//!
//! Calls are unary. A call that streams its request is refused with `UNIMPLEMENTED`. A streamed response
//! is handed over once it is complete.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let channel = hicam::connect("bank/main").await?;          // the name service of HICAM_ETCD
//! // let mut bank = BankClient::new(channel.clone());
//! # Ok(())
//! # }
//! ```

mod body;
mod call;
mod channel;
mod connector;
mod deadline;
mod error;
mod numbers;
mod outcome;
mod pool;
mod stats;
mod whereabouts;

pub use channel::Channel;
pub use connector::{Connector, DEFAULT_PATIENCE, connect};
pub use error::ConnectError;
pub use stats::ChannelStats;
