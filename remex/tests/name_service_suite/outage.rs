//! What HiCaM's client does when the name service, or the way to it, fails.

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use hicam_protocol::naming::{Binding, Lost, NameService, NamingError};

use crate::{
    harness::{Service, next, server, soon, token},
    proxy::Proxy,
};

// The least that a real etcd grants.
const SHORT: Duration = Duration::from_secs(2);
const LONG: Duration = Duration::from_secs(60);
/// Within this an unavailable name service must be told of.
const PROMPTLY: Duration = Duration::from_secs(4);

fn binding(epoch: u64) -> Binding {
    Binding {
        address: format!("http://127.0.0.1:{epoch}"),
        epoch,
    }
}

fn assert_unavailable<T: std::fmt::Debug>(result: Result<T, NamingError>, since: Instant) {
    let error = result.unwrap_err();
    assert!(error.is_retryable(), "{error}");
    assert!(error.to_string().contains("name service"), "{error}");
    assert!(since.elapsed() < PROMPTLY, "{:?}", since.elapsed());
}

/// A server with one binding after the other, written past the proxy.
struct Writer {
    names: NameService,
    lease: hicam_protocol::naming::Lease,
    epoch: u64,
}

impl Writer {
    async fn new(service: &Service) -> Self {
        let names = service.names().await;
        let lease = names.lease(LONG).await.unwrap();
        let record = server("u1", "main");
        names.create_server(&record, &token(1, "p1")).await.unwrap();
        let writer = Self {
            names,
            lease,
            epoch: 1,
        };
        writer.advertise().await;
        writer
    }

    async fn advertise(&self) {
        let binding = binding(self.epoch);
        self.names
            .advertise("u1", &binding, &self.lease)
            .await
            .unwrap();
    }

    async fn withdraw(&self) {
        self.names.withdraw("u1", self.epoch).await.unwrap();
    }

    async fn move_on(&mut self) {
        let old = token(self.epoch, &format!("p{}", self.epoch));
        self.epoch += 1;
        let new = token(self.epoch, &format!("p{}", self.epoch));
        self.names.take_token("u1", &old, &new).await.unwrap();
        self.advertise().await;
    }
}

pub(crate) async fn nothing_there_is_told_promptly(service: Service) {
    let url = service.url().to_owned();
    service.stop().await;
    let start = Instant::now();
    assert_unavailable(NameService::connect(&url).await, start);
    for nonsense in ["", " , ", "http://", "https://127.0.0.1:1"] {
        let error = NameService::connect(nonsense).await.unwrap_err();
        assert!(!error.is_retryable(), "{nonsense}: {error}");
    }
}

pub(crate) async fn a_stopped_service_is_told_promptly(service: Service) {
    let names = service.names().await;
    let lease = names.lease(SHORT).await.unwrap();
    let mut watch = names.watch_binding("u1");
    assert_eq!(next("no binding", &mut watch).await, None);
    service.stop().await;

    let start = Instant::now();
    assert_unavailable(names.servers().await, start);
    let start = Instant::now();
    assert_unavailable(
        names
            .take_token("u1", &token(1, "p1"), &token(2, "p2"))
            .await,
        start,
    );
    let start = Instant::now();
    assert_unavailable(names.lease(SHORT).await, start);
    let start = Instant::now();
    let told = soon("the watch's error", watch.next()).await.unwrap();
    assert_unavailable(told, start);
    assert_eq!(
        soon("the loss of the lease", lease.lost()).await,
        Lost::Expired
    );
}

pub(crate) async fn a_silent_service_is_told_promptly(service: Service) {
    let proxy = Proxy::to(service.url()).await;
    let names = NameService::connect(proxy.url()).await.unwrap();
    proxy.silence();
    let start = Instant::now();
    assert_unavailable(names.servers().await, start);
    let start = Instant::now();
    assert_unavailable(NameService::connect(proxy.url()).await, start);
    proxy.pass(service.url());
    assert_eq!(soon("an answer", names.servers()).await.unwrap(), []);
}

pub(crate) async fn a_lease_is_lost_before_it_expires(service: Service) {
    let proxy = Proxy::to(service.url()).await;
    let names = NameService::connect(proxy.url()).await.unwrap();
    let direct = service.names().await;
    let record = server("u1", "main");
    names.create_server(&record, &token(1, "p1")).await.unwrap();
    let lease = names.lease(SHORT).await.unwrap();
    names.advertise("u1", &binding(1), &lease).await.unwrap();
    let mut watch = direct.watch_binding("u1");
    assert_eq!(next("the binding", &mut watch).await, Some(binding(1)));

    // Renewed, it outlives its time.
    let lost = lease.lost();
    tokio::pin!(lost);
    let early = tokio::time::timeout(SHORT + Duration::from_millis(500), &mut lost).await;
    assert!(early.is_err(), "lost while it was renewed");
    assert!(!lease.is_lost());

    proxy.silence();
    assert_eq!(
        soon("the loss of the lease", &mut lost).await,
        Lost::Expired
    );
    let still = direct.binding("u1").await.unwrap();
    assert_eq!(still, Some(binding(1)), "expired before its owner knew");
    assert!(lease.is_lost());
    assert_eq!(next("the expiry", &mut watch).await, None);

    // It stays lost.
    proxy.pass(service.url());
    assert_eq!(soon("the loss", lease.lost()).await, Lost::Expired);
    let late = names.advertise("u1", &binding(1), &lease).await;
    assert!(matches!(late, Err(NamingError::LeaseLost { .. })));
}

