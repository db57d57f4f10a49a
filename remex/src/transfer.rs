//! Binaries on the wire: uploads into this host, and copies from one host to another.

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use hicam_protocol::remex::{
    FetchClassReply, FetchClassRequest, InstallClassRequest, InstalledClass, fetch_class_reply,
    install_class_request,
};
use tokio::{io::AsyncReadExt as _, sync::mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::{
    classes::{Begin, Classes, Installed},
    error::{RemexError, Result},
    peers,
};

/// Bytes in one message; gRPC allows 4 MiB.
const CHUNK: usize = 256 << 10;

/// One part of a binary on its way.
enum Part {
    Header(InstalledClass),
    Data(Bytes),
}

/// Takes in a binary that a client sends and makes it the class's current one. Tells whether it was there already.
pub(crate) async fn receive(
    classes: &Classes,
    parts: impl Stream<Item = Result<InstallClassRequest, Status>> + Unpin,
) -> Result<bool> {
    let parts = parts.map(|message| {
        Ok(message?.part.map(|part| match part {
            install_class_request::Part::Header(header) => Part::Header(header),
            install_class_request::Part::Data(data) => Part::Data(data),
        }))
    });
    let broken = |status: Status, class: &str| RemexError::DamagedUpload {
        class: class.to_owned(),
        detail: status.message().to_owned(),
    };
    let (_, already_there) = take_in(classes, parts, true, broken).await?;
    Ok(already_there)
}

/// Copies a binary from the daemon at `source`. It becomes the current one of its class only if there is none.
pub(crate) async fn fetch(
    classes: &Classes,
    source: &str,
    class: &str,
    hash: &str,
) -> Result<Installed> {
    let failed = |status: Status, _: &str| RemexError::Peer {
        host: source.to_owned(),
        operation: "fetching the class",
        source: Box::new(status),
    };
    let request = FetchClassRequest {
        class: class.to_owned(),
        hash: hash.to_owned(),
    };
    let answer = async {
        let reply = peers::remex(source).await?.fetch_class(request).await?;
        Ok(reply.into_inner())
    };
    let parts = answer.await.map_err(|status| failed(status, class))?.map(
        |message: Result<FetchClassReply, Status>| {
            Ok(message?.part.map(|part| match part {
                fetch_class_reply::Part::Header(header) => Part::Header(header),
                fetch_class_reply::Part::Data(data) => Part::Data(data),
            }))
        },
    );
    let (installed, _) = take_in(classes, parts, false, failed).await?;
    if installed.class != class || installed.hash != hash {
        return Err(RemexError::DamagedUpload {
            class: class.to_owned(),
            detail: format!(
                "{source} sent {} {} instead of {hash}",
                installed.class, installed.hash
            ),
        });
    }
    Ok(installed)
}

async fn take_in(
    classes: &Classes,
    mut parts: impl Stream<Item = Result<Option<Part>, Status>> + Unpin,
    make_current: bool,
    broken: impl Fn(Status, &str) -> RemexError,
) -> Result<(Installed, bool)> {
    let no_header = || {
        RemexError::InvalidRequest(
            "an upload begins with a header that says which class it is".to_owned(),
        )
    };
    let header = match parts.next().await {
        Some(Ok(Some(Part::Header(header)))) => header,
        Some(Err(status)) => return Err(broken(status, "(not named yet)")),
        _ => return Err(no_header()),
    };
    let class = header.class;
    let begun = classes
        .begin(&class, &header.hash, header.bytes, make_current)
        .await?;
    let mut upload = match begun {
        Begin::Send(upload) => upload,
        Begin::AlreadyThere => return Ok((classes.find(&class, &header.hash)?, true)),
    };
    while let Some(part) = parts.next().await {
        match part.map_err(|status| broken(status, &class))? {
            Some(Part::Data(data)) => upload.write(&data).await?,
            Some(Part::Header(_)) => {
                return Err(RemexError::InvalidRequest(
                    "an upload has one header, at its beginning".to_owned(),
                ));
            }
            // A part of a later version.
            None => {}
        }
    }
    upload.finish().await
}

/// Streams an installed binary.
pub(crate) async fn send(
    installed: Installed,
) -> Result<ReceiverStream<Result<FetchClassReply, Status>>> {
    let path = installed.path.clone();
    let mut file = tokio::fs::File::open(&path)
        .await
        .map_err(RemexError::io("read", &path))?;
    let (sender, receiver) = mpsc::channel(4);
    tokio::spawn(async move {
        let header = fetch_class_reply::Part::Header(InstalledClass {
            class: installed.class,
            hash: installed.hash,
            bytes: installed.bytes,
            current: installed.current,
        });
        let mut next = Ok(Some(header));
        loop {
            let message = match next {
                Ok(Some(part)) => Ok(FetchClassReply { part: Some(part) }),
                Ok(None) => return,
                Err(error) => Err(RemexError::io("read", &path)(error).into()),
            };
            let failed = message.is_err();
            // The receiver is gone when the other side is.
            if sender.send(message).await.is_err() || failed {
                return;
            }
            let mut data = bytes::BytesMut::with_capacity(CHUNK);
            next = file
                .read_buf(&mut data)
                .await
                .map(|read| (read > 0).then(|| fetch_class_reply::Part::Data(data.freeze())));
        }
    });
    Ok(ReceiverStream::new(receiver))
}
