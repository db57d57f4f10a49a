//! A constant in lower case looks like a variable, and under another name it would match everything.

#[allow(non_upper_case_globals)]
const accepted: u32 = 200;

#[hicam::migratable]
async fn answer(first: u32, second: u32) -> u32 {
    let one = match first {
        accepted => 1,
        _ => 2,
    };
    hicam::point().await;
    let two = match second {
        accepted => 10,
        _ => 20,
    };
    one + two
}

fn main() {}
