//! Locals that borrow a place: the borrow is taken again where the program goes on.

use std::collections::BTreeMap;

use super::expressions::{add, note, noted};
use super::{hicam, programs};

/// Each operand writes a log, so that the order of evaluation is part of the result.
#[hicam::migratable]
async fn order(n: u32) -> (Vec<u32>, Vec<u32>) {
    let mut log = vec![];
    let log = &mut log;
    let mut out = Vec::new();
    out.push(note(1, log) + noted(2, log).await * note(3, log));
    out.push(note(4, log) - noted(n, log).await.min(note(3, log)));
    (out, log.clone())
}

#[derive(Debug, Clone, PartialEq, Default, hicam::State)]
pub(crate) struct Row {
    name: String,
    cells: Vec<u32>,
}

#[derive(Debug, Clone, PartialEq, Default, hicam::State)]
pub(crate) struct Table {
    rows: Vec<Row>,
    totals: BTreeMap<String, u32>,
}

#[hicam::migratable]
async fn fill(table: &mut Table, at: usize, values: Vec<u32>) -> u32 {
    let row = &mut table.rows[at];
    for value in values {
        row.cells.push(value);
        hicam::point().await;
    }
    row.name.push('*');
    let cells = &mut row.cells;
    cells.push(99);
    hicam::point().await;
    cells.retain(|cell| *cell != 2);
    cells.len() as u32
}

#[hicam::migratable]
async fn grow(cells: &mut Vec<u32>, by: u32) {
    hicam::point().await;
    cells.push(by);
}

#[hicam::migratable]
async fn passes_on(table: &mut Table) -> usize {
    let row = &mut table.rows[0];
    grow(&mut row.cells, 1).await;
    let cells = &mut row.cells;
    grow(cells, 2).await;
    grow(cells, 3).await;
    let first = &table.rows[0];
    let name = &first.name;
    hicam::point().await;
    name.len() + first.cells.len()
}

#[hicam::migratable]
async fn tables() -> (Table, Vec<u32>, usize) {
    let mut table = Table {
        rows: vec![Row::default(); 2],
        ..Table::default()
    };
    let mut counts = Vec::new();
    for i in 0..2 {
        counts.push(fill(&mut table, i, vec![1, 2, 3]).await);
    }
    let passed = passes_on(&mut table).await;
    let totals = &mut table.totals;
    for row in &table.rows {
        totals.insert(row.name.clone(), row.cells.iter().sum());
        hicam::point().await;
    }
    (table, counts, passed)
}

#[hicam::migratable]
async fn borrowed_local() -> (String, usize) {
    let mut text = String::from("a");
    let lent = &mut text;
    lent.push('b');
    hicam::point().await;
    lent.push('c');
    let length = lent.len();
    hicam::point().await;
    let shared = &text;
    let n = add(shared.len() as u32, 1).await as usize;
    (format!("{shared}{n}"), length)
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) struct Node {
    value: u32,
    next: Option<Box<Node>>,
}

#[hicam::migratable]
async fn first_and_second(node: &Node) -> (u32, u32) {
    let Node { value, next } = node;
    hicam::point().await;
    let second = match next {
        Some(node) => add(node.value, 0).await,
        None => 0,
    };
    (*value, second)
}

#[hicam::migratable]
async fn of_a_list() -> (u32, u32) {
    let tail = Node {
        value: 2,
        next: None,
    };
    let head = Node {
        value: 1,
        next: Some(Box::new(tail)),
    };
    first_and_second(&head).await
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
struct Measures {
    alpha: u64,
    gamma: Vec<u64>,
}

#[hicam::migratable]
impl Measures {
    /// Fields of numbers are copied where they are used, though that cannot be seen.
    async fn total(self, by: u64) -> (u64, Measures) {
        let gamma = &self.gamma;
        let mut sum = 0;
        for n in gamma {
            sum += *n + std::convert::identity(self.alpha);
            hicam::point().await;
        }
        sum += gamma.len() as u64;
        (
            sum + by,
            Measures {
                alpha: self.alpha,
                gamma: self.gamma.clone(),
            },
        )
    }
}

#[hicam::migratable]
async fn copied_while_borrowed(n: u64) -> (u64, u64, (u64, bool)) {
    let number = std::convert::identity(n);
    let borrowed = &number;
    hicam::point().await;
    let other = std::convert::identity(number);
    let pair = (n, n > 1);
    let first = &pair.0;
    hicam::point().await;
    let sum = *borrowed + other + *first;
    let flagged = if pair.1 { pair.0 ^ 1 } else { 0 };
    hicam::point().await;
    (sum, flagged, pair)
}

#[hicam::migratable]
impl Measures {
    async fn raise(&mut self) -> u64 {
        self.alpha += 1;
        hicam::point().await;
        self.alpha
    }
}

/// On one path a method call is the last mention of what was borrowed on another.
#[hicam::migratable]
async fn borrowed_on_one_path(n: u64) -> u64 {
    let mut measures = Measures {
        alpha: n,
        gamma: vec![n],
    };
    if measures.raise().await == 3 {
        let alpha = &measures.alpha;
        hicam::point().await;
        let sum = *alpha + 1;
        measures.raise().await;
        return sum;
    }
    measures.raise().await
}

/// On one path a field is borrowed across a point, on another a closure copies it.
#[hicam::migratable]
async fn copied_in_a_closure(numbers: Vec<u64>, pair: (Vec<u64>, u64)) -> Vec<u64> {
    if numbers.len() > 2 {
        let second = &pair.1;
        hicam::point().await;
        return vec![*second, pair.0.len() as u64];
    }
    let raised = numbers.iter().map(|n| pair.1 + n).collect::<Vec<_>>();
    hicam::point().await;
    raised
}

#[hicam::migratable]
async fn measured() -> (u64, Measures) {
    Measures::total(
        Measures {
            alpha: 3,
            gamma: vec![1, 2],
        },
        4,
    )
    .await
}

programs! {
    borrowed_places;
    order_of_evaluation: order(9);
    rows_of_a_table: tables();
    a_borrowed_local: borrowed_local() => ("abc4".to_owned(), 3);
    a_borrowed_pattern: of_a_list() => (1, 2);
    copied_while_they_are_borrowed: copied_while_borrowed(5);
    borrowed_on_this_path: borrowed_on_one_path(2) => 4;
    borrowed_on_another_path: borrowed_on_one_path(4) => 6;
    fields_copied_while_borrowed: measured();
    borrowed_or_copied: copied_in_a_closure(vec![1, 2, 3], (vec![5], 7)) => vec![7, 1];
    copied_or_borrowed: copied_in_a_closure(vec![1, 2], (vec![5], 7)) => vec![8, 9];
}
