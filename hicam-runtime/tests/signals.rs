//! Signals of a server process. One test alone in its process, for signals are the process's.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failure in a test is a panic"
)]

mod common;

use checkpoint_server::{ServerKey, Which};
use common::{Client, Counter, CounterServer, alone, checkpoints, describe, soon};
use hicam::{Server, ServerOptions};
use rustix::process::{Signal, getpid, kill_process};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};

fn send(signal: Signal) {
    kill_process(getpid(), signal).unwrap();
}

#[tokio::test]
async fn usr1_takes_a_checkpoint_and_term_a_last_one() {
    let store = checkpoints(None).await;
    let options = ServerOptions {
        checkpoint_server: Some(store.handle.url()),
        interval: Duration::ZERO,
        ..alone()
    };
    let seen = Arc::new(AtomicU64::new(0));
    let hook = Arc::clone(&seen);
    let running = Server::<Counter>::new(options)
        .service(CounterServer::from_arc)
        .on_stop(move |state| {
            hook.store(state.total.load(SeqCst), SeqCst);
            async {}
        })
        .start()
        .await
        .unwrap();
    let (address, uuid) = (running.address().to_owned(), running.describe().uuid);
    let ended = tokio::spawn(running.wait_with_signals());
    // It runs until it waits for signals.
    tokio::task::yield_now().await;

    let client = Client::new(&address, "a").await;
    assert_eq!(client.call("Add", 1, 3).await.unwrap(), 3);
    send(Signal::USR1);
    soon("the checkpoint", async {
        while describe(&address).await.last_checkpoint != 1 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(client.call("Add", 2, 4).await.unwrap(), 4);
    send(Signal::TERM);
    drop(client);
    soon("the end", ended).await.unwrap().unwrap();
    assert_eq!(seen.load(SeqCst), 7);
    let key = ServerKey::new("counter", uuid).unwrap();
    let last = store.handle.engine().get(&key, Which::Last).await.unwrap();
    assert_eq!(last.description.sequence, 2);
    let checkpoint = hicam_state::Checkpoint::decode(&last.data).unwrap();
    let (total, _) = checkpoint
        .globals
        .get::<(u64, bool)>(&checkpoint.types)
        .unwrap();
    assert_eq!(total, 7);
}
