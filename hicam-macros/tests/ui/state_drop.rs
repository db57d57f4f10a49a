//! A type whose early drop could be observed.

#[derive(hicam::State)]
struct Lease {
    name: String,
}

impl Drop for Lease {
    fn drop(&mut self) {}
}

fn main() {}
