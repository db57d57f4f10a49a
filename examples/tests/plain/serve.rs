//! A tonic server of one service, in this process, for as long as it is held.

use std::convert::Infallible;

use tonic::body::Body;
use tonic::server::NamedService;
use tonic::transport::{Channel, Endpoint, server::TcpIncoming};

pub(crate) struct Serving {
    task: tokio::task::JoinHandle<()>,
    pub(crate) channel: Channel,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) async fn serve<S>(service: S) -> Serving
where
    S: tonic::codegen::Service<
            tonic::codegen::http::Request<Body>,
            Response = tonic::codegen::http::Response<Body>,
            Error = Infallible,
        > + NamedService
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    let incoming = TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = incoming.local_addr().unwrap();
    let server = tonic::transport::Server::builder().add_service(service);
    let task = tokio::spawn(async move {
        server.serve_with_incoming(incoming).await.unwrap();
    });
    let channel = Endpoint::from_shared(format!("http://{address}"))
        .unwrap()
        .connect()
        .await
        .unwrap();
    Serving { task, channel }
}
