//! `for` loops over the items of items, and over a part of what a closure has chosen.

#![allow(unused, reason = "values that are only dropped are the topic")]

use super::drop_order::{log, mk, out, say, step};
use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
async fn flat(rows: Vec<Vec<u32>>, words: Vec<String>) -> Vec<u32> {
    let mut out = Vec::new();
    for cell in rows.iter().flatten() {
        out.push(add(*cell, 1).await);
    }
    for (i, cell) in rows.iter().flatten().enumerate() {
        if *cell == 2 {
            continue;
        }
        out.push(add(*cell, i as u32).await);
        if i == 3 {
            break;
        }
    }
    for c in words.iter().flat_map(|word| word.chars()) {
        out.push(add(c as u32, 0).await);
    }
    for (i, j) in (0..3).flat_map(|i| (0..i).map(move |j| (i, j))) {
        out.push(add(i * 10, j).await);
    }
    for n in rows
        .iter()
        .flat_map(|row| row.iter().rev().copied())
        .filter(|n| n % 2 == 1)
    {
        out.push(add(n, 100).await);
    }
    out
}

#[hicam::migratable]
async fn left_early(rows: Vec<Vec<u32>>) -> Vec<u32> {
    let mut out = Vec::new();
    'rows: for row in &rows {
        'cells: for cell in rows.iter().flatten().take_while(|cell| **cell < 5) {
            for n in 0..3 {
                if n == 1 {
                    break;
                }
                match cell + n {
                    2 => continue 'cells,
                    3 if row.len() == 1 => break 'cells,
                    4 if row.len() == 3 => continue 'rows,
                    6 => break 'rows,
                    cell => out.push(add(cell, n).await),
                }
            }
        }
        out.push(row.len() as u32);
    }
    out
}

/// Rows that are made are dropped one after the other.
#[hicam::migratable]
async fn made() -> Vec<u32> {
    let l = log();
    for x in (0..3).flat_map(|i| vec![mk(i * 2, &l), mk(i * 2 + 1, &l)]) {
        step(&l, 20).await;
        say(&l, x.id() + 500);
        if x.id() == 2 {
            break;
        }
    }
    step(&l, 30).await;
    out(l)
}

#[hicam::migratable]
async fn parts(words: Vec<String>, from: u32) -> Vec<u32> {
    let mut out = Vec::new();
    for n in (0..9).skip_while(|n| *n < from) {
        out.push(add(n, 1).await);
    }
    for word in words.iter().filter(|word| word.len() > 1).take(1) {
        out.push(add(word.len() as u32, 10).await);
    }
    for (i, n) in (0..9).filter(|n| n % 2 == 0).skip(1).take(2).enumerate() {
        out.push(add(n, i as u32).await);
    }
    for word in words.iter().filter(|word| word.is_empty()).take(0) {
        out.push(add(word.len() as u32, 10).await);
    }
    out
}

/// What is asked for, and what is dropped when.
#[hicam::migratable]
async fn parts_that_are_seen() -> Vec<u32> {
    let l = log();
    for x in vec![mk(1, &l), mk(2, &l), mk(3, &l), mk(4, &l)]
        .into_iter()
        .inspect(|x| say(&l, 100 + x.id()))
        .filter(|x| x.id() > 1)
        .take(2)
    {
        step(&l, 20).await;
    }
    step(&l, 30).await;
    for x in vec![mk(1, &l), mk(2, &l), mk(3, &l)]
        .into_iter()
        .skip_while(|x| {
            say(&l, 200 + x.id());
            x.id() < 2
        })
    {
        step(&l, 40).await;
    }
    out(l)
}

#[hicam::migratable]
async fn taken_along(factors: &[u32], n: usize) -> Vec<u32> {
    let mut out = Vec::new();
    for x in (0..n).map(move |i| factors[i] * 2) {
        out.push(add(x, 1).await);
    }
    for x in factors.iter().map(move |k| k + 1) {
        out.push(add(x, 1).await);
    }
    out
}

fn rows() -> Vec<Vec<u32>> {
    vec![vec![1, 2, 3], vec![], vec![4], vec![5, 6]]
}

fn words() -> Vec<String> {
    ["ab", "", "cde", "a"].map(String::from).to_vec()
}

programs! {
    nested_heads;
    items_of_items: flat(rows(), words());
    jumps_out_of_items_of_items: left_early(rows());
    rows_that_are_made: made();
    parts_of_what_is_chosen: parts(words(), 7);
    parts_of_what_is_seen: parts_that_are_seen();
    what_closures_take_along: taken_along(&[2, 3, 4], 2);
}
