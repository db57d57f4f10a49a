//! A scrutinee that lends from a temporary, which lives until the end of the `match`.

use super::expressions::add;
use super::scrutinees::name_of;
use super::{hicam, programs};

#[hicam::migratable]
async fn letters(n: u32) -> Vec<char> {
    let name = name_of(n).await;
    hicam::point().await;
    name.chars().collect()
}

#[hicam::migratable]
async fn matched(n: u32) -> Vec<u32> {
    let mut out = Vec::new();
    for i in 0..n {
        let value = match name_of(i).await.as_str() {
            "zero" => 0,
            "one" => add(i, 10).await,
            name if name.len() == 3 => {
                hicam::point().await;
                33
            }
            name => name.len() as u32,
        };
        out.push(value);
        if let Some(first) = letters(i).await.first() {
            hicam::point().await;
            out.push(*first as u32);
        }
        match format!("{i}").trim() {
            "1" => {
                hicam::point().await;
                out.push(1);
            }
            text => out.push(text.len() as u32),
        }
    }
    out
}

programs! {
    scrutinee_temporaries;
    temporaries_matched: matched(4);
}
