//! Methods of what is behind an `Arc`.

use std::sync::{Arc, Mutex};

use super::{hicam, programs};

#[derive(Debug, Default, hicam::State)]
pub(crate) struct Hub {
    log: Mutex<Vec<String>>,
}

#[hicam::migratable]
impl Hub {
    async fn publish(self: &Arc<Self>, text: &str) -> usize {
        self.log.lock().unwrap().push(text.to_owned());
        hicam::point().await;
        self.log.lock().unwrap().len()
    }

    async fn publish_all(self: Arc<Self>, texts: Vec<String>) -> usize {
        let mut last = 0;
        for text in texts {
            last = self.publish(&text).await;
        }
        last + Arc::clone(&self).publish("end").await
    }
}

#[hicam::migratable]
async fn hubs() -> (usize, Vec<String>) {
    let hub = Arc::new(Hub::default());
    let count = Arc::clone(&hub)
        .publish_all(vec!["a".into(), "b".into()])
        .await;
    let more = hub.publish("c").await;
    let log = hub.log.lock().unwrap().clone();
    (count + more, log)
}

programs! {
    shared_self;
    self_behind_an_arc: hubs() => (9, ["a", "b", "end", "c"].map(String::from).to_vec());
}
