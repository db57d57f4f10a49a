//! A TCP proxy by which a test breaks, silences and mends the connections to a name service.

use std::sync::Arc;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinHandle,
};

#[derive(Debug, Clone, PartialEq, Eq)]
enum Mode {
    /// Bytes pass to and from this address.
    Pass(String),
    /// Connections are closed, old and new.
    Cut,
    /// Connections stay, bytes are held back: what a network partition looks like.
    Silent,
}

pub(crate) struct Proxy {
    url: String,
    mode: Arc<watch::Sender<Mode>>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    pub(crate) async fn to(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mode = Arc::new(watch::Sender::new(Mode::Pass(address(upstream))));
        let modes = Arc::clone(&mode);
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(forward(client, modes.subscribe()));
            }
        });
        Self {
            url,
            mode,
            accepting,
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn cut(&self) {
        self.mode.send_replace(Mode::Cut);
    }

    pub(crate) fn silence(&self) {
        self.mode.send_replace(Mode::Silent);
    }

    pub(crate) fn pass(&self, upstream: &str) {
        self.mode.send_replace(Mode::Pass(address(upstream)));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

fn address(url: &str) -> String {
    url.trim_start_matches("http://").to_owned()
}

/// Forwards one connection until it is cut or an end closes it.
async fn forward(client: TcpStream, mut modes: watch::Receiver<Mode>) {
    let mode = match modes.wait_for(|mode| *mode != Mode::Silent).await {
        Ok(mode) => mode.clone(),
        Err(_) => return,
    };
    let Mode::Pass(upstream) = mode else {
        return;
    };
    let Ok(server) = TcpStream::connect(upstream).await else {
        return;
    };
    let (client_read, client_write) = client.into_split();
    let (server_read, server_write) = server.into_split();
    tokio::select! {
        () = copy(client_read, server_write, modes.clone()) => {}
        () = copy(server_read, client_write, modes.clone()) => {}
        _ = modes.wait_for(|mode| *mode == Mode::Cut) => {}
    }
}

async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut modes: watch::Receiver<Mode>) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let Ok(read @ 1..) = from.read(&mut buffer).await else {
            return;
        };
        let silent = modes.wait_for(|mode| *mode != Mode::Silent).await.is_err();
        if silent || to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
