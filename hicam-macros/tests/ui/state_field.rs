//! A field that cannot be captured.

#[derive(hicam::State)]
struct Server {
    name: String,
    file: std::fs::File,
}

fn main() {}
