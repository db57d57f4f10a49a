//! A guard that is only held: the end of its scope is a use.

use tokio::sync::Mutex;

#[hicam::migratable]
async fn hold(count: &Mutex<u64>) {
    let _guard = count.lock().await;
    hicam::point().await;
}

async fn held() {
    hold(&Mutex::new(0)).await;
}

fn main() {}
