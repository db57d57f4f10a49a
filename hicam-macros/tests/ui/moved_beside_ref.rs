//! A part of what is matched is moved by the arm that borrows another.

#[hicam::migratable]
async fn split(pair: (String, String)) -> (String, usize) {
    match pair {
        (first, ref second) => {
            hicam::point().await;
            (first, second.len())
        }
    }
}

fn main() {}
