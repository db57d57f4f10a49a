//! Loops of every kind, in each other, left and gone on with by label.

use crate::effects::note;

#[hicam::migratable]
pub(crate) async fn shapes(size: u32) -> Vec<String> {
    let mut seen = Vec::new();
    'rows: for row in (0..=size).rev().step_by(2) {
        let mut column = 0;
        while column < size {
            column += 1;
            if column == row {
                continue 'rows;
            }
            hicam::point().await;
            seen.push(format!("{row}.{column}"));
        }
        note(row);
    }
    let letters = vec!['a', 'b', 'c'];
    for (n, (letter, seen)) in letters.iter().zip(seen.clone()).enumerate() {
        hicam::point().await;
        note(format_args!("{n} {letter} {seen}"));
    }
    let mut left = vec![1, 2, 3];
    while let Some(top) = left.pop() {
        hicam::point().await;
        if top == 2 {
            left.push(10);
        }
        seen.push(top.to_string());
    }
    let found = loop {
        let Some(last) = seen.pop() else {
            break "none".to_owned();
        };
        hicam::point().await;
        if last.len() > 1 {
            break last;
        }
    };
    seen.push(found);
    seen
}

#[hicam::migratable]
pub(crate) async fn primes(limit: usize) -> Vec<usize> {
    let mut sieve = vec![true; limit];
    let mut primes = Vec::new();
    for number in 2..limit {
        if !sieve[number] {
            continue;
        }
        primes.push(number);
        note(number);
        let mut multiple = number * number;
        while multiple < limit {
            sieve[multiple] = false;
            multiple += number;
        }
    }
    primes
}
