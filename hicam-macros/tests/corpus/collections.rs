//! Collections: walked by value and by reference, changed in place.

use super::expressions::add;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant, SystemTime};

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

#[hicam::migratable]
async fn breadth_first(edges: Vec<(u32, u32)>, start: u32) -> Vec<u32> {
    let mut neighbours: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (a, b) in edges {
        neighbours.entry(a).or_default().push(b);
        neighbours.entry(b).or_default().push(a);
    }
    let mut seen = BTreeSet::from([start]);
    let mut queue = VecDeque::from([start]);
    let mut order = vec![];
    while let Some(node) = queue.pop_front() {
        order.push(node);
        let Some(next) = neighbours.get(&node).cloned() else {
            continue;
        };
        for other in next {
            if seen.insert(other) {
                queue.push_back(other);
            }
        }
    }
    order
}

#[hicam::migratable]
async fn word_counts(text: String) -> (Vec<(String, u32)>, usize) {
    let mut counts: HashMap<String, u32> = HashMap::new();
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    for word in &words {
        *counts.entry(word.clone()).or_insert(0) += 1;
        hicam::point().await;
    }
    let distinct = words.iter().collect::<HashSet<_>>().len();
    let mut sorted: Vec<_> = counts.into_iter().collect();
    hicam::point().await;
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    hicam::point().await;
    (sorted, distinct)
}

#[hicam::migratable]
async fn heap_of_jobs(jobs: Vec<(u32, String)>) -> Vec<String> {
    let mut heap: BinaryHeap<Reverse<(u32, String)>> = jobs.into_iter().map(Reverse).collect();
    let mut done = Vec::new();
    while let Some(Reverse((cost, name))) = heap.pop() {
        if cost > 4 {
            heap.push(Reverse((cost / 2, format!("{name}'"))));
        }
        hicam::point().await;
        done.push(format!("{name}:{cost}"));
    }
    done
}

#[hicam::migratable]
async fn maps_changed_in_place(n: u32) -> (BTreeMap<String, Vec<u32>>, u32) {
    let mut map = BTreeMap::new();
    for i in 0..n {
        map.entry(format!("key {}", i % 3))
            .or_insert_with(Vec::new)
            .push(i);
    }
    let mut total = 0;
    for (key, list) in &mut map {
        list.push(key.len() as u32);
        hicam::point().await;
        total += list.iter().sum::<u32>();
        list.retain(|x| x % 2 == 0);
    }
    for (_, list) in map.iter() {
        hicam::point().await;
        total += list.len() as u32;
    }
    if let Some(list) = map.get_mut("key 1") {
        list.clear();
    }
    (map, total)
}

#[hicam::migratable]
async fn game_of_life(mut cells: [[bool; 5]; 5], generations: u32) -> Vec<String> {
    for _ in 0..generations {
        let mut next = [[false; 5]; 5];
        for row in 0..5 {
            for column in 0..5 {
                let mut alive = 0;
                for (dy, dx) in NEIGHBOURS.iter() {
                    let (y, x) = ((row + dy) % 5, (column + dx) % 5);
                    alive += u32::from(cells[y][x]);
                }
                next[row][column] = alive == 3 || alive == 2 && cells[row][column];
            }
        }
        cells = next;
    }
    let mut picture = Vec::new();
    for row in &cells {
        picture.push(
            row.iter()
                .map(|&cell| if cell { '#' } else { '.' })
                .collect(),
        );
    }
    picture
}

const NEIGHBOURS: [(usize, usize); 8] = [
    (4, 4),
    (4, 0),
    (4, 1),
    (0, 4),
    (0, 1),
    (1, 4),
    (1, 0),
    (1, 1),
];

fn glider() -> [[bool; 5]; 5] {
    let mut cells = [[false; 5]; 5];
    for (row, column) in [(0, 1), (1, 2), (2, 0), (2, 1), (2, 2)] {
        cells[row][column] = true;
    }
    cells
}

#[hicam::migratable]
async fn edited(mut text: String, mut list: Vec<u32>) -> (String, Vec<u32>, Vec<u32>) {
    while text.len() < 6 {
        let first = text.remove(0);
        hicam::point().await;
        text.push(first);
        text.insert(0, '-');
    }
    let drained: Vec<u32> = list.drain(1..3).collect();
    hicam::point().await;
    list.splice(0..1, drained.clone());
    list.dedup();
    hicam::point().await;
    (text, list, drained)
}

#[hicam::migratable]
async fn nested_borrows(grid: &[Vec<Vec<u32>>]) -> Vec<u32> {
    let mut sums = Vec::new();
    for plane in grid {
        for row in plane.iter() {
            let mut sum = 0;
            for cell in row.iter() {
                sum += *cell;
            }
            sums.push(sum);
        }
        sums.push(plane.len() as u32);
    }
    sums
}

#[hicam::migratable]
async fn owned_grid() -> (Vec<u32>, usize) {
    let grid = vec![vec![vec![1, 2], vec![]], vec![], vec![vec![3]]];
    let sums = nested_borrows(&grid).await;
    let more = nested_borrows(&grid[2..]).await;
    (sums, more.len() + grid.len())
}

#[hicam::migratable]
async fn times(spans: Vec<Duration>) -> (Duration, bool, bool) {
    let started = Instant::now();
    let mut total = Duration::ZERO;
    for span in spans {
        total += span;
        hicam::point().await;
    }
    let later = Instant::now();
    hicam::point().await;
    let epoch = SystemTime::UNIX_EPOCH + total;
    hicam::point().await;
    (
        total,
        later >= started && started.elapsed() < Duration::from_secs(3600),
        epoch > SystemTime::UNIX_EPOCH,
    )
}

programs! {
    collections;
    slices: owns_and_lends(4);
    borrows: borrows_between_points(vec!["ab".into(), "cde".into()]) => 9;
    borrowed_mutably: mutable_elements(vec![vec![1, 2], vec![3]]) => vec![vec![5, 7, 1], vec![8, 0]];
    maps_in_order: ordered_map(9);
    a_linked_list: linked(5);
    a_linked_list_left_early: linked(20);
    breadth_first_search: breadth_first(vec![(1, 2), (1, 3), (2, 4), (3, 4), (4, 5), (7, 8)], 1) => vec![1, 2, 3, 4, 5];
    counts_of_words: word_counts("the cat The dog a cat THE end".into());
    a_heap_of_jobs: heap_of_jobs(vec![(9, "a".into()), (1, "b".into()), (5, "c".into())]);
    maps_in_place: maps_changed_in_place(8);
    the_game_of_life: game_of_life(glider(), 2);
    texts_and_lists_edited: edited("abc".into(), vec![1, 2, 3, 4, 4]);
    borrows_in_borrows: owned_grid() => (vec![3, 0, 2, 0, 3, 1], 5);
    times_and_spans: times(vec![Duration::from_millis(5), Duration::from_secs(2)]);
}
