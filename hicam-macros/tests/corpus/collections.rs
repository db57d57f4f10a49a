//! Collections: walked by value and by reference, changed in place.

use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
pub(super) async fn by_reference(words: &[String]) -> usize {
    let mut total = 0;
    for word in words {
        total += word.len();
        hicam::point().await;
        total += word.chars().count();
    }
    for (i, word) in words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .iter()
        .enumerate()
        .map(|(i, w)| (i, w.len()))
        .collect::<Vec<_>>()
    {
        total += i * word;
    }
    total
}

#[hicam::migratable]
async fn owns_and_lends(n: usize) -> usize {
    let words: Vec<String> = (0..n).map(|i| "x".repeat(i)).collect();
    let total = by_reference(&words).await;
    let mut more = 0;
    for word in &words {
        more += word.len() + by_reference(&words[..1]).await;
    }
    total + more + words.len()
}

#[hicam::migratable]
async fn borrows_between_points(words: Vec<String>) -> usize {
    let first = words.first();
    let mut n = first.map_or(0, |word| word.len());
    let name = words[0].as_str();
    if name.len() > 1 {
        hicam::point().await;
        n += 1;
    }
    let longest = words.iter().max_by_key(|word| word.len());
    let longest = longest.map(|word| word.len()).unwrap_or(0);
    n += add(longest as u32, 1).await as usize;
    n + words.len()
}

#[hicam::migratable]
async fn mutable_elements(mut grid: Vec<Vec<u32>>) -> Vec<Vec<u32>> {
    for row in grid.iter_mut() {
        for cell in row.iter_mut() {
            *cell += 1;
            hicam::point().await;
            *cell *= 2;
        }
        row.push(0);
    }
    for (i, j) in (0..2)
        .flat_map(|i| (0..2).map(move |j| (i, j)))
        .collect::<Vec<(usize, usize)>>()
    {
        if i == j {
            continue;
        }
        add_to(&mut grid[i], &j).await;
    }
    grid
}

#[hicam::migratable]
async fn add_to(row: &mut Vec<u32>, by: &usize) {
    for cell in row.iter_mut() {
        *cell += *by as u32;
        hicam::point().await;
    }
}

#[hicam::migratable]
async fn ordered_map(n: u32) -> String {
    let mut map = std::collections::BTreeMap::new();
    for i in 0..n {
        map.insert(i * 7 % 5, format!("{i}"));
    }
    let mut text = String::new();
    for (key, value) in &map {
        hicam::point().await;
        text.push_str(value);
        text.push_str(&add(*key, 1).await.to_string());
    }
    text
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
struct Node {
    value: u32,
    next: Option<Box<Node>>,
}

#[hicam::migratable]
async fn linked(n: u32) -> (u32, Option<Node>) {
    let mut head = None;
    for value in 0..n {
        head = Some(Node {
            value,
            next: head.map(Box::new),
        });
        hicam::point().await;
    }
    let mut sum = 0;
    let mut rest = head.clone();
    while let Some(node) = rest {
        sum += add(node.value, 1).await;
        if sum > 100 {
            return (sum, head);
        }
        rest = node.next.map(|next| *next);
    }
    (sum, head)
}

programs! {
    collections;
    slices: owns_and_lends(4);
    borrows: borrows_between_points(vec!["ab".into(), "cde".into()]) => 9;
    borrowed_mutably: mutable_elements(vec![vec![1, 2], vec![3]]) => vec![vec![5, 7, 1], vec![8, 0]];
    maps_in_order: ordered_map(9);
    a_linked_list: linked(5);
    a_linked_list_left_early: linked(20);
}
