//! What the tests share: daemons in directories of their own, and executables that answer as a class does.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, and not every test uses everything"
)]

pub(crate) mod class_process;

use std::time::Duration;

use hicam_protocol::remex::{
    InstallClassReply, InstallClassRequest, InstalledClass, install_class_request::Part,
    remex_client::RemexClient,
};
use remex::{Daemon, Handle, NameServiceOption, Options};
use tempfile::TempDir;
use tonic::{Status, transport::Channel};

/// A running daemon and its directory, which goes with it.
pub(crate) struct Host {
    pub(crate) daemon: Handle,
    pub(crate) client: RemexClient<Channel>,
    pub(crate) dir: TempDir,
}

/// Settings with short times, so that what has to be waited for comes soon.
pub(crate) fn options(host: &str, dir: &TempDir) -> Options {
    let mut options = Options::new(host, dir.path());
    options.timing.lease = Duration::from_secs(2);
    options.timing.advert = Duration::from_millis(200);
    options.timing.question = Duration::from_secs(1);
    options.timing.holder = Duration::from_secs(5);
    options
}

/// Starts a daemon; without `etcd` it hosts the embedded name service.
pub(crate) async fn host(name: &str, etcd: Option<&str>) -> Host {
    host_with(name, etcd, |_| ()).await
}

/// The same with other settings.
pub(crate) async fn host_with(
    name: &str,
    etcd: Option<&str>,
    change: impl FnOnce(&mut Options),
) -> Host {
    let dir = TempDir::new().unwrap();
    let mut options = options(name, &dir);
    if let Some(etcd) = etcd {
        options.name_service = NameServiceOption::Etcd(etcd.to_owned());
    }
    change(&mut options);
    let daemon = Daemon::start(options).await.unwrap();
    let client = RemexClient::connect(daemon.address().to_owned())
        .await
        .unwrap();
    Host {
        daemon,
        client,
        dir,
    }
}

/// An executable that says that it is of `class`, and does `serve` for everything else.
pub(crate) fn class(class: &str, serve: &str) -> Vec<u8> {
    format!(
        "#!/bin/sh\n\
         if [ \"$1\" = schema ]; then echo '{{\"class\":\"{class}\",\"fingerprint\":\"f-{class}\"}}'; exit 0; fi\n\
         {serve}\n"
    )
    .into_bytes()
}

pub(crate) fn hash(binary: &[u8]) -> String {
    blake3::hash(binary).to_hex().to_string()
}

/// Uploads a binary in small pieces.
pub(crate) async fn install(
    client: &mut RemexClient<Channel>,
    class: &str,
    binary: &[u8],
) -> Result<InstallClassReply, Status> {
    let header = InstalledClass {
        class: class.to_owned(),
        hash: hash(binary),
        bytes: binary.len() as u64,
        current: true,
    };
    upload(client, header, binary).await
}

pub(crate) async fn upload(
    client: &mut RemexClient<Channel>,
    header: InstalledClass,
    binary: &[u8],
) -> Result<InstallClassReply, Status> {
    let mut parts = vec![Part::Header(header)];
    parts.extend(
        binary
            .chunks(50)
            .map(|data| Part::Data(data.to_vec().into())),
    );
    let messages = parts
        .into_iter()
        .map(|part| InstallClassRequest { part: Some(part) });
    let reply = client
        .install_class(futures::stream::iter(messages.collect::<Vec<_>>()))
        .await?;
    Ok(reply.into_inner())
}

/// Asserts that every text is part of the message.
#[track_caller]
pub(crate) fn says(status: &Status, texts: &[&str]) {
    for text in texts {
        assert!(
            status.message().contains(text),
            "{text:?} is not in {:?}",
            status.message()
        );
    }
}

pub(crate) async fn describe(
    client: &mut RemexClient<Channel>,
) -> hicam_protocol::remex::HostDescription {
    let request = hicam_protocol::remex::DescribeRequest {};
    client.describe(request).await.unwrap().into_inner()
}
