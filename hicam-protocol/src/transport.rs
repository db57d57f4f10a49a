//! How the parts listen and connect: the one place where transport security belongs.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use tonic::transport::{Channel, Endpoint, server::TcpIncoming};

/// How long a connection may take to be established before [`connect`] gives up.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Listening or connecting was not possible.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The text is not an address to listen on.
    #[error("`{address}` is not an address to listen on: give IP:PORT, such as 127.0.0.1:0")]
    InvalidListenAddress {
        /// The text.
        address: String,
    },
    /// Others could reach the address, and nothing protects the connection yet.
    #[error(
        "refusing to listen on {address}: other machines can reach it and connections are neither \
         encrypted nor authenticated; listen on 127.0.0.1 or pass --insecure-listen"
    )]
    NotLoopback {
        /// The address.
        address: SocketAddr,
    },
    /// A wildcard address cannot be told to others as the place to connect to.
    #[error(
        "cannot listen on {address}: the address is advertised to other hosts; give the one \
         address of this host by which they reach it"
    )]
    Wildcard {
        /// The address.
        address: SocketAddr,
    },
    /// The operating system refused the address.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The text is not an address to connect to.
    #[error("`{address}` is not an address to connect to: give http://HOST:PORT")]
    InvalidAddress {
        /// The text.
        address: String,
        /// Why.
        #[source]
        source: tonic::transport::Error,
    },
    /// Nothing answers there.
    #[error("cannot connect to {address}")]
    Connect {
        /// The address.
        address: String,
        /// Why.
        #[source]
        source: tonic::transport::Error,
    },
}

impl TransportError {
    /// Whether the same attempt can succeed later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Connect { .. })
    }
}

/// Parses an address to listen on (`IP:PORT` or `localhost:PORT`; port 0 lets the system choose) and
/// refuses any but a loopback one unless `insecure_listen`.
///
/// # Errors
/// [`TransportError::InvalidListenAddress`], [`TransportError::NotLoopback`].
///
/// ```
/// use hicam_protocol::transport::check_listen;
/// assert!(check_listen("127.0.0.1:0", false).is_ok());
/// assert!(check_listen("0.0.0.0:0", false).is_err());
/// assert!(check_listen("0.0.0.0:0", true).is_ok());
/// ```
pub fn check_listen(address: &str, insecure_listen: bool) -> Result<SocketAddr, TransportError> {
    let invalid = || TransportError::InvalidListenAddress {
        address: address.to_owned(),
    };
    let parsed = match address.strip_prefix("localhost:") {
        Some(port) => SocketAddr::new(
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            port.parse().map_err(|_| invalid())?,
        ),
        None => address.parse().map_err(|_| invalid())?,
    };
    if parsed.ip().is_loopback() || insecure_listen {
        Ok(parsed)
    } else {
        Err(TransportError::NotLoopback { address: parsed })
    }
}

/// A bound listener: what a tonic server serves from, and the address that others connect to.
#[derive(Debug)]
pub struct Bound {
    /// Goes to `serve_with_incoming`.
    pub incoming: TcpIncoming,
    /// The actual address, with the port that the system chose.
    pub address: SocketAddr,
}

impl Bound {
    /// `http://ip:port`: what is advertised.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.address)
    }
}

/// `http://ip:port` of a socket address.
#[must_use]
pub fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// Checks an address with [`check_listen`], binds it and returns the listener with its actual address.
///
/// # Errors
/// Those of [`check_listen`]; [`TransportError::Wildcard`] for `0.0.0.0` or `[::]`, which nobody can
/// connect to; [`TransportError::Listen`] when the system refuses.
pub async fn bind(address: &str, insecure_listen: bool) -> Result<Bound, TransportError> {
    let address = check_listen(address, insecure_listen)?;
    if address.ip().is_unspecified() {
        return Err(TransportError::Wildcard { address });
    }
    let listen = |source| TransportError::Listen { address, source };
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .map_err(listen)?;
    let actual = listener.local_addr().map_err(listen)?;
    Ok(Bound {
        incoming: TcpIncoming::from(listener).with_nodelay(Some(true)),
        address: actual,
    })
}

/// The settings of every connection between HiCaM's parts, for `http://host:port`.
///
/// # Errors
/// [`TransportError::InvalidAddress`].
pub fn endpoint(address: &str) -> Result<Endpoint, TransportError> {
    let endpoint = Endpoint::from_shared(address.to_owned()).map_err(|source| {
        TransportError::InvalidAddress {
            address: address.to_owned(),
            source,
        }
    })?;
    Ok(endpoint
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
        // A peer that vanishes without closing the connection is noticed within 15 s.
        .http2_keep_alive_interval(Duration::from_secs(10))
        .keep_alive_timeout(Duration::from_secs(5)))
}

/// Connects to `http://host:port`, within [`CONNECT_TIMEOUT`].
///
/// # Errors
/// [`TransportError::InvalidAddress`], [`TransportError::Connect`].
pub async fn connect(address: &str) -> Result<Channel, TransportError> {
    endpoint(address)?
        .connect()
        .await
        .map_err(|source| TransportError::Connect {
            address: address.to_owned(),
            source,
        })
}

/// A channel to `http://host:port` that connects when it is first used.
///
/// # Errors
/// [`TransportError::InvalidAddress`].
pub fn connect_lazy(address: &str) -> Result<Channel, TransportError> {
    Ok(endpoint(address)?.connect_lazy())
}