pub(crate) async fn a_lease_survives_a_broken_connection(service: Service) {
    let proxy = Proxy::to(service.url()).await;
    let names = NameService::connect(proxy.url()).await.unwrap();
    let lease = names.lease(Duration::from_secs(3)).await.unwrap();
    let lost = lease.lost();
    tokio::pin!(lost);
    for _ in 0..3 {
        proxy.cut();
        proxy.pass(service.url());
        let early = tokio::time::timeout(Duration::from_millis(1300), &mut lost).await;
        assert!(early.is_err(), "lost in spite of a new connection");
    }
    // Dropped, it is no longer renewed.
    drop(lease);
    assert_eq!(soon("the end of the lease", lost).await, Lost::Expired);
}

pub(crate) async fn a_lease_ended_elsewhere_is_lost(service: Service) {
    let names = service.names().await;
    let lease = names.lease(Duration::from_secs(6)).await.unwrap();
    let mut client = service.client().await;
    client.lease_revoke(lease.id()).await.unwrap();
    let start = Instant::now();
    assert_eq!(
        soon("the loss of the lease", lease.lost()).await,
        Lost::Gone
    );
    // At the next renewal, long before the lease would have expired.
    assert!(start.elapsed() < Duration::from_secs(4));
    lease.revoke().await.unwrap();
}

pub(crate) async fn a_watch_misses_nothing_across_a_broken_connection(service: Service) {
    let mut writer = Writer::new(&service).await;
    let proxy = Proxy::to(service.url()).await;
    let names = NameService::connect(proxy.url()).await.unwrap();
    let mut watch = names.watch_binding("u1");
    assert_eq!(next("the binding", &mut watch).await, Some(binding(1)));

    proxy.cut();
    let told = soon("the watch's error", watch.next()).await.unwrap();
    assert!(told.unwrap_err().is_retryable());
    writer.withdraw().await;
    writer.move_on().await;
    writer.withdraw().await;
    writer.advertise().await;
    writer.move_on().await;
    proxy.pass(service.url());
    for expected in [
        None,
        Some(binding(2)),
        None,
        Some(binding(2)),
        Some(binding(3)),
    ] {
        assert_eq!(next("a change", &mut watch).await, expected);
    }

    // Nothing changed: nothing is told, and what comes later is.
    proxy.cut();
    proxy.pass(service.url());
    let quiet = tokio::time::timeout(Duration::from_millis(300), async {
        loop {
            if let Ok(change) = watch.next().await.unwrap() {
                return change;
            }
        }
    });
    assert!(quiet.await.is_err());
    writer.withdraw().await;
    let change = soon("a change", async {
        loop {
            if let Ok(change) = watch.next().await.unwrap() {
                return change;
            }
        }
    });
    assert_eq!(change.await, None);
}

pub(crate) async fn a_watch_recovers_from_compaction(service: Service) {
    let mut writer = Writer::new(&service).await;
    let proxy = Proxy::to(service.url()).await;
    let names = NameService::connect(proxy.url()).await.unwrap();
    let mut watch = names.watch_binding("u1");
    assert_eq!(next("the binding", &mut watch).await, Some(binding(1)));

    proxy.cut();
    assert!(soon("the error", watch.next()).await.unwrap().is_err());
    writer.withdraw().await;
    writer.move_on().await;
    let mut client = service.client().await;
    let now = crate::kv::revision(&mut client).await;
    client.compact(now, None).await.unwrap();
    proxy.pass(service.url());
    // The history is gone; what there is now is told.
    assert_eq!(next("the state", &mut watch).await, Some(binding(2)));
    writer.withdraw().await;
    assert_eq!(next("a change", &mut watch).await, None);
}

pub(crate) async fn a_watch_follows_a_replaced_service(service: Service) {
    let writer = Writer::new(&service).await;
    let proxy = Proxy::to(service.url()).await;
    let names = NameService::connect(proxy.url()).await.unwrap();
    let mut watch = names.watch_binding("u1");
    assert_eq!(next("the binding", &mut watch).await, Some(binding(1)));

    // The new one counts its revisions from the start again.
    let another = service.start_another().await;
    proxy.cut();
    assert!(soon("the error", watch.next()).await.unwrap().is_err());
    drop(writer);
    service.stop().await;
    proxy.pass(another.url());
    assert_eq!(next("the empty state", &mut watch).await, None);
    let writer = Writer::new(&another).await;
    assert_eq!(next("the new binding", &mut watch).await, Some(binding(1)));
    drop(writer);
}
