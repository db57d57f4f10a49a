//! The engine: atomic publication, checksums, fences, retention, and what a broken store is reported as.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use checkpoint_server::{Engine, EngineOptions, ErrorCode, StoreError, StoreLocation, Which};
use support::{CLASS, Faulty, UUID, checksum, description, key, pattern, store, stored};

async fn open(directory: &Path) -> Engine {
    let location = StoreLocation::Directory(directory.to_owned());
    Engine::open(&location, EngineOptions::default())
        .await
        .unwrap()
}

async fn memory(keep: usize) -> Engine {
    let options = EngineOptions {
        keep,
        ..EngineOptions::default()
    };
    Engine::open(&StoreLocation::Memory, options).await.unwrap()
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory.join(CLASS).join(UUID)) else {
        return Vec::new();
    };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn checkpoint_file(directory: &Path, epoch: u64, sequence: u64) -> PathBuf {
    directory
        .join(CLASS)
        .join(UUID)
        .join(format!("{epoch:020}-{sequence:020}.ckpt"))
}

fn code<T: std::fmt::Debug>(result: Result<T, StoreError>) -> ErrorCode {
    result.unwrap_err().code()
}

#[tokio::test]
async fn returns_what_was_put_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let small = b"state".to_vec();
    let large = pattern(20 << 20);
    let engine = open(directory.path()).await;
    store(&engine, 1, 1, &small).await.unwrap();
    let put = store(&engine, 1, 2, &large).await.unwrap();
    assert_eq!(put.bytes, large.len() as u64);

    let engine = open(directory.path()).await;
    let first = engine.get(&key(), Which::Sequence(1)).await.unwrap();
    assert_eq!(first.data, small);
    let last = engine.get(&key(), Which::Last).await.unwrap();
    assert_eq!(last.description, put);
    assert_eq!(last.data, large);
    let listed = engine.list(None, None).await.unwrap();
    assert_eq!(listed, [first.description, put]);
}

#[tokio::test]
async fn nothing_is_visible_before_it_is_whole() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path()).await;
    store(&engine, 1, 1, b"one").await.unwrap();

    // Large enough that parts have been written to the store.
    let data = pattern(17 << 20);
    let mut upload = engine.put(description(1, 2)).unwrap();
    upload.write(data.clone().into()).await.unwrap();
    assert!(
        files(directory.path())
            .iter()
            .any(|file| file.to_string_lossy().contains('#'))
    );
    assert_eq!(stored(&engine).await, [(1, 1)]);

    // The writer goes away: so do the parts.
    drop(upload);
    tokio::time::timeout(std::time::Duration::from_secs(5), async {
        while files(directory.path())
            .iter()
            .any(|file| file.to_string_lossy().contains('#'))
        {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    assert_eq!(stored(&engine).await, [(1, 1)]);
    store(&engine, 1, 2, &data).await.unwrap();
}

#[tokio::test]
async fn the_remains_of_a_crash_are_ignored_and_later_removed() {
    let directory = tempfile::tempdir().unwrap();
    store(&open(directory.path()).await, 1, 1, b"one")
        .await
        .unwrap();
    let name = checkpoint_file(directory.path(), 1, 2);
    let recent = name.with_extension("ckpt#1");
    let old = name.with_extension("ckpt#2");
    std::fs::write(&recent, b"half a checkpoint").unwrap();
    std::fs::write(&old, b"half a checkpoint").unwrap();
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(24 * 3600);
    std::fs::File::options()
        .write(true)
        .open(&old)
        .unwrap()
        .set_modified(long_ago)
        .unwrap();

    let engine = open(directory.path()).await;
    assert_eq!(stored(&engine).await, [(1, 1)]);
    assert_eq!(
        engine.get(&key(), Which::Last).await.unwrap().data,
        &b"one"[..]
    );
    assert!(recent.exists(), "it may belong to a write that goes on");
    assert!(!old.exists());
    store(&engine, 1, 2, b"two").await.unwrap();
    assert_eq!(stored(&engine).await, [(1, 1), (1, 2)]);
}

#[tokio::test]
async fn a_wrong_or_missing_end_stores_nothing() {
    let engine = memory(8).await;
    let mut upload = engine.put(description(1, 1)).unwrap();
    upload.write(Bytes::from_static(b"state")).await.unwrap();
    assert_eq!(
        code(upload.finish(&checksum(b"other")).await),
        ErrorCode::Incomplete
    );

    let mut announced = description(1, 1);
    announced.bytes = 6;
    let mut upload = engine.put(announced).unwrap();
    upload.write(Bytes::from_static(b"state")).await.unwrap();
    assert_eq!(
        code(upload.finish(&checksum(b"state")).await),
        ErrorCode::Incomplete
    );
    assert_eq!(stored(&engine).await, []);
    assert_eq!(
        code(engine.get(&key(), Which::Last).await),
        ErrorCode::NotFound
    );
}

#[tokio::test]
async fn every_flipped_byte_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path()).await;
    store(&engine, 1, 1, b"the older one").await.unwrap();
    store(&engine, 1, 2, b"the state").await.unwrap();
    let file = checkpoint_file(directory.path(), 1, 2);
    let whole = std::fs::read(&file).unwrap();
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x20;
        std::fs::write(&file, &damaged).unwrap();
        let error = engine.get(&key(), Which::Last).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::Corrupted, "byte {at}: {error}");
    }
    for length in [0, 4, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&file, &whole[..length]).unwrap();
        let error = engine.get(&key(), Which::Last).await.unwrap_err();
        assert_eq!(
            error.code(),
            ErrorCode::Corrupted,
            "{length} bytes: {error}"
        );
    }

    let error = engine
        .get(&key(), Which::Last)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains(&file.display().to_string()), "{error}");
    assert!(error.contains("checkpoint 2"), "{error}");
    assert!(error.contains("miman checkpoints"), "{error}");
    let older = engine.get(&key(), Which::Sequence(1)).await.unwrap();
    assert_eq!(older.data, &b"the older one"[..]);

    // A new engine has not seen the description whole.
    let listed = open(directory.path()).await.list(None, None).await.unwrap();
    assert_eq!(listed[0].damage, None);
    assert!(listed[1].damage.is_some());
    assert_eq!((listed[1].epoch, listed[1].sequence), (1, 2));
}

