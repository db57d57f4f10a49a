//! fannkuch-redux: the most pancake flips over all permutations, with a checksum.

use super::{hicam, programs};

#[hicam::migratable]
async fn fannkuch(n: usize) -> (i32, i32) {
    let mut permutation: Vec<usize> = (0..n).collect();
    let mut flipped = vec![0; n];
    let mut count = vec![0; n];
    let mut checksum = 0;
    let mut most_flips = 0;
    let mut even = true;
    let mut r = n;

    'permutations: loop {
        while r > 1 {
            count[r - 1] = r;
            r -= 1;
        }
        flipped.copy_from_slice(&permutation);
        let mut flips = 0;
        loop {
            let first = flipped[0];
            if first == 0 {
                break;
            }
            flipped[..=first].reverse();
            flips += 1;
        }
        most_flips = most_flips.max(flips);
        checksum += if even { flips } else { -flips };

        loop {
            if r == n {
                break 'permutations (checksum, most_flips);
            }
            permutation[..=r].rotate_left(1);
            count[r] -= 1;
            if count[r] > 0 {
                break;
            }
            r += 1;
        }
        even = !even;
    }
}

programs! {
    algorithms::fannkuch;
    fannkuch_redux: fannkuch(5) => (11, 7);
}
