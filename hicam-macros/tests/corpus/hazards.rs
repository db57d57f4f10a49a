//! Programs that a transformation restores wrongly if it takes a reference again from what has changed since.

use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
pub(super) async fn bump_item(item: &mut u32, at: &mut usize) -> u32 {
    *at += 1;
    hicam::point().await;
    *item += 5;
    hicam::point().await;
    *item
}

#[hicam::migratable]
async fn index_of_a_borrow_changes() -> (Vec<u32>, usize) {
    let mut table = vec![1, 2, 3];
    let mut i = 0;
    let cell = &mut table[i];
    i += 1;
    hicam::point().await;
    *cell += 10;
    i += 1;
    hicam::point().await;
    *cell += 100;
    (table, i)
}

#[hicam::migratable]
async fn index_of_an_argument_changes() -> (Vec<u32>, usize, u32) {
    let mut items = vec![1, 2, 3];
    let mut at = 0;
    let value = bump_item(&mut items[at], &mut at).await;
    (items, at, value)
}

#[hicam::migratable]
async fn bound_of_a_loop_changes() -> (Vec<u32>, usize) {
    let values = vec![1, 2, 3, 4];
    let mut start = 1;
    let mut out = Vec::new();
    for value in &values[start..] {
        start += 1;
        hicam::point().await;
        out.push(*value);
    }
    (out, start)
}

#[hicam::migratable]
async fn argument_of_an_adaptor_changes() -> (Vec<u32>, usize) {
    let values = vec![1, 2, 3, 4, 5];
    let mut n = 1;
    let mut out = Vec::new();
    for value in values.iter().skip(n) {
        n += 1;
        hicam::point().await;
        out.push(*value);
    }
    for window in values.windows(n - 3) {
        n += 1;
        hicam::point().await;
        out.push(window.len() as u32);
    }
    (out, n)
}

#[hicam::migratable]
async fn index_of_a_scrutinee_changes() -> (Vec<Option<u32>>, usize) {
    let mut slots = vec![Some(1), Some(2), None];
    let mut i = 0;
    match &mut slots[i] {
        Some(value) => {
            i += 1;
            hicam::point().await;
            *value += 10;
        }
        None => i += 5,
    }
    if let Some(value) = &mut slots[i] {
        i += 1;
        hicam::point().await;
        *value += 100;
    }
    (slots, i)
}

#[hicam::migratable]
async fn guard_no_longer_holds(mut n: u32) -> (u32, &'static str) {
    let which = match &mut n {
        n if *n < 3 => {
            *n += 10;
            hicam::point().await;
            *n += 1;
            "small"
        }
        n => {
            hicam::point().await;
            *n += 100;
            "large"
        }
    };
    (n, which)
}

#[hicam::migratable]
async fn name_is_shadowed_in_the_loop(v: Vec<u32>) -> Vec<u32> {
    let mut out = Vec::new();
    for x in &v {
        let v = vec![*x; 2];
        hicam::point().await;
        for x in &v {
            hicam::point().await;
            let v = x + 1;
            out.push(add(v, *x).await);
        }
    }
    let first = &v[0];
    let v = 5;
    hicam::point().await;
    out.push(*first + v);
    out
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) struct Cursor {
    items: Vec<u32>,
    at: usize,
}

#[hicam::migratable]
impl Cursor {
    async fn step(&mut self) -> u32 {
        let value = bump_item(&mut self.items[self.at], &mut self.at).await;
        let item = &mut self.items[self.at];
        self.at += 1;
        hicam::point().await;
        *item += value;
        *item
    }
}

#[hicam::migratable]
async fn stepped() -> (u32, Cursor) {
    let mut cursor = Cursor {
        items: vec![1, 2, 3],
        at: 0,
    };
    let value = cursor.step().await;
    (value, cursor)
}

#[hicam::migratable]
async fn box_is_replaced() -> (u32, u32) {
    let mut boxed = Box::new(1);
    let mut out = 0;
    for _ in 0..2 {
        let inside = &*boxed;
        hicam::point().await;
        out += *inside;
        boxed = Box::new(out + 5);
        hicam::point().await;
    }
    (out, *boxed)
}

programs! {
    hazards;
    the_index_of_a_borrow_changes: index_of_a_borrow_changes();
    the_index_of_an_argument_changes: index_of_an_argument_changes();
    the_bound_of_a_loop_changes: bound_of_a_loop_changes();
    the_argument_of_an_adaptor_changes: argument_of_an_adaptor_changes();
    the_index_of_a_scrutinee_changes: index_of_a_scrutinee_changes();
    the_guard_no_longer_holds: guard_no_longer_holds(1);
    the_name_is_shadowed_in_the_loop: name_is_shadowed_in_the_loop(vec![1,2]);
    the_stepped: stepped();
    the_box_is_replaced: box_is_replaced();
}
