//! `for` over iterators made from ranges, vectors, slices, texts and maps.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
async fn over_ranges() -> Vec<u32> {
    let mut out = Vec::new();
    for i in (0..4).rev() {
        out.push(i);
    }
    for i in (0..=9).step_by(4) {
        out.push(i);
    }
    for i in (0..=9).rev().step_by(5) {
        out.push(i);
    }
    for (i, j) in (0..3).zip(5..) {
        out.push(i * j);
    }
    for (i, j) in (7..9).enumerate() {
        out.push(i as u32 * 100 + j);
    }
    out
}

#[hicam::migratable]
async fn over_vectors(words: Vec<String>, mut numbers: Vec<u32>) -> (Vec<String>, Vec<u32>) {
    let mut out = Vec::new();
    for (i, word) in words.iter().enumerate() {
        hicam::point().await;
        out.push(format!("{i}{word}"));
    }
    for (word, number) in words.iter().zip(&numbers) {
        let more = add(*number, 1).await;
        out.push(format!("{word}{more}"));
    }
    for (word, number) in words.iter().zip(numbers.iter_mut()) {
        *number += word.len() as u32;
        hicam::point().await;
        *number *= 2;
    }
    for number in numbers.iter().rev() {
        out.push(format!("{number}"));
    }
    for (i, number) in numbers.iter_mut().enumerate().rev() {
        *number += i as u32;
        hicam::point().await;
    }
    for (i, word) in words.into_iter().enumerate() {
        hicam::point().await;
        out.push(word + &i.to_string());
    }
    (out, numbers)
}

#[hicam::migratable]
async fn over_parts_of_slices(values: &[u32], out: &mut Vec<String>) -> u32 {
    let mut total = 0;
    for pair in values.windows(2) {
        total += pair[0] * pair[1];
    }
    for chunk in values.chunks(3) {
        out.push(format!("{chunk:?}"));
        hicam::point().await;
    }
    for value in &values[1..3] {
        total += value;
    }
    for value in values[2..].iter().skip(1).step_by(2) {
        total += add(*value, 0).await;
    }
    for value in values {
        for other in values.iter().take(2) {
            total += value ^ other;
        }
    }
    total
}

#[hicam::migratable]
async fn over_slices() -> (u32, Vec<String>) {
    let values = vec![3, 1, 4, 1, 5];
    let mut out = Vec::new();
    let total = over_parts_of_slices(&values, &mut out).await;
    (total, out)
}

#[hicam::migratable]
async fn over_texts(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for c in text.chars() {
        hicam::point().await;
        out.push(c.to_string());
    }
    for (at, c) in text.char_indices().rev() {
        out.push(format!("{at}{c}"));
    }
    for (i, c) in text.chars().enumerate().skip(1) {
        out.push(format!("{i}{c}"));
    }
    for byte in text.bytes() {
        out.push(byte.to_string());
    }
    for word in text.split_whitespace() {
        hicam::point().await;
        out.push(word.to_owned());
    }
    for line in text.lines() {
        for field in line.split(',') {
            out.push(field.trim().to_owned());
        }
    }
    out
}

#[hicam::migratable]
async fn over_maps(n: u32) -> Vec<String> {
    let mut map = BTreeMap::new();
    let mut set = BTreeSet::new();
    let mut queue = VecDeque::new();
    for i in 0..n {
        map.insert(i, format!("v{i}"));
        set.insert(n - i);
        queue.push_front(i);
    }
    let mut out = Vec::new();
    for key in map.keys() {
        out.push(add(*key, 0).await.to_string());
    }
    for value in map.values_mut() {
        value.push('!');
        hicam::point().await;
        value.push('?');
    }
    for value in map.values().rev() {
        out.push(value.clone());
    }
    for (key, value) in map.range(1..) {
        out.push(format!("{key}{value}"));
    }
    for element in &set {
        out.push(format!("<{element}>"));
    }
    for element in queue.iter_mut() {
        *element += 1;
        hicam::point().await;
    }
    for element in &queue {
        out.push(format!("({element})"));
    }
    out
}

#[hicam::migratable]
async fn over_owned() -> Vec<String> {
    let mut out = Vec::new();
    for (i, name) in [(1, "a"), (2, "b")] {
        hicam::point().await;
        out.push(format!("{i}{name}"));
    }
    let map = BTreeMap::from([(1, "x".to_owned()), (2, "y".to_owned())]);
    for (key, value) in map {
        hicam::point().await;
        out.push(value + &key.to_string());
    }
    for element in BTreeSet::from([3, 1, 2]) {
        out.push(add(element, 0).await.to_string());
    }
    for element in VecDeque::from([7, 8]) {
        out.push(element.to_string());
    }
    let one = Some(String::from("one"));
    #[allow(
        for_loops_over_fallibles,
        reason = "an option is an iterable like any other"
    )]
    for text in one {
        hicam::point().await;
        out.push(text);
    }
    for c in String::from("né").chars() {
        out.push(c.to_string());
    }
    out
}

#[hicam::migratable]
async fn nested(grid: Vec<Vec<u32>>) -> (Vec<u32>, Vec<Vec<u32>>) {
    let mut grid = grid;
    let mut out = Vec::new();
    for row in &grid {
        for cell in row {
            out.push(*cell);
            hicam::point().await;
        }
    }
    for (y, row) in grid.iter_mut().enumerate() {
        for (x, cell) in row.iter_mut().enumerate() {
            *cell += add(x as u32, y as u32).await;
        }
        row.reverse();
    }
    (out, grid)
}

programs! {
    iterators;
    loops_over_ranges: over_ranges();
    loops_over_vectors: over_vectors(vec!["a".into(), "bc".into()], vec![5, 6]);
    loops_over_slices: over_slices();
    loops_over_texts: over_texts("é b,c\nd");
    loops_over_maps: over_maps(3);
    loops_over_owned_values: over_owned();
    loops_over_rows: nested(vec![vec![1, 2], vec![], vec![3]]);
}
