//! Const generics, of functions and of types.

use super::{hicam, programs};

#[hicam::migratable]
async fn sum<const N: usize>(values: [u32; N]) -> u32 {
    let mut sum = 0;
    for i in 0..N {
        sum += values[i];
    }
    sum
}

#[derive(Debug, Clone, Copy, PartialEq, hicam::State)]
pub(crate) struct Ring<const N: usize> {
    slots: [u32; N],
    next: usize,
}

#[hicam::migratable]
impl<const N: usize> Ring<N> {
    fn new() -> Self {
        Ring {
            slots: [0; N],
            next: 0,
        }
    }

    async fn push(&mut self, value: u32) -> Option<u32> {
        let at = self.next % N;
        let old = std::mem::replace(&mut self.slots[at], value);
        hicam::point().await;
        self.next += 1;
        (self.next > N).then_some(old)
    }
}

#[hicam::migratable]
async fn fill<T: Copy + Send + hicam::State, const N: usize>(value: T, rows: usize) -> Vec<[T; N]> {
    let mut all = Vec::new();
    for _ in 0..rows {
        all.push([value; N]);
    }
    all
}

#[hicam::migratable]
async fn all() -> (u32, Ring<3>, Vec<u32>, Vec<[u8; 2]>) {
    let total = sum([1, 2, 3]).await + sum([]).await;
    let mut ring = Ring::<3>::new();
    let mut out = Vec::new();
    for i in 0..5 {
        if let Some(old) = ring.push(i).await {
            out.push(old);
        }
    }
    (total, ring, out, fill::<_, 2>(7, 2).await)
}

programs! {
    const_generics;
    constants_in_types: all() => (6, Ring { slots: [3, 4, 2], next: 5 }, vec![0, 1], vec![[7, 7]; 2]);
}
