//! A field's setting on the type.

#[derive(hicam::State)]
#[hicam(skip)]
struct Server {
    name: String,
}

fn main() {}
