//! A setting that fields do not have.

#[derive(hicam::State)]
struct Server {
    name: String,
    #[hicam(ignore)]
    connections: u32,
}

fn main() {}