#[tokio::test]
async fn a_file_under_another_name_is_not_that_checkpoint() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path()).await;
    store(&engine, 1, 1, b"one").await.unwrap();
    std::fs::copy(
        checkpoint_file(directory.path(), 1, 1),
        checkpoint_file(directory.path(), 1, 9),
    )
    .unwrap();
    assert_eq!(
        code(engine.get(&key(), Which::Last).await),
        ErrorCode::Corrupted
    );
}

#[tokio::test]
async fn a_fence_survives_a_restart_and_is_never_lowered() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path()).await;
    store(&engine, 2, 1, b"two").await.unwrap();
    assert_eq!(engine.fence(&key(), 4).await.unwrap(), 4);
    assert_eq!(engine.fence(&key(), 3).await.unwrap(), 4);

    let engine = open(directory.path()).await;
    let error = store(&engine, 3, 2, b"late").await.unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Fenced {
                epoch: 3,
                lowest: 4,
                ..
            }
        ),
        "{error}"
    );
    assert!(!error.is_retryable());
    // Also one so large that it is written in parts.
    assert_eq!(
        code(store(&engine, 3, 2, &pattern(9 << 20)).await),
        ErrorCode::Fenced
    );
    store(&engine, 4, 2, b"four").await.unwrap();
    // A server with no checkpoint can be fenced as well.
    let other = checkpoint_server::ServerKey::new(CLASS, "another").unwrap();
    assert_eq!(engine.fence(&other, 7).await.unwrap(), 7);
    assert_eq!(engine.list(Some(CLASS), Some("another")).await.unwrap(), []);
}

#[tokio::test]
async fn a_higher_epoch_fences_the_lower_even_when_its_checkpoints_are_gone() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path()).await;
    store(&engine, 1, 5, b"old").await.unwrap();
    store(&engine, 2, 6, b"new").await.unwrap();
    assert_eq!(code(store(&engine, 1, 7, b"late").await), ErrorCode::Fenced);
    engine.delete(&key(), 6).await.unwrap();
    let engine = open(directory.path()).await;
    assert_eq!(code(store(&engine, 1, 7, b"late").await), ErrorCode::Fenced);
}

