//! A guard that is released on one path only.

use tokio::sync::Mutex;

#[hicam::migratable]
async fn hold(count: &Mutex<u64>, early: bool) {
    let guard = count.lock().await;
    if early {
        drop(guard);
    }
    hicam::point().await;
}

async fn held() {
    hold(&Mutex::new(0), true).await;
}

fn main() {}
