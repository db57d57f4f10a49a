//! A process of the operating system.

#[hicam::migratable]
async fn run(program: String) -> bool {
    let mut child = std::process::Command::new(program).spawn().unwrap();
    hicam::point().await;
    child.wait().unwrap().success()
}

fn main() {}