#[tokio::test]
async fn a_fence_of_another_checkpoint_server_between_check_and_publication_wins() {
    let faulty = Arc::new(Faulty::default());
    let engine = faulty.engine();
    store(&engine, 1, 1, b"one").await.unwrap();
    faulty.intrude(object_store::path::Path::from(format!(
        "{CLASS}/{UUID}/{:020}.fence",
        2
    )));
    assert_eq!(code(store(&engine, 1, 2, b"two").await), ErrorCode::Fenced);
    assert_eq!(stored(&engine).await, [(1, 1)]);
}

#[tokio::test]
async fn sequence_numbers_grow_within_an_epoch() {
    let engine = memory(8).await;
    store(&engine, 1, 1, b"one").await.unwrap();
    store(&engine, 1, 3, b"three").await.unwrap();
    // The answer was lost and the writer asks again.
    store(&engine, 1, 3, b"three").await.unwrap();
    for (sequence, data) in [(3, b"other"), (2, b"three")] {
        assert_eq!(
            code(store(&engine, 1, sequence, data).await),
            ErrorCode::StaleSequence
        );
    }
    // A server restored from checkpoint 1 goes on from there; both 3s are kept, the higher epoch's counts.
    store(&engine, 2, 2, b"again").await.unwrap();
    assert_eq!(
        engine.get(&key(), Which::Last).await.unwrap().data,
        &b"again"[..]
    );
    store(&engine, 2, 3, b"third").await.unwrap();
    assert_eq!(stored(&engine).await, [(1, 1), (1, 3), (2, 2), (2, 3)]);
    let third = engine.get(&key(), Which::Sequence(3)).await.unwrap();
    assert_eq!(third.data, &b"third"[..]);
}

#[tokio::test]
async fn keeps_the_newest_and_never_deletes_the_last() {
    let engine = memory(3).await;
    for sequence in 1..=10 {
        store(&engine, 1, sequence, b"state").await.unwrap();
    }
    engine.settle().await;
    assert_eq!(stored(&engine).await, [(1, 8), (1, 9), (1, 10)]);

    let engine = memory(0).await;
    for sequence in 1..=3 {
        store(&engine, 1, sequence, b"state").await.unwrap();
    }
    engine.settle().await;
    assert_eq!(stored(&engine).await, [(1, 3)]);
}

#[tokio::test]
async fn deletes_the_one_asked_for() {
    let engine = memory(8).await;
    store(&engine, 1, 1, b"one").await.unwrap();
    store(&engine, 1, 2, b"two").await.unwrap();
    engine.delete(&key(), 1).await.unwrap();
    assert_eq!(stored(&engine).await, [(1, 2)]);
    assert_eq!(code(engine.delete(&key(), 1).await), ErrorCode::NotFound);
}

#[tokio::test]
async fn a_broken_store_is_reported_as_what_it_is_and_works_again_after() {
    let faulty = Arc::new(Faulty::default());
    let engine = faulty.engine();
    store(&engine, 1, 1, b"one").await.unwrap();
    let cases = [
        (
            ErrorKind::ReadOnlyFilesystem,
            ErrorCode::StoreReadOnly,
            "writable",
        ),
        (
            ErrorKind::PermissionDenied,
            ErrorCode::StoreReadOnly,
            "writable",
        ),
        (ErrorKind::StorageFull, ErrorCode::StoreFull, "make room"),
        (ErrorKind::QuotaExceeded, ErrorCode::StoreFull, "make room"),
        (
            ErrorKind::ConnectionRefused,
            ErrorCode::Unavailable,
            "try again",
        ),
    ];
    for (kind, expected, advice) in cases {
        faulty.fail(Some(kind));
        for size in [5, 9 << 20] {
            let error = store(&engine, 1, 2, &pattern(size)).await.unwrap_err();
            assert_eq!(error.code(), expected, "{error}");
            assert!(error.is_retryable());
            assert!(error.to_string().contains(advice), "{error}");
            assert!(error.to_string().contains("faulty"), "{error}");
            // The source is not part of the message, so that the chain says everything once.
            let source = std::error::Error::source(&error).unwrap();
            assert!(!error.to_string().contains(&source.to_string()), "{error}");
            assert!(source.source().is_none(), "{source}");
        }
        assert_eq!(code(engine.fence(&key(), 9).await), expected);
        faulty.fail(None);
        assert_eq!(stored(&engine).await, [(1, 1)]);
    }
    store(&engine, 1, 2, b"two").await.unwrap();
}

