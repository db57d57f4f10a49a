//! A reference to something static that is part of something else, given to a callee that borrows it.

#[derive(hicam::State)]
struct Config {
    name: &'static str,
}

#[hicam::migratable]
async fn greet(name: &str) -> usize {
    name.len()
}

#[hicam::migratable]
async fn start(config: Config) -> usize {
    greet(config.name).await
}

fn main() {}
