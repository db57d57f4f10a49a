//! Statements that are compiled under a condition.

use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
async fn conditional(n: u32) -> (u32, String) {
    let mut text = String::from("a");
    hicam::point().await;
    #[cfg(any())]
    let text = nonsense;
    #[cfg(all())]
    let n = add(n, 1).await;
    #[cfg(any())]
    {
        text.push('b');
        hicam::point().await;
    }
    #[cfg(all())]
    text.push('c');
    hicam::point().await;
    (n, text)
}

programs! {
    conditional_statements;
    statements_under_a_condition: conditional(1) => (2, "ac".to_owned());
}