#[tokio::test]
async fn a_file_in_the_place_of_a_directory_is_reported() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let location = StoreLocation::Directory(file.join("store"));
    let error = Engine::open(&location, EngineOptions::default())
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::StoreReadOnly, "{error}");

    let error = Engine::open(&StoreLocation::Directory(file), EngineOptions::default())
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::Invalid, "{error}");

    // While it runs: what is stored stays readable.
    let engine = open(directory.path()).await;
    std::fs::write(directory.path().join(CLASS), b"").unwrap();
    let error = store(&engine, 1, 1, b"one").await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
    std::fs::remove_file(directory.path().join(CLASS)).unwrap();
    store(&engine, 1, 1, b"one").await.unwrap();
}

#[tokio::test]
async fn opening_leaves_nothing_in_the_store() {
    let directory = tempfile::tempdir().unwrap();
    let _engine = open(directory.path()).await;
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_listing_that_fails_says_that_it_was_a_listing() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path()).await;
    // A link to itself cannot be followed by anybody.
    std::os::unix::fs::symlink(CLASS, directory.path().join(CLASS)).unwrap();
    let error = engine.list(None, None).await.unwrap_err();
    let text = tonic::Status::from(error).message().to_owned();
    assert!(text.contains("listing checkpoints failed"), "{text}");
    assert!(text.matches("os error").count() <= 1, "{text}");
}

#[tokio::test]
async fn names_cannot_leave_the_store() {
    let engine = memory(8).await;
    for (class, uuid) in [("..", UUID), ("", UUID), (CLASS, "a/b"), (CLASS, "../x")] {
        let mut wrong = description(1, 1);
        wrong.class = class.to_owned();
        wrong.uuid = uuid.to_owned();
        assert_eq!(code(engine.put(wrong)), ErrorCode::Invalid);
    }
    assert_eq!(code(engine.put(description(0, 1))), ErrorCode::Invalid);
    assert_eq!(code(engine.put(description(1, 0))), ErrorCode::Invalid);
    assert_eq!(
        code(engine.list(Some("../.."), None).await),
        ErrorCode::Invalid
    );
}

#[tokio::test]
async fn too_large_a_checkpoint_is_refused() {
    let options = EngineOptions {
        max_bytes: 10,
        ..EngineOptions::default()
    };
    let engine = Engine::open(&StoreLocation::Memory, options).await.unwrap();
    store(&engine, 1, 1, &[1; 10]).await.unwrap();
    assert_eq!(
        code(store(&engine, 1, 2, &[1; 11]).await),
        ErrorCode::Invalid
    );
}

#[test]
fn locations() {
    let directory = |path: &str| StoreLocation::Directory(path.into());
    let cases = [
        ("/var/x", directory("/var/x")),
        ("x", directory("x")),
        ("file:x/y", directory("x/y")),
        ("file:///var/x", directory("/var/x")),
        ("memory:", StoreLocation::Memory),
        ("memory:///", StoreLocation::Memory),
        (
            "s3://b/p/q/",
            StoreLocation::S3 {
                bucket: "b".into(),
                prefix: "p/q".into(),
            },
        ),
        (
            "s3://b",
            StoreLocation::S3 {
                bucket: "b".into(),
                prefix: String::new(),
            },
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(text.parse::<StoreLocation>().unwrap(), expected, "{text}");
    }
    for text in ["", "file:", "s3://", "s3:///p", "gs://b/p"] {
        assert_eq!(
            text.parse::<StoreLocation>().unwrap_err().code(),
            ErrorCode::Invalid,
            "{text}"
        );
    }
}
