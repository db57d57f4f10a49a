//! A union's state.

#[derive(hicam::State)]
union Either {
    number: u64,
    text: [u8; 8],
}

fn main() {}
