//! A boxed closure.

#[hicam::migratable]
async fn applied(values: Vec<u64>) -> u64 {
    let apply: Box<dyn Fn(u64) -> u64 + Send + Sync> = Box::new(|value| value + 1);
    hicam::point().await;
    values.into_iter().map(|value| apply(value)).sum()
}

fn main() {}
