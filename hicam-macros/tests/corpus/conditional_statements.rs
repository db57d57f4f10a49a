//! Parts of functions that are compiled under a condition.

use super::expressions::{add, noted};
use super::{hicam, programs};

#[hicam::migratable]
async fn conditional(n: u32) -> (u32, String) {
    let mut text = String::from("a");
    hicam::point().await;
    #[cfg(any())]
    let text = nonsense;
    #[cfg(not(any()))]
    let n = add(n, 1).await;
    #[cfg(any())]
    {
        text.push('b');
        hicam::point().await;
    }
    #[cfg(not(any()))]
    text.push('c');
    hicam::point().await;
    (n, text)
}

/// Tests have debug assertions or not, and each way one of two is taken.
#[hicam::migratable]
async fn either(n: u32, log: &mut Vec<u32>) -> u32 {
    #[cfg(debug_assertions)]
    let found = add(n, 1).await;
    #[cfg(not(debug_assertions))]
    let found = noted(n, log).await + 1;
    for i in 0..2 {
        #[cfg(not(any()))]
        log.push(i);
        #[cfg(any(not(any()), test))]
        if i == 1 {
            #[cfg(any())]
            return noted(nowhere, log).await;
            hicam::point().await;
        }
        #[cfg(any())]
        nothing!();
        noted(i, log).await;
    }
    #[cfg(not(any()))]
    {
        hicam::point().await;
        found
    }
    #[cfg(any())]
    {
        nothing().await
    }
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) struct Sizes {
    width: u32,
    #[cfg(not(any()))]
    height: u32,
    #[cfg(any())]
    depth: Nothing,
}

#[hicam::migratable]
impl Sizes {
    #[cfg(any())]
    async fn area(&self) -> Nothing {
        nowhere().await
    }

    #[cfg(not(any()))]
    async fn area(&self, #[cfg(any())] nothing: Nothing, factor: u32) -> u32 {
        hicam::point().await;
        self.width * self.height * factor
    }

    #[cfg(any())]
    const NOTHING: Nothing = 5;
}

#[hicam::migratable]
async fn elements(n: u32) -> Vec<u32> {
    let mut out = Vec::new();
    for i in 0..n {
        let sizes = Sizes {
            width: add(i, 1).await,
            #[cfg(not(any()))]
            height: i,
            #[cfg(any())]
            depth: nothing().await,
        };
        let list = [
            #[cfg(any())]
            nothing,
            sizes.area(2).await,
            #[cfg(not(any()))]
            3,
        ];
        out.extend(list);
        match i {
            #[cfg(any())]
            0 => nothing().await,
            #[cfg(not(any()))]
            0 => out.push(add(i, 100).await),
            1 if add(i, i).await == 2 => out.push(200),
            #[cfg(not(any()))]
            _ => {
                hicam::point().await;
                let Sizes {
                    width,
                    #[cfg(any())]
                    depth,
                    ..
                } = sizes;
                out.push(width);
            }
        }
    }
    out
}

#[hicam::migratable]
async fn both(n: u32) -> (u32, usize) {
    let mut log = Vec::new();
    let found = either(n, &mut log).await;
    (found, log.len())
}

programs! {
    conditional_statements;
    statements_under_a_condition: conditional(1) => (2, "ac".to_owned());
    statements_under_two_conditions: both(4);
    elements_under_a_condition: elements(3);
}
