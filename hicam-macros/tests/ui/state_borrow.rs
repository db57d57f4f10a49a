//! A field that borrows.

#[derive(hicam::State)]
struct Server<'a> {
    name: &'a str,
}

fn main() {}
