//! Loops: `for`, `while`, `while let`, `loop` with a value, labels.

use super::moves::take_len;
use super::{hicam, programs};

#[hicam::migratable]
async fn scalar(n: u64) -> u64 {
    let mut total = 0;
    for i in 0..n {
        total += i * i;
    }
    total
}

#[hicam::migratable]
async fn nested(n: u32) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    for i in 0..n {
        let mut j = i;
        while j > 0 {
            if (i + j) % 3 == 0 {
                j -= 1;
                continue;
            }
            pairs.push((i, j));
            if j > 3 {
                break;
            }
            j -= 1;
        }
    }
    pairs
}

#[hicam::migratable]
async fn by_value_vector(words: Vec<String>) -> String {
    let mut joined = String::new();
    for word in words {
        if word.is_empty() {
            continue;
        }
        joined.push_str(&word);
        hicam::point().await;
        joined.push('-');
    }
    joined
}

#[hicam::migratable]
async fn value_of_loop(n: u64) -> u64 {
    let mut i = 0;
    let found = loop {
        i += 1;
        if i * i > n {
            break i;
        }
    };
    let label = 'outer: loop {
        let mut j = 0;
        loop {
            j += 1;
            if j == 3 {
                break 'outer j * 10;
            }
        }
    };
    found + label
}

#[hicam::migratable]
async fn while_let(mut stack: Vec<u32>) -> u32 {
    let mut sum = 0;
    while let Some(top) = stack.pop() {
        if top > 2 {
            stack.push(top - 2);
            stack.push(top - 1);
        }
        hicam::point().await;
        sum += top;
    }
    let Some(last) = Some(sum) else { return 0 };
    last
}

#[hicam::migratable]
async fn outer_jumps(n: u32) -> Vec<u32> {
    let mut pending = Vec::new();
    let mut done = Vec::new();
    'rows: for row in 0..n {
        let mut width = row;
        for column in 0..n {
            pending.push(row * 10 + column);
            if column > row {
                continue 'rows;
            }
            if row + column == 7 {
                break 'rows;
            }
            if column == 2 {
                width += take_len(pending).await;
                pending = vec![width];
            }
            hicam::point().await;
        }
        done.push(width);
    }
    done.extend(pending);
    done
}

programs! {
    loops;
    scalar_loop: scalar(6) => 55;
    nested_loops: nested(7);
    vector_by_value: by_value_vector(vec!["a".into(), String::new(), "bc".into()]) => "a-bc-".to_owned();
    loop_values: value_of_loop(50) => 38;
    while_let_loop: while_let(vec![1, 4]);
    labelled_jumps: outer_jumps(6);
}
