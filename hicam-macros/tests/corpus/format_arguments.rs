//! Width and precision as variables of a format string.

use super::{hicam, programs};

#[hicam::migratable]
async fn aligned(n: u32) -> Vec<String> {
    let (width, precision) = (n as usize + 4, 2);
    let float = f64::from(n) / 3.0;
    hicam::point().await;
    let mut out = vec![format!(
        "{float:.precision$}|{float:>width$.precision$}|{n:0width$}"
    )];
    let digits = 1;
    hicam::point().await;
    out.push(format!("{:.*}|{:.digits$}", digits, float, float));
    out
}

programs! {
    format_arguments;
    aligned_numbers: aligned(2);
}
