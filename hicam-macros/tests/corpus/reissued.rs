//! `hicam::reissue`: a cancel-safe future that is dropped for a capture, and made again.

use std::sync::Mutex;

use super::expressions::add;
use super::{hicam, programs};

#[derive(Debug, Default, hicam::State)]
pub(crate) struct Queue {
    items: Mutex<Vec<u32>>,
}

impl Queue {
    async fn recv(&self) -> Option<u32> {
        tokio::task::yield_now().await;
        self.items.lock().unwrap().pop()
    }
}

#[hicam::migratable]
impl Queue {
    async fn drain(&self) -> Vec<u32> {
        let mut out = Vec::new();
        while let Some(item) = hicam::reissue(|| self.recv()).await {
            out.push(add(item, 1).await);
        }
        out
    }
}

#[hicam::migratable]
async fn drained() -> Vec<u32> {
    let queue = Queue {
        items: Mutex::new(vec![1, 2, 3]),
    };
    let mut out = queue.drain().await;
    out.extend(hicam::reissue(|| queue.recv()).await);
    out
}

programs! {
    reissued;
    a_queue_drained: drained() => vec![4, 3, 2];
}
